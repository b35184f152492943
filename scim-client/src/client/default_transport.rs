//! The transport that a client has unless it is given one: reqwest, or hyper.

#[cfg(feature = "hyper")]
mod over_hyper;
#[cfg(feature = "reqwest")]
mod over_reqwest;

use std::time::Duration;

use http::{Uri, uri::Scheme};

#[cfg(feature = "hyper")]
pub(super) use self::over_hyper::hyper;
#[cfg(feature = "reqwest")]
pub(super) use self::over_reqwest::{ReqwestChange, reqwest};
use crate::error::{Error, ErrorKind};
#[cfg(feature = "rustls")]
use crate::transport::{Roots, Tls};

/// What a transport is to be like.
pub(super) struct Wanted<'u> {
    /// What it is for.
    pub(super) urls: &'u [Uri],
    pub(super) connect_timeout: Duration,
    /// The largest answer that is read.
    pub(super) max_body: usize,
    /// The same of one with an error status.
    pub(super) max_error: usize,
    #[cfg(feature = "rustls")]
    pub(super) tls: Option<Tls>,
}

#[cfg(feature = "rustls")]
impl Wanted<'_> {
    /// TLS by rustls, with a provider of cryptography that is given to it: nothing is installed for the
    /// whole process, which is the application's to choose.
    ///
    /// Certificates are read now, which takes time, and a container may have none. Where no URL is of
    /// `https`, only a proxy can need them.
    fn rustls(&self, asks_proxies: bool) -> Result<rustls::ClientConfig, Error> {
        let roots = match has_secure(self.urls) {
            true => Roots::Needed,
            false if asks_proxies || self.tls.is_some() => Roots::IfThere,
            false => Roots::None,
        };
        match &self.tls {
            Some(tls) => tls.config(roots),
            None => Tls::new().config(roots),
        }
    }
}

/// Returns whether any of the URLs needs TLS.
#[cfg(any(test, feature = "rustls"))]
fn has_secure(urls: &[Uri]) -> bool {
    secure(urls).is_some()
}

fn secure(urls: &[Uri]) -> Option<&Uri> {
    urls.iter().find(|url| url.scheme() == Some(&Scheme::HTTPS))
}

/// # Errors
/// One of the URLs needs TLS, and the build has none: `features` are those that bring it.
fn check_secure(urls: &[Uri], has_tls: bool, features: &str) -> Result<(), Error> {
    match secure(urls).and_then(|url| url.host()) {
        Some(host) if !has_tls => {
            let message = format!(
                "https://{host} needs TLS: enable {features} of scim-client, or give it a transport \
                 that has it"
            );
            Err(Error::new(ErrorKind::Configuration, message))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_needs_tls() {
        let here = Uri::from_static("http://127.0.0.1:1");
        let login = Uri::from_static("https://login.example/token");
        let feature = "the feature `rustls`";
        check_secure(std::slice::from_ref(&here), false, feature).unwrap();
        assert!(!has_secure(std::slice::from_ref(&here)));
        let both = [here, login];
        check_secure(&both, true, feature).unwrap();
        assert!(has_secure(&both));
        let error = check_secure(&both, false, feature).unwrap_err();
        assert_eq!(
            error.to_string(),
            "configuration: https://login.example needs TLS: enable the feature `rustls` \
             of scim-client, or give it a transport that has it"
        );
    }
}
