//! Attributes that nobody declared.

use scim_client::{
    Client, Extra, Json, Resource as _, Stored, User,
    message::{BulkResponse, ErrorMessage, ListResponse, Outcome},
    patch,
};
use serde_json::json;

use crate::{
    common::scripted::{Scripted, json as json_body},
    linear,
};

const MANY: usize = 4_000;

/// `"a0":<value>,"a1":<value>,...`
fn members(count: usize, value: &str) -> String {
    let members: Vec<_> = (0..count).map(|n| format!("\"a{n}\":{value}")).collect();
    members.join(",")
}

fn document(count: usize, value: &str) -> String {
    format!(r#"{{"id":"1","userName":"u",{}}}"#, members(count, value))
}

fn user(count: usize, value: &str) -> User {
    User::from_json(&document(count, value)).unwrap()
}

#[test]
fn decode() {
    let read = |text: &mut String| Stored::<User>::from_json(text).unwrap();
    linear("decode", MANY, |n| document(n, "1"), read);
    let serde = |text: &mut String| serde_json::from_str::<User>(text).unwrap();
    linear("serde", MANY, |n| document(n, "1"), serde);
    let tree = |value: &mut serde_json::Value| User::deserialize_from(value.clone());
    let value = |n| serde_json::from_str(&document(n, "1")).unwrap();
    linear("serde, not from text", MANY, value, tree);
    let read = |text: &mut String| ListResponse::<Outcome<Stored<User>>>::from_json(text).unwrap();
    let list = |n| format!(r#"{{"Resources":[],{}}}"#, members(n, "1"));
    linear("list", MANY, list, read);
    let read = |text: &mut String| BulkResponse::from_json(text).unwrap();
    let bulk = |n| format!(r#"{{"Operations":[{{{}}}]}}"#, members(n, "1"));
    linear("bulk", MANY, bulk, read);
    let read = |text: &mut String| serde_json::from_str::<ErrorMessage>(text).unwrap();
    linear("error", MANY, |n| document(n, "1"), read);
}

/// Of one name many times, and of lists that are taken element by element, too.
#[test]
fn lists_with_many_arrays() {
    let arrays = |n: usize| {
        let arrays = "\"Resources\":[],".repeat(n);
        let rest = "a".repeat(40 * n);
        Some(format!(r#"{{{arrays}"z":"{rest}"}}"#))
    };
    linear("arrays", MANY, arrays, |page| {
        let page = page.take().unwrap();
        let server = Scripted::new(move |_| json_body(200, page.clone()));
        let client = Client::builder("https://scim.example/v2").service(server);
        let users = client.build().unwrap().resource::<User>();
        let mut users = users.query().stream();
        assert!(crate::now(users.next()).is_none());
    });
}

trait FromTree: Sized {
    fn deserialize_from(value: serde_json::Value) -> Self;
}

impl FromTree for User {
    fn deserialize_from(value: serde_json::Value) -> Self {
        serde_json::from_value(value).unwrap()
    }
}

#[test]
fn names_in_another_letter_case_are_the_same_however_many_there_are() {
    let text = format!(
        r#"{{"userName":"u",{},{}}}"#,
        members(100, "1"),
        members(100, "2").to_uppercase()
    );
    let user = User::from_json(&text).unwrap();
    assert_eq!(user.extra.len(), 100);
    assert!(user.extra.iter().all(|(_, value)| value.as_str() == "2"));
    assert_eq!(user.extra.iter().next().unwrap().0, "A0");
    assert_eq!(user.extra.get("a99").unwrap().as_str(), "2");
}

#[test]
fn compare() {
    let both = |n| (user(n, "1"), user(n, "1"));
    linear("==", MANY, both, |(one, other)| assert!(one == other));
    let reversed = |n: usize| {
        let mut extras = (Extra::new(), Extra::new());
        for at in 0..n {
            extras.0.insert(format!("a{at}"), json!(at));
            extras
                .1
                .insert(format!("A{}", n - 1 - at), json!(n - 1 - at));
        }
        extras
    };
    linear("== reversed", MANY, reversed, |(one, other)| {
        assert!(one == other);
    });
}

#[test]
fn diff() {
    let changed = |n| (user(n, "1"), user(n, "2"));
    linear("diff, changed", MANY, changed, |(before, after)| {
        let patch = patch::diff(before, after).unwrap();
        assert!(patch.operations().len() >= before.extra.len());
    });
    let gone = |n| (user(n, "1"), User::new("u"));
    linear("diff, gone", MANY, gone, |(before, after)| {
        let patch = patch::diff(before, after).unwrap();
        assert_eq!(patch.operations().len(), before.extra.len());
    });
    let container = |value: &'static str| {
        move |n| {
            let text = format!(r#"{{"userName":"u","urn:x:1":{{{}}}}}"#, members(n, value));
            User::from_json(&text).unwrap()
        }
    };
    let both = |n| (container("1")(n), container("2")(n));
    linear("diff of a container", MANY, both, |(before, after)| {
        patch::diff(before, after).unwrap()
    });
}

#[test]
fn take_away() {
    let forwards = |user: &mut User| {
        for n in 0..user.extra.len() {
            assert!(user.extra.remove(&format!("A{n}")).is_some());
        }
        assert!(user.extra.is_empty());
    };
    linear("remove, first first", MANY, |n| user(n, "1"), forwards);
    let backwards = |user: &mut User| {
        for n in (0..user.extra.len()).rev() {
            assert!(user.extra.remove(&format!("a{n}")).is_some());
        }
    };
    linear("remove, last first", MANY, |n| user(n, "1"), backwards);
}

#[test]
fn deep_nesting_is_read_once() {
    let nested = |depth: usize, inner: &str| {
        format!("{}{inner}{}", "[{\"a\":".repeat(depth), "}]".repeat(depth))
    };
    // As deep as JSON may be here; each level has something beside the next.
    let pair = |depth| {
        let user = |inner| {
            let mut user = User::new("u");
            let text = nested(depth, inner);
            user.extra.insert("x", Json::parse(&text).unwrap());
            user
        };
        (user("1"), user("[1 ]"))
    };
    linear("diff, deep", 15, pair, |(before, after)| {
        for _ in 0..50 {
            patch::diff(before, after).unwrap();
        }
    });
}
