//! Why no patch leads from one state to another.

use std::fmt;

use crate::shown::Name;

/// What is wrong with a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DiffErrorKind {
    /// An immutable attribute that has a value gets another one, or none (RFC 7643 §7).
    Immutable,
    /// A required attribute gets no value (RFC 7643 §7).
    Required,
    /// An attribute is taken away, and no path can name it: its name is not one that RFC 7643 §2.1
    /// allows.
    NoPath,
    /// More than one element of a multi-valued attribute would be made primary (RFC 7643 §2.4). No
    /// service provider that keeps the rule takes such a patch.
    SeveralPrimaries,
    /// A decimal attribute gets a text that is no number (RFC 7643 §2.3.3). One that a service provider
    /// sent can be kept, and not be set.
    NotANumber,
    /// The two are of resource types that were made at run time from different documents.
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

    /// The attribute that cannot be changed so; the schema, where the two are of different types.
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
            DiffErrorKind::SeveralPrimaries => "has more than one element that is to be primary",
            DiffErrorKind::NotANumber => "holds a text where a number belongs",
            DiffErrorKind::DifferentTypes => {
                "is of two resource types with this schema: convert one of the two first"
            }
        };
        write!(f, "{} {why}", Name(&self.attribute))
    }
}

impl std::error::Error for DiffError {}
