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
    writeln!(out, "1..{}", report.results.len())?;
    for (at, result) in report.results.iter().enumerate() {
        let number = at + 1;
        let name = format!("{} {}", line(&result.name()), line(result.check.obligation));
        match &result.verdict {
            Verdict::Pass => writeln!(out, "ok {number} - {name}")?,
            Verdict::Skipped(why) => {
                writeln!(out, "ok {number} - {name} # SKIP {}", line(&report.mask(why)))?;
            }
            Verdict::Blocked { by, why } => {
                let why = line(&report.mask(why));
                writeln!(out, "ok {number} - {name} # SKIP blocked by {}: {why}", line(by))?;
            }
            Verdict::Error(why) => {
                writeln!(out, "not ok {number} - {name}")?;
                writeln!(out, "  ---\n  message: {:?}\n  ...", report.mask(why))?;
            }
            Verdict::Fail(level) => {
                // A warning is to be seen, and fails nothing.
                let todo = if *level < Level::Error { " # TODO a warning" } else { "" };
                writeln!(out, "not ok {number} - {name}{todo}")?;
                writeln!(out, "  ---\n  severity: {level}\n  findings:")?;
                for finding in result.findings.iter().filter(|f| f.level >= Level::Warning) {
                    writeln!(out, "    - part: {:?}", finding.sub)?;
                    writeln!(out, "      expected: {:?}", report.mask(&finding.expected))?;
                    writeln!(out, "      got: {:?}", report.mask(&finding.got))?;
                }
                writeln!(out, "  ...")?;
            }
        }
    }
    Ok(())
}

/// `#` would begin a directive.
fn line(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#").replace(['\n', '\r'], " ")
}
