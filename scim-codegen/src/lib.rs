//! Turns SCIM 2.0 schema documents (RFC 7643 §7) into Rust source text.
//!
//! The crate `scim-schema` reads the documents, and is re-exported here. This crate makes Rust code
//! of the [`Model`]. Except for [`folder`] and `build`, it does no I/O: it takes texts and returns
//! source texts. Every diagnostic has a file, a line, a column and a JSON pointer.
//!
//! ```
//! use scim_codegen::{Options, Source, read};
//!
//! let text = r#"{"id": "urn:example:Device", "name": "Device", "attributes": [
//!     {"name": "serialNumber", "type": "string", "multiValued": false, "required": true}]}"#;
//! let (model, findings) = read(&[Source::new("device.json", text)], &Options::default())?;
//!
//! assert_eq!(model.schemas()[0].attributes[1].field, "serial_number");
//! assert!(findings.iter().any(|finding| finding.code() == "guessed-endpoint"));
//! # Ok::<(), scim_codegen::Diagnostics>(())
//! ```

#[cfg(feature = "build")]
pub mod build;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
#[cfg(feature = "derive")]
pub mod derive;
mod emit;
mod format;
mod options;
#[cfg(feature = "text")]
mod sdk;

#[cfg(feature = "text")]
use std::collections::BTreeMap;

use proc_macro2::TokenStream;

pub use scim_schema::{
    Change, Diagnostic, Diagnostics, Model, Reading, Severity, Source, canonical, diff, folder,
    model,
};

pub use crate::options::Options;
#[cfg(feature = "text")]
pub use crate::sdk::{SdkOptions, sdk};

/// Reads the documents of one service provider. Returns the model, with warnings and notes.
///
/// The model does not depend on the order of the sources.
///
/// # Errors
///
/// All diagnostics, if at least one of them is an error.
pub fn read(sources: &[Source], options: &Options) -> Result<(Model, Diagnostics), Diagnostics> {
    scim_schema::read(sources, &options.reading)
}

/// The result of [`generate`].
#[cfg(feature = "text")]
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Generated {
    /// The text of each file by its path, relative to the folder of the root module, with forward
    /// slashes.
    pub files: BTreeMap<String, String>,
    /// Warnings and notes about the documents.
    pub findings: Diagnostics,
}

/// Reads the documents of one service provider and makes all their types as one stream of items,
/// for a macro to insert.
///
/// # Errors
///
/// All diagnostics, if at least one of them is an error or there is no schema among the documents.
pub fn tokens(
    sources: &[Source],
    options: &Options,
) -> Result<(TokenStream, Diagnostics), Diagnostics> {
    let (model, findings) = model(sources, options)?;
    match emit::inline(&model, options) {
        Ok(tokens) => Ok((tokens, findings)),
        Err(error) => Err(findings.and(Diagnostic::internal(&error.to_string()))),
    }
}

/// Reads the documents of one service provider and writes the Rust source of their types as one
/// file, for `include!`.
///
/// # Errors
///
/// All diagnostics, if at least one of them is an error or there is no schema among the documents.
#[cfg(feature = "text")]
pub fn generate_file(
    sources: &[Source],
    options: &Options,
) -> Result<(String, Diagnostics), Diagnostics> {
    let (tokens, findings) = tokens(sources, options)?;
    match emit::text(tokens, &names(sources), options) {
        Ok(text) => Ok((text, findings)),
        Err(error) => Err(findings.and(Diagnostic::internal(&error.to_string()))),
    }
}

/// A model with at least one schema.
fn model(sources: &[Source], options: &Options) -> Result<(Model, Diagnostics), Diagnostics> {
    let (model, findings) = read(sources, options)?;
    if model.schemas().is_empty() {
        return Err(findings.and(no_schema(sources)));
    }
    Ok((model, findings))
}

/// There is nothing to generate a type from.
fn no_schema(sources: &[Source]) -> Diagnostic {
    let message = match sources.len() {
        0 => "there is no document".to_owned(),
        1 => "the document holds no schema".to_owned(),
        count => format!("none of the {count} documents holds a schema"),
    };
    let hint = "add the response of the server's /Schemas endpoint";
    let found = Diagnostic::general("no-schema", message, hint);
    match sources {
        [source] => found.in_source(&source.name),
        _ => found,
    }
}

/// The names of the sources, in order.
#[cfg(feature = "text")]
fn names(sources: &[Source]) -> Vec<&str> {
    let mut names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
    names.sort_unstable();
    names
}

/// Reads the documents of one service provider and writes the Rust source of their types.
///
/// # Errors
///
/// All diagnostics, if at least one of them is an error or there is no schema among the documents.
#[cfg(feature = "text")]
pub fn generate(sources: &[Source], options: &Options) -> Result<Generated, Diagnostics> {
    let (model, findings) = model(sources, options)?;
    match emit::emit(&model, &names(sources), options) {
        Ok(files) => Ok(Generated { files, findings }),
        Err(error) => Err(findings.and(Diagnostic::internal(&error.to_string()))),
    }
}

/// Its examples are tests.
#[cfg(all(doctest, feature = "build"))]
#[doc = include_str!("../README.md")]
struct Readme;
