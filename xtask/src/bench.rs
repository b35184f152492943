//! `bench`: measures the library beside its rivals, which live in a workspace of their own.

use std::process::Command;

use crate::targets;

/// Builds the benchmarks and runs them with these arguments.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let folder = targets::root().join("bench");
    // What guards our own figures need not wait for the rivals to be built.
    let alone = matches!(
        arguments,
        ["growth" | "beside" | "check" | "check-builds" | "accept" | "accept-counts"]
    );
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build
        .args(["build", "--release", "--locked", "--quiet"])
        .args(alone.then_some("--no-default-features"))
        .current_dir(&folder)
        .env_remove("CARGO_TARGET_DIR");
    let program = folder.join("target/release/scim-bench");
    let mut measure = Command::new(program);
    measure.args(arguments);
    for (what, mut command) in [("build", build), ("run", measure)] {
        let status = command
            .status()
            .map_err(|error| format!("cannot {what} the benchmarks: {error}"))?;
        if !status.success() {
            return Err(format!("the benchmarks did not {what} to their end"));
        }
    }
    Ok(())
}
