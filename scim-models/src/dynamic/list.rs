//! Simple values of attributes, one and many, as small as they can be.

use crate::{
    model::{Json, ManyValues, Scalar, ScalarSlot, Slot, TextValue, ValueRef, WrongType},
    value::Decimal,
};

/// A value that is written as text and is no plain text: a dateTime, binary data, a reference, or a
/// text of which the schema suggests values.
#[derive(Clone, Default)]
pub(super) struct Written(Box<str>);

impl TextValue for Written {
    fn text(&self) -> &str {
        &self.0
    }
}

impl ScalarSlot for Written {
    fn put(&mut self, value: Scalar<'_>) -> Result<(), WrongType> {
        self.0 = value.as_text()?.into();
        Ok(())
    }

    fn clear(&mut self) {
        self.0 = Box::default();
    }
}

impl ScalarSlot for Option<Written> {
    fn put(&mut self, value: Scalar<'_>) -> Result<(), WrongType> {
        *self = Some(Written(value.as_text()?.into()));
        Ok(())
    }

    fn clear(&mut self) {
        *self = None;
    }
}

impl ScalarSlot for Option<Box<Decimal>> {
    fn put(&mut self, value: Scalar<'_>) -> Result<(), WrongType> {
        let mut number = Decimal::from_text("");
        number.put(value)?;
        *self = Some(Box::new(number));
        Ok(())
    }

    fn clear(&mut self) {
        *self = None;
    }
}

/// What can be one of many.
pub(super) trait Element: Clone + 'static {
    fn empty() -> Self;
    fn get(&self) -> ValueRef<'_>;
    fn slot(&mut self) -> Slot<'_>;
}

macro_rules! element {
    ($type:ty) => {
        impl Element for $type {
            fn empty() -> Self {
                crate::model::Single::empty()
            }

            fn get(&self) -> ValueRef<'_> {
                crate::model::Single::get(self)
            }

            fn slot(&mut self) -> Slot<'_> {
                crate::model::Single::slot(self)
            }
        }
    };
}

element!(String);
element!(bool);
element!(i64);
element!(Decimal);
element!(Json);

impl Element for Written {
    fn empty() -> Self {
        Self::default()
    }

    fn get(&self) -> ValueRef<'_> {
        ValueRef::Text(self)
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Scalar(self)
    }
}

/// The values of an attribute with many. Takes one word while there is none.
#[allow(
    clippy::box_collection,
    reason = "a resource has many empty lists: one word each, not three"
)]
#[derive(Clone)]
pub(super) struct List<T>(Option<Box<Vec<T>>>);

impl<T> List<T> {
    pub(super) const NONE: Self = Self(None);

    pub(super) fn as_slice(&self) -> &[T] {
        self.0.as_ref().map_or(&[], |list| list)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    pub(super) fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        self.0.as_mut()?.get_mut(index)
    }

    pub(super) fn push(&mut self, value: T) {
        self.0.get_or_insert_default().push(value);
    }

    pub(super) fn cut(&mut self, len: usize) {
        if let Some(list) = &mut self.0 {
            list.truncate(len);
        }
    }

    pub(super) fn exchange(&mut self, one: usize, other: usize) {
        if let Some(list) = &mut self.0
            && one.max(other) < list.len()
        {
            list.swap(one, other);
        }
    }
}

impl<T: Element> List<T> {
    pub(super) fn value(&self) -> ValueRef<'_> {
        if self.is_empty() {
            ValueRef::Absent
        } else {
            ValueRef::Many(self)
        }
    }
}

impl<T: Element> ManyValues for List<T> {
    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn at(&self, index: usize) -> ValueRef<'_> {
        let element = self.as_slice().get(index);
        element.map_or(ValueRef::Absent, Element::get)
    }

    fn slot(&mut self, index: usize) -> Option<Slot<'_>> {
        self.get_mut(index).map(Element::slot)
    }

    fn grow(&mut self) {
        self.push(T::empty());
    }

    fn truncate(&mut self, len: usize) {
        self.cut(len);
    }

    fn swap(&mut self, one: usize, other: usize) {
        self.exchange(one, other);
    }
}
