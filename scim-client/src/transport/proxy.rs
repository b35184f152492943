//! The proxies that the environment names, by the usual variables or the system's settings.
//!
//! They are used for other machines only: requests to this machine do not go to a proxy, nor do their
//! credentials. This is decided for each URL, since the token endpoint and the service provider may be
//! at different places.

use std::sync::Arc;

use http::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

#[cfg(feature = "reqwest")]
pub(crate) use self::of_reqwest::set;
use super::is_loopback;

#[cfg(feature = "reqwest")]
mod of_reqwest;

/// Where the URLs are that a client asks.
#[cfg(any(feature = "reqwest", feature = "rustls"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Places {
    Here,
    Outside,
    Both,
}

#[cfg(any(feature = "reqwest", feature = "rustls"))]
impl Places {
    fn of<'u>(urls: impl IntoIterator<Item = &'u Uri>) -> Self {
        let mut urls = urls.into_iter().map(is_here);
        let first = urls.next().unwrap_or_default();
        match (first, urls.all(|here| here == first)) {
            (true, true) => Self::Here,
            (false, true) => Self::Outside,
            (_, false) => Self::Both,
        }
    }
}

/// Returns whether all of these URLs are on this machine, so that no proxy is asked.
#[cfg(feature = "rustls")]
pub(crate) fn are_here(urls: &[Uri]) -> bool {
    Places::of(urls) == Places::Here
}

/// The proxies that connections go through.
#[derive(Clone)]
pub(crate) enum Proxies {
    /// None at all.
    #[cfg(feature = "hyper")]
    None,
    /// Those of the environment, for what is not on this machine.
    Environment(Arc<Matcher>),
    /// One for everything.
    #[cfg(feature = "hyper")]
    One(Arc<Matcher>),
}

impl Proxies {
    pub(super) fn of_the_environment() -> Self {
        Self::Environment(Arc::new(Matcher::from_system()))
    }

    /// The proxy at this URL; none if that is no URL of a proxy.
    #[cfg(feature = "hyper")]
    pub(super) fn one(url: &str) -> Option<Self> {
        let matcher = Matcher::builder().all(url).build();
        let proxy = matcher.intercept(&Uri::from_static("http://any.example"))?;
        matches!(proxy.uri().scheme_str(), Some("http" | "https"))
            .then(|| Self::One(Arc::new(matcher)))
    }

    /// The proxy that leads to this URL.
    pub(super) fn of(&self, uri: &Uri) -> Option<Intercept> {
        match self {
            #[cfg(feature = "hyper")]
            Self::None => None,
            Self::Environment(matcher) => intercept(matcher, uri),
            #[cfg(feature = "hyper")]
            Self::One(matcher) => matcher.intercept(uri),
        }
    }

    /// The same in words, with host and port.
    pub(super) fn named(&self, uri: &Uri) -> Option<String> {
        let proxy = self.of(uri)?;
        let authority = proxy.uri().authority()?.as_str();
        let host = authority.rsplit('@').next().unwrap_or(authority);
        Some(match self {
            Self::Environment(_) => format!("the environment's proxy {host}"),
            #[cfg(feature = "hyper")]
            _ => format!("the proxy {host}"),
        })
    }
}

fn intercept(matcher: &Matcher, uri: &Uri) -> Option<Intercept> {
    if is_here(uri) {
        return None;
    }
    matcher.intercept(uri)
}

fn is_here(uri: &Uri) -> bool {
    uri.host().is_some_and(is_loopback)
}

#[cfg(all(test, any(feature = "reqwest", feature = "rustls")))]
mod tests {
    use super::*;

    fn places(urls: &[&'static str]) -> Places {
        let urls: Vec<_> = urls.iter().map(|url| Uri::from_static(url)).collect();
        Places::of(&urls)
    }

    #[test]
    fn each_url_counts() {
        let (here, outside) = ("http://127.0.0.1:1/v2", "https://scim.example/v2");
        assert_eq!(places(&[here]), Places::Here);
        assert_eq!(places(&[here, "https://localhost/token"]), Places::Here);
        assert_eq!(places(&[outside, "http://other.example"]), Places::Outside);
        assert_eq!(places(&[here, outside]), Places::Both);
        assert_eq!(places(&[outside, "http://[::1]:7/token"]), Places::Both);
    }
}
