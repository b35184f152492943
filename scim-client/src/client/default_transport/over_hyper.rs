//! hyper as the transport.

use std::sync::Arc;

use super::{Wanted, check_secure};
#[cfg(feature = "rustls")]
use crate::transport::proxy;
use crate::{
    error::Error,
    transport::{HyperTransport, Transport},
};

/// What brings TLS: over hyper there is none but that of rustls.
const FEATURES: &str = "the feature `rustls`";

/// The transport over hyper, set up for these URLs.
pub(in crate::client) fn hyper(wanted: &Wanted<'_>) -> Result<Arc<dyn Transport>, Error> {
    check_secure(wanted.urls, cfg!(feature = "rustls"), FEATURES)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advice_is_for_hyper() {
        let url = http::Uri::from_static("https://scim.example/v2");
        let error = check_secure(&[url], false, FEATURES).unwrap_err();
        assert!(!error.to_string().contains("native-tls"), "{error}");
    }
}
