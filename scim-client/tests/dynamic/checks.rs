//! What is found before anything is sent.

use scim_client::{
    EnterpriseUser, Extension, User,
    dynamic::{AttributeErrorKind as Kind, ResourceType, ResourceTypes},
    evaluate::{DataType, FilterRule},
    patch::PatchOp,
};
use serde_json::json;

use crate::published;

fn user() -> ResourceType {
    published::<User>(&[<EnterpriseUser as Extension>::schema()])
}

#[test]
fn filters() {
    let user = user();
    let filter = user
        .filter(r#"userName sw "bj" and active eq true"#)
        .unwrap();
    assert_eq!(filter.to_string(), r#"userName sw "bj" and active eq true"#);
    // An attribute of an extension gets its URN.
    let filter = user
        .filter(r#"department eq "Tours" or emails[type eq "work"]"#)
        .unwrap();
    assert_eq!(
        filter.to_string(),
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"Tours\" or \
         emails[type eq \"work\"]"
    );
    for (text, kind, words) in [
        (
            r#"userNmae eq "x""#,
            Kind::UnknownAttribute,
            "did you mean `userName`?",
        ),
        (
            r#"emails.typ eq "x""#,
            Kind::UnknownAttribute,
            "did you mean `emails.type`?",
        ),
        (
            r#"emails[typ eq "x"]"#,
            Kind::UnknownAttribute,
            "did you mean `emails.type`?",
        ),
        (
            "active gt true",
            Kind::Filter(FilterRule::NotOrdered(DataType::Boolean)),
            "has no order",
        ),
        (
            r#"active eq "yes""#,
            Kind::Filter(FilterRule::WrongValue(DataType::Boolean)),
            "boolean",
        ),
        (
            r#"name eq "x""#,
            Kind::Filter(FilterRule::NeedsSubAttribute),
            "sub-attributes",
        ),
        (
            r#"password eq "x""#,
            Kind::Filter(FilterRule::NeverReturned),
            "never returned",
        ),
        (
            r#"meta.created gt "x""#,
            Kind::Filter(FilterRule::NotADateTime),
            "dateTime",
        ),
        ("userName eq", Kind::Syntax, ""),
    ] {
        let error = user.filter(text).unwrap_err();
        assert_eq!(*error.kind(), kind, "{text}: {error}");
        assert!(error.to_string().contains(words), "{text}: {error}");
    }
    assert!(
        user.filter("id pr and schemas pr and meta.created pr and externalId pr")
            .is_ok()
    );
}

#[test]
fn patches() {
    let user = user();
    let check = |operation: serde_json::Value| {
        let body = json!({"Operations": [operation]}).to_string();
        user.check_patch(&PatchOp::from_json(&body, &[]).unwrap())
    };
    for good in [
        json!({"op": "replace", "path": "displayName", "value": "Babs"}),
        json!({"op": "replace", "path": "name", "value": {"familyName": "Jensen"}}),
        json!({"op": "add", "path": "emails", "value": {"value": "b@example.com"}}),
        json!({"op": "add", "path": "emails", "value": [{"value": "b@example.com"}]}),
        json!({"op": "replace", "path": "emails[type eq \"work\"].value", "value": "x"}),
        json!({"op": "replace", "path": "emails[type eq \"work\"]", "value": {"display": "x"}}),
        json!({"op": "remove", "path": "emails[type eq \"work\"]"}),
        json!({"op": "remove", "path": "nickName"}),
        json!({"op": "replace", "value": {"displayName": "x", "name.givenName": "y",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "x"}}}),
        json!({"op": "replace", "value": {"displayName": null}}),
        json!({"op": "add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
            "value": {"department": "x"}}),
        json!({"op": "replace", "path": "password", "value": "x"}),
    ] {
        assert_eq!(check(good.clone()), Ok(()), "{good}");
    }
    for (bad, kind) in [
        (
            json!({"op": "replace", "path": "displayNmae", "value": "x"}),
            Kind::UnknownAttribute,
        ),
        (
            json!({"op": "replace", "value": {"displayNmae": "x"}}),
            Kind::UnknownAttribute,
        ),
        (
            json!({"op": "replace", "path": "active", "value": "yes"}),
            Kind::WrongType,
        ),
        (
            json!({"op": "replace", "value": {"active": "yes"}}),
            Kind::WrongType,
        ),
        (json!({"op": "replace", "value": ["x"]}), Kind::WrongType),
        (
            json!({"op": "replace", "path": "emails.value", "value": "x"}),
            Kind::NeedsFilter,
        ),
        (
            json!({"op": "replace", "path": "emails", "value": {"value": "x"}}),
            Kind::WrongType,
        ),
        (
            json!({"op": "add", "path": "groups", "value": [{"value": "x"}]}),
            Kind::ReadOnly,
        ),
        (
            json!({"op": "replace", "path": "id", "value": "x"}),
            Kind::ReadOnly,
        ),
        (json!({"op": "remove", "path": "userName"}), Kind::Required),
        (
            json!({"op": "replace", "value": {"userName": null}}),
            Kind::Required,
        ),
        (
            json!({"op": "replace", "path": "emails[primary gt true]", "value": {"value": "x"}}),
            Kind::Filter(FilterRule::NotOrdered(DataType::Boolean)),
        ),
        (
            json!({"op": "replace", "path": "emails[type eq \"work\"].typ", "value": "x"}),
            Kind::UnknownAttribute,
        ),
    ] {
        let error = check(bad.clone()).unwrap_err();
        assert_eq!(*error.kind(), kind, "{bad}: {error}");
    }
}

/// An attribute of an extension may lack its URN; what is sent has it.
#[test]
fn what_is_sent_has_the_urns() {
    let user = user();
    let full = format!("{}:department", EnterpriseUser::SCHEMA);
    let filter = scim_client::filter::Filter::parse(r#"department eq "Tours""#).unwrap();
    let error = user.check_filter(&filter).unwrap_err();
    assert_eq!(error.nearest(), Some(full.as_str()));
    let resolved = user.resolve_filter(filter).unwrap().to_string();
    assert_eq!(resolved, format!("{full} eq \"Tours\""));
    let message = |operation: serde_json::Value| {
        let body = json!({"Operations": [operation]}).to_string();
        PatchOp::from_json(&body, &[]).unwrap()
    };
    for (path, wanted) in [
        ("department", full.clone()),
        (
            "MANAGER.value",
            format!("{}:manager.value", EnterpriseUser::SCHEMA),
        ),
        (EnterpriseUser::SCHEMA, EnterpriseUser::SCHEMA.to_owned()),
        ("NICKNAME", "nickName".to_owned()),
    ] {
        let one = message(json!({"op": "remove", "path": path}));
        let resolved = user.resolve_patch(one).unwrap();
        let path = resolved.operations[0].path.as_ref().unwrap().to_string();
        assert_eq!(path, wanted);
    }
    // Where a member belongs is not for a name to say.
    let error = user
        .resolve_patch(message(json!({"op": "add", "value": {"department": "x"}})))
        .unwrap_err();
    assert_eq!(error.nearest(), Some(full.as_str()));
    for value in [
        json!({&full: "x"}),
        json!({EnterpriseUser::SCHEMA: {"department": "x"}}),
    ] {
        let one = message(json!({"op": "add", "value": value}));
        assert_eq!(user.resolve_patch(one.clone()), Ok(one));
    }
}

#[test]
fn an_example_of_a_filter_has_a_sub_attribute_that_there_is() {
    let attributes = json!([
        {"name": "a", "type": "complex", "multiValued": true, "subAttributes": [
            {"name": "value", "type": "string"}, {"name": "type", "type": "string"}]},
        {"name": "b", "type": "complex", "multiValued": true, "subAttributes": [
            {"name": "size", "type": "integer"}, {"name": "code", "type": "string"}]},
        {"name": "c", "type": "complex", "multiValued": true, "subAttributes": [
            {"name": "size", "type": "integer"}]}]);
    let documents = json!([{"id": "urn:example:Box", "name": "Box", "attributes": attributes}]);
    let types = ResourceTypes::from_json(&documents.to_string()).unwrap();
    let mut made = types.find("Box").unwrap().new_resource();
    for (path, end) in [
        ("a.value", r#"says of which, as in a[type eq "work"]"#),
        ("b.code", r#"says of which, as in b[code eq "..."]"#),
        ("c.size", "says of which"),
    ] {
        let error = made.set(path, 1).unwrap_err();
        assert_eq!(*error.kind(), Kind::NeedsFilter);
        assert!(error.to_string().ends_with(end), "{error}");
    }
}

#[test]
fn resources_are_made_of_maps_and_structs() {
    let user = user();
    let map = std::collections::HashMap::from([
        ("userName", Some("bjensen")),
        ("department", Some("Tours")),
        ("title", None),
    ]);
    let babs = user.resource_from(map).unwrap();
    assert_eq!(
        babs.get("department").unwrap().unwrap().as_str(),
        Some("Tours")
    );
    let again: serde_json::Value = serde_json::from_str(&babs.to_json()).unwrap();
    assert_eq!(user.resource_from(&again).unwrap(), babs);
    for (bad, kind) in [
        (
            json!({"userName": "x", "userNmae": "x"}),
            Kind::UnknownAttribute,
        ),
        (json!({"userName": 1}), Kind::WrongType),
        (json!({"userName": "x", "id": "1"}), Kind::ReadOnly),
        (
            json!({"userName": "x", "emails": [{"valeu": "y"}]}),
            Kind::UnknownAttribute,
        ),
        (json!([]), Kind::WrongType),
        (json!("x"), Kind::WrongType),
        (json!(null), Kind::WrongType),
    ] {
        let error = user.resource_from(&bad).unwrap_err();
        assert_eq!(*error.kind(), kind, "{bad}: {error}");
    }
}

#[test]
fn patches_are_built() {
    let user = user();
    let patch = user
        .patch()
        .replace("displayName", "Babs")
        .and_then(|patch| patch.add("emails", json!([{"value": "x"}])))
        .and_then(|patch| patch.remove("department"))
        .unwrap()
        .build();
    assert!(patch.to_message().to_json().contains(
        r#"{"op":"remove","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"}"#
    ));
    let mut babs = user.new_resource().with("userName", "bjensen").unwrap();
    assert_eq!(patch.apply(&mut babs), Ok(true));
    assert_eq!(
        babs.get("displayName").unwrap().unwrap().as_str(),
        Some("Babs")
    );
    let error = user.patch().remove("userName").unwrap_err();
    assert_eq!(*error.kind(), Kind::Required);
}

#[test]
fn resources() {
    let user = user();
    let mut babs = user.new_resource();
    let error = user.check_create(&babs).unwrap_err();
    assert_eq!((error.kind(), error.path()), (&Kind::Required, "userName"));
    babs.set("userName", "bjensen").unwrap();
    assert_eq!(user.check_create(&babs), Ok(()));
    let json = r#"{"userName": "x", "emails": [{"display": "y"}], "roles": [{"value": "z"}]}"#;
    assert_eq!(user.check_create(&user.from_json(json).unwrap()), Ok(()));
}

#[test]
fn names_of_types_and_attributes() {
    let types = ResourceTypes::core();
    for name in ["User", "user", "/Users", "Users", User::SCHEMA] {
        assert_eq!(types.find(name).unwrap().name(), "User", "{name}");
    }
    let error = types.find("Usre").unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no resource type Usre; did you mean `User`?"
    );
    let user = user();
    let list = user
        .attribute_list(["userName", "department", "name.familyName"])
        .unwrap();
    let list: Vec<_> = list.iter().map(ToString::to_string).collect();
    assert_eq!(list[1], format!("{}:department", EnterpriseUser::SCHEMA));
    assert!(user.attribute_list(["emails[type eq \"work\"]"]).is_err());
    let all: Vec<_> = user
        .attributes()
        .map(|one| one.path().to_string())
        .collect();
    assert!(all.contains(&"name.familyName".to_owned()));
    assert!(all.contains(&format!("{}:manager.value", EnterpriseUser::SCHEMA)));
    assert!(all.iter().all(|path| user.path(path).is_ok()));
}

use scim_client::Resource as _;

/// What replaces an element replaces the whole of it (RFC 7644 §3.5.2.3): nothing that is required of
/// it may be missing. What is added to one, or set in it, is a part.
#[test]
fn an_element_is_replaced_as_a_whole() {
    let documents = json!([
        {"id": "urn:example:Box", "name": "Box", "attributes": [
            {"name": "parts", "type": "complex", "multiValued": true, "subAttributes": [
                {"name": "code", "type": "string", "multiValued": false, "required": true},
                {"name": "size", "type": "integer", "multiValued": false}]}]},
        {"name": "Box", "endpoint": "/Boxes", "schema": "urn:example:Box"},
    ]);
    let types = ResourceTypes::from_json(&documents.to_string()).unwrap();
    let kind = types.find("Box").unwrap();
    let mut resource = kind.new_resource();
    let parts = json!([{"code": "a", "size": 1}, {"code": "b"}]);
    resource.set("parts", parts).unwrap();
    let chosen = r#"parts[code eq "a"]"#;
    let part = json!({"size": 2});
    let missing = "parts[0].code is required";
    let before = resource.clone();
    let error = resource.set(chosen, &part).unwrap_err();
    assert_eq!(error.to_string(), missing);
    assert_eq!(resource, before);
    let error = kind.patch().replace(chosen, &part).unwrap_err();
    assert_eq!(error.to_string(), missing);
    let _taken = kind.patch().add(chosen, &part).unwrap();
    resource.add(chosen, &part).unwrap();
    resource.set(r#"parts[code eq "b"].size"#, 3).unwrap();
    resource
        .set(r#"parts[size eq 2]"#, json!({"code": "c"}))
        .unwrap();
    let parts = resource.get("parts").unwrap().unwrap().to_text();
    assert_eq!(parts, r#"[{"code":"c"},{"code":"b","size":3}]"#);
}
