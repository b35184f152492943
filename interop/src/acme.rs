//! The types of the schemas in `interop/schemas`, which the servers that allow it serve too.

#![allow(
    missing_docs,
    unreachable_pub,
    unused_imports,
    dead_code,
    reason = "generated"
)]

#[rustfmt::skip]
mod generated;

pub(crate) use self::generated::*;
