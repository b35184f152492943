//! One request for a token serves all who wait for it.

use std::time::Duration;

use scim_client::{
    Client, ErrorKind, User,
    bytes::Bytes,
    client::{ClientCredentials, RetryPolicy},
    http::Request,
};

use super::{
    BABS, builder,
    network::{Does, Network, says},
};

const MILLISECOND: Duration = Duration::from_millis(1);

fn is_token_request(request: &Request<Bytes>) -> bool {
    request.uri().host() == Some("login.example")
}

/// A token endpoint that takes so long to give this.
fn world(takes: Duration, token: &'static str) -> Network {
    Network::new(move |_, request| match is_token_request(request) {
        true => Does::AnswersAfter(takes, 200, token.to_owned()),
        false => says(200, BABS),
    })
}

fn client(network: &Network) -> Client {
    let credentials = ClientCredentials::new("https://login.example/token", "id", "s3cr3t-t0p");
    builder(network)
        .oauth2(credentials)
        .retry(RetryPolicy::never())
        .build()
        .unwrap()
}

fn fetches(network: &Network) -> usize {
    let seen = network.seen();
    seen.iter()
        .filter(|seen| is_token_request(&seen.request))
        .count()
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_token_has_it_however_short_it_is_good_for() {
    for lifetime in [
        r#"{"access_token":"t","expires_in":0}"#,
        r#"{"access_token":"t","expires_in":"0"}"#,
        r#"{"access_token":"t","expires_in":-5}"#,
        r#"{"access_token":"t","expires_in":0.000001}"#,
    ] {
        let network = world(200 * MILLISECOND, lifetime);
        let client = client(&network);
        let all: Vec<_> = (0..50)
            .map(|_| tokio::spawn(client.clone().resource::<User>().get("1").into_future()))
            .collect();
        for one in all {
            one.await.unwrap().unwrap();
        }
        assert_eq!(fetches(&network), 1, "{lifetime}");
    }
    // What says nothing is kept until it is refused.
    let network = world(MILLISECOND, r#"{"access_token":"t","expires_in":0}"#);
    let users = client(&network).resource::<User>();
    for _ in 0..50 {
        users.get("1").await.unwrap();
    }
    assert_eq!(fetches(&network), 1);
}

#[tokio::test(start_paused = true)]
async fn a_request_for_a_token_outlives_who_asked() {
    let network = world(
        200 * MILLISECOND,
        r#"{"access_token":"t","expires_in":3600}"#,
    );
    let users = client(&network).resource::<User>();
    let mut tries = 0;
    loop {
        tries += 1;
        let patient = tokio::time::timeout(100 * MILLISECOND, users.get("1").into_future());
        if let Ok(got) = patient.await {
            got.unwrap();
            break;
        }
        assert!(tries < 10, "nobody ever has a token");
    }
    assert!(tries <= 3);
    assert_eq!(fetches(&network), 1);
    // It goes on though nobody waits; and so does one that has failed, which nobody is told then.
    let network = Network::new(
        |number, request| match (number, is_token_request(request)) {
            (0, true) => Does::AnswersAfter(200 * MILLISECOND, 503, String::new()),
            (_, true) => says(200, r#"{"access_token":"t"}"#),
            _ => says(200, BABS),
        },
    );
    let users = client(&network).resource::<User>();
    let first = tokio::time::timeout(100 * MILLISECOND, users.get("1").into_future());
    assert!(first.await.is_err());
    tokio::time::sleep(300 * MILLISECOND).await;
    users.get("1").await.unwrap();
    assert_eq!(fetches(&network), 2);
}

/// The same without a runtime that could do it: those who wait move it.
#[test]
fn without_a_runtime_those_who_wait_move_it() {
    let network = super::unpolled::steps(move |request| {
        (
            8,
            match request.uri().host() {
                Some("login.example") => r#"{"access_token":"t","expires_in":0}"#.to_owned(),
                _ => BABS.to_owned(),
            },
        )
    });
    let credentials = ClientCredentials::new("https://login.example/token", "id", "s3cr3t-t0p");
    let scim = Client::builder("https://scim.example/v2")
        .transport(network.clone())
        .oauth2(credentials)
        .build()
        .unwrap();
    let users = scim.resource::<User>();
    // The first one begins it, and is given up.
    let mut first = users.get("1").into_future();
    super::unpolled::poll_once(&mut first);
    let mut second = users.get("2").into_future();
    super::unpolled::poll_once(&mut second);
    drop(first);
    // The second one waits, and is not polled.
    super::block_on(users.get("3").into_future()).unwrap();
    super::block_on(second).unwrap();
    assert_eq!(network.count("login.example"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_endpoint_of_a_runtime_that_has_ended() {
    let network = world(200 * MILLISECOND, r#"{"access_token":"t"}"#);
    let client = client(&network);
    let own = client.clone();
    // Another runtime begins the request, and is gone.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let get = own.resource::<User>().get("1").into_future();
            let _given_up = tokio::time::timeout(20 * MILLISECOND, get).await;
        });
    })
    .join()
    .unwrap();
    client.resource::<User>().get("1").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn empty_tokens_are_refused() {
    for body in [
        r#"{"access_token":""}"#,
        r#"{"access_token":"  ","token_type":"Bearer"}"#,
        r#"{"access_token":null}"#,
    ] {
        let network = world(MILLISECOND, body);
        let error = client(&network)
            .resource::<User>()
            .get("1")
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials, "{body}");
        assert!(error.to_string().contains("`access_token`"), "{error}");
        assert_eq!(network.count(), 1, "nothing is sent with it");
    }
}
