//! What all operations have in common.

use std::{future::Future, pin::Pin};

use bytes::Bytes;
use http::{Request, Response};

use super::answer::Answer;
use crate::error::Error;

/// The future of an operation.
pub type OperationFuture<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'static>>;

/// An operation that was described and not yet sent.
///
/// `.await` sends it. Without a transport, [`request`](Self::request) and
/// [`decode`](Self::decode) are the two halves of it.
pub trait Operation: Sized + Send + 'static {
    /// What one exchange gives.
    type Output: Send + 'static;

    /// The HTTP request, with credentials.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest): an identifier, an
    /// endpoint, a header or a value cannot be sent.
    fn request(&self) -> Result<Request<Bytes>, Error>;

    /// Reads the answer to that request.
    ///
    /// # Errors
    /// An error status, or a body that is not what was asked for.
    fn decode(&self, response: Response<Bytes>) -> Result<Answer<Self::Output>, Error>;
}

/// Query parameters and headers of one's own, for every operation with a `call`.
macro_rules! call_options {
    () => {
        /// Adds a query parameter that SCIM does not define (RFC 7644 §3.4.2).
        pub fn parameter(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
            self.call.parameter(name.as_ref(), value.as_ref());
            self
        }

        /// Sets a header of this request.
        pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
            self.call.header(name.as_ref(), value.as_ref());
            self
        }
    };
}
pub(super) use call_options;
