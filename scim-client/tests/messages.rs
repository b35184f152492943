//! What people read when something goes wrong at run time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]
#![cfg(feature = "reqwest")]

#[path = "messages/answers.rs"]
mod answers;
#[path = "messages/base_urls.rs"]
mod base_urls;
#[path = "messages/connections.rs"]
mod connections;
#[path = "messages/elements.rs"]
mod elements;
#[path = "common/network.rs"]
mod network;
#[path = "messages/redirects.rs"]
mod redirects;

use scim_client::{Client, client::RetryPolicy};

use self::network::{Does, Network};

pub(crate) fn client(network: &Network) -> Client {
    Client::builder("https://scim.example/v2")
        .retry(RetryPolicy::never())
        .transport(network.clone())
        .build()
        .unwrap()
}

/// Always the same answer.
pub(crate) fn always(status: u16, media_type: &str, body: &str) -> Network {
    let does = Does::Answers(
        status,
        vec![("Content-Type", media_type.to_owned())],
        body.to_owned(),
    );
    Network::new(move |_, _| does.clone())
}
