//! `bulk`: the operations of a BulkRequest (RFC 7644 §3.7), in as many requests as the server's
//! limits make it.

use std::collections::HashMap;

use clap::{ArgMatches, Command};
use http::Method;
use scim_client::message::BulkMethod;

use super::{flag, option, required};
use crate::bulk::{self, Limits};
use crate::discovery;
use crate::documents;
use crate::failure::{Code, Failure};
use crate::globals::Globals;
use crate::interrupt::Interrupt;
use crate::session::{Call, Session};
use crate::terminal::{self, say};
use crate::types::Types;
use crate::value::Value;
use crate::wire;
use crate::wish::{Unmet, Wish};

pub(super) fn commands() -> Vec<Command> {
    vec![
        Command::new("bulk")
            .about("Send a BulkRequest; --split divides one that is too large for the server")
            .arg(option("file", "FILE", "A BulkRequest, or a list of its operations; - reads standard input").short('f').required(true).value_hint(clap::ValueHint::FilePath))
            .arg(option("fail-on-errors", "N", "Stop after this number of errors").value_parser(clap::value_parser!(u64).range(1..)))
            .arg(flag("split", "Send several requests if one is too large; `bulkId:` can then refer to resources of the same request or an earlier one")),
    ]
}

pub(super) async fn run(globals: &Globals, matches: &ArgMatches) -> Result<(), Failure> {
    let session = Session::open(globals).await?;
    let types = discovery::types(&session).await?;
    if types.supports("bulk") == Some(false) {
        return Err(Failure::denied("the server says that it has no bulk")
            .hint("`scim import` sends single requests"));
    }
    let given = documents::one(required(matches, "file")?)?;
    let stop = matches.get_one::<u64>("fail-on-errors").copied();
    let stop = stop.or_else(|| given.get("failOnErrors").and_then(Value::as_u64));
    let operations = given.get("Operations").cloned().unwrap_or(given);
    let operations = operations.each().to_vec();
    check(&operations)?;
    let limits = Limits::of(&types);
    let requests = limits.requests(&operations)?;
    if requests > 1 && !matches.get_flag("split") {
        return Err(Failure::usage(format!(
            "this is more than the server accepts at once ({limits})"
        ))
        .hint(format!("--split sends {requests} requests")));
    }
    let (mut done, mut failed, mut unprocessed, mut not_so) = (0, 0, 0, 0);
    let mut unread = None;
    let mut interrupt = Interrupt::listen();
    let mut made: HashMap<String, String> = HashMap::new();
    let mut rest = operations.as_slice();
    while !rest.is_empty() {
        // As they are sent: ids take more room than what stands for them.
        let mut room = limits.room();
        let part: Vec<Value> = rest
            .iter()
            .map(|operation| resolved(operation, &made))
            .take_while(|operation| room.take(operation))
            .collect();
        let sent = part.len();
        let asked = part.clone();
        rest = rest.get(sent..).unwrap_or_default();
        let mut body = bulk::message(part);
        if let Some(stop) = stop {
            body.set(
                "failOnErrors",
                Value::from(stop.saturating_sub(failed).max(1)),
            );
        }
        interrupt.check(&format!(
            "{done} done, {failed} failed, of {}: operations without a printed result were not sent",
            operations.len()
        ))?;
        let call = Call::new(Method::POST, "/Bulk").body(&body);
        let Some(reply) = interrupt.finish(session.write(&call)).await? else {
            continue;
        };
        let answer = reply.value()?;
        let results = answer
            .get("Operations")
            .map(Value::each)
            .unwrap_or_default();
        for result in results {
            let is_done = bulk::status(result).is_some_and(|status| status / 100 == 2);
            if let Some(unmet) = unmet(&session, &types, &asked, result).filter(|_| is_done) {
                not_so += 1;
                let own = result.str("bulkId").or_else(|| result.str("location"));
                let place = terminal::visible(own.unwrap_or("an operation"));
                say(unmet.failure(&session).at(&place).render());
            }
            if is_done {
                done += 1;
            } else {
                failed += 1;
            }
            if let (true, Some(own), Some(id)) = (is_done, result.str("bulkId"), bulk::id(result)) {
                made.insert(format!("bulkId:{own}"), id);
            }
            // Some servers repeat the token in what they say of a refusal.
            let line = match is_done {
                true => result.to_string(),
                false => session.mask.text_only(&result.to_string()),
            };
            // What the server did is counted, also where nobody reads it.
            if unread.is_none() {
                unread = terminal::out(&format!("{line}\n")).err();
            }
        }
        let missing = sent.saturating_sub(results.len());
        if missing > 0 {
            unprocessed += missing;
            say(format_args!("{missing} operations were not processed"));
        }
        if stop.is_some_and(|stop| failed >= stop) {
            say("stopped: the allowed number of errors was reached");
            break;
        }
        if unread.is_some() && !rest.is_empty() {
            say("stopped: results can no longer be printed");
            break;
        }
    }
    if !globals.dry_run {
        say(format_args!(
            "{done} done, {failed} failed, of {}",
            operations.len()
        ));
    }
    if let Some(failure) = unread {
        return Err(failure);
    }
    match (done, failed) {
        (_, 0) if unprocessed > 0 || not_so > 0 => Err(Failure::silent(Code::Partly)),
        (_, 0) => Ok(()),
        (0, _) => Err(Failure::silent(Code::Refused)),
        _ => Err(Failure::silent(Code::Partly)),
    }
}

/// What of an operation a result does not show that has the resource in it.
fn unmet(session: &Session, types: &Types, asked: &[Value], result: &Value) -> Option<Unmet> {
    let made = result.get("response")?;
    let own = result.str("bulkId")?;
    let operation = asked.iter().find(|of| of.str("bulkId") == Some(own))?;
    let path = operation.str("path")?.trim_start_matches('/');
    let of = types.find(path.split('/').next()?).ok()?;
    let data = operation.get("data")?;
    // What has an id by then cannot be compared with what stands for it here.
    if data.to_string().contains("\"bulkId:") {
        return None;
    }
    let wish = match operation.str("method")?.to_ascii_uppercase().as_str() {
        "POST" => Wish::created(of, data),
        "PATCH" => Wish::patched(of, None, data.get("Operations")?.each()),
        "PUT" => Wish::replaced(of, &Value::Null, data),
        _ => return None,
    };
    wish.unmet_by(session, made)
}

fn check(operations: &[Value]) -> Result<(), Failure> {
    if operations.is_empty() {
        return Err(Failure::usage("there are no operations"));
    }
    let mut ids = std::collections::HashSet::new();
    for (at, operation) in operations.iter().enumerate() {
        let place = format!("operation {}", at + 1);
        let method = operation
            .str("method")
            .unwrap_or_default()
            .to_ascii_uppercase();
        if BulkMethod::from_keyword(&method).is_none() {
            let methods = BulkMethod::ALL.map(BulkMethod::as_str).join(", ");
            return Err(Failure::usage(format!(
                "{place}: `method` is one of {methods}"
            )));
        }
        if operation.str("path").is_none_or(str::is_empty) {
            return Err(
                Failure::usage(format!("{place}: there is no `path`")).hint("such as /Users")
            );
        }
        match operation.str("bulkId") {
            None if method == "POST" => {
                return Err(Failure::usage(format!("{place}: a POST needs a `bulkId`"))
                    .hint("RFC 7644 §3.7"));
            }
            Some(id) if !ids.insert(id.to_owned()) => {
                return Err(Failure::usage(format!(
                    "{place}: the bulkId `{id}` occurs twice"
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The operation with the ids that earlier requests made; in a URL, percent-encoded.
fn resolved(operation: &Value, made: &HashMap<String, String>) -> Value {
    match operation {
        Value::Text(text) => {
            let path = || {
                let (front, last) = text.rsplit_once('/')?;
                Some(format!("{front}/{}", wire::percent(made.get(last)?)))
            };
            Value::Text(match made.get(text) {
                Some(id) => id.clone(),
                None => path().unwrap_or_else(|| text.clone()),
            })
        }
        Value::List(elements) => Value::List(elements.iter().map(|e| resolved(e, made)).collect()),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), resolved(value, made)))
                .collect(),
        ),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_earlier_requests_are_known() {
        let made = HashMap::from([
            ("bulkId:a".to_owned(), "17".to_owned()),
            ("bulkId:c".to_owned(), "a%40b".to_owned()),
        ]);
        let operation =
            Value::parse(r#"{"path":"/Groups/bulkId:a","data":[{"value":"bulkId:a"},"bulkId:b"]}"#);
        assert_eq!(
            resolved(&operation.unwrap(), &made).to_string(),
            r#"{"path":"/Groups/17","data":[{"value":"17"},"bulkId:b"]}"#
        );
        let operation = Value::parse(r#"{"path":"/Groups/bulkId:c","data":["bulkId:c"]}"#);
        assert_eq!(
            resolved(&operation.unwrap(), &made).to_string(),
            r#"{"path":"/Groups/a%2540b","data":["a%40b"]}"#
        );
    }
}
