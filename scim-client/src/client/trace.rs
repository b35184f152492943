//! A `tracing` span for each request, and in it an event: at DEBUG where it was done, at WARN where
//! it failed. Each try that is followed by another one is an event at INFO.
//!
//! Nothing personal is in it: the resource type, the endpoint without the identifier after it, no
//! query, no header, no body, and of an error its kind without the server's words.

use std::{future::Future, pin::Pin, time::Duration};

use bytes::Bytes;
use http::{Response, StatusCode};
use tracing::{Instrument as _, Span, field::Empty};

use super::{call::Call, progress::Progress, wire::Wire};
use crate::error::{Error, ErrorKind};

/// Does the work within a span, and notes there what came of it.
pub(super) async fn traced(
    wire: &Wire,
    call: &Call,
    progress: &Progress,
    work: Pin<&mut impl Future<Output = Result<Response<Bytes>, Error>>>,
) -> Result<Response<Bytes>, Error> {
    let span = tracing::info_span!(
        "scim.request",
        method = call.method().as_str(),
        endpoint = endpoint(call),
        resource_type = call.resource_type(),
        status = Empty,
        error = Empty,
        tries = Empty,
        duration_ms = Empty,
    );
    if call.is_unconditional() {
        span.in_scope(unconditional);
    }
    if span.is_disabled() {
        return work.await;
    }
    let started = wire.now();
    let done = work.instrument(span.clone()).await;
    let duration = wire.now().saturating_duration_since(started);
    span.record("tries", progress.tries());
    span.record(
        "duration_ms",
        u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
    );
    let _entered = span.enter();
    match &done {
        Ok(response) => {
            let status = response.status();
            record_status(&span, status);
            // A response of another kind becomes an error when it is read.
            if status.is_success() || status == StatusCode::NOT_MODIFIED {
                tracing::debug!(status = status.as_u16(), "done");
            } else {
                let kind = tracing::field::debug(ErrorKind::Status);
                tracing::warn!(status = status.as_u16(), error = kind, "failed");
            }
        }
        Err(error) => {
            let kind = tracing::field::debug(error.kind());
            span.record("error", &kind);
            let status = error.status();
            if let Some(status) = status {
                record_status(&span, status);
            }
            let status = status.map(|status| status.as_u16());
            tracing::warn!(status, error = kind, "failed");
        }
    }
    done
}

/// Says that a write is not bound to the version that it should be bound to.
pub(super) fn unconditional() {
    tracing::warn!("no If-Match: the version is not known, or no entity-tag");
}

/// Says that a resource has another identifier than the one that it was read by. Neither is shown.
pub(super) fn another_id(call: &Call) {
    tracing::warn!(
        endpoint = endpoint(call),
        resource_type = call.resource_type(),
        "the returned resource has another id than the requested one"
    );
}

/// Says that the request will be sent again.
pub(super) fn again(tries: u32, wait: Duration, tried: Result<&Response<Bytes>, &Error>) {
    let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    match tried {
        Ok(response) => {
            let status = response.status().as_u16();
            tracing::info!(attempt = tries, status, wait_ms, "trying again");
        }
        Err(error) => {
            let kind = tracing::field::debug(error.kind());
            tracing::info!(attempt = tries, error = kind, wait_ms, "trying again");
        }
    }
}

fn record_status(span: &Span, status: StatusCode) {
    span.record("status", status.as_u16());
}

/// The first segment below the base URL: what follows identifies a resource.
fn endpoint(call: &Call) -> &str {
    let path = call.path();
    let rest = path.strip_prefix('/').unwrap_or(path);
    let end = rest
        .find('/')
        .map_or(path.len(), |at| at + path.len() - rest.len());
    path.get(..end).unwrap_or_default()
}
