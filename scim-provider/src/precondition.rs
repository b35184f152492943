//! `If-Match` and `If-None-Match` (RFC 7644 §3.14, RFC 9110 §13).

use http::{
    HeaderMap, HeaderName,
    header::{IF_MATCH, IF_NONE_MATCH},
};

use crate::refusal::{Refusal, Result};

/// The preconditions of a request about the version of a resource.
///
/// ```
/// use http::{HeaderMap, HeaderValue, header::{IF_MATCH, IF_NONE_MATCH}};
/// use scim_provider::{Preconditions, is_same_version};
///
/// let mut headers = HeaderMap::new();
/// assert!(Preconditions::of(&headers).is_empty());
/// headers.insert(IF_MATCH, HeaderValue::from_static(r#"W/"1""#));
/// let before_a_change = Preconditions::of(&headers);
/// assert!(before_a_change.ask_for_version());
/// before_a_change.permit_change(Some(r#""1""#))?;
/// assert!(before_a_change.permit_change(Some(r#"W/"2""#)).is_err_and(|it| it.status() == 412));
///
/// let mut headers = HeaderMap::new();
/// headers.insert(IF_NONE_MATCH, HeaderValue::from_static(r#"W/"1""#));
/// assert!(Preconditions::of(&headers).has_already(r#"W/"1""#));      // 304
///
/// // Of a bulk operation; and where versions are compared otherwise.
/// let of_bulk = Preconditions::version(Some(r#"W/"1""#));
/// of_bulk.permit_change_by(Some(r#"W/"1.7""#), |asked, current| {
///     is_same_version(asked, &current.replace(".7", ""))
/// })?;
/// of_bulk.permit_read_by(Some(r#"W/"1""#), is_same_version)?;
/// # Ok::<(), scim_provider::Refusal>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preconditions {
    /// `None` where it is not asked for.
    if_match: Option<Vec<String>>,
    if_none_match: Vec<String>,
}

/// Returns whether two entity-tags are the same by the weak comparison (RFC 9110 §8.8.3.2).
#[must_use]
pub fn is_same_version(one: &str, other: &str) -> bool {
    opaque(one) == opaque(other)
}

impl Preconditions {
    /// Reads the preconditions in the headers of a request.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        Self {
            if_match: tags(headers, &IF_MATCH),
            if_none_match: tags(headers, &IF_NONE_MATCH).unwrap_or_default(),
        }
    }

    /// Makes the precondition of the `version` of a bulk operation (RFC 7644 §3.7).
    #[must_use]
    pub fn version(version: Option<&str>) -> Self {
        Self {
            if_match: version.map(|version| vec![version.to_owned()]),
            if_none_match: Vec::new(),
        }
    }

    /// Returns whether the request requires a version. If not, a write can be tried again after somebody
    /// else has changed the resource.
    #[must_use]
    pub fn ask_for_version(&self) -> bool {
        self.if_match.is_some()
    }

    /// Returns whether there are no preconditions.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.if_match.is_none() && self.if_none_match.is_empty()
    }

    /// Checks that a resource with this version may be changed.
    ///
    /// # Errors
    /// The precondition fails (412).
    pub fn permit_change(&self, version: Option<&str>) -> Result<()> {
        self.permit_change_by(version, is_same_version)
    }

    /// Like [`permit_change`](Self::permit_change), with `same` to compare versions. Its first
    /// argument is the version in the request.
    ///
    /// # Errors
    /// The precondition fails (412).
    pub fn permit_change_by(
        &self,
        version: Option<&str>,
        same: impl Fn(&str, &str) -> bool,
    ) -> Result<()> {
        if self.has_already(version.unwrap_or_default()) {
            return Err(Refusal::version_conflict());
        }
        self.permit_read_by(version, same)
    }

    /// Checks that a resource with this version may be read.
    ///
    /// # Errors
    /// `If-Match` fails (412).
    pub fn permit_read_by(
        &self,
        version: Option<&str>,
        same: impl Fn(&str, &str) -> bool,
    ) -> Result<()> {
        let version = version.unwrap_or_default();
        let is_met = self.if_match.as_ref().is_none_or(|tags| {
            let mut tags = tags.iter();
            tags.any(|tag| tag == "*" || same(tag, version))
        });
        is_met.then_some(()).ok_or_else(Refusal::version_conflict)
    }

    /// Returns whether the client has this version already, by `If-None-Match`. The response to a read
    /// is then 304.
    #[must_use]
    pub fn has_already(&self, version: &str) -> bool {
        let mut tags = self.if_none_match.iter();
        tags.any(|tag| tag == "*" || is_same_version(tag, version))
    }
}

/// The tags of a header; `None` where it is not there. One that is there and has none, or none that
/// can be read, asks for what no resource has: who asks for a version must not be taken for one who
/// does not.
fn tags(headers: &HeaderMap, name: &HeaderName) -> Option<Vec<String>> {
    let values = headers.get_all(name).into_iter();
    let mut tags = None;
    for value in values {
        let tags = tags.get_or_insert_with(Vec::new);
        split(&String::from_utf8_lossy(value.as_bytes()), tags);
    }
    tags
}

/// Splits a list at its commas, but for those in quotes (RFC 9110 §8.8.3).
fn split(list: &str, tags: &mut Vec<String>) {
    let mut is_quoted = false;
    let pieces = list.split(|c: char| {
        is_quoted ^= c == '"';
        c == ',' && !is_quoted
    });
    let pieces = pieces.map(str::trim).filter(|tag| !tag.is_empty());
    tags.extend(pieces.map(str::to_owned));
}

/// What a weak comparison looks at.
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn of(name: HeaderName, value: &[u8]) -> Preconditions {
        let value = HeaderValue::from_bytes(value).unwrap();
        Preconditions::of(&HeaderMap::from_iter([(name, value)]))
    }

    #[test]
    fn who_asks_for_a_version_is_not_taken_for_one_who_does_not() {
        for (value, is_met) in [
            ("*", true),
            ("W/\"a,b\"", true),
            ("\"x\" , W/\"a,b\"", true),
            ("", false),
            (" , ", false),
            ("\"a\", \"b\"", false),
            ("\"a,b", false),
            ("W/\"1\"garbage", false),
        ] {
            let asked = of(IF_MATCH, value.as_bytes());
            assert!(asked.ask_for_version() && !asked.is_empty(), "{value}");
            assert_eq!(
                asked.permit_change(Some("\"a,b\"")).is_ok(),
                is_met,
                "{value}"
            );
            assert_eq!(asked.permit_change(None).is_ok(), value == "*", "{value}");
        }
        assert!(
            of(IF_MATCH, b"\"\xfc\"")
                .permit_change(Some("W/\"1\""))
                .is_err()
        );
        assert!(Preconditions::default().permit_change(None).is_ok());
        // Nobody has none.
        let asked = of(IF_NONE_MATCH, b"");
        assert!(asked.is_empty() && asked.permit_change(Some("\"1\"")).is_ok());
        assert!(of(IF_NONE_MATCH, b"\"x,y\"").has_already("W/\"x,y\""));
    }
}
