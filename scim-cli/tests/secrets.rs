//! No secret is shown anywhere.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use common::{TOKEN, World, mode};

const PASSWORD: &str = "hunter2-hunter2";

#[test]
fn nowhere() {
    let world = World::new("secrets");
    world.login("t");
    world.write("password", PASSWORD);
    let har = world.path("all.har").display().to_string();
    let file = format!("file:{}", world.path("password").display());
    world.write(
        "told",
        &format!("{{\"userName\":\"z\",\"title\":\"{TOKEN}\"}}"),
    );
    world.write(
        "rows",
        &format!("{{\"userName\":\"z\",\"password\":\"{PASSWORD}\"}}\n"),
    );
    let commands: &[&[&str]] = &[
        &[
            "create",
            "user",
            "--user-name",
            "a",
            "--password",
            &file,
            "-vvv",
            "--har",
            &har,
        ],
        &[
            "patch",
            "user",
            "@a",
            &format!("password={file}"),
            "-vvv",
            "--dry-run",
        ],
        &["patch", "user", "@a", &format!("password={file}"), "-vvv"],
        &[
            "create",
            "user",
            "--user-name",
            "b",
            "--password",
            &file,
            "--curl",
        ],
        &[
            "create",
            "user",
            "--user-name",
            "a",
            "--password",
            &file,
            "-vvv",
        ],
        &["get", "users", "-vvv"],
        &["context", "show"],
        &["context", "list"],
        &["whoami", "-vvv"],
        &["doctor", "-vvv"],
        &["api", "/Users", "-vvv", "-i"],
        &["get", "users", "-H", &format!("X-Api-Key: {TOKEN}"), "-vvv"],
        &["create", "user", "--user-name", "c", "--password", PASSWORD],
        &["get", "users", "--token", TOKEN],
        // What is known to be secret is so in any place.
        &[
            "patch",
            "user",
            "@a",
            &format!("title={TOKEN}"),
            "--dry-run",
        ],
        &["api", "POST", "/Users", "-f", "told", "--dry-run"],
        &[
            "get",
            "users",
            "-F",
            &format!("title eq \"{TOKEN}\""),
            "-vvv",
        ],
        &["search", &format!("title eq \"{TOKEN}\""), "-vvv"],
        &["import", "users", "-f", "rows", "--dry-run", "-vvv"],
    ];
    for command in commands {
        let ran = world.bare(command);
        for (what, text) in [("stdout", &ran.out), ("stderr", &ran.err)] {
            assert!(!text.contains(TOKEN), "{command:?} {what}: {text}");
            assert!(!text.contains(PASSWORD), "{command:?} {what}: {text}");
        }
    }
    let archive = world.read("all.har");
    assert!(!archive.contains(TOKEN) && !archive.contains(PASSWORD));
    assert!(
        archive.contains("Bearer ***") && archive.contains("\\\"password\\\":\\\"***\\\""),
        "{archive}"
    );
    let parsed: serde_json::Value = serde_json::from_str(&archive).unwrap();
    assert!(
        parsed["log"]["entries"]
            .as_array()
            .is_some_and(|entries| !entries.is_empty())
    );
    // Nothing that is kept has it either, and nobody else may read it.
    for folder in ["config/scim", "cache/scim"] {
        for entry in std::fs::read_dir(world.path(folder)).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(
                !text.contains(TOKEN) && !text.contains(PASSWORD),
                "{}",
                path.display()
            );
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
    assert_eq!(mode(&world.path("all.har")), 0o600);
}

#[test]
fn a_secret_is_no_argument() {
    let world = World::new("argument");
    let url = world.url();
    let refused = world
        .bare(&["--url", &url, "--token", TOKEN, "get", "users"])
        .fails(2);
    assert!(
        refused.contains("by reference") && !refused.contains(TOKEN),
        "{refused}"
    );
    let refused = world
        .run(&["create", "user", "--user-name", "x", "--password", PASSWORD])
        .fails(2);
    assert!(
        refused.contains("by reference") && !refused.contains(PASSWORD),
        "{refused}"
    );
}

/// What `ps` shows of a command that runs, and of what it starts.
#[cfg(target_os = "linux")]
#[test]
fn ps_shows_none() {
    use scim_client::testing::Misbehaviour;

    let world = World::new("ps");
    world.write("token", TOKEN);
    world
        .provider
        .misbehave(Misbehaviour::Latency(std::time::Duration::from_millis(400)));
    let url = world.url();
    for reference in ["env:SCIM_TEST_TOKEN", "file:token", "cmd:cat token"] {
        let mut child = world
            .command(&["--url", &url, "--token", reference, "get", "users"])
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(150));
        let line = std::fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
        let line = String::from_utf8_lossy(&line).into_owned();
        assert!(line.contains("scim") && !line.contains(TOKEN), "{line}");
        assert_eq!(child.wait().unwrap().code(), Some(0), "{reference}");
    }
}

#[test]
fn a_url_on_the_command_line_gets_nothing_of_the_context() {
    let world = World::new("other");
    world.login("prod");
    let other = World::with("elsewhere", |builder| builder);
    let url = other.url();
    world.bare(&["--url", &url, "get", "users"]).ok();
    for request in other.provider.requests() {
        assert!(
            !request.headers().contains_key("authorization"),
            "{}",
            request.line()
        );
    }
}

#[test]
fn a_file_is_found_from_every_folder() {
    let world = World::new("anywhere");
    world.users(1);
    world.write("keys/token", &format!("{TOKEN}\n"));
    world.write("own.json", r#"{"name": "own"}"#);
    let url = world.url();
    let login = [
        "login",
        "a",
        "-u",
        &url,
        "-t",
        "file:keys/token",
        "--profile",
        "./own.json",
    ];
    world.bare(&login).ok();
    std::fs::create_dir_all(world.path("elsewhere")).unwrap();
    let mut command = world.command(&["get", "users", "--count"]);
    command.current_dir(world.path("elsewhere"));
    assert_eq!(common::Ran::from(command.output().unwrap()).ok(), "1\n");
}
