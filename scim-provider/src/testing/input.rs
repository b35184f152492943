//! Resources in requests: read, checked, and combined with what is stored (RFC 7643 §7,
//! RFC 7644 §3.3 and §3.5.1).

use std::collections::HashMap;

use super::{
    failure::{Failure, Outcome},
    output,
    record::{Record, ResourceKind},
    strict,
};
use scim_models::{
    evaluate::comparable_text,
    internal::{
        Context, Layers, Problems, Reader, decode,
        envelope::{self, Envelope},
    },
    message::ScimType,
    model::{Attribute, Descriptor, ManyValues, Mutability, Reflect, Slot, Uniqueness, ValueRef},
};

/// How much of what is wrong with a request its answer tells.
const MAX_TOLD: usize = 20;

/// Reads the body of a POST or PUT. What only the provider sets is left out; everything that is
/// required must be there.
pub(super) fn read(kind: &ResourceKind, text: &str, strict: bool) -> Outcome<Box<dyn Record>> {
    let mut record = kind.empty();
    let mut context = Context {
        strict,
        partial: true,
        problems: Problems::all(),
        ..Context::default()
    };
    // A client's `id` and `meta` are ignored.
    let mut ignored = Envelope::default();
    let layers = Layers::resource(record.own_mut(), &mut ignored);
    decode::document(text, layers, &mut context)
        .map_err(|error| Failure::invalid_syntax(error.to_string()))?;
    if !names_schema(text, kind.schema, strict) {
        return Err(Failure::invalid_value(format!(
            "schemas has to name {}",
            kind.schema
        )));
    }
    let mut wrong = Vec::new();
    for problem in context.problems.iter() {
        if problem.path().is_empty() {
            return Err(Failure::invalid_syntax("the body is not a JSON object"));
        }
        if !is_read_only(kind.descriptor, problem.path()) {
            wrong.push(problem.to_string());
        }
    }
    for trail in &context.missing {
        wrong.extend(missing(kind.descriptor, trail).map(|path| format!("{path} is required")));
    }
    if !wrong.is_empty() {
        let more = wrong.len().saturating_sub(MAX_TOLD);
        wrong.truncate(MAX_TOLD);
        if more > 0 {
            wrong.push(format!("and {more} more"));
        }
        return Err(Failure::invalid_value(wrong.join("; ")));
    }
    if strict {
        strict::check_document(text, kind, record.own())?;
    }
    drop_read_only(record.own_mut());
    if strict {
        strict::refuse(strict::problems(record.own()), Failure::invalid_value)?;
    }
    scim_models::internal::drop_duplicates(record.own_mut());
    check_primary(record.own())?;
    check_identifying(record.own())?;
    Ok(record)
}

/// Whether the document says of which schema it is (RFC 7643 §3). Unless this is strict, it may say
/// nothing; what names other schemas only is meant for another endpoint.
fn names_schema(text: &str, urn: &str, strict: bool) -> bool {
    let document: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let schemas = document.as_object().and_then(|members| {
        let mut members = members.iter();
        members
            .find(|(name, _)| name.eq_ignore_ascii_case("schemas"))
            .map(|(_, value)| value)
    });
    let schemas = schemas.and_then(serde_json::Value::as_array);
    match schemas.map_or(&[][..], Vec::as_slice) {
        [] => !strict,
        schemas => schemas
            .iter()
            .filter_map(serde_json::Value::as_str)
            .any(|schema| schema.eq_ignore_ascii_case(urn)),
    }
}

/// A required text that identifies the resource, such as `userName`, is not empty (RFC 7643
/// §4.1.1).
pub(super) fn check_identifying(object: &dyn Reflect) -> Outcome<()> {
    for (index, attribute) in object.descriptor().attributes().iter().enumerate() {
        let is_identifying =
            attribute.is_required() && attribute.uniqueness_of() != Uniqueness::None;
        if is_identifying && object.get(index).text() == Some("") {
            let detail = format!("{} is empty", attribute.name);
            return Err(Failure::invalid_value(detail));
        }
    }
    Ok(())
}

/// At most one value of an attribute is the primary one (RFC 7643 §2.4).
fn check_primary(object: &dyn Reflect) -> Outcome<()> {
    for (index, attribute) in object.descriptor().attributes().iter().enumerate() {
        match object.get(index) {
            ValueRef::Object(object) => check_primary(object)?,
            ValueRef::Many(many) => {
                let primary = (0..many.len())
                    .filter(|at| is_primary(many.at(*at)))
                    .count();
                if primary > 1 {
                    let detail = format!("{} has {primary} primary values", attribute.name);
                    return Err(Failure::invalid_value(detail));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

pub(super) fn is_primary(value: ValueRef<'_>) -> bool {
    let ValueRef::Object(object) = value else {
        return false;
    };
    let primary = object
        .descriptor()
        .position("primary")
        .map(|index| object.get(index));
    matches!(primary, Some(ValueRef::Boolean(true)))
}

/// Whether a problem is in an attribute that is ignored anyway.
fn is_read_only(descriptor: &Descriptor, path: &str) -> bool {
    let common = envelope::DESCRIPTOR.attributes().iter();
    let common = common.filter(|attribute| attribute.name != "schemas");
    descriptor
        .attributes()
        .iter()
        .chain(common)
        .any(|attribute| {
            let rest = path.strip_prefix(attribute.name);
            attribute.mutability_of() == Mutability::ReadOnly
                && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
}

/// The path of a required attribute that is missing; `trail` has indices from the inside out.
/// `None` if it is the provider that sets it.
fn missing(descriptor: &'static Descriptor, trail: &[u16]) -> Option<String> {
    let mut path = String::new();
    let mut table = Some(descriptor);
    let mut steps = trail.iter().rev();
    while let Some(step) = steps.next() {
        let attribute = table?.attributes().get(usize::from(*step))?;
        if attribute.mutability_of() == Mutability::ReadOnly {
            return None;
        }
        if !path.is_empty() {
            let within_extension = table.and_then(Descriptor::urn).is_some();
            path.push(if within_extension { ':' } else { '.' });
        }
        path.push_str(attribute.name);
        table = attribute.kind.descriptor();
        if attribute.is_multi_valued()
            && let Some(element) = steps.next()
        {
            path.push_str(&format!("[{element}]"));
        }
    }
    Some(path)
}

/// Clears everything that is `readOnly`, at every level.
fn drop_read_only(object: &mut dyn Reflect) {
    let attributes = object.descriptor().attributes();
    for (index, attribute) in attributes.iter().enumerate() {
        match object.slot(index) {
            Some(slot) if attribute.mutability_of() == Mutability::ReadOnly => slot.clear(),
            Some(slot) => each_object(slot, &mut |inner| drop_read_only(inner)),
            None => {}
        }
    }
}

/// Gives each object in a slot to `visit`.
pub(super) fn each_object(slot: Slot<'_>, visit: &mut dyn FnMut(&mut dyn Reflect)) {
    match slot {
        Slot::Object(object) => visit(object),
        Slot::OptionObject(slot) => {
            if let Some(object) = slot.get_mut() {
                visit(object);
            }
        }
        Slot::Many(many) => {
            for index in 0..many.len() {
                if let Some(slot) = many.slot(index) {
                    each_object(slot, visit);
                }
            }
        }
        Slot::Str(_) | Slot::OptionStr(_) | Slot::Scalar(_) => {}
    }
}

/// Completes the new state of a resource from a PUT with what the client cannot send: `readOnly`
/// attributes, and secrets that it did not repeat. An `immutable` attribute that is set must be
/// the same in both.
pub(super) fn carry_over(old: &dyn Reflect, new: &mut dyn Reflect) -> Outcome<()> {
    let attributes = old.descriptor().attributes();
    for (index, attribute) in attributes.iter().enumerate() {
        let before = old.get(index);
        if !before.is_assigned() {
            continue;
        }
        let now = new.get(index);
        let is_missing = !now.is_assigned();
        match attribute.mutability_of() {
            Mutability::ReadOnly => copy(attribute, before, new.slot(index)),
            _ if attribute.is_secret() && is_missing => copy(attribute, before, new.slot(index)),
            Mutability::Immutable if !same(attribute, before, now) => {
                let detail = format!("{} cannot be changed", attribute.name);
                return Err(Failure::bad(ScimType::MUTABILITY, detail));
            }
            _ => within(attribute, before, new.slot(index), is_missing)?,
        }
    }
    Ok(())
}

/// Goes on with the sub-attributes, or the attributes of an extension.
fn within(
    attribute: &Attribute,
    old: ValueRef<'_>,
    slot: Option<Slot<'_>>,
    is_missing: bool,
) -> Outcome<()> {
    match (old, slot) {
        (ValueRef::Object(old), Some(Slot::Object(new))) => carry_over(old, new),
        (ValueRef::Object(old), Some(Slot::OptionObject(slot))) => match slot.get_mut() {
            Some(new) if !is_missing => carry_over(old, new),
            _ if attribute.is_extension() && holds_own(old) => carry_over(old, slot.insert()),
            _ if holds_immutable(old) => {
                let detail = format!("{} has what cannot be changed", attribute.name);
                Err(Failure::bad(ScimType::MUTABILITY, detail))
            }
            _ => Ok(()),
        },
        (ValueRef::Many(old), Some(Slot::Many(new))) => {
            elements(old, new);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Elements of equal `value` are the same element. One that differs in an immutable
/// sub-attribute is another one, which took its place.
fn elements(old: &dyn scim_models::model::ManyValues, new: &mut dyn ManyValues) {
    let mut twins: HashMap<&str, &dyn Reflect> = HashMap::new();
    for at in 0..old.len() {
        if let ValueRef::Object(object) = old.at(at)
            && let Some(value) = text(object, "value")
        {
            twins.entry(value).or_insert(object);
        }
    }
    for index in 0..new.len() {
        let Some(Slot::Object(element)) = new.slot(index) else {
            return;
        };
        let twin = text(element, "value").and_then(|value| twins.get(value).copied());
        let Some(twin) = twin else { continue };
        for (at, attribute) in twin.descriptor().attributes().iter().enumerate() {
            let before = twin.get(at);
            let is_ours = attribute.mutability_of() == Mutability::ReadOnly
                || (attribute.is_secret() && !element.get(at).is_assigned());
            if is_ours && before.is_assigned() {
                copy(attribute, before, element.slot(at));
            }
        }
    }
}

/// Whether an object holds what only the provider knows.
fn holds_own(object: &dyn Reflect) -> bool {
    object
        .descriptor()
        .attributes()
        .iter()
        .enumerate()
        .any(|(index, attribute)| {
            let value = object.get(index);
            let is_ours =
                attribute.mutability_of() == Mutability::ReadOnly || attribute.is_secret();
            value.is_assigned() && (is_ours || matches!(value, ValueRef::Object(o) if holds_own(o)))
        })
}

fn holds_immutable(object: &dyn Reflect) -> bool {
    object
        .descriptor()
        .attributes()
        .iter()
        .enumerate()
        .any(|(index, attribute)| {
            attribute.mutability_of() == Mutability::Immutable && object.get(index).is_assigned()
        })
}

fn same(attribute: &Attribute, one: ValueRef<'_>, other: ValueRef<'_>) -> bool {
    match (one.text(), other.text()) {
        (Some(one), Some(other)) if !attribute.is_case_exact() => {
            comparable_text(attribute, one) == comparable_text(attribute, other)
        }
        _ => output::everything(one) == output::everything(other),
    }
}

/// Puts a value in a slot of the same attribute.
fn copy(attribute: &'static Attribute, value: ValueRef<'_>, slot: Option<Slot<'_>>) {
    let text = output::everything(value);
    if let Some(slot) = slot {
        // The text was written from the same type, so it fits.
        let _fits = decode::value(
            &mut Reader::new(&text),
            attribute,
            slot,
            &mut Context::default(),
        );
    }
}

/// The text of a sub-attribute.
pub(super) fn text<'a>(object: &'a dyn Reflect, name: &str) -> Option<&'a str> {
    object.get(object.descriptor().position(name)?).text()
}

/// Sets the text of a sub-attribute, if there is one of this name. Whether that changed anything.
pub(super) fn set_text(object: &mut dyn Reflect, name: &str, value: &str) -> bool {
    let Some(index) = object.descriptor().position(name) else {
        return false;
    };
    if object.get(index).text() == Some(value) {
        return false;
    }
    match object.slot(index) {
        Some(Slot::Str(text)) => value.clone_into(text),
        Some(Slot::OptionStr(text)) => *text = Some(value.to_owned()),
        Some(Slot::Scalar(slot)) => {
            return slot.put(scim_models::model::Scalar::Str(value)).is_ok();
        }
        _ => return false,
    }
    true
}
