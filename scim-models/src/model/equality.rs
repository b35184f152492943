//! Equality of structs through their table: it costs less to compile than a derived one for each.

use super::{Attribute, Kind, Reflect, ValueRef};

/// Whether two structs of one type hold the same, as `#[derive(PartialEq)]` would say.
pub(crate) fn equal(one: &dyn Reflect, other: &dyn Reflect) -> bool {
    let attributes = one.descriptor().attributes;
    let mut attributes = attributes.iter().enumerate();
    attributes.all(|(index, attribute)| same(attribute, one.get(index), other.get(index)))
        && one.extra() == other.extra()
}

fn same(attribute: &Attribute, one: ValueRef<'_>, other: ValueRef<'_>) -> bool {
    match (one, other) {
        (ValueRef::Absent, ValueRef::Absent) => true,
        (ValueRef::Str(one), ValueRef::Str(other)) => one == other,
        (ValueRef::Boolean(one), ValueRef::Boolean(other)) => one == other,
        (ValueRef::Integer(one), ValueRef::Integer(other)) => one == other,
        (ValueRef::Decimal(one), ValueRef::Decimal(other)) => one == other,
        (ValueRef::Json(one), ValueRef::Json(other)) => one == other,
        (ValueRef::Object(one), ValueRef::Object(other)) => equal(one, other),
        // Dates, references and binary data are equal if their texts are; of the values of an enum
        // the schema says whether letter case counts.
        (ValueRef::Text(one), ValueRef::Text(other)) => {
            let exact = attribute.is_case_exact() || !matches!(attribute.kind, Kind::String);
            same_text(one.text(), other.text(), exact)
        }
        (ValueRef::Many(one), ValueRef::Many(other)) => {
            one.len() == other.len()
                && (0..one.len()).all(|index| same(attribute, one.at(index), other.at(index)))
        }
        _ => false,
    }
}

/// Whether two canonical values are equal: with `case_exact`, to the letter.
pub fn same_text(one: &str, other: &str, case_exact: bool) -> bool {
    if case_exact {
        one == other
    } else {
        one.eq_ignore_ascii_case(other)
    }
}

/// Hashes a canonical value so that it fits [`same_text`].
pub fn hash_text<H: std::hash::Hasher>(text: &str, case_exact: bool, state: &mut H) {
    for byte in text.bytes() {
        state.write_u8(if case_exact {
            byte
        } else {
            byte.to_ascii_lowercase()
        });
    }
    state.write_u8(0xFF);
}
