//! Authentication of requests.

use std::{future::Future, pin::Pin};

use http::{header::AUTHORIZATION, request::Parts};

use crate::refusal::{Refusal, Result};

/// Finds out who asks.
pub(crate) type Authenticate<C> =
    dyn Fn(&Parts) -> Pin<Box<dyn Future<Output = Result<C>> + Send>> + Send + Sync;

/// The bearer token of a request (RFC 6750 §2.1).
///
/// # Errors
/// The request has no bearer token: 401 with `WWW-Authenticate`.
pub fn bearer_token(parts: &Parts) -> Result<&str> {
    let given = parts
        .headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.trim().split_at_checked(7));
    match given {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer ") => Ok(token.trim()),
        _ => Err(Refusal::unauthorized(false)),
    }
}

/// Returns whether two secrets are equal. The time that this takes depends only on their lengths.
#[must_use]
pub fn is_same_secret(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let difference = one
        .iter()
        .zip(other)
        .fold(0, |difference, (one, other)| difference | (one ^ other));
    std::hint::black_box(difference) == 0 && one.len() == other.len()
}
