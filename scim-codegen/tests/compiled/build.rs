//! Makes a crate of each document, as a module, and also the one file that build scripts get.

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
    for document in folder::read(&root, Path::new("documents"))? {
        let stem = document.name.trim_start_matches("documents/");
        let module = stem.trim_end_matches(".json").to_owned();
        let document = [document];
        let mut files = sdk(&document, &SdkOptions::new("scim-acme"))?.files;
        let (text, _) = generate_file(&document, &Options::default())?;
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
    Ok(())
}
