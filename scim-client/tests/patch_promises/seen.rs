//! Inputs that failed once, as they are kept in `tests/cases`.

use scim_client::{
    Group, Resource, User,
    patch::{ApplyOptions, Unknown},
};
use serde_json::{Value, json};

use crate::thing::{Thing, patched};

fn read(name: &str) -> Value {
    let path = format!("{}/tests/cases/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn without_schemas(document: &Value) -> Value {
    let mut document = document.clone();
    document.as_object_mut().unwrap().remove("schemas");
    document
}

fn check<R: Resource + PartialEq>(case: &Value, right: &Value, options: &ApplyOptions) {
    let operations = case.get("Operations").or(case.get("operations")).unwrap();
    let after = patched::<R>(&case["resource"], operations, options);
    match right {
        Value::String(text) => {
            assert!(text.contains("error"), "{text}");
            assert!(after.is_err(), "{operations}: {after:?}");
        }
        right => assert_eq!(after, Ok(without_schemas(right)), "{operations}"),
    }
}

#[test]
fn a_sub_attribute_before_the_filter() {
    let file = read("patch-00-sub-attribute-before-the-filter-is-ignored");
    for case in file["cases"].as_array().unwrap() {
        for options in [ApplyOptions::default(), ApplyOptions::entra()] {
            if case.get("schema").is_some() {
                check::<Thing>(case, &case["right"], &options);
            } else {
                check::<User>(case, &case["right"], &options);
            }
        }
    }
}

#[test]
fn elements_without_value_are_not_doubled() {
    let case = read("patch-01-identity-value-duplicates-elements-without-value");
    check::<User>(&case, &case["right"], &ApplyOptions::entra());
    check::<User>(&case, &case["right"], &ApplyOptions::default());
}

#[test]
fn an_empty_list_removes_nothing() {
    let case = read("patch-03a-remove-listed-empty-array-removes-everything");
    check::<Group>(&case, &case["right"], &ApplyOptions::entra());
    check::<Group>(&case, &case["right"], &ApplyOptions::default());
}

#[test]
fn the_others_are_set_to_false() {
    let case = read("patch-05-primary-of-others-set-to-false");
    check::<User>(&case, &case["right"], &ApplyOptions::default());
}

#[test]
fn an_unknown_attribute_in_a_filter() {
    let case = read("patch-13-unknown-attribute-in-a-path-filter");
    let refusing = ApplyOptions::default().with_unknown(Unknown::Refuse);
    check::<User>(&case, &case["right"], &refusing);
}

#[test]
fn a_value_path_as_a_key() {
    let case = read("07-pathless-value-path-key");
    let mut right = case["resource"].clone();
    right["addresses"][0]["locality"] = json!("M");
    right.as_object_mut().unwrap().remove("id");
    check::<User>(&case, &right, &ApplyOptions::entra());
    check::<User>(&case, &json!("error"), &ApplyOptions::default());
}

#[test]
fn what_is_there() {
    let case = read("08-add-what-is-there");
    let mut right = case["resource"].clone();
    right.as_object_mut().unwrap().remove("id");
    check::<User>(&case, &right, &ApplyOptions::default());
}
