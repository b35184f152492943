//! Runs the vectors for data types (RFC 7643 section 2.3) against the text-keeping values.
#![allow(
    clippy::expect_used,
    reason = "helpers of tests may panic as the tests do"
)]

#[allow(dead_code, reason = "shared")]
#[path = "common/vectors.rs"]
mod shared_vectors;

use std::fs;
use std::path::Path;

use scim_client::value::{Binary, DateTime, Decimal, Reference};
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared_vectors::{count, skipped, vectors};

/// What was seen in the wild, where it lies beside the repository. It is not ours to hand on.
const PAYLOADS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/payloads");

/// The rows of one section.
fn section(name: &str) -> Vec<Value> {
    let vectors = vectors("types.json");
    let rows = vectors[name].as_array();
    rows.expect("a section is a list").clone()
}

/// Counts rows, and remembers those that came out otherwise than expected.
#[derive(Default)]
struct Tally {
    rows: usize,
    skipped: usize,
    misses: Vec<String>,
}

impl Tally {
    fn check(&mut self, row: &Value, what: &str, passed: bool) {
        if !passed {
            self.misses.push(format!("{what}: {row}"));
        }
    }

    fn finish(self, name: &str) {
        let Self {
            rows,
            skipped,
            misses,
        } = self;
        count(format_args!(
            "{name}: {rows} rows, {} misses, {skipped} not of these types",
            misses.len()
        ));
        for miss in &misses {
            println!("  {miss}");
        }
        assert!(misses.is_empty(), "{name}: {} misses", misses.len());
    }
}

/// Reads a JSON value as a value that may be unassigned, as a decoder does. `None` if it cannot.
fn read<T: DeserializeOwned>(json: &Value) -> Option<Option<T>> {
    serde_json::from_value(json.clone()).ok()
}

#[test]
fn date_time() {
    let rows = section("dateTime");
    let mut tally = Tally::default();
    for row in &rows {
        tally.rows += 1;
        let value = read::<DateTime>(&row["value"]);
        let valid = value
            .as_ref()
            .is_some_and(|value| value.as_ref().is_none_or(DateTime::is_valid));
        tally.check(row, "is_valid", row["valid"] == valid);
        if let (Some(expected), Some(Some(value))) = (row["instant_utc"].as_str(), &value) {
            let expected = DateTime::new(expected);
            tally.check(row, "instant", value.instant() == expected.instant());
        }
        if let (Some(text), Some(Some(value))) = (row["value"].as_str(), &value) {
            tally.check(
                row,
                "text kept",
                serde_json::to_value(value).unwrap() == text,
            );
        }
    }
    tally.finish("dateTime");
}

#[test]
fn binary() {
    let rows = section("binary");
    let mut tally = Tally::default();
    for row in &rows {
        tally.rows += 1;
        let bytes = read::<Binary>(&row["value"])
            .flatten()
            .and_then(|value| value.decode().ok());
        let hex = bytes.map(|bytes| {
            bytes
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        });
        tally.check(row, "decode", hex.as_deref() == row["bytes_hex"].as_str());
        tally.check(row, "valid", row["valid"] == hex.is_some());
    }
    tally.finish("binary");
}

#[test]
fn values() {
    let rows = section("values");
    let mut tally = Tally::default();
    for row in &rows {
        let json = row["json"].as_str().unwrap_or_default();
        let valid = match row["type"].as_str() {
            Some("decimal") => {
                tally.check(
                    row,
                    "FromStr",
                    row["valid"] == json.parse::<Decimal>().is_ok(),
                );
                Decimal::from_text(json).is_valid()
            }
            Some("reference") => {
                let value: Reference = serde_json::from_str(json).expect("a string");
                let uri = value.resolve("https://example.com/v2/");
                tally.check(row, "resolve", row["valid"] == uri.is_some());
                if let Some(uri) = uri.filter(|_| value.as_str().ends_with("Users/1")) {
                    tally.check(row, "target", uri == "https://example.com/v2/Users/1");
                }
                tally.check(
                    row,
                    "text kept",
                    serde_json::to_string(&value).unwrap() == json,
                );
                value.is_valid()
            }
            _ => {
                tally.skipped += 1;
                continue;
            }
        };
        tally.rows += 1;
        tally.check(row, "is_valid", row["valid"] == valid);
    }
    tally.finish("values");
}

#[test]
fn comparable_references() {
    let rows = section("equivalence");
    let mut tally = Tally::default();
    for row in &rows {
        if row["id"] != "TE-006" {
            tally.skipped += 1;
            continue;
        }
        tally.rows += 1;
        for group in row["groups"].as_array().expect("groups") {
            let references: Vec<Reference> = group
                .as_array()
                .expect("a group is a list")
                .iter()
                .map(|json| serde_json::from_str::<Value>(json.as_str().expect("text")).unwrap())
                .map(|resource| {
                    resource["members"][0]["$ref"]
                        .as_str()
                        .expect("a URI")
                        .into()
                })
                .collect();
            for one in &references {
                let same = references.iter().all(|other| one.same_resource(other));
                tally.check(row, "same_resource", same);
            }
        }
    }
    tally.finish("equivalence");
}

/// Each `created` and `lastModified` that a service provider was seen to send.
#[test]
fn timestamps_in_the_wild() {
    let mut found = Vec::new();
    collect_timestamps(Path::new(PAYLOADS), &mut found);
    if found.is_empty() {
        skipped("timestamps of real servers, which are not in the repository");
        return;
    }
    let mut tally = Tally::default();
    for json in &found {
        tally.rows += 1;
        let value = read::<DateTime>(json)
            .flatten()
            .expect("reading never fails");
        // One payload carries a word on purpose.
        let is_a_time = value
            .as_str()
            .contains(|symbol: char| symbol.is_ascii_digit());
        tally.check(
            json,
            "instant_or_utc",
            value.instant_or_utc().is_some() == is_a_time,
        );
    }
    tally.finish("timestamps");
}

fn collect_timestamps(folder: &Path, found: &mut Vec<Value>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect_timestamps(&path, found);
        } else if let Ok(text) = fs::read_to_string(&path)
            && let Ok(json) = serde_json::from_str(&text)
        {
            walk(&json, found);
        }
    }
}

fn walk(json: &Value, found: &mut Vec<Value>) {
    match json {
        Value::Array(values) => values.iter().for_each(|value| walk(value, found)),
        Value::Object(members) => {
            for (name, value) in members {
                let is_time = name == "created" || name == "lastModified";
                if is_time && (value.is_string() || value.is_number()) {
                    found.push(value.clone());
                }
                walk(value, found);
            }
        }
        _ => {}
    }
}
