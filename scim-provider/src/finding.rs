//! What is wrong with a resource in a request.

use std::fmt;

use scim_models::message::ScimType;

/// A rule that a resource in a request breaks, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    path: String,
    rule: Rule,
    text: String,
}

/// The rule that a [`Finding`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// The document is a JSON object, in which no member comes twice (RFC 7644 §3.12, RFC 7643 §2.1).
    Document,
    /// `schemas` names the type's schema, and only schemas that are served (RFC 7643 §3).
    Schemas,
    /// A value has the type of its attribute (RFC 7643 §2.3).
    Type,
    /// A dateTime, binary value or reference has a valid form (RFC 7643 §2.3.5 to §2.3.7).
    Format,
    /// A required attribute has a value (RFC 7643 §2.2).
    Required,
    /// A required text that identifies the resource is not empty (RFC 7643 §4.1.1).
    NotEmpty,
    /// At most one value is the primary one (RFC 7643 §2.4).
    Primary,
    /// An immutable attribute does not change (RFC 7643 §2.2).
    Immutable,
    /// The schema has the attribute (RFC 7644 §3.12).
    Known,
}

impl Rule {
    /// The `scimType` for this rule (RFC 7644, Table 9).
    #[must_use]
    pub fn scim_type(self) -> &'static str {
        match self {
            Self::Document | Self::Known => ScimType::INVALID_SYNTAX,
            Self::Immutable => ScimType::MUTABILITY,
            Self::Schemas
            | Self::Type
            | Self::Format
            | Self::Required
            | Self::NotEmpty
            | Self::Primary => ScimType::INVALID_VALUE,
        }
    }
}

impl Finding {
    pub(crate) fn new(rule: Rule, path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            rule,
            text: text.into(),
        }
    }

    /// The path of the attribute, with positions of elements in brackets, such as
    /// `emails[1].value`. Empty for the document as a whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The rule that is broken.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// The `scimType` for this finding (RFC 7644, Table 9).
    #[must_use]
    pub fn scim_type(&self) -> &'static str {
        self.rule.scim_type()
    }
}

/// Writes the finding in words, with the path.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
