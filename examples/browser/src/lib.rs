//! The client on wasm32-unknown-unknown: in a browser, in Node.js, or wherever else there is `fetch`.
//!
//! Requests go through `fetch` and waits through `setTimeout`. `run.mjs` runs it under Node.js against a
//! server that asks to wait, and hands out tokens that soon expire.

use std::time::Duration;

use js_sys::{Array, ArrayBuffer, Function, Object, Promise, Reflect, Uint8Array};
use scim_client::{
    Client, DateTime, User,
    bytes::Bytes,
    client::{ClientCredentials, RateLimit},
    http::{Request, Response},
    transport::{LocalTimer, LocalTransport, TransportError, TransportErrorKind},
    value::Timestamp,
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch)]
    fn fetch(url: &str, options: &JsValue) -> Promise;
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(done: &Function, milliseconds: f64);
}

/// Sends a request, and reads the whole response.
async fn send(request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
    exchange(request).await.map_err(|error| {
        let why = error.as_string().unwrap_or_else(|| format!("{error:?}"));
        TransportError::new(TransportErrorKind::Connect, why)
    })
}

async fn exchange(request: Request<Bytes>) -> Result<Response<Bytes>, JsValue> {
    let (parts, body) = request.into_parts();
    let headers = Object::new();
    for (name, value) in &parts.headers {
        let value = value.to_str().map_err(|e| e.to_string())?;
        Reflect::set(&headers, &name.as_str().into(), &value.into())?;
    }
    let options = Object::new();
    Reflect::set(&options, &"method".into(), &parts.method.as_str().into())?;
    Reflect::set(&options, &"headers".into(), &headers)?;
    // The client follows redirects itself, and only within the origin. A browser shows none: there
    // it is a response with status 0, which the next lines make an error of.
    Reflect::set(&options, &"redirect".into(), &"manual".into())?;
    if !body.is_empty() {
        Reflect::set(&options, &"body".into(), &Uint8Array::from(&body[..]))?;
    }
    let answer = JsFuture::from(fetch(&parts.uri.to_string(), &options)).await?;

    let status = Reflect::get(&answer, &"status".into())?.as_f64();
    let mut response = Response::builder().status(status.unwrap_or_default() as u16);
    let headers = Reflect::get(&answer, &"headers".into())?;
    let iterator = js_sys::try_iter(&headers)?.ok_or("no headers")?;
    for header in iterator {
        let header: Array = header?.into();
        if let (Some(name), Some(value)) = (header.get(0).as_string(), header.get(1).as_string()) {
            response = response.header(name, value);
        }
    }
    let read: Function = Reflect::get(&answer, &"arrayBuffer".into())?.into();
    let body: ArrayBuffer = JsFuture::from(Promise::from(read.call0(&answer)?)).await?.into();
    let body = Bytes::from(Uint8Array::new(&body).to_vec());
    response.body(body).map_err(|e| e.to_string().into())
}

async fn sleep(duration: Duration) {
    let milliseconds = duration.as_secs_f64() * 1000.0;
    let wait = Promise::new(&mut |done, _| set_timeout(&done, milliseconds.ceil()));
    // `setTimeout` does not fail.
    let _ = JsFuture::from(wait).await;
}

/// Creates a user, reads all users page by page, and says what it has seen.
#[wasm_bindgen]
pub async fn run(url: String) -> Result<String, JsError> {
    let transport = LocalTransport::new(send).with_timer(LocalTimer::new(sleep));
    let scim = Client::builder(format!("{url}/v2"))
        .oauth2(ClientCredentials::new(format!("{url}/token"), "example", "secret"))
        .rate_limit(RateLimit::new(50, Duration::from_secs(1)))
        .timeout(Duration::from_secs(20))
        .transport(transport)
        .build()?;
    let users = scim.resource::<User>();
    let created = users.create(&User::new("bjensen@example.com")).await?;
    let names: Vec<_> = users.query().all().await?.iter().map(|u| u.user_name.clone()).collect();
    let now = DateTime::from(Timestamp::now());
    Ok(format!("created {}; listed {}; at {now}", created.id(), names.join(" ")))
}
