//! Names as users may write them, and as they are sent; and types that are served.

use scim_client::{
    Client, Error, ErrorKind,
    dynamic::{AttributeError, DynamicResource, ResourceTypes},
    filter::Filter,
    http::Method,
    patch::{Patch, PatchOp},
    testing::ServiceProvider,
};
use serde_json::json;

use crate::{scim, text, types};

const URN: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// What was sent last: its target and its body.
fn sent(provider: &ServiceProvider) -> String {
    let last = provider.requests().pop().unwrap();
    let query = last.query().unwrap_or_default();
    format!("{query} {}", last.body()).replace("%3A", ":")
}

/// An attribute of an extension needs no URN, however it is asked for; the service provider gets it.
#[tokio::test]
async fn short_names_are_sent_in_full() {
    let provider = ServiceProvider::new();
    let scim = scim(&provider);
    let types = types(&scim).await;
    let users = scim.resource_of(types.find("User").unwrap());
    let babs = users.new_resource().with("userName", "bjensen").unwrap();
    let babs = babs.with("department", "Tours").unwrap();
    let babs = babs.with("employeeNumber", "7").unwrap();
    let babs = users.create(&babs).await.unwrap();
    let path = |text: &str| {
        text.parse::<scim_client::attribute_path::AttributePath>()
            .unwrap()
    };
    let department = format!("{URN}:department");

    let filter: Filter = r#"department eq "Tours""#.parse().unwrap();
    assert_eq!(
        users
            .query()
            .filter_by(filter.clone())
            .total()
            .await
            .unwrap(),
        1
    );
    assert!(sent(&provider).contains(&department));
    assert_eq!(
        users
            .query()
            .filter_by(filter)
            .via_post()
            .total()
            .await
            .unwrap(),
        1
    );
    assert!(sent(&provider).contains(&department));
    users
        .query()
        .sort_by_path(path("department"))
        .await
        .unwrap();
    assert!(sent(&provider).contains(&department));
    let some = users
        .query()
        .attributes_by([path("department")])
        .first()
        .await
        .unwrap();
    assert!(sent(&provider).contains(&department));
    assert!(some.unwrap().value("department").unwrap().is_some());
    let read = users
        .get(babs.id())
        .attributes_by([path("DEPARTMENT")])
        .await
        .unwrap();
    assert!(sent(&provider).contains(&department));
    assert!(read.value("department").unwrap().is_some());
    let read = users
        .get(babs.id())
        .excluded_attributes_by([path("department")])
        .await
        .unwrap();
    assert!(read.value("department").unwrap().is_none());
    assert!(read.value("employeeNumber").unwrap().is_some());

    let message = r#"{"Operations":[{"op":"replace","path":"department","value":"Sales"}]}"#;
    let patch = || {
        let message = PatchOp::from_json(message, &[]).unwrap();
        Patch::<DynamicResource>::from_operations(message.operations)
    };
    let now = users.patch(babs.id()).then(patch()).await.unwrap();
    assert!(sent(&provider).contains(&department));
    assert_eq!(text(&now, "department").as_deref(), Some("Sales"));
    let mut bulk = scim.bulk();
    bulk.on(&users).patch(babs.id(), |_| patch());
    assert!(bulk.await.unwrap().all_done());
    assert!(sent(&provider).contains(&department));

    let twin = users.new_resource().with("userName", "bjensen").unwrap();
    let twin = twin.with("employeeNumber", "7").unwrap();
    let found = users
        .create_or_get_by(&twin, path("employeeNumber"))
        .await
        .unwrap();
    assert!(!found.is_created());
    assert!(sent(&provider).contains(&format!("{URN}:employeeNumber")));
}

/// A projection of any operation is checked before it is sent.
#[tokio::test]
async fn projections_are_checked() {
    let provider = ServiceProvider::new();
    let scim = scim(&provider);
    let types = types(&scim).await;
    let user = types.find("User").unwrap();
    let users = scim.resource_of(user);
    let babs = users.new_resource().with("userName", "bjensen").unwrap();
    let stored = user
        .stored_from_json(r#"{"id":"1","userName":"b"}"#)
        .unwrap();
    let wrong = || {
        ["userNmae"
            .parse::<scim_client::attribute_path::AttributePath>()
            .unwrap()]
    };
    let asked = provider.requests().len();
    let title = || user.patch().replace("title", "x").unwrap().build();
    let errors: Vec<Error> = vec![
        users.get("1").attributes_by(wrong()).await.unwrap_err(),
        users
            .get("1")
            .excluded_attributes_by(wrong())
            .await
            .unwrap_err(),
        users.me().get().attributes_by(wrong()).await.unwrap_err(),
        users
            .create(&babs)
            .attributes_by(wrong())
            .await
            .unwrap_err(),
        users
            .replace(&stored)
            .attributes_by(wrong())
            .await
            .unwrap_err(),
        users
            .replace_at("1", &babs)
            .excluded_attributes_by(wrong())
            .await
            .unwrap_err(),
        users
            .patch("1")
            .then(title())
            .attributes_by(wrong())
            .await
            .unwrap_err(),
        users
            .update(&stored, |u| u.set("title", "x"))
            .attributes_by(wrong())
            .await
            .unwrap_err(),
        users.query().attributes_by(wrong()).await.unwrap_err(),
        users
            .create_or_get_by(&babs, wrong()[0].clone())
            .await
            .unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
        let reason = error.reason().unwrap().downcast_ref::<AttributeError>();
        assert_eq!(reason.unwrap().nearest(), Some("userName"));
    }
    assert_eq!(provider.requests().len(), asked, "nothing was sent");
    let unchecked = users.without_checks();
    assert_eq!(unchecked.resource_type(), *user);
    let _ = unchecked.get("1").attributes_by(wrong()).optional().await;
    assert_eq!(provider.requests().len(), asked + 1);
}

/// Types of documents are served as they are, and found by whoever asks.
#[tokio::test]
async fn types_of_documents_are_served() {
    let documents = json!([
        {"id": "urn:example:Device", "name": "Device", "attributes": [
            {"name": "serial", "type": "string", "multiValued": false, "required": true,
                "uniqueness": "server"},
            {"name": "ports", "type": "complex", "multiValued": true, "subAttributes": [
                {"name": "value", "type": "string", "multiValued": false},
                {"name": "speed", "type": "integer", "multiValued": false}]}]},
        {"id": "urn:example:Rack", "name": "Rack", "attributes": [
            {"name": "shelf", "type": "integer", "multiValued": false}]},
        {"name": "Device", "endpoint": "/Devices", "schema": "urn:example:Device",
            "schemaExtensions": [{"schema": "urn:example:Rack", "required": false}]}]);
    let own = ResourceTypes::from_json(&documents.to_string()).unwrap();
    let provider = ServiceProvider::builder().resource_types(&own).build();
    let scim: Client = scim(&provider);
    let found = types(&scim).await;
    assert_eq!(found.len(), 1);
    let (device, there) = (own.find("Device").unwrap(), found.find("Device").unwrap());
    assert_eq!(device, there, "the same table");
    for report in own.drift(&found) {
        assert!(report.drifts().is_empty(), "{report}");
    }
    let devices = scim.resource_of(there);
    let router = device
        .resource_from(
            json!({"serial": "A-1", "ports": [{"value": "eth0", "speed": 10}], "shelf": 3}),
        )
        .unwrap();
    let router = devices.create(&router).await.unwrap();
    assert_eq!(text(&router, "shelf").as_deref(), Some("3"));
    let fast = devices
        .resource_type()
        .filter("ports[speed ge 10] and shelf lt 4")
        .unwrap();
    assert_eq!(devices.query().filter_by(fast).total().await.unwrap(), 1);
    let router = devices
        .update(&router, |d| d.set(r#"ports[value eq "eth0"].speed"#, 100))
        .await
        .unwrap();
    assert_eq!(text(&router, "ports.speed").as_deref(), Some("100"));
    let twin = devices.new_resource().with("serial", "A-1").unwrap();
    assert!(devices.create(&twin).await.unwrap_err().is_uniqueness());
    devices.delete(&router).await.unwrap();
    let last = provider.requests().pop().unwrap();
    assert_eq!(last.method(), Method::DELETE);
}
