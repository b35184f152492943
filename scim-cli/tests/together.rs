//! Several commands at the same time.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::fake::endpoints;
use common::{Ran, TOKEN, World};
use scim_client::testing::Misbehaviour;

/// Begins a command so many times.
fn begun(world: &World, number: usize, arguments: &[&str]) -> Vec<Child> {
    let one = |_| {
        let mut command = world.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    (0..number).map(one).collect()
}

fn ended(children: Vec<Child>) -> Vec<Ran> {
    let ended = children.into_iter().map(Child::wait_with_output);
    ended.map(|output| output.unwrap().into()).collect()
}

#[test]
fn a_refresh_token_is_used_once() {
    let world = World::new("together-token");
    world.users(1);
    // Each refresh token is good for once (RFC 9700 §4.14.2).
    let good = Arc::new(Mutex::new(0_u32));
    let (auth, asked) = endpoints(move |request| {
        let mut number = good.lock().unwrap();
        let is_good = request.contains(&format!("refresh_token=refresh-{}&", *number))
            || request.contains("device_code=");
        if request.starts_with("POST /device") {
            let body = r#"{"device_code":"d","user_code":"ABCD","interval":0,
                "verification_uri":"https://l.example","expires_in":60}"#;
            return (200, body.to_owned());
        }
        if !is_good {
            return (400, r#"{"error":"invalid_grant"}"#.to_owned());
        }
        *number += 1;
        let body = format!(
            r#"{{"access_token":"{TOKEN}","refresh_token":"refresh-{number}","expires_in":3600}}"#
        );
        (200, body)
    });
    let (base, device, token) = (
        world.url(),
        format!("{auth}/device"),
        format!("{auth}/token"),
    );
    let login = [
        "login",
        "me",
        "-u",
        &base,
        "--client-id",
        "cli",
        "--device-url",
        &device,
        "--token-url",
        &token,
    ];
    world.bare(&login).ok();
    let mut files = std::fs::read_dir(world.path("cache/scim")).unwrap();
    let kept = files.find_map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.starts_with("token-").then_some(path)
    });
    let kept = kept.unwrap();
    let text = std::fs::read_to_string(&kept).unwrap();
    let expired = text.replace("\"expires\":", "\"expires\":1,\"was\":");
    std::fs::write(&kept, expired).unwrap();
    let before = asked.lock().unwrap().len();
    for ran in ended(begun(&world, 6, &["get", "users", "-o", "name"])) {
        assert_eq!(ran.ok(), "user0\n");
    }
    assert_eq!(asked.lock().unwrap().len(), before + 1);
}

#[test]
fn one_export_at_a_time_writes_a_file() {
    let world = World::with("together-export", |b| b.bearer_token(TOKEN).page_size(5));
    world.users(40);
    world.run(&["get", "users"]).ok();
    let latency = Misbehaviour::Latency(Duration::from_millis(100));
    world.provider.misbehave(latency);
    let url = world.url();
    let export = [
        "--url",
        &url,
        "--token",
        "env:SCIM_TEST_TOKEN",
        "export",
        "users",
        "--out",
        "u.jsonl",
    ];
    let first = begun(&world, 1, &export);
    let begin = Instant::now();
    while !world.path("u.jsonl.state").exists() && begin.elapsed().as_secs() < 30 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let again = [&export[..], &["--resume"]].concat();
    for other in [&export[..], &again] {
        let said = world.bare(other).fails(2);
        assert!(said.contains("another export is writing u.jsonl"), "{said}");
    }
    for ran in ended(first) {
        ran.ok();
    }
    assert_eq!(world.read("u.jsonl").lines().count(), 40);
    assert!(!world.path("u.jsonl.lock").exists());
}

#[test]
fn all_changes_of_the_configuration_are_there() {
    let world = World::new("together-config");
    world.login("a");
    // As a command leaves it that was killed.
    world.write("config/scim/config.toml.lock", "");
    let names: Vec<String> = (0..12).map(|n| format!("c{n}")).collect();
    let url = world.url();
    let children = names.iter().flat_map(|name| {
        begun(
            &world,
            1,
            &["login", name, "-u", &url, "-t", "env:SCIM_TEST_TOKEN"],
        )
    });
    for ran in ended(children.collect()) {
        ran.ok();
    }
    let list = world.bare(&["context", "list", "-o", "jsonl"]).ok();
    assert_eq!(list.lines().count(), 13, "{list}");
}
