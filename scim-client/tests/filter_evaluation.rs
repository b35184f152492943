//! Filters and sorting in memory: what must hold of typed resources and of JSON alike.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not count the helpers of a test as test code"
)]

mod common;
#[path = "filter_evaluation/oracle.rs"]
mod oracle;
#[path = "filter_evaluation/properties.rs"]
mod properties;
#[path = "filter_evaluation/sorting.rs"]
mod sorting;
#[path = "filter_evaluation/vectors.rs"]
mod vectors;

use common::gadget::Gadget;
use scim_client::{
    Json, Stored,
    attribute_path::AttributePath,
    evaluate::{DataType, FilterRule, Subject},
    filter::{Filter, Operator},
    model::ValueRef,
    resource::Root as _,
};
use serde_json::{Value, json};

const ACME: &str = "urn:example:params:scim:schemas:extension:acme:2.0:Gadget";

const FULL: &str = r#"{
  "schemas": ["urn:example:params:scim:schemas:core:2.0:Gadget"],
  "id": "Id-7", "serialNumber": "S-1", "label": "Été au lac", "tags": ["Solo", "duo", ""], "enabled": false,
  "level": 12, "weight": 1234567890.123456789012345, "built": "2024-01-01T02:00:00+02:00",
  "lastSeen": "2024", "key": "AQI=", "owner": "Users/1", "color": "Dark-Blue", "free": {"a": [1.50, "x"]},
  "place": {"room": "R", "floor": 0, "Honor": "Ms", "shelves": [{"code": "c", "z": [1]}, {"code": "D"}]},
  "ports": [{"value": "p1", "type": "usb", "slot": 1},
            {"value": "p2", "type": "net", "slot": 2, "primary": true, "x": "Y"}],
  "urn:example:params:scim:schemas:extension:acme:2.0:Gadget":
    {"badge": "B", "desk": {"floor": 1, "note": "n", "mx": 2}, "unit": "U"},
  "urn:other:2.0:Thing": {"q": "Q", "list": [{"value": 3}], "none": null}, "nick": 1.10, "void": [],
  "meta": {"version": "W/\"1\"", "lastModified": "2024-05-05T00:00:00.5Z", "more": true}
}"#;

/// The answer of the typed resource, of its JSON as it came and as it is written, as text and as
/// tree. They have to agree.
fn answer(filter: &Filter, stored: &Stored<Gadget>, source: &str) -> bool {
    let typed = filter.matches(stored);
    for text in [source, &stored.to_json()] {
        let text = Json::parse(text).unwrap();
        let tree = text.to_value();
        let by_text = filter.matches(Subject::json_text(&text, Gadget::DESCRIPTOR));
        let by_tree = filter.matches(Subject::json(&tree, Gadget::DESCRIPTOR));
        assert_eq!(
            (typed, typed),
            (by_text, by_tree),
            "{filter} on {}",
            text.as_str()
        );
    }
    typed
}

fn matches(filter: &str) -> bool {
    // The extensions are not in the `schemas` of the source, but in those that are written.
    let source = FULL.replace(
        "Gadget\"],",
        &format!("Gadget\", \"{ACME}\", \"urn:other:2.0:Thing\"],"),
    );
    answer(
        &filter.parse().unwrap(),
        &Stored::from_json(&source).unwrap(),
        &source,
    )
}

#[test]
fn typed_and_json_agree_on_what_matches() {
    for filter in [
        r#"serialNumber eq "S-1" and SERIALNUMBER ne "s-1""#,
        r#"id eq "Id-7" and meta.version sw "W/" and meta.more eq true"#,
        r#"urn:example:params:scim:schemas:core:2.0:gadget:label sw "ÉTÉ""#,
        r#"label eq "été AU lac" and label gt "ETE" and label co "u L" and label ew "C""#,
        r#"tags eq "solo" and tags[value sw "D"] and tags.value eq "duo" and tags ne "solo""#,
        r#"enabled pr and enabled eq false and place.floor pr"#,
        r#"level eq 12.0 and level gt 11.99 and level lt 1e2 and level ne 13 and level le 12"#,
        "weight eq 1234567890.123456789012345 or weight lt 1234567891",
        r#"built eq "2024-01-01T00:00:00Z" and built lt "2024-01-01T00:00:00.000001Z""#,
        // Only one of the two has a zone.
        r#"built gt "2023-01-01T00:00:00" and built le "2025-01-01T00:00:00""#,
        r#"built sw "2024-01" and lastSeen eq "2024""#,
        r#"key eq "AQI" and key eq "AQI=" and not (key eq "aQI=")"#,
        r#"owner eq "Users/1" and not (owner eq "users/1") and owner gt "U""#,
        r#"color eq "DARK-blue" and free pr and free.a eq 1.5 and free.a eq "X""#,
        r#"place.room eq "r" and place.honor eq "ms" and place[room eq "R" and floor lt 1]"#,
        r#"place[shelves.code eq "d"] and not (place[shelves.code eq "e"])"#,
        r#"ports.slot eq 1 and ports.type eq "NET" and not (ports[slot eq 1 and type eq "net"])"#,
        r#"ports eq "p2" and ports co "1" and ports[primary eq true and x eq "y"]"#,
        r#"ports[not (primary pr) and value eq "p1"]"#,
        r#"urn:example:params:scim:schemas:extension:ACME:2.0:Gadget:badge eq "b""#,
        "urn:example:params:scim:schemas:extension:acme:2.0:Gadget:desk.floor eq 1",
        r#"urn:example:params:scim:schemas:extension:acme:2.0:Gadget:unit eq "u""#,
        "urn:example:params:scim:schemas:extension:acme:2.0:Gadget pr",
        r#"urn:OTHER:2.0:Thing:q eq "q" and urn:other:2.0:thing:list ge 3"#,
        "urn:other:2.0:Thing pr and urn:other:2.0:Thing:none eq null",
        r#"schemas eq "urn:example:params:scim:schemas:extension:acme:2.0:Gadget""#,
        r#"schemas pr and schemas co "core:2.0" and schemas eq "urn:other:2.0:Thing""#,
        r#"nick eq 1.1 and nick gt 1 and unknown ne "x" and unknown eq null and void eq null"#,
        r#"meta.lastModified gt "2024-05-05T02:00:00+02:00" and meta pr and id pr"#,
    ] {
        assert!(matches(filter), "{filter}");
    }
}

#[test]
fn typed_and_json_agree_on_what_does_not_match() {
    for filter in [
        r#"serialNumber eq "s-1""#,
        r#"id eq "id-7""#,
        r#"schemas eq "URN:example:params:scim:schemas:core:2.0:Gadget""#,
        r#"urn:example:params:scim:schemas:core:2.0:User:label pr"#,
        // An extension's attribute needs its URN.
        r#"badge pr"#,
        r#"unknown pr or unknown eq "x" or unknown.sub co "" or void pr"#,
        // Other types differ and have no order.
        r#"enabled eq "false" or level eq "12" or level co "1" or label gt 1 or label eq null"#,
        "enabled lt true or enabled ge false",
        r#"key gt "A" or key le "Z""#,
        r#"label gt null or place eq "R" or place gt "A" or place.shelves eq "c""#,
        r#"serialNumber[value eq "S-1"] or level[value eq 12]"#,
        r#"ports[urn:x:y:type eq "usb"]"#,
        r#"tags.x eq "Solo" or tags[x pr]"#,
        r#"level eq 12.0000000000000000001"#,
    ] {
        assert!(!matches(filter), "{filter}");
    }
}

/// What borrows values may be held while something is awaited on any thread.
#[test]
fn borrowed_values_go_to_other_threads() {
    fn go<T: Send + Sync>() {}
    go::<Subject<'_>>();
    go::<ValueRef<'_>>();
}

#[test]
fn a_resource_may_come_without_envelope() {
    let stored = Stored::<Gadget>::from_json(FULL).unwrap();
    let alone = Subject::resource(stored.resource());
    let filter: Filter = r#"level eq 12 and not (id pr) and not (meta pr)"#.parse().unwrap();
    assert!(filter.matches(alone));
    assert!(!filter.matches(&stored));
    // A value may be personal data.
    assert_eq!(format!("{alone:?}"), "Subject(resource)");
}

#[test]
fn one_value_can_be_asked() {
    let stored = Stored::<Gadget>::from_json(FULL).unwrap();
    let attribute = Gadget::DESCRIPTOR.attribute("ports").unwrap();
    let filter: Filter = r#"type eq "USB" and slot lt 2"#.parse().unwrap();
    let hits: Vec<bool> = stored
        .ports
        .iter()
        .map(|port| filter.matches(Subject::element(ValueRef::Object(port), attribute)))
        .collect();
    assert_eq!(hits, [true, false]);
}

#[test]
fn depth_is_no_danger() {
    let stored = Stored::<Gadget>::from_json(FULL).unwrap();
    let leaf = || Filter::compare("level".parse().unwrap(), Operator::Eq, 12);
    let deep = (0..100_000).fold(leaf(), |filter, _| filter.not());
    assert!(deep.matches(&stored));
    deep.check(Gadget::DESCRIPTOR).unwrap();
    let mixed = (0..50_000).fold(leaf(), |filter, turn| match turn % 2 {
        0 => leaf().and(filter),
        _ => leaf().not().or(filter),
    });
    assert!(mixed.matches(&stored));
    mixed.check(Gadget::DESCRIPTOR).unwrap();

    let path = || AttributePath::from_parts(None, "ports", None);
    let nested = (0..50_000).fold(leaf(), |filter, _| Filter::value_path(path(), filter));
    assert!(!nested.matches(&stored));
    assert_eq!(
        nested.check(Gadget::DESCRIPTOR).unwrap_err().rule(),
        FilterRule::NestedValuePath
    );

    // As deep as JSON may be, and deeper than value paths are followed.
    let text = "{\"ports\":[".repeat(60) + &"]}".repeat(60);
    let document = Json::parse(&text).unwrap();
    assert!(!nested.matches(Subject::json_text(&document, Gadget::DESCRIPTOR)));
    let mut tree = json!({"ports": 1});
    for _ in 0..300 {
        tree = Value::Object(
            [("ports".to_owned(), Value::Array(vec![tree]))]
                .into_iter()
                .collect(),
        );
    }
    assert!(Filter::present(path()).matches(Subject::json(&tree, Gadget::DESCRIPTOR)));
    assert!(!nested.matches(Subject::json(&tree, Gadget::DESCRIPTOR)));
}

#[test]
fn checks_say_what_and_where() {
    let check = |filter: &str| {
        let filter: Filter = filter.parse().unwrap();
        filter
            .check(Gadget::DESCRIPTOR)
            .map_err(|error| (error.path().to_owned(), error.rule()))
    };
    for (filter, path, rule) in [
        (
            "enabled gt true",
            "enabled",
            FilterRule::NotOrdered(DataType::Boolean),
        ),
        (
            r#"key le "AQ""#,
            "key",
            FilterRule::NotOrdered(DataType::Binary),
        ),
        (
            r#"LEVEL sw "1""#,
            "LEVEL",
            FilterRule::NotText(DataType::Integer),
        ),
        (
            "weight co 1",
            "weight",
            FilterRule::NotText(DataType::Decimal),
        ),
        (
            r#"level eq "12""#,
            "level",
            FilterRule::WrongValue(DataType::Integer),
        ),
        (
            "label eq 12",
            "label",
            FilterRule::WrongValue(DataType::String),
        ),
        ("label ge null", "label", FilterRule::NullComparison),
        (
            r#"built gt "2024-01-01""#,
            "built",
            FilterRule::NotADateTime,
        ),
        (r#"place eq "R""#, "place", FilterRule::NeedsSubAttribute),
        (
            r#"place.shelves eq "R""#,
            "place.shelves",
            FilterRule::NeedsSubAttribute,
        ),
        (
            r#"ACME pr or not (ACME eq "x")"#,
            ACME,
            FilterRule::NeedsSubAttribute,
        ),
        (r#"label[value eq "x"]"#, "label", FilterRule::NoElements),
        (
            "ports[primary lt true]",
            "ports.primary",
            FilterRule::NotOrdered(DataType::Boolean),
        ),
        (
            "tags[value eq 1]",
            "tags.value",
            FilterRule::WrongValue(DataType::String),
        ),
        (
            "level pr and (label pr or slot gt true)",
            "slot",
            FilterRule::NotOrdered(DataType::Boolean),
        ),
        ("slot co 1", "slot", FilterRule::TextOperatorValue),
        ("id eq 7", "id", FilterRule::WrongValue(DataType::String)),
        (
            r#"meta.created lt "x""#,
            "meta.created",
            FilterRule::NotADateTime,
        ),
        (
            "ACME:desk.floor eq true",
            &format!("{ACME}:desk.floor"),
            FilterRule::WrongValue(DataType::Integer),
        ),
    ] {
        assert_eq!(
            check(&filter.replace("ACME", ACME)),
            Err((path.to_owned(), rule)),
            "{filter}"
        );
    }
    for filter in [
        r#"ports eq "p" and ports[value eq "p" and slot gt 1] and place[floor eq 1]"#,
        r#"built sw "2024" and nothing eq 1 and free gt "x" and level eq null and tags eq "x""#,
        r#"externalId eq "x" and schemas eq "urn:x" and urn:x:y:z pr"#,
    ] {
        assert_eq!(check(filter), Ok(()), "{filter}");
    }

    let known = |filter: &str| {
        filter
            .parse::<Filter>()
            .unwrap()
            .check_known(Gadget::DESCRIPTOR)
    };
    for filter in [
        "slot pr",
        "ports.z pr",
        "ports[z pr]",
        "urn:x:y:z pr",
        "tags[x pr]",
        "label.x pr",
    ] {
        assert_eq!(
            known(filter).unwrap_err().rule(),
            FilterRule::UnknownAttribute,
            "{filter}"
        );
    }
    let all =
        format!("{ACME} pr and {ACME}:badge pr and id pr and meta.version pr and tags[value pr]");
    known(&all).unwrap();
    assert_eq!(
        known("enabled gt true").unwrap_err().to_string(),
        "enabled: a boolean value has no order; gt, ge, lt and le do not apply"
    );
}

#[test]
fn schema_documents_are_read_at_run_time() {
    let documents = json!([
        {"id": "urn:example:2.0:Car", "name": "Car", "attributes": [
            {"name": "plate", "type": "string", "multiValued": false, "caseExact": true},
            {"name": "parts", "type": "Complex", "multiValued": true, "subAttributes": [
                {"name": "value", "type": "integer", "multiValued": false},
                {"name": "fitted", "type": "dateTime", "multiValued": false}]}]},
        {"id": "urn:example:2.0:Lease", "name": "Lease", "attributes": [
            {"name": "until", "type": "dateTime", "multiValued": false}]},
        {"name": "Car", "endpoint": "/Cars", "schema": "urn:example:2.0:Car",
            "schemaExtensions": [{"schema": "urn:example:2.0:Lease", "required": false}]},
    ]);
    let types = scim_client::dynamic::ResourceTypes::from_json(&documents.to_string()).unwrap();
    let schema = types.find("Car").unwrap().descriptor();
    let car = json!({
        "id": "1", "plate": "B-1", "parts": [{"value": 1}, {"value": 2, "fitted": "2024-01-01T00:00:00Z"}],
        "urn:example:2.0:Lease": {"until": "2026-01-01T00:00:00Z"},
    });
    let matches = |text: &str| {
        let filter: Filter = text.parse().unwrap();
        filter.check_known(schema).unwrap();
        filter.matches(Subject::json(&car, schema))
    };
    assert!(matches(
        r#"plate eq "B-1" and not (plate eq "b-1") and parts gt 1"#
    ));
    assert!(matches(
        r#"urn:example:2.0:car:parts[value eq 2 and fitted lt "2024-01-01T01:00:00+00:30"]"#
    ));
    assert!(matches(
        r#"urn:example:2.0:lease:until gt "2025-12-31T23:59:59.9Z""#
    ));
    assert!(
        "parts.fitted gt 1"
            .parse::<Filter>()
            .unwrap()
            .check(schema)
            .is_err()
    );
    assert!(
        "plates pr"
            .parse::<Filter>()
            .unwrap()
            .check_known(schema)
            .is_err()
    );
}
