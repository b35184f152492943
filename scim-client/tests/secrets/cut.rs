//! Secrets in the middle of which a body ends, because no more of it was read or is kept.

use scim_client::{Client, Error, User, client::RetryPolicy};

use super::{
    everything,
    network::{Loopback, write_answer},
    transport,
};

const PASSWORD: &str = "t1meMa/$\"h\u{e4}& een";

/// As it is, in JSON, in HTML, in a URL, and in two of them.
const FORMS: [&str; 6] = [
    PASSWORD,
    "t1meMa\\/$\\u0022h\\u00e4\\u0026\\u0020een",
    "t1meMa/$\\\\\\\"h\u{e4}& een",
    "t1meMa&#x2F;$&#34h&auml;&#38; een",
    "t1meMa%2F%24%22h%C3%A4%26%20een",
    "t1meMa\\/$\\u0026quot;h\\u00e4\\u0026amp; een",
];

/// How JSON begins that ends in the middle of a text, and an error message.
const JSON: [&str; 2] = [
    r#"{"a":""#,
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"no","a":""#,
];

/// What a server says that begins so, and repeats the password at the end of so many bytes.
async fn said(
    status: &'static str,
    size: usize,
    most: Option<usize>,
    shown: usize,
    (start, form): (&str, &str),
) -> Error {
    let filling = "x".repeat(size - start.len() - shown);
    let body = format!("{start}{filling}{form}{}", "y".repeat(size));
    let server = Loopback::new(move |_, _, stream| write_answer(stream, status, "", &body));
    let builder = transport::plain(Client::builder(server.url())).retry(RetryPolicy::never());
    let builder = match most {
        Some(most) => builder.max_error_size(most),
        None => builder,
    };
    let users = builder.build().unwrap().resource::<User>();
    let created = users
        .create(&User::new("bjensen").with_password(PASSWORD))
        .await;
    created.unwrap_err()
}

#[tokio::test]
async fn nothing_of_it_is_shown() {
    const KEPT: usize = 64 * 1024;
    for form in FORMS {
        for shown in (6..form.len()).filter(|at| form.is_char_boundary(*at)) {
            for error in [
                // No more is read, and no more is kept.
                said("400 Bad Request", 1000, Some(1000), shown, ("", form)).await,
                said("200 OK", KEPT, None, shown, ("", form)).await,
                // What cannot be read is cut before it gets there.
                said("200 OK", KEPT, None, shown, (JSON[shown % 2], form)).await,
            ] {
                let text = everything(&error);
                assert!(text.contains("<redacted>"), "{shown} of {form}: {error}");
                assert!(!text.contains("t1meMa"), "{shown} of {form}: {error}");
                let body = error.body().unwrap();
                assert!(body.ends_with("x<redacted>"), "{shown} of {form}");
            }
        }
        // All of it is there, and more.
        let error = said("400 Bad Request", 1000, None, 900, ("", form)).await;
        assert!(error.body().unwrap().contains("x<redacted>yyy"), "{form}");
    }
}
