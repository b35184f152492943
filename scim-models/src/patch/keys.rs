//! What simple values are found by: hashes that are equal for values which a comparison takes for equal
//! (RFC 7644 §3.4.2.2).

use std::cmp::Ordering;

use super::equality::{Hashes, is_nothing, same};
use crate::{
    evaluate::{comparable_text, has_forms, is_same_text},
    filter::Comparand,
    json::text::Number,
    model::{Attribute, Json, Kind, ValueRef, whole_number},
    patch::text,
    value::Decimal,
};

/// The hash of a simple value, or of any JSON. There is none for what holds nothing, nor for what has
/// several values or sub-attributes.
pub(super) fn of_value(hashes: &Hashes, attribute: &Attribute, value: ValueRef<'_>) -> Option<u64> {
    match value {
        ValueRef::Integer(_) | ValueRef::Boolean(_) => Some(hashes.of(value)),
        ValueRef::Decimal(number) => Some(of_number(hashes, number.as_str())),
        ValueRef::Json(_) => (!is_nothing(value)).then(|| hashes.of(value)),
        value => Some(of_text(hashes, attribute, value.text()?)),
    }
}

/// Like [`of_value`], for a value that is written as text.
fn of_text(hashes: &Hashes, attribute: &Attribute, text: &str) -> u64 {
    match text {
        "" => of_nothing(hashes),
        _ if has_forms(attribute) => hashes.key(&comparable_text(attribute, text), true),
        _ => hashes.key(text, attribute.is_case_exact()),
    }
}

/// The hash of a number by its value. What is no number stands for itself.
fn of_number(hashes: &Hashes, text: &str) -> u64 {
    match Number::comparable(text) {
        Some(number) => hashes.key(&number, true),
        None => hashes.key(text, true),
    }
}

/// The hash of an empty text, which is a value but tells no elements apart.
pub(super) fn of_nothing(hashes: &Hashes) -> u64 {
    hashes.key("", true)
}

/// The hash of the values that a JSON text stands for where elements are listed.
pub(super) fn of_json(hashes: &Hashes, attribute: &Attribute, json: &str) -> Option<u64> {
    let word = json.trim_matches('"');
    match attribute.kind() {
        Kind::Integer => Some(of_whole(hashes, word)),
        Kind::Decimal => Some(of_number(hashes, word)),
        Kind::Boolean => Some(match word.to_ascii_lowercase().parse() {
            Ok(value) => hashes.of(ValueRef::Boolean(value)),
            Err(_) => hashes.key(word, true),
        }),
        Kind::String | Kind::Reference | Kind::Binary | Kind::DateTime => {
            let text = text::string(json).unwrap_or(json.into());
            Some(of_text(hashes, attribute, &text))
        }
        Kind::Any => Some(hashes.of(ValueRef::Json(&Json::trusted(json)))),
        Kind::Complex(_) => None,
    }
}

/// The hash of the values to which `value` is equal in a filter. `None` if that cannot be told by a
/// hash; any hash if there is no such value.
pub(super) fn of_comparand(
    hashes: &Hashes,
    attribute: &Attribute,
    value: &Comparand,
) -> Option<u64> {
    match (attribute.kind(), value) {
        (_, Comparand::Null) | (Kind::Any | Kind::Complex(_), _) => None,
        (Kind::Integer, Comparand::Number(number)) => Some(of_whole(hashes, number.as_str())),
        (Kind::Decimal, Comparand::Number(number)) => Some(of_number(hashes, number.as_str())),
        (Kind::Boolean, Comparand::Boolean(value)) => Some(hashes.of(ValueRef::Boolean(*value))),
        (
            Kind::String | Kind::Reference | Kind::Binary | Kind::DateTime,
            Comparand::String(text),
        ) => Some(of_text(hashes, attribute, text)),
        // Values of different types differ.
        (_, other) => Some(hashes.key(&other.to_string(), true)),
    }
}

/// The hash of the integers that are equal to a number.
fn of_whole(hashes: &Hashes, number: &str) -> u64 {
    match whole_number(number) {
        Ok(number) => hashes.of(ValueRef::Integer(number)),
        Err(_) => of_number(hashes, number),
    }
}

/// Returns whether two simple values are the same for a filter; nothing is the same as nothing.
pub(super) fn same_simple(attribute: &Attribute, one: ValueRef<'_>, other: ValueRef<'_>) -> bool {
    if let (Some(one), Some(other)) = (one.text(), other.text()) {
        return is_same_text(attribute, one, other);
    }
    let order = match (one, other) {
        (ValueRef::Decimal(one), ValueRef::Decimal(other)) => {
            Decimal::cmp_text(one.as_str(), other.as_str())
        }
        _ => None,
    };
    order.map_or_else(|| same(one, other), Ordering::is_eq)
}
