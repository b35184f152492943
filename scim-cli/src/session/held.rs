//! The client of a session, and how long its token is good.

use std::time::{Duration, Instant};

use scim_client::Client;

/// How long before its end a token is replaced, at most.
const EARLY: Duration = Duration::from_secs(60);
/// A token that is refused may be an old one after this time; before, it is no good at all.
const YOUNG: Duration = Duration::from_secs(60);

/// A token that somebody gave for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grant {
    /// Whether an earlier command fetched it.
    pub(super) is_kept: bool,
    /// How long it is good from now on; `None` if its server did not say so.
    pub(super) left: Option<Duration>,
}

/// Where a token is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Far,
    Near,
    Past,
}

/// A client, and what is known of its token.
pub(super) struct Held {
    pub(super) client: Client,
    /// `None` where nothing gives another one.
    grant: Option<Grant>,
    since: Instant,
    /// How many tokens there were before.
    pub(super) number: u32,
}

impl Held {
    pub(super) fn new(client: Client, grant: Option<Grant>) -> Self {
        Self {
            client,
            grant,
            since: Instant::now(),
            number: 0,
        }
    }

    /// Another token.
    pub(super) fn put(&mut self, client: Client, grant: Option<Grant>) {
        let number = self.number.wrapping_add(1);
        *self = Self {
            number,
            ..Self::new(client, grant)
        };
    }

    pub(super) fn end(&self) -> End {
        self.grant
            .map_or(End::Far, |grant| end(grant, self.since.elapsed()))
    }

    /// Whether a token that is refused now may have been good.
    pub(super) fn is_old(&self) -> bool {
        self.grant
            .is_some_and(|grant| grant.is_kept || self.since.elapsed() >= YOUNG)
    }
}

/// How near the end of a token is after so long.
fn end(grant: Grant, age: Duration) -> End {
    match grant.left {
        None => End::Far,
        Some(left) if age >= left => End::Past,
        // A short life has a short end.
        Some(left) if left - age <= EARLY.min(left / 4) => End::Near,
        Some(_) => End::Far,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_replaced_before_they_end() {
        let seconds = Duration::from_secs;
        let grant = |left: Option<u64>| Grant {
            is_kept: false,
            left: left.map(seconds),
        };
        for (left, age, expected) in [
            (None, 1_000_000, End::Far),
            (Some(3600), 0, End::Far),
            (Some(3600), 3539, End::Far),
            (Some(3600), 3540, End::Near),
            (Some(3600), 3600, End::Past),
            // Some live for a minute only.
            (Some(60), 40, End::Far),
            (Some(60), 45, End::Near),
            (Some(1), 0, End::Far),
            (Some(1), 2, End::Past),
        ] {
            assert_eq!(end(grant(left), seconds(age)), expected, "{left:?} {age}");
        }
    }
}
