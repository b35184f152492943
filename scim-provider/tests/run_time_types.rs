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

/// RFC 7643 §7, `returned`, in each response that has the resource.
#[tokio::test]
async fn what_is_returned_when() {
    let attribute = |name: &str, returned: &str| {
        json!({"name": name, "type": "string", "multiValued": false, "required": false,
            "mutability": "readWrite", "returned": returned, "description": "x"})
    };
    let all = ["always", "default", "request", "never"];
    let mut documents: Value = serde_json::from_str(&documents()).unwrap();
    let mut attributes: Vec<_> = all.iter().map(|name| attribute(name, name)).collect();
    let mut inner = attribute("box", "default");
    inner["type"] = json!("complex");
    inner["subAttributes"] = json!(attributes);
    attributes.push(inner);
    documents[0]["attributes"] = json!(attributes);
    let types = ResourceTypes::from_json(&documents.to_string()).unwrap();
    let provider = ServiceProvider::builder(MemoryStore::with_counted_ids())
        .resource_types(types.iter().map(ServedType::from))
        .build();
    let values = json!({"always": "a", "default": "d", "request": "r", "never": "n"});
    let mut body = values.clone();
    body["schemas"] = json!([DEVICE]);
    body["box"] = values;
    /// The names that are there, those of the box behind a dot: `always` is there whenever the box is.
    fn names(resource: &Value) -> String {
        let known = ["always", "default", "request", "never"];
        let own = known.iter().filter(|name| resource.get(**name).is_some());
        let inner = known
            .iter()
            .filter(|name| resource["box"].get(**name).is_some());
        let own: Vec<_> = own.copied().collect();
        let inner: Vec<_> = inner.copied().collect();
        format!("{} . {}", own.join(" "), inner.join(" "))
    }
    // What a client writes it has asked for (RFC 7643 §7).
    let (status, created) = ask(&provider, "POST", "/Devices", &body.to_string()).await;
    assert_eq!(status, 201, "{created}");
    let whole = "always default request . always default request";
    assert_eq!(names(&created), whole);
    let (_, replaced) = ask(&provider, "PUT", "/Devices/1", &body.to_string()).await;
    assert_eq!(names(&replaced), whole);
    for (query, expected) in [
        ("", "always default . always default"),
        ("attributes=request", "always request . "),
        ("attributes=default", "always default . "),
        ("attributes=never,box", "always . always default"),
        ("attributes=box.request", "always . always request"),
        (
            "excludedAttributes=always,default,box.always",
            "always . always default",
        ),
        ("excludedAttributes=box", "always default . "),
    ] {
        let (_, one) = ask(&provider, "GET", &format!("/Devices/1?{query}"), "").await;
        assert_eq!(names(&one), expected, "{query}");
        for target in [format!("/Devices?{query}"), format!("/?{query}")] {
            let (_, list) = ask(&provider, "GET", &target, "").await;
            assert_eq!(list["Resources"][0], one, "{target}");
        }
        let patch = r#"{"Operations": [{"op": "remove", "path": "request"},
            {"op": "add", "path": "request", "value": "r"}]}"#;
        if query.starts_with("attributes") {
            let target = format!("/Devices/1?{query}");
            let (status, patched) = ask(&provider, "PATCH", &target, patch).await;
            assert_eq!(status, 200, "{query}: {patched}");
            assert!(patched.get("never").is_none(), "{query}: {patched}");
        }
    }
}
