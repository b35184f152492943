//! OK: what Okta's test of a SCIM server and its provisioning send and need.

use http::Method;
use serde_json::{Value, json};

use crate::{
    check::{Level, Stop, checks},
    context::{Context, ERROR, LIST, Made},
    json::{at, contains, elements, member, set, text},
    resource_type::ResourceType,
    trial::Trial,
    wire::{Answer, Ask, Credentials},
};

/// A user as Okta creates one.
fn user(cx: &Context, r: &ResourceType) -> Value {
    let label = cx.label();
    let mut body = cx.minimal(r);
    let name = format!("{label}@{}", cx.maker.domain);
    let more = json!({
        "userName": name,
        "name": {"givenName": "Test", "familyName": "User"},
        "emails": [{"primary": true, "value": name, "type": "work"}],
        "displayName": "Test User",
        "locale": "en-US",
        "externalId": format!("{label}-okta"),
        "groups": [],
        "password": "1mz050nq!Aa",
        "active": true,
    });
    crate::json::merge(&mut body, &more);
    body
}

async fn made(cx: &Context) -> Result<(&ResourceType, Made), Stop> {
    let r = cx.need_type("User")?;
    let body = user(cx, r);
    let a = cx
        .send(Ask::post(&r.endpoint, &body).header("content-type", "application/json"))
        .await?;
    if !a.is_success() {
        return Err(Stop::Blocked("OK-05", a.in_short()));
    }
    let made = cx.made(r, body, a).await?;
    Ok((r, made))
}

fn is_user(t: &mut Trial, a: &Answer, user: &Value) {
    for path in [
        "id",
        "name/familyName",
        "name/givenName",
        "userName",
        "active",
    ] {
        t.must(
            at(user, path).is_some_and(|v| !v.is_null()),
            a,
            format!("{path} of a user"),
        );
    }
    let mail = elements(member(user, "emails"))
        .first()
        .and_then(|e| text(e, "value"));
    t.must(mail.is_some(), a, "emails with a value");
}

fn is_list(t: &mut Trial, a: &Answer) {
    t.must(
        elements(member(a.doc(), "schemas")).contains(&LIST.into()),
        a,
        "a ListResponse",
    );
    for name in ["itemsPerPage", "startIndex", "totalResults"] {
        t.must(
            member(a.doc(), name).is_some_and(|v| v.is_i64() || v.is_u64()),
            a,
            format!("{name} is a number"),
        );
    }
}

checks! {
    "OK-01" Error Must "Okta SCIM 2.0 SPEC test, 1" ["OK-05"]
    "A page of one user is a ListResponse with numbers. The user has id, name, userName, active and an e-mail address."
    "Return these attributes by default."
    (cx, t) {
        let (r, made) = made(cx).await?;
        let a = cx.list(r, &[("count", "1"), ("startIndex", "1")]).await?;
        t.success(&a, "a page")?;
        is_list(t, &a);
        // Whoever comes first may be somebody else's: the tester's own user is looked at.
        let filter = format!("userName eq {}", json!(text(&made.state, "userName")));
        let a = cx.list(r, &[("filter", &filter), ("count", "1"), ("startIndex", "1")]).await?;
        is_list(t, &a);
        if let Some(user) = a.resources().first() {
            is_user(t, &a, user);
        }
    }

    "OK-02" Error Must "Okta SCIM 2.0 SPEC test, 2" ["OK-05"]
    "GET of the user by its id returns the same attributes."
    "Return these attributes by default."
    (cx, t) {
        let (r, made) = made(cx).await?;
        let a = cx.read(r, &made.id).await?;
        t.must(a.status == 200, &a, "status 200");
        is_user(t, &a, a.doc());
    }

    "OK-03" Error Must "Okta SCIM 2.0 SPEC test, 3, 5" []
    "A filter for an unknown user name returns 200 without resources."
    "Return an empty ListResponse."
    (cx, t) {
        let r = cx.need_type("User")?;
        let a = cx.list(r, &[("filter", &format!("userName eq \"{}-nobody@{}\"", cx.label(), cx.maker.domain))]).await?;
        let empty = a.status == 200 && a.total() == Some(0);
        t.must(empty || a.status == 404, &a, "200 with totalResults 0");
        if a.status == 200 {
            is_list(t, &a);
        }
    }

    "OK-04" Error Must "Okta SCIM 2.0 SPEC test, 4, 12" []
    "GET of an unknown id returns 404. Its Error has detail, and its status is a string."
    "Return an Error with detail."
    (cx, t) {
        let r = cx.need_type("User")?;
        let a = cx.read(r, &cx.unknown_id()).await?;
        t.must(a.status == 404, &a, "status 404");
        t.must(elements(member(a.doc(), "schemas")).contains(&ERROR.into()), &a, "an Error");
        t.must(text(a.doc(), "detail").is_some_and(|d| !d.is_empty()), &a, "a detail");
        t.must(text(a.doc(), "status") == Some("404"), &a, "status \"404\"");
    }

    "OK-05" Error Must "Okta SCIM 2.0 SPEC test, 6, 7" []
    "A user is created from Okta's message, which is application/json and has groups and a password."
    "Ignore readOnly attributes, and accept application/json."
    (cx, t) {
        let r = cx.need_type("User")?;
        let body = user(cx, r);
        let a = cx.send(Ask::post(&r.endpoint, &body).header("content-type", "application/json")).await?;
        t.success(&a, "a user is created")?;
        t.must(a.status == 201, &a, "status 201");
        if !t.must(a.id().is_some(), &a, "the user, with an id") {
            return Err(Stop::Failed);
        }
        is_user(t, &a, a.doc());
        let read = cx.read(r, a.id().unwrap_or_default()).await?;
        for name in ["userName", "name", "active", "emails"] {
            t.must(member(read.doc(), name).zip(member(&body, name)).is_some_and(|(k, s)| contains(k, s, false)), &read, format!("{name} as it was sent"));
        }
    }

    "OK-06" Error Must "Okta SCIM 2.0 SPEC test, 8" ["OK-05"]
    "Creating the same user again returns 409."
    "Return 409 with an Error."
    (cx, t) {
        let (r, made) = made(cx).await?;
        let a = cx.send(Ask::post(&r.endpoint, &made.sent).header("content-type", "application/json")).await?;
        t.must(a.status == 409, &a, "status 409");
        t.must(elements(member(a.doc(), "schemas")).contains(&ERROR.into()), &a, "an Error");
    }

    "OK-07" Error Must "Okta SCIM 2.0 SPEC test, 9" ["OK-05"]
    "A filter for a user name in capitals returns 200."
    "Compare user names in any letter case."
    (cx, t) {
        let (r, made) = made(cx).await?;
        let name = text(&made.state, "userName").unwrap_or_default().to_uppercase();
        let a = cx.list(r, &[("filter", &format!("userName eq {}", json!(name)))]).await?;
        t.must(a.status == 200, &a, "status 200");
        t.at(Level::Warning, Context::ids(&a).contains(&made.id), &a, "the user");
    }

    "OK-08" Warning Plain "Okta SCIM 2.0 SPEC test, 10" []
    "GET /Groups returns 200 with an array, within 600 ms."
    "Page groups, and leave slow attributes out."
    (cx, t) {
        let r = cx.need_type("Group")?;
        let a = cx.list(r, &[]).await?;
        t.at(Level::Error, a.status == 200, &a, "status 200");
        let listed = member(a.doc(), "Resources");
        t.at(Level::Error, listed.is_some_and(Value::is_array) || a.total() == Some(0), &a, "Resources is an array");
        t.must(a.took.as_millis() < 600, &a, "within 600 ms");
    }

    "OK-09" Error Must "Okta SCIM 2.0 SPEC test, 11" []
    "A wrong Authorization header returns 401 with an Error."
    "Return 401 with an Error: status \"401\" and detail."
    (cx, t) {
        if !cx.wire.has_credentials() {
            return Err(Stop::Skip("the run has no credentials".to_owned()));
        }
        let r = cx.need_type("User")?;
        let a = cx.send(Ask::get(&r.endpoint).query("count", "1").by(Credentials::Header("non-token".to_owned()))).await?;
        t.must(a.status == 401, &a, "status 401");
        t.must(text(a.doc(), "status") == Some("401") && elements(member(a.doc(), "schemas")).contains(&ERROR.into()), &a, "an Error with status \"401\"");
        t.must(text(a.doc(), "detail").is_some(), &a, "a detail");
    }

    "OK-10" Error Must "Okta SCIM 2.0 reference: deactivate" ["OK-05"]
    "A user can be deactivated by a PATCH without a path, and by a PUT of the whole user."
    "Accept both, and keep the user."
    (cx, t) {
        let (r, patched) = made(cx).await?;
        t.sub("PATCH");
        let a = cx.patch(r, &patched.id, &json!([{"op": "replace", "value": {"active": false}}])).await?;
        t.must(matches!(a.status, 200 | 204), &a, "200 or 204");
        let read = cx.read(r, &patched.id).await?;
        t.must(read.status == 200 && member(read.doc(), "active") == Some(&Value::Bool(false)), &read, "active false");
        t.sub("PUT");
        let (r, put) = made(cx).await?;
        let mut body = super::w::sent_back(r, &put.state, &put.sent);
        set(&mut body, "active", false.into());
        let a = cx.put(r, &put.id, &body).await?;
        t.must(a.status == 200, &a, "status 200");
        let read = cx.read(r, &put.id).await?;
        t.must(read.status == 200 && member(read.doc(), "active") == Some(&Value::Bool(false)), &read, "active false");
    }

    "OK-11" Error Must "Okta SCIM 2.0 reference: rename a group" []
    "A group can be renamed by a PATCH without a path whose value also has the id."
    "Ignore id if it is the group's own."
    (cx, t) {
        let (group, made) = super::m::group_of(cx, &[]).await?;
        let name = cx.label();
        let a = cx.patch(&group, &made.id, &json!([{"op": "replace", "value": {"id": made.id, "displayName": name}}])).await?;
        t.must(matches!(a.status, 200 | 204), &a, "200 or 204");
        let read = super::m::read_members(cx, &group, &made.id).await?;
        t.must(text(read.doc(), "displayName") == Some(&name), &read, "the new name");
    }

    "OK-12" Error Must "Okta SCIM 2.0 reference: members of a group" ["OK-05"]
    "One PATCH removes members and adds others. Another replaces all members."
    "Apply the operations in order."
    (cx, t) {
        let users = super::m::users(cx, 3).await?;
        let id = |at: usize| users.get(at).map_or("", |u| u.id.as_str());
        let (group, made) = super::m::group_of(cx, &[id(0)]).await?;
        t.sub("remove and add");
        let ops = json!([
            {"op": "remove", "path": format!("members[value eq {}]", json!(id(0)))},
            {"op": "add", "path": "members", "value": [{"value": id(1), "display": "x"}]},
        ]);
        let a = cx.patch(&group, &made.id, &ops).await?;
        let read = super::m::read_members(cx, &group, &made.id).await?;
        t.must(a.is_success() && super::m::member_ids(read.doc()) == [id(1)], &read, "the added member only");
        t.sub("replace");
        let a = cx.patch(&group, &made.id, &json!([{"op": "replace", "path": "members", "value": [{"value": id(2), "display": "y"}]}])).await?;
        let read = super::m::read_members(cx, &group, &made.id).await?;
        t.must(a.is_success() && super::m::member_ids(read.doc()) == [id(2)], &read, "the new member only");
    }

    "OK-13" Error Must "Okta SCIM 2.0 reference: import" ["OK-05"]
    "Pages of users by startIndex and count say how many users there are."
    "Page by index, in a stable order."
    (cx, t) {
        let (r, _) = made(cx).await?;
        let a = cx.list(r, &[("startIndex", "1"), ("count", "100")]).await?;
        t.must(a.status == 200 && a.resources().len() <= 100, &a, "at most 100 users");
        is_list(t, &a);
        let again = cx.list(r, &[("startIndex", "1"), ("count", "100")]).await?;
        let order = |a: &Answer| a.resources().iter().filter_map(|one| text(one, "id").map(str::to_owned)).collect::<Vec<_>>();
        t.must(order(&a) == order(&again), &again, "the same order");
    }

    "OK-14" Error Must "Okta SCIM 2.0 reference: create and delete a group" []
    "A group can be created with an empty array of members, and deleted."
    "Accept an empty array, and return 204 to DELETE."
    (cx, t) {
        let (group, made) = super::m::group_of(cx, &[]).await?;
        t.must(made.answer.status == 201, &made.answer, "status 201");
        let a = cx.delete(&group, &made.id).await?;
        t.must(a.status == 204, &a, "status 204");
    }

    "OK-15" Error Must "Okta SCIM 2.0 reference: update a user; RFC 6585 §3" ["OK-05"]
    "Changes are accepted without If-Match, because Okta sends no versions."
    "Do not return 428 to this client."
    (cx, t) {
        let (r, made) = made(cx).await?;
        let deactivate = Context::patch_ask(r, &made.id, &json!([{"op": "replace", "value": {"active": false}}]));
        let body = super::w::sent_back(r, &made.state, &made.sent);
        let put = Ask::new(Method::PUT, Context::path(r, &made.id)).json(&body);
        for (name, ask) in [("PATCH", deactivate), ("PUT", put)] {
            t.sub(name);
            let a = cx.send(ask.versionless()).await?;
            t.must(a.status != 428, &a, "a response that does not require If-Match");
        }
    }
}
