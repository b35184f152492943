//! An object into which members are put: what it had before, and what it has then.

use super::Result;
use crate::{
    model::{Attribute, Mutability, Reflect, ValueRef},
    patch::{PatchError, PatchErrorKind as Kind},
};

/// A new object has all of its required attributes.
pub(super) fn require(object: &dyn Reflect, given: impl Fn(usize) -> bool) -> Result {
    let mut attributes = object.descriptor().attributes().iter().enumerate();
    match attributes.find(|(index, a)| a.is_required() && !given(*index)) {
        Some((_, missing)) => {
            let detail = format!("{} is required and missing", missing.name());
            Err(PatchError::new(Kind::InvalidValue, detail))
        }
        None => Ok(()),
    }
}

/// An object into which members were put.
pub(super) struct Filled {
    /// Which attributes it was given, by their positions.
    pub(super) given: Vec<bool>,
    /// Whether there is anything in it now.
    pub(super) is_something: bool,
}

/// What an object has before members are put into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// Nothing: it was made for them.
    New,
    /// What goes, but for what a client cannot change.
    Replaced,
    /// What stays.
    Kept,
}

/// Returns whether a client cannot take it away by leaving it out.
pub(super) fn stays(attribute: &Attribute) -> bool {
    matches!(
        attribute.mutability(),
        Mutability::ReadOnly | Mutability::Immutable
    )
}

/// Clears what a client may set. What stays counts as given.
pub(super) fn clear_writable(object: &mut dyn Reflect, given: &mut [bool], before: Before) {
    let attributes = object.descriptor().attributes();
    for ((index, attribute), given) in attributes.iter().enumerate().zip(given) {
        if stays(attribute) && before == Before::Replaced && is_set(object.get(index)) {
            *given = true;
        } else if let Some(slot) = object.slot(index) {
            slot.clear();
        }
    }
    object.extra_mut().clear();
}

/// Returns whether there is a value; an empty text in a required place stands for none.
fn is_set(value: ValueRef<'_>) -> bool {
    value.is_assigned() && value.text() != Some("")
}
