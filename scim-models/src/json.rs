//! JSON in and out of SCIM types: one reader and one writer for all of them, neither generic over
//! the type.

pub(crate) mod decode;
pub(crate) mod encode;
pub(crate) mod recover;
pub(crate) mod repeated;
pub(crate) mod schemas;
pub(crate) mod text;

pub use self::text::{
    DecodeError, Problem, ProblemKind, SyntaxError, check, deserialize, prefix, serialize,
};
pub(crate) use self::{
    decode::{Context, Layers},
    recover::{
        Closer, enter_object, next_element, next_member, pass_commas, recover, skip_any,
        value_or_text,
    },
    text::{
        Next, Problems, Reader, canonical, each_element, each_member, error, escapes, is_nothing,
        is_unicode, nesting, pieces, reader, to_value, value,
    },
};
use crate::model::Reflect;

/// Reads one object, without `id` and `meta`.
///
/// # Errors
/// The text is not JSON, or does not fit the type.
pub(crate) fn decode_into(text: &str, target: &mut dyn Reflect) -> Result<(), DecodeError> {
    let mut context = Context::default();
    decode::document(text, Layers::of(target), &mut context)?;
    context.into_result(text)
}
