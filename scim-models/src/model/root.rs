//! Types at which typed paths can start.

use super::{Descriptor, Fields, Reflect};
use crate::json::text::DecodeError;

/// A type that typed paths can start at: a resource, an extension or a complex attribute.
pub trait Root: Reflect + Sized {
    /// The paths that closures see.
    type Paths: Copy;
    /// Their only value.
    const PATHS: Self::Paths;
    /// The table of the type's attributes.
    const DESCRIPTOR: &'static Descriptor;

    /// Makes an empty value, to read into. Required attributes are empty.
    #[doc(hidden)]
    fn empty() -> Self;

    /// The JSON that `Serialize` writes. This method is not generic, so that it is compiled once,
    /// together with the type.
    #[doc(hidden)]
    fn written(&self) -> String;

    /// Reads JSON as `Deserialize` does.
    #[doc(hidden)]
    fn read(text: &str) -> Result<Self, DecodeError>;
}

/// A complex attribute (RFC 7643 §2.3.8).
pub trait Complex: Root {
    /// The typed paths of its sub-attributes, where the attribute has the path `P`.
    type Fields<P: 'static>: Fields;
    /// [`class::Complex`](super::class::Complex), or [`class::Extension`](super::class::Extension).
    type Class;
}
