//! Operations on a resource in memory (RFC 7644 §3.5.2).

mod assign;
mod current;
mod elements;
mod identity;
mod locate;
mod options;
mod pending;
mod unknown;

pub use self::options::{
    ApplyOptions, ComplexValues, ElementValues, Identity, NoMatch, ReadOnlyValues, RemovedValues,
    Unknown,
};
use self::{
    locate::Location,
    pending::{Pending, Place},
};
use super::{
    Op, Operation, PatchError, PatchErrorKind as Kind, equality, read,
    text::{self, Shape},
};
use crate::{
    attribute_path::AttributePath,
    filter::{Filter, PatchPath},
    model::{Reflect, Slot, ValueRef},
    resource::{Resource, envelope},
    stored::Stored,
};

type Result<T = ()> = std::result::Result<T, PatchError>;

/// What a patch can be applied to: a resource, or a stored one.
pub trait Patchable: sealed::Layers {
    /// The type of the resource.
    type Resource: Resource;
}

impl<R: Resource> Patchable for R {
    type Resource = R;
}

impl<R: Resource> Patchable for Stored<R> {
    type Resource = R;
}

mod sealed {
    use super::{Reflect, Resource, Stored};

    /// The resource, and `id` and `meta` where they are known.
    pub trait Layers {
        type Own: Resource;
        fn own(&self) -> &Self::Own;
        fn own_mut(&mut self) -> &mut Self::Own;
        fn common(&self) -> Option<&dyn Reflect>;
    }

    impl<R: Resource> Layers for R {
        type Own = R;

        fn own(&self) -> &R {
            self
        }

        fn own_mut(&mut self) -> &mut R {
            self
        }

        fn common(&self) -> Option<&dyn Reflect> {
            None
        }
    }

    impl<R: Resource> Layers for Stored<R> {
        type Own = R;

        fn own(&self) -> &R {
            self
        }

        fn own_mut(&mut self) -> &mut R {
            self
        }

        fn common(&self) -> Option<&dyn Reflect> {
            Some(self.envelope())
        }
    }
}

/// Applies all operations to a copy, which then takes the resource's place.
pub(super) fn apply<T: Patchable>(
    operations: &[Operation],
    target: &mut T,
    options: &ApplyOptions,
) -> Result<bool> {
    let mut copy = target.own().clone();
    run(operations, &mut copy, target.common(), options)?;
    let changed = !equality::same_object(target.own(), &copy);
    *target.own_mut() = copy;
    Ok(changed)
}

/// Applies operations to a value of any type, as [`PatchOp::apply`](super::PatchOp::apply) does
/// to a resource.
///
/// # Errors
/// An operation cannot be done. Those before it are done then, and it may be done in part: whoever
/// needs all or nothing works on a copy, as `PatchOp::apply` does.
pub fn apply_to(
    object: &mut dyn Reflect,
    operations: &[Operation],
    options: &ApplyOptions,
) -> Result {
    run(operations, object, None, options)
}

fn run(
    operations: &[Operation],
    object: &mut dyn Reflect,
    common: Option<&dyn Reflect>,
    options: &ApplyOptions,
) -> Result {
    let run = Run {
        options,
        common,
        pending: Pending::default(),
    };
    for (index, operation) in operations.iter().enumerate() {
        run.pending.start(index);
        run.operation(object, operation).map_err(|error| {
            let path = operation.path.as_ref().map(PatchPath::to_string);
            error.in_operation(index, path)
        })?;
    }
    run.pending.finish()
}

struct Run<'a> {
    options: &'a ApplyOptions,
    common: Option<&'a dyn Reflect>,
    pending: Pending,
}

/// What is done at a place. The value of a `remove` is mostly none.
#[derive(Clone, Copy)]
struct Action<'a> {
    op: Op,
    value: Option<&'a str>,
}

impl<'a> Action<'a> {
    fn with(self, value: &'a str) -> Self {
        Self {
            value: Some(value),
            ..self
        }
    }
}

impl Run<'_> {
    fn operation(&self, root: &mut dyn Reflect, operation: &Operation) -> Result {
        read::check(operation)?;
        let action = Action {
            op: operation.op,
            value: operation.value.as_ref().map(crate::Json::as_str),
        };
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
            (Some(attribute), _) => locate::attribute(root, attribute),
            (None, Some(urn)) => locate::container(root, urn),
            (None, None) => Location::Resource,
        };
        self.at(root, &location, path.filter(), path.sub_attribute(), action)
    }

    fn at(
        &self,
        root: &mut dyn Reflect,
        location: &Location<'_>,
        filter: Option<&Filter>,
        sub: Option<&str>,
        action: Action<'_>,
    ) -> Result {
        match location {
            Location::Resource if action.op == Op::Remove => Err(PatchError::new(
                Kind::Mutability,
                "a resource is not removed by a patch",
            )),
            Location::Resource => self.members(root, action),
            Location::Common(index) => self.common(*index, sub, action),
            Location::Extension(index) => self.whole(root, *index, action),
            Location::Attribute {
                extension: None,
                index,
            } => self.attribute(root, *index, filter, sub, action),
            Location::Attribute {
                extension: Some(extension),
                index,
            } => self.in_child(root, *extension, action, &mut |object| {
                self.attribute(object, *index, filter, sub, action)?;
                Ok(Some(*index))
            }),
            Location::Unknown { .. } | Location::Foreign { .. } if filter.is_some() => Err(
                locate::unknown("an unknown attribute has no elements to choose from"),
            ),
            Location::Unknown {
                extension: None,
                name,
            } => self.unknown(root, name, sub, action, true),
            Location::Unknown {
                extension: Some(extension),
                name,
            } => self.in_child(root, *extension, action, &mut |object| {
                self.unknown(object, name, sub, action, true)?;
                Ok(None)
            }),
            Location::Foreign {
                container,
                attribute,
            } => self.foreign(root, container, *attribute, sub, action, true),
        }
    }

    /// An operation without a path: each member of the value is an attribute.
    fn members(&self, root: &mut dyn Reflect, action: Action<'_>) -> Result {
        let value = action.value.unwrap_or_default();
        if text::shape(value) != Shape::Object {
            let detail = "without a path, the value is an object of attributes";
            return Err(PatchError::new(Kind::InvalidValue, detail));
        }
        for (name, text) in text::members(value).map_err(assign::not_json)? {
            self.member(root, &name, action.with(text))?;
        }
        Ok(())
    }

    fn member(&self, root: &mut dyn Reflect, name: &str, action: Action<'_>) -> Result {
        let descriptor = root.descriptor();
        if let Some(index) = descriptor.position(name) {
            return self.whole(root, index, action);
        }
        match envelope::DESCRIPTOR.position(name) {
            // Worked out from the data, not set.
            Some(_) if name.eq_ignore_ascii_case("schemas") => return Ok(()),
            Some(index) => return self.common(index, None, action),
            None => {}
        }
        if descriptor
            .urn()
            .is_some_and(|urn| urn.eq_ignore_ascii_case(name))
        {
            return self.members(root, action);
        }
        let is_object = text::shape(action.value.unwrap_or_default()) == Shape::Object;
        let Ok(path) = name.parse::<AttributePath>() else {
            return if name.contains(':') && is_object {
                self.foreign(root, name, None, None, action, false)
            } else {
                self.unknown(root, name, None, action, false)
            };
        };
        let location = locate::attribute(root, &path);
        match location {
            // The container of an extension that nobody declared.
            Location::Foreign { .. } if is_object && path.sub().is_none() => {
                self.foreign(root, name, None, None, action, false)
            }
            Location::Foreign {
                container,
                attribute,
            } => self.foreign(root, &container, attribute, path.sub(), action, false),
            Location::Unknown {
                extension: None, ..
            } => self.unknown(root, name, None, action, false),
            Location::Unknown {
                extension: Some(extension),
                name,
            } => self.in_child(root, extension, action, &mut |object| {
                self.unknown(object, name, path.sub(), action, false)?;
                Ok(None)
            }),
            _ if path.sub().is_some() && !self.options.dotted_names => {
                let detail = format!("{name} is a path, not the name of an attribute");
                Err(PatchError::new(Kind::InvalidPath, detail))
            }
            location => self.at(root, &location, None, path.sub(), action),
        }
    }

    /// `id`, `meta` and `schemas`.
    fn common(&self, index: usize, sub: Option<&str>, action: Action<'_>) -> Result {
        let current = self
            .common
            .map_or(ValueRef::Absent, |common| common.get(index));
        let name = envelope::DESCRIPTOR
            .attributes()
            .get(index)
            .map_or("", |a| a.name());
        match (current, sub) {
            (ValueRef::Object(object), Some(sub)) => {
                let found = object.descriptor().position(sub);
                let current = found.map_or(ValueRef::Absent, |index| object.get(index));
                self.read_only(sub, current, action)
            }
            _ => self.read_only(name, current, action),
        }
    }

    /// An attribute, with what a path says about its elements and sub-attributes.
    fn attribute(
        &self,
        object: &mut dyn Reflect,
        index: usize,
        filter: Option<&Filter>,
        sub: Option<&str>,
        action: Action<'_>,
    ) -> Result {
        let Some(attribute) = object.descriptor().attributes().get(index) else {
            return Ok(());
        };
        match (filter, sub) {
            (None, None) => self.whole(object, index, action),
            (Some(_), _) if !attribute.is_multi_valued() => {
                let detail = format!("{} has no elements to choose from", attribute.name());
                Err(PatchError::new(Kind::InvalidPath, detail))
            }
            (None, Some(_)) if attribute.is_multi_valued() && !self.options.every_element => {
                let detail = format!(
                    "{} needs a filter: which element is meant?",
                    attribute.name()
                );
                Err(PatchError::new(Kind::InvalidPath, detail))
            }
            (_, Some(sub)) if attribute.kind().descriptor().is_none() => {
                let detail = format!("{} has no sub-attribute {sub}", attribute.name());
                Err(PatchError::new(Kind::InvalidPath, detail))
            }
            (None, Some(sub)) if !attribute.is_multi_valued() => {
                self.guarded(object, index, sub, action, &mut |object| {
                    self.in_child(object, index, action, &mut |child| {
                        self.sub_attribute(child, sub, action)
                    })
                })
            }
            (filter, sub) => self.elements(object, index, filter, sub, action),
        }
    }

    fn sub_attribute(
        &self,
        object: &mut dyn Reflect,
        name: &str,
        action: Action<'_>,
    ) -> Result<Option<usize>> {
        match object.descriptor().position(name) {
            Some(index) => {
                self.whole(object, index, action)?;
                Ok(Some(index))
            }
            None => {
                self.unknown(object, name, None, action, true)?;
                Ok(None)
            }
        }
    }

    /// Works within a single complex attribute or an extension: makes it for a value that needs
    /// it, and takes it away when nothing is left in it. `work` says which attribute it wrote.
    fn in_child(
        &self,
        object: &mut dyn Reflect,
        index: usize,
        action: Action<'_>,
        work: &mut dyn FnMut(&mut dyn Reflect) -> Result<Option<usize>>,
    ) -> Result {
        let is_new = object.get(index).is_absent();
        if is_new && action.op == Op::Remove {
            return self.nothing_to_remove();
        }
        let place = Place::of(object, index);
        match object.slot(index) {
            Some(Slot::Object(child)) => work(child).map(drop),
            Some(Slot::OptionObject(slot)) => {
                let child = slot.get_or_insert();
                let written = work(child)?;
                if !ValueRef::Object(child).is_assigned() {
                    slot.clear();
                    self.pending.gone(place);
                    return Ok(());
                }
                if is_new {
                    self.pending.made(place, child);
                }
                if let Some(attribute) = written {
                    self.pending.wrote(place, attribute);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn nothing_to_remove(&self) -> Result {
        match self.options.no_match {
            NoMatch::Refuse => Err(PatchError::new(
                Kind::NoTarget,
                "there is nothing to remove",
            )),
            NoMatch::Standard | NoMatch::Create => Ok(()),
        }
    }
}
