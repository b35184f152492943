//! What creating and replacing have in common: one request with a whole resource.

use std::marker::PhantomData;

use bytes::Bytes;
use http::Request;

use super::{
    applied::Expected,
    clearing::Clears,
    mode::{Complete, Mode, Write},
    operation::{Operation, OperationBuilder, Verb},
    response::{Readable, Response},
    settle::Target,
    write::WriteVerb,
};
use crate::{error::Error, resource::ResourceKind};

/// The kind of request that creates a resource: POST.
#[derive(Debug, Clone, Copy)]
pub struct Creates;

/// The kind of request that replaces a resource: PUT.
#[derive(Debug, Clone, Copy)]
pub struct Replaces;

/// The verb of [`Create`](super::Create) and [`Replace`](super::Replace); `K` says which.
pub type WholeVerb<K, T, M = Complete> = WriteVerb<WholeResource<K>, T, M>;

/// A request with a whole resource.
#[derive(Clone)]
pub struct WholeResource<K> {
    pub(super) target: Target,
    /// What is compared with the response.
    pub(super) expected: Option<Expected>,
    marker: PhantomData<fn() -> K>,
}

impl<K> WholeResource<K> {
    pub(super) fn new(target: Target, expected: Option<Expected>) -> Self {
        Self {
            target,
            expected,
            marker: PhantomData,
        }
    }
}

impl<K, T, M> OperationBuilder<WholeVerb<K, T, M>> {
    fn write(&self) -> Write<'_> {
        Write {
            sender: &self.sender,
            call: &self.call,
            target: &self.verb.write.target,
            expected: self.verb.write.expected.as_ref(),
        }
    }
}

impl<K: 'static, T: Readable, M: Mode<T>> Verb for WholeVerb<K, T, M> {
    type Output = M::Output;
    type Sent = Response<M::Output>;

    async fn send(operation: OperationBuilder<Self>) -> Result<Response<M::Output>, Error> {
        let response = operation.sender.send(&operation.call).await?;
        let write = operation.write();
        let decoded = M::decode(&write, response);
        M::finish(write, decoded).await
    }

    async fn output(operation: OperationBuilder<Self>) -> Result<M::Output, Error> {
        Self::send(operation).await.map(Response::into_value)
    }
}

impl<K: 'static, T: Readable, M: Mode<T>> Operation for OperationBuilder<WholeVerb<K, T, M>> {
    type Output = M::Decoded;

    fn request(&self) -> Result<Request<Bytes>, Error> {
        self.call.request()
    }

    fn decode(&self, response: http::Response<Bytes>) -> Result<Response<M::Decoded>, Error> {
        M::decode(&self.write(), response)
    }
}

impl<K: 'static, T: Readable, M: Mode<T>> Clears for WholeVerb<K, T, M> {
    type Of = T::Of;

    fn kind(&self) -> ResourceKind {
        self.write.target.kind
    }
}
