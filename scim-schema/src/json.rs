//! A JSON reader that keeps the place of each value.
//!
//! A message about a schema document is only useful with a line and a column, so the reader keeps
//! byte offsets, and the original order of members (a document may repeat a name).

mod print;
mod reader;

use std::fmt;

pub(crate) use self::reader::parse_leniently;
pub use self::{
    print::{print, print_without, string},
    reader::parse,
};

/// A value with the byte range it came from.
#[derive(Debug, Clone)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// The byte at which it begins.
    pub start: usize,
    /// The byte after it.
    pub end: usize,
}

/// A JSON value.
#[derive(Debug, Clone)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// The number as it was written.
    Number(String),
    /// A text, without its escapes.
    String(String),
    /// The elements.
    Array(Vec<Node>),
    /// The members, in the order of the document; it may repeat a name.
    Object(Vec<Member>),
}

/// A member of an object.
#[derive(Debug, Clone)]
pub struct Member {
    /// The name.
    pub name: String,
    /// The byte at which the name begins.
    pub name_start: usize,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The kind of the value, for messages.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The members. Empty if the value is not an object.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        match &self.value {
            Value::Object(members) => members,
            _ => &[],
        }
    }

    /// The member of that name: the exact spelling first, then any case. `null` is as good as absent.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Member> {
        let members = self.members();
        members
            .iter()
            .rev()
            .find(|member| member.name == name)
            .or_else(|| {
                members
                    .iter()
                    .rev()
                    .find(|member| member.name.eq_ignore_ascii_case(name))
            })
            .filter(|member| !matches!(member.value.value, Value::Null))
    }

    /// Returns whether two values are equal. Their places do not count.
    #[must_use]
    pub fn same_value(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Number(a), Value::Number(b)) | (Value::String(a), Value::String(b)) => a == b,
            (Value::Array(a), Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same_value(b))
            }
            (Value::Object(a), Value::Object(b)) => {
                let by_name = |members: &'_ [Member]| -> Vec<usize> {
                    let mut order: Vec<usize> = (0..members.len()).collect();
                    order.sort_by_key(|index| members.get(*index).map(|member| &member.name));
                    order
                };
                let same = |(one, other): (usize, usize)| match (a.get(one), b.get(other)) {
                    (Some(a), Some(b)) => a.name == b.name && a.value.same_value(&b.value),
                    _ => false,
                };
                a.len() == b.len() && by_name(a).into_iter().zip(by_name(b)).all(same)
            }
            _ => false,
        }
    }

    /// The JSON pointer (RFC 6901) of the innermost value at a byte offset.
    #[must_use]
    pub fn pointer_at(&self, offset: usize) -> String {
        let mut pointer = String::new();
        let mut node = self;
        loop {
            let next = match &node.value {
                // They stand in the order of the text; a document may have many, and many findings.
                Value::Array(items) => {
                    let index = items.partition_point(|item| item.end <= offset);
                    let item = items.get(index).filter(|item| item.start <= offset);
                    item.map(|item| (index.to_string(), item))
                }
                Value::Object(members) => {
                    let index = members.partition_point(|member| member.value.end <= offset);
                    let member = members.get(index).filter(|one| one.name_start <= offset);
                    member.map(|member| (escaped(&member.name), &member.value))
                }
                _ => None,
            };
            let Some((step, child)) = next else {
                return pointer;
            };
            pointer.push('/');
            pointer.push_str(&step);
            node = child;
        }
    }
}

/// Why a text is not JSON.
#[derive(Debug)]
pub struct ParseError {
    /// The byte at which the reader gave up.
    pub offset: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: &'static str,
    /// The names and positions around the place, from the inside out.
    path: Vec<String>,
}

impl ParseError {
    fn new(offset: usize, message: impl Into<String>, hint: &'static str) -> Self {
        Self {
            offset,
            message: message.into(),
            hint,
            path: Vec::new(),
        }
    }

    fn within(mut self, step: &str) -> Self {
        self.path.push(escaped(step));
        self
    }

    /// The JSON pointer of the value that could not be read.
    #[must_use]
    pub fn pointer(&self) -> String {
        let steps = self.path.iter().rev();
        steps.map(|step| format!("/{step}")).collect()
    }
}

/// A step of a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

impl std::error::Error for ParseError {}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        reader::{HINT_COMMA, HINT_FOREIGN, HINT_NEWLINE, HINT_USUAL},
        *,
    };

    #[test]
    fn knows_where_values_stand() {
        let text = r#"{"a/b": [1, {"c~d": "x"}]}"#;
        let node = parse(text).unwrap();
        assert_eq!(node.pointer_at(text.find("\"x\"").unwrap()), "/a~1b/1/c~0d");
        assert_eq!(node.pointer_at(text.find("c~d").unwrap()), "/a~1b/1/c~0d");
        assert_eq!(node.pointer_at(0), "");
    }

    #[test]
    fn names_the_usual_causes() {
        let cases = [
            ("{\"a\":1,}", 6, HINT_COMMA),
            ("[1, ]", 2, HINT_COMMA),
            ("{\"a\":\"x\ny\"}", 7, HINT_NEWLINE),
            ("{ // c\n}", 2, HINT_FOREIGN),
            ("{\u{201c}a\u{201d}:1}", 1, HINT_FOREIGN),
        ];
        for (text, offset, hint) in cases {
            let error = parse(text).unwrap_err();
            assert_eq!(
                (error.offset, error.hint),
                (offset, hint),
                "{text}: {error}"
            );
        }
        let error = parse(r#"{"a/b": [1, {"c": $}]}"#).unwrap_err();
        assert_eq!((error.offset, error.hint), (18, HINT_USUAL));
        assert_eq!(error.pointer(), "/a~1b/1/c");
    }

    #[test]
    fn refuses_what_is_no_json() {
        for text in [
            "",
            "{",
            "[1",
            "01",
            "1.",
            "1e",
            "tru",
            "\"\\x\"",
            "\"\\ud800\"",
            "\"\\u12\"",
            "1 2",
            "{\"a\"}",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn reads_every_kind_of_value() {
        let node =
            parse("\u{feff} [null, true, -1.5e+3, \"\\u00e9\\ud83d\\ude00\\n\", {}] ").unwrap();
        let Value::Array(items) = &node.value else {
            panic!("{node:?}")
        };
        assert_eq!(items.len(), 5);
        assert_eq!(items[3].as_str(), Some("é😀\n"));
        assert!(matches!(&items[2].value, Value::Number(text) if text == "-1.5e+3"));
    }

    #[test]
    fn compares_values_by_content() {
        let same = |a: &str, b: &str| parse(a).unwrap().same_value(&parse(b).unwrap());
        assert!(same(r#"{"a":1,"b":[true]}"#, r#"{"b": [true], "a": 1}"#));
        assert!(!same(r#"{"a":1}"#, r#"{"a":2}"#));
    }
}
