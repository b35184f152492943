//! Hooks between the retries and the transport, and operations that are driven by hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]
#![cfg(feature = "tokio")]

#[path = "common/network.rs"]
mod network;
#[path = "hooks/steps.rs"]
mod steps;

use std::sync::{Arc, Mutex};

use network::{Network, says, says_with};
use scim_client::{
    Client, ErrorKind, User,
    bytes::Bytes,
    client::{Action, ClientBuilder, ClientCredentials, Exchange, Hook, RetryPolicy},
    http::{Request, Response},
    transport::TransportError,
};

const BABS: &str = r#"{"id":"1","userName":"bjensen"}"#;

/// Everything that a hook saw, in words.
#[derive(Clone, Default)]
struct Seen {
    name: &'static str,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Seen {
    fn named(&self, name: &'static str) -> Self {
        let lines = self.lines.clone();
        Self { name, lines }
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    fn note(&self, line: String) {
        let line = format!("{}{line}", self.name);
        self.lines.lock().unwrap().push(line);
    }
}

impl Hook for Seen {
    fn request(
        &self,
        exchange: &Exchange<'_>,
        request: &mut Request<Bytes>,
    ) -> Result<Action, Box<dyn std::error::Error + Send + Sync>> {
        assert_eq!(exchange.elapsed(), std::time::Duration::ZERO);
        let token = if exchange.is_token_request() {
            " token"
        } else {
            ""
        };
        self.note(format!(
            "#{} try {} redirect {}{token} {} {}",
            exchange.number(),
            exchange.attempt(),
            exchange.redirects(),
            request.method(),
            request.uri().path(),
        ));
        Ok(Action::Send)
    }

    fn response(
        &self,
        exchange: &Exchange<'_>,
        request: &Request<Bytes>,
        response: &mut Result<Response<Bytes>, TransportError>,
    ) {
        let what = match response {
            Ok(response) => response.status().as_u16().to_string(),
            Err(error) => error.cause(),
        };
        self.note(format!(
            "#{} {} {what}",
            exchange.number(),
            request.method()
        ));
    }
}

fn builder(network: &Network) -> ClientBuilder {
    Client::builder("https://scim.example/v2").transport(network.clone())
}

#[tokio::test(start_paused = true)]
async fn a_hook_sees_each_try_and_each_redirect() {
    let network = Network::in_turn(vec![
        says(429, ""),
        says_with(307, "Location", "/v2/elsewhere"),
        says(200, BABS),
    ]);
    let seen = Seen::default();
    let scim = builder(&network).hook(seen.clone()).build().unwrap();
    scim.resource::<User>().get("1").await.unwrap();
    let expected = [
        "#1 try 1 redirect 0 GET /v2/Users/1",
        "#1 GET 429",
        "#2 try 2 redirect 0 GET /v2/Users/1",
        "#2 GET 307",
        "#3 try 2 redirect 1 GET /v2/elsewhere",
        "#3 GET 200",
    ];
    assert_eq!(seen.lines(), expected);
}

#[tokio::test]
async fn a_hook_sees_requests_for_tokens() {
    let token = r#"{"access_token":"s3cret-token","token_type":"Bearer"}"#;
    let network = Network::in_turn(vec![says(200, token), says(200, BABS)]);
    let seen = Seen::default();
    let credentials = ClientCredentials::new("https://login.example/token", "me", "the s3cret");
    let scim = builder(&network).oauth2(credentials).hook(seen.clone());
    let scim = scim.build().unwrap();
    scim.resource::<User>().get("1").await.unwrap();
    let expected = [
        "#1 try 1 redirect 0 token POST /token",
        "#1 POST 200",
        "#2 try 1 redirect 0 GET /v2/Users/1",
        "#2 GET 200",
    ];
    assert_eq!(seen.lines(), expected);
}

#[tokio::test]
async fn hooks_are_nested_in_the_order_in_which_they_were_added() {
    let network = Network::in_turn(vec![says(200, BABS)]);
    let seen = Seen::default();
    let scim = builder(&network)
        .hook(seen.named("outer "))
        .hook(seen.named("inner "))
        .build()
        .unwrap();
    scim.resource::<User>().get("1").await.unwrap();
    let expected = [
        "outer #1 try 1 redirect 0 GET /v2/Users/1",
        "inner #1 try 1 redirect 0 GET /v2/Users/1",
        "inner #1 GET 200",
        "outer #1 GET 200",
    ];
    assert_eq!(seen.lines(), expected);
}

/// What it was told to do.
struct Does<F>(F);

impl<F> Hook for Does<F>
where
    F: Fn(
            &Exchange<'_>,
            &mut Request<Bytes>,
        ) -> Result<Action, Box<dyn std::error::Error + Send + Sync>>
        + Send
        + Sync
        + 'static,
{
    fn request(
        &self,
        exchange: &Exchange<'_>,
        request: &mut Request<Bytes>,
    ) -> Result<Action, Box<dyn std::error::Error + Send + Sync>> {
        self.0(exchange, request)
    }
}

#[tokio::test]
async fn a_hook_can_answer_in_place_of_the_server() {
    let network = Network::in_turn(vec![]);
    let seen = Seen::default();
    let scim = builder(&network)
        .hook(seen.named("before "))
        .hook(Does(|_: &Exchange<'_>, _: &mut Request<Bytes>| {
            Ok(Action::Respond(Response::new(BABS.into())))
        }))
        .hook(seen.named("after "))
        .build()
        .unwrap();
    let babs = scim.resource::<User>().get("1").await.unwrap();
    assert_eq!(babs.user_name, "bjensen");
    assert!(network.seen().is_empty());
    let expected = [
        "before #1 try 1 redirect 0 GET /v2/Users/1",
        "before #1 GET 200",
    ];
    assert_eq!(seen.lines(), expected);
}

#[tokio::test]
async fn a_hook_that_refuses_ends_the_operation() {
    let network = Network::in_turn(vec![says(200, BABS)]);
    let scim = builder(&network)
        .retry(RetryPolicy::default().with_repeat_unsafe(true))
        .hook(Does(|_: &Exchange<'_>, _: &mut Request<Bytes>| {
            Err("not today".into())
        }))
        .build()
        .unwrap();
    let create = scim.resource::<User>().create(&User::new("bjensen"));
    let error = create.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(!error.is_outcome_unknown());
    assert_eq!(error.reason().unwrap().to_string(), "not today");
    assert_eq!(
        error.to_string(),
        "invalid request: a hook refused it: not today [POST /v2/Users]"
    );
    assert!(network.seen().is_empty());
}

#[tokio::test]
async fn a_hook_changes_requests_but_not_where_they_go() {
    let network = Network::in_turn(vec![says(200, BABS)]);
    let scim = builder(&network)
        .hook(Does(|_: &Exchange<'_>, request: &mut Request<Bytes>| {
            request.headers_mut().insert("x-trace", "7".parse()?);
            if request.method() == "DELETE" {
                *request.uri_mut() = "https://evil.example/v2/Users/1".parse()?;
            }
            Ok(Action::Send)
        }))
        .build()
        .unwrap();
    let users = scim.resource::<User>();
    users.get("1").await.unwrap();
    assert_eq!(network.seen()[0].request.headers()["x-trace"], "7");
    let error = users.delete("1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(network.seen().len(), 1);
}

#[tokio::test]
async fn an_exchange_takes_secrets_out_of_a_text() {
    let network = Network::in_turn(vec![says(201, BABS)]);
    let clean = Arc::new(Mutex::new(String::new()));
    let own = clean.clone();
    let scim = builder(&network)
        .bearer_token("s3cret-token")
        .hook(Does(
            move |exchange: &Exchange<'_>, request: &mut Request<Bytes>| {
                let body = String::from_utf8_lossy(request.body());
                let text = format!("{body} Bearer s3cret-token");
                *own.lock().unwrap() = exchange.redact(&text).into_owned();
                Ok(Action::Send)
            },
        ))
        .build()
        .unwrap();
    let babs = User::new("bjensen").with_password("t1meMa$heen");
    scim.resource::<User>().create(&babs).await.unwrap();
    let clean = clean.lock().unwrap();
    assert!(clean.contains(r#""userName":"bjensen""#), "{clean}");
    assert!(
        !clean.contains("t1meMa$heen") && !clean.contains("s3cret-token"),
        "{clean}"
    );
}
