//! Requests that fail, as the service provider answers them (RFC 7644 §3.12).

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Response, StatusCode,
    header::{ALLOW, WWW_AUTHENTICATE},
};

use super::answer::{self, SCIM_JSON};
use scim_models::{
    message::{ErrorMessage, ScimType},
    patch::PatchError,
};

pub(super) type Outcome<T> = Result<T, Box<Failure>>;

/// An error response in the making.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) status: StatusCode,
    scim_type: Option<&'static str>,
    detail: String,
    headers: HeaderMap,
}

impl Failure {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Box<Self> {
        Box::new(Self {
            status,
            scim_type: None,
            detail: detail.into(),
            headers: HeaderMap::new(),
        })
    }

    /// A 400 with a keyword of Table 9.
    pub(super) fn bad(scim_type: &'static str, detail: impl Into<String>) -> Box<Self> {
        let mut failure = Self::new(StatusCode::BAD_REQUEST, detail);
        failure.scim_type = Some(scim_type);
        failure
    }

    pub(super) fn invalid_value(detail: impl Into<String>) -> Box<Self> {
        Self::bad(ScimType::INVALID_VALUE, detail)
    }

    pub(super) fn invalid_syntax(detail: impl Into<String>) -> Box<Self> {
        Self::bad(ScimType::INVALID_SYNTAX, detail)
    }

    pub(super) fn not_found(what: &str) -> Box<Self> {
        Self::new(StatusCode::NOT_FOUND, format!("{what} is not here"))
    }

    /// The value of a unique attribute is taken (RFC 7644 §3.3).
    pub(super) fn taken(attribute: &str) -> Box<Self> {
        let detail = format!("the value of {attribute} is taken");
        let mut failure = Self::new(StatusCode::CONFLICT, detail);
        failure.scim_type = Some(ScimType::UNIQUENESS);
        failure
    }

    pub(super) fn method(allow: &'static str) -> Box<Self> {
        let detail = format!("this endpoint takes {allow}");
        let failure = Self::new(StatusCode::METHOD_NOT_ALLOWED, detail);
        failure.header(ALLOW, HeaderValue::from_static(allow))
    }

    /// Nobody said who asks, or with a `wrong` token (RFC 6750 §3, §3.1).
    pub(super) fn unauthorized(wrong: bool) -> Box<Self> {
        let failure = Self::new(StatusCode::UNAUTHORIZED, "a valid bearer token is needed");
        failure.header(
            WWW_AUTHENTICATE,
            HeaderValue::from_static(if wrong {
                "Bearer realm=\"scim\", error=\"invalid_token\""
            } else {
                "Bearer realm=\"scim\""
            }),
        )
    }

    pub(super) fn header(mut self: Box<Self>, name: HeaderName, value: HeaderValue) -> Box<Self> {
        self.headers.insert(name, value);
        self
    }

    pub(super) fn message(&self) -> ErrorMessage {
        let message = ErrorMessage::new(self.status.as_u16()).with_detail(self.detail.clone());
        match self.scim_type {
            Some(scim_type) => message.with_scim_type(scim_type),
            None => message,
        }
    }

    pub(super) fn into_response(self) -> Response<Bytes> {
        let body = self.message().to_json();
        let mut response = answer::with_body(self.status, SCIM_JSON, body);
        response.headers_mut().extend(self.headers);
        response
    }
}

impl From<PatchError> for Box<Failure> {
    fn from(error: PatchError) -> Self {
        Failure::bad(error.scim_type(), error.to_string())
    }
}
