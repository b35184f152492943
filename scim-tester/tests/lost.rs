//! Connections that end before an answer.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may panic as tests do"
)]

mod common;

use std::{
    future::{Future, ready as ready_now},
    pin::Pin,
    task::{Context, Poll},
};

use http::Request;
use scim_client::{Group, User, testing::ServiceProvider, transport::RequestBody};
use scim_tester::{Format, Level, Verdict};
use tower_service::Service;

use common::{provider, suite};

/// A server that closes the connection instead of an answer, if so many requests of a kind came.
#[derive(Clone)]
struct Closes {
    inner: ServiceProvider,
    /// Whether this request, and how many of its kind came before.
    drops: fn(&Request<RequestBody>, usize) -> bool,
    seen: std::sync::Arc<std::sync::Mutex<std::collections::BTreeMap<String, usize>>>,
    /// Whether what was asked is done nevertheless.
    after: bool,
}

impl Closes {
    fn new(drops: fn(&Request<RequestBody>, usize) -> bool) -> Self {
        let seen = std::sync::Arc::default();
        Self {
            inner: provider(),
            drops,
            seen,
            after: false,
        }
    }

    fn requests(&self, method: &str) -> usize {
        self.seen.lock().unwrap().get(method).copied().unwrap_or(0)
    }
}

impl Service<Request<RequestBody>> for Closes {
    type Response = <ServiceProvider as Service<Request<RequestBody>>>::Response;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let method = request.method().to_string();
        let before = self.requests(&method);
        self.seen.lock().unwrap().insert(method, before + 1);
        let drops = (self.drops)(&request, before);
        if drops && !self.after {
            return Box::pin(ready_now(Err("connection closed".into())));
        }
        let answer = self.inner.call(request);
        Box::pin(async move {
            let answer = answer.await?;
            match drops {
                true => Err("connection closed".into()),
                false => Ok(answer),
            }
        })
    }
}

#[tokio::test]
async fn what_is_safe_is_sent_again_over_a_new_connection() {
    let reads = Closes::new(|request, before| request.method() == "GET" && before % 3 == 1);
    let report = suite().only(["R-01", "R-05"]).run(reads).await;
    report.assert();
    assert_eq!(report.counts().error, 0, "{report}");
    // A POST may have been done: none is sent twice.
    let writes = Closes::new(|request, _| request.method() == "POST");
    let report = suite().only(["C-01"]).run(writes.clone()).await;
    assert!(report.unusable().is_some(), "{report}");
    let har: serde_json::Value = serde_json::from_str(&report.to_text(Format::Har)).unwrap();
    let entries = har["log"]["entries"].as_array().unwrap().iter();
    let bodies: Vec<_> = entries
        .filter(|entry| entry["request"]["method"] == "POST")
        .map(|entry| entry["request"]["postData"]["text"].to_string())
        .collect();
    let different: std::collections::BTreeSet<_> = bodies.iter().collect();
    assert!(writes.requests("POST") > 2 && bodies.len() == writes.requests("POST"));
    assert_eq!(different.len(), bodies.len(), "{bodies:?}");
}

/// A server that closes connections in place of answers now and then.
#[tokio::test]
async fn a_request_that_is_lost_now_and_then_loses_no_verdict() {
    let closes = Closes::new(|request, before| request.method() != "GET" && before % 50 == 20);
    let report = suite().run(closes.clone()).await;
    assert_eq!(report.counts().error, 0, "{report}");
    report.assert();
    let lost = report.of("T-12").map(|one| one.verdict().clone());
    assert_eq!(lost.collect::<Vec<_>>(), [Verdict::Fail(Level::Warning)]);
    // A DELETE that was done before its answer was lost.
    let done = Closes {
        after: true,
        ..Closes::new(|request, before| request.method() == "DELETE" && before % 3 == 1)
    };
    let report = suite().only(["C", "M"]).run(done.clone()).await;
    report.assert();
    assert!(done.requests("DELETE") > 20);
    for one in [closes, done] {
        let left = one.inner.all::<User>().len() + one.inner.all::<Group>().len();
        assert!(left == 0, "{left} left");
    }
}

#[tokio::test]
async fn no_answer_to_a_nul_is_a_finding() {
    let closes = Closes::new(|request, _| request.uri().path().ends_with("%00"));
    let report = suite().only(["I-06"]).run(closes).await;
    let verdicts: Vec<_> = report.of("I-06").map(|r| r.verdict().clone()).collect();
    assert_eq!(verdicts, [Verdict::Fail(Level::Error)], "{report}");
}

/// A server whose `/Me` is one user, and that loses the answer to some changes of it.
#[derive(Clone)]
struct Me {
    inner: Closes,
    path: String,
}

impl Service<Request<RequestBody>> for Me {
    type Response = <Closes as Service<Request<RequestBody>>>::Response;
    type Error = <Closes as Service<Request<RequestBody>>>::Error;
    type Future = <Closes as Service<Request<RequestBody>>>::Future;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<RequestBody>) -> Self::Future {
        let uri = request.uri().to_string();
        if let Some(base) = uri.strip_suffix("/Me") {
            *request.uri_mut() = format!("{base}{}", self.path).parse().unwrap();
        }
        self.inner.call(request)
    }
}

/// Whoever asks is nobody of the run: a change whose answer is lost is put back, and told if it is not.
#[tokio::test]
async fn who_asks_is_as_before_when_an_answer_is_lost() {
    let drops: [fn(&Request<RequestBody>, usize) -> bool; 3] = [
        |_, _| false,
        |request, before| request.method() == "PATCH" && before == 0,
        |request, before| request.method() == "PATCH" && before == 1,
    ];
    for (at, drops) in drops.into_iter().enumerate() {
        for after in [true, false] {
            for nick in [Some("Old"), None] {
                let closes = Closes {
                    after,
                    ..Closes::new(drops)
                };
                let scim = scim_client::Client::builder("https://scim.example/v2")
                    .service(closes.inner.clone())
                    .bearer_token(common::TOKEN)
                    .build()
                    .unwrap();
                let mut user = User::new("boss@example.org");
                user.nick_name = nick.map(str::to_owned);
                let user = scim.resource::<User>().create(&user).await.unwrap();
                let user = serde_json::to_value(&user).unwrap();
                let path = format!("/Users/{}", user["id"].as_str().unwrap());
                let shown = closes.inner.clone();
                let me = Me {
                    inner: closes,
                    path,
                };
                let report = suite().only(["N-03"]).me().run(me).await;
                let left = shown.all::<User>();
                assert_eq!(left.len(), 1);
                let now = left[0].nick_name.as_deref();
                assert_eq!(now, nick, "{at} {after}: {report}");
                assert!(report.left_behind().is_empty(), "{at} {after}: {report}");
            }
        }
    }
    // It cannot be put back.
    let closes = Closes::new(|request, before| request.method() == "PATCH" && before > 0);
    let scim = scim_client::Client::builder("https://scim.example/v2")
        .service(closes.inner.clone())
        .bearer_token(common::TOKEN)
        .build()
        .unwrap();
    let user = User::new("boss@example.org");
    let user = scim.resource::<User>().create(&user).await.unwrap();
    let user = serde_json::to_value(&user).unwrap();
    let path = format!("/Users/{}", user["id"].as_str().unwrap());
    let me = Me {
        inner: closes,
        path,
    };
    let report = suite().only(["N-03"]).me().run(me).await;
    let left = report.left_behind();
    assert!(
        left.len() == 1 && left[0].starts_with("/Me: nickName"),
        "{left:?}"
    );
}
