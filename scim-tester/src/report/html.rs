//! One HTML file: no network, and no JavaScript needed to read it; with JavaScript it can be
//! filtered.

use std::fmt::Write as _;

use super::{CheckResult, Report, Verdict, junit::escaped, text};
use crate::{area, check::Level};

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/filter.js");

pub(crate) fn render(report: &Report) -> String {
    let mut out = String::new();
    let _infallible = write(report, &mut out);
    out
}

fn write(report: &Report, out: &mut String) -> std::fmt::Result {
    let show = |text: &str| escaped(&report.mask(text));
    let target = show(&report.target);
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n\
         <title>SCIM conformance of {target}</title>\n<style>{STYLE}</style>\n</head>\n<body>"
    )?;
    writeln!(out, "<h1>SCIM conformance of <code>{target}</code></h1>")?;
    if let Some(why) = &report.unusable {
        writeln!(
            out,
            "<p class=\"critical\"><b>No verdict:</b> {}</p>",
            show(why)
        )?;
    }
    writeln!(
        out,
        "<p class=\"ready\">{}</p>",
        escaped(&text::ready(report))
    )?;
    summary(report, out)?;
    if !report.left.is_empty() {
        writeln!(out, "<h2>Left behind ({})</h2><ul>", report.left.len())?;
        for path in &report.left {
            writeln!(out, "<li><code>{}</code></li>", show(path))?;
        }
        writeln!(out, "</ul>")?;
    }
    let causes = report.causes(Level::Warning);
    writeln!(out, "<h2>Findings ({})</h2>", causes.len())?;
    if causes.is_empty() {
        writeln!(out, "<p>None.</p>")?;
    }
    for cause in &causes {
        let check = cause.check;
        writeln!(
            out,
            "<article class=\"{}\"><h3><span class=\"level\">{}</span> {} <span class=\"types\">{}</span></h3>\
             <p>{}</p><dl>",
            cause.level,
            cause.level,
            check.id,
            escaped(&cause.types.join(", ")),
            escaped(check.obligation)
        )?;
        if !cause.subs.is_empty() {
            writeln!(out, "<dt>in</dt><dd>{}</dd>", show(&cause.subs.join(", ")))?;
        }
        writeln!(
            out,
            "<dt>got</dt><dd><code>{}</code></dd>",
            show(&cause.finding.got)
        )?;
        writeln!(
            out,
            "<dt>expected</dt><dd>{}</dd>",
            show(&cause.finding.expected)
        )?;
        writeln!(
            out,
            "<dt>why</dt><dd>{}, {}</dd>",
            escaped(check.section),
            check.force.as_str()
        )?;
        writeln!(out, "<dt>fix</dt><dd>{}</dd>", escaped(check.fix))?;
        if cause.count > 1 {
            writeln!(out, "<dt>seen</dt><dd>{} times</dd>", cause.count)?;
        }
        if cause.blocked > 0 {
            writeln!(
                out,
                "<dt>blocks</dt><dd>{} other results</dd>",
                cause.blocked
            )?;
        }
        if let Some(exchange) = report.exchange(cause.finding.exchange) {
            writeln!(
                out,
                "<dt>sent</dt><dd><pre>{}</pre></dd>",
                escaped(&report.curl_in_short(exchange))
            )?;
        }
        writeln!(out, "</dl></article>")?;
    }
    results(report, out)?;
    writeln!(
        out,
        "<footer>{} requests in {:.1} s, marker <code>{}</code>, scim-tester {}</footer>\n\
         <script>{SCRIPT}</script>\n</body>\n</html>",
        report.requests(),
        report.took.as_secs_f64(),
        escaped(&report.marker),
        env!("CARGO_PKG_VERSION")
    )
}

fn summary(report: &Report, out: &mut String) -> std::fmt::Result {
    writeln!(
        out,
        "<div class=\"wide\"><table class=\"summary\"><thead><tr><th>area</th><th>pass</th><th>fail</th><th>warning</th>\
         <th>skipped</th><th>blocked</th><th>no verdict</th></tr></thead><tbody>"
    )?;
    for (area, _) in area::NAMES {
        if let Some(c) = report.counts_by_area().get(area) {
            let class = |count: usize, class: &'static str| if count > 0 { class } else { "zero" };
            writeln!(
                out,
                "<tr><th>{area} {}</th><td>{}</td><td class=\"{}\">{}</td><td class=\"{}\">{}</td>\
                 <td>{}</td><td>{}</td><td>{}</td></tr>",
                escaped(area::title(area)),
                c.pass,
                class(c.fail, "error"),
                c.fail,
                class(c.warning, "warning"),
                c.warning,
                c.skipped,
                c.blocked,
                c.error
            )?;
        }
    }
    writeln!(out, "</tbody></table></div>")
}

fn results(report: &Report, out: &mut String) -> std::fmt::Result {
    writeln!(
        out,
        "<h2>All results</h2>\n<form id=\"filter\" hidden><input type=\"search\" name=\"text\" \
         placeholder=\"id or words\" aria-label=\"filter\"> <select name=\"verdict\" aria-label=\"verdict\">\
         <option value=\"\">all verdicts</option><option>pass</option><option>fail</option>\
         <option>skipped</option><option>blocked</option><option>error</option></select></form>\n\
         <div class=\"wide\"><table id=\"results\"><thead><tr><th>id</th><th>type</th><th>verdict</th><th>obligation</th>\
         <th>section</th></tr></thead><tbody>"
    )?;
    for result in &report.results {
        let class = match &result.verdict {
            Verdict::Fail(level) => level.as_str(),
            other => other.as_str(),
        };
        writeln!(
            out,
            "<tr data-verdict=\"{}\"><td>{}</td><td>{}</td><td class=\"{class}\">{class}</td><td>{}{}</td>\
             <td>{}</td></tr>",
            result.verdict.as_str(),
            result.check.id,
            escaped(result.resource_type().unwrap_or_default()),
            escaped(result.check.obligation),
            reason(report, result),
            escaped(result.check.section)
        )?;
    }
    writeln!(out, "</tbody></table></div>")
}

fn reason(report: &Report, result: &CheckResult) -> String {
    let why = match &result.verdict {
        Verdict::Skipped(why) | Verdict::Error(why) => report.mask(why),
        Verdict::Blocked { by, why } => format!("blocked by {by}: {}", report.mask(why)),
        _ => return String::new(),
    };
    format!("<br><small>{}</small>", escaped(&why))
}
