//! What a version of a resource becomes in `If-Match` and `If-None-Match` (RFC 7644 §3.14).

use std::borrow::Cow;

use http::HeaderValue;

use crate::client::settings::Settings;

/// Why a request is not sent.
pub(in crate::client) const UNSENDABLE: &str = "the version of the resource has quotes and is no entity-tag \
                                     that `If-Match` can have (RFC 9110 §8.8.3): take \
                                     `meta().version` away to write whatever its version is";
/// Why a request is not sent where [`ClientBuilder::refuse_unquoted_versions`] says so.
pub(in crate::client) const UNQUOTED: &str = "the version of the resource has no quotes, so `If-Match` \
                                   cannot have it (RFC 9110 §8.8.3); `\"quoteVersions\": true` \
                                   in the profile puts them on";

/// What is known of the version that a resource should have.
pub(in crate::client) enum Condition<'v> {
    /// Nothing, or the service provider has no versions.
    Nothing,
    /// It is this entity-tag: as the service provider gave it, or in quotes where the profile says
    /// that it forgets them.
    Is(Cow<'v, str>),
    /// It is no entity-tag: it has no quotes.
    Bare,
    /// It has quotes, and is no entity-tag all the same.
    Unsendable,
}

impl<'v> Condition<'v> {
    pub(in crate::client) fn of(settings: &Settings, version: Option<&'v str>) -> Self {
        let Some(version) = version.filter(|version| !version.is_empty()) else {
            return Self::Nothing;
        };
        if settings.capabilities().etag == Some(false) {
            return Self::Nothing;
        }
        let is_header = |text: &str| HeaderValue::from_str(text).is_ok();
        match version.contains('"') {
            true if is_entity_tag(version) && is_header(version) => Self::Is(version.into()),
            true => Self::Unsendable,
            false if !settings.profile.quote_versions => Self::Bare,
            false if is_header(version) => Self::Is(format!("\"{version}\"").into()),
            false => Self::Unsendable,
        }
    }
}

/// Returns whether a version is an entity-tag (RFC 9110 §8.8.3): quoted, weak or not.
pub(in crate::client) fn is_entity_tag(version: &str) -> bool {
    let opaque = version.strip_prefix("W/").unwrap_or(version);
    opaque.len() >= 2
        && opaque.starts_with('"')
        && opaque.ends_with('"')
        && !opaque
            .get(1..opaque.len() - 1)
            .unwrap_or_default()
            .contains('"')
}
