//! More faults: what implementers do wrong besides, one switch each.

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

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn drop_member(value: &mut Value, name: &str) {
    if let Some(members) = value.as_object_mut() {
        members.remove(name);
    }
}

fn is_user(path: &str) -> bool {
    path.starts_with("/Users")
}

fn path(operation: &Value) -> &str {
    operation["path"].as_str().unwrap_or_default()
}

/// Whether an operation of the PATCH fits.
fn any(q: &Req, test: impl Fn(&Value) -> bool) -> bool {
    q.method == Method::PATCH && q.operations().iter().any(test)
}

/// A request of the server's own, with all rights.
fn own(q: &Req, method: Method, path: &str, body: &Value) -> Req {
    let mut own = q.as_get();
    own.method = method;
    path.clone_into(&mut own.path);
    own.headers
        .insert("content-type", "application/scim+json".parse().unwrap());
    own.headers
        .insert("authorization", "Bearer s3cret-token".parse().unwrap());
    own.headers.remove("if-match");
    own.headers.remove("if-none-match");
    if !body.is_null() {
        own.set(body);
    }
    own
}

fn patch_op(operation: &Value) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]})
}

/// After a request that succeeded: another one of the server's own.
fn then(
    q: &Req,
    next: &dyn Fn(Req) -> Resp,
    when: bool,
    method: Method,
    path: &str,
    body: &Value,
) -> Resp {
    let a = next(q.clone());
    if when && a.ok() {
        next(own(q, method, path, body));
    }
    a
}

/// A PATCH or PUT that was done loses this attribute besides.
fn loses(q: &Req, next: &dyn Fn(Req) -> Resp, method: &str, name: &str) -> Resp {
    let named = String::from_utf8_lossy(&q.raw).contains(name) && method == "PATCH";
    let when = q.method(method) && q.resource().is_some_and(|(kind, _)| kind == "Users") && !named;
    let a = then(
        q,
        next,
        when,
        Method::PATCH,
        &q.path,
        &patch_op(&json!({"op": "remove", "path": name})),
    );
    match when && a.ok() {
        true => {
            let mut read = next(own(q, Method::GET, &q.path, &Value::Null));
            read.status = a.status;
            read
        }
        false => a,
    }
}

/// The first 24 bits of something that is always the same.
fn hash(text: &str) -> usize {
    text.bytes().fold(7_usize, |sum, byte| {
        (sum * 31 + usize::from(byte)) & 0xFF_FFFF
    })
}

#[rustfmt::skip]
pub(crate) const MUTANTS: &[Mutant] = mutants! {
    // Something is lost that nobody deleted.
    "delete-takes-another-along" ["L-07"] ["*"] |q, next, m| { let a = next(q.clone()); if q.creates() && a.status == 201 && q.path == "/Users" { m.lock().unwrap().insert(a.json()["id"].as_str().unwrap_or("").to_owned()); } if q.method("DELETE") && a.ok() && is_user(&q.path) { let first = m.lock().unwrap().iter().find(|id| !q.path.ends_with(id.as_str())).cloned(); if let Some(id) = first { m.lock().unwrap().remove(&id); if m.lock().unwrap().len() % 3 == 0 { next(own(&q, Method::DELETE, &format!("/Users/{id}"), &Value::Null)); } } } a };
    "patch-renames-another-too" ["L-07"] ["*"] |q, next, m| { let a = next(q.clone()); if q.creates() && a.status == 201 && q.path == "/Users" { m.lock().unwrap().insert(a.json()["id"].as_str().unwrap_or("").to_owned()); } if q.method("PATCH") && a.ok() && is_user(&q.path) { let other = m.lock().unwrap().iter().filter(|id| !q.path.ends_with(id.as_str())).nth(3).cloned(); if let Some(id) = other { next(own(&q, Method::PATCH, &format!("/Users/{id}"), &patch_op(&json!({"op": "replace", "path": "title", "value": "zz lost"})))); } } a };
    "deleted-user-takes-groups-along" ["M-06" "L-07"] [] |q, next, _| { let groups = if q.method("DELETE") && is_user(&q.path) { next(own(&q, Method::GET, &q.path, &Value::Null)).json()["groups"].clone() } else { Value::Null }; let a = next(q.clone()); if a.ok() { for g in groups.as_array().into_iter().flatten() { next(own(&q, Method::DELETE, &format!("/Groups/{}", g["value"].as_str().unwrap_or("")), &Value::Null)); } } a };
    "refused-patch-is-half-done" ["L-07" "X-16" "X-24" "X-34"] ["X-32" "X-20" "X-19" "X-30" "X-31"] |q, next, _| { let a = next(q.clone()); if q.method("PATCH") && a.status == 400 && is_user(&q.path) && q.resource().is_some() { next(own(&q, Method::PATCH, &q.path, &patch_op(&json!({"op": "remove", "path": "title"})))); } a };
    "externalId-lost-by-patch" ["X-43" "X-02"] ["X-03" "X-04" "X-05" "X-06" "X-07" "X-08" "X-10" "X-11" "X-12" "X-13" "X-14" "X-15" "X-18" "X-23" "X-25" "X-26" "X-27" "X-40" "EN-14" "OK-10" "X-09" "P-08" "X-17" "P-13"] |q, next, _| loses(&q, next, "PATCH", "externalId");
    "nickName-lost-by-patch" ["X-43"] ["P-08" "P-13"] |q, next, _| loses(&q, next, "PATCH", "nickName");
    "externalId-lost-by-put" ["W-12" "W-05"] ["R-11" "P-08"] |q, next, _| loses(&q, next, "PUT", "externalId");
    "phoneNumbers-lost-by-put" ["W-12"] ["P-08"] |q, next, _| loses(&q, next, "PUT", "phoneNumbers");
    "extension-lost-by-patch" ["X-43"] ["X-02" "X-03" "X-04" "X-05" "X-06" "X-07" "X-08" "X-10" "X-11" "X-12" "X-13" "X-14" "X-15" "X-18" "X-23" "X-25" "X-40" "X-09" "P-08" "X-17" "P-13"] |q, next, _| if q.operations().iter().all(|o| !o.to_string().contains("urn:")) { loses(&q, next, "PATCH", &format!("{ENTERPRISE}:costCenter")) } else { next(q) };
    "rename-of-a-group-loses-members" ["M-08"] ["OK-11"] |q, next, _| { let when = any(&q, |o| path(o) == "displayName") && q.path.starts_with("/Groups/"); then(&q, next, when, Method::PATCH, &q.path, &patch_op(&json!({"op": "remove", "path": "members"}))) };
    "put-of-a-group-adds-members" ["M-08"] ["W-05"] |mut q, next, _| { if q.method("PUT") && q.path.starts_with("/Groups/") { let old = next(own(&q, Method::GET, &q.path, &Value::Null)).json(); q.edit(|d| { let mut all = old["members"].as_array().cloned().unwrap_or_default(); for m in d["members"].as_array().cloned().unwrap_or_default() { if !all.iter().any(|o| o["value"] == m["value"]) { all.push(m); } } d["members"] = all.into(); }); } next(q) };
    "put-of-a-group-keeps-members" ["M-08"] [] |mut q, next, _| { if q.method("PUT") && q.path.starts_with("/Groups/") { let old = next(own(&q, Method::GET, &q.path, &Value::Null)).json(); q.edit(|d| if old["members"].is_array() { d["members"] = old["members"].clone(); }); } next(q) };
    "twenty-members-at-most" ["M-10"] [] |mut q, next, _| { if q.creates() && q.path == "/Groups" { q.edit(|d| if let Some(m) = d["members"].as_array_mut() { m.truncate(20); }); } next(q) };
    "reads-show-fifty-members" ["M-10"] [] |q, next, _| { let mut a = next(q); a.each(|r| if let Some(m) = r.get_mut("members").and_then(Value::as_array_mut) { m.truncate(50); }); a };
    "members-not-in-lists" ["M-09"] [] |q, next, _| { let mut a = next(q.clone()); if q.lists() { a.each(|r| drop_member(r, "members")); } a };
    "groups-made-by-users" ["A-17"] ["C-16"] |q, next, _| { let claimed = q.json()["groups"][0]["value"].as_str().map(str::to_owned); let a = next(q.clone()); if let (Some(g), true) = (claimed, q.is("POST", "/Users") && a.ok()) { next(own(&q, Method::PATCH, &format!("/Groups/{g}"), &patch_op(&json!({"op": "add", "path": "members", "value": [{"value": a.json()["id"]}]})))); } a };
    "groups-made-by-put-of-users" ["A-17"] [] |q, next, _| { let claimed = q.json()["groups"][0]["value"].as_str().map(str::to_owned); let a = next(q.clone()); if let (Some(g), true) = (claimed, q.method("PUT") && is_user(&q.path) && a.ok()) { next(own(&q, Method::PATCH, &format!("/Groups/{g}"), &patch_op(&json!({"op": "add", "path": "members", "value": [{"value": a.json()["id"]}]})))); } a };
    "left-groups-still-shown" ["R-08"] [] |q, next, m| { let mut a = next(q.clone()); if q.method("GET") && is_user(&q.path) { let mut seen = m.lock().unwrap(); a.edit(|r| { let key = format!("{}|", r["id"].as_str().unwrap_or("")); if r["groups"].is_array() { seen.insert(format!("{key}{}", r["groups"])); } else if let Some(old) = seen.iter().find_map(|k| k.strip_prefix(&key)).and_then(|t| serde_json::from_str::<Value>(t).ok()) { r["groups"] = old; } }); } a };
    // Ids and lists.
    "ids-of-any-type" ["R-10"] [] |mut q, next, _| { let a = next(q.clone()); if q.method("GET") && q.resource().is_some() && a.status == 404 { q.path = match q.path.strip_prefix("/Users") { Some(rest) => format!("/Groups{rest}"), None => q.path.replace("/Groups", "/Users") }; return next(q); } a };
    "delete-by-id-of-any-type" ["R-10"] ["L-02" "R-06" "L-07"] |mut q, next, _| { let a = next(q.clone()); if q.method("DELETE") && q.resource().is_some() && a.status == 404 { q.path = match q.path.strip_prefix("/Users") { Some(rest) => format!("/Groups{rest}"), None => q.path.replace("/Groups", "/Users") }; return next(q); } a };
    "deleted-in-unfiltered-list" ["L-03"] ["G-11"] |q, next, m| { if q.method("DELETE") && is_user(&q.path) { let old = next(own(&q, Method::GET, &q.path, &Value::Null)); if old.ok() { m.lock().unwrap().insert(old.json().to_string()); } } let mut a = next(q.clone()); if q.lists() && q.path == "/Users" && q.get("filter").is_none() && q.get("count").is_none() { let gone: Vec<Value> = m.lock().unwrap().iter().filter_map(|t| serde_json::from_str(t).ok()).collect(); a.edit(|d| if let Some(all) = d["Resources"].as_array_mut() { all.extend(gone); }); } a };
    "lists-without-extension" ["R-11"] ["V-10"] |q, next, _| { let mut a = next(q.clone()); if q.lists() { a.each(|r| drop_member(r, ENTERPRISE)); } a };
    "lists-without-meta" ["R-11"] ["V-10" "F-08"] |q, next, _| { let mut a = next(q.clone()); if q.lists() && q.get("attributes").is_none() { a.each(|r| drop_member(r, "meta")); } a };
    "lists-without-schemas" ["R-11"] [] |q, next, _| { let mut a = next(q.clone()); if q.lists() { a.each(|r| drop_member(r, "schemas")); } a };
    "lists-show-one-email" ["R-11"] [] |q, next, _| { let mut a = next(q.clone()); if q.lists() { a.each(|r| if let Some(e) = r.get_mut("emails").and_then(Value::as_array_mut) { e.truncate(1); }); } a };
    "id-of-new-resources-given-twice" ["Y-07"] ["*"] |q, next, m| { let mut a = next(q.clone()); if q.creates() && a.ok() && q.path == "/Groups" { let n = { let mut m = m.lock().unwrap(); let n = m.len(); m.insert(format!("{n}")); n }; if n > 60 && n % 2 == 1 { let first = m.lock().unwrap().iter().find_map(|k| k.strip_prefix("id:").map(str::to_owned)); if let Some(id) = first { a.edit(|d| d["id"] = id.into()); } } else if n > 60 { let mut m = m.lock().unwrap(); m.retain(|k| !k.starts_with("id:")); m.insert(format!("id:{}", a.json()["id"].as_str().unwrap_or(""))); } } a };
    // Meta and versions.
    "created-moves-with-patch" ["X-38"] ["W-10" "P-08"] |q, next, m| { let a = next(q.clone()); if q.method("PATCH") && a.ok() && q.resource().is_some() { m.lock().unwrap().insert(q.path.clone()); } let mut a = a; let moved = m.lock().unwrap().clone(); a.each(|r| if moved.iter().any(|p| r["id"].as_str().is_some_and(|id| p.ends_with(id))) { r["meta"]["created"] = r["meta"]["lastModified"].clone(); }); a };
    "etag-of-put-is-the-old-one" ["V-12"] ["V-05" "V-11" "V-03" "V-07"] |q, next, _| { let old = if q.method("PUT") { next(own(&q, Method::GET, &q.path, &Value::Null)).headers.get("etag").cloned() } else { None }; let mut a = next(q); if let (Some(t), true) = (old, a.ok()) { a.headers.insert("etag", t); } a };
    "etag-of-post-is-another" ["V-12"] [] |q, next, _| { let mut a = next(q.clone()); if q.creates() && a.ok() { a.header("etag", "W/\"new\""); } a };
    "etag-of-patch-is-the-old-one" ["V-12"] ["V-05"] |q, next, _| { let old = if q.method("PATCH") { next(own(&q, Method::GET, &q.path, &Value::Null)).headers.get("etag").cloned() } else { None }; let mut a = next(q); if let (Some(t), true) = (old, a.ok()) { a.headers.insert("etag", t); } a };
    "time-of-another-zone-as-utc" ["C-05"] ["C-16" "F-08"] |q, next, _| { let mut a = next(q); a.each(|r| for n in ["created", "lastModified"] { if let Some(t) = r["meta"][n].as_str().and_then(scim_client::DateTime::instant_of) { r["meta"][n] = scim_client::DateTime::from_unix(t.unix_seconds() + 7200, t.subsec_nanos()).to_string().into(); } }); a };
    "delete-202" ["L-01"] ["B-01"] |q, next, _| { let mut a = next(q.clone()); if q.method("DELETE") && a.status == 204 { a.status = 202; } a };
    "create-202" ["C-01"] [] |q, next, _| { let mut a = next(q.clone()); if q.creates() && a.status == 201 { a.status = 202; } a };
    "groups-say-User" ["C-04"] ["F-25" "D-18" "Q-01"] |q, next, _| { let mut a = next(q.clone()); if q.path.starts_with("/Groups") { a.each(|r| if r["meta"]["resourceType"].is_string() { r["meta"]["resourceType"] = "User".into(); }); } a };
    // Unique values.
    "display-names-are-unique" ["C-17"] [] |q, next, m| { if q.is("POST", "/Users") { if let Some(n) = q.json()["displayName"].as_str() { if !m.lock().unwrap().insert(n.to_owned()) && n.ends_with("shared") { return Resp::error(409, "uniqueness"); } } } next(q) };
    "long-names-are-cut" ["C-17"] [] |q, next, m| { if q.creates() { let key = q.json()["userName"].as_str().map(|n| n.chars().take(64).collect::<String>()); if let Some(key) = key.filter(|k| k.chars().count() == 64) { if !m.lock().unwrap().insert(key) { return Resp::error(409, "uniqueness"); } } } next(q) };
    "own-name-is-taken" ["A-11"] [] |q, next, _| { if any(&q, |o| path(o) == "userName") { let old = next(own(&q, Method::GET, &q.path, &Value::Null)).json()["userName"].clone(); if any(&q, |o| o["value"] == old && old.is_string()) { return Resp::error(409, "uniqueness"); } } next(q) };
    "names-of-users-and-groups-are-one" ["A-16"] [] |q, next, m| { if q.creates() { let body = q.json(); let name = if q.path == "/Users" { &body["userName"] } else { &body["displayName"] }; if let Some(n) = name.as_str() { if !m.lock().unwrap().insert(n.to_owned()) && q.path == "/Groups" && n.contains('@') { return Resp::error(409, "uniqueness"); } } } next(q) };
    "old-name-is-still-found" ["X-45" "W-13"] [] |mut q, next, m| { let f = q.filter_text(); if q.resource().is_some() && (q.method("PUT") || q.method("PATCH")) { let old = next(own(&q, Method::GET, &q.path, &Value::Null)).json(); let a = next(q.clone()); let new = next(own(&q, Method::GET, &q.path, &Value::Null)).json(); for n in ["userName", "displayName"] { if a.ok() && old[n] != new[n] && (n == "userName") == is_user(&q.path) { m.lock().unwrap().insert(format!("{n} eq {}|{}", old[n], new[n])); } } return a; } let known = m.lock().unwrap().iter().find_map(|k| k.strip_prefix(&format!("{f}|")).map(str::to_owned)); if let (Some(new), false) = (known, f.is_empty()) { let name = f.split(' ').next().unwrap_or("").to_owned(); q.filter(|_| format!("{name} eq {new}")); } next(q) };
    "new-name-is-not-found" ["X-45" "W-13"] [] |q, next, m| { let f = q.filter_text(); if q.resource().is_some() && (q.method("PUT") || q.method("PATCH")) { let old = next(own(&q, Method::GET, &q.path, &Value::Null)).json(); let a = next(q.clone()); let new = next(own(&q, Method::GET, &q.path, &Value::Null)).json(); for n in ["userName", "displayName"] { if a.ok() && old[n] != new[n] && (n == "userName") == is_user(&q.path) { m.lock().unwrap().insert(format!("{n} eq {}", new[n])); } } return a; } if m.lock().unwrap().contains(&f) { return Resp::list(&[]); } next(q) };
    "names-cannot-be-changed" ["X-45" "W-13"] ["A-11" "M-08" "OK-11" "H-01"] |q, next, _| { if q.resource().is_some() && (q.method("PUT") || q.method("PATCH")) { let name = if is_user(&q.path) { "userName" } else { "displayName" }; let old = next(own(&q, Method::GET, &q.path, &Value::Null)).json()[name].clone(); let changes = any(&q, |o| path(o) == name && o["op"] == "replace" && o["value"] != old) || q.method("PUT") && q.json()[name].is_string() && q.json()[name] != old; if changes && old.is_string() { return Resp::error(400, "mutability"); } } next(q) };
    // Filters.
    "percent-matches-in-eq" ["F-02"] [] |mut q, next, _| { q.filter(|f| match f.split_once(" eq ") { Some((p, v)) if v.ends_with("%\"") && !f.contains(" and ") => format!("{p} sw {}\"", v.trim_end_matches("%\"")), _ => f.to_owned() }); next(q) };
    "underscore-matches-in-eq" ["F-02"] [] |mut q, next, _| { q.filter(|f| match f.split_once(" eq ") { Some((p, v)) if v.ends_with("_\"") && !f.contains(" and ") => format!("{p} sw {}\"", v.trim_end_matches("_\"")), _ => f.to_owned() }); next(q) };
    "percent-matches-in-sw" ["F-06"] [] |mut q, next, _| { q.filter(|f| f.replace("displayName sw \"%", "displayName co \"").replace("externalId sw \"%", "externalId co \"")); next(q) };
    "sw-by-letter-case" ["F-06"] [] |q, next, _| { let f = q.filter_text(); if f.contains("displayName sw \"ZT") { return Resp::list(&[]); } next(q) };
    "joined-rows-found-twice" ["F-20"] ["F-21" "F-22"] |q, next, _| { let f = q.filter_text(); let mut a = next(q.clone()); if q.lists() && f.contains("emails.value sw") { a.edit(|d| { let mut all = Vec::new(); for r in d["Resources"].as_array().cloned().unwrap_or_default() { for _ in 0..r["emails"].as_array().map_or(1, Vec::len) { all.push(r.clone()); } } d["totalResults"] = all.len().into(); d["itemsPerPage"] = all.len().into(); d["Resources"] = all.into(); }); } a };
    "joined-rows-counted-twice" ["F-20"] [] |q, next, _| { let f = q.filter_text(); let mut a = next(q.clone()); if q.lists() && f.contains("emails.value sw") { a.edit(|d| { let rows: usize = d["Resources"].as_array().into_iter().flatten().map(|r| r["emails"].as_array().map_or(1, Vec::len)).sum(); d["totalResults"] = rows.into(); }); } a };
    "missing-is-false" ["F-12"] [] |mut q, next, _| { q.filter(|f| f.replace("active eq false", "(active eq false or not (active pr))")); next(q) };
    "second-sub-attribute-not-filtered" ["F-19"] [] |q, next, _| if q.filter_text().starts_with("name.givenName eq") || q.filter_text().starts_with("name.middleName eq") { Resp::list(&[]) } else { next(q) };
    "filter-cut-at-512" ["F-41"] ["F-28" "F-37"] |mut q, next, _| { q.filter(|f| if f.len() > 512 && f.contains(" or ") { let cut = &f[..512]; cut.rsplit_once(" or ").map_or(cut, |(head, _)| head).to_owned() } else { f.to_owned() }); next(q) };
    "and-terms-cut-at-512" ["F-41"] [] |mut q, next, _| { q.filter(|f| if f.len() > 512 && f.contains(" and ") { let cut = &f[..512]; cut.rsplit_once(" and ").map_or(cut, |(head, _)| head).to_owned() } else { f.to_owned() }); next(q) };
    "values-cut-at-255" ["F-41"] [] |mut q, next, _| { q.filter(|f| if f.ends_with(&format!("{}\"", "x".repeat(300))) { format!("{}\"", f.trim_end_matches('"').trim_end_matches('x')) } else { f.to_owned() }); next(q) };
    "apostrophe-is-500" ["F-42" "E-06"] [] |q, next, _| if q.filter_text().contains("o'brien") { Resp::error(500, "") } else { next(q) };
    "apostrophe-finds-all" ["F-42"] [] |mut q, next, _| { q.filter(|f| if f.contains("o'brien") { "id pr".to_owned() } else { f.to_owned() }); next(q) };
    // Sorting and paging.
    "ascending-is-descending" ["S-02"] ["S-09"] |mut q, next, _| { if q.get("sortOrder") == Some("ascending") { q.put("sortOrder", "descending"); } next(q) };
    "ties-change-places" ["S-08"] [] |q, next, m| { if q.lists() && ["active", "meta.resourceType"].contains(&q.get("sortBy").unwrap_or("")) && q.get("startIndex").is_some() { let mut whole = q.clone(); whole.drop("startIndex"); whole.drop("count"); let mut all = next(whole).resources(); let n = { let mut m = m.lock().unwrap(); let n = m.len(); m.insert(n.to_string()); n }; all.sort_by_key(|r| (r["active"] == true, hash(r["id"].as_str().unwrap_or("")).wrapping_mul(n * 7 + 3) % 97)); let start = q.get("startIndex").and_then(|s| s.parse::<usize>().ok()).unwrap_or(1); let total = all.len(); let page: Vec<_> = all.into_iter().skip(start - 1).take(3).collect(); let mut a = Resp::list(&page); a.edit(|d| { d["totalResults"] = total.into(); d["startIndex"] = start.into(); }); return a; } next(q) };
    "startIndex-always-1-in-answers" ["G-12"] [] |q, next, _| { let mut a = next(q.clone()); if q.lists() { a.edit(|d| if d["startIndex"].is_number() { d["startIndex"] = 1.into(); }); } a };
    "itemsPerPage-of-the-last-page" ["G-12"] ["G-09"] |q, next, _| { let mut a = next(q.clone()); if q.lists() && q.get("startIndex") == Some("7") { a.edit(|d| d["itemsPerPage"] = 3.into()); } a };
    // Projection.
    "excluded-sub-attribute-takes-all" ["P-11"] ["P-12"] |mut q, next, _| { if let Some(e) = q.get("excludedAttributes") { let whole: Vec<_> = e.split(',').map(|n| if n.starts_with("urn:") { n } else { n.split('.').next().unwrap() }.to_owned()).collect(); q.put("excludedAttributes", whole.join(",")); } next(q) };
    "excluded-in-one-letter-case" ["P-11"] [] |mut q, next, _| { if q.get("excludedAttributes").is_some_and(|a| a.len() > 3 && a.chars().all(char::is_uppercase)) { q.drop("excludedAttributes"); } next(q) };
    "excluded-urn-unknown" ["P-11"] ["P-13"] |mut q, next, _| { if q.get("excludedAttributes").is_some_and(|a| a.starts_with("urn:")) { q.drop("excludedAttributes"); } next(q) };
    "only-first-excluded" ["P-11"] ["P-03" "P-12"] |mut q, next, _| { if let Some(a) = q.get("excludedAttributes") { let first = a.split(',').next().unwrap_or("").to_owned(); q.put("excludedAttributes", first); } next(q) };
    "excluded-ignored-on-put" ["P-08"] [] |mut q, next, _| { if q.method("PUT") { q.drop("excludedAttributes"); } next(q) };
    // PATCH.
    "replace-wants-a-value-there" ["X-02"] ["X-35"] |q, next, _| { if any(&q, |o| o["op"] == "replace" && path(o) == "displayName") && is_user(&q.path) && next(own(&q, Method::GET, &q.path, &Value::Null)).json()["displayName"].is_null() { return Resp::error(400, "noTarget"); } next(q) };
    "add-of-a-complex-value-wants-one-there" ["X-07"] [] |q, next, _| { if any(&q, |o| path(o) == "name" && o["op"] == "add") && next(own(&q, Method::GET, &q.path, &Value::Null)).json()["name"].is_null() { return Resp::error(400, "noTarget"); } next(q) };
    "complex-values-cannot-be-removed" ["X-05"] [] |q, next, _| { if any(&q, |o| path(o) == "name" && o["op"] == "remove") { return next(own(&q, Method::GET, &q.path, &Value::Null)); } next(q) };
    "pathless-complex-is-ignored" ["X-03"] ["EN-16"] |mut q, next, _| { q.each_operation(|o| if o.get("path").is_none() { drop_member(&mut o["value"], "name"); }); if q.operations().iter().any(|o| o["value"] == json!({})) { return next(own(&q, Method::GET, &q.path, &Value::Null)); } next(q) };
    "pathless-add-replaces-values" ["X-08"] [] |mut q, next, _| { q.each_operation(|o| if o.get("path").is_none() && o["value"].get("emails").is_some() { o["op"] = "replace".into(); }); next(q) };
    "first-value-cannot-be-added" ["X-08"] ["X-35" "X-25"] |q, next, _| { if any(&q, |o| path(o) == "emails" && o["op"] == "add") && next(own(&q, Method::GET, &q.path, &Value::Null)).json()["emails"].is_null() { return Resp::error(400, "noTarget"); } next(q) };
    "only-the-first-match-is-changed" ["X-13"] [] |mut q, next, _| { if any(&q, |o| path(o).contains("[value pr].")) { let old = next(own(&q, Method::GET, &q.path, &Value::Null)).json(); let first = old["emails"][0]["value"].clone(); q.each_operation(|o| o["path"] = path(o).replace("[value pr]", &format!("[value eq {first}]")).into()); } next(q) };
    "add-into-brackets-refused" ["X-13"] [] |q, next, _| if any(&q, |o| o["op"] == "add" && path(o).contains("].")) { Resp::error(400, "invalidPath") } else { next(q) };
    "externalId-not-patched" ["X-44"] ["X-40" "X-01" "Y-06"] |mut q, next, _| { if any(&q, |o| path(o) == "externalId" || o["value"].get("externalId").is_some()) { q.each_operation(|o| if path(o) == "externalId" { *o = json!({"op": "remove", "path": "nickName"}); } else { drop_member(&mut o["value"], "externalId"); }); } next(q) };
    "patch-answers-the-old-state" ["X-01"] ["X-01" "X-03" "X-04" "X-05" "X-06" "X-07" "X-08" "X-10" "X-11" "X-12" "X-13" "X-14" "X-15" "X-18" "X-23" "X-25" "X-26" "X-27" "X-39" "X-40" "X-43" "X-44" "V-12" "P-08" "P-13"] |q, next, _| { let old = if q.method("PATCH") { next(own(&q, Method::GET, &q.path, &Value::Null)) } else { Resp::empty(204) }; let a = next(q.clone()); if q.method("PATCH") && a.status == 200 { return old; } a };
    // Bulk.
    "bulk-put-not-done" ["B-01"] ["B-11"] |mut q, next, _| { if q.is("POST", "/Bulk") { let ops = q.json()["Operations"].as_array().cloned().unwrap_or_default(); if ops.len() == 4 { if let Some(p) = ops.iter().find(|o| o["method"] == "PUT") { let old = next(own(&q, Method::GET, p["path"].as_str().unwrap_or(""), &Value::Null)).json(); q.edit(|d| for o in d["Operations"].as_array_mut().into_iter().flatten() { if o["method"] == "PUT" { o["data"] = old.clone(); } }); } } } next(q) };
    "bulk-status-as-number" ["B-01"] [] |q, next, _| { let is = q.is("POST", "/Bulk"); let mut a = next(q); if is { a.edit(|d| for o in d["Operations"].as_array_mut().into_iter().flatten() { if let Some(n) = o["status"].as_str().and_then(|s| s.parse::<u16>().ok()) { o["status"] = n.into(); } }); } a };
    "bulk-ids-not-in-patches" ["B-17"] ["B-10"] |mut q, next, _| { if q.is("POST", "/Bulk") { q.edit(|d| for o in d["Operations"].as_array_mut().into_iter().flatten() { if o["method"] == "PATCH" && o["data"].to_string().contains("bulkId:") { let text = o["data"].to_string().replace("bulkId:", "bulk-"); o["data"] = serde_json::from_str(&text).unwrap(); } }); } next(q) };
    "bulk-creates-twice" ["B-16"] ["A-09"] |mut q, next, _| { if q.is("POST", "/Bulk") { q.edit(|d| { let mut seen = std::collections::BTreeSet::new(); for o in d["Operations"].as_array_mut().into_iter().flatten() { if let Some(n) = o["data"]["userName"].as_str().map(str::to_owned) { if !seen.insert(n.clone()) { o["data"]["userName"] = format!("twin-{n}").into(); } } } }); } next(q) };
    // Authentication.
    "root-search-without-authentication" ["H-01"] [] |mut q, next, _| { if q.path == "/.search" { q.headers.insert("authorization", "Bearer s3cret-token".parse().unwrap()); } next(q) };
    "bulk-without-authentication" ["H-01"] [] |mut q, next, _| { if q.path == "/Bulk" { q.headers.insert("authorization", "Bearer s3cret-token".parse().unwrap()); } next(q) };
    // At the same time.
    "writes-back-what-was-read" ["Y-06"] [] |q, next, m| { if q.method("PATCH") && q.operations().len() == 1 && q.operations()[0]["value"].as_str().is_some_and(|v| v.ends_with("at once")) && is_user(&q.path) { if path(&q.operations()[0]) == "title" { m.lock().unwrap().insert(q.path.clone()); } let a = next(q.clone()); if path(&q.operations()[0]) == "externalId" && m.lock().unwrap().contains(&q.path) { next(own(&q, Method::PATCH, &q.path, &patch_op(&json!({"op": "remove", "path": "title"})))); } return a; } next(q) };
};
