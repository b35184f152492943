//! Answers that come later (RFC 9967 §2.5.1).

use std::time::Duration;

use http::{HeaderMap, StatusCode};

use super::{Answer, OperationFuture, Written, call::Call};
use crate::error::Error;

/// What a request that allows a later answer gives.
#[derive(Debug, Clone)]
pub enum Deferred<T> {
    /// The service provider did it at once.
    Done(T),
    /// The service provider will do it.
    Accepted(Accepted),
}

/// A request that was accepted and not yet processed (202).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accepted {
    /// The transaction that a later event will name (`Set-Txn`).
    pub transaction: Option<String>,
    /// Where the resource is, or will be.
    pub location: Option<String>,
    /// Whether the service provider says that it honoured `Prefer`.
    pub preference_applied: bool,
}

impl Accepted {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let text = |name: &str| {
            let value = headers.get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let applied = text("preference-applied").unwrap_or_default();
        Self {
            transaction: text("set-txn"),
            location: super::answer::location(headers).map(str::to_owned),
            preference_applied: applied.to_ascii_lowercase().contains("respond-async"),
        }
    }
}

/// Says that the answer may come later, or how long it may take to come at once.
pub(super) fn prefer(call: &mut Call, wait: Option<Duration>) {
    match wait {
        Some(wait) => call.header("Prefer", &format!("respond-async, wait={}", wait.as_secs())),
        None => call.header("Prefer", "respond-async"),
    }
}

/// Tells a 202 without a body from an answer.
pub(super) fn deferred<T: Send + 'static>(
    answer: impl Future<Output = Result<Answer<Written<T>>, Error>> + Send + 'static,
) -> OperationFuture<Deferred<Written<T>>> {
    Box::pin(async move {
        let answer = answer.await?;
        let accepted = answer.status() == StatusCode::ACCEPTED;
        if accepted && matches!(answer.value(), Written::NoBody(_)) {
            return Ok(Deferred::Accepted(Accepted::of(answer.headers())));
        }
        Ok(Deferred::Done(answer.into_value()))
    })
}
