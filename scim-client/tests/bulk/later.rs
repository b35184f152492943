//! 202: accepted, which is not yet done (RFC 9110 §15.3.3), whatever comes with it.

use scim_client::{
    ErrorKind, Group, Resource as _, User,
    client::{BulkOutcome, Deferred, NotProcessed},
    group::Member,
};
use serde_json::json;

use super::support::{Reply, Service};

const REFUSAL: &str =
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400"}"#;
const PAGE: &str = "<!DOCTYPE html><html><title>Are you a person?</title></html>";

/// What service providers send with a 202 that is no result yet.
fn words() -> [String; 8] {
    [
        String::new(),
        "Accepted".to_owned(),
        "<?xml version=\"1.0\"?><job><message>queued</message></job>".to_owned(),
        "null".to_owned(),
        json!({"status": "queued", "job": "https://scim.example/jobs/7"}).to_string(),
        json!({"schemas": [User::SCHEMA], "id": "7", "userName": "a"}).to_string(),
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"], "Operations": []})
            .to_string(),
        "[1, 2]".to_owned(),
    ]
}

#[tokio::test]
async fn a_whole_bulk() {
    for words in words() {
        let service = Service::script([Reply::new(202, &words).header("set-txn", "734f")]);
        let mut bulk = service.client().bulk();
        bulk.delete::<User>("7");
        let b = bulk.create(&User::new("b"));
        let results = bulk
            .await
            .unwrap_or_else(|error| panic!("{words}: {error}"));
        let outcome = results.get(b);
        let BulkOutcome::Accepted(accepted) = &outcome else {
            panic!("{words}: {outcome:?}");
        };
        assert_eq!(accepted.transaction.as_deref(), Some("734f:1"));
        assert!(!results.all_done());
        let error = outcome.into_result().unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), 202);
        assert!(error.is_outcome_unknown(), "{error}");
        assert!(error.to_string().contains("later"), "{error}");
    }
}

/// An error message is none, and a page is somebody else's.
#[tokio::test]
async fn what_is_not_accepted() {
    for (body, words) in [(REFUSAL, "error message"), (PAGE, "accepted (202)")] {
        let service = Service::script([Reply::new(202, body), Reply::new(202, body)]);
        let scim = service.client();
        let mut bulk = scim.bulk();
        bulk.create(&User::new("b"));
        for error in [
            bulk.await.unwrap_err(),
            scim.resource::<User>()
                .create(&User::new("b"))
                .await
                .unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert_eq!(error.status().unwrap().as_u16(), 202);
            assert!(error.is_outcome_unknown(), "{error}");
            assert!(error.to_string().contains(words), "{error}");
            assert_eq!(error.body(), Some(body));
        }
    }
    // Success without a result is none, either.
    for (status, body) in [(200, ""), (200, "Accepted"), (201, "{}"), (204, "")] {
        let service = Service::script([Reply::new(status, body)]);
        let mut bulk = service.client().bulk();
        bulk.create(&User::new("b"));
        let error = bulk.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.is_outcome_unknown(), "{status} {body}: {error}");
    }
}

/// Some results are there, and the others will be.
#[tokio::test]
async fn a_part_of_a_bulk() {
    let service = Service::new(|seen| {
        let name = seen.operations()[0]["bulkId"].clone();
        let result = json!({"bulkId": name, "method": "POST", "status": "201",
                            "location": "https://scim.example/v2/Users/7"});
        Reply::new(202, json!({"Operations": [result]})).header("set-txn", "734f")
    });
    let mut bulk = service.client().bulk();
    let (a, b) = (bulk.create(&User::new("a")), bulk.create(&User::new("b")));
    let results = bulk.await.unwrap();
    assert_eq!(results.get(a).success().unwrap().id(), Some("7"));
    let BulkOutcome::Accepted(accepted) = results.get(b) else {
        panic!("{results:?}");
    };
    assert_eq!(accepted.transaction.as_deref(), Some("734f:1"));
}

/// What came may be the result of any of them.
#[tokio::test]
async fn a_result_of_nobody() {
    let service = Service::new(|_| {
        let strange = json!({"bulkId": "strange", "method": "POST", "status": "201"});
        Reply::new(202, json!({"Operations": [strange.clone(), strange]}))
    });
    let mut bulk = service.client().bulk();
    let (a, b) = (bulk.create(&User::new("a")), bulk.create(&User::new("b")));
    bulk.create(&User::new("c"));
    let results = bulk.await.unwrap();
    for handle in [a, b] {
        let outcome = results.get(handle);
        assert!(
            outcome
                .error()
                .is_some_and(scim_client::Error::is_outcome_unknown),
            "{outcome:?}"
        );
    }
}

/// The result of an operation can say so, too.
#[tokio::test]
async fn one_operation() {
    let service = Service::new(|seen| {
        let result = |operation: &serde_json::Value| {
            json!({"bulkId": operation["bulkId"], "method": operation["method"], "status": "202",
                   "location": "https://scim.example/v2/Users/7", "response": {"id": "7"}})
        };
        let results: Vec<_> = seen.operations().iter().map(result).collect();
        Reply::new(200, json!({"Operations": results})).header("set-txn", "734f")
    });
    let scim = service.client();
    let mut bulk = scim.bulk().max_operations(1);
    let alice = bulk.create(&User::new("alice"));
    let guides = bulk.create(&Group::new("Guides").with_members([Member::new(alice.reference())]));
    let results = bulk.await.unwrap();
    let BulkOutcome::Accepted(accepted) = results.get(alice) else {
        panic!("{results:?}");
    };
    assert_eq!(
        accepted.location.as_deref(),
        Some("https://scim.example/v2/Users/7")
    );
    assert_eq!(accepted.transaction.as_deref(), Some("734f:0"));
    // There may never be one.
    assert!(matches!(
        results.get(guides),
        BulkOutcome::NotProcessed(NotProcessed::Accepted(0))
    ));
}

/// As in a bulk.
#[tokio::test]
async fn a_single_request() {
    for words in words() {
        let service = Service::new(move |_| Reply::new(202, &words));
        let users = service.client().resource::<User>();
        let error = users.create(&User::new("a")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Status);
        assert!(error.is_outcome_unknown(), "{error}");
        assert!(error.to_string().contains("later"), "{error}");
        let deferred = users.create(&User::new("a")).respond_async(None).await;
        assert!(matches!(deferred, Ok(Deferred::Accepted(_))));
        assert!(users.delete("7").await.is_ok());
    }
}
