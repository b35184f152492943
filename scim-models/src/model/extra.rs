//! Attributes that a type does not know, kept as the JSON text that arrived.

use std::fmt;

use serde::{Serialize, de::DeserializeOwned};

use crate::json;

/// Any JSON value, kept as its text, so that what is read is what is written back.
#[derive(Clone)]
pub struct Json(Box<str>);

impl Json {
    /// Takes a JSON text as it is.
    ///
    /// # Errors
    /// The text is not one JSON value.
    pub fn parse(text: &str) -> Result<Self, json::SyntaxError> {
        let text = text.trim_matches([' ', '\t', '\r', '\n']);
        json::check(text)?;
        Ok(Self(text.into()))
    }

    /// The JSON of any serializable value.
    ///
    /// # Errors
    /// The value's `Serialize` fails, or it has a map whose keys are not strings.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        serde_json::to_string(value).map(|text| Self(text.into()))
    }

    /// `text` is known to be one JSON value.
    #[doc(hidden)]
    pub fn trusted(text: &str) -> Self {
        Self(text.into())
    }

    /// The JSON text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads the value into any type.
    ///
    /// # Errors
    /// The JSON does not have the shape of `T`.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.0)
    }

    /// The value as a tree. Numbers beyond `f64` lose digits there; [`as_str`](Self::as_str)
    /// keeps them.
    pub fn to_value(&self) -> serde_json::Value {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

impl From<serde_json::Value> for Json {
    fn from(value: serde_json::Value) -> Self {
        Self(value.to_string().into())
    }
}

/// Equal text, or equal values.
impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.to_value() == other.to_value()
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The attributes of an object that its type does not know, in the order in which they came.
///
/// Takes no memory beyond one pointer while it is empty.
#[derive(Clone, Default)]
#[allow(
    clippy::box_collection,
    reason = "every object has one: it must be a pointer wide"
)]
pub struct Extra(Option<Box<Vec<(Box<str>, Json)>>>);

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
        self.0.as_ref().map_or(0, |entries| entries.len())
    }

    /// The value of an attribute, its name in any letter case.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Sets an attribute, in place of one whose name differs at most in letter case.
    pub fn insert(&mut self, name: impl Into<Box<str>>, value: impl Into<Json>) {
        let (name, value) = (name.into(), value.into());
        let entries = self.0.get_or_insert_default();
        match entries
            .iter_mut()
            .find(|(key, _)| key.eq_ignore_ascii_case(&name))
        {
            Some(entry) => *entry = (name, value),
            None => entries.push((name, value)),
        }
    }

    /// Takes an attribute away, its name in any letter case.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        let entries = self.0.as_mut()?;
        let at = entries
            .iter()
            .position(|(key, _)| key.eq_ignore_ascii_case(name))?;
        let (_, value) = entries.remove(at);
        if entries.is_empty() {
            self.0 = None;
        }
        Some(value)
    }

    /// Takes all attributes away.
    pub fn clear(&mut self) {
        self.0 = None;
    }

    /// Names and values, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0
            .iter()
            .flat_map(|entries| entries.iter().map(|(key, value)| (&**key, value)))
    }

    /// Appends without looking for an earlier one of the same name: `name` was not seen before.
    pub(crate) fn set_raw(&mut self, name: &str, json: &str) {
        self.insert(name, Json::trusted(json));
    }
}

/// Equal names, in any letter case and order, with equal values.
impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self
                .iter()
                .all(|(name, value)| other.get(name) == Some(value))
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
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
    fn equality_is_that_of_values() {
        let one = Json::parse(r#"{"a": [1, 2]}"#).unwrap();
        assert_eq!(one, Json::parse(r#"{"a":[1,2]}"#).unwrap());
        assert_ne!(one, Json::parse(r#"{"a":[2,1]}"#).unwrap());
        assert!(Json::parse("{").is_err());
        assert!(Json::parse("1 2").is_err());
    }
}
