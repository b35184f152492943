//! Requests without a client.
#![allow(dead_code, reason = "each test uses a part")]

pub(crate) mod foreign;

use bytes::Bytes;
use http::{Request, Response};
use scim_provider::{MemoryStore, ServiceProvider, Store};
use serde_json::{Value, json};

/// Answers with status and JSON; null where the body is none.
pub(crate) async fn ask<S: Store>(
    provider: &ServiceProvider<S>,
    method: &str,
    target: &str,
    body: &str,
) -> (u16, Value) {
    let response = send(provider, method, target, body, &[]).await;
    let json = serde_json::from_slice(response.body()).unwrap_or_default();
    (response.status().as_u16(), json)
}

pub(crate) async fn send<S: Store>(
    provider: &ServiceProvider<S>,
    method: &str,
    target: &str,
    body: &str,
    headers: &[(&str, &str)],
) -> Response<Bytes> {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("https://h.example/v2{target}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Bytes::from(body.to_owned())).unwrap();
    provider.respond(request).await
}

/// A service provider with these users, whose ids are 1, 2 and so on.
pub(crate) async fn with_users(names: &[&str]) -> ServiceProvider {
    let provider = ServiceProvider::builder(MemoryStore::with_counted_ids()).build();
    for name in names {
        let user = json!({"userName": name}).to_string();
        assert_eq!(ask(&provider, "POST", "/Users", &user).await.0, 201);
    }
    provider
}

/// Status and keyword.
pub(crate) fn error((status, body): (u16, Value)) -> (u16, String) {
    let keyword = body["scimType"].as_str().unwrap_or_default();
    (status, keyword.to_owned())
}
