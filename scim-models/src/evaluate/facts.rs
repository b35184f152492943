//! The part of an attribute's metadata that comparison needs.

use std::fmt;

use super::{prepare::Preparation, text::TextRule};
use crate::model::{Attribute, Kind, facts as flags};

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
    /// Unknown, or a type that no RFC defines. The JSON type of each value counts.
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

    /// The data type with this name, in any letter case; [`DataType::Any`] if the RFC has no such
    /// type.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        let mut named = Self::NAMED.into_iter();
        named
            .find(|data_type| data_type.as_str().eq_ignore_ascii_case(name))
            .unwrap_or_default()
    }

    /// The name of the type in schemas.
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

/// The metadata of an attribute that comparisons need (RFC 7643 §7).
///
/// The default is that of an unknown attribute: any type, one value, and letter case does not
/// matter.
#[derive(Clone, Copy, Default)]
pub struct AttributeFacts {
    data_type: DataType,
    /// Those of [`Attribute`] that matter, since they are looked at in each step of a path.
    flags: u8,
    text_rule: TextRule,
}

/// The flags that are kept: two, and the two bits of `returned`.
const KEPT: u8 = MULTI_VALUED | CASE_EXACT | RETURNED;
const RETURNED: u8 = low(flags::ALWAYS | flags::NEVER | flags::REQUEST);
const NEVER: u8 = low(flags::NEVER);
const MULTI_VALUED: u8 = low(flags::MULTI_VALUED);
const CASE_EXACT: u8 = low(flags::CASE_EXACT);

/// All that is kept is in there.
const fn low(flags: u16) -> u8 {
    flags.to_le_bytes()[0]
}

impl AttributeFacts {
    /// An attribute with one value. References and binary values are case exact, other types are not.
    #[must_use]
    pub const fn new(data_type: DataType) -> Self {
        let plain = Self {
            data_type,
            flags: 0,
            text_rule: TextRule::AnyCase,
        };
        plain.case_exact(matches!(data_type, DataType::Reference | DataType::Binary))
    }

    /// Sets `multiValued`.
    #[must_use]
    pub const fn multi_valued(self, multi_valued: bool) -> Self {
        self.with(MULTI_VALUED, MULTI_VALUED, multi_valued)
    }

    /// Sets `caseExact`.
    #[must_use]
    pub const fn case_exact(self, case_exact: bool) -> Self {
        let preparation = self.preparation();
        self.with(CASE_EXACT, CASE_EXACT, case_exact)
            .prepared_as(preparation)
    }

    /// Sets whether the attribute is never returned (`returned`).
    #[must_use]
    pub const fn never_returned(self, never: bool) -> Self {
        self.with(RETURNED, NEVER, never)
    }

    /// Sets how text is prepared before it is compared (RFC 7644 §5). For string attributes with
    /// the names `userName` and `password`, it is set without this call.
    #[must_use]
    pub const fn prepared_as(mut self, preparation: Preparation) -> Self {
        self.text_rule = match (preparation, self.is_case_exact()) {
            (Preparation::None, true) => TextRule::Exact,
            (Preparation::None, false) => TextRule::AnyCase,
            (Preparation::UserName, false) => TextRule::UserName,
            (Preparation::UserName, true) => TextRule::ExactUserName,
            (Preparation::Password, _) => TextRule::Password,
        };
        self
    }

    /// Sets one of the flags that exclude each other, or none.
    const fn with(mut self, all: u8, flag: u8, holds: bool) -> Self {
        self.flags &= !all;
        if holds {
            self.flags |= flag;
        }
        self
    }

    /// All but what the name says.
    #[inline]
    pub(super) fn without_name(attribute: &Attribute) -> Self {
        Self {
            data_type: attribute.kind.into(),
            flags: low(attribute.facts) & KEPT,
            text_rule: if attribute.is_case_exact() {
                TextRule::Exact
            } else {
                TextRule::AnyCase
            },
        }
    }

    /// What the name says, for facts that may have been made without it.
    #[inline]
    pub(super) fn named(self, name: &str) -> Self {
        let is_settled = !matches!(self.text_rule, TextRule::AnyCase | TextRule::Exact);
        if !Preparation::may_be_named(name) || is_settled {
            return self;
        }
        // The usual spelling first: it is asked for most.
        if name == "userName"
            && self.text_rule == TextRule::AnyCase
            && self.data_type == DataType::String
        {
            return Self {
                text_rule: TextRule::UserName,
                ..self
            };
        }
        self.prepared_for(name)
    }

    #[cold]
    fn prepared_for(self, name: &str) -> Self {
        match Preparation::of_name(name) {
            Preparation::None => self,
            _ if self.data_type != DataType::String => self,
            preparation => self.prepared_as(preparation),
        }
    }

    /// The data type.
    #[must_use]
    pub const fn data_type(self) -> DataType {
        self.data_type
    }

    /// Returns whether it holds an array.
    #[must_use]
    pub const fn is_multi_valued(self) -> bool {
        self.flags & MULTI_VALUED != 0
    }

    /// Returns whether letter case matters when values are compared.
    #[must_use]
    pub const fn is_case_exact(self) -> bool {
        self.flags & CASE_EXACT != 0
    }

    /// Returns whether the attribute is never returned.
    #[must_use]
    pub const fn is_never_returned(self) -> bool {
        self.flags & RETURNED == NEVER
    }

    /// How texts are compared.
    pub(super) const fn text_rule(self) -> TextRule {
        self.text_rule
    }

    /// How text is prepared before it is compared.
    #[must_use]
    pub const fn preparation(self) -> Preparation {
        match self.text_rule {
            TextRule::Exact | TextRule::AnyCase => Preparation::None,
            TextRule::UserName | TextRule::ExactUserName => Preparation::UserName,
            TextRule::Password => Preparation::Password,
        }
    }
}

impl fmt::Debug for AttributeFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttributeFacts")
            .field("data_type", &self.data_type)
            .field("multi_valued", &self.is_multi_valued())
            .field("case_exact", &self.is_case_exact())
            .field("never_returned", &self.is_never_returned())
            .field("preparation", &self.preparation())
            .finish()
    }
}

impl PartialEq for AttributeFacts {
    fn eq(&self, other: &Self) -> bool {
        let all = |facts: &Self| {
            (
                facts.data_type,
                facts.is_multi_valued(),
                facts.is_case_exact(),
                facts.is_never_returned(),
                facts.text_rule,
            )
        };
        all(self) == all(other)
    }
}

impl Eq for AttributeFacts {}

impl From<&Attribute> for AttributeFacts {
    #[inline]
    fn from(attribute: &Attribute) -> Self {
        Self::without_name(attribute).named(attribute.name)
    }
}
