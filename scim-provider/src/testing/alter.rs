//! Requests and responses as what stands between changes them.

use bytes::Bytes;
use http::{Response, request::Parts};
use serde_json::{Value, json};

use super::manner::Asked;
use crate::response;

/// Takes `startIndex` out of a query, in the URL and in the message of `/.search`.
pub(super) fn without_start(parts: &mut Parts, body: &mut Bytes) {
    let in_url = parts.uri.query().map(Asked::in_url);
    let in_message = if parts.uri.path().ends_with("/.search") {
        Asked::in_message(std::str::from_utf8(body).unwrap_or_default())
    } else {
        None
    };
    for mut asked in in_url.into_iter().chain(in_message) {
        asked.leave_out("startIndex");
        asked.write(parts, body);
    }
}

/// A list whose first resource lacks what is required and has a `meta` of a wrong type.
pub(super) fn malformed(response: Response<Bytes>) -> Response<Bytes> {
    response.map(|body| {
        let mut document: Value = serde_json::from_slice(&body).unwrap_or_default();
        let resources = document.get_mut("Resources").and_then(Value::as_array_mut);
        let Some(first) = resources.and_then(|resources| resources.first_mut()) else {
            return body;
        };
        let member = |name: &str| first.get(name).cloned().unwrap_or_default();
        let (schemas, id) = (member("schemas"), member("id"));
        *first = json!({"schemas": schemas, "id": id, "meta": ["not an object"]});
        document.to_string().into()
    })
}

/// The first half of a response, as a proxy leaves it.
pub(super) fn truncated(response: Response<Bytes>) -> Response<Bytes> {
    response.map(|body| body.slice(..body.len() / 2))
}

/// An error as an HTML page, as gateways send it.
pub(super) fn as_html(response: Response<Bytes>) -> Response<Bytes> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let body = format!("<html><head><title>{status}</title></head><body>{status}</body></html>");
    let mut page = response::with_body(status, "text/html", body);
    for (name, value) in response.headers() {
        if name != http::header::CONTENT_TYPE {
            page.headers_mut().insert(name, value.clone());
        }
    }
    page
}
