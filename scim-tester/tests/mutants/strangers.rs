//! Faults that strangers put into servers of their own, and the tester did not notice at first.

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

fn path(operation: &Value) -> &str {
    operation["path"].as_str().unwrap_or_default()
}

/// Changes what is between the brackets of paths.
fn brackets(q: &mut Req, change: impl Fn(&str) -> Option<String>) {
    q.each_operation(|o| {
        let own = path(o).to_owned();
        if let Some((name, rest)) = own.split_once('[')
            && let Some((filter, tail)) = rest.rsplit_once(']')
            && let Some(new) = change(filter)
        {
            o["path"] = format!("{name}[{new}]{tail}").into();
        }
    });
}

/// Whether an operation has such a filter in brackets.
fn has_brackets(q: &Req, test: impl Fn(&str) -> bool) -> bool {
    let filter = |o: &Value| Some(path(o).split_once('[')?.1.rsplit_once(']')?.0.to_owned());
    q.operations().iter().filter_map(filter).any(|f| test(&f))
}

/// A PATCH of the server's own.
fn patch(q: &Req, operation: &Value) -> Req {
    let mut own = q.as_get();
    own.method = Method::PATCH;
    own.headers
        .insert("content-type", "application/scim+json".parse().unwrap());
    own.headers.remove("if-match");
    own.set(&json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}));
    own
}

/// `active` before a PATCH.
fn was_active(q: &Req, next: &dyn Fn(Req) -> Resp) -> Value {
    match q.method("PATCH") {
        true => next(q.as_get()).json()["active"].clone(),
        false => Value::Null,
    }
}

#[rustfmt::skip]
pub(crate) const MUTANTS: &[Mutant] = mutants! {
    "base-url-without-authentication" ["H-01"] ["F-34"] |mut q, next, _| { if q.path.trim_end_matches('/').is_empty() && q.method("GET") { q.headers.insert("authorization", "Bearer s3cret-token".parse().unwrap()); let mut users = q.clone(); users.path = "/Users".to_owned(); return next(users); } next(q) };
    "refused-post-is-stored" ["A-09"] ["L-07"] |q, next, m| { if q.is("POST", "/Users") { let name = q.json()["userName"].as_str().unwrap_or_default().to_owned(); let a = next(q); if a.status == 409 { m.lock().unwrap().insert(format!("userName eq \"{name}\"")); } return a; } let twice = q.lists() && m.lock().unwrap().contains(&q.filter_text()); let mut a = next(q); if twice { let mut r = a.resources(); if let [one] = r.as_slice() { let mut two = one.clone(); two["id"] = "zz-twin".into(); r.push(two); a = Resp::list(&r); } } a };
    "refused-put-is-half-done" ["A-11"] [] |q, next, _| { let a = next(q.clone()); if q.method("PUT") && a.status == 409 && q.json()["displayName"].is_string() { next(patch(&q, &json!({"op": "replace", "path": "displayName", "value": q.json()["displayName"]}))); } a };
    "patch-of-active-does-nothing" ["X-02"] ["EN-05" "EN-07" "OK-10" "X-34"] |mut q, next, _| { let before = was_active(&q, next); q.each_operation(|o| { if path(o) == "active" { o["value"] = before.clone(); } else if o["value"].get("active").is_some() { o["value"]["active"] = before.clone(); } }); next(q) };
    "patch-of-active-without-path-does-nothing" ["X-02"] ["OK-10" "OK-11"] |mut q, next, _| { let before = was_active(&q, next); q.each_operation(|o| if o.get("path").is_none() && o["value"].get("active").is_some() { o["value"]["active"] = before.clone(); }); next(q) };
    "eq-empty-finds-all" ["F-33"] [] |mut q, next, _| { if q.filter_text().ends_with(" eq \"\"") { q.drop("filter"); } next(q) };
    "pr-does-not-find-false" ["F-07"] ["F-12"] |mut q, next, _| { q.filter(|f| f.replace("active pr", "active eq true")); next(q) };
    "search-of-users-finds-groups" ["Q-01"] [] |mut q, next, _| { if q.path == "/Users/.search" && q.json().get("filter").is_none() { q.path = "/.search".to_owned(); } next(q) };
    "search-of-one-type-finds-all" ["Q-01"] ["*"] |mut q, next, _| { if q.path.ends_with("/.search") { q.path = "/.search".to_owned(); } next(q) };
    "pathless-extension-replaces" ["X-26"] ["EN-16" "OK-11"] |mut q, next, _| { q.each_operation(|o| if o.get("path").is_none() && o["value"].get(ENTERPRISE).is_some_and(Value::is_object) { let mut whole = o["value"][ENTERPRISE].clone(); for n in ["employeeNumber", "costCenter", "organization", "division", "department", "manager"] { if whole.get(n).is_none() { whole[n] = Value::Null; } } o["op"] = "replace".into(); o["value"][ENTERPRISE] = whole; }); next(q) };
    "brackets-first-term-of-and" ["X-18"] ["*"] |mut q, next, _| { brackets(&mut q, |f| Some(f.split_once(" and ").or_else(|| f.split_once(" AND "))?.0.to_owned())); next(q) };
    "brackets-first-term-of-or" ["X-18"] [] |mut q, next, _| { brackets(&mut q, |f| Some(f.split_once(" or ")?.0.to_owned())); next(q) };
    "brackets-compare-whole-values" ["X-18"] [] |mut q, next, _| { brackets(&mut q, |f| Some(format!("value eq {}", f.strip_prefix("value co ")?))); next(q) };
    "brackets-refuse-booleans" ["X-18"] [] |q, next, _| if has_brackets(&q, |f| f == "primary eq true") { Resp::error(400, "invalidFilter") } else { next(q) };
    "brackets-heed-letter-case" ["X-18"] [] |q, next, _| if has_brackets(&q, |f| f.strip_prefix("type eq \"").is_some_and(|t| t.chars().next().is_some_and(char::is_uppercase))) { Resp::error(400, "noTarget") } else { next(q) };
    "excluded-members-come" ["P-03"] ["EN-12"] |mut q, next, _| { if q.path.starts_with("/Groups") && q.get("excludedAttributes") == Some("members") { q.drop("excludedAttributes"); } next(q) };
    "members-alone-are-not-projected" ["P-01"] [] |mut q, next, _| { if q.path.starts_with("/Groups") && q.get("attributes") == Some("members") { q.drop("attributes"); } next(q) };
    "attributes-drop-schemas" ["P-01"] ["*"] |q, next, _| { let is = q.get("attributes").is_some(); let mut a = next(q); if is { a.each(|r| drop_member(r, "schemas")); } a };
    "no-resource-type-of-the-extension" ["D-08"] ["*"] |q, next, _| { let is = q.path.starts_with("/ResourceTypes"); let mut a = next(q); if is && a.ok() { a.edit(|d| { match d.get_mut("Resources").and_then(Value::as_array_mut) { Some(list) => list.iter_mut().for_each(|one| drop_member(one, "schemaExtensions")), None => drop_member(d, "schemaExtensions") } }); } a };
    "no-resource-type-of-groups" ["D-08"] ["*"] |q, next, _| { let is = q.is("GET", "/ResourceTypes"); let a = next(q); if is && a.ok() { let r: Vec<_> = a.resources().into_iter().filter(|one| one["name"] != "Group").collect(); return Resp::list(&r); } a };
    "if-match-without-quotes-ignored" ["V-04"] [] |mut q, next, _| { if q.headers.get("if-match").is_some_and(|v| v.to_str().is_ok_and(|v| !v.contains('"') && v != "*")) { q.headers.remove("if-match"); } next(q) };
    "numbers-taken-for-text" ["C-10"] [] |mut q, next, _| { if q.creates() { q.edit(|d| for n in ["displayName", "externalId", "title"] { if d[n].is_number() || d[n].is_boolean() { d[n] = d[n].to_string().into(); } }); } next(q) };
};

/// The server does what the RFC leaves open.
#[rustfmt::skip]
pub(crate) const ALLOWED: &[(&str, Fault)] = &[
    ("ne does not find what has no value", |mut q, next, _| { q.filter(|f| f.replace("active ne true", "active eq false")); next(q) }),
    ("a page for people at the base URL", |q, next, _| { if q.path.trim_end_matches('/').is_empty() && q.method("GET") && !q.headers.contains_key("authorization") { let mut a = Resp::empty(200); a.header("content-type", "text/html"); a.raw = "<html>hello</html>".into(); return a; } next(q) }),
];
