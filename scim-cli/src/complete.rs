//! What shells complete: from the configuration and from what is kept of a server. Nothing is sent.

use std::ffi::OsStr;
use std::sync::OnceLock;

use clap::Command;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use scim_client::filter::Operator;

use crate::config::Config;
use crate::discovery;
use crate::globals::Globals;
use crate::scan::Scan;
use crate::session::settings;
use crate::types::{ResourceType, Types};

/// The types of the server that is meant, if they are kept; else the built-in ones.
pub(crate) fn offline(globals: &Globals) -> Types {
    let context = settings(globals).ok();
    let kept = context.and_then(|context| discovery::kept(&context.name, &context.url));
    kept.map_or_else(Types::bundled, |documents| documents.to_types())
}

/// All commands. A completer stands in one of them, and has to read the others' lines.
static ALL: OnceLock<fn() -> Command> = OnceLock::new();

/// Says once what all commands are.
pub(crate) fn set_up(all: fn() -> Command) {
    let _it_is_the_same = ALL.set(all);
}

/// The command line that is being completed.
fn line() -> Scan {
    let words: Vec<String> = std::env::args_os()
        .map(|word| word.to_string_lossy().into_owned())
        .skip_while(|word| word != "--")
        .skip(2)
        .collect();
    ALL.get()
        .map(|all| Scan::new(&all(), &words))
        .unwrap_or_default()
}

/// Whether a word may stand on a command line as it is. Words come from servers, and a shell would
/// do what they say.
fn is_harmless(word: &str) -> bool {
    let is_special = |c: char| {
        crate::terminal::is_wild(c)
            || matches!(
                c,
                '`' | '$' | ';' | '|' | '&' | '<' | '>' | '\\' | '!' | '*' | '?' | '~' | '#'
            )
            || matches!(
                c,
                '(' | ')' | '{' | '}' | '[' | ']' | '\'' | '"' | '=' | '%' | '^'
            )
    };
    let word = word.strip_suffix(".$ref").unwrap_or(word);
    !word.starts_with('-') && !word.contains(is_special)
}

fn harmless(words: Vec<String>) -> Vec<String> {
    words.into_iter().filter(|word| is_harmless(word)).collect()
}

fn candidates(
    words: impl IntoIterator<Item = String>,
    current: &OsStr,
) -> Vec<CompletionCandidate> {
    let current = current.to_string_lossy().to_lowercase();
    let words = words.into_iter();
    let fitting = words.filter(|word| word.to_lowercase().starts_with(&current));
    fitting.map(CompletionCandidate::new).collect()
}

/// Completes with these words.
pub(crate) fn words(words: Vec<String>) -> ArgValueCompleter {
    let words = harmless(words);
    ArgValueCompleter::new(move |current: &OsStr| candidates(words.clone(), current))
}

/// Completes the names of contexts.
pub(crate) fn contexts() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let config = Config::load().ok();
        let names = config.iter().flat_map(Config::names).map(str::to_owned);
        candidates(harmless(names.collect()), current)
    })
}

/// Completes the names of resource types.
pub(crate) fn types() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let types = offline(&line().globals());
        let names = types.list.iter().map(crate::types::ResourceType::plural);
        candidates(harmless(names.collect()), current)
    })
}

/// The type that the line is about: the first argument, or `--type`.
fn with_type<T>(with: impl FnOnce(&ResourceType) -> T) -> Option<T> {
    let line = line();
    let types = offline(&line.globals());
    let named = line
        .option("type")
        .or(line.positionals.first().map(String::as_str));
    let of = named
        .and_then(|name| types.find(name).ok())
        .or_else(|| types.list.first());
    of.map(with)
}

/// Completes paths of attributes, also behind commas.
pub(crate) fn paths() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let text = current.to_string_lossy().into_owned();
        let (front, _) = match text.rfind(',') {
            Some(at) => text.split_at(at + 1),
            None => ("", text.as_str()),
        };
        let paths = with_type(ResourceType::spellings).unwrap_or_default();
        let paths = harmless(paths)
            .into_iter()
            .map(|path| format!("{front}{path}"));
        candidates(paths, current)
    })
}

/// Completes filters word by word: paths, operators, canonical values.
pub(crate) fn filters() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let text = current.to_string_lossy().into_owned();
        let next = with_type(|of| next_words(&text, of)).unwrap_or_default();
        candidates(next, current)
    })
}

/// What stands without a value behind it.
const PRESENT: &str = "pr";

/// How a filter that was begun may go on.
fn next_words(text: &str, of: &ResourceType) -> Vec<String> {
    let begun = text.rfind([' ', '(', '[']).map_or(0, |at| at + 1);
    let (front, word) = text.split_at(begun);
    let before: Vec<&str> = front
        .split([' ', '(', '['])
        .filter(|word| !word.is_empty())
        .collect();
    let last = before.last().copied().unwrap_or("");
    let is_operator =
        |word: &str| Operator::from_keyword(word).is_some() || word.eq_ignore_ascii_case(PRESENT);
    let is_joint = |word: &str| {
        matches!(
            word.to_ascii_lowercase().as_str(),
            "and" | "or" | "not" | ""
        )
    };
    let words: Vec<String> = if is_operator(last) && !last.eq_ignore_ascii_case(PRESENT) {
        let path = before
            .len()
            .checked_sub(2)
            .and_then(|at| before.get(at))
            .copied();
        values(path.unwrap_or(""), of)
    } else if is_joint(last) || front.ends_with(['(', '[']) {
        harmless(of.spellings())
    } else if before.len() >= 2 && before.get(before.len() - 2).is_some_and(|w| is_operator(w))
        || last.eq_ignore_ascii_case(PRESENT)
    {
        vec!["and".to_owned(), "or".to_owned()]
    } else {
        let operators = Operator::ALL.map(Operator::as_str).into_iter();
        operators.chain([PRESENT]).map(str::to_owned).collect()
    };
    let word = word.to_lowercase();
    let fitting = words
        .into_iter()
        .filter(|new| new.to_lowercase().starts_with(&word));
    fitting.map(|new| format!("{front}{new}")).collect()
}

fn values(path: &str, of: &ResourceType) -> Vec<String> {
    use scim_client::evaluate::DataType;

    match of.place(path) {
        Ok(place) if place.leaf().data_type == DataType::Boolean => {
            vec!["true".to_owned(), "false".to_owned()]
        }
        Ok(place) => place
            .leaf()
            .canonical
            .iter()
            .filter(|word| is_harmless(word))
            .map(|word| format!("\"{word}\""))
            .collect(),
        Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    #[test]
    fn no_word_of_a_server_is_run() {
        for word in [
            "$(touch x)",
            "x;id",
            "a\nb",
            "`id`",
            "a|b",
            "a'b",
            "${IFS}",
            "-rf",
            "\u{9b}",
        ] {
            assert!(!is_harmless(word), "{word}");
        }
        for word in [
            "work",
            "Tour Guide",
            "name.givenName",
            "members.$ref",
            "urn:x:y",
        ] {
            assert!(is_harmless(word), "{word}");
        }
        let schema = Value::parse(
            r#"{"id":"urn:x:Car","attributes":[{"name":"kind","canonicalValues":["$(id)","van"]},{"name":"x;id"}]}"#,
        );
        let of = Value::parse(r#"{"name":"Car","schema":"urn:x:Car"}"#);
        let types = Types::read(&[of.unwrap()], &[schema.unwrap()], Value::Null);
        let car = types.find("car").unwrap();
        assert_eq!(next_words("kind eq ", car), ["kind eq \"van\""]);
        assert!(next_words("x", car).is_empty());
    }

    #[test]
    fn filters_are_completed_word_by_word() {
        let types = Types::bundled();
        let user = types.find("user").unwrap();
        for (text, expected) in [
            ("userN", "userName"),
            ("userName s", "userName sw"),
            ("active eq ", "active eq true"),
            ("active eq true a", "active eq true and"),
            ("title pr and name.f", "title pr and name.familyName"),
            ("emails.type eq ", "emails.type eq \"work\""),
            ("not (meta.c", "not (meta.created"),
        ] {
            let next = next_words(text, user);
            assert!(next.iter().any(|word| word == expected), "{text}: {next:?}");
        }
    }
}
