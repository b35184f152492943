//! What a field's type says: data type, plurality, `required` and `mutability`.

use super::{
    Attribute, Kind, ManySlot, ManyValues, Mutability, OptionObjectSlot, ReadOnly, Reflect,
    ScalarSlot, Slot, ValueRef, WriteOnly,
};
use crate::{
    partial::{PartialView, PartialViews, Place},
    resource::Complex,
    typed::{Optional, ReadOnlyAttribute, Required, WriteOnlyAttribute, class},
};

/// Something that one JSON value, not an array, is read into.
///
/// Implemented for `String`, `bool`, `i64`, [`DateTime`](crate::DateTime),
/// [`Decimal`](crate::Decimal), [`Binary`](crate::Binary), [`Reference`](crate::Reference),
/// [`Json`](super::Json), open enums and every [`Complex`] type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of a SCIM attribute",
    label = "not an attribute type",
    note = "attribute types are String, bool, i64, Decimal, DateTime, Binary, Reference<T>, Json, \
            an enum with #[derive(CanonicalValues)], a struct with #[derive(Complex)]; and \
            Option, Vec, ReadOnly and WriteOnly of these"
)]
pub trait Single: Sized + Send + Sync + 'static {
    /// The data type.
    const KIND: Kind;
    /// `canonicalValues`, where the type decides them.
    const VALUES: &'static [&'static str] = &[];
    /// `caseExact`, where the type decides it.
    const CASE_EXACT: bool = false;
    /// Which comparisons apply: a type of [`class`].
    type Class;
    /// The typed path of a top-level attribute of this type.
    type Path<R, M, Q, C, N>;
    /// The typed path of a sub-attribute of this type.
    type SubPath<R, M, Q, C, N>;
    /// The typed path of a multi-valued top-level attribute of this type.
    type ManyPath<R, M, Q, C, N>;
    /// The typed path of a multi-valued sub-attribute of this type.
    type SubManyPath<R, M, Q, C, N>;
    /// How a projection shows one value.
    type View<'a>;
    /// How a projection shows many values.
    type ManyView<'a>;

    /// A value to read into.
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

/// An enum over the values that a schema suggests for a text (RFC 7643 §7, `canonicalValues`), with
/// one variant that keeps any other value.
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
    note = "attribute types are String, bool, i64, Decimal, DateTime, Binary, Reference<T>, Json, \
            an enum with #[derive(CanonicalValues)], a struct with #[derive(Complex)]; and \
            Option, Vec, ReadOnly and WriteOnly of these"
)]
pub trait AttributeValue: Sized {
    /// The data type.
    const KIND: Kind;
    /// Whether it holds an array.
    const MULTI_VALUED: bool = false;
    /// Whether a value is required.
    const REQUIRED: bool = false;
    /// `mutability`, where the type decides it.
    const MUTABILITY: Option<Mutability> = None;
    /// `canonicalValues`, where the type decides them.
    const VALUES: &'static [&'static str] = &[];
    /// `caseExact`, where the type decides it.
    const CASE_EXACT: bool = false;
    /// The typed path of a top-level attribute of this type.
    type Path<R, M, Q, C, N>;
    /// The typed path of a sub-attribute of this type.
    type SubPath<R, M, Q, C, N>;

    /// A value to read into.
    fn empty() -> Self;
    /// The value, borrowed.
    fn get(&self) -> ValueRef<'_>;
    /// The place of the value.
    fn slot(&mut self) -> Slot<'_>;
}

#[diagnostic::do_not_recommend]
impl<T: Single> AttributeValue for T {
    const KIND: Kind = T::KIND;
    const VALUES: &'static [&'static str] = T::VALUES;
    const CASE_EXACT: bool = T::CASE_EXACT;
    const REQUIRED: bool = true;
    type Path<R, M, Q, C, N> = T::Path<R, M, Required, C, N>;
    type SubPath<R, M, Q, C, N> = T::SubPath<R, M, Required, C, N>;

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
    const VALUES: &'static [&'static str] = T::VALUES;
    const CASE_EXACT: bool = T::CASE_EXACT;
    type Path<R, M, Q, C, N> = T::Path<R, M, Optional, C, N>;
    type SubPath<R, M, Q, C, N> = T::SubPath<R, M, Optional, C, N>;

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
    const VALUES: &'static [&'static str] = T::VALUES;
    const CASE_EXACT: bool = T::CASE_EXACT;
    const MULTI_VALUED: bool = true;
    type Path<R, M, Q, C, N> = T::ManyPath<R, M, Q, C, N>;
    type SubPath<R, M, Q, C, N> = T::SubManyPath<R, M, Q, C, N>;

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
}

impl<T: Single> ManySlot for Vec<T> {
    fn push(&mut self) -> Slot<'_> {
        Single::slot(self.push_mut_value(T::empty()))
    }

    fn pop(&mut self) {
        Self::pop(self);
    }

    fn clear(&mut self) {
        Self::clear(self);
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn at(&self, index: usize) -> ValueRef<'_> {
        ManyValues::at(self, index)
    }

    fn slot(&mut self, index: usize) -> Option<Slot<'_>> {
        self.as_mut_slice().get_mut(index).map(Single::slot)
    }

    fn retain(&mut self, keep: &mut dyn FnMut(usize) -> bool) {
        let mut index = 0;
        Self::retain(self, |_| {
            index += 1;
            keep(index - 1)
        });
    }
}

/// `Vec::push` that gives the place of what was pushed.
trait PushMut<T> {
    fn push_mut_value(&mut self, value: T) -> &mut T;
}

impl<T> PushMut<T> for Vec<T> {
    fn push_mut_value(&mut self, value: T) -> &mut T {
        let at = self.len();
        self.push(value);
        &mut self[at]
    }
}

macro_rules! wrapper {
    ($wrapper:ident, $marker:ident, $mutability:ident) => {
        impl<T: AttributeValue> AttributeValue for $wrapper<T> {
            const KIND: Kind = T::KIND;
            const VALUES: &'static [&'static str] = T::VALUES;
            const CASE_EXACT: bool = T::CASE_EXACT;
            const MULTI_VALUED: bool = T::MULTI_VALUED;
            const REQUIRED: bool = T::REQUIRED;
            const MUTABILITY: Option<Mutability> = Some(Mutability::$mutability);
            type Path<R, M, Q, C, N> = T::Path<R, $marker, Q, C, N>;
            type SubPath<R, M, Q, C, N> = T::SubPath<R, $marker, Q, C, N>;

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

wrapper!(ReadOnly, ReadOnlyAttribute, ReadOnly);
wrapper!(WriteOnly, WriteOnlyAttribute, WriteOnly);

impl<T: Complex> Single for T {
    const KIND: Kind = Kind::Complex(|| T::DESCRIPTOR);
    type Class = class::Complex;
    type Path<R, M, Q, C, N> = T::NodePath<R, M, Q, crate::typed::OneOf, N>;
    type SubPath<R, M, Q, C, N> = crate::typed::Opaque<R, T, M, Q, C, N>;
    type ManyPath<R, M, Q, C, N> = T::NodePath<R, M, Q, crate::typed::ManyOf, N>;
    type SubManyPath<R, M, Q, C, N> = crate::typed::Opaque<R, Vec<T>, M, Q, C, N>;
    type View<'a> = PartialView<'a, T>;
    type ManyView<'a> = PartialViews<'a, T>;

    fn empty() -> Self {
        crate::resource::Root::empty()
    }

    fn get(&self) -> ValueRef<'_> {
        ValueRef::Object(self)
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Object(self)
    }

    fn option_slot(this: &mut Option<Self>) -> Slot<'_> {
        Slot::OptionObject(this)
    }

    fn view<'a>(value: ValueRef<'a>, place: Place<'a>) -> Option<PartialView<'a, T>> {
        match value {
            ValueRef::Object(object) => Some(PartialView::new(object, place)),
            _ => None,
        }
    }

    fn many_view<'a>(values: &'a [Self], place: Place<'a>) -> PartialViews<'a, T> {
        PartialViews::new(values, place)
    }
}

impl<T: Complex> OptionObjectSlot for Option<T> {
    fn insert(&mut self) -> &mut dyn Reflect {
        self.insert(crate::resource::Root::empty())
    }

    fn get_or_insert(&mut self) -> &mut dyn Reflect {
        self.get_or_insert_with(crate::resource::Root::empty)
    }

    fn get_mut(&mut self) -> Option<&mut dyn Reflect> {
        self.as_mut().map(|object| object as &mut dyn Reflect)
    }

    fn clear(&mut self) {
        *self = None;
    }
}

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
    assert!(attribute.multi_valued && !attribute.required);
    assert!(matches!(attribute.mutability, Mutability::ReadOnly));
};
