//! YAML, as far as resources need it: what JSON can say.

use saphyr_parser::{Event, Parser, ScalarStyle};

use crate::failure::Failure;
use crate::value::Value;

/// Reads the documents of a text.
pub(crate) fn parse(text: &str) -> Result<Vec<Value>, Failure> {
    let mut open: Vec<Open> = Vec::new();
    let mut done = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let at = error.marker();
            let message = format!(
                "line {}, column {}: {}",
                at.line(),
                at.col() + 1,
                error.info()
            );
            Failure::usage(message)
        })?;
        let line = span.start.line();
        let value = match event {
            Event::Scalar(text, style, _, _) => match open.last_mut() {
                Some(Open::Object(_, name @ None)) => {
                    *name = Some(text.into_owned());
                    continue;
                }
                _ => scalar(&text, style),
            },
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                continue;
            }
            Event::MappingStart(..) => {
                if matches!(open.last(), Some(Open::Object(_, None))) {
                    return Err(Failure::usage(format!(
                        "line {line}: a name has to be a string"
                    )));
                }
                open.push(Open::Object(Vec::new(), None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(elements)) => Value::List(elements),
                Some(Open::Object(members, _)) => Value::Object(members),
                None => continue,
            },
            Event::Alias(_) => {
                return Err(Failure::usage(format!(
                    "line {line}: aliases are not supported"
                )));
            }
            _ => continue,
        };
        match open.last_mut() {
            None => done.push(value),
            Some(Open::List(elements)) => elements.push(value),
            Some(Open::Object(members, name)) => match name.take() {
                Some(name) => members.push((name, value)),
                None => {
                    return Err(Failure::usage(format!(
                        "line {line}: a name has to be a string"
                    )));
                }
            },
        }
        if open.len() > 100 {
            return Err(Failure::usage(format!(
                "line {line}: this nests too deeply"
            )));
        }
    }
    Ok(done)
}

/// What is not complete yet.
enum Open {
    List(Vec<Value>),
    Object(Vec<(String, Value)>, Option<String>),
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::text(text);
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => match Value::parse(text) {
            Ok(number @ Value::Number(_)) => number,
            _ => Value::text(text),
        },
    }
}

/// Writes a value as one document.
pub(crate) fn print(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Object(members) if !members.is_empty() => object(members, 0, &mut out),
        Value::List(elements) if !elements.is_empty() => list(elements, 0, &mut out),
        other => out.push_str(&simple(other)),
    }
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
}

/// Several values, each a document.
pub(crate) fn documents(values: &[Value]) -> String {
    let pages: Vec<String> = values.iter().map(print).collect();
    pages.join("---\n")
}

fn indent(depth: usize, out: &mut String) {
    out.extend(std::iter::repeat_n("  ", depth));
}

fn object(members: &[(String, Value)], depth: usize, out: &mut String) {
    for (at, (name, value)) in members.iter().enumerate() {
        // The first member of an element stands behind its dash.
        if at > 0 || !out.ends_with("- ") {
            indent(depth, out);
        }
        out.push_str(&word(name));
        out.push(':');
        match value {
            Value::Object(members) if !members.is_empty() => {
                out.push('\n');
                object(members, depth + 1, out);
            }
            Value::List(elements) if !elements.is_empty() => {
                out.push('\n');
                list(elements, depth, out);
            }
            other => {
                out.push(' ');
                out.push_str(&simple(other));
                out.push('\n');
            }
        }
    }
}

fn list(elements: &[Value], depth: usize, out: &mut String) {
    for element in elements {
        indent(depth, out);
        out.push_str("- ");
        match element {
            Value::Object(members) if !members.is_empty() => object(members, depth + 1, out),
            Value::List(inner) if !inner.is_empty() => {
                out.push('\n');
                list(inner, depth + 1, out);
            }
            other => {
                out.push_str(&simple(other));
                out.push('\n');
            }
        }
    }
}

fn simple(value: &Value) -> String {
    match value {
        Value::Text(text) => word(text),
        Value::Null => "null".to_owned(),
        other => other.to_string(),
    }
}

/// A text, in quotes where YAML would take it for something else.
pub(crate) fn word(text: &str) -> String {
    let first = text.chars().next();
    let starts_plainly = first.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '/' | '$'));
    let is_other = !matches!(scalar(text, ScalarStyle::Plain), Value::Text(_))
        || matches!(text.to_ascii_lowercase().as_str(), "yes" | "no" | "on" | "off" | "y" | "n")
        // A number or a time of older YAML, such as 1_000, 0x1F or 2026-01-01.
        || first.is_some_and(|c| c.is_ascii_digit());
    let is_plain = starts_plainly
        && !is_other
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with([':', ' '])
        && !text.contains(crate::terminal::is_wild);
    match is_plain {
        true => text.to_owned(),
        false => quoted(text),
    }
}

/// A JSON string, which is a YAML one, and nothing in it is left that YAML takes for a line break. But YAML has
/// no surrogates: it has one escape for what is above U+FFFF.
fn quoted(text: &str) -> String {
    let is_far = |c: char| c > '\u{ffff}' && crate::terminal::is_wild(c);
    let mut out = String::from("\"");
    let mut rest = text;
    while let Some(at) = rest.find(is_far) {
        let (before, after) = rest.split_at(at);
        out.push_str(inside(&Value::text(before).to_string()));
        let mut after = after.chars();
        if let Some(c) = after.next() {
            out.push_str(&format!("\\U{:08x}", u32::from(c)));
        }
        rest = after.as_str();
    }
    out.push_str(inside(&Value::text(rest).to_string()));
    out.push('"');
    out
}

/// What is between the quotes.
fn inside(string: &str) -> &str {
    let string = string.strip_prefix('"').unwrap_or(string);
    string.strip_suffix('"').unwrap_or(string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let text = r##"{"a":"yes","b":[{"c":"x: y","d":[1,"2",[true]],"e":{}},"- z","a\nb\u2028\u0085"],
            "no":null,"urn:x:User":{"k":"2026-01-01","l":"","m":" pad ","n":"1e3","o":-1.50,"p":"#c"},"q":[],"r s":"'","\udb40\udc67":"\"\ud83c\udff4\udb40\udc67\udb40\udc7f\\ \ud83d\ude00",
            "t":"\ud83d\ude00","u":"soft\u00adhyphen"}"##;
        let value = Value::parse(text).unwrap();
        let yaml = print(&value);
        assert_eq!(parse(&yaml).unwrap(), [value], "{yaml}");
    }

    #[test]
    fn says_where_it_is_wrong() {
        let error = parse("a: b\nc: [1, 2\nd: e\n").unwrap_err();
        assert!(error.message().starts_with("line "), "{}", error.message());
        assert!(parse("a: &x 1\nb: *x\n").is_err());
        assert_eq!(parse("---\na: 1\n---\nb: 2\n").unwrap().len(), 2);
    }
}
