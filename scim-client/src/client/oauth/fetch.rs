//! One request for a token.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header::LOCATION};
use serde_json::Value;

use crate::{
    client::{base_url::shown_target, secret_value::secret_value, wire::Unsent},
    error::{Error, ErrorKind, retry_after},
    transport::TransportErrorKind,
};

/// The codes of RFC 6749 §5.2, and those of §4.1.2.1 that servers send here. Anything else in
/// their place is not repeated: it may be what was sent.
const CODES: [&str; 9] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "access_denied",
    "server_error",
    "temporarily_unavailable",
];

/// What a token endpoint gave.
#[derive(Clone)]
pub(super) struct Fetched {
    pub(super) value: HeaderValue,
    /// How long it is good for; `None` if the server does not say.
    pub(super) lifetime: Option<Duration>,
}

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::client) struct Failure {
    message: String,
    retry_after: Option<Duration>,
    transient: bool,
}

impl Failure {
    fn new(message: impl Into<String>, transient: bool) -> Self {
        Self {
            message: message.into(),
            retry_after: None,
            transient,
        }
    }

    /// The runtime that asked has ended.
    pub(super) fn lost() -> Self {
        Self::new(
            "the runtime that sent the request for a token has ended",
            false,
        )
    }

    /// Returns whether another request may bring one.
    pub(in crate::client) fn is_transient(&self) -> bool {
        self.transient
    }

    pub(in crate::client) fn into_error(self) -> Error {
        Error::new(ErrorKind::Credentials, self.message).with_retry_after(self.retry_after)
    }
}

/// What came of a request for a token at `host`.
pub(super) fn answer(
    host: &str,
    sent: Result<Response<Bytes>, Unsent>,
) -> Result<Fetched, Failure> {
    let error = match sent {
        Ok(response) => return read(&response),
        Err(Unsent::Refused(error)) => return Err(Failure::new(error.words(), false)),
        Err(Unsent::Failed(error)) => error,
    };
    let transient = !matches!(
        error.kind(),
        TransportErrorKind::Runtime | TransportErrorKind::TooLarge
    );
    let why = match error.kind() {
        // No setting of the client's raises this limit.
        TransportErrorKind::TooLarge => "its response is larger than 1 MiB".to_owned(),
        TransportErrorKind::Timeout => {
            let message = format!("the token endpoint at {host} did not respond in time");
            return Err(Failure::new(message, true));
        }
        _ => error.cause(),
    };
    let message = format!("the token endpoint at {host}: {why}");
    Err(Failure::new(message, transient))
}

/// Reads the response (RFC 6749 §5).
fn read(response: &Response<Bytes>) -> Result<Fetched, Failure> {
    let body: Option<Value> = serde_json::from_slice(response.body()).ok();
    let member = |name: &str| body.as_ref().and_then(|body| body.get(name));
    let status = response.status();
    if !status.is_success() {
        let code = member("error").and_then(Value::as_str);
        let code = code.and_then(|code| CODES.into_iter().find(|known| *known == code));
        let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
        let mut message = format!("the token endpoint responded with {status}{code}");
        let location = response.headers().get(LOCATION);
        if let (true, Some(location)) = (status.is_redirection(), location) {
            let target = shown_target(&String::from_utf8_lossy(location.as_bytes()));
            message = format!("{message} to {target}");
        }
        let transient = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
        let mut failure = Failure::new(message, transient);
        failure.retry_after = retry_after(response.headers());
        return Err(failure);
    }
    let unusable =
        |why: &str| Failure::new(format!("the response of the token endpoint: {why}"), false);
    let Some(token) = member("access_token").and_then(Value::as_str) else {
        return Err(unusable("no `access_token`"));
    };
    if token.trim().is_empty() {
        return Err(unusable("an empty `access_token`"));
    }
    let bearer = member("token_type")
        .and_then(Value::as_str)
        .is_none_or(|kind| kind.to_ascii_lowercase().contains("bearer"));
    if !bearer {
        return Err(unusable("the token is not a bearer token"));
    }
    // RFC 6749 has a number; some servers send it as a string.
    let seconds = member("expires_in").and_then(|value| match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_f64(),
    });
    // None at all says nothing: servers send it for tokens that do not expire.
    let seconds = seconds.filter(|seconds: &f64| *seconds > 0.0);
    let lifetime = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let value = secret_value(&format!("Bearer {token}"));
    Ok(Fetched {
        value: value.map_err(|_| unusable("the token cannot be sent in a header"))?,
        lifetime,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &'static str) -> Result<Fetched, Failure> {
        let response = Response::builder()
            .status(status)
            .header("Location", "https://login.example/sso?t0p#t0p")
            .header("Retry-After", "7");
        read(&response.body(Bytes::from_static(body.as_bytes())).unwrap())
    }

    #[test]
    fn reads_tokens() {
        for (body, lifetime) in [
            (
                r#"{"access_token":"2YotnFZ","token_type":"Bearer","expires_in":3600}"#,
                Some(3600),
            ),
            (
                r#"{"access_token":"2YotnFZ","token_type":"bearer","expires_in":"60"}"#,
                Some(60),
            ),
            (r#"{"access_token":"2YotnFZ","expires_in":-1}"#, None),
            (r#"{"access_token":"2YotnFZ","expires_in":0}"#, None),
            (r#"{"access_token":"2YotnFZ","expires_in":"0"}"#, None),
            (r#"{"access_token":"2YotnFZ","expires_in":1e300}"#, None),
            (r#"{"access_token":"2YotnFZ"}"#, None),
        ] {
            let fetched = answer(200, body).ok().unwrap();
            assert_eq!(fetched.value, "Bearer 2YotnFZ");
            assert!(fetched.value.is_sensitive());
            assert_eq!(fetched.lifetime, lifetime.map(Duration::from_secs));
        }
    }

    #[test]
    fn says_why_there_is_none_and_nothing_else() {
        for (status, body, message, transient) in [
            (
                401,
                r#"{"error":"invalid_client","error_description":"wrong secret t0p"}"#,
                "the token endpoint responded with 401 Unauthorized (invalid_client)",
                false,
            ),
            (
                400,
                r#"{"error":"t0p"}"#,
                "the token endpoint responded with 400 Bad Request",
                false,
            ),
            (
                503,
                "t0p",
                "the token endpoint responded with 503 Service Unavailable",
                true,
            ),
            (
                429,
                "",
                "the token endpoint responded with 429 Too Many Requests",
                true,
            ),
            (
                302,
                "",
                "the token endpoint responded with 302 Found to login.example/sso",
                false,
            ),
            (
                200,
                r#"{"token":"t0p"}"#,
                "the response of the token endpoint: no `access_token`",
                false,
            ),
            (
                200,
                r#"{"access_token":" "}"#,
                "the response of the token endpoint: an empty `access_token`",
                false,
            ),
            (
                200,
                "<html>",
                "the response of the token endpoint: no `access_token`",
                false,
            ),
            (
                200,
                r#"{"access_token":"t0p","token_type":"DPoP"}"#,
                "the response of the token endpoint: the token is not a bearer token",
                false,
            ),
            (
                200,
                r#"{"access_token":"t0p\r\nX-Evil: 1"}"#,
                "the response of the token endpoint: the token cannot be sent in a header",
                false,
            ),
        ] {
            let failure = answer(status, body).err().unwrap();
            assert_eq!(
                (failure.message.as_str(), failure.transient),
                (message, transient)
            );
            let after = (status != 200).then_some(Duration::from_secs(7));
            let error = failure.into_error();
            assert_eq!(
                (error.kind(), error.retry_after()),
                (ErrorKind::Credentials, after)
            );
        }
    }
}
