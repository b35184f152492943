//! JSON, JSON lines, and a badge. The documentation of the crate has the schema.

use serde_json::{Value, json};

use super::{CheckResult, Report, Verdict, text};
use crate::{area, check::Level};

/// The version of the schema: it grows when members change their meaning or go.
pub(crate) const VERSION: u32 = 1;

pub(crate) fn document(report: &Report) -> Value {
    let counts = report.counts();
    json!({
        "version": VERSION,
        "tool": {"name": "scim-tester", "version": env!("CARGO_PKG_VERSION")},
        "target": report.mask(&report.target),
        "marker": report.marker,
        "profiles": report.profiles.iter().map(|p| p.as_str()).collect::<Vec<_>>(),
        "unusable": report.unusable.as_ref().map(|why| report.mask(why)),
        "interrupted": report.interrupted,
        "leftBehind": report.left,
        "requests": report.requests(),
        "milliseconds": millis(report.took),
        "counts": {
            "pass": counts.pass,
            "fail": counts.fail,
            "warning": counts.warning,
            "skipped": counts.skipped,
            "blocked": counts.blocked,
            "error": counts.error,
        },
        "readyFor": report.profiles.iter()
            .map(|p| (p.as_str().to_owned(), json!(report.unusable.is_none() && report.in_the_way(*p) == 0 && report.unknown(*p) == 0)))
            .collect::<serde_json::Map<_, _>>(),
        "results": report.results.iter().map(|result| one(report, result)).collect::<Vec<_>>(),
    })
}

pub(crate) fn lines(report: &Report) -> Vec<Value> {
    let mut head = document(report);
    let results = head
        .as_object_mut()
        .and_then(|members| members.remove("results"));
    let mut lines = vec![json!({"run": head})];
    if let Some(Value::Array(results)) = results {
        lines.extend(results);
    }
    lines
}

fn one(report: &Report, result: &CheckResult) -> Value {
    let check = result.check;
    let mut value = json!({
        "id": check.id,
        "area": area::title(check.area()),
        "resourceType": result.resource_type,
        "verdict": result.verdict.as_str(),
        "section": check.section,
        "force": check.force.as_str(),
        "obligation": check.obligation,
        "requests": result.requests,
        "milliseconds": millis(result.took),
        "findings": result.findings.iter()
            .filter(|finding| finding.scim_type != Some(true))
            .map(|finding| {
                let mut entry = json!({
                    "level": finding.level.as_str(),
                    "part": report.mask(&finding.sub),
                    "expected": report.mask(&finding.expected),
                    "got": report.mask(&finding.got),
                    "count": finding.count.max(1),
                });
                if finding.level > Level::Info {
                    entry["fix"] = check.fix.into();
                }
                if let Some(exchange) = report.exchange(finding.exchange) {
                    entry["exchange"] = exchange.number.into();
                    entry["curl"] = report.curl(exchange).into();
                }
                entry
            })
            .collect::<Vec<_>>(),
    });
    match &result.verdict {
        Verdict::Fail(level) => value["level"] = level.as_str().into(),
        Verdict::Skipped(why) | Verdict::Error(why) => value["reason"] = report.mask(why).into(),
        Verdict::Blocked { by, why } => {
            value["blockedBy"] = by.as_str().into();
            value["reason"] = report.mask(why).into();
        }
        Verdict::Pass => {}
    }
    value
}

pub(crate) fn badge(report: &Report) -> Value {
    let counts = report.counts();
    let ran = counts.pass + counts.fail + counts.warning;
    let unknown = report
        .profiles
        .iter()
        .any(|profile| report.unknown(*profile) > 0);
    let (message, colour) = match (&report.unusable, counts.fail) {
        (Some(_), _) => ("no verdict".to_owned(), "lightgrey"),
        (None, 0) if unknown => (format!("{}/{ran}, in part", counts.pass), "lightgrey"),
        (None, 0) => (format!("{}/{ran}", counts.pass), "brightgreen"),
        (None, failed) => (format!("{failed} errors"), "red"),
    };
    json!({
        "schemaVersion": 1,
        "label": "SCIM 2.0",
        "message": message,
        "color": colour,
        "readyFor": text::ready(report),
    })
}

pub(crate) fn millis(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
