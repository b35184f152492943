//! Leaves the server as it was.

use std::{collections::BTreeSet, io, path::Path, sync::Arc};

use http::Method;
use scim_client::transport::Transport;

use crate::{
    base::Base,
    context::Context,
    json::text,
    ledger::{Earlier, Ledger},
    suite::Suite,
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
async fn sweep(cx: &Context, marker: &str) -> Vec<String> {
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

/// Whether a text is the marker of a run: `zt` and eight hexadecimal digits.
fn is_marker(text: &str) -> bool {
    text.strip_prefix("zt").is_some_and(|digits| {
        digits.len() == 8
            && digits
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Deletes what an earlier run left, by its record and its marker.
///
/// # Errors
/// The record cannot be read, or the server cannot be talked to.
pub(crate) async fn earlier(
    suite: &Suite,
    transport: Arc<dyn Transport>,
    target: &str,
    record: &Path,
) -> Result<(usize, Vec<String>), String> {
    let named = record.file_stem().and_then(|name| name.to_str());
    let earlier = match (Earlier::read(record), named.filter(|name| is_marker(name))) {
        (Ok(earlier), _) => earlier,
        // The record is on another machine, or gone: the marker finds what is left.
        (Err(error), Some(marker)) if error.kind() == io::ErrorKind::NotFound => Earlier {
            url: target.to_owned(),
            markers: vec![marker.to_owned()],
            made: Vec::new(),
        },
        (Err(error), _) => return Err(format!("{} cannot be read: {error}", record.display())),
    };
    let Some((marker, others)) = earlier.markers.split_first().filter(|_| {
        let mut markers = earlier.markers.iter();
        markers.all(|marker| marker.len() >= 6)
    }) else {
        return Err(format!("{} is not the record of a run", record.display()));
    };
    let ledger = Ledger::default();
    for (endpoint, id) in &earlier.made {
        ledger.add(endpoint, id);
    }
    let quiet = suite.clone().read_only();
    // The record has no secrets of the base URL.
    let url = match Base::of(target).url == Base::of(&earlier.url).url {
        true => target,
        false => &earlier.url,
    };
    let mut cx = quiet.context(transport, url, ledger, marker);
    if let Some(why) = crate::setup::discover(&mut cx, &[]).await {
        return Err(why);
    }
    cx.told.read_only = false;
    let mut left = up(&cx).await;
    for marker in others {
        left.extend(sweep(&cx, marker).await);
    }
    Ok((cx.ledger.all().len(), left))
}
