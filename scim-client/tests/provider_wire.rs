//! The embedded service provider, seen through plain HTTP messages.

#![cfg(feature = "testing")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

#[path = "provider_wire/bulks.rs"]
mod bulks;
#[path = "common/cases.rs"]
mod cases;
mod common;
#[path = "provider_wire/reading.rs"]
mod reading;
#[path = "provider_wire/writing.rs"]
mod writing;

use bytes::Bytes;
use common::gadget::Gadget;
use http::{Request, Response};
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

fn patch_op(operations: &Value) -> String {
    let urn = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    json!({"schemas": [urn], "Operations": operations}).to_string()
}

#[tokio::test]
async fn limits_bodies() {
    let provider = ServiceProvider::builder().max_payload_size(64).build();
    let answer = send(&provider, "POST", "/Users", &full_user()).await;
    assert_eq!(answer.error().0, 413);
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
            if method == "HEAD" {
                assert!(answer.0.body().is_empty());
            } else if answer.status() >= 400 {
                answer.error();
            }
        }
    }
}
