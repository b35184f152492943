//! A resource of a type that is known at run time is the same as one of the compiled type: its
//! table, its JSON, the patch between two of them, and the way there and back.

use std::sync::LazyLock;

use proptest::prelude::*;
use scim_client::{
    EnterpriseUser, Extension, Group, Json, Partial, Resource, Stored, User,
    dynamic::{DynamicResource, ResourceType},
    message::{ListResponse, Outcome},
    model::{Attribute, Descriptor},
    patch::{self, ApplyOptions, Unknown},
    resource::Root as _,
};
use serde_json::{Value, json};

use crate::{
    common::{
        filler::{self, Random},
        gadget::{AcmeGadget, Gadget},
    },
    published,
};

static USER: LazyLock<ResourceType> =
    LazyLock::new(|| published::<User>(&[<EnterpriseUser as Extension>::schema()]));
static GROUP: LazyLock<ResourceType> = LazyLock::new(|| published::<Group>(&[]));
static GADGET: LazyLock<ResourceType> =
    LazyLock::new(|| published::<Gadget>(&[<AcmeGadget as Extension>::schema()]));

fn user() -> &'static ResourceType {
    &USER
}

fn same_table(one: &'static Descriptor, other: &'static Descriptor, place: &str) {
    assert_eq!(one.urn(), other.urn(), "{place}");
    // That by hand has `externalId` elsewhere.
    let sorted = |table: &'static Descriptor| -> Vec<&'static Attribute> {
        let mut attributes: Vec<_> = table.attributes().iter().collect();
        attributes.sort_by_key(|attribute| attribute.name() != "externalId");
        attributes
    };
    let names = |table| -> Vec<&str> { sorted(table).iter().map(|a| a.name()).collect() };
    assert_eq!(names(one), names(other), "{place}");
    for (one, other) in sorted(one).into_iter().zip(sorted(other)) {
        let place = format!("{place}.{}", one.name());
        let facts = |a: &Attribute| {
            let own = (a.kind().as_str(), a.is_multi_valued(), a.is_required());
            let others = (a.is_case_exact(), a.is_extension());
            let rules = (a.mutability_of(), a.returned_of(), a.uniqueness_of());
            let values = (a.suggested_values(), a.referenced_types());
            (own, others, rules, values)
        };
        assert_eq!(facts(one), facts(other), "{place}");
        if let (Some(one), Some(other)) = (one.kind().descriptor(), other.kind().descriptor()) {
            same_table(one, other, &place);
        }
    }
}

#[test]
fn tables_are_those_of_the_compiled_types() {
    same_table(USER.descriptor(), User::DESCRIPTOR, "User");
    same_table(GROUP.descriptor(), Group::DESCRIPTOR, "Group");
    same_table(GADGET.descriptor(), Gadget::DESCRIPTOR, "Gadget");
    assert_eq!(user().kind().schema(), User::SCHEMA);
    assert_eq!(user().kind().endpoint(), "/Users");
}

fn value(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

/// The text itself; of the type by hand what it means, since its table has another order.
fn text(kind: &ResourceType, json: &str) -> String {
    match kind.name() {
        "Gadget" => value(json).to_string(),
        _ => json.to_owned(),
    }
}

/// In the order of their texts.
fn operations(operations: &[patch::Operation]) -> Vec<String> {
    let one = |operation: &patch::Operation| patch::PatchOp::new(vec![operation.clone()]).to_json();
    let mut texts: Vec<_> = operations.iter().map(one).collect();
    texts.sort();
    texts
}

fn check<R: Resource + PartialEq + std::fmt::Debug>(
    kind: &ResourceType,
    mut before: R,
    seeds: (u64, u64),
) -> Result<(), TestCaseError> {
    filler::fill(&mut before, &mut Random(seeds.0));
    let mut after = before.clone();
    filler::change(&mut after, &mut Random(seeds.1));

    // There and back; secrets and what nobody knows stay.
    let own = kind.from_typed(&before).unwrap();
    let back: R = own.to_typed().unwrap();
    prop_assert!(back == kind.from_typed(&back).unwrap().to_typed().unwrap());
    prop_assert_eq!(back.to_json(), before.to_json());

    // The same JSON, written and read.
    prop_assert_eq!(text(kind, &own.to_json()), text(kind, &before.to_json()));
    let read = kind.from_json(&before.to_json()).unwrap();
    let typed = R::from_json(&before.to_json()).unwrap();
    prop_assert_eq!(text(kind, &read.to_json()), text(kind, &typed.to_json()));
    prop_assert_eq!(
        serde_json::to_value(&read).unwrap(),
        value(&typed.to_json())
    );

    // The same patch, which does the same.
    let next = kind.from_typed(&after).unwrap();
    prop_assert_eq!(own == next, before == kind_of(kind, &after));
    let (by_table, by_type) = (
        patch::diff(&own, &next),
        patch::diff(&back, &kind_of(kind, &after)),
    );
    prop_assert_eq!(by_table.is_ok(), by_type.is_ok());
    let (Ok(by_table), Ok(by_type)) = (by_table, by_type) else {
        return Ok(());
    };
    prop_assert_eq!(
        operations(by_table.operations()),
        operations(by_type.operations())
    );
    let options = ApplyOptions::default().with_unknown(Unknown::Keep);
    let (mut one, mut other) = (own, back);
    let applied = by_table.to_message().apply(&mut one, &options);
    let typed = by_type.to_message().apply(&mut other, &options);
    prop_assert_eq!(applied, typed);
    prop_assert_eq!(text(kind, &one.to_json()), text(kind, &other.to_json()));
    Ok(())
}

/// As it is after the way through JSON: what was never assigned is left out then.
fn kind_of<R: Resource>(kind: &ResourceType, typed: &R) -> R {
    kind.from_typed(typed).unwrap().to_typed().unwrap()
}

proptest! {
    #[test]
    fn users(seeds: (u64, u64)) {
        check(&USER, User::new("bjensen"), seeds)?;
    }

    #[test]
    fn groups(seeds: (u64, u64)) {
        check(&GROUP, Group::new("guides"), seeds)?;
    }

    #[test]
    fn gadgets(seeds: (u64, u64)) {
        check(&GADGET, Gadget::new("1"), seeds)?;
    }
}

#[test]
fn secrets_stay_on_the_way_and_are_not_shown() {
    let mut babs = User::new("bjensen");
    babs.password = "t1meMa$heen".into();
    let own = user().from_typed(&babs).unwrap();
    assert_eq!(
        own.get("password").unwrap().unwrap().as_str(),
        Some("t1meMa$heen")
    );
    assert!(!format!("{own:?} {:?}", own.get("password")).contains("t1me"));
    assert!(!format!("{:?}", own.attributes().collect::<Vec<_>>()).contains("t1me"));
    let back: User = own.to_typed().unwrap();
    assert_eq!(back.password.expose().as_deref(), Some("t1meMa$heen"));
}

/// What the compiled type keeps as unknown, the published one shows.
#[test]
fn a_vendor_adds_attributes() {
    let mut schema = value(User::schema().as_str());
    let attributes = schema["attributes"].as_array_mut().unwrap();
    attributes.extend([
        json!({"name": "badge", "type": "integer", "multiValued": false}),
        json!({"name": "hired", "type": "dateTime", "multiValued": false}),
        json!({"name": "desk", "type": "complex", "multiValued": false, "subAttributes": [
            {"name": "floor", "type": "integer", "multiValued": false}]}),
    ]);
    let documents = [
        ("schema", schema.to_string()),
        ("type", User::resource_type().as_str().to_owned()),
    ];
    let (types, _) = scim_client::dynamic::ResourceTypes::from_documents(documents).unwrap();
    let user = types.find("User").unwrap();
    let text =
        r#"{"userName":"bjensen","badge":7,"hired":"2024-01-01T00:00:00Z","desk":{"floor":3}}"#;
    let typed = User::from_json(text).unwrap();
    assert_eq!(typed.extra.len(), 3);
    let own = user.from_typed(&typed).unwrap();
    assert!(own.extra().is_empty());
    assert_eq!(own.get("badge").unwrap().unwrap().as_i64(), Some(7));
    assert_eq!(own.get("desk.floor").unwrap().unwrap().as_i64(), Some(3));
    let hired = own.get("hired").unwrap().unwrap();
    assert!(hired.as_date_time().unwrap().is_valid());
    assert_eq!(own.to_typed::<User>().unwrap(), typed);
}

#[test]
fn lists_and_stored_resources() {
    let kind = user();
    let one = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","userName":"bjensen","meta":{"resourceType":"User","version":"W/\"1\""}}"#;
    let list = format!(r#"{{"totalResults":2,"Resources":[{one},{{"id":"2"}}]}}"#);
    let page: ListResponse<Outcome<Stored<DynamicResource>>> =
        ListResponse::from_json_of(kind.kind(), &list).unwrap();
    let typed: ListResponse<Outcome<Stored<User>>> = ListResponse::from_json(&list).unwrap();
    let first = page.resources[0].as_ref().unwrap();
    assert_eq!(
        first.to_json(),
        typed.resources[0].as_ref().unwrap().to_json()
    );
    // The same words for what does not fit.
    let error = |error: &scim_client::json::DecodeError| error.to_string();
    assert_eq!(
        error(page.resources[1].as_ref().unwrap_err()),
        error(typed.resources[1].as_ref().unwrap_err())
    );
    assert_eq!(first.get("id").unwrap().unwrap().as_str(), Some("1"));
    assert_eq!(
        first.get("meta.version").unwrap().unwrap().as_str(),
        Some("W/\"1\"")
    );
    let names: Vec<_> = first.attributes().map(|value| value.name()).collect();
    assert_eq!(names, ["id", "userName", "meta"]);
    let typed: Stored<User> = first.to_typed().unwrap();
    assert_eq!(typed.id(), "1");
    assert_eq!(kind.stored_from_typed(&typed).unwrap(), *first);
    let partial: Partial<DynamicResource> =
        Partial::from_json_of(kind.kind(), r#"{"id":"1","emails":[{"value":"x"}]}"#).unwrap();
    assert_eq!(
        partial.value("emails.value").unwrap().unwrap().as_str(),
        Some("x")
    );
    assert_eq!(partial.values("id").unwrap().len(), 1);
    assert!(partial.value("userName").unwrap().is_none());
    assert_eq!(partial.attributes().count(), 2);
    // serde, both ways: to read needs the type.
    let mut reader = serde_json::Deserializer::from_str(one);
    let seed: &ResourceType = kind;
    let read = serde::de::DeserializeSeed::deserialize(seed, &mut reader).unwrap();
    assert_eq!(read, *first.resource());
}

#[test]
fn two_tables_of_one_schema_never_mix() {
    let one = user();
    let other = published::<User>(&[]);
    assert_ne!(*one, other);
    let json = User::new("bjensen").to_json();
    let (before, after) = (
        one.from_json(&json).unwrap(),
        other.from_json(&json).unwrap(),
    );
    assert!(before != after);
    let error = patch::diff(&before, &after).unwrap_err();
    assert_eq!(error.kind(), patch::DiffErrorKind::DifferentTypes);
    assert_eq!(error.attribute(), User::SCHEMA);
    assert!(patch::diff(&before, &one.from_json(&json).unwrap()).is_ok());
    // Through JSON, one becomes the other.
    let migrated = one.from_json(&after.to_json()).unwrap();
    assert!(migrated == before);
}

#[test]
fn compiled_types_can_be_used_as_they_are() {
    let types = scim_client::dynamic::ResourceTypes::core().with::<Gadget>();
    assert!(types.is_compiled());
    let names: Vec<_> = types.iter().map(ResourceType::name).collect();
    assert_eq!(names, ["Gadget", "Group", "User"]);
    let user = types.find("user").unwrap();
    assert!(std::ptr::eq(user.descriptor(), User::DESCRIPTOR));
    let mut own = user.new_resource();
    own.set("userName", "bjensen").unwrap();
    assert_eq!(own.to_json(), User::new("bjensen").to_json());
    let gadget = types.find("Gadget").unwrap();
    let own = gadget
        .new_resource()
        .with("free", Json::parse("1.50").unwrap())
        .unwrap();
    assert_eq!(own.get("free").unwrap().unwrap().to_text(), "1.50");
}
