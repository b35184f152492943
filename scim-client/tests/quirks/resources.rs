//! Resources and their attributes.

use scim_client::{Extension as _, Group, User, client::Operation as _};

use crate::{
    scripted::{Scripted, json},
    user, users,
};

#[tokio::test]
async fn q23_meta_in_lower_case_and_relative() {
    let babs =
        user(r#"{"id":"1","userName":"a","meta":{"resourceType":"user","location":"/users/1"}}"#)
            .await;
    assert_eq!(babs.meta().location.as_ref().unwrap().as_str(), "/users/1");
    assert_eq!(babs.meta().resource_type.as_deref(), Some("user"));
}

#[tokio::test]
async fn q23_a_relative_location_tells_the_id() {
    let server = Scripted::new(|request| {
        if request.method() == "GET" {
            return json(200, r#"{"id":"a b","userName":"a"}"#);
        }
        let mut response = json(201, "");
        let location = "Users/a%20b".parse().unwrap();
        response.headers_mut().insert("location", location);
        response
    });
    let users = server.client().resource::<User>();
    assert_eq!(users.create(&User::new("a")).await.unwrap().id(), "a b");
    assert_eq!(server.seen()[1].0, "GET /v2/Users/a%20b");
}

#[tokio::test]
async fn q25_booleans_as_strings() {
    for (text, expected) in [("\"True\"", true), ("\"False\"", false), ("\"true\"", true)] {
        let body = format!(r#"{{"id":"1","userName":"a","active":{text}}}"#);
        let babs = user(body.leak()).await;
        assert_eq!(babs.active, Some(expected), "{text}");
    }
}

#[tokio::test]
async fn q30_q41_times_of_all_kinds() {
    for text in [
        r#""2024-04-10T00:00:00+0000""#,
        r#""2019-12-21T10:00:00""#,
        r#""2019-12-21T10:00:00.123456""#,
        r#""Jan 3, 2019 4:49:53 PM""#,
        "1769709417998",
    ] {
        let body = format!(r#"{{"id":"1","userName":"a","meta":{{"created":{text}}}}}"#);
        let babs = user(body.leak()).await;
        let created = babs.meta().created.clone().unwrap();
        assert_eq!(created.to_string(), text.trim_matches('"'));
    }
    let babs =
        user(r#"{"id":"1","userName":"a","meta":{"created":"2024-04-10T00:00:00+0000"}}"#).await;
    assert!(babs.meta().created.as_ref().unwrap().instant().is_some());
}

#[tokio::test]
async fn q34_q35_ids_of_all_kinds() {
    for (id, path) in [
        ("k&KdKr6TLWuxdDtk0hjSzL", "k%26KdKr6TLWuxdDtk0hjSzL"),
        ("a+b", "a%2Bb"),
        ("a/b", "a%2Fb"),
        ("50%", "50%25"),
        ("jörg@example.com", "j%C3%B6rg%40example.com"),
        ("../x", "..%2Fx"),
        ("a.scim", "a.scim"),
    ] {
        let request = users("{}").get(id).request().unwrap();
        assert_eq!(request.uri().path(), format!("/v2/Users/{path}"));
        // And as the last segment of a location.
        let location = format!("https://scim.example/v2/Users/{path}");
        let server = Scripted::new(move |_| {
            let mut response = json(201, r#"{"userName":"a"}"#);
            response
                .headers_mut()
                .insert("location", location.parse().unwrap());
            response
        });
        let created = server
            .client()
            .resource::<User>()
            .create(&User::new("a"))
            .await;
        assert_eq!(created.unwrap().id(), id);
    }
}

#[tokio::test]
async fn q38_q39_q40_versions_that_are_no_entity_tags() {
    for (version, kept) in [
        (r#""93d1c6c8-3a05""#, "93d1c6c8-3a05"),
        ("17", "17"),
        (r#""W/3694e05e9dff590""#, "W/3694e05e9dff590"),
        (r#""""#, ""),
    ] {
        let body =
            format!(r#"{{"id":"1","userName":"a","title":"t","meta":{{"version":{version}}}}}"#);
        let server = Scripted::answers(200, "application/json", body.leak());
        let users = server.client().resource::<User>();
        let babs = users.get("1").await.unwrap();
        assert_eq!(babs.meta().version.as_deref().unwrap_or_default(), kept);
        // It would not match, so it is not sent.
        users.replace(&babs).await.unwrap();
        assert!(server.headers(1).get("if-match").is_none(), "{version}");
    }
    // The header is an entity-tag, and comes first.
    let server = Scripted::new(|_| {
        let mut response = json(200, r#"{"id":"1","userName":"a","meta":{"version":"17"}}"#);
        let version = "W/\"17\"".parse().unwrap();
        response.headers_mut().insert("etag", version);
        response
    });
    let users = server.client().resource::<User>();
    let babs = users.get("1").await.unwrap();
    users.replace(&babs).await.unwrap();
    assert_eq!(server.headers(1)["if-match"], "W/\"17\"");
}

#[tokio::test]
async fn q42_no_meta() {
    let babs = user(r#"{"id":"1","userName":"a"}"#).await;
    assert!(babs.meta().resource_type.is_none() && babs.meta().version.is_none());
    let babs = user(r#"{"id":"1","userName":"a","meta":null}"#).await;
    assert!(babs.meta().location.is_none());
}

#[tokio::test]
async fn q43_ids_that_are_numbers() {
    let server = Scripted::answers(
        200,
        "application/json",
        r#"{"id":7,"displayName":"G","members":[{"value":12},{"value":"13"}]}"#,
    );
    let group = server.client().resource::<Group>().get("7").await.unwrap();
    let members: Vec<_> = group
        .members
        .iter()
        .map(|m| m.value.clone().unwrap())
        .collect();
    assert_eq!(
        (group.id(), members),
        ("7", vec!["12".to_owned(), "13".to_owned()])
    );
}

#[tokio::test]
async fn q44_q45_other_truths() {
    let babs = user(
        r#"{"id":"1","userName":"a","active":1,"emails":[{"value":"a@example.com","primary":"true"}]}"#,
    )
    .await;
    assert_eq!(
        (babs.active, babs.emails[0].primary),
        (Some(true), Some(true))
    );
    assert_eq!(
        user(r#"{"id":"1","userName":"a","active":0}"#).await.active,
        Some(false)
    );
}

#[tokio::test]
async fn q46_null_empty_and_two_primaries() {
    let babs = user(
        r#"{"id":"1","userName":"a","title":null,"nickName":"","emails":[],"phoneNumbers":null,"name":{},
            "roles":[{"value":"x","primary":true},{"value":"y","primary":true}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{}}"#,
    )
    .await;
    assert!(babs.title.is_none() && babs.emails.is_empty() && babs.phone_numbers.is_empty());
    assert_eq!(
        babs.roles
            .iter()
            .filter(|role| role.primary == Some(true))
            .count(),
        2
    );
}

#[tokio::test]
async fn q47_q48_extensions_by_their_presence() {
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    assert_eq!(scim_client::EnterpriseUser::SCHEMA, enterprise);
    let babs = user(
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","userName":"a",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":701984},
            "urn:wire:scim:schemas:profile:1.0":{"x":1}}"#,
    )
    .await;
    let employee = babs
        .enterprise_user
        .as_ref()
        .unwrap()
        .employee_number
        .as_deref();
    assert_eq!(employee, Some("701984"));
    assert!(
        babs.extra
            .get("urn:wire:scim:schemas:profile:1.0")
            .is_some()
    );
    assert!(babs.to_json().contains("urn:wire:scim:schemas:profile:1.0"));
    // And the reverse: announced, and not there.
    let body = r#"{"schemas":["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"id":"1","userName":"a"}"#;
    assert!(user(body).await.enterprise_user.is_none());
}

#[test]
fn q70_q71_what_is_unset_is_not_sent() {
    let request = users("{}").create(&User::new("a")).request().unwrap();
    let body = std::str::from_utf8(request.body()).unwrap();
    assert!(!body.contains("null"), "{body}");
    assert_eq!(request.headers()["content-type"], "application/scim+json");
}

#[tokio::test]
async fn q72_an_extension_that_is_only_written() {
    let urn = "urn:ietf:params:scim:schemas:extension:ibm:2.0:Notification";
    let mut babs = User::new("a");
    let notification = scim_client::Json::parse(r#"{"notifyType":"NONE"}"#).unwrap();
    babs.extra.insert(urn, notification);
    let request = users("{}").create(&babs).request().unwrap();
    let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(body[urn]["notifyType"], "NONE");
}
