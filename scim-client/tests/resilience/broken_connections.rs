//! Connections that break where it hurts, over real sockets.

use std::{
    net::Shutdown,
    time::{Duration, Instant},
};

use scim_client::{
    Client, ErrorKind, User,
    client::{BulkOutcome, RetryPolicy},
};

use super::{
    BABS, babs,
    network::{Loopback, write_answer, write_half},
    transport,
};

fn client(server: &Loopback) -> Client {
    let quick = RetryPolicy::default().with_first_backoff(Duration::from_millis(1));
    transport::plain(Client::builder(server.url()))
        .bearer_token("t0p-secret")
        .retry(quick)
        .try_timeout(Duration::from_secs(5))
        .build()
        .unwrap()
}

fn page() -> String {
    let users = vec![BABS; 50].join(",");
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":50,"Resources":[{users}]}}"#
    )
}

#[tokio::test]
async fn a_page_that_breaks_off_is_asked_for_again() {
    let server = Loopback::new(|number, _, stream| match number {
        0 => write_half(stream, "200 OK", &page()),
        _ => write_answer(stream, "200 OK", "", &page()),
    });
    let page = client(&server).resource::<User>().query().await.unwrap();
    assert_eq!(page.resources.len(), 50);
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_page_that_always_breaks_off_is_an_error() {
    let server = Loopback::new(|_, _, stream| write_half(stream, "200 OK", &page()));
    let error = client(&server)
        .resource::<User>()
        .query()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(!error.is_outcome_unknown());
    assert_eq!(server.seen().len(), 3);
}

/// What the client must not do: create the user a second time.
#[tokio::test]
async fn a_create_is_sent_once_wherever_the_connection_breaks() {
    let before = Loopback::new(|_, _, stream| drop(stream.shutdown(Shutdown::Both)));
    let in_the_head = Loopback::new(|_, _, stream| {
        let _ = std::io::Write::write_all(stream, b"HTTP/1.1 201 Crea");
    });
    let in_the_body = Loopback::new(|_, _, stream| write_half(stream, "201 Created", BABS));
    for server in [before, in_the_head, in_the_body] {
        let users = client(&server).resource::<User>();
        let error = users.create(&User::new("bjensen")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport, "{error:?}");
        assert!(error.is_outcome_unknown());
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_bulk_request_is_sent_once_wherever_the_connection_breaks() {
    let answer = |request: &str| {
        let (_, body) = request.split_once("\r\n\r\n").unwrap();
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        let results = body["Operations"].as_array().unwrap().iter().map(|o| {
            serde_json::json!({"method": "POST", "bulkId": o["bulkId"], "status": "201",
                "location": "https://scim.example/v2/Users/1"})
        });
        let results: Vec<_> = results.collect();
        let schemas = ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"];
        serde_json::json!({"schemas": schemas, "Operations": results}).to_string()
    };
    let server = Loopback::new(move |number, request, stream| match number {
        0 => write_answer(stream, "200 OK", "", &answer(request)),
        _ => write_half(stream, "200 OK", &answer(request)),
    });
    let mut bulk = client(&server).bulk();
    let users: Vec<_> = ["a", "b", "c", "d", "e"]
        .map(|name| bulk.create(&User::new(name)))
        .into();
    let results = bulk.max_operations(2).await.unwrap();
    // The first request's results are kept; of the second nobody knows; the third is not sent.
    let outcomes: Vec<_> = users.iter().map(|user| results.get(*user)).collect();
    assert!(outcomes[0].is_done() && outcomes[1].is_done());
    for outcome in &outcomes[2..4] {
        let error = outcome.error().unwrap();
        assert_eq!(error.kind(), ErrorKind::Transport);
        assert!(error.is_outcome_unknown(), "{error:?}");
    }
    assert!(matches!(outcomes[4], BulkOutcome::NotProcessed(_)));
    assert_eq!(server.seen().len(), 2);
    // The very first one.
    let server = Loopback::new(move |_, request, stream| {
        write_half(stream, "200 OK", &answer(request));
    });
    let mut bulk = client(&server).bulk();
    bulk.create(&User::new("a"));
    let error = bulk.await.unwrap_err();
    assert!(error.is_outcome_unknown());
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn writes_that_do_no_harm_go_on() {
    let server = Loopback::new(|number, request, stream| match (number, request) {
        (0, _) => drop(stream.shutdown(Shutdown::Both)),
        (_, request) if request.starts_with("DELETE") => {
            write_answer(stream, "404 Not Found", "", "");
        }
        _ => write_answer(stream, "200 OK", "", BABS),
    });
    client(&server)
        .resource::<User>()
        .delete("2819")
        .await
        .unwrap();
    assert_eq!(server.seen().len(), 2);

    let server = Loopback::new(|number, _, stream| match number {
        0 => drop(stream.shutdown(Shutdown::Both)),
        _ => write_answer(stream, "200 OK", "", BABS),
    });
    client(&server)
        .resource::<User>()
        .replace(&babs(true))
        .await
        .unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn nobody_there() {
    // A port that no other test can have.
    let client = transport::plain(Client::builder("http://127.0.0.1:1"))
        .retry(RetryPolicy::default().with_first_backoff(Duration::from_millis(1)))
        .build()
        .unwrap();
    let error = client
        .resource::<User>()
        .create(&User::new("bjensen"))
        .await
        .unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    assert!(!error.is_outcome_unknown());
}

#[tokio::test]
async fn a_silent_server_is_given_up_in_time() {
    for half in [false, true] {
        let server = Loopback::new(move |_, _, stream| {
            if half {
                write_half(stream, "200 OK", BABS);
            }
            std::thread::sleep(Duration::from_secs(20));
        });
        let client = transport::plain(Client::builder(server.url()))
            .try_timeout(Duration::from_millis(200))
            .retry(RetryPolicy::never())
            .build()
            .unwrap();
        let start = Instant::now();
        let error = client.resource::<User>().get("2819").await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}

/// A server that sends a byte now and then keeps a connection alive, not a request.
#[tokio::test]
async fn a_trickle_is_not_an_answer() {
    let server = Loopback::new(|_, _, stream| {
        write_half(stream, "200 OK", BABS);
        for _ in 0..100 {
            std::thread::sleep(Duration::from_millis(20));
            if std::io::Write::write_all(stream, b" ").is_err() {
                break;
            }
        }
    });
    let client = transport::plain(Client::builder(server.url()))
        .try_timeout(Duration::from_millis(300))
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let start = Instant::now();
    assert!(
        client
            .resource::<User>()
            .get("2819")
            .await
            .unwrap_err()
            .is_timeout()
    );
    assert!(start.elapsed() < Duration::from_millis(1500));
}

/// A port that takes no connection and refuses none, as behind a firewall: its queue is full.
async fn silent() -> (tokio::net::TcpListener, Vec<std::net::TcpStream>) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let short = Duration::from_millis(100);
    let connect = || std::net::TcpStream::connect_timeout(&address, short).ok();
    let queued = std::iter::from_fn(connect).take(64).collect();
    (listener, queued)
}

/// The whole time is no longer than that of connecting, by name and by address.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_create_without_a_connection_was_not_processed() {
    let (listener, _queued) = silent().await;
    let port = listener.local_addr().unwrap().port();
    for host in ["127.0.0.1", "localhost"] {
        let client = transport::plain(Client::builder(format!("http://{host}:{port}/v2")))
            .timeout(Duration::from_secs(1))
            .try_timeout(Duration::from_secs(1))
            .build()
            .unwrap();
        let create = client.resource::<User>().create(&User::new("bjensen"));
        let error = create.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "{host}: {error}");
        assert!(!error.is_outcome_unknown(), "{host}: {error}");
    }
}
