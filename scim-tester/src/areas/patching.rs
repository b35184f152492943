//! What the checks of PATCH have in common: a change that is judged, and judges.

use serde_json::Value;

use crate::{
    check::{Step, Stop},
    context::{Context, Made},
    json::{contains, elements, remove, same},
    resource_type::{Attr, ResourceType, Slot},
    trial::Trial,
    wire::Answer,
};

use super::w::comparable;

/// What is wrong with a state; nothing if it is right.
pub(super) type Judge<'a> = &'a (dyn Fn(&Value) -> Option<String> + Sync);

/// Patches, and judges the answer and what is read then. What is not named in `touched` must be as
/// before.
pub(super) async fn patched(
    cx: &Context,
    t: &mut Trial,
    r: &ResourceType,
    made: &Made,
    operations: &Value,
    touched: &[&str],
    judge: Judge<'_>,
) -> Result<Option<Answer>, Stop> {
    let a = cx.patch(r, &made.id, operations).await?;
    if !t.must(a.is_success(), &a, format!("200 or 204 for {operations}")) {
        return Ok(None);
    }
    let read = cx.read(r, &made.id).await?;
    let mut answers = vec![("what is read then", read)];
    if a.status == 200 && a.is_object() && a.id().is_some() && cx.trusts_patches(r) {
        answers.insert(0, ("the response", a));
    }
    for (place, answer) in &answers {
        let state = answer.doc();
        let problem = judge(state);
        t.compare(
            problem.is_none(),
            answer,
            format!("{operations} done, in {place}"),
            problem.unwrap_or_default(),
        );
        let strip = |state: &Value| {
            let mut state = comparable(r, state);
            for name in touched {
                remove(&mut state, name);
            }
            state
        };
        let (before, after) = (strip(&made.state), strip(state));
        t.compare(
            same(&before, &after, true),
            answer,
            format!("nothing but {} changed", touched.join(", ")),
            format!("{after} instead of {before}"),
        );
    }
    Ok(answers.pop().map(|(_, answer)| answer))
}

pub(super) fn slot(r: &ResourceType) -> Result<Slot, Stop> {
    r.s()
        .ok_or_else(|| Stop::Skip("no optional text".to_owned()))
}

pub(super) fn multi(r: &ResourceType) -> Result<&Attr, Stop> {
    r.m()
        .ok_or_else(|| Stop::Skip("no attribute with several values".to_owned()))
}

/// A judge: the slot has this value.
pub(super) fn has(slot: &Slot, value: &Value) -> impl Fn(&Value) -> Option<String> + Sync {
    let (slot, value) = (slot.clone(), value.clone());
    move |state| {
        (!slot.is(state, &value)).then(|| match slot.of(state) {
            Some(other) => format!("{} is {other}", slot.path()),
            None => format!("{} has no value", slot.path()),
        })
    }
}

pub(super) fn has_none(slot: &Slot) -> impl Fn(&Value) -> Option<String> + Sync {
    let slot = slot.clone();
    move |state| {
        slot.of(state)
            .map(|value| format!("{} is {value}", slot.path()))
    }
}

pub(super) fn text_of(cx: &Context) -> Value {
    format!("{} New", cx.label()).into()
}

pub(super) async fn needs_patch(cx: &Context) -> Step {
    cx.needs_feature("patch")
}

/// A judge: the attribute has exactly these values, in any order, with whatever else they have.
pub(super) fn exactly(attr: &Attr, values: &[Value]) -> impl Fn(&Value) -> Option<String> + Sync {
    let (attr, values) = (attr.clone(), values.to_vec());
    move |state| {
        let found = elements(attr.of(state));
        let fits = found.len() == values.len()
            && values
                .iter()
                .all(|one| found.iter().any(|other| contains(other, one, false)));
        (!fits).then(|| format!("{} is {}", attr.path(), Value::from(found.to_vec())))
    }
}

/// The values of `m` that a fresh resource has.
pub(super) fn sent(m: &Attr, made: &Made) -> Vec<Value> {
    elements(m.of(&made.sent)).to_vec()
}
