//! The first layer: bodies of requests, checked by what they do, without storage.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic")]

use scim_client::{Extra, Resource};
use scim_provider::{
    Preconditions, Projection, Refusal, Rule,
    accept::Accept,
    scim_models::{Group, Meta, Stored, User},
};
use serde_json::{Value, json};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Path and rule of all that is wrong.
fn findings(refusal: &Refusal) -> Vec<(String, Rule)> {
    let findings = refusal.findings().iter();
    findings
        .map(|finding| (finding.path().to_owned(), finding.rule()))
        .collect()
}

fn found(path: &str, rule: Rule) -> (String, Rule) {
    (path.to_owned(), rule)
}

fn stored(user: User) -> Stored<User> {
    Stored::from_parts("2819", Meta::default(), user)
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let body = json!({
        "schemas": [USER],
        "emails": [{"value": "a", "primary": true}, {"value": "b", "primary": true}],
        "active": "perhaps",
        "name": "Babs",
    });
    let refusal = Accept::new().create::<User>(&body.to_string()).unwrap_err();
    let expected = [
        found("active", Rule::Type),
        found("name", Rule::Type),
        found("userName", Rule::Required),
        found("emails", Rule::Primary),
    ];
    let mut own = findings(&refusal);
    own.sort_by_key(|(path, _)| path.clone());
    let mut expected = expected.to_vec();
    expected.sort_by_key(|(path, _)| path.clone());
    assert_eq!(own, expected);
    assert_eq!(refusal.status().as_u16(), 400);
    assert_eq!(refusal.scim_type(), Some("invalidValue"));
    for word in ["active", "name", "userName", "emails"] {
        assert!(refusal.detail().contains(word), "{}", refusal.detail());
    }
    let message: Value = serde_json::from_str(&refusal.message().to_json()).unwrap();
    assert_eq!(message["status"], "400");
}

#[test]
fn what_only_the_server_sets_is_left_out() {
    let body = json!({
        "schemas": [USER, ENTERPRISE], "id": "mine", "meta": {"version": "mine"},
        "userName": "bjensen", "groups": [{"value": 5}],
        ENTERPRISE: {"manager": {"value": "1", "displayName": "not yours"}},
    });
    let new = Accept::strict().create::<User>(&body.to_string()).unwrap();
    assert!(new.value().groups.is_empty());
    let json: Value = serde_json::from_str(&new.value().to_json()).unwrap();
    assert_eq!(json[ENTERPRISE]["manager"], json!({"value": "1"}));
}

#[test]
fn a_replacement_keeps_what_the_client_cannot_send() {
    let old = stored(
        User::new("bjensen")
            .with_password("t1me")
            .with_title("Guide"),
    );
    let body = r#"{"userName": "babs"}"#;
    let new = Accept::new().replace(&old, body).unwrap();
    assert_eq!(new.value().password.expose().as_deref(), Some("t1me"));
    assert_eq!(new.value().title, None);
    let refusal = Accept::new()
        .replace(&old, r#"{"userName": ""}"#)
        .unwrap_err();
    assert_eq!(findings(&refusal), [found("userName", Rule::NotEmpty)]);
}

#[test]
fn what_comes_of_a_patch_is_checked() {
    let patch =
        |operations: Value| json!({"schemas": [PATCH], "Operations": operations}).to_string();
    let old = stored(User::new("bjensen"));
    let accept = Accept::new();
    let empty = patch(json!([{"op": "replace", "path": "userName", "value": ""}]));
    let refusal = accept.patch(&old, &empty).unwrap_err();
    assert_eq!(findings(&refusal), [found("userName", Rule::NotEmpty)]);
    let gone = patch(json!([{"op": "remove", "path": "userName"}]));
    assert_eq!(
        accept.patch(&old, &gone).unwrap_err().status().as_u16(),
        400
    );
    let title = patch(json!([{"op": "add", "path": "title", "value": "Guide"},
        {"op": "add", "path": "nickName", "value": "Babs"}]));
    let changed = accept.patch(&old, &title).unwrap();
    assert_eq!(changed.value().title.as_deref(), Some("Guide"));
    assert_eq!(changed.value().nick_name.as_deref(), Some("Babs"));
    assert_eq!(changed.value().id(), "2819");
    assert_eq!(old.title, None);

    let old = Stored::from_parts("1", Meta::default(), Group::new("Guides"));
    let strict = Accept::strict();
    let wrong = patch(json!([{"op": "add", "path": "members",
        "value": {"value": "2819", "$ref": "not a URI"}}]));
    let refusal = strict.patch(&old, &wrong).unwrap_err();
    assert_eq!(findings(&refusal), [found("members[0].$ref", Rule::Format)]);
}

const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

#[test]
fn a_projection_never_shows_what_is_never_returned() {
    let babs = stored(
        User::new("bjensen")
            .with_password("t1me")
            .with_title("Guide"),
    );
    for query in [
        "",
        "attributes=password,title",
        "excludedAttributes=userName,id",
    ] {
        let json = Projection::of_query(query).unwrap().to_json(&babs);
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["id"], "2819", "{query}");
        assert!(json.get("password").is_none(), "{query}");
        assert_eq!(json["title"], "Guide", "{query}");
        let shows_name = query.is_empty();
        assert_eq!(json.get("userName").is_some(), shows_name, "{query}");
    }
    let both = Projection::of_query("attributes=a&excludedAttributes=b").unwrap_err();
    assert_eq!(both.scim_type(), Some("invalidValue"));
}

#[test]
fn preconditions_are_those_of_rfc_9110() {
    let of = |name: &'static str, value: &'static str| {
        let mut headers = http::HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        Preconditions::of(&headers)
    };
    let version = Some("W/\"1.5\"");
    assert!(
        of("if-match", "\"x\", W/\"1.5\"")
            .permit_change(version)
            .is_ok()
    );
    assert!(of("if-match", "*").permit_change(version).is_ok());
    let refusal = of("if-match", "W/\"1.4\"")
        .permit_change(version)
        .unwrap_err();
    assert_eq!(refusal.status().as_u16(), 412);
    assert!(of("if-none-match", "*").permit_change(version).is_err());
    assert!(of("if-none-match", "\"1.5\"").has_already("W/\"1.5\""));
    assert!(Preconditions::default().permit_change(None).is_ok());
}

#[test]
fn what_has_no_value_is_refused() {
    // No base64 is no binary value, however it is read.
    let body = json!({"userName": "b", "x509Certificates": [{"value": "***"}]}).to_string();
    let refusal = Accept::new().create::<User>(&body).unwrap_err();
    assert_eq!(
        findings(&refusal),
        [found("x509Certificates[0].value", Rule::Format)]
    );
    // A required text that identifies nobody may be empty, unless this is strict.
    let group = "urn:ietf:params:scim:schemas:core:2.0:Group";
    let body = json!({"schemas": [group], "displayName": ""}).to_string();
    assert!(Accept::new().create::<Group>(&body).is_ok());
    let refusal = Accept::strict().create::<Group>(&body).unwrap_err();
    assert_eq!(findings(&refusal), [found("displayName", Rule::NotEmpty)]);
}

/// A badge, whose author did not think of `externalId`.
#[derive(Debug, Clone, PartialEq, Resource)]
#[scim(
    schema = "urn:example:params:scim:schemas:core:2.0:Badge",
    endpoint = "/Badges"
)]
struct Badge {
    number: String,
    #[scim(extra)]
    extra: Extra,
}

/// RFC 7643 §3.1: a resource of any type may have one, whatever its schema lists.
#[test]
fn every_resource_may_have_an_external_id() {
    let external_id = |badge: &Badge| {
        let all = badge.extra.iter();
        let all: Vec<_> = all.map(|(name, value)| (name, value.as_str())).collect();
        match all[..] {
            [] => None,
            [("externalId", value)] => Some(value.to_owned()),
            _ => panic!("{all:?}"),
        }
    };
    for accept in [Accept::new(), Accept::strict()] {
        let schemas = json!([Badge::SCHEMA]);
        let body = json!({"schemas": schemas, "number": "1", "EXTERNALID": "a"}).to_string();
        let badge = accept.create::<Badge>(&body).unwrap().into_value();
        assert_eq!(external_id(&badge).as_deref(), Some("\"a\""));
        let old = Stored::from_parts("1", Meta::default(), badge);
        for (operation, expected) in [
            (
                json!({"op": "replace", "path": "externalId", "value": "b"}),
                Some("\"b\""),
            ),
            (
                json!({"op": "add", "value": {"ExternalId": "c", "number": "2"}}),
                Some("\"c\""),
            ),
            (json!({"op": "remove", "path": "EXTERNALID"}), None),
            (
                json!({"op": "replace", "value": {"externalId": null}}),
                None,
            ),
        ] {
            let body = json!({"schemas": [PATCH], "Operations": [operation]}).to_string();
            let badge = accept.patch(&old, &body).unwrap().into_value();
            assert_eq!(external_id(badge.resource()).as_deref(), expected, "{body}");
        }
        let wrong = json!({"op": "replace", "path": "externalId", "value": {"a": 1}});
        let body = json!({"schemas": [PATCH], "Operations": [wrong]}).to_string();
        let refusal = accept.patch(&old, &body).unwrap_err();
        assert_eq!(findings(&refusal), [found("externalId", Rule::Type)]);
        let other = json!({"op": "add", "path": "external", "value": "b"});
        let body = json!({"schemas": [PATCH], "Operations": [other]}).to_string();
        let refusal = accept.patch(&old, &body).unwrap_err();
        assert_eq!(refusal.scim_type(), Some("invalidPath"));
        let put = json!({"schemas": [Badge::SCHEMA], "number": "1"}).to_string();
        let badge = accept.replace(&old, &put).unwrap().into_value();
        assert_eq!(external_id(&badge), None);
        let five = json!({"schemas": [Badge::SCHEMA], "number": "1", "externalId": 5}).to_string();
        let refusal = accept.create::<Badge>(&five).unwrap_err();
        assert_eq!(findings(&refusal), [found("externalId", Rule::Type)]);
    }
}

#[test]
fn what_is_meant_for_another_type_is_refused() {
    let created = |schemas: Value| {
        let body = json!({"schemas": schemas, "userName": "b"}).to_string();
        Accept::new().create::<User>(&body).map(drop)
    };
    for none in [json!(null), json!([]), json!(USER), json!([USER, "urn:x"])] {
        assert!(created(none.clone()).is_ok(), "{none}");
    }
    for other in [
        json!("urn:x"),
        json!(["urn:x"]),
        json!([5]),
        json!(5),
        json!({}),
        json!(true),
    ] {
        let refusal = created(other.clone()).unwrap_err();
        let of_schemas = findings(&refusal);
        let is = |(path, _): &(String, Rule)| path == "schemas";
        assert!(of_schemas.iter().any(is), "{other}: {of_schemas:?}");
    }
}
