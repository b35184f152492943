//! Attributes that the types do not know.

use super::{At, DiffError, DiffErrorKind, Result};
use crate::{
    Extra,
    attribute_path::AttributePath,
    filter::PatchPath,
    model::{Json, Reflect},
    patch::{
        Operation,
        text::{self, Shape},
    },
};

/// A name whose value differs: what was there and what is.
type Change<'a> = (&'a str, Option<&'a Json>, Option<&'a Json>);

fn changes<'a>(before: &'a Extra, after: &'a Extra) -> Vec<Change<'a>> {
    let value = |extra: &'a Extra, name: &str| {
        extra
            .get(name)
            .filter(|json| text::shape(json.as_str()) != Shape::Null)
    };
    let gone = before.iter().filter(|(name, _)| after.get(name).is_none());
    let named = after.iter().chain(gone).map(|(name, _)| name);
    named
        .map(|name| (name, value(before, name), value(after, name)))
        .filter(|(_, before, after)| match (before, after) {
            (Some(before), Some(after)) => {
                before.as_str() != after.as_str()
                    && text::canonical(before.as_str()) != text::canonical(after.as_str())
            }
            (None, None) => false,
            _ => true,
        })
        .collect()
}

/// Sets or removes at `path`; `set` is what sets where there is no path.
fn emit(
    path: Option<PatchPath>,
    after: Option<&Json>,
    set: impl FnOnce(&Json) -> Option<Operation>,
    name: &str,
    out: &mut Vec<Operation>,
) -> Result {
    let operation = match (path, after) {
        (Some(path), Some(json)) => Some(Operation::replace(path, json.clone())),
        (Some(path), None) => Some(Operation::remove(path)),
        (None, Some(json)) => set(json),
        (None, None) => None,
    };
    match operation {
        Some(operation) => {
            out.push(operation);
            Ok(())
        }
        None => Err(DiffError::new(DiffErrorKind::NoPath, name)),
    }
}

fn attribute(uri: Option<&str>, name: &str, sub: Option<&str>) -> Option<PatchPath> {
    AttributePath::new(uri, name, sub)
        .ok()
        .map(PatchPath::from_attribute)
}

/// An object of one member, within others.
fn nested(trail: &[&str], value: &str) -> Json {
    let text = trail.iter().rev().fold(value.to_owned(), |inner, name| {
        text::object([(*name, inner)])
    });
    Json::trusted(&text)
}

pub(super) fn of_resource(
    before: &dyn Reflect,
    after: &dyn Reflect,
    out: &mut Vec<Operation>,
) -> Result {
    for (name, before, after) in changes(before.extra(), after.extra()) {
        if name.contains(':') {
            container(name, before, after, out)?;
        } else {
            let set = |json: &Json| Some(Operation::add(None, nested(&[name], json.as_str())));
            emit(attribute(None, name, None), after, set, name, out)?;
        }
    }
    Ok(())
}

/// An extension that nobody declared.
fn container(
    urn: &str,
    before: Option<&Json>,
    after: Option<&Json>,
    out: &mut Vec<Operation>,
) -> Result {
    let is_object = |json: &&Json| text::shape(json.as_str()) == Shape::Object;
    match (before, after) {
        (Some(_), None) => out.push(Operation::remove(PatchPath::from_container(urn.to_owned()))),
        (Some(before), Some(after)) if is_object(&before) && is_object(&after) => {
            let (before, after) = (extra_of(before), extra_of(after));
            for (name, _, after) in changes(&before, &after) {
                let set =
                    |json: &Json| Some(Operation::add(None, nested(&[urn, name], json.as_str())));
                emit(attribute(Some(urn), name, None), after, set, name, out)?;
            }
        }
        (_, Some(after)) if is_object(&after) && before.is_none() => {
            out.push(Operation::add(None, nested(&[urn], after.as_str())));
        }
        _ => return Err(DiffError::new(DiffErrorKind::NoPath, urn)),
    }
    Ok(())
}

fn extra_of(json: &Json) -> Extra {
    let mut extra = Extra::new();
    for (name, value) in text::members(json.as_str()).unwrap_or_default() {
        extra.insert(&*name, Json::trusted(value));
    }
    extra
}

pub(super) fn of_extension(
    before: &dyn Reflect,
    after: &dyn Reflect,
    urn: &'static str,
    out: &mut Vec<Operation>,
) -> Result {
    for (name, _, after) in changes(before.extra(), after.extra()) {
        let set = |json: &Json| Some(Operation::add(None, nested(&[urn, name], json.as_str())));
        emit(attribute(Some(urn), name, None), after, set, name, out)?;
    }
    Ok(())
}

pub(super) fn of_complex(
    before: &dyn Reflect,
    after: &dyn Reflect,
    at: At,
    out: &mut Vec<Operation>,
) -> Result {
    for (name, _, after) in changes(before.extra(), after.extra()) {
        let set = |json: &Json| {
            Some(Operation::add(
                at.path(None),
                nested(&[name], json.as_str()),
            ))
        };
        emit(
            attribute(at.uri, at.name, Some(name)),
            after,
            set,
            name,
            out,
        )?;
    }
    Ok(())
}

/// As [`of_complex`], for an element at `path`. False if some change has no path.
pub(super) fn of_element(
    before: &dyn Reflect,
    after: &dyn Reflect,
    path: &PatchPath,
    out: &mut Vec<Operation>,
) -> bool {
    changes(before.extra(), after.extra())
        .into_iter()
        .all(|(name, _, after)| {
            let path = PatchPath::parse(&format!("{path}.{name}"), &[]).ok();
            emit(path, after, |_| None, name, out).is_ok()
        })
}
