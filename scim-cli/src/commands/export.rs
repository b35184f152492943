//! `export`: all resources of a type into a file, or of several into a folder.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command};

use super::{flag, option, required, text, texts};
use crate::complete;
use crate::discovery;
use crate::documents::Form;
use crate::failure::{Code, Failure, of_file};
use crate::filters;
use crate::globals::Globals;
use crate::output::{Flat, csv_of};
use crate::pages::{self, Flow, Query};
use crate::progress::Progress;
use crate::session::Session;
use crate::terminal::say;
use crate::types::{ResourceType, Types};
use crate::value::Value;
use crate::yaml;
use crate::{files, terminal};

pub(super) fn commands() -> Vec<Command> {
    vec![
        Command::new("export")
            .about("Write all resources to files; --resume continues an interrupted export")
            .after_help("Examples:\n  scim export users groups --out backup\n  scim export users --out users.csv")
            .arg(
                Arg::new("type")
                    .value_name("TYPE")
                    .num_args(1..)
                    .required(true)
                    .help("Resource types")
                    .add(complete::types()),
            )
            .arg(option("out", "DIR|FILE", "A folder, or a file if there is one type").required(true).value_hint(clap::ValueHint::AnyPath))
            .arg(option("format", "FORMAT", "jsonl, csv, tsv, json or yaml [by the file's name, else jsonl]"))
            .args(super::get::choice())
            .arg(option("page-size", "N", "How many resources to request at a time").value_parser(clap::value_parser!(u64).range(1..)))
            .arg(flag("resume", "Continue an interrupted export")),
    ]
}

pub(super) async fn export(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    let session = Session::open(globals).await?;
    let types = discovery::types(&session).await?;
    let names = texts(matches, "type");
    let of: Vec<&ResourceType> = names
        .iter()
        .map(|name| types.find(name))
        .collect::<Result<_, _>>()?;
    let out = files::expand(required(matches, "out")?);
    let named = text(matches, "format");
    let is_special = files::is_special(&out);
    if is_special && of.len() > 1 {
        let message = format!(
            "{} is not a folder, and there are several types",
            out.display()
        );
        return Err(Failure::usage(message));
    }
    let is_folder = !is_special
        && (out.is_dir() || of.len() > 1 || out.extension().is_none() && named.is_none());
    let form = match (named, is_folder) {
        (None, true) => Form::Jsonl,
        (None, false) if !is_special => by_name(&out)?,
        _ => Form::of(named, &out.display().to_string(), "{}")?,
    };
    if is_folder {
        std::fs::create_dir_all(&out).map_err(of_file(&out))?;
    }
    let mut taken: Vec<String> = Vec::new();
    for of in of {
        let path = match is_folder {
            true => {
                let safe = files::safe_name(&of.name);
                let mut name = safe.clone();
                while taken.contains(&name) {
                    name = format!("{safe}_{}", taken.len() + 1);
                }
                taken.push(name.clone());
                out.join(format!("{name}.{}", end_of(form)))
            }
            false => out.clone(),
        };
        let filter = filters::combined(text(matches, "filter"), &texts(matches, "where"), of)?;
        let query = Query {
            path: of.endpoint.clone(),
            filter: filter.map(|filter| filter.to_request_string()),
            page_size: matches.get_one::<u64>("page-size").copied(),
            ..Query::default()
        };
        one(
            &session,
            &types,
            of,
            query,
            &path,
            form,
            matches.get_flag("resume"),
        )
        .await?;
    }
    Ok(())
}

/// The form that the name of a file says.
fn by_name(out: &Path) -> Result<Form, Failure> {
    let end = out.extension().unwrap_or_default().to_string_lossy();
    Form::of(Some(&end.to_ascii_lowercase()), "", "").map_err(|_| {
        Failure::usage(format!("{}: there is no such format", out.display())).hint(
            "the name should end in .jsonl, .csv, .tsv, .json or .yaml, or --format says it; spreadsheets read \
             .csv",
        )
    })
}

fn end_of(form: Form) -> &'static str {
    match form {
        Form::Json => "json",
        Form::Jsonl => "jsonl",
        Form::Yaml => "yaml",
        Form::Csv => "csv",
        Form::Tsv => "tsv",
    }
}

/// A path with something behind its name.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(end);
    path.with_file_name(name)
}

/// Exports one type. What came is kept in `FILE.part`, and where the next page begins in
/// `FILE.state`, until all of it is there.
async fn one(
    session: &Session,
    types: &Types,
    of: &ResourceType,
    mut query: Query,
    path: &Path,
    form: Form,
    resume: bool,
) -> Result<(), Failure> {
    // Links are followed, so that what is renamed stands in the same folder. What is no file has no
    // other files beside it.
    let own_folder = match files::is_special(path) {
        true if resume => {
            let message = format!(
                "{} is not a file, so the export cannot be resumed",
                path.display()
            );
            return Err(Failure::usage(message).hint("export without --resume"));
        }
        true => Some(files::temporary_folder()?),
        false => None,
    };
    let place = match &own_folder {
        Some(folder) => folder.join(files::safe_name(&of.name)),
        None => files::resolved(path),
    };
    let _lock = match own_folder {
        Some(_) => None,
        None => Some(files::Lock::attempt(&place)?.ok_or_else(|| {
            Failure::usage(format!("another export is writing {}", path.display()))
                .hint("wait until it has ended, or give --out another name")
        })?),
    };
    let (part, state) = (beside(&place, ".part"), beside(&place, ".state"));
    let asked = format!("{} {} {:?}", session.context.url, query.path, query.filter);
    let mut before = 0;
    if resume && state.exists() {
        let text = std::fs::read_to_string(&state).map_err(of_file(&state))?;
        let value = Value::parse(&text)
            .map_err(|error| Failure::usage(format!("{}: {error}", state.display())))?;
        if value.str("asked") != Some(&asked) {
            return Err(
                Failure::usage(format!("{} is of another export", state.display()))
                    .hint("give the same options, or export without --resume"),
            );
        }
        query.start = value.get("start").and_then(Value::as_u64);
        query.cursor = value.str("cursor").map(str::to_owned);
        before = value.get("seen").and_then(Value::as_u64).unwrap_or(0);
        // What came after the last whole page is asked for again.
        let length = value.get("bytes").and_then(Value::as_u64).unwrap_or(0);
        let file = OpenOptions::new()
            .write(true)
            .open(&part)
            .map_err(of_file(&part))?;
        file.set_len(length).map_err(of_file(&part))?;
        say(format_args!("{}: continuing after {before}", of.name));
    } else {
        let _it_was_not_there = std::fs::remove_file(&part);
        files::private_options()
            .open(&part)
            .map_err(of_file(&part))?;
    }
    let mut file = OpenOptions::new()
        .append(true)
        .open(&part)
        .map_err(of_file(&part))?;
    let mut progress = Progress::new(&of.name, None);
    progress.add(before, 0);
    let listing = pages::each_page(session, types, &query, |page, at| {
        progress.total(at.total);
        progress.add(page.len() as u64, 0);
        append(&mut file, &page).map_err(of_file(&part))?;
        let bytes = file.metadata().map_err(of_file(&part))?.len();
        let mut kept = Value::object([
            ("asked", Value::text(&asked)),
            ("start", Value::from(at.next_start)),
            ("seen", Value::from(before.saturating_add(at.seen))),
            ("bytes", Value::from(bytes)),
        ]);
        if let Some(cursor) = &at.next_cursor {
            kept.set("cursor", Value::text(cursor));
        }
        files::write_private(&state, &kept.to_string())?;
        Ok(Flow::On)
    });
    let done = tokio::select! {
        done = listing => done,
        _ = terminal::interrupted() => Err(Failure::new(Code::Interrupted, "interrupted")),
    };
    progress.finish();
    let done = done.map_err(|failure| match &own_folder {
        Some(folder) => {
            let _gone = std::fs::remove_dir_all(folder);
            failure
        }
        None => failure.hint(format!(
            "what was received is kept in {}; the same command with --resume continues",
            part.display()
        )),
    })?;
    let finished = finish(of, &part, path, form);
    if let Some(folder) = &own_folder {
        let _gone = std::fs::remove_dir_all(folder);
    }
    finished?;
    let _gone = std::fs::remove_file(&state);
    say(format_args!(
        "{}: {} in {}",
        of.name,
        before.saturating_add(done.seen),
        path.display()
    ));
    Ok(())
}

fn append(file: &mut File, page: &[Value]) -> std::io::Result<()> {
    let mut text = String::new();
    for resource in page {
        text.push_str(&format!("{resource}\n"));
    }
    file.write_all(text.as_bytes())?;
    file.sync_data()
}

/// Makes the file that was wanted of the lines that came.
fn finish(of: &ResourceType, part: &Path, path: &Path, form: Form) -> Result<(), Failure> {
    if form == Form::Jsonl {
        return files::put(part, path);
    }
    let text = std::fs::read_to_string(part).map_err(of_file(part))?;
    let resources: Vec<Value> = text
        .lines()
        .map(Value::parse)
        .collect::<Result<_, _>>()
        .map_err(|error| Failure::usage(format!("{}: {error}", part.display())))?;
    let written = match form {
        Form::Json | Form::Jsonl => Value::List(resources).pretty() + "\n",
        Form::Yaml => yaml::documents(&resources),
        Form::Csv | Form::Tsv => {
            let flat = Flat::new(of, &resources);
            let rows: Vec<Vec<String>> = resources.iter().map(|r| flat.row(r)).collect();
            let lost = flat.lost(of, &resources);
            if !lost.is_empty() {
                let lost: Vec<String> = lost.iter().map(|name| terminal::visible(name)).collect();
                say(format_args!(
                    "note: {} has no columns for {}; jsonl has everything",
                    of.name,
                    lost.join(", ")
                ));
            }
            let delimiter = if form == Form::Tsv { b'\t' } else { b',' };
            csv_of(&flat.into_titles(), &rows, delimiter, true)?
        }
    };
    files::write_private(path, &written)?;
    std::fs::remove_file(part).map_err(of_file(part))
}
