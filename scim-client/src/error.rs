//! The one error of the client.

mod not_applied;
mod retry_after;
mod said;

use std::{fmt, sync::Arc, time::Duration};

use http::{HeaderMap, Method, StatusCode, header::CONTENT_TYPE};

pub use self::not_applied::{NotApplied, Unapplied};
use crate::{
    internal,
    json::DecodeError,
    message::{ErrorMessage, ScimType},
    shown::{Bytes, Visible},
};

pub(crate) use self::{retry_after::retry_after, said::page};

/// How much of an unexpected body an error keeps, in bytes.
const KEPT: usize = 64 * 1024;

/// How much of a server's words `Display` shows, in bytes.
const SHOWN: usize = 1024;

/// What went wrong, where.
///
/// One pointer wide, and cheap to clone. `Display` names the request (method and path, never the query), the host
/// where there was no answer, the status, and the server's own words; neither `Display` nor `Debug`
/// shows a body, a header or a credential.
///
/// Servers repeat what they were sent. The client's credentials, and the values of the request that
/// are never returned, such as a `password`, are taken out of everything that an error keeps: as
/// they are, and as JSON, HTML or a URL would have them. A value of less than 6 bytes is not looked
/// for, since it would be found in every text, nor one that the server changed, cut or encrypted.
///
/// Control characters and direction marks of the server's words are escaped in `Display`; the
/// accessors, such as [`detail`](Self::detail), give them as they came.
///
/// `Display` tells why in its own words, so [`source`](std::error::Error::source) is what lies below
/// those: printing the whole chain says nothing twice. [`reason`](Self::reason) is the error whose
/// words they are, to look at its type.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    method: Option<Method>,
    path: Option<String>,
    host: Option<String>,
    status: Option<StatusCode>,
    headers: HeaderMap,
    scim: Option<ErrorMessage>,
    retry_after: Option<Duration>,
    outcome_unknown: bool,
    /// Whether the body is a SCIM error message, and not one of whoever answered.
    is_scim: bool,
    not_applied: Option<Arc<NotApplied>>,
    advice: Option<&'static str>,
    body: Option<Box<str>>,
    reason: Option<Reason>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// The error whose words an [`Error`] has.
#[derive(Clone)]
enum Reason {
    Decode(DecodeError),
    Other(Arc<dyn std::error::Error + Send + Sync>),
}

impl Reason {
    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        match self {
            Self::Decode(error) => error,
            Self::Other(error) => &**error,
        }
    }
}

/// The kinds of [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client was set up wrongly: a base URL or a credential that cannot be used.
    Configuration,
    /// The request cannot be made: an empty identifier, an address outside the base URL.
    InvalidRequest,
    /// No connection to the server.
    Connect,
    /// No answer in time.
    Timeout,
    /// The connection failed in the middle of a request or response.
    Transport,
    /// The server redirects to where a request must not go, another origin or round in circles, or
    /// to a page that is no SCIM, such as that of a login.
    Redirect,
    /// There is no access token to be had, or the request could not be signed.
    Credentials,
    /// The server answered with an error status.
    Status,
    /// The server answered with success, and a body that is not what was asked for.
    Decode,
    /// The pages of a list do not fit together: the server repeats one.
    Paging,
    /// An operation of a bulk was not processed.
    NotProcessed,
    /// The server answered with success, and the resource still has the old values:
    /// [`Error::not_applied`] has them.
    NotApplied,
}

/// What may help where a 404 is nobody's who speaks SCIM.
const WRONG_PLACE: &str = "the answer is no SCIM error message, so this says nothing of the \
                           resource: is the base URL right? \
                           (`\"plainNotFound\": true` in the profile, if the server answers so)";

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
        let mut this = Self::new(ErrorKind::Decode, error.to_string());
        let inner = this.inner_mut();
        inner.body = Some(keep(error.raw()));
        inner.reason = Some(Reason::Decode(error));
        this
    }

    /// An answer with an error status; its body may be anything.
    #[cold]
    pub(crate) fn status_of(status: StatusCode, headers: HeaderMap, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let value = internal::to_value(text.trim_start_matches('\u{feff}'));
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
        inner.body = (!body.is_empty()).then(|| keep(&text));
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

    /// Whether whoever answered with an error status speaks SCIM.
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
        self.inner_mut().body = Some(keep(body));
        self
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

    /// Changes what it keeps of the server's words, but for the headers.
    pub(crate) fn redact(&mut self, clean: impl Fn(&str) -> Option<String>) {
        let inner = self.inner_mut();
        if let Some(message) = clean(&inner.message) {
            inner.message = message;
        }
        if let Some(body) = inner.body.as_deref().and_then(&clean) {
            inner.body = Some(body.into());
        }
        if let Some(what) = &mut inner.not_applied {
            Arc::make_mut(what).redact(&clean);
        }
        if let Some(Reason::Decode(error)) = &mut inner.reason {
            error.redact(clean);
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

/// Whether the answer has SCIM's media type, which is enough, whatever its body is.
fn has_scim_type(headers: &HeaderMap) -> bool {
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    media_type.is_some_and(|media_type| {
        let bare = media_type.split(';').next().unwrap_or_default().trim();
        bare.eq_ignore_ascii_case("application/scim+json")
    })
}

/// Whether this is an Error message (RFC 7644 §3.12): it says so in its `schemas`, or has what
/// nothing else has, as the errors of SCIM 1.1 do. That it has a `status` or a `detail` is not
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
#[cold]
pub(crate) fn refusal(body: &str) -> Option<String> {
    let value = internal::to_value(body.trim_start_matches('\u{feff}'))?;
    let says_so = |(name, value): (&String, &serde_json::Value)| {
        let text = value.to_string().to_ascii_lowercase();
        name.eq_ignore_ascii_case("schemas")
            && text.contains("\"urn:ietf:params:scim:api:messages:2.0:error\"")
    };
    if !value.as_object()?.iter().any(says_so) {
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

fn keep(text: &str) -> Box<str> {
    internal::prefix(text, KEPT).into()
}

impl Error {
    /// What kind of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The method of the request.
    pub fn method(&self) -> Option<&Method> {
        self.0.method.as_ref()
    }

    /// The path of the request, without its query, which may hold personal data.
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// The HTTP status of the answer, where there was one. It counts, whatever the body says.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The headers of the answer, such as `WWW-Authenticate`.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The server's Error message, as far as it sent one (RFC 7644 §3.12).
    pub fn message(&self) -> Option<&ErrorMessage> {
        self.0.scim.as_ref().filter(|message| message.is_scim())
    }

    /// The keyword that the server gave (RFC 7644 §3.12, Table 9).
    pub fn scim_type(&self) -> Option<&ScimType> {
        self.message()?.scim_type.as_ref()
    }

    /// The server's words.
    pub fn detail(&self) -> Option<&str> {
        self.message()?.detail.as_deref()
    }

    /// How long the server asks to wait. Dates are counted from when the answer came.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The body that was not what was asked for, at most its first 64 KiB. It may hold personal
    /// data.
    pub fn body(&self) -> Option<&str> {
        self.0.body.as_deref()
    }

    /// What does not fit in the body, for [`ErrorKind::Decode`].
    pub fn decode_error(&self) -> Option<&DecodeError> {
        match self.0.reason.as_ref()? {
            Reason::Decode(error) => Some(error),
            Reason::Other(_) => None,
        }
    }

    /// The error whose words `Display` has, where there is one, to look at its type: a
    /// [`DecodeError`], a [`TransportError`](crate::transport::TransportError), a
    /// [`PlanError`](crate::client::PlanError), or what a hook gave.
    pub fn reason(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        self.0.reason.as_ref().map(Reason::as_error)
    }

    /// Whether there was no answer in time.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Whether there was no connection. Nothing was processed, unless
    /// [`is_outcome_unknown`](Self::is_outcome_unknown): then it was missing for a later request of
    /// the same operation.
    pub fn is_connect(&self) -> bool {
        self.0.kind == ErrorKind::Connect
    }

    /// Whether the service provider may have done what was asked, although this is an error: the
    /// connection was lost, or the time was up, before its answer came; or that happened to an
    /// earlier try, and this is what the last one got. Or it was done, at least in part, and the
    /// error came afterwards: the answer of success cannot be read, the resource could not be read
    /// again, or a later one of several requests failed. Never so for what only reads.
    ///
    /// After a `create`, look for the resource before creating it again; after a `replace` or a
    /// `patch`, read it again.
    pub fn is_outcome_unknown(&self) -> bool {
        self.0.outcome_unknown
    }

    /// Whether the credentials are missing, wrong or expired (401).
    pub fn is_unauthorized(&self) -> bool {
        self.0.status == Some(StatusCode::UNAUTHORIZED)
    }

    /// Whether there is no such resource or endpoint: 404 with a SCIM error message (RFC 7644
    /// §3.12), or with SCIM's media type.
    ///
    /// A 404 without either, such as a web server's page, is not: whoever sent it may know nothing of
    /// SCIM, because the base URL is wrong or a gateway has lost the service provider. For a
    /// service provider that answers so,
    /// [`Profile::plain_not_found`](crate::Profile::plain_not_found) says that it counts.
    pub fn is_not_found(&self) -> bool {
        self.0.status == Some(StatusCode::NOT_FOUND) && self.0.is_scim
    }

    /// What a write was to change and did not, for [`ErrorKind::NotApplied`].
    ///
    /// [`is_outcome_unknown`](Self::is_outcome_unknown) is true where this was seen by reading the
    /// resource afterwards: the service provider may only be late.
    pub fn not_applied(&self) -> Option<&NotApplied> {
        self.0.not_applied.as_deref()
    }

    /// What could be done about it, in words: a fact that the
    /// [`Profile`](crate::Profile) of the service provider could state, for example.
    pub fn advice(&self) -> Option<&str> {
        self.0.advice
    }

    /// Whether a unique value is taken: `scimType` `uniqueness`, or a 409 that does not say what
    /// it is about. Servers send 409 and 400.
    pub fn is_uniqueness(&self) -> bool {
        match self.scim_type() {
            Some(scim_type) => *scim_type == ScimType::UNIQUENESS,
            None => self.0.status == Some(StatusCode::CONFLICT),
        }
    }

    /// Whether the resource has changed since it was read: 412, or a 409 that is not about
    /// uniqueness (RFC 7644 §3.12, Table 8, has both).
    pub fn is_version_mismatch(&self) -> bool {
        match self.0.status {
            Some(StatusCode::PRECONDITION_FAILED) => true,
            Some(StatusCode::CONFLICT) => self.scim_type().is_none(),
            _ => false,
        }
    }

    /// Whether the server asks to slow down (429).
    pub fn is_rate_limited(&self) -> bool {
        self.0.status == Some(StatusCode::TOO_MANY_REQUESTS)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        let (before, after) = match inner.kind {
            ErrorKind::Configuration => ("configuration", ""),
            ErrorKind::InvalidRequest => ("invalid request", ""),
            ErrorKind::Connect => ("no connection", " to "),
            ErrorKind::Timeout => ("no answer in time", " from "),
            ErrorKind::Transport => ("connection lost", " to "),
            ErrorKind::Redirect => ("redirected", ""),
            ErrorKind::Credentials => ("no credentials", ""),
            ErrorKind::Decode => ("unusable answer", ""),
            ErrorKind::Paging => ("unusable pages", ""),
            ErrorKind::NotProcessed => ("not processed", ""),
            ErrorKind::NotApplied => ("not applied", ""),
            ErrorKind::Status => ("", ""),
        };
        f.write_str(before)?;
        if let (false, Some(host)) = (after.is_empty(), &inner.host) {
            write!(f, "{after}{}", Visible(host))?;
        }
        if let (ErrorKind::Status, Some(status)) = (inner.kind, inner.status) {
            write!(f, "{status}")?;
        }
        if let Some(scim_type) = self.scim_type() {
            write!(
                f,
                " ({})",
                Visible(internal::prefix(scim_type.as_str(), SHOWN))
            )?;
        }
        let words = self.detail().unwrap_or(&inner.message);
        if !words.is_empty() {
            write!(f, ": {}", Visible(internal::prefix(words, SHOWN)))?;
        }
        if let (Some(method), Some(path)) = (&inner.method, &inner.path) {
            write!(f, " [{method} {}]", Visible(path))?;
        }
        if let Some(advice) = inner.advice {
            write!(f, "; {advice}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Error");
        shown
            .field("kind", &self.0.kind)
            .field("text", &self.to_string());
        if self.0.outcome_unknown {
            shown.field("outcome_unknown", &true);
        }
        if let Some(body) = &self.0.body {
            shown.field("body", &Bytes(body.len()));
        }
        if let Some(reason) = self.reason() {
            shown.field("reason", &reason);
        }
        if let Some(source) = &self.0.source {
            shown.field("source", source);
        }
        shown.finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.source {
            Some(source) => Some(&**source),
            None => self.reason()?.source(),
        }
    }
}

impl From<crate::profile::ProfileError> for Error {
    fn from(error: crate::profile::ProfileError) -> Self {
        Self::new(ErrorKind::Configuration, error.to_string()).with_reason(error)
    }
}

/// What the schema of a type that is known at run time does not allow.
#[cfg(feature = "dynamic")]
impl From<crate::dynamic::AttributeError> for Error {
    fn from(error: crate::dynamic::AttributeError) -> Self {
        Self::invalid_request(error.to_string()).with_reason(error)
    }
}

/// What is wrong with the documents that a service provider publishes of its types.
#[cfg(feature = "dynamic")]
impl From<crate::dynamic::TypesError> for Error {
    fn from(error: crate::dynamic::TypesError) -> Self {
        Self::new(ErrorKind::Decode, error.to_string()).with_reason(error)
    }
}
