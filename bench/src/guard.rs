//! The guard: figures that are checked in, and how much worse they may become.

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde::{Deserialize, Serialize};

use crate::{
    Result, bars, builds,
    case::Case,
    cases,
    counted::Counter,
    machine::{self, taken_with},
    memory,
    report::{Figures, Report},
};

/// By what an instruction count may grow.
const INSTRUCTIONS: f64 = 1.02;

/// The same in units of a reference: another compiler or processor has other ratios.
const ELSEWHERE: f64 = 1.05;

/// By what a ratio of build costs may grow.
const BUILDS: f64 = 1.20;

/// What `figures.json` holds.
#[derive(Default, Serialize, Deserialize)]
struct Kept {
    /// What the counts were taken with. Those of another compiler or C library are others.
    taken_with: String,
    /// Instructions of a round, by case.
    instructions: Figures,
    /// What generated models cost to build, in units of what serde's derive costs.
    builds: Figures,
}

impl Kept {
    fn path() -> PathBuf {
        machine::root().join("bench/figures.json")
    }

    fn read() -> Result<Self> {
        let path = Self::path();
        let text = fs::read_to_string(&path).map_err(|error| {
            let path = path.display();
            format!("{path}: {error}; `cargo xtask bench accept` writes it")
        })?;
        Ok(serde_json::from_str(&text)?)
    }

    fn write(&self) -> Result {
        let text = serde_json::to_string_pretty(self)?;
        Ok(fs::write(Self::path(), text + "\n")?)
    }
}

/// Fails if a count is worse than the one that is checked in.
pub fn check() -> Result {
    let kept = Kept::read()?;
    let now = instructions()?;
    // Memory is the same whatever compiled it.
    let memory = memory::kept()?;
    if kept.taken_with == taken_with()? {
        let mut worse = bars::missed(&with(&now, &memory));
        worse.extend(compare(&kept.instructions, &now, INSTRUCTIONS));
        return verdict(&worse);
    }
    // Another compiler or processor needs other counts, of its own code and of ours.
    println!(
        "The counts checked in were taken with {}: here those are compared that there is a \
         reference for, in units of it.",
        kept.taken_with
    );
    let (kept, now) = (in_units(&kept.instructions), in_units(&now));
    let mut worse = bars::missed(&with(&now, &memory));
    worse.extend(compare(&kept, &now, ELSEWHERE));
    verdict(&worse)
}

fn with(figures: &Figures, more: &Figures) -> Figures {
    let all = figures.iter().chain(more);
    all.map(|(name, value)| (name.clone(), *value)).collect()
}

/// Our figures divided by what ours is held against, and the references themselves as 1.
fn in_units(figures: &Figures) -> Figures {
    let units = figures.iter().filter_map(|(name, value)| {
        let (place, _) = name.rsplit_once('/')?;
        let column = match place.split('/').next()? {
            "decode" | "encode" => "derive",
            "get" if name.contains("hyper") => "hyper-util, derive",
            "get" => "reqwest, derive",
            _ => return None,
        };
        let reference = figures.get(&format!("{place}/{column}"))?;
        Some((name.clone(), value / reference))
    });
    units.collect()
}

/// Fails if a ratio of build costs is worse than the one that is checked in.
pub fn check_builds() -> Result {
    let kept = Kept::read()?;
    let now = builds()?;
    // Bars that were never reached are no news; `docs/benchmarks.md` says which.
    bars::missed(&now).iter().for_each(|bar| println!("{bar}"));
    verdict(&compare(&kept.builds, &now, BUILDS))
}

/// Checks in the figures of today.
pub fn accept() -> Result {
    let kept = Kept {
        taken_with: taken_with()?,
        instructions: instructions()?,
        builds: builds()?,
    };
    kept.write()
}

/// Checks in the counts of today, which takes two minutes; what models cost to build stays.
pub fn accept_counts() -> Result {
    let kept = Kept {
        taken_with: taken_with()?,
        instructions: instructions()?,
        builds: Kept::read()?.builds,
    };
    kept.write()
}

fn verdict(worse: &[String]) -> Result {
    if worse.is_empty() {
        println!("no figure is worse than what is checked in");
        return Ok(());
    }
    let hint = "if that is right, `cargo xtask bench accept` checks in the new figures";
    Err(format!("{}\n{hint}", worse.join("\n")).into())
}

fn compare(kept: &Figures, now: &Figures, allowed: f64) -> Vec<String> {
    let gone = kept.keys().filter(|name| !now.contains_key(*name));
    let mut worse: Vec<_> = gone
        .map(|name| format!("{name}: checked in, and not measured any more"))
        .collect();
    for (name, value) in now {
        let Some(before) = kept.get(name) else {
            worse.push(format!("{name}: {value:.2} is not checked in"));
            continue;
        };
        let ratio = value / before;
        println!(
            "{name}: {value:.2}, checked in {before:.2}, {:+.1} %",
            (ratio - 1.0) * 100.0
        );
        if ratio > allowed {
            worse.push(format!(
                "{name}: {value:.2} instead of {before:.2}, {:.1} % more",
                (ratio - 1.0) * 100.0
            ));
        }
    }
    worse
}

/// Ours, and what ours is held against.
fn is_guarded(case: &Case) -> bool {
    let reference = match case.table {
        "decode" | "encode" => case.column == "derive",
        "get" => matches!(case.column, "reqwest, derive" | "hyper-util, derive"),
        _ => case.table == "patch",
    };
    reference || case.column.starts_with("scim-client")
}

fn instructions() -> Result<Figures> {
    let counter = Counter::new()?;
    let mut figures = BTreeMap::new();
    for case in cases::all().iter().filter(|case| is_guarded(case)) {
        // Counts of the same bytes of JSON need not be divided by them.
        if case.table != "get" && (case.start)().is_none() {
            continue;
        }
        figures.insert(case.name(), counter.instructions(case)?.round());
    }
    Ok(figures)
}

fn builds() -> Result<Figures> {
    let mut report = Report::default();
    builds::fifty(&mut report)?;
    let mut figures = report.figures;
    figures.retain(|name, _| is_guarded_build(name));
    Ok(figures)
}

/// Seconds are the machine's; ratios are ours.
fn is_guarded_build(name: &str) -> bool {
    name.starts_with("builds/50 schemas/") && name.ends_with("by derive")
}

/// Checks in what models cost to build, as it was measured for the page.
///
/// # Errors
/// The file cannot be read or written.
pub fn keep_builds(figures: &Figures) -> Result {
    let mut kept = Kept::read()?;
    kept.builds.clone_from(figures);
    kept.builds.retain(|name, _| is_guarded_build(name));
    kept.write()
}
