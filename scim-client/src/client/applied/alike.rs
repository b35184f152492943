//! Whether one value is another form of the value that was sent, such as real service providers store.

use std::borrow::Cow;

use super::number;
use crate::{
    evaluate::comparable_text,
    internal::{
        encode,
        equality::{is_nothing, same},
    },
    model::{Attribute, Kind, ValueRef},
    value::{Binary, DateTime, Timestamp},
};

/// How much of a text a service provider keeps at least where it cuts texts off.
const CUT_OFF: usize = 16;

/// Returns whether both values are the same but for their form: letter case where it does not count, white space, the
/// punctuation of a telephone number that says that it is one (`tel:` or `+`), how a language tag is written, the
/// time zone of a time and how many digits of its seconds are kept, the alphabet of Base64, a slash at the end of a
/// URI, a port that goes without saying and what a relative URI leaves out; how a user name is prepared (RFC 7644
/// §5); and nothing for `false` and for an empty text.
///
/// All of these are rules that need no knowledge of the service provider. One that makes `DE` of
/// `Germany`, or cuts a text off, cannot be told from one that does nothing, once the old value is
/// the made one.
pub(super) fn alike(attribute: &Attribute, one: ValueRef<'_>, other: ValueRef<'_>) -> bool {
    if same(one, other) || (says_nothing(one) && says_nothing(other)) {
        return true;
    }
    match (one, other) {
        (ValueRef::Decimal(one), ValueRef::Decimal(other)) => {
            let number = |text: &str| text.parse::<f64>().ok();
            number(one.as_str()).is_some_and(|one| number(other.as_str()) == Some(one))
        }
        (ValueRef::Json(_), ValueRef::Json(_)) => {
            let (one, other) = (encode::value(one), encode::value(other));
            let text = |json: &str| serde_json::from_str::<String>(json).ok();
            match (text(one.as_str()), text(other.as_str())) {
                (Some(one), Some(other)) => texts_alike(attribute, &one, &other),
                // Some write every value as a text.
                (one_text, other_text) => {
                    let one = one_text.unwrap_or_else(|| one.as_str().to_owned());
                    let other = other_text.unwrap_or_else(|| other.as_str().to_owned());
                    one.to_lowercase() == other.to_lowercase()
                }
            }
        }
        _ => match (one.text(), other.text()) {
            (Some(one), Some(other)) => texts_alike(attribute, one, other),
            _ => false,
        },
    }
}

fn texts_alike(attribute: &Attribute, one: &str, other: &str) -> bool {
    if normal(attribute, one, false) == normal(attribute, other, false) {
        return true;
    }
    match attribute.kind() {
        Kind::DateTime => is_one_time(one, other),
        Kind::Reference => is_one_reference(one, other),
        Kind::Binary => false,
        _ => is_marked(one, other) && number::is_same(one, other),
    }
}

/// Returns whether two times differ only in digits that one of them does not have.
fn is_one_time(one: &str, other: &str) -> bool {
    let (Some(one), Some(other)) = (DateTime::instant_of(one), DateTime::instant_of(other)) else {
        return false;
    };
    // The unit of the last digit that says something, in nanoseconds; a second at most.
    let unit = |nanos: u32| {
        let mut unit = 1_u32;
        while unit < 1_000_000_000 && nanos.is_multiple_of(unit * 10) {
            unit *= 10;
        }
        i128::from(unit)
    };
    let nanos = |time: &Timestamp| {
        i128::from(time.unix_seconds()) * 1_000_000_000 + i128::from(time.subsec_nanos())
    };
    let coarser = unit(one.subsec_nanos()).max(unit(other.subsec_nanos()));
    nanos(&one).abs_diff(nanos(&other)) < coarser.unsigned_abs()
}

/// Returns whether one URI is the other, relative to something.
fn is_one_reference(one: &str, other: &str) -> bool {
    let (one, other) = (reference(one), reference(other));
    let path = |text: &str| -> String {
        let text = text.trim_start_matches("../").trim_start_matches("./");
        text.trim_start_matches('/').to_owned()
    };
    let is_relative = |text: &str| !text.contains(':') && !path(text).is_empty();
    let within = |part: &str, whole: &str| {
        is_relative(part)
            && whole
                .strip_suffix(&path(part))
                .is_some_and(|before| before.ends_with('/'))
    };
    within(&one, &other) || within(&other, &one)
}

fn says_nothing(value: ValueRef<'_>) -> bool {
    match value {
        ValueRef::Boolean(value) => !value,
        value => value.text().is_some_and(str::is_empty) || is_nothing(value),
    }
}

/// Returns whether one of two texts says that they are telephone numbers.
fn is_marked(one: &str, other: &str) -> bool {
    number::is_marked(one) || number::is_marked(other)
}

/// Returns whether what is `found` is the telephone number that was `wanted`, with or without its
/// country, and not what was there `before` because nothing was done.
pub(super) fn is_made_number(
    before: ValueRef<'_>,
    wanted: ValueRef<'_>,
    found: ValueRef<'_>,
) -> bool {
    let (Some(wanted), Some(found)) = (text_of(wanted), text_of(found)) else {
        return false;
    };
    let before = text_of(before).unwrap_or_default();
    is_marked(&wanted, &found) && number::is_made_of(&before, &wanted, &found)
}

/// A text, in JSON too.
fn text_of(value: ValueRef<'_>) -> Option<Cow<'_, str>> {
    match value {
        ValueRef::Json(_) => serde_json::from_str(encode::value(value).as_str())
            .ok()
            .map(Cow::Owned),
        value => value.text().map(Cow::Borrowed),
    }
}

/// A text in the one form that stands for all forms of it. `is_number`: it is where telephone
/// numbers are.
pub(super) fn normal(attribute: &Attribute, text: &str, is_number: bool) -> String {
    match attribute.kind() {
        Kind::DateTime => match DateTime::instant_of(text) {
            Some(instant) => format!("{instant:?}"),
            None => text.to_owned(),
        },
        Kind::Binary => match Binary::new(text).decode_lenient() {
            Ok(bytes) => format!("{bytes:?}"),
            Err(_) => text.to_owned(),
        },
        Kind::Reference => reference(text),
        _ if attribute.name().eq_ignore_ascii_case("userName") => {
            comparable_text(attribute, text.trim())
        }
        _ => {
            if (is_number || number::is_marked(text))
                && let Some(digits) = number::digits(text)
            {
                return digits;
            }
            let words: Vec<_> = text.split_whitespace().collect();
            let mut text = words.join(" ");
            if is_language(&text) {
                text = text.replace('_', "-");
            }
            // Mail systems do not tell `A@Example.COM` from `a@example.com`.
            if attribute.is_case_exact() && !text.contains('@') {
                text
            } else {
                text.to_lowercase()
            }
        }
    }
}

/// A URI in lower case, without a slash at its end and a port that goes without saying.
fn reference(text: &str) -> String {
    let text = text.trim_end_matches('/').to_lowercase();
    let ported = [("https://", ":443"), ("http://", ":80")]
        .into_iter()
        .find_map(|(scheme, port)| {
            let rest = text.strip_prefix(scheme)?;
            let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
            Some(format!("{scheme}{}{path}", host.strip_suffix(port)?))
        });
    ported.unwrap_or(text)
}

/// Returns whether this is a language tag with a region, as BCP 47 or as POSIX writes it: `en-US`,
/// `en_US`.
fn is_language(text: &str) -> bool {
    let Some((language, region)) = text.split_once(['-', '_']) else {
        return false;
    };
    (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && region.len() == 2
        && region.bytes().all(|b| b.is_ascii_uppercase())
}

/// Returns whether one text may have been made of the other where nobody knows what was there
/// before: a number with and without its country, a name with and without its domain, a text that
/// was cut off, another letter case. `is_number`: they are where telephone numbers are.
pub(super) fn related(one: &str, other: &str, is_number: bool) -> bool {
    let (one, other) = (one.trim().to_lowercase(), other.trim().to_lowercase());
    if (is_number || is_marked(&one, &other)) && number::may_be_one(&one, &other) {
        return true;
    }
    let bare = |text: &str| text.split('@').next().unwrap_or_default().to_owned();
    let has_domain = one.contains('@') != other.contains('@');
    one == other
        || has_domain && bare(&one) == bare(&other)
        || one.len().min(other.len()) >= CUT_OFF
            && (one.starts_with(&other) || other.starts_with(&one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Reference;

    #[test]
    fn forms_of_one_value() {
        static TEXT: Attribute = Attribute::of::<Option<String>>("value");
        static EXACT: Attribute = Attribute::of::<Option<String>>("value").with_case_exact(true);
        static LINK: Attribute = Attribute::of::<Option<Reference<()>>>("value");
        static TIME: Attribute = Attribute::of::<Option<DateTime>>("value");
        static BYTES: Attribute = Attribute::of::<Option<Binary>>("value");
        let is = |attribute: &Attribute, one: &str, other: &str| {
            normal(attribute, one, false) == normal(attribute, other, false)
        };
        assert!(is(&TEXT, "Babs  Jensen ", "babs jensen"));
        assert!(is(&TEXT, "tel:+1-201-555-0123", "+1 (201) 555 0123"));
        assert!(!is(&TEXT, "tel:+1-201-555-0123", "tel:+1-201-555-0124"));
        assert!(!is(&TEXT, "O'Brien", "OBrien"));
        assert!(!is(&TEXT, "1.5", "15"));
        assert!(!is(&TEXT, "2819-01", "281901x"));
        assert!(!is(&EXACT, "a", "A"));
        assert!(is(&TEXT, "en_US", "en-US"));
        assert!(!is(&TEXT, "en_US", "en-GB"));
        assert!(!is(&TEXT, "a_b", "a-b"));
        assert!(is(&LINK, "https://X.example:443/a/", "https://x.example/a"));
        assert!(!is(
            &LINK,
            "https://x.example:8443/a",
            "https://x.example/a"
        ));
        assert!(!is(&LINK, "http://x.example:443/a", "http://x.example/a"));
        assert!(is(&EXACT, "A@Example.COM", "a@example.com"));
        assert!(is(
            &TIME,
            "2011-05-13T04:42:34Z",
            "2011-05-13T06:42:34.000+02:00"
        ));
        assert!(is(&BYTES, "-_8=", "+/8"));
        let alike = texts_alike;
        assert!(alike(&TEXT, "1-201-555-0123", "tel:+1-201-555-0123"));
        assert!(!alike(&TEXT, "201-555-0123", "tel:+1-201-555-0123"));
        // They may be anything.
        for (one, other) in [
            ("192.168.1.12", "192.168.11.2"),
            ("2024-1-12", "2024-11-2"),
            ("12-345678", "1-2345678"),
            ("10-20-30", "40-10-20-30"),
        ] {
            assert!(!alike(&TEXT, one, other) && !alike(&EXACT, one, other));
            assert!(!related(one, other, false), "{one} {other}");
        }
        assert_eq!(normal(&TEXT, "12-345678", true), "12345678");
        assert!(!alike(&TEXT, "201-555-0123", "tel:+1-201-555-0124"));
        for (one, other, is_same) in [
            (
                "2011-05-13T04:42:34.123456Z",
                "2011-05-13T04:42:34.123Z",
                true,
            ),
            ("2011-05-13T04:42:34.9Z", "2011-05-13T04:42:34Z", true),
            ("2011-05-13T04:42:34.5Z", "2011-05-13T04:42:34.9Z", false),
            ("2011-05-13T04:42:34Z", "2011-05-13T04:42:35Z", false),
            (
                "2011-05-13T04:42:34.123Z",
                "2011-05-13T04:42:34.124Z",
                false,
            ),
        ] {
            assert_eq!(alike(&TIME, one, other), is_same, "{one} {other}");
            assert_eq!(alike(&TIME, other, one), is_same, "{one} {other}");
        }
        for (one, other, is_same) in [
            ("../Users/u1", "https://x.example/v2/Users/U1", true),
            ("/v2/Users/u1", "https://x.example/v2/Users/u1", true),
            ("Users/u1", "https://x.example/v2/OtherUsers/u1", false),
            ("u1", "https://x.example/v2/Users/u11", false),
            ("/", "https://x.example/", false),
            ("", "https://x.example/", false),
            ("urn:u1", "https://x.example/urn:u1", false),
        ] {
            assert_eq!(alike(&LINK, one, other), is_same, "{one} {other}");
        }
        static USER: Attribute = Attribute::of::<Option<String>>("userName");
        assert!(alike(&USER, "e\u{301}ric", "\u{c9}ric"));
        assert!(!alike(&USER, "eric", "\u{c9}ric"));
    }

    #[test]
    fn what_may_have_been_made_of_what() {
        assert!(related("0201 555 0123", "+492015550123", true));
        assert!(related("bjensen", "bjensen@tenant.example", true));
        assert!(related(
            "A very long description of",
            "a very long desc",
            true
        ));
        assert!(!related("Jensen", "Jensen-Smith", true));
        assert!(!related("0201 555 0123", "0201 555 0124", true));
        assert!(!related("a@example.com", "a@example.org", true));
        assert!(!related("12", "13", true));
    }
}
