//! The Error message (RFC 7644 §3.12), and the forms that servers send in its place.

mod foreign;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value};

use super::urn;
use crate::json;
use crate::shown::{Members, Visible};

/// The `scimType` of an error: a keyword for the kind of error (RFC 7644 §3.12, Table 9; RFC 9865 §2.1).
///
/// The list is open: other keywords are kept. Comparison ignores letter case.
#[derive(Debug, Clone)]
pub struct ScimType(Box<str>);

macro_rules! keywords {
    ($($(#[$doc:meta])* $constant:ident $text:literal;)*) => {
        impl ScimType {
            $($(#[$doc])* pub const $constant: &'static str = $text;)*
        }
    };
}

keywords! {
    /// The filter is malformed, or the attribute and operator do not go together.
    INVALID_FILTER "invalidFilter";
    /// The filter yields more results than the server is willing to process.
    TOO_MANY "tooMany";
    /// The value of a unique attribute is taken.
    UNIQUENESS "uniqueness";
    /// The attribute's mutability forbids the change.
    MUTABILITY "mutability";
    /// The message's structure is invalid.
    INVALID_SYNTAX "invalidSyntax";
    /// The path of a PATCH operation is malformed.
    INVALID_PATH "invalidPath";
    /// The path of a PATCH operation leads to nothing.
    NO_TARGET "noTarget";
    /// A value is missing or does not fit.
    INVALID_VALUE "invalidValue";
    /// The protocol version is not supported.
    INVALID_VERS "invalidVers";
    /// The request has personal data in its URL.
    SENSITIVE "sensitive";
    /// The cursor is invalid.
    INVALID_CURSOR "invalidCursor";
    /// The cursor has expired.
    EXPIRED_CURSOR "expiredCursor";
    /// The count differs from that of the first page, or is not acceptable.
    INVALID_COUNT "invalidCount";
}

impl ScimType {
    /// The keyword, verbatim.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ScimType {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl PartialEq for ScimType {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for ScimType {}

impl PartialEq<str> for ScimType {
    fn eq(&self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other)
    }
}

impl PartialEq<&str> for ScimType {
    fn eq(&self, other: &&str) -> bool {
        self.0.eq_ignore_ascii_case(other)
    }
}

/// Writes the keyword with control characters escaped, because it came from a server.
impl fmt::Display for ScimType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Visible(&self.0).fmt(f)
    }
}

/// An Error message.
///
/// `Debug` shows only names and sizes of members that the RFC does not define.
#[derive(Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct ErrorMessage {
    /// The HTTP status in the body. The status of the HTTP response takes precedence.
    pub status: Option<u16>,
    /// The kind of error.
    pub scim_type: Option<ScimType>,
    /// An explanation for people.
    pub detail: Option<String>,
    /// Members that the RFC does not define.
    pub extra: Map<String, Value>,
}

impl fmt::Debug for ErrorMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorMessage")
            .field("status", &self.status)
            .field("scim_type", &self.scim_type)
            .field("detail", &self.detail)
            .field("extra", &Members(&self.extra))
            .finish()
    }
}

/// Writes the status, the keyword and the detail, with control characters escaped.
impl fmt::Display for ErrorMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => write!(f, "{status}")?,
            None => f.write_str("an error without a status")?,
        }
        if let Some(scim_type) = &self.scim_type {
            write!(f, " {scim_type}")?;
        }
        match &self.detail {
            Some(detail) => write!(f, ": {}", Visible(detail)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ErrorMessage {}

impl ErrorMessage {
    /// Makes an error with this HTTP status.
    pub fn new(status: u16) -> Self {
        Self {
            status: Some(status),
            ..Self::default()
        }
    }

    /// Sets the kind of error: one of the constants of [`ScimType`], or another keyword.
    #[must_use]
    pub fn with_scim_type(mut self, scim_type: impl Into<ScimType>) -> Self {
        self.scim_type = Some(scim_type.into());
        self
    }

    /// Sets the explanation for people.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Reads an error from any JSON that servers send as one. It accepts a status that is a number
    /// or an object, details that are an array, the `Errors` of SCIM 1.1, an error inside a string,
    /// and the messages of web frameworks, gateways and authorization servers. Members that an
    /// Error message does not have are also kept in `extra`.
    pub fn from_value(value: Value) -> Self {
        let mut error = Self::default();
        let members = match value {
            Value::Object(members) => members,
            other => {
                error.detail = foreign::words(&other);
                return error;
            }
        };
        for (name, value) in members {
            match name.to_ascii_lowercase().as_str() {
                "schemas" => {}
                "status" => error.read_status(value),
                "scimtype" => match value {
                    Value::String(text) if !text.is_empty() => {
                        error.scim_type = Some(text.as_str().into());
                    }
                    _ => {}
                },
                "detail" => error.detail = foreign::words(&value).or(error.detail),
                "errors" | "error" if error.read_scim1(&value) => {}
                "message" => error.read_wrapped(name, value),
                _ => {
                    error.extra.insert(name, value);
                }
            }
        }
        if error.detail.is_none() {
            error.detail = foreign::words_of(&error.extra);
        }
        if error.status.is_none() {
            error.status = foreign::status_of(&error.extra);
        }
        error
    }

    fn read_status(&mut self, value: Value) {
        match value {
            Value::Object(members) => {
                self.status = foreign::status_of(&members);
                self.detail = foreign::words_of(&members).or(self.detail.take());
            }
            value => self.status = status_of(&value),
        }
    }

    /// `{"Errors": [{"code": "404", "description": "..."}]}`.
    fn read_scim1(&mut self, value: &Value) -> bool {
        let errors = value.as_array();
        let Some(first) = errors.and_then(|errors| errors.first()?.as_object()) else {
            return false;
        };
        self.status = self.status.or_else(|| foreign::status_of(first));
        let detail = foreign::words(value);
        self.detail = self.detail.take().or(detail);
        true
    }

    /// `{"code": 400, "message": "{\"status\": ...}"}`.
    fn read_wrapped(&mut self, name: String, value: Value) {
        let inner = value.as_str().and_then(json::to_value);
        match inner {
            Some(inner @ Value::Object(_)) => {
                let inner = Self::from_value(inner);
                self.status = self.status.or(inner.status);
                self.scim_type = self.scim_type.take().or(inner.scim_type);
                self.detail = self.detail.take().or(inner.detail);
            }
            _ => {
                self.extra.insert(name, value);
            }
        }
    }

    /// Returns whether anything of an Error message was there.
    #[doc(hidden)]
    pub fn is_scim(&self) -> bool {
        self.status.is_some() || self.scim_type.is_some() || self.detail.is_some()
    }

    /// The message as JSON text.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn status_of(value: &Value) -> Option<u16> {
    match value {
        Value::Number(number) => number.as_u64().and_then(|n| u16::try_from(n).ok()),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

impl Serialize for ErrorMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schemas", &[urn::ERROR])?;
        if let Some(status) = self.status {
            map.serialize_entry("status", &status.to_string())?;
        }
        if let Some(scim_type) = &self.scim_type {
            map.serialize_entry("scimType", scim_type.as_str())?;
        }
        if let Some(detail) = &self.detail {
            map.serialize_entry("detail", detail)?;
        }
        for (name, value) in &self.extra {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for ErrorMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from_value)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_what_servers_send() {
        let cases = [
            (
                json!({"schemas": [urn::ERROR], "status": "404", "detail": "gone"}),
                Some(404),
                "gone",
            ),
            (
                json!({"status": 404, "detail": ["a", "b"]}),
                Some(404),
                "a; b",
            ),
            (
                json!({"status": {"code": "404", "message": "gone"}}),
                Some(404),
                "gone",
            ),
            (
                json!({"Errors": [{"code": "404", "description": "gone"}]}),
                Some(404),
                "gone",
            ),
            (
                json!({"code": 404, "message": "{\"status\":\"404\",\"detail\":\"in\"}"}),
                Some(404),
                "in",
            ),
            (json!({"message": "gone"}), None, "gone"),
            (
                json!({"status": {"code": 400}, "errorMessage": ["x"]}),
                Some(400),
                "x",
            ),
        ];
        for (value, status, detail) in cases {
            let error = ErrorMessage::from_value(value.clone());
            assert_eq!(
                (error.status, error.detail.as_deref()),
                (status, Some(detail)),
                "{value}"
            );
        }
        let error = ErrorMessage::from_value(json!({"error": "bad"}));
        assert_eq!(error.detail.as_deref(), Some("bad"));
        assert_eq!(error.extra["error"], "bad");
        for nothing in [json!({"a": 1}), json!([]), json!(7), json!({"error": {}})] {
            assert!(!ErrorMessage::from_value(nothing).is_scim());
        }
    }

    #[test]
    fn writes_the_rfc_form() {
        let error = ErrorMessage::new(400)
            .with_scim_type(ScimType::NO_TARGET)
            .with_detail("d");
        assert_eq!(
            error.to_json(),
            r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","scimType":"noTarget","detail":"d"}"#
        );
        let again: ErrorMessage = serde_json::from_str(&error.to_json()).unwrap();
        assert_eq!(again, error);
        assert_eq!(again.scim_type.unwrap(), "NOTARGET");
    }
}
