//! Equality of structs through their table: it costs less to compile than a derived one for each.

use super::{Attribute, Kind, ManyValues, Reflect, ValueRef};

/// Returns whether two structs of one type hold the same, as `#[derive(PartialEq)]` would say; but
/// what holds nothing is absent (RFC 7643 §2.5).
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
            let equal = |index| same(attribute, one.at(index), other.at(index));
            one.len() == other.len() && (0..one.len()).all(equal)
                || same_assigned(attribute, one, other)
        }
        (one, other) => !one.is_assigned() && !other.is_assigned(),
    }
}

/// Like [`same`], without elements that hold nothing (RFC 7643 §2.5).
#[cold]
fn same_assigned(attribute: &Attribute, one: &dyn ManyValues, other: &dyn ManyValues) -> bool {
    fn assigned<'a>(many: &'a dyn ManyValues) -> impl Iterator<Item = ValueRef<'a>> {
        let values = (0..many.len()).map(|index| many.at(index));
        values.filter(|value| value.is_assigned())
    }
    let (count, others) = (assigned(one).count(), assigned(other).count());
    let is_whole = count == one.len() && others == other.len();
    let mut pairs = assigned(one).zip(assigned(other));
    !is_whole && count == others && pairs.all(|(one, other)| same(attribute, one, other))
}

/// Returns whether two canonical values are equal: with `case_exact`, to the letter.
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
