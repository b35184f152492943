//! The object-safe traits through which values of SCIM types are read and written.

use std::any::Any;

use super::{Descriptor, Extra, Json};
use crate::{json::text as json, value::Decimal};

/// A struct whose fields are SCIM attributes.
///
/// Implemented by generated and derived types. The index of an attribute is its position in
/// [`Descriptor::attributes`].
pub trait Reflect: Any + Send + Sync {
    /// The table of the attributes of this type.
    fn descriptor(&self) -> &'static Descriptor;
    /// The field of the attribute at `index`. `None` if there is no such attribute, or if its field is
    /// empty.
    fn field(&self, index: usize) -> Option<&dyn Field>;
    /// The field of the attribute at `index`, to write.
    fn field_mut(&mut self, index: usize) -> Option<&mut dyn Field>;
    /// Attributes that the type does not know.
    fn extra(&self) -> &Extra;
    /// Attributes that the type does not know, to write.
    fn extra_mut(&mut self) -> &mut Extra;
}

impl<'o> dyn Reflect + 'o {
    /// The value of an attribute; [`ValueRef::Absent`] for an index that does not exist.
    pub fn get(&self, index: usize) -> ValueRef<'_> {
        self.field(index).map_or(ValueRef::Absent, Field::get)
    }

    /// The place of an attribute's value; `None` for an index that does not exist.
    pub fn slot(&mut self, index: usize) -> Option<Slot<'_>> {
        self.field_mut(index).map(Field::slot)
    }
}

/// A field of any type that an attribute may have.
///
/// A struct returns its fields as they are, and each field type implements access to its value
/// once. That takes less code than access to each value in each struct.
pub trait Field {
    /// The value, borrowed.
    fn get(&self) -> ValueRef<'_>;
    /// The place of the value.
    fn slot(&mut self) -> Slot<'_>;
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
    /// A value that is written as text: a dateTime, a reference, binary data or a canonical value.
    Text(&'a dyn TextValue),
    /// Any JSON value.
    Json(&'a Json),
    /// A complex value.
    Object(&'a dyn Reflect),
    /// The values of a multi-valued attribute; never empty.
    Many(&'a dyn ManyValues),
}

impl<'a> ValueRef<'a> {
    /// Returns whether the attribute is unassigned.
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

    /// Returns whether the value counts as assigned. An object without values does not, nor does an
    /// array of such objects (RFC 7643 §2.5), also within JSON values. An empty string does.
    pub fn is_assigned(self) -> bool {
        match self {
            Self::Absent => false,
            Self::Object(object) => has_content(object),
            Self::Many(many) => (0..many.len()).any(|i| many.at(i).is_assigned()),
            Self::Json(json) => !json::is_nothing(json.as_str()),
            _ => true,
        }
    }
}

/// Returns whether any attribute of `object`, known or not, is assigned.
pub(crate) fn has_content(object: &dyn Reflect) -> bool {
    has_unknown(object)
        || (0..object.descriptor().attributes.len()).any(|i| object.get(i).is_assigned())
}

/// Returns whether any attribute that the type of `object` does not know holds something.
#[inline]
pub(crate) fn has_unknown(object: &dyn Reflect) -> bool {
    let extra = object.extra();
    !extra.is_empty()
        && extra
            .iter()
            .any(|(_, value)| !json::is_nothing(value.as_str()))
}

/// A value that is written as a JSON string.
pub trait TextValue: Any + Send + Sync {
    /// The text.
    fn text(&self) -> &str;
}

/// The values of a multi-valued attribute, to read and to write. It is compiled for every complex
/// type, so it has only methods that need the type.
#[allow(clippy::len_without_is_empty, reason = "`dyn ManyValues` has it")]
pub trait ManyValues: Any + Send + Sync {
    /// The number of values.
    fn len(&self) -> usize;
    /// The value at `index`; [`ValueRef::Absent`] past the end.
    fn at(&self, index: usize) -> ValueRef<'_>;
    /// The place at `index`.
    fn slot(&mut self, index: usize) -> Option<Slot<'_>>;
    /// Adds an empty value at the end.
    fn grow(&mut self);
    /// Reserves space for exactly `more` further values, if the type supports it.
    #[doc(hidden)]
    fn reserve(&mut self, _more: usize) {}
    /// Removes all values except the first `len`.
    fn truncate(&mut self, len: usize);
    /// Exchanges two values, if both exist.
    fn swap(&mut self, one: usize, other: usize);
}

impl<'v> dyn ManyValues + 'v {
    /// Adds an empty value at the end and returns its place.
    pub fn push(&mut self) -> Option<Slot<'_>> {
        self.grow();
        self.slot(self.len().saturating_sub(1))
    }

    /// Removes the last value.
    pub fn pop(&mut self) {
        self.truncate(self.len().saturating_sub(1));
    }

    /// Removes all values.
    pub fn clear(&mut self) {
        self.truncate(0);
    }

    /// Returns whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Keeps the values for which `keep` is true. `keep` is called once for each position, in order.
    pub fn retain(&mut self, keep: &mut dyn FnMut(usize) -> bool) {
        let mut kept = 0;
        for index in 0..self.len() {
            if keep(index) {
                if kept < index {
                    self.swap(kept, index);
                }
                kept += 1;
            }
        }
        self.truncate(kept);
    }
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
    Many(&'a mut dyn ManyValues),
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
    /// The text of a string, or of a number or boolean in place of a string.
    ///
    /// # Errors
    /// The value is an object or an array.
    pub fn as_text(self) -> Result<&'a str, WrongType> {
        match self {
            Self::Str(text) | Self::Number(text) => Ok(text),
            Self::Boolean(true) => Ok("true"),
            Self::Boolean(false) => Ok("false"),
            Self::Json(_) => Err(WrongType("a string")),
        }
    }
}

/// The type that a slot expects, with an article, such as "a boolean".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongType(pub &'static str);

impl WrongType {
    /// A whole number that does not fit into an `i64`.
    pub(crate) const OUT_OF_RANGE: Self = Self("an integer of 64 bits");
}

/// A place for a simple value.
pub trait ScalarSlot {
    /// Sets the value, and converts it generously: `"True"` to a boolean, or text to a number.
    ///
    /// # Errors
    /// The value has another type. The slot keeps its old value.
    fn put(&mut self, value: Scalar<'_>) -> Result<(), WrongType>;
    /// Makes the value unassigned, or empty if it is required.
    fn clear(&mut self);
}

/// A place for an optional complex value.
pub trait OptionObjectSlot {
    /// The value. If there is none, an empty object is inserted first.
    fn get_or_insert(&mut self) -> &mut dyn Reflect;
    /// The value, if there is one.
    fn get_mut(&mut self) -> Option<&mut dyn Reflect>;
    /// Makes the value unassigned.
    fn clear(&mut self);
}

impl<'s> dyn OptionObjectSlot + 's {
    /// Replaces the value by an empty object.
    pub fn insert(&mut self) -> &mut dyn Reflect {
        self.clear();
        self.get_or_insert()
    }
}
