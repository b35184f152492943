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
    /// Begins a service provider without tenants: all callers see the same resources. Everybody who
    /// can reach it may do everything, unless a [token](ServiceProviderBuilder::bearer_token) is
    /// set.
    pub fn builder(store: S) -> ServiceProviderBuilder<S> {
        ServiceProviderBuilder::new(store, Box::new(|_| Box::pin(async { Ok(()) })), false)
    }
}

impl<S: Store> ServiceProvider<S> {
    /// Begins a service provider that calls `authenticate` to find out who sends a request, and
    /// passes the caller to the store. If `authenticate` fails, only `/ServiceProviderConfig` can
    /// be read (RFC 7643 §5).
    ///
    /// `authenticate` gets the request without its body. Usually, it calls [`bearer_token`].
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

/// Sets up a [`ServiceProvider`]. It begins with [`ServiceProvider::builder`] or
/// [`ServiceProvider::authenticated`].
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
    /// Requires this bearer token in every request (RFC 6750).
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

    /// Serves resources of this type at the type's endpoint. If no type is set, the service provider
    /// serves [`User`](scim_models::User) and [`Group`](scim_models::Group).
    pub fn resource<R: Resource>(self) -> Self {
        self.resource_types([ServedType::of::<R>()])
    }

    /// Serves resources of these types: compiled ones, or those of a `&dynamic::ResourceTypes`
    /// (feature `dynamic`). If two types have the same name or endpoint, the later one is served.
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

    /// Switches abilities off that are `Some(false)`: PATCH, PUT, bulk, filters, sorting, versions,
    /// `/Me`, `/.search`, a kind of paging. Discovery says so as far as it can. Requests that need
    /// such an ability are refused, except that `sortBy` is ignored, as RFC 7644 allows.
    pub fn capabilities(mut self, offers: Capabilities) -> Self {
        self.config.offers = offers;
        self
    }

    /// Sets the maximum number of resources on a page. It is also the page size if the client does
    /// not request one. The default is 100; it is at least 1.
    pub fn page_size(mut self, resources: u64) -> Self {
        self.config.paging.page_size = resources.max(1);
        self.config.paging.most = resources.max(1);
        self
    }

    /// Sets how long a cursor can be used. The default is 10 minutes.
    pub fn cursor_lifetime(mut self, time: Duration) -> Self {
        self.config.paging.cursor_lifetime = time;
        self
    }

    /// Responds to a PATCH with 204 and no body, unless the request names attributes.
    pub fn patch_without_body(mut self) -> Self {
        self.config.patch_without_body = true;
        self
    }

    /// Sets how a PATCH is applied if the RFC leaves it open. By default, a path to an attribute
    /// that no schema has is refused (`invalidPath`).
    pub fn patch_options(mut self, options: ApplyOptions) -> Self {
        self.patch_options = Some(options);
        self
    }

    /// Sets how filters and PATCH paths are read. By default, they are read as the RFC says, and
    /// filters and `sortBy` on attributes that are never returned are refused
    /// ([`refuse_never_returned`](FilterOptions::refuse_never_returned)).
    pub fn filter_options(mut self, options: FilterOptions) -> Self {
        self.filter_options = Some(options);
        self
    }

    /// Reads requests strictly by RFC 7643 and RFC 7644; see [`Accept::strict`]. In queries, it
    /// also refuses blanks that the grammar does not allow, and parameters without a value.
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Sets the maximum number of operations in a bulk request. The default is 1000. With 0, there is no
    /// bulk.
    pub fn max_bulk_operations(mut self, operations: usize) -> Self {
        self.config.bulk_operations = operations;
        self
    }

    /// Sets the size of the largest request body, in bytes. A larger one is refused with 413. The
    /// default is 16 MiB.
    pub fn max_payload_size(mut self, bytes: usize) -> Self {
        self.config.max_payload = bytes;
        self
    }

    /// Sets the clock for `meta.created`, `meta.lastModified` and the age of cursors.
    pub fn clock(mut self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.config.clock = Arc::new(clock);
        self
    }

    /// Sets the base URL, such as `https://auth.example/scim/v2`, with which `meta.location`,
    /// `$ref` and `Location` begin. By default, it is taken from each request: the scheme and host
    /// of the request, and its path up to the endpoint. Set it if there is a proxy in front, if a
    /// router removes a part of the path, or if clients may send any `Host`.
    ///
    /// If it is not set, a path such as `/Devices/.search` could be `/.search` below the base path
    /// `/Devices`, or an endpoint of an unknown type. A segment that begins with a capital letter
    /// is taken for the name of a type, so the request is refused, unless an earlier request had
    /// this base path.
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
