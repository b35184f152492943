//! How a scenario ends.

use scim_client::{Error, ErrorKind, http::StatusCode, message::ScimType};

/// Why a scenario ended before its end.
#[derive(Debug, Clone)]
pub(crate) enum Stop {
    /// The server does not offer this, and said so.
    Unsupported(String),
    /// Something is not as it should be.
    Failed(String),
}

/// What a step of a scenario gives.
pub(crate) type Step<T = ()> = Result<T, Stop>;

impl From<Error> for Stop {
    /// 501 is how a service provider says that it does not do this (RFC 7644 §3.12), 405 that it
    /// does not do it here, and `invalidFilter` that it does not compare this attribute so: the
    /// client sends no filter that is none. What the server says that it has not, the client does
    /// not even send.
    fn from(error: Error) -> Self {
        let is_filter = error.scim_type().map(ScimType::as_str) == Some(ScimType::INVALID_FILTER);
        if is_absent(&error) || is_denied(&error) || is_filter {
            return Self::Unsupported(error.to_string());
        }
        let mut said = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            said.push_str(&format!(", because {cause}"));
            source = cause.source();
        }
        Self::Failed(said)
    }
}

fn is_absent(error: &Error) -> bool {
    matches!(
        error.status(),
        Some(StatusCode::NOT_IMPLEMENTED | StatusCode::METHOD_NOT_ALLOWED)
    )
}

/// Whether the client refused the request, because of what the server says of itself.
fn is_denied(error: &Error) -> bool {
    error.kind() == ErrorKind::InvalidRequest && error.to_string().contains("the service provider")
}

/// The verdict on one scenario against one server.
#[derive(Debug, Clone)]
pub(crate) enum Verdict {
    Pass,
    /// What the server does not offer, and how the client said so.
    Unsupported(String),
    /// A fault of the server that is known: why, and what the client said.
    Fault {
        reason: &'static str,
        said: String,
    },
    /// A fault that was known and did not happen.
    Mended(&'static str),
    Fail(String),
}

impl Verdict {
    /// Whether somebody has to look at it.
    pub(crate) fn is_bad(&self) -> bool {
        matches!(self, Self::Fail(_) | Self::Mended(_))
    }

    pub(crate) fn mark(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Unsupported(_) => "-",
            Self::Fault { .. } => "fault",
            Self::Mended(_) => "MENDED",
            Self::Fail(_) => "FAIL",
        }
    }
}

/// Ends the scenario unless a condition holds.
macro_rules! ensure {
    ($condition:expr, $($words:tt)+) => {
        if !$condition {
            return Err($crate::outcome::Stop::Failed(format!($($words)+)));
        }
    };
}
pub(crate) use ensure;

/// Ends the scenario unless two values are the same.
pub(crate) fn same<A: PartialEq<B> + std::fmt::Debug, B: std::fmt::Debug>(
    what: &str,
    found: A,
    wanted: B,
) -> Step {
    ensure!(
        found == wanted,
        "{what}: expected {wanted:?}, found {found:?}"
    );
    Ok(())
}

/// The error of an operation that must not succeed. That it is not there at all is no answer.
pub(crate) fn refused<T>(what: &str, result: Result<T, Error>) -> Step<Error> {
    match result {
        Ok(_) => Err(Stop::Failed(format!("{what} was accepted"))),
        Err(error) if is_absent(&error) || is_denied(&error) => Err(error.into()),
        Err(error) => Ok(error),
    }
}

/// What is optional in the protocol: an endpoint that is not there is unsupported, not wrong.
pub(crate) fn optional<T>(result: Result<T, Error>) -> Step<T> {
    result.map_err(|error| match error.status() {
        Some(StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::FORBIDDEN) => {
            Stop::Unsupported(error.to_string())
        }
        _ => error.into(),
    })
}
