//! Leaves the server as it was.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant, SystemTime},
};

use http::Method;
use scim_client::DateTime;
use serde_json::{Value, json};

use crate::{
    context::{BULK, Borrowed, Context, PATCH_OP},
    json::{self, elements, member, text},
    ledger::Made,
    resource_type::ResourceType,
    wire::{Answer, Ask, CLEAN_UP, encoded},
};

/// How many resources one request deletes at most, whatever the server allows.
const AT_ONCE: usize = 100;

/// After how many requests in a row without an answer nothing more is deleted.
const UNANSWERED: usize = 3;

/// How long it is looked for one marker of an earlier run at most.
#[cfg(feature = "program")]
const SWEEP: Duration = Duration::from_secs(300);

/// Deletes what the run made, newest first: by requests with several operations where these were seen to
/// work, and one by one otherwise. Gives what could not be deleted until then.
pub(crate) async fn up(cx: &Context, bulk_works: bool, until: Instant) -> Vec<String> {
    cx.begin(CLEAN_UP);
    let mut left = give_back(cx, None).await;
    if bulk_works {
        in_bulk(cx, until).await;
    }
    let markers = std::slice::from_ref(&cx.maker.marker);
    let mut unanswered = 0;
    let mut refused = Vec::new();
    for made in cx.ledger.left() {
        let path = format!("{}/{}", made.endpoint, encoded(&made.id));
        if unanswered >= UNANSWERED || Instant::now() >= until {
            left.push(path);
            continue;
        }
        // No path leads to it.
        if matches!(made.id.as_str(), "." | "..") {
            left.push(path);
            continue;
        }
        // Where it may be gone, its id may be somebody else's by now.
        if made.doubtful {
            let read = cx.send_anyway(Ask::get(path.clone())).await;
            let whose = |answer: &Answer| whose(cx, &made, answer, markers);
            match read.ok() {
                Some(answer) if is_gone(&answer) || whose(&answer) == Whose::Other => {
                    cx.ledger.was_deleted(&path);
                    continue;
                }
                Some(answer) if answer.is_success() && whose(&answer) == Whose::Unknown => {
                    left.push(format!("{path}: {NO_MARKER}"));
                    continue;
                }
                _ => {}
            }
        }
        match delete(cx, &path).await {
            Some(true) => unanswered = 0,
            Some(false) => refused.push((made.endpoint, path)),
            None => {
                unanswered += 1;
                left.push(path);
            }
        }
    }
    // What had to go first is gone by now, and what failed once may do better.
    for (endpoint, path) in refused {
        let in_time = unanswered < UNANSWERED && Instant::now() < until;
        if in_time {
            empty(cx, &endpoint, &path).await;
        }
        if !in_time || delete(cx, &path).await != Some(true) {
            left.push(path);
        }
    }
    if unanswered == 0 && !cx.told.read_only && Instant::now() < until {
        for path in sweep(cx, &cx.maker.marker, until).await {
            if !left.contains(&path) {
                left.push(path);
            }
        }
    }
    left
}

/// Puts back what is not the run's and was changed: where the answer was lost, or the run ended in
/// between. With the markers of an earlier run, what others have changed since is left alone. Gives what
/// could not be put back.
async fn give_back(cx: &Context, earlier: Option<&[String]>) -> Vec<String> {
    let mut left = Vec::new();
    for borrowed in cx.borrowed() {
        for _ in 0..3 {
            // What was just written may not be seen at once.
            cx.next_second().await;
            if let Ok(read) = cx.send_anyway(Ask::get(&borrowed.path)).await
                && is_settled(&borrowed, &read, earlier)
            {
                cx.gave_back(&borrowed);
                break;
            }
            // The next read says whether it was done.
            let _answer = cx.send_anyway(borrowed.back()).await;
        }
        if cx.borrowed().contains(&borrowed) {
            let what = match &borrowed.attribute {
                Some(attribute) => format!("{}: {attribute}", borrowed.path),
                None => format!("{}: it", borrowed.path),
            };
            left.push(format!("{what} is not as it was before the run"));
        }
    }
    left
}

/// Whether what was changed is as it was before, or is nothing of the run's any more.
fn is_settled(borrowed: &Borrowed, read: &Answer, earlier: Option<&[String]>) -> bool {
    if borrowed.is_as_before(read) {
        return true;
    }
    let Some(markers) = earlier.filter(|_| read.is_success()) else {
        return false;
    };
    match &borrowed.attribute {
        // What the run wrote has its marker.
        Some(attribute) => member(read.doc(), attribute)
            .is_none_or(|now| !bears(now.to_string().as_bytes(), markers)),
        // It may have other values by now, and has the members that it had.
        None => {
            let old = borrowed.old.as_ref().and_then(Value::as_object);
            old.into_iter()
                .flatten()
                .all(|(name, _)| member(read.doc(), name).is_some())
        }
    }
}

/// Why a resource with an id of the run was not deleted.
const NO_MARKER: &str = "has no marker of the run, so it was left alone";

/// Deletes what an earlier run made, newest first, if it still bears one of the markers of that run:
/// its id may belong to somebody else's resource by now. Then looks for the markers. Gives what is
/// left, and why.
#[cfg(feature = "program")]
pub(crate) async fn up_earlier(cx: &Context, markers: &[String]) -> Vec<String> {
    cx.begin(CLEAN_UP);
    let changed = give_back(cx, Some(markers)).await;
    let mut left = Vec::new();
    let mut unanswered = 0;
    for made in cx.ledger.left() {
        let path = format!("{}/{}", made.endpoint, encoded(&made.id));
        if unanswered >= UNANSWERED {
            left.push((path, "no response".to_owned()));
            continue;
        }
        let Ok(read) = cx.send_anyway(Ask::get(path.clone())).await else {
            unanswered += 1;
            left.push((path, "no response".to_owned()));
            continue;
        };
        unanswered = 0;
        if is_gone(&read) {
            cx.ledger.was_deleted(&path);
        } else if !read.is_success() {
            left.push((path, format!("cannot be read: {}", read.in_short())));
        } else if whose(cx, &made, &read, markers) != Whose::Own {
            left.push((path, NO_MARKER.to_owned()));
        } else if delete(cx, &path).await != Some(true) {
            left.push((path, "cannot be deleted".to_owned()));
        }
    }
    let mut found = Vec::new();
    for marker in markers.iter().take_while(|_| unanswered == 0) {
        let until = Instant::now() + SWEEP;
        found.extend(sweep(cx, marker, until).await);
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
    changed.into_iter().chain(left).chain(found).collect()
}

fn is_gone(answer: &Answer) -> bool {
    matches!(answer.status, 404 | 410)
}

/// Who has a resource with an id of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Own,
    Other,
    /// It has no marker, and its time says nothing.
    Unknown,
}

/// Whether what has the id of a resource of the run is that one still. Ids come again, and clocks are
/// coarse or stand still: what has another time is another one, what has the marker is the run's, and
/// the same time is evidence only where the times of the run are fine and differ.
fn whose(cx: &Context, made: &Made, answer: &Answer, markers: &[String]) -> Whose {
    if !answer.is_success() {
        return Whose::Unknown;
    }
    let instant = |text: &str| DateTime::instant_of(text)?.to_system_time();
    let now = json::at(answer.doc(), "meta/created")
        .and_then(Value::as_str)
        .and_then(instant);
    let then = made.created.as_deref().and_then(instant);
    let apart = then.zip(now).map(|(then, now)| {
        let since = now.duration_since(then);
        since.unwrap_or_else(|before| before.duration())
    });
    // Answers may show fewer digits than what is read later.
    if apart.is_some_and(|apart| apart >= Duration::from_secs(1)) {
        return Whose::Other;
    }
    if bears(&answer.body, markers) {
        return Whose::Own;
    }
    let all: Vec<_> = cx.ledger.all();
    let times: Vec<_> = all
        .iter()
        .filter_map(|one| one.created.as_deref().and_then(instant))
        .collect();
    let is_fine = then.is_some_and(|then| {
        let since = then.duration_since(SystemTime::UNIX_EPOCH);
        let same = times.iter().filter(|time| **time == then).count();
        since.is_ok_and(|since| since.subsec_nanos() != 0) && same == 1 && times.len() > 1
    });
    match apart {
        Some(Duration::ZERO) if is_fine => Whose::Own,
        _ => Whose::Unknown,
    }
}

/// Whether one of the markers stands in a resource, in any letter case.
fn bears(body: &[u8], markers: &[String]) -> bool {
    let text = String::from_utf8_lossy(body).to_ascii_lowercase();
    markers.iter().any(|marker| text.contains(marker))
}

/// Takes the members out of a group, for service providers that delete no other.
async fn empty(cx: &Context, endpoint: &str, path: &str) {
    let r = cx.types.iter().find(|r| r.endpoint == endpoint);
    if let Some(attr) = r.and_then(ResourceType::references) {
        let operations = json!([{"op": "remove", "path": attr.path()}]);
        let body = json!({"schemas": [PATCH_OP], "Operations": operations});
        // What came of it is seen when it is deleted.
        let _answer = cx
            .send_anyway(Ask::new(Method::PATCH, path).json(&body))
            .await;
    }
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
            if answer.is_success() && !answer.is_page() || is_gone(answer) {
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
    // It is there, and nothing was said of it.
    None
}

/// Deletes what it can by requests with several operations (RFC 7644 §3.7). What is not said to be gone
/// afterwards is left for others to delete.
async fn in_bulk(cx: &Context, until: Instant) {
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
    while !open.is_empty() && Instant::now() < until {
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
            let status = member(result, "status").and_then(json::status);
            let location = text(result, "location").unwrap_or_default();
            let path = asked.iter().find(|path| location.ends_with(path.as_str()));
            if let (Some(200..=299 | 404 | 410), Some(path)) = (status, path) {
                cx.ledger.was_deleted(path);
            }
        }
    }
}

/// Looks for the marker, and deletes what has it. Gives what is there still; a list may show for a while
/// what is gone.
async fn sweep(cx: &Context, marker: &str, until: Instant) -> Vec<String> {
    let mut left = BTreeSet::new();
    let (mut waited, mut unanswered) = (false, 0);
    let over = |unanswered: usize| unanswered >= UNANSWERED || Instant::now() >= until;
    for r in &cx.types {
        let Some(key) = r.key() else { continue };
        let filter = format!("{} sw \"{marker}-\"", key.path());
        let mut tried = BTreeSet::new();
        // At most as many pages as one run can fill.
        for _ in 0..50 {
            if over(unanswered) {
                break;
            }
            let ask = Ask::get(&r.endpoint).query("filter", &filter);
            let Ok(answer) = cx.send_anyway(ask).await else {
                unanswered += 1;
                break;
            };
            // Whatever the filter did: only what has the marker is ours.
            let is_ours = |one: &&Value| {
                let value = key.of(one).and_then(Value::as_str);
                value.is_some_and(|value| {
                    let value = value.to_ascii_lowercase();
                    value.starts_with(&format!("{marker}-"))
                })
            };
            let ours = answer.resources().iter().filter(is_ours);
            let ours: Vec<_> = ours.filter_map(|one| text(one, "id")).collect();
            if !answer.is_success() || ours.is_empty() {
                break;
            }
            let mut any = false;
            for id in &ours {
                let path = format!("{}/{}", r.endpoint, encoded(id));
                if !tried.insert((*id).to_owned()) {
                    // Not deleted, whatever the answer said; or the list is late.
                    left.insert(path);
                    continue;
                }
                cx.ledger.add(&r.endpoint, id);
                match delete(cx, &path).await {
                    Some(true) => {
                        any = true;
                        unanswered = 0;
                    }
                    Some(false) => drop(left.insert(path)),
                    None => {
                        unanswered += 1;
                        left.insert(path);
                    }
                }
                if over(unanswered) {
                    break;
                }
            }
            if !any {
                // There may be more behind what is shown late.
                if waited {
                    break;
                }
                waited = true;
                cx.next_second().await;
            }
        }
    }
    let mut still = not_gone(cx, left, unanswered, until).await;
    if !still.is_empty() && !waited && !over(unanswered) {
        cx.next_second().await;
        still = not_gone(cx, still, unanswered, until).await;
    }
    still.into_iter().collect()
}

/// Those that can be read still, or of which nothing is known.
async fn not_gone(
    cx: &Context,
    paths: BTreeSet<String>,
    mut unanswered: usize,
    until: Instant,
) -> BTreeSet<String> {
    let mut still = BTreeSet::new();
    for path in paths {
        if unanswered < UNANSWERED && Instant::now() < until {
            let read = cx.send_anyway(Ask::get(&path)).await.ok();
            unanswered = read.as_ref().map_or(unanswered + 1, |_| 0);
            if read.as_ref().is_some_and(is_gone) {
                cx.ledger.was_deleted(&path);
                continue;
            }
        }
        still.insert(path);
    }
    still
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use scim_client::{testing::ServiceProvider, transport::ServiceTransport};

    use super::*;
    use crate::{Suite, ledger::Ledger, setup, suite::MAX_BODY};

    /// When the time is over, nothing is asked any more, and everything is said to be left.
    #[tokio::test]
    async fn cleaning_up_ends_in_time() {
        let provider = ServiceProvider::builder().strict().build();
        let transport = Arc::new(ServiceTransport::new(provider.clone(), MAX_BODY));
        let url = "https://scim.example/v2";
        let suite = Suite::rfc();
        let mut cx = suite.context(transport, url, Ledger::default(), &suite.marker());
        assert_eq!(setup::discover(&mut cx, &[]).await, None);
        let made = cx.ledger.left().len();
        assert!(made > 3);
        for bulk_works in [false, true] {
            let before = cx.wire.log().len();
            let left = up(&cx, bulk_works, Instant::now()).await;
            assert_eq!((left.len(), cx.wire.log().len()), (made, before));
        }
        let until = Instant::now() + Duration::from_secs(60);
        assert_eq!(up(&cx, true, until).await, Vec::<String>::new());
        let all =
            provider.all::<scim_client::User>().len() + provider.all::<scim_client::Group>().len();
        assert_eq!(all, 0);
    }
}
