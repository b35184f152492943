//! The part of an attribute's metadata that comparison needs.

use std::fmt;

use super::{prepare::Preparation, text::TextRule};
use crate::model::{Attribute, Kind, Returned};

/// The data type of an attribute (RFC 7643 §2.3), without its sub-attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DataType {
    /// Unicode text (§2.3.1).
    String,
    /// `true` or `false` (§2.3.2).
    Boolean,
    /// A number with a fraction (§2.3.3).
    Decimal,
    /// A whole number (§2.3.4).
    Integer,
    /// A date with a time (§2.3.5).
    DateTime,
    /// Base64 text (§2.3.6).
    Binary,
    /// A URI (§2.3.7).
    Reference,
    /// Sub-attributes (§2.3.8).
    Complex,
    /// Not known, or a type that no RFC defines: each value is taken for what its JSON is.
    #[default]
    Any,
}

impl DataType {
    const NAMED: [Self; 8] = [
        Self::String,
        Self::Boolean,
        Self::Decimal,
        Self::Integer,
        Self::DateTime,
        Self::Binary,
        Self::Reference,
        Self::Complex,
    ];

    /// The type that a schema calls `name`, in any letter case; [`DataType::Any`] if it is none
    /// of the RFC's.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        let mut named = Self::NAMED.into_iter();
        named
            .find(|data_type| data_type.as_str().eq_ignore_ascii_case(name))
            .unwrap_or_default()
    }

    /// The name that a schema uses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Decimal => "decimal",
            Self::Integer => "integer",
            Self::DateTime => "dateTime",
            Self::Binary => "binary",
            Self::Reference => "reference",
            Self::Complex => "complex",
            Self::Any => "any",
        }
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Kind> for DataType {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::String => Self::String,
            Kind::Boolean => Self::Boolean,
            Kind::Decimal => Self::Decimal,
            Kind::Integer => Self::Integer,
            Kind::DateTime => Self::DateTime,
            Kind::Binary => Self::Binary,
            Kind::Reference => Self::Reference,
            Kind::Complex(_) => Self::Complex,
            Kind::Any => Self::Any,
        }
    }
}

/// What comparison has to know of an attribute (RFC 7643 §7).
///
/// The default is what is assumed of an unknown attribute: any type, one value, letter case does
/// not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AttributeFacts {
    data_type: DataType,
    multi_valued: bool,
    case_exact: bool,
    never_returned: bool,
    preparation: Preparation,
}

impl AttributeFacts {
    /// An attribute with one value. References and binary values are case exact, others are not.
    #[must_use]
    pub const fn new(data_type: DataType) -> Self {
        Self {
            data_type,
            multi_valued: false,
            case_exact: matches!(data_type, DataType::Reference | DataType::Binary),
            never_returned: false,
            preparation: Preparation::None,
        }
    }

    /// Sets `multiValued`.
    #[must_use]
    pub const fn multi_valued(mut self, multi_valued: bool) -> Self {
        self.multi_valued = multi_valued;
        self
    }

    /// Sets `caseExact`.
    #[must_use]
    pub const fn case_exact(mut self, case_exact: bool) -> Self {
        self.case_exact = case_exact;
        self
    }

    /// Sets whether the attribute is never returned (`returned`).
    #[must_use]
    pub const fn never_returned(mut self, never: bool) -> Self {
        self.never_returned = never;
        self
    }

    /// Sets how text is prepared before it is compared (RFC 7644 §5). An attribute of type string
    /// that is called `userName` or `password` needs no call: its name says it.
    #[must_use]
    pub const fn prepared_as(mut self, preparation: Preparation) -> Self {
        self.preparation = preparation;
        self
    }

    /// What the name says, for facts that may have been made without it.
    pub(super) fn named(mut self, name: &str) -> Self {
        if matches!(self.data_type, DataType::String) && self.preparation == Preparation::None {
            self.preparation = Preparation::of_name(name);
        }
        self
    }

    /// The data type.
    #[must_use]
    pub const fn data_type(self) -> DataType {
        self.data_type
    }

    /// Whether it holds an array.
    #[must_use]
    pub const fn is_multi_valued(self) -> bool {
        self.multi_valued
    }

    /// Whether letter case matters when values are compared.
    #[must_use]
    pub const fn is_case_exact(self) -> bool {
        self.case_exact
    }

    /// Whether the attribute is never returned.
    #[must_use]
    pub const fn is_never_returned(self) -> bool {
        self.never_returned
    }

    /// How texts are compared.
    #[inline]
    pub(super) fn text_rule(self) -> TextRule {
        match (self.preparation, self.case_exact) {
            (Preparation::None, true) => TextRule::Exact,
            (Preparation::None, false) => TextRule::AnyCase,
            (Preparation::UserName, false) => TextRule::UserName,
            (preparation, _) => TextRule::Prepared(preparation),
        }
    }

    /// How text is prepared before it is compared.
    #[must_use]
    pub const fn preparation(self) -> Preparation {
        self.preparation
    }
}

impl From<&Attribute> for AttributeFacts {
    fn from(attribute: &Attribute) -> Self {
        Self {
            data_type: attribute.kind.into(),
            multi_valued: attribute.is_multi_valued(),
            case_exact: attribute.is_case_exact(),
            never_returned: attribute.returned_of() == Returned::Never,
            preparation: Preparation::None,
        }
        .named(attribute.name)
    }
}
