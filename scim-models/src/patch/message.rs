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

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// Adds values to a multi-valued attribute, or sets another one (RFC 7644 §3.5.2.1).
    Add,
    /// Takes values away (§3.5.2.2).
    Remove,
    /// Sets values in place of others (§3.5.2.3).
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
    /// What it aims at. Without one, the members of `value` are attributes of the resource.
    pub path: Option<PatchPath>,
    /// The value; a `remove` needs none.
    pub value: Option<Json>,
}

impl Operation {
    /// `add` at a path, or `None` for the resource itself.
    #[must_use]
    pub fn add(path: impl Into<Option<PatchPath>>, value: Json) -> Self {
        Self {
            op: Op::Add,
            path: path.into(),
            value: Some(value),
        }
    }

    /// `replace` at a path, or `None` for the resource itself.
    #[must_use]
    pub fn replace(path: impl Into<Option<PatchPath>>, value: Json) -> Self {
        Self {
            op: Op::Replace,
            ..Self::add(path, value)
        }
    }

    /// `remove` of what is at a path.
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
/// Read as it should be only, or as Entra ID sends it; built by hand; done in memory:
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
/// Either all operations or none: an error leaves the resource as it was.
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
    /// What is done, in this order; either all of it or nothing.
    pub operations: Vec<Operation>,
    capitalised: bool,
}

impl PatchOp {
    /// A message of these operations.
    #[must_use]
    pub fn new(operations: Vec<Operation>) -> Self {
        Self {
            operations,
            capitalised: false,
        }
    }

    /// Writes `Add`, `Remove` and `Replace`, for a service provider that knows no others.
    #[must_use]
    pub fn with_capitalised_ops(mut self, capitalised: bool) -> Self {
        self.capitalised = capitalised;
        self
    }

    /// Reads a message, generously: keywords and member names in any letter case, `schemas` or
    /// not, one operation where an array of them belongs.
    ///
    /// A path that is one of the `known_schemas` is the container of that extension. Where none
    /// are given, [`apply`](Self::apply) still recognises the extensions of the resource.
    ///
    /// # Errors
    /// The text is no such message (`invalidSyntax`), a path is none (`invalidPath`,
    /// `invalidFilter`), `add` or `replace` has no value (`invalidValue`), `remove` has no path
    /// (`noTarget`), nor an object that lists what to remove. The error names the operation.
    pub fn from_json(text: &str, known_schemas: &[&str]) -> Result<Self, PatchError> {
        Self::from_json_with(text, known_schemas, &FilterOptions::default())
    }

    /// As [`from_json`](Self::from_json), with the paths that `options` understand.
    ///
    /// # Errors
    /// Those of [`from_json`](Self::from_json).
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

    /// As [`from_json`](Self::from_json), refusing what a strict reading of RFC 7644 §3.5.2
    /// refuses: a message whose `schemas` is not the URN of a PatchOp, `Operations` that are no
    /// array, `Add` for `add`, `null` for no path, blanks in paths that the grammar does not have.
    ///
    /// # Errors
    /// Those of [`from_json`](Self::from_json), and `invalidSyntax` or `invalidPath` for what is
    /// not strict.
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
