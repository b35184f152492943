//! The shared vectors on resources of types that are known at run time: whatever compiled types
//! give, these give.

use scim_client::{
    EnterpriseUser, Extension, Group, Resource, Stored, User,
    dynamic::{AttributeErrorKind, ResourceType},
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
#[allow(dead_code, reason = "shared")]
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
        "mutability": match attribute.mutability() {
            Mutability::ReadWrite => "readWrite",
            Mutability::ReadOnly => "readOnly",
            Mutability::WriteOnly => "writeOnly",
            Mutability::Immutable => "immutable",
        },
        "returned": match attribute.returned() {
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

/// A path leads to the same place as in a compiled type, or to none in both, with the same words.
#[test]
fn paths() {
    let vectors = vectors("paths.json");
    let kinds = [
        (user(), ResourceType::of::<User>()),
        (published::<Group>(&[]), ResourceType::of::<Group>()),
    ];
    let list = |section: &str| vectors[section].as_array().unwrap().clone();
    let (mut found, mut unknown, mut refused, mut lists) = (0, 0, 0, 0);
    for vector in [list("valid"), list("lenient")].concat() {
        let text = vector["path"].as_str().unwrap();
        for (own, compiled) in &kinds {
            let path = own.path(text);
            assert_eq!(path, compiled.path(text), "{text}");
            match path {
                Ok(path) => {
                    assert_eq!(own.path(&path.to_string()).unwrap(), path, "{text}");
                    found += 1;
                }
                Err(error) => {
                    assert_ne!(error.kind(), &AttributeErrorKind::Syntax, "{text}: {error}");
                    unknown += 1;
                }
            }
        }
    }
    for vector in list("invalid") {
        let text = vector["path"].as_str().unwrap();
        for (own, compiled) in &kinds {
            let error = own.path(text).unwrap_err();
            assert_eq!(error.kind(), &AttributeErrorKind::Syntax, "{text}: {error}");
            assert_eq!(error, compiled.path(text).unwrap_err());
            refused += 1;
        }
    }
    for vector in list("attribute_lists") {
        let names = vector["value"].as_str().unwrap().split(',').map(str::trim);
        let names: Vec<&str> = names.collect();
        for (own, compiled) in &kinds {
            let list = own.attribute_list(&names);
            assert_eq!(list, compiled.attribute_list(&names), "{names:?}");
            if vector["valid"] == false {
                assert!(list.is_err(), "{names:?}");
            }
            lists += 1;
        }
    }
    count(format_args!(
        "{found} paths found, {unknown} of other types, {refused} refused, {lists} lists"
    ));
    assert!(found > 25 && unknown > 10 && refused > 60 && lists > 20);
}
