//! Comparison operators, and the values that they compare with.

use std::{fmt, str::FromStr};

use super::{FilterError, literal};
use crate::{attribute_path::Problem, shown::Bytes};

/// A comparison operator (RFC 7644 §3.4.2.2, Table 3). `pr` takes no value and is not one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `eq`: equal.
    Eq,
    /// `ne`: not equal.
    Ne,
    /// `co`: contains.
    Co,
    /// `sw`: starts with.
    Sw,
    /// `ew`: ends with.
    Ew,
    /// `gt`: greater than.
    Gt,
    /// `ge`: greater than or equal to.
    Ge,
    /// `lt`: less than.
    Lt,
    /// `le`: less than or equal to.
    Le,
}

impl Operator {
    /// Every operator, in the order of Table 3.
    pub const ALL: [Self; 9] = [
        Self::Eq,
        Self::Ne,
        Self::Co,
        Self::Sw,
        Self::Ew,
        Self::Gt,
        Self::Ge,
        Self::Lt,
        Self::Le,
    ];

    /// The keyword, in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Co => "co",
            Self::Sw => "sw",
            Self::Ew => "ew",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The value of a comparison: a JSON string, number, boolean or null.
///
/// `Debug` shows the size of a string or number: what is asked for is personal data.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Comparand {
    /// A string, its escapes undone.
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

/// The canonical JSON text: a string quoted and escaped, anything else as it is.
impl fmt::Display for Comparand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => literal::write_string(f, text),
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

/// A JSON number (RFC 8259 §6) that keeps its text, and so loses neither digits nor form.
///
/// Equality is that of the text: `1.0` is not `1`. `Debug` shows its size.
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

/// Fails on what is not finite.
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
