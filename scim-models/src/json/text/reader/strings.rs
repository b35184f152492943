//! Strings: plain ones are slices of the text, those with escapes are put together.

use std::borrow::Cow;

use super::Reader;
use crate::json::text::{
    SyntaxError,
    escapes::{NoEscape, escape},
    plain::plain_end,
    syntax::{END, LONE},
};

/// What to do with half of a surrogate pair.
#[derive(Clone, Copy)]
enum Lone {
    Refuse,
    Replace,
}

impl<'a> Reader<'a> {
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

    /// Like [`string`](Self::string), in an allocation of its own.
    #[inline(never)]
    pub(in crate::json) fn owned_string(&mut self) -> Result<String, SyntaxError> {
        let start = self.at + 1;
        match self.plain_string(start) {
            Some(text) => Ok(text.to_owned()),
            None => self.string_with_escapes(start, Lone::Refuse),
        }
    }

    /// Like [`string`](Self::string), with U+FFFD for half of a surrogate pair: for text that
    /// people read.
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
        let mut out = std::mem::take(&mut self.scratch);
        out.clear();
        out.push_str(self.slice(start, self.at));
        let read = self.unescape(&mut out, lone);
        let text = read.map(|()| out.as_str().to_owned());
        self.scratch = out;
        text
    }

    fn unescape(&mut self, out: &mut String, lone: Lone) -> Result<(), SyntaxError> {
        loop {
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => match (self.escape()?, lone) {
                    (Some(char), _) => out.push(char),
                    (None, Lone::Replace) => out.push(char::REPLACEMENT_CHARACTER),
                    (None, Lone::Refuse) => return Err(SyntaxError::new(LONE, self.at)),
                },
                Some(0) => return Err(self.error("NUL in a string, or bytes that are not UTF-8")),
                Some(_) => return Err(self.error("control character in a string")),
                None => return Err(self.error(END)),
            }
            let end = plain_end(self.text.as_bytes(), self.at);
            out.push_str(self.slice(self.at, end));
            self.at = end;
        }
    }

    /// Reads the escape at whose backslash the reader stands; `None` for half of a surrogate pair.
    fn escape(&mut self) -> Result<Option<char>, SyntaxError> {
        match escape(self.text.as_bytes(), self.at) {
            Ok((char, end)) => {
                self.at = end;
                Ok(char)
            }
            Err(NoEscape { at, what }) => {
                self.at = at;
                Err(self.error(what))
            }
        }
    }

    #[inline]
    pub(super) fn skip_string(&mut self) -> Result<(), SyntaxError> {
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
                    self.escape()?;
                }
                Some(0) => return Err(self.error("NUL in a string, or bytes that are not UTF-8")),
                Some(_) => return Err(self.error("control character in a string")),
                None => return Err(self.error(END)),
            }
            self.at = plain_end(self.text.as_bytes(), self.at);
        }
    }
}
