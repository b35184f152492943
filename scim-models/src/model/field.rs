//! Traits of field types. They give the data type, and whether the attribute is multi-valued, required
//! or read-only.

use super::{
    Attribute, Fields, Kind, ManyValues, Mutability, Place, ReadOnly, Returned, ScalarSlot, Slot,
    ValueRef, Values, WriteOnly, class, facts,
    markers::{
        ImmutableAttribute, ManyPlaces, OnePlace, Optional, ReadOnlyAttribute, Required,
        WriteOnlyAttribute,
    },
};

/// The type of a single value: one JSON value that is not an array.
///
/// Implemented for `String`, `bool`, `i64`, [`DateTime`](crate::DateTime),
/// [`Decimal`](crate::Decimal), [`Binary`](crate::Binary), [`Reference`](crate::Reference),
/// [`Json`](super::Json), open enums and every [`Complex`](super::Complex) type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of a SCIM attribute",
    label = "not an attribute type",
    note = "a struct of your own needs #[derive(Complex)], an enum #[derive(CanonicalValues)]"
)]
pub trait Single: Sized + Send + Sync + 'static {
    /// The data type.
    const KIND: Kind;
    /// `canonicalValues`, where the type decides them.
    const VALUES: Option<&'static Values> = None;
    /// `caseExact`, where the type decides it.
    const CASE_EXACT: bool = false;
    /// The class of operators that apply: a type of [`class`](crate::typed::class).
    type Class;
    /// The typed paths below an attribute of this type whose own path is `P`.
    type Fields<P: 'static>: Fields;
    /// The view of one value in a projection.
    type View<'a>;
    /// The view of several values in a projection.
    type ManyView<'a>;

    /// Makes an empty value, to read into.
    fn empty() -> Self;
    /// The value, borrowed.
    fn get(&self) -> ValueRef<'_>;
    /// The place of a required value.
    fn slot(&mut self) -> Slot<'_>;
    /// The place of an optional value.
    fn option_slot(this: &mut Option<Self>) -> Slot<'_>;
    #[doc(hidden)]
    fn view<'a>(value: ValueRef<'a>, place: Place<'a>) -> Option<Self::View<'a>>;
    #[doc(hidden)]
    fn many_view<'a>(values: &'a [Self], place: Place<'a>) -> Self::ManyView<'a>;
}

/// An enum of the values that a schema suggests for a string attribute (RFC 7643 §7,
/// `canonicalValues`). One of its variants keeps any other value.
///
/// `#[derive(CanonicalValues)]` implements it.
pub trait CanonicalValues: Single {
    /// The suggested values, as they are written.
    const VALUES: &'static [&'static str];
    /// Whether letter case counts.
    const CASE_EXACT: bool;
}

/// Any type of a field of a resource, extension or complex attribute.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of a SCIM attribute",
    label = "not an attribute type",
    note = "a struct of your own needs #[derive(Complex)], an enum #[derive(CanonicalValues)]"
)]
pub trait AttributeValue: Sized + 'static {
    /// The data type.
    const KIND: Kind;
    /// Whether it holds an array.
    const MULTI_VALUED: bool = false;
    /// Whether a value is required.
    const REQUIRED: bool = false;
    /// `mutability`, where the type decides it.
    const MUTABILITY: Option<Mutability> = None;
    /// `canonicalValues`, where the type decides them.
    const VALUES: Option<&'static Values> = None;
    /// `caseExact`, where the type decides it.
    const CASE_EXACT: bool = false;
    /// The type of the value without wrappers for mutability and requirement: one value or a `Vec`.
    type Held;
    /// The class of operators that apply: a type of [`class`](crate::typed::class).
    type Class;
    /// The mutability. It is `M` if the type does not say it.
    type Mutability<M>;
    /// Whether a value is required.
    type Requirement;
    /// Whether a path into this field leads to one place.
    type Inside;
    /// The typed paths below an attribute of this type whose own path is `P`.
    type Fields<P: 'static>: Fields;

    /// Makes an empty value, to read into.
    fn empty() -> Self;
    /// The value, borrowed.
    fn get(&self) -> ValueRef<'_>;
    /// The place of the value.
    fn slot(&mut self) -> Slot<'_>;
}

/// Says that a name is that of an attribute. Schema extensions do not implement it, because they are not
/// attributes.
#[diagnostic::on_unimplemented(
    message = "`{N}` is a schema extension, not an attribute",
    label = "write `#[scim(extension)]` above this field",
    note = "an extension stands in a container of its own, under the URN of its schema \
            (RFC 7643 §3.3); its field is `#[scim(extension)] pub acme: Option<Acme>` of a resource"
)]
#[doc(hidden)]
pub trait NoExtension<N>: super::markers::sealed::Sealed {}

macro_rules! no_extension {
    ($([$($generics:tt)*] $class:ty),*) => { $(
        #[diagnostic::do_not_recommend]
        impl<N, $($generics)*> NoExtension<N> for $class {}
    )* };
}

no_extension!(
    [] class::Text,
    [T] class::Canonical<T>,
    [] class::Boolean,
    [] class::Number,
    [] class::Timestamp,
    [] class::Binary,
    [] class::Reference,
    [] class::Complex,
    [] class::Any
);

/// Says that a type can be the type of a single value of the attribute `N`. Derives require it of
/// types that they do not know.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of a SCIM attribute",
    label = "not an attribute type",
    note = "write #[derive(Complex)] above it if it is a struct, #[derive(CanonicalValues)] if it is \
            an enum",
    note = "the other attribute types are String, bool, i64, Decimal, DateTime, Binary, Reference<T> \
            and Json; and Option, Vec, ReadOnly and WriteOnly of all these"
)]
#[doc(hidden)]
pub trait Declared<N>: Single {}
impl<T: Single<Class: NoExtension<N>>, N> Declared<N> for T {}

impl<T: AttributeValue> super::Field for T {
    fn get(&self) -> ValueRef<'_> {
        AttributeValue::get(self)
    }

    fn slot(&mut self) -> Slot<'_> {
        AttributeValue::slot(self)
    }
}

/// Construction of attributes, for derives and for tables that are written by hand.
impl Attribute {
    /// Makes an attribute whose field has the type `T`, with the defaults of RFC 7643 §2.2.
    pub const fn of<T: AttributeValue>(name: &'static str) -> Self {
        let exact = T::CASE_EXACT || matches!(T::KIND, Kind::Reference | Kind::Binary);
        let plain = Self {
            name,
            description: "",
            kind: T::KIND,
            facts: 0,
            values: T::VALUES,
        };
        let plain = plain
            .with(facts::MULTI_VALUED, T::MULTI_VALUED)
            .with(facts::REQUIRED, T::REQUIRED)
            .with(facts::CASE_EXACT, exact);
        match T::MUTABILITY {
            Some(Mutability::WriteOnly) => plain
                .with_mutability(Mutability::WriteOnly)
                .with_returned(Returned::Never),
            Some(mutability) => plain.with_mutability(mutability),
            None => plain,
        }
    }

    /// Makes the container of an extension. `urn` is the schema of the extension.
    pub const fn extension<T: AttributeValue>(urn: &'static str) -> Self {
        Self::of::<T>(urn).with(facts::EXTENSION, true)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Single> AttributeValue for T {
    const KIND: Kind = T::KIND;
    const VALUES: Option<&'static Values> = T::VALUES;
    const CASE_EXACT: bool = T::CASE_EXACT;
    const REQUIRED: bool = true;
    type Held = T;
    type Class = T::Class;
    type Mutability<M> = M;
    type Requirement = Required;
    type Inside = OnePlace;
    type Fields<P: 'static> = T::Fields<P>;

    fn empty() -> Self {
        T::empty()
    }

    fn get(&self) -> ValueRef<'_> {
        Single::get(self)
    }

    fn slot(&mut self) -> Slot<'_> {
        Single::slot(self)
    }
}

impl<T: Single> AttributeValue for Option<T> {
    const KIND: Kind = T::KIND;
    const VALUES: Option<&'static Values> = T::VALUES;
    const CASE_EXACT: bool = T::CASE_EXACT;
    type Held = T;
    type Class = T::Class;
    type Mutability<M> = M;
    type Requirement = Optional;
    type Inside = OnePlace;
    type Fields<P: 'static> = T::Fields<P>;

    fn empty() -> Self {
        None
    }

    fn get(&self) -> ValueRef<'_> {
        self.as_ref().map_or(ValueRef::Absent, Single::get)
    }

    fn slot(&mut self) -> Slot<'_> {
        T::option_slot(self)
    }
}

impl<T: Single> AttributeValue for Vec<T> {
    const KIND: Kind = T::KIND;
    const VALUES: Option<&'static Values> = T::VALUES;
    const CASE_EXACT: bool = T::CASE_EXACT;
    const MULTI_VALUED: bool = true;
    type Held = Self;
    type Class = T::Class;
    type Mutability<M> = M;
    type Requirement = Optional;
    type Inside = ManyPlaces;
    type Fields<P: 'static> = T::Fields<P>;

    fn empty() -> Self {
        Self::new()
    }

    fn get(&self) -> ValueRef<'_> {
        if self.is_empty() {
            ValueRef::Absent
        } else {
            ValueRef::Many(self)
        }
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Many(self)
    }
}

impl<T: Single> ManyValues for Vec<T> {
    fn len(&self) -> usize {
        self.len()
    }

    fn at(&self, index: usize) -> ValueRef<'_> {
        self.as_slice()
            .get(index)
            .map_or(ValueRef::Absent, Single::get)
    }

    fn slot(&mut self, index: usize) -> Option<Slot<'_>> {
        self.as_mut_slice().get_mut(index).map(Single::slot)
    }

    fn grow(&mut self) {
        self.push(T::empty());
    }

    fn reserve(&mut self, more: usize) {
        self.reserve_exact(more);
    }

    fn truncate(&mut self, len: usize) {
        Self::truncate(self, len);
    }

    fn swap(&mut self, one: usize, other: usize) {
        if one.max(other) < self.len() {
            self.as_mut_slice().swap(one, other);
        }
    }
}

macro_rules! wrapper {
    ($wrapper:ident, $mutability:expr, $marker:ty, $requirement:ty) => {
        impl<T: AttributeValue> AttributeValue for $wrapper<T> {
            const KIND: Kind = T::KIND;
            const VALUES: Option<&'static Values> = T::VALUES;
            const CASE_EXACT: bool = T::CASE_EXACT;
            const MULTI_VALUED: bool = T::MULTI_VALUED;
            const REQUIRED: bool = T::REQUIRED;
            const MUTABILITY: Option<Mutability> = $mutability;
            type Held = T::Held;
            type Class = T::Class;
            type Mutability<M> = $marker;
            type Requirement = $requirement;
            type Inside = T::Inside;
            type Fields<P: 'static> = T::Fields<P>;

            fn empty() -> Self {
                Self(T::empty())
            }

            fn get(&self) -> ValueRef<'_> {
                self.0.get()
            }

            fn slot(&mut self) -> Slot<'_> {
                self.0.slot()
            }
        }
    };
}

/// Marks an immutable attribute in a path, since the type of its field does not say so.
#[doc(hidden)]
#[derive(Debug)]
pub struct Immutable<T>(T);

/// Marks a required multi-valued attribute in a path, since the type of its field does not say so.
#[doc(hidden)]
#[derive(Debug)]
pub struct RequiredValues<T>(T);

wrapper!(
    ReadOnly,
    Some(Mutability::ReadOnly),
    ReadOnlyAttribute,
    T::Requirement
);
wrapper!(
    WriteOnly,
    Some(Mutability::WriteOnly),
    WriteOnlyAttribute,
    T::Requirement
);
wrapper!(
    Immutable,
    Some(Mutability::Immutable),
    // What is never returned stays so.
    T::Mutability<ImmutableAttribute>,
    T::Requirement
);
wrapper!(RequiredValues, T::MUTABILITY, T::Mutability<M>, Required);

/// One impl for all simple types: a crate that derives could not write it for `Option<ItsEnum>`.
impl<T: ScalarSlot + Single> ScalarSlot for Option<T> {
    fn put(&mut self, value: super::Scalar<'_>) -> Result<(), super::WrongType> {
        let mut read = T::empty();
        read.put(value)?;
        *self = Some(read);
        Ok(())
    }

    fn clear(&mut self) {
        *self = None;
    }
}

/// The table's facts that follow from field types hold for wrapped and nested types alike.
const _: () = {
    let attribute = Attribute::of::<ReadOnly<Vec<String>>>("groups");
    assert!(attribute.is_multi_valued() && !attribute.is_required());
    assert!(matches!(attribute.mutability(), Mutability::ReadOnly));
};

#[cfg(test)]
mod tests {
    use std::any::TypeId;

    use super::*;
    use crate::model::markers::ReadWrite;

    fn mutability<T: AttributeValue<Mutability<ReadWrite>: 'static>>() -> TypeId {
        TypeId::of::<T::Mutability<ReadWrite>>()
    }

    #[test]
    fn a_secret_that_is_set_once_stays_a_secret() {
        type Field = Option<String>;
        let immutable = mutability::<Immutable<Field>>();
        assert_eq!(immutable, TypeId::of::<ImmutableAttribute>());
        let secret = mutability::<Immutable<WriteOnly<Field>>>();
        assert_eq!(secret, TypeId::of::<WriteOnlyAttribute>());
        let assigned = mutability::<Immutable<ReadOnly<Field>>>();
        assert_eq!(assigned, TypeId::of::<ReadOnlyAttribute>());
        let listed = mutability::<RequiredValues<Vec<String>>>();
        assert_eq!(listed, TypeId::of::<ReadWrite>());
    }
}
