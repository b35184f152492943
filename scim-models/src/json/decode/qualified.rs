//! Attributes under the URN of their schema (RFC 7644 §3.10) in a resource: all of them in a
//! container of that name, as extensions have one, or each in a member `urn:..:User:userName`.
//!
//! They are read when the rest of the object is, so that what they say is added to it.

use std::collections::BTreeMap;

use super::{Context, Member, Seen, Step, attribute, find, missing, unknown};
use crate::{
    json::text::{Next, Reader, SyntaxError, is_nothing},
    model::{Descriptor, Reflect, Slot, ValueRef, has_content},
};

/// Where a member belongs.
pub(super) enum Place {
    /// It holds attributes of the resource.
    Container,
    /// It is a common attribute.
    Envelope(usize),
    /// It is an attribute, or one within others: the positions from the outside in.
    Own(Vec<usize>),
}

/// A member that was passed over.
pub(super) struct Qualified<'a> {
    name: String,
    raw: &'a str,
    place: Place,
}

impl Place {
    pub(super) fn of<'a>(self, name: &str, raw: &'a str) -> Qualified<'a> {
        Qualified {
            name: name.to_owned(),
            raw,
            place: self,
        }
    }
}

/// Where the member `name` belongs, if it has the URN of a schema in front.
#[inline]
pub(super) fn place(
    own: &'static Descriptor,
    envelope: Option<&'static Descriptor>,
    name: &str,
) -> Option<Place> {
    // No attribute has a colon in its name.
    if name.contains(':') {
        place_of(own, envelope, name)
    } else {
        None
    }
}

#[cold]
fn place_of(
    own: &'static Descriptor,
    envelope: Option<&'static Descriptor>,
    name: &str,
) -> Option<Place> {
    let urn = own.urn?;
    if name.eq_ignore_ascii_case(urn) {
        return Some(Place::Container);
    }
    if let Some(rest) = below(urn, name) {
        if let Some(index) = envelope.and_then(|envelope| envelope.position(rest)) {
            return Some(Place::Envelope(index));
        }
        if let Some(steps) = steps(own, rest) {
            return Some(Place::Own(steps));
        }
    }
    let mut attributes = own.attributes.iter().enumerate();
    attributes.find_map(|(index, extension)| {
        let rest = below(extension.name, name).filter(|_| extension.is_extension())?;
        let mut steps = steps(extension.kind.descriptor()?, rest)?;
        steps.insert(0, index);
        Some(Place::Own(steps))
    })
}

/// What stands behind `urn` and a colon.
fn below<'n>(urn: &str, name: &'n str) -> Option<&'n str> {
    let start = name.get(..urn.len())?;
    let rest = name.get(urn.len()..)?.strip_prefix(':')?;
    start.eq_ignore_ascii_case(urn).then_some(rest)
}

/// The way to `attribute` or `attribute.subAttribute`.
fn steps(table: &'static Descriptor, path: &str) -> Option<Vec<usize>> {
    if let Some(index) = table.position(path) {
        return Some(vec![index]);
    }
    let (name, sub) = path.split_once('.')?;
    let index = table.position(name)?;
    let parent = table
        .attributes
        .get(index)
        .filter(|a| !a.is_multi_valued())?;
    Some(vec![index, parent.kind.descriptor()?.position(sub)?])
}

/// Reads what was passed over. A member without a value says nothing.
#[cold]
#[inline(never)]
pub(super) fn read(
    late: Vec<Qualified<'_>>,
    own: &mut dyn Reflect,
    envelope: &mut Option<&mut dyn Reflect>,
    seen: &mut Seen,
    context: &mut Context,
) -> Result<(), SyntaxError> {
    let mut made = Made::default();
    for Qualified { name, raw, place } in late {
        if is_nothing(raw) || raw == "\"\"" {
            continue;
        }
        match place {
            Place::Container if !raw.starts_with('{') => own.extra_mut().set_raw(&name, raw),
            Place::Container => container(raw, own, envelope, seen, context)?,
            Place::Envelope(index) => {
                if let Some(envelope) = envelope {
                    attribute(&mut Reader::nested(raw), *envelope, index, context)?;
                }
            }
            Place::Own(steps) => {
                made.note(own, &steps);
                let assigned = assign(own, &steps, raw, context)?;
                if let Some(index) = steps.first() {
                    seen.set(*index, assigned);
                }
            }
        }
    }
    made.check(own, context);
    Ok(())
}

fn container(
    text: &str,
    own: &mut dyn Reflect,
    envelope: &mut Option<&mut dyn Reflect>,
    seen: &mut Seen,
    context: &mut Context,
) -> Result<(), SyntaxError> {
    let common = envelope.as_ref().map(|envelope| envelope.descriptor());
    let mut reader = Reader::nested(text);
    if reader.peek()? != Next::Object {
        return Ok(());
    }
    let mut more = reader.enter_object()?;
    while more {
        let start = reader.offset();
        let name = reader.member()?;
        let written = reader.slice(start, reader.offset());
        let raw = reader.skip_value()?;
        match find(own.descriptor(), common, &name, 0) {
            Member::Unknown => unknown(own, &name, written, raw, context),
            Member::Schemas => {}
            _ if is_nothing(raw) => {}
            Member::Envelope(index) => {
                if let Some(envelope) = envelope {
                    attribute(&mut Reader::nested(raw), *envelope, index, context)?;
                }
            }
            Member::Own(index) => {
                let assigned = assign(own, &[index], raw, context)?;
                seen.set(index, assigned);
            }
        }
        more = reader.next_member()?;
    }
    Ok(())
}

/// Reads `raw` into the attribute at the end of `steps`. Whether the first of them has a value then.
fn assign(
    object: &mut dyn Reflect,
    steps: &[usize],
    raw: &str,
    context: &mut Context,
) -> Result<bool, SyntaxError> {
    let [index, rest @ ..] = steps else {
        return Ok(false);
    };
    let Some(step) = object.descriptor().attributes.get(*index) else {
        return Ok(false);
    };
    if rest.is_empty() {
        if let Some(slot) = object.slot(*index) {
            slot.clear();
        }
        return attribute(&mut Reader::nested(raw), object, *index, context);
    }
    let mark = context.mark();
    let assigned = match object.slot(*index) {
        Some(Slot::Object(inner)) => {
            assign(inner, rest, raw, context)?;
            has_content(inner)
        }
        Some(Slot::OptionObject(slot)) => {
            let inner = slot.get_or_insert();
            assign(inner, rest, raw, context)?;
            let any = has_content(inner);
            if !any {
                slot.clear();
            }
            any
        }
        _ => false,
    };
    context.step(mark, Step::Attribute(step, *index));
    Ok(assigned)
}

/// Complex values that only members under an URN have made, and what they were given: they must
/// have what is required of them.
#[derive(Default)]
struct Made(BTreeMap<Vec<usize>, Seen>);

impl Made {
    /// Before the attribute at the end of `steps` is read.
    fn note(&mut self, own: &dyn Reflect, steps: &[usize]) {
        let mut value = ValueRef::Object(own);
        for (depth, index) in steps.iter().enumerate() {
            if depth > 0 {
                let parent = steps.get(..depth).unwrap_or_default();
                if !value.is_assigned() && !self.0.contains_key(parent) {
                    self.0.insert(parent.to_vec(), Seen::default());
                }
                if let Some(seen) = self.0.get_mut(parent) {
                    seen.set(*index, true);
                }
            }
            value = match value {
                ValueRef::Object(object) => object.get(*index),
                _ => ValueRef::Absent,
            };
        }
    }

    fn check(self, own: &dyn Reflect, context: &mut Context) {
        for (steps, seen) in self.0 {
            let mut object = own;
            let mut path = Vec::new();
            for index in &steps {
                let attribute = object.descriptor().attributes.get(*index);
                let (Some(attribute), ValueRef::Object(inner)) = (attribute, object.get(*index))
                else {
                    break;
                };
                path.push((attribute, *index));
                object = inner;
            }
            if path.len() < steps.len() {
                continue;
            }
            for (index, attribute) in object.descriptor().attributes.iter().enumerate() {
                if attribute.is_required() && !seen.has(index) && context.lacks(attribute) {
                    let mark = context.mark();
                    missing(attribute, index, context);
                    for (attribute, index) in path.iter().rev() {
                        context.step(mark, Step::Attribute(attribute, *index));
                    }
                }
            }
        }
    }
}
