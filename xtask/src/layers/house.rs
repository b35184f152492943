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
    /// What the check could not follow.
    pub(super) lost: Vec<String>,
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
        let (arrows, lost) = arrows(&modules);
        let mut lost: Vec<String> = lost
            .into_iter()
            .map(|(file, what)| format!("{}: {what}", files[file].path))
            .collect();
        lost.sort_unstable();
        lost.dedup();
        Ok(Self {
            files,
            arrows,
            lost,
        })
    }
}

type Modules = BTreeMap<Vec<String>, (usize, Module)>;

fn joined(path: &[String], name: &str) -> Vec<String> {
    let mut path = path.to_vec();
    path.push(name.to_owned());
    path
}

/// The arrows, and by file what could not be followed.
fn arrows(modules: &Modules) -> (Vec<Arrow>, Vec<(usize, String)>) {
    let mut seen = BTreeSet::new();
    let mut arrows: Vec<Arrow> = Vec::new();
    let mut lost = Vec::new();
    for (from, module) in modules.values() {
        let mut add = |to: usize, path: String| {
            if to != *from && seen.insert((*from, to)) {
                let from = *from;
                arrows.push(Arrow { from, to, path });
            }
        };
        let used = module.uses.iter().map(|used| &used.path);
        for path in used.chain(&module.paths) {
            match home(modules, &module.path, path, 0) {
                Some(to) => add(to, path.join("::")),
                None if is_rooted(path) && !leads_out(modules, &module.path, path, 0) => {
                    lost.push((*from, format!("`{}` leads nowhere", path.join("::"))));
                }
                None => {}
            }
        }
        for word in module.words.iter().chain(&module.calls) {
            if let Some(to) = starred(modules, module, word) {
                add(to, word.clone());
            }
        }
        for call in &module.calls {
            if let Some(to) = macro_home(modules, &module.path, call) {
                add(to, format!("{call}!"));
            }
        }
        let refused = module.refused.iter();
        lost.extend(refused.map(|what| (*from, format!("{what} cannot be followed"))));
    }
    arrows.sort_unstable();
    (arrows, lost)
}

/// Returns whether a path that leads to no file may lead to another crate.
fn leads_out(modules: &Modules, from: &[String], path: &[String], steps: usize) -> bool {
    let mut at = from.to_vec();
    for (index, step) in path.iter().enumerate().filter(|_| steps <= MAX_STEPS) {
        match step.as_str() {
            "crate" => at.clear(),
            "self" => {}
            "super" if at.pop().is_none() => return false,
            "super" => {}
            name if modules.contains_key(&joined(&at, name)) => at.push(name.to_owned()),
            _ => {
                let Some((_, module)) = modules.get(&at) else {
                    return false;
                };
                let (first, rest) = (index == 0, &path[index..]);
                let mut named = module.uses.iter();
                let named = named.find(|used| used.name.as_ref() == Some(step));
                if let Some(used) = named.filter(|used| used.path != rest) {
                    let path: Vec<String> = used.path.iter().chain(&rest[1..]).cloned().collect();
                    return leads_out(modules, &at, &path, steps + 1);
                }
                let globs = module.uses.iter().filter(|used| used.name.is_none());
                let mut globs = globs.map(|used| module_of(modules, &at, &used.path, 0));
                return first
                    || globs.any(|target| match target {
                        Some(target) => {
                            let own = std::iter::once("self".to_owned());
                            let path: Vec<String> = own.chain(rest.iter().cloned()).collect();
                            leads_out(modules, &target, &path, steps + 1)
                        }
                        None => true,
                    });
            }
        }
    }
    false
}

fn is_rooted(path: &[String]) -> bool {
    matches!(
        path.first().map(String::as_str),
        Some("crate" | "self" | "super")
    )
}

/// The file that defines a name that a `use` with a star brings in.
fn starred(modules: &Modules, module: &Module, name: &String) -> Option<usize> {
    let named = module
        .uses
        .iter()
        .any(|used| used.name.as_ref() == Some(name));
    if named || module.items.contains(name) {
        return None;
    }
    let mut globs = module.uses.iter().filter(|used| used.name.is_none());
    globs.find_map(|used| {
        let target = module_of(modules, &module.path, &used.path, 0)?;
        inside(modules, &target, std::slice::from_ref(name), 0)
    })
}

/// The file of a macro that is called by its name alone: a module's own or an outer one's, or any
/// that has this name, as `#[macro_use]` brings it everywhere.
fn macro_home(modules: &Modules, at: &[String], name: &String) -> Option<usize> {
    let outer = (0..=at.len())
        .rev()
        .filter_map(|end| modules.get(&at[..end]));
    let own = outer.filter(|(_, module)| module.items.contains(name));
    let mut own = own.map(|(file, _)| *file);
    own.next().or_else(|| {
        let mut all = modules.values();
        all.find(|(_, module)| module.exported.contains(name))
            .map(|(file, _)| *file)
    })
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
    found.or_else(|| match (rooted, at.is_empty()) {
        // An exported macro.
        (true, true) => macro_home(modules, &at, first),
        (true, false) => (!module.items.is_empty()).then_some(*file),
        (false, _) => None,
    })
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
                let (module, names) = path.split_at(path.len().checked_sub(rest.len())?);
                let module = module_of(modules, at, module, steps + 1)?;
                inside(modules, &module, names, steps + 1)
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
        let mut found =
            globs.filter_map(|used| through(used.path.iter().chain(rest).cloned().collect(), true));
        found.next()
    })
}

/// The module that a path names, if it does.
fn module_of(
    modules: &Modules,
    from: &[String],
    path: &[String],
    steps: usize,
) -> Option<Vec<String>> {
    let mut at = from.to_vec();
    for step in path.iter().filter(|_| steps <= MAX_STEPS) {
        match step.as_str() {
            "crate" => at.clear(),
            "self" => {}
            "super" => {
                at.pop()?;
            }
            name => {
                let child = joined(&at, name);
                at = match modules.contains_key(&child) {
                    true => child,
                    false => {
                        let (_, module) = modules.get(&at)?;
                        let mut named = module.uses.iter();
                        let used = named.find(|used| used.name.as_ref() == Some(step))?;
                        module_of(modules, &at, &used.path, steps + 1)?
                    }
                };
            }
        }
    }
    modules.contains_key(&at).then_some(at)
}
