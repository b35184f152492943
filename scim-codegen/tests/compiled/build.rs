//! Makes a crate of each document, as a module, and also the one file that build scripts get. Of each
//! document in the folder that the environment variable `SCIM_CORPUS` names, if it generates, only the
//! latter, for the tests: they compare all types with those that are made at run time.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use scim_codegen::{Options, SdkOptions, folder, generate_file, sdk};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=documents");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut modules = String::new();
    let mut types = Types::default();
    for document in folder::read(&root, Path::new("documents"))? {
        let stem = document.name.trim_start_matches("documents/");
        let module = stem.trim_end_matches(".json").to_owned();
        let place = root.join("documents").join(format!("{module}.json"));
        let document = [document];
        let mut files = sdk(&document, &SdkOptions::new("scim-acme"))?.files;
        let (text, _) = generate_file(&document, &Options::default())?;
        types.add(&format!("crate::{module}_one_file"), &text, &place)?;
        files.insert("src/one_file.rs".to_owned(), text);
        for (path, text) in files {
            let path = out.join(&module).join(path);
            fs::create_dir_all(path.parent().unwrap_or(&out))?;
            fs::write(path, text)?;
        }
        let folder = out.join(&module).join("src");
        let (library, file) = (folder.join("lib.rs"), folder.join("one_file.rs"));
        writeln!(
            modules,
            "#[path = {library:?}]\npub mod {module};\n\
             /// The types alone.\npub mod {module}_one_file {{ include!({file:?}); }}"
        )?;
    }
    fs::write(out.join("modules.rs"), modules)?;
    fs::write(out.join("types.rs"), types.finish(&out)?)?;
    Ok(())
}

/// What the tests know of the types: the modules of the corpus, and a list of all.
#[derive(Default)]
struct Types {
    modules: String,
    list: String,
}

impl Types {
    /// The resource types of a generated file, which is a module of that path.
    fn add(&mut self, module: &str, text: &str, document: &Path) -> Result<(), Box<dyn Error>> {
        for call in text.split("resource_impls! {").skip(1) {
            let name = call.split(',').next().unwrap_or_default().trim();
            writeln!(
                self.list,
                "    crate::same::Compiled::of::<{module}::{name}>({document:?}),"
            )?;
        }
        Ok(())
    }

    /// With every document of the corpus that generates.
    fn finish(mut self, out: &Path) -> Result<String, Box<dyn Error>> {
        println!("cargo:rerun-if-env-changed=SCIM_CORPUS");
        if let Some(corpus) = env::var_os("SCIM_CORPUS").map(PathBuf::from) {
            // A relative folder is one of where cargo is run, which is the workspace.
            let workspace = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../..");
            let corpus = fs::canonicalize(workspace.join(&corpus))
                .map_err(|error| format!("SCIM_CORPUS, {}: {error}", corpus.display()))?;
            println!("cargo:rerun-if-changed={}", corpus.display());
            for (index, source) in folder::read(&corpus, Path::new(""))?
                .into_iter()
                .enumerate()
            {
                let document = corpus.join(source.name.trim_start_matches('/'));
                let Ok((text, _)) = generate_file(&[source], &Options::default()) else {
                    continue;
                };
                let file = out.join(format!("corpus_{index}.rs"));
                fs::write(&file, &text)?;
                writeln!(
                    self.modules,
                    "pub mod corpus_{index} {{ include!({file:?}); }}"
                )?;
                self.add(&format!("corpus_{index}"), &text, &document)?;
            }
        }
        let Self { modules, list } = self;
        Ok(format!(
            "{modules}\npub fn all() -> Vec<crate::same::Compiled> {{\n    vec![\n{list}    ]\n}}\n"
        ))
    }
}
