//! What breaks around the command: its output, its files, its variables, its arguments. Each is told with
//! cause and fix and the right exit code, and nothing panics.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Command, Stdio};

use common::{Ran, TOKEN, World};

/// It ended with this code, in the manner of all failures.
#[track_caller]
fn told(ran: Ran, code: i32) -> String {
    let said = ran.fails(code);
    for never in ["panicked", TOKEN, "os error"] {
        assert!(!said.contains(never), "{said}");
    }
    assert!(
        said.contains("error: ") && said.contains("hint: "),
        "{said}"
    );
    said
}

fn with(world: &World, arguments: &[&str]) -> Command {
    let url = world.url();
    let mut all = vec!["--url", &url, "--token", "env:SCIM_TEST_TOKEN"];
    all.extend(arguments);
    world.command(&all)
}

/// Runs with a device in place of the standard output.
fn into(world: &World, device: &str, arguments: &[&str]) -> Ran {
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open(device)
        .unwrap();
    let mut command = with(world, arguments);
    let child = command.stdout(file).stderr(Stdio::piped()).spawn().unwrap();
    child.wait_with_output().unwrap().into()
}

const BULK: &str = r#"[{"method":"POST","path":"/Users","bulkId":"a","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"b1"}},
{"method":"POST","path":"/Users","bulkId":"b","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"b2"}}]"#;

#[test]
fn output_that_goes_nowhere_is_told() {
    let world = World::new("full");
    world.users(3);
    world.write("bulk.json", BULK);
    for reads in [
        &["get", "users"][..],
        &["get", "users", "-o", "table"],
        &["get", "user", "@user0", "-o", "yaml"],
        &["get", "users", "--count"],
        &["search", "userName pr", "-o", "csv"],
        &["api", "/Users"],
        &["schema", "list"],
        &["schema", "explain", "user"],
        &["whoami"],
        &["doctor"],
        &["filter", "explain", "userName pr"],
        &["completions", "bash"],
        &["man"],
        &["version"],
        &["--help"],
    ] {
        let said = told(into(&world, "/dev/full", reads), 2);
        assert!(
            said.contains("cannot write the output"),
            "{reads:?}: {said}"
        );
    }
    // What was done is done: it is not told that nothing was.
    for (name, writes) in [
        ("c", &["create", "user", "--user-name", "c"][..]),
        ("user0", &["patch", "user", "@user0", "title=x"]),
        ("b2", &["bulk", "-f", "bulk.json"]),
    ] {
        let said = told(into(&world, "/dev/full", writes), 7);
        assert!(
            said.contains("has done what was requested"),
            "{writes:?}: {said}"
        );
        let there = ["get", "users", "-w", &format!("userName={name}"), "--count"];
        assert_eq!(world.run(&there).ok(), "1\n");
    }
}

#[test]
fn whoever_stops_reading_ends_the_command() {
    let world = World::new("closed");
    world.users(3);
    world.write("bulk.json", BULK);
    for (arguments, codes) in [
        (&["get", "users"][..], &[Some(130)][..]),
        (&["get", "users", "-o", "table"], &[Some(130)]),
        (&["--help"], &[Some(130)]),
        (&["create", "user", "--user-name", "c"], &[Some(130)]),
        (&["bulk", "-f", "bulk.json"], &[Some(130)]),
        (&["test", "--list"], &[Some(0), Some(130)]),
        (
            &["test", "--only", "D-01"],
            &[Some(0), Some(1), Some(2), Some(130)],
        ),
    ] {
        // Nobody reads from the start: who stops later may do so after the command has ended.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = with(&world, arguments);
        let ran: Ran = command.stdout(writer).output().unwrap().into();
        assert!(!ran.err.contains("panicked"), "{arguments:?}: {}", ran.err);
        assert!(
            codes.contains(&ran.code),
            "{arguments:?}: {:?} {}",
            ran.code,
            ran.err
        );
    }
    // A bulk that was sent is counted all the same.
    assert_eq!(world.run(&["get", "users", "--count"]).ok(), "6\n");
}

#[test]
fn colours_are_for_those_who_want_them() {
    let world = World::new("colours");
    world.users(1);
    let run = |variables: &[(&str, &str)], more: &[&str]| {
        let mut all = more.to_vec();
        all.extend(["get", "users", "-o", "table"]);
        let mut command = with(&world, &all);
        command.envs(variables.iter().copied());
        Ran::from(command.output().unwrap()).ok().contains('\u{1b}')
    };
    assert!(!run(&[], &[]));
    assert!(run(&[("CLICOLOR_FORCE", "1")], &[]));
    assert!(!run(&[("CLICOLOR_FORCE", "0")], &[]));
    assert!(!run(&[("CLICOLOR_FORCE", "")], &[]));
    assert!(!run(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[]));
    assert!(run(&[("NO_COLOR", "1")], &["--color", "always"]));
    assert!(!run(&[("CLICOLOR_FORCE", "1")], &["--color", "never"]));
}

/// The terminal is one of `script`; where that is not, nothing is tested.
#[cfg(target_os = "linux")]
#[test]
fn a_dumb_terminal_gets_lines() {
    if Command::new("script").arg("--version").output().is_err() {
        return;
    }
    let world = World::new("dumb");
    world.users(2);
    let scim = env!("CARGO_BIN_EXE_scim");
    let url = world.url();
    for command in [
        "get users -o table",
        "export users --out u.jsonl",
        "test --only D-01",
        "delete user @user0 --no-input",
    ] {
        let line = format!("'{scim}' -u {url} -t env:SCIM_TEST_TOKEN {command}");
        let mut script = Command::new("script");
        script.args(["-qec", &line, "/dev/null"]);
        script.env_clear().envs(
            world
                .command(&[])
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        script.env("TERM", "dumb").env("SHELL", "/bin/sh");
        script.current_dir(&world.folder).stdin(Stdio::null());
        let output = script.output().unwrap();
        let seen = String::from_utf8(output.stdout).unwrap();
        assert!(
            !seen.contains('\u{1b}') && !seen.contains("panicked"),
            "{command}: {seen:?}"
        );
    }
}

#[test]
fn an_archive_that_cannot_be_written_is_told() {
    let world = World::new("har");
    world.users(1);
    world.lines();
    std::fs::create_dir_all(world.path("folder")).unwrap();
    world.write("file", "x");
    for har in ["folder", "file/x.har", "/dev/full"] {
        told(
            world.run(&["--har", har, "create", "user", "--user-name", "n"]),
            2,
        );
    }
    let writes = |line: &&String| !line.starts_with("GET ");
    assert_eq!(world.lines().iter().find(writes), None);
    assert_eq!(world.run(&["get", "users", "--count"]).ok(), "1\n");
    world.run(&["--har", "new/deep.har", "get", "users"]).ok();
    assert!(world.read("new/deep.har").contains("\"status\": 200"));
}

#[test]
fn a_broken_configuration_is_told() {
    let world = World::new("config");
    world.login("acme");
    let good = world.read("config/scim/config.toml");
    let write =
        |bytes: &[u8]| std::fs::write(world.path("config/scim/config.toml"), bytes).unwrap();
    for (bytes, words) in [
        (&b"# mine\ncurrent = acme\n"[..], "line 2"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"curent = \"acme\"\n", "did you mean `current`?"),
        (b"[contexts.acme]\nurl = \"http://127.0.0.1:1\"\n", "did you mean `context`?"),
        (b"current = 7\n", "current = \"prod\""),
        (b"[context]\nacme = 5\n", "acme"),
        (b"current = \"acme\"\n[context.acme]\nurl = 7\n", "url"),
        (b"current = \"acme\"\n[context.acme]\nurl = \"http://127.0.0.1:1\"\nretries = 5\n", "another version"),
        (b"current = \"acme\"\n[context.acme]\nurl = \"http://127.0.0.1:1\"\nauth = { kind = \"kerberos\" }\n", "kerberos"),
        (b"current = \"gone\"\n", "gone"),
    ] {
        write(bytes);
        let ran = world.bare(&["-c", "acme", "get", "users"]);
        let ran = match bytes.starts_with(b"current = \"gone") {
            true => world.bare(&["get", "users"]),
            false => ran,
        };
        let code = ran.code;
        let said = format!("{}{}", ran.err, ran.out);
        assert!(said.contains(words) && !said.contains("panicked"), "{words}: {said}");
        assert_eq!(code, Some(2), "{said}");
        // Nor is it overwritten by what changes it.
        let url = world.url();
        if !bytes.starts_with(b"current = \"") && !bytes.starts_with(b"[context]") {
            world
                .bare(&["login", "b", "-u", &url, "-t", "env:SCIM_TEST_TOKEN"])
                .fails(2);
            assert_eq!(std::fs::read(world.path("config/scim/config.toml")).unwrap(), bytes);
        }
    }
    // One that cannot be read hides no other.
    write(format!("{good}\n[context.bad]\nurl = 5\n").as_bytes());
    let list = world.bare(&["context", "list"]).ok();
    assert!(
        list.contains("\"acme\"") && list.contains("\"error\""),
        "{list}"
    );
    // A mark of the encoding, which some editors write.
    write(format!("\u{feff}{good}").as_bytes());
    world.bare(&["get", "users"]).ok();
    std::fs::remove_file(world.path("config/scim/config.toml")).unwrap();
    std::fs::create_dir(world.path("config/scim/config.toml")).unwrap();
    told(world.bare(&["get", "users"]), 2);
    std::fs::remove_dir(world.path("config/scim/config.toml")).unwrap();
    // What is in the way of the lock is not waited for.
    std::fs::create_dir(world.path("config/scim/config.toml.lock")).unwrap();
    let url = world.url();
    let login = ["login", "b", "-u", &url, "-t", "env:SCIM_TEST_TOKEN"];
    let said = told(world.bare(&login), 2);
    assert!(
        said.contains("config.toml.lock") && said.contains("remove it"),
        "{said}"
    );
}

#[test]
fn what_has_no_end_is_not_read_to_it() {
    let world = World::new("endless");
    let mut command = world.command(&["get", "users"]);
    let ran: Ran = command
        .env("SCIM_CONFIG", "/dev/zero")
        .output()
        .unwrap()
        .into();
    assert!(told(ran, 2).contains("16 MiB"));
    let url = world.url();
    let said = told(
        world.bare(&["-u", &url, "-t", "file:/dev/zero", "get", "users"]),
        5,
    );
    assert!(said.contains("16 MiB"), "{said}");
    let said = told(world.run(&["--profile", "/dev/zero", "get", "users"]), 2);
    assert!(said.contains("no profile"), "{said}");
}

#[test]
fn names_of_contexts_are_words() {
    let world = World::new("names");
    let url = world.url();
    for name in ["a b", "a/b", "a\tb", "..", "a\\b", " "] {
        let said = told(
            world.bare(&["login", name, "-u", &url, "-t", "env:SCIM_TEST_TOKEN"]),
            2,
        );
        assert!(said.contains("is not the name of a context"), "{said}");
        told(world.bare(&["-c", name, "get", "users"]), 2);
        told(world.run(&["--profile", name, "get", "users"]), 2);
    }
    // A header that is none is not left out silently.
    let said = told(
        world.bare(&[
            "login",
            "a",
            "-u",
            &url,
            "-t",
            "env:SCIM_TEST_TOKEN",
            "-H",
            TOKEN,
        ]),
        2,
    );
    assert!(said.contains("Name: value"), "{said}");
}

#[test]
fn urls_and_headers_that_are_none_are_told() {
    let world = World::new("urls");
    world.users(1);
    let token = ["-t", "env:SCIM_TEST_TOKEN", "get", "users", "--count"];
    let run = |front: &[&str]| world.bare(&[front, &token].concat());
    for url in [
        "http://[::1",
        "ftp://x/y",
        "http://",
        "https:",
        "x y",
        "http://127.0.0.1:99999/x",
        "http://x y/z",
        "http://127.0.0.1/x?y=1",
        "http://a:b@127.0.0.1/x",
        "http://127.0.0.1/x#y",
        "://",
    ] {
        told(run(&["-u", url]), 2);
    }
    let own = world.url();
    for header in ["Bad Name: x", "X: a\nb", ": x", "Host: x"] {
        told(run(&["-u", &own, "-H", header]), 2);
    }
    // What stands around one is none of it.
    assert_eq!(run(&["-u", &format!(" {own}/\n")]).ok(), "1\n");
    let mut command = world.command(&token);
    command.env("SCIM_URL", format!("{own}\r\n"));
    assert_eq!(Ran::from(command.output().unwrap()).ok(), "1\n");
    let login = [
        "login",
        "a",
        "-u",
        &format!("{own} "),
        "-t",
        "env:SCIM_TEST_TOKEN",
    ];
    world.bare(&login).ok();
    for range in [
        &["--timeout", "0"][..],
        &["get", "users", "--page-size", "0"],
        &["serve", "--port", "70000"],
    ] {
        told(world.bare(range), 2);
    }
}

#[test]
fn arguments_that_are_no_text_are_told() {
    let world = World::new("bytes");
    let bytes = |bytes: &[u8], more: &[&str]| {
        let mut command = world.command(&["get", "users"]);
        command.args(more).arg(OsStr::from_bytes(bytes));
        Ran::from(command.output().unwrap())
    };
    let said = told(bytes(b"s3cr3t\xff", &[]), 2);
    assert!(
        said.contains("argument 3") && !said.contains("s3cr3t"),
        "{said}"
    );
    let said = bytes(b"\xff", &["--error-format", "json"]).fails(2);
    let value: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (&value["code"], &value["exit"]),
        (&"usage".into(), &2.into())
    );
}

#[test]
fn what_stands_around_a_token_is_none_of_it() {
    let world = World::new("around");
    world.users(1);
    let url = world.url();
    let utf16: Vec<u8> = format!("\u{feff}{TOKEN}\r\n")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    std::fs::write(world.path("utf16"), utf16).unwrap();
    world.write("mark", &format!("\u{feff}{TOKEN}\n"));
    let run = |name: &str, value: &[u8], more: &[&str]| {
        let mut command = world.command(&["-u", &url]);
        command.args(more).args(["get", "users", "--count"]);
        command.env(name, OsStr::from_bytes(value));
        Ran::from(command.output().unwrap())
    };
    let line = format!("{TOKEN}\n");
    assert_eq!(run("SCIM_TOKEN", line.as_bytes(), &[]).ok(), "1\n");
    assert_eq!(
        run(
            "OTHER",
            format!("{TOKEN}\r\n").as_bytes(),
            &["-t", "env:OTHER"]
        )
        .ok(),
        "1\n"
    );
    assert_eq!(run("X", b"", &["-t", "file:utf16"]).ok(), "1\n");
    assert_eq!(run("X", b"", &["-t", "file:mark"]).ok(), "1\n");
    assert_eq!(
        run("X", b"", &["-t", &format!("cmd:echo {TOKEN}")]).ok(),
        "1\n"
    );
    for (value, words) in [
        (format!("Bearer {TOKEN}").into_bytes(), "is put in front"),
        (format!("{TOKEN} x").into_bytes(), "blanks"),
        (format!("{TOKEN}\nx").into_bytes(), "2 lines"),
        (b"\n".to_vec(), "is empty"),
        (b"t\xffoken".to_vec(), "not text in UTF-8"),
    ] {
        for (name, more) in [("SCIM_TOKEN", &[][..]), ("OTHER", &["-t", "env:OTHER"])] {
            // A variable that is no text is none for the program.
            if name == "SCIM_TOKEN" && value.contains(&0xff) {
                continue;
            }
            let said = told(run(name, &value, more), 5);
            assert!(said.contains(words), "{said}");
        }
    }
    std::fs::write(world.path("noise"), b"\xff\x00\x80").unwrap();
    told(run("X", b"", &["-t", "file:noise"]), 5);
    told(run("X", b"", &["-t", "file:."]), 5);
}

#[test]
fn a_report_on_a_full_disk_stops_the_import() {
    if Command::new("bash").arg("--version").output().is_err() {
        return;
    }
    let world = World::new("report");
    let rows: String = (0..300).map(|n| format!("u{n}\n")).collect();
    world.write("u.csv", &format!("userName\n{rows}"));
    let scim = env!("CARGO_BIN_EXE_scim");
    let url = world.url();
    // As full as a disk: no file may grow beyond this.
    let line = format!(
        "trap '' XFSZ; ulimit -f 8; exec '{scim}' -u {url} -t env:SCIM_TEST_TOKEN import users -f u.csv --report r.jsonl"
    );
    let mut limited = Command::new("bash");
    limited
        .args(["-c", &line])
        .current_dir(&world.folder)
        .env_clear()
        .envs(
            world
                .command(&[])
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    let said = told(limited.output().unwrap().into(), 7);
    assert!(
        said.contains("r.jsonl") && said.contains("--resume continues"),
        "{said}"
    );
    let count = || world.run(&["get", "users", "--count"]).ok();
    let before: usize = count().trim().parse().unwrap();
    assert!(before > 0 && before < 300, "{before}");
    world
        .run(&[
            "import", "users", "-f", "u.csv", "--report", "r.jsonl", "--resume",
        ])
        .ok();
    assert_eq!(count(), "300\n");
}
