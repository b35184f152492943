//! Runs the vectors of filters and paths.
//!
//! Each test prints what it ran; a vector that is not held is printed with its id and the reason.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not count the helpers of a test as test code"
)]

#[path = "common/cpu.rs"]
mod cpu;
#[allow(dead_code, reason = "shared")]
#[path = "common/vectors.rs"]
mod shared_vectors;

use std::time::Duration;

use cpu::cpu;
use scim_client::{
    attribute_path::{AttributePath, parse_attribute_list},
    filter::{Comparand, Expression, Filter, FilterRef, Operands, PatchPath},
};
use serde_json::{Value, json};
use shared_vectors::{count, vectors};

/// Vectors that are not held, each with the reason. None at present.
const EXCEPTIONS: &[(&str, &str)] = &[];

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn list<'a>(vectors: &'a Value, section: &str) -> &'a [Value] {
    vectors[section].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(vector: &'a Value, member: &str) -> &'a str {
    vector[member]
        .as_str()
        .unwrap_or_else(|| panic!("{}: no {member}", vector["id"]))
}

/// Counts, prints and, at the end, fails with everything that went wrong.
struct Tally {
    section: &'static str,
    ran: usize,
    failures: Vec<String>,
}

impl Tally {
    fn new(section: &'static str) -> Self {
        Self {
            section,
            ran: 0,
            failures: Vec::new(),
        }
    }

    fn check(&mut self, vector: &Value, outcome: Result<(), String>) {
        self.ran += 1;
        let id = text(vector, "id");
        let exception = EXCEPTIONS.iter().find(|(excepted, _)| *excepted == id);
        match (outcome, exception) {
            (Ok(()), None) => {}
            (Ok(()), Some(_)) => self.failures.push(format!("{id}: no exception any more")),
            (Err(_), Some((_, reason))) => println!("exception {id}: {reason}"),
            (Err(failure), None) => self.failures.push(format!("{id}: {failure}")),
        }
    }

    fn finish(self) {
        let Self {
            section,
            ran,
            failures,
        } = self;
        count(format_args!(
            "{section}: {ran} vectors, {} failures",
            failures.len()
        ));
        assert!(failures.is_empty(), "{section}:\n{}", failures.join("\n"));
    }
}

fn path_ast(path: &AttributePath) -> Value {
    json!({"uri": path.uri(), "name": path.name(), "sub": path.sub()})
}

/// The tree in the vectors' form; a number as its lexeme alone.
fn ast(filter: FilterRef<'_>) -> Value {
    let all = |operands: Operands<'_>| operands.map(ast).collect::<Vec<_>>();
    match filter.expression() {
        Expression::And(operands) => json!({"op": "and", "args": all(operands)}),
        Expression::Or(operands) => json!({"op": "or", "args": all(operands)}),
        Expression::Not(operand) => json!({"op": "not", "arg": ast(operand)}),
        Expression::Present(path) => json!({"op": "pr", "attr": path_ast(path)}),
        Expression::ValuePath { path, filter } => {
            json!({"op": "valuePath", "attr": path_ast(path), "filter": ast(filter)})
        }
        Expression::Compare {
            path,
            operator,
            value,
        } => {
            let (member, value) = match value {
                Comparand::String(text) => ("value", json!(text)),
                Comparand::Boolean(value) => ("value", json!(value)),
                Comparand::Null => ("value", Value::Null),
                Comparand::Number(number) => ("lexeme", json!(number.as_str())),
            };
            json!({"op": operator.as_str(), "attr": path_ast(path), member: value})
        }
    }
}

/// Leaves the lexeme only, where there is one: a JSON reader changes the number itself.
fn without_numbers(ast: &Value) -> Value {
    match ast {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| *name != "value" || !members.contains_key("lexeme"))
            .map(|(name, value)| (name.clone(), without_numbers(value)))
            .collect(),
        Value::Array(items) => items.iter().map(without_numbers).collect(),
        other => other.clone(),
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, got: &T, want: &T) -> Result<(), String> {
    if got == want {
        return Ok(());
    }
    Err(format!("{what}: got {got:?}, not {want:?}"))
}

/// Checks a parsed filter against its tree and its printed form.
fn holds(filter: &Filter, tree: &Value, canonical: &str) -> Result<(), String> {
    same("tree", &ast(filter.root()), &without_numbers(tree))?;
    same("canonical", &filter.to_string().as_str(), &canonical)?;
    for printed in [filter.to_string(), filter.to_request_string()] {
        let again = Filter::parse_strict(&printed).map_err(|e| format!("{printed}: {e}"))?;
        same(
            "tree of what was printed",
            &ast(again.root()),
            &ast(filter.root()),
        )?;
        same("filter", &again, filter)?;
    }
    Ok(())
}

#[test]
fn valid_filters() {
    let vectors = vectors("filters.json");
    let mut tally = Tally::new("valid filters");
    for vector in list(&vectors, "valid") {
        let (source, canonical) = (text(vector, "filter"), text(vector, "canonical"));
        tally.check(
            vector,
            [Filter::parse(source), Filter::parse_strict(source)]
                .into_iter()
                .try_for_each(|parsed| {
                    let filter = parsed.map_err(|error| error.to_string())?;
                    holds(&filter, &vector["ast"], canonical)
                }),
        );
    }
    tally.finish();
}

#[test]
fn invalid_filters() {
    let vectors = vectors("filters.json");
    let mut tally = Tally::new("invalid filters");
    for vector in list(&vectors, "invalid") {
        let source = text(vector, "filter");
        let outcome = [Filter::parse(source), Filter::parse_strict(source)]
            .into_iter()
            .try_for_each(|parsed| {
                let Err(error) = parsed else {
                    return Err("accepted".to_owned());
                };
                let good = source.is_char_boundary(error.position())
                    && !error.expected().is_empty()
                    && error.render().lines().count() == 2;
                same("position and expectation", &good, &true)
            });
        if let Err(error) = Filter::parse(source) {
            println!("{}\n{}", text(vector, "id"), error.render());
        }
        tally.check(vector, outcome);
    }
    tally.finish();
}

#[test]
fn lenient_filters() {
    let vectors = vectors("filters.json");
    let mut tally = Tally::new("lenient filters");
    for vector in list(&vectors, "lenient") {
        let (source, stance) = (text(vector, "filter"), text(vector, "stance"));
        let parsed = Filter::parse(source);
        println!(
            "{} {}: {source}",
            text(vector, "id"),
            if parsed.is_ok() {
                "accepted"
            } else {
                "refused"
            },
        );
        let strict = Filter::parse_strict(source).is_ok();
        let outcome =
            same("strict", &strict, &(text(vector, "strict") == "accepted")).and_then(|()| {
                let refuses = stance.starts_with("reject") && !stance.contains("or accept");
                match parsed {
                    Ok(_) if refuses => Err("accepted".to_owned()),
                    Ok(filter) => holds(
                        &filter,
                        &vector["ast"],
                        text(vector, "canonical_if_accepted"),
                    ),
                    Err(_) if stance.starts_with("reject") => Ok(()),
                    Err(error) => Err(error.to_string()),
                }
            });
        tally.check(vector, outcome);
    }
    tally.finish();
}

/// The text that a `generate` member describes.
fn generate(how: &Value) -> String {
    let repeat = usize::try_from(how["repeat"].as_u64().unwrap()).unwrap();
    let part = |name: &str| how[name].as_str().unwrap_or_default();
    if how["join"].is_string() {
        return vec![part("item"); repeat].join(part("join"));
    }
    let (around, inside) = if how["repeat_middle"] == true {
        (1, repeat)
    } else {
        (repeat, 1)
    };
    part("prefix").repeat(around) + &part("middle").repeat(inside) + &part("suffix").repeat(around)
}

#[test]
fn generated_filters() {
    let vectors = vectors("filters.json");
    let mut tally = Tally::new("generated filters");
    for vector in list(&vectors, "generated") {
        let source = generate(&vector["generate"]);
        let start = cpu();
        let parsed = Filter::parse(&source);
        let outcome = match &parsed {
            Ok(filter) => {
                let printed = filter.to_string();
                let again = Filter::parse(&printed);
                let matches = filter.root().decide(|_| Ok::<_, ()>(true)).is_ok();
                same(
                    "again",
                    &(again.as_ref() == Ok(filter), matches),
                    &(true, true),
                )
            }
            Err(error) => same("a typed refusal", &error.is_too_deep(), &true),
        };
        let accepted = parsed.is_ok();
        drop(parsed);
        let elapsed = cpu() - start;
        println!(
            "{}: {} bytes, accepted: {accepted}, {elapsed:?}",
            text(vector, "id"),
            source.len()
        );
        let deep =
            vector["generate"]["prefix"].is_string() && vector["generate"]["repeat_middle"] != true;
        tally.check(
            vector,
            outcome.and(same("accepted", &accepted, &!deep)).and(same(
                "quick",
                &(elapsed < Duration::from_secs(1)),
                &true,
            )),
        );
    }
    tally.finish();
}

/// The vectors' form of a path that was read by the grammar.
fn patch_path_ast(path: &PatchPath) -> Value {
    json!({
        "attr": path.attribute().map(path_ast),
        "filter": path.filter().map(|filter| ast(filter.root())),
        "sub": path.filter().and(path.sub_attribute()),
    })
}

#[test]
fn valid_paths() {
    let vectors = vectors("paths.json");
    let mut tally = Tally::new("valid and lenient paths");
    for vector in list(&vectors, "valid")
        .iter()
        .chain(list(&vectors, "lenient"))
    {
        let source = text(vector, "path");
        let parsed = PatchPath::parse(source, &[]);
        if vector["stance"]
            .as_str()
            .is_some_and(|s| s.starts_with("reject"))
        {
            let refused = parsed.map_or(Ok(()), |path| Err(format!("accepted as {path}")));
            tally.check(vector, refused);
            continue;
        }
        let outcome = parsed.map_err(|error| error.to_string()).and_then(|path| {
            if vector["ast"].is_object() {
                let want = without_numbers(&vector["ast"]);
                same("tree", &patch_path_ast(&path), &want)?;
            }
            for printed in [path.to_string(), path.to_request_string()] {
                let again =
                    PatchPath::parse_strict(&printed, &[]).map_err(|error| error.to_string())?;
                same(
                    "tree again",
                    &patch_path_ast(&again),
                    &patch_path_ast(&path),
                )?;
                same("path", &again, &path)?;
            }
            // Knowing a schema changes the reading of its own URN only.
            let known = PatchPath::parse(source, &["urn:other:x", ENTERPRISE])
                .map_err(|error| error.to_string())?;
            if source.eq_ignore_ascii_case(ENTERPRISE) {
                same("container", &known.container(), &Some(source))
            } else {
                same("path with schemas", &known, &path)
            }
        });
        tally.check(vector, outcome);
    }
    tally.finish();
}

#[test]
fn invalid_paths() {
    let vectors = vectors("paths.json");
    let mut tally = Tally::new("invalid paths");
    for vector in list(&vectors, "invalid") {
        let source = text(vector, "path");
        let outcome = match PatchPath::parse(source, &[ENTERPRISE]) {
            Ok(path) => Err(format!("accepted as {path:?}")),
            Err(error) => {
                println!("{}\n{}", text(vector, "id"), error.render());
                let good =
                    source.is_char_boundary(error.position()) && !error.expected().is_empty();
                same("position and expectation", &good, &true)
            }
        };
        tally.check(vector, outcome);
    }
    tally.finish();
}

#[test]
fn attribute_lists() {
    let vectors = vectors("paths.json");
    let mut tally = Tally::new("attribute lists");
    for vector in list(&vectors, "attribute_lists") {
        let outcome = match parse_attribute_list(text(vector, "value")) {
            Ok(paths) if vector["valid"] == true => {
                let items: Vec<_> = paths.iter().map(ToString::to_string).collect();
                same("items", &json!(items), &vector["items"])
            }
            Err(_) if vector["valid"] == false => Ok(()),
            other => Err(format!("{other:?}")),
        };
        tally.check(vector, outcome);
    }
    tally.finish();
}
