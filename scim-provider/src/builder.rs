//! Setting up a service provider.

use std::{fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use http::request::Parts;
use scim_models::{
    Capabilities, filter::FilterOptions, patch::ApplyOptions, resource::Resource, value::Timestamp,
};

use crate::{
    accept::Accept,
    authentication::{Authenticate, bearer_token, is_same_secret},
    config::Config,
    engine::Engine,
    provider::ServiceProvider,
    record::ServedType,
    refusal::{Refusal, Result},
    store::Store,
};

impl<S: Store<Caller = ()>> ServiceProvider<S> {
    /// Begins one that all see the same of. Whoever can reach it may do everything, unless it is
    /// given a [token](ServiceProviderBuilder::bearer_token).
    pub fn builder(store: S) -> ServiceProviderBuilder<S> {
        ServiceProviderBuilder::new(store, Box::new(|_| Box::pin(async { Ok(()) })), false)
    }
}

impl<S: Store> ServiceProvider<S> {
    /// Begins one that asks `authenticate` who it is that sends a request, and tells the store.
    /// Without an answer, nothing can be read but `/ServiceProviderConfig` (RFC 7643 §5).
    ///
    /// `authenticate` is given the request without its body, and takes from it what it needs:
    /// [`bearer_token`] is the usual.
    pub fn authenticated<F, A>(store: S, authenticate: F) -> ServiceProviderBuilder<S>
    where
        F: Fn(&Parts) -> A + Send + Sync + 'static,
        A: Future<Output = Result<S::Caller>> + Send + 'static,
    {
        let authenticate = move |parts: &Parts| {
            let answer: Pin<Box<dyn Future<Output = _> + Send>> = Box::pin(authenticate(parts));
            answer
        };
        ServiceProviderBuilder::new(store, Box::new(authenticate), true)
    }
}

/// Begins with [`ServiceProvider::builder`] or [`ServiceProvider::authenticated`].
///
/// ```
/// use std::time::Duration;
/// use scim_client::{Capabilities, User, filter::FilterOptions, patch::ApplyOptions, value::Timestamp};
/// use scim_provider::{MemoryStore, ServedType, ServiceProvider};
///
/// let mut offers = Capabilities::default();
/// offers.bulk = Some(false);
/// let provider = ServiceProvider::builder(MemoryStore::new())
///     .resource::<User>()                             // and no groups
///     .resource_types([ServedType::of::<scim_client::Group>()])
///     .bearer_token("foobar")
///     .base_url("https://auth.example/scim/v2")
///     .capabilities(offers)
///     .page_size(50)
///     .cursor_lifetime(Duration::from_secs(60))
///     .patch_without_body()                           // 204
///     .patch_options(ApplyOptions::default())
///     .filter_options(FilterOptions::entra())
///     .strict()
///     .max_bulk_operations(100)
///     .max_payload_size(1024 * 1024)
///     .clock(Timestamp::now)
///     .build();
/// # let _ = provider;
/// ```
#[must_use]
pub struct ServiceProviderBuilder<S: Store> {
    store: S,
    types: Vec<ServedType>,
    config: Config,
    authenticate: Box<Authenticate<S::Caller>>,
    patch_options: Option<ApplyOptions>,
    filter_options: Option<FilterOptions>,
    strict: bool,
    /// What the base URL is until a request tells.
    first_base: Option<String>,
}

impl<S: Store<Caller = ()>> ServiceProviderBuilder<S> {
    /// Answers only those who present this token (RFC 6750).
    pub fn bearer_token(mut self, token: impl Into<String>) -> Self {
        let token = token.into();
        self.config.bearer = true;
        self.authenticate = Box::new(move |parts| {
            let answer = bearer_token(parts).and_then(|given| {
                let is_right = is_same_secret(given, &token);
                is_right
                    .then_some(())
                    .ok_or_else(|| Refusal::unauthorized(true))
            });
            Box::pin(async move { answer })
        });
        self
    }
}

impl<S: Store> ServiceProviderBuilder<S> {
    pub(crate) fn new(
        store: S,
        authenticate: Box<Authenticate<S::Caller>>,
        has_authentication: bool,
    ) -> Self {
        Self {
            store,
            types: Vec::new(),
            config: Config {
                bearer: has_authentication,
                ..Config::default()
            },
            authenticate,
            patch_options: None,
            filter_options: None,
            strict: false,
            first_base: None,
        }
    }

    /// Serves resources of this type at the type's endpoint. Without any, it serves
    /// [`User`](scim_models::User) and [`Group`](scim_models::Group).
    pub fn resource<R: Resource>(self) -> Self {
        self.resource_types([ServedType::of::<R>()])
    }

    /// Serves resources of these types: compiled ones, or those of a
    /// `&dynamic::ResourceTypes` (feature `dynamic`). Of two types of one name, or one endpoint, the
    /// later one is served.
    pub fn resource_types(
        mut self,
        types: impl IntoIterator<Item = impl Into<ServedType>>,
    ) -> Self {
        for kind in types {
            let kind = kind.into();
            self.types
                .retain(|other| other.path() != kind.path() && other.name() != kind.name());
            self.types.push(kind);
        }
        self
    }

    /// What this service provider has not (`Some(false)`): PATCH, PUT, bulk, filters, sorting,
    /// versions, `/Me`, `/.search`, a kind of paging. Discovery says so as far as it can, and a
    /// request for it is refused, or `sortBy` ignored, as RFC 7644 allows.
    pub fn capabilities(mut self, offers: Capabilities) -> Self {
        self.config.offers = offers;
        self
    }

    /// The most resources of one page, and how many there are if the client does not say; 100
    /// unless set, at least 1.
    pub fn page_size(mut self, resources: u64) -> Self {
        self.config.paging.page_size = resources.max(1);
        self.config.paging.most = resources.max(1);
        self
    }

    /// How long a cursor can be used; 10 minutes unless set.
    pub fn cursor_lifetime(mut self, time: Duration) -> Self {
        self.config.paging.cursor_lifetime = time;
        self
    }

    /// Answers a PATCH with 204 and no body, unless the client names attributes.
    pub fn patch_without_body(mut self) -> Self {
        self.config.patch_without_body = true;
        self
    }

    /// How a PATCH is applied where the RFC leaves it open. Unless set, a path that names an
    /// attribute that no schema has is refused (`invalidPath`).
    pub fn patch_options(mut self, options: ApplyOptions) -> Self {
        self.patch_options = Some(options);
        self
    }

    /// How filters and PATCH paths are read. Unless set, as the RFC says, and filters and `sortBy`
    /// on attributes that are never returned are refused
    /// ([`refuse_never_returned`](FilterOptions::refuse_never_returned)).
    pub fn filter_options(mut self, options: FilterOptions) -> Self {
        self.filter_options = Some(options);
        self
    }

    /// Refuses what a strict reading of RFC 7643 and RFC 7644 refuses: see [`Accept::strict`]. In
    /// queries also blanks that the grammar does not have, and parameters without a value.
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// The most operations of one bulk request; 1000 unless set. With 0, there is no bulk.
    pub fn max_bulk_operations(mut self, operations: usize) -> Self {
        self.config.bulk_operations = operations;
        self
    }

    /// The largest body of a request, in bytes (413 beyond it); 16 MiB unless set.
    pub fn max_payload_size(mut self, bytes: usize) -> Self {
        self.config.max_payload = bytes;
        self
    }

    /// Where the time comes from: `meta.created`, `meta.lastModified` and the age of cursors.
    pub fn clock(mut self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.config.clock = Arc::new(clock);
        self
    }

    /// The base URL, such as `https://auth.example/scim/v2`: what `meta.location`, `$ref` and
    /// `Location` begin with. Unless set, it is taken from each request: scheme and host as the
    /// request names them, and the path as far as the endpoint. Set it where a proxy stands in
    /// front, where a router takes off the path, and where `Host` may be anything. If it is not
    /// set, `/Devices/.search` is refused where no such type is served, unless an earlier request
    /// had a base URL with this path: what begins with a capital letter is the name of a type.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        let url = url.into();
        self.config.base_url = Some(url.trim_end_matches('/').to_owned());
        self
    }

    /// What URLs begin with until the first request comes.
    #[cfg(feature = "testing")]
    pub(crate) fn first_base_url(mut self, url: String) -> Self {
        self.first_base = Some(url);
        self
    }

    /// Makes the service provider.
    #[must_use]
    pub fn build(self) -> ServiceProvider<S> {
        let mut this = self;
        if this.types.is_empty() {
            this = this
                .resource::<scim_models::User>()
                .resource::<scim_models::Group>();
        }
        let mut accept = if this.strict {
            Accept::strict()
        } else {
            Accept::new()
        };
        if let Some(options) = this.patch_options {
            accept = accept.with_patch_options(options);
        }
        if let Some(options) = this.filter_options {
            accept = accept.with_filter_options(options);
        }
        let mut config = this.config;
        config.accept = accept;
        config.paging.by_index = config.offers.index_paging != Some(false);
        config.paging.by_cursor = config.offers.cursor_paging != Some(false);
        let base = this.first_base.unwrap_or_default();
        let engine = Engine::new(this.store, this.types.into(), base);
        ServiceProvider::with(engine, config, this.authenticate)
    }
}

impl<S: Store> fmt::Debug for ServiceProviderBuilder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.types.iter().map(ServedType::name).collect();
        f.debug_struct("ServiceProviderBuilder")
            .field("resources", &names)
            .finish_non_exhaustive()
    }
}
