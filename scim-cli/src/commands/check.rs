//! `lint` and `filter`: documents, resources, messages and filters, checked without a server where
//! that is possible.

use std::path::Path;

use clap::{Arg, ArgMatches, Command};
use scim_schema::{Reading, Severity, Source};

use super::{flag, many, option, required, text, texts};
use crate::assign;
use crate::change;
use crate::complete;
use crate::documents::{Form, rows};
use crate::failure::{Code, Failure};
use crate::filters;
use crate::globals::Globals;
use crate::terminal;
use crate::types::{ResourceType, Types};
use crate::value::Value;

const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const BULK: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const DOCUMENTS: &str = "urn:ietf:params:scim:schemas:core:2.0:";

pub(super) fn commands() -> Vec<Command> {
    let filter = || {
        Arg::new("filter")
            .value_name("FILTER")
            .required(true)
            .help("The filter")
            .add(complete::filters())
    };
    let kind = || option("type", "TYPE", "The resource type of the filter").add(complete::types());
    vec![
        Command::new("lint")
            .about("Check documents, resources and messages in files, and say what is wrong, where, and what to do")
            .arg(Arg::new("path").value_name("FILE|DIR").num_args(1..).required(true).help("JSON files, or folders with JSON files; - reads standard input"))
            .arg(kind())
            .arg(option("schema", "DIR", "Use the schemas in this folder, in place of the server's").value_hint(clap::ValueHint::DirPath))
            .arg(flag("warnings", "Treat warnings as errors")),
        Command::new("filter")
            .about("Check a filter, explain it, show its tree, or evaluate it, without a server")
            .subcommand_required(true)
            .arg_required_else_help(true)
            .subcommand(Command::new("check").about("Check the grammar of a filter, and its attributes").arg(filter()).arg(kind()))
            .subcommand(Command::new("explain").about("Explain a filter in words").arg(filter()).arg(kind()))
            .subcommand(Command::new("ast").about("Show the tree of a filter").arg(filter()).arg(kind()))
            .subcommand(
                Command::new("eval")
                    .about("Print the resources that match a filter")
                    .arg(filter())
                    .arg(kind())
                    .arg(many("file", "FILE", "Resources: lines of JSON, a list, YAML or CSV; standard input unless given").short('f')),
            ),
    ]
}

/// The types of a folder, of the server that is kept, or the built-in ones; nothing is sent.
fn types_of(globals: &Globals, folder: Option<&str>) -> Result<Types, Failure> {
    let Some(folder) = folder else {
        return Ok(complete::offline(globals));
    };
    let files =
        scim_codegen::cli::read_folder(Path::new(folder), "json").map_err(Failure::usage)?;
    let (mut types, mut schemas) = (Vec::new(), Vec::new());
    for (name, text) in &files {
        let value =
            Value::parse(text).map_err(|error| Failure::usage(format!("{name}: {error}")))?;
        let listed = value.get("Resources").cloned().unwrap_or(value);
        for document in listed.each() {
            match document.get("attributes").is_some() {
                true => schemas.push(document.clone()),
                false if document.get("endpoint").is_some() => types.push(document.clone()),
                false => {}
            }
        }
    }
    if types.is_empty() || schemas.is_empty() {
        return Err(
            Failure::usage(format!("{folder} has no resource types and schemas"))
                .hint("`scim schema fetch --out DIR` writes them"),
        );
    }
    Ok(Types::read(&types, &schemas, Value::Null))
}

pub(super) fn lint(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    let types = types_of(globals, text(matches, "schema"))?;
    let of = text(matches, "type")
        .map(|name| types.find(name))
        .transpose()?;
    let mut found = Findings::default();
    for path in texts(matches, "path") {
        match Path::new(&path).is_dir() {
            true => {
                let folder = Path::new(&path);
                let mut files = std::collections::BTreeMap::new();
                for end in ["json", "jsonl", "yaml", "yml", "csv", "tsv"] {
                    files.extend(
                        scim_codegen::cli::read_folder(folder, end).map_err(Failure::usage)?,
                    );
                }
                let mut documents = Vec::new();
                for (name, text) in files {
                    let name = folder.join(name).display().to_string();
                    if is_document(&text) {
                        documents.push(Source::new(name, text));
                    } else {
                        let stem = Path::new(&name)
                            .file_stem()
                            .unwrap_or_default()
                            .to_string_lossy();
                        let of = of.or(types.find(&stem).ok());
                        one(&name, &text, &types, of, &mut found);
                    }
                }
                schemas(&documents, &mut found);
            }
            false => {
                let text = terminal::read_input(&path)?;
                match is_document(&text) {
                    true => schemas(&[Source::new(path, text)], &mut found),
                    false => one(&path, &text, &types, of, &mut found),
                }
            }
        }
    }
    let Findings {
        errors,
        warnings,
        files,
    } = found;
    terminal::out(&format!(
        "{files} files: {errors} errors, {warnings} warnings\n"
    ))?;
    match errors > 0 || matches.get_flag("warnings") && warnings > 0 {
        true => Err(Failure::silent(Code::Usage)),
        false => Ok(()),
    }
}

#[derive(Default)]
struct Findings {
    errors: usize,
    warnings: usize,
    files: usize,
}

impl Findings {
    fn error(&mut self, place: &str, failure: &Failure) {
        self.errors += 1;
        let text = failure.render();
        let text = text.strip_prefix("error: ").unwrap_or(&text);
        let _enough_was_read =
            terminal::out(&format!("{}: error: {text}\n", terminal::visible(place)));
    }
}

/// Whether a file has documents about a server, and not resources or messages.
fn is_document(text: &str) -> bool {
    let Ok(value) = Value::parse(text) else {
        return false;
    };
    let first = match value.get("Resources") {
        Some(list) => list.each().first().cloned().unwrap_or_default(),
        None => value.each().first().cloned().unwrap_or_default(),
    };
    let says = |end: &str| {
        let listed = first.get("schemas").map(Value::each).unwrap_or_default();
        listed
            .iter()
            .filter_map(Value::as_str)
            .any(|urn| urn.eq_ignore_ascii_case(&format!("{DOCUMENTS}{end}")))
    };
    let looks = first
        .get("attributes")
        .is_some_and(|a| !a.each().is_empty() && a.each()[0].get("name").is_some())
        || first.get("endpoint").is_some() && first.get("schema").is_some();
    says("Schema") || says("ResourceType") || says("ServiceProviderConfig") || looks
}

/// Documents, by the reader that the generator has too.
fn schemas(sources: &[Source], found: &mut Findings) {
    if sources.is_empty() {
        return;
    }
    found.files += sources.len();
    let findings = match scim_schema::read(sources, &Reading::default()) {
        Ok((_, findings)) | Err(findings) => findings,
    };
    for finding in &findings {
        match finding.severity() {
            Severity::Error => found.errors += 1,
            Severity::Warning => found.warnings += 1,
            _ => {}
        }
        let _enough_was_read = terminal::out(&format!("{finding}\n"));
    }
}

/// A file of resources or messages.
fn one(name: &str, text: &str, types: &Types, of: Option<&ResourceType>, found: &mut Findings) {
    found.files += 1;
    let form = match Form::of(None, name, text) {
        Ok(form) => form,
        Err(failure) => return found.error(name, &failure),
    };
    let any = of.or(types.list.first());
    let Some(any) = any else {
        return;
    };
    match rows(text, form, any) {
        Err(failure) => found.error(name, &failure),
        Ok((rows, _)) => {
            for row in rows {
                let place = format!("{name}:{}", row.line);
                match row.value {
                    Err(failure) => found.error(&place, &failure),
                    Ok(value) => value_of(&place, &value, types, of, found),
                }
            }
        }
    }
}

fn value_of(
    place: &str,
    value: &Value,
    types: &Types,
    of: Option<&ResourceType>,
    found: &mut Findings,
) {
    let urns: Vec<String> = value
        .get("schemas")
        .map(Value::each)
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    let says = |urn: &str| urns.iter().any(|own| own.eq_ignore_ascii_case(urn));
    if says(LIST) {
        for (at, resource) in value
            .get("Resources")
            .map(Value::each)
            .unwrap_or_default()
            .iter()
            .enumerate()
        {
            value_of(
                &format!("{place}: /Resources/{at}"),
                resource,
                types,
                of,
                found,
            );
        }
        return;
    }
    let operations = value.get("Operations").map(Value::each).unwrap_or_default();
    if says(BULK)
        || operations
            .iter()
            .any(|operation| operation.get("method").is_some())
    {
        for (at, operation) in operations.iter().enumerate() {
            if let Some(data) = operation
                .get("data")
                .filter(|data| data.get("schemas").is_some())
            {
                value_of(
                    &format!("{place}: /Operations/{at}/data"),
                    data,
                    types,
                    of,
                    found,
                );
            }
        }
        return;
    }
    let by_urn = types.list.iter().find(|known| says(&known.schema));
    let is_patch = says(PATCH) || value.get("Operations").is_some();
    let Some(of) = of.or(by_urn).or(types.list.first().filter(|_| is_patch)) else {
        let failure = match urns.is_empty() {
            true => Failure::usage("it has no `schemas`, so its type is not known")
                .hint("--type TYPE says it"),
            false => Failure::usage(format!("none of its schemas is known: {}", urns.join(", ")))
                .hint("--type TYPE says what it is; --schema DIR reads other schemas"),
        };
        return found.error(place, &failure);
    };
    if is_patch {
        for failure in change::check_message(of, value) {
            found.error(place, &failure);
        }
        return;
    }
    if urns.is_empty() {
        found.error(
            place,
            &Failure::usage("`schemas` is missing").hint(format!("it should have {}", of.schema)),
        );
    }
    for urn in &urns {
        if !of.urns().any(|known| known.eq_ignore_ascii_case(urn)) {
            let near = crate::types::nearest(urn, of.urns());
            let failure =
                Failure::usage(format!("`schemas` has {urn}, which `{}` does not", of.name));
            found.error(
                place,
                &match near {
                    Some(near) => failure.hint(format!("did you mean {near}?")),
                    None => failure,
                },
            );
        }
    }
    for place_of in assign::missing(of, value) {
        let name = place_of.plain_path();
        found.error(
            place,
            &Failure::usage(format!("`{name}` is required")).hint(place_of.attribute.facts()),
        );
    }
    for failure in assign::doubts(of, value) {
        found.error(place, &failure);
    }
}

pub(super) fn filter(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    let Some((name, matches)) = matches.subcommand() else {
        return Err(Failure::usage("filter check, explain, ast or eval"));
    };
    let types = complete::offline(globals);
    let of = text(matches, "type")
        .map(|name| types.find(name))
        .transpose()?;
    let filter = required(matches, "filter")?;
    match name {
        "check" => {
            let parsed = filters::check(filter, of)?;
            terminal::out(&format!("{parsed}\n"))
        }
        "explain" => terminal::out(&filters::explain(&filters::check(filter, of)?)),
        "ast" => terminal::out(&(filters::tree(&filters::check(filter, of)?).pretty() + "\n")),
        _ => {
            let of = match of {
                Some(of) => of,
                None => types.find("User")?,
            };
            let filter = filters::check(filter, Some(of))?;
            let mut files = texts(matches, "file");
            if files.is_empty() {
                files.push("-".to_owned());
            }
            let mut printer = crate::output::Printer::list(globals, Some(of))?;
            for path in files {
                let text = terminal::read_input(&path)?;
                let form = Form::of(None, &path, &text)?;
                let (rows, _) = rows(&text, form, of).map_err(|failure| failure.at(&path))?;
                for row in rows {
                    let value = row
                        .value
                        .map_err(|failure| failure.at(&format!("{path}:{}", row.line)))?;
                    if filters::matches(&filter, &value, of) {
                        printer.add(value)?;
                    }
                }
            }
            printer.finish()
        }
    }
}
