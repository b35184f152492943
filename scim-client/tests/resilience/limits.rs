//! Requests are held back before the service provider has to.

use std::time::Duration;

use scim_client::{
    ErrorKind, User,
    client::{RateLimit, RetryPolicy},
};

use super::{
    BABS, builder,
    network::{Does, Network, says, says_with},
};

const SECOND: Duration = Duration::from_secs(1);

fn slow() -> Network {
    Network::in_turn(vec![Does::AnswersAfter(SECOND, 200, BABS.to_owned())])
}

#[tokio::test(start_paused = true)]
async fn no_more_at_once_than_allowed() {
    for (limit, most, seconds) in [
        (None, 20, 1),
        (Some(20), 20, 1),
        (Some(3), 3, 7),
        (Some(1), 1, 20),
    ] {
        let network = slow();
        let mut builder = builder(&network);
        if let Some(limit) = limit {
            builder = builder.max_concurrent_requests(limit);
        }
        let client = builder.build().unwrap();
        let start = tokio::time::Instant::now();
        let all: Vec<_> = (0..20)
            .map(|_| tokio::spawn(client.clone().resource::<User>().get("2819").into_future()))
            .collect();
        for one in all {
            one.await.unwrap().unwrap();
        }
        assert_eq!(network.most_at_once(), most);
        assert_eq!(start.elapsed().as_secs(), seconds);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_dropped_gives_its_place_back() {
    let network = Network::new(|number, _| match number {
        0 => Does::Hangs,
        _ => says(200, BABS),
    });
    let client = builder(&network)
        .max_concurrent_requests(1)
        .build()
        .unwrap();
    let users = client.resource::<User>();
    let hanging = tokio::spawn(users.get("1").into_future());
    let waiting = tokio::spawn(users.get("2").into_future());
    tokio::time::sleep(SECOND).await;
    waiting.abort();
    hanging.abort();
    let start = tokio::time::Instant::now();
    users.get("3").await.unwrap();
    assert!(start.elapsed() < SECOND);
}

#[tokio::test(start_paused = true)]
async fn no_place_is_held_between_tries() {
    let network = Network::new(|number, _| match number {
        0 => says_with(429, "Retry-After", "20"),
        _ => says(200, BABS),
    });
    let client = builder(&network)
        .max_concurrent_requests(1)
        .build()
        .unwrap();
    let users = client.resource::<User>();
    let refused = tokio::spawn(users.get("1").into_future());
    tokio::task::yield_now().await;
    let start = tokio::time::Instant::now();
    users.get("2").await.unwrap();
    assert!(start.elapsed() < SECOND);
    refused.await.unwrap().unwrap();
    assert_eq!(network.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn no_more_per_interval_than_allowed() {
    let network = Network::in_turn(vec![says(200, BABS)]);
    let limit = RateLimit::new(5, 30 * SECOND);
    let client = builder(&network).rate_limit(limit).build().unwrap();
    let start = tokio::time::Instant::now();
    let all: Vec<_> = (0..18)
        .map(|_| tokio::spawn(client.clone().resource::<User>().get("2819").into_future()))
        .collect();
    for one in all {
        one.await.unwrap().unwrap();
    }
    let seen = network.seen();
    for six in seen.windows(6) {
        assert!(six[5].at - six[0].at >= 30 * SECOND);
    }
    // Not slower than need be either.
    assert_eq!(start.elapsed().as_secs(), 90);
}

#[tokio::test(start_paused = true)]
async fn a_limit_on_writes_leaves_reads_alone() {
    let network = Network::in_turn(vec![says(200, BABS)]);
    let client = builder(&network)
        .rate_limit(
            RateLimit::new(1, 10 * SECOND)
                .writes()
                .at_endpoint("/Users"),
        )
        .build()
        .unwrap();
    let users = client.resource::<User>();
    let start = tokio::time::Instant::now();
    for _ in 0..50 {
        users.get("2819").await.unwrap();
    }
    assert!(start.elapsed() < SECOND);
    for _ in 0..3 {
        users
            .replace_at("2819", &User::new("bjensen"))
            .await
            .unwrap();
    }
    assert_eq!(start.elapsed().as_secs(), 20);
}

#[tokio::test(start_paused = true)]
async fn tries_count_and_waiting_has_an_end() {
    let network = Network::in_turn(vec![says(502, "")]);
    let client = builder(&network)
        .rate_limit(RateLimit::new(1, 20 * SECOND))
        .retry(RetryPolicy::default().with_max_tries(2))
        .build()
        .unwrap();
    let users = client.resource::<User>();
    users.get("2819").await.unwrap_err();
    let seen = network.seen();
    assert!(seen[1].at - seen[0].at >= 20 * SECOND);

    let network = Network::in_turn(vec![says(200, BABS)]);
    let client = builder(&network)
        .rate_limit(RateLimit::new(1, 3600 * SECOND))
        .timeout(5 * SECOND)
        .build()
        .unwrap();
    let users = client.resource::<User>();
    users.get("2819").await.unwrap();
    let error = users.delete("2819").await.unwrap_err();
    assert!(error.is_timeout());
    assert!(!error.is_outcome_unknown());
    assert_eq!(network.count(), 1);
}

#[test]
fn limits_that_let_nothing_through_are_refused() {
    let network = slow();
    let none = builder(&network)
        .max_concurrent_requests(0)
        .build()
        .unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Configuration);
    let none = builder(&network)
        .rate_limit(RateLimit::new(0, SECOND))
        .build()
        .unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Configuration);
}
