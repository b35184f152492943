//! What must not leave the client, and must not be shown: neither in messages nor by `Debug`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]
#![cfg(all(
    feature = "blocking",
    feature = "derive",
    feature = "reqwest",
    feature = "testing"
))]

#[path = "secrets/debug.rs"]
mod debug;
#[path = "secrets/invisible.rs"]
mod invisible;
#[path = "common/network.rs"]
mod network;
#[path = "secrets/proxies.rs"]
mod proxies;
#[path = "secrets/public_types.rs"]
mod public_types;
#[path = "secrets/refused.rs"]
mod refused;
#[path = "secrets/values.rs"]
mod values;

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
