//! Whatever the document says: no panic, every name is usable and unique, and follows from what it
//! names.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

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
        1 => "[a-bA_$é-][a-bé\u{301}ßſκÅı-]{0,3}",
    ]
}

/// Canonical values that are words, symbols, marks, and letters of several cases and scripts.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => "[a-zA-Z0-9 +/_.-]{0,4}",
        1 => "[aAéÉßſ<>=!?&|+ _.:\u{0}\u{301}\u{202e}😀😁日1-]{0,3}",
        1 => proptest::sample::select(vec!["self", "Self", "Unknown", "unknown", "Other", "other", "Blank", "<", "<=", "less than", "", " ", "None", "1", "01"])
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
    let values = proptest::collection::vec(value(), 0..4);
    let leaf = (name(), proptest::sample::select(kinds), any::<(bool, bool)>(), values).prop_map(
        |(name, kind, (multi, exact), values)| {
            json!({"name": name, "type": kind, "multiValued": multi, "caseExact": exact, "canonicalValues": values})
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

/// What a name belongs to, and among which names it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    scope: String,
    thing: String,
}

/// Every name in the generated code by what it names: modules, types, fields, variants.
fn names(sources: &[Source]) -> Option<BTreeMap<Named, String>> {
    let (model, _) = read(sources, &Options::default()).ok()?;
    let mut names = BTreeMap::new();
    let mut add = |scope: String, thing: &str, name: &str| {
        let thing = thing.to_ascii_lowercase();
        names.insert(Named { scope, thing }, name.to_owned());
    };
    for schema in model.schemas() {
        add("types".to_owned(), &schema.id, &schema.type_name);
        add("modules".to_owned(), &schema.id, &schema.module);
        if let Role::Resource(resource) = &schema.role {
            for extension in &resource.extensions {
                add(
                    format!("fields {}", schema.id),
                    &extension.schema,
                    &extension.field,
                );
            }
        }
        let mut open = vec![(String::new(), schema.attributes.as_slice())];
        while let Some((path, attributes)) = open.pop() {
            for attribute in attributes {
                let whole = format!("{path}.{}", attribute.name);
                add(
                    format!("fields {}{path}", schema.id),
                    &attribute.name,
                    &attribute.field,
                );
                let types = format!("types {}", schema.id);
                match &attribute.kind {
                    Kind::Complex(complex) => {
                        add(types, &whole, &complex.type_name);
                        open.push((whole, &complex.attributes));
                    }
                    Kind::String(Some(values)) => {
                        add(types, &whole, &values.type_name);
                        for variant in &values.variants {
                            let value = match attribute.case_exact {
                                // Values that differ in case alone are several.
                                true => format!("{:?}", variant.value.as_bytes()),
                                false => variant.value.clone(),
                            };
                            add(
                                format!("values {}{whole}", schema.id),
                                &value,
                                &variant.name,
                            );
                        }
                    }
                    _ => {}
                }
            }
        }
    }
    Some(names)
}

/// Puts every list of documents, attributes and values in another order.
fn permuted(value: &Value, seed: &mut u64) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(|item| permuted(item, seed)).collect();
            for last in (1..items.len()).rev() {
                *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                items.swap(last, usize::try_from(*seed >> 33).unwrap() % (last + 1));
            }
            Value::Array(items)
        }
        Value::Object(members) => {
            let one = |(name, value): (&String, &Value)| (name.clone(), permuted(value, seed));
            Value::Object(members.iter().map(one).collect())
        }
        other => other.clone(),
    }
}

/// One more of something, somewhere: an attribute, a sub-attribute, a value, or a schema.
fn with_one_more(schemas: &[Value], place: &[usize], attribute: &Value, text: &str) -> Vec<Value> {
    fn add(attributes: &mut Vec<Value>, place: &[usize], attribute: &Value, text: &str) {
        let (here, rest) = place.split_first().unwrap_or((&0, &[]));
        let count = attributes.len();
        let Some(inside) = attributes.get_mut(here % (count + 1)) else {
            return attributes.insert(here % (count + 1), attribute.clone());
        };
        if let Some(subs) = inside
            .get_mut("subAttributes")
            .and_then(Value::as_array_mut)
        {
            add(subs, rest, attribute, text);
        } else if let Some(values) = inside["canonicalValues"]
            .as_array_mut()
            .filter(|v| !v.is_empty())
        {
            values.insert(0, json!(text));
        } else {
            attributes.insert(0, attribute.clone());
        }
    }
    let mut schemas = schemas.to_vec();
    let (here, rest) = place.split_first().unwrap();
    let count = schemas.len();
    match schemas.get_mut(here % (count + 1)) {
        Some(schema) => add(schema["attributes"].as_array_mut().unwrap(), rest, attribute, text),
        None => schemas.insert(0, json!({
            "id": format!("urn:more:extension:{text}:x"), "name": format!("{text} x"), "attributes": [attribute],
        })),
    }
    schemas
}

fn sources(schemas: &[Value]) -> Vec<Source> {
    let source =
        |(index, schema): (usize, &Value)| Source::new(format!("{index}.json"), schema.to_string());
    schemas.iter().enumerate().map(source).collect()
}

/// What is wrong with the names after something was added: the name of one thing is another's now,
/// or changed although nothing of its name was added.
fn changed(before: &BTreeMap<Named, String>, after: &BTreeMap<Named, String>) -> Vec<String> {
    let lower = |scope: &str, name: &str| (scope.to_owned(), name.to_lowercase());
    let now: BTreeMap<_, _> = after
        .iter()
        .map(|(named, name)| (lower(&named.scope, name), &named.thing))
        .collect();
    let mut found = Vec::new();
    for (named, name) in before {
        if let Some(thing) = now
            .get(&lower(&named.scope, name))
            .filter(|thing| **thing != &named.thing)
        {
            found.push(format!("{name} was {named:?}, is {thing}"));
        }
    }
    found
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
    fn another_order_changes_no_name(schemas in schemas(), mut seed in any::<u64>()) {
        if let Some(names_before) = names(&sources(&schemas)) {
            let Value::Array(other) = permuted(&Value::Array(schemas), &mut seed) else { unreachable!() };
            prop_assert_eq!(names(&sources(&other)), Some(names_before));
        }
    }

    #[test]
    fn one_more_changes_no_other_name(
        schemas in schemas(),
        place in proptest::collection::vec(0..6_usize, 4),
    ) {
        // Nothing else has such a name.
        let more = json!({"name": "quuxZorp", "type": "complex", "multiValued": true, "subAttributes": [
            {"name": "frob", "type": "string", "multiValued": false, "canonicalValues": ["a"]}]});
        let after = with_one_more(&schemas, &place, &more, "quuxZorp");
        if let (Some(before), Some(mut after)) = (names(&sources(&schemas)), names(&sources(&after))) {
            after.retain(|named, _| before.contains_key(named));
            prop_assert_eq!(after, before);
        }
    }

    #[test]
    fn no_name_comes_to_mean_something_else(
        schemas in schemas(),
        place in proptest::collection::vec(0..6_usize, 4),
        attribute in attribute(),
        value in value(),
    ) {
        let after = with_one_more(&schemas, &place, &attribute, &value);
        if let (Some(before), Some(after)) = (names(&sources(&schemas)), names(&sources(&after))) {
            prop_assert_eq!(changed(&before, &after), Vec::<String>::new());
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

/// The same on real documents, where they are here.
#[test]
fn the_names_of_real_documents_do_not_depend_on_order() {
    let Some(corpus) = support::shared("corpus") else {
        return;
    };
    for document in support::documents(&corpus) {
        let (Ok(json), Some(before)) = (
            serde_json::from_str::<Value>(&document.text),
            names(std::slice::from_ref(&document)),
        ) else {
            continue;
        };
        let mut seed = 7;
        let other = Source::new(&document.name, permuted(&json, &mut seed).to_string());
        assert_eq!(names(&[other]), Some(before), "{}", document.name);
    }
}
