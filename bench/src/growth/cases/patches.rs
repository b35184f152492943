//! Patches: read, applied, made of a difference, and sent as a vendor wants them.

use scim_client::{
    Group, Json, Resource as _, User,
    dynamic::{DynamicResource, ResourceType, ResourceTypes},
    filter::PatchPath,
    patch::{self, ApplyOptions, Dialect, Operation, PatchOp, Patchable, Removal, Unknown},
};

use super::{Growing, Work, group, json, linear, nested, repeated, user, work};

/// All of them.
pub(super) const CASES: &[Growing] = &[
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
        let group = group
            .new_resource()
            .with("displayName", "g")
            .expect("a name");
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
    linear(
        "run-time types: adds of texts, numbers and anything",
        500,
        |n| {
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
        },
    ),
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
    linear("unknown members: diff, changed", 2_000, |n| {
        let (before, after) = (user(n, "1"), user(n, "2"));
        work(move || patch::diff(&before, &after).expect("a patch"))
    }),
    linear("unknown members: diff, gone", 2_000, |n| {
        let (before, after) = (user(n, "1"), User::new("u"));
        work(move || patch::diff(&before, &after).expect("a patch"))
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
    linear(
        "PATCH: lists of what is removed, which has no value",
        250,
        |n| {
            let one = |at: usize| json!({"type": "work", "locality": at.to_string()});
            let all: Vec<_> = (0..n).map(one).collect();
            let user = User::from_json(&json!({"userName": "u", "addresses": all}).to_string());
            let mut operation = Operation::remove(path("addresses"));
            operation.value = Some(json!(all).into());
            apply(user.expect("a user"), PatchOp::new(vec![operation]))
        },
    ),
    linear(
        "PATCH: lists of what is removed of an unknown array",
        250,
        |n| {
            let all: Vec<_> = (0..n).map(|at| json!({"value": at})).collect();
            let user = User::from_json(&json!({"userName": "u", "x": all}).to_string());
            let one = |at: usize| {
                let mut operation = Operation::remove(path("x"));
                operation.value = Some(json!([{"value": at}]).into());
                operation
            };
            apply(
                user.expect("a user"),
                PatchOp::new((0..n).map(one).collect()),
            )
        },
    ),
    linear(
        "PATCH: lists of numbers and times that are removed",
        250,
        |n| {
            let one = |name: &str, value: fn(usize) -> serde_json::Value| {
                let mut operation = Operation::remove(path(name));
                operation.value = Some((0..n).map(value).collect::<serde_json::Value>().into());
                operation
            };
            let lists = vec![
                one("amounts", amount),
                one("times", time),
                one("flags", flag),
            ];
            apply(measured(n), PatchOp::new(lists))
        },
    ),
    linear("PATCH: filters on numbers and times", 250, |n| {
        let one = |at: usize| {
            let remove = |name: &str, value: serde_json::Value| {
                Operation::remove(path(&format!("{name}[value eq {value}]")))
            };
            [
                remove("amounts", amount(at)),
                remove("times", time(at)),
                remove("flags", flag(at)),
            ]
        };
        apply(measured(n), PatchOp::new((0..n).flat_map(one).collect()))
    }),
    linear("PATCH: adds of numbers and times", 250, |n| {
        let one = |at: usize| {
            let add =
                |name: &str, value: serde_json::Value| Operation::add(path(name), value.into());
            [
                add("amounts", amount(at)),
                add("times", time(at)),
                add("flags", flag(at)),
            ]
        };
        let kind = things();
        apply(
            kind.new_resource(),
            PatchOp::new((0..n).flat_map(one).collect()),
        )
    }),
    linear("PATCH: changes beside a long value of any JSON", 250, |n| {
        let long: serde_json::Value = (0..n).collect();
        let items = json!([{"value": "a", "x": long}, {"value": "b", "x": 1}]);
        let resource = boxes().new_resource().with("items", items);
        let mut listed = Operation::remove(path("items"));
        listed.value = Some(json!([{"x": 1}]).into());
        let one = |at: usize| {
            let path = path("items[value eq \"a\"].type");
            Operation::replace(path, text(&format!("t{at}")))
        };
        let operations = std::iter::once(listed).chain((0..n).map(one));
        apply(resource.expect("a box"), PatchOp::new(operations.collect()))
    }),
    linear("PATCH: a list of the same again and again", 500, |n| {
        let emails: Vec<_> = (0..n)
            .map(|at| json!({"value": "m", "type": format!("t{at}")}))
            .collect();
        let user = User::from_json(&json!({"userName": "u", "emails": emails}).to_string());
        let mut operation = Operation::remove(path("emails"));
        operation.value = Some(
            vec![json!({"value": "m"}); n]
                .into_iter()
                .collect::<serde_json::Value>()
                .into(),
        );
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
];

/// A type with many values of each kind that has no sub-attributes.
fn things() -> ResourceType {
    let one = |(name, kind): (&str, &str)| json!({"name": name, "type": kind, "multiValued": true});
    let attributes = [
        ("names", "string"),
        ("numbers", "integer"),
        ("others", "any"),
        ("amounts", "decimal"),
        ("times", "dateTime"),
        ("flags", "boolean"),
    ]
    .map(one);
    let document =
        json!({"id": "urn:example:2.0:Thing", "name": "Thing", "attributes": attributes});
    let types = ResourceTypes::from_json(&document.to_string()).expect("a type");
    types.iter().next().expect("a type").clone()
}

/// A type whose elements have a sub-attribute of any JSON.
fn boxes() -> ResourceType {
    let one = |(name, kind): (&str, &str)| json!({"name": name, "type": kind});
    let parts = [("value", "string"), ("type", "string"), ("x", "any")].map(one);
    let items =
        json!({"name": "items", "type": "complex", "multiValued": true, "subAttributes": parts});
    let document = json!({"id": "urn:example:2.0:Box", "name": "Box", "attributes": [items]});
    let types = ResourceTypes::from_json(&document.to_string()).expect("a type");
    types.iter().next().expect("a type").clone()
}

/// One with so many numbers, times and truth values.
fn measured(n: usize) -> DynamicResource {
    let all =
        |value: fn(usize) -> serde_json::Value| (0..n).map(value).collect::<serde_json::Value>();
    let thing = things().new_resource();
    let thing = thing.with("amounts", all(amount)).expect("numbers");
    let thing = thing.with("times", all(time)).expect("times");
    thing.with("flags", all(flag)).expect("truth values")
}

fn amount(at: usize) -> serde_json::Value {
    json!(at as f64 + 0.5)
}

fn time(at: usize) -> serde_json::Value {
    json!(format!("{}-01-01T00:00:00Z", 1000 + at))
}

fn flag(at: usize) -> serde_json::Value {
    json!(at % 2 == 0)
}

fn text(text: &str) -> Json {
    json!(text).into()
}

fn path(text: &str) -> PatchPath {
    text.parse().expect("a path")
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
