//! What proves who the client is. Never shown.

use std::{fmt, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, header::AUTHORIZATION};

use super::{oauth::TokenSource, secret_value::secret_value, secrets::Secrets};
use crate::{
    error::{Error, ErrorKind},
    internal::percent::query_decoded,
};

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
        let wrong = |why: &str| Err(wrong(format!("the bearer token {why}")));
        if token.trim().is_empty() {
            return wrong("is empty");
        }
        if let Some((first, _)) = token.trim().split_once(char::is_whitespace) {
            return match SCHEMES
                .iter()
                .find(|known| known.eq_ignore_ascii_case(first))
            {
                Some(scheme) => wrong(&format!(
                    "begins with `{scheme} `: `bearer_token` takes the token alone, and \
                     `auth_header(\"Authorization\", ..)` another scheme"
                )),
                None => wrong("has white space inside"),
            };
        }
        if ["bearer", "basic"].contains(&token.trim().to_ascii_lowercase().as_str()) {
            return wrong("is the name of a scheme, without a token");
        }
        if token.trim() != token {
            return wrong("has white space or a line break around it");
        }
        if token.contains(['"', '\'', '`', ',']) || !token.is_ascii() {
            return wrong("has characters that no token has, such as quotes (RFC 6750 §2.1)");
        }
        let value = secret_value(&format!("Bearer {token}"))?;
        Ok(Self::new(AUTHORIZATION, value, vec![token.to_owned()]))
    }

    pub(super) fn basic(user: &str, password: &str) -> Result<Self, Error> {
        let what = "basic authentication";
        if user.contains(':') {
            return Err(wrong(format!(
                "the user name of {what} cannot hold a colon"
            )));
        }
        if user.is_empty() && password.is_empty() {
            return Err(wrong(format!("{what} has neither user name nor password")));
        }
        if [user, password]
            .iter()
            .any(|text| text.contains(char::is_control))
        {
            return Err(wrong(format!(
                "{what} cannot hold a line break or another control character (RFC 7617 §2)"
            )));
        }
        let encoded = STANDARD.encode(format!("{user}:{password}"));
        let value = secret_value(&format!("Basic {encoded}"))?;
        Ok(Self::new(AUTHORIZATION, value, basic_forms(&encoded)))
    }

    pub(super) fn header(name: HeaderName, value: &str) -> Result<Self, Error> {
        let trimmed = value.trim();
        if trimmed.is_empty() {
            return Err(wrong(format!(
                "the secret for the header `{name}` is empty"
            )));
        }
        if trimmed != value {
            return Err(wrong(format!(
                "the secret for the header `{name}` has white space or a line break around it"
            )));
        }
        let scheme = SCHEMES
            .iter()
            .find(|known| known.eq_ignore_ascii_case(value));
        if let (true, Some(scheme)) = (name == AUTHORIZATION, scheme) {
            return Err(wrong(format!(
                "the header `{name}` has `{scheme}` and no credential"
            )));
        }
        // A credential without its scheme is repeated, too.
        let mut secrets = vec![value.to_owned()];
        secrets.extend(without_scheme(value));
        Ok(Self::new(name, secret_value(value)?, secrets))
    }

    fn new(name: HeaderName, value: HeaderValue, secrets: Vec<String>) -> Self {
        Self::Header {
            name,
            value,
            secrets,
        }
    }

    /// Puts them into a request. An access token that was not fetched yet is not put in.
    pub(super) fn apply(&self, headers: &mut HeaderMap) {
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

    /// Adds what must not be shown, in each form that it is sent in: servers repeat it.
    pub(super) fn add_to(&self, secrets: &mut Secrets) {
        match self {
            Self::Header { secrets: own, .. } => own.iter().for_each(|own| secrets.add(own)),
            Self::Token(source) => source.secrets().iter().for_each(|own| secrets.add(own)),
        }
    }
}

/// The credential that follows a scheme, in each form in which it may be repeated, and each cookie or
/// parameter of a signature that is one by itself.
fn without_scheme(value: &str) -> Vec<String> {
    match value.split_once(' ') {
        Some((scheme, encoded)) if scheme.eq_ignore_ascii_case("basic") => {
            basic_forms(encoded.trim())
        }
        Some((_scheme, credential)) => {
            let mut parts = values(value);
            parts.push(credential.trim().to_owned());
            parts
        }
        None => values(value),
    }
}

/// What follows `=` in a list, without what is no secret: a realm or a language is in resources, too.
fn values(list: &str) -> Vec<String> {
    let pairs = list
        .split([';', ','])
        .filter_map(|pair| pair.split_once('='));
    pairs
        .filter_map(|(name, value)| {
            // The first may have a scheme before it.
            let name = name.split_whitespace().next_back()?.to_ascii_lowercase();
            let value = value.trim().trim_matches('"');
            is_secret(name.trim_end_matches('*'), value).then(|| value.to_owned())
        })
        .collect()
}

/// Returns whether a cookie or a parameter of a signature is secret: its name in lower case says so, or it
/// is long, as words are not.
fn is_secret(name: &str, value: &str) -> bool {
    /// As in Digest (RFC 7616), signatures of HTTP messages and OAuth 1.
    const PUBLIC: [&str; 9] = [
        "algorithm",
        "headers",
        "keyid",
        "oauth_signature_method",
        "qop",
        "realm",
        "signedheaders",
        "uri",
        "username",
    ];
    const SECRET: [&str; 5] = ["jwt", "mac", "pwd", "response", "sig"];
    const LONG: usize = 16;
    if PUBLIC.contains(&name) {
        return false;
    }
    let is_session = name.contains("session") || name.ends_with("sid");
    let says_so = is_credential(name) || is_session || name.contains("nonce");
    says_so || SECRET.contains(&name) || value.len() >= LONG
}

/// What is secret in the credential of basic authentication (RFC 7617 §2): its text in both
/// alphabets of base64, with and without padding, and the password.
fn basic_forms(encoded: &str) -> Vec<String> {
    let bare = encoded.trim_end_matches('=');
    let mut forms = vec![encoded.to_owned(), bare.to_owned()];
    forms.push(bare.replace('+', "-").replace('/', "_"));
    let decoded = STANDARD.decode(encoded).ok();
    let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    if let Some((_user, password)) = decoded.as_deref().and_then(|text| text.split_once(':')) {
        forms.push(password.to_owned());
    }
    forms
}

/// Adds the values of headers that hold a credential, as far as their names tell.
pub(super) fn add_headers(headers: &HeaderMap, secrets: &mut Secrets) {
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        if is_credential(name.as_str()) {
            secrets.add(&value);
            without_scheme(&value)
                .iter()
                .for_each(|own| secrets.add(own));
        }
    }
}

/// Adds the values of query parameters that are credentials, as far as their names tell.
pub(super) fn add_parameters(query: &str, secrets: &mut Secrets) {
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        if is_credential(&query_decoded(name).to_lowercase()) {
            secrets.add(&query_decoded(value));
        }
    }
}

/// Returns whether a header or parameter holds a credential, as far as its name in lower case tells.
fn is_credential(name: &str) -> bool {
    const PARTS: [&str; 8] = [
        "auth",
        "cookie",
        "credential",
        "key",
        "passw",
        "secret",
        "signature",
        "token",
    ];
    PARTS.iter().any(|part| name.contains(part))
}

/// The schemes of `Authorization` that are put in front of a credential by mistake.
const SCHEMES: [&str; 6] = ["Bearer", "Basic", "Token", "OAuth", "SSWS", "Digest"];

fn wrong(message: String) -> Error {
    Error::new(ErrorKind::Configuration, message)
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

    fn redact(credentials: &Credentials, text: &str) -> Option<String> {
        let mut secrets = Secrets::default();
        credentials.add_to(&mut secrets);
        secrets.redact(text)
    }

    #[test]
    fn every_form_in_which_it_is_sent_is_secret() {
        let basic = Credentials::basic("bjensen", "t1meMa/ch?n").unwrap();
        let said =
            r#"{"detail":"Basic YmplbnNlbjp0MW1lTWEvY2g\/bg== (t1meMa\/ch?n, t1meMa/ch?n)"}"#;
        assert_eq!(
            redact(&basic, said).unwrap(),
            r#"{"detail":"Basic YmplbnNlbjp0MW1lTWEvY2g\/bg== (<redacted>, <redacted>)"}"#
                .replace("YmplbnNlbjp0MW1lTWEvY2g\\/bg==", "<redacted>")
        );
        assert_eq!(redact(&basic, "nothing of it"), None);
        let header = Credentials::header(AUTHORIZATION, "SSWS t0p-secret").unwrap();
        assert_eq!(redact(&header, "t0p-secret?").unwrap(), "<redacted>?");
        let short = Credentials::bearer("a").unwrap();
        assert_eq!(redact(&short, "a"), None);
    }

    /// Of a list, what is a secret by itself, and no data that resources have, too.
    #[test]
    fn parts_of_a_list_of_values() {
        let digest = r#"Digest username="bjensen-of-the-north", realm="acme tenant", uri="/v2/Users/2819c223",
            nonce="dcd98b7102dd", response="6629fae49393", cnonce="0a4f113b", qop=auth-int"#;
        for (list, secrets) in [
            (
                "theme=default; lang=english; PHPSESSID=s3cret-1; csrf_token=s3cret-2; a=0123456789abcdef",
                "s3cret-1 s3cret-2 0123456789abcdef",
            ),
            (digest, "dcd98b7102dd 6629fae49393 0a4f113b"),
            (
                r#"Signature keyId="acme-key",algorithm="rsa-sha256",signature="s3cret-1""#,
                "s3cret-1",
            ),
            (
                r#"OAuth realm="acme tenant", oauth_signature_method="HMAC-SHA256", oauth_signature="s3cret-1""#,
                "s3cret-1",
            ),
            ("Token token=s3cret-1", "s3cret-1"),
        ] {
            assert_eq!(values(list).join(" "), secrets, "{list}");
        }
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
