//! The one error of the client.

use std::{fmt, time::Duration};

use http::{HeaderMap, Method, StatusCode};

use crate::{
    internal,
    json::DecodeError,
    message::{ErrorMessage, ScimType},
};

/// How much of an unexpected body an error keeps, in bytes.
const KEPT: usize = 64 * 1024;

/// How much of a server's words `Display` shows, in bytes.
const SHOWN: usize = 1024;

/// What went wrong, where.
///
/// One pointer wide. `Display` names the request (method and path, never the query), the status,
/// and the server's own words; neither `Display` nor `Debug` shows a body, a header or a
/// credential.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    method: Option<Method>,
    path: Option<String>,
    status: Option<StatusCode>,
    headers: HeaderMap,
    scim: Option<ErrorMessage>,
    retry_after: Option<Duration>,
    outcome_unknown: bool,
    body: Option<Box<str>>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
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
    /// The server redirects to where a request must not go: another origin, or round in circles.
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
}

impl Error {
    #[cold]
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            method: None,
            path: None,
            status: None,
            headers: HeaderMap::new(),
            scim: None,
            retry_after: None,
            outcome_unknown: false,
            body: None,
            source: None,
        }))
    }

    #[cold]
    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidRequest, message)
    }

    #[cold]
    pub(crate) fn decode(error: DecodeError) -> Self {
        let mut this = Self::new(ErrorKind::Decode, error.to_string());
        this.0.body = Some(keep(error.raw()));
        this.0.source = Some(Box::new(error));
        this
    }

    /// An answer with an error status; its body may be anything.
    #[cold]
    pub(crate) fn status_of(status: StatusCode, headers: HeaderMap, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok();
        let scim = value.map(ErrorMessage::from_value);
        let mut this = Self::new(ErrorKind::Status, String::new());
        this.0.status = Some(status);
        this.0.retry_after = crate::client::retry_after(&headers);
        this.0.headers = headers;
        this.0.scim = scim;
        this.0.body = (!body.is_empty()).then(|| keep(&text));
        this
    }

    #[must_use]
    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    #[must_use]
    pub(crate) fn with_answer(mut self, status: StatusCode, headers: HeaderMap) -> Self {
        self.0.status = Some(status);
        self.0.headers = headers;
        self
    }

    #[must_use]
    pub(crate) fn with_body(mut self, body: &str) -> Self {
        self.0.body = Some(keep(body));
        self
    }

    /// What this client says of it.
    pub(crate) fn words(&self) -> &str {
        &self.0.message
    }

    #[must_use]
    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    #[must_use]
    pub(crate) fn with_outcome_unknown(mut self, unknown: bool) -> Self {
        self.0.outcome_unknown |= unknown;
        self
    }

    /// Changes what it keeps of the server's words, but for the headers.
    pub(crate) fn redact(&mut self, clean: impl Fn(&str) -> Option<String>) {
        let inner = &mut *self.0;
        if let Some(message) = clean(&inner.message) {
            inner.message = message;
        }
        if let Some(body) = inner.body.as_deref().and_then(&clean) {
            inner.body = Some(body.into());
        }
        let source = inner.source.as_mut();
        if let Some(source) = source.and_then(|source| source.downcast_mut::<DecodeError>()) {
            source.redact(clean);
        }
    }

    pub(crate) fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.0.headers
    }

    /// Says which request it was, if nobody did yet.
    #[must_use]
    pub(crate) fn at(mut self, method: &Method, path: &str) -> Self {
        self.0.method.get_or_insert_with(|| method.clone());
        self.0.path.get_or_insert_with(|| path.to_owned());
        self
    }
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
        self.0.source.as_ref()?.downcast_ref()
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

    /// Whether there is no such resource or endpoint (404).
    pub fn is_not_found(&self) -> bool {
        self.0.status == Some(StatusCode::NOT_FOUND)
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
        match inner.kind {
            ErrorKind::Configuration => f.write_str("configuration")?,
            ErrorKind::InvalidRequest => f.write_str("invalid request")?,
            ErrorKind::Connect => f.write_str("no connection")?,
            ErrorKind::Timeout => f.write_str("no answer in time")?,
            ErrorKind::Transport => f.write_str("connection lost")?,
            ErrorKind::Redirect => f.write_str("not followed")?,
            ErrorKind::Credentials => f.write_str("no credentials")?,
            ErrorKind::Decode => f.write_str("unusable answer")?,
            ErrorKind::Paging => f.write_str("unusable pages")?,
            ErrorKind::NotProcessed => f.write_str("not processed")?,
            ErrorKind::Status => {}
        }
        if let (ErrorKind::Status, Some(status)) = (inner.kind, inner.status) {
            write!(f, "{status}")?;
        }
        if let Some(scim_type) = self.scim_type() {
            write!(f, " ({scim_type})")?;
        }
        match (self.detail(), inner.message.as_str()) {
            (Some(detail), _) => write!(f, ": {}", internal::prefix(detail, SHOWN))?,
            (None, "") => {}
            (None, message) => write!(f, ": {message}")?,
        }
        if let (Some(method), Some(path)) = (&inner.method, &inner.path) {
            write!(f, " [{method} {path}]")?;
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
            shown.field("body", &format_args!("{} bytes", body.len()));
        }
        if let Some(source) = &self.0.source {
            shown.field("source", source);
        }
        shown.finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0
            .source
            .as_ref()
            .map(|source| &**source as &(dyn std::error::Error + 'static))
    }
}

impl From<crate::profile::ProfileError> for Error {
    fn from(error: crate::profile::ProfileError) -> Self {
        Self::new(ErrorKind::Configuration, error.to_string()).with_source(error)
    }
}
