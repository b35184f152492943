//! Documents of service providers: what is wrong with them, and what they cost.

use std::fmt::Write as _;

use scim_client::{
    Resource, User,
    dynamic::{ResourceTypes, TypesError},
};
use serde_json::{Value, json};

fn device(attributes: &Value) -> String {
    let schema = json!({"id": "urn:example:Device", "name": "Device", "attributes": attributes});
    let listed = json!({"name": "Device", "endpoint": "/Devices", "schema": "urn:example:Device"});
    json!([schema, listed]).to_string()
}

fn refused(text: &str) -> scim_client::dynamic::Diagnostics {
    match ResourceTypes::from_json(text) {
        Err(TypesError::Documents(findings)) => findings,
        other => panic!("{other:?} of {text}"),
    }
}

#[test]
fn bad_documents_have_the_findings_of_the_generator() {
    let findings = refused(r#"{"id": "urn:x:Y", "name": "Y", "attributes": {"a": 1}}"#);
    let finding = findings.errors().next().unwrap();
    assert_eq!(finding.code(), "attributes-type");
    assert_eq!((finding.source_name(), finding.line()), ("JSON", 1));
    assert_eq!(finding.pointer(), "/attributes");
    let findings = refused("{");
    assert_eq!(findings.errors().next().unwrap().code(), "invalid-json");
    let findings = refused(r#"{"$schema": "x", "properties": {}, "type": "object"}"#);
    assert_eq!(findings.errors().next().unwrap().code(), "json-schema");
    // Warnings come beside the types.
    let text = device(&json!([{"name": "a", "type": "int", "multiValued": false}]));
    let (types, findings) = ResourceTypes::from_documents([("/Schemas", text)]).unwrap();
    assert_eq!(types.len(), 1);
    assert!(
        findings
            .iter()
            .any(|finding| finding.code() == "type-alias")
    );
}

/// What is about generated code only says nothing to a program that generates none.
#[test]
fn names_in_rust_are_no_findings_at_run_time() {
    let text = device(&json!([
        {"name": "a-b", "type": "string", "multiValued": false},
        {"name": "aB", "type": "int", "multiValued": false}]));
    let source = [scim_client::dynamic::Source::new("x", text)];
    let codes = |findings: &scim_client::dynamic::Diagnostics| -> Vec<&str> {
        findings
            .iter()
            .map(scim_client::dynamic::Diagnostic::code)
            .collect()
    };
    let reading = scim_client::dynamic::Reading::default();
    let (types, findings) = ResourceTypes::read(&source, &reading).unwrap();
    assert_eq!(codes(&findings), ["type-alias"]);
    assert_eq!(types.find("Device").unwrap().attributes().count(), 3);
    // Nor that two types of one schema are generated once: here they are two.
    let listed = |name: &str| {
        let endpoint = format!("/{name}s");
        json!({"name": name, "endpoint": endpoint, "schema": User::SCHEMA}).to_string()
    };
    let documents = [
        ("a", listed("User")),
        ("b", listed("Agent")),
        ("c", User::schema().as_str().to_owned()),
    ];
    let (types, findings) = ResourceTypes::from_documents(documents).unwrap();
    assert_eq!((types.len(), codes(&findings).as_slice()), (2, &[][..]));
}

#[test]
fn hostile_names_are_refused_with_a_place() {
    for name in [
        "a\"b",
        "a\\b",
        "a\nb",
        "a\u{0}",
        "a b",
        "a]",
        "",
        "a.b",
        "a\u{202e}b",
        "a\u{200b}",
        "\u{feff}a",
        "a'b",
    ] {
        let findings = refused(&device(&json!([
            {"name": "good", "type": "string", "multiValued": false},
            {"name": name, "type": "string", "multiValued": false}])));
        let finding = findings.errors().next().unwrap();
        assert!(
            finding.pointer().starts_with("/0/attributes/1"),
            "{name:?}: {finding}"
        );
        // Its message begins no line of its own.
        assert!(!finding.message().is_empty());
    }
    // Inside of a complex attribute too.
    let inner = json!([{"name": "c", "type": "complex", "multiValued": false, "subAttributes": [
        {"name": "a\"b", "type": "string", "multiValued": false}]}]);
    assert!(refused(&device(&inner)).has_errors());
    // Names that differ in case only are one.
    let twice = |other: &str| {
        json!([{"name": "a", "type": "string", "multiValued": false},
               {"name": "A", "type": other, "multiValued": false}])
    };
    let findings = refused(&device(&twice("integer")));
    assert_eq!(
        findings.errors().next().unwrap().code(),
        "duplicate-attribute"
    );
    let same = json!([{"name": "a", "type": "string"}, {"name": "a", "type": "string"}]);
    let types = ResourceTypes::from_json(&device(&same)).unwrap();
    let names = types.find("Device").unwrap().attributes().count();
    assert_eq!(names, 2, "externalId and a");
}

#[test]
fn hostile_urns_are_refused_with_a_place() {
    for urn in [
        "urn:x:\"a",
        "urn:x:a\\",
        "urn:x:a\nb",
        "urn:x:\u{202e}",
        "\"",
        "urn:x:\u{0}",
    ] {
        let schema = json!({"id": urn, "name": "Device", "attributes": [
            {"name": "a", "type": "string", "multiValued": false}]});
        let findings = refused(&schema.to_string());
        let finding = findings.errors().next().unwrap();
        assert_eq!(finding.pointer(), "/id", "{finding}");
        // As an extension that stands among the attributes.
        let inner = json!([{"name": format!("urn:{urn}"), "type": "complex", "multiValued": false,
            "subAttributes": [{"name": "a", "type": "string", "multiValued": false}]}]);
        assert!(refused(&device(&inner)).has_errors(), "{urn:?}");
    }
    for endpoint in ["/a\"b", "/a\nb", "/../x", "//x"] {
        let listed = json!({"name": "User", "endpoint": endpoint, "schema": User::SCHEMA});
        let documents = [
            ("a", listed.to_string()),
            ("b", User::schema().as_str().to_owned()),
        ];
        // It is kept with a warning; the client refuses what leads away from the base URL.
        let (types, findings) = ResourceTypes::from_documents(documents).unwrap();
        assert!(endpoint == "//x" || findings.iter().any(|f| f.code() == "endpoint-path"));
        assert_eq!(types.len(), 1);
    }
}

#[test]
fn there_are_limits() {
    let attributes = |count: usize| -> Value {
        let one = |n| json!({"name": format!("a{n}"), "type": "string", "multiValued": false});
        (0..count).map(one).collect()
    };
    assert!(ResourceTypes::from_json(&device(&attributes(1_900))).is_ok());
    match ResourceTypes::from_json(&device(&attributes(2_100))) {
        Err(TypesError::TooManyAttributes { schema, count }) => {
            assert_eq!((schema.as_str(), count), ("urn:example:Device", 2_101));
        }
        other => panic!("{other:?}"),
    }
    let inner = json!([{"name": "c", "type": "complex", "multiValued": true,
        "subAttributes": attributes(2_100)}]);
    let error = ResourceTypes::from_json(&device(&inner)).unwrap_err();
    assert!(matches!(error, TypesError::TooManyAttributes { .. }));
}

#[test]
fn documents_are_limited_in_number() {
    let one = |n: usize| json!({"id": format!("urn:x:T{n}"), "name": "T", "attributes": []});
    let all: Value = (0..1_001).map(one).collect();
    let findings = refused(&all.to_string());
    let finding = findings.errors().next().unwrap();
    assert_eq!(finding.code(), "too-many-documents");
}

#[test]
fn who_publishes_nothing_has_the_types_of_the_rfc() {
    let nothing: [(&str, &str); 0] = [];
    let (types, _) = ResourceTypes::from_documents(nothing).unwrap();
    assert!(types.is_compiled());
    let names: Vec<_> = types.iter().map(|t| (t.name(), t.endpoint())).collect();
    assert_eq!(names, [("Group", "/Groups"), ("User", "/Users")]);
    assert_eq!(types.find("User").unwrap().extensions().len(), 1);
    // Resource types without schemas say where.
    let listed = json!({"name": "Person", "endpoint": "/People", "schema": User::SCHEMA});
    let (types, _) =
        ResourceTypes::from_documents([("/ResourceTypes", listed.to_string())]).unwrap();
    assert!(types.is_compiled());
    assert_eq!(types.find("Person").unwrap().endpoint(), "/People");
    assert!(types.find("Person").unwrap().path("userName").is_ok());
}

#[test]
fn resource_types_may_share_a_schema() {
    let listed = |name: &str, endpoint: &str| {
        json!({"name": name, "endpoint": endpoint, "schema": User::SCHEMA}).to_string()
    };
    let documents = [
        ("a", listed("User", "/Users")),
        ("b", listed("Agent", "/Agents")),
        ("c", listed("Me", "/Me")),
        ("d", User::schema().as_str().to_owned()),
    ];
    let (types, _) = ResourceTypes::from_documents(documents).unwrap();
    let names: Vec<_> = types.iter().map(|t| (t.name(), t.endpoint())).collect();
    assert_eq!(
        names,
        [("Agent", "/Agents"), ("Me", "/Me"), ("User", "/Users")]
    );
    assert_eq!(types.by_schema(User::SCHEMA).unwrap().name(), "User");
    assert!(
        types
            .iter()
            .all(scim_client::dynamic::ResourceType::is_listed)
    );
}

#[test]
fn folders() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/sap-ias");
    let (types, _) = ResourceTypes::from_folder(folder).unwrap();
    let user = types.find("User").unwrap();
    assert!(user.extensions().len() > 1);
    assert!(matches!(
        ResourceTypes::from_folder("no/such/folder"),
        Err(TypesError::Folder(_))
    ));
}

/// Types that were kept as JSON are the very same types.
#[test]
fn a_cache_gives_the_same_tables() {
    for folder in ["aws", "core", "sap-ias"] {
        let folder = format!("{}/../schemas/{folder}", env!("CARGO_MANIFEST_DIR"));
        let (types, _) = ResourceTypes::from_folder(folder).unwrap();
        let again = ResourceTypes::from_json(&types.to_json()).unwrap();
        assert_eq!(types.len(), again.len());
        for (one, other) in types.iter().zip(again.iter()) {
            assert_eq!(one, other);
            assert!(std::ptr::eq(one.descriptor(), other.descriptor()));
            assert_eq!(one.is_listed(), other.is_listed());
            assert_eq!(one.description(), other.description());
            let required = |t: &scim_client::dynamic::ResourceType| -> Vec<(String, bool)> {
                let all = t.extensions().iter();
                all.map(|e| (e.schema().to_owned(), e.is_required()))
                    .collect()
            };
            assert_eq!(required(one), required(other));
        }
    }
}

/// Memory of this process in KiB; only Linux says it.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// A service provider whose descriptions and `meta` are others each time.
#[test]
fn a_thousand_discoveries_cost_no_memory() {
    // What other tests take at the same time would be counted too, so a process does nothing else.
    if std::env::var_os("SCIM_ALONE").is_none() {
        let alone = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "documents::a_thousand_discoveries_cost_no_memory",
            ])
            .env("SCIM_ALONE", "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&alone.stdout);
        assert!(
            alone.status.success() && said.contains("1 passed"),
            "{said}"
        );
        return;
    }
    let discover = |round: usize| {
        let mut attributes = String::new();
        for n in 0..60 {
            let filler = "x".repeat(200);
            let _ = write!(
                attributes,
                "{}{{\"name\":\"a{n}\",\"type\":\"string\",\"multiValued\":false,\
                 \"description\":\"round {round} {filler}\"}}",
                if n > 0 { "," } else { "" }
            );
        }
        let schema = format!(
            r#"{{"id":"urn:example:Often","name":"Often","description":"{round}",
                "meta":{{"version":"W/\"{round}\""}},"attributes":[{attributes}]}}"#
        );
        let listed = format!(
            r#"{{"name":"Often","endpoint":"/Often","schema":"urn:example:Often","description":"{round}"}}"#
        );
        let (types, _) = ResourceTypes::from_documents([("a", schema), ("b", listed)]).unwrap();
        let one = types.find("Often").unwrap();
        assert_eq!(one.description(), round.to_string());
        std::ptr::from_ref(one.descriptor()).addr()
    };
    let first = discover(0);
    (1..10).for_each(|round| assert_eq!(discover(round), first));
    let after_ten = memory();
    let tables: Vec<usize> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                scope.spawn(move || {
                    let rounds = (0..125).map(|round| discover(1_000 * (thread + 1) + round));
                    rounds.collect::<Vec<_>>()
                })
            })
            .collect();
        let all = threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap());
        all.collect()
    });
    assert!(tables.iter().all(|table| *table == first));
    // 1,000 tables with their texts would be 15 MiB and more.
    if let (Some(before), Some(after)) = (after_ten, memory()) {
        assert!(after < before + 12 * 1024, "from {before} to {after} KiB");
    }
}
