//! What is wrong with a schema document (RFC 7643 §7), and how it differs from the RFC's.

use scim_client::{model::Attribute, resource::Root};
use serde_json::Value;

use crate::{
    json::{elements, member, text},
    level::Level,
    resource_type::Kind,
};

/// One problem, at an attribute's path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Problem {
    pub(crate) path: String,
    pub(crate) level: Level,
    pub(crate) expected: String,
    pub(crate) got: String,
}

/// The characteristics of attributes, as the schema of schemas has them.
fn characteristics() -> &'static [Attribute] {
    let table = <scim_client::Schema as Root>::DESCRIPTOR;
    let own = table.attributes().iter().find(|a| a.name() == "attributes");
    own.map_or(&[][..], Attribute::sub_attributes)
}

/// The values that RFC 7643 §7 has for a characteristic.
fn values_of(characteristic: &str) -> &'static [&'static str] {
    let mut all = characteristics().iter();
    let found = all.find(|a| a.name() == characteristic);
    found.map_or(&[][..], Attribute::suggested_values)
}

/// The problems of a list of attributes.
pub(crate) fn attributes(attributes: &[Value], is_sub: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for attribute in attributes {
        let name = text(attribute, "name").unwrap_or("?");
        let mut problem = |level, expected: String, got: String| {
            problems.push(Problem {
                path: name.to_owned(),
                level,
                expected,
                got,
            });
        };
        if !is_name(name) {
            problem(
                Level::Error,
                "a name of letters, digits, - and _, that begins with a letter".to_owned(),
                format!("{name:?}"),
            );
        }
        let lower = name.to_lowercase();
        if names.contains(&lower) {
            problem(
                Level::Error,
                "names that differ in more than letter case".to_owned(),
                format!("{name} twice"),
            );
        }
        names.push(lower);
        let kind = text(attribute, "type");
        match kind {
            None => problem(Level::Error, "a type".to_owned(), "none".to_owned()),
            Some(word) if Kind::named(word).is_none() => {
                problem(
                    Level::Error,
                    "a type that RFC 7643 §2.3 has".to_owned(),
                    format!("type {word}"),
                );
            }
            Some(word) if !values_of("type").contains(&word) => {
                problem(
                    Level::Error,
                    "the type's name as RFC 7643 §7 spells it".to_owned(),
                    format!("type {word}"),
                );
            }
            Some(_) => {}
        }
        for flag in ["multiValued", "required"] {
            match member(attribute, flag) {
                Some(Value::Bool(_)) => {}
                None => problem(Level::Warning, flag.to_owned(), "it is missing".to_owned()),
                Some(other) => problem(
                    Level::Error,
                    format!("{flag} is a boolean"),
                    other.to_string(),
                ),
            }
        }
        if member(attribute, "description").is_none() {
            problem(
                Level::Warning,
                "description".to_owned(),
                "it is missing".to_owned(),
            );
        }
        // The type was looked at before.
        let with_keywords = characteristics().iter().filter(|one| {
            let is_type = one.name() == "type";
            !is_type && !one.suggested_values().is_empty()
        });
        for characteristic in with_keywords {
            let (name, words) = (characteristic.name(), characteristic.suggested_values());
            match member(attribute, name) {
                None if name == "uniqueness" && kind != Some("string") => {}
                None => problem(Level::Warning, name.to_owned(), "it is missing".to_owned()),
                Some(value) if value.as_str().is_some_and(|word| words.contains(&word)) => {}
                Some(other) => problem(
                    Level::Error,
                    format!("{name} is one of {}", words.join(", ")),
                    format!("{name} {other}"),
                ),
            }
        }
        if let Some(other) = member(attribute, "caseExact").filter(|value| !value.is_boolean()) {
            problem(
                Level::Error,
                "caseExact is a boolean".to_owned(),
                other.to_string(),
            );
        }
        if let Some(misspelt) = misspelt(attribute) {
            problem(
                Level::Error,
                "characteristics in camel case, as RFC 7643 §7 spells them".to_owned(),
                misspelt,
            );
        }
        let subs = elements(member(attribute, "subAttributes"));
        if kind == Some("complex") {
            if is_sub {
                problem(
                    Level::Error,
                    "no complex attribute within a complex one".to_owned(),
                    "type complex".to_owned(),
                );
            }
            if subs.is_empty() {
                problem(
                    Level::Error,
                    "subAttributes of a complex attribute".to_owned(),
                    "none".to_owned(),
                );
            }
        }
        problems.extend(self::attributes(subs, true).into_iter().map(|sub| Problem {
            path: format!("{name}.{}", sub.path),
            ..sub
        }));
    }
    problems
}

fn is_name(name: &str) -> bool {
    // `$ref` is the RFC's own exception.
    let mut letters = name.strip_prefix('$').unwrap_or(name).chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// A member whose name is a characteristic in another spelling.
fn misspelt(attribute: &Value) -> Option<String> {
    let plain = |name: &str| name.replace(['_', '-'], "").to_ascii_lowercase();
    attribute
        .as_object()?
        .keys()
        .find(|key| {
            characteristics()
                .iter()
                .any(|known| plain(known.name()) == plain(key) && known.name() != *key)
        })
        .cloned()
}

/// How a server's form of a schema of the RFC differs from it. More attributes are no difference;
/// a missing one is only where it must be there.
pub(crate) fn differences(ours: &Value, theirs: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    compare(
        elements(member(ours, "attributes")),
        elements(member(theirs, "attributes")),
        "",
        &mut problems,
    );
    problems
}

fn compare(ours: &[Value], theirs: &[Value], prefix: &str, problems: &mut Vec<Problem>) {
    for our in ours {
        let Some(name) = text(our, "name") else {
            continue;
        };
        if ["id", "externalId", "meta", "schemas"].contains(&name) && prefix.is_empty() {
            continue;
        }
        let path = format!("{prefix}{name}");
        let Some(their) = theirs
            .iter()
            .find(|their| text(their, "name") == Some(name))
        else {
            // A service provider need not have every attribute (RFC 7643 §4).
            continue;
        };
        for characteristic in [
            "type",
            "multiValued",
            "mutability",
            "returned",
            "uniqueness",
            "caseExact",
            "required",
        ] {
            let (our, their) = (member(our, characteristic), member(their, characteristic));
            let (Some(our), Some(their)) = (our, their) else {
                continue;
            };
            if our == their || is_known_to_differ(&path, characteristic) {
                continue;
            }
            // A password that is returned is worse than a name in another letter case.
            let level = match characteristic {
                "returned" if our == "never" => Level::Error,
                "mutability" if our == "readOnly" || our == "writeOnly" => Level::Warning,
                "type" | "multiValued" => Level::Warning,
                // A service provider may require more, and not less.
                "required" if our == true => Level::Warning,
                "uniqueness" if our == "server" => Level::Warning,
                _ => Level::Info,
            };
            problems.push(Problem {
                path: path.clone(),
                level,
                expected: format!("{characteristic} {our}, as in RFC 7643"),
                got: format!("{characteristic} {their}"),
            });
        }
        compare(
            elements(member(our, "subAttributes")),
            elements(member(their, "subAttributes")),
            &format!("{path}."),
            problems,
        );
    }
}

/// Where the RFC's own text and its JSON disagree, or errata changed it.
fn is_known_to_differ(path: &str, characteristic: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path);
    match characteristic {
        "mutability" => {
            path.starts_with("members.")
                || path.starts_with("manager.")
                || path.starts_with("groups.")
        }
        // Of certificates, the RFC says nothing else than binary.
        "type" => {
            last == "$ref" || last == "profileUrl" || (last == "value" && !path.starts_with("x509"))
        }
        "caseExact" => true,
        // §4.2 asks for displayName of groups, and the JSON of §8.7.1 does not.
        "uniqueness" | "required" => path != "userName",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_schemas_of_the_rfc_have_no_problems_and_no_differences() {
        for schema in crate::oracle::bundled().0 {
            let wrong: Vec<_> = attributes(elements(member(&schema, "attributes")), false)
                .into_iter()
                .filter(|problem| problem.level > Level::Info)
                .collect();
            assert!(wrong.is_empty(), "{wrong:?}");
            assert!(differences(&schema, &schema).is_empty());
        }
    }

    #[test]
    fn each_problem_is_named() {
        let found = attributes(
            &[
                json!({"name": "1a", "type": "String", "multivalued": true, "mutability": "readwrite"}),
                json!({"name": "x", "type": "complex", "multiValued": false, "required": false}),
                json!({"name": "X", "type": "money", "multiValued": "no", "required": false}),
            ],
            false,
        );
        for word in [
            "begins with a letter",
            "type String",
            "multivalued",
            "readwrite",
            "subAttributes",
            "type money",
            "\"no\"",
            "X twice",
        ] {
            assert!(
                found
                    .iter()
                    .any(|p| p.expected.contains(word) || p.got.contains(word)),
                "{word}: {found:#?}"
            );
        }
    }
}
