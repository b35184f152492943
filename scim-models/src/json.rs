//! JSON in and out of SCIM types: one reader and one writer for all of them, neither generic over
//! the type.

mod canonical;
pub(crate) mod decode;
pub(crate) mod encode;
pub(crate) mod error;
pub(crate) mod nesting;
mod nothing;
mod plain;
mod qualified;
pub(crate) mod reader;
mod recover;
mod serde_bridge;
mod shapes;
mod surrogates;
mod tree;
pub(crate) mod value;

pub(crate) use self::{
    canonical::canonical,
    decode::{Context, Layers},
    error::Problems,
    nothing::is_nothing,
    reader::{Next, Reader},
    recover::{Closer, recover, value_or_text},
    surrogates::is_unicode,
    tree::Tree,
    value::to_value,
};
pub use self::{
    error::{DecodeError, Problem, ProblemKind, SyntaxError},
    serde_bridge::{deserialize, serialize},
};
use crate::{model::Reflect, resource::Root};

/// Whether `text` is one JSON value and nothing else.
///
/// # Errors
/// The text is not JSON.
pub fn check(text: &str) -> Result<(), SyntaxError> {
    let mut reader = Reader::new(text);
    let read = reader.skip_value().and_then(|_| reader.finish());
    read.map_err(|error| error.located(text))
}

/// The beginning of `text`, of at most `max` bytes.
pub fn prefix(text: &str, max: usize) -> &str {
    let end = (0..=max.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at));
    text.get(..end.unwrap_or(0)).unwrap_or(text)
}

/// Reads one object, without `id` and `meta`.
///
/// # Errors
/// The text is not JSON, or does not fit the type.
#[inline]
pub(crate) fn decode_object<T: Root>(text: &str) -> Result<T, DecodeError> {
    let mut target = T::empty();
    decode_into(text, &mut target)?;
    Ok(target)
}

pub(crate) fn decode_into(text: &str, target: &mut dyn Reflect) -> Result<(), DecodeError> {
    let mut context = Context::default();
    decode::document(text, Layers::of(target), &mut context)?;
    context.into_result(text)
}
