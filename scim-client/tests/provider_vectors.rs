//! The vectors of filters and PATCH against the embedded service provider over HTTP: the
//! same answers as in memory, through status codes and messages.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not count the helpers of a test as test code"
)]

#[allow(dead_code, reason = "shared")]
#[path = "common/vectors.rs"]
mod shared_vectors;

#[path = "provider_vectors/types.rs"]
mod types;

use std::collections::BTreeMap;

use scim_client::{
    Client, Error, Group, Json,
    http::Method,
    testing::{Server, ServiceProvider},
};
use serde_json::{Value, json};
use shared_vectors::{count, vectors};
use types::FixtureUser;

/// Vectors that end otherwise over HTTP, each with the reason. `patch_vectors.rs` holds how they
/// end: by an alternative that the vector names.
const EXCEPTIONS: &[(&str, &str)] = &[
    (
        "PT-025",
        "`add` makes the element that the filter describes (RFC 7644 §3.5.2.1)",
    ),
    (
        "PT-075",
        "a `remove` with a list takes away what is listed, not all",
    ),
];

fn list<'a>(vectors: &'a Value, section: &str) -> &'a [Value] {
    vectors[section].as_array().map_or(&[], Vec::as_slice)
}

async fn start() -> (Server, Client) {
    let provider = ServiceProvider::builder()
        .resource::<FixtureUser>()
        .resource::<Group>()
        .build();
    let server = provider.serve().await.unwrap();
    let client = Client::builder(server.url()).build().unwrap();
    (server, client)
}

async fn query(client: &Client, filter: &str) -> Result<Value, Error> {
    let answer = client
        .request(Method::GET, "/")
        .parameter("filter", filter)
        .await?;
    Ok(answer.map(|json| json.to_value()).unwrap_or_default())
}

/// What was wrong with a filter: the status, and the `scimType`.
fn refusal(error: &Error) -> (u16, String) {
    let scim_type = error
        .scim_type()
        .map(scim_client::message::ScimType::as_str);
    (
        error.status().map_or(0, |status| status.as_u16()),
        scim_type.unwrap_or_default().to_owned(),
    )
}

/// Prints the count, and fails with what went wrong, but for the exceptions.
fn report(what: &str, ran: usize, wrong: Vec<(String, String)>) {
    let (excepted, wrong): (Vec<_>, Vec<_>) = wrong
        .into_iter()
        .partition(|(id, _)| EXCEPTIONS.iter().any(|(known, _)| known == id));
    count(format_args!(
        "{what} over HTTP: {ran} vectors, {} exceptions, {} failures",
        excepted.len(),
        wrong.len()
    ));
    let lines: Vec<_> = wrong.iter().map(|(id, w)| format!("{id}: {w}")).collect();
    assert!(lines.is_empty(), "{what}:\n{}", lines.join("\n"));
}

#[tokio::test]
async fn filters() {
    let (vectors, fixtures) = (vectors("filters.json"), vectors("resources.json"));
    let (server, client) = start().await;
    let mut keys = BTreeMap::new();
    for (key, resource) in fixtures["resources"].as_object().unwrap() {
        let id = server.provider().seed_json(&resource.to_string()).unwrap();
        assert_eq!(id, resource["id"].as_str().unwrap());
        keys.insert(id, key.clone());
    }
    let (mut ran, mut wrong) = (0, Vec::new());
    for section in ["valid", "lenient", "invalid", "semantic"] {
        for vector in list(&vectors, section) {
            let filter = vector["filter"].as_str().unwrap();
            // The place of the fixtures is this server.
            let filter = filter.replace("https://example.com/v2", &server.url());
            let outcome = query(&client, &filter).await;
            let got = match &outcome {
                Ok(list) => {
                    let mut found: Vec<_> = list["Resources"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .map(|resource| keys[resource["id"].as_str().unwrap()].clone())
                        .collect();
                    found.sort();
                    json!(found)
                }
                Err(error) => json!(refusal(error)),
            };
            let refused = got == json!([400, "invalidFilter"]);
            let as_told = match section {
                "valid" if vector["match"].is_array() => got == vector["match"],
                // Only that it is read is told; what it compares need not make sense.
                "valid" => outcome.is_ok() || refused,
                "invalid" => refused,
                "lenient" if vector["match"].is_array() => refused || got == vector["match"],
                "lenient" => refused || outcome.is_ok(),
                _ => vector["expect"]
                    .as_str()
                    .unwrap()
                    .split('|')
                    .any(|told| match told {
                        "invalidFilter" => refused,
                        "noMatch" => got == json!([]),
                        _ => outcome.is_ok() && got != json!([]),
                    }),
            };
            ran += 1;
            if !as_told {
                let told = match section {
                    "valid" | "lenient" => &vector["match"],
                    "semantic" => &vector["expect"],
                    _ => &Value::Null,
                };
                let id = vector["id"].as_str().unwrap().to_owned();
                wrong.push((id, format!("{}: {got}, not {told}", vector["filter"])));
            }
        }
    }
    report("filters", ran, wrong);
}

/// A document by what it means: see the vectors' README. What is never returned is left out.
fn normal(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut kept = BTreeMap::new();
            for (name, value) in members {
                let value = match (name.to_lowercase().as_str(), value) {
                    ("meta" | "password", _) | ("primary", Value::Bool(false)) => Value::Null,
                    ("schemas", Value::Array(urns)) => {
                        let mut urns = urns.clone();
                        urns.sort_by_key(Value::to_string);
                        Value::Array(urns)
                    }
                    (_, value) => normal(value),
                };
                if !value.is_null() && value != json!([]) && value != json!({}) {
                    kept.insert(name.to_lowercase(), value);
                }
            }
            json!(kept)
        }
        Value::Array(values) => values.iter().map(normal).collect(),
        value => value.clone(),
    }
}

/// The resource at the end, and how the PATCH was answered if it was refused.
async fn patched(case: &Value) -> (Value, bool, Option<(u16, String)>) {
    let (server, client) = start().await;
    let id = server
        .provider()
        .seed_json(&case["before"].to_string())
        .unwrap();
    let is_group = case["before"].to_string().contains("core:2.0:Group");
    if !is_group {
        // The other user that the vectors about unique values speak of.
        server
            .provider()
            .seed_json(
                r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"taken"}"#,
            )
            .unwrap();
    }
    let path = format!("/{}/{id}", if is_group { "Groups" } else { "Users" });
    let read = async || {
        let answer = client.request(Method::GET, path.as_str()).await.unwrap();
        answer.map(|json| json.to_value()).unwrap_or_default()
    };
    let before = read().await;
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": case["operations"],
    });
    let body = Json::parse(&body.to_string()).unwrap();
    let answer = client
        .request(Method::PATCH, path.as_str())
        .body(body)
        .await;
    let after = read().await;
    let changed = before["meta"]["version"] != after["meta"]["version"];
    match answer {
        Ok(answer) => {
            let said = answer.map(|json| json.to_value()).unwrap_or_default();
            assert_eq!(normal(&said), normal(&after), "{}", case["id"]);
            (after, changed, None)
        }
        Err(error) => {
            assert_eq!(before, after, "{}: changed in spite of {error}", case["id"]);
            (after, changed, Some(refusal(&error)))
        }
    }
}

fn is_as_told(outcome: &(Value, bool, Option<(u16, String)>), told: &Value) -> bool {
    let (after, changed, refusal) = outcome;
    match (refusal, told.get("error")) {
        (None, None) => {
            normal(after) == normal(&told["after"]) && (told["unchanged"] != true || !changed)
        }
        (Some((status, scim_type)), Some(error)) => {
            error["scimType"] == **scim_type
                && (error["status"].is_null() || error["status"] == *status)
        }
        _ => false,
    }
}

#[tokio::test]
async fn patches() {
    let vectors = vectors("patch.json");
    let (mut ran, mut wrong) = (0, Vec::new());
    for case in list(&vectors, "cases") {
        let outcome = patched(case).await;
        ran += 1;
        if !is_as_told(&outcome, &case["expect"]) {
            let id = case["id"].as_str().unwrap().to_owned();
            let (after, changed, refusal) = outcome;
            let got = format!("{refusal:?}, changed: {changed}, after {after}");
            wrong.push((id, format!("{}: {got}", case["title"])));
        }
    }
    report("patches", ran, wrong);
}
