//! Options of a single request, which are the same for every operation.

use std::time::Duration;

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH},
};

use super::retry::RetryPolicy;
use crate::{internal::percent::encode, shown};

/// The options of a single request: time-outs, retries, headers and query parameters. Every
/// operation has methods of the same names. [`options`](crate::client::OperationBuilder::options)
/// applies a set that was made once.
///
/// If an operation takes several requests, the options apply to each of them.
///
/// ```
/// use std::time::Duration;
/// use scim_client::client::{RequestOptions, RetryPolicy};
///
/// let patient = RequestOptions::new()
///     .with_timeout(Duration::from_secs(600))
///     .with_retry(RetryPolicy::default().with_max_tries(10))
///     .with_try_timeout(Duration::from_secs(30))
///     .with_header("X-Tenant", "acme")
///     .with_parameter("region", "eu");
/// # let _ = patient;
/// ```
#[derive(Clone, Default)]
pub struct RequestOptions {
    /// Percent-encoded.
    query: String,
    pub(super) headers: HeaderMap,
    pub(super) timeout: Option<Duration>,
    pub(super) try_timeout: Option<Duration>,
    pub(super) retry: Option<Box<RetryPolicy>>,
    /// What is wrong with them, if anything is.
    pub(super) problem: Option<&'static str>,
}

impl RequestOptions {
    /// Options that change nothing: the client's settings apply.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how long the request may take in all, with its tries and all waits, in place of
    /// [`ClientBuilder::timeout`](crate::client::ClientBuilder::timeout).
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets how long one try may take, in place of
    /// [`ClientBuilder::try_timeout`](crate::client::ClientBuilder::try_timeout).
    #[must_use]
    pub fn with_try_timeout(mut self, timeout: Duration) -> Self {
        self.try_timeout = Some(timeout);
        self
    }

    /// Sets when the request is sent again, in place of
    /// [`ClientBuilder::retry`](crate::client::ClientBuilder::retry).
    #[must_use]
    pub fn with_retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(Box::new(policy));
        self
    }

    /// Adds a query parameter that SCIM does not define (RFC 7644 §3.4.2).
    #[must_use]
    pub fn with_parameter(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.add_parameter(name.as_ref(), value.as_ref());
        self
    }

    /// Sets a header. If the name or value is invalid, the operation fails when it is sent.
    #[must_use]
    pub fn with_header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.set_header(name.as_ref(), value.as_ref());
        self
    }

    /// Takes over what the other options say: their parameters are added, and in all else they win.
    pub(super) fn merge(&mut self, other: Self) {
        self.add_query(&other.query);
        for (name, value) in &other.headers {
            self.headers.insert(name.clone(), value.clone());
        }
        self.timeout = other.timeout.or(self.timeout);
        self.try_timeout = other.try_timeout.or(self.try_timeout);
        self.retry = other.retry.or_else(|| self.retry.take());
        self.problem = self.problem.or(other.problem);
    }

    pub(super) fn add_parameter(&mut self, name: &str, value: &str) {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        self.query.push_str(&encode(name));
        self.query.push('=');
        self.query.push_str(&encode(value));
    }

    /// Adds parameters that are encoded already.
    fn add_query(&mut self, query: &str) {
        if !self.query.is_empty() && !query.is_empty() {
            self.query.push('&');
        }
        self.query.push_str(query);
    }

    pub(super) fn set_header(&mut self, name: &str, value: &str) {
        let name = HeaderName::from_bytes(name.as_bytes());
        match (name, HeaderValue::from_str(value)) {
            (Ok(name), Ok(mut value)) => {
                // No `Debug` of a request shows it.
                value.set_sensitive(!shown::is_fact(&name));
                self.headers.insert(name, value);
            }
            _ => self.problem = Some("a header's name or value is invalid"),
        }
    }

    /// The query as it is sent, without `?`.
    pub(super) fn query(&self) -> &str {
        &self.query
    }

    /// What of them holds for a request that stands for this one, or follows it.
    pub(super) fn for_another_request(&self) -> Self {
        let mut other = self.clone();
        for of_this_one in [IF_MATCH, IF_NONE_MATCH, CONTENT_TYPE] {
            other.headers.remove(of_this_one);
        }
        other.headers.remove("prefer");
        other
    }

    /// The same without parameters, for one whose result is of another kind.
    pub(super) fn for_another_request_without_query(&self) -> Self {
        let mut other = self.for_another_request();
        other.query.clear();
        other
    }
}

impl std::fmt::Debug for RequestOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RequestOptions")
            .field("timeout", &self.timeout)
            .field("try_timeout", &self.try_timeout)
            .field("retry", &self.retry)
            .field("headers", &shown::Headers(&self.headers))
            .finish_non_exhaustive()
    }
}
