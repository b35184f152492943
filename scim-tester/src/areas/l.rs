//! L: delete.

use http::Method;
use serde_json::{Value, json};

use crate::{
    check::{Level, Stop, checks},
    context::{Context, SEARCH},
    json::text,
    trial::Rule,
    wire::Ask,
};

checks! {
    "L-01" Error Must "RFC 7644 §3.6" ["C-01"]
    "DELETE of a resource returns 204 without a body."
    "Return 204."
    (cx, t, r) {
        let made = cx.create(r, cx.minimal(r)).await?;
        let a = cx.delete(r, &made.id).await?;
        t.success(&a, "the resource is deleted")?;
        if a.status == 204 {
            t.must(a.body.is_empty(), &a, "no body");
        } else {
            t.at(Level::Warning, false, &a, "status 204");
        }
    }

    "L-02" Error Must "RFC 7644 §3.6" ["L-01"]
    "A deleted resource is gone: GET, PUT, PATCH and DELETE of it return 404."
    "Delete it, or hide it from every operation."
    (cx, t, r) {
        let made = cx.create(r, cx.minimal(r)).await?;
        let a = cx.delete(r, &made.id).await?;
        if !a.is_success() {
            return Err(Stop::Blocked("L-01", a.in_short()));
        }
        t.sub("GET");
        let a = cx.read(r, &made.id).await?;
        if a.is_success() {
            t.must(false, &a, "status 404");
            return Err(Stop::Failed);
        }
        cx.expect(t, "L-02", &a, Rule::NotFound);
        t.sub("PUT");
        let a = cx.put(r, &made.id, &made.sent).await?;
        cx.expect(t, "L-02", &a, Rule::NotFound);
        if cx.announced("patch") != Some(false) {
            t.sub("PATCH");
            let ops = json!([{"op": "add", "path": "externalId", "value": "x"}]);
            let a = cx.patch(r, &made.id, &ops).await?;
            cx.expect(t, "L-02", &a, Rule::NotFound);
        }
        t.sub("DELETE");
        let a = cx.delete(r, &made.id).await?;
        cx.expect(t, "L-02", &a, Rule::NotFound);
    }

    "L-03" Error Must "RFC 7644 §3.6" ["L-02"]
    "A deleted resource is in no list and in no search."
    "Leave it out of every query."
    (cx, t, r) {
        let Some(key) = r.key() else { return Err(Stop::Skip("nothing to filter by".to_owned())) };
        cx.needs_feature("filter")?;
        let made = cx.create(r, cx.minimal(r)).await?;
        let a = cx.delete(r, &made.id).await?;
        if !a.is_success() {
            return Err(Stop::Blocked("L-01", a.in_short()));
        }
        let filter = format!("{} eq {}", key.path(), key.of(&made.state).unwrap_or(&Value::Null));
        t.sub("filter");
        let a = cx.list(r, &[("filter", &filter)]).await?;
        t.must(!Context::ids(&a).contains(&made.id), &a, "not in the list");
        t.sub(".search");
        let a = cx.send(Ask::post(format!("{}/.search", r.endpoint), &json!({"schemas": [SEARCH], "filter": filter}))).await?;
        t.must(!Context::ids(&a).contains(&made.id), &a, "not in the list");
        // Without a filter: the first page, and the last one, where what is new stands as a rule.
        t.sub("without a filter");
        let a = cx.list(r, &[]).await?;
        t.must(!Context::ids(&a).contains(&made.id), &a, "not in the list");
        let shown = i64::try_from(a.resources().len()).unwrap_or(i64::MAX);
        if let Some(total) = a.total().filter(|total| *total > shown && shown > 0) {
            let start = (total - shown + 1).to_string();
            let a = cx.list(r, &[("startIndex", &start)]).await?;
            t.must(!Context::ids(&a).contains(&made.id), &a, "not in the list");
        }
    }

    "L-04" Warning Should "RFC 7644 §3.6" ["L-02"]
    "After a resource is deleted, its unique values can be used again."
    "Search for equal values only among resources that exist."
    (cx, t, r) {
        let Some(attr) = r.unique() else { return Err(Stop::Skip("no attribute is unique".to_owned())) };
        let made = cx.create(r, cx.minimal(r)).await?;
        let a = cx.delete(r, &made.id).await?;
        if !a.is_success() {
            return Err(Stop::Blocked("L-01", a.in_short()));
        }
        let mut body = cx.minimal(r);
        attr.set(&mut body, attr.of(&made.sent).cloned().unwrap_or_default());
        let a = cx.post(r, &body).await?;
        if t.must(a.is_success(), &a, "201: the value is free") {
            t.must(a.id() != Some(made.id.as_str()), &a, "another id");
        }
    }

    "L-05" Error Must "RFC 7644 §3.6" []
    "DELETE of a resource that does not exist returns 404."
    "Return 404 with an Error."
    (cx, t, r) {
        cx.writes()?;
        r.must_be_writable()?;
        let a = cx.delete(r, &cx.unknown_id()).await?;
        cx.expect(t, "L-05", &a, Rule::NotFound);
    }

    "L-06" Critical Plain "RFC 7644 §3.2" ["C-01"]
    "DELETE, PUT and PATCH of a whole collection are refused. They change nothing."
    "Return 405, because there is no such operation."
    (cx, t, r) {
        let made = cx.shared(r).await?;
        let filter = format!("id eq {}", json!(cx.unknown_id()));
        // A server that obeys would delete or empty what is not the tester's: asked only where nothing is. A
        // PATCH without operations changes nothing.
        let all = cx.list(r, &[("count", "1")]).await?;
        let own = cx.ledger.left().iter().filter(|made| made.endpoint == r.endpoint).count();
        let is_alone = all.total().is_some_and(|total| usize::try_from(total).is_ok_and(|total| total <= own));
        for method in [Method::DELETE, Method::PUT, Method::PATCH] {
            if method != Method::PATCH && !is_alone {
                continue;
            }
            t.sub(method.as_str());
            // With a filter that nothing matches, should it be heeded.
            let mut ask = Ask::new(method.clone(), &r.endpoint).query("filter", &filter).harmless();
            if method != Method::DELETE {
                ask = ask.json(&json!({}));
            }
            let a = cx.send(ask).await?;
            let ok = matches!(a.status, 404 | 405 | 501 | 400 | 403);
            t.at(if a.is_success() { Level::Error } else { Level::Warning }, ok, &a, "405, 404 or 501");
        }
        t.sub("afterwards");
        let a = cx.read(r, &made.id).await?;
        t.must(a.status == 200 && text(a.doc(), "id") == Some(made.id.as_str()), &a, "the resource is still there");
    }
}
