//! The columns that hold the values of attributes.

/// A column that holds the values of an attribute. It is NULL if there is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub(super) sql: String,
    pub(super) holds: Holds,
    /// The rows of another table that belong to a resource, where the attribute has many values.
    pub(super) rows: Option<Rows>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Boolean,
}

/// The rows of another table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rows {
    pub(super) table: String,
    pub(super) on: String,
}

impl Column {
    /// A column of texts in the form of [`Record::comparable`](crate::Record::comparable). The
    /// database must compare them by bytes (`BINARY` in SQLite, `COLLATE "C"` in PostgreSQL). `sql`
    /// is the name of the column, and becomes part of statements unchanged.
    #[must_use]
    pub fn text(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            holds: Holds::Text,
            rows: None,
        }
    }

    /// A column of booleans.
    #[must_use]
    pub fn boolean(sql: impl Into<String>) -> Self {
        Self {
            holds: Holds::Boolean,
            ..Self::text(sql)
        }
    }

    /// Makes this the column of a table with a row for each element of a multi-valued attribute. Elements that
    /// lack the value of the column must have a row too. `on` is the condition that a row belongs to the resource:
    /// `Column::text("member.value").of_many("member", "member.owner = resource.id")`.
    ///
    /// `table` and `on` become part of statements unchanged, and must not have parameters. Columns
    /// with the same `table` and `on` belong to the same elements.
    #[must_use]
    pub fn of_many(mut self, table: impl Into<String>, on: impl Into<String>) -> Self {
        self.rows = Some(Rows {
            table: table.into(),
            on: on.into(),
        });
        self
    }
}
