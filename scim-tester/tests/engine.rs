//! What the engine does by itself: a second try of a check and its bounds, cleaning up and its bounds, lists
//! that are late, answers that are lost, and who counts as a server that answers.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may panic as tests do"
)]

mod common;

use std::{
    collections::BTreeMap,
    future::pending,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use scim_client::{Group, User, testing::ServiceProvider, transport::RequestBody};
use scim_tester::{CheckResult, Finding, Level, Report, Verdict};
use serde_json::{Value, json};
use tower_service::Service;

use common::{provider, server::answer, suite};

/// What a request looks like.
struct Asked {
    method: String,
    /// Below the base URL.
    path: String,
    query: String,
    body: String,
    /// How many of this method came before.
    before: usize,
}

/// What is done with it.
enum Act {
    Pass,
    /// The connection ends before an answer, and nothing is done.
    Lose,
    /// It is done, and the connection ends before the answer.
    LoseResponse,
    /// No answer comes.
    Hang,
    Answer(Response<Bytes>),
    /// The answer, changed.
    Change(Box<dyn FnOnce(&mut Value) + Send>),
}

/// A right server with something between it and the tester.
#[derive(Clone)]
struct Between {
    inner: ServiceProvider,
    act: Arc<dyn Fn(&Asked) -> Act + Send + Sync>,
    seen: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Between {
    fn new(act: impl Fn(&Asked) -> Act + Send + Sync + 'static) -> Self {
        Self {
            inner: provider(),
            act: Arc::new(act),
            seen: Arc::default(),
        }
    }

    fn count(&self, method: &str) -> usize {
        self.seen.lock().unwrap().get(method).copied().unwrap_or(0)
    }

    fn left(&self) -> usize {
        self.inner.all::<User>().len() + self.inner.all::<Group>().len()
    }
}

impl Service<Request<RequestBody>> for Between {
    type Response = Response<Full<Bytes>>;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let mut this = self.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await?.to_bytes();
            let method = parts.method.to_string();
            let before = this.count(&method);
            this.seen.lock().unwrap().insert(method.clone(), before + 1);
            let path = parts.uri.path();
            let asked = Asked {
                method,
                path: path.strip_prefix("/v2").unwrap_or(path).to_owned(),
                query: parts.uri.query().unwrap_or_default().to_owned(),
                body: String::from_utf8_lossy(&body).into_owned(),
                before,
            };
            let act = (this.act)(&asked);
            let lost = || Err("connection closed".into());
            match act {
                Act::Lose => return lost(),
                Act::Hang => pending().await,
                Act::Answer(response) => return Ok(response.map(Full::new)),
                _ => {}
            }
            let response = this
                .inner
                .call(Request::from_parts(parts, RequestBody::from(body)))
                .await?;
            let (parts, body) = response.into_parts();
            let mut response = Response::from_parts(parts, body.collect().await?.to_bytes());
            match act {
                Act::LoseResponse => return lost(),
                Act::Change(edit) => common::server::edited(&mut response, edit),
                _ => {}
            }
            Ok(response.map(Full::new))
        })
    }
}

fn verdict(report: &Report, id: &str) -> Vec<Verdict> {
    report.of(id).map(|one| one.verdict().clone()).collect()
}

/// A check that lost an answer is tried again, and what only the first try saw is not forgotten.
#[tokio::test]
async fn what_one_of_two_tries_saw_is_said() {
    let between = |is_wrong: bool| {
        let (wrong, lost) = (Mutex::new(is_wrong), Mutex::new(true));
        Between::new(move |asked| {
            // E-05 sends these one after the other.
            let once = |flag: &Mutex<bool>| std::mem::take(&mut *flag.lock().unwrap());
            match asked.method == "POST" && asked.path == "/Users" {
                true if asked.body == "{\"schemas\": [" && once(&wrong) => {
                    Act::Answer(answer(200, "{}"))
                }
                true if asked.body.starts_with('[') && once(&lost) => Act::Lose,
                _ => Act::Pass,
            }
        })
    };
    let report = suite().only(["E-05"]).run(between(true)).await;
    assert_eq!(
        verdict(&report, "E-05"),
        [Verdict::Fail(Level::Error)],
        "{report}"
    );
    let findings: Vec<_> = report.of("E-05").flat_map(CheckResult::findings).collect();
    let serious: Vec<_> = findings
        .iter()
        .filter(|one| one.level() >= Level::Error)
        .collect();
    assert!(
        serious.len() == 1
            && serious[0]
                .got()
                .starts_with("in one of two tries: status 200"),
        "{report}"
    );
    // Each try is in the log, and the finding leads to its own.
    let number = serious[0].exchange().unwrap();
    assert!(number >= 1 && number <= report.requests());
    let report = suite().only(["E-05"]).run(between(false)).await;
    assert_eq!(verdict(&report, "E-05"), [Verdict::Pass], "{report}");
}

/// Not more checks than some are tried again, whatever is lost.
#[tokio::test]
async fn second_tries_have_a_bound() {
    let between = Between::new(|asked| match asked.method.as_str() {
        "PATCH" | "PUT" if asked.before % 4 == 1 => Act::Lose,
        _ => Act::Pass,
    });
    let report = suite().run(between.clone()).await;
    let counts = report.counts();
    // What is lost each time has no verdict, and what is not has one.
    assert!(counts.error > 0 && counts.pass > 150, "{report}");
    let again = report
        .of("T-12")
        .flat_map(CheckResult::findings)
        .map(Finding::count);
    let again: usize = again.sum();
    assert!((1..=25).contains(&again), "{again} tries");
    assert!(report.requests() < 4000 && between.left() == 0, "{report}");
    assert!(report.left_behind().is_empty(), "{report}");
}

/// A GET that was lost and answered is no reason to try a check again that ended by something else.
#[tokio::test]
async fn only_what_ended_a_check_is_tried_again() {
    // L-02 deletes, reads, and sends a PUT then.
    let (read, deleted) = (Mutex::new(true), Mutex::new(0));
    let between = Between::new(move |asked| {
        let mut deleted = deleted.lock().unwrap();
        *deleted += usize::from(asked.method == "DELETE");
        match asked.method.as_str() {
            "PUT" => Act::Hang,
            // The first one is L-01's.
            "GET" if *deleted == 2 && std::mem::take(&mut *read.lock().unwrap()) => Act::Lose,
            _ => Act::Pass,
        }
    });
    let part = suite()
        .only(["L-02", "T-12"])
        .resource_types(["User"])
        .timeout(Duration::from_millis(200));
    let report = part.run(between.clone()).await;
    assert!(
        matches!(verdict(&report, "L-02")[..], [Verdict::Error(_)]),
        "{report}"
    );
    assert_eq!(between.count("PUT"), 1, "{report}");
    let recovered: Vec<_> = report.of("T-12").flat_map(CheckResult::findings).collect();
    assert_eq!(recovered.len(), 1, "{report}");
}

/// Who asks is not the run's: a check that changed it is not tried again.
#[tokio::test]
async fn what_changes_others_is_tried_once() {
    let between = Between::new(|asked| match asked.path.as_str() {
        "/ServiceProviderConfig" if asked.method == "PUT" => Act::Lose,
        _ => Act::Pass,
    });
    let report = suite().only(["D-05"]).run(between.clone()).await;
    assert!(
        matches!(verdict(&report, "D-05")[..], [Verdict::Error(_)]),
        "{report}"
    );
    // Once by the check; that all is as before is seen by reading it.
    assert_eq!(between.count("PUT"), 1, "{report}");
    assert!(report.left_behind().is_empty(), "{report}");
}

/// Lists show for a while what was deleted: nothing is left behind all the same.
#[tokio::test]
async fn what_a_late_list_shows_is_not_left_behind() {
    let gone: Arc<Mutex<Vec<(Instant, String, Value)>>> = Arc::default();
    let known: Arc<Mutex<BTreeMap<String, Value>>> = Arc::default();
    let between = Between::new(move |asked| {
        let collection = ["/Users", "/Groups"].contains(&asked.path.as_str());
        if asked.method == "POST" && collection {
            let known = known.clone();
            return Act::Change(Box::new(move |made| {
                if let Some(id) = made["id"].as_str() {
                    known.lock().unwrap().insert(id.to_owned(), made.clone());
                }
            }));
        }
        if asked.method == "DELETE" {
            let id = asked.path.rsplit('/').next().unwrap_or_default();
            if let Some(made) = known.lock().unwrap().get(id) {
                let line = (Instant::now(), asked.path.clone(), made.clone());
                gone.lock().unwrap().push(line);
            }
        }
        // As cleaning up asks for what is left.
        if asked.method == "GET" && collection && asked.query.contains("%20sw%20") {
            let shown = gone.lock().unwrap();
            let shown = shown.iter().filter(|(when, path, _)| {
                when.elapsed() < Duration::from_millis(900) && path.starts_with(&asked.path)
            });
            let shown: Vec<_> = shown.map(|(_, _, made)| made.clone()).collect();
            return Act::Change(Box::new(move |list| {
                if list.get("totalResults").is_some() && !shown.is_empty() {
                    list["totalResults"] = shown.len().into();
                    list["Resources"] = shown.into();
                }
            }));
        }
        Act::Pass
    });
    let report = suite()
        .only(["C-01", "C-05", "M-01"])
        .run(between.clone())
        .await;
    assert!(
        report.left_behind().is_empty() && between.left() == 0,
        "{report}"
    );
    assert_eq!(report.exit_code(Level::Error), 0, "{report}");
}

/// Nobody answers a DELETE: cleaning up gives up after a few, and says all that is left.
#[tokio::test]
async fn cleaning_up_gives_up_where_nothing_answers() {
    for bulk in [false, true] {
        let between = Between::new(move |asked| {
            let deletes = asked.method == "DELETE"
                || bulk && asked.path == "/Bulk" && asked.body.contains("\"DELETE\"");
            if deletes && asked.path != "/ServiceProviderConfig" {
                Act::Hang
            } else {
                Act::Pass
            }
        });
        let part = suite()
            .only(["C", "M-01"])
            .timeout(Duration::from_millis(100));
        let begun = Instant::now();
        let report = part.run(between.clone()).await;
        assert!(begun.elapsed() < Duration::from_secs(30));
        let left = report.left_behind().len();
        assert!(
            left > 20 && left == between.left(),
            "{left} of {}",
            between.left()
        );
        assert!(between.count("DELETE") < 12, "{}", between.count("DELETE"));
        assert_eq!(report.exit_code(Level::Critical), 1);
    }
}

/// An answer to a DELETE that is lost: it was done, and what has the id by then is nobody's to delete.
#[tokio::test]
async fn an_answer_that_is_lost_leaves_nothing_behind() {
    let between = Between::new(
        |asked| match asked.method == "DELETE" && asked.before % 5 == 2 {
            true => Act::LoseResponse,
            false => Act::Pass,
        },
    );
    let report = suite()
        .only(["C-01", "L", "M-01"])
        .run(between.clone())
        .await;
    assert!(
        report.left_behind().is_empty() && between.left() == 0,
        "{report}"
    );
    assert!(report.failed(Level::Error).is_empty(), "{report}");
}

/// Who refuses to list, and refuses to create for a reason, answers; who answers everything alike does not.
#[tokio::test]
async fn who_refuses_for_a_reason_answers() {
    let refusing = |post: u16, list: u16| {
        Between::new(move |asked| {
            let discovery = ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"];
            match discovery.iter().any(|path| asked.path.starts_with(path)) {
                true => Act::Pass,
                false if asked.method == "POST" => {
                    Act::Answer(answer(post, json!({"error": "not like this"}).to_string()))
                }
                false => Act::Answer(answer(list, json!({"error": "nothing to see"}).to_string())),
            }
        })
    };
    for status in [400, 403, 405, 409] {
        let report = suite().only(["D", "C-01"]).run(refusing(status, 404)).await;
        assert_eq!(report.unusable(), None, "{status}: {report}");
        assert!(
            report.failed(Level::Error).contains(&"C-01"),
            "{status}: {report}"
        );
    }
    for (post, list) in [(500, 404), (404, 404), (405, 405), (403, 403), (302, 302)] {
        let report = suite().only(["D", "C-01"]).run(refusing(post, list)).await;
        let why = report.unusable().unwrap_or_default();
        assert!(
            why.contains("nothing else does") || why.contains("refused"),
            "{post}: {why}"
        );
    }
}
