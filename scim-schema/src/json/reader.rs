//! JSON text into values with their places.

use super::{Member, Node, ParseError, Value};

/// Containers inside containers beyond this depth are refused, so that no input exhausts the stack.
const MAX_DEPTH: usize = 128;

pub(super) const HINT_COMMA: &str = "remove the comma before the closing bracket";
pub(super) const HINT_NEWLINE: &str =
    "a string cannot contain a line break: join the lines, write \\n, or read leniently";
pub(super) const HINT_FOREIGN: &str =
    "JSON knows neither comments nor typographic quotes: remove the comment, use plain \" quotes";

pub(super) const HINT_USUAL: &str = "the usual causes: a comma too many or too few, a line break inside a string, \
                          and what is no JSON (a placeholder, an ellipsis, a comment, other quotes)";

/// Reads one JSON document.
///
/// # Errors
///
/// The text is not JSON (RFC 8259), or nests too deeply.
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
            Some('\0') => "bytes that are not UTF-8, or a zero byte".to_owned(),
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
            let hint =
                "give the response of the server's /Schemas endpoint: SCIM documents are flat";
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
