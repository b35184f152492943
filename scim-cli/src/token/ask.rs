//! Requests to a token endpoint, and their answers (RFC 6749 §5).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Method, Request};
use scim_client::transport::Transport;

use super::{Token, now};
use crate::failure::{Code, Failure};
use crate::secret::Secret;
use crate::value::Value;
use crate::wire::{Mask, percent};

/// What an endpoint says.
pub(super) enum Asked {
    Given(Value),
    /// An error, its code (RFC 6749 §5.2) apart.
    Refused {
        code: String,
        /// Whether it may go away by itself: the server is busy or out of order.
        passes: bool,
        failure: Failure,
    },
}

/// What to do where the fault is the server's and may go away.
pub(super) const BUSY: &str = "the fault is the token endpoint's: try again later";

/// How endpoints are asked.
#[derive(Clone, Copy)]
pub(super) struct Line<'l> {
    pub(super) transport: &'l dyn Transport,
    pub(super) mask: &'l Mask,
    /// How long is waited for an answer.
    pub(super) timeout: Duration,
}

/// Adds to a form what a token is wanted for.
pub(super) fn scoped(
    form: &mut Vec<(&'static str, String)>,
    scopes: &[String],
    audience: Option<&str>,
) {
    if !scopes.is_empty() {
        form.push(("scope", scopes.join(" ")));
    }
    if let Some(audience) = audience {
        form.push(("audience", audience.to_owned()));
    }
}

fn no_token(url: &str, why: &str) -> Failure {
    Failure::new(Code::Auth, format!("no token from {url}: {why}"))
}

/// Sends a form, with a client's id and secret where it has one.
pub(super) async fn post(
    url: &str,
    form: &[(&'static str, String)],
    basic: Option<(&str, &Secret)>,
    line: Line<'_>,
) -> Result<Asked, Failure> {
    let form: Vec<String> = form
        .iter()
        .map(|(name, value)| format!("{name}={}", percent(value)))
        .collect();
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json");
    if let Some((id, secret)) = basic {
        // RFC 6749 §2.3.1: both are form-encoded first.
        let pair = format!("{}:{}", percent(id), percent(secret.reveal()));
        request = request.header("authorization", format!("Basic {}", STANDARD.encode(pair)));
    }
    let request = request.body(Bytes::from(form.join("&")));
    let request = request.map_err(|error| no_token(url, &error.to_string()))?;
    let sent = tokio::time::timeout(line.timeout, line.transport.send(request));
    let sent = sent.await.map_err(|_| {
        let why = format!(
            "no token from {url}: no response in {} s",
            line.timeout.as_secs()
        );
        Failure::new(Code::Network, why).hint("--timeout 300 waits longer")
    })?;
    let answer = sent.map_err(|error| {
        let why = format!("no token from {url}: {}", error.cause());
        Failure::new(Code::Network, why)
            .hint("is the URL right? `scim context show` prints the context")
    })?;
    let body = String::from_utf8_lossy(answer.body()).into_owned();
    let value = Value::parse(&body).unwrap_or_default();
    if answer.status().is_success() {
        return Ok(Asked::Given(value));
    }
    let code = value.str("error").unwrap_or_default().to_owned();
    let words = value.str("error_description").unwrap_or_default();
    let status = answer.status().as_u16();
    let text = format!("{status} {code} {words}");
    let is_busy = matches!(code.as_str(), "temporarily_unavailable" | "server_error");
    Ok(Asked::Refused {
        code,
        passes: is_busy || matches!(status, 408 | 429 | 500..=599),
        failure: no_token(url, &line.mask.text(text.trim())),
    })
}

/// The token in an answer.
pub(super) fn token(url: &str, value: &Value, mask: &Mask) -> Result<Token, Failure> {
    let text = |name: &str| value.str(name).filter(|text| !text.is_empty());
    let Some(token) = text("access_token") else {
        return Err(no_token(url, "its response has no `access_token`"));
    };
    let lifetime = value.get("expires_in").and_then(Value::as_u64);
    let lifetime = lifetime.filter(|life| *life > 0);
    let token = Token {
        secret: Secret::new(token),
        refresh: text("refresh_token").map(Secret::new),
        expires: lifetime.map(|life| now().saturating_add(life)),
        is_kept: false,
    };
    mask.add(&token.secret);
    if let Some(refresh) = &token.refresh {
        mask.add(refresh);
    }
    Ok(token)
}
