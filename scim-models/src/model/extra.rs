//! Attributes that a type does not know, kept as the JSON text that came.

use std::fmt;

use super::{Json, entries::Entries};
use crate::{json::text as json, shown};

/// The attributes of an object that its type does not know, in the order in which they came.
///
/// ```
/// use scim_client::{Json, Resource as _, User};
///
/// let mut babs = User::from_json(r#"{"userName": "bjensen", "badge": 12.50}"#)?;
/// assert_eq!(babs.extra.get("Badge").map(Json::as_str), Some("12.50"));
/// babs.extra.insert("lockers", Json::of(&["a", "b"])?);
/// for (name, value) in babs.extra.iter() {
///     println!("{name}: {}", value.as_str());
/// }
/// assert!(babs.to_json().contains(r#""badge":12.50,"lockers":["a","b"]"#));
///
/// assert!(babs.extra.remove("badge").is_some());
/// assert_eq!((babs.extra.len(), babs.extra.is_empty()), (1, false));
/// babs.extra.clear();
/// assert_eq!(babs, User::new("bjensen"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// It takes one pointer of memory while it is empty. The time to find, set or remove an attribute
/// does not depend on how many there are.
#[derive(Clone, Default)]
pub struct Extra(Option<Box<Kept>>);

/// The first attribute stands beside the others: most often it is the only one, and then there is no
/// list to allocate.
#[derive(Clone, Default)]
struct Kept {
    first: Option<(Box<str>, Json)>,
    others: Entries,
    /// What the document's `schemas` listed and its data does not tell.
    listed: Vec<Box<str>>,
}

impl Kept {
    fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.others.len()
    }

    fn is_first(&self, name: &str) -> bool {
        let first = self.first.as_ref();
        first.is_some_and(|(own, _)| own.eq_ignore_ascii_case(name))
    }

    fn get(&self, name: &str) -> Option<&Json> {
        match &self.first {
            Some((_, value)) if self.is_first(name) => Some(value),
            _ => self.others.get(name),
        }
    }

    fn entry(&self, name: &str) -> Option<(&str, &Json)> {
        match &self.first {
            Some((own, value)) if self.is_first(name) => Some((own, value)),
            _ => self.others.named(name),
        }
    }

    fn insert(&mut self, name: Box<str>, value: Json) {
        // One that came after others is not put before them.
        if self.is_first(&name) || self.len() == 0 {
            self.first = Some((name, value));
        } else {
            self.others.insert(name, value);
        }
    }

    fn remove(&mut self, name: &str) -> Option<Json> {
        if self.is_first(name) {
            return self.first.take().map(|(_, value)| value);
        }
        self.others.remove(name)
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        let first = self.first.iter().map(|(name, value)| (&**name, value));
        first.chain(self.others.iter())
    }
}

impl Extra {
    /// Makes an empty set of attributes.
    pub const fn new() -> Self {
        Self(None)
    }

    /// Returns whether there are no attributes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of attributes.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |kept| kept.len())
    }

    /// The value of an attribute. The name may have any letter case.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.as_ref()?.get(name)
    }

    /// Like [`get`](Self::get), with the name as it came.
    pub(crate) fn entry(&self, name: &str) -> Option<(&str, &Json)> {
        self.0.as_ref()?.entry(name)
    }

    /// Sets an attribute. It replaces one with the same name in any letter case.
    pub fn insert(&mut self, name: impl Into<Box<str>>, value: impl Into<Json>) {
        let kept = self.0.get_or_insert_default();
        kept.insert(name.into(), value.into());
    }

    /// Removes an attribute and returns its value. The name may have any letter case.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        let kept = self.0.as_mut()?;
        let value = kept.remove(name)?;
        if kept.len() == 0 && kept.listed.is_empty() {
            self.0 = None;
        }
        Some(value)
    }

    /// Removes all attributes.
    pub fn clear(&mut self) {
        self.0 = self.0.take().filter(|kept| !kept.listed.is_empty());
        if let Some(kept) = &mut self.0 {
            kept.first = None;
            kept.others = Entries::default();
        }
    }

    /// The names and values, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().flat_map(|kept| kept.iter())
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

    /// Like [`insert`](Self::insert), of a text that is known to be one JSON value.
    pub(crate) fn set_raw(&mut self, name: &str, json: &str) {
        self.insert(name, Json::trusted(json));
    }
}

/// Equal if both have the same names, in any letter case and order, with equal values. Attributes
/// that are `null` or hold nothing else do not count (RFC 7643 §2.5).
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

/// Shows names and the sizes of values, because any value may be a secret.
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
    fn attributes_keep_their_order() {
        let mut extra = Extra::new();
        let names = |extra: &Extra| {
            extra
                .iter()
                .map(|(name, _)| name.to_owned())
                .collect::<Vec<_>>()
        };
        let null = || Json::trusted("null");
        for name in ["b", "a", "c"] {
            extra.insert(name, null());
        }
        extra.insert("B", null());
        assert_eq!(names(&extra), ["B", "a", "c"]);
        assert!(extra.remove("b").is_some() && extra.remove("b").is_none());
        extra.insert("b", null());
        assert_eq!(
            (names(&extra), extra.len()),
            (vec!["a".into(), "c".into(), "b".into()], 3)
        );
        for name in ["a", "B", "C"] {
            assert!(extra.get(name).is_some());
            assert!(extra.remove(name).is_some());
        }
        assert!(extra.is_empty() && extra.0.is_none());
        extra.insert("d", null());
        extra.list(vec!["urn:x".into()]);
        extra.clear();
        assert!(extra.is_empty() && extra.get("d").is_none() && extra.listed().len() == 1);
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
