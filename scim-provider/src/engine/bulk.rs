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
use scim_models::{
    internal::references,
    message::{BulkMethod, BulkResponse, BulkResult, ReceivedBulk, ReceivedOperation},
    model::Json,
};

use crate::{
    endpoint::{self, Target},
    precondition::Preconditions,
    record::ServedType,
    refusal::{Refusal, Result},
    response,
};

/// One operation as it came.
struct Operation {
    received: ReceivedOperation,
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

/// One operation of a bulk request, to be done as if it had come alone.
pub(super) struct Single {
    /// Its position in the request.
    pub(super) index: usize,
    pub(super) method: Method,
    pub(super) target: Target,
    pub(super) query: String,
    pub(super) body: String,
    pub(super) preconditions: Preconditions,
    /// The id of what it creates, if one was reserved.
    pub(super) id: Option<String>,
}

/// A bulk request while it is done: it says what is to be done next, and is told what became of
/// it.
pub(super) struct Bulk {
    operations: Vec<Operation>,
    referents: HashMap<String, Referent>,
    order: Order,
    results: BTreeMap<usize, BulkResult>,
    errors: u64,
    fail_on_errors: u64,
}

impl Bulk {
    /// Reads a request of at most so many operations.
    ///
    /// # Errors
    /// It is no bulk request, or has too many operations.
    pub(super) fn read(body: &str, most: usize, strict: bool) -> Result<Self> {
        let request = if strict {
            ReceivedBulk::from_json_strict(body, most)?
        } else {
            ReceivedBulk::from_json(body, most)?
        };
        let operations: Vec<_> = request.operations.into_iter().map(Operation::of).collect();
        let fail_on_errors = request.fail_on_errors.unwrap_or(u64::MAX);
        Ok(Self {
            order: Order::of(&operations),
            operations,
            referents: HashMap::new(),
            results: BTreeMap::new(),
            errors: 0,
            fail_on_errors: fail_on_errors.max(1),
        })
    }

    /// Each `bulkId` of what is to be created, and the type of it.
    pub(super) fn created(&self, types: &[ServedType]) -> Vec<(String, usize)> {
        let created = self.operations.iter().filter_map(|operation| {
            let bulk_id = operation.received.creates()?;
            let path = operation
                .received
                .path
                .split('?')
                .next()?
                .strip_prefix('/')?;
            match endpoint::target(path, types)? {
                Target::Collection(kind) => Some((bulk_id.to_owned(), kind)),
                _ => None,
            }
        });
        created.collect()
    }

    /// Reserves an id for what is created under a `bulkId`.
    pub(super) fn reserve(&mut self, bulk_id: String, id: String) {
        self.referents.insert(bulk_id, Referent::Waiting(id));
    }

    /// What is to be done next: `None` if nothing is, or there were too many errors. What cannot
    /// be done at all comes with the reason.
    pub(super) fn next(
        &mut self,
        types: &[ServedType],
    ) -> Option<Result<Single, (usize, Refusal)>> {
        if self.errors >= self.fail_on_errors {
            return None;
        }
        let index = self.order.next()?;
        let operation = self.operations.get(index)?;
        let single = self.single(index, operation, types);
        Some(single.map_err(|refusal| (index, refusal)))
    }

    fn single(&self, index: usize, operation: &Operation, types: &[ServedType]) -> Result<Single> {
        let received = &operation.received;
        if let Some(invalid) = received.invalid() {
            return Err(Refusal::invalid_syntax(invalid.reason()));
        }
        let mut ids = HashMap::new();
        for bulk_id in &operation.references {
            match self.referents.get(bulk_id) {
                Some(Referent::Waiting(id) | Referent::Done(id)) => {
                    ids.insert(bulk_id.as_str(), id.as_str());
                }
                Some(Referent::Failed) | None => {
                    let detail = format!("no operation has the bulkId {bulk_id}");
                    return Err(Refusal::new(StatusCode::CONFLICT, detail));
                }
            }
        }
        let id_of = |name: &str| ids.get(name).copied();
        let path = references::substitute_in_path(&received.path, id_of);
        let (path, query) = path.split_once('?').unwrap_or((&path, ""));
        let target = path
            .strip_prefix('/')
            .and_then(|path| endpoint::target(path, types))
            .ok_or_else(|| Refusal::not_found("the endpoint"))?;
        let methods = match target {
            Target::Collection(_) => &[BulkMethod::Post] as &[_],
            Target::Resource(..) | Target::Me => {
                &[BulkMethod::Put, BulkMethod::Patch, BulkMethod::Delete]
            }
            _ => &[],
        };
        let method = received.method.filter(|method| methods.contains(method));
        let method = method.and_then(|method| Method::from_bytes(method.as_str().as_bytes()).ok());
        let method = method.ok_or_else(|| {
            let detail = "the method and the path do not go together in a bulk operation";
            Refusal::invalid_syntax(detail)
        })?;
        let id = received
            .creates()
            .and_then(|bulk_id| match self.referents.get(bulk_id) {
                Some(Referent::Waiting(id)) => Some(id.clone()),
                _ => None,
            });
        let data = received.data.as_ref();
        let data = data.map(|data| references::substitute(data, id_of));
        Ok(Single {
            index,
            method,
            target,
            query: query.to_owned(),
            body: data.map_or_else(String::new, |data| data.as_str().to_owned()),
            preconditions: Preconditions::version(received.version.as_deref()),
            id,
        })
    }

    /// Takes note of what became of an operation. `base` is the base URL.
    pub(super) fn done(&mut self, index: usize, outcome: Result<Response<Bytes>>, base: &str) {
        let Some(operation) = self.operations.get(index) else {
            return;
        };
        self.errors += u64::from(outcome.is_err());
        if let Some(bulk_id) = operation.received.creates() {
            if let Some(referent) = self.referents.get_mut(bulk_id) {
                *referent = match (&outcome, &*referent) {
                    (Ok(_), Referent::Waiting(id) | Referent::Done(id)) => {
                        Referent::Done(id.clone())
                    }
                    _ => Referent::Failed,
                };
            }
            self.order.done(bulk_id);
        }
        let known = self.location(operation, base);
        let result = operation.result(outcome, known);
        self.results.insert(index, result);
    }

    /// The URL that an operation is about, if that is known.
    fn location(&self, operation: &Operation, base: &str) -> Option<String> {
        if operation.received.method == Some(BulkMethod::Post) {
            return None;
        }
        let id_of = |name: &str| match self.referents.get(name) {
            Some(Referent::Waiting(id) | Referent::Done(id)) => Some(id.as_str()),
            Some(Referent::Failed) | None => None,
        };
        let path = references::substitute_in_path(&operation.received.path, id_of);
        let path = path
            .split('?')
            .next()
            .filter(|path| path.starts_with('/'))?;
        let is_whole = references::find_in_path(path).next().is_none();
        is_whole.then(|| format!("{base}{path}"))
    }

    /// The response. Results stand in the order of the request; what was not tried has none
    /// (§3.7.3).
    pub(super) fn response(self) -> Response<Bytes> {
        let results = self.results.into_values().collect();
        response::json(BulkResponse::new(results).to_json())
    }
}

impl Operation {
    fn of(received: ReceivedOperation) -> Self {
        let in_data = received.data.iter().flat_map(references::find);
        let in_path = references::find_in_path(&received.path);
        let references = in_data.flat_map(|found| found.names()).chain(in_path);
        Self {
            references: references.collect(),
            received,
        }
    }

    fn result(&self, outcome: Result<Response<Bytes>>, known: Option<String>) -> BulkResult {
        match outcome {
            Ok(response) => {
                let header = |name| {
                    let value = response.headers().get(name);
                    value
                        .and_then(|value| value.to_str().ok())
                        .map(str::to_owned)
                };
                let mut result = self.received.result(response.status().as_u16());
                result.location = header(LOCATION).or(known);
                result.version = header(ETAG);
                result
            }
            Err(refusal) => {
                let mut result = self.received.result(refusal.status().as_u16());
                result.location = known;
                result.response = Json::of(&refusal.message()).ok();
                result
            }
        }
    }
}

/// Which operation comes next: the first of those that nothing to come stands in the way of, or,
/// where all that are left wait for one another, the first.
struct Order {
    left: BTreeSet<usize>,
    ready: BTreeSet<usize>,
    /// For how many creations each operation waits.
    waits_for: Vec<usize>,
    /// Which operations wait for what is created under a `bulkId`.
    waiting: HashMap<String, Vec<usize>>,
}

impl Order {
    fn of(operations: &[Operation]) -> Self {
        let created = operations.iter().filter_map(|one| one.received.creates());
        let created: HashSet<_> = created.collect();
        let mut order = Self {
            left: (0..operations.len()).collect(),
            ready: BTreeSet::new(),
            waits_for: Vec::with_capacity(operations.len()),
            waiting: HashMap::new(),
        };
        for (index, operation) in operations.iter().enumerate() {
            let mut count = 0;
            for bulk_id in &operation.references {
                let own = operation.received.bulk_id.as_ref() == Some(bulk_id);
                if !own && created.contains(bulk_id.as_str()) {
                    let waiting = order.waiting.entry(bulk_id.clone()).or_default();
                    waiting.push(index);
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
