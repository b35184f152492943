//! The cost of a message grows with its size, not with its square.

use std::time::Duration;

use scim_client::{
    Group, Resource, User,
    patch::{ApplyOptions, PatchErrorKind, PatchOp, Unknown},
};

use crate::{
    cpu::cpu,
    thing::{MORE, Thing},
};

const FEW: usize = 500;

pub(crate) fn message(operations: impl Iterator<Item = String>) -> PatchOp {
    let operations: Vec<String> = operations.collect();
    let text = format!("{{\"Operations\":[{}]}}", operations.join(","));
    PatchOp::from_json(&text, &[]).unwrap()
}

fn time<R: Resource>(resource: &R, message: &PatchOp, options: &ApplyOptions) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..2 {
        let mut resource = resource.clone();
        let start = cpu();
        message.apply(&mut resource, options).unwrap();
        best = best.min(cpu() - start);
    }
    best
}

/// Eight times the work takes about eight times the time, where a square would take 64 times.
pub(crate) fn grows<R: Resource>(
    what: &str,
    options: &ApplyOptions,
    make: impl Fn(usize) -> (String, PatchOp),
) {
    let took = |count: usize| {
        let (resource, message) = make(count);
        time(&R::from_json(&resource).unwrap(), &message, options)
    };
    let (few, many) = (took(FEW), took(8 * FEW));
    println!("{what}: {few:?}, {many:?}");
    assert!(
        many < few * 16 + Duration::from_millis(80),
        "{what}: {few:?}, {many:?}"
    );
}

fn members(count: usize) -> String {
    let members: Vec<String> = (0..count)
        .map(|i| format!("{{\"value\":\"m{i}\"}}"))
        .collect();
    format!(
        "{{\"displayName\":\"g\",\"members\":[{}]}}",
        members.join(",")
    )
}

#[test]
fn one_member_at_a_time() {
    let options = ApplyOptions::default();
    let add = |i: usize| format!(r#"{{"op":"add","path":"members","value":[{{"value":"n{i}"}}]}}"#);
    let remove = |i: usize| format!(r#"{{"op":"remove","path":"members[value eq \"m{i}\"]"}}"#);
    grows::<Group>("adds", &options, |n| (members(n), message((0..n).map(add))));
    grows::<Group>("adds of what is there", &options, |n| {
        let again = |i| format!(r#"{{"op":"add","path":"members","value":{{"value":"M{i}"}}}}"#);
        (members(n), message((0..n).map(again)))
    });
    grows::<Group>("adds without a path", &options, |n| {
        let add = |i| format!(r#"{{"op":"add","value":{{"members":[{{"value":"n{i}"}}]}}}}"#);
        (members(n), message((0..n).map(add)))
    });
    grows::<Group>("removes", &options, |n| {
        (members(n), message((0..n).map(remove)))
    });
    grows::<Group>("removes from the end", &options, |n| {
        (members(n), message((0..n).rev().map(remove)))
    });
    grows::<Group>("adds and removes", &options, |n| {
        (
            members(n),
            message((0..n).flat_map(|i| [add(i), remove(i)])),
        )
    });
    grows::<Group>("lists of one", &options, |n| {
        let remove =
            |i| format!(r#"{{"op":"remove","path":"members","value":[{{"value":"m{i}"}}]}}"#);
        (members(n), message((0..n).map(remove)))
    });
    grows::<Group>("replaces of sub-attributes", &options, |n| {
        let set = |i| {
            format!(r#"{{"op":"replace","path":"members[value eq \"m{i}\"].display","value":"D"}}"#)
        };
        (members(n), message((0..n).map(set)))
    });
    grows::<Group>("or and and", &options, |n| {
        let some = |i| {
            format!(
                r#"{{"op":"remove","path":"members[value eq \"m{i}\" or (value eq \"m{}\" and not (display pr))]"}}"#,
                i + 1
            )
        };
        (members(n), message((0..n).step_by(2).map(some)))
    });
    grows::<Group>("made by a filter", &options, |n| {
        let make = |i| {
            format!(r#"{{"op":"add","path":"members[value eq \"n{i}\"].display","value":"D"}}"#)
        };
        (members(n), message((0..n).map(make)))
    });
}

#[test]
fn one_filter_of_many_terms() {
    grows::<Group>("one filter", &ApplyOptions::default(), |n| {
        let terms: Vec<String> = (0..n).map(|i| format!(r#"value eq \"m{i}\""#)).collect();
        let remove = format!(
            r#"{{"op":"remove","path":"members[{}]"}}"#,
            terms.join(" or ")
        );
        (members(n), message(std::iter::once(remove)))
    });
}

/// Equal types, or equal values, or letter case alone must not make an index useless.
#[test]
fn elements_that_are_alike() {
    let options = ApplyOptions::default();
    let user = |n: usize, one: &dyn Fn(usize) -> String| {
        let emails: Vec<String> = (0..n).map(one).collect();
        format!("{{\"userName\":\"u\",\"emails\":[{}]}}", emails.join(","))
    };
    grows::<User>("equal types", &options, |n| {
        let one = |i| format!(r#"{{"value":"m{i}","type":"work"}}"#);
        let remove = |i| {
            format!(r#"{{"op":"remove","path":"emails[type eq \"work\" and value eq \"m{i}\"]"}}"#)
        };
        (user(n, &one), message((0..n).map(remove)))
    });
    grows::<User>("equal values", &options, |n| {
        let one = |i| format!(r#"{{"value":"m","type":"t{i}"}}"#);
        let add =
            |i| format!(r#"{{"op":"add","path":"emails","value":{{"value":"m","type":"u{i}"}}}}"#);
        let remove = |i| {
            format!(r#"{{"op":"remove","path":"emails[type eq \"t{i}\" and value eq \"m\"]"}}"#)
        };
        (
            user(n, &one),
            message((0..n).flat_map(|i| [add(i), remove(i)])),
        )
    });
    grows::<User>("replaces of elements", &options, |n| {
        let one = |i| format!(r#"{{"value":"m{i}","type":"work"}}"#);
        let set = |i| {
            format!(
                r#"{{"op":"replace","path":"emails[value eq \"m{i}\"]","value":{{"value":"x{i}"}}}}"#
            )
        };
        (user(n, &one), message((0..n).map(set)))
    });
    grows::<User>("half and half", &options, |n| {
        let one = |i: usize| match i % 2 {
            0 => format!(r#"{{"value":"m","type":"t{i}"}}"#),
            _ => format!(r#"{{"value":"m{i}","type":"t"}}"#),
        };
        let remove =
            |_| r#"{"op":"remove","path":"emails[type eq \"t\" and value eq \"m\"]"}"#.to_owned();
        (user(n, &one), message((0..n).map(remove)))
    });
    grows::<User>("primaries", &options, |n| {
        let one = |i| format!(r#"{{"value":"m{i}","type":"work"}}"#);
        let make = |i| {
            format!(r#"{{"op":"replace","path":"emails[value eq \"m{i}\"].primary","value":true}}"#)
        };
        (user(n, &one), message((0..n).map(make)))
    });
    grows::<User>("added primaries", &options, |n| {
        let add = |i| {
            format!(r#"{{"op":"add","path":"emails","value":{{"value":"n{i}","primary":true}}}}"#)
        };
        (
            user(n, &|i| format!(r#"{{"value":"m{i}"}}"#)),
            message((0..n).map(add)),
        )
    });
    grows::<User>("back and forth", &options, |n| {
        let one = |i| format!(r#"{{"value":"m{i}","type":"work"}}"#);
        let set = |i: usize| {
            let (from, to) = if i.is_multiple_of(2) {
                ("m0", "x")
            } else {
                ("x", "m0")
            };
            format!(
                r#"{{"op":"replace","path":"emails[value eq \"{from}\"].value","value":"{to}"}}"#
            )
        };
        (user(n, &one), message((0..n).map(set)))
    });
    grows::<User>("addresses", &options, |n| {
        let add = |i| {
            format!(
                r#"{{"op":"add","path":"addresses","value":{{"type":"work","locality":"L{i}"}}}}"#
            )
        };
        (user(1, &|_| "{}".to_owned()), message((0..n).map(add)))
    });
}

#[test]
fn wherever_the_elements_are() {
    let options = ApplyOptions::default();
    let thing = || "{\"label\":\"L\"}".to_owned();
    for path in [
        "tags",
        "complex.stringArray",
        "numbers",
        "complex.items",
        &format!("{MORE}:list"),
    ] {
        let value = |i: usize| match path {
            "numbers" => i.to_string(),
            "tags" | "complex.stringArray" => format!("\"v{i}\""),
            _ => format!("{{\"value\":\"v{i}\"}}"),
        };
        grows::<Thing>(path, &options, |n| {
            let add = |i| format!(r#"{{"op":"add","path":"{path}","value":{}}}"#, value(i));
            let remove = |i: usize| match path {
                "numbers" => format!(r#"{{"op":"remove","path":"numbers[value eq {i}]"}}"#),
                _ => format!(r#"{{"op":"remove","path":"{path}[value eq \"v{i}\"]"}}"#),
            };
            let adds = (0..n).map(add);
            (thing(), message(adds.chain((0..n - 1).map(remove))))
        });
    }
    grows::<Thing>("in an object without a path", &options, |n| {
        let add = |i| {
            format!(
                r#"{{"op":"add","value":{{"complex":{{"items":{{"value":"v{i}"}}}},"{MORE}":{{"list":{{"value":"v{i}"}}}}}}}}"#
            )
        };
        (thing(), message((0..n).map(add)))
    });
}

#[test]
fn unknown_attributes() {
    let options = ApplyOptions::default().with_unknown(Unknown::Keep);
    let thing = || "{\"label\":\"L\",\"complex\":{\"string\":\"s\"}}".to_owned();
    for (add, remove) in [
        (r#""path":"a#""#, r#""path":"a#""#),
        (r#""path":"urn:x:1:a#""#, r#""path":"urn:x:1:a#""#),
        (r#""path":"urn:x:1:a.b#""#, r#""path":"urn:x:1:a.b#""#),
        (r#""path":"urn:x:#:a""#, r#""path":"urn:x:#:a""#),
        (r#""path":"complex.a#""#, r#""path":"complex.a#""#),
    ] {
        grows::<Thing>(add, &options, |n| {
            let add = |i: usize| {
                format!(
                    r#"{{"op":"add",{},"value":1}}"#,
                    add.replace('#', &i.to_string())
                )
            };
            let remove = |i: usize| {
                format!(
                    r#"{{"op":"remove",{}}}"#,
                    remove.replace('#', &i.to_string())
                )
            };
            let operations = (0..n).map(add).chain((1..n).map(remove));
            (thing(), message(operations))
        });
    }
    // Of one element among many.
    for add in [
        r#""path":"members[value eq \"m1\"].a#","value":1"#,
        r#""path":"members[value eq \"m1\"]","value":{"a#":1}"#,
    ] {
        grows::<Group>(add, &options, |n| {
            let add = |i: usize| format!(r#"{{"op":"add",{}}}"#, add.replace('#', &i.to_string()));
            let remove = |i| format!(r#"{{"op":"remove","path":"members[value eq \"m1\"].a{i}"}}"#);
            let operations = (0..n).map(add).chain((1..n).map(remove));
            (members(n), message(operations))
        });
    }
    // Of an array.
    for (path, element) in [
        ("nicks", r#""v%""#),
        ("complex.a", r#"{"value":"v%","type":"t"}"#),
    ] {
        let element = |i: usize| element.replace('%', &i.to_string());
        grows::<Thing>(&format!("{path}: lists"), &options, |n| {
            let all: Vec<_> = (0..n).map(element).collect();
            let all = all.join(",");
            let thing = match path {
                "nicks" => format!(r#"{{"label":"L","nicks":[{all}]}}"#),
                _ => format!(r#"{{"label":"L","complex":{{"string":"s","a":[{all}]}}}}"#),
            };
            let remove = |i| {
                format!(
                    r#"{{"op":"remove","path":"{path}","value":{}}}"#,
                    element(i)
                )
            };
            (thing, message((1..n).map(remove)))
        });
    }
    grows::<Thing>("containers that are merged", &options, |n| {
        let add = |i| format!(r#"{{"op":"add","value":{{"urn:x:1":{{"a{i}":1}}}}}}"#);
        (thing(), message((0..n).map(add)))
    });
}

/// What no index finds is limited, and the limit is an option.
#[test]
fn what_no_index_finds_is_limited() {
    let group = Group::from_json(&members(4_000)).unwrap();
    let walk = |i: usize| {
        format!(
            r#"{{"op":"replace","path":"members[value co \"m{i}x\" or value eq \"m1\"].display","value":"D"}}"#
        )
    };
    let few = message((0..20).map(walk));
    let options = ApplyOptions::default();
    assert_eq!(few.apply(&mut group.clone(), &options), Ok(true));
    let many = message((0..4_000).map(walk));
    let start = cpu();
    let error = many.apply(&mut group.clone(), &options).unwrap_err();
    let took = cpu() - start;
    println!("{error} after {took:?}");
    assert_eq!(
        (error.kind(), error.scim_type()),
        (PatchErrorKind::TooMany, "tooMany")
    );
    assert!(error.operation().is_some());
    assert!(took < Duration::from_secs(20), "{took:?}");
    let strict = options.clone().with_max_steps(0);
    let error = message((0..40).map(walk))
        .apply(&mut group.clone(), &strict)
        .unwrap_err();
    assert_eq!(error.kind(), PatchErrorKind::TooMany);
    let patient = options.with_max_steps(u64::MAX);
    assert_eq!(few.apply(&mut group.clone(), &patient), Ok(true));
}
