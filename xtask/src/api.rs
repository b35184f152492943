//! `api`: the public API of the crates as a checked-in list, so that a review sees each change of it.

use std::path::Path;
use std::process::{Command, Output};

use crate::targets;

/// The crates that users write against.
const CRATES: [&str; 3] = ["scim-models", "scim-client", "scim-provider"];

/// Writes the lists, or says how the checked-in ones differ. Without a nightly compiler nothing is
/// done: rustdoc writes JSON only there.
pub(crate) fn run(check: bool) -> Result<(), String> {
    let root = targets::root();
    if !Command::new("cargo")
        .args(["+nightly", "--version"])
        .output()
        .is_ok_and(is_done)
    {
        println!("api: skipped, there is no nightly compiler");
        return Ok(());
    }
    let own = root.join("api");
    let mut stale = Vec::new();
    for name in CRATES {
        let target = root.join("target/api");
        let document = [
            "+nightly",
            "rustdoc",
            "--quiet",
            "--all-features",
            "--package",
            name,
        ];
        let mut rustdoc = Command::new("cargo");
        rustdoc
            .args(document)
            .arg("--target-dir")
            .arg(&target)
            .env(
                "RUSTDOCFLAGS",
                "-Z unstable-options --output-format json --cap-lints allow",
            )
            .current_dir(&root);
        output(&mut rustdoc)?;
        let json = target
            .join("doc")
            .join(format!("{}.json", name.replace('-', "_")));
        let mut list = Command::new("cargo");
        list.args(["run", "--quiet", "--locked", "--"])
            .arg(&json)
            .current_dir(&own);
        let text = output(&mut list)?;
        let file = own.join(format!("{name}.txt"));
        if !check {
            std::fs::write(&file, text).map_err(|e| format!("{}: {e}", file.display()))?;
        } else if let Some(difference) = difference(&file, &text) {
            stale.push(format!("api/{name}.txt\n{difference}"));
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the public API is not as listed; `cargo xtask api` lists it anew:\n{}",
        stale.join("\n")
    ))
}

fn is_done(output: Output) -> bool {
    output.status.success()
}

/// What the command printed.
fn output(command: &mut Command) -> Result<String, String> {
    // The variables of the cargo that runs this are not the nightly's.
    let done = command
        .env_remove("CARGO")
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("RUSTC")
        .output()
        .map_err(|error| format!("cannot run {command:?}: {error}"))?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    match done.status.success() {
        true => Ok(text(done.stdout)),
        false => Err(format!("{command:?} failed:\n{}", text(done.stderr))),
    }
}

/// The lines that only one of the two has, or none.
fn difference(file: &Path, now: &str) -> Option<String> {
    let listed = std::fs::read_to_string(file).unwrap_or_default();
    let (before, after): (Vec<&str>, Vec<&str>) = (listed.lines().collect(), now.lines().collect());
    let gone = before
        .iter()
        .filter(|line| !after.contains(line))
        .map(|line| format!("- {line}\n"));
    let new = after
        .iter()
        .filter(|line| !before.contains(line))
        .map(|line| format!("+ {line}\n"));
    let lines: String = gone.chain(new).collect();
    (before != after).then_some(lines)
}
