//! Numbers as they are written, out of range, and through formats other than JSON.

use std::collections::BTreeMap;

use scim_client::{
    Decimal, Json, Resource, Stored, User,
    json::{Problem, ProblemKind},
    message::ListResponse,
};
use serde::{
    Deserialize,
    de::{
        IntoDeserializer,
        value::{Error, F64Deserializer, I128Deserializer, U128Deserializer},
    },
};

use crate::types::{Thing, thing};

fn count(json: &str) -> Result<Option<i64>, String> {
    let text = format!(r#"{{"serial":"1","count":{json}}}"#);
    let read = Thing::from_json(&text).map_err(|error| error.to_string())?;
    Ok(read.count)
}

#[test]
fn whole_numbers_in_every_notation() {
    for (json, number) in [
        ("1e3", 1000),
        ("\"1E+3\"", 1000),
        ("5.0", 5),
        ("150e-1", 15),
        ("1.5e1", 15),
        ("-0.0", 0),
        ("0e999999999999999999999", 0),
        ("-9223372036854775808", i64::MIN),
        ("9223372036854775807.000", i64::MAX),
        ("922337203685477580.7e1", i64::MAX),
        ("1000000000000000000000000e-24", 1),
    ] {
        assert_eq!(count(json), Ok(Some(number)), "{json}");
    }
}

#[test]
fn out_of_range_is_said_with_its_place() {
    for json in [
        "9223372036854775808",
        "1e19",
        "1e400",
        "1e99999999999999999999",
        "\"-1e30\"",
    ] {
        let text = format!(r#"{{"serial":"1","count":{json},"place":{{"floor":{json}}}}}"#);
        let error = Thing::from_json(&text).unwrap_err();
        let paths: Vec<_> = error.places().iter().map(Problem::path).collect();
        assert_eq!(paths, ["count", "place.floor"]);
        let places = error.places().iter();
        assert!(
            places
                .into_iter()
                .all(|p| matches!(p.kind(), ProblemKind::OutOfRange { .. }))
        );
        assert!(
            error
                .to_string()
                .contains("count: the number is out of range"),
            "{error}"
        );
    }
    for json in [
        "1.5", "15e-1", "1e-400", "\"x\"", "\"1e\"", "\".5\"", "\"1.\"", "\"-\"",
    ] {
        let error = count(json).unwrap_err();
        assert!(
            error.contains("count: expected an integer"),
            "{json}: {error}"
        );
    }
}

#[test]
fn an_empty_text_is_no_value() {
    let read = Thing::from_json(
        r#"{"serial":"1","parts":[{"value":"p"},""],"count":"","on":"","weight":"","place":"",
            "numbers":["",1],"urn:example:extension:Acme":""}"#,
    );
    let mut plain = thing();
    plain.numbers = vec![1];
    assert_eq!(read.unwrap(), plain);
    let user: Stored<User> = Stored::from_json(
        r#"{"id":"1","userName":"u","meta":"","name":"","emails":"","active":""}"#,
    )
    .unwrap();
    assert_eq!(*user.resource(), User::new("u"));
    let error = Thing::from_json(r#"{"serial":"1","place":{"floor":"x"}}"#).unwrap_err();
    assert_eq!(error.places()[0].path(), "place.floor");
    // A text may be empty.
    let text = Thing::from_json(r#"{"serial":"","place":{"room":""}}"#).unwrap();
    assert_eq!(text.place.unwrap().room.as_deref(), Some(""));
    let strict = |member: &str| {
        let text = format!(r#"{{"id":"1","serial":"1","parts":[{{"value":"p"}}],{member}}}"#);
        Stored::<Thing>::from_json_strict(&text).is_ok()
    };
    for member in [
        r#""count":"""#,
        r#""on":"""#,
        r#""place":"""#,
        r#""meta":"""#,
        r#""count":1e3"#,
    ] {
        assert!(!strict(member), "{member}");
    }
}

#[test]
fn numbers_of_a_list() {
    let page = |number: &str| {
        let text = format!(r#"{{"totalResults":{number},"Resources":[]}}"#);
        ListResponse::<Json>::from_json(&text).map(|page| page.total_results)
    };
    assert_eq!(page("1e3").unwrap(), Some(1000));
    assert_eq!(page("\"5.0\"").unwrap(), Some(5));
    assert!(
        page("1e30")
            .unwrap_err()
            .to_string()
            .contains("totalResults: the number is out of range")
    );
}

const LONG: &str = "1234567890.123456789012345";

#[test]
fn toml_has_the_text_or_the_number() {
    let mut thing = thing();
    thing.count = Some(i64::MIN);
    for (weight, written) in [
        (LONG, format!("weight = \"{LONG}\"")),
        ("1e400", "weight = \"1e400\"".into()),
        ("0.10", "weight = 0.1".into()),
        (
            "-12345678901234567890123",
            "weight = \"-12345678901234567890123\"".into(),
        ),
    ] {
        thing.weight = Some(Decimal::from_text(weight));
        thing.extra.insert("unheard", Json::parse(weight).unwrap());
        let text = toml::to_string(&thing).unwrap();
        assert!(text.contains(&written), "{text}");
        let again: Thing = toml::from_str(&text).unwrap();
        let same = again
            .weight
            .as_ref()
            .unwrap()
            .cmp_numeric(thing.weight.as_ref().unwrap());
        assert_eq!(same, Some(std::cmp::Ordering::Equal), "{text}");
        assert_eq!(again.count, thing.count);
        let unheard = again
            .extra
            .get("unheard")
            .unwrap()
            .as_str()
            .trim_matches('"');
        let same = Decimal::from_text(unheard).cmp_numeric(&Decimal::from_text(weight));
        assert_eq!(same, Some(std::cmp::Ordering::Equal), "{text}");
    }
}

#[test]
fn a_tree_has_the_text_or_the_number() {
    let mut thing = thing();
    for (weight, written) in [
        (LONG, serde_json::Value::from(LONG)),
        ("1e400", "1e400".into()),
        ("0.10", 0.1.into()),
        ("18446744073709551615", u64::MAX.into()),
    ] {
        thing.weight = Some(Decimal::from_text(weight));
        thing.extra.insert("unheard", Json::parse(weight).unwrap());
        let tree = serde_json::to_value(&thing).unwrap();
        assert_eq!((&tree["weight"], &tree["unheard"]), (&written, &written));
        let again: Thing = serde_json::from_value(tree).unwrap();
        let same = again
            .weight
            .unwrap()
            .cmp_numeric(&Decimal::from_text(weight));
        assert_eq!(same, Some(std::cmp::Ordering::Equal), "{weight}");
    }
}

#[test]
fn a_decimal_by_itself() {
    for (weight, written) in [
        ("1.5", "weight = 1.5\n"),
        (LONG, "weight = \"1234567890.123456789012345\"\n"),
    ] {
        let own = BTreeMap::from([("weight".to_owned(), Decimal::from_text(weight))]);
        let text = toml::to_string(&own).unwrap();
        assert_eq!(text, written);
        assert_eq!(
            toml::from_str::<BTreeMap<String, Decimal>>(&text).unwrap(),
            own
        );
    }
    let read = |number: f64| {
        let from: F64Deserializer<Error> = number.into_deserializer();
        Decimal::deserialize(from)
    };
    assert_eq!(read(2.5).unwrap(), "2.5");
    assert!(read(f64::INFINITY).is_err() && read(f64::NAN).is_err());
    let from: U128Deserializer<Error> = u128::MAX.into_deserializer();
    assert_eq!(
        Decimal::deserialize(from).unwrap(),
        u128::MAX.to_string().as_str()
    );
    let from: I128Deserializer<Error> = i128::MIN.into_deserializer();
    assert_eq!(
        Decimal::deserialize(from).unwrap(),
        i128::MIN.to_string().as_str()
    );
}
