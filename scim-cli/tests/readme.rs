//! The examples of the README, run in order against a service provider.
//!
//! A line that begins with `$ ` is a command, what follows is what it prints on both of its streams:
//! first what it says, then its output. `? N` is its exit code, `[..]` any text, `...` any lines.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::io::Write as _;

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

/// A command of the README.
struct Example {
    command: &'static str,
    code: i32,
    lines: Vec<&'static str>,
}

fn examples() -> Vec<Example> {
    let mut all = Vec::new();
    for block in include_str!("../README.md").split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for part in block.strip_prefix("$ ").unwrap().split("\n$ ") {
            let mut lines: Vec<&str> = part.trim_end().lines().collect();
            let command = lines.remove(0);
            assert!(command.starts_with("scim "), "{command}");
            let code = lines.first().and_then(|line| line.strip_prefix("? "));
            let code = code.map(|code| code.parse().unwrap());
            if code.is_some() {
                lines.remove(0);
            }
            all.push(Example {
                command,
                code: code.unwrap_or(0),
                lines,
            });
        }
    }
    assert!(all.len() > 25, "{}", all.len());
    all
}

/// Runs it as a shell would.
fn run(world: &World, command: &str, url: &str, token: &str) -> common::Ran {
    let script = command.replace(URL, url);
    let program = env!("CARGO_BIN_EXE_scim");
    let script = format!("{program}{}", script.trim_start_matches("scim"));
    let own = world.command(&[]);
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-c", &script])
        .current_dir(&world.folder)
        .env_clear()
        .envs(
            own.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .env("ACME_TOKEN", token)
        .stdin(std::process::Stdio::null());
    shell.output().unwrap().into()
}

#[cfg(unix)]
#[test]
fn the_examples_do_what_they_show() {
    let world = World::new("readme");
    let mandy = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"mandy","active":true}"#;
    world.provider.seed_json(mandy).unwrap();
    for Example {
        command,
        code,
        lines,
    } in examples()
    {
        let ran = run(&world, command, &world.url(), common::TOKEN);
        let shown = format!("{}{}", ran.err, ran.out).replace(&world.url(), URL);
        assert_eq!(ran.code, Some(code), "{command}\n{shown}");
        let shown: Vec<&str> = shown
            .lines()
            .filter(|line| !line.starts_with("note: "))
            .collect();
        // The port in a table is longer or shorter than the README's.
        let plain = |line: &&str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let fits = match command.contains("context list") {
            true => shown.iter().map(plain).eq(lines.iter().map(plain)),
            false => same(&lines, &shown),
        };
        assert!(
            fits,
            "{command}\nexpected:\n{}\n\nfound:\n{}",
            lines.join("\n"),
            shown.join("\n")
        );
    }
}

/// The same on a server that the command itself starts.
#[cfg(unix)]
#[test]
fn the_examples_work_on_scim_serve() {
    let world = World::new("readme-serve");
    let served = common::served::serve(
        &world,
        &["-t", "env:SCIM_TEST_TOKEN", "serve", "--port", "0"],
    );
    all_on(&world, &served.url, common::TOKEN, false);
    served.end();
}

/// The same on servers that others wrote, if `SCIM_CLI_SERVERS` names some: `URL TOKEN`, with `;` between
/// them. `cargo xtask interop` does.
#[cfg(unix)]
#[test]
fn the_examples_work_on_other_servers() {
    let Ok(servers) = std::env::var("SCIM_CLI_SERVERS") else {
        // Where the runner of tests does not keep it.
        let _ = writeln!(
            std::io::stderr(),
            "skipped: the examples of scim-cli's README on servers of others; SCIM_CLI_SERVERS names none"
        );
        return;
    };
    for (at, server) in servers.split(';').enumerate() {
        let (url, token) = server.trim().split_once(' ').unwrap();
        all_on(&World::new(&format!("readme-{at}")), url, token, true);
    }
}

/// All examples on an empty server, which is empty again after it. Ids and what it says of itself are its
/// own, so it is the exit codes that count, and what the resources are at the end. A server that
/// `may_be_small` need not have the enterprise extension.
#[cfg(unix)]
fn all_on(world: &World, url: &str, token: &str, may_be_small: bool) {
    let once = format!("scim -u {URL} -t env:ACME_TOKEN");
    let with = |command: &str| run(world, &format!("{once} {command}"), url, token);
    let explained = with("schema explain user.enterprise.department");
    if may_be_small && is_unknown(&explained) {
        return few_on(&with);
    }
    explained.ok();
    with("create user --user-name mandy --active").ok();
    let examples = examples();
    let last = examples
        .iter()
        .rposition(|one| one.command.starts_with("scim deactivate"));
    for (at, Example { command, code, .. }) in examples.iter().enumerate() {
        let ran = run(world, command, url, token);
        assert_eq!(
            ran.code,
            Some(*code),
            "{url}: {command}\n{}{}",
            ran.err,
            ran.out
        );
        if Some(at) == last {
            let users = with(
                "get users --sort userName -o csv --columns userName,title,active,emails.work,enterprise.department",
            );
            assert_eq!(
                users.ok(),
                "userName,title,active,emails.work,enterprise.department\nbabs,,true,b@acme.example,Sales\n\
                 mandy,,false,,\n",
                "{url}"
            );
            assert_eq!(with("member @Guides list").ok().lines().count(), 2, "{url}");
        }
    }
    for left in [
        "delete user @babs @mandy --yes",
        "delete group @Guides --yes",
    ] {
        with(left).ok();
    }
}

/// Whether the command says that the server has no such attribute; any other failure is one of ours.
#[cfg(unix)]
fn is_unknown(explained: &common::Ran) -> bool {
    let no_such = "`User` has no attribute `enterprise.department`";
    explained.code == Some(2) && explained.err.contains(no_such)
}

/// A server without the extension is told from one that cannot be asked.
#[cfg(unix)]
#[test]
fn only_a_server_without_the_extension_is_small() {
    use common::fake::{Fake, list};

    let world = World::new("readme-small");
    let schema = r#"{"id":"urn:ietf:params:scim:schemas:core:2.0:User","name":"User","attributes":[{"name":"userName","type":"string"}]}"#;
    let kind = r#"{"id":"User","name":"User","endpoint":"/Users","schema":"urn:ietf:params:scim:schemas:core:2.0:User"}"#;
    let small = Fake::new(move |_, target, _| match target {
        target if target.starts_with("/Schemas") => (200, list(&[schema], "")),
        target if target.starts_with("/ResourceTypes") => (200, list(&[kind], "")),
        _ => (404, String::new()),
    });
    let explain = |url: &str, token: &str| {
        let command =
            format!("scim -u {URL} -t env:ACME_TOKEN schema explain user.enterprise.department");
        run(&world, &command, url, token)
    };
    let explained = explain(&small.url, common::TOKEN);
    assert!(is_unknown(&explained), "{}", explained.err);
    for (url, token) in [(world.url().as_str(), "wrong"), ("http://127.0.0.1:1", "x")] {
        let explained = explain(url, token);
        assert_ne!(explained.code, Some(0), "{url}");
        assert!(!is_unknown(&explained), "{url}: {}", explained.err);
    }
}

/// What can be done on a server that has no more than users and groups: no enterprise extension, and
/// maybe neither filters nor sorting.
#[cfg(unix)]
fn few_on(with: &dyn Fn(&str) -> common::Ran) {
    let name = |command: &str| with(command).ok();
    name("create user --user-name mandy --active");
    name("create user --user-name babs --active --name-given-name Barbara");
    name("create group --display-name Guides");
    name("patch user @babs name.familyName=Jensen");
    name("member @Guides add @babs");
    assert_eq!(name("member @Guides list -o id").lines().count(), 1);
    name("deactivate @mandy");
    let active = "get users --local --where active=true -o name";
    assert_eq!(name(active), "babs\n");
    let sorted = "get users --local --sort userName:desc -o csv --columns userName,name.familyName";
    let sorted = name(sorted);
    assert_eq!(sorted.lines().nth(2), Some("babs,Jensen"), "{sorted}");
    name("export users groups --out backup");
    name("import -f backup --on-conflict update --dry-run");
    name("delete user @babs @mandy --yes");
    name("delete group @Guides --yes");
    assert_eq!(name("get users --count"), "0\n");
}
