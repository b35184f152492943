//! Adding what is there changes nothing (RFC 7644 §3.5.2.1); adding to what is not there makes it.

use scim_client::{
    Client, Group, Resource, User,
    patch::{ApplyOptions, Identity, PatchErrorKind, Unknown, diff},
    testing::ServiceProvider,
};
use serde_json::{Value, json};

use crate::thing::{MORE, Thing, json_of, one, patched};

fn add(path: &str, value: Value) -> Value {
    json!({"op": "add", "path": path, "value": value})
}

#[test]
fn the_same_type_and_value() {
    let user = json!({
        "userName": "u",
        "emails": [{"value": "a@example.com", "type": "work", "primary": true}],
        "phoneNumbers": [{"value": "tel:1", "type": "mobile", "display": "1"}],
        "ims": [{"value": "im", "type": "xmpp"}],
        "photos": [{"value": "https://example.com/P", "type": "photo"}],
        "roles": [{"value": "admin", "display": "Admin"}],
        "entitlements": [{"value": "e", "type": "t", "display": "E"}],
        "x509Certificates": [{"value": "AQ==", "display": "C"}],
        "addresses": [{"type": "work", "locality": "X", "country": "DE"}],
    });
    for (path, value) in [
        ("emails", json!({"value": "A@Example.com", "type": "Work"})),
        (
            "emails",
            json!({"value": "a@example.com", "type": "work", "display": "A"}),
        ),
        ("phoneNumbers", json!({"value": "tel:1", "type": "mobile"})),
        (
            "ims",
            json!({"value": "im", "type": "xmpp", "primary": true}),
        ),
        (
            "photos",
            json!({"value": "https://example.com/P", "type": "photo"}),
        ),
        ("roles", json!({"value": "admin"})),
        ("entitlements", json!({"value": "E", "type": "T"})),
        ("x509Certificates", json!({"value": "AQ=="})),
        (
            "addresses",
            json!({"type": "work", "locality": "X", "country": "DE"}),
        ),
        (
            "addresses",
            json!({"type": "Work", "locality": "x", "country": "de"}),
        ),
    ] {
        for value in [value.clone(), json!([value, value])] {
            for operation in [
                add(path, value.clone()),
                json!({"op": "add", "value": {path: value}}),
            ] {
                assert_eq!(
                    one::<User>(&user, operation),
                    Ok(user.clone()),
                    "{path} {value}"
                );
            }
        }
    }
    for (path, value) in [
        ("emails", json!({"value": "a@example.com", "type": "home"})),
        ("emails", json!({"value": "a@example.com"})),
        ("emails", json!({"value": "b@example.com", "type": "work"})),
        ("roles", json!({"value": "admin", "type": "t"})),
        ("roles", json!({"value": "other"})),
        ("x509Certificates", json!({"value": "aQ=="})),
        ("addresses", json!({"type": "work", "locality": "X"})),
        (
            "addresses",
            json!({"type": "work", "locality": "X", "country": "DE", "region": "R"}),
        ),
    ] {
        let after = one::<User>(&user, add(path, json!([value, value]))).unwrap();
        assert_eq!(after[path].as_array().unwrap().len(), 2, "{path} {value}");
    }
}

#[test]
fn letter_case_as_the_attribute_says() {
    let thing = json!({"exact": [{"value": "a"}], "tags": ["a"], "multiComplex": [{"value": "a"}]});
    let count = |path: &str, value: Value| {
        let after = one::<Thing>(&thing, add(path, value)).unwrap();
        after[path].as_array().unwrap().len()
    };
    assert_eq!(count("exact", json!([{"value": "A"}, {"value": "a"}])), 2);
    assert_eq!(
        count("multiComplex", json!([{"value": "A"}, {"value": "b"}])),
        2
    );
    assert_eq!(count("tags", json!(["A", "a", "b"])), 2);
}

#[test]
fn members_and_nested_attributes() {
    let group = json!({"displayName": "g", "members": [
        {"value": "1", "$ref": "https://example.com/Users/1", "display": "One"},
        {"value": "2", "type": "User"},
    ]});
    for value in [
        json!({"value": "1"}),
        json!({"value": "1", "$ref": null, "display": "1"}),
        json!({"value": "2", "type": "User"}),
    ] {
        assert_eq!(
            one::<Group>(&group, add("members", value)),
            Ok(group.clone())
        );
    }
    let thing = json!({
        "complex": {"items": [{"value": "1", "display": "One"}]},
        MORE: {"list": [{"value": "1", "display": "One"}]},
    });
    for operation in [
        add("complex.items", json!({"value": "1"})),
        add("complex", json!({"items": [{"value": "1"}]})),
        json!({"op": "add", "value": {"complex": {"items": {"value": "1"}}}}),
        add(&format!("{MORE}:list"), json!([{"value": "1"}])),
        add(MORE, json!({"list": [{"value": "1"}]})),
        json!({"op": "add", "value": {MORE: {"list": [{"value": "1"}]}}}),
        json!({"op": "add", "value": {format!("{MORE}:list"): [{"value": "1"}]}}),
    ] {
        assert_eq!(
            one::<Thing>(&thing, operation.clone()),
            Ok(thing.clone()),
            "{operation}"
        );
    }
}

#[test]
fn unknown_attributes_besides() {
    let user = json!({"userName": "u",
        "addresses": [{"type": "work", "locality": "X", "custom": 1}],
        "emails": [{"value": "a", "custom": 1}],
    });
    let keeping = ApplyOptions::default().with_unknown(Unknown::Keep);
    let by_value = ApplyOptions::default().with_identity(Identity::Value);
    let whole = ApplyOptions::default().with_identity(Identity::Whole);
    let same = [
        add("addresses", json!([{"type": "work", "locality": "X"}])),
        add(
            "addresses",
            json!([{"type": "work", "locality": "X", "custom": 1}]),
        ),
        add("emails", json!([{"value": "a"}])),
    ];
    for options in [ApplyOptions::default(), keeping.clone(), by_value, whole] {
        assert_eq!(
            patched::<User>(&user, &json!(same), &options),
            Ok(user.clone())
        );
    }
    let other = add(
        "addresses",
        json!([{"type": "work", "locality": "X", "custom": 2}]),
    );
    let after = patched::<User>(&user, &json!([other]), &keeping).unwrap();
    assert_eq!(after["addresses"].as_array().unwrap().len(), 2);
}

#[test]
fn add_makes_what_the_filter_describes() {
    let bare = json!({"userName": "u"});
    let made = |path: &str, value: Value| one::<User>(&bare, add(path, value));
    assert_eq!(
        made("emails[type eq \"work\"].value", json!("a")).unwrap()["emails"],
        json!([{"value": "a", "type": "work"}])
    );
    assert_eq!(
        made(
            "emails[type eq \"work\" and primary eq true]",
            json!({"value": "a"})
        )
        .unwrap()["emails"],
        json!([{"value": "a", "type": "work", "primary": true}])
    );
    let user = json!({"userName": "u", "emails": [{"value": "a", "type": "work"}]});
    let after = one::<User>(&user, add("emails[type eq \"home\"].value", json!("b"))).unwrap();
    assert_eq!(after["emails"].as_array().unwrap().len(), 2);
    let thing = json!({"tags": ["a"]});
    assert_eq!(
        one::<Thing>(&thing, add("tags[value eq \"b\"]", json!("b"))).unwrap()["tags"],
        json!(["a", "b"])
    );
    for (path, value) in [
        ("emails[type ne \"work\"].value", json!("a")),
        (
            "emails[type eq \"work\" or type eq \"home\"].value",
            json!("a"),
        ),
        ("emails[not (type eq \"work\")].value", json!("a")),
        (
            "emails[type eq \"work\" and type eq \"home\"].value",
            json!("a"),
        ),
        ("emails[type sw \"w\"].value", json!("a")),
        ("emails[type pr].value", json!("a")),
        ("emails[type eq null].value", json!("a")),
    ] {
        assert_eq!(made(path, value), Err(PatchErrorKind::NoTarget), "{path}");
    }
    assert_eq!(
        one::<Thing>(&thing, add("tags[value eq \"b\"]", json!("c"))),
        Err(PatchErrorKind::NoTarget)
    );
    let replace = json!({"op": "replace", "path": "emails[type eq \"work\"].value", "value": "a"});
    assert_eq!(one::<User>(&bare, replace), Err(PatchErrorKind::NoTarget));
}

/// What `add` would leave out as being there, `diff` says in another way.
#[test]
fn diff_knows_what_add_leaves_out() {
    for (before, after) in [
        (
            json!({"multiComplex": [{"value": "a", "display": "A"}]}),
            json!({"multiComplex": [{"value": "a", "display": "A"}, {"value": "A", "display": "B"}]}),
        ),
        (
            json!({"multiComplex": [{"type": "t", "x": 1}]}),
            json!({"multiComplex": [{"type": "t", "x": 1}, {"type": "T"}]}),
        ),
        (json!({"tags": ["a"]}), json!({"tags": ["a", "A"]})),
        (json!({}), json!({"tags": ["a", "A"]})),
        (
            json!({}),
            json!({"multiComplex": [{"value": "a", "display": "A"}, {"value": "a"}]}),
        ),
    ] {
        let mut thing = Thing::from_json(&before.to_string()).unwrap();
        let wanted = Thing::from_json(&after.to_string()).unwrap();
        let patch = diff(&thing, &wanted).unwrap().into_message();
        let options = ApplyOptions::default().with_unknown(Unknown::Keep);
        patch.apply(&mut thing, &options).unwrap();
        assert_eq!(json_of(&thing), after, "{}", patch.to_json());
    }
}

/// RFC 7643 §2.4: a service provider does not have the same type and value twice.
#[tokio::test]
async fn a_create_keeps_one() {
    let provider = ServiceProvider::builder().resource::<User>().build();
    let client = Client::builder("https://scim.example").service(provider);
    let client = client.build().unwrap();
    let user = json!({"userName": "u",
        "emails": [
            {"value": "a@example.com", "type": "work", "display": "first"},
            {"value": "A@example.com", "type": "Work"},
            {"value": "a@example.com", "type": "home"},
        ],
        "addresses": [{"type": "work", "locality": "X"}, {"type": "work", "locality": "X"}],
    });
    let users = client.resource::<User>();
    let user = User::from_json(&user.to_string()).unwrap();
    let created = users.create(&user).await.unwrap();
    assert_eq!(created.emails.len(), 2);
    assert_eq!(created.emails[0].display.as_deref(), Some("first"));
    assert_eq!(created.addresses.len(), 1);
}
