//! Each loop over what comes from outside.

mod documents;
mod exchanges;
mod filters;
mod patches;

use std::hint::black_box;

use scim_client::{Extra, Group, Json, Resource as _, User, group::Member};
use serde_json::json;

pub use self::exchanges::BESIDE;

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
pub fn cases() -> impl Iterator<Item = &'static Growing> {
    let all = [
        documents::CASES,
        patches::CASES,
        filters::CASES,
        exchanges::CASES,
    ];
    all.into_iter().flatten()
}

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
