//! What a client learns of a service provider, however little that says.
#![cfg(feature = "client")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

#[path = "common/scripted.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared")]
mod scripted;

use std::sync::atomic::{AtomicUsize, Ordering};

use scim_client::{Client, Group, User, client::Capabilities};
use serde_json::{Value, json as value};

use self::scripted::{Scripted, json};

const CONFIG: &str = r#"{"patch":{"supported":true},"filter":{"supported":true,"maxResults":50}}"#;

fn resource_type(name: &str) -> Value {
    value!({"id": name, "name": name, "endpoint": format!("/{name}s"), "schema": format!("urn:x:{name}")})
}

/// A server with these answers to `/ResourceTypes`, by query; and a configuration.
fn resource_types(pages: Vec<(&'static str, u16, Value)>) -> Scripted {
    Scripted::new(move |request| match request.uri().path() {
        "/v2/ServiceProviderConfig" => json(200, CONFIG),
        "/v2/ResourceTypes" => {
            let query = request.uri().query().unwrap_or_default();
            let (_, status, page) = pages
                .iter()
                .find(|(wanted, ..)| *wanted == query)
                .unwrap_or_else(|| panic!("{query}"));
            json(*status, page.to_string())
        }
        _ => json(404, ""),
    })
}

async fn names(server: &Scripted) -> (Vec<String>, usize) {
    let provider = server.client().discover().await.unwrap();
    let names = provider.resource_types.iter();
    let names = names.map(|one| one.name.clone().unwrap()).collect();
    // The missing schemas are one of the problems.
    (names, provider.problems.len() - 1)
}

#[tokio::test]
async fn lists_of_all_forms() {
    let (user, group) = (resource_type("User"), resource_type("Group"));
    for list in [
        value!([user, group]),
        value!({"totalResults": 2, "Resources": [user, group]}),
        value!({"resources": [user, group]}),
        value!({"resourceType": [user, group]}),
        value!({"resource_types": [user, group]}),
    ] {
        let server = resource_types(vec![("", 200, list.clone())]);
        assert_eq!(
            names(&server).await,
            (vec!["User".into(), "Group".into()], 0),
            "{list}"
        );
    }
    // One document in place of a list.
    let server = resource_types(vec![("", 200, user)]);
    assert_eq!(names(&server).await.0, ["User"]);
}

/// Who answers everything alike, and with no document of SCIM, is no service provider that says
/// little.
#[tokio::test]
async fn the_same_for_whatever_is_asked() {
    let user = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1",
        "userName":"b","name":{"familyName":"J"},"emails":[{"value":"a"}],"meta":{}}"#;
    for body in [
        "{}",
        "[]",
        "[{}]",
        r#"{"status":"ok"}"#,
        r#"{"name":"gateway","description":"health","version":"1"}"#,
        r#"{"id":"1","items":[]}"#,
        r#"{"User":{"id":"1"}}"#,
        user,
    ] {
        let server = Scripted::answers(200, "application/json", body);
        let error = server.client().discover().await.unwrap_err();
        assert!(error.to_string().contains("base URL"), "{body}: {error}");
    }
    // These speak SCIM.
    for (body, published) in [
        (r#"{"totalResults":0,"Resources":[]}"#, false),
        (
            r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"]}"#,
            false,
        ),
        (
            r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404"}"#,
            false,
        ),
        (CONFIG, true),
    ] {
        let server = Scripted::answers(200, "application/json", body);
        let provider = server.client().discover().await.unwrap();
        assert_eq!(provider.config.is_some(), published, "{body}");
        assert!(!provider.problems.is_empty(), "{body}");
        assert!(provider.verify::<User>().into_result().is_err(), "{body}");
    }
}

#[tokio::test]
async fn lists_in_pages() {
    let page = |name: &str| value!({"totalResults": 3, "Resources": [resource_type(name)]});
    let server = resource_types(vec![
        ("", 200, page("User")),
        ("startIndex=2", 200, page("Group")),
        ("startIndex=3", 200, page("Device")),
    ]);
    assert_eq!(names(&server).await.0, ["User", "Group", "Device"]);
    // By cursor.
    let server = resource_types(vec![
        (
            "",
            200,
            value!({"nextCursor": "a b", "Resources": [resource_type("User")]}),
        ),
        (
            "cursor=a%20b",
            200,
            value!({"Resources": [resource_type("Group")]}),
        ),
    ]);
    assert_eq!(names(&server).await.0, ["User", "Group"]);
    // The same page for ever.
    let server = resource_types(vec![
        ("", 200, page("User")),
        ("startIndex=2", 200, page("User")),
    ]);
    assert_eq!(names(&server).await.0, ["User"]);
    // A later page that fails takes nothing away.
    for (status, body) in [(500, value!("")), (200, value!("no list"))] {
        let server = resource_types(vec![
            ("", 200, page("User")),
            ("startIndex=2", status, body),
        ]);
        let (names, problems) = names(&server).await;
        assert_eq!((names, problems), (vec!["User".to_owned()], 1));
    }
}

#[tokio::test]
async fn what_was_said_before_gives_way_and_what_the_application_says_does_not() {
    let times = AtomicUsize::new(0);
    let server = Scripted::new(move |request| match request.uri().path() {
        "/v2/ServiceProviderConfig" => match times.fetch_add(1, Ordering::SeqCst) {
            0 => json(
                200,
                r#"{"patch":{"supported":true},"sort":{"supported":false},"bulk":{"supported":true}}"#,
            ),
            _ => json(
                200,
                r#"{"patch":{"supported":false},"sort":{"supported":true}}"#,
            ),
        },
        _ => json(404, ""),
    });
    let mut own = Capabilities::default();
    own.sort = Some(true);
    let scim = Client::builder("https://scim.example/v2")
        .service(server)
        .capabilities(own)
        .build()
        .unwrap();
    scim.discover().await.unwrap();
    let known = scim.capabilities();
    assert_eq!(
        (known.patch, known.sort, known.bulk),
        (Some(true), Some(true), Some(true))
    );
    scim.discover().await.unwrap();
    let known = scim.capabilities();
    assert_eq!(
        (known.patch, known.sort, known.bulk),
        (Some(false), Some(true), None)
    );
}

#[tokio::test]
async fn asked_once_and_kept() {
    let server = resource_types(vec![("", 200, value!([resource_type("User")]))]);
    let scim = server.client();
    let (one, other) = tokio::join!(scim.provider(), scim.clone().provider());
    assert!(std::sync::Arc::ptr_eq(&one.unwrap(), &other.unwrap()));
    assert_eq!(server.seen().len(), 3);
    assert_eq!(scim.capabilities().max_results, Some(50));
    // An error is not kept.
    let times = AtomicUsize::new(0);
    let server = Scripted::new(move |_| match times.fetch_add(1, Ordering::SeqCst) {
        0 => json(401, ""),
        _ => json(404, ""),
    });
    let scim = server.client();
    assert!(scim.provider().await.unwrap_err().is_unauthorized());
    assert!(scim.provider().await.unwrap().config.is_none());
}

#[tokio::test]
async fn a_drift_report_for_people_and_for_machines() {
    let schema = value!([{
        "id": "urn:ietf:params:scim:schemas:core:2.0:Group",
        "attributes": [
            {"name": "displayName", "type": "boolean", "required": false},
            {"name": "members", "type": "complex", "multiValued": true, "mutability": "readOnly"},
            {"name": "colour", "type": "string"}
        ]
    }]);
    let server = Scripted::new(move |request| match request.uri().path() {
        "/v2/Schemas" => json(200, schema.to_string()),
        _ => json(404, ""),
    });
    let report = server.client().discover().await.unwrap().verify::<Group>();
    assert_eq!(report.resource_type(), "Group");
    let said: Value = serde_json::to_value(&report).unwrap();
    assert_eq!(
        (&said["resourceType"], &said["breaking"]),
        (&value!("Group"), &value!(true))
    );
    let drifts = said["drifts"].as_array().unwrap();
    let find = |kind: &str, attribute: &str| {
        drifts
            .iter()
            .find(|d| d["kind"] == kind && d["attribute"] == attribute)
            .cloned()
    };
    assert_eq!(
        find("type", "displayName").unwrap(),
        value!({
            "schema": "urn:ietf:params:scim:schemas:core:2.0:Group", "attribute": "displayName",
            "kind": "type", "breaking": true, "compiled": "string", "published": "boolean"
        })
    );
    assert!(find("mutability", "members").is_some());
    assert_eq!(find("new", "colour").unwrap()["breaking"], false);
    let text = report.to_string();
    assert!(
        text.contains("breaking: displayName: type is string here, boolean there"),
        "{text}"
    );
    // Nothing is published for users.
    let report = server.client().discover().await.unwrap().verify::<User>();
    assert!(report.to_string().contains("nothing could be verified"));
    assert!(report.into_result().is_err());
}
