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
        .omit_auto_trait_impls(false)
        .omit_auto_derived_impls(false)
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
        let is_left_out = is_of_trait(&line) || is_usual(&line);
        if !is_left_out && writeln!(out, "{line}").is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Returns whether the line is an impl that nearly every type has: of an auto trait, or of a mere marker of the
/// compiler. The impls of `Send`, `Sync` and `Unpin` that a type lacks are not left out.
fn is_usual(line: &str) -> bool {
    let Some((head, _)) = line
        .strip_prefix("impl")
        .and_then(|rest| rest.split_once(" for "))
    else {
        return false;
    };
    let path = head.rsplit(' ').next().unwrap_or_default();
    match path.rsplit("::").next().unwrap_or_default() {
        "Freeze" | "RefUnwindSafe" | "StructuralPartialEq" | "UnsafeUnpin" | "UnwindSafe" => true,
        "Send" | "Sync" | "Unpin" => !path.starts_with('!'),
        _ => false,
    }
}

/// Returns whether the line is a method of a trait whose `impl` has a line of its own.
fn is_of_trait(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("pub fn ") else {
        return false;
    };
    let path = without_parameters(rest.split('(').next().unwrap_or_default());
    OF_TRAITS.contains(&path.rsplit("::").next().unwrap_or_default())
}

/// The path of a function without its own type parameters: `A<B>::c` for `A<B>::c<D>`.
fn without_parameters(path: &str) -> &str {
    let mut depth = 0;
    for (at, sign) in path.char_indices().rev() {
        match sign {
            '>' => depth += 1,
            '<' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return path.get(..at).filter(|_| sign == '<').unwrap_or(path);
        }
    }
    path
}
