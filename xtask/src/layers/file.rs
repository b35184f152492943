//! What one file says: its modules, what they define, what they use.

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
}

/// A name that a `use` brings in.
#[derive(Clone)]
pub(super) struct Use {
    /// The name, or none for `*`.
    pub(super) name: Option<String>,
    pub(super) path: Vec<String>,
    /// Whether the module shows the name to others: then it is not used here.
    pub(super) shown: bool,
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
        let mut shown = false;
        while at < tokens.len() {
            match word(&tokens, at).as_deref() {
                None if is_test(&tokens, at) => at = after_item(&tokens, at + 2),
                None => {
                    if let TokenTree::Group(group) = &tokens[at] {
                        let text = group.stream().to_string();
                        if let Some(file) = text.strip_prefix("path = \"") {
                            self.file = Some(file.trim_end_matches('"').to_owned());
                        }
                        self.items(group.stream(), false);
                    }
                    if punct(&tokens, at) == Some(';') {
                        shown = false;
                    }
                    at += 1;
                }
                Some("pub") => {
                    shown = true;
                    let scope = matches!(tokens.get(at + 1), Some(TokenTree::Group(group))
                        if group.delimiter() == Delimiter::Parenthesis);
                    at += 1 + usize::from(scope);
                }
                Some("use") if punct(&tokens, at + 1) != Some('<') => {
                    let end = at + position(&tokens[at..], ';');
                    self.tree(&tokens[at + 1..end], &[], std::mem::take(&mut shown));
                    at = end + 1;
                }
                Some("mod") if top && word(&tokens, at + 1).is_some() => {
                    at = self.child(&tokens, at);
                    shown = false;
                }
                Some("macro_rules") => {
                    if let (true, Some(name)) = (top, word(&tokens, at + 2)) {
                        self.module().items.push(name);
                    }
                    at += 3;
                }
                Some(item) if ITEMS.contains(&item) => {
                    if let (true, Some(name)) = (top, word(&tokens, at + 1)) {
                        self.module().items.push(name);
                    }
                    shown = false;
                    at += 1;
                }
                // What is emitted is code of another crate.
                Some("quote" | "quote_spanned") => at += 3,
                Some(_) => at = self.path(&tokens, at),
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
        if path.len() > 1 {
            self.module().paths.push(path);
        }
        at
    }

    /// What follows `use`, up to its end or a comma.
    fn tree(&mut self, tokens: &[TokenTree], before: &[String], shown: bool) {
        let mut path = before.to_vec();
        let mut at = 0;
        let add = |module: &mut Module, name: Option<String>, path: Vec<String>| {
            module.uses.push(Use { name, path, shown });
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
                            self.tree(part, &path, shown);
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

/// Returns whether `#[cfg(test)]` stands here.
fn is_test(tokens: &[TokenTree], at: usize) -> bool {
    let Some(TokenTree::Group(group)) = tokens.get(at + 1) else {
        return false;
    };
    let text = group.stream().to_string().replace(' ', "");
    // A feature may be called `testing`.
    let text: String = text.split('"').step_by(2).collect();
    punct(tokens, at) == Some('#')
        && text.starts_with("cfg(")
        && text.contains("test")
        && !text.contains("not(test)")
}

/// The place after an item: its `;`, or its body.
fn after_item(tokens: &[TokenTree], from: usize) -> usize {
    let ends = |token: &TokenTree| {
        let body = matches!(token, TokenTree::Group(group)
            if group.delimiter() == Delimiter::Brace);
        body || is_punct(token, ';')
    };
    let end = tokens.iter().skip(from).position(ends);
    end.map_or(tokens.len(), |end| from + end + 1)
}
