//! How an error is made, and what is noted in it on its way up.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, Method, StatusCode, header::CONTENT_TYPE};

use super::{Error, ErrorKind, Inner, KEPT, NotApplied, Reason, retry_after, said};
use crate::{internal, json::DecodeError, message::ErrorMessage};

/// What may help if a 404 does not come from a SCIM endpoint.
const WRONG_PLACE: &str = "the response is not a SCIM error message, so it may not come from \
                           the service provider: is the base URL right? (`\"plainNotFound\": \
                           true` in the profile, if the server sends such responses)";

impl Error {
    #[cold]
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            kind,
            message: message.into(),
            method: None,
            path: None,
            host: None,
            status: None,
            headers: HeaderMap::new(),
            scim: None,
            retry_after: None,
            outcome_unknown: false,
            is_scim: false,
            not_applied: None,
            advice: None,
            body: None,
            is_cut: false,
            reason: None,
            source: None,
        }))
    }

    /// What is changed while an error is made, and nobody else has it.
    fn inner_mut(&mut self) -> &mut Inner {
        Arc::make_mut(&mut self.0)
    }

    #[cold]
    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidRequest, message)
    }

    #[cold]
    pub(crate) fn decode(error: DecodeError) -> Self {
        let mut this = Self::new(ErrorKind::Decode, error.to_string()).with_raw(&error);
        this.inner_mut().reason = Some(Reason::Decode(error));
        this
    }

    /// A response with an error status; its body may be anything.
    #[cold]
    pub(crate) fn status_of(status: StatusCode, headers: HeaderMap, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let value = internal::message_to_value(text.trim_start_matches('\u{feff}'));
        let is_scim = has_scim_type(&headers) || value.as_ref().is_some_and(is_scim);
        let scim = value.map(ErrorMessage::from_value);
        let speaks = scim
            .as_ref()
            .is_some_and(|message| message.is_scim() && message.extra.is_empty());
        let words = match &scim {
            Some(message) if speaks || message.detail.is_some() => None,
            _ => said::words(&text),
        };
        let mut this = Self::new(ErrorKind::Status, words.unwrap_or_default());
        let inner = this.inner_mut();
        inner.status = Some(status);
        inner.retry_after = retry_after(&headers);
        inner.headers = headers;
        inner.scim = scim;
        inner.is_scim = is_scim;
        if status == StatusCode::NOT_FOUND && !is_scim {
            inner.advice = Some(WRONG_PLACE);
        }
        if !body.is_empty() {
            this.keep(&text);
        }
        this
    }

    /// A resource that shows what was there before it was written.
    #[cold]
    pub(crate) fn of_not_applied(what: NotApplied) -> Self {
        let mut this = Self::new(ErrorKind::NotApplied, what.to_string());
        this.inner_mut().not_applied = Some(Arc::new(what));
        this
    }

    /// What somebody could do about it.
    #[must_use]
    pub(crate) fn with_advice(mut self, advice: &'static str) -> Self {
        self.inner_mut().advice = Some(advice);
        self
    }

    /// Says that whoever answered speaks SCIM, whatever the body is.
    #[must_use]
    pub(crate) fn in_scim(mut self) -> Self {
        let inner = self.inner_mut();
        inner.is_scim = true;
        inner.advice = inner.advice.filter(|advice| *advice != WRONG_PLACE);
        self
    }

    /// Returns whether whoever answered with an error status speaks SCIM.
    pub(crate) fn speaks_scim(&self) -> bool {
        self.0.is_scim
    }

    #[must_use]
    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.inner_mut().source = Some(Arc::from(source.into()));
        self
    }

    /// Keeps the error whose words this one has.
    #[must_use]
    pub(crate) fn with_reason(
        mut self,
        reason: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.inner_mut().reason = Some(Reason::Other(Arc::from(reason.into())));
        self
    }

    #[must_use]
    pub(crate) fn with_answer(mut self, status: StatusCode, headers: HeaderMap) -> Self {
        let inner = self.inner_mut();
        inner.status = Some(status);
        inner.retry_after = inner.retry_after.or_else(|| retry_after(&headers));
        inner.headers = headers;
        self
    }

    #[must_use]
    pub(crate) fn with_body(mut self, body: &str) -> Self {
        self.keep(body);
        self
    }

    /// Keeps the text that could not be read, of which there may be only the beginning by now.
    #[must_use]
    pub(crate) fn with_raw(mut self, error: &DecodeError) -> Self {
        self.keep(error.raw());
        self.inner_mut().is_cut |= error.is_truncated();
        self
    }

    fn keep(&mut self, body: &str) {
        let kept = internal::prefix(body, KEPT);
        let inner = self.inner_mut();
        inner.body = Some(kept.into());
        inner.is_cut = kept.len() < body.len();
    }

    /// What this client says of it.
    pub(crate) fn words(&self) -> &str {
        &self.0.message
    }

    #[must_use]
    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.inner_mut().retry_after = retry_after;
        self
    }

    #[must_use]
    pub(crate) fn with_outcome_unknown(mut self, unknown: bool) -> Self {
        if unknown {
            self.inner_mut().outcome_unknown = true;
        }
        self
    }

    /// Changes what it keeps of the server's words, but for the headers. `clean` learns whether a text is
    /// only the beginning of what came.
    pub(crate) fn redact(&mut self, clean: impl Fn(&str, bool) -> Option<String>) {
        let inner = self.inner_mut();
        let is_cut = inner.is_cut;
        let body = inner.body.as_deref();
        if let Some(body) = body.and_then(|body| clean(body, is_cut)) {
            inner.body = Some(body.into());
        }
        if let Some(what) = &mut inner.not_applied {
            let what = Arc::make_mut(what);
            what.redact(|text| clean(text, false));
            inner.message = what.to_string();
        }
        if let Some(Reason::Decode(error)) = &mut inner.reason {
            let is_cut = error.is_truncated();
            error.redact(|text| clean(text, is_cut));
            // Its words have a part of what it keeps.
            inner.message = error.to_string();
        }
        if let Some(message) = clean(&inner.message, false) {
            inner.message = message;
        }
    }

    pub(crate) fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.inner_mut().headers
    }

    /// Says which host it was that did not answer.
    #[must_use]
    pub(crate) fn with_host(mut self, host: &str) -> Self {
        self.inner_mut().host = Some(host.to_owned());
        self
    }

    /// Says which request it was, if nobody did yet.
    #[must_use]
    pub(crate) fn at(mut self, method: &Method, path: &str) -> Self {
        let inner = self.inner_mut();
        inner.method.get_or_insert_with(|| method.clone());
        inner.path.get_or_insert_with(|| path.to_owned());
        self
    }
}

/// Returns whether the response has SCIM's media type, which is enough, whatever its body is.
fn has_scim_type(headers: &HeaderMap) -> bool {
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    media_type.is_some_and(|media_type| {
        let bare = media_type.split(';').next().unwrap_or_default().trim();
        bare.eq_ignore_ascii_case("application/scim+json")
    })
}

/// Returns whether this is an Error message (RFC 7644 §3.12): it says so in its `schemas`, or has
/// what nothing else has, as the errors of SCIM 1.1 do. That it has a `status` or a `detail` is not
/// enough: the errors of web frameworks do, too.
fn is_scim(body: &serde_json::Value) -> bool {
    let serde_json::Value::Object(members) = body else {
        return false;
    };
    members.iter().any(|(name, value)| {
        let text = || value.to_string().to_ascii_lowercase();
        match name.to_ascii_lowercase().as_str() {
            "schemas" => text().contains("urn:ietf:params:scim:api:messages:2.0:error"),
            "scimtype" => value.is_string(),
            "errors" => text().contains("\"code\":"),
            _ => false,
        }
    })
}

/// What a body says that is a SCIM error message (RFC 7644 §3.12), although its status is success.
/// Some servers leave out its `schemas`: then it is one that has the status of an error, words or a
/// keyword for it, and no `id`.
#[cold]
pub(crate) fn refusal(body: &str) -> Option<String> {
    refusal_in(body, false)
}

/// Like [`refusal`], of a body that need not be read: also one that has no `id`, and an `error`, the `Errors`
/// of SCIM 1.1, or that says that there was no success.
#[cold]
pub(crate) fn contradiction(body: &str) -> Option<String> {
    refusal_in(body, true)
}

fn refusal_in(body: &str, of_any_form: bool) -> Option<String> {
    let value = internal::message_to_value(body.trim_start_matches('\u{feff}'))?;
    let says_so = |(name, value): (&String, &serde_json::Value)| {
        let text = value.to_string().to_ascii_lowercase();
        name.eq_ignore_ascii_case("schemas")
            && text.contains("\"urn:ietf:params:scim:api:messages:2.0:error\"")
    };
    let members = value.as_object()?;
    let named = |wanted: &str| {
        let mut members = members.iter();
        members
            .find(|(name, value)| name.eq_ignore_ascii_case(wanted) && !value.is_null())
            .map(|(_, value)| value)
    };
    let has_status = || {
        let status = match named("status")? {
            serde_json::Value::String(text) => text.parse().ok()?,
            other => other.as_u64()?,
        };
        Some((400..600).contains(&status))
    };
    let is_nameless = || {
        has_status() == Some(true)
            && (named("detail").is_some() || named("scimType").is_some())
            && named("id").is_none()
    };
    let is_strange = || {
        use serde_json::Value;
        let has = |name| match named(name) {
            Some(Value::Array(errors)) => !errors.is_empty(),
            Some(Value::Object(error)) => !error.is_empty(),
            Some(Value::String(error)) => !error.is_empty(),
            Some(other) => *other == Value::Bool(true),
            None => false,
        };
        let denied = |name| named(name) == Some(&Value::Bool(false));
        let fails = has("error") || has("errors") || denied("success") || denied("ok");
        fails && named("id").is_none()
    };
    let is_one = members.iter().any(says_so) || is_nameless();
    let is_refusal = is_one || of_any_form && is_strange();
    if !is_refusal {
        return None;
    }
    let message = ErrorMessage::from_value(value);
    let mut why = "an error message under a status of success".to_owned();
    if let Some(status) = message.status {
        why.push_str(&format!(", with status {status}"));
    }
    if let Some(detail) = &message.detail {
        why.push_str(": ");
        why.push_str(detail);
    }
    Some(why)
}

impl From<crate::profile::ProfileError> for Error {
    fn from(error: crate::profile::ProfileError) -> Self {
        Self::new(ErrorKind::Configuration, error.to_string()).with_reason(error)
    }
}

/// An error of parsing a filter or path. Nothing was sent.
impl From<crate::filter::FilterError> for Error {
    fn from(error: crate::filter::FilterError) -> Self {
        Self::invalid_request(error.to_string()).with_reason(error)
    }
}

impl From<crate::attribute_path::PathError> for Error {
    fn from(error: crate::attribute_path::PathError) -> Self {
        Self::invalid_request(error.to_string()).with_reason(error)
    }
}

/// An error of a check against the schema of a type known at run time. Nothing was sent.
#[cfg(feature = "dynamic")]
impl From<crate::dynamic::AttributeError> for Error {
    fn from(error: crate::dynamic::AttributeError) -> Self {
        Self::invalid_request(error.to_string()).with_reason(error)
    }
}

/// An error in the schema documents that a service provider publishes.
#[cfg(feature = "dynamic")]
impl From<crate::dynamic::TypesError> for Error {
    fn from(error: crate::dynamic::TypesError) -> Self {
        Self::new(ErrorKind::Decode, error.to_string()).with_reason(error)
    }
}
