//! The commands, one file for those that belong together.

mod account;
mod api;
mod bulk;
mod check;
mod context;
mod create;
mod delete;
mod doctor;
mod edit;
mod export;
mod generate;
mod get;
mod help;
mod import;
mod login;
mod member;
mod patch;
mod proxy;
mod schema;
mod serve;
mod test;
mod watch;

pub(crate) use self::generate::{generator, generator_writes, is_generator};
pub(crate) use self::help::man;
pub(crate) use self::patch::rewrite_removals;
pub(crate) use self::test::tester;

use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::complete;
use crate::discovery;
use crate::failure::Failure;
use crate::globals::Globals;
use crate::scan::Scan;
use crate::session::Session;
use crate::types::Types;
use crate::value::Value;

/// All commands, in the order in which the help lists them.
pub(crate) fn all() -> Vec<Command> {
    let mut all = login::commands();
    all.extend(context::commands());
    all.extend(account::commands());
    all.extend(get::commands());
    all.extend(create::commands());
    all.extend(patch::commands());
    all.extend(edit::commands());
    all.extend(delete::commands());
    all.extend(member::commands());
    all.extend(export::commands());
    all.extend(import::commands());
    all.extend(bulk::commands());
    all.extend(api::commands());
    all.extend(schema::commands());
    all.extend(test::commands());
    all.extend(check::commands());
    all.extend(generate::commands());
    all.extend(serve::commands());
    all.extend(proxy::commands());
    all.extend(watch::commands());
    all.extend(doctor::commands());
    all.extend(help::commands());
    all
}

/// Runs a command.
pub(crate) async fn run(
    name: &str,
    globals: &Globals,
    matches: &ArgMatches,
) -> Result<(), Failure> {
    match name {
        "login" => login::login(globals, matches).await,
        "logout" => login::logout(globals),
        "context" => context::run(globals, matches),
        "whoami" => account::whoami(globals).await,
        "get" => get::get(globals, matches).await,
        "search" => get::search(globals, matches).await,
        "create" => create::create(globals, matches).await,
        "replace" => create::replace(globals, matches).await,
        "patch" => patch::patch(globals, matches).await,
        "activate" => patch::activate(globals, matches, true).await,
        "deactivate" => patch::activate(globals, matches, false).await,
        "edit" => edit::edit(globals, matches).await,
        "delete" => delete::delete(globals, matches).await,
        "member" => member::run(globals, matches).await,
        "export" => export::export(globals, matches).await,
        "import" => import::run(globals, matches).await,
        "bulk" => bulk::run(globals, matches).await,
        "lint" => check::lint(globals, matches),
        "filter" => check::filter(globals, matches),
        "serve" => serve::serve(globals, matches).await,
        "proxy" => proxy::proxy(globals, matches).await,
        "watch" => watch::watch(globals, matches).await,
        "doctor" => doctor::doctor(globals).await,
        "api" => api::run(globals, matches).await,
        "schema" => schema::run(globals, matches).await,
        "version" => help::version(globals),
        "completions" => help::completions(matches),
        other => Err(Failure::usage(format!("there is no command `{other}`"))),
    }
}

/// Whether a command writes files or the configuration, and nothing to a server: with `--dry-run` it would
/// do what that says it does not.
pub(crate) fn is_without_dry_run(name: &str, matches: &ArgMatches) -> bool {
    let sub = matches.subcommand_name();
    match name {
        "login" | "logout" | "export" | "serve" | "man" => true,
        "context" => !matches!(sub, Some("list" | "show")),
        "schema" => sub == Some("fetch"),
        _ => false,
    }
}

/// The types that the flags of a command come of, which may have to be asked for.
pub(crate) async fn types_for_flags(scan: &Scan) -> Result<Types, Failure> {
    let globals = scan.globals();
    // Somebody may look at the help without a server.
    let wants_help = scan.flag("help") || scan.positionals.is_empty();
    let context = match crate::session::settings(&globals) {
        Ok(context) => context,
        Err(_) if wants_help => return Ok(Types::bundled()),
        Err(failure) => return Err(failure),
    };
    if !globals.refresh
        && let Some(documents) = crate::discovery::kept(&context.name, &context.url)
    {
        return Ok(documents.to_types());
    }
    let opened = Session::of(&globals, context).await;
    let types = match opened {
        Ok(session) => discovery::types(&session).await,
        Err(failure) => Err(failure),
    };
    match types {
        Err(_) if wants_help => Ok(Types::bundled()),
        other => other,
    }
}

/// The argument that is a resource type.
pub(crate) fn type_argument() -> Arg {
    Arg::new("type")
        .value_name("TYPE")
        .required(true)
        .help("A resource type: its name or endpoint, such as user or Users")
        .add(complete::types())
}

/// An option that may stand several times.
pub(crate) fn many(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name(value)
        .help(help)
        .action(ArgAction::Append)
}

/// An option with a value.
pub(crate) fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

/// An option without a value.
pub(crate) fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .help(help)
        .action(ArgAction::SetTrue)
}

/// The value of an option or argument.
pub(crate) fn text<'m>(matches: &'m ArgMatches, name: &str) -> Option<&'m str> {
    matches.get_one::<String>(name).map(String::as_str)
}

/// The value of an argument that has to be there.
pub(crate) fn required<'m>(matches: &'m ArgMatches, name: &str) -> Result<&'m str, Failure> {
    text(matches, name).ok_or_else(|| Failure::usage(format!("`{name}` is missing")))
}

/// All values of an option or argument.
pub(crate) fn texts(matches: &ArgMatches, name: &str) -> Vec<String> {
    matches
        .get_many::<String>(name)
        .into_iter()
        .flatten()
        .cloned()
        .collect()
}

/// Facts for people, or as JSON if that was asked for.
pub(crate) fn facts(globals: &Globals, facts: &Value) -> Result<(), Failure> {
    use crate::output::Format;

    let text = match globals.format {
        Some(Format::Json) => facts.pretty() + "\n",
        Some(Format::Jsonl) => format!("{facts}\n"),
        _ => crate::yaml::print(facts),
    };
    crate::terminal::out(&text)
}

/// `200ms`, `2s`
pub(crate) fn duration(text: &str) -> Result<Duration, Failure> {
    let wrong = || Failure::usage(format!("`{text}` is not a time")).hint("such as 200ms or 2s");
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    match unit {
        "ms" => Ok(Duration::from_millis(number)),
        "s" => Ok(Duration::from_secs(number)),
        "m" => Ok(Duration::from_secs(number.saturating_mul(60))),
        _ => Err(wrong()),
    }
}
