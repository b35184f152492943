//! `corpus`: what becomes of each document of a folder full of other people's documents.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::files;
use crate::{Diagnostics, Options, Source, generate};

/// A line for each document, then what is wrong with those that are refused.
///
/// A document stands alone here, so a ResourceType or ServiceProviderConfig, which has no type to
/// generate, is only read.
///
/// # Errors
///
/// The folder cannot be read, or something depends on more than the documents.
pub(super) fn table(folder: &Path) -> Result<String, String> {
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
            Outcome::Generated(files, findings) => ("generated", files.len(), findings),
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
