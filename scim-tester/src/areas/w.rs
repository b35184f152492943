//! W: replace (PUT).

use scim_client::DateTime;
use serde_json::{Value, json};

use crate::{
    check::{Level, Step, Stop, checks},
    context::Context,
    json::{at, contains, elements, is_assigned, member, remove, same, set},
    resource_type::ResourceType,
    trial::{Rule, Trial},
    values::Maker,
    wire::Answer,
};

pub(super) fn modified(resource: &Value, name: &str) -> Option<scim_client::value::Timestamp> {
    DateTime::instant_of(at(resource, &format!("meta/{name}"))?.as_str()?)
}

/// Without what a change of anything changes.
pub(super) fn stable(resource: &Value) -> Value {
    let mut resource = resource.clone();
    remove(&mut resource, "meta");
    resource
}

/// Without what else follows a change of something: what is made of other attributes, and what is the service
/// provider's alone (readOnly). Memberships are shown whatever else changes.
pub(super) fn comparable(r: &ResourceType, resource: &Value) -> Value {
    let mut resource = stable(resource);
    for name in &r.filled_in {
        remove(&mut resource, name);
    }
    for attr in &r.attrs {
        if attr.is_read_only() && attr.sub("$ref").is_none() {
            if attr.of(&resource).is_some() {
                attr.slot().clear(&mut resource);
            }
            continue;
        }
        let read_only = attr.subs.iter().filter(|sub| sub.is_read_only());
        for slot in read_only
            .filter(|_| !attr.multi)
            .map(|sub| attr.sub_slot(sub))
        {
            if slot.of(&resource).is_some() {
                slot.clear(&mut resource);
            }
        }
    }
    // Last: what is cleared in an extension names it there.
    remove(&mut resource, "schemas");
    resource
}

/// What a read answered, as a client sends it back: with what is required and is not shown, such as a password.
pub(super) fn sent_back(r: &ResourceType, read: &Value, sent: &Value) -> Value {
    let mut body = read.clone();
    for attr in r
        .attrs
        .iter()
        .filter(|attr| attr.required && attr.is_writable())
    {
        if let (None, Some(value)) = (attr.of(read), attr.of(sent)) {
            attr.set(&mut body, value.clone());
        }
    }
    body
}

fn is_stable(one: &Answer, two: &Value) -> bool {
    same(&stable(one.doc()), &stable(two), true)
}

/// Gives a resource another name, by PATCH or by PUT: it is found by the new one only.
pub(super) async fn renamed(cx: &Context, t: &mut Trial, r: &ResourceType, by_patch: bool) -> Step {
    let Some(key) = r.key() else {
        return Err(Stop::Skip("nothing to filter by".to_owned()));
    };
    cx.needs_feature("filter")?;
    let made = cx.create(r, cx.minimal(r)).await?;
    let old = key.of(&made.state).cloned().unwrap_or_default();
    let new = cx.maker.key(&key.name, &cx.label());
    let a = match by_patch {
        true => {
            let ops = json!([{"op": "replace", "path": key.path(), "value": new}]);
            cx.patch(r, &made.id, &ops).await?
        }
        false => {
            let mut body = made.sent.clone();
            key.set(&mut body, new.clone());
            cx.put(r, &made.id, &body).await?
        }
    };
    if !t.must(
        a.is_success(),
        &a,
        format!("2xx: {} is readWrite", key.path()),
    ) {
        return Ok(());
    }
    let read = cx.read(r, &made.id).await?;
    t.must(
        key.is(read.doc(), &new),
        &read,
        format!("{} with its new value", key.path()),
    );
    for (what, value, there) in [("the new name", &new, true), ("the old name", &old, false)] {
        t.sub(what);
        let filter = format!("{} eq {value}", key.path());
        let a = cx.list(r, &[("filter", &filter)]).await?;
        let found = Context::ids(&a).contains(&made.id);
        let expected = if there { "the resource" } else { "nothing" };
        t.must(found == there, &a, expected);
    }
    Ok(())
}

checks! {
    "W-01" Error Must "RFC 7644 §3.5.1" ["R-01", "R-05"]
    "PUT replaces a resource and returns 200 with the new values. A read then returns them too."
    "Store what was sent, and return it."
    (cx, t, r) {
        let made = cx.fresh(r).await?;
        let Some(slot) = r.s().or_else(|| r.key()) else { return Err(Stop::Skip("no text attribute".to_owned())) };
        let mut body = made.sent.clone();
        let value = json!(format!("{} put", cx.label()));
        slot.set(&mut body, value.clone());
        let a = cx.put(r, &made.id, &body).await?;
        t.success(&a, "the resource is replaced")?;
        t.at(Level::Warning, a.status == 200 && a.is_object(), &a, "200 with the resource");
        if a.is_object() {
            t.must(slot.is(a.doc(), &value), &a, format!("{} with its new value", slot.path()));
            t.must(a.id() == Some(made.id.as_str()), &a, "the same id");
        }
        let read = cx.read(r, &made.id).await?;
        if !t.must(slot.is(read.doc(), &value), &read, format!("{} with its new value", slot.path())) {
            return Err(Stop::Failed);
        }
        if a.is_object() && cx.trusts_answers(r) {
            let (answer, state) = (comparable(r, a.doc()), comparable(r, read.doc()));
            t.sub("the response");
            t.compare(same(&answer, &state, true), &a, format!("what the next GET returns: {state}"), answer.to_string());
        }
    }

    "W-02" Error Must "RFC 7644 §3.5.1" []
    "PUT of a resource that does not exist creates nothing."
    "Return 404."
    (cx, t, r) {
        cx.writes()?;
        r.must_be_writable()?;
        let id = cx.unknown_id();
        let a = cx.put(r, &id, &cx.minimal(r)).await?;
        cx.expect(t, "W-02", &a, Rule::NotFound);
        t.sub("afterwards");
        let a = cx.read(r, &id).await?;
        t.must(!a.is_success(), &a, "nothing is there");
    }

    "W-03" Warning Plain "RFC 7644 §3.5.1" ["W-01"]
    "An attribute that a PUT leaves out is cleared."
    "Replace the whole resource. Clients have no other way to remove a value by PUT."
    (cx, t, r) {
        let Some(slot) = r.s() else { return Err(Stop::Skip("no optional text".to_owned())) };
        let mut body = cx.body(r);
        if let Some(b) = r.b() {
            b.set(&mut body, false.into());
        }
        let made = cx.create(r, body).await?;
        let mut body = made.sent.clone();
        slot.clear(&mut body);
        if let Some(m) = r.clearable_m() {
            remove(&mut body, &m.name);
        }
        // One of two sub-attributes: the value that is sent is the whole value.
        let part = r.c().and_then(|(_, slots)| slots.get(1).cloned()).filter(|part| part.of(&body).is_some() && r.is_clearable(part));
        if let Some(part) = &part {
            part.clear(&mut body);
        }
        // A boolean that is left out may be given its default.
        let fixture = cx.fixture(r).await?;
        let b = r.b().filter(|b| fixture.made.last().is_some_and(|last| b.of(&last.state) != Some(&json!(false))));
        if let Some(b) = &b {
            b.clear(&mut body);
        }
        let a = cx.put(r, &made.id, &body).await?;
        t.success(&a, "the resource is replaced")?;
        let read = cx.read(r, &made.id).await?;
        t.must(slot.of(read.doc()).is_none(), &read, format!("no {}", slot.path()));
        if let Some(m) = r.clearable_m() {
            t.must(m.of(read.doc()).is_none(), &read, format!("no {}", m.path()));
        }
        if let Some(part) = part {
            t.must(part.of(read.doc()).is_none(), &read, format!("no {}, as the complex value that was sent does not have it", part.path()));
        }
        if let Some(b) = b {
            // RFC 7644 §3.5.1: what is left out MAY be given a default, also the value that it has.
            t.at(Level::Info, b.of(read.doc()) != Some(&json!(false)), &read, format!("no {}, or its default", b.path()));
        }
    }

    "W-04" Error Must "RFC 7643 §2.5, RFC 7644 §3.5.1" ["W-01"]
    "null and an empty array in a PUT clear an attribute."
    "Treat both as no value."
    (cx, t, r) {
        let made = cx.fresh(r).await?;
        let Some(slot) = r.s() else { return Err(Stop::Skip("no optional text".to_owned())) };
        let mut body = made.sent.clone();
        slot.set(&mut body, Value::Null);
        if let Some(m) = r.clearable_m() {
            set(&mut body, &m.name, json!([]));
        }
        let a = cx.put(r, &made.id, &body).await?;
        t.success(&a, "null and [] are no error")?;
        let read = cx.read(r, &made.id).await?;
        t.must(slot.of(read.doc()).is_none(), &read, format!("no {}", slot.path()));
        if let Some(m) = r.clearable_m() {
            t.must(m.of(read.doc()).is_none(), &read, format!("no {}", m.path()));
        }
    }

    "W-05" Error Must "RFC 7644 §3.5.1" ["W-01"]
    "A client can PUT what GET returned, and this changes nothing."
    "Ignore readOnly attributes in a PUT."
    (cx, t, r) {
        let made = cx.fresh(r).await?;
        let before = cx.read(r, &made.id).await?;
        let a = cx.put(r, &made.id, &sent_back(r, before.doc(), &made.sent)).await?;
        t.success(&a, "the service provider accepts its own response")?;
        let read = cx.read(r, &made.id).await?;
        t.must(is_stable(&read, before.doc()), &read, format!("as before: {}", before.in_short()));
    }

    "W-06" Error Must "RFC 7644 §3.5.1, §3.12 Table 9" ["W-01"]
    "A PUT without a required attribute is refused."
    "Return 400 with scimType invalidValue."
    (cx, t, r) {
        let Some(attr) = r.attrs.iter().find(|a| a.required && a.urn.is_none() && a.mutability == "readwrite") else {
            return Err(Stop::Skip("no attribute is required".to_owned()));
        };
        let made = cx.create(r, cx.minimal(r)).await?;
        let mut body = made.sent.clone();
        remove(&mut body, &attr.name);
        let a = cx.put(r, &made.id, &body).await?;
        // Table 9: "a required value was missing".
        cx.refused(t, &a, &["invalidValue"]);
    }

    "W-07" Error Plain "RFC 7644 §3.5.1" ["W-01"]
    "A PUT whose body has another id ignores that id, or is refused."
    "Use the id of the URL."
    (cx, t, r) {
        let made = cx.create(r, cx.minimal(r)).await?;
        let other = cx.unknown_id();
        let mut body = made.sent.clone();
        set(&mut body, "id", other.as_str().into());
        let a = cx.put(r, &made.id, &body).await?;
        if a.is_success() {
            t.must(a.id() == Some(made.id.as_str()) || !a.is_object(), &a, "the id of the URL");
        } else {
            t.must(a.is_client_error(), &a, "200 or 400");
        }
        let read = cx.read(r, &made.id).await?;
        t.must(read.status == 200, &read, "the resource under its id");
        let read = cx.read(r, &other).await?;
        t.must(!read.is_success(), &read, "nothing under the other id");
    }

    "W-08" Error Must "RFC 7644 §3.5" ["C-01"]
    "PUT is supported for every resource type."
    "Serve PUT; it is not optional."
    (cx, t, r) {
        let made = cx.create(r, cx.minimal(r)).await?;
        let a = cx.put(r, &made.id, &made.sent).await?;
        if !t.must(!matches!(a.status, 404 | 405 | 501), &a, "200") {
            return Err(Stop::Failed);
        }
    }

    "W-09" Error Must "RFC 7644 §3.5.1, RFC 7643 §3" ["W-01", "C-07"]
    "PUT keeps, replaces and removes attributes of an extension as the body says."
    "Replace extensions like all other attributes, and update schemas."
    (cx, t, r) {
        let Some(e) = r.e() else { return Err(Stop::Skip("no text in an extension".to_owned())) };
        let made = cx.fresh(r).await?;
        let mut body = made.sent.clone();
        let value = json!(format!("{} put", cx.label()));
        e.set(&mut body, value.clone());
        t.sub("replace");
        let a = cx.put(r, &made.id, &body).await?;
        t.success(&a, "the extension is replaced")?;
        let read = cx.read(r, &made.id).await?;
        t.must(e.is(read.doc(), &value), &read, format!("{} with its new value", e.path()));
        t.sub("null");
        let urn = e.urn.clone().unwrap_or_default();
        if r.extensions.iter().any(|(known, required)| *known == urn && *required) {
            return Ok(());
        }
        set(&mut body, &urn, Value::Null);
        let a = cx.put(r, &made.id, &body).await?;
        t.must(a.is_success(), &a, "200: null is no value");
        let read = cx.read(r, &made.id).await?;
        t.at(Level::Warning, !is_assigned(member(read.doc(), &urn)), &read, "no extension");
    }

    "W-10" Error Must "RFC 7643 §3.1" ["W-01"]
    "A change updates meta.lastModified, and keeps meta.created."
    "Set lastModified with every change."
    (cx, t, r) {
        let made = cx.fresh(r).await?;
        let Some(slot) = r.s().or_else(|| r.key()) else { return Err(Stop::Skip("no text attribute".to_owned())) };
        let mut read = None;
        for _ in 0..2 {
            let mut body = made.sent.clone();
            slot.set(&mut body, format!("{} later", cx.label()).into());
            let a = cx.put(r, &made.id, &body).await?;
            t.success(&a, "the resource is replaced")?;
            let after = cx.read(r, &made.id).await?;
            let moved = modified(after.doc(), "lastModified") > modified(&made.state, "lastModified");
            read = Some(after);
            if moved {
                break;
            }
            // Its clock may count seconds.
            cx.next_second().await;
        }
        let Some(read) = read else { return Ok(()) };
        let (before, after) = (modified(&made.state, "lastModified"), modified(read.doc(), "lastModified"));
        if before.is_none() || after.is_none() {
            return Err(Stop::Blocked("C-05", "there is no lastModified".to_owned()));
        }
        t.sub("lastModified");
        t.must(after > before, &read, "a later time than before");
        t.sub("created");
        t.must(modified(read.doc(), "created") == modified(&made.state, "created"), &read, "the time as before");
    }

    "W-11" Error Must "RFC 7644 §3.5.1" ["W-01"]
    "PUT replaces all values of a multi-valued attribute by those that were sent."
    "Do not merge them with the old values."
    (cx, t, r) {
        let Some(m) = r.m() else { return Err(Stop::Skip("no attribute with several values".to_owned())) };
        let made = cx.fresh(r).await?;
        let (one, two) = Maker::kinds(m);
        let label = cx.label();
        let sent = [cx.maker.element(m, &label, "new", &two), cx.maker.element(m, &label, "newer", &one)];
        let mut body = made.sent.clone();
        m.set(&mut body, json!(sent));
        let a = cx.put(r, &made.id, &body).await?;
        t.success(&a, "the resource is replaced")?;
        let read = cx.read(r, &made.id).await?;
        let kept = elements(m.of(read.doc()));
        t.must(kept.len() == sent.len() && sent.iter().all(|one| kept.iter().any(|k| contains(k, one, false))), &read,
            format!("{} with the two values that were sent", m.path()));
    }

    "W-12" Critical Must "RFC 7644 §3.5.1" ["W-01", "R-05", "W-05"]
    "A PUT of a whole resource with one change loses nothing else, not even externalId and extensions."
    "Store everything that was sent."
    (cx, t, r) {
        let Some(slot) = r.s() else { return Err(Stop::Skip("no optional text".to_owned())) };
        let made = cx.full(r).await?;
        let before = cx.read(r, &made.id).await?;
        if !before.is_success() {
            return Err(Stop::Blocked("R-01", before.in_short()));
        }
        let mut body = sent_back(r, before.doc(), &made.sent);
        let value = json!(format!("{} put", cx.label()));
        slot.set(&mut body, value.clone());
        let a = cx.put(r, &made.id, &body).await?;
        t.success(&a, "the resource is replaced")?;
        let read = cx.read(r, &made.id).await?;
        let strip = |document: &Value| {
            let mut document = comparable(r, document);
            slot.clear(&mut document);
            document
        };
        let (before, after) = (strip(before.doc()), strip(read.doc()));
        t.compare(same(&before, &after, true), &read, format!("nothing but {} changed", slot.path()), format!("{after} instead of {before}"));
    }

    "W-13" Error Must "RFC 7644 §3.5.1, §3.4.2.2" ["W-01", "F-02"]
    "After userName or another name changes, filters find the new value and not the old one."
    "Update whatever the filter reads in the same transaction."
    (cx, t, r) {
        renamed(cx, t, r, false).await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a server makes of other attributes may follow them; what is the client's, and who is in which group,
    /// may not.
    #[test]
    fn what_follows_a_change_is_left_aside() {
        let (mut schemas, types) = crate::oracle::bundled();
        for attr in schemas[0]["attributes"]
            .as_array_mut()
            .into_iter()
            .flatten()
        {
            if attr["name"] == "displayName" {
                attr["mutability"] = "readOnly".into();
            }
            for sub in attr["subAttributes"].as_array_mut().into_iter().flatten() {
                if sub["name"] == "formatted" {
                    sub["mutability"] = "readOnly".into();
                }
            }
        }
        let Some(r) = ResourceType::read(&types[0], &schemas, "https://scim.example") else {
            panic!("a resource type");
        };
        let user = json!({"userName": "bjensen", "displayName": "Barbara", "title": "Tour Guide",
            "name": {"givenName": "Barbara", "formatted": "Barbara"}, "groups": [{"value": "1"}]});
        let with = |name: &str, value: Value| {
            let mut user = user.clone();
            set(&mut user, name, value);
            comparable(&r, &user)
        };
        let before = comparable(&r, &user);
        assert_eq!(with("displayName", json!("Babs")), before);
        let name = json!({"givenName": "Barbara", "formatted": "Ms. Barbara"});
        assert_eq!(with("name", name), before);
        for (name, value) in [
            ("title", json!("Guide")),
            ("groups", json!([])),
            ("name", json!({"givenName": "Babs", "formatted": "Barbara"})),
        ] {
            assert_ne!(with(name, value), before, "{name}");
        }
    }

    #[test]
    fn a_required_password_is_sent_back() {
        let (mut schemas, types) = crate::oracle::bundled();
        for attr in schemas[0]["attributes"]
            .as_array_mut()
            .into_iter()
            .flatten()
        {
            if attr["name"] == "password" {
                attr["required"] = true.into();
            }
        }
        let r = ResourceType::read(&types[0], &schemas, "https://scim.example");
        let read = json!({"userName": "bjensen"});
        let sent = json!({"userName": "other", "password": "t1meMa$heen", "nickName": "Babs"});
        let body = r.map(|r| sent_back(&r, &read, &sent));
        let expected = json!({"userName": "bjensen", "password": "t1meMa$heen"});
        assert_eq!(body, Some(expected));
    }
}
