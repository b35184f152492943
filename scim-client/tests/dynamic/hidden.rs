//! What is required and not returned by default (RFC 7643 §7): an answer lacks it, and is read all the
//! same; what did not come is not sent back.

use scim_client::{Binary, Partial, Resource, Stored, WriteOnly, patch};

use crate::published;

#[derive(Clone, Debug, PartialEq, Resource)]
#[scim(schema = "urn:example:Account", endpoint = "/Accounts")]
struct Account {
    #[scim(uniqueness = "server")]
    user_name: String,
    password: WriteOnly<String>,
    key: WriteOnly<Binary>,
    #[scim(returned = "request")]
    note: String,
    answers: Vec<Answer>,
    #[scim(extra)]
    extra: scim_client::Extra,
}

#[derive(Clone, Debug, PartialEq, scim_client::Complex)]
struct Answer {
    value: String,
    text: WriteOnly<String>,
    #[scim(extra)]
    extra: scim_client::Extra,
}

const ANSWER: &str =
    r#"{"schemas":["urn:example:Account"],"id":"1","userName":"b","answers":[{"value":"a"}]}"#;

fn as_json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn an_answer_without_it_is_read_and_it_is_not_sent_back() {
    let kind = published::<Account>(&[]);
    let typed = Stored::<Account>::from_json(ANSWER).unwrap();
    let dynamic = kind.stored_from_json(ANSWER).unwrap();
    assert_eq!((typed.user_name.as_str(), typed.answers.len()), ("b", 1));
    for sent in [
        typed.to_json(),
        dynamic.to_json(),
        Resource::to_json(typed.resource()),
    ] {
        let mut sent = as_json(&sent);
        sent.as_object_mut().unwrap().remove("meta");
        let own: Vec<_> = sent.as_object().unwrap().keys().collect();
        let none = ["password", "key", "note"]
            .iter()
            .any(|name| own.iter().any(|own| own == name));
        assert!(!none, "{sent}");
        assert_eq!(sent["answers"], serde_json::json!([{"value": "a"}]));
    }
    assert_eq!(
        dynamic.to_typed::<Account>().unwrap().resource(),
        typed.resource()
    );
    // What is set is sent.
    let mut changed = typed.clone();
    changed.password = "pa55".into();
    changed.note = "n".into();
    let smallest = patch::diff(typed.resource(), changed.resource()).unwrap();
    assert_eq!(smallest.operations().len(), 2);
    let sent = as_json(&Resource::to_json(changed.resource()));
    assert_eq!(
        (&sent["password"], &sent["note"]),
        (&"pa55".into(), &"n".into())
    );
    // A projection does not take it for there.
    let partial = Partial::<Account>::from_json(ANSWER).unwrap();
    assert_eq!(partial.get(|a| a.user_name), Some("b"));
    assert_eq!(partial.get(|a| a.note), None);
}

#[test]
fn what_is_returned_is_still_missed() {
    let text = r#"{"schemas":["urn:example:Account"],"id":"1"}"#;
    let error = Stored::<Account>::from_json(text).unwrap_err().to_string();
    assert!(
        error.contains("userName") && !error.contains("password"),
        "{error}"
    );
    let other = published::<Account>(&[])
        .stored_from_json(text)
        .unwrap_err()
        .to_string();
    assert_eq!(error, other);
}

#[derive(Clone, Debug, PartialEq, Resource)]
#[scim(schema = "urn:example:Vault", endpoint = "/Vaults")]
struct Vault {
    name: String,
    #[scim(returned = "request")]
    lock: Lock,
    #[scim(extra)]
    extra: scim_client::Extra,
}

#[derive(Clone, Debug, PartialEq, scim_client::Complex)]
struct Lock {
    maker: String,
    note: Option<String>,
    inner: Bolt,
    #[scim(extra)]
    extra: scim_client::Extra,
}

#[derive(Clone, Debug, PartialEq, scim_client::Complex)]
struct Bolt {
    material: String,
    #[scim(extra)]
    extra: scim_client::Extra,
}

#[derive(Clone, Debug, PartialEq, Resource)]
#[scim(schema = "urn:example:Dial", endpoint = "/Dials")]
struct Dial {
    #[scim(returned = "request")]
    digits: i64,
    is_set: WriteOnly<bool>,
    #[scim(extra)]
    extra: scim_client::Extra,
}

#[test]
fn a_complex_value_of_texts_is_read_as_none() {
    let answer = r#"{"schemas":["urn:example:Vault"],"id":"1","name":"n"}"#;
    let typed = Stored::<Vault>::from_json(answer).unwrap();
    let dynamic = published::<Vault>(&[]).stored_from_json(answer).unwrap();
    for sent in [typed.to_json(), dynamic.to_json()] {
        assert_eq!(as_json(&sent).get("lock"), None, "{sent}");
    }
    let mut changed = typed.clone();
    changed.lock.inner.material = "steel".into();
    let sent = as_json(&Resource::to_json(changed.resource()));
    assert_eq!(sent["lock"]["inner"]["material"], "steel");
    // One that came must be whole.
    let half = r#"{"id":"1","name":"n","lock":{"maker":"m"}}"#;
    let error = Stored::<Vault>::from_json(half).unwrap_err();
    assert_eq!(error.places()[0].path(), "lock.inner");
}

/// No number and no boolean stands for none, so that one would be made up.
#[test]
fn numbers_and_booleans_are_missed_and_the_error_says_what_to_do() {
    let error = Stored::<Dial>::from_json(r#"{"id":"1"}"#).unwrap_err();
    let places: Vec<_> = error
        .places()
        .iter()
        .map(scim_client::json::Problem::path)
        .collect();
    assert_eq!(places, ["digits", "isSet"]);
    let text = error.to_string();
    assert!(
        text.contains("overlay.json") && text.contains("`Option`"),
        "{text}"
    );
}
