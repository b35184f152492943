//! What is measured. `src/main.rs` measures it.

pub mod case;
pub mod derived;
pub mod filters;
pub mod pages;
pub mod patches;
pub mod payload;
