//! Telephone numbers in the forms that service providers give to them.

use crate::model::Attribute;

/// How many digits a telephone number has at least: fewer are a number, a code or a year.
const LEAST: usize = 6;

/// How many digits the code of a country has at most (ITU-T E.164).
const COUNTRY: usize = 3;

/// Returns whether the elements of this attribute are telephone numbers. Elsewhere a text of digits
/// and punctuation may be anything: an address, a date, the number of an employee.
pub(super) fn holds_numbers(attribute: &Attribute) -> bool {
    attribute.name().eq_ignore_ascii_case("phoneNumbers")
}

/// Returns whether a text says of itself that it is a telephone number.
pub(super) fn is_marked(text: &str) -> bool {
    let text = text.trim();
    let scheme = text.get(..4);
    text.starts_with('+') || scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("tel:"))
}

/// The digits of a telephone number: `tel:+1-201-555-0123`, `+1 (201) 555 0123`, `001 201 5550123`.
pub(super) fn digits(text: &str) -> Option<String> {
    Some(Number::read(text)?.digits)
}

struct Number {
    /// Without the `00` that some write for `+`.
    digits: String,
    /// Whether it begins with its country.
    has_country: bool,
}

impl Number {
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let scheme = text.get(..4).filter(|s| s.eq_ignore_ascii_case("tel:"));
        let number = text.get(scheme.map_or(0, str::len)..)?;
        let number = number.trim_start_matches([' ', '(']);
        let (has_plus, number) = match number.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, number),
        };
        let is_part = |c: char| c.is_ascii_digit() || " -().\u{a0}/".contains(c);
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        if digits.len() < LEAST || !number.chars().all(is_part) {
            return None;
        }
        Some(match digits.strip_prefix("00") {
            Some(rest) if !has_plus => Self {
                digits: rest.to_owned(),
                has_country: true,
            },
            _ => Self {
                digits,
                has_country: has_plus,
            },
        })
    }

    /// Without the zeros that only a call within the country begins with.
    fn within_country(&self) -> &str {
        self.digits.trim_start_matches('0')
    }

    /// Returns whether `whole` is this number with its country.
    fn gains_country(&self, whole: &Self) -> bool {
        let own = self.within_country();
        let country = whole.digits.strip_suffix(own).map(str::len);
        let is_country = country.is_some_and(|len| (1..=COUNTRY).contains(&len));
        !self.has_country && whole.has_country && own.len() >= LEAST && is_country
    }
}

/// Returns whether both are one number, with the same digits.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    matches!((digits(one), digits(other)), (Some(one), Some(other)) if one == other)
}

/// Returns whether both may be one number, with and without its country.
pub(super) fn may_be_one(one: &str, other: &str) -> bool {
    let (Some(one), Some(other)) = (Number::read(one), Number::read(other)) else {
        return false;
    };
    one.within_country() == other.within_country()
        || one.gains_country(&other)
        || other.gains_country(&one)
}

/// Returns whether the number that is `found` may be what a service provider made of the `wanted`
/// one, where `before` was there.
///
/// One that keeps numbers with their country has made the old one of what is written again without
/// it. Nobody takes a country away, so where it was to be added and all is as before, nothing was
/// done.
pub(super) fn is_made_of(before: &str, wanted: &str, found: &str) -> bool {
    if before != found {
        return may_be_one(wanted, found);
    }
    match (Number::read(wanted), Number::read(found)) {
        (Some(wanted), Some(found)) => wanted.gains_country(&found),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_and_without_a_country() {
        assert!(is_same("tel:+1-201-555-0123", "(+1) 201 555.0123"));
        assert!(is_same("0049 30 1234567", "+49 (30) 1234567"));
        assert!(!is_same("030 1234567", "+49 30 1234567"));
        assert!(!is_same("12-345", "123-45"));
        assert!(!is_same("12-34567 x", "12-34567 x"));
        assert!(!is_same("12+345678", "12345678"));
        for (one, other, is_one) in [
            ("201-555-0123", "tel:+1-201-555-0123", true),
            ("030 1234567", "+49301234567", true),
            ("030 1234567", "0049301234567", true),
            ("201-555-0123", "tel:+1-201-555-0124", false),
            // What precedes it is more than a country, or none.
            ("555-0123", "+1-201-555-0123", false),
            ("5550123", "2015550123", false),
            ("10-20-30", "40-10-20-30", false),
        ] {
            assert_eq!(may_be_one(one, other), is_one, "{one} {other}");
            assert_eq!(may_be_one(other, one), is_one, "{one} {other}");
        }
        let (within, whole) = ("030 1234567", "+49 30 1234567");
        assert!(is_made_of(whole, within, whole));
        assert!(!is_made_of(within, whole, within));
        assert!(is_made_of(within, whole, "(030) 1234567"));
    }
}
