//! What is done later, and a bulk without bulk.

use scim_client::{
    ErrorKind, Group, User,
    client::{BulkOutcome, NotProcessed},
    group::Member,
};
use serde_json::json;

use super::{
    strings,
    support::{Reply, Service, Store, Ways},
    with,
};

#[tokio::test]
async fn asynchronous_processing() {
    let service = Service::script([Reply::new(202, "").header("set-txn", "734f")]);
    let mut bulk = service.client().bulk().respond_async(None);
    bulk.create(&User::new("a"));
    let b = bulk.create(&User::new("b"));
    let results = bulk.await.unwrap();
    assert_eq!(service.seen()[0].headers["prefer"], "respond-async");
    let BulkOutcome::Accepted(accepted) = results.get(b) else {
        panic!("{results:?}");
    };
    assert_eq!(accepted.transaction.as_deref(), Some("734f:1"));
}

/// What comes with a 202 may be the resource as it will be.
#[tokio::test]
async fn a_resource_that_comes_with_accepted() {
    let service = Service::new(|seen| match &*seen.path {
        "/scim/v2/Bulk" => Reply::new(404, ""),
        _ => Reply::new(202, r#"{"id":"7","userName":"alice"}"#),
    });
    let mut bulk = service.client().bulk();
    let alice = bulk.create(&User::new("alice"));
    let results = bulk.fall_back_to_single_requests().await.unwrap();
    assert!(matches!(results.get(alice), BulkOutcome::Accepted(_)));
    // A refusal is none.
    let refusal = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400"}"#;
    let service = Service::new(move |seen| match &*seen.path {
        "/scim/v2/Bulk" => Reply::new(404, ""),
        _ => Reply::new(202, refusal),
    });
    let mut bulk = service.client().bulk();
    let alice = bulk.create(&User::new("alice"));
    let results = bulk.fall_back_to_single_requests().await.unwrap();
    assert!(matches!(results.get(alice), BulkOutcome::Failed(_)));
}

/// A success whose body says otherwise is none, as for a deletion without a bulk.
#[tokio::test]
async fn a_deletion_that_is_contradicted() {
    for (status, body, is_done) in [
        (200, r#"{"error":"no"}"#, false),
        (
            200,
            r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"500"}"#,
            false,
        ),
        (
            202,
            r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"500"}"#,
            false,
        ),
        (200, "<html><body>Sign in", false),
        (200, "\u{feff}<html><body>Sign in", false),
        (200, r#"{"error":"none"}"#, true),
        (200, "gone", true),
        (202, r#"{"success":false}"#, true),
    ] {
        let service = Service::new(move |seen| match &*seen.path {
            "/scim/v2/Bulk" => Reply::new(404, ""),
            _ => Reply::new(status, body),
        });
        let mut bulk = service.client().bulk();
        let gone = bulk.delete::<User>("7");
        let results = bulk.fall_back_to_single_requests().await.unwrap();
        match results.get(gone).into_result() {
            Ok(_) => assert!(is_done, "{status} {body}"),
            Err(error) => assert!(
                !is_done && error.is_outcome_unknown(),
                "{status} {body}: {error}"
            ),
        }
    }
}

#[tokio::test]
async fn single_requests_that_are_processed_later() {
    let service = Service::new(|seen| match &*seen.path {
        "/scim/v2/Bulk" => Reply::new(404, ""),
        _ => Reply::new(202, "").header("set-txn", "734f"),
    });
    let mut bulk = service.client().bulk();
    let alice = bulk.create(&User::new("alice"));
    let guides = bulk.create(&Group::new("Guides").with_members([Member::new(alice.reference())]));
    let gone = bulk.delete::<User>("7");
    let results = bulk.fall_back_to_single_requests().await.unwrap();
    match results.get(alice) {
        BulkOutcome::Accepted(accepted) => {
            assert_eq!(accepted.transaction.as_deref(), Some("734f"));
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        results.get(guides),
        BulkOutcome::NotProcessed(NotProcessed::Accepted(0))
    ));
    // Some answer every deletion so, with and without a bulk.
    assert_eq!(results.get(gone).success().unwrap().status().as_u16(), 202);
    assert_eq!(results.requests(), 2);
    assert!(!results.all_done());
}

#[tokio::test]
async fn falls_back_to_single_requests() {
    let (service, store) = Store::service(Ways {
        no_bulk: true,
        ..Ways::default()
    });
    let scim = service.client();
    let mut bulk = scim.bulk();
    let group = bulk.create(&Group::new("g"));
    let users: Vec<_> = (0..9)
        .map(|n| bulk.create(&User::new(format!("user{n}"))))
        .collect();
    for user in &users {
        bulk.patch(group, |patch| {
            patch.add(|g| g.members, Member::new(user.reference()))
        });
    }
    let bad = bulk.create(&User::new("bad"));
    let lost = bulk.create(&Group::new("h").with_members([Member::new(bad.reference())]));
    let error = bulk.clone().await.unwrap_err();
    assert!(error.is_not_found());
    let results = bulk
        .fall_back_to_single_requests()
        .concurrently(3)
        .await
        .unwrap();
    assert_eq!(service.peak(), 3);
    assert_eq!(results.iter().filter(BulkOutcome::is_done).count(), 19);
    assert_eq!(
        results.get(users[0]).success().unwrap().version(),
        Some("W/\"1\"")
    );
    assert_eq!(results.get(bad).error().unwrap().detail(), Some("bad"));
    assert!(matches!(
        results.get(lost),
        BulkOutcome::NotProcessed(NotProcessed::DependsOn(19))
    ));
    let group_id = results
        .get(group)
        .into_result()
        .unwrap()
        .id()
        .unwrap()
        .to_owned();
    let store = store.lock().unwrap();
    let group = &store.resources[&format!("/Groups/{}", group_id.replace(' ', "%20"))];
    // Patches of one resource keep their order.
    assert_eq!(group["patched"], 9);
    let last = results.get(users[8]).into_result().unwrap();
    assert_eq!(
        group["patch"]["Operations"][0]["value"][0]["value"],
        last.id().unwrap()
    );
    for resource in store.resources.values() {
        let mut found = Vec::new();
        strings(resource, &mut found);
        assert!(found.iter().all(|text| !text.starts_with("bulkId:")));
    }
}

/// The resource alone says which id it has, and as a number.
#[tokio::test]
async fn ids_may_be_numbers() {
    let service = Service::script([Reply::new(201, json!({"userName": "a", "id": 17}))]);
    let scim = service.client();
    with(&scim, |capabilities| capabilities.bulk = Some(false));
    let mut bulk = scim.bulk();
    let user = bulk.create(&User::new("a"));
    let results = bulk.fall_back_to_single_requests().await.unwrap();
    assert_eq!(results.get(user).into_result().unwrap().id(), Some("17"));
}

#[tokio::test]
async fn single_requests_stop_when_hopeless() {
    let service = Service::failing(|_| Err("cut off".to_owned()));
    let scim = service.client();
    with(&scim, |c| c.bulk = Some(false));
    let mut bulk = scim.bulk();
    for n in 0..10 {
        bulk.create(&User::new(format!("user{n}")));
    }
    let error = bulk
        .fall_back_to_single_requests()
        .concurrently(2)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(matches!(service.seen().len(), 3 | 4));
    // One lost connection is one lost operation.
    let service = Service::failing(|seen| match seen.body.contains("user4") {
        true => Err("cut off".to_owned()),
        false => Ok(Reply::new(201, json!({"id": "1"}))),
    });
    let scim = service.client();
    with(&scim, |c| c.bulk = Some(false));
    let mut bulk = scim.bulk();
    for n in 0..10 {
        bulk.create(&User::new(format!("user{n}")));
    }
    let results = bulk.fall_back_to_single_requests().await.unwrap();
    assert_eq!(results.iter().filter(BulkOutcome::is_done).count(), 9);
    assert_eq!(results.requests(), 9);
}
