//! The elements of one multi-valued attribute while operations change them one by one.
//!
//! Looking for an element and taking one out of the middle would each cost as much as there are
//! elements. Therefore elements that are taken away keep their places until the end, and what
//! is looked for more than a few times is found by an index. An index may be out of date: what it
//! finds is looked at again.

mod index;

use std::collections::BTreeSet;

use self::index::Index;
use super::{
    Identity, PatchError,
    identity::{Identifier, Way},
    keys,
    steps::Steps,
};
use crate::{
    attribute_path::AttributePath,
    evaluate::Subject,
    filter::{Expression, FilterRef, Operator},
    model::{ManyValues, Scalar, Slot, ValueRef},
};

type Result<T = ()> = std::result::Result<T, PatchError>;

/// So often elements are looked at one by one before an index pays.
const FEW: usize = 4;

/// How many elements that differ in unknown attributes alone are looked at for each that is added.
const ALIKE: usize = 32;

/// How deep a filter is taken apart; a deeper one is asked about each element.
const MAX_DEPTH: usize = 32;

#[derive(Default)]
pub(super) struct List {
    /// How many positions are known.
    len: usize,
    /// Which of them are taken away; empty if none is.
    gone: Vec<bool>,
    gone_count: usize,
    /// The primary elements, once they were looked for.
    primaries: Option<BTreeSet<usize>>,
    indexes: Vec<(Way, Index)>,
    looks: usize,
}

/// The keys of an element in the indexes that there are.
pub(super) struct Keys(Vec<Option<u64>>);

impl List {
    pub(super) fn of(values: &dyn ManyValues) -> Self {
        Self {
            len: values.len(),
            ..Self::default()
        }
    }

    /// How many elements are left.
    pub(super) fn left(&self) -> usize {
        self.len.saturating_sub(self.gone_count)
    }

    pub(super) fn has_gaps(&self) -> bool {
        self.gone_count > 0
    }

    pub(super) fn is_left(&self, at: usize) -> bool {
        at < self.len && !self.gone.get(at).copied().unwrap_or_default()
    }

    fn all(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.len).filter(|at| self.is_left(*at))
    }

    /// Takes an element away.
    pub(super) fn remove(&mut self, at: usize) {
        if !self.is_left(at) {
            return;
        }
        if self.gone.len() < self.len {
            self.gone.resize(self.len, false);
        }
        if let Some(gone) = self.gone.get_mut(at) {
            *gone = true;
            self.gone_count += 1;
        }
        if let Some(primaries) = &mut self.primaries {
            primaries.remove(&at);
        }
    }

    /// The last element of `values` was added.
    pub(super) fn added(&mut self, of: &Identifier<'_>, values: &dyn ManyValues) {
        let at = self.len;
        self.len = values.len();
        let element = values.at(at);
        for (way, index) in &mut self.indexes {
            if let Some(key) = of.key(*way, element) {
                index.insert(key, at);
            }
        }
        self.note_primary(of, values, at);
    }

    /// Before an element is changed.
    pub(super) fn keys(&self, of: &Identifier<'_>, values: &dyn ManyValues, at: usize) -> Keys {
        let element = values.at(at);
        let keys = self.indexes.iter().map(|(way, _)| of.key(*way, element));
        Keys(keys.collect())
    }

    /// After it was changed.
    pub(super) fn changed(
        &mut self,
        of: &Identifier<'_>,
        values: &dyn ManyValues,
        at: usize,
        before: &Keys,
    ) {
        let element = values.at(at);
        for ((way, index), before) in self.indexes.iter_mut().zip(&before.0) {
            let after = of.key(*way, element);
            if let Some(key) = after
                && after != *before
            {
                index.insert(key, at);
            }
        }
        self.note_primary(of, values, at);
    }

    fn note_primary(&mut self, of: &Identifier<'_>, values: &dyn ManyValues, at: usize) {
        if let Some(primaries) = &mut self.primaries {
            if is_primary(of, values, at) {
                primaries.insert(at);
            } else {
                primaries.remove(&at);
            }
        }
    }

    /// Makes the primary elements that are not among `changed`, which are in order, not primary
    /// (RFC 7644 §3.5.2).
    /// `false` if more than one of the `changed` ones is primary.
    pub(super) fn settle_primary(
        &mut self,
        of: &Identifier<'_>,
        values: &mut dyn ManyValues,
        changed: &[usize],
        steps: &Steps,
    ) -> Result<bool> {
        let Some(primary) = of.primary else {
            return Ok(true);
        };
        let made = changed
            .iter()
            .filter(|at| self.is_left(**at) && is_primary(of, &*values, **at));
        match made.count() {
            0 => return Ok(true),
            1 => {}
            _ => return Ok(false),
        }
        if self.primaries.is_none() {
            steps.take(self.left(), 1)?;
            let all = self.all().filter(|at| is_primary(of, &*values, *at));
            self.primaries = Some(all.collect());
        }
        let all = self.primaries.iter().flatten();
        let others: Vec<usize> = all
            .copied()
            .filter(|at| changed.binary_search(at).is_err())
            .collect();
        for at in others {
            let before = self.keys(of, &*values, at);
            if let Some(Slot::Object(element)) = values.slot(at)
                && let Some(Slot::Scalar(place)) = element.slot(primary)
                && place.put(Scalar::Boolean(false)).is_err()
            {
                place.clear();
            }
            self.changed(of, &*values, at, &before);
        }
        Ok(true)
    }

    /// Takes those that are gone out of `values`.
    pub(super) fn compact(&mut self, values: &mut dyn ManyValues) {
        if self.gone_count > 0 {
            values.retain(&mut |at| self.is_left(at));
            *self = Self::of(values);
        }
    }

    /// An element that is what the one at `at` would add, if that is not itself in the list.
    pub(super) fn twin(
        &mut self,
        of: &Identifier<'_>,
        values: &dyn ManyValues,
        at: usize,
        identity: Identity,
        steps: &Steps,
    ) -> Result<Option<usize>> {
        let added = values.at(at);
        let way = of.way(identity, added);
        let same = |known: &usize| of.is_same(way, added, values.at(*known));
        let Some(key) = of.key(way, added).filter(|_| !self.looks_on(way)) else {
            steps.take(self.left(), 1)?;
            let sieve = of.sieve(way, added);
            let mut all = self.all();
            return Ok(all.find(|at| of.may_be_same(&sieve, values.at(*at)) && same(at)));
        };
        let found = self.indexed(of, values, way, key, steps)?;
        steps.take(found.len(), 1)?;
        if let Some(twin) = found.into_iter().find(same) {
            return Ok(Some(twin));
        }
        // One that has more unknown attributes has another key. Where many have the same known attributes,
        // looking at each of them for each would never end.
        let Some(key) = of.key(Way::Whole, added).filter(|_| way == Way::Exact) else {
            return Ok(None);
        };
        let index = self.index(of, values, Way::Whole, steps)?;
        let count = self.indexes.get(index).map_or(0, |(_, i)| i.count(key));
        if count > ALIKE {
            return Ok(None);
        }
        let alike = self.indexed(of, values, Way::Whole, key, steps)?;
        steps.take(alike.len(), 1)?;
        Ok(alike.into_iter().find(same))
    }

    /// The elements with that key. They may differ nevertheless.
    pub(super) fn with_key(
        &mut self,
        of: &Identifier<'_>,
        values: &dyn ManyValues,
        way: Way,
        key: u64,
        steps: &Steps,
    ) -> Result<Vec<usize>> {
        if self.looks_on(way) {
            steps.take(self.left(), 1)?;
            let found = self.all();
            return Ok(found
                .filter(|at| of.key(way, values.at(*at)) == Some(key))
                .collect());
        }
        let found = self.indexed(of, values, way, key, steps)?;
        steps.take(found.len(), 1)?;
        Ok(found)
    }

    /// The rarest of these keys, by an index; `None` if there is no key.
    pub(super) fn rarest(
        &mut self,
        of: &Identifier<'_>,
        values: &dyn ManyValues,
        mut keys: Vec<(Way, u64)>,
        steps: &Steps,
    ) -> Result<Option<(Way, u64)>> {
        let part = |at: Option<usize>| {
            let mut keys = keys.iter();
            keys.find(|(way, _)| at.is_some_and(|at| *way == Way::By(at)))
                .map(|(_, key)| *key)
        };
        if let (Some(value), Some(type_)) = (part(of.value), part(of.type_))
            && !of.is_empty(value)
        {
            let type_ = (!of.is_empty(type_)).then_some(type_);
            keys = vec![(Way::Pair, of.pair(value, type_))];
        }
        let mut rarest: Option<(usize, Way, u64)> = None;
        for (way, key) in keys {
            let at = self.index(of, values, way, steps)?;
            let count = self.indexes.get(at).map_or(0, |(_, i)| i.count(key));
            if rarest.is_none_or(|(least, ..)| count < least) {
                rarest = Some((count, way, key));
            }
        }
        Ok(rarest.map(|(_, way, key)| (way, key)))
    }

    /// The elements for which the filter holds, in order.
    pub(super) fn matching(
        &mut self,
        of: &Identifier<'_>,
        values: &dyn ManyValues,
        filter: Option<FilterRef<'_>>,
        steps: &Steps,
    ) -> Result<Vec<usize>> {
        let Some(filter) = filter else {
            steps.take(self.left(), 1)?;
            return Ok(self.all().collect());
        };
        let looks_on = filter.size() <= FEW && self.looks < FEW;
        if !looks_on && let Some(found) = self.found(of, values, filter, steps, 0)? {
            return Ok(found);
        }
        self.looks = self.looks.saturating_add(1);
        steps.take(self.left(), filter.size())?;
        let holds = |at: &usize| matches(of, values, *at, filter);
        Ok(self.all().filter(holds).collect())
    }

    /// Returns whether one more look at all elements is cheaper than an index.
    fn looks_on(&mut self, way: Way) -> bool {
        let looks_on = self.looks < FEW && !self.indexes.iter().any(|(known, _)| *known == way);
        if looks_on {
            self.looks += 1;
        }
        looks_on
    }

    /// Like [`matching`](Self::matching), by the indexes; `None` if they cannot tell.
    fn found(
        &mut self,
        of: &Identifier<'_>,
        values: &dyn ManyValues,
        filter: FilterRef<'_>,
        steps: &Steps,
        depth: usize,
    ) -> Result<Option<Vec<usize>>> {
        if depth > MAX_DEPTH {
            return Ok(None);
        }
        let mut candidates = match filter.expression() {
            Expression::Or(operands) => {
                let mut all = Vec::new();
                for operand in operands {
                    match self.found(of, values, operand, steps, depth + 1)? {
                        Some(found) => all.extend(found),
                        None => return Ok(None),
                    }
                }
                all.sort_unstable();
                all.dedup();
                return Ok(Some(all));
            }
            Expression::And(operands) => {
                let mut keys = Vec::new();
                for operand in operands.clone() {
                    keys.extend(equal_key(of, operand));
                }
                match self.rarest(of, values, keys, steps)? {
                    Some((way, key)) => self.indexed(of, values, way, key, steps)?,
                    None => {
                        let mut found = None;
                        for operand in operands {
                            if matches!(operand.expression(), Expression::Or(_)) {
                                found = self.found(of, values, operand, steps, depth + 1)?;
                            }
                            if found.is_some() {
                                break;
                            }
                        }
                        match found {
                            Some(found) => found,
                            None => return Ok(None),
                        }
                    }
                }
            }
            _ => match equal_key(of, filter) {
                Some((way, key)) => self.indexed(of, values, way, key, steps)?,
                None => return Ok(None),
            },
        };
        steps.take(candidates.len(), filter.size())?;
        candidates.retain(|at| matches(of, values, *at, filter));
        Ok(Some(candidates))
    }

    fn indexed(
        &mut self,
        of: &Identifier<'_>,
        values: &dyn ManyValues,
        way: Way,
        key: u64,
        steps: &Steps,
    ) -> Result<Vec<usize>> {
        let at = self.index(of, values, way, steps)?;
        let index = self.indexes.get_mut(at).map(|(_, index)| index);
        let mut found = index.map(|index| index.take(key)).unwrap_or_default();
        found.sort_unstable();
        found.dedup();
        found.retain(|at| self.is_left(*at) && of.key(way, values.at(*at)) == Some(key));
        if let Some((_, index)) = self.indexes.get_mut(at) {
            index.put(key, &found);
        }
        Ok(found)
    }

    /// The position of the index for that way, which is made if it is not there.
    fn index(
        &mut self,
        of: &Identifier<'_>,
        values: &dyn ManyValues,
        way: Way,
        steps: &Steps,
    ) -> Result<usize> {
        if let Some(at) = self.indexes.iter().position(|(known, _)| *known == way) {
            return Ok(at);
        }
        steps.take(self.left(), 1)?;
        let mut index = Index::default();
        for at in self.all() {
            if let Some(key) = of.key(way, values.at(at)) {
                index.insert(key, at);
            }
        }
        self.indexes.push((way, index));
        Ok(self.indexes.len() - 1)
    }
}

/// Returns whether each of the elements at `added` would be added if all others were there, one
/// after the other.
pub(super) fn would_all_be_added(
    of: &Identifier<'_>,
    values: &dyn ManyValues,
    added: impl IntoIterator<Item = usize> + Clone,
) -> bool {
    let steps = Steps::new(1 << 20);
    steps.grant(values.len());
    let mut list = List::of(values);
    for at in added.clone() {
        list.remove(at);
    }
    for at in added {
        match list.twin(of, values, at, Identity::default(), &steps) {
            Ok(None) => list.restore(of, values, at),
            Ok(Some(_)) | Err(_) => return false,
        }
    }
    true
}

/// Keeps one of the elements that are the same.
pub(super) fn drop_duplicates(of: &Identifier<'_>, values: &mut dyn ManyValues) {
    let steps = Steps::new(1 << 20);
    steps.grant(values.len());
    let mut list = List::of(values);
    for at in 0..values.len() {
        list.remove(at);
    }
    for at in 0..values.len() {
        let twin = list.twin(of, values, at, Identity::default(), &steps);
        if !matches!(twin, Ok(Some(_))) {
            list.restore(of, values, at);
        }
    }
    list.compact(values);
}

impl List {
    /// Puts an element back that was taken away.
    fn restore(&mut self, of: &Identifier<'_>, values: &dyn ManyValues, at: usize) {
        if let Some(gone) = self.gone.get_mut(at).filter(|gone| **gone) {
            *gone = false;
            self.gone_count -= 1;
            for (way, index) in &mut self.indexes {
                if let Some(key) = of.key(*way, values.at(at)) {
                    index.insert(key, at);
                }
            }
        }
    }
}

fn matches(of: &Identifier<'_>, values: &dyn ManyValues, at: usize, filter: FilterRef<'_>) -> bool {
    filter.matches(Subject::element(values.at(at), of.attribute))
}

fn is_primary(of: &Identifier<'_>, values: &dyn ManyValues, at: usize) -> bool {
    match (values.at(at), of.primary) {
        (ValueRef::Object(element), Some(primary)) => {
            matches!(element.get(primary), ValueRef::Boolean(true))
        }
        _ => false,
    }
}

/// The key that all elements have for which `path eq value` holds, if an index can have it.
fn equal_key(of: &Identifier<'_>, condition: FilterRef<'_>) -> Option<(Way, u64)> {
    let Expression::Compare {
        path,
        operator: Operator::Eq,
        value,
    } = condition.expression()
    else {
        return None;
    };
    let (way, attribute) = of.named(plain_name(path)?)?;
    if of.table.is_some() && attribute.is_multi_valued() {
        return None;
    }
    Some((way, keys::of_comparand(of.hashes, attribute, value)?))
}

/// The name in a path that has nothing else.
fn plain_name(path: &AttributePath) -> Option<&str> {
    (path.uri().is_none() && path.sub().is_none()).then(|| path.name())
}
