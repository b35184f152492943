//! Requests that go on while nobody waits for them.

use super::OperationFuture;

/// Without a runtime to go on in, it moves only when it is polled.
#[cfg(not(feature = "tokio"))]
pub(super) fn driven<T>(future: OperationFuture<T>) -> OperationFuture<T> {
    future
}

#[cfg(feature = "tokio")]
pub(super) use self::task::driven;

#[cfg(feature = "tokio")]
mod task {
    use std::{
        future::Future,
        pin::Pin,
        task::{Context, Poll},
    };

    use tokio::{runtime::Handle, task::JoinHandle};

    use super::OperationFuture;
    use crate::error::{Error, ErrorKind};

    /// A request that nobody polls would keep its place among the concurrent requests, its turn at a
    /// rate limit or at the token endpoint, and so stop every other request of the client. As a
    /// task it ends, whatever its reader does in the meantime.
    pub(in super::super) fn driven<T: Send + 'static>(
        future: OperationFuture<T>,
    ) -> OperationFuture<T> {
        match Handle::try_current() {
            Ok(runtime) => Box::pin(Task(runtime.spawn(future))),
            Err(_) => future,
        }
    }

    /// Ends with its reader.
    struct Task<T>(JoinHandle<Result<T, Error>>);

    impl<T> Future for Task<T> {
        type Output = Result<T, Error>;

        fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
            Pin::new(&mut self.0).poll(context).map(|ended| {
                ended.unwrap_or_else(|why| {
                    Err(Error::new(ErrorKind::Transport, why.to_string()).with_source(why))
                })
            })
        }
    }

    impl<T> Drop for Task<T> {
        fn drop(&mut self) {
            self.0.abort();
        }
    }
}
