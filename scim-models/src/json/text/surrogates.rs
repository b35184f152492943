//! Escapes that stand for half of a character (RFC 8259 §8.2).

/// Whether all strings of a JSON text are Unicode text.
pub(crate) fn is_unicode(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = next_backslash(bytes, at) {
        let Some(unit) = unit(bytes, found) else {
            // Some other escape of two bytes.
            at = found + 2;
            continue;
        };
        at = found + 6;
        match unit {
            0xD800..0xDC00 => match self::unit(bytes, at) {
                Some(0xDC00..0xE000) => at += 6,
                _ => return false,
            },
            0xDC00..0xE000 => return false,
            _ => {}
        }
    }
    true
}

fn next_backslash(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.iter().position(|b| *b == b'\\').map(|at| from + at)
}

/// What `\u` and four digits at `at` say.
fn unit(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

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
