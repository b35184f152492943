//! Error responses of a service provider (RFC 7644 §3.12).

use std::fmt;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Response, StatusCode,
    header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE},
};
use scim_models::{
    evaluate::FilterCheckError,
    filter::FilterError,
    json::DecodeError,
    message::{ErrorMessage, InvalidBulk, ScimType, SearchRequestError},
    patch::PatchError,
};

use crate::{
    finding::Finding,
    response::{self, SCIM_JSON},
};

/// A result whose error is a [`Refusal`].
pub type Result<T, E = Refusal> = std::result::Result<T, E>;

/// How many findings the text of an error tells.
const MAX_TOLD: usize = 20;

/// An error that becomes a response: a status, an explanation, and for some errors a `scimType`
/// (RFC 7644, Table 9). It has the size of one pointer.
///
/// ```
/// use http::{HeaderValue, StatusCode, header::{ALLOW, RETRY_AFTER}};
/// use scim_provider::Refusal;
///
/// // What a store gives.
/// let taken = Refusal::taken("userName");
/// assert_eq!((taken.status(), taken.scim_type()), (StatusCode::CONFLICT, Some("uniqueness")));
/// assert_eq!(Refusal::not_found("the resource 2819").status(), StatusCode::NOT_FOUND);
/// assert!(Refusal::version_conflict().is_version_conflict());
/// for failed in [Refusal::internal(), Refusal::busy()] {
///     assert!(failed.status().is_server_error());
/// }
///
/// // What a server with ways of its own gives.
/// assert_eq!(Refusal::invalid_value("title is too long").scim_type(), Some("invalidValue"));
/// assert_eq!(Refusal::invalid_syntax("no JSON").scim_type(), Some("invalidSyntax"));
/// assert_eq!(Refusal::bad("tooMany", "say more").detail(), "say more");
/// assert_eq!(Refusal::not_offered("PATCH").status(), StatusCode::NOT_IMPLEMENTED);
/// let only = Refusal::method_not_allowed("GET, POST");
/// assert_eq!(only.into_response().headers()[ALLOW], "GET, POST");
/// assert_eq!(Refusal::unauthorized(true).status(), StatusCode::UNAUTHORIZED);
/// let slower = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "slower")
///     .with_header(RETRY_AFTER, HeaderValue::from_static("5"));
/// let unchangeable = Refusal::new(StatusCode::BAD_REQUEST, "not yours").with_scim_type("mutability");
///
/// // The response.
/// assert!(slower.findings().is_empty());
/// assert!(unchangeable.message().to_json().contains("mutability"));
/// assert_eq!(slower.into_response().headers()[RETRY_AFTER], "5");
/// ```
///
/// `From` converts every error of reading, filters, paths and patches.
#[derive(Debug, Clone)]
pub struct Refusal(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    status: StatusCode,
    scim_type: Option<&'static str>,
    detail: String,
    headers: HeaderMap,
    findings: Vec<Finding>,
    is_version_conflict: bool,
}

impl Refusal {
    /// Makes a refusal with a status and an explanation, which the client sees.
    #[must_use]
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            status,
            scim_type: None,
            detail: detail.into(),
            headers: HeaderMap::new(),
            findings: Vec::new(),
            is_version_conflict: false,
        }))
    }

    /// 400 with this `scimType` (RFC 7644, Table 9).
    #[must_use]
    pub fn bad(scim_type: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail).with_scim_type(scim_type)
    }

    /// 400 `invalidValue`.
    #[must_use]
    pub fn invalid_value(detail: impl Into<String>) -> Self {
        Self::bad(ScimType::INVALID_VALUE, detail)
    }

    /// 400 `invalidSyntax`.
    #[must_use]
    pub fn invalid_syntax(detail: impl Into<String>) -> Self {
        Self::bad(ScimType::INVALID_SYNTAX, detail)
    }

    /// 404. `what` names what was not found, such as "the resource 2819".
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("{what} is not here"))
    }

    /// 409 `uniqueness`: the value of a unique attribute is taken (RFC 7644 §3.3). Stores return
    /// this.
    #[must_use]
    pub fn taken(attribute: &str) -> Self {
        let detail = format!("the value of {attribute} is taken");
        Self::new(StatusCode::CONFLICT, detail).with_scim_type(ScimType::UNIQUENESS)
    }

    /// 412: the resource has another version than the expected one (RFC 7644 §3.14). Stores return
    /// this from `update` and `delete`. If the request did not require a version, the service
    /// provider tries it again with the new one.
    #[must_use]
    pub fn version_conflict() -> Self {
        let detail = "the resource has another version by now";
        let mut refusal = Self::new(StatusCode::PRECONDITION_FAILED, detail);
        refusal.0.is_version_conflict = true;
        refusal
    }

    /// 501. `what` names what is not supported, such as "PATCH".
    #[must_use]
    pub fn not_offered(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_IMPLEMENTED,
            format!("{what} is not supported"),
        )
    }

    /// 500: the storage failed. The client gets no details, so log the cause where it happens.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the service provider failed",
        )
    }

    /// 401: the request has no token, or a `wrong` one (RFC 6750 §3, §3.1).
    #[must_use]
    pub fn unauthorized(wrong: bool) -> Self {
        let refusal = Self::new(StatusCode::UNAUTHORIZED, "a valid bearer token is needed");
        refusal.with_header(
            WWW_AUTHENTICATE,
            HeaderValue::from_static(if wrong {
                "Bearer realm=\"scim\", error=\"invalid_token\""
            } else {
                "Bearer realm=\"scim\""
            }),
        )
    }

    /// What is wrong with a parameter of a query, which may be one by cursor.
    pub(crate) fn of_parameter(error: &SearchRequestError, by_cursor: bool) -> Self {
        let scim_type = match error.parameter() {
            "filter" => ScimType::INVALID_FILTER,
            "count" if by_cursor => ScimType::INVALID_COUNT,
            "the message" => ScimType::INVALID_SYNTAX,
            "attributes" | "excludedAttributes" | "sortBy" => ScimType::INVALID_PATH,
            _ => ScimType::INVALID_VALUE,
        };
        Self::bad(scim_type, error.to_string())
    }

    /// 405: the endpoint does not support the method. `allow` is the value of the `Allow` header,
    /// such as `GET, POST` (RFC 9110 §15.5.6).
    #[must_use]
    pub fn method_not_allowed(allow: &'static str) -> Self {
        let detail = format!("this endpoint supports {allow}");
        let refusal = Self::new(StatusCode::METHOD_NOT_ALLOWED, detail);
        refusal.with_header(ALLOW, HeaderValue::from_static(allow))
    }

    /// 503 with `Retry-After`: too many concurrent writes. This is for stores whose database gives
    /// up without having changed anything.
    #[must_use]
    pub fn busy() -> Self {
        let detail = "others change the resource all the time";
        let refusal = Self::new(StatusCode::SERVICE_UNAVAILABLE, detail);
        refusal.with_header(RETRY_AFTER, HeaderValue::from_static("1"))
    }

    /// One that tells all that is wrong. Its keyword is that of the first finding.
    ///
    /// # Errors
    /// There are findings.
    pub(crate) fn unless_empty(findings: Vec<Finding>) -> Result<()> {
        let Some(first) = findings.first() else {
            return Ok(());
        };
        let mut told: Vec<_> = findings
            .iter()
            .take(MAX_TOLD)
            .map(ToString::to_string)
            .collect();
        let more = findings.len().saturating_sub(MAX_TOLD);
        if more > 0 {
            told.push(format!("and {more} more"));
        }
        let mut refusal = Self::bad(first.scim_type(), told.join("; "));
        refusal.0.findings = findings;
        Err(refusal)
    }

    /// Sets the `scimType` (RFC 7644, Table 9).
    #[must_use]
    pub fn with_scim_type(mut self, scim_type: &'static str) -> Self {
        self.0.scim_type = Some(scim_type);
        self
    }

    /// Adds a header to the response.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    /// The status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The `scimType`, if there is one.
    #[must_use]
    pub fn scim_type(&self) -> Option<&'static str> {
        self.0.scim_type
    }

    /// The explanation.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Everything that is wrong with the resource in the request, if that is the reason.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.0.findings
    }

    /// Returns whether this is a [`version_conflict`](Self::version_conflict).
    #[must_use]
    pub fn is_version_conflict(&self) -> bool {
        self.0.is_version_conflict
    }

    /// The SCIM error message of the response.
    #[must_use]
    pub fn message(&self) -> ErrorMessage {
        let message = ErrorMessage::new(self.0.status.as_u16()).with_detail(self.0.detail.clone());
        match self.0.scim_type {
            Some(scim_type) => message.with_scim_type(scim_type),
            None => message,
        }
    }

    /// Makes the response.
    #[must_use]
    pub fn into_response(self) -> Response<Bytes> {
        let body = self.message().to_json();
        let mut response = response::with_body(self.0.status, SCIM_JSON, body);
        response.headers_mut().extend(self.0.headers);
        response
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.status.as_u16(), self.0.detail)
    }
}

impl std::error::Error for Refusal {}

impl From<PatchError> for Refusal {
    fn from(error: PatchError) -> Self {
        Self::bad(error.scim_type(), error.to_string())
    }
}

impl From<FilterError> for Refusal {
    fn from(error: FilterError) -> Self {
        Self::bad(ScimType::INVALID_FILTER, error.to_string())
    }
}

impl From<FilterCheckError> for Refusal {
    fn from(error: FilterCheckError) -> Self {
        Self::bad(ScimType::INVALID_FILTER, error.to_string())
    }
}

impl From<DecodeError> for Refusal {
    fn from(error: DecodeError) -> Self {
        Self::invalid_value(error.to_string())
    }
}

impl From<InvalidBulk> for Refusal {
    fn from(invalid: InvalidBulk) -> Self {
        if invalid.is_too_large() {
            return Self::new(StatusCode::PAYLOAD_TOO_LARGE, invalid.to_string());
        }
        Self::invalid_syntax(invalid.to_string())
    }
}

impl From<SearchRequestError> for Refusal {
    fn from(error: SearchRequestError) -> Self {
        let by_cursor = error.is_by_cursor();
        Self::of_parameter(&error, by_cursor)
    }
}
