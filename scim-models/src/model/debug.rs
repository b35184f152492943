//! `Debug` of every SCIM type: what is assigned, without secrets.

use std::fmt;

use super::{Reflect, ValueRef};
use crate::shown::REDACTED;

/// Writes `object` as a struct of its assigned attributes. Values that are never returned, such
/// as passwords, show as `<redacted>`.
pub(crate) fn object(object: &dyn Reflect, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let descriptor = object.descriptor();
    let mut shown = f.debug_struct(descriptor.name);
    for (index, attribute) in descriptor.attributes.iter().enumerate() {
        match object.get(index) {
            ValueRef::Absent => {}
            _ if attribute.is_secret() => {
                shown.field(attribute.name, &format_args!("{REDACTED}"));
            }
            value => {
                shown.field(attribute.name, &value);
            }
        }
    }
    if !object.extra().is_empty() {
        shown.field("extra", object.extra());
    }
    shown.finish()
}

impl fmt::Debug for ValueRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Absent => f.write_str("absent"),
            Self::Str(text) => fmt::Debug::fmt(text, f),
            Self::Boolean(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Decimal(value) => f.write_str(value.as_str()),
            Self::Text(value) => fmt::Debug::fmt(value.text(), f),
            Self::Json(value) => value.fmt(f),
            Self::Object(value) => object(value, f),
            Self::Many(values) => f
                .debug_list()
                .entries((0..values.len()).map(|i| values.at(i)))
                .finish(),
        }
    }
}
