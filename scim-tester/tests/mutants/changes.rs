//! Faults in PATCH, DELETE, groups, bulk, versions, errors, authentication, HTTP and text.

use http::Method;
use serde_json::{Value, json};

use super::{
    faults::Mutant,
    wire::{Fault, Req, Resp},
};

macro_rules! mutants {
    ($($name:literal [$($by:literal)*] [$($also:literal)*] $fault:expr;)*) => {
        &[$(Mutant { name: $name, noticed_by: &[$($by),*], also: &[$($also),*], fault: $fault as Fault }),*]
    };
}

fn drop_member(value: &mut Value, name: &str) {
    if let Some(members) = value.as_object_mut() {
        members.remove(name);
    }
}

/// Whether an operation of the PATCH fits.
fn any(q: &Req, test: impl Fn(&Value) -> bool) -> bool {
    q.method == Method::PATCH && q.operations().iter().any(test)
}

fn path(operation: &Value) -> &str {
    operation["path"].as_str().unwrap_or_default()
}

/// A refused PATCH that is answered as if it were done.
fn accept(q: Req, next: &dyn Fn(Req) -> Resp, test: impl Fn(&Value) -> bool) -> Resp {
    let fits = any(&q, test);
    let a = next(q);
    if fits && a.status == 400 {
        Resp::empty(204)
    } else {
        a
    }
}

fn bulk_results(a: &mut Resp, edit: impl Fn(&mut Value)) {
    a.edit(|d| {
        d["Operations"]
            .as_array_mut()
            .into_iter()
            .flatten()
            .for_each(edit)
    });
}

const WWW: (&str, &str) = ("www-authenticate", "Bearer realm=\"x\"");

fn unauthorized() -> Resp {
    let mut a = Resp::error(401, "");
    a.header(WWW.0, WWW.1);
    a
}

#[rustfmt::skip]
pub(crate) const MUTANTS: &[Mutant] = mutants! {
    // PATCH.
    "patch-501" ["X-01" "D-04"] ["L-02" "X-35" "A-11" "EN-05" "EN-06" "OK-10" "A-01"] |q, next, _| if q.method("PATCH") { Resp::error(501, "") } else { next(q) };
    "patch-does-nothing" ["X-01"] ["A-11" "X-24" "L-06" "P-08" "R-08" "P-13" "V-03"] |q, next, _| { if q.method("PATCH") && q.resource().is_some() { let a = next(q.as_get()); if a.ok() { return a; } } next(q) };
    "patch-204-with-body" ["X-01"] ["T-07" "P-08"] |q, next, _| { let mut a = next(q.clone()); if q.method("PATCH") && a.status == 200 { a.status = 204; } a };
    "patch-answers-201" ["X-01"] ["P-08" "B-01"] |q, next, _| { let mut a = next(q.clone()); if q.method("PATCH") && a.status == 200 { a.status = 201; } a };
    "patch-wants-a-path" ["X-02"] ["X-03" "X-26" "X-19" "OK-10" "OK-11" "EN-16" "X-37" "X-08" "X-44"] |q, next, _| if any(&q, |o| o.get("path").is_none() && o["op"] != "remove") { Resp::error(400, "invalidPath") } else { next(q) };
    "pathless-sets-first-only" ["X-03"] ["OK-11" "X-26"] |mut q, next, _| { q.each_operation(|o| if o.get("path").is_none() { if let Some(m) = o["value"].as_object_mut() { let first = m.keys().next().cloned(); m.retain(|n, _| Some(n) == first.as_ref()); } }); next(q) };
    "add-wants-a-value-there" ["X-04"] ["X-35"] |q, next, _| { if any(&q, |o| o["op"] == "add" && path(o) == "displayName") && next(q.as_get()).json()["displayName"].is_null() { return Resp::error(400, "noTarget"); } next(q) };
    "remove-does-nothing" ["X-05"] ["X-06" "X-41" "IO-09" "X-20" "X-44"] |q, next, _| { if any(&q, |o| o["op"] == "remove" && ["displayName", "externalId"].contains(&path(o)) || o["op"] == "remove" && path(o).starts_with("name.")) { return next(q.as_get()); } next(q) };
    "sub-attribute-clears-the-others" ["X-06"] ["EN-16"] |mut q, next, _| { q.each_operation(|o| { let p = path(o).to_owned(); if let (Some(sub), "replace" | "add") = (p.strip_prefix("name."), o["op"].as_str().unwrap_or("")) { let v = o["value"].clone(); *o = json!({"op": "replace", "path": "name", "value": {sub: v, "familyName": null, "givenName": null}}); o["value"][sub] = v_of(o, sub); } }); next(q) };
    "add-replaces-complex" ["X-07"] ["IO-09"] |mut q, next, _| { q.each_operation(|o| if o["op"] == "add" && path(o) == "name" { for n in ["familyName", "givenName", "middleName"] { if o["value"].get(n).is_none() { o["value"][n] = Value::Null; } } o["op"] = "replace".into(); }); next(q) };
    "patch-add-replaces" ["X-08"] ["X-23" "X-25" "M-02" "X-09" "X-39" "M-03" "Y-03" "M-10"] |mut q, next, _| { q.each_operation(|o| if o["op"] == "add" && ["emails", "members"].contains(&path(o)) { o["op"] = "replace".into(); }); next(q) };
    "add-wants-an-array" ["X-08"] ["X-34"] |q, next, _| if any(&q, |o| o["op"] == "add" && path(o) == "emails" && o["value"].is_object()) { Resp::error(400, "invalidValue") } else { next(q) };
    "add-takes-the-first-only" ["X-08"] ["M-02"] |mut q, next, _| { q.each_operation(|o| if o["op"] == "add" && ["emails", "members"].contains(&path(o)) { if let Some(v) = o["value"].as_array_mut() { v.truncate(1); } }); next(q) };
    "add-of-the-same-moves-lastModified" ["X-09"] [] |q, next, m| { let before = next(q.as_get()).json(); if any(&q, |o| o["op"] == "add" && path(o) == "emails" && o["value"].as_array().is_some_and(|v| v.iter().all(|e| before["emails"].as_array().is_some_and(|all| all.contains(e))))) { m.lock().unwrap().insert(q.path.clone()); } let mut a = next(q.clone()); if m.lock().unwrap().contains(&q.path) { a.each(|r| r["meta"]["lastModified"] = "2099-01-01T00:00:00Z".into()); } a };
    "replace-appends" ["X-10"] ["M-02" "OK-12" "X-38"] |mut q, next, _| { q.each_operation(|o| if o["op"] == "replace" && ["emails", "members"].contains(&path(o)) { o["op"] = "add".into(); }); next(q) };
    "remove-of-many-does-nothing" ["X-11"] ["M-02"] |q, next, _| { if any(&q, |o| o["op"] == "remove" && ["emails", "members"].contains(&path(o))) { return next(q.as_get()); } next(q) };
    "patch-remove-ignores-value-filter" ["X-12"] ["X-18" "M-02" "X-17" "OK-12" "X-15" "M-10"] |mut q, next, _| { q.each_operation(|o| if o["op"] == "remove" { if let Some((name, _)) = path(o).split_once('[') { o["path"] = name.to_owned().into(); } }); next(q) };
    "replace-ignores-value-filter" ["X-13"] ["X-25" "X-23" "X-16" "X-24" "EN-08" "X-32"] |mut q, next, _| { if any(&q, |o| o["op"] == "replace" && path(o).contains("].value")) { let old = next(q.as_get()).json(); q.each_operation(|o| if o["op"] == "replace" && path(o).contains("].value") { let v = o["value"].clone(); let mut all = old["emails"].clone(); for e in all.as_array_mut().into_iter().flatten() { e["value"] = v.clone(); } *o = json!({"op": "replace", "path": "emails", "value": all}); }); } next(q) };
    "replace-of-an-element-appends" ["X-14"] [] |mut q, next, _| { q.each_operation(|o| if o["op"] == "replace" && path(o).starts_with("emails[value eq") && path(o).ends_with(']') { let v = o["value"].clone(); *o = json!({"op": "add", "path": "emails", "value": [v]}); }); next(q) };
    "remove-of-a-sub-attribute-removes-the-element" ["X-15"] [] |mut q, next, _| { q.each_operation(|o| if o["op"] == "remove" && path(o).ends_with("].display") { o["path"] = path(o).trim_end_matches(".display").to_owned().into(); }); next(q) };
    "no-target-is-204" ["X-16"] ["X-24" "EN-08"] |q, next, _| accept(q, next, |o| path(o).contains("zz-none") && o["op"] == "replace");
    "keywords-in-brackets-in-one-letter-case" ["X-18"] [] |q, next, _| if any(&q, |o| path(o).contains(" AND ") || path(o).contains("NOT (")) { Resp::error(400, "invalidFilter") } else { next(q) };
    "remove-without-path-taken" ["X-19"] ["X-24"] |q, next, _| accept(q, next, |o| o["op"] == "remove" && o.get("path").is_none());
    "remove-without-path-empties" ["X-19"] ["X-24"] |mut q, next, _| { let fits = any(&q, |o| o["op"] == "remove" && o.get("path").is_none()); q.each_operation(|o| if o["op"] == "remove" && o.get("path").is_none() { o["path"] = "externalId".into(); }); let a = next(q.clone()); if a.ok() && fits { return Resp::empty(204); } a };
    "required-can-be-removed" ["X-20"] [] |q, next, _| accept(q, next, |o| o["op"] == "remove" && ["userName", "displayName"].contains(&path(o)));
    "read-only-silently-ignored" ["X-21"] [] |q, next, _| accept(q, next, |o| ["id", "meta.created", "meta.resourceType", "groups"].contains(&path(o)));
    "created-can-be-patched" ["X-21"] [] |q, next, m| { if any(&q, |o| path(o) == "meta.created") { m.lock().unwrap().insert(q.path.clone()); return Resp::empty(204); } let mut a = next(q.clone()); if m.lock().unwrap().contains(&q.path) { a.each(|r| r["meta"]["created"] = "2001-01-01T00:00:00Z".into()); } a };
    "primary-of-others-stays" ["X-23"] [] |q, next, m| { if any(&q, |o| o["value"][0]["primary"] == true) { m.lock().unwrap().insert(q.path.clone()); } let mut a = next(q.clone()); if m.lock().unwrap().contains(&q.path) { a.each(|r| for e in r.get_mut("emails").and_then(Value::as_array_mut).into_iter().flatten() { e["primary"] = true.into(); }); } a };
    "patch-not-atomic" ["X-24"] [] |q, next, _| { if q.method("PATCH") && q.operations().len() == 2 { let mut last = None; for o in q.operations() { let mut one = q.clone(); one.edit(|d| d["Operations"] = json!([o])); let a = next(one); if !a.ok() { return a; } last = Some(a); } return last.unwrap(); } next(q) };
    "patch-first-operation-only" ["X-25"] ["X-42" "X-24" "OK-12"] |mut q, next, _| { if q.method("PATCH") { q.edit(|d| if let Some(o) = d["Operations"].as_array_mut() { if o.len() > 1 && o.iter().all(|x| x["op"] != "nonsense") { o.truncate(1); } }); } next(q) };
    "patch-operations-backwards" ["X-25"] ["X-42" "OK-12" "X-24"] |mut q, next, _| { if q.method("PATCH") { q.edit(|d| if let Some(o) = d["Operations"].as_array_mut() { o.reverse(); }); } next(q) };
    "extension-paths-refused" ["X-26"] ["EN-11" "X-27" "X-43"] |q, next, _| if any(&q, |o| path(o).starts_with("urn:ietf:params:scim:schemas:extension")) { Resp::error(400, "invalidPath") } else { next(q) };
    "extension-sub-attributes-refused" ["X-27"] ["EN-11"] |q, next, _| if any(&q, |o| path(o).ends_with("manager.value")) { Resp::error(400, "invalidPath") } else { next(q) };
    "patch-without-urn-taken" ["X-28"] [] |mut q, next, _| { if q.method("PATCH") { q.edit(|d| d["schemas"] = json!(["urn:ietf:params:scim:api:messages:2.0:PatchOp"])); } next(q) };
    "patch-without-operations-taken" ["X-29"] [] |q, next, _| { let a = next(q.clone()); if q.method("PATCH") && !q.json()["Operations"].is_array() && a.status == 400 { return Resp::empty(204); } a };
    "unknown-op-taken" ["X-30"] ["X-24"] |q, next, _| accept(q, next, |o| o["op"] == "move");
    "missing-value-taken" ["X-31"] [] |q, next, _| accept(q, next, |o| ["add", "replace"].contains(&o["op"].as_str().unwrap_or("")) && o.get("value").is_none());
    "malformed-paths-taken" ["X-32"] [] |q, next, _| accept(q, next, |o| path(o).contains("..") || path(o).starts_with('/') || path(o).contains("[0]"));
    "malformed-path-is-500" ["E-06" "X-32"] [] |q, next, _| if any(&q, |o| path(o).contains("..")) { Resp::error(500, "") } else { next(q) };
    "unknown-paths-taken" ["X-33"] ["IO-04"] |q, next, _| accept(q, next, |o| path(o) == "zzUnknown");
    "wrong-types-taken-by-patch" ["X-34"] [] |q, next, _| accept(q, next, |o| o["value"] == "maybe" || o["value"] == 5);
    "patch-of-nothing-is-200" ["X-35"] ["L-02"] |q, next, _| { let a = next(q.clone()); if q.method("PATCH") && a.status == 404 && q.resource().is_some() { return Resp::empty(204); } a };
    "lastModified-not-moved-by-patch" ["X-38"] ["W-10"] |q, next, m| { if q.method("PATCH") && any(&q, |o| path(o) == "displayName") && q.operations().len() == 1 { m.lock().unwrap().insert(q.path.clone()); } let mut a = next(q.clone()); if m.lock().unwrap().contains(&q.path) { a.each(|r| if r["meta"]["created"].is_string() { r["meta"]["lastModified"] = r["meta"]["created"].clone(); }); } a };
    "paths-in-one-letter-case" ["X-40"] [] |q, next, _| if any(&q, |o| path(o).len() > 3 && path(o).chars().all(char::is_uppercase)) { Resp::error(400, "invalidPath") } else { next(q) };
    "urns-in-paths-refused" ["X-40"] [] |q, next, _| if any(&q, |o| path(o).starts_with("urn:ietf:params:scim:schemas:core")) { Resp::error(400, "invalidPath") } else { next(q) };
    "twenty-operations-at-most" ["X-42" "E-06"] [] |q, next, _| if q.operations().len() > 20 && q.method("PATCH") { Resp::error(500, "") } else { next(q) };
    // DELETE.
    "delete-200" ["L-01"] ["B-01" "OK-14"] |q, next, _| { let a = next(q.clone()); if q.method("DELETE") && a.status == 204 { return Resp::new(200, &json!({})); } a };
    "delete-does-nothing" ["L-02"] ["M-06" "L-04" "IO-11" "K-12" "V-04" "R-08"] |q, next, _| { if q.method("DELETE") && q.resource().is_some() { let a = next(q.as_get()); if a.ok() { return Resp::empty(204); } } next(q) };
    "delete-again-is-204" ["L-02" "L-05"] ["V-08" "B-06"] |q, next, _| { let a = next(q.clone()); if q.method("DELETE") && a.status == 404 && q.resource().is_some() { return Resp::empty(204); } a };
    "deleted-is-still-listed" ["L-03"] [] |q, next, m| { if q.method("DELETE") && q.resource().is_some() { let old = next(q.as_get()); if old.ok() { let one = old.json(); let mut m = m.lock().unwrap(); m.insert(one.to_string()); } } let mut a = next(q.clone()); if q.lists() && a.json()["totalResults"] == 0 { let f = q.filter_text(); let found = m.lock().unwrap().iter().filter_map(|t| serde_json::from_str::<Value>(t).ok()).find(|r| f.contains(" eq ") && ["userName", "displayName"].iter().any(|n| r[*n].as_str().is_some_and(|v| f == format!("{n} eq {}", json!(v))))); if let Some(r) = found { a = Resp::list(&[r]); } } a };
    "unique-value-not-free-again" ["L-04"] ["IO-11"] |q, next, m| { if q.method("DELETE") { let old = next(q.as_get()).json(); if let Some(n) = old["userName"].as_str() { m.lock().unwrap().insert(n.to_owned()); } } if q.creates() && q.json()["userName"].as_str().is_some_and(|n| m.lock().unwrap().contains(n)) { return Resp::error(409, "uniqueness"); } next(q) };
    "collection-can-be-deleted" ["L-06"] [] |q, next, _| if q.method("DELETE") && q.collection() { Resp::empty(204) } else { next(q) };
    // Groups.
    "members-lost-on-create" ["M-01"] ["R-08" "A-15" "F-40" "EN-09" "OK-12" "EN-12" "C-10"] |mut q, next, _| { if q.is("POST", "/Groups") { q.edit(|d| drop_member(d, "members")); } next(q) };
    "member-type-wrong" ["M-01"] ["M-05"] |q, next, _| { let mut a = next(q); a.each(|r| for m in r.get_mut("members").and_then(Value::as_array_mut).into_iter().flatten() { m["type"] = "Nonsense".into(); }); a };
    "deleted-users-stay-members" ["M-06"] ["R-06" "A-15"] |q, next, m| { if q.is("POST", "/Groups") && q.json()["members"].as_array().is_some_and(|x| x.len() == 2) { let a = next(q); let one = a.json(); m.lock().unwrap().insert(format!("/Groups/{}|{}", one["id"].as_str().unwrap_or(""), one["members"])); return a; } let mut a = next(q.clone()); if q.method("GET") { let known = m.lock().unwrap().iter().find_map(|k| k.strip_prefix(&format!("{}|", q.path)).map(str::to_owned)); if let Some(members) = known { let old: Value = serde_json::from_str(&members).unwrap(); a.each(|r| if r["members"].as_array().map_or(0, Vec::len) == 1 && q.get("zz").is_none() { r["members"] = old.clone(); }); } } a };
    "groups-not-in-groups" ["M-05"] ["B-03"] |q, next, _| if q.is("POST", "/Groups") && q.json()["members"][0]["type"] == "Group" { Resp::error(400, "invalidValue") } else { next(q) };
    // Bulk.
    "bulk-without-bulkId" ["B-01"] ["B-02" "B-04" "B-05" "B-10" "B-17"] |q, next, _| { let is = q.is("POST", "/Bulk"); let mut a = next(q); if is { bulk_results(&mut a, |r| drop_member(r, "bulkId")); } a };
    "bulk-without-location" ["B-01"] ["B-02" "B-03" "B-06" "B-17"] |q, next, _| { let is = q.is("POST", "/Bulk"); let mut a = next(q); if is { bulk_results(&mut a, |r| drop_member(r, "location")); } a };
    "bulk-answers-207" ["B-01"] ["B-04"] |q, next, _| { let is = q.is("POST", "/Bulk"); let mut a = next(q); if is && a.status == 200 { a.status = 207; } a };
    "bulk-in-order-only" ["B-02"] ["B-03" "B-10"] |mut q, next, _| { if q.is("POST", "/Bulk") && q.json()["Operations"][0]["path"] == "/Groups" { q.edit(|d| if let Some(o) = d["Operations"][0]["data"]["members"].as_array_mut() { o.clear(); }); } next(q) };
    "bulk-stops-at-first-error" ["B-04"] ["B-06"] |mut q, next, _| { if q.is("POST", "/Bulk") { q.edit(|d| if d["Operations"].is_array() { d["failOnErrors"] = 1.into(); }); } next(q) };
    "failOnErrors-ignored" ["B-05"] [] |mut q, next, _| { if q.is("POST", "/Bulk") { q.edit(|d| drop_member(d, "failOnErrors")); } next(q) };
    "bulk-errors-without-response" ["B-06"] [] |q, next, _| { let is = q.is("POST", "/Bulk"); let mut a = next(q); if is { bulk_results(&mut a, |r| drop_member(r, "response")); } a };
    "maxOperations-not-kept" ["B-07"] [] |q, next, _| { let is = q.is("GET", "/ServiceProviderConfig"); let mut a = next(q); if is { a.edit(|d| d["bulk"]["maxOperations"] = 20.into()); } a };
    "maxPayloadSize-not-kept" ["B-08"] [] |q, next, _| { let is = q.is("GET", "/ServiceProviderConfig"); let mut a = next(q); if is { a.edit(|d| d["bulk"]["maxPayloadSize"] = 4000.into()); } a };
    "unknown-bulkId-kept" ["B-10"] [] |mut q, next, _| { if q.is("POST", "/Bulk") && q.json().to_string().contains("bulkId:nowhere") { q.edit(|d| d["Operations"][0]["data"]["members"] = json!([])); } next(q) };
    "bulk-version-ignored" ["B-11"] [] |mut q, next, _| { if q.is("POST", "/Bulk") { q.edit(|d| for o in d["Operations"].as_array_mut().into_iter().flatten() { drop_member(o, "version"); }); } next(q) };
    "bulk-takes-any-host" ["B-12"] [] |mut q, next, _| { if q.is("POST", "/Bulk") { q.edit(|d| for o in d["Operations"].as_array_mut().into_iter().flatten() { if let Some(p) = o["path"].as_str().and_then(|p| p.strip_prefix("http://127.0.0.1:9")) { o["path"] = p.to_owned().into(); } }); } next(q) };
    "bulk-without-urn-taken" ["B-15"] [] |mut q, next, _| { if q.is("POST", "/Bulk") { q.edit(|d| d["schemas"] = json!(["urn:ietf:params:scim:api:messages:2.0:BulkRequest"])); } next(q) };
    // Versions.
    "no-etag-header" ["V-01"] ["Y-02"] |q, next, _| { let mut a = next(q); a.without("etag"); a };
    "no-versions-although-announced" ["V-01"] ["Y-02"] |mut q, next, _| { q.headers.remove("if-match"); q.headers.remove("if-none-match"); let mut a = next(q); a.without("etag"); a.each(|r| if r["meta"].is_object() { drop_member(&mut r["meta"], "version"); }); a };
    "version-is-not-the-etag" ["V-02"] ["B-11"] |q, next, _| { let mut a = next(q); a.each(|r| if r["meta"]["version"].is_string() { r["meta"]["version"] = "W/\"other\"".into(); }); a };
    "etag-without-quotes" ["V-02"] [] |mut q, next, _| { for h in ["if-match", "if-none-match"] { if let Some(v) = q.headers.get(h).and_then(|v| v.to_str().ok()).filter(|v| !v.contains('"') && *v != "*").map(|v| format!("W/\"{v}\"")) { q.headers.insert(h, v.parse().unwrap()); } } let mut a = next(q); let strip = |t: &str| t.trim_start_matches("W/").trim_matches('"').to_owned(); if let Some(t) = a.headers.get("etag").and_then(|t| t.to_str().ok()).map(strip) { a.header("etag", &t); } a.each(|r| if let Some(t) = r["meta"]["version"].as_str() { r["meta"]["version"] = strip(t).into(); }); a };
    "etag-never-changes" ["V-03"] ["V-06" "B-11"] |q, next, _| { let mut a = next(q); if a.headers.contains_key("etag") { a.header("etag", "W/\"1\""); } a.each(|r| if r["meta"]["version"].is_string() { r["meta"]["version"] = "W/\"1\"".into(); }); a };
    "if-match-ignored" ["V-04"] ["V-09" "Y-02"] |mut q, next, _| { q.headers.remove("if-match"); next(q) };
    "if-match-ignored-by-delete" ["V-04"] [] |mut q, next, _| { if q.method("DELETE") { q.headers.remove("if-match"); } next(q) };
    "version-conflict-is-409" ["V-04" "V-09"] ["Y-02"] |q, next, _| { let mut a = next(q); if a.status == 412 { a.status = 409; a.edit(|d| d["status"] = "409".into()); } a };
    "if-match-never-fits" ["V-05"] ["V-07" "Y-02"] |q, next, _| if q.headers.contains_key("if-match") && !q.method("GET") && q.resource().is_some_and(|(_, id)| id.len() == 36) && next(q.as_get()).ok() { Resp::error(412, "") } else { next(q) };
    "if-none-match-ignored" ["V-06"] [] |mut q, next, _| { q.headers.remove("if-none-match"); next(q) };
    "304-with-a-body" ["V-06"] ["T-07"] |q, next, _| { let mut a = next(q.clone()); if a.status == 304 { a.raw = next({ let mut g = q.as_get(); g.headers.remove("if-none-match"); g }).raw; } a };
    "always-304" ["V-06"] [] |q, next, _| { if q.headers.contains_key("if-none-match") && q.method("GET") { return Resp::empty(304); } next(q) };
    "if-match-takes-one-tag" ["V-07"] [] |q, next, _| if q.headers.get("if-match").is_some_and(|v| v.to_str().is_ok_and(|v| v.contains(','))) { Resp::error(412, "") } else { next(q) };
    "versions-differ-in-lists" ["V-10"] [] |q, next, _| { let mut a = next(q.clone()); if q.lists() { a.each(|r| if r["meta"]["version"].is_string() { r["meta"]["version"] = "W/\"list\"".into(); }); } a };
    "me-is-500" ["N-01" "E-06"] ["H-01"] |q, next, _| if q.path == "/Me" { Resp::error(500, "") } else { next(q) };
    "me-is-its-own-location" ["N-02"] ["H-01"] |q, next, _| if q.is("GET", "/Me") { Resp::new(200, &json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "me-1", "userName": "me", "meta": {"resourceType": "User", "location": "https://scim.example/v2/Me"}})) } else { next(q) };
    "me-leads-elsewhere" ["N-04"] ["H-01"] |q, next, _| { if q.is("GET", "/Me") { let mut a = Resp::empty(308); a.header("location", "https://elsewhere.example/Users/1"); return a; } next(q) };
    // Errors.
    "400-as-500" ["E-06" "E-05"] ["F-29" "F-30" "IO-04" "EN-08" "F-11" "X-21" "X-32" "X-33" "K-05" "S-06" "C-13" "P-09" "F-35" "B-03" "EN-06" "T-04" "M-04" "X-17" "F-32" "C-09" "I-06" "B-12" "F-37" "K-06" "L-06" "G-08" "P-07" "F-31" "B-13" "X-41" "X-37" "B-09"] |q, next, _| { let mut a = next(q); if a.status == 400 { a.status = 500; a.edit(|d| d["status"] = "500".into()); } a };
    "broken-json-is-500" ["E-05" "E-06"] ["Q-04"] |q, next, _| if !q.raw.is_empty() && serde_json::from_slice::<Value>(&q.raw).is_err() { Resp::error(500, "") } else { next(q) };
    "error-plain-body" ["E-01"] ["T-01" "OK-04" "OK-06" "OK-09" "D-09"] |q, next, _| { let mut a = next(q); if a.status >= 400 { a.raw = "something is wrong".into(); a.header("content-type", "text/plain"); } a };
    "405-without-error" ["E-01"] [] |q, next, _| { let mut a = next(q); if a.status == 405 { a.raw = "".into(); } a };
    "error-status-number" ["E-02"] ["OK-04" "OK-09"] |q, next, _| { let mut a = next(q); if a.status >= 400 { let s = a.status; a.edit(|d| d["status"] = s.into()); } a };
    "error-status-differs" ["E-02"] ["OK-04"] |q, next, _| { let mut a = next(q); if a.status == 404 { a.edit(|d| d["status"] = "400".into()); } a };
    "error-without-scimType" ["E-03"] ["IO-12" "OK-06" "A-09" "A-10" "A-11"] |q, next, _| { let mut a = next(q); if a.status >= 400 { a.edit(|d| drop_member(d, "scimType")); } a };
    "scimType-misspelt" ["E-03"] ["F-29"] |q, next, _| { let mut a = next(q); if a.status == 400 { a.edit(|d| if d["scimType"] == "invalidFilter" { d["scimType"] = "InvalidFilter".into(); }); } a };
    "stack-trace-in-detail" ["E-04"] [] |q, next, _| { let mut a = next(q); if a.status == 404 { a.edit(|d| d["detail"] = "Traceback (most recent call last): File x".into()); } a };
    "password-in-detail" ["E-04"] [] |q, next, _| { let p = q.json()["password"].as_str().map(str::to_owned); if let (Some(p), true) = (p, q.method("PUT")) { return Resp::new(400, &json!({"schemas": [super::wire::ERROR], "status": "400", "scimType": "invalidValue", "detail": format!("{p} is too short")})); } next(q) };
    "unknown-path-is-200" ["E-07"] [] |q, next, _| if q.path == "/NoSuchEndpoint" { Resp::new(200, &json!({})) } else { next(q) };
    "405-without-allow" ["E-07"] [] |q, next, _| { let mut a = next(q); if a.status == 405 { a.without("allow"); } a };
    "405-as-404" ["D-05"] ["E-07"] |q, next, _| { let mut a = next(q); if a.status == 405 { a.status = 404; a.edit(|d| d["status"] = "404".into()); } a };
    // Authentication.
    "no-authentication" ["H-01"] ["OK-09"] |mut q, next, _| { q.headers.insert("authorization", "Bearer s3cret-token".parse().unwrap()); next(q) };
    "delete-without-authentication" ["H-01"] [] |mut q, next, _| { if q.method("DELETE") { q.headers.insert("authorization", "Bearer s3cret-token".parse().unwrap()); } next(q) };
    "search-without-authentication" ["H-01"] [] |mut q, next, _| { if q.searches() { q.headers.insert("authorization", "Bearer s3cret-token".parse().unwrap()); } next(q) };
    "401-as-403" ["H-01"] ["OK-09"] |q, next, _| { let mut a = next(q); if a.status == 401 { a.status = 403; a.edit(|d| d["status"] = "403".into()); } a };
    "401-without-www-authenticate" ["H-02"] ["H-04"] |q, next, _| { let mut a = next(q); if a.status == 401 { a.without("www-authenticate"); } a };
    "any-token-taken" ["H-03"] ["H-04" "OK-09"] |mut q, next, _| { if q.headers.get("authorization").is_some_and(|h| h.as_bytes().starts_with(b"Bearer ")) { q.headers.insert("authorization", "Bearer s3cret-token".parse().unwrap()); } next(q) };
    "tokens-with-a-tail-taken" ["H-03"] [] |mut q, next, _| { if q.headers.get("authorization").is_some_and(|h| h.as_bytes().starts_with(b"Bearer s3cret-token")) { q.headers.insert("authorization", "Bearer s3cret-token".parse().unwrap()); } next(q) };
    "token-in-the-query-taken" ["H-03"] [] |mut q, next, _| { if let Some(t) = q.get("access_token") { let t = format!("Bearer {t}"); q.headers.insert("authorization", t.parse().unwrap()); q.drop("access_token"); } next(q) };
    "invalid-token-not-said" ["H-04"] [] |q, next, _| { let mut a = next(q); if a.status == 401 { a.header("www-authenticate", "Bearer realm=\"scim\""); } a };
    "scheme-in-one-letter-case" ["H-05"] [] |q, next, _| if q.headers.get("authorization").is_some_and(|h| h.as_bytes().starts_with(b"bearer")) { unauthorized() } else { next(q) };
    "404-tells-without-credentials" ["H-08"] [] |q, next, _| { if !q.headers.contains_key("authorization") && q.method("GET") && q.resource().is_some() { let mut known = q.as_get(); known.headers.insert("authorization", "Bearer s3cret-token".parse().unwrap()); if next(known).status == 404 { return Resp::error(404, ""); } } next(q) };
    // HTTP.
    "content-type-application-json" ["T-01"] ["EN-02"] |q, next, _| { let mut a = next(q); if !a.raw.is_empty() { a.header("content-type", "application/json"); } a };
    "content-type-text-html" ["T-01"] ["EN-02" "T-03"] |q, next, _| { let mut a = next(q); if !a.raw.is_empty() { a.header("content-type", "text/html"); } a };
    "accept-json-is-406" ["T-02"] [] |q, next, _| if q.headers.get("accept").is_some_and(|a| a == "application/json") { Resp::error(406, "") } else { next(q) };
    "charset-refused" ["T-04"] [] |q, next, _| if q.headers.get("content-type").is_some_and(|a| a.as_bytes().ends_with(b"utf-8")) { Resp::error(415, "") } else { next(q) };
    "json-refused" ["T-04"] ["OK-05"] |q, next, _| if q.headers.get("content-type").is_some_and(|a| a == "application/json") { Resp::error(415, "") } else { next(q) };
    "text-plain-is-500" ["E-06" "T-05"] [] |q, next, _| if q.headers.get("content-type").is_some_and(|a| a == "text/plain") { Resp::error(500, "") } else { next(q) };
    "latin-1" ["T-06"] ["I-03" "F-28" "I-05" "I-04"] |mut q, next, _| { if q.method("POST") && !q.searches() { q.edit(|d| if let Some(t) = d["displayName"].as_str() { d["displayName"] = t.chars().map(|c| if (c as u32) < 256 { c } else { '?' }).collect::<String>().into(); }); } next(q) };
    "unicode-lost" ["I-03" "T-06"] ["F-28" "I-05" "I-04"] |mut q, next, _| { if q.creates() { let text: String = String::from_utf8_lossy(&q.raw).chars().map(|c| if c.is_ascii() { c } else { '?' }).collect(); if serde_json::from_slice::<Value>(&q.raw).is_ok() { q.raw = text.into(); } } next(q) };
    "slash-at-the-end-lists" ["T-08"] [] |q, next, _| if q.method("POST") && (q.path == "/Users/" || q.path == "/Groups/") { Resp::list(&[]) } else { next(q) };
    "always-compressed" ["T-10"] [] |q, next, _| { let mut a = next(q.clone()); if q.headers.contains_key("accept-encoding") { a.header("content-encoding", "gzip"); } a };
    // Text.
    "ids-not-decoded" ["I-01"] ["I-06" "D-11"] |q, next, _| if q.path.contains('%') { Resp::error(404, "") } else { next(q) };
    "plus-decoded-twice" ["I-02"] ["F-28" "F-08" "F-42" "F-43"] |mut q, next, _| { q.filter(|f| f.replace('+', " ")); next(q) };
    "text-cut-at-255" ["I-03"] [] |mut q, next, _| { if q.creates() { q.edit(|d| for n in ["displayName", "externalId"] { if let Some(t) = d[n].as_str() { d[n] = t.chars().take(255).collect::<String>().into(); } }); } next(q) };
    "user-names-not-normalized" ["I-04"] [] |mut q, next, _| { let name = q.json()["userName"].as_str().map(str::to_owned).unwrap_or_default(); if q.creates() && name.contains('\u{308}') { q.edit(|d| d["userName"] = format!("{name}-other").into()); let mut a = next(q); a.each(|r| r["userName"] = name.clone().into()); return a; } next(q) };
    "encoded-slash-is-a-slash" ["I-06"] ["E-07"] |mut q, next, _| { let plain = super::wire::decoded(&q.path); if plain.contains("/../") { let (_, rest) = plain.split_once("/../").unwrap(); q.path = format!("/{}", rest.trim_start_matches("../")); } next(q) };
    "nul-is-500" ["I-06" "E-06"] [] |q, next, _| if q.path.contains("%00") { Resp::error(500, "") } else { next(q) };
    "throttled-without-retry-after" ["Y-05"] [] |q, next, m| { if q.lists() && m.lock().unwrap().insert("once".to_owned()) { return Resp::error(429, ""); } next(q) };
    "created-twice-in-a-race" ["Y-01"] ["A-09"] |mut q, next, m| { let name = q.json()["userName"].as_str().map(str::to_owned).unwrap_or_default(); if q.creates() && !name.is_empty() { let a = next(q.clone()); if a.status == 409 { let seen = { let mut m = m.lock().unwrap(); let n = m.iter().filter(|k| k.starts_with(&format!("{name}#"))).count(); m.insert(format!("{name}#{n}")); n }; if seen == 3 { q.edit(|d| d["userName"] = format!("{name}-twin").into()); let mut a = next(q); a.each(|r| r["userName"] = name.clone().into()); return a; } } return a; } next(q) };
};

fn v_of(operation: &Value, sub: &str) -> Value {
    operation["value"][sub].clone()
}
