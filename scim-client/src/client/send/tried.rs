//! What a try came to, and what that means for the next one.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Response, StatusCode};

use crate::{
    client::{call::Call, oauth::Failure},
    error::{Error, retry_after},
};

/// What a try means for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// There is none.
    Final,
    /// The request was not processed.
    NotProcessed,
    /// The request may have been processed.
    Unknown,
    /// The same, and there is no time for another one.
    Over,
}

pub(super) struct Failed {
    pub(super) error: Error,
    pub(super) verdict: Verdict,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        let verdict = Verdict::Final;
        Self { error, verdict }
    }
}

pub(super) type Tried = Result<Response<Bytes>, Failed>;

/// What a try means for the next one.
pub(super) fn verdict(tried: &Tried) -> Verdict {
    let response = match tried {
        Ok(response) => response,
        Err(failed) => return failed.verdict,
    };
    match response.status() {
        StatusCode::TOO_MANY_REQUESTS => Verdict::NotProcessed,
        // Gateways send 503 of their own when they lose the server behind them, with Retry-After
        // too: RFC 9110 §15.6.4 does not say that nothing was done.
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => {
            Verdict::Unknown
        }
        _ => Verdict::Final,
    }
}

/// How long the other side asks to wait.
pub(super) fn retry_after_of(tried: &Tried) -> Option<Duration> {
    match tried {
        Ok(response) => retry_after(response.headers()),
        Err(failed) => failed.error.retry_after(),
    }
}

pub(super) fn no_token(call: &Call, failure: Failure) -> Failed {
    let verdict = match failure.is_transient() {
        true => Verdict::NotProcessed,
        false => Verdict::Final,
    };
    let error = call.blame(failure.into_error());
    Failed { error, verdict }
}

/// What the tries came to. `lost`: one of them may have been processed unseen.
pub(super) fn finish(call: &Call, tried: Tried, lost: bool) -> Result<Response<Bytes>, Error> {
    let response = match tried {
        Ok(response) => response,
        Err(failed) => return Err(failed.error.with_outcome_unknown(lost)),
    };
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let gone = [StatusCode::NOT_FOUND, StatusCode::GONE].contains(&status);
    let response = call.without_secrets(response);
    if lost {
        let (parts, body) = response.into_parts();
        let error = call.refused(parts.status, parts.headers, &body);
        let gone = status == StatusCode::GONE || gone && error.speaks_scim();
        if gone && *call.method() == Method::DELETE {
            // The try whose answer was lost has deleted it.
            let mut done = Response::new(Bytes::new());
            *done.status_mut() = StatusCode::NO_CONTENT;
            return Ok(done);
        }
        return Err(error.with_outcome_unknown(true));
    }
    Ok(response)
}
