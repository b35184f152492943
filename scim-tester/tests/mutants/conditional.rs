//! Service providers that change only what the client has seen: 428 without `If-Match` (RFC 6585 §3).

use super::{
    wire::{Req, Resp},
    *,
};
use serde_json::{Value, json};

fn changes(method: &str) -> bool {
    ["PUT", "PATCH", "DELETE"].contains(&method)
}

/// Whether a single request changes a resource and names no version of it.
fn is_blind(q: &Req) -> bool {
    changes(q.method.as_str()) && q.resource().is_some() && !q.headers.contains_key("if-match")
}

fn is_there(q: &Req, next: &dyn Fn(Req) -> Resp, path: &str) -> bool {
    let mut read = q.as_get();
    path.clone_into(&mut read.path);
    next(read).ok()
}

/// Operations of a bulk request that change what is there and have no version are refused; the others
/// are done, and the results stay in the order of the operations.
fn bulk(q: &Req, next: &dyn Fn(Req) -> Resp) -> Resp {
    let body = q.json();
    let operations = body["Operations"].as_array().cloned().unwrap_or_default();
    let is_refused = |one: &Value| {
        one["method"].as_str().is_some_and(changes)
            && one.get("version").is_none()
            && one["path"]
                .as_str()
                .is_some_and(|path| is_there(q, next, path))
    };
    let (refused, done): (Vec<Value>, Vec<Value>) =
        operations.iter().cloned().partition(|one| is_refused(one));
    if refused.is_empty() {
        return next(q.clone());
    }
    let mut rest = q.clone();
    rest.edit(|d| d["Operations"] = done.clone().into());
    let mut a = match done.is_empty() {
        true => Resp::new(
            200,
            &json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"], "Operations": []}),
        ),
        false => next(rest),
    };
    a.edit(|d| {
        let mut results = d["Operations"].as_array().cloned().unwrap_or_default().into_iter();
        let all = operations.iter().filter_map(|one| {
            if !refused.contains(one) {
                return results.next();
            }
            let path = one["path"].as_str().unwrap_or_default();
            Some(json!({
                "method": one["method"], "status": "428", "location": format!("https://scim.example/v2{path}"),
                "response": Resp::error(428, "").json(),
            }))
        });
        d["Operations"] = all.collect();
    });
    a
}

/// Only what is there has a version.
const NEEDS_VERSIONS: Fault = |q, next, _| {
    if is_blind(&q) && is_there(&q, next, &q.path) {
        return Resp::error(428, "");
    }
    match q.is("POST", "/Bulk") {
        true => bulk(&q, next),
        false => next(q),
    }
};

/// Asked for before it is looked what is there.
const ASKS_FIRST: Fault = |q, next, _| {
    let own = format!("Bearer {TOKEN}");
    match is_blind(&q) && q.headers.get("authorization").is_some_and(|by| *by == own) {
        true => Resp::error(428, ""),
        false => next(q),
    }
};

/// By the RFCs such a service provider is right, in bulk too, and nothing of it is left.
#[tokio::test]
async fn changes_of_versions_only_are_lawful() {
    for fault in [NEEDS_VERSIONS, ASKS_FIRST] {
        let report = run(suite(), fault).await;
        let wrong = super::lawful_runs::errors(&report);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(report.unusable().is_none() && report.left_behind().is_empty());
        assert!(report.counts().pass > 300, "{report}");
    }
}

/// For Entra ID and Okta it is one thing each, and not one for every change.
#[tokio::test]
async fn clients_without_versions_are_told_of_it_once() {
    let suite = || suite().with(Profile::Entra).with(Profile::Okta);
    let right = failing(&run(suite(), |q, next, _| next(q)).await);
    for fault in [NEEDS_VERSIONS, ASKS_FIRST] {
        let report = run(suite(), fault).await;
        let new: BTreeSet<_> = failing(&report)
            .difference(&right)
            .map(|(id, _)| *id)
            .collect();
        assert_eq!(new, BTreeSet::from(["EN-17", "OK-15"]), "{report}");
        assert!(report.left_behind().is_empty(), "{report}");
    }
}
