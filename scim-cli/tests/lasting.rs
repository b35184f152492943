//! What takes long, and what happens meanwhile: tokens expire, connections are cut, somebody ends it, and
//! others send what nobody should.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::fake::{USER, endpoints, list};
use common::served::serve;
use common::{Ran, TOKEN, World};

/// A server of tokens that are good for a second, and a context that has them.
fn short_tokens(world: &World) -> Arc<Mutex<Vec<String>>> {
    let (base, asked) = endpoints(|_| {
        let token = format!(r#"{{"access_token":"{TOKEN}","token_type":"Bearer","expires_in":1}}"#);
        (200, token)
    });
    world.write(
        "config/scim/config.toml",
        &format!(
            "current = \"o\"\n[context.o]\nurl = \"{}\"\n[context.o.auth]\nkind = \"oauth2\"\ntoken-url = \"{base}/token\"\n\
             client-id = \"me\"\nsecret = \"env:SCIM_TEST_TOKEN\"\n",
            world.url()
        ),
    );
    asked
}

#[test]
fn long_work_outlives_its_token() {
    let world = World::new("outlive");
    world.users(2);
    let asked = short_tokens(&world);
    world
        .bare(&["watch", "users", "--every", "1500ms", "--rounds", "4"])
        .ok();
    let number = asked.lock().unwrap().len();
    assert!((3..=8).contains(&number), "{number}");
    // So does a proxy, for all that it is asked.
    let served = serve(&world, &["proxy"]);
    for _ in 0..3 {
        let count = ["-u", &served.url, "get", "users", "--count"];
        assert_eq!(world.bare(&count).ok(), "2\n");
        std::thread::sleep(Duration::from_millis(1200));
    }
    served.end();
    let number = asked.lock().unwrap().len();
    // And the tests of a server.
    let latency = scim_client::testing::Misbehaviour::Latency(Duration::from_millis(150));
    world.provider.misbehave(latency);
    world.bare(&["test", "--only", "D-01"]).ok();
    assert!(asked.lock().unwrap().len() >= number + 2);
}

#[test]
fn nobody_needs_to_read_what_is_wrong() {
    let world = World::new("stderr");
    world.login("t");
    for (arguments, code) in [
        (&["get", "usr"][..], 2),
        (&["generate", "nowhere", "--out", "x"], 2),
        (&["test", "--only", "NOPE"], 2),
        (&["test", "--only", "D-01", "--save-fixtures", "saved"], 0),
        (&["-vvv", "get", "users"], 0),
    ] {
        let mut command = world.command(arguments);
        let child = command.stderr(Stdio::piped()).stdout(Stdio::null());
        let mut child = child.spawn().unwrap();
        drop(child.stderr.take());
        assert_eq!(child.wait().unwrap().code(), Some(code), "{arguments:?}");
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
        let mut command = world.command(arguments);
        let status = command.stderr(full.unwrap()).stdout(Stdio::null()).status();
        assert_eq!(status.unwrap().code(), Some(code), "{arguments:?}");
    }
}

/// Sends bytes and no more, and gives what comes until the connection ends, or for a while. A server
/// may close the connection before it answers, because the client closed its half.
fn raw(url: &str, bytes: &[u8]) -> String {
    exchange(url, bytes, true)
}

/// The same for a whole request, which is answered: the client's half stays open.
fn asked(url: &str, request: &str) -> String {
    exchange(url, request.as_bytes(), false)
}

fn exchange(url: &str, bytes: &[u8], nothing_follows: bool) -> String {
    let authority = url.trim_start_matches("http://").split('/').next().unwrap();
    let mut stream = TcpStream::connect(authority).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    let _closed = stream.write_all(bytes);
    if nothing_follows {
        let _closed = stream.shutdown(std::net::Shutdown::Write);
    }
    let mut answer = Vec::new();
    let _late = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn nothing_that_is_sent_to_a_server_ends_it() {
    let world = World::new("hostile");
    world.users(1);
    world.login("t");
    for command in [
        &["proxy", "-c", "t"][..],
        &["serve"],
        &["-v", "serve", "--token", "env:SCIM_TEST_TOKEN"],
    ] {
        let served = serve(&world, command);
        let base = format!("/{}", served.url.splitn(4, '/').nth(3).unwrap_or_default());
        let base = base.trim_end_matches('/').to_owned();
        let get = |path: &str| {
            asked(
                &served.url,
                &format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"),
            )
        };
        let huge = format!("{base}/Users?filter={}", "x".repeat(300_000));
        let deep = "[".repeat(100_000);
        let post = |more: &str, body: &str| {
            raw(
                &served.url,
                format!("POST {base}/Users HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}\r\n{body}")
                    .as_bytes(),
            )
        };
        raw(&served.url, b"");
        raw(&served.url, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03");
        raw(&served.url, &[0xff; 10_000]);
        raw(&served.url, b"GET / HTTP/9.9\r\n\r\n");
        raw(&served.url, b"GET");
        get(&huge);
        get("*");
        get(&format!("{base}/Users/%00%ff"));
        get(&format!("{base}/Users?filter=%ff%fe"));
        post("Content-Length: 100000\r\n", "cut off");
        post("Content-Length: -5\r\n", "");
        post("Content-Length: 99999999999999999999999\r\n", "");
        post("Transfer-Encoding: chunked\r\n", "zz\r\n");
        post(
            &format!("Connection: close\r\nContent-Length: {}\r\n", deep.len()),
            &deep,
        );
        post(
            "Expect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n",
            "{}",
        );
        if command.contains(&"proxy") {
            for path in [
                "/%2e%2e/admin",
                "/Users/..%2f..%2fadmin",
                "/%252e%252e/admin",
                "/..;/admin",
            ] {
                let answer = get(&format!("{base}{path}"));
                assert!(answer.starts_with("HTTP/1.1 502"), "{path}: {answer}");
            }
            for method in ["CONNECT 127.0.0.1:1", "TRACE /", "TRACE /scim/v2/Users"] {
                let request =
                    format!("{method} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
                let answer = asked(&served.url, &request);
                assert!(
                    !answer.contains(TOKEN) && !answer.starts_with("HTTP/1.1 2"),
                    "{method}: {answer}"
                );
            }
        }
        let mut count = vec!["-u", &served.url, "get", "users", "--count"];
        if command.contains(&"serve") && command.contains(&"--token") {
            count.extend(["-t", "env:SCIM_TEST_TOKEN"]);
        }
        world.bare(&count).ok();
        let said = served.end();
        assert!(
            !said.contains("panicked") && !said.contains(TOKEN),
            "{said}"
        );
    }
}

#[test]
fn a_port_is_one_servers() {
    let world = World::new("port");
    world.login("t");
    let served = serve(&world, &["serve"]);
    let port = served.url.rsplit(':').next().unwrap();
    let port = port.split('/').next().unwrap().to_owned();
    for command in [
        &["serve", "--port", &port][..],
        &["-v", "serve", "--port", &port],
        &["proxy", "--port", &port],
    ] {
        let said = world.bare(command).fails(2);
        assert!(said.contains(&port) && said.contains("--port 0"), "{said}");
        assert!(!said.contains("os error"), "{said}");
    }
    // Two at once, each with its own.
    let other = serve(&world, &["serve"]);
    assert_ne!(other.url, served.url);
    for url in [&served.url, &other.url] {
        world.bare(&["-u", url, "get", "users"]).ok();
    }
    other.end();
    served.end();
    for wrong in ["70000", "-1", "http", ""] {
        world.bare(&["serve", "--port", wrong]).fails(2);
    }
}

/// Tells a command to end, as a supervisor does.
fn terminate(child: &std::process::Child) {
    let kill = std::process::Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
}

#[test]
fn a_supervisor_ends_it_as_somebody_does() {
    let world = World::new("term");
    world.users(1);
    world.login("t");
    let mut proxy = world.command(&["proxy", "-c", "t", "--record", "p.har"]);
    let mut proxy = proxy
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = std::io::BufReader::new(proxy.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    world.bare(&["-u", line.trim(), "get", "users"]).ok();
    terminate(&proxy);
    let ran: Ran = proxy.wait_with_output().unwrap().into();
    ran.ok();
    assert!(world.read("p.har").contains("/Users"));
    // An import finishes what is on its way.
    let rows: String = (0..200).map(|n| format!("u{n}\n")).collect();
    world.write("u.csv", &format!("userName\n{rows}"));
    let latency = scim_client::testing::Misbehaviour::Latency(Duration::from_millis(20));
    world.provider.misbehave(latency);
    let mut import = world.command(&["import", "users", "-f", "u.csv", "--report", "r.jsonl"]);
    let import = import.stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while !std::fs::read_to_string(world.path("r.jsonl"))
        .unwrap_or_default()
        .contains("created")
        && begun.elapsed().as_secs() < 30
    {
        std::thread::sleep(Duration::from_millis(5));
    }
    terminate(&import);
    let said = Ran::from(import.wait_with_output().unwrap()).fails(130);
    assert!(said.contains("--resume continues"), "{said}");
    world.provider.behave();
    let resume = [
        "import", "users", "-f", "u.csv", "--report", "r.jsonl", "--resume",
    ];
    world.bare(&resume).ok();
    assert_eq!(world.bare(&["get", "users", "--count"]).ok(), "201\n");
}

/// A server whose second page ends in the middle; everything else is as it should be.
fn cut(calls: &'static AtomicUsize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 8192];
            let length = stream.read(&mut request).unwrap_or(0);
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            let target = request.split(' ').nth(1).unwrap_or_default();
            let (status, body, sent) = match target {
                _ if !target.starts_with("/Users") => (404, "{}".to_owned(), 2),
                _ if target.contains("startIndex") => {
                    calls.fetch_add(1, Ordering::Relaxed);
                    let body = list(&[&USER.replace("\"1\"", "\"2\"")], "");
                    let half = body.len() / 2;
                    (200, body, half)
                }
                _ => {
                    let body =
                        list(&[USER], "").replace("\"totalResults\":1", "\"totalResults\":2");
                    let length = body.len();
                    (200, body, length)
                }
            };
            let head = format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/scim+json\r\ncontent-length: {}\r\n\
                 connection: close\r\n\r\n",
                body.len()
            );
            let _gone = stream.write_all(head.as_bytes());
            let _gone = stream.write_all(&body.as_bytes()[..sent]);
        }
    });
    url
}

#[test]
fn a_page_that_is_cut_off_is_told() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let world = World::with("cut-page", |builder| builder);
    let url = cut(&CALLS);
    let run = |arguments: &[&str]| {
        let mut all = vec!["-u", &url];
        all.extend(arguments);
        world.bare(&all)
    };
    for format in ["jsonl", "name", "csv", "table", "json", "yaml"] {
        let ran = run(&["get", "users", "--all", "--page-size", "1", "-o", format]);
        assert!(
            ran.out.contains('a') || format == "id",
            "{format}: {}",
            ran.out
        );
        let said = ran.fails(6);
        assert!(said.contains("hint: "), "{said}");
    }
    let export = ["export", "users", "--page-size", "1", "--out", "u.jsonl"];
    let said = run(&export).fails(6);
    assert!(said.contains("--resume continues"), "{said}");
    assert!(!world.path("u.jsonl").exists());
    assert_eq!(world.read("u.jsonl.part").lines().count(), 1);
    // What looks for what is there does not take a part of it for all.
    world.write("r.csv", "userName\nzzz\n");
    let ran = run(&[
        "get",
        "users",
        "--local",
        "--page-size",
        "1",
        "-w",
        "userName=a",
    ]);
    assert_eq!((ran.out.as_str(), ran.code), ("", Some(6)), "{}", ran.err);
    let said = run(&["watch", "users", "--rounds", "1"]).err;
    assert!(!said.contains("panicked"), "{said}");
    run(&["watch", "users", "--every", "0s"]).fails(2);
    assert!(CALLS.load(Ordering::Relaxed) > 5);
}
