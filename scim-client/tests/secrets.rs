//! What must not leave the client, and must not be shown: neither in messages nor by `Debug`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::duplicate_mod,
    reason = "a panic is how a test fails; a module is tested over each transport"
)]
#![cfg(all(
    feature = "blocking",
    feature = "derive",
    feature = "hyper",
    feature = "reqwest",
    feature = "testing"
))]

#[path = "secrets/debug.rs"]
mod debug;
#[path = "secrets/invisible.rs"]
mod invisible;
#[path = "secrets/later.rs"]
mod later;
#[path = "common/network.rs"]
mod network;
#[path = "secrets/public_types.rs"]
mod public_types;
#[path = "secrets/refused.rs"]
mod refused;
#[path = "common/transports.rs"]
mod transports;
#[path = "secrets/values.rs"]
mod values;

// The same tests over each transport.
#[cfg(feature = "reqwest")]
#[path = "secrets"]
mod over_reqwest {
    use super::{everything, network, transports::by_reqwest as transport};

    mod cut;
    mod proxies;
}

#[cfg(feature = "hyper")]
#[path = "secrets"]
mod over_hyper {
    use super::{everything, network, transports::by_hyper as transport};

    mod cut;
    mod proxies;
}

/// An error in every form in which it may reach a log, and everything that it keeps.
pub(crate) fn everything(error: &scim_client::Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    let headers: Vec<_> = error
        .headers()
        .values()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    let raw = error
        .decode_error()
        .map(scim_client::json::DecodeError::raw);
    format!(
        "{text} {:?} {:?} {headers:?} {raw:?}",
        error.body(),
        error
            .message()
            .map(scim_client::message::ErrorMessage::to_json),
    )
}
