//! What became of the operations of a bulk, and what nobody knows.

use scim_client::{
    ErrorKind, Group, Json, User,
    client::{BulkOutcome, BulkResults, NotProcessed},
    group::Member,
    message::{BulkMethod, BulkOperation},
};
use serde_json::{Value, json as value};

use super::{
    GROUP, USER, answering, builder, group, place,
    scripted::{Scripted, json},
    user,
};

/// A server whose bulk answers with these operations.
fn bulk_of(operations: Value) -> Scripted {
    Scripted::new(move |_| json(200, message(&operations)))
}

fn message(operations: &Value) -> String {
    value!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"], "Operations": operations
    })
    .to_string()
}

/// Deletes these users.
async fn delete(server: &Scripted, ids: &[&str]) -> BulkResults {
    let mut bulk = builder(server).build().unwrap().bulk();
    for id in ids {
        bulk.delete::<User>(*id);
    }
    bulk.await.unwrap()
}

/// One letter for each outcome: done, unknown, failed, not processed.
fn letters(results: &BulkResults) -> String {
    let letter = |outcome: BulkOutcome<Json>| match outcome {
        BulkOutcome::Done(_) => 'd',
        BulkOutcome::Failed(error) if error.is_outcome_unknown() => '?',
        BulkOutcome::Failed(_) => 'f',
        BulkOutcome::NotProcessed(_) => 'n',
        _ => 'x',
    };
    results.iter().map(letter).collect()
}

#[tokio::test]
async fn by_id_where_names_are_made_up_and_places_are_collections() {
    let result = |at: usize, id: &str| {
        value!({"method": "DELETE", "bulkId": format!("made-up-{at}"), "id": id,
                "location": "https://scim.example/v2/Users", "status": "204"})
    };
    // In any order.
    let ids: Vec<_> = (0..200).map(|at| format!("u{at}")).collect();
    let results: Vec<_> = (0..200).map(|at| result(at, &ids[199 - at])).collect();
    let server = bulk_of(Value::Array(results));
    let ids: Vec<_> = ids.iter().map(String::as_str).collect();
    let results = delete(&server, &ids).await;
    assert!(results.all_done());
    assert!(results.unmatched().is_empty());

    // Some, and who is left was not processed.
    let results = delete(&bulk_of(value!([result(0, "2")])), &["1", "2", "3"]).await;
    assert_eq!(letters(&results), "ndn");
    // An id in a resource, as a number, and without a method.
    let in_resource = value!({"method": "PUT", "response": {"id": 7}, "status": 200});
    let bare = value!({"id": "8", "status": 200});
    let mut bulk = builder(&bulk_of(value!([bare, in_resource])))
        .build()
        .unwrap()
        .bulk();
    bulk.replace_at("7", &User::new("a"));
    bulk.replace_at("8", &User::new("b"));
    assert_eq!(letters(&bulk.await.unwrap()), "dd");
    // The same id at two endpoints: the location tells, if it can.
    for (location, letters_) in [("/v2/Groups/1", "nd"), ("/v2/Groups", "nd"), ("", "dn")] {
        let result = value!({"method": "DELETE", "id": "1", "location": location, "status": "204"});
        let mut bulk = builder(&bulk_of(value!([result]))).build().unwrap().bulk();
        bulk.delete::<User>("1");
        bulk.delete::<Group>("1");
        assert_eq!(letters(&bulk.await.unwrap()), letters_, "{location}");
    }
}

#[tokio::test]
async fn what_arrived_and_cannot_be_matched_leaves_outcomes_unknown() {
    let foreign = |at: &str| value!({"method": "POST", "bulkId": at, "status": "201"});
    for operations in [
        value!([foreign("x"), foreign("y")]),
        value!([foreign("x")]),
        value!([]),
        value!(["nonsense", 7]),
        value!([{"method": "DELETE", "location": "/v2/Users/9", "status": "204"}]),
        value!([{"method": "PATCH", "status": "200"}, {"method": "PATCH", "status": "200"}]),
        Value::Null,
    ] {
        let server = bulk_of(operations.clone());
        let mut bulk = builder(&server).build().unwrap().bulk();
        let one = bulk.create(&User::new("a"));
        bulk.create(&User::new("b"));
        let results = bulk.await.unwrap();
        assert_eq!(letters(&results), "??", "{operations}");
        assert!(!results.all_done());
        let error = results.get(one).into_result().unwrap_err();
        assert!(
            error.is_outcome_unknown() && error.kind() == ErrorKind::Decode,
            "{error}"
        );
    }
    // Of one creation there is one result.
    let mut bulk = builder(&bulk_of(value!([foreign("x")])))
        .build()
        .unwrap()
        .bulk();
    bulk.create(&User::new("a"));
    assert_eq!(letters(&bulk.await.unwrap()), "d");
}

#[tokio::test]
async fn a_service_provider_stops() {
    let failed = value!({"method": "DELETE", "location": "/v2/Users/1", "status": "404"});
    let server = bulk_of(value!([failed]));
    let run = async |errors: Option<u64>| {
        let mut bulk = builder(&server).build().unwrap().bulk();
        bulk.delete::<User>("1");
        let second = bulk.delete::<User>("2");
        let results = match errors {
            Some(errors) => bulk.fail_on_errors(errors).await.unwrap(),
            None => bulk.await.unwrap(),
        };
        let why = match results.get(second) {
            BulkOutcome::NotProcessed(why) => Some(why),
            _ => None,
        };
        (letters(&results), why)
    };
    assert_eq!(
        run(Some(1)).await,
        ("fn".into(), Some(NotProcessed::Missing))
    );
    // What was processed has a result (RFC 7644 §3.7).
    assert_eq!(run(None).await, ("fn".into(), Some(NotProcessed::Missing)));
    // A stranger's result may be the missing one.
    let stranger = value!({"method": "DELETE", "location": "/v2/Users/9", "status": "204"});
    let failed = value!({"method": "DELETE", "location": "/v2/Users/1", "status": "404"});
    let mut bulk = builder(&bulk_of(value!([failed, stranger])))
        .build()
        .unwrap()
        .bulk();
    bulk.delete::<User>("1");
    bulk.delete::<User>("2");
    assert_eq!(letters(&bulk.fail_on_errors(1).await.unwrap()), "f?");
}

#[tokio::test]
async fn statuses_that_cannot_be_read() {
    for status in [
        value!(null),
        value!(""),
        value!("ok"),
        value!({}),
        value!([]),
        value!(0),
        value!(99),
        value!(100),
        value!("600"),
        value!(true),
        value!("-204"),
        value!({"code": "none"}),
    ] {
        let result = value!({"method": "DELETE", "location": "/v2/Users/1", "status": status});
        let results = delete(&bulk_of(value!([result])), &["1"]).await;
        assert_eq!(letters(&results), "?", "{status}");
    }
    for (status, letter) in [
        (value!(204), "d"),
        (value!("404 Not Found"), "f"),
        (value!({"code": 500}), "f"),
    ] {
        let result = value!({"method": "DELETE", "location": "/v2/Users/1", "status": status});
        let results = delete(&bulk_of(value!([result])), &["1"]).await;
        assert_eq!(letters(&results), letter, "{status}");
    }
    // Success and an error at once.
    let response =
        value!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "500"});
    let result = value!({"method": "DELETE", "location": "/v2/Users/1", "status": "200", "response": response});
    assert_eq!(
        letters(&delete(&bulk_of(value!([result])), &["1"]).await),
        "?"
    );
    // A 404 within a bulk response is SCIM's.
    let result = value!({"method": "DELETE", "location": "/v2/Users/1", "status": "404"});
    let results = delete(&bulk_of(value!([result])), &["1"]).await;
    let error = results.iter().next().unwrap().into_result().unwrap_err();
    assert!(error.is_not_found() && !error.is_outcome_unknown());
}

/// Results with these resources, in order.
fn showing(resources: &[&str]) -> Scripted {
    let results = resources.iter().map(|resource| {
        let resource: Value = serde_json::from_str(resource).unwrap();
        value!({"status": "200", "response": resource})
    });
    bulk_of(results.collect())
}

#[tokio::test]
async fn a_resource_in_a_result_that_still_has_the_old_values() {
    let server = showing(&[USER, USER, GROUP, GROUP]);
    let run = async |checks: bool| {
        let mut bulk = builder(&server).build().unwrap().bulk();
        let update = bulk.update(&user(), |u| u.name = None).unwrap();
        let mut changed = user();
        changed.title = Some("CTO".into());
        bulk.replace(&changed);
        bulk.patch::<Group>("g", |p| {
            p.remove(|g| g.members.filter(|m| m.value.eq("u1")))
        });
        bulk.patch(&group(), |p| p.add(|g| g.members, vec![Member::new("u3")]));
        let results = bulk.check_applied(checks).await.unwrap();
        (
            letters(&results),
            results.get(update).into_result().err(),
            results,
        )
    };
    let (outcomes, error, results) = run(true).await;
    assert_eq!(outcomes, "ffff");
    let error = error.unwrap();
    assert_eq!(place(&error).0, "name.familyName");
    assert_eq!(error.path(), Some("/Users/1"));
    assert!(error.advice().is_some());
    for (outcome, path) in results
        .iter()
        .zip(["name.familyName", "title", "members", "members"])
    {
        assert_eq!(place(&outcome.into_result().unwrap_err()).0, path);
    }
    assert_eq!(run(false).await.0, "dddd");
}

#[tokio::test]
async fn references_in_what_was_changed() {
    const NOW: &str = r#"{"id": "g", "displayName": "Guides", "members": [{"value": "7"}]}"#;
    for (now, outcome) in [
        (NOW, "dd"),
        (r#"{"id": "g", "displayName": "Guides"}"#, "df"),
    ] {
        let server = Scripted::new(move |request| {
            let body: Value = serde_json::from_str(request.body()).unwrap();
            let name = &body["Operations"][0]["bulkId"];
            let now: Value = serde_json::from_str(now).unwrap();
            let results = value!([
                {"method": "POST", "bulkId": name, "status": "201", "location": "/v2/Users/7"},
                {"method": "PATCH", "location": "/v2/Groups/g", "status": "200", "response": now},
            ]);
            json(200, message(&results))
        });
        let mut bulk = builder(&server).build().unwrap().bulk();
        let alice = bulk.create(&User::new("alice"));
        bulk.patch::<Group>("g", |p| {
            p.add(|g| g.members, vec![Member::new(alice.reference())])
        });
        let results = bulk.await.unwrap();
        assert_eq!(letters(&results), outcome);
        let alice = results.get(alice).into_result().unwrap();
        assert!(alice.id() == Some("7") && alice.is_id_from_location());
    }
}

#[tokio::test]
async fn single_requests_in_place_of_a_bulk() {
    let server = answering(USER, USER);
    let capabilities = {
        let mut own = scim_client::client::Capabilities::default();
        own.bulk = Some(false);
        own
    };
    let client = builder(&server).capabilities(capabilities).build().unwrap();
    let mut bulk = client.bulk();
    bulk.patch::<User>("1", |p| p.replace(|u| u.name.family_name, "Smith"));
    bulk.update(&user(), |u| u.active = Some(false)).unwrap();
    bulk.replace_at("1", &User::new("somebody"));
    let results = bulk.fall_back_to_single_requests().await.unwrap();
    assert_eq!(letters(&results), "fff");
    for (outcome, path) in results
        .iter()
        .zip(["name.familyName", "active", "userName"])
    {
        assert_eq!(place(&outcome.into_result().unwrap_err()).0, path);
    }
}

#[tokio::test]
async fn an_operation_of_ones_own_has_an_outcome_too() {
    let mut bulk = builder(&bulk_of(value!([{"status": "x"}])))
        .build()
        .unwrap()
        .bulk();
    bulk.operation(BulkOperation::delete("/Users/1"));
    assert_eq!(letters(&bulk.await.unwrap()), "?");
    let mut operation = BulkOperation::delete("/Users/1");
    operation.method = BulkMethod::Delete;
    let mut bulk = builder(&bulk_of(value!([]))).build().unwrap().bulk();
    bulk.operation(operation);
    assert_eq!(letters(&bulk.await.unwrap()), "?");
}

#[tokio::test]
async fn identifiers_that_are_none() {
    for location in [
        "/v2/Users/undefined",
        "/v2/Users/null",
        "/v2/Users",
        "/v2/Users/",
    ] {
        let server = Scripted::new(move |request| {
            let body: Value = serde_json::from_str(request.body()).unwrap();
            let name = &body["Operations"][0]["bulkId"];
            json(
                200,
                message(
                    &value!([{"method": "POST", "bulkId": name, "status": "201", "location": location}]),
                ),
            )
        });
        let mut bulk = builder(&server).build().unwrap().bulk();
        let alice = bulk.create(&User::new("alice"));
        let results = bulk.await.unwrap();
        assert_eq!(
            results.get(alice).into_result().unwrap().id(),
            None,
            "{location}"
        );
    }
}
