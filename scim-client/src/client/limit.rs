//! Holding back requests, so that the service provider need not.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use http::Method;

use super::gate::Gate;
use crate::{
    error::{Error, ErrorKind},
    transport::Timer,
};

/// So many requests per interval, as service providers publish it.
///
/// In no interval of this length are more requests sent; what is too much waits, in the order in
/// which it came. The limit is shared by all clones of a client, and each try and each redirect
/// counts.
///
/// ```
/// use std::time::Duration;
/// use scim_client::client::RateLimit;
///
/// // 600 writes per minute, at most 180 of them at once.
/// let limit = RateLimit::new(600, Duration::from_secs(60)).with_burst(180).writes();
/// # let _ = limit;
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
    /// At most so many requests in any interval of this length.
    pub fn new(requests: u32, interval: Duration) -> Self {
        Self {
            requests,
            interval,
            burst: None,
            writes: None,
            endpoint: None,
        }
    }

    /// At most so many of them at once; the others spread over the interval.
    #[must_use]
    pub fn with_burst(mut self, requests: u32) -> Self {
        self.burst = Some(requests);
        self
    }

    /// Only for requests that write: all but GET and queries by POST.
    #[must_use]
    pub fn writes(mut self) -> Self {
        self.writes = Some(true);
        self
    }

    /// Only for requests that read: GET, and queries by POST.
    #[must_use]
    pub fn reads(mut self) -> Self {
        self.writes = Some(false);
        self
    }

    /// Only for requests to this endpoint and what is below it, such as `/Users`.
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
    /// When the requests of the last `interval` were sent.
    sent: Mutex<VecDeque<Instant>>,
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
            sent: Mutex::default(),
        })
    }

    /// Whether it holds for requests like this one. The path is relative to the base URL.
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

    /// Waits until one more request fits, and counts it.
    pub(super) async fn admit(&self, timer: Option<&dyn Timer>) -> Result<(), Error> {
        let _turn = self.turn.enter().await;
        loop {
            let wait = self.count(timer.map_or_else(Instant::now, Timer::now));
            match (wait, timer) {
                (None, _) => return Ok(()),
                (Some(wait), Some(timer)) => timer.sleep(wait).await,
                (Some(_), None) => {
                    return Err(Error::new(
                        ErrorKind::Configuration,
                        "a request over the rate limit cannot wait without a timer",
                    ));
                }
            }
        }
    }

    /// Counts a request, or says how long it must wait.
    fn count(&self, now: Instant) -> Option<Duration> {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let gone = |at: &Instant| now.saturating_duration_since(*at);
        while sent.front().is_some_and(|at| gone(at) >= self.interval) {
            sent.pop_front();
        }
        // What is left of a period that began with the request so many before this one.
        let left = |requests: usize, period: Duration| {
            let first = sent.len().checked_sub(requests).and_then(|at| sent.get(at));
            first.map_or(Duration::ZERO, |at| period.saturating_sub(gone(at)))
        };
        let wait = left(self.most, self.interval).max(left(self.room, self.window));
        if !wait.is_zero() {
            return Some(wait);
        }
        sent.push_back(now);
        None
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
                if let Some(wait) = limiter.count(now) {
                    // Not a moment earlier.
                    assert!(
                        limiter
                            .count(now + wait - Duration::from_nanos(1))
                            .is_some()
                    );
                    now += wait;
                    assert_eq!(limiter.count(now), None);
                }
                sent.push(now);
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
            assert_eq!(limiter.sent.lock().unwrap().len(), most);
        }
        assert!(Limiter::new(RateLimit::new(0, Duration::from_secs(1))).is_err());
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
