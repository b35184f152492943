//! Archives of requests, and what ends the process that writes them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::io::Read as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use common::fake::{Fake, list};
use common::served::serve;
use common::{TOKEN, World};
use scim_client::testing::Misbehaviour;
use serde_json::Value;

/// The method, URL and status of each exchange in an archive that is whole.
fn entries(world: &World, name: &str) -> Vec<(String, String, u64)> {
    let archive: Value = serde_json::from_str(&world.read(name)).unwrap();
    let entries = archive["log"]["entries"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let one = |entry: &Value| {
        let (request, response) = (&entry["request"], &entry["response"]);
        (
            text(&request["method"]),
            text(&request["url"]),
            response["status"].as_u64().unwrap(),
        )
    };
    entries.iter().map(one).collect()
}

#[test]
fn what_is_killed_has_recorded_all_that_was_answered() {
    let world = World::new("record");
    world.users(3);
    world.login("t");
    world.write("users.csv", "userName\na\nb\nc\n");
    for (name, arguments) in [
        (
            "proxy.har",
            vec!["proxy", "-c", "t", "--record", "proxy.har"],
        ),
        (
            "serve.har",
            vec!["serve", "--seed", "users.csv", "--record", "serve.har"],
        ),
    ] {
        let served = serve(&world, &arguments);
        // It is an archive from the beginning.
        assert_eq!(entries(&world, name), [], "{name}");
        for number in 1..=20 {
            let count = ["--url", &served.url, "get", "users", "--count"];
            assert_eq!(world.bare(&count).ok(), "3\n");
            let lists = || {
                let all = entries(&world, name);
                all.iter()
                    .filter(|(_, url, _)| url.contains("/Users"))
                    .count()
            };
            assert_eq!(lists(), number, "{name}");
        }
        // `kill -9`.
        drop(served);
        let all = entries(&world, name);
        assert!(all.len() >= 20, "{name}: {all:?}");
        assert!(
            all.iter()
                .all(|(method, _, status)| method == "GET" && *status > 0)
        );
    }
}

#[test]
fn a_command_that_is_killed_has_recorded_too() {
    let world = World::new("record-import");
    let rows: String = (0..2000).map(|n| format!("u{n}\n")).collect();
    world.write("u.csv", &format!("userName\n{rows}"));
    world
        .provider
        .misbehave(Misbehaviour::Latency(Duration::from_millis(5)));
    let url = world.url();
    let mut import = world.command(&[
        "--url",
        &url,
        "--token",
        "env:SCIM_TEST_TOKEN",
        "--har",
        "i.har",
        "import",
        "users",
        "-f",
        "u.csv",
        "--report",
        "r.jsonl",
    ]);
    let mut import = import.stderr(Stdio::null()).spawn().unwrap();
    let created = || {
        let report = std::fs::read_to_string(world.path("r.jsonl")).unwrap_or_default();
        report.matches("\"created\"").count()
    };
    let begun = Instant::now();
    while created() < 50 && begun.elapsed().as_secs() < 60 {
        std::thread::sleep(Duration::from_millis(5));
    }
    import.kill().unwrap();
    import.wait().unwrap();
    let all = entries(&world, "i.har");
    let posts = all
        .iter()
        .filter(|(method, _, status)| method == "POST" && *status == 201);
    let posts = posts.count();
    assert!(
        created() >= 50 && posts >= created(),
        "{posts} of {}",
        created()
    );
    assert!(!world.read("i.har").contains(TOKEN));
}

#[test]
fn what_is_asked_before_the_flags_are_known_is_recorded() {
    let world = World::new("record-discovery");
    let create = ["create", "user", "--user-name", "babs", "--har", "c.har"];
    world.run(&create).ok();
    let all = entries(&world, "c.har");
    for end in ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"] {
        assert!(all.iter().any(|(_, url, _)| url.ends_with(end)), "{all:?}");
    }
    let posts = |(method, url, status): &&(String, String, u64)| {
        method == "POST" && url.ends_with("/Users") && *status == 201
    };
    assert_eq!(all.iter().filter(posts).count(), 1, "{all:?}");
    assert_eq!(all.len(), 4, "{all:?}");
    // The next one is another archive.
    world.run(&["get", "users", "--har", "c.har"]).ok();
    assert_eq!(entries(&world, "c.har").len(), 1);
    // What ends before anything is sent leaves the old one.
    world
        .run(&["--har", "c.har", "get", "--limit", "x"])
        .fails(2);
    assert_eq!(entries(&world, "c.har").len(), 1);
}

#[test]
fn what_nobody_waits_for_any_longer_is_recorded() {
    let world = World::new("record-late");
    world.users(1);
    world.run(&["get", "users"]).ok();
    world
        .provider
        .misbehave(Misbehaviour::Latency(Duration::from_secs(3)));
    let late = ["--timeout", "1", "-v", "--har", "l.har", "get", "users"];
    let said = world.run(&late).fails(6);
    assert!(
        said.contains("/Users") && said.contains("no response"),
        "{said}"
    );
    let all = entries(&world, "l.har");
    assert!(
        all.iter()
            .any(|(_, url, status)| url.contains("/Users") && *status == 0),
        "{all:?}"
    );
}

#[cfg(unix)]
#[test]
fn a_pipe_gets_it_as_it_comes() {
    let world = World::new("record-pipe");
    world.users(1);
    let pipe = world.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let whole = {
        let pipe = pipe.clone();
        std::thread::spawn(move || std::fs::read_to_string(pipe).unwrap())
    };
    world.run(&["--har", "pipe", "get", "users"]).ok();
    let archive: Value = serde_json::from_str(&whole.join().unwrap()).unwrap();
    assert!(!archive["log"]["entries"].as_array().unwrap().is_empty());
    // Somebody who stops reading is told of; what was to be done is done.
    let begun = std::thread::spawn(move || {
        let mut first = [0; 8];
        std::fs::File::open(pipe)
            .unwrap()
            .read_exact(&mut first)
            .unwrap();
    });
    world
        .provider
        .misbehave(Misbehaviour::Latency(Duration::from_millis(50)));
    let ran = world.run(&[
        "--har",
        "pipe",
        "--refresh",
        "create",
        "user",
        "--user-name",
        "n",
    ]);
    begun.join().unwrap();
    let said = ran.fails(7);
    assert_eq!(said.matches("error: pipe").count(), 1, "{said}");
    assert_eq!(world.run(&["get", "users", "--count"]).ok(), "2\n");
}

#[test]
fn a_proxy_knows_what_the_servers_schemas_call_secret() {
    let world = World::new("record-secret");
    const URN: &str = "urn:example:Badge";
    let fake = Fake::new(|method, target, _| {
        let kind =
            format!(r#"{{"id":"Badge","name":"Badge","endpoint":"/Badges","schema":"{URN}"}}"#);
        let schema = format!(
            r#"{{"id":"{URN}","name":"Badge","attributes":[{{"name":"label","type":"string"}},
                {{"name":"digits","type":"string","mutability":"writeOnly","returned":"never"}}]}}"#
        );
        let made = format!(r#"{{"schemas":["{URN}"],"id":"1","label":"x"}}"#);
        match (method, target) {
            (_, "/ResourceTypes") => (200, list(&[&kind], "")),
            (_, "/Schemas") => (200, list(&[&schema], "")),
            ("POST", "/Badges") => (201, made),
            _ => (404, String::new()),
        }
    });
    let served = serve(&world, &["-u", &fake.url, "proxy", "--record", "s.har"]);
    world.write(
        "b.json",
        &format!(r#"{{"schemas":["{URN}"],"label":"x","digits":"271828"}}"#),
    );
    world
        .bare(&["-u", &served.url, "api", "POST", "/Badges", "-f", "b.json"])
        .ok();
    drop(served);
    assert_eq!(
        entries(&world, "s.har").len(),
        1,
        "what the proxy itself asks is nobody's request"
    );
    assert!(fake.all().contains("271828"));
    let archive = world.read("s.har");
    assert!(
        archive.contains("digits") && !archive.contains("271828"),
        "{archive}"
    );
}
