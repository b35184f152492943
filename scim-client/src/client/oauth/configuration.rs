//! What a token is asked for with.

use std::{fmt, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{
    HeaderValue, Request, Uri,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
    uri::Scheme,
};

use crate::{
    client::secret_value::secret_value,
    error::{Error, ErrorKind},
    internal::percent::encode,
    transport::{MaxBody, is_loopback},
};

/// How much of a response with a token is read: 1 MiB.
const MAX_ANSWER: MaxBody = MaxBody(1024 * 1024);

/// The client credentials grant of OAuth 2.0 (RFC 6749 §4.4): the client's identifier and secret,
/// and the token endpoint.
///
/// The client fetches a token with its first request, and shares it with all its clones. It fetches
/// a new one shortly before the token expires, and once when the service provider refuses the token
/// (401). Only one request for a token is under way at a time. All operations that need a token
/// wait for it, and it goes on even if they are cancelled. A token without `expires_in`, or with
/// zero, is kept until it is refused. A request that is only built
/// ([`Operation::request`](crate::client::Operation::request)) uses the current token.
///
/// ```
/// use scim_client::{Client, client::ClientCredentials};
///
/// let credentials = ClientCredentials::new(
///     "https://login.example/oauth2/token",
///     "provisioning",
///     "the client secret",
/// )
/// .with_scope("scim.read scim.write")
/// .with_audience("https://api.example/scim")                      // where the server asks for more
/// .with_parameter("resource", "scim")
/// .with_secret_in_body()
/// .with_refresh_before(std::time::Duration::from_secs(120));
/// let client = Client::builder("https://api.example/scim/v2").oauth2(credentials);
/// # let _ = client;
/// ```
#[derive(Clone)]
pub struct ClientCredentials {
    token_url: String,
    client_id: String,
    client_secret: String,
    parameters: Vec<(String, String)>,
    secret_in_body: bool,
    refresh_before: Duration,
}

impl ClientCredentials {
    /// Takes the token endpoint, and the client's identifier and secret. The token endpoint may be
    /// at another origin than the service provider. The client secret is sent only there.
    pub fn new(
        token_url: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
    ) -> Self {
        Self {
            token_url: token_url.into(),
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            parameters: Vec::new(),
            secret_in_body: false,
            refresh_before: Duration::from_secs(60),
        }
    }

    /// Asks for this scope: names, separated by spaces (RFC 6749 §3.3).
    #[must_use]
    pub fn with_scope(self, scope: impl Into<String>) -> Self {
        self.with_parameter("scope", scope)
    }

    /// Asks for a token for this audience, as some authorization servers want it.
    #[must_use]
    pub fn with_audience(self, audience: impl Into<String>) -> Self {
        self.with_parameter("audience", audience)
    }

    /// Adds a parameter of the authorization server's own.
    #[must_use]
    pub fn with_parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    /// Sends identifier and secret in the body (`client_secret_post`), for authorization servers
    /// that do not support basic authentication (RFC 6749 §2.3.1).
    #[must_use]
    pub fn with_secret_in_body(mut self) -> Self {
        self.secret_in_body = true;
        self
    }

    /// Sets how long before a token expires the next one is fetched. The default is 60 seconds. It
    /// is never more than half of the token's lifetime.
    #[must_use]
    pub fn with_refresh_before(mut self, margin: Duration) -> Self {
        self.refresh_before = margin;
        self
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials")
            .field("client_id", &self.client_id)
            .field("client_secret", &format_args!("<redacted>"))
            .finish_non_exhaustive()
    }
}

/// A token endpoint that can be asked.
pub(super) struct Endpoint {
    credentials: ClientCredentials,
    url: Uri,
    body: Bytes,
    authorization: Option<HeaderValue>,
}

impl Endpoint {
    /// Checks everything. Plain HTTP is for loopback addresses, unless `insecure`.
    pub(super) fn new(credentials: ClientCredentials, insecure: bool) -> Result<Self, Error> {
        let url = token_url(&credentials.token_url, insecure)?;
        for (name, value) in [
            ("client_id", &credentials.client_id),
            ("client_secret", &credentials.client_secret),
        ] {
            let why = match value.trim() {
                "" => "is empty",
                trimmed if trimmed.len() < value.len() => {
                    "has white space or a line break around it"
                }
                _ => continue,
            };
            let message = format!("OAuth 2.0: the {name} {why}");
            return Err(Error::new(ErrorKind::Configuration, message));
        }
        let mut body = String::from("grant_type=client_credentials");
        let mut add = |name: &str, value: &str| {
            body.push('&');
            body.push_str(&encode(name));
            body.push('=');
            body.push_str(&encode(value));
        };
        for (name, value) in &credentials.parameters {
            add(name, value);
        }
        let (id, secret) = (&credentials.client_id, &credentials.client_secret);
        let authorization = if credentials.secret_in_body {
            add("client_id", id);
            add("client_secret", secret);
            None
        } else {
            let pair = format!("{}:{}", encode(id), encode(secret));
            Some(secret_value(&format!("Basic {}", STANDARD.encode(pair)))?)
        };
        Ok(Self {
            body: body.into(),
            credentials,
            url,
            authorization,
        })
    }

    pub(super) fn request(&self) -> Request<Bytes> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = http::Method::POST;
        *request.uri_mut() = self.url.clone();
        request.extensions_mut().insert(MAX_ANSWER);
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        if let Some(authorization) = &self.authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        request
    }

    /// Host and port, for messages.
    pub(super) fn host(&self) -> &str {
        self.url
            .authority()
            .map_or("", |authority| authority.as_str())
    }

    /// Where tokens come from.
    #[cfg(any(feature = "hyper", feature = "reqwest"))]
    pub(super) fn url(&self) -> &Uri {
        &self.url
    }

    pub(super) fn margin(&self) -> Duration {
        self.credentials.refresh_before
    }

    pub(super) fn secret(&self) -> &str {
        &self.credentials.client_secret
    }

    /// The client secret in each form in which a request has it.
    pub(super) fn secrets(&self) -> Vec<String> {
        let authorization = self.authorization.as_ref();
        let basic = authorization.and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
        let own = [self.secret().to_owned(), encode(self.secret())];
        own.into_iter().chain(basic.map(str::to_owned)).collect()
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The body and the header hold the secret.
        self.credentials.fmt(f)
    }
}

fn token_url(text: &str, insecure: bool) -> Result<Uri, Error> {
    let wrong = |why: &str| Error::new(ErrorKind::Configuration, format!("token URL: {why}"));
    if text.contains('#') {
        return Err(wrong("a fragment has no place in it (RFC 6749 §3.2)"));
    }
    let url: Uri = text.parse().map_err(|_| wrong("not a URL"))?;
    let (Some(scheme), Some(authority)) = (url.scheme(), url.authority()) else {
        return Err(wrong("it must be absolute, such as https://host/token"));
    };
    if authority.as_str().contains('@') {
        return Err(wrong("credentials have no place in it"));
    }
    let plain = *scheme == Scheme::HTTP && (insecure || is_loopback(authority.host()));
    if *scheme != Scheme::HTTPS && !plain {
        return Err(wrong("it must be https (RFC 6749 §3.2)"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(url: &str) -> ClientCredentials {
        ClientCredentials::new(url, "s6Bh:dRkqt3", "7Fjfp0ZBr1K+DRbnfV&dmIw")
    }

    fn endpoint(credentials: ClientCredentials) -> Result<Endpoint, Error> {
        Endpoint::new(credentials, false)
    }

    #[test]
    fn builds_both_kinds_of_request() {
        let basic = credentials("https://login.example/token?tenant=1").with_scope("a b");
        let request = endpoint(basic.clone()).unwrap().request();
        assert_eq!(request.uri(), "https://login.example/token?tenant=1");
        assert_eq!(
            &request.body()[..],
            b"grant_type=client_credentials&scope=a%20b"
        );
        let pair = STANDARD.encode("s6Bh%3AdRkqt3:7Fjfp0ZBr1K%2BDRbnfV%26dmIw");
        let authorization = &request.headers()[AUTHORIZATION];
        assert_eq!(authorization, &format!("Basic {pair}"));
        assert!(authorization.is_sensitive());

        let post = basic
            .with_audience("https://api.example")
            .with_secret_in_body();
        let request = endpoint(post).unwrap().request();
        assert_eq!(
            request.body(),
            "grant_type=client_credentials&scope=a%20b&audience=https%3A%2F%2Fapi.example\
             &client_id=s6Bh%3AdRkqt3&client_secret=7Fjfp0ZBr1K%2BDRbnfV%26dmIw"
        );
        assert!(!request.headers().contains_key(AUTHORIZATION));
    }

    #[test]
    fn refuses_urls_that_would_give_the_secret_away() {
        for url in [
            "http://login.example/token",
            "ftp://login.example/token",
            "https://user:pass@login.example/token",
            "https://login.example/token#x",
            "/token",
            "",
        ] {
            let error = endpoint(credentials(url)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration, "{url}");
            assert!(!error.to_string().contains("7Fjfp0"), "{error}");
        }
        assert!(endpoint(credentials("http://127.0.0.1:8080/token")).is_ok());
        assert!(Endpoint::new(credentials("http://login.example/token"), true).is_ok());
    }

    #[test]
    fn shows_no_secret() {
        for credentials in [
            credentials("https://login.example"),
            credentials("https://login.example").with_secret_in_body(),
        ] {
            let endpoint = endpoint(credentials.clone()).unwrap();
            assert!(!format!("{credentials:?}").contains("7Fjfp0"));
            assert!(!format!("{endpoint:?}").contains("7Fjfp0"));
        }
    }
}
