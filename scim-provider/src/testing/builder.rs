//! Setting up a service provider.

use std::{fmt, sync::Arc, time::Duration};

use super::{
    identifier::Identifiers,
    provider::{Config, ServiceProvider},
    record::ResourceKind,
};
use scim_models::{
    filter::FilterOptions, patch::ApplyOptions, resource::Resource, value::Timestamp,
};

/// Begins with [`ServiceProvider::builder`].
#[must_use]
pub struct ServiceProviderBuilder {
    kinds: Vec<ResourceKind>,
    config: Config,
    counted_ids: bool,
    base_url: Option<String>,
}

impl ServiceProviderBuilder {
    pub(super) fn new() -> Self {
        Self {
            kinds: Vec::new(),
            config: Config {
                token: None,
                strict: false,
                page_size: 100,
                cursor_lifetime: Duration::from_secs(600),
                patch_without_body: false,
                patch_options: ApplyOptions::default(),
                filter_options: None,
                bulk_operations: 1000,
                max_payload: 16 * 1024 * 1024,
                clock: Arc::new(Timestamp::now),
            },
            counted_ids: false,
            base_url: None,
        }
    }

    /// Serves resources of this type at the type's endpoint. Without any, it serves
    /// [`User`](scim_models::User) and [`Group`](scim_models::Group).
    ///
    /// A type that has a `members` attribute is a group: `$ref` and `type` of its members are
    /// filled in, and the members' `readOnly` attribute `groups`, where they have one, follows.
    pub fn resource<R: Resource>(mut self) -> Self {
        let kind = ResourceKind::of::<R>();
        self.kinds
            .retain(|other| other.path() != kind.path() && other.name != kind.name);
        self.kinds.push(kind);
        self
    }

    /// Answers only those who present this token (RFC 6750). `/ServiceProviderConfig` can be read
    /// without (RFC 7643 §5).
    pub fn bearer_token(mut self, token: impl Into<String>) -> Self {
        self.config.token = Some(token.into());
        self
    }

    /// The most resources of one page, and how many there are if the client does not say; 100
    /// unless set, at least 1.
    pub fn page_size(mut self, resources: u64) -> Self {
        self.config.page_size = resources.max(1);
        self
    }

    /// How long a cursor can be used; 10 minutes unless set.
    pub fn cursor_lifetime(mut self, time: Duration) -> Self {
        self.config.cursor_lifetime = time;
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
        self.config.patch_options = options;
        self
    }

    /// How filters and PATCH paths are read. Unless set, as the RFC says, and filters and `sortBy`
    /// on attributes that are never returned are refused
    /// ([`refuse_never_returned`](FilterOptions::refuse_never_returned)).
    pub fn filter_options(mut self, options: FilterOptions) -> Self {
        self.config.filter_options = Some(options);
        self
    }

    /// Refuses what a strict reading of RFC 7643 and RFC 7644 refuses. In resources: values of
    /// another JSON type, such as `"true"` for a boolean; dateTimes, base64 and URIs that are none;
    /// two primary values, also by PATCH; `schemas` that is missing, names what is not served here,
    /// names a schema twice, or lacks an extension that has data; attributes that no schema has. In
    /// messages: a missing or wrong URN, members of another type, `Add` for `add`. In queries:
    /// blanks that the grammar does not have, and parameters without a value.
    pub fn strict(mut self) -> Self {
        self.config.strict = true;
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

    /// New resources get the ids `1`, `2`, `3` and so on. Otherwise ids look like UUIDs.
    pub fn counted_ids(mut self) -> Self {
        self.counted_ids = true;
        self
    }

    /// Where the time comes from: `meta.created`, `meta.lastModified` and the age of cursors.
    pub fn clock(mut self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.config.clock = Arc::new(clock);
        self
    }

    /// What URLs begin with until the first request comes; from then on they follow the requests'.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Makes the service provider. Nothing is served yet.
    #[must_use]
    pub fn build(self) -> ServiceProvider {
        let this = if self.kinds.is_empty() {
            self.resource::<scim_models::User>()
                .resource::<scim_models::Group>()
        } else {
            self
        };
        let ids = if this.counted_ids {
            Identifiers::Counter(0)
        } else {
            Identifiers::random()
        };
        let base = this
            .base_url
            .unwrap_or_else(|| "https://scim.example/v2".to_owned());
        let base = base.trim_end_matches('/').to_owned();
        ServiceProvider::with(this.config, this.kinds.into(), ids, base)
    }
}

impl fmt::Debug for ServiceProviderBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.kinds.iter().map(|kind| kind.name).collect();
        f.debug_struct("ServiceProviderBuilder")
            .field("resources", &names)
            .finish_non_exhaustive()
    }
}
