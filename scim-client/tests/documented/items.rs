//! Public methods and the documentation of types, read from source text that rustfmt has formatted.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic is how a test fails"
)]

use std::{fs, path::Path};

/// A public method of a type.
pub(crate) struct Method {
    /// The type, without its path and parameters.
    of: String,
    /// The file, from the root of the repository.
    pub(crate) file: String,
    pub(crate) name: String,
    pub(crate) docs: String,
    /// From `pub` to the body, on one line.
    signature: String,
}

/// What some files document.
#[derive(Default)]
pub(crate) struct Source {
    pub(crate) methods: Vec<Method>,
    /// What `doc(alias)` says.
    pub(crate) aliases: Vec<String>,
    /// Types and their `impl` blocks, with the documentation above them.
    types: Vec<(String, String)>,
}

/// What gives an error when it is awaited, or asked for the next.
const LATER: [&str; 13] = [
    "Get",
    "Create",
    "CreateOrGet",
    "Replace",
    "PatchResource",
    "Update",
    "Delete",
    "Query",
    "Discover",
    "RawRequest",
    "Bulk",
    "OperationFuture",
    "Results",
];

impl Method {
    /// Returns whether it gives a `Result`, or what gives one later.
    pub(crate) fn can_fail(&self) -> bool {
        let Some((_, given)) = self.signature.rsplit_once(") -> ") else {
            return false;
        };
        ["Result<", "std::io::Result<", "Option<Result<"]
            .iter()
            .any(|failing| given.starts_with(failing))
            || LATER.contains(&identifier(given).as_str())
    }
}

impl Source {
    /// Reads all files below a folder of the repository.
    pub(crate) fn read(root: &Path, folder: &str) -> Self {
        let mut source = Self::default();
        source.folder(root, folder);
        source
    }

    /// One file.
    pub(crate) fn of(file: &str, text: &str) -> Self {
        let mut source = Self::default();
        source.file(file, text);
        source
    }

    pub(crate) fn methods_of(&self, place: &str, name: &str) -> impl Iterator<Item = &Method> {
        self.methods
            .iter()
            .filter(move |method| method.file.starts_with(place) && method.of == name)
    }

    fn folder(&mut self, root: &Path, folder: &str) {
        let entries =
            fs::read_dir(root.join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        for name in names {
            let path = format!("{folder}/{name}");
            if root.join(&path).is_dir() {
                // What is generated has methods by the hundred, all of three kinds.
                if name != "generated" {
                    self.folder(root, &path);
                }
            } else if name.ends_with(".rs") {
                self.file(&path, &fs::read_to_string(root.join(&path)).unwrap());
            }
        }
    }

    fn file(&mut self, file: &str, text: &str) {
        let (mut docs, mut hidden, mut of) = (String::new(), false, None);
        let mut in_attribute = false;
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let word = line.trim_start();
            if let Some(doc) = word.strip_prefix("///") {
                docs.push_str(doc.strip_prefix(' ').unwrap_or(doc));
                docs.push('\n');
                continue;
            }
            if let Some(alias) = word.strip_prefix("#[doc(alias = \"") {
                self.aliases
                    .extend(alias.split('"').next().map(str::to_owned));
            }
            if in_attribute || word.starts_with("#[") {
                in_attribute = !word.ends_with(']');
                hidden |= word == "#[doc(hidden)]";
                continue;
            }
            let documented = std::mem::take(&mut docs);
            let is_hidden = std::mem::take(&mut hidden);
            if let Some(head) = line.strip_prefix("impl") {
                of = self_type(&joined(head, &lines[number + 1..]));
                self.types.extend(of.clone().map(|of| (of, documented)));
            } else if *line == "}" {
                of = None;
            } else if let Some(name) = declared(line) {
                self.types.push((name, documented));
            } else if let (Some(of), Some(name), false) = (&of, method(line), is_hidden) {
                self.methods.push(Method {
                    of: of.clone(),
                    file: file.to_owned(),
                    name,
                    docs: documented,
                    signature: joined(word, &lines[number + 1..]),
                });
            }
        }
    }

    /// The code of all examples of a type, its `impl` blocks and its methods.
    pub(crate) fn examples_of(&self, name: &str) -> String {
        let types = self.types.iter().filter(|(of, _)| of == name);
        let methods = self.methods.iter().filter(|method| method.of == name);
        types
            .map(|(_, docs)| docs)
            .chain(methods.map(|method| &method.docs))
            .map(|docs| code(docs))
            .collect()
    }
}

/// A head that goes on over lines, up to its body, on one line.
fn joined(head: &str, rest: &[&str]) -> String {
    let mut all = head.to_owned();
    for line in rest {
        if all.ends_with(['{', ';', '}']) {
            break;
        }
        all.push_str(if all.ends_with('(') { "" } else { " " });
        all.push_str(line.trim());
    }
    all.replace(", )", ")")
}

/// The type of an `impl` that is of no trait, without path and parameters.
fn self_type(head: &str) -> Option<String> {
    let mut rest = head;
    if rest.starts_with('<') {
        let (mut depth, mut before) = (0_i32, ' ');
        let end = rest.find(|c| {
            match c {
                '<' => depth += 1,
                '>' if before != '-' => depth -= 1,
                _ => {}
            }
            before = c;
            depth == 0
        })?;
        rest = &rest[end + 1..];
    }
    let rest = rest.split(" where").next()?.trim();
    if rest.contains(" for ") {
        return None;
    }
    let name = rest.split(['<', ' ']).next()?.rsplit("::").next()?;
    Some(name.to_owned())
}

fn declared(line: &str) -> Option<String> {
    let rest = line.trim_start().strip_prefix("pub ")?;
    ["struct ", "enum ", "type ", "trait "]
        .iter()
        .find_map(|word| rest.strip_prefix(word))
        .map(identifier)
}

fn method(line: &str) -> Option<String> {
    let rest = line.strip_prefix("    pub ")?;
    let rest = rest.strip_prefix("const ").unwrap_or(rest);
    let rest = rest.strip_prefix("async ").unwrap_or(rest);
    rest.strip_prefix("fn ").map(identifier)
}

fn identifier(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// The code blocks of some documentation.
fn code(docs: &str) -> String {
    let (mut code, mut open) = (String::new(), false);
    for line in docs.lines() {
        if line.starts_with("```") {
            open = !open;
        } else if open {
            code.push_str(line);
            code.push('\n');
        }
    }
    code
}

/// Returns whether code calls a method of this name.
pub(crate) fn calls(code: &str, name: &str) -> bool {
    [".", "::"].iter().any(|before| {
        let call = format!("{before}{name}");
        code.match_indices(&call).any(|(at, found)| {
            let rest = &code[at + found.len()..];
            rest.starts_with('(') || rest.starts_with("::<")
        })
    })
}
