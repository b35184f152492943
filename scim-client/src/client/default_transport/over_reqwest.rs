//! reqwest as the transport.

use std::sync::Arc;

#[cfg(feature = "rustls")]
use super::has_secure;
use super::{Wanted, check_secure};
use crate::{
    error::{Error, ErrorKind},
    transport::{IDLE, ReqwestTransport, Transport, TransportError, TransportErrorKind, proxy},
};

/// What an application changes of how reqwest is set up.
pub(in crate::client) type ReqwestChange =
    Box<dyn FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder>;

/// The transport over reqwest, set up for these URLs.
pub(in crate::client) fn reqwest(
    wanted: &Wanted<'_>,
    change: Option<ReqwestChange>,
) -> Result<Arc<dyn Transport>, Error> {
    let has_tls = cfg!(any(feature = "rustls", feature = "native-tls"));
    let features = "the feature `rustls` or `native-tls`";
    check_secure(wanted.urls, has_tls, features)?;
    let http = reqwest::Client::builder()
        .user_agent(concat!("scim-client/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(wanted.connect_timeout)
        .pool_idle_timeout(IDLE);
    let unchanged = change.is_none();
    #[cfg(feature = "rustls")]
    let http = with_rustls(http, wanted, unchanged)?;
    let http = proxy::set(http, wanted.urls, |http| match change {
        Some(change) => change(http),
        None => http,
    });
    let client = http
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(unusable)?;
    let transport =
        ReqwestTransport::new(client, wanted.max_body).with_max_error_body(wanted.max_error);
    Ok(Arc::new(match unchanged {
        true => transport.with_proxies_of_the_environment(),
        false => transport,
    }))
}

/// Sets up TLS by rustls.
///
/// reqwest makes TLS of its own settings only with a provider of the process, or with its own
/// (aws-lc-rs). Without either they cannot be heeded, and what may have been set cannot be seen.
///
/// With `native-tls` on too, all of this is the same, so that a feature that another crate enables
/// does not change whom this client trusts; only what could not be heeded is for the platform's
/// library then. What `configure_reqwest` chooses (`tls_backend_native`) comes later and wins.
#[cfg(feature = "rustls")]
fn with_rustls(
    http: reqwest::ClientBuilder,
    wanted: &Wanted<'_>,
    unchanged: bool,
) -> Result<reqwest::ClientBuilder, Error> {
    let is_secure = has_secure(wanted.urls);
    if wanted.tls.is_none() && !unchanged {
        if crate::transport::reqwest_has_a_provider() {
            // Certificates are read when the client is made, which takes time, and a container may
            // have none. Without https only a proxy can need them. Asked of rustls: another backend
            // of the same build may do without.
            let probe = || reqwest::Client::builder().tls_backend_rustls().build();
            let has_roots = is_secure || probe().is_ok();
            let http = http.tls_backend_rustls();
            return Ok(match has_roots {
                true => http,
                false => http.tls_certs_only([]),
            });
        }
        if cfg!(feature = "native-tls") {
            return Ok(http);
        }
        if is_secure {
            let message = "`configure_reqwest` could change how TLS is done, and reqwest needs a \
                           provider of cryptography for that: say `.tls(Tls::new())`, with the \
                           certificates in it if there are some, and change what else you need by \
                           `configure_reqwest`; or install a provider for the process \
                           (`CryptoProvider::install_default`), or enable the feature `aws-lc-rs`";
            return Err(Error::new(ErrorKind::Configuration, message));
        }
    }
    let asks_proxies = !(unchanged && proxy::are_here(wanted.urls));
    Ok(http.tls_backend_preconfigured(wanted.rustls(asks_proxies)?))
}

fn unusable(error: reqwest::Error) -> Error {
    let why = TransportError::new(TransportErrorKind::Other, error);
    let message = format!("the HTTP client cannot be made: {}", why.cause());
    Error::new(ErrorKind::Configuration, message).with_reason(why)
}
