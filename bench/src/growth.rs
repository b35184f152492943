//! What comes from outside four times as large: whether it takes four times as many instructions.
//! And what may take few more than something else on the same data.

use std::{
    hint::black_box,
    process::{Command, Stdio},
    sync::Mutex,
    thread,
};

use crate::{
    Result,
    growth::cases::{BESIDE, Growing, cases},
    report::table,
};

mod cases;

/// How much more four times as much may take. Linear is 4; tables that grow, caches of the
/// allocator and the like take the rest.
const LINEAR: f64 = 4.6;

/// The same where something is sorted.
const SORTED: f64 = 5.5;

/// The name of [`measured`] in the symbols, of which valgrind counts the instructions.
const MEASURED: &str = "*growth*measured*";

/// What was counted.
struct Count {
    name: &'static str,
    few: u64,
    many: u64,
    most: f64,
}

impl Count {
    fn ratio(&self) -> f64 {
        self.many as f64 / self.few.max(1) as f64
    }
}

/// Prints a table, and fails if anything grows faster than it may.
pub fn check() -> Result {
    let counts = counts()?;
    let rows: Vec<_> = counts
        .iter()
        .map(|count| {
            vec![
                count.name.to_owned(),
                count.few.to_string(),
                count.many.to_string(),
                format!("{:.2}", count.ratio()),
            ]
        })
        .collect();
    println!("{}", table(&["", "n", "4n", "ratio"], &rows));
    let too_fast: Vec<_> = counts
        .iter()
        .filter(|count| count.ratio() > count.most)
        .map(|count| {
            let (ratio, most) = (count.ratio(), count.most);
            format!(
                "{}: {ratio:.2} times as much for 4n, at most {most}",
                count.name
            )
        })
        .collect();
    let too_much = [too_fast, beside()?].concat();
    if too_much.is_empty() {
        Ok(())
    } else {
        Err(too_much.join("\n").into())
    }
}

/// Prints a table of what is compared with something else, and gives what takes too much.
pub fn beside() -> Result<Vec<String>> {
    let mut rows = Vec::new();
    let mut too_much = Vec::new();
    for case in BESIDE {
        let (cost, other) = (count(&case.work, 1)?, count(&case.other, 1)?);
        let ratio = cost as f64 / other.max(1) as f64;
        rows.push(vec![
            case.work.name.to_owned(),
            cost.to_string(),
            other.to_string(),
            format!("{ratio:.2}"),
        ]);
        if ratio > case.most as f64 {
            let (name, other, most) = (case.work.name, case.other.name, case.most);
            too_much.push(format!("{name}: {ratio:.2} times {other}, at most {most}"));
        }
    }
    println!("{}", table(&["", "", "beside", "ratio"], &rows));
    Ok(too_much)
}

/// As many at once as there are processors: counts do not mind.
fn counts() -> Result<Vec<Count>> {
    let next = Mutex::new(cases());
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        let work = || {
            while let Some(case) = next.lock().ok().and_then(|mut cases| cases.next()) {
                let counted = count(case, 1).and_then(|few| Ok((few, count(case, 4)?)));
                if let Ok(mut done) = done.lock() {
                    done.push((case, counted.map_err(|error| error.to_string())));
                }
            }
        };
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let mut done = done.into_inner().map_err(|error| error.to_string())?;
    done.sort_by_key(|(case, _)| cases().position(|other| other.name == case.name));
    done.into_iter()
        .map(|(case, counted)| {
            let (few, many) = counted?;
            Ok(Count {
                name: case.name,
                few,
                many,
                most: if case.sorts { SORTED } else { LINEAR },
            })
        })
        .collect()
}

/// The instructions of a case on `times` its data, without those that prepare it.
fn count(case: &Growing, times: usize) -> Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg("--collect-atstart=no")
        .arg(format!("--toggle-collect={MEASURED}"))
        .arg(std::env::current_exe()?)
        .args(["grow", case.name, &times.to_string()])
        .stdout(Stdio::null())
        .output()
        .map_err(|error| format!("valgrind, which counts instructions: {error}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let collected = text
        .lines()
        .find_map(|line| line.split_once("Collected : "))
        .and_then(|(_, count)| count.split_whitespace().next()?.parse().ok());
    match (output.status.success(), collected) {
        (true, Some(count)) if count > 0 => Ok(count),
        _ => Err(format!("valgrind failed on {}:\n{text}", case.name).into()),
    }
}

/// Does what valgrind looks at.
pub fn grow(name: &str, times: usize) -> Result {
    let beside = BESIDE.iter().flat_map(|case| [&case.work, &case.other]);
    let case = cases().chain(beside).find(|case| case.name == name);
    let case = case.ok_or("no such case")?;
    let mut work = (case.prepare)(case.n * times);
    measured(&mut *work);
    Ok(())
}

#[inline(never)]
fn measured(work: &mut dyn FnMut()) {
    black_box(work)();
}
