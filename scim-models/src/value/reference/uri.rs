//! As much of RFC 3986 as references need.

use std::{borrow::Cow, net::Ipv6Addr};

/// A URI or a relative reference, in pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Uri<'a> {
    text: &'a str,
    pub(super) scheme: Option<&'a str>,
    pub(super) authority: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

impl<'a> Uri<'a> {
    /// The pieces of a text that is a URI, or `None`.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let uri = Self::split(text);
        let first = uri.path.split('/').next().unwrap_or_default();
        // A colon in the first segment would have been a scheme, so what stands before it is not
        // one.
        let colon = uri.scheme.is_none() && first.contains(':');
        let fragments = text.bytes().filter(|byte| *byte == b'#').count();
        let valid = !text.is_empty()
            && !colon
            && fragments <= 1
            && has_uri_characters(text)
            && uri.has_brackets_in_place()
            && uri.has_host();
        valid.then_some(uri)
    }

    /// Square brackets stand around an IP address and nowhere else (RFC 3986 §3.2.2).
    fn has_brackets_in_place(&self) -> bool {
        let parts = [Some(self.path), self.query, self.fragment];
        !parts.iter().flatten().any(|part| part.contains(['[', ']']))
    }

    /// Returns whether the authority, if there is one, is a host with at most a port (RFC 3986 §3.2).
    fn has_host(&self) -> bool {
        let Some(authority) = self.authority else {
            return true;
        };
        let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((address, port)) if is_ip_literal(address) => (address, port),
            Some(_) => return false,
            None => host.split_at(host.find(':').unwrap_or(host.len())),
        };
        let port = port.strip_prefix(':').map_or(port.is_empty(), |port| {
            port.bytes().all(|byte| byte.is_ascii_digit())
        });
        // Both schemes of the web need a host (RFC 9110 §4.2).
        let web = |scheme: &str| {
            ["http", "https"]
                .iter()
                .any(|s| s.eq_ignore_ascii_case(scheme))
        };
        let is_missing = name.is_empty() && self.scheme.is_none_or(web);
        port && !is_missing && !user.contains(['[', ']', '@']) && !name.contains(['[', ']'])
    }

    /// The pieces of any text, without a check.
    pub(super) fn split(text: &'a str) -> Self {
        let (rest, fragment) = cut(text, '#');
        let (rest, query) = cut(rest, '?');
        let (scheme, rest) = match rest.split_once(':') {
            Some((scheme, after)) if is_scheme(scheme) => (Some(scheme), after),
            _ => (None, rest),
        };
        let (authority, path) = match rest.strip_prefix("//") {
            Some(after) => {
                let end = after.find('/').unwrap_or(after.len());
                let (authority, path) = after.split_at(end);
                (Some(authority), path)
            }
            None => (None, rest),
        };
        Self {
            text,
            scheme,
            authority,
            path,
            query,
            fragment,
        }
    }

    /// The segments of the path that are not empty.
    pub(super) fn segments(&self) -> impl DoubleEndedIterator<Item = &'a str> + use<'a> {
        self.path.split('/').filter(|segment| !segment.is_empty())
    }
}

/// The absolute URI of `reference`, where `base` is the base URI of a service provider.
pub(super) fn resolve(reference: &Uri<'_>, base: &Uri<'_>) -> Option<String> {
    if reference.scheme.is_some() {
        return Some(reference.text.to_owned());
    }
    let (scheme, authority) = (base.scheme?, base.authority?);
    if reference.authority.is_some() {
        return Some(format!("{scheme}:{}", reference.text));
    }
    let base_path = base.path.trim_end_matches('/');
    // A path from the root either repeats the path of the base or, as an endpoint does, starts
    // below it.
    let path = match reference.path.strip_prefix(base_path) {
        Some(below) if below.is_empty() || below.starts_with('/') => below,
        _ => reference.path,
    };
    let mut uri = format!("{scheme}://{authority}{base_path}");
    let floor = uri.len();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        match segment {
            "." => {}
            // Up to the base and no further.
            ".." => {
                let parent = uri.rfind('/').unwrap_or(floor).max(floor);
                uri.truncate(parent);
            }
            other => {
                uri.push('/');
                uri.push_str(other);
            }
        }
    }
    if path.ends_with('/') {
        uri.push('/');
    }
    for (separator, part) in [('?', reference.query), ('#', reference.fragment)] {
        if let Some(part) = part {
            uri.push(separator);
            uri.push_str(part);
        }
    }
    Some(uri)
}

/// Returns whether two texts refer to the same resource, apart from the API version.
pub(super) fn same_resource(one: &str, two: &str) -> bool {
    let (one, two) = (Uri::split(one), Uri::split(two));
    let opaque = |uri: &Uri<'_>| uri.scheme.is_some() && uri.authority.is_none();
    // A URN says nothing but itself, and equal texts never come here.
    if opaque(&one) || opaque(&two) || one.query != two.query {
        return false;
    }
    let (left, right) = (path_without_version(&one), path_without_version(&two));
    match (origin(&one), origin(&two)) {
        (Some(a), Some(b)) => a == b && left == right,
        (Some(_), None) => names_a_resource(&right) && left.ends_with(&right),
        (None, Some(_)) => names_a_resource(&left) && right.ends_with(&left),
        (None, None) => {
            names_a_resource(&left)
                && names_a_resource(&right)
                && (left.ends_with(&right) || right.ends_with(&left))
        }
    }
}

/// An endpoint and an id. A single segment could be the id of anything.
fn names_a_resource(path: &[Cow<'_, str>]) -> bool {
    path.len() >= 2
}

/// Scheme and authority in lower case, without a default port.
fn origin(uri: &Uri<'_>) -> Option<(String, String)> {
    let authority = uri.authority?.to_ascii_lowercase();
    let scheme = uri.scheme.unwrap_or_default().to_ascii_lowercase();
    let default_port = match scheme.as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => "",
    };
    let host = authority
        .strip_suffix(default_port)
        .unwrap_or(&authority)
        .to_owned();
    Some((scheme, host))
}

/// The decoded segments of the path, without dot segments and without a version in front of
/// endpoint and id.
fn path_without_version<'a>(uri: &Uri<'a>) -> Vec<Cow<'a, str>> {
    let mut path: Vec<Cow<'a, str>> = Vec::new();
    for segment in uri.segments() {
        match segment {
            "." => {}
            ".." => {
                path.pop();
            }
            other => path.push(percent_decode(other).unwrap_or(Cow::Borrowed(other))),
        }
    }
    if let Some(index) = path.len().checked_sub(3)
        && path.get(index).is_some_and(|segment| is_version(segment))
    {
        path.remove(index);
    }
    path
}

/// `v2`, `v1.1` and the like (RFC 7644 section 3.13).
fn is_version(segment: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    segment
        .strip_prefix(['v', 'V'])
        .is_some_and(|version| version.split('.').all(digits))
}

/// Decodes `%41`. A percent sign that starts no such triplet stays. `None` if the result is not
/// UTF-8.
pub(super) fn percent_decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let decoded = match (byte, after) {
            (b'%', [high, low, after @ ..]) => hex(*high)
                .zip(hex(*low))
                .map(|(high, low)| (high << 4 | low, after)),
            _ => None,
        };
        let (byte, after) = decoded.unwrap_or((byte, after));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

/// The text before a separator, and what follows it if it is there.
fn cut(text: &str, separator: char) -> (&str, Option<&str>) {
    match text.split_once(separator) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// An IPv6 address, or one of a later version: `v1.x`.
fn is_ip_literal(text: &str) -> bool {
    let is_future = || {
        let (version, address) = text.strip_prefix(['v', 'V'])?.split_once('.')?;
        let hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let fits = !version.is_empty() && hexadecimal(version) && !address.is_empty();
        Some(fits && !address.contains(['[', ']', '@', '/']))
    };
    text.parse::<Ipv6Addr>().is_ok() || is_future().unwrap_or_default()
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// Only the characters of RFC 3986 appendix A, and each percent sign in front of two hexadecimal
/// digits.
fn has_uri_characters(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = match (byte, after) {
            (b'%', [high, low, after @ ..]) if hex(*high).is_some() && hex(*low).is_some() => after,
            (byte, _) if byte.is_ascii_alphanumeric() => after,
            (byte, _) if b"-._~:/?#[]@!$&'()*+,;=".contains(byte) => after,
            _ => return false,
        };
    }
    true
}
