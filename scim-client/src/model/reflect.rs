//! The object-safe view of a SCIM value: what it holds, and where something can be put.

use std::any::Any;

use super::{Descriptor, Extra, Json};
use crate::value::Decimal;

/// A struct whose fields are SCIM attributes.
///
/// Implemented by generated and derived types. The index of an attribute is its position in
/// [`Descriptor::attributes`].
pub trait Reflect: Any + Send + Sync {
    /// The table of this type's attributes.
    fn descriptor(&self) -> &'static Descriptor;
    /// The value of an attribute; [`ValueRef::Absent`] for an index that does not exist.
    fn get(&self, index: usize) -> ValueRef<'_>;
    /// The place of an attribute's value; `None` for an index that does not exist.
    fn slot(&mut self, index: usize) -> Option<Slot<'_>>;
    /// Attributes that the type does not know.
    fn extra(&self) -> &Extra;
    /// Attributes that the type does not know, to change.
    fn extra_mut(&mut self) -> &mut Extra;
}

/// A borrowed attribute value.
#[derive(Clone, Copy)]
pub enum ValueRef<'a> {
    /// Unassigned (RFC 7643 §2.5).
    Absent,
    /// Text.
    Str(&'a str),
    /// A boolean.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number that keeps its text.
    Decimal(&'a Decimal),
    /// A value that is written as text: a date, a reference, binary data, a canonical value.
    Text(&'a dyn TextValue),
    /// Any JSON.
    Json(&'a Json),
    /// A complex value.
    Object(&'a dyn Reflect),
    /// The values of a multi-valued attribute; never empty.
    Many(&'a dyn ManyValues),
}

impl<'a> ValueRef<'a> {
    /// Whether the attribute is unassigned.
    pub fn is_absent(self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The text of a value that is written as a JSON string.
    pub fn text(self) -> Option<&'a str> {
        match self {
            Self::Str(text) => Some(text),
            Self::Text(value) => Some(value.text()),
            _ => None,
        }
    }

    /// Whether anything is in it: an object without values, and an array of such, has nothing
    /// (RFC 7643 §2.5). An empty string is something.
    pub fn is_assigned(self) -> bool {
        match self {
            Self::Absent => false,
            Self::Object(object) => has_content(object),
            Self::Many(many) => (0..many.len()).any(|i| many.at(i).is_assigned()),
            _ => true,
        }
    }
}

/// Whether any attribute of `object`, known or not, is assigned.
pub(crate) fn has_content(object: &dyn Reflect) -> bool {
    !object.extra().is_empty()
        || (0..object.descriptor().attributes.len()).any(|i| object.get(i).is_assigned())
}

/// A value that is written as a JSON string.
pub trait TextValue: Any {
    /// The text.
    fn text(&self) -> &str;
}

/// The values of a multi-valued attribute.
pub trait ManyValues: Any {
    /// How many there are.
    fn len(&self) -> usize;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The value at `index`; [`ValueRef::Absent`] past the end.
    fn at(&self, index: usize) -> ValueRef<'_>;
}

/// A borrowed place for an attribute value.
pub enum Slot<'a> {
    /// A required string.
    Str(&'a mut String),
    /// An optional string.
    OptionStr(&'a mut Option<String>),
    /// Any other simple value, required or optional.
    Scalar(&'a mut dyn ScalarSlot),
    /// A required complex value.
    Object(&'a mut dyn Reflect),
    /// An optional complex value.
    OptionObject(&'a mut dyn OptionObjectSlot),
    /// A multi-valued attribute.
    Many(&'a mut dyn ManySlot),
}

impl Slot<'_> {
    /// Makes the attribute unassigned. A required simple value becomes empty.
    pub fn clear(self) {
        match self {
            Self::Str(text) => text.clear(),
            Self::OptionStr(text) => *text = None,
            Self::Scalar(slot) => slot.clear(),
            Self::Object(object) => {
                for index in 0..object.descriptor().attributes.len() {
                    if let Some(slot) = object.slot(index) {
                        slot.clear();
                    }
                }
                object.extra_mut().clear();
            }
            Self::OptionObject(slot) => slot.clear(),
            Self::Many(slot) => slot.clear(),
        }
    }
}

/// A simple value on its way into a slot.
#[derive(Debug, Clone, Copy)]
pub enum Scalar<'a> {
    /// A JSON string, unescaped.
    Str(&'a str),
    /// A JSON boolean.
    Boolean(bool),
    /// A JSON number as it was written.
    Number(&'a str),
    /// Any JSON value as it was written; given to attributes of [`Kind::Any`](super::Kind::Any).
    Json(&'a str),
}

impl<'a> Scalar<'a> {
    /// The text of a string, or of a number or boolean that stands where text belongs.
    ///
    /// # Errors
    /// It is an object or an array.
    pub fn as_text(self) -> Result<&'a str, WrongType> {
        match self {
            Self::Str(text) | Self::Number(text) => Ok(text),
            Self::Boolean(true) => Ok("true"),
            Self::Boolean(false) => Ok("false"),
            Self::Json(_) => Err(WrongType("a string")),
        }
    }
}

/// What a slot expected instead of what it was given: an article and a type, such as "a boolean".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongType(pub &'static str);

/// A place for a simple value.
pub trait ScalarSlot {
    /// Puts a value in, reading generously: `"True"` for a boolean, a number given as text.
    ///
    /// # Errors
    /// The value is of another type. The slot keeps what it had.
    fn put(&mut self, value: Scalar<'_>) -> Result<(), WrongType>;
    /// Makes it unassigned, or empty where it is required.
    fn clear(&mut self);
}

/// A place for an optional complex value.
pub trait OptionObjectSlot {
    /// Puts an empty object in, in place of what was there.
    fn insert(&mut self) -> &mut dyn Reflect;
    /// What is there; an empty object is put in if there is nothing.
    fn get_or_insert(&mut self) -> &mut dyn Reflect;
    /// What is there.
    fn get_mut(&mut self) -> Option<&mut dyn Reflect>;
    /// Makes it unassigned.
    fn clear(&mut self);
}

/// A place for the values of a multi-valued attribute.
pub trait ManySlot {
    /// Adds an empty value at the end and gives its place.
    fn push(&mut self) -> Slot<'_>;
    /// Takes the last value away.
    fn pop(&mut self);
    /// Takes all values away.
    fn clear(&mut self);
    /// How many there are.
    fn len(&self) -> usize;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The value at `index`; [`ValueRef::Absent`] past the end.
    fn at(&self, index: usize) -> ValueRef<'_>;
    /// The place at `index`.
    fn slot(&mut self, index: usize) -> Option<Slot<'_>>;
    /// Keeps the values for which `keep` is true, asked once for each position in order.
    fn retain(&mut self, keep: &mut dyn FnMut(usize) -> bool);
}
