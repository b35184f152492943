//! What rustls has one of for each process is the application's: a client does not install it, and heeds
//! what is installed. One test, in a program of its own.
#![cfg(all(feature = "reqwest", feature = "rustls"))]
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use rustls::crypto::{CryptoProvider, GetRandomFailed, SecureRandom};
use scim_client::{Client, ErrorKind, User, client::RetryPolicy, reqwest, transport::Tls};

const CA: &[u8] = include_bytes!("tls/ca.pem");

/// ring, and a count of how often it was asked for random bytes.
#[derive(Debug)]
struct Counting(AtomicUsize);

impl SecureRandom for Counting {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
        self.0.fetch_add(1, Ordering::SeqCst);
        rustls::crypto::ring::default_provider()
            .secure_random
            .fill(bytes)
    }
}

fn counting() -> (CryptoProvider, &'static Counting) {
    let counting: &'static Counting = Box::leak(Box::new(Counting(AtomicUsize::new(0))));
    let provider = CryptoProvider {
        secure_random: counting,
        ..rustls::crypto::ring::default_provider()
    };
    (provider, counting)
}

/// Asks a port where somebody hangs up: enough to begin TLS.
async fn begin(scim: Client) {
    let error = scim.resource::<User>().get("1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
}

#[tokio::test]
async fn nothing_is_installed() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/v2", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            drop(socket);
        }
    });
    let builder = || Client::builder(&url).retry(RetryPolicy::never());
    let roots = || Tls::new().trust_only_pem(CA);

    begin(builder().tls(roots()).build().unwrap()).await;
    Client::builder("http://127.0.0.1:1").build().unwrap();
    assert!(CryptoProvider::get_default().is_none());

    // reqwest could not heed what it is told of TLS, so nobody is left to believe it.
    if cfg!(not(any(feature = "native-tls", feature = "aws-lc-rs"))) {
        let error = builder()
            .configure_reqwest(|http| http.user_agent("x"))
            .build()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(
            error.to_string().contains("say `.tls(Tls::new())`"),
            "{error}"
        );
    }
    // For plain http it need not.
    Client::builder("http://127.0.0.1:1")
        .configure_reqwest(|http| http.user_agent("x"))
        .build()
        .unwrap();

    // What one client is given is for that client.
    let (provider, given) = counting();
    begin(
        builder()
            .tls(roots().crypto_provider(Arc::new(provider)))
            .build()
            .unwrap(),
    )
    .await;
    assert!(given.0.load(Ordering::SeqCst) > 0);
    let before = given.0.load(Ordering::SeqCst);
    begin(builder().tls(roots()).build().unwrap()).await;
    assert_eq!(given.0.load(Ordering::SeqCst), before);

    // The application can still install its own, and it is used from then on.
    let (provider, installed) = counting();
    provider.install_default().unwrap();
    begin(builder().tls(roots()).build().unwrap()).await;
    let by_tls = installed.0.load(Ordering::SeqCst);
    assert!(by_tls > 0);
    // reqwest's own way of certificates works as well now.
    let ca = reqwest::Certificate::from_pem(CA).unwrap();
    let own = builder().configure_reqwest(move |http| http.tls_certs_only([ca]).no_proxy());
    begin(own.build().unwrap()).await;
    assert!(installed.0.load(Ordering::SeqCst) > by_tls);
    // And a client of one's own.
    let http = reqwest::Client::builder().build().unwrap();
    begin(builder().reqwest_client(http).build().unwrap()).await;
}
