//! The `dateTime` type (RFC 7643 section 2.3.5).

use std::cmp::Ordering;
use std::fmt;
use std::time::SystemTime;

use serde::de::{self, Deserialize, Deserializer, Visitor};

use super::{Timestamp, is_string, keeps_text};

pub(in crate::value) mod calendar;
mod convert;
mod parse;

pub use self::convert::DateTimeError;

/// A date and a time, kept as the text it was read from.
///
/// The RFC requires an XSD dateTime such as `2011-05-13T04:42:34Z`, but this type can hold any
/// text. [`is_valid`](Self::is_valid) tells whether the text has the form of the RFC.
/// [`instant`](Self::instant) parses that form and many others that service providers send. `==`
/// compares the text; use [`partial_cmp_chronological`](Self::partial_cmp_chronological) to compare
/// times. A JSON number is accepted too, and held as its digits.
///
/// ```
/// use scim_client::value::DateTime;
///
/// let created = DateTime::new("2011-05-13T06:42:34+0200");
/// assert!(!created.is_valid());
/// assert_eq!(created.instant().map(|at| at.to_string()).as_deref(), Some("2011-05-13T04:42:34Z"));
/// assert_eq!(created.as_str(), "2011-05-13T06:42:34+0200");
///
/// // Times are compared as such by name; one without a zone is taken for UTC only if you say so.
/// let later = DateTime::from_unix(1_305_261_755, 0);
/// assert!(created.partial_cmp_chronological(&later).is_some_and(|order| order.is_lt()));
/// let vague = DateTime::new("2011-05-13T04:42:34");
/// assert!(!vague.has_zone() && vague.instant().is_none());
/// assert_eq!(vague.instant_or_utc(), created.instant());
/// assert_eq!(DateTime::instant_of("2011-05-13T04:42:34Z"), created.instant());
///
/// // To and from the clock.
/// let now = DateTime::now();
/// assert!(DateTime::is_valid_text(now.as_str()));
/// assert!(now.to_system_time().is_some_and(|at| at <= std::time::SystemTime::now()));
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DateTime(String);

keeps_text!(DateTime);
is_string!(DateTime);

impl DateTime {
    /// Makes a value of any text, without checking it.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The current time in UTC, to the millisecond.
    #[must_use]
    pub fn now() -> Self {
        Self(Timestamp::now().cut_to_millis().to_string())
    }

    /// Makes the time that is `seconds` and `nanos` after 1970-01-01T00:00:00Z, in UTC. The
    /// fraction is written with zero, three, six or nine digits: as few as are exact.
    #[must_use]
    pub fn from_unix(seconds: i64, nanos: u32) -> Self {
        Self::from(Timestamp::new(seconds, nanos))
    }

    /// Returns whether the text has the form of RFC 7643 section 2.3.5: the XSD form with date and
    /// time. `T` and `Z` may be in either case. The zone is optional. A year may be negative or
    /// have more than four digits.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        Self::is_valid_text(&self.0)
    }

    /// Like [`is_valid`](Self::is_valid), for any text.
    pub fn is_valid_text(text: &str) -> bool {
        parse::strict(text).is_some()
    }

    /// Returns whether the text says how far its time is from UTC.
    #[must_use]
    pub fn has_zone(&self) -> bool {
        parse::lenient(&self.0).is_some_and(|reading| reading.zoned)
    }

    /// The point in time. Returns `None` if the text has no zone, is not a time, or is out of the
    /// range of a [`Timestamp`]. Digits beyond nanoseconds are cut off.
    ///
    /// In addition to the form of the RFC, it accepts a space instead of the `T`, an offset without
    /// a colon, a time without seconds, and a leap second. Text of 9 or 10 digits is read as
    /// seconds since 1970, and of 12 or 13 digits as milliseconds.
    #[must_use]
    pub fn instant(&self) -> Option<Timestamp> {
        timestamp(parse::lenient(&self.0).filter(|reading| reading.zoned)?)
    }

    /// Like [`instant`](Self::instant), but takes a time without a zone as UTC, which is a guess.
    /// It also accepts `Jan 3, 2019 4:49:53 PM`.
    #[must_use]
    pub fn instant_or_utc(&self) -> Option<Timestamp> {
        Self::instant_of(&self.0)
    }

    /// Like [`instant_or_utc`](Self::instant_or_utc), for any text.
    #[doc(hidden)]
    pub fn instant_of(text: &str) -> Option<Timestamp> {
        timestamp(parse::lenient(text)?)
    }

    /// Converts the [`instant`](Self::instant) to a `SystemTime`. Returns `None` if there is none,
    /// or if the platform cannot express it.
    #[must_use]
    pub fn to_system_time(&self) -> Option<SystemTime> {
        self.instant()?.to_system_time()
    }

    /// Compares points in time, to the last digit of the fraction.
    ///
    /// If only one of the times has a zone, they are only comparable if they are more than 14 hours
    /// apart, since the order is then the same in every zone (XML Schema part 2 §3.2.7.4). Returns
    /// `None` if they are nearer, or if either text is not a time.
    #[must_use]
    pub fn partial_cmp_chronological(&self, other: &Self) -> Option<Ordering> {
        Self::cmp_text(&self.0, &other.0)
    }

    /// [`partial_cmp_chronological`](Self::partial_cmp_chronological) of times that stand
    /// elsewhere.
    pub(crate) fn cmp_text(one: &str, two: &str) -> Option<Ordering> {
        let (one, two) = (parse::lenient(one)?, parse::lenient(two)?);
        match (one.zoned, two.zoned) {
            (true, true) | (false, false) => one.order(two),
            (true, false) => one.order_in_every_zone(two),
            (false, true) => two.order_in_every_zone(one).map(Ordering::reverse),
        }
    }

    /// The order of times that stand elsewhere, one without a zone being taken to be UTC. That
    /// agrees with [`partial_cmp_chronological`](Self::partial_cmp_chronological) wherever that has
    /// a response.
    pub(crate) fn order_text(one: &str, two: &str) -> Option<Ordering> {
        parse::lenient(one)?.order(parse::lenient(two)?)
    }

    /// The one text of all that are the same time by [`order_text`](Self::order_text). None if that
    /// cannot tell.
    pub(crate) fn comparable(text: &str) -> Option<String> {
        let reading = parse::lenient(text)?;
        Some(format!("{}.{}", reading.seconds?, reading.fraction))
    }

    /// Returns whether a text can be read as a time.
    pub(crate) fn is_readable_text(text: &str) -> bool {
        parse::lenient(text).is_some()
    }
}

fn timestamp(reading: parse::Reading<'_>) -> Option<Timestamp> {
    let digits = reading
        .fraction
        .bytes()
        .chain(std::iter::repeat(b'0'))
        .take(9);
    let nanos = digits.fold(0, |nanos, digit| nanos * 10 + u32::from(digit - b'0'));
    Some(Timestamp::new(reading.seconds?, nanos))
}

impl From<Timestamp> for DateTime {
    fn from(time: Timestamp) -> Self {
        Self(time.to_string())
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(DateTimeVisitor)
        } else {
            deserializer.deserialize_string(DateTimeVisitor)
        }
    }
}

/// A string, or the number of seconds or milliseconds that some service providers write.
struct DateTimeVisitor;

impl Visitor<'_> for DateTimeVisitor {
    type Value = DateTime;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a dateTime as a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<DateTime, E> {
        Ok(DateTime::from(text))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<DateTime, E> {
        Ok(DateTime(text))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<DateTime, E> {
        Ok(DateTime(number.to_string()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<DateTime, E> {
        Ok(DateTime(number.to_string()))
    }
}

#[cfg(test)]
mod tests;
