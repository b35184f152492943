//! One simple value on its way to a comparison.

use std::{borrow::Cow, cmp::Ordering};

use super::DataType;
use crate::value::Decimal;

/// A value that is neither complex nor absent.
#[derive(Debug, Clone)]
pub(super) enum Simple<'a> {
    Text(Cow<'a, str>),
    Number(Digits<'a>),
    Boolean(bool),
}

/// A number.
#[derive(Debug, Clone)]
pub(super) enum Digits<'a> {
    Integer(i64),
    /// As it was written; it may be no number at all.
    Text(Cow<'a, str>),
}

impl<'a> Simple<'a> {
    /// Reads the value as generously as the decoder does: `"True"` for a boolean, a number given
    /// as text and the other way round.
    pub(super) fn read_as(self, data_type: DataType) -> Self {
        match (data_type, self) {
            (DataType::Boolean, Self::Text(text)) => match &*text {
                word if word.eq_ignore_ascii_case("true") => Self::Boolean(true),
                word if word.eq_ignore_ascii_case("false") => Self::Boolean(false),
                _ => Self::Text(text),
            },
            (DataType::Boolean, Self::Number(digits)) => match digits {
                Digits::Integer(1) => Self::Boolean(true),
                Digits::Integer(0) => Self::Boolean(false),
                Digits::Text(text) if text == "1" => Self::Boolean(true),
                Digits::Text(text) if text == "0" => Self::Boolean(false),
                other => Self::Number(other),
            },
            (DataType::Integer | DataType::Decimal, Self::Text(text)) => {
                Self::Number(Digits::Text(text))
            }
            (
                DataType::String | DataType::DateTime | DataType::Binary | DataType::Reference,
                Self::Number(digits),
            ) => Self::Text(digits.text()),
            (
                DataType::String | DataType::DateTime | DataType::Binary | DataType::Reference,
                Self::Boolean(value),
            ) => Self::Text(Cow::Borrowed(if value { "true" } else { "false" })),
            (_, value) => value,
        }
    }

    /// Returns whether it counts as a value for `pr`: empty text does not.
    pub(super) fn is_present(&self) -> bool {
        match self {
            Self::Text(text) | Self::Number(Digits::Text(text)) => !text.is_empty(),
            Self::Number(Digits::Integer(_)) | Self::Boolean(_) => true,
        }
    }
}

impl<'a> Digits<'a> {
    fn text(self) -> Cow<'a, str> {
        match self {
            Self::Integer(number) => Cow::Owned(number.to_string()),
            Self::Text(text) => text,
        }
    }
}

impl Digits<'_> {
    /// Compares by value. `None` if one of them is no number, or too large or small to tell.
    pub(super) fn compare(&self, other: &str) -> Option<Ordering> {
        match self {
            Self::Integer(number) => match other.parse::<i64>() {
                Ok(other) => Some(number.cmp(&other)),
                Err(_) => Decimal::cmp_text(&number.to_string(), other),
            },
            Self::Text(text) => Decimal::cmp_text(text, other),
        }
    }
}
