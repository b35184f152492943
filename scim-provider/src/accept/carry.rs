//! What a PUT cannot say is carried over from what is stored (RFC 7644 §3.5.1).

use std::collections::HashMap;

use scim_models::{
    internal::{Context, Reader, decode},
    model::{Attribute, ManyValues, Mutability, Reflect, Slot, ValueRef},
};

use crate::{
    finding::{Finding, Rule},
    output,
    reflected::text,
    unique::comparable,
};

/// Completes the new state of a resource with what the client cannot send: `readOnly` attributes,
/// and secrets that it did not repeat. An `immutable` attribute that is set must be the same in
/// both. `path` stands in front of the names of the attributes.
pub(super) fn over(
    old: &dyn Reflect,
    new: &mut dyn Reflect,
    path: &str,
    findings: &mut Vec<Finding>,
) {
    let attributes = old.descriptor().attributes();
    for (index, attribute) in attributes.iter().enumerate() {
        let before = old.get(index);
        if !before.is_assigned() {
            continue;
        }
        let now = new.get(index);
        let is_missing = !now.is_assigned();
        let name = || format!("{path}{}", attribute.name);
        match attribute.mutability() {
            Mutability::ReadOnly => copy(attribute, before, new.slot(index)),
            _ if attribute.is_secret() && is_missing => copy(attribute, before, new.slot(index)),
            Mutability::Immutable if !same(attribute, before, now) => {
                let text = format!("{} cannot be changed", name());
                findings.push(Finding::new(Rule::Immutable, name(), text));
            }
            // The same value in another form changes nothing.
            Mutability::Immutable => copy(attribute, before, new.slot(index)),
            _ => within(
                attribute,
                before,
                new.slot(index),
                is_missing,
                &name(),
                findings,
            ),
        }
    }
}

/// Goes on with the sub-attributes, or the attributes of an extension.
fn within(
    attribute: &Attribute,
    old: ValueRef<'_>,
    slot: Option<Slot<'_>>,
    is_missing: bool,
    path: &str,
    findings: &mut Vec<Finding>,
) {
    let inner = || format!("{path}{}", if attribute.is_extension() { ':' } else { '.' });
    match (old, slot) {
        (ValueRef::Object(old), Some(Slot::Object(new))) => over(old, new, &inner(), findings),
        (ValueRef::Object(old), Some(Slot::OptionObject(slot))) => match slot.get_mut() {
            Some(new) if !is_missing => over(old, new, &inner(), findings),
            _ if attribute.is_extension() && holds_own(old) => {
                over(old, slot.insert(), &inner(), findings);
            }
            _ if holds_immutable(old) => {
                let text = format!("{path} has a part that cannot be changed");
                findings.push(Finding::new(Rule::Immutable, path, text));
            }
            _ => {}
        },
        (ValueRef::Many(old), Some(Slot::Many(new))) => elements(old, new),
        _ => {}
    }
}

/// Elements of equal `value` are the same element. One that differs in an immutable
/// sub-attribute is another one, which took its place.
fn elements(old: &dyn ManyValues, new: &mut dyn ManyValues) {
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
            let is_ours = attribute.mutability() == Mutability::ReadOnly
                || (attribute.is_secret() && !element.get(at).is_assigned());
            if is_ours && before.is_assigned() {
                copy(attribute, before, element.slot(at));
            }
        }
    }
}

/// Returns whether an object holds what only the service provider knows.
fn holds_own(object: &dyn Reflect) -> bool {
    let mut attributes = object.descriptor().attributes().iter().enumerate();
    attributes.any(|(index, attribute)| {
        let value = object.get(index);
        let is_ours = attribute.mutability() == Mutability::ReadOnly || attribute.is_secret();
        value.is_assigned() && (is_ours || matches!(value, ValueRef::Object(o) if holds_own(o)))
    })
}

fn holds_immutable(object: &dyn Reflect) -> bool {
    let mut attributes = object.descriptor().attributes().iter().enumerate();
    attributes.any(|(index, attribute)| {
        attribute.mutability() == Mutability::Immutable && object.get(index).is_assigned()
    })
}

fn same(attribute: &Attribute, one: ValueRef<'_>, other: ValueRef<'_>) -> bool {
    one.is_assigned() == other.is_assigned()
        && comparable(attribute, one) == comparable(attribute, other)
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
