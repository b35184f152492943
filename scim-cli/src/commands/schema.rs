//! `schema`: what the server's documents say.

use std::path::Path;

use clap::{Arg, ArgMatches, Command};
use scim_schema::{Reading, Source};

use super::{flag, option, required, text};
use crate::complete;
use crate::discovery;
use crate::failure::{Code, Failure};
use crate::fetch;
use crate::globals::Globals;
use crate::output::{Format, Table};
use crate::session::{Session, settings};
use crate::terminal::{self, styled};
use crate::types::{Attribute, ResourceType, Types};
use crate::value::Value;

pub(super) fn commands() -> Vec<Command> {
    let command = Command::new("schema")
        .about("The server's schemas and resource types: list, show, explain, drift, fetch")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(Command::new("list").about("List resource types and schemas"))
        .subcommand(
            Command::new("show")
                .about("Show a schema document")
                .arg(Arg::new("urn").value_name("URN|NAME").required(true).help("The URN or name of the schema")),
        )
        .subcommand(
            Command::new("explain")
                .about("Explain a resource type, or one of its attributes")
                .after_help("Examples:\n  scim schema explain user\n  scim schema explain user.emails")
                .arg(Arg::new("path").value_name("TYPE[.PATH]").required(true).help("Such as user or user.name.givenName").add(complete::types())),
        )
        .subcommand(
            Command::new("drift")
                .about("Show what changed in the server's schemas since they were stored, or since a folder was written; exit code 1 if something did")
                .arg(option("from", "DIR", "Compare with the documents in a folder that `schema fetch` wrote").value_hint(clap::ValueHint::DirPath)),
        )
        .subcommand(
            Command::new("fetch")
                .about("Write the documents that a server publishes to a folder, for `scim generate`")
                .arg(Arg::new("url-argument").value_name("URL").help("The server, in place of the context"))
                .arg(option("out", "DIR", "The folder").required(true).value_hint(clap::ValueHint::DirPath))
                .arg(option("token-env", "NAME", "The environment variable with the token, like --token env:NAME"))
                .arg(flag("lenient", "Accept strings with line breaks, and correct them")),
        );
    vec![command]
}

pub(super) async fn run(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    match matches.subcommand() {
        Some(("list", _)) => list(globals, &known(globals).await?),
        Some(("show", matches)) => show(globals, &known(globals).await?, required(matches, "urn")?),
        Some(("explain", matches)) => {
            explain(globals, &known(globals).await?, required(matches, "path")?)
        }
        Some(("drift", matches)) => drift(globals, text(matches, "from")).await,
        Some(("fetch", matches)) => {
            let mut globals = globals.clone();
            if let Some(url) = text(matches, "url-argument") {
                globals.url = Some(url.to_owned());
            }
            if let Some(name) = text(matches, "token-env") {
                globals.token = Some(format!("env:{name}"));
            }
            let session = Session::open(&globals).await?;
            let out = Path::new(required(matches, "out")?);
            let lenient = matches.get_flag("lenient");
            fetch::fetch(&session.client(), out, lenient)
                .await
                .map_err(Failure::usage)
        }
        _ => Err(Failure::usage("schema list, show, explain, drift or fetch")),
    }
}

/// The types of the server, or the built-in ones where none is named.
pub(super) async fn known(globals: &Globals) -> Result<Types, Failure> {
    let is_named = globals.url.is_some() || globals.context.is_some();
    match settings(globals) {
        Ok(context) => discovery::types(&Session::of(globals, context).await?).await,
        Err(failure) if is_named => Err(failure),
        Err(_) => {
            terminal::say("note: no server is named; these are the types of RFC 7643");
            Ok(Types::bundled())
        }
    }
}

fn list(globals: &Globals, types: &Types) -> Result<(), Failure> {
    let is_table = matches!(globals.format(), Format::Table | Format::Wide);
    let mut table = Table::new(
        ["type", "endpoint", "schema", "extensions"]
            .map(str::to_owned)
            .to_vec(),
    );
    let mut lines = String::new();
    for of in &types.list {
        let extensions: Vec<&str> = of.extensions.iter().map(|e| e.urn.as_str()).collect();
        table.row(vec![
            of.name.clone(),
            of.endpoint.clone(),
            of.schema.clone(),
            extensions.join(" "),
        ]);
        let value = Value::object([
            ("name", Value::text(&of.name)),
            ("endpoint", Value::text(&of.endpoint)),
            ("schema", Value::text(&of.schema)),
            ("extensions", Value::texts(extensions)),
        ]);
        lines.push_str(&format!("{value}\n"));
    }
    let mut others = Table::new(vec!["other schemas".to_owned(), "name".to_owned()]);
    for schema in &types.schemas {
        let is_used = types
            .list
            .iter()
            .any(|of| of.urns().any(|urn| urn == schema.urn));
        if !is_used {
            others.row(vec![schema.urn.clone(), schema.name.clone()]);
            let value = [
                ("schema", Value::text(&schema.urn)),
                ("name", Value::text(&schema.name)),
            ];
            lines.push_str(&format!("{}\n", Value::object(value)));
        }
    }
    match is_table {
        false => terminal::out(&lines),
        true => {
            let width = terminal::width();
            terminal::out(&table.render(!globals.no_headers, width))?;
            terminal::out(&format!("\n{}", others.render(!globals.no_headers, width)))
        }
    }
}

fn show(globals: &Globals, types: &Types, urn: &str) -> Result<(), Failure> {
    let schema = types.schema(urn).or_else(|| {
        let of = types.find(urn).ok()?;
        types.schema(&of.schema)
    });
    let Some(schema) = schema else {
        let all = types
            .schemas
            .iter()
            .flat_map(|s| [s.name.as_str(), s.urn.as_str()]);
        let near = crate::types::nearest(urn, all);
        return Err(
            Failure::new(Code::NotFound, format!("there is no schema `{urn}`")).hint(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`scim schema list` lists them".to_owned(),
            }),
        );
    };
    let value = document(schema);
    terminal::out(&match globals.format {
        Some(Format::Yaml) => crate::yaml::print(&value),
        Some(Format::Jsonl) => format!("{value}\n"),
        _ => value.pretty() + "\n",
    })
}

/// A schema as a document (RFC 7643 §7).
fn document(schema: &crate::types::Schema) -> Value {
    Value::object([
        ("id", Value::text(&schema.urn)),
        ("name", Value::text(&schema.name)),
        ("description", Value::text(&schema.description)),
        (
            "attributes",
            Value::List(schema.attributes.iter().map(attribute).collect()),
        ),
    ])
}

fn attribute(attribute: &Attribute) -> Value {
    let mut value = Value::object([
        ("name", Value::text(&attribute.name)),
        ("type", Value::text(attribute.data_type.as_str())),
        ("multiValued", Value::Bool(attribute.multi_valued)),
        ("description", Value::text(&attribute.description)),
        ("required", Value::Bool(attribute.required)),
        ("mutability", Value::text(&attribute.mutability)),
        ("returned", Value::text(&attribute.returned)),
        ("uniqueness", Value::text(&attribute.uniqueness)),
    ]);
    if let Some(exact) = attribute.case_exact {
        value.set("caseExact", Value::Bool(exact));
    }
    for (name, list) in [
        ("canonicalValues", &attribute.canonical),
        ("referenceTypes", &attribute.reference_types),
    ] {
        if !list.is_empty() {
            value.set(name, Value::texts(list.iter().map(String::as_str)));
        }
    }
    if !attribute.subs.is_empty() {
        value.set(
            "subAttributes",
            Value::List(attribute.subs.iter().map(self::attribute).collect()),
        );
    }
    value
}

fn explain(globals: &Globals, types: &Types, path: &str) -> Result<(), Failure> {
    let (name, rest) = match types.find(path) {
        Ok(_) => (path, None),
        Err(_) => match path.split_once(['.', ':', ' ']) {
            Some((name, rest)) => (name, Some(rest)),
            None => (path, None),
        },
    };
    let of = types.find(name)?;
    let mut out = String::new();
    match rest {
        None => explain_type(of, &mut out),
        Some(rest) => match of.extension(rest) {
            Some(extension) if of.attribute(rest).is_none() => {
                out.push_str(&format!("{}\n", extension.urn));
                extension
                    .attributes
                    .iter()
                    .for_each(|a| explain_line(a, 2, &mut out));
            }
            _ => {
                let place = of.place(rest)?;
                if matches!(globals.format, Some(Format::Json | Format::Jsonl)) {
                    return terminal::out(&(attribute(place.leaf()).pretty() + "\n"));
                }
                explain_attribute(of, &place.plain_path(), place.leaf(), &mut out);
            }
        },
    }
    terminal::out(&out)
}

fn explain_type(of: &ResourceType, out: &mut String) {
    let name = styled("1", &of.name);
    out.push_str(&format!("{name} at {} ({})\n", of.endpoint, of.schema));
    if !of.description.is_empty() {
        out.push_str(&format!("  {}\n", of.description));
    }
    out.push('\n');
    of.attributes.iter().for_each(|a| explain_line(a, 2, out));
    for extension in &of.extensions {
        let required = if extension.required { ", required" } else { "" };
        let short = styled("1", &extension.short);
        out.push_str(&format!("\n  {short} ({}{required})\n", extension.urn));
        extension
            .attributes
            .iter()
            .for_each(|a| explain_line(a, 4, out));
    }
}

fn explain_line(attribute: &Attribute, indent: usize, out: &mut String) {
    let line = format!("{:indent$}{:<24} {}", "", attribute.name, attribute.facts());
    out.push_str(line.trim_end());
    out.push('\n');
    for sub in attribute.subs.iter().filter(|_| attribute.name != "meta") {
        explain_line(sub, indent + 2, out);
    }
}

fn explain_attribute(of: &ResourceType, path: &str, attribute: &Attribute, out: &mut String) {
    out.push_str(&format!(
        "{} of {}\n  {}\n",
        styled("1", path),
        of.name,
        attribute.facts()
    ));
    let mut say = |name: &str, text: &str| {
        if !text.is_empty() {
            out.push_str(&format!("  {name}: {text}\n"));
        }
    };
    say("description", &attribute.description);
    say("values", &attribute.canonical.join(", "));
    say("refers to", &attribute.targets().join(", "));
    let flag = crate::types::kebab(&attribute.name);
    let example = match attribute.multi_valued && !attribute.kinds().is_empty() {
        true => format!(
            "scim get {} --where {path}.{}=...",
            of.name,
            attribute.kinds()[0]
        ),
        false => format!("scim get {} --where {path}=...", of.name),
    };
    if !attribute.is_secret() {
        say("example", &example);
    }
    if attribute.is_writable() && !path.contains(['.', ':']) {
        say("flag", &format!("--{flag}"));
    }
    for sub in &attribute.subs {
        explain_line(sub, 4, out);
    }
}

async fn drift(globals: &Globals, from: Option<&str>) -> Result<(), Failure> {
    let session = Session::open(globals).await?;
    let kept = discovery::kept(&session.context.name, &session.context.url);
    let old = match (from, kept) {
        (Some(folder), _) => {
            let files = scim_codegen::cli::read_folder(Path::new(folder), "json");
            let files = files.map_err(Failure::usage)?;
            if files.is_empty() {
                return Err(
                    Failure::usage(format!("there are no documents in {folder}"))
                        .hint("`scim schema fetch --out DIR` writes them"),
                );
            }
            files
                .into_iter()
                .map(|(name, text)| Source::new(name, text))
                .collect()
        }
        (None, Some(documents)) => sources(&documents),
        (None, None) => {
            return Err(Failure::usage("nothing is stored to compare with")
                .hint("--from DIR compares with documents that `scim schema fetch` wrote"));
        }
    };
    let new = sources(&discovery::fetch(&session).await?);
    let reading = Reading::default();
    let read = |sources: &[Source], which: &str| {
        scim_schema::read(sources, &reading)
            .map(|(model, _)| model)
            .map_err(|findings| {
                let errors: Vec<String> = findings.errors().map(ToString::to_string).collect();
                Failure::new(
                    Code::Refused,
                    format!("{which} documents cannot be read:\n{}", errors.join("\n")),
                )
            })
    };
    let changes = scim_schema::diff(&read(&old, "the old")?, &read(&new, "the server's")?);
    for change in &changes {
        terminal::out(&format!("{change}\n"))?;
    }
    match changes.is_empty() {
        true => terminal::out("nothing changed\n"),
        false => Err(Failure::silent(Code::Refused)),
    }
}

/// Documents as sources for the reader of schemas.
fn sources(documents: &discovery::Documents) -> Vec<Source> {
    let all = documents.types.iter().chain(&documents.schemas);
    all.map(|document| {
        let mut document = document.clone();
        document.remove("meta");
        let name = document.str("id").unwrap_or("document").to_owned();
        Source::new(format!("{name}.json"), document.to_string())
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use scim_client::{Schema, resource::Root as _};

    use super::*;

    /// What a schema can say of an attribute (RFC 7643 §7) is read, and shown as it was. A new
    /// characteristic fails here until it is.
    #[test]
    fn every_characteristic_is_shown() {
        let text = r#"{"id": "urn:example:Device", "name": "Device", "description": "One.",
            "attributes": [{"name": "code", "type": "reference", "multiValued": true,
            "description": "A code.", "required": true, "mutability": "immutable",
            "returned": "request", "uniqueness": "global", "caseExact": true,
            "canonicalValues": ["a"], "referenceTypes": ["User"],
            "subAttributes": [{"name": "part", "type": "string", "multiValued": false,
            "description": "", "required": false, "mutability": "readWrite",
            "returned": "default", "uniqueness": "none"}]}]}"#;
        let given = Value::parse(text).unwrap();
        let of = r#"{"name": "Device", "endpoint": "/Devices", "schema": "urn:example:Device"}"#;
        let of = Value::parse(of).unwrap();
        let types = Types::read(&[of], std::slice::from_ref(&given), Value::Null);
        assert_eq!(document(&types.schemas[0]).to_string(), given.to_string());
        let of_attributes = Schema::DESCRIPTOR.attributes();
        let known = of_attributes
            .iter()
            .find(|a| a.name == "attributes")
            .unwrap();
        for known in known.sub_attributes() {
            assert!(
                text.contains(&format!("\"{}\":", known.name)),
                "{}",
                known.name
            );
        }
    }
}
