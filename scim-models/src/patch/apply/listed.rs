//! The elements that the value of a `remove` lists.

use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet, hash_map::Entry},
};

use super::{Result, Run, scope::Scope};
use crate::{
    evaluate::is_same_text,
    model::{Attribute, Kind, ManyValues, Reflect, ValueRef, whole_number},
    patch::{
        PatchError,
        identity::{Identifier, Way},
        keys,
        list::List,
        text::{self, Shape},
    },
    value::Decimal,
};

impl Run<'_> {
    /// Removes the elements that the value of a `remove` lists.
    pub(super) fn remove_listed(
        &self,
        object: &mut dyn Reflect,
        at: Scope,
        index: usize,
        attribute: &'static Attribute,
        value: &str,
    ) -> Result {
        let removed = self.with_list(object, at, index, attribute, |of, list, values| {
            let listed = self.listed(of, list, &*values, value)?;
            for at in &listed {
                list.remove(*at);
            }
            Ok(!listed.is_empty())
        })?;
        match removed {
            Some(true) => Ok(()),
            _ => self.nothing_to_remove(),
        }
    }

    /// The elements that `value` lists: one, an array of them, or either in an object that names
    /// the attribute again.
    pub(super) fn listed(
        &self,
        of: &Identifier<'_>,
        list: &mut List,
        values: &dyn ManyValues,
        value: &str,
    ) -> Result<HashSet<usize>> {
        let value = named_again(of, value).unwrap_or(value);
        let items = match text::shape(value) {
            Shape::Array => text::elements(value).map_err(PatchError::not_json)?,
            _ => vec![value],
        };
        let mut listed = HashSet::new();
        // Those with a key that are not listed so far: however often the same is listed, each element is
        // looked at once.
        let mut left: HashMap<(Way, u64), Vec<usize>> = HashMap::new();
        for item in items.into_iter().filter(|item| !text::is_unassigned(item)) {
            let members = match text::shape(item) {
                Shape::Object => text::members(item).map_err(PatchError::not_json)?,
                _ => vec![("value".into(), item)],
            };
            self.unknown_in_listed(of, &members)?;
            let wanted = Wanted::new(of, &members);
            let key = match wanted.key() {
                None if wanted.is_nothing() => continue,
                None => list.rarest(of, values, wanted.keys(), &self.steps)?,
                key => key,
            };
            let Some((way, key)) = key else {
                let all = list.matching(of, values, None, &self.steps)?;
                listed.extend(all.into_iter().filter(|at| wanted.is(values.at(*at))));
                continue;
            };
            let left = match left.entry((way, key)) {
                Entry::Occupied(left) => {
                    self.steps.take(left.get().len(), 1)?;
                    left.into_mut()
                }
                Entry::Vacant(free) => {
                    free.insert(list.with_key(of, values, way, key, &self.steps)?)
                }
            };
            left.retain(|at| {
                let is_listed = wanted.is(values.at(*at));
                if is_listed {
                    listed.insert(*at);
                }
                !is_listed
            });
        }
        Ok(listed)
    }
}

/// What is in `{"members": [..]}` as the value of a `remove` at `members`.
fn named_again<'v>(of: &Identifier<'_>, value: &'v str) -> Option<&'v str> {
    if text::shape(value) != Shape::Object || of.named(of.attribute.name()).is_some() {
        return None;
    }
    let members = text::members(value).ok()?;
    members
        .into_iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(of.attribute.name()))
        .map(|(_, value)| value)
}

/// A listed element. Where it has a `value`, that and the `type` that it may have count, as they
/// tell elements apart; otherwise all that it says.
struct Wanted<'a> {
    of: &'a Identifier<'a>,
    value: Option<&'a str>,
    type_: Option<&'a str>,
    members: &'a [text::Member<'a>],
}

impl<'a> Wanted<'a> {
    fn new(of: &'a Identifier<'a>, members: &'a [text::Member<'a>]) -> Self {
        let simple = |name: &str| {
            let found = members.iter().rev();
            let mut found = found.filter(|(known, _)| known.eq_ignore_ascii_case(name));
            let (_, text) = found.next()?;
            (text::shape(text) == Shape::Simple && of.named(name).is_some()).then_some(*text)
        };
        Self {
            of,
            value: simple("value"),
            type_: simple("type"),
            members,
        }
    }

    /// The key of what is said of an attribute; `None` if elements have none.
    fn part(&self, way: Way, attribute: &Attribute, text: &str) -> Option<u64> {
        match (way, attribute.kind()) {
            (Way::By(_), Kind::Any) => None,
            _ => keys::of_json(self.of.hashes, attribute, text),
        }
    }

    /// How the element is found, if it says which one it is.
    fn key(&self) -> Option<(Way, u64)> {
        let (way, attribute) = self.of.named("value")?;
        let value = self.part(way, attribute, self.value?)?;
        let Some(type_) = self.type_.filter(|_| !self.of.is_empty(value)) else {
            return Some((way, value));
        };
        let (by_type, attribute) = self.of.named("type")?;
        let type_ = self.part(by_type, attribute, type_)?;
        let type_ = (!self.of.is_empty(type_)).then_some(type_);
        Some((Way::Pair, self.of.pair(value, type_)))
    }

    /// Keys that the element has if it is told by all that is said of it: by the attributes of
    /// which an index has each value.
    fn keys(&self) -> Vec<(Way, u64)> {
        let mut keys = Vec::new();
        for (name, text) in self.members {
            if !text::is_unassigned(text)
                && self.counts(name)
                && let Some((way, attribute)) = self.of.named(name)
                && !attribute.is_multi_valued()
                && let Some(key) = self.part(way, attribute, text)
            {
                keys.push((way, key));
            }
        }
        keys
    }

    /// Returns whether what it says of this sub-attribute tells the element.
    fn counts(&self, name: &str) -> bool {
        let tells = |known: &&str| name.eq_ignore_ascii_case(known);
        self.value.is_none() || ["value", "type"].iter().any(tells)
    }

    /// Returns whether it says nothing that an element could have.
    fn is_nothing(&self) -> bool {
        let says = |(name, text): &text::Member<'_>| {
            !text::is_unassigned(text) && self.of.named(name).is_some()
        };
        !self.members.iter().any(says)
    }

    fn is(&self, element: ValueRef<'_>) -> bool {
        let object = match element {
            ValueRef::Object(object) => object,
            simple => {
                return self
                    .value
                    .is_some_and(|text| json_is(self.of.attribute, simple, text));
            }
        };
        let has = |name: &str, text: &str| match self.of.named(name) {
            Some((Way::By(at), attribute)) => json_is(attribute, object.get(at), text),
            _ => match object.extra().get(name) {
                Some(json) => text::canonical(json.as_str()) == text::canonical(text),
                None => false,
            },
        };
        match self.value {
            Some(value) => has("value", value) && self.type_.is_none_or(|type_| has("type", type_)),
            None => self
                .members
                .iter()
                .filter(|(_, text)| !text::is_unassigned(text))
                .all(|(name, text)| has(name, text)),
        }
    }
}

/// Returns whether a value is what a JSON text says, as filters compare it.
fn json_is(attribute: &Attribute, value: ValueRef<'_>, json: &str) -> bool {
    match (value, value.text()) {
        (_, Some(value)) => match text::string(json) {
            Some(text) => is_same_text(attribute, value, &text),
            None => value == json,
        },
        (ValueRef::Integer(value), _) => whole_number(json.trim_matches('"')) == Ok(value),
        (ValueRef::Decimal(value), _) => {
            let order = Decimal::cmp_text(value.as_str(), json.trim_matches('"'));
            order.is_some_and(Ordering::is_eq)
        }
        (ValueRef::Boolean(value), _) => {
            json.trim_matches('"')
                .eq_ignore_ascii_case(if value { "true" } else { "false" })
        }
        (value, None) => super::current::agrees(attribute, value, json),
    }
}
