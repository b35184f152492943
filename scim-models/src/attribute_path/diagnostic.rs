//! What is wrong with a text, and where: shared by the errors of filters and of paths.

use std::fmt::{self, Write};

use crate::shown::is_invisible;

/// Characters of the text that a rendered message shows on each side of the position.
const CONTEXT: usize = 40;
/// Characters of the offending word that a message repeats.
const FOUND: usize = 24;

/// A failure on its way out of a parser: cheap to make and to pass on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Byte offset into the text.
    pub(crate) at: usize,
    /// What could have stood there.
    pub(crate) expected: &'static str,
}

impl Problem {
    pub(crate) const fn new(at: usize, expected: &'static str) -> Self {
        Self { at, expected }
    }
}

/// A [`Problem`] together with what is needed of the text to explain it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Diagnostic {
    pub(crate) position: usize,
    pub(crate) expected: &'static str,
    pub(crate) found: String,
    excerpt: String,
    /// Characters of `excerpt` before the position.
    caret: usize,
}

impl Diagnostic {
    pub(crate) fn new(text: &str, problem: Problem) -> Self {
        let mut position = problem.at.min(text.len());
        while !text.is_char_boundary(position) {
            position -= 1;
        }
        let (before, after) = text.split_at_checked(position).unwrap_or((text, ""));

        let mut excerpt = String::new();
        let skipped = before.chars().count().saturating_sub(CONTEXT);
        if skipped > 0 {
            excerpt.push_str("...");
        }
        excerpt.extend(before.chars().skip(skipped).map(on_one_line));
        let caret = excerpt.chars().count();
        excerpt.extend(after.chars().take(CONTEXT).map(on_one_line));
        if after.chars().nth(CONTEXT).is_some() {
            excerpt.push_str("...");
        }

        Self {
            position,
            expected: problem.expected,
            found: found(after),
            excerpt,
            caret,
        }
    }

    /// The sentence, after the caller's "invalid filter" or "invalid path".
    pub(crate) fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            " at byte {}: expected {}, found {}",
            self.position, self.expected, self.found
        )
    }

    /// The text with a caret under the position.
    pub(crate) fn render(&self) -> String {
        let Self {
            excerpt,
            caret,
            expected,
            found,
            ..
        } = self;
        let mut out = String::new();
        // Writing to a String does not fail.
        let _ = write!(
            out,
            "{excerpt}\n{:caret$}^ expected {expected}, found {found}",
            ""
        );
        out
    }
}

/// The word at the start of `rest`, fit for a message.
fn found(rest: &str) -> String {
    let mut chars = rest.chars();
    let Some(first) = chars.next() else {
        return "the end".into();
    };
    if first == ' ' {
        return "a space".into();
    }
    let mut word = String::from("`");
    push_visible(&mut word, first);
    if is_word(first) {
        let mut left = FOUND;
        for c in chars.take_while(|&c| is_word(c)) {
            left -= 1;
            if left == 0 {
                word.push_str("...");
                break;
            }
            word.push(c);
        }
    }
    word.push('`');
    word
}

fn is_word(c: char) -> bool {
    (c.is_alphanumeric() || matches!(c, '_' | '-' | '$')) && !is_invisible(c)
}

fn push_visible(out: &mut String, c: char) {
    if matches!(c, '"' | '\'' | '\\') {
        out.push(c);
    } else if is_invisible(c) || c == '`' {
        out.extend(c.escape_unicode());
    } else {
        out.extend(c.escape_debug());
    }
}

/// Keeps the excerpt on one line, one column for each character, in the order they stand in.
fn on_one_line(c: char) -> char {
    let escaped = c.escape_debug().len() > 1 && !matches!(c, '"' | '\'' | '\\');
    let invisible = escaped || is_invisible(c);
    if invisible { '\u{fffd}' } else { c }
}
