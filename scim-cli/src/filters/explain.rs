//! A filter in words.

use scim_client::filter::{Comparand, Expression, Filter, FilterRef, Operator};

use crate::value::Value;

/// The filter in words, one condition a line.
pub(crate) fn explain(filter: &Filter) -> String {
    let mut out = String::new();
    say(filter.root(), 0, &mut out);
    out
}

/// The filter as a tree.
pub(crate) fn tree(filter: &Filter) -> Value {
    value(filter.root())
}

fn line(depth: usize, text: &str, out: &mut String) {
    out.extend(std::iter::repeat_n("  ", depth));
    out.push_str(text);
    out.push('\n');
}

/// The parser limits the depth.
fn say(filter: FilterRef<'_>, depth: usize, out: &mut String) {
    match filter.expression() {
        Expression::And(operands) => {
            line(depth, "all of", out);
            operands.for_each(|operand| say(operand, depth + 1, out));
        }
        Expression::Or(operands) => {
            line(depth, "at least one of", out);
            operands.for_each(|operand| say(operand, depth + 1, out));
        }
        Expression::Not(operand) => {
            line(depth, "not", out);
            say(operand, depth + 1, out);
        }
        Expression::Present(path) => line(depth, &format!("{path} has a value"), out),
        Expression::Compare {
            path,
            operator,
            value,
        } => {
            let value = operand(value);
            line(depth, &format!("{path} {} {value}", words(operator)), out);
        }
        Expression::ValuePath { path, filter } => {
            line(depth, &format!("one value of {path} with"), out);
            say(filter, depth + 1, out);
        }
    }
}

fn words(operator: Operator) -> &'static str {
    match operator {
        Operator::Eq => "is",
        Operator::Ne => "is not",
        Operator::Co => "contains",
        Operator::Sw => "starts with",
        Operator::Ew => "ends with",
        Operator::Gt => "is greater than",
        Operator::Ge => "is at least",
        Operator::Lt => "is less than",
        Operator::Le => "is at most",
    }
}

fn operand(value: &Comparand) -> Value {
    match value {
        Comparand::String(text) => Value::text(&**text),
        Comparand::Number(number) => Value::Number(number.as_str().to_owned()),
        Comparand::Boolean(flag) => Value::Bool(*flag),
        Comparand::Null => Value::Null,
    }
}

fn value(filter: FilterRef<'_>) -> Value {
    match filter.expression() {
        Expression::And(operands) => {
            Value::object([("and", Value::List(operands.map(value).collect()))])
        }
        Expression::Or(operands) => {
            Value::object([("or", Value::List(operands.map(value).collect()))])
        }
        Expression::Not(operand) => Value::object([("not", value(operand))]),
        Expression::Present(path) => Value::object([
            ("path", Value::text(path.to_string())),
            ("operator", Value::text("pr")),
        ]),
        Expression::Compare {
            path,
            operator,
            value,
        } => Value::object([
            ("path", Value::text(path.to_string())),
            ("operator", Value::text(operator.as_str())),
            ("value", operand(value)),
        ]),
        Expression::ValuePath { path, filter } => Value::object([
            ("path", Value::text(path.to_string())),
            ("elements", value(filter)),
        ]),
    }
}
