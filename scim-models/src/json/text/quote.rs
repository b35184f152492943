//! Text as a JSON string.

use std::fmt::Write as _;

use super::plain::{is_plain, plain_end};

/// Writes a JSON string.
pub fn string(out: &mut String, text: &str) {
    if !is_plain(text.as_bytes()) {
        return escaped(out, text);
    }
    out.reserve(text.len() + 2);
    out.push('"');
    out.push_str(text);
    out.push('"');
}

/// Writes a JSON string of a text of which something must be escaped.
#[inline(never)]
fn escaped(out: &mut String, text: &str) {
    out.push('"');
    let mut start = 0;
    loop {
        let end = plain_end(text.as_bytes(), start);
        out.push_str(text.get(start..end).unwrap_or_default());
        let Some(special) = text.as_bytes().get(end) else {
            break;
        };
        match special {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            control => {
                let written = write!(out, "\\u{control:04x}");
                debug_assert!(written.is_ok(), "a String takes everything");
            }
        }
        start = end + 1;
    }
    out.push('"');
}
