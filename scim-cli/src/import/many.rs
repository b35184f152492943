//! Creates many rows with one BulkRequest (RFC 7644 §3.7).

use http::Method;

use super::known::Known;
use super::row::Prepared;
use super::send::{self, Sent};
use super::{OnConflict, Shared};
use crate::bulk::{self, Limits};
use crate::failure::{Code, Failure};
use crate::session::Call;
use crate::types::ResourceType;
use crate::value::Value;

/// How many rows go with one request, where a server has no limit: what is lost with it stays small.
const AT_ONCE: usize = 500;

fn operation(of: &ResourceType, row: &Prepared, mut resource: Value) -> Value {
    of.set_schemas(&mut resource);
    Value::object([
        ("method", Value::text("POST")),
        ("path", Value::text(&of.endpoint)),
        ("bulkId", Value::text(&row.key)),
        ("data", resource),
    ])
}

/// Rows in parts that the server takes.
pub(super) fn parts(
    of: &ResourceType,
    rows: &[Prepared],
    all: &[usize],
    limits: &Limits,
) -> Result<Vec<Vec<usize>>, Failure> {
    let found = all.iter().filter_map(|at| Some((*at, rows.get(*at)?)));
    let (numbers, operations): (Vec<usize>, Vec<Value>) = found
        .map(|(at, row)| (at, operation(of, row, row.resource.clone())))
        .unzip();
    let mut numbers = numbers.into_iter();
    let mut parts = Vec::new();
    for part in limits.split(&operations)? {
        let part: Vec<usize> = numbers.by_ref().take(part.len()).collect();
        parts.extend(part.chunks(AT_ONCE).map(<[usize]>::to_vec));
    }
    Ok(parts)
}

/// Creates rows. Those whose name was taken meanwhile are looked at one by one.
pub(super) async fn create(
    shared: &Shared,
    of: &ResourceType,
    known: &Known,
    rows: Vec<(usize, Prepared)>,
) -> Vec<(usize, Result<Sent, Failure>)> {
    let mut refers = Vec::with_capacity(rows.len());
    let operations = rows.iter().map(|(_, row)| {
        let mut resource = row.resource.clone();
        refers.push(!send::defer(shared, of, &mut resource).is_empty());
        operation(of, row, resource)
    });
    let call = Call::new(Method::POST, "/Bulk").body(&bulk::message(operations.collect()));
    let answer = match shared.session.write(&call).await {
        Ok(Some(reply)) => reply.value(),
        Ok(None) => Ok(Value::Null),
        Err(failure) => Err(failure),
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(failure) => {
            return rows
                .into_iter()
                .map(|(at, _)| (at, Err(failure.clone())))
                .collect();
        }
    };
    let results = answer
        .get("Operations")
        .map(Value::each)
        .unwrap_or_default();
    let by_key: std::collections::HashMap<&str, &Value> = results
        .iter()
        .filter_map(|result| Some((result.str("bulkId")?, result)))
        .collect();
    let mut all = Vec::with_capacity(rows.len());
    for ((at, row), refers) in rows.into_iter().zip(refers) {
        let outcome = match by_key.get(row.key.as_str()) {
            None => Err(Failure::new(
                Code::Refused,
                "the answer to the BulkRequest has no result of it",
            )
            .hint("--resume looks for it, and creates it if it is not there")
            .with_unknown_outcome()),
            Some(result) => match outcome(result, refers) {
                // Somebody was faster, or it was not found by the filter.
                Err(failure)
                    if failure.code() == Code::Conflict
                        && shared.on_conflict != OnConflict::Fail =>
                {
                    send::row(shared, of, known, &row, false).await
                }
                other => other,
            },
        };
        all.push((at, outcome));
    }
    all
}

/// What a result says.
fn outcome(result: &Value, refers: bool) -> Result<Sent, Failure> {
    let status = bulk::status(result);
    match status {
        Some(200..=299) => {
            let id = bulk::id(result).map(str::to_owned);
            let id = id.ok_or_else(|| {
                Failure::new(Code::Refused, "the server's answer has no id").with_unknown_outcome()
            })?;
            Ok(Sent {
                action: "created",
                id,
                refers,
            })
        }
        _ => {
            let error = result.get("response").unwrap_or(result);
            Err(Failure::answered(
                status.unwrap_or(0),
                error.str("scimType"),
                error.str("detail").unwrap_or_default(),
            ))
        }
    }
}
