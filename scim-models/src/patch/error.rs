//! Why a patch cannot be read or applied.

use std::fmt;

use crate::{json::SyntaxError, shown::Visible};

/// The kinds of errors of a PATCH request (RFC 7644 §3.12, Table 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PatchErrorKind {
    /// The message does not have the form of RFC 7644 §3.5.2.
    InvalidSyntax,
    /// A path breaks the grammar, or names something that the resource type does not have.
    InvalidPath,
    /// The filter in a path breaks the grammar, or has a comparison without a meaning.
    InvalidFilter,
    /// A value is missing, has a wrong type, or lacks a required attribute.
    InvalidValue,
    /// A `remove` has no path, or a filter matches nothing.
    NoTarget,
    /// The attribute may not be changed in this way.
    Mutability,
    /// The operations have to look at more values one by one than
    /// [`ApplyOptions::max_steps`](super::ApplyOptions::max_steps) allows.
    TooMany,
}

impl PatchErrorKind {
    /// The `scimType` of the error response, whose status is 400.
    #[must_use]
    pub const fn scim_type(self) -> &'static str {
        match self {
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::InvalidFilter => "invalidFilter",
            Self::InvalidValue => "invalidValue",
            Self::NoTarget => "noTarget",
            Self::Mutability => "mutability",
            Self::TooMany => "tooMany",
        }
    }
}

/// A patch that cannot be read, or cannot be applied to a resource.
///
/// The detail names attributes, never their values.
#[derive(Clone, PartialEq, Eq)]
pub struct PatchError(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    kind: PatchErrorKind,
    detail: String,
    operation: Option<usize>,
    path: Option<String>,
}

impl PatchError {
    /// A value that is no JSON.
    #[cold]
    pub(super) fn not_json(error: SyntaxError) -> Self {
        Self::new(PatchErrorKind::InvalidValue, error.to_string())
    }

    #[cold]
    pub(super) fn new(kind: PatchErrorKind, detail: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            detail: detail.into(),
            operation: None,
            path: None,
        }))
    }

    /// Says which operation is wrong, and its path if it has one.
    #[cold]
    pub(super) fn in_operation(mut self, index: usize, path: Option<String>) -> Self {
        self.0.operation = Some(index);
        self.0.path = path;
        self
    }

    /// The kind of error.
    #[must_use]
    pub fn kind(&self) -> PatchErrorKind {
        self.0.kind
    }

    /// The `scimType` of the error response (RFC 7644 §3.12).
    #[must_use]
    pub fn scim_type(&self) -> &'static str {
        self.0.kind.scim_type()
    }

    /// What is wrong, in words.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The position of the operation in the message, from 0; `None` if the message itself is
    /// wrong.
    #[must_use]
    pub fn operation(&self) -> Option<usize> {
        self.0.operation
    }

    /// The path of that operation, if it has one.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            kind,
            detail,
            operation,
            ..
        } = &*self.0;
        let detail = Visible(detail);
        match operation {
            Some(index) => write!(f, "operation {index}: {detail} ({})", kind.scim_type()),
            None => write!(f, "{detail} ({})", kind.scim_type()),
        }
    }
}

impl fmt::Debug for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PatchError({self})")
    }
}

impl std::error::Error for PatchError {}
