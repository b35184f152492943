//! A vendor's manner around service providers that are not made as usual, and around services that
//! are none of ours.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

mod common;
#[path = "manner/lists.rs"]
mod lists;

use std::{convert::Infallible, future::poll_fn, sync::Arc};

use common::foreign::{Breaking, Foreign};
use http::{HeaderMap, Request, Response};
use http_body_util::BodyExt as _;
use scim_provider::{
    Body, MemoryStore, ServedType, ServiceProvider, ServiceProviderBuilder,
    scim_models::{Capabilities, User, filter::FilterOptions, profile::Profile},
    testing::{Faults, Misbehaviour},
};
use serde_json::{Value, json};
use tower_service::Service;

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

fn profile(json: &str) -> Misbehaviour {
    Misbehaviour::RespondAs(Arc::new(Profile::from_json(json).unwrap()))
}

fn vendor(name: &str) -> Misbehaviour {
    Misbehaviour::respond_as(name).unwrap()
}

fn by_list() -> Misbehaviour {
    profile(r#"{"patch": {"removal": "valueList"}}"#)
}

fn builder() -> ServiceProviderBuilder<MemoryStore> {
    ServiceProvider::builder(MemoryStore::with_counted_ids())
}

fn without_index() -> ServiceProvider<MemoryStore> {
    let mut offers = Capabilities::default();
    offers.index_paging = Some(false);
    builder().capabilities(offers).page_size(2).build()
}

fn patch(operation: Value) -> Value {
    json!({"schemas": [PATCH], "Operations": [operation]})
}

async fn send<S, B>(
    service: &mut S,
    method: &str,
    target: &str,
    body: &Value,
    headers: &[(&str, &str)],
) -> Result<(u16, HeaderMap, Value), S::Error>
where
    S: Service<Request<Body>, Response = Response<B>>,
    B: http_body::Body<Error = Infallible>,
{
    let uri = format!("https://h.example/v2{target}");
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let text = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    if !text.is_empty() {
        request = request.header("content-length", text.len());
    }
    poll_fn(|context| service.poll_ready(context)).await?;
    let response = service
        .call(request.body(Body::from(text)).unwrap())
        .await?;
    let (parts, body) = response.into_parts();
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(never) => match never {},
    };
    let json = serde_json::from_slice(&body).unwrap_or_default();
    Ok((parts.status.as_u16(), parts.headers, json))
}

async fn ask<S, B>(service: &mut S, method: &str, target: &str, body: Value) -> (u16, Value)
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Error: std::fmt::Debug,
    B: http_body::Body<Error = Infallible>,
{
    let (status, _, json) = send(service, method, target, &body, &[]).await.unwrap();
    (status, json)
}

async fn make_users<S, B>(service: &mut S, names: &[&str])
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Error: std::fmt::Debug,
    B: http_body::Body<Error = Infallible>,
{
    for name in names {
        let user = json!({"schemas": [USER], "userName": name,
            "emails": [{"value": "x", "type": "work"}]});
        assert_eq!(ask(service, "POST", "/Users", user).await.0, 201);
    }
}

fn names(list: &Value) -> String {
    let all = list["Resources"].as_array();
    let all = all.unwrap_or_else(|| panic!("{list}")).iter();
    all.map(|one| one["userName"].as_str().unwrap()).collect()
}

fn around<S>(service: S, misbehaviours: &[Misbehaviour]) -> scim_provider::testing::Faulty<S> {
    let faults = Faults::new();
    for misbehaviour in misbehaviours {
        faults.add(misbehaviour.clone());
    }
    faults.around(service)
}

#[tokio::test]
async fn a_list_of_elements_removes_those_and_nothing_else() {
    let mut service = around(builder().build(), &[by_list()]);
    let user = json!({"userName": "a", "title": "T", "emails": [
        {"value": "a@x", "type": "work"}, {"value": "a@x", "type": "home"}],
        ENTERPRISE: {"manager": {"value": "26"}}});
    assert_eq!(ask(&mut service, "POST", "/Users", user).await.0, 201);
    let remove =
        |path: &str, value: Value| patch(json!({"op": "remove", "path": path, "value": value}));
    // Nothing of a list is removed by none of it.
    for value in [
        json!([]),
        json!([{"value": null}]),
        json!([{"value": "b@x"}]),
    ] {
        let message = remove("emails", value);
        let (status, user) = ask(&mut service, "PATCH", "/Users/1", message).await;
        assert_eq!((status, user["emails"].as_array().unwrap().len()), (200, 2));
    }
    let work = remove(
        "emails",
        json!([{"value": "a@x", "type": "work", "display": null}]),
    );
    let (status, user) = ask(&mut service, "PATCH", "/Users/1", work).await;
    assert_eq!(status, 200);
    assert_eq!(user["emails"], json!([{"value": "a@x", "type": "home"}]));
    // What has one value is no list.
    let manager = format!("{ENTERPRISE}:manager");
    for (path, value) in [("title", json!("T")), (&*manager, json!({"value": "26"}))] {
        let (status, user) = ask(&mut service, "PATCH", "/Users/1", remove(path, value)).await;
        assert_eq!(status, 200, "{path}: {user}");
        assert!(user.get("title").is_none());
    }
    assert!(user.get(ENTERPRISE).is_some());
    let (_, user) = ask(&mut service, "GET", "/Users/1", Value::Null).await;
    assert!(user.get(ENTERPRISE).is_none(), "{user}");
    // Members are known by their ids, also many of them.
    let member = |at: usize| json!({"value": format!("m{at}")});
    let all: Vec<_> = (0..3_000).map(member).collect();
    let group = json!({"displayName": "g", "members": all});
    assert_eq!(ask(&mut service, "POST", "/Groups", group).await.0, 201);
    let some: Vec<_> = (0..2_000)
        .map(|at| json!({"value": format!("m{at}"), "type": "User", "x": 1}))
        .collect();
    let message = remove("members", json!(some));
    let (status, group) = ask(&mut service, "PATCH", "/Groups/2", message).await;
    assert_eq!(status, 200, "{group}");
    assert_eq!(group["members"].as_array().unwrap().len(), 1_000);
}

#[tokio::test]
async fn what_is_not_read_does_not_escape() {
    let generous = builder().filter_options(FilterOptions::entra()).build();
    let manner = [Misbehaviour::PageCap(2), Misbehaviour::NoVersions];
    let mut service = around(generous.clone(), &manner);
    make_users(&mut service, &["a", "b", "c"]).await;
    let form = "emails%5Btype%20eq%20%22work%22%5D.value%20eq%20%22x%22";
    for query in [
        format!("filter={form}"),
        format!("filter={form}&count=50"),
        "count=3".to_owned(),
    ] {
        let (status, list) =
            ask(&mut service, "GET", &format!("/Users?{query}"), Value::Null).await;
        assert_eq!((status, names(&list)), (200, "ab".to_owned()), "{query}");
        assert!(list["Resources"][0]["meta"].get("version").is_none());
    }
    let manner = [Misbehaviour::NoFilter, Misbehaviour::NoSort];
    let mut service = around(generous, &manner);
    for query in [form, "userName%20zz", ""] {
        let target = format!("/Users?filter={query}");
        let (status, _) = ask(&mut service, "GET", &target, Value::Null).await;
        assert_eq!(status, 501, "{query}");
        let message = json!({"filter": "emails[type eq \"work\"].value eq \"x\""});
        let (status, _) = ask(&mut service, "POST", "/Users/.search", message).await;
        assert_eq!(status, 501);
    }
    // What is ignored may be wrong.
    let target = "/Users?sortBy=userName&sortOrder=up";
    assert_eq!(ask(&mut service, "GET", target, Value::Null).await.0, 200);
    // A page is cut though the rest of the query is wrong for whoever knows RFC 7644.
    let foreign = Foreign::plain();
    let mut service = around(foreign.clone(), &[Misbehaviour::PageCap(2)]);
    ask(
        &mut service,
        "GET",
        "/Users?sortOrder=up&count=9",
        Value::Null,
    )
    .await;
    let message = json!({"sortOrder": "up", "count": 9});
    ask(&mut service, "POST", "/Users/.search", message).await;
    let seen = foreign.seen();
    assert_eq!(seen[0].0, "GET /v2/Users?sortOrder=up&count=2");
    assert!(seen[1].2.contains(r#""count":2"#), "{}", seen[1].2);
    // Nor does a PATCH in a form of its own.
    let capitalised = profile(r#"{"patch": {"capitalisedOps": true}}"#);
    let mut service = around(Foreign::plain(), &[capitalised]);
    let path = r#"emails[type eq "work"].value eq "x""#;
    let message = patch(json!({"op": "remove", "path": path}));
    assert_eq!(ask(&mut service, "PATCH", "/Users/1", message).await.0, 200);
    let message = patch(json!({"op": "remove", "path": "emails[type EQ True]"}));
    assert_eq!(ask(&mut service, "PATCH", "/Users/1", message).await.0, 400);
}

#[tokio::test]
async fn of_unknown_types_the_method_is_known() {
    let faults = Faults::new().resource_types([ServedType::of::<User>()]);
    let mut service = faults.around(builder().build());
    let group = json!({"displayName": "g"});
    assert_eq!(
        ask(&mut service, "POST", "/Groups", group.clone()).await.0,
        201
    );
    faults.add(Misbehaviour::NoPatch);
    faults.add(Misbehaviour::NoPut);
    let message = patch(json!({"op": "replace", "path": "displayName", "value": "h"}));
    assert_eq!(
        ask(&mut service, "PATCH", "/Groups/1", message).await.0,
        501
    );
    assert_eq!(ask(&mut service, "PUT", "/Groups/1", group).await.0, 501);
    // They are no lists.
    for name in ["snowflake", "entra"] {
        let foreign = Foreign::plain();
        let mut service = around(foreign.clone(), &[vendor(name)]);
        for target in ["/Devices/1", "/../health"] {
            assert_eq!(
                ask(&mut service, "GET", target, Value::Null).await.0,
                200,
                "{name}"
            );
        }
        assert_eq!(foreign.lines(), ["GET /v2/Devices/1", "GET /v2/../health"]);
    }
    // The base URL itself is one.
    for target in ["", "/"] {
        let foreign = Foreign::plain();
        let mut service = around(foreign.clone(), &[vendor("entra")]);
        ask(&mut service, "GET", target, Value::Null).await;
        assert!(
            foreign.lines()[0].contains("cursor="),
            "{:?}",
            foreign.lines()
        );
    }
}

#[tokio::test]
async fn a_rewritten_request_has_its_own_length() {
    let foreign = Foreign::plain();
    let mut service = around(foreign.clone(), &[by_list(), Misbehaviour::NoPut]);
    let message = patch(json!({"op": "remove", "path": "members", "value": [{"value": "a"}]}));
    ask(&mut service, "PATCH", "/Groups/1", message).await;
    let bulk = json!({"Operations": [{"method": "PUT", "path": "/Users/1", "data": {}}]});
    ask(&mut service, "POST", "/Bulk", bulk).await;
    for (line, length, body) in &foreign.seen() {
        assert_eq!(*length, Some(body.len()), "{line}");
    }
}

#[tokio::test]
async fn a_refused_operation_is_taken_for_no_other() {
    let mut service = around(builder().build(), &[Misbehaviour::NoPut]);
    make_users(&mut service, &["a"]).await;
    let of = |id: &str| json!({"method": "POST", "path": "/Users", "bulkId": id, "data": {"userName": id}});
    let bulk = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "PUT", "path": "/Users/1", "data": {"userName": "b"}},
            of("refused-0"), of("refused-0-0"), of("refused-1-0"), of("refused-2-0")]});
    let (_, answer) = ask(&mut service, "POST", "/Bulk", bulk).await;
    let results = answer["Operations"].as_array().unwrap();
    let statuses: Vec<_> = results
        .iter()
        .map(|one| one["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["501", "201", "201", "201", "201"]);
    assert!(results[0].get("bulkId").is_none());
    assert_eq!(results[1]["bulkId"], "refused-0");

    // Whoever gives back no bulkId is understood by the places.
    let forgetful = |_: &str, _: &str| {
        json!({"Operations": [
            {"method": "DELETE", "location": "/Users/2", "status": "204"},
            {"method": "PATCH", "location": "/Users/1", "status": "400"}]})
    };
    let mut service = around(Foreign::new(forgetful), &[Misbehaviour::NoPut]);
    let bulk = json!({"Operations": [{"method": "DELETE", "path": "/Users/2"},
        {"method": "PUT", "path": "/Users/1", "data": {}}]});
    let (_, answer) = ask(&mut service, "POST", "/Bulk", bulk).await;
    let results = &answer["Operations"];
    assert_eq!(
        (&results[0]["status"], &results[1]["status"]),
        (&json!("204"), &json!("501"))
    );
    assert_eq!(results[1]["method"], "PUT");
}

#[tokio::test]
async fn operations_are_answered_as_requests_of_their_own() {
    let manner =
        profile(r#"{"capabilities": {"me": false}, "responses": {"patchWithoutBody": true}}"#);
    let mut service = around(builder().build(), &[manner]);
    make_users(&mut service, &["a"]).await;
    let data = patch(json!({"op": "replace", "path": "title", "value": "x"}));
    let bulk = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "PATCH", "path": "/Me", "data": data},
            {"method": "PATCH", "path": "/Users/1", "data": data}]});
    let (_, answer) = ask(&mut service, "POST", "/Bulk", bulk).await;
    let results = &answer["Operations"];
    assert_eq!(
        (&results[0]["status"], &results[1]["status"]),
        (&json!("404"), &json!("204"))
    );
    assert!(results[1].get("response").is_none());
    let (_, user) = ask(&mut service, "GET", "/Users/1", Value::Null).await;
    assert_eq!(user["title"], "x");
}

#[tokio::test]
async fn strictness_stays() {
    let strict = builder().strict().build();
    let mut service = around(strict, &[by_list()]);
    make_users(&mut service, &["a"]).await;
    let (path, value) = ("title", "x");
    for operation in [
        json!({"op": "replace", "path": path, "value": value}),
        json!({"op": "remove", "path": "emails", "value": [{"value": "x"}]}),
    ] {
        let bare = json!({"Operations": [operation]});
        assert_eq!(ask(&mut service, "PATCH", "/Users/1", bare).await.0, 400);
        let (status, _) = ask(&mut service, "PATCH", "/Users/1", patch(operation)).await;
        assert_eq!(status, 200);
    }
}

#[tokio::test]
async fn a_refusal_is_not_hidden_by_another() {
    // What a GET there says of itself does not count.
    for (status, expected) in [(400, 501), (405, 501), (401, 401), (404, 501)] {
        let foreign = Foreign::new(move |_, _| json!({"status": status}));
        let mut service = around(foreign.clone(), &[Misbehaviour::NoPut]);
        let found = ask(&mut service, "PUT", "/Users/1", json!({})).await.0;
        assert_eq!(found, expected, "{status}");
        assert_eq!(foreign.lines(), ["GET /v2/Users/1"]);
    }
    let foreign = Foreign::plain();
    let mut service = around(foreign.clone(), &[Misbehaviour::NoFilter]);
    assert_eq!(
        ask(&mut service, "GET", "/Users?filter=x", Value::Null)
            .await
            .0,
        501
    );
    assert_eq!(foreign.lines(), ["GET /v2/Users?count=0"]);
}

#[tokio::test]
async fn a_response_that_breaks_off_is_none() {
    for misbehaviours in [&[][..], &[Misbehaviour::NoPut]] {
        let mut service = around(Breaking, misbehaviours);
        let got = send(&mut service, "GET", "/Users/1", &Value::Null, &[]).await;
        assert!(got.is_err());
    }
}

#[tokio::test]
async fn an_id_is_no_endpoint() {
    let mut service = around(Foreign::plain(), &[vendor("salesforce")]);
    let target = "/Users/ServiceProviderConfig";
    assert_eq!(ask(&mut service, "GET", target, Value::Null).await.0, 200);
    let foreign = Foreign::plain();
    let mut service = around(foreign.clone(), &[vendor("entra")]);
    ask(&mut service, "GET", "/Users/schemas", Value::Null).await;
    assert_eq!(foreign.lines(), ["GET /v2/Users/schemas"]);
}
