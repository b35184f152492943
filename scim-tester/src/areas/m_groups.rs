//! M: groups within groups, and what groups and users show of each other.

use serde_json::{Value, json};

use crate::{
    check::{Stop, checks},
    context::{Context, Made},
    json::{elements, member, set, text},
    resource_type::ResourceType,
};

use super::{
    m::{group_of, member_ids, new_users, read_members, sorted},
    r::read_groups,
};

/// The element with this `value` of an attribute with several values.
fn with_value<'a>(resource: &'a Value, name: &str, value: &str) -> Option<&'a Value> {
    elements(member(resource, name))
        .iter()
        .find(|one| text(one, "value") == Some(value))
}

/// Gives a resource another name, by whatever works; nothing if neither does.
async fn rename(
    cx: &Context,
    r: &ResourceType,
    made: &Made,
    name: &Value,
) -> Result<Option<String>, Stop> {
    let Some(key) = r.key() else { return Ok(None) };
    let old = key
        .of(&made.state)
        .and_then(Value::as_str)
        .map(str::to_owned);
    let a = if cx.announced("patch") != Some(false) && cx.works("X-01", r) {
        let ops = json!([{"op": "replace", "path": key.path(), "value": name}]);
        cx.patch(r, &made.id, &ops).await?
    } else {
        let mut body = made.sent.clone();
        key.set(&mut body, name.clone());
        cx.put(r, &made.id, &body).await?
    };
    Ok(old.filter(|_| a.is_success()))
}

checks! {
    "M-05" Warning Plain "RFC 7643 §4.1.2, §4.2" ["M-01"]
    "A group can be a member of a group, with the type Group. Its own members belong to the outer group indirectly."
    "Accept groups as members, or leave Group out of the referenceTypes of members.$ref. Set type by what the member is."
    (cx, t) {
        let group = cx.need_type("Group")?;
        let refs = group.references().and_then(|m| m.sub("$ref")).map(|sub| sub.refs.clone()).unwrap_or_default();
        if !refs.iter().any(|kind| kind == "Group") {
            return Err(Stop::Skip("referenceTypes does not have Group".to_owned()));
        }
        let users = new_users(cx, 1).await?;
        let Some(user) = users.first() else { return Ok(()) };
        let (_, inner) = group_of(cx, &[&user.id]).await?;
        let mut body = cx.minimal(group);
        set(&mut body, "members", json!([{"value": inner.id, "type": "Group"}]));
        let a = cx.post(group, &body).await?;
        if !t.must(a.is_success(), &a, "201") {
            return Ok(());
        }
        let made = cx.made(group, body, a).await?;
        let read = read_members(cx, group, &made.id).await?;
        if !t.must(member_ids(read.doc()) == sorted([inner.id.as_str()]), &read, "the group as a member") {
            return Ok(());
        }
        let Some(own) = with_value(read.doc(), "members", &inner.id) else { return Ok(()) };
        t.sub("type");
        t.must(text(own, "type").is_none_or(|kind| kind == "Group"), &read, "type Group of the member that is a group");
        t.sub("$ref");
        let reference = text(own, "$ref").map(|url| cx.resolve(url));
        let wrong = reference.is_some_and(|url| {
            cx.types.iter().any(|r| r.name != group.name && url.starts_with(&format!("{}{}/", cx.wire.base, r.endpoint)))
        });
        t.must(!wrong, &read, "a $ref to a group");
        t.sub("groups of the user");
        let a = read_groups(cx, cx.need_type("User")?, &user.id).await?;
        // Whether the outer group is shown at all is open; that it is not direct is not.
        let direct = |id: &str| with_value(a.doc(), "groups", id).and_then(|one| text(one, "type")).map(|kind| kind.eq_ignore_ascii_case("direct"));
        t.must(direct(&made.id) != Some(true), &a, "no type direct of the outer group");
        t.must(direct(&inner.id) != Some(false), &a, "no other type than direct of the user's own group");
    }

    "M-11" Warning Plain "RFC 7643 §4.1.2, §4.2 (display)" ["M-01"]
    "When a name changes, members and groups show the new name."
    "Read display when the resource is written, or change it together with the name."
    (cx, t) {
        let (user, group) = (cx.need_type("User")?, cx.need_type("Group")?);
        let users = new_users(cx, 1).await?;
        let Some(made) = users.first() else { return Ok(()) };
        let (_, own) = group_of(cx, &[&made.id]).await?;
        let shown = |doc: &Value, name: &str, id: &str| with_value(doc, name, id).and_then(|one| text(one, "display")).map(str::to_owned);
        // Where display shows something else than the name, it says nothing.
        t.sub("a user's groups");
        // As it was shown once: a copy may be made by the first read.
        let _before = read_groups(cx, user, &made.id).await?;
        if let Some(old) = rename(cx, group, &own, &cx.label().into()).await? {
            let a = read_groups(cx, user, &made.id).await?;
            let stale = shown(a.doc(), "groups", &own.id).is_some_and(|display| display == old);
            t.must(!stale, &a, "display with the group's new name");
        }
        t.sub("a group's members");
        let new = user.key().map_or(Value::Null, |key| cx.maker.key(&key.name, &cx.label()));
        let before = read_members(cx, group, &own.id).await?;
        if let Some(old) = rename(cx, user, made, &new).await? {
            let was = shown(before.doc(), "members", &made.id);
            let a = read_members(cx, group, &own.id).await?;
            let stale = was.as_deref() == Some(old.as_str()) && shown(a.doc(), "members", &made.id) == was;
            t.must(!stale, &a, "display with the user's new name");
        }
        t.must(true, &own.answer, "");
    }
}
