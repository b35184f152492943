//! A `remove` with a value takes away what it lists.

use scim_client::{
    Group, User,
    patch::{ApplyOptions, NoMatch, PatchErrorKind, RemovedValues, Unknown},
};
use serde_json::{Value, json};

use crate::thing::{Moments, Thing, entra, one, patched};

fn group() -> Value {
    json!({"displayName": "g", "members": [
        {"value": "1", "type": "User", "display": "One"},
        {"value": "1", "type": "Group"},
        {"value": "2"},
    ]})
}

fn remove(path: &str, value: Value) -> Value {
    json!({"op": "remove", "path": path, "value": value})
}

/// The values of the members that are left, by default and as Entra ID means it.
fn left(value: Value) -> Vec<String> {
    let operation = remove("members", value);
    let after = one::<Group>(&group(), operation.clone()).unwrap();
    assert_eq!(entra::<Group>(&group(), operation).as_ref(), Ok(&after));
    let members = after.get("members").and_then(Value::as_array).cloned();
    let name = |member: &Value| {
        let text = |name: &str| {
            member
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        text("value") + &text("type")
    };
    members.unwrap_or_default().iter().map(name).collect()
}

#[test]
fn only_what_is_listed() {
    let all = ["1User", "1Group", "2"];
    for nothing in [
        json!([]),
        json!({}),
        json!([{}]),
        json!([null]),
        json!([[]]),
        json!({"members": []}),
        json!({"members": null}),
        json!([{"value": "3"}]),
        json!([{"value": "2", "type": "User"}]),
        json!([{"value": null}]),
        json!("3"),
        json!([{"$ref": "https://example.com/", "display": "No value"}]),
    ] {
        assert_eq!(left(nothing.clone()), all, "{nothing}");
    }
    for unheard in [
        json!([{"bogus": "1"}]),
        json!({"emails": []}),
        json!({"emails": [{"value": "1"}]}),
    ] {
        let operation = remove("members", unheard);
        assert_eq!(one::<Group>(&group(), operation.clone()), Ok(group()));
        assert_eq!(
            entra::<Group>(&group(), operation),
            Err(PatchErrorKind::InvalidPath)
        );
    }
    assert_eq!(left(json!([{"value": "2"}])), ["1User", "1Group"]);
    assert_eq!(left(json!({"value": "2"})), ["1User", "1Group"]);
    assert_eq!(left(json!(["2"])), ["1User", "1Group"]);
    assert_eq!(left(json!("2")), ["1User", "1Group"]);
    assert_eq!(left(json!([2])), ["1User", "1Group"]);
    assert_eq!(
        left(json!({"members": [{"value": "2"}]})),
        ["1User", "1Group"]
    );
    assert_eq!(
        left(json!({"Members": {"value": "2"}})),
        ["1User", "1Group"]
    );
    assert_eq!(left(json!([{"value": "1"}])), ["2"]);
    assert_eq!(
        left(json!([{"value": "1", "type": "user"}])),
        ["1Group", "2"]
    );
    assert_eq!(left(json!([{"value": "1", "type": null}])), ["2"]);
    assert_eq!(
        left(json!([{"value": "1", "$ref": null, "display": "x"}])),
        ["2"]
    );
    assert_eq!(left(json!([{"value": "1"}, {"value": "2"}])), [""; 0]);
    assert_eq!(left(json!([{"display": "One"}])), ["1Group", "2"]);
    // Without a value there is nothing that the list could mean.
    assert_eq!(left(Value::Null), [""; 0]);
}

#[test]
fn many_are_listed() {
    let members: Vec<Value> = (0..40).map(|i| json!({"value": format!("m{i}")})).collect();
    let group = json!({"displayName": "g", "members": members});
    let after = one::<Group>(&group, remove("members", json!(members[1..]))).unwrap();
    assert_eq!(after["members"], json!([{"value": "m0"}]));
}

#[test]
fn unknown_attributes_are_listed() {
    let refusing = ApplyOptions::default().with_unknown(Unknown::Refuse);
    let with = |value: Value, options: &ApplyOptions| {
        patched::<Group>(&group(), &json!([remove("members", value)]), options)
    };
    let unheard = || json!([{"value": "1", "unheard": 1}]);
    assert_eq!(with(unheard(), &refusing), Err(PatchErrorKind::InvalidPath));
    assert!(with(unheard(), &ApplyOptions::entra()).is_ok());
    // Nothing was understood.
    assert_eq!(
        with(json!([{"unheard": 1}]), &ApplyOptions::entra()),
        Err(PatchErrorKind::InvalidPath)
    );
    assert_eq!(
        with(json!([{"unheard": null}]), &ApplyOptions::entra()).ok(),
        Some(group())
    );
}

#[test]
fn other_attributes() {
    let thing = json!({
        "tags": ["a", "b"], "numbers": [1, 2, 3],
        "complex": {"stringArray": ["a", "b"]},
        "multiComplex": [{"type": "t", "string": "s"}, {"type": "t"}],
    });
    let after = |path: &str, value: Value| one::<Thing>(&thing, remove(path, value)).unwrap();
    assert_eq!(after("tags", json!(["A"]))["tags"], json!(["b"]));
    assert_eq!(after("tags", json!([{"value": "a"}]))["tags"], json!(["b"]));
    assert_eq!(after("numbers", json!([1, "3"]))["numbers"], json!([2]));
    // Numbers are equal however they are written, as in filters.
    let written = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(
        after("numbers", written("[1.0, 3e0]"))["numbers"],
        json!([2])
    );
    assert_eq!(
        after("complex.stringArray", json!(["a"]))["complex"]["stringArray"],
        json!(["b"])
    );
    assert_eq!(
        after("multiComplex", json!([{"type": "T", "string": "s"}]))["multiComplex"],
        json!([{"type": "t"}])
    );
    // A list behind a filter leaves fewer of what the filter chooses.
    let after = after("multiComplex[type eq \"t\"]", json!([{"string": "s"}]));
    assert_eq!(after["multiComplex"], json!([{"type": "t"}]));
    // Times too, and what stands for a truth value.
    let thing =
        json!({"times": ["2020-01-01T00:00:00Z", "2020-01-01T01:00:00Z"], "flags": [true, false]});
    let gone = |path: &str, value: Value| one::<Moments>(&thing, remove(path, value)).unwrap();
    assert_eq!(
        gone("times", json!(["2020-01-01T01:00:00.0+01:00"]))["times"],
        json!(["2020-01-01T01:00:00Z"])
    );
    assert_eq!(gone("flags", json!(["False"]))["flags"], json!([true]));
    // Of an unknown attribute too, where such are kept.
    let thing = json!({"nicks": ["a", "b"], "urn:x:1": {"list": [{"value": "1"}, {"value": "2"}]}});
    let keeping = ApplyOptions::default().with_unknown(Unknown::Keep);
    let operations = json!([
        remove("nicks", json!(["a"])),
        remove("nicks", json!([])),
        remove("urn:x:1:list", json!([{"value": "2", "display": "Two"}])),
    ]);
    assert_eq!(
        patched::<Thing>(&thing, &operations, &keeping),
        Ok(json!({"nicks": ["b"], "urn:x:1": {"list": [{"value": "1"}]}}))
    );
    let user = json!({"userName": "u", "title": "T", "emails": [{"value": "a"}]});
    let gone = one::<User>(&user, remove("title", json!("T"))).unwrap();
    assert_eq!(gone.get("title"), None);
}

#[test]
fn by_options() {
    let operation = json!([remove("members", json!([{"value": "2"}]))]);
    let with = |removed| {
        let options = ApplyOptions::default().with_removed_values(removed);
        patched::<Group>(&group(), &operation, &options)
    };
    assert_eq!(with(RemovedValues::RemoveAll).unwrap().get("members"), None);
    assert_eq!(
        with(RemovedValues::Refuse),
        Err(PatchErrorKind::InvalidSyntax)
    );
    let none = json!([remove("members", json!([{"value": "3"}]))]);
    let refusing = ApplyOptions::default().with_no_match(NoMatch::Refuse);
    assert_eq!(
        patched::<Group>(&group(), &none, &refusing),
        Err(PatchErrorKind::NoTarget)
    );
}
