//! Whether values are the same, and hashes that fit.
//!
//! Here `false` for `primary` is the same as nothing (RFC 7643 §2.4), the order of elements does
//! not count, and letter case does: a patch may change it.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::{BuildHasher, Hash, Hasher},
};

use super::text;
use crate::model::{Attribute, Extra, Kind, ManyValues, Reflect, ValueRef};

/// Returns whether two values of the same attribute are the same.
pub fn same(one: ValueRef<'_>, other: ValueRef<'_>) -> bool {
    match (one, other) {
        (ValueRef::Object(one), ValueRef::Object(other)) => same_object(one, other),
        (ValueRef::Many(one), ValueRef::Many(other)) => same_many(one, other),
        (ValueRef::Boolean(one), ValueRef::Boolean(other)) => one == other,
        (ValueRef::Integer(one), ValueRef::Integer(other)) => one == other,
        (ValueRef::Decimal(one), ValueRef::Decimal(other)) => one.as_str() == other.as_str(),
        (ValueRef::Json(one), ValueRef::Json(other)) => one.is_same(other),
        (one, other) => match (one.text(), other.text()) {
            (Some(one), Some(other)) => one == other,
            _ => is_nothing(one) && is_nothing(other),
        },
    }
}

/// Returns whether there is nothing in a value; JSON `null` is nothing.
pub fn is_nothing(value: ValueRef<'_>) -> bool {
    !value.is_assigned()
}

/// Returns whether two objects of the same type are the same.
pub(super) fn same_object(one: &dyn Reflect, other: &dyn Reflect) -> bool {
    let attributes = one.descriptor().attributes();
    attributes.iter().enumerate().all(|(index, attribute)| {
        same(
            normal(attribute, one.get(index)),
            normal(attribute, other.get(index)),
        )
    }) && same_extra(one, other)
}

fn same_extra(one: &dyn Reflect, other: &dyn Reflect) -> bool {
    let (one, other) = (one.extra(), other.extra());
    let covers = |one: &Extra, other: &Extra| {
        one.iter().all(|(name, value)| {
            let found = other.get(name).map_or(ValueRef::Absent, ValueRef::Json);
            same(ValueRef::Json(value), found)
        })
    };
    (one.is_empty() && other.is_empty()) || (covers(one, other) && covers(other, one))
}

/// `primary` of `false` as what it means.
pub(super) fn normal<'a>(attribute: &Attribute, value: ValueRef<'a>) -> ValueRef<'a> {
    match value {
        ValueRef::Boolean(false) if is_primary(attribute) => ValueRef::Absent,
        value => value,
    }
}

/// Returns whether this is the `primary` of a multi-valued attribute's elements.
pub fn is_primary(attribute: &Attribute) -> bool {
    matches!(attribute.kind(), Kind::Boolean) && attribute.name().eq_ignore_ascii_case("primary")
}

fn same_many(one: &dyn ManyValues, other: &dyn ManyValues) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let in_order = (0..one.len())
        .take_while(|i| same(one.at(*i), other.at(*i)))
        .count();
    if in_order == one.len() {
        return true;
    }
    let hashes = Hashes::default();
    let mut left = Elements::new(&hashes);
    for index in in_order..one.len() {
        left.insert(one, index);
    }
    (in_order..other.len()).all(|index| left.take(one, other.at(index)).is_some())
}

/// Makes the hashes of one comparison.
#[derive(Default)]
pub(super) struct Hashes(RandomState);

impl Hashes {
    /// The hash of a value: the same for values that are the [`same`].
    pub(super) fn of(&self, value: ValueRef<'_>) -> u64 {
        let mut state = self.0.build_hasher();
        match value {
            ValueRef::Absent => {}
            ValueRef::Boolean(value) => value.hash(&mut state),
            ValueRef::Integer(value) => value.hash(&mut state),
            ValueRef::Decimal(value) => value.as_str().hash(&mut state),
            ValueRef::Json(_) if is_nothing(value) => {}
            ValueRef::Json(json) => text::canonical(json.as_str()).hash(&mut state),
            ValueRef::Object(object) => self.object(object, &mut state),
            ValueRef::Many(many) => self.many(many, &mut state),
            ValueRef::Str(_) | ValueRef::Text(_) => value.text().hash(&mut state),
        }
        state.finish()
    }

    fn object(&self, object: &dyn Reflect, state: &mut impl Hasher) {
        for (index, attribute) in object.descriptor().attributes().iter().enumerate() {
            let value = normal(attribute, object.get(index));
            match (value, value.text()) {
                (ValueRef::Absent, _) => {}
                (_, Some(text)) => (index, text).hash(state),
                (value, None) if is_nothing(value) => {}
                (value, None) => (index, self.of(value)).hash(state),
            }
        }
        let extra = object.extra();
        if !extra.is_empty() {
            self.extra(extra).hash(state);
        }
    }

    /// The hash of unknown attributes, without regard to their order.
    pub(super) fn extra(&self, extra: &Extra) -> u64 {
        let all = extra
            .iter()
            .filter(|(_, value)| !is_nothing(ValueRef::Json(value)));
        let hashes = all.map(|(name, value)| {
            let value = self.of(ValueRef::Json(value));
            self.0.hash_one((name.to_ascii_lowercase(), value))
        });
        hashes.fold(0, u64::wrapping_add)
    }

    fn many(&self, many: &dyn ManyValues, state: &mut impl Hasher) {
        let sum = (0..many.len())
            .map(|index| self.of(many.at(index)))
            .fold(0, u64::wrapping_add);
        (many.len(), sum).hash(state);
    }

    /// The hash of a text without letter case, or with it.
    pub(super) fn key(&self, text: &str, case_exact: bool) -> u64 {
        let mut state = self.0.build_hasher();
        if case_exact {
            state.write(text.as_bytes());
        } else {
            for lower in text.chars().flat_map(char::to_lowercase) {
                state.write_u32(lower.into());
            }
        }
        state.finish()
    }

    /// One hash of two.
    pub(super) fn pair(&self, one: u64, other: u64) -> u64 {
        self.0.hash_one((one, other))
    }
}

/// A bag of elements of one multi-valued attribute, by position, found by their values.
pub(super) struct Elements<'h> {
    hashes: &'h Hashes,
    /// The first position with a hash; the others, rarely any, stand in `more`.
    first: HashMap<u64, usize>,
    more: HashMap<u64, Vec<usize>>,
}

impl<'h> Elements<'h> {
    pub(super) fn new(hashes: &'h Hashes) -> Self {
        Self {
            hashes,
            first: HashMap::new(),
            more: HashMap::new(),
        }
    }

    /// Puts the element of `values` at `index` in.
    pub(super) fn insert(&mut self, values: &dyn ManyValues, index: usize) {
        self.insert_hashed(self.hashes.of(values.at(index)), index);
    }

    /// Puts the element in if none is there that is the same. Returns whether it did.
    pub(super) fn insert_new(&mut self, values: &dyn ManyValues, index: usize) -> bool {
        let is_new = self.find(values, values.at(index)).is_none();
        if is_new {
            self.insert(values, index);
        }
        is_new
    }

    fn insert_hashed(&mut self, hash: u64, index: usize) {
        if let Some(earlier) = self.first.insert(hash, index) {
            self.more.entry(hash).or_default().push(earlier);
        }
    }

    /// The position of an element that is the same as `value`, which stays in.
    pub(super) fn find(&self, values: &dyn ManyValues, value: ValueRef<'_>) -> Option<usize> {
        let hash = self.hashes.of(value);
        let first = self.first.get(&hash).copied();
        let more = self.more.get(&hash).into_iter().flatten().copied();
        first
            .into_iter()
            .chain(more)
            .find(|at| same(values.at(*at), value))
    }

    /// Like [`find`](Self::find), and takes it out.
    pub(super) fn take(&mut self, values: &dyn ManyValues, value: ValueRef<'_>) -> Option<usize> {
        let found = self.find(values, value)?;
        let hash = self.hashes.of(value);
        let more = self.more.get_mut(&hash);
        if self.first.get(&hash) == Some(&found) {
            match more.and_then(Vec::pop) {
                Some(next) => self.first.insert(hash, next),
                None => self.first.remove(&hash),
            };
        } else if let Some(more) = more {
            more.retain(|at| *at != found);
        }
        Some(found)
    }
}
