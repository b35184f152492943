//! The client: typed operations over any transport.

mod adopt;
mod answer;
mod applied;
mod arguments;
mod base_url;
mod builder;
pub(crate) mod bulk;
mod call;
mod clear;
mod credentials;
#[cfg(feature = "reqwest")]
mod default_transport;
mod deferred;
mod denied;
mod exchange;
mod flight;
mod gate;
mod handle;
mod limit;
mod me;
mod oauth;
mod operation;
mod pages;
mod patch;
mod provider;
mod query;
mod raw;
mod read;
mod retry;
mod search;
mod secrets;
mod sent;
mod settle;
#[cfg(feature = "tracing")]
mod trace;
mod update;
mod write;

use std::sync::{Arc, PoisonError, RwLock};

pub(crate) use self::answer::retry_after;
#[cfg(feature = "reqwest")]
pub(crate) use self::base_url::is_loopback;
pub use self::{
    adopt::{CreateOrGet, CreatedOrFound},
    answer::{Answer, Readable},
    arguments::{Nothing, ResourceId},
    builder::ClientBuilder,
    bulk::{
        Bulk, BulkHandle, BulkOutcome, BulkReference, BulkResources, BulkResults, BulkSuccess,
        NotProcessed, PlanError, PlanErrorKind,
    },
    deferred::{Accepted, Deferred},
    handle::{Identified, Replaceable, Resources},
    limit::RateLimit,
    me::Me,
    oauth::ClientCredentials,
    operation::{Operation, OperationFuture},
    pages::{Pages, Results},
    patch::PatchResource,
    provider::{Discover, Drift, DriftKind, DriftReport, Provider},
    query::Query,
    raw::RawRequest,
    read::Get,
    retry::RetryPolicy,
    update::Update,
    write::{Create, Delete, Receipt, Replace, Written},
};
use self::{base_url::BaseUrl, credentials::Credentials, exchange::Sending};
pub use crate::{
    Capabilities,
    resource::{AnyOf, Listed, Member, OneOf},
};
use crate::{profile::Profile, resource::Resource, transport::Transport};

/// A SCIM client. Cheap to clone; clones share connections and what was discovered.
///
/// ```no_run
/// # async fn example() -> Result<(), scim_client::Error> {
/// use scim_client::{Client, User};
///
/// let scim = Client::builder("https://auth.example/scim/v2").bearer_token("foobar").build()?;
/// let users = scim.resource::<User>();
/// let babs = users.create(&User::new("bjensen@example.com").with_display_name("Babs")).await?;
/// println!("{}", babs.id());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    base: BaseUrl,
    credentials: Option<Credentials>,
    headers: http::HeaderMap,
    transport: Arc<dyn Transport>,
    sending: Sending,
    strict: bool,
    /// Where it is less than the reader's own limit.
    max_nesting: Option<usize>,
    /// Whether the answers to writes are compared with what was to be written.
    check_applied: bool,
    /// Whether a resource is looked for under an `id` that is the end of a location.
    check_located_ids: bool,
    /// Whether a version that is no entity-tag makes a write an error.
    refuse_unquoted: bool,
    capabilities: RwLock<Abilities>,
    profile: Arc<Profile>,
    provider: provider::Known,
}

/// What is known of the service provider's abilities.
struct Abilities {
    /// What the application and the profile say.
    own: Capabilities,
    /// The same, completed by what the service provider says.
    all: Arc<Capabilities>,
}

impl Abilities {
    fn new(own: Capabilities) -> Self {
        let all = Arc::new(own.clone());
        Self { own, all }
    }
}

impl Client {
    /// Begins a client for the service provider at `base_url`, such as
    /// `https://example.com/scim/v2`.
    pub fn builder(base_url: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(base_url.into())
    }

    /// The resources of one type.
    pub fn resource<R: Resource>(&self) -> Resources<R> {
        Resources::new(self.clone(), R::ENDPOINT.to_owned())
    }

    /// The resources of one type at another endpoint than the type's own, relative to the base
    /// URL.
    pub fn resource_at<R: Resource>(&self, endpoint: impl Into<String>) -> Resources<R> {
        Resources::new(self.clone(), endpoint.into())
    }

    /// The resource of whoever is authenticated (RFC 7644 §3.11), which is of type `R`.
    pub fn me<R: Resource>(&self) -> Me<R> {
        Me::new(self.resource::<R>())
    }

    /// Asks the service provider what it is and can do (RFC 7644 §4).
    ///
    /// One that publishes only some of its documents, or none, is no error: what is missing is in
    /// [`problems`](Provider::problems). It is one if nothing that answered speaks SCIM, as where
    /// the base URL is wrong and a web server answers everything with its own page. (An error status
    /// without a body is nobody's page.)
    pub fn discover(&self) -> Discover {
        Discover::new(self.clone())
    }

    /// Begins a bulk: many operations in as few requests as the service provider allows
    /// (RFC 7644 §3.7).
    pub fn bulk(&self) -> Bulk {
        Bulk::new(self.clone())
    }

    /// The base URL, without a slash at the end.
    pub fn base_url(&self) -> String {
        self.inner.base.to_url()
    }

    /// What is known of the service provider's abilities.
    pub fn capabilities(&self) -> Arc<Capabilities> {
        let known = self.inner.capabilities.read();
        known.unwrap_or_else(PoisonError::into_inner).all.clone()
    }

    /// How the service provider departs from the RFCs, as the builder was told.
    pub fn profile(&self) -> &Profile {
        &self.inner.profile
    }

    /// Says what the service provider can do, in place of what it says of itself and of what was
    /// said before. Where `capabilities` say nothing, the [`Profile`] stands.
    pub fn set_capabilities(&self, capabilities: Capabilities) {
        let capabilities = capabilities.or(self.profile().capabilities.clone());
        let known = self.inner.capabilities.write();
        *known.unwrap_or_else(PoisonError::into_inner) = Abilities::new(capabilities);
    }

    /// Takes note of what the service provider says, in place of what it said before.
    fn learn(&self, said: Capabilities) {
        let known = self.inner.capabilities.write();
        let mut known = known.unwrap_or_else(PoisonError::into_inner);
        known.all = Arc::new(known.own.clone().or(said));
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .field("credentials", &self.inner.credentials)
            .finish_non_exhaustive()
    }
}
