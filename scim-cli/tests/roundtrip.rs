//! What is exported from one server and imported into an empty one is the same, whatever it is.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::collections::BTreeMap;

use common::World;
use scim_client::dynamic::ResourceTypes;
use scim_client::{Group, User};
use serde_json::{Value, json};

const BADGE: &str = "urn:example:scim:Badge";
const ISSUED: &str = "urn:example:scim:Issued";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A type with an attribute of each kind, and an extension that refers to users.
fn badges() -> ResourceTypes {
    let one = |name: &str, kind: &str| json!({"name": name, "type": kind, "multiValued": false});
    let many = |name: &str, kind: &str| json!({"name": name, "type": kind, "multiValued": true});
    let documents = json!([
        {"id": BADGE, "name": "Badge", "attributes": [
            {"name": "label", "type": "string", "multiValued": false, "required": true, "uniqueness": "server"},
            one("size", "integer"), one("weight", "decimal"), one("valid", "boolean"), one("until", "dateTime"),
            one("picture", "binary"),
            {"name": "page", "type": "reference", "multiValued": false, "referenceTypes": ["external"]},
            many("words", "string"), many("numbers", "integer"), many("days", "dateTime"), many("blobs", "binary"),
            many("flags", "boolean"),
            {"name": "spot", "type": "complex", "multiValued": false, "subAttributes": [
                one("row", "integer"), one("seen", "dateTime"), one("note", "string")]},
            {"name": "uses", "type": "complex", "multiValued": true, "subAttributes": [
                one("value", "string"), one("at", "dateTime"), one("door", "string"), one("raw", "binary")]}]},
        {"id": ISSUED, "name": "Issued", "attributes": [
            {"name": "holder", "type": "complex", "multiValued": false, "subAttributes": [
                one("value", "string"),
                {"name": "$ref", "type": "reference", "multiValued": false, "referenceTypes": ["User"]}]},
            one("reason", "string")]},
        {"name": "Badge", "endpoint": "/Badges", "schema": BADGE,
            "schemaExtensions": [{"schema": ISSUED, "required": false}]}]);
    ResourceTypes::from_json(&documents.to_string()).unwrap()
}

fn world(name: &str, size: u64) -> World {
    World::with(name, |builder| {
        builder
            .bearer_token(common::TOKEN)
            .page_size(size)
            .resource::<User>()
            .resource::<Group>()
            .resource_types(&badges())
    })
}

/// Texts that files of one form or the other, or spreadsheets, take for something else.
const TEXTS: &[&str] = &[
    "plain",
    "a, b; \"c\"",
    "two\nlines",
    "two\r\nlines",
    "=1+1",
    "+1",
    "-2",
    "@SUM(A1)",
    "'=x",
    "'",
    "''",
    " in blanks ",
    "\ttab\t",
    "true",
    "007",
    "1e5",
    "null",
    "~",
    "- a: b",
    "# none",
    "{\"a\":1}",
    "[1]",
    "&x *y !z |",
    "Ζωή \u{1f600} e\u{301}",
    "\u{feff}mark",
    "a\\nb \\",
    "%25 <b>&amp;</b>",
    "\u{1}\u{7f}\u{85}\u{2028}",
    "2001-01-01",
    "yes",
];

fn fill(world: &World) {
    let id = |number: usize| format!("u-{number}");
    for (number, text) in TEXTS.iter().enumerate() {
        let mut user = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": id(number), "userName": format!("n{number}"),
            "title": text, "name": {"familyName": text, "givenName": "x"}, "displayName": format!("{text}{text}"),
            "active": number % 3 != 0, "externalId": format!("e{number}"),
            "addresses": [{"type": "work", "streetAddress": text, "country": "DE", "primary": true}],
            "emails": [{"value": format!("a{number}@x.example"), "type": "work"},
                {"value": format!("b{number}@x.example"), "type": "home", "primary": true}],
            "x509Certificates": [{"value": "MIIB+/8="}],
        });
        if number % 4 == 1 {
            // Two of a type, and one without.
            user["phoneNumbers"] = json!([{"value": "tel:+1;ext=2", "type": "work"}, {"value": "+2", "type": "work"},
                {"value": text}]);
            user["roles"] = json!([{"value": text}, {"value": "x;y", "display": "\"z\""}]);
        }
        // The manager of some stands behind them, and one is their own.
        let manager = (number * 7 + 3) % TEXTS.len();
        user[ENTERPRISE] = json!({"employeeNumber": "0012", "department": text, "manager": {"value": id(manager)}});
        world.provider.seed_json(&user.to_string()).unwrap();
    }
    let group = |name: &str, members: &[(&str, &str)]| {
        let members: Vec<Value> = members
            .iter()
            .map(|(kind, id)| json!({"value": id, "type": kind}))
            .collect();
        let group = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": format!("g-{name}"),
            "displayName": format!("{name}, \"quoted\"; =1"), "members": members});
        world.provider.seed_json(&group.to_string()).unwrap();
    };
    // Groups of groups, to those that come later, in a circle, and of both kinds.
    group("a", &[("Group", "g-b"), ("User", "u-1"), ("User", "u-9")]);
    group("b", &[("Group", "g-c")]);
    group("c", &[("Group", "g-a"), ("User", "u-2")]);
    group("d", &[]);
    for (number, text) in TEXTS.iter().enumerate() {
        let badge = json!({"schemas": [BADGE, ISSUED], "id": format!("b-{number}"), "label": format!("l{number}"),
            "size": -9_007_199_254_740_993_i64 + i64::try_from(number).unwrap(), "weight": 1.25, "valid": number % 2 == 0,
            "until": "2011-05-13T04:42:34.123+02:00", "picture": "AAECAwQF/+8=", "page": "https://x.example/a?b=c;d&e=%20",
            "words": [text, "x;y", "\"q\""], "numbers": [-1, 0, 12], "days": ["2011-05-13T04:42:34Z", "2012-01-01T00:00:00-05:00"],
            "blobs": ["AA==", "/+8="], "flags": [true, false],
            "spot": {"row": 3, "seen": "2011-05-13T04:42:34Z", "note": text},
            "uses": [{"value": "1", "at": "2011-05-13T04:42:34Z", "door": text}, {"value": "2", "raw": "/w=="}],
            (ISSUED): {"holder": {"value": id(number)}, "reason": text}});
        world.provider.seed_json(&badge.to_string()).unwrap();
    }
}

/// All resources without what differs between servers; ids are the names of what they are of.
fn content(world: &World) -> BTreeMap<String, Value> {
    let mut all = Vec::new();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for (kind, name) in [
        ("users", "userName"),
        ("groups", "displayName"),
        ("badges", "label"),
    ] {
        let out = world.run(&["get", kind, "--all", "-o", "jsonl"]).ok();
        for line in out.lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            let name = format!("{kind} {}", value[name].as_str().unwrap());
            names.insert(value["id"].as_str().unwrap().to_owned(), name.clone());
            all.push((name, value));
        }
    }
    let named = |(name, mut value): (String, Value)| {
        for member in ["id", "meta", "groups"] {
            value.as_object_mut().unwrap().remove(member);
        }
        rename(&mut value, &names);
        (name, value)
    };
    all.into_iter().map(named).collect()
}

fn rename(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::Array(elements) => elements
            .iter_mut()
            .for_each(|element| rename(element, names)),
        Value::Object(members) => {
            if members.remove("$ref").is_some() {
                members.remove("display");
            }
            if let Some(Value::String(id)) = members.get("value")
                && let Some(name) = names.get(id)
            {
                members.insert("value".to_owned(), Value::String(name.clone()));
            }
            members.values_mut().for_each(|value| rename(value, names));
            // The order of complex values says nothing; CSV has a column for each type of them.
            for list in members.values_mut().filter_map(Value::as_array_mut) {
                if list.iter().all(Value::is_object) {
                    list.sort_by_key(Value::to_string);
                }
            }
        }
        _ => {}
    }
}

#[test]
fn an_empty_server_gets_all_of_it() {
    let old = world("round-old", 7);
    fill(&old);
    let before = content(&old);
    let count = 2 * TEXTS.len() + 4;
    assert_eq!(before.len(), count);
    for form in ["jsonl", "json", "yaml", "csv", "tsv"] {
        let folder = old.path(form).display().to_string();
        std::fs::create_dir_all(&folder).unwrap();
        let export = [
            "export", "users", "groups", "badges", "--out", &folder, "--format", form,
        ];
        old.run(&export).ok();
        let more: &[&[&str]] = match form {
            "jsonl" | "csv" => &[&[], &["--bulk"]],
            _ => &[&[]],
        };
        for more in more {
            let new = world(&format!("round-{form}-{}", more.len()), 9);
            let mut import = vec!["import", "-f", &folder];
            import.extend(*more);
            let ran = new.run(&import);
            let wanted = format!("{count} rows: {count} created");
            assert!(ran.err.contains(&wanted), "{form} {more:?}: {}", ran.err);
            ran.ok();
            let after = content(&new);
            for (name, value) in &before {
                assert_eq!(Some(value), after.get(name), "{form} {more:?}: {name}");
            }
            assert_eq!(before.len(), after.len(), "{form}");
            // Once more, there is nothing to do.
            import.extend(["--on-conflict", "update", "--report", "again.jsonl"]);
            let ran = new.run(&import);
            let wanted = format!("{count} rows: {count} unchanged");
            assert!(ran.err.contains(&wanted), "{form} {more:?}: {}", ran.err);
        }
    }
}

#[test]
fn other_types_are_served_from_their_documents() {
    let old = world("serve-types", 50);
    fill(&old);
    let fetched = old.path("documents").display().to_string();
    old.run(&["schema", "fetch", "--out", &fetched]).ok();
    let seeds = old.path("seeds").display().to_string();
    old.run(&["export", "users", "groups", "badges", "--out", &seeds])
        .ok();
    let serve = ["serve", "--schemas", &fetched, "--seed", &seeds];
    let served = common::served::serve(&old, &serve);
    let run = |arguments: &[&str]| {
        let mut all = vec!["--url", served.url.as_str()];
        all.extend(arguments);
        old.bare(&all)
    };
    let names = run(&["schema", "list", "-o", "jsonl"]).ok();
    assert!(
        names.contains("/Badges") && names.contains("/Users"),
        "{names}"
    );
    let count = format!("{}\n", TEXTS.len());
    assert_eq!(run(&["get", "badges", "--count"]).ok(), count);
    let made = [
        "create", "badge", "--label", "new", "--size", "4", "--holder", "@n1", "-o", "id",
    ];
    run(&made).ok();
    assert_eq!(
        run(&[
            "get",
            "badges",
            "-w",
            "size=4",
            "-o",
            "csv",
            "--columns",
            "label"
        ])
        .ok(),
        "label\nnew\n"
    );
    old.write("none/x.json", "[]");
    for wrong in ["none", "missing", "seeds"] {
        let said = old.bare(&["serve", "--schemas", wrong]).fails(2);
        assert!(said.contains(wrong) && said.contains("hint: "), "{said}");
    }
}
