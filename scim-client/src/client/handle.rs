//! The resources of one type at one endpoint.

use std::{marker::PhantomData, sync::Arc};

use http::Method;

use super::{
    Client, base_url::Below, checks::Checks, operation::OperationBuilder, send::Sender,
    settings::Settings,
};
use crate::{
    Stored,
    resource::{Resource, ResourceKind},
};

/// The resources of type `R` of a service provider: begin every operation here.
pub struct Resources<R> {
    client: Client,
    kind: ResourceKind,
    /// `None` for the type's own.
    endpoint: Option<String>,
    checks: Checks,
    marker: PhantomData<fn() -> R>,
}

impl Client {
    /// The resources of one type.
    pub fn resource<R: Resource>(&self) -> Resources<R> {
        Resources::new(self.clone(), ResourceKind::of::<R>(), None)
    }

    /// The resources of one type at another endpoint than the type's own, relative to the base
    /// URL.
    pub fn resource_at<R: Resource>(&self, endpoint: impl Into<String>) -> Resources<R> {
        Resources::new(self.clone(), ResourceKind::of::<R>(), Some(endpoint.into()))
    }
}

impl<R> Resources<R> {
    pub(super) fn new(client: Client, kind: ResourceKind, endpoint: Option<String>) -> Self {
        Self {
            client,
            kind,
            endpoint,
            checks: Checks::default(),
            marker: PhantomData,
        }
    }

    #[cfg(feature = "dynamic")]
    pub(super) fn with_checks(self, checks: Checks) -> Self {
        Self { checks, ..self }
    }

    /// What the type does not allow.
    pub(super) fn checks(&self) -> &Checks {
        &self.checks
    }

    /// The client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The endpoint, relative to the base URL.
    pub fn endpoint(&self) -> &str {
        self.endpoint.as_deref().unwrap_or(self.kind.endpoint())
    }

    /// The resource type as a value.
    pub fn kind(&self) -> ResourceKind {
        self.kind
    }

    /// The same resources, by way of another sender.
    pub(super) fn through(&self, sender: &Arc<Sender>) -> Self {
        let client = match Arc::ptr_eq(self.client.sender(), sender) {
            true => self.client.clone(),
            false => Client::new(sender.clone()),
        };
        Self {
            client,
            ..self.clone()
        }
    }

    pub(super) fn settings(&self) -> &Arc<Settings> {
        self.client.settings()
    }

    pub(super) fn collection_path(&self) -> Below {
        self.settings().base.endpoint(self.endpoint())
    }

    pub(super) fn resource_path(&self, id: &str) -> Below {
        self.settings().base.resource(self.endpoint(), id)
    }

    /// Begins an operation on resources of the type.
    pub(super) fn begin<V>(&self, method: Method, path: Below, verb: V) -> OperationBuilder<V> {
        let mut operation = OperationBuilder::new(self.client.sender(), method, path, verb);
        operation.call.is_about(self.kind);
        operation
    }
}

impl<R> Clone for Resources<R> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            kind: self.kind,
            endpoint: self.endpoint.clone(),
            checks: self.checks.clone(),
            marker: PhantomData,
        }
    }
}

impl<R> std::fmt::Debug for Resources<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resources")
            .field("client", &self.client)
            .field("resource_type", &self.kind.name())
            .field("endpoint", &self.endpoint())
            .finish()
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
