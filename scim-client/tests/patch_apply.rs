//! Applying: what the vectors do not ask, and each option.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod common;

use common::{
    gadget::Gadget,
    pt_user::{Route, Trip},
};
use scim_client::{
    Meta, Resource, Stored,
    model::Reflect,
    patch::{
        ApplyOptions, ComplexValues, ElementValues, Identity, NoMatch, PatchErrorKind, PatchOp,
        ReadOnlyValues, RemovedValues, Unknown, apply_to,
    },
    resource::Root,
};
use serde_json::{Value, json};

const ACME: &str = "urn:example:params:scim:schemas:extension:acme:2.0:Gadget";

fn gadget() -> Gadget {
    Gadget::from_json(&format!(
        r#"{{"serialNumber":"S","label":"L","level":1,"built":"2024","lastSeen":"2025","tags":["x","y"],
            "place":{{"room":"R","floor":1,"shelves":[{{"code":"c"}}]}},
            "ports":[{{"value":"a","type":"usb","primary":true,"slot":1}},{{"value":"b","type":"hdmi"}}],
            "{ACME}":{{"badge":"B","desk":{{"floor":2,"note":"n"}}}},"nick":"N"}}"#
    ))
    .unwrap()
}

fn applied(operations: Value, options: &ApplyOptions) -> Result<Value, (PatchErrorKind, usize)> {
    let message = json!({ "Operations": operations }).to_string();
    let mut stored = Stored::from_parts("7", Meta::default(), gadget());
    let outcome = PatchOp::from_json(&message, &[]).and_then(|op| op.apply(&mut stored, options));
    match outcome {
        Ok(changed) => {
            assert_eq!(changed, stored.resource() != &gadget(), "{operations}");
            Ok(serde_json::from_str(&stored.to_json()).unwrap())
        }
        Err(error) => {
            assert_eq!(stored.resource(), &gadget());
            assert!(!error.detail().is_empty());
            println!("{error}");
            Err((error.kind(), error.operation().unwrap()))
        }
    }
}

fn one(operation: Value) -> Result<Value, PatchErrorKind> {
    with(operation, &ApplyOptions::default())
}

fn with(operation: Value, options: &ApplyOptions) -> Result<Value, PatchErrorKind> {
    applied(json!([operation]), options).map_err(|(kind, _)| kind)
}

fn refused(operation: Value, kind: PatchErrorKind) {
    assert_eq!(one(operation.clone()), Err(kind), "{operation}");
}

#[test]
fn a_new_primary_demotes_the_old_one() {
    for operation in [
        json!({"op": "add", "path": "ports[value eq \"b\"].primary", "value": true}),
        json!({"op": "replace", "path": "ports[value eq \"b\"]", "value": {"value": "b", "type": "hdmi", "primary": true}}),
    ] {
        let after = one(operation).unwrap();
        assert_eq!(
            after["ports"],
            json!([
                {"value": "a", "type": "usb", "primary": false, "slot": 1},
                {"value": "b", "type": "hdmi", "primary": true},
            ])
        );
    }
    let after =
        one(json!({"op": "add", "path": "ports", "value": [{"value": "c", "primary": true}]}))
            .unwrap();
    assert_eq!(after["ports"][0]["primary"], json!(false));
    assert_eq!(after["ports"][2]["primary"], json!(true));
    let two = json!([{"value": "c", "primary": true}, {"value": "d", "primary": true}]);
    refused(
        json!({"op": "add", "path": "ports", "value": two}),
        PatchErrorKind::InvalidValue,
    );
    refused(
        json!({"op": "replace", "path": "ports[value pr].primary", "value": true}),
        PatchErrorKind::InvalidValue,
    );
}

#[test]
fn all_or_nothing() {
    let operations = json!([
        {"op": "replace", "path": "label", "value": "M"},
        {"op": "remove", "path": "ports"},
        {"op": "replace", "path": "lastSeen", "value": "2026"},
    ]);
    assert_eq!(
        applied(operations.clone(), &ApplyOptions::default()),
        Err((PatchErrorKind::Mutability, 2))
    );
    // Without the copy, those before the error are done.
    let message =
        PatchOp::from_json(&json!({ "Operations": operations }).to_string(), &[]).unwrap();
    let mut gadget = gadget();
    let object: &mut dyn Reflect = &mut gadget;
    assert!(apply_to(object, &message.operations, &ApplyOptions::default()).is_err());
    assert_eq!(gadget.label.as_deref(), Some("M"));
}

#[test]
fn mutability() {
    use PatchErrorKind::{InvalidValue, Mutability};
    assert!(one(json!({"op": "replace", "path": "lastSeen", "value": "2025"})).is_ok());
    assert!(one(json!({"op": "replace", "path": "built", "value": "2024"})).is_ok());
    assert!(one(json!({"op": "replace", "path": "id", "value": "7"})).is_ok());
    assert!(
        one(json!({"op": "add", "value": {"schemas": ["urn:x:y"], "id": "7", "label": "M"}}))
            .is_ok()
    );
    refused(
        json!({"op": "replace", "path": "meta.version", "value": "1"}),
        Mutability,
    );
    refused(json!({"op": "remove", "path": "built"}), Mutability);
    refused(
        json!({"op": "replace", "path": format!("{ACME}:desk.note"), "value": "m"}),
        Mutability,
    );
    refused(
        json!({"op": "replace", "path": "ports[value eq \"a\"].slot", "value": 2}),
        Mutability,
    );
    assert!(
        one(json!({"op": "replace", "path": "ports[value eq \"b\"].slot", "value": 2})).is_ok()
    );
    refused(
        json!({"op": "remove", "path": "ports[value eq \"b\"].value"}),
        Mutability,
    );
    refused(
        json!({"op": "add", "path": "ports", "value": [{"type": "usb"}]}),
        InvalidValue,
    );
    refused(
        json!({"op": "replace", "path": "ports[value eq \"b\"]", "value": {"type": "usb"}}),
        InvalidValue,
    );
    let ignoring = ApplyOptions::default().with_read_only_values(ReadOnlyValues::Ignore);
    let after = with(
        json!({"op": "add", "value": {"lastSeen": "1999", "label": "M"}}),
        &ignoring,
    )
    .unwrap();
    assert_eq!(
        (&after["lastSeen"], &after["label"]),
        (&json!("2025"), &json!("M"))
    );
    // A whole complex value keeps what only the service provider sets.
    let desk = json!({"op": "replace", "path": format!("{ACME}:desk"), "value": {"floor": 3}});
    assert_eq!(
        one(desk).unwrap()[ACME]["desk"],
        json!({"floor": 3, "note": "n"})
    );
}

#[test]
fn complex_and_nested_values() {
    let shelves = json!({"op": "add", "path": "place.shelves", "value": {"code": "d"}});
    assert_eq!(
        one(shelves).unwrap()["place"]["shelves"],
        json!([{"code": "c"}, {"code": "d"}])
    );
    let merged = json!({"op": "replace", "path": "place", "value": {"room": "Q", "shelves": null}});
    assert_eq!(
        one(merged.clone()).unwrap()["place"],
        json!({"room": "Q", "floor": 1})
    );
    let replacing = ApplyOptions::default().with_complex_values(ComplexValues::Replace);
    assert_eq!(
        with(merged, &replacing).unwrap()["place"],
        json!({"room": "Q"})
    );
    let all = json!([
        {"op": "remove", "path": "place.room"},
        {"op": "remove", "path": "place.floor"},
        {"op": "remove", "path": "place.shelves"},
    ]);
    assert_eq!(
        applied(all, &ApplyOptions::default()).unwrap().get("place"),
        None
    );
    let merging = ApplyOptions::default().with_element_values(ElementValues::Merge);
    let port = json!({"op": "replace", "path": "ports[value eq \"a\"]", "value": {"type": "vga"}});
    assert_eq!(
        with(port, &merging).unwrap()["ports"][0],
        json!({"value": "a", "type": "vga", "primary": true, "slot": 1})
    );
}

#[test]
fn paths_that_lead_nowhere() {
    use PatchErrorKind::{InvalidFilter, InvalidPath, InvalidValue, NoTarget};
    refused(
        json!({"op": "replace", "path": "ports.type", "value": "x"}),
        InvalidPath,
    );
    refused(
        json!({"op": "replace", "path": "label.x", "value": "x"}),
        InvalidPath,
    );
    refused(
        json!({"op": "replace", "path": "place.x", "value": "x"}),
        InvalidPath,
    );
    refused(
        json!({"op": "replace", "path": "urn:other:1:x", "value": "x"}),
        InvalidPath,
    );
    refused(
        json!({"op": "replace", "path": "place[room eq \"R\"].floor", "value": 1}),
        InvalidPath,
    );
    refused(
        json!({"op": "remove", "path": "ports[primary gt true]"}),
        InvalidFilter,
    );
    refused(
        json!({"op": "remove", "path": "tags[value eq 1]"}),
        InvalidFilter,
    );
    refused(json!({"op": "add", "value": "x"}), InvalidValue);
    refused(
        json!({"op": "add", "path": "label", "value": {}}),
        InvalidValue,
    );
    refused(
        json!({"op": "add", "path": "place", "value": []}),
        InvalidValue,
    );
    refused(
        json!({"op": "replace", "path": "ports[value eq \"z\"]", "value": {"value": "z"}}),
        NoTarget,
    );
    assert_eq!(
        one(json!({"op": "replace", "path": "place", "value": {}})),
        one(json!({"op": "remove", "path": "color"}))
    );
}

#[test]
fn options() {
    let strict = ApplyOptions::default();
    let nothing = json!({"op": "remove", "path": "ports[value eq \"z\"]"});
    let refusing = strict.clone().with_no_match(NoMatch::Refuse);
    assert!(one(nothing.clone()).is_ok());
    assert_eq!(with(nothing, &refusing), Err(PatchErrorKind::NoTarget));
    assert_eq!(
        with(json!({"op": "remove", "path": "color"}), &refusing),
        Err(PatchErrorKind::NoTarget)
    );

    let creating = strict.clone().with_no_match(NoMatch::Create);
    for op in ["add", "replace"] {
        let path = "ports[value eq \"z\" and type eq \"vga\"].slot";
        let new = json!({"op": op, "path": path, "value": 3});
        let made = json!({"value": "z", "type": "vga", "slot": 3});
        assert_eq!(with(new.clone(), &refusing), Err(PatchErrorKind::NoTarget));
        assert_eq!(with(new.clone(), &creating).unwrap()["ports"][2], made);
        match op {
            "add" => assert_eq!(one(new).unwrap()["ports"][2], made),
            _ => assert_eq!(one(new), Err(PatchErrorKind::NoTarget)),
        }
    }

    let listed = json!({"op": "remove", "path": "ports", "value": [{"value": "A"}]});
    assert_eq!(
        one(listed.clone()).unwrap()["ports"],
        json!([{"value": "b", "type": "hdmi"}])
    );
    let all = strict.clone().with_removed_values(RemovedValues::RemoveAll);
    assert_eq!(with(listed.clone(), &all).unwrap().get("ports"), None);
    let no_list = strict.clone().with_removed_values(RemovedValues::Refuse);
    assert_eq!(with(listed, &no_list), Err(PatchErrorKind::InvalidSyntax));
    let tag = json!({"op": "remove", "path": "tags", "value": ["x"]});
    assert_eq!(one(tag).unwrap()["tags"], json!(["y"]));

    let known = json!({"op": "add", "path": "ports", "value": [{"value": "a"}, {"value": "c"}, {"value": "C"}]});
    for (identity, count) in [
        (Identity::TypeAndValue, 4),
        (Identity::Whole, 4),
        (Identity::Value, 3),
    ] {
        let options = strict.clone().with_identity(identity);
        let after = with(known.clone(), &options).unwrap();
        assert_eq!(after["ports"].as_array().unwrap().len(), count);
    }

    let null = json!({"op": "replace", "path": "label", "value": null});
    assert_eq!(one(null.clone()).unwrap().get("label"), None);
    let no_null = strict.clone().with_refuse_null(true);
    assert_eq!(with(null, &no_null), Err(PatchErrorKind::InvalidValue));

    let every = json!({"op": "replace", "path": "ports.type", "value": "vga"});
    let after = with(every, &strict.clone().with_every_element(true)).unwrap();
    assert_eq!(
        (&after["ports"][0]["type"], &after["ports"][1]["type"]),
        (&json!("vga"), &json!("vga"))
    );

    let dotted =
        json!({"op": "add", "value": {"place.room": "Q", format!("{ACME}:desk.floor"): 5}});
    assert_eq!(one(dotted.clone()), Err(PatchErrorKind::InvalidPath));
    let after = with(dotted, &strict.clone().with_dotted_names(true)).unwrap();
    assert_eq!(
        (&after["place"]["room"], &after[ACME]["desk"]["floor"]),
        (&json!("Q"), &json!(5))
    );

    let text = json!({"op": "replace", "path": "enabled", "value": "False"});
    assert_eq!(one(text.clone()), Err(PatchErrorKind::InvalidValue));
    assert_eq!(
        with(text, &ApplyOptions::entra()).unwrap()["enabled"],
        json!(false)
    );
}

#[test]
fn what_entra_means_by_true() {
    let operation = json!({"op": "Add", "path": "ports[primary eq \"True\"].type", "value": "vga"});
    assert_eq!(one(operation.clone()), Err(PatchErrorKind::InvalidFilter));
    let after = with(operation, &ApplyOptions::entra()).unwrap();
    assert_eq!(after["ports"][0]["type"], json!("vga"));
    let both = json!({"op": "Replace", "path": "ports[primary eq \"True\" and value eq \"z\"].type", "value": "vga"});
    let after = with(both, &ApplyOptions::entra()).unwrap();
    assert_eq!(
        after["ports"][2],
        json!({"value": "z", "type": "vga", "primary": true})
    );
    assert_eq!(after["ports"][0]["primary"], json!(false));
    // Wherever it stands in the filter.
    for path in [
        "ports[not (primary eq \"True\")]",
        "ports[type eq \"hdmi\" or primary eq \"FALSE\"]",
    ] {
        let after = with(
            json!({"op": "remove", "path": path}),
            &ApplyOptions::entra(),
        )
        .unwrap();
        assert_eq!(after["ports"].as_array().unwrap().len(), 1, "{path}");
    }
}

/// Only a resource's `id` is the RFC's.
#[test]
fn an_element_may_have_an_id() {
    let operation =
        json!({"op": "replace", "path": "legs[id eq 2 and meta eq true].id", "value": 3});
    let message = json!({ "Operations": [operation] }).to_string();
    let mut trip = Trip::from_json(r#"{"legs":[{"id":1},{"id":2,"meta":true}]}"#).unwrap();
    let message = PatchOp::from_json(&message, &[]).unwrap();
    assert!(message.apply(&mut trip, &ApplyOptions::default()).unwrap());
    let after: Value = serde_json::from_str(&trip.to_json()).unwrap();
    assert_eq!(after["legs"], json!([{"id": 1}, {"id": 3, "meta": true}]));
}

#[test]
fn unknown_attributes() {
    let strict = ApplyOptions::default();
    let refusing = strict.clone().with_unknown(Unknown::Refuse);
    let keeping = strict.with_unknown(Unknown::Keep);
    let in_value =
        json!({"op": "add", "value": {"nick": "M", "place": {"Honor": 1}, "urn:x:1:y": 2}});
    let after = one(in_value.clone()).unwrap();
    assert_eq!(
        (&after["nick"], after["place"].get("Honor")),
        (&json!("N"), None)
    );
    assert_eq!(
        with(in_value.clone(), &refusing),
        Err(PatchErrorKind::InvalidPath)
    );
    let after = with(in_value, &keeping).unwrap();
    assert_eq!(
        (&after["nick"], &after["place"]["Honor"]),
        (&json!("M"), &json!(1))
    );
    // As it is read from a document.
    assert_eq!(after["urn:x:1:y"], json!(2));

    let edits = json!([
        {"op": "add", "value": {"urn:x:1": {"a": 1, "b": {"c": 1}}}},
        {"op": "add", "path": "urn:x:1:b.d", "value": 2},
        {"op": "remove", "path": "urn:x:1:b.c"},
        {"op": "replace", "path": "urn:x:1:a", "value": [3]},
        {"op": "remove", "path": "nick"},
    ]);
    let after = applied(edits, &keeping).unwrap();
    assert_eq!(after["urn:x:1"], json!({"a": [3], "b": {"d": 2}}));
    assert_eq!(after.get("nick"), None);
    let gone = json!([
        {"op": "add", "value": {"urn:x:1": {"a": 1}}},
        {"op": "remove", "path": "urn:x:1"},
    ]);
    assert_eq!(applied(gone, &keeping).unwrap().get("urn:x:1"), None);
}

/// A complex value may be put together by several operations.
#[test]
fn required_attributes_of_a_new_complex_value() {
    let apply = |operations: Value| {
        let mut route = <Route as Root>::empty();
        let message = json!({ "Operations": operations }).to_string();
        let message = PatchOp::from_json(&message, &[]).unwrap();
        let applied = message.apply(&mut route, &ApplyOptions::default());
        applied
            .map(|_| route)
            .map_err(|error| (error.kind(), error.operation()))
    };
    let set = |name: &str| json!({"op": "add", "path": format!("leg.{name}"), "value": name});
    let route = apply(json!([set("via"), set("from"), set("to")])).unwrap();
    assert_eq!(route.leg.unwrap().to, "to");
    let missing = Err((PatchErrorKind::InvalidValue, Some(1)));
    assert_eq!(
        apply(json!([{"op": "remove", "path": "leg"}, set("from")])),
        missing
    );
    assert_eq!(
        apply(json!([set("from"), {"op": "remove", "path": "leg"}]))
            .unwrap()
            .leg,
        None
    );
    let rest = json!({"op": "add", "path": "leg", "value": {"to": "t"}});
    assert!(apply(json!([set("from"), rest.clone()])).is_ok());
    assert_eq!(
        apply(json!([rest])),
        Err((PatchErrorKind::InvalidValue, Some(0)))
    );
}
