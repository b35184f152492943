//! What waits without being polled blocks nobody.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::Duration,
};

use scim_client::{
    Client, User,
    bytes::Bytes,
    client::{ClientBuilder, ClientCredentials, RateLimit},
    http::{Request, Response},
    transport::{SendFuture, SleepFuture, Timer, Transport},
};

use super::{
    BABS, block_on, builder,
    network::{Does, Network},
    page,
};

const SECOND: Duration = Duration::from_secs(1);

/// Each request takes a second.
fn slow() -> Network {
    Network::new(|_, request| {
        let body = match request.uri().path() {
            "/v2/Users" => page(&[1, 2], r#""totalResults":9,"#),
            "/token" => r#"{"access_token":"t","expires_in":1}"#.to_owned(),
            "/v2/Users/1" => BABS.to_owned(),
            _ => r#"{"Resources":[],"id":"x"}"#.to_owned(),
        };
        Does::AnswersAfter(SECOND, 200, body)
    })
}

fn narrow(builder: ClientBuilder, kind: usize) -> Client {
    let token = || ClientCredentials::new("https://scim.example/token", "id", "s3cr3t-t0p");
    let builder = match kind {
        0 => builder.max_concurrent_requests(1),
        1 => builder.rate_limit(RateLimit::new(1, 5 * SECOND)),
        2 => builder.oauth2(token()),
        _ => builder
            .max_concurrent_requests(1)
            .rate_limit(RateLimit::new(1, 2 * SECOND))
            .rate_limit(RateLimit::new(9, SECOND).reads())
            .oauth2(token()),
    };
    builder.build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_not_polled_blocks_nobody() {
    for kind in 0..4 {
        for ahead in [0, 2] {
            let network = slow();
            let scim = narrow(builder(&network), kind);
            let users = scim.resource::<User>();
            let mut stream = users.query().count(2).stream().prefetch(ahead);
            let started = tokio::time::Instant::now();
            tokio::select! {
                _ = stream.next() => panic!("it takes a second"),
                () = tokio::time::sleep(SECOND / 10) => {
                    users.get("1").await.unwrap();
                }
            }
            assert!(started.elapsed() < 30 * SECOND, "{kind}");
            // And it is not lost.
            assert_eq!(stream.next().await.unwrap().unwrap().id(), "1");
        }
    }
}

/// Requests of a bulk, one for each operation, are no others.
#[tokio::test(start_paused = true)]
async fn neither_does_a_bulk() {
    for concurrently in [1, 4] {
        let network = slow();
        let scim = narrow(builder(&network), 0);
        let mut bulk = scim.bulk().fall_back_to_single_requests();
        for name in ["a", "b", "c"] {
            bulk.create(&User::new(name));
        }
        let none = scim_client::client::Capabilities::default();
        let mut capabilities = none;
        capabilities.bulk = Some(false);
        scim.set_capabilities(capabilities);
        let mut bulk = bulk.concurrently(concurrently).into_future();
        poll_once(&mut bulk);
        scim.resource::<User>().get("1").await.unwrap();
        bulk.await.unwrap();
        assert!(network.count() >= 4);
    }
}

/// One that waits for its turn holds none: it may be called and not notice.
#[tokio::test(start_paused = true)]
async fn neither_does_one_that_waits_for_its_place() {
    let network = slow();
    let scim = narrow(builder(&network), 0);
    let users = scim.resource::<User>();
    let first = tokio::spawn(users.get("1").into_future());
    tokio::task::yield_now().await;
    let mut second = users.get("1").into_future();
    poll_once(&mut second);
    users.get("1").await.unwrap();
    first.await.unwrap().unwrap();
    second.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn neither_does_a_discovery() {
    let network = slow();
    let scim = builder(&network).build().unwrap();
    let mut first = scim.provider();
    poll_once(&mut first);
    let asked = tokio::time::timeout(20 * SECOND, scim.provider()).await;
    asked.expect("it hangs").unwrap();
    first.await.unwrap();
    assert_eq!(network.count(), 3, "one discovery for both");
}

/// A request that is given up frees its place at once, even in a runtime that stands still.
#[test]
fn a_runtime_that_stands_still_keeps_no_place() {
    let network = slow();
    let scim = narrow(builder(&network), 0);
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let (one, other) = (runtime(), runtime());
    let mut hanging = scim.resource::<User>().get("1").into_future();
    one.block_on(async {
        poll_once(&mut hanging);
        tokio::task::yield_now().await;
    });
    drop(hanging);
    let users = scim.resource::<User>();
    let got = async { tokio::time::timeout(5 * SECOND, users.get("1").into_future()).await };
    other.block_on(got).expect("it hangs").unwrap();
}

pub(crate) fn poll_once<T>(future: &mut Pin<Box<dyn Future<Output = T> + Send>>) {
    let polled = future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending());
}

/// A transport that needs to be polled so many times for each answer, and no runtime.
#[derive(Clone)]
pub(crate) struct Steps {
    script: Arc<dyn Fn(&Request<Bytes>) -> (usize, String) + Send + Sync>,
    hosts: Arc<Mutex<Vec<String>>>,
}

pub(crate) fn steps(
    script: impl Fn(&Request<Bytes>) -> (usize, String) + Send + Sync + 'static,
) -> Steps {
    Steps {
        script: Arc::new(script),
        hosts: Arc::default(),
    }
}

impl Steps {
    pub(crate) fn count(&self, host: &str) -> usize {
        let hosts = self.hosts.lock().unwrap();
        hosts.iter().filter(|own| *own == host).count()
    }
}

impl Transport for Steps {
    fn send(&self, request: Request<Bytes>) -> SendFuture {
        let (mut left, body) = (self.script)(&request);
        let host = request.uri().host().unwrap().to_owned();
        self.hosts.lock().unwrap().push(host);
        Box::pin(async move {
            std::future::poll_fn(|context| {
                if left == 0 {
                    return Poll::Ready(());
                }
                left -= 1;
                // The network answers on a thread of its own.
                let waker = context.waker().clone();
                std::thread::spawn(move || waker.wake());
                Poll::Pending
            })
            .await;
            Ok(Response::new(Bytes::from(body)))
        })
    }
}

/// Threads that sleep.
struct Threads;

impl Timer for Threads {
    fn sleep(&self, duration: Duration) -> SleepFuture {
        let until = std::time::Instant::now() + duration;
        Box::pin(std::future::poll_fn(move |context| {
            let now = std::time::Instant::now();
            if now >= until {
                return Poll::Ready(());
            }
            let waker = context.waker().clone();
            std::thread::spawn(move || {
                std::thread::sleep(until - now);
                waker.wake();
            });
            Poll::Pending
        }))
    }
}

#[test]
fn without_a_runtime_neither() {
    for kind in 0..4 {
        let network = steps(|request| match request.uri().path() {
            "/v2/Users" => (5, page(&[1, 2], r#""totalResults":9,"#)),
            "/token" => (5, r#"{"access_token":"t"}"#.to_owned()),
            _ => (5, BABS.to_owned()),
        });
        let builder = Client::builder("https://scim.example/v2")
            .transport(network)
            .timer(Threads);
        let scim = match kind {
            1 => builder
                .rate_limit(RateLimit::new(1, SECOND / 10))
                .build()
                .unwrap(),
            kind => narrow(builder, kind),
        };
        let users = scim.resource::<User>();
        let mut stream = Box::pin(users.query().count(2).stream().prefetch(2));
        {
            let mut next = std::pin::pin!(stream.next());
            let polled = next.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(polled.is_pending());
        }
        let mut waiting = users.get("1").into_future();
        poll_once(&mut waiting);
        block_on(users.get("1").into_future()).unwrap();
        assert_eq!(block_on(stream.next()).unwrap().unwrap().id(), "1");
        block_on(waiting).unwrap();
    }
}
