//! The filter that finds one element and no other.

use std::collections::HashMap;

use super::super::{At, identifies};
use crate::{
    attribute_path::AttributePath,
    filter::{Comparand, Filter, Operator, PatchPath},
    model::{Descriptor, ManyValues, ValueRef},
    patch::equality::Hashes,
};

/// A sub-attribute that elements are told apart by.
#[derive(Clone, Copy)]
struct Key {
    index: usize,
    name: &'static str,
    case_exact: bool,
}

/// How an element is found. The key stands for the filter's answer: equal keys, equal answers.
pub(super) enum Address {
    Value {
        key: u64,
        value: Comparand,
    },
    ValueAndType {
        key: u64,
        value: Comparand,
        type_: Comparand,
    },
    Type {
        key: u64,
        type_: Comparand,
    },
}

impl Address {
    pub(super) fn key(&self) -> (u8, u64) {
        match self {
            Self::Value { key, .. } => (0, *key),
            Self::ValueAndType { key, .. } => (1, *key),
            Self::Type { key, .. } => (2, *key),
        }
    }
}

/// Finds elements of the state before by filters that match only them.
pub(super) struct Finder<'a> {
    hashes: &'a Hashes,
    value: Option<Key>,
    type_: Option<Key>,
    /// How many elements have the same `value`, `value` and `type`, `type`.
    counts: HashMap<(u8, u64), u32>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(
        descriptor: &'static Descriptor,
        hashes: &'a Hashes,
        before: &dyn ManyValues,
    ) -> Self {
        let key = |name: &str| {
            let index = descriptor.position(name)?;
            let attribute = descriptor.attributes().get(index)?;
            identifies(attribute).then_some(Key {
                index,
                name: attribute.name(),
                case_exact: attribute.is_case_exact(),
            })
        };
        let mut finder = Self {
            hashes,
            value: key("value"),
            type_: key("type"),
            counts: HashMap::new(),
        };
        for index in 0..before.len() {
            let (value, type_, pair) = finder.keys(before.at(index));
            let keys = [
                value.map(|key| (0, key)),
                pair.map(|key| (1, key)),
                type_.map(|key| (2, key)),
            ];
            for key in keys.into_iter().flatten() {
                *finder.counts.entry(key).or_default() += 1;
            }
        }
        finder
    }

    /// What the filters would compare: `value`, `type`, and both.
    fn keys(&self, element: ValueRef<'_>) -> (Option<u64>, Option<u64>, Option<u64>) {
        let ValueRef::Object(object) = element else {
            return (None, None, None);
        };
        let hash = |key: Option<Key>| {
            let key = key?;
            match object.get(key.index) {
                ValueRef::Integer(number) => Some(self.hashes.of(ValueRef::Integer(number))),
                // Servers differ about the empty string.
                value => value
                    .text()
                    .filter(|text| !text.is_empty())
                    .map(|text| self.hashes.key(text, key.case_exact)),
            }
        };
        let (value, type_) = (hash(self.value), hash(self.type_));
        let pair = value
            .zip(type_)
            .map(|(value, type_)| self.hashes.pair(value, type_));
        (value, type_, pair)
    }

    fn is_one(&self, key: (u8, u64)) -> bool {
        self.counts.get(&key) == Some(&1)
    }

    /// A filter that only this element meets, if there is one.
    pub(super) fn address(&self, element: ValueRef<'_>) -> Option<Address> {
        let (value, type_, pair) = self.keys(element);
        match (value, pair, type_) {
            (Some(key), ..) if self.is_one((0, key)) => Some(Address::Value {
                key,
                value: comparand(element, self.value)?,
            }),
            (Some(_), Some(key), _) if self.is_one((1, key)) => Some(Address::ValueAndType {
                key,
                value: comparand(element, self.value)?,
                type_: comparand(element, self.type_)?,
            }),
            (None, _, Some(key)) if self.is_one((2, key)) => Some(Address::Type {
                key,
                type_: comparand(element, self.type_)?,
            }),
            _ => None,
        }
    }

    /// The added elements by how they would be found; `None` for several with the same key.
    pub(super) fn partners(
        &self,
        after: &dyn ManyValues,
        added: &[usize],
    ) -> HashMap<(u8, u64), Option<usize>> {
        let mut partners = HashMap::new();
        for index in added {
            let (value, type_, pair) = self.keys(after.at(*index));
            let alone = type_.filter(|_| value.is_none());
            let keys = [
                value.map(|key| (0, key)),
                pair.map(|key| (1, key)),
                alone.map(|key| (2, key)),
            ];
            for key in keys.into_iter().flatten() {
                partners
                    .entry(key)
                    .and_modify(|index| *index = None)
                    .or_insert(Some(*index));
            }
        }
        partners
    }

    pub(super) fn path(&self, at: At, address: &Address, sub: Option<&'static str>) -> PatchPath {
        let condition = |key: Option<Key>, value: &Comparand| {
            let name = key.map_or("value", |key| key.name);
            let path = AttributePath::from_parts(None, name, None);
            Filter::compare(path, Operator::Eq, value.clone())
        };
        let filter = match address {
            Address::Value { value, .. } => condition(self.value, value),
            Address::Type { type_, .. } => condition(self.type_, type_),
            Address::ValueAndType { value, type_, .. } => {
                condition(self.type_, type_).and(condition(self.value, value))
            }
        };
        match sub {
            Some(sub) => PatchPath::from_elements_sub(at.attribute(None), filter, sub),
            None => PatchPath::from_elements(at.attribute(None), filter),
        }
    }
}

fn comparand(element: ValueRef<'_>, key: Option<Key>) -> Option<Comparand> {
    let ValueRef::Object(object) = element else {
        return None;
    };
    match object.get(key?.index) {
        ValueRef::Integer(number) => Some(Comparand::from(number)),
        value => value.text().map(Comparand::from),
    }
}
