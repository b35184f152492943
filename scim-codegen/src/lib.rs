//! Turns SCIM 2.0 schema documents (RFC 7643 §7) into Rust source text.
//!
//! Apart from [`folder`] and `build` the library does no I/O: texts go in, a [`Model`] or source texts come out, and every finding
//! carries a file, a line, a column and a JSON pointer.
//!
//! ```
//! use scim_codegen::{Options, Source, read};
//!
//! let text = r#"{"id": "urn:example:Device", "name": "Device", "attributes": [
//!     {"name": "serialNumber", "type": "string", "multiValued": false, "required": true}]}"#;
//! let (model, findings) = read(&[Source::new("device.json", text)], &Options::default())?;
//!
//! assert_eq!(model.schemas[0].attributes[1].field, "serial_number");
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
mod diagnostic;
mod diff;
mod document;
mod emit;
pub mod folder;
mod format;
mod json;
pub mod model;
mod names;
mod options;
mod read;
mod resolve;
#[cfg(feature = "text")]
mod sdk;
mod source;

#[cfg(feature = "text")]
use std::collections::BTreeMap;

use proc_macro2::TokenStream;

pub use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
pub use crate::diff::{Change, diff};
pub use crate::model::Model;
pub use crate::options::Options;
#[cfg(feature = "text")]
pub use crate::sdk::{SdkOptions, sdk};
pub use crate::source::Source;

/// Reads the documents of one service provider into a model. The findings beside it are warnings
/// and notes.
///
/// The model does not depend on the order of the sources.
///
/// # Errors
///
/// Every finding, if at least one of them is an error.
pub fn read(sources: &[Source], options: &Options) -> Result<(Model, Diagnostics), Diagnostics> {
    let mut reporter = source::Reporter::new(sources);
    let documents = read::read(&mut reporter, options);
    let model = resolve::resolve(documents, options, &mut reporter);
    let diagnostics = reporter.finish();
    if diagnostics.has_errors() {
        Err(diagnostics)
    } else {
        Ok((model, diagnostics))
    }
}

/// What [`generate`] makes.
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
/// Every finding, if at least one of them is an error or there is no schema among the documents.
pub fn tokens(
    sources: &[Source],
    options: &Options,
) -> Result<(TokenStream, Diagnostics), Diagnostics> {
    let (model, findings) = model(sources, options)?;
    match emit::inline(&model, options) {
        Ok(tokens) => Ok((tokens, findings)),
        Err(error) => Err(findings.and_internal(&error.to_string())),
    }
}

/// Reads the documents of one service provider and writes the Rust source of their types as one
/// file, for `include!`.
///
/// # Errors
///
/// Every finding, if at least one of them is an error or there is no schema among the documents.
#[cfg(feature = "text")]
pub fn generate_file(
    sources: &[Source],
    options: &Options,
) -> Result<(String, Diagnostics), Diagnostics> {
    let (tokens, findings) = tokens(sources, options)?;
    match emit::text(tokens, &names(sources), options) {
        Ok(text) => Ok((text, findings)),
        Err(error) => Err(findings.and_internal(&error.to_string())),
    }
}

/// A model with at least one schema.
fn model(sources: &[Source], options: &Options) -> Result<(Model, Diagnostics), Diagnostics> {
    let (model, mut findings) = read(sources, options)?;
    if model.schemas.is_empty() {
        findings.list.insert(0, Diagnostic::no_schema(sources));
        return Err(findings);
    }
    Ok((model, findings))
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
/// Every finding, if at least one of them is an error or there is no schema among the documents.
#[cfg(feature = "text")]
pub fn generate(sources: &[Source], options: &Options) -> Result<Generated, Diagnostics> {
    let (model, findings) = model(sources, options)?;
    match emit::emit(&model, &names(sources), options) {
        Ok(files) => Ok(Generated { files, findings }),
        Err(error) => Err(findings.and_internal(&error.to_string())),
    }
}

/// A JSON document in the one form that `fetch` writes: the same order of members, the same layout.
/// The order of arrays stays, and so does the text of numbers. `without` names members of the
/// document itself to leave out.
///
/// # Errors
///
/// The text is no JSON.
pub fn canonical(source: &Source, without: &[&str]) -> Result<String, Diagnostics> {
    let reporter = source::Reporter::new(std::slice::from_ref(source));
    match reporter.roots().into_iter().next().flatten() {
        Some(root) => Ok(json::print_without(&root, without)),
        None => Err(reporter.finish()),
    }
}
