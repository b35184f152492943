//! `serve`, `proxy`, `watch`, `doctor`, `lint`, `filter`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use common::served::serve;
use common::{Ran, TOKEN, World};

#[cfg(unix)]
#[test]
fn a_server_to_try_things_on() {
    let world = World::with("serve", |builder| builder);
    let seed = world.write(
        "users.csv",
        "userName,emails.work\na,a@x.example\nb,b@x.example\n",
    );
    let har = world.path("s.har").display().to_string();
    let served = serve(
        &world,
        &[
            "serve",
            "--token",
            "env:SCIM_TEST_TOKEN",
            "--seed",
            &seed,
            "--counted-ids",
            "--record",
            &har,
            "--fault",
            "throttle:1:1",
        ],
    );
    let run = |arguments: &[&str]| -> Ran {
        let mut all = vec!["--url", served.url.as_str(), "-t", "env:SCIM_TEST_TOKEN"];
        all.extend(arguments);
        world.bare(&all)
    };
    assert_eq!(run(&["get", "users", "-o", "name"]).ok(), "a\nb\n");
    run(&[
        "create",
        "user",
        "--user-name",
        "c",
        "--password",
        "env:SCIM_TEST_TOKEN",
    ])
    .ok();
    world.bare(&["--url", &served.url, "get", "users"]).fails(5);
    served.end();
    let archive = world.read("s.har");
    assert!(archive.contains("\"status\": 429") && archive.contains("\"status\": 201"));
    assert!(!archive.contains(TOKEN) && !archive.contains("Bearer s3"));
}

#[test]
fn a_vendor_is_imitated() {
    let world = World::with("as", |builder| builder);
    let served = serve(&world, &["serve", "--as", "aws"]);
    let error = world.bare(&[
        "--url",
        &served.url,
        "get",
        "users",
        "-F",
        "userName sw \"a\"",
    ]);
    assert_ne!(error.code, Some(0), "that vendor has `eq` only");
    world.bare(&["serve", "--as", "nobody"]).fails(2);
    world.bare(&["serve", "--fault", "explode"]).fails(2);
}

#[cfg(unix)]
#[test]
fn a_proxy_shows_what_others_send() {
    let world = World::new("proxy");
    world.users(2);
    world.login("t");
    let har = world.path("p.har").display().to_string();
    let served = serve(&world, &["proxy", "-c", "t", "--record", &har, "-v"]);
    // Whoever talks to it needs no credentials, and stays with it.
    let out = world
        .bare(&["--url", &served.url, "get", "user", "@user0", "-o", "jsonl"])
        .ok();
    let own = served.url.clone();
    assert!(out.contains(&own) && !out.contains(&world.url()), "{out}");
    world
        .bare(&[
            "--url",
            &own,
            "create",
            "user",
            "--user-name",
            "x",
            "--password",
            "env:SCIM_TEST_TOKEN",
        ])
        .ok();
    world
        .bare(&["--url", &own, "patch", "user", "@x", "title=y"])
        .ok();
    let outside = own.replace("/scim/v2", "/elsewhere");
    world.bare(&["--url", &outside, "api", "/Users"]).fails(1);
    let said = served.end();
    assert!(said.contains("POST") && said.contains("201"), "{said}");
    let archive = world.read("p.har");
    assert!(archive.contains("PatchOp") && !archive.contains(TOKEN));
    assert_eq!(world.run(&["get", "users", "--count"]).ok(), "3\n");
}

/// A command that is ended with the test.
struct Running(std::process::Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _gone = self.0.wait();
    }
}

/// The lines of a pipe, as they come.
fn lines(pipe: impl std::io::Read + Send + 'static) -> std::sync::mpsc::Receiver<String> {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut lines = BufReader::new(pipe).lines().map_while(Result::ok);
        lines.all(|line| sender.send(line).is_ok())
    });
    receiver
}

#[test]
fn changes_are_watched() {
    // It is waited for what is to come, however slow the machine is.
    const LONG: std::time::Duration = std::time::Duration::from_secs(120);
    let world = World::new("watch");
    world.users(3);
    let url = world.url();
    let watch = |more: &[&str]| {
        let token = "env:SCIM_TEST_TOKEN";
        let mut all = vec!["--url", &url, "-t", token, "watch", "users", "--every"];
        all.extend(more);
        world.command(&all)
    };
    let mut command = watch(&["50ms"]);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = Running(command.spawn().unwrap());
    let said = lines(running.0.stderr.take().unwrap());
    let out = lines(running.0.stdout.take().unwrap());
    // The first look is what all others are compared with.
    while !said.recv_timeout(LONG).unwrap().starts_with("watching 3 ") {}
    let seen = |what: &str, name: &str| {
        let line = out.recv_timeout(LONG).unwrap();
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["change"], what, "{line}");
        assert_eq!(line["resource"]["userName"], name, "{line}");
    };
    world.run(&["create", "user", "--user-name", "new"]).ok();
    seen("added", "new");
    world.run(&["patch", "user", "@user0", "title=x"]).ok();
    seen("changed", "user0");
    world.run(&["delete", "user", "@user1", "--yes"]).ok();
    seen("removed", "user1");
    // Each is told once: nothing else was, up to the next change.
    world.run(&["create", "user", "--user-name", "last"]).ok();
    seen("added", "last");
    drop(running);
    // So many looks, and no more.
    let ran: Ran = watch(&["10ms", "--rounds", "2"]).output().unwrap().into();
    assert_eq!(ran.ok(), "");
}

#[test]
fn each_step_to_a_server_is_looked_at() {
    let world = World::new("doctor");
    world.users(2);
    world.login("t");
    let out = world.bare(&["doctor"]).ok();
    for part in [
        "ok   name",
        "ok   connection",
        "ok   HTTP",
        "ok   credentials",
        "ok   discovery",
        "ok   list: 2 /Users",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let bad = world.bare(&["doctor", "-u", "http://127.0.0.1:1/x"]);
    assert!(bad.out.contains("FAIL connection"), "{}", bad.out);
    assert!(bad.fails(6).contains("is the server running"));
    let bad = world.bare(&["doctor", "-u", "http://no-such-host.invalid/x"]);
    assert!(bad.out.contains("FAIL name"), "{}", bad.out);
    let bad = world.bare(&["doctor", "-u", &world.url()]);
    assert_eq!(bad.code, Some(5), "{}", bad.out);
}

#[test]
fn files_are_checked_without_a_server() {
    let world = World::with("lint", |builder| builder);
    let bad = world.write(
        "bad.jsonl",
        "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"a\",\"active\":\"true\",\"titel\":\"x\"}\n\
         {\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"]}\n{\"userName\":\n",
    );
    let ran = world.bare(&["lint", &bad]);
    for part in [
        "bad.jsonl:1: error: `active` is a text, and should be true or false",
        "did you mean `title`?",
        "bad.jsonl:2: error: `userName` is required",
        "bad.jsonl:3: error: column",
        "4 errors",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    assert_eq!(ran.code, Some(2));
    let patch = world.write(
        "patch.json",
        "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":[{\"op\":\"replace\",\"path\":\"emial\",\"value\":1}]}",
    );
    assert!(
        world
            .bare(&["lint", &patch])
            .out
            .contains("did you mean `emails`?")
    );
    assert!(
        world
            .bare(&["lint", &patch, "--type", "Group"])
            .out
            .contains("`Group` has no attribute")
    );
    let schema = world.write(
        "schema.json",
        "{\"id\":\"urn:x:A\",\"name\":\"A\",\"attributes\":[{\"name\":\"a\",\"type\":\"strng\"}]}",
    );
    let ran = world.bare(&["lint", &schema]);
    assert!(ran.out.contains("/attributes/0/type"), "{}", ran.out);
}

#[test]
fn filters_are_tried_without_a_server() {
    let world = World::with("filter", |builder| builder);
    world.bare(&["filter", "check", "userName eq \"a\""]).ok();
    world.bare(&["filter", "check", "userName eq"]).fails(2);
    world
        .bare(&["filter", "check", "nothing eq \"a\"", "--type", "user"])
        .fails(2);
    let tree = world.bare(&["filter", "ast", "not (a eq 1 or b pr)"]).ok();
    let tree: serde_json::Value = serde_json::from_str(&tree).unwrap();
    assert_eq!(tree["not"]["or"][1]["operator"], "pr");
    let rows = world.write("r.csv", "userName,active\na,true\nB,false\n");
    assert_eq!(
        world
            .bare(&[
                "filter",
                "eval",
                "userName sw \"b\"",
                "-f",
                &rows,
                "-o",
                "name"
            ])
            .ok(),
        "B\n"
    );
}

#[test]
fn the_generator_is_here_too() {
    let world = World::with("generate", |builder| builder);
    world.write("docs/a.json", "{\"id\":\"urn:x:A\",\"name\":\"Thing\",\"attributes\":[{\"name\":\"a\",\"type\":\"string\",\"multiValued\":false}]}");
    let out = world.bare(&["generate", "docs", "--out", "sdk"]).ok();
    assert!(out.contains("written"), "{out}");
    world.bare(&["check", "docs", "--out", "sdk"]).ok();
    assert_eq!(
        world.bare(&["diff", "docs", "docs"]).ok(),
        "nothing changed\n"
    );
    assert!(
        world
            .bare(&["generate", "--help"])
            .ok()
            .contains("--nothing-required")
    );
    // The options of all commands may stand in front of it.
    world.bare(&["-v", "check", "docs", "--out", "sdk"]).ok();
    world
        .bare(&["--error-format", "json", "diff", "docs", "docs"])
        .ok();
    let said = world
        .bare(&["--dry-run", "generate", "docs", "--out", "new"])
        .fails(2);
    assert!(
        said.contains("--dry-run does not apply") && !world.path("new").exists(),
        "{said}"
    );
    let said = world.bare(&["generate", "docs", "--frob"]).fails(2);
    assert!(said.contains("generate --help"), "{said}");
}

#[test]
fn a_server_is_tested() {
    let world = World::new("test");
    world.users(2);
    world.login("t");
    world.lines();
    let report = world.bare(&["test", "--format", "json"]);
    assert!(matches!(report.code, Some(0 | 1)), "{}", report.err);
    let value: serde_json::Value = serde_json::from_str(&report.out).unwrap();
    assert!(value.is_object() && !report.out.contains(TOKEN));
    let requests = world.lines();
    assert!(requests.len() > 50, "{}", requests.len());
    // What it made is gone again.
    assert_eq!(world.bare(&["get", "users", "--count"]).ok(), "2\n");
    let help = world.bare(&["test", "--help"]).ok();
    assert!(
        help.contains("--only") && !help.contains("usage: scim-tester"),
        "{help}"
    );
    world
        .bare(&["--har", "t.har", "test", "--only", "D-01"])
        .ok();
    let archive = world.read("t.har");
    assert!(archive.contains("/ServiceProviderConfig") && !archive.contains(TOKEN));
    let bad = common::fake::Fake::without_filters();
    for (when, has) in [("always", true), ("never", false)] {
        let report = world.bare(&["-u", &bad.url, "--color", when, "test", "--only", "D-01"]);
        assert_eq!(report.out.contains('\u{1b}'), has, "{}", report.out);
        report.fails(1);
    }
    world
        .bare(&["context", "set", "t", "read-only", "true"])
        .ok();
    assert!(world.bare(&["test"]).fails(8).contains("read-only"));
}
