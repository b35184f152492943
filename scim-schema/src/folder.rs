//! Reads schema documents from a folder, for macros and build scripts. This is the only module of
//! the crate that reads files.

use std::error::Error;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::source::Source;

/// A file or folder that could not be read.
#[derive(Debug)]
pub struct FolderError {
    path: PathBuf,
    /// Nothing if there is no document in the folder.
    source: Option<io::Error>,
}

impl FolderError {
    /// The file or folder. If it is below the root, the path is relative to the root.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.source {
            Some(error) => write!(f, "cannot read {path}: {error}"),
            None => write!(f, "there is no .json file in {path}"),
        }
    }
}

impl Error for FolderError {}

/// Reads a file, or every `.json` file below a folder in the order of their paths. `path` and the
/// names of the sources are relative to `root`.
///
/// # Errors
///
/// The first file or folder that cannot be read, or a folder without a document.
pub fn read(root: &Path, path: &Path) -> Result<Vec<Source>, FolderError> {
    let start = root.join(path);
    let mut files = Vec::new();
    collect(root, &start, &mut files)?;
    files.sort();
    if files.is_empty() {
        return Err(FolderError {
            path: path.to_path_buf(),
            source: None,
        });
    }
    files.into_iter().map(|file| source(root, file)).collect()
}

fn failed(root: &Path, path: &Path, error: io::Error) -> FolderError {
    let path = path.strip_prefix(root).unwrap_or(path).to_path_buf();
    FolderError {
        path,
        source: Some(error),
    }
}

fn source(root: &Path, file: PathBuf) -> Result<Source, FolderError> {
    let name = file.strip_prefix(root).unwrap_or(&file);
    let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
    let name = match name.is_relative() {
        true => parts.join("/"),
        false => name.display().to_string(),
    };
    match read_text(&file) {
        Ok(text) => Ok(Source { name, text }),
        Err(error) => Err(failed(root, &file, error)),
    }
}

/// Reads the text of a document. If it is not valid UTF-8, the text is cut there and ends with a zero
/// byte. JSON never has one, so reading reports the place like any other error in a document.
///
/// # Errors
///
/// The file cannot be read.
pub fn read_text(file: &Path) -> io::Result<String> {
    let bytes = fs::read(file)?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            let start = bytes.get(..valid).unwrap_or_default();
            String::from_utf8_lossy(start).into_owned() + "\0"
        }
    })
}

/// The file itself, or the `.json` files below the folder.
fn collect(root: &Path, path: &Path, files: &mut Vec<PathBuf>) -> Result<(), FolderError> {
    let failed = |error| failed(root, path, error);
    if !fs::metadata(path).map_err(failed)?.is_dir() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    for entry in fs::read_dir(path).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let document = path
            .extension()
            .is_some_and(|found| found.eq_ignore_ascii_case("json"));
        if document || path.is_dir() {
            collect(root, &path, files)?;
        }
    }
    Ok(())
}
