//! X: what PATCH changes of attributes with several values.

use serde_json::{Value, json};

use crate::{
    check::{Level, Stop, checks},
    json::{contains, elements, is_assigned, member, same, text},
    values::Maker,
};

use super::{
    patching::{exactly, multi, patched, sent},
    w::modified,
};

checks! {
    "X-08" Error Must "RFC 7644 §3.5.2.1" ["X-01"]
    "add to a multi-valued attribute adds one value, an array of values, or several at once."
    "Append the values, and keep the existing ones."
    (cx, t, r) {
        let m = multi(r)?;
        let (one, other) = (Maker::kinds(m).0, Maker::third(m));
        // Some keep one value of each type, and refuse others.
        let mut body = cx.body(r);
        let label = cx.label();
        m.set(&mut body, json!(["a", "b"].map(|word| cx.maker.element(m, &label, word, &one))));
        let a = cx.post(r, &body).await?;
        let takes_twins = !matches!(a.status, 400 | 409);
        if !takes_twins {
            t.note(&a, format!("two {} of one type are refused", m.path()));
        }
        for (what, count, array, kind) in [("an array", 1, true, &other), ("one value", 1, false, &other), ("one of the same type", 1, true, &one), ("several", 3, true, &one)] {
            if *kind == one && !takes_twins {
                continue;
            }
            t.sub(what);
            let made = cx.fresh(r).await?;
            let label = cx.label();
            let new: Vec<Value> = (0..count).map(|at| cx.maker.element(m, &label, &format!("add{at}"), kind)).collect();
            let value = if array { json!(new) } else { new.first().cloned().unwrap_or_default() };
            let mut all = sent(m, &made);
            all.extend(new);
            patched(cx, t, r, &made, &json!([{"op": "add", "path": m.path(), "value": value}]), &[&m.name], &exactly(m, &all)).await?;
        }
        t.sub("without a path");
        let made = cx.fresh(r).await?;
        let new = cx.maker.element(m, &cx.label(), "add", &other);
        let mut all = sent(m, &made);
        all.push(new.clone());
        let mut object = json!({});
        m.set(&mut object, json!([new]));
        patched(cx, t, r, &made, &json!([{"op": "add", "value": object}]), &[&m.name], &exactly(m, &all)).await?;
        t.sub("the first values");
        let made = cx.create(r, cx.minimal(r)).await?;
        if m.of(&made.state).is_none() {
            let new = [cx.maker.element(m, &cx.label(), "add", &one)];
            patched(cx, t, r, &made, &json!([{"op": "add", "path": m.path(), "value": new}]), &[&m.name], &exactly(m, &new)).await?;
        }
    }

    "X-09" Warning Should "RFC 7644 §3.5.2.1" ["X-08"]
    "add of a value that already exists changes nothing."
    "Compare before you append, and keep lastModified."
    (cx, t, r) {
        let m = multi(r)?;
        let made = cx.fresh(r).await?;
        let all = sent(m, &made);
        let before = cx.read(r, &made.id).await?;
        let Some(first) = elements(m.of(before.doc())).first().cloned() else { return Ok(()) };
        let after = patched(cx, t, r, &made, &json!([{"op": "add", "path": m.path(), "value": [first]}]), &[], &exactly(m, &all)).await?;
        if let Some(after) = after {
            t.sub("lastModified");
            t.must(modified(after.doc(), "lastModified") == modified(before.doc(), "lastModified"), &after, "the time as before");
        }
    }

    "X-10" Error Must "RFC 7644 §3.5.2.3" ["X-01"]
    "replace of a multi-valued attribute replaces all values."
    "Drop the old values."
    (cx, t, r) {
        let m = multi(r)?;
        let (one, _) = Maker::kinds(m);
        let made = cx.fresh(r).await?;
        let new = [cx.maker.element(m, &cx.label(), "only", &one)];
        patched(cx, t, r, &made, &json!([{"op": "replace", "path": m.path(), "value": new}]), &[&m.name], &exactly(m, &new)).await?;
    }

    "X-11" Error Must "RFC 7644 §3.5.2.2" ["X-01"]
    "remove of a multi-valued attribute removes all values."
    "Leave the attribute out afterwards."
    (cx, t, r) {
        let m = multi(r)?;
        if !r.is_clearable(&m.slot()) {
            return Err(Stop::Skip(format!("{} is required, or has a default", m.path())));
        }
        let made = cx.fresh(r).await?;
        patched(cx, t, r, &made, &json!([{"op": "remove", "path": m.path()}]), &[&m.name], &exactly(m, &[])).await?;
    }

    "X-12" Error Must "RFC 7644 §3.5.2.2" ["X-01"]
    "remove with a filter in brackets removes the matching values, and no others."
    "Evaluate the filter for each value."
    (cx, t, r) {
        let m = multi(r)?;
        let (one, _) = Maker::kinds(m);
        let made = cx.fresh(r).await?;
        let rest: Vec<_> = sent(m, &made).into_iter().filter(|e| text(e, "type") != Some(&one)).collect();
        let path = format!("{}[type eq {}]", m.path(), json!(one));
        patched(cx, t, r, &made, &json!([{"op": "remove", "path": path}]), &[&m.name], &exactly(m, &rest)).await?;
    }

    "X-13" Error Must "RFC 7644 §3.5.2.3" ["X-01"]
    "replace of a sub-attribute with a filter in brackets changes all matching values, and no others."
    "Evaluate the filter for each value."
    (cx, t, r) {
        let m = multi(r)?;
        let (one, _) = Maker::kinds(m);
        let made = cx.fresh(r).await?;
        let value: Value = cx.maker.m_value(m, &cx.label(), "replaced").into();
        let all: Vec<_> = sent(m, &made).into_iter().map(|mut e| {
            if text(&e, "type") == Some(&one) {
                crate::json::set(&mut e, "value", value.clone());
            }
            e
        }).collect();
        let path = format!("{}[type eq {}].value", m.path(), json!(one));
        patched(cx, t, r, &made, &json!([{"op": "replace", "path": path, "value": value}]), &[&m.name], &exactly(m, &all)).await?;
        let Some(display) = m.sub("display").filter(|sub| sub.is_plain()) else { return Ok(()) };
        for (what, op, filter) in [("all that match", "replace", "value pr".to_owned()), ("add", "add", format!("type eq {}", json!(one)))] {
            t.sub(what);
            let made = cx.fresh(r).await?;
            if elements(m.of(&made.state)).iter().any(|e| text(e, "display").is_some()) {
                // The service provider fills it in itself.
                return Ok(());
            }
            let all: Vec<_> = sent(m, &made).into_iter().map(|mut e| {
                if op == "replace" || text(&e, "type") == Some(&one) {
                    crate::json::set(&mut e, &display.name, "Shown".into());
                }
                e
            }).collect();
            let path = format!("{}[{filter}].{}", m.path(), display.name);
            patched(cx, t, r, &made, &json!([{"op": op, "path": path, "value": "Shown"}]), &[&m.name], &exactly(m, &all)).await?;
        }
    }

    "X-14" Error Must "RFC 7644 §3.5.2.3" ["X-01"]
    "replace with a filter in brackets replaces the matching value."
    "Put the new value in place of the old one."
    (cx, t, r) {
        let m = multi(r)?;
        let (one, _) = Maker::kinds(m);
        let mut body = cx.body(r);
        let display = m.sub("display").filter(|sub| sub.is_plain());
        if let Some(display) = display {
            let mut all = elements(m.of(&body)).to_vec();
            all.iter_mut().for_each(|element| crate::json::set(element, &display.name, "Shown".into()));
            m.set(&mut body, json!(all));
        }
        let made = cx.create(r, body).await?;
        let new = cx.maker.element(m, &cx.label(), "whole", &one);
        let all: Vec<_> = sent(m, &made).into_iter().map(|e| if text(&e, "type") == Some(&one) { new.clone() } else { e }).collect();
        let old = elements(m.of(&made.state)).iter().find(|e| text(e, "type") == Some(&one)).and_then(|e| member(e, "value")).cloned().unwrap_or_default();
        let path = format!("{}[value eq {old}]", m.path());
        let after = patched(cx, t, r, &made, &json!([{"op": "replace", "path": path, "value": new}]), &[&m.name], &exactly(m, &all)).await?;
        // What the new value does not have: the old one is replaced, not merged with.
        if let (Some(after), Some(display)) = (after, display) {
            let merged = elements(m.of(after.doc())).iter().any(|e| contains(e, &new, false) && text(e, &display.name) == Some("Shown"));
            t.at(Level::Warning, !merged, &after, format!("the new value without the old {}", display.name));
        }
    }

    "X-15" Error Must "RFC 7644 §3.5.2.2" ["X-12"]
    "remove of a sub-attribute with a filter in brackets removes it from the matching values."
    "Keep the value, without the sub-attribute."
    (cx, t, r) {
        let m = multi(r)?;
        let Some(display) = m.sub("display").filter(|sub| sub.is_plain() && !sub.required) else {
            return Err(Stop::Skip("the values have no display".to_owned()));
        };
        let (one, _) = Maker::kinds(m);
        let mut body = cx.body(r);
        let mut all = elements(m.of(&body)).to_vec();
        for element in &mut all {
            crate::json::set(element, &display.name, "Shown".into());
        }
        m.set(&mut body, json!(all));
        let made = cx.create(r, body).await?;
        if elements(m.of(&made.state)).iter().any(|e| text(e, "display") != Some("Shown")) {
            return Err(Stop::Skip("display is not kept as it is sent".to_owned()));
        }
        let judge = |state: &Value| {
            let found = elements(m.of(state));
            let fits = found.len() == all.len()
                && found.iter().all(|e| (text(e, "type") == Some(&one)) != (text(e, "display") == Some("Shown")));
            (!fits).then(|| format!("{} is {}", m.path(), json!(found)))
        };
        let path = format!("{}[type eq {}].display", m.path(), json!(one));
        patched(cx, t, r, &made, &json!([{"op": "remove", "path": path}]), &[&m.name], &judge).await?;
    }

    "X-18" Error Must "RFC 7644 §3.5.2" ["X-12"]
    "The filter in brackets can have and, or, not and pr, with keywords in any letter case."
    "Use the same parser as for filters."
    (cx, t, r) {
        let m = multi(r)?;
        let (one, two) = Maker::kinds(m);
        let path = m.path();
        for (filter, keeps) in [
            (format!("type eq {} AND value co \"one\"", json!(one)), Some(&two)),
            (format!("NOT (type EQ {})", json!(one)), Some(&one)),
            ("value pr".to_owned(), None),
            (format!("type eq {} or value ew \"zz-nobody\"", json!(two)), Some(&one)),
        ] {
            // What is required cannot be taken away, and what has a default comes back.
            if keeps.is_none() && !r.is_clearable(&m.slot()) {
                continue;
            }
            t.sub(filter.as_str());
            let made = cx.fresh(r).await?;
            let rest: Vec<_> = sent(m, &made).into_iter().filter(|e| keeps.is_some_and(|kind| text(e, "type") == Some(kind))).collect();
            patched(cx, t, r, &made, &json!([{"op": "remove", "path": format!("{path}[{filter}]")}]), &[&m.name], &exactly(m, &rest)).await?;
        }
        // One term, and the second of two decides.
        let is = |e: &Value, kind: &str| text(e, "type") == Some(kind);
        let says = |e: &Value| text(e, "value").is_some_and(|v| v.to_lowercase().contains("one"));
        type Matches<'a> = Box<dyn Fn(&Value) -> bool + Send + Sync + 'a>;
        let mut tries: Vec<(String, Matches<'_>)> = vec![
            (format!("value pr and type eq {}", json!(one)), Box::new(|e| is(e, &one))),
            (format!("value ew \"zz-nobody\" or type eq {}", json!(two)), Box::new(|e| is(e, &two))),
            ("value co \"one\"".to_owned(), Box::new(says)),
            // What ends brackets may stand in a text.
            (format!("value co \"].\" or type eq {}", json!(one)), Box::new(|e| is(e, &one))),
        ];
        if m.sub("type").is_some_and(|sub| !sub.exact) && one.to_uppercase() != one {
            tries.push((format!("type eq {}", json!(one.to_uppercase())), Box::new(|e| is(e, &one))));
        }
        if m.sub("primary").is_some_and(crate::resource_type::Attr::is_plain) {
            tries.push(("primary eq true".to_owned(), Box::new(|e| member(e, "primary") == Some(&Value::Bool(true)))));
        }
        for (filter, matches) in tries {
            t.sub(filter.as_str());
            let mut body = cx.body(r);
            if filter.starts_with("primary") {
                let mut all = elements(m.of(&body)).to_vec();
                if let Some(last) = all.last_mut() {
                    crate::json::set(last, "primary", true.into());
                }
                m.set(&mut body, json!(all));
            }
            let made = cx.create(r, body).await?;
            let rest: Vec<_> = sent(m, &made).into_iter().filter(|e| !matches(e)).collect();
            patched(cx, t, r, &made, &json!([{"op": "remove", "path": format!("{path}[{filter}]")}]), &[&m.name], &exactly(m, &rest)).await?;
        }
    }

    "X-23" Error Must "RFC 7644 §3.5.2" ["X-08"]
    "If a new value is primary, the others are no longer primary."
    "Set primary of the other values to false."
    (cx, t, r) {
        let m = multi(r)?;
        if m.sub("primary").is_none() {
            return Err(Stop::Skip("the values have no primary".to_owned()));
        }
        let (two, third) = (Maker::kinds(m).1, Maker::third(m));
        let body = || {
            let mut body = cx.body(r);
            let mut all = elements(m.of(&body)).to_vec();
            if let Some(first) = all.first_mut() {
                crate::json::set(first, "primary", true.into());
            }
            m.set(&mut body, json!(all));
            body
        };
        let primary = |state: &Value| elements(m.of(state)).iter().filter(|e| member(e, "primary") == Some(&Value::Bool(true))).cloned().collect::<Vec<_>>();
        t.sub("add");
        let made = cx.create(r, body()).await?;
        let mut new = cx.maker.element(m, &cx.label(), "main", &third);
        crate::json::set(&mut new, "primary", true.into());
        let judge = |state: &Value| {
            let found = primary(state);
            let fits = found.len() == 1 && found.first().is_some_and(|e| text(e, "value").map(str::to_lowercase) == text(&new, "value").map(str::to_lowercase));
            (!fits).then(|| format!("primary values: {}", json!(found)))
        };
        patched(cx, t, r, &made, &json!([{"op": "add", "path": m.path(), "value": [new]}]), &[&m.name], &judge).await?;
        t.sub("replace");
        let made = cx.create(r, body()).await?;
        let judge = |state: &Value| {
            let found = primary(state);
            let fits = found.len() == 1 && found.first().is_some_and(|e| text(e, "type") == Some(&two));
            (!fits).then(|| format!("primary values: {}", json!(found)))
        };
        let path = format!("{}[type eq {}].primary", m.path(), json!(two));
        patched(cx, t, r, &made, &json!([{"op": "replace", "path": path, "value": true}]), &[&m.name], &judge).await?;
    }

    "X-39" Error Must "RFC 7644 §3.5.2" ["X-01"]
    "PATCH can add to, replace and remove a multi-valued attribute of simple values."
    "Treat its values as elements."
    (cx, t, r) {
        let Some(ms) = r.ms() else { return Err(Stop::Skip("no simple attribute with several values".to_owned())) };
        let made = cx.create(r, { let mut b = cx.minimal(r); ms.set(&mut b, json!(["zz-a", "zz-b"])); b }).await?;
        for (op, value, expected) in [
            ("add", Some(json!(["zz-c"])), json!(["zz-a", "zz-b", "zz-c"])),
            ("replace", Some(json!(["zz-d"])), json!(["zz-d"])),
            ("remove", None, Value::Null),
        ] {
            // What is required cannot be taken away (RFC 7644 §3.5.2.2).
            if op == "remove" && !r.is_clearable(&ms) {
                continue;
            }
            t.sub(op);
            let mut operation = json!({"op": op, "path": ms.path()});
            if let Some(value) = value {
                crate::json::set(&mut operation, "value", value);
            }
            let judge = |state: &Value| {
                let found = ms.of(state);
                let fits = match &expected {
                    Value::Null => !is_assigned(found),
                    expected => found.is_some_and(|found| same(found, expected, ms.exact)),
                };
                (!fits).then(|| format!("{} is {}", ms.path(), found.unwrap_or(&Value::Null)))
            };
            patched(cx, t, r, &made, &json!([operation]), &[ms.top()], &judge).await?;
        }
    }
}
