//! `delete`: by id, or everything that a filter finds.

use clap::{Arg, ArgMatches, Command};
use http::Method;

use super::{flag, required, text, texts, type_argument};
use crate::change::{self, operation};
use crate::discovery;
use crate::failure::{Code, Failure};
use crate::filters;
use crate::globals::Globals;
use crate::interrupt::Interrupt;
use crate::lookup;
use crate::pages::{self, Query};
use crate::session::{Call, Session};
use crate::terminal::{self, say, visible};
use crate::types::{ResourceType, Types};
use crate::value::Value;

/// How many are named before they are only counted.
const NAMED: usize = 10;

pub(super) fn commands() -> Vec<Command> {
    vec![
        Command::new("delete")
            .about("Delete resources, after it shows and counts them and asks")
            .after_help(
                "Examples:\n  scim delete user @babs\n  scim delete users --where active=false --dry-run\n  scim delete \
                 users --where department=Sales --soft",
            )
            .arg(type_argument())
            .arg(Arg::new("id").value_name("ID").num_args(0..).help("Ids, or @NAME"))
            .args(super::get::choice())
            .arg(flag("soft", "Set `active` to false instead of deleting"))
            .arg(flag("force", "Delete more than limits.max-delete of the context allows")),
    ]
}

pub(super) async fn delete(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    let session = Session::open(globals).await?;
    let types = discovery::types(&session).await?;
    let of = types.find(required(matches, "type")?)?;
    let ids = texts(matches, "id");
    let is_soft = matches.get_flag("soft");
    if is_soft && of.attribute("active").is_none() {
        return Err(Failure::usage(format!(
            "`{}` has no `active`, so --soft is not possible",
            of.name
        )));
    }
    let filter = filters::combined(text(matches, "filter"), &texts(matches, "where"), of)?;
    let found = match (ids.is_empty(), filter) {
        (true, None) => {
            return Err(Failure::usage("which ones?").hint("give ids, @NAME, --where or --filter"));
        }
        (false, Some(_)) => {
            return Err(Failure::usage("ids and --filter cannot be used together"));
        }
        (false, None) => {
            let mut found = Vec::new();
            for id in &ids {
                // It is read first, so that somebody sees what goes.
                found.push(lookup::read(&session, &types, of, id, &[]).await?);
            }
            found
        }
        (true, Some(filter)) => {
            // Whoever cannot be asked is read as a whole; what goes is shown in any case.
            let is_asked = types.supports("filter") != Some(false);
            let query = Query {
                path: of.endpoint.clone(),
                filter: is_asked.then(|| filter.to_request_string()),
                ..Query::default()
            };
            let mut found = pages::all(&session, &types, &query).await?;
            let came = found.len();
            // A server that ignores filters, or reads them in its own way, gives others too.
            found.retain(|resource| filters::matches(&filter, resource, of));
            if is_asked && found.len() < came {
                say(format_args!(
                    "{} that the server returned do not match the filter, and are left alone",
                    came - found.len()
                ));
            }
            found
        }
    };
    if found.is_empty() {
        say("there is none");
        return Ok(());
    }
    let word = if is_soft { "deactivate" } else { "delete" };
    for resource in found.iter().take(NAMED) {
        say(format_args!("  {}", name_of(of, resource)));
    }
    if found.len() > NAMED {
        say(format_args!("  and {} more", found.len() - NAMED));
    }
    if !matches.get_flag("force") && !is_soft {
        within_limit(&session, &types, of, found.len()).await?;
    }
    if !globals.dry_run {
        session.may_write()?;
        let what = format!("this would {word} {} of {}", found.len(), of.endpoint);
        match ids.is_empty() {
            true => terminal::confirm_number(&what, found.len())?,
            false => terminal::confirm(&what)?,
        }
    }
    let (mut done, mut failed) = (0, None);
    let mut interrupt = Interrupt::listen();
    for resource in &found {
        interrupt.check(&format!(
            "{word}d {done} of {}; repeat the command to do the rest",
            found.len()
        ))?;
        let Some(id) = resource.str("id") else {
            continue;
        };
        let gone = interrupt.finish(async {
            match is_soft {
                true => {
                    let operations = vec![operation("replace", "active", Some(Value::Bool(false)))];
                    super::patch::set(&session, of, id, operations).await
                }
                false => {
                    let version = change::version_of(resource);
                    let call = Call::of(Method::DELETE, of, id)
                        .if_match(version.as_deref(), &session.profile);
                    session.write(&call).await.map(drop)
                }
            }
        });
        let gone = gone.await;
        match gone {
            Ok(()) => done += 1,
            Err(failure) if failure.is_silent() || found.len() == 1 => return Err(failure),
            Err(failure) => {
                say(failure.clone().at(&name_of(of, resource)).render());
                failed = Some(failure);
            }
        }
    }
    if !globals.dry_run {
        say(format_args!("{word}d {done} of {}", found.len()));
    }
    super::patch::partly(done, failed)
}

fn name_of(of: &ResourceType, resource: &Value) -> String {
    let name = of
        .unique()
        .and_then(|unique| resource.get(&unique.name))
        .map(Value::plain);
    let id = resource.str("id").unwrap_or("?");
    match name {
        Some(name) => visible(&format!("{name} ({id})")),
        None => visible(id),
    }
}

/// Refuses to delete more than the context allows at once.
async fn within_limit(
    session: &Session,
    types: &Types,
    of: &ResourceType,
    number: usize,
) -> Result<(), Failure> {
    let Some(limit) = &session.context.limits.max_delete else {
        return Ok(());
    };
    let most = match limit.strip_suffix('%') {
        None => limit.parse().unwrap_or(0),
        Some(share) => {
            let query = Query {
                path: of.endpoint.clone(),
                page_size: Some(1),
                one_page: true,
                ..Query::default()
            };
            let all =
                pages::each_page(session, types, &query, |_, _| Ok(pages::Flow::Stop)).await?;
            let share: u64 = share.parse().unwrap_or(0);
            usize::try_from(all.total.unwrap_or(0).saturating_mul(share) / 100).unwrap_or(0)
        }
    };
    if number <= most {
        return Ok(());
    }
    let message = format!(
        "{number} are more than limits.max-delete of `{}` allows ({limit})",
        session.context.name
    );
    Err(Failure::new(Code::Safety, message)
        .hint("is the filter right? --force deletes them nevertheless"))
}
