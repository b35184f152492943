//! Attributes that the types do not know.

use super::{At, DiffError, DiffErrorKind, Out, Result, is_readable};
use crate::{
    Extra,
    attribute_path::AttributePath,
    filter::PatchPath,
    json::is_nothing,
    model::{Json, Reflect},
    patch::{
        Op, Operation,
        text::{self, Shape},
    },
};

/// A name whose value differs: what was there and what is.
type Change<'a> = (&'a str, Option<&'a Json>, Option<&'a Json>);

fn changes<'a>(before: &'a Extra, after: &'a Extra) -> Vec<Change<'a>> {
    if before.is_empty() && after.is_empty() {
        return Vec::new();
    }
    let value =
        |extra: &'a Extra, name: &str| extra.get(name).filter(|json| !is_nothing(json.as_str()));
    let gone = before.iter().filter(|(name, _)| after.get(name).is_none());
    let named = after.iter().chain(gone).map(|(name, _)| name);
    named
        .map(|name| (name, value(before, name), value(after, name)))
        .filter(|(_, before, after)| match (before, after) {
            (Some(before), Some(after)) => !before.is_same(after),
            (None, None) => false,
            _ => true,
        })
        .collect()
}

/// Sets or removes at `path`; `set` is what sets where there is no path.
fn emit(
    path: Option<PatchPath>,
    (name, before, after): Change<'_>,
    set: impl FnOnce(&Json) -> Option<Operation>,
    out: &mut Out<'_>,
) -> Result {
    let operation = match (path, after) {
        (Some(path), Some(json)) => Some(Operation::replace(path, json.clone())),
        (Some(path), None) => Some(Operation::remove(path)),
        (None, Some(json)) => set(json).map(|operation| Operation {
            op: op(before),
            ..operation
        }),
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

/// `add` would append to an array that is there.
fn op(before: Option<&Json>) -> Op {
    match before {
        Some(_) => Op::Replace,
        None => Op::Add,
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

pub(super) fn of_resource(before: &dyn Reflect, after: &dyn Reflect, out: &mut Out<'_>) -> Result {
    for change in changes(before.extra(), after.extra()) {
        let (name, before, after) = change;
        if name.contains(':') {
            container(name, before, after, out)?;
        } else {
            let set = |json: &Json| Some(Operation::add(None, nested(&[name], json.as_str())));
            emit(attribute(None, name, None), change, set, out)?;
        }
    }
    Ok(())
}

/// An extension that nobody declared.
fn container(urn: &str, before: Option<&Json>, after: Option<&Json>, out: &mut Out<'_>) -> Result {
    let is_object = |json: &&Json| text::shape(json.as_str()) == Shape::Object;
    match (before, after) {
        (Some(before), None) => {
            let whole = PatchPath::from_container(urn.to_owned());
            if is_readable(&whole) || !is_object(&before) {
                out.push(Operation::remove(whole));
                return Ok(());
            }
            // Attributes of any schema have paths; only those of some have one for all of them.
            for (name, value) in extra_of(before).iter() {
                let change = (name, Some(value), None);
                emit(attribute(Some(urn), name, None), change, |_| None, out)?;
            }
        }
        (Some(before), Some(after)) if is_object(&before) && is_object(&after) => {
            let (before, after) = (extra_of(before), extra_of(after));
            for change in changes(&before, &after) {
                let name = change.0;
                let set =
                    |json: &Json| Some(Operation::add(None, nested(&[urn, name], json.as_str())));
                emit(attribute(Some(urn), name, None), change, set, out)?;
            }
        }
        (_, Some(after)) if is_object(&after) && before.is_none() => {
            out.push(Operation::add(None, nested(&[urn], after.as_str())));
        }
        (_, Some(after)) => {
            let value = nested(&[urn], after.as_str());
            out.push(Operation {
                op: op(before),
                ..Operation::add(None, value)
            });
        }
        (None, None) => {}
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
    out: &mut Out<'_>,
) -> Result {
    for change in changes(before.extra(), after.extra()) {
        let name = change.0;
        let set = |json: &Json| Some(Operation::add(None, nested(&[urn, name], json.as_str())));
        emit(attribute(Some(urn), name, None), change, set, out)?;
    }
    Ok(())
}

pub(super) fn of_complex(
    before: &dyn Reflect,
    after: &dyn Reflect,
    at: At,
    out: &mut Out<'_>,
) -> Result {
    for change in changes(before.extra(), after.extra()) {
        let name = change.0;
        let set = |json: &Json| {
            let value = nested(&[name], json.as_str());
            Some(Operation::add(at.path(None), value))
        };
        emit(attribute(at.uri, at.name, Some(name)), change, set, out)?;
    }
    Ok(())
}

/// Like [`of_complex`], for an element at `path`. False if some change has no path.
pub(super) fn of_element(
    before: &dyn Reflect,
    after: &dyn Reflect,
    path: &PatchPath,
    out: &mut Out<'_>,
) -> bool {
    changes(before.extra(), after.extra())
        .into_iter()
        .all(|change| {
            let path = PatchPath::parse(&format!("{path}.{}", change.0), &[]).ok();
            emit(path, change, |_| None, out).is_ok()
        })
}
