//! Setting up a service provider.

use std::{fmt, time::Duration};

use scim_models::{
    Capabilities, filter::FilterOptions, patch::ApplyOptions, resource::Resource, value::Timestamp,
};

use super::provider::ServiceProvider;
use crate::{identifier::Identifiers, memory::MemoryStore, provider, record::ServedType};

impl ServiceProvider {
    /// Makes a service provider for users with the enterprise extension, and for groups.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Begins a service provider with other resource types or settings.
    pub fn builder() -> ServiceProviderBuilder {
        ServiceProviderBuilder::new()
    }
}

impl Default for ServiceProvider {
    fn default() -> Self {
        Self::new()
    }
}

/// Sets up a [`ServiceProvider`]. It begins with [`ServiceProvider::builder`].
///
/// ```
/// use std::time::Duration;
/// use scim_client::{Capabilities, User, filter::FilterOptions, patch::ApplyOptions, value::Timestamp};
/// use scim_provider::{ServedType, testing::ServiceProvider};
///
/// let mut offers = Capabilities::default();
/// offers.bulk = Some(false);
/// let provider = ServiceProvider::builder()
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
///     .counted_ids()                                  // 1, 2, 3
///     .clock(Timestamp::now)
///     .build();
/// # let _ = provider;
/// ```
#[must_use]
pub struct ServiceProviderBuilder {
    types: Vec<ServedType>,
    /// What is set of the service provider, in order; its store comes last.
    settings: Vec<Box<dyn FnOnce(Inner) -> Inner + Send>>,
    counted_ids: bool,
    base_url: Option<String>,
}

type Inner = crate::builder::ServiceProviderBuilder<MemoryStore>;

impl ServiceProviderBuilder {
    pub(super) fn new() -> Self {
        Self {
            types: Vec::new(),
            settings: Vec::new(),
            counted_ids: false,
            base_url: None,
        }
    }

    fn with(mut self, setting: impl FnOnce(Inner) -> Inner + Send + 'static) -> Self {
        self.settings.push(Box::new(setting));
        self
    }

    /// Serves resources of this type at the type's endpoint. If no type is set, the service provider
    /// serves [`User`](scim_models::User) and [`Group`](scim_models::Group).
    ///
    /// A type with a `members` attribute is a group: `$ref` and `type` of its members are filled
    /// in. If the type of a member has the `readOnly` attribute `groups`, it is filled in too.
    pub fn resource<R: Resource>(self) -> Self {
        self.resource_types([ServedType::of::<R>()])
    }

    /// Serves resources of these types: compiled ones, or those of a
    /// `&dynamic::ResourceTypes` (feature `dynamic`).
    pub fn resource_types(
        mut self,
        types: impl IntoIterator<Item = impl Into<ServedType>>,
    ) -> Self {
        self.types.extend(types.into_iter().map(Into::into));
        self
    }

    /// Switches abilities off that are `Some(false)`.
    pub fn capabilities(self, offers: Capabilities) -> Self {
        self.with(|builder| builder.capabilities(offers))
    }

    /// Requires this bearer token in every request (RFC 6750). `/ServiceProviderConfig` can be read
    /// without it (RFC 7643 §5).
    pub fn bearer_token(self, token: impl Into<String>) -> Self {
        let token = token.into();
        self.with(|builder| builder.bearer_token(token))
    }

    /// Sets the maximum number of resources on a page. It is also the page size if the client does
    /// not request one. The default is 100; it is at least 1.
    pub fn page_size(self, resources: u64) -> Self {
        self.with(move |builder| builder.page_size(resources))
    }

    /// Sets how long a cursor can be used. The default is 10 minutes.
    pub fn cursor_lifetime(self, time: Duration) -> Self {
        self.with(move |builder| builder.cursor_lifetime(time))
    }

    /// Responds to a PATCH with 204 and no body, unless the request names attributes.
    pub fn patch_without_body(self) -> Self {
        self.with(Inner::patch_without_body)
    }

    /// Sets how a PATCH is applied if the RFC leaves it open. By default, a path to an attribute
    /// that no schema has is refused (`invalidPath`).
    pub fn patch_options(self, options: ApplyOptions) -> Self {
        self.with(|builder| builder.patch_options(options))
    }

    /// Sets how filters and PATCH paths are read. By default, they are read as the RFC says, and
    /// filters and `sortBy` on attributes that are never returned are refused
    /// ([`refuse_never_returned`](FilterOptions::refuse_never_returned)).
    pub fn filter_options(self, options: FilterOptions) -> Self {
        self.with(move |builder| builder.filter_options(options))
    }

    /// Reads requests strictly by RFC 7643 and RFC 7644. In resources, it refuses values of another
    /// JSON type, such as `"true"` for a boolean; invalid dateTimes, base64 and URIs; two primary
    /// values, also by PATCH; attributes that no schema has; and a `schemas` that is missing, names
    /// an unknown schema, names a schema twice, or lacks an extension that has data. In messages,
    /// it refuses a missing or wrong URN, members of another type, and `Add` for `add`. In queries,
    /// it refuses blanks that the grammar does not allow, and parameters without a value.
    pub fn strict(self) -> Self {
        self.with(Inner::strict)
    }

    /// Sets the maximum number of operations in a bulk request. The default is 1000. With 0, there is no
    /// bulk.
    pub fn max_bulk_operations(self, operations: usize) -> Self {
        self.with(move |builder| builder.max_bulk_operations(operations))
    }

    /// Sets the size of the largest request body, in bytes. A larger one is refused with 413. The
    /// default is 16 MiB.
    pub fn max_payload_size(self, bytes: usize) -> Self {
        self.with(move |builder| builder.max_payload_size(bytes))
    }

    /// New resources get the ids `1`, `2`, `3` and so on. Otherwise ids look like UUIDs.
    pub fn counted_ids(mut self) -> Self {
        self.counted_ids = true;
        self
    }

    /// Sets the clock for `meta.created`, `meta.lastModified` and the age of cursors.
    pub fn clock(self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.with(|builder| builder.clock(clock))
    }

    /// Sets the base URL until the first request comes. From then on, it is that of the requests.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Makes the service provider. It does not listen on a port yet.
    #[must_use]
    pub fn build(self) -> ServiceProvider {
        let ids = if self.counted_ids {
            Identifiers::Counter(0)
        } else {
            Identifiers::Random
        };
        let base = self
            .base_url
            .unwrap_or_else(|| "https://scim.example/v2".to_owned());
        let base = base.trim_end_matches('/').to_owned();
        let store = MemoryStore::with(ids, &base);
        let builder = provider::ServiceProvider::builder(store)
            .resource_types(self.types)
            .first_base_url(base);
        let settings = self.settings.into_iter();
        let builder = settings.fold(builder, |builder, setting| setting(builder));
        ServiceProvider::with(builder.build())
    }
}

impl fmt::Debug for ServiceProviderBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.types.iter().map(ServedType::name).collect();
        f.debug_struct("ServiceProviderBuilder")
            .field("resources", &names)
            .finish_non_exhaustive()
    }
}
