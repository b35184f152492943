//! Time, as the client needs it: to wait, and to give up waiting.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

/// A point in time that only goes on: the standard library's, and that of the crate `web-time` on
/// wasm32-unknown-unknown, where the standard library has none.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use std::time::Instant;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub use web_time::Instant;

#[cfg(feature = "tokio")]
use super::runtime::{Attempted, attempt, has_time};

/// What [`Timer::sleep`] gives.
pub type SleepFuture = Pin<Box<dyn Future<Output = ()> + Send + 'static>>;

/// A source of time. With the feature `tokio` (which `reqwest` implies) there is
/// [`TokioTimer`]; a transport for another runtime brings its own with
/// [`Transport::timer`](super::Transport::timer).
///
/// Without a timer there are no time-outs, no waits before a retry, hence no retries, and a rate
/// limit refuses what it should delay.
pub trait Timer: Send + Sync + 'static {
    /// Ends after this time, not before.
    fn sleep(&self, duration: Duration) -> SleepFuture;

    /// The time now.
    fn now(&self) -> Instant {
        Instant::now()
    }

    /// Whether it works here: tokio's works only within a runtime. Asked when something has to wait.
    fn is_available(&self) -> bool {
        true
    }
}

/// tokio's timer. Outside a tokio runtime it is not available, and the client does without.
///
/// Nor is it in a runtime that was built by hand without `enable_time` (or `enable_all`).
#[cfg(feature = "tokio")]
#[derive(Debug, Clone, Copy, Default)]
pub struct TokioTimer;

#[cfg(feature = "tokio")]
impl Timer for TokioTimer {
    fn sleep(&self, duration: Duration) -> SleepFuture {
        match attempt(|| tokio::time::sleep(duration)) {
            Ok(sleep) => {
                // Where the runtime has ended, so has the wait.
                Box::pin(async move { drop(Attempted(pin!(sleep)).await) })
            }
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

/// The time was up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimedOut;

/// Does the work, and drops it when the time is up. The timer starts when the work first has to
/// wait: what is ready at once costs nothing. The work is pinned by the caller: taken by value it
/// would be held twice in the future, and copied.
pub(crate) async fn within<F: Future>(
    timer: Option<&dyn Timer>,
    limit: Option<Duration>,
    work: Pin<&mut F>,
) -> Result<F::Output, TimedOut> {
    within_or_failed(timer, limit, |_| false, work).await
}

/// The same; where the work has failed and the time is up, it is the time that counts. Both come together
/// where the runtime has ended in which they began: its connections are lost, and its waits are over.
pub(crate) async fn within_or_failed<F: Future>(
    timer: Option<&dyn Timer>,
    limit: Option<Duration>,
    has_failed: impl Fn(&F::Output) -> bool,
    mut work: Pin<&mut F>,
) -> Result<F::Output, TimedOut> {
    let mut sleep: Option<Option<SleepFuture>> = None;
    poll_fn(move |context| {
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            if has_failed(&done)
                && let Some(Some(sleep)) = &mut sleep
                && sleep.as_mut().poll(context).is_ready()
            {
                return Poll::Ready(Err(TimedOut));
            }
            return Poll::Ready(Ok(done));
        }
        let (Some(timer), Some(limit)) = (timer, limit) else {
            return Poll::Pending;
        };
        let sleep = sleep.get_or_insert_with(|| timer.is_available().then(|| timer.sleep(limit)));
        match sleep {
            Some(sleep) => sleep.as_mut().poll(context).map(|()| Err(TimedOut)),
            None => Poll::Pending,
        }
    })
    .await
}

/// As [`within`], until a point in time. No timer is set while something in the work has one that is up
/// before: two for each request would be a waste.
pub(crate) async fn until<F: Future>(
    timer: Option<&dyn Timer>,
    deadline: Option<Instant>,
    is_limited: impl Fn() -> bool,
    mut work: Pin<&mut F>,
) -> Result<F::Output, TimedOut> {
    let mut sleep = None;
    poll_fn(move |context| {
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Poll::Ready(Ok(done));
        }
        let (Some(timer), Some(deadline)) = (timer, deadline) else {
            return Poll::Pending;
        };
        if sleep.is_none() && is_limited() {
            return Poll::Pending;
        }
        let sleep = sleep.get_or_insert_with(|| {
            let left = deadline.saturating_duration_since(timer.now());
            timer.is_available().then(|| timer.sleep(left))
        });
        match sleep {
            Some(sleep) => sleep.as_mut().poll(context).map(|()| Err(TimedOut)),
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
