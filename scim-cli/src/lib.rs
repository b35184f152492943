// Where the README's links lead from a documentation host: of two definitions, the first one counts.
//! [MISTAKES.md]: https://github.com/scim-sdk/scim/blob/main/scim-cli/MISTAKES.md
//! [SESSION.md]: https://github.com/scim-sdk/scim/blob/main/scim-cli/SESSION.md
//!
#![doc = include_str!("../README.md")]
//!
//! The code is thin: it parses arguments, calls the libraries, and prints the results. It is a library
//! only so that its tests and the tools of the repository can call it.

mod app;
mod assign;
mod bulk;
mod change;
mod commands;
mod complete;
mod config;
mod discovery;
mod documents;
mod failure;
pub mod fetch;
mod files;
mod filters;
mod format;
mod globals;
mod import;
mod interrupt;
mod lookup;
mod network;
mod output;
mod pages;
mod progress;
mod scan;
mod secret;
mod server;
mod session;
mod terminal;
mod text;
mod token;
mod types;
mod value;
mod visible;
mod wire;
mod wish;
mod yaml;

use std::process::ExitCode;

/// Runs the command that the arguments of the process say, and gives its exit code.
#[must_use]
pub fn run() -> ExitCode {
    app::run()
}
