//! What the service provider received.

use std::fmt;

use http::{
    HeaderMap, Method,
    header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION},
    request::Parts,
};

use scim_models::internal::shown::Bytes;

/// A request that a [`ServiceProvider`](super::ServiceProvider) received.
///
/// `Debug` shows method and path, the names of the headers, and how large query and body are.
#[derive(Clone)]
pub struct ReceivedRequest {
    method: Method,
    path: String,
    query: Option<String>,
    headers: HeaderMap,
    body: bytes::Bytes,
}

impl fmt::Debug for ReceivedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query = self.query.as_ref().map(|query| Bytes(query.len()));
        f.debug_struct("ReceivedRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &query)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body", &Bytes(self.body.len()))
            .finish()
    }
}

impl ReceivedRequest {
    pub(super) fn new(parts: &Parts, body: &bytes::Bytes) -> Self {
        let mut headers = parts.headers.clone();
        for name in [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION] {
            headers.remove(name);
        }
        Self {
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            headers,
            body: body.clone(),
        }
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path as it came, percent-encoded, from the root of the host.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Method, path and query as they came, such as `GET /scim/v2/Users?count=10`.
    #[must_use]
    pub fn line(&self) -> String {
        let query = self.query.as_deref().map(|query| format!("?{query}"));
        format!("{} {}{}", self.method, self.path, query.unwrap_or_default())
    }

    /// Whether this is the request that is meant: the method, and the path behind the base URL,
    /// as in `"PATCH /Users/2819"`. A query counts only if one is given.
    #[must_use]
    pub fn is(&self, line: &str) -> bool {
        let Some((method, target)) = line.split_once(' ') else {
            return false;
        };
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        self.method.as_str().eq_ignore_ascii_case(method)
            && path.starts_with('/')
            && self.path.ends_with(path)
            && query.is_none_or(|query| self.query.as_deref() == Some(query))
    }

    /// Whether it asks for a change: all but GET, and POST to `/.search`.
    #[must_use]
    pub fn is_change(&self) -> bool {
        let searches = self.method == Method::POST && self.path.ends_with("/.search");
        !searches && ![Method::GET, Method::HEAD, Method::OPTIONS].contains(&self.method)
    }

    /// The query as it came, percent-encoded.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }

    /// The headers, without credentials.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body as text; empty if there was none.
    #[must_use]
    pub fn body(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_default()
    }

    /// The body as a JSON tree; null if it is no JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}
