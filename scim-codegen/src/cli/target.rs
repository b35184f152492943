//! Documents and the code that is generated from them: writing it, and checking that it is up to date.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{complain, errors, files, say};
use crate::sdk::MANIFEST;
use crate::{Options, SdkOptions, Severity, generate, sdk};

/// Documents, and where their Rust goes.
pub struct Target {
    /// Paths in generated files are relative to this.
    root: PathBuf,
    /// Folders of documents, and single ones.
    schemas: Vec<PathBuf>,
    out: PathBuf,
    kind: Kind,
    deny_warnings: bool,
}

enum Kind {
    Models(Options),
    Sdk(SdkOptions),
}

impl Target {
    /// The types alone, as a module.
    #[must_use]
    pub fn models(root: PathBuf, schemas: PathBuf, out: PathBuf, options: Options) -> Self {
        Self {
            root,
            schemas: vec![schemas],
            out,
            kind: Kind::Models(options),
            deny_warnings: false,
        }
    }

    /// A crate of its own.
    #[must_use]
    pub fn sdk(root: PathBuf, schemas: PathBuf, out: PathBuf, options: SdkOptions) -> Self {
        Self {
            root,
            schemas: vec![schemas],
            out,
            kind: Kind::Sdk(options),
            deny_warnings: false,
        }
    }

    /// The same with further documents: a file, or all of a folder.
    #[must_use]
    pub fn and(mut self, schemas: PathBuf) -> Self {
        self.schemas.push(schemas);
        self
    }

    /// The same, with warnings about the documents as errors.
    #[must_use]
    pub fn deny_warnings(mut self, deny: bool) -> Self {
        self.deny_warnings = deny;
        self
    }

    /// Where it goes, for people.
    fn place(&self) -> String {
        let inside = self.out.strip_prefix(&self.root);
        inside.unwrap_or(&self.out).display().to_string()
    }

    fn documents(&self) -> &Options {
        match &self.kind {
            Kind::Models(options) => options,
            Kind::Sdk(options) => &options.documents,
        }
    }

    /// The files as they should be, and what there is to say about the schemas.
    fn files(&self) -> Result<(BTreeMap<String, String>, Vec<String>), String> {
        let mut sources = Vec::new();
        for schemas in &self.schemas {
            sources.extend(files::file_or_folder(schemas, &self.root)?);
        }
        let generated = match &self.kind {
            Kind::Models(options) => generate(&sources, options),
            Kind::Sdk(options) => sdk(&sources, options),
        };
        let generated = generated.map_err(|findings| errors(&findings))?;
        let findings = generated.findings.iter();
        let warnings = findings.filter(|finding| finding.severity() == Severity::Warning);
        let warnings: Vec<String> = warnings.map(ToString::to_string).collect();
        if self.deny_warnings && !warnings.is_empty() {
            let count = warnings.len();
            let text = warnings.join("\n\n");
            return Err(format!(
                "{text}\n\nnothing is done: warnings are denied, and there are {count}"
            ));
        }
        Ok((generated.files, warnings))
    }

    /// The generated files as they are. What stands beside them is not ours.
    fn found(&self) -> Result<BTreeMap<String, String>, String> {
        let mut found = files::read(&self.out, "rs")?;
        match &self.kind {
            Kind::Models(options) => {
                let module = &options.reading.module;
                let (file, folder) = (format!("{module}.rs"), format!("{module}/"));
                found.retain(|path, _| *path == file || path.starts_with(&folder));
            }
            Kind::Sdk(_) => {
                found.retain(|path, _| path.starts_with("src/"));
                for (path, extension) in [
                    (MANIFEST, "toml"),
                    ("README.md", "md"),
                    ("src/profile.json", "json"),
                ] {
                    let mut others = files::read(&self.out, extension)?;
                    if let Some(text) = others.remove(path) {
                        found.insert(path.to_owned(), text);
                    }
                }
            }
        }
        Ok(found)
    }

    fn changes(
        &self,
        wanted: &BTreeMap<String, String>,
        found: &BTreeMap<String, String>,
    ) -> Changes {
        let mut changes = changes(wanted, found);
        // Whoever owns the crate may have given it a version, metadata, and dependencies.
        if found.contains_key(MANIFEST) {
            changes.write.retain(|path| path != MANIFEST);
        }
        changes
    }

    /// Writes the files that are not up to date, and removes those that are no longer generated.
    ///
    /// # Errors
    ///
    /// The documents cannot be read, or the files not written.
    pub fn write(&self) -> Result<(), String> {
        let (wanted, warnings) = self.files()?;
        for warning in warnings {
            complain(format_args!("{warning}\n"));
        }
        let changes = self.changes(&wanted, &self.found()?);
        for path in &changes.write {
            if let Some(text) = wanted.get(path) {
                files::write(&self.out.join(path), text)?;
            }
        }
        for path in &changes.remove {
            files::remove(&self.out.join(path))?;
        }
        say(format_args!(
            "{}: {} files: {} written, {} removed, the others were fresh\n",
            self.place(),
            wanted.len(),
            changes.write.len(),
            changes.remove.len()
        ));
        Ok(())
    }

    /// Checks that `write` would change nothing, and otherwise names the files.
    ///
    /// # Errors
    ///
    /// Some are not, or cannot be read.
    pub fn check(&self) -> Result<(), String> {
        let (wanted, _) = self.files()?;
        let changes = self.changes(&wanted, &self.found()?);
        if changes == Changes::default() {
            return Ok(());
        }
        let stale: Vec<_> = changes
            .write
            .iter()
            .chain(&changes.remove)
            .map(String::as_str)
            .collect();
        Err(format!(
            "the generated code in {} is not fresh ({}): run `{}` and commit the result",
            self.place(),
            stale.join(", "),
            self.documents().command
        ))
    }
}

/// What has to change in a folder to make it what it should be.
#[derive(Debug, Default, PartialEq, Eq)]
struct Changes {
    write: Vec<String>,
    remove: Vec<String>,
}

fn changes(wanted: &BTreeMap<String, String>, found: &BTreeMap<String, String>) -> Changes {
    let stale = |(path, text): &(&String, &String)| found.get(*path) != Some(*text);
    Changes {
        write: wanted
            .iter()
            .filter(stale)
            .map(|(path, _)| path.clone())
            .collect(),
        remove: found
            .keys()
            .filter(|path| !wanted.contains_key(*path))
            .cloned()
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_has_to_change() {
        let folder = |files: &[(&str, &str)]| {
            files
                .iter()
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
                .collect()
        };
        let wanted = folder(&[("a.rs", "1"), ("b.rs", "2"), ("c.rs", "3")]);
        let found = folder(&[("a.rs", "1"), ("b.rs", "old"), ("d.rs", "4")]);
        let changes = changes(&wanted, &found);
        assert_eq!(changes.write, ["b.rs", "c.rs"]);
        assert_eq!(changes.remove, ["d.rs"]);
    }
}
