//! What an attribute holds, compared with what it is given.

use crate::{
    json,
    model::ValueRef,
    patch::text::{self, Shape},
};

/// A text that changes with the value, but not with the order of elements.
pub(super) fn snapshot(value: ValueRef<'_>) -> String {
    if let ValueRef::Many(values) = value {
        let elements = (0..values.len()).map(|index| snapshot(values.at(index)));
        let mut elements: Vec<String> = elements.collect();
        elements.sort();
        return elements.join(",");
    }
    let text = json::encode::value(value);
    text::canonical(text.as_str())
}

/// Returns whether a JSON text says nothing that `value` does not.
pub(super) fn agrees(value: ValueRef<'_>, json: &str) -> bool {
    if text::is_unassigned(json) {
        return !value.is_assigned();
    }
    match (value, text::shape(json)) {
        (ValueRef::Json(value), _) => text::canonical(value.as_str()) == text::canonical(json),
        (ValueRef::Object(object), Shape::Object) => {
            let member_agrees =
                |(name, json): &text::Member<'_>| match object.descriptor().position(name) {
                    Some(index) => agrees(object.get(index), json),
                    None => match object.extra().get(name) {
                        Some(value) => agrees(ValueRef::Json(value), json),
                        None => text::is_unassigned(json),
                    },
                };
            text::members(json).is_ok_and(|members| members.iter().all(member_agrees))
        }
        (ValueRef::Many(many), Shape::Array) => text::elements(json).is_ok_and(|elements| {
            elements.len() == many.len()
                && elements
                    .iter()
                    .enumerate()
                    .all(|(at, json)| agrees(many.at(at), json))
        }),
        (ValueRef::Boolean(value), _) => json == if value { "true" } else { "false" },
        (ValueRef::Integer(value), _) => json.parse() == Ok(value),
        (ValueRef::Decimal(value), _) => json == value.as_str(),
        (value, Shape::Simple) => match (value.text(), text::string(json)) {
            (Some(value), Some(text)) => value == text,
            _ => false,
        },
        _ => false,
    }
}
