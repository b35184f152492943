//! Reads single values: booleans, keywords, texts, as generously as real documents need it.

use super::Reader;
use crate::json::{Member, Node, Value};
use crate::near::nearest;
use crate::source::At;

/// A whole number, also one in quotes.
pub(super) fn number(node: &Node) -> Option<u64> {
    match &node.value {
        Value::Number(text) | Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// A boolean without complaint, also one in quotes.
pub(super) fn boolean(node: &Node) -> Option<bool> {
    match &node.value {
        Value::Bool(value) => Some(*value),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// The texts of an array, or the one text that stands where an array belongs.
pub(super) fn strings(node: &Node) -> Vec<String> {
    match &node.value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items
            .iter()
            .filter_map(Node::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}

/// A keyword without regard to case, `_`, `-` and blanks.
fn folded(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '_' | '-' | ' '))
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// How a keyword was found.
pub(super) enum Keyword<T> {
    Exact(T),
    Folded(&'static str, T),
    Unknown,
}

pub(super) fn keyword<T: Clone>(text: &str, known: &[(&'static str, T)]) -> Keyword<T> {
    if let Some((_, value)) = known.iter().find(|(name, _)| *name == text) {
        return Keyword::Exact(value.clone());
    }
    let text = folded(text);
    match known.iter().find(|(name, _)| folded(name) == text) {
        Some((name, value)) => Keyword::Folded(name, value.clone()),
        None => Keyword::Unknown,
    }
}

impl Reader<'_, '_> {
    /// A member by name, with a note where only the case of the name is off.
    pub(super) fn field<'n>(&mut self, node: &'n Node, name: &str) -> Option<&'n Node> {
        let member = node.member(name)?;
        if member.name != name {
            let message = format!("the key `{}` should be `{name}`", member.name);
            self.reporter
                .warn(self.member_at(member), "key-casing", &message, None);
        }
        Some(&member.value)
    }

    pub(super) fn member_at(&self, member: &Member) -> At {
        At {
            source: self.source,
            offset: member.name_start,
        }
    }

    /// A text; anything else but `null` is an error.
    pub(super) fn text(&mut self, node: &Node, name: &str) -> Option<String> {
        let value = self.field(node, name)?;
        match value.as_str() {
            Some(text) => Some(text.to_owned()),
            None => {
                self.wrong_type(value, name, "a string");
                None
            }
        }
    }

    /// A boolean characteristic of an attribute; `None` if absent.
    pub(super) fn flag(&mut self, node: &Node, name: &str) -> Option<bool> {
        let value = self.field(node, name)?;
        let flag = boolean(value);
        match &value.value {
            Value::Bool(_) => {}
            Value::String(text) if flag.is_some() => {
                let message = format!("`{name}` is the string \"{text}\" instead of a boolean");
                self.reporter
                    .warn(self.at(value), "boolean-as-string", &message, None);
            }
            _ => self.wrong_type(value, name, "true or false"),
        }
        flag
    }

    /// A characteristic with a fixed set of keywords; `None` if absent or unusable.
    pub(super) fn choice<T: Copy>(
        &mut self,
        node: &Node,
        name: &str,
        known: &[(&'static str, T)],
    ) -> Option<T> {
        let value = self.field(node, name)?;
        let Some(text) = value.as_str() else {
            self.wrong_type(value, name, "a string");
            return None;
        };
        match keyword(text, known) {
            Keyword::Exact(value) => Some(value),
            Keyword::Folded(keyword, found) => {
                let message = format!("`{name}` is written \"{text}\" instead of \"{keyword}\"");
                self.reporter
                    .warn(self.at(value), "keyword-casing", &message, None);
                Some(found)
            }
            Keyword::Unknown => {
                let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
                let hint = match nearest(text, &names) {
                    Some(keyword) => format!("did you mean \"{keyword}\"?"),
                    None => format!("use one of {}", names.join(", ")),
                };
                let message = format!("`{name}` cannot be \"{text}\"");
                self.reporter
                    .error(self.at(value), "unknown-keyword", &message, &hint);
                None
            }
        }
    }

    pub(super) fn wrong_type(&mut self, value: &Node, name: &str, expected: &str) {
        let message = format!("`{name}` is {} instead of {expected}", value.kind());
        let hint = format!("give {expected}, or leave `{name}` out");
        self.reporter
            .error(self.at(value), "wrong-type", &message, &hint);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_case_and_underscores() {
        let known = [("readOnly", 1), ("readWrite", 2)];
        assert!(matches!(keyword("readOnly", &known), Keyword::Exact(1)));
        assert!(matches!(
            keyword("READ_WRITE", &known),
            Keyword::Folded("readWrite", 2)
        ));
        assert!(matches!(keyword("read", &known), Keyword::Unknown));
    }
}
