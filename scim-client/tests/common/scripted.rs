//! A service that answers as it was told, and remembers what it was asked.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use http_body_util::Full;
use scim_client::{
    Client,
    bytes::Bytes,
    http::{Request, Response},
    transport::RequestBody,
};

type Script = Arc<dyn Fn(&Request<String>) -> Response<String> + Send + Sync>;

/// A `tower` service made of a function.
#[derive(Clone)]
pub struct Scripted {
    script: Script,
    requests: Arc<Mutex<Vec<Request<String>>>>,
}

impl Scripted {
    pub fn new(
        script: impl Fn(&Request<String>) -> Response<String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            script: Arc::new(script),
            requests: Arc::default(),
        }
    }

    /// Always the same answer.
    pub fn answers(status: u16, media_type: &'static str, body: &'static str) -> Self {
        Self::new(move |_| answer(status, media_type, body))
    }

    pub fn client(&self) -> Client {
        Client::builder("https://scim.example/v2")
            .bearer_token("t0p-secret")
            .service(self.clone())
            .build()
            .unwrap()
    }

    /// Method and path with query of every request, and its body.
    pub fn seen(&self) -> Vec<(String, String)> {
        let requests = self.requests.lock().unwrap();
        let shown = |request: &Request<String>| {
            let target = request.uri().path_and_query().unwrap();
            (
                format!("{} {target}", request.method()),
                request.body().clone(),
            )
        };
        requests.iter().map(shown).collect()
    }

    pub fn headers(&self, index: usize) -> scim_client::http::HeaderMap {
        self.requests.lock().unwrap()[index].headers().clone()
    }
}

pub fn answer(status: u16, media_type: &str, body: impl Into<String>) -> Response<String> {
    let response = Response::builder()
        .status(status)
        .header("Content-Type", media_type);
    response.body(body.into()).unwrap()
}

pub fn json(status: u16, body: impl Into<String>) -> Response<String> {
    answer(status, "application/scim+json", body)
}

impl tower_service::Service<Request<RequestBody>> for Scripted {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let text = |body: RequestBody| String::from_utf8(body.into_bytes().into()).unwrap();
        let request = request.map(text);
        let response = (self.script)(&request).map(|body| Full::new(Bytes::from(body)));
        self.requests.lock().unwrap().push(request);
        ready(Ok(response))
    }
}

/// A service that makes up `total` users.
pub fn many(total: u64) -> Scripted {
    Scripted::new(move |request| {
        let query = request.uri().query().unwrap_or_default();
        let number = |name: &str, default: u64| {
            let value = query
                .split('&')
                .find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
            value.map_or(default, |value| value.parse().unwrap())
        };
        let (start, count) = (number("startIndex", 1), number("count", 100));
        let ids = (start..=total).take(count as usize);
        let users: Vec<_> = ids
            .map(|id| format!(r#"{{"id":"{id}","userName":"user-{id}"}}"#))
            .collect();
        json(
            200,
            format!(
                r#"{{"totalResults":{total},"Resources":[{}]}}"#,
                users.join(",")
            ),
        )
    })
}
