//! The limit on work that no index can save.

use std::cell::Cell;

use super::{PatchError, PatchErrorKind as Kind};

/// How often values may still be looked at one by one.
pub(super) struct Steps(Cell<u64>);

impl Steps {
    pub(super) fn new(limit: u64) -> Self {
        Self(Cell::new(limit))
    }

    /// Each of so many values may be looked at a few times: an index over them is work as well.
    pub(super) fn grant(&self, values: usize) {
        let more = (values as u64).saturating_mul(32);
        self.0.set(self.0.get().saturating_add(more));
    }

    /// Counts so many values, each looked at `times` times.
    pub(super) fn take(&self, values: usize, times: usize) -> Result<(), PatchError> {
        let steps = (values as u64).saturating_mul(times as u64);
        match self.0.get().checked_sub(steps) {
            Some(left) => {
                self.0.set(left);
                Ok(())
            }
            None => Err(PatchError::new(
                Kind::TooMany,
                "the operations have to look at too many values one by one",
            )),
        }
    }
}
