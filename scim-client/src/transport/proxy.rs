//! The proxies that the environment names, by the usual variables or the system's settings.
//!
//! They are for the world outside: what is on this machine, and its credentials, does not go there.
//! Whether a proxy is for it is asked of each URL, since token endpoint and service provider may be
//! at different places.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::{ClientBuilder, Proxy, Url};

use super::is_loopback;

/// Where the URLs are that a client asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Places {
    Here,
    Outside,
    Both,
}

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

/// Whether all of these URLs are on this machine, so that no proxy is asked.
#[cfg(feature = "rustls")]
pub(crate) fn are_here(urls: &[Uri]) -> bool {
    Places::of(urls) == Places::Here
}

/// Sets the proxies of the environment for a client that asks these URLs, and lets `change` change
/// the rest: a proxy that it sets comes first, and its `no_proxy` ends them all.
pub(crate) fn set<'u>(
    http: ClientBuilder,
    urls: impl IntoIterator<Item = &'u Uri>,
    change: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> ClientBuilder {
    match Places::of(urls) {
        Places::Here => change(http.no_proxy()),
        // reqwest asks the environment itself, unless it is told of a proxy.
        Places::Outside => change(http),
        Places::Both => {
            // Dropped by `no_proxy`, which cannot be seen otherwise.
            let held = Arc::new(());
            let seen = Arc::downgrade(&held);
            let first = Proxy::custom(move |_| {
                let _held = &held;
                None::<Url>
            });
            let http = change(http.proxy(first));
            match seen.strong_count() {
                0 => http,
                _ => http.proxy(outside()),
            }
        }
    }
}

/// The environment's proxies, for what is not on this machine.
fn outside() -> Proxy {
    let matcher = Matcher::from_system();
    Proxy::custom(move |url| {
        let uri = url.as_str().parse().ok()?;
        intercept(&matcher, &uri).and_then(|proxy| url_of(&proxy))
    })
}

fn intercept(matcher: &Matcher, uri: &Uri) -> Option<Intercept> {
    if is_here(uri) {
        return None;
    }
    matcher.intercept(uri)
}

/// The proxy of the environment that a request goes through: host and port.
pub(super) fn of(uri: &Uri) -> Option<String> {
    let proxy = intercept(&Matcher::from_system(), uri)?;
    let authority = proxy.uri().authority()?.as_str();
    let host = authority.rsplit('@').next().unwrap_or(authority);
    Some(host.to_owned())
}

/// The proxy's URL, with the user and password that it wants.
fn url_of(proxy: &Intercept) -> Option<Url> {
    let mut url: Url = proxy.uri().to_string().parse().ok()?;
    let basic = proxy.basic_auth().and_then(|header| {
        let encoded = header.to_str().ok()?.strip_prefix("Basic ")?;
        let decoded = STANDARD.decode(encoded).ok()?;
        let (user, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
        Some((user.to_owned(), password.to_owned()))
    });
    let raw = proxy.raw_auth();
    let raw = raw.map(|(user, password)| (user.to_owned(), password.to_owned()));
    if let Some((user, password)) = basic.or(raw) {
        url.set_username(&user).ok()?;
        url.set_password(Some(&password)).ok()?;
    }
    Some(url)
}

fn is_here(uri: &Uri) -> bool {
    uri.host().is_some_and(is_loopback)
}

#[cfg(test)]
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

    #[test]
    fn a_proxy_keeps_its_credentials_and_shows_none() {
        let matcher = Matcher::builder()
            .all("http://us%20er:p%40ss@proxy.example:3128")
            .build();
        let outside = Uri::from_static("http://scim.example/v2");
        let url = url_of(&intercept(&matcher, &outside).unwrap()).unwrap();
        assert_eq!(url.as_str(), "http://us%20er:p%40ss@proxy.example:3128/");
        let here = Uri::from_static("http://localhost/v2");
        assert!(intercept(&matcher, &here).is_none());
    }
}
