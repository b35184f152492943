//! Simple values of attributes, one and many, as small as they can be.

use crate::{
    model::{
        Field, Json, ManyValues, Scalar, ScalarSlot, Slot, TextValue, ValueRef, Values, WrongType,
    },
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

impl Field for Option<Written> {
    fn get(&self) -> ValueRef<'_> {
        match self {
            Some(text) => ValueRef::Text(text),
            None => ValueRef::Absent,
        }
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Scalar(self)
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

/// A text of which the schema suggests values (RFC 7643 §7, `canonicalValues`), or none. One that is
/// suggested takes no memory of its own.
#[derive(Clone)]
pub(super) struct Choice {
    values: &'static Values,
    chosen: Chosen,
}

#[derive(Clone)]
enum Chosen {
    /// By its position; that past the end is none.
    Suggested(usize),
    Other(Box<str>),
}

const _: () = assert!(size_of::<Choice>() == size_of::<String>());

impl Choice {
    /// How many suggested values a text is looked for among. There are never more than a few, but a
    /// hostile document may have any number.
    const LOOKED_AT: usize = 32;

    const NONE: Chosen = Chosen::Suggested(usize::MAX);

    pub(super) fn new(values: &'static Values) -> Self {
        Self {
            values,
            chosen: Self::NONE,
        }
    }

    fn is_some(&self) -> bool {
        !matches!(self.chosen, Chosen::Suggested(usize::MAX))
    }
}

impl Field for Choice {
    fn get(&self) -> ValueRef<'_> {
        if self.is_some() {
            ValueRef::Text(self)
        } else {
            ValueRef::Absent
        }
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Scalar(self)
    }
}

impl TextValue for Choice {
    fn text(&self) -> &str {
        match &self.chosen {
            Chosen::Suggested(at) => self.values.canonical.get(*at).copied().unwrap_or(""),
            Chosen::Other(text) => text,
        }
    }
}

impl ScalarSlot for Choice {
    fn put(&mut self, value: Scalar<'_>) -> Result<(), WrongType> {
        let text = value.as_text()?;
        let first = text.as_bytes().first();
        let mut suggested = self.values.canonical.iter().take(Self::LOOKED_AT);
        // Most differ in their first byte, which is quicker to see than a comparison is made.
        let found = suggested.position(|one| one.as_bytes().first() == first && *one == text);
        self.chosen = match found {
            Some(at) => Chosen::Suggested(at),
            None => Chosen::Other(text.into()),
        };
        Ok(())
    }

    fn clear(&mut self) {
        self.chosen = Self::NONE;
    }
}

/// What can be one of many.
pub(super) trait Element: Clone + Send + Sync + 'static {
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

/// The values of an attribute with many.
#[derive(Clone)]
pub(super) struct List<T>(Vec<T>);

impl<T> List<T> {
    /// How many values there is room for at first: mostly there are one or two.
    const FIRST: usize = 2;

    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn as_slice(&self) -> &[T] {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        self.0.get_mut(index)
    }

    pub(super) fn push(&mut self, value: T) {
        self.make_room(Self::FIRST);
        self.0.push(value);
    }

    /// Makes room for exactly so many, where there is none for any.
    pub(super) fn make_room(&mut self, more: usize) {
        if self.0.capacity() == 0 {
            self.0.reserve_exact(more);
        }
    }

    pub(super) fn cut(&mut self, len: usize) {
        self.0.truncate(len);
    }

    pub(super) fn exchange(&mut self, one: usize, other: usize) {
        if one.max(other) < self.0.len() {
            self.0.swap(one, other);
        }
    }
}

impl<T: Element> Field for List<T> {
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

    fn reserve(&mut self, more: usize) {
        self.make_room(more);
    }

    fn truncate(&mut self, len: usize) {
        self.cut(len);
    }

    fn swap(&mut self, one: usize, other: usize) {
        self.exchange(one, other);
    }
}
