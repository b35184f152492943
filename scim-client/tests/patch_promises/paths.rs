//! Each part of a path is read, or the path is refused.

use scim_client::{
    Meta, Stored, User,
    patch::{ApplyOptions, PatchErrorKind, PatchOp, ReadOnlyValues, Unknown},
};
use serde_json::{Value, json};

use crate::thing::{MORE, Thing, entra, one, patched};

fn thing() -> Value {
    json!({
        "label": "L",
        "complex": {
            "string": "s",
            "stringArray": ["a", "b"],
            "items": [{"value": "1", "type": "x"}, {"value": "2", "type": "y", "stringArray": ["p", "q"]}],
        },
        "multiComplex": [{"string": "s", "stringArray": ["a"]}, {"value": "v"}],
        "tags": ["a", "b"],
        MORE: {"note": "n", "list": [{"value": "1"}, {"value": "2"}]},
    })
}

#[test]
fn multi_valued_sub_attributes_are_reached() {
    let at = |op: &str, path: &str, value: Value| {
        one::<Thing>(&thing(), json!({"op": op, "path": path, "value": value}))
    };
    let after = at("remove", "complex.stringArray[value eq \"A\"]", Value::Null).unwrap();
    assert_eq!(after["complex"]["stringArray"], json!(["b"]));
    let after = at("replace", "complex.stringArray[value eq \"a\"]", json!("c")).unwrap();
    assert_eq!(after["complex"]["stringArray"], json!(["c", "b"]));
    let after = at("remove", "complex.items[type eq \"x\"]", Value::Null).unwrap();
    assert_eq!(after["complex"]["items"].as_array().unwrap().len(), 1);
    let after = at(
        "replace",
        "complex.items[value eq \"2\"].display",
        json!("D"),
    )
    .unwrap();
    assert_eq!(after["complex"]["items"][1]["display"], json!("D"));
    let after = at("add", "complex.items[value eq \"3\"].display", json!("D")).unwrap();
    assert_eq!(
        after["complex"]["items"][2],
        json!({"value": "3", "display": "D"})
    );
    let path = format!("{MORE}:list[value eq \"1\"].stringArray");
    let after = at("add", &path, json!(["z"])).unwrap();
    assert_eq!(
        after[MORE]["list"][0],
        json!({"value": "1", "stringArray": ["z"]})
    );
    // With nothing left the complex attribute is unassigned.
    let all = json!([
        {"op": "remove", "path": "complex.items[value pr]"},
        {"op": "remove", "path": "complex.stringArray[value pr]"},
        {"op": "remove", "path": "complex.string"},
    ]);
    let after = patched::<Thing>(&thing(), &all, &ApplyOptions::default()).unwrap();
    assert_eq!(after.get("complex"), None);
    // Nothing is made for nothing.
    let bare = json!({"label": "L"});
    let none = json!({"op": "remove", "path": "complex.items[value eq \"1\"]"});
    assert_eq!(one::<Thing>(&bare, none), Ok(bare.clone()));
    let made = json!({"op": "add", "path": "complex.items[value eq \"1\"].type", "value": "t"});
    assert_eq!(
        one::<Thing>(&bare, made).unwrap()["complex"],
        json!({"items": [{"value": "1", "type": "t"}]})
    );
}

#[test]
fn what_a_path_cannot_mean_is_refused() {
    let things = [
        "multiComplex.stringArray[string eq \"s\"]",
        "multiComplex.stringArray[value eq \"a\"]",
        "multiComplex.display[type eq \"x\"]",
        "multiComplex.display[type eq \"x\"].value",
        "complex.string[value eq \"s\"]",
        "complex.bogus[value eq \"s\"]",
        "complex[string eq \"s\"]",
        "complex[string eq \"s\"].stringArray",
        "complex.stringArray[value eq \"a\"].value",
        "label[value eq \"L\"]",
        "label.x[value eq \"L\"]",
        "tags.value[value eq \"a\"]",
        "tags[value eq \"a\"].value",
        "bogus[value eq \"a\"]",
        "bogus.x[value eq \"a\"].y",
        "urn:example:params:scim:schemas:core:2.0:Thing[label eq \"L\"]",
        "urn:example:params:scim:schemas:extension:more:2.0:Thing[note eq \"n\"]",
        "urn:example:params:scim:schemas:extension:more:2.0:Thing[note eq \"n\"].list",
        "urn:example:params:scim:schemas:extension:more:2.0:Thing:list.type[value eq \"1\"]",
        "urn:other:2.0:Thing[note eq \"n\"]",
        "urn:other:2.0:Thing:list[note eq \"n\"].x",
        "id[value eq \"1\"]",
        "schemas[value eq \"urn:a:b\"]",
        "meta[version eq \"1\"]",
        "meta.version[value eq \"1\"]",
        "meta.bogus",
        "id.value",
    ];
    let keeping = ApplyOptions::default().with_unknown(Unknown::Keep);
    let ignoring = ApplyOptions::default().with_read_only_values(ReadOnlyValues::Ignore);
    for path in things {
        for op in ["add", "replace", "remove"] {
            let operation = json!([{"op": op, "path": path, "value": "zz"}]);
            for options in [
                ApplyOptions::default(),
                ApplyOptions::entra(),
                keeping.clone(),
                ignoring.clone(),
            ] {
                assert_eq!(
                    patched::<Thing>(&thing(), &operation, &options),
                    Err(PatchErrorKind::InvalidPath),
                    "{op} {path}"
                );
            }
        }
    }
    // Whether there is anything at the path or not.
    for path in [
        "complex.bogus",
        "multiComplex[value eq \"z\"].bogus",
        "complex.items[value eq \"z\"].bogus",
        "urn:example:params:scim:schemas:extension:more:2.0:Thing:bogus",
        "urn:example:params:scim:schemas:extension:more:2.0:Thing:list[value eq \"z\"].bogus",
    ] {
        for op in ["add", "replace", "remove"] {
            for thing in [thing(), json!({"label": "L"})] {
                let operation = json!({"op": op, "path": path, "value": "zz"});
                assert_eq!(
                    one::<Thing>(&thing, operation),
                    Err(PatchErrorKind::InvalidPath),
                    "{op} {path}"
                );
            }
        }
    }
    // As a key of a value, too.
    for path in things {
        let operation = json!({"op": "replace", "value": {path: "zz"}});
        assert_eq!(
            entra::<Thing>(&thing(), operation),
            Err(PatchErrorKind::InvalidPath),
            "{path}"
        );
    }
}

#[test]
fn meta_is_read_only_and_its_parts_are_known() {
    let mut meta = Meta::default();
    meta.version = Some("W/\"1\"".into());
    let user = User::new("u");
    let apply = |operation: Value| {
        let mut stored = Stored::from_parts("7", meta.clone(), user.clone());
        let message = json!({ "Operations": [operation] }).to_string();
        let message = PatchOp::from_json(&message, &[]).unwrap();
        message
            .apply(&mut stored, &ApplyOptions::default())
            .map_err(|error| error.kind())
    };
    let replace = |path: &str, value: &str| json!({"op": "replace", "path": path, "value": value});
    assert_eq!(apply(replace("meta.version", "W/\"1\"")), Ok(false));
    assert_eq!(
        apply(replace("meta.version", "W/\"2\"")),
        Err(PatchErrorKind::Mutability)
    );
    assert_eq!(
        apply(replace("meta.bogus", "x")),
        Err(PatchErrorKind::InvalidPath)
    );
    assert_eq!(
        apply(replace("id.x", "7")),
        Err(PatchErrorKind::InvalidPath)
    );
}

/// RFC 7644 §3.12: what cannot be compared is refused, as a path to what is unknown is.
#[test]
fn unknown_attributes_in_the_filter_of_a_path() {
    let user = json!({"userName": "u", "emails": [{"value": "a", "type": "work"}]});
    for filter in [
        "bogus eq \"work\"",
        "bogus pr",
        "type eq \"work\" and not (bogus eq \"x\")",
        "value eq \"a\" or bogus ne \"x\"",
        "type.value eq \"work\"",
        "emails.type eq \"work\"",
        "urn:ietf:params:scim:schemas:core:2.0:User:type eq \"work\"",
    ] {
        for path in [
            format!("emails[{filter}]"),
            format!("emails[{filter}].display"),
        ] {
            for unknown in [Unknown::Refuse, Unknown::LeaveOut] {
                let options = ApplyOptions::default().with_unknown(unknown);
                let operations = json!([{"op": "remove", "path": path}]);
                assert_eq!(
                    patched::<User>(&user, &operations, &options),
                    Err(PatchErrorKind::InvalidFilter),
                    "{path}"
                );
            }
        }
    }
    // Where they are kept, they may be asked for.
    let keeping = ApplyOptions::default().with_unknown(Unknown::Keep);
    let user = json!({"userName": "u", "emails": [{"value": "a", "x": 1}, {"value": "b"}]});
    let operations = json!([{"op": "remove", "path": "emails[x eq 1]"}]);
    let after = patched::<User>(&user, &operations, &keeping).unwrap();
    assert_eq!(after["emails"], json!([{"value": "b"}]));
}

#[test]
fn one_primary_element() {
    let user = json!({"userName": "u", "emails": [
        {"value": "a", "primary": true}, {"value": "b", "type": "home"}, {"value": "c", "primary": false},
    ]});
    let made = json!({"value": "d", "primary": true});
    for (operation, at) in [
        (json!({"op": "add", "path": "emails", "value": [made]}), 3),
        (json!({"op": "add", "value": {"emails": made}}), 3),
        (
            json!({"op": "replace", "path": "emails[type eq \"home\"].primary", "value": true}),
            1,
        ),
        (
            json!({"op": "add", "path": "emails[value eq \"b\"]", "value": {"primary": true}}),
            1,
        ),
        (
            json!({"op": "replace", "path": "emails[value eq \"c\"]", "value": made}),
            2,
        ),
        (
            json!({"op": "add", "path": "emails[value eq \"d\"].primary", "value": true}),
            3,
        ),
    ] {
        let after = one::<User>(&user, operation.clone()).unwrap();
        let emails = after["emails"].as_array().unwrap();
        for (index, email) in emails.iter().enumerate() {
            let primary = email.get("primary");
            let is_right = match index {
                _ if index == at => primary == Some(&json!(true)),
                0 => primary == Some(&json!(false)),
                // Not said before, not said after.
                1 => primary.is_none(),
                _ => primary != Some(&json!(true)),
            };
            assert!(is_right, "{operation}: {after}");
        }
    }
    // One after the other, in one message: the last one is primary.
    let each = ["b", "c", "a", "c"].map(|value| {
        json!({"op": "replace", "path": format!("emails[value eq \"{value}\"].primary"), "value": true})
    });
    let after = patched::<User>(&user, &json!(each), &ApplyOptions::default()).unwrap();
    let primaries: Vec<&Value> = after["emails"]
        .as_array()
        .unwrap()
        .iter()
        .map(|email| &email["primary"])
        .collect();
    assert_eq!(primaries, [&json!(false), &json!(false), &json!(true)]);
}
