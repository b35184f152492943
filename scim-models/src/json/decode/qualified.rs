//! Attributes under the URN of their schema (RFC 7644 §3.10) in a resource: all of them in a
//! container of that name, as extensions have one, or each in a member `urn:..:User:userName`.
//!
//! They are read after the rest of the object, and add to it.

use std::collections::BTreeMap;

use super::{
    Context, Seen, Step, attribute, find,
    late::{self, Place, Qualified},
    missing, unknown,
};
use crate::{
    json::text::{Next, Reader, SyntaxError, is_nothing, shapes::Member},
    model::{Reflect, Slot, ValueRef, has_content},
};

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
    read_all(late, own, envelope, (seen, &mut made), context)?;
    made.check(own, context);
    Ok(())
}

fn read_all(
    late: Vec<Qualified<'_>>,
    own: &mut dyn Reflect,
    envelope: &mut Option<&mut dyn Reflect>,
    (seen, made): (&mut Seen, &mut Made),
    context: &mut Context,
) -> Result<(), SyntaxError> {
    for Qualified { name, raw, place } in late {
        if is_nothing(raw) || raw == "\"\"" {
            continue;
        }
        match place {
            Place::Container if !raw.starts_with('{') => own.extra_mut().set_raw(&name, raw),
            Place::Container => {
                let mut within = Vec::new();
                let mut reader = Reader::nested(raw);
                container(&mut reader, own, envelope, (seen, &mut within), context)?;
                read_all(within, own, envelope, (seen, made), context)?;
            }
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
    Ok(())
}

/// Reads the attributes in a container, whose brace comes next; those with the URN in front are left for
/// later, `within`.
fn container<'a>(
    reader: &mut Reader<'a>,
    own: &mut dyn Reflect,
    envelope: &mut Option<&mut dyn Reflect>,
    (seen, within): (&mut Seen, &mut Vec<Qualified<'a>>),
    context: &mut Context,
) -> Result<(), SyntaxError> {
    let common = envelope.as_ref().map(|envelope| envelope.descriptor());
    let mut more = reader.enter_object()?;
    while more {
        let start = reader.offset();
        let name = reader.member()?;
        let written = reader.slice(start, reader.offset());
        let member = find(own.descriptor(), common, &name, 0);
        let place = match member {
            Member::Unknown => late::place(own.descriptor(), common, &name),
            _ => None,
        };
        // To pass over a container in a container would be to read it once for each that it is in.
        if matches!(place, Some(Place::Container)) && reader.peek()? == Next::Object {
            container(reader, own, envelope, (seen, within), context)?;
            more = reader.next_member()?;
            continue;
        }
        let raw = reader.skip_value()?;
        match member {
            Member::Unknown => match place {
                Some(place) => within.push(place.of(&name, raw)),
                None => unknown(own, &name, written, raw, context),
            },
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

/// Reads `raw` into the attribute at the end of `steps`. Returns whether the first of them has a value
/// then.
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
                if attribute.is_required() && !seen.has(index) && context.lacks(object, index) {
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
