//! Prints the public API of a crate, a line for each item, from the JSON that rustdoc wrote.

use std::io::Write as _;
use std::process::ExitCode;

/// Methods of traits of the standard library and of serde: a line says that the trait is implemented.
const OF_TRAITS: [&str; 34] = [
    "as_ref",
    "borrow",
    "borrow_mut",
    "clone",
    "clone_from",
    "cmp",
    "default",
    "deref",
    "deref_mut",
    "deserialize",
    "drop",
    "eq",
    "extend",
    "fmt",
    "from",
    "from_iter",
    "from_str",
    "hash",
    "index",
    "index_mut",
    "into",
    "into_future",
    "into_iter",
    "ne",
    "next",
    "partial_cmp",
    "serialize",
    "size_hint",
    "source",
    "try_from",
    "try_into",
    "poll_next",
    "poll",
    "as_mut",
];

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: scim-api <rustdoc's JSON>");
        return ExitCode::FAILURE;
    };
    let api = public_api::Builder::from_rustdoc_json(&path)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build();
    let api = match api {
        Ok(api) => api,
        Err(error) => {
            eprintln!("{path}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut out = std::io::stdout().lock();
    for item in api.items() {
        let line = item.to_string();
        if !is_of_trait(&line) && writeln!(out, "{line}").is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Returns whether the line is a method of a trait whose `impl` has a line of its own.
fn is_of_trait(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("pub fn ") else {
        return false;
    };
    let path = rest.split('(').next().unwrap_or_default();
    let name = path.rsplit("::").next().unwrap_or_default();
    OF_TRAITS.contains(&name.split('<').next().unwrap_or_default())
}
