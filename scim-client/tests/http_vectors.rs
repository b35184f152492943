//! The vectors for URLs, query encoding, exchanges and paging, against a scripted service.
//!
//! Exchanges that have an answer are judged by rules that follow from the answer itself; those
//! that only describe are judged by name in `by_name`, or listed as not judged.
#![cfg(feature = "client")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

#[path = "http_vectors/by_name.rs"]
mod by_name;
mod common;
#[path = "http_vectors/judge.rs"]
mod judge;
#[path = "http_vectors/pagination.rs"]
mod pagination;
#[allow(dead_code, reason = "shared")]
#[path = "common/vectors.rs"]
mod shared_vectors;

use by_name::by_name;
use common::scripted::Scripted;
use judge::{judge_error, judge_success, redirect, unchanged};
use scim_client::{
    Client, ErrorKind, User,
    attribute_path::AttributePath,
    client::{Operation as _, RetryPolicy},
    filter::Filter,
    http::Response,
};
use serde_json::Value;
use shared_vectors::{count, vectors};

/// Rows that are not judged here, and why.
const ELSEWHERE: &[(&str, &str)] = &[(
    "HX-090",
    "tests/tls.rs reads a compressed answer: the transport does it, on a socket",
)];

/// Our own, of the same kind.
const OWN: &str = include_str!("vectors/http.json");

/// All rows of one kind: those of the repository, and those that came with this test.
fn rows(kind: &str) -> Vec<Value> {
    let texts = [vectors("http.json"), serde_json::from_str(OWN).unwrap()];
    let rows = texts.iter().filter_map(|vectors| vectors[kind].as_array());
    rows.flatten().cloned().collect()
}

/// A client that tries nothing again, so that a wait that a vector asks for costs no time.
fn client(server: &Scripted) -> Client {
    Client::builder("https://scim.example/v2")
        .bearer_token("t0p-secret")
        .service(server.clone())
        .retry(RetryPolicy::never())
        .build()
        .unwrap()
}

fn id(row: &Value) -> String {
    row["id"].as_str().unwrap_or("?").to_owned()
}

#[test]
fn urls() {
    let mut judged = 0;
    for row in &rows("urls") {
        let built = Client::builder(row["base"].as_str().unwrap())
            .service(Scripted::answers(200, "application/json", "{}"))
            .build();
        judged += 1;
        let scim = match built {
            Ok(scim) => scim,
            Err(error) => {
                assert!(row["error"].is_string(), "{row}: {error}");
                assert_eq!(error.kind(), ErrorKind::Configuration);
                continue;
            }
        };
        let endpoint = row["endpoint"].as_str().unwrap_or("/Users");
        let request = match row["id"].as_str().filter(|_| row["url"].is_string()) {
            Some(id) => scim.resource_at::<User>(endpoint).get(id).request(),
            None => match row["resource"].as_str() {
                Some(id) => scim.resource_at::<User>(endpoint).get(id).request(),
                None => scim.resource_at::<User>(endpoint).query().request(),
            },
        };
        if row["error"].is_string() {
            let error = request.expect_err(&row.to_string());
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{row}");
            continue;
        }
        let found = request.unwrap().uri().to_string();
        let expected = row["url"].as_str().unwrap();
        let (expected, either) = match expected.split_once(" (raw or %3A colons)") {
            Some((url, _)) => (url, true),
            None => (expected, false),
        };
        let same = expected.split(" or ").any(|form| form == found)
            || either && found.replace("%3A", ":").replace("%3a", ":") == expected;
        assert!(same, "{row}: {found}");
    }
    count(format_args!("urls: {judged} passed"));
    assert!(judged > 0);
}

#[test]
fn query_encoding() {
    let scim = Client::builder("https://example.com/v2")
        .service(Scripted::answers(200, "application/json", "{}"))
        .build()
        .unwrap();
    let mut judged = 0;
    for row in &rows("query_encoding") {
        let (name, value) = (
            row["param"].as_str().unwrap(),
            row["value"].as_str().unwrap(),
        );
        let query = scim.resource::<User>().query();
        let query = match name {
            "filter" => match value.parse::<Filter>() {
                Ok(filter) => query.filter_by(filter),
                // What is no filter can only be sent as a parameter of one's own.
                Err(_) => query.parameter(name, value),
            },
            "cursor" => query.cursor(value),
            "sortBy" => query.sort_by_path(value.parse::<AttributePath>().unwrap()),
            other => query.parameter(other, value),
        };
        let request = query.request().unwrap();
        let found = request.uri().query().unwrap();
        let expected = row["encoded"].as_str().unwrap();
        // A comma may stand as it is between the names of a list.
        let same = expected.split(" or ").any(|form| {
            form == found || name.ends_with("ttributes") && form.replace(',', "%2C") == found
        });
        assert!(same, "{}: {found} for {expected}", id(row));
        judged += 1;
    }
    count(format_args!("query encoding: {judged} passed"));
    assert!(judged > 0);
}

/// What the vector's answer is as HTTP.
fn response_of(row: &Value) -> Response<String> {
    let answer = &row["response"];
    let mut response = Response::builder().status(answer["status"].as_u64().unwrap() as u16);
    let headers = answer["headers"].as_object();
    for (name, value) in headers.into_iter().flatten() {
        response = response.header(name, value.as_str().unwrap());
    }
    let has_type =
        headers.is_some_and(|h| h.keys().any(|k| k.eq_ignore_ascii_case("content-type")));
    if !has_type && !answer["body"].is_null() {
        response = response.header("Content-Type", "application/scim+json");
    }
    let body = match &answer["body"] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        json => json.to_string(),
    };
    response.body(body).unwrap()
}

fn served(row: &Value) -> Scripted {
    let row = row.clone();
    Scripted::new(move |_| response_of(&row))
}

/// A number, or a string that holds one.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

#[tokio::test]
async fn exchanges() {
    let mut judged = 0;
    let mut not_judged = Vec::new();
    for row in &rows("exchanges") {
        let status = row["response"]["status"].as_u64();
        let held = if by_name(row).await {
            true
        } else {
            match status {
                Some(304) => unchanged(row).await,
                Some(307 | 308) => redirect(row).await,
                None => false,
                Some(300..=303 | 305 | 306 | 400..) => {
                    let server = served(row);
                    let users = client(&server).resource::<User>();
                    let error = users
                        .create(&User::new("x"))
                        .await
                        .expect_err(&row.to_string());
                    judge_error(row, &error);
                    true
                }
                Some(_) => judge_success(row).await,
            }
        };
        if held {
            judged += 1;
        } else {
            let own = id(row);
            let reason = ELSEWHERE.iter().find(|(known, _)| *known == own);
            let reason = reason.map_or("no rule for it here", |(_, reason)| reason);
            not_judged.push(format!(
                "{own} {}: {reason}: {}",
                row["title"], row["expect"]
            ));
        }
    }
    count(format_args!(
        "exchanges: {judged} passed, {} not judged here",
        not_judged.len()
    ));
    for row in &not_judged {
        println!("  {row}");
    }
    assert!(judged > not_judged.len());
}
