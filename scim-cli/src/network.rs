//! The HTTP client under everything: certificates and proxies.

use std::sync::Arc;
use std::time::Duration;

use scim_client::reqwest::{self, Certificate, Identity};
use scim_client::transport::{ReqwestTransport, Transport};

use crate::config::Tls;
use crate::failure::{Failure, of_file};
use crate::files;

/// The largest answer that is read: 64 MiB.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// A transport for these URLs.
pub(crate) fn transport(tls: &Tls, urls: &[&str]) -> Result<Arc<dyn Transport>, Failure> {
    // rustls wants one provider of cryptography per process.
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        let _lost_to_another_thread = rustls::crypto::ring::default_provider().install_default();
    }
    let mut http = reqwest::Client::builder()
        .user_agent(concat!("scim-cli/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(10))
        .pool_idle_timeout(Duration::from_secs(4))
        .redirect(reqwest::redirect::Policy::none());
    let failed = |what: &str| {
        let what = what.to_owned();
        move |error: reqwest::Error| Failure::usage(format!("{what}: {error}"))
    };
    if let Some(path) = &tls.ca {
        let path = files::expand(path);
        let pem = std::fs::read(&path).map_err(of_file(&path))?;
        let certificates = Certificate::from_pem_bundle(&pem);
        let certificates = certificates.map_err(failed("tls.ca"))?;
        http = http.tls_certs_merge(certificates);
    } else if urls.iter().all(|url| url.starts_with("http://")) && !has_proxy() {
        // Reading the machine's certificates takes time, and nobody needs them.
        http = http.tls_certs_only([]);
    }
    if let Some(path) = &tls.cert {
        let path = files::expand(path);
        let mut pem = std::fs::read(&path).map_err(of_file(&path))?;
        if let Some(key) = &tls.key {
            pem.push(b'\n');
            pem.extend_from_slice(key.resolve("private key of tls")?.reveal().as_bytes());
        }
        http = http.identity(Identity::from_pem(&pem).map_err(failed("tls.cert and tls.key"))?);
    }
    let http = http.build().map_err(|error| {
        let mut cause: &dyn std::error::Error = &error;
        while let Some(source) = cause.source() {
            cause = source;
        }
        Failure::usage(format!("the HTTP client cannot be made: {cause}")).hint(
            "are there CA certificates on this machine? SSL_CERT_FILE names a file of them, \
             `tls.ca` in the context one of your own",
        )
    })?;
    Ok(Arc::new(ReqwestTransport::new(http, MAX_BODY)))
}

/// Whether nobody on the way can read what goes to a URL: it is https, or of this machine.
pub(crate) fn is_private(url: &str) -> bool {
    url.parse::<http::Uri>().is_ok_and(|url| {
        let scheme = url.scheme_str().unwrap_or_default();
        match url.host() {
            None => false,
            Some(host) => {
                scheme.eq_ignore_ascii_case("https")
                    || scheme.eq_ignore_ascii_case("http") && is_loopback(host)
            }
        }
    })
}

/// Whether a host is this machine, as the name `localhost` or an address.
pub(crate) fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn has_proxy() -> bool {
    ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine() {
        for fine in [
            "https://x.example/token",
            "HTTPS://x.example/token",
            "http://127.0.0.2:8/t",
            "http://[::1]:8/t",
            "http://localhost/t",
        ] {
            assert!(is_private(fine), "{fine}");
        }
        for wrong in [
            "http://x.example/token",
            "http://localhost.x.example/t",
            "http://127.0.0.1.x.example/t",
            "http://10.0.0.1/t",
            "/token",
            "ftp://localhost/t",
        ] {
            assert!(!is_private(wrong), "{wrong}");
        }
    }
}
