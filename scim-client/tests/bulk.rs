//! Bulk from the builder to the results, against services in the same process.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy does not count the helpers of a test as test code"
)]

#[path = "common/cases.rs"]
mod cases;
#[path = "bulk_support/mod.rs"]
mod support;

use cases::cases;
use proptest::prelude::*;
use scim_client::{
    Client, ErrorKind, Group, Json, Meta, Stored, User,
    client::{BulkOutcome, Capabilities, NotProcessed, PlanError, PlanErrorKind},
    enterprise_user::Manager,
    group::Member,
    message::BulkOperation,
};
use serde_json::{Value, json};

use support::{Reply, Service, Store, Ways};

fn stored_group(id: &str, version: &str) -> Stored<Group> {
    let mut meta = Meta::default();
    meta.version = Some(version.to_owned());
    Stored::from_parts(id, meta, Group::new("Guides"))
}

fn with(client: &Client, change: impl FnOnce(&mut Capabilities)) {
    let mut capabilities = Capabilities::default();
    change(&mut capabilities);
    client.set_capabilities(capabilities);
}

fn plan_error(error: &scim_client::Error) -> Option<&PlanError> {
    error.reason()?.downcast_ref()
}

fn strings<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(members) => members.values().for_each(|value| strings(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn writes_what_was_asked_for() {
    let service = Service::script([Reply::new(200, json!({"Operations": []}))]);
    let scim = service.client();
    let mut bulk = scim.bulk();
    let alice = bulk.create(&User::new("alice"));
    let guides =
        bulk.create(&Group::new("Tour Guides").with_members([Member::new(alice.reference())]));
    let stored = stored_group("a b", "W/\"3\"");
    bulk.patch(&stored, |patch| {
        patch.add(|g| g.members, Member::new(alice.reference()))
    });
    bulk.replace(&stored);
    bulk.delete(&stored);
    bulk.delete::<User>("x/y");
    bulk.on(&scim.resource_at::<User>("/Staff"))
        .replace_at("7", &User::new("bob"));
    let results = bulk
        .fail_on_errors(2)
        .header("x-tenant", "t")
        .await
        .unwrap();

    let [seen] = &service.seen()[..] else {
        panic!("one request");
    };
    assert_eq!(
        (seen.method.as_str(), seen.path.as_str()),
        ("POST", "/scim/v2/Bulk")
    );
    assert_eq!(seen.headers["content-type"], "application/scim+json");
    assert_eq!(seen.headers["x-tenant"], "t");
    let body = seen.json();
    assert_eq!(
        body["schemas"],
        json!(["urn:ietf:params:scim:api:messages:2.0:BulkRequest"])
    );
    assert_eq!(body["failOnErrors"], 2);
    let operations = seen.operations();
    assert_eq!(operations[0]["path"], "/Users");
    assert_eq!(
        format!("bulkId:{}", operations[0]["bulkId"].as_str().unwrap()),
        alice.reference()
    );
    assert_eq!(
        operations[1]["data"]["members"][0]["value"],
        alice.reference()
    );
    assert_eq!(operations[2]["method"], "PATCH");
    assert_eq!(operations[2]["path"], "/Groups/a%20b");
    assert_eq!(operations[2]["version"], "W/\"3\"");
    assert_eq!(
        operations[2]["data"]["schemas"][0],
        "urn:ietf:params:scim:api:messages:2.0:PatchOp"
    );
    assert_eq!(
        operations[2]["data"]["Operations"],
        json!([{"op": "add", "path": "members", "value": [{"value": alice.reference()}]}])
    );
    assert_eq!(operations[3]["method"], "PUT");
    assert_eq!(operations[3]["data"]["id"], "a b");
    assert_eq!(
        operations[4],
        json!({"method": "DELETE", "path": "/Groups/a%20b", "version": "W/\"3\""})
    );
    assert_eq!(
        operations[5],
        json!({"method": "DELETE", "path": "/Users/x%2Fy"})
    );
    assert_eq!(operations[6]["path"], "/Staff/7");
    // Nothing was answered: nothing is known.
    let error = results.get(guides).into_result().unwrap_err();
    assert!(error.is_outcome_unknown());
    assert_eq!(results.iter().filter(BulkOutcome::is_done).count(), 0);
}

#[tokio::test]
async fn results_by_handle() {
    let (service, _) = Store::service(Ways {
        reversed: true,
        ..Ways::default()
    });
    let mut bulk = service.client().bulk();
    let alice = bulk.create(&User::new("alice"));
    let bad = bulk.create(&User::new("bad"));
    let gone = bulk.delete::<User>("gone");
    let results = bulk.clone().await.unwrap();
    let alice = results.get(alice).into_result().unwrap();
    assert_eq!(alice.status().as_u16(), 201);
    assert_eq!(alice.id(), Some("id 1"));
    assert_eq!(
        alice.location(),
        Some("https://example.com/scim/v2/Users/id%201")
    );
    assert_eq!(alice.version(), Some("W/\"1\""));
    assert!(alice.resource().unwrap().is_none());
    let error = results.get(bad).into_result().unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 400);
    assert_eq!(*error.scim_type().unwrap(), "invalidValue");
    assert_eq!(
        error.to_string(),
        "400 Bad Request (invalidValue): bad [POST /Users]"
    );
    assert!(results.get(gone).error().unwrap().is_not_found());
    assert!(!results.all_done());

    let results = bulk.fail_on_errors(1).await.unwrap();
    assert!(matches!(
        results.get(gone),
        BulkOutcome::NotProcessed(NotProcessed::Missing)
    ));
    let error = results.get(gone).into_result().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotProcessed);

    let mut other = service.client().bulk();
    let stranger = other.create(&User::new("x"));
    assert!(matches!(
        results.get(stranger),
        BulkOutcome::NotProcessed(NotProcessed::OtherBulk)
    ));
}

#[tokio::test]
async fn returned_resources_are_typed() {
    let service = Service::new(|seen| {
        let name = seen.operations()[0]["bulkId"].clone();
        Reply::new(
            200,
            json!({"Operations": [{
                "bulkId": name, "status": {"code": "201"}, "version": "W/\"2\"",
                "response": {"userName": "Alice", "id": "a1"},
            }]}),
        )
    });
    let mut bulk = service.client().bulk();
    let alice = bulk.create(&User::new("alice"));
    let results = bulk.await.unwrap();
    let alice = results.get(alice).into_result().unwrap();
    assert_eq!(alice.id(), Some("a1"));
    let stored = alice.resource().unwrap().unwrap();
    assert_eq!((stored.id(), stored.user_name.as_str()), ("a1", "Alice"));
    assert_eq!(stored.meta().version.as_deref(), Some("W/\"2\""));
}

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

#[tokio::test]
async fn refuses_what_cannot_be_sent() {
    let service = Service::script([]);
    let scim = service.client();
    let error = scim.bulk().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);

    let mut bulk = scim.bulk();
    bulk.patch::<User>("1", |patch| patch);
    let error = bulk.await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid request: operation 0: a patch without operations"
    );

    let mut bulk = scim.bulk();
    bulk.delete::<User>("");
    assert_eq!(bulk.await.unwrap_err().kind(), ErrorKind::InvalidRequest);

    let mut other = scim.bulk();
    let stranger = other.create(&User::new("x"));
    let mut bulk = scim.bulk();
    bulk.create(&Group::new("g").with_members([Member::new(stranger.reference())]));
    let error = bulk.await.unwrap_err();
    assert!(error.to_string().contains(&stranger.reference()), "{error}");

    let mut bulk = scim.bulk();
    let data = || Json::from(json!({}));
    bulk.operation(BulkOperation::post("/Users", "q", data()));
    bulk.operation(BulkOperation::post("/Users", "q", data()));
    let error = bulk.await.unwrap_err();
    assert!(error.to_string().contains("bulkId is taken"), "{error}");

    with(&scim, |c| c.bulk = Some(false));
    let mut bulk = scim.bulk();
    bulk.create(&User::new("x"));
    let error = bulk.await.unwrap_err();
    assert!(
        error.to_string().contains("fall_back_to_single_requests"),
        "{error}"
    );
    assert!(service.seen().is_empty());
}

#[tokio::test]
async fn whole_requests_that_fail() {
    let body = json!({"scimType": "invalidSyntax", "status": "400", "detail": "no"});
    let html = "<html>";
    for (reply, kind) in [
        (Reply::new(400, &body), ErrorKind::Status),
        (Reply::new(404, html), ErrorKind::Status),
        (Reply::new(200, &body), ErrorKind::Decode),
        (Reply::new(200, html), ErrorKind::Decode),
        (Reply::new(204, ""), ErrorKind::Decode),
    ] {
        let service = Service::script([reply]);
        let mut bulk = service.client().bulk();
        bulk.create(&User::new("x"));
        let error = bulk.await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(error.path(), Some("/scim/v2/Bulk"));
        // What was answered with success may be done.
        let unknown = kind == ErrorKind::Decode;
        assert_eq!(error.is_outcome_unknown(), unknown, "{error}");
    }
    // An error status with results is read as results.
    let service = Service::new(|seen| {
        let name = seen.operations()[0]["bulkId"].clone();
        Reply::new(
            412,
            json!({"Operations": [{"bulkId": name, "status": "412"}]}),
        )
    });
    let mut bulk = service.client().bulk();
    let x = bulk.create(&User::new("x"));
    let results = bulk.await.unwrap();
    assert!(results.get(x).error().unwrap().is_version_mismatch());
}

#[tokio::test]
async fn what_was_done_is_not_lost() {
    let service = Service::failing(|seen| {
        let first = &seen.operations()[0];
        if first["data"]["userName"] != "a" {
            return Err("cut off".to_owned());
        }
        let body = json!({"Operations": [{"bulkId": first["bulkId"], "status": "201"}]});
        Ok(Reply::new(200, body))
    });
    let mut bulk = service.client().bulk().max_operations(1);
    let a = bulk.create(&User::new("a"));
    let b = bulk.create(&User::new("b"));
    let c = bulk.create(&User::new("c"));
    let results = bulk.await.unwrap();
    assert!(results.get(a).is_done());
    assert_eq!(results.get(b).error().unwrap().kind(), ErrorKind::Transport);
    assert!(matches!(
        results.get(c),
        BulkOutcome::NotProcessed(NotProcessed::Stopped)
    ));
    assert_eq!(results.error().unwrap().kind(), ErrorKind::Transport);
}

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
        BulkOutcome::NotProcessed(NotProcessed::UnknownId(0))
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

/// The embedded service provider, with and without bulk.
#[cfg(feature = "testing")]
#[tokio::test]
async fn against_the_embedded_service_provider() {
    use scim_client::testing::ServiceProvider;

    for max_operations in [1000, 2, 0] {
        let provider = ServiceProvider::builder()
            .max_bulk_operations(max_operations)
            .build();
        let scim = Client::builder("https://scim.example/v2")
            .service(provider)
            .build()
            .unwrap();
        scim.discover().await.unwrap();
        let (users, groups) = (scim.resource::<User>(), scim.resource::<Group>());
        let guides = groups.create(&Group::new("Guides")).await.unwrap();
        let old = users.create(&User::new("old")).await.unwrap();

        let mut bulk = scim.bulk();
        let alice = bulk.create(&User::new("alice"));
        let tours =
            bulk.create(&Group::new("Tours").with_members([Member::new(alice.reference())]));
        bulk.patch(&guides, |patch| {
            patch.add(|g| g.members, Member::new(alice.reference()))
        });
        let same = bulk.update(&old, |user| user.display_name = None);
        let update = bulk.update(&old, |user| user.title = Some("CTO".to_owned()));
        let taken = bulk.create(&User::new("alice"));
        bulk.patch(tours, |patch| {
            patch.replace(|g| g.display_name, "All Tours")
        });
        let results = bulk.fall_back_to_single_requests().await.unwrap();

        assert!(same.is_none());
        assert!(results.get(update.unwrap()).is_done());
        assert!(results.get(taken).error().unwrap().is_uniqueness());
        let done = results.iter().filter(BulkOutcome::is_done).count();
        assert_eq!(done, 5, "{results:?}");
        let alice = results.get(alice).into_result().unwrap();
        let id = alice.id().unwrap();
        assert_eq!(users.get(id).await.unwrap().user_name, "alice");
        let guides = groups.get(guides.id()).await.unwrap();
        assert_eq!(guides.members[0].value.as_deref(), Some(id));
        let tours = results.get(tours).into_result().unwrap();
        let tours = groups.get(tours.id().unwrap()).await.unwrap();
        assert_eq!(tours.display_name, "All Tours");
        assert_eq!(tours.members[0].value.as_deref(), Some(id));
        let old = users.get(old.id()).await.unwrap();
        assert_eq!(old.title.as_deref(), Some("CTO"));
    }
}

/// Many operations, and one that refers to all of them, take no more than a moment.
#[tokio::test]
async fn many_operations() {
    let (service, store) = Store::service(Ways::default());
    let mut bulk = service
        .client()
        .bulk()
        .max_operations(500)
        .max_payload_size(1 << 20);
    let users: Vec<_> = (0..5_000)
        .map(|n| bulk.create(&User::new(format!("user{n}"))))
        .collect();
    let members: Vec<_> = users
        .iter()
        .map(|user| Member::new(user.reference()))
        .collect();
    let group = bulk.create(&Group::new("everyone").with_members(members));
    let started = std::time::Instant::now();
    let results = bulk.await.unwrap();
    println!("5,001 operations took {:?}", started.elapsed());
    assert!(results.all_done());
    assert_eq!(results.requests(), 11);
    let id = results
        .get(group)
        .into_result()
        .unwrap()
        .id()
        .unwrap()
        .replace(' ', "%20");
    let group = &store.lock().unwrap().resources[&format!("/Groups/{id}")];
    assert_eq!(group["members"][4_999]["value"], "id 5000");
}

/// Groups with members, by position, some of them in cycles.
fn bulks() -> impl Strategy<Value = Vec<Vec<usize>>> {
    (1..14_usize)
        .prop_flat_map(|count| prop::collection::vec(prop::collection::vec(0..count, 0..3), count))
}

proptest! {
    #![proptest_config(cases(64))]

    /// Whatever the references and limits are, everything is created once, with the ids of what
    /// it refers to.
    #[test]
    fn every_reference_arrives(
        members in bulks(),
        max_operations in prop::option::of(1..6_usize),
        max_payload_size in prop::option::of(500..1500_usize),
        known: bool,
        reversed: bool,
        no_bulk: bool,
        wordless: bool,
    ) {
        let ways = Ways { max_operations, max_payload_size, no_bulk, reversed, wordless };
        let (service, store) = Store::service(ways);
        let scim = service.client();
        if known {
            with(&scim, |c| {
                c.bulk_max_operations = max_operations.map(|n| n as u64);
                c.bulk_max_payload_size = max_payload_size.map(|n| n as u64);
            });
        }
        let mut bulk = scim.bulk();
        let handles: Vec<_> = members.iter().enumerate().map(|(index, members)| {
            let members: Vec<_> =
                members.iter().map(|to| json!({"value": format!("bulkId:g{to}")})).collect();
            let data = json!({"displayName": format!("group {index}"), "members": members});
            bulk.operation(BulkOperation::post("/Groups", format!("g{index}"), data.into()))
        }).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let bulk = bulk.fall_back_to_single_requests();
        let results = match runtime.block_on(async { bulk.await }) {
            Ok(results) => results,
            Err(error) => {
                // Only what cannot be split is refused, and then nothing was done.
                // Without a word of the limit, the server's own refusal stands.
                let refused = wordless && error.status().is_some_and(|status| status == 413);
                prop_assert!(refused || plan_error(&error).is_some(), "{}", error);
                prop_assert!(store.lock().unwrap().resources.is_empty());
                return Ok(());
            }
        };
        let store = store.lock().unwrap();
        prop_assert_eq!(results.unmatched().len(), 0);
        if !results.all_done() {
            // An identifier may be longer than the reference was; and without a word of the limit,
            // a cycle may turn out to be too large when what stands before it is done.
            let refused = results.error().and_then(scim_client::Error::status);
            let refused = wordless && refused.is_some_and(|status| status == 413);
            prop_assert!(refused || max_payload_size.is_some());
            return Ok(());
        }
        prop_assert_eq!(store.resources.len(), members.len());
        let id = |index: usize| results.get(handles[index]).into_result().unwrap().id().unwrap().to_owned();
        for (index, members) in members.iter().enumerate() {
            let group = &store.resources[&format!("/Groups/{}", id(index).replace(' ', "%20"))];
            prop_assert_eq!(&group["displayName"], &json!(format!("group {index}")));
            let found: Vec<_> = group["members"].as_array().unwrap().iter()
                .map(|member| member["value"].as_str().unwrap().to_owned()).collect();
            let wanted: Vec<_> = members.iter().map(|to| id(*to)).collect();
            prop_assert_eq!(found, wanted);
        }
    }
}
