//! Where a value ends that is not JSON, by its brackets and quotes alone.

use super::{Reader, SyntaxError, encode, text::plain::plain_end};
use crate::model::Json;

/// What ends the array or object that the value stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closer {
    /// `]`
    Array,
    /// `}`
    Object,
}

/// Goes behind the value that begins at `start`, at the depth `depth`, and in which the reader
/// stopped. False, with the reader anywhere, if its end cannot be found: the brackets do not match,
/// the text ends in it, or what follows is neither the next value nor the end.
#[cold]
pub(crate) fn recover(reader: &mut Reader<'_>, start: usize, depth: usize, closer: Closer) -> bool {
    let bytes = reader.text().as_bytes();
    let Some(end) = end_of_value(bytes, start) else {
        return false;
    };
    reader.go_to(end, depth);
    let mut rest = bytes.get(end..).unwrap_or_default().iter();
    match rest.find(|b| !b.is_ascii_whitespace()) {
        Some(b',') => true,
        Some(b']') => closer == Closer::Array,
        Some(b'}') => closer == Closer::Object,
        _ => false,
    }
}

/// The value that comes next. What is not JSON, if its end can be found, is kept as its text in a
/// string, so that what stands around it still counts.
pub(crate) fn value_or_text(reader: &mut Reader<'_>, closer: Closer) -> Result<Json, SyntaxError> {
    let (start, depth) = (reader.start_of_value(), reader.depth());
    match reader.skip_value() {
        Ok(raw) => Ok(Json::trusted(raw)),
        Err(error) => {
            if recover(reader, start, depth, closer) {
                Ok(encode::text(reader.slice(start, reader.offset())))
            } else {
                Err(error)
            }
        }
    }
}

fn end_of_value(bytes: &[u8], start: usize) -> Option<usize> {
    match bytes.get(start)? {
        b'"' => end_of_string(bytes, start),
        b'{' | b'[' => end_of_brackets(bytes, start),
        _ => end_of_word(bytes, start),
    }
}

/// Objects and arrays of any depth; what stands between them does not count.
fn end_of_brackets(bytes: &[u8], start: usize) -> Option<usize> {
    let mut open = Vec::new();
    let mut at = start;
    loop {
        match bytes.get(at)? {
            b'"' => {
                at = end_of_string(bytes, at)?;
                continue;
            }
            b'{' => open.push(b'}'),
            b'[' => open.push(b']'),
            close @ (b'}' | b']') => {
                if open.pop() != Some(*close) {
                    return None;
                }
                if open.is_empty() {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

fn end_of_string(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at = plain_end(bytes, at);
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// `NaN`, `+1`, `True` and the like.
fn end_of_word(bytes: &[u8], start: usize) -> Option<usize> {
    let rest = bytes.get(start..)?;
    let len = rest.iter().position(|b| b",]}".contains(b))?;
    let word = rest.get(..len)?.trim_ascii_end();
    let is_word = !word.is_empty() && !word.iter().any(|b| b"\"{[:".contains(b));
    is_word.then_some(start + word.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(text: &str) -> Option<&str> {
        let mut reader = Reader::new(text);
        recover(&mut reader, 0, 1, Closer::Array).then(|| &text[reader.offset()..])
    }

    #[test]
    fn ends_are_found_by_brackets_and_quotes() {
        assert_eq!(rest("{\"a\":NaN,\"b\":[\"]\\\"}\"]} ,1]"), Some(" ,1]"));
        assert_eq!(rest("\"a\nb\\q\",1]"), Some(",1]"));
        assert_eq!(rest("NaN ]"), Some(" ]"));
        let deep = format!("{}{},1]", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(rest(&deep), Some(",1]"));
    }

    #[test]
    fn or_not() {
        for text in [
            "{\"a\":[1},2]",
            "{\"a\":1",
            "{} {}]",
            "{}}",
            "\"a",
            ",1]",
            "a\"b\"]",
            "\"a\\",
        ] {
            assert_eq!(rest(text), None, "{text}");
        }
    }
}
