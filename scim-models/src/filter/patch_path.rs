//! The path of a PATCH operation (RFC 7644 §3.5.2, Figure 7).

use std::{
    borrow::Cow,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Filter, FilterOptions, parse};
use crate::attribute_path::{AttributePath, PathError};

/// The path of a PATCH operation: an attribute, selected elements of one, a sub-attribute of those,
/// or the container of an extension.
///
/// ```
/// use scim_client::filter::PatchPath;
///
/// let path: PatchPath = r#"addresses[type eq "work"].streetAddress"#.parse()?;
/// assert_eq!(path.attribute().map(|path| path.name()), Some("addresses"));
/// assert_eq!(path.filter().map(|filter| filter.to_string()).as_deref(), Some(r#"type eq "work""#));
/// assert_eq!(path.sub_attribute(), Some("streetAddress"));
/// # Ok::<(), scim_client::attribute_path::PathError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PatchPath(Target);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Target {
    Attribute(AttributePath),
    Elements {
        path: AttributePath,
        filter: Filter,
        sub: Option<Name>,
    },
    Container(Name),
}

/// A name or URI, compared without regard to case.
#[derive(Clone)]
struct Name(Cow<'static, str>);

impl PatchPath {
    /// `attribute` or `attribute.subAttribute`.
    #[must_use]
    pub fn from_attribute(path: AttributePath) -> Self {
        Self(Target::Attribute(path))
    }

    /// `attribute[filter]`: the elements that match. The paths in the filter name their sub-attributes.
    #[must_use]
    pub fn from_elements(path: AttributePath, filter: Filter) -> Self {
        Self(Target::Elements {
            path,
            filter,
            sub: None,
        })
    }

    /// `attribute[filter].subAttribute`. The name of the sub-attribute is not checked; it should come
    /// from a schema.
    #[must_use]
    pub fn from_elements_sub(path: AttributePath, filter: Filter, sub: &'static str) -> Self {
        Self(Target::Elements {
            path,
            filter,
            sub: Some(Name(Cow::Borrowed(sub))),
        })
    }

    /// The container of an extension with this schema URN. The URN is not checked.
    ///
    /// Not all service providers understand such a path, because by the grammar its last part is an
    /// attribute. An operation without a path says the same.
    #[must_use]
    pub fn from_container(schema: impl Into<Cow<'static, str>>) -> Self {
        Self(Target::Container(Name(schema.into())))
    }

    pub(super) fn from_parsed(
        path: AttributePath,
        filter: Option<Filter>,
        sub: Option<&str>,
    ) -> Self {
        Self(match filter {
            None => Target::Attribute(path),
            Some(filter) => Target::Elements {
                path,
                filter,
                sub: sub.map(|sub| Name(Cow::Owned(sub.into()))),
            },
        })
    }

    /// Parses a path. If the text is one of the `known_schemas`, in any letter case, it is the
    /// container of that extension. Any other text is parsed by the grammar. [`FromStr`] parses by
    /// the grammar only.
    ///
    /// Blanks inside the brackets are accepted as [`Filter::parse`] accepts them.
    ///
    /// # Errors
    ///
    /// The text breaks the grammar, or its filter nests deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    pub fn parse(text: &str, known_schemas: &[&str]) -> Result<Self, PathError> {
        Self::parse_with(text, known_schemas, FilterOptions::USUAL)
    }

    /// Parses a path like [`parse`](Self::parse), with blanks only where [`Filter::parse_strict`]
    /// accepts them.
    ///
    /// # Errors
    ///
    /// The same as for [`parse`](Self::parse), and any other blank.
    pub fn parse_strict(text: &str, known_schemas: &[&str]) -> Result<Self, PathError> {
        Self::parse_with(text, known_schemas, FilterOptions::STRICT)
    }

    /// Parses a path like [`parse`](Self::parse), with the blanks and further forms that `options`
    /// allow.
    ///
    /// # Errors
    ///
    /// The text is not a path by these options, or its filter nests deeper than
    /// [`MAX_DEPTH`](super::MAX_DEPTH).
    pub fn parse_with(
        text: &str,
        known_schemas: &[&str],
        options: &FilterOptions,
    ) -> Result<Self, PathError> {
        if !text.is_empty() && known_schemas.iter().any(|s| s.eq_ignore_ascii_case(text)) {
            return Ok(Self::from_container(text.to_owned()));
        }
        let (path, filter, sub) = parse::patch_path(text, options)?;
        Ok(Self::from_parsed(path, filter, sub))
    }

    /// This path with its filter replaced. A path without a filter stays the same.
    #[must_use]
    pub fn with_filter(&self, filter: Filter) -> Self {
        match &self.0 {
            Target::Elements { path, sub, .. } => Self(Target::Elements {
                path: path.clone(),
                filter,
                sub: sub.clone(),
            }),
            Target::Attribute(_) | Target::Container(_) => self.clone(),
        }
    }

    /// The attribute. If the path has no filter, this includes the sub-attribute. `None` for a
    /// container.
    #[must_use]
    pub fn attribute(&self) -> Option<&AttributePath> {
        match &self.0 {
            Target::Attribute(path) | Target::Elements { path, .. } => Some(path),
            Target::Container(_) => None,
        }
    }

    /// The filter that selects elements.
    #[must_use]
    pub fn filter(&self) -> Option<&Filter> {
        match &self.0 {
            Target::Elements { filter, .. } => Some(filter),
            Target::Attribute(_) | Target::Container(_) => None,
        }
    }

    /// The sub-attribute: the one after the filter, or that of the attribute.
    #[must_use]
    pub fn sub_attribute(&self) -> Option<&str> {
        match &self.0 {
            Target::Attribute(path) => path.sub(),
            Target::Elements { sub, .. } => sub.as_ref().map(|sub| &*sub.0),
            Target::Container(_) => None,
        }
    }

    /// The schema URN of the extension, if this is the container of one.
    #[must_use]
    pub fn container(&self) -> Option<&str> {
        match &self.0 {
            Target::Container(schema) => Some(&schema.0),
            Target::Attribute(_) | Target::Elements { .. } => None,
        }
    }

    /// The text that a client sends. A filter in it is written as by [`Filter::to_request_string`].
    #[must_use]
    pub fn to_request_string(&self) -> String {
        match &self.0 {
            Target::Elements { path, filter, sub } => {
                let mut text = format!("{path}[{}]", filter.to_request_string());
                if let Some(sub) = sub {
                    text.push('.');
                    text.push_str(&sub.0);
                }
                text
            }
            Target::Attribute(_) | Target::Container(_) => self.to_string(),
        }
    }
}

/// Parses by the grammar only, without known schemas.
impl FromStr for PatchPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        Self::parse(text, &[])
    }
}

/// Writes the canonical form.
impl fmt::Display for PatchPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Target::Attribute(path) => path.fmt(f),
            Target::Elements { path, filter, sub } => {
                write!(f, "{path}[{filter}]")?;
                match sub {
                    Some(sub) => write!(f, ".{}", sub.0),
                    None => Ok(()),
                }
            }
            Target::Container(schema) => f.write_str(&schema.0),
        }
    }
}

impl fmt::Debug for PatchPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Target::Attribute(path) => write!(f, "PatchPath({path})"),
            Target::Elements { path, filter, sub } => {
                write!(f, "PatchPath({path}[{:?}]", filter.root())?;
                if let Some(sub) = sub {
                    write!(f, ".{}", sub.0)?;
                }
                f.write_str(")")
            }
            Target::Container(schema) => write!(f, "PatchPath(container {})", schema.0),
        }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for byte in self.0.bytes() {
            state.write_u8(byte.to_ascii_lowercase());
        }
        state.write_u8(0);
    }
}

impl Serialize for PatchPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PatchPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = PatchPath;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a PATCH path")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<PatchPath, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}
