//! HTTP/2, where the server agrees to it in TLS (ALPN).

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use rustls::{ServerConnection, StreamOwned};
use scim_client::{Client, ErrorKind, User, client::RetryPolicy, transport::Tls};

use super::{CA, transport};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const BABS: &[u8] = br#"{"id":"1","userName":"bjensen"}"#;

/// The kinds of frames (RFC 9113 §6), and their flags.
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// Error codes (RFC 9113 §7).
const NO_ERROR: [u8; 4] = [0; 4];
const INTERNAL_ERROR: [u8; 4] = [0, 0, 0, 2];
const REFUSED_STREAM: [u8; 4] = [0, 0, 0, 7];

/// What a server does with a request.
#[derive(Debug, Clone, Copy)]
enum Does {
    Answers,
    /// Ends the stream with this code.
    Resets([u8; 4]),
    /// Ends the connection with this code, as one that has processed no stream.
    Goes([u8; 4]),
}

/// `:status: 200`, by the static table of RFC 7541.
const STATUS_200: &[u8] = &[0x88];

fn frame(kind: u8, flags: u8, stream: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let [_, a, b, c] = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = vec![a, b, c, kind, flags];
    frame.extend(stream);
    frame.extend(payload);
    frame
}

/// Does with each request of a connection what it is told; that is all of HTTP/2 that it knows.
fn serve(stream: &mut (impl Read + Write), next: impl Fn() -> Does) -> std::io::Result<()> {
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
            HEADERS => match next() {
                Does::Answers => {
                    stream.write_all(&frame(HEADERS, END_HEADERS, id, STATUS_200))?;
                    stream.write_all(&frame(DATA, END_STREAM, id, BABS))?;
                }
                Does::Resets(code) => stream.write_all(&frame(RST_STREAM, 0, id, &code))?,
                Does::Goes(code) => {
                    let last = [0; 4];
                    let payload = [last, code].concat();
                    stream.write_all(&frame(GOAWAY, 0, [0; 4], &payload))?;
                }
            },
            _ => {}
        }
    }
}

/// A server that agrees to HTTP/2: its address, and how many requests it has read. With each it does what
/// is told for its number, and with later ones the last of these.
fn server(script: Vec<Does>) -> (String, Arc<AtomicUsize>) {
    let mut config = super::super::config(false);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/v2", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = requests.clone();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let (config, counted, script) = (config.clone(), counted.clone(), script.clone());
            thread::spawn(move || {
                let tls = ServerConnection::new(config).unwrap();
                let mut stream = StreamOwned::new(tls, socket.unwrap());
                let next = || {
                    let number = counted.fetch_add(1, Ordering::Relaxed);
                    script[number.min(script.len() - 1)]
                };
                // It ends with the client.
                let _ = serve(&mut stream, next);
            });
        }
    });
    (url, requests)
}

fn client(url: &str, retry: RetryPolicy) -> Client {
    let scim = Client::builder(url).retry(retry);
    let scim = transport::with_tls(scim, Tls::new().trust_only_pem(CA));
    scim.build().unwrap()
}

#[tokio::test]
async fn a_server_that_agrees_to_http2() {
    let (url, requests) = server(vec![Does::Answers]);
    let users = client(&url, RetryPolicy::never()).resource::<User>();
    for _ in 0..3 {
        let babs = users.get("1").send().await.unwrap();
        assert_eq!(babs.value().user_name, "bjensen");
    }
    assert_eq!(requests.load(Ordering::Relaxed), 3);
}

/// RFC 9113 §8.7: a request of which the server says that it has not processed it is sent again, whatever it is.
#[tokio::test]
async fn what_the_server_has_not_processed_is_sent_again() {
    for refusal in [Does::Resets(REFUSED_STREAM), Does::Goes(NO_ERROR)] {
        let (url, requests) = server(vec![Does::Answers, refusal, Does::Answers]);
        let users = client(&url, RetryPolicy::default()).resource::<User>();
        users.get("1").await.unwrap();
        let created = users.create(&User::new("bjensen")).await;
        assert!(created.is_ok(), "{refusal:?}: {created:?}");
        assert_eq!(requests.load(Ordering::Relaxed), 3, "{refusal:?}");

        // And where it never does, it is known that nothing was done.
        let (url, _) = server(vec![refusal]);
        let users = client(&url, RetryPolicy::never()).resource::<User>();
        let error = users.create(&User::new("bjensen")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
        assert!(!error.is_outcome_unknown(), "{refusal:?}: {error}");
    }
}

/// Of a stream or a connection that ends in any other way nobody knows how far the request came.
#[tokio::test]
async fn what_the_server_may_have_processed_is_not_sent_again() {
    for refusal in [
        Does::Resets(NO_ERROR),
        Does::Resets(INTERNAL_ERROR),
        Does::Goes(INTERNAL_ERROR),
    ] {
        let (url, requests) = server(vec![refusal, Does::Answers]);
        let users = client(&url, RetryPolicy::default()).resource::<User>();
        let error = users.create(&User::new("bjensen")).await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{refusal:?}: {error}");
        assert_eq!(requests.load(Ordering::Relaxed), 1, "{refusal:?}");
    }
}
