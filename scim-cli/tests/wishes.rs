//! Servers that say that they did what they were asked, and did not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use common::World;
use common::fake::{Fake, list};

const USER: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","userName":"a","title":"Guide","active":true}"#;
const GROUP: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"g","displayName":"G","members":[]}"#;

/// A server that says yes to everything and changes nothing. `answer` says whether it shows what it has
/// after a write.
fn idle(answer: bool) -> Fake {
    Fake::new(move |method, target, body| {
        let one = match target.contains("/Groups") || body.contains("displayName") {
            true => GROUP,
            false => USER,
        };
        match (method, target) {
            ("GET", target) if target.starts_with("/Users/") => (200, USER.to_owned()),
            ("GET", target) if target.starts_with("/Groups/") => (200, GROUP.to_owned()),
            ("GET", target) if target.starts_with("/Users") => (200, list(&[USER], "")),
            ("GET", target) if target.starts_with("/Groups") => (200, list(&[], "")),
            ("GET", _) => (404, String::new()),
            ("POST", "/Bulk") => {
                let result = format!(
                    r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],"Operations":[{{"method":"POST","bulkId":"{}","status":"201","location":"/Groups/g","response":{GROUP}}}]}}"#,
                    body.split("\"bulkId\":\"")
                        .nth(1)
                        .unwrap()
                        .split('"')
                        .next()
                        .unwrap()
                );
                (200, result)
            }
            ("POST", _) => (201, one.to_owned()),
            _ if answer => (200, one.to_owned()),
            _ => (204, String::new()),
        }
    })
}

fn world(name: &str) -> World {
    World::with(name, |builder| builder)
}

#[test]
fn a_member_that_is_dropped_is_told() {
    let world = world("dropped");
    let fake = idle(true);
    let create = [
        "-u",
        &fake.url,
        "create",
        "group",
        "--display-name",
        "G",
        "--members",
        "value=1",
        "-o",
        "id",
    ];
    let ran = world.bare(&create);
    // It is there, and so is its id.
    assert_eq!(ran.out, "g\n");
    let said = ran.fails(7);
    assert!(said.contains("created Group g"), "{said}");
    assert!(
        said.contains("members: requested {\"value\":\"1\"}, found nothing"),
        "{said}"
    );
    // What was not asked for is no fault.
    let plain = ["-u", &fake.url, "create", "group", "--display-name", "G"];
    world.bare(&plain).ok();
    // A profile that knows better.
    let profile = world.write(
        "profile.json",
        r#"{"neverReturned":["urn:ietf:params:scim:schemas:core:2.0:Group:members"]}"#,
    );
    let mut with = vec!["--profile", &profile];
    with.extend(create);
    world.bare(&with).ok();
}

#[test]
fn each_command_that_changes_looks_at_what_came_of_it() {
    for answer in [true, false] {
        let world = world(&format!("idle-{answer}"));
        let fake = idle(answer);
        let file = world.write("u.json", r#"{"userName":"a","title":"Boss"}"#);
        let editor = world.write("editor", "#!/bin/sh\nsed -i s/Guide/Boss/ \"$1\"\n");
        let editor = format!("sh {editor}");
        let title = "title: requested \"Boss\", found \"Guide\"";
        for (arguments, told) in [
            (vec!["patch", "user", "1", "title=Boss"], title),
            (
                vec!["patch", "user", "1", "title-"],
                "title: requested nothing, found \"Guide\"",
            ),
            (vec!["replace", "user", "1", "-f", &file], title),
            (vec!["edit", "user", "1"], title),
            (
                vec!["deactivate", "1"],
                "active: requested false, found true",
            ),
            (
                vec!["delete", "user", "1", "--soft", "--yes"],
                "active: requested false",
            ),
            (
                vec!["member", "g", "add", "1"],
                "members: requested {\"value\":\"1\"}",
            ),
        ] {
            let mut all = vec!["-u", &fake.url];
            all.extend(arguments);
            let output = world.command(&all).env("EDITOR", &editor).output();
            let said = common::Ran::from(output.unwrap()).fails(7);
            assert!(said.contains(told), "{all:?} {answer}: {said}");
            assert!(!said.contains("added 1"), "{said}");
        }
        // What it has already is as it was to be.
        world
            .bare(&["-u", &fake.url, "patch", "user", "1", "title=Guide"])
            .ok();
        world.bare(&["-u", &fake.url, "activate", "1"]).ok();
    }
}

#[test]
fn rows_that_lose_something_are_counted() {
    let world = world("rows-lost");
    let fake = idle(true);
    let rows = world.write(
        "g.jsonl",
        "{\"displayName\":\"G\",\"members\":[{\"value\":\"1\"}]}\n",
    );
    let import = |more: &[&str], report: &str| {
        let report = world.path(report).display().to_string();
        let mut all = vec!["-u", &fake.url, "import"];
        all.extend(more);
        all.extend(["--report", &report]);
        world.bare(&all)
    };
    for (bulk, report) in [("--jobs=1", "a.jsonl"), ("--bulk", "b.jsonl")] {
        let said = import(&["groups", "-f", &rows, bulk], report).fails(7);
        assert!(
            said.contains("g.jsonl:1: the server reports success"),
            "{said}"
        );
        assert!(
            said.contains("1 rows: 1 created, 1 not as requested"),
            "{said}"
        );
        assert!(world.read(report).contains(r#""notShown":"members""#));
        // It is there: nobody sends it again.
        let again = import(&["groups", "-f", &rows, bulk, "--resume"], report).ok();
        assert_eq!(again, "");
    }
    let users = world.write("u.csv", "userName,title\na,Boss\n");
    let more = ["users", "-f", &users, "--on-conflict", "update"];
    let said = import(&more, "c.jsonl").fails(7);
    assert!(said.contains("1 updated, 1 not as requested"), "{said}");
}

#[test]
fn results_of_a_bulk_are_looked_at() {
    let world = world("bulk-lost");
    let fake = idle(true);
    let message = |member: &str| {
        let text = format!(
            r#"[{{"method":"POST","path":"/Groups","bulkId":"x","data":{{"displayName":"G","members":[{{"value":"{member}"}}]}}}}]"#
        );
        world.write("b.json", &text)
    };
    let said = world
        .bare(&["-u", &fake.url, "bulk", "-f", &message("1")])
        .fails(7);
    assert!(
        said.contains("x: the server reports") && said.contains("members: requested"),
        "{said}"
    );
    // What stands for an id cannot be compared with one.
    world
        .bare(&["-u", &fake.url, "bulk", "-f", &message("bulkId:y")])
        .ok();
}

#[test]
fn a_short_answer_is_none_that_lacks_something() {
    let world = world("short");
    let whole = GROUP.replace("[]", r#"[{"value":"1"}]"#);
    let fake = Fake::new(move |method, target, _| match (method, target) {
        ("GET", target) if target.starts_with("/Groups/") => (200, whole.clone()),
        ("GET", target) if target.starts_with("/Groups") => (200, list(&[], "")),
        ("GET", _) => (404, String::new()),
        _ => (201, r#"{"id":"g"}"#.to_owned()),
    });
    let create = [
        "create",
        "group",
        "--display-name",
        "G",
        "--members",
        "value=1",
    ];
    let mut all = vec!["-u", &fake.url];
    all.extend(create);
    world.bare(&all).ok();
    let rows: String = (0..5)
        .map(|n| format!("{{\"displayName\":\"G{n}\",\"members\":[{{\"value\":\"1\"}}]}}\n"))
        .collect();
    let rows = world.write("g.jsonl", &rows);
    let ran = world.bare(&["-u", &fake.url, "import", "groups", "-f", &rows]);
    assert!(ran.err.contains("5 rows: 5 created\n"), "{}", ran.err);
    ran.ok();
}
