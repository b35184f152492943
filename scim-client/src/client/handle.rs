//! The resources of one type at one endpoint.

use std::marker::PhantomData;

use super::{
    Client, Create, CreateOrGet, Delete, Get, PatchResource, Query, Replace, Update,
    applied::as_read,
    arguments::{Nothing, ResourceId},
};
use crate::{
    Stored,
    error::Error,
    resource::{Resource, Root},
    typed::{MayRead, Path},
};

/// The resources of type `R` of a service provider: begin every operation here.
#[derive(Debug)]
pub struct Resources<R> {
    client: Client,
    endpoint: String,
    marker: PhantomData<fn() -> R>,
}

impl<R> Clone for Resources<R> {
    fn clone(&self) -> Self {
        Self::new(self.client.clone(), self.endpoint.clone())
    }
}

impl<R> Resources<R> {
    pub(super) fn new(client: Client, endpoint: String) -> Self {
        Self {
            client,
            endpoint,
            marker: PhantomData,
        }
    }

    /// The client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The endpoint, relative to the base URL.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    pub(super) fn collection_path(&self) -> Result<String, Error> {
        self.client.inner.base.endpoint(&self.endpoint)
    }

    pub(super) fn resource_path(&self, id: &str) -> Result<String, Error> {
        self.client.inner.base.resource(&self.endpoint, id)
    }
}

impl<R: Resource> Resources<R> {
    /// Creates a resource (POST, RFC 7644 §3.3). Gives it as the service provider stored it.
    pub fn create(&self, resource: &R) -> Create<Stored<R>> {
        Create::new(self, resource)
    }

    /// Creates a resource, or adopts the one that has its value of a unique attribute already:
    /// `users.create_or_get(&babs, |u| u.user_name)`. It is looked for after a conflict, and where
    /// the answer was lost. What a service provider finds is only taken if it has the value: some
    /// take no notice of a filter and give everything. Where it is not found, or cannot be looked
    /// for, the error is that of the creation.
    pub fn create_or_get<P>(
        &self,
        resource: &R,
        path: impl FnOnce(<R as Root>::Paths) -> P,
    ) -> CreateOrGet<R>
    where
        P: Path<Root = R>,
        P::Mutability: MayRead<P::Name>,
    {
        CreateOrGet::new(self, resource, path)
    }

    /// Reads the resource with this `id` (GET, RFC 7644 §3.4.1).
    pub fn get(&self, id: impl ResourceId) -> Get<Stored<R>> {
        Get::new(self, id.as_str(), None)
    }

    /// Reads a resource again, if it has changed since (`If-None-Match`, RFC 7644 §3.14). With a
    /// projection it is read in any case.
    pub fn refresh(&self, stored: &Stored<R>) -> Get<Stored<R>> {
        let mut get = Get::new(self, stored.id(), stored.meta().version.as_deref());
        get.unchanged(stored.clone());
        get
    }

    /// Asks for resources (GET, RFC 7644 §3.4.2).
    pub fn query(&self) -> Query<Stored<R>> {
        Query::new(self)
    }

    /// Replaces a resource by what `stored` has now (PUT, RFC 7644 §3.5.1), if nobody has changed
    /// it since it was read. Attributes that `R` does not know are sent back as they came.
    ///
    /// Refused where the [`Profile`](crate::Profile) knows an attribute that was not returned: this
    /// would erase it.
    pub fn replace(&self, stored: &impl Replaceable<R>) -> Replace<Stored<R>> {
        let stored = stored.stored();
        Replace::new(
            self,
            stored.id(),
            stored.meta().version.as_deref(),
            stored.resource(),
        )
        .of_read(self, stored.resource())
        .after(stored.as_read(), stored.resource())
    }

    /// Replaces the resource with this `id` by `resource`, whatever it has now: attributes that
    /// `resource` lacks are removed, and versions are not compared.
    pub fn replace_at(&self, id: impl AsRef<str>, resource: &R) -> Replace<Stored<R>> {
        Replace::new(self, id.as_ref(), None, resource)
    }

    /// Changes a resource (PATCH, RFC 7644 §3.5.2): a [`Stored`], if nobody has changed it since
    /// it was read, or an `id`.
    pub fn patch(&self, target: impl Identified<R>) -> PatchResource<R> {
        let request = PatchResource::new(self, target.id(), target.version());
        request.after(|| target.read().map(as_read))
    }

    /// Changes a resource by saying what it should be: sends the smallest PATCH that leads there,
    /// a PUT where the service provider has no PATCH (its capabilities say so, or it answers 405
    /// or 501), and nothing where nothing changed.
    ///
    /// The closure changes a copy in memory, before anything is sent, so it is not asynchronous.
    pub fn update<G: Nothing>(
        &self,
        stored: &impl Replaceable<R>,
        change: impl FnOnce(&mut R) -> G,
    ) -> Update<R> {
        Update::new(self, stored.stored(), |resource| {
            let _: G = change(resource);
        })
    }

    /// Deletes a resource (DELETE, RFC 7644 §3.6): a [`Stored`], if nobody has changed it since it
    /// was read, or an `id`.
    pub fn delete(&self, target: impl Identified<R>) -> Delete {
        Delete::new(self, target.id(), target.version())
    }
}

/// A whole resource that was read from a service provider.
#[diagnostic::on_unimplemented(
    message = "`{Self}` was not read from a service provider as a whole `{R}`",
    label = "expected a `Stored<{R}>`",
    note = "read it first with `.get(id)`; a projection would erase what it did not fetch",
    note = "`.create(..)` makes a new one; `.replace_at(id, ..)` overwrites one without reading it"
)]
pub trait Replaceable<R> {
    /// The resource.
    fn stored(&self) -> &Stored<R>;
}

impl<R> Replaceable<R> for Stored<R> {
    fn stored(&self) -> &Stored<R> {
        self
    }
}

/// What says which resource is meant: a stored one, with its version, or an `id`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which `{R}` is meant",
    label = "expected a `&Stored<{R}>` or an id",
    note = "a resource that was read has an id: use the `Stored<{R}>` that `.get(id)` gave"
)]
pub trait Identified<R> {
    /// The identifier.
    fn id(&self) -> &str;

    /// The version that it should still have.
    fn version(&self) -> Option<&str> {
        None
    }

    /// The resource as it was read.
    #[doc(hidden)]
    fn read(&self) -> Option<&Stored<R>> {
        None
    }
}

impl<R> Identified<R> for &Stored<R> {
    fn id(&self) -> &str {
        Stored::id(self)
    }

    fn version(&self) -> Option<&str> {
        self.meta().version.as_deref()
    }

    fn read(&self) -> Option<&Stored<R>> {
        Some(self)
    }
}

impl<R> Identified<R> for &str {
    fn id(&self) -> &str {
        self
    }
}

impl<R> Identified<R> for String {
    fn id(&self) -> &str {
        self
    }
}

impl<R> Identified<R> for &String {
    fn id(&self) -> &str {
        self
    }
}
