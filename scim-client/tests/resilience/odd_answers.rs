//! Answers that HTTP allows and nobody expects, and some that it does not allow.

use std::{io::Write as _, net::TcpStream, time::Duration};

use scim_client::{
    Client, ErrorKind, User,
    client::{Deferred, RetryPolicy, Written},
    http::StatusCode,
};

use super::{
    BABS, babs, client,
    network::{Does, Loopback, Network, says, write_answer, write_half},
};

fn over_sockets(server: &Loopback) -> Client {
    let quick = RetryPolicy::default().with_first_backoff(Duration::from_millis(1));
    Client::builder(server.url())
        .retry(quick)
        .try_timeout(Duration::from_secs(5))
        .build()
        .unwrap()
}

fn raw(stream: &mut TcpStream, text: &str) {
    let _ = stream.write_all(text.as_bytes());
}

/// Nothing but a conditional GET has a 304 (RFC 9110 §15.4.5).
#[tokio::test(start_paused = true)]
async fn not_modified_is_no_success_of_a_write() {
    let network = Network::in_turn(vec![says(304, "")]);
    let users = client(&network).resource::<User>();
    let created = users.create(&User::new("bjensen")).await.map(drop);
    let replaced = users.replace(&babs(true)).await.map(drop);
    let patched = users.patch("2819").replace(|u| u.title, "CTO").await;
    let once = users.patch("2819").replace(|u| u.title, "CTO").no_refetch();
    let once = once.await.map(drop);
    let deleted = users.delete("2819").await;
    let searched = users.query().via_post().await.map(drop);
    let read = users.get("2819").await.map(drop);
    for write in [created, replaced, patched.map(drop), once, deleted] {
        let error = write.unwrap_err();
        assert_eq!(error.status(), Some(StatusCode::NOT_MODIFIED), "{error}");
        assert_eq!(error.kind(), ErrorKind::Status);
        assert!(!error.is_outcome_unknown());
    }
    assert_eq!(searched.unwrap_err().kind(), ErrorKind::Decode);
    assert_eq!(read.unwrap_err().kind(), ErrorKind::Decode);
    assert_eq!(network.count(), 7);
}

/// A client that looks whether a write was applied.
fn checking(network: &Network) -> Client {
    let scim = Client::builder("https://scim.example/v2").transport(network.clone());
    scim.build().unwrap()
}

/// What a 202 has in it is, as HTTP has it, how far the request came.
#[tokio::test(start_paused = true)]
async fn what_comes_with_accepted_need_not_be_the_resource() {
    let old = r#"{"id":"2819","userName":"bjensen","title":"Guide"}"#;
    for body in [r#"{"status":"queued"}"#, "{}", "[]", old] {
        let network = Network::in_turn(vec![says(202, body)]);
        let users = checking(&network).resource::<User>();
        let stored = scim_client::Stored::from_json(old).unwrap();
        let patch = || users.patch(&stored).replace(|u| u.title, "CTO");
        let later = patch().respond_async(None).await.unwrap();
        assert!(matches!(later, Deferred::Accepted(_)), "{body}");
        let error = patch().await.unwrap_err();
        assert_eq!(error.status(), Some(StatusCode::ACCEPTED), "{error}");
        assert!(error.to_string().contains("respond_async"), "{error}");
        assert!(error.is_outcome_unknown());
        let error = patch().no_refetch().await.unwrap_err();
        assert!(error.to_string().contains("respond_async"), "{error}");
        assert_eq!(network.count(), 3);
    }
    // The resource as it was to be is the resource, if it is known what it was before.
    let new = old.replace("Guide", "CTO");
    let network = Network::in_turn(vec![says(202, &*new)]);
    let users = checking(&network).resource::<User>();
    let stored = scim_client::Stored::from_json(old).unwrap();
    let patch = || users.patch(&stored).replace(|u| u.title, "CTO");
    assert_eq!(patch().await.unwrap().title.as_deref(), Some("CTO"));
    let done = patch().respond_async(None).await.unwrap();
    assert!(matches!(done, Deferred::Done(Written::Resource(_))));
    // If not, it may be the one that will be.
    let by_id = || users.patch("2819").replace(|u| u.title, "CTO");
    let create = || users.create(&User::new("bjensen"));
    for error in [
        by_id().await.map(drop),
        by_id().no_refetch().await.map(drop),
        patch().check_applied(false).await.map(drop),
        create().await.map(drop),
        create().no_refetch().await.map(drop),
        users
            .replace_at("2819", &User::new("bjensen"))
            .await
            .map(drop),
    ] {
        let error = error.unwrap_err();
        assert_eq!(error.status(), Some(StatusCode::ACCEPTED), "{error}");
        assert!(error.is_outcome_unknown());
    }
    let later = by_id().respond_async(None).await.unwrap();
    assert!(matches!(later, Deferred::Accepted(_)));
    let later = create().respond_async(None).await.unwrap();
    assert!(matches!(later, Deferred::Accepted(_)));
    // Who names a transaction, or says that it waits, has not done it.
    for header in [("set-txn", "734f"), ("preference-applied", "respond-async")] {
        let new = new.clone();
        let network = Network::new(move |_, _| {
            let headers = vec![(header.0, header.1.to_owned())];
            Does::Answers(202, headers, new.clone())
        });
        let users = checking(&network).resource::<User>();
        let patch = || users.patch(&stored).replace(|u| u.title, "CTO");
        let error = patch().await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{error}");
        let Deferred::Accepted(accepted) = patch().respond_async(None).await.unwrap() else {
            panic!("{header:?}");
        };
        assert_eq!(accepted.transaction.is_some(), header.0 == "set-txn");
    }
    // And a refusal is one.
    let refusal = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","detail":"no such title"}"#;
    let network = Network::in_turn(vec![says(202, refusal)]);
    let users = client(&network).resource::<User>();
    let patch = users.patch("2819").replace(|u| u.title, "CTO");
    let error = patch.respond_async(None).await.unwrap_err();
    assert!(error.to_string().contains("no such title"), "{error}");
}

/// "See other" is the answer to what was processed (RFC 9110 §15.4.4); other redirects are not.
#[tokio::test(start_paused = true)]
async fn after_see_other_the_outcome_is_unknown() {
    for (status, unknown) in [(301, false), (302, false), (303, true)] {
        let network = Network::new(move |_, _| {
            let to = vec![("location", "/v2/Users/2819".to_owned())];
            Does::Answers(status, to, String::new())
        });
        let users = client(&network).resource::<User>();
        let error = users.create(&User::new("bjensen")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirect);
        assert_eq!(error.is_outcome_unknown(), unknown, "{status}");
        assert_eq!(network.count(), 1);
    }
    let network = Network::new(|_, _| {
        let to = vec![("location", "/v2/Users/2819".to_owned())];
        Does::Answers(303, to, String::new())
    });
    let users = client(&network).resource::<User>();
    let error = users.get("2819").await.unwrap_err();
    assert!(!error.is_outcome_unknown());
}

/// Its body says why; the status says what.
#[tokio::test]
async fn an_error_whose_body_breaks_off_keeps_its_status() {
    let detail = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"403","detail":"no"}"#;
    for (line, status, tries) in [
        ("403 Forbidden", 403, 1),
        ("409 Conflict", 409, 1),
        // It was not processed, so a creation may be repeated.
        ("429 Too Many Requests", 429, 3),
    ] {
        let server = Loopback::new(move |_, _, stream| write_half(stream, line, detail));
        let users = over_sockets(&server).resource::<User>();
        let error = users.create(&User::new("bjensen")).await.unwrap_err();
        assert_eq!(error.status().map(|s| s.as_u16()), Some(status), "{error}");
        assert!(!error.is_outcome_unknown());
        assert_eq!(server.seen().len(), tries);
    }
    // Chunks that end in the middle are no other.
    let server = Loopback::new(|_, _, stream| {
        raw(
            stream,
            "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{\"det",
        );
    });
    let error = over_sockets(&server).resource::<User>().get("1").await;
    assert_eq!(error.unwrap_err().status(), Some(StatusCode::FORBIDDEN));
}

#[tokio::test]
async fn informational_answers_are_no_answers() {
    let server = Loopback::new(|_, _, stream| {
        raw(stream, "HTTP/1.1 100 Continue\r\n\r\n");
        for _ in 0..50 {
            raw(
                stream,
                "HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n",
            );
        }
        write_answer(stream, "200 OK", "", BABS);
    });
    let read = over_sockets(&server).resource::<User>().get("2819").await;
    assert_eq!(read.unwrap().user_name, "bjensen");
    // Without end they are none in time.
    let server = Loopback::new(|_, _, stream| {
        let hints = b"HTTP/1.1 103 Early Hints\r\n\r\n";
        while stream.write_all(hints).is_ok() {
            std::thread::sleep(Duration::from_millis(1));
        }
    });
    let scim = Client::builder(server.url())
        .try_timeout(Duration::from_millis(300))
        .retry(RetryPolicy::never());
    let users = scim.build().unwrap().resource::<User>();
    let started = std::time::Instant::now();
    let error = users.get("2819").await.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Transport),
        "{error}"
    );
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn heads_without_end_are_given_up() {
    let many = Loopback::new(|_, _, stream| {
        raw(stream, "HTTP/1.1 200 OK\r\n");
        for number in 0..100_000 {
            if write!(stream, "X-{number}: {number}\r\n").is_err() {
                return;
            }
        }
        raw(stream, "Content-Length: 2\r\n\r\n{}");
    });
    let long = Loopback::new(|_, _, stream| {
        raw(stream, "HTTP/1.1 200 OK\r\nX-Long: ");
        let piece = "x".repeat(1 << 16);
        for _ in 0..1_000 {
            if stream.write_all(piece.as_bytes()).is_err() {
                return;
            }
        }
        raw(stream, "\r\nContent-Length: 2\r\n\r\n{}");
    });
    for server in [many, long] {
        let error = over_sockets(&server)
            .resource::<User>()
            .get("2819")
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
        assert!(error.to_string().len() < 500, "{error}");
    }
}

/// A length that is not that of the body: what is left of one answer is never read as the next.
#[tokio::test]
async fn wrong_lengths() {
    let server = Loopback::new(|number, _, stream| {
        let more = match number {
            0 => {
                r#"HTTP/1.1 200 OK\r\nContent-Length: 32\r\n\r\n{"id":"2819","userName":"mallory"}"#
            }
            _ => "",
        };
        let more = more.replace("\\r\\n", "\r\n");
        let length = BABS.len();
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/scim+json\r\n";
        raw(
            stream,
            &format!("{head}Content-Length: {length}\r\n\r\n{BABS}{more}"),
        );
        std::thread::sleep(Duration::from_millis(100));
    });
    let users = over_sockets(&server).resource::<User>();
    for _ in 0..3 {
        assert_eq!(users.get("2819").await.unwrap().user_name, "bjensen");
    }
    for length in [
        "5",
        "abc",
        "-1",
        "5\r\nContent-Length: 6",
        "99999999999999999999",
    ] {
        let server = Loopback::new(move |_, _, stream| {
            raw(
                stream,
                &format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{BABS}"),
            );
        });
        let users = over_sockets(&server).resource::<User>();
        let error = users.create(&User::new("bjensen")).await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{length}: {error}");
        assert_eq!(server.seen().len(), 1);
    }
}

/// What is no entity-tag displaces none, and several are none.
#[tokio::test(start_paused = true)]
async fn lists_of_entity_tags() {
    for (tags, version) in [
        (vec![r#""7""#, r#""8""#], r#""7""#),
        (vec![r#""7", "8""#], r#"W/"1""#),
        (vec!["*"], r#"W/"1""#),
        (vec![r#"W/""#], r#"W/"1""#),
    ] {
        let network = Network::new(move |_, _| {
            let tags = tags.iter().map(|tag| ("etag", (*tag).to_owned()));
            Does::Answers(200, tags.collect(), BABS.to_owned())
        });
        let users = client(&network).resource::<User>();
        let read = users.get("2819").await.unwrap();
        assert_eq!(read.meta().version.as_deref(), Some(version));
        users.delete(&read).await.unwrap();
        let seen = network.seen();
        assert_eq!(seen[1].request.headers()["if-match"], version);
    }
}
