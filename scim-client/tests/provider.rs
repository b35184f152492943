//! The embedded service provider, driven by the client, in the same process and over HTTP.

#![cfg(feature = "testing")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod common;
#[path = "provider/groups.rs"]
mod groups;
#[path = "provider/lists.rs"]
mod lists;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use common::gadget::{Gadget, Port};
use scim_client::{
    Client, Group, User,
    client::RetryPolicy,
    group::Member,
    testing::{Misbehaviour, ServiceProvider},
    user::Email,
    value::Timestamp,
};

/// A provider with countable ids whose clock moves by a second with every look.
fn provider() -> ServiceProvider {
    let clock = Arc::new(AtomicI64::new(1_700_000_000));
    ServiceProvider::builder()
        .resource::<User>()
        .resource::<Group>()
        .resource::<Gadget>()
        .counted_ids()
        .clock(move || Timestamp::new(clock.fetch_add(1, Ordering::Relaxed), 0))
        .build()
}

/// Its answers also stand a strict reading.
fn client(provider: &ServiceProvider) -> Client {
    Client::builder("https://scim.example/v2")
        .strict()
        .retry(RetryPolicy::never())
        .service(provider.clone())
        .build()
        .unwrap()
}

fn status<T: std::fmt::Debug>(result: Result<T, scim_client::Error>) -> (u16, String) {
    let error = result.expect_err("an error");
    let status = error.status().map_or(0, |status| status.as_u16());
    (
        status,
        error
            .scim_type()
            .map_or_else(String::new, ToString::to_string),
    )
}

#[tokio::test]
async fn a_user_lives() {
    let provider = provider();
    let users = client(&provider).resource::<User>();
    let mut new = User::new("bjensen@example.com")
        .with_display_name("Babs")
        .with_password("t1me");
    new.emails
        .push(Email::new("babs@work.example").with_type("work"));
    let mut babs = users.create(&new).await.unwrap();
    assert_eq!(babs.id(), "1");
    assert_eq!(babs.meta().version.as_deref(), Some("W/\"1\""));
    assert_eq!(babs.meta().resource_type.as_deref(), Some("User"));
    let location = babs.meta().location.as_ref().unwrap().as_str();
    assert_eq!(location, "https://scim.example/v2/Users/1");
    assert_eq!(babs.meta().created, babs.meta().last_modified);
    assert!(babs.password.expose().is_none());

    babs.title = Some("Guide".into());
    let replaced = users.replace(&babs).await.unwrap();
    assert_eq!(replaced.title.as_deref(), Some("Guide"));
    assert_eq!(replaced.meta().version.as_deref(), Some("W/\"2\""));
    assert_ne!(replaced.meta().created, replaced.meta().last_modified);
    assert_eq!(
        provider
            .get::<User>("1")
            .unwrap()
            .password
            .expose()
            .as_deref(),
        Some("t1me")
    );

    assert_eq!(users.get("1").await.unwrap(), replaced);
    assert_eq!(status(users.replace(&babs).await).0, 412);
    users.delete(&replaced).await.unwrap();
    assert_eq!(status(users.get("1").await).0, 404);
    users.create(&new).await.unwrap();
}

#[tokio::test]
async fn unique_values_are_unique_in_any_case() {
    let users = client(&provider()).resource::<User>();
    users.create(&User::new("bjensen")).await.unwrap();
    let second = users.create(&User::new("BJensen")).await;
    assert_eq!(status(second), (409, "uniqueness".into()));
    let mut other = users.create(&User::new("other")).await.unwrap();
    other.user_name = "BJENSEN".into();
    assert_eq!(status(users.replace(&other).await).0, 409);
    other.user_name = "OTHER".into();
    users.replace(&other).await.unwrap();
    users.create(&User::new("Bjensen2")).await.unwrap();

    // `serialNumber` is case exact.
    let gadgets = client(&provider()).resource::<Gadget>();
    gadgets.create(&Gadget::new("a1")).await.unwrap();
    gadgets.create(&Gadget::new("A1")).await.unwrap();
    assert_eq!(status(gadgets.create(&Gadget::new("a1")).await).0, 409);
}

#[tokio::test]
async fn concurrent_writers_do_not_overtake_each_other() {
    let users = client(&provider()).resource::<User>();
    let babs = users.create(&User::new("bjensen")).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for turn in 0..20 {
        let (users, mut babs) = (users.clone(), babs.clone());
        tasks.spawn(async move {
            babs.title = Some(format!("turn {turn}"));
            let created = users.create(&User::new("same")).await.is_ok();
            (users.replace(&babs).await.is_ok(), created)
        });
    }
    let done = tasks.join_all().await;
    assert_eq!(done.iter().filter(|(replaced, _)| *replaced).count(), 1);
    assert_eq!(done.iter().filter(|(_, created)| *created).count(), 1);
}

fn member(id: &str) -> Member {
    let mut member = Member::default();
    member.value = Some(id.to_owned());
    member
}

#[tokio::test]
async fn replacing_obeys_mutability() {
    let provider = provider();
    let gadgets = client(&provider).resource::<Gadget>();
    let mut new = Gadget::new("g1");
    new.built = Some("2024-01-01T00:00:00Z".into());
    new.pin = "1234".into();
    new.last_seen = scim_client::ReadOnly::assigned(Some("2024-02-02T00:00:00Z".into()));
    let seeded = provider.seed(new.clone()).unwrap();
    let mut gadget = gadgets.get(seeded.id()).await.unwrap();
    assert!(gadget.pin.expose().is_none());
    gadget.label = Some("L".into());
    let replaced = gadgets.replace(&gadget).await.unwrap();
    assert_eq!(replaced.last_seen, new.last_seen);
    assert_eq!(
        provider
            .get::<Gadget>(seeded.id())
            .unwrap()
            .pin
            .expose()
            .as_deref(),
        Some("1234")
    );
    let mut changed = replaced.clone();
    changed.built = Some("2025-01-01T00:00:00Z".into());
    assert_eq!(
        status(gadgets.replace(&changed).await),
        (400, "mutability".into())
    );
    changed.built = None;
    assert_eq!(
        status(gadgets.replace(&changed).await),
        (400, "mutability".into())
    );
    new.serial_number = "g2".into();
    let created = gadgets.create(&new).await.unwrap();
    assert!(created.last_seen.is_none());
    let mut port = replaced.clone();
    port.ports.push(Port::new("80"));
    assert_eq!(gadgets.replace(&port).await.unwrap().ports.len(), 1);
}

#[tokio::test]
async fn everything_survives_a_round_trip() {
    let provider = provider();
    let gadgets = client(&provider).resource::<Gadget>();
    let text = r#"{"schemas":["urn:example:params:scim:schemas:core:2.0:Gadget"],
        "serialNumber":"s","weight":1.50,"tags":["a","b"],"free":{"x":[1,{}]},
        "place":{"room":"R","shelves":[{"code":"c"}]},"unknown":{"deep":1.10},
        "urn:example:params:scim:schemas:extension:acme:2.0:Gadget":{"badge":"b"}}"#;
    let gadget: Gadget = scim_client::Resource::from_json(text).unwrap();
    let stored = gadgets.create(&gadget).await.unwrap();
    assert_eq!(stored.resource(), &gadget);
    assert_eq!(gadgets.get(stored.id()).await.unwrap().resource(), &gadget);
    assert_eq!(
        gadgets.replace(&stored).await.unwrap().meta().version,
        stored.meta().version
    );
}

#[tokio::test]
async fn discovery_describes_what_is_compiled_in() {
    let provider = provider();
    let found = client(&provider).discover().await.unwrap();
    for report in [
        found.verify::<User>(),
        found.verify::<Group>(),
        found.verify::<Gadget>(),
    ] {
        report.into_result().unwrap();
    }
    assert!(
        found
            .resource_type("urn:ietf:params:scim:schemas:core:2.0:User")
            .is_some()
    );
}

#[tokio::test]
async fn tokens_are_checked() {
    let provider = ServiceProvider::builder().bearer_token("t").build();
    let wrong = client(&provider).resource::<User>();
    assert_eq!(status(wrong.create(&User::new("x")).await).0, 401);
    let scim = Client::builder("https://scim.example/v2").bearer_token("t");
    let right = scim.service(provider.clone()).build().unwrap();
    right
        .resource::<User>()
        .create(&User::new("x"))
        .await
        .unwrap();
    assert!(
        provider.requests()[1]
            .headers()
            .get("authorization")
            .is_none()
    );
}

#[tokio::test]
async fn serves_http_until_dropped() {
    let provider = provider();
    let server = provider.serve().await.unwrap();
    let scim = Client::builder(server.url())
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let users = scim.resource::<User>();
    let babs = users.create(&User::new("bjensen")).await.unwrap();
    let location = babs.meta().location.as_ref().unwrap().as_str();
    assert_eq!(location, format!("{}/Users/1", server.url()));
    assert_eq!(
        users
            .query()
            .filter(|u| u.user_name.eq("bjensen"))
            .all()
            .await
            .unwrap()
            .len(),
        1
    );

    provider.misbehave(Misbehaviour::CutConnection { requests: 1 });
    assert!(users.get("1").await.unwrap_err().status().is_none());
    users.get("1").await.unwrap();
    drop(server);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert!(users.get("1").await.unwrap_err().status().is_none());
}

#[tokio::test]
async fn misbehaves_when_told() {
    use http::StatusCode;
    let provider = provider();
    let users = client(&provider).resource::<User>();
    for number in 0..5 {
        provider.seed(User::new(format!("u{number}"))).unwrap();
    }
    let retry_after = std::time::Duration::from_secs(7);
    provider.misbehave(Misbehaviour::Throttle {
        requests: 1,
        retry_after,
    });
    let status_500 = StatusCode::INTERNAL_SERVER_ERROR;
    provider.misbehave(Misbehaviour::Fail {
        requests: 1,
        status: status_500,
    });
    let throttled = users.get("1").await.unwrap_err();
    assert_eq!(
        (throttled.status(), throttled.retry_after()),
        (Some(StatusCode::TOO_MANY_REQUESTS), Some(retry_after))
    );
    assert_eq!(status(users.get("1").await).0, 500);
    users.get("1").await.unwrap();

    provider.misbehave(Misbehaviour::PageCap(2));
    assert_eq!(users.query().count(5).all().await.unwrap().len(), 5);
    provider.misbehave(Misbehaviour::MalformedElement);
    let page = users.query().send().await.unwrap().into_value();
    let good: Vec<_> = page.resources.iter().map(Result::is_ok).collect();
    assert_eq!(good, [false, true]);

    provider.behave();
    provider.misbehave(Misbehaviour::HtmlErrors);
    let error = users.get("no").await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    // It may be anybody's page.
    assert!(!error.is_not_found() && error.body().unwrap().contains("<html>"));
    provider.misbehave(Misbehaviour::LoseResponse { requests: 1 });
    assert!(users.delete("1").await.is_err());
    assert_eq!(provider.all::<User>().len(), 4);
}

#[tokio::test]
async fn patches_by_the_client() {
    let provider = provider();
    let scim = client(&provider);
    let users = scim.resource::<User>();
    let babs = users.create(&User::new("bjensen")).await.unwrap();
    let babs = users
        .patch(&babs)
        .replace(|u| u.name.family_name, "Jensen")
        .add(
            |u| u.emails,
            Email::new("babs@home.example").with_type("home"),
        )
        .add(
            |u| u.emails,
            Email::new("babs@work.example").with_type("work"),
        )
        .remove(|u| u.emails.filter(|e| e.type_.eq("home")))
        .await
        .unwrap();
    assert_eq!(babs.emails.len(), 1);
    let family_name = babs.name.as_ref().unwrap().family_name.as_deref();
    assert_eq!(family_name, Some("Jensen"));

    let groups = scim.resource::<Group>();
    let group = groups.create(&Group::new("G")).await.unwrap();
    let group = groups
        .patch(&group)
        .add(|g| g.members, member(babs.id()))
        .await
        .unwrap();
    assert_eq!(group.members.len(), 1);
    // Adding a member again changes nothing, though the provider has filled in the rest of it.
    let again = groups
        .patch(group.id())
        .add(|g| g.members, member(babs.id()))
        .await
        .unwrap();
    assert_eq!(again.members.len(), 1);

    let stale = users.patch(&babs).replace(|u| u.title, "T");
    users
        .patch(babs.id())
        .replace(|u| u.title, "First")
        .await
        .unwrap();
    assert_eq!(status(stale.await).0, 412);
    provider.misbehave(Misbehaviour::NoPatch);
    let refused = users.patch(babs.id()).replace(|u| u.title, "T").await;
    assert_eq!(status(refused).0, 501);
    let found = scim.discover().await.unwrap();
    let patch = found
        .config
        .as_ref()
        .and_then(|config| config.patch.as_ref());
    assert_eq!(patch.unwrap().supported, Some(false));
}
