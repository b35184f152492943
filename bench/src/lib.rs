//! What is measured, and how. `src/main.rs` is the command line.

pub mod bars;
pub mod builds;
pub mod case;
pub mod counted;
pub mod derived;
pub mod filters;
pub mod get;
pub mod growth;
pub mod guard;
pub mod instructions;
pub mod memory;
pub mod network;
pub mod others;
pub mod page;
pub mod pages;
pub mod patches;
pub mod payload;
pub mod report;
#[cfg(feature = "rivals")]
pub mod rivals;
pub mod server;

/// Whatever goes wrong is told to the person at the keyboard.
pub type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;
