//! Reading dateTime text: strictly as RFC 7643 section 2.3.5 asks, or as service providers write
//! it.

use std::cmp::Ordering;

use super::calendar::{self, Date, SECONDS_PER_DAY};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// What a dateTime says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading<'a> {
    /// Seconds since 1970, in UTC where the text has a zone. `None` if the year is too far away.
    pub(super) seconds: Option<i64>,
    /// Digits of the fraction without trailing zeros.
    pub(super) fraction: &'a str,
    pub(super) zoned: bool,
}

/// The farthest that a zone is from UTC, in seconds (XML Schema part 2 §3.2.7.4).
const FARTHEST_ZONE: i64 = 14 * 3600;

impl Reading<'_> {
    /// The order of two times, as if both were in UTC. `None` if a year is too far away.
    pub(super) fn order(self, other: Self) -> Option<Ordering> {
        // Fractions have no trailing zeros, so the order of their text is the order of their
        // values.
        let seconds = self.seconds?.cmp(&other.seconds?);
        Some(seconds.then_with(|| self.fraction.cmp(other.fraction)))
    }

    /// The order to a time without zone, if it is the same whatever zone that is in.
    pub(super) fn order_in_every_zone(self, other: Self) -> Option<Ordering> {
        let moved = |by: i64| Self {
            seconds: other.seconds.and_then(|seconds| seconds.checked_add(by)),
            ..other
        };
        let (first, last) = (moved(-FARTHEST_ZONE), moved(FARTHEST_ZONE));
        match (self.order(first)?, self.order(last)?) {
            (Ordering::Less, _) => Some(Ordering::Less),
            (_, Ordering::Greater) => Some(Ordering::Greater),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Strict,
    Lenient,
}

/// The lexical form of an XSD dateTime, with `t` and `z` in either case.
pub(super) fn strict(text: &str) -> Option<Reading<'_>> {
    iso(text, Mode::Strict)
}

/// Also what is seen in the wild: a space for the `T`, an offset without colon, no seconds, a leap
/// second, epoch seconds or milliseconds, `Jan 3, 2019 4:49:53 PM`.
pub(super) fn lenient(text: &str) -> Option<Reading<'_>> {
    let text = text.trim();
    epoch(text)
        .or_else(|| iso(text, Mode::Lenient))
        .or_else(|| month_name(text))
}

fn iso(text: &str, mode: Mode) -> Option<Reading<'_>> {
    let mut scan = Scan { rest: text };
    let year = scan.year()?;
    scan.expect(b'-')?;
    let month = scan.two()?;
    scan.expect(b'-')?;
    let day = scan.two()?;
    match scan.next()? {
        b'T' | b't' => {}
        b' ' if mode == Mode::Lenient => scan.skip_spaces(),
        _ => return None,
    }
    let hour = scan.two()?;
    scan.expect(b':')?;
    let minute = scan.two()?;
    let (second, fraction) = match scan.peek() {
        Some(b':') => {
            scan.expect(b':')?;
            (scan.two()?, scan.fraction(mode)?)
        }
        _ if mode == Mode::Lenient => (0, ""),
        _ => return None,
    };
    let offset = scan.zone(mode)?;

    if day == 0 || day > calendar::days_in_month(month, year.leap) || minute > 59 {
        return None;
    }
    let last_second = if mode == Mode::Lenient { 60 } else { 59 };
    if second > last_second || hour > 24 {
        return None;
    }
    // 24:00:00 is the first moment of the next day; nothing after it exists.
    if hour == 24 && (minute > 0 || second > 0 || !fraction.is_empty()) {
        return None;
    }
    let time = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    let seconds = year
        .number
        .and_then(|year| seconds(Date { year, month, day }, time))
        .and_then(|seconds| seconds.checked_sub(offset.unwrap_or(0)));
    Some(Reading {
        seconds,
        fraction,
        zoned: offset.is_some(),
    })
}

/// Nine or ten digits are seconds, twelve or thirteen milliseconds: both cover 1973 to 2286. Other
/// lengths mean something else, such as `20190103` or `20190103164953`.
fn epoch(text: &str) -> Option<Reading<'_>> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (seconds, fraction) = match text.len() {
        9 | 10 => (text, ""),
        12 | 13 => text.split_at(text.len() - 3),
        _ => return None,
    };
    let fraction = fraction.trim_end_matches('0');
    Some(Reading {
        seconds: Some(seconds.parse().ok()?),
        fraction,
        zoned: true,
    })
}

/// `Jan 3, 2019 4:49:53 PM`, which Java writes by default for a US locale.
fn month_name(text: &str) -> Option<Reading<'_>> {
    let mut words = text
        .split_whitespace()
        .map(|word| word.trim_end_matches(','));
    let name = words.next()?;
    let month = MONTHS
        .iter()
        .position(|month| month.eq_ignore_ascii_case(name))?;
    let month = u8::try_from(month + 1).ok()?;
    let day = small(words.next()?)?;
    let year = words.next()?;
    if year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let year: i64 = year.parse().ok()?;
    let mut clock = words.next()?.split(':');
    let (hour, minute, second) = (
        small(clock.next()?)?,
        small(clock.next()?)?,
        small(clock.next()?)?,
    );
    let hour = match words.next() {
        None if hour < 24 => hour,
        Some(half) if half.eq_ignore_ascii_case("AM") && (1..=12).contains(&hour) => hour % 12,
        Some(half) if half.eq_ignore_ascii_case("PM") && (1..=12).contains(&hour) => hour % 12 + 12,
        _ => return None,
    };
    if clock.next().is_some() || words.next().is_some() || minute > 59 || second > 59 {
        return None;
    }
    if day == 0 || day > calendar::days_in_month(month, calendar::is_leap(year)) {
        return None;
    }
    let time = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    let seconds = seconds(Date { year, month, day }, time);
    Some(Reading {
        seconds,
        fraction: "",
        zoned: false,
    })
}

fn seconds(date: Date, time: i64) -> Option<i64> {
    calendar::days_since_1970(date)?
        .checked_mul(SECONDS_PER_DAY)?
        .checked_add(time)
}

/// One or two digits.
fn small(text: &str) -> Option<u8> {
    let digits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

struct Year {
    /// The astronomical year, or `None` if it does not fit.
    number: Option<i64>,
    leap: bool,
}

/// What is left to read. Everything it takes is ASCII, so that `rest` stays on a character
/// boundary.
struct Scan<'a> {
    rest: &'a str,
}

impl<'a> Scan<'a> {
    fn peek(&self) -> Option<u8> {
        self.rest.bytes().next().filter(u8::is_ascii)
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.rest = self.rest.get(1..)?;
        Some(byte)
    }

    fn expect(&mut self, wanted: u8) -> Option<()> {
        (self.next()? == wanted).then_some(())
    }

    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start_matches(' ');
    }

    fn digits(&mut self) -> &'a str {
        let end = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        digits
    }

    fn two(&mut self) -> Option<u8> {
        let (digits, rest) = self.rest.split_at_checked(2)?;
        self.rest = rest;
        if digits.bytes().all(|byte| byte.is_ascii_digit()) {
            digits.parse().ok()
        } else {
            None
        }
    }

    /// Four digits, or more without a leading zero; never 0000, which XSD 1.0 does not have.
    fn year(&mut self) -> Option<Year> {
        let negative = self.peek() == Some(b'-');
        if negative {
            self.next();
        }
        let digits = self.digits();
        if digits.len() < 4 || (digits.len() > 4 && digits.starts_with('0')) || digits == "0000" {
            return None;
        }
        let number = digits.parse::<i64>().ok();
        let cycle = digits.bytes().fold(0, |cycle, digit| {
            (cycle * 10 + i64::from(digit - b'0')) % 400
        });
        Some(if negative {
            Year {
                number: number.map(|year| 1 - year),
                leap: calendar::is_leap(1 - cycle),
            }
        } else {
            Year {
                number,
                leap: calendar::is_leap(cycle),
            }
        })
    }

    /// Digits after a period, if there is one, without trailing zeros.
    fn fraction(&mut self, mode: Mode) -> Option<&'a str> {
        match self.peek() {
            Some(b'.') => {}
            Some(b',') if mode == Mode::Lenient => {}
            _ => return Some(""),
        }
        self.next();
        let digits = self.digits();
        if digits.is_empty() {
            None
        } else {
            Some(digits.trim_end_matches('0'))
        }
    }

    /// The rest of the text: nothing, `Z`, or an offset. `Some(None)` is a text without zone.
    fn zone(&mut self, mode: Mode) -> Option<Option<i64>> {
        if mode == Mode::Lenient {
            self.skip_spaces();
            if self.rest.eq_ignore_ascii_case("UTC") || self.rest.eq_ignore_ascii_case("GMT") {
                return Some(Some(0));
            }
        }
        let sign = match self.next() {
            None if self.rest.is_empty() => return Some(None),
            Some(b'Z' | b'z') => return self.rest.is_empty().then_some(Some(0)),
            Some(b'+') => 1,
            Some(b'-') => -1,
            _ => return None,
        };
        let hours = i64::from(self.two()?);
        let minutes = match self.peek() {
            Some(b':') => {
                self.next();
                i64::from(self.two()?)
            }
            Some(_) if mode == Mode::Lenient => i64::from(self.two()?),
            None if mode == Mode::Lenient => 0,
            _ => return None,
        };
        let largest = if mode == Mode::Lenient {
            24 * 60 - 1
        } else {
            14 * 60
        };
        let offset = hours * 60 + minutes;
        let valid = self.rest.is_empty() && minutes < 60 && offset <= largest;
        valid.then_some(Some(sign * offset * 60))
    }
}
