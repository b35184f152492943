#![doc = include_str!("../README.md")]

mod diagnostic;
mod diff;
mod document;
pub mod folder;
pub mod json;
pub mod model;
pub mod names;
mod near;
mod read;
mod reading;
mod resolve;
mod source;

pub use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
pub use crate::diff::{Change, diff};
pub use crate::model::Model;
pub use crate::near::nearest;
pub use crate::reading::Reading;
pub use crate::source::{Source, SourceKind};

/// The findings that are about generated code only: none of them is an error.
const OF_GENERATED_CODE: [&str; 2] = ["field-name", "shared-schema"];

/// What this crate has lists of, for the tests that compare them with those of other crates.
#[doc(hidden)]
pub mod lists {
    pub use crate::diagnostic::is_invisible;
    pub use crate::read::{ATTRIBUTE_MEMBERS, OVERLAY_OF_ATTRIBUTE, profile_grammar};

    /// The names of the data types (RFC 7643 §2.3).
    pub fn types() -> Vec<&'static str> {
        crate::document::RawKind::NAMED
            .map(|(name, _)| name)
            .to_vec()
    }
}

/// Reads the documents of one service provider. Returns the model, with warnings and notes.
///
/// The model does not depend on the order of the sources.
///
/// # Errors
///
/// All diagnostics, if at least one of them is an error.
pub fn read(sources: &[Source], reading: &Reading) -> Result<(Model, Diagnostics), Diagnostics> {
    let mut reporter = source::Reporter::new(sources, reading.lenient);
    let documents = read::read(&mut reporter, reading);
    let draft = resolve::resolve(documents, reading, &mut reporter);
    let mut diagnostics = reporter.finish();
    if reading.at_run_time {
        let list = &mut diagnostics.list;
        list.retain(|finding| !OF_GENERATED_CODE.contains(&finding.code()));
    }
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    match draft.validate() {
        Ok(model) => Ok((model, diagnostics)),
        Err(faults) => Err(faults.iter().fold(diagnostics, |all, fault| {
            all.and(Diagnostic::internal(&fault.to_string()))
        })),
    }
}

/// Writes a JSON document in the canonical form that `fetch` uses, with a fixed order of members
/// and a fixed layout. The order of arrays and the text of numbers do not change. `without` lists
/// members of the document to leave out.
///
/// # Errors
///
/// The text is not JSON.
pub fn canonical(
    source: &Source,
    without: &[&str],
    reading: &Reading,
) -> Result<String, Diagnostics> {
    let reporter = source::Reporter::new(std::slice::from_ref(source), reading.lenient);
    match reporter.roots().into_iter().next().flatten() {
        Some(root) => Ok(json::print_without(&root, without)),
        None => Err(reporter.finish()),
    }
}
