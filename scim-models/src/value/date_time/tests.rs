use proptest::prelude::*;

use super::*;

fn instant(text: &str) -> Option<String> {
    DateTime::new(text).instant().map(|at| at.to_string())
}

fn or_utc(text: &str) -> Option<String> {
    DateTime::new(text)
        .instant_or_utc()
        .map(|at| at.to_string())
}

fn chronological(one: &str, two: &str) -> Option<Ordering> {
    let (one, two) = (DateTime::new(one), DateTime::new(two));
    let order = one.partial_cmp_chronological(&two);
    assert_eq!(
        two.partial_cmp_chronological(&one),
        order.map(Ordering::reverse)
    );
    order
}

#[test]
fn keeps_the_grammar_of_xsd() {
    for text in [
        "2011-05-13T04:42:34Z",
        "2011-05-13t04:42:34z",
        "2011-05-13T04:42:34",
        "2011-05-13T04:42:34.123456789012345678901234567890Z",
        "2011-05-13T24:00:00.000Z",
        "2011-05-13T04:42:34-14:00",
        "12011-05-13T04:42:34Z",
        "-0044-03-15T00:00:00Z",
        "2000-02-29T00:00:00Z",
        "-0001-02-29T00:00:00Z",
        "99999999999999999999999999999996-02-29T00:00:00Z",
    ] {
        assert!(DateTime::new(text).is_valid(), "{text}");
    }
    for text in [
        "2011-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "99999999999999999999999999999997-02-29T00:00:00Z",
        "2011-00-01T00:00:00Z",
        "2011-04-31T00:00:00Z",
        "2011-05-13T25:00:00Z",
        "2011-05-13T04:42:34.Z",
        "2011-05-13T04:42:34+14:01",
        "2011-05-13T04:42:34+02",
        "2011-05-13T04:42:34Zx",
        "2011-05-13T04:42:34 Z",
        " 2011-05-13T04:42:34Z",
        "-0000-05-13T04:42:34Z",
        "2011-05-13T04:42:34\u{e9}",
        "\u{e9}2011-05-13T04:42:34Z",
        "notATimestamp",
    ] {
        assert!(!DateTime::new(text).is_valid(), "{text}");
    }
}

#[test]
fn reads_what_service_providers_send() {
    let expected = Some("2011-05-13T04:42:34Z".to_owned());
    for text in [
        "2011-05-13T06:42:34+0200",
        "2011-05-13T06:42:34+02",
        "2011-05-13 04:42:34Z",
        "2011-05-13 04:42:34 +00:00",
        "2011-05-13 04:42:34 UTC",
        "2011-05-13T04:42:34.000000Z",
        " 2011-05-13T04:42:34Z\n",
        "2011-05-13T22:41:34+17:59",
        "1305261754",
        "1305261754000",
    ] {
        assert_eq!(instant(text), expected, "{text}");
    }
    for text in [
        "2011-05-13T04:42:34",
        "May 13, 2011 4:42:34 AM",
        "May 13, 2011, 4:42:34\u{202f}AM",
    ] {
        assert_eq!(instant(text), None, "{text}");
        assert_eq!(or_utc(text), expected, "{text}");
    }
    assert_eq!(
        instant("2011-05-13T04:42Z").as_deref(),
        Some("2011-05-13T04:42:00Z")
    );
    assert_eq!(
        instant("2016-12-31T23:59:60Z").as_deref(),
        Some("2017-01-01T00:00:00Z")
    );
    assert_eq!(
        instant("1769709417998").as_deref(),
        Some("2026-01-29T17:56:57.998Z")
    );
    assert_eq!(
        or_utc("Jan 3, 2019 4:49:53 PM").as_deref(),
        Some("2019-01-03T16:49:53Z")
    );
    assert_eq!(
        or_utc("Dec 31, 2019 12:00:00 AM").as_deref(),
        Some("2019-12-31T00:00:00Z")
    );
    assert_eq!(
        or_utc("2022-03-18 10:57:08.014").as_deref(),
        Some("2022-03-18T10:57:08.014Z")
    );
    for text in [
        "",
        "2011-05-13",
        "20110513",
        "20110513044234",
        "12345",
        "notATimestamp",
        "Jan",
        "Jan 32, 2019 4:49:53 PM",
        "Jan 3, 2019 13:49:53 PM",
        "Jan 3, 2019 0:49:53 PM",
        "2011-05-13T04:42:34+24:00",
        "\u{661}\u{661}",
    ] {
        assert_eq!(or_utc(text), None, "{text}");
    }
}

#[test]
fn reads_far_years() {
    assert_eq!(
        instant("-0001-12-31T23:59:59Z").as_deref(),
        Some("-0001-12-31T23:59:59Z")
    );
    assert_eq!(
        instant("-0044-03-15T00:00:00Z").as_deref(),
        Some("-0044-03-15T00:00:00Z")
    );
    assert_eq!(
        DateTime::new("-0001-12-31T23:59:59Z")
            .instant()
            .map(Timestamp::unix_seconds),
        DateTime::new("0001-01-01T00:00:00Z")
            .instant()
            .map(|at| at.unix_seconds() - 1)
    );
    assert_eq!(
        instant("12345-01-01T00:00:00Z").as_deref(),
        Some("12345-01-01T00:00:00Z")
    );
    for year in [
        "99999999999999",
        "9223372036854775807",
        "99999999999999999999",
    ] {
        for sign in ["", "-"] {
            let value = DateTime::new(format!("{sign}{year}-12-31T23:59:59-14:00"));
            assert!(value.is_valid());
            assert_eq!((value.instant(), value.to_system_time()), (None, None));
            assert_eq!(value.partial_cmp_chronological(&value), None);
        }
    }
}

#[test]
fn compares_times_of_a_kind() {
    use Ordering::{Equal, Greater, Less};
    for (one, two, order) in [
        (
            "2011-05-13T04:42:34Z",
            "2011-05-13T06:42:34+02:00",
            Some(Equal),
        ),
        (
            "2011-05-13T04:42:34Z",
            "2011-05-13T04:42:34.000Z",
            Some(Equal),
        ),
        ("2011-05-13T24:00:00", "2011-05-14T00:00:00", Some(Equal)),
        (
            "2011-05-13T04:42:34.1Z",
            "2011-05-13T04:42:34.09Z",
            Some(Greater),
        ),
        (
            "2011-05-13T04:42:34.0000000000001Z",
            "2011-05-13T04:42:34Z",
            Some(Greater),
        ),
        ("-0044-03-15T00:00:00Z", "0044-03-15T00:00:00Z", Some(Less)),
        ("2011-05-13T04:42:34", "2011-05-13T04:42:34Z", None),
        ("2011-05-13T04:42:34Z", "soon", None),
    ] {
        assert_eq!(chronological(one, two), order, "{one} {two}");
    }
}

#[test]
fn is_made_from_the_clock() {
    assert_eq!(
        DateTime::from_unix(1_305_261_754, 0),
        "2011-05-13T04:42:34Z"
    );
    assert_eq!(
        DateTime::from_unix(1_305_261_754, 500_000_000),
        "2011-05-13T04:42:34.500Z"
    );
    assert_eq!(DateTime::from_unix(-1, 1), "1969-12-31T23:59:59.000000001Z");
    let now = DateTime::now();
    assert!(now.is_valid() && now.as_str().len() <= "2011-05-13T04:42:34.500Z".len());
    let time = SystemTime::UNIX_EPOCH + std::time::Duration::new(7, 9);
    assert_eq!(DateTime::from(time).to_system_time(), Some(time));
}

#[test]
fn goes_through_json_unchanged() {
    let value: DateTime = serde_json::from_str("\"2011-05-13T04:42:34+0000\"").unwrap();
    assert_eq!(
        serde_json::to_string(&value).unwrap(),
        "\"2011-05-13T04:42:34+0000\""
    );
    assert_eq!(
        format!("{value} {value:?}"),
        "2011-05-13T04:42:34+0000 DateTime(\"2011-05-13T04:42:34+0000\")"
    );
    let number: DateTime = serde_json::from_str("1769709417998").unwrap();
    assert!(number.has_zone() && !number.is_valid());
    assert!(serde_json::from_str::<DateTime>("true").is_err());
}

/// Anything, what looks a little like a time, and what looks much like one.
const ANY_TEXT: &str = concat!(
    ".*|[-+:.TZ 0-9]{0,32}|",
    "-?[0-9]{4,30}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]",
    "(\\.[0-9]{1,20})?(Z|[+-][012][0-9]:[0-6][0-9])?",
);

proptest! {
    #[test]
    fn instants_come_back(seconds: i64, nanos in 0..1_000_000_000_u32) {
        let value = DateTime::from_unix(seconds, nanos);
        prop_assert!(value.is_valid());
        prop_assert_eq!(value.instant(), Some(Timestamp::new(seconds, nanos)));
    }

    #[test]
    fn offsets_are_subtracted(
        seconds in -9_999_999_999..99_999_999_999_i64,
        minutes in -840..=840_i64,
    ) {
        let local = DateTime::from_unix(seconds + minutes * 60, 0);
        let sign = if minutes < 0 { '-' } else { '+' };
        let offset = format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60);
        let value = DateTime::new(local.as_str().replace('Z', &offset));
        prop_assert!(value.is_valid());
        prop_assert_eq!(value.instant(), Some(Timestamp::new(seconds, 0)));
    }

    #[test]
    fn no_text_panics(text in ANY_TEXT) {
        let value = DateTime::new(text.clone());
        let _ = (value.has_zone(), value.to_system_time(), value.partial_cmp_chronological(&value));
        prop_assert!(value.has_zone() || value.instant().is_none());
        prop_assert!(value.instant().is_none() || value.instant() == value.instant_or_utc());
        prop_assert_eq!(value.as_str(), text);
    }

    #[test]
    fn order_follows_time(
        one in -99_999_999_999..99_999_999_999_i64,
        two in -99_999_999_999..99_999_999_999_i64,
        a in 0..3_u32,
        b in 0..3_u32,
    ) {
        let (x, y) = (DateTime::from_unix(one, a * 1000), DateTime::from_unix(two, b * 1000));
        prop_assert_eq!(chronological(x.as_str(), y.as_str()), Some((one, a).cmp(&(two, b))));
    }
}
