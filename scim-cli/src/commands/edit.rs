//! `edit`: a resource in an editor.

use std::path::Path;
use std::process::Command as Process;
use std::time::{Duration, Instant};

use clap::{Arg, ArgMatches, Command};

use super::{option, required, text, type_argument};
use crate::assign;
use crate::change;
use crate::discovery;
use crate::failure::{Code, Failure};
use crate::files;
use crate::globals::Globals;
use crate::lookup;
use crate::session::Session;
use crate::terminal::{self, say};
use crate::types::{Attribute, ResourceType, Types};
use crate::value::Value;
use crate::wish::Wish;
use crate::yaml;

/// How often a resource that was changed meanwhile is read again.
const TRIES: usize = 5;
/// Nobody reads a page and closes the editor in this time.
const SUDDEN: Duration = Duration::from_secs(1);

pub(super) fn commands() -> Vec<Command> {
    vec![
        Command::new("edit")
            .about("Change a resource in $VISUAL or $EDITOR, and send the smallest PATCH")
            .arg(type_argument())
            .arg(
                Arg::new("id")
                    .value_name("ID")
                    .required(true)
                    .help("An id, or @NAME"),
            )
            .arg(
                option("format", "FORMAT", "yaml or json")
                    .value_parser(["yaml", "json"])
                    .default_value("yaml"),
            ),
    ]
}

pub(super) async fn edit(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    let session = Session::open(globals).await?;
    let types = discovery::types(&session).await?;
    let of = types.find(required(matches, "type")?)?;
    let editor = editor()?;
    let before = lookup::read(&session, &types, of, required(matches, "id")?, &[]).await?;
    let Some(id) = before.str("id").map(str::to_owned) else {
        return Err(Failure::new(
            Code::Refused,
            "the server's resource has no id",
        ));
    };
    let is_json = text(matches, "format") == Some("json");
    let shown = editable(of, &before);
    let mut written = match is_json {
        true => shown.pretty() + "\n",
        false => page(of, &before, &shown),
    };
    let end = if is_json { "json" } else { "yaml" };
    let folder = files::temporary_folder()?;
    let path = folder.join(format!("{}.{end}", files::safe_name(&of.name)));
    let mut is_sudden;
    let after = loop {
        files::write_private(&path, &written)?;
        let begun = Instant::now();
        let opened = open(&editor, &path);
        let text = read(&path);
        if let Err(failure) = opened.and_then(|()| text.as_ref().map(drop).map_err(Clone::clone)) {
            // What nobody has written is of no use to anybody.
            let is_kept = match &text {
                Ok(text) => *text != written,
                Err(_) => path.exists(),
            };
            match is_kept {
                true => say(format_args!("what you wrote is kept in {}", path.display())),
                false => drop(std::fs::remove_dir_all(&folder)),
            }
            return Err(failure);
        }
        let text = text?;
        is_sudden = text == written && begun.elapsed() < SUDDEN;
        match understood(of, &text, is_json) {
            Ok(after) => break after,
            // Somebody who has written much must not lose it.
            Err(failure) if !terminal::can_ask() || globals.yes => {
                let place = path.display().to_string();
                say(format_args!("what you wrote is kept in {place}"));
                return Err(failure.at(&place));
            }
            Err(failure) => {
                say(failure.render());
                terminal::confirm("Edit it again").inspect_err(|_| {
                    say(format_args!("what you wrote is kept in {}", path.display()));
                })?;
                written = text;
            }
        }
    };
    let operations = change::difference(of, &shown, &after, &session.profile);
    let operations = operations.inspect_err(|_| {
        say(format_args!("what you wrote is kept in {}", path.display()));
    })?;
    if operations.is_empty() {
        let _gone = std::fs::remove_dir_all(&folder);
        say("nothing was changed");
        if is_sudden {
            say(
                " hint: did the editor wait? One that returns at once needs an option, such as code --wait",
            );
        }
        return Ok(());
    }
    let done = send(&session, &types, of, &id, &before, &shown, &after).await;
    match done {
        Ok((answer, wish)) => {
            let done = super::patch::after(&session, &wish, &id, answer, "changed").await;
            match done {
                Ok(()) => drop(std::fs::remove_dir_all(&folder)),
                Err(_) => say(format_args!("what you wrote is kept in {}", path.display())),
            }
            done
        }
        Err(failure) => {
            say(format_args!("what you wrote is kept in {}", path.display()));
            Err(failure)
        }
    }
}

/// Sends what was changed, for the version that was read. If somebody else has changed it meanwhile,
/// the same changes are offered for what is there now.
async fn send<'t>(
    session: &Session,
    types: &Types,
    of: &'t ResourceType,
    id: &str,
    before: &Value,
    shown: &Value,
    after: &Value,
) -> Result<(Option<Value>, Wish<'t>), Failure> {
    let mut version = change::version_of(before);
    let mut now = before.clone();
    for _ in 0..TRIES {
        let operations = change::difference(of, shown, after, &session.profile)?;
        let (sent, wish) = match types.supports("patch") {
            Some(false) => {
                let mut whole = now.clone();
                merge(of, &mut whole, shown, after);
                let wish = Wish::replaced(of, &now, &whole);
                let sent = change::put(session, of, id, &whole, version.as_deref()).await;
                (sent, wish)
            }
            _ => {
                let wish = Wish::patched(of, Some(&now), &operations);
                let sent = change::patch(session, of, id, operations, version.as_deref()).await;
                (sent, wish)
            }
        };
        match sent {
            Err(failure) if failure.status() == Some(412) => {
                let new = lookup::read(session, types, of, id, &[]).await?;
                let theirs = change::difference(of, shown, &editable(of, &new), &session.profile)?;
                say("somebody has changed it meanwhile:");
                for operation in &theirs {
                    say(format_args!(
                        "  {}",
                        terminal::visible(&session.mask.json(&operation.to_string()))
                    ));
                }
                let both = conflicts(
                    &change::difference(of, shown, after, &session.profile)?,
                    &theirs,
                );
                if !both.is_empty() {
                    say(format_args!(
                        "you have changed this too: {}",
                        both.join(", ")
                    ));
                }
                terminal::confirm("Make your changes to what is there now")?;
                version = change::version_of(&new);
                now = new;
            }
            other => return other.map(|answer| (answer, wish)),
        }
    }
    Err(Failure::new(
        Code::Conflict,
        "others change it again and again: nothing was written",
    ))
}

/// The paths that both have changed.
fn conflicts(mine: &[Value], theirs: &[Value]) -> Vec<String> {
    let path = |operation: &Value| operation.str("path").unwrap_or_default().to_owned();
    let theirs: Vec<String> = theirs.iter().map(path).collect();
    let mine = mine.iter().map(path);
    mine.filter(|path| theirs.contains(path)).collect()
}

/// Puts what was changed into the whole resource, for servers without PATCH.
fn merge(of: &ResourceType, whole: &mut Value, shown: &Value, after: &Value) {
    let nothing = Value::Null;
    for (extension, attribute) in of.all() {
        let urn = extension.map(|extension| extension.urn.as_str());
        let held = |root: &Value| -> Value {
            let root = urn
                .map_or(Some(root), |urn| root.get(urn))
                .unwrap_or(&nothing);
            root.get(&attribute.name).cloned().unwrap_or_default()
        };
        let (old, new) = (held(shown), held(after));
        if attribute.is_writable() && !change::same(&old, &new) {
            let root = match urn {
                Some(urn) => whole.member(urn),
                None => &mut *whole,
            };
            match new.is_empty() {
                true => drop(root.remove(&attribute.name)),
                false => root.set(&attribute.name, new),
            }
        }
    }
}

/// What a client may change of a resource.
fn editable(of: &ResourceType, resource: &Value) -> Value {
    let mut shown = resource.clone();
    for name in ["id", "meta", "schemas"] {
        shown.remove(name);
    }
    for (extension, attribute) in of.all() {
        let root = match extension {
            Some(extension) if shown.get(&extension.urn).is_none() => continue,
            Some(extension) => shown.member(&extension.urn),
            None => &mut shown,
        };
        if !attribute.is_writable() {
            root.remove(&attribute.name);
        }
    }
    shown
}

/// The page that is edited: what may be changed, and in comments what else there is.
fn page(of: &ResourceType, resource: &Value, shown: &Value) -> String {
    let id = terminal::visible(resource.str("id").unwrap_or_default());
    let mut text = format!(
        "# {} {id}. Save and close to send what you changed; change nothing to leave it.\n",
        of.name
    );
    let read_only = of
        .attributes
        .iter()
        .filter(|a| !a.is_writable() && a.name != "schemas");
    let lines: Vec<String> = read_only
        .filter_map(|a| Some(format!("{}: {}", a.name, resource.get(&a.name)?)))
        .collect();
    if !lines.is_empty() {
        text.push_str("# Only the server sets:\n");
        lines
            .iter()
            .for_each(|line| text.push_str(&format!("#   {}\n", terminal::visible(line))));
    }
    text.push('\n');
    let body = yaml::print(shown);
    // What is said of an attribute stands above it.
    for line in body.lines() {
        let name = line.split(':').next().unwrap_or_default();
        let is_top = !line.starts_with([' ', '-']);
        if let Some(attribute) = of.attributes.iter().find(|a| is_top && a.name == name) {
            text.push_str(&note(attribute));
        }
        text.push_str(line);
        text.push('\n');
    }
    let has = |urn: Option<&str>, name: &str| {
        let root = urn.map_or(Some(shown), |urn| shown.get(urn));
        root.is_some_and(|root| root.get(name).is_some())
    };
    text.push_str("\n# What else there may be:\n");
    for (extension, attribute) in of
        .all()
        .filter(|(_, a)| a.is_writable() && a.name != "schemas")
    {
        let urn = extension.map(|extension| extension.urn.as_str());
        if !has(urn, &attribute.name) {
            let front = urn.map_or(String::new(), |urn| format!("\"{urn}\": "));
            text.push_str(&format!(
                "#   {front}{}: {}\n",
                attribute.name,
                attribute.facts()
            ));
        }
    }
    text
}

fn note(attribute: &Attribute) -> String {
    let mut note = format!("# {}: {}", attribute.name, attribute.facts());
    if !attribute.kinds().is_empty() {
        note.push_str(&format!("; type: {}", attribute.kinds().join(", ")));
    }
    note + "\n"
}

/// The resource that somebody wrote.
fn understood(of: &ResourceType, text: &str, is_json: bool) -> Result<Value, Failure> {
    let value = match is_json {
        true => Value::parse(text).map_err(|error| Failure::usage(error.to_string()))?,
        false => {
            let mut documents = yaml::parse(text)?;
            match documents.len() {
                1 => documents.pop().unwrap_or_default(),
                _ => {
                    return Err(Failure::new(
                        Code::Safety,
                        "the page is empty: nothing was sent",
                    ));
                }
            }
        }
    };
    if !matches!(value, Value::Object(_)) {
        return Err(Failure::new(
            Code::Safety,
            "the page has no attributes: nothing was sent",
        ));
    }
    let mut wrong = assign::doubts(of, &value);
    for (name, _) in value.members() {
        if of.attribute(name).is_some_and(|a| !a.is_writable()) && name != "schemas" {
            wrong.push(Failure::usage(format!(
                "`{name}` is readOnly: only the server sets it"
            )));
        }
    }
    let missing = assign::missing(of, &value);
    wrong.extend(
        missing
            .iter()
            .map(|place| Failure::usage(format!("`{}` is required", place.plain_path()))),
    );
    change::refuse(wrong)?;
    Ok(value)
}

/// What the editor left.
fn read(path: &Path) -> Result<String, Failure> {
    if !path.exists() {
        return Err(
            Failure::usage("the editor deleted the file: nothing was sent")
                .hint("save what you change in place; `scim patch` changes without an editor"),
        );
    }
    let text = crate::text::of(path)
        .map_err(|failure| failure.hint("the editor has to save it as text in UTF-8"))?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

fn editor() -> Result<String, Failure> {
    let set = |name: &str| {
        std::env::var(name)
            .ok()
            .filter(|value| !value.trim().is_empty())
    };
    set("VISUAL")
        .or_else(|| set("EDITOR"))
        .or_else(|| {
            terminal::can_ask().then(|| if cfg!(windows) { "notepad" } else { "vi" }.to_owned())
        })
        .ok_or_else(|| {
            Failure::usage("there is no editor")
                .hint("set $EDITOR; `scim patch` changes without one")
        })
}

fn open(editor: &str, path: &Path) -> Result<(), Failure> {
    let quoted = path.display().to_string();
    let status = match cfg!(windows) {
        true => Process::new("cmd")
            .args(["/C", &format!("{editor} \"{quoted}\"")])
            .status(),
        // $EDITOR may have arguments.
        false => Process::new("sh")
            .args(["-c", &format!("{editor} \"$1\""), "sh", &quoted])
            .status(),
    };
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::usage(format!(
            "the editor `{editor}` ended with {status}: nothing was sent"
        ))
        .hint("$VISUAL or $EDITOR names it; one that returns at once needs an option to wait, such as code --wait")),
        Err(error) => Err(Failure::usage(format!(
            "cannot start the editor `{editor}`: {error}"
        ))),
    }
}
