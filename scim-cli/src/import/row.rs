//! Rows: from a file to what is to be sent.

use std::collections::{BTreeSet, HashMap};

use super::{Input, Plan};
use crate::assign;
use crate::change;
use crate::documents::{self, Csv, Form};
use crate::failure::Failure;
use crate::files;
use crate::terminal::{say, visible};
use crate::types::ResourceType;
use crate::value::Value;

/// A row that was read and checked.
#[derive(Clone)]
pub(crate) struct Prepared {
    /// Which input it is of.
    pub(crate) input: usize,
    pub(crate) line: usize,
    /// What it is known by in the report.
    pub(crate) key: String,
    /// The id that it had where it was exported.
    pub(crate) old_id: Option<String>,
    /// The value by which it is found on the server.
    pub(crate) key_value: Option<Value>,
    /// What is to be sent, without `schemas`.
    pub(crate) resource: Value,
    /// The row as it stood in the file.
    pub(crate) original: String,
    pub(crate) cells: Vec<String>,
    pub(crate) wrong: Option<Failure>,
}

/// The attribute by which rows are found on the server.
pub(crate) fn matched_by(of: &ResourceType, plan: &Plan) -> Result<String, Failure> {
    if let Some(name) = &plan.matched_by {
        return Ok(of.place(name)?.plain_path());
    }
    of.unique()
        .map(|attribute| attribute.name.clone())
        .ok_or_else(|| {
            Failure::usage(format!(
                "by which attribute is an existing {} found?",
                of.name
            ))
            .hint("--match ATTRIBUTE")
        })
}

/// Reads and checks the rows of an input. The second value has the titles of CSV.
pub(super) fn prepare(
    input: &Input,
    number: usize,
    plan: &Plan,
) -> Result<(Vec<Prepared>, Vec<String>), Failure> {
    let of = &input.of;
    let renamed = rename(input);
    let text = renamed.as_deref().unwrap_or(&input.text);
    let (rows, _) =
        documents::rows(text, input.form, of).map_err(|failure| failure.at(&input.name))?;
    let titles = titles(input);
    let matched_by = matched_by(of, plan)?;
    let place = of.place(&matched_by)?;
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut prepared = Vec::with_capacity(rows.len());
    let mut unknown = BTreeSet::new();
    for row in rows {
        let original = row
            .value
            .as_ref()
            .map_or_else(|_| row.raw.clone(), ToString::to_string);
        let mut wrong = row.value.as_ref().err().cloned();
        let mut resource = row.value.unwrap_or_default();
        if !matches!(resource, Value::Object(_)) && wrong.is_none() {
            let message = format!("this is {}, not a resource", resource.kind());
            wrong = Some(
                Failure::usage(message)
                    .hint("a resource is an object of JSON or YAML; for CSV, give --format csv"),
            );
        }
        if let Value::Object(members) = &mut resource {
            for (name, to) in &input.names {
                let member = members.iter_mut().find(|(own, _)| own == name);
                if let Some((own, _)) = member {
                    own.clone_from(to);
                }
            }
        }
        let old_id = resource.str("id").map(str::to_owned);
        let is_given = old_id.is_some() && resource.get("meta").is_some();
        clean(of, &mut resource, is_given);
        if !plan.no_check && wrong.is_none() {
            let mut all = match is_given {
                false => assign::doubts(of, &resource),
                true => {
                    let (paths, misfits) = assign::doubts_of_given(of, &resource);
                    unknown.extend(paths);
                    misfits
                }
            };
            all.extend(
                assign::missing(of, &resource)
                    .iter()
                    .map(|place| Failure::usage(format!("`{}` is required", place.plain_path()))),
            );
            wrong = change::refuse(all).err();
        }
        // The id is not sent, and is all the same what a row may be known by.
        let key_value = match matched_by == super::known::ID {
            true => old_id.clone().map(Value::text),
            false => place.values(&resource).first().copied().cloned(),
        };
        if let (Some(value), None) = (&key_value, &wrong)
            && let Some(line) = seen.insert(place.key(value), row.line)
        {
            wrong = Some(Failure::usage(format!(
                "`{matched_by}` is the same as in line {line}"
            )));
        }
        let key = files::digest(&format!(
            "{}\n{original}\n{}",
            of.name,
            row.cells.join("\u{1f}")
        ));
        prepared.push(Prepared {
            input: number,
            line: row.line,
            key,
            old_id,
            key_value,
            resource,
            // As it came, where it came as a line.
            original: match row.raw.is_empty() {
                true => original,
                false => row.raw,
            },
            cells: row.cells,
            wrong,
        });
    }
    if !unknown.is_empty() {
        let paths: Vec<String> = unknown.into_iter().collect();
        say(visible(&format!(
            "note: {}: the schemas of `{}` have no {}; what was exported of it is sent as it is",
            input.name,
            of.name,
            paths.join(", ")
        )));
    }
    Ok((prepared, titles))
}

/// The titles of CSV.
fn titles(input: &Input) -> Vec<String> {
    let is_table = matches!(input.form, Form::Csv | Form::Tsv);
    let titles = is_table
        .then(|| Csv::new(input.form, &input.text).titles())
        .flatten();
    titles.map(|(titles, _)| titles).unwrap_or_default()
}

/// CSV whose titles are those of the schema.
fn rename(input: &Input) -> Option<String> {
    if input.names.is_empty() || !matches!(input.form, Form::Csv | Form::Tsv) {
        return None;
    }
    let csv = Csv::new(input.form, &input.text);
    let (titles, rest) = csv.titles()?;
    let titles = titles.into_iter().map(|title| {
        let mut names = input.names.iter();
        let found = names.find(|(name, _)| is_same_title(name, &title));
        found.map_or(title, |(_, to)| to.clone())
    });
    let mut writer = csv::WriterBuilder::new()
        .delimiter(csv.delimiter)
        .from_writer(Vec::new());
    writer.write_record(titles.collect::<Vec<_>>()).ok()?;
    let first = String::from_utf8(writer.into_inner().ok()?).ok()?;
    // Lines are counted as they stand in the file.
    let front = csv.front;
    let before = csv.text.strip_suffix(rest).unwrap_or_default();
    let lines = before.matches('\n').count();
    let gone = lines.saturating_sub(first.matches('\n').count());
    Some(format!("{front}{first}{}{rest}", "\n".repeat(gone)))
}

/// Titles of spreadsheets may have line breaks, which nobody writes on a command line.
fn is_same_title(name: &str, title: &str) -> bool {
    name.split_whitespace().eq(title.split_whitespace())
}

/// Takes away what only the server sets, also within what clients set. `is_given` says that a server gave
/// the resource.
fn clean(of: &ResourceType, resource: &mut Value, is_given: bool) {
    for name in ["id", "meta", "schemas"] {
        resource.remove(name);
    }
    for (extension, attribute) in of.all() {
        let root = match extension {
            None => &mut *resource,
            Some(extension) => match resource.get(&extension.urn) {
                Some(_) => resource.member(&extension.urn),
                None => continue,
            },
        };
        if !attribute.is_writable() {
            root.remove(&attribute.name);
            continue;
        }
        if root.get(&attribute.name).is_none() || !attribute.is_complex() {
            continue;
        }
        let refers = !attribute.targets().is_empty();
        let listed = attribute.sub("$ref");
        let value = root.member(&attribute.name);
        let strip = |element: &mut Value| {
            for sub in attribute.subs.iter().filter(|sub| !sub.is_writable()) {
                element.remove(&sub.name);
            }
            // Where it stood is not where it will stand, and its name may have changed. Not every schema
            // says that there are such: what a server gave has them nevertheless. All other `$ref` are data,
            // such as addresses outside of the server.
            let is_servers = match listed {
                None => element.get("$ref").is_some(),
                Some(sub) => sub.reference_types.is_empty() && is_of_its_value(element),
            };
            if refers || is_given && is_servers {
                element.remove("$ref");
                element.remove("display");
            }
        };
        match value {
            Value::List(elements) => elements.iter_mut().for_each(strip),
            one => strip(one),
        }
    }
}

/// Whether `$ref` is the address of the resource whose id is `value` (RFC 7643 §2.4).
fn is_of_its_value(element: &Value) -> bool {
    let (Some(address), Some(id)) = (element.str("$ref"), element.str("value")) else {
        return false;
    };
    let front = address.strip_suffix(id).filter(|_| !id.is_empty());
    front.is_some_and(|front| front.ends_with('/'))
}
