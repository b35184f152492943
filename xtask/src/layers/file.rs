//! What one file says: its modules, what they define, what they use.

use std::collections::BTreeSet;
use std::str::FromStr as _;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A module: that of a file, or one that is written inside another.
#[derive(Default)]
pub(super) struct Module {
    /// `client::bulk`; the root is empty.
    pub(super) path: Vec<String>,
    /// The items that it defines, and its own modules.
    pub(super) items: Vec<String>,
    /// Modules that are files of their own, with the path where an attribute gives it.
    pub(super) files: Vec<(String, Option<String>)>,
    pub(super) uses: Vec<Use>,
    /// Paths in its code, by segments.
    pub(super) paths: Vec<Vec<String>>,
    /// Names that stand alone in its code: a `use` with a star may have brought them in.
    pub(super) words: BTreeSet<String>,
    /// The macros that it calls by their names alone.
    pub(super) calls: BTreeSet<String>,
    /// The macros that it exports, which the root of the crate has.
    pub(super) exported: Vec<String>,
    /// What the check cannot follow, so that nobody may write it.
    pub(super) refused: Vec<&'static str>,
}

/// A name that a `use` brings in.
#[derive(Clone)]
pub(super) struct Use {
    /// The name, or none for `*`.
    pub(super) name: Option<String>,
    pub(super) path: Vec<String>,
}

const ITEMS: [&str; 8] = [
    "fn", "struct", "enum", "trait", "type", "const", "static", "union",
];

/// The modules of a file, its own first.
pub(super) fn read(text: &str, path: Vec<String>) -> Result<Vec<Module>, String> {
    let tokens = TokenStream::from_str(text).map_err(|error| error.to_string())?;
    let mut modules = vec![Module {
        path,
        ..Module::default()
    }];
    Reader {
        modules: &mut modules,
        at: 0,
        file: None,
    }
    .items(tokens, true);
    Ok(modules)
}

struct Reader<'a> {
    modules: &'a mut Vec<Module>,
    at: usize,
    /// What `#[path = ".."]` says of the module that comes next.
    file: Option<String>,
}

impl Reader<'_> {
    fn module(&mut self) -> &mut Module {
        &mut self.modules[self.at]
    }

    /// Reads tokens; `top` says that items among them are the module's.
    fn items(&mut self, tokens: TokenStream, top: bool) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        let mut exported = false;
        while at < tokens.len() {
            let name = word(&tokens, at);
            match name.as_deref() {
                None if is_test(&tokens, at) => at = after_item(&tokens, at + 2),
                None if is_punct(&tokens[at], '#') => {
                    let inner = usize::from(punct(&tokens, at + 1) == Some('!'));
                    if let Some(TokenTree::Group(group)) = tokens.get(at + 1 + inner) {
                        exported |= self.attribute(group.stream());
                        at += 1 + inner;
                    }
                    at += 1;
                }
                None => {
                    if let TokenTree::Group(group) = &tokens[at] {
                        self.items(group.stream(), false);
                    }
                    at += 1;
                }
                // A visibility names only what it is inside of.
                Some("pub") => {
                    let scope = matches!(tokens.get(at + 1), Some(TokenTree::Group(group))
                        if group.delimiter() == Delimiter::Parenthesis && is_scope(group.stream()));
                    at += 1 + usize::from(scope);
                }
                Some("use") if punct(&tokens, at + 1) != Some('<') => {
                    let end = at + position(&tokens[at..], ';');
                    self.tree(&tokens[at + 1..end], &[]);
                    at = end + 1;
                }
                Some("mod") if word(&tokens, at + 1).is_some() => at = self.child(&tokens, at),
                Some("macro_rules") => {
                    if let Some(name) = word(&tokens, at + 2) {
                        if std::mem::take(&mut exported) {
                            self.module().exported.push(name.clone());
                        }
                        if top {
                            self.module().items.push(name);
                        }
                    }
                    at += 3;
                }
                Some("extern")
                    if word(&tokens, at + 1).is_some_and(|word| word == "crate")
                        && word(&tokens, at + 2).is_some_and(|word| word == "self") =>
                {
                    self.module().refused.push("another name for the crate");
                    at += 3;
                }
                Some("include") if punct(&tokens, at + 1) == Some('!') => {
                    self.module()
                        .refused
                        .push("code from a file that is no module");
                    at += 2;
                }
                Some(item) if ITEMS.contains(&item) => {
                    if let (true, Some(name)) = (top, word(&tokens, at + 1)) {
                        self.module().items.push(name);
                    }
                    at += 1;
                }
                // A field, or a method.
                Some(_) if at > 0 && is_punct(&tokens[at - 1], '.') => at += 1,
                Some(_) => at = self.path(&tokens, at),
            }
        }
    }

    /// Reads an attribute, and returns whether it exports a macro.
    fn attribute(&mut self, attribute: TokenStream) -> bool {
        let tokens: Vec<TokenTree> = attribute.clone().into_iter().collect();
        match word(&tokens, 0).as_deref() {
            Some("doc") => return false,
            Some("macro_export") => return true,
            Some("path") => {
                let text = tokens.last().and_then(text);
                self.file = text;
            }
            Some("cfg_attr") if attribute.to_string().contains("path =") => {
                self.module().refused.push("a path under a condition");
            }
            _ => self.texts(attribute.clone()),
        }
        self.items(attribute, false);
        false
    }

    /// Reads paths that an attribute has as text, as those of serde do.
    fn texts(&mut self, attribute: TokenStream) {
        for token in attribute {
            match &token {
                TokenTree::Group(group) => self.texts(group.stream()),
                _ => {
                    let path = text(&token).filter(|text| text.contains("::"));
                    if let Some(path) = path.and_then(|text| TokenStream::from_str(&text).ok()) {
                        self.items(path, false);
                    }
                }
            }
        }
    }

    /// `mod name;` or `mod name { .. }`.
    fn child(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        let name = word(tokens, at + 1).unwrap_or_default();
        match tokens.get(at + 2) {
            Some(TokenTree::Group(group)) => {
                let mut path = self.module().path.clone();
                path.push(name);
                let outer = std::mem::replace(&mut self.at, self.modules.len());
                self.modules.push(Module {
                    path,
                    ..Module::default()
                });
                self.items(group.stream(), true);
                self.at = outer;
            }
            _ => {
                let file = self.file.take();
                self.module().files.push((name, file));
            }
        }
        at + 3
    }

    /// A path in the code, from its first segment.
    fn path(&mut self, tokens: &[TokenTree], mut at: usize) -> usize {
        let mut path = Vec::new();
        while let Some(segment) = word(tokens, at) {
            path.push(segment);
            at += 1;
            if punct(tokens, at) != Some(':') || punct(tokens, at + 1) != Some(':') {
                break;
            }
            at += 2;
        }
        let calls = punct(tokens, at) == Some('!') && punct(tokens, at + 1) != Some('=');
        let last = path.last().map(String::as_str);
        if calls && matches!(last, Some("quote" | "quote_spanned")) {
            // What is emitted is code of another crate.
            return at + 2;
        }
        match path.len() {
            1 if calls => self.module().calls.extend(path),
            1 => self.module().words.extend(path),
            _ => self.module().paths.push(path),
        }
        at
    }

    /// What follows `use`, up to its end or a comma.
    fn tree(&mut self, tokens: &[TokenTree], before: &[String]) {
        let mut path = before.to_vec();
        let mut at = 0;
        let add = |module: &mut Module, name: Option<String>, path: Vec<String>| {
            module.uses.push(Use { name, path });
        };
        while at < tokens.len() {
            match (&tokens[at], word(tokens, at)) {
                (_, Some(as_)) if as_ == "as" => {
                    let name = word(tokens, at + 1);
                    add(self.module(), name, path);
                    return;
                }
                // `use a::{self, ..}` is `use a`.
                (_, Some(own)) if own == "self" && !path.is_empty() => {}
                (_, Some(segment)) => path.push(segment),
                (TokenTree::Punct(star), _) if star.as_char() == '*' => {
                    add(self.module(), None, path);
                    return;
                }
                (TokenTree::Group(group), _) => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    for part in inner.split(|token| is_punct(token, ',')) {
                        if !part.is_empty() {
                            self.tree(part, &path);
                        }
                    }
                    return;
                }
                _ => {}
            }
            at += 1;
        }
        let name = path.last().cloned();
        add(self.module(), name, path);
    }
}

/// Returns whether this is what follows `pub` in parentheses, and no field of a tuple.
fn is_scope(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    match word(&tokens, 0).as_deref() {
        Some("in") => true,
        Some("crate" | "self" | "super") => tokens.len() == 1,
        _ => false,
    }
}

fn word(tokens: &[TokenTree], at: usize) -> Option<String> {
    match tokens.get(at) {
        Some(TokenTree::Ident(name)) => Some(name.to_string()),
        _ => None,
    }
}

fn punct(tokens: &[TokenTree], at: usize) -> Option<char> {
    match tokens.get(at) {
        Some(TokenTree::Punct(punct)) => Some(punct.as_char()),
        _ => None,
    }
}

fn is_punct(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}

fn position(tokens: &[TokenTree], char: char) -> usize {
    let found = tokens.iter().position(|token| is_punct(token, char));
    found.unwrap_or(tokens.len())
}

/// The text of a literal without escapes.
fn text(token: &TokenTree) -> Option<String> {
    let TokenTree::Literal(literal) = token else {
        return None;
    };
    let text = literal.to_string();
    Some(text.strip_prefix('"')?.strip_suffix('"')?.to_owned())
}

/// Returns whether an attribute stands here that leaves out what follows, but for tests.
fn is_test(tokens: &[TokenTree], at: usize) -> bool {
    let (Some('#'), Some(TokenTree::Group(group))) = (punct(tokens, at), tokens.get(at + 1)) else {
        return false;
    };
    let attribute: Vec<TokenTree> = group.stream().into_iter().collect();
    match (word(&attribute, 0).as_deref(), attribute.get(1)) {
        (Some("cfg"), Some(TokenTree::Group(condition))) => needs_test(condition.stream()),
        _ => false,
    }
}

/// Returns whether a condition is only true for tests.
fn needs_test(condition: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = condition.into_iter().collect();
    match (word(&tokens, 0).as_deref(), tokens.get(1)) {
        (Some("test"), None) => true,
        (Some("all"), Some(TokenTree::Group(group))) => {
            let parts: Vec<TokenTree> = group.stream().into_iter().collect();
            let mut parts = parts.split(|token| is_punct(token, ','));
            parts.any(|part| needs_test(part.iter().cloned().collect()))
        }
        _ => false,
    }
}

/// The place after an item: its `;`, or its body. A field, a variant and an arm end with a comma.
fn after_item(tokens: &[TokenTree], from: usize) -> usize {
    let is_function = |token: &TokenTree| matches!(token, TokenTree::Ident(name) if name == "fn");
    let mut function = false;
    for (at, token) in tokens.iter().enumerate().skip(from) {
        function |= is_function(token);
        let body = matches!(token, TokenTree::Group(group)
            if group.delimiter() == Delimiter::Brace);
        if body || is_punct(token, ';') || (!function && is_punct(token, ',')) {
            return at + 1;
        }
    }
    tokens.len()
}
