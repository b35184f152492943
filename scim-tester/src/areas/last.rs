//! The checks at the end of a run: whether the resources of the run are as they were left.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::{
    check::{Level, Stop, checks},
    context::Context,
    json::{elements, member, remove, same, set, text},
    resource_type::{Attr, ResourceType},
    wire::Answer,
};

/// How many resources are read one by one where no list has them.
const ONE_BY_ONE: usize = 150;
/// How many members a large group has, if the run made so many users.
const MANY: usize = 101;

/// Without what changes with other resources: times and versions, what is readOnly, and references.
fn own_state(r: &ResourceType, resource: &Value) -> Value {
    let mut resource = resource.clone();
    for name in ["meta", "schemas"] {
        remove(&mut resource, name);
    }
    let refers = |attr: &&Attr| {
        attr.is_read_only()
            || attr.sub("$ref").is_some()
            || attr.subs.iter().any(Attr::is_read_only)
    };
    for attr in r.attrs.iter().filter(refers) {
        if attr.of(&resource).is_some() {
            attr.slot().clear(&mut resource);
        }
    }
    resource
}

/// The resources of the run that lists show, by id.
async fn listed(cx: &Context, r: &ResourceType) -> Result<BTreeMap<String, Value>, Stop> {
    let mut found = BTreeMap::new();
    let Some(key) = r.key() else { return Ok(found) };
    if cx.announced("filter") == Some(false) || !cx.works("F-13", r) || !cx.works("F-02", r) {
        return Ok(found);
    }
    let filter = format!("{} sw \"{}-\"", key.path(), cx.maker.marker);
    // As many pages as the resources of a run can take, should a page have 20.
    for _ in 0..100 {
        let start = (found.len() + 1).to_string();
        let query = [
            ("filter", filter.as_str()),
            ("startIndex", &start),
            ("count", "200"),
        ];
        let a = cx.list(r, &query).await?;
        let before = found.len();
        for one in a.resources() {
            if let Some(id) = text(one, "id") {
                found.insert(id.to_owned(), one.clone());
            }
        }
        let all = a
            .total()
            .is_some_and(|total| i64::try_from(found.len()).is_ok_and(|n| n >= total));
        if !a.is_success() || found.len() == before || all {
            break;
        }
    }
    Ok(found)
}

/// Members that a group lost, apart from those that were deleted, or may be.
fn lost_members(cx: &Context, before: &Value, now: &Value) -> Vec<String> {
    let gone: BTreeSet<String> = cx
        .ledger
        .all()
        .into_iter()
        .filter(|made| made.gone || made.doubtful)
        .map(|made| made.id)
        .collect();
    let there = super::m::member_ids(now);
    super::m::member_ids(before)
        .into_iter()
        .filter(|id| !gone.contains(id) && !there.contains(id))
        .collect()
}

checks! {
    "L-07" Critical Must "RFC 7644 §3.3, §3.5, §3.6" ["C-01", "R-01", "R-05"]
    "At the end of the run, every resource that nobody deleted still exists, and those that nobody changed are unchanged."
    "Find the operation that changes or deletes more than the resource at its URL."
    (cx, t, r) {
        cx.writes()?;
        // Not those that a check of deleting left in doubt.
        let mine: Vec<_> = cx.ledger.all().into_iter().filter(|made| made.endpoint == r.endpoint && !made.gone && !made.doubtful).collect();
        let found = listed(cx, r).await?;
        let mut reads = 0;
        let mut looked = None;
        let mut unread = None;
        for made in &mine {
            let shown = found.get(&made.id).cloned();
            let before = cx.last_seen(r, &made.id);
            let differs = |now: &Value| before.as_ref().is_some_and(|before| {
                !same(&own_state(r, before), &own_state(r, now), true) || !lost_members(cx, before, now).is_empty()
            });
            if shown.as_ref().is_some_and(|now| !differs(now)) {
                continue;
            }
            reads += 1;
            if reads > ONE_BY_ONE {
                break;
            }
            let a = cx.read(r, &made.id).await?;
            if matches!(a.status, 404 | 410) {
                t.sub("lost");
                t.must(false, &a, "the resource, which was created and never deleted");
                continue;
            }
            if !a.is_success() {
                // A server that is busy, fails or refuses has lost nothing yet.
                unread = Some(a);
                continue;
            }
            looked = Some(a.clone());
            let now = a.doc();
            if let Some(before) = before.as_ref().filter(|_| differs(now)) {
                t.sub("changed");
                let (was, is) = (own_state(r, before), own_state(r, now));
                let lost = lost_members(cx, before, now);
                let got = match lost.is_empty() {
                    true => format!("{is} instead of {was}"),
                    false => format!("{} members are missing: {}", lost.len(), lost.join(", ")),
                };
                t.compare(false, &a, "the resource as it was read before, as nobody changed it", got);
            }
        }
        if mine.is_empty() {
            return Err(Stop::Skip("all resources of the run were deleted".to_owned()));
        }
        let a = match (looked, unread) {
            (None, Some(a)) if found.is_empty() && t.looked == 0 => return Err(Stop::Blocked("R-01", a.in_short())),
            (Some(a), _) | (None, Some(a)) => a,
            (None, None) => cx.read(r, &mine.first().map(|made| made.id.clone()).unwrap_or_default()).await?,
        };
        t.must(true, &a, "");
    }

    "M-10" Critical Must "RFC 7643 §4.2, RFC 7644 §3.5.2" ["M-01", "L-07"]
    "A group with a hundred members returns all of them when it is created, read and changed."
    "Do not page or truncate members. A client would believe that the missing ones were removed."
    (cx, t) {
        let (user, group) = (cx.need_type("User")?, cx.need_type("Group")?);
        cx.writes()?;
        let there = listed(cx, user).await?;
        let ids: Vec<_> = cx.ledger.left().into_iter()
            .filter(|made| made.endpoint == user.endpoint && there.contains_key(&made.id))
            .map(|made| made.id).take(MANY).collect();
        if there.is_empty() && cx.ledger.left().iter().any(|made| made.endpoint == user.endpoint) {
            return Err(Stop::Skip("the users of the run could not be listed".to_owned()));
        }
        let (Some((last, most)), true) = (ids.split_last(), ids.len() > 20) else {
            return Err(Stop::Skip("the run made few users".to_owned()));
        };
        let mut wanted: Vec<String> = most.to_vec();
        wanted.sort_unstable();
        let mut body = cx.minimal(group);
        set(&mut body, "members", most.iter().map(|id| json!({"value": id})).collect());
        t.sub("create");
        let made = cx.create(group, body).await?;
        let missing = |answer: &Answer, wanted: &[String]| {
            let there: BTreeSet<_> = super::m::member_ids(answer.doc()).into_iter().collect();
            wanted.iter().filter(|id| !there.contains(*id)).count()
        };
        let a = super::m::read_members(cx, group, &made.id).await?;
        let lost = missing(&a, &wanted);
        t.compare(lost == 0, &a, format!("all {} members", wanted.len()), format!("{lost} are missing"));
        let count = elements(member(a.doc(), "members")).len();
        t.compare_at(Level::Error, lost > 0 || count == wanted.len(), &a, format!("{} members", wanted.len()), format!("{count} members"));
        if lost > 0 || cx.announced("patch") == Some(false) || !cx.works("X-01", group) {
            return Ok(());
        }
        t.sub("one more");
        let a = cx.patch(group, &made.id, &json!([{"op": "add", "path": "members", "value": [{"value": last}]}])).await?;
        if a.is_success() {
            wanted.push(last.clone());
        }
        let a = super::m::read_members(cx, group, &made.id).await?;
        let lost = missing(&a, &wanted);
        t.compare(lost == 0, &a, format!("all {} members", wanted.len()), format!("{lost} are missing"));
        t.sub("one fewer");
        let gone = wanted.pop().unwrap_or_default();
        let a = cx.patch(group, &made.id, &json!([{"op": "remove", "path": format!("members[value eq {}]", json!(gone))}])).await?;
        let read = super::m::read_members(cx, group, &made.id).await?;
        let lost = missing(&read, &wanted);
        t.compare(lost == 0, &read, format!("the other {} members", wanted.len()), format!("{lost} are missing"));
        t.at(Level::Error, !a.is_success() || !super::m::member_ids(read.doc()).contains(&gone), &read, "without the member that was removed");
    }
}
