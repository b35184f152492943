//! Reading and writing by paths as text.

use scim_client::{
    Binary, DateTime, Decimal, EnterpriseUser, Extension, Json, Reference, User,
    dynamic::{AttributeErrorKind as Kind, DynamicResource, ResourceType},
};
use serde_json::json;

use crate::{
    common::gadget::{AcmeGadget, Gadget},
    published,
};

fn user() -> ResourceType {
    published::<User>(&[<EnterpriseUser as Extension>::schema()])
}

fn gadget() -> ResourceType {
    published::<Gadget>(&[<AcmeGadget as Extension>::schema()])
}

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn babs() -> DynamicResource {
    let text = r#"{"userName": "bjensen", "name": {"familyName": "Jensen"},
        "emails": [{"value": "b@work.example", "type": "work", "primary": true},
                   {"value": "b@home.example", "type": "home"}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":
            {"department": "Tours", "manager": {"value": "26118915"}}}"#;
    user().from_json(text).unwrap()
}

fn text(resource: &DynamicResource, path: &str) -> Option<String> {
    let value = resource.get(path).unwrap();
    value.map(|value| value.to_text().into_owned())
}

#[test]
fn values_are_got_by_path() {
    let babs = babs();
    let has = |path: &str, wanted: Option<&str>| {
        assert_eq!(text(&babs, path).as_deref(), wanted, "{path}");
    };
    has("userName", Some("bjensen"));
    has("USERNAME", Some("bjensen"));
    has("name.familyName", Some("Jensen"));
    has("name.givenName", None);
    has("nickName", None);
    has(r#"emails[type eq "home"].value"#, Some("b@home.example"));
    has(r#"emails[type eq "other"].value"#, None);
    has("emails.value", Some("b@work.example"));
    has("department", Some("Tours"));
    has("manager.value", Some("26118915"));
    has(&format!("{ENTERPRISE}:department"), Some("Tours"));
    has(&format!("{ENTERPRISE}:manager.value"), Some("26118915"));
    has(
        "urn:ietf:params:scim:schemas:core:2.0:User:name.familyName",
        Some("Jensen"),
    );
    has("id", None);
    has(
        r#"emails[primary eq true]"#,
        Some(r#"{"value":"b@work.example","type":"work","primary":true}"#),
    );
    let mails = babs.get_all("emails.value").unwrap();
    let mails: Vec<_> = mails.iter().filter_map(|mail| mail.as_str()).collect();
    assert_eq!(mails, ["b@work.example", "b@home.example"]);
    let extension = babs.get(ENTERPRISE).unwrap().unwrap();
    let names: Vec<_> = extension
        .attributes()
        .map(scim_client::dynamic::Value::name)
        .collect();
    assert_eq!(names, ["department", "manager"]);
    assert!(extension.attribute().is_extension());
    let emails = babs.get("emails").unwrap().unwrap();
    assert_eq!(emails.elements().count(), 2);
    let first = emails.elements().next().unwrap();
    let kinds: Vec<_> = first
        .attributes()
        .map(|value| value.attribute().kind().as_str())
        .collect();
    assert_eq!(kinds, ["string", "string", "boolean"]);
}

#[test]
fn what_does_not_exist_is_named_with_its_nearest() {
    let babs = babs();
    for (path, message) in [
        (
            "userNmae",
            "there is no attribute userNmae; did you mean `userName`?",
        ),
        (
            "name.famlyName",
            "there is no attribute name.famlyName; did you mean `name.familyName`?",
        ),
        (
            "emails.valeu",
            "there is no attribute emails.valeu; did you mean `emails.value`?",
        ),
        ("userName.x", "userName has no sub-attributes"),
        (
            "departmnet",
            "there is no attribute departmnet; did you mean `department`?",
        ),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:departmnet",
            "there is no attribute urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:departmnet; \
             did you mean `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department`?",
        ),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:Usr:department",
            "there is no schema urn:ietf:params:scim:schemas:extension:enterprise:2.0:Usr; \
             did you mean `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User`?",
        ),
        (
            r#"emails[typ eq "work"].value"#,
            "there is no attribute emails.typ; did you mean `emails.type`?",
        ),
    ] {
        let error = babs.get(path).unwrap_err();
        assert_eq!(error.to_string(), message);
        assert_eq!(*error.kind(), Kind::UnknownAttribute);
    }
    assert_eq!(*babs.get("emails[").unwrap_err().kind(), Kind::Syntax);
    assert_eq!(*babs.get("").unwrap_err().kind(), Kind::Syntax);
}

#[test]
fn values_of_all_types_are_set() {
    let mut thing = gadget().new_resource();
    thing.set("serialNumber", "A-1").unwrap();
    thing.set("enabled", true).unwrap();
    thing.set("level", 3).unwrap();
    thing
        .set("weight", "1.50".parse::<Decimal>().unwrap())
        .unwrap();
    thing
        .set("built", DateTime::new("2024-01-01T00:00:00Z"))
        .unwrap();
    thing.set("key", Binary::from("AQI=")).unwrap();
    thing
        .set(
            "owner",
            Reference::<scim_client::value::Any>::from("https://example.com/1"),
        )
        .unwrap();
    thing.set("tags", ["a", "b"]).unwrap();
    thing
        .set("free", Json::parse(r#"{"a":1.0}"#).unwrap())
        .unwrap();
    thing
        .set("place", json!({"room": "1", "floor": 2}))
        .unwrap();
    thing.set("place.room", "2").unwrap();
    thing.set("color", "mauve").unwrap();
    thing.add("ports", json!({"value": "eth0"})).unwrap();
    thing
        .add("ports", json!([{"value": "eth0"}, {"value": "eth1"}]))
        .unwrap();
    thing.set("pin", "1234").unwrap();
    let has = |path: &str, wanted: &str| {
        assert_eq!(text(&thing, path).as_deref(), Some(wanted), "{path}");
    };
    has("enabled", "true");
    has("level", "3");
    has("weight", "1.50");
    has("built", "2024-01-01T00:00:00Z");
    has("tags", r#"["a","b"]"#);
    has("free", r#"{"a":1.0}"#);
    has("place", r#"{"room":"2","floor":2}"#);
    has("color", "mauve");
    assert_eq!(thing.get_all("ports.value").unwrap().len(), 2);
    let value = |path: &str| thing.get(path).unwrap().unwrap();
    assert_eq!(value("enabled").as_bool(), Some(true));
    assert_eq!(value("level").as_i64(), Some(3));
    assert_eq!(value("level").as_decimal(), Some(Decimal::from_text("3")));
    assert!(value("built").as_date_time().unwrap().is_valid());
    assert!(value("key").as_binary().unwrap().is_valid());
    assert_eq!(
        value("owner").as_reference().unwrap().as_str(),
        "https://example.com/1"
    );
    assert!(!format!("{thing:?}").contains("1234"));
    let typed: Gadget = thing.to_typed().unwrap();
    assert_eq!(typed.level, Some(3));
    assert_eq!(gadget().from_typed(&typed).unwrap(), thing);
}

#[test]
fn what_the_schema_does_not_allow_is_refused_and_changes_nothing() {
    let (mut babs, mut thing) = (babs(), gadget().new_resource());
    let before = babs.clone();
    let refused = |resource: &mut DynamicResource,
                   path: &str,
                   value: serde_json::Value,
                   kind: Kind,
                   words: &str| {
        let untouched = resource.clone();
        let error = resource.set(path, &value).unwrap_err();
        assert_eq!(*error.kind(), kind, "{path}: {error}");
        assert!(error.to_string().contains(words), "{path}: {error}");
        assert!(*resource == untouched, "{path}");
    };
    refused(
        &mut babs,
        "active",
        json!("yes"),
        Kind::WrongType,
        "active: expected a boolean",
    );
    refused(
        &mut babs,
        "userName",
        json!(1),
        Kind::WrongType,
        "userName: expected a string",
    );
    refused(
        &mut babs,
        "emails",
        json!("x"),
        Kind::WrongType,
        "emails: expected an array",
    );
    refused(
        &mut babs,
        "emails",
        json!([{"value": "x"}, {"value": "y", "primary": "true"}]),
        Kind::WrongType,
        "emails[1].primary",
    );
    refused(
        &mut babs,
        "name",
        json!({"familyNmae": "x"}),
        Kind::UnknownAttribute,
        "name.familyNmae; did you mean `name.familyName`?",
    );
    refused(
        &mut babs,
        "emails.value",
        json!("x"),
        Kind::NeedsFilter,
        "a filter says of which",
    );
    refused(
        &mut babs,
        "groups",
        json!([]),
        Kind::ReadOnly,
        "groups is readOnly",
    );
    refused(
        &mut babs,
        "id",
        json!("1"),
        Kind::ReadOnly,
        "id is readOnly",
    );
    refused(
        &mut babs,
        "meta.version",
        json!("1"),
        Kind::ReadOnly,
        "readOnly",
    );
    refused(
        &mut babs,
        "manager.displayName",
        json!("x"),
        Kind::ReadOnly,
        "readOnly",
    );
    refused(
        &mut babs,
        "manager",
        json!({"value": "1", "displayName": "x"}),
        Kind::ReadOnly,
        "manager.displayName is readOnly",
    );
    refused(
        &mut babs,
        "userName",
        json!(null),
        Kind::Required,
        "userName is required",
    );
    refused(
        &mut babs,
        ENTERPRISE,
        json!({"departmnet": "x"}),
        Kind::UnknownAttribute,
        "enterprise:2.0:User:department`?",
    );
    refused(
        &mut babs,
        r#"emails[type eq "other"].value"#,
        json!("x"),
        Kind::NoSuchElement,
        "emails",
    );
    refused(&mut thing, "level", json!(1.5), Kind::WrongType, "level");
    refused(
        &mut thing,
        "level",
        json!("3"),
        Kind::WrongType,
        "level: expected a number",
    );
    refused(
        &mut thing,
        "built",
        json!("yesterday"),
        Kind::WrongType,
        "not a dateTime",
    );
    refused(&mut thing, "key", json!("%"), Kind::WrongType, "not base64");
    refused(
        &mut thing,
        "ports",
        json!([{"type": "x"}]),
        Kind::Required,
        "ports[0].value is required",
    );
    assert!(babs == before);
    assert_eq!(*babs.remove("userName").unwrap_err().kind(), Kind::Required);
    assert!(babs == before);
}

#[test]
fn changes_are_those_of_patch() {
    let mut babs = babs();
    babs.set(r#"emails[type eq "home"].value"#, "b@example.com")
        .unwrap();
    assert_eq!(
        text(&babs, r#"emails[type eq "home"].value"#).as_deref(),
        Some("b@example.com")
    );
    babs.add("emails", json!([{"value": "b@other.example"}]))
        .unwrap();
    assert_eq!(babs.get_all("emails").unwrap()[0].elements().count(), 3);
    assert!(babs.remove(r#"emails[type eq "work"]"#).unwrap());
    assert!(!babs.remove(r#"emails[type eq "work"]"#).unwrap());
    assert_eq!(babs.get_all("emails.value").unwrap().len(), 2);
    assert!(babs.remove("manager.value").unwrap());
    assert!(!babs.remove("manager").unwrap());
    assert!(babs.remove(ENTERPRISE).unwrap());
    assert!(!babs.to_json().contains("enterprise"));
    // The whole of a complex attribute is set; what is left out is gone.
    babs.set("name", json!({"givenName": "Barbara"})).unwrap();
    assert_eq!(text(&babs, "name.familyName"), None);
    babs.set("department", "Sales").unwrap();
    assert_eq!(
        text(&babs, &format!("{ENTERPRISE}:department")).as_deref(),
        Some("Sales")
    );
    babs.set(ENTERPRISE, json!({"costCenter": "4130"})).unwrap();
    assert_eq!(text(&babs, "department"), None);
    assert!(babs.to_json().contains(r#""costCenter":"4130""#));
}
