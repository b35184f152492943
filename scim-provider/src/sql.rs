//! SQL statements for stores in a database, as values. This module does not depend on any database.
//!
//! For a store with your own tables, [`condition`] makes the condition of a filter, and [`order`]
//! the terms of `ORDER BY`. [`Tables`] is a whole database schema, with the statements of a
//! [`Store`](crate::Store) on any [`Connection`]. [`TableStore`] is a complete store on that
//! schema.
//!
//! The database only compares attributes that have a column. Other comparisons are left out, so the
//! condition may be true for more resources than the filter matches. It is then not
//! [exact](Condition::is_exact), and [`Query::filtered`] makes the final decision. Text columns
//! hold the form that [`Record::comparable`] returns, so that comparisons ignore letter case where
//! the schema says so, and treat user names as RFC 7644 §5 says.
//!
//! ```
//! use scim_models::User;
//! use scim_provider::{ServedType, sql::{self, Column}};
//!
//! let columns = |path: &str| match path {
//!     "username" => Some(Column::text("user_name")),
//!     "active" => Some(Column::boolean("active")),
//!     _ => None,
//! };
//! let filter = r#"userName sw "BJ" and active eq true and title pr"#.parse()?;
//! let condition = sql::condition(&ServedType::of::<User>(), &filter, &columns);
//! assert_eq!(
//!     condition.sql(),
//!     "((user_name IS NOT NULL AND user_name LIKE ? ESCAPE '!') AND (active IS NOT NULL AND active = ?))"
//! );
//! assert!(!condition.is_exact());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod column;
mod statement;
mod table_store;
mod tables;
mod translate;
mod version;

use scim_models::{
    attribute_path::AttributePath,
    evaluate::comparable_text,
    filter::Filter,
    message::SortOrder,
    model::{Attribute, Kind},
};

use self::{column::Rows, translate::Translator};
use crate::{
    page::Query,
    record::{Record, ServedType, is_own},
};

pub use self::{
    column::Column,
    statement::{Parameter, Statement},
    table_store::{Database, TableStore},
    tables::{Connection, Session, Tables, UnfitColumn},
};

/// A condition of SQL, in parentheses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    statement: Statement,
    exact: bool,
}

impl Condition {
    /// The condition, with `?` for each parameter. It is in parentheses, so that it can be joined
    /// with others.
    #[must_use]
    pub fn sql(&self) -> &str {
        self.statement.sql()
    }

    /// The condition, with `$1`, `$2` and so on for the parameters. The first has the number
    /// `first`.
    #[must_use]
    pub fn numbered(&self, first: usize) -> String {
        self.statement.numbered(first)
    }

    /// The values to bind, in order.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter] {
        self.statement.parameters()
    }

    /// Returns whether the condition is equivalent to the filter. If not, it is true for more resources.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    /// The condition as a part of a statement.
    #[must_use]
    pub fn into_statement(self) -> Statement {
        self.statement
    }

    /// One comparison, or several that are one. None has parentheses around it here: whoever puts
    /// it into something gives it some.
    fn leaf(statement: Statement) -> Self {
        Self {
            statement,
            exact: true,
        }
    }

    /// What says nothing.
    fn all() -> Self {
        Self::leaf(Statement::new("1 = 1")).inexact(false)
    }

    fn inexact(mut self, exact: bool) -> Self {
        self.exact &= exact;
        self
    }

    fn in_parentheses(mut self, before: &str) -> Self {
        self.statement = Statement::new(before)
            .with("(")
            .then(self.statement)
            .with(")");
        self
    }

    /// `None` for what is not exact: what is true for more, turned round, is true for less.
    fn negated(self) -> Option<Self> {
        self.exact.then(|| self.in_parentheses("NOT "))
    }

    /// Is true if it is of any of the rows.
    fn of_any(self, rows: &Rows) -> Self {
        let Rows { table, on } = rows;
        let before = format!("EXISTS (SELECT 1 FROM {table} WHERE ({on}) AND ");
        let mut any = self.in_parentheses(&before);
        any.statement = any.statement.with(")");
        any
    }

    fn joined(all: Vec<Self>, word: &str) -> Option<Self> {
        let mut joined: Option<Self> = None;
        for condition in all {
            let exact = condition.exact;
            let condition = condition.in_parentheses("");
            joined = Some(match joined {
                None => condition,
                Some(before) => Self {
                    statement: before.statement.with(word).then(condition.statement),
                    exact: before.exact && exact,
                },
            });
        }
        joined
    }
}

impl Record {
    /// The text of an attribute or sub-attribute in the form in which it is compared, for a column
    /// of [`Column::text`]. Paths to attributes of extensions begin with the URN and a colon.
    /// U+0000, which databases do not accept, is escaped with U+0001.
    #[must_use]
    pub fn comparable(&self, path: &str) -> Option<String> {
        let path: AttributePath = path.parse().ok()?;
        let own = self.resource().descriptor();
        let table = match path.uri().filter(|uri| !is_own(own, uri)) {
            None => own,
            Some(uri) => own.attribute(uri)?.kind.descriptor()?,
        };
        let mut attribute = table.attribute(path.name())?;
        if let Some(sub) = path.sub() {
            attribute = attribute.kind.descriptor()?.attribute(sub)?;
        }
        Some(comparable(attribute, self.value_of(&path).text()?))
    }
}

fn comparable(attribute: &Attribute, text: &str) -> String {
    storable(&comparable_text(attribute, text))
}

/// Databases do not take U+0000, so it is written with U+0001, in a way that keeps equality, order
/// and beginnings.
fn storable(text: &str) -> String {
    if !text.contains(['\0', '\u{1}']) {
        return text.to_owned();
    }
    text.replace('\u{1}', "\u{1}\u{2}")
        .replace('\0', "\u{1}\u{1}")
}

/// Makes the condition of a filter, as far as `columns` returns columns for its attributes.
/// `columns` is called with paths in lower case: `username`, `name.familyname`, `members.value`,
/// `id`. Paths to attributes of extensions begin with the URN and a colon.
///
/// A condition has at most 200 comparisons; further ones are left out.
#[must_use]
pub fn condition(
    kind: &ServedType,
    filter: &Filter,
    columns: &dyn Fn(&str) -> Option<Column>,
) -> Condition {
    let translator = Translator::new(kind, columns);
    let condition = translator.condition(filter.root());
    condition.unwrap_or_else(Condition::all).in_parentheses("")
}

/// Makes the terms of `ORDER BY` for the order of a query (RFC 7644 §3.4.2.3), if its attribute has
/// a column. Resources without a value come last, or first in descending order. Resources that are
/// equal are sorted by `usual`, a column whose values are all different. If the query has no order,
/// all are sorted by `usual`.
#[must_use]
pub fn order(
    kind: &ServedType,
    query: &Query,
    columns: &dyn Fn(&str) -> Option<Column>,
    usual: &str,
) -> Option<String> {
    let Some(path) = query.sort_by() else {
        return Some(usual.to_owned());
    };
    let found = Translator::new(kind, columns).find(path)?;
    let is_one = found.column.rows.is_none();
    let has_order = matches!(found.attribute.kind, Kind::String | Kind::Boolean);
    let name = (is_one && has_order).then_some(found.column.sql)?;
    Some(match query.sort_order() {
        SortOrder::Ascending => format!("{name} IS NULL, {name}, {usual}"),
        SortOrder::Descending => format!("{name} IS NOT NULL, {name} DESC, {usual}"),
    })
}

#[cfg(test)]
mod tests {
    use scim_models::User;

    use super::*;

    fn sql(filter: &str) -> (String, bool) {
        let many = |column: Column| Some(column.of_many("e", "e.id = r.id OR e.all"));
        let columns = |path: &str| match path {
            "username" => Some(Column::text("n")),
            "displayname" => Some(Column::text("d")),
            "active" => Some(Column::boolean("a")),
            "nickname" => Some(Column::text("data #>> '{}'")),
            "emails.value" => many(Column::text("v")),
            "emails.type" => many(Column::text("t")),
            "emails.primary" => many(Column::boolean("p")),
            "phonenumbers.value" => Some(Column::text("first_phone")),
            _ => None,
        };
        let filter = filter.parse().unwrap();
        let condition = condition(&ServedType::of::<User>(), &filter, &columns);
        (condition.sql().to_owned(), condition.is_exact())
    }

    #[test]
    fn what_is_said_is_true_wherever_the_filter_is() {
        let all = || ("(1 = 1)".to_owned(), false);
        for filter in [
            "title pr",
            "title pr or active eq true",
            "not (title pr and active eq true)",
            r#"emails.value ne "x""#,
            "userName co 5",
            // One column for several values.
            r#"phoneNumbers.value eq "x""#,
            r#"not (displayName co "a\u0000b")"#,
        ] {
            assert_eq!(sql(filter), all(), "{filter}");
        }
        let is = |text: &str| (text.to_owned(), true);
        assert_eq!(sql("active eq null"), is("(NOT (a IS NOT NULL))"));
        assert_eq!(
            sql(r#"not (userName ne "x")"#),
            is("(NOT (n IS NULL OR n <> ?))")
        );
        // What stands for U+0000 may be found where there is none.
        assert!(sql(r#"displayName sw "\u0000""#).1 && !sql(r#"displayName ew "\u0002""#).1);
        // Braces are of no account.
        assert_eq!(
            sql(r#"nickName eq "{}""#),
            is("(data #>> '{}' IS NOT NULL AND data #>> '{}' = ?)")
        );
    }

    #[test]
    fn a_condition_on_an_element_stays_with_its_row() {
        let of = |condition: &str| {
            format!("EXISTS (SELECT 1 FROM e WHERE (e.id = r.id OR e.all) AND ({condition}))")
        };
        for (filter, condition) in [
            (
                r#"emails[type eq "work" or value sw "b"]"#,
                "(t IS NOT NULL AND t = ?) OR (v IS NOT NULL AND v LIKE ? ESCAPE '!')",
            ),
            (r#"emails[type ne "work"]"#, "t IS NULL OR t <> ?"),
            (
                r#"emails[not (type ne "work")]"#,
                "NOT (t IS NULL OR t <> ?)",
            ),
            (r#"emails.value eq "x""#, "v IS NOT NULL AND v = ?"),
            ("emails[value eq null]", "NOT (v IS NOT NULL AND v <> '')"),
            // What is not there is false.
            ("emails.primary eq false", "p IS NULL OR p = ?"),
            ("emails[primary ne false]", "p IS NOT NULL AND p <> ?"),
            ("emails[primary ne true]", "p IS NULL OR p <> ?"),
        ] {
            assert_eq!(
                sql(filter),
                (format!("({})", of(condition)), true),
                "{filter}"
            );
        }
        // Not "there is one without a value".
        let none = format!("(NOT ({}))", of("v IS NOT NULL AND v <> ''"));
        assert_eq!(sql("emails.value eq null"), (none.clone(), true));
        assert_eq!(sql("not (emails.value pr)"), (none, true));
    }

    #[test]
    fn conditions_have_an_end() {
        for (one, word, is_all) in [
            (r#"userName eq "x""#, " or ", true),
            ("active pr", " or ", true),
            ("active pr", " and ", false),
        ] {
            let many = vec![one; 300].join(word);
            let (sql, exact) = sql(&many);
            assert!(!exact && sql.len() < 8_000, "{one}{word}");
            assert_eq!(sql == "(1 = 1)", is_all, "{one}{word}");
        }
        let mut deep: Filter = "active pr".parse().unwrap();
        for _ in 0..5_000 {
            deep = deep.not();
        }
        let columns = |_: &str| Some(Column::boolean("a"));
        let condition = condition(&ServedType::of::<User>(), &deep, &columns);
        assert_eq!(condition.sql(), "(1 = 1)");
    }
}
