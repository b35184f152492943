//! R: read.

use serde_json::{Value, json};

use crate::{
    check::{Level, Step, Stop, checks},
    context::{Context, Made},
    json::{at, elements, is_assigned, member, same, text},
    resource_type::{Attr, ResourceType},
    trial::{Rule, Trial},
    wire::{Answer, Ask},
};

/// Where groups of a user that a read shows are shown and found, too: in lists, projections and filters.
async fn shown_groups(
    cx: &Context,
    t: &mut Trial,
    user: &ResourceType,
    made: &Made,
    group: &Made,
) -> Step {
    let has = |one: &Value| {
        elements(member(one, "groups"))
            .iter()
            .any(|g| text(g, "value") == Some(group.id.as_str()))
    };
    let path = Context::path(user, &made.id);
    let on_request = user
        .attr("groups")
        .is_some_and(|attr| attr.returned == "request");
    if !on_request && cx.works("P-01", user) {
        t.sub("attributes=groups");
        let a = cx
            .send(Ask::get(&path).query("attributes", "groups"))
            .await?;
        t.must(
            a.is_success() && has(a.doc()),
            &a,
            "groups, which was asked for",
        );
    }
    if cx.works("P-03", user) {
        t.sub("excludedAttributes=groups");
        let a = cx
            .send(Ask::get(&path).query("excludedAttributes", "groups"))
            .await?;
        let always = user.attr("groups").is_some_and(Attr::is_always_returned);
        t.must(
            a.is_success() && (always || !is_assigned(member(a.doc(), "groups"))),
            &a,
            "no groups",
        );
    }
    if cx.announced("filter") == Some(false) || !cx.works("F-13", user) {
        return Ok(());
    }
    let Some(key) = user.key() else { return Ok(()) };
    let only = format!(
        "{} eq {}",
        key.path(),
        key.of(&made.state).unwrap_or(&Value::Null)
    );
    t.sub("list");
    let a = cx.list(user, &[("filter", &only)]).await?;
    let listed = a
        .resources()
        .iter()
        .find(|one| text(one, "id") == Some(made.id.as_str()));
    t.must(
        on_request || listed.is_none_or(has),
        &a,
        "groups, as in a read",
    );
    t.sub("groups.value");
    let a = cx
        .list(
            user,
            &[("filter", &format!("groups.value eq {}", json!(group.id)))],
        )
        .await?;
    match a.is_success() {
        true => {
            t.must(
                Context::ids(&a) == std::iter::once(made.id.clone()).collect(),
                &a,
                "the one member of the group",
            );
        }
        false => {
            t.at(Level::Error, a.status < 500, &a, "no server error");
            t.note(&a, "a filter on groups.value is refused");
        }
    }
    Ok(())
}

/// Reads a user with its groups, also where these are returned on request only.
pub(super) async fn read_groups(
    cx: &Context,
    user: &ResourceType,
    id: &str,
) -> Result<Answer, Stop> {
    match user.attr("groups") {
        Some(attr) if attr.returned == "request" => {
            let ask = Ask::get(Context::path(user, id)).query("attributes", "groups");
            cx.send(ask).await
        }
        _ => cx.read(user, id).await,
    }
}

checks! {
    "R-01" Error Must "RFC 7644 §3.4.1" ["C-01"]
    "GET of a resource returns 200 with its id, schemas and meta."
    "Return the resource for GET of its URL."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        let a = cx.read(r, &made.id).await?;
        t.success(&a, "the resource is read")?;
        t.status(&a, &[200]);
        if !t.must(a.id() == Some(made.id.as_str()), &a, "the id that was asked for") {
            return Err(Stop::Failed);
        }
        let schemas = elements(member(a.doc(), "schemas"));
        t.must(schemas.iter().any(|s| s.as_str().is_some_and(|s| s.eq_ignore_ascii_case(&r.schema))), &a, format!("schemas has {}", r.schema));
        t.must(member(a.doc(), "meta").is_some_and(Value::is_object), &a, "meta is an object");
    }

    "R-02" Error Must "RFC 7644 §3.4.1, §3.12" []
    "GET of a resource that does not exist returns 404."
    "Return 404 with an Error."
    (cx, t, r) {
        let a = cx.read(r, &cx.unknown_id()).await?;
        cx.expect(t, "R-02", &a, Rule::NotFound);
        t.sub("an id of another form");
        let a = cx.read(r, "no such resource").await?;
        cx.expect(t, "R-02", &a, Rule::NotFound);
    }

    "R-03" Warning Must "RFC 7643 §3.1" ["R-01"]
    "If a response has Content-Location, it equals meta.location."
    "Set both from one value."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        let a = cx.read(r, &made.id).await?;
        let Some(header) = a.header("content-location") else {
            return Err(Stop::Skip("there is no Content-Location".to_owned()));
        };
        let location = at(a.doc(), "meta/location").and_then(Value::as_str).unwrap_or_default();
        t.must(cx.resolve(header) == cx.resolve(location), &a, "Content-Location equals meta.location");
    }

    "R-04" Info Plain "RFC 7643 §2.5" ["C-01"]
    "An attribute without a value is left out, null or []. It is never an empty string or an empty object."
    "Leave out attributes without a value."
    (cx, t, r) {
        let made = cx.create(r, cx.minimal(r)).await?;
        let a = cx.read(r, &made.id).await?;
        let empty: Vec<_> = a.doc().as_object().into_iter().flatten()
            .filter(|(_, value)| **value == json!("") || **value == json!({}))
            .map(|(name, _)| name.as_str()).collect();
        if !empty.is_empty() {
            t.note(&a, format!("without a value, and not left out: {}", empty.join(", ")));
        }
        t.must(true, &a, "");
    }

    "R-05" Warning Plain "RFC 7644 §3.4.2.4, §3.14" ["R-01"]
    "Two reads of an unchanged resource return the same."
    "Keep the order of values, and change the version only if the resource changes."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        let one = cx.read(r, &made.id).await?;
        let two = cx.read(r, &made.id).await?;
        t.must(one.header("etag") == two.header("etag"), &two, "the same ETag");
        // Where attributes differ, nothing can be said of changes; meta alone is no such matter.
        let attributes = |a: &Answer| {
            let mut document = a.doc().clone();
            if let Some(members) = document.as_object_mut() {
                members.remove("meta");
            }
            document
        };
        let is_stable = same(&attributes(&one), &attributes(&two), false);
        let level = if is_stable { Level::Warning } else { Level::Error };
        t.at(level, same(one.doc(), two.doc(), true), &two, format!("as the first time: {}", one.in_short()));
        if !is_stable {
            return Err(Stop::Failed);
        }
    }

    "R-06" Error Must "RFC 7643 §3.1" []
    "No two resources have the same id, and no id contains bulkId."
    "Give every resource its own id, whatever its type."
    observed

    "R-07" Error Must "RFC 7643 §2.3" []
    "Values have the JSON type that the schema says."
    "Write booleans, numbers and arrays as JSON has them, and times with T and a time zone."
    observed

    "R-08" Warning Must "RFC 7643 §4.1.2" ["C-01"]
    "groups of a user lists the groups that the user is a member of."
    "Derive groups from the memberships, because it is readOnly."
    (cx, t) {
        let user = cx.need_type("User")?;
        let group = cx.need_type("Group")?;
        let made = cx.create(user, cx.minimal(user)).await?;
        let (_, group_made) = super::m::group_of(cx, &[&made.id]).await?;
        let (_, other) = super::m::group_of(cx, &[&made.id]).await?;
        let a = read_groups(cx, user, &made.id).await?;
        let groups = elements(member(a.doc(), "groups"));
        let own = groups.iter().find(|g| text(g, "value") == Some(group_made.id.as_str()));
        if t.must(own.is_some(), &a, format!("groups has {}", group_made.id)) {
            let reference = own.and_then(|g| text(g, "$ref"));
            t.must(reference.is_some_and(|r| is_assigned(Some(&json!(r)))), &a, "with the group's $ref");
            t.sub("two groups");
            t.must(groups.iter().any(|g| text(g, "value") == Some(other.id.as_str())), &a, "both groups");
            shown_groups(cx, t, user, &made, &group_made).await?;
        }
        // The other way round: who leaves a group, or whose group is deleted, is shown without it.
        let shows = |a: &Answer, id: &str| elements(member(a.doc(), "groups")).iter().any(|g| text(g, "value") == Some(id));
        if own.is_none() {
            return Ok(());
        }
        if cx.announced("patch") != Some(false) {
            t.sub("after the member was removed");
            let path = format!("members[value eq {}]", json!(made.id));
            let a = cx.patch(group, &group_made.id, &json!([{"op": "remove", "path": path}])).await?;
            if a.is_success() {
                let a = read_groups(cx, user, &made.id).await?;
                t.must(!shows(&a, &group_made.id), &a, "no such group");
            }
        }
        t.sub("after the group was deleted");
        let a = cx.delete(group, &other.id).await?;
        if a.is_success() {
            let a = read_groups(cx, user, &made.id).await?;
            t.must(!shows(&a, &other.id), &a, "no such group");
        }
    }

    "R-09" Warning Should "RFC 7644 §3.4.2" ["R-01"]
    "Unknown parameters of a query are ignored."
    "Ignore them."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        t.sub("one resource");
        let a = cx.send(Ask::get(Context::path(r, &made.id)).query("zzUnknown", "1")).await?;
        t.must(a.status == 200, &a, "status 200");
        t.sub("list");
        let a = cx.list(r, &[("zzUnknown", "1"), ("count", "1")]).await?;
        t.must(a.status == 200, &a, "status 200");
    }

    "R-10" Critical Must "RFC 7644 §3.4.1, §3.6" ["R-01", "R-02"]
    "An id exists only at the endpoint of its resource type. At other endpoints, reading, changing and deleting it return 404."
    "Look up ids only among resources of the endpoint's type."
    (cx, t) {
        let [one, two, ..] = cx.types.as_slice() else { return Err(Stop::Skip("there is only one resource type".to_owned())) };
        for (own, other) in [(one, two), (two, one)] {
            let made = cx.create(own, cx.minimal(own)).await?;
            let wrong = Context::path(other, &made.id);
            t.sub(format!("GET {} of a {}", other.endpoint, own.name));
            let a = cx.read(other, &made.id).await?;
            // The same id may be that of something else, which is not touched then.
            let kind = at(a.doc(), "meta/resourceType").and_then(Value::as_str);
            let is_another = a.is_success() && kind.is_some_and(|kind| kind.eq_ignore_ascii_case(&other.name));
            t.at(Level::Error, !a.is_success() || is_another, &a, "status 404");
            if a.status != 404 {
                continue;
            }
            t.sub(format!("DELETE {} of a {}", other.endpoint, own.name));
            // Nothing is there: whatever is deleted is the run's own.
            let _answer = cx.send(Ask::new(http::Method::DELETE, wrong).harmless()).await?;
            // Whatever was answered: it must still be there.
            cx.ledger.add(&own.endpoint, &made.id);
            let a = cx.read(own, &made.id).await?;
            t.must(a.is_success(), &a, "the resource is still there");
        }
    }
}
