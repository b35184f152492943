//! The error of reading an attribute path, a PATCH path or a list of attributes.

use std::{error::Error, fmt};

use super::{Diagnostic, Problem};

/// A path that breaks the grammar of RFC 7644 §3.10 or §3.5.2.
///
/// A service provider responds to it with the `scimType` `invalidPath`.
#[derive(Clone, PartialEq, Eq)]
pub struct PathError(Box<Diagnostic>);

impl PathError {
    #[cold]
    pub(crate) fn new(text: &str, problem: Problem) -> Self {
        Self(Box::new(Diagnostic::new(text, problem)))
    }

    /// The offset in bytes of the first character that breaks the grammar.
    #[must_use]
    pub fn position(&self) -> usize {
        self.0.position
    }

    /// A phrase that says what is expected at that place.
    #[must_use]
    pub fn expected(&self) -> &str {
        self.0.expected
    }

    /// A phrase that says what is found at that place. A long word is cut.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.0.found
    }

    /// Two lines for a terminal: the text around the position, and a caret under it.
    #[must_use]
    pub fn render(&self) -> String {
        self.0.render()
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid path")?;
        self.0.describe(f)
    }
}

impl fmt::Debug for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PathError({self})")
    }
}

impl Error for PathError {}
