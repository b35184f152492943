//! The PATCH vectors.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;
#[allow(dead_code, reason = "shared")]
#[path = "common/vectors.rs"]
mod shared_vectors;

use std::{collections::BTreeMap, fs};

use common::pt_user::{PT, PtUser};
use scim_client::{
    Group, Resource, Stored, User,
    patch::{ApplyOptions, PatchError, PatchOp},
};
use serde_json::{Value, json};
use shared_vectors::{count, skipped, vectors};

/// What was seen in the wild, where it lies beside the repository. It is not ours to hand on.
const PAYLOADS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/payloads");

/// Cases that end in a listed alternative, by what is ambiguous about them, and why. A case that
/// does is printed.
const ALTERNATIVES: &[(&str, &str)] = &[
    (
        "AMB-ERR-CODE",
        "of two fitting scimTypes, the one of the rule that is broken first",
    ),
    (
        "AMB-EXT-SCHEMAS",
        "`schemas` is worked out from the data: an extension without data is not in it",
    ),
    (
        "AMB-UNKNOWN-ATTR",
        "a path to an unknown attribute is refused, an unknown member of a value is left out",
    ),
    (
        "AMB-MEMBER-IDENTITY",
        "an element is there already if its type and value are equal",
    ),
    (
        "AMB-ADD-NOMATCH",
        "`add` makes the element that the filter describes (RFC 7644 §3.5.2.1: a target that does \
         not exist is added); `replace` fails with noTarget",
    ),
    (
        "AMB-REMOVE-VALUE",
        "a `remove` with a list takes away what is listed: the RFC gives the value no meaning, \
         and all is the most destructive reading",
    ),
    (
        "AMB-DUP-AFTER-REPLACE",
        "elements that become equal by a replace are kept",
    ),
    ("AMB-IMMUTABLE-SAME", "the same value is no change"),
    (
        "AMB-RO-IGNORE",
        "the same value is no change, another one is refused",
    ),
    ("AMB-EMPTY-PATH", "an empty path is none"),
];

/// Cases that are not about one resource in memory.
const ELSEWHERE: &[(&str, &str)] =
    &[("PT-120", "uniqueness is known only where all resources are")];

/// Cases that need a named leniency, besides the outcome with the standard options.
const LENIENT: &[&str] = &["PT-025", "PT-042", "PT-050", "PT-075", "PT-098", "PT-133"];

enum Outcome {
    After { after: Value, changed: bool },
    Error(PatchError),
}

fn outcome<R: Resource + PartialEq>(case: &Value, options: &ApplyOptions) -> Outcome {
    let mut stored: Stored<R> = Stored::from_json(&case["before"].to_string()).unwrap();
    let untouched = stored.clone();
    let body = json!({ "Operations": case["operations"] }).to_string();
    let applied = PatchOp::from_json(&body, &[]).and_then(|op| op.apply(&mut stored, options));
    match applied {
        Ok(changed) => {
            let after = serde_json::from_str(&stored.to_json()).unwrap();
            Outcome::After { after, changed }
        }
        Err(error) => {
            assert!(
                stored == untouched,
                "{}: changed in spite of {error}",
                case["id"]
            );
            Outcome::Error(error)
        }
    }
}

fn run(case: &Value, options: &ApplyOptions) -> Outcome {
    let text = case.to_string();
    if text.contains(PT) {
        outcome::<PtUser>(case, options)
    } else if text.contains("core:2.0:Group") {
        outcome::<Group>(case, options)
    } else {
        outcome::<User>(case, options)
    }
}

/// A document by what it means: see the vectors' README.
fn normal(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut kept = BTreeMap::new();
            for (name, value) in members {
                let value = match (name.as_str(), value) {
                    ("meta", _) | ("primary", Value::Bool(false)) => Value::Null,
                    ("schemas", Value::Array(urns)) => {
                        let mut urns = urns.clone();
                        urns.sort_by_key(Value::to_string);
                        Value::Array(urns)
                    }
                    (_, value) => normal(value),
                };
                let is_nothing = value.is_null() || value == json!([]) || value == json!({});
                if !is_nothing {
                    kept.insert(name.to_lowercase(), value);
                }
            }
            json!(kept)
        }
        Value::Array(values) => values.iter().map(normal).collect(),
        value => value.clone(),
    }
}

/// Whether the outcome is the one that the vector names.
fn is_as_told(outcome: &Outcome, told: &Value) -> bool {
    match outcome {
        Outcome::After { after, changed } => {
            told.get("error").is_none()
                && normal(after) == normal(&told["after"])
                && (told.get("unchanged") != Some(&json!(true)) || !changed)
        }
        Outcome::Error(error) => told["error"]["scimType"] == error.scim_type(),
    }
}

fn shown(outcome: &Outcome) -> String {
    match outcome {
        Outcome::After { after, changed } => format!("after (changed: {changed}) {after}"),
        Outcome::Error(error) => error.to_string(),
    }
}

#[test]
fn cases() {
    let vectors = vectors("patch.json");
    let (mut expected, mut other, mut skipped, mut wrong) = (0, 0, 0, Vec::new());
    for case in vectors["cases"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        if ELSEWHERE.iter().any(|(elsewhere, _)| *elsewhere == id) {
            skipped += 1;
            continue;
        }
        let outcome = run(case, &ApplyOptions::default());
        let alternatives = case["alternatives"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        let ambiguity = case["ambiguity"].as_str().unwrap_or_default();
        let listed = ALTERNATIVES.iter().find(|(tag, _)| ambiguity.contains(tag));
        let is_alternative = || alternatives.iter().any(|told| is_as_told(&outcome, told));
        if is_as_told(&outcome, &case["expect"]) {
            expected += 1;
        } else if let Some((tag, reason)) = listed.filter(|_| is_alternative()) {
            println!("{id} by an alternative ({tag}): {reason}");
            other += 1;
        } else {
            wrong.push(format!("{id} {}: {}", case["title"], shown(&outcome)));
        }
        if LENIENT.contains(&id) {
            let outcome = run(case, &ApplyOptions::entra());
            let told = alternatives
                .iter()
                .find(|told| told.get("error").is_none())
                .unwrap();
            if !is_as_told(&outcome, told) {
                wrong.push(format!("{id} under entra(): {}", shown(&outcome)));
            }
        }
    }
    count(format_args!(
        "patch: {expected} as expected, {other} by an alternative, {skipped} not applicable, {} wrong",
        wrong.len()
    ));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn messages() {
    let vectors = vectors("patch.json");
    let (mut read, mut refused, mut others) = (0, 0, 0);
    for message in vectors["messages"].as_array().unwrap() {
        let (id, expect) = (&message["id"], &message["expect"]);
        let told = expect["success"] == json!(true) || expect["error"].is_object();
        let Some(body) = message.get("body").filter(|_| told) else {
            others += 1;
            continue;
        };
        match PatchOp::from_json(&body.to_string(), &[]) {
            Ok(op) => {
                assert_eq!(expect["success"], json!(true), "{id}: {body} was read");
                let written: Value = serde_json::from_str(&op.to_json()).unwrap();
                let members = body.as_object().unwrap();
                let (_, operations) = members
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case("Operations"))
                    .unwrap();
                assert_eq!(
                    same_operations(&written["Operations"]),
                    same_operations(operations),
                    "{id}"
                );
                read += 1;
            }
            Err(error) => {
                let told = &expect["error"]["scimType"];
                assert_eq!(*told, error.scim_type(), "{id}: {error}");
                refused += 1;
            }
        }
    }
    count(format_args!(
        "patch messages: {read} bodies read, {refused} refused, {others} about other things"
    ));
}

/// Operations with their keywords and the names of their members in lower case.
fn same_operations(operations: &Value) -> Vec<BTreeMap<String, Value>> {
    let one = |operation: &Value| {
        let members = operation.as_object().unwrap().iter();
        let members = members.map(|(name, value)| match name.to_lowercase() {
            name if name == "op" => (name, json!(value.as_str().unwrap().to_lowercase())),
            name => (name, value.clone()),
        });
        members.collect()
    };
    operations.as_array().unwrap().iter().map(one).collect()
}

/// PATCH bodies as they were seen in the wild.
#[test]
fn payloads() {
    let Ok(directories) = fs::read_dir(PAYLOADS) else {
        skipped("patches of real clients, which are not in the repository");
        return;
    };
    let (mut read, mut refused) = (0, Vec::new());
    let files = directories
        .flatten()
        .flat_map(|entry| fs::read_dir(entry.path()).into_iter().flatten().flatten());
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        if !name.starts_with("patch_") {
            continue;
        }
        let text = fs::read_to_string(file.path()).unwrap();
        match PatchOp::from_json(&text, &[]) {
            Ok(_) => read += 1,
            Err(error) => refused.push(format!("{name}: {error}")),
        }
    }
    println!(
        "{read} read, {} refused\n{}",
        refused.len(),
        refused.join("\n")
    );
    assert!(read > 0);
}
