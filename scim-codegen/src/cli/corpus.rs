//! `corpus`: which documents of a folder can be generated.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::files;
use crate::{Diagnostics, Options, Source, generate};
use scim_schema::json;
use scim_schema::names::{Scope, digest};

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
    modules: Scope,
}

/// How the manifest begins, by which a crate of ours is known.
const PACKAGE: &str = "[package]\nname = \"scim-corpus\"\n";

impl Crate {
    /// An empty crate in that folder; the modules of a former one are removed. `runtime` is the
    /// path of scim-client, from the crate's folder; the published one if there is none.
    ///
    /// # Errors
    ///
    /// Another crate is there, or a file cannot be written or removed.
    pub(super) fn new(folder: &Path, runtime: Option<&str>) -> Result<Self, String> {
        let (manifest, sources) = (folder.join("Cargo.toml"), folder.join("src"));
        let ours = || fs::read_to_string(&manifest).is_ok_and(|text| text.starts_with(PACKAGE));
        if (manifest.exists() || sources.exists()) && !ours() {
            return Err(format!(
                "{} has a crate of its own, which would be overwritten: choose another folder",
                folder.display()
            ));
        }
        for path in files::read(&sources, "rs")?.keys() {
            files::remove(&sources.join(path))?;
        }
        let mut path = String::new();
        if let Some(runtime) = runtime {
            path.push_str(", path = ");
            json::string(runtime, &mut path);
        }
        let text = format!(
            "{PACKAGE}version = \"0.1.0\"\nedition = \"2024\"\n\
             publish = false\n\n[dependencies]\n\
             scim-client = {{ version = \"{}\"{path}, default-features = false }}\n\n[workspace]\n",
            env!("CARGO_PKG_VERSION")
        );
        files::write(&manifest, &text)?;
        let library = "//! A module for each document that generates.\n\
                       #![deny(warnings, missing_docs)]\n\
                       #![allow(confusable_idents, mixed_script_confusables)]\n\n";
        Ok(Self {
            folder: folder.to_path_buf(),
            library: library.to_owned(),
            modules: Scope::default(),
        })
    }

    fn add(&mut self, document: &str, files: BTreeMap<String, String>) -> Result<(), String> {
        let plain = |c: char| match c.is_ascii_alphanumeric() {
            true => c.to_ascii_lowercase(),
            false => '_',
        };
        let module: String = document.chars().map(plain).collect();
        // Names of files may differ in case or punctuation alone.
        let mut module = format!("d_{module}");
        if !self.modules.claim(&module) {
            module = format!("{module}_{}", digest(document));
        }
        let _ = write!(
            self.library,
            "/// `{document}`\npub mod {module} {{\n    mod generated;\n\n    \
             pub use self::generated::*;\n}}\n\n"
        );
        for (path, text) in files {
            let path = Path::new("src").join(&module).join(path);
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    const USER: &str = r#"{"id": "urn:acme:User", "name": "User", "attributes": [
        {"name": "userName", "type": "string", "multiValued": false}]}"#;

    /// An empty folder, and one with these documents in it.
    fn folders(test: &str, names: &[&str]) -> (PathBuf, PathBuf) {
        let root = std::env::temp_dir().join(format!("scim-corpus-{}-{test}", std::process::id()));
        if root.exists() {
            fs::remove_dir_all(&root).unwrap();
        }
        let documents = root.join("documents");
        for name in names {
            files::write(&documents.join(name), USER).unwrap();
        }
        (root, documents)
    }

    fn write(documents: &Path, out: &Path) -> Result<(), String> {
        let mut library = Crate::new(out, None)?;
        table(documents, Some(&mut library))?;
        library.finish()
    }

    #[test]
    fn leaves_the_crates_of_others_alone() {
        let (root, documents) = folders("others", &["user.json"]);
        let theirs = root.join("theirs");
        for kept in ["Cargo.toml", "src/lib.rs"] {
            let file = theirs.join(kept);
            files::write(&file, "theirs").unwrap();
            let refused = write(&documents, &theirs).unwrap_err();
            assert!(refused.contains("a crate of its own"), "{refused}");
            assert_eq!(fs::read_to_string(&file).unwrap(), "theirs");
            fs::remove_file(&file).unwrap();
        }

        // One's own is written anew, and nothing outside its sources is touched.
        let ours = root.join("ours");
        write(&documents, &ours).unwrap();
        let (old, beside) = (ours.join("src/d_old/generated.rs"), ours.join("beside.rs"));
        for file in [&old, &beside] {
            files::write(file, "").unwrap();
        }
        write(&documents, &ours).unwrap();
        assert!(!old.exists() && beside.exists());
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn documents_whose_names_are_alike_have_a_module_each() {
        let names = ["acme/user.json", "acme/user_json.json", "acme_user.json"];
        let (root, documents) = folders("names", &names);
        let out = root.join("out");
        write(&documents, &out).unwrap();
        let library = fs::read_to_string(out.join("src/lib.rs")).unwrap();
        let second = format!("acme_user_json_{}", digest("acme_user.json"));
        let modules = ["acme_user_json", &second, "acme_user_json_json"];
        for module in modules.map(|module| format!("d_{module}")) {
            let declared = format!("pub mod {module} {{");
            assert_eq!(library.matches(&declared).count(), 1, "{library}");
            assert!(out.join("src").join(&module).join("generated.rs").exists());
        }
        fs::remove_dir_all(root).unwrap();
    }
}
