//! Which groups have which member.

use std::collections::{BTreeSet, HashMap, HashSet};

/// Ids of members, and numbers of groups.
#[derive(Debug, Default)]
pub(super) struct Memberships(HashMap<String, BTreeSet<u64>>);

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
