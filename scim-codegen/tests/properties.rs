//! Whatever the document says: no panic, and every name is usable and unique.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use scim_codegen::model::{Attribute, Kind, Role};
use scim_codegen::{Model, Options, Source, generate, read};

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-c]{1,2}[A-C_-]?[a-b]?s?",
        1 => "[a-zA-Z_$-][a-zA-Z0-9_-]{0,8}",
        1 => proptest::sample::select(vec!["type", "self", "extra", "option", "strings", "id", "boxes", "é", "other"])
            .prop_map(str::to_owned),
    ]
}

fn attribute() -> impl Strategy<Value = Value> {
    let kinds = vec![
        "string",
        "boolean",
        "decimal",
        "integer",
        "dateTime",
        "binary",
        "reference",
        "String",
        "x",
    ];
    let values = proptest::collection::vec("[a-zA-Z0-9 +/_.-]{0,4}", 0..4);
    let leaf = (name(), proptest::sample::select(kinds), any::<bool>(), values).prop_map(
        |(name, kind, multi, values)| {
            json!({"name": name, "type": kind, "multiValued": multi, "canonicalValues": values})
        },
    );
    leaf.prop_recursive(3, 24, 5, |inner| {
        (name(), any::<bool>(), proptest::collection::vec(inner, 1..5)).prop_map(|(name, multi, subs)| {
            json!({"name": name, "type": "complex", "multiValued": multi, "subAttributes": subs})
        })
    })
}

fn schemas() -> impl Strategy<Value = Vec<Value>> {
    let schema = (
        0..4_usize,
        name(),
        proptest::collection::vec(attribute(), 0..6),
    );
    proptest::collection::vec(schema, 1..5).prop_map(|schemas| {
        let one = |(index, (kind, name, attributes)): (usize, (usize, String, Vec<Value>))| {
            let middle = ["", "extension:", "extension:a:", "b:2.0:"][kind];
            json!({"id": format!("urn:example{index}:{middle}{name}"), "name": name, "attributes": attributes})
        };
        schemas.into_iter().enumerate().map(one).collect()
    })
}

fn check(model: &Model) {
    let mut modules = BTreeSet::new();
    for schema in model.schemas() {
        identifier(&schema.type_name);
        identifier(&schema.module);
        assert!(modules.insert(schema.module.clone()), "{model:#?}");
        let mut types = BTreeSet::from([schema.type_name.clone()]);
        let mut fields = BTreeSet::new();
        check_attributes(&schema.attributes, &mut fields, &mut types);
        if let Role::Resource(resource) = &schema.role {
            for extension in &resource.extensions {
                assert!(fields.insert(extension.field.clone()));
            }
        }
    }
}

fn check_attributes(
    attributes: &[Attribute],
    fields: &mut BTreeSet<String>,
    types: &mut BTreeSet<String>,
) {
    for attribute in attributes {
        identifier(&attribute.field);
        assert_ne!(attribute.field, "extra");
        assert!(fields.insert(attribute.field.clone()), "{attributes:#?}");
        match &attribute.kind {
            Kind::Complex(complex) => {
                identifier(&complex.type_name);
                assert!(types.insert(complex.type_name.clone()), "{attributes:#?}");
                check_attributes(&complex.attributes, &mut BTreeSet::new(), types);
            }
            Kind::String(Some(values)) => {
                identifier(&values.type_name);
                assert!(types.insert(values.type_name.clone()), "{attributes:#?}");
                let mut variants = BTreeSet::new();
                for variant in &values.variants {
                    identifier(&variant.name);
                    assert!(variants.insert(variant.name.clone()), "{values:#?}");
                }
            }
            _ => {}
        }
    }
}

fn identifier(name: &str) {
    assert!(
        syn::parse_str::<syn::Ident>(name).is_ok(),
        "`{name}` is no identifier"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn names_are_usable_unique_and_independent_of_the_order(schemas in schemas()) {
        let mut sources: Vec<Source> = schemas
            .iter()
            .enumerate()
            .map(|(index, schema)| Source::new(format!("{index}.json"), schema.to_string()))
            .collect();
        if let Ok((model, _)) = read(&sources, &Options::default()) {
            check(&model);
            for (path, text) in generate(&sources, &Options::default()).unwrap().files {
                prop_assert!(syn::parse_file(&text).is_ok(), "{}:\n{}", path, text);
            }
            sources.reverse();
            prop_assert_eq!(read(&sources, &Options::default()).unwrap().0, model);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}") {
        let _ = read(&[Source::new("a.json", text)], &Options::default());
    }

    #[test]
    fn no_cut_document_makes_it_panic(schemas in schemas(), cut in any::<proptest::sample::Index>()) {
        let text = Value::Array(schemas).to_string();
        let boundary = (0..=cut.index(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
        let _ = read(&[Source::new("a.json", &text[..boundary])], &Options::default());
    }
}
