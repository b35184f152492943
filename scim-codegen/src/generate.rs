//! From documents to Rust: as items in one stream, in one file, or in a file for each module.

#[cfg(feature = "text")]
use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use scim_schema::{Diagnostic, Diagnostics, Model, Source};

use crate::{emit, options::Options};

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
