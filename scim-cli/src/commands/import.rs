//! `import`: creates or updates what files say, and writes down what became of each row.

use clap::{Arg, ArgMatches, Command};

use super::{flag, many, option, text, texts};
use crate::complete;
use crate::discovery;
use crate::documents::Form;
use crate::failure::{Code, Failure, of_file};
use crate::files;
use crate::globals::Globals;
use crate::import::{self, Input, OnConflict, Plan};
use crate::session::Session;
use crate::terminal::{self, say};
use crate::types::Types;

pub(super) fn commands() -> Vec<Command> {
    vec![
        Command::new("import")
            .about("Create or update the resources in a file; --resume continues an interrupted import")
            .after_help(
                "All rows are checked before the first is sent. The result of each row is written to a report. --resume \
                 reads the report, so that no row is done twice.\n\nExamples:\n  scim import users -f users.csv --dry-run\n  scim \
                 import users -f users.csv --on-conflict update --rejects bad.csv\n  scim import -f backup        # a \
                 folder that `scim export` wrote, with the references between its resources",
            )
            .arg(Arg::new("type").value_name("TYPE").help("The resource type, unless FILE is a folder").add(complete::types()))
            .arg(option("file", "FILE|DIR", "The file, - for standard input, or a folder of files named by type").short('f').required(true).value_hint(clap::ValueHint::AnyPath))
            .arg(option("format", "FORMAT", "jsonl, json, csv, tsv or yaml [by the file's name or content]"))
            .arg(option("map", "FILE", "A TOML file with [columns], which names columns, such as \"E-Mail\" = \"emails.work\"").value_hint(clap::ValueHint::FilePath))
            .arg(many("column", "NAME=PATH", "One such name"))
            .arg(option("match", "ATTRIBUTE", "The attribute by which the resource of a row is found [default: the unique one]").add(complete::paths()))
            .arg(option("on-conflict", "WHAT", "What to do with resources that exist: skip, update or fail").value_parser(["skip", "update", "fail"]).default_value("skip"))
            .arg(option("jobs", "N", "How many requests to send at the same time").value_parser(clap::value_parser!(u64).range(1..=64)).default_value("4"))
            .arg(flag("bulk", "Create new resources with BulkRequests, as large as the server accepts"))
            .arg(option("report", "FILE", "The report [default: import-TYPE-....jsonl]").value_hint(clap::ValueHint::FilePath))
            .arg(flag("resume", "Skip the rows that the report says are done"))
            .arg(option("rejects", "FILE", "Write refused rows to this file, in the format of the input").value_hint(clap::ValueHint::FilePath))
            .arg(flag("validate-only", "Check all rows, but send nothing"))
            .arg(flag("no-check", "Send rows even if the schema does not have all of their attributes")),
    ]
}

pub(super) async fn run(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    let session = Session::open(globals).await?;
    let types = discovery::types(&session).await?;
    let plan = Plan {
        on_conflict: match text(matches, "on-conflict") {
            Some("update") => OnConflict::Update,
            Some("fail") => OnConflict::Fail,
            _ => OnConflict::Skip,
        },
        jobs: matches
            .get_one::<u64>("jobs")
            .and_then(|jobs| usize::try_from(*jobs).ok())
            .unwrap_or(4),
        matched_by: text(matches, "match").map(str::to_owned),
        rejects: text(matches, "rejects").map(files::expand),
        resume: matches.get_flag("resume"),
        validate_only: matches.get_flag("validate-only"),
        no_check: matches.get_flag("no-check"),
        dry_run: globals.dry_run,
        bulk: matches.get_flag("bulk"),
    };
    // Before anything is read: what comes through a pipe is there only once.
    if plan.bulk && types.supports("bulk") == Some(false) {
        return Err(Failure::denied("the server says that it has no bulk")
            .hint("without --bulk each row is a request"));
    }
    if !plan.validate_only {
        session.may_write()?;
    }
    let inputs = inputs(matches, &types)?;
    let report = match text(matches, "report") {
        Some(path) => files::expand(path),
        None => {
            let all: Vec<&str> = inputs.iter().map(|input| input.text.as_str()).collect();
            let digest = files::digest(&format!("{}\n{}", session.context.url, all.join("\n")));
            let name = inputs.first().map_or("", |input| input.of.name.as_str());
            let name = files::safe_name(name);
            format!(
                "import-{name}-{}.jsonl",
                digest.get(..8).unwrap_or_default()
            )
            .into()
        }
    };
    if let Some(rejects) = &plan.rejects {
        let mut kept = vec![report.clone()];
        kept.extend(inputs.iter().map(|input| files::expand(&input.name)));
        kept.extend(text(matches, "map").map(files::expand));
        let place = whole(rejects);
        if let Some(same) = kept.iter().find(|path| whole(path) == place) {
            let message = format!("--rejects would replace {}", same.display());
            return Err(Failure::usage(message).hint("give it a file of its own"));
        }
    }
    let validate_only = plan.validate_only;
    let done = import::run(session, types.clone(), inputs, plan, &report).await?;
    say(terminal::visible(&done.summary()));
    if done.has_failed() && !globals.dry_run {
        say(" hint: the same command with --resume sends again what failed");
    }
    match done.failed {
        0 if done.unmet > 0 => Err(Failure::silent(Code::Partly)),
        0 => Ok(()),
        // Nothing was sent.
        _ if validate_only => Err(Failure::silent(Code::Usage)),
        failed if failed == done.rows => Err(Failure::silent(done.why.unwrap_or(Code::Refused))),
        _ => Err(Failure::silent(Code::Partly)),
    }
}

/// A path by which files are told apart; it need not be there.
fn whole(path: &std::path::Path) -> std::path::PathBuf {
    let path = files::resolved(path);
    path.canonicalize()
        .or_else(|_| {
            let folder = match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => std::path::Path::new("."),
            };
            let folder = folder.canonicalize()?;
            Ok::<_, std::io::Error>(folder.join(path.file_name().unwrap_or_default()))
        })
        .unwrap_or(path)
}

/// What is to be read: one file, or a folder with a file for each type.
fn inputs(matches: &ArgMatches, types: &Types) -> Result<Vec<Input>, Failure> {
    let path = text(matches, "file").unwrap_or("-");
    let names = names(matches)?;
    let form = text(matches, "format");
    let folder = files::expand(path);
    if !folder.is_dir() {
        let Some(name) = text(matches, "type") else {
            return Err(
                Failure::usage("of which type are the resources?").hint("scim import TYPE -f FILE")
            );
        };
        let of = types.find(name)?;
        let text = terminal::read_input(path)?;
        let form = Form::of(form, path, &text)?;
        return Ok(vec![Input {
            of: of.clone(),
            name: if path == "-" { "standard input" } else { path }.to_owned(),
            text,
            form,
            names,
        }]);
    }
    let mut inputs = Vec::new();
    let wanted = text(matches, "type")
        .map(|name| types.find(name))
        .transpose()?;
    let entries = std::fs::read_dir(&folder).map_err(of_file(&folder))?;
    let mut paths: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    for path in paths {
        let shown = path.display().to_string();
        let end = path
            .extension()
            .and_then(|end| end.to_str())
            .unwrap_or_default();
        if !["json", "jsonl", "yaml", "csv", "tsv"].contains(&end) {
            continue;
        }
        let stem = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        let stem = stem.as_deref().unwrap_or_default();
        // Names that are no names of files are written otherwise.
        let of = types.find(stem).ok().or_else(|| {
            let mut all = types.list.iter();
            all.find(|of| files::safe_name(&of.name) == stem)
        });
        let Some(of) = of else {
            say(format_args!(
                "note: {shown} is left out: there is no type of this name"
            ));
            continue;
        };
        if wanted.is_some_and(|wanted| wanted.name != of.name) {
            continue;
        }
        let text = crate::text::of(&path)?;
        let form = Form::of(form, &shown, &text)?;
        inputs.push(Input {
            of: of.clone(),
            name: shown,
            text,
            form,
            names: names.clone(),
        });
    }
    if inputs.is_empty() {
        return Err(Failure::usage(format!(
            "{} has no files that are named by a type",
            folder.display()
        ))
        .hint("such as User.jsonl, as `scim export --out DIR` writes them"));
    }
    // Those that others refer to first: groups after users.
    inputs.sort_by_key(|input| input.of.all().filter(|(_, a)| a.name == "members").count());
    Ok(inputs)
}

/// Other names of columns.
fn names(matches: &ArgMatches) -> Result<Vec<(String, String)>, Failure> {
    let mut names = Vec::new();
    if let Some(path) = text(matches, "map") {
        let path = files::expand(path);
        let text = crate::text::of(&path)?;
        let document: toml_edit::DocumentMut =
            text.parse().map_err(|error: toml_edit::TomlError| {
                Failure::usage(format!("{}: {}", path.display(), error.message()))
                    .hint("the file is TOML:\n[columns]\n\"E-Mail\" = \"emails.work\"")
            })?;
        let columns = document
            .get("columns")
            .and_then(toml_edit::Item::as_table_like);
        let Some(columns) = columns else {
            return Err(
                Failure::usage(format!("{} has no table [columns]", path.display()))
                    .hint("[columns]\n\"E-Mail\" = \"emails.work\""),
            );
        };
        for (name, to) in columns.iter() {
            match to.as_str() {
                Some(to) => names.push((name.to_owned(), to.to_owned())),
                None => {
                    return Err(Failure::usage(format!(
                        "{}: `{name}` is not a string",
                        path.display()
                    )));
                }
            }
        }
    }
    for column in texts(matches, "column") {
        match column.split_once('=') {
            Some((name, to)) => names.push((name.to_owned(), to.to_owned())),
            None => {
                return Err(Failure::usage(format!("`{column}` has no `=`"))
                    .hint("--column 'E-Mail=emails.work'"));
            }
        }
    }
    Ok(names)
}
