//! A change costs what it touches, and one that fails leaves everything as it was.

use scim_client::{Group, Resource as _, User, dynamic::DynamicResource, patch::PatchOp};
use serde_json::json;

use crate::published;

fn member(at: usize) -> serde_json::Value {
    json!({"value": format!("user-{at}"), "type": "User"})
}

fn group(members: usize) -> DynamicResource {
    let mut group = published::<Group>(&[])
        .new_resource()
        .with("displayName", "g")
        .unwrap();
    for at in 0..members {
        group.add("members", member(at)).unwrap();
    }
    group
}

#[test]
fn one_by_one_is_as_all_at_once() {
    let kind = published::<Group>(&[]);
    let mut patch = kind.patch();
    for at in 0..20 {
        patch = patch.add("members", member(at)).unwrap();
    }
    // Again: nothing changes.
    patch = patch
        .add("members", member(3))
        .unwrap()
        .remove(r#"members[value eq "user-5"]"#)
        .unwrap();
    let mut at_once = kind.new_resource().with("displayName", "g").unwrap();
    assert!(patch.build().apply(&mut at_once).unwrap());
    let mut one_by_one = group(20);
    one_by_one.add("members", member(3)).unwrap();
    assert!(one_by_one.remove(r#"members[value eq "user-5"]"#).unwrap());
    assert!(!one_by_one.remove(r#"members[value eq "user-5"]"#).unwrap());
    assert_eq!(one_by_one, at_once);
    assert_eq!(one_by_one.get_all("members.value").unwrap().len(), 19);
    let typed = one_by_one.to_typed::<Group>().unwrap();
    let values: Vec<_> = typed
        .members
        .iter()
        .filter_map(|m| m.value.as_deref())
        .collect();
    let wanted: Vec<_> = (0..20)
        .filter(|at| *at != 5)
        .map(|at| format!("user-{at}"))
        .collect();
    assert_eq!(values, wanted);
}

#[test]
fn the_other_elements_stay_in_order_and_no_more_go() {
    let mut group = group(9);
    assert!(
        group
            .remove(r#"members[value ew "3" or value ew "0" or value ew "8"]"#)
            .unwrap()
    );
    let values = group.get_all("members.value").unwrap();
    let values: Vec<_> = values
        .iter()
        .map(|value| value.to_text().into_owned())
        .collect();
    assert_eq!(
        values,
        ["user-1", "user-2", "user-4", "user-5", "user-6", "user-7"]
    );
    assert!(group.remove("members[value pr]").unwrap());
    assert!(group.get("members").unwrap().is_none());
}

#[test]
fn a_change_that_fails_leaves_everything() {
    let kind = published::<User>(&[]);
    let made = kind.new_resource().with("userName", "b").unwrap();
    let made = made
        .with(
            "emails",
            json!([{"value": "a", "type": "work", "primary": true}, {"value": "b"}]),
        )
        .unwrap();
    let mut user = made.with("name", json!({"familyName": "Jensen"})).unwrap();
    let before = user.clone();
    let two = json!([{"value": "c", "primary": true}, {"value": "d", "primary": true}]);
    assert!(user.add("emails", two).is_err());
    assert_eq!(user, before);
    assert!(user.set(r#"emails[type eq "none"].value"#, "c").is_err());
    assert_eq!(user, before);
    assert!(user.add("name", json!({"noSuch": 1})).is_err());
    assert!(user.add("emails", json!([{"value": 1}])).is_err());
    assert!(user.remove("userName").is_err());
    assert_eq!(user, before);
    // One more primary takes it from the other.
    user.add("emails", json!({"value": "c", "primary": true}))
        .unwrap();
    let primaries = user.get_all("emails[primary eq true].value").unwrap();
    let primaries: Vec<_> = primaries
        .iter()
        .map(|value| value.to_text().into_owned())
        .collect();
    assert_eq!(primaries, ["c"]);
}

/// By path or by message: the same comes of it.
#[test]
fn as_a_message_does() {
    let mut by_path = group(50);
    let mut by_message = by_path.clone();
    let text = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
        {"op":"add","path":"displayName","value":"h"},
        {"op":"remove","path":"members[type eq \"User\" and value sw \"user-1\"]"}]}"#;
    let options = Default::default();
    assert!(
        PatchOp::from_json(text, &[])
            .unwrap()
            .apply(&mut by_message, &options)
            .unwrap()
    );
    by_path.add("displayName", "h").unwrap();
    by_path
        .remove(r#"members[type eq "User" and value sw "user-1"]"#)
        .unwrap();
    assert_eq!(by_path, by_message);
    assert!(Group::from_json(&by_path.to_json()).is_ok());
}
