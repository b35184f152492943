//! JSON as a tree that keeps the order of members and the text of numbers.

use std::fmt;

use scim_schema::json::{self, Node};

use crate::visible::is_wild;

/// A JSON value.
#[derive(Clone, PartialEq, Default)]
pub(crate) enum Value {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// The number as it was written.
    Number(String),
    /// A text.
    Text(String),
    /// The elements.
    List(Vec<Value>),
    /// The members, in their order.
    Object(Vec<(String, Value)>),
}

/// Why a text is not JSON.
#[derive(Debug)]
pub(crate) struct NotJson {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) message: String,
}

impl fmt::Display for NotJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            column,
            message,
        } = self;
        write!(f, "line {line}, column {column}: {message}")
    }
}

impl Value {
    /// Reads JSON.
    pub(crate) fn parse(text: &str) -> Result<Self, NotJson> {
        let text = text.trim_start_matches('\u{feff}');
        json::parse(text).map(Self::from).map_err(|error| {
            let before = text.get(..error.offset).unwrap_or(text);
            let start = before.rfind('\n').map_or(0, |at| at + 1);
            NotJson {
                line: before.matches('\n').count() + 1,
                column: before.get(start..).unwrap_or("").chars().count() + 1,
                message: error.message,
            }
        })
    }

    /// A text.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An object.
    pub(crate) fn object<N: Into<String>>(members: impl IntoIterator<Item = (N, Self)>) -> Self {
        let members = members.into_iter();
        Self::Object(members.map(|(name, value)| (name.into(), value)).collect())
    }

    /// A list of texts.
    pub(crate) fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        Self::List(texts.into_iter().map(Self::text).collect())
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            Self::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Self::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    pub(crate) fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Number(text) | Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The elements of a list, or the value itself as the only one; `null` has none.
    pub(crate) fn each(&self) -> &[Self] {
        match self {
            Self::List(elements) => elements,
            Self::Null => &[],
            one => std::slice::from_ref(one),
        }
    }

    /// The members; none if it is no object.
    pub(crate) fn members(&self) -> &[(String, Self)] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }

    /// The member of that name: spelt exactly so, or else in any letter case.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        let members = self.members();
        let exact = members.iter().rev().find(|(own, _)| own == name);
        let found = exact.or_else(|| {
            let mut members = members.iter().rev();
            members.find(|(own, _)| own.eq_ignore_ascii_case(name))
        });
        found.map(|(_, value)| value)
    }

    /// The text of a member.
    pub(crate) fn str(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// The member of that name, made if it is not there; makes an object of anything else.
    pub(crate) fn member(&mut self, name: &str) -> &mut Self {
        if !matches!(self, Self::Object(_)) {
            *self = Self::Object(Vec::new());
        }
        let Self::Object(members) = self else {
            // It was made one above.
            return self;
        };
        let at = members
            .iter()
            .position(|(own, _)| own.eq_ignore_ascii_case(name));
        let at = at.unwrap_or_else(|| {
            members.push((name.to_owned(), Self::Null));
            members.len() - 1
        });
        &mut members[at].1
    }

    /// Sets a member.
    pub(crate) fn set(&mut self, name: &str, value: Self) {
        *self.member(name) = value;
    }

    /// Takes a member away.
    pub(crate) fn remove(&mut self, name: &str) -> Option<Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let at = members
            .iter()
            .position(|(own, _)| own.eq_ignore_ascii_case(name))?;
        Some(members.remove(at).1)
    }

    /// Adds an element, and makes a list of what is none.
    pub(crate) fn push(&mut self, value: Self) {
        match self {
            Self::List(elements) => elements.push(value),
            Self::Null => *self = Self::List(vec![value]),
            one => {
                let first = std::mem::take(one);
                *one = Self::List(vec![first, value]);
            }
        }
    }

    /// Whether it says nothing: `null`, and lists and objects without anything in them.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::List(elements) => elements.is_empty(),
            Self::Object(members) => members.is_empty(),
            _ => false,
        }
    }

    /// Whether it is no list and no object.
    pub(crate) fn is_simple(&self) -> bool {
        !matches!(self, Self::List(_) | Self::Object(_))
    }

    /// What it is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }

    /// A simple value as people write it, without quotes; others as JSON.
    pub(crate) fn plain(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Text(text) => text.clone(),
            other => other.to_string(),
        }
    }

    /// JSON with line breaks.
    pub(crate) fn pretty(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, Some(0));
        out
    }

    fn write(&self, out: &mut String, indent: Option<usize>) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
            Self::Number(number) => out.push_str(number),
            Self::Text(text) => string(text, out),
            Self::List(elements) if elements.is_empty() => out.push_str("[]"),
            Self::Object(members) if members.is_empty() => out.push_str("{}"),
            Self::List(elements) => {
                out.push('[');
                for (at, element) in elements.iter().enumerate() {
                    separate(out, at, indent);
                    element.write(out, indent.map(|depth| depth + 1));
                }
                end(out, indent);
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    separate(out, at, indent);
                    string(name, out);
                    out.push_str(if indent.is_some() { ": " } else { ":" });
                    value.write(out, indent.map(|depth| depth + 1));
                }
                end(out, indent);
                out.push('}');
            }
        }
    }
}

/// A JSON string. What could control a terminal is written by its number, which is the same text.
fn string(text: &str, out: &mut String) {
    let begin = out.len();
    json::string(text, out);
    if let Some(escaped) = out.get(begin..).and_then(escaped) {
        out.truncate(begin);
        out.push_str(&escaped);
    }
}

/// JSON with such characters written by their numbers; `None` if there are none in it. They all are
/// within strings, but for line breaks and tabs, which stay.
pub(crate) fn escaped(json: &str) -> Option<String> {
    let is_wild = |c: char| is_wild(c) && !matches!(c, '\n' | '\r' | '\t');
    if !json.contains(is_wild) {
        return None;
    }
    let mut out = String::with_capacity(json.len() + 8);
    for c in json.chars() {
        match is_wild(c) {
            true => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            false => out.push(c),
        }
    }
    Some(out)
}

fn separate(out: &mut String, at: usize, indent: Option<usize>) {
    if at > 0 {
        out.push(',');
    }
    end(out, indent.map(|depth| depth + 1));
}

fn end(out: &mut String, indent: Option<usize>) {
    if let Some(depth) = indent {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    }
}

impl From<Node> for Value {
    fn from(node: Node) -> Self {
        match node.value {
            json::Value::Null => Self::Null,
            json::Value::Bool(flag) => Self::Bool(flag),
            json::Value::Number(text) => Self::Number(text),
            json::Value::String(text) => Self::Text(text),
            json::Value::Array(nodes) => Self::List(nodes.into_iter().map(Self::from).collect()),
            json::Value::Object(members) => {
                let members = members.into_iter();
                Self::Object(members.map(|m| (m.name, Self::from(m.value))).collect())
            }
        }
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(number.to_string())
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(number.to_string())
    }
}

/// Compact JSON.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.write(&mut out, None);
        f.write_str(&out)
    }
}

/// Values may be personal.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_order_and_numbers() {
        let text = r#"{"b":1.50,"a":[1e3,"x\n",null,{}],"c":[]}"#;
        let value = Value::parse(text).unwrap();
        assert_eq!(value.to_string(), text);
        assert_eq!(Value::parse(&value.pretty()).unwrap(), value);
        assert_eq!(value.get("B"), Some(&Value::Number("1.50".into())));
    }

    #[test]
    fn nothing_in_json_controls_a_terminal() {
        let wild = "a\u{9b}31m\u{202e}\u{61c}\u{7f}b\u{e0041}";
        let value = Value::object([(wild, Value::text(wild))]);
        let text = value.to_string();
        assert!(!text.contains(is_wild), "{text:?}");
        assert!(text.contains("a\\u009b31m\\u202e\\u061c\\u007fb"), "{text}");
        assert!(text.contains("b\\udb40\\udc41"), "{text}");
        assert_eq!(Value::parse(&text).unwrap(), value);
    }

    #[test]
    fn says_where_it_is_wrong() {
        let error = Value::parse("{\n  \"a\": tru\n}").unwrap_err();
        assert_eq!((error.line, error.column), (2, 8));
    }

    #[test]
    fn members_are_made_and_taken_away() {
        let mut value = Value::Null;
        value.member("name").set("givenName", Value::text("B"));
        value.member("x").push(Value::text("1"));
        assert_eq!(value.to_string(), r#"{"name":{"givenName":"B"},"x":["1"]}"#);
        assert!(value.remove("X").is_some());
        assert!(value.remove("X").is_none());
    }
}
