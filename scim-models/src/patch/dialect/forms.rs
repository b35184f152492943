//! The same operations in another form.

use super::{Dialect, Removal, split::is_plain};
use crate::{
    filter::{Comparand, Expression, Operator, PatchPath},
    json::encode,
    model::Json,
    patch::{
        Op, Operation,
        text::{self, Shape},
    },
};

pub(super) fn rewrite(dialect: &Dialect, operations: Vec<Operation>) -> Vec<Operation> {
    let mut out: Vec<Operation> = Vec::with_capacity(operations.len());
    for operation in operations {
        let operation = match dialect.removal {
            Removal::ByValueList => listed(operation),
            Removal::ByFilter => operation,
        };
        let operation = if dialect.no_paths {
            pathless(operation)
        } else {
            operation
        };
        let is_rewritten = match operation.op {
            Op::Remove => dialect.removal == Removal::ByValueList,
            Op::Add | Op::Replace => dialect.no_paths,
        };
        let joined = match out.last() {
            Some(last) if is_rewritten => joined(last, &operation),
            _ => None,
        };
        match joined {
            Some(value) => {
                if let Some(last) = out.last_mut() {
                    last.value = Some(value);
                }
            }
            None => out.push(operation),
        }
    }
    out
}

/// `remove members[value eq "2819"]` as `remove members` with a list.
fn listed(operation: Operation) -> Operation {
    let Some((path, value)) = removed_element(&operation) else {
        return operation;
    };
    Operation {
        op: Op::Remove,
        path: Some(path),
        value: Some(value),
    }
}

fn removed_element(operation: &Operation) -> Option<(PatchPath, Json)> {
    let path = operation.path.as_ref()?;
    if operation.op != Op::Remove || path.sub_attribute().is_some() {
        return None;
    }
    let Expression::Compare {
        path: compared,
        operator: Operator::Eq,
        value,
    } = path.filter()?.expression()
    else {
        return None;
    };
    if !compared.name().eq_ignore_ascii_case("value") || compared.sub().is_some() {
        return None;
    }
    let value = match value {
        Comparand::String(text) => encode::text(text).as_str().to_owned(),
        other => other.to_string(),
    };
    let element = text::object([("value", value)]);
    let list = text::array([element.as_str()]);
    let path = PatchPath::from_attribute(path.attribute()?.clone());
    Some((path, Json::trusted(&list)))
}

/// `replace name.givenName` as `replace` with `{"name":{"givenName":...}}`.
fn pathless(operation: Operation) -> Operation {
    let (Some(path), Some(value)) = (&operation.path, &operation.value) else {
        return operation;
    };
    if operation.op == Op::Remove || !is_plain(path) {
        return operation;
    }
    let mut text = value.as_str().to_owned();
    match path.attribute() {
        Some(attribute) => {
            if let Some(sub) = attribute.sub() {
                text = text::object([(sub, text)]);
            }
            text = text::object([(attribute.name(), text)]);
            if let Some(uri) = attribute.uri() {
                text = text::object([(uri, text)]);
            }
        }
        None => {
            if let Some(urn) = path.container() {
                text = text::object([(urn, text)]);
            }
        }
    }
    Operation {
        op: operation.op,
        path: None,
        value: Some(Json::trusted(&text)),
    }
}

/// The value of two operations in one: lists of what is removed, and objects without a path.
fn joined(one: &Operation, other: &Operation) -> Option<Json> {
    if one.op != other.op || one.path != other.path {
        return None;
    }
    let (first, second) = (one.value.as_ref()?.as_str(), other.value.as_ref()?.as_str());
    match (one.op, &one.path) {
        (Op::Remove, Some(_)) => {
            let elements = text::elements(first)
                .ok()?
                .into_iter()
                .chain(text::elements(second).ok()?);
            Some(Json::trusted(&text::array(elements)))
        }
        (Op::Add | Op::Replace, None) => united(first, second).map(|text| Json::trusted(&text)),
        _ => None,
    }
}

/// Two objects in one, if nothing is in both.
fn united(one: &str, other: &str) -> Option<String> {
    if text::shape(one) != Shape::Object || text::shape(other) != Shape::Object {
        return None;
    }
    let mut members: Vec<(String, String)> = Vec::new();
    for (name, value) in text::members(one).ok()? {
        members.push((name.into_owned(), value.to_owned()));
    }
    for (name, value) in text::members(other).ok()? {
        match members
            .iter_mut()
            .find(|(known, _)| known.eq_ignore_ascii_case(&name))
        {
            Some((_, known)) => *known = united(known, value)?,
            None => members.push((name.into_owned(), value.to_owned())),
        }
    }
    Some(text::object(
        members.iter().map(|(name, value)| (name.as_str(), value)),
    ))
}
