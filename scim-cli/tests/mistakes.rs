//! The table of typical mistakes, row by row.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use common::{Ran, World};

/// The words of a command line, as a shell takes them apart.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                word.get_or_insert_default();
                quote = Some(c);
            }
            (None, ' ') => words.extend(word.take()),
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[test]
fn each_message_names_cause_and_fix() {
    let world = World::new("mistakes");
    world.users(6);
    world.write("bad.csv", "userName,emial\na,b\n");
    let table = include_str!("../MISTAKES.md");
    let rows: Vec<&str> = table
        .lines()
        .filter(|line| line.contains("| `scim "))
        .collect();
    assert!(rows.len() >= 20);
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [_, command, code, message, hint] = cells[..] else {
            panic!("{row}")
        };
        let command = command.trim_matches('`').replace("URL", &world.url());
        let words = words(&command);
        let words: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
        // What names no server is about something else, and has one.
        let names_none =
            code == "2" && message.contains("no server") || message.contains("no context");
        let ran: Ran = match names_none || words.contains(&"-u") {
            true => world.bare(&words),
            false => world.run(&words),
        };
        assert_eq!(
            ran.code,
            Some(code.parse().unwrap()),
            "{command}: {}",
            ran.err
        );
        let (said, advice) = ran.err.split_once(" hint: ").unwrap_or((&ran.err, ""));
        assert!(said.contains(message), "{command}: {}", ran.err);
        assert!(
            advice.contains(hint.trim_end_matches('|').trim()),
            "{command}: {}",
            ran.err
        );
        // No stack of errors, no types of Rust.
        assert!(
            !ran.err.contains("::") && !ran.err.contains("Error {"),
            "{}",
            ran.err
        );

        // The same for programs.
        let mut machine = vec!["--error-format", "json"];
        machine.extend(&words);
        let ran: Ran = match names_none || words.contains(&"-u") {
            true => world.bare(&machine),
            false => world.run(&machine),
        };
        let last = ran.err.lines().last().unwrap_or_default();
        let value: serde_json::Value =
            serde_json::from_str(last).unwrap_or_else(|_| panic!("{}", ran.err));
        assert_eq!(
            value["exit"].as_i64(),
            code.parse().ok(),
            "{command}: {last}"
        );
    }
}

#[test]
fn the_tester_goes_by_the_name_of_the_command() {
    let world = World::with("tester-name", |builder| builder);
    let url = world.url();
    for wrong in ["--only", "--no-such-option"] {
        let said = world.bare(&["test", &url, wrong, "no-such-check"]).fails(2);
        assert!(said.starts_with("scim test: "), "{said}");
        assert!(!said.contains("scim-tester:"), "{said}");
    }
}
