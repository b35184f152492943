//! Requests without a client.
#![allow(dead_code, reason = "each test uses a part")]

pub(crate) mod foreign;

use bytes::Bytes;
use http::{Request, Response};
use scim_provider::{ServiceProvider, Store};
use serde_json::Value;

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
