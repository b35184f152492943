//! Small helpers for JSON whose shape nobody guarantees.

use scim_client::value::DateTime;
use serde_json::{Map, Value};

/// A member by its name in any letter case; the exact one first.
pub(crate) fn member<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    let members = object.as_object()?;
    members.get(name).or_else(|| {
        members
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

/// As [`member`], to change.
pub(crate) fn member_mut<'a>(object: &'a mut Value, name: &str) -> Option<&'a mut Value> {
    let members = object.as_object_mut()?;
    let exact = members.contains_key(name);
    let mut members = members.iter_mut();
    let found = members.find(|(key, _)| match exact {
        true => *key == name,
        false => key.eq_ignore_ascii_case(name),
    });
    found.map(|(_, value)| value)
}

/// The elements of an array; none of anything else.
pub(crate) fn elements(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The text of a member.
pub(crate) fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    member(object, name)?.as_str()
}

/// The value at a path of names separated by slashes (names may have dots in them).
pub(crate) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('/')
        .try_fold(value, |value, name| member(value, name))
}

/// A status of HTTP as results and errors have it: text, a number, or an object with a code
/// (RFC 7644 §3.7.3 has both).
pub(crate) fn status(value: &Value) -> Option<u16> {
    let code = member(value, "code").unwrap_or(value);
    let number = code.as_u64().or_else(|| code.as_str()?.trim().parse().ok());
    u16::try_from(number?).ok()
}

/// Whether it has a value in SCIM's sense (RFC 7643 §2.5).
pub(crate) fn is_assigned(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => false,
        // Some write an empty text for what has no value; R-04 says so.
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(elements)) => !elements.is_empty(),
        Some(Value::Object(members)) => !members.is_empty(),
        Some(_) => true,
    }
}

/// Whether two values say the same: objects in any order, times by their instant, numbers by value,
/// text in any letter case unless `exact`, and no value for `null` and `[]`.
pub(crate) fn same(one: &Value, two: &Value, exact: bool) -> bool {
    same_within(one, two, exact, 0)
}

/// How deep values are compared without regard to order: further down, each level would double the work,
/// and no resource is as deep.
const DEEP: usize = 12;

fn same_within(one: &Value, two: &Value, exact: bool, depth: usize) -> bool {
    if depth > DEEP {
        return one == two;
    }
    let same = |one: &Value, two: &Value| same_within(one, two, exact, depth + 1);
    match (one, two) {
        (Value::Object(one), Value::Object(two)) => same_members(one, two, same),
        (Value::Array(one), Value::Array(two)) => {
            let in_order = || one.iter().zip(two).all(|(one, two)| same(one, two));
            let in_any_order = || {
                let mut left: Vec<_> = two.iter().collect();
                one.iter().all(|value| {
                    let place = left.iter().position(|other| same(value, other));
                    place.map(|place| left.swap_remove(place)).is_some()
                })
            };
            // As a rule they are in one order, and to look for others takes long.
            one.len() == two.len() && (in_order() || one.len() > 1 && in_any_order())
        }
        (Value::String(one), Value::String(two)) => {
            one == two || (!exact && one.to_lowercase() == two.to_lowercase()) || instants(one, two)
        }
        (Value::Number(one), Value::Number(two)) => {
            one == two || one.as_f64().is_some_and(|one| Some(one) == two.as_f64())
        }
        _ => one == two,
    }
}

fn instants(one: &str, two: &str) -> bool {
    one.contains('T')
        && two.contains('T')
        && DateTime::instant_of(one).is_some_and(|one| Some(one) == DateTime::instant_of(two))
}

fn same_members(
    one: &Map<String, Value>,
    two: &Map<String, Value>,
    same: impl Fn(&Value, &Value) -> bool,
) -> bool {
    fn of<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
        let mut others = members.iter();
        members.get(name).or_else(|| {
            others
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
        })
    }
    let assigned = |(_, value): &(&String, &Value)| is_assigned(Some(value));
    // What both have was compared then.
    one.iter()
        .filter(assigned)
        .all(|(name, value)| of(two, name).is_some_and(|other| same(value, other)))
        && two
            .iter()
            .filter(assigned)
            .all(|(name, _)| is_assigned(of(one, name)))
}

/// Whether all of `part` is in `whole`, which may have more: canonical forms, `primary`, `display`.
pub(crate) fn contains(whole: &Value, part: &Value, exact: bool) -> bool {
    match (whole, part) {
        (Value::Object(_), Value::Object(members)) => members.iter().all(|(name, value)| {
            !is_assigned(Some(value))
                || member(whole, name).is_some_and(|other| contains(other, value, exact))
                // RFC 7643 §2.4: left out is not primary.
                || (name == "primary" && *value == Value::Bool(false) && member(whole, name).is_none())
        }),
        (Value::Array(whole), Value::Array(part)) => {
            part.iter().all(|value| whole.iter().any(|other| contains(other, value, exact)))
        }
        _ => same(whole, part, exact),
    }
}

/// Sets a member, in place of one of the same name in any letter case.
pub(crate) fn set(object: &mut Value, name: &str, value: Value) {
    if !object.is_object() {
        *object = Value::Object(Map::new());
    }
    if let Some(members) = object.as_object_mut() {
        members.retain(|key, _| !key.eq_ignore_ascii_case(name) || key == name);
        members.insert(name.to_owned(), value);
    }
}

/// Takes a member away.
pub(crate) fn remove(object: &mut Value, name: &str) {
    if let Some(members) = object.as_object_mut() {
        members.retain(|key, _| !key.eq_ignore_ascii_case(name));
    }
}

/// Names a schema in `schemas`, if it is not there.
pub(crate) fn add_schema(resource: &mut Value, urn: &str) {
    let mut schemas = elements(member(resource, "schemas")).to_vec();
    let known = |schema: &Value| {
        schema
            .as_str()
            .is_some_and(|known| known.eq_ignore_ascii_case(urn))
    };
    if !schemas.iter().any(known) {
        schemas.push(urn.into());
        set(resource, "schemas", schemas.into());
    }
}

/// Puts all members of `more` into `object`, objects within objects.
pub(crate) fn merge(object: &mut Value, more: &Value) {
    match (object.as_object_mut(), more.as_object()) {
        (Some(members), Some(more)) => {
            for (name, value) in more {
                merge(members.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        _ => *object = more.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// In reasonable time, however deep it is.
    #[test]
    fn what_is_deep_is_compared_once() {
        let deep = |end: i32| {
            let within = |value, _| json!({"a": [value, {"b": 1}]});
            (0..60).fold(json!(end), within)
        };
        assert!(same(&deep(1), &deep(1), true));
        assert!(!same(&deep(1), &deep(2), true));
    }

    #[test]
    fn what_says_the_same_is_the_same() {
        let one = json!({"a": [{"x": 1}, {"x": 2}], "t": "2024-01-01T00:00:00Z", "n": null});
        let two = json!({"T": "2024-01-01T01:00:00+01:00", "a": [{"x": 2.0}, {"x": 1}]});
        assert!(same(&one, &two, true));
        assert!(!same(&json!("A"), &json!("a"), true));
        assert!(same(&json!("A"), &json!("a"), false));
        assert!(!same(&json!([1, 1]), &json!([1, 2]), true));
        assert!(contains(
            &json!({"a": [1, 2], "b": 1}),
            &json!({"a": [2]}),
            true
        ));
        assert!(!contains(&json!({"a": [1]}), &json!({"a": [2]}), true));
        assert!(!same(&json!({"a": 1}), &json!({"a": 1, "b": 2}), true));
        assert!(!same(
            &json!({"a": 1, "b": 2}),
            &json!({"a": 1, "b": null}),
            true
        ));
        assert!(same(&json!({"a": 1, "b": []}), &json!({"A": 1}), true));
    }
}
