//! Documents that were once read wrongly, and what becomes of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may panic"
)]

use std::path::Path;

use scim_codegen::model::{Kind, Resource, Role, Schema};
use scim_codegen::{Diagnostics, Model, Options, SdkOptions, Source, generate, read, sdk};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

fn case(name: &str) -> Source {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    Source::new(name, text)
}

fn read_all(sources: &[Source]) -> (Model, Diagnostics) {
    read(sources, &Options::default()).unwrap_or_else(|findings| panic!("{findings}"))
}

fn codes(findings: &Diagnostics) -> Vec<&str> {
    let codes = findings.iter().map(scim_codegen::Diagnostic::code);
    codes.collect()
}

fn resource(schema: &Schema) -> &Resource {
    match &schema.role {
        Role::Resource(resource) => resource,
        Role::Extension => panic!("{schema:?}"),
    }
}

fn schema(id: &str, name: &str, attributes: &str) -> String {
    format!(r#"{{"id": "{id}", "name": "{name}", "attributes": [{attributes}]}}"#)
}

const ONE: &str = r#"{"name": "a", "type": "string", "multiValued": false}"#;

/// Fields and variants by what they are on the wire.
fn names(source: Source) -> (Vec<(String, String)>, Vec<(String, String)>) {
    let (model, _) = read_all(&[source]);
    let mut fields = Vec::new();
    let mut variants = Vec::new();
    for attribute in &model.schemas()[0].attributes {
        fields.push((attribute.name.clone(), attribute.field.clone()));
        if let Kind::String(Some(values)) = &attribute.kind {
            let all = values.variants.iter();
            variants.extend(all.map(|variant| (variant.value.clone(), variant.name.clone())));
        }
    }
    fields.sort();
    variants.sort();
    (fields, variants)
}

#[test]
fn names_follow_from_what_they_name() {
    let document = case("variant-names.json");
    let (fields, variants) = names(document.clone());
    let find = |list: &[(String, String)], key: &str| {
        let found = list.iter().find(|(wire, _)| wire == key);
        found.unwrap_or_else(|| panic!("{key}: {list:?}")).1.clone()
    };
    for (value, name) in [
        ("<", "LessThan"),
        (">", "GreaterThan"),
        ("Geschäftsführer", "Geschäftsführer"),
        ("Müller", "Müller"),
        ("Österreich", "Österreich"),
        ("Łódź", "Łódź"),
        ("naïve", "Naïve"),
    ] {
        assert_eq!(find(&variants, value), name);
    }
    assert_eq!(find(&fields, "cost-center"), "cost_center_hyphen");
    assert_eq!(find(&fields, "cost_center"), "cost_center_underscore");

    // One value more in front, and everything in another order.
    let mut json: serde_json::Value = serde_json::from_str(&document.text).unwrap();
    let attributes = json["attributes"].as_array_mut().unwrap();
    let values = attributes[0]["canonicalValues"].as_array_mut().unwrap();
    values.insert(0, "=".into());
    attributes.reverse();
    let (fields_then, mut variants_then) = names(Source::new("rule.json", json.to_string()));
    assert_eq!(fields_then, fields);
    let more = ("=".to_owned(), "Equals".to_owned());
    assert!(variants_then.contains(&more));
    variants_then.retain(|variant| *variant != more);
    assert_eq!(variants_then, variants);
}

#[test]
fn me_is_no_endpoint_of_a_type() {
    let (model, findings) = read_all(&[case("me-shares-the-schema.json")]);
    assert_eq!(resource(model.schema(USER).unwrap()).endpoint, "/Users");
    assert!(!codes(&findings).contains(&"shared-schema"), "{findings}");
    // Nor where nothing else is said of the type, nor under another name.
    for (id, name, endpoint) in [
        (USER, "User", "/Users"),
        ("urn:x:Person", "Person", "/People"),
    ] {
        let documents = format!(
            r#"[{}, {{"name": "Self", "endpoint": "Me", "schema": "{id}",
                "schemaExtensions": [{{"schema": "urn:x:extension:Badge", "required": false}}]}}, {}]"#,
            schema(id, name, ONE),
            schema("urn:x:extension:Badge", "Badge", ONE),
        );
        let sources = [Source::new("a.json", documents)];
        let (model, _) = read_all(&sources);
        let found = resource(model.schema(id).unwrap());
        assert_eq!(found.endpoint, endpoint);
        assert_eq!(
            found.extensions.len(),
            1,
            "an extension of the one is one of all"
        );
        let made = sdk(&sources, &SdkOptions::new("scim-acme")).unwrap();
        assert!(!made.files["src/lib.rs"].contains("fn me("));
    }
}

#[test]
fn among_types_of_one_schema_that_of_its_name_wins() {
    let documents = format!(
        r#"[{}, {{"name": "Admin", "endpoint": "/Admins", "schema": "urn:x:Person"}},
            {{"name": "person", "endpoint": "/Persons", "schema": "urn:x:Person"}}]"#,
        schema("urn:x:Person", "Person", ONE)
    );
    let (model, findings) = read_all(&[Source::new("a.json", documents)]);
    assert_eq!(resource(&model.schemas()[0]).endpoint, "/Persons");
    assert_eq!(codes(&findings), ["shared-schema"]);
}

#[test]
fn an_extension_is_joined_or_reported() {
    let (model, findings) = read_all(&[case("enterprise-not-joined.json")]);
    let user = resource(model.schema(USER).unwrap());
    assert_eq!(user.extensions[0].field, "enterprise_user");
    assert_eq!(codes(&findings), [""; 0], "{findings}");

    // Any other is reported, and the hint is what helps.
    let other = "urn:acme:scim:extension:2.0:User";
    let documents = format!(
        "[{}, {}]",
        schema(USER, "User", ONE),
        schema(other, "Acme", ONE)
    );
    let document = Source::new("a.json", documents);
    let (_, findings) = read_all(std::slice::from_ref(&document));
    assert_eq!(codes(&findings), ["extends-nothing"]);
    let hint = findings.iter().next().unwrap().hint().unwrap();
    let overlay = &hint[hint.find("{\"changes\"").unwrap()..];
    assert!(
        overlay.contains(other) && overlay.contains(USER),
        "{overlay}"
    );
    let sources = [document, Source::new("overlay.json", overlay)];
    let (model, findings) = read_all(&sources);
    assert_eq!(codes(&findings), [""; 0], "{findings}");
    assert_eq!(resource(model.schema(USER).unwrap()).extensions.len(), 1);

    // Where a document says what the user has, the enterprise extension is not made up.
    let documents = format!(
        r#"[{}, {}, {{"name": "User", "endpoint": "/Users", "schema": "{USER}"}}]"#,
        schema(USER, "User", ONE),
        schema(
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
            "E",
            ONE
        ),
    );
    let (_, findings) = read_all(&[Source::new("a.json", documents)]);
    assert_eq!(codes(&findings), ["extends-nothing"]);
}

#[test]
fn extensions_and_attributes_are_sets() {
    let (_, findings) = read_all(&[case("extensions-reordered.json")]);
    assert_eq!(codes(&findings), ["unknown-schema"; 2], "{findings}");
    let two = [
        r#"{"name": "a", "type": "string", "multiValued": false, "canonicalValues": ["x", "y"]}"#,
        r#"{"name": "b", "type": "string", "multiValued": false, "canonicalValues": ["y", "x"]}"#,
    ];
    let other = two.map(|text| text.replace(r#""x", "y""#, r#""y", "x""#));
    let one = Source::new("1.json", schema("urn:x:A", "A", &two.join(",")));
    let reversed = format!("{},{}", other[1], other[0]);
    let other = Source::new("2.json", schema("urn:x:A", "A", &reversed));
    let (model, _) = read_all(&[one.clone(), other.clone()]);
    assert_eq!(model, read_all(&[other, one]).0);
}

#[test]
fn a_line_break_in_a_string_is_read_leniently() {
    let source = [case("line-break-in-string.json")];
    let refused = read(&source, &Options::default()).unwrap_err();
    let error = refused.errors().next().unwrap();
    assert_eq!(error.code(), "invalid-json");
    assert!(error.hint().unwrap().contains("leniently"), "{error}");
    let mut options = Options::default();
    options.reading.lenient = true;
    let (model, findings) = read(&source, &options).unwrap();
    let attributes = &model.schemas()[0].attributes;
    assert_eq!(attributes[1].description, "first\nsecond");
    let found = findings
        .iter()
        .find(|found| found.code() == "control-character");
    assert_eq!(
        found.map(|found| (found.line(), found.pointer())),
        Some((1, "/attributes/0/description"))
    );
    assert!(generate(&source, &options).is_ok());
}

#[test]
fn a_document_is_known_by_what_it_has() {
    let (model, findings) = read_all(&[case("provider-with-other-urns.json")]);
    let provider = model.service_provider().unwrap();
    assert_eq!((provider.patch, provider.bulk), (Some(true), Some(false)));
    assert_eq!(codes(&findings), [""; 0], "{findings}");
    let other = r#"{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "sort": {"supported": true}, "etag": {"supported": true}}"#;
    let (model, _) = read_all(&[Source::new("a.json", other)]);
    assert!(model.service_provider().is_some());
}

#[test]
fn an_assumed_endpoint_is_a_plural() {
    let (model, _) = read_all(&[case("plural-of-s.json")]);
    let endpoint = |id: &str| resource(model.schema(id).unwrap()).endpoint.clone();
    assert_eq!(endpoint("urn:x:scim:schemas:AllTypes"), "/AllTypes");
    assert_eq!(endpoint("urn:x:scim:schemas:Address"), "/Addresses");
}

#[test]
fn one_switch_says_that_answers_lack_what_is_required() {
    let document = case("required-but-not-returned.json");
    let required = |model: &Model| {
        let attributes = &model.schema(USER).unwrap().attributes;
        attributes
            .iter()
            .filter(|attribute| attribute.required)
            .count()
    };
    let (model, _) = read_all(std::slice::from_ref(&document));
    assert_eq!(required(&model), 2);
    for schema in ["*", USER, "urn:ietf:*:User"] {
        let overlay = format!(r#"{{"changes": [{{"schema": "{schema}", "required": false}}]}}"#);
        let sources = [document.clone(), Source::new("overlay.json", overlay)];
        let (model, findings) = read_all(&sources);
        assert_eq!(required(&model), 0);
        assert_eq!(codes(&findings), [""; 0], "{findings}");
        let text = &generate(&sources, &Options::default()).unwrap().files["generated/user.rs"];
        assert!(text.contains("pub active: Option<bool>"), "{text}");
    }
    let mut options = Options::default();
    options.reading.nothing_required = true;
    let (model, _) = read(&[document], &options).unwrap();
    assert_eq!(required(&model), 0);
}

#[test]
fn the_readme_begins_with_users() {
    let documents = format!(
        r#"[{}, {}, {}, {{"name": "Zebra", "endpoint": "/Zebras", "schema": "urn:x:Zebra"}}]"#,
        schema("urn:x:Ant", "Ant", ONE),
        schema("urn:x:Zebra", "Zebra", ONE),
        schema(USER, "User", ONE),
    );
    let begins = |text: &str| {
        let made = sdk(
            &[Source::new("a.json", text)],
            &SdkOptions::new("scim-acme"),
        )
        .unwrap();
        let readme = made.files["README.md"].clone();
        let call = readme.split("acme.").nth(1).unwrap().to_owned();
        call.split('(').next().unwrap().to_owned()
    };
    assert_eq!(begins(&documents), "users");
    // Without users, what is known to be served.
    assert_eq!(
        begins(&documents.replace(USER, "urn:x:extension:2.0:Other")),
        "zebras"
    );
}

const PERSON: &str = r#"{"id": "urn:x:Person", "name": "Person", "attributes": [
    {"name": "op", "type": "string", "multiValued": false, "canonicalValues": ["<", "sw"]},
    {"name": "mails", "type": "complex", "multiValued": true, "subAttributes": [
        {"name": "value", "type": "string", "multiValued": false, "required": true},
        {"name": "primary", "type": "string", "multiValued": false}]},
    {"name": "phones", "type": "complex", "multiValued": true, "subAttributes": [
        {"name": "value", "type": "string", "multiValued": false, "required": true}]}]}"#;

/// The documents of a person, with an overlay of these changes.
fn person(changes: &str) -> Result<(Model, Diagnostics), Diagnostics> {
    let overlay = format!(r#"{{"changes": [{changes}]}}"#);
    let sources = [
        Source::new("person.json", PERSON),
        Source::new("overlay.json", overlay),
    ];
    read(&sources, &Options::default())
}

fn error(result: Result<(Model, Diagnostics), Diagnostics>) -> String {
    let findings = result.unwrap_err();
    findings.errors().next().unwrap().to_string()
}

#[test]
fn an_overlay_names_variants() {
    let (model, _) = person(
        r#"{"schema": "urn:x:Person", "attribute": "op", "addCanonicalValues": ["Sw"],
            "variants": {"<": "Before", "SW": "StartsWith"}}"#,
    )
    .unwrap_or_else(|findings| panic!("{findings}"));
    let Kind::String(Some(values)) = &model.schemas()[0].attributes[1].kind else {
        panic!("{model:?}")
    };
    let names: Vec<&str> = values
        .variants
        .iter()
        .map(|variant| variant.name.as_str())
        .collect();
    assert_eq!(names, ["Before", "StartsWith"]);
    let wrong = |variants: &str| {
        let change =
            format!(r#"{{"schema": "urn:x:Person", "attribute": "op", "variants": {variants}}}"#);
        error(person(&change))
    };
    assert!(wrong(r#"{"sv": "A"}"#).contains("did you mean `sw`?"));
    assert!(wrong(r#"{"sw": "starts with"}"#).contains("cannot be the name of a variant"));
    assert!(wrong(r#"{"sw": "Unknown"}"#).contains("cannot be the name of a variant"));
    assert!(wrong(r#"{"sw": "A", "<": "A"}"#).contains("is the name of another variant"));
    assert!(wrong(r#"{"sw": 1}"#).contains("a number"));
    assert!(wrong("[]").contains("an array"));
}

#[test]
fn an_overlay_changes_all_that_a_pattern_stands_for() {
    let required = |model: &Model| {
        let mut found = Vec::new();
        for attribute in &model.schemas()[0].attributes {
            if let Kind::Complex(complex) = &attribute.kind {
                let inner = complex.attributes.iter().filter(|inner| inner.required);
                found.extend(inner.map(|inner| format!("{}.{}", attribute.name, inner.name)));
            }
        }
        found
    };
    let change = |attribute: &str| {
        person(&format!(
            r#"{{"schema": "urn:x:*", "attribute": "{attribute}", "required": false}}"#
        ))
    };
    assert_eq!(required(&change("*.value").unwrap().0), [""; 0]);
    assert_eq!(required(&change("ma*.VALUE").unwrap().0), ["phones.value"]);
    assert!(error(change("*.valeu")).contains("the schema has no attribute `*.valeu`"));
    assert!(error(change("fax.*")).contains("there are"));
    let dropped = r#"{"schema": "*", "attribute": "*.value", "drop": true}"#;
    assert_eq!(required(&person(dropped).unwrap().0), [""; 0]);
    let renamed = r#"{"schema": "*", "attribute": "*.value", "field": "content"}"#;
    assert!(error(person(renamed)).contains("`field` cannot be the same"));
    let all = r#"{"schema": "urn:x:Person", "required": true}"#;
    assert!(error(person(all)).contains("can only be false"));
}

#[test]
fn misspelt_members_are_reported_with_the_nearest() {
    let documents = r#"[
        {"id": "urn:x:Person", "naem": "Person", "attributes": [
            {"name": "a", "type": "string", "multiValued": false, "requird": true, "mutabilty": "readOnly",
             "note": "ours", "x-required": true}]},
        {"name": "Person", "endpoint": "/People", "schema": "urn:x:Person", "schemaExtension": []},
        {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
         "patch": {"suported": true}, "sort": {"supported": true}, "filtr": {"supported": true}}]"#;
    let (_, findings) = read_all(&[Source::new("a.json", documents)]);
    let found: Vec<String> = findings
        .iter()
        .filter(|found| found.code() == "misspelt-key")
        .map(|found| {
            let near = found.hint().unwrap().split('`').nth(1).unwrap();
            format!("{} {near}", found.pointer())
        })
        .collect();
    assert_eq!(
        found,
        [
            "/0/naem name",
            "/0/attributes/0/requird required",
            "/0/attributes/0/mutabilty mutability",
            "/1/schemaExtension schemaExtensions",
            "/2/patch/suported supported",
            "/2/filtr filter",
        ]
    );
    // Where the document is not known for it.
    let lists = [
        r#"{"id": "urn:x:A", "name": "A", "atributes": []}"#,
        r#"{"Resource": [], "totalResults": 0}"#,
    ];
    let refused = read(&[Source::new("a.json", lists[1])], &Options::default()).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("did you mean `Resources` by `Resource`?"),
        "{refused}"
    );
    let (_, findings) = read_all(&[Source::new("a.json", lists[0])]);
    assert!(codes(&findings).contains(&"misspelt-key"), "{findings}");
}

#[test]
fn a_resource_type_says_which_schema_is_missing() {
    let documents = format!(
        r#"[{}, {{"name": "Person", "endpoint": "/People", "schema": "urn:x:Persn"}}]"#,
        schema("urn:x:Person", "Person", ONE)
    );
    let (_, findings) = read_all(&[Source::new("a.json", documents)]);
    let found = findings
        .iter()
        .find(|found| found.code() == "unknown-schema")
        .unwrap();
    assert!(found.message().contains("`urn:x:Persn`"), "{found}");
    assert!(
        found
            .hint()
            .unwrap()
            .contains("did you mean `urn:x:Person`?"),
        "{found}"
    );
    assert_eq!(found.pointer(), "/1/schema");
}

#[test]
fn a_broken_document_hides_nothing_and_causes_nothing() {
    let types = r#"[
        {"name": "Broken", "endpoint": "/Broken", "schema": "urn:x:Broken",
         "schemaExtensions": [{"schema": "urn:x:extension:More", "required": false}]}]"#;
    let overlay = r#"{"changes": [
        {"schema": "urn:x:Broken", "attribute": "a", "required": false},
        {"schema": "urn:x:Wrong", "attribute": "a", "required": false},
        {"schema": "urn:x:Wrong", "attribute": "b", "requird": false}]}"#;
    let sources = [
        Source::new(
            "broken.json",
            r#"{"id": "urn:x:Broken", "name": "Broken", "attributes": [}"#,
        ),
        Source::new("types.json", types),
        Source::new("more.json", schema("urn:x:extension:More", "More", ONE)),
        Source::new(
            "wrong.json",
            schema(
                "urn:x:Wrong",
                "Wrong",
                r#"{"name": "b", "type": "string", "multiValued": false, "returned": "nver"},
                {"name": "a b", "type": "string", "multiValued": false}"#,
            ),
        ),
        Source::new("overlay.json", overlay),
    ];
    for sources in [sources.to_vec(), sources.iter().rev().cloned().collect()] {
        let refused = read(&sources, &Options::default()).unwrap_err();
        let mut found = codes(&refused);
        found.sort_unstable();
        assert_eq!(
            found,
            // The overlay says `requird`, and nothing else.
            [
                "attribute-name",
                "invalid-json",
                "overlay-key",
                "unknown-keyword"
            ],
            "{refused}"
        );
    }
}

#[cfg(all(feature = "cli", feature = "build"))]
#[path = "cases/files.rs"]
mod files;
