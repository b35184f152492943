//! Changing a resource by saying what it should be.

use std::future::IntoFuture;

use super::{OperationFuture, PatchResource, Replace, Resources};
use crate::{
    Resource, Stored,
    error::Error,
    patch::{ApplyOptions, Patch, Unknown, diff},
};

/// Changes a resource; see [`Resources::update`].
#[must_use = "nothing is sent until it is awaited"]
pub struct Update<R> {
    handle: Resources<R>,
    before: Stored<R>,
    after: R,
    again: bool,
}

impl<R: Resource> Update<R> {
    pub(super) fn new(
        handle: &Resources<R>,
        before: &Stored<R>,
        change: impl FnOnce(&mut R),
    ) -> Self {
        let mut after = before.resource().clone();
        change(&mut after);
        Self {
            handle: handle.clone(),
            before: before.clone(),
            after,
            again: false,
        }
    }

    /// If somebody else was faster, reads the resource again and makes the same change to what it
    /// is now, once.
    pub fn retry_on_conflict(mut self) -> Self {
        self.again = true;
        self
    }

    /// The patch that will be sent; empty if nothing has changed.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest): the change is one that a
    /// client may not make.
    pub fn patch(&self) -> Result<Patch<R>, Error> {
        diff(self.before.resource(), &self.after)
            .map_err(|error| Error::invalid_request(error.to_string()).with_source(error))
    }

    async fn run(self) -> Result<Stored<R>, Error> {
        let patch = self.patch()?;
        if patch.is_empty() {
            return Ok(self.before);
        }
        match self.send(&self.before, &self.after, patch.clone()).await {
            Err(error) if self.again && error.is_version_mismatch() => {
                let now = self.handle.get(self.before.id()).await?;
                let mut after = now.resource().clone();
                let options = ApplyOptions::default().with_unknown(Unknown::Keep);
                patch
                    .to_message()
                    .apply(&mut after, &options)
                    .map_err(|error| {
                        Error::invalid_request(error.to_string()).with_source(error)
                    })?;
                self.send(&now, &after, patch).await
            }
            sent => sent,
        }
    }

    async fn send(
        &self,
        before: &Stored<R>,
        after: &R,
        patch: Patch<R>,
    ) -> Result<Stored<R>, Error> {
        let (id, version) = (before.id(), before.meta().version.as_deref());
        if self.handle.client().capabilities().patch == Some(false) {
            return Replace::new(&self.handle, id, version, after)
                .of_read(&self.handle, after)
                .await;
        }
        PatchResource::new(&self.handle, id, version)
            .apply(patch)
            .await
    }
}

impl<R: std::fmt::Debug> std::fmt::Debug for Update<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Update")
            .field("before", &self.before)
            .finish_non_exhaustive()
    }
}

impl<R: Resource> IntoFuture for Update<R> {
    type Output = Result<Stored<R>, Error>;
    type IntoFuture = OperationFuture<Stored<R>>;

    fn into_future(self) -> OperationFuture<Stored<R>> {
        Box::pin(self.run())
    }
}
