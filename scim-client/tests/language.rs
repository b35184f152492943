//! Promises about filters and messages that were once broken: times without zone, `primary` that is
//! left out, the forms of Entra ID, user names in Unicode, attributes that nobody may see, and what
//! is wrong with a request, in lenient and strict providers.

#![cfg(feature = "testing")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "language/comparison.rs"]
mod comparison;
#[path = "language/lenient.rs"]
mod lenient;
#[path = "language/one_rule.rs"]
mod one_rule;
#[path = "language/sequences.rs"]
mod sequences;
#[path = "language/strict.rs"]
mod strict;
#[path = "language/support.rs"]
mod support;
#[path = "language/wire.rs"]
mod wire;
