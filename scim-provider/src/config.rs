//! How a service provider was set up. It may differ from request to request (in tests, for faults),
//! so it is a value.

use std::{borrow::Cow, fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::Response;
use scim_models::{Capabilities, message::SearchRequest, patch::PatchOp, value::Timestamp};

use crate::{accept::Accept, paging::Paging, refusal::Result};

/// What does not depend on the storage.
#[derive(Clone)]
pub(crate) struct Config {
    /// What is left out is `Some(false)`.
    pub(crate) offers: Capabilities,
    pub(crate) no_discovery: bool,
    pub(crate) accept: Accept,
    pub(crate) paging: Paging,
    pub(crate) patch_without_body: PatchBody,
    pub(crate) bulk_operations: usize,
    pub(crate) max_payload: usize,
    /// Whether ServiceProviderConfig names bearer tokens.
    pub(crate) bearer: bool,
    /// The base URL, if it does not follow the requests.
    pub(crate) base_url: Option<String>,
    pub(crate) clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    pub(crate) manner: Arc<dyn Manner>,
}

/// Whether the response to a PATCH has a body (RFC 7644 §3.5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PatchBody {
    Resource,
    /// None, unless the client names attributes.
    OnDemand,
    /// As one vendor does.
    #[cfg(feature = "testing")]
    Never,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            offers: Capabilities::default(),
            no_discovery: false,
            accept: Accept::new(),
            paging: Paging {
                page_size: 100,
                most: 100,
                by_index: true,
                by_cursor: true,
                cursor_lifetime: Duration::from_secs(600),
            },
            patch_without_body: PatchBody::Resource,
            bulk_operations: 1000,
            max_payload: 16 * 1024 * 1024,
            bearer: false,
            base_url: None,
            clock: Arc::new(Timestamp::now),
            manner: Arc::new(Standard),
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

/// The ways of one vendor where they differ from the RFC: what is refused, and how responses are
/// written. The usual one does nothing.
pub(crate) trait Manner: Send + Sync {
    /// The path with the endpoints of discovery where RFC 7644 §4 has them; `None` if there is no
    /// such endpoint.
    fn standard_path<'p>(&self, path: &'p str) -> Option<Cow<'p, str>> {
        Some(path.into())
    }

    /// Whether a body of this media type is read.
    fn permits_media_type(&self, _: &str) -> bool {
        true
    }

    /// Whether a query may have this filter and count.
    ///
    /// # Errors
    /// It may not.
    fn permit_query(&self, _: &SearchRequest) -> Result<()> {
        Ok(())
    }

    /// Whether a PATCH may have these operations; the text is the message as it came.
    ///
    /// # Errors
    /// It may not.
    fn permit_patch(&self, _: &PatchOp, _: &str) -> Result<()> {
        Ok(())
    }

    /// A response with resources, as it is written. `base` is what locations begin with.
    fn written(&self, response: Response<Bytes>, _base: &str) -> Response<Bytes> {
        response
    }
}

/// The RFC's own way.
struct Standard;

impl Manner for Standard {}
