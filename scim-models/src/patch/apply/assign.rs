//! One attribute of one object: its value set, merged or taken away.

use super::{
    Action, ComplexValues, NoMatch, ReadOnlyValues, RemovedValues, Result, Run,
    current::{self, agrees, exceeds, snapshot},
    filled::{Before, Filled, clear_writable, require},
    scope::Scope,
    unknown::Unfound,
};
use crate::{
    json::{self, Context, Reader},
    model::{Attribute, Kind as DataType, Mutability, Reflect, Slot, ValueRef},
    patch::{
        Op, PatchError, PatchErrorKind as Kind,
        text::{self, Shape},
    },
};

#[cold]
fn expected(attribute: &Attribute, what: &str) -> PatchError {
    PatchError::new(
        Kind::InvalidValue,
        format!("{}: expected {what}", attribute.name()),
    )
}

impl Action<'_> {
    /// Returns whether it gives an attribute the value that it has.
    fn gives(self, attribute: &Attribute, current: ValueRef<'_>) -> bool {
        let is_it = |value| agrees(attribute, current, value);
        self.op != Op::Remove && self.value.is_some_and(is_it)
    }
}

impl Run<'_> {
    /// A `readOnly` attribute may be given the value that it has.
    pub(super) fn read_only(
        &self,
        attribute: &Attribute,
        current: ValueRef<'_>,
        action: Action<'_>,
    ) -> Result {
        if self.options.read_only_values == ReadOnlyValues::Ignore
            || action.gives(attribute, current)
        {
            return Ok(());
        }
        let detail = format!("{} is readOnly", attribute.name());
        Err(PatchError::new(Kind::Mutability, detail))
    }

    /// Does `work` on an attribute, or on its sub-attribute `sub`, if it may be changed. An
    /// immutable attribute that has a value must have it afterwards too.
    pub(super) fn guarded(
        &self,
        object: &mut dyn Reflect,
        at: Scope,
        index: usize,
        sub: Option<&str>,
        action: Action<'_>,
        work: &mut dyn FnMut(&mut dyn Reflect) -> Result,
    ) -> Result {
        let Some(attribute) = object.descriptor().attributes().get(index) else {
            return Ok(());
        };
        match attribute.mutability() {
            Mutability::ReadOnly => {
                let (inner, current) = current::at(object, attribute, index, sub);
                self.read_only(inner, current, action)
            }
            // A required one that was not written yet holds a value that nobody gave.
            Mutability::Immutable
                if self.is_assigned(object, at, index) && !self.pending.misses(at, index) =>
            {
                let part = at.child(index);
                self.settle(object, at, part);
                let (inner, current) = current::at(object, attribute, index, sub);
                // Of many, a path may choose some. What replaces takes away what it does not name.
                let is_part = || {
                    self.options.complex_values == ComplexValues::Replace
                        && action.value.is_some_and(|value| exceeds(current, value))
                };
                let is_many = matches!(current, ValueRef::Many(_));
                if !is_many && action.gives(inner, current) && !is_part() {
                    return Ok(());
                }
                let before = snapshot(object.get(index));
                self.steps.take(before.len(), 1)?;
                work(object)?;
                self.settle(object, at, part);
                if snapshot(object.get(index)) == before {
                    return Ok(());
                }
                let detail = format!("{} is immutable and has a value", attribute.name());
                Err(PatchError::new(Kind::Mutability, detail))
            }
            _ => work(object),
        }
    }

    /// An attribute as a whole.
    pub(super) fn whole(
        &self,
        object: &mut dyn Reflect,
        at: Scope,
        index: usize,
        action: Action<'_>,
    ) -> Result {
        self.guarded(object, at, index, None, action, &mut |object| {
            self.set(object, at, index, action)
        })
    }

    fn set(&self, object: &mut dyn Reflect, at: Scope, index: usize, action: Action<'_>) -> Result {
        let Some(attribute) = object.descriptor().attributes().get(index) else {
            return Ok(());
        };
        let value = match (action.op, action.value) {
            (Op::Remove, value) => return self.remove(object, at, index, attribute, value),
            (_, Some(value)) => value,
            (_, None) => return Ok(()),
        };
        let is_empty = text::is_unassigned(value);
        match text::shape(value) {
            Shape::Null if self.options.refuse_null => Err(expected(attribute, "a value")),
            Shape::Null => self.clear(object, at, index, attribute, Kind::InvalidValue),
            _ if attribute.is_multi_valued() && is_empty => match action.op {
                Op::Add => Ok(()),
                _ => self.clear(object, at, index, attribute, Kind::InvalidValue),
            },
            _ if attribute.is_multi_valued() => {
                self.many(object, at, index, attribute, action.op, value)
            }
            _ if attribute.kind().descriptor().is_some() => {
                self.complex(object, at, index, attribute, action.op, value)
            }
            // Read generously, what is empty is unassigned.
            _ if is_empty && self.options.lenient_values => {
                self.clear(object, at, index, attribute, Kind::InvalidValue)
            }
            _ => {
                let Some(slot) = object.slot(index) else {
                    return Ok(());
                };
                self.simple(attribute, slot, value)?;
                if attribute.is_required() && !object.get(index).is_assigned() {
                    return Err(expected(attribute, "a value"));
                }
                Ok(())
            }
        }
    }

    fn remove(
        &self,
        object: &mut dyn Reflect,
        at: Scope,
        index: usize,
        attribute: &'static Attribute,
        value: Option<&str>,
    ) -> Result {
        if let (true, Some(value)) = (attribute.is_multi_valued(), value)
            && text::shape(value) != Shape::Null
        {
            match self.options.removed_values {
                RemovedValues::RemoveAll => {}
                RemovedValues::RemoveListed => {
                    return self.remove_listed(object, at, index, attribute, value);
                }
                RemovedValues::Refuse => {
                    let detail = "`remove` has a value: choose elements with a filter";
                    return Err(PatchError::new(Kind::InvalidSyntax, detail));
                }
            }
        }
        if self.options.no_match == NoMatch::Refuse && !self.is_assigned(object, at, index) {
            return self.nothing_to_remove();
        }
        self.clear(object, at, index, attribute, Kind::Mutability)
    }

    /// A value that is neither complex nor one of many.
    pub(super) fn simple(
        &self,
        attribute: &'static Attribute,
        slot: Slot<'_>,
        value: &str,
    ) -> Result {
        let wrapped = self
            .options
            .lenient_values
            .then(|| only_value(value))
            .flatten();
        let value = match wrapped {
            Some(value) if !matches!(attribute.kind(), DataType::Any) => value,
            _ => value,
        };
        let mut context = Context {
            strict: !self.options.lenient_values,
            ..Context::default()
        };
        json::decode::value(&mut Reader::new(value), attribute, slot, &mut context)
            .map_err(PatchError::not_json)?;
        match context.problems.first() {
            Some(problem) => {
                let text = problem.to_string();
                let what = text
                    .split_once(": ")
                    .map_or(text.as_str(), |(_, what)| what);
                let detail = format!("{}: {what}", attribute.name());
                Err(PatchError::new(Kind::InvalidValue, detail))
            }
            None => Ok(()),
        }
    }

    fn complex(
        &self,
        object: &mut dyn Reflect,
        at: Scope,
        index: usize,
        attribute: &'static Attribute,
        op: Op,
        value: &str,
    ) -> Result {
        let is_new = !self.is_assigned(object, at, index);
        let before = match self.options.complex_values {
            _ if is_new => Before::New,
            ComplexValues::Replace => Before::Replaced,
            _ => Before::Kept,
        };
        let place = at.child(index);
        match object.slot(index) {
            Some(Slot::Object(child)) => self
                .fill(child, place, attribute, op, value, before)
                .map(drop),
            Some(Slot::OptionObject(slot)) => {
                let child = slot.get_or_insert();
                let filled = self.fill(child, place, attribute, op, value, before)?;
                for (index, _) in filled.given.iter().enumerate().filter(|(_, given)| **given) {
                    self.pending.wrote(place, index);
                }
                if !filled.is_something {
                    slot.clear();
                    self.places.forget(place);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Puts the members of `value` into an object, which has something [`Before`].
    pub(super) fn fill(
        &self,
        object: &mut dyn Reflect,
        at: Scope,
        attribute: &'static Attribute,
        op: Op,
        value: &str,
        before: Before,
    ) -> Result<Filled> {
        let mut given = vec![false; object.descriptor().attributes().len()];
        let fresh = before != Before::Kept;
        if fresh {
            self.settle(object, at, at);
            clear_writable(object, &mut given, before);
            self.places.forget(at);
        }
        // What goes into a new object is taken as it is, equal elements and all.
        let op = if fresh { Op::Replace } else { op };
        match text::shape(value) {
            Shape::Object => {
                for (name, text) in text::members(value).map_err(PatchError::not_json)? {
                    let action = Action {
                        op,
                        value: Some(text),
                    };
                    match object.descriptor().position(&name) {
                        Some(index) => {
                            self.written(object, at, index, action, before)?;
                            if let Some(given) = given.get_mut(index) {
                                *given = !text::is_unassigned(text);
                            }
                        }
                        None => {
                            let unfound = Unfound {
                                trail: &[&name],
                                named: false,
                            };
                            self.unknown(object, at, unfound, action)?;
                        }
                    }
                }
            }
            // `"manager": "26118915"` means the manager's `value`.
            Shape::Simple if self.options.lenient_values => {
                let Some(index) = object.descriptor().position("value") else {
                    return Err(expected(attribute, "an object"));
                };
                let action = Action {
                    op,
                    value: Some(value),
                };
                self.written(object, at, index, action, before)?;
                if let Some(given) = given.get_mut(index) {
                    *given = true;
                }
            }
            Shape::Array if self.options.lenient_values => {
                return match text::elements(value)
                    .map_err(PatchError::not_json)?
                    .as_slice()
                {
                    [only] if text::shape(only) == Shape::Object => {
                        self.fill(object, at, attribute, op, only, before)
                    }
                    _ => Err(expected(attribute, "an object")),
                };
            }
            _ => return Err(expected(attribute, "an object")),
        }
        let was_given = |index: usize| given.get(index).copied().unwrap_or_default();
        if !fresh {
            let is_something = self.has_content(object, at);
            return Ok(Filled {
                given,
                is_something,
            });
        }
        // A required text that nobody gave is there too, but empty.
        let is_something = (0..given.len()).any(|at| was_given(at) && object.get(at).is_assigned())
            || self.has_unknown_content(object, at);
        if is_something {
            require(object, was_given)?;
        }
        Ok(Filled {
            given,
            is_something,
        })
    }

    /// One member of an object that is filled. In a new one everything is written for the first time,
    /// which an immutable attribute allows.
    fn written(
        &self,
        object: &mut dyn Reflect,
        at: Scope,
        index: usize,
        action: Action<'_>,
        before: Before,
    ) -> Result {
        let attribute = object.descriptor().attributes().get(index);
        let is_immutable = attribute.is_some_and(|a| a.mutability() == Mutability::Immutable);
        if is_immutable && before == Before::New {
            return self.set(object, at, index, action);
        }
        self.whole(object, at, index, action)
    }

    /// A multi-valued attribute: one value stands for an array of it.
    pub(super) fn many(
        &self,
        object: &mut dyn Reflect,
        at: Scope,
        index: usize,
        attribute: &'static Attribute,
        op: Op,
        value: &str,
    ) -> Result {
        let items = match text::shape(value) {
            Shape::Array => text::elements(value).map_err(PatchError::not_json)?,
            _ => vec![value],
        };
        if op == Op::Replace
            && let Some(Slot::Many(values)) = object.slot(index)
        {
            values.clear();
            self.places.forget(at.child(index));
        }
        self.with_list(object, at, index, attribute, |of, list, values| {
            let mut added = Vec::new();
            let refuses = self.options.refuse_null;
            let is_none = |item: &str| {
                text::is_unassigned(item) || !refuses && has_null_value(attribute, item)
            };
            for item in items.into_iter().filter(|item| !is_none(item)) {
                let is_something = match values.push() {
                    Some(Slot::Object(element)) => {
                        let at = Scope::NOWHERE;
                        let filled =
                            self.fill(element, at, attribute, Op::Add, item, Before::New)?;
                        filled.is_something
                    }
                    Some(place) => self.simple(attribute, place, item).map(|()| true)?,
                    None => continue,
                };
                let last = values.len().saturating_sub(1);
                let is_new = is_something
                    && (op == Op::Replace
                        || list
                            .twin(of, &*values, last, self.options.identity, &self.steps)?
                            .is_none());
                if is_new {
                    list.added(of, &*values);
                    added.push(last);
                } else {
                    values.pop();
                }
            }
            self.settle_primary(of, list, values, &added)
        })
        .map(drop)
    }

    /// Makes an attribute unassigned, if it may be.
    fn clear(
        &self,
        object: &mut dyn Reflect,
        at: Scope,
        index: usize,
        attribute: &'static Attribute,
        kind: Kind,
    ) -> Result {
        if attribute.is_required() {
            let detail = format!("{} is required", attribute.name());
            return Err(PatchError::new(kind, detail));
        }
        if let ValueRef::Object(child) = object.get(index) {
            let mut attributes = child.descriptor().attributes().iter().enumerate();
            let is_fixed = |(index, a): &(usize, &Attribute)| {
                a.mutability() == Mutability::Immutable && child.get(*index).is_assigned()
            };
            if let Some((_, fixed)) = attributes.find(is_fixed) {
                let detail = format!("{}.{} is immutable", attribute.name(), fixed.name());
                return Err(PatchError::new(Kind::Mutability, detail));
            }
        }
        if let Some(slot) = object.slot(index) {
            slot.clear();
        }
        self.places.forget(at.child(index));
        self.pending.gone(at.child(index));
        Ok(())
    }
}

/// Returns whether an element has a `value` and it is `null`: then it is none, as it is where a whole
/// resource is read.
fn has_null_value(attribute: &Attribute, element: &str) -> bool {
    let can_have = || {
        let table = attribute.kind().descriptor();
        table.is_some_and(|table| table.position("value").is_some())
    };
    if !element.contains("null") || text::shape(element) != Shape::Object || !can_have() {
        return false;
    }
    let members = text::members(element).unwrap_or_default();
    let mut members = members.iter().rev();
    let value = members.find(|(name, _)| name.eq_ignore_ascii_case("value"));
    value.is_some_and(|(_, value)| text::shape(value) == Shape::Null)
}

/// The text in `[{"$ref": null, "value": "text"}]`, which stood for every simple value once.
fn only_value(value: &str) -> Option<&str> {
    match text::shape(value) {
        Shape::Array => match text::elements(value).ok()?.as_slice() {
            [only] if text::shape(only) == Shape::Simple => Some(only),
            [only] if text::shape(only) == Shape::Object => only_value(only),
            _ => None,
        },
        Shape::Object => {
            let members = text::members(value).ok()?;
            let (_, value) = members
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case("value"))?;
            (text::shape(value) == Shape::Simple).then_some(*value)
        }
        Shape::Null | Shape::Simple => None,
    }
}
