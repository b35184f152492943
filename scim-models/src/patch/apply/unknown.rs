//! Attributes that the resource type does not know.

mod elements;

use std::collections::HashMap;

use self::elements::Elements;
use super::{Action, RemovedValues, Result, Run, Unknown, locate, scope::Scope};
use crate::{
    json::SyntaxError,
    model::{Extra, Json, Reflect},
    patch::{
        Op, PatchError, PatchErrorKind as Kind,
        identity::Identifier,
        text::{self, Shape},
    },
    shown::Name,
};

/// An unknown attribute: its name, and what a path says of the way on from there.
#[derive(Clone, Copy)]
pub(super) struct Unfound<'a> {
    pub(super) trail: &'a [&'a str],
    /// Whether a path names it, and not a member of a value.
    pub(super) named: bool,
}

impl Run<'_> {
    /// An attribute that `object` does not know, or the container of an extension.
    pub(super) fn unknown(
        &self,
        object: &mut dyn Reflect,
        at: Scope,
        unfound: Unfound<'_>,
        action: Action<'_>,
    ) -> Result {
        let Unfound { trail, named } = unfound;
        let name = trail.first().copied().unwrap_or_default();
        let value = match action.op {
            Op::Remove => None,
            Op::Add | Op::Replace => action.value.filter(|v| text::shape(v) != Shape::Null),
        };
        match self.options.unknown {
            Unknown::Keep => {}
            _ if at == Scope::RESOURCE && is_common(trail) => {}
            Unknown::LeaveOut if !named => {
                if value.is_some() && self.options.refuse_unknown_alone {
                    let mut left_out = self.left_out.borrow_mut();
                    left_out.get_or_insert_with(|| locate::no_attribute(trail));
                }
                return Ok(());
            }
            // `"$ref": null` says nothing.
            Unknown::Refuse if !named && value.is_none() => return Ok(()),
            Unknown::LeaveOut | Unknown::Refuse => {
                return Err(locate::no_attribute(trail));
            }
        }
        if !at.is_somewhere() {
            let bytes = object.extra().get(name).map(|json| json.as_str().len());
            self.steps.take(bytes.unwrap_or_default(), 1)?;
        }
        let what = match (action.op, value) {
            (Op::Remove, _) => Edit::Remove(action.value.filter(|value| {
                self.options.removed_values == RemovedValues::RemoveListed
                    && text::shape(value) != Shape::Null
            })),
            // A container is merged, as that of a known extension is.
            (_, Some(value)) if trail.len() == 1 && at == Scope::RESOURCE && name.contains(':') => {
                Edit::Merge(value)
            }
            (_, Some(value)) => Edit::Set(value),
            (_, None) => Edit::Remove(None),
        };
        let changed = self
            .places
            .with_unknown(object, at, name, |table| edit(table, trail, what))?;
        if !changed && action.op == Op::Remove {
            return self.nothing_to_remove();
        }
        Ok(())
    }

    /// Refuses the first member that the elements of `of` do not know, if such are refused; notes
    /// it, if it is all that the members say.
    pub(super) fn unknown_in_listed(
        &self,
        of: &Identifier<'_>,
        members: &[text::Member<'_>],
    ) -> Result {
        let unknown = |(name, value): &&text::Member<'_>| {
            text::shape(value) != Shape::Null && of.named(name).is_none()
        };
        let Some((name, _)) = members.iter().find(unknown) else {
            return Ok(());
        };
        let error = || locate::no_attribute(&[name]);
        match self.options.unknown {
            Unknown::Keep => {}
            Unknown::Refuse => return Err(error()),
            Unknown::LeaveOut => {
                if self.options.refuse_unknown_alone
                    && !members.iter().any(|(name, _)| of.named(name).is_some())
                {
                    self.left_out.borrow_mut().get_or_insert_with(error);
                }
            }
        }
        Ok(())
    }

    /// Returns whether `root` has an unknown attribute of that name.
    pub(super) fn has_unknown(&self, root: &mut dyn Reflect, name: &str) -> bool {
        self.options.unknown == Unknown::Keep
            && self
                .places
                .with_unknown(root, Scope::RESOURCE, name, |table| table.has(name))
    }
}

/// Returns whether it is `externalId`, which every resource may have, whatever its type lists (RFC
/// 7643 §3.1).
pub(super) fn is_common(trail: &[&str]) -> bool {
    matches!(trail, [name] if name.eq_ignore_ascii_case("externalId"))
}

/// What is done at the end of a trail.
#[derive(Clone, Copy)]
enum Edit<'a> {
    Set(&'a str),
    /// Sets the members of an object in another one.
    Merge(&'a str),
    /// Takes a value away; of an array the listed elements, if a list is given.
    Remove(Option<&'a str>),
}

/// Does it at `trail`. Returns whether there was or is anything.
fn edit(table: &mut Table, trail: &[&str], what: Edit<'_>) -> Result<bool> {
    let Some((first, rest)) = trail.split_first() else {
        return Ok(false);
    };
    if rest.is_empty() {
        match what {
            Edit::Remove(Some(listed)) => {
                let elements = table.node(first).map(Node::elements).transpose();
                if let Some(elements) = elements.map_err(PatchError::not_json)?.flatten() {
                    elements.remove(listed).map_err(PatchError::not_json)?;
                    if elements.left > 0 {
                        return Ok(true);
                    }
                }
                return Ok(table.remove(first));
            }
            Edit::Remove(None) => return Ok(table.remove(first)),
            Edit::Merge(value) if merged(table, first, value)? => {}
            Edit::Merge(value) | Edit::Set(value) => {
                table.set(first, Node::Text(Json::trusted(value)));
            }
        }
        return Ok(true);
    }
    if !table.has(first) {
        if matches!(what, Edit::Remove(_)) {
            return Ok(false);
        }
        table.set(first, Node::Object(Table::default()));
    }
    let Some(node) = table.node(first) else {
        return Ok(false);
    };
    let Some(inner) = node.open().map_err(PatchError::not_json)? else {
        let detail = format!("{}: it is not a complex attribute", Name(first));
        return Err(PatchError::new(Kind::InvalidPath, detail));
    };
    let changed = edit(inner, rest, what)?;
    if inner.is_empty() {
        table.remove(first);
    }
    Ok(changed)
}

/// Puts the members of an object into the object `name`. `false` if one of them is none.
fn merged(table: &mut Table, name: &str, value: &str) -> Result<bool> {
    if text::shape(value) != Shape::Object {
        return Ok(false);
    }
    let Some(node) = table.node(name) else {
        return Ok(false);
    };
    let Some(inner) = node.open().map_err(PatchError::not_json)? else {
        return Ok(false);
    };
    for (name, value) in text::members(value).map_err(PatchError::not_json)? {
        inner.set(&name, Node::Text(Json::trusted(value)));
    }
    Ok(true)
}

/// Members by name, in the order in which they came.
#[derive(Default)]
pub(super) struct Table {
    members: Vec<Option<(Box<str>, Node)>>,
    positions: HashMap<String, usize>,
}

/// A value, taken apart once something in it is changed.
enum Node {
    Text(Json),
    Object(Table),
    Array(Elements),
}

impl Table {
    /// Takes all attributes out.
    pub(super) fn take(extra: &mut Extra) -> Self {
        let mut table = Self::default();
        for (name, json) in extra.iter() {
            table.set(name, Node::Text(json.clone()));
        }
        // What the resource's `schemas` listed stays.
        extra.clear();
        table
    }

    /// The attribute of that name alone, which stays where it is until it is put back.
    pub(super) fn of_one(extra: &Extra, name: &str) -> Self {
        let mut table = Self::default();
        if let Some((name, json)) = extra.entry(name) {
            table.set(name, Node::Text(json.clone()));
        }
        table
    }

    /// Puts all attributes in.
    pub(super) fn put_back(self, extra: &mut Extra) {
        extra.extend(self.into_members().map(|(name, node)| {
            let json = node.into_json();
            (name, json)
        }));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.positions.is_empty()
    }

    fn has(&self, name: &str) -> bool {
        self.positions.contains_key(&name.to_ascii_lowercase())
    }

    fn node(&mut self, name: &str) -> Option<&mut Node> {
        let at = *self.positions.get(&name.to_ascii_lowercase())?;
        let (_, node) = self.members.get_mut(at)?.as_mut()?;
        Some(node)
    }

    fn set(&mut self, name: &str, node: Node) {
        let key = name.to_ascii_lowercase();
        let at = *self.positions.entry(key).or_insert(self.members.len());
        let member = Some((name.into(), node));
        match self.members.get_mut(at) {
            Some(place) => *place = member,
            None => self.members.push(member),
        }
    }

    /// Returns whether it was there.
    fn remove(&mut self, name: &str) -> bool {
        let found = self.positions.remove(&name.to_ascii_lowercase());
        let place = found.and_then(|at| self.members.get_mut(at));
        place.is_some_and(|place| place.take().is_some())
    }

    fn into_members(self) -> impl Iterator<Item = (Box<str>, Node)> {
        self.members.into_iter().flatten()
    }
}

impl Node {
    /// The members of an object, or of nothing.
    fn open(&mut self) -> std::result::Result<Option<&mut Table>, SyntaxError> {
        if let Self::Text(json) = self {
            let mut table = Table::default();
            match text::shape(json.as_str()) {
                Shape::Null => {}
                Shape::Object => {
                    for (name, value) in text::members(json.as_str())? {
                        table.set(&name, Self::Text(Json::trusted(value)));
                    }
                }
                Shape::Array | Shape::Simple => return Ok(None),
            }
            *self = Self::Object(table);
        }
        match self {
            Self::Object(table) => Ok(Some(table)),
            Self::Text(_) | Self::Array(_) => Ok(None),
        }
    }

    /// The elements of an array.
    fn elements(&mut self) -> std::result::Result<Option<&mut Elements>, SyntaxError> {
        if let Self::Text(json) = self
            && text::shape(json.as_str()) == Shape::Array
        {
            *self = Self::Array(Elements::of(json.as_str())?);
        }
        match self {
            Self::Array(elements) => Ok(Some(elements)),
            Self::Text(_) | Self::Object(_) => Ok(None),
        }
    }

    fn into_json(self) -> Json {
        match self {
            Self::Text(json) => json,
            Self::Array(elements) => elements.into_json(),
            Self::Object(table) => {
                let members: Vec<(Box<str>, Json)> = table
                    .into_members()
                    .map(|(name, node)| (name, node.into_json()))
                    .collect();
                let members = members.iter().map(|(name, json)| (&**name, json.as_str()));
                Json::trusted(&text::object(members))
            }
        }
    }
}
