//! When a request is sent again, and after what wait.

use std::{
    hash::{BuildHasher as _, RandomState},
    time::Duration,
};

/// When a request is sent again, and after what wait.
///
/// A request is sent again in these cases:
/// - There was no connection, the status is 429, or an HTTP/2 server said that it has not processed
///   the request (RFC 9113 §8.7). Every request is repeated then.
/// - The status is 502, 503 or 504, the connection was lost, or there was no response in time. The
///   request may have been processed then. So only requests are repeated that may be processed
///   twice without harm: GET, queries by POST, PUT, DELETE, and PATCH with `If-Match`. A POST that
///   creates, a bulk request, or a PATCH without a version is not repeated, and its error says that
///   [the outcome is unknown](crate::Error::is_outcome_unknown). This applies to a 503 with
///   `Retry-After` too. RFC 9110 §15.6.4 does not say that such a request was not processed, and
///   gateways send it in place of a response that they lost.
///
/// The wait before a try is random, between zero and a bound that doubles with each try. If the
/// service provider says how long to wait (`Retry-After`), the wait is at least that long. If a
/// DELETE is repeated and then finds nothing, that is a success, because the first try deleted the
/// resource.
///
/// Waiting needs a [`Timer`](crate::transport::Timer). Without one, nothing is sent again.
///
/// ```
/// use std::time::Duration;
/// use scim_client::client::RetryPolicy;
///
/// let patient = RetryPolicy::default()
///     .with_max_tries(10)
///     .with_first_backoff(Duration::from_millis(200))
///     .with_max_wait(Duration::from_secs(60))             // of one wait
///     .with_budget(Duration::from_secs(300))              // of all waits
///     .with_repeat_unsafe(false);                         // `true`: even if that may create twice
/// assert_eq!((patient.max_tries, RetryPolicy::never().max_tries), (10, 1));
/// ```
#[doc(alias = "backoff")]
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How often a request is sent at most. The default is 3. With 1, nothing is sent again.
    pub max_tries: u32,
    /// The bound of the first wait. The default is 500 ms.
    pub first_backoff: Duration,
    /// The longest single wait. The default is 30 s. If the service provider asks for a longer
    /// wait, the request is not repeated, and [`retry_after`](crate::Error::retry_after) of the
    /// error says how long it should be.
    pub max_wait: Duration,
    /// The longest time that is spent on waiting in all. The default is 30 s.
    pub budget: Duration,
    /// Whether requests are repeated even if it may do harm to process them twice. A resource may
    /// then be created twice. The default is `false`.
    pub repeat_unsafe: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_tries: 3,
            first_backoff: Duration::from_millis(500),
            max_wait: Duration::from_secs(30),
            budget: Duration::from_secs(30),
            repeat_unsafe: false,
        }
    }
}

impl RetryPolicy {
    /// A policy that sends nothing again.
    #[must_use]
    pub fn never() -> Self {
        Self {
            max_tries: 1,
            ..Self::default()
        }
    }

    /// Sets how often a request is sent at most.
    #[must_use]
    pub fn with_max_tries(mut self, tries: u32) -> Self {
        self.max_tries = tries;
        self
    }

    /// Sets the bound of the first wait.
    #[must_use]
    pub fn with_first_backoff(mut self, bound: Duration) -> Self {
        self.first_backoff = bound;
        self
    }

    /// Sets the longest single wait.
    #[must_use]
    pub fn with_max_wait(mut self, wait: Duration) -> Self {
        self.max_wait = wait;
        self
    }

    /// Sets the longest time spent on waiting in all.
    #[must_use]
    pub fn with_budget(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
    }

    /// Sets whether requests are repeated even if it may do harm to process them twice.
    #[must_use]
    pub fn with_repeat_unsafe(mut self, repeat: bool) -> Self {
        self.repeat_unsafe = repeat;
        self
    }

    /// How long to wait before the next try; `None` if there is to be none. `tries` were made, and
    /// `waited` was spent on waiting for them.
    pub(super) fn wait(
        &self,
        tries: u32,
        waited: Duration,
        retry_after: Option<Duration>,
    ) -> Option<Duration> {
        if tries >= self.max_tries {
            return None;
        }
        let least = retry_after.unwrap_or_default();
        let left = self.budget.checked_sub(waited)?;
        if least > self.max_wait || least > left {
            return None;
        }
        let doubled = 1u32
            .checked_shl(tries.saturating_sub(1))
            .unwrap_or(u32::MAX);
        let bound = self
            .first_backoff
            .saturating_mul(doubled)
            .min(self.max_wait);
        Some(least.saturating_add(random_up_to(bound)).min(left))
    }
}

/// Anything between zero and this, to spread the requests of many clients.
fn random_up_to(bound: Duration) -> Duration {
    // The keys of a new `RandomState` are random per thread and differ from call to call.
    let random = RandomState::new().hash_one(0u8);
    let nanos = u64::try_from(bound.as_nanos()).unwrap_or(u64::MAX - 1);
    Duration::from_nanos(random % nanos.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn waits_are_spread_under_a_bound_that_doubles() {
        let policy = RetryPolicy::default()
            .with_max_tries(100)
            .with_max_wait(ms(4000));
        for (tries, bound) in [
            (1, 500),
            (2, 1000),
            (3, 2000),
            (4, 4000),
            (5, 4000),
            (60, 4000),
        ] {
            let waits: Vec<_> = (0..200)
                .map(|_| policy.wait(tries, Duration::ZERO, None).unwrap())
                .collect();
            let (least, most) = (waits.iter().min().unwrap(), waits.iter().max().unwrap());
            assert!(*most <= ms(bound), "{tries}: {most:?}");
            // Full jitter: both ends of the range occur.
            assert!(*least < ms(bound / 10), "{tries}: {least:?}");
            assert!(*most > ms(bound * 9 / 10), "{tries}: {most:?}");
        }
    }

    #[test]
    fn waits_as_long_as_asked() {
        let policy = RetryPolicy::default();
        for asked in [0, 1, 7000, 30_000] {
            let wait = policy.wait(1, Duration::ZERO, Some(ms(asked))).unwrap();
            assert!(
                wait >= ms(asked) && wait <= ms(asked + 500),
                "{asked}: {wait:?}"
            );
        }
    }

    #[test]
    fn knows_when_to_stop() {
        let policy = RetryPolicy::default();
        assert_eq!(policy.wait(3, Duration::ZERO, None), None);
        assert_eq!(policy.wait(1, Duration::ZERO, Some(ms(30_001))), None);
        assert_eq!(policy.wait(2, ms(25_000), Some(ms(5001))), None);
        assert!(policy.wait(2, ms(25_000), Some(ms(5000))).is_some());
        assert_eq!(policy.wait(2, ms(30_001), None), None);
        assert_eq!(RetryPolicy::never().wait(1, Duration::ZERO, None), None);
        let huge = policy.with_max_tries(u32::MAX).with_budget(Duration::MAX);
        let huge = huge
            .with_first_backoff(Duration::MAX)
            .with_max_wait(Duration::MAX);
        assert!(
            huge.wait(u32::MAX - 1, Duration::ZERO, Some(Duration::MAX))
                .is_some()
        );
    }
}
