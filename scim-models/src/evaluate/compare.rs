//! One value against the value of a comparison (RFC 7644 §3.4.2.2, Table 3).

use std::cmp::Ordering;

use super::{AttributeFacts, DataType, simple::Simple, text};
use crate::{
    filter::{Comparand, Operator},
    value::DateTime,
};

/// Returns whether `value operator comparand` holds. Values of different types differ and have no order.
pub(super) fn holds(
    value: &Simple<'_>,
    operator: Operator,
    comparand: &Comparand,
    facts: AttributeFacts,
) -> bool {
    match (value, comparand) {
        (Simple::Text(text), Comparand::String(wanted)) => {
            text_holds(text, operator, wanted, facts)
        }
        (Simple::Number(number), Comparand::Number(wanted)) => {
            match number.compare(wanted.as_str()) {
                Some(order) => order_holds(order, operator),
                None => operator == Operator::Ne,
            }
        }
        (Simple::Boolean(value), Comparand::Boolean(wanted)) => match operator {
            Operator::Eq => value == wanted,
            Operator::Ne => value != wanted,
            _ => false,
        },
        _ => operator == Operator::Ne,
    }
}

/// Returns whether the comparison has a result only by taking a time without zone to be UTC.
#[cold]
pub(super) fn is_uncertain(value: &Simple<'_>, operator: Operator, comparand: &Comparand) -> bool {
    match (value, comparand) {
        (Simple::Text(text), Comparand::String(wanted)) => {
            !operator.is_of_text()
                && DateTime::order_text(text, wanted).is_some()
                && DateTime::cmp_text(text, wanted).is_none()
        }
        _ => false,
    }
}

fn text_holds(value: &str, operator: Operator, wanted: &str, facts: AttributeFacts) -> bool {
    let rule = facts.text_rule();
    match operator {
        Operator::Co => return text::contains(value, wanted, rule),
        Operator::Sw => return text::starts_with(value, wanted, rule),
        Operator::Ew => return text::ends_with(value, wanted, rule),
        Operator::Ne => return !text_holds(value, Operator::Eq, wanted, facts),
        Operator::Eq | Operator::Gt | Operator::Ge | Operator::Lt | Operator::Le => {}
    }
    match facts.data_type() {
        DataType::DateTime => match DateTime::order_text(value, wanted) {
            Some(order) => order_holds(order, operator),
            None => operator == Operator::Eq && text::equal(value, wanted, rule),
        },
        DataType::Binary => operator == Operator::Eq && same_binary(value, wanted),
        _ if operator == Operator::Eq => text::equal(value, wanted, rule),
        _ => order_holds(text::order(value, wanted, rule), operator),
    }
}

fn order_holds(order: Ordering, operator: Operator) -> bool {
    match operator {
        Operator::Eq => order.is_eq(),
        Operator::Ne => order.is_ne(),
        Operator::Gt => order.is_gt(),
        Operator::Ge => order.is_ge(),
        Operator::Lt => order.is_lt(),
        Operator::Le => order.is_le(),
        Operator::Co | Operator::Sw | Operator::Ew => false,
    }
}

/// Returns whether two base64 texts stand for the same bytes: padding and alphabet do not matter.
fn same_binary(one: &str, two: &str) -> bool {
    fn symbols(text: &str) -> impl Iterator<Item = u8> + '_ {
        text.trim_end_matches('=')
            .bytes()
            .map(|symbol| match symbol {
                b'-' => b'+',
                b'_' => b'/',
                other => other,
            })
    }
    symbols(one).eq(symbols(two))
}
