//! Any `tower` service as a transport: middleware, or a server's router in the same process.

use std::{fmt, future::poll_fn, pin::pin, sync::Mutex};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::BodyExt as _;
use tower_service::Service;

use super::{
    BodyLimits, MAX_ERROR_BODY, RequestBody, SendFuture, Transport, TransportError,
    TransportErrorKind, collected::Collected, give_way,
};

/// A `tower` service that takes `http` requests. The service is cloned for each request.
///
/// An error of the service is taken to mean that the request may have been processed, unless it is
/// a [`TransportError`] that says otherwise.
pub struct ServiceTransport<S> {
    /// In a lock only so that `S` need not be `Sync`.
    service: Mutex<S>,
    limits: BodyLimits,
}

/// Without the service, which may hold a secret.
impl<S> fmt::Debug for ServiceTransport<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceTransport")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl<S> ServiceTransport<S> {
    /// Wraps a service. Answers may have up to `max_body` bytes.
    pub fn new(service: S, max_body: usize) -> Self {
        Self {
            service: Mutex::new(service),
            limits: BodyLimits {
                success: max_body,
                error: MAX_ERROR_BODY.min(max_body),
            },
        }
    }

    /// Reads so many bytes of an answer with an error status, and leaves the rest; 256 KiB unless
    /// set.
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
            let (parts, body) = response.into_parts();
            let (max_body, is_cut) = limits.at(parts.status);
            let body = read(body, max_body, is_cut).await?;
            Ok(Response::from_parts(parts, body))
        })
    }
}

/// After how many frames in a row that were there at once the executor has a turn.
const AT_ONCE: u32 = 64;

/// A body of at most so many bytes; the rest is left where it is cut, and an error otherwise.
///
/// A body in this process may always be ready and never end, also with frames of no bytes at all.
async fn read<B>(body: B, most: usize, is_cut: bool) -> Result<Bytes, TransportError>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut body = pin!(body);
    let mut read = Collected::expecting(body.size_hint().exact());
    let mut frames = 0_u32;
    loop {
        frames = frames.wrapping_add(1);
        if frames.is_multiple_of(AT_ONCE) {
            give_way().await;
        }
        let Some(frame) = body.frame().await else {
            break;
        };
        let frame = match frame {
            Ok(frame) => frame,
            // The status says what happened; of the words there are those that came.
            Err(_) if is_cut => break,
            Err(error) => return Err(TransportError::new(TransportErrorKind::Other, error)),
        };
        let Ok(mut data) = frame.into_data() else {
            continue;
        };
        let room = most - read.len();
        let is_last = is_cut && data.len() >= room;
        if is_last {
            data.truncate(room);
        }
        if !data.is_empty() {
            read.push(data, most)?;
        }
        if is_last {
            break;
        }
    }
    Ok(read.into_bytes())
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
