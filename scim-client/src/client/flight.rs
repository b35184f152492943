//! Work that proceeds even if the future that began it is not polled.
//!
//! A future moves only while it is polled. One that holds what others wait for (a place among the
//! concurrent requests, a turn at a rate limit, the one request for a token) must proceed even while its
//! caller is busy elsewhere. Otherwise it stops all others.
//!
//! Within a tokio runtime such work is a task. Elsewhere it is a job of the client's [`Crew`]: a future
//! that waits for one job of a crew polls all jobs that are ready.

mod crew;
mod wakers;

use std::{
    any::Any,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
};

pub(super) use self::crew::Crew;
use self::{
    crew::{Phase, Watch},
    wakers::{Number, Wakers},
};

type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Work under way, shared by all who wait for it. It is given up with the last of them.
pub(super) struct Flight<T: Send + 'static>(Arc<Handle<T>>);

/// A flight that goes on only if somebody else wants it.
pub(super) struct WeakFlight<T: Send + 'static>(Weak<Handle<T>>);

/// How a flight ended.
pub(super) enum Landed<T> {
    With(T),
    /// Somebody else has what came of it.
    Taken,
    /// The runtime that it was a task of has ended.
    Lost,
}

/// Gives the work up when it is dropped.
struct Handle<T: Send + 'static> {
    job: Arc<Job<T>>,
    #[cfg(feature = "tokio")]
    task: Option<(tokio::task::AbortHandle, tokio::runtime::Id)>,
}

struct Job<T> {
    work: Mutex<Option<Work<T>>>,
    given_up: AtomicBool,
    end: Mutex<Ending<T>>,
    crew: Crew,
    phase: Phase,
}

struct Ending<T> {
    end: Option<End<T>>,
    waiting: Wakers,
}

enum End<T> {
    Done(T),
    Taken,
    Lost,
    Panicked(Box<dyn Any + Send>),
}

impl Crew {
    /// Begins work: as a task of the runtime that this is called in, if it is one of tokio's.
    pub(super) fn launch<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Flight<T> {
        #[cfg(feature = "tracing")]
        let work = tracing::Instrument::in_current_span(work);
        let job = Arc::new(Job {
            work: Mutex::new(Some(Box::pin(work))),
            given_up: AtomicBool::new(false),
            end: Mutex::new(Ending {
                end: None,
                waiting: Wakers::default(),
            }),
            crew: self.clone(),
            phase: Phase::default(),
        });
        #[cfg(feature = "tokio")]
        if self.has_tasks()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let task = runtime.spawn(Driver(job.clone()));
            return Flight(Arc::new(Handle {
                job,
                task: Some((task.abort_handle(), runtime.id())),
            }));
        }
        job.clone().queue();
        Flight(Arc::new(Handle {
            job,
            #[cfg(feature = "tokio")]
            task: None,
        }))
    }
}

impl<T: Send + 'static> Flight<T> {
    /// Waits until it has ended.
    pub(super) async fn wait(&self) {
        let job = &self.0.job;
        let watch = (!self.0.is_task()).then(|| Watch::of(&job.crew));
        let waiting = Waiting::of(job);
        poll_fn(|context| {
            if waiting.is_over(context.waker()) {
                return Poll::Ready(());
            }
            let Some(watch) = &watch else {
                return Poll::Pending;
            };
            watch.set(context.waker());
            job.crew.run();
            match waiting.is_over(context.waker()) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        })
        .await;
    }

    pub(super) fn has_ended(&self) -> bool {
        self.0.job.ending().end.is_some()
    }

    /// What came of it, once it has ended; for one only. A panic goes on here.
    pub(super) fn take(&self) -> Landed<T> {
        let mut ending = self.0.job.ending();
        match ending.end.take() {
            Some(End::Done(output)) => {
                ending.end = Some(End::Taken);
                Landed::With(output)
            }
            Some(End::Taken) => {
                ending.end = Some(End::Taken);
                Landed::Taken
            }
            Some(End::Panicked(why)) => {
                ending.end = Some(End::Lost);
                drop(ending);
                resume_unwind(why)
            }
            Some(End::Lost) => {
                ending.end = Some(End::Lost);
                Landed::Lost
            }
            None => Landed::Lost,
        }
    }

    /// What came of it, once it has ended; for all who ask.
    pub(super) fn get(&self) -> Landed<T>
    where
        T: Clone,
    {
        if let Some(End::Done(output)) = &self.0.job.ending().end {
            return Landed::With(output.clone());
        }
        self.take()
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Returns whether it is the task of another runtime than this code runs in. Nobody knows
    /// whether that one still runs its tasks.
    pub(super) fn is_elsewhere(&self) -> bool {
        #[cfg(feature = "tokio")]
        if let Some((_, runtime)) = &self.0.task {
            let here = tokio::runtime::Handle::try_current().map(|here| here.id());
            return here.ok().as_ref() != Some(runtime);
        }
        false
    }

    pub(super) fn downgrade(&self) -> WeakFlight<T> {
        WeakFlight(Arc::downgrade(&self.0))
    }
}

impl<T: Send + 'static> Clone for Flight<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Send + 'static> WeakFlight<T> {
    pub(super) fn upgrade(&self) -> Option<Flight<T>> {
        self.0.upgrade().map(Flight)
    }
}

impl<T: Send + 'static> Default for WeakFlight<T> {
    fn default() -> Self {
        Self(Weak::new())
    }
}

impl<T: Send + 'static> Handle<T> {
    fn is_task(&self) -> bool {
        #[cfg(feature = "tokio")]
        return self.task.is_some();
        #[cfg(not(feature = "tokio"))]
        false
    }
}

impl<T: Send + 'static> Drop for Handle<T> {
    fn drop(&mut self) {
        // Here and now: a runtime that runs no tasks at the moment would keep what the work holds.
        self.job.give_up();
        #[cfg(feature = "tokio")]
        if let Some((task, _)) = &self.task {
            task.abort();
        }
    }
}

impl<T: Send + 'static> Job<T> {
    /// Polls the work; true if there is nothing more to do.
    fn poll(&self, context: &mut Context<'_>) -> bool {
        let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        let polled = match &mut *work {
            None => return true,
            Some(work) => catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))),
        };
        let end = match polled {
            Ok(Poll::Pending) => {
                drop(work);
                // Whoever gave it up meanwhile could not get at it.
                if self.given_up.load(Ordering::SeqCst) {
                    self.give_up();
                    return true;
                }
                return false;
            }
            Ok(Poll::Ready(output)) => End::Done(output),
            Err(why) => End::Panicked(why),
        };
        let done = work.take();
        drop(work);
        // What it holds is free before anybody learns that it has ended.
        drop(done);
        self.end(end);
        true
    }

    fn end(&self, end: End<T>) {
        let mut ending = self.ending();
        ending.end.get_or_insert(end);
        let waiting = std::mem::take(&mut ending.waiting);
        drop(ending);
        waiting.wake();
    }

    /// Drops the work, unless it is being polled: then its poller does.
    fn give_up(&self) {
        self.given_up.store(true, Ordering::SeqCst);
        let mut work = match self.work.try_lock() {
            Ok(work) => work,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        let dropped = work.take();
        drop(work);
        drop(dropped);
        self.end(End::Lost);
    }
}

impl<T> Job<T> {
    fn ending(&self) -> MutexGuard<'_, Ending<T>> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among those who wait for the end of a job; free again when dropped.
struct Waiting<'a, T> {
    job: &'a Job<T>,
    number: Number,
}

impl<'a, T: Send + 'static> Waiting<'a, T> {
    fn of(job: &'a Job<T>) -> Self {
        let number = job.ending().waiting.number();
        Self { job, number }
    }

    /// Returns whether the job has ended; if not, this waker learns of it.
    fn is_over(&self, waker: &Waker) -> bool {
        let mut ending = self.job.ending();
        if ending.end.is_some() {
            return true;
        }
        let before = ending.waiting.set(self.number, waker);
        drop(ending);
        drop(before);
        false
    }
}

impl<T> Drop for Waiting<'_, T> {
    fn drop(&mut self) {
        let mut ending = self.job.ending();
        let own = ending.waiting.remove(self.number);
        drop(ending);
        drop(own);
    }
}

/// The task that polls a job.
#[cfg(feature = "tokio")]
struct Driver<T: Send + 'static>(Arc<Job<T>>);

#[cfg(feature = "tokio")]
impl<T: Send + 'static> Future for Driver<T> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match self.0.poll(context) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }
}

#[cfg(feature = "tokio")]
impl<T: Send + 'static> Drop for Driver<T> {
    fn drop(&mut self) {
        // Where the runtime ends first, those who wait learn of it.
        self.0.give_up();
    }
}

#[cfg(test)]
mod tests;
