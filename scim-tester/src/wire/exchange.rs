//! The record of one exchange.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::Value;

use super::mask::masked;

/// A request and its response.
///
/// `Debug` shows the names of the headers and the sizes of the bodies.
#[derive(Clone)]
pub struct Exchange {
    pub(crate) number: usize,
    pub(crate) check: String,
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) request_headers: HeaderMap,
    pub(crate) request_body: Bytes,
    /// 0 where nothing came.
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) json: Option<Value>,
    pub(crate) error: Option<String>,
    /// Whether there was a connection, and it ended before an answer.
    pub(crate) lost: bool,
    /// Whether it was to change what is not the run's.
    pub(crate) foreign: bool,
    pub(crate) took: Duration,
    /// Milliseconds since 1970.
    pub(crate) started: u64,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |headers: &HeaderMap| -> Vec<_> {
            headers
                .keys()
                .map(|name| name.as_str().to_owned())
                .collect()
        };
        f.debug_struct("Exchange")
            .field("number", &self.number)
            .field("check", &self.check)
            .field("method", &self.method)
            .field("request_headers", &names(&self.request_headers))
            .field("request_bytes", &self.request_body.len())
            .field("status", &self.status)
            .field("headers", &names(&self.headers))
            .field("bytes", &self.body.len())
            .field("took", &self.took)
            .finish_non_exhaustive()
    }
}

/// An answer that a check looks at.
pub(crate) type Answer = Arc<Exchange>;

/// How much of a body is shown in a sentence.
const SHORT: usize = 300;

impl Exchange {
    /// Its position in the run, counted from 1.
    #[must_use]
    pub fn number(&self) -> usize {
        self.number
    }

    /// The status of the response, or 0 if there was none.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether it is a page for people in place of an answer, or leads to one: where somebody else answers,
    /// such as a proxy that asks to log in.
    pub(crate) fn is_page(&self) -> bool {
        let is_markup = || self.json.is_none() && self.body.trim_ascii_start().starts_with(b"<");
        matches!(self.status, 302 | 303) || self.is_success() && is_markup()
    }

    pub(crate) fn is_client_error(&self) -> bool {
        (400..500).contains(&self.status)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The JSON of the body, `null` if it is none.
    pub(crate) fn doc(&self) -> &Value {
        self.json.as_ref().unwrap_or(&Value::Null)
    }

    pub(crate) fn is_object(&self) -> bool {
        self.doc().is_object()
    }

    /// The elements of a list; none where there is no array.
    pub(crate) fn resources(&self) -> &[Value] {
        crate::json::member(self.doc(), "Resources")
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }

    pub(crate) fn total(&self) -> Option<i64> {
        let total = crate::json::member(self.doc(), "totalResults")?;
        total.as_i64().or_else(|| total.as_str()?.parse().ok())
    }

    pub(crate) fn id(&self) -> Option<&str> {
        self.doc()
            .get("id")
            .and_then(Value::as_str)
            .filter(|id| !id.is_empty())
    }

    /// Status and the beginning of the body.
    pub(crate) fn in_short(&self) -> String {
        if let Some(error) = &self.error {
            return format!("no response: {error}");
        }
        // What is secret in a resource is not in any report.
        let json = self
            .json
            .clone()
            .and_then(|mut json| masked(&mut json).then(|| json.to_string()));
        let text = json.map_or_else(|| String::from_utf8_lossy(&self.body), Into::into);
        let text = text.trim();
        if text.is_empty() {
            return format!("status {} without a body", self.status);
        }
        let mut short: String = text.chars().take(SHORT).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        format!("status {}: {short}", self.status)
    }
}
