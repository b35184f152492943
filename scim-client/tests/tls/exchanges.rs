//! Whom a client trusts, how it shows who it is, and compressed answers.

use std::sync::atomic::Ordering;

use scim_client::{Client, ErrorKind, User, client::RetryPolicy, transport::Tls};

use super::{CA, CLIENT, server, server_at, transport};

fn trusting(url: &str) -> scim_client::client::ClientBuilder {
    trusting_with(url, Tls::new().trust_only_pem(CA))
}

fn trusting_with(url: &str, tls: Tls) -> scim_client::client::ClientBuilder {
    let builder = Client::builder(url)
        .bearer_token("t0p-secret")
        .retry(RetryPolicy::never());
    transport::with_tls(builder, tls)
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_refused() {
    let (url, requests) = server(false);
    let scim = Client::builder(&url).retry(RetryPolicy::never());
    let scim = transport::plain(scim).build().unwrap();
    let error = scim.resource::<User>().get("1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error:?}");
    let host = url.replace("https://", "").replace("/v2", "");
    assert_eq!(
        error.to_string(),
        format!(
            "no connection to {host}: the server's certificate is of an authority that is not \
             trusted here; `ClientBuilder::tls` can add one [GET /v2/Users/1]"
        )
    );
    assert_eq!(requests.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_authority_of_ones_own() {
    let (url, requests) = server(false);
    let scim = trusting(&url).build().unwrap();
    let babs = scim.resource::<User>().get("1").await.unwrap();
    assert_eq!(babs.user_name, "bjensen", "by gzip");
    assert_eq!(requests.load(Ordering::SeqCst), 1);
    // A name that the certificate does not have.
    let (elsewhere, _) = server_at("127.0.0.2", false);
    let error = trusting(&elsewhere)
        .build()
        .unwrap()
        .resource::<User>()
        .get("1")
        .await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    let text = error.to_string();
    let wanted = "the server's certificate is for another name (it is for ";
    assert!(text.contains(wanted), "{text}");
}

#[tokio::test]
async fn a_certificate_of_the_client() {
    let (url, requests) = server(true);
    let without = trusting(&url).build().unwrap();
    let error = without.resource::<User>().get("1").await.unwrap_err();
    let text = error.to_string();
    let wanted = "the server wants a certificate of the client";
    assert!(text.contains(wanted), "{text}");
    assert_eq!(requests.load(Ordering::SeqCst), 0);
    let with = trusting_with(&url, Tls::new().trust_only_pem(CA).identity_pem(CLIENT));
    with.build()
        .unwrap()
        .resource::<User>()
        .get("1")
        .await
        .unwrap();
    assert_eq!(requests.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn authorities_besides_those_of_the_platform() {
    let (url, requests) = server(false);
    let scim = trusting_with(&url, Tls::new().trust_pem(CA))
        .build()
        .unwrap();
    scim.resource::<User>().get("1").await.unwrap();
    assert_eq!(requests.load(Ordering::SeqCst), 1);
}

#[test]
fn what_is_no_certificate_is_told() {
    for (tls, words) in [
        (
            Tls::new().trust_pem("nothing"),
            "configuration: the PEM of an authority that is to be trusted has no certificate in it",
        ),
        (
            Tls::new().trust_only_pem(CA).identity_pem(CA),
            "configuration: the client's identity has no private key that can be used: ",
        ),
        (
            Tls::new()
                .trust_only_pem(CA)
                .identity_pem("-----BEGIN CERTIFICATE-----"),
            "configuration: the certificate of the client's identity is not PEM: ",
        ),
    ] {
        let shown = format!("{tls:?}");
        assert!(
            !shown.contains("BEGIN") && !shown.contains("nothing"),
            "{shown}"
        );
        let scim = Client::builder("https://scim.example/v2").tls(tls);
        let error = transport::plain(scim).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().starts_with(words), "{error}");
    }
}
