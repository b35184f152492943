//! The base URL of a server, apart from what is secret in it.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::percent::percent_decoded;

/// A base URL in its parts. User name and password (RFC 3986 §3.2.1) are sent as the `Authorization`
/// header of RFC 7617, and the query is sent with each request; neither is part of [`url`](Self::url).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Base {
    /// Scheme, host, port and path, without a slash at the end.
    pub(crate) url: String,
    /// What stands before the `@`, percent-encoded.
    userinfo: Option<String>,
    /// What stands behind the `?`, percent-encoded.
    pub(crate) query: String,
}

impl Base {
    pub(crate) fn of(text: &str) -> Self {
        let text = text.split('#').next().unwrap_or_default();
        let (rest, query) = text.split_once('?').unwrap_or((text, ""));
        let (scheme, rest) = rest.split_once("://").unwrap_or(("", rest));
        let at = rest.find('/').unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let (userinfo, host) = match authority.rsplit_once('@') {
            Some((userinfo, host)) => (Some(userinfo.to_owned()), host),
            None => (None, authority),
        };
        let separator = if scheme.is_empty() { "" } else { "://" };
        Self {
            url: format!("{scheme}{separator}{host}{}", path.trim_end_matches('/')),
            userinfo,
            query: query.to_owned(),
        }
    }

    /// The header that user name and password become.
    pub(crate) fn authorization(&self) -> Option<String> {
        let login = percent_decoded(self.userinfo.as_deref()?);
        let login = match login.contains(':') {
            true => login,
            false => format!("{login}:"),
        };
        Some(format!("Basic {}", STANDARD.encode(login)))
    }

    /// What no report shows, as it is written and decoded.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let mut secrets = Vec::new();
        if let Some(userinfo) = &self.userinfo {
            secrets.push(userinfo.clone());
            secrets.extend(userinfo.split_once(':').map(|(_, word)| word.to_owned()));
        }
        if !self.query.is_empty() {
            secrets.push(self.query.clone());
        }
        for pair in self.query.split('&') {
            secrets.push(pair.split_once('=').map_or(pair, |(_, v)| v).to_owned());
        }
        let decoded: Vec<_> = secrets.iter().map(|text| percent_decoded(text)).collect();
        secrets.extend(decoded);
        secrets.extend(self.authorization());
        secrets
    }
}

#[cfg(test)]
mod tests {
    use super::Base;

    #[test]
    fn what_is_secret_is_not_in_the_url() {
        let base = Base::of("http://bob:hunter%2022@host:80/v2/?api_key=k3y#x");
        assert_eq!(base.url, "http://host:80/v2");
        assert_eq!(base.query, "api_key=k3y");
        // bob:hunter 22
        assert_eq!(
            base.authorization().as_deref(),
            Some("Basic Ym9iOmh1bnRlciAyMg==")
        );
        let secrets = base.secrets();
        for secret in ["hunter%2022", "hunter 22", "k3y"] {
            assert!(secrets.iter().any(|one| one == secret), "{secret}");
        }
        assert_eq!(Base::of("https://host/a@b").url, "https://host/a@b");
        assert_eq!(Base::of("https://host/").authorization(), None);
    }
}
