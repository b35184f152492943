//! Who one is for the server: contexts, tokens, headers.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::sync::{Arc, Mutex};

use common::fake::{endpoints, token_endpoint};
use common::{TOKEN, World, mode};

#[test]
fn an_access_token_is_kept_and_thrown_away_when_it_is_refused() {
    let world = World::new("oauth");
    world.users(1);
    let (url, asked) = token_endpoint(
        r#"{"access_token":"s3cr3t-token-value","token_type":"Bearer","expires_in":3600}"#,
    );
    let base = world.url();
    world.write("secret", "the client's & secret\n");
    let login = [
        "login",
        "o",
        "--url",
        &base,
        "--client-id",
        "me",
        "--client-secret",
        "file:secret",
        "--token-url",
        &url,
        "--scope",
        "scim",
        "-vvv",
    ];
    let ran = world.bare(&login);
    assert!(
        !ran.err.contains(TOKEN) && !ran.err.contains("client's"),
        "{}",
        ran.err
    );
    ran.ok();
    let first = asked.lock().unwrap().len();
    assert_eq!(first, 1);
    let request = asked.lock().unwrap()[0].clone();
    assert!(
        request.to_lowercase().contains("authorization: basic "),
        "{request}"
    );
    assert!(
        request.contains("grant_type=client_credentials&scope=scim"),
        "{request}"
    );
    // The next command asks nobody.
    assert_eq!(world.bare(&["get", "users", "-o", "name"]).ok(), "user0\n");
    assert_eq!(asked.lock().unwrap().len(), 1);
    let cache = world.path("cache/scim");
    let kept = std::fs::read_dir(&cache)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let kept: Vec<_> = kept
        .filter(|path| path.to_string_lossy().contains("token-"))
        .collect();
    assert_eq!(kept.len(), 1);
    assert_eq!(mode(&kept[0]), 0o600);
    // A token that the server no longer takes is asked for anew, once.
    let text = std::fs::read_to_string(&kept[0])
        .unwrap()
        .replace(TOKEN, "an-old-token");
    std::fs::write(&kept[0], text).unwrap();
    assert_eq!(world.bare(&["get", "users", "-o", "name"]).ok(), "user0\n");
    assert_eq!(asked.lock().unwrap().len(), 2);
    assert!(world.bare(&["whoami"]).ok().contains("tokenExpires"));
    world.bare(&["logout"]).ok();
    assert!(!kept[0].exists());
}

#[test]
fn a_refused_client_is_told_so() {
    let world = World::new("refused-client");
    let (url, _) = token_endpoint(r#"{"error":"invalid_client"}"#);
    let base = world.url();
    world.write("secret", "wrong-secret");
    let login = [
        "login",
        "o",
        "--url",
        &base,
        "--client-id",
        "me",
        "--client-secret",
        "file:secret",
        "--token-url",
        &url,
    ];
    let error = world.bare(&login).fails(5);
    assert!(
        error.contains("no `access_token`") && !error.contains("wrong-secret"),
        "{error}"
    );
    assert!(
        world.bare(&["context", "list"]).ok().is_empty(),
        "nothing is stored"
    );
}

#[test]
fn a_context_is_kept_as_somebody_wrote_it() {
    let world = World::new("contexts");
    world.users(1);
    let url = world.url();
    let text = format!(
        "# by hand\n[context.a] # careful\nurl = \"{url}\"\nauth = {{ kind = \"bearer\", token = \"env:SCIM_TEST_TOKEN\" }}\n"
    );
    world.write("config/scim/config.toml", &text);
    assert_eq!(
        world.bare(&["-c", "a", "get", "users", "-o", "name"]).ok(),
        "user0\n"
    );
    world.bare(&["context", "use", "a"]).ok();
    world
        .bare(&["context", "set", "a", "limits.concurrency", "2"])
        .ok();
    world.bare(&["context", "rename", "a", "b"]).ok();
    let after = world.read("config/scim/config.toml");
    assert!(
        after.contains("# by hand") && after.contains("# careful"),
        "{after}"
    );
    assert!(
        after.contains("current = \"b\"") && after.contains("concurrency = 2"),
        "{after}"
    );
    assert_eq!(mode(&world.path("config/scim/config.toml")), 0o600);
    let error = world
        .bare(&["context", "set", "b", "limts.rate", "1/s"])
        .fails(2);
    assert!(error.contains("no setting `limts`"), "{error}");
    assert_eq!(world.read("config/scim/config.toml"), after);
    let error = world.bare(&["-c", "bb", "get", "users"]).fails(2);
    assert!(error.contains("did you mean `b`?"), "{error}");
    world.bare(&["context", "remove", "b"]).ok();
    world.bare(&["get", "users"]).fails(2);
}

#[test]
fn options_win_over_variables_and_those_over_contexts() {
    let world = World::new("precedence");
    world.users(1);
    let other = World::with("precedence-other", |builder| builder);
    other.users(3);
    world.login("a");
    let count = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = world.command(arguments);
        command.args(["get", "users", "--count"]);
        command.envs(variables.iter().copied());
        common::Ran::from(command.output().unwrap()).ok()
    };
    let (own, others) = (world.url(), other.url());
    assert_eq!(count(&[], &[]), "1\n");
    assert_eq!(count(&[("SCIM_URL", &others)], &[]), "3\n");
    // A token of the environment is that of the environment's URL, unless it is said otherwise.
    let both = [("SCIM_URL", others.as_str()), ("SCIM_TOKEN", TOKEN)];
    let said = ["--url", &own, "--token", "env:SCIM_TOKEN"];
    assert_eq!(count(&both, &said), "1\n");
    assert_eq!(count(&[("SCIM_TOKEN", TOKEN)], &["--url", &own]), "1\n");
    let mut command = world.command(&["get", "users", "--url", &own]);
    command.envs(both);
    let refused = common::Ran::from(command.output().unwrap()).fails(5);
    assert_eq!(
        refused.matches("note: SCIM_TOKEN is for").count(),
        1,
        "{refused}"
    );
    assert!(!refused.contains(TOKEN), "{refused}");
    let requests = world.provider.requests();
    let last = requests.last().unwrap();
    assert!(
        !last.headers().contains_key("authorization"),
        "{}",
        last.line()
    );
    // What scim2-cli reads.
    assert_eq!(
        count(&[("SCIM_CLI_URL", &others), ("SCIM_CONTEXT", "a")], &[]),
        "1\n"
    );
    let header = format!("Authorization: Bearer {TOKEN}");
    std::fs::remove_file(world.path("config/scim/config.toml")).unwrap();
    assert_eq!(
        count(
            &[("SCIM_CLI_URL", &own), ("SCIM_CLI_HEADERS", &header)],
            &[]
        ),
        "1\n"
    );
}

#[test]
fn headers_may_be_secrets() {
    let world = World::with("headers", |builder| builder);
    let url = world.url();
    let ran = world.bare(&[
        "--url",
        &url,
        "-H",
        "X-Tenant: 7",
        "-H",
        "X-Key: env:SCIM_TEST_TOKEN",
        "get",
        "users",
        "-vv",
    ]);
    assert!(
        !ran.err.contains(TOKEN) && ran.err.contains("x-tenant: 7"),
        "{}",
        ran.err
    );
    ran.ok();
    let request = world.provider.requests().pop().unwrap();
    assert_eq!(request.headers()["x-key"], TOKEN);
    let error = world
        .bare(&["--url", "http://192.0.2.1/scim", "get", "users"])
        .fails(2);
    assert!(error.contains("--insecure-http"), "{error}");
}

#[test]
fn completions_come_from_what_is_kept() {
    let world = World::new("complete");
    world.users(1);
    world.login("prod");
    world.lines();
    let complete = |words: &[&str]| {
        let mut command = world.command(&["--", "scim"]);
        command.args(words).env("COMPLETE", "fish");
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert!(complete(&["get", "us"]).contains("users"));
    assert!(complete(&["-c", ""]).contains("prod"));
    assert!(complete(&["create", "user", "--user"]).contains("--user-name"));
    assert!(complete(&["get", "users", "--filter", "active eq "]).contains("active eq true"));
    assert!(
        complete(&["get", "users", "--columns", "userName,name.f"])
            .contains("userName,name.familyName")
    );
    assert!(complete(&["exp"]).contains("export"));
    assert_eq!(world.lines().len(), 0, "nothing is sent");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(world.bare(&["completions", shell]).ok().contains("scim"));
    }
    world.bare(&["man", "pages"]).ok();
    assert!(world.read("pages/scim-get.1").contains(".TH scim-get 1"));
    assert!(world.path("pages/scim-schema-explain.1").exists());
}

#[test]
fn a_person_signs_in_with_a_browser() {
    let world = World::new("device");
    world.users(1);
    let polls = std::sync::atomic::AtomicU32::new(0);
    let (auth, asked) = endpoints(move |request| {
        use std::sync::atomic::Ordering::Relaxed;
        let (status, body) = if request.starts_with("POST /device") {
            (
                200,
                r#"{"device_code":"s3cr3t-device-code","user_code":"ABCD-EFGH","interval":0,
                    "verification_uri":"https://login.example/device","expires_in":60}"#,
            )
        } else if request.contains("grant_type=refresh_token&refresh_token=s3cr3t-refresh-token&") {
            (
                200,
                r#"{"access_token":"s3cr3t-token-value","expires_in":3600}"#,
            )
        } else if request.contains("device_code=s3cr3t-device-code")
            && polls.fetch_add(1, Relaxed) > 0
        {
            (
                200,
                r#"{"access_token":"s3cr3t-token-value","refresh_token":"s3cr3t-refresh-token","expires_in":3600}"#,
            )
        } else {
            (400, r#"{"error":"authorization_pending"}"#)
        };
        (status, body.to_owned())
    });
    let (base, device, token) = (
        world.url(),
        format!("{auth}/device"),
        format!("{auth}/token"),
    );
    let ran = world.bare(&[
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
        "--scope",
        "scim",
        "-vvv",
    ]);
    assert!(
        ran.err.contains(
            "open https://login.example/device in a browser, and enter the code ABCD-EFGH"
        ),
        "{}",
        ran.err
    );
    assert!(!ran.err.contains("s3cr3t"), "{}", ran.err);
    ran.ok();
    let count = || asked.lock().unwrap().len();
    assert_eq!(count(), 3, "the code, one question too early, one in time");
    // Nobody is asked again, neither while the token is good nor when it is not.
    assert_eq!(world.bare(&["get", "users", "-o", "name"]).ok(), "user0\n");
    assert_eq!(count(), 3);
    let folder = std::fs::read_dir(world.path("cache/scim")).unwrap();
    let mut files = folder.map(|entry| entry.unwrap().path());
    let kept = files
        .find(|path| path.to_string_lossy().contains("token-"))
        .unwrap();
    assert_eq!(mode(&kept), 0o600);
    let text = std::fs::read_to_string(&kept).unwrap();
    for (old, new) in [
        ("\"expires\":1", "\"expires\":1,\"x\":1"),
        (TOKEN, "refused"),
    ] {
        std::fs::write(&kept, text.replace(old, new)).unwrap();
        let before = count();
        assert_eq!(world.bare(&["get", "users", "-o", "name"]).ok(), "user0\n");
        assert_eq!(count(), before + 1);
        let again = std::fs::read_to_string(&kept).unwrap();
        assert!(
            again.contains("s3cr3t-refresh-token") && again.contains(TOKEN),
            "{again}"
        );
    }
    // Without that, somebody has to, and it is said how.
    std::fs::write(
        &kept,
        text.replace("\"refresh\"", "\"other\"")
            .replace(TOKEN, "refused"),
    )
    .unwrap();
    let error = world.bare(&["get", "users"]).fails(5);
    assert!(
        error.contains("sign in again") && error.contains("scim login me"),
        "{error}"
    );
    let shown = world.bare(&["whoami"]);
    assert!(!shown.err.contains("s3cr3t"), "{}", shown.err);
    world.bare(&["logout"]).ok();
    assert!(!kept.exists());
    let config = world.read("config/scim/config.toml");
    assert!(
        config.contains("kind = \"device\"") && config.contains("device-url"),
        "{config}"
    );
}

#[test]
fn what_passes_does_not_end_a_sign_in() {
    let world = World::new("device-passes");
    world.users(1);
    let polls = std::sync::atomic::AtomicU32::new(0);
    let trouble: Arc<Mutex<(u16, &str)>> = Arc::new(Mutex::new((503, "busy")));
    let now = Arc::clone(&trouble);
    let (auth, asked) = endpoints(move |request| {
        let (status, body) = if request.starts_with("POST /device") {
            (
                200,
                r#"{"device_code":"d","user_code":"ABCD","interval":1,"verification_uri":"https://l.example","expires_in":60}"#,
            )
        } else if request.contains("grant_type=refresh_token") {
            *now.lock().unwrap()
        } else {
            match polls.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                0 => (429, ""),
                1 => (0, ""),
                _ => (
                    200,
                    r#"{"access_token":"s3cr3t-token-value","refresh_token":"s3cr3t-refresh-token","expires_in":3600}"#,
                ),
            }
        };
        (status, body.to_owned())
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
    let ran = world.bare(&login);
    assert_eq!(ran.err.matches("trying again in").count(), 2, "{}", ran.err);
    ran.ok();
    assert_eq!(asked.lock().unwrap().len(), 4);
    let mut files = std::fs::read_dir(world.path("cache/scim"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let kept = files
        .find(|path| path.to_string_lossy().contains("token-"))
        .unwrap();
    let text = std::fs::read_to_string(&kept).unwrap();
    std::fs::write(&kept, text.replace(TOKEN, "refused")).unwrap();
    // Nobody has to sign in again because a server is busy, or answers in words of its own.
    for (status, body) in [
        (503, "busy"),
        (400, r#"{"error":"temporarily_unavailable"}"#),
        (401, r#"{"error":"invalid_client"}"#),
    ] {
        *trouble.lock().unwrap() = (status, body);
        let said = world.bare(&["get", "users"]).fails(5);
        assert!(
            said.contains(&status.to_string()) && !said.contains("somebody has to"),
            "{said}"
        );
        let text = std::fs::read_to_string(&kept).unwrap();
        assert!(text.contains("s3cr3t-refresh-token"), "{text}");
    }
    *trouble.lock().unwrap() = (400, r#"{"error":"invalid_grant"}"#);
    let said = world.bare(&["get", "users"]).fails(5);
    assert!(said.contains("somebody has to sign in again"), "{said}");
}

#[test]
fn a_token_is_not_waited_for_without_end() {
    let world = World::new("token-timeout");
    let (url, _) = endpoints(|_| {
        std::thread::sleep(std::time::Duration::from_secs(8));
        (0, String::new())
    });
    let base = world.url();
    world.write("secret", "x");
    let login = [
        "login",
        "o",
        "--url",
        &base,
        "--client-id",
        "me",
        "--client-secret",
        "file:secret",
        "--token-url",
        &url,
        "--timeout",
        "1",
    ];
    let said = world.bare(&login).fails(6);
    assert!(said.contains("no response in 1 s"), "{said}");
}

#[test]
fn logins_at_the_same_time_are_all_kept() {
    let world = World::new("logins");
    let url = world.url();
    let names: Vec<String> = (0..12).map(|n| format!("c{n}")).collect();
    let children: Vec<_> = names
        .iter()
        .map(|name| {
            let all = [
                "login",
                name,
                "--url",
                &url,
                "--token",
                "env:SCIM_TEST_TOKEN",
                "--no-check",
            ];
            let mut command = world.command(&all);
            command.stderr(std::process::Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let listed = world.bare(&["context", "list", "-o", "jsonl"]).ok();
    assert_eq!(listed.lines().count(), names.len(), "{listed}");
    // What was left behind by one that was killed does not last.
    let lock = world.write("config/scim/config.toml.lock", "");
    let file = std::fs::File::options().write(true).open(&lock).unwrap();
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    file.set_modified(old).unwrap();
    world.bare(&["context", "use", "c3"]).ok();
    assert!(!std::path::Path::new(&lock).exists());
}
