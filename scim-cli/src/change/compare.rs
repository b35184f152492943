//! Two states compared without the library: what differs, and whether they say the same.

use super::operation;
use crate::types::{Attribute, ResourceType};
use crate::value::Value;

/// The same where the server's documents, or the resource, are not what the library can read.
pub(super) fn plainly(of: &ResourceType, before: &Value, after: &Value) -> Vec<Value> {
    let mut operations = Vec::new();
    for attribute in &of.attributes {
        compare(&attribute.name, attribute, before, after, &mut operations);
    }
    let nothing = Value::Null;
    for extension in &of.extensions {
        let (before, after) = (
            before.get(&extension.urn).unwrap_or(&nothing),
            after.get(&extension.urn).unwrap_or(&nothing),
        );
        for attribute in &extension.attributes {
            let path = format!("{}:{}", extension.urn, attribute.name);
            compare(&path, attribute, before, after, &mut operations);
        }
    }
    operations
}

fn compare(
    path: &str,
    attribute: &Attribute,
    before: &Value,
    after: &Value,
    operations: &mut Vec<Value>,
) {
    if !attribute.is_writable() || attribute.name == "schemas" {
        return;
    }
    let nothing = Value::Null;
    let old = before.get(&attribute.name).unwrap_or(&nothing);
    let new = after.get(&attribute.name).unwrap_or(&nothing);
    if same(old, new) {
        return;
    }
    if attribute.multi_valued {
        list(path, attribute, old, new, operations);
    } else if attribute.is_complex() && !old.is_empty() && !new.is_empty() {
        let has_data = attribute.has_data_in_ref();
        let subs = attribute.subs.iter();
        for sub in subs.filter(|sub| has_data || sub.name != "$ref") {
            let path = format!("{path}.{}", sub.name);
            compare(&path, sub, old, new, operations);
        }
    } else if new.is_empty() {
        operations.push(operation("remove", path, None));
    } else {
        operations.push(operation("replace", path, Some(new.clone())));
    }
}

/// Members of a group come and go one by one; other lists are set as a whole.
fn list(path: &str, attribute: &Attribute, old: &Value, new: &Value, operations: &mut Vec<Value>) {
    let key = |element: &Value| element.str("value").map(str::to_owned);
    let refers = !attribute.targets().is_empty() && attribute.is_complex();
    let keyed = |list: &Value| list.each().iter().all(|element| key(element).is_some());
    if new.is_empty() {
        operations.push(operation("remove", path, None));
    } else if refers && keyed(old) && keyed(new) {
        let has =
            |list: &Value, element: &Value| list.each().iter().any(|e| key(e) == key(element));
        for gone in old.each().iter().filter(|element| !has(new, element)) {
            let id = Value::text(key(gone).unwrap_or_default());
            operations.push(operation("remove", &format!("{path}[value eq {id}]"), None));
        }
        let added: Vec<Value> = new
            .each()
            .iter()
            .filter(|e| !has(old, e))
            .cloned()
            .collect();
        if !added.is_empty() {
            operations.push(operation("add", path, Some(Value::List(added))));
        }
    } else {
        let new = Value::List(new.each().to_vec());
        operations.push(operation("replace", path, Some(new)));
    }
}

/// Whether two values say the same: nothing is nothing in any form, names may be in any order and
/// letter case, and so may be the elements of lists.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    one == other || canonical(one) == canonical(other)
}

/// A value in the one form that all have that say the same.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut kept: Vec<(String, Value)> = Vec::with_capacity(members.len());
            for (name, value) in members {
                let value = canonical(value);
                if !value.is_empty() {
                    kept.push((name.to_ascii_lowercase(), value));
                }
            }
            kept.sort_by_cached_key(|(name, value)| (name.clone(), value.to_string()));
            match kept.is_empty() {
                true => Value::Null,
                false => Value::Object(kept),
            }
        }
        Value::List(elements) => {
            let mut kept: Vec<Value> = elements.iter().map(canonical).collect();
            kept.sort_by_cached_key(Value::to_string);
            match kept.is_empty() {
                true => Value::Null,
                false => Value::List(kept),
            }
        }
        simple => simple.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Types;

    fn ops(before: &str, after: &str, name: &str) -> String {
        let types = Types::bundled();
        let of = types.find(name).unwrap();
        let parse = |text: &str| Value::parse(text).unwrap();
        Value::List(plainly(of, &parse(before), &parse(after))).to_string()
    }

    #[test]
    fn only_what_differs_is_sent() {
        let before = r#"{"id":"1","userName":"a","title":"x","name":{"givenName":"A","familyName":"B"},
            "emails":[{"value":"a","type":"work"}],"meta":{"version":"1"}}"#;
        let after = r#"{"userName":"a","name":{"familyName":"C"},"emails":[{"type":"work","value":"a"},{"value":"b"}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"D"}}"#;
        let operations = ops(before, after, "user");
        for part in [
            r#"{"op":"remove","path":"title"}"#,
            r#"{"op":"remove","path":"name.givenName"}"#,
            r#"{"op":"replace","path":"name.familyName","value":"C"}"#,
            r#""path":"emails""#,
            r#"2.0:User:department","value":"D""#,
        ] {
            assert!(operations.contains(part), "{part}: {operations}");
        }
        assert_eq!(Value::parse(&operations).unwrap().each().len(), 5);
        assert_eq!(ops(after, after, "user"), "[]");
    }

    #[test]
    fn an_address_that_is_data_is_sent() {
        let ops = |kind: &str| {
            let schema = format!(
                r#"{{"id":"urn:x:Car","name":"Car","attributes":[{{"name":"link","type":"complex","subAttributes":[
                    {{"name":"$ref","type":"reference","referenceTypes":["{kind}"]}},
                    {{"name":"value","type":"string"}}]}}]}}"#
            );
            let of = r#"{"name":"Car","schema":"urn:x:Car","endpoint":"/Cars"}"#;
            let parse = |text: &str| Value::parse(text).unwrap();
            let types = Types::read(&[parse(of)], &[parse(&schema)], Value::Null);
            let [one, other] = ["a", "b"].map(|to| {
                parse(&format!(
                    r#"{{"link":{{"$ref":"https://x.example/{to}","value":"{to}"}}}}"#
                ))
            });
            plainly(types.find("car").unwrap(), &one, &other).len()
        };
        assert_eq!((ops("external"), ops("uri"), ops("Car")), (2, 2, 1));
    }

    #[test]
    fn the_same_is_said_in_many_ways() {
        let parse = |text: &str| Value::parse(text).unwrap();
        for (one, other, is_same) in [
            ("[1,1,2]", "[1,2,2]", false),
            ("[1,2,1]", "[1,1,2]", true),
            ("[1,1]", "[1]", false),
            (r#"[{"a":1},{"a":1,"b":[]}]"#, r#"[{"A":1},{"a":1}]"#, true),
            (r#"[{"a":1},{"a":1}]"#, r#"[{"a":1},{"a":2}]"#, false),
            (r#"{"a":{"b":null},"c":2}"#, r#"{"C":2,"a":[]}"#, true),
            (r#"{"a":"x"}"#, r#"{"a":"X"}"#, false),
            (r#"{"a":[["x"],["y"]]}"#, r#"{"a":[["y"],["x"]]}"#, true),
        ] {
            assert_eq!(same(&parse(one), &parse(other)), is_same, "{one} {other}");
            assert_eq!(same(&parse(other), &parse(one)), is_same, "{other} {one}");
        }
    }

    #[test]
    fn members_come_and_go_one_by_one() {
        let operations = ops(
            r#"{"displayName":"g","members":[{"value":"1"},{"value":"2","display":"x"}]}"#,
            r#"{"displayName":"g","members":[{"value":"2"},{"value":"3"}]}"#,
            "group",
        );
        assert_eq!(
            operations,
            concat!(
                r#"[{"op":"remove","path":"members[value eq \"1\"]"},"#,
                r#"{"op":"add","path":"members","value":[{"value":"3"}]}]"#
            )
        );
    }
}
