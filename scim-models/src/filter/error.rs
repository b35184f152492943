//! The error of reading a filter.

use std::{error::Error, fmt};

use crate::attribute_path::{Diagnostic, Problem};

/// What is expected where a filter nests too deep.
pub(super) const TOO_DEEP: &str = "no more than 128 levels of nesting";

/// The error of a text that is not a filter (RFC 7644 §3.4.2.2).
///
/// A service provider responds to it with the `scimType` `invalidFilter`. The message repeats a few
/// characters of the text, so it may hold personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct FilterError(Box<Diagnostic>);

impl FilterError {
    #[cold]
    pub(super) fn new(text: &str, problem: Problem) -> Self {
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

    /// Returns whether the parser stopped because the text nests deeper than
    /// [`MAX_DEPTH`](super::MAX_DEPTH). The text may be a valid filter then.
    #[must_use]
    pub fn is_too_deep(&self) -> bool {
        self.0.expected == TOO_DEEP
    }

    /// Two lines for a terminal: the text around the position, and a caret under it.
    ///
    /// ```
    /// use scim_client::filter::Filter;
    ///
    /// let error = Filter::parse("userName regex \"a.*\"").unwrap_err();
    /// assert_eq!(
    ///     error.render(),
    ///     "userName regex \"a.*\"\n         ^ expected an operator \
    ///      (eq, ne, co, sw, ew, gt, ge, lt, le or pr), found `regex`",
    /// );
    /// ```
    #[must_use]
    pub fn render(&self) -> String {
        self.0.render()
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid filter")?;
        self.0.describe(f)
    }
}

impl fmt::Debug for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FilterError({self})")
    }
}

impl Error for FilterError {}
