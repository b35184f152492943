//! Export and import.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::collections::BTreeMap;

use common::World;
use scim_client::testing::Misbehaviour;
use serde_json::Value;

/// The resources of a type without what differs between servers, by name.
fn content(world: &World, kind: &str, name: &str) -> BTreeMap<String, Value> {
    let out = world.run(&["get", kind, "--all", "-o", "jsonl"]).ok();
    let ids: BTreeMap<String, String> = world
        .run(&["get", "users", "--all", "-o", "jsonl"])
        .ok()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|user| {
            (
                user["id"].as_str().unwrap().to_owned(),
                user["userName"].to_string(),
            )
        })
        .collect();
    out.lines()
        .map(|line| {
            let mut value: Value = serde_json::from_str(line).unwrap();
            let object = value.as_object_mut().unwrap();
            for name in ["id", "meta", "groups"] {
                object.remove(name);
            }
            // References by the name of what they refer to.
            let text = value.to_string();
            let mut value: Value = serde_json::from_str(&text).unwrap();
            rename(&mut value, &ids);
            (value[name].to_string(), value)
        })
        .collect()
}

fn rename(value: &mut Value, ids: &BTreeMap<String, String>) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(|element| rename(element, ids)),
        Value::Object(members) => {
            members.remove("$ref");
            if let Some(Value::String(id)) = members.get("value")
                && let Some(name) = ids.get(id)
            {
                members.insert("value".to_owned(), Value::String(name.clone()));
            }
            members.values_mut().for_each(|value| rename(value, ids));
        }
        _ => {}
    }
}

fn fill(world: &World) {
    world.users(25);
    for (user, manager) in [("user0", "@user9"), ("user9", "@user3")] {
        world
            .run(&[
                "patch",
                "user",
                &format!("@{user}"),
                &format!("enterprise.manager={manager}"),
            ])
            .ok();
    }
    world
        .run(&[
            "patch",
            "user",
            "@user4",
            "name.givenName=Zoë \"Z\", jr;",
            "+phoneNumbers=1",
            "+phoneNumbers=2",
        ])
        .ok();
    world
        .run(&[
            "create",
            "group",
            "--display-name",
            "G",
            "--members",
            "value=@user1",
            "--members",
            "value=@user2",
        ])
        .ok();
}

#[test]
fn an_empty_server_gets_the_same_resources() {
    let old = World::with("export", |b| b.bearer_token(common::TOKEN).page_size(7));
    fill(&old);
    for form in ["jsonl", "csv", "yaml"] {
        let folder = old.path(form).display().to_string();
        std::fs::create_dir_all(&folder).unwrap();
        old.run(&[
            "export", "users", "groups", "--out", &folder, "--format", form,
        ])
        .ok();
        let new = World::with(&format!("import-{form}"), |b| {
            b.bearer_token(common::TOKEN).page_size(9)
        });
        let ran = new.run(&["import", "-f", &folder]);
        assert!(
            ran.err.contains("26 rows: 26 created"),
            "{form}: {}",
            ran.err
        );
        ran.ok();
        assert_eq!(
            content(&old, "users", "userName"),
            content(&new, "users", "userName"),
            "{form}"
        );
        assert_eq!(
            content(&old, "groups", "displayName"),
            content(&new, "groups", "displayName"),
            "{form}"
        );
    }
}

#[test]
fn what_was_listed_is_nothing_to_import() {
    let world = World::new("noop");
    fill(&world);
    let listed = world.run(&["get", "users", "--all", "-o", "jsonl"]).ok();
    world.lines();
    for conflict in ["skip", "update"] {
        let ran = world.feed(
            &[
                "import",
                "users",
                "-f",
                "-",
                "--dry-run",
                "--on-conflict",
                conflict,
            ],
            &listed,
        );
        assert!(ran.err.contains("25 rows: 25 unchanged"), "{}", ran.err);
    }
    assert!(world.lines().iter().all(|line| line.starts_with("GET ")));
}

#[test]
fn a_spreadsheet_is_checked_before_anything_is_sent() {
    let world = World::new("sheet");
    let file = world.write(
        "people.csv",
        "Login,Mail,Active\na,a@x.example,yes\nb,b@x.example,perhaps\na,c@x.example,no\n,d@x.example,no\n",
    );
    let map = world.write(
        "map.toml",
        "[columns]\nLogin = \"userName\"\nMail = \"emails.work\"\nActive = \"active\"\n",
    );
    let refused = world
        .run(&["import", "users", "-f", &file, "--map", &map])
        .fails(2);
    for part in [
        "people.csv:3: column `active`",
        "people.csv:4: `userName` is the same as in line 2",
        "people.csv:5: `userName` is required",
        "3 of 4 rows are wrong",
    ] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
    assert_eq!(world.run(&["get", "users", "--count"]).ok(), "0\n");
    let only = world.run(&[
        "import",
        "users",
        "-f",
        &file,
        "--map",
        &map,
        "--validate-only",
    ]);
    assert!(
        only.err.contains("4 rows: 1 valid, 3 invalid"),
        "{}",
        only.err
    );
    only.fails(2);
    let rejects = world.path("bad.csv").display().to_string();
    world
        .run(&[
            "import",
            "users",
            "-f",
            &file,
            "--map",
            &map,
            "--rejects",
            &rejects,
        ])
        .fails(7);
    assert_eq!(world.run(&["get", "users", "-o", "name"]).ok(), "a\n");
    let bad = world.read("bad.csv");
    assert!(
        bad.starts_with("Login,Mail,Active\nb,") && bad.lines().count() == 4,
        "{bad}"
    );
}

#[test]
fn those_that_are_there_are_skipped_updated_or_refused() {
    let world = World::new("conflict");
    world.users(3);
    let file = world.write("u.csv", "userName,title\nuser0,CTO\nUSER1,CFO\nnew,CEO\n");
    let import = |conflict: &str, report: &str| {
        let report = world.path(report).display().to_string();
        world.run(&[
            "import",
            "users",
            "-f",
            &file,
            "--on-conflict",
            conflict,
            "--report",
            &report,
        ])
    };
    let ran = import("skip", "a.jsonl");
    assert!(ran.err.contains("1 created, 2 skipped"), "{}", ran.err);
    let ran = import("update", "b.jsonl");
    assert!(
        ran.err.contains("2 updated, 1 unchanged") || ran.err.contains("3 updated"),
        "{}",
        ran.err
    );
    assert!(
        world
            .run(&["get", "user", "@user0", "-o", "jsonl"])
            .ok()
            .contains("u0@x.example")
    );
    let said = import("fail", "c.jsonl").fails(4);
    assert!(said.contains("--on-conflict skip or update"), "{said}");
}

#[test]
fn interrupted_exports_go_on() {
    let world = World::with("resume-export", |b| {
        b.bearer_token(common::TOKEN).page_size(10)
    });
    world.users(45);
    let out = world.path("u.jsonl").display().to_string();
    world.run(&["get", "users"]).ok();
    // The first pages come, then the server is gone for longer than anybody waits.
    let child = {
        let url = world.url();
        world
            .provider
            .misbehave(Misbehaviour::Latency(std::time::Duration::from_millis(150)));
        let arguments = [
            "--url",
            &url,
            "--token",
            "env:SCIM_TEST_TOKEN",
            "export",
            "users",
            "--out",
            &out,
        ];
        world.command(&arguments).spawn().unwrap()
    };
    let state = world.path("u.jsonl.state");
    let begun = std::time::Instant::now();
    while !state.exists() && begun.elapsed().as_secs() < 30 {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    kill(child);
    assert!(!world.path("u.jsonl").exists());
    world.provider.behave();
    world.lines();
    let ran = world.run(&["export", "users", "--out", &out, "--resume"]);
    assert!(ran.err.contains("continuing after"), "{}", ran.err);
    let text = world.read("u.jsonl");
    let mut ids: Vec<String> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].to_string())
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), text.lines().count()), (45, 45));
    assert!(
        world.lines().len() < 5,
        "the first page was asked for again"
    );
}

/// `kill -9`.
fn kill(mut child: std::process::Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn rows_that_the_server_refuses_are_written_down() {
    let world = World::new("refused");
    world.provider.misbehave(Misbehaviour::Fail {
        requests: 0,
        status: scim_client::http::StatusCode::BAD_REQUEST,
    });
    world.users(1);
    let file = world.write("u.csv", "userName,title\nuser0,x\nb,y\n");
    let report = world.path("r.jsonl").display().to_string();
    let ran = world.run(&[
        "import",
        "users",
        "-f",
        &file,
        "--on-conflict",
        "fail",
        "--report",
        &report,
    ]);
    let said = ran.fails(7);
    assert!(
        said.contains("u.csv:2:") && said.contains("taken"),
        "{said}"
    );
    let text = world.read("r.jsonl");
    assert!(
        text.contains("\"action\":\"failed\"") && text.contains("\"scimType\":\"uniqueness\""),
        "{text}"
    );
}

#[test]
fn what_is_new_is_created_by_bulk() {
    let world = World::new("bulk-import");
    world.users(2);
    let users: String = (0..7)
        .map(|n| format!("{{\"id\":\"u{n}\",\"userName\":\"user{n}\",\"title\":\"T\"}}\n"))
        .collect();
    world.write("all/User.jsonl", &users);
    let group =
        r#"{"id":"g","displayName":"G","members":[{"value":"u0"},{"value":"u6"},{"value":"g"}]}"#;
    world.write("all/Group.jsonl", group);
    let import = |report: &str| {
        let more = ["--on-conflict", "update", "--report", report];
        let mut all = vec!["import", "-f", "all", "--bulk"];
        all.extend(more);
        world.run(&all)
    };
    world.lines();
    let ran = import("a.jsonl");
    assert!(ran.err.contains("6 created, 2 updated"), "{}", ran.err);
    ran.ok();
    let lines = world.lines();
    let of = |method: &str| lines.iter().filter(|line| line.starts_with(method)).count();
    // One for five users, one for the group; what is there is changed by PATCH.
    let bulk = lines
        .iter()
        .filter(|line| line.starts_with("POST /scim/v2/Bulk"));
    assert_eq!((bulk.count(), of("POST")), (2, 2), "{lines:?}");
    let got = world.run(&["get", "group", "@G", "-o", "json"]).ok();
    let got: Value = serde_json::from_str(&got).unwrap();
    let members = got["members"].as_array().unwrap();
    assert_eq!(members.len(), 3, "{got}");
    assert!(
        members.iter().any(|member| member["value"] == got["id"]),
        "{got}"
    );
    let again = import("b.jsonl");
    assert!(again.err.contains("8 rows: 8 unchanged"), "{}", again.err);
    // What is refused is said with its row.
    let file = world.write(
        "bad.jsonl",
        "{\"userName\":\"x\"}\n{\"userName\":\"user1\"}\n",
    );
    let ran = world.run(&[
        "import",
        "users",
        "-f",
        &file,
        "--bulk",
        "--on-conflict",
        "fail",
    ]);
    let said = ran.fails(7);
    assert!(said.contains("bad.jsonl:2: 409 uniqueness"), "{said}");
    assert!(said.contains("1 created, 1 failed"), "{said}");
}
