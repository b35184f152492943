//! What the members of an object are, and those that are no attributes of its type.

use std::borrow::Cow;

use super::{
    context::Context,
    late::{self, Qualified},
};
use crate::{
    json::{
        Next, ProblemKind, Reader, SyntaxError, is_unicode, schemas,
        text::shapes::{Member, Place, TableFacts, Track},
    },
    model::{Attribute, Descriptor, Kind, Reflect},
};

#[inline(never)]
pub(in crate::json) fn find(
    own: &'static Descriptor,
    envelope: Option<&'static Descriptor>,
    name: &str,
    hint: usize,
) -> Member {
    if let Some(envelope) = envelope {
        if name.eq_ignore_ascii_case("schemas") {
            return Member::Schemas;
        }
        if let Some(index) = envelope.position(name) {
            return Member::Envelope(index);
        }
    }
    match own.position_from(name, hint) {
        Some(index) => Member::Own(index),
        None => Member::Unknown,
    }
}

/// What is remembered of the objects at a place.
#[inline]
pub(super) fn track(reader: &mut Reader<'_>, place: Place, table: &'static Descriptor) -> Track {
    if place == Place::UNKNOWN {
        return Track::NONE;
    }
    // Two tables at one address are one; what is remembered of another is not used.
    let address = std::ptr::from_ref(table).addr();
    reader.shapes.track(place, address, || table_facts(table))
}

#[cold]
fn table_facts(table: &'static Descriptor) -> TableFacts {
    let attributes = table.attributes;
    let bits = |has: fn(&Attribute) -> bool| {
        if attributes.len() > 64 {
            return u64::MAX;
        }
        let attributes = attributes.iter().enumerate();
        attributes.fold(0, |bits, (index, attribute)| {
            bits | u64::from(has(attribute)) << index
        })
    };
    TableFacts {
        required: bits(Attribute::is_required),
        extensions: bits(Attribute::is_extension),
        len: attributes.len(),
    }
}

/// What the next member is, which is not the one that came last time. One that the table does not
/// list is passed over. Off the hot path, which is shorter for it.
#[inline(never)]
pub(super) fn search<'a>(
    reader: &mut Reader<'a>,
    own: &mut dyn Reflect,
    (table, common, hint): (&'static Descriptor, Option<&'static Descriptor>, usize),
    track: &mut Track,
    late: &mut Vec<Qualified<'a>>,
    context: &mut Context,
) -> Result<(Member, Place), SyntaxError> {
    let start = reader.offset();
    let (member, inner, name) = match reader.look_ahead(track) {
        Some(step) => (step.member, step.inner, Cow::Borrowed(step.name)),
        None => {
            let name = reader.member()?;
            let member = find(table, common, &name, hint);
            let attribute = match member {
                Member::Own(index) => table.attributes.get(index),
                Member::Envelope(index) => common.and_then(|table| table.attributes.get(index)),
                Member::Schemas | Member::Unknown => None,
            };
            let has_place = attribute
                .is_some_and(|a| a.is_multi_valued() || matches!(a.kind, Kind::Complex(_)));
            let inner = reader.note_member(track, (start, &name), member, has_place);
            (member, inner, name)
        }
    };
    if let Member::Unknown = member {
        unlisted(reader, own, common, (start, &name), late, context)?;
    }
    Ok((member, inner))
}

/// Passes over a member that the table does not list, whose name begins at an offset. Off the hot
/// path, which is shorter for it.
#[inline(never)]
pub(super) fn unlisted<'a>(
    reader: &mut Reader<'a>,
    own: &mut dyn Reflect,
    common: Option<&'static Descriptor>,
    (start, name): (usize, &Cow<'_, str>),
    late: &mut Vec<Qualified<'a>>,
    context: &mut Context,
) -> Result<(), SyntaxError> {
    // Only a name with escapes can be no text.
    let escaped = match name {
        Cow::Borrowed(_) => "",
        Cow::Owned(_) => reader.slice(start, reader.offset()),
    };
    let raw = reader.skip_value()?;
    let descriptor = own.descriptor();
    let place = match descriptor.urn {
        Some(_) if !context.strict => late::place(descriptor, common, name),
        _ => None,
    };
    match place {
        Some(place) => late.push(place.of(name, raw)),
        None => unknown(own, name, escaped, raw, context),
    }
    Ok(())
}

/// Keeps a member that the type does not know. `escaped` is its name as it stands in the text, if that
/// is another text.
pub(in crate::json) fn unknown(
    own: &mut dyn Reflect,
    name: &str,
    escaped: &str,
    raw: &str,
    context: &mut Context,
) {
    // A name is not kept as it is written; a value is, but strict mode takes only text.
    let is_text = is_unicode(escaped) && (!context.strict || is_unicode(raw));
    if is_text {
        own.extra_mut().set_raw(name, raw);
    } else {
        context.note_under(ProblemKind::NotUnicode, name);
    }
}

/// Most of `schemas` is worked out anew when a resource is written; what cannot be is kept.
pub(super) fn schemas<'a>(
    reader: &mut Reader<'a>,
    context: &mut Context,
) -> Result<&'a str, SyntaxError> {
    let found = reader.peek()?;
    let listed = reader.skip_value()?;
    if context.strict && found != Next::Array {
        let found = found.name();
        let expected = "an array";
        context.note_under(ProblemKind::WrongType { expected, found }, "schemas");
    }
    Ok(listed)
}

/// Keeps what a document lists in `schemas` besides what its data says.
#[inline]
pub(super) fn keep_schemas<'a>(
    reader: &mut Reader<'a>,
    own: &mut dyn Reflect,
    track: &Track,
    listed: &'a str,
) {
    let Some(extensions) = reader.shapes.extensions(track) else {
        return schemas::keep(own, listed);
    };
    // Those of the extensions that have any data.
    let mut with_data = 0;
    let mut rest = extensions;
    while rest != 0 {
        let index = rest.trailing_zeros();
        if own.get(index as usize).is_assigned() {
            with_data |= 1 << index;
        }
        rest &= rest - 1;
    }
    if reader.shapes.is_known_list(track, listed, with_data) {
        return;
    }
    schemas::keep(own, listed);
    let extra = own.extra();
    if extra.is_empty() && extra.listed().is_empty() {
        reader.shapes.note_list(track, listed, with_data);
    }
}
