//! `api`: a request of one's own, with the context's credentials and retries.

use clap::{Arg, ArgMatches, Command};
use http::Method;

use super::{flag, many, option, required, text, texts};
use crate::failure::Failure;
use crate::globals::Globals;
use crate::output::Format;
use crate::session::{Call, Session};
use crate::terminal::{self, say};
use crate::wire;

pub(super) fn commands() -> Vec<Command> {
    let command = Command::new("api")
        .about("Send any request to a path below the base URL")
        .after_help("Examples:\n  scim api /ServiceProviderConfig\n  scim api GET /Users -q count=1 -q startIndex=5 -i\n  scim api POST /Users -f user.json")
        .arg(Arg::new("words").value_name("[METHOD] PATH").num_args(1..=2).required(true).help("The method [default: GET], and the path below the base URL"))
        .arg(option("file", "FILE", "The body, JSON or YAML; - reads standard input").short('f').value_hint(clap::ValueHint::FilePath))
        .arg(many("query", "NAME=VALUE", "A parameter").short('q'))
        .arg(flag("include", "Also show the status and the headers").short('i'));
    vec![command]
}

pub(super) async fn run(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    let words = texts(matches, "words");
    let body = text(matches, "file")
        .map(crate::documents::one)
        .transpose()?;
    let (method, path) = match words.as_slice() {
        [path] if body.is_some() => (Method::POST, path.clone()),
        [path] => (Method::GET, path.clone()),
        [method, path] => {
            let method = method.to_ascii_uppercase();
            let known = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
            if !known.contains(&method.as_str()) {
                return Err(
                    Failure::usage(format!("`{method}` is not a method of SCIM"))
                        .hint("GET, POST, PUT, PATCH or DELETE"),
                );
            }
            let method = Method::from_bytes(method.as_bytes());
            (
                method.map_err(|_| Failure::usage("this is not a method"))?,
                path.clone(),
            )
        }
        _ => return Err(Failure::usage(required(matches, "words")?.to_owned())),
    };
    let (path, query) = path.split_once('?').unwrap_or((&path, ""));
    let mut call = Call::new(method, path);
    for parameter in texts(matches, "query") {
        if !parameter.contains('=') {
            let message = format!("`{parameter}` is not a parameter");
            return Err(Failure::usage(message).hint("-q NAME=VALUE, such as -q count=1"));
        }
    }
    let parameters = query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(wire::decoded);
    for parameter in parameters.chain(texts(matches, "query")) {
        let (name, value) = parameter.split_once('=').unwrap_or((&parameter, ""));
        call = call.query(name, value);
    }
    if let Some(body) = &body {
        call = call.body(body);
    }
    let session = Session::open(globals).await?;
    let reply = match call.is_read() {
        true => session.send(&call).await?,
        false => match session.write(&call).await? {
            Some(reply) => reply,
            None => return Ok(()),
        },
    };
    if matches.get_flag("include") {
        say(format_args!("HTTP {}", reply.status));
        for (name, value) in &reply.headers {
            let value = session.mask.header(name, value);
            say(format_args!("{name}: {}", terminal::visible(&value)));
        }
    }
    let Some(raw) = &reply.text else {
        return Ok(());
    };
    let text = match (globals.raw, globals.format) {
        // JSON stays the same text so.
        (true, _) => crate::value::escaped(raw).unwrap_or_else(|| raw.clone()),
        (false, Some(Format::Yaml)) => crate::yaml::print(&reply.value()?),
        (false, Some(Format::Jsonl)) => reply.value()?.to_string(),
        (false, _) => reply.value()?.pretty(),
    };
    terminal::out(&(text.trim_end().to_owned() + "\n"))
}
