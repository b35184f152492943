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

mod common;

use std::{fs, path::Path};

use common::scripted::Scripted;
use scim_client::{
    Client, Error, ErrorKind, User,
    attribute_path::AttributePath,
    client::Operation as _,
    filter::Filter,
    http::{HeaderMap, Request, Response},
};
use serde_json::Value;

const VECTORS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../shared/vectors/http.json"
);

fn vectors() -> Option<Value> {
    if !Path::new(VECTORS).exists() {
        println!("skipped: no vectors beside this repository");
        return None;
    }
    serde_json::from_str(&fs::read_to_string(VECTORS).ok()?).ok()
}

fn id(row: &Value) -> String {
    row["id"].as_str().unwrap_or("?").to_owned()
}

#[test]
fn urls() {
    let Some(vectors) = vectors() else { return };
    let mut judged = 0;
    for row in vectors["urls"].as_array().unwrap() {
        let built = Client::builder(row["base"].as_str().unwrap())
            .service(Scripted::answers(200, "application/json", "{}"))
            .build();
        judged += 1;
        if row["error"].is_string() {
            let error = built.map(drop).expect_err(&row.to_string());
            assert_eq!(error.kind(), ErrorKind::Configuration);
            continue;
        }
        let scim = built.unwrap_or_else(|error| panic!("{row}: {error}"));
        let endpoint = row["endpoint"].as_str().unwrap();
        let request = match row["id"].as_str() {
            Some(id) => scim.resource_at::<User>(endpoint).get(id).request(),
            None => scim.resource_at::<User>(endpoint).query().request(),
        };
        let found = request.unwrap().uri().to_string();
        let expected = row["url"].as_str().unwrap();
        let (expected, either) = match expected.split_once(" (raw or %3A colons)") {
            Some((url, _)) => (url, true),
            None => (expected, false),
        };
        let same = found == expected
            || either && found.replace("%3A", ":").replace("%3a", ":") == expected;
        assert!(same, "{row}: {found}");
    }
    println!("urls: {judged} passed");
    assert!(judged > 0);
}

#[test]
fn query_encoding() {
    let Some(vectors) = vectors() else { return };
    let scim = Client::builder("https://example.com/v2")
        .service(Scripted::answers(200, "application/json", "{}"))
        .build()
        .unwrap();
    let mut judged = 0;
    for row in vectors["query_encoding"].as_array().unwrap() {
        let (name, value) = (
            row["param"].as_str().unwrap(),
            row["value"].as_str().unwrap(),
        );
        let query = scim.resource::<User>().query();
        let query = match name {
            "filter" => query.filter_by(value.parse::<Filter>().unwrap()),
            "cursor" => query.cursor(value),
            "sortBy" => query.sort_by_path(value.parse::<AttributePath>().unwrap()),
            other => query.parameter(other, value),
        };
        let request = query.request().unwrap();
        let found = request.uri().query().unwrap();
        let expected = row["encoded"].as_str().unwrap();
        let same = expected.split(" or ").any(|form| form == found);
        assert!(same, "{}: {found} for {expected}", id(row));
        judged += 1;
    }
    println!("query encoding: {judged} passed");
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

/// Rules for answers with an error status.
fn judge_error(row: &Value, error: &Error) {
    let (answer, id) = (&row["response"], id(row));
    let status = answer["status"].as_u64().unwrap() as u16;
    assert_eq!(
        error.status().unwrap().as_u16(),
        status,
        "{id}: the HTTP status counts"
    );
    let body = &answer["body"];
    match body["scimType"].as_str() {
        Some(keyword) => assert_eq!(error.scim_type().unwrap().as_str(), keyword, "{id}"),
        None => assert!(error.scim_type().is_none(), "{id}"),
    }
    if let Some(detail) = body["detail"].as_str() {
        assert_eq!(error.detail(), Some(detail), "{id}");
    }
    match body {
        Value::Null => assert!(error.body().is_none(), "{id}"),
        Value::String(text) => assert_eq!(error.body(), Some(text.as_str()), "{id}"),
        json => assert_eq!(
            &serde_json::from_str::<Value>(error.body().unwrap()).unwrap(),
            json
        ),
    }
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        assert_eq!(
            error.headers()[name.as_str()],
            value.as_str().unwrap(),
            "{id}"
        );
        if name.eq_ignore_ascii_case("retry-after") {
            let text = value.as_str().unwrap();
            let understood = text.bytes().all(|b| b.is_ascii_digit()) || text.ends_with("GMT");
            assert_eq!(
                error.retry_after().is_some(),
                understood,
                "{id}: Retry-After"
            );
        }
    }
    assert_eq!(error.is_not_found(), status == 404, "{id}");
    assert_eq!(error.is_unauthorized(), status == 401, "{id}");
    assert_eq!(error.is_rate_limited(), status == 429, "{id}");
    let uniqueness = body["scimType"]
        .as_str()
        .is_some_and(|s| s.eq_ignore_ascii_case("uniqueness"));
    if uniqueness {
        assert!(
            error.is_uniqueness() && !error.is_version_mismatch(),
            "{id}"
        );
    }
    if status == 412 || status == 409 && body["scimType"].is_null() {
        assert!(error.is_version_mismatch(), "{id}");
    }
}

/// Rules for answers with success. Whether anything was judged.
async fn judge_success(row: &Value) -> bool {
    let (answer, id) = (&row["response"], id(row));
    let server = served(row);
    let users = server.client().resource::<User>();
    let body = &answer["body"];
    let method = row["request"]["method"].as_str().unwrap_or("GET");
    let path = row["request"]["path"].as_str().unwrap_or("");
    if path.ends_with("/.search") {
        let page = users.query().via_post().attributes(|u| u.user_name).await;
        assert!(page.is_ok() || body.is_null(), "{id}");
        let (request, sent) = &server.seen()[0];
        assert_eq!(request, &format!("POST /v2{path}"), "{id}");
        assert!(sent.contains("messages:2.0:SearchRequest"), "{id}");
        return true;
    }
    if let Some(resources) = body["Resources"].as_array().or(body.as_array()) {
        let page = users.query().attributes(|u| u.user_name).await.unwrap();
        assert_eq!(
            page.resources.len(),
            resources.len(),
            "{id}: no element is lost"
        );
        return true;
    }
    if body.get("totalResults").is_some() {
        let page = users.query().await.unwrap();
        assert!(
            page.resources.is_empty(),
            "{id}: an absent list is an empty one"
        );
        assert_eq!(page.total_results, body["totalResults"].as_u64());
        return true;
    }
    match method {
        "DELETE" => users
            .delete("1")
            .await
            .unwrap_or_else(|error| panic!("{id}: {error}")),
        "POST" => {
            let created = users.create(&User::new("x")).send().await;
            let created = created.unwrap_or_else(|error| panic!("{id}: {error}"));
            let headers = &answer["headers"];
            if let Some(version) = headers["ETag"].as_str() {
                assert_eq!(
                    created.value().meta().version.as_deref(),
                    Some(version),
                    "{id}"
                );
            }
            if let Some(location) = headers["Location"].as_str() {
                assert_eq!(created.location(), Some(location), "{id}");
            }
        }
        _ if body.is_object() => {
            let partial = users
                .get("1")
                .attributes(|u| u.user_name)
                .send()
                .await
                .unwrap();
            if let Some(id) = body["id"].as_str() {
                assert_eq!(partial.value().id(), id);
            }
        }
        _ => {
            // A success without a body: the resource is read again, and there is none here either.
            let replaced = users.replace_at("1", &User::new("x")).await;
            assert_eq!(replaced.unwrap_err().kind(), ErrorKind::Decode, "{id}");
            let requests: Vec<_> = server
                .seen()
                .into_iter()
                .map(|(request, _)| request)
                .collect();
            assert_eq!(requests, ["PUT /v2/Users/1", "GET /v2/Users/1"], "{id}");
        }
    }
    true
}

/// Rows whose expectation is in words. False if there is no rule for it here.
async fn by_name(row: &Value) -> bool {
    let id = id(row);
    let one = || Scripted::answers(200, "application/json", r#"{"id":"1","userName":"server"}"#);
    match id.as_str() {
        "HX-001" | "HX-002" => {
            let server = one();
            let users = server.client().resource::<User>();
            users.get("1").await.unwrap();
            users.create(&User::new("x")).await.unwrap();
            let (get, post): (HeaderMap, HeaderMap) = (server.headers(0), server.headers(1));
            assert!(
                get["accept"]
                    .to_str()
                    .unwrap()
                    .starts_with("application/scim+json")
            );
            assert!(get.get("content-type").is_none() && server.seen()[0].1.is_empty());
            assert_eq!(post["content-type"], "application/scim+json");
        }
        "HX-008" => {
            let created = one()
                .client()
                .resource::<User>()
                .create(&User::new("mine"))
                .await;
            assert_eq!(created.unwrap().user_name, "server");
        }
        "HX-030" => {
            let server = one();
            let users = server.client().resource::<User>();
            users
                .patch("1")
                .replace(|u| u.title, "t")
                .attributes(|u| u.user_name)
                .await
                .unwrap();
            users
                .create(&User::new("x"))
                .attributes(|u| u.user_name)
                .await
                .unwrap();
            users
                .replace_at("1", &User::new("x"))
                .excluded_attributes(|u| u.title)
                .await
                .unwrap();
            let requests: Vec<_> = server
                .seen()
                .into_iter()
                .map(|(request, _)| request)
                .collect();
            assert_eq!(
                requests,
                [
                    "PATCH /v2/Users/1?attributes=userName",
                    "POST /v2/Users?attributes=userName",
                    "PUT /v2/Users/1?excludedAttributes=title",
                ]
            );
        }
        "HX-032" => {
            let users = one().client().resource::<User>();
            let sorted = users
                .query()
                .sort_by(|u| u.name.given_name)
                .descending()
                .request()
                .unwrap();
            assert_eq!(
                sorted.uri().query(),
                Some("sortBy=name.givenName&sortOrder=descending")
            );
            assert_eq!(
                users.query().descending().request().unwrap().uri().query(),
                None
            );
        }
        "HX-081" => {
            let server = one();
            server.client().resource::<User>().get("1").await.unwrap();
            assert_eq!(server.headers(0)["authorization"], "Bearer t0p-secret");
            assert!(!server.seen()[0].0.contains("t0p-secret"));
            assert!(
                Client::builder("https://x")
                    .bearer_token("a\r\nb")
                    .build()
                    .is_err()
            );
        }
        "HX-082" => {
            let build = |url: &str| {
                Client::builder(url)
                    .basic_auth("u", "p")
                    .service(one())
                    .build()
                    .map(drop)
            };
            assert!(build("http://example.com").is_err());
            assert!(build("https://example.com").is_ok());
        }
        "HX-085" => {
            let users = one().client().resource::<User>();
            let hostile = "x\" or userName pr or userName eq \"";
            let request = users
                .query()
                .filter(|u| u.user_name.eq(hostile))
                .request()
                .unwrap();
            let expected = "filter=userName%20eq%20%22x%5C%22%20or%20userName%20pr%20or%20userName%20eq%20%5C%22%22";
            assert_eq!(request.uri().query(), Some(expected));
        }
        "HX-086" => {
            let server = one();
            let scim = Client::builder("https://t1.example.com/tenants/t1/v2")
                .header("X-Tenant", "t1")
                .service(server.clone())
                .build()
                .unwrap();
            scim.resource::<User>().get("1").await.unwrap();
            assert_eq!(server.headers(0)["x-tenant"], "t1");
            assert_eq!(server.seen()[0].0, "GET /tenants/t1/v2/Users/1");
        }
        "HX-088" => {
            let users = one().client().resource::<User>();
            let request: Request<_> = users
                .query()
                .parameter("attributeSets", "all")
                .request()
                .unwrap();
            assert_eq!(request.uri().query(), Some("attributeSets=all"));
        }
        "HX-089" => {
            let request = one()
                .client()
                .resource::<User>()
                .get("a.scim")
                .request()
                .unwrap();
            assert_eq!(request.uri().path(), "/v2/Users/a.scim");
        }
        "HX-091" => {
            let bom = "\u{feff}{\"id\":\"1\",\"userName\":\"b\"}";
            let server = Scripted::answers(200, "application/scim+json", bom);
            assert_eq!(
                server
                    .client()
                    .resource::<User>()
                    .get("1")
                    .await
                    .unwrap()
                    .user_name,
                "b"
            );
        }
        "HX-034" => {
            let resource_types = discover(row, "/ResourceTypes").await.resource_types;
            assert_eq!(resource_types[0].name.as_deref(), Some("User"));
        }
        "HX-037" | "HX-038" | "HX-039" => {
            let config = discover(row, "/ServiceProviderConfig")
                .await
                .config
                .unwrap();
            if id == "HX-039" {
                assert_eq!(config.patch.as_ref().unwrap().supported, Some(true));
            }
            if id == "HX-037" {
                assert!(config.extra.get("securityEvents").is_some());
                assert_eq!(config.pagination.as_ref().unwrap().cursor, Some(true));
            }
        }
        "HX-040" => {
            let server = served(row);
            let scim = server.client();
            scim.discover().await.unwrap();
            assert_eq!(scim.capabilities().patch, None);
        }
        "HX-042" | "HX-044" => {
            let redirect = row.clone();
            let server = Scripted::new(move |request| {
                if request.uri().path().ends_with("/Me") {
                    return response_of(&redirect);
                }
                common::scripted::json(200, r#"{"id":"1","userName":"me"}"#)
            });
            let scim = Client::builder("https://example.com/v2")
                .bearer_token("t")
                .service(server.clone())
                .build()
                .unwrap();
            let me = scim.me::<User>();
            me.patch().replace(|u| u.title, "t").await.unwrap();
            let seen = server.seen();
            assert_eq!(seen[0].0, "PATCH /v2/Me");
            assert_eq!(seen[1].0, "PATCH /v2/Users/1");
            assert_eq!(seen[0].1, seen[1].1);
            assert_eq!(server.headers(1)["authorization"], "Bearer t");
        }
        "HX-045" | "HX-046" => {
            let server = served(row);
            let error = server
                .client()
                .resource::<User>()
                .get("1")
                .await
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Redirect);
            assert_eq!(server.seen().len(), 1);
        }
        "HX-043" => {
            let answer =
                Scripted::answers(200, "application/json", r#"{"id":"1","userName":"me"}"#);
            drop(answer);
            let row = row.clone();
            let server = Scripted::new(move |_| {
                response_of(&row).map(|_| r#"{"id":"1","userName":"me"}"#.to_owned())
            });
            let me = server.client().me::<User>().get().send().await.unwrap();
            assert_eq!(me.location(), Some("https://example.com/v2/Users/1"));
        }
        _ => return false,
    }
    true
}

async fn discover(row: &Value, endpoint: &'static str) -> scim_client::Provider {
    let row = row.clone();
    let server = Scripted::new(move |request| {
        if request.uri().path().ends_with(endpoint) {
            return response_of(&row);
        }
        common::scripted::json(404, "")
    });
    server.client().discover().await.unwrap()
}

#[tokio::test]
async fn exchanges() {
    let Some(vectors) = vectors() else { return };
    let mut judged = 0;
    let mut not_judged = Vec::new();
    for row in vectors["exchanges"].as_array().unwrap() {
        let status = row["response"]["status"].as_u64();
        let held = if by_name(row).await {
            true
        } else {
            match status {
                Some(304 | 307 | 308) | None => false,
                Some(400..) => {
                    let server = served(row);
                    // A POST, so that nothing is tried again.
                    let users = server.client().resource::<User>();
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
            not_judged.push(format!("{} {}: {}", id(row), row["title"], row["expect"]));
        }
    }
    println!(
        "exchanges: {judged} passed, {} not judged here",
        not_judged.len()
    );
    for row in &not_judged {
        println!("  {row}");
    }
    assert!(judged > not_judged.len());
}

#[tokio::test]
async fn pagination() {
    let Some(vectors) = vectors() else { return };
    let mut judged = 0;
    for row in vectors["pagination"].as_array().unwrap() {
        let id = id(row);
        let pages = row["pages"].as_array().unwrap().clone();
        let Some(first) = pages.first() else {
            continue;
        };
        let served = pages.clone();
        let count = std::sync::atomic::AtomicUsize::new(0);
        let server = Scripted::new(move |_| {
            let at = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            match served.get(at) {
                Some(page) => common::scripted::json(200, page["response"].to_string()),
                None => common::scripted::json(500, ""),
            }
        });
        let query = server
            .client()
            .resource::<User>()
            .query()
            .attributes(|u| u.user_name);
        let wanted = |name: &str| match &first["request"] {
            Value::String(text) => text.split('&').find_map(|part| {
                let (key, value) = part.split_once('=')?;
                (key == name).then(|| value.to_owned())
            }),
            json => json
                .get(name)
                .map(|v| v.as_str().map_or(v.to_string(), str::to_owned)),
        };
        let post = first["request"].is_object();
        let mut query = if post { query.via_post() } else { query };
        if let Some(count) = wanted("count") {
            query = query.count(count.parse().unwrap());
        }
        if let Some(cursor) = wanted("cursor") {
            query = query.cursor(cursor);
        }
        let mut results = query.stream();
        let (mut ids, mut error) = (Vec::new(), None);
        while let Some(result) = results.next().await {
            match result {
                Ok(user) => ids.push(user.id().to_owned()),
                Err(failed) => error = Some(failed),
            }
        }
        let seen = server.seen();
        let expected: Vec<String> = pages
            .iter()
            .flat_map(|page| {
                page["response"]["Resources"]
                    .as_array()
                    .into_iter()
                    .flatten()
            })
            .map(|user| user["id"].as_str().unwrap().to_owned())
            .collect();
        let last = &pages.last().unwrap()["response"];
        let goes_on = last["nextCursor"]
            .as_str()
            .is_some_and(|cursor| !cursor.is_empty());
        let repeats = pages.len() > 1
            && pages
                .iter()
                .rev()
                .take(2)
                .all(|p| p["response"]["nextCursor"] == last["nextCursor"])
            && goes_on;
        if repeats {
            assert_eq!(error.unwrap().kind(), ErrorKind::Paging, "{id}");
            assert_eq!(seen.len(), pages.len(), "{id}");
        } else if goes_on {
            // The vector shows the beginning only; the script ends with a 500.
            assert_eq!(error.unwrap().status().unwrap(), 500, "{id}");
            assert_eq!(ids, expected, "{id}");
        } else {
            assert!(error.is_none(), "{id}: {error:?}");
            assert_eq!(ids, expected, "{id}");
            assert_eq!(seen.len(), pages.len(), "{id}: requests");
        }
        for (page, (request, body)) in pages.iter().zip(&seen) {
            match &page["request"] {
                Value::String(expected) => {
                    let query = request.split_once('?').unwrap().1;
                    for part in expected.split('&') {
                        assert!(query.split('&').any(|found| found == part), "{id}: {query}");
                    }
                    let both = query.contains("cursor=") && query.contains("startIndex=");
                    assert!(!both, "{id}: never both");
                }
                json => {
                    let sent: Value = serde_json::from_str(body).unwrap();
                    for (name, value) in json.as_object().unwrap() {
                        assert_eq!(&sent[name], value, "{id}");
                    }
                }
            }
        }
        assert!(seen.iter().all(|(request, _)| request.starts_with(if post {
            "POST"
        } else {
            "GET"
        })));
        judged += 1;
    }
    println!("pagination: {judged} passed");
    assert!(judged > 0);
}
