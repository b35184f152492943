//! A JSON reader that remembers where each value stands.
//!
//! A message about a schema document is only useful with a line and a column, so the reader keeps
//! byte offsets, and the original order of members (a document may repeat a name).

mod print;

use std::fmt;

pub use self::print::{print, print_without, string};

/// Containers inside containers beyond this depth are refused, so that no input exhausts the stack.
const MAX_DEPTH: usize = 128;

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
    /// What the value is, for messages.
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

    /// The members; none if it is no object.
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

    /// Whether two values say the same, wherever they stand.
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
                let within = |member: &Member, members: &[Member]| {
                    members
                        .iter()
                        .any(|m| m.name == member.name && m.value.same_value(&member.value))
                };
                a.len() == b.len() && a.iter().all(|member| within(member, b))
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
                Value::Array(items) => items
                    .iter()
                    .position(|item| (item.start..item.end).contains(&offset))
                    .and_then(|index| Some((index.to_string(), items.get(index)?))),
                Value::Object(members) => members
                    .iter()
                    .find(|member| (member.name_start..member.value.end).contains(&offset))
                    .map(|m| (escaped(&m.name), &m.value)),
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

/// Why a text is no JSON.
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

const HINT_COMMA: &str = "remove the comma before the closing bracket";
const HINT_NEWLINE: &str =
    "a string cannot contain a line break: join the lines, write \\n, or read leniently";
const HINT_FOREIGN: &str =
    "JSON knows neither comments nor typographic quotes: remove the comment, use plain \" quotes";

const HINT_USUAL: &str = "the usual causes: a comma too many or too few, a line break inside a string, \
                          and what is no JSON (a placeholder, an ellipsis, a comment, other quotes)";

/// Reads one JSON document.
///
/// # Errors
///
/// The text is no JSON (RFC 8259), or nests too deep.
pub fn parse(text: &str) -> Result<Node, ParseError> {
    Reader::new(text, false).document()
}

/// The same, but with line breaks, tabs and other control characters in strings, which JSON wants
/// escaped. The bytes at which such strings go wrong come with it.
pub(crate) fn parse_leniently(text: &str) -> Result<(Node, Vec<usize>), ParseError> {
    let mut reader = Reader::new(text, true);
    let node = reader.document()?;
    Ok((node, reader.tolerated))
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, lenient: bool) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            lenient,
            tolerated: Vec::new(),
        }
    }

    fn document(&mut self) -> Result<Node, ParseError> {
        if self.text.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
        }
        self.blanks();
        let node = self.value(0)?;
        self.blanks();
        if self.at < self.text.len() {
            return Err(self.fail("expected the end of the document"));
        }
        Ok(node)
    }
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// Whether strings may have control characters.
    lenient: bool,
    /// The first of them in each string.
    tolerated: Vec<usize>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.at += 1;
        }
        found
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// An error at the current place that says what stands there instead.
    fn fail(&self, expected: &str) -> ParseError {
        let rest = self.rest();
        let found = match rest.chars().next() {
            None => "the end of the document".to_owned(),
            Some('\0') => "what is no UTF-8, or a zero byte".to_owned(),
            Some(c) if c.is_control() => format!("U+{:04X}", u32::from(c)),
            Some(c) => format!("`{c}`"),
        };
        let foreign = rest.starts_with("//")
            || rest.starts_with("/*")
            || rest.starts_with('#')
            || rest.starts_with(['\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}', '\'']);
        let hint = if foreign { HINT_FOREIGN } else { HINT_USUAL };
        let message = format!("not valid JSON: {expected}, found {found}");
        ParseError::new(self.at, message, hint)
    }

    fn value(&mut self, depth: usize) -> Result<Node, ParseError> {
        if depth > MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} levels of arrays and objects");
            let hint = "give the answer of the server's /Schemas endpoint: SCIM documents are flat";
            return Err(ParseError::new(self.at, message, hint));
        }
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => self.word()?,
        };
        Ok(Node {
            value,
            start,
            end: self.at,
        })
    }

    fn word(&mut self) -> Result<Value, ParseError> {
        for (word, value) in [
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
            ("null", Value::Null),
        ] {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.fail("expected a value"))
    }

    fn object(&mut self, depth: usize) -> Result<Value, ParseError> {
        self.at += 1;
        let mut members = Vec::new();
        self.blanks();
        if self.eat(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            let name_start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.fail("expected a member name in quotes"));
            }
            let name = self.string()?;
            self.blanks();
            if !self.eat(b':') {
                return Err(self.fail("expected `:` after the member name"));
            }
            self.blanks();
            let value = self.value(depth + 1);
            let value = value.map_err(|error| error.within(&name))?;
            members.push(Member {
                name,
                name_start,
                value,
            });
            if self.closes(b'}', "expected `,` or `}`")? {
                return Ok(Value::Object(members));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, ParseError> {
        self.at += 1;
        let mut items = Vec::new();
        self.blanks();
        if self.eat(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            let item = self.value(depth + 1);
            items.push(item.map_err(|error| error.within(&items.len().to_string()))?);
            if self.closes(b']', "expected `,` or `]`")? {
                return Ok(Value::Array(items));
            }
        }
    }

    /// Reads what follows an element: `true` for the closing bracket, `false` for a comma.
    fn closes(&mut self, bracket: u8, expected: &str) -> Result<bool, ParseError> {
        self.blanks();
        if self.eat(bracket) {
            return Ok(true);
        }
        let comma = self.at;
        if !self.eat(b',') {
            return Err(self.fail(expected));
        }
        self.blanks();
        match self.peek() {
            Some(b'}' | b']') => {
                let message = "not valid JSON: a comma after the last element";
                Err(ParseError::new(comma, message, HINT_COMMA))
            }
            _ => Ok(false),
        }
    }

    fn number(&mut self) -> Result<Value, ParseError> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') && self.digits() == 0 {
            return Err(self.fail("expected a digit"));
        }
        if self.eat(b'.') && self.digits() == 0 {
            return Err(self.fail("expected a digit"));
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _sign = self.eat(b'+') || self.eat(b'-');
            if self.digits() == 0 {
                return Err(self.fail("expected a digit"));
            }
        }
        Ok(Value::Number(
            self.text.get(start..self.at).unwrap_or_default().to_owned(),
        ))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        self.at - start
    }

    fn string(&mut self) -> Result<String, ParseError> {
        self.at += 1;
        let mut text = String::new();
        let mut tolerated = false;
        loop {
            let run = self.rest();
            let plain = run
                .find(|c: char| c == '"' || c == '\\' || c < ' ')
                .unwrap_or(run.len());
            text.push_str(run.get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(byte) if self.lenient && (1..b' ').contains(&byte) => {
                    if !tolerated {
                        self.tolerated.push(self.at);
                        tolerated = true;
                    }
                    text.push(char::from(byte));
                    self.at += 1;
                }
                Some(b'\n' | b'\r') => {
                    let message = "not valid JSON: a line break inside a string";
                    return Err(ParseError::new(self.at, message, HINT_NEWLINE));
                }
                _ => return Err(self.fail("expected the closing quote of a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, ParseError> {
        self.at += 1;
        let plain = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode();
            }
            _ => return Err(self.fail("expected an escape such as \\n or \\u0041")),
        };
        self.at += 1;
        Ok(plain)
    }

    fn unicode(&mut self) -> Result<char, ParseError> {
        let high = self.hex()?;
        if !(0xD800..0xDC00).contains(&high) {
            return char::from_u32(high).ok_or_else(|| self.fail("expected a whole character"));
        }
        if !(self.eat(b'\\') && self.eat(b'u')) {
            return Err(self.fail("expected the second half of a surrogate pair"));
        }
        let low = self.hex()?;
        let low = low.checked_sub(0xDC00).filter(|low| *low < 0x400);
        low.and_then(|low| char::from_u32(0x10000 + ((high - 0xD800) << 10) + low))
            .ok_or_else(|| self.fail("expected the second half of a surrogate pair"))
    }

    fn hex(&mut self) -> Result<u32, ParseError> {
        let digits = self.text.get(self.at..self.at + 4).unwrap_or_default();
        let plain = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u32::from_str_radix(digits, 16) {
            Ok(code) if plain => {
                self.at += 4;
                Ok(code)
            }
            _ => Err(self.fail("expected four hexadecimal digits")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
