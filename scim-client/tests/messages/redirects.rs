//! Redirects: those that are followed, and where the others lead.

use scim_client::{Client, ErrorKind, User, client::RetryPolicy};

use super::{
    client,
    network::{Does, Network, says},
};

const BABS: &str = r#"{"id":"1","userName":"bjensen"}"#;

fn redirecting(status: u16, location: &str, then: Does) -> Network {
    let location = location.to_owned();
    Network::new(move |_, request| match request.uri().path() {
        "/v2/Users" | "/v2/Users/1" => {
            Does::Answers(status, vec![("Location", location.clone())], String::new())
        }
        _ => then.clone(),
    })
}

#[tokio::test]
async fn a_get_is_redirected_within_the_origin() {
    for status in [301, 302, 307, 308] {
        for location in [
            "/v3/Users/1?x=y",
            "https://scim.example/v3/Users/1",
            "../Users/2",
        ] {
            let network = redirecting(status, location, says(200, BABS));
            let babs = client(&network).resource::<User>().get("1").await.unwrap();
            assert_eq!(babs.user_name, "bjensen");
            assert_eq!(network.count(), 2, "{status} {location}");
        }
    }
}

#[tokio::test]
async fn a_login_page_is_a_redirect_and_says_where() {
    let html = "<html><title>Sign in</title>";
    let login = Does::Answers(
        200,
        vec![("Content-Type", "text/html".to_owned())],
        html.to_owned(),
    );
    for (status, location, words) in [
        (
            302,
            "/login?return=s3cret",
            "to scim.example/login, which does not return SCIM: expected JSON, found an HTML page, \"Sign in\" (text/html)",
        ),
        (
            302,
            "https://login.example/sso/start?state=s3cret",
            "to login.example/sso/start; the redirect leaves the origin",
        ),
        (
            301,
            "//login.example:8443/sso?s3cret",
            "to login.example:8443/sso; the redirect leaves the origin",
        ),
        (
            303,
            "https://u:s3cret@login.example/#s3cret",
            "to login.example/; the redirect leaves the origin",
        ),
        (
            303,
            "/login?s3cret",
            "to scim.example/login; 303 See Other of a GET is not followed",
        ),
        (
            302,
            "http://scim.example/login",
            "to http://scim.example/login; the redirect leaves the origin",
        ),
        (
            307,
            "javascript:s3cret",
            "to javascript:; the redirect leaves the origin",
        ),
    ] {
        let network = redirecting(status, location, login.clone());
        let error = client(&network)
            .resource::<User>()
            .get("1")
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirect, "{error}");
        let text = error.to_string();
        assert!(
            text.starts_with(&format!("redirected: {words}")),
            "{location}: {text}"
        );
        assert!(text.ends_with(" [GET /v2/Users/1]"), "{text}");
        assert!(!format!("{text} {error:?}").contains("s3cret"), "{text}");
    }
}

#[tokio::test]
async fn a_change_is_not_sent_elsewhere_by_a_status_that_changes_the_method() {
    for status in [301, 302, 303] {
        let network = redirecting(status, "/v3/Users", says(200, BABS));
        let users = client(&network).resource::<User>();
        let error = users.create(&User::new("bjensen")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirect);
        assert_eq!(error.status().unwrap().as_u16(), status);
        let text = error.to_string();
        assert!(
            text.contains("to scim.example/v3/Users; ")
                && text.contains("of a POST is not followed"),
            "{text}"
        );
        // "See other" is the answer to what was processed.
        assert_eq!(error.is_outcome_unknown(), status == 303);
        assert_eq!(network.count(), 1);
    }
}

#[tokio::test]
async fn the_token_endpoint_says_its_host_and_cause() {
    let oauth = |url: String| {
        let credentials = scim_client::client::ClientCredentials::new(url, "id", "client-s3cret");
        Client::builder("http://127.0.0.1:1/v2")
            .oauth2(credentials)
            .retry(RetryPolicy::never())
            .build()
            .unwrap()
    };
    let error = oauth("http://127.0.0.1:1/token".to_owned())
        .resource::<User>()
        .get("1")
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "no credentials: the token endpoint at 127.0.0.1:1: connection refused: nothing listens there [GET /v2/Users/1]"
    );
}
