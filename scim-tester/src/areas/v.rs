//! V: versions.

use http::Method;
use serde_json::{Value, json};

use crate::{
    check::{Level, Step, Stop, checks},
    context::{Context, Made, PATCH_OP},
    json::{at, same, text},
    resource_type::ResourceType,
    trial::Rule,
    wire::{Answer, Ask},
};

use super::w::stable;

fn announced(cx: &Context) -> Step {
    match cx.announced("etag") {
        Some(true) => Ok(()),
        _ => Err(Stop::Skip("etag is not announced".to_owned())),
    }
}

/// The version, by header or in the resource.
fn version(answer: &Answer) -> Option<String> {
    let header = answer.header("etag").map(str::to_owned);
    header.or_else(|| {
        at(answer.doc(), "meta/version")
            .and_then(Value::as_str)
            .map(str::to_owned)
    })
}

async fn current(cx: &Context, r: &ResourceType, made: &Made) -> Result<String, Stop> {
    let a = cx.read(r, &made.id).await?;
    version(&a).ok_or_else(|| Stop::Blocked("V-01", "there is no version".to_owned()))
}

fn slot(r: &ResourceType) -> Result<crate::resource_type::Slot, Stop> {
    r.s()
        .or_else(|| r.key())
        .ok_or_else(|| Stop::Skip("no text attribute".to_owned()))
}

/// One change by each method that there is.
fn changes(cx: &Context, r: &ResourceType, made: &Made) -> Result<Vec<Ask>, Stop> {
    let slot = slot(r)?;
    let path = Context::path(r, &made.id);
    let mut body = made.sent.clone();
    slot.set(&mut body, format!("{} put", cx.label()).into());
    let value = json!(format!("{} patch", cx.label()));
    let mut asks = vec![Ask::new(Method::PUT, &path).json(&body)];
    if cx.announced("patch") != Some(false) && cx.works("X-01", r) {
        let patch = json!({"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": slot.path(), "value": value}]});
        asks.push(Ask::new(Method::PATCH, &path).json(&patch));
    }
    asks.push(Ask::new(Method::DELETE, &path));
    Ok(asks)
}

/// Changes it, so that its version is an old one.
async fn change(cx: &Context, r: &ResourceType, made: &Made) -> Step {
    let mut body = made.sent.clone();
    slot(r)?.set(&mut body, format!("{} changed", cx.label()).into());
    let a = cx.put(r, &made.id, &body).await?;
    match a.is_success() {
        true => Ok(()),
        false => Err(Stop::Blocked("W-01", a.in_short())),
    }
}

checks! {
    "V-01" Error Must "RFC 7644 §3.14" ["C-01"]
    "Responses with a resource have an ETag."
    "If etag is announced, set the ETag header."
    (cx, t, r) {
        announced(cx)?;
        let made = cx.fresh(r).await?;
        t.sub("GET");
        let a = cx.read(r, &made.id).await?;
        let works = t.must(a.header("etag").is_some(), &a, "an ETag");
        // Who shows it in meta.version tells no less.
        let level = |a: &Answer| match works && at(a.doc(), "meta/version").is_some() {
            true => Level::Warning,
            false => Level::Error,
        };
        t.sub("POST");
        t.at(level(&made.answer), made.answer.header("etag").is_some(), &made.answer, "an ETag");
        for ask in changes(cx, r, &made)? {
            if ask.method == Method::DELETE {
                continue;
            }
            t.sub(ask.method.as_str());
            let a = cx.send(ask).await?;
            if a.is_success() {
                t.at(level(&a), a.header("etag").is_some(), &a, "an ETag");
            }
        }
        if !works && at(a.doc(), "meta/version").is_none() {
            return Err(Stop::Failed);
        }
    }

    "V-02" Warning Should "RFC 7644 §3.14, RFC 7643 §3.1" ["V-01"]
    "meta.version equals the ETag. It is a weak or strong entity-tag in quotes."
    "Write the same entity-tag in both places."
    (cx, t, r) {
        announced(cx)?;
        let made = cx.shared(r).await?;
        let a = cx.read(r, &made.id).await?;
        let inner = at(a.doc(), "meta/version").and_then(Value::as_str);
        let header = a.header("etag");
        t.must(inner.is_some() && (header.is_none() || inner == header), &a, "meta.version equal to the ETag");
        if let Some(tag) = header.or(inner) {
            let opaque = tag.strip_prefix("W/").unwrap_or(tag);
            t.must(opaque.len() >= 2 && opaque.starts_with('"') && opaque.ends_with('"'), &a, "an entity-tag (RFC 9110 §8.8.3)");
        }
    }

    "V-03" Error Must "RFC 7644 §3.14" ["V-01", "W-01"]
    "The version changes with every change of the resource, and never otherwise."
    "Compute the version from the content, or count the changes."
    (cx, t, r) {
        announced(cx)?;
        let made = cx.fresh(r).await?;
        let first = current(cx, r, &made).await?;
        let again = current(cx, r, &made).await?;
        let a = cx.read(r, &made.id).await?;
        t.sub("read twice");
        t.must(first == again, &a, "the same version");
        let mut seen = vec![first];
        for ask in changes(cx, r, &made)? {
            if ask.method == Method::DELETE {
                continue;
            }
            t.sub(ask.method.as_str());
            let done = cx.send(ask).await?;
            if !done.is_success() {
                continue;
            }
            let a = cx.read(r, &made.id).await?;
            let now = version(&a).unwrap_or_default();
            if !t.must(!seen.contains(&now), &a, "another version than before") {
                return Err(Stop::Failed);
            }
            seen.push(now);
        }
        if r.is_core("Group") && cx.announced("patch") != Some(false) && cx.works("M-01", r) {
            t.sub("a member is added");
            let users = super::m::users(cx, 1).await?;
            let (_, made) = super::m::group_of(cx, &[]).await?;
            let old = current(cx, r, &made).await?;
            let ops = json!([{"op": "add", "path": "members", "value": [{"value": users.first().map(|user| &user.id)}]}]);
            if cx.patch(r, &made.id, &ops).await?.is_success() {
                let a = cx.read(r, &made.id).await?;
                t.must(version(&a).is_none_or(|now| now != old), &a, "another version than before");
            }
        }
    }

    "V-04" Critical Must "RFC 7644 §3.14" ["V-03"]
    "A change with If-Match of an old version is refused with 412, and changes nothing."
    "Compare versions and write in one transaction."
    (cx, t, r) {
        announced(cx)?;
        let made = cx.fresh(r).await?;
        let old = current(cx, r, &made).await?;
        change(cx, r, &made).await?;
        let before = cx.read(r, &made.id).await?;
        let mut accepted = false;
        for ask in changes(cx, r, &made)? {
            t.sub(ask.method.as_str());
            let a = cx.send(ask.header("if-match", &old)).await?;
            accepted |= a.is_success();
            // RFC 9110 §13.2.1: what is refused anyway is refused without a look at the version.
            if a.is_client_error() && a.status != 412 {
                t.at(Level::Warning, false, &a, "status 412");
            } else {
                cx.expect(t, "V-04", &a, Rule::Precondition);
            }
        }
        t.sub("afterwards");
        let after = cx.read(r, &made.id).await?;
        if !accepted {
            t.must(after.is_success() && same(&stable(after.doc()), &stable(before.doc()), true), &after, "nothing is done");
        }
        // What is no entity-tag matches none: it is not the same as no header.
        for tag in ["zz-garbage", "\"zz-garbage\""] {
            for ask in changes(cx, r, &made)?.into_iter().filter(|ask| ask.method != Method::DELETE) {
                t.sub(format!("{} with {tag}", ask.method));
                let a = cx.send(ask.header("if-match", tag)).await?;
                // What is not in quotes is no entity-tag at all; some ignore a header that they cannot read.
                let level = if tag.starts_with('"') { Level::Critical } else { Level::Warning };
                t.at(level, !a.is_success(), &a, "status 412 or 400");
            }
        }
        if accepted {
            return Err(Stop::Failed);
        }
    }

    "V-05" Error Must "RFC 7644 §3.14" ["V-03"]
    "A change with If-Match of the current version is accepted."
    "Compare the whole entity-tag."
    (cx, t, r) {
        announced(cx)?;
        let made = cx.fresh(r).await?;
        for ask in changes(cx, r, &made)? {
            t.sub(ask.method.as_str());
            let tag = current(cx, r, &made).await?;
            let a = cx.send(ask.header("if-match", &tag)).await?;
            t.must(a.is_success(), &a, "2xx");
        }
    }

    "V-06" Error Must "RFC 7644 §3.14, RFC 9110 §13.1.2" ["V-03"]
    "A read with If-None-Match returns 304 without a body for the current version, and 200 for an old one."
    "Return 304 if the version is the same."
    (cx, t, r) {
        announced(cx)?;
        let made = cx.fresh(r).await?;
        let old = current(cx, r, &made).await?;
        let path = Context::path(r, &made.id);
        t.sub("current");
        let a = cx.send(Ask::get(&path).header("if-none-match", &old)).await?;
        t.must(a.status == 304, &a, "status 304");
        if a.status == 304 {
            t.must(a.body.is_empty(), &a, "no body");
        }
        change(cx, r, &made).await?;
        t.sub("old");
        let a = cx.send(Ask::get(&path).header("if-none-match", &old)).await?;
        t.must(a.status == 200 && a.is_object(), &a, "200 and the resource");
    }

    "V-07" Warning Plain "RFC 9110 §13.1.1" ["V-05"]
    "If-Match can be * or a list of entity-tags."
    "Parse the header's list."
    (cx, t, r) {
        announced(cx)?;
        let made = cx.fresh(r).await?;
        let tag = current(cx, r, &made).await?;
        for (what, value) in [("list", format!("\"zz-other\", {tag}")), ("*", "*".to_owned())] {
            t.sub(what);
            let mut asks = changes(cx, r, &made)?;
            let a = cx.send(asks.remove(0).header("if-match", value)).await?;
            t.must(a.is_success(), &a, "2xx");
        }
    }

    "V-08" Info Plain "RFC 9110 §13.1.1" ["V-01"]
    "If-Match on a resource that does not exist returns 404 or 412."
    "Return either of them."
    (cx, t, r) {
        announced(cx)?;
        let path = Context::path(r, &cx.unknown_id());
        let a = cx.send(Ask::new(Method::DELETE, path).header("if-match", "\"zz\"")).await?;
        t.at(Level::Error, a.is_client_error(), &a, "404 or 412");
        t.note(&a, format!("status {}", a.status));
    }

    "V-09" Warning Plain "RFC 7644 §3.12" ["V-04"]
    "A conflict of versions returns 412."
    "Return 412. 409 is for values that are taken."
    (cx, t, r) {
        announced(cx)?;
        let made = cx.fresh(r).await?;
        let mut asks = changes(cx, r, &made)?;
        let a = cx.send(asks.remove(0).header("if-match", "W/\"zz-never-given-out\"")).await?;
        t.must(a.status == 412, &a, "status 412");
    }

    "V-10" Warning Plain "RFC 7644 §3.14" ["V-01", "F-02"]
    "A resource in a list has the same version as when it is read alone."
    "Write meta with one function."
    (cx, t, r) {
        announced(cx)?;
        let made = cx.shared(r).await?;
        let Some(key) = r.key() else { return Ok(()) };
        let one = cx.read(r, &made.id).await?;
        let a = cx.list(r, &[("filter", &format!("{} eq {}", key.path(), key.of(&made.state).unwrap_or(&Value::Null)))]).await?;
        let listed = a.resources().iter().find(|x| text(x, "id") == Some(made.id.as_str()));
        if let Some(listed) = listed {
            t.must(at(listed, "meta/version") == at(one.doc(), "meta/version"), &a, "the same meta.version");
        }
    }

    "V-11" Error Must "RFC 7643 §3.1" ["V-03"]
    "Two changes in quick succession have different versions."
    "Do not make versions from a time in whole seconds."
    (cx, t, r) {
        announced(cx)?;
        let made = cx.fresh(r).await?;
        let mut versions = Vec::new();
        let mut last = None;
        for _ in 0..4 {
            let mut body = made.sent.clone();
            slot(r)?.set(&mut body, format!("{} quick", cx.label()).into());
            let a = cx.put(r, &made.id, &body).await?;
            if let Some(version) = version(&a) {
                versions.push(version);
            }
            last = Some(a);
        }
        let count = versions.len();
        versions.sort_unstable();
        versions.dedup();
        if let Some(last) = last {
            t.compare(versions.len() == count, &last, "a version for each change", format!("{} versions of {count} changes", versions.len()));
        }
    }

    "V-12" Error Must "RFC 7644 §3.14, RFC 9110 §8.8.3" ["V-01", "W-01"]
    "The ETag in the response to a POST, PUT or PATCH is the one that the next read returns."
    "Read the version after the change, not before."
    (cx, t, r) {
        announced(cx)?;
        let made = cx.fresh(r).await?;
        t.sub("POST");
        let read = cx.read(r, &made.id).await?;
        let same = |one: &Answer, two: &Answer| one.header("etag").zip(two.header("etag")).is_none_or(|(one, two)| one == two);
        t.must(same(&made.answer, &read), &made.answer, format!("the ETag that a read gives: {}", read.header("etag").unwrap_or_default()));
        for ask in changes(cx, r, &made)? {
            if ask.method == Method::DELETE {
                continue;
            }
            t.sub(ask.method.as_str());
            let a = cx.send(ask).await?;
            if !a.is_success() {
                continue;
            }
            let read = cx.read(r, &made.id).await?;
            t.must(same(&a, &read), &a, format!("the ETag that a read gives: {}", read.header("etag").unwrap_or_default()));
        }
    }
}
