//! What is sent again, when, and what never is.

use std::time::{Duration, SystemTime};

use scim_client::{
    ErrorKind, Group, Profile, User,
    client::RetryPolicy,
    group::Member,
    http::{Method, StatusCode},
    transport::TransportErrorKind,
    user::Email,
};

use super::{
    BABS, NOT_FOUND, babs, builder, client, exact,
    network::{Does, Network, says, says_with},
};

/// Every way to change or read a user, as a name and how often it may be repeated: `true` if
/// it does no harm when processed twice.
const OPERATIONS: [(&str, bool); 8] = [
    ("get", true),
    ("query", true),
    ("search", true),
    ("replace", true),
    ("delete", true),
    ("patch with version", true),
    ("patch", false),
    ("create", false),
];

/// Runs an operation and gives its error.
async fn run(name: &str, client: &scim_client::Client) -> Result<(), scim_client::Error> {
    let users = client.resource::<User>();
    match name {
        "get" => users.get("2819").await.map(drop),
        "query" => users.query().await.map(drop),
        "search" => users.query().via_post().await.map(drop),
        "replace" => users.replace(&babs(true)).await.map(drop),
        "delete" => users.delete("2819").await,
        "patch with version" => {
            let patch = users.patch(&babs(true)).replace(|u| u.title, "CTO");
            patch.await.map(drop)
        }
        "patch" => users
            .patch("2819")
            .replace(|u| u.title, "CTO")
            .await
            .map(drop),
        "create" => users.create(&User::new("bjensen")).await.map(drop),
        other => panic!("{other}"),
    }
}

fn good(name: &str) -> Does {
    match name {
        "query" | "search" => says(
            200,
            r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0}"#,
        ),
        "delete" => says(204, ""),
        "create" => says(201, BABS),
        _ => says(200, BABS),
    }
}

/// Whichever features other crates enable: nothing turns on what was switched off.
#[tokio::test(start_paused = true)]
async fn a_client_without_a_timer_sends_once() {
    let network = Network::in_turn(vec![says(429, ""), good("get")]);
    let client = builder(&network).without_timer().build().unwrap();
    let error = run("get", &client).await.unwrap_err();
    assert!(error.is_rate_limited(), "{error}");
    assert_eq!(network.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_processed_is_repeated_whatever_it_is() {
    for (name, _) in OPERATIONS {
        for refusal in [
            says(429, ""),
            says_with(429, "Retry-After", "1"),
            Does::Fails(TransportErrorKind::Connect),
        ] {
            let network = Network::in_turn(vec![refusal.clone(), refusal, good(name)]);
            run(name, &client(&network)).await.unwrap();
            assert_eq!(network.count(), 3, "{name}");
            // The same request each time.
            let seen = network.seen();
            for again in &seen[1..] {
                let (first, again) = (&seen[0].request, &again.request);
                assert_eq!(first.method(), again.method());
                assert_eq!(first.uri(), again.uri());
                assert_eq!(first.headers(), again.headers());
                assert_eq!(first.body(), again.body());
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_have_been_processed_is_repeated_only_where_that_does_no_harm() {
    for (name, harmless) in OPERATIONS {
        for trouble in [
            says(502, ""),
            says(503, ""),
            // RFC 9110 §15.6.4 does not say that nothing was done.
            says_with(503, "Retry-After", "1"),
            says(504, ""),
            Does::Fails(TransportErrorKind::Other),
            Does::Fails(TransportErrorKind::Timeout),
            Does::Hangs,
        ] {
            let network = Network::in_turn(vec![trouble.clone(), good(name)]);
            let client = builder(&network)
                .try_timeout(Duration::from_secs(5))
                .build()
                .unwrap();
            let result = run(name, &client).await;
            assert_eq!(network.count(), if harmless { 2 } else { 1 }, "{name}");
            match result {
                Ok(()) => assert!(harmless, "{name}"),
                Err(error) => {
                    assert!(!harmless, "{name}: {error}");
                    assert!(error.is_outcome_unknown(), "{name}: {error:?}");
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_condition_that_any_version_meets_protects_nothing() {
    let network = Network::in_turn(vec![says(502, ""), says(200, BABS)]);
    let users = client(&network).resource::<User>();
    let patch = users
        .patch("2819")
        .replace(|u| u.title, "CTO")
        .header("If-Match", "*");
    patch.await.unwrap_err();
    assert_eq!(network.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn everything_is_repeated_if_asked() {
    let network = Network::in_turn(vec![says(502, ""), says(201, BABS)]);
    let policy = RetryPolicy::default().with_repeat_unsafe(true);
    let client = builder(&network).retry(policy).build().unwrap();
    run("create", &client).await.unwrap();
    assert_eq!(network.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn retries_can_be_switched_off() {
    for (name, _) in OPERATIONS {
        let network = Network::in_turn(vec![says_with(429, "Retry-After", "0"), good(name)]);
        let client = builder(&network)
            .retry(RetryPolicy::never())
            .build()
            .unwrap();
        assert!(run(name, &client).await.unwrap_err().is_rate_limited());
        assert_eq!(network.count(), 1, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn other_answers_are_final() {
    for status in [400, 401, 403, 404, 408, 409, 412, 413, 500, 501, 505] {
        let network = Network::in_turn(vec![says(status, "")]);
        let error = run("get", &client(&network)).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert_eq!(network.count(), 1, "{status}");
        assert!(!error.is_outcome_unknown());
    }
    let network = Network::in_turn(vec![Does::Fails(TransportErrorKind::TooLarge)]);
    run("get", &client(&network)).await.unwrap_err();
    assert_eq!(network.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn gives_up_with_the_last_answer() {
    let network = Network::in_turn(vec![says(502, "a"), says(503, "b"), says(504, "c")]);
    let error = run("get", &client(&network)).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::GATEWAY_TIMEOUT));
    assert_eq!(error.body(), Some("c"));
    assert_eq!(network.count(), 3);
    // It was only read.
    assert!(!error.is_outcome_unknown());
}

#[tokio::test(start_paused = true)]
async fn waits_the_seconds_that_are_asked() {
    let network = Network::in_turn(vec![says_with(429, "Retry-After", "7"), says(200, BABS)]);
    let client = builder(&network).retry(exact()).build().unwrap();
    run("get", &client).await.unwrap();
    let seen = network.seen();
    let waited = seen[1].at - seen[0].at;
    assert!(waited >= Duration::from_secs(7), "{waited:?}");
    assert!(waited < Duration::from_secs(8), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn waits_until_the_date_that_is_asked() {
    let then = SystemTime::now() + Duration::from_secs(20);
    let rfc_850 = "Sunday, 06-Nov-94 08:49:37 GMT";
    let asctime = "Sun Nov  6 08:49:37 1994";
    for (date, least, most) in [
        (httpdate::fmt_http_date(then), 15, 21),
        // In the past: at once.
        (rfc_850.to_owned(), 0, 1),
        (asctime.to_owned(), 0, 1),
    ] {
        let network = Network::in_turn(vec![says_with(503, "Retry-After", &date), says(200, BABS)]);
        let client = builder(&network).retry(exact()).build().unwrap();
        run("get", &client).await.unwrap();
        let seen = network.seen();
        let waited = (seen[1].at - seen[0].at).as_secs();
        assert!((least..=most).contains(&waited), "{date}: {waited}");
    }
}

#[tokio::test(start_paused = true)]
async fn ignores_a_wait_that_makes_no_sense() {
    for nonsense in ["soon", "-1", "1.5", ""] {
        let network = Network::in_turn(vec![
            says_with(429, "Retry-After", nonsense),
            says(200, BABS),
        ]);
        let start = tokio::time::Instant::now();
        run("get", &client(&network)).await.unwrap();
        assert!(start.elapsed() <= Duration::from_millis(600), "{nonsense}");
    }
}

#[tokio::test(start_paused = true)]
async fn does_not_wait_longer_than_the_policy_allows() {
    for asked in ["31", "86400", "99999999999999999999"] {
        let network = Network::in_turn(vec![says_with(429, "Retry-After", asked), says(200, BABS)]);
        let start = tokio::time::Instant::now();
        let result = run("get", &client(&network)).await;
        assert!(start.elapsed() < Duration::from_secs(1), "{asked}");
        let Ok(seconds) = asked.parse() else {
            // No number of seconds: it is ignored.
            result.unwrap();
            continue;
        };
        let error = result.unwrap_err();
        assert!(error.is_rate_limited());
        assert_eq!(error.retry_after(), Some(Duration::from_secs(seconds)));
        assert_eq!(network.count(), 1, "{asked}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_budget_bounds_all_waits_together() {
    let network = Network::in_turn(vec![says_with(429, "Retry-After", "10")]);
    let policy = exact()
        .with_max_tries(100)
        .with_budget(Duration::from_secs(35));
    let client = builder(&network).retry(policy).build().unwrap();
    let start = tokio::time::Instant::now();
    run("get", &client).await.unwrap_err();
    assert_eq!(network.count(), 4);
    assert_eq!(start.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn does_not_begin_a_wait_that_the_time_out_would_end() {
    let network = Network::in_turn(vec![says_with(429, "Retry-After", "10")]);
    let client = builder(&network)
        .timeout(Duration::from_secs(10))
        .build()
        .unwrap();
    let start = tokio::time::Instant::now();
    // The answer that came is better than none.
    assert!(run("get", &client).await.unwrap_err().is_rate_limited());
    assert!(start.elapsed() < Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn a_repeated_delete_that_finds_nothing_succeeded() {
    for lost in [
        Does::Fails(TransportErrorKind::Other),
        says(502, ""),
        says(504, ""),
    ] {
        for gone in [404, 410] {
            let network = Network::in_turn(vec![lost.clone(), says(gone, NOT_FOUND)]);
            run("delete", &client(&network)).await.unwrap();
            assert_eq!(network.count(), 2);
        }
        // Somebody who does not speak SCIM knows nothing of it.
        let network = Network::in_turn(vec![lost, says(404, "<html>")]);
        let error = run("delete", &client(&network)).await.unwrap_err();
        assert!(error.is_outcome_unknown());
    }
    // The first one was certainly not processed: nobody has deleted it.
    for refusal in [says(429, ""), Does::Fails(TransportErrorKind::Connect)] {
        let network = Network::in_turn(vec![refusal, says(404, NOT_FOUND)]);
        let error = run("delete", &client(&network)).await.unwrap_err();
        assert!(error.is_not_found());
        assert!(!error.is_outcome_unknown());
    }
    let network = Network::in_turn(vec![says(404, NOT_FOUND)]);
    assert!(
        run("delete", &client(&network))
            .await
            .unwrap_err()
            .is_not_found()
    );
}

#[tokio::test(start_paused = true)]
async fn a_version_that_the_lost_try_may_have_changed_is_not_held_against_others() {
    for name in ["replace", "patch with version"] {
        let network = Network::in_turn(vec![Does::Fails(TransportErrorKind::Other), says(412, "")]);
        let error = run(name, &client(&network)).await.unwrap_err();
        assert!(error.is_version_mismatch());
        assert!(error.is_outcome_unknown(), "{name}");
        assert_eq!(
            error.method(),
            Some(&if name == "replace" {
                Method::PUT
            } else {
                Method::PATCH
            })
        );

        let network = Network::in_turn(vec![says(412, "")]);
        let error = run(name, &client(&network)).await.unwrap_err();
        assert!(!error.is_outcome_unknown(), "{name}");
    }
}

/// Without a timer nothing can wait, so nothing is repeated.
#[test]
fn without_a_timer_there_are_no_retries() {
    let network = FakeNetwork::default();
    let client = scim_client::Client::builder("https://scim.example/v2")
        .transport(network.clone())
        .build()
        .unwrap();
    let mut get = std::pin::pin!(async move { run("get", &client).await });
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(result) = get.as_mut().poll(&mut context) else {
        panic!("it waits");
    };
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Connect);
    assert_eq!(network.0.load(std::sync::atomic::Ordering::Relaxed), 1);
}

/// Needs no runtime.
#[derive(Clone, Default)]
struct FakeNetwork(std::sync::Arc<std::sync::atomic::AtomicUsize>);

impl scim_client::transport::Transport for FakeNetwork {
    fn send(
        &self,
        _: scim_client::http::Request<scim_client::bytes::Bytes>,
    ) -> scim_client::transport::SendFuture {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let error = scim_client::transport::TransportError::new(TransportErrorKind::Connect, "no");
        Box::pin(std::future::ready(Err(error)))
    }
}

fn created() -> Does {
    says_with(201, "location", "https://scim.example/v2/Users/2819")
}

/// What was done is done, whatever happens to the reading of it.
#[tokio::test(start_paused = true)]
async fn a_write_whose_resource_cannot_be_read_is_not_called_undone() {
    for (reread, kind) in [
        (Does::Fails(TransportErrorKind::Connect), ErrorKind::Connect),
        (Does::Fails(TransportErrorKind::Other), ErrorKind::Transport),
        (says(405, ""), ErrorKind::Status),
        (says(404, ""), ErrorKind::Status),
        (says(200, "<html>"), ErrorKind::Decode),
        (says(200, ""), ErrorKind::Decode),
    ] {
        for (name, done) in [
            ("create", created()),
            ("replace", says(204, "")),
            ("patch with version", says(204, "")),
        ] {
            let network = Network::in_turn(vec![done, reread.clone()]);
            let error = run(name, &client(&network)).await.unwrap_err();
            assert_eq!(error.kind(), kind, "{name}");
            assert_eq!(error.method(), Some(&Method::GET), "{name}");
            assert!(error.is_outcome_unknown(), "{name}: {error}");
        }
    }
    // Nor is it done once more by PUT, as it would be if there were no PATCH.
    let network = Network::in_turn(vec![says(204, ""), says(405, "")]);
    let users = client(&network).resource::<User>();
    let update = users.update(&babs(true), |u| u.title = Some("CTO".into()));
    assert!(update.await.unwrap_err().is_outcome_unknown());
    assert_eq!(network.count(), 2);
}

#[tokio::test]
async fn a_write_whose_answer_cannot_be_read_is_not_called_undone() {
    for body in ["<html>", "{", r#"{"id":"2819"}"#] {
        for (name, _) in OPERATIONS {
            let network = Network::in_turn(vec![says(200, body)]);
            let unknown = match run(name, &client(&network)).await {
                Ok(()) => continue,
                Err(error) => error.is_outcome_unknown(),
            };
            let reads = ["get", "query", "search"].contains(&name);
            assert_eq!(unknown, !reads, "{name}: {body}");
        }
    }
    // Created, and nobody says where.
    let network = Network::in_turn(vec![says(201, "")]);
    let error = run("create", &client(&network)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.is_outcome_unknown());
}

/// The service provider takes a hundred members at a time.
#[tokio::test(start_paused = true)]
async fn a_patch_that_was_done_in_part_is_not_called_undone() {
    for end in [says(400, ""), Does::Fails(TransportErrorKind::Connect)] {
        for done in [0, 1, 2] {
            let mut turns = vec![says(204, ""); done];
            turns.push(end.clone());
            let network = Network::in_turn(turns);
            let client = builder(&network).profile(Profile::named("aws").unwrap());
            let groups = client.build().unwrap().resource::<Group>();
            let members: Vec<_> = (0..250).map(|id| Member::new(id.to_string())).collect();
            let error = groups.patch("1").add(|g| g.members, members).await;
            let error = error.unwrap_err();
            assert_eq!(error.is_outcome_unknown(), done > 0, "{done}: {error}");
        }
    }
}

/// The first try was processed and its answer lost; the second meets the version that it made.
#[tokio::test(start_paused = true)]
async fn an_update_does_not_repeat_what_it_has_done() {
    let lost = || Does::Fails(TransportErrorKind::Other);
    let read = |more: &str| {
        says(
            200,
            BABS.replace("W/\\\"1\\\"\"}", &format!("W/\\\"2\\\"\"}}{more}")),
        )
    };
    let change = |u: &mut User| {
        u.title = Some("CTO".into());
        u.emails.push(Email::new("babs@example.com"));
    };
    let done = r#","title":"CTO","emails":[{"value":"babs@example.com"}]"#;
    let network = Network::in_turn(vec![lost(), says(412, ""), read(done), says(500, "")]);
    let users = client(&network).resource::<User>();
    let update = || users.update(&babs(true), change).retry_on_conflict();
    let babs = update().await.unwrap();
    assert_eq!(babs.title.as_deref(), Some("CTO"));
    assert_eq!(babs.emails.len(), 1);
    assert_eq!(babs.meta().version.as_deref(), Some("W/\"2\""));
    assert_eq!(network.count(), 3);

    // Somebody else did a part of it.
    let network = Network::in_turn(vec![
        says(412, ""),
        read(r#","title":"CTO""#),
        says(200, BABS),
    ]);
    let users = client(&network).resource::<User>();
    let before = super::babs(true);
    let update = users.update(&before, change).retry_on_conflict();
    update.await.unwrap();
    let sent = &network.seen()[2].request;
    assert_eq!(sent.headers()["if-match"], "W/\"2\"");
    let sent = String::from_utf8_lossy(sent.body()).into_owned();
    assert!(sent.contains("babs@example.com"), "{sent}");
    assert!(!sent.contains("title"), "{sent}");

    // What may have been done stays so when the reading fails.
    let network = Network::in_turn(vec![lost(), says(412, ""), says(404, NOT_FOUND)]);
    let users = client(&network).resource::<User>();
    let update = users.update(&before, change).retry_on_conflict();
    let error = update.await.unwrap_err();
    assert!(error.is_not_found() && error.is_outcome_unknown());
}
