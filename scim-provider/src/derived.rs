//! Attributes that are derived from other resources: `$ref` and `type` of a group's members, and
//! the `groups` of a resource (RFC 7643 §4.1.2 and §4.2). These functions are for
//! [`Store::complete`](crate::Store::complete), and for stores that keep derived attributes.

use std::collections::{BTreeSet, HashSet};

use scim_models::model::{Attribute, ManyValues, Mutability, Reflect, Slot, ValueRef};

use crate::{
    output,
    record::Record,
    reflected::{each_object, set_text, text},
};

/// A group that a resource is a member of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupOf {
    /// The group's `id`.
    pub id: String,
    /// Its URL ([`Context::location`](crate::Context::location)).
    pub location: String,
    /// Its `displayName`.
    pub display: Option<String>,
    /// Whether the resource is a direct member, and not only a member of a nested group.
    pub direct: bool,
}

impl GroupOf {
    /// Makes a group without a `displayName`, of which the resource is a direct member.
    #[must_use]
    pub fn new(id: impl Into<String>, location: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            location: location.into(),
            display: None,
            direct: true,
        }
    }
}

/// The attribute that lists members, if a resource is a kind of group.
pub(crate) fn members_of(record: &Record) -> Option<usize> {
    list_of_values(record, "members", |attribute| {
        attribute.mutability() != Mutability::ReadOnly
    })
}

/// The attribute that lists the groups of a resource, if the service provider is to fill it.
pub(crate) fn groups_of(record: &Record) -> Option<usize> {
    list_of_values(record, "groups", |attribute| {
        attribute.mutability() == Mutability::ReadOnly
    })
}

/// The complex multi-valued attribute `name` that has a sub-attribute `value`.
fn list_of_values(
    record: &Record,
    name: &str,
    wanted: impl Fn(&Attribute) -> bool,
) -> Option<usize> {
    let descriptor = record.resource().descriptor();
    let index = descriptor.position(name)?;
    let attribute = descriptor.attributes().get(index)?;
    let table = attribute.kind.descriptor();
    let has_value = table.is_some_and(|table| table.attribute("value").is_some());
    (attribute.is_multi_valued() && has_value && wanted(attribute)).then_some(index)
}

/// The ids of a group's members. Empty if the record is not a group.
#[must_use]
pub fn members(record: &Record) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    if let Some(index) = members_of(record)
        && let ValueRef::Many(many) = record.resource().get(index)
    {
        for at in 0..many.len() {
            if let ValueRef::Object(member) = many.at(at) {
                ids.extend(text(member, "value").map(str::to_owned));
            }
        }
    }
    ids
}

/// Returns all groups of a resource, direct and indirect, each once and the direct ones first.
/// `groups_of` returns the groups that list an id as a member. If groups contain each other in a
/// cycle, a group does not count as its own group.
///
/// ```
/// use scim_provider::derived::{GroupOf, all_groups};
///
/// let group = |id: &str| GroupOf::new(id, format!("https://scim.example/v2/Groups/{id}"));
/// let all = all_groups("babs", |id| match id {
///     "babs" => vec![group("guides")],
///     "guides" => vec![group("staff")],
///     _ => Vec::new(),
/// });
/// let all: Vec<_> = all.iter().map(|group| (group.id.as_str(), group.direct)).collect();
/// assert_eq!(all, [("guides", true), ("staff", false)]);
/// ```
#[must_use]
pub fn all_groups(id: &str, groups_of: impl Fn(&str) -> Vec<GroupOf>) -> Vec<GroupOf> {
    let mut found = Vec::new();
    let mut seen = HashSet::from([id.to_owned()]);
    let mut next = vec![(id.to_owned(), true)];
    let mut at = 0;
    while let Some((id, direct)) = next.get(at).cloned() {
        at += 1;
        for mut group in groups_of(&id) {
            if seen.insert(group.id.clone()) {
                group.direct = direct;
                next.push((group.id.clone(), false));
                found.push(group);
            }
        }
    }
    found
}

/// Removes duplicate members of a group, and fills in `$ref` and `type` of each member. `locate`
/// returns the location and type for an id. Returns whether this changed anything.
pub fn describe_members(
    record: &mut Record,
    locate: impl Fn(&str) -> Option<(String, &'static str)>,
) -> bool {
    let mut changed = false;
    let Some(index) = members_of(record) else {
        return changed;
    };
    if let Some(Slot::Many(many)) = record.resource_mut().slot(index) {
        let mut seen = HashSet::new();
        // A member added again comes without what was filled in, so it is no equal element.
        let keep: Vec<_> = (0..many.len())
            .map(|at| match many.at(at) {
                ValueRef::Object(member) => {
                    text(member, "value").is_none_or(|id| seen.insert(id.to_owned()))
                }
                _ => true,
            })
            .collect();
        if keep.contains(&false) {
            many.retain(&mut |at| keep.get(at).copied().unwrap_or(true));
            changed = true;
        }
    }
    if let Some(slot) = record.resource_mut().slot(index) {
        each_object(slot, &mut |member| {
            let Some((location, name)) = text(member, "value").and_then(&locate) else {
                return;
            };
            changed |= set_text(member, "$ref", &location);
            changed |= set_text(member, "type", name);
        });
    }
    changed
}

/// Makes the URLs in `members` and `groups` that are below one base URL those below another.
pub(crate) fn move_references(record: &mut Record, from: &str, to: &str) {
    for at in [members_of(record), groups_of(record)]
        .into_iter()
        .flatten()
    {
        if !record.resource().get(at).is_assigned() {
            continue;
        }
        let Some(slot) = record.resource_mut().slot(at) else {
            continue;
        };
        each_object(slot, &mut |element| {
            let below = text(element, "$ref").and_then(|url| url.strip_prefix(from));
            let moved = below.filter(|rest| rest.starts_with('/'));
            if let Some(moved) = moved.map(|rest| format!("{to}{rest}")) {
                set_text(element, "$ref", &moved);
            }
        });
    }
}

/// Removes a member from a group.
pub fn remove_member(record: &mut Record, id: &str) {
    let Some(Slot::Many(many)) = members_of(record).and_then(|at| record.resource_mut().slot(at))
    else {
        return;
    };
    let keep: Vec<_> = (0..many.len())
        .map(|at| match many.at(at) {
            ValueRef::Object(member) => text(member, "value") != Some(id),
            _ => true,
        })
        .collect();
    many.retain(&mut |at| keep.get(at).copied().unwrap_or(true));
}

/// Sets the `groups` of a resource, if its type has this attribute. Returns whether they changed.
pub fn write_groups(record: &mut Record, groups: &[GroupOf]) -> bool {
    let Some(index) = groups_of(record) else {
        return false;
    };
    let before = output::everything(record.resource().get(index));
    if let Some(Slot::Many(many)) = record.resource_mut().slot(index) {
        many.clear();
        for group in groups {
            push(many, group);
        }
    }
    output::everything(record.resource().get(index)) != before
}

fn push(many: &mut dyn ManyValues, group: &GroupOf) {
    let write = &mut |object: &mut dyn Reflect| {
        set_text(object, "value", &group.id);
        set_text(object, "$ref", &group.location);
        set_text(
            object,
            "type",
            if group.direct { "direct" } else { "indirect" },
        );
        if let Some(display) = &group.display {
            set_text(object, "display", display);
        }
    };
    if let Some(element) = many.push() {
        each_object(element, write);
    }
}
