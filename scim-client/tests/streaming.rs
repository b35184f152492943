//! Long lists: in constant memory, and with pages asked for ahead.
#![cfg(feature = "testing")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

mod common;

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use common::scripted::many;
use scim_client::{
    Client, User,
    http::Request,
    testing::{Misbehaviour, ServiceProvider},
    transport::RequestBody,
};
use tower_service::Service;

#[tokio::test]
async fn pages_ahead_come_in_order_and_once() {
    for ahead in [0, 1, 4, 9] {
        let server = many(1_050);
        let mut users = server
            .client()
            .resource::<User>()
            .query()
            .count(100)
            .stream()
            .prefetch(ahead);
        let mut expected = 0;
        while let Some(user) = users.next().await {
            expected += 1;
            assert_eq!(user.unwrap().id(), expected.to_string());
        }
        assert_eq!(expected, 1_050);
        assert_eq!(server.seen().len(), 11, "no page is asked for twice");
    }
}

/// Pages that were asked for ahead keep nothing from other requests while the reader is busy.
#[tokio::test]
async fn pages_ahead_block_nobody() {
    let provider = ServiceProvider::new();
    for number in 0..60 {
        provider.seed(User::new(format!("user-{number}"))).unwrap();
    }
    provider.misbehave(Misbehaviour::Latency(Duration::from_millis(2)));
    let builder = || Client::builder("https://scim.example").service(provider.clone());
    let limit = scim_client::client::RateLimit::new(2, Duration::from_millis(4));
    for scim in [
        builder().max_concurrent_requests(2).build().unwrap(),
        builder().rate_limit(limit).build().unwrap(),
    ] {
        let users = scim.resource::<User>();
        let mut stream = users.query().count(10).stream().prefetch(3);
        let mut seen = 0;
        let work = async {
            while let Some(user) = stream.next().await {
                users.get(user.unwrap().id()).await.unwrap();
                seen += 1;
            }
        };
        let ended = tokio::time::timeout(Duration::from_secs(20), work).await;
        assert!(ended.is_ok(), "the pages ahead stop the other requests");
        assert_eq!(seen, 60);
    }
}

#[tokio::test]
async fn page_by_page() {
    let server = many(250);
    let mut pages = server
        .client()
        .resource::<User>()
        .query()
        .count(100)
        .pages()
        .prefetch(2);
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        assert_eq!(page.total_results, Some(250));
        let first = page.resources[0].as_ref().unwrap().id();
        assert_eq!(first, (1 + 100 * sizes.len()).to_string());
        sizes.push(page.resources.len());
    }
    assert_eq!(sizes, [100, 100, 50]);
    assert_eq!(pages.total_results(), Some(250));
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn pages_ahead_of_a_server_that_gives_fewer() {
    // At most 30 on a page, whatever is asked for: what was expected is asked for anew.
    let provider = ServiceProvider::new();
    for number in 0..200 {
        provider.seed(User::new(format!("user-{number}"))).unwrap();
    }
    provider.misbehave(Misbehaviour::PageCap(30));
    let scim = Client::builder("https://scim.example")
        .service(provider)
        .build()
        .unwrap();
    let users = scim
        .resource::<User>()
        .query()
        .count(80)
        .stream()
        .prefetch(3);
    let mut users = users;
    let mut names = std::collections::BTreeSet::new();
    while let Some(user) = users.next().await {
        assert!(
            names.insert(user.unwrap().user_name.clone()),
            "nothing twice"
        );
    }
    assert_eq!(names.len(), 200, "nothing skipped");
}

#[tokio::test(start_paused = true)]
async fn four_pages_ahead_save_most_of_the_latency() {
    let provider = ServiceProvider::new();
    for number in 0..3_000 {
        provider.seed(User::new(format!("user-{number}"))).unwrap();
    }
    provider.misbehave(Misbehaviour::Latency(Duration::from_millis(20)));
    let scim = Client::builder("https://scim.example")
        .service(provider)
        .build()
        .unwrap();
    let mut took = Vec::new();
    for ahead in [0, 4] {
        let before = tokio::time::Instant::now();
        let mut users = scim
            .resource::<User>()
            .query()
            .count(100)
            .stream()
            .prefetch(ahead);
        let mut count = 0;
        while let Some(user) = users.next().await {
            user.unwrap();
            count += 1;
        }
        assert_eq!(count, 3_000);
        took.push(before.elapsed());
    }
    // The clock stands still but for the latency, so the ratio is that of the round trips.
    let ratio = took[0].as_secs_f64() / took[1].as_secs_f64();
    println!(
        "without {:?}, four ahead {:?}: {ratio:.1} times as fast",
        took[0], took[1]
    );
    assert!(ratio >= 2.5, "{ratio}");
}

#[tokio::test]
async fn nothing_is_asked_ahead_unless_wanted() {
    let server = many(1_000);
    let users = server.client().resource::<User>();
    assert!(users.query().first().await.unwrap().is_some());
    assert_eq!(server.seen().len(), 1);
    let mut results = users.query().count(10).stream();
    for _ in 0..10 {
        results.next().await.unwrap().unwrap();
    }
    assert_eq!(server.seen().len(), 2);
    let mut results = users.query().count(10).stream().prefetch(3);
    results.next().await.unwrap().unwrap();
    // They are tasks of their own, which begin when this one waits.
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(
        server.seen().len(),
        6,
        "the page that is needed, and three ahead"
    );
}

/// A server behind a slow line: some time passes before and after it answers.
#[derive(Clone)]
struct Slow(ServiceProvider);

impl Service<Request<RequestBody>> for Slow {
    type Response = <ServiceProvider as Service<Request<RequestBody>>>::Response;
    type Error = <ServiceProvider as Service<Request<RequestBody>>>::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Service::<Request<RequestBody>>::poll_ready(&mut self.0, context)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let mut provider = self.0.clone();
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let answer = provider.call(request).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
            answer
        })
    }
}

/// A page that was asked for ahead runs out of time while the application is busy with the one
/// before it: that is not the end of the list.
#[tokio::test(start_paused = true)]
async fn an_application_that_takes_its_time() {
    let provider = ServiceProvider::new();
    for number in 0..60 {
        provider.seed(User::new(format!("user-{number}"))).unwrap();
    }
    let scim = Client::builder("https://scim.example")
        .service(Slow(provider))
        .try_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(10))
        .build()
        .unwrap();
    let mut users = scim
        .resource::<User>()
        .query()
        .count(10)
        .stream()
        .prefetch(2);
    let mut names = std::collections::BTreeSet::new();
    while let Some(user) = users.next().await {
        assert!(names.insert(user.unwrap().user_name.clone()));
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    assert_eq!(names.len(), 60);
}
