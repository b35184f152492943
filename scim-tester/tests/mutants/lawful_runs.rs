//! Lawful service providers that look odd: no error may be told of one.

use super::*;

/// What is an error or worse, or keeps others from being run.
pub(super) fn errors(report: &Report) -> Vec<String> {
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
    let all = lawful::LAWFUL.iter().chain(apart::LAWFUL);
    for (name, fault) in all.skip(part).step_by(2) {
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
            .contains("lists show changes"),
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
