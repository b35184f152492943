//! Text as a JSON string.

use std::fmt;

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
    let written = write_escaped(out, text);
    debug_assert!(written.is_ok(), "a String takes everything");
}

/// Writes a JSON string, escaping what JSON asks to escape (RFC 8259 §7) and nothing else.
pub(crate) fn write_string(out: &mut impl fmt::Write, text: &str) -> fmt::Result {
    // Not `is_plain`: with one caller it is compiled into that one, which writes every page.
    if plain_end(text.as_bytes(), 0) < text.len() {
        return write_escaped(out, text);
    }
    out.write_char('"')?;
    out.write_str(text)?;
    out.write_char('"')
}

/// Like [`write_string`], of whatever text.
fn write_escaped(out: &mut impl fmt::Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    let mut start = 0;
    loop {
        let end = plain_end(text.as_bytes(), start);
        out.write_str(text.get(start..end).unwrap_or_default())?;
        match text.as_bytes().get(end) {
            None => break,
            Some(b'"') => out.write_str("\\\"")?,
            Some(b'\\') => out.write_str("\\\\")?,
            Some(b'\n') => out.write_str("\\n")?,
            Some(b'\r') => out.write_str("\\r")?,
            Some(b'\t') => out.write_str("\\t")?,
            Some(0x08) => out.write_str("\\b")?,
            Some(0x0c) => out.write_str("\\f")?,
            Some(control) => write!(out, "\\u{control:04x}")?,
        }
        start = end + 1;
    }
    out.write_char('"')
}
