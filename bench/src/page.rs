//! `docs/benchmarks.md`, whole, from one run; and what README quotes of it. Nobody edits either.

use std::{fs, path::PathBuf};

use crate::{Result, bars, builds::Step, guard, machine, report::Report};

/// What stands around the quotation in README.md, and before the same sentence in the page.
const BEGIN: &str = "<!-- bench report: -->";
const END: &str = "<!-- : bench report -->";

fn page() -> PathBuf {
    machine::root().join("docs/benchmarks.md")
}

fn readme() -> PathBuf {
    machine::root().join("README.md")
}

/// Measures everything and writes the page, the quotation, and what `check-builds` compares with. The
/// page says what could not be measured, and why: the rest may have taken an hour.
///
/// # Errors
/// A figure that README quotes was not taken, and then the page is as it was; something could not be
/// written.
pub fn write(steps: Vec<Step>) -> Result {
    let unfinished = page().with_file_name("benchmarks.unfinished.md");
    let mut report = Report::default();
    let mut missing = String::new();
    for step in steps {
        if let Err(error) = step(&mut report) {
            eprintln!("{error}");
            missing.push_str(&format!("- {error}\n"));
        }
        fs::write(&unfinished, text(&report)?)?;
    }
    if !missing.is_empty() {
        report.section("What could not be measured", "", &missing);
        fs::write(&unfinished, text(&report)?)?;
    }
    let Some(sentence) = bars::in_one_sentence(&report.figures) else {
        return Err("a figure that README quotes was not taken".into());
    };
    fs::rename(&unfinished, page())?;
    guard::keep_builds(&report.figures)?;
    let quoted = with_quotation(&fs::read_to_string(readme())?, &sentence)?;
    Ok(fs::write(readme(), quoted)?)
}

fn text(report: &Report) -> Result<String> {
    let sentence = bars::in_one_sentence(&report.figures);
    let sentence = sentence.map(|said| format!("In short: {BEGIN}{said}{END}.\n\n"));
    Ok(format!(
        "# Benchmarks\n\nWritten by `cargo xtask bench report`, in one run, on {} processors \
         ({}), with {}. Counts of instructions are the same in every run. CPU seconds and times depend on what \
         else the machine does, so look at ratios.\n\n{}{}\n{}\n{}\n",
        std::thread::available_parallelism()?,
        machine::processor()?,
        machine::taken_with()?,
        sentence.unwrap_or_default(),
        bars::as_table(&report.figures),
        bars::reasons(&report.figures),
        report.text.trim_end()
    ))
}

/// The text with another sentence between the marks.
fn with_quotation(text: &str, sentence: &str) -> Result<String> {
    let (before, rest) = text.split_once(BEGIN).ok_or("no place for the quotation")?;
    let (_, after) = rest.split_once(END).ok_or("no end of the quotation")?;
    Ok(format!("{before}{BEGIN}{sentence}{END}{after}"))
}

fn quotation(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(BEGIN)?;
    rest.split_once(END).map(|(said, _)| said)
}

/// Fails if README says another thing than the page does.
///
/// # Errors
/// They differ, or README has no place for it.
pub fn check() -> Result {
    let (page, readme) = (fs::read_to_string(page())?, fs::read_to_string(readme())?);
    let quoted = quotation(&readme).ok_or("README.md quotes no figures of docs/benchmarks.md")?;
    match quotation(&page) {
        Some(measured) if measured == quoted => Ok(()),
        Some(measured) => Err(format!(
            "README says \"{quoted}\", and docs/benchmarks.md \"{measured}\"; `cargo xtask bench report` \
             writes both"
        )
        .into()),
        None => Err("docs/benchmarks.md was not written by `cargo xtask bench report`".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{BEGIN, END, quotation, with_quotation};

    #[test]
    fn the_quotation_is_replaced_and_found() {
        let text = format!("| a | {BEGIN}old{END}; more |");
        let new = with_quotation(&text, "new, 0.85").unwrap();
        assert_eq!(new, format!("| a | {BEGIN}new, 0.85{END}; more |"));
        assert_eq!(quotation(&new), Some("new, 0.85"));
        assert!(with_quotation("no marks", "new").is_err());
    }
}
