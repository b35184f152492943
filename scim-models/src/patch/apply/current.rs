//! What an attribute holds, compared with what it is given.

use std::{cmp::Ordering, collections::HashSet};

use super::filled::stays;
use crate::{
    evaluate::is_same_text,
    json,
    model::{Attribute, Reflect, ValueRef, whole_number},
    patch::text::{self, Shape},
    value::Decimal,
};

/// An attribute and its value, or those of its sub-attribute.
pub(super) fn at<'a>(
    object: &'a dyn Reflect,
    attribute: &'static Attribute,
    index: usize,
    sub: Option<&str>,
) -> (&'static Attribute, ValueRef<'a>) {
    let value = object.get(index);
    let Some(sub) = sub else {
        return (attribute, value);
    };
    let table = attribute.kind().descriptor();
    let found = table.and_then(|table| table.position(sub));
    let inner = found.and_then(|found| table?.attributes().get(found));
    match (value, found) {
        (ValueRef::Object(child), Some(found)) => (inner.unwrap_or(attribute), child.get(found)),
        _ => (inner.unwrap_or(attribute), ValueRef::Absent),
    }
}

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

/// Returns whether a JSON text says nothing that `value` does not, as filters compare values.
pub(super) fn agrees(attribute: &Attribute, value: ValueRef<'_>, json: &str) -> bool {
    if text::is_unassigned(json) {
        return !value.is_assigned();
    }
    match (value, text::shape(json)) {
        (ValueRef::Json(value), _) => text::canonical(value.as_str()) == text::canonical(json),
        (ValueRef::Object(object), Shape::Object) => {
            let attributes = object.descriptor().attributes();
            let member_agrees = |(name, json): &text::Member<'_>| {
                let found = object.descriptor().position(name);
                match found.and_then(|index| Some((index, attributes.get(index)?))) {
                    Some((index, attribute)) => agrees(attribute, object.get(index), json),
                    None => match object.extra().get(name) {
                        Some(value) => agrees(attribute, ValueRef::Json(value), json),
                        None => text::is_unassigned(json),
                    },
                }
            };
            text::members(json).is_ok_and(|members| members.iter().all(member_agrees))
        }
        (ValueRef::Many(many), Shape::Array) => text::elements(json).is_ok_and(|elements| {
            elements.len() == many.len()
                && elements
                    .iter()
                    .enumerate()
                    .all(|(at, json)| agrees(attribute, many.at(at), json))
        }),
        (ValueRef::Boolean(value), _) => json == if value { "true" } else { "false" },
        (ValueRef::Integer(value), _) => whole_number(json) == Ok(value),
        (ValueRef::Decimal(value), _) => {
            let order = Decimal::cmp_text(value.as_str(), json);
            order.map_or(json == value.as_str(), Ordering::is_eq)
        }
        (value, Shape::Simple) => match (value.text(), text::string(json)) {
            (Some(value), Some(text)) => is_same_text(attribute, value, &text),
            _ => false,
        },
        _ => false,
    }
}

/// Returns whether `value` has something that a JSON text does not name, so that it would go if the
/// text replaced it. Where the text is no object there is nothing to name.
pub(super) fn exceeds(value: ValueRef<'_>, json: &str) -> bool {
    match (value, text::shape(json)) {
        (ValueRef::Object(object), Shape::Object) => {
            let Ok(members) = text::members(json) else {
                return false;
            };
            let named = |index| {
                let mut members = members.iter().rev();
                members.find(|(name, _)| object.descriptor().position(name) == Some(index))
            };
            let mut attributes = object.descriptor().attributes().iter().enumerate();
            attributes.any(|(index, attribute)| match named(index) {
                Some((_, json)) => exceeds(object.get(index), json),
                None => !stays(attribute) && object.get(index).is_assigned(),
            }) || exceeds_unknown(object, &members)
        }
        (ValueRef::Many(many), Shape::Array) => text::elements(json).is_ok_and(|elements| {
            let mut elements = elements.iter().enumerate();
            elements.any(|(at, json)| exceeds(many.at(at), json))
        }),
        _ => false,
    }
}

fn exceeds_unknown(object: &dyn Reflect, members: &[text::Member<'_>]) -> bool {
    if object.extra().is_empty() {
        return false;
    }
    let names = members.iter().map(|(name, _)| name.to_ascii_lowercase());
    let names: HashSet<String> = names.collect();
    let mut unknown = object.extra().iter();
    unknown.any(|(name, _)| !names.contains(&name.to_ascii_lowercase()))
}
