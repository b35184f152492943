//! HTTP/2, where the server agrees to it in TLS (ALPN).

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::Arc,
    thread,
};

use rustls::{ServerConnection, StreamOwned};
use scim_client::{Client, User, client::RetryPolicy, transport::Tls};

use super::{CA, transport};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const BABS: &[u8] = br#"{"id":"1","userName":"bjensen"}"#;

/// The kinds of frames (RFC 9113 §6), and their flags.
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// `:status: 200`, by the static table of RFC 7541.
const STATUS_200: &[u8] = &[0x88];

fn frame(kind: u8, flags: u8, stream: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let [_, a, b, c] = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = vec![a, b, c, kind, flags];
    frame.extend(stream);
    frame.extend(payload);
    frame
}

/// Answers each request of a connection; that is all of HTTP/2 that it knows.
fn serve(stream: &mut (impl Read + Write)) -> std::io::Result<()> {
    let mut preface = [0; PREFACE.len()];
    stream.read_exact(&mut preface)?;
    assert_eq!(preface, PREFACE, "the client speaks HTTP/2");
    stream.write_all(&frame(SETTINGS, 0, [0; 4], &[]))?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head)?;
        let [a, b, c, kind, flags, s0, s1, s2, s3] = head;
        let length = u32::from_be_bytes([0, a, b, c]);
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        stream.read_exact(&mut payload)?;
        let id = [s0, s1, s2, s3];
        match kind {
            SETTINGS if flags & ACK == 0 => {
                stream.write_all(&frame(SETTINGS, ACK, [0; 4], &[]))?;
            }
            HEADERS => {
                stream.write_all(&frame(HEADERS, END_HEADERS, id, STATUS_200))?;
                stream.write_all(&frame(DATA, END_STREAM, id, BABS))?;
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_server_that_agrees_to_http2() {
    let mut config = super::super::config(false);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/v2", listener.local_addr().unwrap());
    thread::spawn(move || {
        for socket in listener.incoming() {
            let tls = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(tls, socket.unwrap());
            // It ends with the client.
            let _ = serve(&mut stream);
        }
    });
    let scim = Client::builder(&url).retry(RetryPolicy::never());
    let scim = transport::with_tls(scim, Tls::new().trust_only_pem(CA));
    let users = scim.build().unwrap().resource::<User>();
    for _ in 0..3 {
        let babs = users.get("1").send().await.unwrap();
        assert_eq!(babs.value().user_name, "bjensen");
    }
}
