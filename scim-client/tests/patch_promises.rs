//! What PATCH promises: the cost of a message grows with its size, a path means what it says, what
//! is there is not added again, and nothing is removed that nobody named.
#![cfg(feature = "derive")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "common/cpu.rs"]
mod cpu;
#[path = "patch_promises/thing.rs"]
mod thing;

#[path = "patch_promises/entra.rs"]
mod entra;
#[path = "patch_promises/growth.rs"]
mod growth;
#[path = "patch_promises/kinds.rs"]
mod kinds;
#[path = "patch_promises/one_by_one.rs"]
mod one_by_one;
#[path = "patch_promises/paths.rs"]
mod paths;
#[path = "patch_promises/removal.rs"]
mod removal;
#[path = "patch_promises/seen.rs"]
mod seen;
#[path = "patch_promises/there.rs"]
mod there;
