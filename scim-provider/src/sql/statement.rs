//! SQL statements with the values to bind.

use std::fmt;

use scim_models::internal::shown::Bytes;

/// A value to bind. The list is complete: a driver has to bind each kind.
///
/// `Debug` shows only the size of a text, because it may be personal data.
#[derive(Clone, PartialEq, Eq)]
pub enum Parameter {
    /// A text.
    Text(String),
    /// A boolean.
    Boolean(bool),
    /// No value.
    Null,
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.debug_tuple("Text").field(&Bytes(text.len())).finish(),
            Self::Boolean(value) => f.debug_tuple("Boolean").field(value).finish(),
            Self::Null => f.write_str("Null"),
        }
    }
}

impl From<&str> for Parameter {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<T: Into<Parameter>> From<Option<T>> for Parameter {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<String> for Parameter {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Parameter {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

/// An SQL statement, or a part of one, with the values to bind. Its text never contains values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statement {
    sql: String,
    /// Where in `sql` the parameters stand: there may be other question marks.
    marks: Vec<usize>,
    parameters: Vec<Parameter>,
}

impl Statement {
    /// Makes a statement without parameters. Question marks in it are not parameters.
    #[must_use]
    pub fn new(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            ..Self::default()
        }
    }

    /// Appends SQL without parameters.
    #[must_use]
    pub fn with(mut self, sql: &str) -> Self {
        self.sql.push_str(sql);
        self
    }

    /// Appends a parameter.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Parameter>) -> Self {
        self.marks.push(self.sql.len());
        self.sql.push('?');
        self.parameters.push(value.into());
        self
    }

    /// Appends parameters, separated by commas.
    #[must_use]
    pub fn bind_all<T: Into<Parameter>>(mut self, values: impl IntoIterator<Item = T>) -> Self {
        for (at, value) in values.into_iter().enumerate() {
            self = self.with(if at == 0 { "" } else { ", " }).bind(value);
        }
        self
    }

    /// Appends another statement.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        let before = self.sql.len();
        let marks = other.marks.into_iter().map(|mark| before + mark);
        self.marks.extend(marks);
        self.sql.push_str(&other.sql);
        self.parameters.extend(other.parameters);
        self
    }

    /// The text, with `?` for each parameter.
    #[must_use]
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The text, with `$1`, `$2` and so on for the parameters. The first has the number `first`.
    #[must_use]
    pub fn numbered(&self, first: usize) -> String {
        let mut out = String::with_capacity(self.sql.len() + 2 * self.marks.len());
        let mut from = 0;
        for (at, mark) in self.marks.iter().enumerate() {
            out.push_str(self.sql.get(from..*mark).unwrap_or_default());
            out.push_str(&format!("${}", first.saturating_add(at)));
            from = mark + 1;
        }
        out.push_str(self.sql.get(from..).unwrap_or_default());
        out
    }

    /// The values to bind, in order.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_and_other_marks_stay() {
        let statement = Statement::new("data ->> 'a?' = ").bind("x");
        let statement = statement
            .with(" AND data ? 'b' AND ")
            .then(Statement::new("c IN (").bind_all([true, false]).with(")"));
        assert_eq!(
            statement.numbered(3),
            "data ->> 'a?' = $3 AND data ? 'b' AND c IN ($4, $5)"
        );
        assert_eq!(
            statement.parameters(),
            [Parameter::from("x"), true.into(), false.into()]
        );
    }
}
