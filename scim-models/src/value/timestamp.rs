//! A point in time, as seconds and nanoseconds.

use std::fmt;
use std::time::{Duration, SystemTime};

use super::date_time::calendar::{self, SECONDS_PER_DAY};

const NANOS_PER_SECOND: u32 = 1_000_000_000;

/// A point in time: seconds since 1970-01-01T00:00:00Z and the nanoseconds after them.
///
/// Nanoseconds always count forward, so half a second before 1970 is `-1` second and 500,000,000
/// nanoseconds. `Display` writes an XSD dateTime in UTC, such as `2011-05-13T04:42:34Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    unix_seconds: i64,
    nanos: u32,
}

impl Timestamp {
    /// Makes the point in time `nanos` nanoseconds after `unix_seconds`. Nanoseconds of a second or
    /// more are carried over. A time out of range becomes the last second in range.
    #[must_use]
    pub fn new(unix_seconds: i64, nanos: u32) -> Self {
        Self {
            unix_seconds: unix_seconds.saturating_add(i64::from(nanos / NANOS_PER_SECOND)),
            nanos: nanos % NANOS_PER_SECOND,
        }
    }

    /// The current time of the system's clock; on wasm32-unknown-unknown, of JavaScript's clock.
    #[must_use]
    pub fn now() -> Self {
        Self::from(now())
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.unix_seconds
    }

    /// Nanoseconds after [`unix_seconds`](Self::unix_seconds), below 1,000,000,000.
    #[must_use]
    pub fn subsec_nanos(self) -> u32 {
        self.nanos
    }

    /// Converts the time to a `SystemTime`. Returns `None` if the platform cannot express it.
    #[must_use]
    pub fn to_system_time(self) -> Option<SystemTime> {
        let whole = Duration::from_secs(self.unix_seconds.unsigned_abs());
        let seconds = if self.unix_seconds < 0 {
            SystemTime::UNIX_EPOCH.checked_sub(whole)?
        } else {
            SystemTime::UNIX_EPOCH.checked_add(whole)?
        };
        seconds.checked_add(Duration::from_nanos(u64::from(self.nanos)))
    }

    /// The same point without what is finer than a millisecond.
    pub(super) fn cut_to_millis(self) -> Self {
        Self {
            nanos: self.nanos - self.nanos % 1_000_000,
            ..self
        }
    }
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
fn now() -> SystemTime {
    SystemTime::now()
}

/// The standard library's clock would end the program there.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
fn now() -> SystemTime {
    let now = web_time::SystemTime::now();
    let since = now.duration_since(web_time::SystemTime::UNIX_EPOCH);
    SystemTime::UNIX_EPOCH + since.unwrap_or_default()
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => Self {
                unix_seconds: i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
                nanos: after.subsec_nanos(),
            },
            Err(error) => {
                let before = error.duration();
                let seconds = i64::try_from(before.as_secs()).map_or(i64::MIN, |seconds| -seconds);
                match before.subsec_nanos() {
                    0 => Self {
                        unix_seconds: seconds,
                        nanos: 0,
                    },
                    nanos => Self {
                        unix_seconds: seconds.saturating_sub(1),
                        nanos: NANOS_PER_SECOND - nanos,
                    },
                }
            }
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = calendar::date_of(self.unix_seconds.div_euclid(SECONDS_PER_DAY));
        let second = self.unix_seconds.rem_euclid(SECONDS_PER_DAY);
        // XSD has no year 0: the year before 1 is -1.
        if date.year > 0 {
            write!(f, "{:04}", date.year)?;
        } else {
            write!(f, "-{:04}", 1 - date.year)?;
        }
        write!(
            f,
            "-{:02}-{:02}T{:02}:{:02}:{:02}",
            date.month,
            date.day,
            second / 3600,
            second / 60 % 60,
            second % 60
        )?;
        match self.nanos {
            0 => {}
            n if n % 1_000_000 == 0 => write!(f, ".{:03}", n / 1_000_000)?,
            n if n % 1_000 == 0 => write!(f, ".{:06}", n / 1_000)?,
            n => write!(f, ".{n:09}")?,
        }
        f.write_str("Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_as_many_digits_as_needed() {
        assert_eq!(Timestamp::new(0, 0).to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(
            Timestamp::new(-1, 500_000_000).to_string(),
            "1969-12-31T23:59:59.500Z"
        );
        assert_eq!(
            Timestamp::new(1, 1_000).to_string(),
            "1970-01-01T00:00:01.000001Z"
        );
        assert_eq!(
            Timestamp::new(1, 1).to_string(),
            "1970-01-01T00:00:01.000000001Z"
        );
        assert_eq!(
            Timestamp::new(1, 2_500_000_000).to_string(),
            "1970-01-01T00:00:03.500Z"
        );
    }

    #[test]
    fn survives_the_ends_of_time() {
        for seconds in [
            i64::MIN,
            i64::MIN + 1,
            -62_135_596_801,
            -1,
            0,
            i64::MAX - 1,
            i64::MAX,
        ] {
            let at = Timestamp::new(seconds, u32::MAX);
            assert!(at.to_string().ends_with('Z'));
            let _ = at.to_system_time();
        }
    }

    #[test]
    fn follows_the_system_clock_both_ways() {
        for at in [
            Timestamp::new(-2, 250_000_000),
            Timestamp::new(-2, 0),
            Timestamp::new(7, 5),
        ] {
            assert_eq!(at.to_system_time().map(Timestamp::from), Some(at));
        }
    }
}
