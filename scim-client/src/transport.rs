//! The seam between the client and the network.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use bytes::Bytes;
use http::{Request, Response};

mod cause;
#[cfg(feature = "reqwest")]
pub(crate) mod proxy;
#[cfg(feature = "reqwest")]
mod reqwest;
mod service;
mod timer;

#[cfg(feature = "reqwest")]
pub use self::reqwest::ReqwestTransport;
#[cfg(feature = "tokio")]
pub use self::timer::TokioTimer;
pub(crate) use self::timer::within;
pub use self::{
    service::ServiceTransport,
    timer::{SleepFuture, Timer},
};

/// What [`Transport::send`] gives.
pub type SendFuture =
    Pin<Box<dyn Future<Output = Result<Response<Bytes>, TransportError>> + Send + 'static>>;

/// Sends an HTTP request and gives the answer with its whole body.
///
/// It must not follow redirects to another origin, and must not log headers or bodies.
pub trait Transport: Send + Sync + 'static {
    /// Sends one request, whose URL is absolute.
    ///
    /// The future is dropped where a time-out ends the wait; the exchange should then end too.
    fn send(&self, request: Request<Bytes>) -> SendFuture;

    /// The timer of the runtime that this transport needs. `None` leaves the choice to the
    /// client: tokio's, with the feature `tokio`.
    fn timer(&self) -> Option<Arc<dyn Timer>> {
        None
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    /// The proxy that the request went through, if that is known.
    proxy: Option<Box<str>>,
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// How far a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// There was no connection: the server has not seen the request.
    Connect,
    /// There was no answer in time.
    Timeout,
    /// The answer is larger than allowed.
    TooLarge,
    /// Anything else: the server may have processed the request.
    Other,
}

impl TransportError {
    /// An error of this kind.
    pub fn new(
        kind: TransportErrorKind,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            kind,
            proxy: None,
            source: source.into(),
        }
    }

    /// Says through which proxy the request went: host and port.
    #[cfg(feature = "reqwest")]
    fn through(mut self, proxy: &str) -> Self {
        self.proxy = Some(proxy.into());
        self
    }

    /// Why, in words: what lies at the bottom of the error's sources, such as "connection refused"
    /// or what is wrong with the server's certificate.
    pub fn cause(&self) -> String {
        let words = cause::words(&*self.source);
        match &self.proxy {
            Some(proxy) => format!("through the environment's proxy {proxy}: {words}"),
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
            TransportErrorKind::Timeout => "the server did not answer in time",
            TransportErrorKind::TooLarge => "the answer is larger than allowed",
            TransportErrorKind::Other => "the connection failed",
        })
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}
