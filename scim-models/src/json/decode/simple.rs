//! Simple values (RFC 7643 §2.3.1 to §2.3.7).

use std::borrow::Cow;

use super::context::Context;
use crate::{
    json::{Next, ProblemKind, Reader, SyntaxError},
    model::{Attribute, Kind, Scalar, ScalarSlot, WrongType},
    value::{Any, Binary, DateTime, Reference},
};

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
pub(super) fn not_text(
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
pub(super) struct Text<'a>(pub(super) &'a mut String);

impl ScalarSlot for Text<'_> {
    fn put(&mut self, value: Scalar<'_>) -> Result<(), WrongType> {
        *self.0 = value.as_text()?.to_owned();
        Ok(())
    }

    fn clear(&mut self) {
        self.0.clear();
    }
}

pub(super) fn scalar(
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
        Kind::Reference if !Reference::<Any>::from(string()).is_valid() => "not a URI",
        _ => return,
    };
    context.note(ProblemKind::NotStrict { form });
}

/// Returns whether a value of this JSON type is what RFC 7643 §2.3 asks for.
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

/// How many elements an array has where one value belongs; `null` is none (RFC 7643 §2.5).
pub(super) enum Elements<'a> {
    None,
    /// The text of the only one.
    One(&'a str),
    Many,
}

/// Passes over an array.
#[cold]
pub(super) fn elements<'a>(reader: &mut Reader<'a>) -> Result<Elements<'a>, SyntaxError> {
    let mut only = None;
    let mut count = 0;
    let mut more = reader.enter_array()?;
    while more {
        let text = reader.skip_value()?;
        if text != "null" {
            only = Some(text);
            count += 1;
        }
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
