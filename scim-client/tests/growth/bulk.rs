//! Bulk requests: planned by the client, done by the service provider.

use scim_client::{
    Client, Group, User,
    client::Bulk,
    http::Method,
    message::BulkResponse,
    patch::{Dialect, Operation, PatchOp, Removal},
    testing::ServiceProvider,
};
use serde_json::json;

use crate::{ask, linear};

fn bulk() -> Bulk {
    Client::builder("https://scim.example/v2")
        .service(ServiceProvider::new())
        .build()
        .unwrap()
        .bulk()
}

#[test]
fn creations_and_then_deletions() {
    let planned = |n: usize| {
        let mut bulk = bulk();
        let created: Vec<_> = (0..n)
            .map(|n| bulk.create(&User::new(format!("u{n}"))))
            .collect();
        for user in created {
            bulk.delete(user);
        }
        bulk
    };
    // All creations are in one request, and each deletion asks for its own.
    linear("plan", 4_000, planned, |bulk| {
        assert_eq!(bulk.plan().unwrap().len(), 2);
    });
}

#[test]
fn the_service_provider_finds_what_comes_next() {
    let message = |n: usize| {
        let group = |at: usize| {
            let next = format!("bulkId:{}", at + 1);
            let members = if at + 1 < n {
                json!([{"value": next}])
            } else {
                json!([])
            };
            json!({"method": "POST", "path": "/Groups", "bulkId": at.to_string(),
                "data": {"displayName": "g", "members": members}})
        };
        let operations: Vec<_> = (0..n).map(group).collect();
        let provider = ServiceProvider::builder()
            .max_bulk_operations(100_000)
            .max_payload_size(100_000_000)
            .build();
        (provider, json!({"Operations": operations}).to_string())
    };
    // Each waits for the one after it. Groups in groups in groups are the store's own affair.
    let (provider, text) = message(40);
    let (_, body) = ask(&provider, Method::POST, "/Bulk", &text);
    let response = BulkResponse::from_json(&body).unwrap();
    assert!(
        response.operations.iter().all(|o| o.status == Some(201)),
        "{body}"
    );
    let ids: Vec<_> = response
        .operations
        .iter()
        .map(|o| o.bulk_id.clone().unwrap())
        .collect();
    let expected: Vec<_> = (0..40).map(|n| n.to_string()).collect();
    assert_eq!(ids, expected, "results stand in the order of the request");
    let groups = provider.all::<Group>();
    assert!(
        groups[0].members.is_empty(),
        "the last one was created first"
    );

    // Users that wait for one another, in the wrong order.
    let users = |n: usize| {
        let user = |at: usize| {
            let manager = format!("bulkId:{}", at + 1);
            let mut data = json!({"userName": format!("u{at}")});
            if at + 1 < n {
                data["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"] =
                    json!({"manager": {"value": manager}});
            }
            json!({"method": "POST", "path": "/Users", "bulkId": at.to_string(), "data": data})
        };
        let operations: Vec<_> = (0..n).map(user).collect();
        let provider = ServiceProvider::builder()
            .max_bulk_operations(100_000)
            .max_payload_size(100_000_000)
            .build();
        (provider, json!({"Operations": operations}).to_string())
    };
    linear("bulk at the provider", 250, users, |(provider, text)| {
        assert_eq!(ask(provider, Method::POST, "/Bulk", text).0, 200);
    });
}

fn removals(n: usize) -> PatchOp {
    let paths = (0..n).map(|n| format!("members[value eq \"{n}\"]").parse().unwrap());
    PatchOp::new(paths.map(Operation::remove).collect())
}

#[test]
fn a_dialect_joins_operations() {
    let listed = Dialect::default().with_removal(Removal::ByValueList);
    linear("removals", 1_000, removals, |message| {
        let plan = listed.plan(message.clone());
        assert_eq!(plan[0].operations.len(), 1);
        plan
    });
    let sets = |n: usize| {
        let one = |n: usize| {
            let path = format!("urn:example:2.0:X:a{n}").parse::<scim_client::filter::PatchPath>();
            Operation::replace(path.unwrap(), json!(n).into())
        };
        PatchOp::new((0..n).map(one).collect())
    };
    let pathless = Dialect::default().with_no_paths(true);
    linear("no paths", 1_000, sets, |message| {
        let plan = pathless.plan(message.clone());
        assert_eq!(plan[0].operations.len(), 1);
        plan
    });
    let adds = |n: usize| {
        let one = |n: usize| {
            let path = "members".parse::<scim_client::filter::PatchPath>().unwrap();
            Operation::add(path, json!([{"value": n.to_string()}]).into())
        };
        PatchOp::new((0..n).map(one).collect())
    };
    let together = Dialect::default().with_adds_in_one_operation(true);
    linear("adds", 1_000, adds, |message| {
        let plan = together.plan(message.clone());
        assert_eq!(plan[0].operations.len(), 1);
        plan
    });
}

#[test]
fn joined_operations_say_what_they_said_apart() {
    let operation = |json: serde_json::Value| -> PatchOp {
        PatchOp::from_json(&json!({"Operations": json}).to_string(), &[]).unwrap()
    };
    let message = operation(json!([
        {"op": "replace", "path": "name.givenName", "value": "G"},
        {"op": "replace", "path": "NAME.familyName", "value": "F \u{e9}"},
        {"op": "replace", "path": "title", "value": "T"},
        {"op": "replace", "path": "Title", "value": "U"},
        {"op": "replace", "path": "active", "value": true},
    ]));
    let plan = Dialect::default().with_no_paths(true).plan(message);
    let written: serde_json::Value = serde_json::from_str(&plan[0].to_json()).unwrap();
    assert_eq!(
        written["Operations"],
        json!([
            {"op": "replace", "value": {"name": {"givenName": "G", "familyName": "F \u{e9}"}, "title": "T"}},
            {"op": "replace", "value": {"Title": "U", "active": true}},
        ])
    );
}
