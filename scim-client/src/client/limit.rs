//! Rate limits on the client's side.

use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
    time::Duration,
};

use http::Method;

use super::gate::{Gate, Place};
use crate::{
    error::{Error, ErrorKind},
    transport::{Instant, Timer},
};

/// A limit on the number of requests per interval, as service providers publish it.
///
/// No interval of this length has more requests that reach the service provider. Further requests
/// wait, in the order in which they came. All clones of a client share the limit. Each retry and
/// each redirect counts.
///
/// The client cannot know when a request arrives: it is some time between sending and the response.
/// So a request counts from the time when it is sent until one interval after its response came. If
/// responses are slow, somewhat fewer requests are sent than the limit allows.
///
/// ```
/// use std::time::Duration;
/// use scim_client::client::RateLimit;
///
/// // 600 writes per minute, at most 180 of them at once.
/// let limit = RateLimit::new(600, Duration::from_secs(60)).with_burst(180).writes();
/// // 50 requests per second that read groups.
/// let groups = RateLimit::new(50, Duration::from_secs(1)).reads().at_endpoint("/Groups");
/// # let _ = (limit, groups);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    requests: u32,
    interval: Duration,
    burst: Option<u32>,
    writes: Option<bool>,
    endpoint: Option<String>,
}

impl RateLimit {
    /// A limit of `requests` requests in any interval of this length.
    pub fn new(requests: u32, interval: Duration) -> Self {
        Self {
            requests,
            interval,
            burst: None,
            writes: None,
            endpoint: None,
        }
    }

    /// Allows at most `requests` requests at once, and spreads the others over the interval.
    #[must_use]
    pub fn with_burst(mut self, requests: u32) -> Self {
        self.burst = Some(requests);
        self
    }

    /// Applies the limit only to requests that write: all but GET and queries by POST.
    #[must_use]
    pub fn writes(mut self) -> Self {
        self.writes = Some(true);
        self
    }

    /// Applies the limit only to requests that read: GET, and queries by POST.
    #[must_use]
    pub fn reads(mut self) -> Self {
        self.writes = Some(false);
        self
    }

    /// Applies the limit only to requests to this endpoint, such as `/Users`, and to what is below it.
    #[must_use]
    pub fn at_endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }
}

/// A rate limit at work.
#[derive(Debug)]
pub(super) struct Limiter {
    writes: Option<bool>,
    endpoint: Option<String>,
    /// At most `most` requests per `interval`, and at most `room` of them per `window`.
    most: usize,
    interval: Duration,
    room: usize,
    window: Duration,
    /// Only the first in the queue looks at the clock.
    turn: Gate,
    book: Mutex<Book>,
}

/// The requests that may reach the service provider now, or did not long ago.
#[derive(Debug, Default)]
struct Book {
    under_way: usize,
    /// When those of the last interval ended.
    ended: VecDeque<Instant>,
    /// Whoever waits for one to end.
    waiting: Option<Waker>,
}

/// What the next request has to wait for.
#[derive(Debug, PartialEq, Eq)]
enum Wait {
    Nothing,
    Time(Duration),
    AnEnd,
}

impl Limiter {
    pub(super) fn new(limit: RateLimit) -> Result<Self, Error> {
        let RateLimit {
            requests,
            interval,
            burst,
            writes,
            endpoint,
        } = limit;
        let room = burst.unwrap_or(requests).min(requests);
        if room == 0 {
            let error = "a rate limit of no requests lets nothing through";
            return Err(Error::new(ErrorKind::Configuration, error));
        }
        Ok(Self {
            writes,
            endpoint: endpoint.map(|endpoint| endpoint.trim_matches('/').to_owned()),
            most: usize::try_from(requests).unwrap_or(usize::MAX),
            interval,
            room: usize::try_from(room).unwrap_or(usize::MAX),
            window: interval.saturating_mul(room) / requests,
            turn: Gate::new(1),
            book: Mutex::default(),
        })
    }

    /// For how few requests it is. Who waits at several limits waits at the narrow ones first, and
    /// so keeps nobody there from the wide ones.
    pub(super) fn breadth(&self) -> usize {
        usize::from(self.writes.is_none()) + 2 * usize::from(self.endpoint.is_none())
    }

    /// Returns whether it holds for requests like this one. The path is relative to the base URL.
    pub(super) fn concerns(&self, method: &Method, path: &str) -> bool {
        let writes = !method.is_safe() && !path.ends_with("/.search");
        let path = path.trim_start_matches('/');
        self.writes.is_none_or(|wanted| wanted == writes)
            && self.endpoint.as_deref().is_none_or(|endpoint| {
                let rest = path.get(endpoint.len()..);
                let same = path.get(..endpoint.len());
                same.is_some_and(|start| start.eq_ignore_ascii_case(endpoint))
                    && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    }

    /// Waits until one more request fits, and goes on to fit until this one is counted.
    async fn wait(&self, timer: Option<&dyn Timer>) -> Result<(), Error> {
        loop {
            let wait = self.missing(timer.map_or_else(Instant::now, Timer::now));
            if wait == Wait::Nothing {
                return Ok(());
            }
            match (wait, timer.filter(|timer| timer.is_available())) {
                (Wait::Nothing, _) => {}
                (Wait::Time(wait), Some(timer)) => timer.sleep(wait).await,
                (Wait::AnEnd, Some(_)) => self.an_end().await,
                (_, None) => {
                    return Err(Error::new(
                        ErrorKind::Configuration,
                        "a request over the rate limit cannot wait without a timer",
                    ));
                }
            }
        }
    }

    /// Waits until fewer requests are under way.
    async fn an_end(&self) {
        poll_fn(|context| {
            let mut book = self.book();
            if book.under_way < self.room {
                return Poll::Ready(());
            }
            book.waiting = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// What the next request has to wait for.
    fn missing(&self, now: Instant) -> Wait {
        if self.interval.is_zero() {
            return Wait::Nothing;
        }
        let mut book = self.book();
        let gone = |at: &Instant| now.saturating_duration_since(*at);
        while book
            .ended
            .front()
            .is_some_and(|at| gone(at) >= self.interval)
        {
            book.ended.pop_front();
        }
        if book.under_way >= self.room {
            return Wait::AnEnd;
        }
        // What is left of a period after the end of the request so many before this one.
        let left = |requests: usize, period: Duration| {
            let ended = requests.saturating_sub(book.under_way);
            let first = book.ended.len().checked_sub(ended);
            let first = first.and_then(|at| book.ended.get(at));
            first.map_or(Duration::ZERO, |at| period.saturating_sub(gone(at)))
        };
        let wait = left(self.most, self.interval).max(left(self.room, self.window));
        match wait.is_zero() {
            true => Wait::Nothing,
            false => Wait::Time(wait),
        }
    }

    fn begin(&self) {
        self.book().under_way += 1;
    }

    fn end(&self, now: Instant) {
        let mut book = self.book();
        book.under_way = book.under_way.saturating_sub(1);
        if !self.interval.is_zero() {
            book.ended.push_back(now);
        }
        let waiting = book.waiting.take();
        drop(book);
        if let Some(waiting) = waiting {
            waiting.wake();
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn of one request at all limits that concern it: there is room for it, until it is given
/// back.
pub(super) struct Turn<'a> {
    held: Vec<(&'a Limiter, Place<'a>)>,
}

impl<'a> Turn<'a> {
    /// Waits for it, at one limit after the other.
    pub(super) async fn at(
        limiters: impl Iterator<Item = &'a Limiter>,
        timer: Option<&dyn Timer>,
    ) -> Result<Self, Error> {
        let mut held = Vec::new();
        for limiter in limiters {
            let turn = limiter.turn.enter().await;
            limiter.wait(timer).await?;
            // Nobody else can take the room: only who has the turn counts.
            held.push((limiter, turn));
        }
        Ok(Self { held })
    }

    /// Counts the request, which is sent now. `clock` tells the time when it ends.
    pub(super) fn count<C: Fn() -> Instant>(self, clock: C) -> Counted<'a, C> {
        let limiters: Vec<_> = self.held.iter().map(|(limiter, _)| *limiter).collect();
        for limiter in &limiters {
            limiter.begin();
        }
        Counted { limiters, clock }
    }
}

/// A request that was counted, until its response is here or will not come.
pub(super) struct Counted<'a, C: Fn() -> Instant> {
    limiters: Vec<&'a Limiter>,
    clock: C,
}

impl<C: Fn() -> Instant> Drop for Counted<'_, C> {
    fn drop(&mut self) {
        if self.limiters.is_empty() {
            return;
        }
        let now = (self.clock)();
        for limiter in &self.limiters {
            limiter.end(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_more_in_any_window() {
        let minute = Duration::from_secs(60);
        for (limit, most, room, interval, window) in [
            (
                RateLimit::new(5, Duration::from_secs(30)),
                5,
                5,
                30_000,
                30_000,
            ),
            (
                RateLimit::new(600, minute).with_burst(180),
                600,
                180,
                60_000,
                18_000,
            ),
            (
                RateLimit::new(10, minute).with_burst(1),
                10,
                1,
                60_000,
                6000,
            ),
            (
                RateLimit::new(1, Duration::from_secs(1)).with_burst(9),
                1,
                1,
                1000,
                1000,
            ),
        ] {
            let limiter = Limiter::new(limit).unwrap();
            let mut now = Instant::now();
            let mut sent = Vec::new();
            for _ in 0..most * 3 + 1 {
                if let Wait::Time(wait) = limiter.missing(now) {
                    // Not a moment earlier.
                    let early = limiter.missing(now + wait - Duration::from_nanos(1));
                    assert_ne!(early, Wait::Nothing);
                    now += wait;
                    assert_eq!(limiter.missing(now), Wait::Nothing);
                }
                limiter.begin();
                sent.push(now);
                limiter.end(now);
                now += Duration::from_millis(3);
            }
            let (interval, window) = (
                Duration::from_millis(interval),
                Duration::from_millis(window),
            );
            for (count, period) in [(most, interval), (room, window)] {
                for pair in sent.windows(count + 1) {
                    assert!(pair[count] - pair[0] >= period);
                }
            }
            // And not much fewer either.
            assert!(sent[most * 3] - sent[0] <= interval * 3 + Duration::from_secs(3));
            assert!(limiter.book().ended.len() <= most);
        }
        assert!(Limiter::new(RateLimit::new(0, Duration::from_secs(1))).is_err());
    }

    /// A request may arrive at any time between its beginning and its end.
    #[test]
    fn counts_until_an_interval_after_the_answer() {
        let second = Duration::from_secs(1);
        let limiter = Limiter::new(RateLimit::new(2, second)).unwrap();
        let start = Instant::now();
        limiter.begin();
        limiter.begin();
        assert_eq!(limiter.missing(start + 9 * second), Wait::AnEnd);
        limiter.end(start + 9 * second);
        assert_eq!(limiter.missing(start + 9 * second), Wait::Time(second));
        assert_eq!(limiter.missing(start + 10 * second), Wait::Nothing);
        limiter.begin();
        assert_eq!(limiter.missing(start + 20 * second), Wait::AnEnd);
        let none = Limiter::new(RateLimit::new(1, Duration::ZERO)).unwrap();
        none.begin();
        assert_eq!(none.missing(start), Wait::Nothing);
    }

    #[test]
    fn concerns_what_it_was_made_for() {
        let limit = RateLimit::new(1, Duration::ZERO)
            .writes()
            .at_endpoint("/Users/");
        let limiter = Limiter::new(limit).unwrap();
        assert!(limiter.concerns(&Method::POST, "/Users"));
        assert!(limiter.concerns(&Method::PUT, "/users/1"));
        assert!(!limiter.concerns(&Method::POST, "/Users/.search"));
        assert!(!limiter.concerns(&Method::GET, "/Users/1"));
        assert!(!limiter.concerns(&Method::PUT, "/UsersOld/1"));
        assert!(!limiter.concerns(&Method::PUT, "/Groups/1"));
        let reads = Limiter::new(RateLimit::new(1, Duration::ZERO).reads()).unwrap();
        assert!(reads.concerns(&Method::POST, "/Users/.search"));
        assert!(!reads.concerns(&Method::DELETE, "/Users/1"));
    }
}
