//! Filters and sorting.

use scim_client::{
    Stored, User,
    evaluate::{Subject, sort_by},
    filter::{Filter, Operator},
    message::SortOrder,
    resource::Root as _,
};
use serde_json::json;

use super::{Growing, linear, repeated, sorting, user, work};

/// All of them.
pub(super) const CASES: &[Growing] = &[
    linear("unknown members: a filter with each", 500, |n| {
        let user = user(n, "1");
        let terms: Vec<_> = (0..n).map(|at| format!("a{at} eq 2")).collect();
        let filter: Filter = terms.join(" or ").parse().expect("a filter");
        work(move || assert!(!filter.matches(Subject::resource(&user))))
    }),
    linear("deep nesting: a filter", 30, |n| {
        let text = format!("{}a eq 1{}", "not (".repeat(n), ")".repeat(n));
        let user = User::new("u");
        repeated(move || {
            let filter: Filter = text.parse().expect("a filter");
            (filter.to_string(), filter.matches(Subject::resource(&user)))
        })
    }),
    sorting("sort", 1_000, |n| {
        let mut users: Vec<Stored<User>> = (0..n).map(|at| stored(at, n)).collect();
        let path = "userName".parse().expect("a path");
        work(move || sort_by(&mut users, &path, SortOrder::Ascending))
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
];

fn stored(at: usize, n: usize) -> Stored<User> {
    let name = (at * 7919) % n;
    let text = format!(r#"{{"id":"{at}","userName":"user{name:08}"}}"#);
    Stored::from_json(&text).expect("a user")
}

fn terms(n: usize) -> String {
    let terms: Vec<_> = (0..n).map(|at| format!("(nickName eq \"{at}\")")).collect();
    terms.join(" or ")
}
