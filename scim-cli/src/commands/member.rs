//! `member`: who belongs to a group.

use std::collections::BTreeSet;

use clap::{Arg, ArgMatches, Command};
use scim_client::patch::{Dialect, PatchOp};

use super::{option, required, text, texts};
use crate::change::{self, operation};
use crate::discovery;
use crate::failure::Failure;
use crate::globals::Globals;
use crate::interrupt::Interrupt;
use crate::lookup;
use crate::output::{Format, Table};
use crate::session::Session;
use crate::terminal::{self, say};
use crate::types::{ResourceType, Types};
use crate::value::Value;
use crate::wish::Wish;

/// How many members are added or removed with one request, unless the profile says it.
const AT_ONCE: usize = 100;

pub(super) fn commands() -> Vec<Command> {
    let command = Command::new("member")
        .about("List, add, remove or set the members of a group")
        .after_help(
            "Examples:\n  scim member @Guides list\n  scim member @Guides add @babs @mandy\n  scim member @Guides set \
             --from names.txt",
        )
        .arg(Arg::new("group").value_name("GROUP").required(true).help("An id, or @NAME"))
        .arg(
            Arg::new("action")
                .value_name("ACTION")
                .required(true)
                .value_parser(["list", "add", "remove", "set"])
                .help("list, add, remove or set"),
        )
        .arg(Arg::new("user").value_name("USER").num_args(0..).help("Ids, or @NAME"))
        .arg(option("from", "FILE", "A file with one member in each line; - reads standard input").value_hint(clap::ValueHint::FilePath))
        .arg(option("type", "TYPE", "The resource type of the group").default_value("Group"));
    vec![command]
}

pub(super) async fn run(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    let session = Session::open(globals).await?;
    let types = discovery::types(&session).await?;
    let of = types.find(required(matches, "type")?)?;
    let members = of
        .attribute("members")
        .ok_or_else(|| of.unknown("members"))?;
    let action = required(matches, "action")?;
    // Before anything is read: what comes through a pipe is there only once.
    if action != "list" {
        has_patch(&types)?;
    }
    let group = lookup::read(&session, &types, of, required(matches, "group")?, &[]).await?;
    let id = group.str("id").map(str::to_owned);
    let id = id.ok_or_else(|| Failure::usage("the group has no id"))?;
    let now = group.get("members").cloned().unwrap_or_default();
    if action == "list" {
        return list(globals, &now);
    }
    let mut names = texts(matches, "user");
    if let Some(path) = text(matches, "from") {
        let file = terminal::read_input(path)?;
        let lines = file
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        names.extend(lines.map(str::to_owned));
    }
    if names.is_empty() && action != "set" {
        return Err(Failure::usage("which members?").hint("give ids or @NAME, or --from FILE"));
    }
    let targets = members.targets();
    let targets = if targets.is_empty() {
        vec!["User"]
    } else {
        targets
    };
    let mut wanted = BTreeSet::new();
    for name in names {
        wanted.insert(match name.strip_prefix('@') {
            Some(name) => lookup::of_any(&session, &types, &targets, name).await?,
            None => name,
        });
    }
    let has: BTreeSet<String> = now
        .each()
        .iter()
        .filter_map(|m| m.str("value"))
        .map(str::to_owned)
        .collect();
    let (added, removed): (Vec<&String>, Vec<&String>) = match action {
        "add" => (wanted.difference(&has).collect(), Vec::new()),
        "remove" => (Vec::new(), wanted.intersection(&has).collect()),
        _ => (
            wanted.difference(&has).collect(),
            has.difference(&wanted).collect(),
        ),
    };
    if action == "set" && !removed.is_empty() && !globals.dry_run {
        terminal::confirm(&format!(
            "this removes {} members, and adds {}",
            removed.len(),
            added.len()
        ))?;
    }
    if added.is_empty() && removed.is_empty() {
        say("nothing to do: the group is already as requested");
        return Ok(());
    }
    let mut operations = Vec::new();
    for id in &removed {
        let path = format!("members[value eq {}]", Value::text(id.as_str()));
        operations.push(operation("remove", &path, None));
    }
    let added_values: Vec<Value> = added
        .iter()
        .map(|id| Value::object([("value", Value::text(id.as_str()))]))
        .collect();
    if !added_values.is_empty() {
        operations.push(operation("add", "members", Some(Value::List(added_values))));
    }
    let wish = Wish::patched(of, Some(&group), &operations);
    let answer = send(&session, of, &id, operations).await?;
    if !globals.dry_run {
        let (_, unmet) = wish.settle(&session, &id, answer).await?;
        if let Some(unmet) = unmet {
            return Err(unmet.failure(&session));
        }
        say(format_args!(
            "added {}, removed {}",
            added.len(),
            removed.len()
        ));
    }
    Ok(())
}

/// Refuses where the server says that it has no PATCH.
fn has_patch(types: &Types) -> Result<(), Failure> {
    match types.supports("patch") {
        Some(false) => Err(Failure::denied("the server says that it has no PATCH")
            .hint("`scim edit` sends the whole group")),
        _ => Ok(()),
    }
}

/// Sends the operations in as many messages as it takes. Gives the last answer.
async fn send(
    session: &Session,
    of: &ResourceType,
    id: &str,
    operations: Vec<Value>,
) -> Result<Option<Value>, Failure> {
    let mut dialect = session.profile.patch.clone().unwrap_or_else(Dialect::rfc);
    dialect.max_added.get_or_insert(AT_ONCE);
    dialect.max_removed.get_or_insert(AT_ONCE);
    let message = change::envelope(operations);
    let urns: Vec<&str> = of.urns().collect();
    let message = PatchOp::from_json(&message.to_string(), &urns)
        .map_err(|error| Failure::usage(format!("the PATCH message: {error}")))?;
    let mut answer = None;
    let mut interrupt = Interrupt::listen();
    for part in dialect.plan(message) {
        interrupt.check("some members are set; repeat the command to do the rest")?;
        let value =
            Value::parse(&part.to_json()).map_err(|error| Failure::usage(error.to_string()))?;
        let sent = change::send(session, of, id, &value, None);
        answer = interrupt.finish(sent).await?;
    }
    Ok(answer)
}

fn list(globals: &Globals, members: &Value) -> Result<(), Failure> {
    match globals.format() {
        Format::Table | Format::Wide => {
            let titles = ["value", "display", "type"];
            let mut table = Table::new(titles.map(str::to_owned).to_vec());
            for member in members.each() {
                let cell = |name: &str| member.get(name).map(Value::plain).unwrap_or_default();
                table.row(titles.map(cell).to_vec());
            }
            terminal::out(&table.render(!globals.no_headers, terminal::width()))
        }
        Format::Id | Format::Name => {
            let name = if globals.format() == Format::Id {
                "value"
            } else {
                "display"
            };
            for member in members.each() {
                let text = member.get(name).or(member.get("value")).map(Value::plain);
                terminal::out(&format!(
                    "{}\n",
                    terminal::visible(&text.unwrap_or_default())
                ))?;
            }
            Ok(())
        }
        Format::Json => terminal::out(&(Value::List(members.each().to_vec()).pretty() + "\n")),
        _ => {
            for member in members.each() {
                terminal::out(&format!("{member}\n"))?;
            }
            Ok(())
        }
    }
}
