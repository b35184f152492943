//! A provider over plain HTTP messages, and a type with a bit of everything.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use scim_client::{
    Binary, Complex, DateTime, Decimal, Extension, Extra, Reference, Resource, WriteOnly,
    testing::ServiceProvider,
};
use serde_json::{Value, json};
use tower_service::Service as _;

pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(crate) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
pub(crate) const THING: &str = "urn:example:params:scim:schemas:core:2.0:Thing";
pub(crate) const MORE: &str = "urn:example:params:scim:schemas:extension:2.0:More";
const MESSAGES: &str = "urn:ietf:params:scim:api:messages:2.0:";

#[derive(Debug, Clone, PartialEq, Resource)]
#[scim(
    schema = "urn:example:params:scim:schemas:core:2.0:Thing",
    endpoint = "/Things"
)]
pub(crate) struct Thing {
    #[scim(uniqueness = "server", case_exact)]
    pub serial: String,
    pub seen: Option<DateTime>,
    pub times: Vec<DateTime>,
    pub key: Option<Binary>,
    pub owner: Option<Reference>,
    pub weight: Option<Decimal>,
    pub level: Option<i64>,
    pub pin: WriteOnly<Option<String>>,
    pub ports: Vec<Port>,
    pub boss: Option<Boss>,
    #[scim(extension)]
    pub more: Option<More>,
    #[scim(extra)]
    pub extra: Extra,
}

#[derive(Debug, Clone, PartialEq, Complex)]
pub(crate) struct Port {
    pub value: Option<String>,
    pub primary: Option<bool>,
    pub opened: Option<DateTime>,
    pub secret: WriteOnly<Option<String>>,
    #[scim(extra)]
    pub extra: Extra,
}

#[derive(Debug, Clone, PartialEq, Complex)]
pub(crate) struct Boss {
    pub value: Option<String>,
    pub level: Option<i64>,
    #[scim(extra)]
    pub extra: Extra,
}

#[derive(Debug, Clone, PartialEq, Extension)]
#[scim(schema = "urn:example:params:scim:schemas:extension:2.0:More")]
pub(crate) struct More {
    pub since: Option<DateTime>,
    pub user_name: Option<String>,
    #[scim(extra)]
    pub extra: Extra,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) headers: http::HeaderMap,
}

impl Answer {
    /// Status and scimType of an error.
    pub(crate) fn error(&self) -> (u16, &str) {
        (self.status, self.body["scimType"].as_str().unwrap_or(""))
    }

    pub(crate) fn total(&self) -> u64 {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body["totalResults"].as_u64().unwrap()
    }
}

pub(crate) async fn send_as(
    provider: &ServiceProvider,
    method: &str,
    path: &str,
    body: &Value,
    authorization: Option<&str>,
) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("https://h.example/v2{path}"))
        .header("content-type", "application/scim+json");
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    let request = request.body(Full::new(Bytes::from(body))).unwrap();
    let response: Response<_> = provider.clone().call(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer {
        status: parts.status.as_u16(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
        headers: parts.headers,
    }
}

pub(crate) async fn send(
    provider: &ServiceProvider,
    method: &str,
    path: &str,
    body: Value,
) -> Answer {
    send_as(provider, method, path, &body, None).await
}

/// A query by GET, and the same by POST to `/.search`; both have one answer.
pub(crate) async fn query(provider: &ServiceProvider, endpoint: &str, filter: &str) -> Answer {
    let mut encoded = String::new();
    for byte in filter.bytes() {
        encoded.push_str(&format!("%{byte:02X}"));
    }
    let path = format!("{endpoint}?filter={encoded}");
    let got = send(provider, "GET", &path, Value::Null).await;
    let message = json!({"schemas": [format!("{MESSAGES}SearchRequest")], "filter": filter});
    let found = send(provider, "POST", &format!("{endpoint}/.search"), message).await;
    assert_eq!((got.status, &got.body), (found.status, &found.body));
    got
}

pub(crate) fn patch(operations: Value) -> Value {
    json!({"schemas": [format!("{MESSAGES}PatchOp")], "Operations": operations})
}

pub(crate) fn bulk(operations: Value) -> Value {
    json!({"schemas": [format!("{MESSAGES}BulkRequest")], "Operations": operations})
}
