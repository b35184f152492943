//! What sends nothing: `--dry-run`, and `--curl`, whose lines do what the command does.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::process::Command;

use common::{TOKEN, World};

fn filled(name: &str) -> World {
    let world = World::new(name);
    world.users(2);
    world.run(&["create", "group", "--display-name", "G"]).ok();
    world.write("u.json", r#"{"userName":"user0","title":"x"}"#);
    world.write("i.csv", "userName,title\nuser0,x\nnew,y\n");
    world.write(
        "b.json",
        r#"[{"method":"POST","path":"/Users","bulkId":"a","data":{"userName":"x"}}]"#,
    );
    world.write(
        "editor",
        "#!/bin/sh\nsed -i 's/userName: user0/userName: user9/' \"$1\"\n",
    );
    world.lines();
    world
}

#[test]
fn no_command_writes_that_only_shows() {
    let world = filled("dry-all");
    let editor = format!("sh {}", world.path("editor").display());
    for command in [
        &["create", "user", "--user-name", "x"][..],
        &["create", "user", "--user-name", "x", "--or-get", "userName"],
        &["patch", "user", "@user0", "title=x"],
        &["replace", "user", "@user0", "-f", "u.json"],
        &["edit", "user", "@user0"],
        &["delete", "user", "@user0"],
        &["delete", "users", "-w", "active=true", "--soft"],
        &["member", "@G", "add", "@user0"],
        &["activate", "@user0"],
        &["deactivate", "@user0", "@user1"],
        &["import", "users", "-f", "i.csv", "--on-conflict", "update"],
        &["import", "users", "-f", "i.csv", "--bulk"],
        &["bulk", "-f", "b.json"],
        &["api", "PUT", "/Users/1", "-f", "u.json"],
        &["test", "--only", "C-*"],
    ] {
        let url = world.url();
        let mut all = vec!["--dry-run", "--url", &url, "--token", "env:SCIM_TEST_TOKEN"];
        all.extend(command);
        let ran = world.command(&all).env("EDITOR", &editor).output().unwrap();
        let ran = common::Ran::from(ran);
        if command[0] != "test" {
            assert_eq!(ran.code, Some(0), "{command:?}: {}", ran.err);
        }
        let is_write = |line: &String| !line.starts_with("GET ") && !line.contains("/.search");
        let wrote: Vec<String> = world.lines().into_iter().filter(is_write).collect();
        assert!(wrote.is_empty(), "{command:?}: {wrote:?}");
    }
    // What writes elsewhere says that there is no such thing.
    for command in [
        &["login", "x"][..],
        &["export", "users", "--out", "u.jsonl"],
        &["context", "remove", "x"],
        &["schema", "fetch", "--out", "s"],
    ] {
        let mut all = vec!["--dry-run"];
        all.extend(command);
        let said = world.run(&all).fails(2);
        assert!(said.contains("so --dry-run does not apply"), "{said}");
    }
    assert!(!world.path("u.jsonl").exists());
    assert!(!world.path("config/scim/config.toml").exists());
}

/// What came: the lines and bodies.
fn heard(world: &World) -> Vec<(String, String)> {
    let requests = world.provider.requests();
    world.provider.clear_requests();
    let one = |request: &scim_client::testing::ReceivedRequest| {
        let body = request.body().to_owned();
        (request.line(), body)
    };
    requests.iter().map(one).collect()
}

#[test]
#[cfg(unix)]
fn curl_does_what_the_command_does() {
    if Command::new("curl").arg("--version").output().is_err() {
        return;
    }
    let wild = "it's $HOME `id` \"q\" \\ ! \u{e9}\nb";
    for command in [
        &[
            "get",
            "users",
            "-w",
            "userName^=user",
            "--sort",
            "userName:desc",
        ][..],
        &["get", "user", "1"],
        &["search", "userName eq \"it's\""],
        &["create", "user", "--user-name", "x", "--display-name", wild],
        &["patch", "user", "1", "title=it's $HOME"],
        &["api", "DELETE", "/Users/2"],
        &["api", "GET", "/Users", "-q", "filter=title pr"],
    ] {
        // The schemas are known, so that there is one request.
        let [one, other] = ["curl-one", "curl-other"].map(|name| {
            let world = filled(name);
            world.run(&["get", "users"]).ok();
            world.lines();
            world
        });
        let mut all = vec!["--curl"];
        all.extend(command);
        let line = one.run(&all).ok();
        assert!(heard(&one).is_empty(), "{command:?} sent something");
        let ran = Command::new("sh")
            .arg("-c")
            .arg(&line)
            .env("SCIM_TOKEN", TOKEN)
            .output();
        let ran = ran.unwrap();
        assert!(ran.status.success(), "{line}");
        other.run(command).ok();
        let (mut curl, mut own) = (heard(&one), heard(&other));
        // Each is a server of its own; what is read after a write is not the request.
        own.truncate(1);
        curl.truncate(1);
        assert_eq!(curl, own, "{line}");
    }
}
