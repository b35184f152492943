//! What goes into which request.

use scim_client::{
    ErrorKind, Group, Json, User,
    client::{BulkOutcome, NotProcessed, PlanErrorKind},
    enterprise_user::Manager,
    group::Member,
    message::BulkOperation,
};
use serde_json::json;

use super::{
    plan_error,
    support::{Reply, Service, Store, Ways},
    with,
};

#[tokio::test]
async fn ids_are_carried_over_requests() {
    let (service, store) = Store::service(Ways {
        max_operations: Some(2),
        ..Ways::default()
    });
    let scim = service.client();
    with(&scim, |c| c.bulk_max_operations = Some(2));
    let mut bulk = scim.bulk();
    let a = bulk.create(&User::new("a"));
    let b = bulk.create(&User::new("b"));
    let group = bulk.create(
        &Group::new("g").with_members([Member::new(a.reference()), Member::new(b.reference())]),
    );
    let mut user = User::new("c");
    user.enterprise_user =
        Some(scim_client::EnterpriseUser::new().with_manager(Manager::new(a.reference())));
    bulk.create(&user);
    bulk.patch(group, |patch| {
        patch.add(|g| g.members, Member::new(b.reference()))
    });
    assert_eq!(bulk.plan().unwrap().len(), 3);
    let results = bulk.await.unwrap();
    assert!(results.all_done(), "{results:?}");
    assert_eq!(results.requests(), 3);
    let store = store.lock().unwrap();
    let group = &store.resources["/Groups/id%203"];
    assert_eq!(
        group["members"],
        json!([{"value": "id 1"}, {"value": "id 2"}])
    );
    assert_eq!(
        group["patch"]["Operations"][0]["value"],
        json!([{"value": "id 2"}])
    );
    let extension = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    assert_eq!(
        store.resources["/Users/id%204"][extension]["manager"]["value"],
        "id 1"
    );
}

#[tokio::test]
async fn paths_wait_unless_allowed() {
    let (service, store) = Store::service(Ways::default());
    let mut bulk = service.client().bulk();
    let group = bulk.create(&Group::new("g"));
    bulk.patch(group, |patch| patch.replace(|g| g.display_name, "h"));
    bulk.delete::<Group>(group);
    let plan = bulk.plan().unwrap();
    assert_eq!(
        plan.iter().map(|r| r.operations.len()).collect::<Vec<_>>(),
        [1, 2]
    );
    let path = format!("/Groups/{}", group.reference());
    assert_eq!(plan[1].operations[0].path, path);
    let allowed = bulk.clone().references_in_paths().plan().unwrap();
    assert_eq!(allowed.len(), 1);
    assert_eq!(allowed[0].operations[1].path, path);
    assert!(bulk.await.unwrap().all_done());
    assert_eq!(service.seen()[1].operations()[0]["path"], "/Groups/id%201");
    assert!(store.lock().unwrap().resources.is_empty());
}

#[tokio::test]
async fn dependents_of_failures_are_not_sent() {
    let (service, _) = Store::service(Ways::default());
    let mut bulk = service.client().bulk().max_operations(1);
    let bad = bulk.create(&User::new("bad"));
    let group = bulk.create(&Group::new("g").with_members([Member::new(bad.reference())]));
    let outer = bulk.create(&Group::new("h").with_members([Member::new(group.reference())]));
    let fine = bulk.create(&User::new("fine"));
    let results = bulk.clone().await.unwrap();
    assert!(matches!(
        results.get(group),
        BulkOutcome::NotProcessed(NotProcessed::DependsOn(0))
    ));
    assert!(matches!(
        results.get(outer),
        BulkOutcome::NotProcessed(NotProcessed::DependsOn(1))
    ));
    assert!(results.get(fine).is_done());
    assert_eq!(service.seen().len(), 2);

    let results = bulk.fail_on_errors(1).await.unwrap();
    assert!(matches!(
        results.get(fine),
        BulkOutcome::NotProcessed(NotProcessed::Stopped)
    ));
}

#[tokio::test]
async fn an_unknown_id_stops_dependents() {
    let service = Service::new(|seen| {
        let name = seen.operations()[0]["bulkId"].clone();
        Reply::new(
            200,
            json!({"Operations": [{"method": "POST", "bulkId": name, "status": 201}]}),
        )
    });
    let mut bulk = service.client().bulk().max_operations(1);
    let alice = bulk.create(&User::new("alice"));
    let group = bulk.create(&Group::new("g").with_members([Member::new(alice.reference())]));
    let results = bulk.await.unwrap();
    assert_eq!(results.get(alice).success().unwrap().id(), None);
    assert!(matches!(
        results.get(group),
        BulkOutcome::NotProcessed(NotProcessed::UnknownId(0))
    ));
}

#[tokio::test]
async fn learns_limits_from_413() {
    for ways in [
        Ways {
            max_operations: Some(3),
            ..Ways::default()
        },
        Ways {
            max_payload_size: Some(500),
            ..Ways::default()
        },
    ] {
        let (service, store) = Store::service(ways);
        let mut bulk = service.client().bulk();
        for n in 0..10 {
            bulk.create(&User::new(format!("user{n}")));
        }
        let results = bulk.await.unwrap();
        assert!(results.all_done());
        assert_eq!(store.lock().unwrap().resources.len(), 10);
        // One was refused, and none after it.
        assert_eq!(service.seen().len(), results.requests() + 1);
    }
}

#[tokio::test]
async fn halves_what_is_too_large_for_a_proxy() {
    let (service, store) = Store::service(Ways {
        max_payload_size: Some(700),
        wordless: true,
        ..Ways::default()
    });
    let mut bulk = service.client().bulk();
    for n in 0..10 {
        bulk.create(&User::new(format!("user{n}")));
    }
    assert!(bulk.await.unwrap().all_done());
    assert_eq!(store.lock().unwrap().resources.len(), 10);
    // Nothing smaller can be sent.
    let mut bulk = service.client().bulk();
    bulk.create(&User::new("x".repeat(1000)));
    let error = bulk.await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 413);
}

#[tokio::test]
async fn too_large_is_known_before_anything_is_sent() {
    let (service, _) = Store::service(Ways::default());
    let mut bulk = service.client().bulk().max_payload_size(400);
    bulk.create(&User::new("a"));
    bulk.create(&User::new("b".repeat(400)));
    let error = bulk.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("operation 1"), "{error}");
    assert!(error.to_string().contains("POST /Users"), "{error}");
    let source = plan_error(&error).unwrap();
    assert_eq!(source.operations(), [1]);
    assert!(matches!(
        source.kind(),
        PlanErrorKind::TooLarge { limit: 400, .. }
    ));
    assert!(service.seen().is_empty());
}

fn cycle(bulk: &mut scim_client::client::Bulk) {
    let group = |name: &str, member: &str| {
        let data = json!({"displayName": name, "members": [{"value": member}]});
        BulkOperation::post("/Groups", name, Json::from(data))
    };
    bulk.operation(group("a", "bulkId:b"));
    bulk.operation(group("b", "bulkId:a"));
}

#[tokio::test]
async fn cycles_stay_together() {
    let (service, store) = Store::service(Ways::default());
    let mut bulk = service.client().bulk();
    bulk.create(&User::new("x"));
    cycle(&mut bulk);
    let results = bulk.clone().max_operations(2).await.unwrap();
    assert!(results.all_done());
    assert_eq!(service.seen()[1].operations().len(), 2);
    {
        let store = store.lock().unwrap();
        assert_eq!(
            store.resources["/Groups/id%202"]["members"][0]["value"],
            "id 3"
        );
        assert_eq!(
            store.resources["/Groups/id%203"]["members"][0]["value"],
            "id 2"
        );
    }
    let error = bulk.clone().max_operations(1).await.unwrap_err();
    let source = plan_error(&error).unwrap();
    assert_eq!(
        source.kind(),
        PlanErrorKind::TooManyOperations { count: 2, limit: 1 }
    );
    let scim = service.client();
    with(&scim, |c| c.bulk = Some(false));
    let mut bulk = scim.bulk();
    cycle(&mut bulk);
    let error = bulk.fall_back_to_single_requests().await.unwrap_err();
    let source = plan_error(&error).unwrap();
    assert_eq!(source.kind(), PlanErrorKind::Cycle);
}
