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
mod changes;
mod compare;
mod faults;
mod lawful;
mod more;
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
    assert!(all().count() >= 470);
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

/// What is an error or worse, or keeps others from being run.
fn errors(report: &Report) -> Vec<String> {
    let results = report.results().iter();
    let bad = results.filter(|result| match result.verdict() {
        Verdict::Fail(level) => *level >= Level::Error,
        Verdict::Error(_) | Verdict::Blocked { .. } => true,
        _ => false,
    });
    let said = bad.map(|result| {
        let findings = result
            .findings()
            .iter()
            .filter(|f| f.level() >= Level::Error);
        let findings: Vec<_> = findings
            .map(|f| format!("[{}] {} but {:.200}", f.sub(), f.expected(), f.got()))
            .take(3)
            .collect();
        let verdict = match result.verdict() {
            Verdict::Blocked { by, .. } => format!("blocked by {by}"),
            other => format!("{other:?}"),
        };
        format!("  {} {verdict}: {}", result.name(), findings.join("; "))
    });
    said.collect()
}

#[tokio::test]
async fn what_is_lawful_is_no_error_0() {
    lawful(0).await;
}

#[tokio::test]
async fn what_is_lawful_is_no_error_1() {
    lawful(1).await;
}

async fn lawful(part: usize) {
    let only = std::env::var("MUTANT").ok();
    let mut problems = Vec::new();
    for (name, fault) in lawful::LAWFUL.iter().skip(part).step_by(2) {
        if only
            .as_ref()
            .is_some_and(|only| !name.contains(only.as_str()))
        {
            continue;
        }
        let report = run(suite(), *fault).await;
        if std::env::var_os("SHOW").is_some() {
            println!(
                "{name}\n{report}\n{}",
                report.to_text(scim_tester::Format::Har)
            );
        }
        let wrong = errors(&report);
        let left = report.left_behind();
        if report.unusable().is_some() || !wrong.is_empty() || !left.is_empty() {
            problems.push(format!(
                "{name}: {:?} {left:?}\n{}",
                report.unusable(),
                wrong.join("\n")
            ));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Lists that are late by a second: what is written is waited for.
#[tokio::test]
async fn lists_that_are_late_are_waited_for() {
    let part = suite().only(["F-02", "F-13", "L-03", "G-01", "X-45"]);
    let report = run(part, lawful::LATE).await;
    let wrong = errors(&report);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        report
            .to_text(scim_tester::Format::Text)
            .contains("lists show what was written"),
        "{report}"
    );
    assert!(report.left_behind().is_empty(), "{report}");
}

/// A type with two extensions of which one is required.
#[tokio::test]
async fn two_extensions_and_one_is_required() {
    const BADGE: &str = "urn:example:params:scim:schemas:extension:badge:2.0:User";
    let right = Faulty::new(provider(), |q, next, _| next(q));
    let mut schemas = right.get("/Schemas").resources();
    schemas.push(serde_json::json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": BADGE, "name": "Badge", "description": "Who comes in.",
        "meta": {"resourceType": "Schema", "location": format!("https://scim.example/v2/Schemas/{BADGE}")},
        "attributes": [
            {"name": "number", "type": "string", "multiValued": false, "description": "x", "required": true, "caseExact": false,
             "mutability": "readWrite", "returned": "default", "uniqueness": "none"},
            {"name": "door", "type": "string", "multiValued": false, "description": "x", "required": false, "caseExact": false,
             "mutability": "readWrite", "returned": "default", "uniqueness": "none"},
        ],
    }));
    let mut types = right.get("/ResourceTypes").resources();
    for one in &mut types {
        if one["id"] == "User" {
            let extension = serde_json::json!({"schema": BADGE, "required": true});
            one["schemaExtensions"]
                .as_array_mut()
                .unwrap()
                .push(extension);
        }
    }
    let list = |all: &[serde_json::Value]| serde_json::Value::from(all).to_string();
    let documents = [
        ("schemas.json", list(&schemas)),
        ("types.json", list(&types)),
    ];
    let (types, _) = scim_client::dynamic::ResourceTypes::from_documents(documents).unwrap();
    let provider = ServiceProvider::builder()
        .strict()
        .bearer_token(TOKEN)
        .page_size(100)
        .resource_types(types.iter().map(scim_provider::ServedType::from))
        .build();
    let refuses: Fault = |q, next, _| {
        if q.path.starts_with("/ResourceTypes") {
            let mut a = next(q);
            // The other one is not required.
            let text = String::from_utf8_lossy(&a.raw).into_owned();
            a.raw = text
                .replace(
                    &format!("{{\"required\":false,\"schema\":\"{BADGE}\"}}"),
                    &format!("{{\"required\":true,\"schema\":\"{BADGE}\"}}"),
                )
                .replace(
                    &format!("{{\"schema\":\"{BADGE}\",\"required\":false}}"),
                    &format!("{{\"schema\":\"{BADGE}\",\"required\":true}}"),
                )
                .into();
            assert!(!a.raw.is_empty());
            return a;
        }
        let is_write = q.is("POST", "/Users") || q.method("PUT") && q.path.starts_with("/Users/");
        let body = q.json();
        if is_write && body.is_object() && !body[BADGE]["number"].is_string() {
            return wire::Resp::error(400, "invalidValue");
        }
        next(q)
    };
    let report = suite().run(Faulty::new(provider, refuses)).await;
    let wrong = errors(&report);
    assert!(
        wrong.is_empty() && report.unusable().is_none(),
        "{}\n{report}",
        wrong.join("\n")
    );
    assert!(
        report.left_behind().is_empty() && report.counts().pass > 300,
        "{report}"
    );
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

/// From the moment when the resources of the run are looked for at its end, reads are refused, and
/// lists are empty.
fn refusing(
    status: u16,
    q: wire::Req,
    next: &dyn Fn(wire::Req) -> wire::Resp,
    m: &wire::Memory,
) -> wire::Resp {
    if q.lists() && q.get("count") == Some("200") {
        m.lock().unwrap().insert("over".to_owned());
        return wire::Resp::list(&[]);
    }
    if q.method("GET") && q.resource().is_some() && m.lock().unwrap().contains("over") {
        return wire::Resp::error(status, "");
    }
    next(q)
}

#[tokio::test]
async fn what_cannot_be_read_is_not_lost() {
    let part = || suite().only(["L-07"]);
    let faults: [(u16, Fault); 4] = [
        (401, |q, next, m| refusing(401, q, next, m)),
        (403, |q, next, m| refusing(403, q, next, m)),
        (307, |q, next, m| refusing(307, q, next, m)),
        (503, |q, next, m| refusing(503, q, next, m)),
    ];
    for (status, fault) in faults {
        let report = run(part(), fault).await;
        assert!(
            !report
                .of("L-07")
                .any(|r| matches!(r.verdict(), Verdict::Fail(_) | Verdict::Pass)),
            "{status}: {report}"
        );
    }
    let losses: [Fault; 2] = [
        |q, next, m| refusing(404, q, next, m),
        |q, next, m| refusing(410, q, next, m),
    ];
    for gone in losses {
        let report = run(part(), gone).await;
        assert!(
            report
                .of("L-07")
                .any(|r| *r.verdict() == Verdict::Fail(Level::Critical)),
            "{report}"
        );
    }
}

/// A DELETE that is done and answers 500: nothing was lost, and no group lost a member.
#[tokio::test]
async fn a_delete_without_a_clear_answer_is_no_loss() {
    let unclear: Fault = |q, next, _| {
        let is = q.method("DELETE");
        let a = next(q);
        match is && a.ok() {
            true => wire::Resp::error(500, ""),
            false => a,
        }
    };
    let report = run(suite(), unclear).await;
    let failing = failing(&report);
    assert!(failing.iter().any(|(id, _)| *id == "L-01"), "{report}");
    assert!(!failing.iter().any(|(id, _)| *id == "L-07"), "{report}");
    assert!(report.left_behind().is_empty(), "{report}");
}

/// User names are unique for all types: no group can have one. D-13 says that RFC 7643 has it otherwise.
#[tokio::test]
async fn names_that_are_unique_everywhere_are_not_tried_twice() {
    fn conflict(q: &wire::Req, next: &dyn Fn(wire::Req) -> wire::Resp) -> bool {
        let mut users = q.as_get();
        users.path = "/Users".to_owned();
        users.put("filter", format!("userName eq {}", q.json()["displayName"]));
        q.is("POST", "/Groups") && !next(users).resources().is_empty()
    }
    let of_all: Fault = |q, next, _| match conflict(&q, next) {
        true => wire::Resp::error(409, "uniqueness"),
        false => {
            let is = q.path.starts_with("/Schemas");
            let mut a = next(q);
            if is {
                let text = String::from_utf8_lossy(&a.raw);
                let text = text.replace("\"uniqueness\":\"server\"", "\"uniqueness\":\"global\"");
                a.raw = text.into();
            }
            a
        }
    };
    let report = run(suite().only(["A-16"]), of_all).await;
    assert!(
        report
            .of("A-16")
            .all(|r| matches!(r.verdict(), Verdict::Skipped(_))),
        "{report}"
    );
    // Without a word of it in the schema, it is found.
    let of_some: Fault = |q, next, _| match conflict(&q, next) {
        true => wire::Resp::error(409, "uniqueness"),
        false => next(q),
    };
    let report = run(suite().only(["A-16"]), of_some).await;
    assert!(
        report
            .of("A-16")
            .all(|r| *r.verdict() == Verdict::Fail(Level::Warning)),
        "{report}"
    );
}

/// Discovery may be public: then it says nothing of the credentials, nor an Error of the path.
#[tokio::test]
async fn there_is_no_verdict_where_only_discovery_answers() {
    let refused: Fault = |q, next, _| {
        let public = ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"];
        match public.contains(&q.path.as_str()) {
            true => next(q),
            false => wire::Resp::error(401, ""),
        }
    };
    let only_config: Fault = |q, next, _| match q.path == "/ServiceProviderConfig" {
        true => next(q),
        false => wire::Resp::error(401, ""),
    };
    let nowhere: Fault = |_, _, _| wire::Resp::error(404, "");
    // Files beside a service that does not work.
    fn files(q: wire::Req, next: &dyn Fn(wire::Req) -> wire::Resp, status: u16) -> wire::Resp {
        let public = ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"];
        if public.iter().any(|path| q.path.starts_with(path)) && q.method("GET") {
            return next(q);
        }
        let mut a = wire::Resp::error(status, "");
        a.raw = "<html>hello</html>".into();
        a
    }
    let pages: Fault = |q, next, _| files(q, next, 200);
    let fails: Fault = |q, next, _| files(q, next, 500);
    let login: Fault = |q, next, _| files(q, next, 302);
    for (fault, word) in [
        (refused, "credentials"),
        (only_config, "credentials"),
        (nowhere, "is its path right?"),
        (pages, "nothing else does: no answer is a SCIM message"),
        (
            fails,
            "nothing else does: every request is answered with a server error",
        ),
        (login, "nothing else does"),
    ] {
        let report = run(suite(), fault).await;
        let why = report.unusable().unwrap_or_default();
        assert!(why.contains(word), "{word}: {why}");
        assert_eq!(report.exit_code(Level::Error), 6);
        assert!(report.requests() < 10, "{}", report.requests());
    }
}

/// Pages without ids lead nowhere, and are not asked for until the requests of the run are used up.
#[tokio::test]
async fn pages_without_ids_come_to_an_end() {
    let without: Fault = |q, next, _| {
        let is = ["active", "meta.resourceType"].contains(&q.get("sortBy").unwrap_or_default());
        let mut a = next(q);
        if is {
            a.each(|r| drop(r.as_object_mut().and_then(|members| members.remove("id"))));
        }
        a
    };
    let report = run(suite().only(["S-08"]), without).await;
    assert!(
        report
            .of("S-08")
            .all(|r| *r.verdict() == Verdict::Fail(Level::Error)),
        "{report}"
    );
    assert!(report.requests() < 500, "{}", report.requests());
}

/// What one area loses is noticed whichever job has that area.
#[tokio::test]
async fn each_job_notices_what_it_lost() {
    let loses: Fault = |q, next, m| {
        let a = next(q.clone());
        let is = q.method("PATCH") && q.path.starts_with("/Users/");
        if is
            && q.operations()
                .iter()
                .any(|o| o["op"] == "replace" && o.get("value").is_none())
            && m.lock().unwrap().insert("done".to_owned())
        {
            let name = next(q.as_get()).json()["userName"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            let mut list = q.as_get();
            list.path = "/Users".to_owned();
            list.put(
                "filter",
                format!(
                    "userName sw \"{}-\"",
                    name.split('-').next().unwrap_or_default()
                ),
            );
            let first = next(list).resources().into_iter().find_map(|one| {
                let id = one["id"].as_str()?.to_owned();
                (!q.path.ends_with(&id)).then_some(id)
            });
            let mut delete = q.as_get();
            delete.method = http::Method::DELETE;
            delete.path = format!("/Users/{}", first.unwrap_or_default());
            assert!(next(delete).ok());
        }
        a
    };
    for jobs in [1, 8] {
        let report = run(suite().jobs(jobs), loses).await;
        assert!(
            report
                .of("L-07")
                .any(|r| *r.verdict() == Verdict::Fail(Level::Critical)),
            "{jobs}: {report}"
        );
    }
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
