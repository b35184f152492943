//! What proves who the client is. Never shown.

use std::{fmt, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderName, HeaderValue, header::AUTHORIZATION};

use super::oauth::TokenSource;
use crate::error::{Error, ErrorKind};

/// The shortest secret that is looked for in what a server says: shorter ones are in every text.
const SHORTEST: usize = 6;

/// How requests are authenticated.
#[derive(Clone)]
pub(super) enum Credentials {
    /// By a header that never changes.
    Header {
        name: HeaderName,
        value: HeaderValue,
        /// What must not be shown, in each form that it is sent in.
        secrets: Vec<String>,
    },
    /// By an access token that is fetched when it is needed.
    Token(Arc<TokenSource>),
}

impl Credentials {
    pub(super) fn bearer(token: &str) -> Result<Self, Error> {
        let value = secret_value(&format!("Bearer {token}"))?;
        Ok(Self::new(AUTHORIZATION, value, vec![token.to_owned()]))
    }

    pub(super) fn basic(user: &str, password: &str) -> Result<Self, Error> {
        if user.contains(':') {
            return Err(Error::new(
                ErrorKind::Configuration,
                "the user name of basic authentication cannot hold a colon",
            ));
        }
        let encoded = STANDARD.encode(format!("{user}:{password}"));
        let value = secret_value(&format!("Basic {encoded}"))?;
        let secrets = vec![encoded, password.to_owned()];
        Ok(Self::new(AUTHORIZATION, value, secrets))
    }

    pub(super) fn header(name: HeaderName, value: &str) -> Result<Self, Error> {
        Ok(Self::new(
            name,
            secret_value(value)?,
            vec![value.to_owned()],
        ))
    }

    fn new(name: HeaderName, value: HeaderValue, secrets: Vec<String>) -> Self {
        Self::Header {
            name,
            value,
            secrets,
        }
    }

    /// Puts them into a request. An access token that was not fetched yet is not put in.
    pub(super) fn apply(&self, headers: &mut http::HeaderMap) {
        match self {
            Self::Header { name, value, .. } => {
                headers.insert(name.clone(), value.clone());
            }
            Self::Token(source) => {
                if let Some(value) = source.cached() {
                    headers.insert(AUTHORIZATION, value);
                }
            }
        }
    }

    /// The text without secrets, if it had any: servers repeat what they were sent.
    pub(super) fn redact(&self, text: &str) -> Option<String> {
        let fetched;
        let secrets = match self {
            Self::Header { secrets, .. } => secrets,
            Self::Token(source) => {
                fetched = source.secrets();
                &fetched
            }
        };
        let mut redacted: Option<String> = None;
        for secret in secrets.iter().filter(|secret| secret.len() >= SHORTEST) {
            let seen = redacted.as_deref().unwrap_or(text);
            // In JSON a solidus may be escaped.
            let escaped = secret.replace('/', "\\/");
            let clean = seen.replace(secret.as_str(), "<redacted>");
            let clean = clean.replace(&escaped, "<redacted>");
            if clean != seen {
                redacted = Some(clean);
            }
        }
        redacted
    }
}

/// A header's value that is shown by no `Debug` and kept out of HTTP/2's tables.
pub(super) fn secret_value(text: &str) -> Result<HeaderValue, Error> {
    // The value itself stays out of the message.
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        Error::new(
            ErrorKind::Configuration,
            "the credential has characters that a header cannot hold",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header { name, .. } => write!(f, "{name}: <redacted>"),
            Self::Token(source) => source.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redacts_every_form() {
        let basic = Credentials::basic("bjensen", "t1meMa/ch?n").unwrap();
        let said =
            r#"{"detail":"Basic YmplbnNlbjp0MW1lTWEvY2g\/bg== (t1meMa\/ch?n, t1meMa/ch?n)"}"#;
        assert_eq!(
            basic.redact(said).unwrap(),
            r#"{"detail":"Basic YmplbnNlbjp0MW1lTWEvY2g\/bg== (<redacted>, <redacted>)"}"#
                .replace("YmplbnNlbjp0MW1lTWEvY2g\\/bg==", "<redacted>")
        );
        assert_eq!(basic.redact("nothing of it"), None);
        let short = Credentials::bearer("a").unwrap();
        assert_eq!(short.redact("a"), None);
    }

    #[test]
    fn shows_nothing() {
        for credentials in [
            Credentials::bearer("t0p-secret").unwrap(),
            Credentials::basic("bjensen", "t0p-secret").unwrap(),
            Credentials::header(HeaderName::from_static("x-key"), "t0p-secret").unwrap(),
        ] {
            let mut headers = http::HeaderMap::new();
            credentials.apply(&mut headers);
            for shown in [format!("{credentials:?}"), format!("{headers:?}")] {
                assert!(!shown.contains("t0p-secret"), "{shown}");
            }
        }
        let error = Credentials::bearer("t0p\r\nsecret").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("t0p"));
    }
}
