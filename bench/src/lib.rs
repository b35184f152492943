//! What is measured, and how. `src/main.rs` is the command line.

pub mod bars;
pub mod builds;
pub mod case;
pub mod cases;
pub mod counted;
pub mod derived;
pub mod filters;
pub mod get;
pub mod growth;
pub mod guard;
pub mod instructions;
pub mod machine;
pub mod memory;
pub mod network;
pub mod others;
pub mod page;
pub mod pages;
pub mod patches;
pub mod payload;
pub mod report;
mod result;
#[cfg(feature = "rivals")]
pub mod rivals;
mod row;
pub mod server;

pub use result::Result;
