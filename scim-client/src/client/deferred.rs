//! Responses that come later (RFC 9967 §2.5.1).

use http::HeaderMap;

use super::response::location;

/// The result of a request that the service provider may process later.
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
    /// Whether the response says that `Prefer` was honoured (`Preference-Applied`).
    pub preference_applied: bool,
}

impl Accepted {
    /// Returns whether the service provider says more than 202: that a later event will tell what came
    /// of it.
    pub(super) fn is_promise(&self) -> bool {
        self.transaction.is_some() || self.preference_applied
    }

    pub(super) fn of(headers: &HeaderMap) -> Self {
        let text = |name: &str| {
            let value = headers.get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let applied = text("preference-applied").unwrap_or_default();
        Self {
            transaction: text("set-txn"),
            location: location(headers).map(str::to_owned),
            preference_applied: applied.to_ascii_lowercase().contains("respond-async"),
        }
    }
}
