//! The rules that the compiler checks for an attribute. Each is a trait with its own compiler message.

use super::{
    Attr, ImmutableAttribute, OnePlace, Optional, ReadOnlyAttribute, ReadWrite, WriteOnlyAttribute,
    class,
};
use crate::{
    filter::{Comparand, Number},
    model::{Immutable, ReadOnly, RequiredValues, TextEnum, WriteOnly, markers::sealed::Sealed},
    resource::{Complex, Root},
    value::{Binary, DateTime, Decimal, Reference},
};

/// The rule that a client may replace the attribute (RFC 7644 §3.5.2.3).
#[diagnostic::on_unimplemented(
    message = "`{N}` cannot be replaced: it is a {Self}",
    label = "a client may not replace this attribute",
    note = "readOnly attributes are set by the service provider only (RFC 7643 §7)",
    note = "an immutable attribute can be set once, with `.add(..)` (RFC 7644 §3.5.2)"
)]
pub trait MayReplace<N>: Sealed {}
impl<N> MayReplace<N> for ReadWrite {}
impl<N> MayReplace<N> for WriteOnlyAttribute {}

/// The rule that a client may set a first value of the attribute (RFC 7644 §3.5.2.1).
#[diagnostic::on_unimplemented(
    message = "`{N}` cannot be written: it is a {Self}",
    label = "a client may not write this attribute",
    note = "readOnly attributes are set by the service provider only (RFC 7643 §7)"
)]
pub trait MayAdd<N>: Sealed {}
impl<N> MayAdd<N> for ReadWrite {}
impl<N> MayAdd<N> for WriteOnlyAttribute {}
impl<N> MayAdd<N> for ImmutableAttribute {}

/// The rule that the attribute may be unassigned (RFC 7644 §3.5.2.2).
#[diagnostic::on_unimplemented(
    message = "`{N}` cannot be removed: it is {Self}",
    label = "this attribute is required",
    note = "give it another value with `.replace(..)` (RFC 7644 §3.5.2.2)"
)]
pub trait MayOmit<N>: Sealed {}
impl<N> MayOmit<N> for Optional {}

/// The rule that a client may remove the attribute (RFC 7644 §3.5.2.2).
#[diagnostic::on_unimplemented(
    message = "`{N}` cannot be removed: it is a {Self}",
    label = "a client may not remove this attribute",
    note = "readOnly attributes are set by the service provider only, immutable ones stay as they \
            were set (RFC 7643 §7)"
)]
pub trait MayRemove<N>: Sealed {}
impl<N> MayRemove<N> for ReadWrite {}
impl<N> MayRemove<N> for WriteOnlyAttribute {}

/// The rule that a service provider may return the attribute.
#[diagnostic::on_unimplemented(
    message = "`{N}` is never returned: it is a {Self}",
    label = "cannot be read, sorted by or searched for a part of it",
    note = "a writeOnly attribute can be filtered with `eq`, `ne` and `pr` only (RFC 7643 §7)"
)]
pub trait MayRead<N>: Sealed {}
impl<N> MayRead<N> for ReadWrite {}
impl<N> MayRead<N> for ReadOnlyAttribute {}
impl<N> MayRead<N> for ImmutableAttribute {}

/// The rule that the path leads to one place.
#[diagnostic::on_unimplemented(
    message = "`{N}` is a sub-attribute of a multi-valued attribute: which element is meant?",
    label = "this path leads to every element",
    note = "choose with `.filter(..).at(..)`, as in \
            `u.emails.filter(|e| e.type_.eq(\"work\")).at(|e| e.value)`"
)]
pub trait OneTarget<N>: Sealed {}
impl<N> OneTarget<N> for OnePlace {}

/// The rule that values of the attribute can be compared with `Self`.
#[diagnostic::on_unimplemented(
    message = "`{N}` is a {C} attribute: it cannot be compared with `{Self}`",
    label = "wrong type of value for this attribute",
    note = "Text, Canonical and Reference take &str and String, Canonical also its enum, Boolean takes bool, \
            Number takes integers, f64 and Decimal, Timestamp takes &str and DateTime; Complex and Any \
            attributes have only `pr`"
)]
pub trait ComparableWith<C, N> {
    /// The value in a filter.
    fn comparand(self) -> Comparand;
}

macro_rules! text_operand {
    ($([$($generics:tt)*] $class:ty),*) => { $(
        impl<N, $($generics)*> ComparableWith<$class, N> for &str {
            fn comparand(self) -> Comparand {
                Comparand::from(self)
            }
        }

        impl<N, $($generics)*> ComparableWith<$class, N> for String {
            fn comparand(self) -> Comparand {
                Comparand::from(self)
            }
        }

        impl<N, $($generics)*> ComparableWith<$class, N> for &String {
            fn comparand(self) -> Comparand {
                Comparand::from(self.as_str())
            }
        }
    )* };
}

text_operand!(
    [] class::Text,
    [T] class::Canonical<T>,
    [] class::Reference,
    [] class::Timestamp,
    [] class::Binary
);

macro_rules! text_value_operand {
    ($([$($generics:tt)*] $type:ty => $class:ident),*) => { $(
        impl<N, $($generics)*> ComparableWith<class::$class, N> for $type {
            fn comparand(self) -> Comparand {
                Comparand::from(self.as_str())
            }
        }

        impl<N, $($generics)*> ComparableWith<class::$class, N> for &$type {
            fn comparand(self) -> Comparand {
                Comparand::from(self.as_str())
            }
        }
    )* };
}

text_value_operand!([] DateTime => Timestamp, [] Binary => Binary, [T] Reference<T> => Reference);

#[diagnostic::do_not_recommend]
impl<T: TextEnum, N> ComparableWith<class::Canonical<T>, N> for T {
    fn comparand(self) -> Comparand {
        Comparand::from(self.text())
    }
}

#[diagnostic::do_not_recommend]
impl<T: TextEnum, N> ComparableWith<class::Canonical<T>, N> for &T {
    fn comparand(self) -> Comparand {
        Comparand::from(self.text())
    }
}

impl<N> ComparableWith<class::Boolean, N> for bool {
    fn comparand(self) -> Comparand {
        Comparand::from(self)
    }
}

macro_rules! number_operand {
    ($($type:ty),*) => { $(
        impl<N> ComparableWith<class::Number, N> for $type {
            fn comparand(self) -> Comparand {
                Comparand::from(self)
            }
        }
    )* };
}

number_operand!(i64, i32, i16, i8, u64, u32, u16, u8);

impl<N> ComparableWith<class::Number, N> for f64 {
    fn comparand(self) -> Comparand {
        match Number::try_from(self) {
            Ok(number) => Comparand::Number(number),
            // As with a text that is no number.
            Err(_) => Comparand::from(self.to_string()),
        }
    }
}

impl<N> ComparableWith<class::Number, N> for &Decimal {
    fn comparand(self) -> Comparand {
        match self.as_str().parse::<Number>() {
            Ok(number) => Comparand::Number(number),
            // A text that is no number compares with nothing; the server says so.
            Err(_) => Comparand::from(self.as_str()),
        }
    }
}

impl<N> ComparableWith<class::Number, N> for Decimal {
    fn comparand(self) -> Comparand {
        ComparableWith::<class::Number, N>::comparand(&self)
    }
}

/// The rule that values of the attribute have an order (RFC 7644 §3.4.2.2, Table 3).
#[diagnostic::on_unimplemented(
    message = "`{N}` has no order: `gt`, `ge`, `lt` and `le` do not apply to a {Self} attribute",
    label = "not an ordered attribute",
    note = "RFC 7644 §3.4.2.2, Table 3"
)]
pub trait Ordered<N>: Sealed {}
impl<N> Ordered<N> for class::Text {}
impl<T, N> Ordered<N> for class::Canonical<T> {}
impl<N> Ordered<N> for class::Number {}
impl<N> Ordered<N> for class::Timestamp {}
impl<N> Ordered<N> for class::Reference {}

/// The rule that the attribute is text.
#[diagnostic::on_unimplemented(
    message = "`{N}` is not text: `co`, `sw` and `ew` do not apply to a {Self} attribute",
    label = "not a text attribute",
    note = "RFC 7644 §3.4.2.2, Table 3"
)]
pub trait Textual<N>: Sealed {}
impl<N> Textual<N> for class::Text {}
impl<T, N> Textual<N> for class::Canonical<T> {}
impl<N> Textual<N> for class::Reference {}

/// The rule that resources can be sorted by the attribute (RFC 7644 §3.4.2.3).
#[diagnostic::on_unimplemented(
    message = "`{N}` is a {Self} attribute: sort by one of its sub-attributes",
    label = "cannot be sorted by",
    note = "RFC 7644 §3.4.2.3: sorting by a complex attribute needs a sub-attribute, as in \
            `u.name.family_name`"
)]
pub trait Sortable<N>: Sealed {}
impl<N> Sortable<N> for class::Text {}
impl<T, N> Sortable<N> for class::Canonical<T> {}
impl<N> Sortable<N> for class::Boolean {}
impl<N> Sortable<N> for class::Number {}
impl<N> Sortable<N> for class::Timestamp {}
impl<N> Sortable<N> for class::Binary {}
impl<N> Sortable<N> for class::Reference {}

/// The rule that the attribute has a value to compare. A complex attribute has none.
#[diagnostic::on_unimplemented(
    message = "`{N}` is a complex attribute: compare one of its sub-attributes",
    label = "complex attribute",
    note = "as in `u.name.family_name.eq(..)` or `u.emails.any(|e| e.value.eq(..))`; \
            `.pr()` asks whether it is present"
)]
pub trait Comparable<N>: Sealed {}

macro_rules! comparable {
    ($([$($generics:tt)*] $class:ty),*) => { $(
        #[diagnostic::do_not_recommend]
        impl<N, $($generics)*> Comparable<N> for $class {}
    )* };
}

comparable!(
    [] class::Text,
    [T] class::Canonical<T>,
    [] class::Boolean,
    [] class::Number,
    [] class::Timestamp,
    [] class::Binary,
    [] class::Reference,
    [] class::Any
);

// `Comparable` refuses these already: one message is enough.
macro_rules! refused_already {
    ($($class:ident)*) => { $(
        #[doc(hidden)]
        #[diagnostic::do_not_recommend]
        impl<V, N> ComparableWith<class::$class, N> for V {
            fn comparand(self) -> Comparand {
                Comparand::Null
            }
        }

        #[diagnostic::do_not_recommend]
        impl<N> Ordered<N> for class::$class {}
        #[diagnostic::do_not_recommend]
        impl<N> Textual<N> for class::$class {}
    )* };
}

refused_already!(Complex Extension);

/// The rule that the attribute has complex elements to select from (RFC 7644 §3.5.2).
#[diagnostic::on_unimplemented(
    message = "`{N}` has no elements with sub-attributes to choose by",
    label = "not a multi-valued complex attribute",
    note = "`any` and `filter` are for attributes such as `emails`; a single complex value has paths of \
            its own, as in `u.name.family_name`"
)]
pub trait Elements<N> {
    /// The type of one element.
    type Element: Root;
}

impl<T: Complex, N> Elements<N> for Vec<T> {
    type Element = T;
}

macro_rules! wrapped_elements {
    ($($wrapper:ident)*) => { $(
        #[diagnostic::do_not_recommend]
        impl<T: Elements<N>, N> Elements<N> for $wrapper<T> {
            type Element = T::Element;
        }
    )* };
}

wrapped_elements!(ReadOnly WriteOnly Immutable RequiredValues);

/// The rule that elements of an attribute in this parent can be selected. SCIM only selects elements of
/// top-level attributes.
#[diagnostic::on_unimplemented(
    message = "`{N}` is a sub-attribute: its elements cannot be chosen",
    label = "not a top-level attribute",
    note = "a value path is `attribute[filter]`, and nothing like it stands within another \
            (RFC 7644 §3.5.2, Figure 7)"
)]
pub trait HoldsChoices<N> {}
#[diagnostic::do_not_recommend]
#[doc(hidden)]
impl<R: Root, N> HoldsChoices<N> for R {}
impl<P, T, M, const I: u16, N> HoldsChoices<N> for Attr<P, T, M, I> {}
