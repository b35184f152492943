//! reqwest as the transport.

use bytes::{Bytes, BytesMut};
use http::{Request, Response};

use super::{SendFuture, Transport, TransportError, TransportErrorKind};

/// A transport over a [`reqwest::Client`].
#[derive(Debug, Clone)]
pub struct ReqwestTransport {
    client: ::reqwest::Client,
    max_body: usize,
}

impl ReqwestTransport {
    /// Wraps a client. It should not follow redirects: this crate follows them within the origin.
    /// Answers may have up to `max_body` bytes.
    pub fn new(client: ::reqwest::Client, max_body: usize) -> Self {
        Self { client, max_body }
    }
}

impl Transport for ReqwestTransport {
    fn send(&self, request: Request<Bytes>) -> SendFuture {
        let client = self.client.clone();
        let max_body = self.max_body;
        Box::pin(async move {
            let request = ::reqwest::Request::try_from(request.map(::reqwest::Body::from))
                .map_err(convert)?;
            let mut answer = client.execute(request).await.map_err(convert)?;
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = answer.status();
            *response.version_mut() = answer.version();
            *response.headers_mut() = std::mem::take(answer.headers_mut());
            let mut body = Collected::default();
            while let Some(chunk) = answer.chunk().await.map_err(convert)? {
                body.push(chunk, max_body)?;
            }
            *response.body_mut() = body.into_bytes();
            Ok(response)
        })
    }
}

/// A body as it arrives; one that comes in one piece is not copied.
#[derive(Default)]
struct Collected {
    first: Bytes,
    rest: BytesMut,
}

impl Collected {
    fn push(&mut self, chunk: Bytes, max: usize) -> Result<(), TransportError> {
        if self.first.len() + self.rest.len() + chunk.len() > max {
            let limit = format!("more than {max} bytes");
            return Err(TransportError::new(TransportErrorKind::TooLarge, limit));
        }
        if self.first.is_empty() && self.rest.is_empty() {
            self.first = chunk;
        } else {
            if self.rest.is_empty() {
                self.rest
                    .extend_from_slice(&std::mem::take(&mut self.first));
            }
            self.rest.extend_from_slice(&chunk);
        }
        Ok(())
    }

    fn into_bytes(self) -> Bytes {
        if self.rest.is_empty() {
            self.first
        } else {
            self.rest.freeze()
        }
    }
}

/// The error without its URL, whose query may hold personal data.
fn convert(error: ::reqwest::Error) -> TransportError {
    // A connection that could not be made in time is one that could not be made.
    let kind = if error.is_connect() || error.is_builder() {
        TransportErrorKind::Connect
    } else if error.is_timeout() {
        TransportErrorKind::Timeout
    } else {
        TransportErrorKind::Other
    };
    TransportError::new(kind, error.without_url())
}
