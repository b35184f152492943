//! The messages BulkRequest and BulkResponse (RFC 7644 §3.7).

mod members;
mod read;
mod received;
pub(crate) mod references;
mod rules;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

pub use self::{
    received::{ReceivedBulk, ReceivedOperation},
    rules::{InvalidBulk, check},
};
use super::urn;
use crate::{
    json::{self, DecodeError, encode},
    model::{Extra, Json},
    patch::PatchOp,
};

macro_rules! expected {
    ($first:literal, $($other:literal,)*) => {
        concat!("one of ", $first, $(", ", $other,)*)
    };
}

/// Makes the methods of one list: nothing else names them all.
macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident = $keyword:literal,)*) => {
        /// The method of an operation in a bulk request. There is no GET (RFC 7644 §3.7).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum BulkMethod {
            $($(#[$doc])* $name,)*
        }

        impl BulkMethod {
            /// Every method.
            pub const ALL: [Self; [$($keyword),*].len()] = [$(Self::$name),*];

            /// What is expected where one should stand.
            pub(crate) const EXPECTED: &str = expected!($($keyword,)*);

            /// The HTTP method, in capitals.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $keyword,)*
                }
            }
        }
    };
}

methods! {
    /// Creates a resource (§3.3).
    Post = "POST",
    /// Replaces a resource (§3.5.1).
    Put = "PUT",
    /// Changes a resource (§3.5.2).
    Patch = "PATCH",
    /// Deletes a resource (§3.6).
    Delete = "DELETE",
}

impl BulkMethod {
    /// Reads a method in any letter case.
    #[must_use]
    pub fn from_keyword(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|method| method.as_str().eq_ignore_ascii_case(text.trim()))
    }
}

impl fmt::Display for BulkMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One operation of a [`BulkRequest`].
///
/// `Debug` does not show the data: it may hold a password.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct BulkOperation {
    /// The method of the operation.
    pub method: BulkMethod,
    /// The endpoint for a POST, such as `/Users`; otherwise the path of the resource, such as
    /// `/Users/2819c223`. It is relative to the base URL and begins with a slash.
    pub path: String,
    /// The name by which other operations of the request refer to the resource that a POST creates.
    pub bulk_id: Option<String>,
    /// The version that the resource must have: an entity-tag.
    pub version: Option<String>,
    /// The resource for a POST or PUT, or the PatchOp message for a PATCH.
    pub data: Option<Json>,
}

impl BulkOperation {
    fn new(method: BulkMethod, path: impl Into<String>, data: Option<Json>) -> Self {
        Self {
            method,
            path: path.into(),
            bulk_id: None,
            version: None,
            data,
        }
    }

    /// An operation that creates a resource. Other operations refer to it by `bulkId:` followed by
    /// `bulk_id`.
    #[must_use]
    pub fn post(path: impl Into<String>, bulk_id: impl Into<String>, data: Json) -> Self {
        Self::new(BulkMethod::Post, path, Some(data)).with_bulk_id(bulk_id)
    }

    /// Replaces a resource.
    #[must_use]
    pub fn put(path: impl Into<String>, data: Json) -> Self {
        Self::new(BulkMethod::Put, path, Some(data))
    }

    /// Changes a resource.
    #[must_use]
    pub fn patch(path: impl Into<String>, patch: &PatchOp) -> Self {
        let data = Json::trusted(&patch.to_json());
        Self::new(BulkMethod::Patch, path, Some(data))
    }

    /// Deletes a resource.
    #[must_use]
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new(BulkMethod::Delete, path, None)
    }

    /// Sets the name of the operation.
    #[must_use]
    pub fn with_bulk_id(mut self, bulk_id: impl Into<String>) -> Self {
        self.bulk_id = Some(bulk_id.into());
        self
    }

    /// Sets the version that the resource must have.
    #[must_use]
    pub fn with_version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    fn write(&self, out: &mut String) {
        out.push_str("{\"method\":\"");
        out.push_str(self.method.as_str());
        out.push_str("\",\"path\":");
        encode::string(out, &self.path);
        optional_text(out, "bulkId", self.bulk_id.as_deref());
        optional_text(out, "version", self.version.as_deref());
        if let Some(data) = &self.data {
            out.push_str(",\"data\":");
            out.push_str(data.as_str());
        }
        out.push('}');
    }

    /// The number of bytes that the operation takes in a message.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        let mut out = String::new();
        self.write(&mut out);
        out.len()
    }
}

impl fmt::Debug for BulkOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("BulkOperation");
        shown
            .field("method", &self.method)
            .field("path", &self.path);
        shown
            .field("bulk_id", &self.bulk_id)
            .field("version", &self.version);
        shown.field("data", &self.data).finish()
    }
}

/// Many operations in one request (RFC 7644 §3.7).
///
/// ```
/// use scim_client::{Json, message::{BulkOperation, BulkRequest}};
///
/// let data = Json::parse(r#"{"schemas":[],"userName":"alice"}"#)?;
/// let request = BulkRequest::new(vec![BulkOperation::post("/Users", "qwerty", data)]);
/// assert!(request.check().is_ok());
/// assert_eq!(BulkRequest::from_json(&request.to_json()).unwrap(), request);
/// # Ok::<(), scim_client::json::SyntaxError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct BulkRequest {
    /// After how many errors the service provider stops. If it is `None`, it does not stop.
    pub fail_on_errors: Option<u64>,
    /// The operations, in order.
    pub operations: Vec<BulkOperation>,
    /// Members that the RFC does not define.
    pub extra: Extra,
}

impl BulkRequest {
    /// Makes a request of these operations.
    #[must_use]
    pub fn new(operations: Vec<BulkOperation>) -> Self {
        Self {
            fail_on_errors: None,
            operations,
            extra: Extra::new(),
        }
    }

    /// Sets after how many errors the service provider stops.
    #[must_use]
    pub fn with_fail_on_errors(mut self, errors: impl Into<Option<u64>>) -> Self {
        self.fail_on_errors = errors.into();
        self
    }

    /// Reads a request generously: it accepts member names and methods in any letter case,
    /// `failOnErrors` as a string, a `bulkId` as a number, and a single operation in place of an
    /// array. [`check`](Self::check) finds what is missing.
    ///
    /// One malformed operation is an error of the whole request. A service provider reads a
    /// [`ReceivedBulk`], where it is not.
    ///
    /// # Errors
    /// The text is not JSON or not an object, `failOnErrors` is not a whole number, or an operation
    /// has no path or no valid method, or a `bulkId` or version that cannot be read. A version must
    /// not be empty, except that of a POST, which has none yet.
    pub fn from_json(text: &str) -> Result<Self, DecodeError> {
        received::request(text)
    }

    /// Checks the rules of RFC 7644 §3.7: there are operations, each path begins with a slash, each
    /// POST has its own `bulkId`, and each operation except DELETE has data.
    ///
    /// # Errors
    /// The first rule that is broken, and the operation that breaks it.
    pub fn check(&self) -> Result<(), InvalidBulk> {
        check(&self.operations)
    }

    /// The message as JSON text.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = format!("{{\"schemas\":[\"{}\"]", urn::BULK_REQUEST);
        if let Some(errors) = self.fail_on_errors {
            out.push_str(&format!(",\"failOnErrors\":{errors}"));
        }
        out.push_str(",\"Operations\":[");
        for (index, operation) in self.operations.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            operation.write(&mut out);
        }
        out.push(']');
        close(&mut out, &self.extra);
        out
    }
}

/// The result of one operation.
///
/// `Debug` does not show the response: it may hold personal data.
#[derive(Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct BulkResult {
    /// The operation's method.
    pub method: Option<BulkMethod>,
    /// The operation's `bulkId`, if it had one.
    pub bulk_id: Option<String>,
    /// The resource's URL; absent if a POST failed.
    pub location: Option<String>,
    /// The resource's new version.
    pub version: Option<String>,
    /// The HTTP status that a single request would have had. It is read from a string, a number, or
    /// an object with a `code`. The RFC has both the first and the last form.
    pub status: Option<u16>,
    /// The description in a `status` object. It is not written.
    pub description: Option<String>,
    /// The body that a single request would have had. It is the Error message if the operation
    /// failed, and optional otherwise.
    pub response: Option<Json>,
    /// Members that the RFC does not define.
    pub extra: Extra,
}

impl BulkResult {
    /// The result of an operation with this method and HTTP status.
    #[must_use]
    pub fn new(method: BulkMethod, status: u16) -> Self {
        Self {
            method: Some(method),
            status: Some(status),
            ..Self::default()
        }
    }

    /// Returns whether the operation succeeded: its status is 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }

    fn write(&self, out: &mut String) {
        let start = out.len();
        optional_text(out, "location", self.location.as_deref());
        optional_text(out, "method", self.method.map(BulkMethod::as_str));
        optional_text(out, "bulkId", self.bulk_id.as_deref());
        optional_text(out, "version", self.version.as_deref());
        let status = self.status.map(|status| status.to_string());
        optional_text(out, "status", status.as_deref());
        if let Some(response) = &self.response {
            out.push_str(",\"response\":");
            out.push_str(response.as_str());
        }
        close(out, &self.extra);
        // The first member has no comma in front.
        if out.get(start..).is_some_and(|own| own.starts_with(',')) {
            out.replace_range(start..=start, "{");
        } else {
            out.insert(start, '{');
        }
    }
}

impl fmt::Debug for BulkResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("BulkResult");
        shown
            .field("method", &self.method)
            .field("bulk_id", &self.bulk_id);
        shown
            .field("location", &self.location)
            .field("version", &self.version);
        shown.field("status", &self.status);
        shown
            .field("response", &self.response)
            .finish_non_exhaustive()
    }
}

/// The response to a [`BulkRequest`] (RFC 7644 §3.7). Results may be in any order. Operations that
/// were not processed have no result.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct BulkResponse {
    /// The results.
    pub operations: Vec<BulkResult>,
    /// Members that the RFC does not define.
    pub extra: Extra,
}

impl BulkResponse {
    /// Makes a response of these results.
    #[must_use]
    pub fn new(operations: Vec<BulkResult>) -> Self {
        Self {
            operations,
            extra: Extra::new(),
        }
    }

    /// Reads a response generously: it accepts member names and methods in any letter case, and a
    /// status that is a string, a number or an object. A member of a wrong type, or that is not JSON,
    /// counts as missing. A result that is not JSON becomes the text in the `response` of an empty
    /// result.
    ///
    /// # Errors
    /// The text is not JSON in another way, or it has neither the schema of a BulkResponse nor `Operations`.
    pub fn from_json(text: &str) -> Result<Self, DecodeError> {
        read::response(text)
    }

    /// The message as JSON text.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = format!(
            "{{\"schemas\":[\"{}\"],\"Operations\":[",
            urn::BULK_RESPONSE
        );
        for (index, result) in self.operations.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            result.write(&mut out);
        }
        out.push(']');
        close(&mut out, &self.extra);
        out
    }
}

fn optional_text(out: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        out.push_str(",\"");
        out.push_str(name);
        out.push_str("\":");
        encode::string(out, value);
    }
}

/// The members that the RFC does not know, and the end of the object.
fn close(out: &mut String, extra: &Extra) {
    for (name, value) in extra.iter() {
        out.push(',');
        encode::string(out, name);
        out.push(':');
        out.push_str(value.as_str());
    }
    out.push('}');
}

macro_rules! serde_by_json {
    ($($message:ident),*) => { $(
        impl Serialize for $message {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                json::serialize(&self.to_json(), serializer).map_err(ser::Error::custom)
            }
        }

        impl<'de> Deserialize<'de> for $message {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = json::deserialize(deserializer)?;
                Self::from_json(&text).map_err(de::Error::custom)
            }
        }
    )* };
}

serde_by_json!(BulkRequest, BulkResponse);
