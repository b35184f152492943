//! X: what PATCH must refuse, and that nothing changes then.

use http::Method;
use serde_json::{Value, json};

use crate::{
    check::{Level, Step, Stop, checks},
    context::{Context, Made, PATCH_OP},
    json::{is_assigned, member, same},
    profile::Profile,
    resource_type::{Kind, ResourceType},
    trial::{Rule, Trial},
    values::Fill,
    wire::{Answer, Ask},
};

use super::{
    patching::{multi, slot},
    w::stable,
};

/// That nothing changed.
async fn unchanged(
    cx: &Context,
    t: &mut Trial,
    r: &ResourceType,
    made: &Made,
    level: Level,
) -> Step {
    let read = cx.read(r, &made.id).await?;
    let is_same = same(&stable(read.doc()), &stable(&made.state), true);
    t.compare_at(
        level,
        is_same,
        &read,
        format!("as before: {}", stable(&made.state)),
        stable(read.doc()).to_string(),
    );
    Ok(())
}

/// Operations that must be refused.
async fn refused(
    cx: &Context,
    t: &mut Trial,
    r: &ResourceType,
    made: &Made,
    operations: &Value,
    keywords: &[&str],
) -> Result<Answer, Stop> {
    let a = cx.patch(r, &made.id, operations).await?;
    cx.refused(t, &a, keywords);
    Ok(a)
}

/// Other documents than a PatchOp.
async fn message(
    cx: &Context,
    t: &mut Trial,
    r: &ResourceType,
    made: &Made,
    body: &Value,
    accepted: Option<Level>,
) -> Step {
    let ask = Ask::new(Method::PATCH, Context::path(r, &made.id)).json(body);
    let a = cx.send(ask).await?;
    cx.refused_at(t, &a, &["invalidSyntax", "invalidValue"], accepted);
    Ok(())
}

checks! {
    "X-16" Error Must "RFC 7644 §3.5.2.3" ["X-13"]
    "If no value matches the filter in brackets, replace is refused with 400 and scimType noTarget."
    "Return 400 with scimType noTarget, and change nothing."
    (cx, t, r) {
        let m = multi(r)?;
        let made = cx.fresh(r).await?;
        let path = format!("{}[type eq \"zz-none\"].value", m.path());
        let a = cx.patch(r, &made.id, &json!([{"op": "replace", "path": path, "value": cx.maker.m_value(m, &cx.label(), "x")}])).await?;
        if a.is_success() && cx.has_profile(Profile::Entra) {
            t.note(&a, "a value is created, as Entra ID requires");
            return Ok(());
        }
        cx.refused(t, &a, &["noTarget"]);
        // A whole value in place of one that is not there is no value to add.
        t.sub("a whole value");
        let path = format!("{}[type eq \"zz-none\"]", m.path());
        let new = cx.maker.element(m, &cx.label(), "x", &crate::values::Maker::kinds(m).0);
        let whole = cx.patch(r, &made.id, &json!([{"op": "replace", "path": path, "value": new}])).await?;
        cx.refused(t, &whole, &["noTarget"]);
        if !a.is_success() && !whole.is_success() {
            unchanged(cx, t, r, &made, Level::Error).await?;
        }
    }

    "X-17" Info Plain "RFC 7644 §3.12 Table 9" ["X-12"]
    "If no value matches the filter in brackets, remove succeeds or returns 400. The report says which."
    "Return 204, or 400 with scimType noTarget."
    (cx, t, r) {
        let m = multi(r)?;
        let made = cx.fresh(r).await?;
        let path = format!("{}[type eq \"zz-none\"]", m.path());
        let a = cx.patch(r, &made.id, &json!([{"op": "remove", "path": path}])).await?;
        t.at(Level::Error, a.is_success() || a.is_client_error(), &a, "2xx or 400");
        t.note(&a, if a.is_success() { "nothing to remove is no error" } else { "nothing to remove is refused" });
        unchanged(cx, t, r, &made, Level::Error).await?;
    }

    "X-19" Error Must "RFC 7644 §3.5.2.2" ["X-01"]
    "remove without a path is refused with 400 and scimType noTarget."
    "Return 400 with scimType noTarget, and change nothing."
    (cx, t, r) {
        let made = cx.fresh(r).await?;
        refused(cx, t, r, &made, &json!([{"op": "remove"}]), &["noTarget"]).await?;
        unchanged(cx, t, r, &made, Level::Critical).await?;
    }

    "X-20" Error Must "RFC 7644 §3.5.2.2" ["X-01"]
    "PATCH cannot remove a required attribute."
    "Return 400 with scimType mutability, and change nothing."
    (cx, t, r) {
        let Some(attr) = r.attrs.iter().find(|a| a.required && a.urn.is_none() && a.is_writable()) else {
            return Err(Stop::Skip("no attribute is required".to_owned()));
        };
        let made = cx.fresh(r).await?;
        refused(cx, t, r, &made, &json!([{"op": "remove", "path": attr.path()}]), &["mutability", "invalidValue"]).await?;
        unchanged(cx, t, r, &made, Level::Error).await?;
    }

    "X-21" Error Must "RFC 7644 §3.5.2" ["X-01"]
    "PATCH cannot change a readOnly attribute."
    "Return 400 with scimType mutability, and change nothing."
    (cx, t, r) {
        let made = cx.fresh(r).await?;
        let other = cx.unknown_id();
        let mut tries = vec![("id".to_owned(), json!(other)), ("meta.created".to_owned(), json!("2001-01-01T00:00:00Z")), ("meta.resourceType".to_owned(), json!("Nonsense"))];
        if let Some(ro) = r.attrs.iter().find(|a| a.is_read_only() && a.urn.is_none()) {
            let value = match (ro.kind, ro.multi) {
                (Kind::Complex, true) => json!([{"value": "zz-read-only"}]),
                (Kind::Complex, false) => json!({"value": "zz-read-only"}),
                _ => cx.maker.value(ro, "zz-read-only", Fill::Required).unwrap_or_default(),
            };
            tries.push((ro.path(), value));
        }
        for (path, value) in tries {
            t.sub(path.as_str());
            let a = cx.patch(r, &made.id, &json!([{"op": "replace", "path": path, "value": value}])).await?;
            // Silently ignored is not as bad as changed, which is looked at below.
            cx.refused_at(t, &a, &["mutability"], Some(Level::Warning));
        }
        t.sub("afterwards");
        let read = cx.read(r, &made.id).await?;
        t.at(Level::Critical, read.id() == Some(made.id.as_str()), &read, "the resource under its id");
        let time = |state: &Value| super::w::modified(state, "created");
        t.at(Level::Critical, time(read.doc()) == time(&made.state), &read, "meta.created as before");
        t.at(Level::Critical, crate::json::at(read.doc(), "meta/resourceType") == crate::json::at(&made.state, "meta/resourceType"), &read, "meta.resourceType as before");
        let ro = r.attrs.iter().filter(|a| a.is_read_only() && a.urn.is_none());
        for attr in ro {
            let shown = attr.of(read.doc()).is_some_and(|v| v.to_string().contains("zz-read-only"));
            t.at(Level::Critical, !shown, &read, format!("{} as before", attr.path()));
        }
    }

    "X-22" Error Must "RFC 7644 §3.5.2" ["X-01"]
    "PATCH can set an immutable attribute once, and cannot change it."
    "Accept add if there is no value. Otherwise return 400 with scimType mutability."
    (cx, t, r) {
        let Some(attr) = r.immutable() else { return Err(Stop::Skip("the type has no such attribute".to_owned())) };
        let made = cx.create(r, cx.minimal(r)).await?;
        let value = cx.changed(attr);
        if attr.of(&made.state).is_none() {
            t.sub("first value");
            let a = cx.patch(r, &made.id, &json!([{"op": "add", "path": attr.path(), "value": value}])).await?;
            t.must(a.is_success(), &a, "2xx: it has no value yet");
        }
        t.sub("other value");
        let before = cx.read(r, &made.id).await?;
        refused(cx, t, r, &made, &json!([{"op": "replace", "path": attr.path(), "value": cx.changed(attr)}]), &["mutability"]).await?;
        let after = cx.read(r, &made.id).await?;
        t.must(attr.of(before.doc()) == attr.of(after.doc()), &after, "the first value");
    }

    "X-24" Critical Must "RFC 7644 §3.5.2" ["X-01"]
    "A PATCH is applied as a whole or not at all."
    "Apply the operations to a copy, and store it if all of them succeed."
    (cx, t, r) {
        let s = slot(r)?;
        let made = cx.fresh(r).await?;
        let good = json!({"op": "replace", "path": s.path(), "value": format!("{} atomic", cx.label())});
        let bad = match r.m() {
            Some(m) => json!({"op": "replace", "path": format!("{}[type eq \"zz-none\"].value", m.path()), "value": "x@example.com"}),
            None => json!({"op": "remove"}),
        };
        for bad in [bad, json!({"op": "nonsense", "path": s.path(), "value": "x"})] {
            t.sub(bad["op"].as_str().unwrap_or_default());
            let a = cx.patch(r, &made.id, &json!([good, bad])).await?;
            if a.is_success() {
                // That it is not refused is for another check.
                continue;
            }
            unchanged(cx, t, r, &made, Level::Critical).await?;
        }
        if t.looked == 0 {
            return Err(Stop::Skip("no operation was refused".to_owned()));
        }
    }

    "X-28" Warning Must "RFC 7644 §3.5.2" ["X-01"]
    "A message without the URN of PatchOp is refused."
    "Return 400 with scimType invalidSyntax."
    (cx, t, r) {
        let s = slot(r)?;
        let made = cx.fresh(r).await?;
        let ops = json!([{"op": "replace", "path": s.path(), "value": "x"}]);
        t.sub("missing");
        message(cx, t, r, &made, &json!({"Operations": ops}), Some(Level::Warning)).await?;
        t.sub("other");
        message(cx, t, r, &made, &json!({"schemas": [r.schema], "Operations": ops}), Some(Level::Warning)).await?;
    }

    "X-29" Error Must "RFC 7644 §3.5.2" ["X-01"]
    "A message without operations is refused."
    "Return 400 with scimType invalidSyntax."
    (cx, t, r) {
        let made = cx.fresh(r).await?;
        for (what, body) in [
            ("missing", json!({"schemas": [PATCH_OP]})),
            ("no array", json!({"schemas": [PATCH_OP], "Operations": "x"})),
        ] {
            t.sub(what);
            message(cx, t, r, &made, &body, None).await?;
        }
        // "One or more" operations; some clients send none, to see whether PATCH is there.
        t.sub("empty");
        message(cx, t, r, &made, &json!({"schemas": [PATCH_OP], "Operations": []}), Some(Level::Warning)).await?;
    }

    "X-30" Error Must "RFC 7644 §3.5.2" ["X-01"]
    "An operation without op, or with an unknown op, is refused."
    "Return 400 with scimType invalidSyntax."
    (cx, t, r) {
        let s = slot(r)?;
        let made = cx.fresh(r).await?;
        for (what, op) in [("missing", json!({"path": s.path(), "value": "x"})), ("unknown", json!({"op": "move", "path": s.path(), "value": "x"}))] {
            t.sub(what);
            refused(cx, t, r, &made, &json!([op]), &["invalidSyntax", "invalidValue"]).await?;
        }
        unchanged(cx, t, r, &made, Level::Error).await?;
    }

    "X-31" Error Must "RFC 7644 §3.5.2.1, §3.5.2.3" ["X-01"]
    "add and replace without a value are refused."
    "Return 400 with scimType invalidValue."
    (cx, t, r) {
        let s = slot(r)?;
        let made = cx.fresh(r).await?;
        // RFC 7644 §3.5.2.1 says of add alone that it has a value; whatever a replace without one changes
        // is an error (RFC 6902 §4.3, which §3.5.2 refers to).
        for (op, accepted) in [("add", Level::Error), ("replace", Level::Warning)] {
            t.sub(op);
            let a = cx.patch(r, &made.id, &json!([{"op": op, "path": s.path()}])).await?;
            cx.refused_at(t, &a, &["invalidValue", "invalidSyntax"], Some(accepted));
        }
        unchanged(cx, t, r, &made, Level::Error).await?;
    }

    "X-32" Error Must "RFC 7644 §3.12 Table 9" ["X-01"]
    "A malformed path is refused."
    "Return 400 with scimType invalidPath."
    (cx, t, r) {
        let s = slot(r)?;
        let made = cx.fresh(r).await?;
        let name = s.name.clone();
        let list = r.m().map_or(name.clone(), crate::resource_type::Attr::path);
        for path in [
            format!("{list}[type eq \"work\""),
            format!("{name}..{name}"),
            format!("/{name}"),
            format!("{list}[0]"),
            format!("{list}[type xx \"work\"]"),
            String::new(),
        ] {
            t.sub(format!("{path:?}"));
            let a = cx.patch(r, &made.id, &json!([{"op": "replace", "path": path, "value": "x"}])).await?;
            let keywords: &[&str] = match () {
                () if path.is_empty() => &["invalidPath", "noTarget", "invalidValue", "invalidSyntax"],
                () => &["invalidPath", "invalidFilter", "invalidSyntax", "noTarget"],
            };
            cx.refused_at(t, &a, keywords, Some(if path.is_empty() { Level::Warning } else { Level::Error }));
        }
        t.sub("afterwards");
        unchanged(cx, t, r, &made, Level::Error).await?;
    }

    "X-33" Warning Plain "RFC 7644 §3.12 Table 9" ["X-01"]
    "A path with an unknown attribute is refused."
    "Return 400 with scimType invalidPath or noTarget."
    (cx, t, r) {
        let made = cx.fresh(r).await?;
        let a = cx.patch(r, &made.id, &json!([{"op": "add", "path": "zzUnknown", "value": "x"}])).await?;
        t.at(Level::Error, a.status < 500, &a, "400");
        cx.refused(t, &a, &["invalidPath", "noTarget", "invalidSyntax"]);
        let read = cx.read(r, &made.id).await?;
        t.must(!is_assigned(member(read.doc(), "zzUnknown")), &read, "no attribute that no schema has");
    }

    "X-34" Error Must "RFC 7644 §3.12 Table 9" ["X-01"]
    "A value of the wrong data type is refused."
    "Return 400 with scimType invalidValue."
    (cx, t, r) {
        let made = cx.fresh(r).await?;
        let mut tries = Vec::new();
        if let Some(b) = r.b() {
            tries.push((b.path(), json!("maybe")));
        }
        if let Some(m) = r.m() {
            tries.push((m.path(), json!(5)));
        }
        if let Some((c, _)) = r.c() {
            tries.push((c.path(), json!("text")));
        }
        if let Some(s) = r.s() {
            tries.push((s.path(), json!({"a": 1})));
        }
        if tries.is_empty() {
            return Err(Stop::Skip("nothing to set".to_owned()));
        }
        for (path, value) in tries {
            t.sub(path.as_str());
            let a = cx.patch(r, &made.id, &json!([{"op": "replace", "path": path, "value": value}])).await?;
            cx.refused(t, &a, &["invalidValue", "invalidSyntax"]);
        }
        t.sub("afterwards");
        unchanged(cx, t, r, &made, Level::Error).await?;
    }

    "X-35" Error Must "RFC 7644 §3.5.2" []
    "PATCH of a resource that does not exist creates nothing."
    "Return 404."
    (cx, t, r) {
        cx.writes()?;
        cx.needs_feature("patch")?;
        r.must_be_writable()?;
        let s = slot(r)?;
        let id = cx.unknown_id();
        let a = cx.patch(r, &id, &json!([{"op": "replace", "path": s.path(), "value": "x"}])).await?;
        cx.expect(t, "X-35", &a, Rule::NotFound);
        t.sub("afterwards");
        let a = cx.read(r, &id).await?;
        t.must(!a.is_success(), &a, "nothing is there");
    }

    "X-36" Error Plain "RFC 7644 §3.12" ["C-01"]
    "A service provider without PATCH returns 501."
    "Return 501 with an Error."
    (cx, t, r) {
        if cx.announced("patch") != Some(false) {
            return Err(Stop::Skip("PATCH is announced".to_owned()));
        }
        let made = cx.fresh(r).await?;
        let s = slot(r)?;
        let a = cx.patch(r, &made.id, &json!([{"op": "replace", "path": s.path(), "value": "x"}])).await?;
        if a.is_success() {
            t.note(&a, "PATCH works, although it is not announced");
        } else {
            t.at(Level::Warning, a.status == 501, &a, "status 501");
            t.must(a.is_client_error() || a.status == 501, &a, "501");
        }
    }
}
