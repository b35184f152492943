//! What tokio panics about where its runtime lacks something, as errors.

use std::{
    any::Any,
    future::Future,
    io,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::runtime::Handle;

/// Waits, without a thread of its own where there is a tokio runtime with time.
pub(super) async fn sleep(time: Duration) {
    let waited = match attempt(|| tokio::time::sleep(time)) {
        Ok(sleep) => Attempted(Box::pin(sleep)).await,
        Err(why) => Err(why),
    };
    if waited.is_err() {
        std::thread::sleep(time);
    }
}

/// Does what needs a runtime with I/O.
///
/// # Errors
/// There is none.
pub(super) async fn attempted<F: Future>(what: F) -> io::Result<F::Output> {
    let needs = |why: &str| io::Error::other(format!("it needs a tokio runtime: {why}"));
    if Handle::try_current().is_err() {
        return Err(needs("there is none"));
    }
    let done = Attempted(Box::pin(what)).await;
    done.map_err(|words| needs(&words))
}

/// tokio cannot be asked beforehand whether a runtime has I/O and time; it panics where it has not.
/// Any other panic goes on.
fn attempt<T>(what: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(what)).or_else(|why| match words(&*why) {
        Some(words) => Err(words),
        None => resume_unwind(why),
    })
}

/// What tokio says of a runtime, if that is what it panicked about.
fn words(why: &(dyn Any + Send)) -> Option<String> {
    let text = why
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| why.downcast_ref::<&str>().copied())?;
    let is_tokios = text.contains("there is no reactor running")
        || text.contains("A Tokio 1.x context was found, but")
        || text.contains("The Tokio context thread-local variable has been destroyed");
    is_tokios.then(|| text.to_owned())
}

/// A future that may need more of a runtime than there is.
struct Attempted<F>(Pin<Box<F>>);

impl<F: Future> Future for Attempted<F> {
    type Output = Result<F::Output, String>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match attempt(|| self.0.as_mut().poll(context)) {
            Ok(polled) => polled.map(Ok),
            Err(words) => Poll::Ready(Err(words)),
        }
    }
}
