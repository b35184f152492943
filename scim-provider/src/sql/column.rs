//! Where the values of an attribute are.

/// A column that holds the values of an attribute; NULL where there is none.
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
    /// A column of texts in the form of [`Record::comparable`](crate::Record::comparable), compared
    /// by their bytes (`BINARY` in SQLite, `COLLATE "C"` in PostgreSQL). `sql` names it; it is
    /// written as it is.
    #[must_use]
    pub fn text(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            holds: Holds::Text,
            rows: None,
        }
    }

    /// A column of booleans, which are bound as such.
    #[must_use]
    pub fn boolean(sql: impl Into<String>) -> Self {
        Self {
            holds: Holds::Boolean,
            ..Self::text(sql)
        }
    }

    /// The column of a table that has a row for each element of a multi-valued attribute in which
    /// anything is, also for one that lacks what the column holds. `on` is the condition that a row belongs to the
    /// resource: `Column::text("member.value").of_many("member", "member.owner = resource.id")`.
    ///
    /// Both are written as they are, and have no `?` for parameters. Columns with the same `table`
    /// and `on` are of the same elements.
    #[must_use]
    pub fn of_many(mut self, table: impl Into<String>, on: impl Into<String>) -> Self {
        self.rows = Some(Rows {
            table: table.into(),
            on: on.into(),
        });
        self
    }
}
