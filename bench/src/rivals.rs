//! Other crates for SCIM, and other readers of JSON, at the same work.

use std::hint::black_box;

use scim_client::{Stored, User, filter::Filter};
use scim_v2::filter::{AttrExp, AttrPath, CompValue, CompareOp, ValFilter, ValuePath};
use serde_json::Value;

use crate::{
    case::{Case, Work},
    derived::plain,
    filters::{self, FILTERS},
    payload,
    row::{PageOf, Row, each, from_slice},
};

/// A page of the crate scim_v2.
pub type ScimV2 = scim_v2::models::others::ListResponse<scim_v2::models::user::User<String>>;

/// A page of the crate scim_proto.
pub type ScimProto = PageOf<scim_proto::ScimEntry>;

pub(crate) fn decode(row: &mut Row<'_>) {
    row.decode("sonic-rs, derive", |bytes| {
        sonic_rs::from_slice::<plain::Page>(bytes).ok()
    });
    // It reads in place, so whoever keeps the body pays for a copy.
    row.decode("simd-json, derive, with its copy", |bytes| {
        simd_json::serde::from_slice::<plain::Page>(&mut bytes.to_vec()).ok()
    });
    row.decode("scim_v2", from_slice::<ScimV2>);
    row.decode("scim_proto", from_slice::<ScimProto>);
}

pub(crate) fn encode(row: &mut Row<'_>) {
    row.encode("sonic-rs, derive", from_slice::<plain::Page>, |page| {
        for user in &page.resources {
            drop(black_box(sonic_rs::to_string(user)));
        }
    });
    row.encode("simd-json, derive", from_slice::<plain::Page>, |page| {
        for user in &page.resources {
            drop(black_box(simd_json::serde::to_string(user)));
        }
    });
    row.encode("scim_v2", from_slice::<ScimV2>, |page| {
        each(&page.resources)
    });
    row.encode("scim_proto", from_slice::<ScimProto>, |page| {
        each(&page.resources)
    });
}

/// What reading takes that makes nothing of what it reads.
pub(crate) fn skip(row: &mut Row<'_>) {
    row.decode("only skipped, by simd-json, with its copy", |bytes| {
        let mut copy = bytes.to_vec();
        simd_json::to_tape(&mut copy).ok().map(|tape| tape.0.len())
    });
}

/// What they do with filters.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (row, text) in FILTERS {
        let mut add = |table, column, start: fn(&'static str) -> Option<Work>| {
            cases.push(case(table, row, column, Box::new(move || start(text))));
        };
        add(
            "parse",
            "scim_proto",
            filters::parse::<scim_proto::filter::ScimFilter>,
        );
        add("parse", "scim-filter", parse_scim_filter);
        add(
            "parse",
            "scim_v2",
            filters::parse::<scim_v2::filter::Filter>,
        );
        add(
            "print",
            "scim_proto",
            filters::print::<scim_proto::filter::ScimFilter>,
        );
        add(
            "print",
            "scim_v2",
            filters::print::<scim_v2::filter::Filter>,
        );
        add("evaluate", "scim-filter", evaluate_scim_filter);
    }
    for (row, build) in BUILT {
        let start = move || Work::new(move || drop(black_box(build())));
        cases.push(case("build", row, "scim_v2, by hand", Box::new(start)));
    }
    cases
}

fn case(
    table: &'static str,
    row: &'static str,
    column: &'static str,
    start: crate::case::Start,
) -> Case {
    Case {
        table,
        row,
        column,
        rounds: filters::ROUNDS,
        start,
    }
}

fn parse_scim_filter(text: &'static str) -> Option<Work> {
    scim_filter(text)?;
    Work::new(move || drop(black_box(scim_filter(black_box(text)))))
}

fn scim_filter(text: &'static str) -> Option<scim_filter::parser::Filter<'static>> {
    let (rest, filter) = scim_filter::parser::filter(text).ok()?;
    rest.is_empty().then_some(filter)
}

fn evaluate_scim_filter(text: &'static str) -> Option<Work> {
    let filter = scim_filter(text)?;
    let user: Value = serde_json::from_str(&payload::user(0)).ok()?;
    filter.r#match(&user).ok()?;
    Work::new(move || {
        drop(black_box(black_box(&filter).r#match(black_box(&user))));
    })
}

type Build = fn() -> scim_v2::filter::Filter;

const BUILT: [(&str, Build); 2] = [
    ("F1", || {
        scim_v2::filter::Filter::Attr(AttrExp::Comparison(
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
        scim_v2::filter::Filter::ValuePath(ValuePath {
            attr: AttrPath::with_name("emails"),
            filter: Box::new(ValFilter::and(
                compare("type", CompareOp::Eq, "work"),
                compare("value", CompareOp::Co, "@example.com"),
            )),
        })
    }),
];

/// Says which rivals answer wrongly on the benchmark's user.
pub fn wrong_answers() -> Vec<String> {
    let user = payload::user(0);
    let stored = Stored::<User>::from_json(&user).expect("the payload is valid");
    let value: Value = serde_json::from_str(&user).expect("the payload is JSON");
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
