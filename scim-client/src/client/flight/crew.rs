//! Jobs that are polled by every future that waits for one of them.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    task::{Context, Wake, Waker},
};

use super::{
    Job,
    wakers::{Number, Wakers},
};

/// The jobs of a client that are not tasks of a runtime, and who waits for them.
#[derive(Clone, Default)]
pub(in crate::client) struct Crew {
    shared: Arc<Shared>,
    /// Whether the work is not given to a runtime, even where there is one.
    #[cfg(feature = "tokio")]
    without_tasks: bool,
}

#[derive(Default)]
struct Shared {
    ready: Mutex<VecDeque<Weak<dyn Step>>>,
    watching: Mutex<Wakers>,
    /// Whether somebody polls jobs. A second one would at best be as fast; and a job that itself
    /// waits for one, and so comes here again, must not nest.
    running: AtomicBool,
}

/// A job of whatever type.
trait Step: Send + Sync {
    fn step(self: Arc<Self>);
}

impl Crew {
    /// One whose work goes on only while somebody waits for it, even within a runtime.
    pub(in crate::client) fn without_tasks() -> Self {
        Self {
            shared: Arc::default(),
            #[cfg(feature = "tokio")]
            without_tasks: true,
        }
    }

    #[cfg(feature = "tokio")]
    pub(super) fn has_tasks(&self) -> bool {
        !self.without_tasks
    }

    /// Polls the jobs that are ready, each once.
    pub(super) fn run(&self) {
        let shared = &self.shared;
        if shared.running.swap(true, Ordering::SeqCst) {
            return;
        }
        let steps = lock(&shared.ready).len();
        for _ in 0..steps {
            let Some(job) = lock(&shared.ready).pop_front() else {
                break;
            };
            if let Some(job) = job.upgrade() {
                job.step();
            }
        }
        shared.running.store(false, Ordering::SeqCst);
        // Those who were woken for what is left found somebody here, and went.
        if !lock(&shared.ready).is_empty() {
            self.wake();
        }
    }

    fn push(&self, job: Weak<dyn Step>) {
        lock(&self.shared.ready).push_back(job);
        self.wake();
    }

    /// Wakes all who wait: any of them may be the only one who is polled.
    fn wake(&self) {
        let wakers = lock(&self.shared.watching).all();
        for waker in wakers {
            waker.wake();
        }
    }
}

/// A place among those who wait; free again when dropped.
pub(super) struct Watch<'a> {
    crew: &'a Crew,
    number: Number,
}

impl<'a> Watch<'a> {
    pub(super) fn of(crew: &'a Crew) -> Self {
        let number = lock(&crew.shared.watching).number();
        Self { crew, number }
    }

    pub(super) fn set(&self, waker: &Waker) {
        let mut watching = lock(&self.crew.shared.watching);
        let before = watching.set(self.number, waker);
        drop(watching);
        drop(before);
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let mut watching = lock(&self.crew.shared.watching);
        let own = watching.remove(self.number);
        drop(watching);
        drop(own);
        // It may have been woken for a job that it has not polled.
        if !lock(&self.crew.shared.ready).is_empty() {
            self.crew.wake();
        }
    }
}

const IDLE: u8 = 0;
const QUEUED: u8 = 1;
const POLLED: u8 = 2;
/// Woken while it was polled.
const AGAIN: u8 = 3;

/// Where a job is.
#[derive(Default)]
pub(super) struct Phase(AtomicU8);

impl Phase {
    fn change(&self, from: u8, to: u8) -> bool {
        let done = self
            .0
            .compare_exchange(from, to, Ordering::SeqCst, Ordering::SeqCst);
        done.is_ok()
    }
}

impl<T: Send + 'static> Job<T> {
    /// Has the crew poll it, if it is not about to.
    pub(super) fn queue(self: Arc<Self>) {
        let phase = &self.phase;
        loop {
            if phase.change(IDLE, QUEUED) {
                let this: Arc<dyn Step> = self.clone();
                return self.crew.push(Arc::downgrade(&this));
            }
            let queued = phase.change(POLLED, AGAIN);
            if queued || [QUEUED, AGAIN].contains(&phase.0.load(Ordering::SeqCst)) {
                return;
            }
        }
    }
}

impl<T: Send + 'static> Step for Job<T> {
    fn step(self: Arc<Self>) {
        self.phase.0.store(POLLED, Ordering::SeqCst);
        let waker = Waker::from(self.clone());
        if self.poll(&mut Context::from_waker(&waker)) {
            // It stays as it is: nothing polls it again.
            return;
        }
        if !self.phase.change(POLLED, IDLE) {
            self.phase.0.store(IDLE, Ordering::SeqCst);
            self.queue();
        }
    }
}

impl<T: Send + 'static> Wake for Job<T> {
    fn wake(self: Arc<Self>) {
        self.queue();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
