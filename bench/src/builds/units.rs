//! What the number of units does that rustc cuts our crates into: `codegen-units`, which a program
//! may set for a dependency in its own `Cargo.toml`.

use std::{fs, path::Path, process::Command};

use super::run;
use crate::{
    Result, cases,
    counted::Counter,
    machine::{cpu_of_children, root},
    report::{Report, table},
};

/// What is counted of the programs.
const COUNTED: [&str; 4] = [
    "decode/a page/scim-client",
    "encode/a page/scim-client",
    "parse/F5/scim-client",
    "patch/one member of 10,000/diff",
];

/// The crates that it is set for.
const SET_FOR: [&str; 2] = ["scim-models", "scim-client"];

/// The table of this module.
pub(super) fn report(report: &mut Report) -> Result {
    let (many, one) = (measured(None)?, measured(Some(1))?);
    let mut rows = vec![row("CPU seconds to build them", many.seconds, one.seconds)];
    report.figure("units/1/seconds", one.seconds / many.seconds);
    rows.push(row("the program, MB", many.bytes / 1e6, one.bytes / 1e6));
    for (name, (many, one)) in COUNTED.iter().zip(many.counts.iter().zip(&one.counts)) {
        report.figure(&format!("units/1/{name}"), one / many);
        rows.push(row(&format!("instructions: {name}"), *many, *one));
    }
    report.section(
        "With `codegen-units = 1`",
        "Our crates in a usual release build, and with one codegen unit each: the cost of the \
         build, and of a program that uses them. Their dependencies are not rebuilt.",
        &table(&["what", "as it is", "one unit", "ratio"], &rows),
    );
    Ok(())
}

fn row(what: &str, many: f64, one: f64) -> Vec<String> {
    let figure = |value: f64| match value < 1000.0 {
        true => format!("{value:.2}"),
        false => format!("{value:.0}"),
    };
    vec![
        what.to_owned(),
        figure(many),
        figure(one),
        format!("{:.2}", one / many),
    ]
}

struct Measured {
    seconds: f64,
    bytes: f64,
    counts: Vec<f64>,
}

fn measured(units: Option<u32>) -> Result<Measured> {
    let target = root().join("bench/target/builds/units");
    let cargo = |arguments: &[&str]| -> Result<f64> {
        let mut command = Command::new("cargo");
        command
            .args(arguments)
            .current_dir(root().join("bench"))
            .env("CARGO_TARGET_DIR", &target);
        for name in units.iter().flat_map(|_| SET_FOR) {
            let units = units.unwrap_or_default();
            command.args([
                "--config",
                &format!("profile.release.package.{name}.codegen-units={units}"),
            ]);
        }
        let before = cpu_of_children()?;
        run(&mut command)?;
        Ok(cpu_of_children()? - before)
    };
    let ours = [
        "build",
        "--quiet",
        "--release",
        "--locked",
        "--package",
        "scim-client",
    ];
    cargo(&ours)?;
    for name in SET_FOR {
        cargo(&["clean", "--quiet", "--release", "--package", name])?;
    }
    let seconds = cargo(&ours)?;
    cargo(&[
        "build",
        "--quiet",
        "--release",
        "--locked",
        "--no-default-features",
    ])?;
    let program = target.join("release/scim-bench");
    Ok(Measured {
        seconds,
        bytes: stripped(&program)?,
        counts: counts(&program)?,
    })
}

/// The bytes of a program without its symbols.
fn stripped(program: &Path) -> Result<f64> {
    let copy = program.with_extension("stripped");
    run(Command::new("strip").arg("-o").arg(&copy).arg(program))?;
    Ok(fs::metadata(copy)?.len() as f64)
}

fn counts(program: &Path) -> Result<Vec<f64>> {
    let counter = Counter::of(program.to_path_buf())?;
    let cases = cases::all();
    let counts = COUNTED.iter().map(|name| {
        let case = cases.iter().find(|case| case.name() == *name);
        counter.instructions(case.ok_or("no such case")?)
    });
    counts.collect()
}
