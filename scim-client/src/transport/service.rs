//! Any `tower` service as a transport: middleware, or a server's router in the same process.

use std::{fmt, future::poll_fn, sync::Mutex};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::{
    BodyLimits, MAX_ERROR_BODY, RequestBody, SendFuture, Transport, TransportError,
    TransportErrorKind, collected,
};

/// A `tower` service that takes `http` requests. The service is cloned for each request.
///
/// If the service returns an error, the request counts as possibly processed, unless the error is a
/// [`TransportError`] that says otherwise.
pub struct ServiceTransport<S> {
    /// In a lock only so that `S` need not be `Sync`.
    service: Mutex<S>,
    limits: BodyLimits,
}

/// Does not show the service, because it may hold a secret.
impl<S> fmt::Debug for ServiceTransport<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceTransport")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl<S> ServiceTransport<S> {
    /// Wraps a service. Responses may have up to `max_body` bytes.
    pub fn new(service: S, max_body: usize) -> Self {
        Self {
            service: Mutex::new(service),
            limits: BodyLimits {
                success: max_body,
                error: MAX_ERROR_BODY.min(max_body),
            },
        }
    }

    /// Sets how many bytes are read of a response with an error status. The default is 256 KiB. The
    /// rest is not read.
    #[must_use]
    pub fn with_max_error_body(mut self, bytes: usize) -> Self {
        self.limits.error = bytes;
        self
    }
}

impl<S, B> Transport for ServiceTransport<S>
where
    S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    S::Future: Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn send(&self, request: Request<Bytes>) -> SendFuture {
        let mut service = match self.service.lock() {
            Ok(service) => service.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        };
        let limits = self.limits.of(&request);
        Box::pin(async move {
            poll_fn(|context| service.poll_ready(context))
                .await
                .map_err(connect)?;
            let response = service
                .call(request.map(RequestBody::from))
                .await
                .map_err(other)?;
            let (mut parts, body) = response.into_parts();
            let (max_body, is_cut) = limits.at(parts.status);
            let body = collected::read(body, max_body, is_cut, &mut parts.extensions).await?;
            Ok(Response::from_parts(parts, body))
        })
    }
}

fn connect(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> TransportError {
    TransportError::new(TransportErrorKind::Connect, error)
}

fn other(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> TransportError {
    match error.into().downcast::<TransportError>() {
        Ok(known) => *known,
        Err(error) => TransportError::new(TransportErrorKind::Other, error),
    }
}
