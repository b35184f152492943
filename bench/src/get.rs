//! One user by `id`, over a connection that is kept.

use std::hint::black_box;

use http_body_util::{BodyExt as _, Empty};
use hyper_util::{client::legacy, rt::TokioExecutor};
use scim_client::{Client, User, bytes::Bytes, client::ClientBuilder};
use tokio::runtime::Runtime;

use crate::{
    case::{Case, Work},
    derived::plain,
    server,
};

const TOKEN: &str = "a-token-of-some-length";

const MEDIA_TYPE: &str = "application/scim+json";

/// All cases of this module. They ask the server that the environment names.
pub fn cases() -> Vec<Case> {
    let all: [(&str, fn(String, &str) -> Option<Work>); 6] = [
        ("scim-client", |base, id| ours(Client::builder(base), id)),
        ("scim-client, hyper", |base, id| {
            ours(Client::builder(base).use_hyper(), id)
        }),
        ("reqwest, derive", |base, id| reqwest(base, id, true)),
        ("reqwest, body only", |base, id| reqwest(base, id, false)),
        ("hyper-util, derive", |base, id| hyper(base, id, true)),
        ("hyper-util, body only", |base, id| hyper(base, id, false)),
    ];
    let users = [("a small user", "small"), ("a full user", "full")];
    let cases = users.into_iter().flat_map(|(row, id)| {
        all.into_iter().map(move |(column, start)| Case {
            table: "get",
            row,
            column,
            rounds: 300,
            start: Box::new(move || start(server::named()?, id)),
        })
    });
    cases.collect()
}

/// One thread, so that its instructions are all there are.
fn runtime() -> Option<Runtime> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().ok()
}

fn ours(builder: ClientBuilder, id: &str) -> Option<Work> {
    let runtime = runtime()?;
    let client = builder.bearer_token(TOKEN).build().ok()?;
    let users = client.resource::<User>();
    let id = id.to_owned();
    Work::new(move || {
        runtime.block_on(async {
            let user = users.get(&id).await.expect("the server has it");
            // In here, as for the others: on its way out the runtime moves it a few times.
            black_box(user);
        });
    })
}

fn reqwest(base: String, id: &str, decode: bool) -> Option<Work> {
    let runtime = runtime()?;
    let client = reqwest::Client::builder().build().ok()?;
    let url = format!("{base}/Users/{id}");
    Work::new(move || {
        runtime.block_on(async {
            let answer = client
                .get(&url)
                .header("accept", MEDIA_TYPE)
                .bearer_auth(TOKEN)
                .send()
                .await
                .and_then(reqwest::Response::error_for_status)
                .expect("the server has it");
            if decode {
                let user: plain::User = answer.json().await.expect("it is a user");
                black_box(user);
            } else {
                black_box(answer.bytes().await.expect("it has a body"));
            }
        });
    })
}

fn hyper(base: String, id: &str, decode: bool) -> Option<Work> {
    let runtime = runtime()?;
    let client: legacy::Client<_, Empty<Bytes>> =
        legacy::Client::builder(TokioExecutor::new()).build_http();
    let url: hyper::Uri = format!("{base}/Users/{id}").parse().ok()?;
    Work::new(move || {
        runtime.block_on(async {
            let request = hyper::Request::get(url.clone())
                .header("accept", MEDIA_TYPE)
                .header("authorization", format!("Bearer {TOKEN}"))
                .body(Empty::new())
                .expect("a valid request");
            let answer = client.request(request).await.expect("the server has it");
            assert!(answer.status().is_success(), "the server has it");
            let body = answer.into_body().collect().await;
            let body = body.expect("it has a body").to_bytes();
            if decode {
                let user: plain::User = serde_json::from_slice(&body).expect("it is a user");
                black_box(user);
            } else {
                black_box(body);
            }
        });
    })
}
