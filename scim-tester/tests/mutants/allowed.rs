//! What a service provider may do, although it looks wrong.

use serde_json::{Value, json};

use super::wire::{Fault, Resp};

fn drop_member(value: &mut Value, name: &str) {
    if let Some(members) = value.as_object_mut() {
        members.remove(name);
    }
}

/// Names in a schema document, or in a list of them, become always returned.
fn always(document: &mut Value) {
    match document {
        Value::Object(members) => {
            let is_name = ["displayName", "givenName", "familyName"]
                .iter()
                .any(|name| members.get("name").is_some_and(|own| own == name));
            if is_name && members.contains_key("returned") {
                members.insert("returned".to_owned(), "always".into());
            }
            members.values_mut().for_each(always);
        }
        Value::Array(elements) => elements.iter_mut().for_each(always),
        _ => {}
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
    ("a Location relative to the base URL (RFC 9110 §10.2.2)", |q, next, _| { let mut a = next(q.clone()); if q.creates() { if let Some(l) = a.headers.get("location").and_then(|l| l.to_str().ok()).map(|l| l.trim_start_matches("https://scim.example").to_owned()) { a.header("location", &l); } } a }),
    ("a parameter of the media type", |q, next, _| { let mut a = next(q); if !a.raw.is_empty() { a.header("content-type", "application/scim+json;version=2"); } a }),
    ("pages of five at most, whatever count says (RFC 7644 §3.4.2.4)", |mut q, next, _| { if q.lists() && q.get("count").and_then(|c| c.parse::<i64>().ok()).is_none_or(|c| c > 5) && q.get("count") != Some("x") && q.get("cursor").is_none() { q.put("count", "5"); } if q.searches() && q.json().get("count").and_then(Value::as_i64).is_none_or(|c| c > 5) { q.edit(|d| if d.get("schemas").is_some() { d["count"] = 5.into(); }); } next(q) }),
    ("displayName is made of what there is (RFC 7643 §4.1.1)", |q, next, _| { let mut a = next(q.clone()); if q.get("attributes").is_none() && q.get("excludedAttributes").is_none() && q.path.starts_with("/Users") && !q.searches() && q.get("filter").is_none_or(|f| !f.contains("displayName")) { a.each(|r| if r["userName"].is_string() && r.get("displayName").is_none() { r["displayName"] = r["userName"].clone(); }); } a }),
    ("displayName is made of name", |q, next, _| { let mut a = next(q.clone()); if q.get("attributes").is_none() && q.get("excludedAttributes").is_none() && q.path.starts_with("/Users") && q.get("filter").is_none_or(|f| !f.contains("displayName")) { a.each(|r| if r["userName"].is_string() && r.get("displayName").is_none() && r["name"]["familyName"].is_string() { r["displayName"] = r["name"]["familyName"].clone(); }); } a }),
    ("times with seven digits", |q, next, _| { let mut a = next(q); a.each(|r| for n in ["created", "lastModified"] { if let Some(t) = r["meta"][n].as_str() { r["meta"][n] = match t.split_once('.') { Some((head, tail)) => format!("{head}.{:0<7}Z", tail.trim_end_matches('Z')), None => t.replace('Z', ".0000000Z") }.into(); } }); a }),
    ("/Bulk is forbidden and not announced", |q, next, _| { if q.path == "/Bulk" { return Resp::error(403, ""); } let is = q.path == "/ServiceProviderConfig"; let mut a = next(q); if is { a.edit(|d| { d["bulk"] = json!({"supported": false, "maxOperations": 0, "maxPayloadSize": 0}); }); } a }),
    ("a list counts what is not shown (RFC 7644 §3.4.2)", |q, next, _| { let mut a = next(q.clone()); if q.lists() && q.get("filter").is_none() && q.get("cursor").is_none() { a.edit(|d| if let Some(n) = d["totalResults"].as_u64() { d["totalResults"] = (n + 5).into(); }); } a }),
    ("unknown attributes are ignored (RFC 7644 §3.3)", |mut q, next, _| { if q.creates() || q.method("PUT") { q.edit(|d| drop_member(d, "zzUnknown")); } next(q) }),
    ("the first value becomes primary", |q, next, _| { let mut a = next(q.clone()); if q.get("attributes").is_none() { a.each(|r| if let Some(e) = r.get_mut("emails").and_then(Value::as_array_mut) { if !e.iter().any(|e| e["primary"] == true) { if let Some(f) = e.first_mut() { f["primary"] = true.into(); } } }); } a }),
    ("an Error without detail (RFC 7644 §3.12)", |q, next, _| { let mut a = next(q); if a.status >= 400 { a.edit(|d| drop_member(d, "detail")); } a }),
    ("HEAD is 501", |q, next, _| if q.method("HEAD") { Resp::empty(501) } else { next(q) }),
    ("no numbers where all is shown (RFC 7644 §3.4.2)", |q, next, _| { let mut a = next(q.clone()); if q.lists() && q.get("startIndex").is_none() { a.edit(|d| if d["totalResults"].as_u64() == d["Resources"].as_array().map(|r| r.len() as u64) { drop_member(d, "startIndex"); drop_member(d, "itemsPerPage"); }); } a }),
    ("a slash at the end is another path", |q, next, _| if q.path.len() > 1 && q.path.ends_with('/') { Resp::error(404, "") } else { next(q) }),
    ("paths in any letter case", |mut q, next, _| { for n in ["/Users", "/Groups"] { if q.path.to_lowercase().starts_with(&n.to_lowercase()) { q.path = format!("{n}{}", &q.path[n.len()..]); } } next(q) }),
    ("text/plain is taken for JSON", |mut q, next, _| { if q.headers.get("content-type").is_some_and(|t| t == "text/plain") { q.headers.insert("content-type", "application/scim+json".parse().unwrap()); } next(q) }),
    ("ten operations of bulk at most", |q, next, _| { if q.path == "/Bulk" && q.json()["Operations"].as_array().map_or(0, Vec::len) > 10 { return Resp::error(413, ""); } let is = q.path == "/ServiceProviderConfig"; let mut a = next(q); if is { a.edit(|d| d["bulk"]["maxOperations"] = 10.into()); } a }),
    ("replace of a complex value drops what it does not have", |mut q, next, _| { q.each_operation(|o| if o["op"] == "replace" && o["path"] == "name" && o["value"].is_object() { for n in ["familyName", "givenName", "middleName"] { if o["value"].get(n).is_none() { o["value"][n] = Value::Null; } } }); next(q) }),
    ("nothing to remove is refused (RFC 7644 §3.12)", |q, next, _| { if q.method("PATCH") && q.operations().iter().any(|o| o["op"] == "remove" && o["path"].as_str().is_some_and(|p| p.contains("zz-none"))) { return Resp::error(400, "noTarget"); } next(q) }),
    ("members that do not exist are refused", |q, next, _| { if q.is("POST", "/Groups") && q.json()["members"].as_array().is_some_and(|m| m.iter().any(|m| m["value"].as_str().is_some_and(|id| { let mut g = q.as_get(); g.path = format!("/Users/{id}"); let mut h = q.as_get(); h.path = format!("/Groups/{id}"); !next(g).ok() && !next(h).ok() }))) { return Resp::error(400, "invalidValue"); } next(q) }),
    ("values twice are refused", |q, next, _| { if q.creates() && q.json()["emails"].as_array().is_some_and(|e| e.len() == 2 && e[0] == e[1]) { return Resp::error(400, "invalidValue"); } next(q) }),
    ("text has 255 characters at most", |q, next, _| { if !q.method("GET") && q.json()["displayName"].as_str().is_some_and(|t| t.chars().count() > 255) { return Resp::error(400, "invalidValue"); } next(q) }),
    ("filters have a thousand characters at most", |q, next, _| if q.filter_text().len() > 1000 { Resp::error(400, "invalidFilter") } else { next(q) }),
    ("user names are ASCII", |q, next, _| { if q.creates() && q.json()["userName"].as_str().is_some_and(|n| !n.is_ascii()) { return Resp::error(400, "invalidValue"); } next(q) }),
    ("user names have 64 characters at most", |q, next, _| { if q.creates() && q.json()["userName"].as_str().is_some_and(|n| n.len() > 64) { return Resp::error(400, "invalidValue"); } next(q) }),
    ("user names have no apostrophe", |q, next, _| { if q.creates() && q.json()["userName"].as_str().is_some_and(|n| n.contains('\'')) { return Resp::error(400, "invalidValue"); } next(q) }),
    ("other types than the canonical ones are refused", |q, next, _| { if q.creates() && q.json()["emails"][0]["type"] == "zz-own" { return Resp::error(400, "invalidValue"); } next(q) }),
    ("names of groups are unique", |q, next, m| { let name = q.json()["displayName"].as_str().filter(|_| q.is("POST", "/Groups")).map(str::to_lowercase); if name.as_ref().is_some_and(|n| m.lock().unwrap().contains(n)) { return Resp::error(409, "uniqueness"); } let a = next(q); if a.ok() { m.lock().unwrap().extend(name); } a }),
    ("eq null is refused", |q, next, _| if q.filter_text().ends_with("eq null") { Resp::error(400, "invalidFilter") } else { next(q) }),
    ("members are returned on request (RFC 7643 §7)", |q, next, _| { let mut a = next(q.clone()); if q.path.starts_with("/Schemas") { a.edit(|d| { let list: Vec<&mut Value> = match d.get("Resources").is_some() { true => d["Resources"].as_array_mut().unwrap().iter_mut().collect(), false => vec![d] }; for s in list { for x in s.get_mut("attributes").and_then(Value::as_array_mut).into_iter().flatten() { if x["name"] == "members" { x["returned"] = "request".into(); } } } }); } else if q.get("attributes").is_none_or(|n| !n.contains("members")) { a.each(|r| if r["meta"]["resourceType"] == "Group" { drop_member(r, "members"); }); } a }),
    ("created resources have more by default", |q, next, _| { let mut a = next(q.clone()); if q.get("attributes").is_none() && q.path.starts_with("/Users") && q.get("excludedAttributes").is_none() { a.each(|r| if r["userName"].is_string() { for (n, v) in [("locale", "en-US"), ("preferredLanguage", "en")] { if r.get(n).is_none() { r[n] = v.into(); } } }); } a }),
    ("whitespace in JSON", |q, next, _| { let mut a = next(q); if let Ok(d) = serde_json::from_slice::<Value>(&a.raw) { a.raw = format!("\n{d:#}\n").into(); } a }),
    ("names are always returned (RFC 7643 §7)", |mut q, next, _| { if let Some(n) = q.get("excludedAttributes").map(|n| n.split(',').filter(|n| !["displayname", "name.givenname", "name.familyname"].iter().any(|a| n.to_lowercase().ends_with(a))).collect::<Vec<_>>().join(",")) { q.put("excludedAttributes", if n.is_empty() { "id".to_owned() } else { n }); } if let Some(n) = q.get("attributes").map(str::to_owned) { let n: Vec<_> = n.split(',').map(|n| if n.starts_with("name.") { format!("{n},name.givenName,name.familyName") } else { n.to_owned() }).collect(); q.put("attributes", format!("{},displayName", n.join(","))); } let is = q.path.starts_with("/Schemas"); let mut a = next(q); if is { a.edit(always); } a }),
];
