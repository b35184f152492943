//! How an error is made, and what is noted in it on its way up.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, Method, StatusCode, header::CONTENT_TYPE};
use serde_json::Value;

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
fn is_scim(body: &Value) -> bool {
    let Value::Object(members) = body else {
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
    refusal_in(body, |_| false)
}

/// Like [`refusal`], of a body that need not be read: also one that has an `error`, the `Errors` of SCIM 1.1, or
/// that says that there was no success, and nothing of a resource.
#[cold]
pub(crate) fn contradiction(body: &str) -> Option<String> {
    refusal_in(body, |members| {
        let denied = |name| named(members, name) == Some(&Value::Bool(false));
        let fails = ["error", "errors"].iter().any(|name| fails(members, name));
        (fails || denied("success") || denied("ok")) && !is_resource(members)
    })
}

/// Like [`refusal`], of a body that comes with a 202 and may have any word of how far the request is: also the
/// `Errors` of SCIM 1.1 with the status of an error.
#[cold]
pub(crate) fn denial(body: &str) -> Option<String> {
    refusal_in(body, |members| {
        let errors = named(members, "errors").and_then(Value::as_array);
        let mut codes = errors
            .into_iter()
            .flatten()
            .filter_map(|error| named(error.as_object()?, "code"));
        codes.any(is_error_status) && !is_resource(members)
    })
}

fn refusal_in(body: &str, is_in_other_form: impl Fn(&Members) -> bool) -> Option<String> {
    let value = internal::message_to_value(body.trim_start_matches('\u{feff}'))?;
    let says_so = |(name, value): (&String, &Value)| {
        let text = value.to_string().to_ascii_lowercase();
        name.eq_ignore_ascii_case("schemas")
            && text.contains("\"urn:ietf:params:scim:api:messages:2.0:error\"")
    };
    let members = value.as_object()?;
    let has = |name| named(members, name).is_some();
    let is_nameless = || {
        named(members, "status").is_some_and(is_error_status)
            && (has("detail") || has("scimType"))
            && !has("id")
    };
    let is_one = members.iter().any(says_so) || is_nameless();
    if !is_one && !is_in_other_form(members) {
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

type Members = serde_json::Map<String, Value>;

/// The member of this name in any case, unless it is `null`.
fn named<'a>(members: &'a Members, wanted: &str) -> Option<&'a Value> {
    let mut members = members.iter();
    members
        .find(|(name, value)| name.eq_ignore_ascii_case(wanted) && !value.is_null())
        .map(|(_, value)| value)
}

fn is_error_status(status: &Value) -> bool {
    let status = match status {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    };
    status.is_some_and(|status| (400..600).contains(&status))
}

/// Returns whether the member of this name tells of an error.
fn fails(members: &Members, name: &str) -> bool {
    named(members, name).is_some_and(|value| !value.is_number() && !is_nothing(value))
}

/// Returns whether what stands where an error would be is a way of saying that there is none.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(fails) => !fails,
        Value::Number(code) => code.as_f64() == Some(0.0),
        Value::String(text) => {
            let text = text.trim().to_ascii_lowercase();
            ["", "0", "none", "ok", "false", "null"].contains(&text.as_str())
        }
        Value::Array(errors) => errors.iter().all(is_nothing),
        // What it says beside its code are words about that.
        Value::Object(error) => match named(error, "code") {
            Some(code) => is_nothing(code),
            None => error.values().all(is_nothing),
        },
    }
}

/// Returns whether it has what errors do not have and resources do.
fn is_resource(members: &Members) -> bool {
    let has = |name: &&str| named(members, name).is_some();
    let is_own = |schema: &Value| {
        let schema = schema.as_str().unwrap_or_default().to_ascii_lowercase();
        schema.starts_with("urn:") && !schema.contains(":messages:")
    };
    let schemas = named(members, "schemas").and_then(Value::as_array);
    ["id", "userName", "displayName"].iter().any(has)
        || schemas.is_some_and(|schemas| schemas.iter().any(is_own))
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
