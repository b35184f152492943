//! X: what PATCH changes. Attributes with several values are in `x_values`, what is wrong with a
//! message in `x_errors`.

use serde_json::{Value, json};

use crate::{
    check::{Level, Stop, checks},
    context::Made,
    json::{is_assigned, member, remove, same, text},
    values::Maker,
    wire::Answer,
};

use super::{
    patching::{exactly, has, has_none, needs_patch, patched, sent, slot, text_of},
    w::modified,
};

checks! {
    "X-01" Error Must "RFC 7644 §3.5.2" ["R-01", "R-05"]
    "PATCH returns 200 with the resource, or 204 without a body, and its changes are stored."
    "Apply the operations, and return one of the two."
    (cx, t, r) {
        needs_patch(cx).await?;
        let made = cx.fresh(r).await?;
        let slot = r.s().or_else(|| r.key()).ok_or_else(|| Stop::Skip("no text attribute".to_owned()))?;
        let value = text_of(cx);
        let a = cx.patch(r, &made.id, &json!([{"op": "replace", "path": slot.path(), "value": value}])).await?;
        t.success(&a, "PATCH is announced")?;
        t.status(&a, &[200, 204]);
        match a.status {
            200 => { t.must(a.is_object() && a.id().is_some(), &a, "the resource in a 200"); }
            _ => { t.must(a.body.is_empty(), &a, "no body in a 204"); }
        }
        let read = cx.read(r, &made.id).await?;
        if !t.must(slot.is(read.doc(), &value), &read, format!("{} {value}", slot.path())) {
            return Err(Stop::Failed);
        }
        if a.status == 200 && a.id().is_some() && cx.trusts_answers(r) {
            // Once, and not for each change.
            let (answer, state) = (super::w::comparable(r, a.doc()), super::w::comparable(r, read.doc()));
            t.sub("the response");
            if !t.compare(same(&answer, &state, true), &a, format!("what the next GET returns: {state}"), answer.to_string()) {
                cx.distrust_patches(r);
            }
            let has_meta = |a: &Answer| is_assigned(member(a.doc(), "meta"));
            t.at(Level::Warning, has_meta(&a) || !has_meta(&read), &a, "meta, as in a read");
        }
    }

    "X-02" Error Must "RFC 7644 §3.5.2.3" ["X-01"]
    "replace sets a simple attribute, with and without a path."
    "If there is no path, read the value as an object of attributes."
    (cx, t, r) {
        let slot = slot(r)?;
        let made = cx.fresh(r).await?;
        let value = text_of(cx);
        t.sub("with path");
        patched(cx, t, r, &made, &json!([{"op": "replace", "path": slot.path(), "value": value}]), &[slot.top()], &has(&slot, &value)).await?;
        t.sub("without path");
        let value = text_of(cx);
        let mut object = json!({});
        crate::json::set(&mut object, &slot.name, value.clone());
        patched(cx, t, r, &made, &json!([{"op": "replace", "value": object}]), &[slot.top()], &has(&slot, &value)).await?;
        if let Some(b) = r.b() {
            for path in [true, false] {
                t.sub(if path { "a boolean" } else { "a boolean, without path" });
                let made = cx.fresh(r).await?;
                let Some(value) = b.of(&made.state).and_then(Value::as_bool).map(|old| json!(!old)) else { break };
                let mut object = json!({});
                b.set(&mut object, value.clone());
                remove(&mut object, "schemas");
                let operation = match path {
                    true => json!({"op": "replace", "path": b.path(), "value": value}),
                    false => json!({"op": "replace", "value": object}),
                };
                patched(cx, t, r, &made, &json!([operation]), &[b.top()], &has(&b, &value)).await?;
            }
        }
        // RFC 7644 §3.5.2.3: replace of what has no value is an add.
        t.sub("without a value there");
        let made = cx.create(r, cx.minimal(r)).await?;
        let value = text_of(cx);
        patched(cx, t, r, &made, &json!([{"op": "replace", "path": slot.path(), "value": value}]), &[slot.top()], &has(&slot, &value)).await?;
    }

    "X-03" Error Must "RFC 7644 §3.5.2.3" ["X-02"]
    "One operation without a path sets several attributes."
    "Apply each member of the value."
    (cx, t, r) {
        let (one, two) = (slot(r)?, r.s2().or_else(|| r.b()));
        let Some(two) = two else { return Err(Stop::Skip("only one attribute".to_owned())) };
        let made = cx.fresh(r).await?;
        for op in ["replace", "add"] {
            t.sub(op);
            let (v1, v2) = (text_of(cx), if Some(&two) == r.b().as_ref() { json!(op == "add") } else { text_of(cx) });
            let mut object = json!({});
            one.set(&mut object, v1.clone());
            two.set(&mut object, v2.clone());
            let (h1, h2) = (has(&one, &v1), has(&two, &v2));
            patched(cx, t, r, &made, &json!([{"op": op, "value": object}]), &[one.top(), two.top()], &move |s| h1(s).or_else(|| h2(s))).await?;
        }
        if let Some((attr, slots)) = r.c() && let Some(inner) = slots.first() {
            t.sub("a complex value");
            let made = cx.fresh(r).await?;
            let value = text_of(cx);
            let mut object = json!({});
            inner.set(&mut object, value.clone());
            patched(cx, t, r, &made, &json!([{"op": "replace", "value": object}]), &[&attr.name], &has(inner, &value)).await?;
        }
    }

    "X-04" Error Must "RFC 7644 §3.5.2.1" ["X-01"]
    "add sets a simple attribute, whether or not it already has a value."
    "For a single value, add is the same as replace."
    (cx, t, r) {
        let slot = slot(r)?;
        let made = cx.fresh(r).await?;
        let value = text_of(cx);
        t.sub("with a value");
        patched(cx, t, r, &made, &json!([{"op": "add", "path": slot.path(), "value": value}]), &[slot.top()], &has(&slot, &value)).await?;
        t.sub("without a value");
        let made = cx.create(r, cx.minimal(r)).await?;
        let value = text_of(cx);
        patched(cx, t, r, &made, &json!([{"op": "add", "path": slot.path(), "value": value}]), &[slot.top()], &has(&slot, &value)).await?;
    }

    "X-05" Error Must "RFC 7644 §3.5.2.2" ["X-01"]
    "remove removes the value of a simple attribute."
    "Leave the attribute out afterwards."
    (cx, t, r) {
        let slot = slot(r)?;
        let made = cx.fresh(r).await?;
        patched(cx, t, r, &made, &json!([{"op": "remove", "path": slot.path()}]), &[slot.top()], &has_none(&slot)).await?;
        if let Some((attr, _)) = r.c().filter(|(attr, _)| r.is_clearable(&attr.slot())) {
            t.sub("a complex value");
            let made = cx.fresh(r).await?;
            patched(cx, t, r, &made, &json!([{"op": "remove", "path": attr.path()}]), &[&attr.name], &has_none(&attr.slot())).await?;
        }
    }

    "X-06" Error Must "RFC 7644 §3.5.2" ["X-01"]
    "Sub-attributes can be set and removed one by one. The others stay."
    "Change only the sub-attribute behind the dot."
    (cx, t, r) {
        let Some((attr, slots)) = r.c() else { return Err(Stop::Skip("no complex attribute".to_owned())) };
        let Some(one) = slots.first() else { return Ok(()) };
        let other = slots.get(1).cloned();
        for op in ["replace", "add", "remove"] {
            if op == "remove" && !r.is_clearable(one) {
                continue;
            }
            let made = cx.fresh(r).await?;
            let keeps = other.as_ref().and_then(|o| Some((o.clone(), o.of(&made.state)?.clone())));
            t.sub(op);
            let value = text_of(cx);
            let ops = match op {
                "remove" => json!([{"op": op, "path": one.path()}]),
                _ => json!([{"op": op, "path": one.path(), "value": value}]),
            };
            let judge = |state: &Value| {
                let own = match op {
                    "remove" => has_none(one)(state),
                    _ => has(one, &value)(state),
                };
                own.or_else(|| keeps.as_ref().and_then(|(slot, value)| has(slot, value)(state)))
            };
            patched(cx, t, r, &made, &ops, &[&attr.name], &judge).await?;
        }
    }

    "X-07" Error Must "RFC 7644 §3.5.2.1, §3.5.2.3" ["X-06"]
    "add of a complex value sets the sub-attributes of that value, and keeps the others."
    "Merge the value into the existing one."
    (cx, t, r) {
        let Some((attr, slots)) = r.c() else { return Err(Stop::Skip("no complex attribute".to_owned())) };
        let [one, other, ..] = slots.as_slice() else { return Err(Stop::Skip("one sub-attribute only".to_owned())) };
        let made = cx.fresh(r).await?;
        let Some(kept) = other.of(&made.state).cloned() else { return Ok(()) };
        let value = text_of(cx);
        let mut object = json!({});
        crate::json::set(&mut object, one.sub.as_deref().unwrap_or_default(), value.clone());
        t.sub("add");
        let judge = |state: &Value| has(one, &value)(state).or_else(|| has(other, &kept)(state));
        patched(cx, t, r, &made, &json!([{"op": "add", "path": attr.path(), "value": object}]), &[&attr.name], &judge).await?;
        t.sub("without a value there");
        let bare = cx.create(r, cx.minimal(r)).await?;
        if attr.of(&bare.state).is_none() {
            let judge = |state: &Value| has(one, &value)(state);
            patched(cx, t, r, &bare, &json!([{"op": "add", "path": attr.path(), "value": object}]), &[&attr.name], &judge).await?;
        }
        t.sub("replace");
        let judge = |state: &Value| has(one, &value)(state);
        let after = patched(cx, t, r, &made, &json!([{"op": "replace", "path": attr.path(), "value": object}]), &[&attr.name], &judge).await?;
        if let Some(after) = after {
            t.note(&after, match other.of(after.doc()) {
                Some(_) => "replace of a complex value keeps the sub-attributes that it does not have",
                None => "replace of a complex value drops the sub-attributes that it does not have",
            });
        }
    }

    "X-25" Error Must "RFC 7644 §3.5.2" ["X-01"]
    "All operations are applied, in order."
    "Apply each operation to the result of the one before."
    (cx, t, r) {
        let s = slot(r)?;
        let made = cx.fresh(r).await?;
        let (first, second) = (text_of(cx), text_of(cx));
        t.sub("the later one wins");
        let ops = json!([
            {"op": "replace", "path": s.path(), "value": first},
            {"op": "replace", "path": s.path(), "value": second},
        ]);
        patched(cx, t, r, &made, &ops, &[s.top()], &has(&s, &second)).await?;
        if let Some(two) = r.s2().or_else(|| r.b()) {
            t.sub("two attributes");
            let is_boolean = Some(&two) == r.b().as_ref();
            let (v1, v2) = (text_of(cx), if is_boolean { json!(false) } else { text_of(cx) });
            let ops = json!([
                {"op": "replace", "path": s.path(), "value": v1},
                {"op": "replace", "path": two.path(), "value": v2},
            ]);
            let (h1, h2) = (has(&s, &v1), has(&two, &v2));
            patched(cx, t, r, &made, &ops, &[s.top(), two.top()], &move |state| h1(state).or_else(|| h2(state))).await?;
        }
        if let Some(m) = r.m() {
            t.sub("a path into what was added");
            let made = cx.fresh(r).await?;
            let label = cx.label();
            let new = cx.maker.element(m, &label, "first", &Maker::third(m));
            let old = text(&new, "value").unwrap_or_default().to_owned();
            let value: Value = cx.maker.m_value(m, &label, "second").into();
            let mut changed = new.clone();
            crate::json::set(&mut changed, "value", value.clone());
            let mut all = sent(m, &made);
            all.push(changed);
            let ops = json!([
                {"op": "add", "path": m.path(), "value": [new]},
                {"op": "replace", "path": format!("{}[value eq {}].value", m.path(), json!(old)), "value": value},
            ]);
            patched(cx, t, r, &made, &ops, &[&m.name], &exactly(m, &all)).await?;
            t.sub("two values, one after the other");
            let made = cx.create(r, cx.minimal(r)).await?;
            if m.of(&made.state).is_none() {
                let kinds = [Maker::kinds(m).0, Maker::kinds(m).1];
                let new: Vec<_> = kinds.iter().map(|kind| cx.maker.element(m, &cx.label(), "add", kind)).collect();
                let ops: Vec<_> = new.iter().map(|one| json!({"op": "add", "path": m.path(), "value": [one]})).collect();
                patched(cx, t, r, &made, &ops.into(), &[&m.name], &exactly(m, &new)).await?;
            }
        }
    }

    "X-26" Error Must "RFC 7644 §3.5.2, §3.10" ["X-01", "C-07"]
    "Attributes of an extension can be changed by a path with the URN, and by an object without a path."
    "Remove the longest known URN from the front of the path."
    (cx, t, r) {
        let Some(e) = r.e() else { return Err(Stop::Skip("no text in an extension".to_owned())) };
        let urn = e.urn.clone().unwrap_or_default();
        let made = cx.fresh(r).await?;
        let value = text_of(cx);
        t.sub("path");
        let ops = json!([{"op": "replace", "path": e.path(), "value": value}]);
        patched(cx, t, r, &made, &ops, &[&urn], &has(&e, &value)).await?;
        t.sub("object");
        let value = text_of(cx);
        let mut object = json!({});
        e.set(&mut object, value.clone());
        remove(&mut object, "schemas");
        // A new resource, and an operation that replaces, cannot do without these.
        let needed: Vec<_> = r.needed_in(&urn).filter_map(|attr| Some((attr, attr.of(&made.state)?.clone()))).collect();
        for (attr, value) in &needed {
            attr.set(&mut object, value.clone());
        }
        remove(&mut object, "schemas");
        let kept: Vec<_> = r.e_all().into_iter().filter(|slot| *slot != e).filter_map(|slot| Some((slot.clone(), slot.of(&made.state)?.clone()))).collect();
        let keeps = |state: &Value| kept.iter().find_map(|(slot, value)| has(slot, value)(state));
        patched(cx, t, r, &made, &json!([{"op": "add", "value": object}]), &[&urn], &|state| has(&e, &value)(state).or_else(|| keeps(state))).await?;
        t.sub("object, replace");
        let value = text_of(cx);
        e.set(&mut object, value.clone());
        remove(&mut object, "schemas");
        // §3.5.2.3 says of a complex attribute that its sub-attributes are replaced one by one; of an extension it says nothing.
        if let Some(after) = patched(cx, t, r, &made, &json!([{"op": "replace", "value": object}]), &[&urn], &has(&e, &value)).await? {
            t.at(Level::Warning, keeps(after.doc()).is_none(), &after, "the other attributes of the extension as before");
        }
        if !needed.is_empty() {
            return Ok(());
        }
        t.sub("first value");
        let made = cx.create(r, cx.minimal(r)).await?;
        let judge = |state: &Value| has(&e, &value)(state)
            .or_else(|| (!super::c::in_schemas(state, &urn)).then(|| "schemas lacks the extension".to_owned()));
        patched(cx, t, r, &made, &json!([{"op": "add", "path": e.path(), "value": value}]), &[&urn], &judge).await?;
        t.sub("remove");
        patched(cx, t, r, &made, &json!([{"op": "remove", "path": e.path()}]), &[&urn], &has_none(&e)).await?;
        // The grammar of paths has no URN alone: it may be refused, and what is not refused is done.
        t.sub("remove, the URN alone");
        if r.extensions.iter().any(|(known, required)| *required && *known == urn) {
            return Ok(());
        }
        e.set(&mut object, value.clone());
        remove(&mut object, "schemas");
        let set = cx.patch(r, &made.id, &json!([{"op": "add", "value": object}])).await?;
        let a = cx.patch(r, &made.id, &json!([{"op": "remove", "path": urn}])).await?;
        if set.is_success() && a.is_success() {
            let read = cx.read(r, &made.id).await?;
            t.at(Level::Warning, e.of(read.doc()).is_none(), &read, "no extension, as the operation succeeded");
        } else {
            t.at(Level::Warning, a.status < 500, &a, "2xx or 400");
        }
    }

    "X-27" Error Must "RFC 7644 §3.5.2, §3.10" ["X-26"]
    "A path can change a sub-attribute of a complex attribute of an extension."
    "Remove the URN, and then split at the dot."
    (cx, t, r) {
        let complex = r.attrs.iter().find(|a| a.urn.is_some() && !a.multi && a.is_plain() && a.sub("value").is_some_and(|s| s.is_plain() && !s.multi));
        let Some(attr) = complex else { return Err(Stop::Skip("no complex attribute in an extension".to_owned())) };
        let Some(sub) = attr.sub("value") else { return Ok(()) };
        let other = cx.create(r, cx.minimal(r)).await?;
        let slot = attr.sub_slot(sub);
        let made = cx.fresh(r).await?;
        let value: Value = other.id.as_str().into();
        let urn = attr.urn.clone().unwrap_or_default();
        t.sub("add");
        let after = patched(cx, t, r, &made, &json!([{"op": "add", "path": slot.path(), "value": value}]), &[&urn], &has(&slot, &value)).await?;
        if after.is_some() && !sub.required {
            t.sub("remove");
            patched(cx, t, r, &made, &json!([{"op": "remove", "path": slot.path()}]), &[&urn], &has_none(&slot)).await?;
        }
    }

    "X-38" Error Must "RFC 7643 §3.1" ["X-01"]
    "A PATCH that changes something updates lastModified and the version."
    "Set both with every change."
    (cx, t, r) {
        let s = r.s().or_else(|| r.key()).ok_or_else(|| Stop::Skip("no text attribute".to_owned()))?;
        let made = cx.fresh(r).await?;
        let before = cx.read(r, &made.id).await?;
        if modified(before.doc(), "lastModified").is_none() {
            return Err(Stop::Blocked("C-05", "there is no lastModified".to_owned()));
        }
        for round in 0..2 {
            let a = cx.patch(r, &made.id, &json!([{"op": "replace", "path": s.path(), "value": text_of(cx)}])).await?;
            t.success(&a, "PATCH")?;
            let after = cx.read(r, &made.id).await?;
            let moved = modified(after.doc(), "lastModified") > modified(before.doc(), "lastModified");
            if moved || round == 1 {
                t.sub("lastModified");
                t.must(moved, &after, "a later time than before");
                t.sub("created");
                t.must(modified(after.doc(), "created") == modified(before.doc(), "created"), &after, "the time as before");
                break;
            }
            cx.next_second().await;
        }
    }

    "X-40" Error Must "RFC 7643 §2.1, RFC 7644 §3.10" ["X-01"]
    "A path can name an attribute in any letter case, and with the URN of its schema."
    "Look up names in any letter case, after you remove the URN."
    (cx, t, r) {
        let s = slot(r)?;
        let made = cx.fresh(r).await?;
        let mut paths = vec![("capitals", s.path().to_uppercase())];
        if s.urn.is_none() && s.name != "externalId" {
            let urn = format!("{}:{}", r.schema, s.name);
            paths.push(("URN in capitals", urn.to_uppercase()));
            paths.push(("URN", urn));
        }
        for (what, path) in paths {
            t.sub(what);
            let value = text_of(cx);
            patched(cx, t, r, &made, &json!([{"op": "replace", "path": path, "value": value}]), &[s.top()], &has(&s, &value)).await?;
        }
        if let Some(m) = r.m() {
            t.sub("a sub-attribute in capitals, behind brackets");
            let made = cx.fresh(r).await?;
            let (one, _) = Maker::kinds(m);
            let value: Value = cx.maker.m_value(m, &cx.label(), "capitals").into();
            let mut all = sent(m, &made);
            for element in all.iter_mut().filter(|element| text(element, "type") == Some(&one)) {
                crate::json::set(element, "value", value.clone());
            }
            let path = format!("{}[type eq {}].VALUE", m.path(), json!(one));
            patched(cx, t, r, &made, &json!([{"op": "replace", "path": path, "value": value}]), &[&m.name], &exactly(m, &all)).await?;
        }
    }

    "X-41" Info Plain "RFC 7644 §3.5.2.1, RFC 7643 §2.5" ["X-01"]
    "add and replace with null cause no server error. The report says what they do."
    "Treat null as no value, or return 400."
    (cx, t, r) {
        let s = slot(r)?;
        for op in ["add", "replace"] {
            t.sub(op);
            let made = cx.fresh(r).await?;
            let a = cx.patch(r, &made.id, &json!([{"op": op, "path": s.path(), "value": null}])).await?;
            t.at(Level::Error, a.is_success() || a.is_client_error(), &a, "2xx or 400");
            let read = cx.read(r, &made.id).await?;
            t.note(&a, match (a.is_success(), s.of(read.doc()).is_some()) {
                (true, false) => "null takes the value away",
                (true, true) => "null is ignored",
                (false, _) => "null is refused",
            });
        }
    }

    "X-42" Warning Must "RFC 7644 §3.5.2" ["X-01"]
    "A message with a hundred operations is applied, or refused with a reason."
    "Limit the size of the message, not the number of operations."
    (cx, t, r) {
        let s = slot(r)?;
        let made = cx.fresh(r).await?;
        let last: Value = format!("{} 99", cx.label()).into();
        let mut ops: Vec<_> = (0..99).map(|at| json!({"op": "replace", "path": s.path(), "value": format!("zz {at}")})).collect();
        ops.push(json!({"op": "replace", "path": s.path(), "value": last}));
        let a = cx.patch(r, &made.id, &json!(ops)).await?;
        if a.is_success() {
            let read = cx.read(r, &made.id).await?;
            t.must(s.is(read.doc(), &last), &read, "the last value");
        } else {
            t.must(matches!(a.status, 413 | 400), &a, "200, 204, or 413");
        }
    }

    "X-37" Info Plain "RFC 7644 §3.5.2" ["X-01"]
    "Capitalised names of operations, and booleans as strings, cause no server error. The report says whether they are accepted."
    "Accept them if Entra ID must work with this server, and refuse them otherwise."
    (cx, t, r) {
        let s = slot(r)?;
        let made = cx.fresh(r).await?;
        t.sub("Replace");
        let a = cx.patch(r, &made.id, &json!([{"op": "Replace", "path": s.path(), "value": text_of(cx)}])).await?;
        t.at(Level::Error, a.status < 500, &a, "2xx or 400");
        t.note(&a, if a.is_success() { "op is accepted in any letter case" } else { "op in capitals is refused" });
        if let Some(b) = r.b() {
            t.sub("\"False\"");
            let a = cx.patch(r, &made.id, &json!([{"op": "replace", "path": b.path(), "value": "False"}])).await?;
            t.at(Level::Error, a.status < 500, &a, "2xx or 400");
            t.note(&a, if a.is_success() { "a boolean as text is accepted" } else { "a boolean as text is refused" });
        }
    }

    "X-43" Critical Must "RFC 7644 §3.5.2" ["X-01"]
    "A PATCH of one attribute leaves all others unchanged, also externalId and those of extensions."
    "Change only the named attribute of the stored resource."
    (cx, t, r) {
        let slot = slot(r)?;
        let made = cx.full(r).await?;
        let before = cx.read(r, &made.id).await?;
        if !before.is_success() {
            return Err(Stop::Blocked("R-01", before.in_short()));
        }
        let made = Made { state: before.doc().clone(), ..made };
        let value = text_of(cx);
        patched(cx, t, r, &made, &json!([{"op": "replace", "path": slot.path(), "value": value}]), &[slot.top()], &has(&slot, &value)).await?;
        // Each extension is changed by itself.
        if let Some(e) = r.e() {
            t.sub("of an extension");
            let read = cx.read(r, &made.id).await?;
            let made = Made { state: read.doc().clone(), ..made };
            let value = text_of(cx);
            patched(cx, t, r, &made, &json!([{"op": "replace", "path": e.path(), "value": value}]), &[e.top()], &has(&e, &value)).await?;
        }
    }

    "X-44" Error Must "RFC 7643 §3.1, RFC 7644 §3.5.2" ["X-01"]
    "PATCH can set, change and remove externalId."
    "externalId is readWrite, like every attribute whose schema does not say otherwise."
    (cx, t, r) {
        let Some(x) = r.x() else { return Err(Stop::Skip("externalId is not kept".to_owned())) };
        let made = cx.create(r, cx.minimal(r)).await?;
        for (op, path) in [("add", true), ("replace", true), ("replace", false), ("remove", true)] {
            if op == "remove" && !r.is_clearable(&x) {
                continue;
            }
            t.sub(if path { op.to_owned() } else { format!("{op} without path") });
            let value = text_of(cx);
            let operation = match (op, path) {
                ("remove", _) => json!({"op": op, "path": "externalId"}),
                (_, true) => json!({"op": op, "path": "externalId", "value": value}),
                (_, false) => json!({"op": op, "value": {"externalId": value}}),
            };
            let judge = |state: &Value| match op {
                "remove" => has_none(&x)(state),
                _ => has(&x, &value)(state),
            };
            patched(cx, t, r, &made, &json!([operation]), &["externalId"], &judge).await?;
        }
    }

    "X-45" Error Must "RFC 7644 §3.5.2, §3.4.2.2" ["X-01", "F-02"]
    "After userName or another name changes, filters find the new value and not the old one."
    "Update whatever the filter reads in the same transaction."
    (cx, t, r) {
        super::w::renamed(cx, t, r, true).await?;
    }
}
