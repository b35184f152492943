//! What a run keeps between operations changes nothing: a message does what its operations do in
//! messages of their own.

use proptest::prelude::*;
use scim_client::{
    Resource,
    patch::{ApplyOptions, Identity, NoMatch, PatchErrorKind, PatchOp, RemovedValues, Unknown},
};
use serde_json::{Value, json};

use crate::thing::{MORE, Thing, json_of};

const NAMES: &[&str] = &["a", "b", "C", "c", "d"];

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(NAMES)
}

fn item() -> impl Strategy<Value = Value> {
    let part = || prop::option::weighted(0.7, name());
    let primary = prop::option::weighted(0.3, any::<bool>());
    let unknown = prop::option::weighted(0.2, 0..2);
    (part(), part(), part(), primary, unknown).prop_map(
        |(value, type_, display, primary, unknown)| {
            let all = json!({
                "value": value, "type": type_, "display": display, "primary": primary, "x": unknown,
            });
            let members = all.as_object().unwrap().clone().into_iter();
            Value::Object(members.filter(|(_, value)| !value.is_null()).collect())
        },
    )
}

fn list() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["multiComplex", "complex.items", "MORE:list"])
}

fn filter() -> impl Strategy<Value = String> {
    let condition = prop_oneof![
        (
            prop::sample::select(vec!["value", "type", "display"]),
            name()
        )
            .prop_map(|(sub, name)| format!("{sub} eq \"{name}\"")),
        name().prop_map(|name| format!("not (value eq \"{name}\")")),
        Just("primary eq true".to_owned()),
        Just("display pr".to_owned()),
    ];
    let word = prop::sample::select(vec![" and ", " or "]);
    (prop::collection::vec(condition, 1..4), word).prop_map(|(all, word)| all.join(word))
}

fn operation() -> impl Strategy<Value = Value> {
    let op = || prop::sample::select(vec!["add", "replace"]);
    let items = || prop::collection::vec(item(), 0..3).prop_map(|items| json!(items));
    prop_oneof![
        5 => (list(), items()).prop_map(|(path, items)| json!({"op": "add", "path": path, "value": items})),
        1 => (list(), items()).prop_map(|(path, items)| json!({"op": "replace", "path": path, "value": items})),
        4 => (list(), filter()).prop_map(|(path, filter)| json!({"op": "remove", "path": format!("{path}[{filter}]")})),
        2 => (list(), items()).prop_map(|(path, items)| json!({"op": "remove", "path": path, "value": items})),
        1 => list().prop_map(|path| json!({"op": "remove", "path": path})),
        3 => (op(), list(), filter(), item()).prop_map(|(op, path, filter, item)| {
            json!({"op": op, "path": format!("{path}[{filter}]"), "value": item})
        }),
        4 => (op(), list(), filter(), prop::sample::select(vec!["value", "type", "display"]), name())
            .prop_map(|(op, path, filter, sub, name)| {
                json!({"op": op, "path": format!("{path}[{filter}].{sub}"), "value": name})
            }),
        2 => (list(), filter(), any::<bool>()).prop_map(|(path, filter, primary)| {
            json!({"op": "replace", "path": format!("{path}[{filter}].primary"), "value": primary})
        }),
        1 => (list(), filter(), prop::sample::select(vec!["type", "display", "primary", "x"])).prop_map(|(path, filter, sub)| {
            json!({"op": "remove", "path": format!("{path}[{filter}].{sub}")})
        }),
        1 => (list(), filter(), name()).prop_map(|(path, filter, name)| {
            json!({"op": "add", "path": format!("{path}[{filter}].stringArray"), "value": [name]})
        }),
        2 => (op(), name()).prop_map(|(op, name)| json!({"op": op, "path": "tags", "value": [name]})),
        1 => name().prop_map(|name| json!({"op": "remove", "path": format!("tags[value eq \"{name}\"]")})),
        1 => (op(), items()).prop_map(|(op, items)| json!({"op": op, "path": "complex", "value": {"string": "s", "items": items}})),
        1 => (op(), items()).prop_map(|(op, items)| json!({"op": op, "value": {"MORE": {"list": items}, "multiComplex": items}})),
        1 => prop::sample::select(vec!["complex", "MORE", "complex.string", "MORE:note"])
            .prop_map(|path| json!({"op": "remove", "path": path})),
        2 => (op(), unknown(), 0..3).prop_map(|(op, path, value)| json!({"op": op, "path": path, "value": value})),
        1 => (op(), name(), unknown()).prop_map(|(op, name, key)| json!({"op": op, "value": {"urn:x:1": {name: 1}, key: {"p": 1}}})),
        2 => unknown().prop_map(|path| json!({"op": "remove", "path": path})),
    ]
}

fn unknown() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "u",
        "U",
        "v",
        "urn:x:1:a",
        "urn:x:1:a.b",
        "urn:x:1:B",
        "complex.u",
        "MORE:u",
        "MORE:v.w",
    ])
}

fn options() -> impl Strategy<Value = ApplyOptions> {
    let unknown = prop::sample::select(vec![Unknown::Keep, Unknown::Keep, Unknown::LeaveOut]);
    let identity = prop::sample::select(vec![
        Identity::TypeAndValue,
        Identity::Value,
        Identity::Whole,
    ]);
    let no_match = prop::sample::select(vec![NoMatch::Standard, NoMatch::Create, NoMatch::Refuse]);
    let removed = prop::sample::select(vec![RemovedValues::RemoveListed, RemovedValues::RemoveAll]);
    (unknown, identity, no_match, removed).prop_map(|(unknown, identity, no_match, removed)| {
        ApplyOptions::default()
            .with_unknown(unknown)
            .with_identity(identity)
            .with_no_match(no_match)
            .with_removed_values(removed)
    })
}

fn message(operations: &[Value]) -> PatchOp {
    let text = json!({ "Operations": operations }).to_string();
    PatchOp::from_json(&text.replace("MORE", MORE), &[]).unwrap()
}

type Outcome = Result<Value, (PatchErrorKind, usize)>;

fn at_once(operations: &[Value], thing: &Thing, options: &ApplyOptions) -> Outcome {
    let mut thing = thing.clone();
    match message(operations).apply(&mut thing, options) {
        Ok(_) => Ok(json_of(&thing)),
        Err(error) => Err((error.kind(), error.operation().unwrap())),
    }
}

fn one_by_one(operations: &[Value], thing: &Thing, options: &ApplyOptions) -> Outcome {
    let mut thing = thing.clone();
    for (index, operation) in operations.iter().enumerate() {
        let message = message(std::slice::from_ref(operation));
        message
            .apply(&mut thing, options)
            .map_err(|error| (error.kind(), index))?;
    }
    Ok(json_of(&thing))
}

#[path = "../common/cases.rs"]
mod cases;

proptest! {
    #![proptest_config(cases::cases(600))]

    #[test]
    fn a_message_is_its_operations(
        operations in prop::collection::vec(operation(), 1..24),
        items in prop::collection::vec(item(), 0..6),
        options in options(),
    ) {
        let thing = json!({
            "multiComplex": items, "complex": {"items": items, "u": 1}, "tags": ["a", "b"],
            MORE: {"list": items}, "u": [1], "urn:x:1": {"a": {"b": 1, "c": 2}},
        });
        let thing = Thing::from_json(&thing.to_string()).unwrap();
        // What fails ends the message: the operations before it are compared too.
        let mut operations = operations;
        let mut outcome = at_once(&operations, &thing, &options);
        while let Err((_, at)) = outcome {
            prop_assert_eq!(&outcome, &one_by_one(&operations, &thing, &options));
            operations.remove(at);
            if operations.is_empty() {
                return Ok(());
            }
            outcome = at_once(&operations, &thing, &options);
        }
        prop_assert_eq!(&outcome, &one_by_one(&operations, &thing, &options));
    }
}
