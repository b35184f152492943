//! From a filter to a condition.

use std::cell::Cell;

use scim_models::{
    attribute_path::AttributePath,
    filter::{Comparand, Expression, FilterRef, Operator},
    internal::envelope,
    model::{Attribute, Kind},
};

use super::{
    Condition,
    column::{Column, Holds, Rows},
    comparable,
    statement::{Parameter, Statement},
};
use crate::record::ServedType;

/// How many comparisons a condition may have, and how deep they may stand. A database has limits,
/// too, and answers with an error beyond them: that of SQLite is a depth of 1,000, with one for each
/// of several that are joined.
const MAX_COMPARISONS: usize = 200;
const MAX_NESTED: usize = 400;

/// The longest text, in bytes, that is looked for in another: databases limit patterns.
const MAX_PATTERN: usize = 1_000;

pub(super) struct Translator<'a> {
    kind: &'a ServedType,
    columns: &'a dyn Fn(&str) -> Option<Column>,
    comparisons: Cell<usize>,
}

/// A multi-valued attribute, one of whose elements is looked at.
#[derive(Clone, Copy)]
struct Element<'a> {
    path: &'a AttributePath,
    rows: &'a Rows,
}

/// Where an operand stands.
#[derive(Clone, Copy, Default)]
struct Place<'a> {
    element: Option<Element<'a>>,
    depth: usize,
}

/// An attribute, and where its values are.
pub(super) struct Found {
    pub(super) attribute: &'static Attribute,
    pub(super) column: Column,
    /// Whether it is `primary` of an element, which is false where it is left out (RFC 7643 §2.4).
    is_primary: bool,
}

impl<'a> Translator<'a> {
    pub(super) fn new(kind: &'a ServedType, columns: &'a dyn Fn(&str) -> Option<Column>) -> Self {
        Self {
            kind,
            columns,
            comparisons: Cell::new(0),
        }
    }

    /// `None` if nothing can be said. What is said is true wherever the filter is.
    pub(super) fn condition(&self, filter: FilterRef<'_>) -> Option<Condition> {
        self.of(filter, Place::default())
    }

    fn of(&self, filter: FilterRef<'_>, place: Place<'_>) -> Option<Condition> {
        if place.depth > MAX_NESTED {
            return None;
        }
        let inner = Place {
            depth: place.depth + 1,
            ..place
        };
        match filter.expression() {
            Expression::And(operands) => {
                let mut exact = true;
                let mut all = Vec::new();
                for operand in operands {
                    match self.of(operand, inner) {
                        Some(condition) => all.push(condition),
                        None => exact = false,
                    }
                }
                let joined = Condition::joined(all, " AND ")?;
                Some(joined.inexact(exact))
            }
            Expression::Or(operands) => {
                let all = operands.into_iter().map(|operand| self.of(operand, inner));
                Condition::joined(all.collect::<Option<Vec<_>>>()?, " OR ")
            }
            Expression::Not(operand) => self.of(operand, inner)?.negated(),
            Expression::Present(path) => self.compare(path, place, Operator::Ne, &Comparand::Null),
            Expression::Compare {
                path,
                operator,
                value,
            } => self.compare(path, place, operator, value),
            Expression::ValuePath { path, filter } => self.element(path, filter, inner),
        }
    }

    /// `path[filter]`.
    fn element(
        &self,
        path: &AttributePath,
        filter: FilterRef<'_>,
        place: Place<'_>,
    ) -> Option<Condition> {
        if place.element.is_some() || path.sub().is_some() {
            return None;
        }
        let value = AttributePath::new(path.uri(), path.name(), Some("value")).ok()?;
        let rows = self.find(&value)?.column.rows?;
        let element = Element { path, rows: &rows };
        let place = Place {
            element: Some(element),
            ..place
        };
        Some(self.of(filter, place)?.of_any(&rows))
    }

    fn compare(
        &self,
        path: &AttributePath,
        place: Place<'_>,
        operator: Operator,
        value: &Comparand,
    ) -> Option<Condition> {
        self.comparisons.set(self.comparisons.get() + 1);
        if self.comparisons.get() > MAX_COMPARISONS {
            return None;
        }
        let Some(element) = place.element else {
            let found = self.find(path)?;
            let Some(rows) = found.column.rows.clone() else {
                return leaf(&found, operator, value);
            };
            return match (operator, value) {
                // That no element has a value, not that one has none.
                (Operator::Eq, Comparand::Null) => {
                    let present = leaf(&found, Operator::Ne, value)?;
                    present.of_any(&rows).negated()
                }
                (Operator::Ne, Comparand::Null) => {
                    Some(leaf(&found, operator, value)?.of_any(&rows))
                }
                // It is true of who has no value, too.
                (Operator::Ne, _) => None,
                _ => Some(leaf(&found, operator, value)?.of_any(&rows)),
            };
        };
        if path.uri().is_some() || path.sub().is_some() {
            return None;
        }
        let outer = element.path;
        let full = AttributePath::new(outer.uri(), outer.name(), Some(path.name())).ok()?;
        let found = self.find(&full)?;
        let is_same = found.column.rows.as_ref() == Some(element.rows);
        is_same.then(|| leaf(&found, operator, value)).flatten()
    }

    /// The attribute that a path names, and its column.
    pub(super) fn find(&self, path: &AttributePath) -> Option<Found> {
        let own = |uri: &str| uri.eq_ignore_ascii_case(self.kind.schema());
        let extension = path.uri().filter(|uri| !own(uri));
        // `id` and `meta`.
        let common = || {
            let table = &envelope::DESCRIPTOR;
            let attribute = table
                .attribute(path.name())
                .filter(|_| extension.is_none())?;
            let attribute = match path.sub() {
                None => attribute,
                Some(sub) => attribute.kind.descriptor()?.attribute(sub)?,
            };
            Some((attribute, attribute.is_multi_valued()))
        };
        let (attribute, is_many) = self.kind.attribute(path).or_else(common)?;
        let mut name = extension.map_or_else(String::new, |uri| format!("{uri}:"));
        name.push_str(path.name());
        let sub = path.sub();
        if let Some(sub) = sub {
            name.push('.');
            name.push_str(sub);
        }
        let column = (self.columns)(&name.to_ascii_lowercase())?;
        // One column cannot tell of several values.
        (column.rows.is_some() || !is_many).then(|| Found {
            attribute,
            is_primary: is_many && sub.is_some_and(|sub| sub.eq_ignore_ascii_case("primary")),
            column,
        })
    }
}

/// One comparison, which is true or false and never NULL, so that it can be turned round.
fn leaf(found: &Found, operator: Operator, value: &Comparand) -> Option<Condition> {
    let (attribute, name) = (found.attribute, &found.column.sql);
    let is_there = match found.column.holds {
        Holds::Text => format!("{name} IS NOT NULL AND {name} <> ''"),
        Holds::Boolean => format!("{name} IS NOT NULL"),
    };
    match (operator, value) {
        (Operator::Ne, Comparand::Null) => return Some(Condition::leaf(Statement::new(is_there))),
        (Operator::Eq, Comparand::Null) => {
            return Some(Condition::leaf(Statement::new(format!("NOT ({is_there})"))));
        }
        _ => {}
    }
    // Whether it is true where there is no value.
    let with = |is_true_without: bool, test: &str, parameter: Parameter| {
        let start = if is_true_without {
            format!("{name} IS NULL OR {name} {test} ")
        } else {
            format!("{name} IS NOT NULL AND {name} {test} ")
        };
        Condition::leaf(Statement::new(start).bind(parameter))
    };
    let differs = operator == Operator::Ne;
    match (found.column.holds, value) {
        (Holds::Boolean, Comparand::Boolean(value)) if matches!(attribute.kind, Kind::Boolean) => {
            let test = match operator {
                Operator::Eq => "=",
                Operator::Ne => "<>",
                _ => return None,
            };
            // As if `false` were there.
            let assumed = found.is_primary.then_some(*value == differs);
            let is_true_without = assumed.unwrap_or(differs);
            Some(with(is_true_without, test, Parameter::Boolean(*value)))
        }
        (Holds::Text, Comparand::String(text)) if matches!(attribute.kind, Kind::String) => {
            text_leaf(attribute, operator, text, &|test, text| {
                with(differs, test, Parameter::Text(text))
            })
        }
        _ => None,
    }
}

fn text_leaf(
    attribute: &Attribute,
    operator: Operator,
    text: &str,
    with: &dyn Fn(&str, String) -> Condition,
) -> Option<Condition> {
    // What stands for U+0000 and U+0001 in a column can be taken for others of these.
    let is_blurred = operator != Operator::Sw && text.contains(['\0', '\u{1}', '\u{2}']);
    let text = comparable(attribute, text);
    let test = match operator {
        Operator::Eq => "=",
        Operator::Ne => "<>",
        Operator::Gt => ">",
        Operator::Ge => ">=",
        Operator::Lt => "<",
        Operator::Le => "<=",
        Operator::Co | Operator::Sw | Operator::Ew => {
            let pattern = pattern(operator, &text)?;
            let mut condition = with("LIKE", pattern);
            condition.statement = condition.statement.with(" ESCAPE '!'");
            // Some databases look for patterns in any letter case.
            return Some(condition.inexact(!is_blurred && !attribute.is_case_exact()));
        }
    };
    Some(with(test, text))
}

fn pattern(operator: Operator, text: &str) -> Option<String> {
    if text.len() > MAX_PATTERN {
        return None;
    }
    let (more_before, more_after) = match operator {
        Operator::Co => (true, true),
        Operator::Sw => (false, true),
        Operator::Ew => (true, false),
        _ => return None,
    };
    let mut pattern = String::with_capacity(text.len() + 2);
    if more_before {
        pattern.push('%');
    }
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    if more_after {
        pattern.push('%');
    }
    Some(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_escaped() {
        assert_eq!(pattern(Operator::Co, "5%_!").unwrap(), "%5!%!_!!%");
        assert_eq!(pattern(Operator::Ew, &"x".repeat(2000)), None);
    }
}
