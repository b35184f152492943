//! What the typed builder emits.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use common::gadget::{AcmeGadget, Gadget, Place, Port};
use scim_client::{
    EnterpriseUser, User,
    patch::{Op, Operation, Patch, PatchOp},
    user::{Email, Name},
};
use serde_json::{Value, json};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn emitted<R>(patch: &Patch<R>) -> Value {
    let message: Value = serde_json::from_str(&patch.to_message().to_json()).unwrap();
    assert_eq!(
        message["schemas"],
        json!(["urn:ietf:params:scim:api:messages:2.0:PatchOp"])
    );
    message["Operations"].clone()
}

#[test]
fn paths_and_values() {
    let patch = Patch::<User>::new()
        .replace(|u| u.name.family_name, "Jensen")
        .add(|u| u.emails, Email::new("babs@home.example"))
        .remove(|u| u.emails.filter(|e| e.type_.eq("home")))
        .replace(
            |u| {
                u.emails
                    .filter(|e| e.type_.eq("work") & e.primary.eq(true))
                    .at(|e| e.value)
            },
            "x",
        )
        .replace(|u| u.active, false)
        .remove(|u| u.nick_name);
    assert_eq!(
        emitted(&patch),
        json!([
            {"op": "replace", "path": "name.familyName", "value": "Jensen"},
            {"op": "add", "path": "emails", "value": [{"value": "babs@home.example"}]},
            {"op": "remove", "path": "emails[type eq \"home\"]"},
            {"op": "replace", "path": "emails[type eq \"work\" and primary eq true].value", "value": "x"},
            {"op": "replace", "path": "active", "value": false},
            {"op": "remove", "path": "nickName"},
        ])
    );
    assert!(!patch.is_empty());
    let read: PatchOp =
        serde_json::from_str(&serde_json::to_string(&patch.to_message()).unwrap()).unwrap();
    assert_eq!(read, patch.into_message());
}

#[test]
fn whole_values() {
    let patch = Patch::<User>::new()
        .add(|u| u.name, Name::new().with_given_name("Barbara"))
        .add(|u| u.emails, vec![Email::new("a"), Email::new("b")])
        .replace(|u| u.emails.filter(|e| e.value.eq("a")), Email::new("c"));
    assert_eq!(
        emitted(&patch),
        json!([
            {"op": "add", "path": "name", "value": {"givenName": "Barbara"}},
            {"op": "add", "path": "emails", "value": [{"value": "a"}, {"value": "b"}]},
            {"op": "replace", "path": "emails[value eq \"a\"]", "value": {"value": "c"}},
        ])
    );
    let patch = Patch::<Gadget>::new()
        .add(|g| g.tags, "red")
        .add(|g| g.tags, vec!["green".to_owned()])
        .add(|g| g.ports, Port::new("p"))
        .replace(|g| g.place.room, "R")
        .add(|g| g.built, "2024-01-01T00:00:00Z")
        .replace(|g| g.pin, "1234");
    assert_eq!(
        emitted(&patch),
        json!([
            {"op": "add", "path": "tags", "value": ["red"]},
            {"op": "add", "path": "tags", "value": ["green"]},
            {"op": "add", "path": "ports", "value": [{"value": "p"}]},
            {"op": "replace", "path": "place.room", "value": "R"},
            {"op": "add", "path": "built", "value": "2024-01-01T00:00:00Z"},
            {"op": "replace", "path": "pin", "value": "1234"},
        ])
    );
    assert!(!format!("{patch:?}").contains("1234"));
}

#[test]
fn extensions_are_fully_qualified() {
    let mut enterprise = EnterpriseUser::new();
    enterprise.department = Some("D".into());
    enterprise.cost_center = Some("C".into());
    let patch = Patch::<User>::new()
        .replace(|u| u.enterprise_user.department, "E")
        .replace(|u| u.enterprise_user.manager.value, "m")
        .replace(|u| u.enterprise_user, enterprise)
        .remove(|u| u.enterprise_user);
    assert_eq!(
        emitted(&patch),
        json!([
            {"op": "replace", "path": format!("{ENTERPRISE}:department"), "value": "E"},
            {"op": "replace", "path": format!("{ENTERPRISE}:manager.value"), "value": "m"},
            {"op": "replace", "path": format!("{ENTERPRISE}:costCenter"), "value": "C"},
            {"op": "replace", "path": format!("{ENTERPRISE}:department"), "value": "D"},
            {"op": "remove", "path": ENTERPRISE},
        ])
    );
    let mut odd = AcmeGadget::default();
    odd.extra.insert("a b", json!(1));
    let patch = Patch::<Gadget>::new().add(|g| g.acme, odd);
    let urn = "urn:example:params:scim:schemas:extension:acme:2.0:Gadget";
    assert_eq!(
        emitted(&patch),
        json!([{"op": "add", "value": {urn: {"a b": 1}}}])
    );
}

#[test]
fn nothing_is_never_a_value() {
    let patch = Patch::<Gadget>::new()
        .add(|g| g.tags, Vec::<String>::new())
        .add(|g| g.place, Place::default())
        .add(|g| g.free, scim_client::Json::from(Value::Null));
    assert!(patch.is_empty());
    let patch = Patch::<Gadget>::new()
        .replace(|g| g.tags, Vec::<String>::new())
        .replace(|g| g.place, Place::default());
    assert_eq!(
        emitted(&patch),
        json!([{"op": "remove", "path": "tags"}, {"op": "remove", "path": "place"}])
    );
}

#[test]
fn a_patch_is_a_value() {
    let patch = Patch::<User>::new().replace(|u| u.active, true);
    assert_eq!(patch.clone(), patch);
    let twice = patch.clone().then(patch.clone());
    assert_eq!(twice.operations().len(), 2);
    assert_eq!(
        Patch::<User>::from_operations(twice.operations().to_vec()),
        twice
    );
    let by_hand = Operation::replace(
        "active".parse::<scim_client::filter::PatchPath>().ok(),
        json!(true).into(),
    );
    assert_eq!(by_hand.op, Op::Replace);
    assert_eq!(by_hand, patch.operations()[0]);

    let mut user = User::new("u");
    assert!(patch.apply(&mut user).unwrap());
    assert!(!patch.apply(&mut user).unwrap());
    assert_eq!(user.active, Some(true));
}
