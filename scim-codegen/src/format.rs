//! Tokens to text that reads as if a person had laid it out.

#[cfg(feature = "text")]
use proc_macro2::TokenStream;

/// No generated line is longer, in characters.
pub(crate) const WIDTH: usize = 100;

/// Items, laid out.
///
/// # Errors
///
/// The tokens are no items: a mistake in the emitter.
#[cfg(feature = "text")]
pub(crate) fn items(tokens: TokenStream) -> Result<String, syn::Error> {
    let file = syn::parse2(tokens)?;
    let text = blank_lines(&prettyplease::unparse(&file));
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        fold(line, &mut out);
        out.push('\n');
    }
    Ok(out)
}

/// Breaks a text into lines of at most `width` characters, at blanks; within a longer word, but not
/// behind a backslash, for it belongs to the next character.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace().flat_map(|word| pieces(word, width)) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A word in pieces of at most `width` characters.
fn pieces(word: &str, width: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = word;
    while let Some((end, _)) = rest.char_indices().nth(width) {
        let head = rest.get(..end).unwrap_or(rest);
        let escapes = head.len() - head.trim_end_matches('\\').len();
        let end = if escapes % 2 == 1 && end > 1 {
            end - 1
        } else {
            end
        };
        let (piece, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
        pieces.push(piece);
        rest = tail;
    }
    pieces.push(rest);
    pieces
}

/// Puts an empty line between the items of a file, a module or an impl, but not between lines that
/// belong together, such as imports.
#[cfg(feature = "text")]
fn blank_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 20);
    // What encloses the line, from the outside in: `true` for what holds items.
    let mut scopes = vec![true];
    let mut before = Before::Open;
    let mut in_item = false;
    for line in text.lines() {
        let code = line.trim();
        let depth = scopes.len();
        let closing = code.starts_with(['}', ')', ']']);
        let holds_items = scopes.last() == Some(&true);
        if holds_items && !in_item && !closing {
            let alone = code.ends_with([';', '}']) && !code.starts_with(['#', '/']);
            if before == Before::Item || (before == Before::Line && !alone) {
                out.push('\n');
            }
            before = if alone { Before::Line } else { Before::Item };
            in_item = true;
        }
        out.push_str(line);
        out.push('\n');
        brackets(line, &mut scopes);
        if scopes.len() > depth && scopes.last() == Some(&true) {
            before = Before::Open;
            in_item = false;
        } else if scopes.last() == Some(&true) {
            let attribute = code.starts_with("//") || code.starts_with('#');
            if scopes.len() < depth {
                before = Before::Item;
            }
            if !attribute && code.ends_with([';', '}', ',']) {
                in_item = false;
            }
        }
    }
    out
}

/// What stands before the next item.
#[cfg(feature = "text")]
#[derive(Clone, Copy, PartialEq)]
enum Before {
    Open,
    Line,
    Item,
}

/// Follows the brackets of one line, outside of strings and comments.
#[cfg(feature = "text")]
fn brackets(line: &str, scopes: &mut Vec<bool>) {
    let code = line.trim_start();
    let items = [
        "impl",
        "mod ",
        "pub mod ",
        "const _: () = {",
        "pub trait",
        "unsafe impl",
    ];
    let holds_items = items.iter().any(|item| code.starts_with(item));
    let mut string = false;
    let mut characters = code.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' if string => drop(characters.next()),
            '"' => string = !string,
            _ if string => {}
            '/' if characters.peek() == Some(&'/') => return,
            '{' => scopes.push(holds_items),
            '(' | '[' => scopes.push(false),
            '}' | ')' | ']' if scopes.len() > 1 => drop(scopes.pop()),
            _ => {}
        }
    }
}

/// Writes a line, and continues a string that is too long for it on further lines.
pub(crate) fn fold(line: &str, out: &mut String) {
    let indent = line.len() - line.trim_start().len();
    if line.chars().count() <= WIDTH || line.trim_start().starts_with("//") {
        out.push_str(line);
        return;
    }
    if !line.contains('"') {
        return fold_code(line, indent, out);
    }
    let deeper = if line.trim_start().starts_with('"') {
        0
    } else {
        4
    };
    let continuation = " ".repeat(indent + deeper);
    let mut column = 0;
    let mut string = false;
    let units = units(line);
    for (index, unit) in units.iter().enumerate() {
        let opens = *unit == "\"";
        if string && !opens {
            // The length of what must not be cut: a word, with the blank behind it.
            let rest = units.get(index..).unwrap_or_default();
            let word: usize = rest
                .iter()
                .take_while(|unit| !matches!(**unit, " " | "\""))
                .map(|unit| unit.chars().count())
                .sum();
            let previous = index.checked_sub(1).and_then(|before| units.get(before));
            let at_word = previous == Some(&" ") && *unit != " ";
            let room = WIDTH - 2;
            let cut_word = at_word && column + word > room;
            let cut_anywhere = column + unit.chars().count() > room && *unit != " ";
            if (cut_word || cut_anywhere) && column > continuation.len() {
                out.push_str("\\\n");
                out.push_str(&continuation);
                column = continuation.len();
            }
        }
        out.push_str(unit);
        column += unit.chars().count();
        string ^= opens;
    }
}

/// Breaks an assignment behind its `=` or `:`, and an import before its last part.
fn fold_code(line: &str, indent: usize, out: &mut String) {
    let code = line.trim_start();
    let separators: &[&str] = match code.starts_with("pub use ") || code.starts_with("use ") {
        true => &["::"],
        false => &[" = ", ": "],
    };
    let behind = |separator: &&str| {
        let at = line.rfind(*separator)? + separator.trim_end().len();
        line.split_at_checked(at)
            .filter(|(head, _)| head.chars().count() <= WIDTH)
    };
    match separators.iter().find_map(behind) {
        Some((head, tail)) => {
            out.push_str(head);
            out.push('\n');
            out.push_str(&" ".repeat(indent + 4));
            out.push_str(tail.trim_start());
        }
        None => out.push_str(line),
    }
}

/// The characters of a line, with each escape sequence as one.
fn units(line: &str) -> Vec<&str> {
    let mut units = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let length = match rest.strip_prefix('\\') {
            Some(escape) if escape.starts_with("u{") => escape.find('}').map_or(1, |end| end + 2),
            Some(escape) => 1 + escape.chars().next().map_or(0, char::len_utf8),
            None => c.len_utf8(),
        };
        let (unit, tail) = rest.split_at_checked(length).unwrap_or((rest, ""));
        units.push(unit);
        rest = tail;
    }
    units
}

#[cfg(test)]
#[cfg(feature = "text")]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn items_are_apart_and_imports_together() {
        let tokens = quote! {
            use a::b;
            use c::d;
            /// A
            #[derive(Debug)]
            pub struct A { pub x: String, pub y: String }
            impl A { pub fn new() -> Self { if true { f(); } g() } /// B
                pub fn b(&self) {} const C: u8 = 1; const D: u8 = 2; }
            const _: () = { impl B for A { fn c() {} } impl C for A {} };
            mod m { pub enum a {} pub enum b {} }
        };
        let text = items(tokens).unwrap();
        let expected = "\
use a::b;
use c::d;

/// A
#[derive(Debug)]
pub struct A {
    pub x: String,
    pub y: String,
}

impl A {
    pub fn new() -> Self {
        if true {
            f();
        }
        g()
    }

    /// B
    pub fn b(&self) {}

    const C: u8 = 1;
    const D: u8 = 2;
}

const _: () = {
    impl B for A {
        fn c() {}
    }

    impl C for A {}
};

mod m {
    pub enum a {}
    pub enum b {}
}
";
        assert_eq!(text, expected);
    }

    #[test]
    fn long_strings_continue_and_keep_their_text() {
        let words = "a few words with \"quotes\", a \\ and a tab\t in them ".repeat(9);
        let urn = format!("urn:{}", "segment:".repeat(30));
        let blanks = format!("{}x{}", " ".repeat(150), " ".repeat(150));
        for text in [words, urn, blanks] {
            let out = items(quote! { const A: &[&str] = &[f(#text), "b"]; }).unwrap();
            let parsed: syn::ItemConst = syn::parse_str(&out).unwrap();
            let mut found = Vec::new();
            strings(quote! { #parsed }, &mut found);
            assert_eq!(found, [text.clone(), "b".to_owned()], "{out}");
            if !text.starts_with(' ') {
                assert!(
                    out.lines().all(|line| line.chars().count() <= WIDTH),
                    "{out}"
                );
            }
        }
    }

    fn strings(tokens: TokenStream, found: &mut Vec<String>) {
        for token in tokens {
            match token {
                proc_macro2::TokenTree::Group(group) => strings(group.stream(), found),
                proc_macro2::TokenTree::Literal(literal) => {
                    let literal: syn::LitStr = syn::parse_str(&literal.to_string()).unwrap();
                    found.push(literal.value());
                }
                _ => {}
            }
        }
    }

    #[test]
    fn wraps_at_blanks() {
        assert_eq!(
            wrap("a bb  ccc\ndddddd e", 5),
            ["a bb", "ccc", "ddddd", "d e"]
        );
        assert_eq!(wrap("abc\\*defg", 4), ["abc", "\\*de", "fg"]);
        assert_eq!(wrap("ab\\\\cdef", 4), ["ab\\\\", "cdef"]);
        assert!(wrap(" \n", 5).is_empty());
    }
}
