//! A: characteristics of attributes.

use serde_json::{Value, json};

use crate::{
    check::{Level, Stop, checks},
    context::{Context, SEARCH},
    json::{contains, elements, is_assigned, member, same, set, text},
    resource_type::{Kind, ResourceType, Slot},
    trial::{Rule, Trial},
    values::Maker,
    wire::{Answer, Ask},
};

use super::w::stable;

/// That a value that is taken is refused with 409 and `uniqueness` (RFC 7644 §3.12 Table 9).
fn conflict(cx: &Context, t: &mut Trial, check: &str, answer: &Answer) {
    if cx.expect(t, check, answer, Rule::Conflict) && answer.status == 409 {
        // RFC 7644 §3.3 asks for it in answers to a POST; otherwise it is OPTIONAL (§3.12).
        let is_named = text(answer.doc(), "scimType").is_some();
        let level = if check == "A-11" && !is_named {
            Level::Info
        } else {
            Level::Error
        };
        t.scim_type(answer, &["uniqueness"], level);
    }
}

checks! {
    "A-01" Critical Security "RFC 7643 §7 (returned: never)" ["C-01"]
    "An attribute that is never returned, such as a password, is in no response."
    "Remove it wherever resources are written, for every operation and every projection."
    (cx, t, r) {
        let secrets: Vec<_> = r.secrets().cloned().collect();
        if secrets.is_empty() {
            return Err(Stop::Skip("the type has no such attribute".to_owned()));
        }
        let mut body = cx.minimal(r);
        for attr in &secrets {
            attr.set(&mut body, cx.maker.value(attr, &cx.label(), crate::values::Fill::Required).unwrap_or_default());
        }
        let mut answers = Vec::new();
        let a = cx.post(r, &body).await?;
        if !a.is_success() {
            return Err(Stop::Blocked("C-01", a.in_short()));
        }
        let made = cx.made(r, body.clone(), a.clone()).await?;
        answers.push(("POST", a));
        answers.push(("GET", cx.read(r, &made.id).await?));
        let names: Vec<_> = secrets.iter().map(crate::resource_type::Attr::path).collect();
        let ask = Ask::get(Context::path(r, &made.id)).query("attributes", &names.join(","));
        answers.push(("GET with attributes", cx.send(ask).await?));
        answers.push(("PUT", cx.put(r, &made.id, &body).await?));
        if cx.announced("patch") != Some(false) && let Some(secret) = secrets.first() {
            let value = cx.maker.value(secret, &cx.label(), crate::values::Fill::Required);
            let ops = json!([{"op": "replace", "path": secret.path(), "value": value}]);
            answers.push(("PATCH", cx.patch(r, &made.id, &ops).await?));
        }
        if let Some(key) = r.key() {
            let value = key.of(&made.state).and_then(Value::as_str).unwrap_or_default();
            let filter = format!("{} eq {}", key.path(), json!(value));
            answers.push(("list", cx.list(r, &[("filter", &filter)]).await?));
            let search = json!({"schemas": [SEARCH], "filter": filter, "attributes": names});
            let ask = Ask::post(format!("{}/.search", r.endpoint), &search);
            answers.push((".search", cx.send(ask).await?));
        }
        if cx.announced("bulk") == Some(true) {
            let mut body = cx.minimal(r);
            for attr in &secrets {
                attr.set(&mut body, cx.maker.value(attr, &cx.label(), crate::values::Fill::Required).unwrap_or_default());
            }
            let operations = json!([{"method": "POST", "path": r.endpoint, "bulkId": "a", "data": body}]);
            answers.push(("bulk", cx.send(Ask::post("/Bulk", &json!({"schemas": [crate::context::BULK], "Operations": operations}))).await?));
        }
        for (what, a) in &answers {
            t.sub(*what);
            let results = elements(member(a.doc(), "Operations")).iter().filter_map(|result| member(result, "response"));
            let of_list: Vec<&Value> = a.resources().iter().chain(results).collect();
            let all = if of_list.is_empty() { vec![a.doc()] } else { of_list };
            let shown = secrets.iter().any(|attr| all.iter().any(|one| attr.of(one).is_some()));
            t.must(!shown, a, format!("no {}", names.join(", ")));
        }
    }

    "A-02" Error Must "RFC 7643 §7 (returned: always)" ["R-01"]
    "An attribute that is always returned is in every response, whatever attributes and excludedAttributes say."
    "Add the attributes that are always returned after the projection."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        let mut always = vec!["id".to_owned()];
        always.extend(r.attrs.iter().filter(|a| a.returned == "always" && a.urn.is_none() && a.of(&made.state).is_some()).map(|a| a.name.clone()));
        let other = r.s().or_else(|| r.key()).map_or("meta".to_owned(), |slot| slot.path());
        let list = always.join(",");
        let key = r.key().and_then(|key| Some((key.path(), key.of(&made.state)?.clone())));
        let mut asks = vec![
            ("attributes", Ask::get(Context::path(r, &made.id)).query("attributes", &other)),
            ("excludedAttributes", Ask::get(Context::path(r, &made.id)).query("excludedAttributes", &list)),
        ];
        if let Some((path, value)) = key {
            let filter = format!("{path} eq {value}");
            asks.push(("list", Ask::get(&r.endpoint).queries(&[("filter", &filter), ("attributes", &other)])));
        }
        for (what, ask) in asks {
            let a = cx.send(ask).await?;
            if !a.is_success() {
                continue;
            }
            let all: Vec<Value> = if what == "list" { a.resources().to_vec() } else { vec![a.doc().clone()] };
            for name in &always {
                t.sub(format!("{name} with {what}"));
                t.must(all.iter().all(|one| is_assigned(member(one, name))), &a, format!("{name} in the response"));
            }
        }
    }

    "A-03" Error Must "RFC 7643 §7 (returned: request)" ["C-01"]
    "An attribute that is returned on request is in a response only if attributes names it."
    "Leave it out unless attributes names it."
    (cx, t, r) {
        let Some(attr) = r.attrs.iter().find(|a| a.returned == "request" && a.is_writable()) else {
            return Err(Stop::Skip("the type has no such attribute".to_owned()));
        };
        let Some(value) = cx.maker.value(attr, &cx.label(), crate::values::Fill::Everything) else {
            return Err(Stop::Skip("no value for it".to_owned()));
        };
        let mut body = cx.minimal(r);
        attr.set(&mut body, value);
        let made = cx.create(r, body).await?;
        t.sub("not named");
        let a = cx.read(r, &made.id).await?;
        t.must(attr.of(a.doc()).is_none(), &a, format!("no {}", attr.path()));
        t.sub("named");
        let a = cx.send(Ask::get(Context::path(r, &made.id)).query("attributes", &attr.path())).await?;
        t.must(attr.of(a.doc()).is_some(), &a, format!("{} with its value", attr.path()));
    }

    "A-04" Error Must "RFC 7643 §7 (returned: default)" ["C-01"]
    "An attribute that is returned by default is in a response to a plain GET."
    "Return every attribute that has a value, unless its characteristic returned says otherwise."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        let a = cx.read(r, &made.id).await?;
        t.success(&a, "the resource is read")?;
        for attr in r.attrs.iter().filter(|attr| attr.returned == "default") {
            // What the answer to the POST had, or what was sent where that answered nothing.
            let written = if made.answer.is_object() { made.answer.doc() } else { &made.sent };
            if attr.of(written).is_some() {
                t.sub(attr.path());
                t.must(attr.of(a.doc()).is_some(), &a, format!("{} with its value", attr.path()));
            }
        }
    }

    "A-05" Error Must "RFC 7643 §7 (mutability: immutable), RFC 7644 §3.5.1" ["C-01"]
    "An immutable attribute keeps its first value."
    "Refuse another value with 400 and scimType mutability. Accept the same value."
    (cx, t, r) {
        let Some(attr) = r.immutable() else { return Err(Stop::Skip("the type has no such attribute".to_owned())) };
        let mut body = cx.minimal(r);
        attr.set(&mut body, cx.changed(attr));
        let made = cx.create(r, body.clone()).await?;
        t.sub("same value");
        let a = cx.put(r, &made.id, &body).await?;
        t.must(a.is_success(), &a, "200: nothing changes");
        t.sub("other value");
        attr.set(&mut body, cx.changed(attr));
        let a = cx.put(r, &made.id, &body).await?;
        let read = cx.read(r, &made.id).await?;
        let is_kept = attr.of(read.doc()) == attr.of(&made.state);
        t.must(is_kept, &read, "the first value");
        if is_kept && a.is_success() {
            t.at(Level::Warning, false, &a, "400 with scimType mutability");
        } else if !a.is_success() {
            cx.refused(t, &a, &["mutability"]);
        }
    }

    "A-06" Warning Should "RFC 7644 §3.5.1" ["C-01"]
    "PUT can set an immutable attribute that has no value yet."
    "Accept the first value."
    (cx, t, r) {
        let Some(attr) = r.immutable().filter(|attr| !attr.required) else {
            return Err(Stop::Skip("the type has no such attribute".to_owned()));
        };
        let body = cx.minimal(r);
        let made = cx.create(r, body.clone()).await?;
        let mut body = body;
        attr.set(&mut body, cx.changed(attr));
        let a = cx.put(r, &made.id, &body).await?;
        t.must(a.is_success() && attr.of(a.doc()).is_some(), &a, "200 and the value");
    }

    "A-07" Error Must "RFC 7643 §7 (mutability: readOnly), RFC 7644 §3.5.1, §3.5.2" ["C-01"]
    "PUT ignores a readOnly attribute, and PATCH refuses to change one."
    "Ignore the attribute in PUT. Refuse the PATCH with 400 and scimType mutability."
    (cx, t, r) {
        let made = cx.fresh(r).await?;
        t.sub("PUT");
        // What the service provider took before: whether it takes its own answer is for W-05.
        let mut body = made.sent.clone();
        let old = "2001-01-01T00:00:00Z";
        let created = crate::json::at(&made.state, "meta/created").cloned();
        set(&mut body, "meta", json!({"created": old, "resourceType": "Nonsense"}));
        let a = cx.put(r, &made.id, &body).await?;
        t.must(a.is_success(), &a, "200: readOnly attributes are ignored");
        let read = cx.read(r, &made.id).await?;
        let now = crate::json::at(read.doc(), "meta/created").cloned();
        t.must(now.as_ref().zip(created.as_ref()).is_none_or(|(one, two)| same(one, two, true)), &read, "meta.created as before");
        t.must(crate::json::at(read.doc(), "meta/resourceType").and_then(Value::as_str) != Some("Nonsense"), &read, "meta.resourceType as before");
    }

    "A-08" Info Plain "RFC 7643 §7 (mutability: writeOnly)" ["C-01"]
    "A client can write a writeOnly attribute, and a PUT without it is no error."
    "Store the value, and never return it."
    (cx, t, r) {
        let Some(attr) = r.attrs.iter().find(|attr| attr.mutability == "writeonly") else {
            return Err(Stop::Skip("the type has no such attribute".to_owned()));
        };
        let plain = cx.minimal(r);
        let mut body = plain.clone();
        attr.set(&mut body, cx.maker.value(attr, &cx.label(), crate::values::Fill::Required).unwrap_or_default());
        let a = cx.post(r, &body).await?;
        t.at(Level::Error, a.is_success(), &a, format!("a value of {} is accepted", attr.path()));
        if a.is_success() {
            let made = cx.made(r, body, a).await?;
            let a = cx.put(r, &made.id, &plain).await?;
            t.at(Level::Error, a.is_success(), &a, "a PUT without it is done");
        }
    }

    "A-09" Error Must "RFC 7644 §3.3, RFC 7643 §7 (uniqueness)" ["C-01"]
    "A second resource with the same value of a unique attribute is refused with 409 and scimType uniqueness."
    "Return 409 with scimType uniqueness. Clients then look up the first resource."
    (cx, t, r) {
        let Some(attr) = r.unique() else { return Err(Stop::Skip("no attribute is unique".to_owned())) };
        let made = cx.create(r, cx.minimal(r)).await?;
        let mut body = cx.minimal(r);
        attr.set(&mut body, attr.of(&made.sent).cloned().unwrap_or_default());
        let a = cx.post(r, &body).await?;
        if a.is_success() {
            // RFC 7643 §7: what is unique on the server SHOULD be so; §4.1.1: user names MUST be.
            let is_user_name = r.is_core("User") && attr.name.eq_ignore_ascii_case("userName");
            let level = if is_user_name { Level::Error } else { Level::Warning };
            t.at(level, false, &a, format!("status 409, as the schema says that {} is unique", attr.path()));
            return Err(Stop::Failed);
        }
        conflict(cx, t, "A-09", &a);
        // What else is announced as unique.
        let others = r.attrs.iter().filter(|other| {
            other.unique && *other != attr && other.kind == Kind::Text && !other.multi && other.is_writable() && !r.is_lost(&other.path())
        });
        for other in others {
            t.sub(other.path());
            let value = cx.changed(other);
            let mut answers = Vec::new();
            for _ in 0..2 {
                let mut body = cx.minimal(r);
                other.set(&mut body, value.clone());
                answers.push(cx.post(r, &body).await?);
            }
            if let [first, second] = answers.as_slice() && first.is_success() {
                match second.is_success() {
                    // RFC 7643 §7: it SHOULD be unique.
                    true => { t.at(Level::Warning, false, second, "status 409, as the schema says that it is unique"); }
                    false => { conflict(cx, t, "A-09", second); }
                }
            }
        }
        if cx.announced("filter") == Some(false) {
            return Ok(());
        }
        t.sub("afterwards");
        let value = attr.of(&made.state).cloned().unwrap_or_default();
        let a = cx.list(r, &[("filter", &format!("{} eq {value}", attr.path()))]).await?;
        let others: Vec<_> = a.resources().iter()
            .filter(|one| attr.of(one).is_some_and(|own| same(own, &value, attr.exact)))
            .filter_map(|one| text(one, "id"))
            .filter(|id| *id != made.id)
            .collect();
        for id in &others {
            cx.ledger.add(&r.endpoint, id);
        }
        t.at(Level::Critical, others.is_empty(), &a, "the first one only: what was refused is not stored");
    }

    "A-10" Error Must "RFC 7643 §4.1.1, §7 (caseExact)" ["A-09"]
    "If an attribute is not caseExact, values that differ only in letter case are the same value, and cannot both be taken."
    "Compare unique values as filters compare them."
    (cx, t, r) {
        let Some(attr) = r.unique().filter(|attr| !attr.exact) else {
            return Err(Stop::Skip("no unique attribute without caseExact".to_owned()));
        };
        let made = cx.create(r, cx.minimal(r)).await?;
        let mut body = cx.minimal(r);
        let value = attr.of(&made.sent).and_then(Value::as_str).unwrap_or_default().to_uppercase();
        attr.set(&mut body, value.into());
        let a = cx.post(r, &body).await?;
        conflict(cx, t, "A-10", &a);
    }

    "A-11" Error Must "RFC 7643 §7 (uniqueness), RFC 7644 §3.12 Table 9" ["A-09"]
    "PUT and PATCH cannot take a unique value from another resource."
    "Check uniqueness on every write. If the check fails, change nothing."
    (cx, t, r) {
        let Some(attr) = r.unique().filter(|attr| attr.mutability == "readwrite").cloned() else {
            return Err(Stop::Skip("no unique attribute can be changed".to_owned()));
        };
        let one = cx.create(r, cx.minimal(r)).await?;
        let two = cx.create(r, cx.minimal(r)).await?;
        let taken = attr.of(&one.sent).cloned().unwrap_or_default();
        t.sub("PUT");
        let mut body = two.sent.clone();
        attr.set(&mut body, taken.clone());
        // Another change beside it, which must not be done either.
        if let Some(s) = r.s().filter(|s| s.name != attr.name) {
            s.set(&mut body, format!("{} put", cx.label()).into());
        }
        let before = cx.read(r, &two.id).await?;
        let a = cx.put(r, &two.id, &body).await?;
        conflict(cx, t, "A-11", &a);
        if a.is_client_error() && before.is_success() {
            t.sub("after PUT");
            let read = cx.read(r, &two.id).await?;
            t.must(same(&stable(before.doc()), &stable(read.doc()), true), &read, "the resource as it was");
        }
        let mut answers = vec![("PUT", a)];
        if cx.announced("patch") != Some(false) {
            t.sub("PATCH");
            let ops = json!([{"op": "replace", "path": attr.path(), "value": taken}]);
            let a = cx.patch(r, &two.id, &ops).await?;
            conflict(cx, t, "A-11", &a);
            answers.push(("PATCH", a));
        }
        if cx.announced("patch") != Some(false) {
            t.sub("its own value");
            let ops = json!([{"op": "replace", "path": attr.path(), "value": attr.of(&two.sent)}]);
            let a = cx.patch(r, &two.id, &ops).await?;
            t.must(a.is_success() || a.status != 409, &a, "2xx: the value is its own");
        }
        if answers.iter().all(|(_, a)| !a.is_success()) {
            t.sub("afterwards");
            let read = cx.read(r, &two.id).await?;
            t.must(attr.of(read.doc()).is_some_and(|v| !same(v, &taken, false)), &read, "the value as it was");
        }
    }

    "A-12" Error Must "RFC 7643 §7 (caseExact)" ["C-01"]
    "The service provider keeps the letter case of a caseExact value."
    "Store the text unchanged."
    (cx, t, r) {
        let Some(x) = r.x() else { return Err(Stop::Skip("externalId is not kept".to_owned())) };
        let mut body = cx.minimal(r);
        let value = format!("{}-MiXeD", cx.label());
        x.set(&mut body, value.as_str().into());
        let made = cx.create(r, body).await?;
        let a = cx.read(r, &made.id).await?;
        t.must(x.of(a.doc()).and_then(Value::as_str) == Some(&value), &a, format!("externalId {value}"));
    }

    "A-13" Info Plain "RFC 7643 §7 (canonicalValues)" ["C-01"]
    "A value that is not among the canonicalValues is kept or refused, but not changed."
    "Keep the value, or return 400 with scimType invalidValue."
    (cx, t, r) {
        let Some(m) = r.m().filter(|m| m.sub("type").is_some_and(|sub| !sub.canonical.is_empty())) else {
            return Err(Stop::Skip("no attribute has canonical values".to_owned()));
        };
        let mut body = cx.minimal(r);
        m.set(&mut body, json!([cx.maker.element(m, &cx.label(), "zz", "zz-own")]));
        let a = cx.post(r, &body).await?;
        if a.is_success() {
            let made = cx.made(r, body, a.clone()).await?;
            let kept = elements(m.of(&made.state)).iter().any(|e| text(e, "type") == Some("zz-own"));
            let gone = m.of(&made.state).is_none();
            t.at(Level::Warning, kept || gone, &a, "the value as it was sent, or 400");
            t.note(&a, if kept { "other values than the canonical ones are kept" } else { "other values are dropped" });
        } else {
            t.note(&a, "other values than the canonical ones are refused");
        }
    }

    "A-14" Warning Should "RFC 7643 §2.4" ["C-01"]
    "A multi-valued attribute does not return the same value with the same type twice."
    "Drop duplicates before you store values."
    (cx, t, r) {
        let Some(m) = r.m() else { return Err(Stop::Skip("no attribute with several values".to_owned())) };
        let mut body = cx.minimal(r);
        let (one, two) = Maker::kinds(m);
        let element = cx.maker.element(m, &cx.label(), "twice", &one);
        let mut other = element.clone();
        set(&mut other, "type", two.into());
        m.set(&mut body, json!([element, element, other]));
        let a = cx.post(r, &body).await?;
        if a.is_success() {
            let made = cx.made(r, body, a.clone()).await?;
            let count = elements(m.of(&made.state)).iter().filter(|e| contains(e, &element, false)).count();
            t.must(count <= 1, &a, "the value once");
            let kept = elements(m.of(&made.state)).iter().any(|e| contains(e, &other, false));
            // "MAY return ... the same value ... with a different type" (RFC 7643 §2.4).
            t.at(Level::Info, kept, &a, "the same value with another type beside it");
        } else {
            t.note(&a, "the same value twice is refused");
        }
    }

    "A-15" Error Must "RFC 7643 §2.3.7" ["C-01"]
    "A reference to a resource of this service provider is the URL of that resource."
    "Write the resource's URL as $ref, absolute or relative to the base URL."
    (cx, t) {
        let user = cx.need_type("User")?;
        let group = cx.need_type("Group")?;
        let made = cx.create(user, cx.minimal(user)).await?;
        let mut body = cx.minimal(group);
        set(&mut body, "members", json!([{"value": made.id}]));
        let group_made = cx.create(group, body).await?;
        let a = super::m::read_members(cx, group, &group_made.id).await?;
        let members = elements(member(a.doc(), "members"));
        let own = members.iter().find(|m| text(m, "value") == Some(made.id.as_str()));
        let Some(reference) = own.and_then(|m| text(m, "$ref")) else {
            return Err(Stop::Skip("members have no $ref".to_owned()));
        };
        let url = cx.resolve(reference);
        let level = if cx.is_elsewhere(&url, user, &made.id) { Level::Warning } else { Level::Error };
        if t.at(level, cx.is_ours(&url), &a, "a URL under the base URL") {
            let read = cx.get(&url).await?;
            t.must(read.status == 200 && read.id() == Some(made.id.as_str()), &read, "GET of $ref returns the member");
        }
    }

    "A-16" Warning Must "RFC 7643 §7 (uniqueness)" ["C-01"]
    "Two resources of different types can have the same value of a unique attribute."
    "Search for an equal value only among resources of the same type."
    (cx, t) {
        let (user, group) = (cx.need_type("User")?, cx.need_type("Group")?);
        let (Some(name), Some(other)) = (user.key(), group.key()) else { return Err(Stop::Skip("no names".to_owned())) };
        let is_global = |r: &ResourceType, slot: &Slot| r.attr(&slot.name).is_some_and(|attr| attr.global);
        if is_global(user, &name) || is_global(group, &other) {
            return Err(Stop::Skip("the names are unique for all types".to_owned()));
        }
        let made = cx.create(user, cx.minimal(user)).await?;
        let mut body = cx.minimal(group);
        other.set(&mut body, name.of(&made.sent).cloned().unwrap_or_default());
        let a = cx.post(group, &body).await?;
        t.must(a.is_success(), &a, "201: it is no user");
    }

    "A-17" Critical Security "RFC 7643 §4.1.2 (groups: readOnly)" ["C-01", "M-01"]
    "Writing groups of a user adds the user to no group, because groups is readOnly."
    "Ignore groups of users. Only members of a group decide."
    (cx, t) {
        let (user, group) = (cx.need_type("User")?, cx.need_type("Group")?);
        if !user.attr("groups").is_some_and(crate::resource_type::Attr::is_read_only) {
            return Err(Stop::Skip("groups is not readOnly".to_owned()));
        }
        let target = cx.create(group, cx.minimal(group)).await?;
        let claim = json!([{"value": target.id}]);
        let mut body = cx.minimal(user);
        set(&mut body, "groups", claim.clone());
        t.sub("POST");
        let a = cx.post(user, &body).await?;
        let made = match a.is_success() {
            true => cx.made(user, body.clone(), a).await?,
            false => cx.create(user, cx.minimal(user)).await?,
        };
        let is_member = async |made: &crate::context::Made| -> Result<_, Stop> {
            let a = super::m::read_members(cx, group, &target.id).await?;
            Ok((super::m::member_ids(a.doc()).contains(&made.id), a))
        };
        let (joined, a) = is_member(&made).await?;
        t.must(!joined, &a, "no such member");
        t.sub("PUT");
        let _answer = cx.put(user, &made.id, &body).await?;
        let (joined, a) = is_member(&made).await?;
        t.must(!joined, &a, "no such member");
        if cx.announced("patch") != Some(false) {
            t.sub("PATCH");
            let _answer = cx.patch(user, &made.id, &json!([{"op": "add", "path": "groups", "value": claim}])).await?;
            let (joined, a) = is_member(&made).await?;
            t.must(!joined, &a, "no such member");
        }
    }
}
