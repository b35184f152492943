//! P: projections of a resource with everything.

use http::Method;
use serde_json::{Value, json};

use crate::{
    check::{Level, Stop, checks},
    context::Context,
    json::{elements, is_assigned, member},
    resource_type::{Attr, Kind, ResourceType},
    wire::Ask,
};

/// A sub-attribute that can be left out, and what it belongs to.
struct Part<'a> {
    attr: &'a Attr,
    sub: &'a Attr,
}

impl Part<'_> {
    fn path(&self) -> String {
        format!("{}.{}", self.attr.path(), self.sub.name)
    }

    /// The names of the sub-attributes that a resource shows of the attribute.
    fn shown(&self, resource: &Value) -> Vec<String> {
        let value = self.attr.of(resource);
        let values: Vec<&Value> = match self.attr.multi {
            true => elements(value).iter().collect(),
            false => value.into_iter().collect(),
        };
        let members = values.into_iter().filter_map(Value::as_object).flatten();
        let assigned = members.filter(|(_, value)| is_assigned(Some(value)));
        assigned.map(|(name, _)| name.to_lowercase()).collect()
    }

    fn is_in(&self, resource: &Value) -> bool {
        self.shown(resource).contains(&self.sub.name.to_lowercase())
    }
}

/// One text of each complex attribute that the resource shows, its last one; booleans may have a default.
fn parts<'a>(r: &'a ResourceType, resource: &Value) -> Vec<Part<'a>> {
    let is_default =
        |attr: &&Attr| attr.kind == Kind::Text && attr.returned == "default" && attr.is_plain();
    r.attrs
        .iter()
        .filter(|attr| attr.kind == Kind::Complex && attr.returned == "default")
        .filter_map(|attr| {
            let part = |sub| Part { attr, sub };
            let subs = attr.subs.iter().filter(is_default);
            subs.map(part).rfind(|part| part.is_in(resource))
        })
        .collect()
}

checks! {
    "P-12" Error Must "RFC 7644 §3.9, §3.10" ["P-01", "P-03", "P-04", "C-06"]
    "Requests can include and exclude a sub-attribute of each complex attribute, also of an extension."
    "Read names as in filters: a URN, an attribute, a sub-attribute."
    (cx, t, r) {
        let made = cx.rich(r).await?;
        let parts = parts(r, &made.state);
        if parts.is_empty() {
            return Err(Stop::Skip("no complex attribute has a value".to_owned()));
        }
        let names: Vec<_> = parts.iter().map(Part::path).collect();
        let path = Context::path(r, &made.id);
        let a = cx.send(Ask::get(&path).query("attributes", &names.join(","))).await?;
        t.success(&a, "a projection")?;
        for part in &parts {
            t.sub(part.path());
            t.must(part.is_in(a.doc()), &a, format!("{} in the response", part.path()));
            let others: Vec<_> = part.shown(a.doc()).into_iter().filter(|name| {
                *name != part.sub.name.to_lowercase() && !part.attr.sub(name).is_some_and(Attr::is_always_returned)
            }).collect();
            t.compare_at(Level::Warning, others.is_empty(), &a, format!("only {} of {}", part.sub.name, part.attr.path()), format!("also {}", others.join(", ")));
        }
        let mut excluded = names;
        excluded.push("meta".to_owned());
        let a = cx.send(Ask::get(&path).query("excludedAttributes", &excluded.join(","))).await?;
        for part in &parts {
            t.sub(format!("without {}", part.path()));
            t.at(Level::Warning, !a.is_success() || !part.is_in(a.doc()), &a, format!("no {}", part.path()));
            let had: Vec<_> = part.shown(&made.state).into_iter().filter(|name| *name != part.sub.name.to_lowercase()).collect();
            let has = part.shown(a.doc());
            t.must(a.is_success() && had.iter().all(|name| has.contains(name)), &a, format!("the other sub-attributes of {} as before", part.attr.path()));
        }
        t.sub("without meta");
        t.at(Level::Warning, !a.is_success() || !is_assigned(member(a.doc(), "meta")), &a, "no meta");
    }

    "P-13" Warning Must "RFC 7644 §3.9, §3.10" ["P-03", "P-08"]
    "excludedAttributes works for responses to POST and PATCH as for reads, and accepts the URN of an extension."
    "Apply excludedAttributes to the response of every operation."
    (cx, t, r) {
        let made = cx.rich(r).await?;
        if let Some(e) = r.e().filter(|e| e.of(&made.state).is_some()) {
            let urn = e.urn.clone().unwrap_or_default();
            t.sub("an extension");
            let always = r.attrs.iter().any(|attr| attr.urn.as_ref() == Some(&urn) && attr.is_always_returned());
            let a = cx.send(Ask::get(Context::path(r, &made.id)).query("excludedAttributes", &urn)).await?;
            t.must(a.is_success() && (always || !is_assigned(member(a.doc(), &urn))), &a, format!("nothing of {urn}"));
        }
        let body = cx.body(r);
        let Some(slot) = r.s().filter(|slot| slot.of(&body).is_some() && r.attr(&slot.name).is_none_or(|attr| !attr.is_always_returned())) else {
            return Ok(());
        };
        let absent = format!("no {} in the response", slot.path());
        t.sub("POST");
        let a = cx.send(Ask::post(&r.endpoint, &body).query("excludedAttributes", &slot.path())).await?;
        t.must(!a.is_success() || slot.of(a.doc()).is_none(), &a, &absent);
        let id = a.id().map(str::to_owned);
        let (Some(id), true) = (id, a.is_success() && cx.announced("patch") != Some(false) && cx.works("X-01", r)) else {
            return Ok(());
        };
        t.sub("PATCH");
        let ops = json!({"schemas": [crate::context::PATCH_OP], "Operations": [{"op": "replace", "path": slot.path(), "value": format!("{} p", cx.label())}]});
        let ask = Ask::new(Method::PATCH, Context::path(r, &id)).json(&ops).query("excludedAttributes", &slot.path());
        let a = cx.send(ask).await?;
        t.must(!a.is_success() || slot.of(a.doc()).is_none(), &a, &absent);
    }
}
