//! Where elements are, by what is looked for.

use std::collections::{HashMap, hash_map::Entry};

/// Positions by key.
#[derive(Default)]
pub(super) struct Index(HashMap<u64, Positions>);

enum Positions {
    One(usize),
    Many(Vec<usize>),
}

impl Index {
    pub(super) fn insert(&mut self, key: u64, at: usize) {
        match self.0.entry(key) {
            Entry::Vacant(entry) => drop(entry.insert(Positions::One(at))),
            Entry::Occupied(mut entry) => match entry.get_mut() {
                Positions::One(one) => {
                    let both = vec![*one, at];
                    entry.insert(Positions::Many(both));
                }
                Positions::Many(all) => all.push(at),
            },
        }
    }

    /// How many there may be.
    pub(super) fn count(&self, key: u64) -> usize {
        match self.0.get(&key) {
            None => 0,
            Some(Positions::One(_)) => 1,
            Some(Positions::Many(all)) => all.len(),
        }
    }

    pub(super) fn take(&mut self, key: u64) -> Vec<usize> {
        match self.0.remove(&key) {
            None => Vec::new(),
            Some(Positions::One(at)) => vec![at],
            Some(Positions::Many(all)) => all,
        }
    }

    pub(super) fn put(&mut self, key: u64, positions: &[usize]) {
        match positions {
            [] => {}
            [one] => drop(self.0.insert(key, Positions::One(*one))),
            all => drop(self.0.insert(key, Positions::Many(all.to_vec()))),
        }
    }
}
