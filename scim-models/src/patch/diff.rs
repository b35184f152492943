//! The smallest patch that leads from one state of a resource to another.

mod elements;
mod error;
mod extra;
mod refused;

pub use self::error::{DiffError, DiffErrorKind};
use self::refused::refused;
use super::{
    Dialect, Op, Operation, Patch, Patchable, dialect,
    equality::{Elements, Hashes, is_nothing, same},
    identity::Identifier,
    list::would_all_be_added,
    message::read,
    text,
};
use crate::{
    attribute_path::{self, AttributePath},
    filter::PatchPath,
    json::encode,
    model::{Attribute, Json, Kind, ManyValues, Mutability, Reflect, ValueRef, has_unknown},
    resource::AnyResource,
};

type Result<T = ()> = std::result::Result<T, DiffError>;

/// The smallest patch that makes `after` out of `before`, for a resource or a stored one.
///
/// Attributes, sub-attributes and elements are changed one by one. An element is found by its
/// `value`, by `type` and `value`, or by its `type` if it has no value. All elements are replaced
/// together if that does not identify the element, or if many elements change and the message
/// becomes shorter. These are not changes: another order of elements, `primary: false` in place of
/// no `primary`, and anything in `readOnly` attributes. Attributes that the types do not know are
/// compared too.
///
/// Applied to `before`, the patch gives `after`, with two exceptions. A service provider sets the
/// `readOnly` sub-attributes of elements that are replaced as a whole. If several elements are
/// primary in both states, it may keep only one of them primary (RFC 7643 §2.4).
///
/// ```
/// use scim_client::{User, patch};
///
/// let before = User::new("bjensen");
/// let mut after = before.clone();
/// after.display_name = Some("Babs".into());
/// let patch = patch::diff(&before, &after)?;
/// assert_eq!(patch.operations().len(), 1);
/// # Ok::<(), patch::DiffError>(())
/// ```
///
/// # Errors
/// `after` changes an immutable attribute that has a value, lacks a required attribute, or lacks an
/// attribute that no path can name. Or it makes more than one element primary, or sets a decimal to
/// text that is not a number. Or the two have different types, which is possible for types known at
/// run time.
pub fn diff<A, B>(before: &A, after: &B) -> Result<Patch<A::Resource>>
where
    A: Patchable,
    B: Patchable<Resource = A::Resource>,
{
    Dialect::rfc().diff(before, after)
}

impl Dialect {
    /// Like [`diff`], for a service provider with this dialect. If elements can be changed one by
    /// one or replaced all together, the shorter requests are chosen. No replacement has more
    /// elements than a request may add.
    ///
    /// # Errors
    /// The same as for [`diff`].
    pub fn diff<A, B>(&self, before: &A, after: &B) -> Result<Patch<A::Resource>>
    where
        A: Patchable,
        B: Patchable<Resource = A::Resource>,
    {
        let (before, after) = (before.own(), after.own());
        let same_type = before.is_of_type_of(after);
        between(before, after, same_type, self).map(Patch::from_operations)
    }
}

/// The operations that lead from one state of a resource to another.
fn between(
    before: &dyn Reflect,
    after: &dyn Reflect,
    same_type: bool,
    dialect: &Dialect,
) -> Result<Vec<Operation>> {
    if !same_type {
        let schema = after.descriptor().urn().unwrap_or_default();
        return Err(DiffError::new(DiffErrorKind::DifferentTypes, schema));
    }
    let mut out = Out {
        operations: Vec::new(),
        dialect,
    };
    attributes(before, after, None, &mut out)?;
    extra::of_resource(before, after, &mut out)?;
    for operation in &mut out.operations {
        make_readable(operation)?;
    }
    Ok(out.operations)
}

/// The operations so far, and for whom they are.
struct Out<'d> {
    operations: Vec<Operation>,
    dialect: &'d Dialect,
}

impl Out<'_> {
    fn push(&mut self, operation: Operation) {
        self.operations.push(operation);
    }
}

/// Takes a path away that does not read back as what it names: a name that breaks the grammar of
/// paths can stand in an object only.
fn make_readable(operation: &mut Operation) -> Result {
    let Some(path) = &operation.path else {
        return Ok(());
    };
    // Those with a filter were looked at when they were made.
    if path.filter().is_some() || is_readable(path) {
        return Ok(());
    }
    if operation.op == Op::Remove {
        return Err(DiffError::new(DiffErrorKind::NoPath, path.to_string()));
    }
    *operation = dialect::pathless(operation.clone());
    Ok(())
}

/// Returns whether a name is one that RFC 7643 §2.1 allows.
fn is_name(name: &str) -> bool {
    attribute_path::name(name.as_bytes(), 0) == Some(name.len())
}

/// Returns whether the text of a path without a filter reads back as the same attribute or container.
fn is_readable(path: &PatchPath) -> bool {
    match (path.attribute(), path.container()) {
        (Some(attribute), _) if attribute.uri().is_none() => {
            is_name(attribute.name()) && attribute.sub().is_none_or(is_name)
        }
        (Some(attribute), _) => attribute
            .to_string()
            .parse()
            .is_ok_and(|read: AttributePath| read == *attribute),
        (None, Some(schema)) => read::names_container(schema),
        (None, None) => false,
    }
}

/// Where an attribute is: its schema if that is an extension, and its name.
#[derive(Clone, Copy)]
struct At {
    uri: Option<&'static str>,
    name: &'static str,
}

impl At {
    fn attribute(self, sub: Option<&'static str>) -> AttributePath {
        AttributePath::from_parts(self.uri, self.name, sub)
    }

    fn path(self, sub: Option<&'static str>) -> PatchPath {
        PatchPath::from_attribute(self.attribute(sub))
    }

    fn error(self, kind: DiffErrorKind, sub: Option<&'static str>) -> DiffError {
        DiffError::new(kind, self.attribute(sub).to_string())
    }
}

/// The attributes of a resource, or of an extension.
fn attributes(
    before: &dyn Reflect,
    after: &dyn Reflect,
    uri: Option<&'static str>,
    out: &mut Out<'_>,
) -> Result {
    for (index, attribute) in after.descriptor().attributes().iter().enumerate() {
        let (before, after) = (before.get(index), after.get(index));
        if attribute.is_extension() {
            extension(attribute, before, after, out)?;
        } else {
            let at = At {
                uri,
                name: attribute.name(),
            };
            one(attribute, before, after, at, out)?;
        }
    }
    Ok(())
}

/// One attribute that is not a sub-attribute.
fn one(
    attribute: &'static Attribute,
    before: ValueRef<'_>,
    after: ValueRef<'_>,
    at: At,
    out: &mut Out<'_>,
) -> Result {
    if attribute.mutability() == Mutability::ReadOnly || same(before, after) {
        return Ok(());
    }
    match (before, after) {
        (ValueRef::Object(before), ValueRef::Object(after))
            if may_change(attribute) && is_written(before) && has_content(after) =>
        {
            subs(before, after, at, out)
        }
        (ValueRef::Many(before), ValueRef::Many(after)) if may_change(attribute) => {
            if attribute.kind().descriptor().is_some() {
                return elements::diff(attribute, before, after, at, out);
            }
            simple_elements(attribute, before, after, at, out)
        }
        _ => plain(attribute, before, after, at, None, out),
    }
}

fn may_change(attribute: &Attribute) -> bool {
    attribute.mutability() != Mutability::Immutable
}

/// Returns whether an object has anything, be it only what a service provider sets.
fn has_content(object: &dyn Reflect) -> bool {
    ValueRef::Object(object).is_assigned()
}

/// Returns whether an object has something that a client writes.
fn is_written(object: &dyn Reflect) -> bool {
    has_unknown(object)
        || object
            .descriptor()
            .attributes()
            .iter()
            .enumerate()
            .any(|(index, attribute)| {
                attribute.mutability() != Mutability::ReadOnly && has(object.get(index))
            })
}

/// Returns whether a value has something that a client writes.
fn has(value: ValueRef<'_>) -> bool {
    match value {
        ValueRef::Object(object) => is_written(object),
        value => !is_nothing(value),
    }
}

/// Sets, replaces or removes a value as a whole.
fn plain(
    attribute: &'static Attribute,
    before: ValueRef<'_>,
    after: ValueRef<'_>,
    at: At,
    sub: Option<&'static str>,
    out: &mut Out<'_>,
) -> Result {
    let path = at.path(sub);
    let refused = || match refused(after) {
        Some(kind) => Err(at.error(kind, sub)),
        None => Ok(()),
    };
    match (has(before), has(after)) {
        (false, false) => {}
        (true, _) if !may_change(attribute) => {
            return Err(at.error(DiffErrorKind::Immutable, sub));
        }
        (true, false) => {
            if attribute.is_required() {
                return Err(at.error(DiffErrorKind::Required, sub));
            }
            if let ValueRef::Object(object) = before
                && let Some(fixed) = assigned_immutable(object)
            {
                return Err(at.error(DiffErrorKind::Immutable, sub.or(Some(fixed))));
            }
            out.push(Operation::remove(path));
        }
        (false, true) => {
            refused()?;
            out.push(Operation {
                op: first_op(attribute, after),
                path: Some(path),
                value: Some(encode::value(after)),
            });
        }
        (true, true) => {
            refused()?;
            // A value in place of a complex one is merged with it: it goes first.
            if matches!(before, ValueRef::Object(_)) && !attribute.is_required() {
                out.push(Operation::remove(path.clone()));
            }
            out.push(Operation::replace(path, encode::value(after)));
        }
    }
    Ok(())
}

/// `add` for a first value; `replace` for a secret, of which nobody knows whether it is the first,
/// and for elements of which `add` would drop the duplicates.
fn first_op(attribute: &'static Attribute, value: ValueRef<'_>) -> Op {
    let has_duplicates = match value {
        ValueRef::Many(values) => {
            let hashes = Hashes::default();
            let of = Identifier::new(attribute, &hashes);
            !would_all_be_added(&of, values, 0..values.len())
        }
        _ => false,
    };
    if has_duplicates || attribute.mutability() == Mutability::WriteOnly {
        Op::Replace
    } else {
        Op::Add
    }
}

fn assigned_immutable(object: &dyn Reflect) -> Option<&'static str> {
    let mut attributes = object.descriptor().attributes().iter().enumerate();
    attributes
        .find(|(index, a)| a.mutability() == Mutability::Immutable && has(object.get(*index)))
        .map(|(_, attribute)| attribute.name())
}

/// The sub-attributes of a complex attribute that both states have.
fn subs(before: &dyn Reflect, after: &dyn Reflect, at: At, out: &mut Out<'_>) -> Result {
    for (index, sub) in after.descriptor().attributes().iter().enumerate() {
        let (before, after) = (before.get(index), after.get(index));
        if sub.mutability() != Mutability::ReadOnly && !same(before, after) {
            plain(sub, before, after, at, Some(sub.name()), out)?;
        }
    }
    extra::of_complex(before, after, at, out)
}

/// The values of a multi-valued attribute that is not complex. No filter that all service
/// providers understand chooses one of them, so only additions are told one by one.
fn simple_elements(
    attribute: &'static Attribute,
    before: &dyn ManyValues,
    after: &dyn ManyValues,
    at: At,
    out: &mut Out<'_>,
) -> Result {
    let hashes = Hashes::default();
    let mut known = Elements::new(&hashes);
    let all_differ = (0..before.len()).all(|index| known.insert_new(before, index));
    let mut left = before.len();
    let mut added = Elements::new(&hashes);
    let (mut texts, mut new) = (Vec::new(), Vec::new());
    for index in 0..after.len() {
        if known.find(before, after.at(index)).is_some() {
            left = left.saturating_sub(1);
        }
        let is_new = added.insert_new(after, index);
        if !is_new || !all_differ {
            left = usize::MAX;
            break;
        }
        if known.find(before, after.at(index)).is_none() {
            texts.push(encode::value(after.at(index)));
            new.push(index);
        }
    }
    let path = at.path(None);
    let of = Identifier::new(attribute, &hashes);
    let is_addition = left == 0 && would_all_be_added(&of, after, new.iter().copied());
    // What stays where it is, nobody has to take.
    let refused = match is_addition {
        true => new.iter().find_map(|index| refused(after.at(*index))),
        false => refused(ValueRef::Many(after)),
    };
    if let Some(kind) = refused {
        return Err(at.error(kind, None));
    }
    out.push(if is_addition {
        let array = text::array(texts.iter().map(Json::as_str));
        Operation::add(path, Json::trusted(&array))
    } else {
        Operation::replace(path, encode::value(ValueRef::Many(after)))
    });
    Ok(())
}

fn extension(
    attribute: &'static Attribute,
    before: ValueRef<'_>,
    after: ValueRef<'_>,
    out: &mut Out<'_>,
) -> Result {
    if attribute.mutability() == Mutability::ReadOnly || same(before, after) {
        return Ok(());
    }
    let urn = attribute.name();
    match (before, after) {
        (ValueRef::Object(before), ValueRef::Object(after))
            if is_written(before) && has_content(after) =>
        {
            attributes(before, after, Some(urn), out)?;
            extra::of_extension(before, after, urn, out)
        }
        (ValueRef::Object(before), _) if is_written(before) => {
            let at = At {
                uri: None,
                name: urn,
            };
            if attribute.is_required() {
                return Err(at.error(DiffErrorKind::Required, None));
            }
            if let Some(fixed) = assigned_immutable(before) {
                let at = At {
                    uri: Some(urn),
                    name: fixed,
                };
                return Err(at.error(DiffErrorKind::Immutable, None));
            }
            out.operations.extend(removed_extension(before, urn));
            Ok(())
        }
        (_, ValueRef::Object(object)) if is_written(object) => {
            if let Some(kind) = refused(after) {
                let at = At {
                    uri: None,
                    name: urn,
                };
                return Err(at.error(kind, None));
            }
            let container = text::object([(urn, encode::object(object))]);
            out.push(Operation::add(None, Json::trusted(&container)));
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The removal of each attribute, which service providers understand alike; or of the container,
/// where some of the attributes cannot go alone.
fn removed_extension(before: &dyn Reflect, urn: &'static str) -> Vec<Operation> {
    let whole = || vec![Operation::remove(PatchPath::from_container(urn))];
    if has_unknown(before) {
        return whole();
    }
    let mut out = Vec::new();
    for (index, attribute) in before.descriptor().attributes().iter().enumerate() {
        if attribute.mutability() == Mutability::ReadOnly || !has(before.get(index)) {
            continue;
        }
        let is_fixed = match before.get(index) {
            ValueRef::Object(object) => assigned_immutable(object).is_some(),
            _ => false,
        };
        if attribute.is_required() || is_fixed {
            return whole();
        }
        let at = At {
            uri: Some(urn),
            name: attribute.name(),
        };
        out.push(Operation::remove(at.path(None)));
    }
    out
}

/// Returns whether a sub-attribute can stand in a filter that finds an element.
fn identifies(attribute: &Attribute) -> bool {
    !attribute.is_multi_valued()
        && attribute.mutability() != Mutability::WriteOnly
        && matches!(
            attribute.kind(),
            Kind::String | Kind::Integer | Kind::Reference | Kind::Binary
        )
}
