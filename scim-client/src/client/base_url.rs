//! The base URL of a service provider, and every URL below it.

mod parse;

use std::borrow::Cow;

use bytes::Bytes;
use http::{
    Uri,
    uri::{Authority, InvalidUri, Parts, PathAndQuery, Scheme},
};

use crate::internal::percent::{encode_into, encode_with, is_unreserved, percent_decoded};

/// What is wrong with an endpoint or an identifier, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvalidPath(pub(crate) String);

/// A path below the base URL: empty, or beginning with a slash.
pub(crate) type Below = Result<String, InvalidPath>;

/// Where the service provider is: scheme, authority and path, without a slash at the end
/// (RFC 7644 §1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    /// `https://host:port`
    origin: String,
    /// The same in parts, as every request needs it.
    scheme: Scheme,
    authority: Authority,
    /// Empty, or beginning with a slash.
    path: String,
}

impl BaseUrl {
    /// Scheme, host and port as a URL of its own.
    #[cfg(any(feature = "hyper", feature = "reqwest"))]
    pub(crate) fn uri(&self) -> Result<Uri, crate::Error> {
        use crate::error::{Error, ErrorKind};

        let uri = self.origin.parse();
        uri.map_err(|_| Error::new(ErrorKind::Configuration, "base URL: not a URL"))
    }

    /// The absolute URL of a path with a query, the base path included: nothing of it is parsed twice.
    ///
    /// # Errors
    /// It is too long, or has a character that no URL has.
    pub(crate) fn url(&self, target: String) -> Result<Uri, InvalidUri> {
        // What `http` says of the length, it says of whole URLs only.
        if self.origin.len() + target.len() >= usize::from(u16::MAX) || !target.starts_with('/') {
            return Uri::try_from([self.origin.as_str(), &target].concat());
        }
        let mut parts = Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(PathAndQuery::from_maybe_shared(Bytes::from(target))?);
        // All three are there, so there is nothing to refuse.
        Ok(Uri::from_parts(parts).unwrap_or_default())
    }

    /// Host, and port unless it goes without saying.
    pub(crate) fn host(&self) -> &str {
        let host = self.origin.split_once("://");
        host.map_or(&self.origin, |(_, host)| host)
    }

    /// The path, without a slash at the end.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The whole base URL, without a slash at the end.
    pub(crate) fn to_url(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }

    /// The path of an endpoint below the base URL. It may be given as `/Users`, as `Users`, with the
    /// base path in front of it, or as an absolute URL.
    pub(crate) fn endpoint(&self, endpoint: &str) -> Below {
        self.endpoint_with_room(endpoint, 0)
    }

    /// The same, with room for so many bytes behind it.
    fn endpoint_with_room(&self, endpoint: &str, room: usize) -> Below {
        // A query is not shown: it may have values of filters.
        let shown = endpoint.split(['?', '#']).next().unwrap_or_default();
        let outside = || InvalidPath(format!("the endpoint `{shown}` is outside the base URL"));
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        let only = endpoint.strip_prefix('/').unwrap_or(endpoint);
        if !only.is_empty() && only.bytes().all(plain) {
            // One segment, as almost always.
            let mut path = String::with_capacity(1 + only.len() + room);
            path.push('/');
            path.push_str(only);
            return Ok(path);
        }
        let mut rest: Cow<'_, str> = endpoint.into();
        if endpoint.contains("://") {
            let below = strip_prefix_in_any_case(endpoint, &self.origin).ok_or_else(outside)?;
            rest = below.into();
            if !rest.starts_with('/') && !rest.is_empty() {
                return Err(outside());
            }
            let within = rest.strip_prefix(self.path.as_str());
            let within = within.filter(|rest| rest.is_empty() || rest.starts_with('/'));
            rest = within.ok_or_else(outside)?.to_owned().into();
        } else if endpoint.starts_with("//") || endpoint.contains('\\') {
            return Err(outside());
        } else if !self.path.is_empty()
            && let Some(within) = endpoint.strip_prefix(self.path.as_str())
            && within.starts_with('/')
        {
            rest = within.to_owned().into();
        }
        let trimmed = rest.trim_matches('/');
        let mut path = String::with_capacity(rest.len() + 1 + room);
        for segment in trimmed.split('/').filter(|_| !trimmed.is_empty()) {
            let decoded = percent_decoded(segment);
            if matches!(&*decoded, "." | "..") || segment.is_empty() {
                return Err(outside());
            }
            if segment.contains(['?', '#']) {
                return Err(InvalidPath(format!(
                    "the endpoint `{shown}` has a query, which `.parameter(name, value)` sets"
                )));
            }
            path.push('/');
            // Percent signs are kept: an endpoint is a path, not an identifier.
            path.push_str(&encode_with(segment, |b| {
                is_unreserved(b) || b"%:@!$&'()*+,;=".contains(&b)
            }));
        }
        Ok(path)
    }

    /// The path of a resource below the base URL: the identifier is one segment (RFC 7643 §3.1: it is opaque).
    pub(crate) fn resource(&self, endpoint: &str, id: &str) -> Below {
        if matches!(id, "" | "." | "..") {
            return Err(InvalidPath(format!("`{id}` cannot be an identifier")));
        }
        let mut path = self.endpoint_with_room(endpoint, 1 + id.len())?;
        path.push('/');
        encode_into(&mut path, id);
        Ok(path)
    }

    /// The absolute URL that `location` means in a response to a request at `path`, if it is of the
    /// same origin (RFC 3986 §4.2, §5).
    pub(crate) fn same_origin(&self, location: &str, path: &str) -> Option<String> {
        if has_scheme(location) {
            let uri: Uri = location.parse().ok()?;
            let (scheme, authority) = (uri.scheme()?, uri.authority()?);
            if origin_of(scheme, authority.as_str()) != self.origin {
                return None;
            }
            let target = uri.path_and_query().map_or("/", |target| target.as_str());
            return Some(format!("{}{target}", self.origin));
        }
        if location.starts_with("//") || location.contains('\\') {
            return None;
        }
        let folder = match location.chars().next() {
            None => return None,
            Some('/') => "",
            Some('?' | '#') => path,
            Some(_) => path.rsplit_once('/').map_or("", |(folder, _)| folder),
        };
        let slash = if location.starts_with(['/', '?', '#']) {
            ""
        } else {
            "/"
        };
        Some(format!("{}{folder}{slash}{location}", self.origin))
    }

    /// Where a redirect of a request at `path` leads, for a message: host and path, and no query.
    pub(crate) fn shown_target(&self, location: &str, path: &str) -> String {
        let location = match self.same_origin(location, path) {
            Some(url) => Cow::from(url),
            None => location.into(),
        };
        let plain = self.origin.starts_with("https:")
            && strip_prefix_in_any_case(&location, "http://").is_some();
        let scheme = if plain { "http://" } else { "" };
        format!("{scheme}{}", shown_target(&location))
    }
}

/// Where a redirect leads, for a message: host and path, and no query.
pub(super) fn shown_target(location: &str) -> String {
    let end = location.find(['?', '#']).unwrap_or(location.len());
    let location = location.get(..end).unwrap_or_default();
    let Some((_scheme, rest)) = location.split_once("//") else {
        // A path, or no address of the web at all, such as `javascript:`.
        let end = location.find(':').map_or(location.len(), |at| at + 1);
        return location.get(..end).unwrap_or_default().to_owned();
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or(authority);
    format!("{host}{path}")
}

/// Scheme, host and port, without a port that goes without saying.
fn origin_of(scheme: &Scheme, authority: &str) -> String {
    let authority = authority.to_ascii_lowercase();
    let default = if *scheme == Scheme::HTTPS {
        ":443"
    } else {
        ":80"
    };
    let short = authority.strip_suffix(default);
    let short = short.or_else(|| authority.strip_suffix(':'));
    format!("{scheme}://{}", short.unwrap_or(&authority))
}

/// Returns whether a reference begins with a scheme, and so is no relative one.
fn has_scheme(reference: &str) -> bool {
    reference.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    })
}

fn strip_prefix_in_any_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.get(..prefix.len())?;
    if start.eq_ignore_ascii_case(prefix) {
        text.get(prefix.len()..)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn base(text: &str) -> BaseUrl {
        BaseUrl::parse(text, false).unwrap()
    }

    #[test]
    fn a_url_is_what_parsing_gives() {
        let long = format!("/Users/{}", "x".repeat(70_000));
        for (base_url, target) in [
            ("https://example.com/scim/v2", "/scim/v2/Users/2819"),
            (
                "https://Example.com:443/v2",
                "/v2/Users?filter=userName%20eq%20%22a%22",
            ),
            ("https://[::1]:8443", "/Users/a%2Fb"),
            ("http://127.0.0.1:8080", ""),
            ("https://example.com", "?a=b"),
            ("https://example.com", "/a b"),
            ("https://example.com", "/\u{fc}#x"),
            ("https://example.com", long.as_str()),
        ] {
            let base = base(base_url);
            let parsed = Uri::try_from([base.origin.as_str(), target].concat());
            let made = base.url(target.to_owned());
            assert_eq!(made.as_ref().ok(), parsed.as_ref().ok(), "{target}");
            let texts = [made, parsed].map(|url| url.map(|url| url.to_string()).ok());
            assert_eq!(texts[0], texts[1], "{target}");
        }
    }

    #[test]
    fn joins() {
        for base_url in [
            "https://Example.com/Tenants/t1/v2",
            "https://example.com/Tenants/t1/v2/",
        ] {
            let base = base(base_url);
            assert_eq!(base.origin, "https://example.com");
            for endpoint in [
                "/Groups",
                "Groups",
                "/Tenants/t1/v2/Groups",
                "https://EXAMPLE.com/Tenants/t1/v2/Groups",
            ] {
                assert_eq!(base.endpoint(endpoint).unwrap(), "/Groups");
            }
            assert_eq!(
                base.resource("/Users", "a b?c#d/ü").unwrap(),
                "/Users/a%20b%3Fc%23d%2F%C3%BC"
            );
        }
        assert_eq!(
            base("https://example.com")
                .resource("/Users", "..%2f")
                .unwrap(),
            "/Users/..%252f"
        );
    }

    #[test]
    fn stays_inside() {
        let base = base("https://example.com/v2");
        for endpoint in [
            "https://evil.example/Users",
            "https://example.com.evil.example/v2/Users",
            "https://example.com@evil.example/v2/Users",
            "https://example.com/v2.evil/Users",
            "https://example.com/v20",
            "//evil.example/Users",
            "/../Users",
            "/%2e%2e/Users",
            "/Users?x=1",
            "http://example.com/v2/Users",
            "\\\\evil.example\\Users",
        ] {
            assert!(base.endpoint(endpoint).is_err(), "{endpoint}");
        }
        for id in ["", ".", ".."] {
            assert!(base.resource("/Users", id).is_err(), "{id}");
        }
        assert_eq!(base.resource("/Users", "../x").unwrap(), "/Users/..%2Fx");
    }

    #[test]
    fn redirects_stay_at_the_origin() {
        let base = base("https://example.com/v2");
        for location in [
            "https://evil.example/x",
            "https://example.com.evil.example/x",
            "https://example.com:8443/x",
            "https://user@example.com/x",
            "http://example.com/x",
            "HTTPS:example.com/x",
            "javascript:alert(1)",
            "//evil.example/x",
            "/\\evil.example",
            "\\\\evil.example",
            "https:///x",
            "",
        ] {
            assert_eq!(base.same_origin(location, "/v2/Me"), None, "{location}");
        }
        for (location, expected) in [
            ("/v2/Users/1", "/v2/Users/1"),
            ("https://EXAMPLE.com/v2/Users/1#x", "/v2/Users/1"),
            ("https://example.com:443/v2/Users/1?a=b", "/v2/Users/1?a=b"),
            ("https://example.com", "/"),
            ("Users/1", "/v2/Users/1"),
            ("?a=http://x", "/v2/Me?a=http://x"),
            (
                "/v2/Users?next=https://evil.example/",
                "/v2/Users?next=https://evil.example/",
            ),
        ] {
            let found = base.same_origin(location, "/v2/Me");
            assert_eq!(
                found.unwrap(),
                format!("https://example.com{expected}"),
                "{location}"
            );
        }
        let with_port = BaseUrl::parse("HTTPS://Example.com:443/v2/", false).unwrap();
        assert_eq!(with_port.to_url(), "https://example.com/v2");
    }

    #[test]
    fn refuses_what_is_no_base_url() {
        for text in [
            "https://example.com/scim?x=1",
            "https://example.com/scim#a",
            "http://example.com/scim",
            "example.com/scim",
            "/scim",
            "ftp://example.com",
            "https://user:pass@example.com",
            "",
        ] {
            let error = BaseUrl::parse(text, false).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration, "{text}");
            assert!(!error.to_string().contains("pass"), "{error}");
        }
        for text in [
            "http://127.0.0.1:8080/v2",
            "http://[::1]:1/v2",
            "http://localhost/v2",
        ] {
            assert!(BaseUrl::parse(text, false).is_ok(), "{text}");
        }
        assert!(BaseUrl::parse("http://example.com/scim", true).is_ok());
    }
}
