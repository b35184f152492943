//! Filters as text and as trees: parsing, building and printing (RFC 7644 §3.4.2.2; PATCH paths, §3.5.2).
//!
//! A [`Filter`] is made by parsing or by its constructors; both give the same tree. Printing gives
//! the shortest text that parses to that tree. For a compiled resource type, [`typed`](crate::typed)
//! makes a filter of a closure, which the compiler checks.
//!
//! ```
//! use scim_client::filter::{Comparand, Expression, Filter, Operator};
//!
//! let filter: Filter = r#"userType EQ "Employee" and (emails.type eq "work")"#.parse()?;
//! assert_eq!(filter.to_string(), r#"userType eq "Employee" and emails.type eq "work""#);
//!
//! let built = Filter::compare("userType".parse()?, Operator::Eq, "Employee")
//!     & Filter::compare("emails.type".parse()?, Operator::Eq, "work");
//! assert_eq!(filter, built);
//!
//! let Expression::And(operands) = filter.expression() else { unreachable!() };
//! assert_eq!(operands.count(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to | use |
//! |---|---|
//! | parse a filter | `text.parse::<Filter>()`; [`Filter::parse_strict`], [`Filter::parse_with`] and [`FilterOptions`] for other grammars |
//! | show what is wrong in a text | [`FilterError`], with the place and what was expected |
//! | build one without a type | [`Filter::compare`], [`Filter::present`], [`Filter::value_path`], and `&`, <code>\|</code>, `!` |
//! | walk through it, to write SQL for example | [`Filter::expression`] |
//! | evaluate it in memory | [`Filter::matches`], see [`evaluate`](crate::evaluate) |
//! | check it against a schema | [`Filter::check`] |
//! | show it without personal data | [`Filter::redacted`] |
//! | read a PATCH path | [`PatchPath`] |

use std::{
    fmt,
    ops::{BitAnd, BitOr, Not},
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::attribute_path::AttributePath;

mod comparand;
mod error;
mod expression;
mod literal;
mod nodes;
mod options;
mod parse;
mod patch_path;
mod print;

pub use self::{
    comparand::{Comparand, Number, Operator},
    error::FilterError,
    expression::{Expression, FilterRef, Operands},
    options::FilterOptions,
    parse::MAX_DEPTH,
    patch_path::PatchPath,
};
use self::{
    nodes::{Node, Nodes},
    print::{Groups, Printer, Values},
};

/// A filter (RFC 7644 §3.4.2.2).
///
/// Nested operands of the same operator are flattened: `a and (b and c)` is one conjunction of
/// three. Filters are equal if their trees are. Names are compared in any letter case, values
/// exactly, and numbers by their text.
///
/// A filter of any depth can be built, cloned, compared, printed and dropped, because nothing here
/// recurses. Only the parser has a limit, [`MAX_DEPTH`].
///
/// Parsing and evaluating a filter:
///
/// ```
/// use scim_client::{Meta, Stored, User, filter::{Expression, Filter, FilterOptions}, model::Root as _};
///
/// let filter = Filter::parse(r#"userName sw "b" and active eq true"#)?;      // or text.parse()
/// let babs = Stored::from_parts("1", Meta::default(), User::new("bjensen").with_active(true));
/// assert!(filter.matches(&babs) && filter.try_matches(&babs)?);
/// filter.check(User::DESCRIPTOR)?;                    // every condition has a meaning
/// filter.check_known(User::DESCRIPTOR)?;              // and every attribute is known
///
/// // The grammar to the letter; or what Entra ID sends.
/// assert!(Filter::parse_strict(r#"( title pr )"#).is_err());
/// let entra = FilterOptions::entra();
/// let sent = Filter::parse_with(r#"emails[type eq "work"].value eq "b@example.com""#, &entra)?;
/// println!("{}", sent.check_with(User::DESCRIPTOR, &entra)?);
///
/// // Walked through, logged, sent.
/// assert!(matches!(filter.expression(), Expression::And(_)));
/// assert!(matches!(filter.root().expression(), Expression::And(_)));
/// assert_eq!(filter.redacted().to_string(), r#"userName sw "..." and active eq "...""#);
/// assert_eq!(filter.to_request_string(), filter.to_string());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Building a filter without a type. For a compiled type, use
/// [`typed::condition`](crate::typed::condition), which the compiler checks:
///
/// ```
/// use scim_client::filter::{Comparand, Filter, Operator};
///
/// let work = Filter::compare("type".parse()?, Operator::Eq, "work");
/// let filter = Filter::value_path("emails".parse()?, work)
///     .and(Filter::present("title".parse()?))
///     .or(Filter::compare("active".parse()?, Operator::Eq, false).not());     // or with & | !
/// assert_eq!(filter.to_string(), r#"emails[type eq "work"] and title pr or not (active eq false)"#);
///
/// let mut anonymous = filter.clone();
/// anonymous.each_value(|_, value| *value = Comparand::from("x"));
/// assert!(anonymous.values().all(|value| *value == Comparand::from("x")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Filter {
    nodes: Nodes,
}

impl Filter {
    /// `path operator value`.
    #[must_use]
    pub fn compare(path: AttributePath, operator: Operator, value: impl Into<Comparand>) -> Self {
        Self {
            nodes: Nodes::leaf(Node::Compare {
                path,
                operator,
                value: value.into(),
            }),
        }
    }

    /// `path pr`: the attribute has a value.
    #[must_use]
    pub fn present(path: AttributePath) -> Self {
        Self {
            nodes: Nodes::leaf(Node::Present { path }),
        }
    }

    /// `path[filter]`: one element of a multi-valued attribute matches the whole filter, whose
    /// paths name sub-attributes.
    ///
    /// The grammar does not allow a value path inside a value path. Such a filter can be built, but
    /// no service provider has to understand it, and this parser refuses it.
    #[must_use]
    pub fn value_path(path: AttributePath, filter: Self) -> Self {
        let mut nodes = filter.nodes;
        nodes.wrap(|size| Node::ValuePath { path, size });
        Self { nodes }
    }

    /// `self and other`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            nodes: self.nodes.and(other.nodes),
        }
    }

    /// `self or other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            nodes: self.nodes.or(other.nodes),
        }
    }

    /// `not (self)`.
    #[must_use]
    #[expect(
        clippy::should_implement_trait,
        reason = "it does; this spares the import"
    )]
    pub fn not(self) -> Self {
        let mut nodes = self.nodes;
        nodes.wrap(|size| Node::Not { size });
        Self { nodes }
    }

    /// Parses a filter.
    ///
    /// The parser accepts the whole grammar of RFC 7644 §3.4.2.2, as corrected by its errata. Blanks
    /// (space, TAB, CR, LF) may be repeated where the grammar has one space, and are allowed at both
    /// ends and inside parentheses and brackets. The space before a string may be missing, as in the
    /// RFC's example `members[value eq"2819c223"]` (§3.5.2.2). Printing always writes it.
    ///
    /// # Errors
    ///
    /// The text breaks the grammar, or nests deeper than [`MAX_DEPTH`].
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        parse::filter(text, FilterOptions::USUAL)
    }

    /// Parses a filter like [`parse`](Self::parse), but accepts blanks only where the grammar has
    /// them, and only one space each. Both `not (` and `not(` are accepted, because the RFC's
    /// examples use the first.
    ///
    /// # Errors
    ///
    /// The same as for [`parse`](Self::parse), and any other blank.
    pub fn parse_strict(text: &str) -> Result<Self, FilterError> {
        parse::filter(text, FilterOptions::STRICT)
    }

    /// Parses a filter like [`parse`](Self::parse), with the blanks and further forms that
    /// `options` allow.
    ///
    /// # Errors
    ///
    /// The text is not a filter by these options, or nests deeper than [`MAX_DEPTH`].
    pub fn parse_with(text: &str, options: &FilterOptions) -> Result<Self, FilterError> {
        parse::filter(text, options)
    }

    /// The outermost expression, as an enum to match on.
    #[must_use]
    pub fn expression(&self) -> Expression<'_> {
        self.root().expression()
    }

    /// Changes the values that are compared with, however deep the filter is.
    pub fn each_value(&mut self, change: impl FnMut(&AttributePath, &mut Comparand)) {
        self.nodes.each_value(change);
    }

    /// The values that are compared with, from left to right.
    pub fn values(&self) -> impl Iterator<Item = &Comparand> {
        self.nodes.values()
    }

    /// Changes single comparisons. `change` is told the attribute of the value path that one
    /// stands in.
    pub(crate) fn each_comparison(
        &mut self,
        change: impl FnMut(Option<&AttributePath>, &mut AttributePath, &mut Comparand),
    ) {
        self.nodes.each_comparison(change);
    }

    /// Changes the attributes that are asked about; inside of a value path stand sub-attributes.
    pub(crate) fn each_path(&mut self, change: impl FnMut(&mut AttributePath)) {
        self.nodes.each_path(change);
    }

    /// A borrowed view of the whole filter.
    #[must_use]
    pub fn root(&self) -> FilterRef<'_> {
        FilterRef::root(&self.nodes)
    }

    /// The text that a client sends. It is that of [`Display`](fmt::Display), with additional
    /// parentheses around each `and` inside an `or`, since some service providers get the
    /// precedence wrong.
    #[must_use]
    pub fn to_request_string(&self) -> String {
        self.print(Groups::Explicit, Values::Shown).to_string()
    }

    /// The filter without its values, for logs: `userName eq "..."`.
    pub fn redacted(&self) -> impl fmt::Display + '_ {
        self.print(Groups::Minimal, Values::Hidden)
    }

    fn print(&self, groups: Groups, values: Values) -> Printer<'_> {
        Printer::new(self.root(), groups, values)
    }
}

impl BitAnd for Filter {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.and(other)
    }
}

impl BitOr for Filter {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.or(other)
    }
}

impl Not for Filter {
    type Output = Self;

    fn not(self) -> Self {
        self.not()
    }
}

impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        Self::parse(text)
    }
}

/// Writes the canonical form: keywords in lower case, single spaces, and no more parentheses than
/// necessary.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.print(Groups::Minimal, Values::Shown).fmt(f)
    }
}

/// Shows the canonical form without values, because these may be personal data. A long filter is
/// cut off.
impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Filter({:?})", self.root())
    }
}

impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Filter;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a filter")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Filter, E> {
                Filter::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests;
