//! What was asked for wrongly is told, before anything is sent: it must not look like a server without
//! faults.
#![cfg(feature = "program")]
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests do"
)]

mod common;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use common::{TOKEN, provider};
use http::Request;
use scim_client::{
    testing::ServiceProvider,
    transport::{RequestBody, ServiceTransport, Transport},
};
use scim_tester::program::{self, Target};
use tower_service::Service;

const MAX_BODY: usize = 1 << 24;

/// Counts the requests.
#[derive(Clone)]
struct Counting(ServiceProvider, Arc<AtomicUsize>);

impl Service<Request<RequestBody>> for Counting {
    type Response = <ServiceProvider as Service<Request<RequestBody>>>::Response;
    type Error = <ServiceProvider as Service<Request<RequestBody>>>::Error;
    type Future = <ServiceProvider as Service<Request<RequestBody>>>::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        <ServiceProvider as Service<Request<RequestBody>>>::poll_ready(&mut self.0, cx)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.call(request)
    }
}

/// A folder of its own for each test.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("program-{name}"));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn target(transport: Arc<dyn Transport>) -> Target {
    let mut target = Target::new("https://scim.example/v2");
    target.authorization = Some(format!("Bearer {TOKEN}"));
    target.transport = Some(transport);
    target
}

async fn run(provider: ServiceProvider, args: &[&str]) -> u8 {
    let args = args.iter().map(|arg| (*arg).to_owned()).collect();
    let transport = ServiceTransport::new(provider, MAX_BODY);
    program::run(args, Some(target(Arc::new(transport)))).await
}

/// Runs it, and counts what was sent.
async fn counted(args: &[&str]) -> (u8, usize) {
    let sent = Arc::new(AtomicUsize::new(0));
    let service = Counting(provider(), sent.clone());
    let args = args.iter().map(|arg| (*arg).to_owned()).collect();
    let transport = ServiceTransport::new(service, MAX_BODY);
    let code = program::run(args, Some(target(Arc::new(transport)))).await;
    (code, sent.load(Ordering::Relaxed))
}

#[tokio::test]
async fn wrong_usage_sends_nothing() {
    let folder = folder("usage");
    let none = folder.join("none").join("file");
    let none = none.to_str().unwrap();
    let not_one = folder.join("not-one.json");
    std::fs::write(&not_one, "{}").unwrap();
    let record = folder.join("record");
    let record = record.to_str().unwrap();
    for args in [
        &["--tag", "mist"][..],
        &["--only", "C-99"],
        &["--only", "C-01", "--skip", "C-01"],
        &["--only", "C-01", "--baseline", none],
        &["--only", "C-01", "--baseline", not_one.to_str().unwrap()],
        &["--only", "C-01", "-o", none],
        &["--only", "C-01", "--har", none],
        &["--only", "C-01", "--write-baseline", none],
    ] {
        let args = [args, &["--ledger", record]].concat();
        assert_eq!(counted(&args).await, (2, 0), "{args:?}");
    }
    let (code, sent) = counted(&["--only", "C-01", "--tag", "MUST", "--ledger", record]).await;
    assert!(code == 0 && sent > 0, "{code} {sent}");
}

#[tokio::test]
async fn a_type_that_is_not_there_has_no_verdict() {
    let report = common::suite()
        .resource_types(["Users"])
        .run(provider())
        .await;
    let why = report.unusable().unwrap_or_default();
    assert!(
        why.contains("Users") && why.contains("User, Group"),
        "{why}"
    );
    assert!(report.results().is_empty());
    let report = common::suite()
        .resource_types(["uSER"])
        .only(["C-01"])
        .run(provider())
        .await;
    assert_eq!(report.unusable(), None);
    assert_eq!(report.results().len(), 1);
}

#[tokio::test]
async fn a_baseline_is_what_was_found() {
    let folder = folder("baseline");
    let at = |name: &str| folder.join(name).display().to_string();
    let (known, record, out) = (at("known.json"), at("record"), at("report"));
    let lax = || ServiceProvider::builder().bearer_token(TOKEN).build();
    let fixed = [
        "--only",
        "C-12",
        "--fail-on",
        "warning",
        "--ledger",
        &record,
        "-o",
        &out,
    ];
    assert_eq!(run(lax(), &fixed).await, 1);
    assert_eq!(
        run(lax(), &[&fixed[..], &["--write-baseline", &known]].concat()).await,
        1
    );
    let with = [&fixed[..], &["--baseline", &known]].concat();
    assert_eq!(run(lax(), &with).await, 0);
    assert_eq!(run(provider(), &with).await, 0);
    let more = [&with[..], &["--only", "C-10"]].concat();
    assert_eq!(run(lax(), &more).await, 1, "what is not in it is new");
}

#[tokio::test]
async fn warnings_are_no_failures_of_junit() {
    let lax = ServiceProvider::builder().bearer_token(TOKEN).build();
    let report = common::suite().only(["C-12"]).run(lax).await;
    assert!(report.counts().warning > 0 && report.counts().fail == 0);
    let junit = report.to_text(scim_tester::Format::JUnit);
    assert!(
        junit.contains("failures=\"0\"") && !junit.contains("<failure"),
        "{junit}"
    );
    assert!(
        junit.contains("<system-out>") && junit.contains("</system-out>"),
        "{junit}"
    );
}
