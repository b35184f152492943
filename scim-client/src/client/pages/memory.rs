//! Which resources came on earlier pages.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use super::Listed;
use crate::message::Outcome;

/// How many resources are remembered: as many as a table of 2^14 places takes (147 KB), and one more would
/// make it twice as large.
const KEPT: usize = 14_336;

/// How many remembered resources would have been new, had there been new ones, when it is certain
/// that there are none: by chance it happens once in e^40 times.
const SURE: u64 = 40;

/// What tells one resource from another: its identifier. `None` where it has none.
pub(super) fn mark_of<T: Listed>(outcome: &Outcome<T>) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    match outcome {
        Ok(resource) if resource.id().is_empty() => return None,
        Ok(resource) => resource.id().hash(&mut hasher),
        Err(error) => error.raw().hash(&mut hasher),
    }
    Some(hasher.finish())
}

/// Like [`mark_of`], or by what else the resource has. `None` where it has nothing of the kind.
pub(super) fn key_of<T: Listed>(outcome: &Outcome<T>) -> Option<u64> {
    mark_of(outcome).or_else(|| {
        let mark = outcome.as_ref().ok()?.mark();
        let mut hasher = DefaultHasher::new();
        mark.hash(&mut hasher);
        (!mark.is_empty()).then(|| hasher.finish())
    })
}

/// What tells one page from another: the keys of its resources, in any order. `None` where one has
/// none.
pub(super) fn fingerprint<T: Listed>(page: &[Outcome<T>]) -> Option<u64> {
    let mut keys = page.iter().map(key_of).collect::<Option<Vec<_>>>()?;
    keys.sort_unstable();
    Some(fingerprint_of(&keys))
}

/// The same of keys that are sorted.
pub(super) fn fingerprint_of(keys: &[u64]) -> u64 {
    let mut hasher = DefaultHasher::new();
    keys.hash(&mut hasher);
    hasher.finish()
}

/// Whether a page brings anything new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    Some,
    /// All of it was there before.
    None,
    /// Nothing of what is remembered is new.
    Unknown,
    /// So much came without anything new among what is remembered that there is nothing.
    NoneForLong,
}

/// The resources that came, in bounded memory: all of them, or, of a long list, every second,
/// every fourth, and so on, chosen by their hash.
#[derive(Default)]
pub(super) struct Memory {
    known: HashSet<u64>,
    /// One of 2^`thinned` is remembered.
    thinned: u32,
    /// How many resources came since the last new one.
    since: u64,
}

impl Memory {
    pub(super) fn note(&mut self, page: &[Option<u64>]) -> News {
        let mut news = News::None;
        for mark in page {
            match mark {
                None => news = News::Some,
                Some(mark) => {
                    if self.known.len() >= KEPT {
                        self.thin();
                    }
                    if self.keeps(*mark) && self.known.insert(*mark) {
                        news = News::Some;
                    }
                }
            }
        }
        if news == News::Some {
            self.since = 0;
            return news;
        }
        self.since += page.len() as u64;
        match self.thinned {
            0 => News::None,
            thinned if self.since > SURE << thinned => News::NoneForLong,
            _ => News::Unknown,
        }
    }

    /// Returns whether this resource did not come before, as far as is remembered: of a list so long
    /// that not all are, whatever comes is taken for new.
    pub(super) fn may_be_new(&self, mark: Option<u64>) -> bool {
        self.thinned > 0 || mark.is_none_or(|mark| !self.known.contains(&mark))
    }

    fn keeps(&self, mark: u64) -> bool {
        mark.trailing_zeros() >= self.thinned
    }

    fn thin(&mut self) {
        while self.known.len() >= KEPT && self.thinned < 63 {
            self.thinned += 1;
            let thinned = self.thinned;
            // Into the same table: where one was taken out of a full table, the next one makes it grow.
            let kept = self.known.drain();
            let kept: Vec<_> = kept
                .filter(|mark| mark.trailing_zeros() >= thinned)
                .collect();
            self.known.extend(kept);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(ids: impl Iterator<Item = u64>) -> Vec<Option<u64>> {
        let mark = |id: u64| {
            let mut hasher = DefaultHasher::new();
            id.hash(&mut hasher);
            Some(hasher.finish())
        };
        ids.map(mark).collect()
    }

    /// How many resources come before a circle of this length is found out.
    fn found_after(length: u64, page_size: u64) -> u64 {
        let mut memory = Memory::default();
        let mut came = 0;
        loop {
            let ids = (came..came + page_size).map(|number| number % length);
            let news = memory.note(&page(ids));
            came += page_size;
            assert!(memory.known.len() <= KEPT);
            assert!(memory.known.capacity() <= KEPT);
            match news {
                News::None | News::NoneForLong => return came,
                News::Some | News::Unknown => assert!(came < 3 * length + 1000),
            }
        }
    }

    #[test]
    fn finds_circles_of_every_length() {
        for length in [
            1, 2, 7, 100, 1_000, 14_335, 14_336, 14_337, 100_000, 1_000_000,
        ] {
            for page_size in [1, 7, 100] {
                let came = found_after(length, page_size);
                assert!(came > length, "{length}: {came}");
                // In its second round, and early in it.
                assert!(
                    came <= length + length / 2 + 2 * page_size,
                    "{length}: {came}"
                );
            }
        }
    }

    #[test]
    fn what_is_new_is_never_taken_for_old() {
        let mut memory = Memory::default();
        // One new resource among many old ones, always at another place.
        for number in 0..20_000_u64 {
            let old = (0..9).map(|at| (number * 7 + at) % (number * 10 + 1));
            let news = memory.note(&page(old.chain([1_000_000 + number])));
            assert!(!matches!(news, News::None | News::NoneForLong), "{number}");
        }
        // What has no identifier is new.
        assert_eq!(memory.note(&[None]), News::Some);
    }
}
