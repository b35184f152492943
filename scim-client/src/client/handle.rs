//! The resources of one type at one endpoint.

use std::{marker::PhantomData, sync::Arc};

use http::Method;

use super::{
    Client,
    base_url::Below,
    checks::Checks,
    operation::{OperationBuilder, sealed::Sealed},
    send::Sender,
    settings::Settings,
};
use crate::{
    Stored,
    resource::{Resource, ResourceKind},
};

/// The resources of type `R` at a service provider. Its methods begin the operations.
///
/// | to | use | result of `.await` |
/// |---|---|---|
/// | create | [`create`](Self::create), [`create_or_get`](Self::create_or_get) | `Stored<R>`; what was created or found |
/// | read | [`get`](Self::get), [`refresh`](Self::refresh) | `Stored<R>`; with `.attributes(..)`, `Partial<R>` |
/// | find | [`query`](Self::query) | a page; with `.stream()`, `.all()` or `.first()`, resources |
/// | change | [`patch`](Self::patch), [`update`](Self::update), [`replace`](Self::replace) | `Stored<R>`, as it is now |
/// | delete | [`delete`](Self::delete) | nothing |
///
/// ```
/// # use scim_client::{Client, User, testing::ServiceProvider};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let provider = ServiceProvider::new();
/// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
/// # let users = scim.resource::<User>();
/// let babs = users.create(&User::new("bjensen")).await?;
/// let babs = users.patch(&babs).replace(|u| u.title, "CTO").await?;
/// let babs = users.update(&babs, |u| u.nick_name = Some("Babs".into())).await?;
/// let found = users.query().filter(|u| u.title.eq("CTO")).first().await?;
/// assert_eq!(found.as_ref().map(|user| user.id()), Some(babs.id()));
/// users.delete(&babs).await?;
/// assert!(users.get(babs.id()).await.is_err_and(|error| error.is_not_found()));
/// # Ok(())
/// # }
/// ```
///
/// The errors that any request can have are [listed once](super::OperationBuilder#errors-of-every-operation).
/// Each operation here lists the errors that it has in addition.
///
/// The handle is cheap to clone. It knows its client, endpoint and type:
///
/// ```
/// # use scim_client::{Client, User, testing::ServiceProvider};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let provider = ServiceProvider::new();
/// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
/// # let users = scim.resource::<User>();
/// assert_eq!((users.endpoint(), users.kind().name()), ("/Users", "User"));
/// assert_eq!(users.client().base_url(), "https://scim.example/v2");
/// provider.seed_with_id("2819", User::new("bjensen"))?;
/// provider.set_me(Some("2819"));
/// assert_eq!(users.me().get().await?.id(), "2819");
/// # Ok(())
/// # }
/// ```
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
    ///
    /// ```
    /// # use scim_client::{Client, Error, Group, User};
    /// # fn example(scim: &Client) {
    /// let users = scim.resource::<User>();
    /// let groups = scim.resource::<Group>();
    /// # let _ = (users, groups);
    /// # }
    /// ```
    #[doc(alias = "users")]
    #[doc(alias = "groups")]
    pub fn resource<R: Resource>(&self) -> Resources<R> {
        Resources::new(self.clone(), ResourceKind::of::<R>(), None)
    }

    /// The resources of one type at an endpoint that is not the type's own. The endpoint is
    /// relative to the base URL.
    ///
    /// ```
    /// # use scim_client::{Client, User};
    /// # fn example(scim: &Client) {
    /// let contractors = scim.resource_at::<User>("/Contractors");
    /// assert_eq!(contractors.endpoint(), "/Contractors");
    /// # }
    /// ```
    ///
    /// If the endpoint is outside of the base URL, each operation fails with
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest).
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
            false => Client::over(sender.clone()),
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
        operation.call.is_checked_by(&self.checks);
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
pub trait Replaceable<R>: Sealed {
    /// The resource.
    fn stored(&self) -> &Stored<R>;
}

impl<R> Sealed for Stored<R> {}

impl<R> Replaceable<R> for Stored<R> {
    fn stored(&self) -> &Stored<R> {
        self
    }
}
