//! Where a value ends that is not JSON, by its brackets and quotes alone; and commas too many or too few.

use serde_json::Value;

use super::{Next, Reader, SyntaxError, encode, text::plain::plain_end, to_value};
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
    let end = match bytes.get(start) {
        // A member without a value.
        Some(b',' | b'}') if closer == Closer::Object => Some(start),
        _ => end_of_value(bytes, start),
    };
    let Some(end) = end else {
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

/// Passes over the value that comes next, and gives its text: `Err` of it for what is not JSON, if its end
/// can be found.
pub(crate) fn skip_any<'a>(
    reader: &mut Reader<'a>,
    closer: Closer,
) -> Result<Result<&'a str, &'a str>, SyntaxError> {
    let (start, depth) = (reader.start_of_value(), reader.depth());
    match reader.skip_value() {
        Ok(raw) => Ok(Ok(raw)),
        Err(error) => {
            if recover(reader, start, depth, closer) {
                Ok(Err(reader.slice(start, reader.offset())))
            } else {
                Err(error)
            }
        }
    }
}

/// The value that comes next. What is not JSON, if its end can be found, is kept as its text in a
/// string, so that what stands around it still counts.
pub(crate) fn value_or_text(reader: &mut Reader<'_>, closer: Closer) -> Result<Json, SyntaxError> {
    Ok(match skip_any(reader, closer)? {
        Ok(raw) => Json::trusted(raw),
        Err(text) => encode::text(text),
    })
}

/// Like [`Reader::enter_object`], but passes over commas before the first member.
pub(crate) fn enter_object(reader: &mut Reader<'_>) -> Result<bool, SyntaxError> {
    match reader.enter_object() {
        Err(error) if next_byte(reader) != Some(b',') => Err(error),
        Err(_) => next_member(reader),
        entered => entered,
    }
}

/// Like [`Reader::next_member`], but passes over commas behind which there is no member, and takes one that
/// is missing for one that is there.
#[inline]
pub(crate) fn next_member(reader: &mut Reader<'_>) -> Result<bool, SyntaxError> {
    let start = reader.offset();
    match reader.next_member() {
        Err(_) if next_byte(reader) == Some(b'"') => Ok(true),
        Err(error) => behind_commas(reader, start, error),
        read => read,
    }
}

#[cold]
fn behind_commas(
    reader: &mut Reader<'_>,
    mut start: usize,
    mut error: SyntaxError,
) -> Result<bool, SyntaxError> {
    // Each turn passes a comma.
    while reader.offset() > start && matches!(next_byte(reader), Some(b',' | b'}')) {
        start = reader.offset();
        match reader.next_member() {
            Err(next) => error = next,
            read => return read,
        }
    }
    Err(error)
}

/// Like [`Reader::next_element`], but a comma may be missing before an object.
#[inline]
pub(crate) fn next_element(reader: &mut Reader<'_>) -> Result<bool, SyntaxError> {
    match reader.next_element() {
        Err(_) if next_byte(reader) == Some(b'{') => Ok(true),
        read => read,
    }
}

/// Passes over commas in an array, which is entered so many times, if they are why no value could be read.
/// Returns whether an element follows them.
#[cold]
pub(crate) fn pass_commas(reader: &mut Reader<'_>, depth: usize) -> Option<bool> {
    let bytes = reader.text().as_bytes();
    let at = reader.offset();
    let before = bytes.get(..at)?.trim_ascii_end().last()?;
    let is_between = match bytes.get(at)? {
        b',' => matches!(before, b',' | b'['),
        b']' => *before == b',',
        _ => false,
    };
    if !is_between || reader.depth() != depth {
        return None;
    }
    let rest = bytes.get(at..)?.iter();
    let commas = rest.take_while(|byte| **byte == b',' || byte.is_ascii_whitespace());
    reader.go_to(at + commas.count(), depth);
    match next_byte(reader) {
        Some(b']') => reader.next_element().ok(),
        _ => Some(true),
    }
}

fn next_byte(reader: &Reader<'_>) -> Option<u8> {
    reader.text().as_bytes().get(reader.offset()).copied()
}

/// The text of a message as a tree, as [`to_value`] makes it. If a member of the message is not JSON, it is
/// its text, and the others count.
pub fn message_to_value(text: &str) -> Option<Value> {
    to_value(text).or_else(|| {
        let mut reader = Reader::new(text);
        let mut members = serde_json::Map::new();
        if reader.peek().ok()? != Next::Object {
            return None;
        }
        let mut more = enter_object(&mut reader).ok()?;
        while more {
            let name = reader.member().ok()?.into_owned();
            let value = match skip_any(&mut reader, Closer::Object).ok()? {
                Ok(raw) => to_value(raw)?,
                Err(text) => text.into(),
            };
            members.insert(name, value);
            more = next_member(&mut reader).ok()?;
        }
        reader.finish().ok()?;
        Some(members.into())
    })
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

    #[test]
    fn commas_in_an_array() {
        /// The elements, and whether the array was left at its end.
        fn all(text: &str) -> (Vec<&str>, bool) {
            let mut reader = Reader::new(text);
            reader.peek().unwrap();
            let mut more = reader.enter_array().unwrap();
            let mut elements = Vec::new();
            while more {
                match reader.skip_value() {
                    Ok(element) => elements.push(element),
                    Err(_) => match pass_commas(&mut reader, 1) {
                        Some(true) => continue,
                        Some(false) => break,
                        None => return (elements, false),
                    },
                }
                more = match next_element(&mut reader) {
                    Ok(more) => more,
                    Err(_) => return (elements, false),
                };
            }
            (elements, reader.finish().is_ok())
        }
        for text in [
            "[1,2,]",
            "[1 ,, 2 , ] ",
            "[,1,2]",
            "[1,2]",
            "[ , , 1,\n,,2,,,]",
        ] {
            assert_eq!(all(text), (vec!["1", "2"], true), "{text}");
        }
        assert_eq!(all("[{}{},[] ,{}]").0, ["{}", "{}", "[]", "{}"]);
        assert_eq!(all("[,]"), (vec![], true));
        for text in [
            "[1,-]",
            "[1,-,2]",
            "[1,[2,]]",
            "[1,{\"a\":1,]",
            "[1,",
            "[1,,",
            "[1 2]",
            "[1,,}",
        ] {
            assert_eq!(all(text), (vec!["1"], false), "{text}");
        }
    }

    #[test]
    fn messages_whose_members_are_not_all_json() {
        let value = message_to_value(r#"{,"a":NaN,,"b" : [1,{"c":x}] , "d":,"e":1e400"f":}"#);
        let value = value.unwrap().to_string();
        assert_eq!(
            value,
            r#"{"a":"NaN","b":"[1,{\"c\":x}]","d":"","e":"1e400","f":""}"#
        );
        for text in [
            "",
            "{",
            "[NaN]",
            r#"{"a":[1}"#,
            r#"{"a" 1}"#,
            r#"{"a":NaN} x"#,
            "{a:1}",
        ] {
            assert_eq!(message_to_value(text), None, "{text}");
        }
    }
}
