//! Attributes that a type does not know, kept as the JSON text that arrived.

use std::fmt;

use super::{Json, entries::Entries};
use crate::{json::text as json, shown};

/// The attributes of an object that its type does not know, in the order in which they came.
///
/// Takes no memory beyond one pointer while it is empty. Finding, setting and taking away one of
/// them costs the same however many there are.
#[derive(Clone, Default)]
pub struct Extra(Option<Box<Kept>>);

#[derive(Clone, Default)]
struct Kept {
    entries: Entries,
    /// What the document's `schemas` listed and its data does not tell.
    listed: Vec<Box<str>>,
}

impl Extra {
    /// No attributes.
    pub const fn new() -> Self {
        Self(None)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |kept| kept.entries.len())
    }

    /// The value of an attribute, its name in any letter case.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.as_ref()?.entries.get(name)
    }

    /// Sets an attribute, in place of one whose name differs at most in letter case.
    pub fn insert(&mut self, name: impl Into<Box<str>>, value: impl Into<Json>) {
        let entries = &mut self.0.get_or_insert_default().entries;
        entries.insert(name.into(), value.into());
    }

    /// Takes an attribute away, its name in any letter case.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        let kept = self.0.as_mut()?;
        let entries = &mut kept.entries;
        let value = entries.remove(name)?;
        if entries.len() == 0 && kept.listed.is_empty() {
            self.0 = None;
        }
        Some(value)
    }

    /// Takes all attributes away.
    pub fn clear(&mut self) {
        self.0 = self.0.take().filter(|kept| !kept.listed.is_empty());
        if let Some(kept) = &mut self.0 {
            kept.entries = Entries::default();
        }
    }

    /// Names and values, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().flat_map(|kept| kept.entries.iter())
    }

    /// The schemas that the resource's document listed and its data does not tell.
    pub(crate) fn listed(&self) -> &[Box<str>] {
        self.0.as_ref().map_or(&[], |kept| &kept.listed)
    }

    /// Sets [`listed`](Self::listed).
    pub(crate) fn list(&mut self, schemas: Vec<Box<str>>) {
        self.0.get_or_insert_default().listed = schemas;
    }

    /// Sets attributes, one after the other.
    pub(crate) fn extend(&mut self, attributes: impl Iterator<Item = (Box<str>, Json)>) {
        for (name, value) in attributes {
            self.insert(name, value);
        }
    }

    /// As [`insert`](Self::insert), of a text that is known to be one JSON value.
    pub(crate) fn set_raw(&mut self, name: &str, json: &str) {
        self.insert(name, Json::trusted(json));
    }
}

/// Equal names, in any letter case and order, with equal values. `null` and what holds nothing else
/// is none (RFC 7643 §2.5).
impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        let covers = |one: &Self, other: &Self| {
            one.iter().all(|(name, value)| match other.get(name) {
                Some(same) => value == same || value.is_same(same),
                None => json::is_nothing(value.as_str()),
            })
        };
        covers(self, other)
            && other
                .iter()
                .all(|(name, value)| self.get(name).is_some() || json::is_nothing(value.as_str()))
    }
}

/// Names, and the sizes of the values: nothing says whether a value is a secret.
impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sized = self.iter().map(|(name, json)| (name, json.as_str().len()));
        shown::sizes(sized, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_letter_case() {
        let mut extra = Extra::new();
        assert!(extra.is_empty());
        extra.insert("Honor", Json::parse("\"Ms\"").unwrap());
        extra.insert("HONOR", Json::parse(" \"Dr\" ").unwrap());
        assert_eq!(extra.len(), 1);
        assert_eq!(extra.get("honor").unwrap().as_str(), "\"Dr\"");
        assert_eq!(
            extra.remove("hOnOr").unwrap().read::<String>().unwrap(),
            "Dr"
        );
        assert!(extra.is_empty());
    }

    #[test]
    fn what_no_tree_holds_equals_itself_only() {
        let json = |text| Json::parse(text).unwrap();
        assert_ne!(json("1e400"), json("2e400"));
        assert_ne!(json(r#"{"a":1e400}"#), json("null"));
        assert_eq!(json("1e400"), json("1e400"));
        let deep = |inner| format!("{}{inner}{}", "[".repeat(128), "]".repeat(128));
        assert_ne!(json(&deep("1")), json(&deep("2")));
    }

    #[test]
    fn equality_is_that_of_values() {
        let one = Json::parse(r#"{"a": [1, 2]}"#).unwrap();
        assert_eq!(one, Json::parse(r#"{"a":[1,2]}"#).unwrap());
        assert_ne!(one, Json::parse(r#"{"a":[2,1]}"#).unwrap());
        assert!(Json::parse("{").is_err());
        assert!(Json::parse("1 2").is_err());
    }
}
