//! What comes out: the reports, and the exit code beside what was known.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, IsTerminal as _, Write as _},
    path::Path,
};

use super::{
    args::Args,
    failure::{Failure, USAGE, complain, say, usage},
    fixtures,
};
use crate::{
    check::Level,
    report::{Format, Report, Verdict},
};

/// Writes all reports: the first to the standard output unless it has a file of its own.
/// `colours` says whether it has some, or else the terminal does.
pub(super) fn write(args: &Args, report: &Report, colours: Option<bool>) -> Result<(), Failure> {
    let failed = |path: &str, error: &dyn std::fmt::Display| Failure {
        code: USAGE,
        message: format!("cannot write {path}: {error}"),
    };
    let mut files = args.outputs.iter();
    let formats = if args.formats.is_empty() {
        vec![Format::Text]
    } else {
        args.formats.clone()
    };
    for format in formats {
        if let Some(path) = files.next() {
            let mut file = File::create(path).map_err(|error| failed(path, &error))?;
            report
                .write(format, &mut file)
                .map_err(|error| failed(path, &error))?;
            continue;
        }
        let out = io::stdout();
        let is_wanted = || out.is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let colours = colours.unwrap_or_else(is_wanted);
        let text = match format {
            Format::Text => report.to_coloured_text(colours),
            other => report.to_text(other),
        };
        say(&mut out.lock(), &text)?;
    }
    if let Some(path) = &args.har {
        let mut file = File::create(path).map_err(|error| failed(path, &error))?;
        report
            .write(Format::Har, &mut file)
            .map_err(|error| failed(path, &error))?;
    }
    if let Some(folder) = &args.fixtures {
        let count =
            fixtures::save(report, Path::new(folder)).map_err(|error| failed(folder, &error))?;
        complain(format_args!("{count} responses saved in {folder}"));
    }
    if let Some(path) = &args.write_baseline {
        let mut file = File::create(path).map_err(|error| failed(path, &error))?;
        let known: Vec<_> = known(report).into_iter().collect();
        writeln!(file, "{:#}", serde_json::json!({"known": known}))
            .map_err(|error| failed(path, &error))?;
    }
    Ok(())
}

/// What a baseline remembers: check, type and part of each finding.
fn known(report: &Report) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    for result in report.results() {
        for finding in result
            .findings()
            .iter()
            .filter(|finding| finding.level() > Level::Info)
        {
            // The marker differs from run to run.
            let part = finding.sub().replace(report.marker(), "{marker}");
            known.insert(format!("{} {part}", result.name()).trim_end().to_owned());
        }
    }
    known
}

/// Findings that are known already. It is read before the run: a file that is not there must not look
/// like one without findings.
pub(super) fn baseline(path: &str) -> Result<BTreeSet<String>, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| usage(format!("{path} cannot be read: {error}")))?;
    let document: serde_json::Value = serde_json::from_str(&text)
        .map_err(|error| usage(format!("{path} is not a baseline: {error}")))?;
    let known = document
        .get("known")
        .and_then(serde_json::Value::as_array)
        .ok_or_else(|| usage(format!("{path} is not a baseline: it has no list `known`")))?;
    Ok(known
        .iter()
        .filter_map(|entry| entry.as_str().map(str::to_owned))
        .collect())
}

/// Whether all files can be written, before a long run whose report has no place then.
pub(super) fn can_be_written(args: &Args) -> Result<(), Failure> {
    let files = args.outputs.iter().chain(&args.har);
    for path in files.chain(&args.write_baseline) {
        let opened = File::options().append(true).create(true).open(path);
        opened.map_err(|error| usage(format!("{path} cannot be written: {error}")))?;
    }
    Ok(())
}

pub(super) fn code(args: &Args, before: Option<&BTreeSet<String>>, report: &Report) -> u8 {
    let fail_on = args.fail_on.unwrap_or(Level::Error);
    let code = report.exit_code(fail_on);
    let Some(before) = before.filter(|_| code <= 1) else {
        return code;
    };
    let now = known(report);
    for fixed in before.difference(&now) {
        complain(format_args!("fixed since the baseline: {fixed}"));
    }
    let mut new = 0;
    for result in report.results() {
        let is_wrong = match result.verdict() {
            Verdict::Fail(level) => *level >= fail_on,
            Verdict::Error(_) => true,
            _ => false,
        };
        if !is_wrong {
            continue;
        }
        for finding in result
            .findings()
            .iter()
            .filter(|finding| finding.level() >= fail_on)
        {
            let part = finding.sub().replace(report.marker(), "{marker}");
            let entry = format!("{} {part}", result.name()).trim_end().to_owned();
            if !before.contains(&entry) {
                new += 1;
                complain(format_args!("new since the baseline: {entry}"));
            }
        }
    }
    // What was not run because of something that the baseline has is known with it.
    for (name, by) in report.not_run(fail_on) {
        let is_known = before
            .iter()
            .any(|entry| entry.split(' ').next() == Some(by));
        if !is_known {
            new += 1;
            complain(format_args!(
                "not run, for a reason that is not in the baseline: {name}"
            ));
        }
    }
    u8::from(new > 0 || !report.left_behind().is_empty())
}
