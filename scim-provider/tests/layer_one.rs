//! Faults that servers have, by name: what the functions that stand alone do in their place, and a
//! whole service provider where a fault is about HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic")]

mod common;

use std::collections::BTreeSet;

use common::{ask, send};
use http::StatusCode;
use scim_provider::{
    Context, MemoryStore, Preconditions, Projection, Query, Record, Refusal, ServedType,
    ServiceProvider,
    accept::Accept,
    discovery::{self, Abilities},
    query,
    scim_models::{
        Capabilities, Meta, Resource as _, Stored, User, filter::FilterOptions, user::Email,
        value::Timestamp,
    },
};
use serde_json::{Value, json};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// What is made of the body of a POST, as it is answered.
fn created(more: Value) -> Result<Value, Refusal> {
    let mut body = json!({"schemas": [USER], "userName": "bjensen"});
    let members = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(members);
    let new = Accept::new().create::<User>(&body.to_string())?;
    let projection = Projection::default().with_written(new.written());
    Ok(shown(&projection, &stored(new.into_value())))
}

fn stored(user: User) -> Stored<User> {
    Stored::from_parts("1", Meta::default(), user)
}

fn shown(projection: &Projection, user: &Stored<User>) -> Value {
    serde_json::from_str(&projection.to_json(user)).unwrap()
}

/// Addresses `a` at work and `b` at home.
fn babs() -> Stored<User> {
    let emails = [("a", "work"), ("b", "home")];
    let emails = emails.map(|(value, kind)| Email::new(value).with_type(kind));
    stored(User::new("bjensen").with_title("Guide").with_emails(emails))
}

/// What is left of the addresses after a PATCH.
fn patched(operations: Value) -> (Stored<User>, Vec<String>) {
    let body = json!({"schemas": [PATCH], "Operations": operations}).to_string();
    let user = Accept::new().patch(&babs(), &body).unwrap().into_value();
    let emails = user.emails.iter().map(|email| email.value.clone().unwrap());
    let emails = emails.collect();
    (user, emails)
}

fn asked(parameters: &str) -> Result<Query, Refusal> {
    let options = Accept::new().filter_options();
    let request = query::from_url(parameters, &options)?;
    let count = request.count.unwrap_or(100);
    Query::new(&[ServedType::of::<User>()], &request, count, &options)
}

/// The names that a query finds of `b`, `a` and `c`, and how many it finds in all.
fn found(parameters: &str) -> (String, u64) {
    let query = asked(parameters).unwrap();
    let records = ["b", "a", "c"].map(|name| Record::new(stored(User::new(name))));
    let found = query.select(&ServedType::of::<User>(), records).unwrap();
    let names = found.records().iter();
    let names = names.map(|record| record.text("userName").unwrap());
    (names.collect(), found.total())
}

fn preconditions(name: &'static str, value: &str) -> Preconditions {
    let mut headers = http::HeaderMap::new();
    headers.insert(name, value.parse().unwrap());
    Preconditions::of(&headers)
}

/// Status, media type and body.
fn answered(refusal: Refusal) -> (StatusCode, String, Value) {
    let response = refusal.into_response();
    let media_type = response.headers()["content-type"].to_str().unwrap();
    let body = serde_json::from_slice(response.body()).unwrap();
    (response.status(), media_type.to_owned(), body)
}

#[test]
fn resources_are_read_and_written_as_their_schema_says() {
    // active-as-string
    assert_eq!(created(json!({"active": "true"})).unwrap()["active"], true);
    let text = json!({"schemas": [USER], "userName": "b", "active": "true"}).to_string();
    let refusal = Accept::strict().create::<User>(&text).unwrap_err();
    assert_eq!(refusal.scim_type(), Some("invalidValue"));
    // extension-dropped-on-create, extension-not-in-schemas, schemas-incomplete
    let extended = created(json!({ENTERPRISE: {"costCenter": "7"}})).unwrap();
    assert_eq!(extended[ENTERPRISE]["costCenter"], "7");
    assert_eq!(extended["schemas"], json!([USER, ENTERPRISE]));
    // null-members
    let empty = created(json!({"title": null, "emails": null, "name": {"givenName": null}}));
    assert!(!empty.unwrap().to_string().contains("null"));
    // unicode-lost
    let text = "日本 🎉 e\u{301} \u{0} \"\\";
    assert_eq!(created(json!({"title": text})).unwrap()["title"], text);
    // password-returned
    let secret = created(json!({"password": "t1me"})).unwrap();
    assert!(!secret.to_string().contains("t1me"));
    // attributes-ignored, excludedAttributes-ignored
    let only = shown(&Projection::of_query("attributes=title").unwrap(), &babs());
    assert!(only.get("emails").is_none() && only["title"] == "Guide" && only["id"] == "1");
    let except = Projection::of_query("excludedAttributes=title,emails.type").unwrap();
    let except = shown(&except, &babs());
    assert!(except.get("title").is_none());
    assert_eq!(except["emails"], json!([{"value": "a"}, {"value": "b"}]));
    // put-merges
    let put = json!({"schemas": [USER], "userName": "bjensen"}).to_string();
    let replaced = Accept::new().replace(&babs(), &put).unwrap().into_value();
    assert!(replaced.title.is_none() && replaced.emails.is_empty());
}

#[test]
fn patches_do_what_they_say() {
    // patch-add-replaces
    let (_, emails) = patched(json!([{"op": "add", "path": "emails", "value": [{"value": "c"}]}]));
    assert_eq!(emails, ["a", "b", "c"]);
    // patch-first-operation-only
    let (user, _) = patched(json!([
        {"op": "replace", "path": "title", "value": "Cook"},
        {"op": "add", "path": "nickName", "value": "Babs"}]));
    assert_eq!(
        (user.title.as_deref(), user.nick_name.as_deref()),
        (Some("Cook"), Some("Babs"))
    );
    // patch-remove-ignores-value-filter
    let (_, emails) = patched(json!([{"op": "remove", "path": "emails[type eq \"work\"]"}]));
    assert_eq!(emails, ["b"]);
}

#[test]
fn queries_find_what_they_ask_for() {
    // invalid-filter-answers-200
    for filter in [
        "userName",
        "userName%20eq",
        "zz%20pr",
        "active%20eq%20%22x%22",
        "",
    ] {
        let refusal = asked(&format!("filter={filter}")).unwrap_err();
        assert_eq!(refusal.scim_type(), Some("invalidFilter"), "{filter}");
    }
    // filter-ignored, filter-and-is-or, totalResults-is-page-length, count-ignored
    for (parameters, names, total) in [
        ("filter=userName%20eq%20%22a%22", "a", 1),
        ("filter=userName%20eq%20%22a%22%20and%20title%20pr", "", 0),
        (
            "filter=userName%20eq%20%22a%22%20or%20userName%20eq%20%22c%22",
            "ac",
            2,
        ),
        ("count=2", "ba", 3),
        // sort-ignored, sortorder-ignored
        ("sortBy=userName", "abc", 3),
        ("sortBy=userName&sortOrder=descending", "cba", 3),
    ] {
        assert_eq!(found(parameters), (names.to_owned(), total), "{parameters}");
    }
    let kind = ServedType::of::<User>();
    let options = FilterOptions::default();
    let request = query::from_url("filter=title%20pr", &options).unwrap();
    let filter = query::check(&kind, &request, &options).unwrap().unwrap();
    assert!(filter.matches(&babs()) && !filter.matches(&stored(User::new("b"))));
}

#[test]
fn versions_are_compared_and_change() {
    // if-match-ignored, if-none-match-ignored
    let version = Some("W/\"2\"");
    assert!(
        preconditions("if-match", "W/\"1\"")
            .permit_change(version)
            .is_err()
    );
    assert!(
        preconditions("if-match", "W/\"2\"")
            .permit_change(version)
            .is_ok()
    );
    assert!(preconditions("if-none-match", "W/\"2\"").has_already("W/\"2\""));
    assert!(!preconditions("if-none-match", "W/\"1\"").has_already("W/\"2\""));
    // etag-never-changes, no-meta-timestamps
    let context = Context::new((), "https://h.example/v2/", Timestamp::new(0, 0));
    let mut record = Record::new(babs());
    let mut seen = Vec::new();
    for _ in 0..3 {
        context.touch(&mut record);
        assert!(record.meta().last_modified.is_some());
        seen.push(record.version().unwrap().to_owned());
    }
    assert!(seen[0] != seen[1] && seen[1] != seen[2]);
}

#[test]
fn errors_are_those_of_the_rfc() {
    // error-plain-body, error-status-number, error-without-scimType, content-type-text-html,
    // content-type-application-json
    let bad = || Accept::new().create::<User>("{}").unwrap_err();
    for (refusal, status, keyword) in [
        (bad(), 400, Some("invalidValue")),
        (
            Accept::new().create::<User>("[").unwrap_err(),
            400,
            Some("invalidSyntax"),
        ),
        (Refusal::not_found("the resource 1"), 404, None),
        (Refusal::taken("userName"), 409, Some("uniqueness")),
        (Refusal::version_conflict(), 412, None),
        (Refusal::not_offered("PATCH"), 501, None),
        (Refusal::unauthorized(true), 401, None),
    ] {
        let (code, media_type, body) = answered(refusal);
        assert_eq!(
            (code.as_u16(), media_type.as_str()),
            (status, "application/scim+json")
        );
        assert_eq!(body["schemas"], json!([ERROR]));
        assert_eq!(body["status"], status.to_string());
        assert_eq!(body["scimType"].as_str(), keyword);
    }
    // 401-without-www-authenticate
    for wrong in [true, false] {
        let response = Refusal::unauthorized(wrong).into_response();
        assert!(response.headers().contains_key("www-authenticate"));
    }
}

#[test]
fn discovery_says_all_that_is_required() {
    // spc-without-required-members
    let abilities = Abilities::default();
    let config = discovery::service_provider_config("https://h.example/v2", &abilities);
    for (name, subs) in [
        ("patch", &["supported"][..]),
        ("bulk", &["supported", "maxOperations", "maxPayloadSize"]),
        ("filter", &["supported", "maxResults"]),
        ("changePassword", &["supported"]),
        ("sort", &["supported"]),
        ("etag", &["supported"]),
    ] {
        for sub in subs {
            assert!(!config[name][sub].is_null(), "{name}.{sub}");
        }
    }
    assert!(config["authenticationSchemes"].is_array() && config["meta"].is_object());
    // bulk-advertised-but-501
    let mut abilities = Abilities::default();
    abilities.offers = Capabilities::default();
    abilities.offers.bulk = Some(false);
    let config = discovery::service_provider_config("https://h.example/v2", &abilities);
    assert_eq!(config["bulk"]["supported"], false);
    // resourceType-lower-case
    let kind = discovery::resource_type("https://h.example/v2", &ServedType::of::<User>());
    assert_eq!(
        (&kind["name"], &kind["schema"]),
        (&json!("User"), &json!(User::SCHEMA))
    );
}

/// What is not about one body or one query.
#[test]
fn a_whole_service_provider_has_none_of_the_others() {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(async {
        let builder = ServiceProvider::builder(MemoryStore::with_counted_ids());
        let provider = builder.build();
        // 201-as-200, no-location-header, no-meta-location, meta-location-wrong, no-etag-header
        let location = "https://h.example/v2/Users/1";
        let body = json!({"schemas": [USER], "userName": "a"}).to_string();
        let response = send(&provider, "POST", "/Users", &body, &[]).await;
        assert_eq!(response.status(), 201);
        assert_eq!(response.headers()["location"], location);
        let created: Value = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(created["meta"]["location"], location);
        let version = created["meta"]["version"].as_str().unwrap();
        assert_eq!(response.headers()["etag"], version);
        assert_eq!(ask(&provider, "GET", "/Users/1", "").await.1, created);
        // search-404, startIndex-ignored, startIndex-off-by-one
        let body = json!({"schemas": [USER], "userName": "b"}).to_string();
        assert_eq!(ask(&provider, "POST", "/Users", &body).await.0, 201);
        for (start, names) in [("1", vec!["a", "b"]), ("2", vec!["b"]), ("3", vec![])] {
            let target = format!("/Users?sortBy=userName&startIndex={start}");
            let message = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
                "sortBy": "userName", "startIndex": start.parse::<u32>().unwrap()});
            for (status, list) in [
                ask(&provider, "GET", &target, "").await,
                ask(&provider, "POST", "/Users/.search", &message.to_string()).await,
            ] {
                assert_eq!((status, &list["totalResults"]), (200, &json!(2)));
                let found = list["Resources"].as_array().unwrap().iter();
                let found: Vec<_> = found.map(|one| one["userName"].as_str().unwrap()).collect();
                assert_eq!(found, names, "{start}");
            }
        }
        // 400-as-500, 404-as-400, 409-as-400
        let user = |name: Value| json!({"schemas": [USER], "userName": name}).to_string();
        let empty = r#"{"schemas": [], "Operations": []}"#;
        for (method, target, body, status, keyword) in [
            (
                "POST",
                "/Users",
                "[".to_owned(),
                400,
                json!("invalidSyntax"),
            ),
            (
                "POST",
                "/Users",
                "\u{0}".to_owned(),
                400,
                json!("invalidSyntax"),
            ),
            (
                "POST",
                "/Users",
                user(json!({"a": 1})),
                400,
                json!("invalidValue"),
            ),
            (
                "PUT",
                "/Users/1",
                user(json!(null)),
                400,
                json!("invalidValue"),
            ),
            (
                "PATCH",
                "/Users/1",
                empty.to_owned(),
                400,
                json!("invalidSyntax"),
            ),
            (
                "GET",
                "/Users?filter=%28",
                String::new(),
                400,
                json!("invalidFilter"),
            ),
            ("POST", "/Users", user(json!("A")), 409, json!("uniqueness")),
            (
                "PUT",
                "/Users/1",
                user(json!("b")),
                409,
                json!("uniqueness"),
            ),
            ("GET", "/Users/9", String::new(), 404, Value::Null),
            ("PUT", "/Users/9", user(json!("x")), 404, Value::Null),
            ("DELETE", "/Users/9", String::new(), 404, Value::Null),
        ] {
            let (found, error) = ask(&provider, method, target, &body).await;
            let told = (found, error["scimType"].clone());
            assert_eq!(told, (status, keyword), "{method} {target} {body}");
            assert_eq!(error["status"], status.to_string());
        }
        // 405-as-404
        assert_eq!(ask(&provider, "DELETE", "/Users", "").await.0, 405);
        // delete-200, delete-does-nothing
        assert_eq!(ask(&provider, "DELETE", "/Users/1", "").await.0, 204);
        assert_eq!(ask(&provider, "GET", "/Users/1", "").await.0, 404);
        // no-authentication
        let builder = ServiceProvider::builder(MemoryStore::new());
        let provider = builder.bearer_token("secret").build();
        for wrong in [&[][..], &[("authorization", "Bearer other")]] {
            let response = send(&provider, "GET", "/Users", "", wrong).await;
            assert_eq!(response.status(), 401);
        }
        let right = [("authorization", "Bearer secret")];
        assert_eq!(
            send(&provider, "GET", "/Users", "", &right).await.status(),
            200
        );
    });
}

/// The faults of the list, by the test in which they are looked for.
const FAULTS: [(fn(), &str); 7] = [
    (
        a_whole_service_provider_has_none_of_the_others,
        "201-as-200 400-as-500 404-as-400 405-as-404 409-as-400 delete-200 \
         delete-does-nothing meta-location-wrong no-authentication no-etag-header \
         no-location-header no-meta-location search-404 startIndex-ignored \
         startIndex-off-by-one",
    ),
    (
        errors_are_those_of_the_rfc,
        "401-without-www-authenticate content-type-application-json \
         content-type-text-html error-plain-body error-status-number \
         error-without-scimType",
    ),
    (
        resources_are_read_and_written_as_their_schema_says,
        "active-as-string attributes-ignored excludedAttributes-ignored \
         extension-dropped-on-create extension-not-in-schemas null-members \
         password-returned put-merges schemas-incomplete unicode-lost",
    ),
    (
        discovery_says_all_that_is_required,
        "bulk-advertised-but-501 resourceType-lower-case spc-without-required-members",
    ),
    (
        queries_find_what_they_ask_for,
        "count-ignored filter-and-is-or filter-ignored invalid-filter-answers-200 \
         sort-ignored sortorder-ignored totalResults-is-page-length",
    ),
    (
        versions_are_compared_and_change,
        "etag-never-changes if-match-ignored if-none-match-ignored no-meta-timestamps",
    ),
    (
        patches_do_what_they_say,
        "patch-add-replaces patch-first-operation-only \
         patch-remove-ignores-value-filter",
    ),
];

/// That the list is whole: a fault is named where it is looked for, in a test that passes. What is
/// asserted there is for readers to judge.
#[test]
fn each_fault_is_named_in_a_test() {
    let (text, _) = include_str!("layer_one.rs")
        .split_once("const FAULTS")
        .unwrap();
    let words: BTreeSet<_> = text.split([' ', ',', '\n']).collect();
    let mut all = BTreeSet::new();
    for (test, faults) in FAULTS {
        for fault in faults.split_whitespace() {
            assert!(words.contains(&fault), "{fault} is in no test");
            assert!(all.insert(fault), "{fault} is there twice");
        }
        test();
    }
    assert_eq!(all.len(), 48);
}
