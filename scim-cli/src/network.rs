//! The HTTP client under everything: certificates and proxies.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use scim_client::transport::{self, HyperTransport, Transport};

use crate::config::Tls;
use crate::failure::{Failure, of_file};
use crate::files;

/// What requests say that they come from.
const NAME: &str = concat!("scim-cli/", env!("CARGO_PKG_VERSION"));

/// The largest answer that is read: 64 MiB.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);

/// A transport for these URLs, and for requests that may take so long. A connection that cannot be made is
/// given up before, so that it is known that nothing was sent.
pub(crate) fn transport(
    tls: &Tls,
    urls: &[&str],
    timeout: Option<Duration>,
) -> Result<Arc<dyn Transport>, Failure> {
    let read = |path: &str| {
        let path = files::expand(path);
        files::read_settings(&path).map_err(of_file(&path))
    };
    let mut trust = transport::Tls::new();
    if let Some(path) = &tls.ca {
        trust = trust.trust_pem(read(path)?);
    } else if urls.iter().all(|url| url.starts_with("http://")) && !has_proxy() {
        // Reading the machine's certificates takes time, and nobody needs them.
        trust = trust.without_platform();
    }
    if let Some(path) = &tls.cert {
        let mut pem = read(path)?;
        if let Some(key) = &tls.key {
            pem.push(b'\n');
            pem.extend_from_slice(key.resolve("private key of tls")?.reveal().as_bytes());
        }
        trust = trust.identity_pem(pem);
    }
    let connect = timeout.map_or(CONNECT, |whole| CONNECT.min(whole - whole / 10));
    let hyper = HyperTransport::builder()
        .connect_timeout(connect)
        .max_body(MAX_BODY)
        .user_agent(HeaderValue::from_static(NAME))
        .tls(trust)
        .build();
    Ok(Arc::new(hyper.map_err(|error| unfit(&error))?))
}

/// No transport can be made: what the library says of it, in the words of the configuration.
fn unfit(error: &scim_client::Error) -> Failure {
    let words = error.to_string();
    let words = words.strip_prefix("configuration: ").unwrap_or(&words);
    match words.contains("CA certificates on this machine") {
        true => Failure::usage("there are no CA certificates on this machine to verify servers with").hint(
            "install them (the package is often called ca-certificates), name a file of them in \
             SSL_CERT_FILE, or one of your own as `tls.ca` in the context",
        ),
        false => Failure::usage(words).hint(
            "`tls.ca` is for authorities, `tls.cert` and `tls.key` for the client's certificate and key, \
             all as PEM; `scim context show` prints them",
        ),
    }
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
