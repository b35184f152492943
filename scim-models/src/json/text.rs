//! JSON as text: reading, writing and comparing it without any type of SCIM.

mod canonical;
pub(crate) mod error;
pub(crate) mod escapes;
mod finite;
pub(crate) mod nesting;
mod nothing;
mod number;
pub(crate) mod pieces;
pub(crate) mod plain;
pub(crate) mod quote;
pub(crate) mod reader;
mod serde_bridge;
pub(in crate::json) mod shapes;
mod syntax;
mod tree;
pub(crate) mod value;

pub(crate) use self::{
    canonical::canonical,
    error::Problems,
    escapes::is_unicode,
    finite::to_text,
    nothing::is_nothing,
    number::Number,
    pieces::{each_element, each_member},
    reader::{Next, Reader},
    tree::Tree,
    value::to_value,
};
pub use self::{
    error::{DecodeError, Problem, ProblemKind},
    serde_bridge::{deserialize, serialize},
    syntax::SyntaxError,
};

/// Checks that `text` is one JSON value and nothing else.
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
