//! Leaves the server as it was.

use std::{collections::BTreeSet, time::Instant};

use http::Method;
use scim_client::DateTime;
use serde_json::{Value, json};

use crate::{
    context::{BULK, Context},
    json::{self, elements, member, text},
    ledger::Made,
    wire::{Answer, Ask, CLEAN_UP, encoded},
};

/// How many resources one request deletes at most, whatever the server allows.
const AT_ONCE: usize = 100;

/// Deletes what the run made, newest first: by requests with several operations where these were seen to
/// work, and one by one otherwise. Gives what could not be deleted until then.
pub(crate) async fn up(cx: &Context, bulk_works: bool, until: Instant) -> Vec<String> {
    cx.begin(CLEAN_UP);
    if bulk_works {
        in_bulk(cx).await;
    }
    let mut left = Vec::new();
    let mut unanswered = 0;
    for made in cx.ledger.left() {
        let path = format!("{}/{}", made.endpoint, encoded(&made.id));
        if unanswered >= 3 || Instant::now() >= until {
            left.push(path);
            continue;
        }
        // Where it may be gone, its id may be somebody else's by now.
        if made.doubtful {
            let read = cx.send_anyway(Ask::get(path.clone())).await;
            let foreign = |answer: &Answer| {
                answer.is_success()
                    && !is_own(&made, answer, std::slice::from_ref(&cx.maker.marker))
            };
            if read.is_ok_and(|answer| is_gone(&answer) || foreign(&answer)) {
                cx.ledger.was_deleted(&path);
                continue;
            }
        }
        match delete(cx, &path).await {
            Some(true) => unanswered = 0,
            Some(false) => left.push(path),
            None => {
                unanswered += 1;
                left.push(path);
            }
        }
    }
    if unanswered == 0 && !cx.told.read_only && Instant::now() < until {
        left.extend(sweep(cx, &cx.maker.marker).await);
    }
    left
}

/// Deletes what an earlier run made, newest first, if it still bears one of the markers of that run:
/// its id may belong to somebody else's resource by now. Then looks for the markers. Gives what is
/// left, and why.
#[cfg(feature = "program")]
pub(crate) async fn up_earlier(cx: &Context, markers: &[String]) -> Vec<String> {
    cx.begin(CLEAN_UP);
    let mut left = Vec::new();
    let mut unanswered = 0;
    for made in cx.ledger.left() {
        let path = format!("{}/{}", made.endpoint, encoded(&made.id));
        if unanswered >= 3 {
            left.push((path, "no answer".to_owned()));
            continue;
        }
        let Ok(read) = cx.send_anyway(Ask::get(path.clone())).await else {
            unanswered += 1;
            left.push((path, "no answer".to_owned()));
            continue;
        };
        unanswered = 0;
        if is_gone(&read) {
            cx.ledger.was_deleted(&path);
        } else if !read.is_success() {
            left.push((path, format!("cannot be read: {}", read.in_short())));
        } else if !is_own(&made, &read, markers) {
            left.push((
                path,
                "has no marker of the run, so it was left alone".to_owned(),
            ));
        } else if delete(cx, &path).await != Some(true) {
            left.push((path, "cannot be deleted".to_owned()));
        }
    }
    let mut found = Vec::new();
    for marker in markers.iter().take_while(|_| unanswered == 0) {
        found.extend(sweep(cx, marker).await);
    }
    // What could not be read by its id may have been found by its marker.
    let still: BTreeSet<String> = cx
        .ledger
        .left()
        .iter()
        .map(|made| format!("{}/{}", made.endpoint, encoded(&made.id)))
        .collect();
    left.retain(|(path, _)| still.contains(path));
    found.retain(|path| !left.iter().any(|(known, _)| known == path));
    let left = left.into_iter().map(|(path, why)| format!("{path}: {why}"));
    left.chain(found).collect()
}

fn is_gone(answer: &Answer) -> bool {
    matches!(answer.status, 404 | 410)
}

/// Whether what has the id of a resource of the run is that one still: it has one of the markers, or it
/// was created when that was.
fn is_own(made: &Made, answer: &Answer, markers: &[String]) -> bool {
    let created = json::at(answer.doc(), "meta/created").and_then(Value::as_str);
    let same = |one: &str, two: &str| {
        let instants = (DateTime::instant_of(one), DateTime::instant_of(two));
        one == two || matches!(instants, (Some(one), Some(two)) if one == two)
    };
    let is_same = made.created.as_deref().zip(created);
    bears(&answer.body, markers) || is_same.is_some_and(|(one, two)| same(one, two))
}

/// Whether one of the markers stands in a resource, in any letter case.
fn bears(body: &[u8], markers: &[String]) -> bool {
    let text = String::from_utf8_lossy(body).to_ascii_lowercase();
    markers.iter().any(|marker| text.contains(marker))
}

/// Whether it is gone now; nothing where no answer came. What has another answer is looked at: it may
/// have been deleted all the same.
async fn delete(cx: &Context, path: &str) -> Option<bool> {
    // Twice, as a connection may end before its answer.
    for _ in 0..2 {
        let answer = cx.send_anyway(Ask::new(Method::DELETE, path)).await.ok();
        if let Some(answer) = &answer {
            if is_gone(answer) {
                cx.ledger.was_deleted(path);
            }
            if answer.is_success() || is_gone(answer) {
                return Some(true);
            }
            // Refused, and nothing done.
            if matches!(answer.status, 400..=403 | 405 | 412 | 501) {
                return Some(false);
            }
        }
        let read = cx.send_anyway(Ask::get(path)).await.ok();
        if read.as_ref().is_some_and(is_gone) {
            cx.ledger.was_deleted(path);
            return Some(true);
        }
        match (answer, read) {
            (None, Some(_)) => {}
            (None, None) => return None,
            (Some(_), _) => return Some(false),
        }
    }
    Some(false)
}

/// Deletes what it can by requests with several operations (RFC 7644 §3.7). What is not said to be gone
/// afterwards is left for others to delete.
async fn in_bulk(cx: &Context) {
    let limit = |name: &str| {
        let config = cx.config.as_ref()?;
        usize::try_from(json::at(config.doc(), &format!("bulk/{name}"))?.as_u64()?).ok()
    };
    let most = limit("maxOperations").unwrap_or(AT_ONCE).min(AT_ONCE);
    let bytes = limit("maxPayloadSize").unwrap_or(usize::MAX);
    let mut open: Vec<String> = cx
        .ledger
        .left()
        .iter()
        .filter(|made| !made.doubtful)
        .map(|made| format!("{}/{}", made.endpoint, encoded(&made.id)))
        .collect();
    while !open.is_empty() {
        let mut operations: Vec<Value> = open
            .iter()
            .take(most)
            .map(|path| json!({"method": "DELETE", "path": path}))
            .collect();
        let message = |operations: &[Value]| json!({"schemas": [BULK], "Operations": operations});
        while message(&operations).to_string().len() > bytes && operations.pop().is_some() {}
        if operations.is_empty() {
            return;
        }
        let asked: Vec<String> = open.drain(..operations.len()).collect();
        let ask = Ask::post("/Bulk", &message(&operations));
        let Ok(answer) = cx.send_anyway(ask).await else {
            return;
        };
        let results = elements(member(answer.doc(), "Operations"));
        if !answer.is_success() || results.len() != asked.len() {
            return;
        }
        for result in results {
            let status = member(result, "status").and_then(status);
            let location = text(result, "location").unwrap_or_default();
            let path = asked.iter().find(|path| location.ends_with(path.as_str()));
            if let (Some(200..=299 | 404 | 410), Some(path)) = (status, path) {
                cx.ledger.was_deleted(path);
            }
        }
    }
}

/// The status of an operation: a text, or a number, or an object with a code as in a draft.
fn status(status: &Value) -> Option<u64> {
    let status = member(status, "code").unwrap_or(status);
    status.as_u64().or_else(|| status.as_str()?.parse().ok())
}

/// Looks for the marker, and deletes what has it.
pub(crate) async fn sweep(cx: &Context, marker: &str) -> Vec<String> {
    let mut left = Vec::new();
    for r in &cx.types {
        let Some(key) = r.key() else { continue };
        let filter = format!("{} sw \"{marker}-\"", key.path());
        let mut tried = BTreeSet::new();
        // At most as many pages as one run can fill.
        for _ in 0..50 {
            let ask = Ask::get(&r.endpoint).query("filter", &filter);
            let Ok(answer) = cx.send_anyway(ask).await else {
                break;
            };
            // Whatever the filter did: only what has the marker is ours.
            let ours: Vec<String> = answer
                .resources()
                .iter()
                .filter(|one| {
                    key.of(one)
                        .and_then(|value| value.as_str())
                        .is_some_and(|value| {
                            value
                                .to_ascii_lowercase()
                                .starts_with(&format!("{marker}-"))
                        })
                })
                .filter_map(|one| text(one, "id").map(str::to_owned))
                .collect();
            if !answer.is_success() || ours.is_empty() {
                break;
            }
            let mut any = false;
            // What came again was not deleted, whatever the answer said.
            let ours: Vec<String> = ours
                .into_iter()
                .filter(|id| {
                    let path = format!("{}/{}", r.endpoint, encoded(id));
                    let is_new = tried.insert(id.clone());
                    if !is_new && !left.contains(&path) {
                        left.push(path);
                    }
                    is_new
                })
                .collect();
            for id in ours {
                cx.ledger.add(&r.endpoint, &id);
                let path = format!("{}/{}", r.endpoint, encoded(&id));
                match delete(cx, &path).await {
                    Some(true) => any = true,
                    _ if left.contains(&path) => {}
                    _ => left.push(path),
                }
            }
            if !any {
                break;
            }
        }
    }
    left
}
