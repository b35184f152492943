//! Services that are none of ours.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::BodyExt as _;
use scim_provider::Body;
use serde_json::{Value, json};
use tower_service::Service;

/// A service that is none of ours: it answers as it is told.
#[derive(Clone)]
pub(crate) struct Foreign {
    seen: Arc<Mutex<Vec<(String, Option<usize>, String)>>>,
    answer: Arc<dyn Fn(&str, &str) -> Value + Send + Sync>,
}

impl Foreign {
    pub(crate) fn new(answer: impl Fn(&str, &str) -> Value + Send + Sync + 'static) -> Self {
        Self {
            seen: Arc::default(),
            answer: Arc::new(answer),
        }
    }

    pub(crate) fn plain() -> Self {
        Self::new(|_, _| json!({"id": "1"}))
    }

    /// Each request: method and target, what it says of its length, and its body.
    pub(crate) fn seen(&self) -> Vec<(String, Option<usize>, String)> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|(line, _, _)| line).collect()
    }
}

impl Service<Request<Body>> for Foreign {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await?.to_bytes();
            let body = String::from_utf8(body.to_vec()).unwrap();
            let length = parts.headers.get("content-length");
            let length = length.map(|length| length.to_str().unwrap().parse().unwrap());
            let target = parts.uri.path_and_query().unwrap().as_str();
            let line = format!("{} {target}", parts.method);
            let answer = (this.answer)(&line, &body);
            this.seen.lock().unwrap().push((line, length, body));
            let status = answer.get("status").and_then(Value::as_u64).unwrap_or(200);
            let status = u16::try_from(status).unwrap();
            let response = Response::builder().status(status);
            Ok(response.body(Body::from(answer.to_string())).unwrap())
        })
    }
}

/// A body that breaks off.
pub(crate) struct Broken;

impl http_body::Body for Broken {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        Poll::Ready(Some(Err("cut")))
    }
}

#[derive(Clone)]
pub(crate) struct Breaking;

impl Service<Request<Body>> for Breaking {
    type Response = Response<Broken>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        std::future::ready(Ok(Response::new(Broken)))
    }
}
