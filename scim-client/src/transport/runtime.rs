//! What tokio panics about, as errors.

use std::{
    any::Any,
    cell::Cell,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    task::{Context, Poll},
};

use tokio::runtime::{Handle, Id};

use super::{TransportError, TransportErrorKind};

/// The runtime cannot do what was asked of it, in tokio's words.
#[derive(Debug)]
pub(super) struct Unfit(String);

impl std::fmt::Display for Unfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unfit {}

/// Does what needs a runtime. tokio cannot be asked beforehand whether a runtime has I/O and time;
/// it panics where it has not. Any other panic goes on.
pub(super) fn attempt<T>(what: impl FnOnce() -> T) -> Result<T, Unfit> {
    catch_unwind(AssertUnwindSafe(what)).or_else(|why| match words(&*why) {
        Some(words) => Err(Unfit(words)),
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

impl From<Unfit> for TransportError {
    fn from(unfit: Unfit) -> Self {
        Self::new(TransportErrorKind::Runtime, unfit)
    }
}

/// Whether there is a runtime here.
#[cfg(any(feature = "hyper", feature = "reqwest"))]
pub(super) fn is_here() -> Result<(), TransportError> {
    let why = |_| {
        TransportError::new(
            TransportErrorKind::Runtime,
            "there is no tokio runtime here",
        )
    };
    Handle::try_current().map(drop).map_err(why)
}

/// A future that may need more of a runtime than there is.
pub(super) struct Attempted<'f, F>(pub(super) Pin<&'f mut F>);

impl<F: Future> Future for Attempted<'_, F> {
    type Output = Result<F::Output, Unfit>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match attempt(|| self.0.as_mut().poll(context)) {
            Ok(polled) => polled.map(Ok),
            Err(unfit) => Poll::Ready(Err(unfit)),
        }
    }
}

/// Returns whether there is a runtime here, with time. Found out once for each runtime.
pub(super) fn has_time() -> bool {
    thread_local! {
        static KNOWN: Cell<Option<(Id, bool)>> = const { Cell::new(None) };
    }
    let Ok(runtime) = Handle::try_current() else {
        return false;
    };
    let id = runtime.id();
    match KNOWN.get() {
        Some((known, has_time)) if known == id => has_time,
        _ => {
            let has_time = attempt(|| drop(tokio::time::sleep(std::time::Duration::ZERO))).is_ok();
            KNOWN.set(Some((id, has_time)));
            has_time
        }
    }
}
