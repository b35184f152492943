//! Reading and writing folders.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::Source;

/// The text of every file below a folder that ends in `.extension`, by its path in the folder with
/// forward slashes. A folder that does not exist has none.
///
/// # Errors
///
/// A file or folder cannot be read.
pub fn read(folder: &Path, extension: &str) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        if !next.exists() {
            continue;
        }
        for entry in fs::read_dir(&next).map_err(|error| failed("read", &next, &error))? {
            let path = entry.map_err(|error| failed("read", &next, &error))?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                let text = crate::folder::read_text(&path);
                let text = text.map_err(|error| failed("read", &path, &error))?;
                found.insert(relative(&path, folder), text);
            }
        }
    }
    Ok(found)
}

/// A path below `folder`, with forward slashes.
#[must_use]
pub fn relative(path: &Path, folder: &Path) -> String {
    let path = path.strip_prefix(folder).unwrap_or(path);
    path.iter()
        .map(|part| part.to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
}

/// What a folder is called in generated files: its path below the root; elsewhere its name,
/// because generated files should not depend on where somebody keeps it.
pub(super) fn name_of(folder: &Path, root: &Path) -> String {
    let inside = folder.strip_prefix(root).ok();
    let inside = inside.or_else(|| folder.is_relative().then_some(folder));
    let leaves = |path: &Path| path.iter().any(|part| part == "..");
    match inside.filter(|path| !leaves(path)) {
        Some(path) => relative(path, root),
        None => folder
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
    }
}

/// A document, or those of a folder.
pub(super) fn file_or_folder(path: &Path, root: &Path) -> Result<Vec<Source>, String> {
    if !path.is_file() {
        return sources(path, root);
    }
    let text = crate::folder::read_text(path).map_err(|error| failed("read", path, &error))?;
    Ok(vec![Source::new(name_of(path, root), text)])
}

/// The documents of a folder.
pub(super) fn sources(folder: &Path, root: &Path) -> Result<Vec<Source>, String> {
    if !folder.is_dir() {
        return Err(format!("{} is not a folder", folder.display()));
    }
    let name = name_of(folder, root);
    let documents = read(folder, "json")?;
    if documents.is_empty() {
        return Err(format!("no schema documents in {}", folder.display()));
    }
    Ok(documents
        .iter()
        .map(|(path, text)| Source::new(format!("{name}/{path}"), text))
        .collect())
}

/// Writes a file, and its folder.
///
/// # Errors
///
/// It cannot be written.
pub fn write(path: &Path, text: &str) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| failed("create", folder, &error))?;
    }
    fs::write(path, text).map_err(|error| failed("write", path, &error))
}

pub(super) fn remove(path: &Path) -> Result<(), String> {
    fs::remove_file(path).map_err(|error| failed("remove", path, &error))
}

fn failed(what: &str, path: &Path, error: &std::io::Error) -> String {
    format!("cannot {what} {}: {error}", path.display())
}
