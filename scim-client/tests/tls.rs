//! The default transport over TLS: whom it trusts, how it shows who it is, and compressed answers.
#![cfg(all(feature = "reqwest", feature = "rustls"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use rustls::{
    RootCertStore, ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::WebPkiClientVerifier,
};
use scim_client::{Client, ErrorKind, User, client::RetryPolicy, reqwest, transport::Tls};

const CA: &[u8] = include_bytes!("tls/ca.pem");
const SERVER: &[u8] = include_bytes!("tls/server.pem");
const CLIENT: &[u8] = include_bytes!("tls/client.pem");

/// `{"id":"1","userName":"bjensen"}`, by gzip.
const BABS: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0xca, 0x4c, 0x51, 0xb2,
    0x52, 0x32, 0x54, 0xd2, 0x51, 0x2a, 0x2d, 0x4e, 0x2d, 0xf2, 0x4b, 0xcc, 0x4d, 0x05, 0x72, 0x93,
    0xb2, 0x52, 0xf3, 0x8a, 0x53, 0xf3, 0x94, 0x6a, 0x01, 0xf6, 0xa9, 0x70, 0x12, 0x1f, 0x00, 0x00,
    0x00,
];

/// A server with a certificate of the test authority; how many requests it has read.
fn server(wants_certificate: bool) -> (String, Arc<AtomicUsize>) {
    server_at("127.0.0.1", wants_certificate)
}

fn server_at(host: &str, wants_certificate: bool) -> (String, Arc<AtomicUsize>) {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap();
    let config = if wants_certificate {
        let mut trusted = RootCertStore::empty();
        trusted
            .add(CertificateDer::from_pem_slice(CA).unwrap())
            .unwrap();
        let verifier = WebPkiClientVerifier::builder_with_provider(trusted.into(), provider);
        config.with_client_cert_verifier(verifier.build().unwrap())
    } else {
        config.with_no_client_auth()
    };
    let certificate = CertificateDer::from_pem_slice(SERVER).unwrap();
    let key = PrivateKeyDer::from_pem_slice(SERVER).unwrap();
    let config = Arc::new(config.with_single_cert(vec![certificate], key).unwrap());
    let listener = TcpListener::bind((host, 0)).unwrap();
    let url = format!("https://{}/v2", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = requests.clone();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let tls = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(tls, socket.unwrap());
            let mut request = Vec::new();
            let mut buffer = [0; 1024];
            while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                match stream.read(&mut buffer) {
                    Ok(0) | Err(_) => break,
                    Ok(count) => request.extend_from_slice(&buffer[..count]),
                }
            }
            let request = String::from_utf8(request).unwrap().to_ascii_lowercase();
            if !request.contains("accept-encoding: gzip") {
                continue;
            }
            counted.fetch_add(1, Ordering::SeqCst);
            let length = BABS.len();
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/scim+json\r\nConnection: close\r\n\
                 Content-Encoding: gzip\r\nContent-Length: {length}\r\n\r\n"
            );
            let _ = stream.write_all(head.as_bytes());
            let _ = stream.write_all(BABS);
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    (url, requests)
}

fn trusting(url: &str) -> scim_client::client::ClientBuilder {
    trusting_with(url, Tls::new().trust_only_pem(CA))
}

fn trusting_with(url: &str, tls: Tls) -> scim_client::client::ClientBuilder {
    Client::builder(url)
        .bearer_token("t0p-secret")
        .retry(RetryPolicy::never())
        .tls(tls)
        .configure_reqwest(reqwest::ClientBuilder::no_proxy)
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_refused() {
    let (url, requests) = server(false);
    let scim = Client::builder(&url)
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
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
            "configuration: the certificate of the client's identity is no PEM: ",
        ),
    ] {
        let shown = format!("{tls:?}");
        assert!(
            !shown.contains("BEGIN") && !shown.contains("nothing"),
            "{shown}"
        );
        let error = Client::builder("https://scim.example/v2")
            .tls(tls)
            .build()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().starts_with(words), "{error}");
    }
}
