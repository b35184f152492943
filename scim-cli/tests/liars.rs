//! Servers that ignore what they are asked, or say what is not so; and where secrets must not go.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;

use common::fake::{ERROR, Fake, USER, list};
use common::{Ran, TOKEN, World};

#[test]
fn what_does_not_match_is_not_written_to() {
    let world = World::with("no-match", |builder| builder);
    let fake = Fake::without_filters();
    world.write("r.csv", "userName,title\nzzz,x\n");
    let commands: &[&[&str]] = &[
        &["delete", "users", "--where", "userName=zzz", "--yes"],
        &["delete", "users", "-w", "userName=zzz", "--soft", "--yes"],
        &["delete", "user", "@zzz", "--yes"],
        &["delete", "user", "2", "--yes"],
        &["patch", "user", "@zzz", "title=x"],
        &["activate", "@zzz"],
        &["deactivate", "@zzz"],
        &["member", "@zzz", "add", "1"],
        &["member", "@g", "add", "@zzz"],
        &[
            "import",
            "users",
            "-f",
            "r.csv",
            "--on-conflict",
            "update",
            "--yes",
        ],
    ];
    for command in commands {
        let mut all = vec!["--url", fake.url.as_str()];
        all.extend(*command);
        let ran = world.bare(&all);
        assert_ne!(ran.code, Some(2), "{command:?}: {}", ran.err);
        assert_eq!(
            fake.writes(),
            Vec::<String>::new(),
            "{command:?}: {}",
            ran.err
        );
    }
    let bare = |arguments: &[&str]| {
        let mut all = vec!["--url", fake.url.as_str()];
        all.extend(arguments);
        world.bare(&all)
    };
    assert!(
        bare(&["patch", "user", "@zzz", "title=x"])
            .fails(1)
            .contains("ignore filters")
    );
    let or_get = [
        "create",
        "user",
        "--user-name",
        "zzz",
        "--or-get",
        "userName",
    ];
    bare(&or_get).fails(1);
    // The one that is meant goes, in whatever letter case it is named.
    bare(&["delete", "user", "@A", "--yes"]).ok();
    bare(&["delete", "users", "-w", "userName=a", "--yes"]).ok();
    assert_eq!(fake.writes().len(), 2);
}

#[test]
fn credentials_stay_with_their_server() {
    let world = World::new("stay");
    world.users(1);
    let own = world.url();
    let login = |url: &str, more: &[&str]| {
        let mut all = vec!["login", "acme", "--url", url];
        all.extend(more);
        world.bare(&all)
    };
    let secrets = [
        "-t",
        "env:SCIM_TEST_TOKEN",
        "-H",
        "X-Own: s3cr3t-header-value",
    ];
    login(&own, &secrets).ok();
    let other = Fake::without_filters();
    let run = |variables: &[(&str, &str)], arguments: &[&str]| -> Ran {
        let mut command = world.command(arguments);
        command.args(["get", "users", "--count"]);
        command.envs(variables.iter().copied());
        command.output().unwrap().into()
    };
    // -u is in place of a context, -c in place of a URL.
    run(&[("SCIM_CONTEXT", "acme")], &["-u", &other.url]).ok();
    assert_eq!(
        run(&[("SCIM_URL", &other.url)], &["-c", "acme"]).ok(),
        "1\n"
    );
    let both = [
        ("SCIM_URL", other.url.as_str()),
        ("SCIM_TOKEN", "t0ken-of-other"),
    ];
    assert_eq!(run(&both, &["-c", "acme"]).ok(), "1\n");
    // Both together are for one server, or for none.
    for (variables, arguments) in [
        (vec![], vec!["-c", "acme", "-u", other.url.as_str()]),
        (
            vec![("SCIM_URL", other.url.as_str()), ("SCIM_CONTEXT", "acme")],
            vec![],
        ),
    ] {
        assert!(
            run(&variables, &arguments)
                .fails(2)
                .contains("are not for that server")
        );
    }
    assert_eq!(run(&[], &["-c", "acme", "-u", &own]).ok(), "1\n");
    // Nor does it go with the name of the context.
    let said = login(&other.url, &[]).err;
    assert!(said.contains("left behind"), "{said}");
    let all = other.all();
    assert!(!all.is_empty() && !all.contains("s3cr3t"), "{all}");
    assert!(!all.to_lowercase().contains("authorization"), "{all}");
}

#[test]
fn a_secret_does_not_go_over_plain_http() {
    let world = World::with("plain-token", |builder| builder);
    world.write(
        "config/scim/config.toml",
        "[context.a]\nurl = \"https://scim.invalid/v2\"\n[context.a.auth]\nkind = \"oauth2\"\n\
         token-url = \"http://token.invalid/token\"\nclient-id = \"me\"\nsecret = \"env:SCIM_TEST_TOKEN\"\n",
    );
    let said = world.bare(&["-c", "a", "get", "users"]).fails(2);
    assert!(said.contains("token-url"), "{said}");
    // Whoever says so may: then it is the name that is not found.
    let said = world.bare(&["-c", "a", "--insecure-http", "get", "users"]);
    assert_eq!(said.code, Some(6), "{}", said.err);
}

#[test]
fn an_archive_is_written_when_the_token_is_refused() {
    let world = World::with("har-token", |builder| builder);
    let fake = Fake::new(|_, _, _| (400, r#"{"error":"invalid_client"}"#.to_owned()));
    world.write(
        "config/scim/config.toml",
        &format!(
            "[context.a]\nurl = \"{0}\"\n[context.a.auth]\nkind = \"oauth2\"\n\
             token-url = \"{0}/token\"\nclient-id = \"me\"\nsecret = \"env:SCIM_TEST_TOKEN\"\n",
            fake.url
        ),
    );
    world
        .bare(&["-c", "a", "--har", "t.har", "get", "users"])
        .fails(5);
    let archive = world.read("t.har");
    assert!(
        archive.contains("/token") && archive.contains("invalid_client"),
        "{archive}"
    );
    assert!(!archive.contains(TOKEN));
}

/// Sends these bytes: the answer.
fn raw(url: &str, request: &str) -> String {
    let authority = url.trim_start_matches("http://").split('/').next().unwrap();
    let mut stream = TcpStream::connect(authority).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_proxy_is_as_read_only_as_its_context() {
    let world = World::new("proxy-read-only");
    world.users(1);
    world.login("a");
    world
        .bare(&["context", "set", "a", "read-only", "true"])
        .ok();
    let mut child = world
        .command(&["proxy", "-c", "a"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    let url = line.trim().to_owned();
    let path = format!("/{}", url.splitn(4, '/').nth(3).unwrap_or_default());
    let path = path.trim_end_matches('/');
    let send = |method: &str, below: &str, host: &str, more: &str, body: &str| {
        let answer = raw(
            &url,
            &format!(
                "{method} {path}{below} HTTP/1.1\r\nHost: {host}\r\n{more}Connection: close\r\n\
                 Content-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            ),
        );
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    let user = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"new"}"#;
    let search = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}"#;
    let foreign = "Origin: http://evil.example\r\n";
    let other_method = "X-HTTP-Method-Override: DELETE\r\n";
    let told = [
        send("GET", "/Users", "127.0.0.1", "", ""),
        send("GET", "/Users", "localhost:80", "", ""),
        send("POST", "/Users/.search", "127.0.0.1", "", search),
        send("POST", "/Users", "127.0.0.1", "", user),
        send("PUT", "/Users/1", "127.0.0.1", "", user),
        send("DELETE", "/Users/1", "127.0.0.1", "", ""),
        send("DELETE", "/Users/.search", "127.0.0.1", "", ""),
        send("GET", "/Users/1", "127.0.0.1", other_method, ""),
        send("GET", "/Users", "evil.example", "", ""),
        send("GET", "/Users", "127.0.0.1.evil.example", "", ""),
        send("GET", "/Users", "127.0.0.1", foreign, ""),
    ];
    let _gone = child.kill();
    let _gone = child.wait();
    assert_eq!(
        told,
        [
            "200", "200", "200", "403", "403", "403", "403", "403", "403", "403", "403"
        ]
    );
    assert_eq!(world.bare(&["get", "users", "--count"]).ok(), "1\n");
    // As is a request of one's own.
    world.bare(&["api", "DELETE", "/Users/.search"]).fails(8);
}

#[test]
fn lists_that_go_round_end() {
    let world = World::with("round", |builder| builder);
    for resources in [&[][..], &[r#"{"userName":"x"}"#][..], &[USER][..]] {
        let texts: Vec<String> = resources.iter().map(|text| (*text).to_owned()).collect();
        let fake = Fake::new(move |_, target, _| {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            match target.starts_with("/Users") {
                true if target.contains("cursor=a") => (200, list(&texts, ",\"nextCursor\":\"b\"")),
                true => (200, list(&texts, ",\"nextCursor\":\"a\"")),
                false => (404, String::new()),
            }
        });
        for command in [
            &["get", "users", "--all"][..],
            &["delete", "users", "-w", "userName=zzz", "--yes"][..],
            &["watch", "users", "--rounds", "1"][..],
        ] {
            let mut all = vec!["--url", fake.url.as_str()];
            all.extend(command);
            let said = world.bare(&all).fails(1);
            assert!(said.contains("nothing new"), "{command:?}: {said}");
        }
    }
}

#[test]
fn success_without_what_was_asked_for_is_none() {
    let world = World::with("false-success", |builder| builder);
    let commands: &[&[&str]] = &[
        &["create", "user", "--user-name", "x"],
        &["get", "user", "1"],
        &["patch", "user", "1", "title=x"],
        &["replace", "user", "1", "-f", "u.json"],
    ];
    world.write("u.json", USER);
    for (status, body) in [(204, ""), (200, ""), (200, ERROR), (200, "{}")] {
        let fake = Fake::new(move |_, target, _| match target.starts_with("/Users") {
            true => (status, body.to_owned()),
            false => (404, String::new()),
        });
        for command in commands {
            let mut all = vec!["--url", fake.url.as_str()];
            all.extend(*command);
            let ran = world.bare(&all);
            assert_eq!(
                ran.code,
                Some(1),
                "{status} {body} {command:?}: {}",
                ran.err
            );
            assert!(!ran.err.contains("created User"), "{}", ran.err);
            assert_eq!(
                ran.err.contains("it went wrong"),
                body == ERROR,
                "{}",
                ran.err
            );
        }
    }
    // What the server did not get to is not done.
    world.write(
        "b.json",
        r#"[{"method":"DELETE","path":"/Users/1"},{"method":"DELETE","path":"/Users/2"}]"#,
    );
    for done in ["", r#"{"method":"DELETE","status":"204"}"#] {
        let fake = Fake::new(move |method, _, _| match method {
            "POST" => (200, format!("{{\"Operations\":[{done}]}}")),
            _ => (404, String::new()),
        });
        let ran = world.bare(&["--url", &fake.url, "bulk", "-f", "b.json"]);
        assert!(ran.fails(7).contains("were not processed"));
    }
}

#[test]
fn curl_is_the_request() {
    let world = World::new("curl");
    world.login("a");
    let ran = world.bare(&[
        "--curl",
        "create",
        "user",
        "--user-name",
        "x",
        "--password",
        "env:SCIM_TEST_TOKEN",
        "-H",
        "X-Tenant: 7",
        "-H",
        "X-Key: env:SCIM_TEST_TOKEN",
    ]);
    for part in ["X-Tenant: 7", "X-Key: $SCIM_SECRET\"", "\"$SCIM_SECRET_2\""] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    assert!(
        ran.err.contains("$SCIM_SECRET_2") && ran.err.contains("password"),
        "{}",
        ran.err
    );
    let out = ran.ok();
    assert!(!out.contains("***") && !out.contains(TOKEN), "{out}");
}

#[test]
fn headers_of_the_connection_are_refused() {
    let world = World::with("framing", |builder| builder);
    let url = world.url();
    for header in [
        "Content-Length: 5",
        "transfer-encoding: chunked",
        "HOST: x",
        "Connection: close",
        "Expect: 100-continue",
    ] {
        let said = world
            .bare(&["--url", &url, "-H", header, "get", "users"])
            .fails(2);
        assert!(said.contains("set by the connection"), "{said}");
    }
    world
        .bare(&["--url", &url, "api", "/Users", "-q", "foo"])
        .fails(2);
    world
        .bare(&["--url", &url, "api", "/Users", "-q", "count=1"])
        .ok();
}

#[test]
fn messages_are_in_the_words_of_the_command() {
    let world = World::with("words", |builder| builder);
    let fake = Fake::new(|_, target, _| match target.starts_with("/Users") {
        true => (500, r#"{"nothing":"known"}"#.to_owned()),
        false => (404, String::new()),
    });
    let said = world.bare(&["--url", &fake.url, "get", "users"]).fails(1);
    assert!(
        said.contains("-vvv shows") && !said.contains("Error::"),
        "{said}"
    );
    for (url, hint) in [
        ("http://192.0.2.1/scim", "--insecure-http"),
        (
            "https://a:b@x.example/scim",
            "--user NAME --password env:NAME",
        ),
    ] {
        let said = world.bare(&["--url", url, "get", "users"]).fails(2);
        assert!(
            said.contains(hint) && !said.contains("allow_insecure"),
            "{said}"
        );
    }
}

#[test]
fn a_server_that_fails_at_attributes_is_asked_without() {
    let world = World::new("attributes");
    let user = |name: &str| format!("{{\"id\":\"{name}\",\"userName\":\"{name}\"}}");
    let fake = Fake::new(move |_, path, _| match path {
        path if !path.starts_with("/Users") => (404, String::new()),
        path if path.contains("attributes=") => (400, "undefined".to_owned()),
        _ => (200, list(&[&user("a"), &user("b")], "")),
    });
    let names = [
        "get",
        "users",
        "-u",
        &fake.url,
        "--columns",
        "userName",
        "-o",
        "csv",
    ];
    assert_eq!(world.bare(&names).ok(), "userName\na\nb\n");
    // What somebody asked for is not left out.
    let select = ["get", "users", "-u", &fake.url, "--select", "userName"];
    world.bare(&select).fails(1);
}
