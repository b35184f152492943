//! What a hostile server can try, and that no credential leaves the origin or is shown.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]
#![cfg(feature = "reqwest")]

#[path = "security/addresses.rs"]
mod addresses;
#[path = "security/echoes.rs"]
mod echoes;
#[path = "common/network.rs"]
mod network;
#[path = "security/redirects.rs"]
mod redirects;

use scim_client::{Client, client::RetryPolicy};

use self::network::{Loopback, write_answer};

pub(crate) const SECRET: &str = "t0p-secret-7Fjfp0ZBr1K";

pub(crate) const BABS: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"2819","userName":"bjensen"}"#;

/// Somebody who must not be asked anything.
pub(crate) fn evil() -> Loopback {
    Loopback::new(|_, _, stream| write_answer(stream, "200 OK", "", BABS))
}

pub(crate) fn client(server: &Loopback) -> Client {
    Client::builder(server.url())
        .bearer_token(SECRET)
        .retry(RetryPolicy::never())
        .build()
        .unwrap()
}

/// An error in every form in which it may reach a log.
pub(crate) fn shown(error: &scim_client::Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    text
}

/// A proxy of the environment is for the world outside: what is on this machine, and its
/// credentials, do not go there. The environment is that of another process: this test again.
#[tokio::test]
async fn no_proxy_between_two_on_one_machine() {
    const AGAIN: &str = "SCIM_TEST_BEHIND_A_PROXY";
    if std::env::var_os(AGAIN).is_none() {
        let mut again = std::process::Command::new(std::env::current_exe().unwrap());
        again.args(["--exact", "no_proxy_between_two_on_one_machine"]);
        for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            again.env(name, "http://127.0.0.1:1");
        }
        again.env_remove("NO_PROXY").env_remove("no_proxy");
        let ran = again.env(AGAIN, "1").output().unwrap();
        assert!(
            ran.status.success(),
            "{}",
            String::from_utf8_lossy(&ran.stdout)
        );
        return;
    }
    let server = Loopback::new(|_, _, stream| write_answer(stream, "200 OK", "", BABS));
    let scim = Client::builder(server.url()).retry(RetryPolicy::never());
    let users = scim.build().unwrap().resource::<scim_client::User>();
    users.get("2819").await.unwrap();
}
