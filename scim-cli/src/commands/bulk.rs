//! `bulk`: the operations of a BulkRequest (RFC 7644 §3.7), in as many requests as the server's
//! limits make it.

use std::collections::HashMap;

use clap::{ArgMatches, Command};
use http::Method;

use super::{flag, option, required};
use crate::discovery;
use crate::documents;
use crate::failure::{Code, Failure};
use crate::globals::Globals;
use crate::session::{Call, Session};
use crate::terminal::{self, say};
use crate::value::Value;

const URN: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

pub(super) fn commands() -> Vec<Command> {
    vec![
        Command::new("bulk")
            .about("Send a BulkRequest, cut to what the server takes")
            .arg(option("file", "FILE", "A BulkRequest, or a list of its operations; - reads standard input").short('f').required(true).value_hint(clap::ValueHint::FilePath))
            .arg(option("fail-on-errors", "N", "Stop after so many errors").value_parser(clap::value_parser!(u64).range(1..)))
            .arg(flag("split", "More than one request, if it takes that; `bulkId:` then refers within one only, unless an earlier one made it")),
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
    let most = types
        .limit("bulk", "maxOperations")
        .and_then(|n| usize::try_from(n).ok());
    let bytes = types
        .limit("bulk", "maxPayloadSize")
        .and_then(|n| usize::try_from(n).ok());
    let parts = split(
        &operations,
        most.unwrap_or(usize::MAX),
        bytes.unwrap_or(usize::MAX),
    )?;
    if parts.len() > 1 && !matches.get_flag("split") {
        let limits = format!(
            "{} operations, {} bytes",
            most.map_or_else(|| "any number of".to_owned(), |n| n.to_string()),
            bytes.map_or_else(|| "any number of".to_owned(), |n| n.to_string())
        );
        return Err(Failure::usage(format!(
            "this is more than the server takes at once ({limits})"
        ))
        .hint(format!("--split sends {} requests", parts.len())));
    }
    let (mut done, mut failed, mut unprocessed) = (0, 0, 0);
    let mut made: HashMap<String, String> = HashMap::new();
    for part in &parts {
        let mut body = Value::object([("schemas", Value::texts([URN]))]);
        if let Some(stop) = stop {
            body.set(
                "failOnErrors",
                Value::from(stop.saturating_sub(failed).max(1)),
            );
        }
        let known = part
            .iter()
            .map(|operation| resolved(operation, &made))
            .collect();
        body.set("Operations", Value::List(known));
        let Some(reply) = session
            .write(&Call::new(Method::POST, "/Bulk").body(&body))
            .await?
        else {
            continue;
        };
        let answer = reply.value()?;
        let results = answer
            .get("Operations")
            .map(Value::each)
            .unwrap_or_default();
        for result in results {
            let status = result.get("status").map(|status| match status.get("code") {
                Some(code) => code.plain(),
                None => status.plain(),
            });
            let is_done = status
                .as_deref()
                .is_some_and(|status| status.starts_with('2'));
            if is_done {
                done += 1;
            } else {
                failed += 1;
            }
            if let (true, Some(id), Some(location)) =
                (is_done, result.str("bulkId"), result.str("location"))
            {
                let last = location
                    .trim_end_matches('/')
                    .rsplit('/')
                    .next()
                    .unwrap_or_default();
                made.insert(format!("bulkId:{id}"), last.to_owned());
            }
            terminal::out(&format!("{result}\n"))?;
        }
        if results.len() < part.len() {
            unprocessed += part.len() - results.len();
            say(format_args!(
                "{} operations were not processed",
                part.len() - results.len()
            ));
        }
        if stop.is_some_and(|stop| failed >= stop) {
            say("stopped: there were as many errors as allowed");
            break;
        }
    }
    if !globals.dry_run {
        say(format_args!(
            "{done} done, {failed} failed, of {}",
            operations.len()
        ));
    }
    match (done, failed) {
        (_, 0) if unprocessed > 0 => Err(Failure::silent(Code::Partly)),
        (_, 0) => Ok(()),
        (0, _) => Err(Failure::silent(Code::Refused)),
        _ => Err(Failure::silent(Code::Partly)),
    }
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
        if !["POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str()) {
            return Err(Failure::usage(format!(
                "{place}: `method` is POST, PUT, PATCH or DELETE"
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
                    "{place}: the bulkId `{id}` stands twice"
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Parts within both limits, in order.
fn split(operations: &[Value], most: usize, bytes: usize) -> Result<Vec<Vec<Value>>, Failure> {
    // What a request has besides its operations.
    const FRAME: usize = 200;
    let mut parts: Vec<Vec<Value>> = Vec::new();
    let mut size = usize::MAX;
    for (at, operation) in operations.iter().enumerate() {
        let own = operation.to_string().len() + 1;
        if own.saturating_add(FRAME) > bytes {
            return Err(Failure::usage(format!(
                "operation {} alone is larger than the server takes ({bytes} bytes)",
                at + 1
            )));
        }
        let is_full = parts.last().is_none_or(|part| part.len() >= most.max(1));
        if is_full || size.saturating_add(own) > bytes {
            parts.push(Vec::new());
            size = FRAME;
        }
        size += own;
        if let Some(part) = parts.last_mut() {
            part.push(operation.clone());
        }
    }
    Ok(parts)
}

/// The operation with the ids that earlier requests made.
fn resolved(operation: &Value, made: &HashMap<String, String>) -> Value {
    match operation {
        Value::Text(text) => {
            let path = || {
                let (front, last) = text.rsplit_once('/')?;
                Some(format!("{front}/{}", made.get(last)?))
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
    fn both_limits_are_kept() {
        let operation = Value::parse(r#"{"method":"DELETE","path":"/Users/1"}"#).unwrap();
        let all = vec![operation; 7];
        assert_eq!(
            split(&all, 3, usize::MAX)
                .unwrap()
                .iter()
                .map(Vec::len)
                .collect::<Vec<_>>(),
            [3, 3, 1]
        );
        let own = all[0].to_string().len() + 1;
        assert_eq!(split(&all, 100, 200 + 2 * own).unwrap().len(), 4);
        assert!(split(&all, 100, 100).is_err());
    }

    #[test]
    fn ids_of_earlier_requests_are_known() {
        let made = HashMap::from([("bulkId:a".to_owned(), "17".to_owned())]);
        let operation =
            Value::parse(r#"{"path":"/Groups/bulkId:a","data":[{"value":"bulkId:a"},"bulkId:b"]}"#);
        assert_eq!(
            resolved(&operation.unwrap(), &made).to_string(),
            r#"{"path":"/Groups/17","data":[{"value":"17"},"bulkId:b"]}"#
        );
    }
}
