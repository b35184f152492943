//! Capabilities: what is known about the abilities of a service provider.

use crate::ServiceProviderConfig;

/// What a service provider can do, as its ServiceProviderConfig says (RFC 7643 §5). The application
/// and the profile can correct it. `None` means that an ability is unknown. The client then sends
/// the request and sees.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Capabilities {
    /// PATCH.
    pub patch: Option<bool>,
    /// PUT. A ServiceProviderConfig has no member for it.
    pub put: Option<bool>,
    /// Queries by POST to `/.search`. A ServiceProviderConfig has no member for it.
    pub search: Option<bool>,
    /// `/Me`. A ServiceProviderConfig has no member for it.
    pub me: Option<bool>,
    /// Bulk requests.
    pub bulk: Option<bool>,
    /// How many operations a bulk request may have.
    pub bulk_max_operations: Option<u64>,
    /// How many bytes a bulk request may have.
    pub bulk_max_payload_size: Option<u64>,
    /// Filters.
    pub filter: Option<bool>,
    /// How many resources a page may have.
    pub max_results: Option<u64>,
    /// Sorting.
    pub sort: Option<bool>,
    /// Versions: `ETag` and `If-Match`.
    pub etag: Option<bool>,
    /// Paging by position.
    pub index_paging: Option<bool>,
    /// Paging by cursor (RFC 9865).
    pub cursor_paging: Option<bool>,
}

impl Capabilities {
    /// Takes the capabilities from a ServiceProviderConfig.
    pub fn from_config(config: &ServiceProviderConfig) -> Self {
        let limit = |limit: Option<i64>| {
            limit
                .and_then(|limit| u64::try_from(limit).ok())
                .filter(|limit| *limit > 0)
        };
        let bulk = config.bulk.as_ref();
        let filter = config.filter.as_ref();
        let pagination = config.pagination.as_ref();
        let page = pagination.and_then(|p| limit(p.max_page_size));
        let results = filter.and_then(|f| limit(f.max_results));
        Self {
            patch: config.patch.as_ref().and_then(|p| p.supported),
            put: None,
            search: None,
            me: None,
            bulk: bulk.and_then(|b| b.supported),
            bulk_max_operations: bulk.and_then(|b| limit(b.max_operations)),
            bulk_max_payload_size: bulk.and_then(|b| limit(b.max_payload_size)),
            filter: filter.and_then(|f| f.supported),
            max_results: page.or(results),
            sort: config.sort.as_ref().and_then(|s| s.supported),
            etag: config.etag.as_ref().and_then(|e| e.supported),
            index_paging: pagination.and_then(|p| p.index),
            cursor_paging: pagination.and_then(|p| p.cursor),
        }
    }

    /// These capabilities, with those of `other` where these are `None`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            patch: self.patch.or(other.patch),
            put: self.put.or(other.put),
            search: self.search.or(other.search),
            me: self.me.or(other.me),
            bulk: self.bulk.or(other.bulk),
            bulk_max_operations: self.bulk_max_operations.or(other.bulk_max_operations),
            bulk_max_payload_size: self.bulk_max_payload_size.or(other.bulk_max_payload_size),
            filter: self.filter.or(other.filter),
            max_results: self.max_results.or(other.max_results),
            sort: self.sort.or(other.sort),
            etag: self.etag.or(other.etag),
            index_paging: self.index_paging.or(other.index_paging),
            cursor_paging: self.cursor_paging.or(other.cursor_paging),
        }
    }
}
