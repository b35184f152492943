//! What a strict reading of RFC 7643 refuses in a resource.

use serde_json::Value;

use super::{
    failure::{Failure, Outcome},
    record::ResourceKind,
};
use scim_models::{
    message::schemas,
    model::{Kind, Reflect, ValueRef},
    value::{Binary, DateTime, Reference},
};

/// How many problems an error names.
const MAX_NAMED: usize = 20;

/// Whether a document lists its schemas, all of them known here, and every extension that it has
/// data of (RFC 7643 §3, §3.1), and has no attribute beside theirs (RFC 7644 §3.12,
/// `invalidSyntax`).
pub(super) fn check_document(text: &str, kind: &ResourceKind, object: &dyn Reflect) -> Outcome<()> {
    let document: Value = serde_json::from_str(text)
        .map_err(|error| Failure::invalid_syntax(format!("the body is not JSON: {error}")))?;
    let listed = schemas::listed(&document).map_err(Failure::invalid_value)?;
    let known = kind.schemas();
    if let Some(other) = listed
        .iter()
        .find(|urn| !known.iter().any(|known| known.eq_ignore_ascii_case(urn)))
    {
        let detail = format!("schemas has {other}, which is no schema of {}", kind.name);
        return Err(Failure::invalid_value(detail));
    }
    for (at, attribute) in kind.descriptor.attributes().iter().enumerate() {
        let is_listed = || {
            listed
                .iter()
                .any(|urn| urn.eq_ignore_ascii_case(attribute.name))
        };
        if attribute.is_extension() && object.get(at).is_assigned() && !is_listed() {
            let detail = format!(
                "schemas lacks {}, whose attributes are there",
                attribute.name
            );
            return Err(Failure::invalid_value(detail));
        }
    }
    let mut unknown = Vec::new();
    collect(object, "", &mut |path, object| {
        let extra = object.extra().iter();
        unknown.extend(extra.map(|(name, _)| format!("{path}{name} is not in the schema")));
    });
    refuse(unknown, Failure::invalid_syntax)
}

/// What is wrong with the values of a resource: text that is not of the attribute's type (RFC 7643
/// §2.3.5 to §2.3.7), two primary values (§2.4).
pub(super) fn problems(object: &dyn Reflect) -> Vec<String> {
    let mut problems = Vec::new();
    collect(object, "", &mut |path, object| {
        for (at, attribute) in object.descriptor().attributes().iter().enumerate() {
            let what = match attribute.kind {
                Kind::DateTime => "is not a dateTime such as 2011-05-13T04:42:34Z",
                Kind::Binary => "is not base64",
                Kind::Reference => "is not a URI",
                Kind::Complex(_) => {
                    if primary_values(object.get(at)) > 1 {
                        problems.push(format!(
                            "{path}{} has more than one primary value",
                            attribute.name
                        ));
                    }
                    continue;
                }
                _ => continue,
            };
            let is_valid = |text: &str| match attribute.kind {
                Kind::DateTime => DateTime::is_valid_text(text),
                Kind::Binary => Binary::new(text).is_valid(),
                _ => !text.is_empty() && Reference::<()>::new(text).is_valid(),
            };
            let mut check = |value: ValueRef<'_>| {
                if value.text().is_some_and(|text| !is_valid(text)) {
                    problems.push(format!("{path}{} {what}", attribute.name));
                }
            };
            match object.get(at) {
                ValueRef::Many(many) => (0..many.len()).for_each(|at| check(many.at(at))),
                value => check(value),
            }
        }
    });
    problems
}

/// # Errors
/// There are problems.
pub(super) fn refuse(problems: Vec<String>, failure: fn(String) -> Box<Failure>) -> Outcome<()> {
    if problems.is_empty() {
        return Ok(());
    }
    let more = problems.len().saturating_sub(MAX_NAMED);
    let mut detail = problems
        .into_iter()
        .take(MAX_NAMED)
        .collect::<Vec<_>>()
        .join("; ");
    if more > 0 {
        detail.push_str(&format!("; and {more} more"));
    }
    Err(failure(detail))
}

fn primary_values(value: ValueRef<'_>) -> usize {
    match value {
        ValueRef::Many(many) => (0..many.len())
            .filter(|at| super::input::is_primary(many.at(*at)))
            .count(),
        _ => 0,
    }
}

/// Gives every object to `visit`, with what stands in front of the names of its attributes.
fn collect(object: &dyn Reflect, path: &str, visit: &mut dyn FnMut(&str, &dyn Reflect)) {
    visit(path, object);
    for (at, attribute) in object.descriptor().attributes().iter().enumerate() {
        let separator = if attribute.is_extension() { ':' } else { '.' };
        match object.get(at) {
            ValueRef::Object(inner) => {
                collect(
                    inner,
                    &format!("{path}{}{separator}", attribute.name),
                    visit,
                );
            }
            ValueRef::Many(many) if attribute.kind.descriptor().is_some() => {
                for index in 0..many.len() {
                    if let ValueRef::Object(inner) = many.at(index) {
                        collect(inner, &format!("{path}{}[{index}].", attribute.name), visit);
                    }
                }
            }
            _ => {}
        }
    }
}
