//! Requests on their way: bulk, pages, and the embedded service provider.

use std::{
    convert::Infallible,
    future::{Future, IntoFuture as _, Ready, ready},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task,
};

use http_body_util::{BodyExt as _, Full};
use scim_client::{
    Client, Resource as _, Stored, User,
    bytes::Bytes,
    http::{Method, Request, Response},
    message::BulkOperation,
    testing::ServiceProvider,
    transport::RequestBody,
};
use serde_json::json;
use tower_service::Service as _;

use super::{Growing, Work, group, linear, sorting, work};

/// All of them.
pub(super) const CASES: &[Growing] = &[
    sorting("bulk: plan creations and deletions", 500, |n| {
        let client = Client::builder("https://scim.example/v2").service(ServiceProvider::new());
        let mut bulk = client.build().expect("a client").bulk();
        let created: Vec<_> = (0..n)
            .map(|at| bulk.create(&User::new(format!("u{at}"))))
            .collect();
        for user in created {
            bulk.delete(user);
        }
        work(move || bulk.plan().expect("a plan"))
    }),
    sorting(
        "bulk: results that say of which operation they are by nothing",
        250,
        |n| {
            let one = r#"{"method":"DELETE","bulkId":"x","location":"https://scim.example/v2/Users","status":"204"}"#;
            bulk_deletions(n, vec![one.to_owned(); n])
        },
    ),
    sorting("bulk: results in the other order", 250, |n| {
        let one = |at: usize| format!(r#"{{"method":"DELETE","id":"{at}","status":"204"}}"#);
        bulk_deletions(n, (0..n).rev().map(one).collect())
    }),
    sorting(
        "bulk: results of one resource, in the other order",
        250,
        |n| {
            let one =
                |at: usize| format!(r#"{{"method":"DELETE","bulkId":"{at}","status":"204"}}"#);
            bulk_of_one(n, (0..n).rev().map(one).collect())
        },
    ),
    linear("write: elements of one value in an answer", 250, |n| {
        let user = |types: Vec<usize>| {
            let one = |at: usize| json!({"value": "m@a.example", "type": format!("t{at}")});
            let emails: Vec<_> = types.into_iter().map(one).collect();
            json!({"id": "1", "userName": "u", "emails": emails}).to_string()
        };
        let (before, wanted) = (user((0..n).collect()), user((1..n).collect()));
        let found = user((1..n).rev().collect());
        let mut stored = Stored::<User>::from_json(&before).expect("a user");
        *stored = User::from_json(&wanted).expect("a user");
        let users = answering(move |_| found.clone()).resource::<User>();
        let runtime = runtime();
        work(move || {
            runtime
                .block_on(users.replace(&stored).into_future())
                .expect("it is applied")
        })
    }),
    sorting("paging: stream without duplicates", 250, |n| {
        let page = |at: usize| {
            let users: Vec<_> = (at..at + 4)
                .map(|id| format!(r#"{{"id":"{id}","userName":"u"}}"#))
                .collect();
            format!(
                r#"{{"nextCursor":"c{at}","Resources":[{}]}}"#,
                users.join(",")
            )
        };
        let client = answering(move |number| match number {
            number if number < n => page(number * 2),
            _ => r#"{"Resources":[]}"#.to_owned(),
        });
        let runtime = runtime();
        work(move || {
            let users = client.resource::<User>();
            let query = users.query().cursor("");
            runtime.block_on(async {
                let mut stream = query.stream().without_duplicates();
                while let Some(user) = stream.next().await {
                    user.expect("a user");
                }
            });
        })
    }),
    sorting("provider: bulk in the wrong order", 125, |n| {
        let one = |at: usize| {
            let mut data = json!({"userName": format!("u{at}")});
            if at + 1 < n {
                let manager = format!("bulkId:{}", at + 1);
                data["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"] =
                    json!({"manager": {"value": manager}});
            }
            json!({"method": "POST", "path": "/Users", "bulkId": at.to_string(), "data": data})
        };
        let operations: Vec<_> = (0..n).map(one).collect();
        let provider = ServiceProvider::builder()
            .max_bulk_operations(usize::MAX)
            .max_payload_size(usize::MAX)
            .build();
        let text = json!({"Operations": operations}).to_string();
        work(move || ask(&provider, Method::POST, "/Bulk", &text))
    }),
    sorting("provider: sorted pages", 200, |n| {
        pages(n, "sortBy=userName")
    }),
    linear("provider: filtered pages", 200, |n| {
        pages(n, "filter=userName%20pr")
    }),
    linear("provider: pages", 200, |n| pages(n, "")),
    linear("provider: pages, by two names of the host", 200, |n| {
        let provider = provider_of(n);
        work(move || {
            for (at, start) in (1..=n).step_by(20).enumerate() {
                let host = ["scim.example", "other.example"][at % 2];
                let target = format!("/Users?count=20&startIndex={start}");
                ask_at(host, &provider, Method::GET, &target, "");
            }
        })
    }),
    sorting("provider: PUT of a group", 500, |n| {
        let provider = ServiceProvider::new();
        let seeded = provider.seed(group(0..n)).expect("a group");
        let target = format!("/Groups/{}", seeded.id());
        let body = group((0..n).rev()).to_json().replace("\"g\"", "\"h\"");
        work(move || ask(&provider, Method::PUT, &target, &body))
    }),
];

/// What may cost at most so many times what another does, on the same data.
pub struct Beside {
    pub work: Growing,
    pub other: Growing,
    pub most: u64,
}

/// All of them.
pub const BESIDE: &[Beside] = &[Beside {
    work: sorting("provider: 30,000 users sorted, by 100", 30_000, |n| {
        pages_of(100, n, "sortBy=userName")
    }),
    other: linear("provider: 30,000 users, by 100", 30_000, |n| {
        pages_of(100, n, "")
    }),
    most: 2,
}];

/// All pages of 20 of `n` users.
fn pages(n: usize, query: &'static str) -> Work {
    pages_of(20, n, query)
}

/// All pages of `size` of `n` users.
fn pages_of(size: usize, n: usize, query: &'static str) -> Work {
    let provider = provider_of(n);
    work(move || {
        for start in (1..=n).step_by(size) {
            let target = format!("/Users?count={size}&startIndex={start}&{query}");
            ask(&provider, Method::GET, &target, "");
        }
    })
}

/// One with so many users.
fn provider_of(n: usize) -> ServiceProvider {
    let provider = ServiceProvider::new();
    for at in 0..n {
        let user = User::new(format!("user{:08}", (at * 7919) % n));
        provider.seed(user).expect("a user");
    }
    provider
}

/// A client of a service that gives these answers, one after the other.
fn answering(script: impl Fn(usize) -> String + Send + Sync + 'static) -> Client {
    let service = Answering {
        number: Arc::default(),
        script: Arc::new(script),
    };
    let client = Client::builder("https://scim.example/v2").service(service);
    client.build().expect("a client")
}

#[derive(Clone)]
struct Answering {
    number: Arc<AtomicUsize>,
    script: Arc<dyn Fn(usize) -> String + Send + Sync>,
}

impl tower_service::Service<Request<RequestBody>> for Answering {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut task::Context<'_>) -> task::Poll<Result<(), Infallible>> {
        task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<RequestBody>) -> Self::Future {
        let text = (self.script)(self.number.fetch_add(1, Ordering::Relaxed));
        ready(Ok(Response::new(Full::new(Bytes::from(text)))))
    }
}

fn runtime() -> tokio::runtime::Runtime {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().expect("a runtime")
}

/// A bulk of `n` deletions that is answered with these results.
fn bulk_deletions(n: usize, results: Vec<String>) -> Work {
    let text = format!(r#"{{"Operations":[{}]}}"#, results.join(","));
    let client = answering(move |_| text.clone());
    let runtime = runtime();
    work(move || {
        let mut bulk = client.bulk();
        for at in 0..n {
            bulk.delete::<User>(at.to_string());
        }
        runtime.block_on(bulk.into_future()).expect("results")
    })
}

/// Like [`bulk_deletions`], all of the same resource.
fn bulk_of_one(n: usize, results: Vec<String>) -> Work {
    let text = format!(r#"{{"Operations":[{}]}}"#, results.join(","));
    let client = answering(move |_| text.clone());
    let runtime = runtime();
    work(move || {
        let mut bulk = client.bulk();
        for at in 0..n {
            bulk.operation(BulkOperation::delete("/Users/1").with_bulk_id(at.to_string()));
        }
        let results = runtime.block_on(bulk.into_future()).expect("results");
        assert!(results.all_done());
    })
}

/// Asks the embedded service provider, which never has to wait.
fn ask(provider: &ServiceProvider, method: Method, target: &str, body: &str) -> Bytes {
    ask_at("scim.example", provider, method, target, body)
}

fn ask_at(
    host: &str,
    provider: &ServiceProvider,
    method: Method,
    target: &str,
    body: &str,
) -> Bytes {
    let request = Request::builder()
        .method(method)
        .uri(format!("https://{host}/v2{target}"))
        .body(Full::new(Bytes::copy_from_slice(body.as_bytes())))
        .expect("a request");
    let response = now(provider.clone().call(request)).expect("a response");
    assert!(response.status().is_success(), "{}", response.status());
    now(response.into_body().collect())
        .expect("a body")
        .to_bytes()
}

fn now<F: Future>(future: F) -> F::Output {
    let mut context = task::Context::from_waker(task::Waker::noop());
    match pin!(future).poll(&mut context) {
        task::Poll::Ready(output) => output,
        task::Poll::Pending => panic!("it waits"),
    }
}
