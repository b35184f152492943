//! Values of every type are found at a cost that does not grow with their number, and as a comparison
//! finds them: 5 is 5.0, times are equal over zones, letter case counts as `caseExact` says.

use scim_client::{
    Resource as _, User,
    dynamic::{DynamicResource, ResourceTypes},
    patch::{ApplyOptions, PatchOp},
};
use serde_json::{Value, json};

use crate::{
    growth::{grows, message},
    thing::{Moments, patched},
};

/// The values of one type: the attribute that has them, and how they are written in a resource, and
/// otherwise in a message.
struct Values {
    path: &'static str,
    there: fn(usize) -> String,
    named: fn(usize) -> String,
}

const SIMPLE: [Values; 5] = [
    Values {
        path: "amounts",
        there: |i| format!("{i}.5"),
        named: |i| format!("{i}.50"),
    },
    Values {
        path: "times",
        there: |i| format!("\"{}-01-01T00:00:00Z\"", 1000 + i),
        named: |i| format!("\"{}-01-01T01:00:00.0+01:00\"", 1000 + i),
    },
    Values {
        path: "whole",
        there: |i| i.to_string(),
        named: |i| format!("{i}.0"),
    },
    Values {
        path: "blobs",
        there: |i| format!("\"{}A==\"", 100_000 + i),
        named: |i| format!("\"{}A\"", 100_000 + i),
    },
    Values {
        path: "links",
        there: |i| format!("\"https://x/{i}\""),
        named: |i| format!("\"https://x/{i}\""),
    },
];

fn resource(path: &str, elements: impl Iterator<Item = String>) -> String {
    let elements: Vec<_> = elements.collect();
    format!("{{\"{path}\":[{}]}}", elements.join(","))
}

/// A `remove` that lists them.
fn remove(path: &str, elements: impl Iterator<Item = String>) -> PatchOp {
    let elements: Vec<_> = elements.collect();
    let list = elements.join(",");
    message(std::iter::once(format!(
        r#"{{"op":"remove","path":"{path}","value":[{list}]}}"#
    )))
}

#[test]
fn simple_values() {
    let options = ApplyOptions::default();
    for Values { path, there, named } in SIMPLE {
        grows::<Moments>(&format!("{path}: a list"), &options, |n| {
            (
                resource(path, (0..n).map(there)),
                remove(path, (0..n).map(named)),
            )
        });
        grows::<Moments>(&format!("{path}: filters"), &options, |n| {
            let remove = |i| {
                let value = named(i).replace('"', "\\\"");
                format!(r#"{{"op":"remove","path":"{path}[value eq {value}]"}}"#)
            };
            (
                resource(path, (0..n).map(there)),
                message((0..n).map(remove)),
            )
        });
        grows::<Moments>(&format!("{path}: adds"), &options, |n| {
            let value = |i| if path == "whole" { there(i) } else { named(i) };
            let add = |i| format!(r#"{{"op":"add","path":"{path}","value":{}}}"#, value(i));
            (resource(path, (0..n).map(there)), message((0..n).map(add)))
        });
    }
}

#[test]
fn sub_attributes() {
    let options = ApplyOptions::default();
    for (there, listed, filter) in [
        (r#"{"value":%.5}"#, r#"{"value":%.50}"#, "value eq %.50"),
        (
            r#"{"at":"@-01-01T00:00:00Z","flag":true}"#,
            r#"{"flag":"True","at":"@-01-01T01:00:00+01:00"}"#,
            r#"flag eq true and at eq \"@-01-01T01:00:00+01:00\""#,
        ),
        (
            r#"{"note":"n%","primary":false}"#,
            r#"{"note":"N%"}"#,
            r#"primary eq false and note eq \"N%\""#,
        ),
        (
            r#"{"value":7,"note":"n%"}"#,
            r#"{"value":7.0}"#,
            "value eq 7.0",
        ),
        (
            r#"{"flag":true,"note":"n%"}"#,
            r#"{"flag":true}"#,
            "flag eq true",
        ),
        (
            r#"{"note":"","value":%}"#,
            r#"{"note":""}"#,
            r#"note eq \"\""#,
        ),
        // Of another type than any value has.
        (r#"{"value":%.5}"#, r#"{"value":"x%"}"#, "value eq %.25"),
        (r#"{"note":"%"}"#, r#"{"note":%.5}"#, r#"note eq \"x%\""#),
    ] {
        let at = |text: &str, i: usize| {
            let year = (1000 + i).to_string();
            text.replace('%', &i.to_string()).replace('@', &year)
        };
        let marks = |n| resource("marks", (0..n).map(|i| at(there, i)));
        grows::<Moments>(&format!("list of {listed}"), &options, |n| {
            (marks(n), remove("marks", (0..n).map(|i| at(listed, i))))
        });
        grows::<Moments>(filter, &options, |n| {
            let one = |i| format!(r#"{{"op":"remove","path":"marks[{}]"}}"#, at(filter, i));
            (marks(n), message((0..n).map(one)))
        });
    }
    grows::<User>("the same, listed again and again", &options, |n| {
        let one = |i: usize| format!(r#"{{"value":"m","type":"t{i}"}}"#);
        let user = resource("emails", (0..n).map(one)).replacen('{', "{\"userName\":\"u\",", 1);
        let list = (0..n).map(|i| format!(r#"{{"value":"m","display":"d{i}"}}"#));
        (user, remove("emails", list))
    });
}

/// Whether an index has to be made or not, the same elements are found.
#[test]
fn an_index_finds_what_a_look_at_each_finds() {
    let times = [
        "2020-01-01T00:00:00Z",
        "2020-01-01T01:00:00.000+01:00",
        "2020-01-01t00:00:00z",
        "2020-01-01T00:00:00",
        "2020-01-01T00:00:01Z",
        "1577836800",
        "Jan 1, 2020 0:00:00 AM",
        "never",
        "NEVER",
        "99999999999999999999-01-01T00:00:00Z",
        "99999999999999999999-01-01t00:00:00z",
        "",
    ];
    let texts = [
        "a", "A", "Ａ", "é", "É", "e\u{301}", "İ", "i\u{307}", "5", "5.0", "true", "",
    ];
    let numbers = [
        "5",
        "5.0",
        "50e-1",
        "0.5e1",
        "-5",
        "0",
        "-0.0",
        "0e9",
        "9223372036854775808",
        "5.5",
    ];
    let all = |values: &[&str]| values.iter().map(|text| json!(text)).collect::<Vec<_>>();
    let numbers: Vec<Value> = numbers
        .iter()
        .map(|text| serde_json::from_str(text).unwrap())
        .collect();
    let flags = vec![json!(true), json!(false)];
    let blobs = all(&["AQ==", "AQ", "aQ", "+_", "-/", "=", ""]);
    for (name, values) in [
        ("at", all(&times)),
        ("note", all(&texts)),
        ("userName", all(&texts)),
        ("value", numbers.clone()),
        ("flag", flags.clone()),
        ("primary", flags.clone()),
    ] {
        let mut marks: Vec<Value> = values.iter().map(|value| json!({name: value})).collect();
        if name == "primary" {
            marks.retain(|mark| mark["primary"] == false);
        }
        marks.push(json!({"note": "another", "value": 77}));
        let others = [json!("5"), json!(5), json!(true), json!(null)];
        for value in values.iter().chain(&others) {
            let filter = json!({"op": "remove", "path": format!("marks[{name} eq {value}]")});
            agree(&json!({"marks": &marks}), "marks", &filter);
            let list = json!({"op": "remove", "path": "marks", "value": [{name: value}]});
            agree(&json!({"marks": &marks}), "marks", &list);
            let add = json!({"op": "add", "path": "marks", "value": {name: value}});
            agree(&json!({"marks": &marks}), "marks", &add);
        }
    }
    for (path, values) in [
        ("times", all(&times)),
        ("amounts", numbers),
        ("whole", vec![json!(5), json!(0), json!(-5)]),
        ("blobs", blobs),
        ("links", all(&texts)),
        ("flags", flags),
    ] {
        let others = [json!("5"), json!(5), json!(5.0), json!(5.5), json!(true)];
        for value in values.iter().chain(&others) {
            let filter = json!({"op": "remove", "path": format!("{path}[value eq {value}]")});
            agree(&json!({path: &values}), path, &filter);
            let list = json!({"op": "remove", "path": path, "value": [value]});
            agree(&json!({path: &values}), path, &list);
            let add = json!({"op": "add", "path": path, "value": value});
            agree(&json!({path: &values}), path, &add);
        }
    }
}

/// The operation does the same alone as behind others that make an index worth while.
fn agree(resource: &Value, path: &str, operation: &Value) {
    let options = ApplyOptions::default();
    let alone = patched::<Moments>(resource, &json!([operation]), &options);
    let sub = if path == "marks" { "note" } else { "value" };
    let path = format!("{path}[{sub} eq null and {sub} pr]");
    let none = json!({"op": "remove", "path": path});
    let mut operations = vec![none; 8];
    operations.push(operation.clone());
    let behind = patched::<Moments>(resource, &operations.into(), &options);
    assert_eq!(alone, behind, "{operation}");
}

#[test]
fn what_is_equal_is_there_already() {
    let options = ApplyOptions::default();
    let adds = |resource: Value, path: &str, value: &str| {
        let value: Value = serde_json::from_str(value).unwrap();
        let add = json!([{"op": "add", "path": path, "value": value}]);
        patched::<Moments>(&resource, &add, &options).unwrap() != resource
    };
    let times = json!({"times": ["2020-01-01T00:00:00Z"]});
    assert!(!adds(
        times.clone(),
        "times",
        r#""2020-01-01T01:00:00+01:00""#
    ));
    assert!(adds(times.clone(), "times", r#""2020-01-01T00:00:01Z""#));
    // As in a filter, a time without a zone is taken to be UTC.
    assert!(!adds(times.clone(), "times", r#""2020-01-01T00:00:00""#));
    assert!(adds(times, "times", r#""2020-01-01T01:00:00""#));
    assert!(!adds(json!({"amounts": [5]}), "amounts", "5.0"));
    assert!(adds(json!({"amounts": [5]}), "amounts", "5.1"));
    assert!(!adds(json!({"blobs": ["AQ=="]}), "blobs", r#""AQ""#));
    assert!(!adds(
        json!({"marks": [{"value": 5}]}),
        "marks",
        r#"{"value": 5.0, "note": "n"}"#
    ));
    let marks = json!({"marks": [{"at": "2020-01-01T00:00:00Z"}]});
    assert!(!adds(
        marks,
        "marks",
        r#"{"at": "2020-01-01T01:00:00+01:00"}"#
    ));
}

/// Types that are known at run time have the same rules.
#[test]
fn of_run_time_types() {
    let document = Moments::schema();
    let types = ResourceTypes::from_json(document.as_str()).unwrap();
    let kind = types.iter().next().unwrap().clone();
    let times: Vec<String> = (0..3000)
        .map(|i| format!("{}-01-01T00:00:00Z", 1000 + i))
        .collect();
    let named: Vec<String> = (1..3000)
        .map(|i| format!("{}-01-01T01:00:00+01:00", 1000 + i))
        .collect();
    let thing = kind.new_resource().with("times", &times).unwrap();
    let operations = json!({"Operations": [{"op": "remove", "path": "times", "value": named}]});
    let mut thing: DynamicResource = thing;
    let message = PatchOp::from_json(&operations.to_string(), &[]).unwrap();
    assert_eq!(
        message.apply(&mut thing, &ApplyOptions::default()),
        Ok(true)
    );
    assert_eq!(thing.get_all("times").unwrap().len(), 1);
}
