//! Whether a response shows another resource than the one that was written.

use std::collections::HashSet;

use serde_json::Value;

use crate::internal::{percent::percent_decoded, to_value};

/// Returns whether a resource with this `id` is another one than that which was written as `asked`; `is_own`:
/// that is the `id` that it was read with.
///
/// A resource may have more names than its `id`, and one whose `id` is made of another attribute has a new
/// one when that is changed. So it is not another one if it has the name that was asked for in any place, or
/// if its `id` is a value that was sent; nor, where the name may be any, if it shows a text of the whole
/// resource that was sent.
#[cold]
pub(in crate::client) fn is_another(
    asked: &str,
    is_own: bool,
    id: &str,
    found: &str,
    sent: Option<&str>,
) -> bool {
    let has = |text: &str, name: &str| to_value(text).is_some_and(|value| says(&value, name));
    let shares = |sent: &str| match (to_value(sent), to_value(found)) {
        (Some(sent), Some(found)) => {
            let is_whole = sent.get("Operations").is_none();
            is_whole && !texts(&sent).is_disjoint(&texts(&found))
        }
        _ => false,
    };
    let is_named = is_name(id, asked) || has(found, asked);
    let is_told = |sent: &str| has(sent, id) || !is_own && shares(sent);
    !is_named && !sent.is_some_and(is_told)
}

/// The texts in a resource.
fn texts(value: &Value) -> HashSet<String> {
    let (mut values, mut texts) = (vec![value], HashSet::new());
    while let Some(value) = values.pop() {
        match value {
            Value::String(text) => drop(texts.insert(text.trim().to_lowercase())),
            Value::Array(elements) => values.extend(elements),
            Value::Object(members) => {
                let own = members.iter().filter(|(name, _)| is_compared(name));
                values.extend(own.map(|(_, value)| value));
            }
            _ => {}
        }
    }
    texts
}

/// Returns whether an attribute is compared.
fn is_compared(name: &str) -> bool {
    !["schemas", "meta", "id"]
        .iter()
        .any(|own| name.eq_ignore_ascii_case(own))
}

/// Returns whether a text is this name, or a URI that ends with it.
fn is_name(text: &str, name: &str) -> bool {
    let bare = |text: &str| {
        let decoded = percent_decoded(text);
        let inside = decoded.trim_matches(|c: char| !c.is_alphanumeric());
        inside.to_lowercase()
    };
    let name = bare(name);
    let last = text.rsplit(['/', ':']).next().unwrap_or(text);
    bare(text) == name || bare(last) == name
}

/// Returns whether a name is among the values.
fn says(value: &Value, name: &str) -> bool {
    let mut values = vec![value];
    while let Some(value) = values.pop() {
        match value {
            Value::String(text) if is_name(text, name) => return true,
            Value::Number(number) if number.to_string() == name => return true,
            Value::Array(elements) => values.extend(elements),
            Value::Object(members) => values.extend(members.values()),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_no_id_may_be_any() {
        let found = r#"{"id":"2819","userName":"bjensen"}"#;
        let whole = r#"{"userName":"bjensen"}"#;
        let patch = r#"{"Operations":[{"op":"add","path":"nickName","value":"bjensen"}]}"#;
        for (is_own, sent, expected) in [
            (false, whole, false),
            (true, whole, true),
            (false, patch, true),
        ] {
            assert_eq!(is_another("1", is_own, "2819", found, Some(sent)), expected);
        }
    }

    #[test]
    fn a_resource_has_more_names_than_its_id() {
        for (asked, id, found, sent, expected) in [
            ("1", "2", r#"{"id":"2","userName":"mallory"}"#, None, true),
            ("1", "2", r#"{"id":"2"}"#, Some(r#"{"title":"CTO"}"#), true),
            (
                "1",
                "12",
                r#"{"id":"12","meta":{"location":"/v2/Users/12"}}"#,
                None,
                true,
            ),
            // Of the same.
            ("A7", "a7", "{}", None, false),
            ("2819c223", "{2819C223}", "{}", None, false),
            ("2819c223", "urn:uuid:2819c223", "{}", None, false),
            (
                "uid=babs,ou=people",
                "uid%3Dbabs%2Cou%3Dpeople",
                "{}",
                None,
                false,
            ),
            // It is known by that name, too.
            (
                "bjensen",
                "7",
                r#"{"id":"7","userName":"BJensen"}"#,
                None,
                false,
            ),
            (
                "1",
                "2",
                r#"{"id":"2","meta":{"location":"https://a.example/v2/Users/1"}}"#,
                None,
                false,
            ),
            ("1", "2", r#"{"id":"2","number":[{"x":1}]}"#, None, false),
            // It was given that name.
            (
                "old",
                "new",
                r#"{"id":"new"}"#,
                Some(r#"{"Operations":[{"value":"new"}]}"#),
                false,
            ),
        ] {
            assert_eq!(
                is_another(asked, true, id, found, sent),
                expected,
                "{asked} {id} {found}"
            );
        }
    }
}
