//! The elements of a multi-valued attribute that a filter chooses, and which of them is primary.

use super::{Action, ElementValues, NoMatch, Result, Run, current::is_primary_set};
use crate::{
    attribute_path::AttributePath,
    evaluate::Subject,
    filter::{Comparand, Expression, Filter, FilterRef, Operator},
    json::encode,
    model::{Attribute, Kind as DataType, ManyValues, Reflect, Slot, ValueRef},
    patch::{Op, PatchError, PatchErrorKind as Kind, text},
};

impl Run<'_> {
    /// The elements that `filter` chooses, or all; or a sub-attribute of them.
    pub(super) fn elements(
        &self,
        object: &mut dyn Reflect,
        index: usize,
        filter: Option<&Filter>,
        sub: Option<&str>,
        action: Action<'_>,
    ) -> Result {
        self.guarded(object, index, "", action, &mut |object| {
            let Some(attribute) = object.descriptor().attributes().get(index) else {
                return Ok(());
            };
            let read;
            let filter = match filter {
                Some(filter) if self.options.lenient_values => {
                    read = with_booleans(filter, attribute);
                    Some(&read)
                }
                filter => filter,
            };
            let chosen = choose(object.get(index), attribute, filter)?;
            if !chosen.contains(&true) {
                return self.no_element(object, index, attribute, filter, sub, action);
            }
            let Some(Slot::Many(slot)) = object.slot(index) else {
                return Ok(());
            };
            self.change(slot, attribute, &chosen, sub, action)
        })
    }

    fn change(
        &self,
        slot: &mut dyn ManyValues,
        attribute: &'static Attribute,
        chosen: &[bool],
        sub: Option<&str>,
        action: Action<'_>,
    ) -> Result {
        let is_chosen = |at: usize| chosen.get(at).copied().unwrap_or_default();
        if action.op == Op::Remove && sub.is_none() {
            slot.retain(&mut |at| !is_chosen(at));
        } else {
            for at in (0..slot.len()).filter(|at| is_chosen(*at)) {
                match (slot.slot(at), sub) {
                    (Some(Slot::Object(element)), Some(sub)) => {
                        self.sub_attribute(element, sub, action)?;
                    }
                    (Some(Slot::Object(element)), None) => {
                        let whole = action.op == Op::Replace
                            && self.options.element_values == ElementValues::Replace;
                        let value = action.value.unwrap_or_default();
                        self.fill(element, attribute, action.op, value, whole)?;
                    }
                    (Some(place), _) => {
                        self.simple(attribute, place, action.value.unwrap_or_default())?;
                    }
                    (None, _) => {}
                }
            }
            settle_primary(slot, attribute, &is_chosen)?;
            let filled: Vec<bool> = (0..slot.len())
                .map(|at| slot.at(at).is_assigned())
                .collect();
            if filled.contains(&false) {
                slot.retain(&mut |at| filled.get(at).copied().unwrap_or(true));
            }
        }
        if attribute.is_required() && slot.is_empty() {
            let detail = format!("{} is required", attribute.name());
            return Err(PatchError::new(Kind::Mutability, detail));
        }
        Ok(())
    }

    fn no_element(
        &self,
        object: &mut dyn Reflect,
        index: usize,
        attribute: &'static Attribute,
        filter: Option<&Filter>,
        sub: Option<&str>,
        action: Action<'_>,
    ) -> Result {
        if action.op == Op::Remove {
            return self.nothing_to_remove();
        }
        if self.options.no_match == NoMatch::Create
            && let Some(element) = filter.and_then(|f| new_element(f, sub, action))
            && attribute.kind().descriptor().is_some()
        {
            return self.many(object, index, attribute, Op::Add, &element);
        }
        let detail = format!("no element of {} matches", attribute.name());
        Err(PatchError::new(Kind::NoTarget, detail))
    }
}

fn choose(
    values: ValueRef<'_>,
    attribute: &Attribute,
    filter: Option<&Filter>,
) -> Result<Vec<bool>> {
    if let Some(filter) = filter {
        filter
            .check_elements(attribute)
            .map_err(|error| PatchError::new(Kind::InvalidFilter, error.to_string()))?;
    }
    let ValueRef::Many(values) = values else {
        return Ok(Vec::new());
    };
    let is_chosen = |at: usize| {
        filter.is_none_or(|filter| filter.matches(Subject::element(values.at(at), attribute)))
    };
    Ok((0..values.len()).map(is_chosen).collect())
}

/// The filter with `primary eq true` for `primary eq "True"`.
fn with_booleans(filter: &Filter, attribute: &Attribute) -> Filter {
    let is_boolean = |path: &AttributePath| {
        let sub = attribute
            .kind()
            .descriptor()
            .and_then(|d| d.attribute(path.name()));
        sub.is_some_and(|sub| matches!(sub.kind(), DataType::Boolean))
    };
    let mut filter = filter.clone();
    filter.each_value(|path, value| {
        if let Comparand::String(text) = value
            && let Ok(boolean) = text.to_ascii_lowercase().parse::<bool>()
            && is_boolean(path)
        {
            *value = boolean.into();
        }
    });
    filter
}

/// The JSON of an element for which the filter holds: for `type eq "work"` and the like, joined
/// by `and`.
fn new_element(filter: &Filter, sub: Option<&str>, action: Action<'_>) -> Option<String> {
    let mut members = Vec::new();
    let mut add = |part: FilterRef<'_>| match part.expression() {
        Expression::Compare {
            path,
            operator: Operator::Eq,
            value,
        } if path.sub().is_none() && *value != Comparand::Null => {
            members.push((path.name().to_owned(), json_of(value)));
            Some(())
        }
        _ => None,
    };
    match filter.expression() {
        Expression::And(mut operands) => operands.try_for_each(add)?,
        _ => add(filter.root())?,
    }
    let value = action.value?;
    match sub {
        Some(sub) => members.push((sub.to_owned(), value.to_owned())),
        None => {
            let given = text::members(value).ok()?;
            members.extend(
                given
                    .into_iter()
                    .map(|(name, value)| (name.into_owned(), value.to_owned())),
            );
        }
    }
    Some(text::object(
        members.iter().map(|(name, value)| (name.as_str(), value)),
    ))
}

fn json_of(value: &Comparand) -> String {
    match value {
        Comparand::String(text) => encode::text(text).as_str().to_owned(),
        other => other.to_string(),
    }
}

/// An element that was made primary is the only one (RFC 7644 §3.5.2).
pub(super) fn settle_primary(
    slot: &mut dyn ManyValues,
    attribute: &Attribute,
    is_changed: &dyn Fn(usize) -> bool,
) -> Result {
    let primary: Vec<(usize, usize)> = (0..slot.len())
        .filter_map(|at| match slot.at(at) {
            ValueRef::Object(element) => Some((at, is_primary_set(element)?)),
            _ => None,
        })
        .collect();
    match primary.iter().filter(|(at, _)| is_changed(*at)).count() {
        0 => return Ok(()),
        1 => {}
        _ => {
            let detail = format!("more than one element of {} is primary", attribute.name());
            return Err(PatchError::new(Kind::InvalidValue, detail));
        }
    }
    for (at, sub) in primary.into_iter().filter(|(at, _)| !is_changed(*at)) {
        if let Some(Slot::Object(element)) = slot.slot(at)
            && let Some(place) = element.slot(sub)
        {
            place.clear();
        }
    }
    Ok(())
}
