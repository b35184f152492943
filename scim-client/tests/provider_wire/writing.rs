//! Creating, replacing and changing.

use scim_client::{User, testing::ServiceProvider};
use serde_json::{Value, json};

use super::{ENTERPRISE, full_user, get, patch_op, provider, send, send_with};

#[tokio::test]
async fn creates_what_a_client_may_write() {
    let provider = provider();
    let created = send(&provider, "POST", "/Users", &full_user()).await;
    assert_eq!(created.status(), 201);
    assert_eq!(created.header("location"), "https://h.example/v2/Users/1");
    assert_eq!(created.header("etag"), "W/\"1\"");
    assert_eq!(created.header("content-type"), "application/scim+json");
    let body = created.json();
    assert_eq!(body["id"], "1");
    assert_eq!(body["userName"], "bjensen");
    assert_eq!(body["meta"]["version"], "W/\"1\"");
    assert_eq!(body["meta"]["location"], "https://h.example/v2/Users/1");
    assert_eq!(body["password"], Value::Null);
    assert_eq!(body["groups"], Value::Null);
    assert_eq!(body[ENTERPRISE]["manager"], json!({"value": "x"}));
    assert_eq!(body["schemas"].as_array().unwrap().len(), 3);
    assert!(
        std::str::from_utf8(created.0.body())
            .unwrap()
            .contains("1.5")
    );
    assert_eq!(get(&provider, "/Users/1").await.json(), body);
}

#[tokio::test]
async fn refuses_what_is_wrong() {
    let provider = provider();
    let post = |body: &'static str| {
        let provider = provider.clone();
        async move { send(&provider, "POST", "/Users", body).await.error() }
    };
    assert_eq!(post("{").await, (400, "invalidSyntax".into()));
    assert_eq!(post("[]").await, (400, "invalidSyntax".into()));
    assert_eq!(post("{}").await, (400, "invalidValue".into()));
    assert_eq!(
        post(r#"{"userName": null}"#).await,
        (400, "invalidValue".into())
    );
    let wrong = r#"{"userName": "x", "active": {"a": 1}}"#;
    assert_eq!(post(wrong).await, (400, "invalidValue".into()));
    let primary = r#"{"userName": "x", "emails": [{"value": "a", "primary": true},
        {"value": "b", "primary": true}]}"#;
    assert_eq!(post(primary).await, (400, "invalidValue".into()));
    // What is ignored may be wrong.
    let ignored = r#"{"userName": "x", "meta": {"created": 7}, "groups": 7}"#;
    assert_eq!(
        send(&provider, "POST", "/Users", ignored).await.status(),
        201
    );

    let xml = [("content-type", "text/xml")];
    let answer = send_with(&provider, "POST", "/Users", "<a/>", &xml).await;
    assert_eq!(answer.error().0, 415);
    let plain = [("content-type", "Application/JSON; charset=utf-8")];
    let body = r#"{"userName": "y"}"#;
    assert_eq!(
        send_with(&provider, "POST", "/Users", body, &plain)
            .await
            .status(),
        201
    );
    assert_eq!(get(&provider, "/Nothing").await.error().0, 404);
    assert_eq!(get(&provider, "/Users/77").await.error().0, 404);
    assert_eq!(get(&provider, "/Groups/1").await.error().0, 404);
    for (method, path, allow) in [
        ("DELETE", "/Users", "GET, POST"),
        ("POST", "/Users/1", "GET, PUT, PATCH, DELETE"),
        ("GET", "/.search", "POST"),
        ("PUT", "/Schemas", "GET"),
    ] {
        let answer = send(&provider, method, path, "").await;
        assert_eq!(
            (answer.error().0, answer.header("allow")),
            (405, allow),
            "{method} {path}"
        );
    }
    for (query, scim_type) in [
        ("filter=userName%20eq", "invalidFilter"),
        ("filter=active%20gt%20true", "invalidFilter"),
        ("filter=userNam%20eq%20%22x%22", "invalidFilter"),
        ("count=many", "invalidValue"),
        ("cursor&count=many", "invalidCount"),
        ("attributes=title&excludedAttributes=name", "invalidValue"),
        ("sortBy=a%20b", "invalidPath"),
    ] {
        let answer = get(&provider, &format!("/Users?{query}")).await;
        assert_eq!(answer.error(), (400, scim_type.into()), "{query}");
    }
}

#[tokio::test]
async fn patches_all_or_nothing() {
    let provider = provider();
    send(&provider, "POST", "/Users", &full_user()).await;
    let good = patch_op(&json!([
        {"op": "replace", "path": "name.familyName", "value": "Jones"},
        {"op": "add", "path": "emails", "value": [{"value": "b@home.example", "type": "home"}]},
        {"op": "remove", "path": "emails[type eq \"work\"]"},
        {"op": "replace", "value": {format!("{ENTERPRISE}:department"): "Sales"}},
    ]));
    let patched = send(&provider, "PATCH", "/Users/1", &good).await;
    assert_eq!((patched.status(), patched.header("etag")), (200, "W/\"2\""));
    let body = patched.json();
    assert_eq!(body["name"]["familyName"], "Jones");
    assert_eq!(
        body["emails"],
        json!([{"value": "b@home.example", "type": "home"}])
    );
    assert_eq!(body[ENTERPRISE]["department"], "Sales");

    for (operation, scim_type) in [
        (
            json!({"op": "replace", "path": "id", "value": "9"}),
            "mutability",
        ),
        (json!({"op": "remove", "path": "userName"}), "mutability"),
        (
            json!({"op": "replace", "path": "a b", "value": 1}),
            "invalidPath",
        ),
        (json!({"op": "remove"}), "noTarget"),
        (
            json!({"op": "replace", "path": "emails[type eq \"x\"].value", "value": "y"}),
            "noTarget",
        ),
        (json!({"op": "fly"}), "invalidSyntax"),
    ] {
        let operations = json!([{"op": "replace", "path": "title", "value": "Lost"}, operation]);
        let answer = send(&provider, "PATCH", "/Users/1", &patch_op(&operations)).await;
        assert_eq!(answer.error(), (400, scim_type.into()), "{operations}");
    }
    assert_eq!(get(&provider, "/Users/1").await.json(), body);

    provider.seed(User::new("taken")).unwrap();
    let taken = patch_op(&json!([{"op": "replace", "path": "userName", "value": "TAKEN"}]));
    let answer = send(&provider, "PATCH", "/Users/1", &taken).await;
    assert_eq!(answer.error(), (409, "uniqueness".into()));

    let quiet = ServiceProvider::builder()
        .counted_ids()
        .patch_without_body()
        .build();
    quiet.seed(User::new("x")).unwrap();
    let title = patch_op(&json!([{"op": "add", "path": "title", "value": "T"}]));
    let answer = send(&quiet, "PATCH", "/Users/1", &title).await;
    assert_eq!((answer.status(), answer.header("etag")), (204, "W/\"2\""));
    let answer = send(&quiet, "PATCH", "/Users/1?attributes=title", &title).await;
    assert_eq!((answer.status(), answer.header("etag")), (200, "W/\"2\""));
}

#[tokio::test]
async fn versions_guard() {
    let provider = provider();
    provider.seed(User::new("x")).unwrap();
    let with = |method: &'static str, name: &'static str, value: &'static str| {
        let provider = provider.clone();
        async move {
            let body = if method == "PUT" {
                r#"{"userName": "x", "title": "T"}"#
            } else {
                ""
            };
            send_with(&provider, method, "/Users/1", body, &[(name, value)]).await
        }
    };
    let unchanged = with("GET", "if-none-match", "\"0\", W/\"1\"").await;
    assert_eq!(
        (unchanged.status(), unchanged.header("etag")),
        (304, "W/\"1\"")
    );
    assert!(unchanged.0.body().is_empty());
    assert_eq!(with("GET", "if-none-match", "W/\"0\"").await.status(), 200);
    assert_eq!(with("GET", "if-none-match", "*").await.status(), 304);
    assert_eq!(with("GET", "if-match", "W/\"0\"").await.status(), 412);
    assert_eq!(with("PUT", "if-match", "W/\"0\"").await.error().0, 412);
    assert_eq!(with("PUT", "if-none-match", "*").await.error().0, 412);
    assert_eq!(
        with("PUT", "if-match", "W/\"1\"").await.header("etag"),
        "W/\"2\""
    );
    // The same again changes nothing.
    assert_eq!(with("PUT", "if-match", "*").await.header("etag"), "W/\"2\"");
    assert_eq!(with("DELETE", "if-match", "W/\"1\"").await.error().0, 412);
    assert_eq!(with("DELETE", "if-match", "W/\"2\"").await.status(), 204);
    assert_eq!(with("DELETE", "if-match", "*").await.error().0, 404);
}

#[tokio::test]
async fn refuses_what_is_meant_for_another_endpoint() {
    let provider = provider();
    let group = "urn:ietf:params:scim:schemas:core:2.0:Group";
    for (schemas, status) in [(json!([group]), 400), (json!([]), 201)] {
        let body = json!({"schemas": schemas, "userName": "x"}).to_string();
        let answer = send(&provider, "POST", "/Users", &body).await;
        assert_eq!(answer.status(), status, "{schemas}");
    }
    let invalid = (400, "invalidValue".to_owned());
    let empty = send(&provider, "POST", "/Users", r#"{"userName": ""}"#).await;
    assert_eq!(empty.error(), invalid);
    let empty = patch_op(&json!([{"op": "replace", "path": "userName", "value": ""}]));
    let empty = send(&provider, "PATCH", "/Users/1", &empty).await;
    assert_eq!(empty.error(), invalid);
    let order = get(&provider, "/Users?sortBy=name").await;
    assert_eq!(order.error(), (400, "invalidPath".to_owned()));
    for path in ["name.familyName", "emails", "nothing"] {
        let order = get(&provider, &format!("/Users?sortBy={path}")).await;
        assert_eq!(order.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn is_strict_if_asked() {
    let provider = ServiceProvider::builder().strict().build();
    let urn = "urn:ietf:params:scim:schemas:core:2.0:User";
    for (body, status) in [
        (json!({"userName": "x"}), 400),
        (
            json!({"schemas": [urn], "userName": "x", "active": "true"}),
            400,
        ),
        (
            json!({"schemas": [urn], "userName": "x", "active": true}),
            201,
        ),
    ] {
        let answer = send(&provider, "POST", "/Users", &body.to_string()).await;
        assert_eq!(answer.status(), status, "{body}");
    }
}
