//! The same verdicts, whatever else is in the directory, however many areas run at the same time, and
//! each time.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may panic as tests do"
)]

mod common;

use scim_client::{Group, User};
use scim_tester::{CheckResult, Finding, Level, Report, Verdict};

use common::{add_users, provider, suite};

fn verdicts(report: &Report) -> Vec<(String, Verdict)> {
    let results = report.results().iter();
    let mut verdicts: Vec<_> = results
        .filter(|result| !matches!(result.verdict(), Verdict::Skipped(_)))
        .map(|result| (result.name(), result.verdict().clone()))
        .collect();
    verdicts.sort_by(|one, two| one.0.cmp(&two.0));
    verdicts
}

async fn with_foreign(counts: &[usize]) {
    let mut all = Vec::new();
    for count in counts {
        let provider = provider();
        add_users(&provider, *count).await;
        all.push(verdicts(&suite().run(provider.clone()).await));
        assert_eq!(provider.all::<User>().len(), *count);
    }
    for other in &all[1..] {
        let differ: Vec<_> = all[0].iter().filter(|one| !other.contains(one)).collect();
        assert!(differ.is_empty(), "{differ:?}");
    }
}

#[tokio::test]
async fn foreign_users_change_no_verdict() {
    with_foreign(&[0, 101, 5_000]).await;
}

#[tokio::test]
async fn jobs_change_no_verdict() {
    let one = verdicts(&suite().run(provider()).await);
    let provider = provider();
    let report = suite().jobs(4).run(provider.clone()).await;
    report.assert();
    let four = verdicts(&report);
    let differ: Vec<_> = one.iter().filter(|one| !four.contains(one)).collect();
    assert!(differ.is_empty() && one.len() == four.len(), "{differ:?}");
    assert!(provider.all::<User>().is_empty() && provider.all::<Group>().is_empty());
    // Each finding leads to the exchange that shows it.
    for result in report.results() {
        for number in result.findings().iter().filter_map(Finding::exchange) {
            assert!(number <= report.requests(), "{}", result.name());
        }
    }
}

#[tokio::test]
async fn what_differs_from_time_to_time_is_said() {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };
    let part = || suite().only(["D", "C-01", "R"]).repeat(3);
    let report = part().run(provider()).await;
    report.assert();
    let notes = |report: &Report| {
        let findings = report.results().iter().flat_map(CheckResult::findings);
        findings
            .filter(|found| found.got().contains("of 3 runs"))
            .count()
    };
    assert_eq!(notes(&report), 0);
    // Some reads of one resource in the first of the runs are not answered.
    let count = Arc::new(AtomicUsize::new(0));
    let inner = provider();
    let flaky = tower_fn(
        move |request: http::Request<scim_client::transport::RequestBody>| {
            let is_read = request.method() == http::Method::GET
                && request.uri().path().starts_with("/v2/Users/")
                && (2..8).contains(&count.fetch_add(1, Ordering::Relaxed));
            let mut inner = inner.clone();
            async move {
                let answer = tower_service::Service::call(&mut inner, request).await;
                answer.map(|response| {
                    let (mut parts, body) = response.into_parts();
                    if is_read {
                        parts.status = http::StatusCode::SERVICE_UNAVAILABLE;
                    }
                    http::Response::from_parts(parts, body)
                })
            }
        },
    );
    let report = part().run(flaky).await;
    assert!(!report.failed(Level::Error).is_empty());
    assert!(notes(&report) > 0, "{report}");
}

/// A `tower` service from a function.
fn tower_fn<F>(function: F) -> Function<F> {
    Function(function)
}

#[derive(Clone)]
struct Function<F>(F);

impl<F, R, T, B, E> tower_service::Service<R> for Function<F>
where
    F: FnMut(R) -> T,
    T: Future<Output = Result<http::Response<B>, E>>,
{
    type Response = http::Response<B>;
    type Error = E;
    type Future = T;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), E>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: R) -> T {
        (self.0)(request)
    }
}
