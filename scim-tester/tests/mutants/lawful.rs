//! What a service provider may do although a SHOULD, or most others, have it otherwise: no error, and
//! nothing critical. Warnings may be said of it.

use std::time::{SystemTime, UNIX_EPOCH};

use http::Method;
use scim_client::filter::Operator;
use serde_json::{Map, Value, json};

use super::wire::{Fault, Memory, Req, Resp};

const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

fn drop_member(value: &mut Value, name: &str) {
    if let Some(members) = value.as_object_mut() {
        members.remove(name);
    }
}

/// The elements of an array in a resource.
fn elements<'a>(resource: &'a mut Value, name: &str) -> impl Iterator<Item = &'a mut Value> {
    let array = resource.get_mut(name).and_then(Value::as_array_mut);
    array.into_iter().flatten()
}

/// The documents of discovery, changed.
fn discovery(q: &Req, mut a: Resp, path: &str, edit: impl Fn(&mut Value)) -> Resp {
    if q.method("GET") && q.path.starts_with(path) && a.ok() {
        a.edit(
            |d| match d.get_mut("Resources").and_then(Value::as_array_mut) {
                Some(all) => all.iter_mut().for_each(&edit),
                None => edit(d),
            },
        );
    }
    a
}

/// The configuration, changed.
fn config(q: &Req, a: Resp, edit: impl Fn(&mut Value)) -> Resp {
    discovery(q, a, "/ServiceProviderConfig", edit)
}

/// A characteristic of an attribute of User, changed.
fn published(q: &Req, a: Resp, attribute: &str, name: &str, value: &Value) -> Resp {
    discovery(q, a, "/Schemas", |schema| {
        if schema["id"] == USER {
            for own in elements(schema, "attributes") {
                if own["name"] == attribute {
                    own[name] = value.clone();
                }
            }
        }
    })
}

/// What stands outside of the texts of a filter.
fn outside(filter: &str) -> String {
    let (mut quoted, mut escaped) = (false, false);
    let is_outside = |c: &char| {
        let was = quoted;
        if quoted {
            quoted = escaped || *c != '"';
            escaped = !escaped && *c == '\\';
        } else {
            quoted = *c == '"';
        }
        !was && !quoted
    };
    filter.chars().filter(is_outside).collect()
}

/// Whether a filter has one of these words, or brackets.
fn has(filter: &str, words: &[&str]) -> bool {
    let outside = outside(filter).to_lowercase();
    let mut own = outside.split(|c: char| c.is_whitespace() || "()[]".contains(c));
    own.any(|word| words.contains(&word)) || outside.contains(['(', '['])
}

/// JSON with the members of all objects in the other order.
fn backwards(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let parts: Vec<_> = members
                .iter()
                .rev()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), backwards(value)))
                .collect();
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(values) => {
            let parts: Vec<_> = values.iter().map(backwards).collect();
            format!("[{}]", parts.join(","))
        }
        value => value.to_string(),
    }
}

fn millis() -> u128 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis())
}

/// For so many milliseconds lists do not show what is new.
fn late(q: Req, next: &dyn Fn(Req) -> Resp, memory: &Memory, lag: u128) -> Resp {
    let asks = q.lists() || q.searches();
    let creates = q.creates() || q.path == "/Bulk";
    let mut a = next(q);
    let mut new = memory.lock().unwrap();
    if creates && a.ok() {
        let document = a.json();
        let of_bulk = document["Operations"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let locations = of_bulk
            .iter()
            .filter_map(|one| one["location"].as_str()?.rsplit('/').next());
        for id in locations.chain(document["id"].as_str()) {
            new.insert(format!("{:020}|{id}", millis()));
        }
    }
    if asks && a.ok() {
        let recent: Vec<_> = new
            .iter()
            .rev()
            .filter_map(|line| line.split_once('|'))
            .take_while(|(time, _)| time.parse::<u128>().is_ok_and(|time| time + lag > millis()))
            .map(|(_, id)| id.to_owned())
            .collect();
        a.edit(|d| {
            let Some(all) = d["Resources"].as_array_mut() else {
                return;
            };
            let before = all.len();
            all.retain(|one| !recent.iter().any(|id| one["id"] == **id));
            let hidden = before - all.len();
            if hidden > 0 {
                d["itemsPerPage"] = (before - hidden).into();
                d["totalResults"] =
                    (d["totalResults"].as_u64().unwrap_or_default() - hidden as u64).into();
            }
        });
    }
    a
}

/// What stands before each id, in a body and in a URL.
const ODD: &str = "q:+=/é@";
const ODD_IN_URL: &str = "q%3A%2B%3D%2F%C3%A9%40";

fn is_id(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

fn with_odd_ids(value: &mut Value) {
    match value {
        Value::String(text) if is_id(text) => *text = format!("{ODD}{text}"),
        Value::String(text) => {
            if let Some((rest, id)) = text.rsplit_once('/').filter(|(rest, id)| {
                is_id(id) && (rest.ends_with("/Users") || rest.ends_with("/Groups"))
            }) {
                *text = format!("{rest}/{ODD_IN_URL}{id}");
            }
        }
        Value::Array(values) => values.iter_mut().for_each(with_odd_ids),
        Value::Object(members) => members.values_mut().for_each(with_odd_ids),
        _ => {}
    }
}

fn odd_ids(mut q: Req, next: &dyn Fn(Req) -> Resp) -> Resp {
    let plain = |text: &str| text.replace(ODD, "").replace(ODD_IN_URL, "");
    let segment = |segment: &str| {
        let id = super::wire::decoded(&segment.replace('+', "%2B"));
        id.strip_prefix(ODD).unwrap_or(segment).to_owned()
    };
    q.path = q.path.split('/').map(segment).collect::<Vec<_>>().join("/");
    for (_, value) in &mut q.query {
        *value = plain(value);
    }
    if let Ok(text) = std::str::from_utf8(&q.raw) {
        q.raw = plain(text).into();
    }
    let mut a = next(q);
    a.edit(with_odd_ids);
    for name in ["location", "content-location"] {
        let odd = a.headers.get(name).and_then(|value| {
            let mut value = Value::from(value.to_str().ok()?);
            with_odd_ids(&mut value);
            value.as_str().map(str::to_owned)
        });
        if let Some(odd) = odd {
            a.header(name, &odd);
        }
    }
    a
}

/// A member of the last level is added, or all of a level are in the other order.
fn each_object(value: &mut Value, edit: fn(&mut Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            edit(members);
            members
                .values_mut()
                .for_each(|value| each_object(value, edit));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| each_object(value, edit)),
        _ => {}
    }
}

/// A change of a user, as it is stored.
fn stored(mut q: Req, next: &dyn Fn(Req) -> Resp, edit: fn(&mut Value)) -> Resp {
    if q.creates() || q.method("PUT") {
        q.edit(edit);
    }
    q.each_operation(|o| {
        if let (Some(path), true) = (o["path"].as_str().map(str::to_owned), !o["value"].is_null())
            && !path.contains(['.', '[', ':'])
        {
            let mut whole = json!({});
            whole[&path] = o["value"].clone();
            edit(&mut whole);
            o["value"] = whole[&path].clone();
        } else if o["value"].is_object() {
            edit(&mut o["value"]);
        }
    });
    next(q)
}

/// An operation that takes all addresses away.
fn clears_addresses(operation: &Value) -> bool {
    let removes = operation["op"]
        .as_str()
        .is_some_and(|op| op.eq_ignore_ascii_case("remove"));
    removes
        && ["emails", "emails[value pr]"]
            .iter()
            .any(|path| operation["path"] == *path)
}

/// The operators and keywords that a server lacks which has eq and and only.
fn all_but_eq() -> Vec<&'static str> {
    let operators = Operator::ALL.map(Operator::as_str).into_iter();
    let others = operators.filter(|operator| *operator != "eq");
    others.chain(["pr", "or", "not"]).collect()
}

/// Whether a filter has no attributes but those that a directory has indexes for. What is in brackets is
/// looked at as a whole.
fn is_of_few(filter: &str) -> bool {
    let is_operator = |word: &str| Operator::from_keyword(word).is_some() || word == "pr";
    const FEW: [&str; 6] = [
        "username",
        "externalid",
        "id",
        "displayname",
        "active",
        "meta",
    ];
    let outside = outside(filter).to_lowercase().replace(['(', ')'], " ");
    let mut depth = 0_usize;
    let mut words = Vec::new();
    for word in outside.split_whitespace() {
        if depth == 0 {
            words.push(word);
        }
        depth = (depth + word.matches('[').count()).saturating_sub(word.matches(']').count());
    }
    words.windows(2).all(|pair| {
        let name = pair[0].split('.').next().unwrap_or_default();
        !is_operator(pair[1]) || pair[0].contains('[') || FEW.contains(&name)
    })
}

#[rustfmt::skip]
pub(crate) const LAWFUL: &[(&str, Fault)] = &[
    ("lists are late by 30 ms", |q, next, m| late(q, next, m, 30)),
    ("ids with characters that URLs give a meaning", |q, next, _| odd_ids(q, next)),
    ("meta.location relative to the base URL (RFC 7643 §2.3.7)", |q, next, _| { let mut a = next(q); a.each(|r| if let Some(l) = r["meta"]["location"].as_str() { r["meta"]["location"] = l.trim_start_matches("https://scim.example/v2/").to_owned().into(); }); a }),
    ("locations with the port and the host in capitals (RFC 3986 §6.2.3)", |q, next, _| { let mut a = next(q); a.raw = String::from_utf8_lossy(&a.raw).replace("https://scim.example/v2", "https://SCIM.example:443/v2").into(); if let Some(l) = a.headers.get("location").and_then(|l| l.to_str().ok()).map(|l| l.replace("scim.example/", "SCIM.example:443/")) { a.header("location", &l); } a }),
    ("no meta.version, but entity-tags", |q, next, _| { let mut a = next(q); a.each(|r| if r["meta"].is_object() { drop_member(&mut r["meta"], "version"); }); a }),
    ("a POST answers nothing (RFC 7644 §3.3)", |q, next, _| { let is = q.creates(); let mut a = next(q); if is && a.ok() { a.raw = bytes::Bytes::new(); a.without("content-type"); } a }),
    ("members have a value only", |q, next, _| { let mut a = next(q); a.each(|r| for name in ["members", "groups"] { for m in elements(r, name) { drop_member(m, "$ref"); drop_member(m, "display"); drop_member(m, "type"); } }); a }),
    ("addresses are stored in lower case (RFC 7643 §7)", |q, next, _| stored(q, next, |d| for e in elements(d, "emails") { if let Some(v) = e["value"].as_str() { e["value"] = v.to_lowercase().into(); } })),
    ("phone numbers lose their hyphens (RFC 7643 §4.1.2)", |q, next, _| stored(q, next, |d| for e in elements(d, "phoneNumbers") { if let Some(v) = e["value"].as_str() { e["value"] = v.replace(['-', ' '], "").into(); } })),
    ("addresses without a type are of type other", |q, next, _| { let mut a = next(q.clone()); if q.get("attributes").is_none() { a.each(|r| for e in elements(r, "emails") { if e["value"].is_string() && e.get("type").is_none() { e["type"] = "other".into(); } }); } a }),
    ("an attribute that is not published", |mut q, next, _| { if !q.method("GET") { q.edit(|d| drop_member(d, "accountState")); } let mut a = next(q.clone()); if q.get("attributes").is_none() { a.each(|r| if r["userName"].is_string() { r["accountState"] = "active".into(); }); } a }),
    ("members in another order", |q, next, _| { let mut a = next(q); let d = a.json(); if d.is_object() { a.raw = backwards(&d).into(); } a }),
    ("schemas in another order", |q, next, _| { let mut a = next(q); a.each(|r| if let Some(s) = r.get_mut("schemas").and_then(Value::as_array_mut) { s.reverse(); }); a }),
    ("the status of an Error is a number", |q, next, _| { let mut a = next(q); let s = a.status; if s >= 400 { a.edit(|d| d["status"] = s.into()); } a }),
    ("sorting is refused", |q, next, _| { let asks = q.lists() && q.get("sortBy").is_some() || q.searches() && q.json().get("sortBy").is_some(); if asks { return Resp::error(400, "invalidValue"); } let a = next(q.clone()); config(&q, a, |d| d["sort"]["supported"] = false.into()) }),
    ("filters have eq and and only (RFC 7644 §3.12 Table 9)", |q, next, _| match has(&q.filter_text(), &all_but_eq()) { false => next(q), true => Resp::error(400, "invalidFilter") }),
    ("no or, not and brackets", |q, next, _| match has(&q.filter_text(), &["or", "not"]) { true => Resp::error(400, "invalidFilter"), false => next(q) }),
    ("more than ten resources are too many (RFC 7644 §3.12 Table 9)", |q, next, _| { let is = !q.filter_text().is_empty() && (q.lists() || q.searches()); let a = next(q.clone()); if is && a.json()["totalResults"].as_u64().is_some_and(|n| n > 10) { return Resp::error(400, "tooMany"); } config(&q, a, |d| d["filter"]["maxResults"] = 10.into()) }),
    ("pages of ten", |mut q, next, _| { if q.lists() && q.get("count").and_then(|c| c.parse::<i64>().ok()).is_none_or(|c| c > 10) && q.get("count") != Some("x") && q.get("cursor").is_none() { q.put("count", "10"); } if q.searches() && q.json().get("count").and_then(Value::as_i64).is_none_or(|c| c > 10) { q.edit(|d| if d.get("schemas").is_some() { d["count"] = 10.into(); }); } let a = next(q.clone()); config(&q, a, |d| d["filter"]["maxResults"] = 10.into()) }),
    ("pages by cursor only (RFC 9865 §4)", |q, next, _| { let index = |v: Option<i64>| v.is_some_and(|n| n > 1); if q.lists() && index(q.get("startIndex").and_then(|n| n.parse().ok())) || q.searches() && index(q.json()["startIndex"].as_i64()) { return Resp::error(400, "invalidValue"); } let a = next(q.clone()); config(&q, a, |d| { d["pagination"]["index"] = false.into(); d["pagination"]["cursor"] = true.into(); drop_member(&mut d["pagination"], "defaultPaginationMethod"); }) }),
    ("one operation of bulk at most", |q, next, _| { if q.path == "/Bulk" && q.json()["Operations"].as_array().map_or(0, Vec::len) > 1 { return Resp::error(413, ""); } let a = next(q.clone()); config(&q, a, |d| d["bulk"]["maxOperations"] = 1.into()) }),
    ("passwords cannot be changed", |mut q, next, _| { if q.method("PUT") { q.edit(|d| drop_member(d, "password")); } if q.method("PATCH") && q.operations().iter().any(|o| o["path"] == "password") { return Resp::error(400, "mutability"); } let a = next(q.clone()); config(&q, a, |d| d["changePassword"]["supported"] = false.into()) }),
    ("users only, no groups", |q, next, _| { if q.path.starts_with("/Groups") || q.path.starts_with("/ResourceTypes/Group") || q.path.ends_with(GROUP) { return Resp::error(404, ""); } if q.path == "/Bulk" && String::from_utf8_lossy(&q.raw).contains("/Groups") { return Resp::error(400, "invalidPath"); } let path = q.path.trim_end_matches('/').to_owned(); let a = next(q); if a.ok() && ["/ResourceTypes", "/Schemas"].contains(&path.as_str()) { let r: Vec<_> = a.resources().into_iter().filter(|one| one["id"] != "Group" && one["id"] != GROUP).collect(); return Resp::list(&r); } a }),
    ("names of deleted users are kept (RFC 7644 §3.6)", |q, next, m| { if q.method("DELETE") && q.path.starts_with("/Users/") { let name = next(q.as_get()).json()["userName"].as_str().map(str::to_lowercase); let a = next(q); if let (true, Some(name)) = (a.ok(), name) { m.lock().unwrap().insert(name); } return a; } if q.creates() && q.json()["userName"].as_str().is_some_and(|n| m.lock().unwrap().contains(&n.to_lowercase())) { return Resp::error(409, "uniqueness"); } next(q) }),
    ("discovery wants credentials (RFC 7643 §5)", |q, next, _| { if q.path == "/ServiceProviderConfig" && !q.headers.contains_key("authorization") { let mut a = Resp::error(401, ""); a.header("www-authenticate", "Bearer"); return a; } next(q) }),
    ("discovery is open to all", |mut q, next, _| { if q.method("GET") && ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"].iter().any(|p| q.path.starts_with(p)) { q.headers.insert("authorization", "Bearer s3cret-token".parse().unwrap()); } next(q) }),
    ("now and then a request comes too early (RFC 6585 §4)", |q, next, m| { let mut seen = m.lock().unwrap(); let number = seen.len(); seen.insert(format!("{number}")); drop(seen); if [100, 600].contains(&number) { let mut a = Resp::error(429, ""); a.header("retry-after", "1"); return a; } next(q) }),
    ("now and then the server is busy (RFC 9110 §15.6.4)", |q, next, m| { let mut seen = m.lock().unwrap(); let number = seen.len(); seen.insert(format!("{number}")); drop(seen); if [150, 700].contains(&number) { let mut a = Resp::error(503, ""); a.header("retry-after", "1"); return a; } next(q) }),
    ("two operations of bulk at most", |q, next, _| { if q.path == "/Bulk" && q.json()["Operations"].as_array().map_or(0, Vec::len) > 2 { return Resp::error(413, ""); } let a = next(q.clone()); config(&q, a, |d| d["bulk"]["maxOperations"] = 2.into()) }),
    ("user names cannot be changed", |q, next, _| { let changes = q.method("PUT") || q.method("PATCH"); if changes && q.path.starts_with("/Users/") && next(q.as_get()).ok() { let old = next(q.as_get()).json()["userName"].as_str().map(str::to_lowercase); let own = |v: &Value| v.as_str().map(str::to_lowercase).filter(|new| Some(new) != old.as_ref()).is_some(); let body = q.json(); if own(&body["userName"]) || q.operations().iter().any(|o| (o["path"].as_str().is_some_and(|p| p.to_lowercase().ends_with("username")) && own(&o["value"])) || own(&o["value"]["userName"])) { return Resp::error(400, "mutability"); } } let a = next(q.clone()); published(&q, a, "userName", "mutability", &json!("immutable")) }),
    ("a password is required", |q, next, _| { let puts = q.method("PUT") && q.path.starts_with("/Users/") && next(q.as_get()).ok(); if (puts || q.is("POST", "/Users")) && q.json()["password"].as_str().is_none_or(str::is_empty) && q.json().is_object() { return Resp::error(400, "invalidValue"); } let a = next(q.clone()); published(&q, a, "password", "required", &json!(true)) }),
    ("addresses are required", |q, next, _| { if q.operations().iter().any(clears_addresses) { return Resp::error(400, "invalidValue"); } if (q.is("POST", "/Users") || q.method("PUT") && q.path.starts_with("/Users")) && q.json()["emails"].as_array().is_none_or(Vec::is_empty) && q.json().is_object() { return Resp::error(400, "invalidValue"); } let a = next(q.clone()); published(&q, a, "emails", "required", &json!(true)) }),
    ("who has no address gets one of the user name (RFC 7644 §3.5.1)", |mut q, next, _| { let address = |name: &Value| json!([{"value": name, "type": "work"}]); if q.is("POST", "/Users") || q.method("PUT") && q.path.starts_with("/Users/") { q.edit(|d| if d["emails"].as_array().is_none_or(Vec::is_empty) && d["userName"].is_string() { d["emails"] = address(&d["userName"]); }); } if q.operations().iter().any(clears_addresses) { let name = next(q.as_get()).json()["userName"].clone(); q.each_operation(|o| if clears_addresses(o) { *o = json!({"op": "replace", "path": "emails", "value": address(&name)}); }); } next(q) }),
    ("one address only", |q, next, _| { let several = |d: &Value| d["emails"].as_array().is_some_and(|all| all.len() > 1); if q.path.starts_with("/Users") && (several(&q.json()) || q.operations().iter().any(|o| several(&o["value"]))) { return Resp::error(400, "invalidValue"); } next(q) }),
    ("groups are returned on request (RFC 7643 §7)", |q, next, _| { let names = q.get("attributes").map(str::to_lowercase).unwrap_or_default(); let asks = names.contains("groups") || q.json()["attributes"].to_string().to_lowercase().contains("groups"); let mut a = next(q.clone()); if !asks { a.each(|r| if r["meta"]["resourceType"] != "Group" { drop_member(r, "groups"); }); } published(&q, a, "groups", "returned", &json!("request")) }),
    ("filters on a few attributes only (RFC 7644 §3.12 Table 9)", |q, next, _| match is_of_few(&q.filter_text()) { true => next(q), false => Resp::error(400, "invalidFilter") }),
    ("locations have the public name of the server", |mut q, next, _| { let replaced = |raw: &[u8], from: &str, to: &str| String::from_utf8(raw.to_vec()).map(|text| text.replace(from, to).into()); let (own, public) = ("https://scim.example/", "https://public.example/"); if let Ok(raw) = replaced(&q.raw, public, own) { q.raw = raw; } let mut a = next(q); if let Ok(raw) = replaced(&a.raw, own, public) { a.raw = raw; } if let Some(l) = a.headers.get("location").and_then(|l| l.to_str().ok()).map(|l| l.replace(own, public)) { a.header("location", &l); } a }),
    ("names of groups are said to be unique (RFC 7643 §7: SHOULD)", |q, next, _| { let a = next(q.clone()); discovery(&q, a, "/Schemas", |schema| if schema["id"] == GROUP { for own in elements(schema, "attributes").filter(|own| own["name"] == "displayName") { own["uniqueness"] = "server".into(); } }) }),
    ("sorted by names only", |q, next, _| { let by = q.get("sortBy").map(str::to_owned).or_else(|| q.json()["sortBy"].as_str().map(str::to_owned)); let is_name = |by: &str| ["username", "displayname"].iter().any(|name| by.to_lowercase().ends_with(name)); match !(q.lists() || q.searches()) || by.is_none_or(|by| is_name(&by)) { true => next(q), false => Resp::error(400, "invalidPath") } }),
    ("no ETag of a change, but meta.version", |q, next, _| { let changes = q.method("PUT") || q.method("PATCH"); let mut a = next(q); if changes { a.without("etag"); } a }),
    ("searches by POST are not served (RFC 7644 §3.4.3)", |q, next, _| if q.searches() { Resp::error(501, "") } else { next(q) }),
    ("lists without a filter are refused", |q, next, _| { let is = q.lists() && q.get("filter").is_none(); let a = next(q); if is && a.ok() { Resp::error(400, "tooMany") } else { a } }),
    ("results of bulk in another order", |q, next, _| { let is = q.path == "/Bulk"; let mut a = next(q); if is { a.edit(|d| if let Some(o) = d["Operations"].as_array_mut() { o.reverse(); }); } a }),
    ("a formatted name is made of its parts (RFC 7643 §4.1.1)", |q, next, _| { let mut a = next(q.clone()); if q.get("attributes").is_none() && q.get("excludedAttributes").is_none() { a.each(|r| if r["name"].is_object() && r["name"].get("formatted").is_none() { let whole: Vec<_> = ["givenName", "familyName"].iter().filter_map(|n| r["name"][*n].as_str()).collect(); let whole = whole.join(" "); if !whole.is_empty() { r["name"]["formatted"] = whole.into(); } }); } a }),
    ("photos are returned on request (RFC 7643 §7)", |q, next, _| { let names = q.get("attributes").map(str::to_lowercase).unwrap_or_default(); let body = q.json()["attributes"].to_string().to_lowercase(); let asks = names.contains("photos") || body.contains("photos"); let mut a = next(q.clone()); if !asks { a.each(|r| if r["userName"].is_string() || r["meta"]["resourceType"] == "User" { drop_member(r, "photos"); }); } published(&q, a, "photos", "returned", &json!("request")) }),
    ("unknown attributes are said to be null", |q, next, _| { let mut a = next(q); a.each(|r| if r["userName"].is_string() { each_object(&mut r["meta"], |m| drop(m.insert("tenant".to_owned(), Value::Null))); }); a }),
    ("methods that there are not are 501", |q, next, _| { let known = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE]; if !known.contains(&q.method) { return Resp::error(501, ""); } next(q) }),
    ("attributes and excludedAttributes together are refused", |q, next, _| if q.get("attributes").is_some() && q.get("excludedAttributes").is_some() { Resp::error(400, "invalidValue") } else { next(q) }),
    ("a user with groups is not deleted with them", |q, next, _| { if q.method("DELETE") && q.path.starts_with("/Groups/") && next(q.as_get()).json()["members"].as_array().is_some_and(|m| m.len() > 500) { return Resp::error(409, ""); } next(q) }),
];

/// Lists that are late by a second: a run waits for them each time, which takes a while.
pub(crate) const LATE: Fault = |q, next, m| late(q, next, m, 1000);
