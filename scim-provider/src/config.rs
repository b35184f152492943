//! How a service provider was set up.

use std::{fmt, sync::Arc, time::Duration};

use scim_models::{Capabilities, value::Timestamp};

use crate::{accept::Accept, paging::Paging};

/// What does not depend on the storage.
pub(crate) struct Config {
    /// What is left out is `Some(false)`.
    pub(crate) offers: Capabilities,
    pub(crate) accept: Accept,
    pub(crate) paging: Paging,
    /// Whether a PATCH is answered without a body, unless the client names attributes (RFC 7644
    /// §3.5.2).
    pub(crate) patch_without_body: bool,
    pub(crate) bulk_operations: usize,
    pub(crate) max_payload: usize,
    /// Whether ServiceProviderConfig names bearer tokens.
    pub(crate) bearer: bool,
    /// The base URL, if it does not follow the requests.
    pub(crate) base_url: Option<String>,
    pub(crate) clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            offers: Capabilities::default(),
            accept: Accept::new(),
            paging: Paging {
                page_size: 100,
                most: 100,
                by_index: true,
                by_cursor: true,
                cursor_lifetime: Duration::from_secs(600),
            },
            patch_without_body: false,
            bulk_operations: 1000,
            max_payload: 16 * 1024 * 1024,
            bearer: false,
            base_url: None,
            clock: Arc::new(Timestamp::now),
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("offers", &self.offers)
            .field("accept", &self.accept)
            .field("paging", &self.paging)
            .finish_non_exhaustive()
    }
}
