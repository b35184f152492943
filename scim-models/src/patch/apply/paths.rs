//! Where an operation is done: by its path, or by the names of the members of its value.

use super::{
    Action, NoMatch, Result, Run, Unknown,
    locate::{self, Location},
    scope::Scope,
    unknown::{Unfound, is_common},
};
use crate::{
    filter::{Filter, FilterOptions, PatchPath},
    model::{Attribute, Reflect, Slot, ValueRef},
    patch::{
        Op, Operation, PatchError, PatchErrorKind as Kind,
        message::read,
        text::{self, Shape},
    },
    resource::envelope,
    shown::Name,
};

/// What a path says of an attribute besides its name.
#[derive(Clone, Copy, Default)]
struct Parts<'p> {
    /// The sub-attribute; before the brackets, if there are any.
    sub: Option<&'p str>,
    filter: Option<&'p Filter>,
    /// The sub-attribute behind the brackets.
    after: Option<&'p str>,
}

impl<'p> Parts<'p> {
    fn of(path: &'p PatchPath) -> Self {
        let filter = path.filter();
        Self {
            sub: path.attribute().and_then(|attribute| attribute.sub()),
            filter,
            after: path.sub_attribute().filter(|_| filter.is_some()),
        }
    }

    /// Returns whether it says nothing besides.
    fn is_empty(self) -> bool {
        self.sub.is_none() && self.filter.is_none()
    }

    /// Refuses brackets behind what has no elements.
    fn without_filter(self, name: &str) -> Result<Option<&'p str>> {
        match self.filter {
            None => Ok(self.sub),
            Some(_) => Err(locate::no_elements(name)),
        }
    }
}

impl Run<'_> {
    pub(super) fn operation(&self, root: &mut dyn Reflect, operation: &Operation) -> Result {
        let action = Action {
            op: operation.op,
            value: operation.value.as_ref().map(crate::Json::as_str),
        };
        let lists_without_path = self.options.remove_without_path && operation.value.is_some();
        if !lists_without_path {
            read::check(operation)?;
        }
        if let Some(value) = &operation.value
            && operation.op != Op::Remove
            && self.options.refuses(value)
        {
            return Err(PatchError::new(Kind::InvalidValue, "the value is null"));
        }
        match &operation.path {
            Some(path) => self.at_path(root, path, action),
            None => self.members(root, action),
        }
    }

    fn at_path(&self, root: &mut dyn Reflect, path: &PatchPath, action: Action<'_>) -> Result {
        let location = match (path.attribute(), path.container()) {
            (Some(attribute), _) => {
                let has = &mut |root: &mut dyn Reflect, name: &str| self.has_unknown(root, name);
                locate::attribute(root, attribute, self.options.lenient_values, has)
            }
            (None, Some(urn)) => locate::container(root, urn),
            (None, None) => Location::Resource,
        };
        self.at(root, &location, Parts::of(path), action)
    }

    fn at(
        &self,
        root: &mut dyn Reflect,
        location: &Location<'_>,
        parts: Parts<'_>,
        action: Action<'_>,
    ) -> Result {
        let scope = Scope::RESOURCE;
        match location {
            Location::Resource => {
                parts.without_filter("the resource")?;
                if action.op == Op::Remove {
                    let detail = "a resource is not removed by a patch";
                    return Err(PatchError::new(Kind::Mutability, detail));
                }
                self.members(root, action)
            }
            Location::Common(index) => self.common(*index, parts, action),
            Location::Extension(index) => {
                parts.without_filter("an extension")?;
                self.whole(root, scope, *index, action)
            }
            Location::Attribute {
                extension: None,
                index,
            } => {
                if let Some(attribute) = root.descriptor().attributes().get(*index) {
                    self.check(attribute, parts)?;
                }
                self.attribute(root, scope, *index, parts, action)
            }
            Location::Attribute {
                extension: Some(extension),
                index,
            } => {
                let extensions = root.descriptor().attributes();
                let table = extensions
                    .get(*extension)
                    .and_then(|a| a.kind().descriptor());
                if let Some(attribute) = table.and_then(|table| table.attributes().get(*index)) {
                    self.check(attribute, parts)?;
                }
                self.in_child(root, scope, *extension, action, &mut |object, scope| {
                    self.attribute(object, scope, *index, parts, action)?;
                    Ok(Some(*index))
                })
            }
            Location::Unknown { extension, name } => {
                let sub = parts.without_filter("an unknown attribute")?;
                let trail: Vec<&str> = [*name].into_iter().chain(sub).collect();
                self.unknown_in(root, *extension, &trail, true, action)
            }
            Location::Foreign {
                container,
                attribute,
            } => {
                let sub = parts.without_filter("an unknown attribute")?;
                let sub = sub.filter(|_| attribute.is_some());
                let trail = [&**container].into_iter().chain(*attribute).chain(sub);
                let trail: Vec<&str> = trail.collect();
                self.unknown_in(root, None, &trail, true, action)
            }
        }
    }

    /// An attribute that the resource, or one of its extensions, does not know.
    fn unknown_in(
        &self,
        root: &mut dyn Reflect,
        extension: Option<usize>,
        trail: &[&str],
        named: bool,
        action: Action<'_>,
    ) -> Result {
        let scope = Scope::RESOURCE;
        let unfound = Unfound { trail, named };
        let is_common = extension.is_none() && is_common(trail);
        if named && self.options.unknown != Unknown::Keep && !is_common {
            return Err(locate::no_attribute(trail));
        }
        match extension {
            None => self.unknown(root, scope, unfound, action),
            Some(extension) => {
                self.in_child(root, scope, extension, action, &mut |object, scope| {
                    self.unknown(object, scope, unfound, action)?;
                    Ok(None)
                })
            }
        }
    }

    /// An operation without a path: each member of the value is an attribute.
    fn members(&self, root: &mut dyn Reflect, action: Action<'_>) -> Result {
        let value = action.value.unwrap_or_default();
        if text::shape(value) != Shape::Object {
            let detail = "without a path, the value is an object of attributes";
            let kind = match action.op {
                Op::Remove => Kind::NoTarget,
                Op::Add | Op::Replace => Kind::InvalidValue,
            };
            return Err(PatchError::new(kind, detail));
        }
        for (name, text) in text::members(value).map_err(PatchError::not_json)? {
            let action = action.with(text);
            if action.op == Op::Remove {
                self.listed_member(root, Scope::RESOURCE, &name, action)?;
            } else {
                self.member(root, &name, action)?;
            }
        }
        Ok(())
    }

    /// A member of the value of a `remove` without a path: of an object, what its members list.
    fn listed_member(
        &self,
        object: &mut dyn Reflect,
        at: Scope,
        name: &str,
        action: Action<'_>,
    ) -> Result {
        let value = action.value.unwrap_or_default();
        let found = object.descriptor().position(name);
        let attribute = found.and_then(|index| object.descriptor().attributes().get(index));
        match (found, attribute) {
            (Some(index), Some(attribute))
                if !attribute.is_multi_valued()
                    && attribute.kind().descriptor().is_some()
                    && text::shape(value) == Shape::Object =>
            {
                self.in_child(object, at, index, action, &mut |child, at| {
                    for (name, text) in text::members(value).map_err(PatchError::not_json)? {
                        self.listed_member(child, at, &name, action.with(text))?;
                    }
                    Ok(None)
                })
            }
            // No value is listed.
            (_, Some(attribute)) if attribute.is_multi_valued() && text::is_unassigned(value) => {
                Ok(())
            }
            (Some(index), _) => self.whole(object, at, index, action),
            (None, _) if at == Scope::RESOURCE => self.member(object, name, action),
            (None, _) => self.sub_attribute(object, at, name, action).map(drop),
        }
    }

    fn member(&self, root: &mut dyn Reflect, name: &str, action: Action<'_>) -> Result {
        let scope = Scope::RESOURCE;
        let descriptor = root.descriptor();
        if let Some(index) = descriptor.position(name) {
            return self.whole(root, scope, index, action);
        }
        if let Some(index) = envelope::DESCRIPTOR.position(name) {
            return self.common(index, Parts::default(), action);
        }
        if descriptor
            .urn()
            .is_some_and(|urn| urn.eq_ignore_ascii_case(name))
        {
            return self.members(root, action);
        }
        let is_object = text::shape(action.value.unwrap_or_default()) == Shape::Object;
        // Where names are paths, one that leads nowhere is refused as a path is.
        let named = self.options.dotted_names;
        let as_it_is = |root: &mut dyn Reflect| self.unknown_in(root, None, &[name], named, action);
        let path = match PatchPath::parse(name, &[]) {
            Ok(path) => path,
            Err(_) if self.options.unknown == Unknown::Keep => return as_it_is(root),
            Err(error) if named || name.contains('[') => {
                return Err(PatchError::new(Kind::InvalidPath, error.to_string()));
            }
            Err(_) => return as_it_is(root),
        };
        let Some(attribute) = path.attribute() else {
            return as_it_is(root);
        };
        let parts = Parts::of(&path);
        let has = &mut |root: &mut dyn Reflect, name: &str| self.has_unknown(root, name);
        let location = locate::attribute(root, attribute, self.options.lenient_values, has);
        let is_path = parts.sub.is_some() || parts.filter.is_some();
        match location {
            Location::Unknown { .. } | Location::Foreign { .. } if parts.filter.is_some() => {
                if self.options.unknown == Unknown::Keep && !named {
                    return as_it_is(root);
                }
                self.at(root, &location, parts, action)
            }
            // The container of an extension that nobody declared.
            Location::Foreign { .. } if is_object && parts.sub.is_none() => as_it_is(root),
            // Where names are no paths, it keeps the one that it has: `diff` writes it so.
            Location::Foreign { .. } if !named => as_it_is(root),
            Location::Foreign {
                container,
                attribute,
            } => {
                let sub = parts.sub.filter(|_| attribute.is_some());
                let trail = [&*container].into_iter().chain(attribute).chain(sub);
                let trail: Vec<&str> = trail.collect();
                self.unknown_in(root, None, &trail, named, action)
            }
            Location::Unknown {
                extension: None, ..
            } => as_it_is(root),
            Location::Unknown { extension, name } => {
                let trail: Vec<&str> = [name].into_iter().chain(parts.sub).collect();
                self.unknown_in(root, extension, &trail, named, action)
            }
            _ if is_path && !named => {
                let detail = format!("{} is a path, not the name of an attribute", Name(name));
                Err(PatchError::new(Kind::InvalidPath, detail))
            }
            location => self.at(root, &location, parts, action),
        }
    }

    /// `id`, `meta` and `schemas`.
    fn common(&self, index: usize, parts: Parts<'_>, action: Action<'_>) -> Result {
        let Some(attribute) = envelope::DESCRIPTOR.attributes().get(index) else {
            return Ok(());
        };
        // Worked out from the data, not set.
        if attribute.name().eq_ignore_ascii_case("schemas")
            && action.op != Op::Remove
            && parts.is_empty()
        {
            return Ok(());
        }
        let current = self
            .common
            .map_or(ValueRef::Absent, |common| common.get(index));
        let Some(sub) = parts.without_filter(attribute.name())? else {
            return self.read_only(attribute, current, action);
        };
        let table = attribute.kind().descriptor();
        let found = table.and_then(|table| table.position(sub));
        let inner = found.and_then(|found| table?.attributes().get(found));
        let (Some(found), Some(inner)) = (found, inner) else {
            return Err(locate::no_sub_attribute(attribute.name(), sub));
        };
        let current = match current {
            ValueRef::Object(object) => object.get(found),
            _ => ValueRef::Absent,
        };
        self.read_only(inner, current, action)
    }

    /// Refuses what the path cannot mean, whether there is anything at it or not.
    fn check(&self, attribute: &'static Attribute, parts: Parts<'_>) -> Result {
        let name = attribute.name();
        let Some(table) = attribute.kind().descriptor() else {
            return match parts {
                Parts { sub: Some(sub), .. }
                | Parts {
                    after: Some(sub), ..
                } => Err(locate::no_sub_attribute(name, sub)),
                Parts { filter: None, .. } => Ok(()),
                Parts { filter, .. } => self.check_filter(attribute, filter),
            };
        };
        match (parts.sub, parts.filter) {
            (None, filter) => {
                self.check_filter(attribute, filter)?;
                parts
                    .after
                    .map_or(Ok(()), |after| self.knows(attribute, after))
            }
            (Some(sub), Some(_)) => {
                if attribute.is_multi_valued() {
                    let path = format!("{name}.{sub}");
                    let path = Name(&path);
                    let detail =
                        format!("{path}: the filter belongs to {name}, which has the values");
                    return Err(locate::unknown(detail));
                }
                match table.attribute(sub) {
                    Some(inner) => self.check(inner, Parts { sub: None, ..parts }),
                    None => Err(locate::no_sub_attribute(name, sub)),
                }
            }
            (Some(_), None) if attribute.is_multi_valued() && !self.options.every_element => {
                let detail = format!("{name} needs a filter: which element is meant?");
                Err(locate::unknown(detail))
            }
            (Some(sub), None) => self.knows(attribute, sub),
        }
    }

    fn check_filter(&self, attribute: &'static Attribute, filter: Option<&Filter>) -> Result {
        match filter {
            None => Ok(()),
            Some(_) if !attribute.is_multi_valued() => Err(locate::no_elements(attribute.name())),
            Some(filter) => self
                .meant(filter, attribute)
                .check_elements(
                    attribute,
                    FilterOptions::default()
                        .with_refuse_unknown(self.options.unknown != Unknown::Keep)
                        // The name of a member was not checked as a path before.
                        .with_refuse_never_returned(self.options.dotted_names),
                )
                .map_err(|error| PatchError::new(Kind::InvalidFilter, error.to_string())),
        }
    }

    /// Refuses a path to a sub-attribute that is unknown.
    fn knows(&self, attribute: &Attribute, sub: &str) -> Result {
        let table = attribute.kind().descriptor();
        let is_known = table.is_some_and(|table| table.position(sub).is_some());
        if is_known || self.options.unknown == Unknown::Keep {
            return Ok(());
        }
        Err(locate::no_sub_attribute(attribute.name(), sub))
    }

    /// An attribute, with what a path says about its elements and sub-attributes. The path was
    /// checked.
    fn attribute(
        &self,
        object: &mut dyn Reflect,
        at: Scope,
        index: usize,
        parts: Parts<'_>,
        action: Action<'_>,
    ) -> Result {
        let Some(attribute) = object.descriptor().attributes().get(index) else {
            return Ok(());
        };
        let Parts { sub, filter, after } = parts;
        match sub {
            None if filter.is_none() => self.whole(object, at, index, action),
            Some(sub) if !attribute.is_multi_valued() => {
                self.guarded(object, at, index, Some(sub), action, &mut |object| {
                    self.in_child(object, at, index, action, &mut |child, at| {
                        let inner = child.descriptor().position(sub);
                        match inner.filter(|_| filter.is_some()) {
                            Some(inner) => {
                                let parts = Parts { sub: None, ..parts };
                                self.attribute(child, at, inner, parts, action)?;
                                Ok(Some(inner))
                            }
                            None => self.sub_attribute(child, at, sub, action),
                        }
                    })
                })
            }
            sub => self.elements(object, at, index, filter, sub.or(after), action),
        }
    }

    pub(super) fn sub_attribute(
        &self,
        object: &mut dyn Reflect,
        at: Scope,
        name: &str,
        action: Action<'_>,
    ) -> Result<Option<usize>> {
        match object.descriptor().position(name) {
            Some(index) => {
                self.whole(object, at, index, action)?;
                Ok(Some(index))
            }
            None => {
                let unfound = Unfound {
                    trail: &[name],
                    named: true,
                };
                self.unknown(object, at, unfound, action)?;
                Ok(None)
            }
        }
    }

    /// Works within a single complex attribute or an extension: makes it for a value that needs
    /// it, and takes it away when nothing is left in it. `work` says which attribute it wrote.
    fn in_child(
        &self,
        object: &mut dyn Reflect,
        at: Scope,
        index: usize,
        action: Action<'_>,
        work: &mut dyn FnMut(&mut dyn Reflect, Scope) -> Result<Option<usize>>,
    ) -> Result {
        let place = at.child(index);
        let is_new = object.get(index).is_absent();
        if is_new && action.op == Op::Remove {
            return self.nothing_to_remove();
        }
        match object.slot(index) {
            Some(Slot::Object(child)) => work(child, place).map(drop),
            Some(Slot::OptionObject(slot)) => {
                let child = slot.get_or_insert();
                if is_new {
                    self.pending.made(place, child);
                }
                let written = work(child, place)?;
                if !self.has_content(child, place) {
                    slot.clear();
                    self.places.forget(place);
                    self.pending.gone(place);
                    return Ok(());
                }
                if let Some(attribute) = written {
                    self.pending.wrote(place, attribute);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    pub(super) fn nothing_to_remove(&self) -> Result {
        match self.options.no_match {
            NoMatch::Refuse => Err(PatchError::new(
                Kind::NoTarget,
                "there is nothing to remove",
            )),
            NoMatch::Standard | NoMatch::Create => Ok(()),
        }
    }
}
