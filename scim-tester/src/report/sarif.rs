//! SARIF 2.1.0, for code scanning.

use serde_json::{Value, json};

use super::Report;
use crate::check::Level;

pub(crate) fn document(report: &Report) -> Value {
    let causes = report.causes(Level::Info);
    let mut rules: Vec<Value> = Vec::new();
    for cause in &causes {
        let check = cause.check;
        if rules.iter().any(|rule| rule["id"] == check.id) {
            continue;
        }
        rules.push(json!({
            "id": check.id,
            "shortDescription": {"text": check.obligation},
            "help": {"text": check.fix},
            "properties": {"section": check.section, "force": check.force.as_str(), "tags": check.tags()},
            "defaultConfiguration": {"level": level(check.level)},
        }));
    }
    let results: Vec<_> = causes
        .iter()
        .map(|cause| {
            let subs = cause.subs.join(", ");
            let text = format!(
                "{}{}: expected {}; got {}",
                cause.check.obligation,
                if subs.is_empty() { String::new() } else { format!(" [{subs}]") },
                report.mask(&cause.finding.expected),
                report.mask(&cause.finding.got)
            );
            let uri = report.exchange(cause.finding.exchange).map_or(&report.target, |e| &e.url);
            json!({
                "ruleId": cause.check.id,
                "level": level(cause.level),
                "message": {"text": text},
                "occurrenceCount": cause.count,
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": report.mask(uri)}}}],
                "partialFingerprints": {"scim": format!("{} {}", cause.check.id, subs)},
            })
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "scim-tester",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "invocations": [{
                "executionSuccessful": report.unusable.is_none(),
                "toolExecutionNotifications": report.unusable.iter().map(|why| report.mask(why))
                    .chain(report.left.iter().map(|path| format!("left behind: {path}")))
                    .map(|text| json!({"level": "error", "message": {"text": text}}))
                    .collect::<Vec<_>>(),
            }],
            "results": results,
        }],
    })
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Critical | Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "note",
    }
}
