//! How requests are authenticated.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]
#![cfg(feature = "tokio")]

#[path = "common/network.rs"]
mod network;
#[path = "auth/oauth2.rs"]
mod oauth2;
#[path = "auth/refused.rs"]
mod refused;
#[path = "auth/signing.rs"]
mod signing;

use scim_client::{
    Client, ErrorKind, User,
    client::{ClientBuilder, Operation as _},
};

use self::network::{Network, says};

pub(crate) const BABS: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"2819","userName":"bjensen"}"#;

pub(crate) fn builder(network: &Network) -> ClientBuilder {
    Client::builder("https://scim.example/v2").transport(network.clone())
}

#[tokio::test]
async fn every_scheme_puts_its_header() {
    let network = Network::in_turn(vec![says(200, BABS)]);
    let plain = || builder(&network);
    for (builder, name, value) in [
        (
            plain().bearer_token("h480djs93hd8"),
            "authorization",
            "Bearer h480djs93hd8",
        ),
        (
            plain().basic_auth("Aladdin", "open sesame"),
            "authorization",
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
        ),
        (plain().auth_header("X-Api-Key", "k3y"), "x-api-key", "k3y"),
        // The last one chosen counts.
        (
            plain().basic_auth("a", "b").bearer_token("c"),
            "authorization",
            "Bearer c",
        ),
    ] {
        let client = builder.build().unwrap();
        let get = client.resource::<User>().get("2819");
        let request = get.request().unwrap();
        assert_eq!(request.headers()[name], value);
        assert!(request.headers()[name].is_sensitive());
        get.await.unwrap();
        let seen = network.seen();
        let sent = &seen[seen.len() - 1].request;
        assert_eq!(sent.headers()[name], value);
        assert_eq!(sent.headers().get_all(name).iter().count(), 1);
        // A token is in the header and nowhere else (RFC 6750 §2).
        assert_eq!(sent.uri(), "https://scim.example/v2/Users/2819");
        assert!(sent.body().is_empty());
    }
}

#[test]
fn credentials_that_cannot_be_sent_are_refused_without_being_shown() {
    let builder = || Client::builder("https://scim.example/v2");
    for builder in [
        builder().bearer_token("s3cr\r\nX-Evil: et"),
        builder().bearer_token("s3cr\0et"),
        builder().basic_auth("s3cr:et", "x"),
        builder().auth_header("X Key", "s3cret"),
        builder().auth_header("X-Key", "s3cr\net"),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(!format!("{error} {error:?}").contains("s3cr"), "{error:?}");
    }
}
