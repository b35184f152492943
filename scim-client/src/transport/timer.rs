//! Timers: how the client waits, and how it measures time.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
    time::Duration,
};

/// A point in time of a monotonic clock. It is the standard library's type, except on
/// wasm32-unknown-unknown, where the standard library has no clock and this is the type of the
/// crate `web-time`.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use std::time::Instant;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub use web_time::Instant;

#[cfg(feature = "tokio")]
use super::runtime::{Attempted, attempt, has_time};

/// The future of [`Timer::sleep`].
pub type SleepFuture = Pin<Box<dyn Future<Output = ()> + Send + 'static>>;

/// What [`Timer::wait`] gives.
type WaitFuture = Pin<Box<dyn Future<Output = Over> + Send + 'static>>;

/// Why a wait is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// The time was up.
    TimeUp,
    /// The runtime that it began in has ended, so it was over before its time.
    RuntimeEnded,
}

/// A timer. With the feature `tokio` (which `reqwest` implies) there is [`TokioTimer`]. A transport for
/// another runtime provides its timer with [`Transport::timer`](super::Transport::timer).
///
/// Without a timer there are no time-outs and no retries, and a request that a rate limit would
/// delay fails.
pub trait Timer: Send + Sync + 'static {
    /// Returns a future that ends after this time, and not before.
    fn sleep(&self, duration: Duration) -> SleepFuture;

    /// The time now.
    fn now(&self) -> Instant {
        Instant::now()
    }

    /// Returns whether the timer works in the current context. tokio's timer, for example, works only
    /// within a runtime. The client calls this each time it has to wait.
    fn is_available(&self) -> bool {
        true
    }

    /// Like [`sleep`](Self::sleep), for a timer that knows why the wait is over. Of any other, a wait
    /// that is over had its time: clocks differ a little, so one that looks early says nothing.
    #[doc(hidden)]
    fn wait(&self, duration: Duration) -> WaitFuture {
        let sleep = self.sleep(duration);
        Box::pin(async move {
            sleep.await;
            Over::TimeUp
        })
    }
}

/// The timer of tokio. Outside a tokio runtime it is not available, and the client then works without a
/// timer.
///
/// It is not available either in a runtime that was built without `enable_time` (or `enable_all`).
#[cfg(feature = "tokio")]
#[derive(Debug, Clone, Copy, Default)]
pub struct TokioTimer;

#[cfg(feature = "tokio")]
impl Timer for TokioTimer {
    fn sleep(&self, duration: Duration) -> SleepFuture {
        let wait = self.wait(duration);
        // Where the runtime has ended, so has the wait.
        Box::pin(async move {
            wait.await;
        })
    }

    fn wait(&self, duration: Duration) -> WaitFuture {
        match attempt(|| tokio::time::sleep(duration)) {
            Ok(sleep) => Box::pin(async move {
                match Attempted(std::pin::pin!(sleep)).await {
                    Ok(()) => Over::TimeUp,
                    Err(_) => Over::RuntimeEnded,
                }
            }),
            Err(_) => Box::pin(std::future::pending()),
        }
    }

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    fn is_available(&self) -> bool {
        has_time()
    }
}

/// Does the work, and drops it when the wait is over. The timer starts when the work first has to
/// wait: what is ready at once costs nothing. The work is pinned by the caller: taken by value it
/// would be held twice in the future, and copied.
pub(crate) async fn within<F: Future>(
    timer: Option<&dyn Timer>,
    limit: Option<Duration>,
    work: Pin<&mut F>,
) -> Result<F::Output, Over> {
    within_runtime(timer, limit, |_| false, work).await
}

/// The same; where the work `is_lost` and the runtime has ended in which it began, it is the end that counts:
/// the runtime's connections are lost with it. Work whose time is up at the same moment has its own result.
pub(crate) async fn within_runtime<F: Future>(
    timer: Option<&dyn Timer>,
    limit: Option<Duration>,
    is_lost: impl Fn(&F::Output) -> bool,
    mut work: Pin<&mut F>,
) -> Result<F::Output, Over> {
    let mut wait: Option<Option<WaitFuture>> = None;
    poll_fn(move |context| {
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            if is_lost(&done)
                && let Some(Some(wait)) = &mut wait
                && wait.as_mut().poll(context) == Poll::Ready(Over::RuntimeEnded)
            {
                return Poll::Ready(Err(Over::RuntimeEnded));
            }
            return Poll::Ready(Ok(done));
        }
        let (Some(timer), Some(limit)) = (timer, limit) else {
            return Poll::Pending;
        };
        let wait = wait.get_or_insert_with(|| timer.is_available().then(|| timer.wait(limit)));
        match wait {
            Some(wait) => wait.as_mut().poll(context).map(Err),
            None => Poll::Pending,
        }
    })
    .await
}

/// Like [`within`], until a point in time. No timer is set while something in the work has one that is
/// up before: two for each request would be a waste.
pub(crate) async fn until<F: Future>(
    timer: Option<&dyn Timer>,
    deadline: Option<Instant>,
    is_limited: impl Fn() -> bool,
    mut work: Pin<&mut F>,
) -> Result<F::Output, Over> {
    let mut wait = None;
    poll_fn(move |context| {
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Poll::Ready(Ok(done));
        }
        let (Some(timer), Some(deadline)) = (timer, deadline) else {
            return Poll::Pending;
        };
        if wait.is_none() && is_limited() {
            return Poll::Pending;
        }
        let wait = wait.get_or_insert_with(|| {
            let left = deadline.saturating_duration_since(timer.now());
            timer.is_available().then(|| timer.wait(left))
        });
        match wait {
            Some(wait) => wait.as_mut().poll(context).map(Err),
            None => Poll::Pending,
        }
    })
    .await
}

/// Gives the executor a turn.
pub(crate) async fn give_way() {
    let mut begun = false;
    poll_fn(|context| {
        if std::mem::replace(&mut begun, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
