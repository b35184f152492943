//! `If-Match` and `If-None-Match` (RFC 7644 §3.14, RFC 9110 §13).

use http::{
    HeaderMap, HeaderName,
    header::{IF_MATCH, IF_NONE_MATCH},
};

use crate::refusal::{Refusal, Result};

/// What a request presupposes of a resource's version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preconditions {
    if_match: Vec<String>,
    if_none_match: Vec<String>,
}

/// Whether two entity-tags are the same by the weak comparison (RFC 9110 §8.8.3.2).
#[must_use]
pub fn is_same_version(one: &str, other: &str) -> bool {
    opaque(one) == opaque(other)
}

impl Preconditions {
    /// Those in the headers of a request.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        Self {
            if_match: tags(headers, &IF_MATCH),
            if_none_match: tags(headers, &IF_NONE_MATCH),
        }
    }

    /// The `version` of a bulk operation (RFC 7644 §3.7).
    #[must_use]
    pub fn version(version: Option<&str>) -> Self {
        Self {
            if_match: version.map(str::to_owned).into_iter().collect(),
            if_none_match: Vec::new(),
        }
    }

    /// Whether a version is asked for, so that a write must not be tried again with another.
    #[must_use]
    pub fn ask_for_version(&self) -> bool {
        !self.if_match.is_empty()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.if_match.is_empty() && self.if_none_match.is_empty()
    }

    /// Whether a resource of this version may be changed.
    ///
    /// # Errors
    /// It may not: 412.
    pub fn permit_change(&self, version: Option<&str>) -> Result<()> {
        self.permit_change_by(version, is_same_version)
    }

    /// As [`permit_change`](Self::permit_change), where versions are the same as `same` says: the
    /// one asked for comes first.
    ///
    /// # Errors
    /// It may not: 412.
    pub fn permit_change_by(
        &self,
        version: Option<&str>,
        same: impl Fn(&str, &str) -> bool,
    ) -> Result<()> {
        let version = version.unwrap_or_default();
        let mut tags = self.if_match.iter();
        let is_met = self.if_match.is_empty() || tags.any(|tag| tag == "*" || same(tag, version));
        if is_met && !self.has_already(version) {
            return Ok(());
        }
        Err(Refusal::version_conflict())
    }

    /// Whether a resource of this version may be read.
    ///
    /// # Errors
    /// It may not, by `If-Match`: 412.
    pub fn permit_read_by(
        &self,
        version: Option<&str>,
        same: impl Fn(&str, &str) -> bool,
    ) -> Result<()> {
        let unconditional = Self {
            if_match: self.if_match.clone(),
            if_none_match: Vec::new(),
        };
        unconditional.permit_change_by(version, same)
    }

    /// Whether the client has this very version: then a read is answered with 304.
    #[must_use]
    pub fn has_already(&self, version: &str) -> bool {
        let mut tags = self.if_none_match.iter();
        tags.any(|tag| tag == "*" || is_same_version(tag, version))
    }
}

fn tags(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let values = headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    let tags = values.flat_map(|value| value.split(','));
    tags.map(|tag| tag.trim().to_owned())
        .filter(|tag| !tag.is_empty())
        .collect()
}

/// What a weak comparison looks at.
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}
