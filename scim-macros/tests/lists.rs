//! What stands in more than one place is the same in all: profiles, operators, characteristics of
//! attributes and data types. The crates below cannot see each other; this one sees both.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a panic is how a test fails"
)]

use std::collections::BTreeSet;

use scim_client::{
    Group, Resource as _, ServiceProviderConfig, Stored, User,
    dynamic::{DynamicResource, ResourceTypes},
    evaluate::{DataType, Subject},
    filter::{Filter, Operator},
    internal,
    model::{Descriptor, Kind, Mutability, Returned, Table, Uniqueness},
    resource::Root,
    typed::condition,
};
use scim_schema::{Reading, Source, diff, lists};
use serde_json::{Value, json};

/// A member of `profile.json` that the client reads and the generator does not check, or the other way
/// round, is one that was added in one place only.
#[test]
fn a_profile_has_the_same_members_for_the_generator_and_the_client() {
    let generator: BTreeSet<_> = lists::profile_grammar().into_iter().collect();
    let client: BTreeSet<_> = internal::profile_grammar().into_iter().collect();
    let only = |one: &BTreeSet<_>, other: &BTreeSet<_>| -> Vec<_> {
        one.difference(other)
            .cloned()
            .collect::<Vec<(String, String)>>()
    };
    assert_eq!(
        only(&generator, &client),
        [],
        "the client does not read these"
    );
    assert_eq!(
        only(&client, &generator),
        [],
        "the generator does not check these"
    );
    assert!(client.len() > 40, "{client:?}");
}

#[test]
fn every_shipped_profile_is_in_the_guide() {
    let Ok(guide) = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../scim-client/src/guide/vendors.md"
    )) else {
        return;
    };
    let start = guide.find("Profiles for ").expect("a list of profiles");
    let list = guide[start..]
        .split("come with")
        .next()
        .unwrap()
        .to_lowercase();
    let grammar = lists::profile_grammar();
    let (_, names) = grammar
        .iter()
        .find(|(at, form)| at == "/base" && form != "text")
        .unwrap();
    for name in names.split(' ') {
        let vendor = name.split('-').next().unwrap();
        assert!(list.contains(vendor), "{name}");
    }
    assert_eq!(list.matches(',').count() + 2, names.split(' ').count());
}

/// Whoever writes a profile or an overlay has the guide's chapter and nothing else.
#[test]
fn every_member_of_a_profile_and_of_an_overlay_is_in_the_guide() {
    let Ok(chapter) = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../scim-client/src/guide/overlay_and_profile.md"
    )) else {
        return;
    };
    let (overlay, profile) = chapter.split_once("# `profile.json`").unwrap();
    let rows = |part: &str, name: &str| -> String {
        let of = format!("| `{name}`");
        let rows = part.lines().filter(|row| row.starts_with(&of));
        rows.collect()
    };
    for (at, _) in lists::profile_grammar() {
        let names: Vec<_> = at.trim_start_matches('/').split('/').collect();
        let says = match names[..] {
            ["documented", member] => {
                rows(profile, "capabilities").contains(&format!("`{member}`"))
            }
            [object, member] => rows(profile, object).contains(&format!("`{member}`")),
            [member] => profile.contains(&format!("`{member}`")),
            _ => false,
        };
        assert!(says, "the guide does not have {at}");
    }
    for member in lists::OVERLAY_OF_ATTRIBUTE {
        assert!(overlay.contains(&format!("`{member}`")), "{member}");
    }
}

#[test]
fn every_operator_is_parsed_and_printed() {
    for operator in Operator::ALL {
        let text = format!("userName {operator} \"b\"");
        assert_eq!(text.parse::<Filter>().unwrap().to_string(), text);
        let upper = format!("userName {} \"b\"", operator.as_str().to_uppercase());
        assert_eq!(upper.parse::<Filter>().unwrap().to_string(), text);
        // Without a wildcard: a new operator does not compile here until typed paths have it.
        let typed = condition::<User>(|u| match operator {
            Operator::Eq => u.user_name.eq("b"),
            Operator::Ne => u.user_name.ne("b"),
            Operator::Co => u.user_name.co("b"),
            Operator::Sw => u.user_name.sw("b"),
            Operator::Ew => u.user_name.ew("b"),
            Operator::Gt => u.user_name.gt("b"),
            Operator::Ge => u.user_name.ge("b"),
            Operator::Lt => u.user_name.lt("b"),
            Operator::Le => u.user_name.le("b"),
        });
        assert_eq!(typed.to_string(), text);
    }
}

/// An operator that nothing evaluates is true of everything or of nothing, or is another one.
#[test]
fn every_operator_is_evaluated() {
    let texts = ["", "a", "ab", "b", "bc", "abc", "c"];
    let users = texts.map(User::new);
    let mut found = BTreeSet::new();
    for operator in Operator::ALL {
        let filter: Filter = format!("userName {operator} \"b\"").parse().unwrap();
        let matched: Vec<bool> = users
            .iter()
            .map(|user| filter.matches(Subject::resource(user)))
            .collect();
        assert!(
            matched.contains(&true) && matched.contains(&false),
            "{operator}"
        );
        assert!(found.insert(matched), "{operator} is another one");
    }
}

/// The names of the attributes in a table, below another one or not.
fn names(table: &'static Descriptor, outer: Option<&str>) -> BTreeSet<String> {
    let found = outer.map(|name| table.attributes().iter().find(|a| a.name == name).unwrap());
    let attributes = found.map_or(table.attributes(), |found| found.sub_attributes());
    attributes.iter().map(|a| a.name.to_owned()).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// A schema with one attribute: `plain`, but for what `change` says of it.
fn schema(plain: &Value, change: Option<(&str, &Value)>) -> Source {
    let mut attribute = plain.clone();
    if let Some((name, value)) = change {
        attribute[name] = value.clone();
    }
    let schema = json!({
        "id": "urn:example:Device", "name": "Device", "attributes": [attribute]
    });
    Source::new("device.json", schema.to_string())
}

/// The attribute of such a schema as a type that is known at run time writes it.
fn written_of(source: Source) -> Value {
    let device = json!({"name": "Device", "endpoint": "/Devices", "schema": "urn:example:Device"});
    let documents = [
        ("schema.json", source.text),
        ("type.json", device.to_string()),
    ];
    let (types, _) = ResourceTypes::from_documents(documents).unwrap();
    let document = types.get("Device").unwrap().schema_document().to_value();
    let mut attributes = document["attributes"].as_array().unwrap().iter();
    let is_code = |attribute: &&Value| {
        let name = attribute["name"].as_str();
        name.is_some_and(|name| name.eq_ignore_ascii_case("code"))
    };
    attributes.find(is_code).cloned().unwrap()
}

/// The characteristics of RFC 7643 §7 are those of the schema of schemas, which the client has as a
/// table. Each is read by the generator, makes a difference there, is told by `diff`, and is in the
/// documents that a derived type writes. An overlay corrects each, but for those that it has another
/// way for.
#[test]
fn every_characteristic_is_known_everywhere() {
    let known = names(
        <scim_client::Schema as Root>::DESCRIPTOR,
        Some("attributes"),
    );
    assert_eq!(known, set(&lists::ATTRIBUTE_MEMBERS));
    let plain = json!({
        "name": "code", "type": "reference", "multiValued": false, "description": "A code.",
        "required": false, "caseExact": true, "mutability": "readWrite", "returned": "default",
        "uniqueness": "none", "referenceTypes": ["User"]
    });
    let mut text = plain.clone();
    text["type"] = "string".into();
    text["caseExact"] = false.into();
    let mut complex = plain.clone();
    complex["type"] = "complex".into();
    complex["subAttributes"] = json!([{"name": "value", "type": "string"}]);
    let changes = [
        ("name", &plain, json!("Code")),
        ("type", &plain, json!("string")),
        (
            "subAttributes",
            &complex,
            json!([{"name": "value", "type": "boolean"}]),
        ),
        ("multiValued", &plain, json!(true)),
        ("description", &plain, json!("Another code.")),
        ("required", &plain, json!(true)),
        ("canonicalValues", &text, json!(["one", "two"])),
        ("caseExact", &text, json!(true)),
        ("mutability", &plain, json!("immutable")),
        ("returned", &plain, json!("always")),
        ("uniqueness", &plain, json!("server")),
        ("referenceTypes", &plain, json!(["Group"])),
    ];
    assert_eq!(
        known,
        changes
            .iter()
            .map(|(name, ..)| (*name).to_owned())
            .collect()
    );
    for (name, base, value) in &changes {
        let read = |source: Source| scim_schema::read(&[source], &Reading::default()).unwrap().0;
        let (old, new) = (
            read(schema(base, None)),
            read(schema(base, Some((name, value)))),
        );
        assert_ne!(old, new, "{name} makes no difference");
        assert!(
            !diff(&old, &new).is_empty(),
            "`diff` does not tell of {name}"
        );
    }
    let config = ServiceProviderConfig::schema();
    let written =
        [User::schema(), Group::schema(), config].map(|schema| schema.as_str().to_owned());
    for name in &known {
        let member = format!("\"{name}\":");
        assert!(
            written.iter().any(|text| text.contains(&member)),
            "no document has {name}"
        );
    }
    for (name, base, value) in &changes {
        if matches!(*name, "name" | "subAttributes") {
            continue;
        }
        let mut change = json!({"schema": "urn:example:Device", "attribute": "code"});
        change[name] = value.clone();
        let overlay = json!({"changes": [change]}).to_string();
        let sources = [schema(base, None), Source::new("overlay.json", overlay)];
        let corrected = scim_schema::read(&sources, &Reading::default()).unwrap().0;
        let plain = scim_schema::read(&sources[..1], &Reading::default())
            .unwrap()
            .0;
        assert!(
            !diff(&plain, &corrected).is_empty(),
            "an overlay does not set {name}"
        );
    }
    // Tables have them, and what is written of a table: a type known at run time is a table only.
    // Types that differ in words alone are one.
    for (name, base, value) in changes.iter().filter(|(name, ..)| *name != "description") {
        assert_ne!(
            written_of(schema(base, None))[name],
            written_of(schema(base, Some((name, value))))[name],
            "a table does not have {name}"
        );
    }
    // Sub-attributes are attributes, and named as such.
    let overlay = set(&lists::OVERLAY_OF_ATTRIBUTE);
    let missing: Vec<_> = known.difference(&overlay).collect();
    assert_eq!(missing, ["subAttributes"]);
}

/// The values that the schema of schemas has for a characteristic.
fn suggested(characteristic: &str) -> BTreeSet<String> {
    let table = <scim_client::Schema as Root>::DESCRIPTOR;
    let attributes = table.attributes().iter().find(|a| a.name == "attributes");
    let mut own = attributes.unwrap().sub_attributes().iter();
    let found = own.find(|a| a.name == characteristic).unwrap();
    set(found.suggested_values())
}

/// The keywords of RFC 7643 §7: those of the schema of schemas, of tables, and of the generator, which
/// makes something else of each.
#[test]
fn every_keyword_is_known_everywhere() {
    let in_tables = [
        ("mutability", set(&Mutability::ALL.map(Mutability::as_str))),
        ("returned", set(&Returned::ALL.map(Returned::as_str))),
        ("uniqueness", set(&Uniqueness::ALL.map(Uniqueness::as_str))),
    ];
    for (characteristic, keywords) in in_tables {
        assert!(keywords.len() > 2, "{keywords:?}");
        assert_eq!(keywords, suggested(characteristic), "{characteristic}");
        let mut models: Vec<scim_schema::Model> = Vec::new();
        for keyword in &keywords {
            let plain = json!({"name": "code", "type": "string", "multiValued": false});
            let source = schema(&plain, Some((characteristic, &keyword.as_str().into())));
            let (model, findings) = scim_schema::read(&[source], &Reading::default()).unwrap();
            let unknown = findings
                .iter()
                .find(|one| one.code().starts_with("unknown-"));
            assert!(unknown.is_none(), "{characteristic} {keyword}");
            assert!(!models.contains(&model), "{characteristic} {keyword}");
            models.push(model);
        }
    }
    assert_eq!(
        set(&scim_schema::model::Mutability::KEYWORDS.map(|(word, _)| word)),
        suggested("mutability")
    );
    assert_eq!(
        set(&scim_schema::model::Returned::KEYWORDS.map(|(word, _)| word)),
        suggested("returned")
    );
    assert_eq!(
        set(&scim_schema::model::Uniqueness::KEYWORDS.map(|(word, _)| word)),
        suggested("uniqueness")
    );
}

/// Diagnostics of documents, and messages and `Debug` of all else, escape the same characters.
#[test]
fn the_same_characters_are_invisible_everywhere() {
    let differs = |c: &char| internal::shown::is_invisible(*c) != lists::is_invisible(*c);
    assert_eq!(('\0'..=char::MAX).find(differs), None);
}

/// The data types of RFC 7643 §2.3: those of the schema of schemas, of the generator, and of tables.
#[test]
fn every_data_type_is_known_everywhere() {
    let types = set(&lists::types());
    assert_eq!(types, suggested("type"));
    let table = Table::Of(|| <User as Root>::DESCRIPTOR);
    let mut kind = Some(Kind::String);
    let mut kinds = BTreeSet::new();
    while let Some(this) = kind {
        kinds.insert(this.as_str().to_owned());
        // Without a wildcard: a new type does not compile here until it is in the list.
        kind = match this {
            Kind::String => Some(Kind::Boolean),
            Kind::Boolean => Some(Kind::Decimal),
            Kind::Decimal => Some(Kind::Integer),
            Kind::Integer => Some(Kind::DateTime),
            Kind::DateTime => Some(Kind::Binary),
            Kind::Binary => Some(Kind::Reference),
            Kind::Reference => Some(Kind::Complex(table)),
            Kind::Complex(_) => Some(Kind::Any),
            Kind::Any => None,
        };
    }
    kinds.remove("any");
    // What a schema known at run time calls them is read as what it is.
    for name in &types {
        assert_eq!(DataType::from_name(name).as_str(), name);
    }
    assert_eq!(types, kinds);
}

/// A value of each data type is read, written and compared as such, and what is none is told: a type
/// that is known by its name only would be read as anything, and equal to nothing.
#[test]
fn every_data_type_is_read_and_compared() {
    for name in lists::types() {
        // A value, one that comes after it, and one of another type.
        let (value, later, other) = match name {
            "string" => (json!("a"), json!("b"), json!(1)),
            "boolean" => (json!(false), json!(true), json!({})),
            "decimal" => (json!(1.5), json!(2.5), json!({})),
            "integer" => (json!(1), json!(2), json!({})),
            "dateTime" => (
                json!("2011-08-01T18:29:49Z"),
                json!("2011-08-01T18:29:50Z"),
                json!("tomorrow"),
            ),
            "binary" => (json!("AQI="), json!("AQM="), json!("*")),
            "reference" => (
                json!("https://a.example/"),
                json!("https://b.example/"),
                json!(1),
            ),
            "complex" => continue,
            unknown => panic!("no example of {unknown}"),
        };
        let plain = json!({"name": "code", "type": name, "multiValued": false});
        let device =
            json!({"name": "Device", "endpoint": "/Devices", "schema": "urn:example:Device"});
        let documents = [
            ("schema.json", schema(&plain, None).text),
            ("type.json", device.to_string()),
        ];
        let (types, _) = ResourceTypes::from_documents(documents).unwrap();
        let kind = types.get("Device").unwrap();
        let document = |value: &Value| {
            json!({"schemas": ["urn:example:Device"], "id": "1", "code": value}).to_string()
        };
        let read = |value: &Value| {
            Stored::<DynamicResource>::from_json_strict_of(kind.kind(), &document(value))
        };
        let one = read(&value).unwrap();
        let written: Value = serde_json::from_str(&one.to_json()).unwrap();
        assert_eq!(written["code"], value, "{name}");
        assert!(read(&other).is_err(), "{other} is read as {name}");
        let matches = |operator: &str, wanted: &Value| {
            let filter = kind.filter(&format!("code {operator} {wanted}"));
            filter.map(|filter| filter.matches(&one))
        };
        for (operator, wanted, expected) in [
            ("eq", &value, true),
            ("eq", &later, false),
            ("ne", &value, false),
            ("ne", &later, true),
        ] {
            let found = matches(operator, wanted);
            assert_eq!(found.ok(), Some(expected), "{name} {operator} {wanted}");
        }
        // RFC 7644 §3.4.2.2: booleans and binaries have no order.
        let has_order = !matches!(name, "boolean" | "binary");
        assert_eq!(
            matches("lt", &later).ok(),
            has_order.then_some(true),
            "{name}"
        );
    }
}
