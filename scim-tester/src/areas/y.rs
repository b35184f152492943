//! Y: requests at the same time.

use std::pin::Pin;

use http::Method;
use serde_json::json;

use crate::{
    check::{Level, Stop, checks},
    context::Context,
    together::together,
    wire::{Answer, Ask},
};

/// How many requests are sent at once.
const AT_ONCE: usize = 20;

async fn at_once(cx: &Context, asks: Vec<Ask>) -> Result<Vec<Answer>, Stop> {
    let running = asks
        .into_iter()
        .map(|ask| Box::pin(cx.send(ask)) as Pin<Box<dyn Future<Output = _> + Send + '_>>)
        .collect();
    let mut answers = Vec::new();
    for answer in together(running).await {
        match answer {
            Ok(answer) => answers.push(answer),
            Err(Stop::Network(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(answers)
}

checks! {
    "Y-01" Critical Must "RFC 7644 §3.3" ["A-09"]
    "If twenty requests create the same unique value at the same time, exactly one succeeds."
    "Enforce uniqueness by a constraint of the database."
    (cx, t, r) {
        cx.writes()?;
        let Some(attr) = r.unique().cloned() else { return Err(Stop::Skip("no attribute is unique".to_owned())) };
        let value = attr.of(&cx.minimal(r)).cloned().unwrap_or_default();
        let asks = (0..AT_ONCE).map(|_| {
            let mut body = cx.minimal(r);
            attr.set(&mut body, value.clone());
            Ask::post(&r.endpoint, &body)
        }).collect();
        let answers = at_once(cx, asks).await?;
        let done = answers.iter().filter(|a| a.is_success()).count();
        if done == 0 {
            // That nothing is created has another cause than the time of it.
            let why = answers.last().map_or_else(|| "no response".to_owned(), |a| a.in_short());
            return Err(Stop::Blocked("C-01", why));
        }
        if let Some(last) = answers.last() {
            t.compare(done == 1, last, "one 201, and 409 otherwise", format!("{done} were created"));
        }
        if let Some(odd) = answers.iter().find(|a| !a.is_success() && !a.is_client_error()) {
            t.at(Level::Warning, false, odd, "409 for all others");
        }
    }

    "Y-02" Critical Must "RFC 7644 §3.14" ["V-04", "V-05", "W-01"]
    "If twenty requests with the same If-Match change a resource at the same time, exactly one succeeds."
    "Compare the version and write in one transaction."
    (cx, t, r) {
        if cx.announced("etag") != Some(true) {
            return Err(Stop::Skip("etag is not announced".to_owned()));
        }
        let Some(slot) = r.s() else { return Err(Stop::Skip("no optional text".to_owned())) };
        let made = cx.fresh(r).await?;
        let read = cx.read(r, &made.id).await?;
        let Some(tag) = read.header("etag").map(str::to_owned) else { return Err(Stop::Blocked("V-01", "no ETag".to_owned())) };
        // By both methods: a server may lock for one of them only.
        let patches = cx.announced("patch") != Some(false) && cx.works("X-01", r);
        let asks = (0..AT_ONCE).map(|at| {
            let value = format!("{} at once {at}", cx.label());
            let ask = if patches && at % 2 == 0 {
                Context::patch_ask(r, &made.id, &json!([{"op": "replace", "path": slot.path(), "value": value}]))
            } else {
                let mut body = made.sent.clone();
                slot.set(&mut body, value.into());
                Ask::new(Method::PUT, Context::path(r, &made.id)).json(&body)
            };
            ask.header("if-match", tag.as_str())
        }).collect();
        let answers = at_once(cx, asks).await?;
        let done = |method: Method| answers.iter().filter(|a| a.is_success() && a.method == method).count();
        let (patched, put) = (done(Method::PATCH), done(Method::PUT));
        let Some(last) = answers.last() else { return Ok(()) };
        if patched + put == 0 {
            // That the version never fits has another cause than the time of it.
            return Err(Stop::Blocked("V-05", last.in_short()));
        }
        t.compare(patched + put == 1, last, "one 2xx, and 412 otherwise", format!("{patched} were done by PATCH and {put} by PUT"));
    }

    "Y-03" Critical Must "RFC 7644 §3.5.2" ["M-02"]
    "Twenty members who are added at the same time are all members afterwards."
    "Add rows. Do not read, change and write the whole group."
    (cx, t) {
        cx.needs_feature("patch")?;
        let users = super::m::users(cx, AT_ONCE).await?;
        let (group, made) = super::m::group_of(cx, &[]).await?;
        let asks = users.iter().map(|user| {
            let ops = json!([{"op": "add", "path": "members", "value": [{"value": user.id}]}]);
            Context::patch_ask(&group, &made.id, &ops)
        }).collect();
        let answers = at_once(cx, asks).await?;
        let done = answers.iter().filter(|a| a.is_success()).count();
        let read = super::m::read_members(cx, &group, &made.id).await?;
        let members = super::m::member_ids(read.doc()).len();
        t.compare(members >= done, &read, format!("the {done} members that were added with success"), format!("{members} members"));
        // Changes of one version exclude each other.
        let outdated = answers.iter().filter(|a| cx.needs_versions() && a.status == 412).count();
        t.compare_at(Level::Warning, done + outdated == AT_ONCE, &read, "all twenty succeed", format!("{done}"));
    }

    "Y-04" Warning Plain "RFC 7644 §3.4.1" ["W-01"]
    "A read during a write sees the resource as it was before or as it is after."
    "Write in one transaction."
    (cx, t, r) {
        let (Some(one), Some(two)) = (r.s(), r.s2()) else { return Err(Stop::Skip("only one attribute".to_owned())) };
        let made = cx.fresh(r).await?;
        let path = Context::path(r, &made.id);
        let mut body = made.sent.clone();
        for slot in [&one, &two] {
            slot.set(&mut body, "zz same".into());
        }
        let first = cx.put(r, &made.id, &body).await?;
        if !first.is_success() {
            return Err(Stop::Blocked("W-01", first.in_short()));
        }
        let asks = (0..AT_ONCE).map(|at| {
            if at % 2 == 0 {
                return Ask::get(&path);
            }
            let mut body = made.sent.clone();
            for slot in [&one, &two] {
                slot.set(&mut body, format!("zz same {at}").into());
            }
            Ask::new(Method::PUT, &path).json(&body)
        }).collect();
        let answers = at_once(cx, asks).await?;
        for a in answers.iter().filter(|a| a.method == Method::GET) {
            t.must(a.status == 200, a, "status 200");
            let (v1, v2) = (one.of(a.doc()), two.of(a.doc()));
            t.must(v1.is_none() || v2.is_none() || v1 == v2, a, format!("{} and {} of the same state", one.path(), two.path()));
        }
    }

    "Y-05" Warning Plain "RFC 6585 §4" []
    "A 429 has Retry-After and an Error."
    "Say in Retry-After when the client may try again."
    observed

    "Y-06" Critical Must "RFC 7644 §3.5.2" ["X-01"]
    "Changes of different attributes at the same time are all stored."
    "Change only the named attribute. Do not write back what was read before."
    (cx, t, r) {
        cx.needs_feature("patch")?;
        let mut slots: Vec<_> = [r.s(), r.s2(), r.x()].into_iter().flatten().collect();
        slots.dedup();
        if slots.len() < 2 {
            return Err(Stop::Skip("only one attribute".to_owned()));
        }
        for _ in 0..3 {
            let made = cx.fresh(r).await?;
            let value = json!(format!("{} at once", cx.label()));
            let asks = slots.iter().map(|slot| {
                Context::patch_ask(r, &made.id, &json!([{"op": "replace", "path": slot.path(), "value": value}]))
            }).collect();
            let answers = at_once(cx, asks).await?;
            let read = cx.read(r, &made.id).await?;
            for (slot, a) in slots.iter().zip(&answers) {
                t.sub(slot.path());
                t.must(!a.is_success() || answers.len() < slots.len() || slot.is(read.doc(), &value), &read, format!("{} as it was set", slot.path()));
            }
        }
    }

    "Y-07" Critical Must "RFC 7643 §3.1" ["C-01"]
    "Resources that are created at the same time get different ids, and all of them exist."
    "Take ids from a source that never repeats one, not from a clock."
    (cx, t, r) {
        cx.writes()?;
        let label = cx.label();
        let asks = (0..AT_ONCE).map(|at| {
            let mut body = cx.minimal(r);
            if let Some(key) = r.key() {
                key.set(&mut body, cx.maker.key(&key.name, &format!("{label}-{at}")));
            }
            Ask::post(&r.endpoint, &body)
        }).collect();
        let answers = at_once(cx, asks).await?;
        let ids: Vec<_> = answers.iter().filter(|a| a.is_success()).filter_map(|a| a.id().map(str::to_owned)).collect();
        let different: std::collections::BTreeSet<_> = ids.iter().cloned().collect();
        let Some(last) = answers.last() else { return Ok(()) };
        t.compare(different.len() == ids.len(), last, "an id for each", format!("{} ids for {} resources", different.len(), ids.len()));
        t.compare_at(Level::Warning, answers.iter().filter(|a| a.is_success()).count() == AT_ONCE, last, "all twenty are created", format!("{}", ids.len()));
        let Some(key) = r.key().filter(|_| cx.works("F-13", r)) else { return Ok(()) };
        let (a, found) = cx.find(r, &format!("{} sw \"{label}-\"", key.path())).await?;
        if a.is_success() {
            let there: std::collections::BTreeSet<_> = found.iter().filter_map(|one| crate::json::text(one, "id").map(str::to_owned)).collect();
            // Lists may be wrong for reasons of their own.
            let mut lost = 0;
            for id in different.difference(&there) {
                lost += usize::from(cx.read(r, id).await?.status == 404);
            }
            t.compare(lost == 0, &a, "all of them", format!("{lost} are missing"));
        }
    }
}
