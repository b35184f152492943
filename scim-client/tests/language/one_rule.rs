//! What `eq` says of two values, everything else says too: PATCH, PUT, uniqueness and order.

use scim_client::{
    Stored, User,
    dynamic::{ResourceType, ResourceTypes},
    evaluate::compare,
    filter::Filter,
    message::SortOrder,
    patch::{ApplyOptions, ComplexValues, PatchErrorKind, PatchOp},
    testing::ServiceProvider,
};
use serde_json::{Value, json, value::RawValue};

use crate::support::{patch, query, send};

const SCHEMA: &str = "urn:example:params:scim:schemas:core:2.0:Sample";

/// For each data type: its name, a value, the same value in another form, and another one.
const FORMS: &[(&str, &str, &str, &str)] = &[
    ("string", r#""Été""#, r#""éTÉ""#, r#""Ete""#),
    (
        "dateTime",
        r#""2024-01-01T00:00:00Z""#,
        r#""2024-01-01T01:00:00.000+01:00""#,
        r#""2024-01-01T00:00:00.001Z""#,
    ),
    // Without a zone it is taken to be UTC.
    (
        "dateTime",
        r#""2024-01-01T00:00:00""#,
        r#""2023-12-31T24:00:00Z""#,
        r#""2024-01-01T00:00:00-00:01""#,
    ),
    ("binary", r#""+/8=""#, r#""-_8""#, r#""+/9=""#),
    ("decimal", "1.50", "15e-1", "1.51"),
    ("decimal", "0.0", "-0e7", "0.1"),
    ("integer", "12", "12", "13"),
    (
        "reference",
        r#""../Users/a""#,
        r#""../Users/a""#,
        r#""../Users/A""#,
    ),
];

/// A type with attributes of one data type wherever one can be.
fn sample(data_type: &str) -> ResourceType {
    let exact = matches!(data_type, "binary" | "reference");
    let one = |name: &str, more: Value| {
        let mut attribute = json!({"name": name, "type": data_type, "caseExact": exact});
        for (name, value) in more.as_object().unwrap() {
            attribute[name] = value.clone();
        }
        attribute
    };
    let documents = json!([
        {"id": SCHEMA, "name": "Sample", "attributes": [
            one("plain", json!({})),
            one("unique", json!({"uniqueness": "server"})),
            one("fixed", json!({"mutability": "immutable"})),
            one("theirs", json!({"mutability": "readOnly"})),
            one("many", json!({"multiValued": true})),
            {"name": "items", "type": "complex", "multiValued": true, "subAttributes": [
                one("value", json!({})), {"name": "type", "type": "string"},
                one("fixed", json!({"mutability": "immutable"}))]}]},
        {"name": "Sample", "endpoint": "/Samples", "schema": SCHEMA}]);
    let types = ResourceTypes::from_json(&documents.to_string()).unwrap();
    types.find("Sample").unwrap().clone()
}

/// JSON with numbers as they are written here.
fn text(template: &str, value: &str) -> String {
    let text = template.replace("VALUE", value);
    let checked: Box<RawValue> = serde_json::from_str(&text).unwrap();
    checked.get().to_owned()
}

/// Whether an operation changes a sample.
fn changes(
    kind: &ResourceType,
    before: &str,
    value: &str,
    operation: &str,
) -> Result<bool, PatchErrorKind> {
    let mut stored = kind.stored_from_json(before).unwrap();
    let message = format!(r#"{{"Operations":[{}]}}"#, text(operation, value));
    let message = PatchOp::from_json(&message, &[]).unwrap();
    let applied = message.apply(&mut stored, &ApplyOptions::default());
    applied.map_err(|error| error.kind())
}

#[test]
fn patches_agree_with_filters() {
    for (data_type, value, same, other) in FORMS {
        let kind = sample(data_type);
        let before = text(
            r#"{"id":"1","plain":VALUE,"fixed":VALUE,"theirs":VALUE,"many":[VALUE],
                "items":[{"value":VALUE,"type":"a","fixed":VALUE}]}"#,
            value,
        );
        let stored = kind.stored_from_json(&before).unwrap();
        for (given, is_same) in [(value, true), (same, true), (other, false)] {
            let case = format!("{data_type}: {value} and {given}");
            for path in ["plain", "many", "many.value", "items", "items.fixed"] {
                let filter: Filter = format!("{path} eq {given}").parse().unwrap();
                assert_eq!(filter.matches(&stored), is_same, "{case}: {filter}");
                if let Err(error) = filter.check_known(kind.descriptor()) {
                    panic!("{error}");
                }
            }
            let changes = |operation: &str| changes(&kind, &before, given, operation);
            // What is there is not added again.
            for operation in [
                r#"{"op":"add","path":"many","value":[VALUE,VALUE]}"#,
                r#"{"op":"add","path":"items","value":[{"value":VALUE,"type":"A"}]}"#,
                r#"{"op":"add","value":{"items":{"type":"a","value":VALUE}}}"#,
            ] {
                assert_eq!(changes(operation), Ok(!is_same), "{case}: {operation}");
            }
            // What is listed is removed.
            for operation in [
                r#"{"op":"remove","path":"many","value":[VALUE]}"#,
                r#"{"op":"remove","path":"items","value":[{"value":VALUE}]}"#,
                r#"{"op":"remove","path":"items[fixed eq VALUE_]"}"#,
            ] {
                let operation = operation.replace("VALUE_", &given.replace('"', "\\\""));
                assert_eq!(changes(&operation), Ok(is_same), "{case}: {operation}");
            }
            // What cannot be changed may be given its own value.
            let wanted = match is_same {
                true => Ok(false),
                false => Err(PatchErrorKind::Mutability),
            };
            for operation in [
                r#"{"op":"replace","path":"fixed","value":VALUE}"#,
                r#"{"op":"add","value":{"fixed":VALUE}}"#,
                r#"{"op":"replace","path":"theirs","value":VALUE}"#,
                r#"{"op":"add","value":{"theirs":VALUE}}"#,
                r#"{"op":"replace","path":"items[type eq \"a\"].fixed","value":VALUE}"#,
            ] {
                assert_eq!(changes(operation), wanted, "{case}: {operation}");
            }
        }
    }
}

/// The same with so many elements that they are found by an index.
#[test]
fn an_index_finds_what_a_filter_finds() {
    for (data_type, value, same, other) in FORMS {
        let kind = sample(data_type);
        let items = format!(r#"{{"type":"t","value":{value}}},{{"type":"u","value":{other}}}"#);
        let before = format!(r#"{{"id":"1","items":[{items}]}}"#);
        let mut stored = kind.stored_from_json(&before).unwrap();
        let add = format!(r#"{{"op":"add","path":"items","value":{{"type":"T","value":{same}}}}}"#);
        let message = format!(r#"{{"Operations":[{}]}}"#, vec![add; 12].join(","));
        let message = PatchOp::from_json(&message, &[]).unwrap();
        let changed = message.apply(&mut stored, &ApplyOptions::default());
        assert_eq!(changed, Ok(false), "{data_type}: {value} and {same}");
    }
}

#[tokio::test]
async fn providers_agree_with_filters() {
    for (data_type, value, same, other) in FORMS {
        let kind = sample(data_type);
        let provider = ServiceProvider::builder()
            .resource_types([&kind])
            .counted_ids()
            .build();
        let body = |text: &str| {
            let body = format!(r#"{{"schemas":["{SCHEMA}"],"unique":{text},"fixed":{text}}}"#);
            kind.from_json(&body).unwrap()
        };
        let store = |text: &str| {
            let resource = body(text).to_json();
            provider.seed_json(&resource)
        };
        assert!(store(value).is_ok());
        assert!(store(same).is_err(), "{data_type}: {value} and {same}");
        assert!(store(other).is_ok(), "{data_type}: {value} and {other}");
        for path in ["unique", "fixed"] {
            let found = query(&provider, "/Samples", &format!("{path} eq {same}")).await;
            // A provider does not guess where only one of two times has a zone.
            if found.status == 400 && value.contains("T00:00:00\"") {
                assert_eq!(found.error(), (400, "invalidFilter"));
            } else {
                assert_eq!(found.total(), 1, "{data_type}: {path} eq {same}");
            }
        }
        // PUT may repeat what is immutable in another form, and changes nothing by it.
        let before = send(&provider, "GET", "/Samples/1", Value::Null).await.body;
        let put = |text: &str| {
            let number: Value = serde_json::from_str(text).unwrap();
            json!({"schemas": [SCHEMA], "unique": number, "fixed": number})
        };
        let after = send(&provider, "PUT", "/Samples/1", put(same)).await;
        assert_eq!(after.status, 200, "{data_type}: {}", after.body);
        assert_eq!(after.body["fixed"], before["fixed"], "{data_type}");
        let refused = send(&provider, "PUT", "/Samples/1", put(other)).await;
        assert!(
            matches!(refused.error(), (400, "mutability") | (409, "uniqueness")),
            "{}",
            refused.body
        );
    }
}

/// A type whose attributes are immutable as wholes, with values of one data type.
fn fixed(data_type: &str, is_required: bool) -> ResourceType {
    let exact = matches!(data_type, "binary" | "reference");
    let subs = json!([
        {"name": "value", "type": "string", "required": is_required},
        {"name": "type", "type": "string"},
        {"name": "own", "type": data_type, "caseExact": exact},
        {"name": "all", "type": data_type, "caseExact": exact, "multiValued": true}]);
    let documents = json!([
        {"id": SCHEMA, "name": "Sample", "attributes": [
            {"name": "plain", "type": data_type, "caseExact": exact, "mutability": "immutable"},
            {"name": "many", "type": data_type, "caseExact": exact, "multiValued": true,
             "mutability": "immutable"},
            {"name": "item", "type": "complex", "mutability": "immutable", "subAttributes": subs},
            {"name": "items", "type": "complex", "multiValued": true, "mutability": "immutable",
             "subAttributes": subs}]},
        {"name": "Sample", "endpoint": "/Samples", "schema": SCHEMA}]);
    let types = ResourceTypes::from_json(&documents.to_string()).unwrap();
    types.find("Sample").unwrap().clone()
}

/// The response to a PUT on a resource that was created.
async fn put(kind: &ResourceType, before: &Value, after: &Value) -> (u16, Value, Value) {
    let provider = ServiceProvider::builder()
        .resource_types([kind])
        .counted_ids()
        .build();
    let created = send(&provider, "POST", "/Samples", before.clone()).await;
    assert_eq!(created.status, 201, "{}", created.body);
    let response = send(&provider, "PUT", "/Samples/1", after.clone()).await;
    let mut seen = send(&provider, "GET", "/Samples/1", Value::Null).await.body;
    let mut then = created.body;
    for body in [&mut seen, &mut then] {
        body["meta"] = Value::Null;
    }
    assert_eq!(seen, then, "{after}");
    (response.status, response.body, seen)
}

/// A PUT may repeat an immutable value in another form, whatever it is a part of.
#[tokio::test]
async fn a_put_repeats_complex_values() {
    for (data_type, value, same, other) in FORMS {
        let kind = fixed(data_type, false);
        let of = |name: &str, text: &str| {
            let value: Value = serde_json::from_str(text).unwrap();
            let item = json!({"value": "v", "type": "T", "own": value, "all": [value]});
            let held = match name {
                "item" => item,
                "items" => json!([{"value": "w"}, item]),
                "many" => json!([value]),
                _ => value,
            };
            json!({"schemas": [SCHEMA], name: held})
        };
        for name in ["plain", "many", "item", "items"] {
            let case = format!("{name}, {data_type}: {value}");
            let before = of(name, value);
            let (status, body, seen) = put(&kind, &before, &of(name, same)).await;
            assert_eq!(status, 200, "{case} and {same}: {body}");
            assert_eq!(body[name], seen[name], "{case} and {same}");
            let (status, body, _) = put(&kind, &before, &of(name, other)).await;
            assert_eq!(status, 400, "{case} and {other}: {body}");
            assert_eq!(body["scimType"], "mutability", "{case} and {other}");
        }
        // The order of elements and the letter case of other sub-attributes make no difference.
        let mut turned = of("items", same);
        turned["items"].as_array_mut().unwrap().reverse();
        turned["items"][0]["type"] = json!("t");
        let (status, body, _) = put(&kind, &of("items", value), &turned).await;
        assert_eq!(status, 200, "{data_type}: {body}");
    }
}

/// Values that only look alike once they are written are not the same.
#[tokio::test]
async fn a_put_changes_nothing_in_silence() {
    let kind = fixed("string", false);
    for (before, after) in [
        (
            json!({"many": ["a\0b", "null"]}),
            json!({"many": ["a", "b", "null"]}),
        ),
        (json!({"many": ["a\0b"]}), json!({"many": ["a", "b"]})),
        (json!({"many": ["a,b"]}), json!({"many": ["a", "b"]})),
        (json!({"many": ["a\",\"b"]}), json!({"many": ["a", "b"]})),
        (json!({"many": ["a", "a"]}), json!({"many": ["a"]})),
        (json!({"many": ["null"]}), json!({})),
        (json!({"plain": "null"}), json!({})),
        (json!({"plain": ""}), json!({})),
        (
            json!({"item": {"value": "null"}}),
            json!({"item": {"type": "null"}}),
        ),
        (
            json!({"item": {"value": "null", "own": "x"}}),
            json!({"item": {"own": "x"}}),
        ),
        (json!({"item": {"value": "null"}}), json!({})),
        (
            json!({"item": {"all": ["a\0b"]}}),
            json!({"item": {"all": ["a", "b"]}}),
        ),
        (
            json!({"item": {"value": "a\",\"type\":\"b"}}),
            json!({"item": {"value": "a", "type": "b"}}),
        ),
        (
            json!({"items": [{"value": "a", "type": "b"}]}),
            json!({"items": [{"value": "a"}, {"type": "b"}]}),
        ),
        (
            json!({"items": [{"value": "a", "type": "null"}]}),
            json!({"items": [{"value": "a"}]}),
        ),
    ] {
        let (status, body, _) = put(&kind, &before, &after).await;
        assert_eq!(status, 400, "{before} and {after}: {body}");
        assert_eq!(body["scimType"], "mutability", "{before} and {after}");
    }
}

/// Where a value replaces the whole complex value, a part of it is another value.
#[test]
fn a_part_replaces_no_immutable_value() {
    use PatchErrorKind::{InvalidValue, Mutability};
    let options = ApplyOptions::default().with_complex_values(ComplexValues::Replace);
    let apply = |kind: &ResourceType, operation: &Value, options: &ApplyOptions| {
        let before = json!({"id": "1", "item": {
            "value": "v", "type": "work", "own": "2024-01-01T00:00:00Z"}});
        let mut stored = kind.stored_from_json(&before.to_string()).unwrap();
        let message = json!({"Operations": [operation]}).to_string();
        let message = PatchOp::from_json(&message, &[]).unwrap();
        let applied = message.apply(&mut stored, options);
        applied.map_err(|error| error.kind())
    };
    let moved = "2024-01-01T01:00:00+01:00";
    for (value, optional, required) in [
        (json!({"own": moved}), Err(Mutability), Err(InvalidValue)),
        (json!({"value": "V"}), Err(Mutability), Err(Mutability)),
        (
            json!({"value": "v", "type": null, "own": moved}),
            Err(Mutability),
            Err(Mutability),
        ),
        // All of it, in another form.
        (
            json!({"VALUE": "V", "type": "Work", "own": moved}),
            Ok(false),
            Ok(false),
        ),
    ] {
        for (is_required, wanted) in [(false, optional), (true, required)] {
            let kind = fixed("dateTime", is_required);
            for operation in [
                json!({"op": "replace", "path": "item", "value": value}),
                json!({"op": "add", "path": "item", "value": value}),
                json!({"op": "replace", "value": {"item": value}}),
            ] {
                assert_eq!(apply(&kind, &operation, &options), wanted, "{operation}");
            }
        }
    }
    // Where the rest stays as it is, a part changes nothing.
    let kind = fixed("dateTime", true);
    let operation = json!({"op": "replace", "path": "item", "value": {"own": moved}});
    assert_eq!(
        apply(&kind, &operation, &ApplyOptions::default()),
        Ok(false)
    );
}

#[test]
fn the_order_agrees_with_filters() {
    for (data_type, value, same, other) in FORMS {
        let kind = sample(data_type);
        let of = |text: &str| {
            let json = format!(r#"{{"id":"1","plain":{text}}}"#);
            kind.stored_from_json(&json).unwrap()
        };
        let path = "plain".parse().unwrap();
        let all = [value, same, other];
        for (one, two) in all.iter().flat_map(|one| all.map(|two| (one, two))) {
            let order = compare(&of(one), &of(two), &path, SortOrder::Ascending);
            let holds = |operator: &str| {
                let filter: Filter = format!("plain {operator} {two}").parse().unwrap();
                filter.matches(&of(one))
            };
            assert_eq!(holds("eq"), order.is_eq(), "{data_type}: {one}, {two}");
            if *data_type != "binary" {
                assert_eq!(holds("lt"), order.is_lt(), "{data_type}: {one}, {two}");
                assert_eq!(holds("ge"), order.is_ge(), "{data_type}: {one}, {two}");
            }
        }
    }
}

/// User names are the same wherever they stand, as RFC 7644 §5 says.
#[test]
fn user_names_in_elements() {
    let documents = json!([
        {"id": SCHEMA, "name": "Sample", "attributes": [
            {"name": "accounts", "type": "complex", "multiValued": true, "subAttributes": [
                {"name": "userName", "type": "string"}, {"name": "host", "type": "string"}]}]},
        {"name": "Sample", "endpoint": "/Samples", "schema": SCHEMA}]);
    let types = ResourceTypes::from_json(&documents.to_string()).unwrap();
    let kind = types.find("Sample").unwrap();
    let names = (0..8).map(|at| json!({"userName": format!("Ren\u{e9}{at}"), "host": "h"}));
    let before = json!({"id": "1", "accounts": names.collect::<Vec<_>>()}).to_string();
    let stored = kind.stored_from_json(&before).unwrap();
    // One at a time, so that they are found by looking and then by an index.
    let mut after = stored.clone();
    let removals = (0..8).map(|at| {
        let path = "accounts[userName eq \"RENE\u{301}DIGIT\"]";
        let digit = char::from_u32(0xff10 + at).unwrap().to_string();
        json!({"op": "remove", "path": path.replace("DIGIT", &digit)})
    });
    let message = json!({"Operations": removals.collect::<Vec<_>>()}).to_string();
    let message = PatchOp::from_json(&message, &[]).unwrap();
    assert_eq!(
        message.apply(&mut after, &ApplyOptions::default()),
        Ok(true)
    );
    assert!(
        after.get("accounts").unwrap().is_none(),
        "{}",
        after.to_json()
    );
    let again = json!({"op": "add", "path": "accounts", "value": [{"userName": "rene\u{301}3", "host": "H"}]});
    let message = json!({"Operations": [again]}).to_string();
    let message = PatchOp::from_json(&message, &[]).unwrap();
    let mut after = stored.clone();
    assert_eq!(
        message.apply(&mut after, &ApplyOptions::default()),
        Ok(false)
    );
}

/// An empty text is in no index, and it equals itself.
#[tokio::test]
async fn an_empty_text_is_found() {
    let provider = ServiceProvider::new();
    for user in [
        json!({"userName": "a", "externalId": "", "emails": [{"value": "", "type": "work"}]}),
        json!({"userName": "b", "externalId": "x"}),
    ] {
        let created = send(&provider, "POST", "/Users", user).await;
        assert_eq!(created.status, 201, "{}", created.body);
    }
    for filter in [
        r#"externalId eq """#,
        r#"emails.value eq """#,
        r#"emails[value eq ""]"#,
    ] {
        let found = query(&provider, "/Users", filter).await;
        assert_eq!(found.total(), 1, "{filter}");
    }
    let user = r#"{"id":"1","userName":"a","externalId":""}"#;
    let user = Stored::<User>::from_json(user).unwrap();
    let filter: Filter = r#"externalId eq """#.parse().unwrap();
    assert!(filter.matches(&user));
}

/// `schemas` follows from the data: to give it changes nothing, with or without a path.
#[tokio::test]
async fn schemas_follow_from_the_data() {
    let provider = ServiceProvider::new();
    let created = send(&provider, "POST", "/Users", json!({"userName": "a"})).await;
    let path = format!("/Users/{}", created.body["id"].as_str().unwrap());
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    for schemas in [
        json!({"op": "add", "path": "schemas", "value": [enterprise]}),
        json!({"op": "add", "value": {"schemas": [enterprise]}}),
    ] {
        let department = format!("{enterprise}:department");
        let add = json!({"op": "add", "path": department, "value": "D"});
        let after = send(&provider, "PATCH", &path, patch(json!([schemas, add]))).await;
        assert_eq!(after.status, 200, "{}", after.body);
        assert_eq!(after.body["schemas"][1], enterprise);
        let remove = json!({"op": "remove", "path": department});
        let after = send(&provider, "PATCH", &path, patch(json!([schemas, remove]))).await;
        assert_eq!(after.body["schemas"].as_array().unwrap().len(), 1);
    }
    let remove = patch(json!([{"op": "remove", "path": "schemas"}]));
    let refused = send(&provider, "PATCH", &path, remove).await;
    assert_eq!(refused.error(), (400, "mutability"));
}
