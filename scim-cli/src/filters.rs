//! Filters (RFC 7644 §3.4.2.2): read and checked before they are sent, built of `--where`, and
//! explained.

mod explain;

use scim_client::Json;
use scim_client::evaluate::{DataType, FilterCheckError, FilterRule, Subject};
use scim_client::filter::{Filter, FilterOptions, Operator};

pub(crate) use self::explain::{explain, tree};
use crate::failure::Failure;
use crate::types::ResourceType;
use crate::value::Value;

/// Reads a filter, and checks it against the schema where there is one.
pub(crate) fn check(text: &str, of: Option<&ResourceType>) -> Result<Filter, Failure> {
    let filter = Filter::parse(text).map_err(|error| {
        let failure = Failure::usage(format!(
            "the filter cannot be read\n{}",
            indented(&error.render())
        ));
        failure.hint(hint_of_syntax(text, error.found(), error.position()))
    })?;
    let Some(of) = of else {
        return Ok(filter);
    };
    let options = FilterOptions::default()
        .with_refuse_unknown(true)
        .with_refuse_never_returned(true);
    match filter.check_with(of, &options) {
        Ok(_) => Ok(filter),
        Err(error) => Err(explain_check(text, &error, of)),
    }
}

fn indented(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("  {line}")).collect();
    lines.join("\n")
}

/// What people often mean where a filter cannot be read.
fn hint_of_syntax(text: &str, found: &str, position: usize) -> String {
    let word = found.trim_matches('`');
    let before = text.get(..position).unwrap_or_default();
    let last = before.split_whitespace().next_back();
    let after_operator = last.is_some_and(|word| Operator::from_keyword(word).is_some());
    if text.contains('\'') {
        return "strings need double quotes: --filter 'userName eq \"babs\"'".to_owned();
    }
    if after_operator && word == "the end" {
        return format!(
            "a value is missing, such as --filter '{} \"babs\"'",
            text.trim()
        );
    }
    if after_operator {
        return format!(
            "strings need double quotes; the shell removes them unless the whole filter is in \
             single quotes: --filter '{} \"{word}\"'",
            before.trim()
        );
    }
    if matches!(word, "=" | "==" | "!=" | "<" | ">" | "&&" | "||" | "AND") {
        let operators = Operator::ALL.map(Operator::as_str).join(" ");
        return format!(
            "the operators are {operators} pr, and, or, not; `--where userName=babs` builds a filter"
        );
    }
    "such as --filter 'userName sw \"b\" and active eq true'; `--where userName^=b` builds one"
        .to_owned()
}

/// Shows the place in the filter that has no meaning by the schema.
fn explain_check(text: &str, error: &FilterCheckError, of: &ResourceType) -> Failure {
    let path = error.path();
    let last = path.rsplit(['.', ':']).next().unwrap_or(path);
    let lower = text.to_ascii_lowercase();
    let at = lower
        .find(&path.to_ascii_lowercase())
        .or_else(|| word_at(&lower, &last.to_ascii_lowercase()));
    let mut message = format!("the filter has no meaning for `{}`", of.name);
    if let Some(at) = at {
        let column = text.get(..at).unwrap_or_default().chars().count();
        let why = error.rule();
        message.push_str(&format!("\n  {text}\n  {:column$}^ {why}", ""));
    } else {
        message.push_str(&format!("\n  {error}"));
    }
    let failure = Failure::usage(message);
    match error.rule() {
        FilterRule::UnknownAttribute => match of.nearest_spelling(path) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure.hint(format!(
                "`scim schema explain {}` lists its attributes",
                of.name
            )),
        },
        FilterRule::WrongValue(DataType::Boolean) => {
            failure.hint("booleans are written without quotes: active eq true")
        }
        FilterRule::WrongValue(DataType::Integer | DataType::Decimal) => {
            failure.hint("numbers are written without quotes")
        }
        FilterRule::WrongValue(_) => failure.hint("strings need double quotes"),
        FilterRule::NeedsSubAttribute => {
            let place = of.place(path).ok();
            let subs = place.map(|place| {
                let subs = place.attribute.subs.iter().map(|sub| sub.name.as_str());
                subs.collect::<Vec<_>>().join(", ")
            });
            failure.hint(format!(
                "its sub-attributes are {}",
                subs.unwrap_or_default()
            ))
        }
        _ => failure.hint(format!(
            "`scim schema explain {}.{path}` says what it is",
            of.name
        )),
    }
}

/// Where a word stands that is no part of another one.
fn word_at(text: &str, word: &str) -> Option<usize> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '$');
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|text| text.chars().next_back());
        let after = text
            .get(at + word.len()..)
            .and_then(|text| text.chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// The operators of `--where`, longest first.
const OPERATORS: &[(&str, &str)] = &[
    ("!=", "ne"),
    ("^=", "sw"),
    ("$=", "ew"),
    ("*=", "co"),
    (">=", "ge"),
    ("<=", "le"),
    ("=", "eq"),
    (">", "gt"),
    ("<", "lt"),
];

/// A condition such as `department=Sales`, `userName^=a` or `title`, as a filter.
pub(crate) fn condition(text: &str, of: &ResourceType) -> Result<String, Failure> {
    let found = OPERATORS
        .iter()
        .filter_map(|(sign, operator)| Some((text.find(sign)?, *sign, *operator)))
        .min_by_key(|(at, sign, _)| (*at, std::cmp::Reverse(sign.len())));
    let Some((at, sign, operator)) = found else {
        let place = of.place(text.trim())?;
        return Ok(match &place.kind {
            Some(kind) => format!(
                "{}[type eq {}]",
                place.attribute.name,
                Value::text(kind.as_str())
            ),
            None => format!("{} pr", place.path()),
        });
    };
    let place = of.place(text.get(..at).unwrap_or_default().trim())?;
    let wanted = text.get(at + sign.len()..).unwrap_or_default();
    if sign == "=" && wanted.starts_with('=') {
        let one = text.replacen("==", "=", 1);
        return Err(
            Failure::usage(format!("`{text}`: one `=` is enough")).hint(format!(
                "--where '{one}'; for a value that begins with `=`, use --filter"
            )),
        );
    }
    if let Some(word) = joined_by(wanted) {
        let message = format!("`{text}` looks like two conditions");
        let filter = format!("{} eq {}", place.path(), Value::text(wanted));
        return Err(Failure::usage(message).hint(match word {
            "and" => {
                format!("write a --where for each; if it is one value, use --filter '{filter}'")
            }
            _ => {
                format!("for `or`, and if it is one value, use --filter '{filter}'")
            }
        }));
    }
    let value = match place.leaf().data_type {
        DataType::Complex => Value::text(wanted),
        _ if Operator::from_keyword(operator).is_some_and(Operator::is_of_text) => {
            Value::text(wanted)
        }
        _ => crate::types::convert(place.leaf(), wanted)?,
    };
    let sub = place.sub.map(|sub| sub.name.as_str());
    Ok(match (&place.kind, sub) {
        (Some(kind), Some(sub)) => {
            let list = crate::types::Place {
                sub: None,
                kind: None,
                ..place.clone()
            }
            .path();
            let kind = Value::text(kind.as_str());
            format!("{list}[type eq {kind} and {sub} {operator} {value}]")
        }
        _ => format!("{} {operator} {value}", place.path()),
    })
}

/// The filter that `--filter` and all `--where` are together.
pub(crate) fn combined(
    filter: Option<&str>,
    conditions: &[String],
    of: &ResourceType,
) -> Result<Option<Filter>, Failure> {
    let mut all = match filter {
        Some(text) => Some(check(text, Some(of))?),
        None => None,
    };
    for text in conditions {
        let one = check(&condition(text, of)?, Some(of))?;
        all = Some(match all {
            Some(filter) => filter.and(one),
            None => one,
        });
    }
    Ok(all)
}

/// Whether a resource matches, found out here.
pub(crate) fn matches(filter: &Filter, resource: &Value, of: &ResourceType) -> bool {
    Json::parse(&resource.to_string())
        .is_ok_and(|json| filter.matches(Subject::json_text(&json, of)))
}

/// The word that joins a value with what looks like another condition, as in `Guide and active=true`.
fn joined_by(value: &str) -> Option<&'static str> {
    ["and", "or"].into_iter().find(|word| {
        let joint = format!(" {word} ");
        let at = value.to_ascii_lowercase().find(&joint);
        let rest = at.and_then(|at| value.get(at + joint.len()..));
        rest.is_some_and(|rest| OPERATORS.iter().any(|(sign, _)| rest.contains(sign)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Types;

    #[test]
    fn every_operator_has_a_sign() {
        for operator in Operator::ALL {
            let has = |(_, word): &(_, &str)| *word == operator.as_str();
            assert!(OPERATORS.iter().any(has), "{operator}");
        }
    }

    #[test]
    fn what_is_wrong_is_shown_in_its_place() {
        let types = Types::bundled();
        let user = types.find("user").unwrap();
        let wrong = |text: &str| check(text, Some(user)).err().unwrap().render();
        let error = wrong(r#"active eq true and usrName eq "x""#);
        let caret = "\n                     ^ there is no such attribute";
        assert!(error.contains(caret), "{error}");
        assert!(error.contains("did you mean `userName`?"), "{error}");
        for (text, hint) in [
            ("userName eq babs", "--filter 'userName eq \"babs\"'"),
            ("userName eq 'babs'", "double quotes"),
            ("userName eq", "--filter 'userName eq \"babs\"'"),
            ("userName = \"babs\"", "--where"),
            ("active eq \"true\"", "without quotes"),
            ("name eq \"x\"", "sub-attributes are formatted"),
            ("password eq \"x\"", "never returned"),
            ("active gt true", "no order"),
        ] {
            assert!(wrong(text).contains(hint), "{text}: {}", wrong(text));
        }
        assert!(
            check(
                r#"emails[type eq "work"] and meta.created gt "2020-01-01T00:00:00Z""#,
                Some(user)
            )
            .is_ok()
        );
    }

    #[test]
    fn conditions_are_filters() {
        let types = Types::bundled();
        let user = types.find("user").unwrap();
        for (text, filter) in [
            ("userName=a\"b", r#"userName eq "a\"b""#),
            ("user-name^=a", r#"userName sw "a""#),
            ("active=yes", "active eq true"),
            (
                "emails.work$=@x",
                r#"emails[type eq "work" and value ew "@x"]"#,
            ),
            ("title", "title pr"),
            (
                "meta.created>=2020-01-01T00:00:00Z",
                r#"meta.created ge "2020-01-01T00:00:00Z""#,
            ),
        ] {
            let built = condition(text, user).unwrap();
            assert_eq!(built, filter);
            check(&built, Some(user)).unwrap();
        }
        let two = condition("title=a and active=true", user)
            .unwrap_err()
            .render();
        assert!(two.contains("--where for each"), "{two}");
        assert_eq!(joined_by("Guide and active=true"), Some("and"));
        assert_eq!(joined_by("a OR title^=b"), Some("or"));
        assert_eq!(joined_by("Research and Development"), None);
        assert_eq!(joined_by("a=b"), None);
        let doubled = condition("userName==x", user).unwrap_err().render();
        assert!(doubled.contains("--where 'userName=x'"), "{doubled}");
        let department = condition("enterprise.department!=x", user).unwrap();
        check(&department, Some(user)).unwrap();
        let resource = Value::parse(r#"{"userName":"ab","active":true}"#).unwrap();
        let filter = combined(Some("active eq true"), &["userName^=A".into()], user);
        assert!(matches(&filter.unwrap().unwrap(), &resource, user));
    }
}
