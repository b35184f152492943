//! Requests that nobody means well with, or that a broken client sends: each has an answer, and none
//! does more than it says.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic")]

mod common;

use std::time::{Duration, Instant};

use bytes::Bytes;
use common::{ask, send};
use http::Request;
use scim_provider::{
    MemoryStore, ServedType, ServiceProvider, scim_models::dynamic::ResourceTypes,
};
use serde_json::{Value, json};

const BULK: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

fn provider() -> ServiceProvider {
    ServiceProvider::builder(MemoryStore::with_counted_ids()).build()
}

async fn with_users(names: &[&str]) -> ServiceProvider {
    let provider = provider();
    for name in names {
        let user = json!({"userName": name}).to_string();
        assert_eq!(ask(&provider, "POST", "/Users", &user).await.0, 201);
    }
    provider
}

/// Status and keyword.
fn error((status, body): (u16, Value)) -> (u16, String) {
    let keyword = body["scimType"].as_str().unwrap_or_default();
    (status, keyword.to_owned())
}

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

/// A type that is not served is no base URL, and what follows an endpoint is no endpoint.
#[tokio::test]
async fn nothing_answers_for_a_type_that_is_not_here() {
    let provider = with_users(&["a"]).await;
    let search = json!({"filter": "userName pr"}).to_string();
    for (method, target, status) in [
        ("POST", "/Devices/.search", 404),
        ("POST", "/Users/1/.search", 404),
        ("GET", "/Users/1/Users", 404),
        ("GET", "/Users/1/Groups", 404),
        ("GET", "/Users/1/Me", 404),
        ("GET", "/Schemas/Users", 404),
        ("POST", "/.search", 200),
        ("POST", "/Users/.search", 200),
        ("POST", "/Users/.search/", 200),
        ("GET", "/Users/.search", 405),
        ("GET", "//Users", 200),
    ] {
        let (found, answer) = ask(&provider, method, target, &search).await;
        assert_eq!(found, status, "{method} {target} {answer}");
    }
    // A base URL in capitals is known by its other requests, or because it is fixed.
    let at = async |provider: &ServiceProvider, method: &str, path: &str| {
        let request = Request::builder().method(method).uri(path);
        let request = request.body(Bytes::from(search.clone())).unwrap();
        provider.respond(request).await.status().as_u16()
    };
    assert_eq!(
        at(&provider, "POST", "https://h.example/ACME/.search").await,
        404
    );
    assert_eq!(
        at(&provider, "GET", "https://h.example/ACME/Users").await,
        200
    );
    assert_eq!(
        at(&provider, "POST", "https://h.example/ACME/.search").await,
        200
    );
    let fixed = ServiceProvider::builder(MemoryStore::new()).base_url("https://h.example/ACME");
    let fixed = fixed.build();
    for (path, status) in [
        ("/ACME/.search", 200),
        ("/.search", 200),
        ("/ACME/Devices/.search", 404),
        ("/ACME/devices/.search", 404),
        ("/Devices/.search", 404),
    ] {
        assert_eq!(at(&fixed, "POST", path).await, status, "{path}");
    }
}

#[tokio::test]
async fn of_two_parameters_none_is_chosen() {
    let provider = with_users(&["a", "b"]).await;
    for (query, keyword) in [
        (
            "filter=userName%20eq%20%22a%22&filter=userName%20pr",
            "invalidFilter",
        ),
        ("filter=userName%20pr&FILTER=", "invalidFilter"),
        ("count=1&count=2", "invalidValue"),
        ("startIndex=1&startindex=2", "invalidValue"),
        ("sortBy=userName&sortBy=id", "invalidValue"),
        ("cursor=&cursor=x", "invalidValue"),
    ] {
        let refused = ask(&provider, "GET", &format!("/Users?{query}"), "").await;
        assert_eq!(error(refused), (400, keyword.to_owned()), "{query}");
    }
    // The same once more says nothing new, and names go together.
    let query = "count=1&count=1&attributes=userName&attributes=title&attributes=";
    let (status, page) = ask(&provider, "GET", &format!("/Users?{query}"), "").await;
    let first = &page["Resources"][0];
    assert_eq!((status, &first["userName"]), (200, &json!("a")), "{page}");
    assert!(first.get("meta").is_none());
    let target = "/Users/1?excludedAttributes=meta&excludedAttributes=userName";
    let (_, user) = ask(&provider, "GET", target, "").await;
    assert!(user.get("meta").is_none() && user.get("userName").is_none());
}

#[tokio::test]
async fn large_numbers_are_numbers() {
    let provider = with_users(&["a", "b"]).await;
    let huge = i64::MAX.to_string();
    for (query, items) in [
        (format!("count={huge}"), 2),
        (format!("count=-{huge}"), 0),
        ("count=-1".to_owned(), 0),
        (format!("startIndex={huge}"), 0),
        (format!("startIndex=-{huge}"), 2),
        (format!("count={huge}&cursor"), 2),
    ] {
        let (status, page) = ask(&provider, "GET", &format!("/Users?{query}"), "").await;
        let found = page["Resources"].as_array().map_or(0, Vec::len);
        assert_eq!((status, found), (200, items), "{query} {page}");
        assert_eq!(page["totalResults"], 2);
    }
    let larger = format!("count={huge}0");
    for query in [
        "count=1.5",
        "count=0x10",
        "count=1e3",
        "startIndex=one",
        &larger,
    ] {
        let refused = ask(&provider, "GET", &format!("/Users?{query}"), "").await;
        assert_eq!(error(refused), (400, "invalidValue".to_owned()), "{query}");
    }
}

/// After a restart, another query may have been given a cursor that was another's.
#[tokio::test]
async fn a_cursor_of_before_leads_nowhere() {
    let store = MemoryStore::with_counted_ids();
    let begin = || ServiceProvider::builder(store.clone()).build();
    let before = begin();
    for name in ["a", "b", "c"] {
        let user = json!({"userName": name}).to_string();
        ask(&before, "POST", "/Users", &user).await;
    }
    let first = async |provider: &ServiceProvider| {
        let (_, page) = ask(provider, "GET", "/Users?cursor&count=1", "").await;
        page["nextCursor"].as_str().unwrap().to_owned()
    };
    let old = first(&before).await;
    let after = begin();
    let new = first(&after).await;
    for (query, is_known) in [
        (format!("cursor={new}&count=1"), true),
        (format!("cursor={old}&count=1"), false),
        (format!("cursor={new}&count=1&filter=userName%20pr"), false),
        (format!("cursor={new}&count=1&sortBy=userName"), false),
        ("cursor=c0000000000000001&count=1".to_owned(), false),
    ] {
        let (status, page) = ask(&after, "GET", &format!("/Users?{query}"), "").await;
        assert_eq!(status, if is_known { 200 } else { 400 }, "{query}");
        assert!(is_known || page["scimType"] == "invalidCursor", "{page}");
    }
    let groups = ask(&after, "GET", &format!("/Groups?cursor={new}&count=1"), "").await;
    assert_eq!(error(groups), (400, "invalidCursor".to_owned()));
    let count = ask(&after, "GET", &format!("/Users?cursor={new}&count=2"), "").await;
    assert_eq!(error(count), (400, "invalidCount".to_owned()));
}

#[tokio::test]
async fn methods_and_media_types_that_are_not_taken() {
    let provider = with_users(&["a"]).await;
    for (method, target, allow) in [
        ("OPTIONS", "/Users", "GET, POST"),
        ("TRACE", "/Users/1", "GET, PUT, PATCH, DELETE"),
        ("POST", "/Users/1", "GET, PUT, PATCH, DELETE"),
        ("PATCH", "/Users", "GET, POST"),
        ("PUT", "/ServiceProviderConfig", "GET"),
        ("DELETE", "/Schemas", "GET"),
        ("GET", "/Bulk", "POST"),
        ("PUT", "/.search", "POST"),
        ("BREW", "/Users", "GET, POST"),
    ] {
        let refused = send(&provider, method, target, "{}", &[]).await;
        assert_eq!(refused.status(), 405, "{method} {target}");
        assert_eq!(refused.headers()["allow"], allow, "{method} {target}");
        let body: Value = serde_json::from_slice(refused.body()).unwrap();
        assert_eq!(body["status"], "405");
    }
    for (number, (media_type, status)) in [
        ("application/scim+json", 201),
        ("application/json; charset=utf-8", 201),
        ("APPLICATION/SCIM+JSON;charset=\"utf-8\"", 201),
        ("application/json;odata=x", 201),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/jsonp", 415),
        ("application/", 415),
        ("", 415),
    ]
    .into_iter()
    .enumerate()
    {
        let body = json!({"userName": format!("x{number}")}).to_string();
        let headers = [("content-type", media_type)];
        let made = send(&provider, "POST", "/Users", &body, &headers).await;
        assert_eq!(made.status(), status, "{media_type:?}");
    }
}

#[tokio::test]
async fn ids_are_one_segment() {
    let provider = with_users(&["a"]).await;
    for target in ["/Users/%31", "/Users/1/", "/Users/1?x=%2F", "/Users/1#f"] {
        let (status, user) = ask(&provider, "GET", target, "").await;
        assert_eq!((status, &user["id"]), (200, &json!("1")), "{target}");
    }
    for target in [
        "/Users/1%2F",
        "/Users/..%2FUsers%2F1",
        "/users/1",
        "/Users/%201",
    ] {
        assert_eq!(ask(&provider, "GET", target, "").await.0, 404, "{target}");
    }
    // An id of the client's is none (RFC 7644 §3.5.1), and the URL says which resource is meant.
    let other = json!({"id": "2", "userName": "b", "meta": {"version": "x"}}).to_string();
    let (status, replaced) = ask(&provider, "PUT", "/Users/1", &other).await;
    assert_eq!(
        (status, &replaced["id"], &replaced["userName"]),
        (200, &json!("1"), &json!("b"))
    );
}

#[tokio::test]
async fn a_bulk_request_may_be_of_any_size_and_shape() {
    let provider = with_users(&["a"]).await;
    let deletes = vec![r#"{"method":"DELETE","path":"/Users/1"}"#; 100_000].join(",");
    let body = format!(r#"{{"schemas": ["{BULK}"], "Operations": [{deletes}]}}"#);
    assert_eq!(ask(&provider, "POST", "/Bulk", &body).await.0, 413);
    assert_eq!(ask(&provider, "GET", "/Users/1", "").await.0, 200);
    // As many as may be, each of which refers to the next; the last one to the first.
    let group = |number: usize| {
        json!({"method": "POST", "path": "/Groups", "bulkId": format!("g{number}"), "data": {
            "displayName": format!("g{number}"),
            "members": [{"value": format!("bulkId:g{}", (number + 1) % 1000)}]}})
    };
    let circle: Vec<_> = (0..1000).map(group).collect();
    let body = json!({"schemas": [BULK], "Operations": circle}).to_string();
    let (status, done) = ask(&provider, "POST", "/Bulk", &body).await;
    assert_eq!(status, 200);
    let results = done["Operations"].as_array().unwrap();
    assert_eq!(results.len(), 1000);
    assert!(results.iter().all(|result| result["status"] == "201"));
    for (limit, status, tried) in [
        ("1", 200, 1),
        ("2", 200, 2),
        ("0", 200, 1),
        ("null", 200, 3),
        ("-1", 400, 0),
        ("1.5", 400, 0),
        ("\"1\"", 400, 0),
    ] {
        let delete = r#"{"method": "DELETE", "path": "/Users/none"}"#;
        let body = format!(
            r#"{{"schemas": ["{BULK}"], "failOnErrors": {limit}, "Operations": [{delete}, {delete}, {delete}]}}"#
        );
        let (found, done) = ask(&provider, "POST", "/Bulk", &body).await;
        let results = done["Operations"].as_array().map_or(0, Vec::len);
        assert_eq!((found, results), (status, tried), "{limit} {done}");
    }
    for body in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"Operations": {}}"#,
        r#"{"Operations": [1]}"#,
        r#"{"Operations": [{}]}"#,
    ] {
        let (status, answer) = ask(&provider, "POST", "/Bulk", body).await;
        let of_one = answer["Operations"][0]["status"].as_str();
        assert!(
            status == 400 || of_one.is_some_and(|s| s.starts_with('4')),
            "{body} {answer}"
        );
    }
}
