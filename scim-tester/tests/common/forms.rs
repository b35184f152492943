//! Each form of a report, read as those read it whom it is for.

use scim_tester::{Format, Report};
use serde_json::Value;

use super::TOKEN;

/// Reads all of them, whatever the server answered; none shows the token.
pub fn can_be_read(name: &str, report: &Report) {
    for format in Format::ALL {
        let text = report.to_text(format);
        assert!(!text.is_empty(), "{name}: {format:?} is empty");
        assert!(!text.contains(TOKEN), "{name}: {format:?} shows the token");
        let json = || -> Value {
            serde_json::from_str(&text)
                .unwrap_or_else(|error| panic!("{name}: {format:?}: {error}"))
        };
        match format {
            Format::Json => {
                let json = json();
                assert_eq!(json["version"], 1);
                assert_eq!(
                    json["results"].as_array().unwrap().len(),
                    report.results().len()
                );
            }
            Format::JsonLines => {
                let lines: Vec<Value> = text
                    .lines()
                    .map(|line| serde_json::from_str(line).unwrap())
                    .collect();
                assert_eq!(lines.len(), report.results().len() + 1, "{name}");
            }
            Format::JUnit => {
                let tags = xml(name, &text);
                let cases = tags.iter().filter(|tag| *tag == "testcase").count();
                assert!(cases >= report.results().len(), "{name}: {cases}");
                assert!(
                    !text.chars().any(is_forbidden),
                    "{name}: no character of XML 1.0"
                );
            }
            Format::Html => {
                let tags = xml(name, &without_scripts(&text));
                assert_eq!(
                    tags.iter().filter(|tag| *tag == "body").count(),
                    1,
                    "{name}"
                );
                assert!(
                    !tags
                        .iter()
                        .any(|tag| ["zz", "img", "iframe"].contains(&&**tag)),
                    "{name}"
                );
            }
            Format::Sarif => sarif(&json()),
            Format::Har => har(name, &json(), report.requests()),
            Format::Tap => tap(name, &text, report),
            Format::Badge => assert!(json()["message"].is_string(), "{name}"),
            _ => assert!(
                !text.contains('\u{1b}'),
                "{name}: {format:?} speaks to the terminal"
            ),
        }
    }
}

/// What XML 1.0 has no form for (§2.2).
fn is_forbidden(c: char) -> bool {
    matches!(c, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

fn without_scripts(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    for tag in ["script", "style"] {
        let all = format!("{out}{rest}");
        out.clear();
        let mut from = &*all;
        while let Some((head, tail)) = from.split_once(&format!("<{tag}")) {
            out.push_str(head);
            from = tail
                .split_once(&format!("</{tag}>"))
                .map_or("", |(_, tail)| tail);
        }
        out.push_str(from);
        rest = "";
    }
    out
}

/// Reads XML, or HTML that is written alike: the names of all elements. Each that begins ends, attributes
/// are quoted, and `<` and `&` stand for nothing else.
fn xml(name: &str, text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once('<') {
        entities(name, before);
        assert!(!before.contains('>'), "{name}: > in {before:?}");
        // A `>` within quotes is part of a value.
        let mut quote = None;
        let end = tail.char_indices().find(|(_, c)| match (quote, *c) {
            (None, '"' | '\'') => {
                quote = Some(*c);
                false
            }
            (Some(own), c) if own == c => {
                quote = None;
                false
            }
            (None, '>') => true,
            _ => false,
        });
        let (at, _) = end.unwrap_or_else(|| panic!("{name}: a tag without an end: {tail:.80}"));
        let tag = &tail[..at];
        rest = &tail[at + 1..];
        if tag.starts_with('?') || tag.starts_with('!') {
            continue;
        }
        if let Some(closing) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(closing.trim()), "{name}: {tag}");
            continue;
        }
        let (own, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let own = own.trim_end_matches('/').to_ascii_lowercase();
        assert!(
            own.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && !own.is_empty(),
            "{name}: <{tag:.80}>"
        );
        let mut quoted = attributes.split('"');
        while let (Some(_name), Some(value)) = (quoted.next(), quoted.next()) {
            assert!(!value.contains('<'), "{name}: {value}");
            entities(name, value);
        }
        names.push(own.clone());
        let is_void = ["meta", "br", "input", "link", "hr"].contains(&&*own);
        if !tag.ends_with('/') && !is_void {
            open.push(own);
        }
    }
    assert!(open.is_empty(), "{name}: {open:?} without an end");
    names
}

fn entities(name: &str, text: &str) {
    for part in text.split('&').skip(1) {
        let entity = part.split(';').next().unwrap_or_default();
        let is_number = entity
            .strip_prefix('#')
            .is_some_and(|digits| digits.parse::<u32>().is_ok());
        let known =
            ["amp", "lt", "gt", "quot", "apos", "nbsp", "middot", "times"].contains(&entity);
        assert!(is_number || known, "{name}: &{part:.40}");
    }
}

fn sarif(json: &Value) {
    assert_eq!(json["version"], "2.1.0");
    let run = &json["runs"][0];
    assert!(run["tool"]["driver"]["name"].is_string());
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in run["results"].as_array().unwrap() {
        let level = result["level"].as_str().unwrap();
        assert!(
            ["none", "note", "warning", "error"].contains(&level),
            "{level}"
        );
        assert!(result["message"]["text"].is_string());
        let rule = result["ruleId"].as_str().unwrap();
        assert!(
            rules.iter().any(|one| one["id"] == rule),
            "{rule} is no rule"
        );
    }
}

fn har(name: &str, json: &Value, requests: usize) {
    let entries = json["log"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), requests, "{name}");
    assert_eq!(json["log"]["version"], "1.2");
    for entry in entries {
        assert!(entry["startedDateTime"].is_string() && entry["time"].is_number());
        assert!(entry["request"]["url"].is_string() && entry["request"]["method"].is_string());
        assert!(
            entry["response"]["status"].is_u64()
                && entry["response"]["content"]["text"].is_string()
        );
        for side in ["request", "response"] {
            for header in entry[side]["headers"].as_array().unwrap() {
                assert!(header["name"].is_string() && header["value"].is_string());
            }
        }
    }
}

fn tap(name: &str, text: &str, report: &Report) {
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("TAP version 14"));
    if report.unusable().is_some() {
        assert!(
            lines
                .next()
                .is_some_and(|line| line.starts_with("Bail out! ")),
            "{name}"
        );
        assert_eq!(lines.next(), None, "{name}: lines behind the end");
        return;
    }
    let count = report.results().len() + usize::from(!report.left_behind().is_empty());
    assert_eq!(lines.next(), Some(&*format!("1..{count}")), "{name}");
    let (mut number, mut is_within) = (0, false);
    for line in lines {
        match line {
            "  ---" => is_within = true,
            "  ..." => is_within = false,
            _ if is_within => assert!(line.starts_with("  "), "{name}: {line}"),
            _ => {
                number += 1;
                let line = line.strip_prefix("not ").unwrap_or(line);
                assert!(
                    line.starts_with(&format!("ok {number} - ")),
                    "{name}: {line}"
                );
            }
        }
    }
    assert!(number == count && !is_within, "{name}: {number} of {count}");
}
