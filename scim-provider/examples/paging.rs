//! Pages through 30,000 users by 100, sorted or not: what a page costs.
//! `valgrind --tool=callgrind target/fast/examples/paging sorted` (built with `--profile fast`) counts its instructions.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use http::Request;
use scim_provider::{
    MemoryStore, ServiceProvider,
    scim_models::{User, user::Email},
};

const USERS: usize = 30_000;
const PAGE: usize = 100;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let order = std::env::args().nth(1).unwrap_or_default();
    let query = match order.as_str() {
        "sorted" => "&sortBy=userName",
        "filtered" => "&sortBy=userName&filter=active%20eq%20true",
        _ => "",
    };
    let store = MemoryStore::new();
    for number in 0..USERS {
        // Not in their order.
        let name = format!("user-{:05}", number * 7919 % USERS);
        let email = Email::new(format!("{name}@example.com")).with_type("work");
        let mut user = User::new(name).with_emails([email]);
        user.active = Some(number % 2 == 0);
        store.seed(user)?;
    }
    let provider = ServiceProvider::builder(store).build();
    let pages = if order == "none" { 0 } else { USERS / PAGE };
    let mut bytes = 0;
    for page in 0..pages {
        let target = format!(
            "https://h/Users?count={PAGE}&startIndex={}{query}",
            page * PAGE + 1
        );
        let request = Request::get(target).body(Bytes::new())?;
        // A store in memory never waits.
        let answered =
            pin!(provider.respond(request)).poll(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(response) = answered else {
            return Err("it waits".into());
        };
        bytes += response.body().len();
    }
    println!("{pages} pages, {bytes} bytes");
    Ok(())
}
