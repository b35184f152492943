//! Servers that repeat what they were sent.

use scim_client::{Client, User, client::ClientCredentials};

use super::{
    SECRET, client,
    network::{Loopback, write_answer},
    shown,
};

/// The value of a request's header.
fn header<'a>(request: &'a str, name: &str) -> &'a str {
    let line = request
        .lines()
        .find(|line| line.to_ascii_lowercase().starts_with(name));
    line.and_then(|line| line.split_once(": "))
        .map_or("", |(_, value)| value)
}

fn echo() -> Loopback {
    Loopback::new(|_, request, stream| {
        let sent = format!(
            "{} {}",
            header(request, "authorization"),
            header(request, "x-key")
        );
        let detail = sent.replace('/', "\\/");
        let body = format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","scimType":"{detail}","detail":"{detail} is wrong","x":"{sent}"}}"#
        );
        let header = format!("WWW-Authenticate: Bearer error=\"{sent}\"\r\n");
        write_answer(stream, "400 Bad Request", &header, &body);
    })
}

#[tokio::test]
async fn a_credential_in_an_error_message_is_not_shown() {
    let server = echo();
    let builder = || Client::builder(server.url());
    let password = "pass/w0rd+of=babs";
    let encoded = "YmFiczpwYXNzL3cwcmQrb2Y9YmFicw==";
    let header = format!("Basic {encoded}");
    for (client, secrets) in [
        (client(&server), vec![SECRET]),
        (
            builder().basic_auth("babs", password).build().unwrap(),
            vec![password, encoded],
        ),
        (
            builder()
                .auth_header("Authorization", &header)
                .build()
                .unwrap(),
            vec![encoded],
        ),
        (
            builder().auth_header("X-Key", SECRET).build().unwrap(),
            vec![SECRET],
        ),
    ] {
        let error = client.resource::<User>().get("2819").await.unwrap_err();
        let mut text = shown(&error);
        text.push_str(error.body().unwrap());
        text.push_str(error.detail().unwrap());
        text.push_str(&format!("{:?} {:?}", error.headers(), error.message()));
        text.push_str(&format!("{client:?}"));
        for secret in secrets {
            assert!(!text.contains(secret), "{text}");
            assert!(!text.contains(&secret.replace('/', "\\/")), "{text}");
        }
        // The rest of the message is there.
        assert!(
            error.detail().unwrap().ends_with("<redacted>  is wrong")
                || error.detail().unwrap().ends_with("<redacted> is wrong"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn an_access_token_in_an_error_message_is_not_shown() {
    let given = format!(r#"{{"access_token":"{SECRET}","expires_in":3600}}"#);
    let token = Loopback::new(move |_, _, stream| write_answer(stream, "200 OK", "", &given));
    let server = echo();
    let credentials = ClientCredentials::new(token.url(), "id", "client-s3cret");
    let client = Client::builder(server.url())
        .oauth2(credentials)
        .build()
        .unwrap();
    let error = client.resource::<User>().get("2819").await.unwrap_err();
    let text = format!(
        "{} {:?} {:?} {client:?}",
        shown(&error),
        error.body(),
        error.headers()
    );
    assert!(text.contains("<redacted>"), "{text}");
    assert!(!text.contains(SECRET), "{text}");
    assert!(!text.contains("client-s3cret"), "{text}");
}

/// A token endpoint that repeats the client secret.
#[tokio::test]
async fn a_client_secret_in_a_token_error_is_not_shown() {
    let token = Loopback::new(|_, request, stream| {
        let body = request.split_once("\r\n\r\n").unwrap().1;
        let sent = format!("{} {body}", header(request, "authorization"));
        let body =
            format!(r#"{{"error":"{sent}","error_description":"{sent}","error_uri":"{sent}"}}"#);
        write_answer(stream, "401 Unauthorized", "", &body);
    });
    for in_body in [false, true] {
        let mut credentials = ClientCredentials::new(token.url(), "id", "client-s3cret");
        if in_body {
            credentials = credentials.with_secret_in_body();
        }
        let builder = Client::builder(token.url()).oauth2(credentials.clone());
        let text = format!("{credentials:?} {builder:?}");
        let client = builder.build().unwrap();
        let error = client.resource::<User>().get("2819").await.unwrap_err();
        let text = format!(
            "{text} {} {:?} {:?} {client:?}",
            shown(&error),
            error.body(),
            error.headers()
        );
        assert!(!text.contains("client-s3cret"), "{text}");
        assert!(!text.contains("aWQ6Y2xpZW50LXMzY3JldA=="), "{text}");
    }
    assert!(
        token
            .seen()
            .iter()
            .any(|request| request.contains("client_secret=client-s3cret"))
    );
    assert!(
        token
            .seen()
            .iter()
            .any(|request| request.contains("aWQ6Y2xpZW50LXMzY3JldA=="))
    );
}

const PASSWORD: &str = "P\u{e4}ss\"word1";

/// As JSON may have it, which is not how it was sent.
const ESCAPED: [&str; 3] = [
    "P\u{e4}ss\\\"word1",
    r#"P\u00e4ss\"word1"#,
    r#"\u0050\u00E4ss\u0022word1"#,
];

fn all_of(error: &scim_client::Error) -> String {
    let raw = error
        .decode_error()
        .map(scim_client::json::DecodeError::raw);
    let headers: Vec<_> = error
        .headers()
        .values()
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    format!(
        "{} {:?} {:?} {headers:?} {raw:?}",
        shown(error),
        error.message(),
        error.body(),
    )
}

fn escaped_password(status: &'static str, before: &'static str, form: &str) -> (Loopback, Client) {
    let body = format!(r#"{before}"detail":"wrong: {form}"}}"#);
    let server = Loopback::new(move |_, _, stream| {
        write_answer(stream, status, "X-Seen: P\u{e4}ss\"word1\r\n", &body);
    });
    let builder = Client::builder(server.url()).basic_auth("bjensen", PASSWORD);
    let client = builder.build().unwrap();
    (server, client)
}

#[tokio::test]
async fn a_password_that_json_escapes_is_not_shown() {
    for form in ESCAPED {
        for (status, before) in [
            (
                "401 Unauthorized",
                r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"#,
            ),
            // A resource that lacks its `userName`, and no JSON at all.
            ("200 OK", r#"{"id":"2819","#),
            ("200 OK", "<html>"),
        ] {
            let (_server, client) = escaped_password(status, before, form);
            let error = client.resource::<User>().get("2819").await.unwrap_err();
            let text = all_of(&error);
            assert!(text.contains("wrong: <redacted>"), "{text}");
            assert!(!text.contains("word1"), "{text}");
        }
    }
}

/// An element of a list.
#[tokio::test]
async fn a_password_in_a_resource_that_cannot_be_read_is_not_shown() {
    let [form, ..] = ESCAPED;
    let before = r#"{"Resources":[{"id":"1","title":"P\u00E4ss\"word1"}],"#;
    let (_server, client) = escaped_password("200 OK", before, form);
    let error = client.resource::<User>().query().all().await.unwrap_err();
    let text = all_of(&error);
    assert!(text.contains("<redacted>"), "{text}");
    assert!(!text.contains("word1"), "{text}");
}

/// A proxy's page and a redirect that both repeat the token.
#[tokio::test]
async fn a_token_in_what_is_no_error_status_is_not_shown() {
    for status in ["200 OK", "307 Temporary Redirect"] {
        let server = Loopback::new(move |_, request, stream| {
            let sent = header(request, "authorization");
            let headers = format!("Location: https://evil.example/?{SECRET}\r\nX-Seen: {sent}\r\n");
            write_answer(stream, status, &headers, &format!("<p>{sent}</p>"));
        });
        let error = client(&server).resource::<User>().get("2819").await;
        let text = all_of(&error.unwrap_err());
        assert!(text.contains("<redacted>"), "{text}");
        assert!(!text.contains(SECRET), "{text}");
    }
}

#[tokio::test]
async fn a_token_in_the_result_of_a_bulk_is_not_shown() {
    let server = Loopback::new(move |_, request, stream| {
        let sent = header(request, "authorization");
        let body = format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],"Operations":[{{"method":"DELETE","location":"/v2/Users/1","status":"400","response":{{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"not with {sent}","status":"400"}}}}]}}"#
        );
        write_answer(stream, "200 OK", "", &body);
    });
    let mut bulk = client(&server).bulk();
    let gone = bulk.delete::<User>("1");
    let results = bulk.await.unwrap();
    let scim_client::client::BulkOutcome::Failed(error) = results.get(gone) else {
        panic!("{results:?}")
    };
    let text = format!("{} {results:?}", all_of(&error));
    assert!(text.contains("not with Bearer <redacted>"), "{text}");
    assert!(!text.contains(SECRET), "{text}");
}

/// The credential of basic authentication in the other alphabet, without padding, and decoded.
#[tokio::test]
async fn basic_credentials_are_not_shown_in_any_form() {
    // `babs:s3cr3t>>??` and more.
    let encoded = "YmFiczpzM2NyM3Q+Pj8/w6Q=";
    for form in [
        "YmFiczpzM2NyM3Q+Pj8/w6Q=",
        "YmFiczpzM2NyM3Q+Pj8/w6Q",
        "YmFiczpzM2NyM3Q-Pj8_w6Q",
        "YmFiczpzM2NyM3Q%2BPj8%2Fw6Q%3D",
        "babs:s3cr3t>>??\u{e4}",
    ] {
        let server = Loopback::new(move |_, _, stream| {
            let body = format!(r#"{{"status":"400","detail":"got {form}"}}"#);
            write_answer(stream, "400 Bad Request", "", &body);
        });
        let builder = || Client::builder(server.url());
        let header = format!("Basic {encoded}");
        for client in [
            builder().basic_auth("babs", "s3cr3t>>??\u{e4}"),
            builder().auth_header("Authorization", &header),
            builder().header("Authorization", &header),
        ] {
            let client = client.build().unwrap();
            let error = client.resource::<User>().get("1").await.unwrap_err();
            let text = all_of(&error);
            assert!(text.contains("<redacted>"), "{form}: {text}");
            for part in ["YmFiczpzM2", "s3cr3t"] {
                assert!(!text.contains(part), "{form}: {text}");
            }
        }
    }
}
