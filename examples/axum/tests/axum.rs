//! An axum router in the same process, driven by the client without a socket: the example, as a
//! test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

use scim_axum_example::{router, router_by_hand};
use scim_client::{Client, Group, User, http::StatusCode};

fn client() -> Client {
    Client::builder("https://scim.example/scim/v2")
        .service(router())
        .build()
        .unwrap()
}

#[tokio::test]
async fn what_the_example_shows() {
    let users = client().resource::<User>();
    for number in 0..120 {
        let created = users
            .create(&User::new(format!("user-{number:03}")))
            .send()
            .await
            .unwrap();
        assert_eq!(created.status(), StatusCode::CREATED);
        assert_eq!(
            created.location(),
            Some(format!("https://scim.example/scim/v2/Users/{}", number + 1).as_str())
        );
    }
    // Three pages of the router's own size, in order.
    let all = users
        .query()
        .sort_by(|u| u.user_name)
        .descending()
        .all()
        .await
        .unwrap();
    let names: Vec<_> = all.iter().map(|user| user.user_name.as_str()).collect();
    assert_eq!(names.len(), 120);
    assert!(names.is_sorted_by(|a, b| a > b));
    let total = users
        .query()
        .filter(|u| u.user_name.ew("0"))
        .total()
        .await
        .unwrap();
    assert_eq!(total, 12);

    let stored = users.get("7").await.unwrap();
    let stored = users
        .update(&stored, |u| u.title = Some("Guide".into()))
        .await
        .unwrap();
    assert_eq!(stored.title.as_deref(), Some("Guide"));
    users.delete(&stored).await.unwrap();
    assert!(users.get("7").optional().await.unwrap().is_none());
}

#[tokio::test]
async fn its_errors_are_typed() {
    let scim = client();
    let users = scim.resource::<User>();
    users.create(&User::new("babs")).await.unwrap();
    assert!(
        users
            .create(&User::new("BABS"))
            .await
            .unwrap_err()
            .is_uniqueness()
    );
    let filter: scim_client::filter::Filter = "active gt true".parse().unwrap();
    let error = users.query().filter_by(filter).await.unwrap_err();
    assert_eq!(error.scim_type().unwrap().as_str(), "invalidFilter");
    assert!(
        scim.resource::<Group>()
            .get("1")
            .await
            .unwrap_err()
            .is_not_found()
    );
    assert!(
        users
            .replace_at("7", &User::new("b"))
            .await
            .unwrap_err()
            .is_not_found()
    );
}

#[tokio::test]
async fn by_hand_it_does_what_it_has() {
    let scim = Client::builder("https://scim.example/scim/v2")
        .service(router_by_hand())
        .build()
        .unwrap();
    let users = scim.resource::<User>();
    let babs = User::new("babs").with_password("t1me");
    let babs = users.create(&babs).await.unwrap();
    let taken = users.create(&User::new("BABS")).await.unwrap_err();
    assert!(taken.is_uniqueness());
    let refused = users.create(&User::new("")).await.unwrap_err();
    assert_eq!(refused.scim_type().unwrap().as_str(), "invalidValue");

    let change = |title: &'static str| users.patch(&babs).replace(|u| u.title, title);
    let changed = change("Guide").await.unwrap();
    assert_eq!(changed.title.as_deref(), Some("Guide"));
    // `babs` has the version that was.
    assert!(change("Cook").await.unwrap_err().is_version_mismatch());
    let some = users.get(babs.id()).attributes(|u| u.title).await.unwrap();
    assert_eq!(some.get(|u| u.title), Some("Guide"));
    assert!(users.get("2").optional().await.unwrap().is_none());
}
