//! Bulk requests (RFC 7644 §3.7).

use scim_client::testing::ServiceProvider;
use serde_json::{Value, json};

use super::{ENTERPRISE, get, provider, send};

fn bulk(operations: &Value) -> String {
    let urn = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
    json!({"schemas": [urn], "failOnErrors": 2, "Operations": operations}).to_string()
}

#[tokio::test]
async fn does_many_operations_at_once() {
    let provider = provider();
    let operations = json!([
        {"method": "POST", "path": "/Groups", "bulkId": "g",
         "data": {"displayName": "Guides", "members": [{"value": "bulkId:u"}]}},
        {"method": "POST", "path": "/Users", "bulkId": "u", "data": {"userName": "alice"}},
        {"method": "PATCH", "path": "/Users/bulkId:u", "data": {"Operations": [
            {"op": "add", "path": "title", "value": "T"}]}},
        {"method": "POST", "path": "/Users", "bulkId": "v",
         "data": {"userName": "bob \"bulkId:u\"", ENTERPRISE: {"manager": {"value": "bulkId:u"}}}},
    ]);
    let answer = send(&provider, "POST", "/Bulk", &bulk(&operations)).await;
    assert_eq!(answer.status(), 200);
    let body = answer.json();
    assert_eq!(
        body["schemas"],
        json!(["urn:ietf:params:scim:api:messages:2.0:BulkResponse"])
    );
    let results = body["Operations"].as_array().unwrap();
    let statuses: Vec<_> = results
        .iter()
        .map(|r| r["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["201", "201", "200", "201"], "{body}");
    assert_eq!(results[0]["bulkId"], "g");
    assert_eq!(results[1]["location"], "https://h.example/v2/Users/2");
    assert_eq!(results[1]["version"], "W/\"1\"", "the group comes later");
    let alice = get(&provider, "/Users/2").await.json();
    assert_eq!(alice["title"], "T");
    assert_eq!(alice["groups"][0]["display"], "Guides");
    let bob = get(&provider, "/Users/3").await.json();
    assert_eq!(bob["userName"], "bob \"bulkId:u\"");
    assert_eq!(bob[ENTERPRISE]["manager"]["value"], "2");

    let operations = json!([
        {"method": "PUT", "path": "/Users/2", "version": "W/\"0\"", "data": {"userName": "alice"}},
        {"method": "DELETE", "path": "/Users/3"},
        {"method": "POST", "path": "/Users", "bulkId": "w", "data": {"userName": "ALICE"}},
        {"method": "POST", "path": "/Users", "bulkId": "x", "data": {"userName": "never"}},
    ]);
    let body = send(&provider, "POST", "/Bulk", &bulk(&operations))
        .await
        .json();
    let results = body["Operations"].as_array().unwrap();
    let statuses: Vec<_> = results
        .iter()
        .map(|r| r["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["412", "204", "409"]);
    assert_eq!(results[2]["response"]["scimType"], "uniqueness");
    assert_eq!(results[2]["location"], Value::Null);
}

#[tokio::test]
async fn bulk_operations_may_go_in_circles() {
    let provider = provider();
    let circle = json!([
        {"method": "POST", "path": "/Groups", "bulkId": "a",
         "data": {"displayName": "A", "members": [{"value": "bulkId:b"}]}},
        {"method": "POST", "path": "/Groups", "bulkId": "b",
         "data": {"displayName": "B", "members": [{"value": "bulkId:a"}]}},
        {"method": "POST", "path": "/Groups", "bulkId": "c",
         "data": {"displayName": "C", "members": [{"value": "bulkId:nobody"}]}},
    ]);
    let body = send(&provider, "POST", "/Bulk", &bulk(&circle))
        .await
        .json();
    let results = body["Operations"].as_array().unwrap();
    let statuses: Vec<_> = results
        .iter()
        .map(|r| r["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["201", "201", "409"], "{body}");
    for (id, other) in [("1", "2"), ("2", "1")] {
        let group = get(&provider, &format!("/Groups/{id}")).await.json();
        assert_eq!(
            group["members"],
            json!([{
                "value": other, "$ref": format!("https://h.example/v2/Groups/{other}"), "type": "Group"
            }])
        );
    }
    assert_eq!(
        send(&provider, "POST", "/Bulk", &bulk(&json!([])))
            .await
            .error()
            .0,
        400
    );
    let twice = json!([
        {"method": "POST", "path": "/Users", "bulkId": "a", "data": {"userName": "a"}},
        {"method": "POST", "path": "/Users", "bulkId": "a", "data": {"userName": "b"}},
    ]);
    assert_eq!(
        send(&provider, "POST", "/Bulk", &bulk(&twice))
            .await
            .error()
            .0,
        400
    );
    let small = ServiceProvider::builder().max_bulk_operations(1).build();
    assert_eq!(
        send(&small, "POST", "/Bulk", &bulk(&twice)).await.error().0,
        413
    );
    let none = ServiceProvider::builder().max_bulk_operations(0).build();
    assert_eq!(
        send(&none, "POST", "/Bulk", &bulk(&twice)).await.error().0,
        501
    );
    let config = get(&none, "/ServiceProviderConfig").await.json();
    assert_eq!(config["bulk"]["supported"], false);
}
