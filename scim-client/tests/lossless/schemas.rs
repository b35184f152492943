//! `schemas` on PUT keeps what the service provider listed, and lists what is sent.

use scim_client::{
    Group, Resource, Stored, User,
    client::Client,
    patch::{ApplyOptions, PatchOp, Unknown},
};
use serde_json::json;

use crate::{
    schemas_of,
    scripted::{Scripted, json as answer},
    user,
};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

#[tokio::test]
async fn any_uri_that_is_a_member_with_an_object() {
    const GROUP: &str = include_str!("../cases/eduid-group-extension-uri.json");
    let server = Scripted::new(|_| answer(200, GROUP));
    let client: Client = server.client();
    let groups = client.resource::<Group>();
    let group = groups.get("1").await.unwrap();
    groups.replace(&group).await.unwrap();
    let (_, put) = server.seen().pop().unwrap();
    assert_eq!(
        schemas_of(&put),
        [
            "urn:ietf:params:scim:schemas:core:2.0:Group",
            "https://scim.eduid.example/schema/nutid/group/v1",
        ]
    );
}

#[tokio::test]
async fn any_uri_that_was_listed() {
    let listed = json!([
        USER, ENTERPRISE, "urn:x:1", "URN:X:1", "nutid/v1", "tag:y", "", 7, USER
    ]);
    let document = json!({"schemas": listed, "id": "1", "userName": "u", "tag:y": {"a": 1}});
    let text = document.to_string();
    let expected = [USER, "tag:y", ENTERPRISE, "urn:x:1", "nutid/v1"];
    let read = user(&text);
    assert_eq!(schemas_of(&read.to_json()), expected);

    let body: &'static str = text.clone().leak();
    let server = Scripted::new(move |_| answer(200, body));
    let users = server.client().resource::<User>();
    let mut stored = users.get("1").await.unwrap();
    stored.display_name = Some("D".into());
    // The server says the same whatever it is asked.
    let stored = users.replace(&stored).check_applied(false).await.unwrap();
    let (_, put) = server.seen().pop().unwrap();
    assert_eq!(schemas_of(&put), expected);

    // A typed resource keeps them too, and they are no attributes.
    let typed = User::from_json(&text).unwrap();
    assert_eq!(schemas_of(&typed.to_json()), expected);
    assert_eq!(typed.extra.len(), 1);
    assert_eq!(&typed, stored.resource());
    let (id, meta, resource) = stored.into_parts();
    assert_eq!(
        schemas_of(&Stored::from_parts(id, meta, resource).to_json()),
        expected
    );
}

#[test]
fn the_data_of_an_extension_lists_it_once() {
    let mut read = user(&format!(
        r#"{{"id":"1","userName":"u","{ENTERPRISE}":{{"department":"D"}},"urn:x:1":{{"a":1}},
            "schemas":["{}","{}","urn:x:1"]}}"#,
        USER.to_lowercase(),
        ENTERPRISE.to_uppercase(),
    ));
    assert_eq!(schemas_of(&read.to_json()), [USER, ENTERPRISE, "urn:x:1"]);
    // As if there were none: what a user wants to be without is not listed.
    read.extra.clear();
    read.enterprise_user = None;
    assert_eq!(schemas_of(&read.to_json()), [USER]);
}

#[test]
fn listed_schemas_are_found_by_filters_and_are_no_difference() {
    let one = user(&format!(
        r#"{{"id":"1","userName":"u","schemas":["{USER}","urn:x:1"]}}"#
    ));
    let other = user(r#"{"id":"1","userName":"u","schemas":"urn:x:2"}"#);
    let filter = scim_client::filter::Filter::parse(r#"schemas eq "urn:x:1""#).unwrap();
    assert!(filter.matches(&one) && !filter.matches(&other));
    assert_eq!(schemas_of(&other.to_json()), [USER, "urn:x:2"]);
    assert_eq!(one, other);
    assert!(
        scim_client::patch::diff(&one, &other)
            .unwrap()
            .operations()
            .is_empty()
    );
}

#[test]
fn many_of_them_cost_what_they_are() {
    let listed: Vec<_> = (0..50_000).map(|n| format!("urn:x:{n}")).collect();
    let text = json!({"schemas": listed, "id": "1", "userName": "u"}).to_string();
    assert_eq!(schemas_of(&user(&text).to_json()).len(), 50_001);
}

/// A PATCH that looks at unknown attributes leaves what was listed.
#[test]
fn a_patch_keeps_what_was_listed() {
    let text = json!({"schemas": [USER, "urn:x:1"], "id": "1", "userName": "u", "own": 1});
    let mut stored = user(&text.to_string());
    let patch = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations":[{"op":"add","path":"other","value":2}]}"#;
    let patch = PatchOp::from_json(patch, &[]).unwrap();
    let options = ApplyOptions::default().with_unknown(Unknown::Keep);
    assert!(patch.apply(&mut stored, &options).unwrap());
    assert_eq!(stored.extra.len(), 2);
    assert_eq!(schemas_of(&stored.to_json()), [USER, "urn:x:1"]);
}
