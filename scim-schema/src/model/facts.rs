//! What a table has of an attribute's characteristics, by the names of its bits.

use super::{Attribute, Kind, Mutability, Returned, Uniqueness};

/// Every name that [`Attribute::facts`] gives. The runtime has bits of these names.
#[doc(hidden)]
pub const FACTS: [&str; 11] = [
    "MULTI_VALUED",
    "REQUIRED",
    "CASE_EXACT",
    "READ_ONLY",
    "WRITE_ONLY",
    "IMMUTABLE",
    "ALWAYS",
    "NEVER",
    "REQUEST",
    "SERVER",
    "GLOBAL",
];

impl Attribute {
    /// What is not as by default (RFC 7643 §2.2): for the tables that are generated, and for those
    /// that are made at run time. In a `plain` schema nothing is required.
    #[doc(hidden)]
    pub fn facts(&self, plain: bool) -> impl Iterator<Item = &'static str> {
        // RFC 7643 §2.3.6 and §2.3.7.
        let exact = self.case_exact || matches!(self.kind, Kind::Reference | Kind::Binary);
        let facts = [
            self.multi_valued.then_some("MULTI_VALUED"),
            (self.required && !plain).then_some("REQUIRED"),
            exact.then_some("CASE_EXACT"),
            match self.mutability {
                Mutability::ReadWrite => None,
                Mutability::ReadOnly => Some("READ_ONLY"),
                Mutability::WriteOnly => Some("WRITE_ONLY"),
                Mutability::Immutable => Some("IMMUTABLE"),
            },
            match self.returned {
                Returned::Default => None,
                Returned::Always => Some("ALWAYS"),
                Returned::Never => Some("NEVER"),
                Returned::Request => Some("REQUEST"),
            },
            match self.uniqueness {
                Uniqueness::None | Uniqueness::Other(_) => None,
                Uniqueness::Server => Some("SERVER"),
                Uniqueness::Global => Some("GLOBAL"),
            },
        ];
        facts.into_iter().flatten()
    }
}
