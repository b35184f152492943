//! Addresses that a server, or an identifier from elsewhere, would like to have called.

use scim_client::{ErrorKind, Stored, User};

use super::{
    client, evil,
    network::{Loopback, write_answer},
};

/// `meta.location` and `Location` are told to the application, and never followed.
#[tokio::test]
async fn a_foreign_location_is_not_followed() {
    let evil = evil();
    let location = format!("{}/Users/2819", evil.url());
    let said = location.clone();
    let server = Loopback::new(move |_, request, stream| {
        let version = r#"W/\"1\""#;
        let body = format!(
            r#"{{"id":"2819","userName":"bjensen","meta":{{"location":"{said}","version":"{version}"}}}}"#
        );
        let header = format!("Location: {said}\r\n");
        match request.split(' ').next() {
            Some("DELETE") => write_answer(stream, "204 No Content", "", ""),
            // No body: the client reads the resource itself.
            Some("POST" | "PUT" | "PATCH") => write_answer(stream, "200 OK", &header, ""),
            _ => write_answer(stream, "200 OK", &header, &body),
        }
    });
    let users = client(&server).resource::<User>();
    let babs: Stored<User> = users.create(&User::new("bjensen")).await.unwrap();
    assert_eq!(babs.meta().location.as_ref().unwrap().as_str(), location);
    let babs = users.get(babs.id()).await.unwrap();
    let babs = users.refresh(&babs).await.unwrap();
    let babs = users.replace(&babs).await.unwrap();
    let babs = users
        .patch(&babs)
        .replace(|u| u.title, "CTO")
        .check_applied(false)
        .await
        .unwrap();
    users.delete(&babs).await.unwrap();
    assert!(evil.seen().is_empty());
    assert!(server.seen().len() >= 9);
}

#[tokio::test]
async fn a_foreign_endpoint_is_refused() {
    let evil = evil();
    let port = evil.url();
    let authority = port.strip_prefix("http://").unwrap();
    let server = Loopback::new(|_, _, stream| write_answer(stream, "204 No Content", "", ""));
    for endpoint in [
        evil.url(),
        format!("//{authority}/Users"),
        format!("{}.evil.example/Users", server.url()),
        format!("{}@{authority}/Users", server.url()),
        "/../../admin".to_owned(),
        "/%2e%2e/admin".to_owned(),
        "/Users?filter=x".to_owned(),
        "/Users#x".to_owned(),
        "\\\\evil.example\\x".to_owned(),
        "https://evil.example/scim/Users".to_owned(),
    ] {
        let users = client(&server).resource_at::<User>(&endpoint);
        let error = users.delete("1").await.expect_err(&endpoint);
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{endpoint}");
    }
    assert!(evil.seen().is_empty());
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn an_identifier_is_one_segment_whatever_is_in_it() {
    for (id, path) in [
        ("../x", "/v2/Users/..%2Fx"),
        ("a/b?c#d", "/v2/Users/a%2Fb%3Fc%23d"),
        ("..%2f..%2fadmin", "/v2/Users/..%252f..%252fadmin"),
        ("//evil.example/x", "/v2/Users/%2F%2Fevil.example%2Fx"),
        (
            "https://evil.example",
            "/v2/Users/https%3A%2F%2Fevil.example",
        ),
        (
            "x HTTP/1.1\r\nHost: evil.example",
            "/v2/Users/x%20HTTP%2F1.1%0D%0AHost%3A%20evil.example",
        ),
        ("\\..\\x", "/v2/Users/%5C..%5Cx"),
        ("x;y=z&a=b", "/v2/Users/x%3By%3Dz%26a%3Db"),
        ("@evil.example", "/v2/Users/%40evil.example"),
        ("\0", "/v2/Users/%00"),
    ] {
        let server = Loopback::new(|_, _, stream| write_answer(stream, "204 No Content", "", ""));
        let users = client(&server).resource::<User>();
        users.delete(id).await.unwrap();
        let seen = server.seen();
        assert!(
            seen[0].starts_with(&format!("DELETE {path} HTTP/1.1\r\n")),
            "{}",
            seen[0]
        );
    }
    let server = Loopback::new(|_, _, stream| write_answer(stream, "204 No Content", "", ""));
    for id in ["", ".", ".."] {
        let error = client(&server)
            .resource::<User>()
            .delete(id)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
    assert!(server.seen().is_empty());
}

/// A header cannot be smuggled in by a value.
#[tokio::test]
async fn no_value_becomes_a_header() {
    let server = Loopback::new(|_, _, stream| write_answer(stream, "204 No Content", "", ""));
    let users = client(&server).resource::<User>();
    let error = users
        .delete("1")
        .header("X-Tenant", "a\r\nX-Evil: 1")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    users
        .delete("1")
        .parameter("a b&c", "d\r\nX-Evil: 1&e=f")
        .await
        .unwrap();
    let seen = server.seen();
    assert!(seen[0].starts_with("DELETE /v2/Users/1?a%20b%26c=d%0D%0AX-Evil%3A%201%26e%3Df HTTP"));
    assert_eq!(seen.len(), 1);
}
