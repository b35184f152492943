//! The transport that a client has unless it is given one: reqwest.

use std::{sync::Arc, time::Duration};

use http::{Uri, uri::Scheme};

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
) -> Result<Arc<dyn Transport>, Error> {
    // rustls wants one provider of cryptography per process; an application that has chosen one
    // keeps it.
    #[cfg(feature = "rustls")]
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        let _lost_to_another_thread = rustls::crypto::ring::default_provider().install_default();
    }
    let has_tls = cfg!(any(feature = "rustls", feature = "native-tls"));
    is_secure(urls, has_tls)?;
    let http = reqwest::Client::builder()
        .user_agent(concat!("scim-client/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(connect_timeout)
        .pool_idle_timeout(IDLE);
    let unchanged = change.is_none();
    // Certificates are read when the client is made, which takes time, and a container may have
    // none. Without https only a proxy can need them.
    #[cfg(feature = "rustls")]
    let http = {
        let no_proxy = unchanged && proxy::are_here(urls);
        match is_secure(urls, has_tls)? || !no_proxy && reqwest::Client::builder().build().is_ok() {
            true => http,
            false => http.tls_certs_only([]),
        }
    };
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
    let cause = why.cause();
    // The words of rustls-platform-verifier.
    let message = match cause.contains("No CA certificates were loaded") {
        true => "there are no CA certificates on this machine to know servers by: install them \
                 (the package is often called ca-certificates), name a file of them in \
                 SSL_CERT_FILE, or give them by `configure_reqwest(|http| \
                 http.tls_certs_only(..))`"
            .to_owned(),
        false => format!("the HTTP client cannot be made: {cause}"),
    };
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
