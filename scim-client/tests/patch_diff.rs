//! What `diff` finds, and the law that holds it to `apply`.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "common/cases.rs"]
mod cases;
mod common;

use cases::cases;
use common::{
    filler::{self, Random},
    gadget::Gadget,
};
use proptest::prelude::*;
use scim_client::{
    Group, Resource, User,
    patch::{self, ApplyOptions, DiffErrorKind, PatchOp, Unknown},
};
use serde_json::{Value, json};

/// Without order of elements, `null`, `[]`, `{}` and `primary` of `false`.
fn normal(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members
                .iter()
                .map(|(name, value)| (name.clone(), normal(value)))
                .filter(|(name, value)| {
                    let is_default = name == "primary" && *value == json!(false);
                    !value.is_null() && *value != json!([]) && *value != json!({}) && !is_default
                });
            Value::Object(kept.collect())
        }
        Value::Array(values) => {
            let mut values: Vec<Value> = values.iter().map(normal).collect();
            values.retain(|value| *value != json!({}));
            values.sort_by_key(Value::to_string);
            Value::Array(values)
        }
        value => value.clone(),
    }
}

fn meaning<R: Resource>(resource: &R) -> Value {
    normal(&serde_json::from_str(&resource.to_json()).unwrap())
}

fn check<R: Resource>(mut before: R, seeds: (u64, u64)) -> Result<(), TestCaseError> {
    filler::fill(&mut before, &mut Random(seeds.0));
    let mut after = before.clone();
    filler::change(&mut after, &mut Random(seeds.1));
    let patch = patch::diff(&before, &after).map_err(|e| {
        TestCaseError::fail(format!("{e}\n{}\n{}", before.to_json(), after.to_json()))
    })?;
    let is_same = meaning(&before) == meaning(&after);
    // A number written in another way is a change too.
    prop_assert!(is_same || !patch.is_empty());
    if patch.is_empty() {
        return Ok(());
    }
    let text = patch.to_message().to_json();
    let read =
        PatchOp::from_json(&text, &[]).map_err(|e| TestCaseError::fail(format!("{e}: {text}")))?;
    let options = ApplyOptions::default().with_unknown(Unknown::Keep);
    let mut applied = before.clone();
    let result = read.apply(&mut applied, &options);
    prop_assert!(
        result.is_ok(),
        "{}\n{}\nbefore {}\nafter {}",
        result.unwrap_err(),
        text,
        before.to_json(),
        after.to_json()
    );
    prop_assert_eq!(
        meaning(&applied),
        meaning(&after),
        "{}\nbefore {}\nafter {}",
        text,
        before.to_json(),
        after.to_json()
    );
    Ok(())
}

/// Some e-mails, any of them primary.
fn emails() -> impl Strategy<Value = User> {
    let email =
        (0..4_u8, 0..3_u8, any::<bool>(), 0..3_u8).prop_map(|(value, kind, primary, display)| {
            let mut email = json!({"value": value.to_string(), "primary": primary});
            if kind > 0 {
                email["type"] = json!(kind.to_string());
            }
            if display > 0 {
                email["display"] = json!(display.to_string());
            }
            email
        });
    prop::collection::vec(email, 0..5).prop_map(|emails| {
        User::from_json(&json!({"userName": "u", "emails": emails}).to_string()).unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 0, ..cases(5000) })]

    /// Whatever the two states: the patch can be applied, or there is none.
    #[test]
    fn a_patch_can_be_applied(before in emails(), after in emails()) {
        let several = |user: &User| user.emails.iter().filter(|e| e.primary == Some(true)).count() > 1;
        match patch::diff(&before, &after) {
            Ok(patch) => {
                let mut applied = before.clone();
                prop_assert!(patch.apply(&mut applied).is_ok(), "{:?} {:?} {:?}", before, after, patch);
                if !several(&after) {
                    prop_assert_eq!(meaning(&applied), meaning(&after), "{:?}", before.to_json());
                }
            }
            Err(error) => {
                prop_assert_eq!(error.kind(), DiffErrorKind::SeveralPrimaries);
                prop_assert!(several(&after));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 0, ..cases(1000) })]

    #[test]
    fn patch_of_gadgets_leads_there(seeds in any::<(u64, u64)>()) {
        check(Gadget::new("g"), seeds)?;
    }

    #[test]
    fn patch_of_users_leads_there(seeds in any::<(u64, u64)>()) {
        check(User::new("u"), seeds)?;
    }

    #[test]
    fn patch_of_groups_leads_there(seeds in any::<(u64, u64)>()) {
        check(Group::new("g"), seeds)?;
    }
}

fn operations<R: Resource>(before: &R, after: &R) -> Value {
    let message = patch::diff(before, after).unwrap().to_message().to_json();
    serde_json::from_str::<Value>(&message).unwrap()["Operations"].take()
}

fn user(more: &str) -> User {
    User::from_json(&format!(r#"{{"userName":"u",{more}}}"#)).unwrap()
}

fn changes(before: &str, after: &str) -> Value {
    operations(&user(before), &user(after))
}

#[test]
fn one_operation_for_each_attribute() {
    assert_eq!(
        changes(
            r#""nickName":"N","title":"T","name":{"givenName":"G","familyName":"F"}"#,
            r#""title":"U","name":{"givenName":"G","middleName":"M"},"active":true"#
        ),
        json!([
            {"op": "remove", "path": "name.familyName"},
            {"op": "add", "path": "name.middleName", "value": "M"},
            {"op": "remove", "path": "nickName"},
            {"op": "replace", "path": "title", "value": "U"},
            {"op": "add", "path": "active", "value": true},
        ])
    );
    assert_eq!(
        changes(r#""name":{"givenName":"G"}"#, r#""password":"secret""#),
        json!([
            {"op": "remove", "path": "name"},
            {"op": "replace", "path": "password", "value": "secret"},
        ])
    );
}

#[test]
fn elements_by_value_and_type() {
    let emails = r#""emails":[{"value":"a@x","type":"work","primary":true},{"value":"b@x","type":"home"},{"value":"c@x"}]"#;
    let other = r#""emails":[{"value":"d@x"},{"value":"B@x","type":"other","primary":true},{"value":"a@x","type":"work"}]"#;
    assert_eq!(
        changes(emails, other),
        json!([
            {"op": "remove", "path": "emails[value eq \"c@x\"]"},
            {"op": "replace", "path": "emails[value eq \"b@x\"].value", "value": "B@x"},
            {"op": "replace", "path": "emails[value eq \"b@x\"].type", "value": "other"},
            {"op": "add", "path": "emails[value eq \"b@x\"].primary", "value": true},
            {"op": "add", "path": "emails", "value": [{"value": "d@x"}]},
        ])
    );
    let addresses =
        r#""addresses":[{"type":"work","locality":"L"},{"type":"home","country":"SE"}]"#;
    let moved = r#""addresses":[{"type":"home","country":"SE"},{"type":"work","locality":"M"}]"#;
    assert_eq!(
        changes(addresses, moved),
        json!([{"op": "replace", "path": "addresses[type eq \"work\"].locality", "value": "M"}])
    );
    // Two of the same `value`: the type tells them apart.
    let twice = r#""emails":[{"value":"a@x","type":"work"},{"value":"A@x","type":"home"}]"#;
    assert_eq!(
        changes(twice, r#""emails":[{"value":"a@x","type":"work"}]"#),
        json!([{"op": "remove", "path": "emails[type eq \"home\" and value eq \"A@x\"]"}])
    );
}

#[test]
fn what_no_filter_finds_is_replaced_as_a_whole() {
    let twice = r#""emails":[{"value":"a@x"},{"value":"A@x"}]"#;
    assert_eq!(
        changes(twice, r#""emails":[{"value":"a@x"}]"#),
        json!([{"op": "replace", "path": "emails", "value": [{"value": "a@x"}]}])
    );
    assert_eq!(
        changes(
            r#""emails":[{"value":"a@x"}]"#,
            r#""emails":[{"value":"a@x"},{"value":"a@x"}]"#
        ),
        json!([{"op": "replace", "path": "emails", "value": [{"value": "a@x"}, {"value": "a@x"}]}])
    );
}

#[test]
fn no_change_no_operation() {
    let one =
        r#""emails":[{"value":"a@x","primary":false},{"value":"b@x"}],"groups":[{"value":"g"}]"#;
    let two = r#""emails":[{"value":"b@x"},{"value":"a@x"}],"name":{},"addresses":[]"#;
    assert_eq!(changes(one, two), json!([]));
}

#[test]
fn extensions_by_attribute() {
    const URN: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let before =
        format!(r#""{URN}":{{"department":"D","costCenter":"C"}},"urn:x:1":{{"a":1,"b":2}}"#);
    let after =
        format!(r#""{URN}":{{"department":"E","manager":{{"value":"m"}}}},"urn:x:1":{{"a":2}}"#);
    assert_eq!(
        changes(&before, &after),
        json!([
            {"op": "remove", "path": format!("{URN}:costCenter")},
            {"op": "replace", "path": format!("{URN}:department"), "value": "E"},
            {"op": "add", "path": format!("{URN}:manager"), "value": {"value": "m"}},
            {"op": "replace", "path": "urn:x:1:a", "value": 2},
            {"op": "remove", "path": "urn:x:1:b"},
        ])
    );
    let nothing = r#""active":true"#;
    assert_eq!(
        changes(
            nothing,
            &format!(r#"{nothing},"{URN}":{{"department":"D"}}"#)
        ),
        json!([{"op": "add", "value": {URN: {"department": "D"}}}])
    );
    assert_eq!(
        changes(
            &format!(r#"{nothing},"{URN}":{{"department":"D"}}"#),
            nothing
        ),
        json!([{"op": "remove", "path": format!("{URN}:department")}])
    );
}

#[test]
fn unknown_attributes_keep_their_names() {
    let texts = [
        r#""active":true"#,
        r#""urn:x:y:z":0.5,"urn:a:2.0:B":"b","urn:x:y:sub.part":[1]"#,
        r#""urn:x:y":{"a":1},"urn:x:y:z":true"#,
        r#""urn:x:y":{"a":2},"urn:x:y:z":{"b":1}"#,
        r#""name":{"givenName":"G","urn:x:y":{"a":1}}"#,
        r#""name":{"givenName":"G","urn:x:y":{"b":2}}"#,
    ];
    let user = |text: &str| User::from_json(&format!(r#"{{"userName":"u",{text}}}"#)).unwrap();
    for before in texts {
        for after in texts {
            let (mut before, after) = (user(before), user(after));
            let message = patch::diff(&before, &after).unwrap().into_message();
            let keeping = ApplyOptions::default().with_unknown(Unknown::Keep);
            let read = PatchOp::from_json(&message.to_json(), &[]);
            if !message.operations.is_empty() {
                read.unwrap().apply(&mut before, &keeping).unwrap();
            }
            assert_eq!(before, after, "{}", message.to_json());
        }
    }
}

#[test]
fn immutable_attributes_are_refused_by_name() {
    let gadget =
        |built: &str| Gadget::from_json(&format!(r#"{{"serialNumber":"s"{built}}}"#)).unwrap();
    let set = gadget(r#","built":"2024""#);
    for other in ["", r#","built":"2025""#] {
        let error = patch::diff(&set, &gadget(other)).unwrap_err();
        assert_eq!(error.to_string(), "built is immutable and has a value");
        assert_eq!(error.kind(), DiffErrorKind::Immutable);
    }
    assert_eq!(
        operations(&gadget(""), &set),
        json!([{"op": "add", "path": "built", "value": "2024"}])
    );
    let mut named = gadget("");
    named.extra.insert("a b", json!(1));
    assert_eq!(
        operations(&gadget(""), &named),
        json!([{"op": "add", "value": {"a b": 1}}])
    );
    let error = patch::diff(&named, &gadget("")).unwrap_err();
    assert_eq!(error.kind(), DiffErrorKind::NoPath);
}

#[test]
fn an_element_of_nothing_but_a_default() {
    let one = r#""roles":[{"value":"a"},{"primary":false},{"display":"b"}]"#;
    let two = r#""roles":[{"value":"a"},{"display":"b"}]"#;
    assert_eq!(
        changes(one, two),
        json!([{"op": "replace", "path": "roles", "value": [{"value": "a"}, {"display": "b"}]}])
    );
}

/// No patch makes two elements primary (RFC 7643 §2.4), so none is made that would be refused.
#[test]
fn two_primaries_are_an_error_and_no_patch() {
    let two = r#""emails":[{"value":"a","primary":true},{"value":"b","primary":true}]"#;
    for (before, after) in [
        (r#""title":"x""#, two),
        (r#""emails":[{"value":"c"}]"#, two),
        (r#""emails":[{"value":"a","primary":true}]"#, two),
        (
            r#""emails":[{"value":"a","primary":true},{"value":"b"}]"#,
            two,
        ),
        (r#""emails":[{"value":"a"},{"value":"b"}]"#, two),
        (
            r#""emails":[{"value":"a"},{"value":"a"}]"#,
            r#""emails":[{"value":"a","primary":true},{"value":"a","primary":true,"type":"x"}]"#,
        ),
    ] {
        let error = patch::diff(&user(before), &user(after)).unwrap_err();
        assert_eq!(error.kind(), DiffErrorKind::SeveralPrimaries, "{before}");
        assert_eq!(error.attribute(), "emails");
        assert_eq!(
            error.to_string(),
            "emails would have more than one primary element"
        );
    }
    // Who has two already may change and lose elements, one by one.
    for (after, operations) in [
        (two, json!([])),
        (
            r#""emails":[{"value":"a","primary":true,"display":"x"},{"value":"b","primary":true}]"#,
            json!([{"op": "add", "path": "emails[value eq \"a\"].display", "value": "x"}]),
        ),
        (
            r#""emails":[{"value":"a","primary":true},{"value":"b"}]"#,
            json!([{"op": "remove", "path": "emails[value eq \"b\"].primary"}]),
        ),
        (
            r#""emails":[{"value":"a","primary":true},{"value":"b","primary":true},{"value":"c"}]"#,
            json!([{"op": "add", "path": "emails", "value": [{"value": "c"}]}]),
        ),
    ] {
        assert_eq!(changes(two, after), operations, "{after}");
        let patch = patch::diff(&user(two), &user(after)).unwrap();
        patch.apply(&mut user(two)).unwrap();
    }
}

/// Numbers as a list.
#[derive(Debug, Clone, PartialEq, scim_client::Resource)]
#[scim(schema = "urn:example:2.0:Curve", endpoint = "/Curves")]
struct Curve {
    points: Vec<scim_client::Decimal>,
    #[scim(extra)]
    extra: scim_client::Extra,
}

/// What a service provider has already, nobody sends to it with an addition.
#[test]
fn a_text_among_numbers_stays() {
    let curve = |points: &str| Curve::from_json(&format!(r#"{{"points":{points}}}"#)).unwrap();
    let diff = |before, after| patch::diff(&curve(before), &curve(after));
    let patch = diff(r#"["x",1]"#, r#"["x",1,2]"#).unwrap();
    let message: Value = serde_json::from_str(&patch.to_message().to_json()).unwrap();
    assert_eq!(
        message["Operations"],
        json!([{"op": "add", "path": "points", "value": [2]}])
    );
    // It would be sent with a replacement, or is what is added.
    for (before, after) in [
        (r#"["x",1]"#, r#"["x",2]"#),
        (r#"["x",1,2]"#, r#"["x",1]"#),
        ("[1]", r#"[1,"x"]"#),
        ("[]", r#"["x"]"#),
    ] {
        let error = diff(before, after).unwrap_err();
        assert_eq!(error.kind(), DiffErrorKind::NotANumber, "{before} {after}");
        assert_eq!(error.attribute(), "points");
    }
}
