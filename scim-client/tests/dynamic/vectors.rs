//! The shared vectors on resources of types that are known at run time: whatever compiled types
//! give, these give.

use scim_client::{
    EnterpriseUser, Extension, Group, Resource, Stored, User,
    dynamic::ResourceType,
    evaluate::Subject,
    filter::Filter,
    patch::{ApplyOptions, PatchOp},
    resource::Root as _,
};
use serde_json::{Value, json};

use shared_vectors::{count, vectors};

use crate::{
    common::pt_user::{PT, PtUser},
    published,
};

#[path = "../common/vectors.rs"]
mod shared_vectors;

fn user() -> ResourceType {
    published::<User>(&[<EnterpriseUser as Extension>::schema()])
}

#[test]
fn filters() {
    let (vectors, fixtures) = (vectors("filters.json"), vectors("resources.json"));
    let text = |key: &str| fixtures["resources"][key].to_string();
    let (user, group) = (user(), published::<Group>(&[]));
    let users = ["B", "J", "O"].map(|key| {
        let typed: Stored<User> = Stored::from_json(&text(key)).unwrap();
        (typed, user.stored_from_json(&text(key)).unwrap())
    });
    let typed: Stored<Group> = Stored::from_json(&text("G")).unwrap();
    let groups = [(typed, group.stored_from_json(&text("G")).unwrap())];
    let mut pairs: Vec<(Subject<'_>, Subject<'_>)> = Vec::new();
    pairs.extend(users.iter().map(|(typed, own)| (typed.into(), own.into())));
    pairs.extend(groups.iter().map(|(typed, own)| (typed.into(), own.into())));
    let (mut ran, mut matched) = (0, 0);
    for section in ["valid", "lenient", "semantic"] {
        for vector in vectors[section].as_array().unwrap() {
            let Ok(filter) = Filter::parse(vector["filter"].as_str().unwrap()) else {
                continue;
            };
            for (typed, own) in &pairs {
                let wanted = filter.matches(*typed);
                assert_eq!(filter.matches(*own), wanted, "{filter}");
                matched += usize::from(wanted);
            }
            let checks = |table| (filter.check(table), filter.check_known(table));
            assert_eq!(
                checks(user.descriptor()),
                checks(User::DESCRIPTOR),
                "{filter}"
            );
            ran += 1;
        }
    }
    count(format_args!("{ran} filters, {matched} matches"));
    assert!(ran > 100 && matched > 100);
}

#[test]
fn patches() {
    let vectors = vectors("patch.json");
    let mut ran = 0;
    for case in vectors["cases"].as_array().unwrap() {
        let text = case.to_string();
        if text.contains(PT) {
            let extensions = PtUser::DESCRIPTOR.attributes();
            let extension = extensions.iter().find(|a| a.is_extension()).unwrap();
            patch::<PtUser>(case, &[extension_document(extension)]);
        } else if text.contains("core:2.0:Group") {
            patch::<Group>(case, &[]);
        } else {
            patch::<User>(case, &[<EnterpriseUser as Extension>::schema()]);
        }
        ran += 1;
    }
    count(format_args!("{ran} patches"));
    assert!(ran > 50);
}

/// The Schema document of an extension that has no type of its own.
fn extension_document(extension: &scim_client::model::Attribute) -> scim_client::Json {
    let subs = extension.sub_attributes().iter();
    let attributes: Vec<Value> = subs.map(document).collect();
    json!({"id": extension.name(), "name": "PT", "attributes": attributes}).into()
}

fn document(attribute: &scim_client::model::Attribute) -> Value {
    use scim_client::model::{Mutability, Returned};

    let subs: Vec<Value> = attribute.sub_attributes().iter().map(document).collect();
    json!({
        "name": attribute.name(),
        "type": attribute.kind().as_str(),
        "multiValued": attribute.is_multi_valued(),
        "required": attribute.is_required(),
        "caseExact": attribute.is_case_exact(),
        "mutability": match attribute.mutability_of() {
            Mutability::ReadWrite => "readWrite",
            Mutability::ReadOnly => "readOnly",
            Mutability::WriteOnly => "writeOnly",
            Mutability::Immutable => "immutable",
        },
        "returned": match attribute.returned_of() {
            Returned::Always => "always",
            Returned::Never => "never",
            Returned::Default => "default",
            Returned::Request => "request",
        },
        "subAttributes": subs,
    })
}

fn patch<R: Resource>(case: &Value, extensions: &[scim_client::Json]) {
    let kind = published::<R>(extensions);
    let before = case["before"].to_string();
    let typed: Stored<R> = Stored::from_json(&before).unwrap();
    let own = kind.stored_from_json(&before).unwrap();
    let body = json!({ "Operations": case["operations"] }).to_string();
    for options in [ApplyOptions::default(), ApplyOptions::entra()] {
        let (mut typed, mut own) = (typed.clone(), own.clone());
        let message = PatchOp::from_json(&body, &[]);
        let by_type = message
            .clone()
            .and_then(|op| op.apply(&mut typed, &options));
        let by_table = message.and_then(|op| op.apply(&mut own, &options));
        assert_eq!(by_table, by_type, "{}", case["id"]);
        assert_eq!(own.to_json(), typed.to_json(), "{}", case["id"]);
    }
}

/// A path leads to the same place as in a compiled type, or to none in both.
#[test]
fn paths() {
    let vectors = vectors("paths.json");
    let user = user();
    let mut texts = Vec::new();
    collect(&vectors, &mut texts);
    let (mut known, mut refused) = (0, 0);
    for text in &texts {
        // Not all of these are paths: nothing may panic.
        match user.path(text) {
            Ok(path) => {
                let again = user.path(&path.to_string()).unwrap();
                assert_eq!(again, path, "{text}");
                known += 1;
            }
            Err(error) => {
                assert!(!error.to_string().is_empty());
                refused += 1;
            }
        }
    }
    count(format_args!("{known} paths found, {refused} refused"));
    assert!(known > 10);
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| collect(value, texts)),
        Value::Object(members) => members.values().for_each(|value| collect(value, texts)),
        _ => {}
    }
}
