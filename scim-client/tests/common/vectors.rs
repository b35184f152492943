//! The test vectors of the repository, and the counts of what ran.

use std::{
    env,
    fmt::Display,
    fs,
    io::{self, Write as _},
    path::PathBuf,
};

use serde_json::Value;

/// A file of `vectors/` at the root of the repository, or of the folder that the environment variable
/// `SCIM_VECTORS` names: for more vectors of the same kind.
#[allow(clippy::panic, reason = "a helper of tests panics as tests do")]
pub(crate) fn vectors(file: &str) -> Value {
    let own = || concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors").into();
    let folder: PathBuf = env::var_os("SCIM_VECTORS").map_or_else(own, PathBuf::from);
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Says how many vectors ran. The runner of tests keeps what `println!` says of a test that passes;
/// this is seen.
pub(crate) fn count(line: impl Display) {
    // That nobody reads it is no failure.
    let _ = writeln!(io::stderr(), "vectors: {line}");
}

/// Says what a clone of the repository lacks, where the runner of tests does not keep it.
pub(crate) fn skipped(why: impl Display) {
    let _ = writeln!(io::stderr(), "skipped: {why}");
}
