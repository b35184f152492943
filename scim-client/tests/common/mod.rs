//! A resource with every kind of attribute, written by hand in the form that generator and
//! derives emit.
#![allow(dead_code, missing_docs, unreachable_pub)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

pub mod gadget;

pub mod filler;
pub mod pt_user;
#[cfg(feature = "client")]
pub mod scripted;
