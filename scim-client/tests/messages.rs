//! What people read when something goes wrong at run time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::duplicate_mod,
    reason = "a panic is how a test fails; a module is tested over each transport"
)]
#![cfg(feature = "reqwest")]

#[path = "messages/answers.rs"]
mod answers;
#[path = "messages/base_urls.rs"]
mod base_urls;
#[path = "messages/elements.rs"]
mod elements;
#[path = "common/network.rs"]
mod network;
#[path = "messages/redirects.rs"]
mod redirects;
#[path = "common/transports.rs"]
mod transports;

// The same tests over each transport.
#[cfg(feature = "reqwest")]
#[path = "messages"]
mod over_reqwest {
    use super::{network, transports::by_reqwest as transport};

    mod connections;
}

#[cfg(feature = "hyper")]
#[path = "messages"]
mod over_hyper {
    use super::{network, transports::by_hyper as transport};

    mod connections;
}

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
