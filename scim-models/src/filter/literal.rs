//! JSON strings and numbers (RFC 8259 §6, §7), read at a position.

use crate::{
    attribute_path::Problem,
    json::text::{escapes::escape, plain::plain_end},
};

const CLOSING_QUOTE: &str = "a character of the string, or the quote that ends it";
const ESCAPE: &str = "one of the JSON escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX";
const SURROGATE_PAIR: &str = "a pair of surrogates, not one alone";
const DIGIT: &str = "a digit";

/// Reads the string whose opening quote is at `start`, and says where it ends.
#[inline]
pub(super) fn string(text: &str, start: usize) -> Result<(String, usize), Problem> {
    let end = plain_end(text.as_bytes(), start + 1);
    let plain = text.get(start + 1..end).unwrap_or_default();
    if text.as_bytes().get(end) == Some(&b'"') {
        // The usual string is one piece, and takes one allocation of its own size.
        return Ok((plain.into(), end + 1));
    }
    escaped_string(text, plain.into(), end)
}

/// Reads on at `at`, where the plain characters of `value` end.
#[cold]
fn escaped_string(
    text: &str,
    mut value: String,
    mut at: usize,
) -> Result<(String, usize), Problem> {
    let bytes = text.as_bytes();
    loop {
        match bytes.get(at) {
            Some(b'"') => return Ok((value, at + 1)),
            Some(b'\\') => {
                let (c, from) = escape(bytes, at).map_err(|_| Problem::new(at, ESCAPE))?;
                value.push(c.ok_or(Problem::new(at, SURROGATE_PAIR))?);
                at = plain_end(bytes, from);
                value.push_str(text.get(from..at).unwrap_or_default());
            }
            _ => return Err(Problem::new(at, CLOSING_QUOTE)),
        }
    }
}

/// Checks the number at `start`, and says where it ends.
pub(super) fn number(bytes: &[u8], start: usize) -> Result<usize, Problem> {
    let digits = |mut at: usize| {
        let first = at;
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        if at == first {
            Err(Problem::new(at, DIGIT))
        } else {
            Ok(at)
        }
    };
    let mut at = start;
    if bytes.get(at) == Some(&b'-') {
        at += 1;
    }
    at = match bytes.get(at) {
        Some(b'0') => at + 1,
        _ => digits(at)?,
    };
    if bytes.get(at) == Some(&b'.') {
        at = digits(at + 1)?;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1;
        if matches!(bytes.get(at), Some(b'+' | b'-')) {
            at += 1;
        }
        at = digits(at)?;
    }
    Ok(at)
}
