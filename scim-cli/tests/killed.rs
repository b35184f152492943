//! Imports that end in the middle: by `kill -9`, or because the server goes away.
//!
//! `SCIM_CLI_KILLED_ROWS` says how many rows each has, 2,000 if it is not set. `.ci/run` is quick with these;
//! 10,000 are for once before a release.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use common::World;
use scim_client::testing::Misbehaviour;

/// How many rows are imported.
fn rows() -> usize {
    let set = std::env::var("SCIM_CLI_KILLED_ROWS").ok();
    set.map_or(2000, |rows| rows.parse().unwrap())
}

/// An import of groups. They have no unique attribute: what is sent twice is there twice.
struct Import {
    world: World,
    report: PathBuf,
    arguments: Vec<String>,
}

/// What is waited for before an import is killed.
enum Moment {
    /// So many more rows are done.
    Done(usize),
    /// So many more rows are on their way: what comes of them is not known yet.
    Sent(usize),
}

impl Import {
    fn new(name: &str, more: &[&str]) -> Self {
        let world = World::with(name, |builder| builder.bearer_token(common::TOKEN));
        let lines: String = (0..rows())
            .map(|n| format!("{{\"displayName\":\"g{n}\"}}\n"))
            .collect();
        let file = world.write("g.jsonl", &lines);
        let report = world.path("report.jsonl");
        let url = world.url();
        let report_name = report.display().to_string();
        let arguments = [
            "--url",
            &url,
            "--token",
            "env:SCIM_TEST_TOKEN",
            "import",
            "groups",
            "-f",
            &file,
            "--report",
            &report_name,
        ];
        let arguments = arguments.iter().chain(more).map(|&word| word.to_owned());
        let arguments = arguments.collect();
        Self {
            world,
            report,
            arguments,
        }
    }

    fn arguments(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        if self.report.exists() {
            all.push("--resume");
        }
        all
    }

    fn spawn(&self) -> Child {
        let mut command = self.world.command(&self.arguments());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }

    /// How many lines of the report say this.
    fn count(&self, action: &str) -> usize {
        let text = std::fs::read_to_string(&self.report).unwrap_or_default();
        let is = |line: &&str| line.contains(&format!("\"action\":\"{action}\""));
        text.lines().filter(is).count()
    }

    /// Waits until it has come so far. Whether it is still at it then.
    fn wait(&self, child: &mut Child, moment: &Moment) -> bool {
        let (action, more) = match moment {
            Moment::Done(more) => ("created", more),
            Moment::Sent(more) => ("sent", more),
        };
        let wanted = self.count(action) + more;
        let begun = Instant::now();
        while self.count(action) < wanted && begun.elapsed().as_secs() < 60 {
            if child.try_wait().unwrap().is_some() {
                return false;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        child.try_wait().unwrap().is_none()
    }

    /// Goes on to the end: none twice, none missing.
    fn end(&self) {
        let ran = self.world.bare(&self.arguments());
        assert!(ran.err.contains("done before"), "{}", ran.err);
        ran.ok();
        let all = ["get", "groups", "--all", "-o", "name"];
        let names = self.world.run(&all).ok();
        let mut names: Vec<&str> = names.lines().collect();
        let there = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(
            (names.len(), there),
            (rows(), rows()),
            "none twice, none missing"
        );
    }
}

fn killed(name: &str, more: &[&str], latency: u64) {
    let import = Import::new(name, more);
    let latency = Duration::from_millis(latency);
    import
        .world
        .provider
        .misbehave(Misbehaviour::Latency(latency));
    let part = rows() / 12;
    let mut kills = 0;
    for moment in [
        Moment::Sent(1),
        Moment::Done(50),
        Moment::Sent(part),
        Moment::Done(part),
        Moment::Done(1),
        Moment::Sent(part / 2),
    ] {
        let mut child = import.spawn();
        kills += usize::from(import.wait(&mut child, &moment));
        // `kill -9`.
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(kills >= 3, "{kills}");
    import.world.provider.behave();
    import.end();
}

#[test]
fn a_killed_import_goes_on_without_doing_a_row_twice() {
    killed("kill", &["--jobs", "8"], 1);
}

#[test]
fn so_does_one_that_sends_many_rows_at_once() {
    killed("kill-bulk", &["--jobs", "2", "--bulk"], 100);
}

fn server_gone(name: &str, more: &[&str], latency: u64) {
    let mut import = Import::new(name, more);
    for moment in [Moment::Sent(rows() / 4), Moment::Done(1)] {
        let latency = Duration::from_millis(latency);
        import
            .world
            .provider
            .misbehave(Misbehaviour::Latency(latency));
        let mut child = import.spawn();
        let is_on = import.wait(&mut child, &moment);
        import.world.down();
        let status = child.wait().unwrap();
        assert!(!is_on || matches!(status.code(), Some(6 | 7)), "{status}");
        import.world.up();
    }
    import.world.provider.behave();
    import.end();
}

#[test]
fn a_server_that_is_restarted_gets_each_row_once() {
    server_gone("restart", &["--jobs", "8"], 1);
}

#[test]
fn so_does_one_that_is_restarted_within_a_bulk() {
    server_gone("restart-bulk", &["--jobs", "2", "--bulk"], 100);
}

/// Ctrl-C, so many times.
#[cfg(unix)]
fn interrupt(child: &Child) {
    let kill = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
}

#[test]
#[cfg(unix)]
fn ctrl_c_finishes_what_is_on_its_way() {
    let world = World::new("ctrl-c");
    world.users(30);
    let latency = Misbehaviour::Latency(Duration::from_millis(60));
    let url = world.url();
    let users: Vec<String> = (0..30).map(|n| format!("@user{n}")).collect();
    let mut activate = vec!["deactivate"];
    activate.extend(users.iter().map(String::as_str));
    for (command, word) in [
        (activate, "deactivated"),
        (
            vec!["delete", "users", "-w", "userName^=user", "--yes"],
            "deleted",
        ),
    ] {
        world.provider.misbehave(latency.clone());
        let mut all = vec!["--url", &url, "--token", "env:SCIM_TEST_TOKEN"];
        all.extend(command);
        let mut child = world.command(&all);
        let child = child
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // In the middle of it.
        let writes = || {
            let lines = world.provider.requests();
            lines
                .iter()
                .filter(|request| request.method() != "GET")
                .count()
        };
        let begun = Instant::now();
        while writes() < 3 && begun.elapsed().as_secs() < 30 {
            std::thread::sleep(Duration::from_millis(5));
        }
        interrupt(&child);
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(130), "{said}");
        world.provider.behave();
        let sent = writes();
        world.provider.clear_requests();
        assert!(
            said.contains(&format!("{word} {sent} of 30")),
            "{sent}: {said}"
        );
    }
}

#[test]
fn two_at_once_do_not_both_send_what_is_left() {
    let import = Import::new("twice", &["--jobs", "8"]);
    let latency = Misbehaviour::Latency(Duration::from_millis(1));
    import.world.provider.misbehave(latency);
    let mut child = import.spawn();
    import.wait(&mut child, &Moment::Done(20));
    child.kill().unwrap();
    child.wait().unwrap();
    // All begin at the same time; one of them does the rest.
    let mut children: Vec<Child> = (0..4)
        .map(|_| {
            let mut command = import.world.command(&import.arguments());
            command.stdout(Stdio::null()).stderr(Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    let ends: Vec<(Option<i32>, String)> = children
        .drain(..)
        .map(|child| {
            let output = child.wait_with_output().unwrap();
            (
                output.status.code(),
                String::from_utf8(output.stderr).unwrap(),
            )
        })
        .collect();
    let done = ends.iter().filter(|(code, _)| *code == Some(0)).count();
    assert!(done >= 1, "{ends:?}");
    for (code, said) in ends.iter().filter(|(code, _)| *code != Some(0)) {
        let is_told = said.contains("another import is writing") && said.contains("hint: ");
        assert!(*code == Some(2) && is_told, "{said}");
    }
    import.world.provider.behave();
    // What was left is done once.
    import.end();
    // A first run that is begun twice, too.
    std::fs::remove_file(&import.report).unwrap();
    let (one, other) = (import.spawn(), import.spawn());
    let codes = [one, other].map(|mut child| child.wait().unwrap().code());
    assert!(
        codes.contains(&Some(0)) && codes.contains(&Some(2)),
        "{codes:?}"
    );
    assert!(!import.world.path("report.jsonl.lock").exists());
}

#[test]
#[cfg(unix)]
fn an_import_that_was_left_before_its_first_row_begins_anew() {
    let import = Import::new("left", &[]);
    let latency = Misbehaviour::Latency(Duration::from_millis(300));
    import.world.provider.misbehave(latency);
    let mut child = import.spawn();
    let begun = Instant::now();
    while !import.report.exists() && begun.elapsed().as_secs() < 30 {
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(50));
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(std::fs::read_to_string(&import.report).unwrap(), "");
    import.world.provider.behave();
    // Without --resume.
    let arguments: Vec<&str> = import.arguments.iter().map(String::as_str).collect();
    import.world.bare(&arguments).ok();
}
