//! Faults that a stranger would think of: what databases, templates and caches do to values, writes that
//! are done halfway, and answers that belong to something else.

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

fn elements<'a>(resource: &'a mut Value, name: &str) -> impl Iterator<Item = &'a mut Value> {
    let array = resource.get_mut(name).and_then(Value::as_array_mut);
    array.into_iter().flatten()
}

/// Whether it is a list or a search.
fn asks(q: &Req) -> bool {
    q.lists() || q.searches()
}

/// What is sent to be stored, changed.
fn write(mut q: Req, next: &dyn Fn(Req) -> Resp, edit: impl FnOnce(&mut Value)) -> Resp {
    if q.creates() || q.method("PUT") {
        q.edit(edit);
    }
    next(q)
}

/// Texts that are stored, changed.
fn texts(q: Req, next: &dyn Fn(Req) -> Resp, edit: fn(&str) -> Value) -> Resp {
    write(q, next, |d| {
        for name in ["displayName", "nickName", "title", "externalId"] {
            if let Some(text) = d[name].as_str() {
                d[name] = edit(text);
            }
        }
    })
}

/// The documents of discovery, changed.
fn discovery(q: Req, next: &dyn Fn(Req) -> Resp, path: &str, edit: impl Fn(&mut Value)) -> Resp {
    let is = q.method("GET") && q.path.starts_with(path);
    let mut a = next(q);
    if is && a.ok() {
        a.edit(
            |d| match d.get_mut("Resources").and_then(Value::as_array_mut) {
                Some(all) => all.iter_mut().for_each(&edit),
                None => edit(d),
            },
        );
    }
    a
}

/// Done, and answered as something else.
fn done_and_said(q: Req, next: &dyn Fn(Req) -> Resp, is: bool, status: u16) -> Resp {
    let a = next(q);
    match is && a.ok() {
        true => Resp::error(status, ""),
        false => a,
    }
}

/// The request without its precondition where it does not hold, and the answer as if it were heeded.
fn heedless(mut q: Req, next: &dyn Fn(Req) -> Resp, method: &str) -> Resp {
    if q.method(method) && q.headers.get("if-match").is_some_and(|v| v != "*") {
        q.headers.remove("if-match");
    }
    next(q)
}

/// A path of one member of a group.
fn is_member(operation: &Value) -> bool {
    operation["path"]
        .as_str()
        .is_some_and(|path| path.starts_with("members["))
}

#[rustfmt::skip]
pub(crate) const MUTANTS: &[Mutant] = mutants! {
    // Values.
    "text-is-escaped-for-pages" ["I-03" "C-06"] ["T-06"] |q, next, _| texts(q, next, |t| t.replace('&', "&amp;").replace('<', "&lt;").into());
    "tags-are-taken-out" ["I-03" "C-06"] [] |q, next, _| texts(q, next, |t| match (t.find('<'), t.rfind('>')) { (Some(a), Some(b)) if a < b => format!("{}{}", &t[..a], &t[b + 1..]).into(), _ => t.into() });
    "backslashes-are-doubled" ["I-03" "C-06"] ["F-28"] |q, next, _| texts(q, next, |t| t.replace('\\', "\\\\").into());
    "quotes-are-doubled" ["I-03" "C-06"] ["F-42" "F-28"] |q, next, _| texts(q, next, |t| t.replace('\'', "''").into());
    "emoji-become-question-marks" ["I-03"] ["T-06"] |q, next, _| texts(q, next, |t| t.chars().map(|c| if u32::from(c) > 0xffff { '?' } else { c }).collect::<String>().into());
    "inactive-is-left-out" ["X-02"] ["*"] |q, next, _| { let mut a = next(q); a.each(|r| if r["active"] == false { drop_member(r, "active"); }); a };
    "all-values-are-primary" ["X-23"] ["*"] |q, next, _| { let mut a = next(q); a.each(|r| for e in elements(r, "emails") { e["primary"] = true.into(); }); a };
    "types-of-addresses-are-lost" ["C-06"] ["*"] |q, next, _| write(q, next, |d| for e in elements(d, "emails") { drop_member(e, "type"); });
    "one-address-only" ["C-06"] ["*"] |mut q, next, _| { if q.creates() { q.edit(|d| if let Some(e) = d.get_mut("emails").and_then(Value::as_array_mut) { e.truncate(1); }); } next(q) };
    "middle-names-are-lost" ["C-06"] ["*"] |q, next, _| write(q, next, |d| if d["name"].is_object() { drop_member(&mut d["name"], "middleName"); });
    "names-change-places" ["C-06"] ["*"] |q, next, _| write(q, next, |d| if d["name"]["givenName"].is_string() && d["name"]["familyName"].is_string() { let one = d["name"]["givenName"].take(); d["name"]["givenName"] = d["name"]["familyName"].take(); d["name"]["familyName"] = one; });
    "externalId-is-lost" ["C-06"] ["*"] |mut q, next, _| { if q.creates() { q.edit(|d| drop_member(d, "externalId")); } next(q) };
    // Answers.
    "post-answers-another" ["C-03"] ["*"] |q, next, m| { let is = q.is("POST", "/Users"); let a = next(q.clone()); if is && a.ok() { let id = a.json()["id"].as_str().unwrap_or_default().to_owned(); let old = { let mut made = m.lock().unwrap(); let old = made.first().cloned(); let count = made.len(); made.insert(format!("{count:06}|{id}")); old }; if let Some((_, old)) = old.as_deref().and_then(|o| o.split_once('|')) { let mut g = q.as_get(); g.path = format!("/Users/{old}"); let other = next(g); if other.ok() { let mut a = a; let mut d = other.json(); d["id"] = id.into(); a.raw = d.to_string().into(); return a; } } } a };
    "put-answers-what-was-sent" ["W-01" "W-05"] ["*"] |q, next, _| { let sent = q.json(); let is = q.method("PUT"); let mut a = next(q); if is && a.ok() { a.raw = sent.to_string().into(); } a };
    "patch-answers-another-id" ["X-01" "X-02"] ["*"] |q, next, _| { let is = q.method("PATCH"); let mut a = next(q); if is && a.ok() { a.each(|r| r["id"] = "0000".into()); } a };
    "no-resourceType" ["C-04"] ["*"] |q, next, _| { let mut a = next(q); a.each(|r| if r["meta"].is_object() { drop_member(&mut r["meta"], "resourceType"); }); a };
    "lastModified-before-created" ["C-05"] ["*"] |q, next, _| { let mut a = next(q); a.each(|r| if r["meta"]["lastModified"].is_string() { r["meta"]["lastModified"] = "2001-01-01T00:00:00Z".into(); }); a };
    "extension-always-in-schemas" ["C-07"] [] |q, next, _| { let mut a = next(q.clone()); if q.path.starts_with("/Users") { a.each(|r| if r["userName"].is_string() { if let Some(s) = r["schemas"].as_array_mut() { if !s.iter().any(|u| u == ENTERPRISE) { s.push(ENTERPRISE.into()); } } }); } a };
    "groups-by-name-in-place-of-id" ["R-08"] ["*"] |q, next, _| { let mut a = next(q); a.each(|r| for g in elements(r, "groups") { if g["display"].is_string() { g["value"] = g["display"].clone(); } }); a };
    "put-answers-201" ["W-01"] ["*"] |q, next, _| { let is = q.method("PUT"); let mut a = next(q); if is && a.status == 200 { a.status = 201; } a };
    // Lists.
    "totalResults-one-more" ["G-02"] ["*"] |q, next, _| { let is = asks(&q); let mut a = next(q); if is { a.edit(|d| if let Some(n) = d["totalResults"].as_u64() { d["totalResults"] = (n + 1).into(); }); } a };
    "totalResults-of-the-whole-directory" ["G-02" "F-02"] ["*"] |q, next, _| { let is = q.lists() && q.get("filter").is_some(); let all = if is { let mut g = q.as_get(); g.put("count", "0"); next(g).json()["totalResults"].clone() } else { Value::Null }; let mut a = next(q); if is && all.is_u64() { a.edit(|d| if d["totalResults"].is_u64() { d["totalResults"] = all.clone(); }); } a };
    "one-more-than-count" ["G-01"] ["*"] |mut q, next, _| { if q.lists() { if let Some(n) = q.get("count").and_then(|c| c.parse::<u32>().ok()).filter(|n| *n > 0) { q.put("count", (n + 1).to_string()); } } next(q) };
    "sorted-by-letter-case" ["S-02" "S-01"] ["*"] |q, next, _| { let by = q.get("sortBy").unwrap_or_default().to_owned(); let is = q.lists() && !by.is_empty() && q.get("sortOrder") != Some("descending"); let mut a = next(q); if is { a.edit(|d| if let Some(r) = d["Resources"].as_array_mut() { if r.iter().all(|r| r[&by].is_string()) { r.sort_by(|x, y| x[&by].as_str().cmp(&y[&by].as_str())); } }); } a };
    "missing-values-last-both-ways" ["S-03"] ["*"] |q, next, _| { let by = q.get("sortBy").unwrap_or_default().to_owned(); let is = q.lists() && q.get("sortOrder") == Some("descending"); let mut a = next(q); if is { a.edit(|d| if let Some(r) = d["Resources"].as_array_mut() { r.sort_by_key(|r| r[&by].is_null()); }); } a };
    "names-are-not-sorted-by" ["S-04" "S-02"] ["*"] |mut q, next, _| { if q.get("sortBy").is_some_and(|n| n.contains("name.")) { q.drop("sortBy"); } next(q) };
    "search-answers-201" ["Q-01"] ["*"] |q, next, _| { let is = q.searches(); let mut a = next(q); if is && a.status == 200 { a.status = 201; } a };
    "search-ignores-excludedAttributes" ["Q-02" "P-03"] ["*"] |mut q, next, _| { if q.searches() { q.edit(|d| drop_member(d, "excludedAttributes")); } next(q) };
    "search-ignores-its-filter" ["Q-01"] ["*"] |mut q, next, _| { if q.searches() { q.edit(|d| drop_member(d, "filter")); } next(q) };
    // Filters.
    "base-url-finds-users-only" ["F-34"] ["*"] |q, next, _| { let is = q.path.trim_matches('/').is_empty(); let mut a = next(q); if is { a.edit(|d| if let Some(r) = d["Resources"].as_array_mut() { r.retain(|r| r["meta"]["resourceType"] != "Group"); let n = r.len(); d["totalResults"] = n.into(); }); } a };
    "co-is-sw" ["F-06"] ["*"] |mut q, next, _| { q.filter(|f| f.replace(" co ", " sw ")); next(q) };
    "ge-is-gt" ["F-08" "F-09"] ["*"] |mut q, next, _| { q.filter(|f| f.replace(" ge ", " gt ")); next(q) };
    "le-is-lt" ["F-08" "F-09"] ["*"] |mut q, next, _| { q.filter(|f| f.replace(" le ", " lt ")); next(q) };
    "lt-is-gt" ["F-08" "F-09"] ["*"] |mut q, next, _| { q.filter(|f| f.replace(" lt ", " gt ")); next(q) };
    "both-terms-of-or-count" ["F-13"] ["*"] |q, next, _| { let f = q.filter_text(); let is = q.lists() && f.contains(" or "); let mut a = next(q); if is { a.edit(|d| { let first = d["Resources"][0].clone(); if first.is_object() { d["Resources"].as_array_mut().unwrap().push(first); d["totalResults"] = (d["totalResults"].as_u64().unwrap_or(0) + 1).into(); } }); } a };
    "ids-cannot-be-filtered" ["F-25"] ["*"] |q, next, _| if q.filter_text().starts_with("id eq") { Resp::list(&[]) } else { next(q) };
    "complex-values-are-never-present" ["F-07"] ["*"] |q, next, _| { let f = q.filter_text(); if f.contains("name pr") && !f.contains("Name pr") || f.contains("emails pr") { return Resp::list(&[]); } next(q) };
    "twenty-terms-at-most" ["F-37" "F-41" "F-43"] ["*"] |q, next, _| if q.filter_text().matches(" or ").count() + q.filter_text().matches(" and ").count() >= 20 { Resp::error(500, "") } else { next(q) };
    // PUT.
    "put-moves-created" ["A-07" "W-10" "W-12"] ["*"] |q, next, m| { let mark = q.path.clone(); let is = q.method("PUT"); let mut a = next(q.clone()); if is && a.ok() { m.lock().unwrap().insert(mark); } if q.resource().is_some() && m.lock().unwrap().contains(&q.path) { a.each(|r| if r["meta"].is_object() { r["meta"]["created"] = r["meta"]["lastModified"].clone(); }); } a };
    "put-makes-what-was-deleted" ["L-02"] ["*"] |q, next, m| { if q.method("DELETE") { let a = next(q.clone()); if a.ok() { m.lock().unwrap().insert(q.path.clone()); } return a; } if q.method("PUT") && m.lock().unwrap().contains(&q.path) { let mut d = q.json(); d["id"] = q.resource().map_or("", |(_, id)| id).into(); return Resp::new(200, &d); } next(q) };
    "patch-of-what-was-deleted" ["L-02"] ["*"] |q, next, m| { if q.method("DELETE") { let a = next(q.clone()); if a.ok() { m.lock().unwrap().insert(q.path.clone()); } return a; } if q.method("PATCH") && m.lock().unwrap().contains(&q.path) { return Resp::empty(204); } next(q) };
    // PATCH.
    "one-of-many-is-removed" ["X-11"] ["*"] |q, next, _| { let is = q.method("PATCH") && q.operations().iter().any(|o| o["op"] == "remove" && o["path"] == "emails"); if is { let mut now = next(q.as_get()).json(); if let Some(e) = now.get_mut("emails").and_then(Value::as_array_mut) { e.truncate(e.len().saturating_sub(1)); let mut p = q.clone(); p.edit(|d| d["Operations"] = json!([{"op": "replace", "path": "emails", "value": now["emails"]}])); return next(p); } } next(q) };
    "added-members-replace" ["M-02"] ["*"] |mut q, next, _| { if q.path.starts_with("/Groups") { q.each_operation(|o| if o["op"] == "add" && o["path"] == "members" { o["op"] = "replace".into(); }); } next(q) };
    "replaced-members-are-added" ["M-08" "M-02"] ["*"] |mut q, next, _| { if q.path.starts_with("/Groups") { q.each_operation(|o| if o["op"] == "replace" && o["path"] == "members" { o["op"] = "add".into(); }); } next(q) };
    "removing-a-member-removes-all" ["M-02" "M-04" "X-12"] ["*"] |mut q, next, _| { q.each_operation(|o| if o["op"] == "remove" && is_member(o) { o["path"] = "members".into(); }); next(q) };
    "removing-a-member-does-nothing" ["M-02" "M-04" "X-12"] ["*"] |q, next, _| { if q.method("PATCH") && q.operations().iter().any(|o| o["op"] == "remove" && is_member(o)) { return next(q.as_get()); } next(q) };
    "the-last-operation-only" ["X-25"] ["*"] |mut q, next, _| { if q.method("PATCH") { q.edit(|d| if let Some(o) = d["Operations"].as_array_mut() { if o.len() > 1 { let last = o.pop(); o.clear(); o.extend(last); } }); } next(q) };
    // DELETE.
    "delete-is-done-and-404" ["L-01"] ["*"] |q, next, _| { let is = q.method("DELETE"); done_and_said(q, next, is, 404) };
    "post-is-done-and-400" ["C-06"] ["*"] |q, next, m| { let is = q.is("POST", "/Users") && m.lock().map_or(0, |m| m.len()) == 0 && q.json()["displayName"].is_string(); done_and_said(q, next, is, 400) };
    // Bulk.
    "bulk-deletes-nothing" ["B-01"] ["*"] |mut q, next, _| { if q.path == "/Bulk" { q.edit(|d| for o in elements(d, "Operations") { if o["method"] == "DELETE" { o["method"] = "PATCH".into(); o["data"] = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "add", "path": "externalId", "value": "x"}]}); } }); } next(q) };
    "bulk-patches-nothing" ["B-01"] ["*"] |mut q, next, _| { if q.path == "/Bulk" { q.edit(|d| for o in elements(d, "Operations") { if o["method"] == "PATCH" { if let Some(all) = o["data"]["Operations"].as_array_mut() { for p in all { if p["op"] == "replace" { *p = json!({"op": "add", "path": "nickName", "value": "x"}); } } } } }); } next(q) };
    "bulk-says-200-for-post" ["B-01"] ["*"] |q, next, _| { let is = q.path == "/Bulk"; let mut a = next(q); if is { a.edit(|d| for o in elements(d, "Operations") { if o["status"] == "201" { o["status"] = "200".into(); } }); } a };
    // Versions.
    "if-match-ignored-by-put" ["V-04"] ["*"] |q, next, _| heedless(q, next, "PUT");
    "if-match-ignored-by-patch" ["V-04"] ["*"] |q, next, _| heedless(q, next, "PATCH");
    "412-and-done" ["V-04"] ["*"] |mut q, next, _| { let is = q.headers.get("if-match").is_some_and(|v| v != "*") && !q.method("DELETE") && !q.method("GET"); let a = next(q.clone()); if is && a.status == 412 { q.headers.remove("if-match"); let _done = next(q); } a };
    "if-match-star-is-412" ["V-07"] ["*"] |q, next, _| if q.headers.get("if-match").is_some_and(|v| v == "*") { Resp::error(412, "") } else { next(q) };
    // Discovery.
    "resource-types-are-an-array" ["D-06"] ["*"] |q, next, _| { let is = q.is("GET", "/ResourceTypes"); let mut a = next(q); if is && a.ok() { a.raw = Value::from(a.resources()).to_string().into(); } a };
    "multiValued-as-text" ["D-12"] ["*"] |q, next, _| discovery(q, next, "/Schemas", |s| for x in elements(s, "attributes") { if let Some(b) = x["multiValued"].as_bool() { x["multiValued"] = b.to_string().into(); } });
    "attributes-without-type" ["D-12"] ["*"] |q, next, _| discovery(q, next, "/Schemas", |s| for x in elements(s, "attributes") { if x["name"] == "nickName" { drop_member(x, "type"); } });
    "maxResults-as-text" ["D-02"] ["*"] |q, next, _| discovery(q, next, "/ServiceProviderConfig", |c| { let n = c["filter"]["maxResults"].to_string(); c["filter"]["maxResults"] = n.into(); });
    "type-of-an-unknown-schema" ["D-08"] ["*"] |q, next, _| discovery(q, next, "/ResourceTypes", |t| if t["id"] == "Group" { t["schema"] = "urn:example:nothing".into(); });
    // Credentials and media types.
    "the-beginning-of-a-token-will-do" ["H-03"] [] |mut q, next, _| { if let Some(token) = q.headers.get("authorization").and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer ")) { if token.len() > 4 && "s3cret-token".starts_with(token) { q.headers.insert("authorization", "Bearer s3cret-token".parse().unwrap()); } } next(q) };
    "scim-json-is-415" ["T-04"] ["*"] |q, next, _| if q.headers.get("content-type").is_some_and(|t| t.to_str().is_ok_and(|t| t.starts_with("application/scim+json") && t.contains("charset"))) { Resp::error(415, "") } else { next(q) };
    "errors-as-pages" ["T-01" "E-01"] ["*"] |q, next, _| { let mut a = next(q); if a.status >= 400 { a.header("content-type", "text/html"); } a };
    "deleted-users-keep-their-groups" ["M-06" "R-08"] ["*"] |q, next, m| { if q.method("DELETE") && q.path.starts_with("/Groups/") { let old = next(q.as_get()); let a = next(q.clone()); if a.ok() { for id in old.json()["members"].as_array().into_iter().flatten().filter_map(|one| one["value"].as_str()) { m.lock().unwrap().insert(format!("{id}|{}", q.path)); } } return a; } let mut a = next(q.clone()); if q.method == Method::GET { let gone: Vec<_> = m.lock().unwrap().iter().cloned().collect(); a.each(|r| { let Some(id) = r["id"].as_str().map(str::to_owned) else { return }; for path in gone.iter().filter_map(|g| g.strip_prefix(&format!("{id}|"))) { let group = json!({"value": path.trim_start_matches("/Groups/"), "type": "direct"}); match r["groups"].as_array_mut() { Some(all) => all.push(group), None => r["groups"] = json!([group]) } } }); } a };
};
