//! Attribute notation (RFC 7644 §3.10): `[schema URI ":"] attribute ["." sub-attribute]`.
//!
//! An [`AttributePath`] names one attribute in a filter, in `sortBy`, in `attributes` and in a
//! PATCH path. Nothing here knows a schema: a path that parses may still name an attribute that
//! no resource has.

use std::{
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

mod diagnostic;
mod error;
mod list;
mod syntax;

pub(crate) use self::{
    diagnostic::{Diagnostic, Problem},
    syntax::{is_blank, name, scan},
};
pub use self::{error::PathError, list::parse_attribute_list};

/// The name of an attribute, with its schema URI and sub-attribute where given (RFC 7644 §3.10).
///
/// The URI is everything up to the last colon, so it may contain dots, version numbers and further
/// colons. The parts keep their spelling. Comparison and hashing ignore the case of ASCII letters
/// in all parts, as RFC 7644 §3.10 requires.
///
/// ```
/// use scim_client::attribute_path::AttributePath;
///
/// let path: AttributePath = "urn:ietf:params:scim:schemas:core:2.0:User:name.givenName".parse()?;
/// assert_eq!(path.uri(), Some("urn:ietf:params:scim:schemas:core:2.0:User"));
/// assert_eq!(path.name(), "name");
/// assert_eq!(path.sub(), Some("givenName"));
/// # Ok::<(), scim_client::attribute_path::PathError>(())
/// ```
#[derive(Clone)]
pub struct AttributePath(Repr);

#[derive(Clone)]
enum Repr {
    Static {
        uri: Option<&'static str>,
        name: &'static str,
        sub: Option<&'static str>,
    },
    /// The whole notation, with the bounds of the name inside it.
    Owned {
        text: Box<str>,
        name_start: usize,
        name_end: usize,
    },
}

impl AttributePath {
    /// Makes a path of parts that are known to be valid, without checking them.
    ///
    /// This is for names that come from a schema at build time. A part that breaks the grammar
    /// would be printed as it is. Use [`AttributePath::new`] for any other text.
    #[must_use]
    pub const fn from_parts(
        uri: Option<&'static str>,
        name: &'static str,
        sub: Option<&'static str>,
    ) -> Self {
        Self(Repr::Static { uri, name, sub })
    }

    /// Makes a path of its parts, and checks them.
    ///
    /// # Errors
    ///
    /// A part breaks the grammar. `uri` must be an RFC 3986 URI with a scheme. `name` and `sub`
    /// must be attribute names of RFC 7643 §2.1, or `$ref`.
    pub fn new(uri: Option<&str>, name: &str, sub: Option<&str>) -> Result<Self, PathError> {
        let mut text = String::new();
        if let Some(uri) = uri {
            text.push_str(uri);
            text.push(':');
        }
        text.push_str(name);
        if let Some(sub) = sub {
            text.push('.');
            text.push_str(sub);
        }
        let path: Self = text.parse()?;
        // `a:b` as a name would come back as URI and name.
        if path.uri() == uri && path.name() == name && path.sub() == sub {
            return Ok(path);
        }
        Err(PathError::new(
            &text,
            Problem::new(
                uri.map_or(0, |uri| uri.len() + 1),
                "parts that hold one name each",
            ),
        ))
    }

    /// Takes over a notation whose parts were found by the scanner.
    #[inline]
    fn from_scanned(text: &str, name_start: usize, name_end: usize) -> Self {
        Self(Repr::Owned {
            text: text.into(),
            name_start,
            name_end,
        })
    }

    /// The schema URI, without the colon that ends it.
    #[must_use]
    pub fn uri(&self) -> Option<&str> {
        match &self.0 {
            Repr::Static { uri, .. } => *uri,
            Repr::Owned {
                text, name_start, ..
            } => name_start.checked_sub(1).and_then(|end| text.get(..end)),
        }
    }

    /// The name of the attribute.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.0 {
            Repr::Static { name, .. } => name,
            Repr::Owned {
                text,
                name_start,
                name_end,
            } => text.get(*name_start..*name_end).unwrap_or_default(),
        }
    }

    /// The name of the sub-attribute.
    #[must_use]
    pub fn sub(&self) -> Option<&str> {
        match &self.0 {
            Repr::Static { sub, .. } => *sub,
            Repr::Owned { text, name_end, .. } => text.get(name_end + 1..),
        }
    }

    /// Returns whether the whole path is this schema URI, in any letter case.
    ///
    /// By the grammar, `urn:example:2.0:User` is the attribute `User` of `urn:example:2.0`. If the
    /// whole text is the URN of an extension's schema, it means the container of the extension.
    /// Only code that knows the schemas can tell.
    #[must_use]
    pub fn is_schema(&self, uri: &str) -> bool {
        let mut rest = uri.as_bytes();
        for piece in self.pieces() {
            let Some((head, tail)) = rest.split_at_checked(piece.len()) else {
                return false;
            };
            if !head.eq_ignore_ascii_case(piece.as_bytes()) {
                return false;
            }
            rest = tail;
        }
        rest.is_empty()
    }

    /// The printed form, in pieces that are written one after the other.
    fn pieces(&self) -> impl Iterator<Item = &str> {
        let whole = match &self.0 {
            Repr::Static { uri, name, sub, .. } => [
                uri.unwrap_or_default(),
                if uri.is_some() { ":" } else { "" },
                name,
                if sub.is_some() { "." } else { "" },
                sub.unwrap_or_default(),
            ],
            Repr::Owned { text, .. } => [&**text, "", "", "", ""],
        };
        whole.into_iter().filter(|piece| !piece.is_empty())
    }
}

impl FromStr for AttributePath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let problem = match scan(text, 0) {
            Ok(span) if span.end == text.len() => return Ok(span.path(text)),
            Ok(span) => Problem::new(span.end, "the end of the attribute path"),
            Err(problem) => problem,
        };
        Err(PathError::new(text, problem))
    }
}

impl fmt::Display for AttributePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in self.pieces() {
            f.write_str(piece)?;
        }
        Ok(())
    }
}

impl fmt::Debug for AttributePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AttributePath({self})")
    }
}

impl PartialEq for AttributePath {
    fn eq(&self, other: &Self) -> bool {
        fn same(a: Option<&str>, b: Option<&str>) -> bool {
            match (a, b) {
                (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
                (None, None) => true,
                _ => false,
            }
        }
        self.name().eq_ignore_ascii_case(other.name())
            && same(self.sub(), other.sub())
            && same(self.uri(), other.uri())
    }
}

impl Eq for AttributePath {}

impl Hash for AttributePath {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for part in [self.uri(), Some(self.name()), self.sub()] {
            for byte in part.unwrap_or_default().bytes() {
                state.write_u8(byte.to_ascii_lowercase());
            }
            state.write_u8(0);
        }
    }
}

impl Serialize for AttributePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AttributePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = AttributePath;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an attribute path")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<AttributePath, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests;
