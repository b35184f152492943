//! What is wrong with a condition.

use std::{error, fmt};

use crate::{attribute_path::AttributePath, evaluate::DataType, shown::Name};

/// A condition of a filter that has no meaning by the schema.
///
/// A service provider responds with 400 and the `scimType` `invalidFilter` (RFC 7644 §3.12). The
/// message names the attribute and the rule, but never the value in the filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterCheckError {
    path: String,
    rule: FilterRule,
}

/// The rule that a condition breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FilterRule {
    /// `gt`, `ge`, `lt` or `le` on a type that has no order (RFC 7644 §3.4.2.2, Table 3).
    NotOrdered(DataType),
    /// `co`, `sw` or `ew` on a type that is not text.
    NotText(DataType),
    /// A complex attribute is compared without a sub-attribute, and it has no sub-attribute `value`.
    NeedsSubAttribute,
    /// The value in the filter does not have the attribute's type.
    WrongValue(DataType),
    /// The value in the filter is text, but not a dateTime (RFC 7643 §2.3.5).
    NotADateTime,
    /// `null` with an operator other than `eq` and `ne`.
    NullComparison,
    /// `co`, `sw` or `ew` with a value that is not a string.
    TextOperatorValue,
    /// A value path on an attribute that is neither complex nor multi-valued.
    NoElements,
    /// A value path within a value path.
    NestedValuePath,
    /// There is no such attribute. Only [`Filter::check_known`](crate::filter::Filter::check_known)
    /// reports this, and checks with
    /// [`FilterOptions::refuse_unknown`](crate::filter::FilterOptions::refuse_unknown).
    UnknownAttribute,
    /// The attribute is never returned, and
    /// [`FilterOptions::refuse_never_returned`](crate::filter::FilterOptions::refuse_never_returned)
    /// is set.
    NeverReturned,
    /// A time without a zone is compared with one that has a zone and is not more than 14 hours
    /// away. Only [`Filter::try_matches`](crate::filter::Filter::try_matches) reports this.
    UncertainTime,
}

impl FilterCheckError {
    pub(in crate::evaluate) fn new(path: &AttributePath, rule: FilterRule) -> Self {
        Self::within(None, path, rule)
    }

    #[cold]
    pub(super) fn within(
        outer: Option<&AttributePath>,
        path: &AttributePath,
        rule: FilterRule,
    ) -> Self {
        Self {
            path: match outer {
                Some(outer) => format!("{outer}.{path}"),
                None => path.to_string(),
            },
            rule,
        }
    }

    /// The path of the attribute, as the filter spells it. Within a value path, it begins with the
    /// multi-valued attribute.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The rule that the condition breaks.
    #[must_use]
    pub fn rule(&self) -> FilterRule {
        self.rule
    }
}

impl fmt::Display for FilterCheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", Name(&self.path), self.rule)
    }
}

impl fmt::Display for FilterRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOrdered(data_type) => {
                write!(
                    f,
                    "a {data_type} value has no order; gt, ge, lt and le do not apply"
                )
            }
            Self::NotText(data_type) => {
                write!(
                    f,
                    "co, sw and ew compare text; they do not apply to type {data_type}"
                )
            }
            Self::NeedsSubAttribute => {
                f.write_str("a complex attribute is compared by one of its sub-attributes")
            }
            Self::WrongValue(data_type) => {
                write!(f, "the value to compare with does not fit type {data_type}")
            }
            Self::NotADateTime => f.write_str(
                "the value to compare with is not a dateTime such as 2011-05-13T04:42:34Z",
            ),
            Self::NullComparison => f.write_str("only eq and ne compare with null"),
            Self::TextOperatorValue => f.write_str("co, sw and ew compare with a string"),
            Self::NoElements => f.write_str("an attribute with one simple value has no value path"),
            Self::NestedValuePath => f.write_str("a value path cannot be within a value path"),
            Self::UnknownAttribute => f.write_str("there is no such attribute"),
            Self::NeverReturned => {
                f.write_str("the attribute is never returned, so it cannot be in a filter")
            }
            Self::UncertainTime => f.write_str(
                "a time without zone has no order to one within 14 hours of it that has a zone; \
                 name the zone, as in 2011-05-13T04:42:34Z",
            ),
        }
    }
}

impl error::Error for FilterCheckError {}
