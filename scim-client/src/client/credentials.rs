//! What proves who the client is. Never shown.

use std::{borrow::Cow, fmt, sync::Arc};

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
            if let Some(clean) = without(seen, secret) {
                redacted = Some(clean);
            }
        }
        redacted
    }

    /// As [`redact`](Self::redact), for what may be UTF-8 only in part, or Latin-1.
    pub(super) fn redact_bytes(&self, bytes: &[u8]) -> Option<String> {
        match String::from_utf8_lossy(bytes) {
            Cow::Borrowed(text) => self.redact(text),
            Cow::Owned(text) => self.redact(&text).or_else(|| {
                let latin: String = bytes.iter().copied().map(char::from).collect();
                self.redact(&latin)
            }),
        }
    }

    /// Takes secrets out of headers.
    pub(super) fn redact_headers(&self, headers: &mut http::HeaderMap) {
        for value in headers.values_mut() {
            let clean = self.redact_bytes(value.as_bytes());
            if let Some(Ok(clean)) = clean.map(HeaderValue::try_from) {
                *value = clean;
            }
        }
    }
}

/// The text without a secret, if it had it, as it is or as JSON may escape it.
fn without(text: &str, secret: &str) -> Option<String> {
    let first = secret.chars().next()?;
    let mut clean = String::new();
    let (mut kept, mut at) = (0, 0);
    while let Some(found) = text.get(at..)?.find([first, '\\']) {
        let start = at + found;
        let here = text.get(start..)?;
        match length_of(here, secret) {
            Some(length) => {
                clean.push_str(text.get(kept..start)?);
                clean.push_str("<redacted>");
                at = start + length;
                kept = at;
            }
            None => at = start + here.chars().next()?.len_utf8(),
        }
    }
    if kept == 0 {
        return None;
    }
    clean.push_str(text.get(kept..)?);
    Some(clean)
}

/// How many bytes at the beginning of the text are the secret.
fn length_of(text: &str, secret: &str) -> Option<usize> {
    if text.starts_with(secret) {
        return Some(secret.len());
    }
    let rest = secret.chars().try_fold(text, after)?;
    Some(text.len() - rest.len())
}

/// What follows this character in a JSON string, where it may be escaped (RFC 8259 §7).
fn after(text: &str, wanted: char) -> Option<&str> {
    let Some(escape) = text.strip_prefix('\\') else {
        return text.strip_prefix(wanted);
    };
    if !escape.starts_with('u') {
        let rest = escape.get(1..)?;
        let meant = match escape.as_bytes().first()? {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            other => char::from(*other),
        };
        return (meant == wanted).then_some(rest);
    }
    // Two escapes, beyond the Basic Multilingual Plane.
    wanted
        .encode_utf16(&mut [0; 2])
        .iter()
        .try_fold(text, |rest, unit| {
            let digits = rest.strip_prefix("\\u")?;
            let said = u16::from_str_radix(digits.get(..4)?, 16).ok()?;
            (said == *unit).then(|| digits.get(4..))?
        })
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
        let hard = Credentials::basic("bjensen", "P\u{e4}ss\"w\\r/\u{1f511}\t1").unwrap();
        for said in [
            "P\u{e4}ss\"w\\r/\u{1f511}\t1",
            "P\u{e4}ss\\\"w\\\\r\\/\u{1f511}\\t1",
            r#"P\u00e4ss\u0022w\u005Cr\u002f\ud83d\udd11\u00091"#,
            r#"\u0050\u00E4ss\"w\\r/\uD83D\uDD11\t\u0031"#,
        ] {
            let clean = hard.redact(&format!("\\ \\u {said}{said}P\u{e4} \\"));
            let expected = "\\ \\u <redacted><redacted>P\u{e4} \\";
            assert_eq!(clean.as_deref(), Some(expected), "{said}");
        }
        for other in [r"P\u00e", r"P\", r"P\u00e4ss\u", r"P\\u00e4ss", "P\\\u{e4}"] {
            assert_eq!(hard.redact(other), None, "{other}");
        }
        let latin = Credentials::basic("bjensen", "P\u{e4}ssword1").unwrap();
        let said = b"P\xe4ssword1 is wrong";
        assert_eq!(latin.redact_bytes(said).unwrap(), "<redacted> is wrong");
        let bearer = Credentials::bearer("t0p-secret").unwrap();
        let said = b"\xff t0p-secret";
        assert_eq!(bearer.redact_bytes(said).unwrap(), "\u{fffd} <redacted>");
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
