//! A counting semaphore that needs no runtime.

use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

/// Lets so many through at a time, in the order in which they came.
#[derive(Debug)]
pub(super) struct Gate {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    free: usize,
    next_ticket: u64,
    queue: VecDeque<Queued>,
    /// Tickets whose holders may go through and have not noticed yet.
    called: Vec<u64>,
}

#[derive(Debug)]
struct Queued {
    ticket: u64,
    waker: Waker,
}

impl Gate {
    pub(super) fn new(places: usize) -> Self {
        Self {
            state: Mutex::new(State {
                free: places,
                next_ticket: 0,
                queue: VecDeque::new(),
                called: Vec::new(),
            }),
        }
    }

    /// Waits for a place. Whoever stops waiting loses nothing but the place in the queue.
    pub(super) fn enter(&self) -> Entering<'_> {
        Entering {
            gate: self,
            ticket: None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leave(&self) {
        let mut state = self.lock();
        let next = state.queue.pop_front();
        match next {
            Some(Queued { ticket, waker }) => {
                state.called.push(ticket);
                drop(state);
                waker.wake();
            }
            None => state.free += 1,
        }
    }
}

/// A place behind the gate; free again when dropped.
#[derive(Debug)]
pub(super) struct Place<'a> {
    gate: &'a Gate,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.gate.leave();
    }
}

/// Waits for a place.
#[derive(Debug)]
pub(super) struct Entering<'a> {
    gate: &'a Gate,
    ticket: Option<u64>,
}

impl<'a> Future for Entering<'a> {
    type Output = Place<'a>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Place<'a>> {
        let gate = self.gate;
        let mut state = gate.lock();
        let Some(ticket) = self.ticket else {
            if state.free > 0 {
                state.free -= 1;
                return Poll::Ready(Place { gate });
            }
            let ticket = state.next_ticket;
            state.next_ticket += 1;
            let waker = context.waker().clone();
            state.queue.push_back(Queued { ticket, waker });
            drop(state);
            self.ticket = Some(ticket);
            return Poll::Pending;
        };
        if let Some(at) = state.called.iter().position(|called| *called == ticket) {
            state.called.swap_remove(at);
            drop(state);
            self.ticket = None;
            return Poll::Ready(Place { gate });
        }
        if let Some(queued) = state
            .queue
            .iter_mut()
            .find(|queued| queued.ticket == ticket)
        {
            queued.waker.clone_from(context.waker());
        }
        Poll::Pending
    }
}

impl Drop for Entering<'_> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else {
            return;
        };
        let mut state = self.gate.lock();
        if let Some(at) = state.called.iter().position(|called| *called == ticket) {
            state.called.swap_remove(at);
            drop(state);
            self.gate.leave();
        } else {
            state.queue.retain(|queued| queued.ticket != ticket);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, sync::Arc, task::Wake};

    use super::*;

    struct Flag(std::sync::atomic::AtomicUsize);

    impl Wake for Flag {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    }

    fn poll<'a>(entering: &mut Pin<&mut Entering<'a>>, flag: &Arc<Flag>) -> Option<Place<'a>> {
        let waker = Waker::from(flag.clone());
        match entering.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(place) => Some(place),
            Poll::Pending => None,
        }
    }

    fn flag() -> Arc<Flag> {
        Arc::new(Flag(0.into()))
    }

    #[test]
    fn first_come_first_served() {
        let gate = Gate::new(1);
        let (one, two, three) = (flag(), flag(), flag());
        let first = poll(&mut pin!(gate.enter()), &one).unwrap();
        let mut second = pin!(gate.enter());
        let mut third = pin!(gate.enter());
        assert!(poll(&mut second, &two).is_none());
        assert!(poll(&mut third, &three).is_none());
        drop(first);
        assert_eq!(two.0.load(std::sync::atomic::Ordering::Relaxed), 1);
        assert_eq!(three.0.load(std::sync::atomic::Ordering::Relaxed), 0);
        // A latecomer does not overtake those who wait.
        assert!(poll(&mut pin!(gate.enter()), &one).is_none());
        assert!(poll(&mut third, &three).is_none());
        let place = poll(&mut second, &two).unwrap();
        drop(place);
        assert!(poll(&mut third, &three).is_some());
    }

    #[test]
    fn who_leaves_the_queue_blocks_nobody() {
        let gate = Gate::new(1);
        let flag = flag();
        let first = poll(&mut pin!(gate.enter()), &flag).unwrap();
        {
            let mut waiting = Box::pin(gate.enter());
            let mut called = Box::pin(gate.enter());
            assert!(poll(&mut called.as_mut(), &flag).is_none());
            assert!(poll(&mut waiting.as_mut(), &flag).is_none());
            drop(waiting);
            // Called, and gone before it noticed.
            drop(first);
            drop(called);
        }
        assert!(poll(&mut pin!(gate.enter()), &flag).is_some());
        let state = gate.lock();
        assert_eq!(
            (state.free, state.queue.len(), state.called.len()),
            (1, 0, 0)
        );
    }
}
