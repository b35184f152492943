//! JSON strings and numbers (RFC 8259 §6, §7), read at a position and written.

use std::fmt;

use crate::attribute_path::Problem;

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
                let (c, from) = escape(bytes, at)?;
                value.push(c);
                at = plain_end(bytes, from);
                value.push_str(text.get(from..at).unwrap_or_default());
            }
            _ => return Err(Problem::new(at, CLOSING_QUOTE)),
        }
    }
}

/// Where the plain characters from `start` on end.
#[inline]
fn plain_end(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let length = rest.iter().position(|&byte| !is_plain(byte));
    start + length.unwrap_or(rest.len())
}

/// May stand in a string as it is; bytes of multi-byte characters may.
fn is_plain(byte: u8) -> bool {
    PLAIN[usize::from(byte)]
}

static PLAIN: [bool; 256] = {
    let mut plain = [true; 256];
    let mut control = 0;
    while control < 0x20 {
        plain[control] = false;
        control += 1;
    }
    plain[b'"' as usize] = false;
    plain[b'\\' as usize] = false;
    plain
};

/// Undoes the escape whose backslash is at `start`.
fn escape(bytes: &[u8], start: usize) -> Result<(char, usize), Problem> {
    let c = match bytes.get(start + 1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode_escape(bytes, start),
        _ => return Err(Problem::new(start, ESCAPE)),
    };
    Ok((c, start + 2))
}

/// Undoes the `\uXXXX` at `start`, or the two of a surrogate pair.
fn unicode_escape(bytes: &[u8], start: usize) -> Result<(char, usize), Problem> {
    let first = code_unit(bytes, start).ok_or(Problem::new(start, ESCAPE))?;
    if let Some(c) = char::from_u32(first) {
        return Ok((c, start + 6));
    }
    let lone = Problem::new(start, SURROGATE_PAIR);
    let second = code_unit(bytes, start + 6).ok_or(lone)?;
    if !(0xd800..0xdc00).contains(&first) || !(0xdc00..0xe000).contains(&second) {
        return Err(lone);
    }
    let scalar = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    Ok((char::from_u32(scalar).ok_or(lone)?, start + 12))
}

/// The value of the `\uXXXX` at `start`.
fn code_unit(bytes: &[u8], start: usize) -> Option<u32> {
    let digits = bytes.get(start..start + 6)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |value, &digit| {
        Some(value << 4 | char::from(digit).to_digit(16)?)
    })
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

/// Writes a string in quotes, escaping what JSON asks to escape and nothing else.
pub(super) fn write_string(out: &mut impl fmt::Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| !is_plain(byte)) {
        // The byte is ASCII, so both cuts are between characters.
        let (plain, special) = rest.split_at(at);
        out.write_str(plain)?;
        let (special, after) = special.split_at(1);
        match special {
            "\"" => out.write_str("\\\"")?,
            "\\" => out.write_str("\\\\")?,
            "\u{8}" => out.write_str("\\b")?,
            "\u{c}" => out.write_str("\\f")?,
            "\n" => out.write_str("\\n")?,
            "\r" => out.write_str("\\r")?,
            "\t" => out.write_str("\\t")?,
            control => {
                for byte in control.bytes() {
                    write!(out, "\\u{byte:04x}")?;
                }
            }
        }
        rest = after;
    }
    out.write_str(rest)?;
    out.write_char('"')
}
