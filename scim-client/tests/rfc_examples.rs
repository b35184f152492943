//! The examples of the RFCs: each is read as what it is, and what it says is there afterwards.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

#[allow(dead_code, reason = "shared")]
#[path = "common/vectors.rs"]
mod shared_vectors;

use std::collections::BTreeMap;

use scim_client::{
    Group, Json, Resource, ResourceType, Schema, ServiceProviderConfig, Stored, User,
    message::{BulkRequest, BulkResponse, ErrorMessage, ListResponse, SearchRequest},
    patch::PatchOp,
};
use serde_json::Value;
use shared_vectors::{count, vectors};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Examples that the RFC's own grammar does not allow, and why.
const REFUSED: &[(&str, &str)] = &[("RFC7644-s3.5.2.2-16", "no space between `eq` and the value")];

/// A resource as it is written again: with what a service provider adds, or as a client sends it.
fn resource<R: Resource>(text: &str) -> Result<String, String> {
    match Stored::<R>::from_json(text) {
        Ok(stored) => Ok(stored.to_json()),
        Err(_) => R::from_json(text)
            .map(|resource| resource.to_json())
            .map_err(|e| e.to_string()),
    }
}

/// What a document says: the values by their paths, names in lower case, without `schemas` of the
/// resource, which is worked out anew, and without secrets.
fn said(value: &Value) -> Vec<(String, Value)> {
    fn walk(value: &Value, path: &str, found: &mut Vec<(String, Value)>) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    let name = name.to_lowercase();
                    if name != "password" && !(name == "schemas" && path.is_empty()) {
                        walk(value, &format!("{path}/{name}"), found);
                    }
                }
            }
            Value::Array(elements) => {
                for element in elements {
                    walk(element, &format!("{path}/*"), found);
                }
            }
            Value::Null => {}
            other => found.push((path.to_owned(), other.clone())),
        }
    }
    let mut found = Vec::new();
    walk(value, "", &mut found);
    found.sort_by_key(|(path, value)| (path.clone(), value.to_string()));
    found
}

/// Reads it as its kind says. `Some` has what is written again, where that must be the same.
fn read(kind: &str, body: &Value) -> Result<Option<String>, String> {
    let text = body.to_string();
    match kind {
        "User" => resource::<User>(&text).map(Some),
        "Group" => resource::<Group>(&text).map(Some),
        "ServiceProviderConfig" => {
            // It has no identifier, and a client sends none of what it has.
            let mut stored = body.clone();
            stored["id"] = "ServiceProviderConfig".into();
            let written = resource::<ServiceProviderConfig>(&stored.to_string())?;
            let mut written: Value = serde_json::from_str(&written).map_err(|e| e.to_string())?;
            written["id"].take();
            Ok(Some(written.to_string()))
        }
        "ResourceType" => resource::<ResourceType>(&text).map(Some),
        "Schema" => resource::<Schema>(&text).map(Some),
        "ListResponse" => {
            let list = ListResponse::<Json>::from_json(&text).map_err(|e| e.to_string())?;
            let listed = body["Resources"].as_array().map_or(0, Vec::len);
            match list.resources.len() == listed {
                true if ListResponse::from_json(&list.to_json()).ok().as_ref() == Some(&list) => {
                    Ok(None)
                }
                true => Err("it is another list after it was written".to_owned()),
                false => Err(format!("{} of {listed} resources", list.resources.len())),
            }
        }
        "PatchOp" => PatchOp::from_json(&text, &[ENTERPRISE])
            .map(|_| None)
            .map_err(|e| e.to_string()),
        "Error" => {
            let error = ErrorMessage::from_value(body.clone());
            match (error.detail.as_deref(), body["detail"].as_str()) {
                (read, told) if read == told => Ok(None),
                (read, _) => Err(format!("detail {read:?}")),
            }
        }
        "SearchRequest" => SearchRequest::from_json(&text)
            .map(|_| None)
            .map_err(|e| e.to_string()),
        "BulkRequest" => BulkRequest::from_json(&text)
            .map(|_| None)
            .map_err(|e| e.to_string()),
        "BulkResponse" => BulkResponse::from_json(&text)
            .map(|_| None)
            .map_err(|e| e.to_string()),
        other => Err(format!("no rule for {other}")),
    }
}

#[test]
fn every_example_is_read() {
    let examples = vectors("examples.json");
    let (mut counts, mut wrong) = (BTreeMap::new(), Vec::new());
    for example in examples["examples"].as_array().unwrap() {
        let (id, kind) = (&example["id"], example["kind"].as_str().unwrap());
        // What RFC 7643 §8.6 and §8.7 print is a list of documents.
        let bodies = match &example["body"] {
            Value::Array(bodies) => bodies.clone(),
            body => vec![body.clone()],
        };
        for body in bodies {
            let kind = match kind {
                "list" if body.get("endpoint").is_some() => "ResourceType",
                "list" => "Schema",
                // Security event tokens (RFC 9967) are no messages of the protocol.
                "SET" => continue,
                kind => kind,
            };
            *counts.entry(kind.to_owned()).or_insert(0) += 1;
            match read(kind, &body) {
                Ok(None) => {}
                Ok(Some(text)) => {
                    let (before, after) =
                        (said(&body), said(&serde_json::from_str(&text).unwrap()));
                    if before != after {
                        let lost: Vec<_> = before.iter().filter(|x| !after.contains(x)).collect();
                        let new: Vec<_> = after.iter().filter(|x| !before.contains(x)).collect();
                        wrong.push(format!("{id} {kind}: lost {lost:?}, new {new:?}"));
                    }
                }
                Err(why) if REFUSED.iter().any(|(known, _)| id == known) => {
                    println!("{id} is refused: {why}");
                }
                Err(why) => wrong.push(format!("{id} {kind}: {why}")),
            }
        }
    }
    let all: usize = counts.values().sum();
    count(format_args!(
        "examples of the RFCs: {all} documents, {} failures; {counts:?}",
        wrong.len()
    ));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
