//! The tables of instruction counts.

use std::time::{Duration, Instant};

use crate::{
    Result,
    case::Case,
    cases,
    counted::Counter,
    report::{Grid, Report},
};

/// What each table is about: its name among the cases, its title, what its figures mean.
const TABLES: [(&str, &str, &str); 8] = [
    (
        "decode",
        "Decoding a page of 1,000 users",
        "Instructions per byte of JSON, from bytes to typed users. `scim-client` keeps unknown \
         attributes at every level and matches names in any case; of the others only `derive, \
         flatten` and `Value` keep them, and none but `Value` reads names in another case.",
    ),
    ("encode", "Encoding", "Instructions per byte of JSON."),
    (
        "get",
        "A get over loopback",
        "Instructions of the client's process, on a kept connection. A small user has 500 bytes, a \
         full one 2,700.",
    ),
    (
        "parse",
        "Parsing filters",
        "Instructions, and nanoseconds in brackets: the best of many batches.",
    ),
    ("print", "Printing filters", "As above."),
    (
        "build",
        "Building filters",
        "As above: with a closure here, by hand in the other library.",
    ),
    ("evaluate", "Evaluating filters on a user", "As above."),
    (
        "patch",
        "PATCH in memory",
        "Instructions to find the difference, and to apply it and its reverse.",
    ),
];

/// The tables that `wanted` names, or all.
pub fn report(report: &mut Report, wanted: &[&str]) -> Result {
    let counter = Counter::new()?;
    let cases = cases::all();
    for (name, title, about) in TABLES {
        if !wanted.is_empty() && !wanted.contains(&name) {
            continue;
        }
        let mut grid = Grid::default();
        for case in cases.iter().filter(|case| case.table == name) {
            let cell = cell(report, &counter, case)?;
            // Where there are many rivals, they are the rows.
            match name {
                "decode" | "encode" | "get" => grid.set(case.column, case.row, cell),
                _ => grid.set(case.row, case.column, cell),
            }
        }
        report.section(title, about, &grid.table(""));
    }
    #[cfg(feature = "rivals")]
    if wanted.is_empty() || wanted.contains(&"evaluate") {
        let wrong = crate::rivals::wrong_answers();
        let lines: Vec<_> = wrong.iter().map(|line| format!("- {line}\n")).collect();
        report.section("Wrong answers on that user", "", &lines.concat());
    }
    Ok(())
}

fn cell(report: &mut Report, counter: &Counter, case: &Case) -> Result<String> {
    // A get needs the server, which only the counted process is told of.
    let work = match case.table {
        "get" => None,
        _ => match (case.start)() {
            Some(work) => Some(work),
            None => return Ok("refused".to_owned()),
        },
    };
    let mut count = counter.instructions(case)?;
    let mut text = format!("{count:.0}");
    if let Some(mut work) = work {
        if let Some(bytes) = work.bytes {
            count /= bytes as f64;
            text = format!("{count:.2}");
        } else if case.table != "patch" {
            text.push_str(&format!(" ({:.0})", nanoseconds(&mut work.round)));
        }
    }
    report.figure(&case.name(), count);
    Ok(text)
}

/// The best of many batches.
fn nanoseconds(work: &mut dyn FnMut()) -> f64 {
    const BATCH: u32 = 500;
    let end = Instant::now() + Duration::from_millis(150);
    let mut best = f64::MAX;
    while Instant::now() < end {
        let start = Instant::now();
        (0..BATCH).for_each(|_| work());
        best = best.min(start.elapsed().as_nanos() as f64 / f64::from(BATCH));
    }
    best
}
