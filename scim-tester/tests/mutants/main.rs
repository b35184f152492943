//! The tester is tested: service providers with one fault each are noticed by the checks that are
//! made for it, and nothing else is said of them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::suspicious_else_formatting,
    reason = "helpers of tests may panic as tests do"
)]
#![allow(
    clippy::collapsible_if,
    clippy::nonminimal_bool,
    clippy::possible_missing_else,
    clippy::semicolon_if_nothing_returned,
    reason = "a fault is one line of a table: what it changes, and when"
)]

use std::collections::BTreeSet;

use scim_client::testing::ServiceProvider;
use scim_tester::{Level, Profile, Report, Suite, Verdict};

mod allowed;
mod changes;
mod compare;
mod faults;
mod more;
mod wire;

use self::{
    faults::Mutant,
    wire::{Fault, Faulty},
};

const TOKEN: &str = "s3cret-token";

fn provider() -> ServiceProvider {
    ServiceProvider::builder()
        .strict()
        .bearer_token(TOKEN)
        .page_size(100)
        .build()
}

fn suite() -> Suite {
    // EN-15 and the like are tried where a mutant is made for them.
    Suite::rfc().bearer_token(TOKEN).seed(7)
}

async fn run(suite: Suite, fault: Fault) -> Report {
    suite.run(Faulty::new(provider(), fault)).await
}

/// What fails, by check and resource type.
fn failing(report: &Report) -> BTreeSet<(&'static str, String)> {
    let results = report.results().iter();
    results
        .filter(
            |result| matches!(result.verdict(), Verdict::Fail(level) if *level >= Level::Warning),
        )
        .map(|result| {
            (
                result.check().id(),
                result.resource_type().unwrap_or_default().to_owned(),
            )
        })
        .collect()
}

fn all() -> impl Iterator<Item = &'static Mutant> {
    faults::MUTANTS
        .iter()
        .chain(changes::MUTANTS)
        .chain(more::MUTANTS)
}

/// In parts, which run at the same time.
const PARTS: usize = 4;

#[test]
fn there_are_many_faults() {
    assert!(all().count() >= 340);
    let names: BTreeSet<_> = all().map(|mutant| mutant.name).collect();
    assert_eq!(names.len(), all().count(), "two faults of one name");
}

macro_rules! parts {
    ($($name:ident $part:literal)*) => {$(
        #[tokio::test]
        async fn $name() {
            each_fault_is_noticed(($part).into()).await;
        }
    )*};
}
parts! { each_fault_is_noticed_0 0_u8 each_fault_is_noticed_1 1_u8 each_fault_is_noticed_2 2_u8 each_fault_is_noticed_3 3_u8 }

async fn each_fault_is_noticed(part: usize) {
    let right = run(suite(), |q, next, _| next(q)).await;
    let before = failing(&right);
    let only = std::env::var("MUTANT").ok();
    let mut problems = Vec::new();
    let mut count = 0;
    let chosen = |name: &str| {
        only.as_deref()
            .is_none_or(|only| only.split(',').any(|word| name == word))
    };
    for (at, mutant) in all().filter(|m| chosen(m.name)).enumerate() {
        if at % PARTS != part {
            continue;
        }
        count += 1;
        let report = run(suite(), mutant.fault).await;
        if let Some(why) = report.unusable() {
            problems.push(format!("{}: no verdict: {why}", mutant.name));
            continue;
        }
        let now = failing(&report);
        let new: BTreeSet<_> = now.difference(&before).map(|(id, _)| *id).collect();
        if !mutant.noticed_by.iter().any(|id| new.contains(id)) {
            problems.push(format!(
                "{}: not noticed by {:?}; {new:?}",
                mutant.name, mutant.noticed_by
            ));
        }
        // A star: it hits whatever is there, so that anything may fail besides.
        let known = |id: &&str| {
            mutant.noticed_by.contains(id) || mutant.also.contains(id) || mutant.also == ["*"]
        };
        let surplus: Vec<_> = new.iter().filter(|id| !known(id)).collect();
        if !surplus.is_empty() {
            problems.push(format!("{}: also fails {surplus:?}", mutant.name));
        }
        if std::env::var_os("SHOW").is_some() {
            println!("{} {new:?}\n{report}", mutant.name);
        }
    }
    assert!(
        problems.is_empty(),
        "{} of {count}:\n{}",
        problems.len(),
        problems.join("\n")
    );
}

#[tokio::test]
async fn what_looks_wrong_and_is_allowed_is_not_found() {
    let right = failing(&run(suite(), |q, next, _| next(q)).await);
    let mut problems = Vec::new();
    let from: usize = std::env::var("FROM")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(0);
    for (name, fault) in allowed::ALLOWED.iter().skip(from) {
        let report = run(suite(), *fault).await;
        let new: Vec<_> = failing(&report).difference(&right).cloned().collect();
        if report.unusable().is_some() || !new.is_empty() {
            problems.push(format!("{name}: {new:?} {:?}", report.unusable()));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[tokio::test]
async fn profiles_notice_what_they_are_for() {
    let with = |profile| suite().with(profile);
    let null_in_schemas: Fault = |q, next, _| {
        let mut a = next(q.clone());
        if a.ok() && q.is("GET", "/Schemas") {
            a.edit(|d| d["x"] = serde_json::Value::Null);
        }
        a
    };
    assert!(
        failing(&run(with(Profile::Entra), null_in_schemas).await)
            .contains(&("EN-15", String::new()))
    );
    let no_groups: Fault = |q, next, _| {
        if q.creates() && q.json().get("groups").is_some() {
            return wire::Resp::error(400, "mutability");
        }
        next(q)
    };
    assert!(
        failing(&run(with(Profile::Okta), no_groups).await).contains(&("OK-05", String::new()))
    );
}
