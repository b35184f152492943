//! Leaves the server as it was.

use std::collections::BTreeSet;

use http::Method;

use crate::{
    context::Context,
    json::text,
    wire::{Ask, CLEAN_UP, encoded},
};

/// Deletes what the run made, newest first. Gives what could not be deleted.
pub(crate) async fn up(cx: &Context) -> Vec<String> {
    cx.begin(CLEAN_UP);
    let mut left = Vec::new();
    let mut unanswered = 0;
    for made in cx.ledger.left() {
        let path = format!("{}/{}", made.endpoint, encoded(&made.id));
        if unanswered >= 3 {
            left.push(path);
            continue;
        }
        match cx.send_anyway(Ask::new(Method::DELETE, path.clone())).await {
            Ok(answer) if answer.is_success() || matches!(answer.status, 404 | 410) => {
                unanswered = 0;
            }
            Ok(_) => left.push(path),
            Err(_) => {
                unanswered += 1;
                left.push(path);
            }
        }
    }
    if unanswered == 0 && !cx.told.read_only {
        left.extend(sweep(cx, &cx.maker.marker).await);
    }
    left
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
                match cx.send_anyway(Ask::new(Method::DELETE, path.clone())).await {
                    Ok(answer) if answer.is_success() || matches!(answer.status, 404 | 410) => {
                        any = true;
                    }
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
