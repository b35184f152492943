//! Requests that are unusual, or wrong, and what RFC 7644 and RFC 9110 have of them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic")]

mod common;

use bytes::Bytes;
use common::{ask, error, send, with_users};
use http::Request;
use scim_provider::{MemoryStore, ServiceProvider};
use serde_json::{Value, json};

const BULK: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

/// A type that is not served is no base URL, and what follows an endpoint is no endpoint.
#[tokio::test]
async fn nothing_answers_for_a_type_that_is_not_here() {
    let provider = with_users(&["a"]).await;
    let search = json!({"filter": "userName pr"}).to_string();
    for (method, target, status) in [
        ("POST", "/Devices/.search", 404),
        ("POST", "/Devices/1/.search", 404),
        ("POST", "/v2/Devices/1/.search", 404),
        ("POST", "/v2/.search", 200),
        ("POST", "/Acme/v2/.search", 200),
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
        ("\"1\"", 200, 1),
        ("\"one\"", 400, 0),
        ("true", 400, 0),
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
