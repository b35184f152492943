//! Services in the same process that a bulk is sent to: one that follows a script, and one that
//! keeps resources.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test file uses a part; helpers of tests may panic as the tests do"
)]

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use http_body_util::Full;
use scim_client::{
    Client, Json,
    bytes::Bytes,
    http::{Request, Response},
    message::{BulkMethod, BulkRequest, BulkResponse, BulkResult, ErrorMessage},
    transport::RequestBody,
};
use serde_json::Value;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Seen {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn operations(&self) -> Vec<Value> {
        self.json()["Operations"].as_array().unwrap().clone()
    }
}

/// An answer: status, headers, body.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Reply {
    pub fn new(status: u16, body: impl ToString) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.to_string(),
        }
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

type Answer = Arc<dyn Fn(&Seen) -> Result<Reply, String> + Send + Sync>;

/// Answers requests, and keeps what it has seen.
#[derive(Clone)]
pub struct Service {
    answer: Answer,
    seen: Arc<Mutex<Vec<Seen>>>,
    under_way: Arc<Mutex<(usize, usize)>>,
}

impl Service {
    pub fn new(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::failing(move |seen| Ok(answer(seen)))
    }

    /// `Err` is a lost connection.
    pub fn failing(
        answer: impl Fn(&Seen) -> Result<Reply, String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            answer: Arc::new(answer),
            seen: Arc::default(),
            under_way: Arc::default(),
        }
    }

    /// Answers one after the other, then with 500.
    pub fn script(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies = Mutex::new(
            replies
                .into_iter()
                .collect::<std::collections::VecDeque<_>>(),
        );
        Self::new(move |_| {
            let next = replies.lock().unwrap().pop_front();
            next.unwrap_or_else(|| Reply::new(500, "the script is over"))
        })
    }

    pub fn client(&self) -> Client {
        Client::builder("https://example.com/scim/v2")
            .service(self.clone())
            .build()
            .unwrap()
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// How many requests were under way at once at most.
    pub fn peak(&self) -> usize {
        self.under_way.lock().unwrap().1
    }
}

impl tower_service::Service<Request<RequestBody>> for Service {
    type Response = Response<Full<Bytes>>;
    type Error = String;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, String>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), String>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            {
                let mut under_way = this.under_way.lock().unwrap();
                under_way.0 += 1;
                under_way.1 = under_way.1.max(under_way.0);
            }
            tokio::task::yield_now().await;
            let (parts, body) = request.into_parts();
            let headers = parts.headers.iter();
            let seen = Seen {
                method: parts.method.to_string(),
                path: parts.uri.path().to_owned(),
                headers: headers
                    .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                    .collect(),
                body: String::from_utf8(body.into_bytes().into()).unwrap(),
            };
            this.seen.lock().unwrap().push(seen.clone());
            let reply = (this.answer)(&seen);
            this.under_way.lock().unwrap().0 -= 1;
            let reply = reply?;
            let mut response = Response::builder().status(reply.status);
            for (name, value) in reply.headers {
                response = response.header(name, value);
            }
            Ok(response.body(Full::new(Bytes::from(reply.body))).unwrap())
        })
    }
}

/// How a [`Store`] departs from the plain case.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ways {
    pub max_operations: Option<usize>,
    pub max_payload_size: Option<usize>,
    pub no_bulk: bool,
    pub reversed: bool,
    /// What is too large is refused without saying why, as a proxy does.
    pub wordless: bool,
}

/// Keeps resources under their paths, such as `/Users/7`. A resource whose `userName` or
/// `displayName` is `bad` is refused.
#[derive(Debug, Default)]
pub struct Store {
    pub resources: BTreeMap<String, Value>,
    next: usize,
}

impl Store {
    pub fn service(ways: Ways) -> (Service, Arc<Mutex<Self>>) {
        let store: Arc<Mutex<Self>> = Arc::default();
        let own = Arc::clone(&store);
        let service = Service::new(move |seen| {
            let mut store = own.lock().unwrap();
            let path = seen.path.strip_prefix("/scim/v2").unwrap();
            match (path, ways.no_bulk) {
                ("/Bulk", true) => error(404, "no such endpoint"),
                ("/Bulk", false) => store.bulk(seen, ways),
                _ => store.single(seen, path),
            }
        });
        (service, store)
    }

    fn single(&mut self, seen: &Seen, path: &str) -> Reply {
        let method = BulkMethod::from_keyword(&seen.method).unwrap();
        let data = if seen.body.is_empty() {
            Value::Null
        } else {
            seen.json()
        };
        match self.one(method, path, data) {
            Ok((status, place)) => Reply::new(status, "")
                .header("location", format!("https://example.com/scim/v2{place}"))
                .header("etag", "W/\"1\""),
            Err(message) => Reply::new(message.status.unwrap(), message.to_json()),
        }
    }

    fn one(
        &mut self,
        method: BulkMethod,
        path: &str,
        data: Value,
    ) -> Result<(u16, String), ErrorMessage> {
        let name = data["userName"].as_str().or(data["displayName"].as_str());
        if name == Some("bad") {
            return Err(ErrorMessage::new(400)
                .with_scim_type("invalidValue")
                .with_detail("bad"));
        }
        if method == BulkMethod::Post {
            self.next += 1;
            let place = format!("{path}/id {}", self.next).replace(' ', "%20");
            self.resources.insert(place.clone(), data);
            return Ok((201, place));
        }
        if !self.resources.contains_key(path) {
            return Err(ErrorMessage::new(404).with_detail(format!("no {path}")));
        }
        match method {
            BulkMethod::Delete => drop(self.resources.remove(path)),
            BulkMethod::Put => drop(self.resources.insert(path.to_owned(), data)),
            _ => {
                let patches = self.resources.get_mut(path).unwrap();
                let count = patches["patched"].as_u64().unwrap_or(0) + 1;
                patches["patched"] = count.into();
                patches["patch"] = data;
            }
        }
        Ok((
            if method == BulkMethod::Delete {
                204
            } else {
                200
            },
            path.to_owned(),
        ))
    }

    fn bulk(&mut self, seen: &Seen, ways: Ways) -> Reply {
        let request = BulkRequest::from_json(&seen.body).unwrap();
        request.check().unwrap();
        let exceeded = [
            (
                "maxOperations",
                ways.max_operations,
                request.operations.len(),
            ),
            ("maxPayloadSize", ways.max_payload_size, seen.body.len()),
        ];
        for (name, max, size) in exceeded {
            if let Some(max) = max.filter(|max| size > *max) {
                return match ways.wordless {
                    true => Reply::new(413, "<html>413 Request Entity Too Large</html>"),
                    false => error(413, &format!("the request exceeds the {name} ({max}).")),
                };
            }
        }
        let mut results = Vec::new();
        let mut ids: BTreeMap<String, String> = BTreeMap::new();
        let mut errors = 0;
        let mut touched = Vec::new();
        for operation in request.operations {
            if request.fail_on_errors.is_some_and(|max| errors >= max) {
                break;
            }
            let data = operation.data.as_ref().map_or(Value::Null, Json::to_value);
            let done = self.one(operation.method, &operation.path, data);
            let mut result = BulkResult::new(operation.method, 200);
            result.bulk_id.clone_from(&operation.bulk_id);
            match done {
                Ok((status, place)) => {
                    result.status = Some(status);
                    result.location = Some(format!("https://example.com/scim/v2{place}"));
                    result.version = Some("W/\"1\"".to_owned());
                    if let Some(name) = operation.bulk_id {
                        let id = place.rsplit('/').next().unwrap().replace("%20", " ");
                        ids.insert(name, id);
                    }
                    touched.push(place);
                }
                Err(message) => {
                    errors += 1;
                    result.status = message.status;
                    result.response = Some(serde_json::to_value(&message).unwrap().into());
                }
            }
            results.push(result);
        }
        for place in touched {
            if let Some(resource) = self.resources.get_mut(&place) {
                resolve(resource, &ids);
            }
        }
        if ways.reversed {
            results.reverse();
        }
        Reply::new(200, BulkResponse::new(results).to_json())
    }
}

fn error(status: u16, detail: &str) -> Reply {
    Reply::new(
        status,
        ErrorMessage::new(status).with_detail(detail).to_json(),
    )
}

/// Puts identifiers in place of references.
fn resolve(value: &mut Value, ids: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(id) = text.strip_prefix("bulkId:").and_then(|name| ids.get(name)) {
                *text = id.clone();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| resolve(item, ids)),
        Value::Object(members) => members.values_mut().for_each(|value| resolve(value, ids)),
        _ => {}
    }
}
