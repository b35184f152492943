//! Faults of the embedded service provider that are aimed, what is seeded raw, and assertions.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

use std::{panic::AssertUnwindSafe, time::Duration};

use http::{Method, StatusCode};
use scim_client::{Client, Group, User, client::RetryPolicy};
use scim_provider::{
    MemoryStore,
    testing::{Faults, Misbehaviour, ServiceProvider},
};

fn client(provider: &ServiceProvider) -> Client {
    Client::builder("https://scim.example/v2")
        .retry(RetryPolicy::never())
        .service(provider.clone())
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_fault_is_where_it_is_aimed() {
    let provider = ServiceProvider::new();
    let scim = client(&provider);
    let (users, groups) = (scim.resource::<User>(), scim.resource::<Group>());
    let fail = |status| Misbehaviour::Fail {
        requests: 1,
        status,
    };
    provider.misbehave(fail(StatusCode::BAD_GATEWAY).only(Method::POST, "/Groups"));
    let babs = users.create(&User::new("bjensen")).await.unwrap();
    let refused = groups.create(&Group::new("Guides")).await.unwrap_err();
    assert_eq!(refused.status(), Some(StatusCode::BAD_GATEWAY));
    groups.create(&Group::new("Guides")).await.unwrap();

    let path = format!("/Users/{}", babs.id());
    provider.misbehave(
        fail(StatusCode::INTERNAL_SERVER_ERROR)
            .only(Method::GET, path)
            .from_request(2),
    );
    let other = users.create(&User::new("other")).await.unwrap();
    users.get(babs.id()).await.unwrap();
    users.get(other.id()).await.unwrap();
    assert!(users.get(babs.id()).await.is_err());
    users.get(babs.id()).await.unwrap();

    // What is left out can be left out of one endpoint.
    provider.misbehave(Misbehaviour::NoPatch.only(Method::PATCH, "/Users/*"));
    let refused = users
        .patch(&babs)
        .replace(|u| u.title, "x")
        .await
        .unwrap_err();
    assert_eq!(refused.status(), Some(StatusCode::NOT_IMPLEMENTED));
    provider.misbehave(Misbehaviour::MalformedElement.only(Method::GET, "/Users"));
    let page = users.query().send().await.unwrap().into_value();
    assert!(page.resources[0].is_err());
    assert_eq!(groups.query().all().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_refused_write_is_no_change() {
    let provider = ServiceProvider::new();
    let users = client(&provider).resource::<User>();
    assert!(users.create(&User::new("")).await.is_err());
    assert!(users.delete("nobody").await.is_err());
    provider.assert_unchanged();
    provider.misbehave(Misbehaviour::CutConnection { requests: 1 });
    assert!(users.create(&User::new("a")).await.is_err());
    provider.assert_unchanged();
    provider.misbehave(Misbehaviour::LoseResponse { requests: 1 });
    assert!(users.create(&User::new("a")).await.is_err());
    let unchanged = std::panic::catch_unwind(AssertUnwindSafe(|| provider.assert_unchanged()));
    assert!(
        unchanged.is_err(),
        "a write whose answer got lost is a change"
    );
}

#[tokio::test]
async fn paths_and_queries_are_compared_as_they_are_meant() {
    let provider = ServiceProvider::new();
    let users = client(&provider).resource::<User>();
    users
        .query()
        .filter(|u| u.user_name.eq("a b"))
        .count(5)
        .send()
        .await
        .unwrap();
    assert!(users.get("x/y z").optional().await.unwrap().is_none());
    provider.assert_received(&[
        r#"GET /Users?count=5&startIndex=1&filter=userName eq "a b""#,
        "GET /Users/x/y z",
    ]);
    let requests = provider.requests();
    assert!(!requests[0].is("GET /Users?count=5"));
    assert!(!requests[0].is("GET /sers"));
    assert!(requests[0].is("get /Users"));
    assert_eq!(requests[0].status(), Some(StatusCode::OK));
    assert_eq!(requests[0].path_below(), "/Users");
}

#[tokio::test]
async fn what_is_seeded_raw_is_answered_raw() {
    let provider = ServiceProvider::new();
    let raw = r#"{"id":"7","userName":"bjensen", "active":"perhaps"}"#;
    assert_eq!(provider.seed_raw("/Users", raw).unwrap(), "7");
    provider.seed(User::new("other")).unwrap();
    let users = client(&provider).resource::<User>();
    assert!(users.get("7").await.is_err());
    let page = users.query().send().await.unwrap().into_value();
    let Err(malformed) = &page.resources[0] else {
        panic!("the first is malformed");
    };
    assert_eq!(malformed.raw(), raw);
    assert!(page.resources[1].is_ok());
    // A filter sees what fits, and its unique values are taken.
    assert_eq!(
        users
            .query()
            .filter(|u| u.user_name.eq("BJENSEN"))
            .total()
            .await
            .unwrap(),
        1
    );
    assert!(
        users
            .create(&User::new("bjensen"))
            .await
            .unwrap_err()
            .is_uniqueness()
    );
    // Once it is changed, it is as it should be.
    users.replace_at("7", &User::new("bjensen")).await.unwrap();
    assert_eq!(users.get("7").await.unwrap().user_name, "bjensen");
    assert!(provider.seed_raw("/Nowhere", "{}").is_err());
}

#[tokio::test]
async fn faults_can_be_put_around_any_service() {
    let faults = Faults::new();
    let plain = scim_provider::ServiceProvider::builder(MemoryStore::new()).build();
    let scim = Client::builder("https://scim.example/v2")
        .retry(RetryPolicy::never())
        .service(faults.around(plain))
        .build()
        .unwrap();
    let users = scim.resource::<User>();
    faults.add(Misbehaviour::Throttle {
        requests: 1,
        retry_after: Duration::from_secs(7),
    });
    let refused = users.create(&User::new("a")).await.unwrap_err();
    assert_eq!(refused.retry_after(), Some(Duration::from_secs(7)));
    let babs = users.create(&User::new("a")).await.unwrap();
    faults.add(Misbehaviour::LoseResponse { requests: 1 });
    assert!(users.delete(&babs).await.unwrap_err().status().is_none());
    faults.clear();
    assert!(users.get(babs.id()).optional().await.unwrap().is_none());
}
