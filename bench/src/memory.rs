//! The tables of memory. The allocator that counts is in a program of its own, `src/bin/memory.rs`.

use std::{env, path::PathBuf, process::Command};

use crate::{
    Result,
    report::{Figures, Report, table},
    server::Server,
};

/// Bytes that are kept of a user, by who reads it.
///
/// # Errors
/// The program that counts fails.
pub fn kept() -> Result<Figures> {
    let output = run(&mut Command::new(program()?))?;
    let lines = output
        .lines()
        .filter_map(|line| line.strip_prefix("user\t"));
    let figure = |line: &str| {
        let mut cells = line.split('\t');
        let name = format!("memory/kept/{}", cells.next()?);
        Some((name, cells.next()?.parse().ok()?))
    };
    Ok(lines.filter_map(figure).collect())
}

fn program() -> Result<PathBuf> {
    Ok(env::current_exe()?.with_file_name("memory"))
}

fn run(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// All tables of this module.
pub fn report(report: &mut Report) -> Result {
    let server = Server::start()?;
    let output = run(server.tell(&mut Command::new(program()?)))?;
    let mut users = Vec::new();
    let mut groups = Vec::new();
    let mut lists = Vec::new();
    for line in output.lines() {
        let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        match cells.as_slice() {
            [first, rest @ ..] if first == "group" => groups.push(rest.to_vec()),
            [first, rest @ ..] if first == "list" => {
                if let [count, .., ratio] = rest
                    && let Ok(ratio) = ratio.parse()
                {
                    report.figure(&format!("memory/list in pages of {count}/by body"), ratio);
                }
                lists.push(rest.to_vec());
            }
            [_, who, kept, ..] => {
                if let Ok(kept) = kept.parse() {
                    report.figure(&format!("memory/kept/{who}"), kept);
                }
                users.push(cells.get(1..).unwrap_or_default().to_vec());
            }
            _ => {}
        }
    }
    report.section(
        "Memory for a page of 1,000 users",
        "Bytes of a user of 2.7 KB of JSON: what is kept, and the peak while it is read.",
        &table(&["who", "kept", "peak"], &users),
    );
    report.section(
        "Memory for a list that is streamed",
        "KB: the text of a page, and the peak of all that is allocated while 20 pages are read over hyper.",
        &table(&["users on a page", "a page", "peak", "ratio"], &lists),
    );
    report.section(
        "Memory for one member more in a group",
        "KB; the peaks are those above the groups themselves.",
        &table(
            &["members", "the group", "diff, peak", "apply, peak"],
            &groups,
        ),
    );
    Ok(())
}
