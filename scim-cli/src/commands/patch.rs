//! `patch`, `activate` and `deactivate`.

use clap::{Arg, ArgMatches, Command};

use super::{flag, option, required, text, texts, type_argument};
use crate::assign;
use crate::change::{self, operation, target};
use crate::discovery;
use crate::documents;
use crate::failure::{Code, Failure};
use crate::globals::Globals;
use crate::interrupt::Interrupt;
use crate::lookup;
use crate::output::Printer;
use crate::session::Session;
use crate::terminal::{self, say};
use crate::types::{ResourceType, Types, convert};
use crate::value::Value;
use crate::wish::Wish;

pub(super) fn commands() -> Vec<Command> {
    let users = || {
        Arg::new("user")
            .value_name("USER")
            .num_args(1..)
            .required(true)
            .help("Ids, or @NAME")
    };
    let kind = || option("type", "TYPE", "The resource type").default_value("User");
    vec![
        Command::new("patch")
            .about("Change parts of a resource")
            .after_help(
                "OP is one of\n  PATH=VALUE    set the value, and replace the old one\n  +PATH=VALUE   add a value to a list\n  \
                 PATH-         remove the value (also -PATH)\n  PATH:=JSON    set the value to JSON\n\nExamples:\n  scim patch user @babs \
                 title=CTO nickName-\n  scim patch user @babs +emails=value=b@home.example,type=home\n  scim patch user \
                 @babs 'emails[type eq \"work\"].value=b@example.com'",
            )
            .arg(type_argument())
            .arg(Arg::new("id").value_name("ID").required(true).help("An id, or @NAME"))
            .arg(Arg::new("op").value_name("OP").num_args(0..).help("The operations, in order"))
            .arg(option("file", "FILE", "A PATCH message, or a list of its operations").short('f').conflicts_with("op"))
            .arg(option("if-match", "VERSION", "Change it only if it still has this version"))
            .arg(flag("no-check", "Send it even if the schema does not have all of its attributes")),
        Command::new("activate").about("Set `active` of users to true").arg(users()).arg(kind()),
        Command::new("deactivate").about("Set `active` of users to false").arg(users()).arg(kind()),
    ]
}

/// `-title` as `title-`: what begins with a hyphen would be read as options.
pub(crate) fn rewrite_removals(words: &mut [String]) {
    let Some(at) = words.iter().position(|word| word == "patch") else {
        return;
    };
    let formats: Vec<&str> = crate::output::Format::names().collect();
    for word in words.iter_mut().skip(at + 3) {
        let Some(path) = word.strip_prefix('-') else {
            continue;
        };
        let is_path = path.len() >= 3
            && path.starts_with(|c: char| c.is_ascii_alphabetic())
            && !path.contains('=')
            && !path.chars().all(|c| c == 'v')
            && !path
                .strip_prefix('o')
                .is_some_and(|rest| formats.contains(&rest));
        if is_path {
            *word = format!("{path}-");
        }
    }
}

/// One operation from what somebody wrote.
async fn parse(
    session: &Session,
    types: &Types,
    of: &ResourceType,
    text: &str,
) -> Result<Value, Failure> {
    let (op, rest) = match text.strip_prefix('+') {
        Some(rest) => ("add", rest),
        None => ("replace", text),
    };
    if let Some(path) = rest
        .strip_suffix('-')
        .filter(|path| assign::split(path).is_err())
    {
        let target = target(of, path)?;
        assign::writable(&target.place, of)?;
        if target.place.attribute.required && target.place.sub.is_none() {
            let message = format!("`{path}` is required, and cannot be removed");
            return Err(Failure::usage(message).hint("set another value: PATH=VALUE"));
        }
        return Ok(operation("remove", &target.path, None));
    }
    let (path, value) = assign::split(rest).map_err(|failure| {
        failure.hint("an operation is PATH=VALUE, +PATH=VALUE, PATH- or PATH:=JSON")
    })?;
    let (path, is_json) = match path.strip_suffix(':') {
        Some(path) => (path, true),
        None => (path, false),
    };
    let target = target(of, path)?;
    assign::writable(&target.place, of)?;
    let whole_list =
        target.place.sub.is_none() && target.place.attribute.multi_valued && !path.contains('[');
    let value = match is_json {
        true => {
            Value::parse(value).map_err(|error| Failure::usage(format!("`{path}`: {error}")))?
        }
        false => assign::value(session, types, &target.place, value).await?,
    };
    let value = match (whole_list, value) {
        (true, Value::List(elements)) => Value::List(elements),
        (true, one) => Value::List(vec![one]),
        (false, value) => value,
    };
    Ok(operation(op, &target.path, Some(value)))
}

/// The path of an operation that sets something.
fn path_of(text: &str) -> Option<&str> {
    let (path, _) = assign::split(text).ok()?;
    Some(path.strip_suffix(':').unwrap_or(path))
}

/// Whether this sets what belongs to the element of a list that has a type, such as `emails.work=...`.
fn is_by_kind(of: &ResourceType, text: &str) -> bool {
    let path = path_of(text).filter(|path| !path.contains('['));
    path.and_then(|path| of.place(path).ok())
        .is_some_and(|place| place.kind.is_some())
}

/// The operation; one that sets something of an element that is not there makes that element. To replace it
/// is an error (RFC 7644 §3.5.2.3).
fn made(of: &ResourceType, there: &mut Value, text: &str, operation: Value) -> Value {
    if text.starts_with('+') || !is_by_kind(of, text) {
        return operation;
    }
    let place = path_of(text).and_then(|path| of.place(path).ok());
    let Some(place) = place else {
        return operation;
    };
    let (Some(kind), Some(sub)) = (&place.kind, place.sub) else {
        return operation;
    };
    let list = crate::types::Place {
        sub: None,
        kind: None,
        ..place.clone()
    };
    let is_kind = |element: &&Value| {
        element
            .str("type")
            .is_some_and(|own| own.eq_ignore_ascii_case(kind))
    };
    let held = list.values(there);
    if held
        .iter()
        .flat_map(|held| held.each())
        .any(|element| is_kind(&element))
    {
        return operation;
    }
    let value = operation.get("value").cloned().unwrap_or_default();
    // The next operation finds it.
    place.set(there, value.clone());
    let element = Value::object([
        (sub.name.as_str(), value),
        ("type", Value::text(kind.as_str())),
    ]);
    change::operation("add", &list.path(), Some(Value::List(vec![element])))
}

/// Refuses where the server says that it has no PATCH.
fn has_patch(types: &Types) -> Result<(), Failure> {
    match types.supports("patch") {
        Some(false) => Err(Failure::denied("the server says that it has no PATCH")
            .hint("`scim edit` and `scim replace` send the whole resource")),
        _ => Ok(()),
    }
}

pub(super) async fn patch(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    let session = Session::open(globals).await?;
    let types = discovery::types(&session).await?;
    has_patch(&types)?;
    let of = types.find(required(matches, "type")?)?;
    let mut operations = Vec::new();
    match text(matches, "file") {
        Some(path) => {
            let given = documents::one(path)?;
            let listed = given.get("Operations").cloned().unwrap_or(given);
            operations.extend(listed.each().iter().cloned());
        }
        None => {
            for op in texts(matches, "op") {
                operations.push(parse(&session, &types, of, &op).await?);
            }
        }
    }
    let is_by_kind = |text: &String| !text.starts_with('+') && is_by_kind(of, text);
    let by_kind = texts(matches, "op").iter().any(is_by_kind);
    if operations.is_empty() {
        return Err(Failure::usage("there is nothing to change")
            .hint("such as title=CTO, +emails=value=..., nickName-"));
    }
    if !matches.get_flag("no-check") {
        let message = Value::object([("Operations", Value::List(operations.clone()))]);
        change::refuse(change::check_message(of, &message))?;
    }
    let id = required(matches, "id")?;
    let id = match by_kind && !globals.curl {
        false => lookup::id(&session, &types, of, id).await?,
        true => {
            let mut there = lookup::read(&session, &types, of, id, &[]).await?;
            operations = texts(matches, "op")
                .iter()
                .zip(operations)
                .map(|(text, operation)| made(of, &mut there, text, operation))
                .collect();
            there.str("id").unwrap_or_default().to_owned()
        }
    };
    let version = text(matches, "if-match");
    let wish = Wish::patched(of, None, &operations);
    let changed = change::patch(&session, of, &id, operations, version).await?;
    after(&session, &wish, &id, changed, "changed").await
}

/// Shows a resource that was changed, and says what is not as it was to be.
pub(super) async fn after(
    session: &Session,
    wish: &Wish<'_>,
    id: &str,
    answer: Option<Value>,
    word: &str,
) -> Result<(), Failure> {
    if session.globals.dry_run {
        return Ok(());
    }
    let of = wish.of();
    let (resource, unmet) = wish.settle(session, id, answer).await?;
    say(format_args!("{word} {} {}", of.name, terminal::visible(id)));
    let mut printer = Printer::one(&session.globals, Some(of))?;
    printer.add(resource)?;
    printer.finish()?;
    unmet.map_or(Ok(()), |unmet| Err(unmet.failure(session)))
}

pub(super) async fn activate(
    globals: &Globals,
    matches: &ArgMatches,
    active: bool,
) -> Result<(), Failure> {
    let session = Session::open(globals).await?;
    let types = discovery::types(&session).await?;
    has_patch(&types)?;
    let of = types.find(required(matches, "type")?)?;
    let attribute = of.attribute("active").ok_or_else(|| of.unknown("active"))?;
    let value = convert(attribute, if active { "true" } else { "false" })?;
    let users = texts(matches, "user");
    let word = if active { "activated" } else { "deactivated" };
    let mut done = 0;
    let mut failed = None;
    let mut interrupt = Interrupt::listen();
    for user in &users {
        interrupt.check(&format!("{word} {done} of {}", users.len()))?;
        let operations = vec![operation("replace", "active", Some(value.clone()))];
        let changed = async {
            let id = lookup::id(&session, &types, of, user).await?;
            set(&session, of, &id, operations).await
        };
        match interrupt.finish(changed).await {
            Ok(_) => {
                done += 1;
                if !globals.dry_run {
                    say(format_args!("{word} {}", terminal::visible(user)));
                }
            }
            Err(failure) if users.len() > 1 && !failure.is_silent() => {
                say(failure.clone().at(user).render());
                failed = Some(failure);
            }
            Err(failure) => return Err(failure),
        }
    }
    partly(done, failed)
}

/// Sends operations, and looks whether they were done.
pub(super) async fn set(
    session: &Session,
    of: &ResourceType,
    id: &str,
    operations: Vec<Value>,
) -> Result<(), Failure> {
    let wish = Wish::patched(of, None, &operations);
    let answer = change::patch(session, of, id, operations, None).await?;
    if session.globals.dry_run {
        return Ok(());
    }
    let (_, unmet) = wish.settle(session, id, answer).await?;
    unmet.map_or(Ok(()), |unmet| Err(unmet.failure(session)))
}

/// The end of what was done many times, and not always.
pub(super) fn partly(done: usize, failed: Option<Failure>) -> Result<(), Failure> {
    match failed {
        None => Ok(()),
        Some(failure) if done == 0 => Err(Failure::silent(failure.code())),
        Some(_) => Err(Failure::silent(Code::Partly)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removals_do_not_look_like_options() {
        let line = "scim patch user @x -title -ojson -vv -emails[type] --dry-run -c prod +a=b";
        let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        rewrite_removals(&mut words);
        let text = words.join(" ");
        assert_eq!(
            text,
            "scim patch user @x title- -ojson -vv emails[type]- --dry-run -c prod +a=b"
        );
    }
}
