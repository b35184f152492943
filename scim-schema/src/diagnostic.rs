//! Diagnostics about documents: errors, warnings and notes, each with its place.

use std::error::Error;
use std::fmt::{self, Write as _};

/// How much a [`Diagnostic`] matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// Nothing can be generated until this is corrected.
    Error,
    /// The document departs from RFC 7643, and the reader made an assumption that may be wrong.
    Warning,
    /// The document was normalized without an assumption.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// One diagnostic about one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub(crate) severity: Severity,
    pub(crate) code: &'static str,
    pub(crate) source: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) pointer: String,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Diagnostic {
    /// Makes an error of the generator itself: it made invalid Rust, and no document is wrong.
    #[must_use]
    pub fn internal(message: &str) -> Self {
        let message = format!("the generator made something that is not Rust: {message}");
        Self::general(
            "internal",
            message,
            "please report this with the documents that it read",
        )
    }

    /// An error of no particular place.
    #[must_use]
    pub fn general(code: &'static str, message: impl Into<String>, hint: &str) -> Self {
        Self {
            severity: Severity::Error,
            code,
            source: "all documents".to_owned(),
            line: 1,
            column: 1,
            pointer: String::new(),
            message: message.into(),
            hint: Some(hint.to_owned()),
        }
    }

    /// The same, of one document.
    #[must_use]
    pub fn in_source(mut self, name: &str) -> Self {
        name.clone_into(&mut self.source);
        self
    }

    /// The severity.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// A short stable name of the rule, such as `duplicate-attribute`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The name of the source document, as given in [`Source::name`](crate::Source::name).
    #[must_use]
    pub fn source_name(&self) -> &str {
        &self.source
    }

    /// The line, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column, counted in characters from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }

    /// The JSON pointer (RFC 6901) of the value; empty for the whole document.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The message, in one sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// A hint: what to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            severity,
            code,
            source,
            line,
            column,
            pointer,
            message,
            hint,
        } = self;
        let (message, source) = (Visible(message), Visible(source));
        write!(
            f,
            "{severity}[{code}]: {message}\n --> {source}:{line}:{column}"
        )?;
        match pointer.as_str() {
            "" => f.write_str(" (the whole document)")?,
            pointer => write!(f, " ({})", Visible(pointer))?,
        }
        match hint {
            Some(hint) => write!(f, "\n  = help: {}", Visible(hint)),
            None => Ok(()),
        }
    }
}

/// Text of a document, with what could begin a line of its own in a log or change how a terminal
/// shows the rest escaped as in Rust.
pub(crate) struct Visible<'a>(pub(crate) &'a str);

impl fmt::Display for Visible<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match is_invisible(c) {
                true => write!(f, "{}", c.escape_default())?,
                false => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Returns whether a character has no picture of its own. Those that join letters (U+200C, U+200D)
/// are part of words.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
            // Letters that fill a place.
            | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

/// All diagnostics of a reading, in the order of the sources and of the places in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics {
    pub(crate) list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Returns whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The number of diagnostics.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Returns whether anything forbids generating code.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.errors().next().is_some()
    }

    /// All diagnostics.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// The errors alone.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.with(Severity::Error)
    }

    /// The warnings alone.
    pub fn warnings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.with(Severity::Warning)
    }

    /// With one more in front.
    #[must_use]
    pub fn and(mut self, first: Diagnostic) -> Self {
        self.list.insert(0, first);
        self
    }

    fn with(&self, severity: Severity) -> impl Iterator<Item = &Diagnostic> {
        self.list
            .iter()
            .filter(move |diagnostic| diagnostic.severity == severity)
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(only: Diagnostic) -> Self {
        Self { list: vec![only] }
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.list.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            diagnostic.fmt(f)?;
        }
        Ok(())
    }
}

impl Error for Diagnostics {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_like_a_compiler_message() {
        let diagnostic = Diagnostic {
            severity: Severity::Error,
            code: "duplicate-attribute",
            source: "user.json".to_owned(),
            line: 12,
            column: 5,
            pointer: "/attributes/3/name".to_owned(),
            message: "two attributes are called `title`".to_owned(),
            hint: Some("remove one of them".to_owned()),
        };
        assert_eq!(
            diagnostic.to_string(),
            "error[duplicate-attribute]: two attributes are called `title`\n \
             --> user.json:12:5 (/attributes/3/name)\n  = help: remove one of them"
        );
    }

    #[test]
    fn what_is_invisible_is_escaped() {
        let diagnostic = Diagnostic {
            severity: Severity::Warning,
            code: "id-not-uri",
            source: "a\nb.json".to_owned(),
            line: 1,
            column: 1,
            pointer: "/\u{1b}[31m".to_owned(),
            message: "the id `\u{202e}x\r\n` क्\u{200d}ष".to_owned(),
            hint: Some("not `\u{9b}`".to_owned()),
        };
        assert_eq!(
            diagnostic.to_string(),
            "warning[id-not-uri]: the id `\\u{202e}x\\r\\n` क्\u{200d}ष\n \
             --> a\\nb.json:1:1 (/\\u{1b}[31m)\n  = help: not `\\u{9b}`"
        );
    }
}
