//! A pull reader of JSON text (RFC 8259) that borrows: strings without escapes, numbers and whole
//! values are slices of the text.

use std::borrow::Cow;

use super::{
    SyntaxError,
    syntax::{END, LONE},
};

/// How deep arrays and objects may nest.
pub(crate) const MAX_DEPTH: usize = 128;

/// The kind of the next value, by its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// `{`
    Object,
    /// `[`
    Array,
    /// `"`
    String,
    /// A digit or `-`
    Number,
    /// `true`
    True,
    /// `false`
    False,
    /// `null`
    Null,
}

impl Next {
    /// With an article, for messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Object => "an object",
            Self::Array => "an array",
            Self::String => "a string",
            Self::Number => "a number",
            Self::True | Self::False => "a boolean",
            Self::Null => "null",
        }
    }
}

/// Reads one JSON text from its beginning to its end.
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    /// A reader that stands before the first value of `text`.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
        }
    }

    /// For a value that stood inside of another one and was passed over before.
    pub(crate) fn nested(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            depth: 1,
        }
    }

    /// The offset of the next byte.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// Whether it stands inside an object or array.
    pub fn is_nested(&self) -> bool {
        self.depth > 0
    }

    /// Where the next value begins, whatever it is.
    #[inline]
    pub(crate) fn start_of_value(&mut self) -> usize {
        self.skip_space();
        self.at
    }

    /// How many objects and arrays it stands in.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// Goes on at an offset that this reader gave, or that [`recover`](super::recover) found.
    pub(in crate::json) fn go_to(&mut self, offset: usize, depth: usize) {
        self.at = offset;
        self.depth = depth;
    }

    /// The whole text.
    pub(in crate::json) fn text(&self) -> &'a str {
        self.text
    }

    /// The text between two offsets that this reader gave.
    pub fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.byte() {
            self.at += 1;
        }
    }

    #[cold]
    fn error(&self, message: &'static str) -> SyntaxError {
        let message = if self.at >= self.text.len() {
            END
        } else {
            message
        };
        SyntaxError::new(message, self.at)
    }

    /// What comes next, without reading it.
    #[inline]
    pub fn peek(&mut self) -> Result<Next, SyntaxError> {
        self.skip_space();
        match self.byte() {
            Some(b'"') => Ok(Next::String),
            Some(b'{') => Ok(Next::Object),
            Some(b'[') => Ok(Next::Array),
            Some(b't') => Ok(Next::True),
            Some(b'f') => Ok(Next::False),
            Some(b'n') => Ok(Next::Null),
            Some(b'-' | b'0'..=b'9') => Ok(Next::Number),
            _ => Err(self.error("expected a value")),
        }
    }

    /// Nothing but white space may follow.
    pub fn finish(&mut self) -> Result<(), SyntaxError> {
        self.skip_space();
        if self.at < self.text.len() {
            return Err(self.error("expected the end of the text"));
        }
        Ok(())
    }

    fn enter(&mut self) -> Result<(), SyntaxError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error("nested too deeply"));
        }
        self.at += 1;
        Ok(())
    }

    /// Enters the object that [`peek`](Self::peek) announced. Whether it has a member.
    #[inline]
    pub fn enter_object(&mut self) -> Result<bool, SyntaxError> {
        self.enter()?;
        self.skip_space();
        match self.byte() {
            Some(b'"') => Ok(true),
            Some(b'}') => {
                self.leave();
                Ok(false)
            }
            _ => Err(self.error("expected a member name or `}`")),
        }
    }

    /// After a member's value: whether another member follows.
    #[inline]
    pub fn next_member(&mut self) -> Result<bool, SyntaxError> {
        self.skip_space();
        match self.byte() {
            Some(b',') => {
                self.at += 1;
                self.skip_space();
                if self.byte() == Some(b'"') {
                    Ok(true)
                } else {
                    Err(self.error("expected a member name"))
                }
            }
            Some(b'}') => {
                self.leave();
                Ok(false)
            }
            _ => Err(self.error("expected `,` or `}`")),
        }
    }

    /// Enters the array that [`peek`](Self::peek) announced. Whether it has an element.
    #[inline]
    pub fn enter_array(&mut self) -> Result<bool, SyntaxError> {
        self.enter()?;
        self.skip_space();
        if self.byte() == Some(b']') {
            self.leave();
            return Ok(false);
        }
        Ok(true)
    }

    /// After an element: whether another follows.
    #[inline]
    pub fn next_element(&mut self) -> Result<bool, SyntaxError> {
        self.skip_space();
        match self.byte() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(b']') => {
                self.leave();
                Ok(false)
            }
            _ => Err(self.error("expected `,` or `]`")),
        }
    }

    fn leave(&mut self) {
        self.at += 1;
        self.depth -= 1;
    }

    /// If the member's name is exactly `name`, reads it with its colon.
    #[inline]
    pub fn member_is(&mut self, name: &str) -> Result<bool, SyntaxError> {
        let rest = self.text.as_bytes().get(self.at + 1..).unwrap_or_default();
        if rest.get(name.len()) == Some(&b'"') && rest.starts_with(name.as_bytes()) {
            self.at += name.len() + 2;
            self.colon()?;
            return Ok(true);
        }
        Ok(false)
    }

    /// The member's name, with its colon read. U+FFFD stands for half of a surrogate pair in it.
    #[inline(always)]
    pub fn member(&mut self) -> Result<Cow<'a, str>, SyntaxError> {
        let name = self.string_for_people()?;
        self.colon()?;
        Ok(name)
    }

    /// As [`member`](Self::member), for those who pass the name on.
    pub fn exact_member(&mut self) -> Result<Cow<'a, str>, SyntaxError> {
        let name = self.string()?;
        self.colon()?;
        Ok(name)
    }

    #[inline]
    fn colon(&mut self) -> Result<(), SyntaxError> {
        self.skip_space();
        if self.byte() != Some(b':') {
            return Err(self.error("expected `:`"));
        }
        self.at += 1;
        Ok(())
    }

    /// The string that comes next.
    // Always: with several callers the compiler would call it, and decoding took 5 % longer.
    #[inline(always)]
    pub fn string(&mut self) -> Result<Cow<'a, str>, SyntaxError> {
        let start = self.at + 1;
        match self.plain_string(start) {
            Some(text) => Ok(Cow::Borrowed(text)),
            None => self
                .string_with_escapes(start, Lone::Refuse)
                .map(Cow::Owned),
        }
    }

    /// As [`string`](Self::string), with U+FFFD for half of a surrogate pair: for text that people
    /// read.
    #[inline(always)]
    pub fn string_for_people(&mut self) -> Result<Cow<'a, str>, SyntaxError> {
        let start = self.at + 1;
        match self.plain_string(start) {
            Some(text) => Ok(Cow::Borrowed(text)),
            None => self
                .string_with_escapes(start, Lone::Replace)
                .map(Cow::Owned),
        }
    }

    /// The string that begins at `start`, unless something in it must be looked at: then the reader
    /// stands there.
    #[inline(always)]
    fn plain_string(&mut self, start: usize) -> Option<&'a str> {
        let end = plain_end(self.text.as_bytes(), start);
        self.at = end;
        if self.byte() != Some(b'"') {
            return None;
        }
        self.at += 1;
        Some(self.slice(start, end))
    }

    #[inline(never)]
    fn string_with_escapes(&mut self, start: usize, lone: Lone) -> Result<String, SyntaxError> {
        let mut out = String::from(self.slice(start, self.at));
        loop {
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    out.push(self.escape(lone)?);
                }
                Some(0) => return Err(self.error("NUL in a string, or bytes that are not UTF-8")),
                Some(_) => return Err(self.error("control character in a string")),
                None => return Err(self.error(END)),
            }
            let end = plain_end(self.text.as_bytes(), self.at);
            out.push_str(self.slice(self.at, end));
            self.at = end;
        }
    }

    fn escape(&mut self, lone: Lone) -> Result<char, SyntaxError> {
        let escaped = match self.byte() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return match (self.unicode_escape()?, lone) {
                    (Some(char), _) => Ok(char),
                    (None, Lone::Replace) => Ok(char::REPLACEMENT_CHARACTER),
                    (None, Lone::Refuse) => Err(SyntaxError::new(LONE, self.at)),
                };
            }
            _ => return Err(self.error("unknown escape")),
        };
        self.at += 1;
        Ok(escaped)
    }

    /// The character; `None` for half of a surrogate pair.
    fn unicode_escape(&mut self) -> Result<Option<char>, SyntaxError> {
        let first = self.four_digits()?;
        if let Some(char) = char::from_u32(first) {
            return Ok(Some(char));
        }
        let after = self.at;
        let low_follows = self
            .text
            .as_bytes()
            .get(self.at..)
            .unwrap_or_default()
            .starts_with(b"\\u");
        if first < 0xDC00 && low_follows {
            self.at += 2;
            let second = self.four_digits()?;
            if (0xDC00..0xE000).contains(&second) {
                let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return Ok(char::from_u32(code));
            }
            self.at = after;
        }
        Ok(None)
    }

    fn four_digits(&mut self) -> Result<u32, SyntaxError> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.byte().and_then(|b| char::from(b).to_digit(16));
            let Some(digit) = digit else {
                return Err(self.error("expected four hexadecimal digits"));
            };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }

    /// The number that comes next, as its text.
    pub fn number(&mut self) -> Result<&'a str, SyntaxError> {
        let start = self.at;
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        match self.byte() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits()?,
            _ => return Err(self.error("expected a digit")),
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.byte() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(self.slice(start, self.at))
    }

    fn digits(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.byte() {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.error("expected a digit"));
        }
        Ok(())
    }

    /// Reads `word`, whose first letter is there.
    pub fn literal(&mut self, word: &'static str) -> Result<(), SyntaxError> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(self.error("expected a value"));
        }
        self.at += word.len();
        Ok(())
    }

    /// Passes over a value and gives its text, which may have halves of surrogate pairs.
    pub fn skip_value(&mut self) -> Result<&'a str, SyntaxError> {
        let next = self.peek()?;
        let start = self.at;
        match next {
            Next::String => self.skip_string()?,
            Next::Number => {
                self.number()?;
            }
            Next::True => self.literal("true")?,
            Next::False => self.literal("false")?,
            Next::Null => self.literal("null")?,
            Next::Object => {
                let mut more = self.enter_object()?;
                while more {
                    self.skip_string()?;
                    self.colon()?;
                    self.skip_value()?;
                    more = self.next_member()?;
                }
            }
            Next::Array => {
                let mut more = self.enter_array()?;
                while more {
                    self.skip_value()?;
                    more = self.next_element()?;
                }
            }
        }
        Ok(self.slice(start, self.at))
    }

    #[inline]
    fn skip_string(&mut self) -> Result<(), SyntaxError> {
        self.at = plain_end(self.text.as_bytes(), self.at + 1);
        if self.byte() == Some(b'"') {
            self.at += 1;
            return Ok(());
        }
        self.skip_escapes()
    }

    #[inline(never)]
    fn skip_escapes(&mut self) -> Result<(), SyntaxError> {
        loop {
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    self.at += 1;
                    match self.byte() {
                        Some(b'u') => {
                            self.at += 1;
                            self.four_digits()?;
                        }
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                            self.at += 1;
                        }
                        _ => return Err(self.error("unknown escape")),
                    }
                }
                Some(0) => return Err(self.error("NUL in a string, or bytes that are not UTF-8")),
                Some(_) => return Err(self.error("control character in a string")),
                None => return Err(self.error(END)),
            }
            self.at = plain_end(self.text.as_bytes(), self.at);
        }
    }
}

/// What to do with half of a surrogate pair.
#[derive(Clone, Copy)]
enum Lone {
    Refuse,
    Replace,
}

/// The first byte from `at` on that ends a run of plain characters: a quote, a backslash or a
/// control character; or the end.
#[inline]
pub(in crate::json) fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    // Eight bytes at once. A byte of `x` is zero where the text has the byte looked for, and
    // `(x - ONES) & !x & HIGHS` marks the first zero byte for certain.
    while let Some(Ok(chunk)) = bytes.get(at..at + 8).map(<[u8; 8]>::try_from) {
        let word = u64::from_le_bytes(chunk);
        let quote = word ^ (ONES * b'"' as u64);
        let backslash = word ^ (ONES * b'\\' as u64);
        let found = (quote.wrapping_sub(ONES) & !quote)
            | (backslash.wrapping_sub(ONES) & !backslash)
            | (word.wrapping_sub(ONES * 0x20) & !word);
        let found = found & HIGHS;
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while let Some(byte) = bytes.get(at) {
        if matches!(byte, b'"' | b'\\' | 0..0x20) {
            break;
        }
        at += 1;
    }
    at
}
