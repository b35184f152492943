//! Names and values in the order in which they came, found by name without regard to ASCII letter
//! case.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hasher},
};

use super::Json;

/// Up to so many entries, looking at each of them costs less than an index.
const UNINDEXED: usize = 16;

type Entry = (Box<str>, Json);

/// The entries. Where there are many, an index knows their places.
#[derive(Clone, Default)]
pub(super) struct Entries {
    /// With gaps where entries were taken away, so that others keep their places. Without an index
    /// there are none.
    list: Vec<Option<Entry>>,
    index: Option<Box<Index>>,
}

/// Where entries are. The hash is keyed at random: nobody can choose names that share one.
#[derive(Clone, Default)]
struct Index {
    by_hash: HashMap<u64, usize>,
    /// Those whose hash another one has, as good as never any.
    others: Vec<usize>,
    gaps: usize,
}

impl Entries {
    pub(super) fn len(&self) -> usize {
        self.list.len() - self.index.as_ref().map_or(0, |index| index.gaps)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        let entries = self.list.iter().flatten();
        entries.map(|(name, value)| (&**name, value))
    }

    pub(super) fn get(&self, name: &str) -> Option<&Json> {
        self.entry(self.find(name)?).map(|(_, value)| value)
    }

    pub(super) fn named(&self, name: &str) -> Option<(&str, &Json)> {
        let (name, value) = self.entry(self.find(name)?)?;
        Some((name, value))
    }

    pub(super) fn insert(&mut self, name: Box<str>, value: Json) {
        let found = self.find(&name);
        if let Some(place) = found.and_then(|at| self.list.get_mut(at)) {
            *place = Some((name, value));
            return;
        }
        let at = self.list.len();
        if let Some(index) = &mut self.index {
            index.add(&name, at);
        }
        self.list.push(Some((name, value)));
        if self.index.is_none() && at >= UNINDEXED {
            self.reindex();
        }
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<Json> {
        let at = self.find(name)?;
        let Some(index) = &mut self.index else {
            return self.list.remove(at).map(|(_, value)| value);
        };
        index.remove(name, at);
        let (_, value) = self.list.get_mut(at)?.take()?;
        if index.gaps > self.list.len() / 2 {
            self.list.retain(Option::is_some);
            self.reindex();
        }
        Some(value)
    }

    fn entry(&self, at: usize) -> Option<&Entry> {
        self.list.get(at)?.as_ref()
    }

    fn find(&self, name: &str) -> Option<usize> {
        let is_it = |at: &usize| {
            let entry = self.entry(*at);
            entry.is_some_and(|(own, _)| own.eq_ignore_ascii_case(name))
        };
        match &self.index {
            None => (0..self.list.len()).find(is_it),
            Some(index) => {
                let first = index.by_hash.get(&index.hash(name)).copied();
                let mut others = index.others.iter().copied();
                first.filter(is_it).or_else(|| others.find(is_it))
            }
        }
    }

    /// Makes the index of a list without gaps, if it is long.
    fn reindex(&mut self) {
        self.index = None;
        if self.list.len() > UNINDEXED {
            let mut index = Box::<Index>::default();
            for (at, (name, _)) in self.list.iter().flatten().enumerate() {
                index.add(name, at);
            }
            self.index = Some(index);
        }
    }
}

impl Index {
    fn hash(&self, name: &str) -> u64 {
        let mut state = self.by_hash.hasher().build_hasher();
        for chunk in name.as_bytes().chunks(32) {
            let mut lower = [0; 32];
            for (lower, byte) in lower.iter_mut().zip(chunk) {
                *lower = byte.to_ascii_lowercase();
            }
            state.write(lower.get(..chunk.len()).unwrap_or(&lower));
        }
        state.finish()
    }

    /// Takes note of a name that was not there.
    fn add(&mut self, name: &str, at: usize) {
        let hash = self.hash(name);
        match self.by_hash.entry(hash) {
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(at);
            }
            std::collections::hash_map::Entry::Occupied(_) => self.others.push(at),
        }
    }

    fn remove(&mut self, name: &str, at: usize) {
        let hash = self.hash(name);
        if self.by_hash.get(&hash) == Some(&at) {
            self.by_hash.remove(&hash);
        } else {
            self.others.retain(|other| *other != at);
        }
        self.gaps += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same, by looking at each entry.
    #[derive(Default)]
    struct Plain(Vec<(String, u32)>);

    impl Plain {
        fn find(&self, name: &str) -> Option<usize> {
            let mut entries = self.0.iter();
            entries.position(|(own, _)| own.eq_ignore_ascii_case(name))
        }
    }

    proptest! {
        #[test]
        fn as_if_each_entry_were_looked_at(
            steps in prop::collection::vec((any::<bool>(), "[aAbB]{1,5}", 0..9_u32), 0..200),
        ) {
            let (mut entries, mut plain) = (Entries::default(), Plain::default());
            for (adds, name, number) in steps {
                let found = plain.find(&name);
                if adds {
                    entries.insert(name.as_str().into(), Json::trusted(&number.to_string()));
                    match found.and_then(|at| plain.0.get_mut(at)) {
                        Some(own) => *own = (name.clone(), number),
                        None => plain.0.push((name.clone(), number)),
                    }
                } else {
                    let gone = entries.remove(&name).map(|json| json.as_str().to_owned());
                    let expected = found.map(|at| plain.0.remove(at).1.to_string());
                    prop_assert_eq!(gone, expected);
                }
                prop_assert_eq!(entries.len(), plain.0.len());
                let value = entries.get(&name).map(Json::as_str);
                let expected = plain.find(&name).map(|at| plain.0[at].1.to_string());
                prop_assert_eq!(value, expected.as_deref());
            }
            let all: Vec<_> = entries.iter().map(|(n, v)| (n, v.as_str().to_owned())).collect();
            let expected: Vec<_> = plain.0.iter().map(|(n, v)| (&**n, v.to_string())).collect();
            prop_assert_eq!(all, expected);
        }
    }

    #[test]
    fn names_that_share_a_hash_are_told_apart() {
        let mut entries = Entries::default();
        for number in 0..40 {
            entries.insert(format!("n{number}").into(), Json::trusted("0"));
        }
        let index = entries.index.as_mut().unwrap();
        let hash = index.hash("x");
        index.by_hash.insert(hash, 3);
        entries.insert("x".into(), Json::trusted("1"));
        assert_eq!(entries.get("X").unwrap().as_str(), "1");
        assert_eq!(entries.remove("x").unwrap().as_str(), "1");
        assert!(entries.get("x").is_none());
        assert_eq!(entries.len(), 40);
    }
}
