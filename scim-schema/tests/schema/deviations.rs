//! One small document per deviation that the reader knows: what it says about it, and what it makes
//! of it.

use scim_schema::model::{Attribute, Kind, Role};
use scim_schema::{Diagnostics, Model, Reading, Source, read};

fn read_text(text: &str) -> Result<(Model, Diagnostics), Diagnostics> {
    read(&[Source::new("test.json", text)], &Reading::default())
}

fn read_attributes(attributes: &str) -> Result<(Model, Diagnostics), Diagnostics> {
    read_text(&format!(
        r#"{{"id": "urn:x:extension:Y", "name": "Y", "attributes": [{attributes}]}}"#
    ))
}

fn codes(findings: &Diagnostics) -> Vec<&str> {
    // The documents here are extensions alone.
    let found = findings.iter().map(scim_schema::Diagnostic::code);
    found.filter(|code| *code != "extends-nothing").collect()
}

fn only_attribute(json: &str, expected: &[&str]) -> Attribute {
    let (model, findings) = read_attributes(json).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(codes(&findings), expected, "{json}");
    model.schemas()[0].attributes[0].clone()
}

#[test]
fn tolerated_attributes() {
    let cases: &[(&str, &[&str])] = &[
        (r#""type": "String""#, &["type-casing"]),
        (r#""type": "DATE_TIME""#, &["type-casing"]),
        (r#""type": "bool""#, &["type-alias"]),
        (r#""type": "mobility""#, &["unknown-type"]),
        (r#""type": "string", "subattributes": null"#, &[]),
        (
            r#""type": "string", "canonicalValues": null, "referenceTypes": null"#,
            &[],
        ),
        (
            r#""type": "string", "mutability": "READ_ONLY""#,
            &["keyword-casing"],
        ),
        (
            r#""type": "string", "uniqueness": "Manufacturer""#,
            &["unknown-uniqueness"],
        ),
        (
            r#""type": "string", "required": "true""#,
            &["boolean-as-string"],
        ),
        (r#""type": "string", "Required": true"#, &["key-casing"]),
        (r#""type": "string", "canonicalValues": []"#, &[]),
        (
            r#""type": "string", "canonicalValues": [{"value": "a"}]"#,
            &[],
        ),
        (
            r#""type": "string", "canonicalValues": [{}]"#,
            &["canonical-values"],
        ),
        (r#""type": "integer", "canonicalValues": ["0"]"#, &[]),
        (r#""type": "complex""#, &["no-sub-attributes"]),
        (
            r#""type": "string", "subAttributes": [{"name": "y", "type": "string", "multiValued": false}]"#,
            &["sub-attributes-of-simple"],
        ),
        (
            r#""type": "string", "mutability": "writeOnly", "returned": "default""#,
            &["write-only-returned"],
        ),
        (r#""type": "string", "mutability": "writeOnly""#, &[]),
        (
            r#""type": "binary", "caseExact": false, "idcsSearchable": true"#,
            &[],
        ),
        (r#""type": "reference", "referenceTypes": "User""#, &[]),
    ];
    for (json, expected) in cases {
        only_attribute(
            &format!(r#"{{"name": "x", "multiValued": false, {json}}}"#),
            expected,
        );
    }
    let integer = only_attribute(
        r#"{"name": "x", "multiValued": false, "type": "integer", "canonicalValues": ["0", "1"]}"#,
        &[],
    );
    assert_eq!(integer.kind, Kind::Integer);
}

#[test]
fn refused_attributes() {
    let cases = [
        (r#"{"type": "string"}"#, "missing-attribute-name"),
        (r#"{"name": 7, "type": "string"}"#, "wrong-type"),
        (r#"{"name": "a b", "type": "string"}"#, "attribute-name"),
        (r#""flattened""#, "not-an-attribute"),
        (r#"{"name": "x", "multiValued": 7}"#, "wrong-type"),
        (
            r#"{"name": "x", "mutability": "readonlyy"}"#,
            "unknown-keyword",
        ),
        (
            r#"{"name": "x", "multiValued": false, "type": "string"}, {"name": "X", "multiValued": false, "type": "integer"}"#,
            "duplicate-attribute",
        ),
        (r#"{"name": "urn:a:b", "type": "string"}"#, "attribute-name"),
    ];
    for (json, expected) in cases {
        let errors = read_attributes(json).unwrap_err();
        assert_eq!(
            errors
                .errors()
                .map(scim_schema::Diagnostic::code)
                .collect::<Vec<_>>(),
            [expected],
            "{json}"
        );
    }
    // A name cannot be left out.
    let errors = read_attributes(r#"{"name": 7, "type": "string"}"#).unwrap_err();
    let hint = errors.errors().next().and_then(|error| error.hint());
    assert!(hint.unwrap().contains("as a string"), "{hint:?}");
}

#[test]
fn refused_documents() {
    let cases = [
        ("{\"id\": 1,}", "invalid-json"),
        (r#"{"Schemas": {}}"#, "unknown-document"),
        ("3", "unknown-document"),
        (r#"{"Resources": {}}"#, "resources-type"),
        (
            r#"{"$schema": "http://json-schema.org/draft-07/schema#"}"#,
            "json-schema",
        ),
        (
            r#"[{"attributeURI": "urn:x"}, {"attributeURI": "urn:y"}]"#,
            "wso2-config",
        ),
        (r#"[{"name": "x", "type": "string"}]"#, "bare-attributes"),
        (r#"{"name": "x", "attributes": []}"#, "missing-id"),
        (
            r#"{"id": "urn:x", "name": "x", "attributes": {"a": {}}}"#,
            "attributes-type",
        ),
        (
            r#"{"id": "urn:scim:schemas:core:1.0", "name": "x", "attributes": []}"#,
            "scim-1",
        ),
        (
            r#"[{"id": "urn:x", "name": "A", "attributes": []}, {"id": "URN:X", "name": "B", "attributes": []}]"#,
            "duplicate-schema",
        ),
        (r#"{"endpoint": "/X", "schema": "urn:x"}"#, "missing-key"),
    ];
    for (json, expected) in cases {
        let errors = read_text(json).unwrap_err();
        assert_eq!(
            errors
                .errors()
                .map(scim_schema::Diagnostic::code)
                .collect::<Vec<_>>(),
            [expected],
            "{json}"
        );
    }
}

#[test]
fn an_error_says_where() {
    let text = "{\"id\": \"urn:x:extension:Y\", \"name\": \"Y\", \"attributes\": [\n  \
                {\"name\": \"é\", \"type\": \"string\", \"multiValued\": false, \"mutability\": \"readOnli\"}]}";
    let errors = read_text(text).unwrap_err();
    let error = errors.errors().next().unwrap();
    assert_eq!(
        error.to_string(),
        "error[unknown-keyword]: `mutability` cannot be \"readOnli\"\n \
         --> test.json:2:71 (/attributes/0/mutability)\n  = help: did you mean \"readOnly\"?"
    );
}

#[test]
fn options_supply_what_is_missing() {
    let mut options = Reading::default();
    options.schema_id = Some("urn:x:extension:Y".to_owned());
    options.schema_name = Some("Y".to_owned());
    for text in [
        r#"[{"name": "x", "type": "string"}]"#,
        r#"{"attributes": [{"name": "x", "type": "string"}]}"#,
    ] {
        let (model, _) = read(&[Source::new("a.json", text)], &options).unwrap();
        assert_eq!(
            (
                model.schemas()[0].type_name.as_str(),
                model.schemas()[0].attributes.len()
            ),
            ("Y", 1)
        );
    }
    options.lenient = true;
    let text = r#"{"attributes": [true, {"name": "x", "type": "string", "multiValued": false}]}"#;
    let (_, findings) = read(&[Source::new("a.json", text)], &options).unwrap();
    assert_eq!(codes(&findings), ["not-an-attribute"]);
}

#[test]
fn an_extension_between_the_attributes() {
    let text = r#"{"id": "urn:x:User", "name": "User", "attributes": [
        {"name": "urn:x:extension:guest:1.0:User", "type": "complex", "multiValued": false, "subAttributes": [
            {"name": "until", "type": "dateTime", "multiValued": false}]}]}"#;
    let (model, findings) = read_text(text).unwrap();
    assert_eq!(
        codes(&findings),
        ["guessed-endpoint", "extension-as-attribute"]
    );
    let Role::Resource(resource) = &model.schema("urn:x:User").unwrap().role else {
        panic!()
    };
    assert_eq!(resource.extensions[0].field, "guest_user");
    let extension = model.schema(&resource.extensions[0].schema).unwrap();
    assert_eq!(
        (extension.type_name.as_str(), extension.attributes.len()),
        ("GuestUser", 1)
    );
}

#[test]
fn resource_types_connect_the_schemas() {
    let text = r#"[
        {"id": "urn:x:Car", "name": "Car", "attributes": []},
        {"id": "urn:x:Wheels", "name": "Wheels", "attributes": []},
        {"id": "urn:x:Alone", "name": "Alone", "attributes": []},
        {"name": "Auto", "endpoint": "https://h.example/scim/v2/Cars", "schema": "URN:x:car",
         "schemaExtensions": [{"schema": "urn:x:wheels", "required": true}, {"schema": "urn:x:None"}]}]"#;
    let (model, findings) = read_text(text).unwrap();
    let Role::Resource(car) = &model.schema("urn:x:Car").unwrap().role else {
        panic!()
    };
    assert_eq!(
        (
            car.resource_type.as_str(),
            car.endpoint.as_str(),
            car.guessed
        ),
        ("Auto", "/Cars", false)
    );
    assert_eq!(car.extensions.len(), 1);
    assert!(car.extensions[0].required);
    assert_eq!(model.schema("urn:x:Alone").unwrap().role, Role::Extension);
    assert!(
        codes(&findings).contains(&"unknown-schema") && codes(&findings).contains(&"endpoint-base")
    );
}

#[test]
fn schemas_of_one_name_are_told_apart_by_their_urns() {
    let urns = [
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "urn:ietf:params:scim:schemas:extension:acme:2.0:User",
        "urn:acme:cloud:scim:schemas:extension:custom:2.0:User",
        "urn:acme:params:scim:schemas:extension:custom:2.0:User",
    ];
    let sources: Vec<_> = urns
        .iter()
        .map(|urn| {
            Source::new(
                *urn,
                format!(r#"{{"id": "{urn}", "name": "User", "attributes": []}}"#),
            )
        })
        .collect();
    let names = |sources: &[Source]| {
        let (model, _) = read(sources, &Reading::default()).unwrap();
        urns.map(|urn| model.schema(urn).unwrap().type_name.clone())
    };
    let expected = [
        "User",
        "EnterpriseUser",
        "AcmeUser",
        "CloudCustomUser",
        "AcmeCustomUser",
    ];
    let found = names(&sources);
    assert_eq!(found.each_ref().map(String::as_str), expected);
    assert_eq!(
        names(&sources.iter().rev().cloned().collect::<Vec<_>>()),
        found
    );
}

#[test]
fn names_that_collide() {
    let (model, findings) = read_attributes(
        r#"{"name": "a-b", "type": "string", "multiValued": false},
           {"name": "a_b", "type": "string", "multiValued": false},
           {"name": "aB", "type": "string", "multiValued": false},
           {"name": "part", "type": "complex", "multiValued": false, "subAttributes": [
               {"name": "x", "type": "string", "multiValued": false}]},
           {"name": "y", "type": "complex", "multiValued": false, "subAttributes": [
               {"name": "x", "type": "string", "multiValued": false}]},
           {"name": "box", "type": "complex", "multiValued": false, "subAttributes": [
               {"name": "parts", "type": "complex", "multiValued": true, "subAttributes": [
                   {"name": "kind", "type": "string", "multiValued": false, "canonicalValues": ["3D", "other!"]}]}]}"#,
    )
    .unwrap();
    assert_eq!(
        codes(&findings),
        ["field-name", "field-name", "field-name", "nested-complex"]
    );
    let attributes = &model.schemas()[0].attributes;
    // Where no code is generated there are no such names.
    let mut reading = Reading::default();
    reading.at_run_time = true;
    let text = r#"{"id": "urn:x:Y", "name": "Y", "attributes": [
        {"name": "a-b", "type": "string", "multiValued": false},
        {"name": "a_b", "type": "int", "multiValued": false}]}"#;
    let source = [Source::new("test.json", text)];
    let (_, found) = read(&source, &Reading::default()).unwrap();
    assert_eq!(
        codes(&found),
        ["guessed-endpoint", "field-name", "field-name", "type-alias"]
    );
    let (_, found) = read(&source, &reading).unwrap();
    assert_eq!(codes(&found), ["guessed-endpoint", "type-alias"]);
    let fields: Vec<_> = attributes
        .iter()
        .map(|attribute| attribute.field.as_str())
        .collect();
    assert_eq!(
        fields,
        [
            "a_b_hyphen",
            "a_b_underscore",
            "a_b_mixed",
            "part",
            "y",
            "box_"
        ]
    );
    let complex = |attribute: &Attribute| match &attribute.kind {
        Kind::Complex(complex) => complex.clone(),
        kind => panic!("{kind:?}"),
    };
    let types: Vec<_> = attributes[3..]
        .iter()
        .map(|attribute| complex(attribute).type_name)
        .collect();
    assert_eq!(types, ["Part", "YValue", "BoxValue"]);
    let inner = complex(&complex(&attributes[5]).attributes[0]);
    assert_eq!(inner.type_name, "BoxValuePart");
    let Kind::String(Some(values)) = &inner.attributes[0].kind else {
        panic!()
    };
    assert_eq!(values.type_name, "BoxValuePartKind");
    let variants: Vec<_> = values
        .variants
        .iter()
        .map(|variant| variant.name.as_str())
        .collect();
    assert_eq!(variants, ["V3d", "OtherValue"]);
}

#[test]
fn depth_is_limited() {
    let nested = |depth: usize| {
        let open = r#"{"name": "x", "type": "complex", "multiValued": false, "subAttributes": ["#
            .repeat(depth);
        let leaf = r#"{"name": "x", "type": "string", "multiValued": false}"#;
        read_attributes(&(open + leaf + &"]}".repeat(depth)))
    };
    assert!(nested(12).is_ok());
    assert_eq!(
        nested(13).unwrap_err().errors().next().unwrap().code(),
        "too-deep"
    );
    assert!(nested(5_000).is_err());
}

#[test]
fn every_finding_is_collected() {
    let errors = read(
        &[
            Source::new(
                "a.json",
                r#"{"id": "urn:x:extension:a", "name": "a", "attributes": [1, {}]}"#,
            ),
            Source::new("b.json", "["),
        ],
        &Reading::default(),
    )
    .unwrap_err();
    assert_eq!(
        codes(&errors),
        ["not-an-attribute", "missing-attribute-name", "invalid-json"]
    );
}

#[test]
fn an_endpoint_is_a_path_below_the_base() {
    let read = |endpoint: &str| {
        read_text(&format!(
            r#"[{{"id": "urn:x:Car", "name": "Car", "attributes": []}},
                {{"name": "Car", "endpoint": "{endpoint}", "schema": "urn:x:Car"}}]"#
        ))
    };
    for endpoint in [
        "/Cars?x=1",
        "https://h.example/scim/v2/Cars?x=1",
        "/../Cars",
        "/a b",
        "/a\\nb",
        "/a#b",
    ] {
        let (_, found) = read(endpoint).unwrap();
        assert!(codes(&found).contains(&"endpoint-path"), "{endpoint}");
    }
    for endpoint in [
        "Cars",
        "/Cars/",
        "/very/Cars",
        "/Autos-öffentlich",
        "/Cars(1)",
    ] {
        let (_, found) = read(endpoint).unwrap();
        assert_eq!(codes(&found), ["no-attributes"], "{endpoint}");
    }
}

#[test]
fn members_that_stand_twice_are_reported() {
    let (model, found) = read_text(
        r#"{"id": "urn:x:extension:A", "id": "urn:x:extension:B", "attributes": [
            {"name": "a", "type": "string", "multiValued": true, "multiValued": false}]}"#,
    )
    .unwrap();
    assert_eq!(model.schemas()[0].id, "urn:x:extension:B");
    let twice: Vec<_> = found
        .iter()
        .filter(|f| f.code() == "duplicate-key")
        .collect();
    assert_eq!(twice.len(), 2, "{found}");
    assert_eq!(twice[0].pointer(), "/id");
}

#[test]
fn what_a_provider_does_not_say_is_reported() {
    let (model, found) = read_text(
        r#"[{"id": "urn:x:extension:A", "attributes": []},
            {"patch": {"supported": "yes"}, "filter": true, "sort": {"supported": "True"},
             "bulk": {"supported": 2, "maxOperations": -1, "maxPayloadSize": "1048576"}}]"#,
    )
    .unwrap();
    let said = found.iter().filter(|f| f.code() == "provider-value");
    let mut places: Vec<_> = said.map(scim_schema::Diagnostic::pointer).collect();
    places.sort_unstable();
    let expected = [
        "/1/bulk/maxOperations",
        "/1/bulk/supported",
        "/1/filter",
        "/1/patch/supported",
    ];
    assert_eq!(places, expected);
    let provider = model.service_provider().unwrap();
    assert_eq!(
        (provider.sort, provider.bulk_max_payload_size),
        (Some(true), Some(1_048_576))
    );
}
