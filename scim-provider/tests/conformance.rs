//! Faults of servers that conformance tests look for, and those that were found here: each is
//! refused, or done right.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic")]

mod common;

use common::{ask, send};
use scim_provider::{
    MemoryStore, ServiceProvider,
    scim_models::patch::{ApplyOptions, RemovedValues},
};
use serde_json::{Value, json};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

fn provider() -> ServiceProvider {
    ServiceProvider::builder(MemoryStore::with_counted_ids()).build()
}

fn strict() -> ServiceProvider {
    let builder = ServiceProvider::builder(MemoryStore::with_counted_ids());
    builder.strict().build()
}

fn user(more: Value) -> String {
    let mut user = json!({"schemas": [USER], "userName": "bjensen"});
    let members = more.as_object().unwrap().clone();
    user.as_object_mut().unwrap().extend(members);
    user.to_string()
}

fn patch(operations: Value) -> String {
    json!({"schemas": [PATCH], "Operations": operations}).to_string()
}

/// Status and keyword of an error.
fn error((status, body): (u16, Value)) -> (u16, String) {
    assert_eq!(body["status"], status.to_string(), "{body}");
    let keyword = body["scimType"].as_str().unwrap_or_default();
    (status, keyword.to_owned())
}

fn is(status: u16, keyword: &str) -> (u16, String) {
    (status, keyword.to_owned())
}

#[tokio::test]
async fn wrong_resources_are_refused() {
    let cases = [
        ("active as text", json!({"active": "yes"})),
        ("a scalar for a complex value", json!({"name": "Babs"})),
        ("an empty user name", json!({"userName": ""})),
        ("no user name", json!({"userName": null})),
        (
            "two primary",
            json!({"emails": [{"value": "a", "primary": true}, {"value": "b", "primary": true}]}),
        ),
        ("another schema", json!({"schemas": [GROUP]})),
    ];
    for (what, more) in cases {
        for provider in [provider(), strict()] {
            let refused = ask(&provider, "POST", "/Users", &user(more.clone())).await;
            assert_eq!(error(refused), is(400, "invalidValue"), "{what}");
            let (_, list) = ask(&provider, "GET", "/Users", "").await;
            assert_eq!(list["totalResults"], 0, "{what}");
        }
    }
    let strictly = [
        (
            "one value for an array",
            json!({"emails": {"value": "a"}}),
            "invalidValue",
        ),
        (
            "a number for a complex value",
            json!({"emails": [5]}),
            "invalidValue",
        ),
        ("a number for text", json!({"title": 5}), "invalidValue"),
        (
            "no base64",
            json!({"x509Certificates": [{"value": "***"}]}),
            "invalidValue",
        ),
        ("no schemas", json!({"schemas": []}), "invalidValue"),
        (
            "an unknown schema",
            json!({"schemas": [USER, "urn:x:y"]}),
            "invalidValue",
        ),
        (
            "an extension that is not listed",
            json!({ENTERPRISE: {"costCenter": "4"}}),
            "invalidValue",
        ),
        (
            "an unknown attribute",
            json!({"zzUnknown": 1}),
            "invalidSyntax",
        ),
    ];
    for (what, more, keyword) in strictly {
        let refused = ask(&strict(), "POST", "/Users", &user(more)).await;
        assert_eq!(error(refused), is(400, keyword), "{what}");
    }
}

#[tokio::test]
async fn null_and_no_values_are_the_same_as_nothing() {
    let provider = provider();
    let more = json!({"title": null, "emails": [], "name": {}, "nickName": null});
    let (status, created) = ask(&provider, "POST", "/Users", &user(more)).await;
    assert_eq!(status, 201);
    for name in ["title", "emails", "name", "nickName"] {
        assert!(created.get(name).is_none(), "{name}");
    }
}

#[tokio::test]
async fn names_that_are_the_same_by_unicode_are_one() {
    let provider = provider();
    let composed = user(json!({"userName": "ren\u{e9}", "title": "日本 🎉"}));
    let (status, created) = ask(&provider, "POST", "/Users", &composed).await;
    assert_eq!((status, &created["title"]), (201, &json!("日本 🎉")));
    for name in ["rene\u{301}", "REN\u{c9}"] {
        let again = ask(
            &provider,
            "POST",
            "/Users",
            &user(json!({"userName": name})),
        )
        .await;
        assert_eq!(error(again), is(409, "uniqueness"), "{name}");
    }
}

#[tokio::test]
async fn queries_say_what_they_mean() {
    let provider = provider();
    ask(&provider, "POST", "/Users", &user(json!({}))).await;
    for (query, keyword) in [
        ("filter=", "invalidFilter"),
        ("filter=userName", "invalidFilter"),
        ("filter=zz%20eq%201", "invalidFilter"),
        ("filter=password%20pr", "invalidFilter"),
        ("sortBy=name", "invalidPath"),
        ("sortOrder=up", "invalidValue"),
        ("count=x", "invalidValue"),
        ("cursor&count=x", "invalidCount"),
        ("cursor=nonsense", "invalidCursor"),
    ] {
        let refused = ask(&provider, "GET", &format!("/Users?{query}"), "").await;
        assert_eq!(error(refused), is(400, keyword), "{query}");
    }
    let search = json!({"filter": "userName pr"}).to_string();
    let refused = ask(&strict(), "POST", "/Users/.search", &search).await;
    assert_eq!(error(refused), is(400, "invalidSyntax"));
    let (_, page) = ask(&provider, "GET", "/Users?startIndex=0&count=-1", "").await;
    assert_eq!(
        (&page["totalResults"], &page["startIndex"]),
        (&json!(1), &json!(1))
    );
}

#[tokio::test]
async fn patches_do_all_or_nothing() {
    let provider = provider();
    let more = json!({"emails": [{"value": "a", "type": "work"}, {"value": "b", "type": "home"}]});
    ask(&provider, "POST", "/Users", &user(more)).await;
    let both = patch(json!([
        {"op": "add", "path": "emails", "value": [{"value": "c"}]},
        {"op": "remove", "path": "emails[type eq \"home\"]"},
        {"op": "add", "path": "title", "value": "Guide"},
    ]));
    let (status, changed) = ask(&provider, "PATCH", "/Users/1", &both).await;
    assert_eq!((status, &changed["title"]), (200, &json!("Guide")));
    let values: Vec<_> = changed["emails"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["value"])
        .collect();
    assert_eq!(values, ["a", "c"]);
    // The same value once more is no second one.
    let again = patch(json!([{"op": "add", "path": "emails", "value": [{"value": "c"}]}]));
    let (_, same) = ask(&provider, "PATCH", "/Users/1", &again).await;
    assert_eq!(same["emails"].as_array().unwrap().len(), 2);
    assert_eq!(same["meta"]["version"], changed["meta"]["version"]);
    for (operations, keyword) in [
        (
            json!([{"op": "add", "path": "nickName", "value": "x"}, {"op": "add", "path": "", "value": "x"}]),
            "invalidPath",
        ),
        (
            json!([{"op": "add", "path": "nickName", "value": "x"}, {"op": "add", "path": "zz", "value": "x"}]),
            "invalidPath",
        ),
        (json!([{"op": "remove"}]), "noTarget"),
        (
            json!([{"op": "replace", "path": "id", "value": "x"}]),
            "mutability",
        ),
        (
            json!([{"op": "replace", "path": "emails[type eq \"x\"].value", "value": "x"}]),
            "noTarget",
        ),
    ] {
        let refused = ask(&provider, "PATCH", "/Users/1", &patch(operations)).await;
        assert_eq!(error(refused), is(400, keyword));
    }
    let (_, after) = ask(&provider, "GET", "/Users/1", "").await;
    assert_eq!(after, same);
    let without_urn = json!({"Operations": [{"op": "add", "path": "title", "value": "x"}]});
    let refused = ask(&strict(), "PATCH", "/Users/1", &without_urn.to_string()).await;
    assert_eq!(error(refused).0, 404);
}

#[tokio::test]
async fn a_list_of_values_to_remove_can_be_what_is_removed() {
    let options = ApplyOptions::default().with_removed_values(RemovedValues::RemoveListed);
    let builder = ServiceProvider::builder(MemoryStore::with_counted_ids());
    let provider = builder.patch_options(options).build();
    let group = json!({"schemas": [GROUP], "displayName": "Guides",
        "members": [{"value": "a"}, {"value": "b"}]});
    ask(&provider, "POST", "/Groups", &group.to_string()).await;
    let remove = patch(json!([{"op": "Remove", "path": "members", "value": [{"value": "a"}]}]));
    let (_, after) = ask(&provider, "PATCH", "/Groups/1", &remove).await;
    let values: Vec<_> = after["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| &m["value"])
        .collect();
    assert_eq!(values, ["b"]);
}

#[tokio::test]
async fn extensions_are_kept_and_listed() {
    let more = json!({"schemas": [ENTERPRISE, USER], ENTERPRISE: {"costCenter": "4130"}});
    for provider in [provider(), strict()] {
        let (status, created) = ask(&provider, "POST", "/Users", &user(more.clone())).await;
        assert_eq!(status, 201);
        assert_eq!(created["schemas"], json!([USER, ENTERPRISE]));
        assert_eq!(created[ENTERPRISE]["costCenter"], "4130");
        // PUT replaces; it does not merge.
        let (_, replaced) = ask(&provider, "PUT", "/Users/1", &user(json!({}))).await;
        assert_eq!(replaced["schemas"], json!([USER]));
        assert!(replaced.get(ENTERPRISE).is_none());
    }
}

#[tokio::test]
async fn versions_are_asked_for() {
    let provider = provider();
    ask(&provider, "POST", "/Users", &user(json!({}))).await;
    let body = user(json!({"title": "Guide"}));
    let old = [("if-match", "W/\"0\"")];
    for method in ["PUT", "DELETE"] {
        let refused = send(&provider, method, "/Users/1", &body, &old).await;
        assert_eq!(refused.status().as_u16(), 412, "{method}");
    }
    let own = [("if-none-match", "W/\"1\"")];
    assert_eq!(
        send(&provider, "GET", "/Users/1", "", &own)
            .await
            .status()
            .as_u16(),
        304
    );
    let changed = send(
        &provider,
        "PUT",
        "/Users/1",
        &body,
        &[("if-match", "W/\"1\"")],
    )
    .await;
    assert_eq!(changed.headers()["etag"], "W/\"2\"");
}

#[tokio::test]
async fn a_token_is_asked_for() {
    let builder = ServiceProvider::builder(MemoryStore::new());
    let provider = builder.bearer_token("foobar").build();
    let ask = async |token: &str, target: &str| {
        let header = [("authorization", token)];
        let headers = if token.is_empty() { &[][..] } else { &header };
        let response = send(&provider, "GET", target, "", headers).await;
        let challenge = response.headers().get("www-authenticate");
        let challenge = challenge.map(|value| value.to_str().unwrap().to_owned());
        (response.status().as_u16(), challenge)
    };
    let challenge = |error: &str| (401, Some(format!("Bearer realm=\"scim\"{error}")));
    assert_eq!(ask("", "/Users").await, challenge(""));
    assert_eq!(ask("Basic Zm9v", "/Users").await, challenge(""));
    let wrong = ask("Bearer fooba", "/Users").await;
    assert_eq!(wrong, challenge(", error=\"invalid_token\""));
    assert_eq!(ask("bearer foobar", "/Users").await, (200, None));
    // How to authenticate can be read without (RFC 7643 §5), and nothing else.
    assert_eq!(ask("", "/ServiceProviderConfig").await, (200, None));
    assert_eq!(ask("", "/Schemas").await.0, 401);
    assert_eq!(ask("", "/nowhere").await.0, 401);
}

/// Which of two counts, RFC 8259 §4 leaves open: read strictly, neither.
#[tokio::test]
async fn strictly_no_member_comes_twice() {
    const SEARCH: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
    const BULK: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
    let user = |more: &str| format!(r#"{{"schemas":["{USER}"],{more}}}"#);
    let patch =
        |operation: &str| format!(r#"{{"schemas":["{PATCH}"],"Operations":[{{{operation}}}]}}"#);
    let bulk = |operation: &str| {
        format!(
            r#"{{"schemas":["{BULK}"],"Operations":[{{"method":"POST","path":"/Users","bulkId":"q",{operation}}}]}}"#
        )
    };
    let one = user(r#""userName":"x""#);
    let cases = [
        (
            "POST",
            "/Users",
            user(r#""userName":"a","userName":"b""#),
            "userName",
        ),
        (
            "POST",
            "/Users",
            user(r#""userName":"a","USERNAME":"a""#),
            "USERNAME",
        ),
        (
            "POST",
            "/Users",
            user(&format!(r#""userName":"a","{USER}:userName":"b""#)),
            "userName",
        ),
        (
            "PUT",
            "/Users/1",
            user(r#""userName":"a","name":{"givenName":"a","givenname":"b"}"#),
            "name.givenname",
        ),
        (
            "PUT",
            "/Users/1",
            user(r#""userName":"a","emails":[{"value":"a","value":"b"}]"#),
            "emails[0].value",
        ),
        (
            "PATCH",
            "/Users/1",
            patch(r#""op":"replace","path":"title","value":"a","Value":"b""#),
            "Operations[0].Value",
        ),
        (
            "PATCH",
            "/Users/1",
            patch(r#""op":"replace","value":{"title":"a","Title":"b"}"#),
            "Operations[0].value.Title",
        ),
        (
            "PATCH",
            "/Users/1",
            patch(r#""op":"add","value":{"emails":[{"type":"a","Type":"b"}]}"#),
            "emails[0].Type",
        ),
        (
            "POST",
            "/.search",
            format!(r#"{{"schemas":["{SEARCH}"],"filter":"id pr","Filter":"id pr"}}"#),
            "Filter",
        ),
        (
            "POST",
            "/Bulk",
            format!(
                r#"{{"schemas":["{BULK}"],"Operations":[],"operations":[{{"method":"DELETE","path":"/Users/1"}}]}}"#
            ),
            "operations",
        ),
    ];
    for (method, target, body, path) in cases {
        let strictly = strict();
        ask(&strictly, "POST", "/Users", &one).await;
        let (status, refused) = ask(&strictly, method, target, &body).await;
        assert_eq!(
            (status, &refused["scimType"]),
            (400, &json!("invalidSyntax")),
            "{body}"
        );
        let detail = refused["detail"].as_str().unwrap();
        assert!(
            detail.contains(path) && detail.contains("comes twice"),
            "{detail}"
        );
        let (_, now) = ask(&strictly, "GET", "/Users", "").await;
        assert_eq!(
            (&now["totalResults"], &now["Resources"][0]["userName"]),
            (&json!(1), &json!("x"))
        );
        // Otherwise the last one counts, as everywhere.
        let generous = provider();
        ask(&generous, "POST", "/Users", &one).await;
        assert!(
            ask(&generous, method, target, &body).await.0 < 300,
            "{body}"
        );
    }
    // In a bulk request, it is the operation's fault.
    for data in [
        r#""data":{},"Data":{}"#.to_owned(),
        format!(r#""data":{}"#, user(r#""userName":"a","userName":"b""#)),
    ] {
        let strictly = strict();
        let (_, answer) = ask(&strictly, "POST", "/Bulk", &bulk(&data)).await;
        assert!(answer.to_string().contains("comes twice"), "{answer}");
        assert!(answer.to_string().contains("invalidSyntax"), "{answer}");
        let (_, now) = ask(&strictly, "GET", "/Users", "").await;
        assert_eq!(now["totalResults"], 0);
    }
}
