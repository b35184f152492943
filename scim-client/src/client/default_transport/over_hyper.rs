//! hyper as the transport.

use std::sync::Arc;

use super::{Wanted, check_secure};
#[cfg(feature = "rustls")]
use crate::transport::proxy;
use crate::{
    error::Error,
    transport::{HyperTransport, Transport},
};

/// The transport over hyper, set up for these URLs.
pub(in crate::client) fn hyper(wanted: &Wanted<'_>) -> Result<Arc<dyn Transport>, Error> {
    // Over hyper there is no TLS but that of rustls.
    check_secure(
        wanted.urls,
        cfg!(feature = "rustls"),
        "the feature `rustls`",
    )?;
    let builder = HyperTransport::builder()
        .connect_timeout(wanted.connect_timeout)
        .max_body(wanted.max_body)
        .max_error_body(wanted.max_error);
    let hyper = builder.with_tls(
        #[cfg(feature = "rustls")]
        wanted.rustls(!proxy::are_here(wanted.urls))?,
    )?;
    Ok(Arc::new(hyper))
}
