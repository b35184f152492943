//! The transport that a client has unless it is given one: reqwest.

use std::{sync::Arc, time::Duration};

use http::{Uri, uri::Scheme};

#[cfg(feature = "rustls")]
use crate::transport::{Roots, Tls};
use crate::{
    error::{Error, ErrorKind},
    transport::{ReqwestTransport, Transport, TransportError, TransportErrorKind, proxy},
};

/// What an application changes of how reqwest is set up.
pub(super) type ReqwestChange = Box<dyn FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder>;

/// How long an unused connection is kept. Servers close theirs after 5 seconds (Node.js) or more; a
/// request that meets the end of its connection may be lost, and a POST may not be repeated.
const IDLE: Duration = Duration::from_secs(4);

/// A transport for these URLs, with the largest answer that is read and the largest one with an error
/// status.
pub(super) fn transport(
    urls: &[Uri],
    connect_timeout: Duration,
    (max_body, max_error): (usize, usize),
    change: Option<ReqwestChange>,
    #[cfg(feature = "rustls")] tls: Option<Tls>,
) -> Result<Arc<dyn Transport>, Error> {
    let has_tls = cfg!(any(feature = "rustls", feature = "native-tls"));
    is_secure(urls, has_tls)?;
    let http = reqwest::Client::builder()
        .user_agent(concat!("scim-client/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(connect_timeout)
        .pool_idle_timeout(IDLE);
    let unchanged = change.is_none();
    #[cfg(feature = "rustls")]
    let http = with_rustls(http, urls, tls.as_ref(), unchanged)?;
    let http = proxy::set(http, urls, |http| match change {
        Some(change) => change(http),
        None => http,
    });
    let client = http
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(unusable)?;
    let transport = ReqwestTransport::new(client, max_body).with_max_error_body(max_error);
    Ok(Arc::new(match unchanged {
        true => transport.with_proxies_of_the_environment(),
        false => transport,
    }))
}

/// Sets up TLS by rustls, with a provider of cryptography that is given to it: nothing is installed
/// for the whole process, which is the application's to choose.
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
    urls: &[Uri],
    tls: Option<&Tls>,
    unchanged: bool,
) -> Result<reqwest::ClientBuilder, Error> {
    let is_secure = is_secure(urls, true)?;
    let Some(tls) = tls else {
        if !unchanged && crate::transport::reqwest_has_a_provider() {
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
        if !unchanged && cfg!(feature = "native-tls") {
            return Ok(http);
        }
        if !unchanged && is_secure {
            let message = "`configure_reqwest` could change how TLS is done, and reqwest needs a \
                           provider of cryptography for that: say `.tls(Tls::new())`, with the \
                           certificates in it if there are some, and change what else you need by \
                           `configure_reqwest`; or install a provider for the process \
                           (`CryptoProvider::install_default`), or enable the feature `aws-lc-rs`";
            return Err(Error::new(ErrorKind::Configuration, message));
        }
        let roots = match is_secure {
            true => Roots::Needed,
            false if unchanged && proxy::are_here(urls) => Roots::None,
            false => Roots::IfThere,
        };
        return Ok(http.tls_backend_preconfigured(Tls::new().config(roots)?));
    };
    let roots = match is_secure {
        true => Roots::Needed,
        false => Roots::IfThere,
    };
    Ok(http.tls_backend_preconfigured(tls.config(roots)?))
}

/// Returns whether any of the URLs needs TLS.
///
/// # Errors
/// One does, and the build has none.
fn is_secure(urls: &[Uri], has_tls: bool) -> Result<bool, Error> {
    let secure = urls.iter().find(|url| url.scheme() == Some(&Scheme::HTTPS));
    match secure.and_then(|url| url.host()) {
        Some(host) if !has_tls => {
            let message = format!(
                "https://{host} needs TLS: enable the feature `rustls` or `native-tls` of \
                 scim-client, or give a client that has it to `reqwest_client`"
            );
            Err(Error::new(ErrorKind::Configuration, message))
        }
        host => Ok(host.is_some()),
    }
}

fn unusable(error: reqwest::Error) -> Error {
    let why = TransportError::new(TransportErrorKind::Other, error);
    let message = format!("the HTTP client cannot be made: {}", why.cause());
    Error::new(ErrorKind::Configuration, message).with_reason(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_needs_tls() {
        let here = Uri::from_static("http://127.0.0.1:1");
        let login = Uri::from_static("https://login.example/token");
        assert!(!is_secure(std::slice::from_ref(&here), false).unwrap());
        let both = [here, login];
        assert!(is_secure(&both, true).unwrap());
        let error = is_secure(&both, false).unwrap_err();
        assert_eq!(
            error.to_string(),
            "configuration: https://login.example needs TLS: enable the feature `rustls` or \
             `native-tls` of scim-client, or give a client that has it to `reqwest_client`"
        );
    }
}
