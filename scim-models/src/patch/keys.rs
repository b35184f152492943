//! What simple values are found by: hashes that are equal for values which a comparison takes for equal
//! (RFC 7644 §3.4.2.2).

use std::cmp::Ordering;

use super::equality::{Hashes, is_nothing, same};
use crate::{
    evaluate::{AttributeFacts, Preparation},
    filter::Comparand,
    model::{Attribute, Json, Kind, ValueRef, whole_number},
    patch::text,
    value::{DateTime, Decimal},
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
    match attribute.kind() {
        _ if text.is_empty() => of_nothing(hashes),
        Kind::Binary => {
            let symbols: String = symbols(text).collect();
            hashes.key(&symbols, true)
        }
        Kind::DateTime => match DateTime::moment(text) {
            Some((second, fraction)) => {
                let second = hashes.of(ValueRef::Integer(second));
                hashes.pair(second, hashes.key(fraction, true))
            }
            None => hashes.key(text, attribute.is_case_exact()),
        },
        _ => hashes.key(text, attribute.is_case_exact()),
    }
}

/// The hash of a number by its value. What is no number stands for itself.
fn of_number(hashes: &Hashes, text: &str) -> u64 {
    match Decimal::normal(text) {
        Some(normal) => hashes.key(&normal, true),
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
    // Prepared text has other rules.
    if AttributeFacts::from(attribute).preparation() != Preparation::None {
        return None;
    }
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

/// Returns whether two simple values are surely the same; nothing is the same as nothing.
pub(super) fn same_simple(attribute: &Attribute, one: ValueRef<'_>, other: ValueRef<'_>) -> bool {
    match (one, other) {
        (ValueRef::Decimal(one), ValueRef::Decimal(other)) => {
            one == other || one.cmp_numeric(other).is_some_and(Ordering::is_eq)
        }
        _ => match (one.text(), other.text()) {
            (Some(one), Some(other)) => {
                same_text(attribute, one, other)
                    || matches!(attribute.kind(), Kind::DateTime)
                        && DateTime::cmp_text(one, other).is_some_and(Ordering::is_eq)
            }
            _ => same(one, other),
        },
    }
}

/// Returns whether two texts are the same value, by `caseExact`.
pub(super) fn same_text(attribute: &Attribute, one: &str, other: &str) -> bool {
    fn lower(text: &str) -> impl Iterator<Item = char> + '_ {
        text.chars().flat_map(char::to_lowercase)
    }
    match attribute.kind() {
        Kind::Binary => symbols(one).eq(symbols(other)),
        _ if attribute.is_case_exact() => one == other,
        _ if one.is_ascii() && other.is_ascii() => one.eq_ignore_ascii_case(other),
        _ => lower(one).eq(lower(other)),
    }
}

/// Base64 whose padding and alphabet do not matter.
fn symbols(text: &str) -> impl Iterator<Item = char> + '_ {
    text.trim_end_matches('=')
        .chars()
        .map(|symbol| match symbol {
            '-' => '+',
            '_' => '/',
            other => other,
        })
}
