//! Filters: parse, print, build, evaluate.

use std::{hint::black_box, str::FromStr};

use scim_client::{Resource, Stored, User, filter::Filter, resource::Root, typed::Condition};
use serde_json::Value;

use crate::{
    case::{Case, Work},
    payload,
};

/// Name and text.
const FILTERS: [(&str, &str); 4] = [
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

const ROUNDS: u32 = 1000;

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
        add(
            "parse",
            "scim_proto",
            parse::<scim_proto::filter::ScimFilter>,
        );
        add("parse", "scim-filter", parse_scim_filter);
        add("parse", "scim_v2", parse::<scim_v2::filter::Filter>);
        add("print", "scim-client", print::<Filter>);
        add(
            "print",
            "scim_proto",
            print::<scim_proto::filter::ScimFilter>,
        );
        add("print", "scim_v2", print::<scim_v2::filter::Filter>);
        add("evaluate", "scim-client", evaluate);
        add("evaluate", "scim-client, JSON", evaluate_json);
        add("evaluate", "scim-filter", evaluate_scim_filter);
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
    for (row, build) in BUILT_SCIM_V2 {
        cases.push(Case {
            table: "build",
            row,
            column: "scim_v2, by hand",
            rounds: ROUNDS,
            start: Box::new(move || Work::new(move || drop(black_box(build())))),
        });
    }
    cases
}

fn parse<F: FromStr + 'static>(text: &'static str) -> Option<Work> {
    F::from_str(text).ok()?;
    Work::new(move || drop(black_box(F::from_str(black_box(text)))))
}

fn parse_scim_filter(text: &'static str) -> Option<Work> {
    scim_filter(text)?;
    Work::new(move || drop(black_box(scim_filter(black_box(text)))))
}

fn scim_filter(text: &'static str) -> Option<scim_filter::parser::Filter<'static>> {
    let (rest, filter) = scim_filter::parser::filter(text).ok()?;
    rest.is_empty().then_some(filter)
}

fn print<F: FromStr + ToString + 'static>(text: &'static str) -> Option<Work> {
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

fn evaluate_scim_filter(text: &'static str) -> Option<Work> {
    let filter = scim_filter(text)?;
    let user: Value = serde_json::from_str(&payload::user(0)).ok()?;
    filter.r#match(&user).ok()?;
    Work::new(move || {
        drop(black_box(black_box(&filter).r#match(black_box(&user))));
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

const BUILT_SCIM_V2: [(&str, Build<scim_v2::filter::Filter>); 2] = {
    use scim_v2::filter::{AttrExp, AttrPath, CompValue, CompareOp, Filter, ValFilter, ValuePath};
    [
        ("F1", || {
            Filter::Attr(AttrExp::Comparison(
                AttrPath::with_name("userName"),
                CompareOp::Eq,
                CompValue::Str("bjensen".to_owned()),
            ))
        }),
        ("F4", || {
            let compare = |name: &str, operator, value: &str| {
                ValFilter::Attr(AttrExp::Comparison(
                    AttrPath::with_name(name),
                    operator,
                    CompValue::Str(value.to_owned()),
                ))
            };
            Filter::ValuePath(ValuePath {
                attr: AttrPath::with_name("emails"),
                filter: Box::new(ValFilter::and(
                    compare("type", CompareOp::Eq, "work"),
                    compare("value", CompareOp::Co, "@example.com"),
                )),
            })
        }),
    ]
};

/// Says which rivals answer wrongly on the benchmark's user.
pub fn wrong_answers() -> Vec<String> {
    let user = payload::user(0);
    let stored = Stored::<User>::from_json(&user).expect("the payload is valid");
    let value: Value = serde_json::from_str(&user).expect("the payload is JSON");
    let _ = User::NAME;
    FILTERS
        .iter()
        .filter_map(|(name, text)| {
            let ours = Filter::parse(text).ok()?.matches(&stored);
            let filter = scim_filter(text)?;
            match filter.r#match(&value) {
                Ok(theirs) if theirs == ours => None,
                Ok(theirs) => Some(format!("{name}: {ours}, scim-filter says {theirs}")),
                Err(error) => Some(format!("{name}: {ours}, scim-filter fails: {error}")),
            }
        })
        .collect()
}
