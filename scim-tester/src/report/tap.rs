//! The Test Anything Protocol, version 14.

use std::fmt::Write as _;

use super::{Report, Verdict};
use crate::check::Level;

pub(crate) fn render(report: &Report) -> String {
    let mut out = String::new();
    let _infallible = write(report, &mut out);
    out
}

fn write(report: &Report, out: &mut String) -> std::fmt::Result {
    writeln!(out, "TAP version 14")?;
    if let Some(why) = &report.unusable {
        writeln!(out, "Bail out! {}", line(&report.mask(why)))?;
        return Ok(());
    }
    let left = usize::from(!report.left.is_empty());
    writeln!(out, "1..{}", report.results.len() + left)?;
    for (at, result) in report.results.iter().enumerate() {
        let number = at + 1;
        let name = format!("{} {}", line(&result.name()), line(result.check.obligation));
        match &result.verdict {
            Verdict::Pass => writeln!(out, "ok {number} - {name}")?,
            Verdict::Skipped(why) => {
                writeln!(
                    out,
                    "ok {number} - {name} # SKIP {}",
                    line(&report.mask(why))
                )?;
            }
            Verdict::Blocked { by, why } => {
                let why = line(&report.mask(why));
                writeln!(
                    out,
                    "ok {number} - {name} # SKIP blocked by {}: {why}",
                    line(by)
                )?;
            }
            Verdict::Error(why) => {
                writeln!(out, "not ok {number} - {name}")?;
                let why = quoted(&report.mask(why));
                writeln!(out, "  ---\n  message: {why}\n  ...")?;
            }
            Verdict::Fail(level) => {
                // A warning is to be seen, and fails nothing.
                let todo = if *level < Level::Error {
                    " # TODO a warning"
                } else {
                    ""
                };
                writeln!(out, "not ok {number} - {name}{todo}")?;
                writeln!(out, "  ---\n  severity: {level}\n  findings:")?;
                for finding in result.findings.iter().filter(|f| f.level >= Level::Warning) {
                    writeln!(out, "    - part: {}", quoted(&report.mask(&finding.sub)))?;
                    let expected = quoted(&report.mask(&finding.expected));
                    writeln!(out, "      expected: {expected}")?;
                    writeln!(out, "      got: {}", quoted(&report.mask(&finding.got)))?;
                }
                writeln!(out, "  ...")?;
            }
        }
    }
    if left > 0 {
        let number = report.results.len() + left;
        writeln!(out, "not ok {number} - nothing is left behind")?;
        writeln!(out, "  ---\n  left:")?;
        for path in &report.left {
            writeln!(out, "    - {}", quoted(path))?;
        }
        writeln!(out, "  ...")?;
    }
    Ok(())
}

/// A text of YAML: those of JSON are some.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// `#` would begin a directive.
fn line(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('#', "\\#")
        .replace(['\n', '\r'], " ")
}
