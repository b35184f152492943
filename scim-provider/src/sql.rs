//! Filters as conditions of SQL, for stores in a database.
//!
//! What has a column is asked of the database, and the rest is left out: then more is found than
//! the filter matches, the condition is not [exact](Condition::is_exact), and
//! [`Query::filtered`](crate::Query::filtered) decides. Text is compared in the form that
//! [`Record::comparable`] gives, so that a column of that form is right for any letter case and for
//! user names as RFC 7644 §5 wants them.
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
//!     "(user_name IS NOT NULL AND user_name LIKE ? ESCAPE '!') AND (active IS NOT NULL AND active = ?)"
//! );
//! assert!(!condition.is_exact());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use scim_models::{
    attribute_path::AttributePath,
    evaluate::comparable_text,
    filter::{Comparand, Expression, Filter, FilterRef, Operator},
    internal::envelope,
    message::SortOrder,
    model::{Attribute, Kind},
};

use crate::{
    record::{Record, ServedType},
    store::Query,
};

/// How many comparisons a condition may have. A database has a limit too, and answers with an error
/// beyond it.
const MAX_COMPARISONS: usize = 200;

/// The longest text, in bytes, that is looked for in another: databases limit patterns.
const MAX_PATTERN: usize = 1_000;

/// A column that holds the values of an attribute; NULL where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    sql: String,
    holds: Holds,
    /// The condition on a row of another table, where the attribute has many values.
    within: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Text,
    Boolean,
}

impl Column {
    /// A column of texts in the form of [`Record::comparable`], compared by their bytes (`BINARY`
    /// in SQLite, `COLLATE "C"` in PostgreSQL). `sql` names it; it is written as it is.
    #[must_use]
    pub fn text(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            holds: Holds::Text,
            within: None,
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

    /// The column of a table that has a row for each value of a multi-valued attribute.
    /// `exists` is the condition that there is such a row, with `{}` for the condition on it, such
    /// as `EXISTS (SELECT 1 FROM member WHERE member.owner = resource.id AND {})`.
    #[must_use]
    pub fn of_many(mut self, exists: impl Into<String>) -> Self {
        self.within = Some(exists.into());
        self
    }
}

/// A value to bind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parameter {
    /// A text.
    Text(String),
    /// A boolean.
    Boolean(bool),
}

/// A condition of SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    sql: String,
    parameters: Vec<Parameter>,
    exact: bool,
}

impl Condition {
    /// The condition, with `?` for each parameter.
    #[must_use]
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The condition, with `$1`, `$2` and so on for the parameters; the first has the number
    /// `first`.
    #[must_use]
    pub fn numbered(&self, first: usize) -> String {
        let mut pieces = self.sql.split('?');
        let mut out = pieces.next().unwrap_or_default().to_owned();
        for (at, piece) in pieces.enumerate() {
            out.push_str(&format!("${}{piece}", first.saturating_add(at)));
        }
        out
    }

    /// What to bind, in order.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// Whether it says what the filter says. If not, it is true for more.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    fn new(sql: String, parameters: Vec<Parameter>) -> Self {
        Self {
            sql,
            parameters,
            exact: true,
        }
    }

    fn inexact(mut self, exact: bool) -> Self {
        self.exact &= exact;
        self
    }
}

impl Record {
    /// The text of an attribute of the resource's own schema, or of a sub-attribute, in the form in
    /// which it is compared: for a column of [`Column::text`].
    #[must_use]
    pub fn comparable(&self, path: &str) -> Option<String> {
        let table = self.resource().descriptor();
        let attribute = match path.split_once('.') {
            None => table.attribute(path)?,
            Some((outer, sub)) => table.attribute(outer)?.kind.descriptor()?.attribute(sub)?,
        };
        Some(comparable_text(attribute, self.text(path)?))
    }
}

/// The condition that a filter is, as far as `columns` has columns for the attributes that it asks
/// for. It is given paths in lower case: `username`, `name.familyname`, `members.value`, `id`;
/// attributes of extensions have the URN and a colon in front.
#[must_use]
pub fn condition(
    kind: &ServedType,
    filter: &Filter,
    columns: &dyn Fn(&str) -> Option<Column>,
) -> Condition {
    let translator = Translator { kind, columns };
    let condition = translator.of(filter.root(), None);
    let fits = |condition: &Condition| condition.parameters.len() <= MAX_COMPARISONS;
    condition.filter(fits).unwrap_or_else(|| Condition {
        sql: "1 = 1".to_owned(),
        parameters: Vec::new(),
        exact: false,
    })
}

/// What stands behind `ORDER BY` for the order of a query (RFC 7644 §3.4.2.3), if it has a column:
/// what has no value comes last, or first in descending order. Resources that are equal stand in
/// the order of `usual`, a column that differs in all, as do all where the query asks for no order.
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
    let (attribute, column) = Translator { kind, columns }.column(path)?;
    let is_one = column.within.is_none() && matches!(attribute.kind, Kind::String | Kind::Boolean);
    let name = is_one.then_some(column.sql)?;
    Some(match query.sort_order() {
        SortOrder::Ascending => format!("{name} IS NULL, {name}, {usual}"),
        SortOrder::Descending => format!("{name} IS NOT NULL, {name} DESC, {usual}"),
    })
}

struct Translator<'a> {
    kind: &'a ServedType,
    columns: &'a dyn Fn(&str) -> Option<Column>,
}

/// A multi-valued attribute, one of whose elements is looked at.
struct Element<'a> {
    path: &'a AttributePath,
    /// What its columns have in common.
    within: &'a str,
}

impl Translator<'_> {
    /// `None` if nothing can be said. What is said is true wherever the filter is.
    fn of(&self, filter: FilterRef<'_>, element: Option<&Element<'_>>) -> Option<Condition> {
        match filter.expression() {
            Expression::And(operands) => {
                let mut exact = true;
                let mut all = Vec::new();
                for operand in operands {
                    match self.of(operand, element) {
                        Some(condition) => all.push(condition),
                        None => exact = false,
                    }
                }
                joined(all, " AND ").map(|condition| condition.inexact(exact))
            }
            Expression::Or(operands) => {
                let all = operands
                    .into_iter()
                    .map(|operand| self.of(operand, element));
                joined(all.collect::<Option<Vec<_>>>()?, " OR ")
            }
            Expression::Not(operand) => {
                let condition = self.of(operand, element)?;
                // What is true for more, turned round, is true for less.
                let sql = format!("NOT ({})", condition.sql);
                condition
                    .exact
                    .then(|| Condition::new(sql, condition.parameters))
            }
            Expression::Present(path) => {
                self.compare(path, element, Operator::Ne, &Comparand::Null)
            }
            Expression::Compare {
                path,
                operator,
                value,
            } => self.compare(path, element, operator, value),
            Expression::ValuePath { path, filter } if element.is_none() => {
                self.element(path, filter)
            }
            Expression::ValuePath { .. } => None,
        }
    }

    /// `path[filter]`.
    fn element(&self, path: &AttributePath, filter: FilterRef<'_>) -> Option<Condition> {
        let value = AttributePath::new(path.uri(), path.name(), Some("value")).ok()?;
        let (_, column) = self.column(&value)?;
        let within = column.within?;
        let element = Element {
            path,
            within: &within,
        };
        let condition = self.of(filter, Some(&element))?;
        let sql = within.replacen("{}", &condition.sql, 1);
        let exact = condition.exact;
        Some(Condition::new(sql, condition.parameters).inexact(exact))
    }

    fn compare(
        &self,
        path: &AttributePath,
        element: Option<&Element<'_>>,
        operator: Operator,
        value: &Comparand,
    ) -> Option<Condition> {
        let full;
        let path = match element {
            None => path,
            Some(element) => {
                let outer = element.path;
                full = AttributePath::new(outer.uri(), outer.name(), Some(path.name())).ok()?;
                &full
            }
        };
        let (attribute, column) = self.column(path)?;
        match (element, &column.within) {
            (Some(element), Some(within)) if element.within != within => return None,
            (Some(_), None) => return None,
            // Of several values one may differ and one not.
            (None, Some(_)) if operator == Operator::Ne && *value != Comparand::Null => {
                return None;
            }
            _ => {}
        }
        let condition = leaf(attribute, &column, operator, value)?;
        match &column.within {
            Some(within) if element.is_none() => Some(Condition {
                sql: within.replacen("{}", &condition.sql, 1),
                ..condition
            }),
            _ => Some(condition),
        }
    }

    /// The attribute that a path names, and its column.
    fn column(&self, path: &AttributePath) -> Option<(&'static Attribute, Column)> {
        let own = |uri: &str| uri.eq_ignore_ascii_case(self.kind.schema());
        let mut table = self.kind.descriptor();
        let mut name = String::new();
        if let Some(uri) = path.uri().filter(|uri| !own(uri)) {
            let mut extensions = self.kind.extensions();
            let extension = extensions.find(|e| e.name.eq_ignore_ascii_case(uri))?;
            table = extension.kind.descriptor()?;
            name = format!("{uri}:");
        }
        let common = || {
            let table = &envelope::DESCRIPTOR;
            table.attribute(path.name()).filter(|_| name.is_empty())
        };
        let mut attribute = table.attribute(path.name()).or_else(common)?;
        name.push_str(path.name());
        if let Some(sub) = path.sub() {
            attribute = attribute.kind.descriptor()?.attribute(sub)?;
            name.push('.');
            name.push_str(sub);
        }
        Some((attribute, (self.columns)(&name.to_ascii_lowercase())?))
    }
}

fn joined(all: Vec<Condition>, word: &str) -> Option<Condition> {
    let exact = all.iter().all(|condition| condition.exact);
    let parts: Vec<_> = all
        .iter()
        .map(|condition| format!("({})", condition.sql))
        .collect();
    let parameters = all.into_iter().flat_map(|condition| condition.parameters);
    let parameters: Vec<_> = parameters.collect();
    (!parts.is_empty()).then(|| Condition::new(parts.join(word), parameters).inexact(exact))
}

/// One comparison, which is true or false and never NULL, so that it can be turned round.
fn leaf(
    attribute: &Attribute,
    column: &Column,
    operator: Operator,
    value: &Comparand,
) -> Option<Condition> {
    let name = &column.sql;
    let is_there = match column.holds {
        Holds::Text => format!("{name} IS NOT NULL AND {name} <> ''"),
        Holds::Boolean => format!("{name} IS NOT NULL"),
    };
    match (operator, value) {
        (Operator::Ne, Comparand::Null) => return Some(Condition::new(is_there, Vec::new())),
        (Operator::Eq, Comparand::Null) => {
            return Some(Condition::new(format!("NOT ({is_there})"), Vec::new()));
        }
        _ => {}
    }
    let with = |test: &str, parameter: Parameter| {
        let sql = match operator {
            Operator::Ne => format!("{name} IS NULL OR {name} {test}"),
            _ => format!("{name} IS NOT NULL AND {name} {test}"),
        };
        Condition::new(sql, vec![parameter])
    };
    match (column.holds, value) {
        (Holds::Boolean, Comparand::Boolean(value)) => {
            let test = match operator {
                Operator::Eq => "= ?",
                Operator::Ne => "<> ?",
                _ => return None,
            };
            Some(with(test, Parameter::Boolean(*value)))
        }
        (Holds::Text, Comparand::String(text)) if matches!(attribute.kind, Kind::String) => {
            let text = comparable_text(attribute, text);
            let test = match operator {
                Operator::Eq => "= ?",
                Operator::Ne => "<> ?",
                Operator::Gt => "> ?",
                Operator::Ge => ">= ?",
                Operator::Lt => "< ?",
                Operator::Le => "<= ?",
                Operator::Co | Operator::Sw | Operator::Ew => {
                    let pattern = pattern(operator, &text)?;
                    // Some databases look for patterns in any letter case.
                    let exact = !attribute.is_case_exact();
                    let condition = with("LIKE ? ESCAPE '!'", Parameter::Text(pattern));
                    return Some(condition.inexact(exact));
                }
            };
            Some(with(test, Parameter::Text(text)))
        }
        _ => None,
    }
}

fn pattern(operator: Operator, text: &str) -> Option<String> {
    if text.len() > MAX_PATTERN {
        return None;
    }
    let mut pattern = String::with_capacity(text.len() + 2);
    if matches!(operator, Operator::Co | Operator::Ew) {
        pattern.push('%');
    }
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    if matches!(operator, Operator::Co | Operator::Sw) {
        pattern.push('%');
    }
    Some(pattern)
}

#[cfg(test)]
mod tests {
    use scim_models::User;

    use super::*;

    fn sql(filter: &str) -> (String, bool) {
        let columns = |path: &str| match path {
            "username" => Some(Column::text("n")),
            "active" => Some(Column::boolean("a")),
            "emails.value" => Some(Column::text("v").of_many("EXISTS (SELECT 1 FROM e WHERE {})")),
            "emails.type" => Some(Column::text("t").of_many("EXISTS (SELECT 1 FROM e WHERE {})")),
            _ => None,
        };
        let filter = filter.parse().unwrap();
        let condition = condition(&ServedType::of::<User>(), &filter, &columns);
        (condition.sql().to_owned(), condition.is_exact())
    }

    #[test]
    fn what_is_said_is_true_wherever_the_filter_is() {
        let all = || ("1 = 1".to_owned(), false);
        assert_eq!(sql("title pr"), all());
        assert_eq!(sql(r#"title pr or active eq true"#), all());
        assert_eq!(sql(r#"not (title pr and active eq true)"#), all());
        assert_eq!(sql(r#"emails.value ne "x""#), all());
        assert_eq!(sql(r#"userName co 5"#), all());
        let is = |text: &str| (text.to_owned(), true);
        assert_eq!(sql("active eq null"), is("NOT (a IS NOT NULL)"));
        assert_eq!(
            sql(r#"not (userName ne "x")"#),
            is("NOT (n IS NULL OR n <> ?)")
        );
        assert_eq!(
            sql(r#"emails[type eq "work" and value sw "b"]"#).0,
            "EXISTS (SELECT 1 FROM e WHERE (t IS NOT NULL AND t = ?) \
             AND (v IS NOT NULL AND v LIKE ? ESCAPE '!'))"
        );
        let many = vec![r#"userName eq "x""#; 300].join(" or ");
        assert_eq!(sql(&many), all());
    }

    #[test]
    fn patterns_are_escaped_and_parameters_numbered() {
        assert_eq!(pattern(Operator::Co, "5%_!").unwrap(), "%5!%!_!!%");
        let condition = Condition::new("a = ? AND b = ?".to_owned(), Vec::new());
        assert_eq!(condition.numbered(3), "a = $3 AND b = $4");
    }
}
