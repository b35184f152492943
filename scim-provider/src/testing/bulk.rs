//! Many operations in one request (RFC 7644 §3.7).
//!
//! An operation waits until those that it refers to by `bulkId` are done. Where they wait for each
//! other in a circle (§3.7.1), they are done in order: all ids are known from the start.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

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
use scim_models::{
    internal::references,
    message::{schemas, urn},
    model::Json,
};

/// One operation as it came.
struct Operation {
    method: Method,
    bulk_id: Option<String>,
    path: String,
    version: Option<String>,
    data: Option<Json>,
    /// The `bulkId`s that path and data refer to.
    references: HashSet<String>,
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
    if config.strict {
        let document = serde_json::from_str(body).unwrap_or_default();
        schemas::names_message(&document, urn::BULK_REQUEST).map_err(Failure::invalid_syntax)?;
    }
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
        .map(|raw| read(raw.get(), config.strict))
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

fn read(text: &str, strict: bool) -> Outcome<Operation> {
    let members = members(text)?;
    if strict {
        check_strictly(&members)?;
    }
    let string = |name: &str| -> Option<String> {
        members
            .get(name)
            .and_then(|value| serde_json::from_str(value.get()).ok())
    };
    let method = string("method").unwrap_or_default().to_ascii_uppercase();
    let method = Method::from_bytes(method.as_bytes());
    let path = string("path").unwrap_or_default();
    let data = members.get("data").map(|data| Json::parse(data.get()));
    let data = data
        .transpose()
        .map_err(|error| Failure::invalid_syntax(error.to_string()))?;
    let in_data = data.iter().flat_map(references::find);
    let in_path = references::find_in_path(&path);
    let references = in_data
        .flat_map(|found| found.names())
        .chain(in_path)
        .collect();
    Ok(Operation {
        method: method.map_err(|_| Failure::invalid_syntax("an operation has no method"))?,
        bulk_id: string("bulkid"),
        path,
        version: string("version").filter(|version| !version.is_empty()),
        data,
        references,
    })
}

/// Whether the members of an operation are what RFC 7644 §3.7 says, and no member is a guess.
fn check_strictly(members: &HashMap<String, Box<RawValue>>) -> Outcome<()> {
    let wrong = |detail: &str| Err(Failure::invalid_syntax(detail.to_owned()));
    for name in ["method", "path", "bulkid", "version"] {
        let text: Option<&str> = members.get(name).map(|value| value.get());
        if text.is_some_and(|text| !text.starts_with('"')) {
            return wrong("method, path, bulkId and version of an operation are strings");
        }
    }
    let is = |name: &str, text: &str| members.get(name).is_some_and(|value| value.get() == text);
    let methods = ["\"POST\"", "\"PUT\"", "\"PATCH\"", "\"DELETE\""];
    if !methods.iter().any(|method| is("method", method)) {
        return wrong("the method of an operation is POST, PUT, PATCH or DELETE");
    }
    let has_data = members
        .get("data")
        .is_some_and(|data| data.get().starts_with('{'));
    if !has_data && !is("method", "\"DELETE\"") {
        return wrong("the data of an operation is an object");
    }
    Ok(())
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
        let mut order = Order::of(operations);
        while errors < fail_on_errors.max(1)
            && let Some(index) = order.next()
            && let Some(operation) = operations.get(index)
        {
            let outcome = self.one(operation);
            errors += usize::from(outcome.is_err());
            if operation.method == Method::POST
                && let Some(bulk_id) = &operation.bulk_id
                && let Some(referent) = self.referents.get_mut(bulk_id)
            {
                *referent = match (&outcome, &*referent) {
                    (Ok(_), Referent::Waiting(id) | Referent::Done(id)) => {
                        Referent::Done(id.clone())
                    }
                    _ => Referent::Failed,
                };
                order.done(bulk_id);
            }
            results.insert(index, self.result(operation, outcome));
        }
        results.into_values().collect()
    }

    fn one(&mut self, operation: &Operation) -> Outcome<Response<Bytes>> {
        let mut ids = HashMap::new();
        for bulk_id in &operation.references {
            match self.referents.get(bulk_id) {
                Some(Referent::Waiting(id) | Referent::Done(id)) => {
                    ids.insert(bulk_id.as_str(), id.clone());
                }
                Some(Referent::Failed) | None => {
                    let detail = format!("the bulkId {bulk_id} stands for nothing");
                    return Err(Failure::new(StatusCode::CONFLICT, detail));
                }
            }
        }
        let id_of = |name: &str| ids.get(name).map(String::as_str);
        let path = references::substitute_in_path(&operation.path, id_of);
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
        let data = operation.data.as_ref();
        let data = data.map(|data| references::substitute(data, id_of));
        dispatch::single(
            self.config,
            self.state,
            dispatch::Single {
                method: &operation.method,
                target,
                query,
                body: data.as_ref().map_or("", Json::as_str),
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

/// Which operation comes next: the first of those that nothing to come stands in the way of, or,
/// where all that are left wait for one another, the first.
struct Order<'a> {
    left: BTreeSet<usize>,
    ready: BTreeSet<usize>,
    /// For how many creations each operation waits.
    waits_for: Vec<usize>,
    /// Which operations wait for what is created under a `bulkId`.
    waiting: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Order<'a> {
    fn of(operations: &'a [Operation]) -> Self {
        let created: HashSet<&str> = operations
            .iter()
            .filter(|operation| operation.method == Method::POST)
            .filter_map(|operation| operation.bulk_id.as_deref())
            .collect();
        let mut order = Self {
            left: (0..operations.len()).collect(),
            ready: BTreeSet::new(),
            waits_for: Vec::with_capacity(operations.len()),
            waiting: HashMap::new(),
        };
        for (index, operation) in operations.iter().enumerate() {
            let mut count = 0;
            for bulk_id in &operation.references {
                let own = operation.bulk_id.as_ref() == Some(bulk_id);
                if !own && created.contains(bulk_id.as_str()) {
                    order
                        .waiting
                        .entry(bulk_id.as_str())
                        .or_default()
                        .push(index);
                    count += 1;
                }
            }
            order.waits_for.push(count);
            if count == 0 {
                order.ready.insert(index);
            }
        }
        order
    }

    fn next(&mut self) -> Option<usize> {
        let index = self
            .ready
            .pop_first()
            .or_else(|| self.left.first().copied())?;
        self.left.remove(&index);
        Some(index)
    }

    /// Nobody waits any more for what is created under this `bulkId`, or will not be.
    fn done(&mut self, bulk_id: &str) {
        for index in self.waiting.remove(bulk_id).unwrap_or_default() {
            if let Some(count) = self.waits_for.get_mut(index) {
                *count -= 1;
                if *count == 0 && self.left.contains(&index) {
                    self.ready.insert(index);
                }
            }
        }
    }
}
