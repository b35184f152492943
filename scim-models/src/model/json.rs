//! Any JSON value.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};

use crate::{json::text as json, shown};

/// Any JSON value. It is kept as text, so that it is written back exactly as it was read.
///
/// ```
/// use scim_client::Json;
///
/// let badge = Json::parse(r#" {"number": 12.50} "#)?;
/// assert_eq!(badge.as_str(), r#"{"number": 12.50}"#);
/// assert_eq!(badge.to_value()["number"], 12.5);
/// let lockers: Vec<String> = Json::of(&["a", "b"])?.read()?;
/// assert_eq!(lockers, ["a", "b"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Json(Box<str>);

impl Json {
    /// Takes a JSON text, which is kept unchanged.
    ///
    /// # Errors
    /// The text is not one JSON value.
    pub fn parse(text: &str) -> Result<Self, json::SyntaxError> {
        let text = text.trim_matches([' ', '\t', '\r', '\n']);
        json::check(text)?;
        Ok(Self(text.into()))
    }

    /// Serializes any value to JSON.
    ///
    /// # Errors
    /// The value's `Serialize` fails, or the value has a map whose keys are not strings, or infinity
    /// or NaN, which JSON does not have.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        json::to_text(value).map(|text| Self(text.into()))
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

    /// Deserializes the JSON to any type.
    ///
    /// # Errors
    /// The JSON does not have the shape of `T`.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.0)
    }

    /// Converts the JSON to a tree of `serde_json`, which cannot hold everything exactly. Numbers
    /// lose digits beyond the precision of `f64`, numbers beyond the range of `f64` become strings,
    /// and U+FFFD replaces half of a surrogate pair. [`as_str`](Self::as_str) keeps everything.
    pub fn to_value(&self) -> serde_json::Value {
        json::to_value(&self.0).unwrap_or_default()
    }
}

impl Json {
    /// Returns whether both are the same to a service provider: members that hold nothing do not count.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.0 == other.0
            || json::canonical(&self.0) == json::canonical(&other.0)
            || json::is_nothing(&self.0) && json::is_nothing(&other.0)
    }
}

impl From<serde_json::Value> for Json {
    fn from(value: serde_json::Value) -> Self {
        Self(value.to_string().into())
    }
}

/// In JSON, it is written unchanged, as a value within a value. In other formats, its contents are
/// written.
impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json::serialize(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        json::deserialize(deserializer).map(|text| Self(text.into()))
    }
}

/// Equal if the texts or the values are equal. A text that no tree can hold, such as one with a
/// number beyond the range of `f64`, is only equal to the same text.
impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        let tree = |json: &Self| serde_json::from_str::<serde_json::Value>(&json.0).ok();
        self.0 == other.0
            || matches!((tree(self), tree(other)), (Some(one), Some(other)) if one == other)
    }
}

/// Shows only the size, because the value may be a secret.
impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = shown::Bytes(self.0.len());
        f.debug_tuple("Json").field(&size).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serde_keeps_the_text() {
        let one = Json::parse(r#"{"a":[1.50,null], "b":"\u00e9"}"#).unwrap();
        assert_eq!(serde_json::to_string(&one).unwrap(), one.as_str());
        let within = serde_json::to_string(&vec![Some(&one), None]).unwrap();
        assert_eq!(within, format!("[{},null]", one.as_str()));
        let read: Vec<Option<Json>> = serde_json::from_str(&within).unwrap();
        assert_eq!(read[0].as_ref().unwrap().as_str(), one.as_str());
        assert!(read[1].is_none());
        let tree = serde_json::to_value(&one).unwrap();
        assert_eq!(serde_json::from_value::<Json>(tree).unwrap(), one);
        assert_eq!(Json::of(&one).unwrap().as_str(), one.as_str());
    }
}
