//! What queries found, for their next pages: filtering and sorting all resources anew for each page
//! would cost the product of both.

use std::{collections::VecDeque, sync::Arc};

use scim_models::evaluate::{self, Subject};

use super::tables::{Entry, Tables};
use crate::{
    refusal::Result,
    store::{Query, Wanted},
};

/// Of how many queries it is remembered what they found, until something is written.
const MAX_LISTS: usize = 16;

/// The numbers of the resources that queries found, in the order that was wanted.
#[derive(Debug, Default)]
pub(super) struct Lists {
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
}

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
