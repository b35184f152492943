//! Comparison operators, and the values that they compare with.

use std::{fmt, str::FromStr};

use super::{FilterError, literal};
use crate::{attribute_path::Problem, json::text::quote::write_string, shown::Bytes};

macro_rules! expected {
    ($first:literal, $($other:literal,)*) => {
        concat!("an operator (", $first, $(", ", $other,)* " or pr)")
    };
}

/// Makes the operators of one list: nothing else names them all.
macro_rules! operators {
    ($($(#[$doc:meta])* $name:ident = $keyword:literal, $asks:ident;)*) => {
        /// A comparison operator (RFC 7644 §3.4.2.2, Table 3). `pr` takes no value and is not one of them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Operator {
            $($(#[$doc])* $name,)*
        }

        impl Operator {
            /// Every operator, in the order of Table 3.
            pub const ALL: [Self; [$($keyword),*].len()] = [$(Self::$name),*];

            /// What a parser expects where one should stand.
            pub(super) const EXPECTED: &str = expected!($($keyword,)*);

            /// The keyword, in lower case.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $keyword,)*
                }
            }

            /// The operator of a keyword as nearly all write it. Comparing with what is known when this
            /// is compiled takes less than any table.
            #[inline]
            fn in_lower_case(word: &[u8]) -> Option<Self> {
                $(if word == $keyword.as_bytes() {
                    return Some(Self::$name);
                })*
                None
            }

            fn asks(self) -> Asks {
                match self {
                    $(Self::$name => Asks::$asks,)*
                }
            }
        }
    };
}

/// What an operator asks of two values.
#[derive(PartialEq, Eq)]
enum Asks {
    /// Whether they are equal.
    Equality,
    /// Whether one text has the other in it.
    Text,
    /// Which comes first.
    Order,
}

operators! {
    /// `eq`: equal.
    Eq = "eq", Equality;
    /// `ne`: not equal.
    Ne = "ne", Equality;
    /// `co`: contains.
    Co = "co", Text;
    /// `sw`: starts with.
    Sw = "sw", Text;
    /// `ew`: ends with.
    Ew = "ew", Text;
    /// `gt`: greater than.
    Gt = "gt", Order;
    /// `ge`: greater than or equal to.
    Ge = "ge", Order;
    /// `lt`: less than.
    Lt = "lt", Order;
    /// `le`: less than or equal to.
    Le = "le", Order;
}

impl Operator {
    /// Returns whether the operator is about parts of text: `co`, `sw` or `ew`. Such an operator has
    /// no meaning for numbers and booleans.
    ///
    /// ```
    /// use scim_client::filter::Operator;
    ///
    /// assert!(Operator::Sw.is_of_text() && !Operator::Eq.is_of_text());
    /// assert!(Operator::Ge.is_of_order() && !Operator::Ne.is_of_order());
    /// ```
    #[must_use]
    pub fn is_of_text(self) -> bool {
        self.asks() == Asks::Text
    }

    /// Returns whether the operator is about order: `gt`, `ge`, `lt` or `le`. Such an operator has
    /// no meaning for booleans and binary data.
    #[must_use]
    pub fn is_of_order(self) -> bool {
        self.asks() == Asks::Order
    }

    /// The operator with this keyword, in any letter case.
    ///
    /// ```
    /// use scim_client::filter::Operator;
    ///
    /// assert_eq!(Operator::from_keyword("Sw"), Some(Operator::Sw));
    /// assert_eq!(Operator::from_keyword("pr"), None);
    /// assert_eq!(Operator::from_keyword("\0eq"), None);
    /// ```
    #[must_use]
    pub fn from_keyword(word: &str) -> Option<Self> {
        Self::from_bytes(word.as_bytes())
    }

    pub(super) fn from_bytes(word: &[u8]) -> Option<Self> {
        Self::in_lower_case(word).or_else(|| Self::in_any_case(word))
    }

    #[cold]
    fn in_any_case(word: &[u8]) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|known| known.as_str().as_bytes().eq_ignore_ascii_case(word))
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The value of a comparison: a JSON string, number, boolean or null.
///
/// `Debug` shows only the size of a string or number, because the value may be personal data.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Comparand {
    /// A string, without escapes.
    String(String),
    /// A number, as it was written.
    Number(Number),
    /// `true` or `false`.
    Boolean(bool),
    /// `null`.
    Null,
}

impl fmt::Debug for Comparand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => f.debug_tuple("String").field(&Bytes(text.len())).finish(),
            Self::Number(number) => number.fmt(f),
            Self::Boolean(value) => f.debug_tuple("Boolean").field(value).finish(),
            Self::Null => f.write_str("Null"),
        }
    }
}

/// Writes the canonical JSON text: a string with quotes and escapes, any other value as it is.
impl fmt::Display for Comparand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => write_string(f, text),
            Self::Number(number) => f.write_str(number.as_str()),
            Self::Boolean(true) => f.write_str("true"),
            Self::Boolean(false) => f.write_str("false"),
            Self::Null => f.write_str("null"),
        }
    }
}

impl From<&str> for Comparand {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Comparand {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<bool> for Comparand {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<Number> for Comparand {
    fn from(number: Number) -> Self {
        Self::Number(number)
    }
}

/// A JSON number (RFC 8259 §6) as text, so that no digits are lost.
///
/// Equality compares the text: `1.0` is not equal to `1`. `Debug` shows only its size.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Number(Box<str>);

impl Number {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes over a text that was found to be a number.
    pub(super) fn from_lexeme(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Number").field(&Bytes(self.0.len())).finish()
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Number {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        let problem = match literal::number(text.as_bytes(), 0) {
            Ok(end) if end == text.len() => return Ok(Self::from_lexeme(text)),
            Ok(end) => Problem::new(end, "the end of the number"),
            Err(problem) => problem,
        };
        Err(FilterError::new(text, problem))
    }
}

/// Fails if the number is not finite.
impl TryFrom<f64> for Number {
    type Error = FilterError;

    fn try_from(value: f64) -> Result<Self, FilterError> {
        // The shortest text that reads back as the same value; `NaN` and `inf` are no numbers.
        format!("{value:?}").parse()
    }
}

macro_rules! from_integers {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Number {
            fn from(value: $integer) -> Self {
                Self(value.to_string().into())
            }
        }

        impl From<$integer> for Comparand {
            fn from(value: $integer) -> Self {
                Self::Number(value.into())
            }
        }
    )*};
}

from_integers!(i8, i16, i32, i64, u8, u16, u32, u64);
