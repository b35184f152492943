//! The same proxies in reqwest's words.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::{ClientBuilder, Proxy, Url};

use super::{Places, intercept};

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

#[cfg(test)]
mod tests {
    use super::*;

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
