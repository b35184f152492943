//! Measures scim-client beside its rivals, in one run, and prints tables in Markdown.

use std::{env, process::ExitCode};

use scim_bench::{
    Result,
    builds::{self, Step},
    cases, counted, growth, guard, instructions, memory, network, page,
    report::Report,
    server,
};

const USAGE: &str = "\
usage: cargo xtask bench PART...         tables of these parts
       cargo xtask bench report          everything: all of docs/benchmarks.md, and what README
                                         quotes of it
       cargo xtask bench check           fail if instruction counts are worse than those checked in
       cargo xtask bench growth          fail if four times as much from outside takes far more than
                                         four times the instructions, or sorted pages far more
                                         than unsorted ones
       cargo xtask bench beside          the last alone
       cargo xtask bench check-builds    the same for what generated models cost to build
       cargo xtask bench accept          check in today's figures
       cargo xtask bench accept-counts   the same without what generated models cost to build

parts: decode encode get parse print build evaluate patch memory network builds
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result {
    match *arguments {
        ["rounds", name, rounds] => {
            let all = cases::all();
            let case = all.iter().find(|case| case.name() == name);
            counted::rounds(case.ok_or("no such case")?, rounds.parse()?)
        }
        ["serve"] => server::serve(),
        ["list", how, users, count] => network::list(how, users.parse()?, count.parse()?),
        ["grow", name, times] => growth::grow(name, times.parse()?),
        ["growth"] => growth::check(),
        ["beside"] => match &growth::beside()?[..] {
            [] => Ok(()),
            too_much => Err(too_much.join("\n").into()),
        },
        ["check"] => page::check().and_then(|()| guard::check()),
        ["check-builds"] => guard::check_builds(),
        ["accept"] => guard::accept(),
        ["accept-counts"] => guard::accept_counts(),
        ["report"] => page::write(steps(&PARTS)),
        ref wanted if !wanted.is_empty() && wanted.iter().all(|part| PARTS.contains(part)) => {
            let mut report = Report::default();
            steps(wanted).iter().try_for_each(|step| step(&mut report))
        }
        _ => Err(USAGE.into()),
    }
}

const PARTS: [&str; 11] = [
    "decode", "encode", "get", "parse", "print", "build", "evaluate", "patch", "memory", "network",
    "builds",
];

/// What these parts take, one after the other.
fn steps(wanted: &[&str]) -> Vec<Step> {
    let counted: Vec<String> = wanted
        .iter()
        .filter(|part| !matches!(**part, "memory" | "network" | "builds"))
        .map(|part| (*part).to_owned())
        .collect();
    let mut steps: Vec<Step> = Vec::new();
    if !counted.is_empty() {
        steps.push(Box::new(move |report| {
            let wanted: Vec<&str> = counted.iter().map(String::as_str).collect();
            instructions::report(report, &wanted)
        }));
    }
    if wanted.contains(&"memory") {
        steps.push(Box::new(memory::report));
    }
    if wanted.contains(&"network") {
        steps.push(Box::new(network::report));
    }
    if wanted.contains(&"builds") {
        steps.extend(builds::steps());
    }
    steps
}
