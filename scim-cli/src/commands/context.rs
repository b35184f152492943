//! `context`: the servers that are stored.

use clap::{Arg, ArgMatches, Command};

use super::{facts, required, text};
use crate::complete;
use crate::config::{Config, Context};
use crate::failure::Failure;
use crate::globals::Globals;
use crate::output::{Format, Table};
use crate::terminal;
use crate::value::Value;
use crate::wire::Mask;

pub(super) fn commands() -> Vec<Command> {
    let name = || {
        Arg::new("name")
            .value_name("NAME")
            .required(true)
            .help("The name of a context")
            .add(complete::contexts())
    };
    let command = Command::new("context")
        .about("Stored servers: list, use, show, set, rename, remove")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(Command::new("list").about("List the contexts"))
        .subcommand(Command::new("use").about("Make a context the current one").arg(name()))
        .subcommand(Command::new("show").about("Show a context").arg(name().required(false)))
        .subcommand(
            Command::new("set")
                .about("Change a setting of a context, such as read-only, profile or limits.rate")
                .arg(name())
                .arg(Arg::new("key").value_name("KEY").required(true).help("url, profile, read-only, auth.token, headers.NAME, tls.ca, limits.rate, limits.concurrency, limits.max-delete"))
                .arg(Arg::new("value").value_name("VALUE").help("The value; without it, the setting is removed")),
        )
        .subcommand(
            Command::new("rename")
                .about("Rename a context")
                .arg(name())
                .arg(Arg::new("new").value_name("NEW").required(true).help("The new name")),
        )
        .subcommand(Command::new("remove").about("Remove a context").arg(name()));
    vec![command]
}

pub(super) fn run(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    let config = Config::load()?;
    match matches.subcommand() {
        Some(("list", _)) => list(globals, &config),
        Some(("use", matches)) => {
            let name = required(matches, "name")?;
            Config::change(|config| {
                config.context(name)?;
                config.set_current(Some(name));
                Ok(())
            })
        }
        Some(("show", matches)) => {
            let name = text(matches, "name")
                .or(globals.context.as_deref())
                .or(config.current());
            match name {
                Some(name) => facts(globals, &shown(&config.context(name)?)),
                None => {
                    Err(Failure::usage("no context is in use")
                        .hint("`scim context list` lists them"))
                }
            }
        }
        Some(("set", matches)) => {
            let name = required(matches, "name")?;
            let (key, value) = (required(matches, "key")?, text(matches, "value"));
            Config::change(|config| config.set(name, key, value))
        }
        Some(("rename", matches)) => {
            let (name, new) = (required(matches, "name")?, required(matches, "new")?);
            Config::change(|config| config.rename(name, new))
        }
        Some(("remove", matches)) => {
            let name = required(matches, "name")?;
            Config::change(|config| config.remove(name))
        }
        _ => Err(Failure::usage(
            "context list, use, show, set, rename or remove",
        )),
    }
}

fn list(globals: &Globals, config: &Config) -> Result<(), Failure> {
    let names = config.names();
    if matches!(globals.format(), Format::Table | Format::Wide) {
        let titles = ["", "name", "url", "auth", "read-only"];
        let mut table = Table::new(titles.map(str::to_owned).to_vec());
        for name in names {
            let mark = if config.current() == Some(name) {
                "*"
            } else {
                ""
            };
            table.row(match config.context(name) {
                Ok(c) => vec![
                    mark.to_owned(),
                    name.to_owned(),
                    c.url.clone(),
                    c.auth.kind().to_owned(),
                    if c.read_only { "yes" } else { "" }.to_owned(),
                ],
                Err(failure) => vec![
                    mark.to_owned(),
                    name.to_owned(),
                    failure.message().to_owned(),
                ],
            });
        }
        return terminal::out(&table.render(!globals.no_headers, terminal::width()));
    }
    for name in names {
        // One that cannot be read hides no other.
        let mut value = match config.context(name) {
            Ok(context) => shown(&context),
            Err(failure) => Value::object([
                ("name", Value::text(name)),
                ("error", Value::text(failure.message())),
            ]),
        };
        value.set("current", Value::Bool(config.current() == Some(name)));
        terminal::out(&format!("{value}\n"))?;
    }
    Ok(())
}

/// A context without secrets; it has none but in headers that somebody wrote by hand.
pub(super) fn shown(context: &Context) -> Value {
    let mut value = Value::object([
        ("name", Value::text(&context.name)),
        ("url", Value::text(&context.url)),
    ]);
    if let Some(profile) = &context.profile {
        value.set("profile", Value::text(profile));
    }
    let mut auth = Value::object([("kind", Value::text(context.auth.kind()))]);
    if let Some(reference) = context.auth.reference() {
        auth.set("from", Value::text(reference.to_string()));
    }
    value.set("auth", auth);
    for (name, text) in &context.headers {
        let is_reference = crate::secret::Reference::parse(text).is_ok();
        let shown = match is_reference {
            true => text.clone(),
            false => Mask::default().header_text(name, text),
        };
        value.member("headers").set(name, Value::text(shown));
    }
    let limits = &context.limits;
    for (name, limit) in [
        ("rate", limits.rate.clone()),
        ("concurrency", limits.concurrency.map(|n| n.to_string())),
        ("max-delete", limits.max_delete.clone()),
    ] {
        if let Some(limit) = limit {
            value.member("limits").set(name, Value::text(limit));
        }
    }
    value.set("readOnly", Value::Bool(context.read_only));
    value
}
