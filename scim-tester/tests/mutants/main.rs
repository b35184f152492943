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
use scim_tester::{CheckResult, Level, Profile, Report, Suite, Verdict};

mod allowed;
mod apart;
mod changes;
mod compare;
mod conditional;
mod faults;
mod lawful;
mod lawful_runs;
mod more;
mod runs;
mod strange;
mod strangers;
mod whole;
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
        .chain(strangers::MUTANTS)
        .chain(whole::MUTANTS)
        .chain(strange::MUTANTS)
        .chain(apart::MUTANTS)
}

/// Of so many faults, one is tried: all, unless `EVERY` says otherwise, where the same code was tried
/// on all of them just before.
fn every() -> usize {
    let asked = std::env::var("EVERY").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(1).max(1)
}

/// In parts, which run at the same time.
const PARTS: usize = 4;

#[test]
fn there_are_many_faults() {
    assert!(all().count() >= 495);
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
    let from = std::env::var("FROM").ok().and_then(|n| n.parse().ok());
    let chosen = all()
        .skip(from.unwrap_or(0))
        .filter(|m| chosen(m.name))
        .step_by(every());
    for (at, mutant) in chosen.enumerate() {
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
    let all = allowed::ALLOWED
        .iter()
        .chain(strangers::ALLOWED)
        .chain(whole::ALLOWED);
    for (name, fault) in all.skip(from).step_by(every()) {
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

fn is_error(report: &Report, check: &str) -> bool {
    report
        .of(check)
        .any(|r| *r.verdict() == Verdict::Fail(Level::Error))
}

/// The attributes of a request may be refused by an operation that would be done without.
#[tokio::test]
async fn writes_that_are_refused_for_their_attributes_are_found() {
    let picky: Fault = |q, next, _| match !q.method("GET") && q.get("attributes").is_some() {
        true => wire::Resp::error(400, "invalidValue"),
        false => next(q),
    };
    let report = run(suite().only(["P-08"]), picky).await;
    for part in ["POST", "PUT", "PATCH"] {
        let mut findings = report.of("P-08").flat_map(CheckResult::findings);
        assert!(
            findings.any(|f| f.sub() == part && f.level() == Level::Error),
            "{part}: {report}"
        );
    }
    // What is refused anyway is not for this check.
    let no_put: Fault = |q, next, _| match q.method("PUT") {
        true => wire::Resp::error(501, ""),
        false => next(q),
    };
    assert!(!is_error(
        &run(suite().only(["P-08"]), no_put).await,
        "P-08"
    ));
}

/// A version that never fits is no lost update.
#[tokio::test]
async fn no_change_at_all_is_no_race() {
    let report = run(suite(), whole::NEVER_FITS).await;
    assert!(is_error(&report, "V-05"), "{report}");
    assert!(
        report
            .of("Y-02")
            .all(|r| matches!(r.verdict(), Verdict::Blocked { .. } | Verdict::Skipped(_))),
        "{report}"
    );
}

/// `replace` without a value: a warning if nothing comes of it, an error if it clears.
#[tokio::test]
async fn replace_without_a_value_is_as_bad_as_what_it_does() {
    fn replaced(q: &wire::Req) -> bool {
        q.operations()
            .iter()
            .any(|o| o["op"] == "replace" && o.get("value").is_none())
    }
    let ignores: Fault = |q, next, _| match replaced(&q) {
        true => next(q.as_get()),
        false => next(q),
    };
    let report = run(suite().only(["X-31"]), ignores).await;
    assert!(
        report
            .of("X-31")
            .all(|r| *r.verdict() == Verdict::Fail(Level::Warning)),
        "{report}"
    );
    let clears: Fault = |mut q, next, _| {
        if replaced(&q) {
            q.each_operation(|o| o["op"] = "remove".into());
        }
        next(q)
    };
    assert!(is_error(&run(suite().only(["X-31"]), clears).await, "X-31"));
}

/// One attribute that no PATCH changes does not make PATCH a feature that is not there.
#[tokio::test]
async fn patch_that_works_for_others_is_there() {
    let one: Fault = |q, next, _| match q.method("PATCH") && q.path.starts_with("/Users/") {
        true => wire::Resp::error(501, ""),
        false => next(q),
    };
    let report = run(suite().only(["D-04", "X-01"]), one).await;
    assert!(
        is_error(&report, "X-01") && !is_error(&report, "D-04"),
        "{report}"
    );
    let none: Fault = |q, next, _| match q.method("PATCH") {
        true => wire::Resp::error(501, ""),
        false => next(q),
    };
    assert!(is_error(
        &run(suite().only(["D-04", "X-01"]), none).await,
        "D-04"
    ));
}

/// A server that does not take back what it answers is found by W-05, and not by A-07 too.
#[tokio::test]
async fn only_read_only_attributes_are_put_back() {
    let picky: Fault = |q, next, _| match q.method("PUT") && q.json().get("id").is_some() {
        true => wire::Resp::error(400, "mutability"),
        false => next(q),
    };
    let report = run(suite().only(["A-07", "W-05"]), picky).await;
    assert!(
        is_error(&report, "W-05") && !is_error(&report, "A-07"),
        "{report}"
    );
}

/// An Error has other attributes than the resource, and they are not too many.
#[tokio::test]
async fn an_error_is_no_projection() {
    let refuses: Fault =
        |q, next, _| match q.get("attributes").is_some_and(|n| n.starts_with("urn:")) {
            true => wire::Resp::error(400, "invalidPath"),
            false => next(q),
        };
    let report = run(suite().only(["P-05"]), refuses).await;
    assert!(is_error(&report, "P-05"));
    let mut findings = report.of("P-05").flat_map(CheckResult::findings);
    assert!(!findings.any(|f| f.got().starts_with("also")), "{report}");
}

/// White space and letters of compatibility may be tidied: a warning. What is cut is lost.
#[tokio::test]
async fn text_that_is_tidied_is_not_lost() {
    fn with_texts(mut q: wire::Req, change: fn(&str) -> String) -> wire::Req {
        if q.creates() {
            q.edit(|d| {
                for name in ["displayName", "externalId"] {
                    if let Some(text) = d[name].as_str() {
                        d[name] = change(text).into();
                    }
                }
            });
        }
        q
    }
    let blanks: Fault = |q, next, _| {
        let tidy = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        next(with_texts(q, tidy))
    };
    let ligatures: Fault = |q, next, _| next(with_texts(q, |text| text.replace('\u{fb01}', "fi")));
    let cut: Fault = |q, next, _| next(with_texts(q, |text| text.chars().take(255).collect()));
    for (fault, level) in [
        (blanks, Level::Warning),
        (ligatures, Level::Warning),
        (cut, Level::Critical),
    ] {
        let report = run(suite().only(["I-03"]), fault).await;
        assert!(
            report
                .of("I-03")
                .all(|r| *r.verdict() == Verdict::Fail(level)),
            "{report}"
        );
    }
}

/// What works and is not announced is noted, each by itself; and nothing where all is announced.
#[tokio::test]
async fn what_works_unannounced_is_noted() {
    let silent: Fault = |q, next, _| {
        let is = q.path == "/ServiceProviderConfig";
        let mut a = next(q);
        if is {
            a.edit(|d| {
                for name in ["etag", "filter", "sort"] {
                    d[name]["supported"] = false.into();
                }
            });
        }
        a
    };
    let parts = |report: &Report| -> BTreeSet<String> {
        let findings = report.of("D-21").flat_map(CheckResult::findings);
        findings.map(|f| f.sub().to_owned()).collect()
    };
    let report = run(suite().only(["D-21"]), silent).await;
    let expected = ["etag", "filter", "sort"].map(str::to_owned);
    assert_eq!(parts(&report), BTreeSet::from(expected), "{report}");
    let report = run(suite().only(["D-21"]), |q, next, _| next(q)).await;
    assert_eq!(parts(&report), BTreeSet::new(), "{report}");
}
