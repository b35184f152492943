//! Bulk from the builder to the results, against services in the same process.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy does not count the helpers of a test as test code"
)]

#[path = "common/cases.rs"]
mod cases;
#[path = "bulk/failures.rs"]
mod failures;
#[path = "bulk/forms.rs"]
mod forms;
#[path = "bulk/later.rs"]
mod later;
#[path = "bulk/requests.rs"]
mod requests;
#[path = "bulk/single.rs"]
mod single;
#[path = "bulk_support/mod.rs"]
mod support;

use std::collections::HashSet;

use cases::cases;
use proptest::prelude::*;
use scim_client::{
    Client, ErrorKind, Group, Meta, Stored, User,
    client::{BulkOutcome, Capabilities, NotProcessed, PlanError},
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
    let all: HashSet<_> = [alice.handle(), bad.handle(), alice.handle(), gone].into();
    assert_eq!(all.len(), 3);
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
