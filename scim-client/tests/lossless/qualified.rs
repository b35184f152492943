//! Core attributes and those of extensions under the URN of their schema (RFC 7644 §3.10).

use scim_client::{
    Complex, Extra, Group, Partial, Resource, Stored, User,
    message::{BulkResponse, ListResponse, Outcome},
};

use crate::{schemas_of, types::Thing, user};

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

#[test]
fn a_container_as_a_known_server_sends_it() {
    let case: serde_json::Value =
        serde_json::from_str(include_str!("../cases/01-core-urn-container.json")).unwrap();
    let text = case["input"].to_string();
    let read = user(&text);
    assert_eq!(read.id(), "49");
    assert_eq!(read.user_name, "anna@example.com");
    assert_eq!(read.active, Some(true));
    let enterprise = read.enterprise_user.as_ref().unwrap();
    assert_eq!(enterprise.department.as_deref(), Some("D"));
    assert!(read.extra.is_empty());

    let written = read.to_json();
    assert_eq!(schemas_of(&written), [CORE, ENTERPRISE]);
    assert!(
        written.contains(r#","userName":"anna@example.com""#),
        "{written}"
    );
    assert_eq!(user(&written), read);
    assert_eq!(User::from_json(&text).unwrap(), *read);
    let partial: Partial<User> = Partial::from_json(&text).unwrap();
    assert_eq!(partial.get(|u| u.user_name), Some("anna@example.com"));
}

#[test]
fn in_any_letter_case_and_order() {
    let upper = CORE.to_uppercase();
    let read = user(&format!(
        r#"{{"{upper}":{{"UserName":"u","emails":[{{"value":"e"}}],"nick":1,"id":"7",
            "meta":{{"version":"1"}},"name":{{"familyName":"F"}},"title":null}},
            "displayName":"D","title":"T"}}"#
    ));
    assert_eq!((read.id(), read.user_name.as_str()), ("7", "u"));
    assert_eq!(read.meta().version.as_deref(), Some("1"));
    assert_eq!(read.emails.len(), 1);
    assert_eq!(read.display_name.as_deref(), Some("D"));
    // Null under the URN says nothing of the value beside it.
    assert_eq!(read.title.as_deref(), Some("T"));
    assert_eq!(read.extra.get("nick").unwrap().as_str(), "1");
    assert_eq!(schemas_of(&read.to_json()), [CORE]);
}

#[test]
fn flat_keys() {
    let read = user(&format!(
        r#"{{"id":"1","{CORE}:userName":"u","{}:NAME.familyName":"F","{CORE}:name.givenName":"G",
            "{CORE}:emails":[{{"value":"e"}}],"{CORE}:active":"True","{CORE}:unheard":1,
            "{ENTERPRISE}:department":"D","{ENTERPRISE}:manager.value":"m",
            "{}:costCenter":"4130"}}"#,
        CORE.to_lowercase(),
        ENTERPRISE.to_uppercase(),
    ));
    assert_eq!(read.user_name, "u");
    let name = read.name.as_ref().unwrap();
    assert_eq!(name.family_name.as_deref(), Some("F"));
    assert_eq!(name.given_name.as_deref(), Some("G"));
    assert_eq!((read.emails.len(), read.active), (1, Some(true)));
    let enterprise = read.enterprise_user.as_ref().unwrap();
    assert_eq!(enterprise.department.as_deref(), Some("D"));
    assert_eq!(enterprise.cost_center.as_deref(), Some("4130"));
    assert_eq!(
        enterprise.manager.as_ref().unwrap().value.as_deref(),
        Some("m")
    );
    // Of an attribute that no schema has nobody knows what it means.
    assert_eq!(read.extra.len(), 1);
    assert_eq!(schemas_of(&read.to_json()), [CORE, ENTERPRISE]);
    assert_eq!(user(&read.to_json()), read);
}

/// Such a member is no container of a schema that somebody would have to know.
#[test]
fn flat_keys_that_nobody_knows_are_no_schemas() {
    let read = user(&format!(
        r#"{{"id":"1","userName":"u","{CORE}:unheard":{{"a":1}},"{ENTERPRISE}:unheard":{{"a":1}}}}"#
    ));
    assert_eq!(read.extra.len(), 2);
    assert_eq!(schemas_of(&read.to_json()), [CORE]);
    assert_eq!(user(&read.to_json()), read);
    // What the server listed stays.
    let read = user(&format!(
        r#"{{"schemas":["{CORE}","{CORE}:acme"],"id":"1","userName":"u","{CORE}:acme":{{"a":1}}}}"#
    ));
    assert_eq!(
        schemas_of(&read.to_json()),
        [CORE.to_owned(), format!("{CORE}:acme")]
    );
}

#[test]
fn flat_keys_add_to_containers() {
    for text in [
        format!(
            r#"{{"id":"1","userName":"u","{ENTERPRISE}:department":"D","{ENTERPRISE}":{{"division":"V"}}}}"#
        ),
        format!(
            r#"{{"id":"1","userName":"u","{ENTERPRISE}":{{"division":"V"}},"{ENTERPRISE}:department":"D"}}"#
        ),
        format!(
            r#"{{"id":"1","{CORE}":{{"userName":"u"}},"{ENTERPRISE}":{{"division":"V","{ENTERPRISE}:department":"D"}}}}"#
        ),
    ] {
        let read = user(&text);
        let enterprise = read.enterprise_user.as_ref().unwrap();
        assert_eq!(enterprise.department.as_deref(), Some("D"), "{text}");
        assert_eq!(enterprise.division.as_deref(), Some("V"), "{text}");
    }
}

#[test]
fn what_is_wrong_there_is_named() {
    let places = |text: &str| {
        let error = Stored::<User>::from_json(text).unwrap_err();
        let places = error.places().iter();
        places
            .map(|place| place.path().to_owned())
            .collect::<Vec<_>>()
    };
    let wrong = format!(
        r#"{{"id":"1","{CORE}":{{"userName":"u","active":"maybe"}},"{ENTERPRISE}:manager":[1,2],
            "{CORE}:name.familyName":{{"a":1}}}}"#
    );
    assert_eq!(
        places(&wrong),
        [
            "active".to_owned(),
            format!("{ENTERPRISE}:manager"),
            "name.familyName".to_owned()
        ]
    );
    assert_eq!(
        places(&format!(r#"{{"id":"1","{CORE}":{{}}}}"#)),
        ["userName"]
    );
    assert_eq!(
        places(&format!(r#"{{"id":"1","{CORE}":null}}"#)),
        ["userName"]
    );
}

#[test]
fn in_messages() {
    let element =
        format!(r#"{{"id":"1","{CORE}":{{"userName":"u"}},"{ENTERPRISE}:department":"D"}}"#);
    let page = format!(r#"{{"totalResults":1,"Resources":[{element}]}}"#);
    let list: ListResponse<Outcome<Stored<User>>> = ListResponse::from_json(&page).unwrap();
    assert_eq!(list.resources[0].as_ref().unwrap().user_name, "u");
    let list: ListResponse<Outcome<Partial<User>>> = ListResponse::from_json(&page).unwrap();
    assert_eq!(
        list.resources[0].as_ref().unwrap().get(|u| u.user_name),
        Some("u")
    );

    let bulk =
        format!(r#"{{"Operations":[{{"method":"POST","status":"201","response":{element}}}]}}"#);
    let bulk = BulkResponse::from_json(&bulk).unwrap();
    let created = user(bulk.operations[0].response.as_ref().unwrap().as_str());
    assert_eq!(created.user_name, "u");

    let group: Group = serde_json::from_str(
        r#"{"urn:ietf:params:scim:schemas:core:2.0:group":{"displayName":"g"}}"#,
    )
    .unwrap();
    assert_eq!(group.display_name, "g");
}

#[test]
fn derived_types_and_what_is_required_of_them() {
    let thing = Thing::from_json(
        r#"{"urn:example:core:thing:serial":"s","urn:example:core:Thing":{"parts":{"value":"p"}},
            "urn:example:extension:ACME:place.floor":"3"}"#,
    )
    .unwrap();
    assert_eq!((thing.serial.as_str(), thing.parts.len()), ("s", 1));
    assert_eq!(thing.acme.unwrap().place.unwrap().floor, Some(3));
}

#[test]
fn strict_reading_is_as_strict_as_it_was() {
    let text = format!(r#"{{"schemas":["{CORE}"],"id":"1","{CORE}":{{"userName":"u"}}}}"#);
    assert!(Stored::<User>::from_json_strict(&text).is_err());
    assert!(Stored::<User>::from_json(&text).is_ok());
}

#[derive(Debug, Clone, PartialEq, Resource)]
#[scim(schema = "urn:example:core:Door", endpoint = "/Doors")]
struct Door {
    lock: Option<Lock>,
    #[scim(extra)]
    extra: Extra,
}

/// Both of its parts are required.
#[derive(Debug, Clone, PartialEq, Complex)]
struct Lock {
    code: String,
    bolt: String,
    #[scim(extra)]
    extra: Extra,
}

#[test]
fn what_is_required_may_stand_in_several_places() {
    const DOOR: &str = "urn:example:core:Door";
    for text in [
        format!(r#"{{"{DOOR}":{{"{DOOR}:lock.code":"1"}},"{DOOR}:lock.bolt":"2"}}"#),
        format!(r#"{{"{DOOR}:lock.bolt":"2","{DOOR}":{{"{DOOR}:lock.code":"1"}}}}"#),
        format!(r#"{{"{DOOR}":{{"{DOOR}":{{"{DOOR}:lock.code":"1"}},"{DOOR}:lock.bolt":"2"}}}}"#),
    ] {
        let door = Door::from_json(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let lock = door.lock.unwrap();
        assert_eq!((lock.code.as_str(), lock.bolt.as_str()), ("1", "2"));
    }
    let text = format!(r#"{{"{DOOR}":{{"{DOOR}:lock.code":"1"}}}}"#);
    let error = Door::from_json(&text).unwrap_err();
    assert_eq!(error.places()[0].path(), "lock.bolt");
}

#[test]
fn containers_in_containers() {
    let within = |urn: &str, depth: usize, inner: &str| {
        let open = format!("{{\"a\":1,\"{urn}\":").repeat(depth);
        format!("{open}{inner}{}", "}".repeat(depth))
    };
    let read = user(&within(
        CORE,
        100,
        r#"{"id":"1","userName":"u","active":true,"b":2}"#,
    ));
    assert_eq!((read.id(), read.user_name.as_str()), ("1", "u"));
    assert_eq!(read.active, Some(true));
    assert_eq!(read.extra.len(), 2, "{:?}", read.extra);
    // What stands behind a container in it counts too.
    let read = user(&format!(
        r#"{{"id":"1","{CORE}":{{"{CORE}":{{"title":"T"}},"{CORE}:nickName":"N","userName":"u"}}}}"#
    ));
    assert_eq!(read.title.as_deref(), Some("T"));
    assert_eq!(read.nick_name.as_deref(), Some("N"));
    assert_eq!(read.user_name, "u");
    let extension = within(ENTERPRISE, 50, r#"{"department":"D"}"#);
    let read = user(&format!(
        r#"{{"id":"1","{CORE}":{{"userName":"u","{ENTERPRISE}":{extension}}}}}"#
    ));
    let enterprise = read.enterprise_user.as_ref().unwrap();
    assert_eq!(enterprise.department.as_deref(), Some("D"));
    // What is no container is kept where it stands.
    let read = user(&format!(
        r#"{{"id":"1","userName":"u","{CORE}":{{"{CORE}":7}}}}"#
    ));
    assert_eq!(read.extra.get(CORE).unwrap().as_str(), "7");
}
