//! Overlays and profiles: what they change, and what is said of wrong ones.

use scim_schema::model::{Kind, Model, Role};
use scim_schema::{Diagnostics, Reading, Source, read};

const USER: &str = r#"{"id": "urn:x:User", "name": "User", "attributes": [
  {"name": "login", "type": "string", "multiValued": false, "required": true},
  {"name": "emails", "type": "complex", "multiValued": true, "subAttributes": [
    {"name": "value", "type": "string", "multiValued": false},
    {"name": "type", "type": "string", "multiValued": false, "canonicalValues": ["work"]}]},
  {"name": "count", "type": "string", "multiValued": false}]}"#;
const BADGE: &str = r#"{"id": "urn:x:Badge", "name": "Badge", "attributes": [
  {"name": "number", "type": "string", "multiValued": false}]}"#;

fn with(file: &str, text: &str) -> Result<(Model, Diagnostics), Diagnostics> {
    // The overlay comes first on purpose: the order of the files must not matter.
    let sources = [
        Source::new(format!("acme/{file}"), text),
        Source::new("acme/user.json", USER),
        Source::new("acme/badge.json", BADGE),
    ];
    read(&sources, &Reading::default())
}

fn overlay(changes: &str) -> Result<(Model, Diagnostics), Diagnostics> {
    with("overlay.json", &format!("{{\"changes\": [\n{changes}\n]}}"))
}

fn model(changes: &str) -> Model {
    overlay(changes).unwrap_or_else(|found| panic!("{found}")).0
}

#[test]
fn corrects_attributes() {
    let model = model(
        r#"{"schema": "URN:x:user", "attribute": "login", "required": false, "field": "sign_in",
            "reason": "they leave it out"},
           {"schema": "urn:x:User", "attribute": "emails.type", "addCanonicalValues": ["home"]},
           {"schema": "urn:x:User", "attribute": "emails.value", "drop": true},
           {"schema": "urn:x:User", "attribute": "count", "type": "integer", "name": "total"}"#,
    );
    let user = model.schema("urn:x:User").unwrap();
    let [_, login, emails, total] = user.attributes.as_slice() else {
        panic!("{user:?}")
    };
    assert_eq!((login.required, login.field.as_str()), (false, "sign_in"));
    let Kind::Complex(emails) = &emails.kind else {
        panic!("{emails:?}")
    };
    assert_eq!(emails.attributes.len(), 1);
    assert_eq!(emails.attributes[0].canonical_values, ["work", "home"]);
    assert_eq!(
        (total.name.as_str(), &total.kind),
        ("total", &Kind::Integer)
    );
}

#[test]
fn corrects_schemas() {
    let model = model(
        r#"{"schema": "urn:x:Badge", "extends": "urn:x:User", "name": "StaffBadge"},
           {"schema": "urn:x:User", "endpoint": "People"}"#,
    );
    assert_eq!(model.schema("urn:x:Badge").unwrap().type_name, "StaffBadge");
    let Role::Resource(user) = &model.schema("urn:x:User").unwrap().role else {
        panic!("no resource")
    };
    assert_eq!(user.endpoint, "/People");
    let dropped = overlay(r#"{"schema": "urn:x:Badge", "drop": true}"#).unwrap();
    assert!(dropped.0.schema("urn:x:Badge").is_none());
}

/// Code, place, pointer, a part of the message and of the hint.
type Expected<'a> = (&'a str, (usize, usize), &'a str, &'a str, &'a str);

fn refused(found: Result<(Model, Diagnostics), Diagnostics>, file: &str, expected: Expected<'_>) {
    let found = found.expect_err(expected.3);
    let error = found.errors().next().unwrap();
    let (code, place, pointer, message, hint) = expected;
    assert_eq!(error.code(), code, "{error}");
    assert_eq!(error.source_name(), format!("acme/{file}"), "{error}");
    assert_eq!((error.line(), error.column()), place, "{error}");
    assert_eq!(error.pointer(), pointer, "{error}");
    assert!(error.message().contains(message), "{error}");
    assert!(error.hint().unwrap().contains(hint), "{error}");
}

#[test]
fn wrong_overlays_are_refused_with_place_and_hint() {
    let cases: &[(&str, Expected<'_>)] = &[
        (
            r#"{"schema": "urn:x:Usr", "drop": true}"#,
            (
                "overlay-schema",
                (2, 12),
                "/changes/0/schema",
                "urn:x:Usr",
                "`urn:x:User`",
            ),
        ),
        (
            r#"{"schema": "urn:x:User", "attribute": "emails.typ", "required": true}"#,
            (
                "overlay-attribute",
                (2, 39),
                "/changes/0/attribute",
                "emails.typ",
                "`type`",
            ),
        ),
        (
            r#"{"schema": "urn:x:User", "attribute": "login", "requird": true}"#,
            (
                "overlay-key",
                (2, 48),
                "/changes/0/requird",
                "`requird`",
                "`required`",
            ),
        ),
        (
            r#"{"schema": "urn:x:User", "attribute": "login", "type": "strng"}"#,
            (
                "unknown-type",
                (2, 56),
                "/changes/0/type",
                "strng",
                "`string`",
            ),
        ),
        (
            r#"{"schema": "urn:x:User", "attribute": "login", "type": "complex"}"#,
            (
                "overlay-type",
                (2, 56),
                "/changes/0/type",
                "no sub-attributes",
                "any",
            ),
        ),
        (
            r#"{"schema": "urn:x:User", "attribute": "login", "name": "Count"}"#,
            (
                "overlay-name",
                (2, 56),
                "/changes/0/name",
                "another attribute",
                "field",
            ),
        ),
        (
            r#"{"schema": "urn:x:User", "attribute": "login", "field": "signIn"}"#,
            (
                "overlay-name",
                (2, 57),
                "/changes/0/field",
                "signIn",
                "`sign_in`",
            ),
        ),
        (
            r#"{"schema": "urn:x:User", "attribute": "login", "required": "perhaps"}"#,
            (
                "wrong-type",
                (2, 60),
                "/changes/0/required",
                "required",
                "true or false",
            ),
        ),
        (
            r#"{"schema": "urn:x:User", "attribute": "login", "mutability": "readonyl"}"#,
            (
                "unknown-keyword",
                (2, 62),
                "/changes/0/mutability",
                "readonyl",
                "readOnly",
            ),
        ),
        (
            r#"{"schema": "urn:x:User", "reason": "because"}"#,
            (
                "overlay-change",
                (2, 1),
                "/changes/0",
                "what to change",
                "drop",
            ),
        ),
        (
            r#"{"schema": "urn:x:Badge", "extends": "urn:x:Nobody"}"#,
            (
                "overlay-schema",
                (2, 38),
                "/changes/0/extends",
                "urn:x:Nobody",
                "URN",
            ),
        ),
        (
            "7",
            ("overlay-change", (2, 1), "/changes/0", "a number", "object"),
        ),
    ];
    for (text, expected) in cases {
        refused(overlay(text), "overlay.json", *expected);
    }
    refused(
        with("overlay.json", "[]"),
        "overlay.json",
        ("overlay-changes", (1, 1), "", "`changes`", "write"),
    );
}

#[test]
fn a_change_that_the_vendor_made_too_is_a_warning() {
    let change = r#"{"schema": "urn:x:User", "attribute": "login", "required": true}"#;
    let (_, found) = overlay(change).unwrap();
    let warning = found.iter().find(|f| f.code() == "overlay-no-effect");
    assert_eq!(warning.unwrap().pointer(), "/changes/0");
}

#[test]
fn wrong_profiles_are_refused_with_place_and_hint() {
    let cases: &[(&str, Expected<'_>)] = &[
        (
            "{\n \"pagesize\": 5}",
            (
                "profile-key",
                (2, 2),
                "/pagesize",
                "`pagesize`",
                "`pageSize`",
            ),
        ),
        (
            r#"{"capabilities": {"patch": "no"}}"#,
            (
                "profile-value",
                (1, 28),
                "/capabilities/patch",
                "a string",
                "true or false",
            ),
        ),
        (
            r#"{"patch": {"maxAdded": 0}}"#,
            (
                "profile-value",
                (1, 24),
                "/patch/maxAdded",
                "maxAdded",
                "above 0",
            ),
        ),
        (
            r#"{"base": "awz"}"#,
            ("profile-value", (1, 10), "/base", "awz", "`aws`"),
        ),
        (
            r#"{"filter": {"operators": ["eq", "contains"]}}"#,
            (
                "profile-value",
                (1, 33),
                "/filter/operators/1",
                "contains",
                "`eq`",
            ),
        ),
        (
            r#"{"neverReturned": ["members"]}"#,
            (
                "profile-value",
                (1, 20),
                "/neverReturned/0",
                "schema",
                "Group:members",
            ),
        ),
        (
            r#"{"facts": [{"says": "x", "source": "y", "set": []}]}"#,
            ("profile-key", (1, 41), "/facts/0/set", "`set`", "`sets`"),
        ),
        (
            r#"{"totalIsOfPage": null}"#,
            (
                "profile-value",
                (1, 19),
                "/totalIsOfPage",
                "null",
                "true or false",
            ),
        ),
        ("[]", ("profile-value", (1, 1), "", "an array", "an object")),
        ("{,}", ("invalid-json", (1, 2), "", "not valid JSON", "")),
    ];
    for (text, expected) in cases.iter().take(cases.len() - 1) {
        refused(with("profile.json", text), "profile.json", *expected);
    }
    assert!(with("profile.json", "{,}").is_err());
    for right in [
        r#"{"base": "aws", "pageSize": 20}"#,
        r#"{"pageSize": null, "totalIsOfPage": true}"#,
    ] {
        assert!(with("profile.json", right).is_ok(), "{right}");
    }
}

#[test]
fn what_a_pattern_misses_is_suggested() {
    let found = overlay(r#"{"schema": "*", "attribute": "*.valeu", "required": false}"#);
    let found = found.unwrap_err().to_string();
    assert!(found.contains("did you mean `value`?"), "{found}");
}

#[test]
fn an_endpoint_is_a_path() {
    for endpoint in [
        "",
        "/",
        "/Users?x=1",
        "/Users#x",
        "/../Users",
        "//Users//x",
        "/a b",
        "/a\\nb",
    ] {
        let change = format!(r#"{{"schema": "urn:x:User", "endpoint": "{endpoint}"}}"#);
        let found = overlay(&change).unwrap_err();
        assert_eq!(
            found.iter().next().unwrap().code(),
            "overlay-value",
            "{endpoint}"
        );
    }
}

#[test]
fn a_part_of_a_profile_is_named_once() {
    let found = with("profile.json", r#"{"filter": true}"#)
        .unwrap_err()
        .to_string();
    assert!(
        found.contains(": `filter` is a boolean instead of"),
        "{found}"
    );
    let found = with("profile.json", "[]").unwrap_err().to_string();
    assert!(
        found.contains(": the profile is an array instead of"),
        "{found}"
    );
}
