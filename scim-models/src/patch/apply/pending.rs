//! Required sub-attributes of a complex value that a path to another one made: a later operation
//! may bring them.

use std::cell::{Cell, RefCell};

use super::{Result, scope::Scope};
use crate::{
    model::Reflect,
    patch::{PatchError, PatchErrorKind as Kind},
};

struct Missing {
    place: Scope,
    attribute: usize,
    name: &'static str,
    operation: usize,
}

/// What is still missing.
#[derive(Default)]
pub(super) struct Pending {
    missing: RefCell<Vec<Missing>>,
    operation: Cell<usize>,
}

impl Pending {
    /// Operation `index` begins.
    pub(super) fn start(&self, index: usize) {
        self.operation.set(index);
    }

    /// A path to one sub-attribute made the value at `place`.
    pub(super) fn made(&self, place: Scope, value: &dyn Reflect) {
        let required = value.descriptor().attributes().iter().enumerate();
        let missing = required
            .filter(|(_, a)| a.is_required())
            .map(|(attribute, a)| Missing {
                place,
                attribute,
                name: a.name(),
                operation: self.operation.get(),
            });
        self.missing.borrow_mut().extend(missing);
    }

    /// Returns whether the sub-attribute of the value at `place` is required and was not written yet:
    /// whatever it holds, nobody gave it.
    pub(super) fn misses(&self, place: Scope, attribute: usize) -> bool {
        let missing = self.missing.borrow();
        let is_it = |one: &Missing| one.place == place && one.attribute == attribute;
        place.is_somewhere() && missing.iter().any(is_it)
    }

    /// The sub-attribute of the value at `place` was written.
    pub(super) fn wrote(&self, place: Scope, attribute: usize) {
        let mut missing = self.missing.borrow_mut();
        missing.retain(|one| !(one.place == place && one.attribute == attribute));
    }

    /// There is no value at `place` any more, nor within it.
    pub(super) fn gone(&self, place: Scope) {
        let stays = |one: &Missing| one.place.steps_from(&place).is_none();
        self.missing.borrow_mut().retain(stays);
    }

    /// After the last operation: nothing is missing.
    pub(super) fn finish(&self) -> Result {
        match self.missing.borrow().first() {
            Some(missing) => {
                let detail = format!("{} is required and missing", missing.name);
                let error = PatchError::new(Kind::InvalidValue, detail);
                Err(error.in_operation(missing.operation, None))
            }
            None => Ok(()),
        }
    }
}
