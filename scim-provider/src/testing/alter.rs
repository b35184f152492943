//! Requests and responses as what stands between changes them.

use bytes::Bytes;
use http::{Response, Uri, request::Parts, uri::PathAndQuery};
use serde_json::{Value, json};

use crate::response;

/// Takes `startIndex` out of a query, in the URL and in the message of `/.search`.
pub(super) fn without_start(parts: &mut Parts, body: &mut Bytes) {
    let is_start = |name: &str| name.eq_ignore_ascii_case("startIndex");
    if let Some(query) = parts.uri.query() {
        let kept: Vec<_> = query
            .split('&')
            .filter(|pair| !is_start(pair.split('=').next().unwrap_or_default()))
            .collect();
        let target = format!("{}?{}", parts.uri.path(), kept.join("&"));
        let mut pieces = parts.uri.clone().into_parts();
        pieces.path_and_query = target.parse::<PathAndQuery>().ok();
        if let Ok(uri) = Uri::from_parts(pieces) {
            parts.uri = uri;
        }
    }
    if parts.uri.path().ends_with("/.search")
        && let Ok(Value::Object(mut members)) = serde_json::from_slice(body)
    {
        members.retain(|name, _| !is_start(name));
        *body = Value::Object(members).to_string().into();
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

/// The first half of an answer, as a proxy leaves it.
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
