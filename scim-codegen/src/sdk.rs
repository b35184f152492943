//! A whole crate for one service provider: its types, a client that knows its resources by name,
//! and a README.

mod handles;
mod library;
mod profile;
mod readme;

use std::collections::BTreeMap;

use heck::ToUpperCamelCase;

use crate::generate::{Generated, generate, read};
use crate::options::Options;
use scim_schema::Source;
use scim_schema::model::Model;
use scim_schema::names as naming;
use scim_schema::{Diagnostic, Diagnostics};

use self::handles::Handle;
use self::profile::Profile;

/// The root module of the types.
const MODULE: &str = "generated";

/// The name of the crate that [`sdk`] writes, and its path to the runtime.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SdkOptions {
    /// The name of the crate, such as `scim-acme`. The name of the client type is made of it,
    /// without the prefix `scim-`.
    pub crate_name: String,
    /// The path of the runtime crate, relative to the folder of the new crate. If it is `None`, the
    /// published crate is used.
    pub runtime_path: Option<String>,
    /// How the documents are read. `runtime` and `reading.module` are ignored, since the layout of the
    /// crate determines them.
    pub documents: Options,
}

impl SdkOptions {
    /// Makes options for a crate of this name.
    pub fn new(crate_name: impl Into<String>) -> Self {
        Self {
            crate_name: crate_name.into(),
            runtime_path: None,
            documents: Options::default(),
        }
    }
}

/// Everything that the templates need.
struct Crate<'a> {
    options: &'a SdkOptions,
    /// The crate's name in a path.
    library: String,
    /// The name of the client type.
    client: String,
    /// The name of the variable in examples.
    variable: String,
    /// The service provider's name for readers.
    title: String,
    /// The names of the documents.
    sources: Vec<&'a str>,
    model: &'a Model,
    handles: Vec<Handle>,
    profile: Profile,
}

/// Reads the documents of one service provider, with `overlay.json` and `profile.json` if they
/// are among them, and writes a crate: `Cargo.toml`, `README.md` and `src/`.
///
/// # Errors
///
/// All diagnostics, if at least one of them is an error, if there is no resource type, or if the
/// name of the crate is not valid.
pub fn sdk(sources: &[Source], options: &SdkOptions) -> Result<Generated, Diagnostics> {
    let mut documents = Options {
        runtime: "::scim_client".to_owned(),
        ..options.documents.clone()
    };
    documents.reading.module = MODULE.to_owned();
    let library = options.crate_name.replace('-', "_");
    let plain = library
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let taken = TAKEN.contains(&library.as_str()) || !naming::is_identifier(&library);
    if !plain || taken || !library.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err(Diagnostics::from(Diagnostic::general(
            "crate-name",
            format!("`{}` cannot be the name of a crate", options.crate_name),
            "use lower-case letters, digits and `-`, beginning with a letter, and no word that means \
             something else in Rust",
        )));
    }
    documents.examples = Some(library.clone());
    let generated = generate(sources, &documents)?;
    let (model, _) = read(sources, &documents)?;
    let profile = Profile::of(sources, &model);
    let short = library.strip_prefix("scim_").unwrap_or(&library);
    let mut client = short.to_upper_camel_case();
    let taken = |name: &str| {
        model
            .schemas()
            .iter()
            .any(|schema| schema.type_name == name)
    };
    if naming::type_name(&client, "Client") != client {
        client.push_str("Client");
    }
    while taken(&client) {
        client.push_str("Client");
    }
    let handles = handles::of(&model);
    if handles.is_empty() {
        return Err(Diagnostics::from(Diagnostic::general(
            "no-resource",
            "the documents describe no resource that a client could work with",
            "add the response of the server's /ResourceTypes endpoint",
        )));
    }
    let mut names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
    names.sort_unstable();
    let described = Crate {
        options,
        variable: naming::field(short),
        title: profile.name.clone().unwrap_or_else(|| client.clone()),
        library,
        client,
        sources: names,
        model: &model,
        handles,
        profile,
    };
    let mut files: BTreeMap<String, String> = generated
        .files
        .into_iter()
        .map(|(path, text)| (format!("src/{path}"), text))
        .collect();
    files.insert(MANIFEST.to_owned(), library::manifest(&described));
    files.insert("README.md".to_owned(), readme::readme(&described));
    files.insert("src/lib.rs".to_owned(), library::library(&described));
    files.insert("src/profile.json".to_owned(), described.profile.text);
    Ok(Generated {
        files,
        findings: generated.findings,
    })
}

/// Crates that every Rust program has, and those that the generated one depends on.
const TAKEN: [&str; 7] = [
    "alloc",
    "core",
    "proc_macro",
    "scim_client",
    "scim_models",
    "std",
    "test",
];

/// The one file of the crate that its owner edits: written once, with the rest generated anew.
pub(crate) const MANIFEST: &str = "Cargo.toml";
