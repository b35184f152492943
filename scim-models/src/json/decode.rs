//! JSON into any [`Reflect`] type, generously: `null`, `[]` and `{}` are unassigned, names match
//! in any letter case, and a simple value stands for the complex or multi-valued one that it is
//! the `value` of. What does not fit is noted with its path, and the reading goes on.
//!
//! An attribute may stand under the URN of its schema (RFC 7644 §3.10): [`qualified`]. An element of
//! which the `value` is null, or which lacks a required sub-attribute, is unassigned.
//!
//! Of two members whose names differ at most in letter case, the last one wins.

mod qualified;

use std::borrow::Cow;

use self::qualified::Qualified;
use super::{
    DecodeError, Problem, ProblemKind, Problems, Reader, SyntaxError, is_unicode, reader::Next,
    schemas,
};
use crate::{
    model::{
        Attribute, Descriptor, Kind, ManyValues, Reflect, Scalar, ScalarSlot, Slot, WrongType,
        has_unknown,
    },
    value::{Binary, DateTime, Reference},
};

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

/// What is noted while reading one document.
#[derive(Debug, Default)]
pub struct Context {
    /// Refuse what a strict reading of the RFCs refuses.
    pub strict: bool,
    /// Refuse a dateTime, binary or reference value that is none (RFC 7643 §2.3) when `strict`.
    pub forms: bool,
    /// A required attribute may be missing: the document is a projection.
    pub partial: bool,
    /// What did not fit.
    pub problems: Problems,
    /// Where a projection lacks required attributes: indices from the inside out.
    pub missing: Vec<Vec<u16>>,
    /// Whether the object that comes next is an element of a multi-valued attribute.
    pub is_element: bool,
}

impl Context {
    #[cold]
    fn note(&mut self, kind: ProblemKind) {
        self.problems.push(Problem::new(kind));
    }

    #[cold]
    fn note_under(&mut self, kind: ProblemKind, name: &str) {
        let mut problem = Problem::new(kind);
        problem.under(name);
        self.problems.push(problem);
    }

    #[cold]
    fn wrong_type(&mut self, expected: &'static str, found: Next) {
        self.note(ProblemKind::WrongType {
            expected,
            found: found.name(),
        });
    }

    /// How much was noted so far, for [`step`](Self::step).
    #[inline]
    pub(super) fn mark(&self) -> (usize, usize) {
        (self.problems.len(), self.missing.len())
    }

    /// Puts a step of the path in front of what was noted since `mark`.
    #[inline]
    pub(super) fn step(&mut self, mark: (usize, usize), step: Step) {
        if mark != self.mark() {
            self.record(mark, step);
        }
    }

    #[cold]
    fn record(&mut self, (problems, missing): (usize, usize), step: Step) {
        for problem in self.problems.iter_mut().skip(problems) {
            match step {
                Step::Attribute(attribute, _) => problem.under(attribute.name),
                Step::Element { read, .. } => problem.under_element(read),
            }
        }
        let (Step::Attribute(_, index) | Step::Element { kept: index, .. }) = step;
        for trail in self.missing.iter_mut().skip(missing) {
            trail.push(u16::try_from(index).unwrap_or(u16::MAX));
        }
    }

    /// Whether it is wrong that a required attribute is absent. None of many is as good as absent to
    /// those who do not return it; a projection says what did not come.
    #[inline]
    pub(super) fn lacks(&self, attribute: &Attribute) -> bool {
        self.strict || self.partial || !attribute.is_multi_valued()
    }

    /// An error if anything was noted; it keeps `text`.
    pub fn into_result(self, text: &str) -> Result<(), DecodeError> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(DecodeError::problems(self.problems, text))
        }
    }
}

pub(super) enum Step {
    Attribute(&'static Attribute, usize),
    /// Positions in the JSON array, and among the values that were kept.
    Element {
        read: usize,
        kept: usize,
    },
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
        Next::Object => object(reader, layers, context).map(drop),
        found => {
            reader.skip_value()?;
            context.wrong_type("an object", found);
            Ok(())
        }
    }
}

/// Which attributes of an object were assigned.
#[derive(Default)]
pub(super) struct Seen {
    first: u128,
    rest: Vec<usize>,
}

impl Seen {
    #[inline]
    pub(super) fn set(&mut self, index: usize, assigned: bool) {
        if index < 128 {
            let bit = 1 << index;
            self.first = if assigned {
                self.first | bit
            } else {
                self.first & !bit
            };
        } else {
            self.rest.retain(|seen| *seen != index);
            if assigned {
                self.rest.push(index);
            }
        }
    }

    #[inline]
    pub(super) fn has(&self, index: usize) -> bool {
        if index < 128 {
            self.first & (1 << index) != 0
        } else {
            self.rest.contains(&index)
        }
    }

    #[inline]
    fn any(&self) -> bool {
        self.first != 0 || !self.rest.is_empty()
    }
}

pub(super) enum Member {
    Own(usize),
    Envelope(usize),
    Schemas,
    Unknown,
}

#[inline(never)]
pub(super) fn find(
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

/// Reads an object whose brace comes next. Whether anything is in it.
fn object(
    reader: &mut Reader<'_>,
    layers: Layers<'_>,
    context: &mut Context,
) -> Result<bool, SyntaxError> {
    let Layers { own, mut envelope } = layers;
    let descriptor = own.descriptor();
    let common = envelope.as_ref().map(|e| e.descriptor());
    let is_element = std::mem::take(&mut context.is_element);
    let mut seen = Seen::default();
    let mut hint = 0;
    let mut listed = None;
    let mut late = Vec::new();
    let mut has_null_value = false;
    // A value that holds nothing is none, and so lacks nothing.
    let may_be_none = reader.is_nested() && envelope.is_none();
    let mut more = reader.enter_object()?;
    while more {
        let member = match descriptor.attributes.get(hint) {
            Some(next) if reader.member_is(next.name)? => Member::Own(hint),
            _ => {
                let start = reader.offset();
                let name = reader.member()?;
                let member = find(descriptor, common, &name, hint);
                if let Member::Unknown = member {
                    unlisted(reader, own, common, (start, &name), &mut late, context)?;
                }
                member
            }
        };
        match member {
            Member::Own(index) => {
                if seen.has(index)
                    && let Some(slot) = own.slot(index)
                {
                    slot.clear();
                }
                let assigned = attribute(reader, own, index, context)?;
                seen.set(index, assigned);
                if !assigned && is_element {
                    has_null_value |= is_value(descriptor, index);
                }
                hint = index + 1;
            }
            Member::Envelope(index) => {
                if let Some(envelope) = &mut envelope {
                    attribute(reader, *envelope, index, context)?;
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
        schemas::keep(own, listed);
    }
    let any = seen.any() || has_unknown(own);
    if may_be_none && !any || has_null_value && !context.strict {
        return Ok(false);
    }
    for (index, attribute) in descriptor.attributes.iter().enumerate() {
        if attribute.is_required() && !seen.has(index) && context.lacks(attribute) {
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

/// Passes over a member that the table does not list, whose name begins at an offset. Off the hot
/// path, which is shorter for it.
#[inline(never)]
fn unlisted<'a>(
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
        Some(_) if !context.strict => qualified::place(descriptor, common, name),
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
pub(super) fn unknown(
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
fn schemas<'a>(reader: &mut Reader<'a>, context: &mut Context) -> Result<&'a str, SyntaxError> {
    let found = reader.peek()?;
    let listed = reader.skip_value()?;
    if context.strict && found != Next::Array {
        let found = found.name();
        let expected = "an array";
        context.note_under(ProblemKind::WrongType { expected, found }, "schemas");
    }
    Ok(listed)
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

/// Reads the value of attribute `index`. Whether it is assigned afterwards.
#[inline]
pub(super) fn attribute(
    reader: &mut Reader<'_>,
    object: &mut dyn Reflect,
    index: usize,
    context: &mut Context,
) -> Result<bool, SyntaxError> {
    let found = object.descriptor().attributes.get(index);
    let (Some(attribute), Some(slot)) = (found, object.slot(index)) else {
        reader.skip_value()?;
        return Ok(false);
    };
    let mark = context.mark();
    let assigned = value(reader, attribute, slot, context)?;
    context.step(mark, Step::Attribute(attribute, index));
    Ok(assigned)
}

/// Reads the value that comes next into `slot`. Whether it is something.
pub fn value(
    reader: &mut Reader<'_>,
    attribute: &'static Attribute,
    slot: Slot<'_>,
    context: &mut Context,
) -> Result<bool, SyntaxError> {
    let next = reader.peek()?;
    match (slot, next) {
        (slot, Next::Null) => {
            reader.literal("null")?;
            slot.clear();
            Ok(false)
        }
        (Slot::Str(place), Next::String) => {
            let start = reader.offset();
            match reader.string() {
                Ok(text) => *place = text.into_owned(),
                Err(error) => not_text(reader, start, error, context)?,
            }
            Ok(true)
        }
        (Slot::OptionStr(place), Next::String) => {
            let start = reader.offset();
            match reader.string() {
                Ok(text) => *place = Some(text.into_owned()),
                Err(error) => not_text(reader, start, error, context)?,
            }
            Ok(true)
        }
        (Slot::Many(place), next) => many(reader, attribute, place, next, context),
        (slot @ (Slot::Object(_) | Slot::OptionObject(_)), next) => {
            complex(reader, slot, next, context)
        }
        (Slot::Scalar(place), next) => scalar(reader, attribute, place, next, context),
        (Slot::Str(place), next) => scalar(reader, attribute, &mut Text(place), next, context),
        (Slot::OptionStr(place), next) => {
            let mut text = String::new();
            let read = scalar(reader, attribute, &mut Text(&mut text), next, context)?;
            *place = read.then_some(text);
            Ok(read)
        }
    }
}

/// The string that comes next. None, and a note, if it is not text.
#[inline(always)]
fn string<'a>(
    reader: &mut Reader<'a>,
    context: &mut Context,
) -> Result<Option<Cow<'a, str>>, SyntaxError> {
    let start = reader.offset();
    match reader.string() {
        Ok(text) => Ok(Some(text)),
        Err(error) => not_text(reader, start, error, context).map(|()| None),
    }
}

#[cold]
fn not_text(
    reader: &mut Reader<'_>,
    start: usize,
    error: SyntaxError,
    context: &mut Context,
) -> Result<(), SyntaxError> {
    if !error.is_lone_surrogate() {
        return Err(error);
    }
    reader.go_to(start, reader.depth());
    reader.skip_value()?;
    context.note(ProblemKind::NotUnicode);
    Ok(())
}

/// A string as any other simple value, for numbers and booleans in its place.
struct Text<'a>(&'a mut String);

impl ScalarSlot for Text<'_> {
    fn put(&mut self, value: Scalar<'_>) -> Result<(), WrongType> {
        *self.0 = value.as_text()?.to_owned();
        Ok(())
    }

    fn clear(&mut self) {
        self.0.clear();
    }
}

fn scalar(
    reader: &mut Reader<'_>,
    attribute: &'static Attribute,
    slot: &mut dyn ScalarSlot,
    next: Next,
    context: &mut Context,
) -> Result<bool, SyntaxError> {
    let start = reader.offset();
    let put = if let Kind::Any = attribute.kind {
        slot.put(Scalar::Json(reader.skip_value()?))
    } else {
        match next {
            Next::String => {
                let Some(text) = string(reader, context)? else {
                    return Ok(true);
                };
                if text.is_empty() && !context.strict && is_never_empty(attribute.kind) {
                    slot.clear();
                    return Ok(false);
                }
                slot.put(Scalar::Str(&text))
            }
            Next::Number => slot.put(Scalar::Number(reader.number()?)),
            Next::True => {
                reader.literal("true")?;
                slot.put(Scalar::Boolean(true))
            }
            Next::False => {
                reader.literal("false")?;
                slot.put(Scalar::Boolean(false))
            }
            Next::Array => {
                return match elements(reader)? {
                    Elements::None if !context.strict => {
                        slot.clear();
                        Ok(false)
                    }
                    Elements::One(text) if !context.strict => {
                        let mut inner = Reader::nested(text);
                        let next = inner.peek()?;
                        scalar(&mut inner, attribute, slot, next, context)
                    }
                    _ => {
                        context.wrong_type("one value", Next::Array);
                        Ok(true)
                    }
                };
            }
            Next::Object | Next::Null => {
                let text = reader.skip_value()?;
                if !context.strict && is_empty_object(text) {
                    slot.clear();
                    return Ok(false);
                }
                slot.put(Scalar::Json(text))
            }
        }
    };
    match put {
        Ok(()) if context.strict => {
            check_strictly(
                attribute.kind,
                next,
                reader.slice(start, reader.offset()),
                context,
            );
        }
        Ok(()) => {}
        Err(WrongType::OUT_OF_RANGE) => context.note(ProblemKind::OutOfRange {
            expected: WrongType::OUT_OF_RANGE.0,
        }),
        Err(expected) => context.wrong_type(expected.0, next),
    }
    Ok(true)
}

/// The types of which no value is an empty text.
#[cold]
fn is_never_empty(kind: Kind) -> bool {
    matches!(kind, Kind::Boolean | Kind::Integer | Kind::Decimal)
}

/// What RFC 7643 §2.3 asks of a value that was read.
#[cold]
fn check_strictly(kind: Kind, next: Next, text: &str, context: &mut Context) {
    if !is_strict(kind, next) {
        return context.wrong_type(strict_name(kind), next);
    }
    let string = || Reader::new(text).string().unwrap_or_default().into_owned();
    let form = match kind {
        Kind::Integer if text.contains(['.', 'e', 'E']) => {
            "an integer has no fraction and no exponent"
        }
        Kind::DateTime | Kind::Binary | Kind::Reference if !context.forms => return,
        Kind::DateTime if !DateTime::is_valid_text(&string()) => "not a dateTime of XML Schema",
        Kind::Binary if !Binary::from(string()).is_valid() => "not base64",
        Kind::Reference if !Reference::<crate::value::Any>::from(string()).is_valid() => {
            "not a URI"
        }
        _ => return,
    };
    context.note(ProblemKind::NotStrict { form });
}

/// Whether a value of this JSON type is what RFC 7643 §2.3 asks for.
fn is_strict(kind: Kind, next: Next) -> bool {
    match kind {
        Kind::Any => true,
        Kind::Boolean => matches!(next, Next::True | Next::False),
        Kind::Integer | Kind::Decimal => next == Next::Number,
        Kind::Complex(_) => next == Next::Object,
        _ => next == Next::String,
    }
}

fn strict_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Boolean => "a boolean",
        Kind::Integer | Kind::Decimal => "a number",
        Kind::Complex(_) => "an object",
        _ => "a string",
    }
}

/// How many elements an array has where one value belongs.
enum Elements<'a> {
    None,
    /// The text of the only one.
    One(&'a str),
    Many,
}

/// Passes over an array.
#[cold]
fn elements<'a>(reader: &mut Reader<'a>) -> Result<Elements<'a>, SyntaxError> {
    let mut only = None;
    let mut count = 0;
    let mut more = reader.enter_array()?;
    while more {
        only = Some(reader.skip_value()?);
        count += 1;
        more = reader.next_element()?;
    }
    Ok(match (count, only) {
        (0, _) => Elements::None,
        (1, Some(text)) => Elements::One(text),
        _ => Elements::Many,
    })
}

/// `{}`, whatever the white space.
#[cold]
fn is_empty_object(text: &str) -> bool {
    let inner = text
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    inner.is_some_and(|inner| inner.trim().is_empty())
}

fn complex(
    reader: &mut Reader<'_>,
    slot: Slot<'_>,
    next: Next,
    context: &mut Context,
) -> Result<bool, SyntaxError> {
    let target = match slot {
        Slot::Object(object) => object,
        Slot::OptionObject(slot) => {
            let read = complex(reader, Slot::Object(slot.insert()), next, context)?;
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
        Next::Object => object(reader, Layers::of(target), context),
        Next::Array => match elements(reader)? {
            Elements::None => {
                Slot::Object(target).clear();
                Ok(false)
            }
            Elements::One(text) => {
                let mut inner = Reader::nested(text);
                let next = inner.peek()?;
                complex(&mut inner, Slot::Object(target), next, context)
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
        element(reader, attribute, slot, context)?;
        return Ok(!slot.is_empty());
    }
    let mut more = reader.enter_array()?;
    let mut read = 0;
    while more {
        let mark = context.mark();
        let kept = slot.len();
        element(reader, attribute, slot, context)?;
        context.step(mark, Step::Element { read, kept });
        read += 1;
        more = reader.next_element()?;
    }
    Ok(!slot.is_empty())
}

/// Reads one more value; `null` and `{}` are none.
#[inline]
fn element(
    reader: &mut Reader<'_>,
    attribute: &'static Attribute,
    slot: &mut dyn ManyValues,
    context: &mut Context,
) -> Result<(), SyntaxError> {
    if context.strict && reader.peek()? == Next::Null {
        context.note(ProblemKind::NotStrict {
            form: "null is not an element",
        });
    }
    let Some(place) = slot.push() else {
        return reader.skip_value().map(drop);
    };
    context.is_element = true;
    let read = value(reader, attribute, place, context)?;
    context.is_element = false;
    if !read {
        slot.pop();
    }
    Ok(())
}
