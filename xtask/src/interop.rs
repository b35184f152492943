//! `interop`: the client against servers that others wrote.
//!
//! The suite is a package of its own. This one must build when `scim-client` does not, because it
//! generates a part of it.

use std::process::Command;

use crate::targets;

/// Runs the suite with these arguments.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["run", "--quiet", "--package", "scim-interop", "--"])
        .args(arguments)
        .current_dir(targets::root())
        .status()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if status.success() {
        return Ok(());
    }
    Err("the interoperability suite did not pass".to_owned())
}
