//! Each transport over TLS: whom it trusts, how it shows who it is, and compressed answers.
#![cfg(feature = "rustls")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::duplicate_mod,
    reason = "tests may panic; a module is tested over each transport"
)]

#[path = "common/transports.rs"]
mod transports;

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

fn config(wants_certificate: bool) -> ServerConfig {
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
    config.with_single_cert(vec![certificate], key).unwrap()
}

fn server_at(host: &str, wants_certificate: bool) -> (String, Arc<AtomicUsize>) {
    let config = Arc::new(config(wants_certificate));
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

// The same tests over each transport.
#[cfg(feature = "reqwest")]
#[path = "tls"]
mod over_reqwest {
    use super::{CA, CLIENT, server, server_at, transports::by_reqwest as transport};

    mod exchanges;
    mod http2;
    mod tunnels;
}

#[cfg(feature = "hyper")]
#[path = "tls"]
mod over_hyper {
    use super::{CA, CLIENT, server, server_at, transports::by_hyper as transport};

    mod exchanges;
    mod http2;
    mod tunnels;
}
