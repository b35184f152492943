//! What is wrong with a path, a value or a filter by the schema of a type known at run time.

use std::fmt;

use crate::{
    evaluate::FilterRule,
    model::{Attribute, Kind},
    shown::Visible,
};

/// Something that the schema of a type does not allow. For a compiled type, the compiler reports
/// it; for a type that is only known at run time, this error does.
///
/// `Display` names the attribute and the nearest valid one, but never a value.
#[derive(Clone, PartialEq, Eq)]
pub struct AttributeError(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    kind: AttributeErrorKind,
    path: String,
    detail: String,
    nearest: Option<String>,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttributeErrorKind {
    /// The text is not a path or filter (RFC 7644 §3.10, §3.4.2.2).
    Syntax,
    /// There is no such attribute, sub-attribute or extension.
    UnknownAttribute,
    /// There is no such resource type.
    UnknownType,
    /// Several extensions have an attribute of this name, so the path needs a URN.
    Ambiguous,
    /// The attribute is read-only (RFC 7643 §7).
    ReadOnly,
    /// A required attribute is missing, or would be removed (RFC 7643 §7).
    Required,
    /// The value has another data type than the attribute (RFC 7643 §2.3).
    WrongType,
    /// A filter selects no element.
    NoSuchElement,
    /// A path to a sub-attribute of a multi-valued attribute has no filter that selects elements.
    NeedsFilter,
    /// A condition of a filter has no meaning by the schema.
    Filter(FilterRule),
    /// A patch cannot be applied for another reason.
    Patch,
    /// The value cannot be written as JSON: its `Serialize` fails, or it is infinity or NaN.
    NotJson,
}

impl AttributeError {
    #[cold]
    pub(super) fn new(
        kind: AttributeErrorKind,
        path: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self(Box::new(Inner {
            kind,
            path: path.into(),
            detail: detail.into(),
            nearest: None,
        }))
    }

    /// With what may have been meant.
    #[cold]
    pub(super) fn or_meant(mut self, nearest: Option<String>) -> Self {
        self.0.nearest = nearest;
        self
    }

    /// What is wrong.
    pub fn kind(&self) -> &AttributeErrorKind {
        &self.0.kind
    }

    /// The path of the attribute, as it was given or as the schema has it.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The valid path or name that is nearest to the one that does not exist.
    pub fn nearest(&self) -> Option<&str> {
        self.0.nearest.as_deref()
    }
}

impl fmt::Display for AttributeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Visible(&self.0.detail).fmt(f)?;
        match &self.0.nearest {
            Some(nearest) => write!(f, "; did you mean `{}`?", Visible(nearest)),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for AttributeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AttributeError({self})")
    }
}

impl std::error::Error for AttributeError {}

#[cold]
pub(super) fn read_only(path: &str) -> AttributeError {
    let detail = format!("{path} is readOnly: only the service provider sets it");
    AttributeError::new(AttributeErrorKind::ReadOnly, path, detail)
}

#[cold]
pub(super) fn required(path: &str) -> AttributeError {
    let detail = format!("{path} is required");
    AttributeError::new(AttributeErrorKind::Required, path, detail)
}

#[cold]
pub(super) fn needs_filter(path: &str, attribute: &Attribute) -> AttributeError {
    let name = attribute.name;
    // What tells elements apart, where there is such a thing.
    let subs = attribute.sub_attributes();
    let known = |name: &str| subs.iter().find(|sub| sub.name.eq_ignore_ascii_case(name));
    let texts = subs.iter().find(|sub| matches!(sub.kind, Kind::String));
    let example = match (known("type"), known("value").or(texts)) {
        (Some(_), _) => format!(", as in {name}[type eq \"work\"]"),
        (None, Some(sub)) => format!(", as in {name}[{} eq \"...\"]", sub.name),
        (None, None) => String::new(),
    };
    let detail = format!("{path}: {name} has many values; a filter says of which{example}");
    AttributeError::new(AttributeErrorKind::NeedsFilter, path, detail)
}
