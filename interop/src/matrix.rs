//! What is printed: server by scenario.

use std::fmt::Write as _;

use crate::{column::Column, outcome::Verdict, scenario::Scenario};

/// The matrix, why each cell is not `pass`, and what is wrong besides.
pub(crate) fn show(scenarios: &[&Scenario], columns: &[Column]) -> String {
    let width = scenarios
        .iter()
        .map(|s| s.name.chars().count())
        .max()
        .unwrap_or(0);
    let mut out = format!("\n{:width$}", "");
    for column in columns {
        out.push_str("  ");
        out.push_str(&column.server);
    }
    out.push('\n');
    for (row, scenario) in scenarios.iter().enumerate() {
        let mut line = format!("{:width$}", scenario.name);
        for column in columns {
            let mark = column.verdicts.get(row).map_or("not run", Verdict::mark);
            let room = column.server.chars().count();
            let _never_fails = write!(line, "  {mark:<room$}");
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    for column in columns {
        reasons(&mut out, scenarios, column);
    }
    out.push('\n');
    for column in columns {
        let _never_fails = writeln!(
            out,
            "{}: {} pass, {} unsupported, {} known faults of the server, {} failed, {} not tried; \
             {} of them by types known at run time too",
            column.server,
            column.count(|v| matches!(v, Verdict::Pass)),
            column.count(|v| matches!(v, Verdict::Unsupported(_))),
            column.count(|v| matches!(v, Verdict::Fault { .. })),
            column.count(|v| matches!(v, Verdict::Fail(_) | Verdict::Mended(_))),
            column.count(|v| matches!(v, Verdict::Untried(_)))
                + scenarios.len().saturating_sub(column.verdicts.len()),
            column.compared,
        );
    }
    out
}

fn reasons(out: &mut String, scenarios: &[&Scenario], column: &Column) {
    let mut lines = Vec::new();
    for (scenario, verdict) in scenarios.iter().zip(&column.verdicts) {
        if !matches!(verdict, Verdict::Pass) {
            let words: String = verdict.words().chars().take(400).collect();
            lines.push(format!("{}: {}", scenario.name, words.replace('\n', " ")));
        }
    }
    lines.extend(column.problems.iter().cloned());
    if lines.is_empty() {
        return;
    }
    let _never_fails = writeln!(out, "\n{}", column.server);
    for line in lines {
        let _never_fails = writeln!(out, "  {line}");
    }
}
