//! Conversions from and to [`SystemTime`], and to the types of the crates jiff, time and chrono with
//! the features of those names.
//!
//! A `DateTime` that is made of such a type is written in UTC, with all its digits. Only a
//! `DateTime` with an [`instant`](DateTime::instant) can be converted to such a type: its text must
//! have a zone.

use std::{error, fmt, time::SystemTime};

use super::DateTime;
use crate::value::Timestamp;

/// The error of converting a [`DateTime`] that is not a point in time, or that the target type cannot
/// express.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateTimeError {
    text: String,
    why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    Unreadable,
    NoZone,
    TooFar,
}

impl DateTimeError {
    /// The text of the `DateTime`.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    fn too_far(text: &DateTime) -> Self {
        Self {
            text: text.as_str().to_owned(),
            why: Why::TooFar,
        }
    }
}

impl fmt::Display for DateTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.why {
            Why::Unreadable => "is not a dateTime (RFC 7643 §2.3.5), such as 2011-05-13T04:42:34Z",
            Why::NoZone => {
                "has no zone, so it is not a point in time; `DateTime::instant_or_utc` takes it as UTC"
            }
            Why::TooFar => "is too far away for this type",
        };
        write!(f, "`{}` {why}", self.text)
    }
}

impl error::Error for DateTimeError {}

/// The point in time, or why there is none.
fn point(date_time: &DateTime) -> Result<Timestamp, DateTimeError> {
    let why = match date_time.instant() {
        Some(at) => return Ok(at),
        None if date_time.has_zone() => Why::TooFar,
        None if date_time.instant_or_utc().is_some() => Why::NoZone,
        None => Why::Unreadable,
    };
    Err(DateTimeError {
        text: date_time.as_str().to_owned(),
        why,
    })
}

impl TryFrom<&DateTime> for Timestamp {
    type Error = DateTimeError;

    fn try_from(date_time: &DateTime) -> Result<Self, DateTimeError> {
        point(date_time)
    }
}

/// A type of a point in time, from and to [`Timestamp`].
macro_rules! point_in_time {
    ($(#[$condition:meta])* $type:ty, |$from:ident| $timestamp:expr, |$to:ident| $value:expr) => {
        /// In UTC.
        $(#[$condition])*
        impl From<$type> for DateTime {
            fn from($from: $type) -> Self {
                Self::from($timestamp)
            }
        }

        $(#[$condition])*
        impl TryFrom<&DateTime> for $type {
            type Error = DateTimeError;

            fn try_from(date_time: &DateTime) -> Result<Self, DateTimeError> {
                let $to = point(date_time)?;
                $value.ok_or_else(|| DateTimeError::too_far(date_time))
            }
        }

        $(#[$condition])*
        impl TryFrom<DateTime> for $type {
            type Error = DateTimeError;

            fn try_from(date_time: DateTime) -> Result<Self, DateTimeError> {
                Self::try_from(&date_time)
            }
        }
    };
}

point_in_time!(SystemTime, |time| Timestamp::from(time), |at| at
    .to_system_time());

#[cfg(feature = "jiff")]
point_in_time!(
    #[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
    jiff::Timestamp,
    |time| floor(time.as_second(), time.subsec_nanosecond()),
    |at| {
        let nanos = i32::try_from(at.subsec_nanos()).ok();
        nanos.and_then(|nanos| jiff::Timestamp::new(at.unix_seconds(), nanos).ok())
    }
);

#[cfg(feature = "time")]
point_in_time!(
    #[cfg_attr(docsrs, doc(cfg(feature = "time")))]
    time::OffsetDateTime,
    |time| Timestamp::new(time.unix_timestamp(), time.nanosecond()),
    |at| {
        let whole = time::OffsetDateTime::from_unix_timestamp(at.unix_seconds());
        whole
            .and_then(|whole| whole.replace_nanosecond(at.subsec_nanos()))
            .ok()
    }
);

#[cfg(feature = "chrono")]
point_in_time!(
    #[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
    chrono::DateTime<chrono::Utc>,
    |time| Timestamp::new(time.timestamp(), time.timestamp_subsec_nanos()),
    |at| chrono::DateTime::from_timestamp(at.unix_seconds(), at.subsec_nanos())
);

/// In UTC.
#[cfg(feature = "chrono")]
#[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
impl From<chrono::DateTime<chrono::FixedOffset>> for DateTime {
    fn from(time: chrono::DateTime<chrono::FixedOffset>) -> Self {
        Self::from(time.to_utc())
    }
}

/// jiff counts the nanoseconds of a time before 1970 backwards.
#[cfg(feature = "jiff")]
fn floor(seconds: i64, nanos: i32) -> Timestamp {
    match u32::try_from(nanos) {
        Ok(nanos) => Timestamp::new(seconds, nanos),
        Err(_) => {
            let forward = 1_000_000_000_u32.saturating_sub(nanos.unsigned_abs());
            Timestamp::new(seconds.saturating_sub(1), forward)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// There and back, before and after 1970, with as many digits as there are.
    macro_rules! there_and_back {
        ($type:ty) => {
            for (seconds, nanos) in [
                (0, 0),
                (1_305_261_754, 120_000_001),
                (-1, 500_000_000),
                (-86_400, 1),
            ] {
                let given = DateTime::from_unix(seconds, nanos);
                let point = <$type>::try_from(&given).unwrap();
                assert_eq!(DateTime::from(point), given);
            }
            let shifted = DateTime::new("2011-05-13T06:42:34+02:00");
            let point = <$type>::try_from(&shifted).unwrap();
            assert_eq!(DateTime::from(point), "2011-05-13T04:42:34Z");
            let text = |wrong: &str| {
                <$type>::try_from(DateTime::new(wrong))
                    .unwrap_err()
                    .to_string()
            };
            assert!(text("yesterday").contains("`yesterday` is not a dateTime"));
            assert!(text("2011-05-13T04:42:34").contains("has no zone"));
        };
    }

    #[test]
    fn the_standard_library() {
        there_and_back!(SystemTime);
        assert!(Timestamp::try_from(&DateTime::new("2011-05-13T04:42:34Z")).is_ok());
    }

    #[cfg(feature = "jiff")]
    #[test]
    fn jiff() {
        there_and_back!(jiff::Timestamp);
        let far = DateTime::new("99999-01-01T00:00:00Z");
        let error = jiff::Timestamp::try_from(&far).unwrap_err();
        assert!(error.to_string().contains("too far"), "{error}");
        assert_eq!(error.text(), "99999-01-01T00:00:00Z");
    }

    #[cfg(feature = "time")]
    #[test]
    fn time() {
        there_and_back!(time::OffsetDateTime);
        let offset = time::UtcOffset::from_hms(2, 0, 0).unwrap();
        let local = time::OffsetDateTime::UNIX_EPOCH.to_offset(offset);
        assert_eq!(DateTime::from(local), "1970-01-01T00:00:00Z");
    }

    #[cfg(feature = "chrono")]
    #[test]
    fn chrono() {
        there_and_back!(chrono::DateTime<chrono::Utc>);
        let local = chrono::DateTime::parse_from_rfc3339("2011-05-13T06:42:34+02:00").unwrap();
        assert_eq!(DateTime::from(local), "2011-05-13T04:42:34Z");
    }
}
