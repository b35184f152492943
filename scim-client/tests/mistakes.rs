//! `docs/mistakes.md` shows mistakes with the message that they get. This holds its tables true: the
//! first against what the compiler says in the `.stderr` files of the compile-fail tests, the second
//! against what the library says here.
//!
//! After an intended change of a message: `MISTAKES=overwrite cargo test -p scim-client --test
//! mistakes`, and read the difference.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]
#![cfg(feature = "reqwest")]

use std::{fs, path::PathBuf};

#[path = "mistakes/run_time.rs"]
mod run_time;
#[path = "mistakes/table.rs"]
mod table;

use self::table::{Row, Tables};

/// The root of the repository; `None` in a package, which has no docs.
fn root() -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    root.join("docs/mistakes.md").is_file().then_some(root)
}

/// Code without what does not count in it.
fn squeezed(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn the_compiler_says_what_the_docs_say() {
    let Some(root) = root() else { return };
    let tables = Tables::read(&root);
    let mut cases = Vec::new();
    for folder in ["scim-client/tests/misuse", "scim-macros/tests/refused"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                let code = squeezed(&fs::read_to_string(&path).unwrap());
                let said = fs::read_to_string(path.with_extension("stderr")).unwrap_or_default();
                cases.push((code, said));
            }
        }
    }
    let mut wrong = Vec::new();
    for Row { code, message, .. } in &tables.compile_time {
        let written: Vec<_> = cases
            .iter()
            .filter(|(case, _)| case.contains(&squeezed(code)))
            .collect();
        if written.is_empty() {
            wrong.push(format!("no compile-fail test has `{code}`"));
        } else if !written
            .iter()
            .any(|(_, said)| message.split(" … ").all(|part| said.contains(part)))
        {
            wrong.push(format!("of `{code}` the compiler does not say `{message}`"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tables.compile_time.len() >= 35);
}

#[test]
fn the_library_says_what_the_docs_say() {
    let Some(root) = root() else { return };
    let mut tables = Tables::read(&root);
    let said = run_time::mistakes();
    if std::env::var_os("MISTAKES").is_some_and(|value| value == "overwrite") {
        tables.overwrite(&root, &said);
        return;
    }
    let documented: Vec<(String, &str)> = tables
        .run_time
        .iter()
        .map(|row| (squeezed(&row.code), row.message.as_str()))
        .collect();
    for (code, message) in &said {
        assert!(
            documented.contains(&(squeezed(code), message.as_str())),
            "docs/mistakes.md has another message of `{code}`: {message}"
        );
    }
    assert_eq!(documented.len(), said.len(), "a row that nothing tests");
    assert!(said.len() >= 20);
}
