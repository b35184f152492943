//! The values of a request that are never returned, such as passwords: a server may repeat them in
//! what it says.

use std::borrow::Cow;

use super::secrets::Secrets;
use crate::{
    attribute_path::AttributePath,
    filter::{Comparand, Expression, Filter, FilterRef},
    internal::{Next, Reader, percent::query_decoded},
    model::{Attribute, Descriptor},
};

/// An attribute that is secret also where no table says so (RFC 7643 §4.1.1).
const PASSWORD: &str = "password";

/// Adds the values in a body that are never returned: of a resource, a PATCH or a bulk message about
/// resources of these types, or of anything else with a `password` in it.
pub(super) fn add_values(body: &str, types: &[&'static Descriptor], secrets: &mut Secrets) {
    let body = Part::read(body);
    for table in types {
        message(&body, Some(table), secrets);
    }
    if types.is_empty() {
        message(&body, None, secrets);
    }
}

/// Adds what the filter in a query compares attributes with that are never returned.
pub(super) fn add_asked(query: &str, types: &[&'static Descriptor], secrets: &mut Secrets) {
    for pair in query.split('&') {
        let Some((name, value)) = pair.split_once('=') else {
            continue;
        };
        if !name.eq_ignore_ascii_case("filter") {
            continue;
        }
        let text = query_decoded(value);
        for table in types {
            filter(&text, "", Some(table), secrets);
        }
        if types.is_empty() {
            filter(&text, "", None, secrets);
        }
    }
}

/// Looks through a filter whose paths begin at `within`, empty for the resource. What cannot be read is
/// none.
fn filter(text: &str, within: &str, table: Option<&'static Descriptor>, secrets: &mut Secrets) {
    if let Ok(filter) = text.parse::<Filter>() {
        compared(filter.root(), within, table, secrets);
    }
}

/// As deep as a parsed filter nests.
fn compared(
    filter: FilterRef<'_>,
    within: &str,
    table: Option<&'static Descriptor>,
    secrets: &mut Secrets,
) {
    let path_of = |path: &AttributePath| match within {
        "" => path.to_string(),
        outer => format!("{outer}.{path}"),
    };
    match filter.expression() {
        Expression::And(operands) | Expression::Or(operands) => {
            operands.for_each(|operand| compared(operand, within, table, secrets));
        }
        Expression::Not(operand) => compared(operand, within, table, secrets),
        Expression::ValuePath { path, filter } => {
            compared(filter, &path_of(path), table, secrets);
        }
        Expression::Compare { path, value, .. } => {
            let text = match value {
                Comparand::String(text) => text.as_str(),
                Comparand::Number(number) => number.as_str(),
                Comparand::Boolean(_) | Comparand::Null => return,
            };
            attribute(&path_of(path), &Part::Text(text.into()), table, secrets);
        }
        Expression::Present(_) => {}
    }
}

/// A part of a body. It has what no tree of `serde_json` has: members whose name comes twice, numbers
/// beyond `f64`, halves of surrogate pairs; and all that is before the place where it cannot be read.
enum Part<'a> {
    Nothing,
    /// A string, or a number as it stands.
    Text(Cow<'a, str>),
    Array(Vec<Part<'a>>),
    Object(Vec<(Cow<'a, str>, Part<'a>)>),
}

impl<'a> Part<'a> {
    fn read(text: &'a str) -> Self {
        Self::next(&mut Reader::new(text)).0
    }

    /// The next value, and whether more can be read after it.
    fn next(reader: &mut Reader<'a>) -> (Self, bool) {
        let (mut elements, mut members) = (Vec::new(), Vec::new());
        let more = match reader.peek() {
            Ok(Next::Array) => {
                let mut more = reader.enter_array();
                while let Ok(true) = more {
                    let (element, goes_on) = Self::next(reader);
                    elements.push(element);
                    if !goes_on {
                        return (Self::Array(elements), false);
                    }
                    more = reader.next_element();
                }
                return (Self::Array(elements), more.is_ok());
            }
            Ok(Next::Object) => {
                let mut more = reader.enter_object();
                while let Ok(true) = more {
                    let Ok(name) = reader.member() else {
                        return (Self::Object(members), false);
                    };
                    let (value, goes_on) = Self::next(reader);
                    members.push((name, value));
                    if !goes_on {
                        return (Self::Object(members), false);
                    }
                    more = reader.next_member();
                }
                return (Self::Object(members), more.is_ok());
            }
            Ok(Next::String) => match reader.string_for_people() {
                Ok(text) => return (Self::Text(text), true),
                Err(_) => false,
            },
            Ok(Next::Number) => match reader.number() {
                Ok(text) => return (Self::Text(text.into()), true),
                Err(_) => false,
            },
            Ok(_) => reader.skip_value().is_ok(),
            Err(_) => false,
        };
        (Self::Nothing, more)
    }

    /// The members of this name, in any letter case.
    fn members<'p>(&'p self, wanted: &'static str) -> impl Iterator<Item = &'p Part<'a>> {
        let members = match self {
            Self::Object(members) => members.as_slice(),
            _ => &[],
        };
        let named = members.iter();
        let named = named.filter(move |(name, _)| name.eq_ignore_ascii_case(wanted));
        named.map(|(_, value)| value)
    }
}

fn message(body: &Part<'_>, table: Option<&'static Descriptor>, secrets: &mut Secrets) {
    for operations in body.members("Operations") {
        let Part::Array(operations) = operations else {
            continue;
        };
        for operation in operations {
            // Of a bulk.
            for data in operation.members("data") {
                message(data, table, secrets);
            }
            // Of a PATCH.
            for value in operation.members("value") {
                let mut paths = operation.members("path").peekable();
                if paths.peek().is_none() {
                    object(value, table, secrets);
                }
                for path in paths {
                    match path {
                        Part::Text(path) => attribute(path, value, table, secrets),
                        _ => object(value, table, secrets),
                    }
                }
            }
        }
    }
    // Of a search.
    for asked in body.members("filter") {
        if let Part::Text(text) = asked {
            filter(text, "", table, secrets);
        }
    }
    object(body, table, secrets);
}

fn object(value: &Part<'_>, table: Option<&'static Descriptor>, secrets: &mut Secrets) {
    match value {
        Part::Object(members) => {
            for (name, value) in members {
                attribute(name, value, table, secrets);
            }
        }
        Part::Array(elements) => {
            for element in elements {
                object(element, table, secrets);
            }
        }
        Part::Text(_) | Part::Nothing => {}
    }
}

/// Follows a name or a path (RFC 7644 §3.5.2) to what it says of the value.
fn attribute(
    mut path: &str,
    value: &Part<'_>,
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
        path = match rest.strip_prefix('[').map(|rest| rest.rsplit_once(']')) {
            Some(chosen) => {
                let (chosen_by, rest) = chosen.unwrap_or_default();
                filter(chosen_by, "", table, secrets);
                rest
            }
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
fn all(value: &Part<'_>, secrets: &mut Secrets) {
    match value {
        Part::Text(text) => secrets.add(text),
        Part::Array(elements) => elements.iter().for_each(|element| all(element, secrets)),
        Part::Object(members) => members.iter().for_each(|(_, member)| all(member, secrets)),
        Part::Nothing => {}
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
            // What no tree of serde_json holds.
            r#"{"x":"\ud800","password":"t1meMa$heen"}"#,
            r#"{"\udc00":[1e400],"password":"t1meMa$heen"}"#,
            r#"{"password":"t1meMa$heen","password":"x"}"#,
            // What is no message after all.
            r#"{"password":"t1meMa$heen","Operations":[]}"#,
            r#"{"operations":[{"OP":"add","PATH":"password","Value":"t1meMa$heen"}]}"#,
            r#"{"password":"t1meMa$heen","x":tru"#,
            // What is asked for.
            r#"{"filter":"userName eq \"bjensen\" and not (password eq \"t1meMa$heen\")"}"#,
            r#"{"filter":"vault[type eq \"CTO of it\" and password sw \"t1meMa$heen\"]"}"#,
            r#"{"Operations":[{"op":"remove","path":"vault[password eq \"t1meMa$heen\"].x","value":1}]}"#,
            "filter=userName%20sw%20%22bjensen%22%20or%20PassWord+eq+%22t1meMa$heen%22&count=1",
            "Filter=urn:ietf:params:scim:schemas:core:2.0:User:password+eq+%22t1meMa%24heen%22",
        ] {
            for types in [&[User::DESCRIPTOR][..], &[]] {
                let mut secrets = Secrets::default();
                add_values(body, types, &mut secrets);
                add_asked(body, types, &mut secrets);
                let clean = secrets.redact("wrong: t1meMa$heen");
                assert_eq!(clean.as_deref(), Some("wrong: <redacted>"), "{body}");
                assert_eq!(secrets.redact("bjensen, CTO of it"), None, "{body}");
            }
        }
    }
}
