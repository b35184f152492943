//! What a service provider may do, although it looks wrong.

use serde_json::{Value, json};

use super::wire::{Fault, Resp};

fn drop_member(value: &mut Value, name: &str) {
    if let Some(members) = value.as_object_mut() {
        members.remove(name);
    }
}

#[rustfmt::skip]
pub(crate) const ALLOWED: &[(&str, Fault)] = &[
    ("PATCH answers 204 (RFC 7644 §3.5.2)", |q, next, _| { let mut a = next(q.clone()); if q.method("PATCH") && a.status == 200 && q.get("attributes").is_none() { let tag = a.headers.get("etag").cloned(); a = Resp::empty(204); if let Some(t) = tag { a.headers.insert("etag", t); } } a }),
    ("no Resources when empty (RFC 7644 §3.4.2)", |q, next, _| { let mut a = next(q); a.edit(|d| if d["Resources"].as_array().is_some_and(Vec::is_empty) { drop_member(d, "Resources"); }); a }),
    ("empty Resources where there are none", |q, next, _| { let mut a = next(q); a.edit(|d| if d["totalResults"].is_number() && d.get("Resources").is_none() { d["Resources"] = json!([]); }); a }),
    ("charset in Content-Type", |q, next, _| { let mut a = next(q); if !a.raw.is_empty() { a.header("content-type", "application/scim+json; charset=utf-8"); } a }),
    ("strong entity-tags (RFC 7644 §3.14)", |mut q, next, _| { for h in ["if-match", "if-none-match"] { if let Some(v) = q.headers.get(h).and_then(|v| v.to_str().ok()).filter(|v| *v != "*").map(|v| v.split(',').map(|t| { let t = t.trim(); if t.starts_with('"') { format!("W/{t}") } else { t.to_owned() } }).collect::<Vec<_>>().join(", ")) { q.headers.insert(h, v.parse().unwrap()); } } let mut a = next(q); if let Some(t) = a.headers.get("etag").and_then(|t| t.to_str().ok()).map(|t| t.trim_start_matches("W/").to_owned()) { a.header("etag", &t); } a.each(|r| if let Some(t) = r["meta"]["version"].as_str() { r["meta"]["version"] = t.trim_start_matches("W/").to_owned().into(); }); a }),
    ("$ref relative to the base URL (RFC 7643 §2.3.7)", |q, next, _| { let mut a = next(q); a.each(|r| for name in ["members", "groups"] { for m in r.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten() { if let Some(u) = m["$ref"].as_str() { m["$ref"] = u.trim_start_matches("https://scim.example/v2/").to_owned().into(); } } if r[name].is_null() { drop_member(r, name); } }); a }),
    ("null for what has no value (RFC 7643 §2.5)", |q, next, _| { let mut a = next(q.clone()); if q.get("attributes").is_none() && q.path.starts_with("/Users") { a.each(|r| if r["userName"].is_string() { for n in ["ims", "photos", "profileUrl"] { if r.get(n).is_none() { r[n] = Value::Null; } } }); } a }),
    ("empty arrays for what has no value (RFC 7643 §2.5)", |q, next, _| { let mut a = next(q.clone()); if q.get("attributes").is_none() && q.path.starts_with("/Users") { a.each(|r| if r["userName"].is_string() { for n in ["ims", "photos"] { if r.get(n).is_none() { r[n] = json!([]); } } }); } a }),
    ("user names stored in lower case (RFC 7643 §4.1.1)", |mut q, next, _| { if !q.method("GET") { q.edit(|d| if let Some(n) = d["userName"].as_str() { d["userName"] = n.to_lowercase().into(); }); } next(q) }),
    ("bulk status as an object (RFC 7644 §3.7.3)", |q, next, _| { let is = q.is("POST", "/Bulk"); let mut a = next(q); if is { a.edit(|d| for o in d["Operations"].as_array_mut().into_iter().flatten() { let s = o["status"].clone(); o["status"] = json!({"code": s}); }); } a }),
    ("an Error says more (RFC 7644 §3.12)", |q, next, _| { let mut a = next(q); if a.status >= 400 { a.edit(|d| d["requestId"] = "abc".into()); } a }),
    ("meta has more members", |q, next, _| { let mut a = next(q); a.each(|r| if r["meta"].is_object() { r["meta"]["tenant"] = "x".into(); }); a }),
    ("a resource lists its members in another order", |q, next, _| { let mut a = next(q.clone()); if q.method("GET") { a.each(|r| if let Some(e) = r.get_mut("emails").and_then(Value::as_array_mut) { e.reverse(); }); } a }),
    ("primary false where nothing was sent (RFC 7643 §2.4)", |q, next, _| { let mut a = next(q.clone()); if q.get("attributes").is_none() { a.each(|r| for e in r.get_mut("emails").and_then(Value::as_array_mut).into_iter().flatten() { if e.get("primary").is_none() { e["primary"] = false.into(); } }); } a }),
    ("an attribute has a default", |q, next, _| { let mut a = next(q.clone()); if q.get("attributes").is_none() && q.path.starts_with("/Users") && q.get("excludedAttributes").is_none() { a.each(|r| if r["userName"].is_string() && r.get("timezone").is_none() { r["timezone"] = "UTC".into(); }); } a }),
    ("HEAD is not there", |q, next, _| if q.method("HEAD") { Resp::empty(405) } else { next(q) }),
    ("If-Match of nothing is 412", |q, next, _| { let a = next(q.clone()); if q.headers.contains_key("if-match") && a.status == 404 { return Resp::error(412, ""); } a }),
    ("/Me is 404", |q, next, _| if q.path == "/Me" { Resp::error(404, "") } else { next(q) }),
    ("times in another zone", |q, next, _| { let mut a = next(q); a.each(|r| for n in ["created", "lastModified"] { if let Some(t) = r["meta"][n].as_str() { r["meta"][n] = t.replace('Z', "+00:00").into(); } }); a }),
    ("detail in another language", |q, next, _| { let mut a = next(q); if a.status >= 400 { a.edit(|d| d["detail"] = "das geht nicht".into()); } a }),
    ("the framework answers for methods that there are not", |q, next, _| { if q.method("FROB") { let mut a = Resp::empty(501); a.header("content-type", "text/html"); a.raw = "<html>501</html>".into(); return a; } next(q) }),
    ("no Content-Location and no Date", |q, next, _| { let mut a = next(q); a.without("content-location"); a.without("date"); a }),
    ("sort is not announced", |mut q, next, _| { q.drop("sortBy"); let is = q.path == "/ServiceProviderConfig"; let mut a = next(q); if is { a.edit(|d| d["sort"]["supported"] = false.into()); } a }),
    ("etag is not announced", |mut q, next, _| { q.headers.remove("if-match"); q.headers.remove("if-none-match"); let is = q.path == "/ServiceProviderConfig"; let mut a = next(q); a.without("etag"); a.each(|r| if r["meta"].is_object() { drop_member(&mut r["meta"], "version"); }); if is { a.edit(|d| d["etag"]["supported"] = false.into()); } a }),
    ("bulk is not announced", |q, next, _| { if q.path == "/Bulk" { return Resp::error(501, ""); } let is = q.path == "/ServiceProviderConfig"; let mut a = next(q); if is { a.edit(|d| { d["bulk"] = json!({"supported": false, "maxOperations": 0, "maxPayloadSize": 0}); }); } a }),
    ("PATCH is not announced", |q, next, _| { if q.method("PATCH") { return Resp::error(501, ""); } let is = q.path == "/ServiceProviderConfig"; let mut a = next(q); if is { a.edit(|d| d["patch"]["supported"] = false.into()); } a }),
    ("members cannot be groups", |q, next, _| { let mut a = next(q.clone()); if q.path.starts_with("/Schemas") { let t = String::from_utf8_lossy(&a.raw).replace("[\"User\",\"Group\"]", "[\"User\"]"); a.raw = t.into(); } a }),
];
