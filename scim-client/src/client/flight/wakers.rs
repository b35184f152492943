//! Who waits, and how each of them learns that something has happened.

use std::{collections::BTreeMap, task::Waker};

/// One waker of each future that waits: that of its last poll, which may be another each time.
///
/// What this gives back is to be dropped where nothing is locked: with a waker, a task may go that itself
/// waits here.
#[derive(Default)]
pub(super) struct Wakers {
    next: u64,
    each: BTreeMap<Number, Waker>,
}

/// Which of the futures that wait.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Number(u64);

impl Wakers {
    /// For a future that is going to wait.
    pub(super) fn number(&mut self) -> Number {
        let number = Number(self.next);
        self.next += 1;
        number
    }

    /// Gives back the waker that this one takes the place of.
    #[must_use]
    pub(super) fn set(&mut self, number: Number, waker: &Waker) -> Option<Waker> {
        match self.each.get(&number) {
            Some(known) if known.will_wake(waker) => None,
            _ => self.each.insert(number, waker.clone()),
        }
    }

    #[must_use]
    pub(super) fn remove(&mut self, number: Number) -> Option<Waker> {
        self.each.remove(&number)
    }

    pub(super) fn all(&self) -> Vec<Waker> {
        self.each.values().cloned().collect()
    }

    /// Wakes all of them.
    pub(super) fn wake(self) {
        for waker in self.each.into_values() {
            waker.wake();
        }
    }
}
