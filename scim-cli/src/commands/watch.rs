//! `watch`: what changes, as lines of JSON.

use std::collections::HashMap;

use clap::{ArgMatches, Command};

use super::{option, required, text, texts, type_argument};
use crate::change;
use crate::discovery;
use crate::failure::{Code, Failure};
use crate::filters;
use crate::globals::Globals;
use crate::pages::{self, Query};
use crate::session::Session;
use crate::terminal::{self, say};
use crate::value::Value;

pub(super) fn commands() -> Vec<Command> {
    vec![
        Command::new("watch")
            .about("Print resources that are added, changed or removed, as lines of JSON")
            .arg(type_argument())
            .args(super::get::choice())
            .arg(
                option("every", "TIME", "How often to ask the server, such as 30s")
                    .default_value("30s"),
            )
            .arg(
                option("rounds", "N", "End after asking this many times")
                    .value_parser(clap::value_parser!(u64).range(1..)),
            ),
    ]
}

pub(super) async fn watch(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    let session = Session::open(globals).await?;
    let types = discovery::types(&session).await?;
    let of = types.find(required(matches, "type")?)?;
    let every = super::duration(required(matches, "every")?)?;
    if every.is_zero() {
        return Err(Failure::usage("--every must be longer than zero")
            .hint("the whole list is requested each time: give a time such as 30s"));
    }
    let rounds = matches.get_one::<u64>("rounds").copied();
    let filter = filters::combined(text(matches, "filter"), &texts(matches, "where"), of)?;
    let query = Query {
        path: of.endpoint.clone(),
        filter: filter.map(|filter| filter.to_request_string()),
        ..Query::default()
    };
    let mut before: Option<HashMap<String, Value>> = None;
    let mut round = 0;
    loop {
        let looked = pages::all(&session, &types, &query).await;
        match looked {
            Ok(found) => {
                let now = found.into_iter();
                let now: HashMap<String, Value> = now
                    .filter_map(|r| Some((r.str("id")?.to_owned(), r)))
                    .collect();
                match &before {
                    None => say(format_args!(
                        "watching {} of {}; Ctrl-C ends it",
                        now.len(),
                        of.endpoint
                    )),
                    Some(before) => changes(before, &now)?,
                }
                before = Some(now);
            }
            // Servers restart, and are busy; whoever watches goes on.
            Err(failure) if passes(&failure) && before.is_some() => {
                say(failure.render());
            }
            Err(failure) => return Err(failure),
        }
        round += 1;
        if rounds.is_some_and(|rounds| round >= rounds) {
            return Ok(());
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            _ = crate::terminal::interrupted() => return Ok(()),
        }
    }
}

/// Whether what is wrong may be right at the next look.
fn passes(failure: &Failure) -> bool {
    failure.code() == Code::Network || matches!(failure.status(), Some(429 | 500..))
}

fn changes(before: &HashMap<String, Value>, now: &HashMap<String, Value>) -> Result<(), Failure> {
    let say = |what: &str, resource: &Value| {
        let line = Value::object([
            ("change", Value::text(what)),
            ("resource", resource.clone()),
        ]);
        terminal::out(&format!("{line}\n"))
    };
    for (id, new) in now {
        match before.get(id) {
            None => say("added", new)?,
            Some(old) if !change::same(old, new) => say("changed", new)?,
            Some(_) => {}
        }
    }
    for (id, old) in before {
        if !now.contains_key(id) {
            say("removed", old)?;
        }
    }
    Ok(())
}
