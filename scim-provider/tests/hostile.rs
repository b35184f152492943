//! Requests that nobody means well with, or that a broken client sends: each has an answer, and none
//! does more than it says.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic")]

mod common;

use std::time::{Duration, Instant};

use bytes::Bytes;
use common::{ask, error, send, with_users};
use http::Request;
use scim_provider::{
    MemoryStore, ServedType, ServiceProvider, scim_models::dynamic::ResourceTypes,
};
use serde_json::json;

const BULK: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

#[tokio::test]
async fn a_version_that_cannot_be_read_is_one_that_is_not_there() {
    let provider = with_users(&["a"]).await;
    let headers = ["", ",", "\"2", "W/\"1\"x", "é", "w/\"1\""];
    for header in headers {
        for method in ["DELETE", "PUT", "PATCH"] {
            let body = match method {
                "PATCH" => r#"{"Operations": [{"op": "add", "path": "title", "value": "x"}]}"#,
                _ => r#"{"userName": "b"}"#,
            };
            let headers = [("if-match", header)];
            let refused = send(&provider, method, "/Users/1", body, &headers).await;
            assert_eq!(refused.status(), 412, "{method} {header:?}");
        }
    }
    for version in [
        "1",
        "true",
        "[]",
        "{}",
        r#""""#,
        r#""\ud800""#,
        r#""W/\udc00\"""#,
    ] {
        let body = format!(
            r#"{{"schemas": ["{BULK}"], "Operations":
                [{{"method": "DELETE", "path": "/Users/1", "version": {version}}}]}}"#
        );
        let (_, done) = ask(&provider, "POST", "/Bulk", &body).await;
        assert_eq!(done["Operations"][0]["status"], "400", "{version}");
    }
    assert_eq!(ask(&provider, "GET", "/Users/1", "").await.0, 200);
}

#[tokio::test]
async fn what_is_not_utf8_is_not_looked_for() {
    let provider = with_users(&["M\u{fffd}ller", "日本"]).await;
    for (query, keyword) in [
        ("filter=userName%20eq%20%22M%FCller%22", "invalidFilter"),
        ("attributes=%C3", "invalidValue"),
        ("cursor=%E6%97", "invalidValue"),
    ] {
        let refused = ask(&provider, "GET", &format!("/Users?{query}"), "").await;
        assert_eq!(error(refused), (400, keyword.to_owned()), "{query}");
    }
    for (query, total) in [
        ("filter=userName%20eq%20%22M%EF%BF%BDller%22", 1),
        ("filter=userName%20eq%20%22%E6%97%A5%E6%9C%AC%22", 1),
        ("unknown=%FF&%FF=1", 2),
        ("&&&=&%00=%00", 2),
    ] {
        let (_, page) = ask(&provider, "GET", &format!("/Users?{query}"), "").await;
        assert_eq!(page["totalResults"], total, "{query}");
    }
    for target in [
        "/Users/%FF",
        "/Users/%zz",
        "/Users/%00",
        "/Users/1%2F2",
        "/Users//",
    ] {
        assert_eq!(ask(&provider, "GET", target, "").await.0, 404, "{target}");
    }
}

#[tokio::test]
async fn an_answer_to_head_has_no_body() {
    let provider = with_users(&["a"]).await;
    for (target, status) in [
        ("/Users/1", 200),
        ("/Users", 200),
        ("/Users/9", 404),
        ("/x", 404),
    ] {
        let answer = send(&provider, "HEAD", target, "", &[]).await;
        assert_eq!(answer.status(), status, "{target}");
        assert!(answer.body().is_empty(), "{target}");
    }
}

#[tokio::test]
async fn a_filter_costs_no_more_than_it_may() {
    let names: Vec<_> = (0..200).map(|number| format!("user{number}é")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let provider = with_users(&names).await;
    let search = async |filter: String| {
        let body = json!({"filter": filter}).to_string();
        ask(&provider, "POST", "/Users/.search", &body).await
    };
    let wide = vec![r#"title eq "x""#; 50_000].join(" or ");
    assert_eq!(error(search(wide).await), (400, "invalidFilter".to_owned()));
    let long = format!("title co \"{}\"", "x".repeat(1_000_000));
    assert_eq!(error(search(long).await), (400, "invalidFilter".to_owned()));
    // The longest that may be: each user is looked at, but not the whole text for each.
    let began = Instant::now();
    for operator in ["co", "sw", "ew", "ne"] {
        let longest = format!("userName {operator} \"{}\"", "é".repeat(30_000));
        let (status, _) = search(longest).await;
        assert_eq!(status, 200);
    }
    assert!(began.elapsed() < Duration::from_secs(20));
    let deep = format!("{}userName pr{}", "not (".repeat(5_000), ")".repeat(5_000));
    assert_eq!(error(search(deep).await), (400, "invalidFilter".to_owned()));
}

#[tokio::test]
async fn what_is_too_large_is_refused_whoever_read_it() {
    let builder = ServiceProvider::builder(MemoryStore::new());
    let provider = builder.max_payload_size(100).build();
    let body = json!({"userName": "a", "title": "x".repeat(100)}).to_string();
    let request = Request::post("/Users").body(Bytes::from(body)).unwrap();
    assert_eq!(provider.respond(request).await.status(), 413);
}

#[tokio::test]
async fn results_of_a_bulk_name_what_they_are_about() {
    let provider = with_users(&["a"]).await;
    let body = json!({"schemas": [BULK], "failOnErrors": null, "Operations": [
        {"method": "POST", "path": "/Users", "bulkId": "u", "data": {"userName": "b"}},
        {"method": "DELETE", "path": "/Users/bulkId:u"},
        {"method": "DELETE", "path": "/Users/bulkId:none"},
        {"method": "DELETE", "path": "https://h.example/v2/Users/1"},
        {"method": "DELETE", "path": "Users/1"},
        {"method": "POST", "path": "/Bulk", "bulkId": "v", "data": {"Operations": []}},
    ]});
    let (status, done) = ask(&provider, "POST", "/Bulk", &body.to_string()).await;
    assert_eq!(status, 200);
    let results = done["Operations"].as_array().unwrap().iter();
    let results: Vec<_> = results
        .map(|result| {
            (
                result["status"].as_str().unwrap(),
                result["location"].as_str(),
            )
        })
        .collect();
    let second = Some("https://h.example/v2/Users/2");
    assert_eq!(
        results,
        [
            ("201", second),
            ("204", second),
            ("409", None),
            ("404", None),
            ("404", None),
            ("400", None)
        ]
    );
}

#[tokio::test]
async fn of_two_members_the_last_one_counts() {
    // As often as it takes to find an order by chance.
    for _ in 0..20 {
        let provider = with_users(&["a", "b"]).await;
        let body = r#"{"operations": [], "Operations": [
            {"PATH": "/Users/1", "path": "/Users/2", "METHOD": "PUT", "method": "DELETE"}]}"#;
        let (_, done) = ask(&provider, "POST", "/Bulk", body).await;
        assert_eq!(done["Operations"][0]["status"], "204");
        assert_eq!(ask(&provider, "GET", "/Users/1", "").await.0, 200);
    }
}

/// A cursor that was begun long ago, by one of very many, goes on.
#[tokio::test]
async fn many_cursors_are_not_many_lists() {
    let provider = with_users(&["a", "b", "c"]).await;
    let mut cursors = Vec::new();
    for number in 0..200 {
        let query = format!("cursor&count=2&filter=userName%20ne%20%22{number}%22");
        let (_, page) = ask(&provider, "GET", &format!("/Users?{query}"), "").await;
        cursors.push((query, page["nextCursor"].as_str().unwrap().to_owned()));
    }
    for (query, cursor) in cursors {
        let query = query.replace("cursor&", &format!("cursor={cursor}&"));
        let (_, page) = ask(&provider, "GET", &format!("/Users?{query}"), "").await;
        assert_eq!(page["Resources"][0]["userName"], "c", "{query}");
    }
}

#[tokio::test]
async fn order_is_by_what_has_one() {
    let provider = with_users(&["b", "a"]).await;
    let manager = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";
    for path in ["meta", "name", manager] {
        let refused = ask(&provider, "GET", &format!("/Users?sortBy={path}"), "").await;
        assert_eq!(error(refused), (400, "invalidPath".to_owned()), "{path}");
    }
    for path in ["meta.created", "emails", "id", &format!("{manager}.value")] {
        let (status, _) = ask(&provider, "GET", &format!("/Users?sortBy={path}"), "").await;
        assert_eq!(status, 200, "{path}");
    }
}

/// `location` goes by the type of a resource, not by its schema alone.
#[tokio::test]
async fn two_types_of_one_schema_are_told_apart() {
    let schema = "urn:example:Thing";
    let kind = |name: &str| {
        json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"], "id": name,
            "name": name, "endpoint": format!("/{name}s"), "schema": schema, "description": "x"})
    };
    let documents = json!([{
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": schema, "name": "Thing",
        "attributes": [{"name": "label", "type": "string", "multiValued": false}],
    }, kind("Lamp"), kind("Chair")]);
    let types = ResourceTypes::from_json(&documents.to_string()).unwrap();
    let provider = ServiceProvider::builder(MemoryStore::with_counted_ids())
        .resource_types(types.iter().map(ServedType::from))
        .build();
    for name in ["Lamp", "Chair"] {
        let body = json!({"schemas": [schema], "label": name}).to_string();
        assert_eq!(
            ask(&provider, "POST", &format!("/{name}s"), &body).await.0,
            201
        );
    }
    let (_, all) = ask(&provider, "GET", "/", "").await;
    for resource in all["Resources"].as_array().unwrap() {
        let (name, id) = (
            resource["label"].as_str().unwrap(),
            resource["id"].as_str().unwrap(),
        );
        let location = format!("https://h.example/v2/{name}s/{id}");
        assert_eq!(resource["meta"]["location"], location);
    }
    let (_, lamps) = ask(&provider, "GET", "/Lamps", "").await;
    assert_eq!(lamps["totalResults"], 1);
    assert_eq!(ask(&provider, "GET", "/Chairs/1", "").await.0, 404);
}
