//! P: projections.

use http::Method;
use serde_json::{Value, json};

use crate::{
    check::{Level, Step, Stop, checks},
    context::{Context, Made, SEARCH},
    json::{is_assigned, member, text},
    resource_type::{Attr, ResourceType, Slot},
    trial::Trial,
    wire::{Answer, Ask},
};

/// The slots that the shared resource has values in.
fn two(r: &ResourceType, made: &Made) -> Result<(Slot, Option<Slot>), Stop> {
    let filled = |slot: &Slot| slot.of(&made.state).is_some();
    let one = r
        .s()
        .filter(filled)
        .or_else(|| r.key())
        .ok_or_else(|| Stop::Skip("no text attribute".to_owned()))?;
    let other = [
        r.s2(),
        r.key(),
        r.b(),
        r.c().and_then(|(_, slots)| slots.into_iter().next()),
    ]
    .into_iter()
    .flatten()
    .find(|slot| slot.top() != one.top() && filled(slot));
    Ok((one, other))
}

/// As [`two`], of those that can be excluded: the first is not always returned, nor is the second.
fn two_excludable(r: &ResourceType, made: &Made) -> Result<(Slot, Option<Slot>), Stop> {
    let fits = |slot: &Slot| slot.of(&made.state).is_some() && !is_always(r, slot);
    let mut fitting = [
        r.s(),
        r.s2(),
        r.key(),
        r.b(),
        r.c().and_then(|(_, slots)| slots.into_iter().next()),
    ]
    .into_iter()
    .flatten()
    .filter(fits);
    let one = fitting
        .next()
        .ok_or_else(|| Stop::Skip("every attribute with a value is always returned".to_owned()))?;
    let other = fitting.find(|slot| slot.top() != one.top());
    Ok((one, other))
}

/// Whether an attribute, or the sub-attribute that is meant, is always returned.
fn is_always(r: &ResourceType, slot: &Slot) -> bool {
    let attr = r
        .attrs
        .iter()
        .find(|attr| attr.urn == slot.urn && attr.name.eq_ignore_ascii_case(&slot.name));
    attr.is_some_and(|attr| {
        let sub = slot.sub.as_ref().and_then(|sub| attr.sub(sub));
        attr.is_always_returned() || sub.is_some_and(Attr::is_always_returned)
    })
}

/// Attributes with values that are there by default, beside `wanted` and what is always there.
pub(super) fn surplus(r: &ResourceType, resource: &Value, wanted: &[&str]) -> Vec<String> {
    let Some(members) = resource.as_object() else {
        return Vec::new();
    };
    members
        .iter()
        .filter(|(name, value)| {
            let is_wanted = wanted.iter().any(|w| w.eq_ignore_ascii_case(name));
            let always = ["id", "schemas"].contains(&name.as_str())
                || r.attr(name)
                    .is_some_and(|attr| attr.returned == "always" || attr.is_never_returned());
            // An extension whose own attributes are always returned.
            let extension = r
                .extensions
                .iter()
                .any(|(urn, _)| urn.eq_ignore_ascii_case(name))
                && r.attrs
                    .iter()
                    .any(|a| a.urn.as_deref() == Some(name) && a.returned == "always");
            !is_wanted && !always && !extension && is_assigned(Some(value))
        })
        .map(|(name, _)| name.clone())
        .collect()
}

/// That a resource has what was named, and nothing else that is returned by default.
fn projected(
    t: &mut Trial,
    r: &ResourceType,
    answer: &Answer,
    resource: &Value,
    slot: &Slot,
) -> bool {
    let there = slot.of(resource).is_some();
    let surplus = match answer.is_success() {
        true => surplus(r, resource, &[slot.top()]),
        false => Vec::new(),
    };
    t.must(there, answer, format!("{} in the response", slot.path()))
        & t.compare(
            surplus.is_empty(),
            answer,
            format!("only {} and what is always returned", slot.path()),
            format!("also {}", surplus.join(", ")),
        )
}

async fn ask(
    cx: &Context,
    r: &ResourceType,
    id: &str,
    query: &[(&str, &str)],
) -> Result<Answer, Stop> {
    cx.send(Ask::get(Context::path(r, id)).queries(query)).await
}

/// A filter for one resource.
fn by_key(r: &ResourceType, made: &Made) -> Result<String, Stop> {
    let key = r
        .key()
        .ok_or_else(|| Stop::Skip("nothing to filter by".to_owned()))?;
    let value = key
        .of(&made.state)
        .ok_or_else(|| Stop::Skip("nothing to filter by".to_owned()))?;
    Ok(format!("{} eq {value}", key.path()))
}

/// The resource among those of a list, whatever else is in it.
fn own<'a>(answer: &'a Answer, made: &Made) -> impl Iterator<Item = &'a Value> {
    let id = made.id.clone();
    answer
        .resources()
        .iter()
        .filter(move |one| text(one, "id").is_none_or(|own| own == id))
}

/// That a write is not refused because of `attributes`: if it is, the same without is not.
async fn heeded(cx: &Context, t: &mut Trial, answer: &Answer, without: Ask) -> Step {
    if answer.is_success() {
        return Ok(());
    }
    let plain = cx.send(without).await?;
    t.at(
        Level::Error,
        !plain.is_success(),
        answer,
        "2xx, as without attributes",
    );
    Ok(())
}

/// A group with a member, where there are groups and the member is shown. What fails on the way is not
/// the projection's fault.
async fn with_member(cx: &Context, r: &ResourceType) -> Option<Made> {
    if !r.is_core("Group") || r.references().is_none_or(|attr| attr.name != "members") {
        return None;
    }
    let users = super::m::users(cx, 1).await.ok()?;
    let ids: Vec<_> = users.iter().map(|user| user.id.as_str()).collect();
    let (_, made) = super::m::group_of(cx, &ids).await.ok()?;
    let read = super::m::read_members(cx, r, &made.id).await.ok()?;
    let shown = !super::m::member_ids(read.doc()).is_empty();
    shown.then_some(made)
}

async fn writes(cx: &Context, t: &mut Trial, r: &ResourceType) -> Step {
    let made = cx.fresh(r).await?;
    let (slot, _) = two(r, &made)?;
    let path = slot.path();
    t.sub("POST");
    let ask = Ask::post(&r.endpoint, &cx.body(r)).query("attributes", &path);
    let a = cx.send(ask).await?;
    heeded(cx, t, &a, Ask::post(&r.endpoint, &cx.body(r))).await?;
    if a.is_success() && a.is_object() {
        projected(t, r, &a, a.doc(), &slot);
    }
    let put = || Ask::new(Method::PUT, Context::path(r, &made.id)).json(&made.sent);
    t.sub("PUT");
    let a = cx.send(put().query("attributes", &path)).await?;
    heeded(cx, t, &a, put()).await?;
    if a.is_success() && a.is_object() {
        projected(t, r, &a, a.doc(), &slot);
    }
    t.sub("PUT with excludedAttributes");
    let a = cx.send(put().query("excludedAttributes", &path)).await?;
    heeded(cx, t, &a, put()).await?;
    if a.is_success() && a.is_object() && !is_always(r, &slot) {
        t.must(
            slot.of(a.doc()).is_none(),
            &a,
            format!("no {path} in the response"),
        );
    }
    if cx.announced("patch") == Some(false) {
        return Ok(());
    }
    t.sub("PATCH");
    let patch = || {
        let value = format!("{} p", cx.label());
        Context::patch_ask(
            r,
            &made.id,
            &json!([{"op": "replace", "path": path, "value": value}]),
        )
    };
    let a = cx.send(patch().query("attributes", &path)).await?;
    heeded(cx, t, &a, patch()).await?;
    if a.is_success()
        && t.must(
            a.status == 200,
            &a,
            "200 with the attributes, because they were asked for",
        )
    {
        projected(t, r, &a, a.doc(), &slot);
    }
    Ok(())
}

checks! {
    "P-01" Error Must "RFC 7644 §3.4.2.5, §3.9" ["R-01"]
    "With attributes, a resource has the named attributes and those that are always returned, and no others."
    "Drop every other attribute that is returned by default."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        let (slot, _) = two(r, &made)?;
        let a = ask(cx, r, &made.id, &[("attributes", &slot.path())]).await?;
        t.success(&a, "a projection")?;
        t.must(a.id() == Some(made.id.as_str()), &a, "id, which is always returned");
        if !projected(t, r, &a, a.doc(), &slot) {
            return Err(Stop::Failed);
        }
        // RFC 7643 §3: every representation has schemas.
        t.at(Level::Warning, is_assigned(member(a.doc(), "schemas")), &a, "schemas, which every representation has");
        if let Some(group) = with_member(cx, r).await {
            t.sub("members");
            let a = ask(cx, r, &group.id, &[("attributes", "members")]).await?;
            if let Some(members) = r.attr("members") {
                projected(t, r, &a, a.doc(), &members.slot());
            }
        }
    }

    "P-02" Error Must "RFC 7644 §3.9, §3.4.3" ["P-01"]
    "attributes works for lists and searches as for a single resource."
    "Write resources with one function, whatever the operation."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        let (slot, _) = two(r, &made)?;
        let filter = by_key(r, &made)?;
        t.sub("list");
        // The filter is on another attribute: it is applied to the resource, and not to what is shown of it.
        let a = cx.list(r, &[("filter", &filter), ("attributes", &slot.path())]).await?;
        if a.is_success() && cx.announced("filter") != Some(false) {
            t.must(own(&a, &made).count() == 1, &a, "the one resource");
        }
        for one in own(&a, &made) {
            projected(t, r, &a, one, &slot);
        }
        t.sub("list, without a filter");
        let a = cx.list(r, &[("count", "2"), ("attributes", &slot.path())]).await?;
        for one in a.resources().iter().filter(|_| a.is_success()) {
            let surplus = surplus(r, one, &[slot.top()]);
            t.compare(surplus.is_empty(), &a, format!("only {} and what is always returned", slot.path()), format!("also {}", surplus.join(", ")));
        }
        t.sub(".search");
        let search = json!({"schemas": [SEARCH], "filter": filter, "attributes": [slot.path()]});
        let a = cx.send(Ask::post(format!("{}/.search", r.endpoint), &search)).await?;
        for one in own(&a, &made) {
            projected(t, r, &a, one, &slot);
        }
    }

    "P-03" Error Must "RFC 7644 §3.9" ["R-01"]
    "excludedAttributes leaves out the named attributes, except those that are always returned."
    "Drop the named attributes that are returned by default."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        let (slot, other) = two_excludable(r, &made)?;
        t.sub("one resource");
        let a = ask(cx, r, &made.id, &[("excludedAttributes", &format!("{},id", slot.path()))]).await?;
        t.success(&a, "a projection")?;
        let works = t.must(slot.of(a.doc()).is_none(), &a, format!("no {}", slot.path()));
        t.must(a.id() == Some(made.id.as_str()), &a, "id, which is always returned");
        if let Some(other) = &other {
            t.must(other.of(a.doc()).is_some(), &a, format!("{} as before", other.path()));
        }
        t.sub("list");
        let filter = by_key(r, &made)?;
        let a = cx.list(r, &[("filter", &filter), ("excludedAttributes", &slot.path())]).await?;
        for one in own(&a, &made) {
            t.must(slot.of(one).is_none(), &a, format!("no {}", slot.path()));
        }
        if let Some(key) = r.key() {
            t.sub("list, without what is filtered by");
            let a = cx.list(r, &[("filter", &filter), ("excludedAttributes", &key.path())]).await?;
            if a.is_success() && cx.announced("filter") != Some(false) {
                t.must(own(&a, &made).count() == 1, &a, "the one resource");
            }
        }
        if let Some(group) = with_member(cx, r).await {
            t.sub("members");
            let a = ask(cx, r, &group.id, &[("excludedAttributes", "members")]).await?;
            t.must(a.is_success() && !is_assigned(member(a.doc(), "members")), &a, "no members");
            t.sub("members, list");
            let a = cx.list(r, &[("filter", &by_key(r, &group)?), ("excludedAttributes", "members")]).await?;
            for one in own(&a, &group) {
                t.must(!is_assigned(member(one, "members")), &a, "no members");
            }
        }
        if !works {
            return Err(Stop::Failed);
        }
    }

    "P-04" Error Must "RFC 7644 §3.10" ["P-01"]
    "attributes can name a sub-attribute. Then the complex attribute has no others."
    "Read the part behind the dot too."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        let mut any = false;
        if let Some((_, slots)) = r.c() && let [one, two, ..] = slots.as_slice()
            && one.of(&made.state).is_some() && two.of(&made.state).is_some() {
            any = true;
            t.sub(one.path());
            let a = ask(cx, r, &made.id, &[("attributes", &one.path())]).await?;
            t.must(one.of(a.doc()).is_some(), &a, format!("{} in the response", one.path()));
            t.at(Level::Warning, is_always(r, two) || two.of(a.doc()).is_none(), &a, format!("no {}", two.path()));
        }
        if let Some(m) = r.m().filter(|m| m.of(&made.state).is_some()) {
            any = true;
            let path = format!("{}.value", m.name);
            t.sub(path.as_str());
            let a = ask(cx, r, &made.id, &[("attributes", &path)]).await?;
            let elements = crate::json::elements(m.of(a.doc())).to_vec();
            t.must(!elements.is_empty() && elements.iter().all(|e| member(e, "value").is_some()), &a, format!("{path} in the response"));
            let always = m.sub("type").is_some_and(Attr::is_always_returned);
            t.at(Level::Warning, always || elements.iter().all(|e| member(e, "type").is_none()), &a, format!("no {}.type", m.name));
        }
        if !any {
            return Err(Stop::Skip("no complex attribute".to_owned()));
        }
    }

    "P-05" Error Must "RFC 7644 §3.10" ["P-01"]
    "attributes can name an attribute with the URN of its schema, and a whole extension by its URN."
    "Remove the longest known URN from the front of the name."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        let (slot, _) = two(r, &made)?;
        if slot.urn.is_none() && slot.name != "externalId" {
            t.sub("core attribute");
            let a = ask(cx, r, &made.id, &[("attributes", &format!("{}:{}", r.schema, slot.name))]).await?;
            projected(t, r, &a, a.doc(), &slot);
        }
        if let Some(e) = r.e().filter(|e| e.of(&made.state).is_some()) {
            t.sub("attribute of an extension");
            let a = ask(cx, r, &made.id, &[("attributes", &e.path())]).await?;
            projected(t, r, &a, a.doc(), &e);
            t.sub("extension");
            let a = ask(cx, r, &made.id, &[("attributes", e.urn.as_deref().unwrap_or_default())]).await?;
            projected(t, r, &a, a.doc(), &e);
        }
        if t.looked == 0 {
            return Err(Stop::Skip("no attribute of a schema has a value".to_owned()));
        }
    }

    "P-06" Error Must "RFC 7643 §2.1, RFC 7644 §3.10" ["P-01"]
    "Names in attributes have no letter case, and neither have URNs."
    "Compare names in any letter case."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        let (slot, _) = two(r, &made)?;
        let a = ask(cx, r, &made.id, &[("attributes", &slot.path().to_uppercase())]).await?;
        projected(t, r, &a, a.doc(), &slot);
        if slot.urn.is_none() && slot.name != "externalId" {
            t.sub("with the URN");
            let name = format!("{}:{}", r.schema, slot.name).to_uppercase();
            let a = ask(cx, r, &made.id, &[("attributes", &name)]).await?;
            projected(t, r, &a, a.doc(), &slot);
        }
    }

    "P-07" Warning Plain "RFC 7644 §3.9" ["P-01", "P-03"]
    "A request with both attributes and excludedAttributes is refused."
    "Return 400, because they exclude each other."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        let (slot, other) = two(r, &made)?;
        let other = other.map_or("meta".to_owned(), |slot| slot.path());
        let a = ask(cx, r, &made.id, &[("attributes", &slot.path()), ("excludedAttributes", &other)]).await?;
        t.must(a.status == 400, &a, "status 400");
    }

    "P-08" Error Must "RFC 7644 §3.9, §3.5.2" ["P-01"]
    "attributes works for responses to POST, PUT and PATCH. A PATCH with attributes returns 200 with a body."
    "Apply attributes to the response of every operation."
    (cx, t, r) {
        writes(cx, t, r).await?;
    }

    "P-09" Warning Plain "RFC 7644 §3.4.2.5" ["P-01"]
    "An unknown name in attributes results in the minimum or in 400, never in everything."
    "Ignore the name, but not the parameter."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        let a = ask(cx, r, &made.id, &[("attributes", "zzUnknown")]).await?;
        if a.is_success() {
            let surplus = surplus(r, a.doc(), &["meta"]);
            t.compare(surplus.is_empty(), &a, "what is always returned, or 400", format!("also {}", surplus.join(", ")));
        } else {
            t.must(a.status == 400, &a, "what is always returned, or 400");
        }
    }

    "P-10" Error Must "RFC 7644 §3.4.2.5" ["P-01"]
    "attributes takes a list, separated by commas."
    "Split at commas, and ignore blanks."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        let (one, other) = two(r, &made)?;
        let Some(other) = other else { return Err(Stop::Skip("only one attribute has a value".to_owned())) };
        t.sub("comma");
        let a = ask(cx, r, &made.id, &[("attributes", &format!("{},{}", one.path(), other.path()))]).await?;
        t.must(one.of(a.doc()).is_some() && other.of(a.doc()).is_some(), &a, "both attributes");
        let surplus = surplus(r, a.doc(), &[one.top(), other.top()]);
        t.compare(surplus.is_empty(), &a, "and no others", format!("also {}", surplus.join(", ")));
        t.sub("repeated");
        let a = ask(cx, r, &made.id, &[("attributes", &one.path()), ("attributes", &other.path())]).await?;
        let both = one.of(a.doc()).is_some() && other.of(a.doc()).is_some();
        t.at(Level::Error, a.status < 500, &a, "no server error");
        t.note(&a, if both { "a repeated parameter counts as a list" } else { "only one value of a repeated parameter counts, or the request is refused" });
    }

    "P-11" Error Must "RFC 7644 §3.9, §3.10" ["P-03", "P-04"]
    "excludedAttributes accepts a sub-attribute, a list, names with a URN, and names in any letter case."
    "Read names as in attributes."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        let (slot, other) = two_excludable(r, &made)?;
        if let Some((_, slots)) = r.c() && let [one, two, ..] = slots.as_slice()
            && one.of(&made.state).is_some() && two.of(&made.state).is_some() && !is_always(r, one) {
            t.sub(one.path());
            let a = ask(cx, r, &made.id, &[("excludedAttributes", &one.path())]).await?;
            t.at(Level::Warning, one.of(a.doc()).is_none(), &a, format!("no {}", one.path()));
            t.must(two.of(a.doc()).is_some(), &a, format!("{} as before", two.path()));
        }
        t.sub("capitals");
        let a = ask(cx, r, &made.id, &[("excludedAttributes", &slot.path().to_uppercase())]).await?;
        t.must(slot.of(a.doc()).is_none(), &a, format!("no {}", slot.path()));
        if slot.urn.is_none() && slot.name != "externalId" {
            t.sub("URN");
            let a = ask(cx, r, &made.id, &[("excludedAttributes", &format!("{}:{}", r.schema, slot.name))]).await?;
            t.must(slot.of(a.doc()).is_none(), &a, format!("no {}", slot.path()));
        }
        if let Some(other) = other {
            t.sub("a list");
            let a = ask(cx, r, &made.id, &[("excludedAttributes", &format!("{},{}", slot.path(), other.top_path()))]).await?;
            t.must(slot.of(a.doc()).is_none() && other.of(a.doc()).is_none(), &a, "neither of the two");
        }
    }
}
