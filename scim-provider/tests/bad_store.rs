//! Stores that do not do as they should, requests that are given up, and bodies that nobody waits for.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

mod common;

use std::{
    convert::Infallible,
    future::Future,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context as TaskContext, Poll, Waker},
};

use bytes::Bytes;
use common::{ask, send};
use http::Request;
use http_body::{Body, Frame};
use scim_provider::{
    Context, Found, MemoryStore, Query, Record, Refusal, Result, ServedType, ServiceProvider, Store,
};
use serde_json::json;
use tower_service::Service as _;

/// What a store does wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Wrong {
    Nothing,
    /// Whatever is asked for, it gives the resource with the id 1.
    AlwaysTheFirst,
    /// It compares ids in any letter case.
    AnyCase,
    NoId,
    /// Every page is the whole list, and the total is none.
    WholeList,
    NoVersion,
    Fails,
    Panics,
    /// Each call waits once before it begins, and once when it is done.
    Waits,
}

/// A store in memory that does something wrong.
struct Bad {
    inner: MemoryStore,
    wrong: Mutex<Wrong>,
    writes: AtomicUsize,
}

impl Bad {
    fn over(inner: MemoryStore) -> ServiceProvider<Self> {
        ServiceProvider::builder(Self {
            inner,
            wrong: Mutex::new(Wrong::Nothing),
            writes: AtomicUsize::new(0),
        })
        .build()
    }

    fn is(&self, wrong: Wrong) {
        *self.wrong.lock().unwrap() = wrong;
    }

    async fn begin(&self) -> Result<Wrong> {
        let wrong = *self.wrong.lock().unwrap();
        match wrong {
            Wrong::Fails => Err(Refusal::internal()),
            Wrong::Panics => panic!("on purpose"),
            Wrong::Waits => {
                tokio::task::yield_now().await;
                Ok(wrong)
            }
            _ => Ok(wrong),
        }
    }

    async fn end(wrong: Wrong, mut record: Record) -> Result<Record> {
        match wrong {
            Wrong::NoId => record.set_id(""),
            Wrong::NoVersion => record.meta_mut().version = None,
            Wrong::Waits => tokio::task::yield_now().await,
            _ => {}
        }
        Ok(record)
    }
}

impl Store for Bad {
    type Caller = ();

    async fn get(
        &self,
        context: &Context<()>,
        kind: &ServedType,
        id: &str,
    ) -> Result<Option<Record>> {
        let wrong = self.begin().await?;
        let id = match wrong {
            Wrong::AlwaysTheFirst => "1".to_owned(),
            Wrong::AnyCase => id.to_lowercase(),
            _ => id.to_owned(),
        };
        match self.inner.get(context, kind, &id).await? {
            Some(record) => Ok(Some(Self::end(wrong, record).await?)),
            None => Ok(None),
        }
    }

    async fn insert(
        &self,
        context: &Context<()>,
        kind: &ServedType,
        record: Record,
    ) -> Result<Record> {
        let wrong = self.begin().await?;
        let stored = self.inner.insert(context, kind, record).await?;
        self.writes.fetch_add(1, Ordering::Relaxed);
        match wrong {
            Wrong::AlwaysTheFirst => Ok(self.inner.get(context, kind, "1").await?.unwrap()),
            _ => Self::end(wrong, stored).await,
        }
    }

    async fn update(
        &self,
        context: &Context<()>,
        kind: &ServedType,
        record: Record,
        expected: Option<&str>,
    ) -> Result<Record> {
        let wrong = self.begin().await?;
        let stored = self.inner.update(context, kind, record, expected).await?;
        self.writes.fetch_add(1, Ordering::Relaxed);
        Self::end(wrong, stored).await
    }

    async fn delete(
        &self,
        context: &Context<()>,
        kind: &ServedType,
        id: &str,
        expected: Option<&str>,
    ) -> Result<()> {
        self.begin().await?;
        self.writes.fetch_add(1, Ordering::Relaxed);
        self.inner.delete(context, kind, id, expected).await
    }

    async fn find(&self, context: &Context<()>, query: &Query) -> Result<Found> {
        match self.begin().await? {
            Wrong::WholeList => {
                let all = self.inner.all::<scim_provider::scim_models::User>();
                Ok(Found::new(0, all.into_iter().map(Record::new).collect()))
            }
            _ => self.inner.find(context, query).await,
        }
    }
}

async fn with_users(names: &[&str]) -> ServiceProvider<Bad> {
    let provider = Bad::over(MemoryStore::with_counted_ids());
    for name in names {
        let user = json!({"userName": name}).to_string();
        assert_eq!(ask(&provider, "POST", "/Users", &user).await.0, 201);
    }
    provider
}

#[tokio::test]
async fn nobody_is_shown_another_resource_than_the_one_asked_for() {
    let provider = with_users(&["a", "b"]).await;
    let user = json!({"userName": "c"}).to_string();
    provider.store().is(Wrong::AlwaysTheFirst);
    for method in ["GET", "PUT", "PATCH"] {
        let body = match method {
            "PATCH" => r#"{"Operations": [{"op": "add", "path": "title", "value": "x"}]}"#,
            _ => &user,
        };
        let (status, answer) = ask(&provider, method, "/Users/2", body).await;
        assert_eq!(status, 404, "{method} {answer}");
    }
    // It has 1 and not 3, and so is not what a bulk request refers to.
    let bulk = json!({"Operations": [
        {"method": "POST", "path": "/Users", "bulkId": "u", "data": {"userName": "d"}}]});
    let (_, done) = ask(&provider, "POST", "/Bulk", &bulk.to_string()).await;
    assert_eq!(done["Operations"][0]["status"], "500", "{done}");
    provider.store().is(Wrong::NoId);
    let (status, answer) = ask(&provider, "POST", "/Users", &user).await;
    assert_eq!((status, answer.get("userName")), (500, None));
    provider.store().is(Wrong::Nothing);
    let body = json!({"userName": "e", "title": "x"}).to_string();
    let (status, made) = ask(&provider, "POST", "/Users", &body).await;
    assert_eq!(status, 201);
    assert_eq!(
        ask(&provider, "GET", "/Users/1", "").await.1["userName"],
        "a"
    );
    assert!(made["id"].as_str().is_some_and(|id| !id.is_empty()));
}

/// RFC 7643 §3.1: `id` is compared exactly.
#[tokio::test]
async fn an_id_in_another_letter_case_is_another_id() {
    let provider = Bad::over(MemoryStore::new());
    let user = json!({"userName": "a"}).to_string();
    let mut id = String::new();
    // Until one has a letter.
    while id == id.to_uppercase() {
        provider.store().inner.clear();
        let (_, made) = ask(&provider, "POST", "/Users", &user).await;
        id = made["id"].as_str().unwrap().to_owned();
    }
    provider.store().is(Wrong::AnyCase);
    for (id, status) in [(id.to_uppercase(), 404), (id, 200)] {
        let target = format!("/Users/{id}");
        assert_eq!(ask(&provider, "GET", &target, "").await.0, status);
    }
}

#[tokio::test]
async fn a_page_is_no_longer_than_asked_for() {
    let provider = with_users(&["a", "b", "c"]).await;
    provider.store().is(Wrong::WholeList);
    for target in ["/Users?count=2", "/Users?count=2&cursor"] {
        let (_, list) = ask(&provider, "GET", target, "").await;
        assert_eq!(list["Resources"].as_array().unwrap().len(), 2, "{target}");
        assert_eq!(
            (&list["itemsPerPage"], &list["totalResults"]),
            (&json!(2), &json!(2))
        );
    }
    let (_, list) = ask(&provider, "GET", "/Users?count=0", "").await;
    assert_eq!(list["Resources"], json!([]));
}

#[tokio::test]
async fn a_store_without_versions_can_be_written_to() {
    let provider = with_users(&["a"]).await;
    provider.store().is(Wrong::NoVersion);
    let body = json!({"userName": "a", "title": "x"}).to_string();
    let response = send(&provider, "PUT", "/Users/1", &body, &[]).await;
    assert_eq!(response.status(), 200);
    assert!(response.headers().get("etag").is_none());
    // Whoever asks for a version cannot be given it.
    let headers = [("if-match", "W/\"1\"")];
    let refused = send(&provider, "PUT", "/Users/1", &body, &headers).await;
    assert_eq!(refused.status(), 412);
}

#[tokio::test]
async fn a_store_that_fails_or_panics_is_in_nobodys_way() {
    let provider = with_users(&["a"]).await;
    let body = json!({"userName": "b"}).to_string();
    let requests = [
        ("GET", "/Users/1"),
        ("GET", "/Users"),
        ("POST", "/Users"),
        ("PUT", "/Users/1"),
        ("DELETE", "/Users/1"),
    ];
    provider.store().is(Wrong::Fails);
    for (method, target) in requests {
        let (status, error) = ask(&provider, method, target, &body).await;
        assert_eq!((status, &error["status"]), (500, &json!("500")), "{method}");
    }
    let bulk = json!({"Operations": [{"method": "DELETE", "path": "/Users/1"}]}).to_string();
    let (status, done) = ask(&provider, "POST", "/Bulk", &bulk).await;
    assert_eq!(
        (status, &done["Operations"][0]["status"]),
        (200, &json!("500"))
    );
    provider.store().is(Wrong::Panics);
    for (method, target) in requests {
        let (provider, body) = (provider.clone(), body.clone());
        let asked = tokio::spawn(async move { ask(&provider, method, target, &body).await });
        assert!(asked.await.unwrap_err().is_panic(), "{method}");
    }
    provider.store().is(Wrong::Nothing);
    assert_eq!(ask(&provider, "GET", "/Users/1", "").await.0, 200);
    let (status, page) = ask(&provider, "GET", "/Users?cursor&count=1", "").await;
    assert_eq!((status, &page["totalResults"]), (200, &json!(1)));
}

/// Polls a future so many times and drops it. Whether it was done by then.
fn give_up(future: impl Future, polls: usize) -> bool {
    let mut future = pin!(future);
    let mut context = TaskContext::from_waker(Waker::noop());
    (0..polls).any(|_| future.as_mut().poll(&mut context).is_ready())
}

/// Wherever a request is given up, it was done or it was not; and the next one is answered.
#[tokio::test]
async fn a_request_that_is_given_up_leaves_nothing_half_done() {
    for (method, target, body, writes) in [
        ("POST", "/Users", json!({"userName": "b"}), 1),
        ("PUT", "/Users/1", json!({"userName": "c"}), 1),
        ("DELETE", "/Users/1", json!({}), 1),
        (
            "POST",
            "/Bulk",
            json!({"Operations": [
                {"method": "POST", "path": "/Users", "bulkId": "u", "data": {"userName": "b"}},
                {"method": "PUT", "path": "/Users/1", "data": {"userName": "c"}}]}),
            2,
        ),
        ("GET", "/Users", json!({}), 0),
    ] {
        let mut seen = Vec::new();
        for polls in 0.. {
            let provider = with_users(&["a"]).await;
            provider.store().is(Wrong::Waits);
            let before = provider.store().writes.load(Ordering::Relaxed);
            let body = body.to_string();
            let is_done = give_up(ask(&provider, method, target, &body), polls);
            provider.store().is(Wrong::Nothing);
            seen.push(provider.store().writes.load(Ordering::Relaxed) - before);
            let (status, list) = ask(&provider, "GET", "/Users?sortBy=id", "").await;
            assert_eq!(status, 200, "{method} {target} after {polls}");
            for user in list["Resources"].as_array().unwrap() {
                let target = format!("/Users/{}", user["id"].as_str().unwrap());
                assert_eq!(&ask(&provider, "GET", &target, "").await.1, user);
            }
            if is_done {
                break;
            }
        }
        // Once begun, each write is done as a whole, one after the other.
        assert!(seen.is_sorted(), "{method} {target}: {seen:?}");
        assert_eq!(
            (seen[0], seen.last()),
            (0, Some(&writes)),
            "{method} {target}"
        );
    }
}

/// A body that goes on and on, and counts what was read of it.
struct Endless(Arc<AtomicUsize>);

impl Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.fetch_add(1024, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b' '; 1024])))))
    }
}

#[tokio::test]
async fn what_a_stranger_sends_is_not_kept() {
    let builder = ServiceProvider::builder(MemoryStore::new());
    let builder = builder.bearer_token("secret").max_payload_size(1 << 20);
    let mut provider = builder.build();
    for (token, status, most) in [("wrong", 401, 128 << 10), ("secret", 413, 2 << 20)] {
        let read = Arc::new(AtomicUsize::new(0));
        let request = Request::post("https://h.example/v2/Users")
            .header("authorization", format!("Bearer {token}"))
            .body(Endless(read.clone()))
            .unwrap();
        let response = provider.call(request).await.unwrap();
        assert_eq!(response.status(), status, "{token}");
        assert!(read.load(Ordering::Relaxed) < most, "{token}");
    }
    let open = Request::get("https://h.example/v2/ServiceProviderConfig");
    let open = open.body(Endless(Arc::default())).unwrap();
    assert_eq!(provider.call(open).await.unwrap().status(), 200);
}
