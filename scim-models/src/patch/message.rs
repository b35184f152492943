//! The PATCH message (RFC 7644 §3.5.2), as it is sent.

pub(super) mod read;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use self::read::Reading;
use super::PatchError;
use crate::{
    filter::{FilterOptions, PatchPath},
    json::{self, encode},
    message::urn,
    model::Json,
};

/// The `op` of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// Adds values to a multi-valued attribute, or sets another one (RFC 7644 §3.5.2.1).
    Add,
    /// Removes values (§3.5.2.2).
    Remove,
    /// Replaces values (§3.5.2.3).
    Replace,
}

impl Op {
    /// The keyword, in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Replace => "replace",
        }
    }

    /// The keyword with a capital letter, as some service providers want it.
    const fn capitalised(self) -> &'static str {
        match self {
            Self::Add => "Add",
            Self::Remove => "Remove",
            Self::Replace => "Replace",
        }
    }

    /// Reads a keyword in any letter case.
    #[must_use]
    pub fn from_keyword(text: &str) -> Option<Self> {
        [Self::Add, Self::Remove, Self::Replace]
            .into_iter()
            .find(|op| op.as_str().eq_ignore_ascii_case(text))
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One operation of a PATCH message.
///
/// `Debug` does not show the value: it may be a password.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Operation {
    /// What it does.
    pub op: Op,
    /// The path. Without one, the members of `value` are attributes of the resource.
    pub path: Option<PatchPath>,
    /// The value. A `remove` needs none.
    pub value: Option<Json>,
}

impl Operation {
    /// An `add` at a path. `None` is the resource itself.
    #[must_use]
    pub fn add(path: impl Into<Option<PatchPath>>, value: Json) -> Self {
        Self {
            op: Op::Add,
            path: path.into(),
            value: Some(value),
        }
    }

    /// A `replace` at a path. `None` is the resource itself.
    #[must_use]
    pub fn replace(path: impl Into<Option<PatchPath>>, value: Json) -> Self {
        Self {
            op: Op::Replace,
            ..Self::add(path, value)
        }
    }

    /// A `remove` of what is at a path.
    #[must_use]
    pub fn remove(path: PatchPath) -> Self {
        Self {
            op: Op::Remove,
            path: Some(path),
            value: None,
        }
    }

    fn write(&self, out: &mut String, capitalised: bool) {
        let op = if capitalised {
            self.op.capitalised()
        } else {
            self.op.as_str()
        };
        out.push_str("{\"op\":\"");
        out.push_str(op);
        out.push('"');
        if let Some(path) = &self.path {
            out.push_str(",\"path\":");
            encode::string(out, &path.to_request_string());
        }
        if let Some(value) = &self.value {
            out.push_str(",\"value\":");
            out.push_str(value.as_str());
        }
        out.push('}');
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Operation({}", self.op)?;
        if let Some(path) = &self.path {
            write!(f, " {path:?}")?;
        }
        if let Some(value) = &self.value {
            write!(f, ", {} bytes", value.as_str().len())?;
        }
        f.write_str(")")
    }
}

/// A PATCH message (RFC 7644 §3.5.2).
///
/// ```
/// use scim_client::patch::{Op, PatchOp};
///
/// let message = PatchOp::from_json(
///     r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
///         "Operations":[{"op":"Add","path":"nickName","value":"Babs"}]}"#,
///     &[],
/// )?;
/// assert_eq!(message.operations[0].op, Op::Add);
/// assert!(message.to_json().contains(r#"{"op":"add","path":"nickName","value":"Babs"}"#));
/// # Ok::<(), scim_client::patch::PatchError>(())
/// ```
///
/// It can be read strictly or with the forms that Entra ID sends, built by hand, and applied in memory:
///
/// ```
/// use scim_client::{Json, User, filter::FilterOptions, patch::{ApplyOptions, Operation, PatchOp}};
///
/// let text = r#"{"Operations":[{"op":"Add","path":"emails[type eq \"work\"].value","value":"b@x.example"}]}"#;
/// assert!(PatchOp::from_json_strict(text, &[]).is_err());             // no `schemas`, and `Add`
/// let sent = PatchOp::from_json_with(text, &[], &FilterOptions::entra())?;
/// # let _ = sent;
///
/// let value = Json::parse(r#""Babs""#)?;
/// let message = PatchOp::new(vec![Operation::replace(Some("nickName".parse()?), value)]);
/// let mut babs = User::new("bjensen");
/// assert!(message.apply(&mut babs, &ApplyOptions::default())?);       // it changed something
/// assert_eq!(babs.nick_name.as_deref(), Some("Babs"));
/// assert!(message.with_capitalised_ops(true).to_json().contains(r#""op":"Replace""#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What is applied
/// Either all operations are applied or none: after an error, the resource is not changed.
///
/// ```
/// # use scim_client::{User, patch::{ApplyOptions, PatchOp}};
/// # let text = r#"{"Operations":[{"op":"replace","path":"nickName.first","value":"B"}]}"#;
/// let error = PatchOp::from_json(text, &[])?
///     .apply(&mut User::new("bjensen"), &ApplyOptions::default())
///     .unwrap_err();
/// assert_eq!(error.to_string(), "operation 0: nickName has no sub-attribute first (invalidPath)");
/// # Ok::<(), scim_client::patch::PatchError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct PatchOp {
    /// The operations, in order. Either all of them are applied or none.
    pub operations: Vec<Operation>,
    capitalised: bool,
}

impl PatchOp {
    /// Makes a message of these operations.
    #[must_use]
    pub fn new(operations: Vec<Operation>) -> Self {
        Self {
            operations,
            capitalised: false,
        }
    }

    /// Writes `Add`, `Remove` and `Replace`, for service providers that only accept these spellings.
    #[must_use]
    pub fn with_capitalised_ops(mut self, capitalised: bool) -> Self {
        self.capitalised = capitalised;
        self
    }

    /// Reads a message generously: it accepts keywords and member names in any letter case, a
    /// message without `schemas`, and a single operation in place of an array.
    ///
    /// A path that is one of the `known_schemas` is the container of that extension. If none are
    /// given, [`apply`](Self::apply) still recognises the extensions of the resource.
    ///
    /// # Errors
    /// The text is not a PATCH message (`invalidSyntax`), a path breaks the grammar (`invalidPath`,
    /// `invalidFilter`), an `add` or `replace` has no value (`invalidValue`), or a `remove` has
    /// neither a path nor an object that lists what to remove (`noTarget`). The error names the
    /// operation.
    pub fn from_json(text: &str, known_schemas: &[&str]) -> Result<Self, PatchError> {
        Self::from_json_with(text, known_schemas, &FilterOptions::default())
    }

    /// Like [`from_json`](Self::from_json), with the forms of paths that `options` allow.
    ///
    /// # Errors
    /// The errors of [`from_json`](Self::from_json).
    pub fn from_json_with(
        text: &str,
        known_schemas: &[&str],
        options: &FilterOptions,
    ) -> Result<Self, PatchError> {
        let reading = Reading {
            schemas: known_schemas,
            paths: *options,
            strict: false,
        };
        read::message(text, reading).map(Self::new)
    }

    /// Like [`from_json`](Self::from_json), but follows RFC 7644 §3.5.2 strictly. It refuses a
    /// message whose `schemas` is not the URN of a PatchOp, `Operations` that are not an array,
    /// `Add` in place of `add`, `null` in place of no path, and blanks in paths that the grammar
    /// does not allow.
    ///
    /// # Errors
    /// The errors of [`from_json`](Self::from_json), and `invalidSyntax` or `invalidPath` for forms
    /// that are not strict.
    pub fn from_json_strict(text: &str, known_schemas: &[&str]) -> Result<Self, PatchError> {
        let reading = Reading {
            schemas: known_schemas,
            paths: FilterOptions::strict(),
            strict: true,
        };
        read::message(text, reading).map(Self::new)
    }

    /// The JSON of the message.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::from("{\"schemas\":[\"");
        out.push_str(urn::PATCH_OP);
        out.push_str("\"],\"Operations\":[");
        for (index, operation) in self.operations.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            operation.write(&mut out, self.capitalised);
        }
        out.push_str("]}");
        out
    }
}

impl Serialize for PatchOp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json::serialize(&self.to_json(), serializer).map_err(ser::Error::custom)
    }
}

impl<'de> Deserialize<'de> for PatchOp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = json::deserialize(deserializer)?;
        Self::from_json(&text, &[]).map_err(de::Error::custom)
    }
}
