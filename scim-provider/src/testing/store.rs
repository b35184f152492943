//! All resources, and what is known of them. Whoever holds the store does one thing at a time.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use super::{
    failure::{Failure, Outcome},
    identifier::Identifiers,
    membership::{self, GroupOf, Memberships},
    output,
    record::{Record, ResourceKind},
    unique::UniqueValues,
};
use scim_models::{
    model::ValueRef,
    value::{DateTime, Timestamp},
};

/// The resources of all types. Each has a number, in the order of their creation.
pub(super) struct Store {
    pub(super) kinds: Arc<[ResourceKind]>,
    entries: BTreeMap<u64, Entry>,
    by_id: HashMap<String, u64>,
    unique: UniqueValues,
    memberships: Memberships,
    identifiers: Identifiers,
    next: u64,
    base: String,
    /// How often anything may have been written.
    writes: u64,
}

/// One resource with its history.
pub(super) struct Entry {
    pub(super) kind: usize,
    pub(super) record: Box<dyn Record>,
    /// How often it was written.
    revision: u64,
    /// How often what follows from other resources changed.
    derived: u64,
}

impl Entry {
    /// The entity-tag: what was written, and after a dot what followed from other resources.
    /// `If-Match` is about the former only, so that nobody's change is lost and a new membership
    /// is in nobody's way.
    fn version(&self) -> String {
        match self.derived {
            0 => format!("W/\"{}\"", self.revision),
            derived => format!("W/\"{}.{derived}\"", self.revision),
        }
    }
}

impl Store {
    pub(super) fn new(kinds: Arc<[ResourceKind]>, identifiers: Identifiers, base: String) -> Self {
        Self {
            kinds,
            entries: BTreeMap::new(),
            by_id: HashMap::new(),
            unique: UniqueValues::default(),
            memberships: Memberships::default(),
            identifiers,
            next: 0,
            base,
            writes: 0,
        }
    }

    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// Another number for another state of the resources.
    pub(super) fn revision(&self) -> u64 {
        self.writes
    }

    pub(super) fn kind(&self, entry: &Entry) -> Option<&ResourceKind> {
        self.kinds.get(entry.kind)
    }

    pub(super) fn entry(&self, number: u64) -> Option<&Entry> {
        self.entries.get(&number)
    }

    /// The number of the resource with this id.
    pub(super) fn number(&self, id: &str) -> Option<u64> {
        self.by_id.get(id).copied()
    }

    /// All resources in the order of their creation.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, &Entry)> {
        self.entries.iter().map(|(number, entry)| (*number, entry))
    }

    pub(super) fn clear(&mut self) {
        self.writes += 1;
        self.entries.clear();
        self.by_id.clear();
        self.unique = UniqueValues::default();
        self.memberships = Memberships::default();
    }

    /// An id that no resource has.
    pub(super) fn reserve_id(&mut self, now: Timestamp) -> String {
        loop {
            let id = self.identifiers.next(now);
            if !self.by_id.contains_key(&id) {
                return id;
            }
        }
    }

    /// Stores a new resource, under its id if it has one.
    pub(super) fn insert(
        &mut self,
        index: usize,
        mut record: Box<dyn Record>,
        now: Timestamp,
    ) -> Outcome<u64> {
        self.writes += 1;
        let kinds = self.kinds.clone();
        let Some(kind) = kinds.get(index) else {
            return Err(Failure::not_found("the resource type"));
        };
        if let Some(path) = self.unique.conflict(index, kind, &*record, None) {
            return Err(Failure::taken(&path));
        }
        if record.id().is_empty() {
            let id = self.reserve_id(now);
            record.set_id(id);
        } else if self.by_id.contains_key(record.id()) {
            return Err(Failure::taken("id"));
        }
        self.describe_members(kind, &mut *record);
        let time = DateTime::from_unix(now.unix_seconds(), now.subsec_nanos());
        let location = self.location(kind, record.id());
        let meta = record.meta_mut();
        meta.resource_type = Some(kind.name.to_owned());
        meta.created = Some(time.clone());
        meta.last_modified = Some(time);
        meta.location = Some(location.into());
        self.next += 1;
        let number = self.next;
        self.unique.insert(index, kind, &*record, number);
        self.by_id.insert(record.id().to_owned(), number);
        let id = record.id().to_owned();
        let members = membership::members(kind, &*record);
        let mut entry = Entry {
            kind: index,
            record,
            revision: 1,
            derived: 0,
        };
        entry.record.meta_mut().version = Some(entry.version());
        self.entries.insert(number, entry);
        self.regroup(number, &BTreeSet::new(), &members, false);
        // Groups may have listed the id before it was there.
        if self.memberships.groups(&id).next().is_some() {
            self.refill(&[id]);
        }
        Ok(number)
    }

    /// Stores a resource that existed before, with what its `meta` says of its history.
    pub(super) fn restore(
        &mut self,
        index: usize,
        record: Box<dyn Record>,
        now: Timestamp,
    ) -> Outcome<u64> {
        let given = record.meta().clone();
        let number = self.insert(index, record, now)?;
        if let Some(entry) = self.entries.get_mut(&number) {
            let meta = entry.record.meta_mut();
            meta.last_modified = given
                .last_modified
                .or_else(|| given.created.clone())
                .or(meta.last_modified.take());
            meta.created = given.created.or(meta.created.take());
            meta.version = given.version.or(meta.version.take());
        }
        Ok(number)
    }

    /// Puts a new state in place of the old one. Nothing happens if they are the same.
    pub(super) fn update(
        &mut self,
        number: u64,
        mut record: Box<dyn Record>,
        now: Timestamp,
    ) -> Outcome<()> {
        self.writes += 1;
        let kinds = self.kinds.clone();
        let Some(entry) = self.entries.get(&number) else {
            return Err(Failure::not_found("the resource"));
        };
        let Some(kind) = kinds.get(entry.kind) else {
            return Err(Failure::not_found("the resource type"));
        };
        let index = entry.kind;
        self.describe_members(kind, &mut *record);
        let (old, new) = (
            ValueRef::Object(entry.record.own()),
            ValueRef::Object(record.own()),
        );
        if output::everything(old) == output::everything(new) {
            return Ok(());
        }
        if let Some(path) = self.unique.conflict(index, kind, &*record, Some(number)) {
            return Err(Failure::taken(&path));
        }
        let before = membership::members(kind, &*entry.record);
        let after = membership::members(kind, &*record);
        let renamed = display_name(&*entry.record) != display_name(&*record);
        record.set_id(entry.record.id().to_owned());
        *record.meta_mut() = entry.record.meta().clone();
        record.meta_mut().last_modified =
            Some(DateTime::from_unix(now.unix_seconds(), now.subsec_nanos()));
        self.unique.remove(index, kind, &*entry.record);
        self.unique.insert(index, kind, &*record, number);
        if let Some(entry) = self.entries.get_mut(&number) {
            entry.record = record;
            entry.revision += 1;
            let version = entry.version();
            entry.record.meta_mut().version = Some(version);
        }
        self.regroup(number, &before, &after, renamed);
        Ok(())
    }

    /// Removes a resource, also from all groups.
    pub(super) fn remove(&mut self, number: u64, now: Timestamp) -> Outcome<()> {
        self.writes += 1;
        let kinds = self.kinds.clone();
        let Some(entry) = self.entries.get(&number) else {
            return Err(Failure::not_found("the resource"));
        };
        let id = entry.record.id().to_owned();
        let groups: Vec<_> = self
            .memberships
            .groups(&id)
            .filter(|g| *g != number)
            .collect();
        for group in groups {
            let Some(entry) = self.entries.get(&group) else {
                continue;
            };
            let Some(kind) = kinds.get(entry.kind) else {
                continue;
            };
            let mut record = entry.record.boxed_clone();
            membership::remove_member(kind, &mut *record, &id);
            self.update(group, record, now)?;
        }
        let Some(entry) = self.entries.get(&number) else {
            return Ok(());
        };
        if let Some(kind) = kinds.get(entry.kind) {
            let members = membership::members(kind, &*entry.record);
            self.unique.remove(entry.kind, kind, &*entry.record);
            self.regroup(number, &members, &BTreeSet::new(), false);
        }
        self.entries.remove(&number);
        self.by_id.remove(&id);
        Ok(())
    }

    /// Makes all URLs begin with another base URL.
    pub(super) fn rebase(&mut self, base: &str) {
        if self.base == base {
            return;
        }
        self.writes += 1;
        base.clone_into(&mut self.base);
        let kinds = self.kinds.clone();
        let ids: Vec<_> = self.by_id.keys().cloned().collect();
        for id in &ids {
            let Some(entry) = self.number(id).and_then(|number| self.entries.get(&number)) else {
                continue;
            };
            let location = self.kind(entry).map(|kind| self.location(kind, id));
            if let Some(entry) = self.number(id).and_then(|n| self.entries.get_mut(&n)) {
                entry.record.meta_mut().location = location.map(Into::into);
            }
        }
        let numbers: Vec<_> = self.entries.keys().copied().collect();
        for number in numbers {
            let Some(mut entry) = self.entries.remove(&number) else {
                continue;
            };
            if let Some(kind) = kinds.get(entry.kind) {
                // An element that points to this very resource keeps what it has.
                self.describe_members(kind, &mut *entry.record);
            }
            self.entries.insert(number, entry);
        }
        // Another name for the same place: versions stay.
        self.write_groups(&ids, false);
    }

    /// The URL of a resource.
    pub(super) fn location(&self, kind: &ResourceKind, id: &str) -> String {
        format!(
            "{}/{}/{}",
            self.base,
            kind.path(),
            super::identifier::encoded(id)
        )
    }

    fn describe_members(&self, kind: &ResourceKind, record: &mut dyn Record) -> bool {
        membership::describe_members(kind, record, |id| {
            let entry = self.entries.get(&self.number(id)?)?;
            let kind = self.kind(entry)?;
            Some((self.location(kind, id), kind.name))
        })
    }

    /// Notes which members a group has, and writes the `groups` of all whom that concerns.
    fn regroup(
        &mut self,
        group: u64,
        before: &BTreeSet<String>,
        after: &BTreeSet<String>,
        renamed: bool,
    ) {
        for id in before.difference(after) {
            self.memberships.remove(id, group);
        }
        for id in after.difference(before) {
            self.memberships.add(id, group);
        }
        let concerned: Vec<_> = if renamed {
            before.union(after).cloned().collect()
        } else {
            before.symmetric_difference(after).cloned().collect()
        };
        self.write_groups(&concerned, true);
    }

    /// A resource appeared under an id that groups list already.
    fn refill(&mut self, ids: &[String]) {
        let kinds = self.kinds.clone();
        let groups: BTreeSet<_> = ids
            .iter()
            .flat_map(|id| self.memberships.groups(id))
            .collect();
        for group in groups {
            let Some(mut entry) = self.entries.remove(&group) else {
                continue;
            };
            if let Some(kind) = kinds.get(entry.kind)
                && self.describe_members(kind, &mut *entry.record)
            {
                entry.derived += 1;
                let version = entry.version();
                entry.record.meta_mut().version = Some(version);
            }
            self.entries.insert(group, entry);
        }
        self.write_groups(ids, true);
    }

    /// Works out the `groups` of these resources, and of all that are in them.
    fn write_groups(&mut self, ids: &[String], is_change: bool) {
        let kinds = self.kinds.clone();
        let mut queue: Vec<_> = ids.to_vec();
        let mut seen: HashSet<_> = queue.iter().cloned().collect();
        while let Some(id) = queue.pop() {
            let Some(number) = self.number(&id) else {
                continue;
            };
            let Some(entry) = self.entries.get(&number) else {
                continue;
            };
            let Some(kind) = kinds.get(entry.kind) else {
                continue;
            };
            for member in membership::members(kind, &*entry.record) {
                if seen.insert(member.clone()) {
                    queue.push(member);
                }
            }
            if kind.groups.is_none() {
                continue;
            }
            let groups = self.groups_of(&id);
            if let Some(entry) = self.entries.get_mut(&number)
                && membership::write_groups(kind, &mut *entry.record, &groups)
                && is_change
            {
                entry.derived += 1;
                let version = entry.version();
                entry.record.meta_mut().version = Some(version);
            }
        }
    }

    fn groups_of(&self, id: &str) -> Vec<GroupOf> {
        let id_of = |number| self.entries.get(&number).map(|entry| entry.record.id());
        let mut groups = Vec::new();
        for (number, direct) in self.memberships.all(id, id_of) {
            let Some(entry) = self.entries.get(&number) else {
                continue;
            };
            let Some(kind) = self.kind(entry) else {
                continue;
            };
            groups.push(GroupOf {
                id: entry.record.id().to_owned(),
                location: self.location(kind, entry.record.id()),
                display: display_name(&*entry.record),
                direct,
            });
        }
        groups
    }
}

fn display_name(record: &dyn Record) -> Option<String> {
    super::input::text(record.own(), "displayName").map(str::to_owned)
}
