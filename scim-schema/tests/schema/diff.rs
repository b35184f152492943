//! What changed between two sets of documents, in words.

use scim_schema::{Reading, Source, diff, read};

fn document(attributes: &[&str]) -> Source {
    let attributes = attributes.join(",");
    let text = format!(
        r#"[{{"id": "urn:x:Device", "name": "Device", "attributes": [{attributes}]}},
           {{"name": "Device", "endpoint": "/Devices", "schema": "urn:x:Device"}}]"#
    );
    Source::new("device.json", text)
}

fn changes(old: &[Source], new: &[Source]) -> Vec<String> {
    let model = |sources: &[Source]| read(sources, &Reading::default()).unwrap().0;
    diff(&model(old), &model(new))
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// The change from one definition of an attribute to another.
fn change(old: &str, new: &str) -> Vec<String> {
    let whole = |rest: &str| {
        let kind = if rest.contains("\"type\"") {
            ""
        } else {
            r#","type":"string""#
        };
        let multi = if rest.contains("multiValued") {
            ""
        } else {
            r#","multiValued":false"#
        };
        let comma = if rest.is_empty() { "" } else { "," };
        format!(r#"{{"name":"a"{kind}{multi}{comma}{rest}}}"#)
    };
    changes(&[document(&[&whole(old)])], &[document(&[&whole(new)])])
}

#[test]
fn says_what_changed_and_whether_it_breaks() {
    let cases = [
        (
            "",
            r#""required":true"#,
            "breaking    Device a: is required now, was optional",
        ),
        (
            r#""required":true"#,
            "",
            "breaking    Device a: is optional now, was required",
        ),
        (
            r#""multiValued":true,"required":true"#,
            r#""multiValued":true"#,
            "compatible  Device a: is optional now, was required",
        ),
        (
            "",
            r#""multiValued":true"#,
            "breaking    Device a: has several values now, had one",
        ),
        (
            "",
            r#""type":"integer""#,
            "breaking    Device a: is an integer now, was a string",
        ),
        (
            "",
            r#""mutability":"readOnly""#,
            "breaking    Device a: is readOnly now, was readWrite",
        ),
        (
            r#""mutability":"immutable""#,
            "",
            "compatible  Device a: is readWrite now, was immutable",
        ),
        (
            "",
            r#""returned":"request""#,
            "compatible  Device a: is returned \"request\" now, was \"default\"",
        ),
        (
            "",
            r#""returned":"never""#,
            "breaking    Device a: is returned \"never\" now, was \"default\"",
        ),
        (
            "",
            r#""canonicalValues":["x"]"#,
            "breaking    Device a: has canonical values now: the type is `A`, was `String`",
        ),
        (
            r#""canonicalValues":["x"]"#,
            r#""canonicalValues":["x","y"]"#,
            "compatible  Device a: the canonical value \"y\" is new",
        ),
        (
            r#""canonicalValues":["x","y"]"#,
            r#""canonicalValues":["x"]"#,
            "breaking    Device a: the canonical value \"y\" is gone",
        ),
        (
            "",
            r#""caseExact":true"#,
            "compatible  Device a: letter case counts now, did not",
        ),
        (
            "",
            r#""uniqueness":"server""#,
            "compatible  Device a: its uniqueness is \"server\" now, was \"none\"",
        ),
        (
            "",
            r#""description":"x""#,
            "compatible  Device a: the description changed",
        ),
    ];
    for (old, new, expected) in cases {
        assert_eq!(change(old, new), [expected], "{old} -> {new}");
        assert!(change(new, new).is_empty());
    }
}

#[test]
fn attributes_schemas_and_abilities_come_and_go() {
    let a = r#"{"name":"a","type":"string","multiValued":false}"#;
    let b = r#"{"name":"b","type":"complex","multiValued":true,"subAttributes":[
        {"name":"c","type":"boolean","multiValued":false}]}"#;
    let empty_b = r#"{"name":"b","type":"complex","multiValued":true,"subAttributes":[
        {"name":"d","type":"dateTime","multiValued":false,"required":true}]}"#;
    assert_eq!(
        changes(&[document(&[a])], &[document(&[b])]),
        [
            "breaking    Device a: the attribute is gone",
            "compatible  Device b: the attribute is new (complex, multi-valued)",
        ]
    );
    assert_eq!(
        changes(&[document(&[b])], &[document(&[empty_b])]),
        [
            "breaking    Device b.c: the attribute is gone",
            "breaking    Device b.d: the attribute is new and required: `new` takes one more argument",
        ]
    );
    let extension = Source::new(
        "badge.json",
        r#"{"id":"urn:x:extension:Badge","name":"Badge","attributes":[]}"#,
    );
    let config = |bulk: bool| {
        let text = format!(
            r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
                "patch":{{"supported":true}},"bulk":{{"supported":{bulk}}}}}"#
        );
        Source::new("config.json", text)
    };
    assert_eq!(
        changes(
            &[document(&[a]), config(true)],
            &[document(&[a]), extension, config(false)]
        ),
        [
            "compatible  Badge: the schema `urn:x:extension:Badge` is new",
            "breaking    ServiceProviderConfig: bulk.supported is false now, was true",
        ]
    );
}
