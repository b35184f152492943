//! Exchanges as an HTTP archive (HAR 1.2), which browsers and proxies read.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use scim_client::value::DateTime;

use super::{Exchange, Mask};
use crate::failure::Failure;
use crate::files;
use crate::value::Value;

/// An archive of exchanges, without their secrets.
pub(crate) struct Har;

impl Har {
    /// Writes exchanges to a file.
    pub(crate) fn write(path: &Path, exchanges: &[Exchange], mask: &Mask) -> Result<(), Failure> {
        let entries = exchanges.iter().map(|exchange| entry(exchange, mask));
        let creator = Value::object([
            ("name", Value::text("scim")),
            ("version", Value::text(env!("CARGO_PKG_VERSION"))),
        ]);
        let log = Value::object([
            ("version", Value::text("1.2")),
            ("creator", creator),
            ("entries", Value::List(entries.collect())),
        ]);
        files::write_private(path, &(Value::object([("log", log)]).pretty() + "\n"))
    }
}

/// A point in time as SCIM and HAR write it.
pub(crate) fn time_text(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    let whole = since.subsec_millis() * 1_000_000;
    DateTime::from_unix(seconds, whole).to_string()
}

fn entry(exchange: &Exchange, mask: &Mask) -> Value {
    let no = || Value::Number("-1".to_owned());
    let url = mask.text(&exchange.url);
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let query = query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            named(name, value)
        });
    let mut request = Value::object([
        ("method", Value::text(&exchange.method)),
        ("url", Value::text(&url)),
        ("httpVersion", Value::text("HTTP/1.1")),
        ("cookies", Value::List(Vec::new())),
        ("headers", headers(&exchange.request_headers, mask)),
        ("queryString", Value::List(query.collect())),
        ("headersSize", no()),
        ("bodySize", Value::from(exchange.request_body.len())),
    ]);
    if !exchange.request_body.is_empty() {
        let text = mask.body(&exchange.request_body);
        let kind = kind(&exchange.request_headers);
        let data = [("mimeType", Value::text(kind)), ("text", Value::text(text))];
        request.set("postData", Value::object(data));
    }
    let empty = HeaderMap::new();
    let (status, answered, body, why) = match &exchange.answer {
        Ok((status, headers, body)) => (*status, headers, mask.body(body), String::new()),
        Err(why) => (0, &empty, String::new(), mask.text(why)),
    };
    let reason = http::StatusCode::from_u16(status).ok();
    let reason = reason
        .and_then(|status| status.canonical_reason())
        .unwrap_or("");
    let content = Value::object([
        ("size", Value::from(body.len())),
        ("mimeType", Value::text(kind(answered))),
        ("text", Value::text(body.clone())),
    ]);
    let mut response = Value::object([
        ("status", Value::from(u64::from(status))),
        ("statusText", Value::text(reason)),
        ("httpVersion", Value::text("HTTP/1.1")),
        ("cookies", Value::List(Vec::new())),
        ("headers", headers(answered, mask)),
        ("content", content),
        ("redirectURL", Value::text("")),
        ("headersSize", no()),
        ("bodySize", Value::from(body.len())),
    ]);
    if !why.is_empty() {
        response.set("_error", Value::text(why));
    }
    let millis = Value::from(exchange.millis);
    Value::object([
        ("startedDateTime", Value::text(time_text(exchange.started))),
        ("time", millis.clone()),
        ("request", request),
        ("response", response),
        ("cache", Value::Object(Vec::new())),
        (
            "timings",
            Value::object([
                ("send", Value::from(0_u64)),
                ("wait", millis),
                ("receive", Value::from(0_u64)),
            ]),
        ),
    ])
}

fn kind(headers: &HeaderMap) -> &str {
    let kind = headers.get(http::header::CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok()).unwrap_or("")
}

fn named(name: &str, value: &str) -> Value {
    Value::object([("name", Value::text(name)), ("value", Value::text(value))])
}

fn headers(headers: &HeaderMap, mask: &Mask) -> Value {
    let headers = headers.iter();
    Value::List(
        headers
            .map(|(name, value)| named(name.as_str(), &mask.header(name, value)))
            .collect(),
    )
}
