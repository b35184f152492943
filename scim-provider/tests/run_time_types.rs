//! Types that are known at run time only are served as compiled ones are.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic")]

mod common;

use common::ask;
use scim_provider::{
    MemoryStore, ServedType, ServiceProvider, scim_models::dynamic::ResourceTypes,
};
use serde_json::{Value, json};

const DEVICE: &str = "urn:example:params:scim:schemas:Device";

fn documents() -> String {
    json!([{
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": DEVICE, "name": "Device", "description": "A device",
        "attributes": [
            {"name": "serial", "type": "string", "multiValued": false, "required": true,
             "caseExact": true, "mutability": "immutable", "returned": "default",
             "uniqueness": "server", "description": "Its number"},
            {"name": "pin", "type": "string", "multiValued": false, "required": false,
             "mutability": "writeOnly", "returned": "never", "description": "A secret"},
            {"name": "size", "type": "integer", "multiValued": false, "required": false,
             "mutability": "readWrite", "returned": "default", "description": "Its size"},
        ],
    }, {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": "Device", "name": "Device", "endpoint": "/Devices", "schema": DEVICE,
        "description": "Devices",
    }])
    .to_string()
}

#[tokio::test]
async fn a_type_from_documents_is_served() {
    let types = ResourceTypes::from_json(&documents()).unwrap();
    let store = MemoryStore::with_counted_ids();
    let provider = ServiceProvider::builder(store.clone())
        .resource_types(types.iter().map(ServedType::from))
        .build();
    let device = |serial: &str, size: Value| {
        let device = json!({"schemas": [DEVICE], "serial": serial, "size": size, "pin": "1234"});
        device.to_string()
    };
    let (status, created) = ask(&provider, "POST", "/Devices", &device("a", json!(3))).await;
    assert_eq!((status, &created["size"]), (201, &json!(3)), "{created}");
    assert!(created.get("pin").is_none());
    assert_eq!(created["schemas"], json!([DEVICE]));
    assert_eq!(created["meta"]["resourceType"], "Device");
    let (status, refused) = ask(&provider, "POST", "/Devices", &device("a", json!(4))).await;
    assert_eq!((status, &refused["scimType"]), (409, &json!("uniqueness")));
    let (status, refused) = ask(&provider, "POST", "/Devices", &device("b", json!("big"))).await;
    assert_eq!(
        (status, &refused["scimType"]),
        (400, &json!("invalidValue"))
    );
    ask(&provider, "POST", "/Devices", &device("b", json!(1))).await;
    let target = "/Devices?sortBy=size&filter=size%20lt%2010&attributes=serial";
    let (_, page) = ask(&provider, "GET", target, "").await;
    let serials: Vec<_> = page["Resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| &d["serial"])
        .collect();
    assert_eq!(serials, ["b", "a"]);
    let (status, refused) = ask(&provider, "PUT", "/Devices/1", &device("z", json!(3))).await;
    assert_eq!((status, &refused["scimType"]), (400, &json!("mutability")));
    let change = r#"{"Operations": [{"op": "replace", "path": "size", "value": 9}]}"#;
    let (_, changed) = ask(&provider, "PATCH", "/Devices/1", change).await;
    assert_eq!(
        (&changed["size"], &changed["meta"]["version"]),
        (&json!(9), &json!("W/\"2\""))
    );
    let (_, schema) = ask(&provider, "GET", &format!("/Schemas/{DEVICE}"), "").await;
    assert_eq!(schema["attributes"][0]["name"], "serial");
    let (_, types) = ask(&provider, "GET", "/ResourceTypes", "").await;
    assert_eq!(types["Resources"][0]["endpoint"], "/Devices");
    assert_eq!(ask(&provider, "GET", "/Users", "").await.0, 404);
    assert_eq!(store.len(), 2);
}
