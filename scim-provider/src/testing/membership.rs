//! Groups and their members: `$ref` and `type` of a member, and the `groups` of a resource
//! (RFC 7643 §4.1.2 and §4.2).

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{
    input::{each_object, set_text, text},
    output,
    record::{Record, ResourceKind},
};
use scim_models::model::{ManyValues, Reflect, Slot, ValueRef};

/// Which groups have which member: ids of members, and numbers of groups.
#[derive(Debug, Default)]
pub(super) struct Memberships(HashMap<String, BTreeSet<u64>>);

/// One group of a resource.
pub(super) struct GroupOf {
    pub(super) id: String,
    pub(super) location: String,
    pub(super) display: Option<String>,
    pub(super) direct: bool,
}

impl Memberships {
    pub(super) fn add(&mut self, member: &str, group: u64) {
        self.0.entry(member.to_owned()).or_default().insert(group);
    }

    pub(super) fn remove(&mut self, member: &str, group: u64) {
        if let Some(groups) = self.0.get_mut(member) {
            groups.remove(&group);
            if groups.is_empty() {
                self.0.remove(member);
            }
        }
    }

    /// The groups that list `member`.
    pub(super) fn groups(&self, member: &str) -> impl Iterator<Item = u64> {
        self.0.get(member).into_iter().flatten().copied()
    }

    /// All groups of `member`, direct ones first; `id_of` is the id of a group.
    pub(super) fn all<'a>(
        &self,
        member: &str,
        id_of: impl Fn(u64) -> Option<&'a str>,
    ) -> Vec<(u64, bool)> {
        let mut found: Vec<_> = self.groups(member).map(|group| (group, true)).collect();
        let mut seen: HashSet<_> = found.iter().map(|(group, _)| *group).collect();
        let mut at = 0;
        while let Some((group, _)) = found.get(at).copied() {
            at += 1;
            for outer in id_of(group).into_iter().flat_map(|id| self.groups(id)) {
                if seen.insert(outer) {
                    found.push((outer, false));
                }
            }
        }
        // A group that contains itself in a roundabout way is not its own group.
        found.retain(|(group, _)| id_of(*group) != Some(member));
        found
    }
}

/// The ids of a group's members.
pub(super) fn members(kind: &ResourceKind, record: &dyn Record) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    if let Some(index) = kind.members
        && let ValueRef::Many(many) = record.own().get(index)
    {
        for at in 0..many.len() {
            if let ValueRef::Object(member) = many.at(at) {
                ids.extend(text(member, "value").map(str::to_owned));
            }
        }
    }
    ids
}

/// Keeps each member once, and fills in its `$ref` and `type`; `locate` gives location and type of
/// an id. Whether that changed anything.
pub(super) fn describe_members(
    kind: &ResourceKind,
    record: &mut dyn Record,
    locate: impl Fn(&str) -> Option<(String, &'static str)>,
) -> bool {
    let mut changed = false;
    if let Some(Slot::Many(many)) = kind.members.and_then(|at| record.own_mut().slot(at)) {
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
    if let Some(slot) = kind.members.and_then(|index| record.own_mut().slot(index)) {
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

/// Takes members out of a group.
pub(super) fn remove_member(kind: &ResourceKind, record: &mut dyn Record, id: &str) {
    let Some(Slot::Many(many)) = kind.members.and_then(|at| record.own_mut().slot(at)) else {
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

/// Writes the `groups` of a resource. Whether they are others than before.
pub(super) fn write_groups(
    kind: &ResourceKind,
    record: &mut dyn Record,
    groups: &[GroupOf],
) -> bool {
    let Some(index) = kind.groups else {
        return false;
    };
    let before = output::everything(record.own().get(index));
    if let Some(Slot::Many(many)) = record.own_mut().slot(index) {
        many.clear();
        for group in groups {
            push(many, group);
        }
    }
    output::everything(record.own().get(index)) != before
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
