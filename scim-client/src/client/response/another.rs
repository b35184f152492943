//! Whether a response shows another resource than the one that was written.

use std::collections::HashSet;

use serde_json::Value;

use crate::internal::{percent::percent_decoded, to_value};

/// Returns whether a resource with this `id` is another one than that which was written as `asked`; `is_own`:
/// that is the `id` that it was read with.
///
/// A resource may have more names than its `id`, and one whose `id` is made of another attribute has a new
/// one when that is changed. So it is not another one if it has the name that was asked for in any place, or
/// if its `id`, or what is new in it, is a value that was sent; nor, where the name may be any, if it shows a
/// text of the whole resource that was sent. A PATCH has too few of them to tell.
#[cold]
pub(in crate::client) fn is_another(
    asked: &str,
    is_own: bool,
    id: &str,
    found: &str,
    sent: Option<&str>,
) -> bool {
    let sent = sent.and_then(to_value);
    if !is_own && sent.as_ref().is_some_and(is_patch) {
        return false;
    }
    let found = to_value(found);
    let is_named = is_name(id, asked)
        || is_longer(id, asked)
        || is_longer(asked, id)
        || found.as_ref().is_some_and(|found| says(found, asked));
    let shares = |sent: &Value| {
        let found = found.as_ref();
        found.is_some_and(|found| !texts(sent).is_disjoint(&texts(found)))
    };
    let is_told =
        |sent: &Value| says(sent, id) || is_renamed(asked, id, sent) || !is_own && shares(sent);
    !is_named && !sent.as_ref().is_some_and(is_told)
}

/// Returns whether a body is that of a PATCH.
fn is_patch(body: &Value) -> bool {
    let members = body.as_object();
    members.is_some_and(|members| {
        members
            .keys()
            .any(|name| name.eq_ignore_ascii_case("Operations"))
    })
}

/// Returns whether one is the form of 18 letters of an `id` of 15, as Salesforce has them: the last three
/// repeat which of the others are capitals.
fn is_longer(long: &str, short: &str) -> bool {
    let is_plain = long.bytes().all(|byte| byte.is_ascii_alphanumeric());
    long.len() == 18 && short.len() == 15 && is_plain && long.starts_with(short)
}

/// Returns whether one `id` becomes the other if parts of it are replaced by texts that were sent, as those of
/// LDAP (`CN=babs,OU=People`) do.
fn is_renamed(asked: &str, id: &str, sent: &Value) -> bool {
    let parts = |id: &str| -> Vec<String> {
        let id = percent_decoded(id);
        id.split([',', '=', ':', '/']).map(bare).collect()
    };
    let (old, new) = (parts(asked), parts(id));
    let both = || old.iter().zip(&new);
    let before = both().take_while(|(old, new)| old == new).count();
    let rest = old.len().min(new.len()) - before;
    let ends = old.iter().rev().zip(new.iter().rev());
    let after = ends.take(rest).take_while(|(old, new)| old == new).count();
    let replaced = old.len() - before - after;
    let Some(own) = new.get(before..new.len() - after) else {
        return false;
    };
    if before + after == 0 || replaced == 0 || own.is_empty() {
        return false;
    }
    let sent: HashSet<String> = texts(sent).iter().map(|text| bare(text)).collect();
    let is_sent = |part: &String| !part.is_empty() && sent.contains(part);
    let is_each = old.len() == new.len() && both().all(|(old, new)| old == new || is_sent(new));
    // A text may have such signs, too.
    is_each || is_sent(&own.concat())
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
    let bare = |text: &str| bare(&percent_decoded(text));
    let own = bare(name);
    if own.is_empty() {
        return text == name;
    }
    let last = text.rsplit(['/', ':']).next().unwrap_or(text);
    bare(text) == own || bare(last) == own
}

/// Its letters and digits alone, in lower case.
fn bare(text: &str) -> String {
    let inside: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    inside.to_lowercase()
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
            (false, patch, false),
            (true, patch, true),
        ] {
            assert_eq!(is_another("1", is_own, "2819", found, Some(sent)), expected);
        }
    }

    #[test]
    fn an_id_may_be_made_of_values() {
        let sent = r#"{"Operations":[{"value":{"userName":"babs","displayName":"Jensen, Babs","title":"2",
            "department":"People"}}]}"#;
        for (asked, id, expected) in [
            ("CN=bjensen,OU=Tours", "CN=babs,OU=Tours", false),
            ("cn=bjensen,ou=tours", "CN%3Dbabs%2COU%3DTours", false),
            ("CN=bjensen,OU=Tours", "CN=babs,OU=People", false),
            ("CN=bjensen,OU=Tours", "CN=Jensen\\, Babs,OU=Tours", false),
            ("acme:bjensen", "acme:babs", false),
            ("acme/bjensen", "acme/babs", false),
            // Of somebody else, though a part was sent.
            ("CN=bjensen,OU=People", "CN=mallory,OU=People", true),
            ("CN=bjensen,OU=Tours", "CN=mallory,OU=People", true),
            ("acme:bjensen", "other:babs", true),
            ("acme", "acme:babs", true),
            ("acme:babs", "acme", true),
            ("11", "12", true),
        ] {
            let other = is_another(asked, true, id, "{}", Some(sent));
            assert_eq!(other, expected, "{asked} {id}");
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
            ("2819c223-776b", "2819C223776B", "{}", None, false),
            ("00530000009hLSj", "00530000009hLSjAAM", "{}", None, false),
            ("00530000009hLSjAAM", "00530000009hLSj", "{}", None, false),
            ("00530000009hLSj", "00530000009hLSJAAM", "{}", None, true),
            ("-", "_", "{}", None, true),
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
