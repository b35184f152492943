//! Typed targets into operations.

use super::{
    Op, Operation,
    text::{self, Shape},
};
use crate::{
    attribute_path::AttributePath,
    filter::PatchPath,
    model::{Descriptor, Json},
    typed::TargetParts,
};

/// Appends what writes `value` to a target.
pub(super) fn write(
    root: &'static Descriptor,
    op: Op,
    target: TargetParts,
    value: Json,
    out: &mut Vec<Operation>,
) {
    if has_nothing(value.as_str()) {
        if op == Op::Replace {
            remove(root, target, out);
        }
        return;
    }
    match container(root, &target) {
        Some(urn) => out.extend(attributes_of(urn, op, &value)),
        None => out.push(Operation {
            op,
            path: Some(path(root, target)),
            value: Some(value),
        }),
    }
}

/// Appends what takes away what is at a target.
pub(super) fn remove(root: &'static Descriptor, target: TargetParts, out: &mut Vec<Operation>) {
    out.push(Operation::remove(match container(root, &target) {
        Some(urn) => PatchPath::from_container(urn),
        None => path(root, target),
    }));
}

/// A text that starts as an empty array or object does holds nothing.
fn has_nothing(json: &str) -> bool {
    json == "null" || json.starts_with("[]") || json.starts_with("{}")
}

/// The extension's schema, if the target is a whole extension.
fn container(root: &'static Descriptor, target: &TargetParts) -> Option<&'static str> {
    let resolved = target.index.resolve(root);
    match resolved.top {
        None => resolved.extension.map(|extension| extension.name),
        Some(_) => None,
    }
}

fn path(root: &'static Descriptor, target: TargetParts) -> PatchPath {
    let attribute = target.index.name(root);
    let Some(filter) = target.filter else {
        return PatchPath::from_attribute(attribute);
    };
    let resolved = target.index.resolve(root);
    let element = resolved
        .sub
        .or(resolved.top)
        .and_then(|a| a.kind().descriptor());
    let sub = element
        .zip(target.sub)
        .and_then(|(element, sub)| sub.resolve(element).top);
    match sub {
        Some(sub) => PatchPath::from_elements_sub(attribute, filter, sub.name()),
        None => PatchPath::from_elements(attribute, filter),
    }
}

/// One operation for each attribute of an extension: service providers differ in what they do
/// with a whole container, and agree on fully qualified attributes.
fn attributes_of(urn: &'static str, op: Op, value: &Json) -> Vec<Operation> {
    let members = match text::shape(value.as_str()) {
        Shape::Object => text::members(value.as_str()).unwrap_or_default(),
        _ => Vec::new(),
    };
    let one = |(name, value): &text::Member<'_>| {
        let path = AttributePath::new(Some(urn), name, None).ok()?;
        Some(Operation {
            op,
            path: Some(PatchPath::from_attribute(path)),
            value: Some(Json::trusted(value)),
        })
    };
    let operations: Option<Vec<_>> = members.iter().map(one).collect();
    operations.unwrap_or_else(|| {
        // A member that no path can name: the container goes whole.
        let whole = text::object([(urn, value.as_str())]);
        vec![Operation {
            op,
            path: None,
            value: Some(Json::trusted(&whole)),
        }]
    })
}
