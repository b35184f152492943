//! Deleting a resource.

use std::marker::PhantomData;

use bytes::Bytes;
use http::{Method, Request, StatusCode};

use super::{
    base_url::Below,
    deferred::{Accepted, Deferred},
    handle::Resources,
    identified::Identified,
    me::Me,
    mode::{Complete, RespondAsync},
    operation::{Defers, Operation, OperationBuilder, OperationFuture, Verb, sealed::Sealed},
    response::{Response, contradicted, success},
};
use crate::{Stored, error::Error, resource::AnyResource};

/// Deletes a resource; see [`Resources::delete`].
///
/// Success is what the service provider reports. The response does not show whether the resource was
/// really deleted. To be sure, read the resource afterwards.
///
/// A 202 counts as success too, because some service providers respond to every deletion with it.
/// [`send`](OperationBuilder::send) returns the status.
/// [`respond_async`](OperationBuilder::respond_async) tells "done" from "accepted".
pub type Delete<M = Complete> = OperationBuilder<DeleteVerb<M>>;

/// The verb of [`Delete`].
#[derive(Clone)]
pub struct DeleteVerb<M = Complete> {
    marker: PhantomData<fn() -> M>,
}

impl<R: AnyResource> Resources<R> {
    /// Deletes a resource (DELETE, RFC 7644 §3.6). `target` is an `id` or a [`Stored`]; a `Stored`
    /// is only deleted if nobody has changed it since it was read.
    ///
    /// ```
    /// # use scim_client::{Client, User, testing::ServiceProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let provider = ServiceProvider::new();
    /// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
    /// # let users = scim.resource::<User>();
    /// let babs = users.create(&User::new("bjensen")).await?;
    /// users.delete(&babs).await?;
    /// assert!(!users.delete(babs.id()).if_exists().await?);   // it was gone already
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `.await` returns an error for which one of these may be true:
    /// - [`is_not_found`](Error::is_not_found): the resource does not exist.
    ///   [`if_exists`](Delete::if_exists) makes this the result `false`;
    /// - [`is_version_mismatch`](Error::is_version_mismatch): somebody has changed it since the [`Stored`] was read.
    ///   Give the `id` to delete it anyway;
    /// - [`is_outcome_unknown`](Error::is_outcome_unknown): it may be deleted. Deleting it again does no harm.
    ///
    /// In addition, [the errors of every operation](super::OperationBuilder#errors-of-every-operation).
    #[doc(alias = "remove")]
    #[doc(alias = "destroy")]
    pub fn delete(&self, target: impl Identified<R>) -> Delete {
        self.begin_delete(self.resource_path(target.id()), target.version())
    }

    fn begin_delete(&self, path: Below, version: Option<&str>) -> Delete {
        let mut delete = self.begin(Method::DELETE, path, DeleteVerb::new());
        delete.call.if_match(version);
        delete
    }
}

impl<R: AnyResource> Me<R> {
    /// Deletes the subject's own resource.
    ///
    /// # Errors
    /// The same as for [`Resources::delete`].
    pub fn delete(&self) -> Delete {
        self.handle().begin_delete(self.path(), None)
    }

    /// Deletes the subject's own resource, if nobody has changed it since it was read.
    ///
    /// # Errors
    /// The same as for [`Resources::delete`].
    pub fn delete_stored(&self, stored: &Stored<R>) -> Delete {
        let version = stored.meta().version.as_deref();
        self.handle().begin_delete(self.path(), version)
    }
}

impl<M> DeleteVerb<M> {
    fn new() -> Self {
        let marker = PhantomData;
        Self { marker }
    }
}

impl Delete {
    /// Deletes the resource if it exists, and returns whether it existed. A 404 is then not an
    /// error, if it [comes from a SCIM endpoint](Error::is_not_found).
    ///
    /// # Errors
    /// The same as for `.await`, except for such a 404.
    ///
    /// ```
    /// # use scim_client::{Client, User, testing::ServiceProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let provider = ServiceProvider::new();
    /// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
    /// # let users = scim.resource::<User>();
    /// assert!(!users.delete("2819").if_exists().await?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn if_exists(self) -> OperationFuture<bool> {
        Box::pin(async move {
            match DeleteVerb::output(self).await {
                Ok(()) => Ok(true),
                Err(error) if error.is_not_found() => Ok(false),
                Err(error) => Err(error),
            }
        })
    }
}

impl<M> OperationBuilder<DeleteVerb<M>> {
    /// Any success will do, with or without a body, unless the body says otherwise: some answer
    /// every deletion with 202.
    fn read(&self, response: http::Response<Bytes>) -> Result<Response<()>, Error> {
        if let Some(error) = contradicted(&self.call, &response) {
            return Err(error);
        }
        let (parts, body) = response.into_parts();
        let body = match parts.status.is_success() {
            true => Bytes::new(),
            false => body,
        };
        let answer = success(&self.call, http::Response::from_parts(parts, body))?;
        Ok(answer.map(drop))
    }
}

impl Operation for Delete {
    type Output = ();

    fn request(&self) -> Result<Request<Bytes>, Error> {
        self.call.request()
    }

    fn decode(&self, response: http::Response<Bytes>) -> Result<Response<()>, Error> {
        self.read(response)
    }
}

impl Operation for Delete<RespondAsync> {
    type Output = Deferred<()>;

    fn request(&self) -> Result<Request<Bytes>, Error> {
        self.call.request()
    }

    fn decode(&self, response: http::Response<Bytes>) -> Result<Response<Deferred<()>>, Error> {
        let ((), answer) = self.read(response)?.split();
        let deferred = match answer.status() {
            StatusCode::ACCEPTED => Deferred::Accepted(Accepted::of(answer.headers())),
            _ => Deferred::Done(()),
        };
        Ok(answer.map(|()| deferred))
    }
}

impl<M: Send + 'static> Verb for DeleteVerb<M>
where
    OperationBuilder<Self>: Operation,
{
    type Output = <OperationBuilder<Self> as Operation>::Output;
    type Sent = Response<Self::Output>;

    async fn send(operation: OperationBuilder<Self>) -> Result<Self::Sent, Error> {
        let response = operation.sender.send(&operation.call).await?;
        operation.decode(response)
    }

    async fn output(operation: OperationBuilder<Self>) -> Result<Self::Output, Error> {
        Self::send(operation).await.map(Response::into_value)
    }
}

impl Defers for DeleteVerb {
    type Deferred = DeleteVerb<RespondAsync>;

    fn deferred(operation: OperationBuilder<Self>) -> Delete<RespondAsync> {
        operation.map(|_| DeleteVerb::new())
    }
}

impl<M> Sealed for DeleteVerb<M> {}
