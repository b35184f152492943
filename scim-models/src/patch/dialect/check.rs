//! Whether a service provider with a dialect understands a message: the other side of `plan`.

use super::{Dialect, Removal, split};
use crate::patch::{Op, PatchOp};

pub(super) fn understands(dialect: &Dialect, message: &PatchOp, text: &str) -> Result<(), String> {
    let pieces = split::pieces(dialect, message.operations.clone());
    let mut requests = split::requests(dialect, pieces).into_iter();
    let first = requests.next().unwrap_or_default();
    let others = requests.count();
    if others > 0 {
        return Err(format!(
            "the service provider accepts this only in {} requests: {}",
            others + 1,
            limits(dialect).join(", ")
        ));
    }
    if first.len() != message.operations.len() {
        return Err("values that are added to an attribute must be in one operation".to_owned());
    }
    for operation in &message.operations {
        let by_filter = operation
            .path
            .as_ref()
            .is_some_and(|path| path.filter().is_some() && path.sub_attribute().is_none());
        if operation.op == Op::Remove && by_filter && dialect.removal == Removal::ByValueList {
            return Err("elements must be removed by a list of them, not by a filter".to_owned());
        }
        let plain = operation.path.as_ref().is_some_and(split::is_plain);
        if operation.op != Op::Remove && plain && dialect.no_paths {
            return Err("operations must have no path".to_owned());
        }
    }
    if dialect.capitalised_ops && !is_capitalised(text) {
        return Err("only Add, Remove and Replace are accepted".to_owned());
    }
    Ok(())
}

/// What a request may do at most, in words.
fn limits(dialect: &Dialect) -> Vec<String> {
    let mut limits = Vec::new();
    for (limit, what) in [
        (dialect.max_operations, "operations"),
        (dialect.max_added, "values added"),
        (dialect.max_removed, "values removed"),
        (dialect.max_changed, "values added and removed"),
    ] {
        limits.extend(limit.map(|limit| format!("at most {limit} {what} in one")));
    }
    if dialect.separate_adds_and_removals {
        limits.push("either adding or removing".to_owned());
    }
    if dialect.one_attribute {
        limits.push("one attribute only".to_owned());
    }
    limits
}

/// Returns whether each `op` of the message begins with a capital letter.
fn is_capitalised(text: &str) -> bool {
    let message: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let member = |object: &serde_json::Value, name: &str| {
        let members = object.as_object()?;
        let mut members = members.iter();
        members
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.clone())
    };
    let operations = member(&message, "Operations").unwrap_or_default();
    operations
        .as_array()
        .into_iter()
        .flatten()
        .all(|operation| {
            member(operation, "op")
                .and_then(|op| op.as_str().map(|op| op.starts_with(char::is_uppercase)))
                .unwrap_or_default()
        })
}
