//! All resources, and what is known of them. Whoever holds the store does one thing at a time.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use scim_models::value::{DateTime, Timestamp};

use super::{membership::Memberships, unique::Values};
use crate::{
    derived::{self, GroupOf},
    identifier::Identifiers,
    record::{Record, ServedType},
    reflected,
    refusal::{Refusal, Result},
    store::Context,
};

/// How many resources are written anew for each request to another base URL, on average.
const REWRITTEN_PER_REQUEST: usize = 64;

/// The resources of all types. Each has a number, in the order of their creation.
pub(crate) struct Tables {
    entries: BTreeMap<u64, Entry>,
    by_id: HashMap<String, u64>,
    values: Values,
    memberships: Memberships,
    identifiers: Identifiers,
    next: u64,
    /// Locations are those below its base URL.
    context: Context<()>,
    /// How many requests came to another base URL since.
    elsewhere: usize,
    /// How often anything may have been written.
    writes: u64,
}

/// One resource with its history.
pub(crate) struct Entry {
    pub(crate) kind: ServedType,
    pub(crate) record: Record,
    /// How often it was written.
    revision: u64,
    /// How often what follows from other resources changed.
    derived: u64,
}

impl Entry {
    /// Writes the entity-tag: what was written, and after a dot what followed from other resources.
    /// `If-Match` is about the former only, so that nobody's change is lost and a new membership
    /// is in nobody's way.
    fn set_version(&mut self) {
        let version = match self.derived {
            0 => format!("W/\"{}\"", self.revision),
            derived => format!("W/\"{}.{derived}\"", self.revision),
        };
        self.record.meta_mut().version = Some(version);
    }
}

/// The part of a version that tells what was written to the resource itself.
pub(crate) fn written(version: &str) -> &str {
    version
        .strip_prefix("W/")
        .unwrap_or(version)
        .trim_matches('"')
        .split('.')
        .next()
        .unwrap_or_default()
}

impl Tables {
    pub(crate) fn new(identifiers: Identifiers, base: &str) -> Self {
        Self {
            entries: BTreeMap::new(),
            by_id: HashMap::new(),
            values: Values::default(),
            memberships: Memberships::default(),
            identifiers,
            next: 0,
            context: Context::new((), base, Timestamp::new(0, 0)),
            elsewhere: 0,
            writes: 0,
        }
    }

    /// Another number for another state of the resources.
    pub(crate) fn revision(&self) -> u64 {
        self.writes
    }

    pub(crate) fn entry(&self, number: u64) -> Option<&Entry> {
        self.entries.get(&number)
    }

    /// The resource of this type with this id.
    pub(crate) fn find(&self, kind: &ServedType, id: &str) -> Option<(u64, &Entry)> {
        let number = self.number(id)?;
        let entry = self.entries.get(&number)?;
        (entry.kind == *kind).then_some((number, entry))
    }

    /// All resources of the type that the filter may match, if an index can tell.
    pub(crate) fn candidates(
        &self,
        kind: &ServedType,
        filter: &scim_models::filter::Filter,
    ) -> Option<BTreeSet<u64>> {
        self.values.candidates(kind, filter, |id| self.number(id))
    }

    /// The number of the resource with this id.
    pub(crate) fn number(&self, id: &str) -> Option<u64> {
        self.by_id.get(id).copied()
    }

    /// All resources in the order of their creation.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &Entry)> {
        self.entries.iter().map(|(number, entry)| (*number, entry))
    }

    pub(crate) fn clear(&mut self) {
        self.writes += 1;
        self.entries.clear();
        self.by_id.clear();
        self.values = Values::default();
        self.memberships = Memberships::default();
    }

    /// An id that no resource has.
    pub(crate) fn reserve_id(&mut self) -> String {
        loop {
            let id = self.identifiers.next();
            if !self.by_id.contains_key(&id) {
                return id;
            }
        }
    }

    /// Stores a new resource, under its id if it has one.
    pub(crate) fn insert(
        &mut self,
        kind: &ServedType,
        mut record: Record,
        now: Timestamp,
    ) -> Result<u64> {
        self.writes += 1;
        if let Some(path) = self.values.conflict(kind, &record, None) {
            return Err(Refusal::taken(&path));
        }
        if record.id().is_empty() {
            let id = self.reserve_id();
            record.set_id(id);
        } else if self.by_id.contains_key(record.id()) {
            return Err(Refusal::taken("id"));
        }
        self.describe_members(&mut record);
        let time = date_time(now);
        let location = self.context.location(kind, record.id());
        let meta = record.meta_mut();
        meta.resource_type = Some(kind.name().to_owned());
        meta.created = Some(time.clone());
        meta.last_modified = Some(time);
        meta.location = Some(location.into());
        self.next += 1;
        let number = self.next;
        self.values.insert(kind, &record, number);
        self.by_id.insert(record.id().to_owned(), number);
        let id = record.id().to_owned();
        let members = derived::members(&record);
        let mut entry = Entry {
            kind: kind.clone(),
            record,
            revision: 1,
            derived: 0,
        };
        entry.set_version();
        self.entries.insert(number, entry);
        self.regroup(number, &BTreeSet::new(), &members, false);
        // Groups may have listed the id before it was there.
        if self.memberships.groups(&id).next().is_some() {
            self.refill(&[id]);
        }
        Ok(number)
    }

    /// Stores a resource that existed before, with what its `meta` says of its history.
    pub(crate) fn restore(
        &mut self,
        kind: &ServedType,
        record: Record,
        now: Timestamp,
    ) -> Result<u64> {
        let given = record.meta().clone();
        let number = self.insert(kind, record, now)?;
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

    /// Puts a new state in place of the old one, if that has the version `expected`. Nothing happens
    /// if they are the same.
    pub(crate) fn update(
        &mut self,
        number: u64,
        mut record: Record,
        expected: Option<&str>,
        now: Timestamp,
    ) -> Result<()> {
        self.writes += 1;
        let entry = self.entry_with(number, expected)?;
        let (kind, old) = (entry.kind.clone(), entry.record.clone());
        record.set_id(old.id());
        self.describe_members(&mut record);
        // Its groups may have become others since it was read.
        let groups = self.groups_of(old.id());
        derived::write_groups(&mut record, &groups);
        if record.is_same_as(&old) {
            return Ok(());
        }
        if let Some(path) = self.values.conflict(&kind, &record, Some(number)) {
            return Err(Refusal::taken(&path));
        }
        let before = derived::members(&old);
        let after = derived::members(&record);
        let renamed = display_name(&old) != display_name(&record);
        record.meta_mut().clone_from(old.meta());
        record.meta_mut().last_modified = Some(date_time(now));
        self.values.remove(&kind, &old, number);
        self.values.insert(&kind, &record, number);
        drop(old);
        if let Some(entry) = self.entries.get_mut(&number) {
            entry.record = record;
            entry.revision += 1;
            entry.set_version();
        }
        self.regroup(number, &before, &after, renamed);
        Ok(())
    }

    /// The entry, if it has the version `expected`, or whatever it has.
    fn entry_with(&self, number: u64, expected: Option<&str>) -> Result<&Entry> {
        let entry = self.entries.get(&number);
        let entry = entry.ok_or_else(|| Refusal::not_found("the resource"))?;
        let version = entry.record.version().unwrap_or_default();
        if expected.is_some_and(|expected| written(expected) != written(version)) {
            return Err(Refusal::version_conflict());
        }
        Ok(entry)
    }

    /// Removes a resource, also from all groups, if it has the version `expected`.
    pub(crate) fn remove(
        &mut self,
        number: u64,
        expected: Option<&str>,
        now: Timestamp,
    ) -> Result<()> {
        self.writes += 1;
        let id = self.entry_with(number, expected)?.record.id().to_owned();
        let groups: Vec<_> = self
            .memberships
            .groups(&id)
            .filter(|g| *g != number)
            .collect();
        for group in groups {
            self.leave(group, &id, now);
        }
        let Some(entry) = self.entries.get(&number) else {
            return Ok(());
        };
        let (kind, record) = (entry.kind.clone(), entry.record.clone());
        let members = derived::members(&record);
        self.values.remove(&kind, &record, number);
        self.regroup(number, &members, &BTreeSet::new(), false);
        self.entries.remove(&number);
        self.by_id.remove(&id);
        Ok(())
    }

    /// Takes a resource that is going to be removed out of a group: one member of perhaps very many,
    /// so that nothing else of the group is looked at.
    fn leave(&mut self, group: u64, id: &str, now: Timestamp) {
        if let Some(entry) = self.entries.get_mut(&group) {
            derived::remove_member(&mut entry.record, id);
            entry.record.meta_mut().last_modified = Some(date_time(now));
            entry.revision += 1;
            entry.set_version();
            self.values
                .remove_member(&entry.kind, &entry.record, id, group);
        }
        self.memberships.remove(id, group);
    }

    /// Makes all URLs begin with another base URL, once as many requests came to it as make that
    /// worth while: otherwise, two names of one place would have everything written anew for each
    /// request. Until then, [`translated`](Self::translated) does it for what is answered.
    pub(crate) fn rebase(&mut self, base: &str) {
        if self.context.base_url() == base {
            return;
        }
        self.elsewhere += 1;
        if self.entries.len() > self.elsewhere.saturating_mul(REWRITTEN_PER_REQUEST) {
            return;
        }
        self.elsewhere = 0;
        self.writes += 1;
        self.context = Context::new((), base, Timestamp::new(0, 0));
        let ids: Vec<_> = self.by_id.keys().cloned().collect();
        let numbers: Vec<_> = self.entries.keys().copied().collect();
        for number in &numbers {
            if let Some(entry) = self.entries.get_mut(number) {
                let location = self.context.location(&entry.kind, entry.record.id());
                entry.record.meta_mut().location = Some(location.into());
            }
        }
        for number in numbers {
            self.describe_again(number);
        }
        // Another name for the same place: versions stay.
        self.write_groups(&ids, false);
    }

    /// A stored record with the URLs that it has below another base URL. Its own location is the
    /// service provider's to say.
    pub(crate) fn translated(&self, record: &Record, base: &str) -> Record {
        let mut record = record.clone();
        if self.context.base_url() != base {
            derived::move_references(&mut record, self.context.base_url(), base);
        }
        record
    }

    fn describe_members(&self, record: &mut Record) -> bool {
        derived::describe_members(record, |id| {
            let entry = self.entries.get(&self.number(id)?)?;
            Some((self.context.location(&entry.kind, id), entry.kind.name()))
        })
    }

    /// Describes the members of a group that is stored. Returns whether that changed anything.
    fn describe_again(&mut self, number: u64) -> bool {
        let Some(mut entry) = self.entries.remove(&number) else {
            return false;
        };
        // An element that points to this very resource keeps what it has.
        let changed = self.describe_members(&mut entry.record);
        self.entries.insert(number, entry);
        changed
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
        let groups: BTreeSet<_> = ids
            .iter()
            .flat_map(|id| self.memberships.groups(id))
            .collect();
        for group in groups {
            if self.describe_again(group)
                && let Some(entry) = self.entries.get_mut(&group)
            {
                entry.derived += 1;
                entry.set_version();
            }
        }
        self.write_groups(ids, true);
    }

    /// Works out the `groups` of these resources, and of all that are in them.
    fn write_groups(&mut self, ids: &[String], is_change: bool) {
        let mut queue: Vec<_> = ids.to_vec();
        let mut seen: HashSet<_> = queue.iter().cloned().collect();
        while let Some(id) = queue.pop() {
            let Some(number) = self.number(&id) else {
                continue;
            };
            let Some(entry) = self.entries.get(&number) else {
                continue;
            };
            let kind = entry.kind.clone();
            for member in derived::members(&entry.record) {
                if seen.insert(member.clone()) {
                    queue.push(member);
                }
            }
            let Some(at) = derived::groups_of(&entry.record) else {
                continue;
            };
            let groups = self.groups_of(&id);
            if groups.is_empty() && !entry.record.resource().get(at).is_assigned() {
                continue;
            }
            let Some(entry) = self.entries.get_mut(&number) else {
                continue;
            };
            if !is_change {
                // URLs have no index.
                derived::write_groups(&mut entry.record, &groups);
                continue;
            }
            self.values.remove(&kind, &entry.record, number);
            if derived::write_groups(&mut entry.record, &groups) {
                entry.derived += 1;
                entry.set_version();
            }
            self.values.insert(&kind, &entry.record, number);
        }
    }

    fn groups_of(&self, id: &str) -> Vec<GroupOf> {
        let id_of = |number| self.entries.get(&number).map(|entry| entry.record.id());
        let mut groups = Vec::new();
        for (number, direct) in self.memberships.all(id, id_of) {
            let Some(entry) = self.entries.get(&number) else {
                continue;
            };
            groups.push(GroupOf {
                id: entry.record.id().to_owned(),
                location: self.context.location(&entry.kind, entry.record.id()),
                display: display_name(&entry.record),
                direct,
            });
        }
        groups
    }
}

fn date_time(time: Timestamp) -> DateTime {
    DateTime::from_unix(time.unix_seconds(), time.subsec_nanos())
}

fn display_name(record: &Record) -> Option<String> {
    reflected::text(record.resource(), "displayName").map(str::to_owned)
}
