//! The rules of bulk requests (RFC 7644 §3.7), and what is wrong where one is broken.

use std::{borrow::Cow, collections::HashSet, fmt};

use super::{BulkMethod, BulkOperation};
use crate::{model::Json, shown::Visible};

pub(super) const EMPTY: &str = "a bulk request has at least one operation";
pub(super) const TAKEN: &str = "the bulkId is taken";

/// Checks what [`BulkRequest::check`](super::BulkRequest::check) says.
///
/// # Errors
/// The first rule that is broken, and the operation that breaks it.
pub fn check(operations: &[BulkOperation]) -> Result<(), InvalidBulk> {
    if operations.is_empty() {
        return Err(InvalidBulk::whole(EMPTY));
    }
    let mut names = HashSet::new();
    for (index, operation) in operations.iter().enumerate() {
        if !operation.path.starts_with('/') {
            let reason = "the path must begin with a slash";
            return Err(InvalidBulk::of(index, reason));
        }
        let bulk_id = operation.bulk_id.as_deref();
        if let Some(reason) = missing(operation.method, bulk_id, operation.data.as_ref()) {
            return Err(InvalidBulk::of(index, reason));
        }
        if operation.method == BulkMethod::Post && !bulk_id.is_some_and(|name| names.insert(name)) {
            return Err(InvalidBulk::of(index, TAKEN));
        }
    }
    Ok(())
}

/// What an operation with this method lacks.
pub(super) fn missing(
    method: BulkMethod,
    bulk_id: Option<&str>,
    data: Option<&Json>,
) -> Option<&'static str> {
    if method == BulkMethod::Post && bulk_id.is_none_or(str::is_empty) {
        return Some("a POST needs a bulkId");
    }
    (method != BulkMethod::Delete && data.is_none()).then_some("data is missing")
}

/// What is wrong with a bulk request, and with which operation; see
/// [`BulkRequest::check`](super::BulkRequest::check) and [`ReceivedBulk`](super::ReceivedBulk).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidBulk {
    operation: Option<usize>,
    reason: Cow<'static, str>,
    is_too_large: bool,
}

impl InvalidBulk {
    pub(super) fn whole(reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            operation: None,
            reason: reason.into(),
            is_too_large: false,
        }
    }

    pub(super) fn of(operation: usize, reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            operation: Some(operation),
            ..Self::whole(reason)
        }
    }

    pub(super) fn too_large(most: usize) -> Self {
        Self {
            is_too_large: true,
            ..Self::whole(format!("a bulk request has at most {most} operations"))
        }
    }

    /// The position of the operation, counted from 0; `None` if the rule is about the whole request.
    #[must_use]
    pub fn operation(&self) -> Option<usize> {
        self.operation
    }

    /// What is wrong, without the position. It may quote names of members from the request.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Returns whether the request has more operations than the service provider accepts. The
    /// response to that is 413 (RFC 7644 §3.7.4); to anything else it is 400 with `invalidSyntax`.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        self.is_too_large
    }
}

impl fmt::Display for InvalidBulk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(index) = self.operation {
            write!(f, "Operations[{index}]: ")?;
        }
        Visible(&self.reason).fmt(f)
    }
}

impl std::error::Error for InvalidBulk {}
