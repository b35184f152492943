//! Reading a base URL, and what is wrong with one.

use http::Uri;

use super::{BaseUrl, origin_of, strip_prefix_in_any_case};
use crate::{
    error::{Error, ErrorKind},
    shown,
    transport::is_loopback,
};

/// The endpoints of RFC 7644 (§3.2), which people take for the base URL.
const ENDPOINTS: [&str; 9] = [
    "Users",
    "Groups",
    "Me",
    "Bulk",
    "ServiceProviderConfig",
    "ServiceProviderConfigs",
    "ResourceTypes",
    "Schemas",
    ".search",
];

impl BaseUrl {
    /// Reads a base URL. Plain HTTP is for loopback addresses, unless `insecure`.
    pub(crate) fn parse(text: &str, insecure: bool) -> Result<Self, Error> {
        let shown = shown::url_without_secrets(text);
        let wrong = |why: &str| {
            let message = match shown.as_str() {
                "" => format!("base URL: {why}"),
                shown => format!("base URL: {why}; got `{shown}`"),
            };
            Error::new(ErrorKind::Configuration, message)
        };
        if text.trim().is_empty() {
            return Err(wrong(
                "it is empty; it must be such as https://host/scim/v2",
            ));
        }
        if text.trim() != text {
            return Err(wrong("it has white space or a line break around it"));
        }
        if let Some(mark) = ["{", "}", "<", ">", "$"]
            .iter()
            .find(|mark| text.contains(**mark))
        {
            return Err(wrong(&format!(
                "it has `{mark}`, as a placeholder not filled in has"
            )));
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(wrong(&without_scheme(text, &shown)));
        };
        if text.contains('#') {
            return Err(wrong("a fragment has no place in it"));
        }
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(wrong("credentials have no place in it (RFC 7644 §7.1)"));
        }
        if authority.is_empty() || authority.starts_with(':') {
            return Err(wrong("it has no host"));
        }
        let secure = scheme.eq_ignore_ascii_case("https");
        if !secure && !scheme.eq_ignore_ascii_case("http") {
            return Err(wrong("it must begin with `https://`"));
        }
        let uri: Uri = text.parse().map_err(|_| wrong("it is not a URL"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return Err(wrong("it must be absolute, such as https://host/scim/v2"));
        };
        if uri.query().is_some() {
            return Err(wrong("a query has no place in it (RFC 7644 §1.3)"));
        }
        let port = authority.as_str().rsplit_once(':').map(|(_, port)| port);
        // An address of IPv6 ends in a bracket.
        if let Some(port) = port.filter(|port| !port.ends_with(']'))
            && port.parse::<u16>().is_err()
        {
            return Err(wrong(&format!("`{port}` is not a port (1 to 65535)")));
        }
        if !secure && !insecure && !is_loopback(authority.host()) {
            return Err(wrong(
                "plain http sends credentials in the clear (RFC 7644 §7.2); \
                 `allow_insecure_http` permits it",
            ));
        }
        let origin = origin_of(scheme, authority.as_str());
        let (_, host) = origin.split_once("://").unwrap_or_default();
        let base = Self {
            scheme: scheme.clone(),
            authority: host.parse().map_err(|_| wrong("it is not a URL"))?,
            origin,
            path: uri.path().trim_end_matches('/').to_owned(),
        };
        let is_endpoint = |segment: &str| {
            ENDPOINTS
                .iter()
                .any(|known| known.eq_ignore_ascii_case(segment))
        };
        let (mut above, last) = base.path.rsplit_once('/').unwrap_or_default();
        if is_endpoint(last) {
            // `/Users/.search` has two.
            while let Some((further, next)) = above.rsplit_once('/')
                && is_endpoint(next)
            {
                above = further;
            }
            let right = format!("{}{}", base.origin, above.trim_end_matches('/'));
            return Err(wrong(&format!(
                "it ends in `/{last}`, an endpoint below the base URL, which is `{right}`"
            )));
        }
        Ok(base)
    }
}

/// What is wrong with a URL that has no scheme.
fn without_scheme(text: &str, shown: &str) -> String {
    // One slash too few: `https:/host`, `https:host`, or a colon that is missing.
    let rest = ["https", "http"].iter().find_map(|scheme| {
        let rest = strip_prefix_in_any_case(text, scheme)?;
        rest.strip_prefix([':', '/'])
    });
    match (rest, text.starts_with('/')) {
        (Some(_), _) => "`://` must follow its scheme, as in https://host/scim/v2".to_owned(),
        (None, true) => "it must be absolute, such as https://host/scim/v2".to_owned(),
        (None, false) => format!("`https://` is missing; did you mean `https://{shown}`?"),
    }
}
