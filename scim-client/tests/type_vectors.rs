//! The vectors for data types, equivalence, tolerance and serialization, on the core models and on
//! a resource with every kind of attribute. The value types have a runner of their own
//! (`value_vectors`), the schema definitions one in `scim-codegen`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

mod common;
#[allow(dead_code, reason = "shared")]
#[path = "common/vectors.rs"]
mod shared_vectors;

use common::gadget::Gadget;
use scim_client::{
    Binary, DateTime, EnterpriseUser, Group, Reference, Resource, Stored, User,
    client::{Client, Operation as _},
};
use serde_json::{Value, json};
use shared_vectors::{count, vectors};

#[derive(Default)]
struct Tally {
    passed: usize,
    missed: Vec<String>,
}

impl Tally {
    fn check(&mut self, id: &Value, held: bool, found: impl std::fmt::Display) {
        if held {
            self.passed += 1;
        } else {
            self.missed.push(format!("{id}: {found}"));
        }
    }
}

/// The attribute of [`Gadget`] that has this data type.
fn attribute_of(kind: &str) -> &'static str {
    match kind {
        "integer" => "level",
        "decimal" => "weight",
        "boolean" => "enabled",
        "string" => "label",
        "reference" => "owner",
        "complex" => "place",
        "complex[]" => "ports",
        "string[]" => "tags",
        "dateTime" => "built",
        "binary" => "key",
        other => panic!("no attribute of type {other}"),
    }
}

/// Reads the value in strict mode and writes it back.
fn strictly(kind: &str, value: &str) -> Result<Stored<Gadget>, String> {
    let name = attribute_of(kind);
    // `place` has no `value`, and no `a` and `b`: the vectors' sub-attributes are unknown there.
    let text = format!(r#"{{"schemas":["x"],"id":"1","serialNumber":"s","{name}":{value}}}"#);
    Stored::from_json_strict(&text).map_err(|error| error.to_string())
}

#[test]
fn values() {
    let vectors = vectors("types.json");
    let mut tally = Tally::default();
    for row in vectors["values"].as_array().unwrap() {
        let (kind, text) = (row["type"].as_str().unwrap(), row["json"].as_str().unwrap());
        let read = strictly(kind, text);
        let valid = match &read {
            // These keep any text; whether it is a value of the type is asked of the value.
            Ok(gadget) => {
                gadget.owner.as_ref().is_none_or(Reference::is_valid)
                    && gadget.built.as_ref().is_none_or(DateTime::is_valid)
                    && gadget.key.as_ref().is_none_or(Binary::is_valid)
            }
            Err(_) => false,
        };
        let found = read.as_ref().map_or_else(Clone::clone, Stored::to_json);
        tally.check(&row["id"], valid == row["valid"], found);
        if let Ok(gadget) = &read {
            tally.check(&row["id"], is_kept(gadget, kind, text), gadget.to_json());
        }
    }
    finish("values", &tally);
}

/// Whether the value is written as it was read, but for what stands for no value.
fn is_kept(gadget: &Stored<Gadget>, kind: &str, text: &str) -> bool {
    let written: Value = serde_json::from_str(&gadget.to_json()).unwrap();
    let read: Value = serde_json::from_str(text).unwrap();
    let unassigned = read.is_null() || read == json!([]) || read == json!({});
    match written.get(attribute_of(kind)) {
        // A decimal has a digit on both sides of the period (RFC 7643 section 2.3.3).
        Some(written) if read.is_number() => written.as_f64() == read.as_f64(),
        Some(written) => *written == read,
        None => unassigned,
    }
}

#[test]
fn equivalence() {
    let vectors = vectors("types.json");
    let mut tally = Tally::default();
    for row in vectors["equivalence"].as_array().unwrap() {
        for group in row["groups"].as_array().unwrap() {
            let texts: Vec<_> = group
                .as_array()
                .unwrap()
                .iter()
                .map(|t| t.as_str().unwrap())
                .collect();
            let users: Vec<User> = texts.iter().map(|text| user(text)).collect();
            let same = users.windows(2).all(|pair| pair[0] == pair[1])
                // Members belong to groups, and references are compared by what they mean.
                && texts.windows(2).all(|pair| references_agree(pair[0], pair[1]));
            tally.check(&row["id"], same, row["title"].as_str().unwrap_or("?"));
        }
    }
    finish("equivalence", &tally);
}

fn user(text: &str) -> User {
    let mut value: Value = serde_json::from_str(text).unwrap();
    let members = value.as_object_mut().unwrap();
    let absent = !members
        .keys()
        .any(|name| name.eq_ignore_ascii_case("userName"));
    if absent {
        members.insert("userName".into(), json!("u"));
    }
    members.remove("members");
    User::from_json(&value.to_string()).unwrap()
}

fn references_agree(one: &str, other: &str) -> bool {
    let members = |text: &str| {
        let mut value: Value = serde_json::from_str(text).unwrap();
        value["displayName"] = json!("g");
        Group::from_json(&value.to_string()).unwrap().members
    };
    let (one, other) = (members(one), members(other));
    one.len() == other.len()
        && one
            .iter()
            .zip(&other)
            .all(|(a, b)| match (&a.ref_, &b.ref_) {
                (Some(a), Some(b)) => a.same_resource(b),
                (a, b) => a == b,
            })
}

/// What is promised for each form that servers send and the RFC does not allow.
#[test]
fn tolerance() {
    let vectors = vectors("types.json");
    let mut tally = Tally::default();
    for row in vectors["tolerance"].as_array().unwrap() {
        let (id, text) = (row["id"].as_str().unwrap(), row["json"].as_str().unwrap());
        let value: Value = serde_json::from_str(text).unwrap();
        let held = match id {
            // Documented: of two members that differ at most in case, the last one wins.
            "TT-001" | "TT-002" => {
                let last = text.rsplit('"').nth(1).unwrap();
                User::from_json(text).unwrap().user_name == last
            }
            "TT-010" => {
                let text = text.replacen('{', "{\"userName\":\"a\",", 1);
                Stored::<User>::from_json(&text).unwrap().id() == "bulkId:1"
            }
            // Everything else is read, and nothing of it is lost.
            _ => {
                let user = user(text);
                let again: Value = serde_json::from_str(&user.to_json()).unwrap();
                let kept = value.as_object().unwrap().iter().all(|(name, value)| {
                    let unassigned = value.is_null() || value == &json!([]);
                    name.eq_ignore_ascii_case("schemas") || unassigned || again.get(name).is_some()
                });
                kept && again["schemas"].is_array()
            }
        };
        tally.check(&row["id"], held, row["title"].as_str().unwrap());
    }
    finish("tolerance", &tally);
}

#[test]
fn serialization() {
    let vectors = vectors("types.json");
    let client = Client::builder("https://example.com/v2").build().unwrap();
    let users = client.resource::<User>();
    let mut tally = Tally::default();
    for row in vectors["serialization"].as_array().unwrap() {
        let mut given = row["in_"].clone();
        let members = given.as_object_mut().unwrap();
        let clears = members.values().any(|value| value == "__CLEAR__");
        members.retain(|_, value| !value.as_str().is_some_and(|text| text.starts_with("__")));
        let user = User::from_json(&given.to_string()).unwrap();
        let request = match row["op"].as_str().unwrap() {
            "POST" => {
                let mut create = users.create(&user);
                if clears {
                    create = create.clear(|u| (u.nick_name, u.roles));
                }
                create.request()
            }
            "PUT" => users.replace_at("1", &user).request(),
            other => panic!("no operation {other}"),
        };
        let body: Value = serde_json::from_slice(request.unwrap().body()).unwrap();
        tally.check(&row["id"], body == row["body"], body);
    }
    finish("serialization", &tally);
}

fn finish(section: &str, tally: &Tally) {
    count(format_args!(
        "{section}: {} passed, {} missed",
        tally.passed,
        tally.missed.len()
    ));
    for miss in &tally.missed {
        println!("  {miss}");
    }
    assert!(tally.missed.is_empty() && tally.passed > 0);
}

/// The same without vectors: what must hold on every machine.
#[test]
fn written_exactly() {
    let user = User::new("a")
        .with_password("p")
        .with_enterprise_user(EnterpriseUser::default().with_department("d"));
    assert_eq!(
        serde_json::from_str::<Value>(&user.to_json()).unwrap(),
        json!({
            "schemas": [
                "urn:ietf:params:scim:schemas:core:2.0:User",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
            ],
            "userName": "a",
            "password": "p",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "d"}
        })
    );
    // An extension without values is none.
    let user = User::new("a").with_enterprise_user(EnterpriseUser::default());
    assert_eq!(user.to_json(), User::new("a").to_json());
    for (kind, value, fits) in [
        ("integer", "1.0", false),
        ("integer", "1", true),
        ("boolean", "\"True\"", false),
        ("complex[]", "{\"value\":\"x\"}", false),
        ("complex[]", "[null]", false),
        ("complex", "[{}]", false),
        ("string", "1", false),
        ("decimal", "1e3", true),
    ] {
        assert_eq!(strictly(kind, value).is_ok(), fits, "{kind} {value}");
    }
}
