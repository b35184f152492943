//! Documents that a client reads and writes.

use scim_client::{
    Partial, Resource as _, Stored, User,
    dynamic::ResourceTypes,
    filter::Filter,
    message::{BulkResponse, ErrorMessage, ListResponse, Outcome, ReceivedBulk},
};

use super::{
    Growing, extra, json, linear, members, nested, repeated, sorting, unknown, user, work,
};

/// All of them.
pub(super) const CASES: &[Growing] = &[
    linear("unknown members: decode", 2_000, |n| {
        let text = unknown(n, "1");
        work(move || Stored::<User>::from_json(&text).expect("a user"))
    }),
    linear("unknown members: decode a list", 2_000, |n| {
        let text = format!(r#"{{"Resources":[],{}}}"#, members(n, "1"));
        work(move || ListResponse::<Outcome<Stored<User>>>::from_json(&text).expect("a list"))
    }),
    linear("unknown members: decode a bulk response", 2_000, |n| {
        let text = format!(r#"{{"Operations":[{{{}}}]}}"#, members(n, "1"));
        work(move || BulkResponse::from_json(&text).expect("a response"))
    }),
    linear("unknown members: decode a bulk request", 2_000, |n| {
        let members = members(n, "1");
        let text = format!(r#"{{"Operations":[{{{members}}}],{members}}}"#);
        work(move || ReceivedBulk::from_json(&text, 1).expect("a request"))
    }),
    linear("malformed operations of a bulk request", 1_000, |n| {
        let operations = vec![r#"{"method":"GET","version":1}"#; n].join(",");
        let text = format!(r#"{{"Operations":[{operations}]}}"#);
        work(move || ReceivedBulk::from_json(&text, n).expect("a request"))
    }),
    sorting("unknown members: decode an error", 2_000, |n| {
        let text = unknown(n, "1");
        work(move || serde_json::from_str::<ErrorMessage>(&text).expect("an error"))
    }),
    sorting("unknown members: decode from a tree", 2_000, |n| {
        let mut tree: serde_json::Value = serde_json::from_str(&unknown(n, "1")).expect("JSON");
        work(move || serde_json::from_value::<User>(tree.take()).expect("a user"))
    }),
    linear(
        "unknown members: decode what is known at run time",
        2_000,
        |n| {
            let types = ResourceTypes::core();
            let kind = types.find("User").expect("users").clone();
            let text = unknown(n, "1");
            work(move || kind.stored_from_json(&text).expect("a user"))
        },
    ),
    linear(
        "unknown members: under the URN of their schema",
        2_000,
        |n| {
            let urn = "urn:ietf:params:scim:schemas:core:2.0:User";
            let members: Vec<_> = (0..n).map(|at| format!("\"{urn}:a{at}\":1")).collect();
            let text = format!(r#"{{"userName":"u",{}}}"#, members.join(","));
            work(move || User::from_json(&text).expect("a user"))
        },
    ),
    linear("containers in containers of their schema", 25, |n| {
        let open = "{\"urn:ietf:params:scim:schemas:core:2.0:User\":".repeat(n);
        let text = format!("{open}{{\"userName\":\"u\"}}{}", "}".repeat(n));
        repeated(move || User::from_json(&text).expect("a user"))
    }),
    linear("commas between the elements of a list", 2_000, |n| {
        let text = format!("[1{}{}]", ",".repeat(n), ",,1".repeat(n));
        work(move || ListResponse::<Outcome<Stored<User>>>::from_json(&text).expect("a list"))
    }),
    linear("members of messages that are no JSON", 1_000, |n| {
        let members = members(n, "NaN,");
        let list = format!(r#"{{"totalResults":NaN,"Resources":[],{members}}}"#);
        let bulk = format!(r#"{{"Operations":[{{"status":NaN,{members}}},NaN],{members}}}"#);
        work(move || {
            let list = ListResponse::<Outcome<Stored<User>>>::from_json(&list).expect("a list");
            (list, BulkResponse::from_json(&bulk).expect("a response"))
        })
    }),
    linear("a member again and again", 2_000, |n| {
        let members = vec![r#""emails":[{"value":"a"}]"#; n].join(",");
        let text = format!(r#"{{"userName":"u",{members}}}"#);
        work(move || User::from_json(&text).expect("a user"))
    }),
    linear("schemas: decode, encode, a filter", 1_000, |n| {
        let schemas: Vec<_> = (0..n).map(|at| format!("\"urn:x:{at}\"")).collect();
        let text = format!(
            r#"{{"id":"1","userName":"u","schemas":[{}]}}"#,
            schemas.join(",")
        );
        let filter: Filter = "schemas eq \"no\"".parse().expect("a filter");
        work(move || {
            let user = Stored::<User>::from_json(&text).expect("a user");
            assert!(!filter.matches(&user));
            user.to_json()
        })
    }),
    linear("extensions that nobody knows", 1_000, |n| {
        let members: Vec<_> = (0..n)
            .map(|at| format!(r#""urn:x:{at}":{{"a":1}}"#))
            .collect();
        let text = format!(r#"{{"userName":"u",{}}}"#, members.join(","));
        work(move || User::from_json(&text).expect("a user").to_json())
    }),
    linear("unknown members: encode", 2_000, |n| {
        let user = user(n, "1");
        work(move || user.to_json())
    }),
    linear("unknown members: ==", 2_000, |n| {
        let (one, other) = (user(n, "1"), user(n, "1"));
        work(move || assert!(one == other))
    }),
    linear("unknown members: == in another order", 2_000, |n| {
        let (one, other) = (extra(0..n), extra((0..n).rev()));
        work(move || assert!(one == other))
    }),
    linear("unknown members: taken away one by one", 2_000, |n| {
        let mut extra = extra(0..n);
        work(move || {
            for at in 0..n {
                extra.remove(&format!("A{at}"));
            }
        })
    }),
    linear("problems in a DecodeError", 2_000, |n| {
        let emails = vec![r#"{"primary":"x"}"#; n].join(",");
        let text = format!(r#"{{"id":"1","userName":"u","emails":[{emails}]}}"#);
        work(move || {
            let error = Stored::<User>::from_json(&text).expect_err("an error");
            format!("{error} {error:?}")
        })
    }),
    linear("elements of a list that do not fit", 500, |n| {
        let users = vec![r#"{"id":"1","userName":{}}"#; n].join(",");
        let text = format!(r#"{{"Resources":[{users}]}}"#);
        work(move || ListResponse::<Outcome<Stored<User>>>::from_json(&text))
    }),
    linear("elements of a list that are no JSON", 500, |n| {
        let users = vec![r#"{"id":"1","userName":"\x"}"#; n].join(",");
        let text = format!(r#"{{"Resources":[{users}]}}"#);
        work(move || ListResponse::<Outcome<Stored<User>>>::from_json(&text).is_ok())
    }),
    linear("elements of a list that never close", 500, |n| {
        let users = vec![r#"{"id":["1","userName":"\x"#; n].join(",");
        let text = format!(r#"{{"Resources":[{users}]}}"#);
        work(move || ListResponse::<Outcome<Stored<User>>>::from_json(&text).is_ok())
    }),
    linear("elements of a list with a lone surrogate", 500, |n| {
        let users = vec![r#"{"id":"1","userName":"\ud800"}"#; n].join(",");
        let text = format!(r#"{{"Resources":[{users}]}}"#);
        work(move || ListResponse::<Outcome<Stored<User>>>::from_json(&text).is_ok())
    }),
    sorting("what a projection lacks", 500, |n| {
        let values = vec![r#"{"display":"x"}"#; n].join(",");
        let text = format!(r#"{{"id":"1","attributes":[{values}]}}"#);
        work(move || {
            let partial = Partial::<scim_client::Schema>::from_json(&text).expect("a projection");
            let attributes = partial.get(|s| s.attributes).expect("attributes");
            assert!(attributes.iter().all(|one| one.get(|a| a.name).is_none()));
        })
    }),
    linear("deep nesting: decode", 30, |n| {
        let text = format!(r#"{{"userName":"u","x":{}}}"#, nested(n, "1"));
        repeated(move || User::from_json(&text).expect("a user"))
    }),
    linear("deep nesting: into serde's tree", 30, |n| {
        let mut user = User::new("u");
        user.extra.insert("x", json(&nested(n, "1")));
        repeated(move || serde_json::to_value(&user).expect("a tree"))
    }),
    linear("a schema known at run time", 400, |n| {
        let one = |at| json!({"name": format!("a{at}"), "type": "string", "multiValued": false});
        let attributes: Vec<_> = (0..n).map(one).collect();
        let document =
            json!({"id": "urn:example:2.0:Car", "name": "Car", "attributes": attributes});
        let document = document.to_string();
        work(move || ResourceTypes::from_json(&document).expect("one"))
    }),
];
