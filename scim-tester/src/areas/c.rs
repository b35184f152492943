//! C: create.

use scim_client::DateTime;
use serde_json::{Value, json};

use crate::{
    check::{Level, Stop, checks},
    json::{add_schema, at, contains, elements, is_assigned, member, remove, same, set},
    resource_type::{Attr, Kind},
    values::Maker,
};

checks! {
    "C-01" Error Must "RFC 7644 §3.3" []
    "A resource with only its required attributes is created, with status 201."
    "Return 201 and the resource for a POST of a valid resource; publish what else is required, or give it with --extra."
    (cx, t, r) {
        r.must_be_writable()?;
        let body = cx.minimal(r);
        cx.can_be_complete(r, &body)?;
        let a = cx.post(r, &body).await?;
        t.success(&a, "a resource with its required attributes is created")?;
        t.status(&a, &[201]);
        if a.id().is_none() && a.header("location").is_none() {
            t.must(false, &a, "an id or a Location, or the resource is lost");
            return Err(Stop::Failed);
        }
        // RFC 3986 §5.2.4: however they are written, clients and proxies take them away.
        if a.id().is_some_and(|id| matches!(id, "." | "..")) {
            t.must(false, &a, "an id that can be a segment of a path");
            return Err(Stop::Failed);
        }
    }

    "C-02" Error Must "RFC 7644 §3.3, RFC 7643 §3.1" ["C-01"]
    "The Location header and meta.location of a new resource are the same URL. It is below the base URL, and GET of it returns the resource."
    "Set both to the resource's own URL."
    (cx, t, r) {
        let made = cx.create(r, cx.minimal(r)).await?;
        let a = &made.answer;
        let header = a.header("location").map(str::to_owned);
        t.sub("Location");
        if t.must(header.is_some(), a, "a Location header") {
            let header = header.as_deref().unwrap_or_default();
            let url = cx.resolve(header);
            // RFC 9110 §10.2.2: a reference that begins with a slash begins at the host.
            let path = cx.wire.base.split_once("://").map_or("", |(_, rest)| rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default());
            let lost = header.starts_with('/') && !header.starts_with("//") && !header.starts_with(&format!("{path}/"));
            t.at(Level::Warning, !lost, a, format!("a URL, or a reference that begins with {path}/: this one leads beside the base URL"));
            let level = if cx.is_elsewhere(&url, r, &made.id) { Level::Warning } else { Level::Error };
            if t.at(level, cx.is_ours(&url), a, "a URL under the base URL") {
                let read = cx.get(&url).await?;
                t.must(read.status == 200 && read.id() == Some(made.id.as_str()), &read, "GET of the Location returns the resource");
            }
        }
        t.sub("meta.location");
        let location = at(&made.state, "meta/location").and_then(Value::as_str);
        if t.must(location.is_some_and(|l| !l.is_empty()), a, "meta.location in the resource") {
            let url = cx.resolve(location.unwrap_or_default());
            let level = if cx.is_elsewhere(&url, r, &made.id) { Level::Warning } else { Level::Error };
            let is_ours = t.at(level, cx.is_ours(&url), a, "a URL under the base URL");
            if let Some(header) = header {
                t.must(cx.resolve(&header) == url, a, "the same URL as Location");
            } else if is_ours {
                let read = cx.get(&url).await?;
                t.must(read.status == 200 && read.id() == Some(made.id.as_str()), &read, "GET of meta.location returns the resource");
            }
        }
    }

    "C-03" Warning Should "RFC 7644 §3.3" ["C-01"]
    "The response to a POST has the resource as the service provider stored it."
    "Return the whole resource, as GET would."
    (cx, t, r) {
        let made = cx.fresh(r).await?;
        let read = cx.read(r, &made.id).await?;
        let is_same = made.answer.is_object() && same(made.answer.doc(), read.doc(), true);
        if !t.must(is_same, &made.answer, format!("what the next GET returns: {}", read.in_short())) {
            cx.distrust_posts(r);
        }
    }

    "C-04" Error Must "RFC 7643 §3.1" ["C-01"]
    "The service provider sets id, and meta.resourceType is the name of the type, whatever the client sends."
    "Ignore id and meta in a POST. Make an id, and set meta.resourceType."
    (cx, t, r) {
        let mut body = cx.minimal(r);
        let mine = format!("{}-mine", cx.label());
        set(&mut body, "id", mine.as_str().into());
        set(&mut body, "meta", json!({"resourceType": "Nonsense"}));
        let a = cx.post(r, &body).await?;
        t.success(&a, "id and meta in a POST are ignored")?;
        let made = cx.made(r, body, a.clone()).await?;
        t.sub("id");
        t.must(!made.id.is_empty() && made.id != mine, &a, "an id of the service provider's own");
        if let Some(id) = member(&made.state, "id") {
            t.must(id.is_string(), &a, "id is text");
        }
        t.sub("meta.resourceType");
        let kind = at(&made.state, "meta/resourceType").and_then(Value::as_str);
        t.must(kind == Some(r.name.as_str()), &a, format!("meta.resourceType is {}", r.name));
    }

    "C-05" Error Must "RFC 7643 §3.1" ["C-01"]
    "meta.created and meta.lastModified of a new resource are equal, and are the current time."
    "Set both from one clock when the resource is created."
    (cx, t, r) {
        let made = cx.create(r, cx.minimal(r)).await?;
        let a = &made.answer;
        let mut instants = Vec::new();
        for name in ["created", "lastModified"] {
            t.sub(format!("meta.{name}"));
            let value = at(&made.state, &format!("meta/{name}")).and_then(Value::as_str);
            let instant = value.and_then(DateTime::instant_of);
            if t.must(instant.is_some(), a, format!("meta.{name} is a dateTime with a zone")) {
                instants.extend(instant.map(scim_client::value::Timestamp::unix_seconds));
            }
        }
        if let [created, modified] = instants.as_slice() {
            t.sub("");
            t.must((created - modified).abs() <= 1, a, "created and lastModified are equal");
            let now = DateTime::now().instant().map_or(0, scim_client::value::Timestamp::unix_seconds);
            t.at(Level::Warning, (now - created).abs() < 3600, a, "created is the time of the POST");
        }
    }

    "C-08" Error Must "RFC 7643 §3" ["C-07"]
    "schemas may come in any order."
    "Read schemas as a set."
    (cx, t, r) {
        let mut body = cx.body(r);
        let mut schemas = elements(member(&body, "schemas")).to_vec();
        if schemas.len() < 2 {
            return Err(Stop::Skip("the type has no extension to fill".to_owned()));
        }
        schemas.reverse();
        set(&mut body, "schemas", schemas.into());
        let a = cx.post(r, &body).await?;
        t.success(&a, "the order of schemas does not matter")?;
        if let Some(e) = r.e() {
            let made = cx.made(r, body.clone(), a.clone()).await?;
            t.must(e.of(&made.state).is_some(), &a, "the extension is kept");
        }
        t.sub("an extension without data");
        let mut body = cx.minimal(r);
        let urns: Vec<_> = std::iter::once(&r.schema).chain(r.extensions.iter().map(|(urn, _)| urn)).collect();
        set(&mut body, "schemas", json!(urns));
        let a = cx.post(r, &body).await?;
        t.at(Level::Warning, a.is_success(), &a, "201: Entra ID names all extensions, with data or without");
    }

    "C-09" Error Must "RFC 7644 §3.3, §3.12 Table 9" ["C-01"]
    "A resource without a required attribute, or with null or an empty text in its place, is refused."
    "Return 400 with scimType invalidValue, and create nothing."
    (cx, t, r) {
        let required: Vec<_> = r.attrs.iter().filter(|attr| attr.required && attr.urn.is_none() && attr.is_writable()).collect();
        if required.is_empty() {
            return Err(Stop::Skip("no attribute is required".to_owned()));
        }
        for attr in required {
            for (what, value) in [("left out", None), ("null", Some(Value::Null)), ("empty text", Some(json!("")))] {
                if value == Some(json!("")) && (attr.kind != Kind::Text || attr.multi) {
                    continue;
                }
                t.sub(format!("{} {what}", attr.name));
                let mut body = cx.minimal(r);
                match &value {
                    None => remove(&mut body, &attr.name),
                    Some(value) => set(&mut body, &attr.name, value.clone()),
                }
                let a = cx.post(r, &body).await?;
                // "A non-empty value" is asked for of userName only (RFC 7643 §4.1.1).
                let level = (what == "empty text" && attr.name != "userName").then_some(Level::Warning);
                // Table 9: "a required value was missing".
                cx.refused_at(t, &a, &["invalidValue"], level);
            }
        }
    }

    "C-18" Error Must "RFC 7643 §6 (schemaExtensions)" ["C-01"]
    "A resource without a required extension is refused, or the service provider adds the extension."
    "Refuse it with 400 and scimType invalidValue, fill the extension in, or do not publish the extension as required."
    (cx, t, r) {
        for (urn, _) in r.extensions.iter().filter(|(_, required)| *required) {
            t.sub(urn.as_str());
            let mut body = cx.minimal(r);
            remove(&mut body, urn);
            if let Some(schemas) = body.get_mut("schemas").and_then(Value::as_array_mut) {
                schemas.retain(|known| known.as_str().is_none_or(|known| !known.eq_ignore_ascii_case(urn)));
            }
            let a = cx.post(r, &body).await?;
            // It may be made of what the service provider knows, if that is nothing but its URN.
            let mut level = None;
            if a.is_success() {
                let made = cx.made(r, body, a.clone()).await?;
                let read = cx.read(r, &made.id).await?;
                let is_named = elements(member(read.doc(), "schemas")).iter().any(|known| known.as_str().is_some_and(|known| known.eq_ignore_ascii_case(urn)));
                level = (is_named || is_assigned(member(read.doc(), urn))).then_some(Level::Info);
            }
            cx.refused_at(t, &a, &["invalidValue", "invalidSyntax"], level);
        }
        if t.looked == 0 {
            return Err(Stop::Skip("no extension is required".to_owned()));
        }
    }

    "C-11" Error Must "RFC 7643 §2.4" ["C-01"]
    "Of several values, at most one is primary."
    "Refuse two primary values with 400, or keep one."
    (cx, t, r) {
        let Some(m) = r.m().filter(|m| m.sub("primary").is_some()) else {
            return Err(Stop::Skip("no attribute has primary values".to_owned()));
        };
        let mut body = cx.minimal(r);
        let (label, (one, two)) = (cx.label(), Maker::kinds(m));
        let mut elements_ = [cx.maker.element(m, &label, "p1", &one), cx.maker.element(m, &label, "p2", &two)];
        for element in &mut elements_ {
            set(element, "primary", true.into());
        }
        m.set(&mut body, Value::Array(elements_.to_vec()));
        let a = cx.post(r, &body).await?;
        if a.is_success() {
            let made = cx.made(r, body, a.clone()).await?;
            let primary = elements(m.of(&made.state)).iter().filter(|e| member(e, "primary") == Some(&Value::Bool(true))).count();
            t.must(primary <= 1, &a, "at most one primary value, or 400");
        } else {
            cx.refused(t, &a, &["invalidValue", "invalidSyntax"]);
        }
    }

    "C-12" Warning Must "RFC 7643 §3" ["C-01"]
    "A resource is refused if its schemas is missing, is empty or has an unknown URN."
    "Check schemas first, because it says what the resource is."
    (cx, t, r) {
        for (what, value) in [("missing", None), ("empty", Some(json!([]))), ("unknown", Some(json!(["urn:example:no:such:schema"]))), ("one more, unknown", Some(json!([r.schema, "urn:example:no:such:schema"])))] {
            t.sub(what);
            let mut body = cx.minimal(r);
            match value {
                None => remove(&mut body, "schemas"),
                Some(value) => set(&mut body, "schemas", value),
            }
            let a = cx.post(r, &body).await?;
            cx.refused(t, &a, &["invalidSyntax", "invalidValue"]);
            if what == "empty" && a.is_client_error() {
                // Nothing is kept of what was refused, also not its name.
                set(&mut body, "schemas", json!([r.schema]));
                let a = cx.post(r, &body).await?;
                t.at(Level::Error, a.status != 409, &a, "201: what was refused before is not there");
            }
        }
    }

    "C-13" Info Plain "RFC 7644 §3.1, §3.3" ["C-01"]
    "An attribute that is in no schema is ignored or refused."
    "Ignore it, or return 400 with scimType invalidSyntax."
    (cx, t, r) {
        let mut body = cx.minimal(r);
        set(&mut body, "zzUnknown", "x".into());
        let a = cx.post(r, &body).await?;
        t.at(Level::Error, a.is_success() || a.is_client_error(), &a, "201 without it, or 400");
        if a.is_success() {
            let made = cx.made(r, body, a.clone()).await?;
            match member(&made.state, "zzUnknown") {
                None => t.note(&a, "an unknown attribute is ignored"),
                Some(_) => t.note(&a, "an unknown attribute is stored and returned"),
            }
        } else {
            t.note(&a, "an unknown attribute is refused");
        }
    }

    "C-14" Error Must "RFC 7643 §2.5" ["C-01"]
    "In a new resource, null and an empty array are the same as no value."
    "Treat null and [] as unassigned."
    (cx, t, r) {
        let mut states = Vec::new();
        let Some(slot) = r.s() else { return Err(Stop::Skip("no optional text".to_owned())) };
        let mut slots = vec![slot.clone()];
        slots.extend(r.clearable_m().map(Attr::slot));
        for value in [None, Some(Value::Null), Some(json!([]))] {
            let mut body = cx.minimal(r);
            for (at, slot) in slots.iter().enumerate() {
                match &value {
                    None => {}
                    // Only what has several values can be an array.
                    Some(Value::Array(_)) if at == 0 => {}
                    Some(value) => slot.set(&mut body, value.clone()),
                }
            }
            t.sub(match &value { None => "left out", Some(Value::Null) => "null", _ => "[]" });
            let a = cx.post(r, &body).await?;
            if t.must(a.is_success(), &a, "201: null and [] are no values") {
                let made = cx.made(r, body, a.clone()).await?;
                states.push((a, slots.iter().map(|slot| slot.of(&made.state).is_some()).collect::<Vec<_>>()));
            }
        }
        if let [(_, one), rest @ ..] = states.as_slice() {
            for (a, other) in rest {
                t.must(one == other, a, "as if the attribute was left out");
            }
        }
    }

    "C-15" Error Must "RFC 7643 §2.1" ["C-01"]
    "Names of attributes have no letter case."
    "Look up attribute names in any letter case, and return them as the schema spells them."
    (cx, t, r) {
        let Some(slot) = r.s() else { return Err(Stop::Skip("no optional text".to_owned())) };
        let mut body = cx.minimal(r);
        let value = format!("{} case", cx.label());
        remove(&mut body, &slot.name);
        if let Some(members) = body.as_object_mut() {
            members.insert(slot.name.to_uppercase(), value.as_str().into());
        }
        // What has required parts is left alone: it would be refused without them.
        let part = r.c().filter(|(attr, _)| !attr.required && !attr.subs.iter().any(|sub| sub.required));
        let mut slots = part.map(|(_, slots)| slots).unwrap_or_default().into_iter();
        let part = slots.next();
        if let Some((name, sub)) = part.as_ref().and_then(|part| Some((part.name.clone(), part.sub.clone()?))) {
            // The parts beside it are as they are in other bodies.
            if let Some(other) = slots.next().filter(|other| other.of(&body).is_none()) {
                other.set(&mut body, value.as_str().into());
            }
            let mut complex = member(&body, &name).cloned().unwrap_or_else(|| json!({}));
            remove(&mut complex, &sub);
            if let Some(members) = complex.as_object_mut() {
                members.insert(sub.to_uppercase(), value.as_str().into());
            }
            set(&mut body, &name, complex);
        }
        let needs = |urn: &str| r.attrs.iter().any(|attr| attr.required && attr.urn.as_deref() == Some(urn));
        let e = r.e().filter(|e| !needs(e.top()) && !is_assigned(member(&body, e.top())));
        if let (Some(e), Some(members)) = (&e, body.as_object_mut()) {
            members.insert(e.top().to_owned(), json!({e.name.to_uppercase(): value}));
            add_schema(&mut body, e.top());
        }
        let a = cx.post(r, &body).await?;
        t.success(&a, "an attribute's name in capitals")?;
        let made = cx.made(r, body, a.clone()).await?;
        let kept = made.state.get(&slot.name).and_then(Value::as_str);
        t.must(kept == Some(&value), &a, format!("{} with its value, spelt as in the schema", slot.name));
        for slot in part.into_iter().chain(e.clone()) {
            t.sub(slot.path());
            t.must(slot.is(&made.state, &json!(value)), &a, format!("{} with its value", slot.path()));
        }
        let Some(e) = e else { return Ok(()) };
        // Of the URN as a name of a member, RFC 7643 says less than RFC 7644 §3.10 of the names in requests.
        t.sub(format!("{} in capitals", e.top()));
        let mut body = cx.minimal(r);
        set(&mut body, &e.top().to_uppercase(), json!({e.name.as_str(): value}));
        add_schema(&mut body, e.top());
        let a = cx.post(r, &body).await?;
        if a.is_success() {
            let made = cx.made(r, body, a.clone()).await?;
            t.at(Level::Warning, e.is(&made.state, &json!(value)), &a, format!("{} with its value", e.path()));
        }
    }

    "C-16" Error Must "RFC 7644 §3.3" ["C-01"]
    "A readOnly attribute in a new resource is ignored. It is no error."
    "Ignore what a client says about readOnly attributes."
    (cx, t, r) {
        let mut body = cx.minimal(r);
        let old = "2001-01-01T00:00:00Z";
        set(&mut body, "meta", json!({"created": old, "lastModified": old, "location": "https://example.com/x"}));
        let ro: Vec<_> = r.attrs.iter().filter(|attr| attr.is_read_only() && attr.urn.is_none()).take(2).collect();
        for attr in &ro {
            let value = match (attr.kind, attr.multi) {
                (Kind::Complex, true) => json!([{"value": "zz-read-only"}]),
                (Kind::Complex, false) => json!({"value": "zz-read-only"}),
                _ => cx.maker.value(attr, "zz-read-only", crate::values::Fill::Required).unwrap_or_default(),
            };
            attr.set(&mut body, value);
        }
        let a = cx.post(r, &body).await?;
        t.success(&a, "readOnly attributes are ignored")?;
        let made = cx.made(r, body.clone(), a.clone()).await?;
        t.sub("meta.created");
        t.must(at(&made.state, "meta/created").and_then(Value::as_str) != Some(old), &a, "the service provider's own time");
        for attr in ro {
            t.sub(attr.name.as_str());
            let kept = attr.of(&made.state).zip(attr.of(&body)).is_some_and(|(got, sent)| contains(got, sent, true));
            t.must(!kept, &a, "not what the client sent");
        }
    }

    "C-17" Error Must "RFC 7643 §7 (uniqueness)" ["C-01"]
    "Two resources can have the same value of an attribute that is not unique. Two long unique values that differ only at their end are different."
    "Require uniqueness only where the schema says so, and compare whole values."
    (cx, t, r) {
        if let Some(slot) = r.s().filter(|slot| slot.name != "externalId") {
            t.sub(slot.path());
            let value = json!(format!("{} shared", cx.label()));
            for _ in 0..2 {
                let mut body = cx.minimal(r);
                slot.set(&mut body, value.clone());
                let a = cx.post(r, &body).await?;
                t.must(a.is_success(), &a, format!("201: {} is not unique", slot.path()));
            }
        }
        if let Some(x) = r.x() {
            // externalId is the client's: another resource with it is another resource, or is refused.
            t.sub("externalId");
            let first = cx.shared(r).await?;
            let mut body = cx.minimal(r);
            if let Some(value) = x.of(&first.state) {
                x.set(&mut body, value.clone());
                let a = cx.post(r, &body).await?;
                let merged = a.is_success() && a.id() == Some(first.id.as_str());
                t.at(Level::Critical, !merged, &a, "a new resource, not the one that has this externalId");
            }
        }
        let Some(attr) = r.unique().cloned() else { return Ok(()) };
        t.sub(format!("{}, long", attr.path()));
        let long = format!("{}-{}", cx.label(), "abcdefgh".repeat(10));
        for end in ["1", "2"] {
            let mut body = cx.minimal(r);
            attr.set(&mut body, cx.maker.key(&attr.name, &format!("{long}{end}")));
            let a = cx.post(r, &body).await?;
            if end == "1" && !a.is_success() {
                t.note(&a, "a value of 100 characters is refused");
                break;
            }
            t.must(a.is_success(), &a, "201: the values differ");
        }
    }
}

pub(super) fn in_schemas(resource: &Value, urn: &str) -> bool {
    elements(member(resource, "schemas"))
        .iter()
        .any(|s| s.as_str().is_some_and(|s| s.eq_ignore_ascii_case(urn)))
}
