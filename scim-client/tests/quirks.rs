//! What real service providers do, one scripted server for each: `q` and the number of the row in
//! our table of vendors' quirks that the client tolerates or reports, `seen` for what several do.
#![cfg(feature = "client")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

#[path = "quirks/answers.rs"]
mod answers;
#[path = "quirks/errors.rs"]
mod errors;
#[path = "quirks/pages.rs"]
mod pages;
#[path = "quirks/resources.rs"]
mod resources;
#[path = "common/scripted.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared")]
mod scripted;
#[path = "quirks/seen.rs"]
mod seen;

use scim_client::{Client, Resources, Stored, User, client::RetryPolicy};

use self::scripted::{Scripted, json};

/// Users of a server that always says this.
pub(crate) fn users(body: &'static str) -> Resources<User> {
    Scripted::answers(200, "application/scim+json", body)
        .client()
        .resource()
}

/// A user as that server has it.
pub(crate) async fn user(body: &'static str) -> Stored<User> {
    let read = users(body).get("1").await;
    read.unwrap_or_else(|error| panic!("{body}: {error}"))
}

/// A server that gives these pages one after the other, and then an error.
pub(crate) fn in_turn(pages: &'static [&'static str]) -> Scripted {
    let at = std::sync::atomic::AtomicUsize::new(0);
    Scripted::new(move |_| {
        let at = at.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        match pages.get(at) {
            Some(page) => json(200, *page),
            None => json(400, ""),
        }
    })
}

/// A client that tries nothing again.
pub(crate) fn once(server: &Scripted) -> Client {
    Client::builder("https://scim.example/v2")
        .service(server.clone())
        .retry(RetryPolicy::never())
        .build()
        .unwrap()
}
