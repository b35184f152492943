//! The rules for attribute names and schema definitions, from the test vectors.

use std::io::Write as _;

use super::support;

use serde_json::Value;

use scim_schema::model::{Attribute, Kind, Mutability, Returned, Uniqueness};
use scim_schema::{Diagnostics, Model, Reading, Source, read};

fn vectors(section: &str) -> Vec<Value> {
    let mut all: Value = serde_json::from_str(&support::vectors("types.json")).unwrap();
    let rows: Vec<Value> = serde_json::from_value(all[section].take()).unwrap();
    // Not by a macro, whose words the runner of tests would keep.
    let _ = writeln!(std::io::stderr(), "vectors: {section}: {} rows", rows.len());
    rows
}

fn read_one(document: &Value) -> Result<(Model, Diagnostics), Diagnostics> {
    read(
        &[Source::new("vector.json", document.to_string())],
        &Reading::default(),
    )
}

/// Makes a schema of what a vector gives: an attribute, the attributes, or the schema itself.
fn schema(json: &Value) -> Value {
    let attributes = match json.get("attributes") {
        Some(attributes) => attributes.clone(),
        None => serde_json::json!([json]),
    };
    serde_json::json!({
        "id": json.get("id").cloned().unwrap_or("urn:example:Thing".into()),
        "name": json.get("name").filter(|_| json.get("id").is_some()).cloned(),
        "attributes": attributes,
    })
}

#[test]
fn attribute_names() {
    for vector in vectors("attribute_names") {
        let document = schema(
            &serde_json::json!({"name": vector["name"], "multiValued": false, "type": "string"}),
        );
        let result = read_one(&document);
        let findings = match &result {
            Ok((_, findings)) => findings,
            Err(findings) => findings,
        };
        let complains = findings
            .iter()
            .any(|finding| ["attribute-name", "missing-attribute-name"].contains(&finding.code()));
        assert_eq!(
            complains,
            !vector["valid"].as_bool().unwrap(),
            "{vector}: {findings}"
        );
        if let Ok((model, _)) = &result {
            let attribute = model.schemas()[0].attributes.last().unwrap();
            assert_eq!(attribute.name, vector["name"].as_str().unwrap());
            assert!(
                scim_schema::names::is_identifier(&attribute.field),
                "{}",
                attribute.field
            );
        }
    }
}

#[test]
fn schema_definitions() {
    for vector in vectors("schema_definitions") {
        let json: Value = serde_json::from_str(vector["json"].as_str().unwrap()).unwrap();
        let (model, findings) = read_one(&schema(&json)).unwrap();
        let schema = &model.schemas()[0];
        let codes: Vec<_> = findings.iter().map(scim_schema::Diagnostic::code).collect();
        let last = schema.attributes.last().cloned();
        let id = vector["id"].as_str().unwrap();
        if id == "TG-017" {
            let names = (schema.type_name.as_str(), schema.module.as_str());
            assert_eq!(names, ("FooBarBaz", "foo_bar_baz"));
            assert!(schema.id.ends_with("Foo-Bar_baz"));
            continue;
        }
        let x = &last.unwrap();
        match id {
            "TG-001" => assert_eq!(x.uniqueness, Uniqueness::Other("enterprise".to_owned())),
            "TG-002" => {
                assert_eq!(x.kind, Kind::String(None));
                assert_eq!(
                    (x.mutability, x.returned),
                    (Mutability::ReadWrite, Returned::Default)
                );
                assert!(codes.contains(&"type-casing") && codes.contains(&"keyword-casing"));
            }
            "TG-003" => assert_eq!(x.kind, Kind::String(None)),
            "TG-004" => {
                assert!(!x.required && !x.multi_valued && !x.case_exact);
                assert_eq!(
                    (x.mutability, x.returned),
                    (Mutability::ReadWrite, Returned::Default)
                );
                assert_eq!(x.uniqueness, Uniqueness::None);
            }
            "TG-007" => assert_eq!(x.kind, Kind::Any),
            "TG-008" => {
                assert_eq!(
                    names(subs(x)),
                    ["value", "display", "type", "primary", "$ref"]
                );
            }
            "TG-009" => assert!(subs(x)[0].multi_valued),
            "TG-010" => assert_eq!(names(&schema.attributes), ["externalId"]),
            "TG-011" => assert_eq!(
                (schema.name.as_str(), names(&schema.attributes)),
                ("Y", vec!["externalId"])
            ),
            "TG-012" => assert_eq!(x.reference_types, ["User"]),
            "TG-013" => {
                let Kind::String(Some(values)) = &x.kind else {
                    panic!("{x:?}")
                };
                assert_eq!(values.variants[1].name, "Home");
            }
            "TG-014" => assert!(x.required),
            "TG-016" => {
                let fields: Vec<_> = schema.attributes.iter().map(|a| a.field.as_str()).collect();
                assert_eq!(
                    fields,
                    ["external_id", "builder", "new", "default", "extra_"]
                );
            }
            _ => panic!("no assertion for {id}"),
        }
    }
}

fn subs(attribute: &Attribute) -> &[Attribute] {
    match &attribute.kind {
        Kind::Complex(complex) => &complex.attributes,
        kind => panic!("{kind:?}"),
    }
}

fn names(attributes: &[Attribute]) -> Vec<&str> {
    attributes
        .iter()
        .map(|attribute| attribute.name.as_str())
        .collect()
}
