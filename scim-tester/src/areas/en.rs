//! EN: what Entra ID's provisioning service sends and needs, by its documentation.

use http::Method;
use serde_json::{Value, json};

use crate::{
    check::{Level, Stop, checks},
    context::{Context, LIST, Made, PATCH_OP},
    json::{at, contains, elements, is_assigned, member, set, text},
    resource_type::ResourceType,
    wire::{Answer, Ask},
};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A user as Entra ID creates one.
fn user(cx: &Context, r: &ResourceType) -> Value {
    let label = cx.label();
    let mut body = cx.minimal(r);
    let more = json!({
        "externalId": format!("{label}-ext"),
        "userName": format!("{label}@{}", cx.maker.domain),
        "active": true,
        "displayName": "Entra User",
        "emails": [{"primary": true, "type": "work", "value": format!("{label}-mail@{}", cx.maker.domain)}],
        "meta": {"resourceType": "User"},
        "name": {"formatted": "Given Family", "familyName": "Family", "givenName": "Given"},
        "roles": [],
    });
    crate::json::merge(&mut body, &more);
    set(&mut body, "schemas", json!([r.schema, ENTERPRISE]));
    body
}

async fn made(cx: &Context) -> Result<(&ResourceType, Made), Stop> {
    let r = cx.need_type("User")?;
    let body = user(cx, r);
    let answer = cx.post(r, &body).await?;
    if !answer.is_success() {
        return Err(Stop::Blocked("EN-03", answer.in_short()));
    }
    let made = cx.made(r, body, answer).await?;
    Ok((r, made))
}

async fn patch(
    cx: &Context,
    r: &ResourceType,
    made: &Made,
    operations: Value,
) -> Result<(Answer, Answer), Stop> {
    let a = cx.patch(r, &made.id, &operations).await?;
    Ok((a, cx.read(r, &made.id).await?))
}

fn work_mail(user: &Value) -> Option<&str> {
    elements(member(user, "emails"))
        .iter()
        .find(|e| text(e, "type") == Some("work"))
        .and_then(|e| text(e, "value"))
}

checks! {
    "EN-01" Error Must "Entra ID: use SCIM to provision (test connection)" []
    "The connection test searches for a random user name, finds nobody, and gets no error."
    "Return 200 with totalResults 0."
    (cx, t) {
        let r = cx.need_type("User")?;
        let a = cx.list(r, &[("filter", &format!("userName eq \"{}\"", cx.unknown_id()))]).await?;
        t.must(a.status == 200 && a.total() == Some(0), &a, "200 with totalResults 0 (a 404 leads to quarantine)");
        let a = cx.read(r, &cx.unknown_id()).await?;
        t.must(a.status == 404, &a, "404");
    }

    "EN-02" Error Must "Entra ID: SCIM 2.0 protocol compliance" []
    "Every response with a body has the media type application/scim+json."
    "Set Content-Type: application/scim+json."
    (cx, t) {
        let r = cx.need_type("User")?;
        for path in ["/ServiceProviderConfig", "/Schemas", r.endpoint.as_str()] {
            t.sub(path);
            let a = cx.send(Ask::get(path).query("count", "1")).await?;
            let media = a.header("content-type").unwrap_or_default().to_ascii_lowercase();
            t.must(media.starts_with("application/scim+json"), &a, format!("application/scim+json, not {media}"));
        }
    }

    "EN-03" Error Must "Entra ID: SCIM requests (create user)" []
    "A user is created from Entra ID's message, which has roles, meta and an extension without data."
    "Ignore readOnly attributes. Accept empty arrays, and extensions that schemas lists without data."
    (cx, t) {
        let r = cx.need_type("User")?;
        let body = user(cx, r);
        let a = cx.post(r, &body).await?;
        t.success(&a, "a user is created")?;
        t.status(&a, &[201]);
        if !t.must(a.id().is_some(), &a, "an id") {
            return Err(Stop::Failed);
        }
        let made = cx.made(r, body.clone(), a.clone()).await?;
        for name in ["userName", "active", "displayName", "externalId", "name"] {
            t.sub(name);
            let (sent, kept) = (member(&body, name), member(&made.state, name));
            t.must(sent.zip(kept).is_some_and(|(s, k)| contains(k, s, false)), &a, format!("{name} as it was sent"));
        }
        t.sub("emails");
        t.must(work_mail(&made.state).is_some(), &a, "the work address");
    }

    "EN-04" Error Must "Entra ID: SCIM requests (matching)" ["EN-03"]
    "Filters can find users by userName, externalId and the work address, alone and joined by and."
    "Support these filters. Entra ID finds its users with them."
    (cx, t) {
        let (r, made) = made(cx).await?;
        let name = text(&made.state, "userName").unwrap_or_default();
        let external = text(&made.state, "externalId").unwrap_or_default();
        let mail = work_mail(&made.state).unwrap_or_default();
        // What was not kept is for EN-03 to say.
        let kept = |text: &str, filter: String| (!text.is_empty()).then_some(filter);
        let filters = [
            kept(name, format!("userName eq {}", json!(name))),
            kept(external, format!("externalId eq {}", json!(external))),
            kept(mail, format!("emails[type eq \"work\" and value eq {}]", json!(mail))),
            kept(mail, format!("emails[type eq \"work\"].value eq {}", json!(mail))),
            kept(external, format!("externalId eq {} and userName eq {}", json!(external), json!(name))),
        ];
        for filter in filters.into_iter().flatten() {
            t.sub(filter.replace(&cx.maker.marker, "zt…"));
            let a = cx.list(r, &[("filter", &filter)]).await?;
            // Figure 1 of the RFC has no such form; Entra ID sends it where a mapping asks for it.
            let level = if filter.contains("].value") { Level::Warning } else { Level::Error };
            t.at(level, a.status == 200 && Context::ids(&a) == std::iter::once(made.id.clone()).collect(), &a, "the user");
        }
    }

    "EN-05" Error Must "Entra ID: SCIM requests (disable user)" ["EN-03"]
    "A disabled user can still be read and found, and can be enabled again."
    "Do not hide or delete inactive users."
    (cx, t) {
        let (r, made) = made(cx).await?;
        for active in [false, true] {
            t.sub(format!("active={active}"));
            let (a, read) = patch(cx, r, &made, json!([{"op": "replace", "path": "active", "value": active}])).await?;
            t.must(a.is_success(), &a, "200 or 204");
            t.must(read.status == 200 && member(read.doc(), "active") == Some(&active.into()), &read, format!("active {active}"));
            let name = text(&made.state, "userName").unwrap_or_default();
            let a = cx.list(r, &[("filter", &format!("userName eq {}", json!(name)))]).await?;
            t.must(Context::ids(&a).contains(&made.id), &a, "found by userName");
        }
    }

    "EN-06" Error Must "Entra ID: SCIM requests (update user)" ["EN-03"]
    "The operations of a PATCH may be called Add, Replace and Remove."
    "Accept op in any letter case."
    (cx, t) {
        let (r, made) = made(cx).await?;
        for (op, value) in [("Replace", Some("R")), ("Add", Some("A")), ("Remove", None)] {
            t.sub(op);
            let mut operation = json!({"op": op, "path": "displayName"});
            if let Some(value) = value {
                set(&mut operation, "value", value.into());
            }
            let (a, read) = patch(cx, r, &made, json!([operation])).await?;
            t.must(a.is_success(), &a, "200 or 204");
            let wanted = value.map_or("no displayName".to_owned(), |value| format!("displayName {value}"));
            t.must(text(read.doc(), "displayName") == value, &read, wanted);
        }
    }

    "EN-07" Warning Must "Entra ID: application provisioning known issues (aadOptscim062020)" ["EN-03"]
    "active may be the text \"False\", unless a feature flag is set."
    "Accept the text, or tell your customers to set the flag aadOptscim062020."
    (cx, t) {
        let (r, made) = made(cx).await?;
        let (a, read) = patch(cx, r, &made, json!([{"op": "Replace", "path": "active", "value": "False"}])).await?;
        let works = a.is_success() && member(read.doc(), "active") == Some(&Value::Bool(false));
        t.must(works, &a, "active false (or the flag is needed)");
    }

    "EN-08" Error Must "Entra ID: SCIM requests (update user, multi-valued)" ["EN-03"]
    "A replace of emails[type eq \"work\"].value creates the address if there is none."
    "Add a value with the type that the filter names."
    (cx, t) {
        let r = cx.need_type("User")?;
        let mut body = user(cx, r);
        crate::json::remove(&mut body, "emails");
        let made = cx.create(r, body).await?;
        let mail = format!("{}-new@{}", cx.label(), cx.maker.domain);
        let (a, read) = patch(cx, r, &made, json!([{"op": "Replace", "path": "emails[type eq \"work\"].value", "value": mail}])).await?;
        t.must(a.is_success(), &a, "200 or 204");
        t.must(work_mail(read.doc()) == Some(&mail), &read, "the work address");
    }

    "EN-09" Error Must "Entra ID: SCIM requests (remove members)" ["EN-03"]
    "A remove of members with an array of values removes these members, and no others."
    "Read the value of a remove as the members to remove."
    (cx, t) {
        let users = super::m::users(cx, 2).await?;
        let ids: Vec<_> = users.iter().map(|u| u.id.as_str()).collect();
        let (group, made) = super::m::group_of(cx, &ids).await?;
        let (a, read) = patch(cx, &group, &made, json!([{"op": "Remove", "path": "members", "value": [{"value": ids.first()}]}])).await?;
        let left = super::m::member_ids(read.doc());
        t.at(Level::Critical, !left.is_empty(), &read, "the other member, and not an empty group");
        t.must(a.is_success() && left.iter().map(String::as_str).eq(ids.get(1).copied()), &read, "the other member only");
    }

    "EN-10" Error Must "Entra ID: SCIM requests (add members)" ["EN-03"]
    "A member with $ref null can be added."
    "Treat null as no value."
    (cx, t) {
        let users = super::m::users(cx, 1).await?;
        let id = users.first().map_or("", |u| u.id.as_str());
        let (group, made) = super::m::group_of(cx, &[]).await?;
        let (a, read) = patch(cx, &group, &made, json!([{"op": "Add", "path": "members", "value": [{"$ref": null, "value": id}]}])).await?;
        t.must(a.is_success(), &a, "200 or 204");
        t.must(super::m::member_ids(read.doc()) == [id], &read, "the member");
    }

    "EN-11" Error Must "Entra ID: SCIM requests (manager)" ["EN-03"]
    "A PATCH sets a manager with a plain id, by the path of manager and by the path of manager.value."
    "Accept a string for manager, and store it as its value."
    (cx, t) {
        let (r, made) = made(cx).await?;
        if !r.extensions.iter().any(|(urn, _)| urn == ENTERPRISE) {
            return Err(Stop::Skip("the enterprise extension is not there".to_owned()));
        }
        let boss = cx.create(r, user(cx, r)).await?;
        for path in [format!("{ENTERPRISE}:manager"), format!("{ENTERPRISE}:manager.value")] {
            t.sub(path.as_str());
            let (a, read) = patch(cx, r, &made, json!([{"op": "Add", "path": path, "value": boss.id}])).await?;
            t.must(a.is_success(), &a, "200 or 204");
            let value = at(read.doc(), &format!("{ENTERPRISE}/manager/value")).and_then(Value::as_str);
            t.must(value == Some(boss.id.as_str()), &read, "manager.value");
            patch(cx, r, &made, json!([{"op": "remove", "path": format!("{ENTERPRISE}:manager")}])).await?;
        }
    }

    "EN-12" Error Must "Entra ID: SCIM requests (groups)" ["EN-01"]
    "A filter by displayName finds groups, and excludedAttributes=members leaves their members out."
    "Apply excludedAttributes=members to filtered lists too."
    (cx, t) {
        let users = super::m::users(cx, 1).await?;
        let id = users.first().map_or("", |u| u.id.as_str());
        let (group, made) = super::m::group_of(cx, &[id]).await?;
        let name = text(&made.state, "displayName").unwrap_or_default();
        let a = cx.list(&group, &[("excludedAttributes", "members"), ("filter", &format!("displayName eq {}", json!(name)))]).await?;
        t.must(a.status == 200 && Context::ids(&a).contains(&made.id), &a, "the group");
        t.must(a.resources().iter().all(|one| !is_assigned(member(one, "members"))), &a, "no members");
        t.sub("twice");
        let mut body = cx.minimal(&group);
        set(&mut body, "displayName", name.into());
        let a = cx.post(&group, &body).await?;
        t.at(Level::Warning, a.status == 409, &a, "409: names of groups are unique for Entra ID");
    }

    "EN-13" Warning Should "Entra ID: SCIM requests (PATCH group)" ["EN-01"]
    "PATCH of a group returns 204."
    "Return 204, because large groups are slow to write and to read."
    (cx, t) {
        let (group, made) = super::m::group_of(cx, &[]).await?;
        let a = cx.patch(&group, &made.id, &json!([{"op": "Replace", "path": "displayName", "value": cx.label()}])).await?;
        t.must(a.status == 204, &a, "status 204");
    }

    "EN-14" Warning Must "Entra ID: SCIM 2.0 protocol compliance" ["EN-03"]
    "Values are returned as they were sent. Otherwise Entra ID sends them again and again."
    "Do not rewrite phone numbers and names."
    (cx, t) {
        let r = cx.need_type("User")?;
        let mut body = user(cx, r);
        set(&mut body, "phoneNumbers", json!([{"type": "work", "value": "+1 (425) 555-0100"}]));
        let made = cx.create(r, body).await?;
        let a = cx.read(r, &made.id).await?;
        for phone in elements(member(a.doc(), "phoneNumbers")) {
            t.must(text(phone, "value") == Some("+1 (425) 555-0100"), &a, "the phone number as it was sent");
        }
        t.must(at(a.doc(), "name/familyName").and_then(Value::as_str) == Some("Family"), &a, "the name as it was sent");
    }

    "EN-15" Error Must "Entra ID: SCIM schema discovery" []
    "/Schemas is a list whose members have the spelling of the RFC, and none is null."
    "Leave out members without a value."
    (cx, t) {
        let Some(a) = cx.schemas_answer.clone().filter(|a| a.is_success()) else {
            return Err(Stop::Skip("there is no list of schemas".to_owned()));
        };
        t.must(elements(member(a.doc(), "schemas")).contains(&LIST.into()), &a, "a ListResponse");
        t.must(!has_null(a.doc()), &a, "no null");
    }

    "EN-16" Warning Plain "Entra ID: SCIM requests (update user, without path)" ["EN-03"]
    "The value of an operation without a path may have dotted names and names with a URN."
    "Read the names in the value as paths."
    (cx, t) {
        let (r, made) = made(cx).await?;
        let mut value = json!({"name.givenName": "Dotted"});
        if r.extensions.iter().any(|(urn, _)| urn == ENTERPRISE) {
            set(&mut value, &format!("{ENTERPRISE}:department"), "D".into());
        }
        let ask = Ask::new(Method::PATCH, Context::path(r, &made.id))
            .json(&json!({"schemas": [PATCH_OP], "Operations": [{"op": "Replace", "value": value}]}));
        let a = cx.send(ask).await?;
        let read = cx.read(r, &made.id).await?;
        t.must(a.is_success(), &a, "200 or 204");
        t.must(at(read.doc(), "name/givenName").and_then(Value::as_str) == Some("Dotted"), &read, "name.givenName");
    }

    "EN-17" Error Must "Entra ID: SCIM requests (update, delete user); RFC 6585 §3" ["EN-03"]
    "Changes are accepted without If-Match, because Entra ID sends no versions."
    "Do not return 428 to this client."
    (cx, t) {
        let (r, made) = made(cx).await?;
        let disable = Context::patch_ask(r, &made.id, &json!([{"op": "Replace", "path": "active", "value": false}]));
        let delete = Ask::new(Method::DELETE, Context::path(r, &made.id));
        for (name, ask) in [("PATCH", disable), ("DELETE", delete)] {
            t.sub(name);
            let a = cx.send(ask.versionless()).await?;
            t.must(a.status != 428, &a, "a response that does not require If-Match");
        }
    }
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(values) => values.iter().any(has_null),
        Value::Object(members) => members.values().any(has_null),
        _ => false,
    }
}
