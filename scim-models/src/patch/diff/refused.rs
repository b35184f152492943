//! Values that no patch can set: a service provider that keeps the rules refuses them.

use super::{DiffErrorKind, elements::is_primary_twice};
use crate::model::ValueRef;

/// Why nobody takes a value, if that is so. Such a value can be read from an answer, and stays where
/// nothing is changed.
pub(super) fn refused(value: ValueRef<'_>) -> Option<DiffErrorKind> {
    match value {
        ValueRef::Many(values) if is_primary_twice(values) => Some(DiffErrorKind::SeveralPrimaries),
        ValueRef::Many(values) => (0..values.len()).find_map(|index| refused(values.at(index))),
        ValueRef::Object(object) => {
            let count = object.descriptor().attributes().len();
            (0..count).find_map(|index| refused(object.get(index)))
        }
        ValueRef::Decimal(number) if !number.is_valid() => Some(DiffErrorKind::NotANumber),
        _ => None,
    }
}
