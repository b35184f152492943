//! `/Me`: the resource of whoever is authenticated (RFC 7644 §3.11).

use super::{Create, Delete, Get, PatchResource, Replace, Resources, applied::as_read};
use crate::{Resource, Stored, error::Error};

/// The resource of the authenticated subject; see [`Client::me`](super::Client::me).
#[derive(Debug, Clone)]
pub struct Me<R> {
    handle: Resources<R>,
}

impl<R: Resource> Me<R> {
    pub(super) fn new(handle: Resources<R>) -> Self {
        Self { handle }
    }

    fn path(&self) -> Result<String, Error> {
        let client = self.handle.client();
        if client.capabilities().me == Some(false) {
            return Err(Error::invalid_request("the service provider has no `/Me`"));
        }
        client.inner.base.endpoint("/Me")
    }

    /// Creates the subject's own resource.
    pub fn create(&self, resource: &R) -> Create<Stored<R>> {
        Create::at(&self.handle, self.path(), resource)
    }

    /// Reads it. Its `id` and location are those of the resource itself, as far as the service
    /// provider says them.
    pub fn get(&self) -> Get<Stored<R>> {
        Get::at(&self.handle, self.path(), None)
    }

    /// Replaces it, if nobody has changed it since it was read. Refused where it was read without
    /// what this would erase, as by [`Resources::replace`].
    pub fn replace(&self, stored: &Stored<R>) -> Replace<Stored<R>> {
        let (id, version) = (stored.id(), stored.meta().version.as_deref());
        Replace::at(&self.handle, self.path(), id, version, stored.resource())
            .of_read(&self.handle, stored.resource())
            .after(stored.as_read(), stored.resource())
    }

    /// Changes it.
    pub fn patch(&self) -> PatchResource<R> {
        PatchResource::at(&self.handle, self.path(), None, None)
    }

    /// Changes it, if nobody has changed it since it was read.
    pub fn patch_stored(&self, stored: &Stored<R>) -> PatchResource<R> {
        let (id, version) = (stored.id(), stored.meta().version.as_deref());
        PatchResource::at(&self.handle, self.path(), Some(id), version)
            .after(|| Some(as_read(stored)))
    }

    /// Deletes it.
    pub fn delete(&self) -> Delete {
        Delete::at(&self.handle, self.path(), None)
    }

    /// Deletes it, if nobody has changed it since it was read.
    pub fn delete_stored(&self, stored: &Stored<R>) -> Delete {
        Delete::at(&self.handle, self.path(), stored.meta().version.as_deref())
    }
}
