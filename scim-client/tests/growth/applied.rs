//! Whether a write was applied: what is found beside what was there and what was to be there.

use scim_client::{Client, Resource as _, Stored, User};
use serde_json::{Value, json};

use crate::{
    common::scripted::{Scripted, json as answer},
    linear,
};

/// A user with these values.
fn user(name: &str, values: &Value) -> String {
    json!({"id": "1", "userName": "u", name: values}).to_string()
}

/// Replaces what a resource had of an attribute, where the answer says that it was `found`.
fn replace(what: &str, name: &'static str, n: usize, values: fn(usize) -> [Value; 3]) {
    let prepared = |n: usize| {
        let [before, wanted, found] = values(n).map(|values| user(name, &values));
        let mut stored = Stored::<User>::from_json(&before).unwrap();
        *stored = User::from_json(&wanted).unwrap();
        let server = Scripted::new(move |_| answer(200, found.clone()));
        let client = Client::builder("https://scim.example/v2").service(server);
        (client.build().unwrap().resource::<User>(), stored)
    };
    linear(what, n, prepared, |(users, stored)| {
        crate::now(users.replace(&*stored).into_future()).unwrap();
    });
}

/// As many types as the server likes.
fn emails(types: impl Iterator<Item = usize>) -> Value {
    types
        .map(|at| json!({"value": "m@a.example", "type": format!("t{at}")}))
        .collect()
}

fn addresses(types: impl Iterator<Item = usize>) -> Value {
    types
        .map(|at| json!({"locality": at.to_string(), "type": format!("t{at}")}))
        .collect()
}

#[test]
fn one_value_with_many_types() {
    replace("emails", "emails", 500, |n| {
        [emails(0..n), emails(1..n), emails((1..n).rev())]
    });
}

#[test]
fn what_has_no_value() {
    replace("one is found", "addresses", 500, |n| {
        [addresses(0..n), addresses(1..n), addresses(1..2)]
    });
    replace("all are gone", "addresses", 500, |n| {
        [addresses(0..n), json!([]), json!([])]
    });
}
