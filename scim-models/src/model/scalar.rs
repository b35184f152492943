//! The simple types of RFC 7643 §2.3 as attribute values.

use std::{
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
};

use super::{
    Json, Kind, NoFields, Place, Scalar, ScalarSlot, Single, Slot, TextValue, ValueRef, WrongType,
    class,
};
use crate::value::{Binary, DateTime, Decimal, Reference};

/// Nothing is below a simple type.
macro_rules! simple_paths {
    () => {
        type Fields<P: 'static> = NoFields;
        type ManyView<'a> = &'a [Self];

        fn many_view<'a>(values: &'a [Self], _: Place<'a>) -> &'a [Self] {
            values
        }
    };
}

#[diagnostic::do_not_recommend]
impl Single for String {
    const KIND: Kind = Kind::String;
    type Class = class::Text;
    simple_paths!();
    type View<'a> = &'a str;

    fn empty() -> Self {
        Self::new()
    }

    fn get(&self) -> ValueRef<'_> {
        ValueRef::Str(self)
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Str(self)
    }

    fn option_slot(this: &mut Option<Self>) -> Slot<'_> {
        Slot::OptionStr(this)
    }

    fn view<'a>(value: ValueRef<'a>, _: Place<'a>) -> Option<&'a str> {
        match value {
            ValueRef::Str(text) => Some(text),
            _ => None,
        }
    }
}

macro_rules! plain {
    ($type:ty, $kind:ident, $class:ident, $value:ident) => {
        #[diagnostic::do_not_recommend]
        impl Single for $type {
            const KIND: Kind = Kind::$kind;
            type Class = class::$class;
            simple_paths!();
            type View<'a> = Self;

            fn empty() -> Self {
                Self::default()
            }

            fn get(&self) -> ValueRef<'_> {
                ValueRef::$value(*self)
            }

            fn slot(&mut self) -> Slot<'_> {
                Slot::Scalar(self)
            }

            fn option_slot(this: &mut Option<Self>) -> Slot<'_> {
                Slot::Scalar(this)
            }

            fn view<'a>(value: ValueRef<'a>, _: Place<'a>) -> Option<Self> {
                match value {
                    ValueRef::$value(value) => Some(value),
                    _ => None,
                }
            }
        }
    };
}

plain!(bool, Boolean, Boolean, Boolean);
plain!(i64, Integer, Number, Integer);

impl ScalarSlot for bool {
    fn put(&mut self, value: Scalar<'_>) -> Result<(), WrongType> {
        *self = match value {
            Scalar::Boolean(value) => value,
            Scalar::Str(text) if text.eq_ignore_ascii_case("true") => true,
            Scalar::Str(text) if text.eq_ignore_ascii_case("false") => false,
            Scalar::Number("1") => true,
            Scalar::Number("0") => false,
            _ => return Err(WrongType("a boolean")),
        };
        Ok(())
    }

    fn clear(&mut self) {
        *self = false;
    }
}

impl ScalarSlot for i64 {
    fn put(&mut self, value: Scalar<'_>) -> Result<(), WrongType> {
        let (Scalar::Number(text) | Scalar::Str(text)) = value else {
            return Err(WrongType("an integer"));
        };
        *self = match whole_number(text) {
            Ok(number) => number,
            Err(NoNumber::OutOfRange) => return Err(WrongType::OUT_OF_RANGE),
            Err(NoNumber::NotWhole) => return Err(WrongType("an integer")),
        };
        Ok(())
    }

    fn clear(&mut self) {
        *self = 0;
    }
}

/// Why a text is no whole number of 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoNumber {
    /// It is a whole number, too large or too small.
    OutOfRange,
    /// It is not a number, or has a fraction.
    NotWhole,
}

/// A whole number within 64 bits, in any way to write it: `1000`, `1000.0`, `1e3`.
pub(crate) fn whole_number(text: &str) -> Result<i64, NoNumber> {
    match text.parse() {
        Ok(number) => Ok(number),
        Err(_) => written_otherwise(text),
    }
}

#[cold]
fn written_otherwise(text: &str) -> Result<i64, NoNumber> {
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent),
        None => (unsigned, "0"),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((_, "")) => return Err(NoNumber::NotWhole),
        Some((whole, fraction)) => (whole, fraction),
        None => (mantissa, ""),
    };
    let size = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if whole.is_empty() || size.is_empty() || ![whole, fraction, size].into_iter().all(is_digits) {
        return Err(NoNumber::NotWhole);
    }
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Ok(0);
    }
    // The number is `significant` with so many zeros behind it.
    let trailing = i64::try_from(digits.len() - significant.len());
    let fraction = i64::try_from(fraction.len());
    let zeros = match (exponent.parse::<i64>(), trailing, fraction) {
        (Ok(exponent), Ok(trailing), Ok(fraction)) => {
            exponent.saturating_add(trailing).saturating_sub(fraction)
        }
        _ if exponent.starts_with('-') => i64::MIN,
        _ => i64::MAX,
    };
    if zeros < 0 {
        return Err(NoNumber::NotWhole);
    }
    // No number of 64 bits has more digits.
    let zeros = usize::try_from(zeros).unwrap_or(usize::MAX).min(20);
    let sign = if unsigned.len() < text.len() { "-" } else { "" };
    format!("{sign}{significant}{}", "0".repeat(zeros))
        .parse()
        .map_err(|_| NoNumber::OutOfRange)
}

#[diagnostic::do_not_recommend]
impl Single for Decimal {
    const KIND: Kind = Kind::Decimal;
    type Class = class::Number;
    simple_paths!();
    type View<'a> = &'a Self;

    fn empty() -> Self {
        Self::from_text("")
    }

    fn get(&self) -> ValueRef<'_> {
        ValueRef::Decimal(self)
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Scalar(self)
    }

    fn option_slot(this: &mut Option<Self>) -> Slot<'_> {
        Slot::Scalar(this)
    }

    fn view<'a>(value: ValueRef<'a>, _: Place<'a>) -> Option<&'a Self> {
        match value {
            ValueRef::Decimal(value) => Some(value),
            _ => None,
        }
    }
}

impl ScalarSlot for Decimal {
    fn put(&mut self, value: Scalar<'_>) -> Result<(), WrongType> {
        let (Scalar::Number(text) | Scalar::Str(text)) = value else {
            return Err(WrongType("a number"));
        };
        *self = Self::from_text(text);
        Ok(())
    }

    fn clear(&mut self) {
        *self = Self::from_text("");
    }
}

#[diagnostic::do_not_recommend]
impl Single for Json {
    const KIND: Kind = Kind::Any;
    type Class = class::Any;
    simple_paths!();
    type View<'a> = &'a Self;

    fn empty() -> Self {
        Self::trusted("null")
    }

    fn get(&self) -> ValueRef<'_> {
        ValueRef::Json(self)
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Scalar(self)
    }

    fn option_slot(this: &mut Option<Self>) -> Slot<'_> {
        Slot::Scalar(this)
    }

    fn view<'a>(value: ValueRef<'a>, _: Place<'a>) -> Option<&'a Self> {
        match value {
            ValueRef::Json(value) => Some(value),
            _ => None,
        }
    }
}

impl ScalarSlot for Json {
    fn put(&mut self, value: Scalar<'_>) -> Result<(), WrongType> {
        *self = match value {
            Scalar::Json(text) | Scalar::Number(text) => Self::trusted(text),
            Scalar::Boolean(value) => Self::from(serde_json::Value::from(value)),
            Scalar::Str(text) => Self::from(serde_json::Value::from(text)),
        };
        Ok(())
    }

    fn clear(&mut self) {
        *self = Self::trusted("null");
    }
}

/// Makes a type that is made from text and written as text the type of one value.
#[doc(hidden)]
#[macro_export]
macro_rules! __text_single {
    (
        $type:ty, $kind:ident, $class:ident $(<$of:ty>)?
        $(, [$($generics:tt)*])? $(, { $values:ty })?
    ) => {
        #[diagnostic::do_not_recommend]
        impl$(<$($generics)*>)? $crate::model::Single for $type {
            const KIND: $crate::model::Kind = $crate::model::Kind::$kind;
            $(
                const VALUES: ::std::option::Option<&'static $crate::model::Values> =
                    ::std::option::Option::Some(&$crate::model::Values {
                        canonical: <$values as $crate::model::CanonicalValues>::VALUES,
                        references: &[],
                    });
                const CASE_EXACT: bool = <$values as $crate::model::CanonicalValues>::CASE_EXACT;
            )?
            type Class = $crate::model::class::$class$(<$of>)?;
            type Fields<P: 'static> = $crate::model::NoFields;
            type View<'a> = &'a Self;
            type ManyView<'a> = &'a [Self];

            fn empty() -> Self {
                <Self as ::std::convert::From<&str>>::from("")
            }

            fn get(&self) -> $crate::model::ValueRef<'_> {
                $crate::model::ValueRef::Text(self)
            }

            fn slot(&mut self) -> $crate::model::Slot<'_> {
                $crate::model::Slot::Scalar(self)
            }

            fn option_slot(
                this: &mut ::std::option::Option<Self>,
            ) -> $crate::model::Slot<'_> {
                $crate::model::Slot::Scalar(this)
            }

            fn view<'a>(
                value: $crate::model::ValueRef<'a>,
                _: $crate::partial::Place<'a>,
            ) -> ::std::option::Option<&'a Self> {
                match value {
                    $crate::model::ValueRef::Text(value) => {
                        (value as &dyn ::std::any::Any).downcast_ref()
                    }
                    _ => ::std::option::Option::None,
                }
            }

            fn many_view<'a>(
                values: &'a [Self],
                _: $crate::partial::Place<'a>,
            ) -> &'a [Self] {
                values
            }
        }
    };
}

/// The same for a type of text that is no enum.
macro_rules! text_value {
    ($type:ty, $kind:ident, $class:ident $(, [$($generics:tt)*])?) => {
        __text_single!($type, $kind, $class $(, [$($generics)*])?);

        impl$(<$($generics)*>)? TextValue for $type {
            fn text(&self) -> &str {
                self.as_str()
            }
        }

        impl$(<$($generics)*>)? ScalarSlot for $type {
            fn put(&mut self, value: Scalar<'_>) -> Result<(), WrongType> {
                *self = Self::from(value.as_text()?);
                Ok(())
            }

            fn clear(&mut self) {
                *self = Self::from("");
            }
        }
    };
}

text_value!(DateTime, DateTime, Timestamp);
text_value!(Binary, Binary, Binary);
text_value!(Reference<T>, Reference, Reference, [T: 'static]);

/// An enum over texts with one variant for every other text.
///
/// There may be hundreds of such enums, so their common code is written once, for this trait.
pub trait TextEnum: for<'a> From<&'a str> + Send + Sync + 'static {
    /// The value as it is written.
    fn text(&self) -> &str;
}

impl<T: TextEnum> TextValue for T {
    fn text(&self) -> &str {
        TextEnum::text(self)
    }
}

impl<T: TextEnum> ScalarSlot for T {
    fn put(&mut self, value: Scalar<'_>) -> Result<(), WrongType> {
        *self = Self::from(value.as_text()?);
        Ok(())
    }

    fn clear(&mut self) {
        *self = Self::from("");
    }
}

/// A value that is not among those that the schema suggests for the enum `T`.
pub struct UnknownValue<T> {
    text: Box<str>,
    marker: PhantomData<fn() -> T>,
}

impl<T> UnknownValue<T> {
    /// For generated code, which knows that the schema does not suggest it.
    #[doc(hidden)]
    pub fn keep(text: &str) -> Self {
        Self {
            text: text.into(),
            marker: PhantomData,
        }
    }

    /// The value, verbatim.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<T> Clone for UnknownValue<T> {
    fn clone(&self) -> Self {
        Self::keep(&self.text)
    }
}

impl<T> PartialEq for UnknownValue<T> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<T> Eq for UnknownValue<T> {}

impl<T> Hash for UnknownValue<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<T> fmt::Debug for UnknownValue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}
