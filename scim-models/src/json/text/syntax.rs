//! Where a text stops being JSON.

use std::fmt;

/// JSON allows it (RFC 8259 §8.2), but no Rust string can hold it.
pub(in crate::json) const LONE: &str = "half of a surrogate pair";
pub(crate) const END: &str = "the text ends too early";

/// A text that is not JSON (RFC 8259).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    message: &'static str,
    offset: usize,
    /// 0 until it was [`located`](Self::located).
    line: usize,
    column: usize,
}

impl SyntaxError {
    /// Costs nothing: a page with many bad elements has many.
    #[cold]
    pub(crate) fn new(message: &'static str, offset: usize) -> Self {
        Self {
            message,
            offset,
            line: 0,
            column: 0,
        }
    }

    /// With the line and the column, which are looked for in the text that was read.
    #[must_use]
    pub(crate) fn located(mut self, text: &str) -> Self {
        let before = text.as_bytes().get(..self.offset);
        let before = before.unwrap_or(text.as_bytes());
        let line_start = before
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |at| at + 1);
        self.line = 1 + before.iter().filter(|b| **b == b'\n').count();
        self.column = 1 + before.len() - line_start;
        self
    }

    /// As it is in the part of the text that begins at `start`.
    #[must_use]
    pub(in crate::json) fn within(mut self, start: usize) -> Self {
        self.offset = self.offset.saturating_sub(start);
        self
    }

    /// Returns whether it is JSON all the same, but text that no Rust string can hold.
    pub(in crate::json) fn is_lone_surrogate(&self) -> bool {
        self.message == LONE
    }

    /// The offset in bytes of the first character that is not JSON.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The line of [`offset`](Self::offset), counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The byte within the line, counted from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// Returns whether the text ends too early.
    pub fn is_eof(&self) -> bool {
        self.message == END
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            message,
            line,
            column,
            offset,
        } = self;
        match line {
            0 => write!(f, "invalid JSON at byte {offset}: {message}"),
            _ => write!(f, "invalid JSON at line {line} column {column}: {message}"),
        }
    }
}

impl std::error::Error for SyntaxError {}
