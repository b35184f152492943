//! `corpus`: what becomes of each document of a folder full of other people's documents.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::files;
use crate::json;
use crate::{Diagnostics, Options, Source, generate};

/// A line for each document, then what is wrong with those that are refused.
///
/// A document stands alone here, so a ResourceType or ServiceProviderConfig, which has no type to
/// generate, is only read.
///
/// # Errors
///
/// The folder cannot be read, or something depends on more than the documents.
pub(super) fn table(folder: &Path, mut out: Option<&mut Crate>) -> Result<String, String> {
    let mut table = String::new();
    let mut refusals = String::new();
    let mut counts = [0_usize; 3];
    let _ = writeln!(
        table,
        "{:<62} {:<10} {:>5} {:>5} {:>5}  {:>6}",
        "document", "result", "error", "warn", "note", "files"
    );
    for source in files::sources(folder, folder)? {
        let name = source.name.trim_start_matches('/').to_owned();
        let source = Source::new(&name, source.text);
        let one = outcome(&source);
        if one != outcome(&source) {
            return Err(format!("{name}: two runs differ"));
        }
        let (word, count, findings) = match one {
            Outcome::Generated(files, findings) => {
                let count = files.len();
                if let Some(out) = &mut out {
                    out.add(&name, files)?;
                }
                ("generated", count, findings)
            }
            Outcome::Read(findings) => ("read", 0, findings),
            Outcome::Refused(findings) => ("refused", 0, findings),
        };
        let place = ["generated", "read", "refused"]
            .iter()
            .position(|known| *known == word);
        if let Some(count) = place.and_then(|place| counts.get_mut(place)) {
            *count += 1;
        }
        let (errors, warnings) = (findings.errors().count(), findings.warnings().count());
        let _ = writeln!(
            table,
            "{name:<62} {word:<10} {errors:>5} {warnings:>5} {:>5}  {count:>6}",
            findings.len() - errors - warnings,
        );
        if word == "refused" {
            for error in findings.errors() {
                let _ = write!(refusals, "\n{error}\n");
            }
        }
    }
    let [generated, read, refused] = counts;
    let _ = writeln!(
        table,
        "\n{generated} generated, {read} read (no schema in them), {refused} refused"
    );
    Ok(table + &refusals)
}

/// A crate with a module for each document that generates, to see that all of them compile.
pub(super) struct Crate {
    folder: PathBuf,
    library: String,
}

impl Crate {
    /// An empty crate in that folder, whose former modules are removed. `runtime` is the path of
    /// scim-client, from the crate's folder; the published one if there is none.
    ///
    /// # Errors
    ///
    /// A file cannot be written or removed.
    pub(super) fn new(folder: &Path, runtime: Option<&str>) -> Result<Self, String> {
        for path in files::read(folder, "rs")?.keys() {
            files::remove(&folder.join(path))?;
        }
        let mut path = String::new();
        if let Some(runtime) = runtime {
            path.push_str(", path = ");
            json::string(runtime, &mut path);
        }
        let manifest = format!(
            "[package]\nname = \"scim-corpus\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
             publish = false\n\n[dependencies]\n\
             scim-client = {{ version = \"{}\"{path}, default-features = false }}\n\n[workspace]\n",
            env!("CARGO_PKG_VERSION")
        );
        files::write(&folder.join("Cargo.toml"), &manifest)?;
        let library = "//! A module for each document that generates.\n\
                       #![deny(warnings, missing_docs)]\n\n";
        Ok(Self {
            folder: folder.to_path_buf(),
            library: library.to_owned(),
        })
    }

    fn add(&mut self, document: &str, files: BTreeMap<String, String>) -> Result<(), String> {
        let plain = |c: char| match c.is_ascii_alphanumeric() {
            true => c.to_ascii_lowercase(),
            false => '_',
        };
        let module: String = document.chars().map(plain).collect();
        let _ = write!(
            self.library,
            "/// `{document}`\npub mod d_{module} {{\n    mod generated;\n\n    \
             pub use self::generated::*;\n}}\n\n"
        );
        for (path, text) in files {
            let path = Path::new("src").join(format!("d_{module}")).join(path);
            files::write(&self.folder.join(path), &text)?;
        }
        Ok(())
    }

    /// Writes the root of the crate.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(super) fn finish(self) -> Result<(), String> {
        files::write(&self.folder.join("src/lib.rs"), &self.library)
    }
}

#[derive(PartialEq)]
enum Outcome {
    Generated(BTreeMap<String, String>, Diagnostics),
    Read(Diagnostics),
    Refused(Diagnostics),
}

fn outcome(source: &Source) -> Outcome {
    let sources = std::slice::from_ref(source);
    let options = Options::default();
    match generate(sources, &options) {
        Ok(generated) => Outcome::Generated(generated.files, generated.findings),
        Err(findings) => match crate::read(sources, &options) {
            Ok((_, findings)) => Outcome::Read(findings),
            Err(_) => Outcome::Refused(findings),
        },
    }
}
