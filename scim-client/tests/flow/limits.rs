//! Limits of what is read, and of what is sent.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use http_body::{Body, Frame};
use http_body_util::Full;
use scim_client::{
    Client, ErrorKind, User,
    bytes::Bytes,
    client::{ClientCredentials, RateLimit, RetryPolicy},
    http::{Request, Response},
    transport::RequestBody,
};
use tokio::time::Instant;

use super::{
    BABS, builder,
    common::scripted::{Scripted, answer},
    network::{Does, Network, says},
};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn large_answers() {
    // 70 MB of a success are too much, and 300 KB of an error are cut.
    let user = |size: usize| format!(r#"{{"id":"1","userName":"{}"}}"#, "a".repeat(size));
    let server = Scripted::new(move |request| match request.uri().path() {
        "/v2/Users/large" => answer(200, "application/json", user(70_000_000)),
        "/v2/Users/fits" => answer(200, "application/json", user(20_000_000)),
        "/v2/Users/small" => answer(200, "application/json", user(2_000)),
        _ => answer(503, "text/html", "<".repeat(90_000_000)),
    });
    let scim = server.client();
    let users = scim.resource::<User>();
    let error = users.get("large").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.to_string().contains("larger than allowed"), "{error}");
    assert!(users.get("fits").await.is_ok());
    let error = users.create(&User::new("x")).await.unwrap_err();
    assert_eq!(
        error.status().unwrap().as_u16(),
        503,
        "the status is not lost"
    );
    let builder = || {
        Client::builder("https://scim.example/v2")
            .service(server.clone())
            .retry(RetryPolicy::never())
    };
    let small = builder().max_response_size(1_000).build().unwrap();
    assert!(small.resource::<User>().get("small").await.is_err());
    let large = builder().max_response_size(80_000_000).build().unwrap();
    assert!(large.resource::<User>().get("large").await.is_ok());
    let short = builder().max_error_size(10).build().unwrap();
    let error = short.resource::<User>().get("other").await.unwrap_err();
    assert_eq!(error.body(), Some("<<<<<<<<<<"));
}

/// The same over a socket.
#[tokio::test]
async fn large_errors_of_a_real_server() {
    let server = super::network::Loopback::new(|_, _, stream| {
        super::network::write_answer(stream, "409 Conflict", "", &"<".repeat(3_000_000));
    });
    let scim = Client::builder(server.url()).build().unwrap();
    let error = scim
        .resource::<User>()
        .create(&User::new("x"))
        .await
        .unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 409, "{error}");
    assert_eq!(error.body().unwrap().len(), 64 * 1024);
}

#[tokio::test]
async fn an_answer_of_the_token_endpoint_is_small() {
    let server = Scripted::new(|_| {
        answer(
            200,
            "application/json",
            format!(r#"{{"access_token":"{}"}}"#, "a".repeat(2_000_000)),
        )
    });
    let scim = Client::builder("https://scim.example/v2")
        .service(server.clone())
        .oauth2(ClientCredentials::new(
            "https://scim.example/token",
            "id",
            "s3cr3t-t0p",
        ))
        .build()
        .unwrap();
    let error = scim.resource::<User>().get("1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn nesting() {
    let nested = |depth: usize| {
        format!(
            r#"{{"id":"1","userName":"a","x":{}1{}}}"#,
            "[".repeat(depth - 1),
            "]".repeat(depth - 1)
        )
    };
    let server = Scripted::new(move |request| {
        let depth = request
            .uri()
            .path()
            .rsplit('/')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        answer(200, "application/json", nested(depth))
    });
    let users = server.client().resource::<User>();
    assert!(users.get("128").await.is_ok());
    assert_eq!(
        users.get("129").await.unwrap_err().kind(),
        ErrorKind::Decode
    );
    let shallow = Client::builder("https://scim.example/v2")
        .service(server)
        .max_nesting(10)
        .build()
        .unwrap();
    let users = shallow.resource::<User>();
    assert!(users.get("10").await.is_ok());
    let error = users.get("11").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("deeper than 10"), "{error}");
}

/// A service that a request reaches only after some time, each after another.
#[derive(Clone)]
struct Distant {
    delays: Arc<Vec<Duration>>,
    number: Arc<AtomicUsize>,
    arrived: Arc<Mutex<Vec<Instant>>>,
}

impl Distant {
    fn new(delays: Vec<Duration>) -> Self {
        Self {
            delays: Arc::new(delays),
            number: Arc::default(),
            arrived: Arc::default(),
        }
    }
}

impl tower_service::Service<Request<RequestBody>> for Distant {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<RequestBody>) -> Self::Future {
        let number = self.number.fetch_add(1, Ordering::SeqCst);
        let delay = self.delays[number % self.delays.len()];
        let arrived = self.arrived.clone();
        Box::pin(async move {
            tokio::time::sleep(delay).await;
            arrived.lock().unwrap().push(Instant::now());
            Ok(Response::new(Full::from(BABS)))
        })
    }
}

async fn get_many(scim: &Client, count: usize) {
    let all: Vec<_> = (0..count)
        .map(|_| tokio::spawn(scim.clone().resource::<User>().get("2819").into_future()))
        .collect();
    for one in all {
        one.await.unwrap().unwrap();
    }
}

/// In no interval do more requests arrive, however long they are on their way.
#[tokio::test(start_paused = true)]
async fn the_rate_is_that_of_arrival() {
    let ms = Duration::from_millis;
    for delays in [
        vec![ms(900), ms(10), ms(10)],
        vec![ms(300), ms(1), ms(2), ms(700)],
        vec![ms(0)],
        vec![ms(2500), ms(5)],
    ] {
        let server = Distant::new(delays.clone());
        let scim = Client::builder("https://scim.example/v2")
            .service(server.clone())
            .rate_limit(RateLimit::new(5, 10 * SECOND))
            .rate_limit(RateLimit::new(3, 2 * SECOND).reads().at_endpoint("/Users"))
            .build()
            .unwrap();
        let started = Instant::now();
        get_many(&scim, 33).await;
        let mut arrived = server.arrived.lock().unwrap().clone();
        arrived.sort_unstable();
        for (count, interval) in [(5, 10 * SECOND), (3, 2 * SECOND)] {
            for some in arrived.windows(count + 1) {
                assert!(some[count] - some[0] >= interval, "{delays:?}");
            }
        }
        // Not much slower than need be either.
        let slowest = delays.iter().max().unwrap();
        assert!(started.elapsed() <= 6 * (10 * SECOND + *slowest) + 3 * SECOND);
    }
}

/// Several limits: a request is counted at all of them when it is sent, and not before.
#[tokio::test(start_paused = true)]
async fn several_limits_at_once() {
    let network = Network::in_turn(vec![says(200, BABS)]);
    let scim = builder(&network)
        .rate_limit(RateLimit::new(2, SECOND))
        .rate_limit(RateLimit::new(1, 5 * SECOND).writes())
        .max_concurrent_requests(1)
        .build()
        .unwrap();
    let users = scim.resource::<User>();
    let writes: Vec<_> = (0..4)
        .map(|_| tokio::spawn(users.replace_at("1", &User::new("bjensen")).into_future()))
        .collect();
    tokio::task::yield_now().await;
    // Writes that wait keep no place and no turn from what reads.
    let started = Instant::now();
    get_many(&scim, 6).await;
    assert!(started.elapsed() <= 5 * SECOND, "{:?}", started.elapsed());
    for write in writes {
        write.await.unwrap().unwrap();
    }
    let seen = network.seen();
    for three in seen.windows(3) {
        assert!(three[2].at - three[0].at >= SECOND);
    }
    let writes: Vec<_> = seen
        .iter()
        .filter(|seen| seen.request.method() == "PUT")
        .collect();
    for two in writes.windows(2) {
        assert!(two[1].at - two[0].at >= 5 * SECOND);
    }
}

/// A request is signed when it is sent, not before it waits.
#[tokio::test(start_paused = true)]
async fn signatures_are_made_after_the_wait() {
    let network = Network::new(|_, _| Does::AnswersAfter(SECOND, 200, BABS.to_owned()));
    let started = Instant::now();
    let scim = builder(&network)
        .rate_limit(RateLimit::new(1, 3 * SECOND))
        .max_concurrent_requests(1)
        .sign_requests(move |request| {
            let now = started.elapsed().as_secs().to_string();
            request.headers_mut().insert("date", now.parse()?);
            Ok::<_, scim_client::http::header::InvalidHeaderValue>(())
        })
        .build()
        .unwrap();
    get_many(&scim, 3).await;
    for seen in network.seen() {
        let signed = seen.request.headers()["date"].to_str().unwrap().to_owned();
        assert_eq!(signed, (seen.at - started).as_secs().to_string());
    }
}

/// A service whose body is always ready and never ends.
#[derive(Clone)]
struct Endless {
    status: u16,
    frame: &'static [u8],
}

impl tower_service::Service<Request<RequestBody>> for Endless {
    type Response = Response<Self>;
    type Error = std::convert::Infallible;
    type Future = std::future::Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<RequestBody>) -> Self::Future {
        let response = Response::builder().status(self.status);
        std::future::ready(Ok(response.body(self.clone()).unwrap()))
    }
}

impl Body for Endless {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = Bytes::from_static(self.frame);
        Poll::Ready(Some(Ok(Frame::data(frame))))
    }
}

#[test]
fn a_body_in_this_process_that_never_ends() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for (status, frame, kind) in [
        (200, "", ErrorKind::Timeout),
        (400, "", ErrorKind::Timeout),
        (200, "x", ErrorKind::Transport),
        (400, "x", ErrorKind::Status),
    ] {
        let frame = frame.as_bytes();
        let scim = Client::builder("https://scim.example/v2")
            .service(Endless { status, frame })
            .timeout(Duration::from_millis(200))
            .max_response_size(1000)
            .max_error_size(1000)
            .retry(RetryPolicy::never())
            .build()
            .unwrap();
        let get = scim.resource::<User>().get("1").into_future();
        let error = runtime.block_on(get).unwrap_err();
        assert_eq!(error.kind(), kind, "{status} {frame:?}: {error}");
        let body = error.body().unwrap_or_default().len();
        assert_eq!(body, if kind == ErrorKind::Status { 1000 } else { 0 });
    }
}
