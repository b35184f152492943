//! A pull reader of JSON text (RFC 8259) that borrows: strings without escapes, numbers and whole
//! values are slices of the text.

mod strings;

use std::borrow::Cow;

use super::{
    SyntaxError,
    shapes::{Member, Place, Shapes, Step, Track},
    syntax::END,
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
    /// Where strings with escapes are put together, so that each is allocated once.
    scratch: String,
    /// What the elements of the list had so far, if it is one.
    pub(in crate::json) shapes: Shapes<'a>,
}

impl<'a> Reader<'a> {
    /// A reader that stands before the first value of `text`.
    pub fn new(text: &'a str) -> Self {
        Self::at_depth(text, 0)
    }

    /// For a value that stood inside of another one and was passed over before.
    pub(crate) fn nested(text: &'a str) -> Self {
        Self::at_depth(text, 1)
    }

    #[inline]
    fn at_depth(text: &'a str, depth: usize) -> Self {
        Self {
            text,
            at: 0,
            depth,
            scratch: String::new(),
            shapes: Shapes::default(),
        }
    }

    /// From now on, the objects that come are elements of a list, which are alike.
    pub(crate) fn begin_list(&mut self) {
        self.shapes.begin();
    }

    /// The offset of the next byte.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// Returns whether it stands inside an object or array.
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
    pub(super) fn error(&self, message: &'static str) -> SyntaxError {
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

    /// Enters the object that [`peek`](Self::peek) announced. Returns whether it has a member.
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

    /// Enters the array that [`peek`](Self::peek) announced. Returns whether it has an element.
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
        let rest = self.rest();
        if rest.get(name.len()) == Some(&b'"') && rest.starts_with(name.as_bytes()) {
            self.at += name.len() + 2;
            self.colon()?;
            return Ok(true);
        }
        Ok(false)
    }

    /// What stands behind the next byte.
    #[inline]
    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at + 1..).unwrap_or_default()
    }

    /// Reads the name of the next member, with its colon, if it is the one that was there before.
    #[inline]
    pub(in crate::json) fn follow(&mut self, track: &mut Track) -> Option<Step<'a>> {
        let step = *self.shapes.follow(track, self.rest())?;
        self.at += step.len();
        Some(step)
    }

    /// Like [`follow`](Self::follow), where some were left out.
    pub(in crate::json) fn look_ahead(&mut self, track: &mut Track) -> Option<Step<'a>> {
        let step = self.shapes.look_ahead(track, self.rest())?;
        self.at += step.len();
        Some(step)
    }

    /// Remembers the member `name`, which begins at `start` and of which the colon is read. Gives the
    /// place of what is in it.
    pub(in crate::json) fn note_member(
        &mut self,
        track: &mut Track,
        (start, name): (usize, &Cow<'a, str>),
        member: Member,
        has_place: bool,
    ) -> Place {
        match name {
            Cow::Borrowed(name) => {
                let end = self.start_of_value();
                let written = self.slice(start + 1, end);
                self.shapes.note(track, (name, written), member, has_place)
            }
            Cow::Owned(_) => Place::UNKNOWN,
        }
    }

    /// The member's name, with its colon read. U+FFFD stands for half of a surrogate pair in it.
    #[inline(always)]
    pub fn member(&mut self) -> Result<Cow<'a, str>, SyntaxError> {
        let name = self.string_for_people()?;
        self.colon()?;
        Ok(name)
    }

    /// Like [`member`](Self::member), for those who pass the name on.
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
}
