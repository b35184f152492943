//! What can be wrong with JSON, and where.

use std::fmt;

/// How much of an unreadable text an error keeps, in bytes.
const KEPT: usize = 64 * 1024;

/// A text that is not JSON (RFC 8259).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    message: &'static str,
    offset: usize,
    line: usize,
    column: usize,
}

impl SyntaxError {
    #[cold]
    pub(crate) fn new(message: &'static str, text: &str, offset: usize) -> Self {
        let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
        let line_start = before
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |at| at + 1);
        Self {
            message,
            offset,
            line: 1 + before.iter().filter(|b| **b == b'\n').count(),
            column: 1 + before.len() - line_start,
        }
    }

    /// Where the text stops being JSON: a byte offset.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The line of [`offset`](Self::offset), from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The byte in the line, from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// Whether the text ends too early.
    pub fn is_eof(&self) -> bool {
        self.message == super::reader::END
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            message,
            line,
            column,
            ..
        } = self;
        write!(f, "invalid JSON at line {line} column {column}: {message}")
    }
}

impl std::error::Error for SyntaxError {}

/// One place in a JSON document that does not fit the SCIM type it is read into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub(crate) path: String,
    pub(crate) kind: ProblemKind,
}

/// What is wrong at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// A value of another type: what the schema wants, and what is there.
    WrongType {
        /// Such as "a boolean".
        expected: &'static str,
        /// Such as "an object".
        found: &'static str,
    },
    /// A required attribute is missing, null or empty (RFC 7643 §2.2).
    MissingRequired,
    /// The form is tolerated by default and refused in strict mode.
    NotStrict {
        /// What the form is.
        form: &'static str,
    },
}

impl Problem {
    #[doc(hidden)]
    pub fn new(kind: ProblemKind) -> Self {
        Self {
            path: String::new(),
            kind,
        }
    }

    /// The attribute, such as `emails[2].primary`; elements count from 0. Empty for the whole
    /// document.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong.
    pub fn kind(&self) -> &ProblemKind {
        &self.kind
    }

    /// Puts a step in front of the path, on the way out of an object.
    #[doc(hidden)]
    pub fn under(&mut self, step: &str) {
        let joint = match self.path.as_bytes().first() {
            None | Some(b'[') => "",
            _ if step.contains(':') => ":",
            _ => ".",
        };
        self.path = format!("{step}{joint}{}", self.path);
    }

    /// Puts an element's position in front of the path.
    pub(crate) fn under_element(&mut self, index: usize) {
        let joint = if self.path.is_empty() { "" } else { "." };
        self.path = format!("[{index}]{joint}{}", self.path);
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.path.is_empty() {
            "the document"
        } else {
            &self.path
        };
        match &self.kind {
            ProblemKind::WrongType { expected, found } => {
                write!(f, "{place}: expected {expected}, found {found}")
            }
            ProblemKind::MissingRequired => {
                write!(f, "{place}: required attribute is missing")
            }
            ProblemKind::NotStrict { form } => write!(f, "{place}: {form} (strict mode)"),
        }
    }
}

/// A JSON text that could not be read into a SCIM type.
///
/// It keeps the text, so that nothing is lost: see [`raw`](Self::raw). `Display` and `Debug` do
/// not show it, since it may hold personal data.
#[derive(Clone)]
pub struct DecodeError(Box<Inner>);

#[derive(Clone)]
struct Inner {
    syntax: Option<SyntaxError>,
    problems: Vec<Problem>,
    raw: Box<str>,
    truncated: bool,
}

impl DecodeError {
    #[cold]
    #[doc(hidden)]
    pub fn syntax(error: SyntaxError, text: &str) -> Self {
        Self::new(Some(error), Vec::new(), text)
    }

    #[cold]
    #[doc(hidden)]
    pub fn problems(problems: Vec<Problem>, text: &str) -> Self {
        Self::new(None, problems, text)
    }

    /// Says that it was the element at `index` of a list.
    pub(crate) fn in_list(mut self, index: usize) -> Self {
        for problem in &mut self.0.problems {
            problem.under_element(index);
            problem.under("Resources");
        }
        self
    }

    /// Changes what it keeps of the text.
    #[doc(hidden)]
    pub fn redact(&mut self, clean: impl Fn(&str) -> Option<String>) {
        if let Some(raw) = clean(&self.0.raw) {
            self.0.raw = raw.into();
        }
    }

    fn new(syntax: Option<SyntaxError>, problems: Vec<Problem>, text: &str) -> Self {
        // A document that is JSON is kept whole: it is one resource, and its user may need it.
        let kept = match syntax {
            Some(_) => super::prefix(text, KEPT),
            None => text,
        };
        Self(Box::new(Inner {
            syntax,
            problems,
            raw: kept.into(),
            truncated: kept.len() < text.len(),
        }))
    }

    /// Why the text is not JSON, if it is not.
    pub fn syntax_error(&self) -> Option<&SyntaxError> {
        self.0.syntax.as_ref()
    }

    /// The places that do not fit. Empty if the text is not JSON.
    pub fn places(&self) -> &[Problem] {
        &self.0.problems
    }

    /// The text as it arrived; its first 64 KiB if it is not JSON. An error of the client has it
    /// without the client's own credentials.
    pub fn raw(&self) -> &str {
        &self.0.raw
    }

    /// Whether [`raw`](Self::raw) is only the beginning.
    pub fn is_truncated(&self) -> bool {
        self.0.truncated
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(error) = &self.0.syntax {
            return error.fmt(f);
        }
        for (index, problem) in self.0.problems.iter().enumerate() {
            match index {
                0 => {}
                1..4 => f.write_str("; ")?,
                _ => return write!(f, "; and {} more", self.0.problems.len() - index),
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("syntax", &self.0.syntax)
            .field("problems", &self.0.problems)
            .field("raw", &format_args!("{} bytes", self.0.raw.len()))
            .finish()
    }
}

impl std::error::Error for DecodeError {}
