//! JUnit's XML, as most systems of continuous integration read it.

use std::fmt::Write as _;

use super::{Report, Verdict};
use crate::{area, check::Level};

pub(crate) fn render(report: &Report) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _infallible = write(report, &mut out);
    out
}

fn write(report: &Report, out: &mut String) -> std::fmt::Result {
    let counts = report.counts();
    let unusable = usize::from(report.unusable.is_some());
    let left = usize::from(!report.left.is_empty());
    writeln!(
        out,
        "<testsuites name=\"SCIM conformance\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3}\">",
        report.results.len() + unusable + left,
        counts.fail + left,
        counts.error + unusable,
        report.took.as_secs_f64()
    )?;
    if let Some(why) = &report.unusable {
        writeln!(
            out,
            "  <testsuite name=\"run\" tests=\"1\" failures=\"0\" errors=\"1\"><testcase classname=\"scim\" \
             name=\"the server can be reached\"><error message=\"{}\"/></testcase></testsuite>",
            escaped(&report.mask(why))
        )?;
    }
    if left > 0 {
        let paths: Vec<_> = report.left.iter().map(|path| escaped(path)).collect();
        writeln!(
            out,
            "  <testsuite name=\"clean-up\" tests=\"1\" failures=\"1\" errors=\"0\"><testcase classname=\"scim\" \
             name=\"nothing is left behind\"><failure type=\"error\" message=\"resources of the run could not be deleted\">\
             {}</failure></testcase></testsuite>",
            paths.join("\n")
        )?;
    }
    for (area, _) in area::NAMES {
        let results: Vec<_> = report
            .results
            .iter()
            .filter(|result| result.check.area() == area)
            .collect();
        if results.is_empty() {
            continue;
        }
        let count = |test: fn(&Verdict) -> bool| {
            results
                .iter()
                .filter(|result| test(&result.verdict))
                .count()
        };
        writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
            escaped(area::title(area)),
            results.len(),
            count(|verdict| matches!(verdict, Verdict::Fail(level) if *level >= Level::Error)),
            count(|verdict| matches!(verdict, Verdict::Error(_))),
            count(|verdict| matches!(verdict, Verdict::Skipped(_) | Verdict::Blocked { .. })),
        )?;
        for result in results {
            write!(
                out,
                "    <testcase classname=\"scim.{area}\" name=\"{}: {}\" time=\"{:.3}\"",
                escaped(&result.name()),
                escaped(result.check.obligation),
                result.took.as_secs_f64()
            )?;
            match &result.verdict {
                Verdict::Pass => writeln!(out, "/>")?,
                Verdict::Skipped(why) => {
                    writeln!(
                        out,
                        "><skipped message=\"{}\"/></testcase>",
                        escaped(&report.mask(why))
                    )?;
                }
                Verdict::Blocked { by, why } => writeln!(
                    out,
                    "><skipped message=\"blocked by {}: {}\"/></testcase>",
                    escaped(by),
                    escaped(&report.mask(why))
                )?,
                Verdict::Error(why) => {
                    writeln!(
                        out,
                        "><error message=\"{}\"/></testcase>",
                        escaped(&report.mask(why))
                    )?;
                }
                Verdict::Fail(level) => {
                    // JUnit has no warnings: they are seen in what the test prints, and fail nothing.
                    let element = if *level < Level::Error {
                        writeln!(out, "><system-out>{}", escaped(result.check.fix))?;
                        "system-out"
                    } else {
                        let fix = escaped(result.check.fix);
                        writeln!(out, "><failure type=\"{level}\" message=\"{fix}\">")?;
                        "failure"
                    };
                    for finding in result.findings.iter().filter(|f| f.level >= Level::Warning) {
                        writeln!(
                            out,
                            "{} {}: expected {}; got {}",
                            finding.level,
                            escaped(&finding.sub),
                            escaped(&report.mask(&finding.expected)),
                            escaped(&report.mask(&finding.got))
                        )?;
                        if let Some(exchange) = report.exchange(finding.exchange) {
                            writeln!(out, "{}", escaped(&report.curl_in_short(exchange)))?;
                        }
                    }
                    writeln!(out, "</{element}></testcase>")?;
                }
            }
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

/// For XML 1.0: control characters have no form in it, and are left out.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || ('\u{fffe}'..='\u{ffff}').contains(&c) => {}
            c => out.push(c),
        }
    }
    out
}
