//! Why no patch leads from one state to another.

use std::fmt;

use crate::shown::Name;

/// What is wrong with a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DiffErrorKind {
    /// An immutable attribute that has a value would be changed or removed (RFC 7643 §7).
    Immutable,
    /// A required attribute would be removed (RFC 7643 §7).
    Required,
    /// An attribute would be removed that no path can name, because RFC 7643 §2.1 does not allow
    /// its name.
    NoPath,
    /// More than one element of a multi-valued attribute would become primary (RFC 7643 §2.4).
    /// Service providers that follow the rule refuse such a patch.
    SeveralPrimaries,
    /// A decimal attribute would be set to a text that is not a number (RFC 7643 §2.3.3). If a service
    /// provider sent such a text, it can be kept, but not set.
    NotANumber,
    /// The two resources have types that were made at run time from different documents.
    DifferentTypes,
}

/// A change that no patch can make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffError {
    kind: DiffErrorKind,
    attribute: String,
}

impl DiffError {
    #[cold]
    pub(super) fn new(kind: DiffErrorKind, attribute: impl Into<String>) -> Self {
        Self {
            kind,
            attribute: attribute.into(),
        }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> DiffErrorKind {
        self.kind
    }

    /// The attribute that cannot be changed. If the two resources have different types, it is the
    /// schema.
    #[must_use]
    pub fn attribute(&self) -> &str {
        &self.attribute
    }
}

impl fmt::Display for DiffError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.kind {
            DiffErrorKind::Immutable => "is immutable and has a value",
            DiffErrorKind::Required => "is required and cannot be removed",
            DiffErrorKind::NoPath => "cannot be named by a path",
            DiffErrorKind::SeveralPrimaries => "would have more than one primary element",
            DiffErrorKind::NotANumber => "has a text in place of a number",
            DiffErrorKind::DifferentTypes => {
                "is of two resource types with this schema: convert one of the two first"
            }
        };
        write!(f, "{} {why}", Name(&self.attribute))
    }
}

impl std::error::Error for DiffError {}
