//! Every response that is an error: its form, and what must not be in it.

use std::collections::BTreeMap;

use http::Method;
use serde_json::Value;

use crate::{
    check::Level,
    context::ERROR,
    json::{elements, member, text},
    trial::KNOWN,
    wire::{Answer, Secrets},
};

use super::{Seen, is_made_up};

/// Words that no detail for people has.
const LEAKS: [&str; 16] = [
    "Traceback (most recent call last)",
    "at java.",
    ".java:",
    "java.lang.",
    "SQLSTATE",
    "SELECT ",
    "INSERT INTO",
    "psycopg",
    "sqlite3.",
    "ORA-0",
    "node_modules",
    "at Object.<anonymous>",
    "panicked at",
    "/usr/lib/",
    "/home/",
    "site-packages",
];

/// The last part of a path, the same for all ids: each run has others.
fn place(url: &str) -> &str {
    let (path, _) = url.split_once('?').unwrap_or((url, ""));
    let last = path.rsplit('/').next().unwrap_or_default();
    let is_id = last.len() > 24 || last.bytes().any(|b| b.is_ascii_digit());
    if is_id { "{id}" } else { last }
}

pub(super) fn errors(
    seen: &mut BTreeMap<&str, Seen>,
    answer: &Answer,
    secrets: &Secrets,
    is_excused: bool,
) {
    let status = answer.status;
    let is_server_error = status >= 500 && status != 501;
    let place = place(&answer.url);
    // Who says until when is busy, and has not failed (RFC 9110 §15.6.4).
    let is_busy = status == 503 && answer.header("retry-after").is_some();
    let level = if is_busy {
        Level::Warning
    } else {
        Level::Error
    };
    seen.entry("E-06").or_default().look(
        !is_server_error || is_excused,
        level,
        &format!("{} {place} in {}", answer.method, answer.check),
        "no server error",
        answer,
    );
    if status < 400 || answer.method == Method::HEAD {
        return;
    }
    if status == 429 {
        let seen = seen.entry("Y-05").or_default();
        seen.look(
            answer.header("retry-after").is_some(),
            Level::Warning,
            "",
            "a Retry-After header",
            answer,
        );
    }
    let document = answer.doc();
    let is_error = elements(member(document, "schemas"))
        .iter()
        .any(|urn| urn.as_str() == Some(ERROR));
    let kind = format!("status {status}");
    let expected = "an Error: schemas with its URN, and status";
    // Where the server fails, that is the finding.
    if !is_server_error && !is_made_up(&answer.method) {
        seen.entry("E-01").or_default().look(
            is_error && member(document, "status").is_some(),
            Level::Error,
            &kind,
            expected,
            answer,
        );
    }
    if let Some(said) = member(document, "status") {
        let seen = seen.entry("E-02").or_default();
        let number = said.as_u64().or_else(|| said.as_str()?.parse().ok());
        seen.look(
            said.is_string(),
            Level::Warning,
            "text",
            "status as text",
            answer,
        );
        seen.look(
            number == Some(u64::from(status)),
            Level::Error,
            "value",
            "status equal to that of the response",
            answer,
        );
    }
    if let Some(word) = member(document, "scimType").filter(|word| !word.is_null()) {
        let ok = word.as_str().is_some_and(|word| KNOWN.contains(&word));
        seen.entry("E-03").or_default().look(
            ok,
            Level::Warning,
            "unknown",
            "a keyword of Table 9",
            answer,
        );
    }
    let seen = seen.entry("E-04").or_default();
    let body = String::from_utf8_lossy(&answer.body);
    let leak = LEAKS.iter().find(|word| body.contains(**word));
    seen.look_with(
        leak.is_none(),
        Level::Critical,
        "",
        "a sentence that people can read",
        answer,
        || {
            format!(
                "the body has \"{}\": {}",
                leak.unwrap_or(&""),
                answer.in_short()
            )
        },
    );
    seen.look(
        !secrets.is_shown(&body),
        Level::Critical,
        "token",
        "no credentials in a response",
        answer,
    );
    if let Ok(sent) = serde_json::from_slice::<Value>(&answer.request_body)
        && let Some(password) = text(&sent, "password").filter(|word| word.len() > 6)
    {
        seen.look(
            !body.contains(password),
            Level::Critical,
            "password",
            "no password in a response",
            answer,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn ids_are_one_place() {
        for id in [
            "12",
            "6622a9c0",
            "zt0123abcd-1",
            "abcdefghijklmnopqrstuvwxyz",
        ] {
            assert_eq!(
                place(&format!("https://scim.example/v2/Users/{id}?a=b")),
                "{id}"
            );
        }
        assert_eq!(place("https://scim.example/v2/Users?count=1"), "Users");
    }
}
