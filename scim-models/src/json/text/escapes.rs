//! The escapes of JSON strings (RFC 8259 §7): the one place where they are read.

/// Where an escape goes wrong, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoEscape {
    /// The position of the byte that does not belong there.
    pub at: usize,
    /// What is wrong.
    pub what: &'static str,
}

/// Reads the escape whose backslash is at `start`. Returns its character, or `None` for half of a
/// surrogate pair (§8.2), and the position after it.
///
/// # Errors
/// There is no escape.
#[inline]
pub fn escape(bytes: &[u8], start: usize) -> Result<(Option<char>, usize), NoEscape> {
    let c = match bytes.get(start + 1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode(bytes, start),
        _ => {
            let (at, what) = (start + 1, "unknown escape");
            return Err(NoEscape { at, what });
        }
    };
    Ok((Some(c), start + 2))
}

/// The `\uXXXX` at `start`, or the two of a surrogate pair.
fn unicode(bytes: &[u8], start: usize) -> Result<(Option<char>, usize), NoEscape> {
    let after = start + 6;
    let first = four_digits(bytes, start + 2)?;
    if let Some(c) = char::from_u32(first) {
        return Ok((Some(c), after));
    }
    let low_follows = bytes.get(after..after + 2) == Some(b"\\u");
    if first < 0xDC00 && low_follows {
        let second = four_digits(bytes, after + 2)?;
        if (0xDC00..0xE000).contains(&second) {
            let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            return Ok((char::from_u32(code), after + 6));
        }
    }
    Ok((None, after))
}

fn four_digits(bytes: &[u8], start: usize) -> Result<u32, NoEscape> {
    (start..start + 4).try_fold(0, |code, at| {
        let digit = bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
        let what = "expected four hexadecimal digits";
        Ok(code * 16 + digit.ok_or(NoEscape { at, what })?)
    })
}

/// Returns whether all strings of a JSON text are Unicode text: no half of a surrogate pair is among
/// them.
pub(crate) fn is_unicode(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = next_backslash(bytes, at) {
        at = match escape(bytes, found) {
            Ok((None, _)) => return false,
            Ok((Some(_), end)) => end,
            // Whoever reads the text says so.
            Err(_) => found + 2,
        };
    }
    true
}

fn next_backslash(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.iter().position(|b| *b == b'\\').map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_escape() {
        for (text, c) in [
            (r#"\""#, '"'),
            (r"\\", '\\'),
            (r"\/", '/'),
            (r"\b", '\u{8}'),
            (r"\f", '\u{c}'),
            (r"\n", '\n'),
            (r"\r", '\r'),
            (r"\t", '\t'),
            (r"\u00e4", 'ä'),
            (r"\uD83d\uDd11", '🔑'),
        ] {
            let found = escape(format!("x{text}x").as_bytes(), 1);
            assert_eq!(found, Ok((Some(c), 1 + text.len())), "{text}");
        }
        for half in [
            r"\ud83d",
            r"\ude00",
            r"\ud83d\n",
            r"\ud83d\u0041",
            r"\ude00\ud83d",
        ] {
            assert_eq!(escape(half.as_bytes(), 0), Ok((None, 6)), "{half}");
        }
        for (text, at) in [
            (r"\", 1),
            (r"\x", 1),
            (r"\u00g0", 4),
            (r"\u00", 4),
            (r"\ud83d\u+000", 8),
        ] {
            assert_eq!(escape(text.as_bytes(), 0).unwrap_err().at, at, "{text}");
        }
    }

    #[test]
    fn halves_are_found() {
        for text in [
            r#""😀\ud83d\ude00\n""#,
            r#""\\ud83d""#,
            r#"["\u0041",1]"#,
            "",
        ] {
            assert!(is_unicode(text), "{text}");
        }
        for text in [
            r#""\ud83d""#,
            r#"{"\uDE00":1}"#,
            r#""\ud83d\ud83d\ude00""#,
            r#""\\\ud83d""#,
        ] {
            assert!(!is_unicode(text), "{text}");
        }
    }
}
