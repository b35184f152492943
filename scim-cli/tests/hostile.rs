//! What servers, files and the surroundings do that nobody asked them to.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::io::{Read as _, Write as _};

use common::{TOKEN, World, mode};

/// A server that publishes one type, with this name and these attributes, and has one resource.
fn server(name: &str, attributes: &str, resource: &str) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let list = |one: &str| {
        format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":1,"itemsPerPage":1,"startIndex":1,"Resources":[{one}]}}"#
        )
    };
    let answers = [
        (
            "/ResourceTypes",
            list(&format!(
                r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],"id":"T","name":"{name}","endpoint":"/Things","schema":"urn:x:Thing"}}"#
            )),
        ),
        (
            "/Schemas",
            list(&format!(
                r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Schema"],"id":"urn:x:Thing","name":"Thing","attributes":[{attributes}]}}"#
            )),
        ),
        ("/Things", list(resource)),
        ("/Things/1", resource.to_owned()),
    ];
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 8192];
            let length = stream.read(&mut request).unwrap();
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            let path = request.split(' ').nth(1).unwrap_or_default();
            let path = path.split('?').next().unwrap_or_default();
            let found = answers.iter().find(|(end, _)| path.ends_with(end));
            let (status, body) = found.map_or(("404 Not Found", "{}"), |(_, body)| {
                ("200 OK", body.as_str())
            });
            let answer = format!(
                "HTTP/1.1 {status}\r\ncontent-type: application/scim+json\r\ncontent-length: {}\r\n\
                 connection: close\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    url
}

const NAME: &str = r#"{"name":"userName","type":"string","multiValued":false,"uniqueness":"server","mutability":"readWrite","required":true,"returned":"default","caseExact":false}"#;
const ONE: &str = r#"{"schemas":["urn:x:Thing"],"id":"1","userName":"a"}"#;

#[test]
fn the_name_of_a_type_is_no_path() {
    let world = World::new("type-path");
    let outside = world.path("outside");
    let absolute = outside.display().to_string();
    for name in ["../outside", "..", &absolute] {
        let url = server(name, NAME, ONE);
        world
            .bare(&["-u", &url, "export", "things", "--out", "out"])
            .ok();
        let file = world.write("in.jsonl", "{\"userName\":\"b\"}\n");
        world.bare(&["-u", &url, "import", "things", "-f", &file]);
    }
    let names = |folder: &str| -> Vec<String> {
        let entries = std::fs::read_dir(world.path(folder)).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("out").len(), 3, "{:?}", names("out"));
    let here = names(".");
    let allowed = |name: &String| {
        ["cache", "in.jsonl", "out"].contains(&name.as_str()) || name.starts_with("import-_")
    };
    assert!(here.iter().all(allowed), "{here:?}");
}

#[test]
fn names_of_attributes_are_not_believed() {
    let attributes = [
        NAME,
        r#"{"name":"-x","type":"string"}"#,
        r#"{"name":"--help","type":"string"}"#,
        r#"{"name":"foo","type":"string"}"#,
        r#"{"name":"foo","type":"string"}"#,
        r#"{"name":"a=b c","type":"boolean"}"#,
        r#"{"name":"title","type":"string","description":"a\u001b[31mb\u009b1mc\u202ed","canonicalValues":["x\u001by"]}"#,
    ]
    .join(",");
    let url = server("Thing", &attributes, ONE);
    let world = World::new("attribute-names");
    let help = world.bare(&["-u", &url, "create", "thing", "--help"]).ok();
    assert!(help.contains("--foo") && help.contains("--title"), "{help}");
    let explained = world
        .bare(&["-u", &url, "schema", "explain", "thing.title"])
        .ok();
    assert!(
        explained.contains("description: a\\u{1b}[31mb"),
        "{explained}"
    );
    for text in [help, explained] {
        let wild = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!text.contains(wild), "{text:?}");
    }
}

#[test]
fn nothing_in_a_resource_controls_the_terminal() {
    let resource = "{\"schemas\":[\"urn:x:Thing\"],\"id\":\"1\",\"userName\":\"a\\u001b[31m\u{9b}31mb\u{202e}c\"}";
    let url = server("Thing", NAME, resource);
    let world = World::new("escapes");
    for format in [
        "table", "wide", "json", "jsonl", "yaml", "csv", "tsv", "name",
    ] {
        for command in [&["get", "things"][..], &["api", "/Things/1"]] {
            let mut all = vec!["-u", &url, "-o", format];
            all.extend(command);
            let out = world.bare(&all).ok();
            let wild = |c: char| c.is_control() && c != '\n' && c != '\t' || c == '\u{202e}';
            assert!(!out.contains(wild), "{format} {command:?}: {out:?}");
            if format.starts_with("json") && command[0] == "api" {
                let read: serde_json::Value = serde_json::from_str(&out).unwrap();
                assert_eq!(read["userName"], "a\u{1b}[31m\u{9b}31mb\u{202e}c");
            }
        }
    }
    let bad = world.write("bad.json", "{\"a\u{1b}[31m\u{9b}\":\"\u{1b}]0;x\u{7}\"}");
    let ran = world.bare(&["-u", &url, "lint", &bad, "--type", "thing"]);
    assert!(!(ran.out + &ran.err).contains(['\u{1b}', '\u{9b}', '\u{7}']));
}

#[test]
fn what_is_only_unseen_is_data_in_a_pipe() {
    let text = "soft\u{ad}hyphen \u{200b}\u{2060}\u{3164}\u{1f3f4}\u{e0067}\u{e007f}";
    let resource = format!(r#"{{"schemas":["urn:x:Thing"],"id":"1","userName":"{text}"}}"#);
    let url = server("Thing", NAME, &resource);
    let world = World::new("unseen");
    for format in ["csv", "tsv", "yaml"] {
        let all = ["-u", &url, "-o", format, "get", "things"];
        let out = world.bare(&all).ok();
        match format {
            // YAML has escapes for it.
            "yaml" => assert!(out.contains("\\U000e0067\\U000e007f\""), "{out}"),
            _ => assert!(out.contains(text), "{format}: {out:?}"),
        }
    }
}

#[test]
fn one_bad_attribute_leaves_the_others() {
    let attributes =
        format!(r#"{NAME},{{"name":"colour","type":"string","multiValued":{{"no":"flag"}}}}"#);
    let url = server("Thing", &attributes, ONE);
    let world = World::new("bad-attribute");
    let ran = world.bare(&["-u", &url, "schema", "explain", "thing"]);
    assert!(!ran.err.contains("publishes no schemas"), "{}", ran.err);
    let out = ran.ok();
    assert!(out.contains("userName") && out.contains("colour"), "{out}");
}

#[test]
fn rejects_lose_nothing() {
    let world = World::new("rejects");
    let lines = "{bad\n{\"userName\":\"ok1\"}\n";
    let file = world.write("in.jsonl", lines);
    let run = |file: &str, rejects: &str| {
        world.run(&[
            "import",
            "users",
            "-f",
            file,
            "--rejects",
            rejects,
            "--dry-run",
        ])
    };
    run(&file, "out.jsonl").fails(7);
    assert_eq!(world.read("out.jsonl"), "{bad\n");
    let csv = world.write("in.csv", "userName,title\na,b,surplus\nc,d\nshort\n");
    run(&csv, "out.csv").fails(7);
    assert_eq!(
        world.read("out.csv"),
        "userName,title\na,b,surplus\nshort\n"
    );
    // What is written can be fed back, in each form.
    let list = r#"[{"userName":"ok2"},{"usrName":"x"},{"userName":"y","title":["a: b"]}]"#;
    let yaml = "- userName: ok2\n- usrName: x\n- userName: y\n  title: ['a: b']\n";
    for (name, text) in [("in.json", list), ("in.yaml", yaml)] {
        let file = world.write(name, text);
        let rejects = format!("out-{name}");
        run(&file, &rejects).fails(7);
        let again = run(&rejects, &format!("again-{name}"));
        assert!(again.err.contains("2 rows: 2 invalid"), "{}", again.err);
        let first = world.read(&rejects);
        assert_eq!(first, world.read(&format!("again-{name}")));
        assert!(
            first.contains("usrName") && first.contains("a: b"),
            "{first}"
        );
    }
    for same in ["in.jsonl", "./in.jsonl", &file] {
        let error = run(&file, same).fails(2);
        assert!(error.contains("would replace"), "{error}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("in.jsonl", world.path("link")).unwrap();
        run(&file, "link").fails(2);
    }
    assert_eq!(world.read("in.jsonl"), lines);
    let cut = world.write("cut.csv", "userName,title\n\"tru");
    let error = world.run(&["import", "users", "-f", &cut]).fails(2);
    assert!(error.contains("line 2, column 1"), "{error}");
}

#[cfg(unix)]
#[test]
fn what_is_no_plain_file_is_not_replaced() {
    use std::os::unix::fs::{FileTypeExt as _, symlink};

    let world = World::new("special");
    world.users(2);
    world.write("real.jsonl", "old");
    symlink("real.jsonl", world.path("link.jsonl")).unwrap();
    world
        .run(&[
            "export",
            "users",
            "--out",
            "link.jsonl",
            "--har",
            "har-link",
        ])
        .ok();
    let about = std::fs::symlink_metadata(world.path("link.jsonl")).unwrap();
    assert!(about.is_symlink());
    assert_eq!(world.read("real.jsonl").lines().count(), 2);
    let made = std::process::Command::new("mkfifo")
        .arg(world.path("pipe.jsonl"))
        .status()
        .unwrap();
    assert!(made.success());
    let path = world.path("pipe.jsonl");
    let reader = std::thread::spawn(move || std::fs::read_to_string(path).unwrap());
    world.run(&["export", "users", "--out", "pipe.jsonl"]).ok();
    let about = std::fs::symlink_metadata(world.path("pipe.jsonl")).unwrap();
    assert!(about.file_type().is_fifo());
    assert_eq!(reader.join().unwrap().lines().count(), 2);
    let full = world.run(&["export", "users", "--out", "/dev/full"]);
    assert!(
        full.code == Some(2)
            && std::fs::metadata("/dev/full")
                .unwrap()
                .file_type()
                .is_char_device()
    );
    // The configuration may be a link to where somebody keeps it.
    world.write("dotfiles/config.toml", "# mine\n");
    std::fs::create_dir_all(world.path("config/scim")).unwrap();
    symlink(
        world.path("dotfiles/config.toml"),
        world.path("config/scim/config.toml"),
    )
    .unwrap();
    world.login("a");
    assert!(world.read("dotfiles/config.toml").contains("[context.a]"));
    assert_eq!(mode(&world.path("dotfiles/config.toml")), 0o600);
}

#[test]
fn login_keeps_what_it_says_it_keeps() {
    let world = World::new("login-keeps");
    let url = world.url();
    let login = |more: &[&str], input: &str| {
        let mut all = vec!["login", "acme", "--url", &url];
        all.extend(more);
        let mut command = world.command(&all);
        command
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Whoever refuses need not have read it.
        let _unread = child.stdin.take().unwrap().write_all(input.as_bytes());
        common::Ran::from(child.wait_with_output().unwrap())
    };
    login(&["-t", "-"], TOKEN).fails(2);
    login(&[], TOKEN).fails(2);
    login(&["--store-file"], TOKEN).fails(2);
    assert!(world.bare(&["context", "list"]).ok().is_empty());
    login(&["--store-file", "-t", "-"], TOKEN).ok();
    assert_eq!(world.read("config/scim/secrets/acme"), format!("{TOKEN}\n"));
    assert_eq!(mode(&world.path("config/scim/secrets/acme")), 0o600);
    world.bare(&["get", "users"]).ok();
    world.bare(&["context", "rename", "acme", ""]).fails(2);
    for name in ["../../x", "/x", ".."] {
        let token = "env:SCIM_TEST_TOKEN";
        world
            .bare(&["login", name, "--url", &url, "-t", token, "--store-file"])
            .fails(2);
    }
    assert!(!world.path("x").exists() && !world.path("config/x").exists());
    world.write("config/scim/config.toml", "context = 5\n");
    let ran = login(&["-t", "env:SCIM_TEST_TOKEN"], "");
    assert!(!ran.err.contains("is stored"), "{}", ran.err);
    ran.fails(2);
}

#[test]
fn the_configuration_is_not_that_of_the_folder() {
    let world = World::new("no-home");
    let url = world.url();
    let token = "cmd:echo x > stolen; echo y";
    let text = format!(
        "current = \"a\"\n[context.a]\nurl = \"{url}\"\nauth = {{ kind = \"bearer\", token = \"{token}\" }}\n"
    );
    world.write(".config/scim/config.toml", &text);
    world.write("rel/scim/config.toml", &text);
    for (home, config) in [(None, None), (None, Some("rel")), (Some("."), None)] {
        let mut command = world.command(&["get", "users"]);
        command.env_remove("HOME").env_remove("XDG_CONFIG_HOME");
        command.env_remove("XDG_CACHE_HOME");
        home.map(|home| command.env("HOME", home));
        config.map(|config| command.env("XDG_CONFIG_HOME", config));
        common::Ran::from(command.output().unwrap()).fails(2);
    }
    assert!(!world.path("stolen").exists() && !world.path(".cache").exists());
    // What needs no configuration works without a home.
    world.users(1);
    let mut command = world.command(&["-u", &url, "-t", "env:SCIM_TEST_TOKEN", "get", "users"]);
    command.env_remove("HOME").env_remove("XDG_CONFIG_HOME");
    command.env_remove("XDG_CACHE_HOME");
    let out = common::Ran::from(command.output().unwrap()).ok();
    assert!(out.contains("user0") && !world.path(".cache").exists());
}

#[cfg(unix)]
#[test]
fn edit_leaves_nothing_behind_unsaid() {
    let world = World::new("edit-left");
    world.users(1);
    let temporary = world.path("tmp");
    std::fs::create_dir_all(&temporary).unwrap();
    let edit = |editor: &str| {
        let url = world.url();
        let mut command = world.command(&[
            "-u",
            &url,
            "-t",
            "env:SCIM_TEST_TOKEN",
            "edit",
            "user",
            "@user0",
        ]);
        command.env("EDITOR", editor).env("TMPDIR", &temporary);
        common::Ran::from(command.output().unwrap())
    };
    let left = || std::fs::read_dir(&temporary).unwrap().count();
    edit("false").fails(2);
    assert_eq!(left(), 0);
    let error = edit("f() { echo 'title: x' >> \"$1\"; exit 3; }; f").fails(2);
    assert!(error.contains("what you wrote is kept in"), "{error}");
    assert_eq!(left(), 1);
}

/// The terminal is one of `script`; where that is not, nothing is tested.
#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_at_a_hidden_prompt_leaves_the_terminal_as_it_was() {
    use std::process::{Command, Stdio};

    if Command::new("script").arg("--version").output().is_err() {
        return;
    }
    let world = World::new("ctrl-c");
    let scim = env!("CARGO_BIN_EXE_scim");
    let line = format!(
        "trap : INT; '{scim}' -u {} -t prompt get users; echo code=$?; stty -a",
        world.url()
    );
    let mut child = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .env("SHELL", "/bin/sh")
        .env("HOME", &world.folder)
        .env_remove("XDG_CONFIG_HOME")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = child.stdout.take().unwrap();
    let mut seen = String::new();
    let mut some = [0; 1024];
    while !seen.contains("token: ") {
        let length = output.read(&mut some).unwrap();
        assert!(length > 0, "{seen}");
        seen.push_str(&String::from_utf8_lossy(&some[..length]));
    }
    // The prompt stands there before the terminal is told.
    std::thread::sleep(std::time::Duration::from_millis(500));
    input.write_all(&[3]).unwrap();
    output.read_to_string(&mut seen).unwrap();
    child.wait().unwrap();
    assert!(seen.contains("code=130"), "{seen}");
    assert!(
        seen.contains(" echo ") && !seen.contains("-echo "),
        "{seen}"
    );
}
