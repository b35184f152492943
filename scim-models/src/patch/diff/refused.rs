//! Values that no patch can set: a service provider that keeps the rules refuses them.

use super::DiffErrorKind;
use crate::{
    model::{Attribute, Descriptor, Kind, ManyValues, ValueRef},
    patch::equality::is_primary,
};

/// Why nobody takes a value, if that is so. Such a value can be read from a response, and stays
/// where nothing is changed.
pub(super) fn refused(value: ValueRef<'_>) -> Option<DiffErrorKind> {
    match value {
        // Most lists have nothing of the kind in any of their elements, which may be many.
        ValueRef::Many(values)
            if !table(values).is_none_or(|t| t.attributes().iter().any(may_be)) =>
        {
            None
        }
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

/// Returns whether an attribute may have a value that is refused, or make one of the list it is in.
fn may_be(attribute: &Attribute) -> bool {
    let inside = attribute.kind().descriptor();
    is_primary(attribute)
        || matches!(attribute.kind(), Kind::Decimal)
        || inside.is_some_and(|table| table.attributes().iter().any(may_be))
}

/// The attributes of the elements, if they are objects.
fn table(values: &dyn ManyValues) -> Option<&'static Descriptor> {
    match (!values.is_empty()).then(|| values.at(0))? {
        ValueRef::Object(element) => Some(element.descriptor()),
        _ => None,
    }
}

/// Returns whether several elements are primary.
pub(super) fn is_primary_twice(values: &dyn ManyValues) -> bool {
    if !table(values).is_some_and(|table| table.attributes().iter().any(is_primary)) {
        return false;
    }
    let primary = |index: &usize| is_primary_set(values.at(*index));
    (0..values.len()).filter(primary).nth(1).is_some()
}

/// Returns whether an element is primary.
pub(super) fn is_primary_set(element: ValueRef<'_>) -> bool {
    let ValueRef::Object(element) = element else {
        return false;
    };
    let mut attributes = element.descriptor().attributes().iter().enumerate();
    attributes
        .any(|(index, a)| is_primary(a) && matches!(element.get(index), ValueRef::Boolean(true)))
}
