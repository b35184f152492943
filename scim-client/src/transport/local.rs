//! Transports and timers of a place with one thread, where nothing of the platform is `Send`.

use std::{future::Future, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use send_wrapper::SendWrapper;

use super::{SendFuture, SleepFuture, Timer, Transport, TransportError};

/// A transport made of an asynchronous function whose future need not be `Send`, such as one that
/// awaits a browser's `fetch`. Only on wasm32-unknown-unknown.
///
/// ```text
/// let transport = LocalTransport::new(|request| async move {
///     let answer = my_fetch(request).await.map_err(|e| TransportError::new(TransportErrorKind::Connect, e))?;
///     Ok(answer) // http::Response<Bytes>
/// });
/// let scim = Client::builder(url)
///     .transport(transport.with_timer(LocalTimer::new(|duration| my_sleep(duration))))
///     .build()?;
/// ```
///
/// `examples/browser` of the repository is a whole program, which runs under Node.js. It does what
/// [`Transport::send`] says.
///
/// # Panics
/// With threads (the target feature `atomics`), a client that was made on one must not be used on
/// another: sending a request there panics.
pub struct LocalTransport<F> {
    send: SendWrapper<F>,
    timer: Option<Arc<dyn Timer>>,
}

impl<F, S> LocalTransport<F>
where
    F: Fn(Request<Bytes>) -> S + 'static,
    S: Future<Output = Result<Response<Bytes>, TransportError>> + 'static,
{
    /// Makes a transport that sends requests with this function.
    pub fn new(send: F) -> Self {
        Self {
            send: SendWrapper::new(send),
            timer: None,
        }
    }

    /// Sets the timer. Without one there are no time-outs and no retries, and a request that a rate
    /// limit would delay fails.
    #[must_use]
    pub fn with_timer(mut self, timer: impl Timer) -> Self {
        self.timer = Some(Arc::new(timer));
        self
    }
}

impl<F, S> Transport for LocalTransport<F>
where
    F: Fn(Request<Bytes>) -> S + 'static,
    S: Future<Output = Result<Response<Bytes>, TransportError>> + 'static,
{
    fn send(&self, request: Request<Bytes>) -> SendFuture {
        Box::pin(SendWrapper::new((self.send)(request)))
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        self.timer.clone()
    }
}

impl<F> std::fmt::Debug for LocalTransport<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalTransport").finish_non_exhaustive()
    }
}

/// A timer made of an asynchronous function whose future need not be `Send`, such as one that awaits
/// `setTimeout`. Only on wasm32-unknown-unknown.
///
/// # Panics
/// The same as for [`LocalTransport`].
pub struct LocalTimer<F>(SendWrapper<F>);

impl<F, S> LocalTimer<F>
where
    F: Fn(Duration) -> S + 'static,
    S: Future<Output = ()> + 'static,
{
    /// Makes a timer that waits with this function, whose future must not end before the time is up.
    pub fn new(sleep: F) -> Self {
        Self(SendWrapper::new(sleep))
    }
}

impl<F, S> Timer for LocalTimer<F>
where
    F: Fn(Duration) -> S + 'static,
    S: Future<Output = ()> + 'static,
{
    fn sleep(&self, duration: Duration) -> SleepFuture {
        Box::pin(SendWrapper::new((self.0)(duration)))
    }
}

impl<F> std::fmt::Debug for LocalTimer<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalTimer").finish_non_exhaustive()
    }
}
