//! Values that a typed patch takes.

use crate::{
    json::encode,
    model::{Json, Single, TextEnum},
    value::{Binary, DateTime, Decimal, Reference},
};

/// A value that can be written to the attribute `N`, which holds `T`.
///
/// A multi-valued attribute takes one value, an array or a `Vec`. The elements may be values of the
/// attribute's type, or values that convert to it, as in `["red", "blue"]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value of `{N}`, which holds `{T}`",
    label = "wrong type of value for this attribute",
    note = "write a `{T}`, or an element if that is a `Vec`: a complex one with its constructor, as in \
            `Email::new(\"babs@example.com\")`",
    note = "text is taken for String, DateTime, Binary, Reference and canonical values, whole numbers \
            for i64 and Decimal",
    note = "an `Option` is not a value: `Some(x)` is written `x`, and `None` is `.remove(..)`"
)]
pub trait ValueFor<T, N> {
    /// The value as JSON.
    fn json(self) -> Json;
}

#[doc(hidden)]
impl<T: Single, N> ValueFor<T, N> for T {
    fn json(self) -> Json {
        encode::value(Single::get(&self))
    }
}

/// One value for a multi-valued attribute.
impl<T: Single, N> ValueFor<Vec<T>, N> for T {
    fn json(self) -> Json {
        encode::value(crate::model::ValueRef::Many(&vec![self]))
    }
}

impl<T: Single, N> ValueFor<Vec<T>, N> for Vec<T> {
    fn json(self) -> Json {
        encode::value(crate::model::ValueRef::Many(&self))
    }
}

/// An array of values that each could be a single value: `["red", "blue"]` for `Vec<String>`.
impl<T, V: ValueFor<T, N>, N, const LENGTH: usize> ValueFor<Vec<T>, N> for [V; LENGTH] {
    fn json(self) -> Json {
        array(self.map(ValueFor::json))
    }
}

impl<T: Single, N> ValueFor<Vec<T>, N> for &[T] {
    fn json(self) -> Json {
        array(self.iter().map(|value| encode::value(Single::get(value))))
    }
}

impl<T: Single, N> ValueFor<Vec<T>, N> for &Vec<T> {
    fn json(self) -> Json {
        encode::value(crate::model::ValueRef::Many(self))
    }
}

/// The JSON array of these values.
fn array(values: impl IntoIterator<Item = Json>) -> Json {
    let values: Vec<String> = values
        .into_iter()
        .map(|value| value.as_str().to_owned())
        .collect();
    Json::trusted(&format!("[{}]", values.join(",")))
}

/// Text for everything that is made from text.
macro_rules! text_value {
    ($($text:ty: $([$($generics:tt)*] $type:ty),*;)*) => { $($(
        impl<N, $($generics)*> ValueFor<$type, N> for $text {
            fn json(self) -> Json {
                encode::text(&self)
            }
        }

        impl<N, $($generics)*> ValueFor<Vec<$type>, N> for $text {
            fn json(self) -> Json {
                encode::text_list(&[&self])
            }
        }
    )*)* };
}

text_value!(
    &str: [] String, [] DateTime, [] Binary, [T] Reference<T>;
    &String: [] String, [] DateTime, [] Binary, [T] Reference<T>;
    // A `String` is a value of its own.
    String: [] DateTime, [] Binary, [T] Reference<T>;
);

#[diagnostic::do_not_recommend]
impl<T: TextEnum, N> ValueFor<T, N> for &str {
    fn json(self) -> Json {
        encode::text(self)
    }
}

/// One text for a multi-valued attribute whose values are an open enum.
#[diagnostic::do_not_recommend]
impl<T: TextEnum, N> ValueFor<Vec<T>, N> for &str {
    fn json(self) -> Json {
        encode::text_list(&[self])
    }
}

macro_rules! integer_value {
    ($($type:ty),*) => { $(
        impl<N> ValueFor<i64, N> for $type {
            fn json(self) -> Json {
                ValueFor::<i64, N>::json(i64::from(self))
            }
        }
    )* };
}

integer_value!(i32, i16, i8, u32, u16, u8);

macro_rules! decimal_value {
    ($($type:ty),*) => { $(
        impl<N> ValueFor<Decimal, N> for $type {
            fn json(self) -> Json {
                ValueFor::<Decimal, N>::json(Decimal::from(self))
            }
        }
    )* };
}

decimal_value!(i64, i32, u32);
