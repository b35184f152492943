//! M: groups, and references to resources.

use serde_json::{Value, json};

use crate::{
    check::{Level, Stop, checks},
    context::{Context, Made},
    json::{elements, member, set, text},
    resource_type::ResourceType,
    wire::{Answer, Ask},
};

/// Reads a group with its members, also where these are returned on request only.
pub(super) async fn read_members(
    cx: &Context,
    group: &ResourceType,
    id: &str,
) -> Result<Answer, Stop> {
    match group.attr("members") {
        Some(attr) if attr.returned == "request" => {
            let mut names = vec![attr.name.clone()];
            names.extend(group.key().map(|key| key.path()));
            let ask = Ask::get(Context::path(group, id)).query("attributes", &names.join(","));
            cx.send(ask).await
        }
        _ => cx.read(group, id).await,
    }
}

pub(super) fn member_ids(group: &Value) -> Vec<String> {
    let mut ids: Vec<_> = elements(member(group, "members"))
        .iter()
        .filter_map(|m| text(m, "value").map(str::to_owned))
        .collect();
    ids.sort_unstable();
    ids
}

/// So many new users, to be deleted or changed.
pub(super) async fn new_users(cx: &Context, count: usize) -> Result<Vec<Made>, Stop> {
    let user = cx.need_type("User")?;
    let mut made = Vec::new();
    for _ in 0..count {
        made.push(cx.create(user, cx.minimal(user)).await?);
    }
    Ok(made)
}

/// So many users, who are nothing but members: nobody changes or deletes them.
pub(super) async fn users(cx: &Context, count: usize) -> Result<Vec<Made>, Stop> {
    let mut members = cx.members();
    let missing = count.saturating_sub(members.len());
    let new = new_users(cx, missing).await?;
    cx.keep_members(&new);
    members.extend(new);
    members.truncate(count);
    Ok(members)
}

pub(super) async fn group_of(cx: &Context, members: &[&str]) -> Result<(ResourceType, Made), Stop> {
    let group = cx.need_type("Group")?;
    let mut body = cx.minimal(group);
    let members: Vec<_> = members.iter().map(|id| json!({"value": id})).collect();
    set(&mut body, "members", members.into());
    Ok((group.clone(), cx.create(group, body).await?))
}

pub(super) fn sorted<'a>(ids: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut ids: Vec<_> = ids.into_iter().map(str::to_owned).collect();
    ids.sort_unstable();
    ids
}

/// What the members are after an operation.
pub(super) async fn after(
    cx: &Context,
    group: &ResourceType,
    made: &Made,
    operations: &Value,
) -> Result<(Answer, Answer), Stop> {
    let a = cx.patch(group, &made.id, operations).await?;
    let read = read_members(cx, group, &made.id).await?;
    Ok((a, read))
}

checks! {
    "M-01" Error Must "RFC 7643 §4.2" ["C-01"]
    "Members of a new group are stored, with value, $ref and type. A member who is lost has no access."
    "Store the members, and fill in $ref and type."
    (cx, t) {
        let users = users(cx, 2).await?;
        let ids: Vec<_> = users.iter().map(|u| u.id.as_str()).collect();
        let (group, made) = group_of(cx, &ids).await?;
        let a = read_members(cx, &group, &made.id).await?;
        if !t.must(member_ids(a.doc()) == sorted(ids.iter().copied()), &a, "both members") {
            return Err(Stop::Failed);
        }
        for (name, wanted) in [("$ref", None), ("type", Some("User"))] {
            t.sub(name);
            let values: Vec<_> = elements(member(a.doc(), "members")).iter().map(|m| text(m, name)).collect();
            if values.iter().all(Option::is_none) {
                t.note(&a, format!("members have no {name}"));
            } else {
                t.at(Level::Warning, values.iter().all(|v| v.is_some() && (wanted.is_none() || *v == wanted)), &a, format!("{name} of each member"));
            }
        }
    }

    "M-08" Critical Must "RFC 7644 §3.5.1, §3.5.2" ["M-01"]
    "A group can be renamed by PUT and by PATCH. PATCH keeps its members, and PUT replaces all of them."
    "Change what was sent, and nothing else."
    (cx, t) {
        let users = users(cx, 3).await?;
        let id = |at: usize| users.get(at).map_or("", |u| u.id.as_str());
        let (group, made) = group_of(cx, &[id(0), id(1)]).await?;
        let Some(key) = group.key() else { return Err(Stop::Skip("groups have no name".to_owned())) };
        let both = sorted([id(0), id(1)]);
        if cx.announced("patch") != Some(false) && cx.works("X-01", &group) {
            t.sub("PATCH of the name");
            let name: Value = cx.label().into();
            let ops = json!([{"op": "replace", "path": key.path(), "value": name}]);
            let (a, read) = after(cx, &group, &made, &ops).await?;
            t.at(Level::Error, a.is_success() && key.is(read.doc(), &name), &read, "the new name");
            t.must(member_ids(read.doc()) == both, &read, "both members as before");
        }
        if !cx.works("W-01", &group) {
            return Ok(());
        }
        t.sub("PUT with another name");
        let mut body = made.sent.clone();
        let name: Value = cx.label().into();
        key.set(&mut body, name.clone());
        let a = cx.put(&group, &made.id, &body).await?;
        let read = read_members(cx, &group, &made.id).await?;
        t.at(Level::Error, a.is_success() && key.is(read.doc(), &name), &read, "the new name");
        t.must(member_ids(read.doc()) == both, &read, "both members as before");
        t.sub("PUT with other members");
        set(&mut body, "members", json!([{"value": id(1)}, {"value": id(2)}]));
        let a = cx.put(&group, &made.id, &body).await?;
        let read = read_members(cx, &group, &made.id).await?;
        t.at(Level::Error, a.is_success(), &a, "200");
        t.must(member_ids(read.doc()) == sorted([id(1), id(2)]), &read, "the members that were sent, and no others");
        t.sub("PUT without members");
        set(&mut body, "members", json!([]));
        let a = cx.put(&group, &made.id, &body).await?;
        let read = read_members(cx, &group, &made.id).await?;
        t.at(Level::Error, a.is_success() && member_ids(read.doc()).is_empty(), &read, "no members");
    }

    "M-09" Warning Must "RFC 7643 §7 (returned: default)" ["M-01"]
    "A group in a list has the same members as when it is read alone."
    "Return members by default, or publish them as returned on request."
    (cx, t) {
        cx.needs_feature("filter")?;
        let users = users(cx, 1).await?;
        let ids: Vec<_> = users.iter().map(|u| u.id.as_str()).collect();
        let (group, made) = group_of(cx, &ids).await?;
        if group.attr("members").is_some_and(|attr| attr.returned == "request") {
            return Err(Stop::Skip("members are returned on request".to_owned()));
        }
        let Some(key) = group.key() else { return Err(Stop::Skip("groups have no name".to_owned())) };
        let a = cx.list(&group, &[("filter", &format!("{} eq {}", key.path(), key.of(&made.state).unwrap_or(&Value::Null)))]).await?;
        let Some(one) = a.resources().iter().find(|one| text(one, "id") == Some(made.id.as_str())) else {
            return Err(Stop::Blocked("F-02", a.in_short()));
        };
        t.must(member_ids(one) == sorted(ids), &a, "the member");
    }

    "M-02" Error Must "RFC 7644 §3.5.2" ["M-01", "X-01"]
    "Members can be added and removed one by one or several at once. The other members stay."
    "Apply add, and remove with a filter in brackets, to members as to any other attribute."
    (cx, t) {
        cx.needs_feature("patch")?;
        let users = users(cx, 5).await?;
        let id = |at: usize| users.get(at).map_or("", |u| u.id.as_str());
        let (group, made) = group_of(cx, &[id(0)]).await?;
        t.sub("add one");
        let (a, read) = after(cx, &group, &made, &json!([{"op": "add", "path": "members", "value": [{"value": id(1)}]}])).await?;
        t.must(a.is_success(), &a, "200 or 204");
        t.must(member_ids(read.doc()) == sorted([id(0), id(1)]), &read, "the old member and the new one");
        t.sub("add three");
        let three: Vec<_> = [2, 3, 4].iter().map(|at| json!({"value": id(*at)})).collect();
        let (a, read) = after(cx, &group, &made, &json!([{"op": "add", "path": "members", "value": three}])).await?;
        t.must(a.is_success(), &a, "200 or 204");
        t.must(member_ids(read.doc()) == sorted((0..5).map(id)), &read, "all five members");
        t.sub("remove one");
        let (a, read) = after(cx, &group, &made, &json!([{"op": "remove", "path": format!("members[value eq {}]", json!(id(2)))}])).await?;
        t.must(a.is_success(), &a, "200 or 204");
        t.must(member_ids(read.doc()) == sorted([0, 1, 3, 4].map(id)), &read, "the other four members");
        t.sub("replace");
        let (a, read) = after(cx, &group, &made, &json!([{"op": "replace", "path": "members", "value": [{"value": id(2)}]}])).await?;
        t.must(a.is_success(), &a, "200 or 204");
        t.must(member_ids(read.doc()) == sorted([id(2)]), &read, "the new member only");
        t.sub("remove all");
        let (a, read) = after(cx, &group, &made, &json!([{"op": "remove", "path": "members"}])).await?;
        t.must(a.is_success(), &a, "200 or 204");
        t.must(member_ids(read.doc()).is_empty(), &read, "no members");
    }

    "M-03" Warning Should "RFC 7644 §3.5.2.1" ["M-02"]
    "A member who is added twice is listed once."
    "Compare by value before you append."
    (cx, t) {
        let users = users(cx, 1).await?;
        let id = users.first().map_or("", |u| u.id.as_str());
        let group = cx.need_type("Group")?.clone();
        let mut body = cx.minimal(&group);
        set(&mut body, "members", json!([{"value": id}, {"value": id, "type": "User"}]));
        t.sub("twice in a new group");
        let a = cx.post(&group, &body).await?;
        let made = if a.is_success() {
            let made = cx.made(&group, body, a).await?;
            let read = read_members(cx, &group, &made.id).await?;
            t.must(member_ids(read.doc()) == sorted([id]), &read, "the member once");
            made
        } else {
            t.at(Level::Warning, a.is_client_error(), &a, "201 or 400");
            t.note(&a, "a member twice is refused");
            group_of(cx, &[id]).await?.1
        };
        t.sub("added again");
        let (a, read) = after(cx, &group, &made, &json!([{"op": "add", "path": "members", "value": [{"value": id}]}])).await?;
        t.must(a.is_success(), &a, "200 or 204: it is no error");
        t.must(member_ids(read.doc()) == sorted([id]), &read, "the member once");
    }

    "M-04" Info Plain "RFC 7643 §2.3.7" ["M-01"]
    "A member that does not exist is refused or kept. The report says which."
    "Return 400 with scimType invalidValue."
    (cx, t) {
        let group = cx.need_type("Group")?;
        let mut body = cx.minimal(group);
        set(&mut body, "members", json!([{"value": cx.unknown_id()}]));
        let a = cx.post(group, &body).await?;
        t.at(Level::Error, a.is_success() || a.is_client_error(), &a, "201 or 400");
        t.note(&a, if a.is_success() { "members that do not exist are accepted" } else { "members that do not exist are refused" });
    }

    "M-06" Warning Plain "RFC 7644 §3.6" ["M-01", "L-02"]
    "A deleted user is no longer a member of a group."
    "Remove the memberships of a user together with the user."
    (cx, t) {
        let users = new_users(cx, 2).await?;
        let id = |at: usize| users.get(at).map_or("", |u| u.id.as_str());
        let (group, made) = group_of(cx, &[id(0), id(1)]).await?;
        let user = cx.need_type("User")?;
        let a = cx.delete(user, id(0)).await?;
        if !a.is_success() {
            return Err(Stop::Blocked("L-01", a.in_short()));
        }
        let read = read_members(cx, &group, &made.id).await?;
        t.at(Level::Critical, read.status != 404, &read, "the group, without the member");
        t.must(member_ids(read.doc()) == sorted([id(1)]), &read, "the other member only");
        t.sub("a member of a deleted group");
        let users = new_users(cx, 1).await?;
        let ids: Vec<_> = users.iter().map(|user| user.id.as_str()).collect();
        let (group, made) = group_of(cx, &ids).await?;
        let a = cx.delete(&group, &made.id).await?;
        if let (true, Some(user)) = (a.is_success(), users.first()) {
            let a = cx.read(cx.need_type("User")?, &user.id).await?;
            t.at(Level::Critical, a.status != 404, &a, "status 200: only the group was deleted");
        }
    }

    "M-07" Warning Plain "RFC 7644 §3.5.2" ["M-02"]
    "A group with 300 members can be created, read and changed, and a read can leave its members out."
    "Apply excludedAttributes=members before you read the members."
    (cx, t) {
        if !cx.told.large {
            return Err(Stop::Skip("it takes 300 users (--large)".to_owned()));
        }
        let users = users(cx, 300).await?;
        let ids: Vec<_> = users.iter().map(|u| u.id.as_str()).collect();
        let (group, made) = group_of(cx, &ids).await?;
        let read = read_members(cx, &group, &made.id).await?;
        t.must(member_ids(read.doc()).len() == 300, &read, "300 members");
        t.note(&read, format!("read in {} ms", read.took.as_millis()));
        let a = cx.send(Ask::get(Context::path(&group, &made.id)).query("excludedAttributes", "members")).await?;
        let always = group.attr("members").is_some_and(crate::resource_type::Attr::is_always_returned);
        t.must(a.is_success() && (always || member(a.doc(), "members").is_none()), &a, "no members");
        let ops = json!([{"op": "remove", "path": format!("members[value eq {}]", json!(ids.first()))}]);
        let (a, read) = after(cx, &group, &made, &ops).await?;
        t.must(a.is_success() && member_ids(read.doc()).len() == 299, &read, "299 members");
    }
}
