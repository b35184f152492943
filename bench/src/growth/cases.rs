//! Each loop over what comes from outside.

use std::{
    convert::Infallible,
    future::{Future, IntoFuture as _, Ready, ready},
    hint::black_box,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task,
};

use http_body_util::{BodyExt as _, Full};
use scim_client::{
    Client, Extra, Group, Json, Partial, Resource as _, Stored, User,
    bytes::Bytes,
    dynamic::{ResourceType, ResourceTypes},
    evaluate::{Subject, sort_by},
    filter::{Filter, Operator, PatchPath},
    group::Member,
    http::{Method, Request, Response},
    message::{BulkOperation, BulkResponse, ErrorMessage, ListResponse, Outcome, SortOrder},
    patch::{self, ApplyOptions, Dialect, Operation, PatchOp, Patchable, Removal, Unknown},
    resource::Root as _,
    testing::ServiceProvider,
    transport::RequestBody,
};
use serde_json::json;
use tower_service::Service as _;

/// Work that is measured on `n` of something, and on four times as many.
pub struct Growing {
    /// How the table and the command line name it.
    pub name: &'static str,
    /// How many the fewer are.
    pub n: usize,
    /// Whether something is sorted.
    pub sorts: bool,
    /// Makes the data, and gives the work.
    pub prepare: fn(usize) -> Work,
}

type Work = Box<dyn FnMut()>;

const fn linear(name: &'static str, n: usize, prepare: fn(usize) -> Work) -> Growing {
    Growing {
        name,
        n,
        sorts: false,
        prepare,
    }
}

const fn sorting(name: &'static str, n: usize, prepare: fn(usize) -> Work) -> Growing {
    Growing {
        sorts: true,
        ..linear(name, n, prepare)
    }
}

fn work<R>(mut work: impl FnMut() -> R + 'static) -> Work {
    Box::new(move || drop(black_box(work())))
}

/// All of them.
pub const CASES: &[Growing] = &[
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
    linear("run-time types: a patch of adds", 500, |n| {
        let types = ResourceTypes::core();
        let kind = types.find("Group").expect("groups").clone();
        let group = kind
            .new_resource()
            .with("displayName", "g")
            .expect("a name");
        work(move || {
            let mut patch = kind.patch();
            for at in 0..n {
                let member = json!({"value": format!("user{at}")});
                patch = patch.add("members", member).expect("a member");
            }
            let mut group = group.clone();
            patch.build().apply(&mut group).expect("members");
            group
        })
    }),
    linear("run-time types: adds, each by itself", 500, |n| {
        let group = ResourceTypes::core().find("Group").expect("groups").clone();
        let group = group.new_resource().with("displayName", "g").expect("a name");
        work(move || {
            let mut group = group.clone();
            for at in 0..n {
                let member = json!({"value": at.to_string()});
                group.add("members", [&member]).expect("a member");
                group.add("members", &member).expect("it is there");
            }
            group
        })
    }),
    linear("run-time types: adds of values without `value`", 500, |n| {
        let user = ResourceTypes::core().find("User").expect("users").clone();
        let user = user.new_resource().with("userName", "u").expect("a name");
        work(move || {
            let mut user = user.clone();
            for at in 0..n {
                let one = |part: usize| json!({"locality": format!("{at} {part}"), "type": "work"});
                user.add("addresses", [one(0), one(1)]).expect("addresses");
            }
            user
        })
    }),
    linear("run-time types: adds of texts, numbers and anything", 500, |n| {
        let kind = things();
        work(move || {
            let mut thing = kind.new_resource();
            for at in 0..n {
                thing.add("names", format!("n{at}")).expect("a text");
            }
            for at in 0..n {
                thing.add("numbers", at).expect("a number");
            }
            for at in 0..n {
                thing.add("others", json!({"a": at})).expect("anything");
            }
            thing
        })
    }),
    linear("run-time types: a patch of adds of anything", 500, |n| {
        let kind = things();
        let adds = (0..n).flat_map(|at| {
            [
                Operation::add(path("names"), json!(format!("n{at}")).into()),
                Operation::add(path("names"), json!("").into()),
                Operation::add(path("others"), json!([[at], {"a": at}]).into()),
            ]
        });
        apply(kind.new_resource(), PatchOp::new(adds.collect()))
    }),
    linear("run-time types: what many others stand beside", 500, |n| {
        let types = ResourceTypes::core();
        let kind = types.find("User").expect("users").clone();
        let members: Vec<_> = (0..n).map(|at| json!({"value": format!("{at}")})).collect();
        let user = kind.new_resource().with("userName", "u").expect("a name");
        let mut user = user.with("photos", members).expect("photos");
        work(move || {
            for at in 0..n {
                user.add("title", "t").expect("a title");
                let mail = json!({"value": format!("{at}"), "type": "work"});
                user.add("emails", mail).expect("a mail");
                user.set("emails[type eq \"work\"].display", "d")
                    .expect("a mail");
                assert!(user.remove("emails[type eq \"work\"]").expect("a mail"));
            }
        })
    }),
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
    linear("unknown members: diff, changed", 2_000, |n| {
        let (before, after) = (user(n, "1"), user(n, "2"));
        work(move || patch::diff(&before, &after).expect("a patch"))
    }),
    linear("unknown members: diff, gone", 2_000, |n| {
        let (before, after) = (user(n, "1"), User::new("u"));
        work(move || patch::diff(&before, &after).expect("a patch"))
    }),
    linear("unknown members: taken away one by one", 2_000, |n| {
        let mut extra = extra(0..n);
        work(move || {
            for at in 0..n {
                extra.remove(&format!("A{at}"));
            }
        })
    }),
    linear("unknown members: a filter with each", 500, |n| {
        let user = user(n, "1");
        let terms: Vec<_> = (0..n).map(|at| format!("a{at} eq 2")).collect();
        let filter: Filter = terms.join(" or ").parse().expect("a filter");
        work(move || assert!(!filter.matches(Subject::resource(&user))))
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
    linear("deep nesting: diff", 30, |n| {
        let user = |inner| {
            let mut user = User::new("u");
            user.extra.insert("x", json(&nested(n, inner)));
            user
        };
        let (before, after) = (user("1"), user("2"));
        repeated(move || patch::diff(&before, &after).expect("a patch"))
    }),
    linear("deep nesting: into serde's tree", 30, |n| {
        let mut user = User::new("u");
        user.extra.insert("x", json(&nested(n, "1")));
        repeated(move || serde_json::to_value(&user).expect("a tree"))
    }),
    linear("deep nesting: a filter", 30, |n| {
        let text = format!("{}a eq 1{}", "not (".repeat(n), ")".repeat(n));
        let user = User::new("u");
        repeated(move || {
            let filter: Filter = text.parse().expect("a filter");
            (filter.to_string(), filter.matches(Subject::resource(&user)))
        })
    }),
    linear("PATCH: read", 1_000, |n| {
        let text = adds(n).to_json();
        work(move || PatchOp::from_json(&text, &[]).expect("a message"))
    }),
    linear("PATCH: adds", 500, |n| apply(Group::new("g"), adds(n))),
    linear("PATCH: removes of elements", 500, |n| {
        apply(group(0..n), removes(n))
    }),
    linear("PATCH: changes of elements", 500, |n| {
        let one = |at: usize| {
            let path = path(&format!("emails[value eq \"{at}\"].display"));
            Operation::add(path, text("x"))
        };
        apply(emails(n, |_| "y"), PatchOp::new((0..n).map(one).collect()))
    }),
    linear("PATCH: unknown attributes", 500, |n| {
        let one = |at: usize| {
            let path = path(&format!("a{at}"));
            Operation::add(path, text("x"))
        };
        apply(User::new("u"), PatchOp::new((0..n).map(one).collect()))
    }),
    linear("PATCH: unknown attributes of an element", 500, |n| {
        let one = |at: usize| {
            let path = path(&format!("emails[value eq \"1\"].a{at}"));
            Operation::add(path, text("x"))
        };
        apply(emails(n, |_| "y"), PatchOp::new((0..n).map(one).collect()))
    }),
    linear("PATCH: addresses, which have no value", 500, |n| {
        let one = |at: usize| {
            let value = json!([{"locality": at.to_string()}]);
            Operation::add(path("addresses"), value.into())
        };
        apply(User::new("u"), PatchOp::new((0..n).map(one).collect()))
    }),
    linear("PATCH: values with unknown attributes alone", 500, |n| {
        let one = |at: usize| Operation::add(path("addresses"), json!([{"x": at}]).into());
        apply(User::new("u"), PatchOp::new((0..n).map(one).collect()))
    }),
    linear("PATCH: lists of what is removed", 500, |n| {
        let one = |at: usize| {
            let mut operation = Operation::remove(path("members"));
            operation.value = Some(json!([{"value": at.to_string()}]).into());
            operation
        };
        apply(group(0..n), PatchOp::new((0..n).map(one).collect()))
    }),
    linear("PATCH: lists of what is removed, which has no value", 250, |n| {
        let one = |at: usize| json!({"type": "work", "locality": at.to_string()});
        let all: Vec<_> = (0..n).map(one).collect();
        let user = User::from_json(&json!({"userName": "u", "addresses": all}).to_string());
        let mut operation = Operation::remove(path("addresses"));
        operation.value = Some(json!(all).into());
        apply(user.expect("a user"), PatchOp::new(vec![operation]))
    }),
    linear("PATCH: an element that a long filter describes", 250, |n| {
        let terms: Vec<_> = (0..n).map(|at| format!("a{at} eq {at}")).collect();
        let path = path(&format!("emails[{}].value", terms.join(" and ")));
        let add = Operation::add(path, text("x"));
        apply(User::new("u"), PatchOp::new(vec![add]))
    }),
    linear("PATCH: without a path, by dotted names", 500, |n| {
        let one = |at: usize| (format!("emails[type eq \"t{at}\"].value"), json!("x"));
        let members: serde_json::Map<_, _> = (0..n).map(one).collect();
        let members = serde_json::Value::from(members);
        let message = PatchOp::new(vec![Operation::add(None, members.into())]);
        let mut user = User::new("u");
        work(move || {
            message
                .apply(&mut user, &ApplyOptions::entra())
                .expect("it fits")
        })
    }),
    linear("PATCH: attributes of an unknown extension", 250, |n| {
        let one = |at: usize| {
            let path = path(&format!("urn:x:1:a{at}"));
            Operation::add(path, text("x"))
        };
        apply(User::new("u"), PatchOp::new((0..n).map(one).collect()))
    }),
    linear("PATCH: one operation", 500, |n| {
        let values: Vec<_> = (0..n).map(|at| json!({"value": at.to_string()})).collect();
        let path = path("members");
        let add = Operation::add(path, json!(values).into());
        apply(Group::new("g"), PatchOp::new(vec![add]))
    }),
    linear("diff: half of the elements gone", 1_000, |n| {
        let (before, after) = (group(0..n), group((0..n).filter(|at| at % 2 == 0)));
        work(move || patch::diff(&before, &after).expect("a patch"))
    }),
    linear("diff: half of the elements changed", 500, |n| {
        let before = emails(n, |_| "x");
        let after = emails(n, |at| if at % 2 == 0 { "y" } else { "x" });
        work(move || patch::diff(&before, &after).expect("a patch"))
    }),
    linear("diff: elements in another order", 1_000, |n| {
        let (before, after) = (group(0..n), group((0..n).rev()));
        work(move || patch::diff(&before, &after).expect("a patch"))
    }),
    linear("dialect: removals in a list", 500, |n| {
        let (dialect, message) = (
            Dialect::default().with_removal(Removal::ByValueList),
            removes(n),
        );
        work(move || dialect.plan(message.clone()))
    }),
    linear("dialect: without paths", 500, |n| {
        let one = |at: usize| {
            let path = path(&format!("urn:x:1:a{at}"));
            Operation::replace(path, text("x"))
        };
        let message = PatchOp::new((0..n).map(one).collect());
        let dialect = Dialect::default().with_no_paths(true);
        work(move || dialect.plan(message.clone()))
    }),
    linear("dialect: adds in one operation", 500, |n| {
        let (dialect, message) = (Dialect::default().with_adds_in_one_operation(true), adds(n));
        work(move || dialect.plan(message.clone()))
    }),
    sorting("bulk: plan creations and deletions", 500, |n| {
        let client = Client::builder("https://scim.example/v2").service(ServiceProvider::new());
        let mut bulk = client.build().expect("a client").bulk();
        let created: Vec<_> = (0..n)
            .map(|at| bulk.create(&User::new(format!("u{at}"))))
            .collect();
        for user in created {
            bulk.delete(user);
        }
        work(move || bulk.plan().expect("a plan"))
    }),
    sorting(
        "bulk: results that say of which operation they are by nothing",
        250,
        |n| {
            let one = r#"{"method":"DELETE","bulkId":"x","location":"https://scim.example/v2/Users","status":"204"}"#;
            bulk_deletions(n, vec![one.to_owned(); n])
        },
    ),
    sorting("bulk: results in the other order", 250, |n| {
        let one = |at: usize| format!(r#"{{"method":"DELETE","id":"{at}","status":"204"}}"#);
        bulk_deletions(n, (0..n).rev().map(one).collect())
    }),
    sorting("bulk: results of one resource, in the other order", 250, |n| {
        let one = |at: usize| format!(r#"{{"method":"DELETE","bulkId":"{at}","status":"204"}}"#);
        bulk_of_one(n, (0..n).rev().map(one).collect())
    }),
    sorting("paging: stream without duplicates", 250, |n| {
        let page = |at: usize| {
            let users: Vec<_> = (at..at + 4)
                .map(|id| format!(r#"{{"id":"{id}","userName":"u"}}"#))
                .collect();
            format!(
                r#"{{"nextCursor":"c{at}","Resources":[{}]}}"#,
                users.join(",")
            )
        };
        let client = answering(move |number| match number {
            number if number < n => page(number * 2),
            _ => r#"{"Resources":[]}"#.to_owned(),
        });
        let runtime = runtime();
        work(move || {
            let users = client.resource::<User>();
            let query = users.query().cursor("");
            runtime.block_on(async {
                let mut stream = query.stream().without_duplicates();
                while let Some(user) = stream.next().await {
                    user.expect("a user");
                }
            });
        })
    }),
    sorting("provider: bulk in the wrong order", 125, |n| {
        let one = |at: usize| {
            let mut data = json!({"userName": format!("u{at}")});
            if at + 1 < n {
                let manager = format!("bulkId:{}", at + 1);
                data["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"] =
                    json!({"manager": {"value": manager}});
            }
            json!({"method": "POST", "path": "/Users", "bulkId": at.to_string(), "data": data})
        };
        let operations: Vec<_> = (0..n).map(one).collect();
        let provider = ServiceProvider::builder()
            .max_bulk_operations(usize::MAX)
            .max_payload_size(usize::MAX)
            .build();
        let text = json!({"Operations": operations}).to_string();
        work(move || ask(&provider, Method::POST, "/Bulk", &text))
    }),
    sorting("sort", 1_000, |n| {
        let mut users: Vec<Stored<User>> = (0..n).map(|at| stored(at, n)).collect();
        let path = "userName".parse().expect("a path");
        work(move || sort_by(&mut users, &path, SortOrder::Ascending))
    }),
    sorting("provider: sorted pages", 200, |n| {
        pages(n, "sortBy=userName")
    }),
    linear("provider: filtered pages", 200, |n| {
        pages(n, "filter=userName%20pr")
    }),
    linear("provider: pages", 200, |n| pages(n, "")),
    linear("provider: pages, by two names of the host", 200, |n| {
        let provider = provider_of(n);
        work(move || {
            for (at, start) in (1..=n).step_by(20).enumerate() {
                let host = ["scim.example", "other.example"][at % 2];
                let target = format!("/Users?count=20&startIndex={start}");
                ask_at(host, &provider, Method::GET, &target, "");
            }
        })
    }),
    sorting("provider: PUT of a group", 500, |n| {
        let provider = ServiceProvider::new();
        let seeded = provider.seed(group(0..n)).expect("a group");
        let target = format!("/Groups/{}", seeded.id());
        let body = group((0..n).rev()).to_json().replace("\"g\"", "\"h\"");
        work(move || ask(&provider, Method::PUT, &target, &body))
    }),
    linear("filter: parse and print", 500, |n| {
        let text = terms(n);
        work(move || text.parse::<Filter>().expect("a filter").to_string())
    }),
    linear("filter: build, check, evaluate", 500, |n| {
        let user = User::new("u");
        work(move || {
            let one = |at: usize| {
                let path = "nickName".parse().expect("a path");
                Filter::compare(path, Operator::Eq, at.to_string())
            };
            let filter = (1..n).map(one).fold(one(0), Filter::or);
            filter.check(User::DESCRIPTOR).expect("it fits");
            filter.matches(Subject::resource(&user))
        })
    }),
    linear("filter: a long text in a long text", 2_000, |n| {
        let filter: Filter = format!("title co \"{}b\"", "a".repeat(n))
            .parse()
            .expect("one");
        let user = json!({"title": "a".repeat(2 * n)});
        work(move || assert!(!filter.matches(Subject::json(&user, User::DESCRIPTOR))))
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

/// `"a0":<value>,"a1":<value>,...`
fn members(n: usize, value: &str) -> String {
    let members: Vec<_> = (0..n).map(|at| format!("\"a{at}\":{value}")).collect();
    members.join(",")
}

fn unknown(n: usize, value: &str) -> String {
    format!(r#"{{"id":"1","userName":"u",{}}}"#, members(n, value))
}

fn user(n: usize, value: &str) -> User {
    User::from_json(&unknown(n, value)).expect("a user")
}

fn extra(numbers: impl Iterator<Item = usize>) -> Extra {
    let mut extra = Extra::new();
    for at in numbers {
        extra.insert(format!("a{at}"), json!(at));
    }
    extra
}

fn json(text: &str) -> Json {
    Json::parse(text).expect("JSON")
}

fn text(text: &str) -> Json {
    json!(text).into()
}

fn path(text: &str) -> PatchPath {
    text.parse().expect("a path")
}

/// A type with many values of each kind that has no sub-attributes.
fn things() -> ResourceType {
    let one = |(name, kind): (&str, &str)| json!({"name": name, "type": kind, "multiValued": true});
    let attributes = [("names", "string"), ("numbers", "integer"), ("others", "any")].map(one);
    let document = json!({"id": "urn:example:2.0:Thing", "name": "Thing", "attributes": attributes});
    let types = ResourceTypes::from_json(&document.to_string()).expect("a type");
    types.iter().next().expect("a type").clone()
}

/// Arrays in arrays.
fn nested(depth: usize, inner: &str) -> String {
    format!("{}{inner}{}", "[".repeat(depth), "]".repeat(depth))
}

/// A little work, often enough to outweigh what is done once.
fn repeated<R>(mut once: impl FnMut() -> R + 'static) -> Work {
    work(move || {
        for _ in 0..100 {
            black_box(once());
        }
    })
}

fn group(ids: impl Iterator<Item = usize>) -> Group {
    Group::new("g").with_members(ids.map(|at| Member::new(at.to_string())))
}

fn emails(n: usize, display: impl Fn(usize) -> &'static str) -> User {
    let one = |at: usize| json!({"value": at.to_string(), "display": display(at)});
    let emails: Vec<_> = (0..n).map(one).collect();
    User::from_json(&json!({"userName": "u", "emails": emails}).to_string()).expect("a user")
}

fn adds(n: usize) -> PatchOp {
    let one = |at: usize| {
        let path = path("members");
        Operation::add(path, json!([{"value": at.to_string()}]).into())
    };
    PatchOp::new((0..n).map(one).collect())
}

fn removes(n: usize) -> PatchOp {
    let one = |at: usize| {
        let path = path(&format!("members[value eq \"{at}\"]"));
        Operation::remove(path)
    };
    PatchOp::new((0..n).map(one).collect())
}

fn apply<R: Patchable + 'static>(mut resource: R, message: PatchOp) -> Work {
    let options = ApplyOptions::default().with_unknown(Unknown::Keep);
    work(move || message.apply(&mut resource, &options).expect("it fits"))
}

fn stored(at: usize, n: usize) -> Stored<User> {
    let name = (at * 7919) % n;
    let text = format!(r#"{{"id":"{at}","userName":"user{name:08}"}}"#);
    Stored::from_json(&text).expect("a user")
}

fn terms(n: usize) -> String {
    let terms: Vec<_> = (0..n).map(|at| format!("(nickName eq \"{at}\")")).collect();
    terms.join(" or ")
}

/// What may cost at most so many times what another does, on the same data.
pub struct Beside {
    pub work: Growing,
    pub other: Growing,
    pub most: u64,
}

/// All of them.
pub const BESIDE: &[Beside] = &[Beside {
    work: sorting("provider: 30,000 users sorted, by 100", 30_000, |n| {
        pages_of(100, n, "sortBy=userName")
    }),
    other: linear("provider: 30,000 users, by 100", 30_000, |n| {
        pages_of(100, n, "")
    }),
    most: 2,
}];

/// All pages of 20 of `n` users.
fn pages(n: usize, query: &'static str) -> Work {
    pages_of(20, n, query)
}

/// All pages of `size` of `n` users.
fn pages_of(size: usize, n: usize, query: &'static str) -> Work {
    let provider = provider_of(n);
    work(move || {
        for start in (1..=n).step_by(size) {
            let target = format!("/Users?count={size}&startIndex={start}&{query}");
            ask(&provider, Method::GET, &target, "");
        }
    })
}

/// One with so many users.
fn provider_of(n: usize) -> ServiceProvider {
    let provider = ServiceProvider::new();
    for at in 0..n {
        let user = User::new(format!("user{:08}", (at * 7919) % n));
        provider.seed(user).expect("a user");
    }
    provider
}

/// A client of a service that gives these answers, one after the other.
fn answering(script: impl Fn(usize) -> String + Send + Sync + 'static) -> Client {
    let service = Answering {
        number: Arc::default(),
        script: Arc::new(script),
    };
    let client = Client::builder("https://scim.example/v2").service(service);
    client.build().expect("a client")
}

#[derive(Clone)]
struct Answering {
    number: Arc<AtomicUsize>,
    script: Arc<dyn Fn(usize) -> String + Send + Sync>,
}

impl tower_service::Service<Request<RequestBody>> for Answering {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut task::Context<'_>) -> task::Poll<Result<(), Infallible>> {
        task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<RequestBody>) -> Self::Future {
        let text = (self.script)(self.number.fetch_add(1, Ordering::Relaxed));
        ready(Ok(Response::new(Full::new(Bytes::from(text)))))
    }
}

fn runtime() -> tokio::runtime::Runtime {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().expect("a runtime")
}

/// A bulk of `n` deletions that is answered with these results.
fn bulk_deletions(n: usize, results: Vec<String>) -> Work {
    let text = format!(r#"{{"Operations":[{}]}}"#, results.join(","));
    let client = answering(move |_| text.clone());
    let runtime = runtime();
    work(move || {
        let mut bulk = client.bulk();
        for at in 0..n {
            bulk.delete::<User>(at.to_string());
        }
        runtime.block_on(bulk.into_future()).expect("results")
    })
}

/// Like [`bulk_deletions`], all of the same resource.
fn bulk_of_one(n: usize, results: Vec<String>) -> Work {
    let text = format!(r#"{{"Operations":[{}]}}"#, results.join(","));
    let client = answering(move |_| text.clone());
    let runtime = runtime();
    work(move || {
        let mut bulk = client.bulk();
        for at in 0..n {
            bulk.operation(BulkOperation::delete("/Users/1").with_bulk_id(at.to_string()));
        }
        let results = runtime.block_on(bulk.into_future()).expect("results");
        assert!(results.all_done());
    })
}

/// Asks the embedded service provider, which never has to wait.
fn ask(provider: &ServiceProvider, method: Method, target: &str, body: &str) -> Bytes {
    ask_at("scim.example", provider, method, target, body)
}

fn ask_at(
    host: &str,
    provider: &ServiceProvider,
    method: Method,
    target: &str,
    body: &str,
) -> Bytes {
    let request = Request::builder()
        .method(method)
        .uri(format!("https://{host}/v2{target}"))
        .body(Full::new(Bytes::copy_from_slice(body.as_bytes())))
        .expect("a request");
    let response = now(provider.clone().call(request)).expect("a response");
    assert!(response.status().is_success(), "{}", response.status());
    now(response.into_body().collect())
        .expect("a body")
        .to_bytes()
}

fn now<F: Future>(future: F) -> F::Output {
    let mut context = task::Context::from_waker(task::Waker::noop());
    match pin!(future).poll(&mut context) {
        task::Poll::Ready(output) => output,
        task::Poll::Pending => panic!("it waits"),
    }
}
