//! The values of a request that are never returned, such as passwords: a server may repeat them in
//! what it says.

use serde_json::Value;

use super::secrets::Secrets;
use crate::model::{Attribute, Descriptor};

/// An attribute that is secret also where no table says so (RFC 7643 §4.1.1).
const PASSWORD: &str = "password";

/// Adds the values in a body that are never returned: of a resource, a PATCH or a bulk message about
/// resources of these types, or of anything else with a `password` in it.
pub(super) fn add_values(body: &str, types: &[&'static Descriptor], secrets: &mut Secrets) {
    let Ok(body) = serde_json::from_str(body) else {
        return;
    };
    for table in types {
        message(&body, Some(table), secrets);
    }
    if types.is_empty() {
        message(&body, None, secrets);
    }
}

fn message(body: &Value, table: Option<&'static Descriptor>, secrets: &mut Secrets) {
    let operations = body.as_object().and_then(|members| {
        let mut members = members.iter();
        members.find(|(name, _)| name.eq_ignore_ascii_case("Operations"))
    });
    let Some((_, Value::Array(operations))) = operations else {
        return object(body, table, secrets);
    };
    for operation in operations {
        let path = operation.get("path").and_then(Value::as_str);
        match (operation.get("data"), operation.get("value"), path) {
            // Of a bulk.
            (Some(data), ..) => message(data, table, secrets),
            // Of a PATCH.
            (_, Some(value), Some(path)) => attribute(path, value, table, secrets),
            (_, Some(value), None) => object(value, table, secrets),
            _ => {}
        }
    }
}

fn object(value: &Value, table: Option<&'static Descriptor>, secrets: &mut Secrets) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                attribute(name, value, table, secrets);
            }
        }
        Value::Array(elements) => {
            for element in elements {
                object(element, table, secrets);
            }
        }
        _ => {}
    }
}

/// Follows a name or a path (RFC 7644 §3.5.2) to what it says of the value.
fn attribute(
    mut path: &str,
    value: &Value,
    mut table: Option<&'static Descriptor>,
    secrets: &mut Secrets,
) {
    if let Some(own) = table.and_then(|table| after_urn(path, table.urn()?)) {
        path = own;
    }
    let extension = table.and_then(|table| {
        let mut attributes = table.attributes().iter();
        attributes.find_map(|known| Some((known, after_urn(path, known.name)?)))
    });
    if let Some((container, rest)) = extension {
        table = container.kind.descriptor();
        path = rest;
    } else if path.contains(':') && table.and_then(|table| table.attribute(path)).is_none() {
        // Of a schema that no table knows.
        path = path.rsplit(':').next().unwrap_or(path);
    }
    while !path.is_empty() {
        let known = table.and_then(|table| table.attribute(path));
        let end = match known {
            Some(_) => path.len(),
            None => path.find(['.', '[']).unwrap_or(path.len()),
        };
        let (name, rest) = path.split_at_checked(end).unwrap_or((path, ""));
        let known = known.or_else(|| table?.attribute(name));
        if known.is_some_and(Attribute::is_secret) || name.eq_ignore_ascii_case(PASSWORD) {
            return all(value, secrets);
        }
        table = known.and_then(|known| known.kind.descriptor());
        path = match rest.strip_prefix('[') {
            Some(filter) => filter.rsplit_once(']').map_or("", |(_, rest)| rest),
            None => rest,
        };
        path = path.strip_prefix('.').unwrap_or(path);
    }
    object(value, table, secrets);
}

/// What follows a schema's URN and a colon.
fn after_urn<'a>(path: &'a str, urn: &str) -> Option<&'a str> {
    let (start, rest) = path.split_at_checked(urn.len())?;
    let rest = rest.strip_prefix(':')?;
    start.eq_ignore_ascii_case(urn).then_some(rest)
}

/// Everything in a value is secret.
fn all(value: &Value, secrets: &mut Secrets) {
    match value {
        Value::String(text) => secrets.add(text),
        Value::Number(number) => secrets.add(&number.to_string()),
        Value::Array(elements) => elements.iter().for_each(|element| all(element, secrets)),
        Value::Object(members) => members.values().for_each(|member| all(member, secrets)),
        Value::Null | Value::Bool(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{User, resource::Root as _};

    #[test]
    fn finds_passwords_wherever_a_request_has_them() {
        for body in [
            r#"{"userName":"bjensen","password":"t1meMa$heen"}"#,
            r#"{"PassWord":"t1meMa$heen"}"#,
            r#"{"urn:ietf:params:scim:schemas:core:2.0:User:password":"t1meMa$heen"}"#,
            r#"{"Operations":[{"op":"replace","path":"password","value":"t1meMa$heen"}]}"#,
            r#"{"Operations":[{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:User:password","value":"t1meMa$heen"}]}"#,
            r#"{"Operations":[{"op":"replace","value":{"title":"CTO of it","password":"t1meMa$heen"}}]}"#,
            r#"{"Operations":[{"method":"POST","path":"/Users","data":{"password":"t1meMa$heen"}}]}"#,
            r#"{"Operations":[{"method":"PATCH","path":"/Users/1","data":{"Operations":[{"op":"add","path":"password","value":"t1meMa$heen"}]}}]}"#,
            r#"{"urn:acme:Vault":{"password":["t1meMa$heen"]}}"#,
        ] {
            for types in [&[User::DESCRIPTOR][..], &[]] {
                let mut secrets = Secrets::default();
                add_values(body, types, &mut secrets);
                let clean = secrets.redact("wrong: t1meMa$heen");
                assert_eq!(clean.as_deref(), Some("wrong: <redacted>"), "{body}");
                assert_eq!(secrets.redact("bjensen, CTO of it"), None, "{body}");
            }
        }
    }
}
