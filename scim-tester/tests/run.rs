//! Whole runs: what is left behind, what is bounded, what is masked, and each form of the report.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may panic as tests do"
)]

mod common;

use std::{
    convert::Infallible,
    future::{Future, Ready, ready as ready_now},
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use scim_client::{
    Group, User,
    testing::{Body, ServiceProvider},
    transport::RequestBody,
};
use scim_tester::{Format, Level, Profile, Report, Suite, Verdict};
use tower_service::Service;

use common::{TOKEN, add_users, provider, suite};

#[tokio::test]
async fn a_right_server_passes_and_is_left_as_it_was() {
    let provider = provider();
    add_users(&provider, 3).await;
    let before: Vec<_> = provider.all::<User>();
    let report = suite().run(provider.clone()).await;
    report.assert();
    assert_eq!(report.exit_code(Level::Error), 0);
    assert!(report.left_behind().is_empty());
    assert_eq!(ready(&report), "Ready for: the RFCs yes");
    assert_eq!(provider.all::<User>(), before);
    assert_eq!(provider.all::<Group>().len(), 0);
    if std::env::var_os("SHOW").is_some() {
        println!("{report}");
        let mut most: Vec<_> = report.results().iter().collect();
        most.sort_by_key(|result| std::cmp::Reverse(result.requests()));
        for result in most.iter().take(40) {
            println!("{} {}", result.requests(), result.name());
        }
    }
    assert!(report.requests() < 2000, "{} requests", report.requests());
    let counts = report.counts();
    assert!(
        counts.pass > 350 && counts.blocked == 0 && counts.error == 0,
        "{counts:?}"
    );
}

#[tokio::test]
async fn nothing_is_written_where_nothing_may_be() {
    let provider = provider();
    add_users(&provider, 2).await;
    provider.clear_requests();
    let report = suite().read_only().run(provider.clone()).await;
    assert!(report.counts().pass > 10);
    assert!(ready(&report).contains("unknown ("), "{report}");
    let writes: Vec<_> = provider
        .requests()
        .iter()
        .map(|request| format!("{} {}", request.method(), request.path()))
        .filter(|line| {
            !line.starts_with("GET") && !line.starts_with("HEAD") && !line.ends_with("/.search")
        })
        .collect();
    assert!(writes.is_empty(), "{writes:?}");
}

/// A server that answers everything in one way, after a while.
#[derive(Clone)]
struct Always {
    status: u16,
    media_type: &'static str,
    body: &'static str,
    after: Duration,
}

impl Service<Request<RequestBody>> for Always {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<RequestBody>) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            tokio::time::sleep(this.after).await;
            let mut response = Response::new(Full::new(this.body.into()));
            *response.status_mut() = StatusCode::from_u16(this.status).unwrap();
            response
                .headers_mut()
                .insert("content-type", this.media_type.parse().unwrap());
            Ok(response)
        })
    }
}

#[tokio::test]
async fn a_server_that_speaks_no_scim_is_one_cause() {
    let always = |status, media_type, body| Always {
        status,
        media_type,
        body,
        after: Duration::ZERO,
    };
    for (service, word) in [
        (
            always(500, "application/json", "{\"error\": \"boom\"}"),
            "server error",
        ),
        (
            always(200, "text/html", "<html>hello</html>"),
            "SCIM message",
        ),
        (always(200, "application/json", ""), "SCIM message"),
        (
            always(404, "text/plain", "nothing"),
            "every request returns 404",
        ),
        (always(401, "text/plain", ""), "credentials"),
    ] {
        let report = suite().run(service).await;
        let why = report.unusable().unwrap_or_default();
        assert!(why.contains(word), "{word}: {why}");
        assert_eq!(report.exit_code(Level::Error), 6);
        assert!(report.results().is_empty() && report.requests() < 10);
        assert!(report.to_text(Format::Text).contains("NO VERDICT"));
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_given_up() {
    let silent = Always {
        status: 200,
        media_type: "text/plain",
        body: "",
        after: Duration::from_secs(3600),
    };
    let begun = Instant::now();
    let report = suite().timeout(Duration::from_millis(50)).run(silent).await;
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(
        report
            .unusable()
            .is_some_and(|why| why.contains("no response")),
        "{:?}",
        report.unusable()
    );
}

/// A server that is right, and slow.
#[derive(Clone)]
struct Slow(ServiceProvider);

impl Service<Request<RequestBody>> for Slow {
    type Response = <ServiceProvider as Service<Request<RequestBody>>>::Response;
    type Error = <ServiceProvider as Service<Request<RequestBody>>>::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let answer = self.0.call(request);
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            answer.await
        })
    }
}

#[tokio::test]
async fn a_slow_server_ends_in_time_and_cleans_up() {
    let provider = provider();
    let begun = Instant::now();
    let report = suite()
        .max_time(Duration::from_secs(1))
        .run(Slow(provider.clone()))
        .await;
    assert!(begun.elapsed() < Duration::from_secs(20));
    assert!(report.counts().blocked > 100);
    assert_eq!(report.exit_code(Level::Critical), 6);
    assert!(report.unusable().is_some_and(|why| why.contains("time")));
    assert!(ready(&report).contains("unknown"));
    assert_eq!(
        provider.all::<User>().len() + provider.all::<Group>().len(),
        0
    );
}

fn ready(report: &Report) -> String {
    let text = report.to_text(Format::Text);
    text.lines().last().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_part_of_the_checks_makes_nobody_ready() {
    for suite in [suite().only(["D"]), suite().skip(["F-02"])] {
        let report = suite.run(provider()).await;
        assert_eq!(report.exit_code(Level::Error), 0, "{report}");
        assert!(
            ready(&report).contains("were not run)") || ready(&report).contains("was not run)")
        );
        let json: serde_json::Value = serde_json::from_str(&report.to_text(Format::Json)).unwrap();
        assert_eq!(json["readyFor"]["rfc"], false);
    }
}

/// A right server that answers in another way after so many requests.
#[derive(Clone)]
struct Turns {
    inner: ServiceProvider,
    after: usize,
    status: u16,
    count: std::sync::Arc<std::sync::atomic::AtomicUsize>,
}

impl Service<Request<RequestBody>> for Turns {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let count = self
            .count
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        if count >= self.after {
            let mut response = Response::new(Full::new(Bytes::new()));
            *response.status_mut() = StatusCode::from_u16(self.status).unwrap();
            response
                .headers_mut()
                .insert("retry-after", "3600".parse().unwrap());
            return Box::pin(ready_now(Ok(response)));
        }
        let answer = self.inner.call(request);
        Box::pin(async move {
            let (parts, body) = answer.await.unwrap().into_parts();
            let body = http_body_util::BodyExt::collect(body)
                .await
                .unwrap()
                .to_bytes();
            Ok(Response::from_parts(parts, Full::new(body)))
        })
    }
}

#[tokio::test]
async fn a_server_that_refuses_from_some_time_on_is_given_up_with_the_cause() {
    for (status, word) in [(401, "401"), (429, "429")] {
        let begun = Instant::now();
        let turns = Turns {
            inner: provider(),
            after: 300,
            status,
            count: std::sync::Arc::default(),
        };
        let report = suite().run(turns).await;
        assert!(begun.elapsed() < Duration::from_secs(20));
        let why = report.unusable().unwrap_or_default();
        assert!(why.contains(word), "{why}");
        assert_eq!(report.exit_code(Level::Critical), 6);
    }
}

#[tokio::test]
async fn a_base_url_with_secrets_works_and_is_not_shown() {
    let url = "https://bob:hunter22@scim.example/v2?api_key=k3y-k3y";
    let report = Suite::rfc()
        .seed(1)
        .bearer_token(TOKEN)
        .base_url(url)
        .header("X-Tenant", "tenant-7-secret")
        .only(["D", "C-01", "R-01", "R-07"])
        .run(ServiceProvider::builder().bearer_token(TOKEN).build())
        .await;
    assert!(report.unusable().is_none(), "{report}");
    assert!(
        report.of("R-01").all(|r| *r.verdict() == Verdict::Pass),
        "{report}"
    );
    assert_eq!(report.target(), "https://scim.example/v2");
    for format in Format::ALL {
        let text = report.to_text(format);
        for secret in ["hunter22", "k3y-k3y", "tenant-7-secret"] {
            assert!(!text.contains(secret), "{format:?} shows {secret}");
        }
    }
}

#[tokio::test]
async fn an_interrupted_run_cleans_up() {
    let provider = provider();
    let suite = suite();
    let stop = suite.stop_flag();
    let run = suite.run(Slow(provider.clone()));
    let later = async {
        tokio::time::sleep(Duration::from_millis(600)).await;
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    };
    let (report, ()) = tokio::join!(run, later);
    assert_eq!(report.exit_code(Level::Error), 130);
    assert!(ready(&report).contains("unknown ("), "{report}");
    assert_eq!(
        provider.all::<User>().len() + provider.all::<Group>().len(),
        0
    );
}

/// A server that shows the password, to have something to report.
#[derive(Clone)]
struct Leaky;

impl Service<Request<RequestBody>> for Leaky {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let token = request
            .headers()
            .get("authorization")
            .map_or("", |h| h.to_str().unwrap_or_default());
        let body = serde_json::json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "id": "1", "userName": "x", "password": "hunter2-hunter2", "title": token, "totalResults": "many",
        });
        let response = Response::new(Full::new(body.to_string().into()));
        ready_now(Ok(response))
    }
}

#[tokio::test]
async fn no_form_of_the_report_shows_a_secret() {
    let report = suite()
        .header("X-Api-Key", "api-key-value")
        .header("X-Tenant", "tenant-value")
        .with(Profile::Okta)
        .run(Leaky)
        .await;
    assert!(!report.failed(Level::Error).is_empty());
    for format in Format::ALL {
        let text = report.to_text(format);
        assert!(!text.is_empty());
        for secret in [TOKEN, "hunter2-hunter2", "api-key-value", "tenant-value"] {
            assert!(!text.contains(secret), "{format:?} shows {secret}");
        }
    }
}

#[tokio::test]
async fn the_forms_of_the_report_can_be_read() {
    let lenient = ServiceProvider::builder().bearer_token(TOKEN).build();
    let report = suite().only(["C", "D"]).run(lenient).await;
    let json: serde_json::Value = serde_json::from_str(&report.to_text(Format::Json)).unwrap();
    assert_eq!(json["version"], 1);
    assert_eq!(
        json["results"].as_array().map(Vec::len),
        Some(report.results().len())
    );
    for line in report.to_text(Format::JsonLines).lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    let sarif: serde_json::Value = serde_json::from_str(&report.to_text(Format::Sarif)).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert!(results.iter().any(|result| result["ruleId"] == "C-10"));
    let har: serde_json::Value = serde_json::from_str(&report.to_text(Format::Har)).unwrap();
    assert_eq!(
        har["log"]["entries"].as_array().map(Vec::len),
        Some(report.requests())
    );
    let tap = report.to_text(Format::Tap);
    assert!(tap.contains(&format!("1..{}", report.results().len())) && tap.contains("not ok"));
    let junit = report.to_text(Format::JUnit);
    assert_eq!(junit.matches("<testcase").count(), report.results().len());
    assert!(junit.contains("<system-out>") && junit.ends_with("</testsuites>\n"));
    let html = report.to_text(Format::Html);
    assert!(html.contains("C-10") && !html.contains("src=") && html.contains("</html>"));
    assert!(report.to_text(Format::Markdown).contains("## Findings"));
    assert!(report.to_text(Format::Text).contains("Ready for"));
}

/// A server that deletes nothing.
#[derive(Clone)]
struct Keeps(ServiceProvider);

impl Service<Request<RequestBody>> for Keeps {
    type Response = <ServiceProvider as Service<Request<RequestBody>>>::Response;
    type Error = <ServiceProvider as Service<Request<RequestBody>>>::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        if request.method() == "DELETE" {
            let mut refused = Response::new(Body::default());
            *refused.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            return Box::pin(ready_now(Ok(refused)));
        }
        self.0.call(request)
    }
}

#[tokio::test]
async fn what_is_left_behind_is_in_all_forms_of_the_report() {
    let report = suite().only(["C-01", "C-05"]).run(Keeps(provider())).await;
    assert_eq!(report.exit_code(Level::Critical), 1);
    let left = report.left_behind();
    assert!(left.len() > 4, "{report}");
    for format in Format::ALL {
        if [Format::Har, Format::Badge].contains(&format) {
            continue;
        }
        let text = report.to_text(format);
        for path in left {
            assert!(text.contains(path.as_str()), "{path} in {format:?}: {text}");
        }
    }
    let tap = report.to_text(Format::Tap);
    let count = report.results().len() + 1;
    assert!(tap.contains(&format!("1..{count}\n")) && tap.contains(&format!("not ok {count} - ")));
}

#[tokio::test]
async fn what_is_expected_to_fail_does_not() {
    let lenient = || ServiceProvider::builder().bearer_token(TOKEN).build();
    let report = suite().only(["C-10"]).run(lenient()).await;
    assert_eq!(report.exit_code(Level::Warning), 1);
    let report = suite()
        .only(["C-10"])
        .skip(["R-07"])
        .expect("C-10", "we are generous")
        .run(lenient())
        .await;
    assert_eq!(report.exit_code(Level::Warning), 0, "{report}");
}

#[tokio::test]
async fn a_record_is_kept_and_can_be_cleaned_up_after() {
    // What is left of a run that was killed: a record on disk, and resources with its marker.
    let folder = std::env::temp_dir().join(format!("scim-tester-{}", std::process::id()));
    let record = folder.join("run.jsonl");
    let provider = provider();
    let run = tokio::spawn(suite().ledger(&record).run(Slow(provider.clone())));
    tokio::time::sleep(Duration::from_millis(900)).await;
    run.abort();
    let _aborted = run.await;
    assert!(!provider.all::<User>().is_empty());
    add_users(&provider, 1).await;
    let server = provider.serve().await.unwrap();
    let text = std::fs::read_to_string(&record)
        .unwrap()
        .replace("https://scim.example/v2", &server.url());
    std::fs::write(&record, text).unwrap();
    std::fs::write(folder.join("token"), TOKEN).unwrap();
    let args = ["--clean", record.to_str().unwrap(), "--token"].map(str::to_owned);
    let token = format!("file:{}", folder.join("token").display());
    let args = args.into_iter().chain([token, server.url()]).collect();
    let code = scim_tester::program::run(args, None).await;
    assert_eq!(code, 0);
    let names: Vec<_> = provider
        .all::<User>()
        .iter()
        .map(|user| user.user_name.clone())
        .collect();
    assert_eq!(names, ["foreign-0@example.org"]);
    assert_eq!(provider.all::<Group>().len(), 0);
    // Without the record, the marker finds what a run left.
    let scim = scim_client::Client::builder(server.url())
        .bearer_token(TOKEN)
        .build();
    let scim = scim.unwrap();
    let left = User::new("zt0123abcd-1@example.com");
    scim.resource::<User>().create(&left).await.unwrap();
    assert_eq!(provider.all::<User>().len(), 2);
    let token = format!("file:{}", folder.join("token").display());
    let args = ["--clean", "zt0123abcd", "--token", &token, &server.url()].map(str::to_owned);
    assert_eq!(scim_tester::program::run(args.to_vec(), None).await, 0);
    assert_eq!(provider.all::<User>().len(), 1);
    std::fs::remove_dir_all(&folder).unwrap();
}
