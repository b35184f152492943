//! A change costs what it touches, and one that fails leaves everything as it was.

use scim_client::{
    Group, Resource as _, User,
    dynamic::DynamicResource,
    patch::{ApplyOptions, PatchOp, Unknown},
};
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

/// What an addition knows of the elements counts no more after any other change.
#[test]
fn additions_among_other_changes_are_as_those_on_a_copy() {
    let kind = published::<User>(&[]);
    let mut user = kind.new_resource().with("userName", "u").unwrap();
    let mail = |at: u64| format!("m{at}@example.com");
    let mut state = 7_u64;
    let mut next = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % below
    };
    for at in 0..2_000 {
        // A copy knows nothing of what was looked at.
        let mut copy = user.clone();
        let (which, kind_of) = (mail(next(60)), next(12));
        let done = [&mut user, &mut copy].map(|user| match kind_of {
            0 => user
                .remove(&format!("emails[value eq \"{which}\"]"))
                .is_ok(),
            1 => user
                .set(&format!("emails[value eq \"{which}\"].value"), mail(99))
                .is_ok(),
            2 => user.set("title", at).is_ok() | user.set("title", "t").is_ok(),
            3 => {
                let text = format!(
                    r#"{{"Operations":[{{"op":"remove","path":"emails[value eq \"{which}\"]"}}]}}"#
                );
                let message = PatchOp::from_json(&text, &[]).unwrap();
                message.apply(user, &ApplyOptions::default()).is_ok()
            }
            4 => {
                let value = json!({"value": which, "type": "work", "primary": true});
                user.add("emails", value).is_ok()
            }
            // Refused, and nothing is changed.
            5 => user
                .add("emails", json!([{"value": which}, {"value": 5}]))
                .is_ok(),
            6 if at % 40 == 0 => user.set("emails", json!([{"value": which}])).is_ok(),
            7 => user.add("addresses", json!({"locality": which})).is_ok(),
            8 => user
                .add("emails", json!([{"value": which}, {"value": mail(60)}]))
                .is_ok(),
            _ => user
                .add("emails", json!({"value": which, "type": "work"}))
                .is_ok(),
        });
        assert_eq!(done[0], done[1], "{at}: {kind_of}");
        assert_eq!(user, copy, "{at}: {kind_of}");
    }
    assert!(user.get_all("emails.value").unwrap().len() > 20);
    assert!(user.get_all("addresses.locality").unwrap().len() > 20);
}

/// In the container of an extension, too.
#[test]
fn an_addition_that_is_refused_leaves_the_values_of_an_extension() {
    let document = json!([
        {"id": "urn:example:Car", "name": "Car", "attributes": [{"name": "plate"}]},
        {"id": "urn:example:Ext", "name": "Ext", "attributes": [
            {"name": "tags", "multiValued": true},
            {"name": "parts", "multiValued": true, "type": "complex", "subAttributes": [
                {"name": "value"}, {"name": "primary", "type": "boolean"}]},
        ]},
        {"name": "Car", "endpoint": "/Cars", "schema": "urn:example:Car",
            "schemaExtensions": [{"schema": "urn:example:Ext"}]},
    ]);
    let types = scim_client::dynamic::ResourceTypes::from_json(&document.to_string()).unwrap();
    let mut car = types.find("Car").unwrap().new_resource();
    let part = |value: &str| json!({"value": value, "primary": true});
    for at in 0..30 {
        car.add("urn:example:Ext:tags", format!("t{}", at % 20))
            .unwrap();
        car.add("parts", part(&format!("p{}", at % 20))).unwrap();
    }
    assert_eq!(car.get_all("tags").unwrap()[0].elements().count(), 20);
    let before = car.clone();
    car.add("parts", json!([part("a"), part("b")])).unwrap_err();
    car.add("tags", 5).unwrap_err();
    assert_eq!(car, before);
    car.add("tags", "t20").unwrap();
    assert_eq!(car.get_all("tags").unwrap()[0].elements().count(), 21);
}

/// Things whose elements are told by values of every kind.
fn told() -> scim_client::dynamic::ResourceType {
    let sub = |name: &str, kind: &str| json!({"name": name, "type": kind});
    let many = |name: &str, kind: &str| {
        let all = [
            sub("value", kind),
            sub("display", "string"),
            sub("other", "any"),
        ];
        json!({"name": name, "type": "complex", "multiValued": true, "subAttributes": all})
    };
    let all = [
        many("anything", "any"),
        many("rates", "decimal"),
        many("times", "dateTime"),
        many("names", "string"),
    ];
    let document = json!({"id": "urn:example:2.0:Told", "name": "Told", "attributes": all});
    let types = scim_client::dynamic::ResourceTypes::from_json(&document.to_string()).unwrap();
    types.iter().next().unwrap().clone()
}

/// Those in excess keep every look at all elements from being the cheapest way.
fn applied(attribute: &str, operations: serde_json::Value) -> Vec<serde_json::Value> {
    let kind = told();
    let more = |at: usize| match attribute {
        "rates" => json!({"value": at, "display": format!("d{at}")}),
        "times" => {
            json!({"value": format!("2020-01-01T00:00:{at:02}Z"), "display": format!("d{at}")})
        }
        _ => json!({"value": format!("v{at}"), "display": format!("d{at}")}),
    };
    let all: Vec<_> = (10..30).map(more).collect();
    let mut thing = kind.new_resource().with(attribute, &all).unwrap();
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": operations,
    });
    let message = PatchOp::from_json(&body.to_string(), &[]).unwrap();
    message.apply(&mut thing, &ApplyOptions::default()).unwrap();
    let after: serde_json::Value = serde_json::from_str(&thing.to_json()).unwrap();
    after[attribute].as_array().cloned().unwrap_or_default()
}

#[test]
fn what_is_listed_is_found_whatever_tells_it() {
    for (attribute, listed) in [
        ("anything", json!({"value": "v12"})),
        ("rates", json!({"value": 12, "display": "of another time"})),
        ("rates", json!({"value": 12.0})),
        (
            "times",
            json!({"value": "2020-01-01T01:00:12+01:00", "display": "of another time"}),
        ),
        (
            "names",
            json!({"value": "v12", "display": "of another time"}),
        ),
        ("names", json!({"display": "d12", "other": null})),
        ("anything", json!({"display": "d12", "other": null})),
    ] {
        // Often enough for an index.
        let one = json!({"op": "remove", "path": attribute, "value": [listed]});
        let nobody = json!({"op": "remove", "path": attribute, "value": [{"display": "nobody"}]});
        let mut all = vec![nobody; 10];
        for operations in [vec![one.clone()], {
            all.push(one);
            all
        }] {
            let left = applied(attribute, json!(operations));
            assert_eq!(left.len(), 19, "{attribute} {listed}");
            assert!(!left.iter().any(|x| x["display"] == "d12"), "{attribute}");
        }
    }
}

#[test]
fn what_has_more_unknown_attributes_is_there_already() {
    let address = |at: usize| json!({"locality": "X", "extra": at, "serverAdded": true});
    let all: Vec<_> = (0..20).map(address).collect();
    let user = json!({"userName": "u", "addresses": all}).to_string();
    let mut user = User::from_json(&user).unwrap();
    let add = |at: usize| {
        let value = json!({"locality": "X", "extra": at});
        json!({"op": "add", "path": "addresses", "value": [value]})
    };
    let all: Vec<_> = (0..21).map(add).collect();
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": all,
    });
    let message = PatchOp::from_json(&body.to_string(), &[]).unwrap();
    let options = ApplyOptions::default().with_unknown(Unknown::Keep);
    message.apply(&mut user, &options).unwrap();
    assert_eq!(user.addresses.len(), 21);
}
