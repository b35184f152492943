//! Reading and writing back loses nothing: a property of arbitrary Users, with attributes that no
//! schema knows at every level, names in any letter case, and `null`, `[]` and `{}` strewn in.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

use proptest::{collection::vec, option, prelude::*};
use scim_client::{Partial, Resource as _, Stored, User};
use serde_json::{Map, Value, json};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,12}",
        "[a-z]{1,8}",
        Just("\u{1}\"\\\n\u{1F600}".to_owned())
    ]
}

/// Any JSON that is not unassigned all through (RFC 7643 §2.5 makes such values absent).
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from),
        Just(json!(1.5)),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..3).prop_map(Value::from),
            vec(("[a-z]{1,6}", inner), 1..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn unknown() -> impl Strategy<Value = Map<String, Value>> {
    vec(("x-[a-z]{1,5}", anything()), 0..3).prop_map(|members| members.into_iter().collect())
}

fn object(members: Vec<(&'static str, Option<Value>)>, unknown: Map<String, Value>) -> Value {
    let known = members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(known.chain(unknown).collect())
}

fn name() -> impl Strategy<Value = Value> {
    (option::of(text()), text(), unknown()).prop_map(|(given, family, unknown)| {
        let given = given.map(Value::from);
        object(
            vec![("givenName", given), ("familyName", Some(family.into()))],
            unknown,
        )
    })
}

fn email() -> impl Strategy<Value = Value> {
    (
        text(),
        option::of("work|home|other|WORK|any"),
        option::of(any::<bool>()),
        unknown(),
    )
        .prop_map(|(value, kind, primary, unknown)| {
            object(
                vec![
                    ("value", Some(value.into())),
                    ("type", kind.map(Value::from)),
                    ("primary", primary.map(Value::from)),
                ],
                unknown,
            )
        })
}

fn user() -> impl Strategy<Value = Value> {
    let enterprise =
        (text(), text(), unknown(), unknown()).prop_map(|(d, m, in_manager, unknown)| {
            let manager = object(vec![("value", Some(m.into()))], in_manager);
            object(
                vec![("department", Some(d.into())), ("manager", Some(manager))],
                unknown,
            )
        });
    let parts = (
        text(),
        option::of(text()),
        option::of(name()),
        vec(email(), 0..3),
        option::of(any::<bool>()),
        option::of(enterprise),
        option::of(unknown()),
        unknown(),
    );
    parts.prop_map(
        |(user_name, title, name, emails, active, enterprise, foreign, unknown)| {
            let foreign = foreign.filter(|f| !f.is_empty()).map(Value::Object);
            object(
                vec![
                    ("id", Some("2819c223".into())),
                    ("userName", Some(user_name.into())),
                    ("title", title.map(Value::from)),
                    ("name", name),
                    ("emails", (!emails.is_empty()).then(|| emails.into())),
                    ("active", active.map(Value::from)),
                    (ENTERPRISE, enterprise),
                    ("urn:example:unknown:2.0:User", foreign),
                    (
                        "meta",
                        Some(json!({"version": "W/\"1\"", "created": "2024-01-01T24:00:00"})),
                    ),
                ],
                unknown,
            )
        },
    )
}

/// The same with names in another letter case, and with unassigned attributes added.
fn disturbed(value: &Value, seed: &mut u32) -> Value {
    match value {
        Value::Object(members) => {
            let mut out = Map::new();
            for (name, value) in members {
                let spelled = match next_of(seed) % 3 {
                    // What is unknown comes back as it was spelled.
                    _ if name.starts_with("x-") || name.starts_with("urn:example") => name.clone(),
                    0 => name.to_ascii_uppercase(),
                    1 => name.to_ascii_lowercase(),
                    _ => name.clone(),
                };
                let keep = name.starts_with("x-") || name.starts_with("urn:example");
                let value = if keep {
                    value.clone()
                } else {
                    disturbed(value, seed)
                };
                out.insert(spelled, value);
            }
            for name in ["nickName", "display", "ims", "phoneticName"] {
                if next_of(seed) == 0 {
                    out.insert(name.to_owned(), Value::Null);
                }
            }
            Value::Object(out)
        }
        Value::Array(elements) => elements.iter().map(|e| disturbed(e, seed)).collect(),
        other => other.clone(),
    }
}

fn next_of(seed: &mut u32) -> u32 {
    *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    (*seed >> 24) % 5
}

fn without_schemas(text: &str) -> Value {
    let mut value: Value = serde_json::from_str(text).unwrap();
    value.as_object_mut().unwrap().remove("schemas");
    without_null(value)
}

/// `null` is unassigned; an unknown attribute that is null comes back as null.
fn without_null(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(
                kept.map(|(name, value)| (name, without_null(value)))
                    .collect(),
            )
        }
        Value::Array(elements) => elements.into_iter().map(without_null).collect(),
        other => other,
    }
}

proptest! {
    #[test]
    fn nothing_is_lost(user in user(), seed: u32) {
        let text = disturbed(&user, &mut { seed }).to_string();
        let read: Stored<User> = Stored::from_json(&text).unwrap();
        let written = read.to_json();
        prop_assert_eq!(without_schemas(&written), without_null(user));
        let again: Stored<User> = Stored::from_json_strict(&written).unwrap();
        prop_assert_eq!(&again, &read);
        prop_assert_eq!(again.to_json(), written.clone());
        let serde: Stored<User> = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&serde, &read);
        prop_assert_eq!(serde_json::to_string(&serde).unwrap(), written);
        let partial = Partial::<User>::from_json(&text).unwrap();
        prop_assert_eq!(partial.get(|u| u.user_name), Some(read.user_name.as_str()));
        // What is sent has everything that a client may write.
        let request: Value = serde_json::from_str(&read.resource().to_json()).unwrap();
        prop_assert!(request.get("id").is_none() && request.get("meta").is_none());
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,64}") {
        let _ = Stored::<User>::from_json(&text);
        let _ = Partial::<User>::from_json(&text);
    }

    /// One byte of a good document changed, and the same verdict as serde_json's on syntax.
    #[test]
    fn syntax_is_judged_as_serde_json_does(user in user(), at: prop::sample::Index, byte in 0x09u8..0x7f) {
        let mut bytes = user.to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let Ok(text) = String::from_utf8(bytes) else { return Ok(()) };
        let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        let ours = match Stored::<User>::from_json(&text) {
            Ok(_) => true,
            Err(error) => error.syntax_error().is_none(),
        };
        prop_assert_eq!(ours, theirs, "{}", text);
    }
}
