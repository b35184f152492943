//! What `diff` writes: paths that can be read, and no more than needed.

use scim_client::{
    Group, Resource, User,
    group::Member,
    patch::{self, ApplyOptions, Dialect, DiffErrorKind, PatchOp, Unknown},
};
use serde_json::{Value, json};

use crate::linear;

fn members(ids: impl IntoIterator<Item = usize>) -> Group {
    let id = |n: usize| Member::new(format!("2819c223-7f76-453a-919d-{n:012}"));
    Group::new("g").with_members(ids.into_iter().map(id))
}

fn operations(message: &PatchOp) -> Value {
    let mut value: Value = serde_json::from_str(&message.to_json()).unwrap();
    value["Operations"].take()
}

fn user(extra: &Value) -> User {
    let mut user = json!({"userName": "u"});
    let members = user.as_object_mut().unwrap();
    members.extend(extra.as_object().unwrap().clone());
    User::from_json(&user.to_string()).unwrap()
}

/// Reads the patch back and applies it.
fn leads_there<R: Resource>(before: &R, after: &R) -> Value {
    let message = patch::diff(before, after).unwrap().into_message();
    let read = PatchOp::from_json(&message.to_json(), &[]).unwrap();
    let mut applied = before.clone();
    let options = ApplyOptions::default().with_unknown(Unknown::Keep);
    read.apply(&mut applied, &options).unwrap();
    assert!(
        patch::diff(&applied, after).unwrap().is_empty(),
        "{}",
        message.to_json()
    );
    operations(&message)
}

#[test]
fn unknown_attributes_with_colons() {
    // No path can name it, but an object can.
    let (none, one, two) = (json!({}), json!({"a:b": 1}), json!({"a:b": [2]}));
    assert_eq!(
        leads_there(&user(&none), &user(&one)),
        json!([{"op": "add", "value": {"a:b": 1}}])
    );
    assert_eq!(
        leads_there(&user(&one), &user(&two)),
        json!([{"op": "replace", "value": {"a:b": [2]}}])
    );
    for (before, name) in [
        (json!({"a:b": 1}), "a:b"),
        (json!({":": 1}), ":"),
        (
            json!({"https://acme.example/ext": 1}),
            "https://acme.example/ext",
        ),
        (
            json!({"https://acme.example/ext": {"no name": 1}}),
            "no name",
        ),
        (json!({"urn:x y": {"a": 1}}), "a"),
    ] {
        let error = patch::diff(&user(&before), &user(&none)).unwrap_err();
        assert_eq!(error.kind(), DiffErrorKind::NoPath, "{before}");
        assert_eq!(error.attribute(), name);
    }
}

#[test]
fn extensions_under_any_uri() {
    let url = "https://acme.example/ext";
    let before = json!({url: {"a": 1, "b": [2], "c d": 3}});
    let after = json!({url: {"a": 1, "b": [4], "c d": 5}});
    assert_eq!(
        leads_there(&user(&before), &user(&after)),
        json!([
            {"op": "replace", "path": format!("{url}:b"), "value": [4]},
            {"op": "replace", "value": {url: {"c d": 5}}},
        ])
    );
    let before = json!({url: {"a": 1, "b": [2]}});
    assert_eq!(
        leads_there(&user(&before), &user(&json!({}))),
        json!([
            {"op": "remove", "path": format!("{url}:a")},
            {"op": "remove", "path": format!("{url}:b")},
        ])
    );
    let urn = json!({"urn:example:2.0:X": {"a": 1}});
    assert_eq!(
        leads_there(&user(&urn), &user(&json!({}))),
        json!([{"op": "remove", "path": "urn:example:2.0:X"}])
    );
}

#[test]
fn a_set_does_not_append() {
    assert_eq!(
        leads_there(&user(&json!({"a b": [1]})), &user(&json!({"a b": [1, 2]}))),
        json!([{"op": "replace", "value": {"a b": [1, 2]}}])
    );
}

#[test]
fn what_replaces_all_elements_is_shorter_where_most_go() {
    let (before, after) = (members(0..5_000), members(0..10));
    let written = leads_there(&before, &after);
    assert_eq!(written.as_array().unwrap().len(), 1);
    assert_eq!(written[0]["op"], "replace");
    assert_eq!(written[0]["value"].as_array().unwrap().len(), 10);
    // Where most stay, each by itself.
    let written = leads_there(&before, &members(10..5_000));
    assert_eq!(written.as_array().unwrap().len(), 10);
    assert!(written[0]["path"].as_str().unwrap().contains("value eq"));
    // One operation is never made another.
    let written = leads_there(&members(0..2), &members(0..1));
    assert_eq!(written[0]["op"], "remove");
}

#[test]
fn never_longer_than_a_replacement() {
    for (before, after) in [(40, 1), (40, 20), (40, 39), (3, 1), (40, 60)] {
        for offset in [0, 1, 5] {
            let (before, after) = (members(0..before), members(offset..offset + after));
            let message = patch::diff(&before, &after).unwrap().into_message();
            leads_there(&before, &after);
            let whole = scim_client::patch::Patch::<Group>::new()
                .replace(|g| g.members, after.members.clone())
                .into_message();
            let (len, whole) = (message.to_json().len(), whole.to_json().len());
            assert!(
                len <= whole || message.operations.len() <= 8,
                "{len} and {whole}"
            );
        }
    }
}

#[test]
fn a_replacement_keeps_to_the_limits_of_the_dialect() {
    let (before, after) = (members(0..500), members(0..50));
    let count = |dialect: Dialect| {
        let patch = dialect.diff(&before, &after).unwrap();
        patch.operations().len()
    };
    let rfc = Dialect::rfc;
    assert_eq!(count(rfc()), 1);
    assert_eq!(count(rfc().with_max_operations(Some(10))), 1);
    assert_eq!(count(rfc().with_max_added(Some(50))), 1);
    assert_eq!(count(rfc().with_max_added(Some(49))), 450);
    assert_eq!(count(rfc().with_max_removed(Some(100))), 450);
    assert_eq!(count(rfc().with_max_changed(Some(100))), 450);
    assert_eq!(count(rfc().with_separate_adds_and_removals(true)), 450);
}

#[test]
fn half_of_the_elements() {
    let halves = |n: usize| (members(0..n), members((0..n).filter(|n| n % 2 == 0)));
    linear("diff, half gone", 1_000, halves, |(before, after)| {
        patch::diff(before, after).unwrap()
    });
    let renamed = |n: usize| {
        let user = |from: usize| {
            let emails: Vec<_> = (0..n)
                .map(|n| json!({"value": format!("{n}@x"), "display": if n % 2 == 0 { n } else { n + from }.to_string()}))
                .collect();
            user(&json!({"emails": emails}))
        };
        (user(0), user(1))
    };
    linear("diff, half changed", 500, renamed, |(before, after)| {
        patch::diff(before, after).unwrap()
    });
}
