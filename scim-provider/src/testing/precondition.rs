//! `If-Match` and `If-None-Match` (RFC 7644 §3.14, RFC 9110 §13).

use http::{
    HeaderMap, HeaderName, StatusCode,
    header::{IF_MATCH, IF_NONE_MATCH},
};

use super::failure::{Failure, Outcome};

/// What a request presupposes of a resource's version.
#[derive(Debug, Default)]
pub(super) struct Preconditions {
    if_match: Vec<String>,
    if_none_match: Vec<String>,
}

impl Preconditions {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        Self {
            if_match: tags(headers, IF_MATCH),
            if_none_match: tags(headers, IF_NONE_MATCH),
        }
    }

    /// The `version` of a bulk operation (RFC 7644 §3.7).
    pub(super) fn version(version: Option<&str>) -> Self {
        Self {
            if_match: version.map(str::to_owned).into_iter().collect(),
            if_none_match: Vec::new(),
        }
    }

    /// Whether a resource of this version may be changed.
    pub(super) fn permit_change(&self, version: Option<&str>) -> Outcome<()> {
        let version = version.unwrap_or_default();
        let met = self.if_match.is_empty()
            || self
                .if_match
                .iter()
                .any(|tag| tag == "*" || written(tag) == written(version));
        if met && !self.has_already(version) {
            return Ok(());
        }
        let detail = "the resource has another version by now";
        Err(Failure::new(StatusCode::PRECONDITION_FAILED, detail))
    }

    /// Whether a resource of this version may be read with `If-Match`.
    pub(super) fn permit_read(&self, version: Option<&str>) -> Outcome<()> {
        let unconditional = Self {
            if_match: self.if_match.clone(),
            if_none_match: Vec::new(),
        };
        unconditional.permit_change(version)
    }

    /// Whether the client has this very version (304).
    pub(super) fn has_already(&self, version: &str) -> bool {
        self.if_none_match
            .iter()
            .any(|tag| tag == "*" || opaque(tag) == opaque(version))
    }
}

fn tags(headers: &HeaderMap, name: HeaderName) -> Vec<String> {
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

/// The part of a version that tells what was written to the resource itself.
fn written(tag: &str) -> &str {
    opaque(tag)
        .trim_matches('"')
        .split('.')
        .next()
        .unwrap_or_default()
}
