//! All exchanges as HTTP Archive 1.2, for the network tools of browsers.

use http::HeaderMap;
use serde_json::{Value, json};

use super::{Report, json::millis};
use crate::wire::Answer;

/// How much of a body is kept, in bytes.
const MAX_BODY: usize = 256 * 1024;

pub(crate) fn document(report: &Report) -> Value {
    json!({"log": {
        "version": "1.2",
        "creator": {"name": "scim-tester", "version": env!("CARGO_PKG_VERSION")},
        "entries": report.exchanges.iter().map(|exchange| entry(report, exchange)).collect::<Vec<_>>(),
    }})
}

fn entry(report: &Report, exchange: &Answer) -> Value {
    let url = report.mask(&exchange.url);
    let query: Vec<_> = url
        .split_once('?')
        .map_or("", |(_, query)| query)
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            json!({"name": name, "value": crate::wire::percent_decoded(value)})
        })
        .collect();
    let started = scim_client::DateTime::from_unix(
        i64::try_from(exchange.started / 1000).unwrap_or_default(),
        u32::try_from(exchange.started % 1000).unwrap_or_default() * 1_000_000,
    );
    let mut request = json!({
        "method": exchange.method.as_str(),
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(report, &exchange.request_headers),
        "queryString": query,
        "headersSize": -1,
        "bodySize": exchange.request_body.len(),
    });
    if !exchange.request_body.is_empty() {
        request["postData"] = json!({
            "mimeType": media_type(&exchange.request_headers),
            "text": body(report, &exchange.request_body),
        });
    }
    let took = millis(exchange.took);
    json!({
        "startedDateTime": started.to_string(),
        "time": took,
        "request": request,
        "response": {
            "status": exchange.status,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": headers(report, &exchange.headers),
            "content": {
                "size": exchange.body.len(),
                "mimeType": media_type(&exchange.headers),
                "text": body(report, &exchange.body),
            },
            "redirectURL": report.mask(exchange.header("location").filter(|_| (300..400).contains(&exchange.status)).unwrap_or("")),
            "headersSize": -1,
            "bodySize": exchange.body.len(),
            "_error": exchange.error.as_ref().map(|error| report.mask(error)),
        },
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
        "comment": exchange.check,
    })
}

fn media_type(headers: &HeaderMap) -> String {
    headers
        .get(http::header::CONTENT_TYPE)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .unwrap_or_default()
}

fn headers(report: &Report, headers: &HeaderMap) -> Vec<Value> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = match report.secrets.hides(name.as_str()) {
                true => "***".to_owned(),
                false => report.mask(&String::from_utf8_lossy(value.as_bytes())),
            };
            json!({"name": name.as_str(), "value": value})
        })
        .collect()
}

fn body(report: &Report, bytes: &[u8]) -> String {
    match bytes.len() > MAX_BODY {
        true => format!("({} bytes)", bytes.len()),
        false => report.secrets.body(bytes),
    }
}
