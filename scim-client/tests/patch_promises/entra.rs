//! `ApplyOptions::entra()`: what Entra ID's provisioning sends.

use scim_client::{Group, User, patch::PatchErrorKind};
use serde_json::{Value, json};

use crate::thing::{Thing, entra, one};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

fn user() -> Value {
    json!({
        "userName": "u",
        "active": true,
        "emails": [{"value": "h", "type": "home"}],
        "addresses": [{"type": "work", "locality": "L"}],
    })
}

fn replaced(value: Value) -> Value {
    entra::<User>(&user(), json!({"op": "Replace", "value": value})).unwrap()
}

#[test]
fn keys_are_paths() {
    let locality = |after: Value| after["addresses"][0]["locality"].clone();
    assert_eq!(
        locality(replaced(
            json!({"addresses[type eq \"work\"].locality": "M"})
        )),
        json!("M")
    );
    let key = format!("{USER}:addresses[type eq \"work\"].locality");
    assert_eq!(locality(replaced(json!({ key: "M" }))), json!("M"));
    let after = replaced(json!({
        "name.givenName": "G",
        format!("{USER}:name.familyName"): "F",
        format!("{USER}:nickName"): "N",
        "emails[type eq \"work\"].value": "w",
        "emails[type eq \"work\"].primary": "True",
        "phoneNumbers[type eq \"mobile\"].value": "1",
        format!("{ENTERPRISE}:department"): "D",
        format!("{ENTERPRISE}:manager"): "m1",
        "active": "False",
    }));
    assert_eq!(after["name"], json!({"givenName": "G", "familyName": "F"}));
    assert_eq!(after["nickName"], json!("N"));
    assert_eq!(
        after["emails"][1],
        json!({"value": "w", "type": "work", "primary": true})
    );
    assert_eq!(
        after["phoneNumbers"],
        json!([{"value": "1", "type": "mobile"}])
    );
    assert_eq!(
        after[ENTERPRISE],
        json!({"department": "D", "manager": {"value": "m1"}})
    );
    assert_eq!(after["active"], json!(false));
    let manager = replaced(json!({ format!("{ENTERPRISE}:manager.value"): "m2" }));
    assert_eq!(manager[ENTERPRISE], json!({"manager": {"value": "m2"}}));
    let whole = replaced(json!({ ENTERPRISE: {"manager": "m3"} }));
    assert_eq!(whole[ENTERPRISE], json!({"manager": {"value": "m3"}}));
    let array =
        replaced(json!({ format!("{ENTERPRISE}:manager"): [{"$ref": null, "value": "m4"}] }));
    assert_eq!(array[ENTERPRISE], json!({"manager": {"value": "m4"}}));
}

/// Never `Ok` without a change for what was not understood.
#[test]
fn keys_that_lead_nowhere_are_refused() {
    for key in [
        "bogus",
        "name.givnName",
        "nam.givenName",
        "emails[type eq \"work\"].valu",
        "emails[typ eq \"work\"].value",
        "emails[type eq work].value",
        "emails[type eq \"work\"",
        "emails[type eq \"work\"]value",
        "emails.0.value",
        "/emails/0/value",
        "a b",
        "",
        "urn:example:unknown:2.0:User:x",
        "urn:example:unknown:2.0:User:x.y",
        "urn:ietf:params:scim:schemas:core:2.0:User:bogus",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:bogus",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.bogus",
    ] {
        for op in ["Add", "Replace"] {
            let operation = json!({"op": op, "value": {key: "x"}});
            let error = entra::<User>(&user(), operation).unwrap_err();
            assert!(
                matches!(
                    error,
                    PatchErrorKind::InvalidPath | PatchErrorKind::InvalidFilter
                ),
                "{key}: {error:?}"
            );
        }
    }
    // Within a value an unknown name is left out, but it is not all that there is.
    for value in [
        json!({"name": {"givnName": "x"}}),
        json!({"active": true, "emails": [{"bogus": "x"}]}),
        json!({ENTERPRISE: {"bogus": "x"}}),
    ] {
        let operation = json!({"op": "Add", "value": value});
        let error = entra::<User>(&user(), operation).unwrap_err();
        assert_eq!(error, PatchErrorKind::InvalidPath, "{value}");
        let known = json!({"op": "Add", "value": {"nickName": "N", "name": {"givnName": "x"}}});
        assert!(entra::<User>(&user(), known).is_ok());
    }
    // By default a key is a name; one that is a path is not left out in silence.
    for key in [
        "name.givenName",
        "emails[type eq \"work\"].value",
        "emails[type eq work].value",
    ] {
        assert_eq!(
            one::<User>(&user(), json!({"op": "add", "value": {key: "x"}})),
            Err(PatchErrorKind::InvalidPath),
            "{key}"
        );
    }
}

#[test]
fn elements_are_made() {
    for op in ["Add", "Replace"] {
        let operation = json!({"op": op, "path": "emails[type eq \"work\"].value", "value": "w"});
        let after = entra::<User>(&user(), operation.clone()).unwrap();
        assert_eq!(after["emails"][1], json!({"value": "w", "type": "work"}));
        let bare = entra::<User>(&json!({"userName": "u"}), operation).unwrap();
        assert_eq!(bare["emails"], json!([{"value": "w", "type": "work"}]));
        let primary = json!({"op": op, "path": "emails[primary eq \"True\"].value", "value": "p"});
        let after = entra::<User>(&user(), primary).unwrap();
        assert_eq!(after["emails"][1], json!({"value": "p", "primary": true}));
    }
}

#[test]
fn values_as_they_come() {
    let set = |path: &str, value: Value| {
        entra::<User>(&user(), json!({"op": "Add", "path": path, "value": value})).unwrap()
    };
    for value in ["False", "false", "FALSE"] {
        assert_eq!(set("active", json!(value))["active"], json!(false));
    }
    let old_form = json!([{"$ref": null, "value": "False"}]);
    assert_eq!(set("active", old_form)["active"], json!(false));
    let old_form = json!([{"$ref": null, "value": "T"}]);
    assert_eq!(set("title", old_form)["title"], json!("T"));
    let path = format!("{ENTERPRISE}:manager");
    assert_eq!(
        set(&path, json!("m"))[ENTERPRISE],
        json!({"manager": {"value": "m"}})
    );
    let roles = set("roles", json!([{"$ref": null, "value": "r"}]));
    assert_eq!(roles["roles"], json!([{"value": "r"}]));
    let group = json!({"displayName": "g", "members": [{"value": "1", "display": "One"}]});
    let add = json!({"op": "Add", "path": "members", "value": [
        {"$ref": null, "value": "1"}, {"$ref": null, "value": "2"},
    ]});
    let after = entra::<Group>(&group, add).unwrap();
    assert_eq!(
        after["members"],
        json!([{"value": "1", "display": "One"}, {"value": "2"}])
    );
}

#[test]
fn remove_without_a_path() {
    let group = json!({"displayName": "g", "members": [{"value": "1"}, {"value": "2"}]});
    let remove = |value: Value| json!({"op": "Remove", "value": value});
    let listed = remove(json!({"members": [{"value": "1"}]}));
    let after = entra::<Group>(&group, listed.clone()).unwrap();
    assert_eq!(after["members"], json!([{"value": "2"}]));
    assert_eq!(one::<Group>(&group, listed), Err(PatchErrorKind::NoTarget));
    for nothing in [json!({"members": []}), json!({"members": null}), json!({})] {
        assert_eq!(entra::<Group>(&group, remove(nothing)), Ok(group.clone()));
    }
    for refused in [json!([{"value": "1"}]), json!("1"), json!(null)] {
        let error = entra::<Group>(&group, remove(refused)).unwrap_err();
        assert_eq!(error, PatchErrorKind::NoTarget);
    }
    let error = entra::<Group>(&group, remove(json!({"bogus": [{"value": "1"}]}))).unwrap_err();
    assert_eq!(error, PatchErrorKind::InvalidPath);
    // Only what is listed goes, within a complex attribute or an extension too.
    let thing = json!({"label": "L", "complex": {"string": "s", "stringArray": ["a", "b"]}});
    let listed = remove(json!({"label": null, "complex": {"stringArray": ["a"]}}));
    assert_eq!(
        entra::<Thing>(&thing, listed),
        Ok(json!({"complex": {"string": "s", "stringArray": ["b"]}}))
    );
}

#[test]
fn an_attribute_of_an_extension_may_lack_its_urn() {
    for operation in [
        json!({"op": "Add", "path": "manager", "value": "26118915"}),
        json!({"op": "Add", "path": "manager", "value": [{"$ref": null, "value": "26118915"}]}),
        json!({"op": "Replace", "path": "manager.value", "value": "26118915"}),
        json!({"op": "Replace", "value": {"manager": "26118915"}}),
        json!({"op": "Replace", "value": {"Manager.value": "26118915"}}),
    ] {
        let after = entra::<User>(&user(), operation.clone()).unwrap();
        assert_eq!(
            after[ENTERPRISE]["manager"]["value"], "26118915",
            "{operation}"
        );
        // As everybody else has it, there is no such attribute.
        if let Ok(after) = one::<User>(&user(), operation) {
            assert!(after.get("manager").is_none() && after.get(ENTERPRISE).is_none());
        }
    }
    let mut managed = user();
    managed[ENTERPRISE] = json!({"manager": {"value": "1"}, "department": "D"});
    let after = entra::<User>(&managed, json!({"op": "Remove", "path": "manager"})).unwrap();
    assert_eq!(after[ENTERPRISE], json!({"department": "D"}));
    // What nobody has is still refused.
    let error = entra::<User>(&user(), json!({"op": "Add", "path": "boss", "value": "1"}));
    assert_eq!(error.unwrap_err(), PatchErrorKind::InvalidPath);
}
