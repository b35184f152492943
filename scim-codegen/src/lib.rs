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
mod generate;
mod options;
#[cfg(feature = "text")]
mod sdk;

pub use scim_schema::{
    Change, Diagnostic, Diagnostics, Model, Reading, Severity, Source, canonical, diff, folder,
    model,
};

#[cfg(feature = "text")]
pub use crate::{
    generate::{Generated, generate, generate_file},
    sdk::{SdkOptions, sdk},
};
pub use crate::{
    generate::{read, tokens},
    options::Options,
};

/// Its examples are tests.
#[cfg(all(doctest, feature = "build"))]
#[doc = include_str!("../README.md")]
struct Readme;
