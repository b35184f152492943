//! Transports: how the client sends HTTP requests.

use std::{fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response};

mod body;
mod cause;
mod collected;
#[cfg(feature = "hyper")]
mod hyper;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod local;
mod loopback;
#[cfg(any(feature = "hyper", feature = "reqwest"))]
pub(crate) mod proxy;
#[cfg(any(feature = "hyper", feature = "reqwest"))]
mod refused;
#[cfg(feature = "reqwest")]
mod reqwest;
#[cfg(feature = "tokio")]
mod runtime;
mod service;
mod timer;
#[cfg(feature = "rustls")]
#[cfg_attr(
    not(any(feature = "hyper", feature = "reqwest")),
    expect(dead_code, reason = "without a transport nobody asks for TLS")
)]
mod tls;

#[cfg(feature = "hyper")]
pub use self::hyper::{HyperTransport, HyperTransportBuilder};
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub use self::local::{LocalTimer, LocalTransport};
#[cfg(feature = "reqwest")]
pub use self::reqwest::ReqwestTransport;
#[cfg(feature = "tokio")]
pub use self::timer::TokioTimer;
#[cfg(all(feature = "rustls", any(feature = "hyper", feature = "reqwest")))]
pub(crate) use self::tls::Roots;
#[cfg(feature = "rustls")]
pub use self::tls::Tls;
#[cfg(all(feature = "reqwest", feature = "rustls"))]
pub(crate) use self::tls::reqwest_has_a_provider;
pub use self::{
    body::RequestBody,
    service::ServiceTransport,
    timer::{Instant, SleepFuture, Timer},
};
pub(crate) use self::{
    loopback::is_loopback,
    timer::{Over, give_way, until, within, within_runtime},
};

/// The future of [`Transport::send`].
pub type SendFuture =
    Pin<Box<dyn Future<Output = Result<Response<Bytes>, TransportError>> + Send + 'static>>;

/// Sends an HTTP request and returns the response with its whole body.
///
/// It must not follow redirects to another origin, and must not log headers or bodies.
pub trait Transport: Send + Sync + 'static {
    /// Sends one request, whose URL is absolute.
    ///
    /// When a time-out ends the wait, the future is dropped. The exchange should then end too.
    fn send(&self, request: Request<Bytes>) -> SendFuture;

    /// The timer of the runtime that this transport needs. With `None`, the client uses tokio's
    /// timer if the feature `tokio` is on.
    fn timer(&self) -> Option<Arc<dyn Timer>> {
        None
    }
}

/// An extension of a request: the size in bytes of the largest response body to read. The client
/// sets it for requests that expect less than its general limit. The transports of this crate apply
/// it; a transport of your own may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxBody(pub usize);

/// How much is read of the bodies of responses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimits {
    /// Of a response with success; a larger one is an error.
    pub(crate) success: usize,
    /// Of any other; the rest is left.
    pub(crate) error: usize,
}

/// The largest body of a response that is read, unless set otherwise: 64 MiB.
pub(crate) const MAX_BODY: usize = 64 * 1024 * 1024;

/// The largest body of a response with an error status that is read, unless set otherwise: 256 KiB.
pub(crate) const MAX_ERROR_BODY: usize = 256 * 1024;

/// How long connecting may take, unless set otherwise.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long an unused connection is kept. Servers close theirs after 5 seconds (Node.js) or more; a
/// request that meets the end of its connection may be lost, and a POST may not be repeated.
#[cfg(any(feature = "hyper", feature = "reqwest"))]
pub(crate) const IDLE: Duration = Duration::from_secs(4);

/// An extension of a response: its body was longer, and is only the beginning.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CutOff;

impl BodyLimits {
    /// The limits for one request.
    fn of<B>(self, request: &Request<B>) -> Self {
        let own = request.extensions().get::<MaxBody>();
        Self {
            success: own.map_or(self.success, |own| own.0.min(self.success)),
            error: self.error,
        }
    }

    /// The limit for a response with this status, and whether a longer body is cut.
    fn at(self, status: http::StatusCode) -> (usize, bool) {
        match status.is_success() {
            true => (self.success, false),
            false => (self.error, true),
        }
    }
}

/// Why a request has no response.
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    /// The proxy that the request went through, if that is known, in words.
    proxy: Option<Box<str>>,
    /// Whether the wait was over because the runtime that it began in has ended.
    of_ended_runtime: bool,
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// How far a request came before it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// There was no connection: the server has not seen the request.
    Connect,
    /// There was no response in time.
    Timeout,
    /// The response is larger than allowed.
    TooLarge,
    /// The future is not polled within a suitable runtime: there is none, or its I/O or its timer
    /// is not enabled. Nothing was sent.
    Runtime,
    /// The server said that it has not processed the request and will not do so, because it closes the
    /// connection or is too busy (RFC 9113 §8.7). A request of any method may be sent again.
    Unprocessed,
    /// Anything else: the server may have processed the request.
    Other,
}

impl TransportError {
    /// Makes an error of this kind.
    pub fn new(
        kind: TransportErrorKind,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            kind,
            proxy: None,
            of_ended_runtime: false,
            source: source.into(),
        }
    }

    /// The wait for a response was over before its time: so is the runtime that it began in.
    pub(crate) fn of_ended_runtime() -> Self {
        let why = "the runtime that it began in has ended";
        let error = Self::new(TransportErrorKind::Timeout, why);
        Self {
            of_ended_runtime: true,
            ..error
        }
    }

    pub(crate) fn is_of_ended_runtime(&self) -> bool {
        self.of_ended_runtime
    }

    /// Adds to the error through which proxy the request went: a text with host and port.
    #[cfg(any(feature = "hyper", feature = "reqwest"))]
    fn through(mut self, proxy: &str) -> Self {
        self.proxy = Some(proxy.into());
        self
    }

    /// The cause in words, from the innermost source of the error: for example "connection
    /// refused", or what is wrong with the server's certificate.
    pub fn cause(&self) -> String {
        let words = cause::words(&*self.source);
        // What is to be done about these is not at the bottom of their sources.
        if let TransportErrorKind::TooLarge | TransportErrorKind::Runtime = self.kind {
            return format!("{self} ({words})");
        }
        match &self.proxy {
            Some(proxy) => format!("through {proxy}: {words}"),
            None => words,
        }
    }

    /// How far the request came.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            TransportErrorKind::Connect => "the server cannot be reached",
            TransportErrorKind::Timeout => "the server did not respond in time",
            TransportErrorKind::TooLarge => {
                "the response is larger than allowed (`ClientBuilder::max_response_size`)"
            }
            TransportErrorKind::Runtime => {
                "requests need a tokio runtime with I/O and time (`enable_all`); without one, use \
                 `blocking`"
            }
            TransportErrorKind::Unprocessed => "the server did not process the request",
            TransportErrorKind::Other => "the connection failed",
        })
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}
