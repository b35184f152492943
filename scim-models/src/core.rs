//! The resources and extensions that RFC 7643 defines.

#[rustfmt::skip]
mod generated;

pub use self::generated::*;
