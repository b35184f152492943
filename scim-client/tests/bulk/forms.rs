//! The same results in every form in which servers give them: in another order, twice, with the method in
//! another letter case, with the status as a number, in one object, without what others have.

use scim_client::{Group, User, client::BulkOutcome, group::Member, patch::PatchOp};
use serde_json::{Value, json};

use super::support::{Reply, Service};

type Form = fn(&mut Vec<Value>);

fn each(results: &mut [Value], change: impl Fn(&mut serde_json::Map<String, Value>)) {
    for result in results {
        change(result.as_object_mut().unwrap());
    }
}

const FORMS: [(&str, Form); 12] = [
    ("as asked", |_| {}),
    ("the other way round", |all| all.reverse()),
    ("in halves", |all| {
        let half = all.len() / 2;
        all.rotate_left(half);
    }),
    ("twice", |all| all.extend(all.clone())),
    ("twice and the other way round", |all| {
        all.extend(all.clone());
        all.reverse();
    }),
    ("method in lower case", |all| {
        each(all, |one| {
            let method = one["method"].as_str().unwrap().to_lowercase();
            one.insert("method".into(), method.into());
        });
    }),
    ("status as a number", |all| {
        each(all, |one| {
            let status: u16 = one["status"].as_str().unwrap().parse().unwrap();
            one.insert("status".into(), status.into());
        });
    }),
    ("status in words", |all| {
        each(all, |one| {
            let status = format!("{} Whatever", one["status"].as_str().unwrap());
            one.insert("status".into(), status.into());
        });
    }),
    ("status in an object", |all| {
        each(all, |one| {
            let code = one["status"].clone();
            one.insert("status".into(), json!({"code": code}));
        });
    }),
    ("without methods", |all| {
        each(all, |one| drop(one.remove("method")));
    }),
    ("without methods, the other way round", |all| {
        each(all, |one| drop(one.remove("method")));
        all.reverse();
    }),
    ("names in another letter case", |all| {
        each(all, |one| {
            for (own, other) in [
                ("bulkId", "BulkID"),
                ("location", "LOCATION"),
                ("status", "Status"),
            ] {
                if let Some(value) = one.remove(own) {
                    one.insert(other.into(), value);
                }
            }
        });
    }),
];

/// Answers every operation with success, in a form.
fn service(form: Form) -> Service {
    Service::new(move |seen| {
        let mut results: Vec<_> = seen
            .operations()
            .iter()
            .enumerate()
            .map(|(at, operation)| {
                let path = operation["path"].as_str().unwrap();
                let (status, place) = match operation["method"].as_str().unwrap() {
                    "POST" => ("201", format!("{path}/new-{at}")),
                    "DELETE" => ("204", path.to_owned()),
                    _ => ("200", path.to_owned()),
                };
                json!({
                    "method": operation["method"], "bulkId": operation["bulkId"], "status": status,
                    "location": format!("https://scim.example/v2{place}"),
                })
            })
            .collect();
        form(&mut results);
        Reply::new(200, json!({"Operations": results}))
    })
}

#[tokio::test]
async fn results_in_every_form() {
    for (what, form) in FORMS {
        let service = service(form);
        let scim = service.client();
        let mut bulk = scim.bulk().check_applied(false);
        let user = bulk.create(&User::new("a"));
        let group = bulk.create(&Group::new("g").with_members([Member::new(user.reference())]));
        let (user, group) = (user.handle(), group.handle());
        let first = bulk.patch::<Group>("7", |patch| patch.replace(|g| g.display_name, "one"));
        let second = bulk.patch::<Group>("7", |patch| patch.replace(|g| g.display_name, "two"));
        let gone = bulk.delete::<User>("8");
        let results = bulk.await.unwrap();
        for (outcome, is_done) in [
            (
                format!("{:?}", results.get(user)),
                results.get(user).is_done(),
            ),
            (
                format!("{:?}", results.get(group)),
                results.get(group).is_done(),
            ),
            (
                format!("{:?}", results.get(first)),
                results.get(first).is_done(),
            ),
            (
                format!("{:?}", results.get(second)),
                results.get(second).is_done(),
            ),
            (
                format!("{:?}", results.get(gone)),
                results.get(gone).is_done(),
            ),
        ] {
            assert!(is_done, "{what}: {outcome}");
        }
        assert_eq!(
            results.get(user).success().unwrap().id(),
            Some("new-0"),
            "{what}"
        );
        assert_eq!(
            results.get(group).success().unwrap().id(),
            Some("new-1"),
            "{what}"
        );
    }
}

/// A chain of as many creations as any server allows, each of which refers to the one before it.
#[tokio::test]
async fn ten_thousand_that_refer_to_the_one_before() {
    const MANY: usize = 10_000;
    for (most, form) in [(MANY, FORMS[4].1), (997, FORMS[1].1)] {
        let service = service(form);
        let scim = service.client();
        super::with(&scim, |c| c.bulk_max_operations = Some(most as u64));
        let mut bulk = scim.bulk().check_applied(false);
        let mut handles = Vec::new();
        let mut before = None;
        for at in 0..MANY {
            let mut group = Group::new(format!("g{at}"));
            group.members.extend(before.map(Member::new));
            let created = bulk.create(&group);
            before = Some(created.reference());
            handles.push(created.handle());
        }
        let results = bulk.await.unwrap();
        assert_eq!(results.requests(), MANY.div_ceil(most));
        assert!(
            handles
                .into_iter()
                .all(|one| matches!(results.get(one), BulkOutcome::Done(_)))
        );
        // Later requests have the identifiers that the earlier ones gave.
        let seen = service.seen();
        for request in seen.iter().skip(1) {
            let first = &request.operations()[0]["data"]["members"][0]["value"];
            let value = first.as_str().unwrap();
            assert!(value.starts_with("new-"), "{value}");
        }
    }
}

/// Each path refers to what the operation before it creates, so that it waits for its answer.
#[tokio::test]
async fn references_in_paths() {
    let service = service(FORMS[1].1);
    let scim = service.client();
    let mut bulk = scim.bulk().check_applied(false);
    let mut all = Vec::new();
    for at in 0..200 {
        let created = bulk.create(&User::new(format!("u{at}")));
        let patch = PatchOp::from_json(
            r#"{"Operations":[{"op":"replace","path":"title","value":"t"}]}"#,
            &[],
        );
        let operation = scim_client::message::BulkOperation::patch(
            format!("/Users/{}", created.reference()),
            &patch.unwrap(),
        );
        all.push(bulk.operation(operation).index());
        bulk.delete(created);
    }
    let results = bulk.await.unwrap();
    assert!(results.all_done(), "{results:?}");
    for request in service.seen().iter().skip(1) {
        for operation in request.operations() {
            let path = operation["path"].as_str().unwrap();
            assert!(!path.contains("bulkId"), "{path}");
        }
    }
    // Each is created in the request before the one that changes it.
    assert_eq!((results.requests(), all.len()), (201, 200));
}
