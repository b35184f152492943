//! Many operations in one request (RFC 7644 §3.7).
//!
//! An operation waits until those that it refers to by `bulkId` are done. Where they wait for each
//! other in a circle (§3.7.1), they are done in order: all ids are known from the start.

use std::collections::{BTreeMap, HashMap, HashSet};

use bytes::Bytes;
use http::{
    Method, Response, StatusCode,
    header::{ETAG, LOCATION},
};
use serde_json::{Value, json, value::RawValue};

use super::{
    answer, dispatch,
    failure::{Failure, Outcome},
    precondition::Preconditions,
    provider::{Config, State},
    route::{self, Target},
};
use crate::message::urn;

/// What stands in front of a `bulkId` where an id belongs (§3.7.2).
const REFERENCE: &str = "bulkId:";

/// One operation as it came.
struct Operation {
    method: Method,
    bulk_id: Option<String>,
    path: String,
    version: Option<String>,
    data: Box<str>,
}

/// What became of a `bulkId`.
enum Referent {
    /// The id that the resource is going to have.
    Waiting(String),
    Done(String),
    Failed,
}

/// Answers a bulk request.
pub(super) fn run(config: &Config, state: &mut State, body: &str) -> Outcome<Response<Bytes>> {
    let request = members(body)?;
    let fail_on_errors = match request.get("failonerrors") {
        None => usize::MAX,
        Some(limit) => serde_json::from_str(limit.get())
            .map_err(|_| Failure::invalid_syntax("failOnErrors is not a whole number"))?,
    };
    let raw: Vec<Box<RawValue>> = request
        .get("operations")
        .and_then(|operations| serde_json::from_str(operations.get()).ok())
        .unwrap_or_default();
    if raw.is_empty() {
        return Err(Failure::invalid_syntax(
            "a bulk request has at least one operation",
        ));
    }
    if raw.len() > config.bulk_operations {
        let detail = format!(
            "a bulk request has at most {} operations",
            config.bulk_operations
        );
        return Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
    }
    let operations: Vec<_> = raw
        .iter()
        .map(|raw| read(raw.get()))
        .collect::<Outcome<_>>()?;
    let mut bulk = Bulk {
        config,
        referents: referents(config, state, &operations)?,
        state,
    };
    let results = bulk.all(&operations, fail_on_errors);
    let body = json!({"schemas": [urn::BULK_RESPONSE], "Operations": results});
    Ok(answer::json(body.to_string()))
}

/// The members of an object, their names in lower case.
fn members(text: &str) -> Outcome<HashMap<String, Box<RawValue>>> {
    let members: HashMap<String, Box<RawValue>> =
        serde_json::from_str(text).map_err(|error| Failure::invalid_syntax(error.to_string()))?;
    Ok(members
        .into_iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect())
}

fn read(text: &str) -> Outcome<Operation> {
    let members = members(text)?;
    let string = |name: &str| -> Option<String> {
        members
            .get(name)
            .and_then(|value| serde_json::from_str(value.get()).ok())
    };
    let method = string("method").unwrap_or_default().to_ascii_uppercase();
    let method = Method::from_bytes(method.as_bytes());
    Ok(Operation {
        method: method.map_err(|_| Failure::invalid_syntax("an operation has no method"))?,
        bulk_id: string("bulkid"),
        path: string("path").unwrap_or_default(),
        version: string("version").filter(|version| !version.is_empty()),
        data: members.get("data").map_or("", |data| data.get()).into(),
    })
}

/// Reserves an id for everything that is to be created under a `bulkId`.
fn referents(
    config: &Config,
    state: &mut State,
    operations: &[Operation],
) -> Outcome<HashMap<String, Referent>> {
    let now = (config.clock)();
    let mut referents = HashMap::new();
    for operation in operations
        .iter()
        .filter(|operation| operation.method == Method::POST)
    {
        if let Some(bulk_id) = &operation.bulk_id {
            let waiting = Referent::Waiting(state.store.reserve_id(now));
            if referents.insert(bulk_id.clone(), waiting).is_some() {
                return Err(Failure::invalid_syntax(format!(
                    "the bulkId {bulk_id} is not unique"
                )));
            }
        }
    }
    Ok(referents)
}

struct Bulk<'a> {
    config: &'a Config,
    state: &'a mut State,
    referents: HashMap<String, Referent>,
}

impl Bulk<'_> {
    /// Does the operations until there are too many errors. Results stand in the order of the
    /// request; what was not tried has none (§3.7.3).
    fn all(&mut self, operations: &[Operation], fail_on_errors: usize) -> Vec<Value> {
        let mut results = BTreeMap::new();
        let mut errors = 0;
        let mut pending: Vec<_> = operations.iter().enumerate().collect();
        while !pending.is_empty() && errors < fail_on_errors.max(1) {
            let ready = pending
                .iter()
                .position(|(_, operation)| self.is_ready(operation));
            let (index, operation) = pending.remove(ready.unwrap_or(0));
            let outcome = self.one(operation);
            errors += usize::from(outcome.is_err());
            if operation.method == Method::POST
                && let Some(referent) = operation
                    .bulk_id
                    .as_ref()
                    .and_then(|id| self.referents.get_mut(id))
            {
                *referent = match (&outcome, &*referent) {
                    (Ok(_), Referent::Waiting(id) | Referent::Done(id)) => {
                        Referent::Done(id.clone())
                    }
                    _ => Referent::Failed,
                };
            }
            results.insert(index, self.result(operation, outcome));
        }
        results.into_values().collect()
    }

    /// Whether nothing that the operation refers to is still to come.
    fn is_ready(&self, operation: &Operation) -> bool {
        let references = references(operation);
        references.iter().all(|bulk_id| {
            let own = operation.bulk_id.as_deref() == Some(bulk_id);
            own || !matches!(self.referents.get(*bulk_id), Some(Referent::Waiting(_)))
        })
    }

    fn one(&mut self, operation: &Operation) -> Outcome<Response<Bytes>> {
        let mut ids = HashMap::new();
        for bulk_id in references(operation) {
            match self.referents.get(bulk_id) {
                Some(Referent::Waiting(id) | Referent::Done(id)) => {
                    ids.insert(bulk_id.to_owned(), id.clone());
                }
                Some(Referent::Failed) | None => {
                    let detail = format!("the bulkId {bulk_id} stands for nothing");
                    return Err(Failure::new(StatusCode::CONFLICT, detail));
                }
            }
        }
        let path = resolve_path(&operation.path, &ids);
        let (path, query) = path.split_once('?').unwrap_or((&path, ""));
        let target = path
            .strip_prefix('/')
            .and_then(|path| route::target(path, &self.state.store.kinds))
            .ok_or_else(|| Failure::not_found("the endpoint"))?;
        let methods = match target {
            Target::Collection(_) => &[Method::POST] as &[_],
            Target::Resource(..) | Target::Me => &[Method::PUT, Method::PATCH, Method::DELETE],
            _ => &[],
        };
        if !methods.contains(&operation.method) {
            let detail = "the method and the path do not go together in a bulk operation";
            return Err(Failure::invalid_syntax(detail));
        }
        let id = match (&operation.method, &operation.bulk_id) {
            (&Method::POST, None) => return Err(Failure::invalid_syntax("a POST has a bulkId")),
            (&Method::POST, Some(bulk_id)) => match self.referents.get(bulk_id) {
                Some(Referent::Waiting(id)) => Some(id.clone()),
                _ => None,
            },
            _ => None,
        };
        let data = resolve_data(&operation.data, &ids);
        dispatch::single(
            self.config,
            self.state,
            dispatch::Single {
                method: &operation.method,
                target,
                query,
                body: &data,
                preconditions: Preconditions::version(operation.version.as_deref()),
                id,
            },
        )
    }

    fn result(&self, operation: &Operation, outcome: Outcome<Response<Bytes>>) -> Value {
        let mut result = json!({"method": operation.method.as_str()});
        let mut put = |name: &str, value: Option<String>| {
            if let (Some(members), Some(value)) = (result.as_object_mut(), value) {
                members.insert(name.to_owned(), value.into());
            }
        };
        put("bulkId", operation.bulk_id.clone());
        let known = (operation.method != Method::POST)
            .then(|| format!("{}{}", self.state.store.base(), operation.path));
        match outcome {
            Ok(response) => {
                let header = |name| {
                    let value = response.headers().get(name);
                    value
                        .and_then(|value| value.to_str().ok())
                        .map(str::to_owned)
                };
                put("location", header(LOCATION).or(known));
                put("version", header(ETAG));
                put("status", Some(response.status().as_u16().to_string()));
            }
            Err(failure) => {
                put("location", known);
                put("status", Some(failure.status.as_u16().to_string()));
                if let (Some(members), Ok(message)) = (
                    result.as_object_mut(),
                    serde_json::to_value(failure.message()),
                ) {
                    members.insert("response".to_owned(), message);
                }
            }
        }
        result
    }
}

/// The `bulkId`s that an operation refers to.
fn references(operation: &Operation) -> HashSet<&str> {
    let in_path = operation
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix(REFERENCE));
    places(&operation.data)
        .map(|(_, bulk_id)| bulk_id)
        .chain(in_path)
        .collect()
}

/// Where the text of `data` has a string that begins with `bulkId:`, and what follows.
fn places(data: &str) -> impl Iterator<Item = (usize, &str)> {
    data.match_indices("\"bulkId:").filter_map(|(at, opening)| {
        // In JSON, a quote before a letter opens a string, unless it is escaped.
        let before = data.get(..at)?;
        let (bulk_id, rest) = data.get(at + opening.len()..)?.split_once('"')?;
        let is_name = rest.trim_start().starts_with(':');
        let is_plain = !before.ends_with('\\') && !bulk_id.contains('\\');
        (is_plain && !is_name).then_some((at, bulk_id))
    })
}

fn resolve_data(data: &str, ids: &HashMap<String, String>) -> String {
    let mut out = String::with_capacity(data.len());
    let mut done = 0;
    for (at, bulk_id) in places(data) {
        if let Some(id) = ids.get(bulk_id) {
            out.push_str(data.get(done..at).unwrap_or_default());
            crate::internal::encode::string(&mut out, id);
            done = at + REFERENCE.len() + bulk_id.len() + 2;
        }
    }
    out.push_str(data.get(done..).unwrap_or_default());
    out
}

fn resolve_path(path: &str, ids: &HashMap<String, String>) -> String {
    let parts = path.split('/').map(|part| {
        let id = part
            .strip_prefix(REFERENCE)
            .and_then(|bulk_id| ids.get(bulk_id));
        id.map_or_else(|| part.to_owned(), |id| super::identifier::encoded(id))
    });
    parts.collect::<Vec<_>>().join("/")
}
