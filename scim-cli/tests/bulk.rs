//! BulkRequests: ids, sizes and what is said; and what comes through a pipe.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use common::fake::{Fake, list};
use common::{TOKEN, World};
use serde_json::{Value, json};

/// What servers say of themselves.
fn config(bulk: bool, bytes: usize, patch: bool) -> String {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {"supported": patch},
        "bulk": {"supported": bulk, "maxOperations": 100, "maxPayloadSize": bytes},
        "filter": {"supported": true, "maxResults": 100},
        "changePassword": {"supported": false},
        "sort": {"supported": false},
        "etag": {"supported": false},
        "authenticationSchemes": [],
    })
    .to_string()
}

/// A server that is empty and takes so many bytes in a BulkRequest. `result` makes one of the number
/// of what is created.
fn bulk_server(bytes: usize, result: impl Fn(usize) -> Value + Send + Sync + 'static) -> Fake {
    let count = AtomicUsize::new(0);
    Fake::new(move |method, target, body| match (method, target) {
        ("GET", "/ServiceProviderConfig") => (200, config(true, bytes, true)),
        ("GET", target) if target.starts_with("/Users") || target.starts_with("/Groups") => {
            (200, list(&[], ""))
        }
        ("POST", "/Bulk") => {
            let body: Value = serde_json::from_str(body).unwrap();
            let operations = body["Operations"].as_array().unwrap();
            let results = operations.iter().map(|operation| {
                let mut result = result(count.fetch_add(1, Ordering::Relaxed));
                result["bulkId"] = operation["bulkId"].clone();
                result["method"] = "POST".into();
                result
            });
            let results: Vec<Value> = results.collect();
            (200, json!({ "Operations": results }).to_string())
        }
        ("POST", _) => (201, json!({"id": "single"}).to_string()),
        _ => (404, String::new()),
    })
}

/// The bodies of all BulkRequests.
fn requests(fake: &Fake) -> Vec<String> {
    let heard = fake.heard.lock().unwrap();
    let bulk = heard.iter().filter(|text| text.starts_with("POST /Bulk"));
    bulk.map(|text| text.split_once("\r\n\r\n").unwrap().1.to_owned())
        .collect()
}

/// Their operations.
fn operations(fake: &Fake) -> Vec<Value> {
    let bodies = requests(fake);
    let all = bodies.iter().flat_map(|body| {
        let body: Value = serde_json::from_str(body).unwrap();
        body["Operations"].as_array().unwrap().clone()
    });
    all.collect()
}

const GROUP: &str = r#"{"id":"g","displayName":"G","members":[{"value":"u"}]}"#;

#[test]
fn ids_are_those_of_the_resources() {
    let both = |n: usize| {
        let id = if n == 0 { "a%40b" } else { "g" };
        json!({
            "status": "201",
            "location": format!("https://x/Users/{}", id.replace('%', "%25")),
            "response": {"id": id},
        })
    };
    let location = |n: usize| {
        let id = if n == 0 { "a%40b+c" } else { "g" };
        json!({"status": "201", "location": format!("https://x/Users/{id}")})
    };
    let servers = [
        (bulk_server(10_000, both), "a%40b"),
        (bulk_server(10_000, location), "a@b+c"),
    ];
    for (fake, id) in servers {
        let world = World::new("bulk-ids");
        world.write("all/User.jsonl", r#"{"id":"u","userName":"u"}"#);
        world.write("all/Group.jsonl", GROUP);
        let import = [
            "--url", &fake.url, "import", "-f", "all", "--bulk", "--report", "r.jsonl",
        ];
        world.bare(&import).ok();
        let report = world.read("r.jsonl");
        assert!(report.contains(&format!("\"id\":\"{id}\"")), "{report}");
        let sent = operations(&fake);
        assert_eq!(sent[1]["data"]["members"][0]["value"], id, "{sent:?}");
    }
}

#[test]
fn ids_of_earlier_requests_are_encoded_in_paths() {
    let made = |_: usize| json!({"status": "201", "response": {"id": "a%40b"}});
    let fake = bulk_server(700, made);
    let world = World::new("bulk-paths");
    let title = "x".repeat(300);
    let file = json!([
        {"method": "POST", "path": "/Users", "bulkId": "u", "data": {"title": title}},
        {"method": "PUT", "path": "/Users/bulkId:u", "data": {"title": title, "x": "bulkId:u"}},
    ]);
    world.write("b.json", &file.to_string());
    world
        .bare(&["--url", &fake.url, "bulk", "-f", "b.json", "--split"])
        .ok();
    let sent = operations(&fake);
    assert_eq!(sent[1]["path"], "/Users/a%2540b");
    assert_eq!(sent[1]["data"]["x"], "a%40b");
}

#[test]
fn requests_are_measured_with_the_ids_that_are_sent() {
    const BYTES: usize = 1600;
    let made = |n: usize| json!({"status": "201", "response": {"id": format!("{n:060}")}});
    let world = World::new("bulk-sizes");
    let users: Vec<String> = (0..5)
        .map(|n| format!("{{\"id\":\"u{n}\",\"userName\":\"u{n}\"}}"))
        .collect();
    // This one is too large for a BulkRequest.
    let large = json!({"userName": "large", "title": "x".repeat(BYTES)});
    world.write(
        "all/User.jsonl",
        &format!("{}\n{large}\n", users.join("\n")),
    );
    let members: Vec<Value> = (0..5).map(|n| json!({"value": format!("u{n}")})).collect();
    let groups: Vec<String> = (0..6)
        .map(|n| json!({"displayName": format!("g{n}"), "members": members}).to_string())
        .collect();
    world.write("all/Group.jsonl", &groups.join("\n"));
    let fake = bulk_server(BYTES, made);
    let ran = world.bare(&["--url", &fake.url, "import", "-f", "all", "--bulk"]);
    assert!(ran.err.contains("12 rows: 12 created"), "{}", ran.err);
    let within = |fake: &Fake| {
        let sizes: Vec<usize> = requests(fake).iter().map(String::len).collect();
        assert!(sizes.iter().all(|size| *size <= BYTES), "{sizes:?}");
    };
    within(&fake);
    assert_eq!(operations(&fake).len(), 11);
    assert!(fake.all().contains("POST /Users "), "{}", fake.all());
    // `scim bulk` puts ids in place of `bulkId:`, too.
    let mut all: Vec<Value> = (0..5)
        .map(|n| {
            let bulk_id = format!("u{n}");
            json!({"method": "POST", "path": "/Users", "bulkId": bulk_id, "data": {"title": "x".repeat(180)}})
        })
        .collect();
    let members: Vec<Value> = (0..4)
        .map(|n| json!({"value": format!("bulkId:u{n}")}))
        .collect();
    all.extend((0..6).map(|n| {
        let bulk_id = format!("g{n}");
        json!({"method": "POST", "path": "/Groups", "bulkId": bulk_id, "data": {"members": members}})
    }));
    world.write("b.json", &Value::from(all).to_string());
    let fake = bulk_server(BYTES, made);
    world
        .bare(&["--url", &fake.url, "bulk", "-f", "b.json", "--split"])
        .ok();
    within(&fake);
    let sent = operations(&fake);
    assert_eq!(sent.len(), 11);
    let last = &sent[10]["data"]["members"][0]["value"];
    assert_eq!(last, &json!(format!("{:060}", 0)));
}

#[test]
fn refusals_show_no_token() {
    let refused = |_: usize| {
        let detail = format!("the token {TOKEN} may not");
        json!({"status": "400", "response": {"status": "400", "detail": detail}})
    };
    let fake = bulk_server(10_000, refused);
    let world = World::new("bulk-mask");
    world.write("u.jsonl", r#"{"userName":"u"}"#);
    world.write(
        "b.json",
        r#"[{"method":"POST","path":"/Users","bulkId":"u","data":{"userName":"u"}}]"#,
    );
    let server = ["--url", &fake.url, "--token", "env:SCIM_TEST_TOKEN"];
    let import = [
        "import", "users", "-f", "u.jsonl", "--bulk", "--report", "r.jsonl",
    ];
    let bulk = ["bulk", "-f", "b.json"];
    for command in [import.as_slice(), &bulk] {
        let ran = world.bare(&[&server, command].concat());
        let all = format!("{}{}", ran.out, ran.err);
        assert!(all.contains("may not") && !all.contains(TOKEN), "{all}");
        ran.fails(1);
    }
    assert!(!world.read("r.jsonl").contains(TOKEN));
}

#[test]
fn equal_rows_are_told_apart() {
    let made = |n: usize| json!({"status": "201", "response": {"id": n.to_string()}});
    let fake = bulk_server(10_000, made);
    let world = World::new("bulk-equal");
    world.write("g.jsonl", &"{\"displayName\":\"G\"}\n".repeat(3));
    let import = [
        "--url",
        &fake.url,
        "import",
        "groups",
        "-f",
        "g.jsonl",
        "--bulk",
        "--match",
        "externalId",
        "--report",
        "r.jsonl",
    ];
    let ran = world.bare(&import);
    assert!(ran.err.contains("3 created"), "{}", ran.err);
    let sent = operations(&fake);
    let ids: HashSet<&str> = sent.iter().map(|o| o["bulkId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 3, "{sent:?}");
    let report = world.read("r.jsonl");
    let made: HashSet<String> = report
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter_map(|line| Some(line["id"].as_str()?.to_owned()))
        .collect();
    assert_eq!(made.len(), 3, "{report}");
    // A run that ended after the first of them goes on with the others.
    let first = ids.iter().min_by_key(|id| id.len()).unwrap();
    let begun = report
        .lines()
        .filter(|line| line.contains(&format!("\"{first}\"")));
    world.write("r.jsonl", &begun.collect::<Vec<_>>().join("\n"));
    let ran = world.bare(&[&import[..], &["--resume"]].concat());
    assert!(ran.err.contains("1 done before, 2 created"), "{}", ran.err);
}

#[test]
fn what_came_through_a_pipe_is_not_lost_when_the_command_begins_anew() {
    let world = World::new("pipe");
    let grown = Arc::new(AtomicBool::new(false));
    let has_grown = Arc::clone(&grown);
    let fake = Fake::new(move |method, target, _| {
        let can = has_grown.load(Ordering::Relaxed);
        match (method, target) {
            ("GET", "/ServiceProviderConfig") => (200, config(can, 10_000, can)),
            ("GET", "/Groups/g") => (
                200,
                r#"{"id":"g","displayName":"g","members":[{"value":"1"}]}"#.to_owned(),
            ),
            ("GET", target) if target.starts_with("/Users") => (200, list(&[], "")),
            ("POST", "/Bulk") => (200, json!({"Operations": []}).to_string()),
            ("PATCH", _) => (204, String::new()),
            _ => (404, String::new()),
        }
    });
    let import = ["--url", &fake.url, "import", "users", "-f", "-", "--bulk"];
    let member = [
        "--url", &fake.url, "member", "g", "set", "--from", "-", "--yes",
    ];
    let row = "{\"userName\":\"piped\"}\n";
    // What is kept of the server says that it can neither.
    for (command, input) in [(&import[..], row), (&member, "1\n2\n")] {
        let said = world.feed_bare(command, input).fails(2);
        assert!(said.contains("it has no"), "{said}");
    }
    for (command, input, sent) in [
        (&import[..], row, "\"userName\":\"piped\""),
        (&member, "1\n2\n", "\"op\":\"add\""),
    ] {
        grown.store(false, Ordering::Relaxed);
        world
            .bare(&["--refresh", "--url", &fake.url, "whoami"])
            .ok();
        grown.store(true, Ordering::Relaxed);
        let ran = world.feed_bare(command, input);
        let all = fake.all();
        assert!(all.contains(sent), "{command:?}: {}\n{all}", ran.err);
        assert!(!all.contains("\"op\":\"remove\""), "{all}");
    }
}

#[test]
fn the_standard_input_is_one_thing() {
    let world = World::new("stdin");
    let url = world.url();
    let server = ["--url", &url, "--token", "-"];
    // The flags need the schema, and so the token is wanted twice.
    let create = ["create", "user", "--user-name", "x"];
    world
        .feed_bare(&[&server[..], &create].concat(), TOKEN)
        .ok();
    let import = ["import", "users", "-f", "-"];
    let said = world
        .feed_bare(&[&server[..], &import].concat(), TOKEN)
        .fails(2);
    assert!(said.contains("from standard input"), "{said}");
}
