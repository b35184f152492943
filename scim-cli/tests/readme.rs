//! The examples of the README, run in order against a service provider.
//!
//! A line that begins with `$ ` is a command, what follows is what it prints on both of its streams:
//! first what it says, then its output. `? N` is its exit code, `[..]` any text, `...` any lines.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use common::World;

/// The address that the README has.
const URL: &str = "http://127.0.0.1:8080/scim/v2";

fn fits(pattern: &str, line: &str) -> bool {
    let mut parts = pattern.split("[..]");
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Whether lines are as the patterns have them.
fn same(patterns: &[&str], lines: &[&str]) -> bool {
    match (patterns, lines) {
        ([], []) => true,
        (["...", rest @ ..], lines) => (0..=lines.len()).any(|n| same(rest, &lines[n..])),
        ([pattern, patterns @ ..], [line, lines @ ..]) => {
            fits(pattern, line) && same(patterns, lines)
        }
        _ => false,
    }
}

#[cfg(unix)]
#[test]
fn the_examples_do_what_they_show() {
    let world = World::new("readme");
    let mandy = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"mandy","active":true}"#;
    world.provider.seed_json(mandy).unwrap();
    let text = include_str!("../README.md");
    let mut commands = 0;
    for block in text.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for part in format!("\n{block}").split("\n$ ").skip(1) {
            let mut lines: Vec<&str> = part.trim_end().lines().collect();
            let command = lines.remove(0);
            let code = match lines.first().and_then(|line| line.strip_prefix("? ")) {
                Some(code) => {
                    let code = code.parse().unwrap();
                    lines.remove(0);
                    code
                }
                None => 0,
            };
            assert!(command.starts_with("scim "), "{command}");
            let script = command.replace(URL, &world.url());
            let script = format!(
                "{}{}",
                env!("CARGO_BIN_EXE_scim"),
                script.trim_start_matches("scim")
            );
            // Its own environment, but a shell's quoting.
            let mut shell = world.command(&[]);
            let ran: common::Ran = {
                let mut real = std::process::Command::new("sh");
                real.args(["-c", &script])
                    .current_dir(&world.folder)
                    .env_clear();
                real.envs(
                    shell
                        .get_envs()
                        .filter_map(|(name, value)| Some((name, value?))),
                );
                real.env("ACME_TOKEN", common::TOKEN)
                    .stdin(std::process::Stdio::null());
                shell.stdin(std::process::Stdio::null());
                real.output().unwrap().into()
            };
            let shown = format!("{}{}", ran.err, ran.out).replace(&world.url(), URL);
            assert_eq!(ran.code, Some(code), "{command}\n{shown}");
            let shown: Vec<&str> = shown
                .lines()
                .filter(|line| !line.starts_with("note: "))
                .collect();
            // The port in a table is longer or shorter than the README's.
            let plain = |line: &&str| line.split_whitespace().collect::<Vec<_>>().join(" ");
            let is_table = command.contains("context list");
            let fits = match is_table {
                true => shown.iter().map(plain).eq(lines.iter().map(plain)),
                false => same(&lines, &shown),
            };
            assert!(
                fits,
                "{command}\nexpected:\n{}\n\nfound:\n{}",
                lines.join("\n"),
                shown.join("\n")
            );
            commands += 1;
        }
    }
    assert!(commands > 25, "{commands}");
}
