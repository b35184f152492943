//! Filters: parse, print, build, evaluate.

use std::{hint::black_box, str::FromStr};

use scim_client::{Stored, User, filter::Filter, resource::Root, typed::Condition};
use serde_json::Value;

use crate::{
    case::{Case, Work},
    payload,
};

/// Name and text.
pub(crate) const FILTERS: [(&str, &str); 4] = [
    ("F1", r#"userName eq "bjensen""#),
    (
        "F4",
        r#"emails[type eq "work" and value co "@example.com"]"#,
    ),
    (
        "F5",
        "userType eq \"Employee\" and (emails co \"example.com\" or emails.value co \
         \"example.org\") and meta.lastModified gt \"2011-05-13T04:42:34Z\"",
    ),
    (
        "F6",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName eq \
         \"John Smith\"",
    ),
];

pub(crate) const ROUNDS: u32 = 1000;

/// All cases of this module.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (row, text) in FILTERS {
        let mut add = |table, column, start: fn(&'static str) -> Option<Work>| {
            cases.push(Case {
                table,
                row,
                column,
                rounds: ROUNDS,
                start: Box::new(move || start(text)),
            });
        };
        add("parse", "scim-client", parse::<Filter>);
        add("print", "scim-client", print::<Filter>);
        add("evaluate", "scim-client", evaluate);
        add("evaluate", "scim-client, JSON", evaluate_json);
    }
    for (row, build) in BUILT {
        cases.push(Case {
            table: "build",
            row,
            column: "scim-client, typed",
            rounds: ROUNDS,
            start: Box::new(move || Work::new(move || drop(black_box(build())))),
        });
    }
    cases
}

pub(crate) fn parse<F: FromStr + 'static>(text: &'static str) -> Option<Work> {
    F::from_str(text).ok()?;
    Work::new(move || drop(black_box(F::from_str(black_box(text)))))
}

pub(crate) fn print<F: FromStr + ToString + 'static>(text: &'static str) -> Option<Work> {
    let filter = F::from_str(text).ok()?;
    Work::new(move || drop(black_box(black_box(&filter).to_string())))
}

fn evaluate(text: &'static str) -> Option<Work> {
    let filter = Filter::parse(text).ok()?;
    let user = Stored::<User>::from_json(&payload::user(0)).ok()?;
    Work::new(move || {
        black_box(black_box(&filter).matches(black_box(&user)));
    })
}

fn evaluate_json(text: &'static str) -> Option<Work> {
    use scim_client::evaluate::Subject;
    let filter = Filter::parse(text).ok()?;
    let user: Value = serde_json::from_str(&payload::user(0)).ok()?;
    Work::new(move || {
        let subject = Subject::json(black_box(&user), User::DESCRIPTOR);
        black_box(black_box(&filter).matches(subject));
    })
}

type Paths = <User as Root>::Paths;
type Build<F> = fn() -> F;

/// The paths that the client hands to closures.
const U: Paths = <User as Root>::PATHS;

const BUILT: [(&str, Build<Condition<User>>); 4] = [
    ("F1", || U.user_name.eq("bjensen")),
    ("F4", || {
        U.emails
            .any(|e| e.type_.eq("work") & e.value.co("@example.com"))
    }),
    ("F5", || {
        U.user_type.eq("Employee")
            & (U.emails.any(|e| e.value.co("example.com")) | U.emails.value.co("example.org"))
            & U.meta.last_modified.gt("2011-05-13T04:42:34Z")
    }),
    ("F6", || {
        U.enterprise_user.manager.display_name.eq("John Smith")
    }),
];
