//! The files of a crate and the arrows between them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::file::{self, Module};

/// A file of the crate.
pub(super) struct File {
    /// `client::bulk`; the root is `lib`.
    pub(super) module: String,
    /// Below the folder of the sources.
    pub(super) path: String,
}

/// A file uses something that another defines.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Arrow {
    pub(super) from: usize,
    pub(super) to: usize,
    /// One path by which it does so.
    pub(super) path: String,
}

pub(super) struct House {
    pub(super) files: Vec<File>,
    pub(super) arrows: Vec<Arrow>,
}

/// Re-exports that lead to re-exports: far more than there are.
const MAX_STEPS: usize = 12;

impl House {
    /// Reads a crate from its `lib.rs` on, without what is compiled for tests only.
    pub(super) fn read(folder: &Path) -> Result<Self, String> {
        Self::collect(&|path| std::fs::read_to_string(folder.join(path)).ok())
    }

    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Result<Self, String> {
        let find = |path: &str| files.iter().find(|(name, _)| *name == path);
        Self::collect(&|path| find(path).map(|(_, text)| (*text).to_owned()))
    }

    fn collect(read: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let mut files = Vec::new();
        let mut modules: BTreeMap<Vec<String>, (usize, Module)> = BTreeMap::new();
        let mut waiting = BTreeSet::from([(Vec::new(), None)]);
        while let Some((path, file)) = waiting.pop_first() {
            let name = path.join("/");
            let places = match file {
                _ if path.is_empty() => ["lib.rs".to_owned(), "main.rs".to_owned()],
                // Only modules of the root have one: a path begins at the folder of the file.
                Some(file) => [file, String::new()],
                None => [format!("{name}.rs"), format!("{name}/mod.rs")],
            };
            let found = places
                .into_iter()
                .find_map(|place| read(&place).map(|text| (place, text)));
            let (place, text) = found.ok_or_else(|| format!("no file for the module {name}"))?;
            let read = file::read(&text, path.clone()).map_err(|e| format!("{place}: {e}"))?;
            for module in read {
                let inner = module.files.iter();
                let inner = inner.map(|(child, file)| (joined(&module.path, child), file.clone()));
                waiting.extend(inner);
                modules.insert(module.path.clone(), (files.len(), module));
            }
            files.push(File {
                module: match path.is_empty() {
                    true => "lib".to_owned(),
                    false => path.join("::"),
                },
                path: place,
            });
        }
        let arrows = arrows(&modules);
        Ok(Self { files, arrows })
    }
}

type Modules = BTreeMap<Vec<String>, (usize, Module)>;

fn joined(path: &[String], name: &str) -> Vec<String> {
    let mut path = path.to_vec();
    path.push(name.to_owned());
    path
}

fn arrows(modules: &Modules) -> Vec<Arrow> {
    let mut seen = BTreeSet::new();
    let mut arrows: Vec<Arrow> = Vec::new();
    for (from, module) in modules.values() {
        let used = module.uses.iter().filter(|used| !used.shown);
        for path in used.map(|used| &used.path).chain(&module.paths) {
            let Some(to) = home(modules, &module.path, path, 0) else {
                continue;
            };
            if to != *from && seen.insert((*from, to)) {
                let path = path.join("::");
                arrows.push(Arrow {
                    from: *from,
                    to,
                    path,
                });
            }
        }
    }
    arrows.sort_unstable();
    arrows
}

/// The file that defines what a path leads to; none for what is not of this crate.
fn home(modules: &Modules, from: &[String], path: &[String], steps: usize) -> Option<usize> {
    if steps > MAX_STEPS {
        return None;
    }
    let mut at = from.to_vec();
    let mut rest = path;
    let mut rooted = false;
    while let Some((first, after)) = rest.split_first() {
        match first.as_str() {
            "crate" => at.clear(),
            "self" => {}
            "super" => {
                at.pop()?;
            }
            _ => break,
        }
        rooted = true;
        rest = after;
    }
    let (file, module) = modules.get(&at)?;
    let Some((first, after)) = rest.split_first() else {
        return Some(*file);
    };
    let child = joined(&at, first);
    if modules.contains_key(&child) {
        let own: Vec<String> = after.to_vec();
        return match own.is_empty() {
            true => modules.get(&child).map(|(file, _)| *file),
            false => inside(modules, &child, &own, steps).or_else(|| {
                // An item that a macro defines belongs to the module that it is named in.
                modules.get(&child).map(|(file, _)| *file)
            }),
        };
    }
    let found = inside(modules, &at, rest, steps);
    found.or_else(|| (rooted && !at.is_empty() && !module.items.is_empty()).then_some(*file))
}

/// The file that defines what a path leads to that begins with a name in the module `at`.
fn inside(modules: &Modules, at: &[String], rest: &[String], steps: usize) -> Option<usize> {
    let (first, after) = rest.split_first().filter(|_| steps <= MAX_STEPS)?;
    let (file, module) = modules.get(at)?;
    if modules.contains_key(&joined(at, first)) {
        let own: Vec<String> = std::iter::once("self".to_owned())
            .chain(rest.to_vec())
            .collect();
        return home(modules, at, &own, steps + 1);
    }
    if module.items.contains(first) {
        return Some(*file);
    }
    let through = |path: Vec<String>, glob: bool| {
        // `use name;` of another crate would lead to itself.
        if path == rest {
            return None;
        }
        match glob {
            false => home(modules, at, &path, steps + 1),
            // A glob is only a guess.
            true => {
                let (name, module) = path.split_last()?;
                let module = module_of(modules, at, module)?;
                inside(modules, &module, std::slice::from_ref(name), steps + 1)
            }
        }
    };
    let named = module
        .uses
        .iter()
        .filter(|used| used.name.as_ref() == Some(first));
    let mut found =
        named.filter_map(|used| through(used.path.iter().chain(after).cloned().collect(), false));
    found.next().or_else(|| {
        let globs = module.uses.iter().filter(|used| used.name.is_none());
        let mut found = globs
            .filter_map(|used| through(used.path.iter().chain([first]).cloned().collect(), true));
        found.next()
    })
}

/// The module that a path names, if it does.
fn module_of(modules: &Modules, from: &[String], path: &[String]) -> Option<Vec<String>> {
    let mut at = from.to_vec();
    for step in path {
        match step.as_str() {
            "crate" => at.clear(),
            "self" => {}
            "super" => {
                at.pop()?;
            }
            name => at.push(name.to_owned()),
        }
    }
    modules.contains_key(&at).then_some(at)
}
