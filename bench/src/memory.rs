//! The tables of memory. The allocator that counts is in a program of its own, `src/bin/memory.rs`.

use std::{env, process::Command};

use crate::{
    Result,
    report::{Report, table},
    server::Server,
};

/// All tables of this module.
pub fn report(report: &mut Report) -> Result {
    let program = env::current_exe()?.with_file_name("memory");
    let server = Server::start()?;
    let output = server
        .tell(&mut Command::new(&program))
        .output()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let mut users = Vec::new();
    let mut groups = Vec::new();
    let mut lists = Vec::new();
    for line in String::from_utf8(output.stdout)?.lines() {
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
