//! OAuth 2.0's client credentials.

use std::time::Duration;

use scim_client::{
    Client, ErrorKind, User,
    bytes::Bytes,
    client::{ClientCredentials, Operation as _, RetryPolicy},
    http::{Method, Request},
    transport::TransportErrorKind,
};

use super::{
    BABS, builder,
    network::{Does, Network, Seen, says, says_with},
};

const SECRET: &str = "gX1fBat3bV";

fn credentials() -> ClientCredentials {
    ClientCredentials::new("https://login.example/token", "s6BhdRkqt3", SECRET)
}

fn is_token_request(request: &Request<Bytes>) -> bool {
    request.uri().host() == Some("login.example")
}

fn token(number: usize, lifetime: u64) -> Does {
    let body = format!(
        r#"{{"access_token":"token-{number}","token_type":"Bearer","expires_in":{lifetime}}}"#
    );
    Does::AnswersAfter(Duration::from_secs(1), 200, body)
}

/// A token endpoint that gives tokens by their number, and a service provider that takes those
/// which `takes`.
fn world(lifetime: u64, takes: impl Fn(&str) -> bool + Send + Sync + 'static) -> Network {
    Network::new(move |number, request| {
        if is_token_request(request) {
            return token(number, lifetime);
        }
        let authorization = request.headers().get("authorization");
        match authorization.and_then(|value| value.to_str().ok()) {
            Some(value) if takes(value) => says(200, BABS),
            _ => says_with(401, "WWW-Authenticate", "Bearer error=\"invalid_token\""),
        }
    })
}

fn client(network: &Network) -> Client {
    builder(network).oauth2(credentials()).build().unwrap()
}

fn token_requests(network: &Network) -> Vec<Seen> {
    let mut seen = network.seen();
    seen.retain(|seen| is_token_request(&seen.request));
    seen
}

fn tokens_used(network: &Network) -> Vec<String> {
    let mut seen = network.seen();
    seen.retain(|seen| !is_token_request(&seen.request));
    let used = seen
        .iter()
        .map(|seen| seen.request.headers()["authorization"].to_str().unwrap());
    used.map(str::to_owned).collect()
}

#[tokio::test(start_paused = true)]
async fn a_token_is_fetched_once_and_kept() {
    let network = world(3600, |_| true);
    let client = builder(&network)
        .header("X-Tenant", "t1")
        .oauth2(credentials().with_scope("scim"))
        .build()
        .unwrap();
    assert_eq!(network.count(), 0, "nothing is sent before it is needed");
    let all: Vec<_> = (0..20)
        .map(|_| tokio::spawn(client.clone().resource::<User>().get("2819").into_future()))
        .collect();
    for one in all {
        one.await.unwrap().unwrap();
    }
    let asked = token_requests(&network);
    assert_eq!(asked.len(), 1, "single flight");
    let request = &asked[0].request;
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.uri(), "https://login.example/token");
    assert_eq!(
        request.headers()["content-type"],
        "application/x-www-form-urlencoded"
    );
    assert_eq!(request.body(), "grant_type=client_credentials&scope=scim");
    assert_eq!(
        request.headers()["authorization"],
        "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW"
    );
    // What is for the service provider is not for the authorization server.
    assert!(!request.headers().contains_key("x-tenant"));
    assert_eq!(tokens_used(&network), vec!["Bearer token-0"; 20]);
    // The request can be built without a transport too, with the token that is there.
    let built = client.resource::<User>().get("1").request().unwrap();
    assert_eq!(built.headers()["authorization"], "Bearer token-0");
}

#[tokio::test(start_paused = true)]
async fn a_token_is_fetched_again_before_it_expires() {
    for (lifetime, still, again) in [(3600, 3530, 3545), (60, 25, 35)] {
        let network = world(lifetime, |_| true);
        let users = client(&network).resource::<User>();
        users.get("2819").await.unwrap();
        tokio::time::sleep(Duration::from_secs(still)).await;
        users.get("2819").await.unwrap();
        assert_eq!(token_requests(&network).len(), 1);
        tokio::time::sleep(Duration::from_secs(again - still)).await;
        users.get("2819").await.unwrap();
        assert_eq!(token_requests(&network).len(), 2);
        assert_eq!(
            tokens_used(&network)[1..],
            ["Bearer token-0", "Bearer token-3"]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_replaced_once() {
    // The service provider has forgotten the first token, and takes its time to say so.
    let network = Network::new(|number, request| {
        if is_token_request(request) {
            return token(number, 3600);
        }
        match request.headers()["authorization"] == "Bearer token-0" {
            true => Does::AnswersAfter(Duration::from_secs(1), 401, String::new()),
            false => says(200, BABS),
        }
    });
    let client = client(&network);
    let all: Vec<_> = (0..10)
        .map(|_| tokio::spawn(client.clone().resource::<User>().get("2819").into_future()))
        .collect();
    for one in all {
        one.await.unwrap().unwrap();
    }
    assert_eq!(
        token_requests(&network).len(),
        2,
        "one flight for all refusals"
    );
    assert_eq!(network.count(), 2 + 20);
}

#[tokio::test(start_paused = true)]
async fn a_create_that_was_refused_is_sent_again() {
    let network = world(3600, |token| token != "Bearer token-0");
    let users = client(&network).resource::<User>();
    users.create(&User::new("bjensen")).await.unwrap();
    let posts: Vec<_> = network
        .seen()
        .into_iter()
        .filter(|seen| !is_token_request(&seen.request))
        .map(|seen| seen.request.into_body())
        .collect();
    assert_eq!(posts.len(), 2);
    assert_eq!(posts[0], posts[1]);
}

#[tokio::test(start_paused = true)]
async fn a_service_provider_that_refuses_everything_is_not_asked_for_ever() {
    let network = world(3600, |_| false);
    let users = client(&network).resource::<User>();
    let error = users.get("2819").await.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!(
        error.headers()["www-authenticate"],
        "Bearer error=\"invalid_token\""
    );
    assert_eq!(network.count(), 4, "two tokens, two requests");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cannot_be_had_is_a_typed_error() {
    for (status, body, words) in [
        (
            401,
            r#"{"error":"invalid_client"}"#,
            "401 Unauthorized (invalid_client)",
        ),
        (
            400,
            r#"{"error":"invalid_scope"}"#,
            "400 Bad Request (invalid_scope)",
        ),
        (200, "<html>", "no `access_token`"),
        // A redirect is not followed: the secret would go with it.
        (307, "", "307 Temporary Redirect"),
    ] {
        let body = body.to_owned();
        let network = Network::new(move |_, _| {
            let location = ("Location", "https://evil.example/token".to_owned());
            Does::Answers(status, vec![location], body.clone())
        });
        let users = client(&network).resource::<User>();
        let error = users.create(&User::new("bjensen")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
        assert!(error.to_string().contains(words), "{error}");
        assert!(error.to_string().contains("[POST /v2/Users]"), "{error}");
        assert!(!error.is_outcome_unknown());
        assert_eq!(error.status(), None, "it is not the service provider's");
        assert_eq!(network.count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_that_was_refused_and_then_got_no_token_was_not_processed() {
    let network = Network::new(|number, request| match number {
        0 => token(0, 3600),
        _ if is_token_request(request) => Does::Hangs,
        _ => says(401, ""),
    });
    let client = builder(&network)
        .oauth2(credentials())
        .timeout(Duration::from_secs(10))
        .build()
        .unwrap();
    let create = client.resource::<User>().create(&User::new("bjensen"));
    let error = create.await.unwrap_err();
    assert!(error.is_timeout());
    assert!(!error.is_outcome_unknown());
    assert_eq!(network.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_token_endpoint_in_trouble_is_asked_again() {
    for trouble in [
        says(503, ""),
        says_with(429, "Retry-After", "3"),
        Does::Fails(TransportErrorKind::Connect),
        Does::Fails(TransportErrorKind::Other),
        Does::Hangs,
    ] {
        let network = Network::new(move |number, request| match number {
            0 => trouble.clone(),
            number if is_token_request(request) => token(number, 3600),
            _ => says(201, BABS),
        });
        let client = builder(&network)
            .oauth2(credentials())
            .try_timeout(Duration::from_secs(5))
            .build()
            .unwrap();
        client
            .resource::<User>()
            .create(&User::new("bjensen"))
            .await
            .unwrap();
        assert_eq!(network.count(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn who_waited_for_a_failure_shares_it() {
    let slow = Does::AnswersAfter(Duration::from_secs(1), 503, String::new());
    let network = Network::in_turn(vec![slow]);
    let client = builder(&network)
        .oauth2(credentials())
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let all: Vec<_> = (0..20)
        .map(|_| tokio::spawn(client.clone().resource::<User>().get("2819").into_future()))
        .collect();
    for one in all {
        let error = one.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
    }
    assert_eq!(network.count(), 1);
    // Whoever comes later tries anew.
    client.resource::<User>().get("2819").await.unwrap_err();
    assert_eq!(network.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_is_given_up_is_taken_over() {
    let network = Network::new(|number, request| match number {
        0 => Does::Hangs,
        number if is_token_request(request) => token(number, 3600),
        _ => says(200, BABS),
    });
    let client = client(&network);
    let first = tokio::spawn(client.clone().resource::<User>().get("1").into_future());
    tokio::task::yield_now().await;
    let second = tokio::spawn(client.resource::<User>().get("2").into_future());
    tokio::task::yield_now().await;
    assert_eq!(network.count(), 1);
    first.abort();
    second.await.unwrap().unwrap();
    assert_eq!(tokens_used(&network), ["Bearer token-1"]);
}

#[tokio::test(start_paused = true)]
async fn an_old_token_serves_while_a_new_one_cannot_be_had() {
    let network = Network::new(|number, request| match number {
        0 => token(0, 600),
        _ if is_token_request(request) => says(503, ""),
        _ => says(200, BABS),
    });
    let users = client(&network).resource::<User>();
    users.get("2819").await.unwrap();
    tokio::time::sleep(Duration::from_secs(550)).await;
    users.get("2819").await.unwrap();
    users.get("2819").await.unwrap();
    assert_eq!(
        token_requests(&network).len(),
        2,
        "not asked with every request"
    );
    tokio::time::sleep(Duration::from_secs(60)).await;
    let error = users.get("2819").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
}

#[test]
fn the_token_url_is_checked() {
    for url in [
        "http://login.example/token",
        "login.example",
        "https://a:b@login.example",
    ] {
        let credentials = ClientCredentials::new(url, "id", SECRET);
        let error = Client::builder("https://scim.example")
            .oauth2(credentials)
            .build()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(!format!("{error:?}").contains(SECRET));
    }
}

/// An answer may repeat a token that several others have followed since.
#[tokio::test(start_paused = true)]
async fn a_token_of_long_ago_is_not_shown() {
    let network = Network::new(|number, request| {
        if is_token_request(request) {
            return token(number, 2);
        }
        let sent = request.headers()["authorization"].to_str().unwrap();
        let body = format!(r#"{{"status":"400","detail":"got {sent}"}}"#);
        let slow = request.uri().path().ends_with("/slow");
        Does::AnswersAfter(Duration::from_secs(if slow { 25 } else { 1 }), 400, body)
    });
    let users = client(&network).resource::<User>();
    let slow = tokio::spawn(users.get("slow").into_future());
    for _ in 0..8 {
        users.get("1").await.unwrap_err();
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(token_requests(&network).len() > 4);
    let error = slow.await.unwrap().unwrap_err();
    assert_eq!(error.detail(), Some("got Bearer <redacted>"), "{error}");
}
