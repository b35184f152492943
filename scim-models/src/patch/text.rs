//! JSON texts in pieces: what an operation's value is made of.

use std::borrow::Cow;

pub(super) use crate::json::canonical;
use crate::json::{Reader, SyntaxError, each_element, each_member, encode};

/// A member of an object: its name, and its value's text.
pub(super) type Member<'a> = (Cow<'a, str>, &'a str);

/// What a JSON text is, by its first byte. The text is known to be JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Null,
    Object,
    Array,
    Simple,
}

pub(super) fn shape(text: &str) -> Shape {
    match text.trim_start().as_bytes().first() {
        Some(b'n') | None => Shape::Null,
        Some(b'{') => Shape::Object,
        Some(b'[') => Shape::Array,
        Some(_) => Shape::Simple,
    }
}

/// The members of an object.
pub(super) fn members(text: &str) -> Result<Vec<Member<'_>>, SyntaxError> {
    let mut members = Vec::new();
    each_member(text, &mut |name, value| {
        members.push((name, value));
        false
    })?;
    Ok(members)
}

/// The elements of an array.
pub(super) fn elements(text: &str) -> Result<Vec<&str>, SyntaxError> {
    let mut elements = Vec::new();
    each_element(text, &mut |element| {
        elements.push(element);
        false
    })?;
    Ok(elements)
}

/// Returns whether the text is `null`, or an object or array without anything in it (RFC 7643 §2.5).
pub(super) fn is_unassigned(text: &str) -> bool {
    let mut bytes = text.bytes().filter(|b| !b.is_ascii_whitespace());
    match bytes.next() {
        Some(b'n') | None => true,
        Some(b'{') => bytes.next() == Some(b'}'),
        Some(b'[') => bytes.next() == Some(b']'),
        Some(_) => false,
    }
}

/// The unescaped text of a JSON string; `None` for anything else.
pub(super) fn string(text: &str) -> Option<Cow<'_, str>> {
    text.starts_with('"')
        .then(|| Reader::new(text).string().ok())
        .flatten()
}

/// Builds a JSON array from the texts of its elements.
pub(super) fn array<'a>(elements: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::from("[");
    for element in elements {
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(element);
    }
    out.push(']');
    out
}

/// Builds a JSON object from names and the texts of their values.
pub(super) fn object<'a, V: AsRef<str>>(members: impl IntoIterator<Item = (&'a str, V)>) -> String {
    let mut out = String::from("{");
    for (name, value) in members {
        if out.len() > 1 {
            out.push(',');
        }
        encode::string(&mut out, name);
        out.push(':');
        out.push_str(value.as_ref());
    }
    out.push('}');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces() {
        assert_eq!(elements(" [1, [2], {}]").unwrap(), ["1", "[2]", "{}"]);
        assert_eq!(members(r#"{"a" : 1}"#).unwrap(), [("a".into(), "1")]);
        assert!(is_unassigned(" [ ]") && is_unassigned("null") && !is_unassigned("[1]"));
        assert_eq!(array(["1", "2"]), "[1,2]");
        assert_eq!(object([("a", "1"), ("b", "2")]), r#"{"a":1,"b":2}"#);
    }
}
