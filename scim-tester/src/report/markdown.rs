//! Markdown, for a comment or a wiki.

use std::fmt::Write as _;

use super::{Report, text};
use crate::{area, check::Level};

pub(crate) fn render(report: &Report) -> String {
    let mut out = String::new();
    let _infallible = write(report, &mut out);
    out
}

fn write(report: &Report, out: &mut String) -> std::fmt::Result {
    writeln!(
        out,
        "# SCIM conformance of {}\n",
        inline(&report.mask(&report.target))
    )?;
    if let Some(why) = &report.unusable {
        writeln!(out, "**No verdict:** {}\n", inline(&report.mask(why)))?;
    }
    writeln!(out, "{}\n", text::ready(report))?;
    writeln!(
        out,
        "| area | pass | fail | warning | skipped | blocked | no verdict |\n|---|---|---|---|---|---|---|"
    )?;
    for (area, _) in area::NAMES {
        if let Some(c) = report.counts_by_area().get(area) {
            let title = area::title(area);
            writeln!(
                out,
                "| {area} {title} | {} | {} | {} | {} | {} | {} |",
                c.pass, c.fail, c.warning, c.skipped, c.blocked, c.error
            )?;
        }
    }
    let causes = report.causes(Level::Warning);
    if !causes.is_empty() {
        writeln!(out, "\n## Findings")?;
    }
    for cause in &causes {
        let check = cause.check;
        writeln!(
            out,
            "\n### {} {} {}\n",
            cause.level,
            check.id,
            inline(check.obligation)
        )?;
        if !cause.types.is_empty() {
            writeln!(out, "- resource types: {}", inline(&cause.types.join(", ")))?;
        }
        if !cause.subs.is_empty() {
            writeln!(out, "- in: {}", inline(&cause.subs.join(", ")))?;
        }
        writeln!(out, "- got: {}", inline(&report.mask(&cause.finding.got)))?;
        writeln!(
            out,
            "- expected: {}",
            inline(&report.mask(&cause.finding.expected))
        )?;
        writeln!(out, "- why: {}, {}", check.section, check.force.as_str())?;
        writeln!(out, "- fix: {}", inline(check.fix))?;
        if let Some(exchange) = report.exchange(cause.finding.exchange) {
            writeln!(
                out,
                "\n```sh\n{}\n```",
                report.curl_in_short(exchange).replace("```", "'''")
            )?;
        }
    }
    if !report.left.is_empty() {
        writeln!(out, "\n## Left behind\n")?;
    }
    for path in &report.left {
        writeln!(out, "- {}", inline(path))?;
    }
    writeln!(
        out,
        "\n{} requests in {:.1} s.",
        report.requests(),
        report.took.as_secs_f64()
    )
}

/// As it is, whatever marks it has in it.
fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '|' | '!' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
