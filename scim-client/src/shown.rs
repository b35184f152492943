//! What messages and `Debug` may show of HTTP; the rule is that of the models.

use std::fmt;

pub(crate) use crate::internal::shown::{Bytes, REDACTED, Visible, visible};

/// `Debug` of headers: the names, and the values of those that hold nothing but facts.
pub(crate) struct Headers<'a>(pub(crate) &'a http::HeaderMap);

impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_map();
        for (name, value) in self.0 {
            shown.key(&name.as_str());
            if is_fact(name) && !value.is_sensitive() {
                shown.value(value);
            } else {
                shown.value(&Bytes(value.len()));
            }
        }
        shown.finish()
    }
}

/// Returns whether a header holds nothing but facts of the protocol.
pub(crate) fn is_fact(name: &http::HeaderName) -> bool {
    const FACTS: [&str; 13] = [
        "accept",
        "accept-encoding",
        "accept-language",
        "allow",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "etag",
        "if-match",
        "if-none-match",
        "prefer",
        "retry-after",
    ];
    FACTS.contains(&name.as_str())
}

/// The URL without what may be a secret in it: user name, password, query and fragment.
pub(crate) fn url_without_secrets(url: &str) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let url = url.get(..end).unwrap_or_default();
    let start = match url.find("//") {
        Some(slashes) => slashes + 2,
        None => 0,
    };
    let (scheme, rest) = url.split_at_checked(start).unwrap_or(("", url));
    // A password may hold a slash or a second `@`.
    match rest.rfind('@') {
        Some(at) => {
            let host = rest.get(at + 1..).unwrap_or_default();
            visible(&format!("{scheme}{REDACTED}@{host}"))
        }
        None => visible(url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_its_secrets() {
        for (url, shown) in [
            ("https://a.example/v2", "https://a.example/v2"),
            (
                "https://u:p@a.example/v2?k=s#f",
                "https://<redacted>@a.example/v2",
            ),
            (
                "https://u:p/w@x@a.example/v2",
                "https://<redacted>@a.example/v2",
            ),
            ("u:p@a.example", "<redacted>@a.example"),
            ("a.example/v2?k", "a.example/v2"),
            ("", ""),
        ] {
            assert_eq!(url_without_secrets(url), shown);
        }
    }
}
