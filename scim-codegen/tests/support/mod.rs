//! What the tests share; no test uses all of it.
#![allow(dead_code, clippy::unwrap_used)]

use std::io::Write as _;
use std::path::{Path, PathBuf};

use scim_codegen::Source;

/// The directory with real documents, which is not part of the repository.
pub(crate) fn shared(part: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared")).join(part);
    if path.exists() {
        return Some(path);
    }
    // Where the runner of tests does not keep it.
    let _ = writeln!(
        std::io::stderr(),
        "skipped: documents of vendors ({part}), which are not in the repository"
    );
    None
}

/// Every JSON file below a directory, named by its path in it, in the order of the names.
pub(crate) fn documents(directory: &Path) -> Vec<Source> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                let name = path.strip_prefix(directory).unwrap().display().to_string();
                found.push(Source::new(name, std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}
