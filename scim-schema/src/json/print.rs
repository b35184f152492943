//! Writes JSON in one form only, so that two fetches of the same document are the same text.

use std::cmp::Ordering;

use super::{Member, Node, Value};

/// Members that stand first, in this order; the others follow by name.
const FIRST: [&str; 22] = [
    "schemas",
    "id",
    "name",
    "base",
    "endpoint",
    "schema",
    "attribute",
    "type",
    "value",
    "supported",
    "multiValued",
    "description",
    "required",
    "canonicalValues",
    "caseExact",
    "mutability",
    "returned",
    "uniqueness",
    "referenceTypes",
    "schemaExtensions",
    "subAttributes",
    "attributes",
];

/// The widest line on which an array of simple values stands whole.
const WIDTH: usize = 100;

/// The text, ending with a line break.
#[must_use]
pub fn print(node: &Node) -> String {
    let mut text = String::new();
    value(node, 0, &mut text);
    text.push('\n');
    text
}

/// The text without these members of the document itself.
#[must_use]
pub fn print_without(node: &Node, without: &[&str]) -> String {
    let mut node = node.clone();
    if let Value::Object(members) = &mut node.value {
        members.retain(|member| !without.contains(&member.name.as_str()));
    }
    print(&node)
}

fn order(a: &Member, b: &Member) -> Ordering {
    let rank = |member: &Member| {
        FIRST
            .iter()
            .position(|name| *name == member.name)
            .unwrap_or(FIRST.len())
    };
    (rank(a), &a.name).cmp(&(rank(b), &b.name))
}

fn value(node: &Node, indent: usize, text: &mut String) {
    match &node.value {
        Value::Null => text.push_str("null"),
        Value::Bool(flag) => text.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => text.push_str(number),
        Value::String(content) => string(content, text),
        Value::Array(items) => array(items, indent, text),
        Value::Object(members) if members.is_empty() => text.push_str("{}"),
        Value::Object(members) => {
            let mut members: Vec<&Member> = members.iter().collect();
            members.sort_by(|a, b| order(a, b));
            text.push('{');
            for (index, member) in members.iter().enumerate() {
                line(index, indent + 1, text);
                string(&member.name, text);
                text.push_str(": ");
                value(&member.value, indent + 1, text);
            }
            line(0, indent, text);
            text.push('}');
        }
    }
}

fn array(items: &[Node], indent: usize, text: &mut String) {
    let simple = |item: &Node| !matches!(item.value, Value::Array(_) | Value::Object(_));
    if items.iter().all(simple) {
        let mut flat = String::new();
        for (index, item) in items.iter().enumerate() {
            flat.push_str(if index > 0 { ", " } else { "" });
            value(item, 0, &mut flat);
        }
        let before = text.len() - text.rfind('\n').map_or(0, |at| at + 1);
        if before + flat.chars().count() + 3 <= WIDTH {
            text.push('[');
            text.push_str(&flat);
            text.push(']');
            return;
        }
    }
    text.push('[');
    for (index, item) in items.iter().enumerate() {
        line(index, indent + 1, text);
        value(item, indent + 1, text);
    }
    line(0, indent, text);
    text.push(']');
}

fn line(index: usize, indent: usize, text: &mut String) {
    if index > 0 {
        text.push(',');
    }
    text.push('\n');
    for _ in 0..indent {
        text.push_str("  ");
    }
}

/// Appends a JSON string with its quotes.
pub fn string(content: &str, text: &mut String) {
    text.push('"');
    for c in content.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            c if c < ' ' => text.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => text.push(c),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    #[test]
    fn the_order_of_members_does_not_matter() {
        let one = r#"{"zeta":1.50,"attributes":[{"type":"string","name":"a\n\u0001"}],"id":"x"}"#;
        let other =
            r#"{ "id" : "x", "attributes":[{"name":"a\n\u0001", "type":"string"}], "zeta":1.50 }"#;
        let text = print(&parse(one).unwrap());
        assert_eq!(text, print(&parse(other).unwrap()));
        assert_eq!(text, print(&parse(&text).unwrap()));
        assert!(text.starts_with("{\n  \"id\": \"x\",\n  \"attributes\": [\n    {\n"));
    }
}
