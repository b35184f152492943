//! The Gregorian calendar, extended to all years. Years are astronomical: 0 is the year before 1.

pub(in crate::value) const SECONDS_PER_DAY: i64 = 86_400;

/// Days from 0001-01-01 to 1970-01-01.
const DAYS_TO_1970: i64 = 719_162;
const DAYS_PER_400_YEARS: i64 = 146_097;
const DAYS_PER_100_YEARS: i64 = 36_524;
const DAYS_PER_4_YEARS: i64 = 1_461;
const DAYS_PER_YEAR: i64 = 365;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::value) struct Date {
    pub(in crate::value) year: i64,
    pub(in crate::value) month: u8,
    pub(in crate::value) day: u8,
}

/// Depends on the year modulo 400 only, so that a caller can ask about a year that fits no integer.
pub(in crate::value) fn is_leap(year: i64) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

/// The number of days in a month, or 0 if there is no such month.
pub(in crate::value) fn days_in_month(month: u8, leap: bool) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}

/// Days from 1970-01-01 to a date that exists, or `None` if they do not fit.
pub(in crate::value) fn days_since_1970(date: Date) -> Option<i64> {
    let before = date.year.checked_sub(1)?;
    let years = before
        .checked_mul(DAYS_PER_YEAR)?
        .checked_add(before.div_euclid(4))?
        .checked_sub(before.div_euclid(100))?
        .checked_add(before.div_euclid(400))?;
    let leap = is_leap(date.year);
    let months: i64 = (1..date.month)
        .map(|month| i64::from(days_in_month(month, leap)))
        .sum();
    years
        .checked_add(months + i64::from(date.day) - 1)?
        .checked_sub(DAYS_TO_1970)
}

/// The date that many days after 1970-01-01. `days` must come from seconds in an `i64`, so that
/// nothing overflows.
pub(in crate::value) fn date_of(days: i64) -> Date {
    let days = days + DAYS_TO_1970;
    let mut year = days.div_euclid(DAYS_PER_400_YEARS) * 400 + 1;
    let mut rest = days.rem_euclid(DAYS_PER_400_YEARS);
    // The last century of four and the last year of four are a day longer, hence the limits.
    for (days, years, limit) in [
        (DAYS_PER_100_YEARS, 100, 3),
        (DAYS_PER_4_YEARS, 4, 24),
        (DAYS_PER_YEAR, 1, 3),
    ] {
        let whole = (rest / days).min(limit);
        year += whole * years;
        rest -= whole * days;
    }
    let leap = is_leap(year);
    let mut month = 1;
    // `rest` is at most 366, and ends within a month.
    while month < 12 && rest >= i64::from(days_in_month(month, leap)) {
        rest -= i64::from(days_in_month(month, leap));
        month += 1;
    }
    Date {
        year,
        month,
        day: u8::try_from(rest + 1).unwrap_or(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_some_dates() {
        for (year, month, day, days) in [
            (1970, 1, 1, 0),
            (1, 1, 1, -719_162),
            (0, 12, 31, -719_163),
            (2000, 2, 29, 11_016),
            (1900, 3, 1, -25_508),
            (2011, 5, 13, 15_107),
        ] {
            let date = Date { year, month, day };
            assert_eq!(days_since_1970(date), Some(days), "{date:?}");
            assert_eq!(date_of(days), date);
        }
    }

    #[test]
    fn counts_each_day_once() {
        for days in -800_000..800_000 {
            assert_eq!(days_since_1970(date_of(days)), Some(days));
        }
    }
}
