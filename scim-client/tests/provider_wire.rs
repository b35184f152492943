//! The embedded service provider, seen through plain HTTP messages.

#![cfg(feature = "testing")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

#[path = "common/cases.rs"]
mod cases;
mod common;

use bytes::Bytes;
use common::gadget::Gadget;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use scim_client::{Group, User, testing::ServiceProvider};
use serde_json::{Value, json};
use tower_service::Service as _;

struct Answer(Response<Bytes>);

impl Answer {
    fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    fn header(&self, name: &str) -> &str {
        self.0
            .headers()
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(self.0.body()).unwrap_or_default()
    }

    /// Status and scimType of an error, which has the RFC's form.
    fn error(&self) -> (u16, String) {
        let body = self.json();
        assert_eq!(
            body["schemas"],
            json!(["urn:ietf:params:scim:api:messages:2.0:Error"])
        );
        assert_eq!(body["status"], self.status().to_string());
        assert!(!body["detail"].as_str().unwrap().is_empty());
        assert_eq!(self.header("content-type"), "application/scim+json");
        (
            self.status(),
            body["scimType"].as_str().unwrap_or_default().to_owned(),
        )
    }
}

async fn send_with(
    provider: &ServiceProvider,
    method: &str,
    path: &str,
    body: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("https://h.example/v2{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request
        .body(Full::new(Bytes::from(body.to_owned())))
        .unwrap();
    let response = provider.clone().call(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer(Response::from_parts(parts, body))
}

async fn send(provider: &ServiceProvider, method: &str, path: &str, body: &str) -> Answer {
    let headers: &[_] = match body {
        "" => &[],
        _ => &[("content-type", "application/scim+json")],
    };
    send_with(provider, method, path, body, headers).await
}

async fn get(provider: &ServiceProvider, path: &str) -> Answer {
    send(provider, "GET", path, "").await
}

fn provider() -> ServiceProvider {
    ServiceProvider::builder()
        .resource::<User>()
        .resource::<Group>()
        .resource::<Gadget>()
        .counted_ids()
        .build()
}

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn full_user() -> String {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "id": "mine", "meta": {"version": "mine"},
        "USERNAME": "bjensen", "password": "t1me",
        "groups": [{"value": "1"}],
        "name": {"familyName": "Jensen", "givenName": "Barbara"},
        "emails": [{"value": "b@work.example", "type": "work", "primary": true}],
        "title": "Guide",
        "nickName": null,
        ENTERPRISE: {"employeeNumber": "7", "department": "Tours",
            "manager": {"value": "x", "displayName": "not yours"}},
        "urn:example:1.0:Unknown": {"a": 1.50},
    })
    .to_string()
}

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
async fn pages_by_the_letter() {
    let provider = provider();
    for number in 0..3 {
        provider.seed(User::new(format!("u{number}"))).unwrap();
    }
    let page = |query: &'static str| {
        let provider = provider.clone();
        async move { get(&provider, &format!("/Users?{query}")).await.json() }
    };
    let all = page("startIndex=-4").await;
    assert_eq!(
        all["schemas"],
        json!(["urn:ietf:params:scim:api:messages:2.0:ListResponse"])
    );
    assert_eq!(
        (&all["totalResults"], &all["startIndex"]),
        (&json!(3), &json!(1))
    );
    assert_eq!(all["Resources"].as_array().unwrap().len(), 3);
    for query in ["count=0", "count=-1", "startIndex=99"] {
        let none = page(query).await;
        assert_eq!(
            (&none["totalResults"], &none["itemsPerPage"]),
            (&json!(3), &json!(0))
        );
    }
    let first = page("cursor&count=2").await;
    assert_eq!(first["startIndex"], Value::Null);
    assert!(first["nextCursor"].is_string());
    let plus = page("filter=userName+eq+%22u1%22").await;
    assert_eq!(plus["totalResults"], 1);
}

#[tokio::test]
async fn projects_on_every_operation() {
    let provider = provider();
    let created = send(
        &provider,
        "POST",
        "/Users?attributes=USERNAME",
        &full_user(),
    )
    .await
    .json();
    let keys = |value: &Value| {
        let mut keys: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys
    };
    assert_eq!(keys(&created), ["id", "schemas", "userName"]);
    let cases = [
        (
            "attributes=name.familyName",
            json!({"name": {"familyName": "Jensen"}}),
        ),
        (
            "attributes=urn:ietf:params:scim:schemas:core:2.0:User:title,password",
            json!({"title": "Guide"}),
        ),
        (
            "attributes=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            json!({ENTERPRISE: {"department": "Tours"}}),
        ),
        (
            "attributes=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
            json!({ENTERPRISE: {"employeeNumber": "7", "department": "Tours",
                "manager": {"value": "x"}}}),
        ),
        (
            "attributes=meta.resourceType",
            json!({"meta": {"resourceType": "User"}}),
        ),
        (
            "excludedAttributes=id,meta,name.givenName,emails,title,urn:example:1.0:Unknown,\
             urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
            json!({"userName": "bjensen", "name": {"familyName": "Jensen"}}),
        ),
    ];
    for (query, expected) in cases {
        let query = query.replace(' ', "");
        let mut body = get(&provider, &format!("/Users/1?{query}")).await.json();
        let schemas = body.as_object_mut().unwrap().remove("schemas").unwrap();
        let has_extension = expected.get(ENTERPRISE).is_some();
        assert_eq!(
            schemas.as_array().unwrap().contains(&json!(ENTERPRISE)),
            has_extension
        );
        assert_eq!(body.as_object_mut().unwrap().remove("id"), Some(json!("1")));
        assert_eq!(body, expected, "{query}");
        let listed = get(&provider, &format!("/Users?{query}")).await.json();
        assert_eq!(
            keys(&listed["Resources"][0]).len(),
            expected.as_object().unwrap().len() + 2
        );
    }
}

fn patch_op(operations: &Value) -> String {
    let urn = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    json!({"schemas": [urn], "Operations": operations}).to_string()
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
async fn searches_all_types_at_once() {
    let provider = provider();
    provider
        .seed(User::new("b").with_display_name("Beta"))
        .unwrap();
    provider.seed(Group::new("Alpha")).unwrap();
    provider.seed(Gadget::new("Gamma")).unwrap();
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": "displayName pr", "sortBy": "displayName", "attributes": ["displayName"],
    });
    let found = send(&provider, "POST", "/.search", &body.to_string())
        .await
        .json();
    let names: Vec<_> = found["Resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|resource| resource["displayName"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Alpha", "Beta"]);
    let groups = json!({"filter": "meta.resourceType eq \"Group\""}).to_string();
    let found = send(&provider, "POST", "/.search", &groups).await.json();
    assert_eq!(found["totalResults"], 1);
    let root = get(&provider, "?count=1").await;
    assert_eq!(
        (root.status(), root.json()["totalResults"].as_u64()),
        (200, Some(3))
    );
}

#[tokio::test]
async fn knows_me() {
    let provider = provider();
    provider.seed(User::new("x")).unwrap();
    assert_eq!(get(&provider, "/Me").await.error().0, 501);
    provider.set_me(Some("1"));
    let me = get(&provider, "/Me").await;
    assert_eq!(
        (me.status(), me.header("location")),
        (200, "https://h.example/v2/Users/1")
    );
    let title = patch_op(&json!([{"op": "add", "path": "title", "value": "T"}]));
    assert_eq!(
        send(&provider, "PATCH", "/Me", &title).await.json()["title"],
        "T"
    );
    let again = send(&provider, "POST", "/Me", r#"{"userName": "y"}"#).await;
    assert_eq!(again.error().0, 409);
    assert_eq!(send(&provider, "DELETE", "/Me", "").await.status(), 204);
    assert_eq!(get(&provider, "/Me").await.error().0, 404);
    let wrong = send(&provider, "POST", "/Me", "{}").await;
    assert_eq!(wrong.error(), (400, "invalidValue".to_owned()));
    let made = send(&provider, "POST", "/Me", r#"{"userName": "y"}"#).await;
    assert_eq!(made.status(), 201);
    let me = get(&provider, "/Me").await;
    assert_eq!(me.json()["userName"], "y");
    assert_eq!(me.header("location"), made.header("location"));
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let provider = provider();
    provider.seed(User::new("x")).unwrap();
    let head = send(&provider, "HEAD", "/Users/1", "").await;
    assert_eq!((head.status(), head.header("etag")), (200, "W/\"1\""));
    assert!(head.0.body().is_empty());
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
async fn describes_itself() {
    let provider = ServiceProvider::builder()
        .resource::<User>()
        .resource::<Gadget>()
        .bearer_token("t")
        .page_size(7)
        .build();
    let config = get(&provider, "/ServiceProviderConfig").await;
    assert_eq!(config.status(), 200);
    let config = config.json();
    assert_eq!(
        config["filter"],
        json!({"supported": true, "maxResults": 7})
    );
    assert_eq!(
        config["authenticationSchemes"][0]["type"],
        "oauthbearertoken"
    );
    let refused = get(&provider, "/Schemas").await;
    assert_eq!(refused.error().0, 401);
    assert!(refused.header("www-authenticate").starts_with("Bearer"));

    let token = [("authorization", "bearer t")];
    let read = |path: &'static str| {
        let provider = provider.clone();
        async move { send_with(&provider, "GET", path, "", &token).await }
    };
    let types = read("/ResourceTypes").await.json();
    assert_eq!(types["totalResults"], 2);
    let user = read("/ResourceTypes/User").await.json();
    assert_eq!(user["endpoint"], "/Users");
    assert_eq!(
        user["schemaExtensions"],
        json!([{"schema": ENTERPRISE, "required": false}])
    );
    let schema = read("/Schemas/urn:ietf:params:scim:schemas:core:2.0:User")
        .await
        .json();
    let attributes = schema["attributes"].as_array().unwrap();
    let named = |name: &str| attributes.iter().find(|a| a["name"] == name).unwrap();
    assert_eq!(named("userName")["uniqueness"], "server");
    assert_eq!(named("password")["returned"], "never");
    assert_eq!(named("groups")["mutability"], "readOnly");
    let email_type = &named("emails")["subAttributes"];
    assert!(
        email_type
            .as_array()
            .unwrap()
            .iter()
            .any(|sub| sub["canonicalValues"].is_array())
    );
    let all = read("/Schemas").await.json();
    assert_eq!(all["totalResults"], 7);
    assert_eq!(read("/Schemas/urn:nothing").await.error().0, 404);
    assert_eq!(
        read("/Schemas?filter=id%20pr").await.error().0,
        StatusCode::FORBIDDEN.as_u16()
    );
}

#[tokio::test]
async fn limits_bodies() {
    let provider = ServiceProvider::builder().max_payload_size(64).build();
    let answer = send(&provider, "POST", "/Users", &full_user()).await;
    assert_eq!(answer.error().0, 413);
}

fn bulk(operations: &Value) -> String {
    let urn = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
    json!({"schemas": [urn], "failOnErrors": 2, "Operations": operations}).to_string()
}

#[tokio::test]
async fn does_many_operations_at_once() {
    let provider = provider();
    let operations = json!([
        {"method": "POST", "path": "/Groups", "bulkId": "g",
         "data": {"displayName": "Guides", "members": [{"value": "bulkId:u"}]}},
        {"method": "POST", "path": "/Users", "bulkId": "u", "data": {"userName": "alice"}},
        {"method": "PATCH", "path": "/Users/bulkId:u", "data": {"Operations": [
            {"op": "add", "path": "title", "value": "T"}]}},
        {"method": "POST", "path": "/Users", "bulkId": "v",
         "data": {"userName": "bob \"bulkId:u\"", ENTERPRISE: {"manager": {"value": "bulkId:u"}}}},
    ]);
    let answer = send(&provider, "POST", "/Bulk", &bulk(&operations)).await;
    assert_eq!(answer.status(), 200);
    let body = answer.json();
    assert_eq!(
        body["schemas"],
        json!(["urn:ietf:params:scim:api:messages:2.0:BulkResponse"])
    );
    let results = body["Operations"].as_array().unwrap();
    let statuses: Vec<_> = results
        .iter()
        .map(|r| r["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["201", "201", "200", "201"], "{body}");
    assert_eq!(results[0]["bulkId"], "g");
    assert_eq!(results[1]["location"], "https://h.example/v2/Users/2");
    assert_eq!(results[1]["version"], "W/\"1\"", "the group comes later");
    let alice = get(&provider, "/Users/2").await.json();
    assert_eq!(alice["title"], "T");
    assert_eq!(alice["groups"][0]["display"], "Guides");
    let bob = get(&provider, "/Users/3").await.json();
    assert_eq!(bob["userName"], "bob \"bulkId:u\"");
    assert_eq!(bob[ENTERPRISE]["manager"]["value"], "2");

    let operations = json!([
        {"method": "PUT", "path": "/Users/2", "version": "W/\"0\"", "data": {"userName": "alice"}},
        {"method": "DELETE", "path": "/Users/3"},
        {"method": "POST", "path": "/Users", "bulkId": "w", "data": {"userName": "ALICE"}},
        {"method": "POST", "path": "/Users", "bulkId": "x", "data": {"userName": "never"}},
    ]);
    let body = send(&provider, "POST", "/Bulk", &bulk(&operations))
        .await
        .json();
    let results = body["Operations"].as_array().unwrap();
    let statuses: Vec<_> = results
        .iter()
        .map(|r| r["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["412", "204", "409"]);
    assert_eq!(results[2]["response"]["scimType"], "uniqueness");
    assert_eq!(results[2]["location"], Value::Null);
}

#[tokio::test]
async fn bulk_operations_may_go_in_circles() {
    let provider = provider();
    let circle = json!([
        {"method": "POST", "path": "/Groups", "bulkId": "a",
         "data": {"displayName": "A", "members": [{"value": "bulkId:b"}]}},
        {"method": "POST", "path": "/Groups", "bulkId": "b",
         "data": {"displayName": "B", "members": [{"value": "bulkId:a"}]}},
        {"method": "POST", "path": "/Groups", "bulkId": "c",
         "data": {"displayName": "C", "members": [{"value": "bulkId:nobody"}]}},
    ]);
    let body = send(&provider, "POST", "/Bulk", &bulk(&circle))
        .await
        .json();
    let results = body["Operations"].as_array().unwrap();
    let statuses: Vec<_> = results
        .iter()
        .map(|r| r["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["201", "201", "409"], "{body}");
    for (id, other) in [("1", "2"), ("2", "1")] {
        let group = get(&provider, &format!("/Groups/{id}")).await.json();
        assert_eq!(
            group["members"],
            json!([{
                "value": other, "$ref": format!("https://h.example/v2/Groups/{other}"), "type": "Group"
            }])
        );
    }
    assert_eq!(
        send(&provider, "POST", "/Bulk", &bulk(&json!([])))
            .await
            .error()
            .0,
        400
    );
    let twice = json!([
        {"method": "POST", "path": "/Users", "bulkId": "a", "data": {"userName": "a"}},
        {"method": "POST", "path": "/Users", "bulkId": "a", "data": {"userName": "b"}},
    ]);
    assert_eq!(
        send(&provider, "POST", "/Bulk", &bulk(&twice))
            .await
            .error()
            .0,
        400
    );
    let small = ServiceProvider::builder().max_bulk_operations(1).build();
    assert_eq!(
        send(&small, "POST", "/Bulk", &bulk(&twice)).await.error().0,
        413
    );
    let none = ServiceProvider::builder().max_bulk_operations(0).build();
    assert_eq!(
        send(&none, "POST", "/Bulk", &bulk(&twice)).await.error().0,
        501
    );
    let config = get(&none, "/ServiceProviderConfig").await.json();
    assert_eq!(config["bulk"]["supported"], false);
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

#[tokio::test]
async fn keeps_what_it_received() {
    let provider = provider();
    let headers = [("authorization", "Bearer secret"), ("x-tenant", "t1")];
    send_with(&provider, "GET", "/Users?count=1", "", &headers).await;
    send(&provider, "POST", "/Users", r#"{"userName": "x"}"#).await;
    let requests = provider.requests();
    assert_eq!(requests[0].method(), "GET");
    assert_eq!(
        (requests[0].path(), requests[0].query()),
        ("/v2/Users", Some("count=1"))
    );
    assert_eq!(requests[0].headers()["x-tenant"], "t1");
    assert!(!format!("{requests:?}").contains("secret"));
    assert_eq!(requests[1].json(), json!({"userName": "x"}));
    provider.clear_requests();
    assert!(provider.requests().is_empty());
}

#[tokio::test]
async fn urls_follow_the_host() {
    let provider = provider();
    let user = provider.seed(User::new("x")).unwrap();
    assert_eq!(
        user.meta().location.as_ref().unwrap().as_str(),
        "https://scim.example/v2/Users/1"
    );
    let mut group = Group::new("G");
    group
        .members
        .push(scim_client::group::Member::default().with_value(user.id()));
    provider.seed(group).unwrap();
    let found = get(&provider, "/Groups/2").await;
    assert_eq!(
        found.json()["members"][0]["$ref"],
        "https://h.example/v2/Users/1"
    );
    assert_eq!(found.header("etag"), "W/\"1\"");
    let found = get(&provider, "/Users/1").await.json();
    assert_eq!(found["groups"][0]["$ref"], "https://h.example/v2/Groups/2");
}

mod hostile {
    use proptest::prelude::*;

    use super::{cases::cases, *};

    proptest! {
        #![proptest_config(cases(256))]

        /// Whatever is asked, there is an answer, and an error is an Error message.
        #[test]
        fn anything_gets_an_answer(
            method in "GET|POST|PUT|PATCH|DELETE|HEAD|X",
            path in prop_oneof![
                "(/Users|/Groups|/Gadgets|/Me|/Bulk|/Schemas|/.search|/Users/.search|/Users/[0-9])",
                "(/[A-Za-z0-9.%]{0,6}){0,4}",
            ],
            query in prop_oneof![
                "", "[a-zA-Z0-9=&%+]{0,20}",
                "(filter|sortBy|attributes|excludedAttributes|count|startIndex|cursor)=[a-z0-9.%-]{0,9}",
            ],
            body in prop_oneof![
                "", "[\\[\\]{}\":,a-z0-9 ]{0,30}",
                r#"\{"(userName|Operations|filter|members|name|emails)":("x"|7|null|\[\{\}\]|\{\})\}"#,
                r#"\{"Operations":\[\{"(op|method)":"(add|remove|POST|PUT)","(path|bulkId)":"[a-z/\[\]:. ]{0,9}","(value|data)":("x"|\{\}|\[7\])\}\]\}"#,
            ],
        ) {
            let provider = provider();
            provider.seed(User::new("x")).unwrap();
            provider.set_me(Some("1"));
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let path = if query.is_empty() { path } else { format!("{path}?{query}") };
            prop_assume!(format!("https://h.example/v2{path}").parse::<http::Uri>().is_ok());
            let answer = runtime.block_on(send(&provider, &method, &path, &body));
            if answer.status() >= 400 {
                answer.error();
            }
        }
    }
}
