//! What somebody does who wants to break it: values of every type at every path, hostile schemas,
//! other formats than JSON.

use std::{sync::LazyLock, time::Instant};

use proptest::prelude::*;
use scim_client::{
    EnterpriseUser, Extension, Json, User,
    dynamic::{AttributeErrorKind, DynamicResource, ResourceType, ResourceTypes, TypesError},
    model::{Attribute, Kind, Mutability},
    patch::{self, ApplyOptions},
};
use serde::de::DeserializeSeed as _;
use serde_json::{Value, json};

use crate::{
    cases::cases,
    common::{
        filler::Random,
        gadget::{AcmeGadget, Gadget},
    },
    published,
};

static USER: LazyLock<ResourceType> =
    LazyLock::new(|| published::<User>(&[<EnterpriseUser as Extension>::schema()]));
static GADGET: LazyLock<ResourceType> =
    LazyLock::new(|| published::<Gadget>(&[<AcmeGadget as Extension>::schema()]));

fn pick<'a>(random: &mut Random, from: &[&'a str]) -> &'a str {
    from[random.below(from.len())]
}

/// A value of the attribute's type, as RFC 7643 §2.3 has it.
fn fitting(attribute: &Attribute, random: &mut Random, depth: usize) -> Value {
    if attribute.is_multi_valued() {
        // Elements that say the same are one.
        let mut all: Vec<Value> = Vec::new();
        for _ in 0..random.below(3) + 1 {
            let next = one(attribute, random, depth);
            if !all.contains(&next) && !is_nothing(&next) {
                all.push(next);
            }
        }
        return Value::Array(all);
    }
    one(attribute, random, depth)
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(all) => all.iter().all(is_nothing),
        Value::Object(all) => all.values().all(is_nothing),
        _ => false,
    }
}

fn one(attribute: &Attribute, random: &mut Random, depth: usize) -> Value {
    match attribute.kind() {
        Kind::Boolean => json!(random.once_in(2)),
        Kind::Integer => json!([0, -7, i64::MAX, i64::MIN][random.below(4)]),
        Kind::Decimal => json!([0.5, -7.25, 3.0][random.below(3)]),
        Kind::DateTime => json!(pick(
            random,
            &["2024-01-01T00:00:00Z", "2011-05-13T04:42:34.5+02:00"]
        )),
        Kind::Binary => json!(pick(random, &["AQI=", "AAAA"])),
        Kind::Reference => json!(pick(random, &["https://x.example/a", "../Users/1"])),
        Kind::Any => json!({"a": [1, {"b": null}], "c": "d"}),
        Kind::Complex(table) => {
            let mut made = serde_json::Map::new();
            for sub in table.get().attributes() {
                let wanted = sub.is_required() || !random.once_in(3);
                // One primary is enough.
                let may = sub.mutability() != Mutability::ReadOnly && sub.name() != "primary";
                if wanted && may && depth < 4 {
                    let value = fitting(sub, random, depth + 1);
                    if !is_nothing(&value) {
                        made.insert(sub.name().to_owned(), value);
                    }
                }
            }
            Value::Object(made)
        }
        _ => json!(pick(
            random,
            &["a", "B", "é", "q\"\\x", "\u{202e}\n", "0", "true"]
        )),
    }
}

/// Every path of a type that can be set as it is.
fn paths(kind: &ResourceType) -> Vec<(String, &'static Attribute)> {
    let all = kind.attributes().filter(|one| {
        let read_only = |a: &Attribute| a.mutability() == Mutability::ReadOnly;
        let outer = one.parent();
        !read_only(one.attribute())
            && !outer.is_some_and(|outer| outer.is_multi_valued() || read_only(outer))
    });
    all.map(|one| (one.path().to_string(), one.attribute()))
        .collect()
}

fn value_of(resource: &DynamicResource, path: &str) -> Option<Value> {
    let found = resource.get(path).unwrap()?;
    Some(serde_json::from_str(found.to_json().as_str()).unwrap())
}

/// A resource with some fitting values, all of them by path.
fn made(kind: &ResourceType, random: &mut Random) -> DynamicResource {
    let mut made = kind.new_resource();
    for (path, attribute) in paths(kind) {
        if attribute.is_required() && !path.contains('.') || random.once_in(3) {
            made.set(&path, fitting(attribute, random, 0)).unwrap();
        }
    }
    made
}

fn check(kind: &'static ResourceType, seed: u64) -> Result<(), TestCaseError> {
    let mut random = Random(seed);
    let before = made(kind, &mut random);
    for (path, attribute) in paths(kind) {
        let value = fitting(attribute, &mut random, 0);
        if is_nothing(&value) {
            continue;
        }
        let mut changed = before.clone();
        prop_assert_eq!(changed.set(&path, &value), Ok(()), "{}: {}", path, value);
        // What is set is there, whatever was before; and the same again changes nothing.
        prop_assert_eq!(value_of(&changed, &path), Some(value.clone()), "{}", path);
        let mut again = changed.clone();
        again.set(&path.to_uppercase(), &value).unwrap();
        prop_assert_eq!(&again, &changed, "{}", path);
        if attribute.is_multi_valued() {
            again.add(&path, &value).unwrap();
            prop_assert_eq!(
                &again,
                &changed,
                "what is there is not added: {} {}",
                path,
                value
            );
        }
        if !attribute.is_required() {
            prop_assert_eq!(again.remove(&path), Ok(true), "{}", path);
            prop_assert_eq!(again.remove(&path), Ok(false), "{}", path);
            prop_assert!(again.get(&path).unwrap().is_none());
        }
    }
    // The way over JSON, and over a compiled type, loses nothing.
    prop_assert_eq!(&kind.from_json(&before.to_json()).unwrap(), &before);
    let again: Value = serde_json::from_str(&before.to_json()).unwrap();
    prop_assert_eq!(&kind.resource_from(again).unwrap(), &before);
    if kind.name() == "User" {
        prop_assert_eq!(
            &kind
                .from_typed(&before.to_typed::<User>().unwrap())
                .unwrap(),
            &before
        );
    } else {
        prop_assert_eq!(
            &kind
                .from_typed(&before.to_typed::<Gadget>().unwrap())
                .unwrap(),
            &before
        );
    }
    // What leads from one to another may be sent, and leads there.
    let after = made(kind, &mut random);
    if let Ok(patch) = patch::diff(&before, &after) {
        let message = patch.into_message();
        prop_assert_eq!(kind.check_patch(&message), Ok(()), "{}", message.to_json());
        let mut applied = before.clone();
        message
            .apply(&mut applied, &ApplyOptions::default())
            .unwrap();
        let rest = patch::diff(&applied, &after).unwrap();
        prop_assert!(
            rest.is_empty(),
            "{}\n{}",
            message.to_json(),
            rest.to_message().to_json()
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 0, ..cases(150) })]

    #[test]
    fn what_is_set_is_there(seed: u64) {
        check(&USER, seed)?;
        check(&GADGET, seed)?;
    }

    /// Whatever is given wherever: it is done, or refused with a word, and nothing has changed.
    #[test]
    fn nothing_is_half_done(seed: u64) {
        let values = [
            json!(null), json!(true), json!(0), json!(-1.5), json!(""), json!("x"), json!([]), json!({}),
            json!([null]), json!([[]]), json!([{}]), json!({"value": null}), json!({"value": 1}),
            json!([{"value": "a", "primary": true}, {"value": "b", "primary": true}]),
            json!({"": 1}), json!([1, "a"]), json!(1e300), json!("2024-13-01T00:00:00Z"),
        ];
        let mut random = Random(seed);
        for kind in [&*USER, &*GADGET] {
            let before = made(kind, &mut random);
            let all: Vec<String> = kind.attributes().map(|one| one.path().to_string()).collect();
            for _ in 0..60 {
                let mut path = all[random.below(all.len())].clone();
                match random.below(8) {
                    0 => path.push_str("[type eq \"work\"]"),
                    1 => path.push_str("[value pr].value"),
                    2 => path = format!("{path}.value"),
                    3 => path = pick(&mut random, &["id", "meta", "schemas", "meta.created", "", " ", "[", "a.b.c", "urn:x:y"]).to_owned(),
                    _ => {}
                }
                let value = &values[random.below(values.len())];
                let mut changed = before.clone();
                let done = match random.below(3) {
                    0 => changed.set(&path, value),
                    1 => changed.add(&path, value),
                    _ => changed.remove(&path).map(drop),
                };
                match done {
                    Err(error) => {
                        prop_assert_eq!(&changed, &before, "{}: {}", path, error);
                        prop_assert!(!error.to_string().is_empty());
                    }
                    // What it is now can be read again, so it was of the right types.
                    Ok(()) => {
                        let read = kind.from_json(&changed.to_json());
                        prop_assert!(read.is_ok(), "{} {}: {:?}", path, value, read.err());
                        prop_assert_eq!(&read.unwrap(), &changed, "{} {}", path, value);
                    }
                }
            }
        }
    }
}

fn types_of(documents: &Value) -> Result<ResourceTypes, TypesError> {
    ResourceTypes::from_json(&documents.to_string())
}

fn codes(result: Result<ResourceTypes, TypesError>) -> Vec<&'static str> {
    match result {
        Err(TypesError::Documents(findings)) => findings
            .errors()
            .map(scim_client::dynamic::Diagnostic::code)
            .collect(),
        Err(error) => panic!("{error}"),
        Ok(types) => panic!("{types:?}"),
    }
}

#[test]
fn hostile_schemas_are_refused_or_understood_in_time() {
    let begun = Instant::now();
    // Deeper than any stack.
    let deep = |levels: usize| {
        let open = r#"{"name": "a", "type": "complex", "multiValued": false, "subAttributes": ["#;
        let close = "]}";
        let inner = r#"{"name": "a", "type": "string"}"#;
        format!(
            r#"{{"id": "urn:x:Deep", "name": "Deep", "attributes": [{}{inner}{}]}}"#,
            open.repeat(levels),
            close.repeat(levels)
        )
    };
    for levels in [20, 200, 100_000] {
        let error = ResourceTypes::from_json(&deep(levels)).unwrap_err();
        assert!(
            matches!(error, TypesError::Documents(_)),
            "{levels}: {error}"
        );
    }
    // More attributes than anybody has.
    let many: Vec<Value> = (0..100_000)
        .map(|n| json!({"name": format!("a{n}"), "type": "string", "multiValued": false}))
        .collect();
    let many = json!({"id": "urn:x:Many", "name": "Many", "attributes": many});
    let error = types_of(&many).unwrap_err();
    assert!(
        matches!(error, TypesError::TooManyAttributes { .. }),
        "{error}"
    );
    // One URN, two contents.
    let schema = |name: &str| {
        json!({"id": "urn:x:Twice", "name": "Twice", "attributes": [
        {"name": name, "type": "string", "multiValued": false}]})
    };
    assert_eq!(
        codes(types_of(&json!([schema("a"), schema("b")]))),
        ["duplicate-schema"]
    );
    // Types that extend each other, and themselves.
    let both = json!([
        {"id": "urn:x:A", "name": "A", "attributes": [{"name": "a", "type": "string"}]},
        {"id": "urn:x:B", "name": "B", "attributes": [{"name": "b", "type": "string"}]},
        {"name": "A", "endpoint": "/A", "schema": "urn:x:A", "schemaExtensions": [
            {"schema": "urn:x:B", "required": true}, {"schema": "urn:x:A", "required": true}]},
        {"name": "B", "endpoint": "/B", "schema": "urn:x:B", "schemaExtensions": [
            {"schema": "urn:x:A", "required": false}]}]);
    let types = types_of(&both).unwrap();
    assert_eq!(types.len(), 2);
    for one in &types {
        assert!(one.attributes().count() >= 2, "{one}");
        let mut made = one.new_resource();
        made.set(&one.name().to_lowercase(), "x").unwrap();
        assert!(one.from_json(&made.to_json()).unwrap() == made);
        let again = ResourceTypes::from_json(&types.to_json()).unwrap();
        assert_eq!(again.find(one.name()).unwrap(), one);
    }
    // What is called like something in Rust is called so all the same.
    let named = json!([{"id": "urn:x:Box", "name": "Box", "attributes": [
        {"name": "type", "type": "string", "multiValued": false}]}]);
    let types = types_of(&named).unwrap();
    assert_eq!(types.find("Box").unwrap().endpoint(), "/Boxes");
    // A type that nobody knows is any JSON.
    let unknown = json!({"id": "urn:x:Odd", "name": "Odd", "attributes": [
        {"name": "odd", "type": "quaternion", "multiValued": false}]});
    let types = types_of(&unknown).unwrap();
    let odd = types.find("Odd").unwrap();
    let made = odd
        .new_resource()
        .with("odd", json!({"w": [1, 2]}))
        .unwrap();
    assert_eq!(value_of(&made, "odd"), Some(json!({"w": [1, 2]})));
    // Megabytes of suggested values, and of text.
    let values: Vec<String> = (0..30_000)
        .map(|n| format!("value {n} {}", "x".repeat(40)))
        .collect();
    let large = json!({"id": "urn:x:Large", "name": "Large", "description": "x".repeat(1 << 20),
        "attributes": [{"name": "choice", "type": "string", "multiValued": false,
            "canonicalValues": values}]});
    let types = types_of(&large).unwrap();
    let large = types.find("Large").unwrap();
    let made = large
        .new_resource()
        .with("choice", values.last().unwrap())
        .unwrap();
    assert_eq!(
        value_of(&made, "choice"),
        Some(json!(values.last().unwrap()))
    );
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

#[test]
fn hostile_names_control_no_terminal() {
    let name = "Us\u{1b}[31mer\n";
    let documents = json!([
        {"id": "urn:x:A", "name": name, "description": name,
            "attributes": [{"name": "a", "type": "string", "description": name}]},
        {"name": name, "endpoint": "/A", "schema": "urn:x:A", "description": name}]);
    let types = types_of(&documents).unwrap();
    let one = types.iter().next().unwrap();
    let mut shown = vec![format!("{types:?}"), one.to_string(), format!("{one:?}")];
    shown.extend(
        types
            .drift(&ResourceTypes::core())
            .iter()
            .map(ToString::to_string),
    );
    shown.extend(types.drift(&types).iter().map(ToString::to_string));
    shown.push(types.find("Us\u{1b}er").unwrap_err().to_string());
    let mut made = one.new_resource();
    for path in ["a\u{1b}[0m", "a[b eq \"\u{1b}\"]", "a.\u{7}", "\n"] {
        shown.push(made.set(path, 1).unwrap_err().to_string());
        shown.push(format!("{:?}", made.get(path).unwrap_err()));
        shown.push(one.filter(path).unwrap_err().to_string());
    }
    for text in shown {
        let text = text.replace("\n  ", "");
        assert!(!text.contains(char::is_control), "{text:?}");
    }
    // A name of a megabyte is looked for in no time.
    let begun = Instant::now();
    let long = "x".repeat(1 << 20);
    let error = one.filter(&format!("{long} eq 1")).unwrap_err().to_string();
    assert!(
        error.len() < 1_000 && begun.elapsed().as_secs() < 20,
        "{}",
        error.len()
    );
}

/// `Debug` of nothing that holds a value shows a secret one.
#[test]
fn secrets_are_not_shown() {
    const SECRET: &str = "tops3cret";
    let user = &*USER;
    let babs = user.new_resource().with("userName", "b").unwrap();
    let babs = babs.with("password", SECRET).unwrap();
    let patch = user.patch().replace("password", SECRET).unwrap();
    let mut shown = vec![
        format!("{babs:?}"),
        format!("{:?}", babs.get("password")),
        format!("{:?}", babs.get_all("password")),
        format!("{:?}", babs.attributes().collect::<Vec<_>>()),
        format!("{patch:?}"),
        format!("{:?}", patch.build()),
        format!(
            "{:?}",
            scim_client::Stored::from_parts("1", scim_client::Meta::default(), babs.clone())
        ),
    ];
    let wrong = [
        babs.clone().with("password", json!([SECRET])).unwrap_err(),
        babs.clone().with("nope", SECRET).unwrap_err(),
        babs.clone()
            .with("emails", json!([{"value": [SECRET]}]))
            .unwrap_err(),
        babs.clone()
            .with(&format!("emails[value eq \"{SECRET}\"].value"), "x")
            .unwrap_err(),
        user.filter(&format!("password eq \"{SECRET}\""))
            .unwrap_err(),
        user.patch().replace("active", SECRET).unwrap_err(),
        user.resource_from(SECRET).unwrap_err(),
        user.resource_from(json!({"userName": [SECRET]}))
            .unwrap_err(),
    ];
    for error in wrong {
        shown.extend([error.to_string(), format!("{error:?}")]);
    }
    for text in shown {
        assert!(!text.contains(SECRET), "{text}");
    }
}

/// Another format than JSON, there and back.
#[test]
fn formats_that_are_not_json() {
    let mut random = Random(7);
    for kind in [&*USER, &*GADGET] {
        for _ in 0..20 {
            let made = made(kind, &mut random);
            // Null has no place in that format.
            if made.to_json().contains("null") {
                continue;
            }
            let text = toml::to_string(&made).unwrap();
            let read = kind
                .deserialize(toml::Deserializer::parse(&text).unwrap())
                .unwrap();
            assert_eq!(read, made, "{text}");
        }
    }
    let wrong = toml::Deserializer::parse("userName = { a = 1 }").unwrap();
    let error = USER.deserialize(wrong).unwrap_err().to_string();
    assert!(error.contains("userName"), "{error}");
}

#[test]
fn a_path_says_what_is_wrong_with_it() {
    let mut babs = USER.new_resource();
    for path in [
        "emails[0].value",
        "emails[type eq",
        "name..familyName",
        "emails.value.x",
        "$.emails",
    ] {
        let error = babs.set(path, "x").unwrap_err();
        let kinds = [
            AttributeErrorKind::Syntax,
            AttributeErrorKind::UnknownAttribute,
        ];
        assert!(kinds.contains(error.kind()), "{path}: {error}");
    }
    let same = Json::of("x").unwrap();
    babs.set("title", &same).unwrap();
    assert_eq!(babs.get("title").unwrap().unwrap().as_str(), Some("x"));
}
