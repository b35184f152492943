//! Documents that go in, and what is read and said of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may panic"
)]

mod corpus;
mod deviations;
mod diff;
mod growth;
mod overlay;
mod support;
mod vectors;
