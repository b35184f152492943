//! What queries found, for their next pages: filtering and sorting all resources anew for each page
//! would cost the product of both.

use std::{
    collections::VecDeque,
    sync::{Arc, Weak},
};

use scim_models::evaluate::{self, Subject};

use super::tables::{Entry, Tables};
use crate::{
    page::{Query, Wanted},
    refusal::Result,
};

/// Of how many queries it is remembered what they found, until something is written.
const MAX_LISTS: usize = 16;

/// How many lists are kept for cursors. They may be as long as there are resources, and a client can
/// begin as many as it likes.
const MAX_SNAPSHOTS: usize = 64;

/// The numbers of the resources that queries found, in the order that was wanted.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// What cursors go on with, the latest last.
    snapshots: VecDeque<Arc<[u64]>>,
    kept: VecDeque<(Wanted, Arc<[u64]>)>,
    /// Of which state of the tables they are.
    revision: u64,
}

impl Lists {
    /// The numbers of all resources that are wanted, in the order that is wanted.
    pub(super) fn find(&mut self, tables: &Tables, query: &Query) -> Result<Arc<[u64]>> {
        if self.revision != tables.revision() {
            self.revision = tables.revision();
            self.kept.clear();
        }
        let wanted = query.wanted();
        if let Some((_, found)) = self.kept.iter().find(|(known, _)| *known == wanted) {
            return Ok(found.clone());
        }
        let found: Arc<[u64]> = find(tables, query)?.into();
        if self.kept.len() >= MAX_LISTS {
            self.kept.pop_front();
        }
        self.kept.push_back((wanted, found.clone()));
        Ok(found)
    }

    /// Keeps a list for the following pages of a cursor, in place of the one that was used longest
    /// ago.
    pub(super) fn keep(&mut self, list: &Arc<[u64]>) -> Snapshot {
        self.snapshots.retain(|known| !Arc::ptr_eq(known, list));
        if self.snapshots.len() >= MAX_SNAPSHOTS {
            self.snapshots.pop_front();
        }
        self.snapshots.push_back(list.clone());
        Arc::downgrade(list)
    }
}

/// A list that a cursor goes on with, as long as it is kept; then the query is asked again.
pub(super) type Snapshot = Weak<[u64]>;

/// The numbers of all resources that are wanted, in the order that is wanted.
fn find(tables: &Tables, query: &Query) -> Result<Vec<u64>> {
    let mut found = Vec::new();
    match candidates(tables, query) {
        Some(numbers) => {
            let known = numbers.into_iter();
            let entries = known.filter_map(|number| Some((number, tables.entry(number)?)));
            collect(entries, query, &mut found)?;
        }
        None => collect(tables.iter(), query, &mut found)?,
    }
    if let Some(path) = query.sort_by() {
        evaluate::sort_by(&mut found, path, query.sort_order());
    }
    Ok(found.into_iter().map(|found| found.0).collect())
}

/// All that the filters may match, if indexes can tell for each type.
fn candidates(tables: &Tables, query: &Query) -> Option<std::collections::BTreeSet<u64>> {
    let mut all = std::collections::BTreeSet::new();
    for (kind, filter) in query.parts() {
        all.extend(tables.candidates(kind, filter?)?);
    }
    Some(all)
}

fn collect<'t>(
    entries: impl Iterator<Item = (u64, &'t Entry)>,
    query: &Query,
    found: &mut Vec<Found<'t>>,
) -> Result<()> {
    for (number, entry) in entries {
        if query.matches(&entry.kind, &entry.record)? {
            found.push(Found(number, entry));
        }
    }
    Ok(())
}

struct Found<'s>(u64, &'s Entry);

impl<'a> From<&'a Found<'_>> for Subject<'a> {
    fn from(found: &'a Found<'_>) -> Self {
        found.1.record.subject()
    }
}

#[cfg(test)]
mod tests {
    use scim_models::{
        Meta, Stored, User, filter::FilterOptions, message::SearchRequest, value::Timestamp,
    };

    use super::*;
    use crate::{
        identifier::Identifiers,
        record::{Record, ServedType},
    };

    /// So sorted pages cost what others cost, and one sort: at most twice as much for 30,000 users by
    /// 100 (`examples/paging.rs` counts it).
    #[test]
    fn a_list_is_worked_out_once_for_all_its_pages() {
        let mut tables = Tables::new(Identifiers::Counter(0), "https://h.example/v2");
        let kind = ServedType::of::<User>();
        let add = |tables: &mut Tables, name: String| {
            let user = Stored::from_parts("", Meta::default(), User::new(name));
            tables.insert(&kind, Record::new(user), Timestamp::new(0, 0))
        };
        for number in 0..50 {
            add(&mut tables, format!("user{}", number * 7 % 50)).unwrap();
        }
        let mut lists = Lists::default();
        for sort_by in [None, Some("userName")] {
            let mut request = SearchRequest::default();
            request.sort_by = sort_by.map(|path| path.parse().unwrap());
            request.filter = Some("userName pr".parse().unwrap());
            let mut page = |tables: &Tables, start| {
                let types = [kind.clone()];
                let query = Query::new(&types, &request, 10, &FilterOptions::default()).unwrap();
                lists.find(tables, &query.at(start, None)).unwrap()
            };
            let first = page(&tables, 0);
            for start in (10..50).step_by(10) {
                assert!(Arc::ptr_eq(&first, &page(&tables, start)), "{sort_by:?}");
            }
            // A cursor's list stays, unless there are too many of them.
            let snapshot = lists.keep(&first);
            for _ in 0..MAX_SNAPSHOTS {
                assert!(snapshot.strong_count() > 1);
                lists.keep(&Arc::from([1]));
            }
            assert_eq!(lists.snapshots.len(), MAX_SNAPSHOTS);
            let mut page = |tables: &Tables, start| {
                let types = [kind.clone()];
                let query = Query::new(&types, &request, 10, &FilterOptions::default()).unwrap();
                lists.find(tables, &query.at(start, None)).unwrap()
            };
            // Until something is written.
            add(&mut tables, format!("another, {sort_by:?}")).unwrap();
            assert!(!Arc::ptr_eq(&first, &page(&tables, 0)));
        }
    }
}
