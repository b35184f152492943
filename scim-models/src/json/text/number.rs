//! Numbers by their digits.

use std::cmp::Ordering;

/// A number as JSON writes it, in pieces.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    /// With its sign; empty if there is none.
    exponent: &'a str,
}

impl<'a> Number<'a> {
    /// Compares two numbers, exactly and without building large ones. None if one of them is no
    /// number, or has an exponent that does not fit into an `i64`.
    pub(crate) fn compare(one: &str, two: &str) -> Option<Ordering> {
        Number::of(one)?.cmp(&Number::of(two)?)
    }

    /// The parts of a text; none if it is not a number as JSON writes it (RFC 8259 section 6).
    pub(crate) fn of(text: &'a str) -> Option<Self> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => {
                let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
                if !is_digits(digits) {
                    return None;
                }
                (mantissa, exponent)
            }
            None => (unsigned, ""),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        if !is_digits(whole) || (whole.len() > 1 && whole.starts_with('0')) {
            return None;
        }
        Some(Self {
            negative: text.len() > unsigned.len(),
            whole,
            fraction,
            exponent,
        })
    }

    /// The digits from the first that is not 0 to the last that is not 0.
    fn significant(self) -> impl Iterator<Item = u8> + 'a {
        let fraction = self.fraction.trim_end_matches('0');
        let whole = if fraction.is_empty() {
            self.whole.trim_end_matches('0')
        } else {
            self.whole
        };
        whole
            .bytes()
            .chain(fraction.bytes())
            .skip_while(|digit| *digit == b'0')
    }

    fn is_zero(self) -> bool {
        self.significant().next().is_none()
    }

    /// The power of ten `p` such that the number is `0.d... * 10^p`, with `d` the first significant
    /// digit.
    fn magnitude(self) -> Option<i64> {
        let exponent = match self.exponent {
            "" => 0,
            text => text.parse::<i64>().ok()?,
        };
        let before = if self.whole == "0" {
            let zeros = self
                .fraction
                .bytes()
                .take_while(|digit| *digit == b'0')
                .count();
            -i64::try_from(zeros).ok()?
        } else {
            i64::try_from(self.whole.len()).ok()?
        };
        exponent.checked_add(before)
    }

    /// A text that is the same for equal numbers; `None` for an exponent that does not fit into an `i64`.
    pub(crate) fn normal(self) -> Option<String> {
        if self.is_zero() {
            return Some("0".to_owned());
        }
        let magnitude = self.magnitude()?;
        let sign = if self.negative { "-" } else { "" };
        let digits: String = self.significant().map(char::from).collect();
        Some(format!("{sign}{digits}e{magnitude}"))
    }

    fn cmp(&self, other: &Self) -> Option<Ordering> {
        // The sign of zero means nothing, nor does its exponent.
        let sign = |parts: &Self| match (parts.is_zero(), parts.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let (one, two) = (sign(self), sign(other));
        if one != two || one == 0 {
            return Some(one.cmp(&two));
        }
        let size = self
            .magnitude()?
            .cmp(&other.magnitude()?)
            .then_with(|| self.significant().cmp(other.significant()));
        Some(if self.negative { size.reverse() } else { size })
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
