//! Rules about the values of a resource.

use scim_models::{
    model::{Descriptor, Kind, Reflect, Uniqueness, ValueRef},
    value::{Binary, DateTime, Reference},
};

use crate::{
    finding::{Finding, Rule},
    reflected::visit,
};

const EXTERNAL_ID: &str = "externalId";

/// A resource of any type may have an `externalId` (RFC 7643 §3.1). Where the type lists none, it is
/// kept among what the schema does not know, under its right name.
pub(super) fn external_id(object: &mut dyn Reflect) -> Option<Finding> {
    if object.extra().is_empty() || object.descriptor().attribute(EXTERNAL_ID).is_some() {
        return None;
    }
    let extra = object.extra_mut();
    let named: Vec<_> = extra
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(EXTERNAL_ID))
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect();
    for (name, _) in &named {
        extra.remove(name);
    }
    let (_, value) = named.into_iter().next_back()?;
    if value.as_str().starts_with('"') {
        extra.insert(EXTERNAL_ID, value);
    } else if value.as_str() != "null" {
        let text = "externalId has to be a text";
        return Some(Finding::new(Rule::Type, EXTERNAL_ID, text));
    }
    None
}

/// Attributes that no schema has (RFC 7644 §3.12, `invalidSyntax`).
pub(super) fn unknown(object: &dyn Reflect) -> Vec<Finding> {
    let mut findings = Vec::new();
    visit(object, "", &mut |path, object| {
        for (name, _) in object.extra().iter() {
            if path.is_empty() && name == EXTERNAL_ID {
                continue;
            }
            let path = format!("{path}{name}");
            let text = format!("{path} is not in the schema");
            findings.push(Finding::new(Rule::Known, path, text));
        }
    });
    findings
}

/// Values that are not what their attribute says: text that is not of the attribute's type (RFC
/// 7643 §2.3.5 to §2.3.7), two primary values (§2.4).
///
/// Unless this is strict, only binary values are looked at: text with letters that no kind of base64
/// has, has no value. Padding may be missing.
pub(super) fn of_values(object: &dyn Reflect, strict: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !strict && !has_binary(object.descriptor()) {
        return findings;
    }
    visit(object, "", &mut |path, object| {
        for (at, attribute) in object.descriptor().attributes().iter().enumerate() {
            let what = match attribute.kind {
                Kind::DateTime if strict => "is not a dateTime such as 2011-05-13T04:42:34Z",
                Kind::Binary => "is not base64",
                Kind::Reference if strict => "is not a URI",
                _ => continue,
            };
            let is_valid = |text: &str| match attribute.kind {
                Kind::DateTime => DateTime::is_valid_text(text),
                Kind::Binary if strict => Binary::new(text).is_valid(),
                Kind::Binary => text.chars().all(is_of_base64),
                _ => !text.is_empty() && Reference::<()>::new(text).is_valid(),
            };
            let mut check = |value: ValueRef<'_>| {
                if value.text().is_some_and(|text| !is_valid(text)) {
                    let path = format!("{path}{}", attribute.name);
                    let text = format!("{path} {what}");
                    findings.push(Finding::new(Rule::Format, path, text));
                }
            };
            match object.get(at) {
                ValueRef::Many(many) => (0..many.len()).for_each(|at| check(many.at(at))),
                value => check(value),
            }
        }
    });
    if strict {
        findings.extend(primary(object));
    }
    findings
}

/// Returns whether a letter may stand in base64 of any kind (RFC 4648 §4, §5), or between its lines.
fn is_of_base64(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "+/-_= \t\r\n".contains(letter)
}

/// Returns whether something in a table is binary. Tables do not nest deeper than RFC 7643 §2.3.8 lets
/// them.
fn has_binary(table: &Descriptor) -> bool {
    table.attributes().iter().any(|attribute| {
        let inner = attribute.kind.descriptor();
        matches!(attribute.kind, Kind::Binary) || inner.is_some_and(has_binary)
    })
}

/// At most one value of an attribute is the primary one (RFC 7643 §2.4).
pub(super) fn primary(object: &dyn Reflect) -> Vec<Finding> {
    let mut findings = Vec::new();
    visit(object, "", &mut |path, object| {
        for (at, attribute) in object.descriptor().attributes().iter().enumerate() {
            let ValueRef::Many(many) = object.get(at) else {
                continue;
            };
            let primary = (0..many.len())
                .filter(|at| is_primary(many.at(*at)))
                .count();
            if primary > 1 {
                let path = format!("{path}{}", attribute.name);
                let text = format!("{path} has {primary} primary values");
                findings.push(Finding::new(Rule::Primary, path, text));
            }
        }
    });
    findings
}

fn is_primary(value: ValueRef<'_>) -> bool {
    let ValueRef::Object(object) = value else {
        return false;
    };
    let primary = object.descriptor().position("primary");
    let primary = primary.map(|index| object.get(index));
    matches!(primary, Some(ValueRef::Boolean(true)))
}

/// A required text that identifies the resource, such as `userName`, is not empty (RFC 7643
/// §4.1.1). Read strictly, no required text of the resource is.
pub(super) fn not_empty(object: &dyn Reflect, strict: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, attribute) in object.descriptor().attributes().iter().enumerate() {
        let may_not_be =
            attribute.is_required() && (strict || attribute.uniqueness() != Uniqueness::None);
        if may_not_be && object.get(index).text() == Some("") {
            let text = format!("{} is empty", attribute.name);
            findings.push(Finding::new(Rule::NotEmpty, attribute.name, text));
        }
    }
    findings
}
