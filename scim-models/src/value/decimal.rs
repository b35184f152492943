//! The `decimal` type (RFC 7643 section 2.3.3).

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use super::keeps_text;
use crate::json::text::{self as json, Number};

/// A number, kept as the text it was read from.
///
/// No digit is lost, even in long numbers. Numbers that are made in Rust are written without an
/// exponent, and with a digit on both sides of the period, as the RFC requires. `==` compares the
/// text; use [`cmp_numeric`](Self::cmp_numeric) to compare the values.
///
/// ```
/// use scim_client::value::Decimal;
///
/// assert_eq!(Decimal::from(1).as_str(), "1.0");
/// let long: Decimal = serde_json::from_str("1234567890.123456789012345").unwrap();
/// assert_eq!(serde_json::to_string(&long).unwrap(), "1234567890.123456789012345");
///
/// // Values are compared by name.
/// let (one, other): (Decimal, Decimal) = ("1.50".parse().unwrap(), "15e-1".parse().unwrap());
/// assert!(one != other && one.cmp_numeric(&other).is_some_and(|order| order.is_eq()));
/// assert_eq!(one.to_f64(), Some(1.5));
/// assert!(!Decimal::from_text("1,50").is_valid());
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Decimal(String);

keeps_text!(Decimal);

impl Decimal {
    /// Makes a value of any text, without checking it. `FromStr` checks it.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns whether the text is a number as JSON writes it (RFC 8259 section 6).
    #[must_use]
    pub fn is_valid(&self) -> bool {
        Number::of(&self.0).is_some()
    }

    /// The nearest `f64`, or `None` if the text is not a number or is too large.
    #[must_use]
    pub fn to_f64(&self) -> Option<f64> {
        self.0
            .trim()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
    }

    /// Compares the values exactly, without building large numbers. Returns `None` if one of them
    /// is not valid, or has an exponent that does not fit into an `i64`.
    #[must_use]
    pub fn cmp_numeric(&self, other: &Self) -> Option<Ordering> {
        Self::cmp_text(&self.0, &other.0)
    }

    /// [`cmp_numeric`](Self::cmp_numeric) of numbers that stand elsewhere.
    pub(crate) fn cmp_text(one: &str, two: &str) -> Option<Ordering> {
        Number::compare(one, two)
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    /// Keeps the text, if it is a JSON number.
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        match Number::of(text) {
            Some(_) => Ok(Self(text.to_owned())),
            None => Err(DecimalError {
                problem: Problem::NotANumber(text.to_owned()),
            }),
        }
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self(format!("{number}.0"))
    }
}

impl From<i32> for Decimal {
    fn from(number: i32) -> Self {
        Self::from(i64::from(number))
    }
}

impl From<u32> for Decimal {
    fn from(number: u32) -> Self {
        Self::from(i64::from(number))
    }
}

impl TryFrom<f64> for Decimal {
    type Error = DecimalError;

    /// Makes the shortest text that parses to the same `f64`. Infinity and NaN are refused.
    fn try_from(number: f64) -> Result<Self, DecimalError> {
        if !number.is_finite() {
            return Err(DecimalError {
                problem: Problem::NotFinite,
            });
        }
        // Display never writes an exponent.
        let mut text = number.to_string();
        if !text.contains('.') {
            text.push_str(".0");
        }
        Ok(Self(text))
    }
}

impl Serialize for Decimal {
    /// Serializes a number. In JSON, it has exactly the same text. If the text is not a number, or
    /// if the format cannot hold it exactly, it becomes a string. In binary formats, it is always a
    /// string.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() && self.is_valid() {
            json::serialize(&self.0, serializer)
        } else {
            serializer.serialize_str(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Decimal {
    /// Reads a number or a string. Only `serde_json` passes the text of a number on. From other
    /// formats, the text is the shortest for the number.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return String::deserialize(deserializer).map(Self);
        }
        let raw = json::deserialize(deserializer)?;
        match raw.bytes().next() {
            Some(b'"') => serde_json::from_str(&raw)
                .map(Self)
                .map_err(de::Error::custom),
            Some(b'-' | b'0'..=b'9') => Ok(Self(raw)),
            _ => Err(de::Error::custom("a decimal is a number or a string")),
        }
    }
}

/// Why a [`Decimal`] cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecimalError {
    problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    NotANumber(String),
    NotFinite,
}

impl DecimalError {
    /// The text that is not a number, if the value was made of text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.problem {
            Problem::NotANumber(text) => Some(text),
            Problem::NotFinite => None,
        }
    }
}

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            Problem::NotANumber(text) => write!(f, "{text:?} is not a decimal number"),
            Problem::NotFinite => f.write_str("infinity and NaN are not decimal numbers"),
        }
    }
}

impl std::error::Error for DecimalError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use serde_json::value::RawValue;

    use super::*;

    fn cmp(one: &str, two: &str) -> Option<Ordering> {
        let forth = Decimal::from_text(one).cmp_numeric(&Decimal::from_text(two));
        let back = Decimal::from_text(two).cmp_numeric(&Decimal::from_text(one));
        assert_eq!(forth, back.map(Ordering::reverse), "{one} and {two}");
        forth
    }

    #[test]
    fn knows_the_grammar() {
        for text in [
            "0", "-0", "1", "10", "0.5", "-1.50", "1e3", "1E+3", "1.5e-300", "0e0",
        ] {
            assert!(text.parse::<Decimal>().is_ok(), "{text}");
        }
        for text in [
            "", "-", "+1", "01", "-01", ".5", "5.", "1e", "1e+", "1.e3", "NaN", "inf", "1 ", "0x1",
            "1_0", "--1", "1e3.5", "é",
        ] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
            assert!(!Decimal::from_text(text).is_valid(), "{text}");
        }
    }

    #[test]
    fn writes_numbers_as_the_rfc_asks() {
        assert_eq!(Decimal::from(-5_i64), "-5.0");
        assert_eq!(Decimal::try_from(0.1).unwrap(), "0.1");
        assert_eq!(Decimal::try_from(-0.0).unwrap(), "-0.0");
        assert_eq!(Decimal::try_from(1e21).unwrap(), "1000000000000000000000.0");
        assert_eq!(Decimal::try_from(5e-7).unwrap(), "0.0000005");
        assert!(Decimal::try_from(f64::NAN).is_err());
        assert!(Decimal::try_from(f64::NEG_INFINITY).is_err());
    }

    #[test]
    fn compares_exactly() {
        use Ordering::{Equal, Greater, Less};
        for (one, two, order) in [
            ("0", "-0.00e99", Equal),
            ("1", "1.000", Equal),
            ("1e3", "1000.0", Equal),
            ("0.001", "1e-3", Equal),
            ("100", "99", Greater),
            ("-100", "-99", Less),
            ("-1", "0", Less),
            ("0", "0.0001", Less),
            (
                "1234567890.123456789012345",
                "1234567890.123456789012346",
                Less,
            ),
            ("9007199254740993", "9007199254740992", Greater),
            ("1e999999999", "9e999999998", Greater),
            ("1e-999999999", "0", Greater),
            ("12", "1.23e1", Less),
            ("0.10", "0.1", Equal),
            ("1000", "1e4", Less),
        ] {
            assert_eq!(cmp(one, two), Some(order), "{one} {two}");
            let is_same = Number::comparable(one) == Number::comparable(two);
            assert_eq!(is_same, order == Equal, "{one} {two}");
        }
        assert_eq!(Number::comparable("1e99999999999999999999"), None);
        assert_eq!(Number::comparable("NaN"), None);
        assert_eq!(cmp("1e99999999999999999999", "1"), None);
        assert_eq!(cmp("0e99999999999999999999", "1"), Some(Less));
        assert_eq!(cmp("NaN", "1"), None);
    }

    #[test]
    fn reads_as_float() {
        assert_eq!(Decimal::from_text("1e3").to_f64(), Some(1000.0));
        assert_eq!(Decimal::from_text("1e999").to_f64(), None);
        assert_eq!(Decimal::from_text("inf").to_f64(), None);
        assert_eq!(Decimal::from_text("x").to_f64(), None);
    }

    #[test]
    fn goes_through_json_unchanged() {
        for json in ["1", "1.50", "-0", "1e400", "1234567890.123456789012345"] {
            let value: Decimal = serde_json::from_str(json).unwrap();
            assert_eq!(value, json);
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
        }
        let text: Decimal = serde_json::from_str("\"1,5\"").unwrap();
        assert_eq!(serde_json::to_string(&text).unwrap(), "\"1,5\"");
        assert_eq!(serde_json::from_str::<Decimal>("\"1.50\"").unwrap(), "1.50");
        assert_eq!(
            serde_json::from_reader::<_, Decimal>(&b" 2.50 "[..]).unwrap(),
            "2.50"
        );
        assert!(serde_json::from_str::<Decimal>("true").is_err());
        assert!(serde_json::from_str::<Decimal>("null").is_err());
        assert_eq!(
            serde_json::to_value(Decimal::from(2)).unwrap(),
            serde_json::json!(2.0)
        );
        assert_eq!(
            serde_json::from_value::<Decimal>(serde_json::json!(2.5)).unwrap(),
            "2.5"
        );
    }

    proptest! {
        #[test]
        fn floats_come_back(number in any::<f64>().prop_filter("finite", |n| n.is_finite())) {
            let value = Decimal::try_from(number).unwrap();
            prop_assert!(value.is_valid());
            prop_assert!(value.as_str().contains('.') && !value.as_str().contains('e'));
            prop_assert_eq!(value.to_f64(), Some(number));
        }

        #[test]
        fn orders_as_floats_do(one in -1e6..1e6_f64, two in -1e6..1e6_f64) {
            let (a, b) = (Decimal::try_from(one).unwrap(), Decimal::try_from(two).unwrap());
            prop_assert_eq!(a.cmp_numeric(&b), one.partial_cmp(&two));
        }

        #[test]
        fn order_is_antisymmetric(
            one in "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,4})?([eE][+-]?[0-9]{1,3})?",
            two in "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,4})?([eE][+-]?[0-9]{1,3})?",
        ) {
            prop_assert!(cmp(&one, &two).is_some());
            let is_equal = cmp(&one, &two) == Some(Ordering::Equal);
            prop_assert_eq!(Number::comparable(&one) == Number::comparable(&two), is_equal);
            prop_assert_eq!(cmp(&one, &one), Some(Ordering::Equal));
        }

        #[test]
        fn no_text_panics(text in ".*|[-+0-9.eE]{0,12}") {
            let value = Decimal::from_text(text.clone());
            let _ = (value.to_f64(), value.cmp_numeric(&value));
            // The same grammar as serde_json's, which also skips white space.
            let starts = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
            let number = serde_json::from_str::<&RawValue>(&text)
                .is_ok_and(|raw| starts && raw.get() == text);
            prop_assert_eq!(value.is_valid(), number);
        }
    }
}
