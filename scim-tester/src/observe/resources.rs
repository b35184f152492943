//! Every resource in every response: what it may have, and of which type each value is.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    check::Level,
    context::Context,
    json::{elements, member},
    resource_type::{Attr, Kind, ResourceType},
    wire::Answer,
};

use super::Seen;

/// The resources of an answer, each with its type.
pub(super) fn each_resource<'a>(
    cx: &'a Context,
    answer: &'a Answer,
) -> Vec<(&'a ResourceType, &'a Value)> {
    let (path, _) = answer.url.split_once('?').unwrap_or((&answer.url, ""));
    let rest = path.strip_prefix(&cx.wire.base).unwrap_or_default();
    let by_path = cx.types.iter().find(|r| {
        rest.strip_prefix(r.endpoint.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    let by_schemas = |resource: &Value| {
        let listed = elements(member(resource, "schemas"));
        cx.types
            .iter()
            .find(|r| listed.iter().any(|urn| urn.as_str() == Some(&r.schema)))
    };
    let document = answer.doc();
    let all: Vec<&Value> = match member(document, "Resources") {
        Some(list) => elements(Some(list)).iter().collect(),
        None => vec![document],
    };
    all.into_iter()
        .filter(|resource| member(resource, "id").is_some())
        .filter_map(|resource| Some((by_schemas(resource).or(by_path)?, resource)))
        .collect()
}

pub(super) fn resources(cx: &Context, seen: &mut BTreeMap<&str, Seen>, answer: &Answer) {
    if !answer.is_success() {
        return;
    }
    for (r, resource) in each_resource(cx, answer) {
        let Some(members) = resource.as_object() else {
            continue;
        };
        for (name, value) in members {
            let common = ["id", "schemas", "meta", "externalId"]
                .iter()
                .any(|c| c.eq_ignore_ascii_case(name));
            if common {
                let ok = match name.as_str() {
                    "schemas" => value.is_array(),
                    "meta" => value.is_object() || value.is_null(),
                    _ => value.is_string() || value.is_null(),
                };
                look_type(
                    seen,
                    answer,
                    &format!("{}.{name}", r.name),
                    ok,
                    "its type of RFC 7643 §3.1",
                    value,
                );
                if name == "meta" {
                    meta(seen, answer, r, value);
                }
                continue;
            }
            if r.extensions
                .iter()
                .any(|(urn, _)| urn.eq_ignore_ascii_case(name))
            {
                let attrs: Vec<_> = r
                    .attrs
                    .iter()
                    .filter(|a| {
                        a.urn
                            .as_deref()
                            .is_some_and(|urn| urn.eq_ignore_ascii_case(name))
                    })
                    .collect();
                for (sub, value) in value.as_object().into_iter().flatten() {
                    match attrs.iter().find(|a| a.name.eq_ignore_ascii_case(sub)) {
                        Some(attr) => typed(seen, answer, attr, &format!("{name}:{sub}"), value),
                        None => unpublished(seen, answer, &format!("{name}:{sub}"), sub),
                    }
                }
                continue;
            }
            match r.attr(name) {
                Some(attr) => typed(seen, answer, attr, &format!("{}.{name}", r.name), value),
                // A schema that is not there is reported by D-10 and D-08.
                None if r.attrs.is_empty() || r.left_out > 0 => {}
                None => unpublished(seen, answer, &format!("{}.{name}", r.name), name),
            }
        }
    }
}

fn meta(seen: &mut BTreeMap<&str, Seen>, answer: &Answer, r: &ResourceType, meta: &Value) {
    for (name, value) in meta.as_object().into_iter().flatten() {
        let ok = match name.as_str() {
            "created" | "lastModified" => value
                .as_str()
                .is_some_and(scim_client::DateTime::is_valid_text),
            "resourceType" | "location" | "version" => value.is_string(),
            // Of what a service provider adds, nothing says the type.
            _ => true,
        };
        look_type(
            seen,
            answer,
            &format!("{}.meta.{name}", r.name),
            ok || value.is_null(),
            "its type of RFC 7643 §3.1",
            value,
        );
    }
}

fn unpublished(seen: &mut BTreeMap<&str, Seen>, answer: &Answer, path: &str, name: &str) {
    // What the tester made up itself is C-13's.
    if name.to_ascii_lowercase().starts_with("zz") {
        return;
    }
    seen.entry("D-20").or_default().look_with(
        false,
        Level::Warning,
        path,
        "an attribute that is published in /Schemas",
        answer,
        || format!("{path} in a response"),
    );
}

fn look_type(
    seen: &mut BTreeMap<&str, Seen>,
    answer: &Answer,
    path: &str,
    ok: bool,
    expected: &str,
    value: &Value,
) {
    seen.entry("R-07")
        .or_default()
        .look_with(ok, Level::Error, path, expected, answer, || {
            let shown: String = value.to_string().chars().take(120).collect();
            format!("{path} is {shown}")
        });
}

/// The values of an attribute have its type.
fn typed(seen: &mut BTreeMap<&str, Seen>, answer: &Answer, attr: &Attr, path: &str, value: &Value) {
    seen.entry("D-20").or_default().looked += 1;
    if value.is_null() {
        return;
    }
    if attr.is_never_returned() && attr.kind == Kind::Text {
        // A-01 reports it; its value is not to be shown.
        return;
    }
    let values: Vec<&Value> = match (attr.multi, value) {
        (true, Value::Array(values)) => values.iter().collect(),
        (true, _) => return look_type(seen, answer, path, false, "an array", value),
        (false, Value::Array(values)) if values.is_empty() => return,
        (false, _) => vec![value],
    };
    for value in values {
        let (ok, expected) = fits(attr, value);
        look_type(seen, answer, path, ok, expected, value);
        if attr.kind == Kind::Complex {
            for (name, value) in value.as_object().into_iter().flatten() {
                let path = format!("{path}.{name}");
                match attr.sub(name) {
                    Some(sub) => typed(seen, answer, sub, &path, value),
                    None if attr.subs.is_empty() => {}
                    // RFC 7643 §2.4 has these of every attribute with several values.
                    None if attr.multi
                        && ["value", "display", "type", "primary", "$ref"]
                            .contains(&name.as_str()) => {}
                    None => unpublished(seen, answer, &path, name),
                }
            }
        }
    }
}

fn fits(attr: &Attr, value: &Value) -> (bool, &'static str) {
    match attr.kind {
        Kind::Text => (value.is_string(), "text"),
        Kind::Reference => (value.is_string(), "a URI as text"),
        Kind::Boolean => (value.is_boolean(), "true or false"),
        Kind::Integer => (value.is_i64() || value.is_u64(), "an integer"),
        Kind::Decimal => (value.is_number(), "a number"),
        Kind::DateTime => (
            value
                .as_str()
                .is_some_and(scim_client::DateTime::is_valid_text),
            "a dateTime",
        ),
        Kind::Binary => (
            value
                .as_str()
                .is_some_and(|text| scim_client::Binary::new(text).is_valid()),
            "base64",
        ),
        Kind::Complex => (value.is_object(), "an object"),
    }
}
