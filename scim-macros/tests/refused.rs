//! What the macros refuse, and the words that they find for it.
//!
//! After an intended change of a message: `TRYBUILD=overwrite cargo test -p scim-macros --test
//! refused`, and read the difference.

use std::path::Path;
use std::{fs, io};

#[test]
fn refused() {
    documents().expect("the documents can be copied");
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/refused/*.rs");
}

/// `include_schemas!` reads from the folder of the crate that it compiles in, which is one that
/// trybuild makes.
fn documents() -> io::Result<()> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let crate_root = target.with_file_name("tests").join("trybuild/scim-macros");
    let folder = crate_root.join("bad-schemas");
    fs::create_dir_all(&folder)?;
    for entry in fs::read_dir("tests/bad-schemas")? {
        let path = entry?.path();
        fs::copy(&path, folder.join(path.file_name().unwrap_or_default()))?;
    }
    Ok(())
}
