//! The report for people.

use std::fmt::Write as _;

use super::{Cause, Report, Verdict};
use crate::{area, check::Level, profile::Profile};

/// Colours, if the terminal has them.
struct Paint(bool);

impl Paint {
    fn level(&self, level: Level) -> String {
        let word = level.as_str().to_uppercase();
        let code = match level {
            Level::Critical => "1;31",
            Level::Error => "31",
            Level::Warning => "33",
            Level::Info => "36",
        };
        self.with(code, &word)
    }

    fn with(&self, code: &str, text: &str) -> String {
        match self.0 {
            true => format!("\x1b[{code}m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }
}

/// How many findings that are only information are listed.
const MAX_INFO: usize = 60;

pub(crate) fn render(report: &Report, colours: bool) -> String {
    let paint = Paint(colours);
    let mut out = String::new();
    let _infallible = write(report, &paint, &mut out);
    out
}

fn write(report: &Report, paint: &Paint, out: &mut String) -> std::fmt::Result {
    writeln!(out, "SCIM conformance of {}", report.mask(&report.target))?;
    if let Some(why) = &report.unusable {
        writeln!(
            out,
            "\n{}: {}",
            paint.with("1;31", "NO VERDICT"),
            clean(&report.mask(why))
        )?;
        if let Some(first) = report.exchanges.first() {
            writeln!(out, "  sent      {}", clean(&report.curl_in_short(first)))?;
        }
        if report.results.is_empty() {
            return Ok(());
        }
    }
    for cause in report.causes(Level::Warning) {
        write_cause(report, paint, &cause, out)?;
    }
    let notes = report.causes(Level::Info);
    let notes: Vec<_> = notes
        .iter()
        .filter(|cause| cause.level == Level::Info)
        .collect();
    if !notes.is_empty() {
        writeln!(
            out,
            "\n{}",
            paint.with("1", "For your information (the RFCs leave these open)")
        )?;
        for cause in notes.iter().take(MAX_INFO) {
            let got = clean(&report.mask(&cause.finding.got));
            let short: String = got.chars().take(160).collect();
            writeln!(out, "  {:<6} {}{short}", cause.check.id, subs(cause))?;
        }
        if let Some(more) = notes.len().checked_sub(MAX_INFO).filter(|more| *more > 0) {
            writeln!(out, "  … and {more} more")?;
        }
    }
    let errors: Vec<_> = report
        .results
        .iter()
        .filter_map(|result| match &result.verdict {
            Verdict::Error(why) => Some((result.name(), why)),
            _ => None,
        })
        .collect();
    if !errors.is_empty() {
        writeln!(out, "\n{}", paint.with("1", "Without a verdict"))?;
        for (name, why) in errors.iter().take(20) {
            writeln!(out, "  {name}: {}", clean(&report.mask(why)))?;
        }
    }
    table(report, out)?;
    for path in &report.left {
        writeln!(out, "left behind: {}", clean(path))?;
    }
    for problem in &report.problems {
        writeln!(out, "note: {}", clean(problem))?;
    }
    writeln!(
        out,
        "\n{} requests in {:.1} s, marker {}",
        report.requests(),
        report.took.as_secs_f64(),
        report.marker
    )?;
    writeln!(out, "{}", ready(report))
}

fn write_cause(
    report: &Report,
    paint: &Paint,
    cause: &Cause<'_>,
    out: &mut String,
) -> std::fmt::Result {
    let check = cause.check;
    let types = match cause.types.as_slice() {
        [] => String::new(),
        types => format!(" ({})", types.join(", ")),
    };
    writeln!(
        out,
        "\n{} {}{types}  {}",
        paint.level(cause.level),
        paint.with("1", check.id),
        check.obligation
    )?;
    let show = |text: &str| clean(&report.mask(text));
    if !cause.subs.is_empty() {
        let listed: Vec<_> = cause.subs.iter().take(12).copied().collect();
        let more = cause.subs.len().saturating_sub(listed.len());
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        writeln!(out, "  in        {}{more}", show(&listed.join(", ")))?;
    }
    if let Some(exchange) = report.exchange(cause.finding.exchange) {
        writeln!(
            out,
            "  sent      {}",
            clean(&report.curl_in_short(exchange))
        )?;
    }
    writeln!(out, "  got       {}", show(&cause.finding.got))?;
    writeln!(out, "  expected  {}", show(&cause.finding.expected))?;
    for other in cause.others.iter().take(4) {
        let sub = if other.sub.is_empty() {
            String::new()
        } else {
            format!(" ({})", show(&other.sub))
        };
        writeln!(out, "  and       {}{sub}", show(&other.expected))?;
    }
    writeln!(
        out,
        "  why       {}, {}",
        check.section,
        check.force.as_str()
    )?;
    writeln!(out, "  fix       {}", check.fix)?;
    if cause.count > 1 {
        writeln!(out, "  seen      {} times", cause.count)?;
    }
    if cause.blocked > 0 {
        writeln!(out, "  blocks    {} other results", cause.blocked)?;
    }
    Ok(())
}

fn subs(cause: &Cause<'_>) -> String {
    match cause.subs.as_slice() {
        [] => String::new(),
        subs => format!(
            "[{}] ",
            subs.iter().take(4).copied().collect::<Vec<_>>().join(", ")
        ),
    }
}

fn table(report: &Report, out: &mut String) -> std::fmt::Result {
    writeln!(
        out,
        "\n{:<26} {:>5} {:>5} {:>5} {:>5} {:>8} {:>5}",
        "area", "pass", "fail", "warn", "skip", "blocked", "error"
    )?;
    for (area, _) in area::NAMES {
        let Some(counts) = report.counts_by_area().get(area).copied() else {
            continue;
        };
        let name = format!("{area:<2} {}", area::title(area));
        writeln!(
            out,
            "{name:<26} {:>5} {:>5} {:>5} {:>5} {:>8} {:>5}",
            counts.pass, counts.fail, counts.warning, counts.skipped, counts.blocked, counts.error
        )?;
    }
    let all = report.counts();
    writeln!(
        out,
        "{:<26} {:>5} {:>5} {:>5} {:>5} {:>8} {:>5}",
        "all", all.pass, all.fail, all.warning, all.skipped, all.blocked, all.error
    )
}

/// `Ready for: Entra ID no (2 things) · Okta yes`.
pub(crate) fn ready(report: &Report) -> String {
    let words: Vec<_> = Profile::ALL
        .iter()
        .filter(|profile| report.profiles.contains(profile))
        .map(|profile| {
            let things = match profile {
                Profile::Rfc => report
                    .failed(Level::Error)
                    .iter()
                    .filter(|id| {
                        let area = id.split_once('-').map_or("", |(area, _)| area);
                        Profile::of_area(area) == Profile::Rfc
                    })
                    .count(),
                other => report.in_the_way(*other),
            };
            let name = profile.title();
            match (report.unusable.is_some(), things) {
                (true, _) => format!("{name} unknown"),
                (_, 0) => match report.unknown(*profile) {
                    0 => format!("{name} yes"),
                    1 => format!("{name} unknown (1 check was not run)"),
                    n => format!("{name} unknown ({n} checks were not run)"),
                },
                (_, 1) => format!("{name} no (1 thing)"),
                (_, n) => format!("{name} no ({n} things)"),
            }
        })
        .collect();
    format!("Ready for: {}", words.join(" · "))
}

/// Without what could move the cursor of a terminal: what servers say is not trusted.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_a_server_says_cannot_move_the_cursor() {
        assert_eq!(super::clean("a\x1b[2Jb\nc"), "a\u{fffd}[2Jb c");
    }
}
