//! Nothing that a service provider says is lost, and one fault costs only what it is in.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

#[path = "lossless/elements.rs"]
mod elements;
#[path = "lossless/extensions.rs"]
mod extensions;
#[path = "lossless/faults.rs"]
mod faults;
#[path = "lossless/numbers.rs"]
mod numbers;
#[path = "lossless/qualified.rs"]
mod qualified;
#[path = "lossless/schemas.rs"]
mod schemas;
#[path = "common/scripted.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared")]
mod scripted;
#[path = "lossless/strict.rs"]
mod strict;
#[path = "lossless/types.rs"]
mod types;

use scim_client::{Stored, User};
use serde_json::Value;

/// A user from a document, read generously.
fn user(text: &str) -> Stored<User> {
    Stored::from_json(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The `schemas` of a document.
fn schemas_of(json: &str) -> Vec<String> {
    let document: Value = serde_json::from_str(json).unwrap();
    let listed = document["schemas"].as_array().unwrap();
    listed
        .iter()
        .map(|uri| uri.as_str().unwrap().to_owned())
        .collect()
}
