//! `create` and `replace`.

use clap::{Arg, ArgMatches, Command};
use http::Method;

use super::{flag, many, option, required, text, type_argument};
use crate::assign;
use crate::change;
use crate::complete;
use crate::discovery;
use crate::documents;
use crate::failure::{Code, Failure};
use crate::globals::Globals;
use crate::lookup;
use crate::output::Printer;
use crate::pages::{self, Query};
use crate::session::{Call, Session};
use crate::terminal::{self, say};
use crate::types::{ResourceType, Types, kebab};
use crate::value::Value;
use crate::wish::Wish;

/// The options that say what a resource is to have.
fn content() -> Vec<Arg> {
    vec![
        option(
            "file",
            "FILE",
            "A resource as JSON or YAML; - reads standard input; flags change it",
        )
        .short('f')
        .value_hint(clap::ValueHint::FilePath),
        many(
            "set",
            "PATH=VALUE",
            "Set an attribute, such as emails.work=b@example.com",
        )
        .add(complete::paths()),
        many("set-json", "PATH=JSON", "Set an attribute to JSON"),
        flag(
            "no-check",
            "Send it even if the schema does not have all of its attributes",
        ),
    ]
}

pub(super) fn commands() -> Vec<Command> {
    vec![
        Command::new("create")
            .override_usage("scim create <TYPE> [--ATTRIBUTE VALUE]... [OPTIONS]")
            .about("Create a resource; each attribute of its type is an option")
            .after_help(
                "`scim create TYPE --help` lists the attributes.\n\nExamples:\n  scim create user --user-name \
                 babs --name-given-name Barbara --emails.work b@example.com\n  scim create group --display-name Guides \
                 --members value=@babs\n  scim create user -f user.json --set title=CTO --dry-run",
            )
            .arg(type_argument())
            .args(content())
            .arg(option("or-get", "ATTRIBUTE", "If a resource with the same value of this attribute exists, show that one")),
        Command::new("replace")
            .about("Replace a whole resource by the contents of a file")
            .arg(type_argument())
            .arg(Arg::new("id").value_name("ID").required(true).help("An id, or @NAME"))
            .args(content()),
    ]
}

/// The resource that file and flags make together.
async fn assemble(
    session: &Session,
    types: &Types,
    of: &ResourceType,
    matches: &ArgMatches,
) -> Result<Value, Failure> {
    let mut resource = match text(matches, "file") {
        Some(path) => documents::one(path)?,
        None => Value::Object(Vec::new()),
    };
    if !matches!(resource, Value::Object(_)) {
        return Err(Failure::usage("this is not one resource, but a list")
            .hint("`scim import` creates many"));
    }
    assign::apply(session, types, of, matches, &mut resource).await?;
    // What a server said of another resource is not for a new one.
    resource.remove("meta");
    Ok(resource)
}

pub(super) async fn create(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    let session = Session::open(globals).await?;
    let types = discovery::types(&session).await?;
    let of = types.find(required(matches, "type")?)?;
    let mut resource = assemble(&session, &types, of, matches).await?;
    resource.remove("id");
    if !matches.get_flag("no-check") {
        ask_for_missing(&session, &types, of, &mut resource).await?;
        change::refuse(assign::doubts(of, &resource))?;
    }
    of.set_schemas(&mut resource);
    let call = Call::new(Method::POST, &of.endpoint).body(&resource);
    let created = session.write(&call).await;
    let or_get = text(matches, "or-get");
    let mut unmet = None;
    let created = match (created, or_get) {
        (Err(failure), Some(attribute)) if failure.code() == Code::Conflict => {
            let found = existing(&session, &types, of, &resource, attribute).await?;
            let found = found.ok_or(failure)?;
            say(format_args!(
                "it exists already: {} {}",
                of.name,
                found.str("id").unwrap_or("")
            ));
            found
        }
        (created, _) => match created? {
            None => return Ok(()),
            Some(reply) => {
                let created = reply.value()?;
                if created.str("id").is_none_or(str::is_empty) {
                    let message = format!(
                        "the server responded with {}, but without the id of the new {}",
                        reply.status, of.name
                    );
                    return Err(Failure::new(Code::Refused, message)
                        .hint("it may exist nevertheless: look before you repeat the command"));
                }
                say(format_args!(
                    "created {} {}",
                    of.name,
                    terminal::visible(created.str("id").unwrap_or(""))
                ));
                let id = created.str("id").unwrap_or_default().to_owned();
                let wish = Wish::created(of, &resource);
                let (created, missing) = wish.settle(&session, &id, Some(created)).await?;
                unmet = missing;
                created
            }
        },
    };
    let mut printer = Printer::one(globals, Some(of))?;
    printer.add(created)?;
    printer.finish()?;
    unmet.map_or(Ok(()), |unmet| Err(unmet.failure(&session)))
}

/// Asks for what is required and missing, or says so.
async fn ask_for_missing(
    session: &Session,
    types: &Types,
    of: &ResourceType,
    resource: &mut Value,
) -> Result<(), Failure> {
    let missing = assign::missing(of, resource);
    if missing.is_empty() {
        return Ok(());
    }
    if !terminal::can_ask() {
        let names: Vec<String> = missing
            .iter()
            .map(crate::types::Place::plain_path)
            .collect();
        let flags: Vec<String> = missing
            .iter()
            .map(|place| format!("--{} ...", kebab(&place.attribute.name)))
            .collect();
        return Err(
            Failure::usage(format!("`{}` needs {}", of.name, names.join(", ")))
                .hint(format!("add {}", flags.join(" "))),
        );
    }
    for place in missing {
        let question = format!("{} ({})", place.plain_path(), place.attribute.facts());
        let answer = terminal::ask(&question, "give it as an option")?;
        if answer.is_empty() {
            return Err(Failure::usage(format!(
                "`{}` needs {}",
                of.name,
                place.plain_path()
            )));
        }
        let value = assign::value(session, types, &place, &answer).await?;
        place.set(resource, value);
    }
    Ok(())
}

/// The resource that is there already, by the value that one attribute has in the new one.
pub(super) async fn existing(
    session: &Session,
    types: &Types,
    of: &ResourceType,
    resource: &Value,
    attribute: &str,
) -> Result<Option<Value>, Failure> {
    let place = of.place(attribute)?;
    let Some(value) = place.values(resource).first().map(|value| (*value).clone()) else {
        return Err(Failure::usage(format!(
            "the new {} has no `{attribute}` to look for",
            of.name
        )));
    };
    let query = Query {
        path: of.endpoint.clone(),
        filter: Some(format!("{} eq {value}", place.plain_path())),
        limit: Some(2),
        one_page: true,
        ..Query::default()
    };
    let found = pages::all(session, types, &query).await?;
    let mut found = lookup::only_equal(found, of, attribute, &value)?;
    match found.len() {
        0 | 1 => Ok(found.pop()),
        _ => Err(Failure::new(
            Code::Conflict,
            format!("several {}s have the same `{attribute}`", of.name),
        )),
    }
}

pub(super) async fn replace(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    let session = Session::open(globals).await?;
    let types = discovery::types(&session).await?;
    let of = types.find(required(matches, "type")?)?;
    if text(matches, "file").is_none() {
        return Err(Failure::usage("there is no new resource: give -f FILE")
            .hint("`scim patch` and `scim edit` change parts of one"));
    }
    let given = assemble(&session, &types, of, matches).await?;
    if !matches.get_flag("no-check") {
        change::refuse(assign::doubts(of, &given))?;
    }
    let old = lookup::read(&session, &types, of, required(matches, "id")?, &[]).await?;
    let id = old.str("id").map(str::to_owned);
    let id = id.ok_or_else(|| Failure::new(Code::Refused, "the server's resource has no id"))?;
    let version = change::version_of(&old);
    let new = change::put(&session, of, &id, &given, version.as_deref()).await?;
    let wish = Wish::replaced(of, &old, &given);
    super::patch::after(&session, &wish, &id, new, "replaced").await
}
