//! Which elements are there already, and which ones a list names.

use std::collections::HashSet;

use super::{Result, assign::not_json, current::agrees};
use crate::{
    model::{Attribute, ManyValues, Reflect, Slot, ValueRef},
    patch::{
        PatchError, PatchErrorKind as Kind,
        equality::{Elements, Hashes, same},
        text::{self, Shape},
    },
};

/// So few added elements are looked for one by one.
const FEW: usize = 4;

/// Those of the elements from `old` on that equal an earlier one.
pub(super) fn known_elements(values: &dyn ManyValues, old: usize) -> HashSet<usize> {
    let added = old..values.len();
    if added.len() <= FEW {
        let is_known = |at: &usize| (0..*at).any(|other| same(values.at(other), values.at(*at)));
        return added.filter(is_known).collect();
    }
    let hashes = Hashes::default();
    let mut seen = Elements::new(&hashes);
    let mut known = HashSet::new();
    for at in 0..values.len() {
        if at >= old && seen.find(values, values.at(at)).is_some() {
            known.insert(at);
        } else {
            seen.insert(values, at);
        }
    }
    known
}

/// Those of the elements from `old` on whose `value` and `type` an earlier one has.
pub(super) fn known_identities(values: &dyn ManyValues, old: usize) -> HashSet<usize> {
    let mut seen = HashSet::new();
    let mut known = HashSet::new();
    for at in 0..values.len() {
        let (Some(value), type_) = identity(values.at(at)) else {
            continue;
        };
        if at >= old && seen.contains(&(value.clone(), type_.clone())) {
            known.insert(at);
        }
        seen.insert((value.clone(), None));
        seen.insert((value, type_));
    }
    known
}

/// The `value` and `type` of an element, or the element itself if it is simple, without letter
/// case where it does not count.
fn identity(element: ValueRef<'_>) -> (Option<String>, Option<String>) {
    let ValueRef::Object(object) = element else {
        return (element.text().map(str::to_owned), None);
    };
    let text = |name: &str| {
        let index = object.descriptor().position(name)?;
        let attribute = object.descriptor().attributes().get(index)?;
        let text = object.get(index).text()?;
        Some(if attribute.is_case_exact() {
            text.to_owned()
        } else {
            lower(text)
        })
    };
    (text("value"), text("type"))
}

/// As filters compare text without letter case.
fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Removes the elements that the value of a `remove` lists.
pub(super) fn remove_listed(
    object: &mut dyn Reflect,
    index: usize,
    attribute: &'static Attribute,
    value: &str,
) -> Result {
    let items = match text::shape(value) {
        Shape::Array => text::elements(value).map_err(not_json)?,
        _ => vec![value],
    };
    let (mut listed, mut others) = (HashSet::new(), Vec::new());
    let value_of = |item: &str| -> Option<String> {
        let members = text::members(item).ok()?;
        let (_, value) = members
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("value"))?;
        text::string(value).map(std::borrow::Cow::into_owned)
    };
    let exact = attribute
        .kind()
        .descriptor()
        .and_then(|d| d.attribute("value"))
        .map_or_else(|| attribute.is_case_exact(), Attribute::is_case_exact);
    let fold = |text: String| if exact { text } else { lower(&text) };
    for item in items {
        let text = match text::shape(item) {
            Shape::Object => value_of(item),
            _ => text::string(item).map(std::borrow::Cow::into_owned),
        };
        match text {
            Some(text) => drop(listed.insert(fold(text))),
            None => others.push(item),
        }
    }
    if let Some(Slot::Many(slot)) = object.slot(index) {
        let mut keep = Vec::with_capacity(slot.len());
        for at in 0..slot.len() {
            let element = slot.at(at);
            let (value, _) = identity(element);
            let is_listed = value.is_some_and(|value| listed.contains(&fold(value)))
                || others.iter().any(|other| agrees(element, other));
            keep.push(!is_listed);
        }
        slot.retain(&mut |at| keep.get(at).copied().unwrap_or(true));
        if attribute.is_required() && slot.is_empty() {
            let detail = format!("{} is required", attribute.name());
            return Err(PatchError::new(Kind::Mutability, detail));
        }
    }
    Ok(())
}
