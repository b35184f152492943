//! What the client does when the network or the service provider fails.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::duplicate_mod,
    reason = "a panic is how a test fails; a module is tested over each transport"
)]
#![cfg(feature = "tokio")]

#[cfg(all(feature = "reqwest", feature = "testing"))]
#[path = "resilience/embedded.rs"]
mod embedded;
#[path = "resilience/limits.rs"]
mod limits;
#[path = "common/network.rs"]
mod network;
#[cfg(feature = "reqwest")]
#[path = "resilience/odd_answers.rs"]
mod odd_answers;
#[path = "resilience/retries.rs"]
mod retries;
#[path = "resilience/timeouts.rs"]
mod timeouts;
#[path = "common/transports.rs"]
mod transports;

// The same tests over each transport.
#[cfg(feature = "reqwest")]
#[path = "resilience"]
mod over_reqwest {
    use super::{BABS, babs, network, transports::by_reqwest as transport};

    mod broken_connections;
}

#[cfg(feature = "hyper")]
#[path = "resilience"]
mod over_hyper {
    use super::{BABS, babs, network, transports::by_hyper as transport};

    mod broken_connections;
}

use scim_client::{
    Client, Stored, User,
    client::{ClientBuilder, RetryPolicy},
};

use self::network::Network;

pub(crate) const BABS: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"2819","userName":"bjensen","meta":{"resourceType":"User","version":"W/\"1\""}}"#;

/// What is done to a resource is not looked at: the servers here have one answer to everything.
pub(crate) fn builder(network: &Network) -> ClientBuilder {
    Client::builder("https://scim.example/v2")
        .transport(network.clone())
        .check_applied(false)
}

/// The body of a 404 that comes of SCIM.
pub(crate) const NOT_FOUND: &str =
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404"}"#;

pub(crate) fn client(network: &Network) -> Client {
    builder(network).build().unwrap()
}

/// A user as it was read, with or without a version.
pub(crate) fn babs(version: bool) -> Stored<User> {
    let text = match version {
        true => BABS.to_owned(),
        false => BABS.replace(r#","version":"W/\"1\"""#, ""),
    };
    Stored::from_json(&text).unwrap()
}

/// Retries as they are, and without a random part: waits are exactly what is asked.
pub(crate) fn exact() -> RetryPolicy {
    RetryPolicy::default().with_first_backoff(std::time::Duration::ZERO)
}
