//! What the service provider received.

use std::fmt;

use http::{
    HeaderMap, Method, StatusCode,
    header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION},
    request::Parts,
};
use scim_models::internal::{percent::percent_decoded, shown::Bytes};

use crate::query::decoded;

/// A request that a [`ServiceProvider`](super::ServiceProvider) received.
///
/// `Debug` shows method and path, the names of the headers, and the sizes of query and body.
#[derive(Clone)]
pub struct ReceivedRequest {
    method: Method,
    path: String,
    /// How much of the path is that of the base URL, if there is an endpoint behind it.
    base: Option<usize>,
    query: Option<String>,
    headers: HeaderMap,
    body: bytes::Bytes,
    /// How it was answered.
    status: Option<StatusCode>,
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
            .field("status", &self.status)
            .finish()
    }
}

impl ReceivedRequest {
    /// `base` is the path of the base URL, if there is an endpoint behind it.
    pub(super) fn new(parts: &Parts, body: &bytes::Bytes, base: Option<&str>) -> Self {
        let mut headers = parts.headers.clone();
        for name in [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION] {
            headers.remove(name);
        }
        Self {
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            base: base.map(str::len),
            query: parts.uri.query().map(str::to_owned),
            headers,
            body: body.clone(),
            status: None,
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

    pub(super) fn answered(&mut self, status: StatusCode) {
        self.status = Some(status);
    }

    /// The status of the response. `None` if the request was not processed, or is still being
    /// processed. A response that was lost on its way counts too.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// The path below the base URL, decoded, such as `/Users/2819`. If no endpoint is in it, it is
    /// the whole path.
    #[must_use]
    pub fn path_below(&self) -> String {
        let below = self.base.and_then(|base| self.path.get(base..));
        percent_decoded(below.unwrap_or(&self.path)).into_owned()
    }

    /// Method, path and query as they came, such as `GET /scim/v2/Users?count=10`.
    #[must_use]
    pub fn line(&self) -> String {
        let query = self.query.as_deref().map(|query| format!("?{query}"));
        format!("{} {}{}", self.method, self.path, query.unwrap_or_default())
    }

    /// Returns whether the request matches `line`: the method and the path below the base URL, as in
    /// `"PATCH /Users/2819"`. The query is compared only if `line` has one: `"GET /Users?count=10"`.
    /// Paths and queries are compared decoded, and parameters may be in any order, so you can write
    /// `GET /Users?filter=userName eq "x"`.
    #[must_use]
    pub fn is(&self, line: &str) -> bool {
        let Some((method, target)) = line.split_once(' ') else {
            return false;
        };
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let sorted = |query: &str| {
            let mut parameters: Vec<_> = decoded(query).collect();
            parameters.sort();
            parameters
        };
        let (own, path) = (self.path_below(), percent_decoded(path));
        let is_path = match self.base {
            Some(_) => own == path,
            None => path.starts_with('/') && own.ends_with(&*path),
        };
        let own_query = self.query.as_deref().unwrap_or_default();
        self.method.as_str().eq_ignore_ascii_case(method)
            && is_path
            && query.is_none_or(|query| sorted(query) == sorted(own_query))
    }

    /// Returns whether the request is a write: every request except GET, and POST to `/.search`.
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

    /// The body as a JSON tree, or null if it is not JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}
