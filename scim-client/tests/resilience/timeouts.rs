//! No request hangs, whatever the transport.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use http_body_util::Full;
use scim_client::{
    Client, ErrorKind, User,
    bytes::Bytes,
    client::RetryPolicy,
    http::{Request, Response},
    transport::{RequestBody, SleepFuture, Timer, TransportErrorKind},
};

use super::{
    BABS, builder, client,
    network::{Does, Network, says},
};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_server_that_says_nothing_is_given_up() {
    let network = Network::in_turn(vec![Does::Hangs]);
    let users = client(&network).resource::<User>();
    let start = tokio::time::Instant::now();
    let error = users.get("2819").await.unwrap_err();
    assert!(error.is_timeout());
    assert!(!error.is_outcome_unknown());
    // Two tries of a minute each are all that fit into two minutes.
    assert_eq!(start.elapsed().as_secs(), 120);
    assert_eq!(network.count(), 2);
    assert_eq!(
        network.most_at_once(),
        1,
        "the first exchange ended with its time-out"
    );
    assert!(
        error.to_string().starts_with("no response in time"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn each_try_has_its_own_time() {
    let network = Network::new(|number, _| match number {
        0 => Does::Hangs,
        _ => Does::AnswersAfter(2 * SECOND, 200, BABS.to_owned()),
    });
    let client = builder(&network).try_timeout(3 * SECOND).build().unwrap();
    let start = tokio::time::Instant::now();
    client.resource::<User>().get("2819").await.unwrap();
    let elapsed = start.elapsed();
    assert!(elapsed >= 5 * SECOND && elapsed < 6 * SECOND, "{elapsed:?}");
}

#[tokio::test(start_paused = true)]
async fn a_create_without_an_answer_is_neither_repeated_nor_forgotten() {
    for (timeout, try_timeout) in [(10, 3), (3, 10)] {
        let network = Network::in_turn(vec![Does::Hangs]);
        let client = builder(&network)
            .timeout(timeout * SECOND)
            .try_timeout(try_timeout * SECOND)
            .build()
            .unwrap();
        let start = tokio::time::Instant::now();
        let error = client
            .resource::<User>()
            .create(&User::new("bjensen"))
            .await
            .unwrap_err();
        assert_eq!(start.elapsed().as_secs(), 3);
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.is_outcome_unknown());
        assert_eq!(network.count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_was_only_waiting_was_not_processed() {
    let network = Network::in_turn(vec![Does::Hangs]);
    let client = builder(&network)
        .timeout(3 * SECOND)
        .max_concurrent_requests(1)
        .build()
        .unwrap();
    let first = tokio::spawn(client.resource::<User>().get("1").into_future());
    tokio::task::yield_now().await;
    let error = client
        .resource::<User>()
        .create(&User::new("bjensen"))
        .await
        .unwrap_err();
    assert!(error.is_timeout());
    assert!(!error.is_outcome_unknown());
    first.await.unwrap().unwrap_err();
    assert_eq!(network.count(), 1, "the create never left");
}

#[tokio::test(start_paused = true)]
async fn all_tries_and_waits_together_have_a_time() {
    let slow = Does::AnswersAfter(4 * SECOND, 502, String::new());
    let network = Network::in_turn(vec![slow]);
    let policy = RetryPolicy::default()
        .with_max_tries(1000)
        .with_budget(1000 * SECOND);
    let client = builder(&network)
        .timeout(30 * SECOND)
        .retry(policy)
        .build()
        .unwrap();
    let start = tokio::time::Instant::now();
    client.resource::<User>().get("2819").await.unwrap_err();
    assert!(start.elapsed() <= 30 * SECOND);
    assert!(network.count() >= 3, "{}", network.count());
}

/// What has failed when its time is up has failed as it says: a connection that could not be made in ten
/// seconds is none that may have done something.
#[tokio::test(start_paused = true)]
async fn what_fails_as_its_time_is_up_says_how_far_it_came() {
    for (said, kind, tries, unknown) in [
        (TransportErrorKind::Connect, ErrorKind::Connect, 3, false),
        (
            TransportErrorKind::Unprocessed,
            ErrorKind::Transport,
            3,
            false,
        ),
        (
            TransportErrorKind::Runtime,
            ErrorKind::Configuration,
            1,
            false,
        ),
        (TransportErrorKind::TooLarge, ErrorKind::Transport, 1, true),
        (TransportErrorKind::Other, ErrorKind::Transport, 1, true),
        (TransportErrorKind::Timeout, ErrorKind::Timeout, 1, true),
    ] {
        for try_timeout in [10, 11] {
            let network = Network::in_turn(vec![Does::FailsAfter(10 * SECOND, said)]);
            let client = builder(&network)
                .try_timeout(try_timeout * SECOND)
                .build()
                .unwrap();
            let create = client.resource::<User>().create(&User::new("bjensen"));
            let error = create.await.unwrap_err();
            let about = format!("{said:?}, {try_timeout} s: {error}");
            assert_eq!(error.kind(), kind, "{about}");
            assert_eq!(network.count(), tries, "{about}");
            assert_eq!(error.is_outcome_unknown(), unknown, "{about}");
        }
    }
}

/// A create whose connection takes most of the time there is: another try would be cut short, and nobody
/// would know how far it came. A get may try.
#[tokio::test(start_paused = true)]
async fn no_try_is_begun_that_would_leave_unknown_what_is_known() {
    for (seconds, of_create, of_get) in [(1, 3, 3), (2, 3, 3), (6, 1, 2), (9, 1, 2)] {
        let fails = Does::FailsAfter(seconds * SECOND, TransportErrorKind::Connect);
        let network = Network::in_turn(vec![fails.clone()]);
        let client = builder(&network).timeout(10 * SECOND).build().unwrap();
        let users = client.resource::<User>();
        let error = users.create(&User::new("bjensen")).await.unwrap_err();
        assert!(error.is_connect(), "{seconds} s: {error}");
        assert!(!error.is_outcome_unknown(), "{seconds} s: {error}");
        assert_eq!(network.count(), of_create, "{seconds} s");

        let network = Network::in_turn(vec![fails]);
        let client = builder(&network).timeout(10 * SECOND).build().unwrap();
        client.resource::<User>().get("1").await.unwrap_err();
        assert_eq!(network.count(), of_get, "{seconds} s");
    }
}

/// A timer whose waits are over a little before their time, as those of browsers are.
struct Early;

impl Timer for Early {
    fn sleep(&self, duration: Duration) -> SleepFuture {
        let less = duration.saturating_sub(Duration::from_millis(10));
        Box::pin(tokio::time::sleep(less))
    }

    fn now(&self) -> std::time::Instant {
        tokio::time::Instant::now().into_std()
    }
}

#[tokio::test(start_paused = true)]
async fn a_timer_that_is_early_is_a_timer() {
    let network = Network::in_turn(vec![Does::Hangs]);
    let client = builder(&network)
        .timer(Early)
        .try_timeout(5 * SECOND)
        .build()
        .unwrap();
    let error = client.resource::<User>().get("2819").await.unwrap_err();
    assert!(error.is_timeout());
    assert!(error.to_string().contains("none within 5s"), "{error}");
    assert_eq!(network.count(), 3);
}

/// A `tower` service that is never ready, or never answers.
#[derive(Clone)]
struct Stuck {
    ready: bool,
}

impl tower_service::Service<Request<RequestBody>> for Stuck {
    type Response = Response<Full<Bytes>>;
    type Error = std::convert::Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        if self.ready {
            Poll::Ready(Ok(()))
        } else {
            Poll::Pending
        }
    }

    fn call(&mut self, _: Request<RequestBody>) -> Self::Future {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn time_outs_hold_for_services_too() {
    for ready in [false, true] {
        let client = Client::builder("https://scim.example/v2")
            .service(Stuck { ready })
            .try_timeout(5 * SECOND)
            .retry(RetryPolicy::never())
            .build()
            .unwrap();
        let start = tokio::time::Instant::now();
        let error = client.resource::<User>().get("2819").await.unwrap_err();
        assert!(error.is_timeout());
        assert_eq!(start.elapsed().as_secs(), 5);
    }
}

/// A timer of the test's own, whose waits are over at once.
#[derive(Clone, Default)]
struct Counting(Arc<AtomicUsize>);

impl Timer for Counting {
    fn sleep(&self, _: Duration) -> SleepFuture {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(std::future::ready(()))
    }
}

#[test]
fn a_timer_of_ones_own_needs_no_runtime() {
    let timer = Counting::default();
    let client = Client::builder("https://scim.example/v2")
        .service(Stuck { ready: true })
        .timer(timer.clone())
        .build()
        .unwrap();
    let mut get = std::pin::pin!(client.resource::<User>().get("2819").into_future());
    let mut context = Context::from_waker(std::task::Waker::noop());
    let Poll::Ready(result) = get.as_mut().poll(&mut context) else {
        panic!("the timer is not used");
    };
    assert!(result.unwrap_err().is_timeout());
    assert_eq!(timer.0.load(Ordering::Relaxed), 5, "three tries, two waits");
}

/// What answers at once starts no timer.
#[tokio::test]
async fn what_is_ready_costs_no_timer() {
    let timer = Counting::default();
    let network = Network::in_turn(vec![says(200, BABS)]);
    let client = builder(&network).timer(timer.clone()).build().unwrap();
    client.resource::<User>().get("2819").await.unwrap();
    assert_eq!(timer.0.load(Ordering::Relaxed), 0);
    // The same with a failure first: one wait, and that is all.
    let network = Network::in_turn(vec![
        Does::Fails(TransportErrorKind::Connect),
        says(200, BABS),
    ]);
    let client = builder(&network).timer(timer.clone()).build().unwrap();
    client.resource::<User>().get("2819").await.unwrap();
    assert_eq!(timer.0.load(Ordering::Relaxed), 1);
}

/// A service whose errors say how far the request came.
#[derive(Clone)]
struct Refusing(TransportErrorKind, Arc<AtomicUsize>);

impl tower_service::Service<Request<RequestBody>> for Refusing {
    type Response = Response<Full<Bytes>>;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = std::future::Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<RequestBody>) -> Self::Future {
        self.1.fetch_add(1, Ordering::Relaxed);
        let error = scim_client::transport::TransportError::new(self.0, "refused");
        std::future::ready(Err(error.into()))
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_can_say_how_far_it_came() {
    for (said, kind, tries) in [
        (TransportErrorKind::Connect, ErrorKind::Connect, 3),
        (TransportErrorKind::Other, ErrorKind::Transport, 1),
    ] {
        let count = Arc::new(AtomicUsize::new(0));
        let client = Client::builder("https://scim.example/v2")
            .service(Refusing(said, count.clone()))
            .build()
            .unwrap();
        let create = client.resource::<User>().create(&User::new("bjensen"));
        assert_eq!(create.await.unwrap_err().kind(), kind);
        assert_eq!(count.load(Ordering::Relaxed), tries);
    }
}
