//! Credentials that cannot be right.

use scim_client::{
    Client, ErrorKind,
    client::{ClientBuilder, ClientCredentials},
};

fn builder() -> ClientBuilder {
    Client::builder("https://scim.example/v2")
}

fn refused(builder: ClientBuilder, words: &str) {
    let error = builder.build().expect_err(words);
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    let text = format!("{error} {error:?}");
    assert!(text.contains(words), "wanted {words}: {text}");
    assert!(!text.contains("s3cr"), "{text}");
}

#[test]
fn bearer_tokens() {
    for (token, words) in [
        ("", "is empty"),
        (" ", "is empty"),
        ("\n", "is empty"),
        ("Bearer s3cret", "begins with `Bearer `"),
        ("bearer s3cret", "begins with `Bearer `"),
        ("BEARER  s3cret", "begins with `Bearer `"),
        (" Bearer s3cret", "begins with `Bearer `"),
        ("Basic s3cret", "begins with `Basic `"),
        ("Bearer", "without a token"),
        ("bearer ", "without a token"),
        ("s3cret\n", "white space or a line break around it"),
        (" s3cret", "white space or a line break around it"),
        ("s3cret\r\n", "white space or a line break around it"),
        ("s3 cret", "white space inside"),
        ("s3\ncret", "white space inside"),
        ("\"s3cret\"", "such as quotes"),
        ("'s3cret'", "such as quotes"),
        ("s3cr\u{e4}t", "no token has"),
        ("s3cr\0et", "a header cannot hold"),
    ] {
        refused(builder().bearer_token(token), words);
    }
    for token in [
        "h480djs93hd8",
        "a.b-c_d~e+f/g==",
        "bearer-of-news",
        "xoxp-1|2:3",
    ] {
        builder().bearer_token(token).build().unwrap();
    }
}

#[test]
fn other_credentials() {
    refused(
        builder().basic_auth("", ""),
        "neither user name nor password",
    );
    refused(builder().basic_auth("s3cr:et", "x"), "cannot hold a colon");
    refused(builder().basic_auth("bjensen", "s3cret\n"), "line break");
    refused(builder().auth_header("X-Key", ""), "`x-key` is empty");
    refused(builder().auth_header("X-Key", "  "), "`x-key` is empty");
    refused(
        builder().auth_header("X-Key", "s3cret\n"),
        "white space or a line break",
    );
    refused(
        builder().auth_header("Authorization", "Bearer"),
        "`Bearer` and no credential",
    );
    refused(
        builder().auth_header("Authorization", "Bearer "),
        "white space",
    );
    refused(
        builder().auth_header("", "s3cret"),
        "header name is invalid",
    );
    refused(
        builder().auth_header("Authorization: Bearer", "s3cret"),
        "header name is invalid",
    );
    let oauth = |id: &str, secret: &str| {
        builder().oauth2(ClientCredentials::new(
            "https://login.example/token",
            id,
            secret,
        ))
    };
    refused(oauth("", "s3cret"), "the client_id is empty");
    refused(oauth("id", ""), "the client_secret is empty");
    refused(oauth("id", " \n"), "the client_secret is empty");
    refused(
        oauth("id", "s3cret\n"),
        "white space or a line break around",
    );
    refused(oauth(" id", "s3cret"), "white space or a line break around");
    for builder in [
        builder().basic_auth("", "k3y"),
        builder().basic_auth("k3y", ""),
        builder().auth_header("Authorization", "SSWS k3y"),
        builder().auth_header("Authorization", "raw"),
        oauth("id", "k3y with spaces"),
    ] {
        builder.build().unwrap();
    }
}
