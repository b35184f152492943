//! A request that is being put together.

use std::fmt::Write as _;

use bytes::Bytes;
use http::Method;
use serde_json::Value;

use crate::percent::encoded;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Credentials {
    /// As the run was told.
    Own,
    /// Nobody.
    None,
    /// This header.
    Header(String),
}

/// A request that is being put together.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    /// Below the base URL, percent-encoded; or absolute.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Bytes>,
    pub(crate) credentials: Credentials,
    /// Known not to change anything that is not the tester's own.
    pub(crate) harmless: bool,
    /// Changes what is not the tester's own, as it was allowed to.
    pub(crate) foreign: bool,
    /// Stands for a client that knows of no versions: it is not sent again with one (428).
    pub(crate) versionless: bool,
}

impl Ask {
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            query: String::new(),
            headers: Vec::new(),
            body: None,
            credentials: Credentials::Own,
            harmless: false,
            foreign: false,
            versionless: false,
        }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: impl Into<String>, body: &Value) -> Self {
        Self::new(Method::POST, path).json(body)
    }

    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        let separator = if self.query.is_empty() { "" } else { "&" };
        let _infallible = write!(self.query, "{separator}{name}={}", encoded(value));
        self
    }

    pub(crate) fn queries(self, pairs: &[(&str, &str)]) -> Self {
        pairs
            .iter()
            .fold(self, |ask, (name, value)| ask.query(name, value))
    }

    /// A query that is already encoded.
    pub(crate) fn raw_query(mut self, query: &str) -> Self {
        query.clone_into(&mut self.query);
        self
    }

    /// Replaces a header of the same name; an empty value leaves it out.
    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.body = Some(body.to_string().into());
        self
    }

    pub(crate) fn raw(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Some(body.into());
        self
    }

    pub(crate) fn by(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    pub(crate) fn harmless(mut self) -> Self {
        self.harmless = true;
        self
    }

    pub(crate) fn versionless(mut self) -> Self {
        self.versionless = true;
        self
    }

    /// As [`harmless`](Self::harmless), but it changes what is not the tester's own: who sends it has
    /// to put that back.
    pub(crate) fn foreign(mut self) -> Self {
        self.foreign = true;
        self.harmless()
    }
}
