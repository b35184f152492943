//! Measures all cases and prints tables in Markdown.
//!
//! `scim-bench all` is the whole; `scim-bench FILTER` what has FILTER in its name. A figure is the
//! instructions of one round, by valgrind: those of a run with many rounds, less those of a run
//! with none. Filters have nanoseconds besides, the best of many batches.

use std::{
    env,
    error::Error,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use scim_bench::{
    case::{self, Case},
    filters, patches,
};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments.as_slice() {
        ["rounds", name, rounds] => run(name, rounds.parse()?),
        [] | ["all"] => {
            tables("")?;
            print_patches();
            println!("\nfilters evaluated differently on the benchmark's user:");
            filters::wrong_answers()
                .iter()
                .for_each(|line| println!("- {line}"));
            Ok(())
        }
        ["patch"] => {
            print_patches();
            Ok(())
        }
        [filter] => tables(filter),
        _ => Err("usage: scim-bench [all | patch | FILTER | rounds NAME COUNT]".into()),
    }
}

/// What valgrind looks at.
fn run(name: &str, rounds: u32) -> Result {
    let case = case::all()
        .into_iter()
        .find(|case| case.name() == name)
        .ok_or("no such case")?;
    let mut work = (case.start)().ok_or("refused")?;
    // Once before counting, so that lazily made things are there in every run.
    (work.round)();
    for _ in 0..rounds {
        (work.round)();
    }
    Ok(())
}

fn tables(filter: &str) -> Result {
    let cases: Vec<Case> = case::all()
        .into_iter()
        .filter(|case| case.name().contains(filter))
        .collect();
    let mut title = "";
    for case in &cases {
        if case.table != title {
            title = case.table;
            println!("\n### {title}\n");
            println!("| what | who | instructions | ns |\n|---|---|---|---|");
        }
        print!("| {} | {} | ", case.row, case.column);
        let Some(mut work) = (case.start)() else {
            println!("refused | |");
            continue;
        };
        let instructions = instructions(case)?;
        match work.bytes {
            Some(bytes) => println!("{:.2} per byte | |", instructions / bytes as f64),
            None => println!("{instructions:.0} | {:.0} |", nanoseconds(&mut work.round)),
        }
    }
    Ok(())
}

/// Instructions of one round.
fn instructions(case: &Case) -> Result<f64> {
    let (none, many) = (collected(case, 0)?, collected(case, case.rounds)?);
    Ok((many - none) as f64 / f64::from(case.rounds))
}

fn collected(case: &Case, rounds: u32) -> Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe()?)
        .args(["rounds", &case.name(), &rounds.to_string()])
        .stdout(Stdio::null())
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let collected = text
        .lines()
        .find_map(|line| line.split_once("Collected : "));
    match (output.status.success(), collected) {
        (true, Some((_, count))) => Ok(count.trim().parse()?),
        _ => Err(format!("valgrind failed on {}:\n{text}", case.name()).into()),
    }
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

fn print_patches() {
    println!(
        "\n### One member more in a group\n\n| members | diff, ms | apply, ms |\n|---|---|---|"
    );
    for members in [patches::MEMBERS / 10, patches::MEMBERS] {
        let (before, after) = patches::groups(members);
        let (mut diff, mut apply) = (f64::MAX, f64::MAX);
        for _ in 0..5 {
            let start = Instant::now();
            let patch = patches::diff(&before, &after);
            diff = diff.min(start.elapsed().as_secs_f64());
            let mut group = before.clone();
            let start = Instant::now();
            patches::apply(&patch, &mut group);
            apply = apply.min(start.elapsed().as_secs_f64());
        }
        println!("| {members} | {:.1} | {:.1} |", diff * 1e3, apply * 1e3);
    }
}
