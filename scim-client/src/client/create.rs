//! Creating a resource.

use std::marker::PhantomData;

use bytes::Bytes;
use http::{Method, Request, Response};

use super::{
    answer::{Answer, Readable},
    base_url::Below,
    clearing::Clears,
    handle::Resources,
    me::Me,
    mode::{Complete, Mode, NoRefetch, RespondAsync, Write},
    operation::{Defers, Operation, OperationBuilder, Refetches, Verb, sealed::Sealed},
    projection::{Projection, Projects},
    settle::Target,
};
use crate::{
    Partial, Stored,
    error::Error,
    internal::encode,
    resource::{AnyResource, ResourceKind},
};

/// Creates a resource; see [`Resources::create`].
pub type Create<T, M = Complete> = OperationBuilder<CreateVerb<T, M>>;

/// What is particular to [`Create`].
pub struct CreateVerb<T, M = Complete> {
    target: Target,
    marker: PhantomData<fn() -> (T, M)>,
}

impl<R: AnyResource> Resources<R> {
    /// Creates a resource (POST, RFC 7644 §3.3). Gives it as the service provider stored it.
    pub fn create(&self, resource: &R) -> Create<Stored<R>> {
        let target = Target::new(self.kind(), self.endpoint(), None);
        self.begin_create(self.collection_path(), target, resource)
    }

    fn begin_create(&self, path: Below, target: Target, resource: &R) -> Create<Stored<R>> {
        let mut create = self.begin(Method::POST, path, CreateVerb::new(target));
        let schema = self.kind().schema();
        create.call.body(encode::for_create(schema, resource));
        if let Err(error) = self.checks().whole(resource) {
            create.call.fail_with(error);
        }
        create
    }
}

impl<R: AnyResource> Me<R> {
    /// Creates the subject's own resource.
    pub fn create(&self, resource: &R) -> Create<Stored<R>> {
        let handle = self.handle();
        let target = Target::new(handle.kind(), handle.endpoint(), None);
        handle.begin_create(self.path(), target, resource)
    }
}

impl<T, M> CreateVerb<T, M> {
    fn new(target: Target) -> Self {
        Self {
            target,
            marker: PhantomData,
        }
    }

    fn into<U, N>(self) -> CreateVerb<U, N> {
        CreateVerb::new(self.target)
    }
}

impl<T, M> OperationBuilder<CreateVerb<T, M>> {
    fn write(&self) -> Write<'_> {
        Write {
            sender: &self.sender,
            call: &self.call,
            target: &self.verb.target,
            expected: None,
        }
    }
}

impl<T: Readable, M: Mode<T>> Verb for CreateVerb<T, M> {
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

impl<T: Readable, M: Mode<T>> Operation for OperationBuilder<CreateVerb<T, M>> {
    type Output = M::Decoded;

    fn request(&self) -> Result<Request<Bytes>, Error> {
        self.call.request()
    }

    fn decode(&self, response: Response<Bytes>) -> Result<Answer<M::Decoded>, Error> {
        M::decode(&self.write(), response)
    }
}

impl<R: AnyResource, M: Mode<Stored<R>> + Mode<Partial<R>>> Projects for CreateVerb<Stored<R>, M> {
    type Of = R;
    type Projected = CreateVerb<Partial<R>, M>;

    fn projected(
        mut operation: OperationBuilder<Self>,
        projection: Projection,
    ) -> OperationBuilder<Self::Projected> {
        projection.add_to(&mut operation.call);
        operation.map(CreateVerb::into)
    }
}

impl<T: Readable, M: Mode<T>> Clears for CreateVerb<T, M> {
    type Of = T::Of;

    fn kind(&self) -> ResourceKind {
        self.target.kind
    }
}

impl<T: Readable, M: Mode<T>> Defers for CreateVerb<T, M> {
    type Deferred = CreateVerb<T, RespondAsync>;

    fn deferred(operation: OperationBuilder<Self>) -> OperationBuilder<Self::Deferred> {
        operation.map(CreateVerb::into)
    }
}

impl<T: Readable> Refetches for CreateVerb<T> {
    type Once = CreateVerb<T, NoRefetch>;

    fn once(operation: OperationBuilder<Self>) -> OperationBuilder<Self::Once> {
        operation.map(CreateVerb::into)
    }
}

impl<T, M> Sealed for CreateVerb<T, M> {}

// Written by hand, because a derive would ask the same of `T`.
impl<T, M> Clone for CreateVerb<T, M> {
    fn clone(&self) -> Self {
        Self::new(self.target.clone())
    }
}
