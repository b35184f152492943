//! Every operation, given up at each point where it waits: the client works on as if it had never
//! been, holds nothing for it, and has sent no more than it would have.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use scim_client::{
    Client, Error, Group, Stored, User,
    bytes::Bytes,
    client::{ClientBuilder, ClientCredentials, RateLimit, RetryPolicy},
    http::{Request, Response},
    transport::{SendFuture, Transport},
};

use super::BABS;

/// Answers after it was polled some times, and knows how many requests are under way.
#[derive(Clone, Default)]
struct Hesitant {
    under_way: Arc<AtomicUsize>,
    sent: Arc<AtomicUsize>,
}

/// Results for a bulk that creates `Guides`; nothing for others.
fn results(body: &[u8]) -> String {
    let sent: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let is_bulk = |operation: &serde_json::Value| operation["path"] != "/Users/3";
    let operations = sent["Operations"].as_array().map_or(&[][..], Vec::as_slice);
    if operations.is_empty() || !operations.iter().all(is_bulk) {
        return String::new();
    }
    let result = |operation: &serde_json::Value| {
        serde_json::json!({
            "method": operation["method"], "bulkId": operation["bulkId"], "status": "201",
            "location": "https://scim.example/v2/Groups/1",
        })
    };
    let results: Vec<_> = operations.iter().map(result).collect();
    serde_json::json!({"Operations": results}).to_string()
}

/// Not ready the first few times.
struct Later(u32);

impl Future for Later {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0 == 0 {
            return Poll::Ready(());
        }
        self.0 -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

struct UnderWay(Arc<AtomicUsize>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Transport for Hesitant {
    fn send(&self, request: Request<Bytes>) -> SendFuture {
        self.under_way.fetch_add(1, Ordering::SeqCst);
        let under_way = UnderWay(self.under_way.clone());
        let number = self.sent.fetch_add(1, Ordering::SeqCst);
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let bulk = results(request.body());
        Box::pin(async move {
            let _under_way = under_way;
            Later(2).await;
            let (status, body) = match (method.as_str(), path.as_str()) {
                (_, "/token") => (200, r#"{"access_token":"t","expires_in":3600}"#),
                // An answer without a body, after which the resource is read.
                ("POST", "/v2/Groups") => (201, ""),
                ("PUT", _) => (204, ""),
                // Now and then it is busy.
                ("GET", _) if number % 5 == 1 => (503, ""),
                ("PATCH" | "DELETE", _) => (204, ""),
                ("POST", "/v2/Bulk") if bulk.is_empty() => (404, ""),
                ("POST", "/v2/Bulk") => (200, bulk.as_str()),
                ("GET", "/v2/Groups/1") => (200, r#"{"id":"1","displayName":"Guides"}"#),
                ("POST", _) => (409, r#"{"status":"409","scimType":"uniqueness"}"#),
                ("GET", "/v2/Users" | "/v2/Groups") => (
                    200,
                    r#"{"totalResults":1,"Resources":[{"id":"2819","userName":"bjensen"}]}"#,
                ),
                _ => (200, BABS),
            };
            let mut response = Response::new(Bytes::copy_from_slice(body.as_bytes()));
            *response.status_mut() = status.try_into().unwrap();
            if status == 201 {
                let location = "https://scim.example/v2/Groups/1".parse().unwrap();
                response.headers_mut().insert("Location", location);
            }
            Ok(response)
        })
    }
}

type Work = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

/// Each operation, by number.
fn operation(number: usize, scim: &Client) -> Option<Work> {
    let users = scim.resource::<User>();
    let babs: Stored<User> = Stored::from_json(BABS).unwrap();
    Some(match number {
        0 => Box::pin(async move { users.get("2819").await.map(drop) }),
        1 => Box::pin(async move {
            let patch = users.patch("2819").replace(|u| u.title, "CTO");
            patch.check_applied(false).await.map(drop)
        }),
        2 => Box::pin(async move {
            let bjensen = User::new("bjensen");
            let found = users.create_or_get(&bjensen, |u| u.user_name).await;
            found.map(drop)
        }),
        3 => Box::pin(async move {
            let update = users.update(&babs, |u| u.title = Some("CTO".into()));
            let update = update.retry_on_conflict().check_applied(false);
            update.await.map(drop)
        }),
        4 => Box::pin(async move {
            let mut found = users.query().count(1).stream().prefetch(2);
            while let Some(user) = found.next().await {
                user?;
            }
            Ok(())
        }),
        5 => {
            let mut bulk = scim.bulk().fall_back_to_single_requests().concurrently(3);
            bulk.delete(&babs);
            bulk.delete::<Group>("1");
            bulk.patch::<User>("2", |patch| patch.replace(|u| u.title, "CTO"));
            bulk.patch::<User>("3", |patch| patch.replace(|u| u.title, "CTO"));
            Box::pin(async move { bulk.await.map(drop) })
        }
        6 => Box::pin(async move { users.delete("2819").await }),
        7 => {
            let scim = scim.clone();
            Box::pin(async move { scim.discover().await.map(drop) })
        }
        8 => {
            let groups = scim.resource::<Group>();
            Box::pin(async move { groups.create(&Group::new("Guides")).await.map(drop) })
        }
        9 => Box::pin(async move {
            let mut after = babs.clone();
            after.title = Some("CTO".into());
            users.replace(&after).check_applied(false).await.map(drop)
        }),
        10 => Box::pin(async move { users.query().all().await.map(drop) }),
        11 => Box::pin(async move {
            let mut pages = users.query().count(1).pages();
            while let Some(page) = pages.next().await {
                page?;
            }
            Ok(())
        }),
        12 => Box::pin(async move { users.query().first().await.map(drop) }),
        13 => {
            let mut bulk = scim.bulk().max_operations(1);
            let guides = bulk.create(&Group::new("Guides"));
            bulk.delete(guides);
            bulk.delete(&babs);
            Box::pin(async move { bulk.await.map(drop) })
        }
        _ => return None,
    })
}

fn client(kind: usize, network: &Hesitant) -> Client {
    let oauth = || ClientCredentials::new("https://scim.example/token", "id", "s3cr3t-t0p");
    let builder: ClientBuilder = Client::builder("https://scim.example/v2")
        .transport(network.clone())
        .retry(RetryPolicy::default().with_first_backoff(Duration::from_millis(10)));
    let builder = match kind {
        0 => builder,
        1 => builder.max_concurrent_requests(1),
        2 => builder.oauth2(oauth()),
        _ => builder
            .max_concurrent_requests(1)
            .rate_limit(RateLimit::new(2, Duration::from_secs(1)))
            .oauth2(oauth()),
    };
    builder.build().unwrap()
}

/// Polls up to so many times, and gives up.
struct AtMost(Work, usize);

impl Future for AtMost {
    type Output = bool;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<bool> {
        if self.1 == 0 {
            return Poll::Ready(false);
        }
        self.1 -= 1;
        self.0.as_mut().poll(context).map(|_| true)
    }
}

/// The same without a runtime: what holds a place or a token fetch is moved by whoever waits next.
#[test]
fn without_a_runtime() {
    for kind in [0, 1, 2] {
        for number in 0.. {
            let mut polls = 0;
            loop {
                let network = Hesitant::default();
                let scim = client(kind, &network);
                let Some(work) = operation(number, &scim) else {
                    break;
                };
                let done = super::block_on(AtMost(work, polls));
                let next = scim.resource::<User>().get("2819").into_future();
                // There is no timer, and so it is not asked again where it is busy.
                let next = super::block_on(next);
                let what = format!("operation {number}, client {kind}, after {polls} polls");
                if let Err(error) = next {
                    assert_eq!(
                        error.status().map(|status| status.as_u16()),
                        Some(503),
                        "{what}"
                    );
                }
                drop(scim);
                assert_eq!(network.under_way.load(Ordering::SeqCst), 0, "{what}");
                assert!(network.sent.load(Ordering::SeqCst) < 40, "{what}");
                if done {
                    break;
                }
                polls += 1;
                assert!(polls < 500, "{what}");
            }
            if operation(number, &client(0, &Hesitant::default())).is_none() {
                break;
            }
        }
    }
}

async fn given_up_everywhere(kind: usize) {
    for number in 0.. {
        let mut polls = 0;
        loop {
            let network = Hesitant::default();
            let scim = client(kind, &network);
            let Some(work) = operation(number, &scim) else {
                return;
            };
            let done = AtMost(work, polls).await;
            // Whatever it left behind ends, and whoever comes next has its turn.
            let next = scim.resource::<User>().get("2819").into_future();
            let next = tokio::time::timeout(Duration::from_secs(60), next).await;
            let what = format!("operation {number}, client {kind}, after {polls} polls");
            next.expect(&what).expect(&what);
            for _ in 0..100 {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            assert_eq!(network.under_way.load(Ordering::SeqCst), 0, "{what}");
            assert!(network.sent.load(Ordering::SeqCst) < 40, "{what}");
            if done {
                break;
            }
            polls += 1;
            assert!(polls < 500, "{what}");
        }
        assert!(polls > 0, "operation {number} waits for something");
    }
}

#[tokio::test(start_paused = true)]
async fn without_limits() {
    given_up_everywhere(0).await;
}

#[tokio::test(start_paused = true)]
async fn with_one_place() {
    given_up_everywhere(1).await;
}

#[tokio::test(start_paused = true)]
async fn with_tokens() {
    given_up_everywhere(2).await;
}

#[tokio::test(start_paused = true)]
async fn with_all_of_it() {
    given_up_everywhere(3).await;
}

/// A runtime whose clock runs as fast as there is nothing else to do.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap()
}

/// Polls work up to so many times.
async fn polled(work: &mut Work, mut polls: usize) -> bool {
    std::future::poll_fn(|context| {
        if polls == 0 {
            return Poll::Ready(false);
        }
        polls -= 1;
        work.as_mut().poll(context).map(|_| true)
    })
    .await
}

/// Every operation, begun in one runtime, which ends at each point where it waits, and continued or left alone
/// in another one.
fn begun_in_a_runtime_that_ends(kind: usize) {
    for number in 0.. {
        let mut polls = 0;
        loop {
            let mut done = false;
            for is_continued in [true, false] {
                let network = Hesitant::default();
                let scim = client(kind, &network);
                let Some(mut work) = operation(number, &scim) else {
                    return;
                };
                let what = format!("operation {number}, client {kind}, after {polls} polls");
                let (one, other) = (runtime(), runtime());
                done = one.block_on(polled(&mut work, polls));
                drop(one);
                other.block_on(async {
                    let within = Duration::from_secs(600);
                    let next = scim.resource::<User>().get("2819").into_future();
                    if is_continued && !done {
                        let both = async { (work.await, next.await) };
                        let ended = tokio::time::timeout(within, both).await;
                        let (_, next) = ended.expect(&what);
                        next.expect(&what);
                    } else {
                        // It is still there, and nobody polls it.
                        let next = tokio::time::timeout(within, next).await;
                        next.expect(&what).expect(&what);
                        drop(work);
                    }
                    tokio::time::sleep(Duration::from_secs(100)).await;
                });
                assert_eq!(network.under_way.load(Ordering::SeqCst), 0, "{what}");
            }
            if done {
                break;
            }
            polls += 1;
            assert!(polls < 500, "operation {number}");
        }
    }
}

#[test]
fn in_another_runtime() {
    for kind in 0..4 {
        begun_in_a_runtime_that_ends(kind);
    }
}

/// A runtime with threads that ends at any moment, and another one meanwhile: nobody's place is lost.
#[test]
fn beside_a_runtime_that_ends() {
    for round in 0..120 {
        let network = Hesitant::default();
        let scim = client(1 + round % 2, &network);
        let get = || scim.resource::<User>().get("2819").into_future();
        let one = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        for _ in 0..8 {
            one.spawn(get());
        }
        let mut own = get();
        let other = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        other.block_on(async {
            let pause = Duration::from_micros(u64::try_from(round).unwrap() * 7 % 300);
            let is_done = tokio::time::timeout(pause, &mut own).await.is_ok();
            one.shutdown_background();
            let rest = async {
                if !is_done {
                    let _whatever = own.await;
                }
                get().await
            };
            let next = tokio::time::timeout(Duration::from_secs(20), rest).await;
            next.expect("it hangs").expect("a place");
        });
    }
}
