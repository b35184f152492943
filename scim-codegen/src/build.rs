//! For build scripts: generates types from a folder of schema documents, in `OUT_DIR`.
//!
//! ```no_run
//! // build.rs
//! fn main() -> Result<(), scim_codegen::build::BuildError> {
//!     scim_codegen::build::folder("schemas/acme").write_to_out_dir()
//! }
//! ```
//!
//! The crate includes them with `mod acme { include!(concat!(env!("OUT_DIR"), "/acme.rs")); }`.

use std::env;
use std::error::Error;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::options::Options;
use scim_schema::Diagnostics;
use scim_schema::folder::{self, FolderError};

/// Begins to generate types from a folder of schema documents, or from one file. The path is
/// relative to the folder of the crate's `Cargo.toml`.
pub fn folder(path: impl Into<PathBuf>) -> Build {
    Build {
        path: path.into(),
        options: Options::default(),
        name: None,
        deny_warnings: false,
    }
}

/// The settings of a generation by a build script.
#[derive(Debug, Clone)]
pub struct Build {
    path: PathBuf,
    options: Options,
    name: Option<String>,
    deny_warnings: bool,
}

impl Build {
    /// Sets how the documents are read, and the path of the runtime crate.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Sets the name of the generated file, without `.rs`. The default is the name of the folder.
    #[must_use]
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Treats warnings about the documents as errors.
    #[must_use]
    pub fn deny_warnings(mut self) -> Self {
        self.deny_warnings = true;
        self
    }

    /// Writes `OUT_DIR/<name>.rs`, tells cargo to run the script again when a document changes, and
    /// shows warnings about the documents as warnings of cargo.
    ///
    /// # Errors
    ///
    /// A file cannot be read or written, or a document has an error. `Debug` of the error is the
    /// same text as `Display`, because a failing `main` prints `Debug`.
    pub fn write_to_out_dir(self) -> Result<(), BuildError> {
        let root = variable("CARGO_MANIFEST_DIR")?;
        let out = variable("OUT_DIR")?;
        println!("cargo:rerun-if-changed={}", root.join(&self.path).display());
        let findings = self.write(&root, &out)?;
        for finding in findings.warnings() {
            println!("cargo:warning={}", finding.to_string().replace('\n', " "));
        }
        Ok(())
    }

    /// Like [`write_to_out_dir`](Self::write_to_out_dir), but reads relative to `root`, writes to
    /// the folder `out`, and prints nothing for cargo. Returns warnings and notes.
    ///
    /// # Errors
    ///
    /// The same as for [`write_to_out_dir`](Self::write_to_out_dir).
    pub fn write(&self, root: &Path, out: &Path) -> Result<Diagnostics, BuildError> {
        let sources = folder::read(root, &self.path).map_err(BuildError::read)?;
        let (text, findings) =
            crate::generate_file(&sources, &self.options).map_err(BuildError::documents)?;
        if self.deny_warnings && findings.warnings().next().is_some() {
            let warnings: Vec<String> = findings.warnings().map(ToString::to_string).collect();
            return Err(BuildError(warnings.join("\n\n")));
        }
        let name = match &self.name {
            Some(name) => name.as_str().into(),
            // A folder may have a dot in its name, which is no extension.
            None => match root.join(&self.path).is_dir() {
                true => self.path.file_name(),
                false => self.path.file_stem(),
            }
            .unwrap_or("schemas".as_ref())
            .to_string_lossy(),
        };
        let path = out.join(format!("{name}.rs"));
        fs::write(&path, text)
            .map_err(|error| BuildError(format!("cannot write {}: {error}", path.display())))?;
        Ok(findings)
    }
}

fn variable(name: &str) -> Result<PathBuf, BuildError> {
    match env::var_os(name) {
        Some(path) => Ok(path.into()),
        None => Err(BuildError(format!(
            "{name} is not set: this is for build scripts"
        ))),
    }
}

/// The error of a failed generation.
pub struct BuildError(String);

impl BuildError {
    fn read(error: FolderError) -> Self {
        Self(error.to_string())
    }

    fn documents(findings: Diagnostics) -> Self {
        let errors: Vec<String> = findings.errors().map(ToString::to_string).collect();
        Self(errors.join("\n\n"))
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for BuildError {}
