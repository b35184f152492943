//! What is printed: server by scenario.

use crate::{outcome::Verdict, suite::Scenario};

/// The verdicts on one server, in the order of the scenarios.
pub(crate) struct Column {
    pub(crate) server: String,
    pub(crate) verdicts: Vec<Verdict>,
}

impl Column {
    pub(crate) fn count(&self, wanted: impl Fn(&Verdict) -> bool) -> usize {
        self.verdicts
            .iter()
            .filter(|verdict| wanted(verdict))
            .count()
    }
}

/// Prints the matrix, and why each cell is not `pass`.
pub(crate) fn print(scenarios: &[&Scenario], columns: &[Column]) {
    let width = scenarios
        .iter()
        .map(|s| s.name.chars().count())
        .max()
        .unwrap_or(0);
    let mut head = format!("{:width$}", "");
    for column in columns {
        head.push_str(&format!("  {}", column.server));
    }
    println!("\n{head}");
    for (row, scenario) in scenarios.iter().enumerate() {
        let mut line = format!("{:width$}", scenario.name);
        for column in columns {
            let mark = column.verdicts.get(row).map_or("", Verdict::mark);
            let room = column.server.len();
            line.push_str(&format!("  {mark:<room$}"));
        }
        println!("{}", line.trim_end());
    }
    for column in columns {
        reasons(scenarios, column);
    }
    println!();
    for column in columns {
        println!(
            "{}: {} pass, {} unsupported, {} known faults of the server, {} failed",
            column.server,
            column.count(|v| matches!(v, Verdict::Pass)),
            column.count(|v| matches!(v, Verdict::Unsupported(_))),
            column.count(|v| matches!(v, Verdict::Fault { .. })),
            column.count(Verdict::is_bad),
        );
    }
}

fn reasons(scenarios: &[&Scenario], column: &Column) {
    let mut shown = false;
    for (scenario, verdict) in scenarios.iter().zip(&column.verdicts) {
        let words = match verdict {
            Verdict::Pass => continue,
            Verdict::Unsupported(said) => format!("unsupported: {said}"),
            Verdict::Fault { reason, said } => format!("fault of the server: {reason} ({said})"),
            Verdict::Mended(reason) => {
                format!("MENDED: take it out of the table of known faults: {reason}")
            }
            Verdict::Fail(said) => format!("FAIL: {said}"),
        };
        if !std::mem::replace(&mut shown, true) {
            println!("\n{}", column.server);
        }
        let words: String = words.chars().take(400).collect();
        println!("  {}: {}", scenario.name, words.replace('\n', " "));
    }
}
