//! Reading: lists, single resources, searches, forms of output.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use common::World;

#[test]
fn the_first_answer_needs_no_set_up_and_the_second_no_discovery() {
    let world = World::new("first");
    world.users(3);
    let out = world.run(&["get", "users", "-o", "name"]).ok();
    assert_eq!(out, "user0\nuser1\nuser2\n");
    assert!(world.lines().iter().any(|line| line.contains("/Schemas")));
    world.run(&["get", "users", "-o", "id"]).ok();
    let lines = world.lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    world.run(&["get", "users", "--refresh"]).ok();
    assert!(world.lines().len() > 1);
}

#[test]
fn one_page_or_all_of_them() {
    let world = World::with("pages", |b| b.bearer_token(common::TOKEN).page_size(10));
    world.users(35);
    let one = world.run(&["get", "users", "-o", "id"]);
    assert!(one.err.contains("10 of 35 shown; --all"), "{}", one.err);
    assert_eq!(one.ok().lines().count(), 10);
    let all = world.run(&["get", "users", "--all", "-o", "name"]).ok();
    let mut names: Vec<&str> = all.lines().collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 35);
    assert_eq!(
        world
            .run(&["get", "users", "--limit", "23", "-o", "id"])
            .ok()
            .lines()
            .count(),
        23
    );
    assert_eq!(world.run(&["get", "users", "--count"]).ok(), "35\n");
    assert_eq!(
        world
            .run(&["get", "users", "--count", "-w", "active=true"])
            .ok(),
        "18\n"
    );
}

#[test]
fn a_server_that_repeats_pages_ends_the_list() {
    use scim_client::testing::Misbehaviour;

    let world = World::with("repeat", |b| b.bearer_token(common::TOKEN).page_size(5));
    world.users(20);
    world.provider.misbehave(Misbehaviour::IgnoreStartIndex);
    let error = world.run(&["get", "users", "--all", "-o", "id"]).fails(1);
    assert!(error.contains("returns nothing new"), "{error}");
}

#[test]
fn filters_where_and_local_agree() {
    use scim_client::testing::Misbehaviour;

    let world = World::new("filters");
    world.users(6);
    let expected = "user0\nuser2\nuser4\n";
    assert_eq!(
        world
            .run(&["get", "users", "-F", "active eq true", "-o", "name"])
            .ok(),
        expected
    );
    assert_eq!(
        world
            .run(&["get", "users", "-w", "active=true", "-o", "name"])
            .ok(),
        expected
    );
    let both = [
        "get",
        "users",
        "-w",
        "active=true",
        "-w",
        "emails.work^=u2",
        "-o",
        "name",
    ];
    assert_eq!(world.run(&both).ok(), "user2\n");
    world.provider.misbehave(Misbehaviour::NoFilter);
    let error = world
        .run(&["--refresh", "get", "users", "-w", "active=true"])
        .fails(2);
    assert!(error.contains("--local"), "{error}");
    let local = [
        "get",
        "users",
        "-w",
        "active=true",
        "--local",
        "--sort",
        "userName:desc",
        "-o",
        "name",
    ];
    assert_eq!(world.run(&local).ok(), "user4\nuser2\nuser0\n");
    // The server learns to filter; nobody has to know that what is kept of it is old.
    world.provider.behave();
    assert_eq!(
        world
            .run(&["get", "users", "-w", "active=true", "-o", "name"])
            .ok(),
        expected
    );
}

#[test]
fn every_form_of_output() {
    let world = World::new("forms");
    world.users(2);
    world.login("t");
    let run = |arguments: &[&str]| {
        let mut all = vec!["get", "users"];
        all.extend(arguments);
        world.bare(&all).ok()
    };
    let table = run(&["-o", "table", "--columns", "userName,emails.work,active"]);
    assert_eq!(
        table,
        "USERNAME  EMAILS.WORK   ACTIVE\nuser0     u0@x.example  true\nuser1     u1@x.example  false\n"
    );
    assert!(run(&["-o", "wide"]).starts_with("USERNAME"));
    assert!(run(&["-o", "table", "--no-headers"]).starts_with("user0"));
    assert!(run(&["-o", "json"]).starts_with("[\n{\n"));
    assert!(run(&["-o", "yaml"]).contains("---\n"));
    assert_eq!(
        run(&["-o", "csv", "--columns", "userName,emails.work"]),
        "userName,emails.work\nuser0,u0@x.example\nuser1,u1@x.example\n"
    );
    assert_eq!(
        run(&[
            "-o",
            "jsonl",
            "--columns",
            "userName,emails.work,emails,title"
        ]),
        "{\"userName\":\"user0\",\"emails.work\":\"u0@x.example\",\"emails\":[{\"value\":\"u0@x.example\",\
         \"type\":\"work\"}],\"title\":null}\n{\"userName\":\"user1\",\"emails.work\":\"u1@x.example\",\
         \"emails\":[{\"value\":\"u1@x.example\",\"type\":\"work\"}],\"title\":null}\n"
    );
    assert_eq!(
        run(&["-o", "template={userName} <{emails.work}>"]),
        "user0 <u0@x.example>\nuser1 <u1@x.example>\n"
    );
    let refused = world
        .bare(&["get", "users", "-o", "template={usrName}"])
        .fails(2);
    assert!(refused.contains("did you mean `userName`?"), "{refused}");
    assert!(run(&["-o", "tsv"]).contains('\t'));
    assert_eq!(run(&["-o", "id"]).lines().count(), 2);
    // Into a pipe go lines of JSON, each a resource.
    let lines = run(&[]);
    assert!(
        lines
            .lines()
            .all(|line| line.starts_with('{') && line.ends_with('}')),
        "{lines}"
    );
    assert!(run(&["--raw"]).contains("ListResponse"));
    assert!(!run(&["-o", "table"]).contains('\x1b'));
    assert!(run(&["-o", "table", "--color", "always"]).contains('\x1b'));
}

#[test]
fn nothing_from_a_server_controls_the_terminal() {
    let world = World::new("control");
    let json = "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"a\\u001b[31m\\u202eb\"}";
    world.provider.seed_json(json).unwrap();
    for form in ["table", "name", "wide"] {
        let out = world.run(&["get", "users", "-o", form]).ok();
        assert!(!out.contains('\x1b') && out.contains("\\u{1b}"), "{out:?}");
    }
}

#[test]
fn single_resources_and_searches() {
    let world = World::new("single");
    world.users(3);
    let by_id = world.run(&["get", "user", "1", "-o", "json"]).ok();
    assert_eq!(
        by_id,
        world.run(&["get", "User", "@user0", "-o", "json"]).ok()
    );
    let several = world.run(&["get", "users", "1", "99", "@user2", "-o", "name"]);
    assert_eq!(several.out, "user0\nuser2\n");
    assert_eq!(several.code, Some(3));
    world.lines();
    assert_eq!(
        world
            .run(&["search", "user", "userName sw \"user1\"", "-o", "name"])
            .ok(),
        "user1\n"
    );
    assert!(
        world
            .lines()
            .iter()
            .any(|line| line.contains("/Users/.search"))
    );
    assert_eq!(
        world.run(&["search", "active eq true", "--count"]).ok(),
        "2\n"
    );
}

#[test]
fn requests_of_ones_own() {
    let world = World::new("api");
    world.users(2);
    let out = world
        .run(&[
            "api",
            "GET",
            "/Users?count=1",
            "-q",
            "startIndex=2",
            "-o",
            "jsonl",
        ])
        .ok();
    assert!(out.contains("user1") && !out.contains("user0"), "{out}");
    let body = "schemas: [\"urn:ietf:params:scim:schemas:core:2.0:User\"]\nuserName: yaml\n";
    world.feed(&["api", "POST", "/Users", "-f", "-"], body).ok();
    assert_eq!(world.run(&["get", "users", "--count"]).ok(), "3\n");
    // Nothing leaves the base URL.
    for outside in ["https://evil.example/x", "/../x", "//evil.example/x"] {
        world.lines();
        assert_eq!(world.run(&["api", outside]).code, Some(2), "{outside}");
        assert_eq!(world.lines().len(), 0);
    }
    let curl = world
        .run(&["--curl", "get", "users", "-w", "active=true"])
        .ok();
    assert!(
        curl.contains("filter=active%20eq%20true") && curl.contains("$SCIM_TOKEN"),
        "{curl}"
    );
}

#[test]
fn schemas_are_explained_and_compared() {
    let world = World::new("schema");
    world.login("t");
    assert!(
        world
            .bare(&["schema", "list", "-o", "table"])
            .ok()
            .contains("/Users")
    );
    assert!(
        world
            .bare(&["schema", "show", "User"])
            .ok()
            .contains("\"id\": \"urn:ietf:params:scim:schemas:core:2.0:User\"")
    );
    assert!(
        world
            .bare(&["schema", "explain", "user.userName"])
            .ok()
            .contains("unique (server)")
    );
    assert!(
        world
            .bare(&["schema", "explain", "user"])
            .ok()
            .contains("enterprise")
    );
    world.bare(&["schema", "fetch", "--out", "docs"]).ok();
    assert!(world.path("docs/schemas/core_2.0_user.json").exists());
    assert_eq!(world.bare(&["schema", "drift"]).ok(), "nothing changed\n");
    let path = "docs/schemas/core_2.0_user.json";
    let changed = world.read(path).replace("\"nickName\"", "\"nickNames\"");
    world.write(path, &changed);
    let drift = world.bare(&["schema", "drift", "--from", "docs"]);
    assert!(drift.out.contains("nickName"), "{}", drift.out);
    assert_eq!(drift.code, Some(1));
    world.bare(&["lint", "docs"]).ok();
}

#[test]
fn an_answer_as_it_came_is_one_answer() {
    let world = World::new("raw");
    world.users(3);
    let out = world
        .run(&[
            "get",
            "users",
            "--raw",
            "--limit",
            "2",
            "--select",
            "userName",
            "--sort",
            "userName:desc",
        ])
        .ok();
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["Resources"][0]["userName"], "user2");
    assert_eq!(answer["Resources"].as_array().unwrap().len(), 2);
    assert!(answer["Resources"][0].get("emails").is_none());
    let one = world
        .run(&["get", "user", "@user1", "--raw", "--select", "userName"])
        .ok();
    let one: serde_json::Value = serde_json::from_str(&one).unwrap();
    assert_eq!(one["userName"], "user1");
    assert!(one.get("emails").is_none());
    for more in ["--all", "--local"] {
        assert!(
            world
                .run(&["get", "users", "--raw", more])
                .fails(2)
                .contains("a single response")
        );
    }
    // What leads out of the base URL is told with a fix.
    for path in [
        "/../admin",
        "/%2e%2e/admin",
        "http://127.0.0.1:1/Users",
        "//x",
    ] {
        assert!(
            world
                .run(&["api", path])
                .fails(2)
                .contains("hint: a path is below")
        );
    }
    // No file of a spreadsheet is written that is none.
    let said = world.run(&["export", "users", "--out", "u.xlsx"]).fails(2);
    assert!(
        said.contains(".csv") && !world.path("u.xlsx").exists(),
        "{said}"
    );
    world
        .run(&["export", "users", "--out", "u.xlsx", "--format", "csv"])
        .ok();
}
