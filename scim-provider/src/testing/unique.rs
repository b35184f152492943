//! Attributes whose values are unique (RFC 7643 §7 `uniqueness`).

use std::collections::HashMap;

use super::record::{Record, ResourceKind};
use scim_models::{
    evaluate::comparable_text,
    model::{Attribute, Reflect, Uniqueness, ValueRef},
};

/// Who holds which value.
#[derive(Debug, Default)]
pub(super) struct UniqueValues(HashMap<Key, u64>);

/// The attribute with its scope, and the value as it is compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    /// `None` for a value that is unique over all resource types.
    kind: Option<usize>,
    path: String,
    value: String,
}

impl UniqueValues {
    /// The attribute of `record` whose value another resource holds.
    pub(super) fn conflict(
        &self,
        index: usize,
        kind: &ResourceKind,
        record: &dyn Record,
        holder: Option<u64>,
    ) -> Option<String> {
        keys(index, kind, record).into_iter().find_map(|key| {
            let other = self.0.get(&key)?;
            (Some(*other) != holder).then_some(key.path)
        })
    }

    pub(super) fn insert(
        &mut self,
        index: usize,
        kind: &ResourceKind,
        record: &dyn Record,
        holder: u64,
    ) {
        self.0.extend(
            keys(index, kind, record)
                .into_iter()
                .map(|key| (key, holder)),
        );
    }

    pub(super) fn remove(&mut self, index: usize, kind: &ResourceKind, record: &dyn Record) {
        for key in keys(index, kind, record) {
            self.0.remove(&key);
        }
    }
}

fn keys(index: usize, kind: &ResourceKind, record: &dyn Record) -> Vec<Key> {
    let mut keys = Vec::new();
    if kind.descriptor.attributes().iter().any(concerns) {
        collect(index, record.own(), "", &mut keys);
    }
    keys
}

/// Whether something in the attribute may be unique.
fn concerns(attribute: &Attribute) -> bool {
    attribute.uniqueness_of() != Uniqueness::None || attribute.kind.descriptor().is_some()
}

fn collect(kind: usize, object: &dyn Reflect, prefix: &str, keys: &mut Vec<Key>) {
    for (index, attribute) in object.descriptor().attributes().iter().enumerate() {
        if !concerns(attribute) {
            continue;
        }
        let path = format!("{prefix}{}", attribute.name);
        let value = object.get(index);
        match value {
            ValueRef::Many(many) => {
                for at in 0..many.len() {
                    one(kind, attribute, many.at(at), &path, keys);
                }
            }
            value => one(kind, attribute, value, &path, keys),
        }
    }
}

fn one(kind: usize, attribute: &Attribute, value: ValueRef<'_>, path: &str, keys: &mut Vec<Key>) {
    if let ValueRef::Object(object) = value {
        let separator = if attribute.is_extension() { ':' } else { '.' };
        return collect(kind, object, &format!("{path}{separator}"), keys);
    }
    if attribute.uniqueness_of() == Uniqueness::None || !value.is_assigned() {
        return;
    }
    let text = match value.text() {
        Some("") => return,
        Some(text) => comparable_text(attribute, text),
        None => super::output::everything(value),
    };
    keys.push(Key {
        kind: (attribute.uniqueness_of() != Uniqueness::Global).then_some(kind),
        path: path.to_owned(),
        value: text,
    });
}
