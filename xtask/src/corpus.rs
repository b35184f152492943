//! `corpus --check`: what generates must compile.

use std::path::Path;
use std::process::Command;

use scim_codegen::cli;

use crate::targets;

/// Prints the table of the documents, and compiles what they become, and its documentation, with
/// warnings denied.
pub(crate) fn check(folder: &str) -> Result<(), String> {
    let target = targets::root().join("target");
    let out = target.join("corpus");
    cli::corpus(Path::new(folder), &out, Some("../../scim-client"))?;
    // The versions that everything else here is built with, so that nothing is asked of a registry.
    let (lock, here) = (targets::root().join("Cargo.lock"), out.join("Cargo.lock"));
    std::fs::copy(lock, here).map_err(|error| format!("Cargo.lock: {error}"))?;
    for command in [&["check"][..], &["doc", "--no-deps"]] {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(cargo)
            .args(command)
            .env("CARGO_TARGET_DIR", target.join("corpus-target"))
            .env("RUSTDOCFLAGS", "-D warnings")
            .current_dir(&out)
            .status()
            .map_err(|error| format!("cannot run cargo: {error}"))?;
        if !status.success() {
            let command = command.join(" ");
            return Err(format!("`cargo {command}` failed in {}", out.display()));
        }
    }
    Ok(())
}
