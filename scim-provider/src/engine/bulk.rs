//! Many operations in one request (RFC 7644 §3.7).
//!
//! An operation waits until those that it refers to by `bulkId` are done. Where they wait for each
//! other in a circle (§3.7.1), they are done in order: all ids are known from the start.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    fmt,
};

use bytes::Bytes;
use http::{
    Method, Response, StatusCode,
    header::{ETAG, LOCATION},
};
use scim_models::{
    internal::{references, shown::Name},
    message::{BulkMethod, schemas, urn},
    model::Json,
};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Value, json, value::RawValue};

use crate::{
    endpoint::{self, Target},
    precondition::Preconditions,
    record::ServedType,
    refusal::{Refusal, Result},
    response,
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
    /// Why it cannot be done, whatever the others do.
    wrong: Option<Refusal>,
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
    results: BTreeMap<usize, Value>,
    errors: usize,
    fail_on_errors: usize,
}

/// The members of an object, their names in lower case. Of several that differ in letter case alone,
/// the last one counts.
#[derive(Default)]
struct Members {
    by_name: HashMap<String, Box<RawValue>>,
    /// The name of one that came twice.
    repeated: Option<String>,
}

impl Members {
    fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| Refusal::invalid_syntax(error.to_string()))
    }

    fn get(&self, name: &str) -> Option<&RawValue> {
        self.by_name.get(name).map(AsRef::as_ref)
    }

    /// That each comes once.
    fn once(&self) -> Result<()> {
        match &self.repeated {
            Some(name) => Err(Refusal::invalid_syntax(format!(
                "{} comes twice in a bulk request",
                Name(name)
            ))),
            None => Ok(()),
        }
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self::default())
    }
}

impl<'de> Visitor<'de> for Members {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Self, A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            let name = name.to_ascii_lowercase();
            if self.by_name.contains_key(&name) && self.repeated.is_none() {
                self.repeated = Some(name.clone());
            }
            self.by_name.insert(name, members.next_value()?);
        }
        Ok(self)
    }
}

fn read(text: &str, strict: bool) -> Result<Operation> {
    let members = Members::read(text)?;
    if strict {
        check_strictly(&members)?;
    }
    // To leave out a version that cannot be read would be to write over any.
    let version: Result<Option<String>, _> = match members.get("version") {
        Some(version) => serde_json::from_str(version.get()),
        None => Ok(None),
    };
    let string = |name: &str| -> Option<String> {
        members
            .get(name)
            .and_then(|value| serde_json::from_str(value.get()).ok())
    };
    let method = string("method").unwrap_or_default().to_ascii_uppercase();
    // What is created has no version yet.
    let is_empty = method != "POST" && version.as_ref().is_ok_and(|v| v.as_deref() == Some(""));
    let wrong = (is_empty || version.is_err())
        .then(|| Refusal::invalid_syntax("the version of an operation is a string, and not empty"));
    let method = Method::from_bytes(method.as_bytes());
    let path = string("path").unwrap_or_default();
    let data = members.get("data").map(|data| Json::parse(data.get()));
    let data = data
        .transpose()
        .map_err(|error| Refusal::invalid_syntax(error.to_string()))?;
    let in_data = data.iter().flat_map(references::find);
    let in_path = references::find_in_path(&path);
    let references = in_data
        .flat_map(|found| found.names())
        .chain(in_path)
        .collect();
    Ok(Operation {
        method: method.map_err(|_| Refusal::invalid_syntax("an operation has no method"))?,
        bulk_id: string("bulkid"),
        path,
        version: version.ok().flatten().filter(|version| !version.is_empty()),
        data,
        references,
        wrong,
    })
}

/// Whether the members of an operation are what RFC 7644 §3.7 says, and no member is a guess.
fn check_strictly(members: &Members) -> Result<()> {
    let wrong = |detail: &str| Err(Refusal::invalid_syntax(detail.to_owned()));
    members.once()?;
    for name in ["method", "path", "bulkid", "version"] {
        let text = members.get(name).map(RawValue::get);
        if text.is_some_and(|text| !text.starts_with('"')) {
            return wrong("method, path, bulkId and version of an operation are strings");
        }
    }
    let is = |name: &str, text: &str| members.get(name).is_some_and(|value| value.get() == text);
    let method = |method: &BulkMethod| is("method", &format!("\"{method}\""));
    if !BulkMethod::ALL.iter().any(method) {
        let methods = BulkMethod::ALL.map(BulkMethod::as_str).join(", ");
        return wrong(&format!("the method of an operation is one of {methods}"));
    }
    let has_data = members
        .get("data")
        .is_some_and(|data| data.get().starts_with('{'));
    if !has_data && !is("method", "\"DELETE\"") {
        return wrong("the data of an operation is an object");
    }
    Ok(())
}

impl Bulk {
    /// Reads a request of at most so many operations.
    ///
    /// # Errors
    /// It is no bulk request, or has too many operations.
    pub(super) fn read(body: &str, most: usize, strict: bool) -> Result<Self> {
        if strict {
            let document = serde_json::from_str(body).unwrap_or_default();
            schemas::names_message(&document, urn::BULK_REQUEST)
                .map_err(Refusal::invalid_syntax)?;
        }
        let request = Members::read(body)?;
        if strict {
            request.once()?;
        }
        let fail_on_errors = match request.get("failonerrors") {
            None => usize::MAX,
            Some(limit) if limit.get() == "null" => usize::MAX,
            Some(limit) => serde_json::from_str(limit.get())
                .map_err(|_| Refusal::invalid_syntax("failOnErrors is not a whole number"))?,
        };
        let raw: Vec<Box<RawValue>> = request
            .get("operations")
            .and_then(|operations| serde_json::from_str(operations.get()).ok())
            .unwrap_or_default();
        if raw.is_empty() {
            return Err(Refusal::invalid_syntax(
                "a bulk request has at least one operation",
            ));
        }
        if raw.len() > most {
            let detail = format!("a bulk request has at most {most} operations");
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
        }
        let operations: Vec<_> = raw
            .iter()
            .map(|raw| read(raw.get(), strict))
            .collect::<Result<_>>()?;
        let mut seen = HashSet::new();
        for bulk_id in operations.iter().filter_map(Operation::creates) {
            if !seen.insert(bulk_id) {
                return Err(Refusal::invalid_syntax(format!(
                    "the bulkId {bulk_id} is not unique"
                )));
            }
        }
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
            let bulk_id = operation.creates()?;
            let path = operation.path.split('?').next()?.strip_prefix('/')?;
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
        if let Some(wrong) = &operation.wrong {
            return Err(wrong.clone());
        }
        let mut ids = HashMap::new();
        for bulk_id in &operation.references {
            match self.referents.get(bulk_id) {
                Some(Referent::Waiting(id) | Referent::Done(id)) => {
                    ids.insert(bulk_id.as_str(), id.as_str());
                }
                Some(Referent::Failed) | None => {
                    let detail = format!("the bulkId {bulk_id} stands for nothing");
                    return Err(Refusal::new(StatusCode::CONFLICT, detail));
                }
            }
        }
        let id_of = |name: &str| ids.get(name).copied();
        let path = references::substitute_in_path(&operation.path, id_of);
        let (path, query) = path.split_once('?').unwrap_or((&path, ""));
        let target = path
            .strip_prefix('/')
            .and_then(|path| endpoint::target(path, types))
            .ok_or_else(|| Refusal::not_found("the endpoint"))?;
        let methods = match target {
            Target::Collection(_) => &[Method::POST] as &[_],
            Target::Resource(..) | Target::Me => &[Method::PUT, Method::PATCH, Method::DELETE],
            _ => &[],
        };
        if !methods.contains(&operation.method) {
            let detail = "the method and the path do not go together in a bulk operation";
            return Err(Refusal::invalid_syntax(detail));
        }
        if operation.method == Method::POST && operation.bulk_id.is_none() {
            return Err(Refusal::invalid_syntax("a POST has a bulkId"));
        }
        let id = operation
            .creates()
            .and_then(|bulk_id| match self.referents.get(bulk_id) {
                Some(Referent::Waiting(id)) => Some(id.clone()),
                _ => None,
            });
        let data = operation.data.as_ref();
        let data = data.map(|data| references::substitute(data, id_of));
        Ok(Single {
            index,
            method: operation.method.clone(),
            target,
            query: query.to_owned(),
            body: data.map_or_else(String::new, |data| data.as_str().to_owned()),
            preconditions: Preconditions::version(operation.version.as_deref()),
            id,
        })
    }

    /// Takes note of what became of an operation. `base` is the base URL.
    pub(super) fn done(&mut self, index: usize, outcome: Result<Response<Bytes>>, base: &str) {
        let Some(operation) = self.operations.get(index) else {
            return;
        };
        self.errors += usize::from(outcome.is_err());
        if let Some(bulk_id) = operation.creates() {
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
        if operation.method == Method::POST {
            return None;
        }
        let id_of = |name: &str| match self.referents.get(name) {
            Some(Referent::Waiting(id) | Referent::Done(id)) => Some(id.as_str()),
            Some(Referent::Failed) | None => None,
        };
        let path = references::substitute_in_path(&operation.path, id_of);
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
        let results: Vec<_> = self.results.into_values().collect();
        let body = json!({"schemas": [urn::BULK_RESPONSE], "Operations": results});
        response::json(body.to_string())
    }
}

impl Operation {
    /// The `bulkId` of what it creates.
    fn creates(&self) -> Option<&str> {
        let bulk_id = self.bulk_id.as_deref();
        bulk_id.filter(|_| self.method == Method::POST)
    }

    fn result(&self, outcome: Result<Response<Bytes>>, known: Option<String>) -> Value {
        let mut result = json!({"method": self.method.as_str()});
        let mut put = |name: &str, value: Option<String>| {
            if let (Some(members), Some(value)) = (result.as_object_mut(), value) {
                members.insert(name.to_owned(), value.into());
            }
        };
        put("bulkId", self.bulk_id.clone());
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
            Err(refusal) => {
                put("location", known);
                put("status", Some(refusal.status().as_u16().to_string()));
                if let (Some(members), Ok(message)) = (
                    result.as_object_mut(),
                    serde_json::to_value(refusal.message()),
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
        let created: HashSet<_> = operations.iter().filter_map(Operation::creates).collect();
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
