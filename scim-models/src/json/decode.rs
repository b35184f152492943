//! JSON into any [`Reflect`] type, generously: `null`, `[]` and `{}` are unassigned, names match
//! in any letter case, and a simple value stands for the complex or multi-valued one that it is
//! the `value` of. What does not fit is noted with its path, and the reading goes on.
//!
//! An attribute may stand under the URN of its schema (RFC 7644 §3.10): [`qualified`]. An element of
//! which the `value` is null, or which lacks a required sub-attribute, is unassigned.
//!
//! Of two members whose names differ at most in letter case, the last one wins.
//!
//! The elements of a list are alike: what a member is, is remembered from one to the next
//! ([`shapes`](super::text::shapes)).

mod context;
mod late;
mod members;
mod qualified;
mod seen;
mod simple;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub use self::context::Context;
pub(super) use self::{
    context::Step,
    members::{find, unknown},
    seen::Seen,
};
use self::{
    members::{keep_schemas, schemas, search, track, unlisted},
    simple::{Elements, Text, elements, not_text, scalar},
};
use super::{
    DecodeError, ProblemKind, Reader, SyntaxError,
    reader::Next,
    text::shapes::{Member, Place},
};
use crate::model::{Attribute, Descriptor, Kind, ManyValues, Reflect, Slot, has_unknown};

/// What one document is read into.
pub struct Layers<'a> {
    own: &'a mut dyn Reflect,
    envelope: Option<&'a mut dyn Reflect>,
}

impl<'a> Layers<'a> {
    /// A complex attribute or an extension.
    pub fn of(own: &'a mut dyn Reflect) -> Self {
        Self {
            own,
            envelope: None,
        }
    }

    /// A resource: `id` and `meta` go to `envelope`, and `schemas` is left out.
    pub fn resource(own: &'a mut dyn Reflect, envelope: &'a mut dyn Reflect) -> Self {
        Self {
            own,
            envelope: Some(envelope),
        }
    }
}

/// Reads a text that is one object and nothing else.
pub fn document(text: &str, layers: Layers<'_>, context: &mut Context) -> Result<(), DecodeError> {
    let mut reader = Reader::new(text);
    let read = value_of_document(&mut reader, layers, context).and_then(|()| reader.finish());
    read.map_err(|error| DecodeError::syntax(error, text))
}

/// Reads the value that comes next into `layers`; what is not an object is noted.
pub fn value_of_document(
    reader: &mut Reader<'_>,
    layers: Layers<'_>,
    context: &mut Context,
) -> Result<(), SyntaxError> {
    match reader.peek()? {
        Next::Object => {
            let place = reader.shapes.element();
            object(reader, layers, place, context).map(drop)
        }
        found => {
            reader.skip_value()?;
            context.wrong_type("an object", found);
            Ok(())
        }
    }
}

/// Reads an object whose brace comes next. Returns whether anything is in it.
fn object(
    reader: &mut Reader<'_>,
    layers: Layers<'_>,
    place: Place,
    context: &mut Context,
) -> Result<bool, SyntaxError> {
    let Layers { own, mut envelope } = layers;
    let descriptor = own.descriptor();
    let common = envelope.as_ref().map(|e| e.descriptor());
    let is_element = std::mem::take(&mut context.is_element);
    let mut track = track(reader, place, descriptor);
    let mut seen = Seen::default();
    let mut hint = 0;
    let mut listed = None;
    let mut late = Vec::new();
    let mut has_null_value = false;
    // A value that holds nothing is none, and so lacks nothing.
    let may_be_none = reader.is_nested() && envelope.is_none();
    let mut more = reader.enter_object()?;
    while more {
        let (member, inner) = if let Some(step) = reader.follow(&mut track) {
            if let Member::Unknown = step.member {
                let name = &Cow::Borrowed(step.name);
                unlisted(reader, own, common, (0, name), &mut late, context)?;
            }
            (step.member, step.inner)
        } else if let Some(next) = descriptor.attributes.get(hint)
            && !track.is_on()
            && reader.member_is(next.name)?
        {
            (Member::Own(hint), Place::UNKNOWN)
        } else if track.is_on() {
            let tables = (descriptor, common, hint);
            search(reader, own, tables, &mut track, &mut late, context)?
        } else {
            let start = reader.offset();
            let name = reader.member()?;
            let member = find(descriptor, common, &name, hint);
            if let Member::Unknown = member {
                unlisted(reader, own, common, (start, &name), &mut late, context)?;
            }
            (member, Place::UNKNOWN)
        };
        match member {
            Member::Own(index) => {
                if seen.has(index)
                    && let Some(slot) = own.slot(index)
                {
                    slot.clear();
                }
                let assigned = attribute_of(reader, descriptor, own, (index, inner), context)?;
                seen.set(index, assigned);
                // The last of several counts.
                if is_element && assigned == has_null_value && is_value(descriptor, index) {
                    has_null_value = !assigned;
                }
                hint = index + 1;
            }
            Member::Envelope(index) => {
                if let (Some(envelope), Some(table)) = (&mut envelope, common) {
                    attribute_apart(reader, table, *envelope, (index, inner), context)?;
                }
            }
            Member::Schemas => listed = Some(schemas(reader, context)?),
            Member::Unknown => {}
        }
        more = reader.next_member()?;
    }
    if !late.is_empty() {
        qualified::read(late, own, &mut envelope, &mut seen, context)?;
    }
    if let Some(listed) = listed {
        keep_schemas(reader, own, &track, listed);
    }
    let any = seen.any() || has_unknown(own);
    if may_be_none && !any || has_null_value && !context.strict {
        return Ok(false);
    }
    if seen.has_all(track.required) && track.required != u64::MAX {
        return Ok(any);
    }
    for (index, attribute) in descriptor.attributes.iter().enumerate() {
        if attribute.is_required() && !seen.has(index) && context.lacks(&*own, index) {
            if is_element && !context.strict && !context.partial {
                return Ok(false);
            }
            missing(attribute, index, context);
        }
    }
    Ok(any)
}

/// The `value` of a multi-valued attribute's elements (RFC 7643 §2.4).
#[cold]
fn is_value(descriptor: &'static Descriptor, index: usize) -> bool {
    let attribute = descriptor.attributes.get(index);
    attribute.is_some_and(|attribute| attribute.name.eq_ignore_ascii_case("value"))
}

#[cold]
pub(super) fn missing(attribute: &'static Attribute, index: usize, context: &mut Context) {
    let mark = context.mark();
    if context.partial {
        context.missing.push(Vec::new());
    } else {
        context.note(ProblemKind::MissingRequired);
    }
    context.step(mark, Step::Attribute(attribute, index));
}

/// Reads the value of attribute `index`. Returns whether it is assigned afterwards.
pub(super) fn attribute(
    reader: &mut Reader<'_>,
    object: &mut dyn Reflect,
    index: usize,
    context: &mut Context,
) -> Result<bool, SyntaxError> {
    let table = object.descriptor();
    attribute_apart(reader, table, object, (index, Place::UNKNOWN), context)
}

/// Like [`attribute_of`], where it is not worth a copy of its own.
#[inline(never)]
fn attribute_apart(
    reader: &mut Reader<'_>,
    table: &'static Descriptor,
    object: &mut dyn Reflect,
    place: (usize, Place),
    context: &mut Context,
) -> Result<bool, SyntaxError> {
    attribute_of(reader, table, object, place, context)
}

/// Reads the value of the attribute `index` in the table of `object`. Returns whether it is
/// assigned afterwards.
#[inline(always)]
fn attribute_of(
    reader: &mut Reader<'_>,
    table: &'static Descriptor,
    object: &mut dyn Reflect,
    (index, inner): (usize, Place),
    context: &mut Context,
) -> Result<bool, SyntaxError> {
    let (Some(attribute), Some(slot)) = (table.attributes.get(index), object.slot(index)) else {
        reader.skip_value()?;
        return Ok(false);
    };
    // Most values are texts, so they are read here and now.
    if let Slot::OptionStr(place) = slot {
        if reader.peek()? == Next::String {
            let start = reader.offset();
            match reader.owned_string() {
                Ok(text) => *place = Some(text),
                Err(error) => no_text(reader, (attribute, index), start, error, context)?,
            }
            return Ok(true);
        }
        return other(
            reader,
            (attribute, index),
            Slot::OptionStr(place),
            inner,
            context,
        );
    }
    other(reader, (attribute, index), slot, inner, context)
}

/// A string that is no text.
#[cold]
fn no_text(
    reader: &mut Reader<'_>,
    (attribute, index): (&'static Attribute, usize),
    start: usize,
    error: SyntaxError,
    context: &mut Context,
) -> Result<(), SyntaxError> {
    let mark = context.mark();
    not_text(reader, start, error, context)?;
    context.step(mark, Step::Attribute(attribute, index));
    Ok(())
}

/// A value that is not the text of an optional attribute.
#[inline(never)]
fn other(
    reader: &mut Reader<'_>,
    (attribute, index): (&'static Attribute, usize),
    slot: Slot<'_>,
    inner: Place,
    context: &mut Context,
) -> Result<bool, SyntaxError> {
    let mark = context.mark();
    let assigned = value_at(reader, attribute, slot, inner, context)?;
    context.step(mark, Step::Attribute(attribute, index));
    Ok(assigned)
}

/// Reads the value that comes next into `slot`. Returns whether it is something.
pub fn value(
    reader: &mut Reader<'_>,
    attribute: &'static Attribute,
    slot: Slot<'_>,
    context: &mut Context,
) -> Result<bool, SyntaxError> {
    value_at(reader, attribute, slot, Place::UNKNOWN, context)
}

/// Like [`value`]; what is in it stands at a place.
fn value_at(
    reader: &mut Reader<'_>,
    attribute: &'static Attribute,
    slot: Slot<'_>,
    inner: Place,
    context: &mut Context,
) -> Result<bool, SyntaxError> {
    let next = reader.peek()?;
    match (slot, next) {
        (slot, Next::Null) => {
            reader.literal("null")?;
            slot.clear();
            Ok(false)
        }
        (Slot::Scalar(place), next) => scalar(reader, attribute, place, next, context),
        (Slot::Many(place), next) => many(reader, attribute, place, next, inner, context),
        (Slot::OptionObject(place), Next::Object) => {
            let read = object(reader, Layers::of(place.insert()), inner, context)?;
            if !read {
                place.clear();
            }
            Ok(read)
        }
        (slot @ (Slot::Object(_) | Slot::OptionObject(_)), next) => {
            complex(reader, slot, next, inner, context)
        }
        (Slot::Str(place), Next::String) => {
            let start = reader.offset();
            match reader.owned_string() {
                Ok(text) => *place = text,
                Err(error) => not_text(reader, start, error, context)?,
            }
            Ok(true)
        }
        (Slot::OptionStr(place), Next::String) => {
            let start = reader.offset();
            match reader.owned_string() {
                Ok(text) => *place = Some(text),
                Err(error) => not_text(reader, start, error, context)?,
            }
            Ok(true)
        }
        (Slot::Str(place), next) => scalar(reader, attribute, &mut Text(place), next, context),
        (Slot::OptionStr(place), next) => {
            let mut text = String::new();
            let read = scalar(reader, attribute, &mut Text(&mut text), next, context)?;
            *place = read.then_some(text);
            Ok(read)
        }
    }
}

fn complex(
    reader: &mut Reader<'_>,
    slot: Slot<'_>,
    next: Next,
    inner: Place,
    context: &mut Context,
) -> Result<bool, SyntaxError> {
    let target = match slot {
        Slot::Object(object) => object,
        Slot::OptionObject(slot) => {
            let read = complex(reader, Slot::Object(slot.insert()), next, inner, context)?;
            if !read {
                slot.clear();
            }
            return Ok(read);
        }
        _ => return Ok(false),
    };
    if context.strict && next != Next::Object {
        reader.skip_value()?;
        context.wrong_type("an object", next);
        return Ok(true);
    }
    match next {
        Next::Object => object(reader, Layers::of(target), inner, context),
        Next::Array => match elements(reader)? {
            Elements::None => {
                Slot::Object(target).clear();
                Ok(false)
            }
            Elements::One(text) => {
                let mut alone = Reader::nested(text);
                let next = alone.peek()?;
                complex(
                    &mut alone,
                    Slot::Object(target),
                    next,
                    Place::UNKNOWN,
                    context,
                )
            }
            Elements::Many => {
                context.wrong_type("an object", Next::Array);
                Ok(true)
            }
        },
        _ => {
            let start = reader.offset();
            let text = reader.skip_value()?;
            if text == "\"\"" {
                Slot::Object(target).clear();
                return Ok(false);
            }
            // `"manager": "26118915"` means the manager's `value`.
            let descriptor = target.descriptor();
            let place = descriptor.position("value");
            let sub = place.and_then(|index| descriptor.attributes.get(index));
            if let (Some(sub), Some(slot)) = (sub, place.and_then(|index| target.slot(index)))
                && !sub.is_multi_valued()
                && !matches!(sub.kind, Kind::Complex(_))
            {
                reader.go_to(start, reader.depth());
                return value(reader, sub, slot, context);
            }
            context.wrong_type("an object", next);
            Ok(true)
        }
    }
}

fn many(
    reader: &mut Reader<'_>,
    attribute: &'static Attribute,
    slot: &mut dyn ManyValues,
    next: Next,
    inner: Place,
    context: &mut Context,
) -> Result<bool, SyntaxError> {
    slot.clear();
    if next != Next::Array {
        // One value where an array belongs.
        if context.strict {
            reader.skip_value()?;
            context.wrong_type("an array", next);
            return Ok(true);
        }
        element(reader, attribute, slot, inner, context)?;
        return Ok(!slot.is_empty());
    }
    let mut more = reader.enter_array()?;
    if more {
        // As many as there were last, if they are few: most arrays of a list have the same length.
        slot.reserve(reader.shapes.values(inner).min(FEW));
    }
    let mut read = 0;
    while more {
        let mark = context.mark();
        let kept = slot.len();
        element(reader, attribute, slot, inner, context)?;
        context.step(mark, Step::Element { read, kept });
        read += 1;
        more = reader.next_element()?;
    }
    reader.shapes.set_values(inner, read);
    Ok(!slot.is_empty())
}

/// For how many values room is made before they are read.
const FEW: usize = 16;

/// Reads one more value; `null` and `{}` are none.
#[inline]
fn element(
    reader: &mut Reader<'_>,
    attribute: &'static Attribute,
    slot: &mut dyn ManyValues,
    inner: Place,
    context: &mut Context,
) -> Result<(), SyntaxError> {
    let next = reader.peek()?;
    if context.strict && next == Next::Null {
        context.note(ProblemKind::NotStrict {
            form: "null is not an element",
        });
    }
    let Some(place) = slot.push() else {
        return reader.skip_value().map(drop);
    };
    context.is_element = true;
    let read = match (place, next) {
        (Slot::Object(target), Next::Object) => object(reader, Layers::of(target), inner, context)?,
        (place, _) => value_at(reader, attribute, place, inner, context)?,
    };
    context.is_element = false;
    if !read {
        slot.pop();
    }
    Ok(())
}
