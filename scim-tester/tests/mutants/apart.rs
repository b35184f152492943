//! Faults and liberties that a service provider of another kind than the embedded one showed: lists
//! without a filter, cursors, operations that overwrite each other, and what surrounds a request.

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

/// Whether it is a list of all.
fn of_all(q: &Req) -> bool {
    q.lists() && q.get("filter").is_none()
}

fn without(mut q: Req, names: &[&str]) -> Req {
    for name in names {
        q.drop(name);
    }
    q
}

fn drop_member(value: &mut Value, name: &str) {
    if let Some(members) = value.as_object_mut() {
        members.remove(name);
    }
}

/// Whether nobody says who asks.
fn is_anonymous(q: &Req) -> bool {
    !q.headers.contains_key("authorization")
}

/// As somebody who may.
fn allowed(mut q: Req) -> Req {
    let own = format!("Bearer {}", super::TOKEN);
    q.headers.insert("authorization", own.parse().unwrap());
    q
}

/// The documents of discovery, changed.
fn config(q: &Req, mut a: Resp, edit: impl FnOnce(&mut Value)) -> Resp {
    if q.is("GET", "/ServiceProviderConfig") && a.ok() {
        a.edit(edit);
    }
    a
}

#[rustfmt::skip]
pub(crate) const MUTANTS: &[Mutant] = mutants! {
    "startIndex-ignored-without-a-filter" ["G-13"] [] |q, next, _| next(if of_all(&q) { without(q, &["startIndex"]) } else { q });
    "count-ignored-without-a-filter" ["G-13"] ["OK-13"] |q, next, _| next(if of_all(&q) && q.get("count") != Some("x") { without(q, &["count"]) } else { q });
    "count-1-means-all" ["G-01"] [] |q, next, _| next(if q.get("count") == Some("1") { without(q, &["count"]) } else { q });
    "sortBy-ignored-without-a-filter" ["S-09"] ["S-06"] |q, next, _| next(if of_all(&q) { without(q, &["sortBy", "sortOrder"]) } else { q });
    "attributes-ignored-without-a-filter" ["P-02"] [] |q, next, _| next(if of_all(&q) { without(q, &["attributes"]) } else { q });
    "sorted-by-what-is-shown" ["S-02"] [] |q, next, _| { let hidden = q.get("sortBy").zip(q.get("attributes")).is_some_and(|(by, names)| !names.to_lowercase().contains(&by.to_lowercase())); next(if hidden { without(q, &["sortBy", "sortOrder"]) } else { q }) };
    "filtered-by-what-is-shown" ["P-02"] ["Q-02" "P-05"] |q, next, _| { let hidden = q.lists() && q.get("attributes").is_some_and(|names| !q.filter_text().is_empty() && !q.filter_text().split(|c: char| !c.is_alphanumeric()).any(|word| names.to_lowercase().split(',').any(|name| name.ends_with(&word.to_lowercase()) && word.len() > 3))); if hidden { Resp::list(&[]) } else { next(q) } };
    "excluded-before-the-filter" ["P-03"] [] |q, next, _| { let hidden = q.lists() && q.get("excludedAttributes").is_some_and(|name| q.filter_text().to_lowercase().contains(&name.to_lowercase())); if hidden { Resp::list(&[]) } else { next(q) } };
    "cursors-forget-the-order" ["K-14"] [] |q, next, _| { let mut q = q; let is = q.get("cursor").is_some() && q.get("sortBy").is_some(); if is { q.put("sortOrder", "ascending"); } next(q) };
    "cursors-forget-the-projection" ["K-14"] [] |q, next, _| { let is = q.get("cursor").is_some_and(|c| !c.is_empty()); if !is || q.get("attributes").is_none() { return next(q); } let mut a = next(q); a.each(|r| r["meta"] = json!({"resourceType": "User"})); a };
    "accents-do-not-count" ["F-28"] [] |mut q, next, _| { q.filter(|f| f.replace('\u{e9}', "e")); next(q) };
    "blanks-at-the-end-do-not-count" ["F-28"] [] |mut q, next, _| { q.filter(|f| f.replace("Rene \"", "Rene\"")); next(q) };
    "unsigned-tokens-taken" ["H-03"] [] |q, next, _| { let unsigned = q.headers.get("authorization").and_then(|by| by.to_str().ok()).is_some_and(|by| by.starts_with("Bearer eyJ") && by.ends_with('.')); next(if unsigned { allowed(q) } else { q }) };
    "HEAD-without-authentication" ["H-01"] [] |q, next, _| { if q.method("HEAD") && is_anonymous(&q) { return Resp::empty(200); } next(q) };
    "Me-without-authentication" ["H-01"] [] |q, next, _| { if q.is("GET", "/Me") && is_anonymous(&q) { return Resp::new(200, &json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "me"})); } next(q) };
    "bulk-shows-passwords" ["A-01"] [] |q, next, _| { let sent = q.json(); let is = q.is("POST", "/Bulk"); let mut a = next(q); if is { a.edit(|d| for (at, result) in d["Operations"].as_array_mut().into_iter().flatten().enumerate() { if result["method"] == "POST" && result["status"] == "201" { result["response"] = sent["Operations"][at]["data"].clone(); } }); } a };
    "bulk-ids-not-in-extensions" ["B-02"] [] |q, next, _| { let mut q = q; if q.is("POST", "/Bulk") { q.edit(|d| for one in d["Operations"].as_array_mut().into_iter().flatten() { if one["data"][ENTERPRISE]["manager"]["value"].is_string() { one["data"][ENTERPRISE]["manager"]["value"] = "unresolved".into(); } }); } next(q) };
    "operations-by-path" ["X-25"] ["M-02"] |mut q, next, _| { if q.method("PATCH") { q.edit(|d| if let Some(all) = d["Operations"].as_array().cloned() { let later = |at: usize, one: &Value| all.iter().skip(at + 1).any(|other| other["op"] == one["op"] && other["path"] == one["path"] && one["path"].is_string()); d["Operations"] = all.iter().enumerate().filter(|(at, one)| !later(*at, one)).map(|(_, one)| one.clone()).collect(); }); } next(q) };
    "one-value-of-each-type-after-add" ["X-08"] ["X-09" "X-25" "X-42"] |mut q, next, _| { q.each_operation(|o| if o["op"] == "add" && o["path"] == "emails" && o["value"].as_array().is_some_and(|v| v.len() == 1 && v[0]["type"] == "work" && v[0].get("primary").is_none()) { o["op"] = "replace".into(); o["path"] = "emails[type eq \"work\"]".into(); o["value"] = o["value"][0].clone(); }); next(q) };
    "sub-attributes-behind-brackets-in-one-letter-case" ["X-40"] [] |q, next, _| { let wrong = q.operations().iter().any(|o| o["path"].as_str().and_then(|p| p.rsplit_once("].")).is_some_and(|(_, sub)| sub.starts_with(|c: char| c.is_ascii_uppercase()))); if q.method("PATCH") && wrong { Resp::error(400, "invalidPath") } else { next(q) } };
    "patch-answers-without-extension" ["X-01"] [] |q, next, _| { let is = q.method("PATCH"); let mut a = next(q); if is { a.each(|r| drop_member(r, ENTERPRISE)); } a };
    "patch-answers-without-meta" ["X-01"] ["X-38"] |q, next, _| { let is = q.method("PATCH") && q.get("attributes").is_none(); let mut a = next(q); if is { a.each(|r| drop_member(r, "meta")); } a };
    "put-answers-without-extension" ["W-01"] [] |q, next, _| { let is = q.method("PUT"); let mut a = next(q); if is { a.each(|r| drop_member(r, ENTERPRISE)); } a };
    "names-of-what-was-refused-are-kept" ["C-12"] ["*"] |q, next, m| { if q.creates() && q.headers.contains_key("authorization") { let name = q.json()["userName"].as_str().or(q.json()["displayName"].as_str()).unwrap_or_default().to_lowercase(); if !name.is_empty() && m.lock().unwrap().contains(&name) { return Resp::error(409, "uniqueness"); } let a = next(q); if a.status == 400 { m.lock().unwrap().insert(name); } return a; } next(q) };
    "active-is-always-true-at-first" ["C-06"] ["*"] |mut q, next, _| { if q.creates() { q.edit(|d| if d["active"] == false { d["active"] = true.into(); }); } next(q) };
    "lists-leave-out-false" ["R-11"] ["F-12" "S-05" "S-08" "R-05" "P-02"] |q, next, _| { let is = q.lists(); let mut a = next(q); if is { a.each(|r| if r["active"] == false { drop_member(r, "active"); }); } a };
    "no-operation-allowed-in-bulk" ["D-02"] ["*"] |q, next, _| { let a = next(q.clone()); config(&q, a, |d| d["bulk"]["maxOperations"] = 0.into()) };
    "no-scheme-announced" ["D-02"] [] |q, next, _| { let a = next(q.clone()); config(&q, a, |d| d["authenticationSchemes"] = json!([])) };
    "memberships-have-no-version" ["V-03"] ["*"] |q, next, _| { let of_group = |q: &Req| q.path.starts_with("/Groups/"); if !of_group(&q) || q.get("attributes").is_some() { return next(q); } let mut a = next(q); if a.ok() && a.json()["members"].as_array().is_some_and(|m| m.len() == 1) { a.header("etag", "W/\"1\""); a.each(|r| r["meta"]["version"] = "W/\"1\"".into()); } a };
};

/// What is lawful: no error may be told of it, and nothing critical.
#[rustfmt::skip]
pub(crate) const LAWFUL: &[(&str, Fault)] = &[
    ("an extension that is not required needs something", |q, next, _| { let mut q = q; let writes = q.creates() || q.method("PUT"); let body = q.json(); if writes && body[ENTERPRISE].as_object().is_some_and(|e| !e.is_empty() && !e.contains_key("employeeNumber")) { return Resp::error(400, "invalidValue"); } if q.method("PATCH") && q.operations().iter().any(|o| o["op"] == "remove" && o["path"].as_str().is_some_and(|p| p.ends_with(":employeeNumber"))) { return Resp::error(400, "mutability"); } if q.path == "/nowhere" { q.drop("x"); } let is = q.path.starts_with("/Schemas"); let mut a = next(q); if is { let text = String::from_utf8_lossy(&a.raw).into_owned(); a.raw = needed(&text).into(); } a }),
    ("one value of each type", |q, next, _| { let twice = |v: &Value| { let types: Vec<_> = v.as_array().into_iter().flatten().filter_map(|e| e["type"].as_str()).collect(); types.iter().enumerate().any(|(at, one)| types[..at].contains(one)) }; if (q.creates() || q.method("PUT")) && twice(&q.json()["emails"]) { return Resp::error(400, "invalidValue"); } if q.method("PATCH") && q.resource().is_some() { let old = next(q.as_get()).json()["emails"].clone(); let clash = q.operations().iter().any(|o| { let new = if o["path"] == "emails" { &o["value"] } else { &o["value"]["emails"] }; let new: Vec<Value> = new.as_array().cloned().unwrap_or_else(|| vec![new.clone()]); let same = new.iter().any(|n| old.as_array().into_iter().flatten().any(|e| e["type"] == n["type"] && e["value"] != n["value"])); o["op"] == "add" && (same || twice(&Value::from(new))) }); if clash { return Resp::error(400, "invalidValue"); } } next(q) }),
    ("what is readOnly in an extension is filled in", |q, next, _| { let mut a = next(q.clone()); let excluded = q.get("excludedAttributes").unwrap_or_default(); if q.get("attributes").is_some() || excluded.split(',').any(|name| name == ENTERPRISE) { return a; } let managed = q.resource().is_some() && a.ok() && next(q.as_get()).json()[ENTERPRISE]["manager"]["value"].is_string(); a.each(|r| { let own = r.get(ENTERPRISE).is_some_and(|e| e["manager"]["value"].is_string()); if own || managed && r.get("id").is_some() { r[ENTERPRISE]["manager"]["displayName"] = "The manager".into(); } }); a }),
    ("meta has an array", |q, next, _| { let mut a = next(q); a.each(|r| if r["meta"].is_object() { r["meta"]["attributes"] = json!(["a"]); }); a }),
    ("a type can be read only", |q, next, _| { if q.path.starts_with("/Badges") { return match (q.method.as_str(), q.path.as_str()) { _ if is_anonymous(&q) || !next(Req { path: "/Users".to_owned(), ..q.as_get() }).ok() => Resp::error(401, ""), ("GET", "/Badges") => Resp::list(&[]), ("GET", "/Badges/.search") => Resp::error(404, ""), ("POST", "/Badges/.search") => Resp::list(&[]), ("GET", _) => Resp::error(404, ""), _ => { let mut a = Resp::error(405, ""); a.header("allow", "GET"); a } }; } badges(&q, next(q.clone())) }),
];

/// The schema of the extension, with an attribute that it needs.
fn needed(schemas: &str) -> String {
    let Ok(mut document) = serde_json::from_str::<Value>(schemas) else {
        return schemas.to_owned();
    };
    let edit = |schema: &mut Value| {
        if schema["id"] == ENTERPRISE {
            for attr in schema["attributes"].as_array_mut().into_iter().flatten() {
                if attr["name"] == "employeeNumber" {
                    attr["required"] = true.into();
                }
            }
        }
    };
    match document.get_mut("Resources").and_then(Value::as_array_mut) {
        Some(all) => all.iter_mut().for_each(edit),
        None => edit(&mut document),
    }
    document.to_string()
}

/// Discovery with a type whose only attribute is readOnly.
fn badges(q: &Req, a: Resp) -> Resp {
    const BADGE: &str = "urn:example:params:scim:schemas:2.0:Badge";
    let schema = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": BADGE, "name": "Badge", "description": "x",
        "meta": {"resourceType": "Schema", "location": format!("https://scim.example/v2/Schemas/{BADGE}")},
        "attributes": [{"name": "code", "type": "string", "multiValued": false, "description": "x", "required": true,
            "caseExact": false, "mutability": "readOnly", "returned": "default", "uniqueness": "none"}],
    });
    let kind = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"], "id": "Badge", "name": "Badge", "endpoint": "/Badges",
        "schema": BADGE, "meta": {"resourceType": "ResourceType", "location": "https://scim.example/v2/ResourceTypes/Badge"},
    });
    let more = |one: &Value| {
        let mut all = a.resources();
        all.push(one.clone());
        Resp::list(&all)
    };
    let path = q.path.trim_end_matches('/').replace("%3A", ":");
    match path.as_str() {
        _ if !q.method("GET") => a,
        "/Schemas" if a.ok() => more(&schema),
        "/ResourceTypes" if a.ok() => more(&kind),
        "/ResourceTypes/Badge" => Resp::new(200, &kind),
        path if path.strip_prefix("/Schemas/") == Some(BADGE) => Resp::new(200, &schema),
        _ => a,
    }
}
