//! TLS through a proxy (CONNECT, RFC 9110 §9.3.6).

use std::{
    io::{Read as _, Write as _, copy},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex, atomic::Ordering},
    thread,
};

use scim_client::{Client, User, client::RetryPolicy, transport::Tls};

use super::{CA, server, transport};

/// A proxy that leads everywhere; the heads of what it was asked for.
fn proxy() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let heads = Arc::new(Mutex::new(Vec::new()));
    let known = heads.clone();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let mut client = socket.unwrap();
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && client.read(&mut byte).unwrap() == 1 {
                head.push(byte[0]);
            }
            let head = String::from_utf8(head).unwrap();
            let target = head.split(' ').nth(1).unwrap().to_owned();
            known.lock().unwrap().push(head);
            let server = TcpStream::connect(target).unwrap();
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            forward(client.try_clone().unwrap(), server.try_clone().unwrap());
            forward(server, client);
        }
    });
    (address, heads)
}

fn forward(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        let _ = copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
}

#[tokio::test]
async fn a_proxy_sees_where_it_leads_and_nothing_else() {
    let (url, requests) = server(false);
    let (address, heads) = proxy();
    let builder = Client::builder(&url)
        .bearer_token("t0p-secret")
        .retry(RetryPolicy::never());
    let proxy = format!("http://user:p%40ss@{address}");
    let scim = transport::through(builder, &proxy, Tls::new().trust_only_pem(CA));
    let users = scim.build().unwrap().resource::<User>();
    assert_eq!(users.get("1").await.unwrap().user_name, "bjensen");
    assert_eq!(requests.load(Ordering::SeqCst), 1);
    let heads = heads.lock().unwrap();
    let host = url.replace("https://", "").replace("/v2", "");
    assert_eq!(heads.len(), 1);
    assert!(
        heads[0].starts_with(&format!("CONNECT {host} HTTP/1.1\r\n")),
        "{}",
        heads[0]
    );
    let lower = heads[0].to_ascii_lowercase();
    // `user:p@ss`.
    assert!(
        lower.contains("proxy-authorization: basic dxnlcjpwqhnz"),
        "{lower}"
    );
    assert!(!lower.contains("t0p-secret"), "{lower}");
}
