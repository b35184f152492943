//! Faults of filters, projections, groups, values and schemas that take a look at a whole resource to be
//! noticed.

use http::Method;
use serde_json::{Value, json};

use super::{
    faults::Mutant,
    wire::{Fault, Memory, Req, Resp},
};

macro_rules! mutants {
    ($($name:literal [$($by:literal)*] [$($also:literal)*] $fault:expr;)*) => {
        &[$(Mutant { name: $name, noticed_by: &[$($by),*], also: &[$($also),*], fault: $fault as Fault }),*]
    };
}

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

fn drop_member(value: &mut Value, name: &str) {
    if let Some(members) = value.as_object_mut() {
        members.remove(name);
    }
}

fn path(operation: &Value) -> &str {
    operation["path"].as_str().unwrap_or_default()
}

fn op(q: &Req, test: impl Fn(&Value) -> bool) -> bool {
    q.method("PATCH") && q.operations().iter().any(test)
}

/// Another term in place of the one that begins so, and ends with its text.
fn other_term(filter: &str, begin: &str, new: &str) -> String {
    let Some(from) = filter.find(begin) else {
        return filter.to_owned();
    };
    let rest = &filter[from + begin.len()..];
    let to = rest.find('"').map_or(rest.len(), |at| at + 1);
    format!("{}{new}{}", &filter[..from], &rest[to..])
}

/// Changes the names of a list of attributes.
fn names(q: &mut Req, parameter: &str, change: impl Fn(&str) -> Option<String>) {
    if let Some(list) = q.get(parameter) {
        let new: Vec<_> = list.split(',').filter_map(change).collect();
        let new = if new.is_empty() {
            "zz".to_owned()
        } else {
            new.join(",")
        };
        q.put(parameter, new);
    }
}

/// Changes the attributes of this name in all schema documents.
fn schemas(q: Req, next: &dyn Fn(Req) -> Resp, name: &str, change: impl Fn(&mut Value)) -> Resp {
    let is = q.path.starts_with("/Schemas");
    let mut a = next(q);
    if is && a.ok() {
        a.edit(|d| {
            let list: Vec<&mut Value> = match d.get("Resources").is_some() {
                true => d["Resources"]
                    .as_array_mut()
                    .into_iter()
                    .flatten()
                    .collect(),
                false => vec![d],
            };
            for document in list {
                for attr in document
                    .get_mut("attributes")
                    .and_then(Value::as_array_mut)
                    .into_iter()
                    .flatten()
                {
                    if attr["name"] == name {
                        change(attr);
                    }
                }
            }
        });
    }
    a
}

/// The elements of an attribute with several values.
fn elements<'a>(resource: &'a mut Value, name: &str) -> impl Iterator<Item = &'a mut Value> {
    resource
        .get_mut(name)
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
}

/// `display` of these elements is what it was when they were first seen.
fn as_first_seen(m: &Memory, resource: &mut Value, name: &str, now: impl Fn(&Value) -> Value) {
    for element in elements(resource, name) {
        let key = format!("{name}|{}|", element["value"].as_str().unwrap_or_default());
        let mut seen = m.lock().unwrap();
        let first = seen
            .iter()
            .find_map(|known| Some(known.strip_prefix(&key)?.to_owned()));
        let first = first.unwrap_or_else(|| now(element).as_str().unwrap_or_default().to_owned());
        seen.insert(format!("{key}{first}"));
        element["display"] = first.into();
    }
}

/// Changes the keyword of refusals.
fn keyword(a: &mut Resp, when: bool, from: &str, to: &str) {
    if when && a.status >= 400 {
        a.edit(|d| {
            if d["scimType"] == from {
                d["scimType"] = to.into();
            }
        });
    }
}

/// In the answers to PUT, what the old resource had beside the new one.
fn old(q: &Req, next: &dyn Fn(Req) -> Resp) -> Value {
    match q.method("PUT") && q.path.starts_with("/Users/") {
        true => next(q.as_get()).json(),
        false => Value::Null,
    }
}

#[rustfmt::skip]
pub(crate) const MUTANTS: &[Mutant] = mutants! {
    // Filters.
    "star-is-a-wildcard" ["F-02"] [] |mut q, next, _| { q.filter(|f| match f.strip_suffix("*\"") { Some(head) => format!("{}\"", head.replacen(" eq ", " sw ", 1)), None => f.to_owned() }); next(q) };
    "ne-by-letter-case" ["F-05"] [] |mut q, next, _| { q.filter(|f| other_term(f, "displayName ne \"ZT", "displayName pr")); next(q) };
    "externalId-ne-in-any-letter-case" ["F-04"] ["F-05"] |mut q, next, _| { q.filter(|f| other_term(f, "externalId ne \"ZT", "id eq \"none\"")); next(q) };
    "id-in-any-letter-case" ["F-25"] [] |mut q, next, _| { q.filter(|f| match f.strip_prefix("id eq ") { Some(id) => format!("id eq {}", id.to_lowercase()), None => f.to_owned() }); next(q) };
    "urns-in-filters-in-one-letter-case" ["F-17"] [] |q, next, _| if q.filter_text().starts_with("URN:") { Resp::error(400, "invalidFilter") } else { next(q) };
    "urns-in-paths-in-one-letter-case" ["X-40"] [] |q, next, _| if op(&q, |o| path(o).starts_with("URN:")) { Resp::error(400, "invalidPath") } else { next(q) };
    "urns-in-projections-in-one-letter-case" ["P-06"] [] |mut q, next, _| { names(&mut q, "attributes", |n| (!n.starts_with("URN:")).then(|| n.to_owned())); next(q) };
    "brackets-take-eq-only" ["F-22"] [] |q, next, _| if q.filter_text().contains("[value co \"alpha\"]") { Resp::error(400, "invalidFilter") } else { next(q) };
    "pr-in-brackets-is-always-true" ["F-22"] [] |mut q, next, _| { q.filter(|f| f.replace("emails[display pr]", "emails pr")); next(q) };
    "bracket-in-a-text-ends-brackets" ["F-22"] [] |q, next, _| if q.filter_text().contains("\"]\"") { Resp::error(400, "invalidFilter") } else { next(q) };
    "bracket-in-a-text-ends-the-path" ["X-18"] [] |q, next, _| if op(&q, |o| path(o).contains("].\"")) { Resp::error(400, "invalidPath") } else { next(q) };
    "addresses-are-not-looked-at" ["F-43"] [] |q, next, _| if q.filter_text().contains("addresses.") { Resp::list(&[]) } else { next(q) };
    "manager-is-not-looked-at" ["F-43"] [] |q, next, _| if q.filter_text().contains(":manager.") { Resp::list(&[]) } else { next(q) };
    "certificates-are-not-looked-at" ["F-43"] [] |q, next, _| if q.filter_text().contains("x509Certificates.value eq") { Resp::list(&[]) } else { next(q) };
    "extensions-by-letter-case" ["F-43"] [] |q, next, _| if q.filter_text().contains(":department eq \"ZT") { Resp::list(&[]) } else { next(q) };
    "many-terms-find-nothing" ["F-43"] ["F-41" "F-37"] |q, next, _| if q.filter_text().matches(" and ").count() > 8 { Resp::list(&[]) } else { next(q) };
    "not-of-brackets-ends-at-or" ["F-44"] [] |mut q, next, _| { q.filter(|f| match f.contains("not (emails[") { true => f.replacen(" or ", ") or (", 1), false => f.to_owned() }); next(q) };
    "or-forgets-booleans" ["F-44"] [] |q, next, _| if q.filter_text().contains("active eq true") && q.filter_text().contains(" or ") { Resp::list(&[]) } else { next(q) };
    "groups-are-not-looked-at" ["R-08"] [] |q, next, _| if q.filter_text().starts_with("groups.value") { Resp::list(&[]) } else { next(q) };
    // PATCH and PUT.
    "replace-of-no-value-adds" ["X-16"] ["X-24"] |mut q, next, _| { q.each_operation(|o| if o["op"] == "replace" && path(o).ends_with("\"zz-none\"]") { o["op"] = "add".into(); o["path"] = "emails".into(); o["value"] = json!([o["value"].clone()]); }); next(q) };
    "replace-of-no-value-does-nothing" ["X-16"] [] |q, next, _| if op(&q, |o| o["op"] == "replace" && path(o).ends_with("\"zz-none\"]")) { next(q.as_get()) } else { next(q) };
    "replace-in-brackets-merges" ["X-14"] [] |mut q, next, _| { q.each_operation(|o| if path(o).starts_with("emails[value eq") && o["value"].is_object() { o["value"]["display"] = "Shown".into(); }); next(q) };
    "remove-of-an-extension-does-nothing" ["X-26"] [] |q, next, _| if op(&q, |o| o["op"] == "remove" && path(o) == ENTERPRISE) { next(q.as_get()) } else { next(q) };
    "manager-is-not-removed" ["X-27"] ["EN-16"] |q, next, _| if op(&q, |o| o["op"] == "remove" && path(o).ends_with(":manager.value")) { next(q.as_get()) } else { next(q) };
    "put-merges-name" ["W-03"] [] |mut q, next, _| { let old = old(&q, next); q.edit(|d| if d["name"].is_object() { for (n, v) in old["name"].as_object().into_iter().flatten() { if d["name"].get(n).is_none() { d["name"][n] = v.clone(); } } }); next(q) };
    "puts-at-once-ignore-if-match" ["Y-02"] [] |mut q, next, _| { if q.method("PUT") && String::from_utf8_lossy(&q.raw).contains(" at once ") { q.headers.remove("if-match"); } next(q) };
    // Projections, searches and sorting.
    "groups-alone-do-not-come" ["R-08"] [] |mut q, next, _| { if q.get("attributes") == Some("groups") { q.put("attributes", "zz"); } next(q) };
    "excluded-groups-come" ["R-08"] [] |mut q, next, _| { if q.get("excludedAttributes") == Some("groups") { q.drop("excludedAttributes"); } next(q) };
    "groups-not-in-lists" ["R-08"] [] |q, next, _| { let is = q.lists(); let mut a = next(q); if is { a.each(|r| drop_member(r, "groups")); } a };
    "manager-value-is-not-projected" ["P-12"] [] |mut q, next, _| { names(&mut q, "attributes", |n| (!n.contains(":manager.")).then(|| n.to_owned())); next(q) };
    "addresses-come-whole" ["P-12"] [] |mut q, next, _| { names(&mut q, "attributes", |n| Some(if n.starts_with("addresses.") { "addresses".to_owned() } else { n.to_owned() })); next(q) };
    "excluded-part-takes-the-whole" ["P-12"] [] |mut q, next, _| { names(&mut q, "excludedAttributes", |n| Some(if n.starts_with("phoneNumbers.") { "phoneNumbers".to_owned() } else { n.to_owned() })); next(q) };
    "meta-is-not-excluded" ["P-12"] [] |mut q, next, _| { names(&mut q, "excludedAttributes", |n| (n != "meta").then(|| n.to_owned())); next(q) };
    "excluded-extension-comes" ["P-13"] [] |mut q, next, _| { if q.get("excludedAttributes") == Some(ENTERPRISE) { q.drop("excludedAttributes"); } next(q) };
    "excluded-in-a-post-comes" ["P-13"] [] |mut q, next, _| { if q.creates() { q.drop("excludedAttributes"); } next(q) };
    "excluded-in-a-patch-comes" ["P-13"] [] |mut q, next, _| { if q.method("PATCH") { q.drop("excludedAttributes"); } next(q) };
    "searches-are-not-sorted" ["Q-07"] [] |mut q, next, _| { if q.searches() { q.edit(|d| drop_member(d, "sortBy")); } next(q) };
    "searches-ignore-sortOrder" ["Q-07"] [] |mut q, next, _| { if q.searches() { q.edit(|d| drop_member(d, "sortOrder")); } next(q) };
    "extensions-are-not-sorted" ["S-04"] [] |mut q, next, _| { if q.get("sortBy").is_some_and(|n| n.starts_with("urn:")) { q.drop("sortBy"); } next(q) };
    "sortBy-in-one-letter-case" ["S-02"] [] |mut q, next, _| { if q.get("sortBy").is_some_and(|n| n == n.to_uppercase()) { q.drop("sortBy"); } next(q) };
    // Groups.
    "groups-in-groups-say-User" ["M-05"] [] |q, next, _| { let mut a = next(q); a.each(|r| for m in elements(r, "members") { if m["type"] == "Group" { m["type"] = "User".into(); } }); a };
    "groups-in-groups-refer-to-users" ["M-05"] [] |q, next, _| { let mut a = next(q); a.each(|r| for m in elements(r, "members") { if m["type"] == "Group" { m["$ref"] = format!("https://scim.example/v2/Users/{}", m["value"].as_str().unwrap_or("")).into(); } }); a };
    "all-groups-are-called-direct" ["M-05"] [] |q, next, _| { let mut a = next(q); a.each(|r| for g in elements(r, "groups") { g["type"] = "direct".into(); }); a };
    "old-names-of-groups" ["M-11"] ["L-07"] |q, next, m| { let is = q.is("POST", "/Groups"); let mut a = next(q); if is && a.ok() { let made = a.json(); m.lock().unwrap().insert(format!("groups|{}|{}", made["id"].as_str().unwrap_or(""), made["displayName"].as_str().unwrap_or(""))); } a.each(|r| as_first_seen(m, r, "groups", |g| g["display"].clone())); a };
    "old-names-of-members" ["M-11"] [] |q, next, m| { let mut a = next(q.clone()); if q.method("GET") && q.path.starts_with("/Groups/") { a.each(|r| as_first_seen(m, r, "members", |one| { let mut user = q.as_get(); user.path = format!("/Users/{}", one["value"].as_str().unwrap_or("")); next(user).json()["userName"].clone() })); } a };
    "one-group-of-each-user" ["R-08"] [] |q, next, _| { let mut a = next(q); a.each(|r| if let Some(g) = r.get_mut("groups").and_then(Value::as_array_mut) { g.truncate(1); }); a };
    "members-twice-in-new-groups" ["M-03"] [] |q, next, m| { let twice = q.is("POST", "/Groups") && q.json()["members"].as_array().is_some_and(|all| all.len() == 2 && all[0]["value"] == all[1]["value"]); let mut a = next(q); if twice && a.ok() { m.lock().unwrap().insert(a.json()["id"].as_str().unwrap_or("").to_owned()); } a.each(|r| if m.lock().unwrap().contains(r["id"].as_str().unwrap_or("")) { if let Some(all) = r.get_mut("members").and_then(Value::as_array_mut) { if all.len() == 1 { all.push(all[0].clone()); } } }); a };
    // Schemas.
    "unknown-schema-beside-its-own" ["C-12"] [] |mut q, next, _| { if q.creates() { q.edit(|d| if let Some(s) = d["schemas"].as_array_mut() { if s.len() > 1 { s.retain(|u| u != "urn:example:no:such:schema"); } }); } next(q) };
    "required-extension-is-not-needed" ["C-18"] [] |q, next, _| { let is = q.path.starts_with("/ResourceTypes"); let mut a = next(q); if is && a.ok() { a.raw = String::from_utf8_lossy(&a.raw).replace("\"required\":false", "\"required\":true").into(); } a };
    "published-as-unique-and-is-not" ["A-09"] [] |q, next, _| schemas(q, next, "nickName", |a| a["uniqueness"] = "server".into());
    "published-as-caseExact-and-is-not" ["F-43"] ["F-04"] |q, next, _| schemas(q, next, "userType", |a| a["caseExact"] = true.into());
    "user-name-published-as-optional" ["D-13"] [] |q, next, _| schemas(q, next, "userName", |a| a["required"] = false.into());
    "certificates-published-as-text" ["D-13"] [] |q, next, _| schemas(q, next, "x509Certificates", |a| for s in elements(a, "subAttributes") { if s["name"] == "value" { s["type"] = "string".into(); } });
    "type-of-authentication-made-up" ["D-02"] ["H-02"] |q, next, _| { let is = q.path == "/ServiceProviderConfig"; let mut a = next(q); if is && a.ok() { a.edit(|d| for s in elements(d, "authenticationSchemes") { s["type"] = "Bearer Token".into(); }); } a };
    "whole-urls-as-endpoints" ["D-09"] [] |q, next, _| { let is = q.path.starts_with("/ResourceTypes"); let mut a = next(q); if is && a.ok() { a.raw = String::from_utf8_lossy(&a.raw).replace("\"endpoint\":\"/", "\"endpoint\":\"https://scim.example/v2/").into(); } a };
    // Values.
    "line-breaks-become-blanks" ["I-03"] [] |mut q, next, _| { if q.creates() { q.edit(|d| for n in ["displayName", "externalId"] { if let Some(t) = d[n].as_str() { d[n] = t.replace('\n', " ").into(); } }); } next(q) };
    "ligatures-become-letters" ["I-03"] [] |mut q, next, _| { if q.creates() { q.edit(|d| for n in ["displayName", "externalId"] { if let Some(t) = d[n].as_str() { d[n] = t.replace('\u{fb01}', "fi").into(); } }); } next(q) };
    "blanks-at-the-ends-are-cut" ["I-03"] [] |mut q, next, _| { if q.creates() { q.edit(|d| for n in ["displayName", "externalId"] { if let Some(t) = d[n].as_str() { d[n] = t.trim().into(); } }); } next(q) };
    "blanks-become-one" ["I-03"] [] |mut q, next, _| { if q.creates() { q.edit(|d| for n in ["displayName", "externalId"] { if let Some(t) = d[n].as_str().filter(|t| !t.starts_with(' ')) { d[n] = t.replace("  ", " ").into(); } }); } next(q) };
    "sub-attributes-in-one-letter-case" ["C-15"] [] |mut q, next, _| { if q.creates() { q.edit(|d| if let Some(n) = d.get_mut("name").and_then(Value::as_object_mut) { n.retain(|k, _| k.chars().any(char::is_lowercase)); }); } next(q) };
    "extensions-in-one-letter-case" ["C-15"] [] |mut q, next, _| { if q.creates() { q.edit(|d| if let Some(n) = d.get_mut(ENTERPRISE).and_then(Value::as_object_mut) { n.retain(|k, _| k.chars().any(char::is_lowercase)); }); } next(q) };
    "same-externalId-same-resource" ["C-17"] ["*"] |q, next, m| { let x = q.json()["externalId"].as_str().map(str::to_owned); if let (Some(x), true) = (x, q.is("POST", "/Users")) { let known = m.lock().unwrap().iter().find_map(|k| Some(k.strip_prefix(&format!("{x}|"))?.to_owned())); if let Some(id) = known { let mut first = q.as_get(); first.path = format!("/Users/{id}"); let mut a = next(first); if a.ok() { a.status = 201; a.header("location", &format!("https://scim.example/v2/Users/{id}")); return a; } } let a = next(q); if a.ok() { m.lock().unwrap().insert(format!("{x}|{}", a.json()["id"].as_str().unwrap_or(""))); } return a; } next(q) };
    "extension-without-data-refused" ["C-08"] ["C-12"] |q, next, _| if q.creates() && q.json()["schemas"].as_array().is_some_and(|s| s.len() > 1 && s.iter().any(|u| u == ENTERPRISE)) && q.json().get(ENTERPRISE).is_none() { Resp::error(400, "invalidValue") } else { next(q) };
    // HTTP and errors.
    "chunks-are-not-read" ["T-13"] [] |q, next, _| if q.headers.contains_key("transfer-encoding") { Resp::error(400, "invalidSyntax") } else { next(q) };
    "location-beside-the-base-url" ["C-02"] [] |q, next, _| { let is = q.creates(); let mut a = next(q); if let Some(l) = a.headers.get("location").and_then(|l| l.to_str().ok()).map(|l| l.trim_start_matches("https://scim.example/v2").to_owned()).filter(|_| is) { a.header("location", &l); } a };
    "missing-values-are-invalidSyntax" ["C-09" "W-06"] [] |q, next, _| { let is = (q.creates() || q.method("PUT")) && q.json().get("userName").is_none(); let mut a = next(q); keyword(&mut a, is, "invalidValue", "invalidSyntax"); a };
    "wrong-paths-are-invalidValue" ["X-32" "X-33"] [] |q, next, _| { let is = q.method("PATCH"); let mut a = next(q); keyword(&mut a, is, "invalidPath", "invalidValue"); a };
    "remove-of-nothing-is-invalidValue" ["X-19"] [] |q, next, _| { let is = op(&q, |o| o["op"] == "remove" && o.get("path").is_none()); let mut a = next(q); keyword(&mut a, is, "noTarget", "invalidValue"); a };
    "uniqueness-is-invalidValue-in-put" ["A-11"] [] |q, next, _| { let is = q.method("PUT"); let mut a = next(q); keyword(&mut a, is, "uniqueness", "invalidValue"); a };
    "letters-become-others" ["I-03"] [] |mut q, next, _| { if q.creates() { q.edit(|d| for n in ["displayName", "externalId"] { if let Some(t) = d[n].as_str() { d[n] = t.replace('\u{5e9}', "?").into(); } }); } next(q) };
    "extension-makes-sorting-fail" ["S-04"] ["E-06"] |q, next, _| if q.get("sortBy").is_some_and(|n| n.starts_with("urn:")) { Resp::error(500, "") } else { next(q) };
    "broken-json-is-invalidValue" ["E-05"] ["Q-04"] |q, next, _| { let is = !q.raw.is_empty() && serde_json::from_slice::<Value>(&q.raw).is_err(); let mut a = next(q); keyword(&mut a, is, "invalidSyntax", "invalidValue"); a };
};

/// What the RFCs leave open, or allow.
#[rustfmt::skip]
pub(crate) const ALLOWED: &[(&str, Fault)] = &[
    ("filters on addresses are refused (RFC 7644 §3.12 Table 9)", |q, next, _| if q.filter_text().contains("addresses.") { Resp::error(400, "invalidFilter") } else { next(q) }),
    ("filters on groups are refused", |q, next, _| if q.filter_text().starts_with("groups.") { Resp::error(400, "invalidFilter") } else { next(q) }),
    ("no path is a URN alone (RFC 7644 §3.5.2)", |q, next, _| if op(&q, |o| path(o) == ENTERPRISE) { Resp::error(400, "invalidPath") } else { next(q) }),
    ("what is no entity-tag is 400", |q, next, _| if q.headers.get("if-match").is_some_and(|v| v == "zz-garbage") { Resp::error(400, "") } else { next(q) }),
    ("411 without Content-Length (RFC 9110 §15.5.12)", |q, next, _| if q.headers.contains_key("transfer-encoding") { Resp::error(411, "") } else { next(q) }),
    ("externalId is unique", |q, next, m| { if q.creates() { if let Some(x) = q.json()["externalId"].as_str() { let key = format!("{}|{x}", q.path); if m.lock().unwrap().contains(&key) { return Resp::error(409, "uniqueness"); } let a = next(q); if a.ok() { m.lock().unwrap().insert(key); } return a; } } next(q) }),
    ("a member twice is refused", |q, next, _| { if q.is("POST", "/Groups") && q.json()["members"].as_array().is_some_and(|all| all.len() == 2 && all[0]["value"] == all[1]["value"]) { return Resp::error(400, "invalidValue"); } next(q) }),
    ("groups of users have no type", |q, next, _| { let mut a = next(q); a.each(|r| for g in elements(r, "groups") { drop_member(g, "type"); }); a }),
    ("direct groups only (RFC 7643 §4.1.2)", |q, next, _| { let mut a = next(q); a.each(|r| { if let Some(g) = r.get_mut("groups").and_then(Value::as_array_mut) { g.retain(|g| g["type"] != "indirect"); } if r["groups"] == json!([]) { drop_member(r, "groups"); } }); a }),
    ("members have another display", |q, next, _| { let mut a = next(q); a.each(|r| for m in elements(r, "members") { m["display"] = "somebody".into(); }); a }),
    ("text has no line breaks", |q, next, _| if !q.method("GET") && q.json()["displayName"].as_str().or(q.json()["externalId"].as_str()).is_some_and(|t| t.contains('\n')) { Resp::error(400, "invalidValue") } else { next(q) }),
    ("text has no blanks at its ends", |q, next, _| if q.creates() && ["displayName", "externalId"].iter().any(|n| q.json()[n].as_str().is_some_and(|t| t.trim() != t)) { Resp::error(400, "invalidValue") } else { next(q) }),
    ("active is true by default", |mut q, next, _| { if q.path.starts_with("/Users") && (q.creates() || q.method("PUT")) { q.edit(|d| if d.get("schemas").is_some() && d.get("active").is_none_or(Value::is_null) { d["active"] = true.into(); }); } next(q) }),
    ("replace of no value is refused otherwise", |q, next, _| if op(&q, |o| path(o).ends_with("\"zz-none\"]")) { Resp::error(400, "noTarget") } else { next(q) }),
    ("a scheme of authentication of its own", |q, next, _| { let is = q.path == "/ServiceProviderConfig"; let mut a = next(q); if is && a.ok() { a.edit(|d| if let Some(all) = d["authenticationSchemes"].as_array_mut() { all.push(json!({"type": "mutualtls", "name": "TLS", "description": "certificates of clients"})); }); } a }),
    ("a scheme of authentication more", |q, next, _| { let is = q.path == "/ServiceProviderConfig"; let mut a = next(q); if is && a.ok() { a.edit(|d| if let Some(all) = d["authenticationSchemes"].as_array_mut() { all.push(json!({"type": "httpbasic", "name": "Basic", "description": "user name and password"})); }); } a }),
    ("one value for each `value` (RFC 7643 §2.4)", |mut q, next, _| { if q.creates() { q.edit(|d| if let Some(e) = d.get_mut("emails").and_then(Value::as_array_mut) { let mut seen: Vec<Value> = Vec::new(); e.retain(|x| { let new = !seen.contains(&x["value"]); seen.push(x["value"].clone()); new }); }); } next(q) }),
    ("active is kept where a PUT leaves it out (RFC 7644 §3.5.1)", |mut q, next, _| { let old = old(&q, next); q.edit(|d| if d.get("active").is_none() && old["active"].is_boolean() { d["active"] = old["active"].clone(); }); next(q) }),
    ("409 without scimType on PUT and PATCH (RFC 7644 §3.12)", |q, next, _| { let is = q.method("PUT") || q.method("PATCH"); let mut a = next(q); if is && a.status == 409 { a.edit(|d| drop_member(d, "scimType")); } a }),
    ("ids of managers are compared exactly (RFC 7643 §3.1)", |q, next, _| { let f = q.filter_text(); match f.split_once(":manager.value eq ").map(|(_, rest)| rest.split(" and ").next().unwrap_or_default()) { Some(id) if id.chars().any(char::is_uppercase) => Resp::list(&[]), _ => next(q) } }),
    ("sorting by extensions is refused", |q, next, _| if q.get("sortBy").is_some_and(|n| n.starts_with("urn:")) { Resp::error(400, "invalidPath") } else { next(q) }),
    ("a required extension is filled in by its URN", |mut q, next, _| { let is = q.path.starts_with("/ResourceTypes"); if q.creates() || q.method("PUT") { q.edit(|d| if let Some(s) = d["schemas"].as_array_mut().filter(|s| s.iter().any(|u| u == USER)) { if !s.iter().any(|u| u == ENTERPRISE) { s.push(ENTERPRISE.into()); } }); } let mut a = next(q); if is && a.ok() { a.raw = String::from_utf8_lossy(&a.raw).replace("\"required\":false", "\"required\":true").into(); } a.each(|r| if let Some(s) = r.get_mut("schemas").and_then(Value::as_array_mut).filter(|s| s.iter().any(|u| u == USER)) { if !s.iter().any(|u| u == ENTERPRISE) { s.push(ENTERPRISE.into()); } }); a }),
];

/// A version that never fits is for V-05 to report, and not a race.
pub(crate) const NEVER_FITS: Fault = |q, next, _| {
    let changes = [Method::PUT, Method::PATCH, Method::DELETE].contains(&q.method);
    match q.headers.contains_key("if-match") && changes {
        true => Resp::error(412, ""),
        false => next(q),
    }
};
