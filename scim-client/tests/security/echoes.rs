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
    for (client, secrets) in [
        (client(&server), vec![SECRET]),
        (
            builder().basic_auth("babs", password).build().unwrap(),
            vec![password, encoded],
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
