//! Hooks between the retries and the transport.

use std::{borrow::Cow, time::Duration};

use bytes::Bytes;
use http::Request;

use super::secrets::Secrets;
use crate::{
    shown::{self, Headers},
    transport::{Instant, Timer, TransportError},
};

/// A hook sees every request before it goes to the transport, and every response after it came.
/// This includes retries, redirects and requests for access tokens. Hooks are for logs, recordings,
/// replays and signatures.
///
/// Several hooks see a request in the order in which they were added, and its response in the
/// reverse order. What [`sign_requests`](crate::client::ClientBuilder::sign_requests) does comes
/// before all of them.
///
/// A hook sees credentials and personal data. Headers with credentials are marked
/// [sensitive](http::HeaderValue::is_sensitive); [`Exchange::redact`] takes secrets out of a text.
///
/// ```
/// use scim_client::{
///     Client,
///     bytes::Bytes,
///     client::{Exchange, Hook},
///     http::{Request, Response},
///     transport::TransportError,
/// };
///
/// /// One line for each request: `#1 GET /scim/v2/Users/2819c223 200 12 ms`.
/// struct Lines;
///
/// impl Hook for Lines {
///     fn response(
///         &self,
///         exchange: &Exchange<'_>,
///         request: &Request<Bytes>,
///         response: &mut Result<http::Response<Bytes>, TransportError>,
///     ) {
///         let status = match response {
///             Ok(response) => response.status().to_string(),
///             Err(error) => error.cause(),
///         };
///         eprintln!(
///             "#{} {} {} {status} {} ms",
///             exchange.number(),
///             request.method(),
///             request.uri().path(),
///             exchange.elapsed().as_millis(),
///         );
///     }
/// }
///
/// # fn example() -> Result<(), scim_client::Error> {
/// let scim = Client::builder("https://auth.example/scim/v2").hook(Lines).build()?;
/// # Ok(())
/// # }
/// ```
pub trait Hook: Send + Sync + 'static {
    /// Called before a request goes to the transport. The hook may change its headers and body. It
    /// must not change the origin: that is refused.
    ///
    /// # Errors
    /// An error ends the operation with
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest). The request is not sent,
    /// and not tried again.
    fn request(
        &self,
        exchange: &Exchange<'_>,
        request: &mut Request<Bytes>,
    ) -> Result<Action, Box<dyn std::error::Error + Send + Sync>> {
        let _ = (exchange, request);
        Ok(Action::Send)
    }

    /// Called with the response to a request, or with the error if none came. The response may come
    /// from the transport, or from a hook that was added later. `request` is the request as it was
    /// sent. The hook may change the response.
    fn response(
        &self,
        exchange: &Exchange<'_>,
        request: &Request<Bytes>,
        response: &mut Result<http::Response<Bytes>, TransportError>,
    ) {
        let _ = (exchange, request, response);
    }
}

/// What to do with a request that a [`Hook`] has seen.
#[non_exhaustive]
pub enum Action {
    /// Send the request.
    Send,
    /// Do not send the request, and take this as its response. Hooks that were added later do not see
    /// it.
    Respond(http::Response<Bytes>),
}

/// Does not show the response's body, nor headers that may hold a secret.
impl std::fmt::Debug for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Send => f.write_str("Send"),
            Self::Respond(response) => f
                .debug_struct("Respond")
                .field("status", &response.status())
                .field("headers", &Headers(response.headers()))
                .field("body", &shown::Bytes(response.body().len()))
                .finish(),
        }
    }
}

/// Whose secrets a text may have.
pub(super) trait Secretive {
    fn secrets(&self) -> Secrets;
}

/// One request and its response, as a [`Hook`] sees it.
pub struct Exchange<'a> {
    pub(super) number: u64,
    pub(super) attempt: u32,
    pub(super) redirects: usize,
    pub(super) is_token_request: bool,
    pub(super) subject: &'a (dyn Secretive + Sync),
    pub(super) timer: Option<&'a dyn Timer>,
    pub(super) started: Option<Instant>,
}

impl Exchange<'_> {
    /// The number of this exchange, counted from 1 over the whole client. It tells which response
    /// belongs to which request.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Which try of the operation's request this is, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// How many redirects were followed in this try before this request.
    pub fn redirects(&self) -> usize {
        self.redirects
    }

    /// Returns whether the request asks an authorization server for an access token.
    pub fn is_token_request(&self) -> bool {
        self.is_token_request
    }

    /// The time since the request was handed to the transport; zero before that.
    pub fn elapsed(&self) -> Duration {
        let now = || self.timer.map_or_else(Instant::now, Timer::now);
        let gone = |started| now().saturating_duration_since(started);
        self.started.map(gone).unwrap_or_default()
    }

    /// Returns the text without the client's credentials, and without those values of the request
    /// that are never returned, such as passwords. [`Error`](crate::Error) says in which forms they are
    /// found, and which are not.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.subject.secrets().redact(text) {
            Some(clean) => clean.into(),
            None => text.into(),
        }
    }
}

impl std::fmt::Debug for Exchange<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exchange")
            .field("number", &self.number)
            .field("attempt", &self.attempt)
            .field("redirects", &self.redirects)
            .field("is_token_request", &self.is_token_request)
            .finish_non_exhaustive()
    }
}
