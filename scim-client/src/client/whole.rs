//! What creating and replacing have in common: one request with a whole resource.

use std::marker::PhantomData;

use bytes::Bytes;
use http::{Request, Response};

use super::{
    answer::{Answer, Readable},
    applied::Expected,
    clearing::Clears,
    mode::{Complete, Mode, NoRefetch, RespondAsync, Write},
    operation::{Defers, Operation, OperationBuilder, Refetches, Verb, sealed::Sealed},
    projection::{Projection, Projects},
    settle::Target,
};
use crate::{
    Partial, Stored,
    error::Error,
    resource::{AnyResource, ResourceKind},
};

/// POST: what it creates.
#[derive(Debug, Clone, Copy)]
pub struct Creates;

/// PUT: what it replaces.
#[derive(Debug, Clone, Copy)]
pub struct Replaces;

/// What is particular to [`Create`](super::Create) and [`Replace`](super::Replace); `K` says which.
pub struct WholeVerb<K, T, M = Complete> {
    pub(super) target: Target,
    /// What is compared with the response.
    pub(super) expected: Option<Expected>,
    marker: PhantomData<fn() -> (K, T, M)>,
}

impl<K, T, M> WholeVerb<K, T, M> {
    pub(super) fn new(target: Target, expected: Option<Expected>) -> Self {
        Self {
            target,
            expected,
            marker: PhantomData,
        }
    }

    pub(super) fn into<U, N>(self) -> WholeVerb<K, U, N> {
        WholeVerb::new(self.target, self.expected)
    }
}

impl<K, T, M> OperationBuilder<WholeVerb<K, T, M>> {
    fn write(&self) -> Write<'_> {
        Write {
            sender: &self.sender,
            call: &self.call,
            target: &self.verb.target,
            expected: self.verb.expected.as_ref(),
        }
    }
}

impl<K: 'static, T: Readable, M: Mode<T>> Verb for WholeVerb<K, T, M> {
    type Output = M::Output;
    type Sent = Answer<M::Output>;

    async fn send(operation: OperationBuilder<Self>) -> Result<Answer<M::Output>, Error> {
        let response = operation.sender.send(&operation.call).await?;
        let write = operation.write();
        let decoded = M::decode(&write, response);
        M::finish(write, decoded).await
    }

    async fn output(operation: OperationBuilder<Self>) -> Result<M::Output, Error> {
        Self::send(operation).await.map(Answer::into_value)
    }
}

impl<K: 'static, T: Readable, M: Mode<T>> Operation for OperationBuilder<WholeVerb<K, T, M>> {
    type Output = M::Decoded;

    fn request(&self) -> Result<Request<Bytes>, Error> {
        self.call.request()
    }

    fn decode(&self, response: Response<Bytes>) -> Result<Answer<M::Decoded>, Error> {
        M::decode(&self.write(), response)
    }
}

impl<K: 'static, R: AnyResource, M: Mode<Stored<R>> + Mode<Partial<R>>> Projects
    for WholeVerb<K, Stored<R>, M>
{
    type Of = R;
    type Projected = WholeVerb<K, Partial<R>, M>;

    fn projected(
        mut operation: OperationBuilder<Self>,
        projection: Projection,
    ) -> OperationBuilder<Self::Projected> {
        projection.add_to(&mut operation.call);
        operation.map(WholeVerb::into)
    }
}

impl<K: 'static, T: Readable, M: Mode<T>> Clears for WholeVerb<K, T, M> {
    type Of = T::Of;

    fn kind(&self) -> ResourceKind {
        self.target.kind
    }
}

impl<K: 'static, T: Readable, M: Mode<T>> Defers for WholeVerb<K, T, M> {
    type Deferred = WholeVerb<K, T, RespondAsync>;

    fn deferred(operation: OperationBuilder<Self>) -> OperationBuilder<Self::Deferred> {
        operation.map(WholeVerb::into)
    }
}

impl<K: 'static, T: Readable> Refetches for WholeVerb<K, T> {
    type Once = WholeVerb<K, T, NoRefetch>;

    fn once(operation: OperationBuilder<Self>) -> OperationBuilder<Self::Once> {
        operation.map(WholeVerb::into)
    }
}

impl<K, T, M> Sealed for WholeVerb<K, T, M> {}

// Written by hand, because a derive would ask the same of `T`.
impl<K, T, M> Clone for WholeVerb<K, T, M> {
    fn clone(&self) -> Self {
        Self::new(self.target.clone(), self.expected.clone())
    }
}
