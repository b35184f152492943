//! Ways to write an arrow that points up, each of which the check must name.

use super::{House, plans};

const PICTURE: &str = "```layers thing\nlib\nhigh\nlow\nbase\n```\n";
const LIB: &str =
    "mod high; mod low; mod base; pub use high::High; pub mod face { pub use crate::high::*; }";
const HIGH: &str = "pub struct High; pub fn make() {} pub mod deep { pub struct Deep; }";

/// What the check says if `low` is this, above a file `base`.
fn faults(low: &str, base: &str) -> Vec<String> {
    let files = [
        ("lib.rs", LIB),
        ("high.rs", HIGH),
        ("low.rs", low),
        ("base.rs", base),
    ];
    let house = House::of(&files).unwrap();
    plans(PICTURE)[0].faults(&house)
}

#[test]
fn no_spelling_hides_an_arrow() {
    let spellings = [
        ("a path", "fn f(_: crate::high::High) {}"),
        (
            "from inside",
            "mod a { mod b { fn f(_: super::super::super::high::High) {} } }",
        ),
        (
            "groups",
            "use crate::{base, high::{self as h, deep::{Deep}}};",
        ),
        ("an alias", "use crate::high as h; fn f(_: h::High) {}"),
        ("a glob", "use crate::high::*;"),
        ("a glob of all", "use crate::*; fn f(_: high::High) {}"),
        ("a glob, and a name", "use crate::*; fn f(_: High) {}"),
        (
            "a glob of what is shown elsewhere",
            "use crate::face::*; fn f(_: High) {}",
        ),
        (
            "a function from a glob",
            "use crate::face::*; fn f() { make() }",
        ),
        (
            "what is shown elsewhere",
            "fn f(_: crate::face::deep::Deep) {}",
        ),
        (
            "shown and used",
            "pub(crate) use crate::high::High; fn f(_: High) {}",
        ),
        (
            "shown, and used by its module",
            "pub use crate::high::deep; fn f(_: deep::Deep) {}",
        ),
        ("in a function", "fn f() { use crate::high::make; make() }"),
        (
            "a module in a function",
            "fn f() { mod g { pub fn h() { super::super::high::make() } } }",
        ),
        (
            "the body of a macro",
            "macro_rules! m { () => { $crate::high::make() } }",
        ),
        (
            "the arguments of a macro",
            "fn f() { other! { x => crate::high::make() } }",
        ),
        (
            "a module in a macro",
            "other! { mod g { fn h() { super::super::high::make() } } }",
        ),
        (
            "text in an attribute",
            "struct L { #[serde(with = \"crate::high::deep\")] l: u8 }",
        ),
        (
            "also in tests",
            "#[cfg(any(test, feature = \"a\"))] fn f() { crate::high::make() }",
        ),
        (
            "after a field for tests",
            "struct L { #[cfg(test)] a: u8, b: crate::high::High }",
        ),
        (
            "a name called quote",
            "fn f() { let quote = crate::high::make(); }",
        ),
        (
            "angle brackets",
            "fn f() { <crate::high::High as Default>::default(); }",
        ),
        ("a turbofish", "fn f() { none::<crate::high::High>() }"),
    ];
    let mut hidden = Vec::new();
    for (what, low) in spellings {
        let found = faults(low, "");
        if !found.iter().any(|fault| fault.contains("`low` uses `high")) {
            hidden.push((what, found));
        }
    }
    assert!(hidden.is_empty(), "{hidden:#?}");
}

#[test]
fn what_stands_lower_hides_no_arrow() {
    let ways = [
        (
            "shown there",
            "use crate::base::High; fn f(_: High) {}",
            "pub use crate::high::High;",
        ),
        (
            "a glob there",
            "fn f(_: crate::base::High) {}",
            "pub use crate::high::*;",
        ),
        (
            "two globs",
            "use crate::base::*; fn f(_: High) {}",
            "pub use crate::high::*;",
        ),
        (
            "a glob through another name",
            "use crate::base::h::*; fn f(_: High) {}",
            "pub use crate::high as h;",
        ),
    ];
    for (what, low, base) in ways {
        let found = faults(low, base);
        let says = |fault: &String| fault.contains("`low` uses `high`");
        assert!(found.iter().any(says), "{what}: {found:?}");
        // Who shows it says its name.
        let says = |fault: &String| fault.contains("`base` uses `high`");
        assert!(found.iter().any(says), "{what}: {found:?}");
    }
}

/// A macro is found by its name alone, wherever it is.
#[test]
fn a_macro_is_an_arrow() {
    for call in ["m!()", "crate::m!()", "$crate::m!()"] {
        let low = format!("macro_rules! own {{ () => {{ {call} }} }}");
        let files = [
            ("lib.rs", "#[macro_use] mod high; mod low; mod base;"),
            ("high.rs", "#[macro_export] macro_rules! m { () => {} }"),
            ("low.rs", low.as_str()),
            ("base.rs", ""),
        ];
        let house = House::of(&files).unwrap();
        let found = plans(PICTURE)[0].faults(&house);
        assert_eq!(found.len(), 1, "{call}: {found:?}");
        assert!(found[0].contains("`low` uses `high`"), "{call}: {found:?}");
    }
}

#[test]
fn what_cannot_be_followed_is_refused() {
    let ways = [
        "extern crate self as thing; fn f(_: thing::high::High) {}",
        "include!(\"high/part.rs\");",
        "fn f(_: crate::nothing::High) {}",
        "other! { mod hidden; }",
        "#[cfg_attr(all(), path = \"x.rs\")] mod hidden;",
    ];
    for low in ways {
        let mut files = vec![
            ("lib.rs", LIB),
            ("high.rs", HIGH),
            ("low.rs", low),
            ("base.rs", ""),
        ];
        files.push(("low/hidden.rs", "use crate::high::High;"));
        let found = match House::of(&files) {
            Ok(house) => plans(PICTURE)[0].faults(&house),
            Err(error) => vec![error],
        };
        assert!(!found.is_empty(), "{low}");
    }
}

#[test]
fn words_and_tests_are_no_arrows() {
    let innocent = [
        "/// See [`crate::high::High`].\nfn f() {}",
        "#[doc = \"crate::high::High\"] fn f() {}",
        "const TEXT: &str = \"crate::high::High\";",
        "#[cfg(test)] mod tests { use crate::high::High; }",
        "#[cfg(all(test, feature = \"a\"))] use crate::high::{High, make};",
        "struct L { #[cfg(test)] a: crate::high::High }",
        "#[cfg(test)] fn f<A, B>() { crate::high::make() }",
        "fn f() { quote! { crate::high::make() } }",
        "fn f() { quote::quote! { crate::high::make() } }",
        "use crate::base::*; fn f(make: u8) { make }",
        "fn f() { thing.make(); }",
    ];
    for low in innocent {
        assert_eq!(faults(low, "pub fn high() {}"), [""; 0], "{low}");
    }
}
