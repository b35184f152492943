//! What changed between two sets of types.

use scim_client::{
    Group, Resource, User,
    drift::{DriftKind, DriftReport},
    dynamic::{ResourceType, ResourceTypes},
};
use serde_json::{Value, json};

fn types(change: impl FnOnce(&mut Value)) -> ResourceTypes {
    let mut user: Value = serde_json::from_str(User::schema().as_str()).unwrap();
    change(&mut user);
    let documents = [
        User::resource_type().as_str().to_owned(),
        user.to_string(),
        Group::resource_type().as_str().to_owned(),
        Group::schema().as_str().to_owned(),
        json!({"id": "urn:example:Badge", "name": "Badge", "attributes": [
            {"name": "number", "type": "string", "multiValued": false}]})
        .to_string(),
        json!({"name": "Agent", "endpoint": "/Agents", "schema": "urn:example:Agent",
            "schemaExtensions": [{"schema": "urn:example:Badge", "required": true}]})
        .to_string(),
        json!({"id": "urn:example:Agent", "name": "Agent", "attributes": [
            {"name": "label", "type": "string", "multiValued": false}]})
        .to_string(),
    ];
    let named = documents.map(|text| ("document", text));
    ResourceTypes::from_documents(named).unwrap().0
}

fn attribute<'v>(schema: &'v mut Value, name: &str) -> &'v mut Value {
    let attributes = schema["attributes"].as_array_mut().unwrap();
    let found = attributes.iter_mut().find(|one| one["name"] == name);
    found.unwrap()
}

fn kinds(report: &DriftReport) -> Vec<(DriftKind, &str, bool)> {
    let drifts = report.drifts().iter();
    drifts
        .map(|drift| (drift.kind, drift.attribute.as_str(), drift.is_breaking()))
        .collect()
}

#[test]
fn the_same_documents_have_no_drift() {
    let reports = types(|_| {}).drift(&types(|_| {}));
    assert_eq!(reports.len(), 3);
    for report in &reports {
        assert!(report.drifts().is_empty(), "{report}");
    }
}

#[test]
fn what_changed_is_told_in_the_words_of_verify() {
    let before = types(|_| {});
    let after = types(|user| {
        attribute(user, "locale")["type"] = json!("integer");
        attribute(user, "title")["required"] = json!(true);
        attribute(user, "nickName")["caseExact"] = json!(true);
        attribute(user, "name")["subAttributes"][0]["multiValued"] = json!(true);
        let attributes = user["attributes"].as_array_mut().unwrap();
        attributes.retain(|one| one["name"] != "timezone");
        attributes.push(json!({"name": "badge", "type": "integer", "multiValued": false}));
    });
    let reports = before.drift(&after);
    let user = reports
        .iter()
        .find(|one| one.resource_type() == "User")
        .unwrap();
    let found = kinds(user);
    for wanted in [
        (DriftKind::Type, "locale", true),
        (DriftKind::Required, "title", true),
        (DriftKind::CaseExact, "nickName", false),
        (DriftKind::MultiValued, "name.formatted", true),
        (DriftKind::Missing, "timezone", false),
        (DriftKind::New, "badge", false),
    ] {
        assert!(found.contains(&wanted), "{wanted:?} in {user}");
    }
    assert_eq!(found.len(), 6, "{user}");
    assert!(
        user.to_string()
            .contains("locale: type is string here, integer there")
    );
    let others = reports.iter().filter(|one| one.resource_type() != "User");
    assert!(others.clone().count() == 2 && others.clone().all(|one| one.drifts().is_empty()));
    // A compiled type against what is published now.
    let typed = ResourceType::of::<User>().drift(&after);
    assert!(kinds(&typed).contains(&(DriftKind::New, "badge", false)));
}

/// Of several types with one schema each is compared with itself.
#[test]
fn types_that_share_a_schema() {
    let listed = |name: &str, endpoint: &str, required: bool| {
        json!({"name": name, "endpoint": endpoint, "schema": User::SCHEMA,
            "schemaExtensions": [{"schema": "urn:example:Badge", "required": required}]})
        .to_string()
    };
    let set = |types: &[(&str, &str, bool)]| {
        let badge = json!({"id": "urn:example:Badge", "name": "Badge", "attributes": [
            {"name": "number", "type": "string", "multiValued": false}]});
        let mut documents = vec![badge.to_string(), User::schema().as_str().to_owned()];
        let types = types.iter();
        documents.extend(types.map(|(name, endpoint, required)| listed(name, endpoint, *required)));
        ResourceTypes::from_documents(documents.into_iter().map(|text| ("x", text)))
            .unwrap()
            .0
    };
    let both = set(&[("User", "/Users", false), ("Agent", "/Agents", true)]);
    for report in both.drift(&both) {
        assert!(report.drifts().is_empty(), "{report}");
        assert_eq!(
            report.to_string(),
            format!("{}: no difference", report.resource_type())
        );
    }
    let one = set(&[("User", "/Users", false)]);
    let all = |reports: &[DriftReport]| -> Vec<(String, DriftKind)> {
        let reports = reports.iter();
        let each = reports.flat_map(|report| {
            let drifts = report.drifts().iter();
            drifts.map(|drift| (report.resource_type().to_owned(), drift.kind))
        });
        each.collect()
    };
    let new = [("Agent".to_owned(), DriftKind::NewResourceType)];
    assert_eq!(all(&one.drift(&both)), new);
    // One that is gone is not taken for the other, which is at another endpoint.
    assert!(all(&both.drift(&one)).contains(&("Agent".to_owned(), DriftKind::ResourceType)));
    let moved = set(&[("User", "/People", false)]);
    assert_eq!(
        all(&one.drift(&moved)),
        [("User".to_owned(), DriftKind::Endpoint)]
    );
}

#[test]
fn a_new_extension_is_new() {
    let set = |extensions: Value| {
        let listed = json!({"name": "User", "endpoint": "/Users", "schema": User::SCHEMA,
            "schemaExtensions": extensions});
        let badge = json!({"id": "urn:example:Badge", "name": "Badge", "attributes": [
            {"name": "number", "type": "string", "multiValued": false}]});
        let user = User::schema().as_str().to_owned();
        let documents = [listed.to_string(), badge.to_string(), user];
        ResourceTypes::from_documents(documents.map(|text| ("x", text)))
            .unwrap()
            .0
    };
    let without = set(json!([]));
    for required in [false, true] {
        let with = set(json!([{"schema": "urn:example:Badge", "required": required}]));
        let reports = without.drift(&with);
        assert_eq!(
            kinds(&reports[0]),
            [(DriftKind::New, "", false)],
            "{}",
            reports[0]
        );
        assert_eq!(reports[0].drifts()[0].schema, "urn:example:Badge");
        let gone = with.drift(&without);
        assert_eq!(
            kinds(&gone[0]),
            [(DriftKind::Schema, "", false)],
            "{}",
            gone[0]
        );
    }
}

#[test]
fn types_come_and_go() {
    let all = types(|_| {});
    let core = ResourceTypes::core();
    let gone = all.drift(&core);
    let agent = gone
        .iter()
        .find(|one| one.resource_type() == "Agent")
        .unwrap();
    assert!(
        kinds(agent).contains(&(DriftKind::ResourceType, "", true)),
        "{agent}"
    );
    let come = core.drift(&all);
    let agent = come
        .iter()
        .find(|one| one.resource_type() == "Agent")
        .unwrap();
    assert_eq!(kinds(agent), [(DriftKind::NewResourceType, "", false)]);
    assert!(
        agent
            .to_string()
            .contains("only the service provider has the resource type")
    );
    assert!(!agent.is_breaking());
}
