//! `null` inside, and what is required and does not come.

use scim_client::{Partial, Resource, Stored, User, json::ProblemKind, patch, user::Name};

use crate::{
    types::{Thing, thing},
    user,
};

/// Equality, difference, round trip and PUT say that `text` is the same as `plain`.
fn is_the_same(text: &str, plain: &str) {
    let (one, other) = (user(text), user(plain));
    assert_eq!(one, other, "{text}");
    assert_eq!(other, one, "{text}");
    for (before, after) in [(&one, &other), (&other, &one)] {
        let patch = patch::diff(before, after).unwrap();
        assert!(patch.operations().is_empty(), "{text}: {patch:?}");
    }
    assert_eq!(user(&one.to_json()), other, "{text}");
}

#[test]
fn null_within_is_absent() {
    let plain = r#"{"id":"1","userName":"u"}"#;
    for inside in [
        r#""emails":[{"value":null,"type":"work"}]"#,
        r#""emails":[{"value":null}]"#,
        r#""emails":[{"VALUE":null,"primary":true,"display":"x"},null,{}]"#,
        r#""emails":{"value":null,"type":"work"}"#,
        r#""name":{"familyName":null}"#,
        r#""name":{"familyName":null,"unheard":null}"#,
        r#""name":{}"#,
        r#""name":[{"familyName":null}]"#,
        r#""name":[null]"#,
        r#""name":[null,{"familyName":null},null]"#,
        r#""title":[null]"#,
        r#""active":[ null , null ]"#,
        r#""meta":[null]"#,
        r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":[null]"#,
        r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":[null],"department":[null]}"#,
        r#""addresses":[{"locality":null,"country":null}]"#,
        r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":null}}"#,
        r#""unheard":null"#,
        r#""unheard":{"a":null,"b":[{}]}"#,
        r#""urn:x:y":{"a":null}"#,
    ] {
        is_the_same(&format!(r#"{{"id":"1","userName":"u",{inside}}}"#), plain);
    }
    is_the_same(
        r#"{"id":"1","userName":"u","name":{"familyName":"F","givenName":null,"x":null}}"#,
        r#"{"id":"1","userName":"u","name":{"familyName":"F"}}"#,
    );
    is_the_same(
        r#"{"id":"1","userName":"u","emails":[{"value":null,"type":"work"},{"value":"a","type":null}]}"#,
        r#"{"id":"1","userName":"u","emails":[{"value":"a"}]}"#,
    );
    is_the_same(
        r#"{"id":"1","userName":"u","unheard":{"a":1,"b":null}}"#,
        r#"{"id":"1","userName":"u","unheard":{"a":1}}"#,
    );
}

/// Also where they come in a PATCH; and of equal names the last one counts.
#[test]
fn an_element_with_a_null_value_is_none_however_it_comes() {
    use scim_client::patch::{ApplyOptions, PatchOp};

    for (value, left) in [
        (r#"[{"value":null,"type":"work"}]"#, 0),
        (r#"{"value":null,"type":"work"}"#, 0),
        (
            r#"[{"type":"work","VALUE":null},{"value":"null","type":"home"}]"#,
            1,
        ),
        (r#"[{"value":null,"Value":"a"}]"#, 1),
        (r#"[{"Value":"a","value":null}]"#, 0),
        (r#"[{"type":"work","display":null}]"#, 1),
    ] {
        let read = User::from_json(&format!(r#"{{"userName":"u","emails":{value}}}"#)).unwrap();
        assert_eq!(read.emails.len(), left, "{value}");
        for op in ["add", "replace"] {
            for options in [ApplyOptions::default(), ApplyOptions::entra()] {
                let text = format!(
                    r#"{{"Operations":[{{"op":"{op}","path":"emails","value":{value}}}]}}"#
                );
                let mut user = User::new("u");
                let message = PatchOp::from_json(&text, &[]).unwrap();
                message.apply(&mut user, &options).unwrap();
                assert_eq!(user.emails, read.emails, "{text}");
            }
        }
    }
}

#[test]
fn an_element_without_its_value_does_not_go_back() {
    let read = user(
        r#"{"id":"1","userName":"u","emails":[{"value":null,"type":"work"},{"value":"a"}],
            "addresses":[{"type":"work","locality":null}]}"#,
    );
    let written = read.to_json();
    assert!(written.contains(r#""emails":[{"value":"a"}]"#), "{written}");
    // An address has no `value` that could be null.
    assert!(
        written.contains(r#""addresses":[{"type":"work"}]"#),
        "{written}"
    );
}

#[test]
fn an_empty_value_equals_none() {
    let one = User::new("u");
    let mut other = one.clone();
    other.name = Some(Name::default());
    assert_eq!(one, other);
    assert_eq!(other, one);
    other.name = Some(Name::default().with_family_name("F"));
    assert_ne!(one, other);
}

#[test]
fn required_and_not_returned() {
    // Many: none.
    let read = Thing::from_json(r#"{"serial":"1"}"#).unwrap();
    assert!(read.parts.is_empty());
    let read = Thing::from_json(r#"{"serial":"1","parts":null}"#).unwrap();
    assert!(read.parts.is_empty());
    // An element: unassigned.
    let read =
        Thing::from_json(r#"{"serial":"1","parts":[{"type":"a"},{"value":"p"},{"value":null}]}"#);
    assert_eq!(read.unwrap(), thing());
    let read = Thing::from_json(r#"{"serial":"1","parts":[{"type":"a"}]}"#).unwrap();
    assert!(read.parts.is_empty());
    // One: an error that says what to do.
    let error = Thing::from_json(r#"{"parts":[]}"#).unwrap_err();
    assert_eq!(error.places()[0].kind(), &ProblemKind::MissingRequired);
    let text = error.to_string();
    assert!(
        text.starts_with("serial: required attribute is missing"),
        "{text}"
    );
    assert!(
        text.contains("overlay.json") && text.contains(r#""required": false"#),
        "{text}"
    );
    // There is nothing to correct of an `id`.
    let error = Stored::<User>::from_json(r#"{"userName":"u"}"#).unwrap_err();
    assert_eq!(error.to_string(), "id: required attribute is missing");
}

#[test]
fn a_projection_tells_what_did_not_come() {
    let partial: Partial<Thing> = Partial::from_json(r#"{"id":"1"}"#).unwrap();
    assert!(partial.get(|t| t.parts).is_none());
    let partial: Partial<Thing> =
        Partial::from_json(r#"{"id":"1","parts":[{"type":"a"}]}"#).unwrap();
    let parts = partial.get(|t| t.parts).unwrap();
    assert_eq!(parts.len(), 1);
    assert_eq!(parts.get(0).unwrap().get(|p| p.value), None);
}

#[test]
fn strict_reading_wants_all_of_it() {
    let strict = |text: &str| Stored::<Thing>::from_json_strict(text).map(drop);
    strict(r#"{"id":"1","serial":"1","parts":[{"value":"p"}]}"#).unwrap();
    assert!(strict(r#"{"id":"1","serial":"1"}"#).is_err());
    assert!(strict(r#"{"id":"1","serial":"1","parts":[{"type":"a"}]}"#).is_err());
    assert!(strict(r#"{"id":"1","serial":"1","parts":[{"value":null,"type":"a"}]}"#).is_err());
}

#[test]
fn an_explicit_value_is_sent_as_such() {
    let before = user(
        r#"{"id":"1","userName":"u","emails":[{"value":"a","type":"work","primary":true},{"value":"b"}]}"#,
    );
    let mut after = before.clone();
    after.emails[0].primary = Some(false);
    let patch = serde_json::to_string(&patch::diff(&before, &after).unwrap().to_message()).unwrap();
    assert!(
        patch.contains(r#"{"op":"replace","path":"emails[value eq \"a\"].primary","value":false}"#),
        "{patch}"
    );
    after.emails[0].primary = None;
    let patch = serde_json::to_string(&patch::diff(&before, &after).unwrap().to_message()).unwrap();
    assert!(
        patch.contains(r#"{"op":"remove","path":"emails[value eq \"a\"].primary"}"#),
        "{patch}"
    );
}
