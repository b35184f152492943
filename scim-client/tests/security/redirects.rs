//! Redirects.

use scim_client::{Client, ErrorKind, User, client::RetryPolicy};

use super::{
    BABS, SECRET, client, evil,
    network::{Loopback, write_answer},
    shown,
};

#[tokio::test]
async fn no_redirect_leaves_the_origin() {
    let evil = evil();
    let port = evil.url();
    let authority = port.strip_prefix("http://").unwrap().to_owned();
    for location in [
        evil.url(),
        format!("//{authority}/Users"),
        format!("HTTP://{authority}/Users"),
        format!("http://user:pass@{authority}/Users"),
        "https://evil.example/x".to_owned(),
        "file:///etc/passwd".to_owned(),
        "javascript:alert(1)".to_owned(),
        // Another host behind the same beginning.
        "BASE.evil.example/x".to_owned(),
        "BASE@evil.example/x".to_owned(),
        // The same host with TLS, or another port, is another origin.
        "https://127.0.0.1/x".to_owned(),
        "http://127.0.0.1/x".to_owned(),
    ] {
        for status in ["307 Temporary Redirect", "308 Permanent Redirect"] {
            let given = location.clone();
            let server = Loopback::new(move |_, request, stream| {
                let host = request
                    .split("host: ")
                    .nth(1)
                    .unwrap()
                    .lines()
                    .next()
                    .unwrap();
                let base = format!("http://{host}");
                let location = given.replace("BASE", &base);
                write_answer(stream, status, &format!("Location: {location}\r\n"), "");
            });
            let users = client(&server).resource::<User>();
            let error = users.create(&User::new("bjensen")).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Redirect, "{location}: {error}");
            assert!(!error.is_outcome_unknown(), "{location}");
            assert!(!shown(&error).contains(SECRET));
            assert_eq!(server.seen().len(), 1, "{location}");
        }
    }
    assert!(evil.seen().is_empty());
}

/// 301, 302 and 303 would change the method: only a GET goes where the first two lead.
#[tokio::test]
async fn other_redirects_are_not_followed() {
    for status in ["301 Moved Permanently", "302 Found", "303 See Other"] {
        let server = Loopback::new(move |_, _, stream| {
            write_answer(stream, status, "Location: /v2/Users/1\r\n", "");
        });
        let users = client(&server).resource::<User>();
        let error = users.create(&User::new("bjensen")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirect);
        assert_eq!(error.status().unwrap().as_str(), &status[..3]);
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn within_the_origin_method_body_and_credentials_stay() {
    for status in ["307 Temporary Redirect", "308 Permanent Redirect"] {
        let server = Loopback::new(move |number, _, stream| match number {
            0 => write_answer(stream, status, "Location: /other/place\r\n", ""),
            _ => write_answer(stream, "201 Created", "", BABS),
        });
        let users = client(&server).resource::<User>();
        users.create(&User::new("bjensen")).await.unwrap();
        let seen = server.seen();
        assert!(seen[0].starts_with("POST /v2/Users "));
        assert!(seen[1].starts_with("POST /other/place "));
        let after = |text: &str| text.split_once('\n').unwrap().1.to_owned();
        assert_eq!(after(&seen[0]), after(&seen[1]));
        assert!(seen[1].contains(SECRET));
    }
}

#[tokio::test]
async fn no_redirect_goes_round_for_ever() {
    let server = Loopback::new(|_, _, stream| {
        write_answer(
            stream,
            "308 Permanent Redirect",
            "Location: /v2/Users\r\n",
            "",
        );
    });
    let error = client(&server)
        .resource::<User>()
        .query()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Redirect);
    assert_eq!(server.seen().len(), 6);
}

/// A client of one's own that follows redirects is refused nothing, but the credential of the
/// `Authorization` header stays behind.
#[tokio::test]
async fn an_access_token_does_not_follow_either() {
    let evil = evil();
    let location = evil.url().replace("127.0.0.1", "localhost");
    let token = Loopback::new(move |_, _, stream| {
        let header = format!("Location: {location}/token\r\n");
        write_answer(stream, "307 Temporary Redirect", &header, "");
    });
    let server = super::evil();
    let credentials = scim_client::client::ClientCredentials::new(token.url(), "id", SECRET);
    let client = Client::builder(server.url())
        .oauth2(credentials)
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let error = client.resource::<User>().get("2819").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert!(!shown(&error).contains(SECRET));
    assert_eq!(
        (token.seen().len(), evil.seen().len(), server.seen().len()),
        (1, 0, 0)
    );
}
