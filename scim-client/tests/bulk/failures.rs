//! What cannot be sent, and requests that fail as a whole.

use scim_client::{
    ErrorKind, Group, Json, User,
    client::{BulkOutcome, NotProcessed},
    group::Member,
    message::BulkOperation,
};
use serde_json::json;

use super::{
    support::{Reply, Service},
    with,
};

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
