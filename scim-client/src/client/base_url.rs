//! The base URL of a service provider, and every URL below it.

use std::borrow::Cow;

use http::{Uri, uri::Scheme};

use crate::{
    error::{Error, ErrorKind},
    percent::{encode, encode_with, is_unreserved, percent_decoded},
};

/// Where the service provider is: scheme, authority and path, without a slash at the end
/// (RFC 7644 §1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    /// `https://host:port`
    origin: String,
    /// Empty, or beginning with a slash.
    path: String,
}

impl BaseUrl {
    /// Reads a base URL. Plain HTTP is for loopback addresses, unless `insecure`.
    pub(crate) fn parse(text: &str, insecure: bool) -> Result<Self, Error> {
        let wrong = |why: &str| Error::new(ErrorKind::Configuration, format!("base URL: {why}"));
        if text.contains('#') {
            return Err(wrong("a fragment has no place in it"));
        }
        let uri: Uri = text.parse().map_err(|_| wrong("not a URL"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return Err(wrong("it must be absolute, such as https://host/scim/v2"));
        };
        if uri.query().is_some() {
            return Err(wrong("a query has no place in it (RFC 7644 §1.3)"));
        }
        if authority.as_str().contains('@') {
            return Err(wrong("credentials have no place in it (RFC 7644 §7.1)"));
        }
        if authority.host().is_empty() {
            return Err(wrong("it has no host"));
        }
        let secure = *scheme == Scheme::HTTPS;
        if !secure && *scheme != Scheme::HTTP {
            return Err(wrong("it must be https"));
        }
        if !secure && !insecure && !is_loopback(authority.host()) {
            return Err(wrong(
                "plain http sends credentials in the clear (RFC 7644 §7.2); \
                 `allow_insecure_http` permits it",
            ));
        }
        Ok(Self {
            origin: format!("{scheme}://{}", authority.as_str().to_ascii_lowercase()),
            path: uri.path().trim_end_matches('/').to_owned(),
        })
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// The path, without a slash at the end.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The whole base URL, without a slash at the end.
    pub(crate) fn to_url(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }

    /// The path of an endpoint: `/Users`, `Users`, one that repeats the base path, or an absolute
    /// URL below the base URL.
    pub(crate) fn endpoint(&self, endpoint: &str) -> Result<String, Error> {
        let outside =
            || Error::invalid_request(format!("the endpoint `{endpoint}` is outside the base URL"));
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
        let mut path = self.path.clone();
        for segment in trimmed.split('/').filter(|_| !trimmed.is_empty()) {
            let decoded = percent_decoded(segment);
            if matches!(&*decoded, "." | "..") || segment.is_empty() || segment.contains(['?', '#'])
            {
                return Err(outside());
            }
            path.push('/');
            // Percent signs are kept: an endpoint is a path, not an identifier.
            path.push_str(&encode_with(segment, |b| {
                is_unreserved(b) || b"%:@!$&'()*+,;=".contains(&b)
            }));
        }
        Ok(path)
    }

    /// The path of a resource: the identifier is one segment (RFC 7643 §3.1: it is opaque).
    pub(crate) fn resource(&self, endpoint: &str, id: &str) -> Result<String, Error> {
        if matches!(id, "" | "." | "..") {
            return Err(Error::invalid_request(format!(
                "`{id}` cannot be an identifier"
            )));
        }
        let mut path = self.endpoint(endpoint)?;
        path.push('/');
        path.push_str(&encode(id));
        Ok(path)
    }

    /// The absolute URL that `location` means, if it is of the same origin.
    pub(crate) fn same_origin(&self, location: &str) -> Option<String> {
        if location.contains("://") {
            let rest = strip_prefix_in_any_case(location, &self.origin)?;
            let ends = rest.is_empty() || rest.starts_with(['/', '?']);
            return ends.then(|| location.to_owned());
        }
        let below_root = location.starts_with('/') && !location.starts_with("//");
        below_root.then(|| format!("{}{location}", self.origin))
    }
}

fn strip_prefix_in_any_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.get(..prefix.len())?;
    if start.eq_ignore_ascii_case(prefix) {
        text.get(prefix.len()..)
    } else {
        None
    }
}

pub(super) fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> BaseUrl {
        BaseUrl::parse(text, false).unwrap()
    }

    #[test]
    fn joins() {
        for base_url in [
            "https://Example.com/Tenants/t1/v2",
            "https://example.com/Tenants/t1/v2/",
        ] {
            let base = base(base_url);
            assert_eq!(base.origin(), "https://example.com");
            for endpoint in [
                "/Groups",
                "Groups",
                "/Tenants/t1/v2/Groups",
                "https://EXAMPLE.com/Tenants/t1/v2/Groups",
            ] {
                assert_eq!(base.endpoint(endpoint).unwrap(), "/Tenants/t1/v2/Groups");
            }
            assert_eq!(
                base.resource("/Users", "a b?c#d/ü").unwrap(),
                "/Tenants/t1/v2/Users/a%20b%3Fc%23d%2F%C3%BC"
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
        assert_eq!(base.resource("/Users", "../x").unwrap(), "/v2/Users/..%2Fx");
        assert_eq!(base.same_origin("https://evil.example/x"), None);
        assert_eq!(base.same_origin("https://example.com.evil.example/x"), None);
        assert_eq!(base.same_origin("//evil.example/x"), None);
        assert_eq!(
            base.same_origin("/v2/Users/1").unwrap(),
            "https://example.com/v2/Users/1"
        );
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
