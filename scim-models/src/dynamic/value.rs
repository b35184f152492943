//! Values with the metadata of their attributes.

use std::{borrow::Cow, fmt};

use crate::{
    json::encode,
    model::{Attribute, Json, ManyValues, Reflect, ValueRef},
    shown::REDACTED,
    value::{Any, Binary, DateTime, Decimal, Reference},
};

/// A value together with its attribute. [`DynamicResource::get`](super::DynamicResource::get) and
/// the iterators over attributes return it.
///
/// `Debug` shows a value that is never returned, such as a password, as `<redacted>`.
#[derive(Clone, Copy)]
pub struct Value<'a> {
    attribute: &'static Attribute,
    value: ValueRef<'a>,
    /// Whether it, or something that it is part of, is never returned.
    secret: bool,
}

impl<'a> Value<'a> {
    pub(super) fn new(attribute: &'static Attribute, value: ValueRef<'a>) -> Self {
        Self {
            attribute,
            value,
            secret: attribute.is_secret(),
        }
    }

    /// As part of another value.
    pub(super) fn within(self, outer: Self) -> Self {
        Self {
            secret: self.secret || outer.secret,
            ..self
        }
    }

    /// The metadata of the attribute.
    pub fn attribute(self) -> &'static Attribute {
        self.attribute
    }

    /// The name of the attribute. For the container of an extension, it is the URN of the extension.
    pub fn name(self) -> &'static str {
        self.attribute.name
    }

    /// The value itself.
    pub fn get(self) -> ValueRef<'a> {
        self.value
    }

    /// The value as text, also for a dateTime, a reference or binary data.
    pub fn as_str(self) -> Option<&'a str> {
        self.value.text()
    }

    /// The value as a boolean.
    pub fn as_bool(self) -> Option<bool> {
        match self.value {
            ValueRef::Boolean(value) => Some(value),
            _ => None,
        }
    }

    /// The value as a whole number.
    pub fn as_i64(self) -> Option<i64> {
        match self.value {
            ValueRef::Integer(value) => Some(value),
            _ => None,
        }
    }

    /// The value as a number, whole or not, with its digits as they came.
    pub fn as_decimal(self) -> Option<Decimal> {
        match self.value {
            ValueRef::Decimal(value) => Some(value.clone()),
            ValueRef::Integer(value) => Some(Decimal::from_text(value.to_string())),
            _ => None,
        }
    }

    /// A text value as a dateTime. It need not be valid.
    pub fn as_date_time(self) -> Option<DateTime> {
        self.as_str().map(DateTime::from)
    }

    /// A text value as binary data. It need not be valid base64.
    pub fn as_binary(self) -> Option<Binary> {
        self.as_str().map(Binary::from)
    }

    /// A text value as a reference.
    pub fn as_reference(self) -> Option<Reference<Any>> {
        self.as_str().map(Reference::from)
    }

    /// The value in one line, for a table or a form. A simple value is written without quotes, any
    /// other as JSON without secrets. If the value itself is a secret, it is shown.
    pub fn to_text(self) -> Cow<'a, str> {
        match self.value {
            ValueRef::Absent => Cow::Borrowed(""),
            ValueRef::Str(text) => Cow::Borrowed(text),
            ValueRef::Text(value) => Cow::Borrowed(value.text()),
            ValueRef::Boolean(true) => Cow::Borrowed("true"),
            ValueRef::Boolean(false) => Cow::Borrowed("false"),
            ValueRef::Integer(value) => Cow::Owned(value.to_string()),
            ValueRef::Decimal(value) => Cow::Borrowed(value.as_str()),
            ValueRef::Json(json) => Cow::Borrowed(json.as_str()),
            ValueRef::Object(_) | ValueRef::Many(_) => {
                Cow::Owned(self.to_json().as_str().to_owned())
            }
        }
    }

    /// The value as JSON. Secrets within a complex value are left out.
    pub fn to_json(self) -> Json {
        encode::shown(self.value)
    }

    /// The values of a multi-valued attribute. For any other attribute, the value itself.
    pub fn elements(self) -> impl Iterator<Item = Self> {
        let many: Option<&'a dyn ManyValues> = match self.value {
            ValueRef::Many(many) => Some(many),
            _ => None,
        };
        let count = many.map_or(1, ManyValues::len);
        (0..count).map(move |index| Self {
            value: many.map_or(self.value, |many| many.at(index)),
            ..self
        })
    }

    /// The assigned sub-attributes of a complex value, or the assigned attributes of an extension,
    /// in the schema's order. Empty for values of other types.
    pub fn attributes(self) -> impl Iterator<Item = Value<'a>> {
        let object = match self.value {
            ValueRef::Object(object) => Some(object),
            _ => None,
        };
        let all = object.into_iter().flat_map(attributes_of);
        all.map(move |inner| inner.within(self))
    }
}

/// What is assigned of an object's attributes, in the schema's order.
pub(super) fn attributes_of(object: &dyn Reflect) -> impl Iterator<Item = Value<'_>> {
    let table = object.descriptor().attributes;
    let all = table.iter().enumerate();
    all.map(|(index, attribute)| Value::new(attribute, object.get(index)))
        .filter(|value| value.get().is_assigned())
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.secret {
            f.write_str(REDACTED)
        } else {
            self.value.fmt(f)
        }
    }
}
