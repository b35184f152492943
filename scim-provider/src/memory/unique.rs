//! Indexes: who holds which value of an attribute that is unique (RFC 7643 §7 `uniqueness`), or
//! that filters often ask for by `eq`: `externalId`, and the `value` of a multi-valued attribute.

use std::collections::{BTreeSet, HashMap};

use scim_models::{
    attribute_path::AttributePath,
    evaluate::comparable_text,
    filter::{Comparand, Expression, Filter, FilterRef, Operator},
    model::{Attribute, Descriptor, Kind, Reflect, Uniqueness, ValueRef},
};

use crate::{
    derived,
    record::{Record, ServedType},
    unique::comparable,
};

/// Who holds which value.
#[derive(Debug, Default)]
pub(super) struct Values(HashMap<Key, BTreeSet<u64>>);

/// The attribute with its scope, and the value as it is compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    /// The name of the resource type; `None` for a value that is unique over all of them.
    kind: Option<&'static str>,
    /// In lower case.
    path: String,
    value: String,
}

impl Values {
    /// The attribute of `record` whose value another resource holds and may not.
    pub(super) fn conflict(
        &self,
        kind: &ServedType,
        record: &Record,
        holder: Option<u64>,
    ) -> Option<String> {
        keys(kind, record).into_iter().find_map(|(key, conflicts)| {
            let name = conflicts?;
            let mut others = self.0.get(&key)?.iter();
            others.any(|other| Some(*other) != holder).then_some(name)
        })
    }

    pub(super) fn insert(&mut self, kind: &ServedType, record: &Record, holder: u64) {
        for (key, _) in keys(kind, record) {
            self.0.entry(key).or_default().insert(holder);
        }
    }

    pub(super) fn remove(&mut self, kind: &ServedType, record: &Record, holder: u64) {
        for (key, _) in keys(kind, record) {
            self.remove_key(&key, holder);
        }
    }

    /// Like [`remove`](Self::remove), of the one member of a group that was taken out of it.
    pub(super) fn remove_member(
        &mut self,
        kind: &ServedType,
        group: &Record,
        id: &str,
        holder: u64,
    ) {
        let table = group.resource().descriptor();
        let members = derived::members_of(group).and_then(|at| table.attributes().get(at));
        let Some(members) = members else { return };
        let inner = members.kind.descriptor();
        let Some(value) = inner.and_then(|table| table.attribute("value")) else {
            return;
        };
        let key = Key {
            kind: (value.uniqueness() != Uniqueness::Global).then_some(kind.name()),
            path: format!("{}.{}", members.name, value.name).to_ascii_lowercase(),
            value: comparable_text(value, id),
        };
        self.remove_key(&key, holder);
    }

    fn remove_key(&mut self, key: &Key, holder: u64) {
        if let Some(holders) = self.0.get_mut(key) {
            holders.remove(&holder);
            if holders.is_empty() {
                self.0.remove(key);
            }
        }
    }

    /// All resources of the type that the filter may match, if an index can tell: the filter is, or
    /// is all of several and one of them is, the equality of an indexed attribute with a text.
    pub(super) fn candidates(
        &self,
        kind: &ServedType,
        filter: &Filter,
        by_id: impl Fn(&str) -> Option<u64>,
    ) -> Option<BTreeSet<u64>> {
        match filter.root().expression() {
            Expression::And(operands) => {
                let mut operands = operands.into_iter();
                operands.find_map(|operand| self.of_operand(kind, operand, &by_id))
            }
            _ => self.of_operand(kind, filter.root(), &by_id),
        }
    }

    fn of_operand(
        &self,
        kind: &ServedType,
        operand: FilterRef<'_>,
        by_id: &dyn Fn(&str) -> Option<u64>,
    ) -> Option<BTreeSet<u64>> {
        let (path, sub, value) = match operand.expression() {
            Expression::Compare {
                path,
                operator: Operator::Eq,
                value: Comparand::String(value),
            } => (path, path.sub(), value),
            Expression::ValuePath { path, filter } => match filter.expression() {
                Expression::Compare {
                    path: sub,
                    operator: Operator::Eq,
                    value: Comparand::String(value),
                } if path.sub().is_none() && sub.sub().is_none() && sub.uri().is_none() => {
                    (path, Some(sub.name()), value)
                }
                _ => return None,
            },
            _ => return None,
        };
        let own = |uri: &str| uri.eq_ignore_ascii_case(kind.schema());
        if !path.uri().is_none_or(own) {
            return None;
        }
        if path.name().eq_ignore_ascii_case("id") && sub.is_none() {
            return Some(by_id(value).into_iter().collect());
        }
        let attribute = indexed(kind.descriptor(), path, sub).filter(|_| !value.is_empty())?;
        let mut name = path.name().to_ascii_lowercase();
        if let Some(sub) = sub {
            name.push('.');
            name.push_str(&sub.to_ascii_lowercase());
        }
        let key = Key {
            kind: (attribute.uniqueness() != Uniqueness::Global).then_some(kind.name()),
            path: name,
            value: comparable_text(attribute, value),
        };
        Some(self.0.get(&key).cloned().unwrap_or_default())
    }
}

/// The attribute that a path names, if it has an index and its values are compared as text.
fn indexed(
    table: &'static Descriptor,
    path: &AttributePath,
    sub: Option<&str>,
) -> Option<&'static Attribute> {
    let attribute = table.attribute(path.name())?;
    let (attribute, is_indexed) = match sub {
        None => (attribute, has_index(attribute)),
        Some(sub) => {
            let inner = attribute.kind.descriptor()?.attribute(sub)?;
            (
                inner,
                has_index(inner) || is_value_of_many(attribute, inner),
            )
        }
    };
    (is_indexed && matches!(attribute.kind, Kind::String)).then_some(attribute)
}

fn has_index(attribute: &Attribute) -> bool {
    attribute.uniqueness() != Uniqueness::None || attribute.name.eq_ignore_ascii_case("externalId")
}

fn is_value_of_many(outer: &Attribute, attribute: &Attribute) -> bool {
    outer.is_multi_valued() && attribute.name.eq_ignore_ascii_case("value")
}

/// The keys of a record, each with the attribute if another may not have the same.
fn keys(kind: &ServedType, record: &Record) -> Vec<(Key, Option<String>)> {
    let mut keys = Vec::new();
    collect(kind.name(), record.resource(), None, "", &mut keys);
    keys
}

fn collect(
    kind: &'static str,
    object: &dyn Reflect,
    outer: Option<&Attribute>,
    prefix: &str,
    keys: &mut Vec<(Key, Option<String>)>,
) {
    for (index, attribute) in object.descriptor().attributes().iter().enumerate() {
        let is_indexed =
            has_index(attribute) || outer.is_some_and(|outer| is_value_of_many(outer, attribute));
        if !is_indexed && attribute.kind.descriptor().is_none() {
            continue;
        }
        match object.get(index) {
            ValueRef::Many(many) => {
                for at in 0..many.len() {
                    one(kind, attribute, is_indexed, many.at(at), prefix, keys);
                }
            }
            value => one(kind, attribute, is_indexed, value, prefix, keys),
        }
    }
}

fn one(
    kind: &'static str,
    attribute: &Attribute,
    is_indexed: bool,
    value: ValueRef<'_>,
    prefix: &str,
    keys: &mut Vec<(Key, Option<String>)>,
) {
    let path = || format!("{prefix}{}", attribute.name);
    if let ValueRef::Object(object) = value {
        let separator = if attribute.is_extension() { ':' } else { '.' };
        let prefix = format!("{}{separator}", path());
        return collect(kind, object, Some(attribute), &prefix, keys);
    }
    if !is_indexed || !value.is_assigned() {
        return;
    }
    if value.text() == Some("") {
        return;
    }
    let text = comparable(attribute, value);
    let path = path();
    let key = Key {
        kind: (attribute.uniqueness() != Uniqueness::Global).then_some(kind),
        path: path.to_ascii_lowercase(),
        value: text,
    };
    let is_unique = attribute.uniqueness() != Uniqueness::None;
    keys.push((key, is_unique.then_some(path)));
}
