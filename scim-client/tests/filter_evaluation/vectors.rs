//! The vectors of filters, on the resources of `resources.json`.

#[allow(dead_code, reason = "shared")]
#[path = "../common/vectors.rs"]
mod shared_vectors;

use std::collections::BTreeMap;

use scim_client::{
    Group, Json, Stored, User, attribute_path::AttributePath, dynamic::ResourceTypes,
    evaluate::Subject, filter::Filter, model::Descriptor,
};
use serde_json::{Value, json};

use shared_vectors::{count, vectors};

/// Ambiguous vectors that are decided otherwise here, each with the reason. None at present.
const EXCEPTIONS: &[(&str, &str)] = &[];

/// The vectors' list of types does not say which attributes are multi-valued.
const MULTI_VALUED: &[&str] = &[
    "emails",
    "ims",
    "phoneNumbers",
    "addresses",
    "roles",
    "x509Certificates",
    "photos",
    "groups",
    "members",
    "flags",
    "rooms",
    "schemas",
];

/// The fixtures' second extension.
const UNDECLARED: &str = "urn:example:params:scim:schemas:extension:hyp:1.0.2:user";

fn list<'a>(vectors: &'a Value, section: &str) -> &'a [Value] {
    vectors[section].as_array().map_or(&[], Vec::as_slice)
}

/// The attributes of the fixtures; each is in the schema of `resource_type` or an extension.
fn schema(fixtures: &Value, resource_type: &str) -> &'static Descriptor {
    let urn = format!("urn:ietf:params:scim:schemas:core:2.0:{resource_type}");
    let mut schemas: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    // In their order a sub-attribute comes behind what it is part of.
    for (path, what) in fixtures["attribute_types"].as_object().unwrap() {
        let path: AttributePath = path.parse().unwrap();
        let name = path.name();
        if path.uri().is_none() && ["externalId", "id", "meta", "schemas"].contains(&name) {
            continue;
        }
        let attributes = schemas
            .entry(path.uri().unwrap_or(&urn).to_owned())
            .or_default();
        let mut attribute = what.clone();
        let list = match path.sub() {
            None => {
                attribute["name"] = name.into();
                attribute["multiValued"] = MULTI_VALUED.contains(&name).into();
                attributes
            }
            Some(sub) => {
                let parent = attributes
                    .iter_mut()
                    .find(|one| one["name"] == name)
                    .unwrap();
                // A simple attribute of many values is its own `value`.
                if parent["type"] != "complex" {
                    continue;
                }
                attribute["name"] = sub.into();
                if parent["subAttributes"].is_null() {
                    parent["subAttributes"] = json!([]);
                }
                parent["subAttributes"].as_array_mut().unwrap()
            }
        };
        list.push(attribute);
    }
    let extensions = schemas.keys().filter(|schema| **schema != urn);
    let extensions: Vec<Value> = extensions
        .map(|schema| json!({"schema": schema, "required": false}))
        .collect();
    let kind = json!({"name": resource_type, "endpoint": "/Resources", "schema": urn,
        "schemaExtensions": extensions});
    let schemas = schemas.iter();
    let schemas = schemas.map(|(id, all)| json!({"id": id, "name": "Schema", "attributes": all}));
    let documents = schemas
        .chain([kind])
        .map(|one| ("fixtures", one.to_string()));
    let (types, _) = ResourceTypes::from_documents(documents).unwrap();
    types.by_schema(&urn).unwrap().descriptor()
}

/// The keys of the fixtures that match, in order; the tree and the text have to agree.
fn matching(filter: &Filter, fixtures: &Value) -> Vec<String> {
    let resources = fixtures["resources"].as_object().unwrap();
    let (user, group) = (schema(fixtures, "User"), schema(fixtures, "Group"));
    let mut keys: Vec<String> = resources
        .iter()
        .filter(|(key, resource)| {
            let is_group = resource["meta"]["resourceType"] == "Group";
            let schema = if is_group { group } else { user };
            let text = Json::parse(&serde_json::to_string_pretty(resource).unwrap()).unwrap();
            let by_tree = filter.matches(Subject::json(resource, schema));
            let by_text = filter.matches(Subject::json_text(&text, schema));
            assert_eq!(by_tree, by_text, "tree and text of {key}: {filter}");
            by_tree
        })
        .map(|(key, _)| key.clone())
        .collect();
    keys.sort();
    keys
}

#[test]
fn vectors_match() {
    let (vectors, fixtures) = (vectors("filters.json"), vectors("resources.json"));
    let (mut ran, mut without, mut ambiguous) = (0, 0, 0);
    let mut failures = Vec::new();
    for vector in list(&vectors, "valid")
        .iter()
        .chain(list(&vectors, "lenient"))
    {
        let id = vector["id"].as_str().unwrap();
        if !vector["match"].is_array() {
            without += 1;
            continue;
        }
        let source = vector["filter"].as_str().unwrap();
        let filter = match Filter::parse(source) {
            Ok(filter) => filter,
            // What the parser refuses by the vector's own advice.
            Err(_)
                if vector["stance"]
                    .as_str()
                    .is_some_and(|s| s.starts_with("reject")) =>
            {
                continue;
            }
            Err(error) => {
                failures.push(format!("{id} {source}: {error}"));
                continue;
            }
        };
        let got = json!(matching(&filter, &fixtures));
        ran += 1;
        ambiguous += usize::from(vector["ambiguity"].is_string());
        if got == vector["match"] {
            continue;
        }
        match EXCEPTIONS.iter().find(|(excepted, _)| *excepted == id) {
            Some((_, reason)) if vector["ambiguity"].is_string() => {
                println!("exception {id} ({}): {reason}", vector["ambiguity"]);
            }
            _ => failures.push(format!("{id} {source}: {got}, not {}", vector["match"])),
        }
    }
    count(format_args!(
        "match: {ran} vectors ({ambiguous} of them ambiguous), {without} without match, {} failures",
        failures.len()
    ));
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The same, on the RFC's own types. They do not declare the fixtures' second extension, so its
/// attributes are compared as what their JSON is: as on JSON whose schema has no word of it.
#[test]
fn vectors_match_typed_resources() {
    let (vectors, fixtures) = (vectors("filters.json"), vectors("resources.json"));
    let resource = |key: &str| fixtures["resources"][key].to_string();
    let users =
        ["B", "J", "O"].map(|key| (key, Stored::<User>::from_json(&resource(key)).unwrap()));
    let group = Stored::<Group>::from_json(&resource("G")).unwrap();
    let mut subjects: Vec<(&str, Subject<'_>)> = users
        .iter()
        .map(|(key, user)| (*key, Subject::from(user)))
        .collect();
    subjects.insert(1, ("G", Subject::from(&group)));

    let mut without_undeclared = fixtures.clone();
    without_undeclared["attribute_types"]
        .as_object_mut()
        .unwrap()
        .retain(|path, _| !path.to_ascii_lowercase().starts_with(UNDECLARED));

    let mut ran = 0;
    let mut failures = Vec::new();
    for vector in list(&vectors, "valid") {
        if !vector["match"].is_array() {
            continue;
        }
        let filter = Filter::parse(vector["filter"].as_str().unwrap()).unwrap();
        let found = subjects
            .iter()
            .filter(|(_, subject)| filter.matches(*subject));
        let keys: Vec<&str> = found.map(|(key, _)| *key).collect();
        ran += 1;
        let undeclared = filter.to_string().to_ascii_lowercase().contains(UNDECLARED);
        let wanted = if undeclared {
            json!(matching(&filter, &without_undeclared))
        } else {
            vector["match"].clone()
        };
        if json!(keys) != wanted {
            failures.push(format!("{} {filter}: {keys:?}, not {wanted}", vector["id"]));
        }
    }
    count(format_args!(
        "match by type: {ran} vectors, {} failures",
        failures.len()
    ));
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn vectors_are_checked() {
    let (vectors, fixtures) = (vectors("filters.json"), vectors("resources.json"));
    let schema = schema(&fixtures, "User");
    let mut failures = Vec::new();
    for vector in list(&vectors, "semantic") {
        let (id, source) = (
            vector["id"].as_str().unwrap(),
            vector["filter"].as_str().unwrap(),
        );
        let filter = Filter::parse(source).unwrap();
        let outcome = match filter.check(schema) {
            Err(error) => {
                println!("{id} {source}: {error}");
                "invalidFilter"
            }
            Ok(()) if matching(&filter, &fixtures).is_empty() => "noMatch",
            Ok(()) => "match",
        };
        let mut expected = vector["expect"].as_str().unwrap().split('|');
        if !expected.any(|expected| expected == outcome) {
            failures.push(format!(
                "{id} {source}: {outcome}, not {}",
                vector["expect"]
            ));
        }
    }
    count(format_args!(
        "semantic: {} vectors, {} failures",
        list(&vectors, "semantic").len(),
        failures.len()
    ));
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What the vectors evaluate has a meaning, too.
#[test]
fn evaluated_vectors_pass_the_check() {
    let (vectors, fixtures) = (vectors("filters.json"), vectors("resources.json"));
    let schema = schema(&fixtures, "User");
    let mut refused = Vec::new();
    for vector in list(&vectors, "valid") {
        let filter = Filter::parse(vector["filter"].as_str().unwrap()).unwrap();
        let clear = vector["match"].is_array() && vector["ambiguity"].is_null();
        if let (true, Err(error)) = (clear, filter.check(schema)) {
            refused.push(format!("{}: {error}", vector["id"]));
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}
