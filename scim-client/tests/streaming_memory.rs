//! A long list from a server on a loopback port takes no more memory than some pages of it. The
//! server is a process of its own, so that the figure is the client's alone.
#![cfg(feature = "reqwest")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
};

use scim_client::{Client, User};

const TOTAL: u64 = 100_000;

/// Set in the process that is the server.
const SERVER: &str = "SCIM_TEST_LONG_LIST";

/// The most memory that this process has had, in KiB; only Linux says it.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The server, in this test's other process. Does nothing in the ordinary one.
#[test]
fn server() {
    if std::env::var_os(SERVER).is_none() {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("\nport {}", listener.local_addr().unwrap().port());
    for stream in listener.incoming() {
        let stream = stream.unwrap();
        std::thread::spawn(move || serve(stream));
    }
}

/// Answers requests without a body until the connection ends.
fn serve(mut stream: TcpStream) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let query = line.split([' ', '?']).nth(2).unwrap_or_default().to_owned();
        while !line.trim().is_empty() {
            line.clear();
            reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        }
        let number = |name: &str| {
            let value = query.split('&').find_map(|part| part.strip_prefix(name));
            value.and_then(|value| value.parse::<u64>().ok())
        };
        let (start, count) = (number("startIndex=").unwrap_or(1), number("count=")?);
        let ids = (start..=TOTAL).take(usize::try_from(count).ok()?);
        let users: Vec<_> = ids.map(user).collect();
        let body = format!(
            r#"{{"totalResults":{TOTAL},"startIndex":{start},"Resources":[{}]}}"#,
            users.join(",")
        );
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(body.as_bytes()).ok()?;
    }
}

fn user(id: u64) -> String {
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"{id}","userName":"user-{id}@example.com","name":{{"familyName":"Jensen","givenName":"Barbara {id}"}},"active":true,"emails":[{{"value":"user-{id}@example.com","type":"work","primary":true}},{{"value":"home-{id}@example.org","type":"home"}}],"groups":[{{"value":"e9e30dba","display":"Tour Guides"}}],"meta":{{"resourceType":"User","created":"2010-01-23T04:56:22Z","version":"W/\"{id}\""}}}}"#
    )
}

/// Ends the server with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start() -> (Running, String) {
    let server = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "server", "--nocapture"])
        .env(SERVER, "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut server = Running(server);
    let lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
    let port = lines
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("port ").map(str::to_owned));
    let url = format!("http://127.0.0.1:{}/v2", port.expect("the server's port"));
    (server, url)
}

#[tokio::test]
async fn a_hundred_thousand_users() {
    if std::env::var_os(SERVER).is_some() {
        return;
    }
    let (_server, url) = start();
    let scim = Client::builder(url).build().unwrap();
    let mut users = scim
        .resource::<User>()
        .query()
        .count(500)
        .stream()
        .prefetch(2);
    let mut count = 0;
    while let Some(user) = users.next().await {
        user.unwrap();
        count += 1;
    }
    assert_eq!(count, TOTAL);
    match peak() {
        Some(peak) => {
            println!("peak {} MiB, the client alone", peak / 1024);
            assert!(peak < 32 * 1024, "{peak} KiB");
        }
        None => println!("skipped: the peak is not known here"),
    }
}
