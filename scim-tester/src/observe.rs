//! What is looked for in all traffic, whatever it was sent for, and what has one cause.

mod errors;
mod refused;
mod resources;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use http::Method;

use crate::{
    check::{Check, Level, Run},
    context::Context,
    report::{CheckResult, Verdict, worst},
    trial::Finding,
    wire::{Answer, Secrets},
};

pub(crate) use self::refused::{only_refused, soften};
use self::{errors::errors, resources::resources};

/// What one observed check saw: findings by what they are about.
#[derive(Default)]
struct Seen {
    looked: usize,
    findings: BTreeMap<String, Finding>,
}

impl Seen {
    fn look(&mut self, ok: bool, level: Level, sub: &str, expected: &str, answer: &Answer) {
        self.look_with(ok, level, sub, expected, answer, || answer.in_short());
    }

    fn look_with(
        &mut self,
        ok: bool,
        level: Level,
        sub: &str,
        expected: &str,
        answer: &Answer,
        got: impl FnOnce() -> String,
    ) {
        self.looked += 1;
        if ok {
            return;
        }
        let known = self
            .findings
            .entry(format!("{sub}\n{expected}"))
            .or_insert_with(|| Finding {
                level,
                sub: sub.to_owned(),
                expected: expected.to_owned(),
                got: got(),
                exchange: Some(answer.number),
                count: 0,
                scim_type: None,
            });
        known.count += 1;
    }
}

/// What a base URL may have for people: it is nothing of SCIM.
fn is_page(answer: &Answer, base: &str) -> bool {
    let url = answer.url.split('?').next().unwrap_or_default();
    let media = answer.header("content-type").unwrap_or_default();
    answer.method == Method::GET
        && url.trim_end_matches('/') == base.trim_end_matches('/')
        && !media.to_ascii_lowercase().contains("json")
}

/// Adds the results of the checks that are observed.
pub(crate) fn report(cx: &Context, checks: &[&'static Check], results: &mut Vec<CheckResult>) {
    let log = cx.wire.log().clone();
    let mut seen: BTreeMap<&str, Seen> = BTreeMap::new();
    let mut secrets = Secrets::default();
    if let Some(own) = cx.wire.authorization() {
        secrets.add(own);
    }
    let lost = cx.wire.all_recovered();
    let excused = cx.wire.all_excused();
    let level = level_of_losses(&log, &lost);
    for answer in &log {
        connection(seen.entry("T-12").or_default(), answer, &lost, level);
        // Nothing came, or the tester asked for something else on purpose.
        if answer.status == 0 {
            continue;
        }
        if is_page(answer, &cx.wire.base) {
            continue;
        }
        media_type(seen.entry("T-01").or_default(), answer);
        errors(
            &mut seen,
            answer,
            &secrets,
            excused.contains(&answer.number),
        );
        resources(cx, &mut seen, answer);
    }
    identifiers(cx, seen.entry("R-06").or_default(), &log);
    announced(seen.entry("D-04").or_default(), cx, results);
    for check in checks
        .iter()
        .filter(|check| matches!(check.run, Run::Observed))
    {
        let Seen { looked, findings } = seen.remove(check.id).unwrap_or_default();
        let findings: Vec<_> = findings.into_values().collect();
        let verdict = match worst(&findings) {
            Some(level) if level > Level::Info => Verdict::Fail(level),
            _ if looked == 0 => Verdict::Skipped("there was nothing to check".to_owned()),
            _ => Verdict::Pass,
        };
        results.push(CheckResult {
            check,
            resource_type: None,
            verdict,
            findings,
            looked,
            requests: 0,
            took: Duration::ZERO,
        });
    }
}

/// Whether a method is none that RFC 7644 §3.2 or RFC 9110 has: a framework answers for the service
/// provider then, and E-07 looks at the status.
fn is_made_up(method: &Method) -> bool {
    ![
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ]
    .contains(method)
}

fn media_type(seen: &mut Seen, answer: &Answer) {
    let accepts_scim = answer
        .request_headers
        .get("accept")
        .is_some_and(|accept| accept.as_bytes() == b"application/scim+json");
    if answer.body.is_empty()
        || matches!(answer.status, 204 | 304)
        || !accepts_scim
        || answer.method == Method::HEAD
        || is_made_up(&answer.method)
    {
        return;
    }
    let header = answer.header("content-type").unwrap_or_default();
    let media = header
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let level = if media == "application/json" {
        Level::Warning
    } else {
        Level::Error
    };
    let sub = if answer.status < 300 {
        "success"
    } else {
        "error"
    };
    seen.look_with(
        media == "application/scim+json",
        level,
        sub,
        "Content-Type: application/scim+json",
        answer,
        || format!("Content-Type: {header} (status {})", answer.status),
    );
}

/// How many requests may be lost right after an answer: either side may close a connection that is idle
/// at any time (RFC 9112 §9.5), and a request may just be on its way then.
const BY_CHANCE: usize = 3;

/// How many milliseconds after an answer its connection is not idle yet.
const AT_ONCE: u64 = 500;

/// What lost requests are: a habit if several were lost right after an answer, chance otherwise.
fn level_of_losses(log: &[Answer], recovered: &BTreeSet<usize>) -> Level {
    let at_once = |pair: &[Answer]| match pair {
        [before, lost] => {
            let took = u64::try_from(before.took.as_millis()).unwrap_or(u64::MAX);
            let ended = before.started.saturating_add(took);
            recovered.contains(&lost.number)
                && before.error.is_none()
                && lost.started.saturating_sub(ended) < AT_ONCE
        }
        _ => false,
    };
    match log.windows(2).filter(|pair| at_once(pair)).count() {
        BY_CHANCE.. => Level::Warning,
        _ => Level::Info,
    }
}

/// A request that was lost and answered over another connection: its own was closed without a word.
fn connection(seen: &mut Seen, answer: &Answer, recovered: &BTreeSet<usize>, level: Level) {
    seen.look_with(
        !recovered.contains(&answer.number),
        level,
        "",
        "a response, or Connection: close in the one before",
        answer,
        || {
            let why = answer.error.as_deref().unwrap_or_default();
            format!("no response, and one over a new connection: {why}")
        },
    );
}

/// No identifier is given out twice, whatever the type.
fn identifiers(cx: &Context, seen: &mut Seen, log: &[Answer]) {
    let made = cx.ledger.all();
    let mut ids: BTreeMap<&str, &str> = BTreeMap::new();
    let Some(any) = log.last() else { return };
    for one in &made {
        let other = ids.insert(&one.id, &one.endpoint);
        let ok = other.is_none_or(|other| other == one.endpoint);
        seen.look_with(
            ok,
            Level::Error,
            "unique",
            "an id that no other resource has",
            any,
            || {
                format!(
                    "{} is the id of something in {} and in {}",
                    one.id,
                    other.unwrap_or_default(),
                    one.endpoint
                )
            },
        );
        let has_word = one.id.to_ascii_lowercase().contains("bulkid");
        seen.look_with(
            !has_word,
            Level::Error,
            "bulkId",
            "an id without bulkId",
            any,
            || one.id.clone(),
        );
    }
}

/// What is announced and does not work at all.
fn announced(seen: &mut Seen, cx: &Context, results: &[CheckResult]) {
    let Some(config) = cx.config.clone() else {
        return;
    };
    let broken = |ids: &[&str]| {
        let ran: Vec<_> = results
            .iter()
            .filter(|r| ids.contains(&r.check.id) && !matches!(r.verdict, Verdict::Skipped(_)))
            .collect();
        !ran.is_empty()
            && ran.iter().all(|r| {
                matches!(r.verdict, Verdict::Fail(Level::Error | Level::Critical)) && refuses(cx, r)
            })
    };
    // One attribute that cannot be changed by PATCH is for X-01; PATCH is there if any other can.
    let patched = cx
        .wire
        .log()
        .iter()
        .any(|a| a.method == Method::PATCH && a.is_success());
    for (feature, basics) in [
        ("patch", &["X-01"][..]),
        ("bulk", &["B-01"]),
        ("filter", &["F-02"]),
        ("sort", &["S-01", "S-02"]),
        ("etag", &["V-01"]),
    ] {
        if cx.announced(feature) == Some(true) {
            seen.look_with(
                !broken(basics) || (feature == "patch" && patched),
                Level::Error,
                feature,
                "a feature that is announced works",
                &config,
                || format!("{feature} is announced, and every basic check of it fails"),
            );
        }
    }
}

/// Whether a failed check failed because the server does not do it at all.
fn refuses(cx: &Context, result: &CheckResult) -> bool {
    let log = cx.wire.log();
    let shown = result
        .findings
        .iter()
        .filter_map(|f| log.get(f.exchange?.checked_sub(1)?));
    let statuses: Vec<_> = shown.map(|a| a.status).collect();
    statuses
        .iter()
        .any(|status| matches!(status, 404 | 405 | 501))
}

/// Findings that many checks have for one reason are moved to the check that is made for it.
pub(crate) fn merge_causes(results: &mut [CheckResult]) {
    let all = results.iter().flat_map(|result| &result.findings);
    let (mut right, mut wrong) = (0, 0);
    for finding in all {
        match finding.scim_type {
            Some(true) => right += 1,
            Some(false) => wrong += 1,
            None => {}
        }
    }
    // A few that are missing are faults of their places; nearly all are one fault.
    let is_one_cause = wrong >= 4 && wrong >= 4 * right;
    let mut sample: Option<Finding> = None;
    let mut places: BTreeSet<String> = BTreeSet::new();
    for result in results.iter_mut() {
        let before = result.findings.len();
        let mut kept = Vec::with_capacity(before);
        for finding in result.findings.drain(..) {
            match finding.scim_type {
                Some(true) => {}
                Some(false) if is_one_cause => {
                    places.insert(result.check.id.to_owned());
                    sample.get_or_insert(finding);
                }
                _ => kept.push(finding),
            }
        }
        result.findings = kept;
        if before != result.findings.len() {
            result.judge_again();
        }
    }
    let e03 = results.iter_mut().find(|result| result.check.id == "E-03");
    if let (Some(e03), Some(mut sample)) = (e03, sample) {
        sample.level = Level::Warning;
        sample.count = wrong;
        sample.sub = places.into_iter().collect::<Vec<_>>().join(", ");
        sample.scim_type = None;
        e03.findings.push(sample);
        e03.verdict = Verdict::Pass;
        e03.judge_again();
    } else if let Some(e03) = results.iter_mut().find(|result| result.check.id == "E-03")
        && right > 0
        && matches!(e03.verdict, Verdict::Skipped(_))
    {
        e03.verdict = Verdict::Pass;
    }
}
