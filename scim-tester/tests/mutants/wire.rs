//! A layer over the embedded service provider that makes one thing wrong.

use std::{
    collections::BTreeSet,
    future::{Future, Ready, ready},
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use scim_client::{testing::ServiceProvider, transport::RequestBody};
use serde_json::{Value, json};
use tower_service::Service;

/// A request.
#[derive(Clone)]
pub(crate) struct Req {
    pub(crate) method: Method,
    /// Below the base URL.
    pub(crate) path: String,
    /// Decoded, in order.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) raw: Bytes,
}

/// An answer.
#[derive(Clone)]
pub(crate) struct Resp {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) raw: Bytes,
}

pub(crate) const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// Faults are made in objects only.
fn object(raw: &[u8]) -> Option<Value> {
    serde_json::from_slice(raw).ok().filter(Value::is_object)
}

impl Req {
    pub(crate) fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.path.trim_end_matches('/') == path
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.raw).unwrap_or_default()
    }

    pub(crate) fn set(&mut self, body: &Value) {
        self.raw = body.to_string().into();
    }

    pub(crate) fn edit(&mut self, edit: impl FnOnce(&mut Value)) {
        if let Some(mut body) = object(&self.raw) {
            edit(&mut body);
            self.set(&body);
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn drop(&mut self, name: &str) {
        self.query.retain(|(key, _)| key != name);
    }

    pub(crate) fn put(&mut self, name: &str, value: impl Into<String>) {
        self.drop(name);
        self.query.push((name.to_owned(), value.into()));
    }

    /// Rewrites the filter of a GET or of a search.
    pub(crate) fn filter(&mut self, rewrite: impl Fn(&str) -> String) {
        if let Some(filter) = self.get("filter") {
            let new = rewrite(filter);
            self.put("filter", new);
        }
        if self.path.ends_with("/.search") {
            self.edit(|body| {
                if let Some(filter) = body["filter"].as_str() {
                    body["filter"] = rewrite(filter).into();
                }
            });
        }
    }

    pub(crate) fn filter_text(&self) -> String {
        let of_body = || self.json()["filter"].as_str().map(str::to_owned);
        self.get("filter")
            .map(str::to_owned)
            .or_else(of_body)
            .unwrap_or_default()
    }

    /// `Users` or `Groups`, and the id.
    pub(crate) fn resource(&self) -> Option<(&str, &str)> {
        let (kind, id) = self.path.trim_matches('/').split_once('/')?;
        (["Users", "Groups"].contains(&kind) && id != ".search" && !id.contains('/'))
            .then_some((kind, id))
    }

    pub(crate) fn collection(&self) -> bool {
        ["/Users", "/Groups"].contains(&self.path.trim_end_matches('/'))
    }

    pub(crate) fn creates(&self) -> bool {
        self.method == Method::POST && self.collection()
    }

    pub(crate) fn lists(&self) -> bool {
        self.method == Method::GET && self.collection()
    }

    pub(crate) fn searches(&self) -> bool {
        self.path.ends_with("/.search")
    }

    pub(crate) fn method(&self, method: &str) -> bool {
        self.method == method
    }

    /// The operations of a PATCH.
    pub(crate) fn operations(&self) -> Vec<Value> {
        self.json()["Operations"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    }

    pub(crate) fn each_operation(&mut self, edit: impl Fn(&mut Value)) {
        if self.method != Method::PATCH {
            return;
        }
        self.edit(|body| {
            for operation in body["Operations"].as_array_mut().into_iter().flatten() {
                edit(operation);
            }
        });
    }

    pub(crate) fn as_get(&self) -> Self {
        Self {
            method: Method::GET,
            raw: Bytes::new(),
            query: Vec::new(),
            ..self.clone()
        }
    }
}

impl Resp {
    pub(crate) fn new(status: u16, body: &Value) -> Self {
        let mut this = Self {
            status,
            headers: HeaderMap::new(),
            raw: body.to_string().into(),
        };
        this.header("content-type", "application/scim+json");
        this
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            raw: Bytes::new(),
        }
    }

    pub(crate) fn error(status: u16, scim_type: &str) -> Self {
        let mut body = json!({"schemas": [ERROR], "status": status.to_string(), "detail": "no"});
        if !scim_type.is_empty() {
            body["scimType"] = scim_type.into();
        }
        Self::new(status, &body)
    }

    pub(crate) fn list(resources: &[Value]) -> Self {
        Self::new(
            200,
            &json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
                "totalResults": resources.len(), "startIndex": 1, "itemsPerPage": resources.len(), "Resources": resources,
            }),
        )
    }

    pub(crate) fn ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.raw).unwrap_or_default()
    }

    pub(crate) fn edit(&mut self, edit: impl FnOnce(&mut Value)) {
        if let Some(mut body) = object(&self.raw) {
            edit(&mut body);
            self.raw = body.to_string().into();
        }
    }

    /// Edits the resource, or each resource of a list.
    pub(crate) fn each(&mut self, edit: impl Fn(&mut Value)) {
        if !self.ok() {
            return;
        }
        self.edit(|body| {
            if let Some(resources) = body.get_mut("Resources").and_then(Value::as_array_mut) {
                resources.iter_mut().for_each(&edit);
            } else if body.get("id").is_some() {
                edit(body);
            }
        });
    }

    pub(crate) fn resources(&self) -> Vec<Value> {
        self.json()["Resources"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    }

    pub(crate) fn header(&mut self, name: &str, value: &str) {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.headers
            .insert(name, HeaderValue::from_str(value).unwrap());
    }

    pub(crate) fn without(&mut self, name: &str) {
        self.headers.remove(name);
    }
}

/// What a fault may remember from request to request.
pub(crate) type Memory = Arc<Mutex<BTreeSet<String>>>;

/// One fault: from a request to an answer, with the right server behind.
pub(crate) type Fault = fn(Req, &dyn Fn(Req) -> Resp, &Memory) -> Resp;

/// A service provider with one fault.
#[derive(Clone)]
pub(crate) struct Faulty {
    pub(crate) inner: ServiceProvider,
    pub(crate) fault: Fault,
    pub(crate) memory: Memory,
}

pub(crate) const BASE: &str = "/v2";

impl Faulty {
    pub(crate) fn new(inner: ServiceProvider, fault: Fault) -> Self {
        Self {
            inner,
            fault,
            memory: Memory::default(),
        }
    }

    /// What the right server answers to a GET.
    pub(crate) fn get(&self, path: &str) -> Resp {
        let mut headers = HeaderMap::new();
        let token = format!("Bearer {}", super::TOKEN);
        headers.insert("authorization", token.parse().unwrap());
        self.send(Req {
            method: Method::GET,
            path: path.to_owned(),
            query: Vec::new(),
            headers,
            raw: Bytes::new(),
        })
    }

    fn send(&self, req: Req) -> Resp {
        let query: Vec<_> = req
            .query
            .iter()
            .map(|(key, value)| format!("{key}={}", encoded(value)))
            .collect();
        let separator = if query.is_empty() { "" } else { "?" };
        let uri = format!(
            "https://scim.example{BASE}{}{separator}{}",
            req.path,
            query.join("&")
        );
        let mut request = Request::builder()
            .method(req.method)
            .uri(uri)
            .body(Full::new(req.raw))
            .unwrap();
        *request.headers_mut() = req.headers;
        request.headers_mut().remove("content-length");
        let response = now(self.inner.clone().call(request)).unwrap();
        let (parts, body) = response.into_parts();
        let raw = now(body.collect()).unwrap().to_bytes();
        Resp {
            status: parts.status.as_u16(),
            headers: parts.headers,
            raw,
        }
    }
}

/// What is ready at once, as everything in memory is.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("the provider waits for something"),
    }
}

pub(crate) fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b if b.is_ascii_alphanumeric() || b"-._~".contains(&b) => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}

pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let byte = (*first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|d| u8::from_str_radix(std::str::from_utf8(d).ok()?, 16).ok());
        match byte {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(if *first == b'+' { b' ' } else { *first });
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Service<Request<RequestBody>> for Faulty {
    type Response = Response<Full<Bytes>>;
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path();
        let query = parts.uri.query().unwrap_or_default();
        let req = Req {
            method: parts.method,
            path: path.strip_prefix(BASE).unwrap_or(path).to_owned(),
            query: query
                .split('&')
                .filter(|pair| !pair.is_empty())
                .map(|pair| {
                    let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decoded(key), decoded(value))
                })
                .collect(),
            headers: parts.headers,
            raw: now(body.collect()).unwrap().to_bytes(),
        };
        let resp = (self.fault)(req, &|req| self.send(req), &self.memory);
        let mut response = Response::new(Full::new(resp.raw));
        *response.status_mut() = StatusCode::from_u16(resp.status).unwrap();
        *response.headers_mut() = resp.headers;
        ready(Ok(response))
    }
}
