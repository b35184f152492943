//! `Ok` means that the service provider did it, as far as its answer shows; what nobody knows is a
//! state of its own.
#![cfg(feature = "client")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

#[path = "outcome/applied.rs"]
mod applied;
#[path = "outcome/bulk.rs"]
mod bulk;
#[path = "outcome/drift.rs"]
mod drift;
#[path = "outcome/located.rs"]
mod located;
#[path = "outcome/normalised.rs"]
mod normalised;
#[path = "outcome/numbers.rs"]
mod numbers;
#[path = "outcome/place.rs"]
mod place;
#[path = "common/scripted.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared")]
mod scripted;
#[path = "outcome/versions.rs"]
mod versions;
#[path = "outcome/ways.rs"]
mod ways;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use scim_client::{
    Error, ErrorKind, Group, Resource, Stored, User,
    client::{ClientBuilder, RetryPolicy},
    http::Method,
};

use self::scripted::{Scripted, json};

pub(crate) const USER: &str = r#"{
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "bjensen",
    "name": {"familyName": "Jensen", "givenName": "Barbara"}, "active": true,
    "emails": [{"value": "b@work.example", "type": "work", "primary": true},
               {"value": "b@home.example", "type": "home"}],
    "phoneNumbers": [{"value": "tel:+1-201-555-0123", "type": "work"}],
    "addresses": [{"type": "work", "locality": "Hollywood", "country": "USA"}],
    "roles": [{"value": "admin"}],
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Tours"},
    "meta": {"resourceType": "User", "version": "W/\"1\""}, "shoeSize": 41}"#;

pub(crate) const GROUP: &str = r#"{
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "g", "displayName": "Guides",
    "members": [{"value": "u1", "type": "User"}, {"value": "u2", "type": "User"}]}"#;

pub(crate) const EMPTY_GROUP: &str = r#"{"id": "g", "displayName": "Guides"}"#;

pub(crate) fn stored<R: Resource>(text: &str) -> Stored<R> {
    Stored::from_json(text).unwrap()
}

pub(crate) fn builder(server: &Scripted) -> ClientBuilder {
    scim_client::Client::builder("https://scim.example/v2")
        .service(server.clone())
        .retry(RetryPolicy::never())
}

/// A server that answers every write with success and this resource, and changes nothing: GET
/// gives `now`.
pub(crate) fn answering(write: &'static str, now: &'static str) -> Scripted {
    Scripted::new(move |request| match *request.method() {
        Method::GET => json(200, now),
        _ => json(200, write),
    })
}

/// A server that answers every write with 204, and GET with these, one after the other; the last
/// one for ever.
pub(crate) fn silent(reads: &'static [&'static str]) -> Scripted {
    let at = Arc::new(AtomicUsize::new(0));
    Scripted::new(move |request| match *request.method() {
        Method::GET => {
            let at = at.fetch_add(1, Ordering::SeqCst).min(reads.len() - 1);
            json(200, reads[at])
        }
        _ => json(204, ""),
    })
}

pub(crate) fn methods(server: &Scripted) -> Vec<String> {
    let seen = server.seen().into_iter();
    seen.map(|(request, _)| request.split(' ').next().unwrap().to_owned())
        .collect()
}

/// The path and the values of a write that was not applied.
pub(crate) fn place(error: &Error) -> (String, String, String) {
    assert_eq!(error.kind(), ErrorKind::NotApplied, "{error}");
    let what = error.not_applied().unwrap();
    let text = |json: Option<&scim_client::Json>| match json {
        Some(json) => json.as_str().to_owned(),
        None => "-".to_owned(),
    };
    (
        what.path().to_owned(),
        text(what.wanted()),
        text(what.found()),
    )
}

pub(crate) fn group() -> Stored<Group> {
    stored(GROUP)
}

pub(crate) fn user() -> Stored<User> {
    stored(USER)
}
