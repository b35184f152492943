//! Servers that answer nonsense: a run ends in bounded time with one cause or with findings, tells nobody
//! else the credentials, and its reports can be read, whatever came.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may panic as tests do"
)]

mod common;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::Response;
use scim_client::{Group, User, testing::ServiceProvider};
use scim_tester::{Format, Level, Report, Suite};
use serde_json::{Value, json};

use common::{
    TOKEN, forms,
    server::{Asked, Reply, answer, each, edited, run, serve},
};

fn right(url: &str) -> ServiceProvider {
    ServiceProvider::builder()
        .strict()
        .bearer_token(TOKEN)
        .base_url(url)
        .build()
}

fn suite() -> Suite {
    common::suite()
        .timeout(Duration::from_millis(700))
        .max_time(Duration::from_secs(10))
}

/// A server that answers by this function, which has what a right one answers.
fn serving(change: impl Fn(&Asked, Response<Bytes>) -> Reply + Send + Sync + 'static) -> String {
    serve(|url| {
        let provider = right(url);
        move |asked| change(asked, asked.answered_by(&provider))
    })
}

fn is_discovery(asked: &Asked) -> bool {
    let paths = [
        "/v2/ServiceProviderConfig",
        "/v2/ResourceTypes",
        "/v2/Schemas",
    ];
    paths.iter().any(|path| asked.path().starts_with(path))
}

/// Runs to the end within so many seconds; the reports can be read, and show no token.
async fn bounded(name: &str, seconds: u64, suite: Suite, url: &str) -> Report {
    let begun = Instant::now();
    let report = run(suite, url).await;
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(seconds), "{name} took {took:?}");
    forms::can_be_read(name, &report);
    if report.unusable().is_some() {
        assert_eq!(report.exit_code(Level::Error), 6, "{name}");
    }
    report
}

/// Whatever everything is answered with, that is one cause.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense_for_everything_is_one_cause() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let bodies: Vec<(&str, Bytes)> = vec![
        ("null", "null".into()),
        ("a number", "5".into()),
        ("a text", "\"hello\"".into()),
        ("a large number", "{\"totalResults\": 1e999}".into()),
        ("a deep array", deep.into()),
        ("half an object", "{\"schemas\": [".into()),
        ("no UTF-8", Bytes::from_static(b"{\"a\": \"\xff\xfe\"}")),
        (
            "control characters",
            "\u{0}\u{1}\u{1b}[31m\u{fffe}]]>--><zz>&amp;".into(),
        ),
        ("lines", "ok 1 - x\nnot ok 2\n  ---\n  ...\r\n1..1".into()),
    ];
    for (name, body) in bodies {
        for status in [200, 400, 404, 503] {
            let body = body.clone();
            let url = serve(|_| move |_: &Asked| Reply::Answer(answer(status, body.clone())));
            let report = bounded(name, 10, suite(), &url).await;
            assert!(report.unusable().is_some(), "{name} {status}: {report}");
            assert!(
                report.results().is_empty() && report.requests() < 20,
                "{name}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_without_an_end_are_no_answer() {
    let head = |more: &str| {
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/scim+json\r\n{more}\r\n")
    };
    let kinds = [
        (
            "chunks",
            head("transfer-encoding: chunked\r\n"),
            "1\r\n \r\n".to_owned(),
        ),
        (
            "until the end",
            head("connection: close\r\n"),
            "   ".to_owned(),
        ),
        (
            "a header",
            "HTTP/1.1 200 OK\r\nx: ".to_owned(),
            "y".to_owned(),
        ),
        (
            "interim answers",
            String::new(),
            "HTTP/1.1 103 Early Hints\r\n\r\n".to_owned(),
        ),
        (
            "large chunks",
            head("transfer-encoding: chunked\r\n"),
            format!("100000\r\n{}\r\n", " ".repeat(0x10_0000)),
        ),
    ];
    for (name, head, piece) in kinds {
        let url = serve(|_| {
            move |_: &Asked| Reply::Endless(head.clone().into_bytes(), piece.clone().into_bytes())
        });
        let report = bounded(name, 15, suite(), &url).await;
        let why = report.unusable().unwrap_or_default();
        assert!(
            why.contains("no response") && report.requests() < 10,
            "{name}: {why}"
        );
    }
    // Lists only, and only from some time on.
    let count = AtomicUsize::new(0);
    let url = serving(move |asked, response| {
        let is_list = asked.method == "GET" && asked.path() == "/v2/Users";
        match is_list && count.fetch_add(1, Ordering::Relaxed) > 20 {
            true => Reply::Endless(
                b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec(),
                b"1\r\n \r\n".to_vec(),
            ),
            false => Reply::Answer(response),
        }
    });
    let report = bounded("lists", 80, suite(), &url).await;
    assert!(report.unusable().is_some(), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_is_bounded() {
    // Ten thousand attributes.
    let url = serving(|asked, mut response| {
        if asked.path().starts_with("/v2/Schemas") {
            each(&mut response, |schema| {
                if schema["id"] == "urn:ietf:params:scim:schemas:core:2.0:User" {
                    let one = json!({
                        "type": "string", "multiValued": false, "description": "x", "required": false, "caseExact": false,
                        "mutability": "readWrite", "returned": "default", "uniqueness": "none",
                    });
                    let more = (0..10_000).map(|at| {
                        let mut one = one.clone();
                        one["name"] = format!("attr{at}").into();
                        one
                    });
                    schema["attributes"].as_array_mut().unwrap().extend(more);
                }
            });
        }
        Reply::Answer(response)
    });
    let report = bounded(
        "attributes",
        90,
        suite().only(["D", "C", "R", "F-43", "P"]),
        &url,
    )
    .await;
    assert!(report.requests() <= 10_000);
    // Sub-attributes within each other, as deep as JSON is read.
    let url = serving(|asked, mut response| {
        if asked.path().starts_with("/v2/Schemas") {
            each(&mut response, |schema| {
                let mut attribute = json!({"name": "a", "type": "complex", "multiValued": true});
                for _ in 0..50 {
                    attribute = json!({"name": "a", "type": "complex", "multiValued": true, "subAttributes": [attribute]});
                }
                schema["attributes"].as_array_mut().unwrap().push(attribute);
            });
        }
        Reply::Answer(response)
    });
    bounded("sub-attributes", 60, suite().only(["D", "C", "R"]), &url).await;
    // Lists of a megabyte and more, each of them.
    let url = serving(|asked, mut response| {
        if asked.method == "GET" && asked.path() == "/v2/Users" {
            edited(&mut response, |list| {
                list["zz"] = "x".repeat(3 << 20).into();
            });
        }
        Reply::Answer(response)
    });
    let report = bounded("large lists", 90, suite().only(["F", "G", "S"]), &url).await;
    assert!(report.requests() > 20);
}

/// Lists that have no end: each page is full, and there are ever more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_without_an_end_come_to_one() {
    for cursors in [false, true] {
        let count = AtomicUsize::new(0);
        let url = serving(move |asked, mut response| {
            if asked.method == "GET" && asked.path() == "/v2/Users" && response.status() == 200 {
                let from = count.fetch_add(50, Ordering::Relaxed);
                edited(&mut response, |list| {
                    list["totalResults"] = 9_000_000_000_000_000_000_u64.into();
                    let made = (from..from + 50).map(|at| {
                        json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": format!("made-{at}"),
                            "userName": format!("made-{at}"), "meta": {"resourceType": "User"}})
                    });
                    list["Resources"] = made.collect();
                    list["itemsPerPage"] = 50.into();
                    if cursors {
                        list["nextCursor"] = format!("c{from}").into();
                    }
                });
            }
            Reply::Answer(response)
        });
        let report = bounded("endless", 80, suite(), &url).await;
        assert!(!report.failed(Level::Error).is_empty());
        assert!(report.requests() <= 10_000);
    }
    for total in [
        json!(-5),
        json!("many"),
        json!(1.5),
        json!(null),
        json!([1]),
    ] {
        let url = serving(move |_, mut response| {
            edited(&mut response, |list| {
                if list.get("totalResults").is_some() {
                    list["totalResults"] = total.clone();
                }
            });
            Reply::Answer(response)
        });
        let report = bounded("total", 40, suite().only(["D", "G", "K", "Q"]), &url).await;
        assert!(report.failed(Level::Error).contains(&"G-02"), "{report}");
    }
}

/// A second host, which nobody of the run has anything to say to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_told_to_another_host() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let listening = heard.clone();
    let other = serve(|_| {
        move |asked: &Asked| {
            listening.lock().unwrap().push(asked.clone());
            Reply::Answer(answer(200, "{}"))
        }
    });
    // Every URL of an answer names the other host: headers, and the members of bodies.
    for without_header in [false, true] {
        let there = other.clone();
        let url = serve(|url| {
            let (provider, own) = (right(url), url.to_owned());
            move |asked: &Asked| {
                if asked.path() == "/v2/Me" {
                    let mut me = answer(if without_header { 200 } else { 308 }, "");
                    *me.body_mut() = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "me",
                        "meta": {"resourceType": "User", "location": format!("{there}/Users/1")}}).to_string().into();
                    me.headers_mut()
                        .insert("location", format!("{there}/Users/1").parse().unwrap());
                    return Reply::Answer(me);
                }
                let mut response = asked.answered_by(&provider);
                let text = String::from_utf8_lossy(response.body()).replace(&own, &there);
                *response.body_mut() = text.into();
                for name in ["location", "content-location"] {
                    if without_header {
                        response.headers_mut().remove(name);
                    } else if let Some(value) = response.headers().get(name) {
                        let value = value.to_str().unwrap().replace(&own, &there);
                        response.headers_mut().insert(name, value.parse().unwrap());
                    }
                }
                Reply::Answer(response)
            }
        });
        let report = bounded("locations", 60, suite().me(), &url).await;
        // It may be the public name of the server: a warning, and nobody goes there.
        assert!(report.failed(Level::Warning).contains(&"C-02"), "{report}");
    }
    // Redirects, for everything or for all but discovery.
    for (status, all) in [
        (301, true),
        (302, false),
        (307, true),
        (307, false),
        (308, false),
    ] {
        let there = other.clone();
        let url = serving(move |asked, response| {
            if !all && is_discovery(asked) {
                return Reply::Answer(response);
            }
            let mut away = answer(status, "");
            let path = asked.target.trim_start_matches("/v2");
            // Who follows tells the token twice.
            let token = asked
                .headers
                .get("authorization")
                .map_or("", |own| own.to_str().unwrap_or_default());
            let location = format!("{there}{path}#{}", token.trim_start_matches("Bearer "));
            away.headers_mut()
                .insert("location", location.parse().unwrap());
            Reply::Answer(away)
        });
        let report = bounded("redirects", 20, suite(), &url).await;
        assert!(
            report.unusable().is_some() && report.requests() < 20,
            "{status} {all}: {report}"
        );
    }
    // Endpoints that are no paths.
    for endpoint in [
        "//evil.example/Users",
        "@evil.example/",
        "https://evil.example/Users",
        "/../../Users",
        "\\\\evil.example\\x",
        "/Users?x=#",
    ] {
        let url = serving(move |asked, mut response| {
            if asked.path().starts_with("/v2/ResourceTypes") {
                each(&mut response, |one| one["endpoint"] = endpoint.into());
            }
            Reply::Answer(response)
        });
        let report = bounded(endpoint, 30, suite().only(["D", "C", "R", "L"]), &url).await;
        let host = url.trim_end_matches("/v2").to_owned() + "/";
        let har: Value = serde_json::from_str(&report.to_text(Format::Har)).unwrap();
        for entry in har["log"]["entries"].as_array().unwrap() {
            let url = entry["request"]["url"].as_str().unwrap();
            assert!(url.starts_with(&host), "{endpoint}: {url}");
        }
    }
    let heard = heard.lock().unwrap();
    assert!(heard.is_empty(), "{heard:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_turns_is_one_cause() {
    let after = |calls: usize, turned: fn(&Asked) -> Reply| {
        let count = AtomicUsize::new(0);
        serving(
            move |asked, response| match count.fetch_add(1, Ordering::Relaxed) < calls {
                true => Reply::Answer(response),
                false => turned(asked),
            },
        )
    };
    for (calls, word, turned) in [
        (
            100,
            "401",
            (|_| Reply::Answer(answer(401, ""))) as fn(&Asked) -> Reply,
        ),
        (100, "5xx", |_| Reply::Answer(answer(503, "{}"))),
        (100, "got no response", |_| Reply::Silence),
        (100, "pages", |_| {
            Reply::Answer(answer(200, "<html>log in</html>"))
        }),
        (100, "pages", |_| {
            let mut elsewhere = answer(302, "");
            elsewhere
                .headers_mut()
                .insert("location", "/login".parse().unwrap());
            Reply::Answer(elsewhere)
        }),
        (0, "429", |_| {
            let mut busy = answer(429, "");
            busy.headers_mut()
                .insert("retry-after", "9999".parse().unwrap());
            Reply::Answer(busy)
        }),
        (100, "429", |_| {
            let mut busy = answer(429, "");
            busy.headers_mut().insert(
                "retry-after",
                "Fri, 31 Dec 1999 23:59:59 GMT".parse().unwrap(),
            );
            Reply::Answer(busy)
        }),
    ] {
        let url = after(calls, turned);
        let report = bounded(word, 60, suite().max_time(Duration::from_secs(30)), &url).await;
        let why = report.unusable().unwrap_or_default();
        assert!(why.contains(word), "{word}: {why}: {report}");
        // Nobody says that what was made is gone.
        assert!(
            calls == 0 || !report.left_behind().is_empty(),
            "{word}: {report}"
        );
        let blamed = report.failed(Level::Error);
        assert!(blamed.is_empty(), "{word}: {blamed:?}");
    }
    // Discovery is right, and nothing else is.
    for status in [500, 501, 503, 404, 405] {
        let url = serving(move |asked, response| match is_discovery(asked) {
            true => Reply::Answer(response),
            false => Reply::Answer(answer(status, "{\"oops\": true}")),
        });
        let report = bounded("discovery", 20, suite(), &url).await;
        let why = report.unusable().unwrap_or_default();
        assert!(
            !why.is_empty() && report.results().is_empty(),
            "{status}: {report}"
        );
    }
}

/// Media types that are none of JSON: findings, and the bodies are read all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_media_types_are_one_finding() {
    for media in [
        "image/png",
        "text/html; charset=utf-16",
        "application/scim+json+xml",
        ";;;",
        "",
    ] {
        let url = serving(move |_, mut response| {
            response
                .headers_mut()
                .insert("content-type", media.parse().unwrap());
            Reply::Answer(response)
        });
        let report = bounded(media, 60, suite().only(["D", "C", "R", "T"]), &url).await;
        assert!(
            report.failed(Level::Error).contains(&"T-01"),
            "{media}: {report}"
        );
        let blamed = report.failed(Level::Error);
        assert!(blamed.len() < 3, "{media}: {blamed:?}");
    }
}

/// Identifiers with every character that has a meaning somewhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_identifier_is_read_changed_and_deleted() {
    for odd in [
        "../",
        "\u{1}\u{7f}",
        "'\"`\\",
        " a b ",
        "%2F%25",
        "?&=#;",
        "<zz>&amp;",
        "äß\u{1F600}",
        "../../Users/",
        "${x}$(y)",
        "\u{2028}\u{202e}",
    ] {
        let mut shown = None;
        let url = serve(|url| {
            let provider = right(url);
            shown = Some(provider.clone());
            let ids = Ids { odd };
            move |asked: &Asked| {
                let mut asked = asked.clone();
                ids.inwards(&mut asked);
                let mut response = asked.answered_by(&provider);
                ids.outwards(&mut response);
                Reply::Answer(response)
            }
        });
        let part = suite()
            .only(["C-01", "C-02", "R-01", "R-05", "W-01", "X-01", "L", "M-01"])
            .max_time(Duration::from_secs(30));
        let report = bounded(odd, 60, part, &url).await;
        let provider = shown.unwrap();
        let left = provider.all::<User>().len() + provider.all::<Group>().len();
        assert!(
            left == 0 && report.left_behind().is_empty(),
            "{odd:?}: {left} left, {:?}",
            report.left_behind()
        );
        assert!(report.failed(Level::Error).is_empty(), "{odd:?}: {report}");
        assert!(report.counts().pass > 15, "{odd:?}: {report}");
    }
    // These are no segment of a path, however they are written: nothing is deleted by them.
    for id in ["..", "."] {
        let writes = Arc::new(Mutex::new(Vec::new()));
        let seen = writes.clone();
        let url = serving(move |asked, mut response| {
            if asked.method != "GET" && asked.method != "POST" {
                seen.lock()
                    .unwrap()
                    .push(format!("{} {}", asked.method, asked.path()));
            }
            each(&mut response, |one| {
                if one["meta"]["resourceType"] == "User" {
                    one["id"] = id.into();
                }
            });
            Reply::Answer(response)
        });
        let report = bounded(id, 60, suite().only(["C-01", "L", "R", "W"]), &url).await;
        assert!(!report.left_behind().is_empty(), "{report}");
        assert_eq!(report.failed(Level::Error), ["C-01"], "{report}");
        assert_eq!(report.counts().error, 0, "{report}");
        let writes = writes.lock().unwrap();
        let odd = writes
            .iter()
            .find(|line| line.contains("/.") || line.to_ascii_lowercase().contains("%2e"));
        assert_eq!(odd, None);
    }
}

/// Puts something odd before each id of what a provider answers, and takes it away from what it is asked.
#[derive(Clone, Copy)]
struct Ids {
    odd: &'static str,
}

impl Ids {
    fn encoded(self) -> String {
        let is_free = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        self.odd
            .bytes()
            .map(|byte| match is_free(byte) {
                true => char::from(byte).to_string(),
                false => format!("%{byte:02X}"),
            })
            .collect()
    }

    fn inwards(self, asked: &mut Asked) {
        let (path, rest) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
        let before = self.encoded();
        let mut segments = path.split('/');
        let path: Vec<_> = segments
            .by_ref()
            .map(|segment| segment.strip_prefix(&*before).unwrap_or(segment))
            .collect();
        let separator = if rest.is_empty() { "" } else { "?" };
        asked.target = format!("{}{separator}{rest}", path.join("/"));
        if let Ok(mut body) = serde_json::from_slice::<Value>(&asked.body) {
            self.strip(&mut body);
            asked.body = body.to_string().into();
        }
    }

    /// Takes it away from every text that begins with it.
    fn strip(self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some(id) = text.strip_prefix(self.odd) {
                    *value = id.into();
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.strip(value)),
            Value::Object(members) => members.values_mut().for_each(|value| self.strip(value)),
            _ => {}
        }
    }

    fn outwards(self, response: &mut Response<Bytes>) {
        let url = self.encoded();
        each(response, |resource| self.show(resource, &url));
        for name in ["location", "content-location"] {
            if let Some(value) = response.headers().get(name) {
                let value = with_id(value.to_str().unwrap(), &url);
                response.headers_mut().insert(name, value.parse().unwrap());
            }
        }
    }

    fn show(self, resource: &mut Value, url: &str) {
        let kind = resource["meta"]["resourceType"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        if kind != "User" && kind != "Group" {
            return;
        }
        if let Some(id) = resource["id"].as_str() {
            resource["id"] = format!("{}{id}", self.odd).into();
        }
        if let Some(location) = resource["meta"]["location"].as_str() {
            resource["meta"]["location"] = with_id(location, url).into();
        }
        for name in ["members", "groups"] {
            for one in resource
                .get_mut(name)
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
            {
                if let Some(id) = one["value"].as_str() {
                    one["value"] = format!("{}{id}", self.odd).into();
                }
                if let Some(location) = one["$ref"].as_str() {
                    one["$ref"] = with_id(location, url).into();
                }
            }
        }
    }
}

/// A URL with something before its last segment.
fn with_id(location: &str, before: &str) -> String {
    match location.rsplit_once('/') {
        Some((rest, id)) => format!("{rest}/{before}{id}"),
        None => location.to_owned(),
    }
}

/// A clock that is a year off, with all that it says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_off_makes_no_difference() {
    for years in [-1_i64, 1] {
        let shift = move |text: &str, back: bool| -> String {
            let years = if back { -years } else { years };
            let year: i64 = text
                .get(..4)
                .and_then(|year| year.parse().ok())
                .unwrap_or_default();
            // 1970 is what filters compare with, and no clock says.
            if year < 2020 {
                text.to_owned()
            } else {
                format!("{}{}", year + years, &text[4..])
            }
        };
        let url = serving(move |_, mut response| {
            each(&mut response, |one| {
                for name in ["created", "lastModified"] {
                    if let Some(time) = one["meta"][name].as_str() {
                        one["meta"][name] = shift(time, false).into();
                    }
                }
            });
            response
                .headers_mut()
                .insert("date", "Fri, 31 Dec 1999 23:59:59 GMT".parse().unwrap());
            Reply::Answer(response)
        });
        // Filters and sorting by these times are the server's own affair here.
        let part = suite()
            .only(["D", "C", "R", "W", "X", "L", "V"])
            .max_time(Duration::from_secs(60));
        let report = bounded("clock", 90, part, &url).await;
        assert!(report.failed(Level::Error).is_empty(), "{report}");
        assert!(report.left_behind().is_empty(), "{report}");
    }
}
