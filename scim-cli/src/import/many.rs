//! Creates many rows with one BulkRequest (RFC 7644 §3.7).

use std::collections::VecDeque;

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
use crate::wish::Wish;

/// How many rows go with one request, where a server has no limit: what is lost with it stays small.
const AT_ONCE: usize = 500;

/// Rows, and how they are sent.
pub(super) struct Part {
    pub(super) rows: Vec<usize>,
    operations: Vec<Value>,
    /// Whether each refers to what does not exist yet.
    refers: Vec<bool>,
}

/// A row with the ids that are known now, and whether it refers to what does not exist yet.
fn operation(shared: &Shared, of: &ResourceType, row: &Prepared) -> (Value, bool) {
    let mut resource = row.resource.clone();
    let refers = !send::defer(shared, of, &mut resource).is_empty();
    of.set_schemas(&mut resource);
    let operation = Value::object([
        ("method", Value::text("POST")),
        ("path", Value::text(&of.endpoint)),
        ("bulkId", Value::text(&row.key)),
        ("data", resource),
    ]);
    (operation, refers)
}

/// Takes as many rows as the server takes at once, as large as they are now that ids of the server
/// stand in them. `None`: the first row alone is too large for it.
pub(super) fn part(
    shared: &Shared,
    of: &ResourceType,
    rows: &[Prepared],
    waiting: &mut VecDeque<usize>,
    limits: &Limits,
) -> Option<Part> {
    let mut room = limits.room();
    let mut part = Part {
        rows: Vec::new(),
        operations: Vec::new(),
        refers: Vec::new(),
    };
    while let Some(row) = waiting.front().and_then(|at| rows.get(*at)) {
        let (operation, refers) = operation(shared, of, row);
        let is_full = part.rows.len() >= AT_ONCE || !limits.can_take(&operation);
        if is_full || !room.take(&operation) {
            break;
        }
        part.rows.extend(waiting.pop_front());
        part.operations.push(operation);
        part.refers.push(refers);
    }
    Some(part).filter(|part| !part.rows.is_empty())
}

/// Creates rows. Those whose name was taken meanwhile are looked at one by one.
pub(super) async fn create(
    shared: &Shared,
    of: &ResourceType,
    known: &Known,
    rows: Vec<(usize, Prepared)>,
    part: Part,
) -> Vec<(usize, Result<Sent, Failure>)> {
    let asked: Vec<Option<Value>> = part
        .operations
        .iter()
        .map(|operation| operation.get("data").cloned())
        .collect();
    let call = Call::new(Method::POST, "/Bulk").body(&bulk::message(part.operations));
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
    for (((at, row), refers), asked) in rows.into_iter().zip(part.refers).zip(asked) {
        let outcome = match by_key.get(row.key.as_str()) {
            None => Err(Failure::new(
                Code::Refused,
                "the response to the BulkRequest has no result for it",
            )
            .hint("--resume looks for it, and creates it if it is not there")
            .with_unknown_outcome()),
            // Some servers repeat the token that they refuse.
            Some(result) => match outcome(result, refers)
                .map_err(|failure| failure.masked(|text| shared.session.mask.text_only(text)))
            {
                // Somebody was faster, or it was not found by the filter.
                Err(failure)
                    if failure.code() == Code::Conflict
                        && shared.on_conflict != OnConflict::Fail =>
                {
                    send::row(shared, of, known, &row, false).await
                }
                Ok(mut sent) => {
                    // Many results show no resource.
                    if let (Some(asked), Some(made)) = (asked, result.get("response")) {
                        let wish = Wish::created(of, &asked);
                        sent.unmet = send::unmet(shared, &wish, &sent.id, made).await;
                    }
                    Ok(sent)
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
            let id = bulk::id(result).ok_or_else(|| {
                Failure::new(Code::Refused, "the server's response has no id")
                    .with_unknown_outcome()
            })?;
            Ok(Sent {
                action: "created",
                id,
                refers,
                unmet: None,
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
