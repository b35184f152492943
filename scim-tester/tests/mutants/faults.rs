//! Faults of service providers, one switch each, with the checks that are made for them.

use http::Method;
use serde_json::{Value, json};

use super::wire::{Fault, Resp};

/// A fault; the checks of which one must fail; and those that may fail too, because the fault breaks
/// what they ask for as well.
pub(crate) struct Mutant {
    pub(crate) name: &'static str,
    pub(crate) noticed_by: &'static [&'static str],
    pub(crate) also: &'static [&'static str],
    pub(crate) fault: Fault,
}

macro_rules! mutants {
    ($($name:literal [$($by:literal)*] [$($also:literal)*] $fault:expr;)*) => {
        &[$(Mutant { name: $name, noticed_by: &[$($by),*], also: &[$($also),*], fault: $fault }),*]
    };
}

fn drop_member(value: &mut Value, name: &str) {
    if let Some(members) = value.as_object_mut() {
        members.remove(name);
    }
}

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

#[rustfmt::skip]
pub(crate) const MUTANTS: &[Mutant] = mutants! {
    // Discovery.
    "spc-is-a-list" ["D-01"] [] |q, next, _| { let mut a = next(q.clone()); if a.ok() && q.is("GET", "/ServiceProviderConfig") { a = Resp::list(&[a.json()]); } a };
    "spc-without-required-members" ["D-02"] [] |q, next, _| { let mut a = next(q.clone()); if a.ok() && q.is("GET", "/ServiceProviderConfig") { a.edit(|d| drop_member(d, "changePassword")); } a };
    "spc-wants-credentials" ["D-03"] [] |q, next, _| { if q.path == "/ServiceProviderConfig" && !q.headers.contains_key("authorization") { let mut a = Resp::error(401, ""); a.header("www-authenticate", "Bearer"); return a; } next(q) };
    "bulk-advertised-but-501" ["B-01" "D-04"] [] |q, next, _| if q.is("POST", "/Bulk") { Resp::error(501, "") } else { next(q) };
    "sort-advertised-but-501" ["S-01" "D-04"] [] |q, next, _| if q.get("sortBy").is_some() && q.lists() { Resp::error(501, "") } else { next(q) };
    "spc-can-be-written" ["D-05"] [] |q, next, _| if q.path == "/ServiceProviderConfig" && !q.method("GET") && q.headers.contains_key("authorization") { Resp::empty(204) } else { next(q) };
    "resource-types-miscounted" ["D-06"] [] |q, next, _| { let mut a = next(q.clone()); if a.ok() && q.is("GET", "/ResourceTypes") { a.edit(|d| d["totalResults"] = 7.into()); } a };
    "resource-type-differs-by-id" ["D-07"] [] |q, next, _| { let mut a = next(q.clone()); if q.is("GET", "/ResourceTypes/User") { a.edit(|d| d["name"] = "Other".into()); } a };
    "schemas-incomplete" ["D-08"] ["D-20" "D-11"] |q, next, _| { let mut a = next(q.clone()); if a.ok() && q.is("GET", "/Schemas") { let r: Vec<_> = a.resources().into_iter().filter(|s| s["id"] != ENTERPRISE).collect(); a = Resp::list(&r); } a };
    "endpoint-not-served" ["D-09"] ["C-01" "D-07" "D-18"] |q, next, _| { if q.path.starts_with("/Gadgets") { return Resp::error(404, ""); } let is = q.is("GET", "/ResourceTypes"); let mut a = next(q); if is && a.ok() { let mut r = a.resources(); let mut g = r[1].clone(); g["id"] = "Gadget".into(); g["name"] = "Gadget".into(); g["endpoint"] = "/Gadgets".into(); r.push(g); a = Resp::list(&r); } a };
    "schema-listed-twice" ["D-10"] [] |q, next, _| { let mut a = next(q.clone()); if a.ok() && q.is("GET", "/Schemas") { let mut r = a.resources(); r.push(r[0].clone()); a = Resp::list(&r); } a };
    "schema-not-read-by-urn" ["D-11"] [] |q, next, _| if q.method("GET") && q.path.starts_with("/Schemas/") { Resp::error(404, "") } else { next(q) };
    "schema-urn-not-decoded" ["D-11"] [] |q, next, _| if q.path.starts_with("/Schemas/") && q.path.contains("%3A") { Resp::error(404, "") } else { next(q) };
    "mutability-misspelt" ["D-12"] ["D-11"] |q, next, _| { let mut a = next(q.clone()); if q.path.starts_with("/Schemas") { a.raw = String::from_utf8_lossy(&a.raw).replacen("\"readWrite\"", "\"readwrite\"", 1).into(); } a };
    "user-name-published-as-many" ["D-13"] ["R-07" "D-11" "F-20" "A-01"] |q, next, _| { let mut a = next(q.clone()); if q.path.starts_with("/Schemas") { a.edit(|d| { let list = if d["Resources"].is_array() { d["Resources"].as_array_mut().unwrap().iter_mut().collect() } else { vec![d] }; for s in list { for x in s["attributes"].as_array_mut().into_iter().flatten() { if x["name"] == "password" { x["returned"] = "default".into(); } } } }); } a };
    "message-urn-in-schemas" ["D-14"] ["D-11" "D-12" "D-18"] |q, next, _| { let mut a = next(q.clone()); if a.ok() && q.is("GET", "/Schemas") { let mut r = a.resources(); let mut s = r[1].clone(); s["id"] = "urn:ietf:params:scim:api:messages:2.0:PatchOp".into(); r.push(s); a = Resp::list(&r); } a };
    "filter-on-discovery-taken" ["D-15"] [] |mut q, next, _| { if q.path.starts_with("/Schemas") || q.path.starts_with("/ResourceTypes") { q.drop("filter"); } next(q) };
    "schemas-paged" ["D-16"] [] |q, next, _| { let a = next(q.clone()); if a.ok() && q.is("GET", "/Schemas") && q.get("count") == Some("1") { return Resp::list(&a.resources()[..1]); } a };
    "unknown-schema-is-200" ["D-17"] [] |q, next, _| { let a = next(q.clone()); if q.path.starts_with("/Schemas/") && a.status == 404 { return Resp::new(200, &json!({})); } a };
    "schema-location-wrong" ["D-18"] ["D-11"] |q, next, _| { let mut a = next(q.clone()); if a.ok() && q.is("GET", "/Schemas") { a.each(|s| s["meta"]["location"] = "https://elsewhere.example/x".into()); } a };
    "page-sizes-do-not-fit" ["D-19"] [] |q, next, _| { let mut a = next(q.clone()); if a.ok() && q.is("GET", "/ServiceProviderConfig") { a.edit(|d| { d["pagination"]["defaultPageSize"] = 500.into(); d["pagination"]["maxPageSize"] = 10.into(); }); } a };
    "unpublished-attribute" ["D-20"] ["A-07" "W-05" "W-12"] |q, next, _| { let mut a = next(q.clone()); if q.resource().is_some() || q.lists() || q.creates() { if q.get("attributes").is_none() { a.each(|r| r["favouriteColour"] = "red".into()); } } a };
    // Create.
    "201-as-200" ["C-01"] ["B-01" "OK-05" "OK-14" "EN-03"] |q, next, _| { let mut a = next(q.clone()); if q.creates() && a.status == 201 { a.status = 200; } a };
    "no-location-header" ["C-02"] [] |q, next, _| { let mut a = next(q.clone()); if q.creates() { a.without("location"); } a };
    "meta-location-wrong" ["C-02"] ["T-11" "R-03" "D-18"] |q, next, _| { let mut a = next(q.clone()); a.each(|r| if r["meta"]["location"].is_string() { r["meta"]["location"] = format!("https://scim.example/v2/Nowhere/{}", r["id"].as_str().unwrap_or("")).into(); }); a };
    "meta-location-of-another-host" ["C-02"] ["T-11" "R-03" "D-18"] |q, next, _| { let mut a = next(q.clone()); a.each(|r| if r["meta"]["location"].is_string() { r["meta"]["location"] = format!("http://localhost:8080/Users/{}", r["id"].as_str().unwrap_or("")).into(); }); a };
    "no-meta-location" ["C-02"] ["R-03"] |q, next, _| { let mut a = next(q.clone()); a.each(|r| if r["meta"].is_object() { drop_member(&mut r["meta"], "location"); }); a };
    "post-answers-what-was-sent" ["C-03"] ["C-02" "C-04" "C-05" "C-16" "V-02" "A-01" "P-08" "P-13"] |q, next, _| { let mut a = next(q.clone()); if q.creates() && a.ok() { let sent = q.json(); a.edit(|d| { let id = d["id"].clone(); *d = sent; d["id"] = id; }); } a };
    "resourceType-lower-case" ["C-04"] ["F-25"] |q, next, _| { let mut a = next(q.clone()); if !q.path.starts_with("/Schemas") && !q.path.starts_with("/ResourceTypes") { a.each(|r| if let Some(t) = r["meta"]["resourceType"].as_str() { r["meta"]["resourceType"] = t.to_lowercase().into(); }); } a };
    "no-meta-timestamps" ["C-05"] ["W-10" "X-38"] |q, next, _| { let mut a = next(q.clone()); a.each(|r| if r["meta"].is_object() { drop_member(&mut r["meta"], "created"); drop_member(&mut r["meta"], "lastModified"); }); a };
    "created-is-not-lastModified" ["C-05"] ["S-05" "F-08"] |q, next, _| { let mut a = next(q.clone()); a.each(|r| if r["meta"]["created"].is_string() { r["meta"]["created"] = "2020-01-01T00:00:00Z".into(); }); a };
    "attribute-lost" ["C-06"] [] |mut q, next, _| { if !q.method("GET") && !q.method("DELETE") { q.edit(|d| drop_member(d, "preferredLanguage")); } next(q) };
    "phone-numbers-lost" ["C-06"] ["EN-14"] |mut q, next, _| { if !q.method("GET") && !q.method("DELETE") { q.edit(|d| drop_member(d, "phoneNumbers")); } next(q) };
    "extension-dropped-on-create" ["C-07"] ["C-06" "C-08" "C-15"] |mut q, next, _| { if q.creates() { q.edit(|d| { drop_member(d, ENTERPRISE); if let Some(s) = d["schemas"].as_array_mut() { s.retain(|u| u != ENTERPRISE); } }); } next(q) };
    "extension-not-in-schemas" ["C-07"] ["X-26" "A-07" "W-05" "W-12"] |q, next, _| { let mut a = next(q.clone()); if !q.path.starts_with("/Sch") && !q.path.starts_with("/Res") { a.each(|r| if let Some(s) = r.get_mut("schemas").and_then(Value::as_array_mut) { s.retain(|u| u != ENTERPRISE); }); } a };
    "first-schema-must-be-own" ["C-08"] [] |q, next, _| { if q.creates() && q.json()["schemas"][0].as_str().is_some_and(|s| s.contains("extension")) { return Resp::error(400, "invalidSyntax"); } next(q) };
    "required-not-checked" ["C-09"] ["B-04" "B-05" "B-06" "C-10"] |mut q, next, _| { if q.is("POST", "/Users") { q.edit(|d| if d["userName"].as_str().is_none_or(str::is_empty) && d.get("schemas").is_some() && d.is_object() { d["userName"] = format!("zt-none-{}", rand()).into(); }); } next(q) };
    "text-taken-for-boolean" ["C-10"] [] |mut q, next, _| { if q.creates() { q.edit(|d| if d["active"] == "maybe" { d["active"] = true.into(); }); } next(q) };
    "two-primary-values-kept" ["C-11"] [] |mut q, next, _| { let two = q.creates() && q.json()["emails"].as_array().is_some_and(|e| e.iter().filter(|x| x["primary"] == true).count() > 1); if two { q.edit(|d| for e in d["emails"].as_array_mut().unwrap() { drop_member(e, "primary"); }); } let mut a = next(q); if two { a.each(|r| for e in r.get_mut("emails").and_then(Value::as_array_mut).into_iter().flatten() { e["primary"] = true.into(); }); } a };
    "schemas-not-checked" ["C-12"] [] |mut q, next, _| { if q.creates() { let urn = if q.path.starts_with("/Users") { "urn:ietf:params:scim:schemas:core:2.0:User" } else { "urn:ietf:params:scim:schemas:core:2.0:Group" }; q.edit(|d| { let own = d["schemas"].as_array().is_some_and(|s| s.iter().any(|u| u == urn)); if d.is_object() && !own && d["schemas"] != json!([ENTERPRISE]) { d["schemas"] = json!([urn]); } }); } next(q) };
    "unknown-attribute-is-500" ["E-06" "C-13"] ["IO-04"] |q, next, _| { if q.creates() && q.json().get("zzUnknown").is_some() { return Resp::error(500, ""); } next(q) };
    "null-refused" ["C-14"] [] |q, next, _| { if q.creates() && q.json().as_object().is_some_and(|m| m.iter().any(|(n, v)| v.is_null() && n != "userName" && n != "displayName" || n == "displayName" && v.is_null() && q.path.starts_with("/Users"))) { return Resp::error(400, "invalidValue"); } next(q) };
    "names-in-one-letter-case" ["C-15"] [] |mut q, next, _| { if q.creates() { q.edit(|d| if let Some(m) = d.as_object_mut() { m.retain(|n, _| !(n.len() > 3 && n.chars().all(char::is_uppercase))); }); } next(q) };
    "read-only-in-body-refused" ["C-16"] ["C-04" "EN-03" "OK-05"] |q, next, _| { if q.creates() && q.json().get("meta").is_some() { return Resp::error(400, "mutability"); } next(q) };
    // Read.
    "get-answers-a-list" ["R-01"] ["C-02"] |q, next, _| { let a = next(q.clone()); if q.method("GET") && q.resource().is_some() && a.status == 200 { return Resp::list(&[a.json()]); } a };
    "404-as-400" ["R-02"] ["OK-04" "EN-01" "N-01"] |q, next, _| { let mut a = next(q); if a.status == 404 { a.status = 400; a.edit(|d| d["status"] = "400".into()); } a };
    "unknown-id-is-200" ["R-02"] ["L-02" "H-08" "W-02" "X-35" "W-07" "OK-04" "EN-01" "B-01" "I-06" "R-10"] |q, next, _| { let a = next(q.clone()); if q.method("GET") && q.resource().is_some() && a.status == 404 { return Resp::new(200, &json!({})); } a };
    "content-location-wrong" ["R-03"] [] |q, next, _| { let mut a = next(q.clone()); if q.resource().is_some() && a.ok() { a.header("content-location", "https://scim.example/v2/Other/1"); } a };
    "lastModified-differs-from-read-to-read" ["R-05"] ["C-03" "C-05" "W-10" "X-09" "X-38" "R-11"] |q, next, m| { let mut a = next(q.clone()); if q.method("GET") && q.resource().is_some() { let n = { let mut m = m.lock().unwrap(); let n = m.len(); m.insert(n.to_string()); n }; a.each(|r| if r["meta"]["lastModified"].is_string() { r["meta"]["lastModified"] = format!("2099-01-01T00:00:{:02}Z", n % 60).into(); }); } a };
    "reads-differ" ["R-05"] ["C-03" "A-07" "C-06" "D-20" "P-01" "A-11"] |q, next, m| { let mut a = next(q.clone()); if q.method("GET") && q.resource().is_some() { let n = { let mut m = m.lock().unwrap(); let n = m.len(); m.insert(n.to_string()); n }; a.each(|r| r["nickName"] = format!("zz{n}").into()); } a };
    "active-as-string" ["R-07"] ["EN-05" "EN-07" "OK-10" "C-06" "C-03"] |q, next, _| { let mut a = next(q); a.each(|r| if let Some(b) = r["active"].as_bool() { r["active"] = if b { "True" } else { "False" }.into(); }); a };
    "time-without-T" ["R-07"] ["C-05" "W-10" "X-38"] |q, next, _| { let mut a = next(q); a.each(|r| for n in ["created", "lastModified"] { if let Some(t) = r["meta"][n].as_str() { r["meta"][n] = t.replace('T', " ").into(); } }); a };
    "one-value-not-in-an-array" ["R-07"] ["A-13" "X-10" "X-12" "X-18" "X-08"] |q, next, _| { let mut a = next(q.clone()); if q.path.starts_with("/Users") { a.each(|r| if let Some([one]) = r["emails"].as_array().map(Vec::as_slice) { r["emails"] = one.clone(); }); } a };
    "groups-of-users-empty" ["R-08"] [] |q, next, _| { let mut a = next(q); a.each(|r| if r["userName"].is_string() { drop_member(r, "groups"); }); a };
    "unknown-parameter-refused" ["R-09"] [] |q, next, _| if q.get("zzUnknown").is_some() { Resp::error(400, "invalidValue") } else { next(q) };
    // Characteristics.
    "password-returned" ["A-01"] [] |q, next, _| { let mut a = next(q.clone()); if q.creates() && q.json()["password"].is_string() { let p = q.json()["password"].clone(); a.each(|r| r["password"] = p.clone()); } a };
    "password-in-lists" ["A-01"] [] |q, next, _| { let mut a = next(q.clone()); if q.lists() && q.path == "/Users" { a.each(|r| r["password"] = "{SHA}abcdef".into()); } a };
    "id-not-in-projections" ["A-02"] ["P-01" "P-05"] |q, next, _| { let mut a = next(q.clone()); if q.get("attributes").is_some() && q.resource().is_some() { a.each(|r| drop_member(r, "id")); } a };
    "attribute-not-in-reads" ["A-04"] ["C-03" "C-06" "X-03" "X-25" "Y-06"] |q, next, _| { let mut a = next(q.clone()); if q.method("GET") && q.get("attributes").is_none() { a.each(|r| drop_member(r, "title")); } a };
    "read-only-in-put-refused" ["A-07"] ["W-05" "OK-10" "W-12"] |q, next, _| { if q.method("PUT") && q.json()["meta"].is_object() { return Resp::error(400, "mutability"); } next(q) };
    "409-as-400" ["A-09"] ["OK-06" "IO-12" "EN-12"] |q, next, _| { let mut a = next(q); if a.status == 409 { a.status = 400; a.edit(|d| d["status"] = "400".into()); } a };
    "409-without-scimType" ["A-09"] ["IO-12" "A-10" "A-11"] |q, next, _| { let mut a = next(q); if a.status == 409 { a.edit(|d| drop_member(d, "scimType")); } a };
    "uniqueness-by-letter-case" ["A-10"] ["IO-03"] |mut q, next, _| { let name = q.json()["userName"].as_str().map(str::to_owned).unwrap_or_default(); if q.creates() && name.starts_with("ZT") { q.edit(|d| d["userName"] = format!("{name}-other").into()); let mut a = next(q); a.each(|r| r["userName"] = name.clone().into()); return a; } next(q) };
    "uniqueness-not-in-put" ["A-11"] [] |q, next, _| { let a = next(q.clone()); if q.method("PUT") && a.status == 409 { let mut old = next(q.as_get()); old.edit(|d| d["userName"] = q.json()["userName"].clone()); return old; } a };
    "externalId-in-lower-case" ["A-12"] ["F-04" "C-06"] |mut q, next, _| { if !q.method("GET") { q.edit(|d| if let Some(x) = d["externalId"].as_str() { d["externalId"] = x.to_lowercase().into(); }); } next(q) };
    "duplicates-kept" ["A-14"] [] |q, next, _| { let mut a = next(q.clone()); if q.creates() { let sent = q.json()["emails"].clone(); if sent[0] == sent[1] && sent[0].is_object() { a.each(|r| r["emails"] = sent.clone()); } } a };
    "ref-leads-nowhere" ["A-15"] ["T-11" "M-01" "M-05"] |q, next, _| { let mut a = next(q); a.each(|r| for m in r.get_mut("members").and_then(Value::as_array_mut).into_iter().flatten() { m["$ref"] = "https://scim.example/v2/Users/nowhere".into(); }); a };
    // Projection.
    "attributes-ignored" ["P-01"] ["A-02"] |mut q, next, _| { q.drop("attributes"); if q.searches() { q.edit(|d| drop_member(d, "attributes")); } next(q) };
    "attributes-ignored-in-lists" ["P-02"] ["A-02" "K-14"] |mut q, next, _| { if q.lists() { q.drop("attributes"); } next(q) };
    "attributes-ignored-in-searches" ["P-02" "Q-02"] [] |mut q, next, _| { if q.searches() { q.edit(|d| drop_member(d, "attributes")); } next(q) };
    "excludedAttributes-ignored" ["P-03"] ["R-08" "Q-02" "EN-12" "P-08" "P-11"] |mut q, next, _| { q.drop("excludedAttributes"); if q.searches() { q.edit(|d| drop_member(d, "excludedAttributes")); } next(q) };
    "sub-attributes-not-projected" ["P-04"] ["P-12"] |mut q, next, _| { if let Some(a) = q.get("attributes") { let whole: Vec<_> = a.split(',').map(|n| if n.to_lowercase().starts_with("urn:") { n } else { n.split('.').next().unwrap() }.to_owned()).collect(); q.put("attributes", whole.join(",")); } next(q) };
    "urns-in-attributes-unknown" ["P-05"] ["P-12"] |mut q, next, _| { if let Some(a) = q.get("attributes") { let rest: Vec<_> = a.split(',').filter(|n| !n.starts_with("urn:")).map(str::to_owned).collect(); q.put("attributes", if rest.is_empty() { "zz".to_owned() } else { rest.join(",") }); } next(q) };
    "attributes-in-one-letter-case" ["P-06"] [] |mut q, next, _| { if q.get("attributes").is_some_and(|a| a.chars().all(char::is_uppercase)) { q.put("attributes", "zz"); } next(q) };
    "both-projections-taken" ["P-07"] [] |mut q, next, _| { if q.get("attributes").is_some() && q.get("excludedAttributes").is_some() { q.drop("excludedAttributes"); } next(q) };
    "patch-with-attributes-is-204" ["P-08"] [] |q, next, _| { let a = next(q.clone()); if q.method("PATCH") && a.ok() && q.get("attributes").is_some() { return Resp::empty(204); } a };
    "post-not-projected" ["P-08"] [] |mut q, next, _| { if q.creates() { q.drop("attributes"); } next(q) };
    "unknown-attribute-gives-everything" ["P-09"] [] |mut q, next, _| { if q.get("attributes") == Some("zzUnknown") { q.drop("attributes"); } next(q) };
    "only-first-of-a-list-of-attributes" ["P-10"] ["P-12"] |mut q, next, _| { if let Some(a) = q.get("attributes") { let first = a.split(',').next().unwrap_or("").to_owned(); q.put("attributes", first); } next(q) };
    // Filters.
    "eq-is-a-prefix" ["F-02"] ["F-03" "F-04" "F-13" "F-28" "I-05" "I-06" "Q-02" "F-33"] |mut q, next, _| { q.filter(|f| f.replace(" eq \"", " sw \"")); next(q) };
    "eq-is-a-part" ["F-02"] ["F-03" "F-04" "F-13" "F-28" "I-05" "I-06" "Q-02" "F-33"] |mut q, next, _| { q.filter(|f| f.replace(" eq \"", " co \"")); next(q) };
    "sw-is-co" ["F-06"] [] |mut q, next, _| { q.filter(|f| f.replace(" sw ", " co ")); next(q) };
    "no-parentheses-in-filters" ["F-14" "F-15"] ["F-07" "F-16" "F-22" "F-23" "F-28" "F-18"] |q, next, _| { if q.filter_text().contains('(') { return Resp::error(400, "invalidFilter"); } next(q) };
    "inactive-is-deleted" ["F-39"] ["X-01" "X-02" "X-27" "EN-05" "OK-10" "L-07"] |q, next, _| { let a = next(q.clone()); if q.method("PATCH") && a.ok() && q.operations().iter().any(|o| o["path"] == "active" && o["value"] == false) { let mut d = q.as_get(); d.method = Method::DELETE; next(d); } a };
    "group-takes-its-members-along" ["M-06"] ["L-07"] |q, next, _| { let before = next(q.as_get()); let a = next(q.clone()); if q.method("DELETE") && a.ok() && q.path.starts_with("/Groups/") { for m in before.json()["members"].as_array().into_iter().flatten() { let mut d = q.as_get(); d.method = Method::DELETE; d.path = format!("/Users/{}", m["value"].as_str().unwrap_or("")); next(d); } } a };
    "any-name-and-password" ["H-03"] [] |mut q, next, _| { if q.headers.get("authorization").is_some_and(|h| h.as_bytes().starts_with(b"Basic ")) { q.headers.insert("authorization", "Bearer s3cret-token".parse().unwrap()); } next(q) };
    "token-in-any-letter-case" ["H-03"] [] |mut q, next, _| { if q.headers.get("authorization").is_some_and(|h| h.as_bytes().eq_ignore_ascii_case(b"Bearer s3cret-token")) { q.headers.insert("authorization", "Bearer s3cret-token".parse().unwrap()); } next(q) };
    "token-under-basic" ["H-03"] [] |mut q, next, _| { if q.headers.get("authorization").is_some_and(|h| h == "Basic s3cret-token") { q.headers.insert("authorization", "Bearer s3cret-token".parse().unwrap()); } next(q) };
    "filter-ignored" ["F-02"] ["F-38" "F-39" "I-02" "R-08"] |mut q, next, _| { if q.lists() { q.drop("filter"); } if q.searches() { q.edit(|d| drop_member(d, "filter")); } next(q) };
    "filter-and-is-or" ["F-13"] ["F-18"] |mut q, next, _| { q.filter(|f| f.replace(" and ", " or ").replace(" AND ", " or ")); next(q) };
    "filter-or-before-and" ["F-13"] [] |mut q, next, _| { q.filter(|f| match f.split_once(" or ") { Some((a, rest)) if rest.contains(" and ") && !f.contains('(') => { let (b, c) = rest.split_once(" and ").unwrap(); format!("({a} or {b}) and {c}") } _ => f.to_owned() }); next(q) };
    "eq-by-letter-case" ["F-03"] ["OK-07" "I-05" "IO-03" "P-03"] |q, next, _| { let a = next(q.clone()); let f = q.filter_text(); let plain = f.strip_prefix("userName eq ").or(f.strip_prefix("displayName eq ")); if let Some(v) = plain.and_then(|v| serde_json::from_str::<String>(v).ok()) { let r: Vec<_> = a.resources().into_iter().filter(|r| r["userName"] == v.as_str() || r["displayName"] == v.as_str()).collect(); if a.ok() && q.get("attributes").is_none() && !q.searches() { return Resp::list(&r); } } a };
    "externalId-in-any-letter-case" ["F-04"] [] |mut q, next, _| { let f = q.filter_text(); if let Some(v) = f.strip_prefix("externalId eq ").and_then(|v| serde_json::from_str::<String>(v).ok()) { q.filter(|_| "externalId pr".to_owned()); q.put("count", "1000"); let r: Vec<_> = next(q).resources().into_iter().filter(|r| r["externalId"].as_str().is_some_and(|x| x.eq_ignore_ascii_case(&v))).collect(); return Resp::list(&r); } next(q) };
    "ne-is-eq" ["F-05"] ["F-12" "F-41" "F-04"] |mut q, next, _| { q.filter(|f| f.replace(" ne ", " eq ")); next(q) };
    "ew-is-co" ["F-06"] ["F-19"] |mut q, next, _| { q.filter(|f| match f.contains("-fx") || f.contains('%') { true => f.replace(" ew ", " co "), false => f.to_owned() }); next(q) };
    "percent-is-a-wildcard" ["F-06"] [] |mut q, next, _| { q.filter(|f| f.replace("co \"%\"", "pr").replace("co \"_\"", "pr")); next(q) };
    "pr-is-always-true" ["F-07"] ["F-05" "A-01" "F-04"] |mut q, next, _| { q.filter(|f| f.replace("displayName pr", "id pr").replace("externalId pr", "id pr").replace("emails pr", "id pr")); next(q) };
    "gt-on-times-is-ge" ["F-08"] [] |mut q, next, _| { q.filter(|f| f.replace("meta.created gt", "meta.created ge")); next(q) };
    "times-compared-as-text" ["F-08"] [] |mut q, next, _| { q.filter(|f| match f.contains("meta.created") { true => f.replace("+02:00\"", "Z\"").replace("+05:00\"", "Z\""), false => f.to_owned() }); next(q) };
    "gt-on-text-is-ge" ["F-09"] [] |mut q, next, _| { q.filter(|f| f.replace("displayName gt", "displayName ge").replace("externalId gt", "externalId ge")); next(q) };
    "gt-on-boolean-taken" ["F-11"] [] |q, next, _| { let a = next(q.clone()); if q.filter_text().starts_with("active g") && a.status == 400 { return Resp::list(&[]); } a };
    "false-is-true" ["F-12"] [] |mut q, next, _| { q.filter(|f| f.replace("active eq false", "active eq true")); next(q) };
    "not-ignored" ["F-14"] ["F-18" "F-07" "F-16" "F-22" "F-23"] |mut q, next, _| { q.filter(|f| f.replace("not (", "(").replace("not(", "(").replace("NOT (", "(")); next(q) };
    "not-without-blank-refused" ["F-14"] [] |q, next, _| if q.filter_text().contains("not(") { Resp::error(400, "invalidFilter") } else { next(q) };
    "five-parentheses-at-most" ["F-15"] ["F-37"] |q, next, _| if q.filter_text().contains("((((((") { Resp::error(400, "invalidFilter") } else { next(q) };
    "operators-in-one-letter-case" ["F-16"] [] |q, next, _| { let f = q.filter_text(); if ["EQ", "Eq", "eQ", "AND", "Or", "NOT ", "Pr"].iter().any(|w| f.contains(&format!(" {w}")) || f.starts_with(w)) { return Resp::error(400, "invalidFilter"); } next(q) };
    "names-in-filters-in-one-letter-case" ["F-17"] [] |q, next, _| { let f = q.filter_text(); if f.starts_with("USERNAME") || f.starts_with("DISPLAYNAME") || f.starts_with("username") { return Resp::list(&[]); } next(q) };
    "urn-in-filters-refused" ["F-17"] [] |q, next, _| if q.filter_text().starts_with("urn:ietf:params:scim:schemas:core") { Resp::error(400, "invalidFilter") } else { next(q) };
    "extension-in-filters-refused" ["F-18"] [] |q, next, _| if q.filter_text().contains(ENTERPRISE) { Resp::error(400, "invalidFilter") } else { next(q) };
    "sub-attributes-not-found" ["F-19"] [] |q, next, _| if q.filter_text().starts_with("name.") { Resp::list(&[]) } else { next(q) };
    "only-first-value-is-looked-at" ["F-20"] ["F-21" "F-22" "F-24"] |mut q, next, _| { let f = q.filter_text(); if f.starts_with("emails.value eq") { return Resp::list(&[]); } q.filter(str::to_owned); next(q) };
    "brackets-are-dots" ["F-21"] ["F-22"] |mut q, next, _| { q.filter(|f| match (f.find("emails["), f.find(']')) { (Some(a), Some(b)) if f[a..b].contains(" and value co") => { let inner = f[a + 7..b].replace("type eq", "emails.type eq").replace("value co", "emails.value co"); format!("{}({inner}){}", &f[..a], &f[b + 1..]) } _ => f.to_owned() }); next(q) };
    "or-in-brackets-refused" ["F-22"] ["F-44"] |q, next, _| { let f = q.filter_text(); if f.contains("emails[") && f.contains(" or ") { return Resp::error(400, "invalidFilter"); } next(q) };
    "brackets-stand-alone" ["F-23"] ["F-44"] |q, next, _| { let f = q.filter_text(); if f.contains("emails[") && (f.contains("pr and emails[") || f.contains("not (emails[") || f.contains("] and")) { return Resp::error(400, "invalidFilter"); } next(q) };
    "meta-not-filtered" ["F-25"] [] |mut q, next, _| { q.filter(|f| f.replace("meta.resourceType eq \"NoSuchType\"", "id pr")); next(q) };
    "escapes-not-read" ["F-28"] ["I-03"] |q, next, _| if q.filter_text().contains("\\\"") { Resp::error(400, "invalidFilter") } else { next(q) };
    "invalid-filter-answers-200" ["F-29"] ["F-30" "F-31" "F-11" "F-35" "Q-06" "IO-06" "F-32"] |mut q, next, _| { let a = next(q.clone()); if a.status == 400 && (q.lists() && q.get("filter").is_some() || q.searches()) { q.drop("filter"); if q.searches() { q.edit(|d| drop_member(d, "filter")); } return next(q); } a };
    "empty-filter-lists-all" ["F-29"] [] |mut q, next, _| { if q.get("filter").is_some_and(|f| f.trim().is_empty()) { q.drop("filter"); } next(q) };
    "single-quotes-taken" ["F-29"] [] |mut q, next, _| { q.filter(|f| if f.ends_with("eq 'a'") { f.replace('\'', "\"") } else { f.to_owned() }); next(q) };
    "unknown-operator-is-500" ["E-06" "F-30" "F-29"] ["Q-06"] |q, next, _| { let f = q.filter_text(); if f.contains(" like ") || f.contains(" xx ") { return Resp::error(500, ""); } next(q) };
    "unknown-attribute-finds-all" ["F-31"] ["IO-06"] |mut q, next, _| { if q.filter_text().starts_with("zzUnknown") { q.drop("filter"); } next(q) };
    "nothing-found-is-404" ["F-33"] ["F-04" "F-13" "F-21" "F-22" "F-25" "F-29" "F-31" "F-35" "F-06" "F-08" "G-07" "K-02" "OK-03" "EN-01" "L-03" "F-37" "F-26" "F-27" "F-09" "F-10" "F-34" "IO-06"] |q, next, _| { let a = next(q.clone()); if q.lists() && q.get("filter").is_some() && a.json()["totalResults"] == 0 { return Resp::error(404, ""); } a };
    "password-can-be-asked-for" ["F-35"] [] |mut q, next, _| { let f = q.filter_text(); if f.starts_with("password ") { q.put("filter", "userName pr"); } next(q) };
    "maxResults-not-kept" ["F-36"] [] |q, next, _| { let mut a = next(q.clone()); if a.ok() && q.is("GET", "/ServiceProviderConfig") { a.edit(|d| d["filter"]["maxResults"] = 3.into()); } a };
    "deep-filter-is-500" ["F-37" "E-06"] [] |q, next, _| if q.filter_text().contains(&"(".repeat(100)) { Resp::error(500, "") } else { next(q) };
    "inactive-not-found" ["F-39"] ["EN-05" "F-12"] |q, next, _| { let mut a = next(q.clone()); if q.lists() && a.ok() && q.get("sortBy").is_none() && !q.filter_text().contains("-fx") { let all = a.resources(); let r: Vec<_> = all.iter().filter(|r| r["active"] != false).cloned().collect(); if r.len() != all.len() { a = Resp::list(&r); } } a };
    // Sorting and paging.
    "sort-ignored" ["S-01"] [] |mut q, next, _| { q.drop("sortBy"); next(q) };
    "sortorder-ignored" ["S-02"] [] |mut q, next, _| { q.drop("sortOrder"); next(q) };
    "missing-values-first" ["S-03"] [] |q, next, _| { let mut a = next(q.clone()); if q.get("sortBy") == Some("displayName") && q.get("sortOrder").is_none() && q.path == "/Users" { a.edit(|d| if let Some(r) = d["Resources"].as_array_mut() { r.sort_by_key(|x| x["displayName"].is_string()); }); } a };
    "sorted-by-first-value" ["S-04"] [] |q, next, _| { let mut a = next(q.clone()); if q.get("sortBy") == Some("emails.value") && q.get("sortOrder").is_none() { a.edit(|d| if let Some(r) = d["Resources"].as_array_mut() { r.sort_by_key(|x| x["emails"][0]["value"].as_str().unwrap_or("~").to_owned()); }); } a };
    "times-sorted-backwards" ["S-05"] [] |mut q, next, _| { if q.get("sortBy") == Some("meta.created") && q.get("sortOrder").is_none() { q.put("sortOrder", "descending"); } next(q) };
    "sort-by-unknown-is-500" ["S-06" "E-06"] [] |q, next, _| if q.get("sortBy") == Some("zzUnknown") { Resp::error(500, "") } else { next(q) };
    "count-ignored" ["G-01"] ["K-01" "K-04" "S-07" "F-36" "K-02" "Q-07"] |mut q, next, _| { q.drop("count"); if q.searches() { q.edit(|d| drop_member(d, "count")); } next(q) };
    "totalResults-is-page-length" ["G-02"] ["G-03" "G-05" "G-06" "G-07" "G-11"] |q, next, _| { let mut a = next(q.clone()); if q.lists() || q.searches() { a.edit(|d| d["totalResults"] = d["Resources"].as_array().map_or(0, Vec::len).into()); } a };
    "totalResults-as-text" ["G-02"] ["OK-01" "OK-03" "OK-13"] |q, next, _| { let mut a = next(q.clone()); if q.lists() { a.edit(|d| if d["totalResults"].is_number() { d["totalResults"] = d["totalResults"].to_string().into(); }); } a };
    "itemsPerPage-is-count" ["G-02" "G-09"] ["G-12"] |q, next, _| { let mut a = next(q.clone()); if q.lists() { if let Some(c) = q.get("count").and_then(|c| c.parse::<i64>().ok()) { a.edit(|d| d["itemsPerPage"] = c.max(0).into()); } } a };
    "startIndex-ignored" ["G-03"] ["G-07" "S-07" "G-02" "Q-01"] |mut q, next, _| { q.drop("startIndex"); next(q) };
    "startIndex-off-by-one" ["G-03"] ["G-02" "S-07" "Q-01" "G-04"] |mut q, next, _| { if let Some(s) = q.get("startIndex").and_then(|s| s.parse::<i64>().ok()) { q.put("startIndex", (s + 1).to_string()); } next(q) };
    "startIndex-0-refused" ["G-04"] [] |q, next, _| if q.get("startIndex").is_some_and(|s| s == "0" || s == "-1") { Resp::error(400, "invalidValue") } else { next(q) };
    "count-0-means-all" ["G-05"] ["G-06"] |mut q, next, _| { if q.get("count") == Some("0") { q.drop("count"); } next(q) };
    "negative-count-refused" ["G-06"] ["K-04"] |q, next, _| if q.get("count") == Some("-1") { Resp::error(400, "invalidValue") } else { next(q) };
    "behind-the-end-is-404" ["G-07"] [] |q, next, _| if q.get("startIndex") == Some("100000") { Resp::error(404, "") } else { next(q) };
    "count-x-is-500" ["G-08" "E-06"] [] |q, next, _| if q.get("count") == Some("x") { Resp::error(500, "") } else { next(q) };
    "large-count-refused" ["G-09"] [] |q, next, _| if q.get("count") == Some("1000000") { Resp::error(400, "invalidValue") } else { next(q) };
    "order-changes" ["G-10"] ["OK-13" "K-01"] |q, next, m| { let mut a = next(q.clone()); if q.lists() && q.get("sortBy").is_none() { let odd = { let mut m = m.lock().unwrap(); let n = m.len(); m.insert(n.to_string()); n % 2 == 1 }; if odd { a.edit(|d| if let Some(r) = d["Resources"].as_array_mut() { r.reverse(); }); } } a };
    "page-does-not-say-so" ["G-11"] ["G-02" "OK-01" "OK-03" "OK-13"] |mut q, next, _| { let plain = q.lists() && q.query.is_empty(); if plain { q.put("count", "2"); } let mut a = next(q); if plain { a.edit(|d| { drop_member(d, "itemsPerPage"); drop_member(d, "nextCursor"); drop_member(d, "startIndex"); }); } a };
    "last-page-has-nextCursor" ["K-02"] ["K-01" "K-10"] |q, next, _| { let mut a = next(q.clone()); if q.get("cursor").is_some() && a.ok() && a.json()["nextCursor"].is_null() && q.get("count") == Some("4") { a.edit(|d| d["nextCursor"] = "end".into()); } if q.get("cursor") == Some("end") { return Resp::list(&[]); } a };
    "first-page-has-previousCursor" ["K-03"] [] |q, next, _| { let mut a = next(q.clone()); if q.get("cursor") == Some("") { a.edit(|d| d["previousCursor"] = "x".into()); } a };
    "any-cursor-taken" ["K-05"] [] |mut q, next, _| { if q.get("cursor") == Some("zz-no-cursor") { q.put("cursor", ""); } next(q) };
    "cursor-needs-encoding" ["K-11"] ["K-05" "K-10"] |mut q, next, _| { if let Some(c) = q.get("cursor") { let c = c.trim_end_matches("/=").to_owned(); q.put("cursor", c); } if q.searches() { q.edit(|d| if let Some(c) = d["cursor"].as_str() { d["cursor"] = c.trim_end_matches("/=").into(); }); } let mut a = next(q); a.edit(|d| if let Some(c) = d["nextCursor"].as_str() { d["nextCursor"] = format!("{c}/=").into(); }); a };
    // Searches.
    "search-404" ["Q-01"] ["Q-03"] |q, next, _| if q.searches() { Resp::error(404, "") } else { next(q) };
    "search-ignores-startIndex" ["Q-01"] [] |mut q, next, _| { if q.searches() { q.edit(|d| drop_member(d, "startIndex")); } next(q) };
    "root-search-404" ["Q-03"] [] |q, next, _| if q.path == "/.search" { Resp::error(404, "") } else { next(q) };
    "search-without-urn" ["Q-04"] [] |mut q, next, _| { if q.searches() { q.edit(|d| if d.is_object() && d.get("schemas").is_none() { d["schemas"] = json!(["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]); }); } next(q) };
    "search-creates" ["Q-05"] [] |mut q, next, _| { if q.searches() && (q.json()["userName"].is_string() || q.json()["displayName"].is_string()) { let urn = if q.path.starts_with("/Users") { "User" } else { "Group" }; q.edit(|d| d["schemas"] = json!([format!("urn:ietf:params:scim:schemas:core:2.0:{urn}")])); q.path = q.path.replace("/.search", ""); return next(q); } next(q) };
    // PUT.
    "put-does-nothing" ["W-01"] ["A-11" "C-09" "W-03" "P-08"] |q, next, _| { let a = next(q.clone().as_get()); if q.method("PUT") && a.ok() && q.resource().is_some() { return a; } next(q) };
    "put-creates" ["W-02"] ["L-02" "L-07"] |mut q, next, _| { let a = next(q.clone()); if q.method("PUT") && a.status == 404 { q.method = Method::POST; q.path = format!("/{}", q.resource().unwrap().0); return next(q); } a };
    "put-merges" ["W-03"] ["W-04" "W-11" "W-09" "W-06" "B-11"] |mut q, next, _| { if q.method("PUT") && q.resource().is_some() { let old = next(q.as_get()); if old.ok() { let new = q.json(); q.edit(|d| { *d = old.json(); for (n, v) in new.as_object().into_iter().flatten() { d[n] = v.clone(); } }); } } next(q) };
    "null-in-put-refused" ["W-04"] ["W-09"] |q, next, _| if q.method("PUT") && q.json().as_object().is_some_and(|m| m.values().any(Value::is_null)) { Resp::error(400, "invalidValue") } else { next(q) };
    "put-without-required-taken" ["W-06"] [] |mut q, next, _| { if q.method("PUT") { let old = next(q.as_get()).json(); q.edit(|d| for n in ["userName", "displayName"] { if d.get(n).is_none() && (n == "userName") == old["userName"].is_string() { d[n] = old[n].clone(); } }); } next(q) };
    "put-501" ["W-08"] ["A-07" "A-08" "A-11" "L-02" "W-01" "W-02" "V-05" "B-01" "OK-10" "A-01"] |q, next, _| if q.method("PUT") { Resp::error(501, "") } else { next(q) };
    "put-takes-other-id" ["W-07"] [] |q, next, _| { let mut a = next(q.clone()); if q.method("PUT") && a.ok() { if let Some(id) = q.json()["id"].as_str() { if q.resource().is_some_and(|(_, own)| own != id) { a.edit(|d| d["id"] = id.into()); } } } a };
    "extension-not-replaced" ["W-09"] ["W-03"] |mut q, next, _| { if q.method("PUT") && q.json().get(ENTERPRISE).is_some() { let old = next(q.as_get()).json(); if old[ENTERPRISE].is_object() { q.edit(|d| { d[ENTERPRISE] = old[ENTERPRISE].clone(); if let Some(s) = d["schemas"].as_array_mut() { if !s.iter().any(|u| u == ENTERPRISE) { s.push(ENTERPRISE.into()); } } }); } } next(q) };
    "lastModified-stands-still" ["W-10"] ["X-38"] |q, next, _| { let mut a = next(q); a.each(|r| if r["meta"]["created"].is_string() { r["meta"]["lastModified"] = r["meta"]["created"].clone(); }); a };
    "put-merges-values" ["W-11"] ["W-04" "W-03" "W-05"] |mut q, next, _| { if q.method("PUT") && q.json()["emails"].as_array().is_some_and(|e| !e.is_empty()) { let old = next(q.as_get()).json(); q.edit(|d| { let mut all = old["emails"].as_array().cloned().unwrap_or_default(); for e in d["emails"].as_array().cloned().unwrap_or_default() { if !all.iter().any(|o| o["value"] == e["value"]) { all.push(e); } } d["emails"] = all.into(); }); } next(q) };
};

/// Something that is not the same twice.
fn rand() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
