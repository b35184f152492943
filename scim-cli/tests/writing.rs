//! Writing: create, patch, edit, replace, delete, member, activate.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use common::World;

#[test]
fn every_attribute_is_a_flag() {
    let world = World::new("flags");
    let created = world.run(&[
        "create",
        "user",
        "--user-name",
        "babs",
        "--name-given-name",
        "Barbara",
        "--name.family-name",
        "Jensen",
        "--emails.work",
        "b@x.example",
        "--emails",
        "value=b@home.example,type=home,primary",
        "--no-active",
        "--enterprise.department",
        "Sales",
        "--set",
        "title=CTO",
        "--password",
        "env:SCIM_TEST_TOKEN",
    ]);
    let out = created.ok();
    for part in [
        "\"givenName\":\"Barbara\"",
        "\"familyName\":\"Jensen\"",
        "\"value\":\"b@x.example\"",
        "\"primary\":true",
        "\"active\":false",
        "\"department\":\"Sales\"",
        "\"title\":\"CTO\"",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let sent = world.provider.requests();
    let post = sent
        .iter()
        .find(|request| request.is("POST /Users"))
        .unwrap();
    assert_eq!(post.json()["password"], common::TOKEN);
    let help = world.run(&["create", "user", "--help"]).ok();
    for part in [
        "--user-name",
        "required",
        "--emails.work",
        "--enterprise.department",
        "--no-active",
    ] {
        assert!(help.contains(part), "{part}");
    }
    for read_only in ["--id", "--meta", "--groups"] {
        assert!(!help.contains(&format!("{read_only} ")), "{read_only}");
    }
}

#[test]
fn references_are_looked_up() {
    let world = World::new("references");
    world.users(2);
    world
        .run(&[
            "create",
            "user",
            "--user-name",
            "c",
            "--enterprise.manager",
            "@user1",
        ])
        .ok();
    let manager = [
        "get",
        "user",
        "@c",
        "-o",
        "csv",
        "--columns",
        "enterprise.manager.value",
        "--no-headers",
    ];
    assert_eq!(world.run(&manager).ok(), "2\n");
    world
        .run(&[
            "create",
            "group",
            "--display-name",
            "G",
            "--members",
            "value=@user0",
        ])
        .ok();
    assert_eq!(world.run(&["member", "@G", "list", "-o", "id"]).ok(), "1\n");
}

#[test]
fn a_file_is_the_base_and_flags_win() {
    let world = World::new("file");
    let file = world.write("u.yaml", "userName: a\ntitle: x\nname:\n  givenName: A\n");
    let out = world
        .run(&["create", "user", "-f", &file, "--title", "y"])
        .ok();
    assert!(
        out.contains("\"title\":\"y\"") && out.contains("\"givenName\":\"A\""),
        "{out}"
    );
    let again = world.run(&[
        "create", "user", "-f", &file, "--or-get", "userName", "-o", "id",
    ]);
    assert!(again.err.contains("it exists already"), "{}", again.err);
    assert_eq!(again.ok(), "1\n");
    world.run(&["create", "user", "-f", &file]).fails(4);
    let new = world.write("new.json", "{\"userName\":\"a\",\"title\":\"z\"}");
    let replaced = world.run(&["replace", "user", "@a", "-f", &new]).ok();
    assert!(
        replaced.contains("\"title\":\"z\"") && !replaced.contains("givenName"),
        "{replaced}"
    );
}

#[test]
fn parts_are_changed() {
    let world = World::new("patch");
    world.users(1);
    let out = world.run(&[
        "patch",
        "user",
        "@user0",
        "title=CTO",
        "+emails=value=h@x.example,type=home",
        "name.givenName=G",
        "-o",
        "jsonl",
    ]);
    let out = out.ok();
    assert!(
        out.contains("h@x.example") && out.contains("\"title\":\"CTO\"") && out.contains("\"G\""),
        "{out}"
    );
    let out = world.run(&[
        "patch",
        "user",
        "@user0",
        "-title",
        "emails[type eq \"work\"].value=w@x.example",
        "-o",
        "jsonl",
    ]);
    let out = out.ok();
    assert!(
        !out.contains("title") && out.contains("w@x.example"),
        "{out}"
    );
    world
        .run(&[
            "patch",
            "user",
            "@user0",
            "title=x",
            "--if-match",
            "\"old\"",
        ])
        .fails(4);
    let message = world.write(
        "p.json",
        "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":[{\"op\":\"replace\",\"path\":\"title\",\"value\":\"f\"}]}",
    );
    assert!(
        world
            .run(&["patch", "user", "@user0", "-f", &message])
            .ok()
            .contains("\"title\":\"f\"")
    );
}

#[test]
fn a_dry_run_writes_nothing() {
    let world = World::new("dry");
    world.users(2);
    world.run(&["create", "group", "--display-name", "G"]).ok();
    let commands: &[&[&str]] = &[
        &["create", "user", "--user-name", "x"],
        &["patch", "user", "@user0", "title=x"],
        &["delete", "user", "@user0"],
        &["delete", "users", "-w", "active=true"],
        &["deactivate", "@user0"],
        &["member", "@G", "add", "@user0"],
        &["member", "@G", "set", "@user0"],
        &["api", "DELETE", "/Users/1"],
    ];
    for command in commands {
        world.lines();
        let mut all = vec!["--dry-run"];
        all.extend(*command);
        let ran = world.run(&all);
        let said = ran.err.clone();
        ran.ok();
        assert!(
            ["POST", "PATCH", "DELETE"]
                .iter()
                .any(|method| said.contains(method)),
            "{command:?}: {said}"
        );
        let wrote: Vec<String> = world
            .lines()
            .into_iter()
            .filter(|line| !line.starts_with("GET "))
            .collect();
        assert!(wrote.is_empty(), "{command:?}: {wrote:?}");
    }
}

#[test]
fn what_is_deleted_is_shown_counted_and_confirmed() {
    let world = World::new("delete");
    world.users(6);
    let refused = world
        .run(&["delete", "users", "-w", "active=true"])
        .fails(8);
    assert!(
        refused.contains("user0") && refused.contains("delete 3"),
        "{refused}"
    );
    assert_eq!(world.run(&["get", "users", "--count"]).ok(), "6\n");
    world
        .run(&["delete", "user", "@user1", "--soft", "--yes"])
        .ok();
    world
        .run(&["delete", "users", "-w", "active=true", "--yes"])
        .ok();
    assert_eq!(world.run(&["get", "users", "--count"]).ok(), "3\n");
    world.login("t");
    world
        .bare(&["context", "set", "t", "limits.max-delete", "1"])
        .ok();
    let limited = world
        .bare(&["delete", "users", "-w", "userName", "--yes"])
        .fails(8);
    assert!(limited.contains("max-delete"), "{limited}");
    world
        .bare(&["delete", "users", "-w", "userName", "--yes", "--force"])
        .ok();
    assert_eq!(world.bare(&["get", "users", "--count"]).ok(), "0\n");
}

#[test]
fn members_come_and_go_in_chunks() {
    let world = World::new("members");
    world.users(230);
    world.run(&["create", "group", "--display-name", "G"]).ok();
    let names: String = (0..230).map(|n| format!("{}\n", n + 1)).collect();
    world.lines();
    world
        .feed(&["member", "@G", "add", "--from", "-"], &names)
        .ok();
    let patches = world
        .lines()
        .iter()
        .filter(|line| line.starts_with("PATCH"))
        .count();
    assert_eq!(patches, 3);
    assert_eq!(
        world
            .run(&["member", "@G", "list", "-o", "id"])
            .ok()
            .lines()
            .count(),
        230
    );
    world
        .run(&["member", "@G", "set", "@user0", "@user1", "--yes"])
        .ok();
    assert_eq!(
        world.run(&["member", "@G", "list", "-o", "id"]).ok(),
        "1\n2\n"
    );
    let same = world.run(&["member", "@G", "add", "@user0"]);
    assert!(
        same.err.contains("the group is already as requested"),
        "{}",
        same.err
    );
    world
        .run(&["member", "@G", "remove", "@user0", "@user1"])
        .ok();
    assert_eq!(world.run(&["member", "@G", "list"]).ok(), "");
}

/// Runs `edit` with a script in place of an editor.
#[cfg(unix)]
fn edit(world: &World, script: &str) -> common::Ran {
    let url = world.url();
    let mut command = world.command(&[
        "--url",
        &url,
        "--token",
        "env:SCIM_TEST_TOKEN",
        "edit",
        "user",
        "@user0",
    ]);
    command.env("EDITOR", script).output().unwrap().into()
}

#[cfg(unix)]
#[test]
fn the_smallest_patch_is_sent() {
    let world = World::new("edit");
    world.users(1);
    let none = edit(&world, "true");
    assert!(none.err.contains("nothing was changed"), "{}", none.err);
    world.lines();
    edit(
        &world,
        "sed -i -e 's/active: true/active: false/' -e '$ a title: CTO'",
    )
    .ok();
    let requests = world.provider.requests();
    let patch = requests
        .iter()
        .find(|request| request.method() == "PATCH")
        .unwrap();
    let operations = patch.json()["Operations"].clone();
    assert_eq!(operations.as_array().unwrap().len(), 2, "{operations}");
    assert!(patch.headers().contains_key("if-match"));
    let wrong = edit(&world, "sed -i '$ a titel: x'").fails(2);
    assert!(
        wrong.contains("did you mean `title`?") && wrong.contains("kept in"),
        "{wrong}"
    );
    // Only what may be changed stands there.
    let page = edit(&world, "cat >&2 <").err;
    assert!(
        page.contains("# userName: string, required") && page.contains("Only the server sets"),
        "{page}"
    );
    assert!(
        !page.contains("\nid:") && !page.contains("\nmeta:"),
        "{page}"
    );
}

#[cfg(unix)]
#[test]
fn somebody_elses_change_is_not_lost() {
    let world = World::new("merge");
    world.users(1);
    // While the editor is open, somebody else writes.
    let other = world.write(
        "editor.sh",
        &format!(
            "sed -i '$ a title: mine' \"$1\"\n{} --url {} --token env:SCIM_TEST_TOKEN patch user @user0 nickName=theirs >/dev/null 2>&1\n",
            env!("CARGO_BIN_EXE_scim"),
            world.url()
        ),
    );
    let refused = edit(&world, &format!("sh {other}")).fails(8);
    assert!(
        refused.contains("somebody has changed it") && refused.contains("nickName"),
        "{refused}"
    );
    let url = world.url();
    let arguments = [
        "--url",
        &url,
        "--token",
        "env:SCIM_TEST_TOKEN",
        "edit",
        "user",
        "@user0",
        "--yes",
        "-o",
        "jsonl",
    ];
    let mut command = world.command(&arguments);
    let out = common::Ran::from(
        command
            .env("EDITOR", format!("sh {other}"))
            .output()
            .unwrap(),
    )
    .ok();
    assert!(
        out.contains("\"mine\"") && out.contains("\"theirs\""),
        "{out}"
    );
}

#[test]
fn a_context_can_be_read_only() {
    let world = World::new("readonly");
    world.login("prod");
    world
        .bare(&["context", "set", "prod", "read-only", "true"])
        .ok();
    for command in [
        &["create", "user", "--user-name", "a"][..],
        &["api", "DELETE", "/Users/1"],
    ] {
        let error = world.bare(command).fails(8);
        assert!(
            error.contains("read-only") && error.contains("--write"),
            "{error}"
        );
    }
    world
        .bare(&["create", "user", "--user-name", "a", "--write"])
        .ok();
    world.bare(&["get", "users"]).ok();
}

#[test]
fn bulk_keeps_to_the_limits() {
    let world = World::with("bulk", |b| {
        b.bearer_token(common::TOKEN).max_bulk_operations(2)
    });
    let user = |n: usize| {
        format!(
            "{{\"method\":\"POST\",\"path\":\"/Users\",\"bulkId\":\"u{n}\",\"data\":{{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"b{n}\"}}}}"
        )
    };
    let group = "{\"method\":\"POST\",\"path\":\"/Groups\",\"bulkId\":\"g\",\"data\":{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Group\"],\"displayName\":\"G\",\"members\":[{\"value\":\"bulkId:u1\"}]}}";
    let file = world.write(
        "b.json",
        &format!("[{},{},{},{group}]", user(1), user(2), user(3)),
    );
    let error = world.run(&["bulk", "-f", &file]).fails(2);
    assert!(error.contains("--split sends 2 requests"), "{error}");
    assert_eq!(
        world
            .run(&["bulk", "-f", &file, "--split"])
            .ok()
            .lines()
            .count(),
        4
    );
    assert_eq!(world.run(&["member", "@G", "list"]).ok().lines().count(), 1);
    // The same again: the users are there already.
    world.run(&["bulk", "-f", &file, "--split"]).fails(1);
}

#[test]
fn servers_without_filters_are_read_as_a_whole() {
    use scim_client::testing::Misbehaviour;

    let world = World::new("nofilter");
    world.users(4);
    world.provider.misbehave(Misbehaviour::NoFilter);
    world.run(&["patch", "user", "@user1", "title=x"]).ok();
    world.run(&["get", "user", "@nobody"]).fails(3);
    world
        .run(&["delete", "users", "-w", "active=true", "--yes"])
        .ok();
    assert_eq!(
        world.run(&["get", "users", "-o", "name"]).ok(),
        "user1\nuser3\n"
    );
}

#[test]
fn an_element_that_is_not_there_is_made() {
    let world = World::new("by-kind");
    world
        .run(&[
            "create",
            "user",
            "--user-name",
            "a",
            "--emails.home",
            "h@x.example",
        ])
        .ok();
    let patch = |ops: &[&str]| {
        let mut all = vec!["patch", "user", "@a"];
        all.extend(ops);
        all.extend([
            "-o",
            "csv",
            "--columns",
            "emails.work,emails.work.display,emails.home",
        ]);
        world.run(&all)
    };
    let text = |line: &str| format!("emails.work,emails.work.display,emails.home\n{line}\n");
    assert_eq!(
        patch(&["emails.work=w@x.example", "emails.work.display=W"]).ok(),
        text("w@x.example,W,h@x.example")
    );
    assert_eq!(
        patch(&["emails.work=v@x.example"]).ok(),
        text("v@x.example,W,h@x.example")
    );
    // Who says which one it is means that.
    let said = patch(&["emails[type eq \"other\"].value=o@x.example"]).fails(1);
    assert!(said.contains("noTarget"), "{said}");
}
