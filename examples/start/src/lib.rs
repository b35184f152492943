//! What users run first: `cargo run --example quickstart` and `cargo run --example serve`. The code
//! of the README is compiled and run as a test of this package.

/// Its examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
